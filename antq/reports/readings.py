"""The statements by which records are added up, under the units above them."""

from collections.abc import Iterable, Iterator, Sequence

from django.contrib.postgres.aggregates import BitOr
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import (
    BigIntegerField,
    BooleanField,
    Count,
    ExpressionWrapper,
    F,
    Max,
    Q,
    QuerySet,
    Sum,
)
from django.db.models.expressions import RawSQL

from antq.reports.windows import Scope
from antq.units.choices import Level
from antq.units.models import AdministrativeUnit

# The name of the column by which records are grouped: a unit, or a value of a field.
GROUP = "grouped_by"
# How an aggregate over the records of a place becomes one over those of a unit above it.
_FOLDS = {Sum: "sum", Count: "sum", BitOr: "bit_or", Max: "max"}


class Pointed:
    """What is asked of the row to which records point, in the conditions of their aggregates.

    A point has a scheme, whose type says what is expected of it. Records are added up by that row,
    and only these sums are joined with it: some thousands, where there are thirty thousand records.

    name: of the foreign key; '' where nothing is asked of such a row.
    """

    def __init__(self, model, name: str):
        self.name, self._model = name, model
        self._rows = name and model._meta.get_field(name).related_model._base_manager.all()
        self._columns: dict[str, object] = {}

    @classmethod
    def of(cls, model, aggregates: dict) -> "Pointed":
        """The first such row of those that the conditions name."""
        lookups = {key for each in aggregates.values() for key in _lookups(each.filter)}
        names = sorted(filter(None, (_pointing(model, lookup) for lookup in lookups)))
        return cls(model, names[0] if names else "")

    @property
    def groups(self) -> dict:
        return {"pointed_id": F(f"{self.name}_id")} if self.name else {}

    def take(self, key: str, field: str) -> bool:
        """Take a field of the records from that row, as the column `key`, if it is one of it."""
        if not self.name or not field.startswith(f"{self.name}__"):
            return False
        self._columns[key] = F(field.removeprefix(f"{self.name}__"))
        return True

    def split(self, aggregate) -> tuple:
        """(the aggregate with what it asks of the record itself, the column for all else or '')"""
        own, others = self._parted(aggregate.filter)
        if not others:
            return aggregate, ""
        aggregate = aggregate.copy()
        aggregate.filter = Q(*own) if own else None
        condition = _stripped(Q(*others), f"{self.name}__")
        for column, known in self._columns.items():
            if known == condition:
                return aggregate, column
        column = f"asked{len(self._columns)}"
        self._columns[column] = condition
        return aggregate, column

    def _parted(self, condition) -> tuple[list, list]:
        """What must hold together: (of the record, of the row to which it points)."""
        if condition is None or not self.name:
            return [], []
        if isinstance(condition, Q) and condition.connector == Q.AND and not condition.negated:
            parts = [self._parted(child) for child in condition.children]
            return [each for own, _ in parts for each in own], [
                each for _, others in parts for each in others
            ]
        asked = {_pointing(self._model, lookup) for lookup in _lookups(condition)}
        return ([], [condition]) if asked == {self.name} else ([condition], [])

    def table(self) -> tuple[str, str, list]:
        """(what joins it to `part`, its part of WITH, the values in that)"""
        if not self.name:
            return "", "", []
        columns = {
            column: ExpressionWrapper(each, BooleanField()) if isinstance(each, Q) else each
            for column, each in self._columns.items()
        }
        rows = self._rows.order_by().annotate(**columns).values("pk", *columns)
        sql, values = rows.query.sql_with_params()
        names = ", ".join(["id", *columns])
        return " join pointed on pointed.id = pointed_id", f", pointed ({names}) as ({sql})", values


def _lookups(condition) -> Iterator[str]:
    if isinstance(condition, Q):
        for child in condition.children:
            yield from _lookups(child)
    elif isinstance(condition, tuple):
        yield condition[0]


def _pointing(model, lookup: str) -> str:
    """The foreign key by which a lookup asks something of another row; '' where it does not."""
    name, _, rest = lookup.partition("__")
    found = next((each for each in model._meta.fields if each.name == name), None)
    if found is None or not found.many_to_one or not rest:
        return ""
    others = {each.name for each in found.related_model._meta.get_fields()}
    return name if rest.partition("__")[0] in others else ""


def _stripped(condition, prefix: str):
    if isinstance(condition, tuple):
        return condition[0].removeprefix(prefix), condition[1]
    children = [_stripped(child, prefix) for child in condition.children]
    return Q(*children, _connector=condition.connector, _negated=condition.negated)


def by_unit(records: QuerySet, aggregates: dict, ids: Iterable[int], day) -> Iterable[dict]:
    """A dict for each unit of `ids` under which records count that day, the unit under GROUP."""
    parts = _placed(records).values(**{GROUP: _ROW}).annotate(**aggregates).order_by()
    return rows_around(parts, _WITH_ROWS.format(rows=_ANY_ROW), before=[list(ids), day, day])


def lines(records: QuerySet, aggregates: dict, scope: Scope, rows, fields) -> Iterable[dict]:
    """A dict for each group: for each row, what stands under none, the total, values of `fields`.

    Records are added up once, by row and by value of the fields; these sums are added up to the
    others: one reading of the records, however many units are above them. In a line, `field` is
    the field of whose value under GROUP it is, or ""; `is_total`; otherwise GROUP is the row.
    Without records there is no line, of the total neither: nothing is known, which is not 0.
    """
    if not adds_up(aggregates) or _may_overlap(rows):
        return _lines_apart(_placed(records), aggregates, scope, rows, fields)
    # Of a few places, the sums find their row; of all in the country, each record does.
    few = scope.few_places is not None
    records = records.filter(unit__in=scope.few_places) if few else _placed(records)
    asked = Pointed.of(records.model, aggregates)
    keys = ["row_id", *(f"field{at}" for at, _ in enumerate(fields))]
    groups = {"place": F("unit_id")} if few else {"row_id": _ROW}
    groups |= {
        key: F(name)
        for key, name in zip(keys[1:], fields, strict=True)
        if not asked.take(key, name)
    }
    groups |= asked.groups
    added, columns = _folded(aggregates, asked, groups)
    source = "part join row_of on descendant_id = place" if few else "part"
    joined, pointed, values = asked.table()
    found = rows_around(
        records.values(**groups).annotate(**added).order_by(),
        "select * from (with row_of as not materialized ({rows}), part as materialized ({parts})"
        "{pointed} select {keys}, grouping({keys}) as added, {columns} from {source}"
        " group by grouping sets ((), {sets}) having count(*) > 0) as sums",
        source=source + joined,
        pointed=pointed,
        keys=", ".join(keys),
        columns=", ".join(columns),
        rows=_ONE_ROW,
        sets=", ".join(f"({key})" for key in keys),
        before=_one_row(rows, scope),
        after=values,
    )
    return (_grouped(line, keys, fields) for line in found)


def _folded(aggregates: dict, asked: Pointed, groups: dict) -> tuple[dict, list[str]]:
    """(what is added up of records, the columns that add up these sums); `groups` gets the rest.

    A distinct count needs what it counts among the groups.
    """
    added, columns = {}, []
    for name, each in aggregates.items():
        own, condition = asked.split(each)
        if _is_distinct(each):
            if groups.setdefault("named", _source(each)) != _source(each):
                raise ValueError("Measures that share a reading count different values.")
            number = name.replace("value", "number")
            wheres = " and ".join(filter(None, [f"{number} > 0", condition]))
            columns.append(f"count(distinct named) filter (where {wheres}) as {name}")
        else:
            added[name] = own
            where = f" filter (where {condition})" if condition else ""
            columns.append(f"{_FOLDS[type(each)]}({name}){where} as {name}")
    return added, columns


def _grouped(line: dict, keys: list[str], fields: Sequence[str]) -> dict:
    """`added` has a bit for each key that the line is not of, the last key's being the lowest."""
    of = [at for at, _ in enumerate(reversed(keys)) if not line["added"] >> at & 1]
    if not of:
        return line | {"field": "", "is_total": True}
    at = len(keys) - 1 - of[0]
    return line | {"field": fields[at - 1] if at else "", "is_total": False, GROUP: line[keys[at]]}


def _lines_apart(records: QuerySet, aggregates: dict, scope: Scope, rows, fields):
    """The same, where parts do not make the whole: records are read for each unit above them.

    The rows lie under scope.unit, as `children_of` gives them. A group would not do under a
    province: it may have members in another one.
    """
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


def adds_up(aggregates: dict) -> bool:
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
