"""What the old communes left: kept, merged, ended, or put in the part where it lies."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from antq.accounts.roles import Role
from antq.reports.tables import tabulate
from antq.reports.windows import Map, resolve
from antq.review.choices import Status
from antq.review.models import ReviewEvent
from antq.review.services import TransitionError
from antq.units.choices import Level
from antq.units.models import ResidentialArea, UnitSuccession
from movements import measures
from movements.models import SchemePoint, Team
from movements.services import succession as services
from movements.todo import counts
from tests.factories import make_point, make_scheme, make_unit, make_user

pytestmark = pytest.mark.django_db
URL = reverse("movements:succession-worklist")
LAST, FIRST = date(2025, 6, 30), date(2025, 7, 1)


@pytest.fixture
def province():
    return make_unit(Level.PROVINCE)


@pytest.fixture
def commune(province):
    return make_unit(parent=province, name="Xã Mới", valid_from=FIRST)


@pytest.fixture
def old(province, commune):
    return follow(make_unit(parent=province, name="Xã Cũ", valid_to=LAST), commune)


def follow(old, new, *, is_primary=True):
    UnitSuccession.objects.create(
        predecessor=old, successor=new, effective_on=FIRST, is_primary=is_primary
    )
    return old


def left_in(unit, **values):
    """A point of the time of the old commune."""
    return make_point(unit=unit, **{"launched_on": date(2024, 3, 1), **values})


def sign_in(client, role, place):
    user = make_user(role, place)
    client.force_login(user)
    return user


def page_of(client, **asked):
    return client.get(URL, asked)


def shown(response):
    """{the old unit: its points} of a page."""
    return {group.unit: [row.point for row in group.rows] for group in response.context["groups"]}


def send(client, points, **chosen):
    """Sends the page as it was opened, with some choices; keys: do_<pk>, unit_<pk>, on, reason."""
    form = page_of(client).context["form"]
    data = {"point": [point.pk for point in points], "on": "30/06/2026", "reason": ""}
    data |= {f"version-{point.pk}": form[f"version-{point.pk}"].value() for point in points}
    data |= {name.replace("_", "-"): value for name, value in chosen.items()}
    return client.post(URL, data)


def said(response):
    return " ".join(str(message) for message in response.context["messages"])


def trail(point):
    return [event.action for event in ReviewEvent.objects.about(point)]


def test_the_list_has_what_the_closed_units_left_and_no_more(client, province, commune, old):
    officer = sign_in(client, Role.COMMUNE_OFFICER, commune)
    other = follow(make_unit(parent=province, name="Xã Cũ Hai", valid_to=LAST), commune)
    first, second, third = left_in(old), left_in(old), left_in(other)
    left_in(old, kept_on=date(2026, 1, 1))
    left_in(old, ended_on=date(2025, 1, 1))
    left_in(old, end_asked_on=date(2026, 1, 1), end_reason="không còn")
    left_in(old, status=Status.WAITING)
    make_point(unit=commune)
    left_in(make_unit(valid_to=LAST))

    assert shown(page_of(client)) == {old: [first, second], other: [third]}
    assert counts(["old-unit"], officer) == {"old-unit": 3}
    assert shown(page_of(client, unit=other.key)) == {other: [third]}


@pytest.mark.parametrize("count", [1, 3])
def test_queries_are_as_many_for_three_points_as_for_one(
    client, commune, old, count, django_assert_num_queries
):
    scheme = make_scheme()
    for number in range(count):
        left_in(old, scheme=scheme, location=f"Ngã ba {number}")
        make_point(unit=commune, scheme=scheme, location=f"Chợ {number}")
    sign_in(client, Role.COMMUNE_OFFICER, commune)

    # session, user, roles; how many, the page, its rows and their areas; where they count, into
    # what they may be merged and its areas; parts, and which may be edited; the session (three)
    with django_assert_num_queries(15):
        page_of(client)


def test_all_of_an_old_commune_are_kept_at_once(client, commune, old):
    sign_in(client, Role.COMMUNE_OFFICER, commune)
    points = [left_in(old) for _ in range(3)]

    response = send(client, points, **{f"unit_{old.pk}": "keep", f"do_{points[2].pk}": "later"})

    assert response.status_code == 302
    for point in points:
        point.refresh_from_db()
    assert [point.kept_on for point in points] == [localdate(), localdate(), None]
    assert [(point.unit, point.version) for point in points] == [(old, 1)] * 3
    assert trail(points[0]) == ["Giữ nguyên sau sắp xếp đơn vị"]
    assert shown(page_of(client)) == {old: [points[2]]}


def test_targets_are_of_the_same_type_and_commune_the_same_scheme_first(
    client, province, commune, old
):
    sign_in(client, Role.COMMUNE_OFFICER, commune)
    mine = left_in(old)
    sibling = make_scheme(type=mine.scheme.type, name="A trước theo tên")
    similar = make_point(unit=commune, scheme=sibling)
    same = make_point(unit=commune, scheme=mine.scheme)
    make_point(unit=commune)
    make_point(unit=make_unit(parent=province), scheme=mine.scheme)
    make_point(unit=commune, scheme=mine.scheme, location="chờ", status=Status.WAITING)

    row = page_of(client).context["groups"][0].rows[0]

    groups = dict(choice for choice in row.choice.field.choices if isinstance(choice[1], list))
    assert [value for value, _ in groups["Gộp vào"]] == [f"merge:{same.pk}", f"merge:{similar.pk}"]
    assert "Thuộc phần" not in groups


def test_an_officers_merge_and_end_wait_for_the_leader(client, commune, old):
    sign_in(client, Role.COMMUNE_OFFICER, commune)
    merged, ended = left_in(old), left_in(old)
    target = make_point(unit=commune, scheme=merged.scheme)

    response = send(
        client,
        [merged, ended],
        **{f"do_{merged.pk}": f"merge:{target.pk}", f"do_{ended.pk}": "end", "reason": "không còn"},
    )

    assert response.status_code == 302
    merged.refresh_from_db(), ended.refresh_from_db()
    day = date(2026, 6, 30)
    assert (merged.end_asked_on, merged.merged_into, merged.ended_on) == (day, target, None)
    assert (ended.end_asked_on, ended.merged_into, ended.end_reason) == (day, None, "không còn")
    text = client.get(URL).content.decode()
    assert "gộp 1 điểm, kết thúc 1 điểm" in text and "chờ lãnh đạo duyệt" in text
    assert shown(page_of(client)) == {}


def test_a_leaders_merge_stands_at_once(client, commune, old):
    sign_in(client, Role.COMMUNE_LEADER, commune)
    point = left_in(old)
    target = make_point(unit=commune, scheme=point.scheme)

    send(client, [point], **{f"do_{point.pk}": f"merge:{target.pk}"})

    point.refresh_from_db()
    assert (point.ended_on, point.merged_into) == (date(2026, 6, 30), target)
    assert point.end_reason == services.MERGED


def test_a_day_and_a_reason_are_asked_for_beside_their_fields(client, commune, old):
    sign_in(client, Role.COMMUNE_OFFICER, commune)
    point = left_in(old)

    response = send(client, [point], **{f"do_{point.pk}": "end", "on": ""})

    assert response.status_code == 200
    assert set(response.context["form"].errors) == {"on", "reason"}
    assert response.context["groups"][0].rows[0].choice.value() == "end"
    point.refresh_from_db()
    assert point.end_asked_on is None


@pytest.mark.parametrize(
    ("on", "field"), [("31/02/2026", "on"), ("01/01/2090", ""), ("01/01/2020", "")]
)
def test_a_day_that_cannot_be_is_told_and_what_was_chosen_stays(client, commune, old, on, field):
    sign_in(client, Role.COMMUNE_OFFICER, commune)
    point = left_in(old)

    response = send(client, [point], **{f"do_{point.pk}": "end", "on": on, "reason": "không còn"})

    row = response.context["groups"][0].rows[0]
    assert response.context["form"].errors.get("on") if field else "Ngày kết thúc" in row.error
    assert row.choice.value() == "end"
    point.refresh_from_db()
    assert (point.end_asked_on, trail(point)) == (None, [])


def test_one_that_fails_does_not_hold_up_the_others(client, commune, old):
    sign_in(client, Role.COMMUNE_OFFICER, commune)
    good, bad = left_in(old), left_in(old, launched_on=date(2025, 6, 1))

    response = send(
        client, [good, bad], **{f"unit_{old.pk}": "end", "on": "01/05/2025", "reason": "không còn"}
    )

    assert "kết thúc 1 điểm" in said(response)
    rows = {row.point: row for group in response.context["groups"] for row in group.rows}
    assert set(rows) == {bad}
    assert "không được trước ngày bắt đầu (01/06/2025)" in rows[bad].error
    assert rows[bad].choice.value() == "end"  # what was chosen for all of them
    good.refresh_from_db()
    assert good.end_asked_on == date(2025, 5, 1)


@pytest.mark.parametrize(
    "choice", ["", "merge:", "merge:999999999", "part:1", "keep:1", "x" * 5000]
)
def test_a_choice_that_was_not_offered_does_nothing(client, commune, old, choice):
    sign_in(client, Role.COMMUNE_OFFICER, commune)
    point = left_in(old)

    response = send(client, [point], **{f"do_{point.pk}": choice})

    assert response.status_code == 200
    assert "họn" in response.content.decode()
    point.refresh_from_db()
    assert (point.kept_on, point.end_asked_on, point.unit) == (None, None, old)


def test_what_another_has_decided_meanwhile_is_told(client, commune, old):
    officer = sign_in(client, Role.COMMUNE_OFFICER, commune)
    point = left_in(old)
    form_of = page_of(client)
    services.keep(point, by=officer)

    response = client.post(
        URL,
        {"point": [point.pk], f"do-{point.pk}": "keep", f"version-{point.pk}": 1, "on": ""},
    )

    assert shown(form_of) == {old: [point]}
    assert "đã được rà soát" in said(response)
    assert len(trail(point)) == 1


def test_what_was_changed_meanwhile_is_looked_at_again(client, commune, old):
    sign_in(client, Role.COMMUNE_OFFICER, commune)
    point = left_in(old, version=2)

    data = {"point": [point.pk], f"do-{point.pk}": "keep", f"version-{point.pk}": 1}
    response = client.post(URL, data)

    assert "vừa được sửa" in response.context["groups"][0].rows[0].error
    point.refresh_from_db()
    assert point.kept_on is None


def test_a_reader_is_refused_and_a_stranger_finds_nothing(client, commune, old):
    point = left_in(old)
    data = {"point": [point.pk], f"do-{point.pk}": "keep", f"version-{point.pk}": 1}

    sign_in(client, Role.COMMITTEE, commune)
    assert (client.get(URL).status_code, client.post(URL, data).status_code) == (403, 403)
    stranger = sign_in(client, Role.COMMUNE_OFFICER, make_unit())
    assert shown(page_of(client)) == {}
    assert client.get(URL, {"unit": old.key}).status_code == 404
    assert str(point.scheme) not in client.post(URL, data).content.decode()
    for step in (services.keep, lambda p, by: services.end(p, on=LAST, reason="vì", by=by)):
        with pytest.raises(TransitionError, match="không có quyền"):
            step(point, by=stranger)
    point.refresh_from_db()
    assert (point.kept_on, point.end_asked_on) == (None, None)


@pytest.mark.parametrize("asked", [{"page": "x"}, {"page": "0"}, {"unit": "\x00"}])
def test_an_address_that_makes_no_sense_is_refused(client, commune, asked):
    sign_in(client, Role.COMMUNE_OFFICER, commune)

    assert page_of(client, **asked).status_code in (400, 404)


# A commune that was cut in two: its records went to `commune`, a piece of its land to `other`.


@pytest.fixture
def other(province):
    return make_unit(parent=province, name="Xã Bên", valid_from=FIRST)


@pytest.fixture
def parts(old, commune, other):
    """The pieces of the old commune: of `commune`, of `other`."""
    follow(old, other, is_primary=False)
    made = []
    for new in (commune, other):
        name = f"Xã Cũ (phần về {new.name})"
        part = make_unit(Level.PART, parent=old, name=name, valid_to=LAST)
        made.append(follow(part, new))
    return made


def numbers(user, province, units, *, on, map):
    """The points of some units on a day, as the tables count them; the last is the province."""
    scope = resolve(province, on=on, map=map, today=localdate())
    table = tabulate([measures.active_points], units=units, scope=scope, user=user)
    return [str(row.cells[0].quantity) for row in [*table.rows, table.total]]


def test_a_moved_point_counts_in_the_right_commune_at_once_and_stays_in_the_past(
    province, commune, other, old, parts
):
    staff = make_user(Role.PROVINCE_STAFF, province)
    left_in(old)
    point = left_in(old)
    today, then = {"on": None, "map": Map.TODAY}, {"on": date(2025, 1, 1), "map": Map.THEN}
    assert numbers(staff, province, [commune, other], **today) == ["2", "–", "2"]
    assert numbers(staff, province, [old], **then) == ["2", "2"]

    services.move_to_part(point, part=parts[1], by=staff, version=1)

    assert numbers(staff, province, [commune, other], **today) == ["1", "1", "2"]
    past_on_todays_map = {"on": date(2025, 1, 1), "map": Map.TODAY}
    assert numbers(staff, province, [commune, other], **past_on_todays_map) == ["1", "1", "2"]
    assert numbers(staff, province, [old], **then) == ["2", "2"]
    assert (point.unit, point.version, point.kept_on) == (parts[1], 2, None)
    assert trail(point) == ["Xác định thuộc phần của xã đã chia"]


def test_the_point_changes_hands_with_its_village(client, commune, other, old, parts):
    staff = make_user(Role.PROVINCE_STAFF, old.parent)
    area = ResidentialArea.objects.create(unit=commune, name="Thôn Đông")
    point = left_in(old, area_key=str(area.pk))
    point.areas.add(area)
    Team.objects.create(point=point, name="Tổ 1", area=area)

    services.move_to_part(point, part=parts[1], by=staff)

    moved = ResidentialArea.objects.get(unit=other, name="Thôn Đông")
    assert list(point.areas.all()) == [moved]
    assert (point.area_key, point.team_rows.get().area) == (str(moved.pk), moved)
    sign_in(client, Role.COMMUNE_OFFICER, commune)
    assert shown(page_of(client)) == {}
    sign_in(client, Role.COMMUNE_OFFICER, other)  # and looks at it again
    assert shown(page_of(client)) == {parts[1]: [point]}


def test_an_officer_keeps_it_in_his_part_and_cannot_give_it_to_another_commune(
    client, commune, old, parts
):
    officer = sign_in(client, Role.COMMUNE_OFFICER, commune)
    mine, foreign = left_in(old), left_in(old)
    group = page_of(client).context["groups"][0]
    offered = dict(c for c in group.rows[0].choice.field.choices if isinstance(c[1], list))
    assert offered["Thuộc phần"] == [(f"part:{parts[0].pk}", parts[0].name)]
    assert group.has_foreign

    send(client, [mine], **{f"do_{mine.pk}": f"part:{parts[0].pk}"})
    with pytest.raises(TransitionError, match="PV05"):
        services.move_to_part(foreign, part=parts[1], by=officer)

    mine.refresh_from_db(), foreign.refresh_from_db()
    assert (mine.unit, mine.kept_on) == (parts[0], localdate())
    assert (foreign.unit, trail(foreign)) == (old, [])


def test_the_province_puts_all_of_a_divided_commune_in_a_part(client, province, old, parts):
    sign_in(client, Role.PROVINCE_STAFF, province)
    points = [left_in(old) for _ in range(2)]

    response = send(client, points, **{f"unit_{old.pk}": f"part:{parts[1].pk}"})

    assert response.status_code == 302
    assert {point.unit for point in SchemePoint.objects.all()} == {parts[1]}
    assert shown(page_of(client)) == {parts[1]: points}
    # A mistake is mended from there: the other part is offered.
    send(client, points[:1], **{f"do_{points[0].pk}": f"part:{parts[0].pk}"})
    points[0].refresh_from_db()
    assert points[0].unit == parts[0]


def test_a_part_that_has_this_point_already_says_so(province, old, parts):
    staff = make_user(Role.PROVINCE_STAFF, province)
    point = left_in(old)
    left_in(parts[1], scheme=point.scheme)

    with pytest.raises(TransitionError, match="đã có điểm này"):
        services.move_to_part(point, part=parts[1], by=staff)

    point.refresh_from_db()
    assert (point.unit, point.version, trail(point)) == (old, 1, [])


def test_a_part_of_another_commune_is_none_of_its_parts(province, old, parts):
    staff = make_user(Role.PROVINCE_STAFF, province)
    stranger = make_unit(
        Level.PART, parent=make_unit(parent=province, valid_to=LAST), valid_to=LAST
    )
    point = left_in(old)

    with pytest.raises(TransitionError, match="không thuộc xã cũ"):
        services.move_to_part(point, part=stranger, by=staff)
