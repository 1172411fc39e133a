"""Requests that no browser of ours sends."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
SIGN_IN = "/accounts/sign-in/"


@pytest.mark.parametrize("path", [f"{SIGN_IN}?next=%00", f"{SIGN_IN}?x=a%00b", "/units/?q=%00"])
def test_an_address_with_nul_is_refused(client, path):
    response = client.get(path)

    assert response.status_code == 400
    assert "ký tự không hợp lệ" in response.content.decode()


def test_a_cookie_with_nul_is_refused():
    response = Client(headers={"cookie": 'sessionid="\\000aaaaaaaaaaaa"'}).get(SIGN_IN)

    assert response.status_code == 400


@pytest.mark.parametrize(("charset", "status"), [("hex", 400), ("no-such", 200), ("utf-16", 200)])
def test_a_body_in_an_odd_encoding_is_no_fault(client, charset, status):
    kind = f"multipart/form-data; boundary=x; charset={charset}"

    response = client.generic("POST", SIGN_IN, b"--x--", content_type=kind)

    assert response.status_code == status


def test_a_body_over_the_limit_says_so(client):
    response = client.post(SIGN_IN, {"username": "x" * 10_000_000})

    assert response.status_code == 400
    assert "2,5 MB" in response.content.decode()
