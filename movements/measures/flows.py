"""What happened to points within a window; how they were graded, and what was recognised."""

from datetime import timedelta

from django.db.models import (
    BooleanField,
    Count,
    ExpressionWrapper,
    F,
    FilteredRelation,
    Q,
)

from antq.reports.measures import Kind, Measure
from antq.reports.windows import Window
from movements.choices import EventKind, RecognitionKind, RecognitionLevel
from movements.measures.stocks import SCHEMES, active, active_points, kept
from movements.models import Grade, LifecycleEvent, Recognition, SchemePoint

# Start + begun − gone = end, whatever the history: a suspended point stays in the book, and so in
# both stocks. How many of the end are suspended stands beside it; the rest are `active_points`.


def book(window: Window):
    """All confirmed points begun by the last day, with what each was within the window.

    `was_standing`: on the day before it; `has_begun`: the first known day lies in it; `is_gone`:
    it stood on the day before a day of the window, and not on it; `is_standing`, `is_suspended`:
    on the last day; `is_consolidated`: within it. One reading of the book answers all of them.
    """
    before = window.first - timedelta(days=1)
    consolidations = LifecycleEvent.objects.filter(
        kind=EventKind.CONSOLIDATION, on__gte=window.first, on__lte=window.end
    )
    suspended = SchemePoint.objects.suspended_on(window.end)
    standing = Q(ended_on=None) | Q(ended_on__gte=window.end)
    found = {
        "was_standing": Q(begun__lte=before) & (Q(ended_on=None) | Q(ended_on__gte=before)),
        "has_begun": Q(begun__gte=window.first),
        # What was given up before its launch never counted, and so is not gone.
        "is_gone": Q(ended_on__gte=before, ended_on__lt=window.end),
        "is_standing": standing,
        "is_suspended": standing & Q(pk__in=suspended.values("pk")),
        "is_consolidated": Q(pk__in=consolidations.values("point")),
    }
    points = SchemePoint.objects.confirmed().begun_by(window.end)
    return points.alias(
        **{name: ExpressionWrapper(which, BooleanField()) for name, which in found.items()}
    )


def graded(window: Window):
    """Active points with `slot`: where the grade of the window's year stands in a report."""
    of_year = FilteredRelation("evaluations", condition=Q(evaluations__year=window.end.year))
    # A point has one a year, so that the join adds no rows.
    return active(window).alias(judged=of_year).alias(slot=F("judged__grade__slot"))


_STANDING = "Mọi điểm đã ra mắt và chưa kết thúc, gồm cả điểm đang tạm dừng."


def _of_book(code: str, label: str, *which: Q, **more) -> Measure:
    where = SCHEMES & Q(*which)
    return active_points.variant(code=code, label=label, records=book, where=where, **more)


points_at_start = _of_book(
    "points.start",
    "Số điểm đầu kỳ, gồm điểm tạm dừng",
    Q(was_standing=True),
    explanation=_STANDING,
)
points_at_end = _of_book(
    "points.end",
    "Số điểm cuối kỳ, gồm điểm tạm dừng",
    Q(is_standing=True),
    explanation=_STANDING,
)
points_suspended = _of_book(
    "points.suspended",
    "Số điểm đang tạm dừng",
    Q(is_suspended=True),
    explanation="Điểm tạm dừng vào ngày cuối kỳ: còn trong sổ, không tính là đang hoạt động.",
)
points_built = _of_book(
    "points.built",
    "Số điểm xây dựng mới",
    Q(has_begun=True, replicated_from=None),
    kind=Kind.FLOW,
)
points_replicated = _of_book(
    "points.replicated",
    "Số điểm nhân rộng",
    Q(has_begun=True, replicated_from__isnull=False),
    kind=Kind.FLOW,
)
points_consolidated = _of_book(
    "points.consolidated",
    "Số điểm củng cố, kiện toàn",
    Q(is_consolidated=True),
    kind=Kind.FLOW,
)
points_gone = _of_book(
    "points.gone", "Số điểm giải thể, thanh loại", Q(is_gone=True), kind=Kind.FLOW
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
        is_of_book=False,
        kept=kept,
        list_view="movements:recognition-list",
    )


examples_of_commune = _examples(RecognitionLevel.COMMUNE)
examples_of_province = _examples(RecognitionLevel.PROVINCE)
examples_of_ministry = _examples(RecognitionLevel.MINISTRY)
