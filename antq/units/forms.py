from urllib.parse import urlencode

from django import forms
from django.urls import reverse
from django.utils.timezone import localdate

from antq.core.forms import DayField, NumberField, TextField
from antq.core.numbers import Quantity
from antq.units.choices import Level
from antq.units.models import AdministrativeUnit, UnitProfile
from antq.units.profiles import FIGURES, MOST

FIRST_YEAR = 2000
TOO_LONG = "Từ khóa quá 150 ký tự. Nhập ngắn lại, ví dụ “ia rmok, gia lai”."


class BrowseForm(forms.Form):
    """`?q=` searches units of all times; without it, `?on=` is the day of the map to browse."""

    q = TextField(label="Tên đơn vị", max_length=150, required=False)
    on = DayField(label="Theo địa giới ngày", required=False)

    def __init__(self, data):
        super().__init__(data)
        self.fields["q"].validators[0].message = TOO_LONG

    def day(self, default=None):
        return self.cleaned_data.get("on") or default or localdate()

    @property
    def message(self) -> str:
        """What is wrong, in one line."""
        return " ".join(str(error) for errors in self.errors.values() for error in errors)


class PickerForm(BrowseForm):
    """What the unit picker of a page asks for; `on` keeps to the units of that day."""

    scope = forms.ChoiceField(choices=[("mine", "mine"), ("all", "all")], required=False)
    levels = forms.CharField(required=False, max_length=100)

    def clean_levels(self):
        levels = [level for level in self.cleaned_data["levels"].split(",") if level]
        if not set(levels) <= set(Level.values):
            raise forms.ValidationError("Cấp đơn vị không hợp lệ.")
        return levels

    def units(self, user):
        """Of a valid form: the units that `user` may pick, the nearest first."""
        values = self.cleaned_data
        units = AdministrativeUnit.objects.all()
        if values["scope"] == "mine":
            units = units.visible_to(user)
        if values["levels"]:
            units = units.filter(level__in=values["levels"])
        if values["on"]:
            units = units.valid_on(values["on"])
        return units.search(values["q"]) if values["q"] else units.in_name_order()


class ProfileScope(forms.Form):
    """`?unit=&year=` of the page of sizes; the user's own unit and this year by default."""

    unit = forms.ModelChoiceField(
        queryset=AdministrativeUnit.objects.none(),
        to_field_name="key",
        required=False,
        error_messages={
            "invalid_choice": "Không có đơn vị này, hoặc không thuộc phạm vi của tài khoản."
        },
    )
    year = forms.IntegerField(label="Năm", required=False, min_value=FIRST_YEAR)

    def __init__(self, data, *, user):
        super().__init__(data)
        self.user = user
        self.fields["unit"].queryset = AdministrativeUnit.objects.visible_to(user).with_place()
        self.fields["year"].error_messages["invalid"] = "Nhập năm bằng bốn chữ số."

    def clean_year(self):
        if (year := self.cleaned_data["year"]) and year > localdate().year:
            raise forms.ValidationError("Năm này chưa đến.")
        return year or localdate().year

    @property
    def chosen_unit(self) -> AdministrativeUnit | None:
        return self.cleaned_data.get("unit") or self.user.home_unit

    @property
    def chosen_year(self) -> int:
        return self.cleaned_data["year"]

    @property
    def address(self) -> str:
        query = urlencode({"unit": self.chosen_unit.key, "year": self.chosen_year})
        return f"{reverse('units:profile-list')}?{query}"


class ProfileForm(forms.ModelForm):
    """The size of one unit in one year; an empty field is not known."""

    residential_areas = NumberField(
        label="Số thôn, tổ dân phố", required=False, maximum=MOST["residential_areas"]
    )
    households = NumberField(label="Số hộ", required=False, maximum=MOST["households"])
    population = NumberField(label="Dân số", required=False, maximum=MOST["population"])
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=100)

    class Meta:
        model = UnitProfile
        fields = ["residential_areas", "households", "population"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in FIGURES:
            self.fields[name].widget.attrs["class"] += " form-control"
        self.now = "|".join(str(getattr(self.instance, name)) for name in FIGURES)
        self.initial["seen"] = self.now

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("seen") != self.now:
            self.data = self.data.copy()
            self.data["seen"] = self.now
            shown = "; ".join(
                f"{label}: {Quantity(self.initial[name])}" for name, label in FIGURES.items()
            )
            raise forms.ValidationError(
                f"Số liệu vừa được người khác sửa, nay là {shown}. Nội dung vừa nhập còn ở dưới, "
                "chưa lưu. Xem lại rồi lưu lần nữa."
            )
        if (cleaned.get("households") or 0) > (cleaned.get("population") or 10**9):
            self.add_error("households", "Số hộ không thể lớn hơn dân số. Sửa một trong hai số.")
        return cleaned


class PasteForm(forms.Form):
    rows = forms.CharField(
        label="Các dòng dán từ Excel",
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 6, "class": "form-control"}),
        error_messages={"required": "Dán các dòng từ Excel vào ô này."},
    )
