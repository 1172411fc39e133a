import pytest
from django.contrib import admin
from django.contrib.auth import authenticate, get_user
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError

from antq.accounts.models import Assignment, SignInFailure, User
from antq.accounts.roles import Role
from tests.factories import PASSWORD, make_user, unit

pytestmark = pytest.mark.django_db
USERS = "/admin/accounts/user/"
FAILURES = "/admin/accounts/signinfailure/"
NEW = "mat-khau-moi-2027"


@pytest.fixture
def administrator(client):
    user = make_user(Role.ADMIN, unit("VN"), username="quan.tri")
    client.force_login(user)
    return user


def roles(*rows):
    """The fields of the inline: (id, role, unit, from, to)."""
    data = {"assignments-TOTAL_FORMS": len(rows), "assignments-INITIAL_FORMS": 0}
    for number, row in enumerate(rows):
        data["assignments-INITIAL_FORMS"] += bool(row[0])
        for name, value in zip(("id", "role", "unit", "valid_from", "valid_to"), row, strict=True):
            data[f"assignments-{number}-{name}"] = value
    return data


def test_only_the_role_opens_the_admin(client):
    make_user(Role.ADMIN, unit("VN"), username="quan.tri")
    client.force_login(User.objects.get(username="quan.tri"))
    assert client.get("/admin/").status_code == 200
    assert client.get("/admin/login/").url == "/accounts/sign-in/?next=%2Fadmin%2F"

    flagged = make_user(Role.PROVINCE_STAFF, is_staff=True, is_superuser=True)
    for user in (flagged, make_user(Role.COMMUNE_LEADER), make_user()):
        client.force_login(user)
        response = client.get("/admin/accounts/user/", follow=True)
        assert response.status_code == 403
        assert "chỉ dành cho người quản trị hệ thống" in response.content.decode()


def test_the_role_needs_no_flags_and_ends_with_its_day(client, administrator):
    assert not (administrator.is_staff or administrator.is_superuser)
    page = client.get("/admin/").content.decode()
    for address in (USERS, FAILURES, "/admin/accounts/assignment/"):
        assert address in page
        assert client.get(address).status_code == 200
    assert "/admin/auth/group/" not in page
    assert not admin.site.is_registered(Group)

    Assignment.objects.update(valid_to="2025-06-30")
    assert client.get("/admin/", follow=True).status_code == 403


def test_admin_adds_an_account_that_can_sign_in(client, administrator):
    data = {"username": " Can.Bo ", "new_password": NEW, "full_name": "Nay H’Linh"}
    data |= {"position": "Cán bộ", "is_active": "on"}
    place = unit("W24100@2025-07-01")

    response = client.post(
        f"{USERS}add/", data | roles(("", Role.COMMUNE_OFFICER, place.pk, "01/07/2025", ""))
    )

    assert response.status_code == 302
    user = User.objects.get(username="can.bo")
    assert authenticate(None, username="can.bo", password=NEW) == user
    assert (user.full_name, user.is_staff, user.is_superuser) == ("Nay H’Linh", False, False)
    [held] = user.current_assignments
    assert (held.role, held.unit, held.valid_from.isoformat()) == (
        Role.COMMUNE_OFFICER,
        place,
        "2025-07-01",
    )


@pytest.mark.parametrize(
    ("changed", "field", "error"),
    [
        ({"new_password": ""}, "new_password", "Trường này là bắt buộc."),
        ({"new_password": "ngan"}, "new_password", "Mật khẩu quá ngắn. Nhập ít nhất 10 ký tự."),
        ({"new_password": "canbomoi.x1"}, "new_password", "Mật khẩu quá giống"),
        ({"username": "QUAN.tri"}, "username", ""),
        ({"username": "co dau cach"}, "username", ""),
    ],
)
def test_admin_refuses_a_bad_account(client, administrator, changed, field, error):
    data = {"username": "canbomoi.x", "new_password": NEW, "is_active": "on"}

    response = client.post(f"{USERS}add/", data | changed | roles())

    assert response.status_code == 200
    errors = response.context["adminform"].form.errors
    assert set(errors) == {field}
    assert error in errors[field][0]
    assert list(User.objects.all()) == [administrator]


def test_admin_changes_an_account_and_keeps_its_password(client, administrator):
    user = make_user(username="can.bo")
    data = {"username": "can.bo", "new_password": "", "full_name": "Tên Mới", "is_active": "on"}

    client.post(f"{USERS}{user.pk}/change/", data | roles())
    assert authenticate(None, username="can.bo", password=PASSWORD).full_name == "Tên Mới"

    client.post(f"{USERS}{user.pk}/change/", data | {"new_password": NEW} | roles())
    assert authenticate(None, username="can.bo", password=NEW) == user
    assert authenticate(None, username="can.bo", password=PASSWORD) is None


def test_admin_stays_signed_in_after_setting_the_own_password(client, administrator):
    [held] = administrator.assignments.all()
    data = {"username": "quan.tri", "new_password": NEW, "is_active": "on"}

    client.post(
        f"{USERS}{administrator.pk}/change/",
        data | roles((held.pk, Role.ADMIN, unit("VN").pk, "", "")),
    )

    assert get_user(client) == administrator
    assert authenticate(None, username="quan.tri", password=NEW) == administrator


def test_staff_follows_the_role(client, administrator):
    user = make_user(username="can.bo")
    data = {"username": "can.bo", "is_active": "on"}
    address = f"{USERS}{user.pk}/change/"

    client.post(address, data | roles(("", Role.ADMIN, unit("VN").pk, "", "")))
    user.refresh_from_db()
    assert user.is_staff

    [held] = user.assignments.all()
    row = roles((held.pk, Role.VIEWER, unit("VN").pk, "", ""))
    client.post(address, data | row)
    user.refresh_from_db()
    assert not user.is_staff


def test_a_role_that_ends_before_it_begins_is_refused(client, administrator):
    user = make_user(username="can.bo")
    row = ("", Role.VIEWER, unit("VN").pk, "02/07/2025", "01/07/2025")

    response = client.post(
        f"{USERS}{user.pk}/change/", {"username": "can.bo", "is_active": "on"} | roles(row)
    )

    assert response.status_code == 200
    assert "Ngày hết hiệu lực không được trước" in response.content.decode()
    assert not user.assignments.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_user_list_costs_the_same_for_more_rows(
    client, administrator, count, django_assert_num_queries
):
    for _ in range(count):
        make_user(Role.VIEWER, unit("VN"), full_name="Nguyễn Văn Tìm")

    with django_assert_num_queries(11):
        page = client.get(USERS, {"q": "Văn Tìm"})

    assert len(page.context["cl"].result_list) == count
    assert page.content.decode().count("theo dõi, Việt Nam") == count


def test_role_list_shows_units_with_their_province(client, administrator):
    make_user(Role.COMMUNE_OFFICER, unit("W24100@2025-07-01"), username="can.bo")

    page = client.get("/admin/accounts/assignment/", {"q": "can.bo", "validity": "today"})

    assert "Xã Ia Dreh, Tỉnh Gia Lai" in page.content.decode()
    assert len(page.context["cl"].result_list) == 1
    page = client.get("/admin/accounts/assignment/", {"q": "can.bo", "validity": "past"})
    assert len(page.context["cl"].result_list) == 0


def test_user_list_filters_by_role(client, administrator):
    viewer = make_user(Role.VIEWER, unit("VN"))

    page = client.get(USERS, {"assignments__role__exact": "viewer"})
    assert list(page.context["cl"].result_list) == [viewer]

    page = client.get(USERS, {"password__startswith": "pbkdf2"})
    assert page.status_code in (302, 400)


def test_failures_are_looked_at_and_unlocked_never_changed(client, administrator):
    for name, address in (("mot", "10.0.0.1"), ("mot", "10.0.0.2"), ("hai", "10.0.0.1")):
        SignInFailure.objects.create(username=name, address=address)
    first = SignInFailure.objects.earliest("pk")

    assert client.get(f"{FAILURES}add/").status_code == 403
    assert client.get(f"{FAILURES}{first.pk}/change/").status_code == 200
    assert client.post(f"{FAILURES}{first.pk}/change/", {"username": "x"}).status_code == 403
    assert client.post(f"{FAILURES}{first.pk}/delete/", {"post": "yes"}).status_code == 403
    assert SignInFailure.objects.count() == 3

    data = {"action": "unlock_usernames", "_selected_action": [first.pk]}
    page = client.post(FAILURES, data, follow=True)
    assert "Đã mở khóa: mot." in page.content.decode()
    [left] = SignInFailure.objects.all()
    assert left.username == "hai"

    data = {"action": "unlock_addresses", "_selected_action": [left.pk]}
    assert "Đã mở khóa: 10.0.0.1." in client.post(FAILURES, data, follow=True).content.decode()
    assert not SignInFailure.objects.exists()


def test_what_is_typed_in_the_admin_is_kept_too(client):
    response = client.post(f"{USERS}add/", {"username": "moi", "new_password": "x"})

    assert response.status_code == 401
    assert response.context["has_ended"] and response.context["kept"]


def test_an_administrator_of_one_province_administers_nothing(client, administrator):
    place = unit("P38")
    local = make_user(Role.ADMIN, place)
    with pytest.raises(ValidationError, match="cả nước"):
        local.assignments.get().full_clean()
    client.force_login(local)
    assert client.get("/admin/accounts/user/", follow=True).status_code == 403
    assert "Quản trị" not in client.get("/accounts/password/").content.decode()
