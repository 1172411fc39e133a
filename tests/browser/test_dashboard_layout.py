"""The dashboard in the room that it has: screens, a phone, a sheet of paper."""

import re

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

# How far each table stands out of its card, and each card out of the page; nothing above 0.
OUTSIDE = """() => [...document.querySelectorAll('.grid table')].map(table => {
    const card = table.closest('.sheet').getBoundingClientRect();
    return Math.max(Math.round(table.getBoundingClientRect().right - card.right),
                    Math.round(card.right - document.documentElement.clientWidth));
})"""
A4 = 703  # 210 mm less the margins, in pixels


@pytest.mark.parametrize("username", ["trunguong", "tinh", "tinh.thanhhoa", "huyen"])
def test_tables_stay_in_their_cards(visitor, username):
    someone = visitor(username)
    for width in (1366, 1024, 390):
        someone.page.set_viewport_size({"width": width, "height": 800})
        someone.goto("/dashboard/")

        outside = someone.page.evaluate(OUTSIDE)

        assert len(outside) >= 2
        assert max(outside) <= 0, width


@pytest.mark.parametrize("username", ["trunguong", "tinh", "huyen"])
def test_paper_has_every_column(visitor, username):
    someone = visitor(username)
    someone.goto("/dashboard/")
    page = someone.page
    page.set_viewport_size({"width": A4, "height": 1000})
    page.emulate_media(media="print")

    head = page.get_by_role("columnheader", name="Mắt camera")
    box = head.bounding_box()

    assert box["x"] + box["width"] <= A4


@pytest.mark.parametrize("username", ["xa.ubnd", "huyen", "tinh", "trunguong"])
def test_a_dashboard_is_one_sheet(visitor, username):
    someone = visitor(username)
    someone.goto("/dashboard/")

    paper = someone.page.pdf(format="A4", prefer_css_page_size=True)

    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1


def test_the_whole_menu_is_seen_on_a_phone(visitor):
    page = visitor("xa", width=390, height=844).page

    right = page.locator(".top nav a").evaluate_all(
        "all => all.map(link => link.getBoundingClientRect().right)"
    )

    assert len(right) >= 5
    assert max(right) <= 390
