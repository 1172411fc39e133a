import pytest
from django.contrib.auth import get_user
from django.urls import reverse

from antq.accounts.demo import make_demo_accounts
from antq.accounts.models import SignInFailure, User
from antq.accounts.roles import Role
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
SIGN_IN = "/accounts/sign-in/"
WRONG = "Tên đăng nhập hoặc mật khẩu không đúng."


def sign_in(client, username, password=PASSWORD, **data):
    return client.post(SIGN_IN, {"username": username, "password": password, **data})


def who(client):
    user = get_user(client)
    return user.username if user.is_authenticated else None


@pytest.mark.parametrize("typed", ["xa.moi", " xa.moi ", "XA.Moi", "\u00a0Xa.mOi\u3000"])
def test_sign_in_takes_the_name_in_any_case_and_with_spaces(client, typed):
    make_user(username="xa.moi")

    response = sign_in(client, typed)

    assert response.status_code == 302
    assert response.url == reverse("site:home")
    assert who(client) == "xa.moi"


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("xa.moi", PASSWORD.upper()),
        ("xa.moi", f" {PASSWORD}"),
        ("khong.co", PASSWORD),
        ("xa.nghi", PASSWORD),
        ("xa.moi\0", PASSWORD),
        ("xa.moi", "\0"),
        ("x" * 200, PASSWORD),
        ("x" * 2_000_000, PASSWORD),
        ("ﷺ" * 150, PASSWORD),  # each is 18 letters once normalized
    ],
    ids=["case", "space", "nobody", "inactive", "nul", "nul password", "200", "2 MB", "grows"],
)
def test_sign_in_refuses_everything_else_in_the_same_words(client, username, password):
    make_user(username="xa.moi")
    make_user(username="xa.nghi", is_active=False)

    response = sign_in(client, username, password)

    assert response.status_code == 200
    [error] = response.context["form"].non_field_errors()
    assert error.startswith(WRONG)
    assert who(client) is None


def test_sign_in_of_ten_megabytes_is_refused(client):
    response = sign_in(client, "x" * 10_000_000)

    assert response.status_code == 400
    assert "vượt quá" in response.content.decode()


def test_sign_in_with_empty_fields_says_what_to_enter(client):
    response = sign_in(client, "", "")

    assert response.context["form"].errors == {
        "username": ["Nhập tên đăng nhập."],
        "password": ["Nhập mật khẩu."],
    }
    assert not SignInFailure.objects.exists()


@pytest.mark.parametrize("asked", ["/units/?q=ia%20dreh", "http://testserver/reports/"])
def test_sign_in_goes_on_to_the_page_asked_for(client, asked):
    make_user(username="xa.moi")

    page = client.get(SIGN_IN, {"next": asked})
    response = sign_in(client, "xa.moi", next=page.context["next"])

    assert response.url == asked


@pytest.mark.parametrize(
    "asked",
    [
        "https://example.com/",
        "//example.com/",
        "/\\example.com",
        "javascript:alert(1)",
        "http://[",
        "/accounts/sign-in/",
        "/accounts/sign-in/?next=/accounts/sign-in/",
        "/accounts/sign-out/",
        "\x01//example.com",
        "abc",
        "dashboard/",
    ],
)
@pytest.mark.parametrize("signed_in", [False, True])
def test_next_never_leads_elsewhere_nor_in_a_circle(client, asked, signed_in):
    make_user(username="xa.moi")
    if signed_in:
        client.force_login(User.objects.get(username="xa.moi"))
        response = client.get(SIGN_IN, {"next": asked})
    else:
        response = sign_in(client, "xa.moi", next=asked)

    assert (response.status_code, response.url) == (302, reverse("site:home"))


def test_sign_in_page_of_one_who_is_signed_in_leads_on(client):
    client.force_login(make_user())

    assert client.get(SIGN_IN).url == reverse("site:home")
    assert client.get(SIGN_IN, {"next": "/units/"}).url == "/units/"


@pytest.mark.parametrize(
    "address", ["/", "/dashboard/", "/reports/?q=x", "/admin/", "/admin/auth/"]
)
def test_pages_lead_to_the_sign_in_and_back(client, address):
    response = client.get(address)

    assert response.status_code == 302
    assert response.url.startswith(f"{SIGN_IN}?next=")
    assert client.get(response.url).context["next"] == address


def test_sign_out_ends_the_session(client):
    client.force_login(make_user())

    response = client.post("/accounts/sign-out/")

    assert response.url == SIGN_IN
    assert who(client) is None
    assert client.post("/accounts/sign-out/").url == SIGN_IN  # and once more does no harm
    assert client.get("/accounts/sign-out/").status_code == 405


def test_sign_in_page_lists_the_demo_accounts_in_the_demo_only(client, settings):
    settings.DEMO = True
    make_demo_accounts()

    page = client.get(SIGN_IN, {"next": "/units/", "username": "tinh"})
    names = [account.username for account in page.context["demo_accounts"]]
    assert names[0] == "xa" and names[-1] == "admin" and len(names) == 10
    assert "antq-demo-2026" in page.content.decode()
    assert 'href="?next=%2Funits%2F&amp;username=xa.truong"' in page.content.decode()
    assert page.context["form"]["username"].value() == "tinh"

    settings.DEMO = False
    page = client.get(SIGN_IN).content.decode()
    assert "antq-demo-2026" not in page
    assert "xa.truong" not in page


def test_demo_account_opens_nothing_outside_the_demo(client, settings):
    settings.DEMO = True
    make_demo_accounts()
    assert sign_in(client, "xa", "antq-demo-2026").status_code == 302
    assert who(client) == "xa"

    settings.DEMO = False
    assert who(client) is None
    client.logout()
    assert sign_in(client, "xa", "antq-demo-2026").status_code == 200
    assert who(client) is None


def test_names_are_stored_in_one_form():
    user = User.objects.create_user(username=" Xa.MOI ", password=PASSWORD)

    assert user.username == "xa.moi"
    assert User.objects.get_by_natural_key("XA.moi") == user


def test_create_superuser_holds_the_role_of_an_administrator():
    user = User.objects.create_superuser("quan.tri", password=PASSWORD)

    [held] = user.current_assignments
    assert (held.role, held.unit.key) == (Role.ADMIN, "VN")


def test_focus_is_where_typing_goes_on(client):
    def focused(page):
        fields = page.context["form"].fields
        return [name for name in fields if fields[name].widget.attrs.get("autofocus")]

    assert focused(client.get(SIGN_IN)) == ["username"]
    assert focused(client.get(SIGN_IN, {"username": "xa"})) == ["password"]
    assert focused(sign_in(client, "xa", "sai")) == ["password"]
