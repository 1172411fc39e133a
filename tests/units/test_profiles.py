"""How large units are in a year: unknown stays unknown, and nobody writes for another."""

import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from antq.accounts.roles import Role
from antq.units.choices import Level
from antq.units.models import UnitProfile
from tests.factories import make_unit, make_user

pytestmark = pytest.mark.django_db
PAGE = reverse("units:profile-list")
FIELDS = ("residential_areas", "households", "population")


@pytest.fixture
def province():
    return make_unit(Level.PROVINCE)


@pytest.fixture
def communes(province):
    return [make_unit(parent=province) for _ in range(3)]


def sizes(**narrowed):
    found = UnitProfile.objects.filter(**narrowed).order_by("unit", "year")
    return list(found.values_list("year", *FIELDS))


def address(unit, year=2026):
    return f"{PAGE}?unit={unit.key}&year={year}"


def save(client, unit, year=2026, **values):
    form = client.get(address(unit, year)).context["form"]
    return client.post(address(unit, year), {"seen": form.initial["seen"], **values})


def test_a_commune_keeps_its_own_year_by_year(client, communes):
    client.force_login(make_user(Role.COMMUNE_OFFICER, communes[0]))

    save(client, communes[0], residential_areas="9", households="1.950", population="")
    save(client, communes[0], 2025, residential_areas="", households="", population="8000")
    save(client, communes[0], residential_areas="10", households="1.950", population="")

    assert sizes() == [(2025, None, None, 8000), (2026, 10, 1950, None)]
    assert client.get(PAGE).context["scope"].chosen_year == localdate().year


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"households": "hơn 5"}, "households"),
        ({"households": "-1"}, "households"),
        ({"population": "9" * 30}, "population"),
        ({"residential_areas": "x"}, "residential_areas"),
        ({"households": "500", "population": "400"}, "households"),
    ],
)
def test_wrong_sizes_are_refused_beside_their_field(client, communes, values, field):
    client.force_login(make_user(Role.COMMUNE_OFFICER, communes[0]))

    response = save(client, communes[0], **values)

    assert list(response.context["form"].errors) == [field]
    assert sizes() == []


def test_a_second_editor_is_told(client, communes):
    client.force_login(make_user(Role.COMMUNE_OFFICER, communes[0]))
    seen = client.get(address(communes[0])).context["form"].initial["seen"]
    UnitProfile.objects.create(unit=communes[0], year=2026, households=7)

    response = client.post(address(communes[0]), {"seen": seen, "households": "5"})
    assert "vừa được người khác sửa" in response.content.decode()
    assert sizes() == [(2026, None, 7, None)]
    form = response.context["form"]
    client.post(address(communes[0]), {"seen": form["seen"].value(), "households": "5"})
    assert sizes() == [(2026, None, 5, None)]


def test_readers_and_strangers_write_nothing(client, communes, province):
    client.force_login(make_user(Role.COMMITTEE, province))
    assert client.get(address(communes[0])).status_code == 200
    assert client.post(address(communes[0]), {"households": "5"}).status_code == 403
    assert client.post(address(province), {"rows": "x\t1", "save": "1"}).status_code == 403
    client.force_login(make_user(Role.PROVINCE_STAFF, make_unit(Level.PROVINCE)))
    assert client.get(address(communes[0])).status_code == 404
    assert client.post(address(province), {"rows": "x", "save": "1"}).status_code == 404
    assert sizes() == []


@pytest.mark.parametrize("year", ["1999", "2100", "x", "9" * 30])
def test_a_wrong_year_is_a_page_that_says_so(client, communes, year):
    client.force_login(make_user(Role.COMMUNE_OFFICER, communes[0]))

    response = client.get(PAGE, {"year": year})

    assert response.status_code == 400
    assert "year-error" in response.content.decode()


def test_a_province_sees_all_its_communes_and_what_is_unknown(client, communes, province):
    UnitProfile.objects.create(unit=communes[0], year=2026, residential_areas=5, population=100)
    UnitProfile.objects.create(unit=communes[1], year=2026, residential_areas=7)
    UnitProfile.objects.create(unit=make_unit(), year=2026, residential_areas=99)
    client.force_login(make_user(Role.PROVINCE_STAFF, province))

    context = client.get(address(province)).context

    shown = {line.unit: [figure.value for figure in line.figures] for line in context["lines"]}
    assert shown == {
        communes[0]: [5, None, 100],
        communes[1]: [7, None, None],
        communes[2]: [None, None, None],
    }
    total = [(figure.value, figure.unknown) for figure in context["total"]]
    assert total == [(12, 1), (None, 3), (100, 2)]


def test_pasted_rows_are_shown_then_saved_and_a_blank_keeps_what_is_known(
    client, communes, province
):
    UnitProfile.objects.create(unit=communes[0], year=2026, residential_areas=5, population=100)
    client.force_login(make_user(Role.PROVINCE_STAFF, province))
    rows = (
        "Đơn vị\tSố thôn\tSố hộ\tDân số\n"
        f"{communes[0].name}\t\t1.234\t\n\n{communes[1].name.upper()}\t8\t\tchưa rõ\n"
    )

    context = client.post(address(province), {"rows": rows, "preview": "1"}).context
    assert (context["changed"], context["faults"], len(sizes())) == (2, [], 1)
    client.post(address(province), {"rows": rows, "save": "1"})

    assert sizes() == [(2026, 5, 1234, 100), (2026, 8, None, None)]
    assert client.post(address(province), {"rows": rows}).context["changed"] == 0


def test_every_wrong_row_is_told_at_once_and_nothing_is_saved(client, communes, province):
    client.force_login(make_user(Role.PROVINCE_STAFF, province))
    one, two, _ = (unit.name for unit in communes)
    rows = (
        f"{one}\t1\t2\t3\n{one}\t1\nXã Không Có\t1\n"
        f"{two}\tnhiều\t2,5\t9999999999\n{two} \t1\t2\t3\t4"
    )

    context = client.post(address(province), {"rows": rows, "save": "1"}).context

    assert [(fault.line, fault.column) for fault in context["faults"]] == [
        (2, "Đơn vị"),
        (3, "Đơn vị"),
        (4, "Số thôn, tổ dân phố"),
        (4, "Số hộ"),
        (4, "Dân số"),
        (5, "Đơn vị"),
        (5, ""),
    ]
    assert sizes() == []
