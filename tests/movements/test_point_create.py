"""Entering a new point, as an officer does and as the database remembers it."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from antq.accounts.roles import Role
from antq.core.dates import vn_date
from antq.review.choices import Status
from antq.review.models import ReviewEvent
from antq.units.models import ResidentialArea, UnitSuccession
from movements.choices import CatalogueStatus
from movements.models import PointState, Scheme, SchemePoint, SchemeType
from movements.services.places import province_of
from tests.factories import make_scheme, make_unit, make_user, unit
from tests.movements.pages import NEW, camera, only_point, typed

pytestmark = pytest.mark.django_db
IA_DREH = "W24100@2025-07-01"


@pytest.fixture
def commune():
    return make_unit()


@pytest.fixture
def officer(client, commune):
    user = make_user(Role.COMMUNE_OFFICER, commune)
    client.force_login(user)
    return user


def send(client, data):
    return client.post(reverse(NEW), data)


def errors_of(response) -> dict:
    assert response.status_code == 200
    return {name: list(errors) for name, errors in response.context["form"].errors.items()}


def nothing_is_saved() -> bool:
    return not any(table.objects.exists() for table in (SchemePoint, Scheme, PointState))


def test_officer_enters_a_camera_point(client, officer, commune):
    response = send(client, typed(commune))

    point = only_point()
    assert response.url == reverse("movements:point-detail", args=[point.pk])
    assert point.status == Status.WAITING
    assert (point.unit, point.launched_on, point.count) == (commune, date(2026, 2, 3), 1)
    assert (point.members, point.teams, point.households) == (6, None, None)
    assert point.attributes == {
        "camera_eyes": 12,
        "retention_days": 30,
        "monitoring_place": "Trụ sở Công an xã",
    }
    assert point.qualifiers == {}
    assert (point.funding_state, point.funding_social) == (None, 80_000_000)
    assert point.seen_on is None
    assert [state.as_of for state in point.states.all()] == [date(2026, 2, 5)]
    assert [area.name for area in point.areas.all()] == ["Buôn H'Mung"]
    assert point.area_key == str(point.areas.get().pk)
    assert point.created_by == point.updated_by == officer
    scheme = point.scheme
    assert (scheme.type, scheme.status) == (camera(), CatalogueStatus.PROPOSED)
    assert scheme.owner == province_of(commune)
    assert [event.action for event in ReviewEvent.objects.about(point)] == ["Nhập mới"]


def test_the_only_unit_is_shown_as_text_and_its_areas_are_offered(client, officer, commune):
    ResidentialArea.objects.create(unit=commune, name="Buôn Chính")
    page = client.get(reverse(NEW)).content.decode()
    assert f"Đơn vị: <b>{commune.full_name}</b>" in page
    assert 'option value="Buôn Chính"' in page
    assert "Lưu và trình lãnh đạo" in page
    assert "bí mật nhà nước" in page


def test_impossible_day_stands_beside_its_field_and_nothing_typed_is_lost(client, officer, commune):
    response = send(client, typed(commune, launched="31/02/2026"))

    errors = errors_of(response)
    assert list(errors) == ["launched"]
    assert "Tháng 2 năm 2026 chỉ có 28 ngày" in errors["launched"][0]
    page = response.content.decode()
    names = ("Camera giám sát buôn", "Ksor H&#x27;Lan")
    for text in ("31/02/2026", "12/QĐ-UBND", "80.000.000", *names):
        assert f'value="{text}"' in page
    assert 'name="attr_camera_eyes" value="12"' in page
    assert '<option value="Buôn H&#x27;Mung" selected>' in page
    assert nothing_is_saved()


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("members", "-3", "từ 0 trở lên"),
        ("members", "nhiều", "Nhập một số"),
        ("attr_camera_eyes", "nhiều", "Nhập một số"),
        ("attr_camera_eyes", "-1", "từ 0 trở lên"),
        ("attr_camera_eyes", "1,5", "số nguyên"),
        ("attr_retention_days", "4.000", "không quá 3.650"),
        ("count", "0", "từ 1 trở lên"),
        ("count", "hơn 3", "Nhập số chính xác"),
        ("launched", "01/01/2099", "chưa đến"),
        ("decision_on", "01/01/2099", "chưa đến"),
        ("as_of", "01/01/2099", "chưa đến"),
        ("as_of", "02/02/2026", "03/02/2026"),
        ("as_of", "", "bắt buộc"),
        ("funding_social", "-1", "từ 0 trở lên"),
        ("funding_social", "9" * 30, "không quá"),
        ("members", "9999999999", "không quá"),
        ("type", "abc", "hợp lệ"),
        ("block", "abc", ""),
        ("new_scheme", "", None),
        ("new_scheme", "x" * 251, "250"),
        ("areas", ["x" * 151], "150"),
        ("host", "x" * 251, "250"),
        ("unit", "W00007@2025-06-30", "phạm vi"),
        ("unit", "khong-co", "phạm vi"),
        ("client_uuid", "abc", ""),
    ],
)
def test_bad_input_is_an_error_beside_its_field(client, officer, commune, field, value, says):
    errors = errors_of(send(client, typed(commune, **{field: value})))
    if says is None:  # a name is missing: said where one is picked
        field, says = "scheme", "Chọn tên mô hình"
    assert says in " ".join(errors[field])
    assert nothing_is_saved()


def test_control_characters_are_left_out_of_texts(client, officer, commune):
    send(client, typed(commune, leader="Ksor\0 H'Lan\x08", areas=["Buôn\0 Mới"]))
    assert only_point().leader == "Ksor H'Lan"
    assert only_point().areas.get().name == "Buôn Mới"


def test_a_name_of_ten_megabytes_is_a_page_that_says_so(client, officer, commune):
    response = client.post(
        reverse(NEW),
        "new_scheme=" + "x" * 10_000_000,
        content_type="application/x-www-form-urlencoded",
    )
    assert response.status_code == 400
    assert "vượt quá 2,5 MB" in response.content.decode()
    assert nothing_is_saved()


def test_qualifiers_and_unknowns(client, officer, commune):
    send(
        client,
        typed(commune, members="hơn 300", attr_camera_eyes="khoảng 12", count="", launched="2026"),
    )
    point = only_point()
    assert (point.members, point.attributes["camera_eyes"], point.count) == (300, 12, None)
    assert point.qualifiers == {"members": "over", "camera_eyes": "about"}
    assert (point.launched_on, point.launched_precision) == (date(2026, 1, 1), "year")


def test_unknown_launch_wants_the_day_on_which_it_was_seen(client, officer, commune):
    errors = errors_of(send(client, typed(commune, launched="", seen_on="")))
    assert list(errors) == ["seen_on"]

    send(client, typed(commune, launched="", seen_on="04/02/2026"))
    point = only_point()
    assert (point.launched_on, point.seen_on) == (None, date(2026, 2, 4))


@pytest.mark.parametrize("name", ["CAMERA GIAM SAT BUON", "camera  giám sát buôn", "Mắt thần"])
def test_a_known_name_however_written_takes_the_scheme(client, officer, commune, name):
    known = make_scheme(type=camera(), name="Camera giám sát buôn", aliases="Mắt thần")
    send(client, typed(commune, new_scheme=name))
    assert only_point().scheme == known
    assert Scheme.objects.count() == 1


def test_scheme_of_another_type_is_refused(client, officer, commune):
    other = make_scheme()
    errors = errors_of(send(client, typed(commune, scheme=other.pk, new_scheme="")))
    assert "không thuộc loại hình" in errors["scheme"][0]


def test_host_is_made_once_and_found_again(client, officer, commune):
    send(client, typed(commune, host="Trường THCS Kim Đồng", block="school"))
    send(client, typed(commune, host="TRUONG THCS KIM DONG", block="school", areas=[]))
    hosts = {point.host for point in SchemePoint.objects.all()}
    assert [(host.name, host.kind, host.unit) for host in hosts] == [
        ("Trường THCS Kim Đồng", "school", commune)
    ]


def test_the_same_place_twice_is_refused_with_what_to_do(client, officer, commune):
    send(client, typed(commune))
    errors = errors_of(send(client, typed(commune)))
    assert "đã có trong sổ" in errors["__all__"][0]
    assert SchemePoint.objects.count() == 1


def test_the_same_place_twice_leads_to_the_point_that_is_there(client, officer, commune):
    send(client, typed(commune, location="<b>Ngã ba</b>"))
    page = send(client, typed(commune, location="<B>nga ba</B>")).content.decode()
    url = reverse("movements:point-detail", args=[only_point().pk])
    name = "Camera giám sát buôn – &lt;b&gt;Ngã ba&lt;/b&gt;, Buôn H&#x27;Mung"
    assert f'<a href="{url}">Mở điểm đã có: {name}, {commune.name}</a>' in page


def test_several_errors_are_counted_on_top(client, officer, commune):
    page = send(client, typed(commune, launched="31/02/2026", members="x")).content.decode()
    assert "Còn 2 chỗ cần sửa." in page
    assert "chỗ cần sửa" not in send(client, typed(commune, members="x")).content.decode()


def test_an_example_of_a_number_shows_only_what_is_allowed(client, officer, commune):
    errors = errors_of(send(client, typed(commune, members="x", count="x")))
    assert "hơn 300" in errors["members"][0]
    assert "12,5" not in errors["members"][0] + errors["count"][0]
    assert "hơn 300" not in errors["count"][0]


def test_new_places_are_named_after_saving(client, officer, commune):
    ResidentialArea.objects.create(unit=commune, name="Buôn Chính")
    data = typed(commune, areas=["buon chinh", "Buôn Mới"], host="Trường Mới")
    page = client.get(send(client, data).url).content.decode()
    assert "Đã thêm địa bàn mới: Buôn Mới. Đã thêm cơ quan, cơ sở mới: Trường Mới." in page
    again = typed(commune, areas=["Buôn Mới"], host="Trường Mới")
    assert "Đã thêm" not in client.get(send(client, again).url).content.decode()


def test_the_next_point_keeps_scheme_and_decision(client, officer, commune):
    response = send(client, typed(commune, another="1"))
    assert response.url.startswith(reverse(NEW))
    page = client.get(response.url)
    form, point = page.context["form"], only_point()
    shown = {
        name: form[name].value()
        for name in ("type", "scheme", "decision_number", "decision_on", "leader", "members")
    }
    assert shown == {
        "type": str(camera().pk),
        "scheme": str(point.scheme_id),
        "decision_number": "12/QĐ-UBND",
        "decision_on": "05/02/2026",
        "leader": None,
        "members": None,
    }
    assert form["client_uuid"].value() != point.client_uuid
    assert "attr_camera_eyes" in form.fields
    said = page.content.decode()
    assert "Đã lưu và trình lãnh đạo duyệt." in said
    assert f'<option value="{point.scheme_id}" selected>' in said


@pytest.mark.parametrize("asked", [{"type": "abc"}, {"scheme": "9" * 40}, {"unit": "khong-co"}])
def test_a_strange_address_opens_an_empty_form(client, officer, asked):
    assert client.get(reverse(NEW), asked).status_code == 200


class TestBlock:
    """Of a new point it follows the type, unless another was chosen."""

    @pytest.fixture
    def gate(self):
        return SchemeType.objects.get(code="cong-truong")

    def drawn(self, client, **asked):
        form = client.get(reverse("movements:point-fields"), asked).context["form"]
        return form["block"].value(), form["usual_block"].value()

    def test_is_drawn_again_with_the_type(self, client, officer, gate):
        plain = {"block": "residential", "usual_block": "residential"}
        assert self.drawn(client, type=gate.pk, **plain) == ("school", "school")
        back = {"block": "school", "usual_block": "school"}
        assert self.drawn(client, type=camera().pk, **back) == ("residential", "residential")
        own = {"block": "religious", "usual_block": "residential"}
        assert self.drawn(client, type=gate.pk, **own)[0] == "religious"

    @pytest.mark.parametrize(
        ("block", "suggested", "stored"),
        [
            ("residential", "residential", "school"),  # sent without a script
            ("residential", "school", "residential"),
            ("agency", "residential", "agency"),
        ],
    )
    def test_is_saved(self, client, officer, commune, gate, block, suggested, stored):
        data = typed(commune, type=gate.pk, block=block, usual_block=suggested)
        send(client, data)
        assert only_point().block == stored

    def test_stays_after_an_error(self, client, officer, commune, gate):
        data = typed(commune, type=gate.pk, block="residential", usual_block="residential")
        form = send(client, data | {"launched": "31/02/2026"}).context["form"]
        assert (form["block"].value(), form["usual_block"].value()) == ("school", "school")


def test_leader_saves_a_confirmed_point(client, commune):
    client.force_login(make_user(Role.COMMUNE_LEADER, commune))
    assert "Lưu và trình lãnh đạo" not in client.get(reverse(NEW)).content.decode()
    send(client, typed(commune))
    point = only_point()
    assert point.status == Status.CONFIRMED
    actions = [event.action for event in ReviewEvent.objects.about(point)]
    assert actions == ["Nhập mới", "Đã duyệt"]


def test_province_enters_on_behalf_of_a_commune(client, commune):
    client.force_login(make_user(Role.PROVINCE_STAFF, commune.parent))
    send(client, typed(commune))
    point = only_point()
    assert point.status == Status.CONFIRMED
    first = ReviewEvent.objects.about(point).first()
    assert first.action == f"Nhập thay cho {commune.name}"


def test_province_may_enter_for_the_whole_province_but_without_areas(client, commune):
    province = commune.parent
    client.force_login(make_user(Role.PROVINCE_STAFF, province))
    errors = errors_of(send(client, typed(province)))
    assert list(errors) == ["areas"]
    send(client, typed(province, areas=[]))
    assert only_point().unit == province


def test_among_thousands_of_units_one_is_looked_up(client):
    client.force_login(make_user(Role.ADMIN, unit("VN")))
    page = client.get(reverse(NEW)).content.decode()
    assert page.count('<option value="W') == 0
    assert 'class="js-unit' in page
    assert len(page) < 100_000

    today = unit(IA_DREH)
    response = send(client, typed(today, launched="31/02/2026"))
    assert f'<option value="{today.key}" selected>{today.full_name}</option>' in (
        response.content.decode()
    )
    send(client, typed(today))
    assert only_point().unit == today


@pytest.mark.parametrize("role", [Role.COMMITTEE, Role.VIEWER])
def test_who_only_reads_may_not_enter(client, commune, role):
    client.force_login(make_user(role, commune))
    assert client.get(reverse(NEW)).status_code == 403
    assert send(client, typed(commune)).status_code == 403
    assert client.get(reverse("movements:point-fields")).status_code == 403
    assert nothing_is_saved()


def test_double_click_makes_one_point_and_leads_to_it(client, officer, commune):
    data = typed(commune)
    first, second = send(client, data), send(client, data)
    assert first.url == second.url
    assert only_point()
    assert "lưu một lần" in client.get(second.url).content.decode()


def test_form_sent_again_with_other_content_still_makes_one(client, officer, commune):
    data = typed(commune)
    send(client, data)
    send(client, data | {"areas": ["Buôn khác"]})
    assert only_point().areas.get().name == "Buôn H'Mung"
    assert not ResidentialArea.objects.filter(name="Buôn khác").exists()


def test_a_form_that_another_sent_leads_nobody_to_his_point(client, officer, commune):
    data = typed(commune)
    send(client, data)
    stranger = make_unit()
    client.force_login(make_user(Role.COMMUNE_OFFICER, stranger))
    errors = errors_of(send(client, data | {"unit": stranger.key}))
    assert list(errors) == ["__all__"]
    assert only_point().unit == commune


class TestIaDreh:
    """Xã Ia Dreh exists since 1/7/2025: what began before belongs to the commune of that day."""

    @pytest.fixture
    def today(self, client):
        commune = unit(IA_DREH)
        client.force_login(make_user(Role.COMMUNE_OFFICER, commune))
        return commune

    def test_asks_which_commune_it_was(self, client, today):
        response = send(client, typed(today, launched="16/08/2024"))
        assert errors_of(response) == {
            "then_unit": ["Ngày 16/08/2024 xã Ia Dreh chưa thành lập. Chọn xã của điểm khi đó."]
        }
        offered = [key for key, _ in response.context["form"].fields["then_unit"].widget.choices]
        assert offered == [
            "",
            "W24100@2025-06-30",
            "W24103@2025-06-30",
            "W24115@2025-06-30",
        ]
        assert "Khi đó thuộc xã nào?" in response.content.decode()
        assert nothing_is_saved()

    def test_stands_in_the_commune_of_that_day(self, client, today):
        send(client, typed(today, launched="16/08/2024", then_unit="W24103@2025-06-30"))
        point = only_point()
        assert point.unit.name == "Xã Ia RMok"
        assert point.areas.get().unit == today
        page = client.get(reverse("movements:point-detail", args=[point.pk])).content.decode()
        assert "Xã Ia RMok, Huyện Krông Pa, Tỉnh Gia Lai (đến 30/6/2025)" in page
        assert "Nay tính vào: Xã Ia Dreh, Tỉnh Gia Lai" in page

    def test_refuses_a_commune_that_it_was_not(self, client, today):
        data = typed(today, launched="16/08/2024", then_unit="W00007@2025-06-30")
        assert list(errors_of(send(client, data))) == ["then_unit"]


def test_one_predecessor_answers_by_itself(client):
    old = make_unit(valid_to=date(2025, 12, 31))
    new = make_unit(parent=old.parent, valid_from=date(2026, 1, 1))
    UnitSuccession.objects.create(predecessor=old, successor=new, effective_on=date(2026, 1, 1))
    client.force_login(make_user(Role.COMMUNE_OFFICER, new))

    response = send(client, typed(new, launched="2025-05-01"))

    assert only_point().unit == old
    assert f"Ghi theo nơi khi đó: {old.full_name}." in client.get(response.url).content.decode()


def test_no_predecessor_is_refused(client):
    new = make_unit(valid_from=date(2026, 1, 1))
    client.force_login(make_user(Role.COMMUNE_OFFICER, new))
    errors = errors_of(send(client, typed(new, launched="01/05/2025")))
    assert "có từ ngày 01/01/2026" in errors["launched"][0]
    assert nothing_is_saved()


def test_as_of_defaults_to_today_and_seen_on_too(client, officer):
    form = client.get(reverse(NEW)).context["form"]
    assert form["as_of"].value() == form["seen_on"].value() == vn_date(localdate())


class TestFields:
    """The parts that follow the type and the unit."""

    URL = "movements:point-fields"

    def test_attributes_of_the_type_with_what_was_typed(self, client, officer, commune):
        asked = {"type": camera().pk, "attr_camera_eyes": "12", "new_scheme": "Tên mới"}
        page = client.get(reverse(self.URL), asked).content.decode()
        assert 'name="attr_camera_eyes" value="12"' in page
        assert 'name="new_scheme" value="Tên mới"' in page
        assert "Nơi đặt màn hình giám sát" in page
        assert page.count('hx-swap-oob="true"') == 4

    def test_only_schemes_of_the_type(self, client, officer):
        mine, other = make_scheme(type=camera(), name="Camera buôn"), make_scheme(name="Khác loại")
        page = client.get(reverse(self.URL), {"type": camera().pk}).content.decode()
        assert mine.name in page
        assert other.name not in page

    def test_names_that_another_province_proposed_are_not_offered(self, client, officer):
        make_scheme(
            type=camera(),
            name="Camera nơi khác",
            status=CatalogueStatus.PROPOSED,
            owner=make_unit().parent,
        )
        page = client.get(reverse(self.URL), {"type": camera().pk}).content.decode()
        assert "Camera nơi khác" not in page

    @pytest.mark.parametrize(
        ("asked", "status"),
        [
            ({"type": "abc"}, 400),
            ({"type": "999999999"}, 400),
            ({"unit": "khong-co"}, 200),  # one unit only: it is not asked for
            ({}, 200),
        ],
    )
    def test_bad_addresses(self, client, officer, asked, status):
        assert client.get(reverse(self.URL), asked).status_code == status

    def test_unit_out_of_scope_is_404(self, client, commune):
        make_unit(parent=commune.parent)
        client.force_login(make_user(Role.PROVINCE_STAFF, commune.parent))
        asked = {"unit": make_unit().key}
        assert client.get(reverse(self.URL), asked).status_code == 404


@pytest.mark.parametrize(
    ("whole", "part", "refused"),
    [("12", "20", True), ("12", "12", False), ("hơn 12", "20", False), ("", "20", False)],
)
def test_a_part_is_not_greater_than_its_whole(client, officer, commune, whole, part, refused):
    data = typed(commune, attr_camera_eyes=whole, attr_eyes_public=part)
    response = send(client, data)
    if refused:
        assert errors_of(response) == {
            "attr_eyes_public": ["Không được lớn hơn số mắt camera (12). Sửa một trong hai số."]
        }
        assert nothing_is_saved()
    else:
        assert only_point().attributes["eyes_public"] == int(part)
