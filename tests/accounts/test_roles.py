"""Who sees and may change what, through units that end and roles that end."""

from datetime import date, timedelta

import pytest
from django.utils.timezone import localdate

from antq.accounts.demo import make_demo_accounts
from antq.accounts.models import Assignment, User
from antq.accounts.roles import Role
from antq.core.permissions import Permission
from antq.units.choices import Level
from antq.units.models import ResidentialArea
from tests.factories import make_unit, make_user, unit

pytestmark = pytest.mark.django_db
VIEW, EDIT, CONFIRM = Permission.RECORD_VIEW, Permission.RECORD_EDIT, Permission.RECORD_CONFIRM
OLD_RMOK, OLD_PHU_TUC = "W24103@2025-06-30", "W24076@2025-06-30"
IA_DREH, KRONG_PA, CLUSTER = "W24100@2025-07-01", "D637@2025-06-30", "G-KRONGPA"


@pytest.fixture
def demo_user(settings):
    settings.DEMO = True
    make_demo_accounts()
    return lambda name: User.objects.get(username=name)


def area(key):
    """The simplest record that belongs to a unit."""
    return ResidentialArea.objects.create(unit=unit(key), name=f"Buôn Thử {key}")


def fresh(user):
    return User.objects.get(pk=user.pk)


def test_huyen_holds_the_cluster_now_and_the_district_no_more(demo_user):
    user = demo_user("huyen")

    assert user.unit_ids(VIEW) == {unit(CLUSTER).pk}
    assert user.unit_ids(EDIT) == frozenset()
    assert not user.holds_everywhere(VIEW)
    assert user.home_unit == unit(CLUSTER)


def test_huyen_sees_old_and_new_records_of_krong_pa_and_edits_none(demo_user):
    user = demo_user("huyen")
    inside = {area(key) for key in (OLD_RMOK, OLD_PHU_TUC, KRONG_PA, IA_DREH, CLUSTER)}
    area("P52@2025-07-01"), area("P38")
    area("W28810@2025-07-01")  # Xã Phú Túc as well, of another province

    assert set(ResidentialArea.objects.visible_to(user)) == inside
    assert set(ResidentialArea.objects.allowing(user, VIEW)) == inside
    assert not ResidentialArea.objects.allowing(user, EDIT).exists()
    assert not ResidentialArea.objects.allowing(user, CONFIRM).exists()


def test_one_whose_only_role_was_in_the_district_sees_nothing_today():
    user = make_user()
    Assignment.objects.create(
        user=user, role=Role.COMMITTEE, unit=unit(KRONG_PA), valid_to=date(2025, 6, 30)
    )
    area(OLD_RMOK), area(KRONG_PA)

    assert user.current_assignments == []
    assert user.home_unit is None
    assert not ResidentialArea.objects.visible_to(user).exists()


def test_a_role_in_a_closed_district_sees_its_archive_and_changes_nothing():
    user = make_user(Role.PROVINCE_STAFF, unit(KRONG_PA))
    archive = {area(OLD_RMOK), area(KRONG_PA)}
    area(IA_DREH)

    assert set(ResidentialArea.objects.visible_to(user)) == archive
    assert not ResidentialArea.objects.allowing(user, EDIT).exists()


def test_commune_officer_edits_what_counts_in_the_commune_today(demo_user):
    user = demo_user("xa")
    inside = {area(OLD_RMOK), area(IA_DREH)}
    area(OLD_PHU_TUC), area(CLUSTER), area("P38")

    assert set(ResidentialArea.objects.visible_to(user)) == inside
    assert set(ResidentialArea.objects.allowing(user, EDIT)) == inside
    assert not ResidentialArea.objects.allowing(user, CONFIRM).exists()


def test_the_country_is_seen_whole_and_edited_by_nobody_who_only_looks(demo_user):
    user = demo_user("trunguong")
    records = {area(OLD_RMOK), area("P38"), area(CLUSTER)}

    assert user.holds_everywhere(VIEW)
    assert not user.holds_everywhere(EDIT)
    assert set(ResidentialArea.objects.visible_to(user)) == records
    assert not ResidentialArea.objects.allowing(user, EDIT).exists()


def test_a_province_sees_its_own_past_and_no_other(demo_user):
    record = area(OLD_RMOK)

    assert list(ResidentialArea.objects.visible_to(demo_user("tinh"))) == [record]
    assert list(ResidentialArea.objects.allowing(demo_user("tinh"), EDIT)) == [record]
    for other in ("tinh.thanhhoa", "tinh.tuyenquang", "tinh.daklak"):
        assert not ResidentialArea.objects.visible_to(demo_user(other)).exists()


@pytest.mark.parametrize(
    ("first", "last", "holds"),
    [
        (None, None, True),
        (None, 0, True),  # "đến hết ngày": its last day still counts
        (None, -1, False),
        (0, None, True),
        (1, None, False),
        (-5, -1, False),
        (0, 0, True),
    ],
)
def test_a_role_counts_from_its_first_to_its_last_day(client, first, last, holds):
    place = make_unit()
    user = make_user()
    today = localdate()
    days = [None if days is None else today + timedelta(days=days) for days in (first, last)]
    Assignment.objects.create(
        user=user, role=Role.COMMUNE_LEADER, unit=place, valid_from=days[0], valid_to=days[1]
    )
    record = ResidentialArea.objects.create(unit=place, name="Thôn Thử")

    assert user.unit_ids(CONFIRM) == ({place.pk} if holds else frozenset())
    assert user.may(EDIT) is holds
    assert list(ResidentialArea.objects.visible_to(user)) == ([record] if holds else [])
    assert list(ResidentialArea.objects.allowing(user, EDIT)) == ([record] if holds else [])


def test_a_role_ends_at_midnight_within_a_session(monkeypatch):
    place = make_unit()
    user = make_user()
    today = localdate()
    Assignment.objects.create(user=user, role=Role.COMMUNE_OFFICER, unit=place, valid_to=today)
    assert user.may(EDIT)

    monkeypatch.setattr("antq.accounts.models.localdate", lambda: today + timedelta(days=1))

    assert not fresh(user).may(EDIT)  # each request reads the user again


def test_roles_in_several_units_add_up():
    first, second = make_unit(), make_unit()
    user = make_user(Role.COMMUNE_OFFICER, first)
    Assignment.objects.create(user=user, role=Role.COMMITTEE, unit=second)

    assert user.unit_ids(VIEW) == {first.pk, second.pk}
    assert user.unit_ids(EDIT) == {first.pk}


def test_home_is_the_highest_unit_held():
    province = make_unit(Level.PROVINCE)
    user = make_user(Role.COMMITTEE, make_unit(Level.PART, make_unit()))
    assert user.home_unit.level == Level.PART

    Assignment.objects.create(user=user, role=Role.VIEWER, unit=province)
    assert fresh(user).home_unit == province


@pytest.mark.parametrize("count", [1, 3])
def test_roles_are_read_once(count, django_assert_num_queries):
    user = make_user()
    for _ in range(count):
        Assignment.objects.create(user=user, role=Role.COMMITTEE, unit=make_unit())

    with django_assert_num_queries(1):
        assert user.may(VIEW)
        assert user.home_unit.parent.parent.key == "VN"
        assert len(user.unit_ids(VIEW)) == count
