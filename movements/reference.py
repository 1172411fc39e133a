"""Reference data of the register: types of schemes with their attributes, from `data/`."""

import tomllib
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Q, Value

from antq.core.db import VnKey
from movements.choices import AddsUp, DataType
from movements.models import DocumentKind, Grade, GradingScale, SchemeAttribute, SchemeType
from movements.models.points import FIGURES

TYPES = settings.BASE_DIR / "data" / "scheme_types.toml"
GRADING = settings.BASE_DIR / "data" / "grading.toml"
DOCUMENTS = settings.BASE_DIR / "data" / "documents.toml"
NUMBERS = (DataType.INTEGER, DataType.DECIMAL)


@transaction.atomic
def load_types(path: Path = TYPES, *, update: bool = False) -> int:
    """Add the types and attributes that are not there yet; returns how many types the file has.

    What is there stays as it is, so that an edit made on a page outlives the next start; with
    `update` everything the file says is written again. Nothing is ever deleted.
    """
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    for number, row in enumerate(data["types"], start=1):
        if _made_by_hand(row):
            continue
        values = _type_values(row, order=10 * number)
        kind = _write(SchemeType, {"code": row["code"]}, values, update)
        if law := {name: row[name] for name in LAW if name in row}:
            # Types that were loaded before these columns were there.
            SchemeType.objects.filter(pk=kind.pk, **NO_LAW).update(**law)
        for place, key in enumerate(row["attributes"], start=1):
            values = _attribute_values(data["attributes"][key], order=10 * place)
            values["is_expected"] = key in row.get("expects", ())
            _write(SchemeAttribute, {"type": kind, "key": key}, values, update)
    return len(data["types"])


@transaction.atomic
def load_documents(path: Path = DOCUMENTS, *, update: bool = False) -> int:
    """Add the kinds of papers that are not there yet, and to the checklists of types the new ones.

    A checklist that was changed on a page stays so; with `update` the file's are written again.
    Returns how many kinds the file has.
    """
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    known = set(DocumentKind.objects.values_list("code", flat=True))
    for number, row in enumerate(data["kinds"], start=1):
        values = {
            "name": row["name"],
            "in_every_checklist": row.get("common", False),
            "order": 10 * number,
        }
        _write(DocumentKind, {"code": row["code"]}, values, update)
    kinds = DocumentKind.objects.in_bulk(field_name="code")
    for kind in SchemeType.objects.filter(code__in=data["checklists"], owner=None):
        listed = data["checklists"][kind.code]
        if update:
            kind.checklist.set([kinds[code] for code in listed])
        else:
            kind.checklist.add(*(kinds[code] for code in listed if code not in known))
    return len(data["kinds"])


@transaction.atomic
def load_grading(path: Path = GRADING, *, update: bool = False) -> int:
    """Add the scales and grades that are not there yet; returns how many scales the file has.

    A grade joins only a scale that is new, or with `update`: one that somebody took out of a
    scale does not come back at the next start.
    """
    scales = tomllib.loads(path.read_text(encoding="utf-8"))["scales"]
    for row in scales:
        values = {name: row[name] for name in ("name", "basis", "is_confirmed") if name in row}
        is_new = not GradingScale.objects.filter(code=row["code"]).exists()
        scale = _write(GradingScale, {"code": row["code"]}, values, update)
        if not (is_new or update):
            continue
        for place, grade in enumerate(row["grades"], start=1):
            values = {"slot": grade["slot"], "minimum": grade.get("minimum"), "order": 10 * place}
            _write(Grade, {"scale": scale, "name": grade["name"]}, values, update)
    return len(scales)


def _made_by_hand(row: dict) -> bool:
    """Whether a province took the code, or somebody the name, before the file had this type."""
    same_name = Q(owner=None, name_key=VnKey(Value(row["name"])))
    others = SchemeType.objects.exclude(code=row["code"], owner=None)
    return others.filter(Q(code=row["code"]) | same_name).exists()


LAW = ("legal_basis", "valid_from", "valid_to")
NO_LAW = {"legal_basis": "", "valid_from": None, "valid_to": None}


def _type_values(row: dict, *, order: int) -> dict:
    plain = ("name", "programme", "counts_as_scheme", "block", *LAW)
    values = {name: row[name] for name in plain if name in row}
    values |= {f"expects_{name}": name in row.get("expects", ()) for name in FIGURES}
    return values | {"aliases": "\n".join(row.get("aliases", [])), "order": order}


def _attribute_values(row: dict, *, order: int) -> dict:
    is_number = row.get("data_type", DataType.INTEGER) in NUMBERS
    values = {
        "adds_up": AddsUp.SUM if is_number else AddsUp.NONE,
        "minimum": 0 if is_number else None,
        "order": order,
    } | row
    values["choices"] = "\n".join(row.get("choices", []))
    return values


def _write(model, identity: dict, values: dict, update: bool):
    row, created = model.objects.get_or_create(**identity, defaults=values)
    if update and not created:
        model.objects.filter(pk=row.pk).update(**values)
    return row
