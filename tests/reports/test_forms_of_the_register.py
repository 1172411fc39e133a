"""T01, T02, T04 and T05: whole lines, on screen and in the workbook that is opened again."""

from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from django.test import Client
from openpyxl import load_workbook

from antq.accounts.roles import Role
from antq.reports import registry
from antq.units.choices import Level
from movements.choices import EventKind, RecognitionKind, RecognitionLevel
from movements.models import (
    Grade,
    GradingScale,
    LifecycleEvent,
    Recognition,
    SchemeEvaluation,
    SchemeType,
)
from tests.factories import make_point, make_scheme, make_type, make_unit, make_user

pytestmark = pytest.mark.django_db
CODES = ["T01", "T02", "T04", "T04-DS", "T05"]


@pytest.fixture
def province():
    return make_unit(Level.PROVINCE, name="Tỉnh Biểu Mẫu")


@pytest.fixture
def commune(province):
    return make_unit(parent=province, name="Xã Biểu")


@pytest.fixture
def staff(client, province):
    client.force_login(make_user(Role.PROVINCE_STAFF, province))
    return client


def type_of(code):
    return SchemeType.objects.get(code=code)


def lines(client, code, **asked):
    """{name: the cells as they are shown} of every line of a report."""
    sheet = client.get(f"/reports/{code}/", asked).context["sheet"]
    return {name: [str(cell.value) for cell in row.cells] for _, name, row in sheet.lines}


def book(client, code, **asked):
    response = client.get(f"/reports/{code}/", {"format": "xlsx", **asked})
    assert response.status_code == 200
    page = load_workbook(BytesIO(response.content))[code]
    found = {}
    for line in page.iter_rows():
        found.setdefault(line[1].value, [cell.value for cell in line[2:]])
    return found


def test_t01_has_a_line_for_each_scheme_of_a_commune(staff, province, commune):
    scheme = make_scheme(name="Ánh sáng an ninh", type=make_type(name="Ánh sáng"))
    given = {"scheme": scheme, "unit": commune, "launched_on": date(2026, 3, 1)}
    first = make_point(
        **given,
        location="Chợ",
        members=8,
        qualifiers={"members": "over"},
        decision_number="12/QĐ-UBND",
        decision_on=date(2026, 2, 3),
        funding_state=12_500_000,
    )
    make_point(**given, location="Đình", members=5, count=2, funding_social=3_000_000)
    make_point(scheme=scheme, unit=make_unit(parent=province, name="Xã Khác"), members=1)
    scale = GradingScale.objects.create(code="thu", name="Thử")
    good = Grade.objects.create(scale=scale, name="Tốt", slot="good")
    SchemeEvaluation.objects.create(point=first, year=2026, grade=good, note="Giảm trộm cắp")

    sheet = staff.get("/reports/T01/", {"on": "2026-06-30"}).context["sheet"]
    rows = [(row.label, [str(cell.value) for cell in row.cells]) for row in sheet.table.rows]

    assert rows[0] == (
        "Ánh sáng an ninh",
        [
            "Ánh sáng",
            "Chợ, Xã Biểu; Đình, Xã Biểu",
            "cấp xã",
            "12/QĐ-UBND, ngày 03/02/2026",
            "01/03/2026",
            "3",
            "–",
            "hơn 13",
            "–",
            "12,5",
            "3",
            "Giảm trộm cắp",
            "Tốt",
            "–",
        ],
    )
    assert len(rows) == 2
    assert [str(cell.value) for cell in sheet.table.total.cells][5:11] == [
        "4",
        "–",
        "hơn 14",
        "–",
        "12,5",
        "3",
    ]
    workbook = book(staff, "T01", on="2026-06-30")
    assert workbook["Ánh sáng an ninh"][5:10] == [3, "–", 13, "–", 12.5]
    assert workbook["Tổng cộng"][5] == 4


def test_t01_is_shown_in_pages_and_the_workbook_has_them_all(staff, commune, monkeypatch):
    for number in range(5):
        make_point(unit=commune, scheme=make_scheme(name=f"Mô hình dòng {number}"))
    small = replace(registry.report("T01"), page_size=2)
    monkeypatch.setitem(registry._reports, "T01", small)

    pages = [staff.get("/reports/T01/", {"page": page}).context["sheet"] for page in (1, 2, 3)]

    shown = [[(number, name) for number, name, _ in page.lines[:-1]] for page in pages]
    assert shown == [
        [(1, "Mô hình dòng 0"), (2, "Mô hình dòng 1")],
        [(3, "Mô hình dòng 2"), (4, "Mô hình dòng 3")],
        [(5, "Mô hình dòng 4")],
    ]
    assert [page.pages for page in pages] == [3, 3, 3]
    assert len([name for name in book(staff, "T01") if "dòng" in str(name)]) == 5


def test_t02_balances_and_grades(staff, commune):
    kind = make_type(name="Loại biến động")
    scheme = make_scheme(name="Biến động", type=kind)
    old = make_point(scheme=scheme, unit=commune, location="1", launched_on=date(2025, 5, 1))
    make_point(
        scheme=scheme,
        unit=commune,
        location="2",
        launched_on=date(2025, 5, 1),
        ended_on=date(2026, 4, 30),
    )
    make_point(scheme=scheme, unit=commune, location="3", launched_on=date(2026, 1, 1), count=3)
    make_point(
        scheme=scheme,
        unit=commune,
        location="4",
        launched_on=date(2026, 6, 30),
        replicated_from=old,
    )
    LifecycleEvent.objects.create(point=old, kind=EventKind.CONSOLIDATION, on=date(2026, 2, 2))
    scale = GradingScale.objects.create(code="thu", name="Thử")
    weak = Grade.objects.create(scale=scale, name="Kém", slot="weak")
    SchemeEvaluation.objects.create(point=old, year=2026, grade=weak)

    found = lines(staff, "T02", since="2026-01-01", on="2026-06-30")

    numbers = ["2", "3", "1", "1", "1", "5", "0", "–", "–", "0", "0", "0", "1", "0", "–"]
    assert found == {"Loại biến động": numbers, "Biến động": numbers, "Tổng cộng": numbers}
    start, built, replicated, _, gone, end = map(int, numbers[:6])
    assert start + built + replicated - gone == end
    assert book(staff, "T02", since="2026-01-01", on="2026-06-30")["Biến động"][:6] == [
        2,
        3,
        1,
        1,
        1,
        5,
    ]


def test_t02_links_lead_to_the_records_of_its_period(staff, commune):
    make_point(unit=commune, launched_on=date(2026, 2, 1))
    make_point(unit=commune, launched_on=date(2026, 5, 1))

    sheet = staff.get("/reports/T02/", {"since": "2026-04-01", "on": "2026-06-30"}).context["sheet"]
    urls = {row.label: row.cells[1].url for row in sheet.table.rows if row.cells[1].url}
    pages = [staff.get(url) for url in urls.values()]

    assert [len(page.context["page_obj"].object_list) for page in pages] == [1]


def test_a_suspended_point_stays_in_the_stock_and_is_told_apart(staff, commune):
    point = make_point(unit=commune, launched_on=date(2025, 5, 1))
    LifecycleEvent.objects.create(
        point=point, kind=EventKind.SUSPENSION, on=date(2026, 3, 1), until=date(2026, 5, 31)
    )

    days = ("2026-02-28", "2026-03-01", "2026-05-31", "2026-06-01")
    found = [lines(staff, "T02", since="2026-01-01", on=day)["Tổng cộng"] for day in days]
    running = [lines(staff, "T03", on=day)["Tổng cộng"][1] for day in days]

    assert [line[5:7] for line in found] == [["1", "0"], ["1", "1"], ["1", "1"], ["1", "0"]]
    assert running == ["1", "0", "0", "1"]
    sheet = staff.get("/reports/T02/", {"since": "2026-01-01", "on": days[1]}).context["sheet"]
    for number in (5, 6):
        page = staff.get(next(row.cells[number].url for row in sheet.table.rows[1:]))
        assert len(page.context["page_obj"].object_list) == 1


def test_t03_counts_recognised_examples(staff, province, commune):
    point = make_point(unit=commune)
    given = {"unit": commune, "kind": RecognitionKind.EXAMPLE}
    Recognition.objects.create(
        **given, point=point, level=RecognitionLevel.COMMUNE, on=date(2026, 1, 5)
    )
    Recognition.objects.create(**given, level=RecognitionLevel.PROVINCE)
    Recognition.objects.create(
        **given, level=RecognitionLevel.MINISTRY, on=date(2026, 7, 1), scheme=point.scheme
    )

    assert lines(staff, "T03", on="2026-06-30")["Xã Biểu"][10:13] == ["1", "1", "0"]
    sheet = staff.get("/reports/T03/", {"on": "2026-07-01"}).context["sheet"]
    urls = [cell.url for cell in sheet.table.rows[0].cells[10:13]]
    listed = [list(staff.get(url).context["page_obj"]) for url in urls]
    assert [[each.level for each in rows] for rows in listed] == [
        ["commune"],
        ["province"],
        ["ministry"],
    ]
    stranger = Client()
    stranger.force_login(make_user(Role.PROVINCE_STAFF, make_unit(Level.PROVINCE)))
    assert stranger.get(urls[0]).status_code == 404
    assert staff.get("/movements/recognitions/?measure=points.active").status_code == 404


def test_t04_says_places_days_money_and_share(staff, province, commune):
    camera = make_scheme(type=type_of("camera"))
    make_point(
        scheme=camera,
        unit=commune,
        location="A",
        attributes={
            "camera_eyes": 9,
            "eyes_public": 4,
            "retention_days": 30,
            "monitoring_place": "Trụ sở Công an xã",
        },
        funding_social=100_000_000,
    )
    make_point(
        scheme=camera,
        unit=commune,
        location="B",
        attributes={"retention_days": 60, "monitoring_place": "Nhà văn hóa"},
        funding_state=300_000_000,
    )
    make_unit(parent=province, name="Xã Trống")
    other = make_unit(parent=province, name="Xã Không Camera")
    make_point(unit=other)

    sheet = staff.get("/reports/T04/").context["sheet"]
    found = lines(staff, "T04")

    assert found["Xã Biểu"] == [
        "2",
        "9 + 1 chưa rõ",
        "4",
        "–",
        "–",
        "Nhà văn hóa; Trụ sở Công an xã",
        "30–60",
        "400",
        "25",
        "–",
        "–",
    ]
    assert found["Xã Không Camera"] == ["0"] * 5 + ["–", "–", "0", "–", "–", "–"]
    assert found["Xã Trống"] == ["–"] * 11
    assert "Số địa phương có mô hình: 1/3." in sheet.notes
    assert book(staff, "T04")["Xã Biểu"][5:9] == [
        "Nhà văn hóa; Trụ sở Công an xã",
        "30–60",
        400,
        25,
    ]
    each = lines(staff, "T04-DS")
    assert each["Tổng cộng"][1:3] == ["2", "9 + 1 chưa rõ"]
    listed = staff.get("/reports/T04-DS/").context["sheet"].table.rows
    assert [[str(cell.value) for cell in row.cells] for row in listed] == [
        ["A, Xã Biểu", "1", "9", "4", "–", "–", "Trụ sở Công an xã", "30", "100", "100", "–"],
        ["B, Xã Biểu", "1", "chưa rõ", "–", "–", "–", "Nhà văn hóa", "60", "300", "0", "–"],
    ]


def test_t05_keeps_groups_points_and_defence_apart(staff, commune):
    make_point(
        scheme=make_scheme(type=type_of("to-lien-gia-pccc")),
        unit=commune,
        teams=3,
        households=30,
        attributes={"bells": 30, "extinguishers": 31},
    )
    make_point(
        scheme=make_scheme(type=type_of("diem-chua-chay")),
        unit=commune,
        count=2,
        attributes={"extinguishers": 8, "breaking_tools": 2},
    )
    make_point(scheme=make_scheme(type=type_of("doi-dan-phong")), unit=commune, teams=1, members=10)

    assert lines(staff, "T05")["Xã Biểu"] == [
        "3",
        "30",
        "30",
        "–",
        "31",
        "–",
        "2",
        "8",
        "2",
        "–",
        "–",
        "1",
        "10",
    ]


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("number", [1, 3])
def test_a_form_costs_the_same_queries_whatever_its_rows(
    staff, province, code, number, django_assert_max_num_queries
):
    for at in range(number):
        unit = make_unit(parent=province)
        make_point(unit=unit, scheme=make_scheme(type=type_of("camera"), name=f"Camera {at}"))

    staff.get("/")  # the first page after signing in also writes the session
    most = {"T01": 13, "T02": 13, "T04": 11, "T04-DS": 15}.get(code, 10)
    with django_assert_max_num_queries(most):
        staff.get(f"/reports/{code}/")


@pytest.mark.parametrize("code", CODES)
def test_a_form_shows_nothing_of_another_province(client, commune, code):
    make_point(unit=commune, scheme=make_scheme(name="Chỉ tỉnh kia", type=type_of("camera")))
    client.force_login(make_user(Role.PROVINCE_STAFF, make_unit(Level.PROVINCE)))

    assert "Chỉ tỉnh kia" not in client.get(f"/reports/{code}/").content.decode()
    assert client.get(f"/reports/{code}/", {"unit": commune.key}).status_code == 404


@pytest.mark.parametrize(
    "asked",
    [
        {"since": "2026-07-01", "on": "2026-06-30"},
        {"since": "31/02/2026"},
        {"page": "0"},
        {"page": "x"},
        {"page": "99999999999999999999"},
    ],
)
def test_a_wrong_period_or_page_is_said(staff, asked):
    assert staff.get("/reports/T02/", asked).status_code == 400


def test_a_page_after_the_last_one_is_empty(staff, commune):
    make_point(unit=commune)

    sheet = staff.get("/reports/T01/", {"page": "50"}).context["sheet"]

    assert sheet.table.rows == []
