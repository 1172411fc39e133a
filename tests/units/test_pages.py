"""The pages on which units are browsed and searched, and what pickers ask for."""

from datetime import date

import pytest
from django.urls import reverse

from antq.units.choices import Level
from antq.units.models import (
    GroupMember,
    ResidentialArea,
    UnitSuccession,
)
from tests.factories import make_unit, unit

pytestmark = pytest.mark.django_db

IA_RMOK, IA_DREH = "W24103@2025-06-30", "W24100@2025-07-01"
GIA_LAI = "P52@2025-07-01"
LIST = reverse("units:unit-list")


def detail(key):
    return reverse("units:unit-detail", args=[key])


def names(response, key="object_list"):
    return [made.name for made in response.context[key]]


@pytest.mark.parametrize("address", [LIST, detail(IA_DREH), reverse("units:search")])
def test_unit_pages_need_a_sign_in(client, address):
    response = client.get(address)

    assert response.status_code == 302
    assert response.url.startswith(reverse("accounts:sign-in"))


def test_unit_list_shows_the_provinces_of_today_with_their_communes(reader):
    response = reader.get(LIST)

    provinces = response.context["object_list"]
    assert len(provinces) == 34
    assert sum(province.commune_count for province in provinces) == 3321
    counts = {province.name: province.commune_count for province in provinces}
    assert counts["Tỉnh Gia Lai"] == 135


def test_unit_list_shows_the_provinces_of_another_day(reader):
    response = reader.get(LIST, {"on": "2025-06-30"})

    provinces = response.context["object_list"]
    assert len(provinces) == 63
    assert sum(province.commune_count for province in provinces) == 10_035
    # The day goes with the reader to the province.
    assert f"{detail('P64@2025-06-30')}?on=2025-06-30" in response.content.decode()


def test_unit_list_is_in_vietnamese_order(reader):
    found = names(reader.get(LIST))

    assert found[:3] == ["Thành phố Cần Thơ", "Thành phố Đà Nẵng", "Thành phố Hà Nội"]
    assert found.index("Tỉnh Cao Bằng") < found.index("Tỉnh Đắk Lắk") < found.index("Tỉnh Gia Lai")


@pytest.mark.parametrize("text", ["ia rmok", "Ia RMok", "xã ia rmok", "xã ia rmok"])
def test_search_shows_what_ia_rmok_became(reader, text):
    response = reader.get(LIST, {"q": text})

    assert [made.full_name for made in response.context["object_list"]] == [
        "Xã Ia RMok, Huyện Krông Pa, Tỉnh Gia Lai (đến 30/6/2025)"
    ]
    page = response.content.decode()
    assert "Xã Ia RMok, Huyện Krông Pa, Tỉnh Gia Lai (đến 30/6/2025)" in page
    assert f'→ <a href="{detail(IA_DREH)}">Xã Ia Dreh, Tỉnh Gia Lai</a>' in page


def test_search_is_paged_and_keeps_its_text(reader):
    response = reader.get(LIST, {"q": "tân", "page": "2"})

    page = response.context["page_obj"]
    assert (page.number, len(page), page.paginator.count > 1000) == (2, 20, True)
    assert "?q=t%C3%A2n&amp;page=3" in response.content.decode()


def test_search_without_result_says_so(reader):
    response = reader.get(LIST, {"q": "khongcoxanao"})

    assert response.status_code == 200
    assert "Không tìm thấy đơn vị nào." in response.content.decode()


@pytest.mark.parametrize(
    ("query", "status", "message"),
    [
        ("q=" + "a" * 10_240, 400, "Từ khóa quá 150 ký tự"),
        ("q=%00", 400, "ký tự không hợp lệ"),
        ("on=31/02/2026", 400, "Tháng 2 năm 2026 chỉ có 28 ngày"),
        ("on=hôm qua", 400, "Nhập ngày/tháng/năm"),
        ("on=0001-01-01", 400, "Năm 1 không hợp lệ"),
        ("q=tân&page=khong", 404, "Không tìm thấy"),
        ("q=tân&page=999999999999999999999", 404, "Không tìm thấy"),
        ("q=%FF%FE", 200, "Không tìm thấy đơn vị nào."),
        ("q=<script>", 200, "&lt;script&gt;"),
    ],
)
def test_unit_list_answers_bad_input_with_a_message(reader, query, status, message):
    response = reader.get(f"{LIST}?{query}")

    assert response.status_code == status
    assert message in response.content.decode()


def test_unit_detail_shows_where_a_unit_came_from_and_what_it_became(reader):
    response = reader.get(detail(IA_RMOK))

    assert response.context["unit"] == unit(IA_RMOK)
    [became] = response.context["became"]
    assert (became.successor.key, became.effective_on, became.is_primary) == (
        IA_DREH,
        date(2025, 7, 1),
        True,
    )
    assert [place.key for place in response.context["counts_under"]] == [IA_DREH, GIA_LAI, "VN"]
    back = reader.get(detail(IA_DREH))
    came_from = {row.predecessor.key for row in back.context["came_from"]}
    assert came_from == {IA_RMOK, "W24100@2025-06-30", "W24115@2025-06-30"}
    assert "nơi nhận hồ sơ" in response.content.decode()
    assert "01/07/2025" in response.content.decode()


def test_unit_detail_of_a_closed_unit_shows_the_children_of_its_last_day(reader):
    response = reader.get(detail("D637@2025-06-30"))

    assert response.context["day"] == date(2025, 6, 30)
    found = names(response, "children")
    assert (len(found), found[0]) == (14, "Thị trấn Phú Túc")
    assert "Xã Ia RMok" in found


def test_unit_detail_shows_the_children_of_a_chosen_day(reader):
    address = detail("P38")

    assert len(reader.get(address).context["children"]) == 166
    before = reader.get(address, {"on": "31/12/2024"})
    assert "Huyện Đông Sơn" in names(before, "children")
    after = reader.get(address, {"on": "2025-03-01"})
    assert "Huyện Đông Sơn" not in names(after, "children")


def test_unit_detail_shows_members_groups_parts_and_areas(reader):
    gia_lai, ia_dreh = unit(GIA_LAI), unit(IA_DREH)
    group = make_unit(Level.GROUP, parent=gia_lai, name="Cụm Krông Pa")
    GroupMember.objects.create(group=group, unit=ia_dreh, valid_from=date(2025, 7, 1))
    for name in ["Thôn 10", "Thôn 2"]:
        ResidentialArea.objects.create(unit=ia_dreh, name=name)
    ResidentialArea.objects.create(unit=ia_dreh, name="Thôn cũ", valid_to=date(2025, 12, 31))

    of_group = reader.get(detail(group.key))
    assert [row.unit for row in of_group.context["members"]] == [ia_dreh]
    assert "từ 01/07/2025 đến nay" in of_group.content.decode()
    of_commune = reader.get(detail(IA_DREH))
    assert [row.group for row in of_commune.context["groups"]] == [group]
    assert [area.name for area in of_commune.context["areas"]] == ["Thôn 2", "Thôn 10"]
    assert list(reader.get(detail(GIA_LAI)).context["others"]) == [group]
    parts = reader.get(detail("W00007@2025-06-30")).context["others"]
    assert {part.key for part in parts} >= {"W00007@2025-06-30/W00008"}


def test_unit_detail_takes_a_key_with_a_slash(reader):
    response = reader.get("/units/W00007@2025-06-30/W00008/")

    assert response.context["unit"].name == "Phường Cống Vị (phần về Phường Ngọc Hà)"


def test_dashboard_is_offered_for_units_in_scope_only(reader):
    link = f"{reverse('site:dashboard')}?unit="

    assert f"{link}W24100%402025-07-01" in reader.get(detail(IA_DREH)).content.decode()
    assert f"{link}W24103%402025-06-30" in reader.get(detail(IA_RMOK)).content.decode()
    assert link not in reader.get(detail("P38")).content.decode()


@pytest.mark.parametrize("key", ["W99999", "khong-co", "a" * 5000, "W24100@2025-07-01/x", "%00"])
def test_unit_detail_of_an_unknown_unit_is_not_found(reader, key):
    response = reader.get(f"/units/{key}/")

    assert response.status_code == (400 if key == "%00" else 404)
    assert "Không tìm thấy" in response.content.decode() or key == "%00"


def test_unit_detail_with_an_impossible_day_says_so_and_shows_the_unit(reader):
    response = reader.get(detail(GIA_LAI), {"on": "32/13/2026"})

    assert response.status_code == 400
    page = response.content.decode()
    assert "Không có tháng 13" in page
    assert "Tỉnh Gia Lai" in page


@pytest.mark.parametrize("count", [1, 3])
def test_search_costs_the_same_for_one_and_three_units(reader, count, django_assert_num_queries):
    parent = make_unit()
    new = make_unit(name="Xã Mới")
    for number in range(count):
        old = make_unit(parent=parent, name=f"Xã Sổxưa {number}", valid_to=date(2025, 6, 30))
        UnitSuccession.objects.create(predecessor=old, successor=new, effective_on=date(2025, 7, 1))

    with django_assert_num_queries(12):
        response = reader.get(LIST, {"q": "soxua"})

    assert len(response.context["object_list"]) == count


@pytest.mark.parametrize("count", [1, 3])
def test_unit_detail_costs_the_same_whatever_it_shows(reader, count, django_assert_num_queries):
    province = make_unit(Level.PROVINCE)
    group = make_unit(Level.GROUP, parent=province)
    for number in range(count):
        child = make_unit(parent=province)
        GroupMember.objects.create(group=group, unit=child)
        old = make_unit(valid_to=date(2025, 6, 30))
        for row in (
            {"predecessor": old, "successor": group},
            {"predecessor": group, "successor": old},
        ):
            UnitSuccession.objects.create(
                **row, effective_on=date(2025, 7, 1), is_primary=number == 0
            )

    with django_assert_num_queries(14):
        reader.get(detail(group.key))
    with django_assert_num_queries(12):
        response = reader.get(detail(province.key))

    assert len(response.context["children"]) == count
