"""What a step needs to know: why, and from which day."""

from django import forms
from django.utils.timezone import localdate

from antq.core.forms import DayField, TextField
from movements.forms import layout


class StepForm(forms.Form):
    """version: that of the page on which the step was taken."""

    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    @property
    def helper(self):
        return layout.step(self)


class ReasonForm(StepForm):
    reason = TextField(
        label="Lý do",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Ghi lý do."},
    )


class PaperForm(StepForm):
    """The paper that ordered a step; not every step has one."""

    decision_number = TextField(label="Số văn bản", required=False, max_length=60)
    decision_on = DayField(label="Ngày văn bản", required=False)
    decision_by = TextField(label="Cơ quan ban hành", required=False, max_length=150)

    def clean_decision_on(self):
        return not_to_come(self.cleaned_data["decision_on"])


class EndForm(PaperForm, ReasonForm):
    on = DayField(label="Hoạt động đến hết ngày", error_messages={"required": "Ghi ngày."})
    field_order = ["on", "reason"]

    @property
    def helper(self):
        paper = [("decision_number", 4), ("decision_on", 4), ("decision_by", 4)]
        return layout.lines([("on", 6)], [("reason", 12)], paper)


def not_to_come(day):
    if day and day > localdate():
        raise forms.ValidationError("Ngày này chưa đến. Nhập hôm nay hoặc một ngày đã qua.")
    return day
