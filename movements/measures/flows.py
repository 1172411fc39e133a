"""What happened to points within a window; how they were graded, and what was recognised."""

from datetime import date, timedelta

from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    FilteredRelation,
    OuterRef,
    Q,
)

from antq.reports.measures import Kind, Measure
from antq.reports.windows import Window
from movements.choices import EventKind, RecognitionKind, RecognitionLevel
from movements.measures.stocks import SCHEMES, active, active_points, kept
from movements.models import Grade, LifecycleEvent, Recognition, SchemePoint

# Start + begun − gone = end, whatever the history: a suspended point stays in the book, and so in
# both stocks. How many of the end are suspended stands beside it; the rest are `active_points`.


def _standing(day: date):
    """Confirmed points that had begun and not ended; suspended ones among them."""
    return SchemePoint.objects.confirmed().begun_by(day).exclude(ended_on__lt=day)


def at_start(window: Window):
    """What stood on the day before the window."""
    return _standing(window.first - timedelta(days=1))


def at_end(window: Window):
    """What stands on the last day; `is_suspended`: whether it is suspended then."""
    suspended = Q(pk__in=SchemePoint.objects.suspended_on(window.end).values("pk"))
    is_suspended = ExpressionWrapper(suspended, BooleanField())
    return _standing(window.end).alias(is_suspended=is_suspended)


def begun(window: Window):
    """Confirmed points whose first known day lies in the window."""
    return SchemePoint.objects.confirmed().begun_by(window.end).filter(begun__gte=window.first)


def gone(window: Window):
    """Confirmed points that stood on the day before a day of the window, and not on it."""
    last = {"ended_on__gte": window.first - timedelta(days=1), "ended_on__lt": window.end}
    # What was given up before its launch never counted, and so is not gone.
    return SchemePoint.objects.confirmed().begun_by(window.end).filter(**last)


def consolidated(window: Window):
    events = LifecycleEvent.objects.filter(
        point=OuterRef("pk"),
        kind=EventKind.CONSOLIDATION,
        on__gte=window.first,
        on__lte=window.end,
    )
    return SchemePoint.objects.confirmed().begun_by(window.end).filter(Exists(events))


def graded(window: Window):
    """Active points with `slot`: where the grade of the window's year stands in a report."""
    of_year = FilteredRelation("evaluations", condition=Q(evaluations__year=window.end.year))
    # A point has one a year, so that the join adds no rows.
    return active(window).alias(judged=of_year).alias(slot=F("judged__grade__slot"))


_STANDING = "Mọi điểm đã ra mắt và chưa kết thúc, gồm cả điểm đang tạm dừng."
points_at_start = active_points.variant(
    code="points.start",
    label="Số điểm đầu kỳ, gồm điểm tạm dừng",
    records=at_start,
    explanation=_STANDING,
)
points_at_end = active_points.variant(
    code="points.end",
    label="Số điểm cuối kỳ, gồm điểm tạm dừng",
    records=at_end,
    explanation=_STANDING,
)
points_suspended = active_points.variant(
    code="points.suspended",
    label="Số điểm đang tạm dừng",
    records=at_end,
    where=SCHEMES & Q(is_suspended=True),
    explanation="Điểm tạm dừng vào ngày cuối kỳ: còn trong sổ, không tính là đang hoạt động.",
)
_happened = active_points.variant(kind=Kind.FLOW)
points_built = _happened.variant(
    code="points.built",
    label="Số điểm xây dựng mới",
    records=begun,
    where=SCHEMES & Q(replicated_from=None),
)
points_replicated = _happened.variant(
    code="points.replicated",
    label="Số điểm nhân rộng",
    records=begun,
    where=SCHEMES & Q(replicated_from__isnull=False),
)
points_consolidated = _happened.variant(
    code="points.consolidated", label="Số điểm củng cố, kiện toàn", records=consolidated
)
points_gone = _happened.variant(
    code="points.gone", label="Số điểm giải thể, thanh loại", records=gone
)


def _graded(slot: str) -> Measure:
    return active_points.variant(
        code=f"points.graded.{slot}",
        label=f"Số điểm xếp loại {Grade.Slot(slot).label}",
        records=graded,
        where=SCHEMES & Q(slot=slot),
    )


graded_good = _graded(Grade.Slot.GOOD)
graded_fair = _graded(Grade.Slot.FAIR)
graded_average = _graded(Grade.Slot.AVERAGE)
graded_weak = _graded(Grade.Slot.WEAK)
graded_none = _graded(Grade.Slot.UNGRADED)


def examples(window: Window):
    """Điển hình tiên tiến: recognitions of schemes, points and units, whose day is not later."""
    found = Recognition.objects.filter(kind=RecognitionKind.EXAMPLE)
    return found.filter(Q(on=None) | Q(on__lte=window.end))


def _examples(level: RecognitionLevel) -> Measure:
    return Measure(
        code=f"examples.{level.value}",
        label=f"Số điển hình tiên tiến {level.label}",
        unit="điển hình",
        records=examples,
        where=Q(level=level),
        value=Count("pk"),
        kept=kept,
        list_view="movements:recognition-list",
    )


examples_of_commune = _examples(RecognitionLevel.COMMUNE)
examples_of_province = _examples(RecognitionLevel.PROVINCE)
examples_of_ministry = _examples(RecognitionLevel.MINISTRY)
