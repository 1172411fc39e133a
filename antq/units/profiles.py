"""How large units are in a year: residential areas, households, population (`UnitProfile`)."""

from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.db.models import Sum
from django.utils.timezone import localdate

from antq.core.numbers import NumberError, Quantity, parse_quantity
from antq.core.text import clean_text
from antq.units.choices import Level
from antq.units.finding import Communes
from antq.units.models import AdministrativeUnit, UnitProfile
from antq.units.tables import Fault

FIGURES = {
    "residential_areas": "Số thôn, tổ dân phố",
    "households": "Số hộ",
    "population": "Dân số",
}
MOST = {"residential_areas": 10_000, "households": 1_000_000, "population": 5_000_000}
MOST_ROWS = 1000


def last_day_of(year: int) -> date:
    """The day on whose map a table of that year stands."""
    return min(date(year, 12, 31), localdate())


def communes_of(unit: AdministrativeUnit, year: int):
    day = last_day_of(year)
    communes = AdministrativeUnit.objects.filter(level=Level.COMMUNE).valid_on(day)
    return communes.under([unit], day=day).in_name_order()


@dataclass(frozen=True)
class ProfileLine:
    unit: AdministrativeUnit
    figures: list[Quantity]


def table_of(
    unit: AdministrativeUnit | None, year: int
) -> tuple[list[ProfileLine], list[Quantity]]:
    """(a line for each commune, known or not; the total, with the number of unknowns in it)"""
    units = list(communes_of(unit, year)) if unit else []
    found = {each.unit_id: each for each in UnitProfile.objects.filter(unit__in=units, year=year)}
    lines = []
    for each in units:
        values = [getattr(found.get(each.pk), name, None) for name in FIGURES]
        lines.append(ProfileLine(each, [Quantity(v, unknown=int(v is None)) for v in values]))
    sums = UnitProfile.objects.filter(unit__in=units, year=year).aggregate(
        **{name: Sum(name) for name in FIGURES}
    )
    unknown = [sum(line.figures[n].value is None for line in lines) for n in range(len(FIGURES))]
    return lines, [Quantity(v, unknown=u) for v, u in zip(sums.values(), unknown, strict=True)]


@dataclass
class PastedProfile:
    """A pasted row: figures given (None: keeps what is known), and what is known now."""

    line: int
    unit: AdministrativeUnit
    given: dict[str, int | None]
    known: dict[str, int | None] = field(default_factory=dict)

    @property
    def changes(self) -> bool:
        return any(v is not None and v != self.known.get(name) for name, v in self.given.items())

    @property
    def cells(self) -> list[tuple[int | None, int | None, bool]]:
        """(known, will be, changes) of each figure."""
        cells = []
        for name, value in self.given.items():
            known = self.known.get(name)
            cells.append((known, known if value is None else value, value not in (None, known)))
        return cells


def read_pasted(text: str, *, scope, year: int) -> tuple[list[PastedProfile], list[Fault]]:
    """Rows "unit ⇥ areas ⇥ households ⇥ population"; every fault at once. A head is passed over."""
    table = [[clean_text(cell) for cell in line.split("\t")] for line in text.splitlines()]
    asked = (cells[0] for cells in table)
    communes, rows, faults = Communes(scope, day=last_day_of(year), texts=asked), [], []
    seen: dict[int, int] = {}
    for number, cells in enumerate(table, start=1):
        if not any(cells) or (not rows and not faults and _is_head(cells)):
            continue
        if number > MOST_ROWS:
            faults.append(Fault(number, "", f"Mỗi lần dán không quá {MOST_ROWS} dòng."))
            break
        unit, wrong = communes.find(cells[0])
        if wrong:
            faults.append(Fault(number, "Đơn vị", f"“{cells[0][:60]}”: {wrong}"))
        elif unit.pk in seen:
            faults.append(Fault(number, "Đơn vị", f"{unit} đã có ở dòng {seen[unit.pk]}."))
        given = _figures(number, cells[1:], faults)
        if unit and unit.pk not in seen:
            seen[unit.pk] = number
            rows.append(PastedProfile(number, unit, given))
    stored = UnitProfile.objects.filter(unit__in=seen, year=year)
    known = {each.unit_id: {name: getattr(each, name) for name in FIGURES} for each in stored}
    for row in rows:
        row.known = known.get(row.unit.pk, {})
    return rows, faults


def _is_head(cells: list[str]) -> bool:
    return len(cells) > 1 and not any(any(map(str.isdigit, cell)) for cell in cells)


def _figures(number: int, cells: list[str], faults: list[Fault]) -> dict[str, int | None]:
    given = dict.fromkeys(FIGURES)
    if any(cells[len(FIGURES) :]):
        faults.append(Fault(number, "", "Dòng có quá bốn cột: đơn vị, số địa bàn, số hộ, dân số."))
    for (name, label), cell in zip(FIGURES.items(), cells, strict=False):
        try:
            found = parse_quantity(cell[:40])
            if found.qualifier or not isinstance(found.value, int | None):
                raise NumberError
        except NumberError:
            faults.append(Fault(number, label, f"“{cell[:40]}” không phải số nguyên."))
            continue
        if found.value is not None and not 0 <= found.value <= MOST[name]:
            faults.append(Fault(number, label, f"“{cell[:40]}” quá lớn. Kiểm tra lại."))
        else:
            given[name] = found.value
    return given


@transaction.atomic
def write_pasted(rows: list[PastedProfile], year: int) -> int:
    """Write the rows that change something; returns how many."""
    changed = [row for row in rows if row.changes]
    changed.sort(key=lambda row: row.unit.pk)  # in one order for everybody: nobody waits in a ring
    for row in changed:
        values = {name: value for name, value in row.given.items() if value is not None}
        UnitProfile.objects.update_or_create(unit=row.unit, year=year, defaults=values)
    return len(changed)
