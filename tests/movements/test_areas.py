"""Residential areas that are merged, divided, renamed, closed: what becomes of their points."""

from datetime import date, timedelta

import pytest
from django.utils.timezone import localdate

from antq.accounts.roles import Role
from antq.review.choices import Status
from antq.review.models import ReviewEvent
from antq.units.models import ResidentialArea, UnitSuccession
from movements.columns import columns_for
from movements.coverage import areas_on, areas_with_scheme_on, with_point_count
from movements.models import SchemePoint, Team
from movements.services import areas as services
from movements.services.areas import AreaError, Arrangement, close, rearrange, rename
from movements.services.places import areas_of, take_areas
from tests.factories import make_point, make_scheme, make_unit, make_user

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 1)
BEFORE = DAY - timedelta(days=1)


@pytest.fixture
def commune():
    return make_unit()


@pytest.fixture
def officer(commune):
    return make_user(Role.COMMUNE_OFFICER, commune)


def area(unit, name, **values):
    return ResidentialArea.objects.create(unit=unit, name=name, **values)


def point_in(*areas, **values):
    values.setdefault("unit", areas[0].unit)
    key = ",".join(str(pk) for pk in sorted(each.pk for each in areas))
    point = make_point(area_key=key, **values)
    point.areas.set(areas)
    return point


def names(areas):
    return sorted(each.name for each in areas)


def merge(unit, olds, new, by, on=DAY, **more):
    return rearrange(Arrangement(unit, olds, [new], on), by=by, **more)[0]


def test_merged_areas_take_their_points_along(commune, officer):
    one, two, other = (area(commune, f"Thôn {n}") for n in (1, 2, 3))
    first, second, apart = point_in(one), point_in(two), point_in(other)

    new = merge(commune, [one, two], "Thôn Hòa Bình", officer)

    one.refresh_from_db()
    assert (one.valid_to, new.valid_from, new.valid_to) == (BEFORE, DAY, None)
    assert list(one.successors.all()) == list(two.successors.all()) == [new]
    for point, old in ((first, one), (second, two)):
        point.refresh_from_db()
        assert set(point.areas.all()) == {old, new}
        assert point.areas_on(BEFORE) == [old]
        assert point.areas_on(DAY) == point.areas_on(localdate()) == [new]
        assert point.area_key == str(new.pk)
        assert (point.version, point.updated_by) == (2, officer)
        event = ReviewEvent.objects.about(point).get()
        assert (event.action, event.by) == ("Sắp xếp địa bàn", officer)
        assert event.reason == "Thôn 1, Thôn 2 → Thôn Hòa Bình từ ngày 01/03/2026"
    apart.refresh_from_db()
    assert (apart.version, list(apart.areas.all())) == (1, [other])


def test_a_point_that_ended_before_stays_and_one_that_ended_after_follows(commune, officer):
    old = area(commune, "Thôn 1")
    gone = point_in(old, ended_on=BEFORE)
    later = point_in(old, scheme=gone.scheme, ended_on=DAY)
    void = point_in(old, status=Status.VOIDED, status_reason="nhầm")

    new = merge(commune, [old], "Thôn Mới", officer)

    assert list(gone.areas.all()) == list(void.areas.all()) == [old]
    assert set(later.areas.all()) == {old, new}
    assert gone.areas_on(localdate()) == [old]  # what was its village is still said


def test_of_a_divided_area_each_point_goes_where_it_was_told(commune, officer):
    old, other = area(commune, "Thôn 1"), area(commune, "Thôn 9")
    left, right, both = (point_in(old, other) for _ in range(3))
    plan = Arrangement(commune, [old], ["Thôn 1A", "Thôn 1B"], DAY, "NQ 5")

    with pytest.raises(AreaError, match="Chọn địa bàn mới của điểm"):
        rearrange(plan, by=officer, goes={left.pk: "0", right.pk: "1"})
    old.refresh_from_db()
    assert old.valid_to is None
    assert not ResidentialArea.objects.filter(name="Thôn 1A").exists()

    rearrange(plan, by=officer, goes={left.pk: "0", right.pk: "1", both.pk: "all"})

    found = [names(point.areas_on(localdate())) for point in (left, right, both)]
    assert found == [["Thôn 1A", "Thôn 9"], ["Thôn 1B", "Thôn 9"], ["Thôn 1A", "Thôn 1B", "Thôn 9"]]


def test_a_point_of_a_name_that_goes_on_is_not_asked_for(commune, officer):
    one, two = area(commune, "Thôn 1"), area(commune, "Thôn 2")
    stays = point_in(one)
    plan = Arrangement(commune, [one, two], ["thôn 1", "Thôn 7"], DAY)

    news = rearrange(plan, by=officer)

    assert stays.areas_on(localdate()) == [news[0]]


@pytest.mark.parametrize("answer", ["2", "-1", "x", "", "²", "9" * 30])
def test_an_answer_that_is_no_new_area_is_no_answer(commune, officer, answer):
    old = area(commune, "Thôn 1")
    point = point_in(old)
    plan = Arrangement(commune, [old], ["A", "B"], DAY)

    with pytest.raises(AreaError):
        rearrange(plan, by=officer, goes={point.pk: answer})


def test_two_points_of_one_scheme_in_one_place_are_told_apart_first(commune, officer):
    one, two = area(commune, "Thôn 1"), area(commune, "Thôn 2")
    scheme = make_scheme()
    first, second = point_in(one, scheme=scheme), point_in(two, scheme=scheme)
    plan = Arrangement(commune, [one, two], ["Thôn Mới"], DAY)

    moves = services.moves(plan, {}, {})
    assert [move.clash for move in moves] == [[second], [first]]
    assert [move.suggested for move in moves] == ["Thôn 1 (cũ)", "Thôn 2 (cũ)"]
    with pytest.raises(AreaError, match="trùng"):
        rearrange(plan, by=officer)
    assert areas_of(commune).count() == 2

    # "ngã ba" and "Ngã Ba" are one place
    same = {first.pk: "Ngã ba", second.pk: "NGÃ BA"}
    with pytest.raises(AreaError, match="trùng"):
        rearrange(plan, by=officer, locations=same)
    rearrange(plan, by=officer, locations={second.pk: "Thôn 2 (cũ)"})

    assert set(SchemePoint.objects.values_list("location", flat=True)) == {"", "Thôn 2 (cũ)"}


def test_a_team_goes_with_its_point(commune, officer):
    old = area(commune, "Thôn 1")
    team = Team.objects.create(point=point_in(old), name="Tổ 1", area=old)

    new = merge(commune, [old], "Thôn Mới", officer)

    team.refresh_from_db()
    assert team.area == new


@pytest.mark.parametrize(
    ("names_", "on", "said"),
    [
        (["Thôn 3"], DAY, "đang có trong danh sách"),
        (["thon 3 cu"], DAY, "đang có trong danh sách"),
        (["A", "a"], DAY, "ghi hai lần"),
        (["A" * 151], DAY, "quá 150"),
        (["A"], date(2100, 1, 1), "chưa đến"),
        (["A"], date(2026, 1, 1), "phải sau ngày đó"),
        ([], DAY, "ghi tên địa bàn mới"),
    ],
)
def test_what_cannot_be_arranged_is_refused_and_nothing_changes(commune, officer, names_, on, said):
    old = area(commune, "Thôn 1", valid_from=date(2026, 1, 1))
    area(commune, "Thôn 3", aliases="Thôn 3 cũ")
    before = list(ResidentialArea.objects.order_by("pk").values())

    with pytest.raises(AreaError, match=said):
        rearrange(Arrangement(commune, [old], names_, on), by=officer)

    assert list(ResidentialArea.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("role", [Role.COMMITTEE, Role.VIEWER])
def test_a_reader_and_a_stranger_change_nothing(commune, role):
    old = area(commune, "Thôn 1")
    for user in (make_user(role, commune), make_user(Role.COMMUNE_LEADER)):
        with pytest.raises(AreaError, match="không có quyền"):
            merge(commune, [old], "A", user)
        with pytest.raises(AreaError, match="không có quyền"):
            rename(old, name="A", by=user, known_as="Thôn 1")
        with pytest.raises(AreaError, match="không có quyền"):
            close(old, last_day=DAY, by=user)
    assert names(areas_of(commune)) == ["Thôn 1"]


def test_sent_twice_it_is_done_once(commune, officer):
    old = area(commune, "Thôn 1")
    merge(commune, [old], "Thôn Mới", officer)

    with pytest.raises(AreaError, match="vừa được sắp xếp"):
        merge(commune, [old], "Thôn Mới", officer)

    assert names(areas_of(commune)) == ["Thôn Mới"]


def test_an_area_of_another_commune_is_not_taken(commune, officer):
    foreign = area(make_unit(), "Thôn 1")

    with pytest.raises(AreaError, match="Xem lại danh sách"):
        merge(commune, [foreign], "A", officer)


def test_areas_of_a_commune_that_was_merged_away_stand_in_the_new_one():
    old = make_unit(valid_to=date(2026, 1, 31))
    new = make_unit(parent=old.parent, valid_from=date(2026, 2, 1))
    UnitSuccession.objects.create(predecessor=old, successor=new, effective_on=date(2026, 2, 1))
    left = area(old, "Thôn 1")
    point = point_in(left)
    officer = make_user(Role.COMMUNE_OFFICER, new)

    assert names(areas_of(new)) == ["Thôn 1"]
    made = merge(new, [left], "Thôn 1", officer, on=date(2026, 2, 1))

    assert (made.unit, list(areas_of(new))) == (new, [made])
    assert point.areas_on(localdate()) == [made]


def test_a_renamed_area_keeps_its_old_name_as_another(commune, officer):
    old = area(commune, "Thôn 1", aliases="Làng Cũ")
    point = point_in(old)

    rename(old, name="  Thôn Hòa   Bình.", by=officer, known_as="Thôn 1")

    old.refresh_from_db()
    assert (old.name, old.aliases) == ("Thôn Hòa Bình", "Làng Cũ\nThôn 1")
    point.refresh_from_db()
    assert (point.version, point.spot_on(localdate())) == (2, "Thôn Hòa Bình")
    assert ReviewEvent.objects.about(point).get().reason == "Thôn 1 → Thôn Hòa Bình"
    assert take_areas(commune, ["thôn 1"]) == [old]
    assert list(SchemePoint.objects.search("lang cu hoa binh thon 1")) == [point]


def test_a_name_that_another_has_or_that_was_changed_meanwhile_is_refused(commune, officer):
    one = area(commune, "Thôn 1")
    area(commune, "Thôn 2", aliases="Làng Hai")
    for name in ("thon 2", "LÀNG HAI", "", "Thôn 1"):
        with pytest.raises(AreaError):
            rename(one, name=name, by=officer, known_as="Thôn 1")
    with pytest.raises(AreaError, match="vừa được đổi tên"):
        rename(one, name="Thôn 5", by=officer, known_as="Thôn 4")
    one.refresh_from_db()
    assert (one.name, one.aliases) == ("Thôn 1", "")


def test_an_area_with_points_that_go_on_is_not_closed(commune, officer):
    full, empty = area(commune, "Thôn 1"), area(commune, "Thôn 2")
    point_in(full)
    point_in(empty, ended_on=DAY)

    with pytest.raises(AreaError, match="Còn 1 điểm"):
        close(full, last_day=DAY, by=officer)
    with pytest.raises(AreaError, match="Còn 1 điểm"):
        close(empty, last_day=BEFORE, by=officer)
    close(empty, last_day=DAY, by=officer)

    assert names(areas_of(commune)) == ["Thôn 1"]
    with pytest.raises(AreaError, match="đã được sắp xếp hoặc đóng"):
        close(empty, last_day=DAY, by=officer)


def test_list_and_file_show_the_areas_of_their_day(commune, officer):
    old = area(commune, "Thôn Cũ")
    point = point_in(old, location="Ngã ba")
    merge(commune, [old], "Thôn Mới", officer)

    def place(day):
        column = next(each for each in columns_for(day=day) if each.key == "place")
        return column.value(SchemePoint.objects.for_lists().get(pk=point.pk))

    assert (place(BEFORE), place(DAY)) == ("Ngã ba, Thôn Cũ", "Ngã ba, Thôn Mới")
    for name in ("thon cu", "thon moi"):
        assert list(SchemePoint.objects.search(name)) == [point]


def test_coverage_counts_areas_of_the_day_with_a_scheme_active_on_it(commune, officer):
    one, two, three = (area(commune, f"Thôn {n}") for n in (1, 2, 3))
    point_in(one)
    point_in(two, ended_on=date(2026, 2, 1))
    force = point_in(three)
    force.scheme.type.counts_as_scheme = False
    force.scheme.type.save()
    point_in(three, status=Status.WAITING)

    def covered(day, unit=commune):
        return names(areas_with_scheme_on(day).under([unit], day=day))

    assert covered(date(2026, 1, 1)) == covered(date(2026, 1, 1), commune.parent)
    assert covered(date(2026, 1, 1)) == ["Thôn 1", "Thôn 2"]
    assert covered(date(2025, 7, 31)) == []
    merge(commune, [one, two], "Thôn Mới", officer)
    assert (covered(date(2026, 1, 1)), covered(BEFORE)) == (["Thôn 1", "Thôn 2"], ["Thôn 1"])
    assert covered(localdate()) == ["Thôn Mới"]
    assert names(areas_on(localdate()).under([commune], day=localdate())) == ["Thôn 3", "Thôn Mới"]
    counted = with_point_count(areas_of(commune), localdate())
    assert {each.name: each.point_count for each in counted} == {"Thôn Mới": 1, "Thôn 3": 1}
