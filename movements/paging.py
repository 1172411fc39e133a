"""A page of a long list of points in the order of names, without sorting the whole list."""

from itertools import groupby

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.utils.functional import cached_property

from movements.models import Scheme


class InNameOrder:
    """The keys of points by their schemes' names, then as they were entered, for a `Paginator`.

    The points are read once, to be counted for each name: that says how many there are and which
    names stand on a page. Only the points of those names are then sorted.
    """

    def __init__(self, points: QuerySet):
        self.points = points.order_by()

    @cached_property
    def _names(self) -> list[tuple[list[int], int]]:
        """(schemes of one name, how many points they have), in order."""
        sort_key = Scheme.objects.filter(pk=OuterRef("scheme")).order_by().values("sort_key")
        counted = self.points.values("scheme").annotate(number=Count("pk"))
        counted = counted.annotate(name=Subquery(sort_key)).order_by("name")
        lines = counted.values_list("name", "scheme", "number")
        return [
            ([scheme for _, scheme, _ in same], sum(number for *_, number in same))
            for same in (list(group) for _, group in groupby(lines, key=lambda line: line[0]))
        ]

    def count(self) -> int:
        return sum(number for _, number in self._names)

    __len__ = count

    def __getitem__(self, part: slice) -> list[int]:
        schemes, before, passed = [], 0, 0
        for same, number in self._names:
            if passed >= part.stop:
                break
            if passed + number <= part.start:
                before += number
            else:
                schemes += same
            passed += number
        found = self.points.filter(scheme__in=schemes).order_by("scheme__sort_key", "pk")
        keys = found.values_list("pk", flat=True)
        return list(keys[part.start - before : part.stop - before])
