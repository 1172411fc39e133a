"""Reads `data/demo/gia_lai.toml`, and draws the figures of a point from what it says."""

import tomllib
from functools import cache
from random import Random

from django.conf import settings

from antq.units.models import AdministrativeUnit
from movements.models.points import FIGURES

FILE = settings.BASE_DIR / "data" / "demo" / "gia_lai.toml"
UNKNOWN = 0.06  # the share of attributes that nobody could tell


@cache
def described() -> dict:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def deep_units() -> dict[str, dict]:
    return {each["unit"]: each for each in described()["deep"]}


def areas_of(unit: AdministrativeUnit) -> list[str]:
    deep = deep_units().get(unit.key)
    return deep["areas"] if deep else described()["areas"][unit.get_kind_display()]


def draw_figures(scheme: dict, kind: str, random: Random) -> dict:
    """Teams, members, households and attributes of one point; `kind` is "xã" or "phường"."""
    figures = {}
    for name in FIGURES:
        figures[name] = _draw(scheme[name], {}, random) if name in scheme else None
    attributes = {}
    for key, rule in scheme["attributes"].items():
        value = _draw(rule, figures | attributes, random)
        attributes[key] = value.replace("{xã}", kind) if isinstance(value, str) else value
    wholes = {rule[2] for rule in scheme["attributes"].values() if _is_share(rule)}
    figures["attributes"] = {
        key: value
        for key, value in attributes.items()
        if key in wholes or random.random() >= UNKNOWN
    }
    return figures


def _is_share(rule: list) -> bool:
    return isinstance(rule[-1], str) and not isinstance(rule[0], str)


def _draw(rule: list, known: dict, random: Random):
    first, last = rule[0], rule[-1]
    if isinstance(first, (str, bool)):
        return random.choice(rule)
    if _is_share(rule):
        return int(random.uniform(first, rule[1]) * known[last])
    if isinstance(first, float):
        return round(random.uniform(first, last), 1)
    return random.randint(first, last)


def draw_funding(scheme: dict, random: Random) -> dict:
    """Đồng, in whole millions, of the budget and of the people."""
    if "cost" not in scheme:
        return {}
    million = 1_000_000
    total = random.randint(*scheme["cost"])
    social = round(total * random.choice([0, 0.3, 0.5, 1, 1]))
    return {"funding_state": (total - social) * million, "funding_social": social * million}


def grown(figures: dict, random: Random) -> dict:
    """The same point some months later: more members, more eyes."""
    later = figures | {"attributes": dict(figures["attributes"])}
    if later["members"] is not None:
        later["members"] += random.randint(0, max(1, later["members"] // 6))
    if "camera_eyes" in later["attributes"]:
        more = random.randint(2, 6)
        for key in ("camera_eyes", "eyes_public"):
            if later["attributes"].get(key):
                later["attributes"][key] += more
    return later
