"""What a step needs to know: why, and from which day."""

from django import forms

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


class EndForm(ReasonForm):
    on = DayField(label="Hoạt động đến hết ngày", error_messages={"required": "Ghi ngày."})
    field_order = ["on", "reason", "version"]
