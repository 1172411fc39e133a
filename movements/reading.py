"""Many points, one after the other, for a file: what they have in common is read once."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice

from django.db.models import Prefetch, QuerySet

from antq.units.models import AdministrativeUnit, Organization, ResidentialArea
from movements.models import Scheme, SchemePoint

CHUNK = 2000
# Columns of a point that no file shows, and figures that stand in it as `shown_…`, too.
UNREAD = ("client_uuid", "search_key", "teams", "members", "households", "attributes", "qualifiers")


class _Shared:
    """The rows to which a foreign key of points leads, each as one object."""

    def __init__(self, field: str, rows: QuerySet):
        self._field, self._rows, self._found = field, rows, {None: None}

    def find(self, keys: Iterable) -> dict:
        if missing := set(keys) - set(self._found):
            self._found |= self._rows.in_bulk(missing)
        return self._found

    def give(self, points: list[SchemePoint]) -> None:
        found = self.find(getattr(point, f"{self._field}_id") for point in points)
        for point in points:
            point._state.fields_cache[self._field] = found[getattr(point, f"{self._field}_id")]


class _SharedAreas(_Shared):
    """The residential areas of points, as `prefetch_related` would leave them."""

    def give(self, points: list[SchemePoint]) -> None:
        links = SchemePoint.areas.through.objects.filter(schemepoint__in=points)
        links = list(links.values_list("schemepoint_id", "residentialarea_id"))
        found = self.find(area for _, area in links)
        of_point = defaultdict(list)
        for point, area in links:
            of_point[point].append(found[area])
        for point in points:
            point._prefetched_objects_cache = {self._field: of_point[point.pk]}


def in_turn(points: QuerySet, *also: Prefetch) -> Iterator[SchemePoint]:
    """The points of `for_lists`, with few of them in memory at a time.

    A point brings a scheme, its type, a unit and those above it: read with each point, they cost
    more than the point itself. also: what else is to be read of each.
    """
    shared = [
        _Shared("scheme", Scheme.objects.select_related("type")),
        _Shared("unit", AdministrativeUnit.objects.with_place()),
        _Shared("host", Organization.objects.all()),
        _SharedAreas("areas", ResidentialArea.objects.all()),
    ]
    points = points.select_related(None).prefetch_related(None).defer(*UNREAD)
    points = points.prefetch_related(*also)
    found = points.iterator(chunk_size=CHUNK)
    while chunk := list(islice(found, CHUNK)):
        for each in shared:
            each.give(chunk)
        yield from chunk
