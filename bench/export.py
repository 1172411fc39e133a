"""A list of 50,000 rows as a workbook: our writer beside what one would pick instead, in one run.

    python bench/export.py [--rows 50000]

xlsxwriter and rustpy-xlsxwriter are measured where they are installed; they are no requirement.
Each writes the same cells with the same formats, but rustpy-xlsxwriter, whose formats are of whole
columns: "hơn 1.234" and the mark that text stays text are of single cells (docs/adr/0013). Prints
seconds, megabytes on top of what the program took before, and the size of the file.
"""

import argparse
import os
import resource
import sys
import time
from copy import copy
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "antq.settings")
os.environ.setdefault("ANTQ_SECRET_KEY", "only-for-measuring")
os.environ.setdefault("DATABASE_URL", "postgres://nowhere/nothing")  # never opened
django.setup()

from antq.core.numbers import Quantity  # noqa: E402 - the models of what it imports need Django
from antq.reports import xlsx  # noqa: E402

HEADERS = ["Tên mô hình", "Loại hình", "Đơn vị", "Địa bàn", "Ngày ra mắt", "Số điểm", "Số tổ"]
HEADERS += ["Thành viên", "Hộ", "Trạng thái"]


def rows(number: int):
    for at in range(number):
        yield [
            f"Tổ tự quản an ninh, trật tự số {at % 190}",
            "Tổ tự quản về an ninh, trật tự",
            f"Xã Đo {at % 170}, Tỉnh Đo",
            f"Nơi {at}, Thôn {at % 12}",
            date(2026, 1, 1) + timedelta(at % 300),
            Quantity(1),
            Quantity(at % 3 or None, unknown=int(not at % 3)),
            Quantity(at % 40 + 3, "over" if at % 50 == 0 else ""),
            Quantity(at % 200),
            "Đã duyệt" if at % 1000 else "=Đã duyệt",
        ]


def ours(number: int) -> int:
    stream = xlsx.write_list("DANH SÁCH", ["Đơn vị: Tỉnh Đo"], HEADERS, rows(number))
    return len(stream.getvalue())


def by_openpyxl(number: int) -> int:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    page = book.create_sheet("Danh sách")
    plain = WriteOnlyCell(page)
    plain.font, plain.border, plain.alignment = xlsx.PLAIN, xlsx.GRID, xlsx.TOP
    page.append(HEADERS)
    for at, row in enumerate(rows(number), start=2):
        page.row_dimensions[at].height = 15
        cells = []
        for value in row:
            cell = WriteOnlyCell(page)
            cell._style = copy(plain._style)
            xlsx.put(cell, value)
            cells.append(cell)
        page.append(cells)
    stream = BytesIO()
    book.save(stream)
    return len(stream.getvalue())


def by_xlsxwriter(number: int) -> int:
    from xlsxwriter import Workbook

    stream = BytesIO()
    book = Workbook(stream, {"constant_memory": True, "strings_to_formulas": False})
    page = book.add_worksheet("Danh sách")
    look = {"font_name": xlsx.FONT, "font_size": 11, "border": 1, "text_wrap": True}
    formats = {}

    def style(shown: str = "", is_quoted: bool = False):
        key = shown, is_quoted
        if key not in formats:
            formats[key] = book.add_format(
                look | {"num_format": shown or "General", "quote_prefix": is_quoted}
            )
        return formats[key]

    page.write_row(0, 0, HEADERS)
    for at, row in enumerate(rows(number), start=1):
        page.set_row(at, 15)
        for column, value in enumerate(row):
            if isinstance(value, Quantity) and value.value is not None:
                page.write_number(at, column, value.value, style(xlsx.number_format(value)))
            elif isinstance(value, date):
                page.write_datetime(at, column, value, style(xlsx.DAY))
            else:
                page.write_string(at, column, str(value), style("", str(value).startswith("=")))
    book.close()
    return len(stream.getvalue())


def by_rustpy(number: int) -> int:
    from rustpy_xlsxwriter import write_worksheet

    def plain(value):
        return value.value if isinstance(value, Quantity) else value

    stream = BytesIO()
    records = (dict(zip(HEADERS, map(plain, row), strict=True)) for row in rows(number))
    write_worksheet(records, stream, sheet_name="Danh sách", autofilter=True)
    return len(stream.getvalue())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=50_000)
    number = parser.parse_args().rows
    print(f"Load of the machine: {os.getloadavg()[0]:.1f}; {number} rows")
    print(f"{'':16}{'s':>8}{'MB':>8}{'kB':>8}")
    for write in (ours, by_openpyxl, by_xlsxwriter, by_rustpy):
        sys.stdout.flush()
        if not (child := os.fork()):
            _measured(write, number)
        os.waitpid(child, 0)


def _measured(write, number: int) -> None:
    """In a process of its own, because memory that was taken is not given back."""
    try:
        write(10)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        begun = time.perf_counter()
        size = write(number)
        took = time.perf_counter() - begun
        used = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1000
        print(f"{write.__name__:16}{took:>8.1f}{used:>8.0f}{size / 1000:>8.0f}")
    except ImportError:
        print(f"{write.__name__:16} not installed")
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
