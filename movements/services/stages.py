"""Which step may follow on which in the life of a point, and on which day."""

from django.utils.timezone import localdate

from antq.core.dates import PartialDay, Precision, vn_date
from antq.review.choices import Status
from antq.review.services import TransitionError
from movements.choices import PREPARING, EventKind, Stage
from movements.models import LifecycleEvent, SchemePoint

# At each stage: the steps that may be taken, and the stage to which each leads. The end of a point
# is asked for and confirmed (`services.points.ask_end`), and leaves the stage as it was.
STEPS = {
    Stage.SURVEY: {
        EventKind.SURVEY: Stage.SURVEY,
        EventKind.PROPOSAL: Stage.PROPOSED,
        EventKind.BUILDING: Stage.BUILDING,
        EventKind.LAUNCH: Stage.RUNNING,
    },
    Stage.PROPOSED: {
        EventKind.PROPOSAL: Stage.PROPOSED,
        EventKind.BUILDING: Stage.BUILDING,
        EventKind.LAUNCH: Stage.RUNNING,
    },
    Stage.BUILDING: {
        EventKind.BUILDING: Stage.BUILDING,
        EventKind.LAUNCH: Stage.RUNNING,
    },
    Stage.RUNNING: {
        EventKind.REVIEW: Stage.RUNNING,
        EventKind.CONSOLIDATION: Stage.RUNNING,
        EventKind.TRANSFER: Stage.RUNNING,
        EventKind.SUSPENSION: Stage.SUSPENDED,
    },
    Stage.SUSPENDED: {
        EventKind.CONSOLIDATION: Stage.SUSPENDED,
        EventKind.TRANSFER: Stage.SUSPENDED,
        EventKind.RESUMPTION: Stage.RUNNING,
    },
}
# With which step a point that does not run yet may enter the book.
FIRST_STEPS = {
    EventKind.SURVEY: Stage.SURVEY,
    EventKind.PROPOSAL: Stage.PROPOSED,
    EventKind.BUILDING: Stage.BUILDING,
}
# Whether a point counts on a day hangs on these, so they are known to the day.
TO_THE_DAY = (EventKind.SUSPENSION, EventKind.RESUMPTION)


def last_event(point: SchemePoint) -> LifecycleEvent | None:
    return point.life_events.order_by("pk").last()


def check_step(point: SchemePoint, kind: EventKind) -> None:
    if point.ended_on or point.end_asked_on:
        raise TransitionError("Điểm đã kết thúc, hoặc đang chờ duyệt kết thúc: không ghi thêm.")
    prepares = point.stage in PREPARING and point.status == Status.WAITING
    if point.status != Status.CONFIRMED and not prepares:
        raise TransitionError("Điểm chưa được duyệt. Ghi việc này sau khi lãnh đạo duyệt.")
    if kind not in STEPS[point.stage]:
        raise TransitionError(
            f"Điểm đang ở giai đoạn “{point.get_stage_display()}”: không ghi được việc "
            f"“{EventKind(kind).label}”.",
            "kind",
        )


def check_day(on: PartialDay, kind: EventKind) -> None:
    if on.day > localdate():
        raise TransitionError("Ngày này chưa đến. Ghi sau khi việc đã diễn ra.", "on")
    if kind in TO_THE_DAY and on.precision != Precision.DAY:
        raise TransitionError(
            "Ghi đủ ngày/tháng/năm: những ngày tạm dừng thì điểm không được tính.", "on"
        )


def check_order(point: SchemePoint, kind: EventKind, on: PartialDay) -> None:
    begun, type_of = point.begun_on, point.scheme.type
    if kind == EventKind.LAUNCH and (found := type_of.outside(on.day, on.last)):
        raise TransitionError(f"{found} Xem lại ngày.", "on")
    if begun and on.day < begun:
        raise TransitionError(
            f"Không được trước ngày điểm bắt đầu ({point.launched_text}). Ghi đủ ngày nếu chỉ ghi "
            "tháng hoặc năm.",
            "on",
        )
    before = last_event(point)
    if before is None:
        return
    if kind == EventKind.RESUMPTION:
        before = point.life_events.filter(kind=EventKind.SUSPENSION, until=None).get()
        if on.day <= before.on:
            raise TransitionError(
                f"Phải sau ngày tạm dừng ({vn_date(before.on)}): đó là ngày đầu tiên hoạt động "
                "trở lại.",
                "on",
            )
        before = last_event(point)
    if on.day < before.on:
        raise TransitionError(
            f"Trước đó đã ghi: {before}. Ghi từ ngày đó trở đi; chỉ biết tháng, năm thì ghi đủ "
            "ngày.",
            "on",
        )
