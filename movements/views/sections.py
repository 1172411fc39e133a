"""What the page of a point says of its life, its teams and how it was judged."""

from dataclasses import dataclass

from django.db.models import OuterRef, Q

from antq.core.at_once import made, rows_of
from antq.core.numbers import Quantity
from antq.review.choices import Status
from movements.choices import PREPARING, EventKind
from movements.forms.life import EventForm, WithdrawForm
from movements.models import (
    Grade,
    LifecycleEvent,
    PointState,
    Recognition,
    SchemeAttribute,
    SchemeEvaluation,
    SchemePoint,
    Team,
)
from movements.models.points import FIGURES
from movements.services.stages import FIRST_STEPS
from movements.services.teams import listed

MOST_RELATED = 50


@dataclass(frozen=True)
class Panel:
    """A step that asks for something, folded on the page; open after it was sent with an error.

    name: of its address. stops: it cannot be undone.
    """

    name: str
    title: str
    button: str
    form: object
    stops: bool = False

    @property
    def is_open(self) -> bool:
        return self.form.is_bound


@dataclass(frozen=True)
class Hanging:
    """What hangs on a point, and what its type says that it has."""

    states: list[PointState]
    events: list[LifecycleEvent]
    teams: list[Team]
    evaluations: list[SchemeEvaluation]
    recognitions: list[Recognition]
    definitions: list[SchemeAttribute]


def hanging_on(point: SchemePoint) -> Hanging:
    """All of it in one query: the page of a point asks for many things."""
    definitions = SchemeAttribute.objects.filter(type=OuterRef("scheme__type"))
    tables = {
        "figures": _of_point(PointState),
        "life": _of_point(LifecycleEvent),
        "rows_of_teams": _of_point(Team, area_name="area__name"),
        "grades": _of_point(SchemeEvaluation, grade_name="grade__name"),
        "honours": _of_point(Recognition),
        "definitions": rows_of(definitions.order_by(*SchemeAttribute._meta.ordering)),
    }
    found = SchemePoint.objects.filter(pk=point.pk).values(**tables).get()
    evaluations = made(SchemeEvaluation, found["grades"])
    for row in evaluations:
        row.grade = Grade(pk=row.grade_id, name=row.grade_name)
    return Hanging(
        states=made(PointState, found["figures"]),
        events=made(LifecycleEvent, found["life"]),
        teams=made(Team, found["rows_of_teams"]),
        evaluations=evaluations,
        recognitions=made(Recognition, found["honours"]),
        definitions=made(SchemeAttribute, found["definitions"]),
    )


def _of_point(model, **more):
    rows = model.objects.filter(point=OuterRef("pk")).order_by(*model._meta.ordering)
    return rows_of(rows, **more)


def life_of(point: SchemePoint, events: list, user, *, may_edit: bool, tried: str, form) -> dict:
    """Its steps, what it came from and became, and the next step that may be written."""
    panels = []
    if may_edit and takes_steps(point):
        step = form if tried == "life" else EventForm(auto_id="life-%s")
        step.offer(point.stage)
        panels.append(Panel("life", "Ghi việc mới", "Ghi", step))
        if withdrawn := _last(events, point):
            taken = WithdrawForm(auto_id="life-withdraw-%s", initial={"event": withdrawn.pk})
            taken = form if tried == "life-withdraw" else taken
            title = f"Rút việc ghi sau cùng: {withdrawn}"
            panels.append(Panel("life-withdraw", title, "Rút", taken, stops=True))
    related = _related(point, user)
    return {
        "life": events,
        "has_launch": any(event.kind == EventKind.LAUNCH for event in events),
        "life_panels": panels,
        "replicas": [each for each in related if each.replicated_from_id == point.pk],
        "merged": [each for each in related if each.merged_into_id == point.pk],
        "origin": next((each for each in related if each.pk == point.replicated_from_id), None),
        "merged_into": next((each for each in related if each.pk == point.merged_into_id), None),
    }


def takes_steps(point: SchemePoint) -> bool:
    """Whether the next step of its life may be written now (`services.stages`)."""
    if point.ended_on or point.end_asked_on:
        return False
    prepares = point.stage in PREPARING and point.status == Status.WAITING
    return point.status == Status.CONFIRMED or prepares


def _last(events: list[LifecycleEvent], point: SchemePoint) -> LifecycleEvent | None:
    """The event that may be withdrawn: the last one, unless it is how the point was entered."""
    last = max(events, key=lambda event: event.pk, default=None)
    if last is None or last.kind == EventKind.DISSOLUTION:
        return None
    first = point.stage in PREPARING and last.kind in FIRST_STEPS and len(events) == 1
    return None if first else last


def _related(point: SchemePoint, user) -> list[SchemePoint]:
    """Points of which it was made, or that were made of it, as far as the user sees them."""
    ways = Q(replicated_from=point) | Q(merged_into=point)
    ways |= Q(pk__in=[point.replicated_from_id or 0, point.merged_into_id or 0])
    seen = SchemePoint.objects.visible_to(user).recorded().filter(ways)
    return list(seen.select_related("scheme", "unit").order_by("pk")[:MOST_RELATED])


def teams_of(point: SchemePoint, teams: list[Team]) -> dict:
    """The list of teams, beside what the point's own figures say."""
    told = listed(teams)
    own = {name: point.quantity(name) for name in FIGURES}
    differs = any(
        not told[name].unknown and told[name] and told[name].value != own[name].value
        for name in FIGURES
    )
    return {
        "teams": teams,
        "teams_told": _said(told),
        "teams_own": _said(own),
        "teams_differ": bool(teams) and differs,
    }


def _said(figures: dict[str, Quantity]) -> str:
    """'5 tổ, 62 thành viên, 120 hộ'"""
    words = {"teams": "tổ", "members": "thành viên", "households": "hộ"}
    parts = [
        f"{figures[name]} {word}" if figures[name] else f"chưa ghi số {word}"
        for name, word in words.items()
        if figures[name] or name != "households"
    ]
    return ", ".join(parts)
