"""Where a point stood on its first day."""

from datetime import date

import pytest

from antq.units.choices import Level
from antq.units.models import ResidentialArea, UnitSuccession
from movements.services.places import home_of, named, province_of, take_areas, units_then
from tests.factories import make_unit, unit

pytestmark = pytest.mark.django_db
IA_DREH = "W24100@2025-07-01"


def names(units):
    return {each.name for each in units}


def test_a_unit_that_existed_then_is_the_only_answer():
    ia_dreh = unit(IA_DREH)
    assert units_then(ia_dreh, date(2025, 7, 1), date(2025, 7, 1)) == [ia_dreh]


def test_xa_ia_dreh_was_three_communes():
    found = units_then(unit(IA_DREH), date(2024, 8, 16), date(2024, 8, 16))
    assert names(found) == {"Xã Ia HDreh", "Xã Ia RMok", "Xã Krông Năng"}


def test_a_year_in_which_the_unit_began_leaves_it_among_the_answers():
    found = units_then(unit(IA_DREH), date(2025, 1, 1), date(2025, 12, 31))
    assert names(found) == {"Xã Ia HDreh", "Xã Ia RMok", "Xã Krông Năng", "Xã Ia Dreh"}


def test_of_a_divided_commune_the_part_that_came_here():
    part = unit("W00007@2025-06-30/W00008")
    found = units_then(home_of(part), date(2024, 1, 1), date(2024, 1, 1))
    assert part in found
    assert part.parent not in found


def test_a_province_is_answered_with_provinces():
    gia_lai = province_of(unit(IA_DREH))
    found = units_then(gia_lai, date(2024, 1, 1), date(2024, 1, 1))
    assert names(found) == {"Tỉnh Gia Lai", "Tỉnh Bình Định"}


def test_a_unit_that_follows_none_has_no_answer():
    new = make_unit(valid_from=date(2026, 1, 1))
    assert units_then(new, date(2025, 1, 1), date(2025, 1, 1)) == []


def test_one_predecessor_is_the_answer():
    old = make_unit(valid_to=date(2025, 12, 31))
    new = make_unit(parent=old.parent, valid_from=date(2026, 1, 1))
    UnitSuccession.objects.create(predecessor=old, successor=new, effective_on=date(2026, 1, 1))
    assert units_then(new, date(2025, 1, 1), date(2025, 1, 1)) == [old]
    assert home_of(old) == new
    assert home_of(new) == new


def test_a_closed_district_is_at_home_in_what_followed_it():
    assert home_of(unit(IA_DREH)) == unit(IA_DREH)
    district = unit("W24103@2025-06-30").parent
    assert district.level == Level.DISTRICT
    assert home_of(district).level in (Level.GROUP, Level.PROVINCE)


def test_take_areas_finds_a_name_however_it_is_written():
    commune = make_unit()
    known = ResidentialArea.objects.create(
        unit=commune, name="Buôn H'Mung", aliases="Buôn Hmung 1\nThôn Ba"
    )
    elsewhere = ResidentialArea.objects.create(unit=make_unit(), name="Buôn Mới")

    found = take_areas(commune, ["BUON H'MUNG", "thôn ba", "Buôn Mới"])

    assert found[:2] == [known, known]
    assert found[2].unit == commune
    assert found[2] != elsewhere
    assert ResidentialArea.objects.filter(unit=commune).count() == 2


def test_named_wants_the_whole_name():
    commune = make_unit()
    ResidentialArea.objects.create(unit=commune, name="Buôn H'Mung")
    assert not named(ResidentialArea.objects.filter(unit=commune), "Buôn").exists()
