"""A report ready to be shown: one structure, of which the page and the workbook are drawn."""

import re
from dataclasses import dataclass
from datetime import date
from math import ceil

from django.utils.timezone import localdate

from antq.core.dates import vn_date
from antq.reports.definitions import Column, Group, Report
from antq.reports.tables import Row, Table, tabulate
from antq.reports.windows import Scope
from antq.units.choices import Level
from antq.units.models import AdministrativeUnit
from antq.units.models.units import KIND_NAMES

NATION = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
OFFICE = "PHÒNG XÂY DỰNG PHONG TRÀO BẢO VỆ AN NINH TỔ QUỐC"
SIGNERS = ("NGƯỜI LẬP BIỂU", "THỦ TRƯỞNG ĐƠN VỊ")
MISSING_SHOWN = 10


@dataclass(frozen=True)
class Heading:
    """A cell of the table's head."""

    label: str
    columns: int = 1
    rows: int = 1


@dataclass(frozen=True)
class Sheet:
    report: Report
    scope: Scope
    table: Table
    issuer: tuple[str, str]
    place: str
    day: date
    headings: list[list[Heading]]
    row_head: str

    @property
    def title(self) -> str:
        return self.report.title

    @property
    def period(self) -> str:
        window = self.scope.window
        days = f"Số liệu đến ngày {vn_date(window.end)}"
        if self.report.is_period:
            days = f"Kỳ báo cáo: từ ngày {vn_date(window.first)} đến ngày {vn_date(window.end)}"
        text = f"{self.scope.unit.full_name}. {days}, {self.scope.map_text}"
        return f"{text}. {self.report.unit_note}" if self.report.unit_note else text

    @property
    def dated(self) -> str:
        day, month = self.day.day, self.day.month
        # NĐ 30/2020: days below 10 and months below 3 get a leading zero.
        return (
            f"{self.place}, ngày {day:02} tháng {month if month > 2 else f'{month:02}'} "
            f"năm {self.day.year}"
        )

    @property
    def lines(self) -> list[tuple[int | str, str, Row]]:
        """(number, name, cells) of every line of the table, the total last.

        A line that sums the following ones has no number.
        """
        table, lines, number = self.table, [], self.table.first
        for row in table.rows:
            lines.append(("" if row.is_heading else number, row.label or row.unit.name, row))
            number += not row.is_heading
        if table.rest:
            lines.append(("", "Ghi ở cấp trên, chưa phân về đơn vị", table.rest))
        return [*lines, ("", "Tổng cộng", table.total)]

    @property
    def notes(self) -> list[str]:
        notes = [self.scope.notice] if self.scope.notice else []
        if self.report.make is None:
            notes.append(coverage(self.table))
        notes.append("“–”: không có số liệu; “chưa rõ”: có hồ sơ nhưng chưa có số liệu này.")
        for note in self.report.notes:
            notes.append(note(self.table) if callable(note) else note)
        return notes

    @property
    def pages(self) -> int:
        """How many pages the screen has for the table."""
        size = self.report.page_size
        return max(1, ceil(self.table.count / size)) if size else 1


def coverage(table: Table) -> str:
    """How many of the rows' units the total covers, and which it does not."""
    text = f"Có số liệu của {table.covered}/{len(table.rows)} đơn vị"
    missing = [unit.name for unit in table.missing]
    if not missing:
        return f"{text}."
    named = ", ".join(missing[:MISSING_SHOWN])
    more = len(missing) - MISSING_SHOWN
    return f"{text}. Chưa có: {named}{f' và {more} đơn vị khác' if more > 0 else ''}."


def build(report: Report, *, scope: Scope, user, page: int | None = 1) -> Sheet:
    """The report's table for a scope, with its head, its letterhead and its day of issue.

    page: of a table with pages, the one to show; None: all rows.
    """
    if report.make:
        size = report.page_size if page else None
        first = report.page_size * (page - 1) if page else 0
        table, row_name = report.make(report, scope, user, first, size), report.row_head
    else:
        table, row_name = _table_of_units(report, scope, user)
    home = user.home_unit or scope.unit
    return Sheet(
        report=report,
        scope=scope,
        table=table,
        issuer=letterhead(home),
        place=place_of(home),
        day=localdate(),
        headings=headings(report, row_name),
        row_head=row_name,
    )


def _table_of_units(report: Report, scope: Scope, user) -> tuple[Table, str]:
    units = list(
        AdministrativeUnit.objects.children_of(scope.unit, day=scope.map_day).select_related(
            "parent__parent"
        )
    )
    table = tabulate(
        [column.measure for column in report.leaves()],
        units=units or [scope.unit],
        scope=scope,
        user=user,
    )
    return table, row_head(units or [scope.unit])


def headings(report: Report, first: str) -> list[list[Heading]]:
    """The head of the table: one line, or two where there are groups."""
    groups = [column for column in report.columns if isinstance(column, Group)]
    depth = 2 if groups else 1
    top = [Heading("STT", rows=depth), Heading(first, rows=depth)]
    for column in report.columns:
        if isinstance(column, Column):
            top.append(Heading(column.label, rows=depth))
        else:
            top.append(Heading(column.label, columns=len(column.columns)))
    below = [Heading(column.label) for group in groups for column in group.columns]
    return [top, below] if groups else [top]


def row_head(units: list[AdministrativeUnit]) -> str:
    """What the rows are called: communes have other kinds since 1/7/2025."""
    level = units[0].level
    old = bool(units[0].valid_to)
    if level == Level.COMMUNE:
        return "Xã/phường/thị trấn" if old else "Xã/phường/đặc khu"
    if level == Level.DISTRICT:
        return "Huyện/quận/thị xã/thành phố"
    return "Tỉnh/thành phố" if level == Level.PROVINCE else "Đơn vị"


def letterhead(unit: AdministrativeUnit) -> tuple[str, str]:
    """(the higher body, the issuer) in capitals, as papers of this level carry them."""
    province = province_of(unit)
    if unit.level == Level.COUNTRY:
        return "BỘ CÔNG AN", "CỤC XÂY DỰNG PHONG TRÀO BẢO VỆ AN NINH TỔ QUỐC"
    if unit.level == Level.PROVINCE:
        return f"CÔNG AN {unit.name.upper()}", OFFICE
    if unit.level in (Level.GROUP, Level.DISTRICT):
        return province.name.upper(), f"BAN CHỈ ĐẠO {unit.name.upper()}"
    return f"CÔNG AN {province.name.upper()}", f"CÔNG AN {unit.name.upper()}"


def province_of(unit: AdministrativeUnit) -> AdministrativeUnit:
    while unit.parent is not None and unit.level not in (Level.PROVINCE, Level.COUNTRY):
        unit = unit.parent
    return unit


def place_of(unit: AdministrativeUnit) -> str:
    """The place before the date: 'Gia Lai', 'Ia Dreh'; 'Hà Nội' for the country."""
    if unit.level == Level.COUNTRY:
        return "Hà Nội"
    return re.sub(f"^({KIND_NAMES}) ", "", unit.name)
