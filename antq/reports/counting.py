"""How measures are counted: in few readings of the records, however many units are above them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import reduce
from operator import or_

from django.contrib.postgres.aggregates import BitOr
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, F, Max, QuerySet, Sum, Value

from antq.core.numbers import Qualifier, Quantity, weakest
from antq.core.permissions import Permission
from antq.reports.measures import Kind, Measure
from antq.reports.windows import Scope
from antq.units.models import UnitLink

# The name of the column by which records are grouped: a unit, or a value of a field.
GROUP = "grouped_by"
# How an aggregate over the records of a place becomes one over those of a unit above it.
_FOLDS = {Sum: "sum", Count: "sum", BitOr: "bit_or", Max: "max"}
Split = Callable[[QuerySet, dict], Iterable[dict]]


def within(records: QuerySet, scope: Scope, user) -> QuerySet:
    """The records that the user may see and that count under scope.unit, once each."""
    links = UnitLink.objects.valid_on(scope.map_day).filter(ancestor=scope.unit)
    return seen_under(records.filter(unit__in=links.values("descendant")), scope, user)


def seen_under(records: QuerySet, scope: Scope, user) -> QuerySet:
    """Of records that count, on any day, under scope.unit: those that the user may see.

    What counts under a unit of the user's own is visible to him: no need to ask each record.
    """
    if scope.unit.pk in user.unit_ids(Permission.RECORD_VIEW):
        return records
    return records.visible_to(user)


def figures(measures: Sequence[Measure], scope: Scope, user, split: Split, *, key) -> dict:
    """{group: {measure code: quantity}}; measures with the same `key` share a reading.

    split(records, aggregates) → a dict for each group, with the group under GROUP.
    """
    found: dict[int, dict[str, Quantity]] = defaultdict(dict)
    for sharing in _sharing(measures, key):
        records = _records(sharing, scope, user)
        for line in split(records, _named(sharing, Measure.aggregates)):
            for number, measure in enumerate(sharing):
                read = _text if measure.shown else _quantity
                found[line[GROUP]][measure.code] = read(measure, number, line)
    qualified = [measure for measure in measures if measure.qualifier is not None]
    for sharing in _sharing(qualified, lambda measure: measure.records):
        # Few records have a qualifier: the others need not be read again, and their JSON not once.
        records = _records(sharing, scope, user).filter(sharing[0].qualifier.is_present)
        for line in split(records, _named(sharing, Measure.qualifiers)):
            for number, measure in enumerate(sharing):
                _qualify(found[line[GROUP]], measure.code, line[f"qualifiers{number}"])
    return found


def _sharing(measures: Sequence[Measure], key) -> list[list[Measure]]:
    groups: dict[object, list[Measure]] = {}
    for measure in measures:
        groups.setdefault(key(measure), []).append(measure)
    return list(groups.values())


def _records(sharing: Sequence[Measure], scope: Scope, user) -> QuerySet:
    """What these measures are taken from: only what one of them counts, where all are narrow."""
    records = within(sharing[0].records(scope.window), scope, user)
    wheres = [measure.where for measure in sharing if measure.is_narrow and measure.where]
    return records.filter(reduce(or_, wheres)) if len(wheres) == len(sharing) else records


def _named(sharing: Sequence[Measure], of: Callable[[Measure], dict]) -> dict:
    return {
        f"{name}{number}": aggregate
        for number, measure in enumerate(sharing)
        for name, aggregate in of(measure).items()
    }


def by_unit(records: QuerySet, aggregates: dict, ids: Iterable[int], day) -> Iterable[dict]:
    """A dict for each unit of `ids` under which records count that day.

    A record counts under several of them. What adds up is counted once for each place, and then
    folded along the links: one reading of the records, however many units are above.
    """
    counted, *_ = aggregates.values()
    if _is_distinct(counted):
        return _distinct_by_unit(records, counted, ids, day)
    folds = {name: _FOLDS.get(type(each)) for name, each in aggregates.items()}
    if None in folds.values():  # a list or a ratio: its parts do not make the whole
        joined = records.filter(
            unit__uplinks__ancestor__in=ids,
            unit__uplinks__valid_from__lte=day,
            unit__uplinks__valid_to__gte=day,
        ).values(**{GROUP: F("unit__uplinks__ancestor")})
        return joined.annotate(**aggregates).order_by()
    places = records.values(place=F("unit_id")).annotate(**aggregates).order_by()
    columns = ", ".join(f"{fold}({name}) as {name}" for name, fold in folds.items())
    links, values = _links(ids, day)
    return _rows(
        places,
        "select link.ancestor_id as grouped_by, {columns} from ({parts}) as part {links}"
        " group by link.ancestor_id",
        columns=columns,
        links=links,
        values=values,
    )


def _distinct_by_unit(records: QuerySet, counted: Count, ids, day) -> Iterable[dict]:
    """Different values are found for each place, and counted once for each unit above."""
    if counted.filter is not None:
        records = records.filter(counted.filter)
    places = records.values(place=F("unit_id"), named=_source(counted)).order_by().distinct()
    links, values = _links(ids, day)
    return _rows(
        places,
        "select grouped_by, count(*) as value0, count(*) as number0 from (select distinct"
        " link.ancestor_id as grouped_by, named from ({parts}) as part {links}) as pair"
        " group by grouped_by",
        links=links,
        values=values,
    )


def kinds_by_unit(kinds: dict[str, QuerySet], ids: Iterable[int], day) -> Iterable[dict]:
    """{GROUP: unit, "kind", "number"}: how many records of each kind count under each unit."""
    counted = [
        records.order_by()
        .values(place=F("unit_id"))
        .annotate(kind=Value(kind), number=Count("pk"))
        .values("place", "kind", "number")
        for kind, records in kinds.items()
    ]
    links, values = _links(ids, day)
    return _rows(
        counted[0].union(*counted[1:], all=True),
        "select link.ancestor_id as grouped_by, kind, sum(number) as number"
        " from ({parts}) as part {links} group by link.ancestor_id, kind",
        links=links,
        values=values,
    )


def by_field(records: QuerySet, aggregates: dict, field: str) -> Iterable[dict]:
    """A dict for each value of `field`; different values of one column are counted on the way."""
    distinct = {name: each for name, each in aggregates.items() if _is_distinct(each)}
    if not distinct:
        return records.values(**{GROUP: F(field)}).annotate(**aggregates).order_by()
    source, *others = {_source(each) for each in distinct.values()}
    if others:
        raise ValueError("Measures that share a breakdown count different values of one column.")
    added = {name: each for name, each in aggregates.items() if name not in distinct}
    parts = records.values(**{GROUP: F(field)}, named=source).annotate(**added).order_by()
    columns = [f"{_FOLDS[type(each)]}({name}) as {name}" for name, each in added.items()]
    for name in distinct:
        number = name.replace("value", "number")
        columns.append(f"count(named) filter (where {number} > 0) as {name}")
    return _rows(
        parts,
        "select grouped_by, {columns} from ({parts}) as part group by grouped_by",
        columns=", ".join(columns),
    )


def is_distinct(measure: Measure) -> bool:
    return _is_distinct(measure.value)


def _is_distinct(aggregate) -> bool:
    return isinstance(aggregate, Count) and aggregate.distinct


def _source(counted: Count) -> F:
    (source,) = (each for each in counted.get_source_expressions() if isinstance(each, F))
    return source


def _links(ids: Iterable[int], day) -> tuple[str, list]:
    return (
        "join units_unitlink link on link.descendant_id = part.place"
        " and link.ancestor_id = any(%s) and link.valid_from <= %s and link.valid_to >= %s",
        [list(ids), day, day],
    )


def _rows(parts: QuerySet, sql: str, *, values: Iterable = (), **pieces: str) -> list[dict]:
    """The rows of a statement around the rows of `parts`."""
    try:
        inner, inner_values = parts.query.sql_with_params()
    except EmptyResultSet:  # of a user who may see nothing, say
        return []
    with connection.cursor() as cursor:
        cursor.execute(sql.format(parts=inner, **pieces), [*inner_values, *values])
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]


def _text(measure: Measure, number: int, line: dict) -> str:
    value = line[f"value{number}"]
    return measure.shown(value) if value else ""


def _quantity(measure: Measure, number: int, line: dict) -> Quantity:
    value, unknown = line[f"value{number}"], line.get(f"unknown{number}") or 0
    if value is None and not line[f"number{number}"] and measure.kind is not Kind.RATIO:
        value = 0  # no record of this kind; where there are some without the figure, it is "–"
    return Quantity(_plain(value), "", unknown)


def _qualify(quantities: dict[str, Quantity], code: str, bits: int | None) -> None:
    quantity = quantities.get(code)
    if quantity is not None and quantity.value is not None:
        quantities[code] = replace(quantity, qualifier=weakest(Qualifier.from_bits(bits)))


def _plain(value):
    """Sums of JSON numbers come as decimals with six places; whole ones are shown as integers."""
    if value is not None and value == int(value):
        return int(value)
    return value
