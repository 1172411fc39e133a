"""A session lasts while somebody works; it is not written with every page."""

import pytest
from django.contrib.sessions.models import Session

from antq.accounts.roles import Role
from tests.factories import make_unit, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client, settings):
    settings.SESSION_COOKIE_AGE = 1000
    client.force_login(make_user(Role.VIEWER, make_unit()))
    client.get("/units/")
    return client


def at(monkeypatch, seconds: int) -> None:
    monkeypatch.setattr("antq.accounts.middleware.time", lambda: seconds)


def test_a_session_is_written_again_after_a_minute_only(signed_in, monkeypatch):
    seen = signed_in.session["seen"]
    at(monkeypatch, seen + 59)
    session = Session.objects.filter(pk=signed_in.session.session_key)
    before = session.get().session_data

    assert "sessionid" not in signed_in.get("/units/").cookies
    assert session.get().session_data == before

    at(monkeypatch, seen + 60)
    assert signed_in.get("/units/").cookies["sessionid"]["max-age"] == 1000
    assert signed_in.session["seen"] == seen + 60


def test_a_stranger_gets_no_session(client):
    assert "sessionid" not in client.get("/units/").cookies


def test_a_cookie_of_no_session_stores_nothing(client):
    before = Session.objects.count()
    client.cookies["sessionid"] = "x" * 32

    client.get("/units/")

    assert Session.objects.count() == before
