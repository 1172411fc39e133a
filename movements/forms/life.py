"""Forms of a point's life: a step, the first step of one that is being prepared, its teams."""

from uuid import uuid4

from django import forms
from django.utils.timezone import localdate

from antq.core.dates import PartialDay
from antq.core.forms import DayField, NumberField, PartialDayField, TextField
from antq.units.models import ResidentialArea
from movements.choices import EventKind
from movements.forms import layout
from movements.forms.attributes import initial_for
from movements.forms.points import PointForm
from movements.forms.steps import PaperForm, ReasonForm, not_to_come
from movements.models import SchemePoint, Team
from movements.services.entry import Entry, change_point
from movements.services.lifecycle import prepare_point
from movements.services.places import areas_of, home_of
from movements.services.points import COPIED
from movements.services.stages import FIRST_STEPS, STEPS

_KINDS = [(kind, label) for kind, label in EventKind.choices if kind != EventKind.DISSOLUTION]
_ASK = "Ghi ngày; chỉ biết tháng thì ghi 02/2026."


def _first_up(label: str) -> str:
    return label[:1].upper() + label[1:]


class EventForm(PaperForm):
    """A step in the life of a point; the page offers those that are legal at its stage."""

    client_uuid = forms.UUIDField(widget=forms.HiddenInput, required=False)
    kind = forms.ChoiceField(label="Việc", choices=_KINDS)
    on = PartialDayField(label="Ngày", error_messages={"required": _ASK})
    note = TextField(
        label="Nội dung",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("client_uuid", uuid4())

    def offer(self, stage: str) -> None:
        """Only the steps that are legal now; what was sent is judged by the service."""
        legal = STEPS[stage]
        kinds = [(kind, _first_up(label)) for kind, label in _KINDS if kind in legal]
        self.fields["kind"].choices = kinds

    @property
    def helper(self):
        paper = [("decision_number", 4), ("decision_on", 4), ("decision_by", 4)]
        return layout.lines([("kind", 6), ("on", 6)], [("note", 12)], paper, hidden=["client_uuid"])


class WithdrawForm(ReasonForm):
    event = forms.IntegerField(min_value=1, max_value=2**62, widget=forms.HiddenInput)

    @property
    def helper(self):
        return layout.lines([("reason", 12)], hidden=["event"])


class PreparingForm(PointForm):
    """A point that does not run yet: scheme, place, first step and day, decision; no figures.

    What is known when it is launched is asked for then: the launch is a step, the rest an edit.
    """

    LATER = (
        "count",
        "launched",
        "seen_on",
        "as_of",
        "teams",
        "members",
        "households",
        "shown_for",
        "then_unit",
        "source_title",
        "funding_state",
        "funding_social",
        "funding_other",
    )

    first_step = forms.ChoiceField(
        label="Bước đầu tiên",
        choices=[(kind, _first_up(EventKind(kind).label)) for kind in FIRST_STEPS],
    )
    first_on = PartialDayField(label="Ngày", error_messages={"required": _ASK})

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        attributes = [name for name in self.fields if name.startswith("attr_")]
        first = ["first_step", "first_on"] if self.instance.pk else []
        for name in [*self.LATER, *attributes, *first]:
            self.fields.pop(name, None)
        self.definitions, self.then_choices = [], []

    parts_address = "movements:point-prepare-fields"

    @property
    def helper(self):
        return layout.preparing(self)

    @property
    def parts_helper(self):
        return layout.preparing_parts(self)

    def show_day(self) -> None:
        """It has no figures of any day."""

    @property
    def figure_names(self) -> list[str]:
        return []

    def _check_days(self, cleaned):
        """It stands in the unit of today; the day of its launch may find it another."""
        for name in ("decision_on", "first_on"):
            found = cleaned.get(name)
            day = found.day if isinstance(found, PartialDay) else found
            if day and day > localdate():
                self.add_error(name, "Ngày này chưa đến. Nhập hôm nay hoặc một ngày đã qua.")

    def clean(self):
        cleaned = super().clean()
        self.place = self.instance.unit if self._stays(cleaned) else cleaned.get("unit")
        return cleaned

    def _stays(self, cleaned) -> bool:
        return bool(self.instance.pk) and "unit" not in self.changed_data

    def save(self) -> SchemePoint:
        cleaned, point = self.cleaned_data, self.instance
        self.made_notice = self._new_places(cleaned["unit"])
        point.unit = self.place
        figures = {name: getattr(point, name) for name in COPIED}
        state = point.states.order_by("as_of").last() if point.pk else None
        entry = Entry(
            home=cleaned["unit"],
            type=cleaned["type"],
            scheme=cleaned["scheme"],
            scheme_name=cleaned["new_scheme"],
            as_of=state.as_of if state else localdate(),
            areas=cleaned["areas"],
            host=cleaned["host"],
            source=point.source.title if point.source else "",
            figures=figures,
        )
        if point.pk:
            change_point(point, entry, by=self.user, changed=self.changed_words)
        else:
            point.client_uuid, point.seen_on = cleaned["client_uuid"], None
            point.replicated_from = cleaned["replicated_from"]
            step = EventKind(cleaned["first_step"])
            prepare_point(point, entry, kind=step, on=cleaned["first_on"], by=self.user)
        return point


def replica_of(origin: SchemePoint) -> dict:
    """What the form of a new point takes over from its example: what it is, not how large it is."""
    kind = origin.scheme.type
    words = [each for each in kind.attributes.all() if not each.is_number]
    return {
        "replicated_from": origin.pk,
        "type": kind.pk,
        "scheme": origin.scheme_id,
        "block": origin.block,
        **initial_for(words, origin.attributes, {}),
    }


class TeamForm(forms.ModelForm):
    """A team of a point; version: that of the point, whose list this is."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)
    name = TextField(label="Tên tổ", max_length=150)
    leader = TextField(label="Tổ trưởng", max_length=150, required=False)
    members = NumberField(label="Số thành viên", required=False)
    households = NumberField(label="Số hộ", required=False)
    founded_on = DayField(label="Ngày thành lập", required=False)
    ended_on = DayField(
        label="Ngày kết thúc", required=False, help_text="Để trống khi tổ còn hoạt động."
    )
    note = TextField(label="Ghi chú", max_length=500, required=False)

    class Meta:
        model = Team
        fields = [
            "name",
            "area",
            "leader",
            "members",
            "households",
            "founded_on",
            "ended_on",
            "note",
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        team = self.instance
        self.initial["version"] = team.point.version
        home = home_of(team.point.unit)
        areas = areas_of(home) | ResidentialArea.objects.filter(pk=team.area_id)
        field = self.fields["area"]
        field.label, field.queryset = "Địa bàn", areas.order_by("sort_key")
        field.label_from_instance = lambda area: area.name
        field.empty_label = "Không ghi riêng"

    def clean_founded_on(self):
        return not_to_come(self.cleaned_data["founded_on"])

    def clean_ended_on(self):
        return not_to_come(self.cleaned_data["ended_on"])

    def clean(self):
        cleaned = super().clean()
        founded, ended = cleaned.get("founded_on"), cleaned.get("ended_on")
        if founded and ended and ended < founded:
            self.add_error("ended_on", "Ngày kết thúc không được trước ngày thành lập.")
        return cleaned

    @property
    def helper(self):
        return layout.lines(
            [("name", 6), ("area", 6)],
            [("leader", 6), ("members", 3), ("households", 3)],
            [("founded_on", 6), ("ended_on", 6)],
            [("note", 12)],
            hidden=["version"],
        )

    @property
    def changed_words(self) -> str:
        """Which fields were changed, for the trail; the log of changes has their values."""
        if not self.instance.pk:
            return ""
        names = [name for name in self.changed_data if name != "version"]
        return ", ".join(str(self.fields[name].label) for name in names)
