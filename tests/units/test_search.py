"""Units found as people type them."""

import unicodedata

import pytest

from antq.units.models import AdministrativeUnit
from antq.units.querysets import spelled_out
from tests.factories import make_unit, unit

pytestmark = pytest.mark.django_db

IA_RMOK = "Xã Ia RMok, Huyện Krông Pa, Tỉnh Gia Lai (đến 30/6/2025)"


def found(text, limit=None):
    return [unit.full_name for unit in AdministrativeUnit.objects.search(text)[:limit]]


@pytest.mark.parametrize(
    "text",
    [
        "ia rmok",
        "Ia RMok",
        "xã ia rmok",
        "XA IA RMOK",
        "x. ia rmok",
        "ia rmok, gia lai",
        "rmok krong pa",
        "h. krông pa x. ia rmok",
        IA_RMOK,
    ],
)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_ia_rmok_is_found_however_it_is_typed(text, form):
    assert found(unicodedata.normalize(form, text)) == [IA_RMOK]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("tt rừng thông", "Thị trấn Rừng Thông, Huyện Đông Sơn, Tỉnh Thanh Hóa (đến 31/12/2024)"),
        ("p. diên hồng", "Phường Diên Hồng, Tỉnh Gia Lai"),
        ("P.Diên Hồng, Pleiku", "Phường Diên Hồng, Thành phố Pleiku, Tỉnh Gia Lai (đến 30/6/2025)"),
        ("gia lai", "Tỉnh Gia Lai"),
        ("q1, tp. hồ chí minh", "Quận 1, Thành phố Hồ Chí Minh (đến 30/6/2025)"),
        ("công vị hà nội", "Phường Cống Vị, Quận Ba Đình, Thành phố Hà Nội (đến 30/6/2025)"),
        ("dak lak", "Tỉnh Đắk Lắk"),
    ],
)
def test_search_puts_the_name_that_was_meant_first(text, first):
    assert found(text, 1) == [first]


@pytest.mark.parametrize("text", ["", "  ", ",", "(đến 30/6/2025)", "khongcoxanao", "%", "_", "\\"])
def test_search_finds_nothing_for_nothing(text):
    assert found(text) == []


def test_search_takes_signs_of_patterns_as_they_are():
    made = make_unit(name="Xã 100%_thử")

    assert list(AdministrativeUnit.objects.search("100%_")) == [made]


def test_search_looks_into_other_names():
    made = make_unit(aliases="Xã Đẻxưa\nXã Cũ")

    assert list(AdministrativeUnit.objects.search("đexua")) == [made]


def test_search_of_very_many_words_does_not_fail():
    assert found("ia rmok " + " ".join(f"w{number}" for number in range(3000))) == []


def test_wards_with_numbers_stand_in_the_order_of_their_numbers():
    parent = make_unit()
    names = [
        "Phường 10",
        "Phường 2",
        "Phường Ấp",
        "Phường Án Nam",
        "Phường Án",
        "Phường 1",
        "Phường Đa",
        "Phường Da",
    ]
    for name in names:
        make_unit(parent=parent, name=name)

    in_order = AdministrativeUnit.objects.filter(parent=parent).in_name_order()
    assert [made.name for made in in_order] == [
        "Phường 1",
        "Phường 2",
        "Phường 10",
        "Phường Án",
        "Phường Án Nam",
        "Phường Ấp",
        "Phường Da",
        "Phường Đa",
    ]


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("TP.Pleiku", "thành phố Pleiku"),
        ("p2 q. 10", "phường 2 quận 10"),
        ("H'Mung", "H'Mung"),
        ("Ea H'Leo", "Ea H'Leo"),
        ("Txơ", "Txơ"),
        ("Đạ P'Loa", "Đạ P'Loa"),
    ],
)
def test_only_short_kinds_are_spelled_out(text, whole):
    assert spelled_out(text) == whole


def test_full_name_costs_no_query_with_place(django_assert_num_queries):
    part = AdministrativeUnit.objects.with_place().get(key="W00007@2025-06-30/W00008")

    with django_assert_num_queries(0):
        assert part.full_name == (
            "Phường Cống Vị (phần về Phường Ngọc Hà), Phường Cống Vị, Quận Ba Đình, "
            "Thành phố Hà Nội (đến 30/6/2025)"
        )


def test_every_unit_below_a_province_is_shown_with_it():
    units = AdministrativeUnit.objects.exclude(level__in=["country", "province"]).with_place()
    without = [
        made.key
        for made in units
        if not made.above
        or made.above[0].level != "province"
        or made.above[0].name not in made.full_name
    ]
    assert without == []


def test_full_name_of_units_that_belong_to_each_other_ends():
    """No form lets it through; raw SQL could."""
    first = make_unit(name="Xã Một")
    first.parent = make_unit(name="Xã Hai", parent=first)

    assert first.full_name.startswith("Xã Một, ")


@pytest.mark.parametrize(
    ("key", "day"),
    [("W24103@2025-06-30", "2024-01-01"), ("W24100@2025-07-01", "2025-07-01")],
)
def test_a_unit_is_valid_on_its_days(key, day):
    assert AdministrativeUnit.objects.valid_on(day).contains(unit(key))
