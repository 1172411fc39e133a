"""What is to be done with points: each number on home is the list behind it."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from antq.accounts.models import Assignment
from antq.accounts.roles import Role
from antq.core.dates import months_before
from antq.review.choices import Status
from antq.review.models import ReviewEvent
from antq.units.choices import Level
from antq.units.models import ResidentialArea, UnitSuccession
from movements.choices import Block, EventKind
from movements.models import DocumentKind, LifecycleEvent, ReturnedLine, SchemeAttribute
from movements.services.checking import STILL_RUNS, mark_checked
from movements.todo import TODOS, counts, counts_by_unit, points_to_do
from tests.factories import make_point, make_scheme, make_type, make_unit, make_user
from tests.movements.pages import edit

pytestmark = pytest.mark.django_db
LIST = "movements:point-list"
TODAY = localdate()
OLD = months_before(TODAY, 6) - timedelta(days=1)


@pytest.fixture
def commune():
    return make_unit()


@pytest.fixture
def officer(client, commune):
    user = make_user(Role.COMMUNE_OFFICER, commune)
    client.force_login(user)
    return user


def make_done(**values):
    """A point of which there is nothing to do: its village is named, its figures were looked at."""
    point = make_point(**{"launched_on": TODAY, **values})
    point.areas.add(ResidentialArea.objects.create(unit=point.unit, name=f"Thôn {point.pk}"))
    return point


def make_dossier_needed(commune):
    """The type asks for a paper that the point has not."""
    kind = make_type()
    paper, _ = DocumentKind.objects.get_or_create(code="giay-thu", defaults={"name": "Giấy thử"})
    kind.checklist.add(paper)
    return make_done(unit=commune, scheme=make_scheme(type=kind))


def make_old(commune, **values):
    """A point in a closed commune that `commune` followed."""
    old = make_unit(parent=commune.parent, valid_to=date(2025, 6, 30))
    UnitSuccession.objects.create(
        predecessor=old, successor=commune, effective_on=date(2025, 7, 1), is_primary=True
    )
    return make_done(unit=old, launched_on=date(2025, 1, 1), checked_on=TODAY, **values)


def make_lines(commune):
    point = make_done(unit=commune)
    ReturnedLine.objects.create(
        point=point, field="leader", label="Người phụ trách", reason="sai", returned_by=make_user()
    )
    return point


MAKERS = {
    "waiting": lambda commune: make_done(unit=commune, status=Status.WAITING),
    "returned": lambda commune: make_done(
        unit=commune, status=Status.RETURNED, status_reason="thiếu ngày"
    ),
    "lines": make_lines,
    "old-unit": make_old,
    "dormant": lambda commune: make_done(unit=commune, launched_on=OLD),
    "incomplete": lambda commune: make_done(unit=commune, count=None),
    "dossier": make_dossier_needed,
    "no-area": lambda commune: make_point(unit=commune, launched_on=TODAY),
}


@pytest.fixture(autouse=True)
def no_common_checklist():
    """Every point lacks papers of the common checklist; here only what a test asks for."""
    DocumentKind.objects.update(in_every_checklist=False)


def listed(client, **asked):
    response = client.get(reverse(LIST), asked)
    assert response.status_code == 200, response.content.decode()
    return response.context["page_obj"].paginator.count, [
        row[0].pk for row in response.context["rows"]
    ]


@pytest.mark.parametrize("code", MAKERS)
def test_the_number_is_the_list_and_nothing_of_another_province(client, commune, officer, code):
    mine = [MAKERS[code](commune) for _ in range(2)] if code != "old-unit" else [make_old(commune)]
    make_done(unit=commune)
    MAKERS[code](make_unit())

    found = counts(TODOS, officer)

    assert found[code] == len(mine)
    assert listed(client, todo=code) == (len(mine), sorted(point.pk for point in mine))
    assert found == {code: len(mine)}  # and no other line speaks of them
    stranger = make_user(Role.COMMUNE_OFFICER, make_unit())
    assert counts(TODOS, stranger) == {}


def test_every_line_has_its_test():
    assert set(MAKERS) | {"confirm"} == set(TODOS)


def test_what_waits_is_told_to_each_in_his_words(commune):
    point = make_done(unit=commune, status=Status.WAITING)
    ending = make_done(unit=commune, end_asked_on=TODAY, end_reason="không còn")
    roles = [Role.COMMUNE_OFFICER, Role.COMMUNE_LEADER, Role.COMMITTEE]
    officer, leader, committee = (make_user(role, commune) for role in roles)

    assert counts(["confirm", "waiting"], officer) == {"waiting": 2}
    assert counts(["confirm", "waiting"], leader) == {"confirm": 2}
    assert set(points_to_do("confirm", leader)) == {point, ending}
    assert set(points_to_do("confirm", committee)) == {point, ending}


def test_who_only_reads_in_a_second_unit_has_nothing_to_do_there(client, commune, officer):
    """He sees its points in the register; the list behind the number is what he may do."""
    other = make_unit()
    Assignment.objects.create(user=officer, role=Role.COMMITTEE, unit=other)
    make_done(unit=other, launched_on=OLD)
    mine = make_done(unit=commune, launched_on=OLD)

    assert listed(client, todo="dormant") == (1, [mine.pk])
    assert listed(client)[0] == 2


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"launched_on": OLD}, True),
        ({"launched_on": OLD + timedelta(days=1)}, False),
        ({"launched_on": OLD, "later": TODAY}, False),
        ({"launched_on": None, "seen_on": OLD}, True),
        ({"launched_on": OLD, "status": Status.WAITING}, False),
        ({"launched_on": OLD, "ended_on": TODAY - timedelta(days=1)}, False),
        ({"launched_on": OLD, "end_asked_on": TODAY, "end_reason": "không còn"}, False),
    ],
)
def test_dormant(officer, commune, values, expected):
    later = values.get("later")
    values = {name: value for name, value in values.items() if name != "later"}
    point = make_done(unit=commune, **values)
    if later:
        type(point).objects.filter(pk=point.pk).update(checked_on=later)

    assert list(points_to_do("dormant", officer)) == ([point] if expected else [])


def test_a_suspended_point_sleeps_by_decision(officer, commune):
    point = make_done(unit=commune, launched_on=OLD)
    LifecycleEvent.objects.create(point=point, kind=EventKind.SUSPENSION, on=OLD)

    assert counts(["dormant"], officer) == {}


def test_blank_figures_are_those_that_tables_call_unknown(officer, commune):
    kind = make_type(expects_members=True)
    for key, data_type, is_expected in [
        ("eyes", "integer", True),
        ("brand", "text", True),
        ("days", "integer", False),
    ]:
        SchemeAttribute.objects.create(
            type=kind, key=key, label=key, data_type=data_type, is_expected=is_expected
        )

    def point(members, attributes):
        scheme = make_scheme(type=kind)
        return make_done(unit=commune, scheme=scheme, members=members, attributes=attributes)

    whole = point(3, {"eyes": 0, "brand": "A"})
    lacking = [
        point(None, {"eyes": 1, "brand": "A"}),
        point(3, {"brand": "A"}),
        point(3, {"eyes": None, "brand": "A"}),
        point(3, {"eyes": "nhiều", "brand": "A"}),
        point(3, {"eyes": 1}),
    ]

    found = set(points_to_do("incomplete", officer))

    assert found == set(lacking)
    assert whole not in found


def test_a_host_or_a_higher_unit_needs_no_village(officer, commune):
    make_point(unit=commune, launched_on=TODAY, block=Block.SCHOOL)
    make_point(unit=commune.parent, launched_on=TODAY)
    staff = make_user(Role.PROVINCE_STAFF, commune.parent)

    assert counts(["no-area"], officer) == {}
    assert counts(["no-area"], staff) == {}


def test_the_list_says_what_is_to_be_done_and_takes_other_filters(client, commune, officer):
    named = make_done(unit=commune, launched_on=OLD, leader="Ksor Thuân")
    make_done(unit=commune, launched_on=OLD, leader="Nay H’Linh")

    response = client.get(reverse(LIST), {"todo": "dormant", "q": "ksor thuan"})

    assert [row[0] for row in response.context["rows"]] == [named]
    assert "Việc: Sáu tháng không có thông tin" in response.content.decode()
    file = client.get(reverse(LIST), {"todo": "dormant", "format": "xlsx"})
    assert file.status_code == 200


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"todo": "khác"}, "Không có việc này"),
        ({"todo": "dormant", "on": "01/02/2026"}, "Việc cần làm là của hôm nay"),
        ({"todo": "dormant\x00"}, ""),
    ],
)
def test_an_address_that_asks_for_no_such_list(client, officer, asked, said):
    response = client.get(reverse(LIST), asked)

    assert response.status_code == 400
    assert said in response.content.decode()


def test_by_unit_each_number_is_the_list_of_that_unit(client, commune):
    other = make_unit(parent=commune.parent)
    make_old(commune)
    make_done(unit=commune, launched_on=OLD)
    make_done(unit=other, launched_on=OLD)
    client.force_login(staff := make_user(Role.PROVINCE_STAFF, commune.parent))

    found = counts_by_unit(["dormant", "old-unit"], staff, [commune, other])

    assert found == {commune.pk: {"dormant": 1, "old-unit": 1}, other.pk: {"dormant": 1}}
    for unit in (commune, other):
        for code, number in found[unit.pk].items():
            assert listed(client, todo=code, unit=unit.key)[0] == number


def test_counting_is_one_query_whatever_is_asked(officer, commune, django_assert_num_queries):
    make_done(unit=commune, launched_on=OLD)
    assert officer.unit_ids  # the roles are read once per request
    counts(TODOS, officer)

    with django_assert_num_queries(1):
        counts(TODOS, officer)


def check(client, *points, **versions):
    ticked = [f"{point.pk}:{versions.get('version', point.version)}" for point in points]
    response = client.post(reverse("movements:point-check-many"), {"point": ticked}, follow=True)
    return " ".join(str(message) for message in response.context["messages"])


def test_one_click_says_that_points_still_run(client, commune, officer):
    points = [make_done(unit=commune, launched_on=OLD) for _ in range(2)]
    left = make_done(unit=commune, launched_on=OLD)

    assert "Đã ghi 2 điểm" in check(client, *points)

    for point in points:
        point.refresh_from_db()
        assert (point.checked_on, point.version) == (TODAY, 1)
        assert [event.action for event in ReviewEvent.objects.about(point)] == [STILL_RUNS]
    assert list(points_to_do("dormant", officer)) == [left]


def test_what_nobody_has_seen_or_may_say_is_refused(client, commune, officer):
    changed = make_done(unit=commune, launched_on=OLD)
    type(changed).objects.filter(pk=changed.pk).update(version=2)
    waiting = make_done(unit=commune, launched_on=OLD, status=Status.WAITING)
    foreign = make_done(launched_on=OLD)

    said = check(client, changed, waiting, foreign, version=1)

    assert said.count("chưa ghi, vì") == 2 and "Đã ghi" not in said
    assert not ReviewEvent.objects.exists()
    assert mark_checked([foreign], by=officer) == []
    client.force_login(make_user(Role.COMMITTEE, commune))
    assert "không có quyền ghi" in check(client, make_done(unit=commune, launched_on=OLD))
    assert not ReviewEvent.objects.exists()


def test_an_edit_of_whatever_line_says_something_of_the_point(client, commune, officer):
    point = make_done(unit=commune, launched_on=OLD)

    edit(client, point, leader="Siu Bin")

    point.refresh_from_db()
    assert (point.leader, point.checked_on) == ("Siu Bin", TODAY)
    assert counts(["dormant"], officer) == {}


def test_nothing_ticked_is_told(client, officer):
    assert "Đánh dấu" in check(client)


def test_only_who_enters_may_tick_what_sleeps(client, commune):
    make_done(unit=commune, launched_on=OLD)
    address = reverse("movements:point-check-many")

    client.force_login(make_user(Role.COMMITTEE, commune))
    assert address not in client.get(reverse(LIST), {"todo": "dormant"}).content.decode()
    client.force_login(make_user(Role.COMMUNE_OFFICER, commune))
    assert address in client.get(reverse(LIST), {"todo": "dormant"}).content.decode()


def test_levels_of_old_units_reach_the_province(commune):
    """A point that a source gives for a district that is closed is the province's to look at."""
    district = make_unit(Level.DISTRICT, parent=commune.parent, valid_to=date(2025, 6, 30))
    point = make_done(unit=district, launched_on=date(2025, 1, 1), checked_on=TODAY)
    staff = make_user(Role.PROVINCE_STAFF, commune.parent)

    assert list(points_to_do("old-unit", staff)) == [point]
