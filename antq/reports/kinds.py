"""How many records of several kinds there are: one query, in which no record is read twice."""

from collections.abc import Iterable, Sequence

from django.db.models import Count, F, IntegerField, Q, QuerySet, Value

from antq.reports.readings import GROUP, rows_around

# Records, and by the name of a kind which of them are of it.
Reading = tuple[QuerySet, dict[str, Q]]


def kinds(readings: Sequence[Reading], **groups: F) -> QuerySet:
    """A dict for each reading, or for each group of it: {kind: how many}; 0 for other readings."""
    nothing = {name: Value(0, IntegerField()) for _, wheres in readings for name in wheres}
    parts = []
    for records, wheres in readings:
        counted = {
            name: Count("pk", filter=where) if where else Count("pk")
            for name, where in wheres.items()
        }
        # Every reading names its columns in the same order.
        columns = {name: counted.get(name, zero) for name, zero in nothing.items()}
        found = records.order_by().values(**(groups or {"all": Value(1)}))
        parts.append(found.annotate(**columns).values(*groups, *columns))
    first, *others = parts
    return first.union(*others, all=True) if others else first


def kinds_by_unit(readings: Sequence[Reading], ids: Iterable[int], day) -> Iterable[dict]:
    """{GROUP: unit, kind: how many records of it count under that unit}, in one query."""
    sums = (f'sum("{name}") as "{name}"' for _, wheres in readings for name in wheres)
    return rows_around(
        kinds(readings, place=F("unit_id")),
        # Materialized: what the readings cost must not hide what the join costs from the planner.
        "with part as materialized ({parts})"
        " select link.ancestor_id as grouped_by, {sums} from part"
        " join units_unitlink link on link.descendant_id = part.place"
        " and link.ancestor_id = any(%s) and link.valid_from <= %s and link.valid_to >= %s"
        " group by link.ancestor_id",
        sums=", ".join(sums),
        after=[list(ids), day, day],
    )


__all__ = ["GROUP", "Reading", "kinds", "kinds_by_unit"]
