"""Tables that people send as text: CSV files as Excel writes them, and rows that are pasted."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from antq.core.numbers import vn_number
from antq.core.text import clean_text

MOST_BYTES, MOST_ROWS = 4_000_000, 20_000
DELIMITERS = "\t;,"
WRITE_ANEW = "Trong Excel, lưu lại bằng “CSV UTF-8” hoặc “Unicode Text”."


class TableError(Exception):
    """The whole text cannot be read; the message tells the user what to do."""


@dataclass(frozen=True)
class Column:
    """name: as it stands in a template; label: another name that is taken; help: for the page."""

    name: str
    label: str
    help: str
    required: bool = False


@dataclass(frozen=True)
class Fault:
    line: int
    column: str
    message: str


@dataclass(frozen=True)
class Line:
    """A row of a table: where it stands in the file, and its values by column."""

    number: int
    values: dict[str, str]


def decoded(data: bytes) -> str:
    """The text of a file that Excel or an editor wrote. Raises TableError."""
    if len(data) > MOST_BYTES:
        raise TableError(f"Tệp lớn hơn {vn_number(MOST_BYTES // 10**6)} MB. Chia thành nhiều tệp.")
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise TableError(f"Đây là tệp Excel (.xlsx, .xls), không phải CSV. {WRITE_ANEW}")
    try:
        text = data.decode(_encoding(data))
    except UnicodeDecodeError as error:
        raise TableError(f"Tệp không ở mã UTF-8 hay UTF-16. {WRITE_ANEW}") from error
    if "\0" in text:
        raise TableError(f"Tệp có ký tự lạ, không phải văn bản. {WRITE_ANEW}")
    return unicodedata.normalize("NFC", text)


def _encoding(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    head = data[:2000]
    if head[1::2].count(0) > len(head) // 8:  # Latin letters of UTF-16 without its mark
        return "utf-16-le"
    if head[::2].count(0) > len(head) // 8:
        return "utf-16-be"
    return "utf-8-sig"


def read_lines(text: str, columns: list[Column]) -> list[Line]:
    """The rows under a head that names the columns, in any order. Raises TableError."""
    records = _records(text)
    _, head = next(records, (0, []))
    names = [_column(cell, columns) for cell in head]
    known = [name for name in names if name]
    strange = [cell for cell, name in zip(head, names, strict=True) if cell.strip() and not name]
    missing = [each.name for each in columns if each.required and each.name not in known]
    if missing:
        raise TableError(
            f"Dòng đầu phải là tên cột; thiếu cột: {', '.join(missing)}. Tải tệp mẫu để đối chiếu."
        )
    if strange:
        raise TableError(f"Không có cột “{strange[0][:40]}”. Xóa cột đó hoặc sửa tên theo tệp mẫu.")
    if len(known) != len(set(known)):
        raise TableError("Có cột ghi hai lần ở dòng đầu. Bỏ bớt một cột.")
    lines = []
    for number, cells in records:
        if any(cells[len(names) :]):
            raise TableError(
                f"Dòng {number} có nhiều ô hơn dòng tên cột. Nếu trong ô có dấu phân cách "
                "thì đặt nội dung ô trong dấu nháy kép."
            )
        values = dict.fromkeys((each.name for each in columns), "")
        values |= {name: cell for name, cell in zip(names, cells, strict=False) if name}
        lines.append(Line(number, values))
    if not lines:
        raise TableError("Tệp không có dòng nào dưới dòng tên cột.")
    return lines


def _column(cell: str, columns: list[Column]) -> str:
    words = cell.strip().lower()
    return next((each.name for each in columns if words in (each.name, each.label.lower())), "")


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """(number of its first line, cells) of each row that is not empty."""
    text, skipped = text.replace("\r\n", "\n").replace("\r", "\n"), 0
    delimiter = ""
    if text[:4].lower() == "sep=":  # Excel's own way to say what stands between cells
        delimiter, skipped = text[4:5], 1
        text = text.partition("\n")[2]
    first = next((line for line in text.split("\n") if line.strip()), "")
    delimiter = delimiter if delimiter in DELIMITERS else ""
    delimiter = delimiter or max(DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    count = 0
    while True:
        number = reader.line_num + 1 + skipped
        try:
            cells = [clean_text(cell) for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as error:
            raise TableError(
                f"Dòng {number} không đọc được: kiểm tra dấu nháy kép trong dòng này."
            ) from error
        if not any(cells):
            continue
        count += 1
        if count > MOST_ROWS + 1:
            raise TableError(f"Tệp có quá {vn_number(MOST_ROWS)} dòng. Chia thành nhiều tệp.")
        yield number, cells


def template(columns: Iterable[Column], examples: Iterable[dict[str, str]]) -> bytes:
    """A CSV to fill in, which Excel opens with its diacritics."""
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, [each.name for each in columns], restval="")
    writer.writeheader()
    writer.writerows(examples)
    return file.getvalue().encode("utf-8-sig")


def choice(text: str, choices: list[tuple[str, str]]) -> str:
    """The value of which `text` is the code or the label; '' for none."""
    words = text.strip().lower()
    return next((value for value, label in choices if words in (value, label.lower())), "")
