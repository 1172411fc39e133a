"""The numbers of the register: what counts, on which day, and what stays unknown."""

from datetime import date

import pytest

from antq.accounts.roles import Role
from antq.core.numbers import Quantity
from antq.reports import registry
from antq.reports.tables import breakdown, tabulate
from antq.reports.windows import Map, resolve
from antq.review.choices import Status
from antq.units.choices import Level
from antq.units.models import UnitProfile
from movements import measures
from movements.choices import RecognitionKind, RecognitionLevel
from movements.models import Recognition, SchemeType
from movements.services.points import record_state
from tests.factories import make_point, make_scheme, make_type, make_unit, make_user, unit

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 30)
MEASURES = [measures.distinct_schemes, measures.active_points, measures.teams]


@pytest.fixture
def province():
    return make_unit(Level.PROVINCE)


@pytest.fixture
def viewer():
    return make_user(Role.VIEWER, unit("VN"))


def figures(whole, units, asked=MEASURES, on=TODAY, user=None, map=Map.THEN):
    """The table as plain values: [[row values …], …], total values."""
    scope = resolve(whole, on=on, map=map, today=TODAY)
    user = user or make_user(Role.VIEWER, unit("VN"))
    table = tabulate(asked, units=units, scope=scope, user=user)
    return (
        [[str(cell.quantity) for cell in row.cells] for row in table.rows],
        [str(cell.quantity) for cell in table.total.cells],
    )


def test_a_scheme_in_three_communes_is_one_scheme_and_three_points(province):
    scheme = make_scheme()
    communes = [make_unit(parent=province) for _ in range(3)]
    for commune in communes:
        make_point(scheme=scheme, unit=commune, teams=2)

    rows, total = figures(province, communes)

    assert rows == [["1", "1", "2"]] * 3
    assert total == ["1", "3", "6"]


def test_a_unit_without_a_book_is_missing_and_not_zero(province):
    kept, ended, empty = (make_unit(parent=province) for _ in range(3))
    make_point(unit=kept, teams=1)
    make_point(unit=ended, ended_on=date(2026, 1, 31))
    scope = resolve(province, on=TODAY, map=Map.THEN, today=TODAY)

    table = tabulate(
        MEASURES, units=[kept, ended, empty], scope=scope, user=make_user(Role.VIEWER, unit("VN"))
    )

    assert [str(cell.quantity) for cell in table.rows[1].cells] == ["0", "0", "0"]
    assert [str(cell.quantity) for cell in table.rows[2].cells] == ["–", "–", "–"]
    assert (table.covered, table.missing) == (2, [empty])


def test_a_unit_without_a_book_has_no_numbers_of_its_own_either(province):
    empty, waits = (make_unit(parent=province) for _ in range(2))
    make_point(unit=waits, status=Status.WAITING)
    asked = [*MEASURES, measures.waiting_points]

    nothing, waiting = ["–"] * 4, ["–", "–", "–", "1"]

    assert figures(province, [empty, waits], asked) == ([nothing, waiting], waiting)
    assert figures(empty, [empty], asked) == ([nothing], nothing)
    assert figures(waits, [waits], asked) == ([waiting], waiting)


def test_what_stands_outside_of_the_book_does_not_show_that_it_is_kept(province):
    declares, honoured = (make_unit(parent=province) for _ in range(2))
    for place, number in ((declares, 7), (province, 100)):
        UnitProfile.objects.create(unit=place, year=2026, residential_areas=number)
    Recognition.objects.create(
        unit=honoured, kind=RecognitionKind.EXAMPLE, level=RecognitionLevel.COMMUNE
    )
    asked = [*MEASURES, measures.areas_declared, measures.examples_of_commune]
    scope = resolve(province, on=TODAY, map=Map.THEN, today=TODAY)

    table = tabulate(
        asked, units=[declares, honoured], scope=scope, user=make_user(Role.VIEWER, unit("VN"))
    )

    assert [[str(cell.quantity) for cell in row.cells] for row in table.rows] == [
        ["–", "–", "–", "7", "–"],
        ["–", "–", "–", "–", "1"],
    ]
    assert (table.covered, table.rest) == (0, None)


def test_unknown_points_are_neither_none_nor_one_each(province):
    commune = make_unit(parent=province)
    for _ in range(5):
        make_point(unit=commune, count=None)

    assert figures(province, [commune])[0] == [["5", "chưa rõ", "–"]]

    make_point(unit=commune, count=3)
    assert figures(province, [commune])[1] == ["6", "3 + 5 chưa rõ", "–"]


def test_a_blank_figure_is_unknown_only_where_the_type_expects_one(province):
    commune = make_unit(parent=province)
    make_point(unit=commune, scheme=make_scheme(type=make_type(expects_teams=True)))
    make_point(unit=commune, scheme=make_scheme(type=make_type(expects_teams=False)))

    assert figures(province, [commune])[1] == ["2", "2", "chưa rõ"]


def test_no_record_is_zero_and_no_figure_is_a_dash(province):
    """No cameras: 0 eyes. Points of which none has teams, and none should: no number of teams."""
    commune = make_unit(parent=province)
    make_point(unit=commune)
    asked = [measures.teams, registry.measure("attribute.camera_eyes"), measures.religious_points]

    assert figures(province, [commune], asked)[1] == ["–", "0", "0"]


def test_the_figures_of_a_past_day_are_those_of_that_day(province):
    commune = make_unit(parent=province)
    camera = SchemeType.objects.get(code="camera")
    point = make_point(unit=commune, scheme=make_scheme(type=camera), attributes={"camera_eyes": 8})
    record_state(point, as_of=date(2026, 6, 1), by=None, attributes={"camera_eyes": 12})
    eyes = [registry.measure("attribute.camera_eyes")]

    assert figures(province, [commune], eyes, on=date(2026, 5, 1))[1] == ["8"]
    assert figures(province, [commune], eyes, on=date(2026, 5, 31))[1] == ["8"]
    assert figures(province, [commune], eyes, on=date(2026, 6, 1))[1] == ["12"]


@pytest.mark.parametrize("value", ["nhiều", None, [3], {"n": 1}, True])
def test_what_is_not_a_number_in_an_attribute_is_unknown_and_breaks_nothing(province, value):
    commune = make_unit(parent=province)
    camera = SchemeType.objects.get(code="camera")
    make_point(unit=commune, scheme=make_scheme(type=camera), attributes={"camera_eyes": 4})
    make_point(unit=commune, scheme=make_scheme(type=camera), attributes={"camera_eyes": value})

    eyes = [registry.measure("attribute.camera_eyes")]

    assert figures(province, [commune], eyes)[1] == ["4 + 1 chưa rõ"]


@pytest.mark.parametrize(
    ("qualifiers", "shown"),
    [
        (["", ""], "30"),
        (["over", ""], "hơn 30"),
        (["over", "over"], "hơn 30"),
        (["under", "over"], "khoảng 30"),
        (["about", ""], "khoảng 30"),
    ],
)
def test_a_sum_carries_the_weakest_qualifier(province, qualifiers, shown):
    commune = make_unit(parent=province)
    for qualifier in qualifiers:
        make_point(unit=commune, members=15, qualifiers={"members": qualifier} if qualifier else {})

    assert figures(province, [commune], [measures.members])[1] == [shown]


def test_points_that_wait_are_counted_apart(province):
    commune = make_unit(parent=province)
    make_point(unit=commune)
    make_point(unit=commune, status=Status.WAITING)
    make_point(unit=commune, status=Status.VOIDED, status_reason="nhập nhầm")
    make_point(unit=commune, end_asked_on=date(2026, 6, 1), end_reason="không hiệu quả")
    asked = [measures.active_points, measures.waiting_points]

    assert figures(province, [commune], asked)[1] == ["2", "2"]


def test_a_force_is_no_scheme_but_its_teams_count(province):
    commune = make_unit(parent=province)
    force = make_scheme(type=make_type(counts_as_scheme=False))
    make_point(unit=commune, scheme=force, count=5, teams=5)
    asked = [*MEASURES, measures.force_points]

    assert figures(province, [commune], asked)[1] == ["0", "0", "5", "5"]


def test_an_end_takes_effect_on_the_day_after(province):
    commune = make_unit(parent=province)
    make_point(unit=commune, ended_on=date(2026, 3, 31))
    asked = [measures.active_points]

    assert figures(province, [commune], asked, on=date(2026, 3, 31))[1] == ["1"]
    assert figures(province, [commune], asked, on=date(2026, 4, 1))[1] == ["0"]


def test_a_record_of_the_province_itself_is_in_the_total_and_in_no_row(province, viewer):
    commune = make_unit(parent=province)
    make_point(unit=commune)
    make_point(unit=province, count=2)
    scope = resolve(province, on=TODAY, map=Map.THEN, today=TODAY)

    table = tabulate([measures.active_points], units=[commune], scope=scope, user=viewer)

    assert [str(row.cells[0].quantity) for row in (*table.rows, table.rest, table.total)] == [
        "1",
        "2",
        "3",
    ]


def test_numbers_stay_inside_the_scope_of_the_user(province):
    commune, other = make_unit(parent=province), make_unit(parent=province)
    make_point(unit=commune)
    make_point(unit=other)

    user = make_user(Role.COMMITTEE, other)

    assert figures(province, [commune, other], user=user) == (
        [["–", "–", "–"], ["1", "1", "–"]],
        ["1", "1", "–"],
    )


@pytest.mark.parametrize("number", [1, 3])
def test_a_table_costs_the_same_queries_whatever_its_rows(
    province, viewer, number, django_assert_num_queries
):
    communes = [make_unit(parent=province) for _ in range(number)]
    for commune in communes:
        make_point(unit=commune)
    scope = resolve(province, on=TODAY, map=Map.THEN, today=TODAY)
    _ = viewer.current_assignments

    # the places; the numbers; qualifiers
    with django_assert_num_queries(3):
        tabulate(MEASURES, units=communes, scope=scope, user=viewer)


def test_by_type_is_the_same_number_split(province, viewer):
    commune = make_unit(parent=province)
    first, second = make_type(), make_type()
    for kind in (first, first, second):
        make_point(unit=commune, scheme=make_scheme(type=kind), teams=1)
    scope = resolve(province, on=TODAY, map=Map.THEN, today=TODAY)

    found = breakdown(MEASURES, by="scheme__type_id", scope=scope, user=viewer)

    assert {pk: [cell.quantity for cell in cells] for pk, cells in found.items()} == {
        first.pk: [Quantity(2), Quantity(2), Quantity(2)],
        second.pk: [Quantity(1), Quantity(1), Quantity(1)],
    }
