"""Changing the day on which a point began, when something has already happened to it."""

from datetime import date

import pytest

from antq.accounts.roles import Role
from antq.core.dates import PartialDay, Precision
from movements.choices import EventKind, Stage
from movements.models import LifecycleEvent, SchemePoint
from movements.services import lifecycle
from tests.factories import make_point, make_unit, make_user
from tests.movements.pages import edit

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(client):
    user = make_user(Role.COMMUNE_LEADER, make_unit())
    client.force_login(user)
    return user


@pytest.fixture
def commune(officer):
    return officer.assignments.get().unit


def on(day: int, month: int, precision=Precision.DAY) -> PartialDay:
    return PartialDay(date(2026, month, day), precision)


@pytest.fixture
def point(commune, officer):
    """Running since 10/1/2026; suspended from 5/3 to 31/3; consolidated some day in May."""
    made = make_point(unit=commune, launched_on=date(2026, 1, 10))
    lifecycle.record_event(made, EventKind.SUSPENSION, on(5, 3), by=officer)
    lifecycle.record_event(made, EventKind.RESUMPTION, on(1, 4), by=officer)
    lifecycle.record_event(made, EventKind.CONSOLIDATION, on(1, 5, Precision.MONTH), by=officer)
    return made


@pytest.fixture
def launched(commune, officer):
    """Surveyed on 5/1/2026, launched on 10/2/2026."""
    made = make_point(unit=commune, launched_on=date(2026, 1, 5))
    SchemePoint.objects.filter(pk=made.pk).update(launched_on=None, stage=Stage.SURVEY)
    LifecycleEvent.objects.create(point=made, kind=EventKind.SURVEY, on=date(2026, 1, 5))
    made.refresh_from_db()
    lifecycle.record_event(made, EventKind.LAUNCH, on(10, 2), by=officer)
    return made


def errors(response) -> dict:
    return response.context["form"].errors if response.status_code == 200 else {}


def begun(point) -> tuple:
    point.refresh_from_db()
    return point.launched_on, point.launched_precision, point.seen_on


@pytest.mark.parametrize("launched", ["06/03/2026", "4/2026", "02/06/2026"])
def test_not_after_what_has_happened_to_it(client, point, launched):
    before = begun(point), point.version

    found = errors(edit(client, point, launched=launched, as_of="01/07/2026"))

    assert found == {
        "launched": ["Không được sau việc đã ghi: tạm dừng, 05/03/2026. Xem lại ngày."]
    }
    assert (begun(point), point.version) == before


def test_nor_is_the_day_on_which_it_was_first_seen(client, point):
    found = errors(edit(client, point, launched="", seen_on="06/03/2026"))
    assert list(found) == ["seen_on"]
    assert "tạm dừng, 05/03/2026" in found["seen_on"][0]


@pytest.mark.parametrize(
    ("launched", "stored"),
    [
        ("05/03/2026", (date(2026, 3, 5), "day")),
        ("3/2026", (date(2026, 3, 1), "month")),
        ("2025", (date(2025, 1, 1), "year")),
    ],
)
def test_up_to_then_it_may_be_any_day(client, point, launched, stored):
    assert errors(edit(client, point, launched=launched, as_of="01/07/2026")) == {}
    assert begun(point)[:2] == stored


def test_an_event_of_which_only_the_month_is_known_may_be_its_last_day(client, commune, officer):
    point = make_point(unit=commune, launched_on=date(2026, 1, 10))
    lifecycle.record_event(point, EventKind.CONSOLIDATION, on(1, 5, Precision.MONTH), by=officer)
    assert errors(edit(client, point, launched="31/05/2026", as_of="01/07/2026")) == {}
    found = errors(edit(client, point, launched="01/06/2026", as_of="01/07/2026"))
    assert "05/2026" in found["launched"][0]


def test_not_before_what_prepared_it(client, launched):
    found = errors(edit(client, launched, launched="04/01/2026"))
    assert found == {
        "launched": ["Không được trước việc đã ghi: khảo sát, đánh giá, 05/01/2026. Xem lại ngày."]
    }
    assert errors(edit(client, launched, launched="1/2026")) == {}


def test_the_event_of_the_launch_follows(client, launched):
    assert errors(edit(client, launched, launched="12/02/2026")) == {}
    event = launched.life_events.get(kind=EventKind.LAUNCH)
    assert (event.on, event.precision) == (date(2026, 2, 12), "day")
    assert begun(launched)[:2] == (date(2026, 2, 12), "day")


def test_a_launch_that_was_recorded_keeps_a_day(client, launched):
    found = errors(edit(client, launched, launched="", seen_on="10/02/2026"))
    assert found == {"launched": ["Đã ghi việc “ra mắt, 10/02/2026”: không để trống ngày ra mắt."]}


def test_what_does_not_touch_the_day_is_not_held_up_by_it(client, point):
    """As in a book that was written before the days were compared."""
    SchemePoint.objects.filter(pk=point.pk).update(launched_on=date(2026, 3, 20))
    assert errors(edit(client, point, leader="Người khác")) == {}
    point.refresh_from_db()
    assert point.leader == "Người khác"
