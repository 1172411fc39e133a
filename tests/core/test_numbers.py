import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antq.core.numbers import NumberError, Qualifier, Quantity, parse_quantity, vn_number, weakest


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (999, "999"),
        (1000, "1.000"),
        (1234567.5, "1.234.567,5"),
        (Decimal("0.50"), "0,5"),
        (Decimal("-1234.25"), "-1.234,25"),
        (Decimal("100"), "100"),
        (Decimal("1E+3"), "1.000"),
    ],
)
def test_numbers_are_written_as_people_here_write_them(value, text):
    assert vn_number(value) == text


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("12", Quantity(12)),
        (" 1.234 ", Quantity(1234)),
        ("1 234", Quantity(1234)),
        ("12,5", Quantity(Decimal("12.5"))),
        ("hơn 300", Quantity(300, Qualifier.OVER)),
        ("Trên 13.000", Quantity(13000, Qualifier.OVER)),
        ("~40", Quantity(40, Qualifier.ABOUT)),
        ("gần 124.000", Quantity(124000, Qualifier.UNDER)),
        ("", Quantity(None)),
        ("chưa rõ", Quantity(None)),
        ("-3", Quantity(-3)),
    ],
)
def test_numbers_are_read_as_people_here_write_them(text, quantity):
    assert parse_quantity(text) == quantity


@pytest.mark.parametrize("text", ["hơn 300", "chưa rõ", "khoảng 12"])
def test_a_number_typed_as_nfd_is_the_same_number(text):
    assert parse_quantity(unicodedata.normalize("NFD", text)) == parse_quantity(text)


@pytest.mark.parametrize("text", ["1.5", "12abc", "nhiều", "1,2,3", "1.23.456", "²", "१२", "hơn"])
def test_what_is_no_number_is_refused_with_an_example(text):
    with pytest.raises(NumberError, match=r"1\.234"):
        parse_quantity(text)


@given(st.integers(min_value=0, max_value=10**12))
def test_what_is_written_is_read_again(value):
    assert parse_quantity(vn_number(value)) == Quantity(value)


@given(
    st.integers(0, 10**9),
    st.sampled_from(list(Qualifier)),
)
def test_a_quantity_with_its_qualifier_is_read_again(value, qualifier):
    assert parse_quantity(str(Quantity(value, qualifier))) == Quantity(value, qualifier)


def test_unknown_is_neither_nothing_nor_zero():
    assert [str(Quantity(None)), str(Quantity(None, unknown=2)), str(Quantity(0))] == [
        "–",
        "chưa rõ",
        "0",
    ]


@given(st.lists(st.sampled_from(["", "over", "under", "about", None])))
def test_the_qualifier_of_a_sum_does_not_depend_on_order(qualifiers):
    assert weakest(qualifiers) == weakest(sorted(qualifiers, key=str))
