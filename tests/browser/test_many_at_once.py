"""Twelve points of one decision, over a line that drops and a session that ends; none twice."""

import re

import pytest
from playwright.sync_api import expect

from antq.accounts.demo import PASSWORD
from tests.browser.test_three_jobs import pick

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
MANY = "/movements/points/many/"
SAVE = "Lưu và trình lãnh đạo"
LETTERS = "ABCDEGHIKLMN"


def excel(wrong: bool, word: str) -> str:
    """Rows as Excel copies them: a heading in the order of its own table, a column too many."""
    lines = ["STT\tTên thôn, buôn\tNgười phụ trách\tSố mắt camera\tSố thành viên"]
    for number, letter in enumerate(LETTERS, 1):
        eyes = "mười" if wrong and number == 7 else "1.000"
        members = "6 người" if wrong and number == 3 else "hơn 6"
        lines.append(f"{number}\tBuôn {word} {letter}\tKsor {letter}\t{eyes}\t{members}")
    return "\r\n".join(lines) + "\r\n"


def copy(someone, text: str) -> None:
    """As if it were copied in Excel."""
    someone.context.grant_permissions(["clipboard-read", "clipboard-write"])
    someone.page.evaluate("text => navigator.clipboard.writeText(text)", text)


def cell(page, row: int, column: str):
    return page.locator(f"[name='row-{row - 1}-{column}']")


def kept_here(page) -> list[str]:
    return page.evaluate("Object.keys(localStorage).filter(name => name.startsWith('antq-draft:'))")


def points(page, decision: str):
    """The rows of the register that have this decision."""
    page.goto(page.url.split("/movements")[0] + f"/movements/points/?q={decision}")
    return page.locator("tbody tr")


def confirm_all(visitor, decision: str) -> None:
    leader = visitor("xa.truong")
    leader.goto(f"/movements/points/?status=waiting&q={decision}")
    expect(leader.page.locator("tbody tr")).to_have_count(12)
    leader.page.get_by_label("Chọn tất cả trang này").check()
    leader.page.get_by_role("button", name="Duyệt các điểm đã chọn").click()
    expect(leader.page.locator("main")).to_contain_text("Đã duyệt 12 điểm mới.")
    rows = points(leader.page, decision)
    expect(rows).to_have_count(12)
    expect(rows.locator(".tag.ok")).to_have_count(12)


def lose_the_answer(route) -> None:
    """The request reaches the site; what it answers is lost on the way."""
    route.fetch(max_redirects=0)
    route.abort("connectionreset")


def test_twelve_rows_over_a_line_that_drops_and_a_session_that_ends(visitor):
    decision = "77/QĐ-UBND"
    xa = visitor("xa")
    page, said = xa.page, xa.page.locator(".draft-line")
    page.get_by_role("link", name="Thêm nhiều điểm").click()
    pick(page, "type", "camera an ninh", "Camera an ninh")
    expect(cell(page, 1, "attr_camera_eyes")).to_be_visible()
    page.get_by_label("Thêm tên mô hình").fill("Camera an ninh liên buôn")
    page.get_by_label("Ngày ra mắt").fill("03/02/2026")
    page.get_by_label("Số quyết định").fill(decision)
    expect(said).to_contain_text("Đã lưu nháp")

    # the line drops: what is typed stays in the browser, a save waits for the line
    copy(xa, excel(wrong=True, word="Krông"))
    xa.context.set_offline(True)
    cell(page, 1, "areas").focus()
    page.keyboard.press("Control+V")
    expect(page.locator("#paste-said")).to_contain_text("Đã dán 12 dòng. Không nhận cột “STT”.")
    expect(cell(page, 12, "areas")).to_have_value("Buôn Krông N")
    expect(said).to_contain_text("Mất kết nối: đang giữ trên máy này.")
    page.get_by_role("button", name=SAVE).click()
    expect(said).to_contain_text("Có mạng lại thì bấm lưu lần nữa.")
    assert len(kept_here(page)) == 1
    xa.context.set_offline(False)
    expect(said).to_contain_text("Đã lưu nháp")
    assert kept_here(page) == []

    # the page is closed by mistake; opened again it has everything, unfinished as it was
    page.close(run_before_unload=False)
    page = xa.page = xa.context.new_page()
    xa.goto(MANY)
    page.get_by_role("button", name="Khôi phục").click()
    expect(cell(page, 3, "members")).to_have_value("6 người")
    expect(cell(page, 12, "leader")).to_have_value("Ksor N")
    expect(cell(page, 1, "attr_camera_eyes")).to_have_value("1.000")
    expect(page.get_by_label("Số quyết định")).to_have_value(decision)
    expect(page.locator("#div_id_type .item")).to_contain_text("Camera an ninh")

    # the session ends; what was typed goes through the sign-in; two cells are wrong
    xa.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name=SAVE).click()
    page.get_by_label("Tên đăng nhập").fill("xa")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    page.get_by_role("button", name="Tiếp tục lưu").click()
    expect(page.locator(".notice.error")).to_contain_text("Trong bảng còn 2 ô cần sửa")
    expect(page.locator("[aria-invalid=true]")).to_have_count(2)
    expect(cell(page, 3, "members")).to_be_focused()
    expect(page.locator("#error_row-2-members")).to_contain_text("Nhập một số")
    expect(page.locator("#error_row-6-attr_camera_eyes")).to_contain_text("Nhập một số")

    # mended and saved; the answer is lost on the way, so it is sent again: none twice
    cell(page, 3, "members").fill("6")
    cell(page, 7, "attr_camera_eyes").fill("10")
    page.route(re.compile(MANY), lose_the_answer, times=1)
    page.get_by_role("button", name=SAVE).click(no_wait_after=True)
    expect(page).to_have_url("chrome-error://chromewebdata/")
    page.reload()  # the browser sends the same form again
    expect(page.locator("main")).to_contain_text("Đã lưu 12 điểm và trình lãnh đạo duyệt.")
    expect(page.locator("main")).to_contain_text(
        "12 dòng của bảng này đã được lưu từ lần gửi trước"
    )
    expect(points(page, decision)).to_have_count(12)
    assert kept_here(page) == []
    xa.goto(MANY)
    page.wait_for_load_state("networkidle")
    expect(page.locator(".draft-offer")).to_have_count(0)
    confirm_all(visitor, decision)


NAME = """() => {
  const field = document.activeElement;
  const label = field.labels && field.labels[0];
  const named = field.getAttribute('aria-label') || (label && label.textContent);
  return (named || field.textContent || '').trim();
}"""


def tab_to(page, name: str) -> None:
    """With the Tab key alone, to what has this name."""
    for _ in range(160):
        page.keyboard.press("Tab")
        if page.evaluate(NAME).startswith(name):
            return
    raise AssertionError(f"The Tab key does not come to “{name}”.")


def test_twelve_rows_by_keyboard_alone(visitor):
    decision = "78/QĐ-UBND"
    xa = visitor("xa")
    page, keys = xa.page, xa.page.keyboard
    tab_to(page, "Thêm nhiều điểm")
    with page.expect_navigation():
        keys.press("Enter")
    tab_to(page, "Loại hình")
    keys.type("camera an ninh", delay=10)
    expect(page.locator("#id_type-ts-dropdown [role=option]").first).to_have_text("Camera an ninh")
    keys.press("Enter")
    expect(cell(page, 1, "attr_camera_eyes")).to_be_visible()
    tab_to(page, "Thêm tên mô hình")
    keys.type("Camera an ninh bằng bàn phím")
    tab_to(page, "Ngày ra mắt")
    keys.type("03/02/2026")
    tab_to(page, "Số quyết định")
    keys.type(decision)
    copy(xa, excel(wrong=True, word="Jrai"))
    tab_to(page, "Dòng 1, Địa bàn")
    keys.press("Control+V")
    expect(cell(page, 12, "areas")).to_have_value("Buôn Jrai N")
    keys.press("Enter")  # goes down, and sends nothing
    expect(cell(page, 2, "areas")).to_be_focused()
    tab_to(page, SAVE)
    with page.expect_navigation():
        keys.press("Enter")

    expect(cell(page, 3, "members")).to_be_focused()
    keys.press("Control+A")
    keys.type("6")
    tab_to(page, "Dòng 7, Mắt camera")
    keys.press("Control+A")
    keys.type("10")
    tab_to(page, SAVE)
    with page.expect_navigation():
        keys.press("Enter")
    expect(page.locator("main")).to_contain_text("Đã lưu 12 điểm và trình lãnh đạo duyệt.")
    expect(points(page, decision)).to_have_count(12)

    leader = visitor("xa.truong")
    leader.goto(f"/movements/points/?status=waiting&q={decision}")
    tab_to(leader.page, "Chọn tất cả trang này")
    leader.page.keyboard.press("Space")
    tab_to(leader.page, "Duyệt các điểm đã chọn")
    with leader.page.expect_navigation():
        leader.page.keyboard.press("Enter")
    expect(leader.page.locator("main")).to_contain_text("Đã duyệt 12 điểm mới.")


def test_signing_out_wipes_what_the_browser_kept(visitor):
    xa = visitor("xa")
    page = xa.page
    xa.goto("/movements/points/new/")
    page.wait_for_load_state("networkidle")
    xa.context.set_offline(True)
    page.get_by_label("Vị trí").fill("Chợ Ia Dreh")
    expect(page.locator(".draft-line")).to_contain_text("Mất kết nối: đang giữ trên máy này.")
    assert len(kept_here(page)) == 1
    xa.context.set_offline(False)
    expect(page.locator(".draft-line")).to_contain_text("Đã lưu nháp")
    page.evaluate("localStorage.setItem('antq-draft:0:point-create', '{\"fields\": []}')")

    page.on("dialog", lambda dialog: dialog.accept())
    page.locator("details.who summary").click()
    page.get_by_role("button", name="Đăng xuất").click()
    page.wait_for_url(re.compile("sign-in"))

    assert kept_here(page) == []
    xa.sign_in("xa")
    xa.goto("/movements/points/new/")  # the server has it still
    page.get_by_role("button", name="Khôi phục").click()
    expect(page.get_by_label("Vị trí")).to_have_value("Chợ Ia Dreh")
    xa.goto("/movements/points/new/")
    page.get_by_role("button", name="Bỏ", exact=True).click()
    expect(page.locator(".draft-offer")).to_have_count(0)


def test_another_user_of_the_browser_finds_nothing(visitor):
    xa = visitor("xa")
    xa.page.evaluate("localStorage.setItem('antq-draft:0:point-create', '{\"fields\": []}')")

    xa.goto("/")

    assert kept_here(xa.page) == []


def test_any_guarded_form_has_its_draft(visitor):
    xa = visitor("xa")
    page, said = xa.page, xa.page.locator(".draft-line")
    page.on("dialog", lambda dialog: dialog.accept())
    add = "/movements/areas/of/W24100@2025-07-01/add/"
    xa.goto(add)
    names = page.locator("textarea")
    names.fill("Thôn Nháp 1\nThôn Nh")
    expect(said).to_contain_text("Đã lưu nháp")

    xa.goto(add)
    names.press_sequentially("x")  # nothing is written over what is offered
    expect(said).to_contain_text("chọn Khôi phục hoặc Bỏ")
    page.get_by_role("button", name="Khôi phục").click()
    expect(names).to_have_value("Thôn Nháp 1\nThôn Nh")
    expect(said).to_contain_text("Đã lưu nháp")

    page.get_by_role("button", name="Xem trước").click()
    page.wait_for_load_state("networkidle")
    expect(page.locator(".draft-offer")).to_have_count(0)
    xa.goto(add)
    page.get_by_role("button", name="Bỏ", exact=True).click()
    xa.goto(add)
    page.wait_for_load_state("networkidle")
    expect(page.locator(".draft-offer")).to_have_count(0)


def test_what_excel_copies_goes_into_the_cells_it_is_meant_for(visitor):
    xa = visitor("xa")
    page = xa.page
    xa.goto(MANY)
    cell(page, 1, "areas").wait_for()

    def paste(text, at):
        page.locator(f"[name='{at}']").evaluate(
            """(field, text) => {
              const data = new DataTransfer();
              data.setData("text/plain", text);
              const event = { clipboardData: data, bubbles: true, cancelable: true };
              field.dispatchEvent(new ClipboardEvent("paste", event));
            }""",
            text,
        )

    # a cell of two lines with a quote in it, an empty cell, a line break at the end
    paste('"Thôn 1\nThôn ""Mới"""\t\tKsor A\t1\nThôn 2\tChợ\t\t2\n', "row-8-areas")
    expect(cell(page, 9, "areas")).to_have_value('Thôn 1; Thôn "Mới"')
    expect(cell(page, 9, "location")).to_have_value("")
    expect(cell(page, 10, "location")).to_have_value("Chợ")
    expect(cell(page, 10, "teams")).to_have_value("2")
    expect(page.locator("[data-table] tbody tr")).to_have_count(10)

    # from the cell that has the cursor; rows are added; what is too wide is said
    paste("a\t1\nb\t2\nc\t3", "row-9-leader")
    expect(cell(page, 12, "leader")).to_have_value("c")
    expect(cell(page, 12, "teams")).to_have_value("3")
    paste("1\t2", "row-0-households")
    expect(page.locator("#paste-said")).to_have_text("Đã dán 1 dòng. Không nhận cột bên phải bảng.")

    # numbers of their own table are no areas
    paste("1\tThôn A\n2\tThôn B", "row-0-areas")
    expect(cell(page, 2, "areas")).to_have_value("Thôn B")

    # more than the table takes: nothing of it
    paste("\n".join(f"Thôn {number}\t" for number in range(201)), "row-0-areas")
    expect(page.locator("#paste-said")).to_contain_text("chỉ nhận 200 dòng một lần: chưa dán")
    expect(cell(page, 1, "areas")).to_have_value("Thôn A")
