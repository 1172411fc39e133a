"""What the unit pickers of pages are offered."""

import pytest
from django.urls import reverse

from antq.units.models import AdministrativeUnit
from tests.factories import make_unit

pytestmark = pytest.mark.django_db

IA_RMOK, IA_DREH = "W24103@2025-06-30", "W24100@2025-07-01"
GIA_LAI = "P52@2025-07-01"


def picked(reader, **query):
    response = reader.get(reverse("units:search"), query)
    assert response.status_code == 200
    return [(row["value"], row["text"]) for row in response.json()]


def test_picker_offers_units_with_their_place(reader):
    assert picked(reader, q="xa ia rmok") == [
        (IA_RMOK, "Xã Ia RMok, Huyện Krông Pa, Tỉnh Gia Lai (đến 30/6/2025)")
    ]


def test_picker_offers_at_most_twenty_units(reader):
    assert len(picked(reader, q="tân")) == 20


def test_picker_keeps_to_the_scope_levels_and_day_asked_for(reader):
    assert picked(reader, q="thanh hóa", scope="mine") == []
    assert picked(reader, q="xã ia dreh", scope="mine")[0] == (IA_DREH, "Xã Ia Dreh, Tỉnh Gia Lai")
    # What it was made of is in the scope too: those records count there.
    assert [key for key, _ in picked(reader, q="ia rmok", scope="mine")] == [IA_RMOK]
    assert picked(reader, q="ia rmok", scope="mine", on="2026-01-01") == []
    provinces = picked(reader, q="gia lai", levels="province")
    assert [key for key, _ in provinces] == [GIA_LAI, "P64@2025-06-30"]
    assert picked(reader, q="gia lai", levels="province,district", on="01/01/2026") == [
        (GIA_LAI, "Tỉnh Gia Lai")
    ]


def test_picker_without_text_offers_the_units_of_the_user(reader):
    mine = {key for key, _ in picked(reader, scope="mine")}

    assert mine == set(
        AdministrativeUnit.objects.filter(uplinks__ancestor__key=IA_DREH).values_list(
            "key", flat=True
        )
    )


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"q": "a" * 10_240}, "Từ khóa quá 150 ký tự"),
        ({"on": "31/02/2026"}, "chỉ có 28 ngày"),
        ({"levels": "xa"}, "Cấp đơn vị không hợp lệ"),
        ({"scope": "yours"}, "yours"),
    ],
)
def test_picker_answers_bad_input_with_a_message(reader, query, message):
    response = reader.get(reverse("units:search"), query)

    assert response.status_code == 400
    assert message in response.json()["error"]


@pytest.mark.parametrize("count", [1, 3])
def test_picker_costs_the_same_for_one_and_three_units(reader, count, django_assert_num_queries):
    parent = make_unit()
    for _ in range(count):
        make_unit(parent=parent, name="Xã Sổxưa")

    with django_assert_num_queries(9):
        assert len(picked(reader, q="soxua")) == count
