"""The number of points on several days, in one reading of the register."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    Count,
    DateField,
    F,
    Func,
    IntegerField,
    Q,
    QuerySet,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce, Greatest, Least

from antq.core.numbers import Quantity
from antq.reports.counting import seen_under
from antq.reports.windows import Map, Scope
from antq.review.choices import Status
from movements.choices import EventKind
from movements.measures.stocks import SCHEMES
from movements.models import LifecycleEvent, SchemePoint

DAYS = DateField()
NEVER = Value(date.max, DAYS)


def points_on(days: Sequence[date], scope: Scope, user) -> list[Quantity]:
    """Points of schemes that run on each of `days` (ascending) under scope.unit.

    On the map of today, or of a day that the unit's life forced on us, all days are counted on
    that map; otherwise each on its own. What `measures.active_points` says of one day. Two
    queries, whatever the number of days.
    """
    own_map = scope.map == Map.THEN and not scope.notice
    points = SchemePoint.objects.confirmed().filter(SCHEMES).begun_by(days[-1])
    points = seen_under(points, scope, user)
    first, last = F("begun"), Coalesce("ended_on", NEVER)
    running = _spans(points, "unit", first, last, days, scope, own_map).values("reached", "left")
    counted = running.annotate(
        known=Coalesce(Sum("count"), 0), unknown=Count("pk", filter=Q(count=None))
    )
    # A suspended point does not run: its days are taken off again.
    pauses = seen_under(LifecycleEvent.objects, scope, user).filter(
        kind=EventKind.SUSPENSION,
        point__status=Status.CONFIRMED,
        point__scheme__type__counts_as_scheme=True,
    )
    begun = Coalesce("point__launched_on", "point__seen_on")
    first = Greatest("on", begun)
    last = Least(
        Coalesce("until", NEVER),
        Coalesce("point__ended_on", NEVER),
    )
    paused = _spans(pauses, "point__unit", first, last, days, scope, own_map)
    taken = paused.values("reached", "left").annotate(
        known=-Coalesce(Sum("point__count"), 0),
        unknown=-Count("pk", filter=Q(point__count=None)),
    )
    return _added([*counted.order_by(), *taken.order_by()], len(days))


def _spans(rows: QuerySet, unit: str, first, last, days, scope: Scope, own_map: bool) -> QuerySet:
    """Each row with the days that it covers: from number `reached` to before number `left`."""
    links, day = f"{unit}__uplinks", scope.map_day
    under = {f"{links}__ancestor": scope.unit}
    if not own_map:  # in one filter: a second one would join all links again
        under |= {f"{links}__valid_from__lte": day, f"{links}__valid_to__gte": day}
    rows = rows.filter(**under)
    if own_map:
        first = Greatest(first, F(f"{links}__valid_from"))
        last = Least(last, F(f"{links}__valid_to"))
    after = [day + timedelta(days=1) for day in days]
    return rows.annotate(reached=_reached(first, after), left=_reached(last, days))


def _reached(day, days: Sequence[date]) -> Func:
    """How many of `days` are on or before `day`."""
    listed = Value(list(days), ArrayField(DAYS))
    return Func(day, listed, function="width_bucket", output_field=IntegerField())


def _added(spans: list[dict], length: int) -> list[Quantity]:
    known, unknown = [0] * length, [0] * length
    for span in spans:
        for at in range(span["reached"], span["left"]):
            known[at] += span["known"]
            unknown[at] += span["unknown"]
    # A known number of points is never 0: where nothing adds up, all of them are unknown.
    return [
        Quantity(None if more and not value else value, unknown=more)
        for value, more in zip(known, unknown, strict=True)
    ]
