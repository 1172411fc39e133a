"""Steps in the life of a point that touch more than one row."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate

from antq.accounts.models import User
from antq.core.dates import vn_date
from antq.core.permissions import Permission
from antq.review.choices import Status
from antq.review.services import TransitionError, check_version, move_to, note
from movements.choices import EventKind
from movements.models import LifecycleEvent, PointState, SchemePoint
from movements.models.points import FIGURES
from movements.querysets import FIGURE_FIELDS

FIRST, LAST = date.min, date.max
COPIED = FIGURE_FIELDS


@transaction.atomic
def record_state(point: SchemePoint, *, as_of: date, by: User | None, **figures) -> PointState:
    """Write how large a point was on a day; figures already given for that day are corrected.

    figures: teams, members, households (None: unknown), attributes, qualifiers. What is not
    given is unknown. The point gets a copy of its latest state. Raises ValueError for a day to
    come: the copy would count it today.
    """
    if as_of > localdate():
        raise ValueError("Figures are of a day that has come.")
    SchemePoint.objects.select_for_update(of=("self",)).get(pk=point.pk)
    values = dict.fromkeys(FIGURES) | {"attributes": {}, "qualifiers": {}} | figures
    # The span is set below, with those of its neighbours; until then it is a single day.
    span = {"valid_from": as_of, "valid_to": as_of}
    state, _ = PointState.objects.update_or_create(
        point=point, as_of=as_of, defaults=values, create_defaults=values | span
    )
    point.updated_by = by or point.updated_by
    point.checked_on = max(as_of, point.checked_on or as_of)
    respan(point)
    return state


@transaction.atomic
def respan(point: SchemePoint) -> None:
    """Each state holds until the next one's day; the latest is copied on the point."""
    states = list(point.states.order_by("as_of"))
    for number, each in enumerate(states):
        each.valid_from = each.as_of if number else FIRST
        last = number == len(states) - 1
        each.valid_to = LAST if last else states[number + 1].as_of - timedelta(days=1)
    PointState.objects.bulk_update(states, ["valid_from", "valid_to"])
    latest = states[-1] if states else PointState(point=point)
    for name in COPIED:
        setattr(point, name, getattr(latest, name))
    point.save(update_fields=[*COPIED, "checked_on", "updated_by", "updated_at"])


def confirm(point: SchemePoint, *, by: User, version: int | None = None) -> None:
    """Confirm whatever of the point waits for the leader: the point itself, or its end."""
    if point.end_asked_on:
        confirm_end(point, by=by, version=version)
    else:
        move_to(Status.CONFIRMED, record=point, by=by, version=version)


@transaction.atomic
def ask_end(
    point: SchemePoint,
    *,
    on: date,
    reason: str,
    by: User,
    version: int | None = None,
    into: SchemePoint | None = None,
    **decision,
) -> None:
    """Ask that a confirmed point end; it counts until the commune's leader confirms.

    into: the point into which it is merged. decision: number, day and author of the paper. Its
    event is written now, with the paper; it goes again when the leader refuses.
    """
    fresh = locked(point, by, Permission.RECORD_EDIT, version)
    if fresh.status != Status.CONFIRMED or fresh.ended_on or fresh.end_asked_on:
        raise TransitionError(
            "Chỉ đề nghị kết thúc một điểm đã duyệt, đang hoạt động và chưa có đề nghị nào."
        )
    _check_end(fresh, on)
    if not reason.strip():
        raise TransitionError("Ghi lý do kết thúc.", "reason")
    fresh.end_asked_on, fresh.end_reason = on, reason.strip()
    fresh.merged_into = into
    _save(fresh, by)
    LifecycleEvent.objects.create(
        point=fresh, kind=EventKind.DISSOLUTION, on=on, created_by=by, updated_by=by, **decision
    )
    asked = f"Đề nghị {ending(fresh)}, hoạt động đến hết ngày {vn_date(on)}"
    said = f"{reason.strip()} Gộp vào: {into}" if into else reason.strip()
    note(fresh, action=asked, by=by, reason=said[:500])
    point.refresh_from_db()


@transaction.atomic
def confirm_end(point: SchemePoint, *, by: User, version: int | None = None) -> None:
    """The leader confirms: the day asked for is the last day on which the point counts."""
    held = _hold_with_target(point)
    fresh = _asked(point, by, version)
    _check_target(fresh, held)
    fresh.ended_on, fresh.end_asked_on = fresh.end_asked_on, None
    _save(fresh, by)
    done = f"Duyệt {ending(fresh)}, hoạt động đến hết ngày {vn_date(fresh.ended_on)}"
    note(fresh, action=done, by=by)
    point.refresh_from_db()


@transaction.atomic
def refuse_end(point: SchemePoint, *, reason: str, by: User, version: int | None = None) -> None:
    """The leader refuses: the point goes on."""
    fresh = _asked(point, by, version)
    if not reason.strip():
        raise TransitionError("Ghi lý do để người nhập biết.", "reason")
    refused = f"Không đồng ý {ending(fresh)}"
    fresh.end_asked_on, fresh.end_reason, fresh.merged_into = None, "", None
    _save(fresh, by)
    fresh.life_events.filter(kind=EventKind.DISSOLUTION).delete()
    note(fresh, action=refused, by=by, reason=reason.strip())
    point.refresh_from_db()


@transaction.atomic
def void(point: SchemePoint, *, reason: str, by: User, version: int | None = None) -> None:
    """The point was entered by mistake; refused while others live on in it."""
    SchemePoint.objects.select_for_update(of=("self",)).get(pk=point.pk)
    if number := point.merged.recorded().count():
        raise TransitionError(
            f"Có {number} điểm đã gộp, hoặc đang chờ duyệt gộp, vào điểm này: hủy thì các điểm đó "
            "không còn nơi nhận. Nếu điểm không còn, ghi kết thúc thay cho hủy; đề nghị gộp còn "
            "chờ duyệt thì lãnh đạo không đồng ý trước."
        )
    move_to(Status.VOIDED, record=point, by=by, reason=reason, version=version)


def _hold_with_target(point: SchemePoint) -> set[int]:
    """Lock the point and the one into which it is to be merged, in one order for everybody."""
    target = SchemePoint.objects.filter(pk=point.pk).values("merged_into")
    both = SchemePoint.objects.filter(Q(pk=point.pk) | Q(pk__in=target)).order_by("pk")
    return set(both.select_for_update().values_list("pk", flat=True))


def _check_target(point: SchemePoint, held: set[int]) -> None:
    """Whatever becomes of the target waits for this step, or is known to it."""
    into = point.merged_into
    if into and into.pk not in held:
        raise TransitionError("Đề nghị gộp vừa được đổi điểm nhận. Tải lại trang để xem.")
    if into and (into.status != Status.CONFIRMED or into.ended_on or into.end_asked_on):
        raise TransitionError(
            "Điểm nhận không còn hoạt động, hoặc đang chờ duyệt kết thúc: không đồng ý, rồi chọn "
            "điểm khác."
        )


def _asked(point: SchemePoint, by: User, version: int | None) -> SchemePoint:
    fresh = locked(point, by, Permission.RECORD_CONFIRM, version)
    if fresh.status != Status.CONFIRMED or not fresh.end_asked_on:
        raise TransitionError("Điểm này không có đề nghị kết thúc nào đang chờ duyệt.")
    return fresh


def locked(
    point: SchemePoint, by: User, permission: Permission, version: int | None = None
) -> SchemePoint:
    """The row as it is now, held until the end of the step."""
    mine = SchemePoint.objects.allowing(by, permission)
    fresh = mine.select_for_update(of=("self",)).filter(pk=point.pk).first()
    if fresh is None:
        raise TransitionError("Tài khoản không có quyền thực hiện bước này.")
    if fresh.status == Status.VOIDED:
        raise TransitionError("Điểm này đã hủy do nhập nhầm: không sửa được nữa.")
    check_version(fresh, version)
    return fresh


def follow_unit(point: SchemePoint) -> None:
    """What the point was honoured for counts where the point does."""
    point.recognitions.exclude(unit=point.unit).update(unit=point.unit)


def follow_launch(point: SchemePoint) -> None:
    """The event of the launch, where there is one, is of the day that the point says."""
    if point.launched_on:
        told = {"on": point.launched_on, "precision": point.launched_precision}
        point.life_events.filter(kind=EventKind.LAUNCH).exclude(**told).update(**told)


def ending(point: SchemePoint) -> str:
    return "gộp vào điểm khác" if point.merged_into_id else "kết thúc"


def _check_end(point: SchemePoint, on: date) -> None:
    if on > localdate():
        raise TransitionError("Ngày kết thúc chưa đến. Ghi ngày đã kết thúc.", "on")
    last = point.life_events.order_by("on").last()
    if last and on < last.on:
        raise TransitionError(f"Không được trước việc đã ghi: {last}.", "on")
    if point.begun_on and on < point.begun_on:
        raise TransitionError(
            f"Ngày kết thúc không được trước ngày bắt đầu ({vn_date(point.begun_on)}).", "on"
        )


def _save(point: SchemePoint, by: User) -> None:
    point.version += 1
    point.updated_by = by
    point.save(
        update_fields=[
            "ended_on",
            "end_asked_on",
            "end_reason",
            "merged_into",
            "version",
            "updated_by",
            "updated_at",
        ]
    )
