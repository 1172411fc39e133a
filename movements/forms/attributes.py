"""Form fields for what the points of a type have, made from its definitions."""

from datetime import date
from decimal import Decimal

from django import forms

from antq.core.forms import DayField, QuantityField, TextField
from antq.core.numbers import Quantity
from movements.choices import DataType
from movements.models import SchemeAttribute

PREFIX = "attr_"
UNKNOWN, YES, NO = ("", "chưa rõ"), ("yes", "Có"), ("no", "Không")
LONGEST_TEXT = 500


def fields_for(definitions: list[SchemeAttribute]) -> dict[str, forms.Field]:
    return {f"{PREFIX}{definition.key}": _field(definition) for definition in definitions}


def _field(definition: SchemeAttribute) -> forms.Field:
    common = {"label": definition.label, "required": definition.is_required}
    if definition.is_number:
        return QuantityField(
            minimum=definition.minimum,
            maximum=definition.maximum,
            places=2 if definition.data_type == DataType.DECIMAL else 0,
            **common,
        )
    if definition.data_type == DataType.BOOLEAN:
        return forms.ChoiceField(choices=[UNKNOWN, YES, NO], **common)
    if definition.data_type == DataType.CHOICE:
        choices = [UNKNOWN] + [(choice, choice) for choice in definition.choice_list]
        return forms.ChoiceField(choices=choices, **common)
    if definition.data_type == DataType.DATE:
        return DayField(**common)
    return TextField(max_length=LONGEST_TEXT, **common)


def initial_for(definitions, attributes: dict, qualifiers: dict) -> dict:
    """What the fields show for stored values; unknown is an absent key and an empty field."""
    shown = {}
    for definition in definitions:
        value = attributes.get(definition.key)
        if definition.is_number:
            value = _quantity(value, qualifiers.get(definition.key, ""))
        elif definition.data_type == DataType.BOOLEAN:
            value = {True: YES[0], False: NO[0]}.get(value, "")
        elif definition.data_type == DataType.DATE and value:
            value = date.fromisoformat(value)
        shown[f"{PREFIX}{definition.key}"] = "" if value is None else value
    return shown


def _quantity(value, qualifier: str):
    """A stored value that is no number is shown as it is: the form then asks to correct it."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return Quantity(value, qualifier) if value is None or is_number else str(value)


def values_from(definitions, cleaned: dict) -> tuple[dict, dict]:
    """(attributes, qualifiers) as they are stored, from the cleaned data of a form."""
    attributes, qualifiers = {}, {}
    for definition in definitions:
        value = cleaned.get(f"{PREFIX}{definition.key}")
        if definition.is_number:
            if value:
                attributes[definition.key] = _json_number(value.value)
                if value.qualifier:
                    qualifiers[definition.key] = str(value.qualifier)
        elif definition.data_type == DataType.BOOLEAN:
            if value:
                attributes[definition.key] = value == YES[0]
        elif isinstance(value, date):
            attributes[definition.key] = value.isoformat()
        elif value:
            attributes[definition.key] = value
    return attributes, qualifiers


def _json_number(value):
    return float(value) if isinstance(value, Decimal) else value
