"""New units, and the end of old ones, from one file: what a resolution changes."""

from datetime import date

import pytest
from django.urls import reverse

from antq.accounts.roles import Role
from antq.units.choices import Level
from antq.units.models import AdministrativeUnit, UnitLink, UnitSuccession
from antq.units.tables import template
from antq.units.unit_csv import COLUMNS, EXAMPLES
from tests.factories import make_point, make_unit, make_user, unit
from tests.units.csv_files import faults, save, sent

pytestmark = pytest.mark.django_db
PAGE = reverse("units:csv-units")
HEAD = "key,code,name,level,kind,parent,valid_from,valid_to,predecessors,partly_from,aliases\n"


@pytest.fixture
def province():
    return make_unit(Level.PROVINCE)


@pytest.fixture
def old(province):
    return [make_unit(parent=province, code=f"9900{n}") for n in (1, 2, 3)]


def merger(province, old):
    """Two communes become one under the code of the first; a part of the third comes too."""
    one, two, three = (each.key for each in old)
    return HEAD + (
        f"N1,99001,Xã Mới,cấp xã,Xã,{province.key},01/02/2026,,{one}|{two},{three},Xã M|Mới\n"
        f"{one},,,,,,,31/1/2026,,,\n"
        f"{two},99002,,commune,,,,2026-01-31,,,\n"
    )


def test_a_merger_is_shown_then_saved_once_and_records_follow(admin, province, old):
    point = make_point(unit=old[1])
    response = sent(admin, PAGE, merger(province, old))

    plan = response.context["plan"]
    assert faults(response) == []
    assert [row.state for row in plan.rows] == ["new", "closing", "closing"]
    assert len(plan.pairs) == 3
    assert not AdministrativeUnit.objects.filter(key="N1").exists()
    save(admin, PAGE, response)

    new = unit("N1")
    stored = (new.code, new.name, new.level, new.kind, new.parent, new.valid_from, new.valid_to)
    assert stored == ("99001", "Xã Mới", "commune", "xa", province, date(2026, 2, 1), None)
    assert new.aliases == "Xã M\nMới"
    for each, end in zip(old, [date(2026, 1, 31)] * 2 + [None], strict=True):
        each.refresh_from_db()
        assert each.valid_to == end
    steps = UnitSuccession.objects.filter(successor=new).order_by("predecessor")
    assert list(steps.values_list("predecessor", "effective_on", "is_primary")) == [
        (old[0].pk, date(2026, 2, 1), True),
        (old[1].pk, date(2026, 2, 1), True),
        (old[2].pk, date(2026, 2, 1), False),
    ]
    links = UnitLink.objects.filter(ancestor=new, descendant=point.unit)
    assert [link.valid_from for link in links] == [date(2026, 2, 1)]

    again = sent(admin, PAGE, merger(province, old)).context["plan"]
    assert [row.state for row in again.rows] == ["there"] * 3
    assert (again.pairs, again.faults) == ([], [])
    save(admin, PAGE, response)
    assert AdministrativeUnit.objects.filter(parent=province).count() == 4
    assert UnitSuccession.objects.filter(successor=new).count() == 3


def test_a_province_with_its_communes_in_any_order(admin):
    text = HEAD + (
        "C1,,Xã Con,commune,xa,P1,,,,,\n"
        "P1,,Tỉnh Cha,province,tinh,VN,,,,,\n"
        "G1,,Cụm Một,group,cum,P1,,,,,\n"
    )
    save(admin, PAGE, sent(admin, PAGE, text))

    assert unit("C1").parent == unit("G1").parent == unit("P1")
    assert UnitLink.objects.filter(ancestor=unit("P1"), descendant=unit("C1")).exists()


def test_the_template_says_what_a_merger_looks_like(admin):
    response = admin.get(PAGE, {"template": "1"})

    assert response.content == template(COLUMNS, EXAMPLES)
    plan = sent(admin, PAGE, response.content).context["plan"]
    assert (len(plan.new), len(plan.closing), plan.faults) == (1, 2, [])


def test_every_fault_is_told_at_once_and_nothing_is_saved(admin, province, old):
    one, two, three = (each.key for each in old)
    text = HEAD + (
        f"N1,99001,Xã A,commune,xa,{province.key},01/02/2026,,{one},,\n"  # 2: one is not closed
        f"N2,123456,Xã B,xã phường,làng,{province.key},32/1/2026,,,,\n"  # 3
        f"N2,,Xã B,commune,xa,{province.key},,,,,\n"  # 4: twice
        "Khóa,,Xã C,commune,xa,VN,,,,,\n"  # 5
        f"N3,,,commune,,{one},,,,,\n"  # 6: name and kind are missing
        f"N4,,Phường D,province,phuong,KHONG,1/2/2026,1/1/2026,,,\n"  # 7
        f"N5,,Xã E,commune,xa,{one},,,khong-co,,\n"  # 8: in a commune, no such predecessor
        f"{two},99009,Tên khác,,,,,,,,\n"  # 9: another code and name
        f"{province.key},,,,,,,1/1/2026,,,\n"  # 10: has communes
        f"N6,,Xã F,commune,xa,{province.key},1/3/2026,,{three},,\n"  # 11, 12: two heirs
        f"N7,,Xã G,commune,xa,{province.key},1/3/2026,,{three},,\n"
        f"{three},,,,,,,28/2/2026,,,\n"
    )

    response = sent(admin, PAGE, text)

    found = faults(response)
    for fault in [
        (2, "code"), (2, "predecessors"), (3, "code"), (3, "level"), (3, "kind"),
        (3, "valid_from"), (4, "key"), (5, "key"), (6, "name"), (6, "kind"), (7, "kind"),
        (7, "valid_to"), (8, "parent"), (8, "predecessors"), (9, "code"), (9, "name"),
        (10, "valid_to"), (12, "predecessors"),
    ]:  # fmt: skip
        assert fault in found, fault
    before = AdministrativeUnit.objects.count()
    save(admin, PAGE, response)
    assert AdministrativeUnit.objects.count() == before
    assert not AdministrativeUnit.objects.filter(key__in=["N1", "N6", "N7"]).exists()


def test_a_unit_that_ends_without_an_heir_is_said(admin, old):
    text = f"key,valid_to\n{old[0].key},31/1/2026\n"

    response = sent(admin, PAGE, text)

    assert response.context["plan"].without_heir == [old[0]]
    assert "Không có nơi nhận hồ sơ" in response.content.decode()


@pytest.mark.parametrize("role", [Role.PROVINCE_STAFF, Role.COMMUNE_LEADER])
def test_only_an_administrator_changes_units(client, province, old, role):
    client.force_login(make_user(role, province))

    assert client.get(PAGE).status_code == 403
    assert sent(client, PAGE, merger(province, old)).status_code == 403
    assert not AdministrativeUnit.objects.filter(key="N1").exists()


def test_what_somebody_changed_after_the_preview_is_checked_again(admin, province, old):
    response = sent(admin, PAGE, merger(province, old))
    AdministrativeUnit.objects.filter(pk=old[0].pk).update(valid_to=date(2025, 12, 31))

    response = save(admin, PAGE, response)

    assert faults(response) == [(3, "valid_to")]
    assert not AdministrativeUnit.objects.filter(key="N1").exists()
