"""Every form that somebody may send, sent by those who may not: nothing is written."""

from datetime import date, timedelta
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.utils.timezone import localdate

from antq.accounts.roles import Role
from antq.core.dates import vn_date
from antq.review.choices import Status
from antq.units.choices import Level
from movements.choices import CatalogueStatus, Stage
from movements.models import SchemePoint
from tests.factories import make_point, make_scheme, make_unit, make_user
from tests.test_sweep import address, parameters, patterns, victim  # noqa: F401 – two are fixtures

pytestmark = pytest.mark.django_db
# Of the user's own account, or of no record.
OWN = ("/accounts/", "/admin/")
LEADERS_ONLY = {"confirm", "return", "end/confirm", "end/refuse"}
TYPED = {
    "reason": "Lý do thử",
    "answer": "Đã xem lại",
    "on": vn_date(localdate()),
    "kind": "review",
}


class Forms(HTMLParser):
    """`forms`: (action, {name: [values]}) of every form of a page that is sent by POST."""

    def __init__(self, page: str):
        super().__init__()
        self.forms, self.fields, self.select = [], None, ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        name, value = given.get("name", ""), given.get("value") or ""
        if tag == "form":
            self.fields = {}
            if given.get("method", "").lower() == "post":
                self.forms.append((given.get("action", ""), self.fields))
        elif self.fields is None:
            return
        elif tag == "option" and self.select and "selected" in given:
            self.fields[self.select] = [value]
        elif name and tag in ("input", "select", "textarea", "button"):
            self.select = name if tag == "select" else ""
            if given.get("type") == "file":
                value = SimpleUploadedFile("a.pdf", b"%PDF-1.4\nstartxref\n0\n%%EOF")
            value = value or TYPED.get(name.rsplit("-", 1)[-1], "")
            self.fields.setdefault(name, []).append(value)

    def handle_endtag(self, tag):
        self.fields = None if tag == "form" else self.fields


def lines_written() -> int:
    """How many lines the change log and the trail have got; those taken back are counted too."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select sum(last_value) from pg_sequences"
            " where sequencename ~ 'event_pgh_id_seq$|^review_reviewevent_'"
        )
        return cursor.fetchone()[0]


def sent(client, url: str, fields: dict) -> tuple[int, int]:
    """(status, lines that it wrote); what was written is taken back."""
    for files in fields.values():
        for each in files:
            if hasattr(each, "seek"):
                each.seek(0)
    before, point = lines_written(), transaction.savepoint()
    status = client.post(url, fields).status_code
    written = lines_written() - before
    transaction.savepoint_rollback(point)
    return status, written


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def more(victim):  # noqa: F811
    """Points of the same commune in other states, each of which has steps of its own."""
    scheme = make_scheme(status=CatalogueStatus.PROPOSED, owner=victim.unit.parent)
    shared = {"unit": victim.unit, "scheme": scheme}
    waiting = make_point(**shared, location="1", status=Status.WAITING)
    returned = make_point(**shared, location="2", status=Status.RETURNED, status_reason="Xem lại")
    asked = make_point(**shared, location="3", end_asked_on=date(2026, 1, 1))
    built = make_point(**shared, location="4")
    SchemePoint.objects.filter(pk=built.pk).update(launched_on=None, stage=Stage.BUILDING)
    return [victim, waiting, returned, asked, built]


@pytest.fixture
def forms(more, parameters):  # noqa: F811
    """{(address, names of the fields): fields} of what writes when its page is sent as it is."""
    province = more[0].unit.parent
    users = [(Role.COMMUNE_LEADER, more[0].unit), (Role.PROVINCE_STAFF, province)]
    found = {}
    for user in (make_user(role, unit) for role, unit in users):
        client = signed_in(user)
        places = [address(name, names, parameters) for name, names in patterns()]
        places += [
            f"/movements/points/{point.pk}/{page}" for point in more for page in ("", "edit/")
        ]
        for place in places:
            response = client.get(place)
            if not response.headers.get("Content-Type", "").startswith("text/html"):
                continue
            for action, fields in Forms(response.content.decode()).forms:
                url = urljoin(place, action)
                known = url.startswith(OWN) or (url, *fields) in found
                if not known and sent(client, url, fields)[1]:
                    found[(url, *fields)] = fields
    return found


def test_who_may_not_writes_nothing(victim, forms):  # noqa: F811
    assert len({urlsplit(url).path for url, *_ in forms}) > 25
    former = make_user(Role.COMMUNE_LEADER, victim.unit)
    former.assignments.update(valid_to=localdate() - timedelta(days=1))
    users = {
        "of another province": make_user(Role.PROVINCE_STAFF, make_unit(Level.PROVINCE)),
        "of another commune": make_user(Role.COMMUNE_LEADER, make_unit(parent=victim.unit.parent)),
        "reader": make_user(Role.VIEWER, victim.unit.parent),
        "committee": make_user(Role.COMMITTEE, victim.unit),
        "until yesterday": former,
        "without a role": make_user(),
    }
    wrong = []
    for who, user in users.items():
        client = signed_in(user)
        for (url, *_), fields in forms.items():
            status, written = sent(client, url, fields)
            if written or status >= 500:
                wrong.append((who, url, status, written))
    assert wrong == []


def test_an_officer_takes_no_step_of_the_leader(victim, forms):  # noqa: F811
    client, taken = signed_in(make_user(Role.COMMUNE_OFFICER, victim.unit)), set()
    for (url, *_), fields in forms.items():
        step = url.partition("/points/")[2].partition("/")[2].strip("/")
        if step in LEADERS_ONLY:
            taken.add(step)
            assert sent(client, url, fields)[1] == 0, url
    assert taken == LEADERS_ONLY
