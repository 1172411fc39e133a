"""The pages on which the list of residential areas is kept."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from antq.accounts.roles import Role
from antq.units.choices import Level
from antq.units.models import ResidentialArea
from movements.models import SchemePoint
from movements.services.areas import Arrangement, rearrange
from movements.services.places import areas_of
from tests.factories import make_point, make_scheme, make_unit, make_user
from tests.movements.pages import NEW, edit, only_point, retyped, typed

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 1)


@pytest.fixture
def commune():
    return make_unit()


@pytest.fixture
def officer(client, commune):
    user = make_user(Role.COMMUNE_OFFICER, commune)
    client.force_login(user)
    return user


def make_area(unit, name, **values):
    return ResidentialArea.objects.create(unit=unit, name=name, **values)


def page(name, unit):
    return reverse(f"movements:area-{name}", args=[unit.key])


def point_in(area, **values):
    point = make_point(unit=area.unit, area_key=str(area.pk), **values)
    point.areas.add(area)
    return point


def names(unit):
    return sorted(area.name for area in areas_of(unit))


def test_the_index_leads_an_officer_to_the_own_list(client, commune, officer):
    assert client.get(reverse("movements:area-index")).url == page("list", commune)


@pytest.mark.parametrize("count", [1, 3])
def test_the_index_of_a_province_counts(client, count, django_assert_num_queries):
    province = make_unit(Level.PROVINCE)
    communes = [make_unit(parent=province) for _ in range(count + 1)]
    for unit in communes[1:]:
        point_in(make_area(unit, "Thôn 1"))
        make_area(unit, "Thôn 2")
        make_area(unit, "Thôn cũ", valid_to=date(2026, 1, 1))
    make_area(make_unit(), "Thôn ngoài")
    client.force_login(make_user(Role.PROVINCE_STAFF, province))

    with django_assert_num_queries(7):
        response = client.get(reverse("movements:area-index"))

    found = {
        unit.name: (unit.area_count, unit.covered_count, unit.uncovered_count)
        for unit in response.context["communes"]
    }
    expected = {unit.name: (2, 1, 1) for unit in communes[1:]}
    assert found == expected | {communes[0].name: (0, 0, 0)}


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_shows_the_areas_of_today(
    client, commune, officer, count, django_assert_num_queries
):
    for number in range(count):
        point_in(make_area(commune, f"Thôn {number}"))
    make_area(commune, "Thôn cũ", valid_to=date(2026, 1, 1))

    with django_assert_num_queries(10):
        response = client.get(page("list", commune))

    shown = [(area.name, area.point_count) for area in response.context["areas"]]
    assert shown == [(f"Thôn {number}", 1) for number in range(count)]
    with_past = client.get(page("list", commune), {"all": "1"}).context["areas"]
    assert {area.name for area in with_past} == {name for name, _ in shown} | {"Thôn cũ"}


def test_a_reader_sees_the_list_and_may_not_change_it(client, commune):
    area = make_area(commune, "Thôn 1")
    client.force_login(make_user(Role.COMMITTEE, commune))

    response = client.get(page("list", commune))
    assert "Thôn 1" in response.content.decode()
    assert "Thêm một địa bàn" not in response.content.decode()
    addresses = [
        page("add", commune),
        page("rearrange", commune),
        reverse("movements:area-rename", args=[area.pk]),
        reverse("movements:area-close", args=[area.pk]),
    ]
    sent = {"names": "A", "name": "A", "known_as": "Thôn 1", "last_day": "1/3/2026", "save": "1"}
    for address in addresses:
        assert client.post(address, sent | {"area": area.pk, "on": "1/3/2026"}).status_code == 403
    assert names(commune) == ["Thôn 1"]


def test_out_of_scope_is_not_found(client, commune):
    area = make_area(commune, "Thôn 1")
    client.force_login(make_user(Role.COMMUNE_LEADER))
    for address in (
        page("list", commune),
        page("add", commune),
        page("rearrange", commune),
        reverse("movements:area-detail", args=[area.pk]),
        page("list", commune.parent),
    ):
        assert client.get(address).status_code == 404, address
        assert client.post(address).status_code == 404, address


def test_one_name_in_line_is_added_at_once(client, commune, officer):
    response = client.post(page("add", commune), {"names": "Buôn Nai"}, follow=True)

    assert names(commune) == ["Buôn Nai"]
    assert "Đã thêm Buôn Nai." in response.content.decode()


def test_a_pasted_list_is_shown_before_it_is_saved(client, commune, officer):
    make_area(commune, "Buôn Nai", aliases="Làng Nai")
    text = "1. Buôn Nai\n2. làng nai\n3.\tBuôn Jú\n4) buon ju\nBuôn Naii\nBuôn Blăk"

    response = client.post(page("add", commune), {"names": text, "valid_from": "1/7/2025"})

    states = [(row.name, row.state) for row in response.context["rows"]]
    assert states == [
        ("Buôn Nai", "there"),
        ("làng nai", "there"),
        ("Buôn Jú", "new"),
        ("buon ju", "repeated"),
        ("Buôn Naii", "new"),
        ("Buôn Blăk", "new"),
    ]
    assert names(commune) == ["Buôn Nai"]
    sent = {"names": text, "valid_from": "1/7/2025", "save": "1", "chosen": ["Buôn Jú", "Buôn Nai"]}
    client.post(page("add", commune), sent)
    client.post(page("add", commune), sent)
    assert names(commune) == ["Buôn Jú", "Buôn Nai"]
    assert ResidentialArea.objects.get(name="Buôn Jú").valid_from == date(2025, 7, 1)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"names": " \n1.\n"}, "Ghi ít nhất một tên"),
        ({"names": "A\n" * 501}, "mỗi lần nhận 500"),
        ({"names": "A" * 70_000}, "Rút ngắn lại"),
        ({"names": "A", "valid_from": "1/1/2100"}, "Ngày này chưa đến"),
        ({"names": "A", "valid_from": "31/2/2026"}, "chỉ có 28 ngày"),
    ],
)
def test_a_wrong_list_says_what_is_wrong(client, commune, officer, sent, said):
    response = client.post(page("add", commune), sent)

    assert said in response.content.decode()
    assert names(commune) == []


def test_rearranging_shows_what_will_be_then_saves(client, commune, officer):
    one, two = make_area(commune, "Thôn 1"), make_area(commune, "Thôn 2")
    point = point_in(one)
    ticked = {"area": [one.pk, two.pk]}
    assert client.get(page("rearrange", commune), ticked).status_code == 200
    sent = ticked | {"names": "Thôn Mới", "on": "1/3/2026", "basis": "NQ 5"}

    response = client.post(page("rearrange", commune), sent | {"save": "1"})
    assert [move.point for move in response.context["moves"]] == [point]
    assert names(commune) == ["Thôn 1", "Thôn 2"]  # not without a preview
    words = response.context["plan"].words
    response = client.post(
        page("rearrange", commune), sent | {"save": "1", "previewed": words}, follow=True
    )

    assert names(commune) == ["Thôn Mới"]
    assert "1 điểm chuyển theo" in response.content.decode()
    again = client.post(
        page("rearrange", commune), sent | {"save": "1", "previewed": words}, follow=True
    )
    assert "không còn trong danh sách" in again.content.decode()


def test_what_was_changed_below_a_preview_is_shown_anew(client, commune, officer):
    old = make_area(commune, "Thôn 1")
    plan = Arrangement(commune, [old], ["A"], DAY)
    sent = {"area": old.pk, "names": "B", "on": "1/3/2026", "save": "1", "previewed": plan.words}

    response = client.post(page("rearrange", commune), sent)

    assert response.context["plan"].names == ["B"]
    assert names(commune) == ["Thôn 1"]


def test_conflicts_and_choices_are_asked_for_in_the_page(client, commune, officer):
    one, two, scheme = make_area(commune, "Thôn 1"), make_area(commune, "Thôn 2"), make_scheme()
    first, second = point_in(one, scheme=scheme), point_in(two, scheme=scheme)
    sent = {"area": [one.pk, two.pk], "names": "A\nB", "on": "1/3/2026"}
    shown = client.post(page("rearrange", commune), sent)
    sent |= {"save": "1", "previewed": shown.context["plan"].words}

    response = client.post(page("rearrange", commune), sent)
    assert response.content.decode().count("Chọn địa bàn mới.</p>") == 2
    sent |= {f"into-{first.pk}": "0", f"into-{second.pk}": "0"}
    response = client.post(page("rearrange", commune), sent)
    assert response.content.decode().count("Sẽ trùng với") == 2
    assert names(commune) == ["Thôn 1", "Thôn 2"]
    client.post(page("rearrange", commune), sent | {f"location-{second.pk}": "Cuối thôn"})

    assert names(commune) == ["A", "B"]
    second.refresh_from_db()
    assert second.spot_on(localdate()) == "Cuối thôn, A"


@pytest.mark.parametrize("area", ["", "abc", "0", "9" * 40, "-1", "1.5"])
def test_a_wrong_area_in_the_address_leads_back_to_the_list(client, commune, officer, area):
    for method in (client.get, client.post):
        response = method(page("rearrange", commune), {"area": area})
        assert (response.status_code, response.url) == (302, page("list", commune))


def test_rename_and_close_on_the_page_of_an_area(client, commune, officer):
    area = make_area(commune, "Thôn 1")
    rename = reverse("movements:area-rename", args=[area.pk])
    close = reverse("movements:area-close", args=[area.pk])

    response = client.post(rename, {"name": "", "known_as": "Thôn 1"})
    assert response.context["rename"].has_error("name")
    client.post(rename, {"name": "Thôn Một", "known_as": "Thôn 1"})
    assert names(commune) == ["Thôn Một"]
    response = client.post(close, {"last_day": "1/1/2100"})
    assert "Ngày này chưa đến" in response.content.decode()
    client.post(close, {"last_day": "1/3/2026"})
    assert names(commune) == []
    page_of_it = client.get(reverse("movements:area-detail", args=[area.pk])).content.decode()
    assert "Thôn Một (đến 1/3/2026)" in page_of_it
    assert rename not in page_of_it


def test_a_closed_area_is_not_offered_and_its_name_says_what_it_is_now(client, commune, officer):
    old = make_area(commune, "Buôn Cũ")
    rearrange(Arrangement(commune, [old], ["Buôn Mới"], DAY), by=officer)

    form = client.get(reverse(NEW)).context["form"]
    assert [value for value, _ in form.fields["areas"].widget.choices] == ["Buôn Mới"]
    begun = {"launched": "05/08/2025", "as_of": "05/02/2026"}
    response = client.post(reverse(NEW), typed(commune, areas=["buôn cũ"], **begun))
    assert "nay là Buôn Mới. Chọn tên hiện nay." in response.content.decode()
    assert not SchemePoint.objects.exists()

    client.post(reverse(NEW), typed(commune, areas=["buôn mới", "Buôn Khác"], **begun))
    assert sorted(only_point().areas.values_list("name", flat=True)) == ["Buôn Khác", "Buôn Mới"]


def test_an_edit_keeps_the_past_and_a_correction_corrects_it(client, commune, officer):
    old, other = make_area(commune, "Buôn Cũ"), make_area(commune, "Buôn Khác")
    client.post(reverse(NEW), typed(commune, areas=["Buôn Cũ"], launched="05/08/2025"))
    new = rearrange(Arrangement(commune, [old], ["Buôn Mới"], DAY), by=officer)[0]
    point = only_point()
    assert retyped(client, point)["areas"] == ["Buôn Mới"]

    edit(client, point, leader="Người khác")
    point.refresh_from_db()
    assert (point.leader, set(point.areas.all())) == ("Người khác", {old, new})
    edit(client, point, areas=["Buôn Mới", "Buôn Khác"])
    assert set(point.areas.all()) == {old, new, other}
    edit(client, point, areas=["Buôn Khác"])
    assert set(point.areas.all()) == {other}
    point.refresh_from_db()
    assert point.area_key == str(other.pk)


def test_the_page_of_a_point_says_where_it_was(client, commune, officer):
    old = make_area(commune, "Buôn Cũ")
    point = point_in(old)
    rearrange(Arrangement(commune, [old], ["Buôn Mới"], DAY), by=officer)

    shown = client.get(reverse("movements:point-detail", args=[point.pk])).content.decode()

    assert "<dd>Buôn Mới<br>" in shown
    assert "Trước đây: Buôn Cũ (đến 28/2/2026)" in shown


def test_a_point_that_moves_to_another_commune_is_in_its_area_of_that_name(client):
    province = make_unit(Level.PROVINCE)
    here, there = make_unit(parent=province), make_unit(parent=province)
    client.force_login(make_user(Role.PROVINCE_STAFF, province))
    client.post(reverse(NEW), typed(here, areas=["Thôn 1"]))
    namesake = make_area(there, "Thôn 1")

    edit(client, only_point(), unit=there.key)

    point = only_point()
    assert (point.unit, list(point.areas.all())) == (there, [namesake])
