"""Lists and pickers of the admin of units."""

from datetime import date

import pytest
from django.urls import reverse

from antq.accounts.roles import Role
from antq.units.choices import Level
from antq.units.models import (
    GroupMember,
    Organization,
    ResidentialArea,
    UnitLink,
    UnitProfile,
    UnitSuccession,
)
from tests.factories import make_unit, make_user, unit

pytestmark = pytest.mark.django_db

IA_DREH, GIA_LAI = "W24100@2025-07-01", "P52@2025-07-01"
TABLES = [
    "administrativeunit",
    "groupmember",
    "organization",
    "residentialarea",
    "unitlink",
    "unitprofile",
    "unitsuccession",
]


def address(table, step="changelist", *args):
    return reverse(f"admin:units_{table}_{step}", args=args)


@pytest.mark.parametrize("table", TABLES)
def test_admin_of_units_is_closed_to_others(client, table):
    client.force_login(make_user(Role.PROVINCE_STAFF, unit(GIA_LAI)))

    assert client.get(address(table)).status_code in (302, 403)


def test_admin_finds_units_without_diacritics_and_by_code(admin):
    def found(text):
        response = admin.get(address("administrativeunit"), {"q": text})
        return [made.key for made in response.context["cl"].result_list]

    assert found("xa ia rmok") == ["W24103@2025-06-30"]
    assert found("24103") == ["W24103@2025-06-30"]
    assert found(IA_DREH) == [IA_DREH]
    assert found("a " * 5000) != []
    assert found("x" * 10_000) == []


@pytest.mark.parametrize(("validity", "count"), [("today", 1), ("past", 1), ("future", 0)])
def test_admin_filters_by_level_and_validity(admin, validity, count):
    query = {"level__exact": "province", "validity": validity, "q": "gia lai"}

    result = admin.get(address("administrativeunit"), query).context["cl"].result_list

    assert [made.name for made in result] == ["Tỉnh Gia Lai"] * count


def test_pickers_of_the_admin_offer_units_with_their_place(admin):
    query = {
        "term": "ia rmok",
        "app_label": "units",
        "model_name": "administrativeunit",
        "field_name": "parent",
    }

    response = admin.get(reverse("admin:autocomplete"), query)

    assert response.json()["results"] == [
        {
            "id": str(unit("W24103@2025-06-30").pk),
            "text": "Xã Ia RMok, Huyện Krông Pa, Tỉnh Gia Lai (đến 30/6/2025)",
        }
    ]


def test_a_chosen_unit_is_shown_with_its_place(admin):
    area = ResidentialArea.objects.create(unit=unit(IA_DREH), name="Thôn 2")

    page = admin.get(address("residentialarea", "change", area.pk)).content.decode()

    assert "Xã Ia Dreh, Tỉnh Gia Lai" in page


def test_links_can_be_looked_at_and_not_changed(admin):
    link = UnitLink.objects.filter(descendant__key="W24103@2025-06-30").first()

    found = admin.get(address("unitlink"), {"q": "ia rmok"}).context["cl"]

    assert len(found.result_list) == 6
    assert admin.get(address("unitlink", "add")).status_code == 403
    assert admin.post(address("unitlink", "delete", link.pk), {"post": "yes"}).status_code == 403
    assert admin.post(address("unitlink", "change", link.pk), {}).status_code == 403
    assert UnitLink.objects.filter(pk=link.pk).exists()


def _rows(count):
    """As many more rows in every table, each with units of its own."""
    for number in range(count):
        parent = make_unit(Level.PROVINCE)
        commune = make_unit(parent=make_unit(Level.DISTRICT, parent=parent))
        group = make_unit(Level.GROUP, parent=parent)
        GroupMember.objects.create(group=group, unit=commune)
        UnitSuccession.objects.create(
            predecessor=commune, successor=group, effective_on=date(2030, 1, 1)
        )
        ResidentialArea.objects.create(unit=commune, name=f"Thôn {number}")
        body = Organization.objects.create(unit=commune, name="Trường", kind="school")
        Organization.objects.create(unit=group, parent=body, name="Lớp", kind="school")
        UnitProfile.objects.create(unit=commune, year=2026)


@pytest.mark.parametrize("table", TABLES)
def test_lists_of_the_admin_cost_the_same_for_one_and_more_rows(
    admin, table, django_assert_max_num_queries
):
    _rows(1)
    with django_assert_max_num_queries(12):
        admin.get(address(table))
    _rows(5)
    with django_assert_max_num_queries(12):
        assert admin.get(address(table)).status_code == 200
