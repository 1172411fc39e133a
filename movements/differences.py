"""What is different about points since their province last looked, from the change log."""

from dataclasses import dataclass, field

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery

from antq.accounts.models import User
from antq.core.changes import Change, Names, changes_of
from antq.core.dates import vn_date
from antq.core.log_lines import Line, event_model_of, key_of
from antq.review.choices import Status
from antq.units.models import ResidentialArea
from movements.history import POINT_HIDDEN, QUERYSETS, Attributes, before_day, figure_changes
from movements.models import PointState, ReturnedLine, SchemePoint

POINT_LOG, STATE_LOG, LINE_LOG = map(event_model_of, (SchemePoint, PointState, ReturnedLine))
# `status` and its reason are said by what kind of difference it is.
HIDDEN = POINT_HIDDEN | {"status", "status_reason"}


class ByUnit:
    """The rows of a queue for a Paginator: it counts, and sorts, only the units of a page.

    units: see `by_unit`; rows: ordered by unit in the same way.
    """

    def __init__(self, rows: QuerySet, units: list[tuple]):
        self.rows, self.units = rows, units

    def count(self) -> int:
        return sum(number for *_, number in self.units)

    def __getitem__(self, part: slice):
        passed, skipped, mine = 0, 0, []
        for unit, *_, number in self.units:
            if passed + number <= part.start:
                skipped += number
            elif passed < part.stop:
                mine.append(unit)
            passed += number
        return self.rows.filter(unit__in=mine)[part.start - skipped : part.stop - skipped]


@dataclass
class Difference:
    """A point of the queue. kind: new, ended, voided or changed; lines: what changed since.

    open, answered: lines that the province returned, as the log has them.
    """

    point: SchemePoint
    lines: list[Change] = field(default_factory=list)
    open: list = field(default_factory=list)
    answered: list = field(default_factory=list)
    began_ended: bool = False

    @property
    def kind(self) -> tuple[str, str]:
        """(its code, its word)"""
        if self.point.status == Status.VOIDED:
            return "voided", "Hủy"
        if self.point.ended_on and not self.began_ended:
            return "ended", "Kết thúc"
        if not self.point.looked_version:
            return "new", "Mới"
        return "changed", "Sửa"


def queue(user: User) -> QuerySet[SchemePoint]:
    """Points of the user's province with something to look at.

    A point that was voided before the province had seen it is nobody's business but the commune's.
    """
    seen = Q(status=Status.CONFIRMED) | Q(status=Status.VOIDED, looked_version__gt=0)
    watched = SchemePoint.objects.watched_by(user)
    return watched.filter(seen, version__gt=F("looked_version"))


def by_unit(points: QuerySet[SchemePoint]) -> list[tuple]:
    """[(unit's id, key, name, how many)] in name order."""
    counted = points.order_by("unit__sort_key", "unit")
    return list(counted.values_list("unit", "unit__key", "unit__name").annotate(number=Count("pk")))


def differences(points: list[SchemePoint]) -> list[Difference]:
    """What is different about each since its province last looked."""
    made = {point.pk: Difference(point) for point in points}
    old, later = _events(made)
    states = _states(made, later)
    names = _names(points, old)
    attributes = _attributes(points, states)
    for pk, each in made.items():
        before = old.get(pk)
        if before is not None:
            each.began_ended = before.ended_on is not None
            each.lines = [
                *_row_changes(before, each.point, names),
                *_state_changes(*states.get(pk, ({}, {})), attributes),
            ]
    for line in _returned_lines(made):
        each = made[line.point_id]
        if line.answered_at is None:
            each.open.append(line)
        elif key_of(line) in {key_of(event) for event in later.get(line.point_id, ())}:
            each.answered.append(line)
    return list(made.values())


def _returned_lines(made: dict) -> list:
    """Returned lines as the log knows them now, with the request in which they were written."""
    lines = LINE_LOG.objects.filter(point_id__in=made).select_related("answered_by")
    last = {line.pgh_obj_id: line for line in lines.order_by("pgh_id")}
    return [line for line in last.values() if line.pgh_label != "delete"]


def _events(made: dict) -> tuple[dict, dict]:
    """({point: its line when the province last looked}, {point: its lines since})"""
    mine = POINT_LOG.objects.filter(pgh_obj_id=OuterRef("pgh_obj_id"))
    looked = mine.filter(version__lte=OuterRef("pgh_obj__looked_version")).order_by("-pgh_id")
    events = POINT_LOG.objects.filter(pgh_obj_id__in=made).filter(
        Q(version__gt=F("pgh_obj__looked_version")) | Q(pgh_id=Subquery(looked.values("pk")[:1]))
    )
    old, later = {}, {}
    for event in events.order_by("pgh_id"):
        if event.version <= made[event.pgh_obj_id].point.looked_version:
            old[event.pgh_obj_id] = event
        else:
            later.setdefault(event.pgh_obj_id, []).append(event)
    return old, later


def _states(made: dict, later: dict) -> dict[int, tuple[dict, dict]]:
    """{point: ({day: state when the province looked}, {day: state now})}, from the log."""
    found: dict[int, tuple[dict, dict]] = {}
    changed = {pk: {key_of(event) for event in events} for pk, events in later.items()}
    rows: dict[tuple, list] = {}
    for event in STATE_LOG.objects.filter(point_id__in=made).order_by("pgh_id"):
        rows.setdefault((event.point_id, event.pgh_obj_id), []).append(event)
    for (pk, _), events in rows.items():
        old, new = found.setdefault(pk, ({}, {}))
        since = changed.get(pk, set())
        first = next((at for at, each in enumerate(events) if key_of(each) in since), len(events))
        if first and events[first - 1].pgh_label != "delete":
            old[events[first - 1].as_of] = events[first - 1]
        if events[-1].pgh_label != "delete":
            new[events[-1].as_of] = events[-1]
    return found


def _names(points: list[SchemePoint], old: dict) -> Names:
    """What old and new lines name; the areas of both, which are kept as a key."""
    rows = ((point.scheme, point.unit, point.host, point.source) for point in points)
    known = [row for each in rows for row in each if row]
    names = Names(QUERYSETS, known=known)
    names.want_of([Line(SchemePoint, old[p.pk], p) for p in points if p.pk in old], HIDDEN)
    for point in points:
        if point.pk in old and old[point.pk].area_key != point.area_key:
            names.want(ResidentialArea, area_ids(old[point.pk]) + area_ids(point))
    names.read()
    return names


def area_ids(row) -> list[int]:
    return [int(part) for part in row.area_key.split(",") if part]


def _attributes(points: list[SchemePoint], states: dict) -> Attributes:
    rows = [row for both in states.values() for held in both for row in held.values()]
    keys = {key for row in rows for key in (row.attributes or {})}
    return Attributes({point.scheme.type_id for point in points}, keys)


def _row_changes(old, point: SchemePoint, names: Names) -> list[Change]:
    made = changes_of(Line(SchemePoint, old, point), names, HIDDEN)
    if old.area_key != point.area_key:
        was, now_is = (areas_text(row, names) for row in (old, point))
        made.append(Change("areas", "Địa bàn", was, now_is))
    return made


def areas_text(row, names: Names) -> str:
    return ", ".join(sorted(names.text(ResidentialArea, pk) for pk in area_ids(row))) or "–"


def _state_changes(old: dict, new: dict, attributes: Attributes) -> list[Change]:
    """Figures by their day; those of the latest day have the key of the point's own column."""
    made, latest = [], max(new, default=None)
    for day in sorted({*old, *new}):
        before = old.get(day) or (before_day(old, day) if day in new else None)
        for change in figure_changes(before, new.get(day), attributes):
            key = change.key if day == latest else f"{change.key}@{day.isoformat()}"
            label = f"{change.label} (ngày {vn_date(day)})"
            made.append(Change(key, label, change.old, change.new))
    return made
