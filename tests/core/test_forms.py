"""What people type, however long or odd, becomes a value or a sentence beside the field."""

from datetime import date

import pytest
from django import forms

from antq.core.dates import PartialDay
from antq.core.forms import (
    DayField,
    NameField,
    NamesField,
    NumberField,
    PartialDayField,
    QuantityField,
    TextField,
)
from antq.core.numbers import Quantity

LONG = "e\u0301" * 1_000_000


@pytest.mark.parametrize(
    ("field", "typed", "value"),
    [
        (TextField(), "  Buo\u0302n   H'Mung\x07 ", "Buôn H'Mung"),
        (DayField(), "3/2/2026", date(2026, 2, 3)),
        (DayField(required=False), "", None),
        (PartialDayField(), "2/2026", PartialDay(date(2026, 2, 1), "month")),
        (QuantityField(), "hơn 1.200", Quantity(1200, "over")),
        (QuantityField(required=False), "", Quantity(None)),
        (NumberField(), "1.200", 1200),
        (NamesField(), [" Buôn A", "Buôn A", ""], ["Buôn A"]),
        (NameField(), " Trường  A ", "Trường A"),
    ],
)
def test_what_is_typed_becomes_a_value(field, typed, value):
    assert field.clean(typed) == value


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        (TextField(max_length=250), LONG, "tối đa 250"),
        (TextField(), LONG, "Rút ngắn lại"),
        (DayField(), "1" * 2_000_000, "Rút ngắn lại"),
        (PartialDayField(), LONG, "Rút ngắn lại"),
        (QuantityField(), "9" * 2_000_000, "Rút ngắn lại"),
        (NamesField(), [LONG], "Rút ngắn lại"),
        (NameField(max_length=150), LONG, "tối đa 150"),
        (QuantityField(), "-3", "từ 0 trở lên"),
        (QuantityField(), "3,5", "số nguyên"),
        (QuantityField(), "99999999999", "không quá"),
        (NumberField(), "hơn 3", "số chính xác"),
        (PartialDayField(), "31/02/2026", "chưa rõ thì để trống"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_what_to_do(field, typed, says):
    with pytest.raises(forms.ValidationError, match=says):
        field.clean(typed)


@pytest.mark.parametrize("field", [NamesField(), DayField(), QuantityField(), PartialDayField()])
def test_what_cannot_be_taken_counts_as_changed(field):
    assert field.has_changed(None, [LONG] if isinstance(field, NamesField) else LONG)
