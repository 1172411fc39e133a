"""Which day's map a table stands on."""

from datetime import date

import pytest

from antq.reports.windows import Map, resolve
from antq.units.choices import Level
from antq.units.models import AdministrativeUnit

TODAY = date(2026, 11, 21)
OPEN = AdministrativeUnit(key="open", name="Tỉnh Mở", level=Level.PROVINCE)
CLOSED = AdministrativeUnit(
    key="closed", name="Huyện Cũ", level=Level.DISTRICT, valid_to=date(2025, 6, 30)
)
NEW = AdministrativeUnit(key="new", name="Xã Mới", level=Level.COMMUNE, valid_from=date(2025, 7, 1))


@pytest.mark.parametrize(
    ("unit", "on", "map", "end", "map_day", "noticed"),
    [
        (OPEN, None, Map.THEN, TODAY, TODAY, False),
        (OPEN, date(2024, 8, 16), Map.THEN, date(2024, 8, 16), date(2024, 8, 16), False),
        (OPEN, date(2024, 8, 16), Map.TODAY, date(2024, 8, 16), TODAY, False),
        (CLOSED, None, Map.THEN, date(2025, 6, 30), date(2025, 6, 30), False),
        (CLOSED, TODAY, Map.THEN, TODAY, date(2025, 6, 30), True),
        (CLOSED, None, Map.TODAY, date(2025, 6, 30), date(2025, 6, 30), True),
        (NEW, date(2024, 8, 16), Map.THEN, date(2024, 8, 16), date(2025, 7, 1), True),
        (OPEN, TODAY, "2024-08-16", TODAY, date(2024, 8, 16), True),
    ],
)
def test_a_table_stands_on_a_day_on_which_its_unit_is_there(unit, on, map, end, map_day, noticed):
    scope = resolve(unit, on=on, map=map, today=TODAY)

    assert (scope.window.end, scope.map_day, bool(scope.notice)) == (end, map_day, noticed)


def test_links_of_a_forced_map_lead_to_the_same_map():
    scope = resolve(CLOSED, on=TODAY, map=Map.TODAY, today=TODAY)
    row = AdministrativeUnit(key="row", name="Xã Cũ", level=Level.COMMUNE)

    query = scope.query(row)

    assert query == "unit=row&on=2026-11-21&map=2025-06-30"
    again = resolve(row, on=TODAY, map="2025-06-30", today=TODAY)
    assert (again.window, again.map_day) == (scope.window, scope.map_day)
