"""A CSV of residential areas: which communes, which names, what of it is there already."""

from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from django.db import transaction
from django.utils.timezone import localdate

from antq.core.dates import DayError, parse_day
from antq.core.db import vn_keys
from antq.core.numbers import vn_number
from antq.units.areas import LONGEST_NAME, MOST_NAMES, Listed, compared
from antq.units.finding import Communes
from antq.units.models import AdministrativeUnit, ResidentialArea
from antq.units.tables import Column, Fault, Line, read_lines

COLUMNS = [
    Column("commune", "xã", "Tên xã, phường, đặc khu (có thể ghi thêm tỉnh), hoặc mã.", True),
    Column("name", "địa bàn", "Tên thôn, buôn, làng, tổ dân phố, ghi cả loại.", True),
    Column("aliases", "tên khác", "Tên gọi khác; nhiều tên thì cách nhau bằng dấu |."),
    Column("valid_from", "từ ngày", "Ngày có địa bàn; chưa rõ thì để trống."),
]
EXAMPLES = [
    {"commune": "Xã Ia Dreh", "name": "Buôn Nai"},
    {"commune": "24100", "name": "Buôn Jú", "aliases": "Buôn Ju", "valid_from": "01/07/2025"},
]


@dataclass
class Area:
    line: int
    unit: AdministrativeUnit
    name: str
    aliases: str
    valid_from: date | None
    state: str = ""
    known: str = ""


@dataclass
class AreaPlan:
    rows: list[Area] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def of_state(self, *states: str) -> list[Area]:
        return [row for row in self.rows if row.state in states]

    @property
    def new(self) -> list[Area]:
        return self.of_state("new")

    @property
    def near(self) -> list[Area]:
        return self.of_state("near")

    @property
    def there(self) -> list[Area]:
        return self.of_state("there", "repeated")


def check_areas(text: str, *, scope) -> AreaPlan:
    """What a file would do; all its faults at once. scope: the units in which `by` may enter."""
    plan, lines = AreaPlan(), read_lines(text, COLUMNS)
    asked = (line.values["commune"] for line in lines)
    communes = Communes(scope, day=localdate(), texts=asked)
    for line in lines:
        row = _read(line, communes, plan.faults)
        if row:
            plan.rows.append(row)
    if not _too_many(plan):  # each name is compared with all others of its commune
        _compare(plan.rows)
    return plan


def _too_many(plan: AreaPlan) -> bool:
    """Adds a fault for each commune with more lines than one can have areas."""
    of_unit: dict[AdministrativeUnit, list[Area]] = {}
    for row in plan.rows:
        of_unit.setdefault(row.unit, []).append(row)
    found = [rows for rows in of_unit.values() if len(rows) > MOST_NAMES]
    for rows in found:
        plan.faults.append(
            Fault(
                rows[MOST_NAMES].line,
                "commune",
                f"{rows[0].unit.name} có {vn_number(len(rows))} dòng; mỗi xã, phường, đặc khu "
                f"tối đa {vn_number(MOST_NAMES)}.",
            )
        )
    return bool(found)


def _read(line: Line, communes: Communes, faults: list[Fault]) -> Area | None:
    values, before = line.values, len(faults)
    unit, wrong = communes.find(values["commune"])
    if wrong:
        faults.append(Fault(line.number, "commune", wrong))
    name = values["name"].strip(" .,;")
    if not name:
        faults.append(Fault(line.number, "name", "Ghi tên địa bàn."))
    if len(name) > LONGEST_NAME or "\n" in name:
        faults.append(Fault(line.number, "name", "Tên quá 150 ký tự hoặc có xuống dòng."))
    if len(values["aliases"]) > 1000:
        faults.append(Fault(line.number, "aliases", "Tên khác dài quá 1.000 ký tự."))
    valid_from = None
    try:
        valid_from = parse_day(values["valid_from"]) if values["valid_from"] else None
        if valid_from and valid_from > localdate():
            raise DayError("Ngày này chưa đến. Ghi khi đã có hiệu lực.")
    except DayError as error:
        faults.append(Fault(line.number, "valid_from", str(error)))
    if len(faults) > before:
        return None
    aliases = "\n".join(each.strip() for each in values["aliases"].split("|") if each.strip())
    return Area(line.number, unit, name, aliases, valid_from)


def _compare(rows: list[Area]) -> None:
    """Says of each row what will become of it, commune by commune."""
    units = {row.unit.pk for row in rows}
    open_areas = ResidentialArea.objects.filter(unit__in=units).exclude(valid_to__lt=localdate())
    known: dict[int, list[ResidentialArea]] = {}
    for area in open_areas:
        known.setdefault(area.unit_id, []).append(area)
    names = [row.name for row in rows]
    for area in open_areas:
        names += [area.name, *area.aliases.splitlines()]
    keys = vn_keys(names)
    ordered = sorted(rows, key=lambda row: row.unit.pk)  # stable: lines stay in their order
    for unit, group in groupby(ordered, key=lambda row: row.unit.pk):
        mine = list(group)
        listed: list[Listed] = compared([row.name for row in mine], known.get(unit, ()), keys)
        for row, found in zip(mine, listed, strict=True):
            row.state, row.known = found.state, found.known


@transaction.atomic
def write_areas(plan: AreaPlan, *, with_near: bool) -> int:
    """Create what the plan calls new; returns how many."""
    rows = plan.of_state("new", "near") if with_near else plan.new
    ResidentialArea.objects.bulk_create(
        (
            ResidentialArea(
                unit=row.unit, name=row.name, aliases=row.aliases, valid_from=row.valid_from
            )
            for row in rows
        ),
        ignore_conflicts=True,
        batch_size=2000,
    )
    return len(rows)
