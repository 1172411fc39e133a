"""Near names by keyboard; three spellings of three communes become one, as the province does it."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_three_jobs import keys, pick

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
NEW = "/movements/points/new/"
SPELLINGS = [
    "Camera cổng chào buôn sóc",
    "Ca mê ra cổng chào buôn sóc",
    "Camera cổng chào buôn, sóc ANTT",
]


def test_a_near_name_is_taken_by_keyboard(visitor):
    xa = visitor("xa")
    xa.goto(NEW)
    page = xa.page
    pick(page, "type", "camera an ninh", "Camera an ninh")
    name = page.get_by_label("Thêm tên mô hình")
    name.press_sequentially("Mô hình camera giam sat ANTT", delay=5)
    near = page.locator("#near-names [data-take]").first
    expect(near).to_have_text("Camera giám sát an ninh, trật tự")
    page.keyboard.press("Tab")
    expect(near).to_be_focused()
    page.keyboard.press("Enter")
    expect(name).to_have_value("")
    expect(page.locator("#scheme-part .item")).to_have_text("Camera giám sát an ninh, trật tự")
    expect(page.locator("#near-names li")).to_have_count(0)


def test_a_near_name_of_another_type_brings_its_type(visitor):
    xa = visitor("xa")
    xa.goto(NEW)
    page = xa.page
    pick(page, "type", "camera an ninh", "Camera an ninh")
    expect(page.get_by_label("Số mắt camera")).to_be_visible()
    page.get_by_label("Thêm tên mô hình").press_sequentially("Tổ liên gia PCCC", delay=5)
    page.locator("#near-names [data-take]").first.click()
    expect(page.get_by_label("Bình chữa cháy")).to_be_visible()
    expect(page.locator("#scheme-part .item")).to_have_text("Tổ liên gia an toàn PCCC")
    expect(page.get_by_label("Thêm tên mô hình")).to_have_value("")


def enter(tinh, commune: str, name: str) -> None:
    """On behalf of a commune, and confirmed at once."""
    tinh.goto(NEW)
    page = tinh.page
    pick(page, "unit", commune.lower(), f"{commune}, Tỉnh Gia Lai")
    pick(page, "type", "camera an ninh", "Camera an ninh")
    expect(page.get_by_label("Số mắt camera")).to_be_visible()
    page.get_by_label("Thêm tên mô hình").fill(name)
    page.get_by_label("Vị trí").fill("Cổng chào")
    page.get_by_label("Ngày ra mắt").fill("03/02/2026")
    page.get_by_role("button", name="Lưu", exact=True).click()
    expect(page.locator(".notice.success")).to_contain_text("Đã lưu")


def distinct(tinh, day: str) -> int:
    tinh.goto(f"/dashboard/?on={day}")
    return keys(tinh.page)["Số mô hình (tên)"]


def t03(tinh, day: str) -> str:
    tinh.goto(f"/reports/T03/?on={day}")
    return tinh.page.locator("tr.total td").nth(1).inner_text()


def test_three_spellings_of_three_communes_become_one(visitor):
    tinh = visitor("tinh")
    page = tinh.page
    past, today = "2026-03-01", ""
    before = {day: distinct(tinh, day) for day in (past, today)}
    for commune, name in zip(("Xã Ia Dreh", "Xã Uar", "Xã Ia Rsai"), SPELLINGS, strict=True):
        enter(tinh, commune, name)
    for day in (past, today):
        assert distinct(tinh, day) == before[day] + 3
        assert t03(tinh, day) == str(before[day] + 3)

    tinh.goto("/movements/schemes/waiting/")
    expect(page.get_by_role("rowheader", name=SPELLINGS[0])).to_be_visible()
    row = page.locator("tr", has=page.get_by_role("link", name=SPELLINGS[0], exact=True))
    row.get_by_role("button", name="Đưa vào danh mục").click()
    expect(page.locator(".notice.success")).to_have_text("Đã đưa 1 tên vào danh mục.")
    for spelling in SPELLINGS[1:]:
        tinh.goto("/movements/schemes/waiting/")
        row = page.locator("tr", has=page.get_by_role("link", name=spelling, exact=True))
        row.get_by_role("link", name=f"Gộp vào “{SPELLINGS[0]}”").click()
        page.get_by_label("Lý do, căn cứ").fill("Cùng một mô hình")
        page.get_by_role("button", name="Gộp hai tên").click()
        expect(page.locator(".notice.success")).to_contain_text("1 hồ sơ điểm chuyển sang")

    for day in (past, today):
        assert distinct(tinh, day) == before[day] + 1
        assert t03(tinh, day) == str(before[day] + 1)
    tinh.goto("/movements/schemes/?q=cong+chao+buon+soc")
    expect(page.locator("tbody th")).to_have_text([SPELLINGS[0]])
    page.get_by_role("link", name=SPELLINGS[0]).click()
    history = page.locator(".history li")
    expect(history.last).to_contain_text("Nguyễn Thị Thu Hà")
    expect(history.last).to_contain_text(f"“{SPELLINGS[2]}” gộp vào “{SPELLINGS[0]}”")
    expect(page.locator("dl.facts").first).to_contain_text(
        re.compile("Ca mê ra cổng chào buôn sóc")
    )
