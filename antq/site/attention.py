"""What whoever steers looks at ("Việc cần lưu ý"): which units neglect their book, and in what."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Max
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.timezone import localdate

from antq.core.dates import months_before
from antq.core.numbers import Quantity
from antq.core.permissions import Permission
from antq.reports.readings import GROUP, by_unit
from antq.reports.tables import Cell
from antq.units.models import AdministrativeUnit
from movements import todo
from movements.models import SchemePoint
from movements.todo import DORMANT_MONTHS

# The columns of the table, with their short heads.
COLUMNS = {
    "confirm": "Chờ duyệt",
    "returned": "Trả lại",
    "lines": "Dòng tỉnh trả lại",
    "dormant": "6 tháng không có thông tin",
    "incomplete": "Số liệu chưa rõ",
    "no-area": "Chưa ghi thôn",
    "old-unit": "Của đơn vị cũ",
}


@dataclass(frozen=True)
class Row:
    """entered_on: the last day of which, or on which, anything was entered; None: never."""

    unit: AdministrativeUnit
    cells: list[tuple[str, Cell]]  # with the head of the column
    entered_on: date | None
    is_quiet: bool

    @property
    def is_empty(self) -> bool:
        return self.entered_on is None


@dataclass(frozen=True)
class Neglected:
    """empty: units whose book has no record; quiet: nothing was entered for six months."""

    empty: list[AdministrativeUnit]
    quiet: list[AdministrativeUnit]


def table(unit: AdministrativeUnit, user) -> list[Row]:
    """The units below `unit`: the empty ones first, then the quiet ones, then by name."""
    units = _below(unit)
    counts = todo.counts_by_unit(COLUMNS, user, units)
    entered = _entered_on(units, user)
    quiet_before = months_before(localdate(), DORMANT_MONTHS)
    rows = []
    for each in units:
        day = entered.get(each.pk)
        cells = [
            (label, _cell(code, counts[each.pk][code], each)) for code, label in COLUMNS.items()
        ]
        rows.append(Row(each, cells, day, is_quiet=day is not None and day < quiet_before))
    return sorted(rows, key=lambda row: (not row.is_empty, not row.is_quiet))


def neglected(unit: AdministrativeUnit, user) -> Neglected:
    """The units below `unit` of which nothing is known, or nothing new."""
    units = _below(unit)
    entered = _entered_on(units, user)
    quiet_before = months_before(localdate(), DORMANT_MONTHS)
    return Neglected(
        empty=[each for each in units if each.pk not in entered],
        quiet=[each for each in units if entered.get(each.pk, date.max) < quiet_before],
    )


def _below(unit: AdministrativeUnit) -> list[AdministrativeUnit]:
    return list(AdministrativeUnit.objects.children_of(unit, day=localdate())) or [unit]


def _cell(code: str, number: int, unit: AdministrativeUnit) -> Cell:
    url = f"{reverse('movements:point-list')}?todo={code}&unit={unit.key}" if number else ""
    return Cell(Quantity(number), url)


def _entered_on(units: list[AdministrativeUnit], user) -> dict[int, date]:
    """{pk of a unit: the last day on which somebody entered or said something}, in one query."""
    points = SchemePoint.objects.recorded().allowing(user, Permission.RECORD_VIEW)
    latest = {
        "said": Max(Coalesce("checked_on", "launched_on", "seen_on")),
        "entered": Max("created_at"),
    }
    lines = by_unit(points, latest, [unit.pk for unit in units], localdate())
    return {line[GROUP]: _later(line["said"], localdate(line["entered"])) for line in lines}


def _later(said: date | None, entered: date) -> date:
    return max(said, entered) if said else entered
