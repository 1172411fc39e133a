"""axe-core finds nothing serious on any page, for whoever works there."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

# username → addresses; `{point}` is the first point of the list.
PAGES = {
    "": ["/accounts/sign-in/", "/không-có/"],
    "xa": [
        "/",
        "/movements/points/",
        "/movements/points/new/",
        "{point}",
        "{point}edit/",
        "{point}documents/new/",
        "/movements/points/?todo=dormant",
        "/movements/points/old-units/",
        "/movements/schemes/",
        "/accounts/password/",
    ],
    "xa.truong": ["/", "{point}"],
    "huyen": [
        "/",
        "/dashboard/",
        "/dashboard/?on=31/02/2026",
        "/units/",
        "/units/?q=ia+rmok",
        "/attention/",
    ],
    "tinh": [
        "/",
        "/dashboard/",
        "/movements/points/",
        "/movements/schemes/waiting/",
        "/movements/types/",
        "/movements/types/new/",
        "/reports/",
        "/reports/T03/",
    ],
    "trunguong": ["/dashboard/"],
    "admin": [
        "/admin/",
        "/admin/movements/schemetype/",
        "/admin/movements/schemetype/1/change/",
        "/admin/movements/schemepoint/",
        "/admin/movements/schemepoint/add/",
        "/admin/movements/schemepoint/1/change/",
        "/admin/movements/schemepoint/1/history/",
        "/admin/movements/pointstate/",
        "/admin/units/administrativeunit/",
        "/admin/units/administrativeunit/add/",
        "/admin/units/administrativeunit/1/change/",
        "/admin/accounts/user/",
        "/admin/accounts/user/add/",
        "/admin/accounts/user/1/change/",
        "/admin/accounts/user/1/delete/",
    ],
}


@pytest.fixture
def without_policy(chromium):
    """axe is a script of nobody's: these contexts alone let it in."""
    opened = []

    class Lax:
        def new_context(self, **options):
            opened.append(chromium.new_context(bypass_csp=True, **options))
            return opened[-1]

    yield Lax()
    for context in opened:
        context.close()


def serious(page) -> list[str]:
    return [
        f"{found['id']}: {node['html'][:160]}"
        for found in Axe().run(page).response["violations"]
        if found["impact"] in ("serious", "critical")
        for node in found["nodes"]
    ]


@pytest.mark.parametrize("username", PAGES)
def test_nothing_serious_is_found(site, without_policy, username):
    someone = Visitor(without_policy, site)
    if username:
        someone.sign_in(username)
    point = ""
    if any("{point}" in path for path in PAGES[username]):
        someone.goto("/movements/points/")
        point = someone.page.locator("main tbody a").first.get_attribute("href")

    wrong = {}
    for path in PAGES[username]:
        answer = someone.goto(path.format(point=point))
        assert answer.status < 500
        someone.page.wait_for_load_state("networkidle")
        if found := serious(someone.page):
            wrong[path] = found
    assert wrong == {}
