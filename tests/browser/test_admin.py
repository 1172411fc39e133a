"""The admin on an ordinary screen: nothing wider than it, every field with a name."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


@pytest.fixture
def admin(visitor):
    return visitor("admin")


def first_of(admin, table) -> str:
    """The address of the first record of a list."""
    admin.goto(f"/admin/{table}/")
    return admin.page.locator("#result_list tbody th a").first.get_attribute("href")


def fits(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("table", ["movements/schemetype", "movements/schemepoint"])
def test_a_record_with_its_rows_fits_the_screen(admin, table):
    admin.goto(first_of(admin, table))

    assert fits(admin.page)
    rows = admin.page.locator(".inline-group textarea").evaluate_all(
        "all => all.map(area => area.rows)"
    )
    assert rows
    assert set(rows) == {2}


def test_a_field_in_a_table_is_named_by_its_column_and_row(admin):
    admin.goto("/admin/movements/schemetype/")
    row = admin.page.locator("#result_list tbody tr", has_text="Camera an ninh").first

    expect(row.get_by_label("Thứ tự: Camera an ninh")).to_have_attribute(
        "name", re.compile("-order$")
    )
    expect(admin.page.get_by_role("textbox", name="Từ khóa")).to_be_visible()
    expect(admin.page.locator("label[for=searchbar] img")).to_have_attribute("alt", "Từ khóa")


def test_a_list_that_is_searched_is_named_also_in_a_row_added_later(admin):
    admin.goto("/admin/accounts/user/add/")
    units = admin.page.get_by_role("combobox", name="Đơn vị")
    expect(units).to_have_count(1)

    admin.page.get_by_role("button", name="Thêm Vai trò").click()

    expect(units).to_have_count(2)
    units.nth(1).click()
    admin.page.locator(".select2-search__field").press_sequentially("ia dreh", delay=10)
    admin.page.get_by_role("option", name="Xã Ia Dreh, Tỉnh Gia Lai").click()
    expect(units.nth(1)).to_contain_text("Xã Ia Dreh, Tỉnh Gia Lai")
