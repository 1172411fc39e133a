"""Looking at differences: which commune, and why a line goes back."""

from django import forms

from antq.core.forms import TextField
from antq.core.numbers import vn_number
from movements.differences import Difference
from movements.services.differences import LONGEST

REASON = "why_"


class QueueFilter(forms.Form):
    """units: [(id, key, name, how many)] of those that have anything to look at."""

    unit = forms.ChoiceField(label="Đơn vị", required=False)

    def __init__(self, *args, units, **kwargs):
        super().__init__(*args, **kwargs)
        total = sum(number for *_, number in units)
        shown = [(key, f"{name} ({vn_number(number)})") for _, key, name, number in units]
        self.fields["unit"].choices = [("", f"Tất cả đơn vị ({vn_number(total)})"), *shown]


class ReturnForm(forms.Form):
    """A reason beside each line of a difference; a line without one is taken as it is."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args, difference: Difference, **kwargs):
        super().__init__(*args, **kwargs)
        self.difference = difference
        asked = {line.field for line in difference.open}
        self.keys = [line.key for line in difference.lines if line.key not in asked]
        self.keys += [] if "" in asked else [""]
        for key in self.keys:
            self.fields[REASON + key] = TextField(
                label="Lý do trả lại", required=False, max_length=LONGEST
            )

    @property
    def rows(self):
        """[(line, its field or None)]; the point as a whole is the last."""
        return [
            (line, self[REASON + line.key] if line.key in self.keys else None)
            for line in self.difference.lines
        ]

    @property
    def whole(self):
        return self[REASON] if "" in self.keys else None

    @property
    def reasons(self) -> dict[str, str]:
        return {key: self.cleaned_data[REASON + key] for key in self.keys}


class AnswerForm(forms.Form):
    answer = TextField(
        label="Giữ nguyên, trả lời tỉnh",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Ghi câu trả lời."},
    )
