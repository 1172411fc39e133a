"""What an attribute's definition allows: one check for every way in which values come in."""

from datetime import date

from antq.core.numbers import Qualifier, vn_number
from movements.choices import DataType

MOST = 10**15
NUMBERS = (DataType.INTEGER, DataType.DECIMAL)
FIGURES = ("teams", "members", "households")


def faults(definitions, attributes, qualifiers) -> list[str]:
    """Why these values of a point do not fit its type's definitions; empty when they do."""
    if not isinstance(attributes, dict) or not isinstance(qualifiers, dict):
        return ["Ghi dạng {“khóa”: giá trị}."]
    known = {definition.key: definition for definition in definitions}
    found = []
    for key, value in attributes.items():
        if key not in known:
            found.append(f"Loại hình không có thông tin “{key}”.")
        elif fault := _fault(known[key], value):
            found.append(f"{known[key].label}: {fault}")
    for key, value in qualifiers.items():
        is_number = key in FIGURES or (key in known and known[key].data_type in NUMBERS)
        if not is_number or value not in Qualifier.values or value == Qualifier.EXACT:
            found.append(f"“{key}”: chỉ ghi over, under hoặc about cho một con số.")
    missing = [
        definition.label
        for definition in definitions
        if definition.is_required and definition.key not in attributes
    ]
    return found + [f"{label}: bắt buộc phải có." for label in missing]


def _fault(definition, value) -> str:
    if definition.data_type in NUMBERS:
        return _number_fault(definition, value)
    if definition.data_type == DataType.BOOLEAN:
        return "" if isinstance(value, bool) else "ghi true hoặc false."
    if not isinstance(value, str) or not _is_storable(value):
        return "phải là chữ."
    if definition.data_type == DataType.CHOICE and value not in definition.choice_list:
        return f"chọn một trong: {', '.join(definition.choice_list)}."
    if definition.data_type == DataType.DATE:
        try:
            date.fromisoformat(value)
        except ValueError:
            return "ghi ngày dạng 2026-02-03."
    return ""


def _is_storable(text: str) -> bool:
    """PostgreSQL holds neither NUL nor half a surrogate pair."""
    return not any(char == "\0" or "\ud800" <= char <= "\udfff" for char in text)


def _number_fault(definition, value) -> str:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not is_number or value != value or abs(value) > MOST:
        return "phải là số."
    if definition.data_type == DataType.INTEGER and value != int(value):
        return "phải là số nguyên."
    if definition.minimum is not None and value < definition.minimum:
        return f"từ {vn_number(definition.minimum)} trở lên."
    if definition.maximum is not None and value > definition.maximum:
        return f"không quá {vn_number(definition.maximum)}."
    return ""
