"""The figures in the form of a point: those of the day for which they are given."""

from datetime import date

from django.utils.functional import cached_property
from django.utils.timezone import localdate

from antq.core.dates import DayError, parse_day, vn_date
from movements.forms.attributes import PREFIX, initial_for, values_from
from movements.models import PointState, SchemePoint
from movements.models.points import FIGURES


class PointFigures:
    """Of `PointForm`. The form of a known point shows the figures of the day `shown_for`, at first
    the latest; when another day is given, those of that day are drawn in their place."""

    def take_shown(self, point: SchemePoint, day: str | None) -> dict:
        """What the fields show of the figures, for the day that the page says it shows."""
        day = _past_day(day) or localdate()
        return {"shown_for": vn_date(day)} | self._known_on(
            day, point, list(point.scheme.type.attributes.all())
        )

    def _known_on(self, day: date, point: SchemePoint, definitions: list) -> dict:
        known = _state_on(point, day) or point
        attributes = initial_for(definitions, known.attributes, known.qualifiers)
        return {name: known.quantity(name) for name in FIGURES} | attributes

    def show_day(self) -> None:
        """Draw the figures of the day now given; what was typed anew stays."""
        day, shown = _past_day(self.initial.get("as_of")), _past_day(self.initial["shown_for"])
        if day is None:
            return
        before = self._known_on(shown or localdate(), self.instance, self.definitions)
        for name, value in self._known_on(day, self.instance, self.definitions).items():
            if not self.fields[name].has_changed(before[name], self.initial.get(name, "")):
                self.initial[name] = value
        self.initial["shown_for"] = vn_date(day)

    @property
    def figure_names(self) -> list[str]:
        return [*FIGURES, *(name for name in self.fields if name.startswith(PREFIX))]

    def say_known_day(self) -> None:
        if latest := self.instance.states.order_by("as_of").last():
            self.fields["as_of"].help_text = (
                f"Đang có số liệu ngày {vn_date(latest.as_of)}. Số mới: ghi ngày của số mới; "
                "sửa số cũ: ghi lại ngày cũ."
            )

    @property
    def figures(self) -> dict:
        """As a state stores them. What was not typed anew is taken from the state of the day for
        which the figures are given: without a script the page still shows another day's."""
        cleaned = self.cleaned_data
        attributes, qualifiers = values_from(self.definitions, cleaned)
        given = {name: str(cleaned[name].qualifier) for name in FIGURES}
        qualifiers |= {name: qualifier for name, qualifier in given.items() if qualifier}
        typed = {name: cleaned[name].value for name in FIGURES}
        if (state := self._state_then()) is None:
            return typed | {"attributes": attributes, "qualifiers": qualifiers}
        changed = {name.removeprefix(PREFIX) for name in self.changed_data}
        return {
            **{name: typed[name] if name in changed else getattr(state, name) for name in FIGURES},
            "attributes": _mixed(state.attributes, attributes, changed),
            "qualifiers": _mixed(state.qualifiers, qualifiers, changed),
        }

    def _state_then(self) -> PointState | None:
        """What is known of the day given; None for a new point, or one whose type changes."""
        if not self.instance.pk or self.initial["type"] != self.chosen_type.pk:
            return None
        return _state_on(self.instance, self.cleaned_data["as_of"])

    @cached_property
    def figures_before(self) -> dict:
        """What was known of the day for which figures are given, as the fields show it."""
        day = self.cleaned_data["as_of"]
        return self._known_on(day, self.instance, self.definitions)


def _state_on(point: SchemePoint, day: date) -> PointState | None:
    return point.states.filter(valid_from__lte=day, valid_to__gte=day).first()


def _past_day(text) -> date | None:
    """None for what is no day, or has not come: the field says so when the form is sent."""
    try:
        day = text if isinstance(text, date) else parse_day(str(text or "")[:30])
    except DayError:
        return None
    return day if day <= localdate() else None


def _mixed(known: dict, typed: dict, changed: set[str]) -> dict:
    """`known`, with the changed keys as typed; a key that was emptied goes."""
    kept = {key: value for key, value in known.items() if key not in changed}
    return kept | {key: value for key, value in typed.items() if key in changed}
