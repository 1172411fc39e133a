"""One type for every number that a person reads: a value that may be unknown, and its qualifier.

Unknown is not zero. "hơn 300" is the value 300 with the qualifier OVER; a sum over it is "hơn …".
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.db.models import TextChoices

from antq.core.text import clean_text


class Qualifier(TextChoices):
    EXACT = "", "chính xác"
    OVER = "over", "hơn"
    UNDER = "under", "gần"
    ABOUT = "about", "khoảng"

    @classmethod
    def from_bits(cls, bits: int | None) -> list["Qualifier"]:
        """The qualifiers in an OR of `qualifier_bit`s (over 1, under 2, about 4)."""
        places = enumerate((cls.OVER, cls.UNDER, cls.ABOUT))
        return [found for place, found in places if (bits or 0) >> place & 1]


# How people write a qualifier, longest first where one begins another.
_WORDS = {
    "hơn": Qualifier.OVER,
    "trên": Qualifier.OVER,
    ">": Qualifier.OVER,
    "gần": Qualifier.UNDER,
    "<": Qualifier.UNDER,
    "khoảng": Qualifier.ABOUT,
    "chừng": Qualifier.ABOUT,
    "~": Qualifier.ABOUT,
}
_NUMBER = re.compile(r"-?(\d{1,3}([. \u00a0]\d{3})+|\d+)(,\d+)?", re.ASCII)


class NumberError(ValueError):
    """The text is not a number; the message tells a Vietnamese reader what to do."""


@dataclass(frozen=True)
class Quantity:
    """A number in a form or a table cell.

    value: None when it is not known. qualifier: see `Qualifier`.
    unknown: how many records inside a sum have no value.
    """

    value: Decimal | int | None
    qualifier: str = Qualifier.EXACT
    unknown: int = 0

    def __bool__(self) -> bool:
        return self.value is not None

    def __str__(self) -> str:
        if self.value is None:
            return "chưa rõ" if self.unknown else "–"
        return f"{self.known} + {self.unknown} chưa rõ" if self.unknown else self.known

    @property
    def known(self) -> str:
        """The number, with its qualifier, without what is unknown in it."""
        number = vn_number(self.value)
        return f"{Qualifier(self.qualifier).label} {number}" if self.qualifier else number


def weakest(qualifiers: Iterable[str | None]) -> str:
    """The qualifier of a sum: that of its parts; parts that differ in direction make "khoảng"."""
    kinds = {qualifier for qualifier in qualifiers if qualifier}
    if not kinds:
        return Qualifier.EXACT
    return kinds.pop() if len(kinds) == 1 else Qualifier.ABOUT


def added(quantities: Iterable[Quantity]) -> Quantity:
    """The sum of parts: unknown only when every part is; unknown records inside add up."""
    parts = list(quantities)
    known = [part for part in parts if part.value is not None]
    value = sum(part.value for part in known) if known else None
    qualifier = weakest(part.qualifier for part in known)
    return Quantity(value, qualifier, sum(part.unknown for part in parts))


def vn_number(value: Decimal | int | float) -> str:
    """1234567.5 → '1.234.567,5'; no decimals where there are none."""
    if type(value) is int:
        return f"{value:,}".replace(",", ".")
    value = Decimal(str(value))
    text = f"{value:,f}"
    whole, _, fraction = text.partition(".")
    fraction = fraction.rstrip("0")
    whole = whole.replace(",", ".")
    return f"{whole},{fraction}" if fraction else whole


def parse_quantity(text: str) -> Quantity:
    """'hơn 1.234' → Quantity(1234, OVER); '' and 'chưa rõ' → unknown. Raises NumberError."""
    text = clean_text(text).lower()
    if text in ("", "chưa rõ", "–", "-"):
        return Quantity(None)
    qualifier = Qualifier.EXACT
    for word, meaning in _WORDS.items():
        if text.startswith(word):
            qualifier, text = meaning, text[len(word) :].strip()
            break
    if not _NUMBER.fullmatch(text):
        raise NumberError(
            "Nhập một số, ví dụ 1.234 hoặc 12,5; có thể ghi “hơn 300”, “khoảng 300”; "
            "chưa rõ thì để trống."
        )
    try:
        value = Decimal(re.sub(r"[. \u00a0]", "", text).replace(",", "."))
    except InvalidOperation as error:  # pragma: no cover – the pattern admits only numbers
        raise NumberError("Nhập một số.") from error
    return Quantity(int(value) if value == value.to_integral_value() else value, qualifier)
