"""The administrative units of Viet Nam, from the two files in `data/`. See data/README.md."""

import csv
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import transaction

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
    *,
    update: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[int, int]:
    """Add the units and successions of the files that are not there yet; the rest stays.

    A unit that was closed or renamed in the admin, because a law came after the files, must
    outlive the next start. With `update` every unit is brought back to the files; successions
    made by hand stay even then, and where one is primary the file's does not replace it.
    `progress` is told how many rows of how many are done. Returns the numbers of units and of
    successions in the files. One transaction.
    """
    rows = sorted(_read(units), key=lambda row: ORDER.index(row["level"]))
    pairs = _read(successions)
    with transaction.atomic():
        ids = dict(AdministrativeUnit.objects.values_list("key", "pk"))
        known = set(UnitSuccession.objects.values_list("predecessor__key", "successor__key"))
        new_rows = [row for row in rows if update or row["uid"] not in ids]
        new_pairs = [
            row for row in pairs if (row["predecessor_uid"], row["successor_uid"]) not in known
        ]
        if new_rows or new_pairs:
            _write(new_rows, new_pairs, ids, progress)
    return len(rows), len(pairs)


def _write(rows: list[dict], pairs: list[dict], ids: dict[str, int], progress) -> None:
    total, done = len(rows) + len(pairs), 0
    with links_later():
        for level in ORDER:
            for batch in _batches([row for row in rows if row["level"] == level]):
                ids |= _write_units(batch, ids)
                done += len(batch)
                progress(done, total)
        by_hand = set(
            UnitSuccession.objects.filter(is_primary=True).values_list("predecessor_id", flat=True)
        )
        for batch in _batches(pairs):
            _write_successions(batch, ids, by_hand)
            done += len(batch)
            progress(done, total)


def _batches(rows: list[dict]) -> Iterator[list[dict]]:
    for start in range(0, len(rows), BATCH):
        yield rows[start : start + BATCH]


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
