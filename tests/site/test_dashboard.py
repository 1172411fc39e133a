"""The dashboard of a unit, and home."""

from datetime import date

import pytest

from antq.accounts.roles import Role
from antq.review.choices import Status
from antq.units.choices import Level
from antq.units.models import GroupMember
from movements.models import SchemeType
from movements.services.points import record_state
from tests.factories import make_point, make_scheme, make_type, make_unit, make_user

pytestmark = pytest.mark.django_db
PAGE = "/dashboard/"


@pytest.fixture
def province():
    return make_unit(Level.PROVINCE)


@pytest.fixture
def viewer(client, province):
    client.force_login(make_user(Role.COMMITTEE, province))
    return client


def keys(board):
    return {key.label: str(key.cell.quantity) for key in board.keys}


def test_key_numbers_rows_and_types_are_one_truth(viewer, province):
    scheme = make_scheme(type=make_type(name="Loại hình một"))
    force = make_scheme(type=make_type(name="Đội dân phòng thử", counts_as_scheme=False))
    first, second = make_unit(parent=province), make_unit(parent=province)
    make_point(unit=first, scheme=scheme, teams=1)
    make_point(unit=second, scheme=scheme, count=2, teams=4, members=9, households=30)
    make_point(unit=second, scheme=force, count=5, teams=5)
    make_point(unit=second, status=Status.WAITING)

    board = viewer.get(PAGE).context["board"]

    assert keys(board) == {
        "Số mô hình (tên)": "1",
        "Số điểm mô hình": "3",
        "Số tổ": "10",
        "Số thành viên": "9",
        "Số hộ tham gia": "30",
        "Số mắt camera": "0",
        "Số thôn, tổ dân phố có mô hình": "0",
    }
    assert [key.note for key in board.keys[1:3]] == [
        "Chờ duyệt: 1 hồ sơ",
        "gồm 5 của lực lượng nòng cốt",
    ]
    assert [[str(cell.quantity) for cell in row.cells] for row in board.by_unit.rows] == [
        ["1", "2", "9", "9", "30", "0", "1", "5", "0", "0"],
        ["1", "1", "1", "–", "–", "0", "0", "0", "0", "0"],
    ]
    assert [(line.type.name, str(line.cells[1].quantity)) for line in board.by_type] == [
        ("Loại hình một", "3")
    ]
    assert [(line.type.name, str(line.cells[1].quantity)) for line in board.forces] == [
        ("Đội dân phòng thử", "5")
    ]


def test_what_waits_today_is_not_shown_on_a_past_day(viewer, province):
    make_point(unit=make_unit(parent=province), status=Status.WAITING)

    past = viewer.get(PAGE, {"on": "2026-05-01"}).context["board"]

    assert past.keys[1].note == ""


def test_eyes_of_a_past_day(viewer, province):
    camera = make_scheme(type=SchemeType.objects.get(code="camera"))
    point = make_point(
        unit=make_unit(parent=province), scheme=camera, attributes={"camera_eyes": 8}
    )
    record_state(point, as_of=date(2026, 6, 1), by=None, attributes={"camera_eyes": 12})

    may = viewer.get(PAGE, {"on": "2026-05-01"}).context["board"]
    today = viewer.get(PAGE).context["board"]

    assert (keys(may)["Số mắt camera"], keys(today)["Số mắt camera"]) == ("8", "12")


def test_a_row_leads_to_the_dashboard_of_its_unit(viewer, province):
    commune = make_unit(parent=province)
    make_point(unit=commune)

    text = viewer.get(PAGE, {"on": "2026-05-01", "map": "today"}).content.decode()

    assert f"?unit={commune.key}&amp;on=2026-05-01&amp;map=today" in text


def test_the_way_back_leads_to_units_that_the_user_may_open(client, province):
    commune = make_unit(parent=province)
    group = make_unit(Level.GROUP, parent=province)
    GroupMember.objects.create(group=group, unit=commune)
    client.force_login(make_user(Role.COMMITTEE, group))

    there = client.get(PAGE, {"unit": commune.key}).context["board"]
    home = client.get(PAGE).context["board"]

    assert (there.crumbs, home.crumbs) == ([group], [])
    assert client.get(PAGE, {"unit": province.key}).status_code == 404


def test_an_account_without_a_unit_is_told_so(client):
    client.force_login(make_user())

    response = client.get(PAGE)

    assert response.status_code == 400
    assert "chưa được giao đơn vị nào" in response.content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_the_dashboard_costs_the_same_queries_whatever_it_shows(
    viewer, province, number, django_assert_num_queries
):
    for _ in range(number):
        make_point(unit=make_unit(parent=province))

    # session, user, roles; the camera attribute; units; distinct count, sums, camera eyes, those
    # that wait, areas and profiles, qualifiers, the kept book; all by type, their qualifiers, the
    # types; the trend (two); the session is prolonged (three)
    with django_assert_num_queries(18):
        viewer.get(PAGE)


def test_the_site_says_that_it_lives(client):
    assert client.get("/healthz").content == b"ok"
