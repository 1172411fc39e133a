"""The units of the country, from the files of the project."""

import pytest

from antq.units.choices import Level
from antq.units.loading import load_units
from antq.units.models import AdministrativeUnit, GroupMember, UnitLink, UnitSuccession
from tests.factories import make_unit, unit

pytestmark = pytest.mark.django_db


def _everything():
    return [
        list(model.objects.order_by("pk").values_list())
        for model in (AdministrativeUnit, UnitSuccession, GroupMember, UnitLink)
    ]


def test_load_units_holds_every_unit_and_succession():
    levels = {
        level: AdministrativeUnit.objects.filter(level=level).count() for level in Level.values
    }
    assert levels == {
        "country": 1,
        "province": 86,
        "district": 697,
        "commune": 13357,
        "part": 1033,
        "group": 0,
    }
    assert sum(levels.values()) == 15_174
    assert UnitSuccession.objects.count() == 11_689


def test_load_units_again_changes_nothing_and_keeps_what_was_made_by_hand():
    ia_dreh, krong_pa = unit("W24100@2025-07-01"), unit("D637@2025-06-30")
    group = make_unit(Level.GROUP, parent=unit("P52@2025-07-01"), name="Cụm Krông Pa")
    GroupMember.objects.create(group=group, unit=ia_dreh)
    UnitSuccession.objects.filter(predecessor=krong_pa).update(is_primary=False)
    UnitSuccession.objects.create(
        predecessor=krong_pa, successor=group, effective_on="2025-07-01", is_primary=True
    )
    ia_dreh.aliases = "Ia Đreh"
    ia_dreh.save()
    before = _everything()

    assert load_units() == (15_174, 11_689)

    assert _everything() == before


def test_load_units_keeps_what_a_later_law_changed(django_assert_num_queries):
    AdministrativeUnit.objects.filter(key="W24100@2025-07-01").update(valid_to="2026-01-01")

    with django_assert_num_queries(4):  # a savepoint, units, successions
        load_units()

    assert str(unit("W24100@2025-07-01").valid_to) == "2026-01-01"


def test_load_units_adds_what_is_missing():
    UnitSuccession.objects.filter(predecessor__key="W24103@2025-06-30").delete()

    load_units()

    assert unit("W24103@2025-06-30").uplinks.filter(ancestor__key="W24100@2025-07-01").exists()


def test_update_puts_right_what_differs_from_the_files():
    ia_dreh = unit("W24100@2025-07-01")
    AdministrativeUnit.objects.filter(pk=ia_dreh.pk).update(
        name="Xã Khác", parent=unit("P38"), valid_to="2026-01-01"
    )

    steps = []

    counts = load_units(update=True, progress=lambda *step: steps.append(step))

    assert steps == sorted(steps)
    assert steps[-1] == (15_174, 15_174)  # no succession is missing
    assert counts == (15_174, 11_689)
    ia_dreh.refresh_from_db()
    assert (ia_dreh.full_name, ia_dreh.valid_to) == ("Xã Ia Dreh, Tỉnh Gia Lai", None)
    assert not UnitLink.objects.filter(descendant=ia_dreh, ancestor=unit("P38")).exists()


def test_a_load_that_breaks_off_leaves_nothing_behind(tmp_path):
    broken = tmp_path / "successions.csv"
    broken.write_text(
        "predecessor_uid,successor_uid,effective_on,is_primary\nVN,nobody,2025-07-01,1\n"
    )
    AdministrativeUnit.objects.filter(key="P38").update(name="Tỉnh Khác")

    with pytest.raises(KeyError, match="nobody"):
        load_units(successions=broken, update=True)

    assert unit("P38").name == "Tỉnh Khác"
    # Links follow the next change again: they are put off inside a load only.
    made = make_unit(Level.PROVINCE)
    assert set(made.uplinks.values_list("ancestor__key", flat=True)) == {made.key, "VN"}
