"""Handing in papers in a browser: with the script, without it, and when the session ends."""

import pytest
from playwright.sync_api import expect

from antq.accounts.demo import PASSWORD
from tests.files import samples

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
PDF = {"name": "Quyết định 12.pdf", "mimeType": "application/pdf", "buffer": samples.pdf()}
LARGE = {**PDF, "name": "to.pdf", "buffer": bytes(21 * 1024 * 1024)}
PROGRAM = {**PDF, "name": "virus.pdf", "buffer": samples.EXECUTABLE}
PHOTO = {"name": "Lễ ra mắt.jpg", "mimeType": "image/jpeg", "buffer": samples.jpeg()}


def open_form(visitor, username="xa"):
    someone = visitor(username)
    someone.goto("/movements/points/")
    someone.page.locator("tbody th a").first.click()
    someone.page.locator("#ho-so").get_by_role("link", name="Thêm giấy tờ").click()
    return someone, someone.page


def test_what_is_too_large_is_said_before_it_is_sent(visitor):
    _, page = open_form(visitor)
    sent = []
    page.on("request", lambda request: sent.append(request.method))

    page.get_by_label("Tệp").set_input_files([LARGE])

    expect(page.get_by_role("alert").filter(has_text="to.pdf")).to_contain_text("lớn quá 20 MB")
    page.get_by_role("button", name="Lưu", exact=True).click()
    assert "POST" not in sent


def test_a_file_stays_chosen_while_another_field_is_mended(visitor):
    _, page = open_form(visitor)
    page.get_by_label("Loại giấy tờ").select_option(label="Biên bản, hình ảnh lễ ra mắt")
    page.get_by_label("Ngày văn bản").fill("31/2/2026")
    page.get_by_label("Tệp").set_input_files([PHOTO])
    page.get_by_role("button", name="Lưu", exact=True).click()
    expect(page.get_by_label("Ngày văn bản")).to_be_focused()
    expect(page.get_by_text("Tháng 2 năm 2026 chỉ có 28 ngày")).to_be_visible()

    page.get_by_label("Ngày văn bản").fill("05/02/2026")
    page.get_by_role("button", name="Lưu", exact=True).click()

    expect(page.get_by_text("Đã thêm giấy tờ vào hồ sơ.")).to_be_visible()
    row = page.locator("#ho-so tr").filter(has_text="Lễ ra mắt.jpg").first
    small = row.locator("img")
    small.scroll_into_view_if_needed()
    page.wait_for_function("image => image.naturalWidth === 320", arg=small.element_handle())


def test_a_refused_file_is_asked_again_and_a_pdf_opens(visitor):
    someone, page = open_form(visitor, "xa.truong")
    page.get_by_label("Loại giấy tờ").select_option(label="Quyết định thành lập")
    page.get_by_label("Tệp").set_input_files([PROGRAM, PDF])
    page.get_by_role("button", name="Lưu", exact=True).click()
    expect(page.get_by_text("“virus.pdf”: Chỉ nhận PDF")).to_be_visible()
    expect(page.get_by_text("Chưa lưu tệp nào")).to_be_visible()
    page.get_by_label("Tệp").set_input_files([PDF])
    page.get_by_role("button", name="Lưu", exact=True).click()
    with someone.context.expect_page() as opened:
        page.locator("#ho-so").get_by_role("link", name="Quyết định 12.pdf").first.click()
    assert opened.value.url.endswith("/file/")


def test_when_the_session_ends_the_file_is_asked_again(visitor):
    someone, page = open_form(visitor)
    page.get_by_label("Loại giấy tờ").select_option(label="Quy chế hoạt động")
    page.get_by_label("Trích yếu").fill("Quy chế của tổ")
    page.get_by_label("Tệp").set_input_files([PDF])
    someone.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Lưu", exact=True).click()

    expect(page.get_by_text("Tệp đã chọn không giữ được, phải chọn lại.")).to_be_visible()
    page.fill("input[name=username]", "xa")
    page.fill("input[name=password]", PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.get_by_role("button", name="Tiếp tục lưu").click()

    expect(page.get_by_text("Chọn lại tệp rồi lưu.")).to_be_visible()
    expect(page.get_by_label("Trích yếu")).to_have_value("Quy chế của tổ")
    page.get_by_label("Tệp").set_input_files([PDF])
    page.get_by_role("button", name="Lưu", exact=True).click()
    expect(page.get_by_text("Đã thêm giấy tờ vào hồ sơ.")).to_be_visible()


def test_a_dropped_line_keeps_page_and_file(visitor):
    someone, page = open_form(visitor)
    page.get_by_label("Loại giấy tờ").select_option(label="Quy chế hoạt động")
    page.get_by_label("Tệp").set_input_files([PDF])
    someone.context.set_offline(True)
    page.get_by_role("button", name="Lưu", exact=True).click()
    expect(page.get_by_text("Mất kết nối, chưa lưu.")).to_be_visible()
    someone.context.set_offline(False)
    page.get_by_role("button", name="Lưu", exact=True).click()
    expect(page.get_by_text("Đã thêm giấy tờ vào hồ sơ.")).to_be_visible()
    someone.violations = [line for line in someone.violations if "DISCONNECTED" not in line]
