"""The history of a point as a clerk reads it."""

from datetime import date

import pghistory
import pytest
from django.urls import reverse

from antq.accounts.roles import Role
from antq.core.changes import TECHNICAL
from antq.units.choices import Level
from antq.units.models import ResidentialArea
from movements.models import LifecycleEvent, Scheme, SchemeAttribute, SchemePoint, Team
from movements.services.points import record_state
from tests.factories import make_point, make_scheme, make_type, make_unit, make_user, unit
from tests.movements.pages import camera, edit

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer():
    return make_user(Role.COMMUNE_OFFICER, full_name="Nay H'Linh", position="Cán bộ Công an xã")


@pytest.fixture
def commune(officer):
    return officer.assignments.get().unit


@pytest.fixture
def own(client, officer):
    client.force_login(officer)
    return client


def entries(client, point) -> list:
    response = client.get(reverse("movements:point-history", args=[point.pk]))
    assert response.status_code == 200
    return response.context["page_obj"].object_list


def words(entry) -> dict:
    """{heading: [(label, old, new)]}"""
    return {
        told.heading: [(change.label, change.old, change.new) for change in told.changes]
        for told in entry.told
    }


def test_an_edit_says_who_what_from_what_to_what(own, officer, commune):
    point = make_point(unit=commune, leader="Nguyễn Văn A", members=8, launched_on=date(2025, 3, 2))

    edit(own, point, leader="Trần Thị B", launched="03/2025", members="hơn 12", as_of="01/08/2025")

    newest, first = entries(own, point)
    assert newest.author == "Nay H'Linh, Cán bộ Công an xã"
    assert [step.action for step in newest.steps] == ["Sửa"]
    assert words(newest) == {
        "": [
            ("Ngày ra mắt", "02/03/2025", "03/2025"),
            ("Người phụ trách", "Nguyễn Văn A", "Trần Thị B"),
        ],
        "Số liệu ngày 01/08/2025": [("Số thành viên", "8", "hơn 12")],
    }
    assert first.author == "chương trình"
    assert words(first)["Số liệu ngày 02/03/2025"] == [("Số thành viên", "", "8")]


def test_foreign_keys_choices_and_areas_are_names(own, commune):
    kind = make_type()
    old, new = (
        make_scheme(type=kind, name="Tổ tự quản"),
        make_scheme(type=kind, name="Xóm bình yên"),
    )
    point = make_point(unit=commune, scheme=old)
    point.areas.add(ResidentialArea.objects.create(unit=commune, name="Thôn Cũ"))

    edit(own, point, scheme=new.pk, block="school", host="Trường Tiểu học", areas=["Thôn Mới"])

    assert words(entries(own, point)[0]) == {
        "": [
            ("Tên mô hình", "Tổ tự quản", "Xóm bình yên"),
            ("Cơ quan, đơn vị, cơ sở áp dụng", "–", "Trường Tiểu học"),
            ("Khối", "khu dân cư", "cơ sở giáo dục"),
        ],
        "Bỏ địa bàn: Thôn Cũ": [],
        "Thêm địa bàn: Thôn Mới": [],
    }


def test_attributes_have_their_labels_also_when_they_are_defined_no_longer(own, commune):
    scheme = make_scheme(type=camera())
    point = make_point(unit=commune, scheme=scheme, attributes={"camera_eyes": 8, "cu": 3})
    gone = SchemeAttribute.objects.create(type=scheme.type, key="cu", label="Số camera kiểu cũ")
    with pghistory.context(url="/x/"):
        figures = {"attributes": {"camera_eyes": 12}, "qualifiers": {"camera_eyes": "about"}}
        record_state(point, as_of=point.launched_on, by=None, **figures)
    gone.delete()

    label = SchemeAttribute.objects.get(type=scheme.type, key="camera_eyes").label
    assert words(entries(own, point)[0]) == {
        "Số liệu ngày 01/08/2025": [(label, "8", "khoảng 12"), ("Số camera kiểu cũ", "3", "–")]
    }


def test_a_new_day_of_figures_stands_beside_the_day_before(own, commune):
    point = make_point(unit=commune, members=8)

    edit(own, point, members="9", as_of="01/02/2026")
    newest = entries(own, point)[0]

    assert words(newest) == {"Số liệu ngày 01/02/2026": [("Số thành viên", "8", "9")]}


def test_what_was_deleted_can_still_be_read(own, commune):
    point = make_point(unit=commune)
    area = ResidentialArea.objects.create(unit=commune, name="Thôn Đã Xóa")
    point.areas.add(area)
    team = Team.objects.create(point=point, name="Tổ 1", leader="Ksor A", area=area)
    event = LifecycleEvent.objects.create(point=point, kind="review", on=date(2025, 9, 1))
    with pghistory.context(url="/x/"):
        Team.objects.filter(pk=team.pk).delete()
        event.delete()
        area.delete()

    newest = words(entries(own, point)[0])

    assert newest["Bỏ địa bàn: Thôn Đã Xóa"] == []
    assert ("Tổ trưởng", "Ksor A", "") in newest["Xóa tổ của điểm “Tổ 1”"]
    assert ("Địa bàn", "Thôn Đã Xóa", "") in newest["Xóa tổ của điểm “Tổ 1”"]
    heading = "Xóa việc trong vòng đời của điểm “sơ kết, tổng kết, 01/09/2025”"
    assert ("Ngày", "01/09/2025", "") in newest[heading]


def test_no_technical_column_is_shown(own, officer, commune):
    point = make_point(unit=commune, members=3)
    edit(own, point, note="Đã sửa")

    shown = {
        change.key
        for entry in entries(own, point)
        for told in entry.told
        for change in told.changes
    }

    assert not shown & {*TECHNICAL, "area_key", "looked_version", "attributes", "search_key"}
    text = own.get(reverse("movements:point-history", args=[point.pk])).content.decode()
    for needle in (str(point.client_uuid), "phiên bản", "sửa lúc", "mã của biểu nhập"):
        assert needle not in text


def test_a_change_without_an_account_is_that_of_the_program(own, commune):
    point = make_point(unit=commune)
    with pghistory.context(command="load_demo"):
        SchemePoint.objects.filter(pk=point.pk).update(leader="Do chương trình")

    newest, first = entries(own, point)

    assert newest.author == "chương trình (lệnh load_demo)"
    assert words(newest) == {"": [("Người phụ trách", "–", "Do chương trình")]}
    assert first.author == "chương trình"


def test_an_account_that_is_gone_is_still_named(own, officer, commune):
    leaver = make_user(full_name="Người Đã Nghỉ", position="Phó trưởng")
    point = make_point(unit=commune)
    with pghistory.context(user=leaver.pk, url="/x/"):
        SchemePoint.objects.filter(pk=point.pk).update(leader="Ai đó")
        leaver.delete()

    assert entries(own, point)[0].author == "Người Đã Nghỉ, Phó trưởng"


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_does_not_grow(own, commune, count, django_assert_num_queries):
    point = make_point(unit=commune, members=1)
    for number in range(count):
        edit(own, point, leader=f"Người {number}", members=str(number + 2), host=f"Trường {number}")
        point.refresh_from_db()
    address = reverse("movements:point-history", args=[point.pk])

    with django_assert_num_queries(12):
        response = own.get(address)

    assert len(response.context["page_obj"].object_list) == count + 1


def test_a_long_history_has_pages(own, commune):
    point = make_point(unit=commune)
    for number in range(31):
        with pghistory.context(url=f"/{number}/"):
            SchemePoint.objects.filter(pk=point.pk).update(leader=f"Người {number}")
    address = reverse("movements:point-history", args=[point.pk])

    first, second = (own.get(address, {"page": page}).context["page_obj"] for page in (1, 2))

    assert (len(first.object_list), len(second.object_list)) == (30, 2)
    assert words(first.object_list[0]) == {"": [("Người phụ trách", "Người 29", "Người 30")]}
    for page in ("0", "x", "9" * 30, "%00"):
        assert own.get(address, {"page": page}).status_code in (200, 400)


def test_another_province_sees_no_history(client, commune):
    point = make_point(unit=commune)
    client.force_login(make_user(Role.PROVINCE_STAFF, make_unit(Level.PROVINCE)))
    assert client.get(reverse("movements:point-history", args=[point.pk])).status_code == 404


def test_the_history_of_a_name_says_who_merged_it(client):
    staff = make_user(Role.PROVINCE_STAFF, make_unit(Level.PROVINCE), full_name="Cán bộ tỉnh")
    kept, merged = make_scheme(name="Tên giữ lại"), make_scheme(name="Tên trùng")
    with pghistory.context(user=staff.pk, url="/x/"):
        Scheme.objects.filter(pk=merged.pk).update(merged_into=kept)
    client.force_login(staff)

    response = client.get(reverse("movements:scheme-history", args=[merged.pk]))

    newest = response.context["page_obj"].object_list[0]
    assert newest.author.startswith("Cán bộ tỉnh")
    assert words(newest) == {"": [("Đã gộp vào", "–", "Tên giữ lại")]}


def test_the_history_of_a_name_is_not_for_communes(own):
    response = own.get(reverse("movements:scheme-history", args=[make_scheme().pk]))
    assert response.status_code == 403


def admin_history(client, name: str, pk):
    return client.get(reverse(f"admin:{name}_history", args=[pk]))


def test_the_admin_shows_the_log_of_units_and_accounts(client):
    admin = make_user(Role.ADMIN, unit("VN"), full_name="Quản trị viên")
    user, place = make_user(), make_unit(name="Xã Của Lịch Sử")
    client.force_login(admin)
    with pghistory.context(user=admin.pk, url="/x/"):
        user.full_name = "Tên mới"
        user.save()
        held = user.assignments.create(role=Role.VIEWER, unit=place)
        place.aliases = "Xã Cũ"
        place.save()

    newest = admin_history(client, "accounts_user", user.pk).context["page_obj"].object_list[0]
    assert newest.author == "Quản trị viên"
    assert words(newest) == {
        "": [("Họ và tên", "–", "Tên mới")],
        f"Thêm vai trò “{held}”": [("Vai trò", "", "theo dõi"), ("Đơn vị", "", place.full_name)],
    }
    newest = admin_history(client, "units_administrativeunit", place.pk).context["page_obj"]
    assert words(newest.object_list[0]) == {"": [("Tên gọi khác", "–", "Xã Cũ")]}


def test_the_admin_shows_the_log_of_a_row_that_was_deleted(client):
    client.force_login(make_user(Role.ADMIN, unit("VN")))
    area = ResidentialArea.objects.create(unit=make_unit(), name="Thôn Bị Xóa")
    pk = area.pk
    with pghistory.context(url="/x/"):
        area.delete()

    response = admin_history(client, "units_residentialarea", pk)

    assert "Xóa thôn, buôn, tổ dân phố" in response.content.decode()
    assert ("Tên", "Thôn Bị Xóa", "") in words(response.context["page_obj"].object_list[0])[
        "Xóa thôn, buôn, tổ dân phố"
    ]
    for wrong in (pk + 10**6, "x", "9" * 30):
        assert admin_history(client, "units_residentialarea", wrong).status_code == 404


def test_only_an_administrator_opens_the_log_in_the_admin(client):
    client.force_login(make_user(Role.PROVINCE_STAFF, make_unit(Level.PROVINCE)))
    assert admin_history(client, "units_administrativeunit", unit("VN").pk).status_code != 200
