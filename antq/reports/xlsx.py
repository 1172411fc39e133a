"""The only writer of workbooks: a form that is signed, and a list.

What a person typed stays text: openpyxl would make a formula of anything that begins with "=".
Numbers stay numbers even with a qualifier or unknowns in them: those are in the number format.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from io import BytesIO
from itertools import chain, islice
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook
from openpyxl.cell import Cell as XlsxCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from antq.core.numbers import Quantity
from antq.reports.sheets import NATION, SIGNERS, Sheet
from antq.reports.tables import Cell
from antq.reports.xlsx_rows import (
    DAY,
    WIDEST,
    Style,
    list_widths,
    number_format,
    row_maker,
)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FONT = "Times New Roman"
THIN = Side(style="thin", color="444444")
GRID = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
CENTER = Alignment(horizontal="center", vertical="center", wrap_text=True)
TOP = Alignment(vertical="top", wrap_text=True)
PLAIN, BOLD = Font(name=FONT, size=11), Font(name=FONT, size=11, bold=True)
LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True)


def put(cell: XlsxCell, value) -> None:
    """Write a value so that what is shown is what was meant. Text is never a formula."""
    if isinstance(value, Quantity):
        if value.value is None:
            put(cell, str(value))
            return
        cell.value = value.value
        cell.number_format = number_format(value)
    elif isinstance(value, date):
        cell.value = value
        cell.number_format = DAY
    elif isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        cell.value = value
        cell.number_format = number_format(Quantity(value))
    elif value not in (None, ""):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", str(value))
        cell.data_type = "s"


def write_form(sheet: Sheet) -> bytes:
    """A report as a workbook that can be printed on A4 and signed."""
    book = Workbook()
    page = book.active
    page.title = sheet.report.code
    width = 2 + len(list(sheet.report.leaves()))
    top = _write_letterhead(page, sheet, width)
    first = _write_head(page, sheet, top)
    widths = [6, 28, *_widths(sheet)]
    _write_foot(page, sheet, first + len(sheet.lines) + 1, width)
    _set_up_print(page, widths, top, first - 1)
    with TemporaryFile() as body:
        for text in _body(page, sheet, first, widths):
            body.write(text.encode())
        return _with_rows(book, body, after=first - 1, extent=page.dimensions).getvalue()


def _line(page, row: int, span: tuple[int, int], text: str, *, bold=False, italic=False, size=12):
    first, last = span
    page.merge_cells(start_row=row, start_column=first, end_row=row, end_column=last)
    cell = page.cell(row, first)
    put(cell, text)
    cell.font = Font(name=FONT, size=size, bold=bold, italic=italic)
    cell.alignment = CENTER
    return cell


def _write_letterhead(page, sheet: Sheet, width: int) -> int:
    """Returns the row in which the table's head begins."""
    left, right = (1, width // 2), (width // 2 + 1, width)
    for row, (issuer, nation) in enumerate(zip(sheet.issuer, NATION, strict=True), start=1):
        _line(page, row, left, issuer, bold=row == 2)
        _line(page, row, right, nation, bold=True)
    page.row_dimensions[2].height = 32
    _line(page, 3, right, sheet.dated, italic=True)
    _line(page, 5, (1, width), sheet.title.upper(), bold=True, size=14)
    _line(page, 6, (1, width), sheet.period, italic=True)
    page.row_dimensions[6].height = 32
    return 8


def _write_head(page, sheet: Sheet, top: int) -> int:
    """Returns the row after the head."""
    taken = set()
    for depth, line in enumerate(sheet.headings):
        column = 1
        for heading in line:
            while (depth, column) in taken:
                column += 1
            cell = page.cell(top + depth, column)
            put(cell, heading.label)
            if heading.rows > 1 or heading.columns > 1:
                page.merge_cells(
                    start_row=top + depth,
                    start_column=column,
                    end_row=top + depth + heading.rows - 1,
                    end_column=column + heading.columns - 1,
                )
            taken |= {
                (depth + down, column + across)
                for down in range(heading.rows)
                for across in range(heading.columns)
            }
            column += heading.columns
    width = 2 + len(list(sheet.report.leaves()))
    for row in range(top, top + len(sheet.headings)):
        for column in range(1, width + 1):
            cell = page.cell(row, column)
            cell.font = Font(name=FONT, size=11, bold=True)
            cell.alignment, cell.border = CENTER, GRID
    page.row_dimensions[top + len(sheet.headings) - 1].height = 48
    return top + len(sheet.headings)


def _body(page, sheet: Sheet, first: int, widths: list[int]) -> Iterator[str]:
    """The rows of the table as XML, the total and those that sum others in bold."""
    letters = [get_column_letter(number) for number in range(1, len(widths) + 1)]
    plain, bold = (
        row_maker(
            letters,
            widths,
            [_styles(page, font, LEFT if letter == "B" else CENTER, LEFT) for letter in letters],
        )
        for font in (PLAIN, BOLD)
    )
    for at, (number, name, line) in enumerate(sheet.lines, start=first):
        make = bold if line is sheet.table.total or line.is_heading else plain
        yield make(at, [number, name, *(cell.value for cell in line.cells)])


def _write_foot(page, sheet: Sheet, row: int, width: int) -> None:
    for note in sheet.notes:
        cell = _line(page, row, (1, width), note, italic=True, size=10)
        cell.alignment = LEFT
        # Merged cells do not grow by themselves; about nine characters go into a column.
        page.row_dimensions[row].height = 14 * (1 + len(note) // (11 * width))
        row += 1
    half = width // 2
    for span, signer in zip([(1, half), (half + 1, width)], SIGNERS, strict=True):
        _line(page, row + 1, span, signer, bold=True)


def _widths(sheet: Sheet) -> list[int]:
    """A number that does not fit is shown as ###, it never wraps; texts do."""
    columns = zip(*(line.cells for _, _, line in sheet.lines), strict=True)
    return [max(10, *(_width(cell) for cell in column)) for column in columns]


def _width(cell: Cell) -> int:
    longest = WIDEST_TEXT if cell.text else WIDEST
    return min(longest, len(str(cell.value)) + 2)


def _set_up_print(page, widths: list[int], top: int, last: int) -> None:
    for column, wide in enumerate(widths, start=1):
        page.column_dimensions[get_column_letter(column)].width = wide
    _fit_to_paper(page, "landscape" if len(widths) > 8 else "portrait")
    page.print_title_rows = f"{top}:{last}"
    page.freeze_panes = f"C{last + 1}"
    page.sheet_view.showGridLines = False


def _fit_to_paper(page, orientation: str) -> None:
    """A4, as wide as the paper and as long as it takes, with page numbers."""
    page.page_setup.orientation = orientation
    page.page_setup.paperSize = Worksheet.PAPERSIZE_A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.page_margins.left = page.page_margins.right = 0.6
    page.oddFooter.center.text = "Trang &P/&N"


SAMPLE = 200  # rows of which the widths are taken
WIDEST_TEXT = 20  # of a form, all of whose columns go on one sheet
SHEET = "xl/worksheets/sheet1.xml"
_DIMENSION = re.compile(rb'<dimension ref="[^"]*" ?/>')
_ROW = re.compile(rb'<row r="(\d+)"')


def write_list(
    title: str, lines: Sequence[str], headers: Sequence[str], rows: Iterable[Sequence]
) -> BytesIO:
    """A list as a workbook, row by row: a title, what was asked for, a head that stays, a filter.

    A cell is text, a number, a day or a Quantity. Returns the stream, at its beginning. openpyxl
    writes the workbook with the head alone; the rows are put into its sheet.
    """
    rows = iter(rows)
    sample = list(islice(rows, SAMPLE))
    widths = list_widths(headers, sample)
    letters = [get_column_letter(number) for number in range(1, len(headers) + 1)]
    book = Workbook()
    page, head = book.active, len(lines) + 3
    make = row_maker(letters, widths, [_styles(page, PLAIN, TOP, TOP)] * len(letters))
    last = head
    with TemporaryFile() as body:
        for last, row in enumerate(chain(sample, rows), start=head + 1):
            body.write(make(last, row).encode())
        _list_head(page, title, lines, headers, widths)
        page.auto_filter.ref = f"A{head}:{letters[-1]}{last}"
        return _with_rows(book, body, after=head, extent=f"A1:{letters[-1]}{last}")


def _styles(page, font: Font, short: Alignment, long: Alignment) -> Style:
    """Cells of the body: what differs is the number format, and the mark that text stays text."""

    @cache
    def style(shown: str, is_quoted: bool, is_long: bool) -> int:
        cell = XlsxCell(page, row=1, column=1)
        cell.font, cell.border, cell.alignment = font, GRID, long if is_long else short
        if shown:
            cell.number_format = shown
        cell.quotePrefix = is_quoted  # stays text when someone edits the cell, too
        return cell.style_id

    return style


def _list_head(page, title: str, lines: Sequence[str], headers: Sequence[str], widths) -> None:
    page.title = "Danh sách"
    _fit_to_paper(page, "landscape")
    for number, width in enumerate(widths, start=1):
        page.column_dimensions[get_column_letter(number)].width = width
    for row, text in enumerate([title, *lines], start=1):
        put(page.cell(row, 1), text)
        page.cell(row, 1).font = Font(name=FONT, size=11, italic=True)
    page.cell(1, 1).font = Font(name=FONT, size=14, bold=True)
    head = len(lines) + 3
    for column, label in enumerate(headers, start=1):
        cell = page.cell(head, column)
        put(cell, label)
        cell.font, cell.alignment, cell.border = BOLD, CENTER, GRID
    page.freeze_panes = f"A{head + 1}"
    page.print_title_rows = f"{head}:{head}"


def _with_rows(book: Workbook, rows: IO[bytes], *, after: int, extent: str) -> BytesIO:
    """The workbook with these rows in its only sheet, behind row `after`."""
    bare, stream = BytesIO(), BytesIO()
    book.save(bare)
    rows.seek(0)
    with ZipFile(bare) as parts, ZipFile(stream, "w", ZIP_DEFLATED, compresslevel=3) as full:
        for name in parts.namelist():
            content = parts.read(name)
            if name != SHEET:
                full.writestr(name, content)
                continue
            content = _DIMENSION.sub(f'<dimension ref="{extent}"/>'.encode(), content)
            below = (found.start() for found in _ROW.finditer(content) if int(found[1]) > after)
            at = next(below, content.index(b"</sheetData>"))
            with full.open(name, "w", force_zip64=True) as part:
                part.write(content[:at])
                copyfileobj(rows, part, 1 << 20)
                part.write(content[at:])
    stream.seek(0)
    return stream
