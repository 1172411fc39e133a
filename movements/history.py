"""The history of a point in the words of its page: what the change log and the trail say of it."""

from collections.abc import Iterable
from datetime import date, timedelta

from pghistory.core import event_models

from antq.core.changes import NOTHING, Change, Entry, Names, Told, name_authors, told_of
from antq.core.dates import vn_date
from antq.core.log_lines import Line, Moment, event_model_of, history_of, moments, read_at_once
from antq.core.numbers import Quantity
from antq.review.models import ReviewEvent
from antq.units.models import AdministrativeUnit, ResidentialArea
from movements.columns import attribute_value
from movements.models import (
    PointArea,
    PointState,
    ReturnedLine,
    Scheme,
    SchemeAttribute,
    SchemePoint,
)
from movements.models.points import FIGURES
from movements.querysets import FIGURE_FIELDS

# What follows from other lines (the copy of the latest figures, the key of the areas), and what
# the steps themselves say.
POINT_HIDDEN = frozenset({*FIGURE_FIELDS, "area_key", "looked_version", "checked_on"})
OF_POINT = frozenset({"point", "schemepoint"})
# Steps whose reason repeats what the lines of the log say better.
SAID_BY_LINES = ("Sửa", "Tỉnh trả lại dòng", "Trả lời dòng trả lại")
SAME_STEP = timedelta(minutes=1)
QUERYSETS = {
    AdministrativeUnit: AdministrativeUnit.objects.with_place(),
    SchemePoint: SchemePoint.objects.for_lists(),
}

_SHOWN = [
    each.attname
    for each in event_model_of(SchemePoint)._meta.local_fields
    if not each.name.startswith("pgh_")
    and each.name not in POINT_HIDDEN
    and each.name not in ("version", "updated_at", "updated_by", "created_at", "created_by")
]


class Attributes:
    """Labels and texts of what points have, also of keys that are defined no longer."""

    def __init__(self, types: Iterable[int], keys: Iterable[str]):
        self.found = {}
        for definition in SchemeAttribute.objects.filter(type__in=set(types)):
            self.found.setdefault(definition.key, definition)
        if gone := set(keys) - set(self.found):
            log = event_model_of(SchemeAttribute).objects.filter(key__in=gone)
            for event in log.order_by("key", "-pgh_id").distinct("key"):
                self.found[event.key] = Names().as_row(SchemeAttribute, event)

    def in_order(self, keys: Iterable[str]) -> list[str]:
        """As the types list them; JSONB keeps no order."""
        places = {key: place for place, key in enumerate(self.found)}
        return sorted(keys, key=lambda key: (places.get(key, len(places)), key))

    def label(self, key: str) -> str:
        return self.found[key].label if key in self.found else key

    def text(self, key: str, value, qualifier: str) -> str:
        if value is None:
            return NOTHING
        if key not in self.found:
            return str(value)
        shown = attribute_value(self.found[key], value, qualifier)
        return vn_date(shown) if isinstance(shown, date) else str(shown)


def figure_texts(row, attributes: Attributes) -> dict[str, tuple[str, str]]:
    """{key: (label, text)} of the figures of a point, of a state or of a line of either."""
    if row is None:
        return {}
    qualifiers, held = row.qualifiers or {}, row.attributes or {}
    texts = {}
    for name in FIGURES:
        label = row._meta.get_field(name).verbose_name
        quantity = Quantity(getattr(row, name), qualifiers.get(name, ""))
        texts[name] = (label[:1].upper() + label[1:], str(quantity))
    for key in attributes.in_order(held):
        text = attributes.text(key, held[key], qualifiers.get(key, ""))
        texts[f"attr_{key}"] = (attributes.label(key), text)
    return texts


def figure_changes(old, new, attributes: Attributes) -> list[Change]:
    """Old → new of each figure that differs; of a first state, what it says."""
    before, after = figure_texts(old, attributes), figure_texts(new, attributes)
    made = []
    for key in dict.fromkeys([*after, *before]):
        label = (after.get(key) or before[key])[0]
        was, now = (texts.get(key, ("", NOTHING))[1] for texts in (before, after))
        if was != now:
            made.append(Change(key, label, was if old is not None else "", now))
    return made


def before_day(states: dict, day: date):
    """The state that held on the day before; of days before all, none."""
    earlier = [each for each in states if each < day]
    return states[max(earlier)] if earlier else None


def point_history(point: SchemePoint) -> list[Entry]:
    """All that happened to a point, newest first: bare entries, see `put_in_words`."""
    wanted = {}
    for log in event_models():
        names = {each.name for each in log._meta.local_fields}
        if log.pgh_tracked_model is SchemePoint:
            wanted[log] = {"pgh_obj_id": point.pk}
        elif log.pgh_tracked_model is PointArea:
            wanted[log] = {"schemepoint_id": point.pk}
        elif "point" in names and log._meta.get_field("point").related_model is SchemePoint:
            wanted[log] = {"point_id": point.pk}
    found = read_at_once(SchemePoint.objects.filter(pk=point.pk), wanted)
    entries = [Entry(moment) for moment in moments(found)]
    return _with_trail(entries, ReviewEvent.objects.about(point).select_related("by"))


def _with_trail(entries: list[Entry], trail: Iterable[ReviewEvent]) -> list[Entry]:
    """Each step of the trail joins what the same user wrote with it; alone, it is an entry."""
    alone: dict[tuple, Entry] = {}
    for step in trail:
        entry = _written_with(step, entries)
        if entry is None:
            key = (step.by_id, step.at.replace(second=0, microsecond=0))
            entry = alone.setdefault(key, Entry(Moment(step.at, step.by_id, "")))
        entry.steps.append(step)
        entry.who = step.by
    both = [*entries[::-1], *alone.values()]
    shown = [entry for entry in both if entry.steps or any(map(_is_shown, entry.moment.lines))]
    return sorted(shown, key=lambda entry: entry.moment.at)[::-1]


def _written_with(step: ReviewEvent, entries: list[Entry]) -> Entry | None:
    """The last moment that began before the step; the clocks of two machines may differ a bit."""
    near = [
        entry
        for entry in entries  # newest first
        if entry.moment.user_id in (step.by_id, None)
        and abs(step.at - entry.moment.at) <= SAME_STEP
    ]
    before = (entry for entry in near if entry.moment.at <= step.at)
    return next(before, near[-1] if near else None)


def _is_shown(line: Line) -> bool:
    """Not what only brings the point's own copies up to date."""
    if line.model is not SchemePoint or not (line.before and line.after):
        return True
    from_to = ((getattr(line.before, name), getattr(line.after, name)) for name in _SHOWN)
    return any(old != new for old, new in from_to)


def put_in_words(entries: list[Entry], point: SchemePoint, whole: list[Entry]) -> None:
    """Fill the entries of a page; `whole` is the history they are taken from."""
    lines = [line for entry in entries for line in entry.moment.lines]
    names = Names(QUERYSETS, known=[point, point.scheme, point.unit])
    names.want_of(lines, OF_POINT)
    names.read()
    attributes = _attributes_of(point, lines)
    earlier = _states_before(whole)
    name_authors(entries)
    for entry in entries:
        ordered = sorted(entry.moment.lines, key=_rank)
        told = (_told(line, names, attributes, earlier) for line in ordered)
        entry.told = [each for each in told if each]
        for step in entry.steps:
            if entry.told and step.action in SAID_BY_LINES:
                step.reason = ""


def _rank(line: Line) -> int:
    first = (SchemePoint, PointArea, PointState)
    return first.index(line.model) if line.model in first else len(first)


def _attributes_of(point: SchemePoint, lines: list[Line]) -> Attributes:
    rows = [line.row for line in lines if line.model is PointState]
    rows += [line.before for line in lines if line.model is PointState and line.before]
    keys = {key for row in rows for key in (row.attributes or {})}
    return Attributes({point.scheme.type_id}, keys)


def _states_before(whole: list[Entry]) -> dict[int, object]:
    """{line of a new state: what was known of the day before it}, from the first moment on."""
    states, found = {}, {}
    for entry in reversed(whole):
        lines = [line for line in entry.moment.lines if line.model is PointState]
        for line in lines:
            if line.before is None:
                found[id(line)] = before_day(states, line.after.as_of)
        for line in lines:
            if line.before is not None:
                states.pop(line.before.as_of, None)
            if line.after is not None:
                states[line.after.as_of] = line.after
    return found


def _told(line: Line, names: Names, attributes: Attributes, earlier: dict) -> Told | None:
    if line.model is PointState:
        return _state_told(line, attributes, earlier.get(id(line)))
    if line.model is PointArea:
        area = names.text(ResidentialArea, line.row.residentialarea_id)
        return Told(f"{'Bỏ' if line.after is None else 'Thêm'} địa bàn: {area}", [])
    if line.model is ReturnedLine and line.after is not None:
        row, is_answer = line.after, line.after.answered_at is not None
        said = f"Trả lời “{row.label}”: {row.answer}" if is_answer else ""
        return Told(said or f"Trả lại dòng “{row.label}”: {row.reason}", [])
    hidden = POINT_HIDDEN if line.model is SchemePoint else OF_POINT
    return told_of(line, SchemePoint, names, hidden)


def _state_told(line: Line, attributes: Attributes, earlier) -> Told | None:
    """A new state beside what was known of the day before it."""
    day = f"ngày {vn_date(line.row.as_of)}"
    if line.after is None:
        return Told(f"Xóa số liệu {day}", figure_changes(line.before, None, attributes))
    changes = figure_changes(line.before or earlier, line.after, attributes)
    if line.before is None:
        return Told(f"Số liệu {day}" + ("" if changes else ": như trước"), changes)
    if line.before.as_of != line.after.as_of:
        was = vn_date(line.before.as_of)
        changes.insert(0, Change("as_of", "Tính đến ngày", was, vn_date(line.after.as_of)))
    return Told(f"Số liệu {day}", changes) if changes else None


def scheme_history(scheme: Scheme) -> list[Entry]:
    """All that happened to a named scheme and to who leads it, newest first."""
    entries = [Entry(moment) for moment in history_of(Scheme, scheme.pk)]
    return _with_trail(entries, ReviewEvent.objects.about(scheme).select_related("by"))
