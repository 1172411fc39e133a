"""How measures are counted: in few readings of the records, however many units are above them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from itertools import chain
from operator import or_
from types import MappingProxyType

from django.contrib.postgres.aggregates import BitOr
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BigIntegerField, Count, F, Max, QuerySet, Sum
from django.db.models.expressions import RawSQL

from antq.core.numbers import Qualifier, Quantity, weakest
from antq.core.permissions import Permission
from antq.reports.measures import Kind, Measure
from antq.reports.windows import Scope
from antq.units.choices import Level
from antq.units.models import AdministrativeUnit, UnitLink

# The name of the column by which records are grouped: a unit, or a value of a field.
GROUP = "grouped_by"
# How an aggregate over the records of a place becomes one over those of a unit above it.
_FOLDS = {Sum: "sum", Count: "sum", BitOr: "bit_or", Max: "max"}


def within(records: QuerySet, scope: Scope, user) -> QuerySet:
    """The records that the user may see and that count under scope.unit, once each."""
    places = scope.few_places
    if places is None:
        links = UnitLink.objects.valid_on(scope.map_day).filter(ancestor=scope.unit)
        places = links.values("descendant")
    return seen_under(records.filter(unit__in=places), scope, user)


def seen_under(records: QuerySet, scope: Scope, user) -> QuerySet:
    """Of records that count, on any day, under scope.unit: those that the user may see.

    What counts under a unit of the user's own is visible to him: no need to ask each record.
    """
    if scope.unit.pk in user.unit_ids(Permission.RECORD_VIEW):
        return records
    return records.visible_to(user)


@dataclass(frozen=True)
class Figures:
    """Quantities by measure code. rest: of the records that stand under none of the rows."""

    rows: dict[int, dict] = field(default_factory=lambda: defaultdict(dict))
    total: dict = field(default_factory=dict)
    rest: dict = field(default_factory=dict)
    fields: dict[str, dict] = field(default_factory=lambda: defaultdict(lambda: defaultdict(dict)))

    def of(self, line: dict) -> dict:
        """Where the numbers of a line of the database belong."""
        if line["field"]:
            return self.fields[line["field"]][line[GROUP]]
        if line["is_total"]:
            return self.total
        return self.rest if line[GROUP] is None else self.rows[line[GROUP]]


def figures(
    measures: Sequence[Measure],
    scope: Scope,
    user,
    rows: Sequence[AdministrativeUnit] = (),
    fields: Mapping[str, Sequence[Measure]] = MappingProxyType({}),
) -> Figures:
    """The numbers of scope.unit, of `rows` below it, and by the values of `fields`.

    Measures with the same `reading` share one reading of the records. fields: of which measures
    the numbers are asked by the values of a field of their records.
    """
    found = Figures()
    every = list(dict.fromkeys([*measures, *chain(*fields.values())]))

    def read(sharing, records, aggregates, take) -> None:
        asked = [name for name, of in fields.items() if not set(sharing).isdisjoint(of)]
        for line in _lines(records, aggregates, scope, rows, asked):
            for number, measure in enumerate(sharing):
                take(found.of(line), measure, number, line)

    for sharing in _sharing(every, lambda each: (each.reading(), _adds_up(each.aggregates()))):
        read(sharing, _records(sharing, scope, user), _named(sharing, Measure.aggregates), _fill)
    qualified = [measure for measure in every if measure.qualifier is not None]
    for sharing in _sharing(qualified, lambda measure: measure.records):
        # Few records have a qualifier: the others need not be read again, and their JSON not once.
        records = seen_under(sharing[0].records(scope.window), scope, user)
        records = records.filter(sharing[0].qualifier.is_present)
        read(sharing, records, _named(sharing, Measure.qualifiers), _qualify)
    return found


def figures_of(measure: Measure, units: Sequence[AdministrativeUnit], scope: Scope, user) -> dict:
    """{unit id: quantity} of a few units anywhere under scope.unit, which may overlap."""
    records = _records([measure], scope, user)
    aggregates = _named([measure], Measure.aggregates)
    found = defaultdict(dict)
    for line in by_unit(records, aggregates, [unit.pk for unit in units], scope.map_day):
        _fill(found[line[GROUP]], measure, 0, line)
    return {unit: quantities[measure.code] for unit, quantities in found.items()}


def units_with(records: QuerySet, ids: Iterable[int], scope: Scope, user) -> set[int]:
    """Those of the units `ids` under which at least one record counts."""
    found = seen_under(records, scope, user)
    return {line[GROUP] for line in by_unit(found, {"number": Count("pk")}, ids, scope.map_day)}


def _sharing(measures: Sequence[Measure], key) -> list[list[Measure]]:
    groups: dict[object, list[Measure]] = {}
    for measure in measures:
        groups.setdefault(key(measure), []).append(measure)
    return list(groups.values())


def _records(sharing: Sequence[Measure], scope: Scope, user) -> QuerySet:
    """What these measures are taken from: only what one of them counts, where all are narrow."""
    records = seen_under(sharing[0].records(scope.window), scope, user)
    narrow = [measure.narrow for measure in sharing if measure.narrow is not None]
    if len(narrow) < len(sharing):
        return records
    # Their keys, and not a query for them: an index finds those, and any plan is good.
    rows = reduce(or_, narrow)
    return records.filter(
        **{f"{rows.model._meta.model_name}__in": list(rows.values_list("pk", flat=True))}
    )


def _named(sharing: Sequence[Measure], of: Callable[[Measure], dict]) -> dict:
    return {
        f"{name}{number}": aggregate
        for number, measure in enumerate(sharing)
        for name, aggregate in of(measure).items()
    }


def by_unit(records: QuerySet, aggregates: dict, ids: Iterable[int], day) -> Iterable[dict]:
    """A dict for each unit of `ids` under which records count that day, the unit under GROUP."""
    parts = _placed(records).values(**{GROUP: _ROW}).annotate(**aggregates).order_by()
    return rows_around(parts, _WITH_ROWS.format(rows=_ANY_ROW), before=[list(ids), day, day])


def _lines(records: QuerySet, aggregates: dict, scope: Scope, rows, fields) -> Iterable[dict]:
    """A dict for each group, with what `Figures.of` asks of it.

    Records are added up once, by row and by value of the fields; these sums are added up to the
    others: one reading of the records, however many units are above them.
    """
    if not _adds_up(aggregates) or _may_overlap(rows):
        return _lines_apart(_placed(records), aggregates, scope, rows, fields)
    # Of a few places, the sums find their row; of all in the country, each record does.
    few = scope.few_places is not None
    records = records.filter(unit__in=scope.few_places) if few else _placed(records)
    keys = ["row_id", *(f"field{at}" for at, _ in enumerate(fields))]
    groups = {"place": F("unit_id")} if few else {"row_id": _ROW}
    groups |= dict(zip(keys[1:], map(F, fields), strict=True))
    added, columns = {}, []
    for name, each in aggregates.items():
        if _is_distinct(each):
            if groups.setdefault("named", _source(each)) != _source(each):
                raise ValueError("Measures that share a reading count different values.")
            number = name.replace("value", "number")
            columns.append(f"count(distinct named) filter (where {number} > 0) as {name}")
        else:
            added[name] = each
            columns.append(f"{_FOLDS[type(each)]}({name}) as {name}")
    lines = rows_around(
        records.values(**groups).annotate(**added).order_by(),
        "select * from (with row_of as not materialized ({rows}), part as materialized ({parts})"
        " select {keys}, grouping({keys}) as added, {columns} from {source}"
        " group by grouping sets ((), {sets})) as sums",
        source="part join row_of on descendant_id = place" if few else "part",
        keys=", ".join(keys),
        columns=", ".join(columns),
        rows=_ONE_ROW,
        sets=", ".join(f"({key})" for key in keys),
        before=_one_row(rows, scope),
    )
    return (_grouped(line, keys, fields) for line in lines)


def _grouped(line: dict, keys: list[str], fields: Sequence[str]) -> dict:
    """`added` has a bit for each key that the line is not of, the last key's being the lowest."""
    of = [at for at, _ in enumerate(reversed(keys)) if not line["added"] >> at & 1]
    if not of:
        return line | {"field": "", "is_total": True}
    at = len(keys) - 1 - of[0]
    return line | {"field": fields[at - 1] if at else "", "is_total": False, GROUP: line[keys[at]]}


def _lines_apart(records: QuerySet, aggregates: dict, scope: Scope, rows, fields):
    """The same, where parts do not make the whole: records are read for each unit above them."""
    ids = [unit.pk for unit in rows]
    parts = records.values(**{GROUP: _ROW}).annotate(**aggregates).order_by()
    days = [scope.map_day, scope.map_day]
    unit = scope.unit.pk
    before = [[*ids, unit], *days, [unit], *days, ids, *days]
    for line in rows_around(
        parts, _WITH_ROWS.format(rows=f"{_ANY_ROW} union all {_NO_ROW}"), before=before
    ):
        yield line | {"field": "", "is_total": line[GROUP] == unit}
    for name in fields:
        parts = records.values(**{GROUP: F(name)}).annotate(**aggregates).order_by()
        for line in rows_around(parts, _WITH_ROWS.format(rows=_ANY_ROW), before=[[unit], *days]):
            yield line | {"field": name, "is_total": False}


# Where records count, as a table beside them: `row_of` has the row of each place.
_ROW = RawSQL("row_of.row_id", [], BigIntegerField())
_WITH_ROWS = "select * from (with row_of as not materialized ({rows}) {{parts}}) as part"
_VALID = "valid_from <= %s and valid_to >= %s"
_ANY_ROW = (
    "select descendant_id, ancestor_id as row_id from units_unitlink"
    f" where ancestor_id = any(%s) and {_VALID}"
)
# Places under the unit and under none of its rows.
_NO_ROW = (
    f"select descendant_id, null from ({_ANY_ROW}) as under where not exists (select from"
    " units_unitlink as link where link.descendant_id = under.descendant_id"
    " and link.ancestor_id = any(%s) and link.valid_from <= %s and link.valid_to >= %s)"
)
# Under at most one of several units of one level (docs/adr/0002); under none: NULL.
_ONE_ROW = (
    "select below.descendant_id, link.ancestor_id as row_id from units_unitlink as below"
    " left join units_unitlink as link on link.descendant_id = below.descendant_id"
    " and link.ancestor_id = any(%s) and link.valid_from <= %s and link.valid_to >= %s"
    " where below.ancestor_id = %s and below.valid_from <= %s and below.valid_to >= %s"
)


def _one_row(rows: Sequence[AdministrativeUnit], scope: Scope) -> list:
    days = [scope.map_day, scope.map_day]
    return [[unit.pk for unit in rows], *days, scope.unit.pk, *days]


def _placed(records: QuerySet) -> QuerySet:
    place = f'"{records.model._meta.db_table}"."unit_id"'
    return beside(records, "row_of", f"row_of.descendant_id = {place}")


def beside(records: QuerySet, table: str, where: str) -> QuerySet:
    """Records with the rows of a table that a statement around them makes (`rows_around`).

    Not through the ORM, which knows no such table.
    """
    return records.extra(tables=[table], where=[where])


def _may_overlap(rows: Sequence[AdministrativeUnit]) -> bool:
    levels = {unit.level for unit in rows}
    return len(levels) > 1 or Level.GROUP in levels


def _adds_up(aggregates: dict) -> bool:
    """A list or a ratio does not: its parts do not make the whole."""
    return all(_is_distinct(each) or type(each) in _FOLDS for each in aggregates.values())


def _is_distinct(aggregate) -> bool:
    return isinstance(aggregate, Count) and aggregate.distinct


def _source(counted: Count) -> F:
    (source,) = (each for each in counted.get_source_expressions() if isinstance(each, F))
    return source


def rows_around(
    parts: QuerySet, sql: str, *, before: Iterable = (), after: Iterable = (), **pieces: str
) -> list[dict]:
    """The rows of a statement around the rows of `parts`.

    It begins with SELECT, or the change log takes it for a change. before, after: its own values.
    """
    try:
        inner, values = parts.query.sql_with_params()
    except EmptyResultSet:  # of a user who may see nothing, say
        return []
    with connection.cursor() as cursor:
        cursor.execute(sql.format(parts=inner, **pieces), [*before, *values, *after])
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]


def _fill(quantities: dict, measure: Measure, number: int, line: dict) -> None:
    value, unknown = line[f"value{number}"], line.get(f"unknown{number}") or 0
    if measure.shown:
        quantities[measure.code] = measure.shown(value) if value else ""
        return
    if value is None and not line[f"number{number}"] and measure.kind is not Kind.RATIO:
        value = 0  # no record of this kind; where there are some without the figure, it is "–"
    quantities[measure.code] = Quantity(_plain(value), "", unknown)


def _qualify(quantities: dict, measure: Measure, number: int, line: dict) -> None:
    quantity = quantities.get(measure.code)
    if quantity is not None and quantity.value is not None:
        qualifier = weakest(Qualifier.from_bits(line[f"qualifiers{number}"]))
        quantities[measure.code] = replace(quantity, qualifier=qualifier)


def _plain(value):
    """Sums of JSON numbers come as decimals with six places; whole ones are shown as integers."""
    if value is not None and value == int(value):
        return int(value)
    return value
