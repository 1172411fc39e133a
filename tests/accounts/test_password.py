import pytest
from django.contrib.auth import get_user
from django.contrib.auth.password_validation import password_validators_help_texts

from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
ADDRESS = "/accounts/password/"
NEW = "mat-khau-moi-2027"


def change(client, old=PASSWORD, new=NEW, again=NEW):
    data = {"old_password": old, "new_password1": new, "new_password2": again}
    return client.post(ADDRESS, data)


def test_change_keeps_the_session_and_says_so(client):
    user = make_user()
    client.force_login(user)

    response = change(client)

    assert response.url == "/"
    assert get_user(client) == user
    assert [str(message) for message in response.wsgi_request._messages] == ["Đã đổi mật khẩu."]
    user.refresh_from_db()
    assert user.check_password(NEW)


def test_change_ends_the_other_sessions(client):
    user = make_user()
    client.force_login(user)
    other = type(client)()
    other.force_login(user)

    change(client)

    assert get_user(other).is_anonymous


@pytest.mark.parametrize(
    ("typed", "field", "error"),
    [
        ({"old": "sai"}, "old_password", "Mật khẩu hiện tại không đúng. Nhập lại."),
        ({"old": ""}, "old_password", "Nhập mật khẩu hiện tại."),
        (
            {"again": "khac"},
            "new_password2",
            "Hai lần nhập mật khẩu mới không giống nhau. Nhập lại.",
        ),
        (
            {"new": "Xa9-k", "again": "Xa9-k"},
            "new_password2",
            "Mật khẩu quá ngắn. Nhập ít nhất 10 ký tự.",
        ),
        (
            {"new": "7391846205", "again": "7391846205"},
            "new_password2",
            "Mật khẩu chỉ gồm chữ số. Thêm chữ cái.",
        ),
        (
            {"new": "football123", "again": "football123"},
            "new_password2",
            "Mật khẩu này nhiều người dùng, dễ bị đoán. Chọn mật khẩu khác.",
        ),
        (
            {"new": "canbo.iadreh1", "again": "canbo.iadreh1"},
            "new_password2",
            "Mật khẩu quá giống tên đăng nhập hoặc họ tên. Chọn mật khẩu khác.",
        ),
        ({"new": "", "again": ""}, "new_password1", "Nhập mật khẩu mới."),
    ],
)
def test_change_refuses_and_says_why(client, typed, field, error):
    user = make_user(username="canbo.iadreh", full_name="Nay H’Linh")
    client.force_login(user)

    response = change(client, **typed)

    assert response.status_code == 200
    assert response.context["form"].errors[field] == [error]
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_password_like_the_full_name_is_refused(client):
    client.force_login(make_user(full_name="nguyenthihong"))

    response = change(client, new="nguyenthihong9", again="nguyenthihong9")

    assert "họ tên" in str(response.context["form"].errors)


def test_every_rule_is_told_beforehand(client):
    client.force_login(make_user())

    page = client.get(ADDRESS).content.decode()

    assert " ".join(password_validators_help_texts()) in page
    assert "Ít nhất 10 ký tự." in page
