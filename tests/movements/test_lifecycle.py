"""Steps in the life of a point: which may follow on which, what each changes, who may make it."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.utils.timezone import localdate

from antq.accounts.roles import Role
from antq.core.dates import PartialDay, Precision
from antq.reports.windows import Window
from antq.review.choices import Status
from antq.review.models import ReviewEvent
from antq.review.services import TransitionError
from antq.units.models import AdministrativeUnit, UnitSuccession
from movements.choices import EventKind, Stage
from movements.measures.flows import book
from movements.models import LifecycleEvent, SchemePoint
from movements.services import lifecycle, withdrawal
from movements.services import points as services
from movements.services.stages import last_event
from tests.factories import make_point, make_unit, make_user, unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def commune():
    return make_unit()


@pytest.fixture
def officer(commune):
    return make_user(Role.COMMUNE_OFFICER, commune)


@pytest.fixture
def leader(commune):
    return make_user(Role.COMMUNE_LEADER, commune)


@pytest.fixture
def point(commune):
    return make_point(unit=commune, launched_on=date(2026, 1, 10))


@pytest.fixture
def preparing(commune):
    """A confirmed point that is being built."""
    made = make_point(unit=commune, launched_on=date(2026, 1, 10))
    SchemePoint.objects.filter(pk=made.pk).update(launched_on=None, stage=Stage.BUILDING)
    LifecycleEvent.objects.create(point=made, kind=EventKind.BUILDING, on=date(2026, 1, 5))
    return SchemePoint.objects.get(pk=made.pk)


def day(year, month, number):
    return PartialDay(date(year, month, number))


def trail(point):
    return [event.action for event in ReviewEvent.objects.about(point)]


def active(point, on):
    return SchemePoint.objects.confirmed().active_on(on).filter(pk=point.pk).exists()


def test_review_changes_no_stage_and_keeps_its_paper(point, officer):
    paper = lifecycle.Decision("15/BC-UBND", date(2026, 6, 1), "UBND xã")
    event = lifecycle.record_event(
        point, EventKind.REVIEW, day(2026, 6, 2), by=officer, decision=paper, note_text="Tốt"
    )

    assert (point.stage, point.version, point.updated_by) == (Stage.RUNNING, 2, officer)
    assert (event.decision_number, event.decision_by) == ("15/BC-UBND", "UBND xã")
    assert trail(point) == ["Sơ kết, tổng kết, 02/06/2026"]
    assert ReviewEvent.objects.about(point).get().reason == (
        "Văn bản số 15/BC-UBND, ngày 01/06/2026; UBND xã; Tốt"
    )


def test_a_suspended_point_does_not_count_until_it_resumes(point, officer):
    lifecycle.record_event(point, EventKind.SUSPENSION, day(2026, 3, 1), by=officer)
    assert point.stage == Stage.SUSPENDED
    assert active(point, date(2026, 2, 28)) and not active(point, date(2026, 3, 1))
    assert not active(point, localdate())

    lifecycle.record_event(point, EventKind.RESUMPTION, day(2026, 4, 1), by=officer)
    assert point.stage == Stage.RUNNING
    assert not active(point, date(2026, 3, 31)) and active(point, date(2026, 4, 1))
    assert point.life_events.get(kind=EventKind.SUSPENSION).until == date(2026, 3, 31)


@pytest.mark.parametrize(
    ("kind", "on", "field"),
    [
        (EventKind.LAUNCH, day(2026, 3, 1), "kind"),
        (EventKind.RESUMPTION, day(2026, 3, 1), "kind"),
        (EventKind.DISSOLUTION, day(2026, 3, 1), "kind"),
        (EventKind.REVIEW, day(2026, 1, 9), "on"),
        (EventKind.REVIEW, PartialDay(localdate() + timedelta(days=1)), "on"),
        (EventKind.SUSPENSION, PartialDay(date(2026, 3, 1), Precision.MONTH), "on"),
    ],
)
def test_what_is_not_legal_changes_nothing(point, officer, kind, on, field):
    with pytest.raises(TransitionError) as refused:
        lifecycle.record_event(point, kind, on, by=officer)

    assert refused.value.field == field
    point.refresh_from_db()
    assert (point.stage, point.version) == (Stage.RUNNING, 1)
    assert not LifecycleEvent.objects.exists()
    assert trail(point) == []


def test_a_step_does_not_come_before_the_last_one(point, officer):
    lifecycle.record_event(point, EventKind.CONSOLIDATION, day(2026, 5, 1), by=officer)
    with pytest.raises(TransitionError, match="kiện toàn, củng cố, 01/05/2026"):
        lifecycle.record_event(point, EventKind.REVIEW, day(2026, 4, 30), by=officer)


def test_resumption_is_after_the_suspension(point, officer):
    lifecycle.record_event(point, EventKind.SUSPENSION, day(2026, 3, 1), by=officer)
    with pytest.raises(TransitionError, match="Phải sau ngày tạm dừng"):
        lifecycle.record_event(point, EventKind.RESUMPTION, day(2026, 3, 1), by=officer)


@pytest.mark.parametrize("status", [Status.WAITING, Status.RETURNED, Status.VOIDED])
def test_a_running_point_that_is_not_confirmed_takes_no_step(commune, officer, status):
    point = make_point(unit=commune, status=status, status_reason="thiếu")
    with pytest.raises(TransitionError, match=r"chưa được duyệt|đã hủy"):
        lifecycle.record_event(point, EventKind.REVIEW, day(2026, 1, 9), by=officer)


def test_others_may_not(point):
    stranger = make_user(Role.COMMUNE_LEADER, make_unit())
    with pytest.raises(TransitionError, match="không có quyền"):
        lifecycle.record_event(point, EventKind.REVIEW, day(2026, 3, 9), by=stranger)


def test_the_same_form_twice_makes_one_event(point, officer):
    uuid = uuid4()
    for _ in range(2):
        lifecycle.record_event(
            point, EventKind.REVIEW, day(2026, 3, 9), by=officer, version=1, client_uuid=uuid
        )
    assert (LifecycleEvent.objects.count(), point.version) == (1, 2)


def test_a_second_editor_is_told(point, officer, leader):
    lifecycle.record_event(point, EventKind.REVIEW, day(2026, 3, 9), by=leader, version=1)
    with pytest.raises(TransitionError, match="vừa được sửa"):
        lifecycle.record_event(point, EventKind.REVIEW, day(2026, 3, 9), by=officer, version=1)


def test_a_preparing_point_counts_nowhere(preparing):
    assert not active(preparing, localdate())
    assert not SchemePoint.objects.begun_by(localdate()).filter(pk=preparing.pk).exists()


def test_a_launch_waits_for_the_leader(preparing, officer, leader):
    lifecycle.record_event(preparing, EventKind.LAUNCH, day(2026, 2, 1), by=officer)
    assert (preparing.status, preparing.stage) == (Status.WAITING, Stage.RUNNING)
    assert preparing.launched_on == date(2026, 2, 1)
    assert not active(preparing, date(2026, 2, 1))

    services.confirm(preparing, by=leader)
    assert active(preparing, date(2026, 2, 1)) and not active(preparing, date(2026, 1, 31))


def test_a_launch_by_the_leader_stands(preparing, leader):
    lifecycle.record_event(preparing, EventKind.LAUNCH, day(2026, 2, 1), by=leader)
    assert preparing.status == Status.CONFIRMED
    assert active(preparing, date(2026, 2, 1))


def test_nobody_else_sends_a_confirmed_point_back_to_wait(client, point, officer):
    """The step of a launch is not open to any other way."""
    client.force_login(officer)
    for name in ("confirm", "return", "void"):
        client.post(f"/movements/points/{point.pk}/{name}/", {"reason": "thử"})
    point.refresh_from_db()
    assert point.status == Status.CONFIRMED


def test_withdrawing_a_launch_prepares_again(preparing, officer):
    event = lifecycle.record_event(preparing, EventKind.LAUNCH, day(2026, 2, 1), by=officer)
    withdrawal.withdraw_event(preparing, event.pk, reason="nhầm ngày", by=officer)
    assert (preparing.stage, preparing.launched_on) == (Stage.BUILDING, None)
    assert trail(preparing)[-1] == "Rút: Ra mắt, 01/02/2026"


def test_a_confirmed_launch_is_withdrawn_by_a_leader_only(preparing, officer, leader):
    event = lifecycle.record_event(preparing, EventKind.LAUNCH, day(2026, 2, 1), by=leader)
    with pytest.raises(TransitionError, match="chỉ lãnh đạo"):
        withdrawal.withdraw_event(preparing, event.pk, reason="nhầm", by=officer)
    withdrawal.withdraw_event(preparing, event.pk, reason="nhầm", by=leader)
    assert (preparing.stage, preparing.status) == (Stage.BUILDING, Status.CONFIRMED)


def test_withdrawing_a_resumption_suspends_again(point, officer):
    lifecycle.record_event(point, EventKind.SUSPENSION, day(2026, 3, 1), by=officer)
    event = lifecycle.record_event(point, EventKind.RESUMPTION, day(2026, 4, 1), by=officer)
    withdrawal.withdraw_event(point, event.pk, reason="chưa", by=officer)
    assert point.stage == Stage.SUSPENDED
    assert point.life_events.get().until is None
    assert not active(point, localdate())


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_withdrawal_needs_a_reason(point, officer, reason):
    event = lifecycle.record_event(point, EventKind.REVIEW, day(2026, 3, 1), by=officer)
    with pytest.raises(TransitionError, match="Ghi lý do"):
        withdrawal.withdraw_event(point, event.pk, reason=reason, by=officer)
    assert LifecycleEvent.objects.filter(pk=event.pk).exists()


def test_only_the_last_step_is_withdrawn(point, officer):
    first = lifecycle.record_event(point, EventKind.REVIEW, day(2026, 3, 1), by=officer)
    lifecycle.record_event(point, EventKind.REVIEW, day(2026, 4, 1), by=officer)
    with pytest.raises(TransitionError, match="sau cùng"):
        withdrawal.withdraw_event(point, first.pk, reason="nhầm", by=officer)


def test_the_first_step_of_a_preparing_point_stays(preparing, officer):
    with pytest.raises(TransitionError, match="bước đầu tiên"):
        event = preparing.life_events.get()
        withdrawal.withdraw_event(preparing, event.pk, reason="nhầm", by=officer)


def test_an_end_writes_its_event_with_the_decision(point, officer, leader):
    paper = {"decision_number": "9/QĐ-UBND", "decision_on": date(2026, 5, 2)}
    services.ask_end(point, on=date(2026, 5, 3), reason="kém", by=officer, **paper)
    services.confirm_end(point, by=leader)
    event = point.life_events.get()
    assert (event.kind, event.on) == (EventKind.DISSOLUTION, date(2026, 5, 3))
    assert event.decision_number == "9/QĐ-UBND"


def test_a_refused_end_leaves_no_event(point, officer, leader):
    services.ask_end(point, on=date(2026, 5, 3), reason="kém", by=officer)
    services.refuse_end(point, reason="chưa", by=leader)
    assert not point.life_events.exists()
    assert active(point, localdate())


def test_an_end_is_not_before_the_last_step(point, officer):
    lifecycle.record_event(point, EventKind.REVIEW, day(2026, 6, 1), by=officer)
    with pytest.raises(TransitionError, match="01/06/2026"):
        services.ask_end(point, on=date(2026, 5, 31), reason="kém", by=officer)


def test_a_merge_waits_for_the_leader_and_names_the_other(point, commune, officer, leader):
    into = make_point(unit=commune)
    lifecycle.ask_merge(point, into, date(2026, 6, 30), "cùng thôn", officer)
    assert (point.end_asked_on, point.merged_into) == (date(2026, 6, 30), into)
    assert active(point, localdate())

    services.confirm_end(point, by=leader)
    assert (point.ended_on, point.merged_into) == (date(2026, 6, 30), into)
    assert not active(point, date(2026, 7, 1)) and active(into, localdate())


def test_a_refused_merge_forgets_the_other(point, commune, officer, leader):
    lifecycle.ask_merge(point, make_point(unit=commune), date(2026, 6, 30), "nhầm", officer)
    services.refuse_end(point, reason="chưa", by=leader)
    assert (point.end_asked_on, point.merged_into, point.ended_on) == (None, None, None)


def test_merges_that_make_no_sense_are_refused(point, commune, officer):
    ended = make_point(unit=commune, ended_on=date(2026, 2, 1))
    waiting = make_point(unit=commune, status=Status.WAITING)
    elsewhere = make_point()
    for into in (point, ended, waiting, elsewhere):
        with pytest.raises(TransitionError) as refused:
            lifecycle.ask_merge(point, into, date(2026, 6, 30), "gộp", officer)
        assert refused.value.field == "into"
    point.refresh_from_db()
    assert (point.end_asked_on, point.merged_into) == (None, None)


def test_two_points_are_not_merged_into_each_other(point, commune, officer):
    other = make_point(unit=commune)
    lifecycle.ask_merge(point, other, date(2026, 6, 30), "gộp", officer)
    with pytest.raises(TransitionError, match="Điểm nhận"):
        lifecycle.ask_merge(other, point, date(2026, 6, 30), "gộp", officer)


def test_a_merge_is_not_confirmed_into_a_point_that_ended(point, commune, officer, leader):
    into = make_point(unit=commune)
    lifecycle.ask_merge(point, into, date(2026, 6, 30), "gộp", officer)
    SchemePoint.objects.filter(pk=into.pk).update(ended_on=date(2026, 7, 1))
    with pytest.raises(TransitionError, match="không còn hoạt động"):
        services.confirm_end(point, by=leader)


def test_a_merge_is_not_confirmed_into_a_point_whose_end_waits(point, commune, officer, leader):
    into = make_point(unit=commune)
    lifecycle.ask_merge(point, into, date(2026, 6, 30), "gộp", officer)
    services.ask_end(into, on=date(2026, 7, 1), reason="kém", by=officer)
    with pytest.raises(TransitionError, match="chờ duyệt kết thúc"):
        services.confirm_end(point, by=leader)
    point.refresh_from_db()
    assert (point.ended_on, point.end_asked_on) == (None, date(2026, 6, 30))


def test_a_point_prepared_in_an_old_commune_is_launched_in_the_new_one(leader):
    """Xã Ia RMok went into xã Ia Dreh on 1 July 2025, between the first step and the launch."""
    ia_dreh = unit("W24100@2025-07-01")
    old = AdministrativeUnit.objects.get(
        level="commune", name="Xã Ia RMok", successions__successor=ia_dreh
    )
    by = make_user(Role.COMMUNE_LEADER, ia_dreh)
    point = make_point(unit=old, launched_on=date(2025, 5, 1))
    SchemePoint.objects.filter(pk=point.pk).update(launched_on=None, stage=Stage.BUILDING)
    LifecycleEvent.objects.create(point=point, kind=EventKind.BUILDING, on=date(2025, 5, 1))
    point.refresh_from_db()

    lifecycle.record_event(point, EventKind.LAUNCH, day(2025, 8, 1), by=by)

    assert (point.unit, point.launched_on) == (ia_dreh, date(2025, 8, 1))


def test_a_launch_where_the_point_stands_already_is_told():
    """The day of the launch finds it in the old commune, which has the same point."""
    old = make_unit(valid_to=date(2025, 6, 30))
    now = make_unit(parent=old.parent, valid_from=date(2025, 7, 1))
    UnitSuccession.objects.create(
        predecessor=old, successor=now, effective_on=now.valid_from, is_primary=True
    )
    there = make_point(unit=old, launched_on=date(2024, 1, 1))
    made = make_point(unit=now, scheme=there.scheme)
    SchemePoint.objects.filter(pk=made.pk).update(launched_on=None, stage=Stage.BUILDING)
    leader = make_user(Role.COMMUNE_LEADER, now)

    with pytest.raises(TransitionError, match="đã có điểm này"):
        lifecycle.record_event(made, EventKind.LAUNCH, day(2025, 3, 1), by=leader)

    made.refresh_from_db()
    assert (made.unit, made.stage, made.version) == (now, Stage.BUILDING, 1)
    assert not made.life_events.exists()


def test_a_launch_that_is_taken_back_leaves_no_day_on_which_it_ran(preparing, leader):
    lifecycle.record_event(preparing, EventKind.LAUNCH, day(2026, 2, 1), by=leader)
    SchemePoint.objects.filter(pk=preparing.pk).update(seen_on=date(2026, 2, 1))

    event = last_event(preparing)
    withdrawal.withdraw_event(preparing, event.pk, reason="nhầm", by=leader)

    assert (preparing.stage, preparing.launched_on, preparing.seen_on) == ("building", None, None)
    assert not SchemePoint.objects.active_on(localdate()).filter(pk=preparing.pk).exists()


def test_what_was_given_up_before_its_launch_is_not_gone(preparing, leader):
    services.ask_end(preparing, on=date(2026, 2, 1), reason="không làm nữa", by=leader)
    services.confirm_end(preparing, by=leader)

    window = Window(date(2026, 12, 31))
    assert not book(window).filter(is_gone=True, pk=preparing.pk).exists()
