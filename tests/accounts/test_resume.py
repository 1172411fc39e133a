"""A session that ends while somebody is typing: nothing typed is lost, nothing is sent unasked."""

import json

import pytest
from django.contrib.auth import get_user
from django.contrib.sessions.models import Session
from django.core import signing
from django.test import Client
from django.test.utils import override_script_prefix

from antq.accounts import resume
from tests.accounts.pages import form_to
from tests.factories import PASSWORD, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.echo_urls")]
SIGN_IN = "/accounts/sign-in/"
ORIGIN = {"HTTP_ORIGIN": "http://testserver"}
TYPED = {
    "name": "Tổ tự quản “Buôn H’Mung” <b>&amp;",
    "area": ["1", "2", "2"],
    "note": "dòng một\r\ndòng hai",
    "empty": "",
    "action": "save",
}
SENT = {key: value if isinstance(value, list) else [value] for key, value in TYPED.items()}


@pytest.fixture
def browser():
    """A browser that sends and keeps cookies, with Django's check of tokens switched on."""
    return Client(enforce_csrf_checks=True)


def token(client):
    return client.cookies["csrftoken"].value


def sign_in(client, user):
    client.get(SIGN_IN)
    data = {"username": user.username, "password": PASSWORD, "csrfmiddlewaretoken": token(client)}
    assert client.post(SIGN_IN, data).status_code == 302


def post_echo(client, address="/echo/?unit=VN", data=TYPED, **headers):
    data = {**data, "csrfmiddlewaretoken": token(client)}
    return client.post(address, data, HTTP_REFERER="http://testserver/echo/?tu=trang", **headers)


def sign_in_again(client, page, user, password=PASSWORD):
    fields = form_to(page, SIGN_IN)
    fields |= {"username": user.username, "password": password}
    return client.post(SIGN_IN, fields)


def test_what_was_typed_is_saved_after_signing_in_again(browser):
    user = make_user()
    sign_in(browser, user)
    assert post_echo(browser).status_code == 200
    Session.objects.all().delete()

    page = post_echo(browser)
    assert page.status_code == 401
    assert "Phiên đăng nhập đã kết thúc." in page.content.decode()
    assert "no-store" in page["Cache-Control"]

    page = sign_in_again(browser, page, user, "sai-mat-khau")
    assert page.status_code == 200
    page = sign_in_again(browser, page, user)
    assert page.status_code == 200
    assert get_user(browser) == user
    assert page.context["is_other"] is False

    fields = form_to(page, "/echo/?unit=VN")
    assert fields.pop("csrfmiddlewaretoken") != [""]
    assert fields == SENT
    saved = browser.post("/echo/?unit=VN", fields | {"csrfmiddlewaretoken": token(browser)})
    assert json.loads(saved.content) == {"posted": SENT, "path": "/echo/?unit=VN"}


def test_what_was_typed_is_shown_as_text_only(browser):
    user = make_user()
    sign_in(browser, user)
    Session.objects.all().delete()

    page = sign_in_again(browser, post_echo(browser), user)

    assert "<b>&amp;" not in page.content.decode()
    assert "&lt;b&gt;&amp;amp;" in page.content.decode()


def test_passwords_and_tokens_are_not_carried(browser):
    sign_in(browser, make_user())
    Session.objects.all().delete()
    secrets = {"new_password1": "a", "Password": "b", "old_password": "c"}

    page = post_echo(browser, data={**secrets, "name": "x"})

    kept = resume.restore(form_to(page, SIGN_IN)["kept"][0])
    assert kept.fields == [["name", ["x"]]]


def test_another_user_is_warned(browser):
    typist, other = make_user(full_name="Rơ Chăm Nhập"), make_user(full_name="Ksor Khác")
    sign_in(browser, typist)
    Session.objects.all().delete()

    page = sign_in_again(browser, post_echo(browser), other)

    assert page.context["is_other"] is True
    text = page.content.decode()
    assert f"Rơ Chăm Nhập ({typist.username})" in text
    assert f"Ksor Khác ({other.username})" in text


def test_who_typed_may_be_unknown(browser):
    user = make_user()
    browser.get(SIGN_IN)

    page = sign_in_again(browser, post_echo(browser), user)

    assert page.context["is_other"] is False
    assert form_to(page, "/echo/?unit=VN").keys() == SENT.keys() | {"csrfmiddlewaretoken"}


@pytest.mark.parametrize(
    "kept",
    [
        "khong phai",
        "a:b:c",
        "\0",
        signing.dumps(["/echo/", [["name", ["x"]]], None], salt="khac"),
        signing.dumps(["//example.com/", [], None], salt=resume.SALT),
        signing.dumps(["https://example.com/", [], None], salt=resume.SALT),
    ],
)
def test_what_is_not_ours_is_not_sent_on(client, kept):
    user = make_user()

    response = client.post(
        SIGN_IN,
        {"username": user.username, "password": PASSWORD, "kept": kept, "next": "/echo/"},
    )

    assert (response.status_code, response.url) == (302, "/echo/")
    [message] = response.wsgi_request._messages
    assert "không còn giữ được" in str(message)
    assert get_user(client) == user


def test_after_twelve_hours_it_says_so_and_returns_to_the_page(browser, monkeypatch):
    user = make_user()
    sign_in(browser, user)
    Session.objects.all().delete()
    page = post_echo(browser)
    now = signing.time.time()
    monkeypatch.setattr(signing.time, "time", lambda: now + 12 * 3600 + 60)

    response = sign_in_again(browser, page, user)

    assert (response.status_code, response.url) == (302, "http://testserver/echo/?tu=trang")
    assert get_user(browser) == user


def test_a_form_too_long_to_be_carried_says_so(browser, monkeypatch):
    monkeypatch.setattr(resume, "LONGEST", 50)
    sign_in(browser, make_user())
    Session.objects.all().delete()

    page = post_echo(browser)

    assert page.status_code == 401
    assert "quá dài để giữ" in page.content.decode()
    assert "kept" not in form_to(page, SIGN_IN)


def test_under_a_path_of_its_own(browser, settings):
    settings.FORCE_SCRIPT_NAME = "/antq"
    user = make_user()
    with override_script_prefix("/antq/"):
        browser.get(SIGN_IN)
        page = post_echo(browser)
        fields = form_to(page, "/antq/accounts/sign-in/")
        fields |= {"username": user.username, "password": PASSWORD}
        page = browser.post(SIGN_IN, fields)

    assert "name" in form_to(page, "/antq/echo/?unit=VN")


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_part_of_a_page_does_not_take_the_page_away(client, method):
    response = getattr(client, method)("/echo/", headers={"HX-Request": "true"})

    assert response.status_code == 401
    assert response.content == b""
    assert response["X-Session-Ended"] == "true"
    assert "HX-Redirect" not in response


# A second tab: its form carries the token from before the sign-in in the first.


def test_a_second_tab_saves_after_the_first_signed_in_again(browser):
    user = make_user()
    sign_in(browser, user)
    old = token(browser)
    sign_in_elsewhere(browser, user)

    page = browser.post("/echo/", {**TYPED, "csrfmiddlewaretoken": old}, **ORIGIN)

    assert page.status_code == 200
    fields = form_to(page, "/echo/")
    saved = browser.post("/echo/", fields)
    assert json.loads(saved.content)["posted"] == SENT


def sign_in_elsewhere(browser, user):
    Session.objects.all().delete()
    sign_in(browser, user)


def test_a_second_sign_in_page_with_a_kept_form_goes_on(browser):
    user = make_user()
    sign_in(browser, user)
    Session.objects.all().delete()
    first, second = post_echo(browser), post_echo(browser, "/echo/?hai=2")
    sign_in_again(browser, first, user)

    fields = form_to(second, SIGN_IN) | {"username": user.username, "password": PASSWORD}
    page = browser.post(SIGN_IN, fields, **ORIGIN)

    assert form_to(page, "/echo/?hai=2").keys() == SENT.keys() | {"csrfmiddlewaretoken"}


def test_an_old_sign_in_page_asks_again(browser):
    user = make_user()
    browser.get(SIGN_IN)
    data = {"username": user.username, "password": PASSWORD, "csrfmiddlewaretoken": "x" * 64}

    page = browser.post(SIGN_IN, {**data, "next": "/echo/"}, **ORIGIN)

    assert page.status_code == 401
    assert get_user(browser).is_anonymous
    assert sign_in_again(browser, page, user).url == "/echo/"


def test_an_old_sign_out_button_signs_out(browser):
    sign_in(browser, make_user())

    response = browser.post("/accounts/sign-out/", {"csrfmiddlewaretoken": "x" * 64}, **ORIGIN)

    assert response.url == SIGN_IN
    assert get_user(browser).is_anonymous


@pytest.mark.parametrize(
    "headers",
    [{}, {"HTTP_ORIGIN": "https://example.com"}, {"HTTP_ORIGIN": "null"}],
    ids=["no origin", "another site", "null"],
)
@pytest.mark.parametrize("address", ["/echo/", SIGN_IN, "/accounts/sign-out/"])
def test_other_sites_can_neither_send_nor_have_it_sent_on(browser, headers, address):
    user = make_user()
    sign_in(browser, user)

    page = browser.post(address, {**TYPED, "csrfmiddlewaretoken": "x" * 64}, **headers)

    assert page.status_code == 403
    assert "Trang đã cũ" in page.content.decode()
    assert 'name="area"' not in page.content.decode()
    assert get_user(browser) == user


def test_a_browser_without_cookies_is_told_so(browser):
    page = browser.post(SIGN_IN, {"username": "x", "csrfmiddlewaretoken": "x" * 64}, **ORIGIN)

    assert page.status_code == 403
    assert "chặn cookie" in page.content.decode()
