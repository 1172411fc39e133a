"""Any sequence of steps: the stage stays legal, and a model in plain Python agrees day by day."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from antq.accounts.roles import Role
from antq.core.dates import PartialDay
from antq.reports.windows import Window
from antq.review.choices import Status
from antq.review.models import ReviewEvent
from antq.review.services import TransitionError
from movements import measures
from movements.choices import PREPARING, EventKind, Stage
from movements.models import LifecycleEvent, SchemePoint
from movements.services import lifecycle, withdrawal
from movements.services import points as services
from movements.services.stages import STEPS, last_event
from tests.factories import make_point, make_scheme, make_unit, make_user

pytestmark = pytest.mark.django_db

START = date(2026, 1, 1)
LENGTH = 24  # days looked at
WINDOWS = [(0, 23), (2, 2), (3, 7), (5, 12), (8, 23)]  # their first and last
WITHDRAW = "withdraw"
ACTS = [*EventKind.values, WITHDRAW]
steps = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(-2, 6)), max_size=14)


class Model:
    """What should be true: written without a database, and without the code that is tested."""

    def __init__(self, prepares: bool):
        self.stage = Stage.SURVEY if prepares else Stage.RUNNING
        self.launched = None if prepares else START
        self.last = START
        self.ended = None
        self.spans = []  # [first day, last day or None]
        self.done = []  # what each step changed, to take it back

    def may(self, kind: str, on: date) -> bool:
        if self.ended or on < self.last:
            return False
        if kind == EventKind.DISSOLUTION:
            return self.launched is not None
        if kind not in STEPS[self.stage]:
            return False
        return kind != EventKind.RESUMPTION or on > self.spans[-1][0]

    def take(self, kind: str, on: date) -> None:
        spans = [list(span) for span in self.spans]
        self.done.append((kind, self.stage, self.launched, self.last, spans))
        if kind == EventKind.DISSOLUTION:
            self.ended = on
            return
        self.stage, self.last = STEPS[self.stage][kind], on
        if kind == EventKind.LAUNCH:
            self.launched = on
        elif kind == EventKind.SUSPENSION:
            self.spans.append([on, None])
        elif kind == EventKind.RESUMPTION:
            self.spans[-1][1] = on - timedelta(days=1)

    def undo(self) -> None:
        _, self.stage, self.launched, self.last, self.spans = self.done.pop()

    def active(self, day: date) -> bool:
        begun = self.launched is not None and self.launched <= day
        over = self.ended is not None and self.ended < day
        paused = any(first <= day and (last is None or day <= last) for first, last in self.spans)
        return begun and not over and not paused


@pytest.fixture
def place():
    commune = make_unit()
    return commune, make_user(Role.COMMUNE_LEADER, commune), make_scheme()


def new_point(commune, scheme, prepares: bool) -> SchemePoint:
    point = make_point(unit=commune, scheme=scheme, launched_on=START)
    if prepares:
        SchemePoint.objects.filter(pk=point.pk).update(launched_on=None, stage=Stage.SURVEY)
        LifecycleEvent.objects.create(point=point, kind=EventKind.SURVEY, on=START)
        point.refresh_from_db()
    return point


def act(point, kind: str, on: date, by) -> None:
    if kind == WITHDRAW:
        event = last_event(point)
        withdrawal.withdraw_event(point, event.pk if event else 0, reason="nhầm", by=by)
    elif kind == EventKind.DISSOLUTION:
        services.ask_end(point, on=on, reason="thôi", by=by)
        services.confirm_end(point, by=by)
    else:
        lifecycle.record_event(point, kind, PartialDay(on), by=by)


def balance(point, window: Window) -> int:
    """What table T02 says runs at the end: what it had, plus and minus what happened."""

    def number(measure):
        return measure.behind(window).filter(pk=point.pk).count()

    came = number(measures.points_built) + number(measures.points_replicated)
    stands = number(measures.points_at_start) + came - number(measures.points_gone)
    assert stands == number(measures.points_at_end)
    running = stands - number(measures.points_suspended)
    assert running == number(measures.active_points)
    return running


@given(prepares=st.booleans(), history=steps)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_history_agrees_with_the_model(place, prepares, history):
    commune, leader, scheme = place
    SchemePoint.objects.update(status=Status.VOIDED, status_reason="lần thử trước")
    point, model, day = new_point(commune, scheme, prepares), Model(prepares), START
    lines = 0
    for kind, ahead in history:
        day = max(START - timedelta(days=3), day + timedelta(days=ahead))
        legal = bool(model.done) and not model.ended if kind == WITHDRAW else model.may(kind, day)
        # A preparing point is ended as any other: dissolved before it was launched.
        if kind == EventKind.DISSOLUTION and model.launched is None and not model.ended:
            continue
        try:
            act(point, kind, day, leader)
        except TransitionError:
            assert not legal, (kind, day)
        else:
            assert legal, (kind, day)
            model.undo() if kind == WITHDRAW else model.take(kind, day)
            lines += 1
        day = max(day, START)

    point.refresh_from_db()
    assert (point.stage, point.launched_on, point.ended_on) == (
        model.stage,
        model.launched,
        model.ended,
    )
    assert (point.stage in PREPARING) == (point.launched_on is None)
    spans = point.life_events.filter(kind=EventKind.SUSPENSION).order_by("on")
    assert [[span.on, span.until] for span in spans] == model.spans
    days = [START + timedelta(days=number - 2) for number in range(LENGTH)]
    mine = SchemePoint.objects.confirmed().filter(pk=point.pk)
    counted = [mine.active_on(each).exists() for each in days]
    assert counted == [model.active(each) for each in days]
    for first, last in WINDOWS:
        assert balance(point, Window(days[last], days[first])) == model.active(days[last])
    assert point.life_events.count() == len(model.done) + prepares
    # No line of the trail is lost, whatever was taken back later: an end makes two.
    assert ReviewEvent.objects.about(point).count() == lines + bool(model.ended)
