"""Of which days a periodic report speaks: rules as functions (docs/adr/0017).

A month is named after the month in which it ends, whatever the rule: 15/12/2025–14/1/2026 is
"tháng 1/2026". All other periods are cut from a year, which begins where its rule says.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db.models import TextChoices

ROMAN = ("I", "II", "III", "IV")


class PeriodKind(TextChoices):
    MONTH = "month", "tháng"
    QUARTER = "quarter", "quý"
    HALF = "half", "6 tháng"
    NINE_MONTHS = "nine_months", "9 tháng"
    YEAR = "year", "năm"
    AD_HOC = "ad_hoc", "đợt thu thập số liệu"


class WindowRule(TextChoices):
    GOVERNMENT = "government", "Tháng từ 15 đến 14, năm từ 15/12 đến 14/12 (NĐ 09/2019/NĐ-CP)"
    CALENDAR = "calendar", "Tháng, quý, năm dương lịch"
    POLICE = "police", "Tháng từ 15 đến 14, năm từ 15/11 đến 14/11"
    SAFETY = "safety", "Tháng dương lịch, năm từ 01/11 đến 31/10"


# Where a year begins: how many months before January, and on which day its months begin.
_YEARS = {
    WindowRule.GOVERNMENT: (1, 15),
    WindowRule.CALENDAR: (0, 1),
    WindowRule.POLICE: (2, 15),
    WindowRule.SAFETY: (2, 1),
}
# {kind: (how many months it lasts, how many of it there are in a year)}
_SIZES = {
    PeriodKind.MONTH: (1, 12),
    PeriodKind.QUARTER: (3, 4),
    PeriodKind.HALF: (6, 2),
    PeriodKind.NINE_MONTHS: (9, 1),
    PeriodKind.YEAR: (12, 1),
}
PERIODIC = tuple(_SIZES)


@dataclass(frozen=True)
class Slot:
    """Which period of which year: (month, 2026, 8), (half, 2026, 2); its days depend on a rule."""

    kind: str
    year: int
    number: int = 1

    @property
    def label(self) -> str:
        return {
            PeriodKind.MONTH: f"Tháng {self.number}/{self.year}",
            PeriodKind.QUARTER: f"Quý {ROMAN[(self.number - 1) % 4]}/{self.year}",
            PeriodKind.HALF: f"6 tháng {'đầu' if self.number == 1 else 'cuối'} năm {self.year}",
            PeriodKind.NINE_MONTHS: f"9 tháng đầu năm {self.year}",
            PeriodKind.YEAR: f"Năm {self.year}",
        }[self.kind]

    @property
    def before(self) -> "Slot":
        """Kỳ trước: of the same kind."""
        if self.number > 1:
            return replace(self, number=self.number - 1)
        return Slot(self.kind, self.year - 1, _SIZES[self.kind][1])

    @property
    def year_before(self) -> "Slot":
        """Cùng kỳ năm trước."""
        return replace(self, year=self.year - 1)


def window(rule: str, slot: Slot) -> tuple[date, date]:
    """The first and the last day of a period under a rule."""
    back, day = _YEARS[rule]
    length = _SIZES[slot.kind][0]
    if slot.kind == PeriodKind.MONTH:
        month = _month_of(slot.year, slot.number) - _named_later(day)
    else:
        month = _month_of(slot.year, 1) - back + length * (slot.number - 1)
    return _begin(month, day), _begin(month + length, day) - timedelta(days=1)


def slot_on(rule: str, kind: str, day: date) -> Slot | None:
    """The period that holds a day; None for the days of a year after its nine months."""
    back, begins = _YEARS[rule]
    month = _month_of(day.year, day.month) - (day.day < begins)
    if kind == PeriodKind.MONTH:
        return Slot(kind, *_year_and_number(month + _named_later(begins)))
    year, passed = divmod(month + back, 12)
    length, how_many = _SIZES[kind]
    number = passed // length + 1
    return Slot(kind, year, number) if number <= how_many else None


def slots_of(rule: str, kind: str, year: int) -> list[Slot]:
    """The periods of a kind that lie in a year of the rule, in their order.

    A police year begins in November: the months of 2026 are 12/2025 … 11/2026.
    """
    if kind != PeriodKind.MONTH:
        return [Slot(kind, year, number + 1) for number in range(_SIZES[kind][1])]
    back, begins = _YEARS[rule]
    first = _month_of(year, 1) - back + _named_later(begins)
    return [Slot(kind, *_year_and_number(month)) for month in range(first, first + 12)]


def parts(rule: str, slot: Slot, kind: str) -> list[Slot]:
    """The shorter periods that make a longer one up; [] where they do not cut it evenly."""
    long, short = _SIZES[slot.kind][0], _SIZES[kind][0]
    if short >= long or long % short or kind == PeriodKind.NINE_MONTHS:
        return []
    first, last = window(rule, slot)
    found = slots_of(rule, kind, slot.year)
    spans = {each: window(rule, each) for each in found}
    return [each for each in found if first <= spans[each][0] and spans[each][1] <= last]


def year_until(rule: str, last: date) -> tuple[date, date]:
    """Lũy kế năm: from the beginning of the rule's year to that day."""
    return window(rule, slot_on(rule, PeriodKind.YEAR, last))[0], last


def _month_of(year: int, number: int) -> int:
    return 12 * year + number - 1


def _year_and_number(month: int) -> tuple[int, int]:
    year, number = divmod(month, 12)
    return year, number + 1


def _begin(month: int, day: int) -> date:
    year, number = _year_and_number(month)
    return date(year, number, day)


def _named_later(begins: int) -> int:
    """A month that begins on the 15th is named after the next one, in which it ends."""
    return int(begins > 1)
