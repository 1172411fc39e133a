"""The number of points on several days, in one reading of the register."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date
from itertools import accumulate

from django.db.models import Count, DateField, F, Q, QuerySet, Sum
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce, Greatest, Least

from antq.core.numbers import Quantity
from antq.reports.counting import seen_under
from antq.reports.readings import beside, rows_around
from antq.reports.windows import Map, Scope
from antq.review.choices import Status
from movements.choices import EventKind
from movements.models import LifecycleEvent, Scheme, SchemePoint


def points_on(days: Sequence[date], scope: Scope, user) -> list[Quantity]:
    """Points of schemes that run on each of `days` (ascending) under scope.unit.

    On the map of today, or of a day that the unit's life forced on us, all days are counted on
    that map; otherwise each on its own. What `measures.active_points` says of one day. Two
    queries, whatever the number of days.
    """
    # A list of names that is looked up, and not two tables to which each point is joined.
    schemes = Scheme.objects.filter(type__counts_as_scheme=True)
    points = SchemePoint.objects.confirmed().begun_by(days[-1]).filter(scheme__in=schemes)
    running = seen_under(points, scope, user).annotate(first=F("begun"), last=F("ended_on"))
    pauses = LifecycleEvent.objects.filter(
        kind=EventKind.SUSPENSION,
        point__status=Status.CONFIRMED,
        point__scheme__in=schemes,
    )
    begun = Greatest("on", Coalesce("point__launched_on", "point__seen_on"))
    ended = Least("until", "point__ended_on")
    paused = seen_under(pauses, scope, user).annotate(first=begun, last=ended)
    known, unknown = [0] * (len(days) + 1), [0] * (len(days) + 1)
    # A suspended point does not run: its days are taken off again.
    for sign, spans, count in [(1, running, "count"), (-1, paused, "point__count")]:
        for span in _spans(spans, scope, count):
            first = bisect_left(days, max(span["first"], span["since"]))
            last = bisect_right(days, min(span["last"] or date.max, span["up_to"]))
            if first < last:  # where the sums begin to hold, and where no longer
                known[first] += sign * span["known"]
                known[last] -= sign * span["known"]
                unknown[first] += sign * span["unknown"]
                unknown[last] -= sign * span["unknown"]
    # A known number of points is never 0: where nothing adds up, all of them are unknown.
    return [
        Quantity(None if more and not value else value, unknown=more)
        for value, more, _ in zip(accumulate(known), accumulate(unknown), days, strict=False)
    ]


def _spans(rows: QuerySet, scope: Scope, count: str) -> list[dict]:
    """Sums of the rows with the same days, and from when until when their place lay there."""
    own_map = scope.map == Map.THEN and not scope.notice
    rows = (
        beside(rows, "lay", _LAY)
        .annotate(since=_SINCE, up_to=_UNTIL)
        .values("first", "last", "since", "up_to")
    )
    rows = rows.annotate(
        known=Coalesce(Sum(count), 0), unknown=Count("pk", filter=Q(**{count: None}))
    )
    return rows_around(
        rows.order_by(),
        "select * from (with lay as not materialized ({links}) {parts}) as part",
        links=_ON_ITS_DAY if own_map else _ON_ONE_DAY,
        before=[scope.unit.pk] if own_map else [scope.unit.pk, scope.map_day, scope.map_day],
    )


# Where the unit of a point lay under the unit asked for, as a table beside the points.
_LAY = 'lay.descendant_id = "movements_schemepoint"."unit_id"'
_SINCE, _UNTIL = RawSQL("lay.since", [], DateField()), RawSQL("lay.up_to", [], DateField())
_ON_ITS_DAY = (
    "select descendant_id, valid_from as since, valid_to as up_to"
    " from units_unitlink where ancestor_id = %s"
)
_ON_ONE_DAY = (
    "select descendant_id, date '0001-01-01' as since, date '9999-12-31' as up_to"
    " from units_unitlink where ancestor_id = %s and valid_from <= %s and valid_to >= %s"
)
