"""Lists of names as they are pasted, and which areas are those of a day."""

import unicodedata
from datetime import date

import pytest

from antq.units.areas import add_areas, areas_on, compared, pasted_names
from antq.units.models import ResidentialArea
from tests.factories import make_unit

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Thôn 1", "Thôn 1"),
        ("1. Thôn 1", "Thôn 1"),
        ("12)Buôn H'Mung", "Buôn H'Mung"),
        ("(3) Làng Ốp;", "Làng Ốp"),
        ("- Tổ dân phố 5", "Tổ dân phố 5"),
        ("• Khu phố 2,", "Khu phố 2"),
        ("a) Ấp A", "Ấp A"),
        ("7 - Thôn Bảy", "Thôn Bảy"),
        ("3\tThôn 3\t120\t450", "Thôn 3"),
        ("\tThôn  3 ", "Thôn 3"),
        (unicodedata.normalize("NFD", "Buôn Gốp"), "Buôn Gốp"),
        ("Thôn\u00a01", "Thôn 1"),
    ],
)
def test_a_line_gives_its_name(line, name):
    assert pasted_names(line) == [name]


@pytest.mark.parametrize(
    "line", ["", "  ", "5", "5.", "STT\tTên thôn\tSố hộ", "Danh sách thôn", "-"]
)
def test_a_line_without_a_name_gives_none(line):
    assert pasted_names(line) == []


def states(names, *known):
    unit = make_unit()
    areas = [ResidentialArea.objects.create(unit=unit, name=name) for name in known]
    return [(row.state, row.known) for row in compared(names, areas)]


@pytest.mark.parametrize(
    ("name", "known", "state"),
    [
        ("thôn hòa bình", "Thôn Hoà Bình", "there"),
        ("Buôn H’Mung", "Buôn H'Mung", "near"),
        ("Thôn H'Mung", "Buôn H'Mung", "near"),
        ("Thôn Hòa Bìnhh", "Thôn Hòa Bình", "near"),
        ("Thôn 1", "Thôn 11", "new"),
        ("Tổ dân phố 1", "Thôn 1", "new"),
        ("Thôn Phú Hòa 1", "Thôn Phú Hòa 2", "new"),
        ("Thôn An", "Thôn Ân Hòa", "new"),
    ],
)
def test_a_name_beside_one_that_is_known(name, known, state):
    assert states([name], known) == [(state, "" if state == "new" else known)]


def test_names_of_one_list_are_compared_with_each_other():
    found = states(["Thôn Hòa Bình", "THÔN HÒA BÌNH", "Thôn Hòa Binhh", "X" * 151])
    assert [state for state, _ in found] == ["new", "repeated", "near", "wrong"]


def test_areas_are_added_once():
    unit = make_unit()
    ResidentialArea.objects.create(unit=unit, name="Thôn 2", valid_to=date(2026, 1, 1))

    assert add_areas(unit, ["Thôn 1", "thôn 1", "Thôn 2"]) == ["Thôn 1", "Thôn 2"]
    assert add_areas(unit, ["Thôn 1", "Thôn 2"]) == []
    assert ResidentialArea.objects.filter(unit=unit).count() == 3


def test_areas_of_a_day_are_the_valid_ones_else_the_nearest():
    unit = make_unit()
    spans = {
        "A": (None, date(2025, 12, 31)),
        "B": (date(2024, 1, 1), date(2025, 12, 31)),
        "C": (date(2026, 2, 1), None),
        "D": (date(2026, 6, 1), None),
    }
    made = [
        ResidentialArea.objects.create(unit=unit, name=name, valid_from=since, valid_to=until)
        for name, (since, until) in spans.items()
    ]

    def on(*day):
        return "".join(area.name for area in areas_on(made, date(*day)))

    assert (on(2023, 1, 1), on(2025, 1, 1), on(2026, 1, 15)) == ("A", "AB", "AB")
    assert (on(2026, 2, 1), on(2026, 7, 1)) == ("C", "CD")
    assert [area.name for area in areas_on(made[2:], date(2020, 1, 1))] == ["C"]
    assert areas_on([], date(2020, 1, 1)) == []
