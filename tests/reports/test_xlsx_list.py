"""The list writer: what a person typed is text, what is a number stays one."""

import shutil
import subprocess
from datetime import date, datetime
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from antq.core.numbers import Quantity
from antq.reports.xlsx import write_list

HEADERS = ["Tên", "Số", "Ngày"]


def rows_of(*rows):
    """The cells of the rows under the head."""
    page = load_workbook(write_list("Danh sách", ["Dòng một"], HEADERS, rows)).active
    return list(page.iter_rows(min_row=5))


@pytest.mark.parametrize("sign", ["=", "+", "-", "@"])
def test_text_that_looks_like_a_formula_stays_text(sign):
    text = f'{sign}HYPERLINK("http://vi.du","bấm")'
    ((cell, _, _),) = rows_of([text, 1, None])
    assert (cell.value, cell.data_type) == (text, "s")
    assert cell.quotePrefix


@pytest.mark.parametrize("text", ["#N/A", "TRUE", "1.234", "  ", "a\nb"])
def test_text_that_looks_like_something_else_stays_text(text):
    ((cell, _, _),) = rows_of([text, 1, None])
    assert (cell.value, cell.data_type) == (text, "s")


def test_characters_that_a_workbook_cannot_hold_are_left_out():
    ((cell, _, _),) = rows_of(["a\x00\x08\x1b\ufffe\uffffb" + "x" * 40_000, 1, None])
    assert cell.value.startswith("abx")
    assert 31_990 < len(cell.value) <= 32_000


@pytest.mark.parametrize(
    ("value", "shown", "number_format"),
    [
        (Quantity(1234), 1234, "#,##0"),
        (Quantity(300, "over"), 300, '"hơn "#,##0'),
        (Quantity(Decimal("12.5"), "about"), 12.5, '"khoảng "#,##0.##'),
        (Quantity(5, unknown=2), 5, '#,##0" + 2 chưa rõ"'),
        (7, 7, "#,##0"),
        (0, 0, "#,##0"),
    ],
)
def test_numbers_stay_numbers(value, shown, number_format):
    ((_, cell, _),) = rows_of(["a", value, None])
    assert (cell.value, cell.data_type, cell.number_format) == (shown, "n", number_format)


def test_unknown_is_said():
    ((_, cell, _),) = rows_of(["a", Quantity(None, unknown=1), None])
    assert cell.value == "chưa rõ"


def test_days_are_days():
    ((_, _, cell),) = rows_of(["a", 1, date(2026, 2, 3)])
    assert (cell.value.date(), cell.number_format) == (date(2026, 2, 3), "dd/mm/yyyy")


def test_head_stays_and_filters_all_rows():
    page = load_workbook(write_list("T", ["một", "hai"], HEADERS, [["a", 1, None]] * 3)).active
    assert [cell.value for cell in page["A"]] == ["T", "một", "hai", None, "Tên", "a", "a", "a"]
    assert page.freeze_panes == "A6"
    assert page.auto_filter.ref == "A5:C8"


def test_an_empty_list_is_a_workbook_too():
    page = load_workbook(write_list("T", [], HEADERS, [])).active
    assert [cell.value for cell in page[3]] == HEADERS


@pytest.mark.parametrize("text", ["<b>&amp;</b>", "a & b", "]]>", "a\tb", "Đội “Áo xanh” 🚒"])
def test_text_with_marks_of_xml_stays_as_it_was_typed(text):
    ((cell, _, _),) = rows_of([text, 1, None])
    assert (cell.value, cell.data_type) == (text, "s")


def test_every_row_of_a_long_list_is_there_in_its_order():
    rows = [[f"dòng {number}", number, date(2026, 1, 1)] for number in range(1000)]
    page = load_workbook(write_list("T", [], HEADERS, iter(rows))).active
    shown = [[cell.value for cell in row] for row in page.iter_rows(min_row=4)]
    assert shown == [[text, number, datetime(2026, 1, 1)] for text, number, _ in rows]
    assert page.dimensions == "A1:C1003"


def test_long_text_wraps_in_a_row_that_is_high_enough():
    text = "x" * 100
    page = load_workbook(write_list("T", [], HEADERS, [[text, 1, None], ["a", 1, None]])).active
    assert page["A4"].alignment.wrap_text
    assert page.row_dimensions[4].height >= 15 * 100 / page.column_dimensions["A"].width
    assert page.row_dimensions[5].height == 15


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_libreoffice_shows_the_text(tmp_path):
    book = tmp_path / "a.xlsx"
    text = '=HYPERLINK("http://vi.du";"bấm")'
    book.write_bytes(write_list("T", [], HEADERS, [[text, Quantity(3, "over"), None]]).read())
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/home", "--headless", "--convert-to"]
        + ["csv:Text - txt - csv (StarCalc):59,34,76", "--outdir", str(tmp_path), str(book)],
        check=True,
        capture_output=True,
        timeout=120,
    )
    shown = (tmp_path / "a.csv").read_text(encoding="utf-8")
    assert "HYPERLINK(" in shown
    assert "hơn 3" in shown
