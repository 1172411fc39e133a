"""What may be done with many chosen points at once; each way asks for what it needs."""

from django import forms
from django.utils.timezone import localdate

from antq.core.forms import DayField, TextField
from movements.choices import Block
from movements.forms import layout
from movements.forms.steps import EndForm, ReasonForm


class BulkForm(forms.Form):
    @property
    def helper(self):
        return layout.step(self)


class DecisionForm(BulkForm):
    """What is left empty stays as it is."""

    decision_number = TextField(label="Số quyết định", required=False, max_length=60)
    decision_on = DayField(label="Ngày quyết định", required=False)
    decision_by = TextField(label="Cơ quan quyết định", required=False, max_length=150)

    @property
    def helper(self):
        return layout.lines([(name, 4) for name in self.fields])

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not any(cleaned.values()):
            self.add_error("decision_number", "Ghi ít nhất một ô: số, ngày hoặc cơ quan.")
        if cleaned.get("decision_on") and cleaned["decision_on"] > localdate():
            self.add_error("decision_on", "Ngày này chưa đến. Nhập hôm nay hoặc một ngày đã qua.")
        return {name: value for name, value in cleaned.items() if value}


class BlockForm(BulkForm):
    block = forms.ChoiceField(
        label="Khối",
        choices=[("", "Chọn khối"), *Block.choices],
        error_messages={
            "required": "Chọn khối.",
            "invalid_choice": "Chọn một khối.",
        },
    )


class ManyEndForm(EndForm):
    version = None
    field_order = ["on", "reason"]


class ManyVoidForm(ReasonForm):
    version = None
