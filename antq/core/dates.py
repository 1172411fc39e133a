"""Days as people here write them, and days of which only the month or the year is known."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from django.db.models import TextChoices

EARLIEST_YEAR = 1945
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_DAY_FIRST = re.compile(r"(?:(?:(\d{1,2})[/.-])?(\d{1,2})[/.-])?(\d{4})", re.ASCII)


class Precision(TextChoices):
    DAY = "day", "ngày"
    MONTH = "month", "tháng"
    YEAR = "year", "năm"


class DayError(ValueError):
    """The text is not a day; the message tells a Vietnamese reader what to do."""


@dataclass(frozen=True)
class PartialDay:
    """A day known to the day, the month or the year; `day` is then the first of that period."""

    day: date
    precision: str = Precision.DAY

    def __str__(self) -> str:
        return vn_date(self.day, self.precision)

    @property
    def last(self) -> date:
        """The last day that it can have been."""
        if self.precision == Precision.YEAR:
            return date(self.day.year, 12, 31)
        if self.precision == Precision.MONTH:
            return self.day.replace(day=monthrange(self.day.year, self.day.month)[1])
        return self.day


def vn_date(day: date | None, precision: str = Precision.DAY) -> str:
    """03/02/2026, 02/2026 or 2026; 'chưa rõ' for None."""
    if day is None:
        return "chưa rõ"
    if precision == Precision.YEAR:
        return f"{day.year}"
    if precision == Precision.MONTH:
        return f"{day.month:02}/{day.year}"
    return f"{day.day:02}/{day.month:02}/{day.year}"


def parse_partial_day(text: str) -> PartialDay:
    """'3/2/2026', '02/2026', '2026' or '2026-02-03' → PartialDay. Raises DayError."""
    text = text.strip()
    if iso := _ISO.fullmatch(text):
        year, month, day = (int(part) for part in iso.groups())
    elif found := _DAY_FIRST.fullmatch(text):
        day, month, year = (int(part) if part else None for part in found.groups())
    else:
        raise DayError("Nhập ngày/tháng/năm, ví dụ 03/02/2026; năm gồm bốn chữ số.")
    if not EARLIEST_YEAR <= year <= 2100:
        raise DayError(f"Năm {year} không hợp lệ. Nhập năm từ {EARLIEST_YEAR} đến 2100.")
    if month is None:
        return PartialDay(date(year, 1, 1), Precision.YEAR)
    if not 1 <= month <= 12:
        raise DayError(f"Không có tháng {month}. Nhập ngày/tháng/năm, ví dụ 03/02/2026.")
    if day is None:
        return PartialDay(date(year, month, 1), Precision.MONTH)
    days = monthrange(year, month)[1]
    if not 1 <= day <= days:
        raise DayError(f"Tháng {month} năm {year} chỉ có {days} ngày. Nhập lại ngày/tháng/năm.")
    return PartialDay(date(year, month, day))


def parse_day(text: str) -> date:
    """A whole day. Raises DayError, also when only the month or the year is given."""
    found = parse_partial_day(text)
    if found.precision != Precision.DAY:
        raise DayError("Nhập đủ ngày/tháng/năm, ví dụ 03/02/2026.")
    return found.day


def months_before(day: date, months: int) -> date:
    """The same day of an earlier month; the last one of a month that is too short for it."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
