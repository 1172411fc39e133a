"""T03 on screen and as a workbook that is opened again."""

from datetime import date
from io import BytesIO

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse
from openpyxl import load_workbook

from antq.accounts.roles import Role
from antq.reports import registry
from antq.units.choices import Level
from movements.choices import Block
from tests.factories import make_point, make_scheme, make_unit, make_user, unit

pytestmark = pytest.mark.django_db
T03 = "/reports/T03/"


@pytest.fixture
def province():
    return make_unit(Level.PROVINCE, name="Tỉnh Biểu Mẫu")


@pytest.fixture
def staff(client, province):
    client.force_login(make_user(Role.PROVINCE_STAFF, province))
    return client


def workbook(response):
    assert response.status_code == 200
    return load_workbook(BytesIO(response.content))["T03"]


def rows(page):
    """The lines of the table in a workbook: from the row of the first unit to the total."""
    found = [[cell.value for cell in line] for line in page.iter_rows()]
    names = [line[1] for line in found]
    return found[names.index("Xã/phường/đặc khu") + 2 : names.index("Tổng cộng") + 1]


def test_one_scheme_in_three_communes_on_screen_and_in_the_workbook(staff, province):
    scheme = make_scheme()
    for number in range(3):
        commune = make_unit(parent=province, name=f"Xã Biểu {number}")
        make_point(scheme=scheme, unit=commune, teams=2, members=10, block=Block.SCHOOL)
    empty = make_unit(parent=province, name="Xã Biểu 9")

    sheet = staff.get(T03).context["sheet"]
    shown = [[str(cell.quantity) for cell in row.cells] for row in sheet.table.rows]
    lines = rows(workbook(staff.get(T03, {"format": "xlsx"})))

    one = ["1", "1", "2", "10", "0", "0", "0", "0", "1", "0", "0", "0", "0", "–", "–"]
    assert shown == [one, one, one, ["–"] * 15]
    total = ["1", "3", "6", "30", "0", "0", "0", "0", "3", "0", "0", "0", "0", "–", "–"]
    assert [str(cell.quantity) for cell in sheet.table.total.cells] == total
    assert [line[0:6] for line in lines] == [
        [1, "Xã Biểu 0", 1, 1, 2, 10],
        [2, "Xã Biểu 1", 1, 1, 2, 10],
        [3, "Xã Biểu 2", 1, 1, 2, 10],
        [4, empty.name, "–", "–", "–", "–"],
        [None, "Tổng cộng", 1, 3, 6, 30],
    ]
    assert f"Có số liệu của 3/4 đơn vị. Chưa có: {empty.name}." in sheet.notes


def test_numbers_keep_their_words_and_stay_numbers(staff, province):
    commune = make_unit(parent=province)
    make_point(unit=commune, count=None)
    make_point(unit=commune, count=4, members=300, qualifiers={"members": "over"})

    line = workbook(staff.get(T03, {"format": "xlsx"}))
    cells = next(row for row in line.iter_rows() if row[1].value == commune.name)

    assert (cells[3].value, cells[3].number_format) == (4, '#,##0" + 1 chưa rõ"')
    assert (cells[5].value, cells[5].number_format) == (300, '"hơn "#,##0')


def test_a_name_that_looks_like_a_formula_is_text(staff, province):
    make_point(unit=make_unit(parent=province, name='=HYPERLINK("http://x","y")'))

    page = workbook(staff.get(T03, {"format": "xlsx"}))
    cell = next(row[1] for row in page.iter_rows() if str(row[1].value).startswith("=HYP"))

    assert cell.data_type == "s"


def test_the_workbook_prints_on_one_width_with_its_head_repeated(staff, province):
    make_point(unit=make_unit(parent=province))

    page = workbook(staff.get(T03, {"format": "xlsx"}))

    assert (page.page_setup.orientation, page.page_setup.fitToWidth) == ("landscape", 1)
    assert page.print_title_rows == "$8:$9"


def test_every_number_leads_to_its_records(staff, province):
    commune = make_unit(parent=province)
    make_point(unit=commune, count=7)

    row = staff.get(T03).context["sheet"].table.rows[0]

    assert row.cells[1].url.startswith(reverse("movements:point-list"))
    assert f"unit={commune.key}" in row.cells[1].url
    assert "measure=points.active" in row.cells[1].url
    assert row.cells[5].url == ""  # a zero leads nowhere


def test_an_old_map_names_its_rows_as_they_were_called(staff, province, client):
    client.force_login(make_user(Role.PROVINCE_STAFF, unit("P52@2025-07-01")))
    old = client.get(T03, {"unit": "P64@2025-06-30", "on": "16/8/2024"}).context["sheet"]
    district = client.get(T03, {"unit": "D637@2025-06-30"}).context["sheet"]

    assert (old.row_head, len(old.table.rows)) == ("Huyện/quận/thị xã/thành phố", 17)
    assert district.row_head == "Xã/phường/thị trấn"
    assert district.scope.window.end == date(2025, 6, 30)


@pytest.mark.parametrize(
    ("query", "status", "says"),
    [
        ({"on": "31/02/2026"}, 400, "Tháng 2 năm 2026 chỉ có 28 ngày"),
        ({"on": "1/1/2090"}, 400, "Ngày này chưa đến"),
        ({"map": "ngày xưa"}, 400, "Theo địa giới"),
        ({"map": "2099-12-31"}, 400, "Theo địa giới"),
        ({"unit": "không-có"}, 404, "Không có đơn vị này"),
        ({"unit": "a\0b"}, 400, "ký tự không hợp lệ"),
        ({"unit": "x" * 9000}, 404, "Không có đơn vị này"),
    ],
)
@pytest.mark.parametrize("page", [T03, "/dashboard/"])
def test_a_wrong_question_gets_a_clear_answer(staff, page, query, status, says):
    response = staff.get(page, query)

    assert response.status_code == status
    assert says in response.content.decode()


def test_an_unknown_report_is_not_found(staff):
    response = staff.get("/reports/T99/")

    assert response.status_code == 404
    assert "Không có biểu mẫu T99" in response.content.decode()


def test_a_code_used_twice_stops_the_start(monkeypatch):
    first = registry.report("T03")
    monkeypatch.setitem(registry._reports, "T03", object())

    with pytest.raises(ImproperlyConfigured, match="T03"):
        registry._add(registry._reports, "T03", first)


@pytest.mark.parametrize("number", [1, 3])
def test_a_report_costs_the_same_queries_whatever_its_rows(
    staff, province, number, django_assert_num_queries
):
    for _ in range(number):
        make_point(unit=make_unit(parent=province))

    staff.get(T03)  # the first page after signing in also writes the session
    # session, user, roles; units of the rows, places; numbers, recognitions, qualifiers
    with django_assert_num_queries(8):
        staff.get(T03)
