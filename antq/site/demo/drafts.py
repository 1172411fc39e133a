"""Draws made-up points: what they are and where they stand, before any row is written.

The draw of a commune depends on its key alone, so that one more commune changes no other.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from random import Random

from antq.site.demo.catalogue import areas_of, described, draw_figures, draw_funding, grown
from antq.units.models import AdministrativeUnit
from movements.choices import Block

DAYS = 425  # fourteen months
LIGHT, DEEP = (2, 6), (18, 28)  # points of a commune


class Fate(StrEnum):
    """What becomes of a point after it was entered."""

    CONFIRMED = "confirmed"
    WAITING = "waiting"
    RETURNED = "returned"
    END_ASKED = "end asked"
    ENDED = "ended"


@dataclass
class Draft:
    scheme: dict
    unit: AdministrativeUnit
    launched_on: date
    figures: dict
    area: str = ""
    host: str = ""
    fate: Fate = Fate.CONFIRMED
    fields: dict = field(default_factory=dict)
    later: list[tuple[date, dict]] = field(default_factory=list)


def light_drafts(
    unit: AdministrativeUnit, before: list[AdministrativeUnit], today: date
) -> list[Draft]:
    """A few points of a commune; those from before its time stand in one of the former communes."""
    random = Random(f"light {unit.key}")
    drafts = []
    for scheme in _different_schemes(random.randint(*LIGHT), random):
        launched_on = today - timedelta(days=random.randint(3, DAYS))
        place = unit
        if not unit.is_valid_on(launched_on):
            place = random.choice([old for old in before if old.is_valid_on(launched_on)] or [unit])
        draft = _draft(scheme, place, launched_on, random)
        if place == unit and _in_area(draft) and random.random() < 0.7:
            draft.area = random.choice(areas_of(unit))
        drafts.append(draft)
    return drafts


def deep_drafts(unit: AdministrativeUnit, today: date) -> list[Draft]:
    """Many points of a commune, with a past and with some under review."""
    random = Random(f"deep {unit.key}")
    drafts, taken = [], set()
    wanted = random.randint(*DEEP)
    while len(drafts) < wanted:
        launched_on = today - timedelta(days=random.randint(3, DAYS))
        if unit.valid_from:
            launched_on = max(launched_on, unit.valid_from)
        draft = _draft(_any_scheme(random), unit, launched_on, random)
        draft.area = random.choice(areas_of(unit)) if _in_area(draft) else ""
        if draft.scheme["type"] == "camera":
            draft.fields["location"] = random.choice(described()["words"]["spots"])
        place = (draft.scheme["name"], draft.area, draft.host)
        if place not in taken:
            taken.add(place)
            drafts.append(draft)
    _decide_fates(drafts)
    for draft in drafts:
        _grow(draft, today, random)
    return drafts


def _in_area(draft: Draft) -> bool:
    """The others stand in a school and so on, or serve a whole commune."""
    return draft.scheme["block"] == Block.RESIDENTIAL


def _draft(scheme: dict, unit: AdministrativeUnit, launched_on: date, random: Random) -> Draft:
    kind = unit.get_kind_display()
    draft = Draft(scheme, unit, launched_on, draw_figures(scheme, kind, random))
    draft.fields = {"leader": random.choice(described()["words"]["leaders"])}
    draft.fields |= draw_funding(scheme, random)
    if random.random() < 0.85:
        decided_on = launched_on - timedelta(days=random.randint(2, 15))
        draft.fields |= {
            "decision_number": f"{random.randint(10, 480)}/QĐ-UBND",
            "decision_on": decided_on,
            "decision_by": f"UBND {unit.name[0].lower()}{unit.name[1:]}",
        }
    if "host" in scheme:
        names = described()["hosts"][scheme["host"]]
        draft.host = random.choice(names).format(name=unit.name[len(kind) :].strip())
    return draft


def _any_scheme(random: Random) -> dict:
    schemes = described()["schemes"]
    return random.choices(schemes, [scheme["weight"] for scheme in schemes])[0]


def _different_schemes(number: int, random: Random) -> list[dict]:
    chosen = {}
    while len(chosen) < number:
        scheme = _any_scheme(random)
        chosen[scheme["name"]] = scheme
    return list(chosen.values())


def _decide_fates(drafts: list[Draft]) -> None:
    """The oldest end; the newest wait, and one of them came back for want of a decision."""
    drafts.sort(key=lambda draft: draft.launched_on)
    drafts[0].fate, drafts[1].fate = Fate.ENDED, Fate.END_ASKED
    drafts[-1].fate, drafts[-2].fate = Fate.WAITING, Fate.WAITING
    returned = drafts[-3]
    returned.fate = Fate.RETURNED
    for name in ("decision_number", "decision_on", "decision_by"):
        returned.fields.pop(name, None)


def _grow(draft: Draft, today: date, random: Random) -> None:
    """New figures every few months, for two points in three."""
    figures = draft.figures
    day = draft.launched_on + timedelta(days=random.randint(70, 130))
    while day < today and draft.fate == Fate.CONFIRMED and random.random() < 0.7:
        figures = grown(figures, random)
        draft.later.append((day, figures))
        day += timedelta(days=random.randint(70, 130))
