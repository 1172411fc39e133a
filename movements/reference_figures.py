"""Reference data of the periodic figures: indicators and report forms, from `data/`."""

import tomllib
from pathlib import Path

from django.conf import settings
from django.db import transaction

from movements.choices import IndicatorKind, IndicatorSource
from movements.models import FormRow, Indicator, ReportForm

INDICATORS = settings.BASE_DIR / "data" / "indicators.toml"


@transaction.atomic
def load_indicators(path: Path = INDICATORS, *, update: bool = False) -> int:
    """Add the indicators and forms that are not there yet; returns how many indicators it has.

    What is there stays as it is; with `update` everything the file says is written again, but
    not what an indicator means once there are figures of it. Nothing is ever deleted. A code that
    a province took before the file had it stays the province's.
    """
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    groups = {group["name"]: group["indicators"] for group in data["groups"]}
    before = set(Indicator.objects.values_list("code", flat=True))
    rows = [(name, row) for name, found in groups.items() for row in found]
    for number, (group, row) in enumerate(rows, start=1):
        values = _indicator_values(row) | {"group": group, "order": 10 * number}
        _write(Indicator, row["code"], values, update)
    indicators = Indicator.objects.filter(owner=None).in_bulk(field_name="code")
    for number, form in enumerate(data["forms"], start=1):
        _load_form(form, groups, indicators, before, order=10 * number, update=update)
    return len(rows)


def _load_form(form: dict, groups: dict, indicators: dict, before: set, *, order, update) -> None:
    values = {name: form[name] for name in form.keys() - {"code", "groups", "only_above"}}
    is_new = not ReportForm.objects.filter(code=form["code"]).exists()
    made = _write(ReportForm, form["code"], values | {"order": order}, update)
    if made is None:
        return
    rows = [(name, row["code"]) for name in form["groups"] for row in groups[name]]
    for number, (group, code) in enumerate(rows, start=1):
        if code not in indicators or not (is_new or update or code not in before):
            continue
        values = {
            "group": group,
            "order": 10 * number,
            "is_asked": code not in form.get("only_above", ()),
        }
        identity = {"form": made, "indicator": indicators[code]}
        _, created = FormRow.objects.get_or_create(**identity, defaults=values)
        if update and not created:
            FormRow.objects.filter(**identity).update(**values)


def _indicator_values(row: dict) -> dict:
    kind = row.get("kind", IndicatorKind.FLOW)
    entered = "measure" not in row
    values = {
        "kind": kind,
        "places": 0,
        "measure": "",
        "denominator_label": "",
        "explanation": "",
        "source": IndicatorSource.ENTERED if entered else IndicatorSource.COMPUTED,
    } | {name: row[name] for name in row.keys() - {"code", "part_of"}}
    if "part_of" in row:
        values["part_of"] = Indicator.objects.filter(code=row["part_of"]).first()
    return values


def _write(model, code: str, values: dict, update: bool):
    """The national row with this code; None where it is a province's."""
    row, created = model.objects.get_or_create(code=code, defaults=values)
    if row.owner_id:
        return None
    if update and not created:
        if model is Indicator and row.figures.exists():
            values = {name: values[name] for name in values.keys() - {"kind", "unit"}}
        model.objects.filter(pk=row.pk).update(**values)
    return row
