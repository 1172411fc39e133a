import re

import pytest
from django.contrib.auth import authenticate
from django.urls import reverse

from antq.accounts.models import Assignment, User
from antq.accounts.one_time import ALPHABET, one_time_password
from antq.accounts.roles import Role
from antq.units.choices import Level
from antq.units.models import AdministrativeUnit
from tests.factories import PASSWORD, make_unit, make_user, unit

pytestmark = pytest.mark.django_db
ADDRESS = "/accounts/batch/"
GIA_LAI, IA_DREH = "P52@2025-07-01", "W24100@2025-07-01"
LIST = """Đơn vị\tVai trò\tHọ tên\tChức vụ\tTên đăng nhập
Xã Ia Dreh\tcán bộ\tNay H’Linh\tCán bộ Công an xã
x. Ia Dreh\tTrưởng Công an xã\tTrần Quốc Minh\tTrưởng Công an xã

ia rsai\tBCĐ\tKsor Thuân\t\tksor.thuan
Gia Lai\tpv05\tNguyễn Thị Thu Hà\tCán bộ PV05
"""
MADE = {
    ("xa.ia-dreh", "Nay H’Linh", Role.COMMUNE_OFFICER, "Xã Ia Dreh"),
    ("xa.ia-dreh.lanh-dao", "Trần Quốc Minh", Role.COMMUNE_LEADER, "Xã Ia Dreh"),
    ("ksor.thuan", "Ksor Thuân", Role.COMMITTEE, "Xã Ia Rsai"),
    ("tinh.gia-lai.pv05", "Nguyễn Thị Thu Hà", Role.PROVINCE_STAFF, "Tỉnh Gia Lai"),
}


@pytest.fixture
def admin(client):
    user = make_user(Role.ADMIN, unit("VN"))
    client.force_login(user)
    return user


def send(client, lines=LIST, step="make", province=GIA_LAI):
    return client.post(ADDRESS, {"province": province, "lines": lines, "step": step})


def accounts():
    held = Assignment.objects.exclude(role=Role.ADMIN).select_related("user", "unit")
    return {(row.user.username, row.user.full_name, row.role, row.unit.name) for row in held}


def errors(response):
    return {line.number: line.errors for line in response.context["lines"] if line.errors}


def slips(response):
    return [slip for sheet in response.context["sheets"] for slip in sheet]


def test_a_list_is_looked_at_before_anything_is_made(client, admin):
    response = send(client, step="look")

    assert errors(response) == {}
    shown = [(line.number, line.username) for line in response.context["lines"]]
    assert [name for _, name in shown] == [
        "xa.ia-dreh",
        "xa.ia-dreh.lanh-dao",
        "ksor.thuan",
        "tinh.gia-lai.pv05",
    ]
    assert [number for number, _ in shown] == [2, 3, 5, 6]
    assert "Tạo 4 tài khoản" in response.content.decode()
    assert accounts() == set()


def test_a_list_makes_accounts_that_sign_in_with_their_slips(client, admin):
    response = send(client)

    assert accounts() == MADE
    page = response.content.decode()
    assert page.count('class="slip"') == 4
    assert "<dd>http://testserver/</dd>" in page
    assert "no-store" in response["Cache-Control"]
    for slip in slips(response):
        assert slip.password in page
        user = authenticate(None, username=slip.user.username, password=slip.password)
        assert user == slip.user and user.must_change_password and not user.is_demo
        assert slip.password not in user.password


def test_a_list_sent_twice_makes_nothing_twice(client, admin):
    send(client)

    response = send(client)

    assert accounts() == MADE
    assert "sheets" not in response.context
    assert errors(response)[2] == ["Đã có tài khoản: xa.ia-dreh."]
    assert len(errors(response)) == 4


@pytest.mark.parametrize(
    ("row", "error"),
    [
        ("\tcán bộ\tA", "Thiếu đơn vị."),
        ("Xã Không Có\tcán bộ\tA", "Tỉnh Gia Lai không có đơn vị “Xã Không Có” hiện nay."),
        ("Huyện Krông Pa\tBCĐ\tA", "Tỉnh Gia Lai không có đơn vị “Huyện Krông Pa” hiện nay."),
        ("Xã Ia Dreh\tquản trị hệ thống\tA", "Vai trò “quản trị hệ thống” không có."),
        ("Xã Ia Dreh\tpv05\tA", "Vai trò “cán bộ PV05 (cấp tỉnh)” chỉ giao ở cấp tỉnh."),
        ("Xã Ia Dreh\tcán bộ\t" + "A" * 151, "Họ và tên dài quá 150 ký tự."),
        ("Xã Ia Dreh\tcán bộ\tA\t\tđặng a", "Tên đăng nhập chỉ gồm chữ không dấu"),
        ("Xã Ia Dreh\tcán bộ\tA\t\tCO.SAN", "Tên đăng nhập “co.san” đã có. Chọn tên khác."),
        ("Xã Ia Dreh\tcán bộ\tA\t\tten\tthừa", "Dòng có 6 cột, chỉ nhận 5 cột."),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_made(client, admin, row, error):
    make_user(username="co.san")

    response = send(client, LIST + row)

    found = errors(response)
    assert list(found) == [7] and len(found[7]) == 1
    assert found[7][0].startswith(error)
    assert error in response.content.decode()
    assert accounts() == set()


def test_a_name_in_the_list_twice_is_refused(client, admin):
    rows = "Xã Ia Dreh\tcán bộ\tNay H’Linh\t\tmot\nXã Ia Dreh\tcán bộ\tNay H'Linh\t\tmot"

    response = send(client, rows)

    assert errors(response) == {
        2: ["Trùng với dòng 1.", "Tên đăng nhập “mot” đã có. Chọn tên khác."]
    }


def test_a_bare_name_of_two_units_is_a_question(client, admin):
    province = make_unit(Level.PROVINCE, name="Tỉnh Thử Hỏi")
    make_unit(parent=province, name="Xã Tân Lập")
    make_unit(parent=province, name="Phường Tân Lập", kind="ward")

    response = send(client, "Tân Lập; cán bộ; A\nXã Tân Lập; cán bộ; B", province=province.key)

    assert list(errors(response)) == [1]
    assert "Xã Tân Lập" in errors(response)[1][0] and "Phường Tân Lập" in errors(response)[1][0]


def test_proposed_names_are_free(client, admin):
    make_user(username="xa.ia-dreh")

    response = send(client, "Xã Ia Dreh; cán bộ; A\nXã Ia Dreh; cán bộ; B")

    assert [slip.user.username for slip in slips(response)] == ["xa.ia-dreh.2", "xa.ia-dreh.3"]


def test_a_unit_of_another_province_is_not_found(client, admin):
    response = send(client, province="P38")  # Thanh Hóa

    assert len(errors(response)) == 4


@pytest.mark.parametrize("data", [{}, {"province": "x\0", "lines": "a"}, {"lines": "a;b\n" * 1001}])
def test_a_wrong_form_says_so(client, admin, data):
    response = client.post(ADDRESS, {"step": "make", **data})

    assert response.status_code == 200
    assert response.context["form"].errors
    assert accounts() == set()


@pytest.mark.parametrize("role", [Role.PROVINCE_STAFF, Role.COMMUNE_LEADER])
def test_only_administrators_make_accounts(client, role):
    client.force_login(make_user(role, unit(GIA_LAI)))

    assert client.get(ADDRESS).status_code == 403
    assert send(client).status_code == 403
    assert User.objects.count() == 1


@pytest.mark.parametrize("number", [1, 3])
def test_the_number_of_queries_grows_with_what_is_written_only(
    client, admin, number, django_assert_num_queries
):
    rows = "\n".join(f"Xã Ia Dreh; cán bộ; Người {n}" for n in range(number))
    client.get(ADDRESS)

    with django_assert_num_queries(11):
        send(client, rows, step="look")


def test_one_time_passwords_are_readable_and_random():
    passwords = {one_time_password() for _ in range(200)}

    assert len(passwords) == 200
    assert all(re.fullmatch(f"([{ALPHABET}]{{4}}-){{2}}[{ALPHABET}]{{4}}", p) for p in passwords)
    assert not set(ALPHABET) & set("0O1lIaeiouydw")


# The first sign-in


@pytest.fixture
def newcomer(client):
    user = make_user(Role.COMMUNE_OFFICER, unit(IA_DREH), must_change_password=True)
    client.force_login(user)
    return user


def change(client, **data):
    new = "mat-khau-moi-2027"
    fields = {"old_password": PASSWORD, "new_password1": new, "new_password2": new, **data}
    return client.post(reverse("accounts:password-change"), fields)


def test_a_newcomer_changes_the_password_before_anything_else(client, newcomer):
    for address in ("/", "/movements/points/?q=a", "/units/", "/admin/"):
        response = client.get(address)
        assert response.status_code == 302, address
        assert response.url.startswith("/accounts/password/?next=")
    assert "do người khác cấp" in client.get(response.url).content.decode()

    response = change(client, next="/movements/points/?q=a")

    assert response.url == "/movements/points/?q=a"
    newcomer.refresh_from_db()
    assert not newcomer.must_change_password
    assert client.get("/units/").status_code == 200


def test_the_same_password_again_is_no_change(client, newcomer):
    response = change(client, new_password1=PASSWORD, new_password2=PASSWORD)

    assert "new_password1" in response.context["form"].errors
    newcomer.refresh_from_db()
    assert newcomer.must_change_password


def test_a_part_of_a_page_leads_to_the_change(client, newcomer):
    response = client.get("/units/", headers={"HX-Request": "true"})

    assert (response.status_code, response["HX-Redirect"]) == (403, "/accounts/password/")


def test_a_form_sent_before_the_change_is_kept(client, newcomer):
    response = client.post("/movements/points/new/", {"location": "Nhà văn hóa"})
    assert response.status_code == 403
    kept = response.context["kept"]

    response = change(client, kept=kept)

    page = response.content.decode()
    assert "Tiếp tục lưu" in page and "Nhà văn hóa" in page


def test_a_newcomer_may_sign_out(client, newcomer):
    response = client.post(reverse("accounts:sign-out"))

    assert response.url == reverse("accounts:sign-in")


# The admin


def test_a_password_given_by_the_admin_must_be_changed(client, admin):
    user = make_user()
    address = reverse("admin:accounts_user_change", args=[user.pk])
    data = {"username": user.username, "new_password": "mat-khau-cap-88", "is_active": "on"}
    data |= {"assignments-TOTAL_FORMS": "0", "assignments-INITIAL_FORMS": "0"}

    assert client.post(address, data).status_code == 302

    user.refresh_from_db()
    assert user.check_password("mat-khau-cap-88") and user.must_change_password


def test_new_passwords_for_chosen_accounts_come_on_slips(client, admin):
    user, demo = make_user(Role.COMMUNE_LEADER, unit(IA_DREH)), make_user(is_demo=True)
    chosen = [user.pk, demo.pk, admin.pk]
    data = {"action": "issue_passwords", "_selected_action": chosen}

    response = client.post(reverse("admin:accounts_user_changelist"), data)

    (slip,) = slips(response)
    assert slip.user == user and slip.unit == str(unit(IA_DREH))
    assert authenticate(None, username=user.username, password=slip.password) == user
    assert AdministrativeUnit.objects.filter(key=IA_DREH).exists()
    for other in (demo, admin):
        other.refresh_from_db()
        assert other.check_password(PASSWORD)
