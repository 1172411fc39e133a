"""Whatever is re-arranged, in whatever order: no point is lost, and no past day changes."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from django.utils.timezone import localdate
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from antq.accounts.roles import Role
from antq.units.models import ResidentialArea
from movements.coverage import areas_with_scheme_on
from movements.models import SchemePoint
from movements.models.points import area_key
from movements.services.areas import AreaError, Arrangement, moves, rearrange
from movements.services.places import areas_of
from tests.factories import make_point, make_scheme, make_unit, make_user

FIRST = date(2025, 9, 1)
# (which of the areas there are now, how many new ones, how many days later, who goes where)
STEPS = st.lists(
    st.tuples(
        st.sets(st.integers(0, 5), min_size=1, max_size=3),
        st.integers(1, 3),
        st.integers(0, 60),
        st.lists(st.sampled_from(["0", "1", "2", "all"]), min_size=6, max_size=6),
    ),
    max_size=4,
)
POINTS = st.lists(
    st.tuples(
        st.sets(st.integers(0, 3), max_size=2),
        st.integers(0, 2),
        st.integers(0, 120),
        st.one_of(st.none(), st.integers(0, 200)),
    ),
    min_size=1,
    max_size=6,
)


class Undo(Exception):
    pass


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(points=POINTS, steps=STEPS)
def test_points_keep_an_area_and_past_days_stay(points, steps):
    try:
        with transaction.atomic():
            _play(points, steps)
            raise Undo
    except Undo:
        pass


def _play(points, steps):
    commune = make_unit()
    officer = make_user(Role.COMMUNE_OFFICER, commune)
    areas = [ResidentialArea.objects.create(unit=commune, name=f"Thôn {n}") for n in range(4)]
    schemes = [make_scheme() for _ in range(3)]
    for number, (places, scheme, begun, length) in enumerate(points):
        mine = [areas[place] for place in places]
        launched = FIRST + timedelta(days=begun)
        point = (
            make_point(
                unit=commune,
                scheme=schemes[scheme],
                area_key=area_key(mine),
                location=f"Vị trí {number}" if not number % 2 else "",
                note=str(number),
                host=None,
                launched_on=launched,
                ended_on=launched + timedelta(days=length) if length else None,
                as_of=launched,
            )
            if _free(commune, schemes[scheme], mine, number, length)
            else None
        )
        if point:
            point.areas.set(mine)
    day = FIRST
    for step, (chosen, count, later, goes) in enumerate(steps):
        day = min(day + timedelta(days=later), localdate())
        _step(commune, officer, day, step, chosen, count, goes)


def _free(commune, scheme, mine, number, length) -> bool:
    """The unique rule of points, which is tested elsewhere."""
    if length or not number % 2:
        return True
    there = {"unit": commune, "scheme": scheme, "ended_on": None, "location": ""}
    return not SchemePoint.objects.filter(area_key=area_key(mine), **there).exists()


def _step(commune, officer, day, step, chosen, count, goes):
    now = list(areas_of(commune).order_by("pk"))
    olds = [now[number] for number in chosen if number < len(now)]
    plan = Arrangement(commune, olds, [f"Thôn mới {step}.{n}" for n in range(count)], day)
    placed = {p.pk for p in _running() if any(a.is_valid_on(localdate()) for a in p.areas.all())}
    past = [FIRST + timedelta(days=days) for days in range(0, (day - FIRST).days, 30)]
    past += [day - timedelta(days=1)]
    before = [_covered(commune, each) for each in past]
    answers = {m.point.pk: goes[n] for n, m in enumerate(moves(plan, {}, {}))} if olds else {}
    try:
        rearrange(plan, by=officer, goes=answers, locations=_apart(plan, answers))
    except AreaError:
        pass
    else:
        # No area of today's list is left without its people: what was moved away is closed.
        assert not set(olds) & set(areas_of(commune))
    assert [_covered(commune, each) for each in past] == before
    for point in _running():
        today = [each for each in point.areas.all() if each.is_valid_on(localdate())]
        assert today or point.pk not in placed
        assert point.area_key == area_key(today)


def _apart(plan, answers) -> dict[int, str]:
    found = moves(plan, answers, {}) if plan.olds else []
    return {move.point.pk: f"{move.suggested} {move.point.pk}" for move in found if move.clash}


def _running():
    return SchemePoint.objects.filter(ended_on=None).prefetch_related("areas")


def _covered(commune, day):
    found = areas_with_scheme_on(day).under([commune], day=day)
    return sorted(found.values_list("pk", flat=True))
