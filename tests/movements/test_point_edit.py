"""Changing a point: what is kept, what is recorded, and two editors at once."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from antq.accounts.roles import Role
from antq.core.dates import vn_date
from antq.review.choices import Status
from antq.review.models import ReviewEvent, Source
from movements.services.points import record_state
from tests.factories import make_point, make_scheme, make_unit, make_user, unit
from tests.movements.pages import camera, edit, retyped

pytestmark = pytest.mark.django_db


@pytest.fixture
def point():
    return make_point(
        scheme=make_scheme(type=camera(), name="Camera buôn"),
        members=6,
        attributes={"camera_eyes": 8, "retention_days": 30},
        qualifiers={"camera_eyes": "over"},
        leader="Ksor H'Lan",
    )


@pytest.fixture
def officer(client, point):
    user = make_user(Role.COMMUNE_OFFICER, point.unit, full_name="Nay H'Linh")
    client.force_login(user)
    return user


def states(point):
    return [(each.as_of, each.members, each.attributes) for each in point.states.order_by("as_of")]


def test_form_shows_what_is_stored(client, officer, point):
    data = retyped(client, point)
    shown = {name: data[name] for name in ("members", "attr_camera_eyes", "launched", "as_of")}
    assert shown == {
        "members": "6",
        "attr_camera_eyes": "hơn 8",
        "launched": "01/08/2025",
        "as_of": vn_date(localdate()),
    }


def test_saving_without_a_change_changes_nothing(client, officer, point):
    before = (states(point), point.version)
    response = edit(client, point)
    point.refresh_from_db()
    assert response.status_code == 302
    assert (states(point), point.version) == before
    assert not ReviewEvent.objects.about(point).exists()


def test_new_leader_invents_no_figures_and_stays_confirmed(client, officer, point):
    before = states(point)
    edit(client, point, leader="Rơ Châm Bình")
    point.refresh_from_db()
    assert (point.leader, point.status, point.version) == ("Rơ Châm Bình", Status.CONFIRMED, 2)
    assert point.updated_by == officer
    assert states(point) == before
    (event,) = ReviewEvent.objects.about(point)
    assert (event.action, event.reason) == (
        "Sửa",
        "Người phụ trách: Ksor H'Lan → Rơ Châm Bình",
    )


def test_the_trail_says_what_became_of_what(client, officer, point):
    edit(
        client,
        point,
        members="99",
        attr_camera_eyes="",
        as_of="01/06/2026",
        leader="",
        block="school",
        areas=["Buôn Chính"],
        note="rất dài " * 100,
        location="Ngã ba chợ",
    )
    (event,) = ReviewEvent.objects.about(point)
    assert event.reason.startswith(
        "Số thành viên: 6 → 99; Số mắt camera: hơn 8 → – (tính đến ngày 01/06/2026); "
    )
    for words in (
        "Khối: khu dân cư → cơ sở giáo dục",
        "Người phụ trách: Ksor H'Lan → –",
        "Địa bàn (thôn, làng, buôn, tổ dân phố): – → Buôn Chính",
        "Vị trí: – → Ngã ba chợ",
        "Ghi chú: – → rất dài rất dài",
    ):
        assert words in event.reason
    assert "…" in event.reason
    assert len(event.reason) <= 500


def test_a_trail_that_is_too_long_is_cut(client, officer, point):
    texts = ("leader", "location", "decision_by", "note", "decision_number", "host")
    many = dict.fromkeys(texts, "chữ rất dài " * 5)
    changes = many | {"areas": [f"Buôn số {number}" for number in range(30)], "launched": "2025"}
    edit(client, point, **changes, members="1", teams="2", households="3")
    (event,) = ReviewEvent.objects.about(point)
    assert len(event.reason) <= 500


def test_old_and_new_are_of_the_day_that_is_given(client, officer, point):
    edit(client, point, members="20", as_of="01/06/2026")
    edit(client, point, members="9", as_of="01/08/2025")
    last = ReviewEvent.objects.about(point).last()
    assert last.reason == "Số thành viên: 6 → 9 (tính đến ngày 01/08/2025)"


class TestAnotherDay:
    """The day for which figures are given is changed in the form of a known point."""

    @pytest.fixture
    def fields(self, client, officer, point):
        record_state(
            point,
            as_of=date(2026, 6, 1),
            by=None,
            members=20,
            attributes={"camera_eyes": 12},
        )
        url = reverse("movements:point-edit-fields", args=[point.pk])
        shown = retyped(client, point)

        def drawn(**changes):
            response = client.get(url, shown | changes)
            assert response.status_code == 200
            form = response.context["form"]
            names = ("members", "teams", "attr_camera_eyes", "attr_retention_days", "shown_for")
            return tuple(form[name].field.prepare_value(form[name].value()) for name in names)

        return drawn

    def test_draws_the_figures_of_that_day(self, fields):
        today = vn_date(localdate())
        assert fields() == ("20", "", "12", "", today)
        assert fields(as_of="31/05/2026") == ("6", "", "hơn 8", "30", "31/05/2026")
        assert fields(as_of="2020-01-01") == ("6", "", "hơn 8", "30", "01/01/2020")

    def test_keeps_what_was_typed_anew(self, fields):
        assert fields(as_of="31/05/2026", members="7", teams="2") == (
            "7",
            "2",
            "hơn 8",
            "30",
            "31/05/2026",
        )
        assert fields(as_of="31/05/2026", members="bảy")[0] == "bảy"

    @pytest.mark.parametrize("day", ["", "hôm qua", "31/02/2026", "01/01/2099", "9" * 5000])
    def test_what_is_no_day_draws_nothing_else(self, fields, day):
        assert fields(as_of=day)[:3] == ("20", "", "12")
        assert fields(shown_for=day)[:3] == ("20", "", "12")

    def test_saved_as_shown(self, client, point, fields):
        data = retyped(client, point, members="6", attr_camera_eyes="9", attr_retention_days="30")
        data |= {"as_of": "01/08/2025", "shown_for": "01/08/2025"}
        assert (
            client.post(reverse("movements:point-edit", args=[point.pk]), data).status_code == 302
        )
        old, new = states(point)
        assert old == (date(2025, 8, 1), 6, {"camera_eyes": 9, "retention_days": 30})
        assert new == (date(2026, 6, 1), 20, {"camera_eyes": 12})
        event = ReviewEvent.objects.about(point).last()
        assert event.reason == "Số mắt camera: hơn 8 → 9 (tính đến ngày 01/08/2025)"

    def test_only_for_those_who_may_edit(self, client, point):
        url = reverse("movements:point-edit-fields", args=[point.pk])
        for user in (
            make_user(Role.COMMITTEE, point.unit),
            make_user(Role.COMMUNE_OFFICER, make_unit()),
        ):
            client.force_login(user)
            assert client.get(url).status_code == 404

    def test_the_page_asks_for_it(self, client, officer, point):
        page = client.get(reverse("movements:point-edit", args=[point.pk])).content.decode()
        field = page[page.index('id="id_as_of"') - 300 :][:600]
        assert f'hx-get="{reverse("movements:point-edit-fields", args=[point.pk])}"' in field
        page = client.get(reverse("movements:point-detail", args=[point.pk])).content.decode()
        assert "Số liệu sớm nhất cũng được dùng cho những ngày trước đó" in page


def test_new_figures_hold_from_their_day(client, officer, point):
    edit(client, point, attr_camera_eyes="12", as_of="01/06/2026")
    point.refresh_from_db()
    assert states(point) == [
        (date(2025, 8, 1), 6, {"camera_eyes": 8, "retention_days": 30}),
        (date(2026, 6, 1), 6, {"camera_eyes": 12, "retention_days": 30}),
    ]
    assert (point.attributes["camera_eyes"], point.qualifiers) == (12, {})
    assert point.states.get(as_of=date(2025, 8, 1)).valid_to == date(2026, 5, 31)


def test_the_same_day_corrects(client, officer, point):
    edit(client, point, members="7", as_of="01/08/2025")
    assert states(point) == [(date(2025, 8, 1), 7, {"camera_eyes": 8, "retention_days": 30})]


def test_earlier_figures_leave_the_latest_on_the_point(client, officer, point):
    edit(client, point, members="20", as_of="01/06/2026")
    edit(client, point, members="9", as_of="01/01/2026")
    point.refresh_from_db()
    assert [members for _, members, _ in states(point)] == [6, 9, 20]
    assert point.members == 20


def test_correcting_an_old_figure_leaves_the_others_of_that_day(client, officer, point):
    edit(client, point, members="20", attr_camera_eyes="12", as_of="01/06/2026")
    edit(client, point, attr_camera_eyes="9", as_of="01/08/2025")
    point.refresh_from_db()
    old, new = states(point)
    assert old == (date(2025, 8, 1), 6, {"camera_eyes": 9, "retention_days": 30})
    assert new == (date(2026, 6, 1), 20, {"camera_eyes": 12, "retention_days": 30})
    assert point.states.first().qualifiers == {}


def test_figures_of_a_day_to_come_are_not_recorded(point):
    with pytest.raises(ValueError, match="has come"):
        record_state(point, as_of=localdate() + timedelta(days=1), by=None, members=7777)


def test_emptied_figures_become_unknown(client, officer, point):
    edit(client, point, members="", attr_camera_eyes="", as_of="01/06/2026")
    point.refresh_from_db()
    assert point.members is None
    assert point.attributes == {"retention_days": 30}


def test_figures_of_a_key_that_the_form_does_not_know_are_kept(client, officer):
    point = make_point(scheme=make_scheme(type=camera()), attributes={"old_key": 3})
    client.force_login(make_user(Role.COMMUNE_OFFICER, point.unit))
    edit(client, point, attr_camera_eyes="4")
    point.refresh_from_db()
    assert point.attributes == {"old_key": 3, "camera_eyes": 4}


def test_launch_after_the_end_is_refused(client, officer, point):
    point.ended_on = date(2026, 1, 1)
    point.save()
    response = edit(client, point, launched="02/01/2026")
    assert "ngày kết thúc (01/01/2026)" in response.context["form"].errors["launched"][0]
    point.refresh_from_db()
    assert point.launched_on == date(2025, 8, 1)


def test_a_returned_point_waits_again_when_it_is_saved(client, officer, point):
    point.status, point.status_reason = Status.RETURNED, "Thiếu số quyết định"
    point.save()
    page = client.get(reverse("movements:point-edit", args=[point.pk])).content.decode()
    assert "Thiếu số quyết định" in page
    edit(client, point, decision_number="12/QĐ-UBND")
    point.refresh_from_db()
    assert (point.status, point.status_reason) == (Status.WAITING, "")
    actions = [event.action for event in ReviewEvent.objects.about(point)]
    assert actions == ["Sửa", "Chờ duyệt"]


def test_a_point_of_the_past_stays_where_it_was_made(client):
    rmok = unit("W24103@2025-06-30")
    point = make_point(unit=rmok, launched_on=None, seen_on=date(2024, 8, 16))
    client.force_login(make_user(Role.COMMUNE_OFFICER, unit("W24100@2025-07-01")))
    response = edit(client, point, leader="Rơ Châm Bình")
    assert response.status_code == 302
    point.refresh_from_db()
    assert (point.unit, point.leader) == (rmok, "Rơ Châm Bình")


def test_a_point_of_a_closed_district_stays_there(client):
    district = unit("W24103@2025-06-30").parent
    point = make_point(unit=district, launched_on=None, seen_on=date(2024, 8, 16))
    client.force_login(make_user(Role.PROVINCE_STAFF, unit("P52@2025-07-01")))
    edit(client, point, leader="Rơ Châm Bình")
    edit(client, point, seen_on="15/08/2024")
    point.refresh_from_db()
    assert (point.unit, point.seen_on) == (district, date(2024, 8, 15))


class TestTwoEditors:
    def test_the_second_is_told_what_differs_and_loses_nothing(self, client, officer, point):
        second = retyped(client, point, leader="Siu Bin", location="Ngã ba chợ")
        edit(client, point, leader="Rơ Châm Bình")

        response = client.post(reverse("movements:point-edit", args=[point.pk]), second)

        point.refresh_from_db()
        assert (point.leader, point.location) == ("Rơ Châm Bình", "")
        page = response.content.decode()
        assert "Nay H&#x27;Linh đã lưu điểm này lúc" in page
        assert response.context["form"].differences == [
            ("Vị trí", "–", "Ngã ba chợ"),
            ("Người phụ trách", "Rơ Châm Bình", "Siu Bin"),
        ]
        assert 'value="Siu Bin"' in page
        assert f'name="version" value="{point.version}"' in page

        again = second | {"version": point.version}
        url = reverse("movements:point-edit", args=[point.pk])
        assert client.post(url, again).status_code == 302
        point.refresh_from_db()
        assert (point.leader, point.location) == ("Siu Bin", "Ngã ba chợ")

    @pytest.mark.parametrize("version", ["", "0", "abc", "9" * 40])
    def test_a_strange_version_saves_nothing(self, client, officer, point, version):
        response = edit(client, point, version=version, leader="Siu Bin")
        assert response.status_code == 200
        point.refresh_from_db()
        assert point.leader == "Ksor H'Lan"

    def test_a_confirmation_in_between_is_a_change_too(self, client, officer, point):
        typed = retyped(client, point, leader="Siu Bin")
        point.version += 1
        point.save()
        response = client.post(reverse("movements:point-edit", args=[point.pk]), typed)
        assert response.context["form"].conflict


@pytest.mark.parametrize("role", [Role.COMMITTEE, Role.VIEWER])
def test_who_only_reads_may_not_change(client, point, role):
    client.force_login(make_user(role, point.unit))
    url = reverse("movements:point-edit", args=[point.pk])
    assert client.get(url).status_code == 404
    assert client.post(url, {"leader": "Siu Bin"}).status_code == 404


def test_another_province_may_not_change(client, point):
    client.force_login(make_user(Role.PROVINCE_STAFF, make_unit().parent))
    url = reverse("movements:point-edit", args=[point.pk])
    assert client.get(url).status_code == 404
    assert client.post(url, {"leader": "Siu Bin"}).status_code == 404


def test_a_voided_point_may_not_be_changed(client, officer, point):
    point.status, point.status_reason = Status.VOIDED, "Nhập nhầm"
    point.save()
    assert client.get(reverse("movements:point-edit", args=[point.pk])).status_code == 404


def test_figures_in_the_future_are_refused(client, officer, point):
    tomorrow = vn_date(localdate() + timedelta(days=1))
    response = edit(client, point, members="9", as_of=tomorrow)
    assert list(response.context["form"].errors) == ["as_of"]
    assert [members for _, members, _ in states(point)] == [6]


def test_a_stored_text_in_a_number_is_shown_and_asked_to_be_mended(client, officer):
    point = make_point(scheme=make_scheme(type=camera()), attributes={"camera_eyes": "nhiều"})
    client.force_login(make_user(Role.COMMUNE_OFFICER, point.unit))
    assert client.get(reverse("movements:point-detail", args=[point.pk])).status_code == 200
    response = edit(client, point, leader="Siu Bin")
    assert list(response.context["form"].errors) == ["attr_camera_eyes"]


def test_a_source_is_named_taken_again_and_left(client, officer, point):
    edit(client, point, source_title="Báo cáo số 12/BC-CAX")
    point.refresh_from_db()
    first = point.source
    assert (first.title, first.kind) == ("Báo cáo số 12/BC-CAX", "document")

    other = make_point(unit=point.unit, location="chợ")
    edit(client, other, source_title="Báo cáo số 12/BC-CAX")
    other.refresh_from_db()
    assert other.source == first

    edit(client, other, source_title="")
    other.refresh_from_db()
    assert (other.source, Source.objects.count()) == (None, 1)


def test_sources_of_another_province_are_not_offered(client, officer, point):
    theirs = Source.objects.create(kind="report", title="Báo cáo mật của tỉnh khác")
    make_point(source=theirs)
    page = client.get(reverse("movements:point-edit", args=[point.pk])).content.decode()
    assert theirs.title not in page


def test_control_characters_that_were_typed_reach_no_trail(client):
    point = make_point(location="chợ")
    client.force_login(make_user(Role.COMMUNE_OFFICER, point.unit))
    typed = retyped(client, point)

    client.post(reverse("movements:point-edit", args=[point.pk]), typed | {"location": "chợ\0 lớn"})

    point.refresh_from_db()
    assert point.location == "chợ lớn"
    assert "chợ → chợ lớn" in ReviewEvent.objects.about(point).get().reason
