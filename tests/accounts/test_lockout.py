from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import RequestFactory
from django.utils import timezone

from antq.accounts import lockout
from antq.accounts.models import SignInFailure
from tests.accounts.test_sign_in import WRONG, sign_in, who
from tests.factories import make_user

LOCKED = (
    "Tạm khóa đăng nhập vì sai nhiều lần. Thử lại sau 15 phút, "
    "hoặc đề nghị người quản trị hệ thống mở khóa."
)


def answer(response):
    [error] = response.context["form"].non_field_errors()
    return error


def fail(username, times=1, address="10.1.1.1", minutes_ago=0):
    for _ in range(times):
        failure = SignInFailure.objects.create(username=username, address=address)
        SignInFailure.objects.filter(pk=failure.pk).update(
            at=timezone.now() - timedelta(minutes=minutes_ago)
        )


@pytest.mark.django_db
@pytest.mark.parametrize("username", ["co.that", "khong.co"])
def test_the_fifth_failure_locks_a_name_whether_it_exists_or_not(client, username):
    make_user(username="co.that")

    answers = [answer(sign_in(client, username, "sai")) for _ in range(6)]

    assert [text.startswith(WRONG) for text in answers] == [True] * 4 + [False] * 2
    assert answers[4:] == [LOCKED, LOCKED]
    assert SignInFailure.objects.filter(username=username).count() == 5


@pytest.mark.django_db
def test_a_locked_name_refuses_the_right_password_from_anywhere(client):
    make_user(username="xa.moi")
    fail("xa.moi", 5)

    response = client.post(
        "/accounts/sign-in/",
        {"username": "XA.moi ", "password": "mat-khau-thu-2026"},
        REMOTE_ADDR="10.2.2.2",
    )

    assert answer(response) == LOCKED
    assert who(client) is None
    assert SignInFailure.objects.count() == 5  # what is refused does not prolong the lock


@pytest.mark.django_db
def test_a_lock_ends_when_its_failures_are_old(client):
    make_user(username="xa.moi")
    fail("xa.moi", 1, minutes_ago=14)
    fail("xa.moi", 4, minutes_ago=2)
    assert "sau 1 phút" in answer(sign_in(client, "xa.moi"))

    SignInFailure.objects.filter(at__lt=timezone.now() - timedelta(minutes=10)).update(
        at=timezone.now() - timedelta(minutes=16)
    )
    assert sign_in(client, "xa.moi").status_code == 302
    assert who(client) == "xa.moi"


@pytest.mark.django_db
def test_success_forgets_the_failures_of_that_name_only(client):
    make_user(username="xa.moi")
    fail("xa.moi", 4)
    fail("nguoi.khac", 2)

    sign_in(client, "xa.moi")

    assert set(SignInFailure.objects.values_list("username", flat=True)) == {"nguoi.khac"}


@pytest.mark.django_db
def test_the_thirtieth_failure_locks_an_address_for_every_name(client):
    make_user(username="xa.moi")
    for number in range(29):
        fail(f"ten{number}", address="127.0.0.1")
    assert answer(sign_in(client, "xa.moi", "sai")) == LOCKED
    assert answer(sign_in(client, "xa.moi")) == LOCKED
    assert who(client) is None

    elsewhere = {"username": "xa.moi", "password": "mat-khau-thu-2026"}
    assert client.post("/accounts/sign-in/", elsewhere, REMOTE_ADDR="10.2.2.2").status_code == 302


@pytest.mark.django_db
def test_an_unknown_address_locks_nobody(client):
    make_user(username="xa.moi")
    for number in range(40):
        fail(f"ten{number}", address=None)

    data = {"username": "xa.moi", "password": "mat-khau-thu-2026"}
    assert client.post("/accounts/sign-in/", data, REMOTE_ADDR="").status_code == 302


@pytest.mark.django_db
def test_old_failures_are_thrown_away(client):
    fail("xua", minutes_ago=31 * 24 * 60)
    fail("gan.day", minutes_ago=29 * 24 * 60)

    sign_in(client, "ai.do", "sai")

    names = set(SignInFailure.objects.values_list("username", flat=True))
    assert names == {"gan.day", "ai.do"}


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["xa.moi", " XA.Moi", "10.1.1.1", "2001:db8::1"])
def test_unlock_command_lets_try_again_at_once(client, who, capsys):
    make_user(username="xa.moi")
    address = "2001:db8::1" if ":" in who else "10.1.1.1"
    fail("xa.moi", 5, address=address)
    fail("nguoi.khac", 1, address="10.9.9.9")

    call_command("unlock", who)

    assert "5 failures forgotten" in capsys.readouterr().out
    assert [row.username for row in SignInFailure.objects.all()] == ["nguoi.khac"]
    assert sign_in(client, "xa.moi").status_code == 302


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, None, "10.0.0.9"),
        (0, "1.1.1.1", "10.0.0.9"),  # nobody is trusted: what is claimed does not count
        (1, "1.1.1.1", "1.1.1.1"),
        (1, "6.6.6.6, 1.1.1.1", "1.1.1.1"),
        (2, "6.6.6.6,1.1.1.1,2.2.2.2", "1.1.1.1"),
        (2, "1.1.1.1", "10.0.0.9"),  # did not come through both
        (1, None, None),
        (1, "khong phai dia chi", None),
        (1, "fe80::1%eth0", "fe80::1"),
        (1, "2001:DB8:0::1", "2001:db8::1"),
    ],
)
def test_client_address(settings, proxies, forwarded, expected):
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.9")
    if forwarded is not None:
        request.META["HTTP_X_FORWARDED_FOR"] = forwarded

    assert lockout.client_address(request) == expected


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("username", "address", "allowed"),
    [
        ("song.song", "10.3.3.{}", lockout.PER_USERNAME),
        ("song.{}", "10.3.3.3", lockout.PER_ADDRESS),
    ],
    ids=["one name", "one address"],
)
def test_attempts_at_the_same_moment_do_not_slip_through(username, address, allowed):
    """Twenty at a time, each in a connection and a committed transaction of its own."""
    attempts = [(username.format(number), address.format(number)) for number in range(60)]

    def outside(call, *values):
        try:
            return call(*values)
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        try:
            passed = pool.map(lambda pair: outside(lockout.begin_attempt, *pair), attempts)
            assert sum(passed) == allowed
        finally:
            forgotten = pool.map(lambda pair: outside(lockout.unlock, pair[0]), attempts)
            assert sum(forgotten) == allowed
