"""The administrative units of Viet Nam, from the two files in `data/`. See data/README.md."""

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path

from django.conf import settings

from antq.units.models import AdministrativeUnit, UnitSuccession
from antq.units.services import links_later

UNITS = settings.BASE_DIR / "data" / "administrative_units.csv"
SUCCESSIONS = settings.BASE_DIR / "data" / "unit_successions.csv"
FIELDS = [
    "code",
    "name",
    "level",
    "kind",
    "valid_from",
    "valid_to",
    "latitude",
    "longitude",
    "area_km2",
]
# Parents before children, so that a foreign key always finds its row.
ORDER = ["country", "province", "district", "commune", "part"]
BATCH = 1000


def load_units(
    units: Path = UNITS,
    successions: Path = SUCCESSIONS,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[int, int]:
    """Create or bring up to date every unit and succession of the files; nothing else is touched.

    A succession of a loaded unit that somebody added by hand stays; where it is the primary one,
    the file's does not replace it. `progress` is told how many rows of how many are done.
    Returns the numbers of units and of successions in the files. One transaction.
    """
    rows = sorted(_read(units), key=lambda row: ORDER.index(row["level"]))
    pairs = _read(successions)
    total = len(rows) + len(pairs)
    with links_later():
        ids = {}
        done = 0
        for level in ORDER:
            of_level = [row for row in rows if row["level"] == level]
            for start in range(0, len(of_level), BATCH):
                batch = of_level[start : start + BATCH]
                ids |= _write_units(batch, ids)
                done += len(batch)
                progress(done, total)
        by_hand = set(
            UnitSuccession.objects.filter(is_primary=True).values_list("predecessor_id", flat=True)
        )
        for start in range(0, len(pairs), BATCH):
            batch = pairs[start : start + BATCH]
            _write_successions(batch, ids, by_hand)
            done += len(batch)
            progress(done, total)
    return len(rows), len(pairs)


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _write_units(rows: list[dict], ids: dict[str, int]) -> dict[str, int]:
    units = AdministrativeUnit.objects.bulk_create(
        [
            AdministrativeUnit(
                key=row["uid"],
                code=row["code"],
                name=row["name"],
                level=row["level"],
                kind=row["kind"],
                parent_id=ids[row["parent_uid"]] if row["parent_uid"] else None,
                valid_from=_day(row["valid_from"]),
                valid_to=_day(row["valid_to"]),
                latitude=_number(row["latitude"]),
                longitude=_number(row["longitude"]),
                area_km2=_number(row["area_km2"]),
            )
            for row in rows
        ],
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=[*FIELDS, "parent"],
    )
    return {unit.key: unit.pk for unit in units}


def _write_successions(rows: list[dict], ids: dict[str, int], by_hand: set[int]) -> None:
    UnitSuccession.objects.bulk_create(
        [
            UnitSuccession(
                predecessor_id=ids[row["predecessor_uid"]],
                successor_id=ids[row["successor_uid"]],
                effective_on=_day(row["effective_on"]),
                is_primary=row["is_primary"] == "1" and ids[row["predecessor_uid"]] not in by_hand,
            )
            for row in rows
        ],
        ignore_conflicts=True,
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _number(text: str) -> float | None:
    return float(text) if text else None
