"""A measure is a named number: the records behind it in a window, and how they add up.

Domain apps make instances at module level in their `measures.py`; dashboards, reports and lists
find them by code. The same queryset makes the number and the list behind it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import Enum

from django.contrib.postgres.aggregates import BitOr
from django.db.models import Count, Expression, Q, QuerySet
from django.db.models.aggregates import Aggregate
from django.urls import reverse

from antq.core.db import QualifierBit
from antq.reports.windows import Window


class Kind(Enum):
    STOCK = "stock"  # the value on the last day of a window
    FLOW = "flow"  # what happened within a window
    RATIO = "ratio"  # a share of something: of nothing it is "–", not 0


@dataclass(frozen=True, eq=False)
class Measure:
    """records(window) → the queryset behind the number, of a table scoped by unit.

    value: what the records add up to. unknown: how many of them have no value.
    where: narrows the records; measures over the same `records` share one query, whatever their
    `where`. narrow: the rows, of a table that records point to, of which the records are that a
    `where` leaves, where that is a small part of them; such measures are read apart.
    qualifier: a `QualifierBit`, where values have qualifiers.
    is_of_book: False where records do not show that a unit keeps the book: they wait to come into
    it, or stand outside of it.
    kept: records(window) whose presence shows that a unit keeps this book at all: without any,
    its cell is "–", not 0. list_view: address name of the list of the records.
    adds_up: whether the values of parts make the value of the whole (a distinct count does not).
    shown: makes the text of a cell from what `value` gives, where that is no number.
    """

    code: str
    label: str
    unit: str
    records: Callable[[Window], QuerySet]
    value: Aggregate | Expression
    kind: Kind = Kind.STOCK
    where: Q | None = None
    narrow: QuerySet | None = None
    unknown: Aggregate | None = None
    qualifier: QualifierBit | None = None
    is_of_book: bool = True
    kept: Callable[[Window], QuerySet] | None = None
    list_view: str = ""
    adds_up: bool = True
    shown: Callable[[object], str] | None = None
    explanation: str = ""

    def variant(self, **changes) -> "Measure":
        """Another number over the same or other records."""
        return replace(self, **changes)

    def behind(self, window: Window) -> QuerySet:
        """The records that make the number, before any scope."""
        records = self.records(window)
        return records if self.where is None else records.filter(self.where)

    def reading(self) -> tuple:
        """Measures with the same one are counted in one reading of the records."""
        return self.records, self.narrow is not None

    def aggregates(self) -> dict[str, Aggregate]:
        """`value`, `number` (of records) and `unknown` where there is one; narrowed by `where`."""
        found = {"value": self.value, "number": Count("pk")}
        if self.unknown is not None:
            found["unknown"] = self.unknown
        return {name: self._narrowed(aggregate) for name, aggregate in found.items()}

    def qualifiers(self) -> dict[str, Aggregate]:
        """`qualifiers` of the records that have any."""
        return {"qualifiers": self._narrowed(BitOr(self.qualifier))}

    def _narrowed(self, aggregate: Aggregate) -> Aggregate:
        if self.where is None:
            return aggregate
        aggregate = aggregate.copy()
        aggregate.filter = self.where if aggregate.filter is None else aggregate.filter & self.where
        return aggregate

    @property
    def list_page(self) -> str:
        """The address of the records behind this number, to which `Scope.query` is added."""
        return f"{reverse(self.list_view)}?measure={self.code}&" if self.list_view else ""


@dataclass(frozen=True, eq=False)
class MeasureProvider:
    """Measures that are made from rows of a table rather than written one by one.

    prefix: how their codes begin. find(code without prefix) → Measure or None.
    every() → all of them.
    """

    prefix: str
    find: Callable[[str], Measure | None]
    every: Callable[[], Iterable[Measure]]
