"""By which way a return goes: of its kind, its unit's level and province, and the day."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from antq.accounts.roles import Role
from antq.review import returns
from antq.review.choices import Duty, ReturnKind
from antq.review.models import Route, RouteStep
from antq.review.routes import load_routes, route_for
from antq.units.choices import Level
from tests.factories import make_unit, make_user, unit
from tests.review.papers import make_paper

pytestmark = pytest.mark.django_db
REPORT = ReturnKind.UNIT_REPORT
OLD_RMOK, IA_DREH, KRONG_PA = "W24103@2025-06-30", "W24100@2025-07-01", "D637@2025-06-30"


def reviews(key, day, kind=REPORT):
    """[(level, required, on)] of the steps that review."""
    steps = route_for(kind, unit(key), day).steps.filter(duty=Duty.REVIEW)
    return list(steps.values_list("level", "is_required", "is_on"))


@pytest.mark.parametrize("kind", ReturnKind)
def test_the_way_of_a_commune_through_time(kind):
    last, first = date(2025, 2, 28), date(2025, 3, 1)
    assert reviews(OLD_RMOK, last, kind) == [("district", True, True), ("province", True, True)]
    assert reviews(OLD_RMOK, first, kind) == [
        ("district", False, False),
        ("province", True, True),
    ]
    assert reviews(OLD_RMOK, date(2025, 6, 30), kind) == reviews(OLD_RMOK, first, kind)
    assert reviews(IA_DREH, date(2025, 7, 1), kind) == [
        ("commune", False, False),
        ("group", False, False),
        ("province", True, True),
    ]


@pytest.mark.parametrize("level", [level for level in Level if level != Level.PART])
@pytest.mark.parametrize("day", [date(2020, 1, 1), date(2025, 4, 1), date(2026, 11, 22)])
def test_every_level_has_one_way_on_every_day(level, day):
    parent = make_unit(Level.PROVINCE)
    place = unit("VN") if level == Level.COUNTRY else make_unit(level, parent=parent)
    duties = [step.duty for step in route_for(REPORT, place, day).steps.all()]
    assert duties[:2] == [Duty.PREPARE, Duty.SIGN]
    assert set(duties[2:]) == {Duty.REVIEW}


def test_a_part_goes_the_way_of_communes():
    part = make_unit(Level.PART, parent=make_unit())
    assert route_for(REPORT, part, date(2026, 1, 1)).level == Level.COMMUNE


def test_a_province_has_its_own_way_before_that_of_all():
    commune, other, day = make_unit(), make_unit(), date(2026, 1, 1)
    own = Route.objects.create(
        kind=REPORT, level=Level.COMMUNE, owner=commune.parent, valid_from=day
    )
    assert route_for(REPORT, commune, day) == own
    assert route_for(REPORT, commune, date(2025, 12, 31)).owner is None
    assert route_for(REPORT, other, day).owner is None
    assert route_for(ReturnKind.AWARD_PROPOSAL, commune, day).owner is None


@pytest.mark.parametrize("is_own", [True, False])
def test_no_two_ways_on_one_day(is_own):
    owner = make_unit(Level.PROVINCE) if is_own else None
    values = {"kind": REPORT, "level": Level.COMMUNE, "owner": owner}
    if is_own:
        Route.objects.create(**values, valid_to=date(2025, 12, 31))
    again = Route(**values, valid_from=date(2025, 12, 31))
    with pytest.raises(ValidationError, match="Đã có tuyến duyệt"):
        again.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()


@pytest.mark.parametrize(
    "values",
    [
        {"order": 1, "duty": Duty.REVIEW},
        {"order": 9, "duty": Duty.SIGN},
    ],
)
def test_steps_that_a_route_cannot_have(values):
    route = route_for(REPORT, make_unit(), date(2026, 1, 1))
    step = RouteStep(route=route, permission="RETURN_REVIEW", level=Level.PROVINCE, **values)
    with pytest.raises(ValidationError):
        step.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        step.save()


def test_preparing_and_signing_are_not_switched_off():
    route = route_for(REPORT, make_unit(), date(2026, 1, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        route.steps.filter(duty=Duty.SIGN).update(is_on=False)


def test_loading_again_keeps_what_was_changed_and_update_brings_it_back():
    count = Route.objects.count(), RouteStep.objects.count()
    RouteStep.objects.filter(level=Level.GROUP, duty=Duty.REVIEW).update(is_on=True)
    call_command("load_reference", verbosity=0)
    assert RouteStep.objects.filter(level=Level.GROUP, duty=Duty.REVIEW, is_on=True).count() == 3
    load_routes(update=True)
    assert not RouteStep.objects.filter(
        permission="COMMITTEE_REVIEW", level=Level.GROUP, is_on=True
    )
    assert (Route.objects.count(), RouteStep.objects.count()) == count


def test_update_takes_away_what_the_file_does_not_have():
    before = list(Route.objects.values_list("kind", "level", "valid_from", "valid_to"))
    steps = RouteStep.objects.values_list("route", "order", "duty", "permission", "level", "is_on")
    stored = list(steps)
    since = Route.objects.get(kind=REPORT, level=Level.COMMUNE, valid_from=date(2025, 7, 1))
    Route.objects.filter(pk=since.pk).update(valid_from=date(2025, 9, 1))
    Route.objects.create(
        kind=REPORT, level=Level.COMMUNE, valid_from=date(2025, 7, 1), valid_to=date(2025, 8, 31)
    )
    ours = route_for(REPORT, unit(OLD_RMOK), date(2024, 1, 1))
    ours.steps.filter(order=1).delete()
    ours.steps.filter(order=2).update(order=1)
    ours.steps.create(
        order=8, duty=Duty.REVIEW, permission="RETURN_REVIEW", level=Level.COUNTRY, is_on=False
    )
    load_routes(update=True)
    assert list(Route.objects.values_list("kind", "level", "valid_from", "valid_to")) == before
    assert [row[1:] for row in steps] == [row[1:] for row in stored]


def test_what_is_on_its_way_keeps_its_route():
    commune = make_unit()
    paper = make_paper(commune)
    returns.sign_and_send(paper, by=make_user(Role.COMMUNE_LEADER, commune), version=1)
    own = Route.objects.create(kind=REPORT, level=Level.COMMUNE, owner=commune.parent)
    assert route_for(REPORT, commune, date(2026, 1, 1)) == own
    staff = make_user(Role.PROVINCE_STAFF, commune.parent)
    returns.move_to(paper, returns.ReturnStep.ACCEPT, by=staff, version=paper.version)
    assert paper.status == "accepted"


def test_the_admin_switches_a_step_on(client):
    admin = make_user(Role.ADMIN, unit("VN"))
    client.force_login(admin)
    route = route_for(REPORT, make_unit(), date(2026, 1, 1))
    url = reverse("admin:review_route_change", args=[route.pk])
    assert client.get(url).status_code == 200
    assert client.get(reverse("admin:review_route_changelist")).status_code == 200
    data = {"kind": route.kind, "level": route.level, "owner": "", "basis": "", "valid_to": ""}
    data |= {"valid_from": "01/07/2025", "steps-TOTAL_FORMS": 5, "steps-INITIAL_FORMS": 5}
    for number, step in enumerate(route.steps.all()):
        for name in ("id", "order", "duty", "permission", "level"):
            data[f"steps-{number}-{name}"] = getattr(step, name)
        data[f"steps-{number}-route"] = route.pk
        if step.is_required:
            data[f"steps-{number}-is_required"] = "on"
        data[f"steps-{number}-is_on"] = "on"
    assert (
        client.post(reverse("admin:review_route_change", args=[route.pk]), data).status_code == 302
    )
    assert not route.steps.filter(is_on=False).exists()
