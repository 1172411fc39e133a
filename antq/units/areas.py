"""Residential areas: which are those of a day, and lists of names as people paste them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from django.utils.timezone import localdate

from antq.core.db import vn_keys
from antq.core.text import clean_text
from antq.units.models import AdministrativeUnit, ResidentialArea

MOST_NAMES, LONGEST_NAME = 500, 150
_INDEX = re.compile(r"(?:stt|tt|\d{1,4}[.)]?)", re.IGNORECASE)
_HEADING = re.compile(r"(?:tên|danh sách)\b.*", re.IGNORECASE)
_NUMBERING = re.compile(
    r"^(?:[-–•*+▪·]+\s*|\(?\d{1,3}(?:[.)/]|\s*[-:])\s*|[a-zđ]\)\s*)", re.IGNORECASE
)
# What the same place is called in one list and another.
_KIND = re.compile(r"^(?:thon|buon|lang|ban|ap|khom|to dan pho|tdp|khu pho|khu|plei|bon|to) ")


def areas_on(areas: Iterable[ResidentialArea], day: date) -> list[ResidentialArea]:
    """Of all the areas in which something is or was, those to show for `day`, in name order.

    They are the ones valid that day. Where none was, the last ones before it: what ended with
    its village is still said to have been there; where there is none either, the first after it.
    """
    areas = sorted(areas, key=lambda area: (area.sort_key, area.pk))
    if len(areas) < 2:  # the usual case, and none of the rules below would leave it out
        return areas
    if valid := [area for area in areas if area.is_valid_on(day)]:
        return valid
    if past := [area.valid_to for area in areas if area.valid_to and area.valid_to < day]:
        return [area for area in areas if area.valid_to == max(past)]
    first = min((area.valid_from for area in areas), default=None)
    return [area for area in areas if area.valid_from == first]


def pasted_names(text: str) -> list[str]:
    """One name a line, as lists are kept: numbered, bulleted, with other columns, in NFD."""
    names = []
    for line in text.splitlines():
        cells = (clean_text(cell) for cell in line.split("\t"))
        cell = next((cell for cell in cells if cell and not _INDEX.fullmatch(cell)), "")
        name = _NUMBERING.sub("", cell).strip(" .,;")
        if name and not _HEADING.fullmatch(name):
            names.append(name)
    return names


@dataclass(frozen=True)
class Listed:
    """A line of a pasted list: what will become of it.

    state: new, there (known by this name or another), repeated, near (like `known`), wrong.
    """

    name: str
    state: str
    known: str = ""

    @property
    def may_be_added(self) -> bool:
        return self.state in ("new", "near")


def compared(
    names: list[str], known: Iterable[ResidentialArea], keys: dict[str, str] | None = None
) -> list[Listed]:
    """Each pasted name beside what is known already. keys: `vn_keys` of all these names."""
    named = [(name, area.name) for area in known for name in _names_of(area)]
    keys = keys or vn_keys([*names, *(name for name, _ in named)])
    taken = {keys[name]: shown for name, shown in named}
    near = _Near(taken)
    rows, seen = [], set()
    for name in names:
        key = keys[name]
        if len(name) > LONGEST_NAME:
            rows.append(Listed(name, "wrong"))
        elif key in taken:
            rows.append(Listed(name, "there", taken[key]))
        elif key in seen:
            rows.append(Listed(name, "repeated"))
        elif like := near.to(key):
            rows.append(Listed(name, "near", like))
        else:
            rows.append(Listed(name, "new"))
        if len(name) <= LONGEST_NAME and key not in seen:
            seen.add(key)
            near.learn(key, name)
    return rows


def _names_of(area: ResidentialArea) -> list[str]:
    return [area.name, *area.aliases.splitlines()]


def _squashed(key: str) -> str:
    """Without kind, spaces and apostrophes: "buon h'mung" and "thon hmung" give "hmung"."""
    return re.sub(r"[^a-z0-9]", "", _KIND.sub("", key)) or key


class _Near:
    """Names that may be another spelling of one that is known; "Thôn 1" and "Thôn 11" are not."""

    def __init__(self, known: dict[str, str]):
        self.by_digits: dict[str, dict[str, str]] = {}
        for key, name in known.items():
            self.learn(key, name)

    def learn(self, key: str, name: str) -> None:
        squashed = _squashed(key)
        same = self.by_digits.setdefault(re.sub(r"[^0-9]", "", squashed), {})
        same.setdefault(squashed, name)

    def to(self, key: str) -> str:
        squashed = _squashed(key)
        digits = re.sub(r"[^0-9]", "", squashed)
        same = self.by_digits.get(digits, {})
        if squashed == digits:  # "Thôn 1" and "Tổ dân phố 1" are two places
            return ""
        if squashed in same or len(squashed) < 5:
            return same.get(squashed, "")
        found = get_close_matches(squashed, same, n=1, cutoff=0.88)
        return same[found[0]] if found else ""


def add_areas(
    unit: AdministrativeUnit, names: list[str], *, valid_from: date | None = None
) -> list[str]:
    """Add those names that the commune does not have yet; returns them."""
    known = ResidentialArea.objects.filter(unit=unit).exclude(valid_to__lt=localdate())
    new = [row.name for row in compared(names, known) if row.may_be_added]
    ResidentialArea.objects.bulk_create(
        (ResidentialArea(unit=unit, name=name, valid_from=valid_from) for name in new),
        ignore_conflicts=True,  # someone adds the same at this moment
    )
    return new
