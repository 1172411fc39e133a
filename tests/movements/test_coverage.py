"""Coverage: residential areas with a running scheme, of all that the unit declared."""

from datetime import date

import pytest

from antq.accounts.roles import Role
from antq.reports.tables import tabulate
from antq.reports.windows import Map, resolve
from antq.units.choices import Level
from antq.units.models import ResidentialArea, UnitProfile
from movements import measures
from tests.factories import make_point, make_scheme, make_type, make_unit, make_user

pytestmark = pytest.mark.django_db


def reach(unit, day=date(2026, 6, 30)):
    user = make_user(Role.PROVINCE_STAFF, unit.parent)
    scope = resolve(unit.parent, on=day, map=Map.TODAY, today=day)
    table = tabulate(
        [measures.areas_covered, measures.areas_declared], units=[unit], scope=scope, user=user
    )
    return [[str(cell.quantity) for cell in row.cells] for row in (table.rows[0], table.total)]


def test_an_area_counts_once_and_only_with_a_running_scheme():
    province = make_unit(Level.PROVINCE)
    commune, other = make_unit(parent=province), make_unit(parent=province)
    areas = [ResidentialArea.objects.create(unit=commune, name=f"Thôn {n}") for n in range(5)]
    force = make_scheme(type=make_type(counts_as_scheme=False))
    make_point(unit=commune, location="1").areas.set(areas[:2])
    make_point(unit=commune, location="2").areas.set(areas[1:2])
    make_point(unit=commune, location="3", ended_on=date(2026, 5, 1)).areas.set(areas[2:3])
    make_point(unit=commune, location="4", status="waiting").areas.set(areas[3:4])
    make_point(unit=commune, location="5", scheme=force).areas.set(areas[4:])
    there = ResidentialArea.objects.create(unit=other, name="Thôn A")
    make_point(unit=other).areas.set([there])
    for unit, number in ((commune, 5), (other, 7)):
        UnitProfile.objects.create(unit=unit, year=2025, residential_areas=number)
    UnitProfile.objects.create(unit=commune, year=2026, residential_areas=6)
    UnitProfile.objects.create(unit=commune, year=2027, residential_areas=99)

    assert reach(commune) == [["2", "6"], ["3", "13"]]
    assert reach(commune, date(2026, 4, 30)) == [["3", "6"], ["4", "13"]]


def test_an_area_that_is_no_more_does_not_count_afterwards():
    commune = make_unit()
    old = ResidentialArea.objects.create(unit=commune, name="Thôn cũ", valid_to=date(2026, 3, 31))
    new = ResidentialArea.objects.create(unit=commune, name="Thôn mới", valid_from=date(2026, 4, 1))
    make_point(unit=commune).areas.set([old, new])

    assert reach(commune, date(2026, 3, 31))[0][0] == "1"
    assert reach(commune, date(2026, 4, 1))[0][0] == "1"
