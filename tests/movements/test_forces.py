"""Forces exist by a law, between its days; they are no schemes."""

from datetime import date

import pytest
from django.urls import reverse

from antq.accounts.roles import Role
from movements.models import SchemePoint, SchemeType
from movements.services import lifecycle
from movements.services.lifecycle import TransitionError
from tests.factories import make_point, make_scheme, make_type, make_unit, make_user
from tests.movements.pages import NEW, retyped, typed

pytestmark = pytest.mark.django_db
FORCES = {
    "to-bao-ve-antt",
    "doi-dan-phong",
    "to-an-ninh-xa-hoi",
    "to-hoa-giai",
    "thanh-nien-xung-kich",
    "bao-ve-co-quan",
    "nguoi-co-uy-tin",
    "bao-ve-dan-pho",
    "cong-an-xa-ban-chuyen-trach",
    "to-chuc-quan-chung-khac",
}


@pytest.fixture
def commune():
    return make_unit()


@pytest.fixture
def officer(client, commune):
    user = make_user(Role.COMMUNE_OFFICER, commune)
    client.force_login(user)
    return user


def force(code):
    return SchemeType.objects.get(code=code)


def enter(client, commune, kind, **changes):
    data = {name: value for name, value in typed(commune).items() if not name.startswith("attr_")}
    return client.post(reverse(NEW), data | {"type": kind.pk, "new_scheme": "Tổ thử", **changes})


def test_forces_are_no_schemes():
    found = SchemeType.objects.filter(counts_as_scheme=False, owner=None)
    assert set(found.values_list("code", flat=True)) >= FORCES


@pytest.mark.parametrize(
    ("code", "first", "last"),
    [
        ("to-bao-ve-antt", date(2024, 7, 1), None),
        ("bao-ve-dan-pho", None, date(2024, 6, 30)),
        ("cong-an-xa-ban-chuyen-trach", None, date(2024, 6, 30)),
    ],
)
def test_the_law_of_2023_changed_the_forces(code, first, last):
    kind = force(code)
    assert (kind.valid_from, kind.valid_to) == (first, last)
    assert "30/2023/QH15" in kind.legal_basis


@pytest.mark.parametrize(("launched", "is_saved"), [("30/06/2024", False), ("01/07/2024", True)])
def test_a_force_does_not_begin_before_its_law(client, commune, officer, launched, is_saved):
    response = enter(client, commune, force("to-bao-ve-antt"), launched=launched)
    assert SchemePoint.objects.exists() == is_saved
    if not is_saved:
        (error,) = response.context["form"].errors["launched"]
        assert "chỉ có từ ngày 01/07/2024 theo Luật Lực lượng" in error


def test_a_year_that_holds_both_is_taken(client, commune, officer):
    enter(client, commune, force("to-bao-ve-antt"), launched="2024")
    assert SchemePoint.objects.get().launched_on == date(2024, 1, 1)


def test_a_day_of_being_seen_is_checked_too(client, commune, officer):
    response = enter(client, commune, force("to-bao-ve-antt"), launched="", seen_on="01/01/2024")
    assert "theo Luật" in response.context["form"].errors["seen_on"][0]


def test_a_force_of_the_past_is_not_offered_for_a_new_point(client, commune, officer):
    past = force("bao-ve-dan-pho")
    form = client.get(reverse(NEW)).context["form"]
    assert past not in form.fields["type"].queryset
    assert force("to-bao-ve-antt") in form.fields["type"].queryset
    assert "type" in enter(client, commune, past).context["form"].errors
    assert not SchemePoint.objects.exists()


def test_a_point_of_the_past_is_still_edited(client, commune, officer):
    point = make_point(
        unit=commune,
        scheme=make_scheme(type=force("bao-ve-dan-pho")),
        launched_on=date(2020, 1, 1),
    )
    url = reverse("movements:point-edit", args=[point.pk])
    client.post(url, retyped(client, point, leader="Ksor H'Lan"))
    point.refresh_from_db()
    assert point.leader == "Ksor H'Lan"

    response = client.post(url, retyped(client, point, launched="01/07/2024"))
    assert "đến hết ngày 30/06/2024" in " ".join(response.context["form"].errors["launched"])


def test_without_a_law_it_is_a_doubt_and_is_saved(client, commune, officer):
    kind = make_type(valid_from=date(2026, 3, 1))
    response = enter(client, commune, kind, launched="01/02/2026")
    assert response.status_code == 302
    assert SchemePoint.objects.exists()
    said = client.get(response.url).content.decode()
    assert "chỉ có từ ngày 01/03/2026" in said


def test_a_launch_is_checked_as_well(commune):
    leader = make_user(Role.COMMUNE_LEADER, commune)
    scheme = make_scheme(type=force("to-bao-ve-antt"))
    point = make_point(unit=commune, scheme=scheme, launched_on=date(2025, 1, 1))
    SchemePoint.objects.filter(pk=point.pk).update(launched_on=None, stage="building")
    point.refresh_from_db()
    day = lifecycle.PartialDay(date(2024, 6, 30))
    with pytest.raises(TransitionError, match="theo Luật"):
        lifecycle.record_event(point, "launch", day, by=leader)
