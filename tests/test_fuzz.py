"""Every address with values that nobody types: a refusal or a form with errors, never a crash."""

import re
from html.parser import HTMLParser
from itertools import count

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from antq.accounts.models import Assignment
from antq.accounts.roles import Role
from tests.factories import make_user
from tests.factories import unit as real_unit
from tests.test_sweep import address, parameters, patterns, victim  # noqa: F401 – two are fixtures

pytestmark = pytest.mark.django_db

NASTY = [
    "\0",
    "9" * 30,
    "-1",
    "0",
    "1.5",
    "9" * 5000,
    "chữ",
    "ế" * 10_000,
    b"\xed\xa0\x80",  # half a surrogate pair
    b"\xff\xfe",
    "e\u0302\u0301",  # NFD
    "31/02/2026",
    "01/01/0001",
    "31/12/9999",
    "0001",
    "9999-99-99",
    "1e400",
    "nan",
    "²",
    "x" * 300,
    "=1+1\r\n\t\u202e",
    "[]",
    '{"a": 1}',
    "1:99999999999999999",
    "' OR 1=1 --",
    "",
]
# What pages read from their address, beside the fields of their forms.
ASKED = {"all", "area", "day", "draft", "event", "format", "from", "kind", "key", "map", "measure"}
ASKED |= {"month", "name", "next", "page", "period", "point", "q", "replicate", "scheme", "sort"}
ASKED |= {"save", "show", "status", "template", "todo", "type", "unit", "username", "year"}


class Fields(HTMLParser):
    """`found`: {name: value} of the fields of all forms of a page, as a browser would send them."""

    def __init__(self, page: str):
        super().__init__()
        self.found, self.select = {}, ""
        self.feed(page)
        self.found.pop("csrfmiddlewaretoken", None)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        name, value = given.get("name"), given.get("value") or ""
        if tag == "option" and self.select and "selected" in given:
            self.found[self.select] = value
        elif name and tag in ("input", "select", "textarea", "button"):
            self.select = name if tag == "select" else ""
            is_file = given.get("type") == "file"
            self.found.setdefault(
                name, SimpleUploadedFile("x.xlsx", b"PK\3\4") if is_file else value
            )


@pytest.fixture
def client(victim):  # noqa: F811
    """Of somebody who may do everything with the rows of the sweep."""
    user = make_user(Role.ADMIN, real_unit("VN"))
    Assignment.objects.create(user=user, role=Role.COMMUNE_LEADER, unit=victim.unit)
    made = Client()
    made.force_login(user)
    return made


def crash(send, *args) -> str:
    """What went wrong, or ''; what was written is taken back."""
    before = transaction.savepoint()
    try:
        status = send(*args).status_code
    except Exception as error:
        return f"{type(error).__name__}: {error}"[:200]
    finally:
        transaction.savepoint_rollback(before)
    return f"status {status}" if status >= 500 else ""


def pages(client, parameters):  # noqa: F811
    """(name, address, fields of its forms) of every address; signing out would end the test."""
    for name, names in patterns():
        if name != "accounts:sign-out":
            where = address(name, names, parameters)
            response = client.get(where)
            html = response.headers.get("Content-Type", "").startswith("text/html")
            yield name, where, Fields(response.content.decode()).found if html else {}


def test_no_value_in_an_address_is_a_crash(client, parameters):  # noqa: F811
    """A quarter of the names at once: a first refusal would hide what the others do."""
    turn, found = count(), []
    for name, where, fields in pages(client, parameters):
        asked = sorted(ASKED | set(fields))
        for start in [0, 1, 2, 3] * 2:
            data = {field: NASTY[next(turn) % len(NASTY)] for field in asked[start::4]}
            if error := crash(client.get, where, data):
                found.append((name, str(data)[:300], error))
    assert found == []


def test_no_value_in_a_form_is_a_crash(client, parameters):  # noqa: F811
    """One field after the other is wrong, all are, or none is there."""
    turn, found = count(), []
    for name, where, fields in pages(client, parameters):
        tried = [{}, dict.fromkeys(fields, NASTY[next(turn) % len(NASTY)])]
        # Of a row of a table, or a field of the frame, once is enough.
        for field in {re.sub("[0-9]+", "0", field): field for field in fields}.values():
            value = NASTY[next(turn) % len(NASTY)]
            tried.append(fields | {field: [value, value] if next(turn) % 3 else value})
        for data in tried:
            if error := crash(client.post, where, data):
                wrong = {key: value for key, value in data.items() if fields.get(key) != value}
                found.append((name, str(wrong)[:100], error))
    assert found == []


def test_no_form_is_taken_without_its_token(victim, parameters):  # noqa: F811
    made = Client(enforce_csrf_checks=True)
    made.force_login(make_user(Role.ADMIN, real_unit("VN")))
    taken = []
    for name, names in patterns():
        status = made.post(address(name, names, parameters)).status_code
        if status not in (403, 405):
            taken.append((name, status))
    assert taken == []
