"""axe-core finds nothing serious on any page, for whoever works there."""

from contextlib import closing

import psycopg2
import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

IA_DREH = "W24100@2025-07-01"
# What an address may name, found in the demo.
ROWS = {
    "point": "select point_id from movements_team order by id limit 1",
    "team": "select id from movements_team order by id limit 1",
    "judged": "select point_id from movements_schemeevaluation where created_by_id in (select id "
    "from accounts_user where username = 'xa') order by id limit 1",
    "evaluation": "select id from movements_schemeevaluation where created_by_id in (select id "
    "from accounts_user where username = 'xa') order by id limit 1",
    "document": "select id from movements_document order by id limit 1",
    "recognition": "select id from movements_recognition order by id limit 1",
    "waiting": "select id from movements_schemepoint where status = 'waiting' and created_by_id "
    "in (select id from accounts_user where username = 'xa') order by id limit 1",
    "ending": "select p.id from movements_schemepoint p join units_administrativeunit u on u.id = "
    f"p.unit_id where end_asked_on is not null and u.key = '{IA_DREH}' limit 1",
    "changed": "select id from movements_schemepoint where status = 'confirmed' and version > "
    "looked_version and looked_version > 0 order by id limit 1",
    "area": "select a.id from units_residentialarea a join units_administrativeunit u on u.id = "
    f"a.unit_id where u.key = '{IA_DREH}' order by a.id limit 1",
    "scheme": "select id from movements_scheme where status = 'accepted' order by id limit 1",
    "new_name": "select id from movements_scheme where status = 'proposed' order by id limit 1",
    "type": "select id from movements_schemetype order by id limit 1",
    "unit": f"select id from units_administrativeunit where key = '{IA_DREH}'",
    "user": "select id from accounts_user where username = 'xa'",
}
# username → addresses
PAGES = {
    "": ["/accounts/sign-in/", "/không-có/"],
    "xa": [
        "/",
        "/movements/points/",
        "/movements/points/?todo=dormant",
        "/movements/points/new/",
        "/movements/points/new/?replicate={point}",
        "/movements/points/many/?type={type}",
        "/movements/points/preparing/",
        "/movements/points/old-units/",
        "/movements/points/{point}/",
        "/movements/points/{point}/edit/",
        "/movements/points/{point}/history/",
        "/movements/points/{point}/documents/new/",
        "/movements/points/{point}/teams/new/",
        "/movements/points/{point}/teams/{team}/",
        "/movements/points/{judged}/evaluations/new/",
        "/movements/points/{judged}/evaluations/{evaluation}/",
        "/movements/documents/{document}/edit/",
        "/movements/documents/{document}/remove/",
        "/movements/evaluations/",
        "/movements/recognitions/",
        "/movements/recognitions/new/?point={point}",
        "/movements/recognitions/{recognition}/",
        "/movements/returned-lines/",
        "/movements/areas/",
        f"/movements/areas/of/{IA_DREH}/",
        f"/movements/areas/of/{IA_DREH}/add/",
        f"/movements/areas/of/{IA_DREH}/rearrange/?area={{area}}",
        "/movements/areas/{area}/",
        "/movements/schemes/",
        "/movements/schemes/{scheme}/",
        "/accounts/password/",
    ],
    "xa.truong": ["/", "/movements/points/?todo=confirm"]
    + ["/movements/points/{waiting}/", "/movements/points/{ending}/"],
    "xa.ubnd": ["/dashboard/", "/movements/points/{point}/"],
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
        "/movements/points/old-units/",
        "/movements/differences/",
        "/movements/points/{changed}/lines/",
        "/movements/schemes/",
        "/movements/schemes/waiting/",
        "/movements/schemes/{new_name}/",
        "/movements/schemes/{new_name}/history/",
        "/movements/schemes/{new_name}/edit/",
        "/movements/schemes/{new_name}/merge/?into={scheme}",
        "/movements/types/",
        "/movements/types/new/",
        "/movements/types/{type}/",
        "/movements/areas/",
        "/units/csv/areas/",
        "/units/profiles/",
        f"/units/{IA_DREH}/",
        "/reports/",
        *(f"/reports/{code}/?unit={IA_DREH}" for code in ("T01", "T02", "T03", "T04", "T05")),
    ],
    "trunguong": ["/dashboard/"],
    "admin": [
        "/accounts/batch/",
        "/units/csv/units/",
        "/admin/",
        "/admin/movements/schemetype/",
        "/admin/movements/schemetype/{type}/change/",
        "/admin/movements/schemepoint/",
        "/admin/movements/schemepoint/add/",
        "/admin/movements/schemepoint/{point}/change/",
        "/admin/movements/schemepoint/{point}/history/",
        "/admin/movements/pointstate/",
        "/admin/units/administrativeunit/",
        "/admin/units/administrativeunit/add/",
        "/admin/units/administrativeunit/{unit}/change/",
        "/admin/accounts/user/",
        "/admin/accounts/user/add/",
        "/admin/accounts/user/{user}/change/",
        "/admin/accounts/user/{user}/delete/",
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


@pytest.fixture(scope="module")
def rows(site, database):
    with closing(psycopg2.connect(database)) as found, found.cursor() as cursor:
        keys = {}
        for name, query in ROWS.items():
            cursor.execute(query)
            keys[name] = cursor.fetchone()[0]
        return keys


@pytest.mark.parametrize("username", PAGES)
def test_nothing_serious_is_found(site, rows, without_policy, username):
    someone = Visitor(without_policy, site)
    if username:
        someone.sign_in(username)

    wrong = {}
    for path in PAGES[username]:
        address = path.format(**rows)
        answer = someone.goto(address)
        assert answer.status == (404 if "không-có" in path else 200) or "31/02" in path, address
        someone.page.wait_for_load_state("networkidle")
        if found := serious(someone.page):
            wrong[path] = found
    assert wrong == {}
