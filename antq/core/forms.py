"""Form fields for how people here write days and numbers; each error says what to do."""

from decimal import Decimal

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join

from antq.core.dates import DayError, PartialDay, parse_day, parse_partial_day, vn_date
from antq.core.numbers import NumberError, Quantity, parse_quantity, vn_number
from antq.core.text import clean_text

DAY_HINT = "ngày/tháng/năm"


LONGEST = 10_000


def refuse_long(text: str, longest: int) -> str:
    """Before anything reads it: normalizing or parsing a megabyte would hold up a worker."""
    if len(text) > longest:
        length, most = vn_number(len(text)), vn_number(longest)
        raise forms.ValidationError(
            f"Nội dung dài {length} ký tự, chỉ nhận {most}. Rút ngắn lại.", code="max_length"
        )
    return text


class TextField(forms.CharField):
    """Text stored as NFC, without control characters, with single spaces."""

    def to_python(self, value):
        text = super().to_python(value)
        if self.max_length is None:
            return clean_text(refuse_long(text, LONGEST))
        # NFD is up to four times as long as the text that it stands for; what is longer than that
        # is left as it is, for the field's own message.
        return clean_text(text) if len(text) <= 4 * self.max_length else text


class DayField(forms.CharField):
    """'3/2/2026' → date; empty → None."""

    def __init__(self, **kwargs):
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"placeholder": DAY_HINT, "autocomplete": "off"})
        )
        super().__init__(max_length=30, **kwargs)

    def prepare_value(self, value):
        return vn_date(value) if hasattr(value, "isoformat") else value

    def to_python(self, value):
        text = refuse_long(super().to_python(value), self.max_length)
        if not text:
            return None
        try:
            return parse_day(text)
        except DayError as error:
            raise forms.ValidationError(str(error), code="day") from error

    def validate(self, value):
        if self.required and value is None:
            raise forms.ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value):
        """The validators of a CharField are for text; a day was checked when it was read."""

    def has_changed(self, initial, data):
        try:
            return self.to_python(data) != (initial or None)
        except forms.ValidationError:
            return True


class PartialDayField(DayField):
    """'03/02/2026', '02/2026' or '2026' → PartialDay; empty → None."""

    def prepare_value(self, value):
        return str(value) if isinstance(value, PartialDay) else value

    def to_python(self, value):
        text = refuse_long(forms.CharField.to_python(self, value), self.max_length)
        if not text:
            return None
        try:
            return parse_partial_day(text)
        except DayError as error:
            raise forms.ValidationError(
                f"{error} Chỉ biết tháng thì nhập 02/2026, chỉ biết năm thì nhập 2026, "
                "chưa rõ thì để trống.",
                code="day",
            ) from error


class QuantityField(forms.CharField):
    """'hơn 1.234' → Quantity; empty → Quantity(None).

    places: decimals allowed. plain: no qualifier is allowed (money, counts of points).
    """

    def __init__(self, *, minimum=0, maximum=None, places=0, plain=False, **kwargs):
        kwargs.setdefault(
            "widget",
            forms.TextInput(
                attrs={
                    "inputmode": "text" if not plain else "numeric",
                    "autocomplete": "off",
                    "class": "js-number num",
                }
            ),
        )
        super().__init__(max_length=40, **kwargs)
        self.minimum, self.maximum = minimum, maximum
        self.places, self.plain = places, plain

    def prepare_value(self, value):
        if isinstance(value, Quantity):
            return str(value) if value else ""
        if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
            return vn_number(value)
        return value

    def to_python(self, value):
        try:
            quantity = parse_quantity(refuse_long(super().to_python(value), self.max_length))
        except NumberError as error:
            raise forms.ValidationError(self._example, code="number") from error
        return quantity

    @property
    def _example(self) -> str:
        """What may be typed here: neither decimals nor a qualifier where they are refused."""
        decimal = " hoặc 12,5" if self.places else ""
        qualifier = "" if self.plain else "; có thể ghi “hơn 300”, “khoảng 300”"
        return f"Nhập một số, ví dụ 1.234{decimal}{qualifier}; chưa rõ thì để trống."

    def validate(self, value):
        if not value:
            if self.required:
                raise forms.ValidationError(self.error_messages["required"], code="required")
            return
        if self.plain and value.qualifier:
            raise forms.ValidationError("Nhập số chính xác, không ghi “hơn”, “khoảng”.")
        if self.places == 0 and not isinstance(value.value, int):
            raise forms.ValidationError("Nhập số nguyên, không có phần thập phân.")
        if -Decimal(value.value).as_tuple().exponent > self.places:
            raise forms.ValidationError(f"Nhập không quá {self.places} chữ số sau dấu phẩy.")
        if self.minimum is not None and value.value < self.minimum:
            raise forms.ValidationError(f"Nhập số từ {vn_number(self.minimum)} trở lên.")
        # 2.147.483.647 is what an integer column holds; no honest figure of a place comes near.
        maximum = 2_000_000_000 if self.maximum is None else self.maximum
        if value.value > maximum:
            raise forms.ValidationError(f"Nhập số không quá {vn_number(maximum)}.")

    def run_validators(self, value):
        """The validators of a CharField are for text; a quantity was checked by `validate`."""

    def has_changed(self, initial, data):
        known = initial if isinstance(initial, Quantity) else Quantity(initial)
        try:
            typed = self.to_python(data)
        except forms.ValidationError:
            return True
        return (typed.value, typed.qualifier) != (known.value, known.qualifier)


class NumberField(QuantityField):
    """'1.234' → 1234; empty → None. For what has no qualifier: money, counts of points."""

    def __init__(self, **kwargs):
        super().__init__(plain=True, **kwargs)

    def clean(self, value):
        return super().clean(value).value


class NamesField(forms.Field):
    """Names picked from a list or typed anew: a list of texts. `known`: the names to pick from."""

    widget = forms.SelectMultiple(attrs={"class": "js-select", "data-create": "true"})
    max_names, max_length = 100, 150

    def __init__(self, *, known=(), **kwargs):
        super().__init__(**kwargs)
        self.offer(known)

    def offer(self, known, typed=()) -> None:
        """What was typed and sent back with an error stays picked."""
        self.widget.choices = [(name, name) for name in dict.fromkeys([*known, *typed])]

    def to_python(self, value):
        typed = (refuse_long(str(name), 4 * self.max_length) for name in value or ())
        names = (clean_text(name) for name in typed)
        return list(dict.fromkeys(name for name in names if name))

    def validate(self, value):
        super().validate(value)
        if len(value) > self.max_names:
            raise forms.ValidationError(f"Chọn không quá {self.max_names} tên.")
        for name in value:
            if len(name) > self.max_length:
                raise forms.ValidationError(
                    f"Tên dài quá {self.max_length} ký tự: “{name[:40]}…”. Rút ngắn lại."
                )

    def has_changed(self, initial, data):
        try:
            return set(self.to_python(data)) != set(initial or ())
        except forms.ValidationError:
            return True


class NameField(TextField):
    """One name picked from a list or typed anew."""

    widget = forms.Select(attrs={"class": "js-select", "data-create": "true"})

    def offer(self, known, typed="") -> None:
        names = dict.fromkeys([*known, *([typed] if typed else [])])
        self.widget.choices = [("", "")] + [(name, name) for name in names]


class QuickSelect(forms.Select):
    """A select of which a page has several with dozens of options: not a template for each."""

    def render(self, name, value, attrs=None, renderer=None):
        widget = self.get_context(name, value, attrs)["widget"]
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            (
                (option["value"], " selected" if option["selected"] else "", option["label"])
                for _, group, _ in widget["optgroups"]
                for option in group
            ),
        )
        looks = flatatt({"name": widget["name"], **widget["attrs"]})
        return format_html("<select{}>{}</select>", looks, options)
