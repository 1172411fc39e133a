"""The trend says of each day what the measure says of it, whatever happened before and after."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from antq.accounts.roles import Role
from antq.reports.tables import tabulate
from antq.reports.windows import Map, resolve
from antq.units.choices import Level
from movements import measures
from movements.choices import EventKind
from movements.models import LifecycleEvent
from movements.trend import points_on
from tests.factories import make_point, make_scheme, make_type, make_unit, make_user, unit

pytestmark = pytest.mark.django_db
FIRST = date(2025, 1, 1)
DAYS = [FIRST + timedelta(days=30 * number) for number in range(14)]
day = st.integers(0, 420).map(lambda number: FIRST + timedelta(days=number))


def counted(at: date, place, map, user):
    scope = resolve(place, on=at, map=map, today=date(2026, 6, 30))
    table = tabulate([measures.active_points], units=[place], scope=scope, user=user)
    return table.total.cells[0].quantity


@settings(
    max_examples=10,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # every example makes rows: shrinking takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    lives=st.lists(
        st.tuples(st.booleans(), day, st.one_of(st.none(), day), day, st.one_of(st.none(), day)),
        min_size=1,
        max_size=6,
    )
)
@pytest.mark.parametrize("map", [Map.THEN, Map.TODAY])
def test_each_day_agrees_with_the_measure(map, lives):
    """Places of Krông Pa: a commune of before 1/7/2025, and the one that took it in."""
    places = [unit("W24100@2025-07-01"), unit("D637@2025-06-30").children.first()]
    user = make_user(Role.ADMIN, unit("VN"))
    for is_old, begun, ended, paused, again in lives:
        point = make_point(
            unit=places[is_old],
            launched_on=begun,
            ended_on=ended if ended and ended >= begun else None,
            count=None if paused.day == 1 else 1 + paused.day % 3,
        )
        until = again if again and again >= paused else None
        LifecycleEvent.objects.create(
            point=point, kind=EventKind.SUSPENSION, on=paused, until=until
        )
    province = unit("P52@2025-07-01")
    for place in (unit("W24100@2025-07-01"), province):
        scope = resolve(place, on=DAYS[-1], map=map, today=date(2026, 6, 30))
        # Before it was opened a unit has no days of its own map.
        days = [at for at in DAYS if map == Map.TODAY or at >= place.valid_from]

        shown = points_on(days, scope, user)

        assert [str(quantity) for quantity in shown] == [
            str(counted(at, place, map, user)).replace("–", "0") for at in days
        ]


def test_forces_and_others_are_not_in_it(django_assert_num_queries):
    commune = make_unit()
    force = make_type(counts_as_scheme=False)
    make_point(unit=commune, scheme=make_scheme(type=force))
    make_point(unit=commune, status="waiting")
    make_point(unit=make_unit())
    make_point(unit=commune, launched_on=date(2025, 8, 1), count=2)
    user = make_user(Role.COMMUNE_OFFICER, commune)
    scope = resolve(commune, on=date(2025, 9, 1), map=Map.THEN, today=date(2026, 6, 30))
    user.current_assignments  # noqa: B018 – read once per request

    with django_assert_num_queries(2):
        shown = points_on([date(2025, 7, 31), date(2025, 8, 1)], scope, user)

    assert [quantity.value for quantity in shown] == [0, 2]


def test_nobody_sees_the_trend_of_another_province():
    point = make_point()
    stranger = make_user(Role.PROVINCE_STAFF, make_unit(Level.PROVINCE))
    scope = resolve(point.unit, on=date(2025, 9, 1), map=Map.THEN, today=date(2026, 6, 30))

    assert [found.value for found in points_on([date(2025, 9, 1)], scope, stranger)] == [0]
