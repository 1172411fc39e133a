"""What the province looks at: accept, or return lines; and what the commune answers."""

from datetime import date

import pytest
from django.urls import reverse

from antq.accounts.roles import Role
from antq.review.choices import Status
from antq.review.models import ReviewEvent
from antq.review.services import TransitionError
from antq.units.choices import Level
from antq.units.models import ResidentialArea
from movements.forms.differences import REASON
from movements.models import ReturnedLine, SchemePoint
from movements.services import differences as services
from tests.factories import make_point, make_scheme, make_type, make_unit, make_user
from tests.movements.pages import camera, edit

pytestmark = pytest.mark.django_db

QUEUE, LOOKED = "movements:differences", "movements:differences-looked"


@pytest.fixture
def province():
    return make_unit(Level.PROVINCE)


@pytest.fixture
def commune(province):
    return make_unit(parent=province, name="Xã Có Thay Đổi")


@pytest.fixture
def staff(province):
    return make_user(Role.PROVINCE_STAFF, province, full_name="Cán bộ PV05")


@pytest.fixture
def officer(commune):
    return make_user(Role.COMMUNE_OFFICER, commune, full_name="Cán bộ xã")


def sign_in(client, user):
    client.force_login(user)
    return client


def looked_at(**values) -> SchemePoint:
    """A point that its province has looked at."""
    areas = values.pop("areas", ())
    point = make_point(**values)
    for name in areas:
        point.areas.add(ResidentialArea.objects.create(unit=point.unit, name=name))
    point.area_key = ",".join(str(pk) for pk in sorted(area.pk for area in point.areas.all()))
    point.looked_version = point.version
    point.save()
    return point


def edited(client, officer, point, **changes) -> SchemePoint:
    """After an edit by the commune."""
    assert edit(sign_in(client, officer), point, **changes).status_code == 302
    point.refresh_from_db()
    return point


def shown(client, staff, **query) -> list:
    response = sign_in(client, staff).get(reverse(QUEUE), query)
    assert response.status_code == 200
    return response.context["differences"]


def lines(difference) -> list:
    return [(each.key, each.label, each.old, each.new) for each in difference.lines]


def mark(client, user, *points, **more):
    ticked = [f"{point.pk}:{point.version}" for point in points]
    return sign_in(client, user).post(reverse(LOOKED), {"point": ticked, **more})


def send_back(client, user, point, reasons: dict, version=None):
    data = {REASON + key: reason for key, reason in reasons.items()}
    address = reverse("movements:point-return-lines", args=[point.pk])
    return sign_in(client, user).post(address, data | {"version": version or point.version})


def test_an_edit_lies_in_the_queue_old_beside_new(client, staff, officer, commune):
    scheme = make_scheme(type=camera())
    point = looked_at(
        unit=commune,
        scheme=scheme,
        leader="Nguyễn A",
        members=8,
        attributes={"camera_eyes": 10},
        areas=["Thôn Cũ"],
    )
    edited(
        client,
        officer,
        point,
        leader="Trần B",
        members="hơn 12",
        attr_camera_eyes="14",
        areas=["Thôn Mới"],
        host="Trường Tiểu học",
        as_of="01/02/2026",
    )

    (difference,) = shown(client, staff)

    assert difference.kind == ("changed", "Sửa")
    eyes = scheme.type.attributes.get(key="camera_eyes").label
    assert lines(difference) == [
        ("host", "Cơ quan, đơn vị, cơ sở áp dụng", "–", "Trường Tiểu học"),
        ("leader", "Người phụ trách", "Nguyễn A", "Trần B"),
        ("areas", "Địa bàn", "Thôn Cũ", "Thôn Mới"),
        ("members", "Số thành viên (ngày 01/02/2026)", "8", "hơn 12"),
        ("attr_camera_eyes", f"{eyes} (ngày 01/02/2026)", "10", "14"),
    ]


def test_several_edits_are_one_difference_from_the_last_look(client, staff, officer, commune):
    point = looked_at(unit=commune, leader="A", members=1)
    edited(client, officer, point, leader="B", members="2")
    edited(client, officer, point, leader="C", members="3")

    (difference,) = shown(client, staff)
    assert [line[2:] for line in lines(difference)] == [("A", "C"), ("1", "3")]

    mark(client, staff, point)
    edited(client, officer, point, leader="D")
    (difference,) = shown(client, staff)
    assert lines(difference) == [("leader", "Người phụ trách", "C", "D")]


def test_figures_of_a_past_day_are_named_by_their_day(client, staff, officer, commune):
    point = looked_at(unit=commune, members=8, as_of=date(2025, 8, 1))
    edited(client, officer, point, members="20", as_of="01/02/2026")
    mark(client, staff, point)
    edited(client, officer, point, members="9", as_of="01/08/2025")

    (difference,) = shown(client, staff)

    assert lines(difference) == [
        ("members@2025-08-01", "Số thành viên (ngày 01/08/2025)", "8", "9")
    ]


def test_new_ended_and_voided_points_say_so(client, staff, commune):
    leader = make_user(Role.COMMUNE_LEADER, commune)
    new = make_point(unit=commune)
    ended, voided = looked_at(unit=commune), looked_at(unit=commune)
    mistaken, waiting = make_point(unit=commune), make_point(unit=commune, status=Status.WAITING)
    sign_in(client, leader)
    end = {"on": "01/10/2026", "reason": "Hết nhiệm vụ"}
    client.post(reverse("movements:point-end", args=[ended.pk]), end)
    for point in (voided, mistaken):
        client.post(reverse("movements:point-void", args=[point.pk]), {"reason": "Nhập trùng"})

    found = {each.point.pk: each.kind[0] for each in shown(client, staff)}

    assert found == {new.pk: "new", ended.pk: "ended", voided.pk: "voided"}
    assert {mistaken.pk, waiting.pk}.isdisjoint(found)


def test_looking_takes_a_point_out_of_the_queue(client, staff, officer, commune):
    point = edited(client, officer, looked_at(unit=commune), leader="B")
    updated_at = point.updated_at

    response = mark(client, staff, point)

    assert response.status_code == 302
    assert shown(client, staff) == []
    point.refresh_from_db()
    assert (point.version, point.looked_version, point.updated_by) == (2, 2, officer)
    assert point.updated_at == updated_at
    event = ReviewEvent.objects.about(point).last()
    assert (event.action, event.by) == ("Tỉnh đã xem", staff)


def test_a_change_after_the_page_was_opened_stays_in_the_queue(client, staff, officer, commune):
    point = edited(client, officer, looked_at(unit=commune, leader="A"), leader="B")
    seen = SchemePoint.objects.get(pk=point.pk)
    edited(client, officer, point, leader="C")

    mark(client, staff, seen)

    (difference,) = shown(client, staff)
    assert lines(difference) == [("leader", "Người phụ trách", "B", "C")]


def test_a_page_can_be_looked_at_whole(client, staff, commune):
    points = [make_point(unit=commune) for _ in range(3)]
    other = make_point(unit=commune)
    data = {
        "page": "all",
        "shown": [f"{point.pk}:1" for point in points],
        "point": [f"{other.pk}:1"],
    }

    sign_in(client, staff).post(reverse(LOOKED), data)

    assert [each.point for each in shown(client, staff)] == [other]


def test_two_of_a_province_at_once_look_once(staff, province, commune):
    other = make_user(Role.PROVINCE_STAFF, province)
    point = make_point(unit=commune)
    assert services.mark_looked({point.pk: 1}, by=staff) == 1
    assert services.mark_looked({point.pk: 1}, by=other) == 0
    assert [event.by for event in ReviewEvent.objects.about(point)] == [staff]


def test_a_version_that_is_not_there_yet_is_not_looked_at(staff, commune):
    point = make_point(unit=commune)
    services.mark_looked({point.pk: 99}, by=staff)
    point.refresh_from_db()
    assert point.looked_version == 1


@pytest.mark.parametrize("role", [Role.COMMUNE_OFFICER, Role.COMMUNE_LEADER, Role.COMMITTEE])
def test_a_commune_looks_at_nothing(client, commune, role):
    user, point = make_user(role, commune), make_point(unit=commune)
    sign_in(client, user)

    assert client.get(reverse(QUEUE)).status_code == 403
    assert mark(client, user, point).status_code == 403
    address = reverse("movements:point-return-lines", args=[point.pk])
    assert client.get(address).status_code == 404
    assert send_back(client, user, point, {"": "Vì sao"}).status_code == 404
    assert services.mark_looked({point.pk: 1}, by=user) == 0
    with pytest.raises(TransitionError):
        services.return_lines(point, {"": "Vì sao"}, by=user, version=1)
    point.refresh_from_db()
    assert (point.looked_version, ReturnedLine.objects.count()) == (0, 0)


def test_a_leader_of_a_commune_who_also_works_for_another_province(commune):
    user = make_user(Role.COMMUNE_LEADER, commune)
    user.assignments.create(role=Role.PROVINCE_STAFF, unit=make_unit(Level.PROVINCE))
    point = make_point(unit=commune)
    assert services.queue(user).count() == 0
    assert services.mark_looked({point.pk: 1}, by=user) == 0


def test_another_province_sees_and_does_nothing(client, commune):
    point = make_point(unit=commune)
    stranger = make_user(Role.PROVINCE_STAFF, make_unit(Level.PROVINCE))

    assert shown(client, stranger) == []
    mark(client, stranger, point)
    assert send_back(client, stranger, point, {"": "Vì sao"}).status_code == 404
    point.refresh_from_db()
    assert (point.looked_version, ReturnedLine.objects.count()) == (0, 0)


def test_the_queue_is_by_unit_and_can_be_narrowed(client, staff, province, commune):
    here, there = make_point(unit=commune), make_point(unit=make_unit(parent=province))

    assert [each.point for each in shown(client, staff, unit=commune.key)] == [here]
    assert {each.point for each in shown(client, staff)} == {here, there}
    for wrong in (province.key, "không-có", "'\""):
        assert client.get(reverse(QUEUE), {"unit": wrong}).status_code == 404
    for page in ("0", "x", "9" * 30):
        assert client.get(reverse(QUEUE), {"page": page}).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_does_not_grow(
    client, staff, officer, commune, count, django_assert_num_queries
):
    kind = make_type()
    for number in range(count):
        point = looked_at(
            unit=commune, scheme=make_scheme(type=kind), members=1, areas=[f"Cũ {number}"]
        )
        other = make_scheme(type=kind)
        changes = {"scheme": other.pk, "host": f"Trường {number}", "areas": [f"Mới {number}"]}
        edited(client, officer, point, members="2", source_title=f"Báo {number}", **changes)
        make_point(unit=commune)
    sign_in(client, staff)

    with django_assert_num_queries(15):
        response = client.get(reverse(QUEUE))

    assert len(response.context["differences"]) == 2 * count


def test_a_line_goes_back_with_its_reason_and_the_rest_is_taken(client, staff, officer, commune):
    point = looked_at(unit=commune, leader="A", members=8)
    edited(client, officer, point, leader="B", members="80")
    form = sign_in(client, staff).get(reverse("movements:point-return-lines", args=[point.pk]))
    assert [line.key for line, _ in form.context["form"].rows] == ["leader", "members"]

    response = send_back(client, staff, point, {"members": "Có đúng 80 không?", "leader": " "})

    assert response.status_code == 302
    (line,) = ReturnedLine.objects.all()
    assert (line.field, line.old_text, line.new_text) == ("members", "8", "80")
    assert (line.reason, line.returned_by, line.answered_at) == ("Có đúng 80 không?", staff, None)
    assert shown(client, staff) == []
    point.refresh_from_db()
    assert (point.members, point.status, point.version) == (80, Status.CONFIRMED, 2)
    event = ReviewEvent.objects.about(point).last()
    assert event.action == "Tỉnh trả lại dòng"
    assert "Có đúng 80 không?" in event.reason


def test_the_commune_finds_the_line_and_mends_it(client, staff, officer, commune):
    point = looked_at(unit=commune, leader="A", members=8)
    edited(client, officer, point, leader="B", members="80")
    send_back(client, staff, point, {"members": "Có đúng 80 không?", "leader": "Đúng tên?"})

    sign_in(client, officer)
    page = client.get(reverse("movements:returned-lines"))
    assert [line.field for line, _ in page.context["rows"]] == ["leader", "members"]
    detail = client.get(reverse("movements:point-detail", args=[point.pk])).content.decode()
    assert "Tỉnh trả lại 2 dòng" in detail
    assert "Có đúng 80 không?" in detail

    edited(client, officer, point, members="18")

    lines_now = {line.field: line for line in ReturnedLine.objects.all()}
    assert lines_now["members"].answer == "Đã sửa: 80 → 18"
    assert lines_now["members"].answered_by == officer
    assert lines_now["leader"].answered_at is None
    (difference,) = shown(client, staff)
    assert [line[2:] for line in lines(difference)] == [("80", "18")]
    assert [line.field for line in difference.answered] == ["members"]
    assert [line.field for line in difference.open] == ["leader"]
    text = client.get(reverse("movements:point-history", args=[point.pk])).content.decode()
    assert "Trả lại dòng “Người phụ trách”: Đúng tên?" in text
    assert "Trả lời “Số thành viên (ngày" in text


def test_the_commune_keeps_its_value_and_says_why(client, staff, officer, commune):
    point = edited(client, officer, looked_at(unit=commune, leader="A"), leader="B")
    send_back(client, staff, point, {"leader": "Đúng tên?"})
    line = ReturnedLine.objects.get()
    address = reverse("movements:returned-line-answer", args=[line.pk])
    sign_in(client, officer)

    empty = client.post(address, {"answer": " "})
    assert "Ghi câu trả lời." in empty.content.decode()
    assert client.post(address, {"answer": "Đúng, theo QĐ 5."}).status_code == 302
    assert client.post(address, {"answer": "Lần nữa"}).status_code == 404

    (difference,) = shown(client, staff)
    assert difference.lines == []
    assert [line.answer for line in difference.answered] == ["Đúng, theo QĐ 5."]
    page = client.get(reverse(QUEUE)).content.decode()
    assert "Đúng, theo QĐ 5." in page
    mark(client, staff, difference.point)
    assert shown(client, staff) == []
    edited(client, officer, point, note="Khác")
    (difference,) = shown(client, staff)
    assert difference.answered == []  # seen before


def test_a_reader_and_another_commune_answer_nothing(client, staff, province, officer, commune):
    point = edited(client, officer, looked_at(unit=commune, leader="A"), leader="B")
    send_back(client, staff, point, {"leader": "Đúng tên?"})
    line = ReturnedLine.objects.get()
    address = reverse("movements:returned-line-answer", args=[line.pk])
    for user, status in (
        (make_user(Role.COMMITTEE, commune), 404),
        (make_user(Role.COMMUNE_OFFICER, make_unit(parent=province)), 404),
    ):
        assert (
            sign_in(client, user).post(address, {"answer": "Không phải tôi"}).status_code == status
        )
        with pytest.raises(TransitionError):
            services.answer_line(line, "Không phải tôi", by=user)
    neighbour = make_user(Role.COMMUNE_OFFICER, make_unit(parent=province))
    page = sign_in(client, neighbour).get(reverse("movements:returned-lines"))
    assert page.context["rows"] == []
    reader = make_user(Role.COMMITTEE, commune)
    assert sign_in(client, reader).get(reverse("movements:returned-lines")).status_code == 403
    line.refresh_from_db()
    assert line.answer == ""


def test_what_cannot_be_returned_is_refused_and_nothing_is_written(client, staff, officer, commune):
    point = edited(client, officer, looked_at(unit=commune, leader="A"), leader="B")

    nothing = send_back(client, staff, point, {"leader": ""})
    assert "Ghi lý do ở ít nhất một dòng" in nothing.content.decode()
    stale = send_back(client, staff, point, {"leader": "Đúng tên?"}, version=1)
    assert "vừa được sửa sau khi trang này mở" in stale.content.decode()
    assert "Đúng tên?" in stale.content.decode()
    with pytest.raises(TransitionError, match="Không có dòng"):
        services.return_lines(point, {"members": "Vì sao"}, by=staff, version=2)
    assert not ReturnedLine.objects.exists()
    point.refresh_from_db()
    assert point.looked_version == 1


def test_two_of_a_province_at_once_return_once(staff, province, client, officer, commune):
    point = edited(client, officer, looked_at(unit=commune, leader="A"), leader="B")
    other = make_user(Role.PROVINCE_STAFF, province)
    services.return_lines(point, {"leader": "Đúng tên?"}, by=staff, version=2)

    with pytest.raises(TransitionError, match="đã có người xem"):
        services.return_lines(point, {"leader": "Ai đây?"}, by=other, version=2)

    assert [line.reason for line in ReturnedLine.objects.all()] == ["Đúng tên?"]


def test_an_open_line_is_not_returned_twice(client, staff, officer, commune):
    point = edited(client, officer, looked_at(unit=commune), leader="B")
    services.return_lines(point, {"": "Xem lại cả điểm"}, by=staff, version=2)
    edited(client, officer, point, leader="C")

    with pytest.raises(TransitionError, match="chưa trả lời"):
        services.return_lines(point, {"": "Lần nữa"}, by=staff, version=3)

    (line,) = ReturnedLine.objects.all()
    assert (line.label, line.answered_at) == ("Cả điểm", None)  # an edit alone is no answer to it
