"""A province's own types and attributes on ordinary pages; what is used is fixed."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from antq.accounts.roles import Role
from antq.review.models import ReviewEvent
from antq.units.choices import Level
from movements.choices import AddsUp, DataType
from movements.models import SchemeAttribute, SchemeType
from movements.services.points import record_state
from tests.factories import make_point, make_scheme, make_type, make_unit, make_user, unit
from tests.movements.pages import NEW

pytestmark = pytest.mark.django_db
FIXED = "không đổi được khóa và kiểu, không xóa được"


@pytest.fixture
def province():
    return make_unit(Level.PROVINCE, code="997")


@pytest.fixture
def staff(client, province):
    client.force_login(make_user(Role.PROVINCE_STAFF, province))
    return client


@pytest.fixture
def lamps(province):
    """An attribute of a type of the province; nobody uses it yet."""
    kind = make_type(owner=province)
    return SchemeAttribute.objects.create(
        type=kind, key="so_den", label="Số đèn", adds_up=AddsUp.SUM, minimum=0
    )


def use(attribute, value=3, **more):
    scheme = make_scheme(type=attribute.type)
    return make_point(scheme=scheme, attributes={attribute.key: value}, **more)


def filled(client, url, **changes):
    """What the form shows, sent back with some changes."""
    form = client.get(url).context["form"]
    data = {}
    for bound in form:
        value = bound.field.prepare_value(bound.value())
        if value not in (None, False):
            data[bound.name] = "on" if value is True else value
    data |= changes
    return client.post(url, {name: value for name, value in data.items() if value is not None})


def address(step, attribute):
    args = [attribute.type_id, attribute.key]
    return reverse(f"movements:type-attribute-{step}", args=args)


def test_a_type_with_attributes_comes_to_the_form_of_a_point(staff, province):
    new = reverse("movements:type-create")
    response = filled(staff, new, name="Đèn an ninh", aliases="Đèn đường", expects_members="on")
    kind = SchemeType.objects.get(name="Đèn an ninh")
    assert response["Location"] == reverse("movements:type-detail", args=[kind.pk])
    assert (kind.owner, kind.code, kind.is_active) == (province, "997-den-an-ninh", True)
    assert kind.expects_members
    add = reverse("movements:type-attribute-create", args=[kind.pk])
    for label, more in {
        "Số bóng đèn": {"adds_up": "sum", "minimum": "0", "maximum": "1.000", "unit": "bóng"},
        "Trong đó: hỏng": {"adds_up": "sum", "part_of": "so_bong_den"},
        "Nguồn điện": {"data_type": "choice", "choices": "Lưới\nMặt trời"},
    }.items():
        assert filled(staff, add, label=label, **more).status_code == 302, label

    found = list(kind.attributes.values_list("key", "data_type", "adds_up", "part_of", "order"))
    assert found == [
        ("so_bong_den", "integer", "sum", "", 10),
        ("trong_do_hong", "integer", "sum", "so_bong_den", 20),
        ("nguon_dien", "choice", "none", "", 30),
    ]
    commune = make_unit(parent=province)
    staff.force_login(make_user(Role.COMMUNE_OFFICER, commune))
    form = staff.get(reverse(NEW), {"type": kind.pk}).context["form"]
    assert form.fields["attr_so_bong_den"].maximum == 1000
    assert "attr_nguon_dien" in form.fields
    actions = ["Thêm loại hình", *["Thêm thông tin riêng"] * 3]
    assert [event.action for event in ReviewEvent.objects.about(kind)] == actions


def test_two_of_one_name_have_two_codes_and_keys(staff, province, lamps):
    make_type(code="997-den", name="Khác")
    filled(staff, reverse("movements:type-create"), name="Đèn")
    kind = SchemeType.objects.get(name="Đèn")
    assert kind.code == "997-den-2"
    url = reverse("movements:type-attribute-create", args=[kind.pk])
    filled(staff, url, label="Số đèn")
    assert kind.attributes.get().key == "so_den_2"
    page = filled(staff, reverse("movements:type-create"), name="đèn").content.decode()
    assert "Loại hình này đã có." in page


def test_a_national_number_is_shared_only_when_it_is_of_the_same_kind(staff, lamps):
    url = reverse("movements:type-attribute-create", args=[lamps.type_id])
    asked = {"label": "Mắt camera", "shared": "camera_eyes"}
    page = filled(staff, url, adds_up="none", **asked).content.decode()
    assert "chọn kiểu và cách tổng hợp như vậy" in page
    assert filled(staff, url, adds_up="sum", **asked).status_code == 302
    assert lamps.type.attributes.filter(key="camera_eyes").exists()
    keys = dict(staff.get(url).context["form"].fields["shared"].choices)
    assert "camera_eyes" not in keys
    assert "bells" in keys


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"label": ""}, "This field|bắt buộc|trống"),
        ({"data_type": "choice"}, "Ghi các lựa chọn"),
        ({"choices": "a\nb"}, "Chỉ kiểu “chọn một” có các lựa chọn"),
        ({"data_type": "text", "adds_up": "none", "minimum": "0"}, "Chỉ dùng cho kiểu số"),
        ({"data_type": "text", "adds_up": "sum"}, "Chỉ số mới cộng dồn"),
        ({"minimum": "5", "maximum": "2"}, "phải không nhỏ hơn"),
        ({"minimum": "nhiều"}, "Nhập một số"),
        ({"part_of": "khong_co"}, "khong_co"),
    ],
)
def test_what_does_not_fit_is_said(staff, lamps, typed, said):
    url = reverse("movements:type-attribute-create", args=[lamps.type_id])
    page = filled(staff, url, **{"label": "Số loa", "minimum": "", "maximum": ""} | typed)
    assert page.status_code == 200
    assert any(part in page.content.decode() for part in said.split("|"))
    assert lamps.type.attributes.count() == 1


class TestFixedOnceUsed:
    """By a point of today, or by a state of the past alone."""

    @pytest.fixture(params=["today", "past"])
    def used(self, request, lamps):
        point = use(lamps)
        if request.param == "past":
            record_state(point, as_of=point.launched_on.replace(day=20), by=None)
            point.refresh_from_db()
            assert point.attributes == {}
        return lamps

    @pytest.mark.parametrize("change", [{"key": "den"}, {"data_type": DataType.TEXT}])
    def test_the_database_refuses(self, used, change):
        rows = SchemeAttribute.objects.filter(pk=used.pk)
        with pytest.raises(IntegrityError, match="is used"), transaction.atomic():
            rows.update(adds_up=AddsUp.NONE, **change)
        with pytest.raises(IntegrityError, match="is used"), transaction.atomic():
            rows.update(type=make_type())
        with pytest.raises(IntegrityError, match="is used"), transaction.atomic():
            rows.delete()
        rows.update(label="Số đèn đường", maximum=9)
        assert rows.get().key == "so_den"

    def test_the_form_says_what_to_do(self, staff, used):
        page = filled(staff, address("edit", used), data_type="text", adds_up="none")
        assert FIXED in page.content.decode()
        assert filled(staff, address("edit", used), label="Đèn đường").status_code == 302
        used.refresh_from_db()
        assert (used.label, used.data_type) == ("Đèn đường", DataType.INTEGER)

    def test_it_is_not_removed(self, staff, used):
        page = staff.get(reverse("movements:type-detail", args=[used.type_id])).content.decode()
        assert "đã có số liệu" in page
        assert address("remove", used) not in page
        page = staff.post(address("remove", used), follow=True).content.decode()
        assert FIXED in page
        assert SchemeAttribute.objects.filter(pk=used.pk).exists()
        assert not ReviewEvent.objects.about(used.type).exists()

    def test_the_admin_says_so_too(self, client, used):
        client.force_login(make_user(Role.ADMIN, unit("VN"), is_staff=True, is_superuser=True))
        url = reverse("admin:movements_schemeattribute_change", args=[used.pk])
        form = client.get(url).context["adminform"].form
        data = {name: form[name].value() or "" for name in form.fields}
        for change in ({"key": "den"}, {"data_type": "text", "adds_up": "none"}):
            page = client.post(url, data | change)
            assert FIXED in page.content.decode(), change
        gone = reverse("admin:movements_schemeattribute_delete", args=[used.pk])
        assert client.post(gone, {"post": "yes"}).status_code == 403
        assert SchemeAttribute.objects.filter(pk=used.pk, key="so_den").exists()


def test_what_nobody_uses_changes_and_goes(staff, lamps):
    response = filled(staff, address("edit", lamps), data_type="text", adds_up="none", minimum="")
    assert response.status_code == 302
    lamps.refresh_from_db()
    assert lamps.data_type == DataType.TEXT
    staff.post(address("remove", lamps))
    assert not SchemeAttribute.objects.filter(pk=lamps.pk).exists()
    actions = [event.action for event in ReviewEvent.objects.about(lamps.type)]
    assert actions == ["Sửa thông tin riêng", "Xóa thông tin riêng"]


def test_a_choice_that_points_have_stays(staff, lamps):
    power = SchemeAttribute.objects.create(
        type=lamps.type, key="nguon", label="Nguồn", data_type="choice", choices="Lưới\nMáy nổ"
    )
    use(power, "Lưới")
    page = filled(staff, address("edit", power), choices="Máy nổ\nMặt trời")
    assert "Đã có điểm chọn: Lưới." in page.content.decode()
    assert filled(staff, address("edit", power), choices="Lưới\nMặt trời").status_code == 302


def test_attributes_are_put_in_order(staff, lamps):
    for key in ("hai", "ba"):
        SchemeAttribute.objects.create(type=lamps.type, key=key, label=key)
    staff.post(address("move", lamps.type.attributes.get(key="ba")), {"up": "1"})
    staff.post(address("move", lamps), {"up": "1"})  # the first stays the first

    def keys():
        return list(lamps.type.attributes.values_list("key", flat=True))

    assert keys() == ["so_den", "ba", "hai"]
    staff.post(address("move", lamps), {"down": "1"})
    assert keys() == ["ba", "so_den", "hai"]


def test_a_type_is_retired_and_its_points_stay(staff, province, lamps):
    point = use(lamps, unit=make_unit(parent=province))
    url = reverse("movements:type-edit", args=[lamps.type_id])
    assert filled(staff, url, is_active=None).status_code == 302
    assert lamps.type not in staff.get(reverse(NEW)).context["form"].fields["type"].queryset
    edit = staff.get(reverse("movements:point-edit", args=[point.pk]))
    assert lamps.type in edit.context["form"].fields["type"].queryset
    assert lamps.type.name in staff.get(reverse("movements:type-list")).content.decode()


def test_who_saves_second_is_told_once(staff, lamps):
    url = reverse("movements:type-edit", args=[lamps.type_id])
    form = staff.get(url).context["form"]
    data = {name: form[name].value() or "" for name in form.fields} | {"name": "Của tôi"}
    SchemeType.objects.filter(pk=lamps.type_id).update(name="Của người khác")
    assert "vừa được người khác sửa" in staff.post(url, data).content.decode()
    lamps.type.refresh_from_db()
    assert lamps.type.name == "Của người khác"


class TestScope:
    def test_types_of_another_province_are_nowhere(self, staff, province):
        other = make_type(owner=make_unit(Level.PROVINCE), name="Loại của tỉnh khác")
        other_lamps = SchemeAttribute.objects.create(type=other, key="den", label="Đèn")
        own = make_type(owner=province, name="Loại của tỉnh mình")
        for name in ("type-list", "point-create", "point-list", "scheme-list"):
            page = staff.get(reverse(f"movements:{name}")).content.decode()
            assert own.name in page, name
            assert other.name not in page, name
        for name in ("detail", "edit", "attribute-create"):
            url = reverse(f"movements:type-{name}", args=[other.pk])
            assert staff.get(url).status_code == 404, name
            assert staff.post(url, {"name": "x"}).status_code == 404, name
        for step in ("edit", "move", "remove"):
            assert staff.post(address(step, other_lamps), {"up": "1"}).status_code == 404
        for name in ("point-list", "scheme-list"):
            url = reverse(f"movements:{name}")
            assert staff.get(url, {"type": other.code}).status_code == 400
        fields = reverse("movements:point-fields")
        assert staff.get(fields, {"type": other.pk}).status_code == 400

    def test_national_types_are_read_by_all_and_changed_by_the_country(self, client, province):
        kind = SchemeType.objects.get(code="camera")
        page = reverse("movements:type-detail", args=[kind.pk])
        edit = reverse("movements:type-edit", args=[kind.pk])
        for role in (Role.PROVINCE_STAFF, Role.COMMITTEE):
            client.force_login(make_user(role, province))
            assert "Số mắt camera" in client.get(page).content.decode()
            assert edit not in client.get(page).content.decode()
            for method in (client.get, client.post):
                assert method(edit).status_code == 403
        client.force_login(make_user(Role.ADMIN, unit("VN")))
        assert edit in client.get(page).content.decode()
        assert filled(client, edit, aliases="Ca mê ra").status_code == 302
        kind.refresh_from_db()
        assert kind.aliases == "Ca mê ra"

    @pytest.mark.parametrize("role", [Role.COMMUNE_LEADER, Role.COMMITTEE])
    def test_a_commune_reads_its_provinces_types_and_changes_none(
        self, client, province, lamps, role
    ):
        client.force_login(make_user(role, make_unit(parent=province)))
        page = client.get(reverse("movements:type-detail", args=[lamps.type_id]))
        assert "Số đèn" in page.content.decode()
        assert client.post(reverse("movements:type-create"), {"name": "x"}).status_code == 403
        for step in ("edit", "move", "remove"):
            assert client.post(address(step, lamps)).status_code == 403
        assert SchemeAttribute.objects.filter(pk=lamps.pk).exists()

    @pytest.mark.parametrize("count", [1, 3])
    def test_the_pages_cost_the_same_for_one_and_for_three(
        self, staff, lamps, count, django_assert_num_queries
    ):
        for number in range(count):
            kind = make_type(owner=lamps.type.owner)
            make_scheme(type=kind)
            SchemeAttribute.objects.create(type=lamps.type, key=f"k{number}", label="x")
        with django_assert_num_queries(7):
            staff.get(reverse("movements:type-list"))
        with django_assert_num_queries(7):
            staff.get(reverse("movements:type-detail", args=[lamps.type_id]))
