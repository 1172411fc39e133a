"""The filter bar that every dashboard and report has."""

from datetime import date

from django import forms
from django.utils.functional import cached_property
from django.utils.timezone import localdate

from antq.core.dates import DayError, parse_day
from antq.core.forms import DayField
from antq.reports.windows import Map, Scope, resolve
from antq.units.models import AdministrativeUnit


def _past(day: date) -> date:
    if day > localdate():
        raise DayError("Ngày này chưa đến. Chọn hôm nay hoặc một ngày đã qua.")
    return day


class ScopeForm(forms.Form):
    """`?unit=KEY&on=YYYY-MM-DD&map=then|today`; what is not given is the user's own and today.

    `since=YYYY-MM-DD`: the first day of a period; 1 January where a number needs one.
    """

    unit = forms.ModelChoiceField(
        label="Đơn vị",
        queryset=AdministrativeUnit.objects.none(),
        to_field_name="key",
        required=False,
        error_messages={
            "invalid_choice": "Không có đơn vị này, hoặc không thuộc phạm vi của tài khoản."
        },
    )
    since = DayField(label="Từ ngày", required=False)
    on = DayField(label="Đến ngày", required=False)
    map = forms.CharField(label="Địa giới", required=False, max_length=10)
    page = forms.IntegerField(label="Trang", required=False, min_value=1, max_value=10**5)

    def __init__(self, data, *, user):
        super().__init__(data)
        self.user = user
        self.fields["unit"].queryset = AdministrativeUnit.objects.visible_to(user).with_place()

    def clean_on(self):
        try:
            return self.cleaned_data["on"] and _past(self.cleaned_data["on"])
        except DayError as error:
            raise forms.ValidationError(str(error)) from error

    def clean_map(self):
        chosen = self.cleaned_data["map"] or Map.THEN
        if chosen not in Map.values:
            try:
                chosen = _past(parse_day(chosen)).isoformat()
            except DayError as error:
                raise forms.ValidationError(
                    "Chọn “Theo địa giới tại thời điểm” hoặc “Theo địa giới hiện nay”."
                ) from error
        return str(chosen)

    def clean(self):
        since, last = self.cleaned_data.get("since"), self.cleaned_data.get("on") or localdate()
        if since and since > last and "on" not in self.errors:
            self.add_error("since", "Ngày đầu kỳ phải trước hoặc bằng ngày cuối kỳ.")
        if not self.errors and not (self.cleaned_data.get("unit") or self.user.home_unit):
            raise forms.ValidationError(
                "Tài khoản chưa được giao đơn vị nào. Liên hệ người quản trị."
            )
        return self.cleaned_data

    @property
    def chosen_unit(self) -> AdministrativeUnit | None:
        """The unit to show in the bar, also when something else is wrong."""
        return self.cleaned_data.get("unit") or self.user.home_unit

    @property
    def page_number(self) -> int:
        return self.cleaned_data["page"] or 1

    @cached_property
    def scope(self) -> Scope:
        """Of a valid form."""
        return resolve(
            self.chosen_unit,
            on=self.cleaned_data["on"],
            map=self.cleaned_data["map"],
            today=localdate(),
            since=self.cleaned_data["since"],
        )
