"""The rows of a table as the XML of a worksheet, one text a row.

openpyxl makes an object of every cell: a list of a country takes it minutes. It still writes all
the rest of the workbook; see `xlsx.write_list` and docs/adr/0013.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from math import ceil

from antq.core.numbers import Qualifier, Quantity
from antq.reports.tables import SHORT

WIDEST = 30  # of a column, in characters
LONGEST_CELL = 32_000  # Excel holds 32.767 characters
LINE_HEIGHT = 15.0  # points
DAY = "dd/mm/yyyy"
REMEMBERED = 2000  # cells of a column
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_NEEDS_CARE = re.compile("[^\t\n\x20-\x25\x27-\x3b\x3d\x3f-\ud7ff\ue000-\ufffd]")
_FORMULA = ("=", "+", "-", "@")
_DAY_ZERO = date(1899, 12, 30).toordinal()  # of Excel's days
# style(number format or "", does text begin like a formula, is it long) → its number in the book
Style = Callable[[str, bool, bool], int]


def row_maker(
    letters: Sequence[str], widths: Sequence[int], styles: Sequence[Style]
) -> Callable[[int, Sequence], str]:
    """make(number, values) → `<row>`; a value is text, a number, a day or a Quantity."""
    columns = [
        (f'<c r="{letter}', _cell_maker(width, style))
        for letter, width, style in zip(letters, widths, styles, strict=True)
    ]

    def make(number: int, row: Sequence) -> str:
        cells, lines, at = [], 1, str(number)
        for (begin, cell), value in zip(columns, row, strict=True):
            rest, high = cell(value)
            cells.append(begin + at + rest)
            if high > lines:
                lines = high
        high = LINE_HEIGHT * lines
        return f'<row r="{at}" ht="{high}" customHeight="1">{"".join(cells)}</row>'

    return make


def _cell_maker(width: int, style: Style) -> Callable[[object], tuple[str, int]]:
    """Makes the cells of a column: (XML from behind the row's number on, lines of text).

    Names, units, states and small numbers come again and again: they are made once.
    """

    @lru_cache(REMEMBERED)
    def cell(value) -> tuple[str, int]:
        value, shown = _plain(value)
        if not isinstance(value, str):
            return f'" s="{style(shown, False, False)}"><v>{value}</v></c>', 1
        if not value:
            return f'" s="{style("", False, False)}"/>', 1
        look = style("", value.startswith(_FORMULA), len(value) > SHORT)
        text = (
            f'" s="{look}" t="inlineStr"><is><t xml:space="preserve">{_escaped(value)}</t></is></c>'
        )
        return text, ceil(len(value) / (width - 2))

    return cell


def _plain(value) -> tuple[str | int | float | Decimal, str]:
    """(a text or a number, the number's format)"""
    if isinstance(value, date):
        return value.toordinal() - _DAY_ZERO, DAY
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        value = Quantity(value)
    if isinstance(value, Quantity) and value.value is not None:
        return value.value, number_format(value)
    return "" if value is None else str(value)[:LONGEST_CELL], ""


def number_format(quantity: Quantity) -> str:
    """'"hơn "#,##0" + 2 chưa rõ"': the cell keeps its number, the reader sees the words."""
    text = "#,##0" if quantity.value == int(quantity.value) else "#,##0.##"
    if quantity.qualifier:
        text = f'"{Qualifier(quantity.qualifier).label} "{text}'
    if quantity.unknown:
        text = f'{text}" + {quantity.unknown} chưa rõ"'
    return text


def _escaped(text: str) -> str:
    """As XML; what a workbook cannot hold is left out."""
    if not _NEEDS_CARE.search(text):
        return text
    text = _NOT_XML.sub("", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def list_widths(headers: Sequence[str], rows: Sequence[Sequence]) -> list[int]:
    """Of columns that hold most of what stands in them; the rest wraps."""
    columns = zip(headers, *([_shown(value) for value in row] for row in rows), strict=True)
    return [min(WIDEST, 3 + max(len(text) for text in column)) for column in columns]


def _shown(value) -> str:
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value)
