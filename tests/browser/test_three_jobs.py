"""The three jobs, end to end, as their people do them: enter and confirm, look, export."""

import re
from io import BytesIO

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
SCHEME = "Camera an ninh buôn Chư Krih"


def pick(page, name, typed, label):
    """Choose in a list that is searched while one types, with the keyboard alone."""
    box = page.locator(f"#id_{name}-ts-control")
    box.click()
    box.press_sequentially(typed, delay=10)
    first = page.locator(f"#id_{name}-ts-dropdown [role=option]").first
    expect(first).to_have_text(label)
    expect(first).to_have_class(re.compile("active"))
    box.press("Enter")


def keys(page):
    """The strip of key numbers of a dashboard: {label: number}."""
    pairs = page.locator(".keys .key").evaluate_all(
        "all => all.map(key => [key.querySelector('dt').innerText,"
        " key.querySelector('dd').firstChild.textContent.trim()])"
    )
    return {label: int(re.sub(r"\D", "", number)) for label, number in pairs}


def dashboard(huyen):
    huyen.goto("/dashboard/")
    return keys(huyen.page)


def t03(tinh):
    with tinh.page.expect_download() as download:
        tinh.page.get_by_role("link", name="Tải Excel").click()
    page = load_workbook(BytesIO(download.value.path().read_bytes()))["T03"]
    return {line[1]: line for line in page.iter_rows(values_only=True) if line[1]}


def test_a_point_is_entered_confirmed_seen_and_exported(visitor):
    huyen, tinh = visitor("huyen"), visitor("tinh")
    before = dashboard(huyen)
    tinh.goto("/reports/T03/")
    exported = t03(tinh)

    # xa enters; first with a day that there is not
    xa = visitor("xa")
    xa.page.get_by_role("link", name="Thêm điểm mô hình", exact=True).click()
    page = xa.page
    pick(page, "type", "camera an ninh", "Camera an ninh")
    eyes = page.get_by_label("Số mắt camera")
    expect(eyes).to_be_visible()
    page.get_by_label("Thêm tên mô hình").fill(SCHEME)
    pick(page, "areas", "buon hmung", "Buôn H'Mung")
    page.get_by_label("Vị trí").fill("Ngã ba đầu buôn")
    page.get_by_label("Ngày ra mắt").fill("31/02/2026")
    eyes.fill("12")
    page.get_by_label("Số quyết định").fill("12/QĐ-UBND")
    page.get_by_role("button", name="Lưu và trình lãnh đạo").click()

    wrong = page.locator("#div_id_launched")
    expect(wrong).to_contain_text("Tháng 2 năm 2026 chỉ có 28 ngày")
    expect(page.get_by_label("Ngày ra mắt")).to_have_value("31/02/2026")
    expect(page.get_by_label("Số mắt camera")).to_have_value("12")
    expect(page.get_by_label("Thêm tên mô hình")).to_have_value(SCHEME)
    expect(page.get_by_label("Vị trí")).to_have_value("Ngã ba đầu buôn")
    expect(page.get_by_label("Số quyết định")).to_have_value("12/QĐ-UBND")
    expect(page.locator("#div_id_areas .item")).to_contain_text("H'Mung")
    expect(page.locator("#div_id_type .item")).to_contain_text("Camera an ninh")

    page.get_by_label("Ngày ra mắt").fill("03/02/2026")
    page.get_by_role("button", name="Lưu và trình lãnh đạo").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(SCHEME)
    expect(page.locator("dl.facts").first).to_contain_text("03/02/2026")
    expect(page.locator("main")).to_contain_text("Chờ duyệt")
    address = page.url.removeprefix(xa.site)

    assert dashboard(huyen) == before  # what waits does not count yet

    # the leader confirms
    leader = visitor("xa.truong")
    line = leader.page.locator(".todo li", has_text="Duyệt hồ sơ cán bộ trình")
    line.get_by_role("link").click()
    leader.page.locator("tbody").get_by_role("link", name=SCHEME).click()
    assert leader.page.url.endswith(address)
    leader.page.get_by_role("button", name="Duyệt", exact=True).click()
    expect(leader.page.locator("main")).to_contain_text("Đã duyệt")

    # the committee sees one point and twelve eyes more, and the point behind the number
    after = dashboard(huyen)
    more = {label: after[label] - before[label] for label in after}
    assert (more["Số điểm mô hình"], more["Số mắt camera"], more["Số mô hình (tên)"]) == (1, 12, 1)
    huyen.page.locator(".keys .key", has_text="Số mắt camera").get_by_role("link").first.click()
    expect(huyen.page.get_by_role("heading", level=1)).to_contain_text(
        "Số mắt camera – Cụm Krông Pa – đến ngày"
    )
    huyen.page.locator(".filters [name=q]").fill("chu krih")
    huyen.page.locator(".filters [name=q]").press("Enter")
    expect(huyen.page.locator("tbody tr")).to_have_count(1)
    expect(huyen.page.locator("tbody tr")).to_contain_text(SCHEME)

    # the province exports
    tinh.goto("/reports/T03/")
    again = t03(tinh)
    commune, total = "Xã Ia Dreh", "Tổng cộng"
    assert [again[commune][column] - exported[commune][column] for column in (2, 3)] == [1, 1]
    assert [again[total][column] - exported[total][column] for column in (2, 3)] == [1, 1]


@pytest.mark.parametrize(
    ("username", "path"),
    [
        ("", "/accounts/sign-in/"),
        ("xa", "/"),
        ("xa", "/movements/points/"),
        ("xa", "/movements/points/new/?type=1"),
        ("xa", "/movements/schemes/"),
        ("xa", "/accounts/password/"),
        ("huyen", "/dashboard/"),
        ("huyen", "/dashboard/?unit=D637@2025-06-30"),
        ("huyen", "/units/"),
        ("huyen", "/units/?q=ia+rmok"),
        ("tinh", "/dashboard/"),
        ("tinh", "/reports/"),
        ("tinh", "/reports/T03/"),
        ("tinh", "/dashboard/?on=31/02/2026"),
        ("trunguong", "/dashboard/"),
        ("admin", "/admin/"),
        ("admin", "/admin/movements/schemepoint/"),
        ("admin", "/admin/movements/schemepoint/add/"),
        ("admin", "/admin/movements/schemetype/"),
        ("admin", "/admin/units/administrativeunit/"),
        ("admin", "/admin/units/administrativeunit/add/"),
        ("admin", "/admin/accounts/user/add/"),
    ],
)
def test_no_page_breaks_the_policy_or_asks_another_host(visitor, username, path):
    """The fixture fails for any violation that Chromium reports and any foreign request."""
    someone = visitor(username)

    answer = someone.goto(path)
    someone.page.wait_for_load_state("networkidle")

    assert answer.status == (400 if "31/02" in path else 200)
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


@pytest.mark.parametrize(
    ("username", "path"),
    [
        ("xa", "/"),
        ("xa", "/movements/points/"),
        ("xa", "/movements/points/new/"),
        ("huyen", "/dashboard/"),
        ("huyen", "/units/?q=ia+rmok"),
    ],
)
def test_nothing_scrolls_sideways_on_a_phone(visitor, username, path):
    someone = visitor(username, width=390, height=844)

    someone.goto(path)

    wide = someone.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390
