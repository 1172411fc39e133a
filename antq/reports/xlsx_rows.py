"""The rows of a list as the XML of a worksheet, one text a row.

openpyxl makes an object of every cell: a list of a country takes it minutes. It still writes all
the rest of the workbook; see `xlsx.write_list` and docs/adr/0013.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from math import ceil

from antq.core.numbers import Qualifier, Quantity

WIDEST = 30  # of a column, in characters
LONGEST_CELL = 32_000  # Excel holds 32.767 characters
LINE_HEIGHT = 15.0  # points
DAY = "dd/mm/yyyy"
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_NEEDS_CARE = re.compile("[^\t\n\x20-\x25\x27-\x3b\x3d\x3f-\ud7ff\ue000-\ufffd]")
_FORMULA = ("=", "+", "-", "@")
_DAY_ZERO = date(1899, 12, 30).toordinal()  # of Excel's days
# style(number format or "", is it text that begins like a formula) → its number in the workbook
Style = Callable[[str, bool], int]


def rows_xml(
    rows: Iterable[Sequence], *, first: int, letters: Sequence[str], widths, style: Style
) -> Iterator[str]:
    """`<row>` elements from row `first` on; a cell is text, a number, a day or a Quantity."""
    formats: dict[tuple, str] = {}
    for number, row in enumerate(rows, start=first):
        cells, lines = [], 1
        for letter, width, value in zip(letters, widths, row, strict=True):
            if isinstance(value, Quantity):
                value, shown = _of_quantity(value, formats)
            elif isinstance(value, date):
                value, shown = value.toordinal() - _DAY_ZERO, DAY
            elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
                value, shown = _of_quantity(Quantity(value), formats)
            else:
                value, shown = "" if value is None else str(value)[:LONGEST_CELL], ""
            at = f'<c r="{letter}{number}" s="'
            if not isinstance(value, str):
                cells.append(f'{at}{style(shown, False)}"><v>{value}</v></c>')
            elif value:
                lines = max(lines, ceil(len(value) / (width - 2)))
                is_quoted = value.startswith(_FORMULA)
                cells.append(
                    f'{at}{style("", is_quoted)}" t="inlineStr"><is><t xml:space="preserve">'
                    f"{_escaped(value)}</t></is></c>"
                )
            else:
                cells.append(f'{at}{style("", False)}"/>')
        yield (
            f'<row r="{number}" ht="{LINE_HEIGHT * lines}" customHeight="1">{"".join(cells)}</row>'
        )


def number_format(quantity: Quantity) -> str:
    """'"hơn "#,##0" + 2 chưa rõ"': the cell keeps its number, the reader sees the words."""
    text = "#,##0" if quantity.value == int(quantity.value) else "#,##0.##"
    if quantity.qualifier:
        text = f'"{Qualifier(quantity.qualifier).label} "{text}'
    if quantity.unknown:
        text = f'{text}" + {quantity.unknown} chưa rõ"'
    return text


def _of_quantity(quantity: Quantity, formats: dict) -> tuple:
    """(the number, its format), or (the words for an unknown one, '')."""
    value = quantity.value
    if value is None:
        return str(quantity), ""
    key = quantity.qualifier, quantity.unknown, value == int(value)
    if (shown := formats.get(key)) is None:
        shown = formats[key] = number_format(quantity)
    return value, shown


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


def height(row: Sequence, widths: Sequence[int]) -> float:
    """In points. Not every program finds the height of wrapped text by itself."""
    cells = zip(row, widths, strict=True)
    lines = max([1, *(ceil(len(str(value)) / (width - 2)) for value, width in cells)])
    return LINE_HEIGHT * lines
