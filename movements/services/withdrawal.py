"""Taking back the last step in the life of a point, written by mistake."""

from datetime import timedelta

from django.db import transaction

from antq.accounts.models import User
from antq.core.dates import Precision
from antq.core.permissions import Permission
from antq.review.choices import Status
from antq.review.services import TransitionError, move_to, note
from movements.choices import PREPARING, EventKind, Stage
from movements.models import LifecycleEvent, SchemePoint
from movements.services import points as services
from movements.services.lifecycle import action_of, save_life, set_until
from movements.services.places import home_of
from movements.services.stages import FIRST_STEPS, STEPS, last_event


@transaction.atomic
def withdraw_event(
    point: SchemePoint, event_pk: int, *, reason: str, by: User, version: int | None = None
) -> None:
    """Take back the last step, written by mistake: the point is again what it was before it."""
    fresh = services.locked(point, by, Permission.RECORD_EDIT, version)
    event = last_event(fresh)
    if event is None or event.pk != event_pk:
        raise TransitionError("Chỉ rút được việc ghi sau cùng. Tải lại trang để xem.")
    if event.kind == EventKind.DISSOLUTION or fresh.end_asked_on or fresh.ended_on:
        raise TransitionError("Điểm đã có ngày kết thúc: không rút việc nào nữa.")
    if not reason.strip():
        raise TransitionError("Ghi lý do rút.", "reason")
    said = action_of(event)
    before = list(fresh.life_events.exclude(pk=event.pk))
    if event.kind in FIRST_STEPS and fresh.stage in PREPARING and not before:
        raise TransitionError("Đây là bước đầu tiên của điểm. Nhập nhầm thì hủy điểm này.")
    _undo(fresh, event, before, by)
    event.delete()
    save_life(fresh, by)
    note(fresh, action=f"Rút: {said}"[:60], by=by, reason=reason.strip())
    if event.kind == EventKind.LAUNCH and fresh.status == Status.RETURNED:
        move_to(Status.WAITING, record=fresh, by=by)
    point.refresh_from_db()


def stage_after(events: list[LifecycleEvent]) -> Stage:
    """The stage to which these events, in the order of their writing, have led."""
    stage = Stage.RUNNING
    for number, event in enumerate(sorted(events, key=lambda each: each.pk)):
        first = FIRST_STEPS.get(event.kind, Stage.RUNNING) if not number else stage
        stage = STEPS[first].get(event.kind, first)
    return stage


def _undo(point: SchemePoint, event: LifecycleEvent, before: list, by: User) -> None:
    """What `_apply` did, backwards."""
    if event.kind == EventKind.LAUNCH:
        may_confirm = SchemePoint.objects.allowing(by, Permission.RECORD_CONFIRM)
        if point.status == Status.CONFIRMED and not may_confirm.filter(pk=point.pk).exists():
            raise TransitionError("Ra mắt đã được duyệt: chỉ lãnh đạo rút được.")
        point.launched_on, point.launched_precision = None, Precision.DAY
        # Nobody has seen it run, and it stands in the unit of today as before.
        point.seen_on, point.unit = None, home_of(point.unit)
        services.follow_unit(point)
    if event.kind == EventKind.RESUMPTION:
        set_until(point, None, ended_on=event.on - timedelta(days=1))
    point.stage = stage_after(before)
