"""The list: whose rows, which rows, behind which number; and the file of exactly what is shown."""

from datetime import date
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils.timezone import localdate
from openpyxl import load_workbook

from antq.accounts.roles import Role
from antq.review.choices import Status
from antq.units.choices import Level, OrganizationKind
from antq.units.models import Organization, ResidentialArea
from movements.services.points import record_state
from tests.factories import make_point, make_scheme, make_type, make_unit, make_user, unit
from tests.movements.pages import camera

pytestmark = pytest.mark.django_db
URL = "movements:point-list"


@pytest.fixture
def commune():
    return make_unit()


@pytest.fixture
def officer(client, commune):
    user = make_user(Role.COMMUNE_OFFICER, commune)
    client.force_login(user)
    return user


def listed(client, **asked) -> list:
    response = client.get(reverse(URL), asked)
    assert response.status_code == 200, response.content.decode()
    return [row[0] for row in response.context["rows"]]


def cells(client, **asked) -> list[dict]:
    """What the rows show, by heading."""
    response = client.get(reverse(URL), asked)
    return [
        {column.label: str(value) for column, value in row[2]} for row in response.context["rows"]
    ]


def workbook(client, **asked):
    response = client.get(reverse(URL), {**asked, "format": "xlsx"})
    assert response.status_code == 200
    return load_workbook(BytesIO(b"".join(response.streaming_content))).active


def file_rows(page) -> list[list]:
    rows = [[cell.value for cell in row] for row in page.iter_rows()]
    head = next(number for number, row in enumerate(rows) if row[0] == "Tên mô hình")
    return rows[head:]


@pytest.mark.parametrize("count", [1, 3])  # as many queries for 3 rows as for 1
def test_shows_exactly_what_is_in_scope(client, commune, officer, count, django_assert_num_queries):
    mine = set()
    for number in range(count):
        point = make_point(unit=commune)
        point.areas.add(ResidentialArea.objects.create(unit=commune, name=f"Buôn {number}"))
        mine.add(point)
    make_point(unit=make_unit())
    make_point(unit=commune, status=Status.VOIDED, status_reason="nhầm")

    with django_assert_num_queries(11):  # two of them are the savepoint round the session
        response = client.get(reverse(URL))

    assert {row[0] for row in response.context["rows"]} == mine


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("asked", [{"type": "camera"}, {}])
def test_queries_behind_a_number_with_attributes(
    client, commune, officer, count, asked, django_assert_num_queries
):
    scheme = make_scheme(type=camera())
    for number in range(count):
        eyes = {"camera_eyes": 2}
        make_point(unit=commune, scheme=scheme, location=f"Ngã {number}", attributes=eyes)
    asked = {"measure": "attribute.camera_eyes", "unit": commune.key, **asked}

    client.get(reverse(URL))  # the first page after signing in also writes the session
    with django_assert_num_queries(16 if "type" in asked else 15):
        response = client.get(reverse(URL), asked)

    assert response.context["form"].number.value == 2 * count


@pytest.mark.parametrize("count", [1, 3])
def test_a_file_costs_the_same_queries_whatever_its_rows(
    client, commune, officer, count, django_assert_num_queries
):
    host = Organization.objects.create(name="Trường Kim Đồng", unit=commune)
    for number in range(count):
        point = make_point(unit=commune, location=f"Ngõ {number}", host=host)
        point.areas.add(ResidentialArea.objects.create(unit=commune, name=f"Buôn {number}"))

    # session, user, roles; points, schemes, units, hosts, areas; the session is prolonged
    with django_assert_num_queries(11):
        _, *rows = file_rows(workbook(client))

    assert len(rows) == count


@pytest.mark.parametrize(
    "text",
    [
        "CAMERA an ninh",
        "mat than",
        "h'mung",
        "xa thu",
        "nga ba cho",
        "ksor lan",
        "kim dong",
        "12/qđ",
        "camera kim",
    ],
)
def test_search_finds_each_thing_that_is_known(client, commune, officer, text):
    scheme = make_scheme(name="Camera an ninh buôn", aliases="Mắt thần")
    host = Organization.objects.create(
        name="Trường Kim Đồng", kind=OrganizationKind.SCHOOL, unit=commune
    )
    point = make_point(
        unit=commune,
        scheme=scheme,
        host=host,
        location="Ngã ba chợ",
        leader="Ksor Lan",
        decision_number="12/QĐ-UBND",
    )
    point.areas.add(ResidentialArea.objects.create(unit=commune, name="Buôn H'Mung"))
    assert listed(client, q=text) == [point]
    assert listed(client, q=f"{text} zzz") == []


def test_filters(client, commune, officer):
    gong = make_point(
        unit=commune, scheme=make_scheme(type=make_type(code="keng")), block="school", members=5
    )
    waiting = make_point(unit=commune, status=Status.WAITING, members=9)
    ended = make_point(unit=commune, ended_on=date(2026, 1, 1), members=7)
    asked_end = make_point(unit=commune, end_asked_on=date(2026, 1, 1))
    returned = make_point(unit=commune, status=Status.RETURNED, status_reason="thiếu")

    assert listed(client, type="keng") == [gong]
    assert listed(client, block="school") == [gong]
    assert listed(client, scheme=gong.scheme_id) == [gong]
    assert set(listed(client, status="active")) == {gong, asked_end}
    assert set(listed(client, status="waiting")) == {waiting, asked_end}
    assert listed(client, status="ended") == [ended]
    assert listed(client, status="returned") == [returned]
    assert listed(client, sort="members")[:3] == [waiting, ended, gong]


def test_sorts_names_as_vietnamese_do(client, commune, officer):
    for name in ("Đèn sáng", "Dân vận", "Ánh sáng", "An ninh", "Camera"):
        make_point(unit=commune, scheme=make_scheme(name=name))
    names = [point.scheme.name for point in listed(client, sort="name")]
    assert names == ["An ninh", "Ánh sáng", "Camera", "Dân vận", "Đèn sáng"]


def test_pages_of_fifty(client, commune, officer):
    kind = make_type()
    for number in range(51):
        make_point(unit=commune, scheme=make_scheme(type=kind, name=f"Mô hình số {number}"))
    assert len(listed(client)) == 50
    assert len(listed(client, page=2)) == 1
    assert len(listed(client, page=99)) == 1
    assert len(file_rows(workbook(client))) == 52


def test_figures_are_those_of_the_day(client, commune, officer):
    point = make_point(
        unit=commune, scheme=make_scheme(type=camera()), members=8, attributes={"camera_eyes": 8}
    )
    record_state(
        point,
        as_of=date(2026, 6, 1),
        by=None,
        members=12,
        attributes={"camera_eyes": 12},
        qualifiers={"camera_eyes": "over"},
    )

    (then,) = cells(client, on="2026-05-01", type="camera")
    (now,) = cells(client, type="camera")

    assert (then["Thành viên"], then["Mắt camera"]) == ("8", "8")
    assert (now["Thành viên"], now["Mắt camera"]) == ("12", "hơn 12")


def test_a_past_day_does_not_show_what_began_later(client, commune, officer):
    early = make_point(unit=commune, launched_on=date(2025, 8, 1))
    make_point(unit=commune, launched_on=date(2026, 3, 1))
    assert listed(client, on="2026-01-01") == [early]


def test_columns_of_the_chosen_type(client, commune, officer):
    camera().attributes.filter(key="eyes_public").update(is_expected=True)
    camera().attributes.filter(key="eyes_broken").update(is_expected=False)
    make_point(unit=commune, scheme=make_scheme(type=camera()), attributes={"camera_eyes": 3})
    (row,) = cells(client, type="camera")
    assert (row["Mắt camera"], row["Công cộng"], row["Hỏng"]) == ("3", "chưa rõ", "–")
    assert "Mắt camera" not in cells(client)[0]


class TestIaRmok:
    """Recorded in Xã Ia RMok of 2024; today it counts in Xã Ia Dreh."""

    @pytest.fixture(autouse=True)
    def point(self, client):
        client.force_login(make_user(Role.PROVINCE_STAFF, unit("P52@2025-07-01")))
        return make_point(
            unit=unit("W24103@2025-06-30"), launched_on=None, seen_on=date(2024, 8, 16)
        )

    @pytest.mark.parametrize(
        ("key", "on", "map", "found"),
        [
            ("W24100@2025-07-01", "", "", True),
            ("D637@2025-06-30", "2024-12-31", "then", True),
            ("D637@2025-06-30", "", "", True),
            ("W24100@2025-07-01", "2024-12-31", "today", True),
            ("W24103@2025-06-30", "2024-12-31", "then", True),
            ("W24100@2025-06-30", "2024-12-31", "then", False),
            ("W24076@2025-07-01", "", "", False),
        ],
    )
    def test_is_found_under_a_unit_on_the_map_of_the_day(self, client, point, key, on, map, found):
        assert listed(client, unit=key, on=on, map=map) == ([point] if found else [])

    def test_the_unit_is_shown_with_its_province(self, client):
        (row,) = cells(client)
        assert row["Đơn vị"] == "Xã Ia RMok, Huyện Krông Pa, Tỉnh Gia Lai (đến 30/6/2025)"
        (row,) = cells(client, unit="D637@2025-06-30")
        assert row["Đơn vị"] == "Xã Ia RMok (đến 30/6/2025)"
        (row,) = cells(client, unit="W24103@2025-06-30")
        assert row["Đơn vị"] == "Xã Ia RMok"


class TestBehindANumber:
    def test_list_and_number_agree(self, client, commune, officer):
        scheme = make_scheme()
        counted = [
            make_point(unit=commune, scheme=scheme, location=str(number), teams=number, count=2)
            for number in (1, 2)
        ]
        unknown = make_point(unit=commune, scheme=scheme, location="xa", count=None)
        make_point(unit=commune, status=Status.WAITING)
        make_point(unit=commune, ended_on=date(2026, 1, 1))

        response = client.get(reverse(URL), {"measure": "points.active", "unit": commune.key})
        assert {row[0] for row in response.context["rows"]} == {*counted, unknown}
        number = response.context["form"].number
        assert (number.value, number.unknown) == (4, 1)
        assert f"Số điểm mô hình – {commune.name} – đến ngày" in response.content.decode()

        response = client.get(reverse(URL), {"measure": "schemes.distinct", "unit": commune.key})
        assert response.context["form"].number.value == 1
        assert len(response.context["rows"]) == 3

    def test_narrowed_by_type_and_block(self, client, commune, officer):
        gongs = make_scheme(type=make_type(code="keng"))
        school = make_point(unit=commune, scheme=gongs, block="school", teams=3)
        make_point(unit=commune, scheme=gongs, teams=4, location="Ngã ba")
        make_point(unit=commune, teams=5)
        asked = {"measure": "teams", "unit": commune.key, "type": "keng", "block": "school"}
        response = client.get(reverse(URL), asked)
        assert [row[0] for row in response.context["rows"]] == [school]
        assert response.context["form"].number.value == 3

    def test_the_days_before_a_change_have_their_own_number(self, client, commune, officer):
        point = make_point(
            unit=commune, scheme=make_scheme(type=camera()), attributes={"camera_eyes": 8}
        )
        record_state(point, as_of=date(2026, 6, 1), by=None, attributes={"camera_eyes": 12})
        asked = {"measure": "attribute.camera_eyes", "unit": commune.key}
        for day, eyes in (("2026-05-01", 8), ("2026-06-01", 12)):
            response = client.get(reverse(URL), asked | {"on": day})
            assert response.context["form"].number.value == eyes

    def test_an_attribute_has_its_column_without_a_type(self, client, commune, officer):
        other = make_type()
        other.attributes.create(key="camera_eyes", label="Mắt", adds_up="sum")
        make_point(unit=commune, scheme=make_scheme(type=other), attributes={"camera_eyes": 5})
        watched = make_scheme(type=camera(), name="A")
        make_point(
            unit=commune,
            scheme=watched,
            attributes={"camera_eyes": 8},
            qualifiers={"camera_eyes": "over"},
        )
        make_point(unit=commune, scheme=watched, location="Ngã ba")
        make_point(unit=commune)
        asked = {"measure": "attribute.camera_eyes", "unit": commune.key}

        shown = [row["Mắt camera"] for row in cells(client, **asked)]
        head, *rows = file_rows(workbook(client, **asked))

        assert sorted(shown) == ["5", "chưa rõ", "hơn 8"]
        column = head.index("Mắt camera")
        assert {row[column] for row in rows} == {5, 8, "chưa rõ"}
        assert "Mắt camera" not in headings(client, unit=commune.key, measure="teams")

    @pytest.mark.parametrize(
        ("measure", "says"),
        [
            ("points.active", "3 hồ sơ · 5 điểm + 1 chưa rõ"),
            ("schemes.distinct", "2 tên mô hình trong 3 hồ sơ"),
            ("teams", "3 hồ sơ · 4 tổ"),
            ("points.waiting", "1 hồ sơ"),
            ("members", "3 hồ sơ · hơn 6 người"),
            ("attribute.camera_eyes", "2 hồ sơ · số mắt chưa rõ"),
        ],
    )
    def test_the_foot_says_both_counts(self, client, commune, officer, measure, says):
        scheme = make_scheme(type=camera())
        make_point(unit=commune, scheme=scheme, count=2, teams=4)
        make_point(unit=commune, scheme=scheme, location="xa", count=None)
        make_point(unit=commune, count=3, members=6, qualifiers={"members": "over"})
        make_point(unit=commune, status=Status.WAITING)
        page = client.get(reverse(URL), {"measure": measure, "unit": commune.key}).content.decode()
        assert f"<b>{says}</b>" in page

    @pytest.mark.parametrize(
        "measure", ["points.active", "schemes.distinct", "camera.points", "camera.social_share"]
    )
    def test_a_number_of_no_records_has_an_empty_list(self, client, commune, officer, measure):
        page = client.get(reverse(URL), {"measure": measure, "unit": commune.key})
        assert page.status_code == 200
        assert not page.context["page_obj"].object_list

    def test_the_crumb_leads_back_to_the_dashboard(self, client, commune, officer):
        make_point(unit=commune)
        asked = {"measure": "points.active", "unit": commune.key, "on": "2026-02-03"}
        page = client.get(reverse(URL), {**asked, "map": "today"}).content.decode()
        back = f"/dashboard/?unit={commune.key}&amp;on=2026-02-03&amp;map=today"
        assert f'<a href="{back}">Tổng quan</a> › Danh sách chi tiết' in page

    def test_the_day_is_written_as_people_do(self, client, officer):
        page = client.get(reverse(URL), {"on": "2026-02-03"}).content.decode()
        assert 'value="03/02/2026"' in page
        assert 'value="2026-02-03"' not in page

    @pytest.mark.parametrize(
        ("asked", "is_open"),
        [
            ({}, False),
            ({"sort": "name", "map": "then", "block": ""}, False),
            ({"on": localdate().isoformat()}, False),
            ({"sort": "unit"}, True),
            ({"map": "today"}, True),
            ({"on": "2026-02-03"}, True),
            ({"block": "school"}, True),
            ({"on": "31/02/2026"}, True),
        ],
    )
    def test_more_filters_are_open_when_one_is_used(self, client, officer, asked, is_open):
        page = client.get(reverse(URL), asked).content.decode()
        assert ('<details class="more" open>' in page) == is_open

    def test_unknown_measure_is_404(self, client, officer):
        assert client.get(reverse(URL), {"measure": "khong.co"}).status_code == 404
        assert client.get(reverse(URL), {"measure": "attribute.khong_co"}).status_code == 404


class TestBadAddresses:
    @pytest.mark.parametrize(
        ("asked", "says"),
        [
            ({"strange": "1"}, "không có bộ lọc “strange”"),
            ({"on": "31/02/2026"}, "Tháng 2 năm 2026 chỉ có 28 ngày"),
            ({"on": "hôm qua"}, "Đến ngày"),
            ({"on": "2099-01-01"}, "chưa đến"),
            ({"map": "khác"}, "địa giới"),
            ({"type": "khong-co"}, "Loại hình: Không có loại hình này. Chọn lại."),
            ({"block": "khác"}, "Khối: Không có khối này. Chọn lại."),
            ({"status": "khác"}, "Trạng thái: Không có trạng thái này. Chọn lại."),
            ({"sort": "khác"}, "Xếp theo: Không có cách xếp này. Chọn lại."),
            ({"scheme": "abc"}, "Mô hình: Không có mô hình này. Chọn lại."),
            ({"scheme": "9" * 40}, "Mô hình: Không có mô hình này. Chọn lại."),
            ({"page": "abc"}, ""),
            ({"page": "-1"}, ""),
            ({"format": "pdf"}, ""),
            ({"q": "x" * 300}, "200"),
        ],
    )
    def test_is_400_and_says_why(self, client, officer, asked, says):
        response = client.get(reverse(URL), asked)
        assert response.status_code == 400
        assert says in response.content.decode()

    def test_nul_is_400(self, client, officer):
        assert client.get(reverse(URL) + "?unit=%00").status_code == 400
        assert client.get(reverse(URL) + "?q=%00").status_code == 400

    def test_unknown_unit_or_one_of_others_is_404(self, client, officer):
        for key in ("khong-co", make_unit().key):
            for more in ({}, {"format": "xlsx"}, {"measure": "points.active"}):
                assert client.get(reverse(URL), {"unit": key, **more}).status_code == 404

    def test_a_user_without_a_unit_sees_nothing(self, client):
        make_point()
        client.force_login(make_user())
        assert listed(client) == []
        assert client.get(reverse(URL), {"measure": "points.active"}).status_code == 400


class TestFile:
    def test_is_exactly_what_is_shown(self, client, commune, officer):
        scheme = make_scheme(type=camera(), name="Camera buôn")
        point = make_point(
            unit=commune,
            scheme=scheme,
            members=1234,
            teams=None,
            count=None,
            attributes={"camera_eyes": 12, "monitoring_place": "=1+1"},
            qualifiers={"members": "over"},
            launched_on=date(2026, 2, 3),
        )
        point.areas.add(ResidentialArea.objects.create(unit=commune, name="+Buôn\x07"))
        make_point(unit=commune, scheme=make_scheme(name="Loại khác"))
        make_point(unit=make_unit(), scheme=scheme)

        page = workbook(client, type="camera", unit=commune.key)
        head, row = file_rows(page)
        shown = dict(zip(head, row, strict=True))

        assert head == headings(client, type="camera", unit=commune.key)
        assert shown["Tên mô hình"] == "Camera buôn"
        assert shown["Đơn vị"] == commune.name
        assert shown["Địa bàn"] == "+Buôn"
        assert shown["Ngày ra mắt"].date() == date(2026, 2, 3)
        assert shown["Số điểm"] == "chưa rõ"
        assert shown["Thành viên"] == 1234
        assert shown["Mắt camera"] == 12
        assert shown["Nơi giám sát"] == "=1+1"
        assert shown["Trạng thái"] == "Đã duyệt"
        formats = {cell.value: cell.number_format for cell in page[page.max_row]}
        assert formats[1234] == '"hơn "#,##0'
        types = {cell.value: cell.data_type for cell in page[page.max_row]}
        assert (types["=1+1"], types["+Buôn"]) == ("s", "s")

    def test_says_what_was_asked_for(self, client, commune, officer):
        make_point(unit=commune, teams=3)
        page = workbook(client, unit=commune.key, measure="teams", q="xa thu")
        top = [cell.value for cell in page["A"][:6]]
        assert top[0] == "DANH SÁCH ĐIỂM MÔ HÌNH"
        assert any(commune.full_name in str(line) for line in top)
        assert "Số tổ: 3" in top
        assert "Tìm: xa thu" in top

    def test_name_is_ascii(self, client, officer):
        response = client.get(reverse(URL), {"format": "xlsx"})
        name = response["Content-Disposition"]
        assert name == f'attachment; filename="diem-mo-hinh-{localdate()}.xlsx"'


def headings(client, **asked):
    return [column.label for column in client.get(reverse(URL), asked).context["columns"]]


class TestWhoSeesWhat:
    @pytest.mark.parametrize(
        ("role", "above"),
        [
            (Role.COMMUNE_OFFICER, False),
            (Role.COMMUNE_LEADER, False),
            (Role.COMMITTEE, False),
            (Role.COMMITTEE, True),
            (Role.PROVINCE_STAFF, True),
        ],
    )
    def test_of_the_place(self, client, commune, role, above):
        point = make_point(unit=commune)
        client.force_login(make_user(role, commune.parent if above else commune))
        assert listed(client) == [point]
        url = reverse("movements:point-detail", args=[point.pk])
        assert client.get(url).status_code == 200

    @pytest.mark.parametrize("role", list(Role))
    def test_of_another_province(self, client, commune, role):
        point = make_point(unit=commune)
        client.force_login(make_user(role, make_unit().parent))
        assert listed(client) == []
        assert file_rows(workbook(client)) == [file_rows(workbook(client))[0]]
        url = reverse("movements:point-detail", args=[point.pk])
        assert client.get(url).status_code == 404

    def test_a_stranger_is_asked_to_sign_in(self, client):
        response = client.get(reverse(URL))
        assert response.status_code == 302
        assert "sign-in" in response.url


class TestEmpty:
    def test_an_officer_is_told_to_enter_the_first(self, client, officer):
        page = client.get(reverse(URL)).content.decode()
        assert "Sổ chưa có điểm mô hình nào" in page
        assert reverse("movements:point-create") in page

    def test_a_filter_that_matches_nothing_offers_to_drop_it(self, client, officer):
        page = client.get(reverse(URL), {"q": "zzz"}).content.decode()
        assert "khớp với bộ lọc" in page

    def test_a_reader_is_offered_no_form(self, client, commune):
        client.force_login(make_user(Role.COMMITTEE, commune))
        page = client.get(reverse(URL)).content.decode()
        assert reverse("movements:point-create") not in page


def test_group_of_communes(client):
    point = make_point()
    other = make_point()
    group = make_unit(Level.GROUP, parent=point.unit.parent)
    group.members.create(unit=point.unit)
    client.force_login(make_user(Role.COMMITTEE, group))
    assert listed(client) == [point]
    assert other not in listed(client, unit=group.key)
