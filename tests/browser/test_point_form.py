"""What the pages of the register do by script: parts drawn again, boxes ticked at once."""

import time

import pytest
from playwright.sync_api import expect

from tests.browser.test_three_jobs import pick

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


def test_the_block_follows_the_type_until_another_is_chosen(visitor):
    xa = visitor("xa")
    xa.goto("/movements/points/new/")
    block = xa.page.get_by_label("Khối")
    pick(xa.page, "type", "cong truong", "Cổng trường an toàn giao thông")
    expect(block).to_have_value("school")
    pick(xa.page, "type", "camera an ninh", "Camera an ninh")
    expect(block).to_have_value("residential")
    block.select_option("agency")
    pick(xa.page, "type", "cong truong", "Cổng trường an toàn giao thông")
    expect(xa.page.get_by_label("Số trường")).to_be_visible()
    expect(block).to_have_value("agency")


def test_when_the_session_has_ended_the_page_stays_and_says_so(visitor):
    xa = visitor("xa")
    xa.goto("/movements/points/new/")
    xa.page.get_by_label("Người phụ trách").fill("Ksor H'Lan")
    xa.context.clear_cookies(name="sessionid")
    pick(xa.page, "type", "camera an ninh", "Camera an ninh")
    expect(xa.page.locator("#live")).to_have_text(
        "Phiên làm việc đã kết thúc. Cứ nhập tiếp; khi lưu sẽ được đăng nhập lại, nội dung vẫn giữ."
    )
    expect(xa.page.get_by_label("Người phụ trách")).to_have_value("Ksor H'Lan")
    assert xa.page.url.endswith("/movements/points/new/")
    xa.violations = [line for line in xa.violations if "Error Code 401" not in line]


def test_figures_of_another_day_leave_what_is_typed_meanwhile(visitor):
    leader = visitor("xa.truong")
    page = leader.page
    leader.goto("/movements/points/?type=to-tu-quan&status=active&sort=launched")
    page.locator("tbody th a").first.click()
    earliest = page.locator("tbody tr:last-child td[data-label='Thành viên']").inner_text()
    page.get_by_role("link", name="Sửa", exact=True).click()
    members = page.get_by_label("Số thành viên")
    members.fill("987")
    page.get_by_role("button", name="Lưu", exact=True).click()
    page.get_by_role("link", name="Sửa", exact=True).click()
    expect(members).to_have_value("987")

    def slowly(route):
        time.sleep(0.5)
        route.continue_()

    page.route("**/fields/**", slowly)
    page.get_by_label("Số liệu tính đến ngày").fill("01/01/2020")
    page.keyboard.press("Tab")
    page.keyboard.type("5")
    expect(members).to_have_value(earliest)
    expect(page.get_by_label("Số tổ")).to_have_value("5")
    expect(page.get_by_label("Số tổ")).to_be_focused()


def test_all_that_wait_are_ticked_at_once(visitor):
    leader = visitor("xa.truong")
    leader.goto("/movements/points/?status=waiting")
    boxes = leader.page.locator("[name=point]")
    assert boxes.count() > 1
    leader.page.get_by_label("Chọn tất cả trang này").check()
    expect(leader.page.locator("[name=point]:checked")).to_have_count(boxes.count())
    leader.page.get_by_label("Chọn tất cả trang này").uncheck()
    expect(leader.page.locator("[name=point]:checked")).to_have_count(0)
