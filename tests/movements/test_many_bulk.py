"""One step for many chosen points: each by itself, with a result for each."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localdate

from antq.accounts.roles import Role
from antq.review.choices import Status
from antq.review.models import ReviewEvent
from movements.choices import Block
from movements.models import ReturnedLine, SchemePoint
from movements.services.lifecycle import ask_merge
from tests.factories import make_point, make_unit, make_user

pytestmark = pytest.mark.django_db
BULK = "movements:point-bulk"
LIST = "movements:point-list"


@pytest.fixture
def own():
    return make_unit()


@pytest.fixture
def officer(client, own):
    user = make_user(Role.COMMUNE_OFFICER, own)
    client.force_login(user)
    return user


def ticks(*points):
    return [f"{point.pk}:{point.version}" for point in points]


def take(client, way, *points, **fields):
    """Take `way` for the points, as the page on which they were ticked shows them."""
    typed = {f"{way}-{name}": text for name, text in fields.items()}
    return client.post(reverse(BULK), {"way": way, "point": ticks(*points), **typed})


def results(response) -> dict:
    """{id of a point: why it was refused; '' when it was done}"""
    return {result.point.pk: result.fault for result in response.context["results"]}


def fresh(*points):
    return [SchemePoint.objects.get(pk=point.pk) for point in points]


def test_the_list_lets_who_enters_choose_rows(client, own, officer):
    point = make_point(unit=own)
    text = client.get(reverse(LIST)).content.decode()
    assert f'name="point" value="{point.pk}:1"' in text
    assert "Sửa các điểm đã chọn" in text

    client.force_login(make_user(Role.COMMITTEE, own))
    text = client.get(reverse(LIST)).content.decode()
    assert 'name="point"' not in text
    assert "Sửa các điểm đã chọn" not in text


def test_the_page_shows_what_was_chosen_and_changes_nothing(client, own, officer):
    mine, other = make_point(unit=own), make_point()

    response = client.post(reverse(BULK), {"point": ticks(mine, other)})

    assert [point.pk for point in response.context["points"]] == [mine.pk]
    assert fresh(mine)[0].version == 1


@pytest.mark.parametrize("chosen", [[], ["x"], ["0:1"], ["99999999999999999999:1"]])
def test_nothing_chosen_goes_back_to_the_list(client, own, officer, chosen):
    response = client.post(reverse(BULK), {"point": chosen}, follow=True)

    assert response.redirect_chain == [(reverse(LIST), 302)]
    assert "Đánh dấu các điểm cần sửa" in response.content.decode()


def test_a_decision_is_written_to_each_and_what_is_empty_stays(client, own, officer):
    first = make_point(unit=own, decision_by="UBND xã")
    second = make_point(unit=own, decision_number="12/QĐ-UBND")

    response = take(
        client, "decision", first, second, decision_number="12/QĐ-UBND", decision_on="3/2/2026"
    )

    assert results(response) == {first.pk: "", second.pk: ""}
    for point in fresh(first, second):
        assert (point.decision_number, point.decision_on) == ("12/QĐ-UBND", date(2026, 2, 3))
        assert (point.version, point.updated_by, point.status) == (2, officer, Status.CONFIRMED)
    assert fresh(first)[0].decision_by == "UBND xã"
    event = ReviewEvent.objects.about(first).get()
    assert event.reason == (
        "Số quyết định (thành lập): – → 12/QĐ-UBND; Ngày quyết định: – → 03/02/2026"
    )
    assert ReviewEvent.objects.about(second).get().reason == ("Ngày quyết định: – → 03/02/2026")


def test_each_point_has_its_own_result(client, own, officer):
    """Of five: one is done; one changed since, one voided, one so already, one of others."""
    done, changed, same = (make_point(unit=own) for _ in range(3))
    SchemePoint.objects.filter(pk=same.pk).update(block=Block.SCHOOL)
    voided = make_point(unit=own)
    chosen = ticks(done, changed, same, voided)
    SchemePoint.objects.filter(pk=changed.pk).update(version=2)
    SchemePoint.objects.filter(pk=voided.pk).update(status=Status.VOIDED, status_reason="nhầm")

    sent = {"way": "block", "point": chosen, "block-block": "school"}
    response = client.post(reverse(BULK), sent)

    found = results(response)
    assert found[done.pk] == ""
    assert "vừa được sửa sau khi trang này mở" in found[changed.pk]
    assert "không có gì để sửa" in found[same.pk]
    assert "đã hủy" in found[voided.pk]
    assert [point.block for point in fresh(done, changed)] == ["school", "residential"]
    text = response.content.decode()
    assert "1 điểm đã thực hiện, 3 điểm không thực hiện" in text


def test_points_that_one_only_sees_are_refused(client, own):
    """A committee member who is an officer elsewhere."""
    user = make_user(Role.COMMITTEE, own)
    mine = make_unit()
    user.assignments.create(role=Role.COMMUNE_OFFICER, unit=mine)
    client.force_login(user)
    seen, edited = make_point(unit=own), make_point(unit=mine)

    found = results(take(client, "block", seen, edited, block="school"))

    assert found == {seen.pk: "Tài khoản không có quyền thực hiện bước này.", edited.pk: ""}
    assert [point.block for point in fresh(seen, edited)] == ["residential", "school"]


def test_a_returned_point_waits_again(client, own, officer):
    point = make_point(unit=own, status=Status.RETURNED, status_reason="Thiếu quyết định")

    take(client, "decision", point, decision_number="1/QĐ")

    assert fresh(point)[0].status == Status.WAITING


def test_still_running_is_written_with_its_day(client, own, officer):
    point, waiting = make_point(unit=own), make_point(unit=own, status=Status.WAITING)

    found = results(take(client, "checked", point, waiting))

    assert found[point.pk] == ""
    assert "Chỉ rà soát điểm đã duyệt" in found[waiting.pk]
    assert fresh(point)[0].checked_on == localdate()
    assert fresh(waiting)[0].checked_on != localdate()


@pytest.mark.parametrize("role", [Role.COMMUNE_OFFICER, Role.COMMUNE_LEADER])
def test_an_end_is_asked_by_an_officer_and_stands_by_a_leader(client, own, role):
    client.force_login(make_user(role, own))
    point, waiting = make_point(unit=own), make_point(unit=own, status=Status.WAITING)

    found = results(take(client, "end", point, waiting, on="1/2/2026", reason="Giải thể"))

    assert found[point.pk] == ""
    assert "Chỉ đề nghị kết thúc" in found[waiting.pk]
    ended = fresh(point)[0]
    asked = ended.end_asked_on, ended.ended_on
    expected = (None, date(2026, 2, 1)) if role == Role.COMMUNE_LEADER else (date(2026, 2, 1), None)
    assert asked == expected


def test_a_wrong_table_is_voided_at_once(client, own, officer):
    waiting = [make_point(unit=own, status=Status.WAITING) for _ in range(3)]
    confirmed = make_point(unit=own)

    found = results(take(client, "void", *waiting, confirmed, reason="Dán nhầm bảng"))

    assert [found[point.pk] for point in waiting] == ["", "", ""]
    assert "quyền" in found[confirmed.pk]
    assert {point.status for point in fresh(*waiting)} == {Status.VOIDED}
    assert fresh(confirmed)[0].status == Status.CONFIRMED


def test_a_point_into_which_another_was_merged_is_not_voided_with_the_rest(client, own):
    leader = make_user(Role.COMMUNE_LEADER, own)
    client.force_login(leader)
    merged, into, other = (make_point(unit=own) for _ in range(3))
    ask_merge(merged, into, date(2026, 2, 1), "cùng thôn", leader)

    found = results(take(client, "void", into, other, reason="Dán nhầm bảng"))

    assert "đang chờ duyệt gộp, vào điểm này" in found[into.pk]
    assert found[other.pk] == ""
    assert [point.status for point in fresh(into, other)] == [Status.CONFIRMED, Status.VOIDED]


@pytest.mark.parametrize(
    ("way", "fields", "field"),
    [
        ("decision", {}, "decision_number"),
        ("decision", {"decision_on": "31/2/2026"}, "decision_on"),
        ("decision", {"decision_on": "1/1/2100"}, "decision_on"),
        ("block", {"block": "x"}, "block"),
        ("end", {"on": "1/9/2026", "reason": " "}, "reason"),
        ("end", {"on": "", "reason": "x"}, "on"),
        ("void", {"reason": ""}, "reason"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_done(client, own, officer, way, fields, field):
    point = make_point(unit=own)

    response = take(client, way, point, **fields)

    form = next(form for each, form in response.context["panels"] if each.name == way)
    assert field in form.errors
    assert f'name="point" value="{point.pk}:1"' in response.content.decode()
    assert fresh(point)[0].version == 1


def test_a_way_that_there_is_not_is_refused(client, own, officer):
    assert take(client, "delete", make_point(unit=own)).status_code == 400


def test_readers_may_not(client, own):
    client.force_login(make_user(Role.COMMITTEE, own))

    assert take(client, "block", make_point(unit=own), block="school").status_code == 403


def test_the_queries_of_the_page_do_not_grow_with_its_rows(client, own, officer):
    def queries(count):
        points = [make_point(unit=own) for _ in range(count)]
        with CaptureQueriesContext(connection) as seen:
            client.post(reverse(BULK), {"point": ticks(*points)})
        return len(seen)

    queries(1)
    assert queries(1) == queries(3)


def test_a_returned_line_that_is_mended_is_answered(client, own, officer):
    point = make_point(unit=own, decision_number="1/QĐ")
    line = ReturnedLine.objects.create(
        point=point,
        field="decision_number",
        label="Số quyết định",
        new_text="1/QĐ",
        reason="Sai số",
        returned_by=make_user(),
    )

    take(client, "decision", point, decision_number="2/QĐ")

    line.refresh_from_db()
    assert (line.answered_by, line.answer) == (officer, "Đã sửa: 1/QĐ → 2/QĐ")
