"""What the pages say of the five documents: as declared, on every map, never a guess."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from antq.accounts.demo import make_demo_accounts
from antq.accounts.models import User
from antq.site.demo.seeds import enter_seeds

pytestmark = pytest.mark.django_db
SEEN = {"on": "2024-08-16"}
OLD_GIA_LAI, GIA_LAI = "P64@2025-06-30", "P52@2025-07-01"
KRONG_PA, IA_DREH = "D637@2025-06-30", "W24100@2025-07-01"
IA_RMOK, KIM_QUAN = "W24103@2025-06-30", "W02476@2025-06-30"


@pytest.fixture
def sign_in(client, settings):
    settings.DEMO = True
    make_demo_accounts()
    enter_seeds()

    def as_(username):
        client.force_login(User.objects.get(username=username))
        return client

    return as_


def board(client, **query):
    response = client.get("/dashboard/", query)
    assert response.status_code == 200
    return response.context["board"]


def numbers(cells, *places):
    return [str(cells[place].quantity) for place in places]


def row(found, name):
    """Schemes, points, teams and eyes of the row of a unit."""
    cells = next(line.cells for line in found.by_unit.rows if line.unit.name == name)
    return numbers(cells, 0, 1, 2, 5)


def test_ia_rmok_as_declared(sign_in):
    """15 teams, one camera point with unknown eyes, five of the weapon drive: 21 quantities."""
    found = board(sign_in("huyen"), unit=IA_RMOK, **SEEN)

    lines = {line.type.code: numbers(line.cells, 1, 2) for line in (*found.by_type, *found.forces)}
    assert lines == {
        "to-tu-quan": ["5", "5"],
        "to-lien-gia-pccc": ["5", "5"],
        "giao-nop-vu-khi": ["5", "–"],
        "camera": ["1", "–"],
        "doi-dan-phong": ["5", "5"],
    }
    keys = {key.label: str(key.cell.quantity) for key in found.keys}
    assert (keys["Số tổ"], keys["Số mắt camera"]) == ("15", "chưa rõ")
    assert (keys["Số mô hình (tên)"], keys["Số điểm mô hình"]) == ("4", "16")
    quantities = sum(int(points) for points, _ in lines.values())
    assert quantities == 21


def test_ia_rmok_on_every_map(sign_in):
    client = sign_in("tinh")
    declared = ["4", "16", "15", "chưa rõ"]

    then = board(client, unit=OLD_GIA_LAI, map="then", **SEEN)
    district = board(client, unit=KRONG_PA, map="then", **SEEN)
    today = board(client, unit=GIA_LAI, map="today", **SEEN)

    assert row(then, "Huyện Krông Pa") == declared
    assert row(district, "Xã Ia RMok") == declared
    assert row(today, "Xã Ia Dreh") == declared
    # once in the province, either way
    assert numbers(then.by_unit.total.cells, 0, 1, 2, 5) == declared
    assert numbers(today.by_unit.total.cells, 0, 1, 2, 5) == declared


def test_rung_thong_stands_where_it_stood(sign_in):
    client = sign_in("tinh.thanhhoa")
    declared = ["3", "chưa rõ", "–", "chưa rõ"]

    def place(on, map):
        found = board(client, unit="P38", on=on, map=map)
        return [
            line.unit.name
            for line in found.by_unit.rows
            if line.has_data and numbers(line.cells, 0, 1, 2, 5) == declared
        ]

    assert place("2024-12-31", "then") == ["Huyện Đông Sơn"]
    assert place("2025-03-01", "then") == ["Thành phố Thanh Hóa"]
    assert place("2026-03-01", "then") == ["Phường Đông Sơn"]
    assert place("2024-12-31", "today") == ["Phường Đông Sơn"]


def test_kim_quans_points_are_unknown(sign_in):
    client = sign_in("tinh.tuyenquang")

    page = client.get("/dashboard/", {"unit": KIM_QUAN, "on": "2024-12-31"})
    sheet = client.get("/reports/T03/", {"unit": KIM_QUAN, "format": "xlsx"})
    cells = next(
        line
        for line in load_workbook(BytesIO(sheet.content))["T03"].iter_rows(values_only=True)
        if line[1] == "Xã Kim Quan"
    )

    keys = {key.label: str(key.cell.quantity) for key in page.context["board"].keys}
    assert (keys["Số mô hình (tên)"], keys["Số điểm mô hình"]) == ("5", "chưa rõ")
    assert cells[2:4] == (5, "chưa rõ")


def test_the_four_of_dak_lak(sign_in):
    found = board(sign_in("tinh.daklak"), on="2024-08-31", map="today")

    assert numbers(found.by_unit.total.cells, 0, 1) == ["4", "3 + 1 chưa rõ"]
    assert row(found, "Phường Buôn Ma Thuột")[:2] == ["1", "1"]
    assert row(found, "Xã Dray Bhăng")[:2] == ["1", "1"]
    assert numbers(found.by_unit.rest.cells, 0, 1) == ["2", "1 + 1 chưa rõ"]


def test_the_district_opens_its_old_book(sign_in):
    """`huyen` holds the cluster now; the closed district opens on its last day."""
    found = board(sign_in("huyen"), unit=KRONG_PA)

    assert str(found.scope.window.end) == "2025-06-30"
    assert row(found, "Xã Ia RMok") == ["4", "16", "15", "chưa rõ"]


def test_every_number_of_ia_rmok_opens_its_records(sign_in):
    client = sign_in("huyen")
    found = board(client, unit=IA_RMOK, **SEEN)

    for cell in found.by_unit.total.cells:
        if cell.url:
            assert client.get(cell.url).status_code == 200
