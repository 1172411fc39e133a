"""Forms of the residential areas of a commune."""

from django import forms
from django.utils.timezone import localdate

from antq.core.forms import DayField, TextField, refuse_long
from antq.core.numbers import vn_number
from antq.units.areas import MOST_NAMES, pasted_names
from antq.units.models import ResidentialArea
from movements.services.areas import AreaError, Arrangement, check
from movements.services.places import areas_of

LONGEST_LIST = 60_000
GONE = "Có địa bàn không còn trong danh sách hiện nay. Quay lại danh sách, đánh dấu lại."


class ListField(forms.CharField):
    """Names, one a line, as they are pasted → list of names."""

    widget = forms.Textarea(attrs={"rows": 8, "class": "form-control"})

    def to_python(self, value):
        names = pasted_names(refuse_long(value or "", LONGEST_LIST))
        if len(names) > MOST_NAMES:
            most, there = vn_number(MOST_NAMES), vn_number(len(names))
            raise forms.ValidationError(f"Danh sách có {there} dòng, mỗi lần nhận {most}. Chia ra.")
        return names

    def validate(self, value):
        if not value:
            raise forms.ValidationError("Ghi ít nhất một tên, mỗi dòng một tên.")

    def run_validators(self, value):
        """Those of a CharField are for text."""


def _input(**attributes) -> forms.TextInput:
    return forms.TextInput(attrs={"class": "form-control", "autocomplete": "off", **attributes})


class AddForm(forms.Form):
    names = ListField(label="Danh sách thôn, buôn, làng, tổ dân phố")
    valid_from = DayField(
        label="Có từ ngày",
        required=False,
        widget=_input(placeholder="ngày/tháng/năm"),
        help_text="Chưa rõ thì để trống: coi như có từ trước.",
    )

    def clean_valid_from(self):
        if (day := self.cleaned_data["valid_from"]) and day > localdate():
            raise forms.ValidationError("Ngày này chưa đến. Ghi khi đã có hiệu lực.")
        return day


class RenameForm(forms.Form):
    name = TextField(label="Tên mới", max_length=150, widget=_input())
    known_as = forms.CharField(max_length=150, widget=forms.HiddenInput)


class CloseForm(forms.Form):
    last_day = DayField(
        label="Có đến hết ngày",
        widget=_input(placeholder="ngày/tháng/năm"),
    )


class RearrangeForm(forms.Form):
    """Which areas of today become which from a day on."""

    area = forms.ModelMultipleChoiceField(
        queryset=ResidentialArea.objects.none(),
        widget=forms.MultipleHiddenInput,
        error_messages={
            "required": "Đánh dấu các địa bàn cũ trong danh sách trước.",
            "invalid_choice": GONE,
            "invalid_pk_value": GONE,
        },
    )
    on = DayField(label="Từ ngày", widget=_input(placeholder="ngày/tháng/năm"))
    names = ListField(label="Địa bàn mới, mỗi dòng một tên")
    basis = TextField(
        label="Căn cứ (nghị quyết, quyết định)", required=False, max_length=200, widget=_input()
    )

    def __init__(self, data, *, unit, **kwargs):
        super().__init__(data, **kwargs)
        self.unit = unit
        self.fields["area"].queryset = areas_of(unit).order_by("sort_key")
        self.fields["names"].widget.attrs["rows"] = 4

    def clean(self):
        cleaned = super().clean()
        if not self.errors:
            self.plan = Arrangement(
                unit=self.unit,
                olds=list(cleaned["area"]),
                names=cleaned["names"],
                on=cleaned["on"],
                basis=cleaned["basis"],
            )
            try:
                check(self.plan)
            except AreaError as error:
                self.add_error(error.field or None, str(error))
        return cleaned
