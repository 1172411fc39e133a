"""The admin of units: comfortable, and a wrong edit gives a message."""

from datetime import date

import pytest
from django.urls import reverse

from antq.units.choices import Level
from antq.units.models import (
    AdministrativeUnit,
    GroupMember,
    Organization,
    ResidentialArea,
    UnitLink,
    UnitProfile,
    UnitSuccession,
)
from tests.factories import make_unit, unit

pytestmark = pytest.mark.django_db

IA_DREH, GIA_LAI = "W24100@2025-07-01", "P52@2025-07-01"


def address(table, step="changelist", *args):
    return reverse(f"admin:units_{table}_{step}", args=args)


def unit_data(made=None, **values):
    """What the form of a unit sends; without rows in the tables below it."""
    data = {
        "key": "W24200@2027-01-01",
        "code": "24200",
        "name": "Xã Ia Mới",
        "level": "commune",
        "kind": "xa",
        "parent": unit(GIA_LAI).pk,
        "valid_from": "01/01/2027",
        "valid_to": "",
        "aliases": "",
        "latitude": "",
        "longitude": "",
        "area_km2": "",
    }
    for prefix in ("successions", "precessions", "members", "profiles"):
        data |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    return data | values


def errors(response):
    assert response.status_code == 200
    form = response.context["adminform"].form
    return {name: list(messages) for name, messages in form.errors.items()}


def test_admin_opens_a_new_unit_with_what_it_came_from(admin):
    ia_dreh = unit(IA_DREH)
    data = unit_data() | {
        "precessions-TOTAL_FORMS": 1,
        "precessions-0-predecessor": ia_dreh.pk,
        "precessions-0-effective_on": "01/01/2027",
        "precessions-0-is_primary": "on",
    }

    response = admin.post(address("administrativeunit", "add"), data)

    assert response.status_code == 302
    made = unit("W24200@2027-01-01")
    assert made.full_name == "Xã Ia Mới, Tỉnh Gia Lai"
    assert made.valid_from == date(2027, 1, 1)
    assert list(made.precessions.values_list("predecessor__key", "is_primary")) == [(IA_DREH, True)]


def test_admin_closes_a_unit_and_its_records_move(admin):
    old, new = make_unit(parent=unit(GIA_LAI)), make_unit(parent=unit(GIA_LAI))
    data = unit_data(name=old.name, code="", valid_from="", valid_to="31/12/2026") | {
        "successions-TOTAL_FORMS": 1,
        "successions-0-predecessor": old.pk,
        "successions-0-successor": new.pk,
        "successions-0-effective_on": "01/01/2027",
        "successions-0-is_primary": "on",
    }

    response = admin.post(address("administrativeunit", "change", old.pk), data)

    assert response.status_code == 302
    links = UnitLink.objects.valid_on(date(2027, 1, 1)).filter(descendant=old)
    assert set(links.values_list("ancestor__key", flat=True)) == {new.key, GIA_LAI, "VN"}
    old.refresh_from_db()
    assert old.key != "W24200@2027-01-01"  # a key never changes


@pytest.mark.parametrize(
    ("values", "field", "message"),
    [
        (
            {"valid_from": "01/01/2027", "valid_to": "31/12/2026"},
            "valid_to",
            "Ngày hết hiệu lực không được trước ngày có hiệu lực.",
        ),
        ({"code": "24100"}, "__all__", "Cùng cấp và cùng mã chỉ một đơn vị có hiệu lực mỗi ngày."),
        ({"parent": ""}, "__all__", "Mỗi đơn vị phải thuộc một đơn vị cấp trên."),
        ({"parent": "999999999"}, "parent", "Hãy chọn một lựa chọn hợp lệ"),
        ({"key": IA_DREH}, "key", "đã tồn tại"),
        ({"valid_from": "31/02/2027"}, "valid_from", "Nhập một ngày hợp lệ"),
        ({"level": "tinh"}, "level", "Hãy chọn một lựa chọn hợp lệ"),
        ({"latitude": "bắc"}, "latitude", "Nhập một số"),
        ({"name": "a" * 5000}, "name", "200"),
        ({"level": "country", "kind": "quoc_gia", "parent": ""}, "__all__", "Cả nước chỉ có một"),
    ],
)
def test_a_wrong_unit_is_refused_with_a_message(admin, values, field, message):
    before = AdministrativeUnit.objects.count()

    found = errors(admin.post(address("administrativeunit", "add"), unit_data(**values)))

    assert set(found) == {field}
    assert message in " ".join(found[field])
    assert AdministrativeUnit.objects.count() == before


def test_a_parent_of_the_same_or_a_lower_level_is_refused(admin):
    data = unit_data(parent=unit(IA_DREH).pk)

    assert errors(admin.post(address("administrativeunit", "add"), data)) == {
        "parent": ["Đơn vị cấp trên phải ở cấp cao hơn."]
    }


def test_a_unit_that_outlives_its_parent_is_refused(admin):
    data = unit_data(parent=unit("P64@2025-06-30").pk, valid_from="")

    assert errors(admin.post(address("administrativeunit", "add"), data)) == {
        "valid_to": [
            "Tỉnh Gia Lai hết hiệu lực ngày 30/06/2025: đơn vị thuộc nó không thể dài hơn."
        ]
    }


@pytest.mark.parametrize(
    ("days", "message"),
    [
        (("01/01/2026", "31/12/2025"), "Ngày hết hiệu lực không được trước ngày có hiệu lực."),
        (("01/01/2026", ""), "Đơn vị này đã thuộc cụm trong khoảng thời gian đó."),
    ],
)
def test_a_wrong_member_is_refused_with_a_message(admin, days, message):
    group = make_unit(Level.GROUP, parent=unit(GIA_LAI))
    member = GroupMember.objects.create(group=group, unit=unit(IA_DREH))
    data = {"group": group.pk, "unit": member.unit_id, "valid_from": days[0], "valid_to": days[1]}

    found = errors(admin.post(address("groupmember", "add"), data))

    assert [message] in found.values()
    assert list(GroupMember.objects.all()) == [member]


@pytest.mark.parametrize(
    ("successor", "message"),
    [("itself", "Đơn vị mới phải khác đơn vị cũ."), ("another", "Đơn vị cũ đã có nơi nhận hồ sơ.")],
)
def test_a_wrong_succession_is_refused_with_a_message(admin, successor, message):
    old = unit("W24103@2025-06-30") if successor == "another" else make_unit()
    new = make_unit() if successor == "another" else old
    before = UnitSuccession.objects.count()
    data = {
        "predecessor": old.pk,
        "successor": new.pk,
        "effective_on": "01/07/2025",
        "is_primary": "on",
    }

    found = errors(admin.post(address("unitsuccession", "add"), data))

    assert found == {"__all__": [message]}
    assert UnitSuccession.objects.count() == before


def test_the_same_area_organization_or_profile_twice_is_refused_with_a_message(admin):
    ia_dreh = unit(IA_DREH)
    ResidentialArea.objects.create(unit=ia_dreh, name="Buôn Chư Bang")
    Organization.objects.create(unit=ia_dreh, name="Ban Chỉ đạo 138", kind="committee")
    UnitProfile.objects.create(unit=ia_dreh, year=2026)
    place = {"unit": ia_dreh.pk}

    area = admin.post(address("residentialarea", "add"), place | {"name": "buôn chư bang"})
    body = admin.post(
        address("organization", "add"), place | {"name": "BAN CHỈ ĐẠO 138", "kind": "committee"}
    )
    profile = admin.post(address("unitprofile", "add"), place | {"year": 2026})

    assert errors(area) == {"__all__": ["Địa bàn này đã có trong danh sách của xã."]}
    assert errors(body) == {"__all__": ["Tổ chức này đã có."]}
    assert errors(profile) == {"__all__": ["Đơn vị đã có số liệu của năm này."]}


def test_a_unit_that_others_belong_to_is_not_deleted(admin):
    response = admin.post(
        address("administrativeunit", "delete", unit(GIA_LAI).pk), {"post": "yes"}
    )

    assert response.status_code == 200
    assert unit(GIA_LAI)


def test_a_unit_made_by_mistake_is_deleted_with_its_links(admin):
    made = make_unit(parent=unit(GIA_LAI))

    response = admin.post(address("administrativeunit", "delete", made.pk), {"post": "yes"})

    assert response.status_code == 302
    assert not AdministrativeUnit.objects.filter(key=made.key).exists()
    assert not UnitLink.objects.filter(descendant_id=made.pk).exists()
