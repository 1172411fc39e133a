"""Many points in one table: all of them or none, errors in their cells, none twice."""

import re
import unicodedata
from datetime import date
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from antq.accounts.models import Draft
from antq.accounts.roles import Role
from antq.review.choices import Status
from antq.review.models import ReviewEvent
from antq.units.choices import Level
from antq.units.models import ResidentialArea
from movements.choices import Block
from movements.models import Scheme, SchemePoint, SchemeType
from tests.factories import make_point, make_scheme, make_unit, make_user, unit
from tests.movements.pages import camera

pytestmark = pytest.mark.django_db
MANY = "movements:point-many"
LIST = "movements:point-list"


@pytest.fixture
def own():
    return make_unit(name="Xã Ia Dreh")


@pytest.fixture
def officer(client, own):
    user = make_user(Role.COMMUNE_OFFICER, own)
    client.force_login(user)
    return user


def row(areas="", **cells) -> dict:
    return {"areas": areas} | cells


def table(own, /, *rows, **head) -> dict:
    """What the page sends: the common part, and a row for each of `rows`."""
    data = {
        "client_uuid": str(uuid4()),
        "type": camera().pk,
        "scheme": "",
        "new_scheme": "Camera an ninh buôn làng",
        "unit": own.key,
        "block": "residential",
        "usual_block": "residential",
        "launched": "03/02/2026",
        "seen_on": "",
        "as_of": "05/02/2026",
        "decision_number": "12/QĐ-UBND",
        "decision_on": "02/02/2026",
        "decision_by": "UBND xã",
        "source_title": "",
        **head,
    }
    for index, cells in enumerate(rows):
        data |= {f"row-{index}-{name}": text for name, text in cells.items()}
    return data


def send(client, data):
    return client.post(reverse(MANY), data)


def errors(response) -> dict:
    """{(row, column): messages}"""
    wrong = response.context["form"].wrong_cells
    return {(row.number, cell.column.name): " ".join(map(str, cell.errors)) for row, cell in wrong}


def twelve():
    return [row(f"Buôn {letter}", members=str(5 + n)) for n, letter in enumerate("ABCDEGHIKLMN")]


def test_a_table_makes_its_points(client, own, officer):
    camera_row = row(
        "Buôn Krih; Buôn Nai",
        location="Ngã ba",
        leader="Ksor H'Lan",
        members="hơn 1.234",
        households="300",
        attr_camera_eyes="12",
        attr_monitoring_place="Trụ sở",
    )
    response = send(client, table(own, camera_row, row(), row("Buôn H'Mung")))

    assert response.url == f"{reverse(LIST)}?sort=entered"
    first, second = SchemePoint.objects.order_by("pk")
    assert [area.name for area in first.areas.order_by("pk")] == ["Buôn Krih", "Buôn Nai"]
    assert (first.location, first.leader, first.count) == ("Ngã ba", "Ksor H'Lan", 1)
    assert (first.members, first.households, first.teams) == (1234, 300, None)
    assert first.attributes == {"camera_eyes": 12, "monitoring_place": "Trụ sở"}
    assert first.qualifiers == {"members": "over"}
    assert [area.name for area in second.areas.all()] == ["Buôn H'Mung"]
    for point in (first, second):
        assert (point.unit, point.scheme.name) == (own, "Camera an ninh buôn làng")
        assert (point.launched_on, point.seen_on) == (date(2026, 2, 3), None)
        assert (point.decision_number, point.decision_on) == ("12/QĐ-UBND", date(2026, 2, 2))
        assert (point.decision_by, point.block) == ("UBND xã", Block.RESIDENTIAL)
        assert (point.status, point.created_by) == (Status.WAITING, officer)
        assert [state.as_of for state in point.states.all()] == [date(2026, 2, 5)]
        assert [event.action for event in ReviewEvent.objects.about(point)] == ["Nhập mới"]
    assert Scheme.objects.get(name="Camera an ninh buôn làng").points.count() == 2
    text = client.get(response.url).content.decode()
    assert "Đã lưu 2 điểm và trình lãnh đạo duyệt." in text
    assert "Đã thêm địa bàn mới: Buôn H&#x27;Mung, Buôn Krih, Buôn Nai." in text


def test_the_table_of_a_leader_is_confirmed_at_once(client, own):
    client.force_login(make_user(Role.COMMUNE_LEADER, own))

    response = send(client, table(own, *twelve()))

    assert response.url == f"{reverse(LIST)}?sort=entered"
    assert {point.status for point in SchemePoint.objects.all()} == {Status.CONFIRMED}
    assert SchemePoint.objects.count() == 12


def test_two_wrong_cells_and_nothing_is_saved(client, own, officer):
    rows = twelve()
    rows[2]["members"], rows[6]["areas"] = "mười", ""

    response = send(client, table(own, *rows))

    assert response.status_code == 200
    assert not SchemePoint.objects.exists()
    assert not Scheme.objects.exists()
    assert not ResidentialArea.objects.filter(unit=own).exists()
    found = errors(response)
    assert set(found) == {(3, "members"), (7, "areas")}
    assert "Nhập một số" in found[3, "members"]
    assert found[7, "areas"] == "Ghi địa bàn hoặc vị trí để biết điểm ở đâu."
    page = response.content.decode()
    cell = re.search(r'<input[^>]*name="row-2-members"[^>]*>', page)[0]
    assert 'value="mười"' in cell
    assert 'aria-invalid="true"' in cell
    assert 'aria-describedby="error_row-2-members"' in cell
    assert 'id="error_row-2-members"' in page
    assert 'href="#id_row-2-members">dòng 3, Số thành viên</a>' in page
    assert 'name="row-11-areas" value="Buôn N"' in page


@pytest.mark.parametrize(
    ("head", "field"),
    [
        ({"type": ""}, "type"),
        ({"new_scheme": ""}, "scheme"),
        ({"launched": "31/02/2026"}, "launched"),
        ({"launched": "", "seen_on": ""}, "seen_on"),
        ({"as_of": "01/02/2026"}, "as_of"),
        ({"unit": "không-có"}, "unit"),
        ({"client_uuid": "x"}, "client_uuid"),
    ],
)
def test_what_is_wrong_in_the_common_part_saves_nothing(client, own, officer, head, field):
    response = send(client, table(own, row("Buôn A", members="x"), **head))

    assert response.status_code == 200
    assert field in response.context["form"].errors
    assert (1, "members") in errors(response)  # all that is wrong is said at once
    assert not SchemePoint.objects.exists()


def test_a_table_without_rows_is_refused(client, own, officer):
    response = send(client, table(own, row("  "), row()))

    assert "Chưa có dòng nào" in response.content.decode()
    assert not SchemePoint.objects.exists()


def test_sent_again_after_a_dropped_line_makes_none_twice(client, own, officer):
    data = table(own, *twelve())
    send(client, data)

    response = client.post(reverse(MANY), data, follow=True)

    assert SchemePoint.objects.count() == 12
    assert "12 dòng của bảng này đã được lưu từ lần gửi trước" in response.content.decode()


def test_rows_added_to_a_saved_table_are_saved_alone(client, own, officer):
    data = table(own, *twelve()[:3])
    send(client, data)

    response = client.post(reverse(MANY), data | {"row-3-areas": "Buôn Mới"}, follow=True)

    assert SchemePoint.objects.count() == 4
    text = response.content.decode()
    assert "3 dòng của bảng này đã được lưu từ lần gửi trước" in text
    assert "Đã lưu 1 điểm" in text


def test_a_place_twice_in_the_table_is_an_error_in_its_cell(client, own, officer):
    ResidentialArea.objects.create(unit=own, name="Buôn Krih", aliases="Buôn Chư Krih")
    same = [row("Buôn Krih"), row("buon chu krih"), row("Buôn Krih", location="Chợ")]

    response = send(client, table(own, *same))

    assert set(errors(response)) == {(2, "areas")}
    assert "Trùng nơi với dòng 1" in errors(response)[2, "areas"]
    assert not SchemePoint.objects.exists()


def test_a_place_twice_is_said_though_other_cells_are_wrong(client, own, officer):
    rows = [row("Buôn Krih", members="x"), row("Buôn Krih"), row(members="x")]

    found = errors(send(client, table(own, *rows)))

    assert set(found) == {(1, "members"), (2, "areas"), (3, "areas"), (3, "members")}


def test_a_place_that_stands_in_the_book_is_named_in_its_cell(client, own, officer):
    area = ResidentialArea.objects.create(unit=own, name="Buôn Krih")
    scheme = make_scheme(type=camera())
    point = make_point(unit=own, scheme=scheme)
    point.areas.add(area)
    SchemePoint.objects.filter(pk=point.pk).update(area_key=str(area.pk))
    rows = [row("BUÔN KRIH"), row("Buôn Nai")]

    response = send(client, table(own, *rows, scheme=scheme.pk, new_scheme=""))

    assert set(errors(response)) == {(1, "areas")}
    assert reverse("movements:point-detail", args=[point.pk]) in errors(response)[1, "areas"]
    assert SchemePoint.objects.count() == 1


def test_an_ended_or_voided_point_leaves_its_place_free(client, own, officer):
    scheme = make_scheme(type=camera())
    make_point(unit=own, scheme=scheme, location="Chợ", ended_on=date(2026, 1, 1))
    make_point(unit=own, scheme=scheme, location="Chợ", status=Status.VOIDED, status_reason="nhầm")

    send(client, table(own, row(location="Chợ"), scheme=scheme.pk, new_scheme=""))

    assert SchemePoint.objects.filter(status=Status.WAITING).count() == 1


def test_an_area_of_the_past_is_refused_with_what_it_is_now(client, own, officer):
    now = ResidentialArea.objects.create(unit=own, name="Thôn Mới")
    past = ResidentialArea.objects.create(unit=own, name="Thôn Cũ", valid_to=date(2026, 1, 1))
    past.successors.add(now)

    response = send(client, table(own, row("Thôn Cũ")))

    assert "nay là Thôn Mới" in errors(response)[1, "areas"]
    assert ResidentialArea.objects.filter(unit=own).count() == 2


def test_text_of_another_normal_form_is_one_place(client, own, officer):
    area = ResidentialArea.objects.create(unit=own, name="Buôn Hồng Lạc")

    send(client, table(own, row(unicodedata.normalize("NFD", "Buôn Hồng Lạc"))))

    assert list(SchemePoint.objects.get().areas.all()) == [area]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("có", True), ("X", True), ("khong", False), ("", None), ("chưa rõ", None)],
)
def test_yes_and_no_are_typed_as_people_write_them(client, own, officer, typed, stored):
    kind = SchemeType.objects.get(code="to-tu-quan")
    data = table(own, row("Buôn A", attr_has_regulation=typed), type=kind.pk, new_scheme="Tổ A")

    send(client, data)

    assert SchemePoint.objects.get().attributes.get("has_regulation") is stored


def test_a_word_that_is_no_choice_is_an_error_in_its_cell(client, own, officer):
    kind = SchemeType.objects.get(code="to-tu-quan")
    data = table(own, row("Buôn A", attr_has_regulation="đang làm"), type=kind.pk)

    response = send(client, data)

    assert errors(response)[1, "attr_has_regulation"].startswith("Ghi một trong: Có, Không")
    assert not SchemePoint.objects.exists()


def test_a_part_greater_than_its_whole_is_an_error_in_its_cell(client, own, officer):
    data = table(own, row("Buôn A", attr_camera_eyes="5", attr_eyes_broken="9"))

    assert (1, "attr_eyes_broken") in errors(send(client, data))


def test_a_scheme_of_bodies_asks_for_the_body(client, own, officer):
    kind = SchemeType.objects.get(code="cong-truong")
    page = client.get(reverse(MANY), {"type": kind.pk})
    assert [column.name for column in page.context["form"].columns][:2] == ["host", "areas"]

    head = {"type": kind.pk, "block": "school", "usual_block": "school"}
    rows = [row(host="Trường THCS Ia Dreh"), row(host="Trường Tiểu học Ia Dreh")]
    send(client, table(own, *rows, **head))

    hosts = {point.host.name for point in SchemePoint.objects.all()}
    assert hosts == {"Trường THCS Ia Dreh", "Trường Tiểu học Ia Dreh"}


def test_points_from_before_the_commune_ask_where_they_were(client):
    own = unit("W24100@2025-07-01")  # made of two communes on 1/7/2025
    client.force_login(make_user(Role.COMMUNE_OFFICER, own))
    rows = [row("Buôn Jú"), row("Buôn Nai")]
    data = table(own, *rows, launched="01/03/2024", as_of="01/04/2024")
    asked = send(client, data)
    assert "then_unit" in asked.context["form"].errors

    then = asked.context["form"].then_choices[0]
    send(client, data | {"then_unit": then.key})

    assert {point.unit for point in SchemePoint.objects.all()} == {then}
    assert SchemePoint.objects.count() == 2


def test_more_than_two_hundred_rows_are_refused_and_kept(client, own, officer):
    rows = [row(f"Thôn {number}") for number in range(201)]

    response = send(client, table(own, *rows))

    text = response.content.decode()
    assert "Bảng có 201 dòng, mỗi lần lưu không quá 200 dòng." in text
    assert 'name="row-200-areas" value="Thôn 200"' in text
    assert not SchemePoint.objects.exists()


def test_ten_more_rows_without_a_script_keep_what_was_typed(client, own, officer):
    data = table(own, row("Buôn A", members="hơn"), more="1", decision_number="chưa x")

    response = send(client, data)

    form = response.context["form"]
    assert len(form.rows) == 11
    text = response.content.decode()
    assert 'name="row-0-members" value="hơn"' in text
    assert "chưa x" in text
    assert "is-invalid" not in text
    assert not SchemePoint.objects.exists()


def test_a_new_type_draws_its_columns_and_keeps_the_rows(client, own, officer):
    kind = SchemeType.objects.get(code="to-tu-quan")
    data = table(own, row("Buôn A", members="x9"), type=kind.pk)

    response = client.post(reverse("movements:point-many-fields"), data)

    text = response.content.decode()
    assert 'name="row-0-attr_patrol_members"' in text
    assert "attr_camera_eyes" not in text
    assert 'name="row-0-members" value="x9"' in text
    assert not SchemePoint.objects.exists()


def test_readers_and_others_may_not(client, own):
    stranger = make_user(Role.COMMUNE_OFFICER)
    client.force_login(stranger)
    response = send(client, table(own, row("Buôn A")))
    assert "unit" in response.context["form"].errors
    assert not SchemePoint.objects.exists()

    client.force_login(make_user(Role.COMMITTEE, own))
    assert client.get(reverse(MANY)).status_code == 403
    assert send(client, table(own, row("Buôn A"))).status_code == 403
    assert client.post(reverse("movements:point-many-fields"), {}).status_code == 403


def test_areas_need_a_commune(client):
    province = make_unit(Level.PROVINCE)
    client.force_login(make_user(Role.PROVINCE_STAFF, province))

    response = send(client, table(province, row("Thôn 1"), row(location="Toàn tỉnh")))

    assert set(errors(response)) == {(1, "areas")}


@pytest.mark.parametrize("query", ["type=x&unit=y", "type=99999999999999999999", "row-0-areas=1"])
def test_strange_addresses_are_no_fault(client, own, officer, query):
    assert client.get(f"{reverse(MANY)}?{query}").status_code == 200


def test_the_queries_of_a_page_do_not_grow_with_its_rows(client, own, officer):
    def queries(rows):
        data = table(own, *[row(f"Thôn {n}", members="x") for n in range(rows)])
        with CaptureQueriesContext(connection) as seen:
            send(client, data | {"type": ""})
        return len(seen)

    queries(1)
    assert queries(3) == queries(40)


def test_each_row_saved_costs_the_same(client, own, officer):
    for number in range(30):
        ResidentialArea.objects.create(unit=own, name=f"Thôn {number}")

    def queries(first, rows):
        with CaptureQueriesContext(connection) as seen:
            send(client, table(own, *[row(f"Thôn {first + n}") for n in range(rows)]))
        return len(seen)

    queries(0, 1)
    one, three, five = queries(1, 1), queries(2, 3), queries(5, 5)
    assert five - three == three - one


def test_a_draft_is_drawn_as_it_was_typed_and_goes_when_saved(client, own, officer):
    data = table(own, row("Buôn A; Bu", members="hơn"), launched="03/02/20")
    fields = [[name, [str(value)]] for name, value in data.items()]
    Draft.objects.create(user=officer, form="point-many", fields=fields)

    text = client.get(f"{reverse(MANY)}?draft=1").content.decode()
    assert 'name="row-0-areas" value="Buôn A; Bu"' in text
    assert 'name="row-0-members" value="hơn"' in text
    assert 'value="03/02/20"' in text
    assert data["client_uuid"] in text
    assert "data-draft-typed" in text

    saved = {"launched": "03/02/2026", "row-0-members": "5", "_draft": "point-many"}
    send(client, data | saved)
    assert not Draft.objects.exists()
    assert 'data-saved="point-many"' in client.get(reverse(LIST)).content.decode()
    assert 'data-saved=""' in client.get(reverse(LIST)).content.decode()
