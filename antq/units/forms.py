from django import forms
from django.utils.timezone import localdate

from antq.core.forms import DayField, TextField
from antq.units.choices import Level
from antq.units.models import AdministrativeUnit

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
