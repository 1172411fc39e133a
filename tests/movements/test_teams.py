"""The list of a point's teams, beside what the point itself says."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from antq.accounts.roles import Role
from antq.review.choices import Status
from antq.review.models import ReviewEvent
from movements.models import ReturnedLine, SchemePoint, SchemeType, Team
from tests.factories import make_point, make_scheme, make_unit, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def commune():
    return make_unit()


@pytest.fixture
def officer(client, commune):
    user = make_user(Role.COMMUNE_OFFICER, commune)
    client.force_login(user)
    return user


@pytest.fixture
def point(commune):
    return make_point(unit=commune, teams=5, members=60, qualifiers={"members": "over"})


def address(name, point, *more):
    return reverse(f"movements:point-team-{name}", args=[point.pk, *more])


def add(client, point, **data):
    return client.post(address("create", point), {"name": "Tổ 1", **data}, follow=True)


def messages(response):
    return " ".join(str(message) for message in response.context["messages"])


def test_a_team_is_added(client, officer, point):
    add(client, point, leader="Nay H'Linh", members="12", households="10", version=1)
    team = Team.objects.get()
    assert (team.point, team.name, team.members, team.households) == (point, "Tổ 1", 12, 10)
    point.refresh_from_db()
    assert (point.version, point.updated_by) == (2, officer)
    event = ReviewEvent.objects.about(point).get()
    assert (event.action, event.reason) == ("Thêm tổ", "Tổ 1")


def test_a_second_click_is_told_and_adds_none(client, officer, point):
    add(client, point, version=1)
    response = add(client, point, version=1)
    assert "vừa được sửa" in response.content.decode()
    assert Team.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"name": " "}, "name"),
        ({"members": "-1"}, "members"),
        ({"members": "mười"}, "members"),
        ({"founded_on": "01/01/2099"}, "founded_on"),
        ({"founded_on": "02/01/2026", "ended_on": "01/01/2026"}, "ended_on"),
        ({"area": "999999"}, "area"),
        ({"name": "x" * 151}, "name"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(client, officer, point, data, field):
    response = add(client, point, **data)
    assert list(response.context["form"].errors) == [field]
    assert not Team.objects.exists()


def test_a_team_is_changed_and_ended(client, officer, point):
    team = Team.objects.create(point=point, name="Tổ 1", members=9)
    client.post(address("edit", point, team.pk), {"name": "Tổ 1", "ended_on": "01/02/2026"})
    team.refresh_from_db()
    assert (team.members, team.ended_on) == (None, date(2026, 2, 1))
    assert ReviewEvent.objects.about(point).get().reason == "Tổ 1: Số thành viên, Ngày kết thúc"


def test_a_team_is_removed_with_a_reason(client, officer, point):
    team = Team.objects.create(point=point, name="Tổ 1")
    client.post(address("remove", point, team.pk), {"reason": " "})
    assert Team.objects.exists()
    client.post(address("remove", point, team.pk), {"reason": "ghi hai lần"})
    assert not Team.objects.exists()
    assert ReviewEvent.objects.about(point).get().reason == "Tổ 1: ghi hai lần"


def test_the_list_and_the_point_are_compared(client, officer, point):
    for number in range(5):
        Team.objects.create(point=point, name=f"Tổ {number}", members=12)
    Team.objects.create(point=point, name="Tổ cũ", members=99, ended_on=date(2026, 1, 1))
    text = client.get(reverse("movements:point-detail", args=[point.pk])).content.decode()
    assert "5 tổ, 60 thành viên" in text
    assert "5 tổ, hơn 60 thành viên" in text
    assert "Lấy theo danh sách" not in text

    Team.objects.create(point=point, name="Tổ mới", members=2)
    text = client.get(reverse("movements:point-detail", args=[point.pk])).content.decode()
    assert "6 tổ, 62 thành viên" in text
    assert "Lấy theo danh sách" in text


def test_figures_are_taken_from_the_list(client, officer, point):
    for members in (10, 20):
        Team.objects.create(point=point, name="Tổ", members=members)
    client.post(address("take", point), {"version": 1}, follow=True)
    point.refresh_from_db()
    state = point.states.get(as_of=localdate())
    assert (point.teams, point.members, point.households) == (2, 30, None)
    assert (state.teams, state.members, state.qualifiers) == (2, 30, {})
    assert point.states.count() == 2
    reason = ReviewEvent.objects.about(point).get().reason
    assert reason == "số tổ 2, số thành viên 30"


def test_an_unknown_team_makes_no_false_total(client, officer, point):
    Team.objects.create(point=point, name="Tổ 1", members=10)
    Team.objects.create(point=point, name="Tổ 2")
    client.post(address("take", point), {"version": 1})
    point.refresh_from_db()
    assert (point.teams, point.members, point.qualifiers) == (2, 60, {"members": "over"})


@pytest.mark.parametrize(("households", "warns"), [(4, True), (5, False), (15, False), (16, True)])
def test_a_fire_team_of_odd_size_is_saved_with_a_warning(
    client, officer, commune, households, warns
):
    kind = SchemeType.objects.get(code="to-lien-gia-pccc")
    point = make_point(unit=commune, scheme=make_scheme(type=kind))
    response = add(client, point, households=str(households))
    assert ("từ 5 đến 15 hộ" in messages(response)) == warns
    assert Team.objects.get().households == households


def test_a_reader_sees_the_list_and_may_not_write(client, commune, point):
    team = Team.objects.create(point=point, name="Tổ 1")
    client.force_login(make_user(Role.COMMITTEE, commune))
    page = client.get(reverse("movements:point-detail", args=[point.pk])).content.decode()
    assert "Tổ 1" in page and address("create", point) not in page
    for url in (address("create", point), address("edit", point, team.pk)):
        assert client.get(url).status_code == 403
        assert client.post(url, {"name": "Khác"}).status_code == 403
    client.post(address("remove", point, team.pk), {"reason": "x"})
    client.post(address("take", point))
    team.refresh_from_db()
    assert team.name == "Tổ 1"
    assert SchemePoint.objects.get(pk=point.pk).version == 1


def test_a_team_of_another_point_is_not_found(client, officer, point, commune):
    other = Team.objects.create(point=make_point(unit=commune), name="Tổ")
    assert client.get(address("edit", point, other.pk)).status_code == 404


def test_figures_from_the_list_answer_a_returned_line(client, officer, point):
    SchemePoint.objects.filter(pk=point.pk).update(members=3)
    line = ReturnedLine.objects.create(
        point=point,
        field="members",
        label="Số thành viên",
        new_text="3",
        reason="Xem lại",
        returned_by=make_user(),
    )
    Team.objects.create(point=point, name="Tổ 1", members=9)

    client.post(address("take", point))

    line.refresh_from_db()
    assert (line.answered_by, line.answer) == (officer, "Đã sửa: 3 → 9")


def test_teams_of_a_voided_point_stay(client, officer, point):
    team = Team.objects.create(point=point, name="Tổ 1", members=9)
    SchemePoint.objects.update(status=Status.VOIDED, status_reason="nhầm")

    client.post(address("remove", point, team.pk), {"reason": "nhầm"})
    client.post(address("take", point))

    point.refresh_from_db()
    assert (list(point.team_rows.all()), point.version) == ([team], 1)
