"""Where records of real units count, and that every kind of change keeps it true."""

from collections import Counter
from datetime import date

import pytest
from django.db import connection
from django.db.models import Count

from antq.units.choices import Level
from antq.units.models import AdministrativeUnit, GroupMember, UnitLink, UnitSuccession
from antq.units.services import links_later
from tests.factories import make_unit, unit
from tests.units.histories import full_links

pytestmark = pytest.mark.django_db

IA_RMOK, IA_DREH = "W24103@2025-06-30", "W24100@2025-07-01"
KRONG_PA = "D637@2025-06-30"
OLD_GIA_LAI, GIA_LAI = "P64@2025-06-30", "P52@2025-07-01"


def under(key, day):
    """The units under which the records of a unit count on a day, itself included."""
    links = UnitLink.objects.valid_on(day).filter(descendant__key=key)
    return set(links.values_list("ancestor__key", flat=True))


@pytest.mark.parametrize(
    "day", ["2023-01-01", "2024-12-31", "2025-01-01", "2025-06-30", "2025-07-01", "2028-02-29"]
)
def test_records_of_every_commune_count_once_at_each_level(day):
    day = date.fromisoformat(day)
    communes = AdministrativeUnit.objects.filter(level__in=[Level.COMMUNE, Level.PART])
    # Records of a unit that does not exist yet stand nowhere.
    begun = set(communes.exclude(valid_from__gt=day).values_list("pk", flat=True))
    links = UnitLink.objects.valid_on(day).filter(descendant__in=communes)
    found = Counter()
    for descendant, level, count in links.values_list("descendant", "ancestor__level").annotate(
        Count("pk")
    ):
        found[descendant, level] += count

    # A piece of a divided commune is one with it while it stands.
    parts = set(communes.filter(level=Level.PART).values_list("pk", flat=True))
    whole = day <= date(2025, 6, 30)
    expected = {}
    for pk in begun:
        expected |= {(pk, level): 1 for level in ("commune", "province", "country")}
        if whole:
            expected[pk, "district"] = 1
        if whole and pk in parts:
            expected[pk, "part"] = 1
    assert dict(found) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2024, 8, 16), {IA_RMOK, KRONG_PA, OLD_GIA_LAI, "VN"}),
        (date(2025, 6, 30), {IA_RMOK, KRONG_PA, OLD_GIA_LAI, "VN"}),
        (date(2025, 7, 1), {IA_DREH, GIA_LAI, "VN"}),
        (date(2099, 1, 1), {IA_DREH, GIA_LAI, "VN"}),
    ],
)
def test_ia_rmok_counts_where_it_lies_on_that_day(day, expected):
    assert under(IA_RMOK, day) == expected


@pytest.mark.parametrize(
    ("day", "commune", "district"),
    [
        (date(2024, 12, 31), "Thị trấn Rừng Thông", "Huyện Đông Sơn"),
        (date(2025, 3, 1), "Phường Rừng Thông", "Thành phố Thanh Hóa"),
        (date(2025, 7, 1), "Phường Đông Sơn", None),
    ],
)
def test_rung_thong_counts_where_it_lies_on_that_day(day, commune, district):
    keys = under("W16378@2024-12-31", day)
    names = {found.level: found.name for found in AdministrativeUnit.objects.filter(key__in=keys)}
    expected = {"commune": commune, "province": "Tỉnh Thanh Hóa", "country": "Việt Nam"}
    assert names == (expected | {"district": district} if district else expected)


def test_a_part_of_a_divided_commune_follows_its_own_successor():
    old, to_ngoc_ha = "W00007@2025-06-30", "W00007@2025-06-30/W00008"
    district = unit(old).parent.key
    before, after = date(2025, 6, 30), date(2025, 7, 1)

    assert under(to_ngoc_ha, before) == {to_ngoc_ha, old, district, "P01", "VN"}
    assert under(to_ngoc_ha, after) == {"W00008@2025-07-01", "P01", "VN"}
    primary = unit(old).successions.get(is_primary=True).successor.key
    assert under(old, after) == {primary, "P01", "VN"}


def test_a_closed_district_counts_in_the_group_that_succeeds_it():
    group = make_unit(Level.GROUP, parent=unit(GIA_LAI), valid_from=date(2025, 7, 1))
    UnitSuccession.objects.filter(predecessor__key=KRONG_PA).update(is_primary=False)
    UnitSuccession.objects.create(
        predecessor=unit(KRONG_PA), successor=group, effective_on=date(2025, 7, 1)
    )
    GroupMember.objects.create(group=group, unit=unit(IA_DREH), valid_from=date(2025, 7, 1))
    today = date(2026, 1, 1)

    assert under(KRONG_PA, date(2025, 6, 30)) == {KRONG_PA, OLD_GIA_LAI, "VN"}
    assert under(KRONG_PA, today) == {group.key, GIA_LAI, "VN"}
    assert under(IA_RMOK, today) == {IA_DREH, group.key, GIA_LAI, "VN"}
    assert under(IA_RMOK, date(2025, 6, 30)) == {IA_RMOK, KRONG_PA, OLD_GIA_LAI, "VN"}


def test_a_member_in_another_province_does_not_count_in_the_province_of_its_group():
    """Otherwise the staff of that province would see its records."""
    group = make_unit(Level.GROUP, parent=unit("P38"))
    GroupMember.objects.create(group=group, unit=unit(IA_DREH))

    assert under(IA_DREH, date(2026, 1, 1)) == {IA_DREH, group.key, GIA_LAI, "VN"}


def test_a_unit_closed_on_the_last_of_all_days_has_its_links():
    """31/12/9999 is how some write "for ever"; the day after it is not in the calendar."""
    parent = make_unit(Level.PROVINCE)
    made = make_unit(parent=parent, valid_from=date.min, valid_to=date.max)

    assert set(made.uplinks.values_list("ancestor__key", "valid_from", "valid_to")) == {
        (key, date.min, date.max) for key in (made.key, parent.key, "VN")
    }


def test_links_follow_a_unit_made_changed_and_deleted_by_orm():
    today = date(2026, 1, 1)
    made = make_unit(parent=unit(GIA_LAI))
    assert under(made.key, today) == {made.key, GIA_LAI, "VN"}

    made.parent = unit("P38")
    made.save()
    assert under(made.key, today) == {made.key, "P38", "VN"}

    made.valid_to = date(2025, 12, 31)
    made.save()
    assert under(made.key, today) == {"P38", "VN"}

    key = made.key
    made.delete()
    assert under(key, today) == set()


def test_links_follow_a_unit_made_changed_and_deleted_by_sql():
    today = date(2026, 1, 1)
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into units_administrativeunit"
            " (key, code, name, level, kind, aliases, parent_id)"
            " select 'SQL', '', 'Xã SQL', 'commune', 'xa', '', id"
            " from units_administrativeunit where key = %s",
            [GIA_LAI],
        )
        assert under("SQL", today) == {"SQL", GIA_LAI, "VN"}

        cursor.execute(
            "update units_administrativeunit set valid_from = '2027-01-01' where key = 'SQL'"
        )
        assert under("SQL", today) == set()
        assert under("SQL", date(2027, 1, 1)) == {"SQL", GIA_LAI, "VN"}

        cursor.execute("delete from units_administrativeunit where key = 'SQL'")
        assert not UnitLink.objects.filter(descendant__key="SQL").exists()
        cursor.execute("set constraints all immediate")  # no link points at the deleted unit


def test_links_of_everything_below_follow_a_province_that_ends():
    day = date(2030, 1, 1)
    other = make_unit(Level.PROVINCE)
    UnitSuccession.objects.create(
        predecessor=unit(GIA_LAI), successor=other, effective_on=date(2029, 1, 1)
    )
    AdministrativeUnit.objects.filter(key=GIA_LAI).update(valid_to=date(2028, 12, 31))

    assert under(IA_RMOK, day) == {IA_DREH, other.key, "VN"}
    assert under(IA_RMOK, date(2028, 12, 31)) == {IA_DREH, GIA_LAI, "VN"}
    computed, kept = full_links()
    assert kept == computed


def test_links_put_off_are_there_at_the_end():
    today = date(2026, 1, 1)
    with links_later():
        made = make_unit(parent=unit(GIA_LAI))
        assert under(made.key, today) == set()

    assert under(made.key, today) == {made.key, GIA_LAI, "VN"}


def test_a_change_that_moves_no_record_rewrites_no_link():
    before = list(UnitLink.objects.order_by("pk").values_list())

    units = AdministrativeUnit.objects.filter(key__in=[OLD_GIA_LAI, GIA_LAI])
    units.update(aliases="Gia Lai mới", parent=unit("VN"))  # the parent that they had
    UnitSuccession.objects.filter(is_primary=False).update(effective_on=date(2025, 7, 2))

    assert list(UnitLink.objects.order_by("pk").values_list()) == before
