"""Residential areas of many communes from one file."""

import unicodedata
from datetime import date

import pytest
from django.core import signing
from django.urls import reverse

from antq.accounts.roles import Role
from antq.units import finding, tables
from antq.units.area_csv import COLUMNS, EXAMPLES
from antq.units.choices import Level
from antq.units.models import ResidentialArea
from antq.units.tables import TableError, decoded, read_lines, template
from tests.factories import make_unit, make_user, unit
from tests.units.csv_files import faults, save, sent

pytestmark = pytest.mark.django_db
PAGE = reverse("units:csv-areas")
GIA_LAI, IA_DREH, PHU_TUC = "P52@2025-07-01", "W24100@2025-07-01", "W24076@2025-07-01"


@pytest.fixture
def staff(client):
    client.force_login(make_user(Role.PROVINCE_STAFF, unit(GIA_LAI)))
    return client


def there():
    found = ResidentialArea.objects.order_by("unit__key", "name")
    return list(found.values_list("unit__key", "name"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_file_is_read_as_excel_writes_it(encoding, delimiter, newline):
    rows = [
        ["địa bàn", "Xã"],
        ["Buôn Gốp", '"Ia ""Dreh"", Gia Lai; xã"'],
        ["Buôn\u00a0Jú", "24100"],
    ]
    text = newline.join(delimiter.join(row) for row in rows) + newline

    lines = read_lines(decoded(text.encode(encoding)), COLUMNS)

    assert [line.number for line in lines] == [2, 3]
    assert lines[0].values["commune"] == 'Ia "Dreh", Gia Lai; xã'
    assert [line.values["name"] for line in lines] == ["Buôn Gốp", "Buôn Jú"]


def test_the_template_is_a_file_that_can_be_sent(staff):
    response = staff.get(PAGE, {"template": "1"})

    assert response.content == template(COLUMNS, EXAMPLES)
    assert response.content.startswith(b"\xef\xbb\xbf")
    assert len(sent(staff, PAGE, response.content).context["plan"].new) == len(EXAMPLES)


def test_areas_are_shown_then_saved_once(staff):
    ResidentialArea.objects.create(unit=unit(IA_DREH), name="Buôn Nai", aliases="Làng Nai")
    text = (
        "commune;name;aliases;valid_from\n"
        "Ia Dreh;Buôn Nai;;\n"
        "xã ia dreh, gia lai;làng nai;;\n"
        f"{unicodedata.normalize('NFD', 'Phú Túc')};Thôn 1;Thôn Một|Làng 1;1/7/2025\n"
        "24076;thôn 1;;\n"
        f"{IA_DREH};Thôn Nai;;\n"
        "\n"
        '24076;"Thôn ""A""; B";;\n'
    )

    response = sent(staff, PAGE, text)
    plan = response.context["plan"]
    states = [(row.line, row.state) for row in plan.rows]
    assert states == [
        (2, "there"), (3, "there"), (4, "new"), (5, "repeated"), (6, "near"), (8, "new"),
    ]  # fmt: skip
    assert there() == [(IA_DREH, "Buôn Nai")]
    assert "Đã thêm 2 địa bàn." in save(staff, PAGE, response).content.decode()

    expected = [(PHU_TUC, 'Thôn "A"; B'), (PHU_TUC, "Thôn 1"), (IA_DREH, "Buôn Nai")]
    assert there() == expected
    made = ResidentialArea.objects.get(name="Thôn 1")
    assert (made.aliases, made.valid_from) == ("Thôn Một\nLàng 1", date(2025, 7, 1))
    save(staff, PAGE, response)
    assert there() == expected
    save(staff, PAGE, response, with_near="1")
    assert there() == [*expected, (IA_DREH, "Thôn Nai")]


def test_every_fault_is_told_at_once_with_its_line_and_nothing_is_saved(staff):
    make_unit(parent=unit(GIA_LAI), name="Xã Trùng Tên", code="99001")
    make_unit(parent=unit(GIA_LAI), name="Xã Trùng Tên", code="99002")
    text = (
        "commune,name,valid_from\n"
        "Ia Dreh,Thôn 1,\n"
        "Trùng Tên,Thôn 1,\n"
        "Ia,Thôn 1,\n"
        "Ia RMok,Thôn 1,\n"
        "Phường Hoàn Kiếm,Thôn 1,\n"
        ",,31/2/2026\n"
        f"Ia Dreh,{'x' * 151},1/1/2100\n"
    )

    response = sent(staff, PAGE, text)

    assert faults(response) == [
        (3, "commune"), (4, "commune"), (5, "commune"), (6, "commune"),
        (7, "commune"), (7, "name"), (7, "valid_from"), (8, "name"), (8, "valid_from"),
    ]  # fmt: skip
    said = [fault.message for fault in response.context["faults"]]
    for code in ("99001", "99002"):
        assert f"Xã Trùng Tên, Tỉnh Gia Lai ({code})" in said[0]
    assert "gần giống: Xã Ia" in said[1]
    assert "Nay hồ sơ tính vào: Xã Ia Dreh, Tỉnh Gia Lai (24100)" in said[2]
    assert "trong phạm vi của tài khoản" in said[3]
    save(staff, PAGE, response)
    assert there() == []


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "thiếu cột: commune, name"),
        (b"a,b\n1,2\n", "thiếu cột"),
        (b"commune,name,x\n1,2,3\n", "Không có cột “x”".encode()),
        (b"commune,name,name\n1,2,3\n", "ghi hai lần".encode()),
        (b"commune,name\n", "không có dòng nào".encode()),
        (b"commune,name\nA,B,C\n", "Dòng 2 có nhiều ô hơn".encode()),
        (b'commune,name\nA,"B\n', "Dòng 2 không đọc được".encode()),
        (b'commune,name\nA,"B"c\n', "Dòng 2 không đọc được".encode()),
        (b"PK\x03\x04xxxx", "không phải CSV".encode()),
        (b"commune,name\n\xe0\xff,B\n", "không ở mã UTF-8".encode()),
        (b"commune,name\nA,\0\n", "ký tự lạ".encode()),
        (b"commune,name\n" + b"Ia Dreh,B\n" * 20_001, "quá 20.000 dòng".encode()),
        (b"x" * 4_000_001, "Tệp lớn hơn 4 MB".encode()),
        (b"commune,name\nA," + b"x" * 200_000, "không đọc được".encode()),
    ],
)
def test_a_file_that_cannot_be_read_says_why(staff, data, said):
    response = sent(staff, PAGE, data)

    assert response.status_code == 400
    assert (said if isinstance(said, str) else said.decode()) in response.content.decode()


def test_no_file_and_a_forged_or_foreign_preview_are_refused(staff, client):
    other = make_user(Role.PROVINCE_STAFF, unit(GIA_LAI))
    text = "commune,name\nIa Dreh,Thôn 1\n"
    foreign = signing.dumps(text, salt=f"csv:areas:{other.pk}", compress=True)
    units = signing.dumps(text, salt="csv:units:1", compress=True)
    for carried in ("", "x", text, foreign, units):
        response = staff.post(PAGE, {"carried": carried, "save": "1"})
        assert response.status_code == 400, carried
    assert there() == []


@pytest.mark.parametrize("role", [Role.COMMUNE_LEADER, Role.COMMITTEE])
def test_only_a_province_loads_areas_of_many_communes(client, role):
    client.force_login(make_user(role, unit(IA_DREH)))

    assert client.get(PAGE).status_code == 403
    assert sent(client, PAGE, "commune,name\nIa Dreh,A\n").status_code == 403
    assert there() == []


def test_twenty_thousand_rows_are_read_with_few_queries(
    client, django_assert_max_num_queries, monkeypatch
):
    province = make_unit(Level.PROVINCE)
    communes = [make_unit(parent=province) for _ in range(50)]
    client.force_login(make_user(Role.PROVINCE_STAFF, province))
    lines = [f"{communes[n % 50].name}\tThôn {n}" for n in range(20_000)]

    with django_assert_max_num_queries(60):
        response = sent(client, PAGE, "commune\tname\n" + "\n".join(lines), "utf-16")

    assert len(response.context["plan"].new) == 20_000
    monkeypatch.setattr(tables, "MOST_ROWS", 3)
    with pytest.raises(TableError):
        read_lines("commune\tname\n" + "\n".join(lines[:4]), COLUMNS)


def test_a_file_of_strange_names_is_no_flood_of_searches(
    staff, django_assert_max_num_queries, monkeypatch
):
    monkeypatch.setattr(finding, "MOST_SEARCHED", 3)
    text = "commune,name\n" + "".join(f"Xã Lạ {n},Thôn 1\n" for n in range(500))

    with django_assert_max_num_queries(60):
        response = sent(staff, PAGE, text)

    assert len(faults(response)) == 500


def test_more_lines_of_one_commune_than_it_can_have_areas_are_refused(staff):
    lines = [f"24100,Thôn {number}" for number in range(501)]

    response = sent(staff, PAGE, "\n".join(["xã,địa bàn", "24076,Thôn 1", *lines]))

    assert faults(response) == [(503, "commune")]
    said = "Xã Ia Dreh có 501 dòng; mỗi xã, phường, đặc khu tối đa 500."
    assert said in response.content.decode()
    assert there() == []
