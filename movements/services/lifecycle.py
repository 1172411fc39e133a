"""The life of a point: the one way in which a step of it is written; see `stages` for which may."""

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from antq.accounts.models import User
from antq.core.dates import PartialDay, vn_date
from antq.core.permissions import Permission
from antq.review.choices import Status
from antq.review.services import TransitionError, check_version, move_to, note
from movements.choices import PREPARING, EventKind
from movements.models import LifecycleEvent, SchemePoint
from movements.services import points as services
from movements.services.entry import Entry, enter_point
from movements.services.places import home_of, units_then
from movements.services.stages import FIRST_STEPS, STEPS, check_day, check_order, check_step

SAVED = [
    "stage",
    "unit",
    "launched_on",
    "launched_precision",
    "seen_on",
    "checked_on",
    "version",
    "updated_by",
]


@dataclass(frozen=True)
class Decision:
    """The paper that ordered a step."""

    decision_number: str = ""
    decision_on: date | None = None
    decision_by: str = ""


@transaction.atomic
def ask_merge(
    point: SchemePoint,
    into: SchemePoint,
    on: date,
    reason: str,
    by: User,
    version: int | None = None,
) -> None:
    """Ask that a point end on a day and live on as another; the leader confirms as any end."""
    # In one order, so that two merges at once cannot wait for each other.
    pks = sorted([point.pk, into.pk])
    mine = SchemePoint.objects.allowing(by, Permission.RECORD_EDIT).order_by("pk")
    found = {each.pk: each for each in mine.filter(pk__in=pks).select_for_update(of=("self",))}
    target = found.get(into.pk)
    if target is None:
        raise TransitionError("Tài khoản không có quyền với điểm nhận.", "into")
    if target.pk == point.pk:
        raise TransitionError("Chọn một điểm khác để gộp vào.", "into")
    if target.status != Status.CONFIRMED or target.ended_on or target.end_asked_on:
        raise TransitionError("Điểm nhận phải đã duyệt và đang hoạt động.", "into")
    if target.stage in PREPARING:
        raise TransitionError("Điểm nhận chưa ra mắt. Chọn một điểm đang hoạt động.", "into")
    services.ask_end(point, on=on, reason=reason, by=by, version=version, into=target)


@transaction.atomic
def prepare_point(
    point: SchemePoint,
    entry: Entry,
    *,
    kind: EventKind,
    on: PartialDay,
    by: User,
) -> None:
    """Enter a point that does not run yet, with its first step; it counts nowhere until launched.

    The decision that the point carries is the paper of the step.
    """
    check_day(on, kind)
    point.stage = FIRST_STEPS[kind]
    enter_point(point, entry, by=by)
    paper = {name: getattr(point, name) for name in asdict(Decision())}
    _write(point, kind, on, by, **paper)


def record_event(
    point: SchemePoint,
    kind: EventKind,
    on: PartialDay,
    *,
    by: User,
    decision: Decision | None = None,
    note_text: str = "",
    version: int | None = None,
    client_uuid: UUID | None = None,
) -> LifecycleEvent:
    """Write a step in the life of a point: the event, what it changes of the point, the trail.

    A launch makes a new point: it waits for the leader, unless `by` is one. The same form sent
    twice makes one event. Raises TransitionError where the step or its day is not legal.
    """
    with transaction.atomic():
        fresh = services.locked(point, by, Permission.RECORD_EDIT)
        if twin := _twin(fresh, client_uuid):
            return twin
        check_version(fresh, version)
        check_step(fresh, kind)
        check_day(on, kind)
        check_order(fresh, kind, on)
        paper = asdict(decision or Decision()) | {"note": note_text}
        if _is_free(client_uuid):
            paper["client_uuid"] = client_uuid
        event = _write(fresh, kind, on, by, **paper)
        _apply(fresh, kind, on)
        save_life(fresh, by)
        note(fresh, action=action_of(event), by=by, reason=_said(event))
        if kind == EventKind.LAUNCH:
            _wait_for_leader(fresh, by)
        point.refresh_from_db()
        return event


def _twin(point: SchemePoint, client_uuid: UUID | None) -> LifecycleEvent | None:
    return client_uuid and point.life_events.filter(client_uuid=client_uuid).first()


def _is_free(client_uuid: UUID | None) -> bool:
    return bool(client_uuid) and not LifecycleEvent.objects.filter(client_uuid=client_uuid).exists()


def _write(point: SchemePoint, kind, on: PartialDay, by: User, **values) -> LifecycleEvent:
    return LifecycleEvent.objects.create(
        point=point,
        kind=kind,
        on=on.day,
        precision=on.precision,
        created_by=by,
        updated_by=by,
        **values,
    )


def _apply(point: SchemePoint, kind: EventKind, on: PartialDay) -> None:
    point.stage = STEPS[point.stage][kind]
    if kind == EventKind.LAUNCH:
        point.unit = _unit_on(point, on)
        services.follow_unit(point)
        point.launched_on, point.launched_precision = on.day, on.precision
    if kind == EventKind.RESUMPTION:
        set_until(point, on.day - timedelta(days=1))
    point.checked_on = max(on.day, point.checked_on or on.day)


def set_until(point: SchemePoint, until: date | None, ended_on: date | None = None) -> None:
    spans = point.life_events.filter(kind=EventKind.SUSPENSION, until=ended_on)
    spans.update(until=until)


def _unit_on(point: SchemePoint, on: PartialDay):
    """The unit of the day of the launch: the steps before it may lie in the time of another."""
    if point.unit.is_valid_on(on.day):
        return point.unit
    home = home_of(point.unit)
    found = units_then(home, on.day, on.day)
    if len(found) != 1:
        raise TransitionError(
            f"Ngày này {home.name} chưa thành lập, hoặc thuộc nhiều xã khi đó. Xem lại ngày; nếu "
            "đúng, nhập điểm bằng biểu “Thêm điểm”.",
            "on",
        )
    return found[0]


def save_life(point: SchemePoint, by: User) -> None:
    point.version += 1
    point.updated_by = by
    try:
        with transaction.atomic():
            point.save(update_fields=[*SAVED, "updated_at"])
    except IntegrityError as error:  # its unit is that of the day of its launch
        raise TransitionError(
            f"{point.unit.name} đã có điểm này: cùng mô hình, cùng địa bàn. Xem lại ngày, hoặc mở "
            "điểm đã có để cập nhật."
        ) from error


def _wait_for_leader(point: SchemePoint, by: User) -> None:
    """A launched point is a new one: confirmed at once by who may, else it waits."""
    may_confirm = SchemePoint.objects.allowing(by, Permission.RECORD_CONFIRM)
    confirms = may_confirm.filter(pk=point.pk).exists()
    if confirms and point.status == Status.WAITING:
        move_to(Status.CONFIRMED, record=point, by=by)
    elif not confirms and point.status == Status.CONFIRMED:
        move_to(Status.WAITING, record=point, by=by)


def action_of(event: LifecycleEvent) -> str:
    text = f"{event.get_kind_display()}, {vn_date(event.on, event.precision)}"
    return text[:1].upper() + text[1:]


def _said(event: LifecycleEvent) -> str:
    """The paper and the note, in one line of the trail."""
    paper = event.decision_number and f"Văn bản số {event.decision_number}"
    if event.decision_on:
        paper = f"{paper or 'Văn bản'}, ngày {vn_date(event.decision_on)}"
    parts = [paper, event.decision_by, event.note]
    return "; ".join(part for part in parts if part)[:500]
