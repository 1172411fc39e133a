"""Tables of measures: one row per unit, and a total that the database computes by itself."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib.postgres.aggregates import BitOr
from django.db import connection
from django.db.models import Count, F, QuerySet, Sum

from antq.core.numbers import Qualifier, Quantity, weakest
from antq.core.permissions import Permission
from antq.reports.measures import Kind, Measure
from antq.reports.windows import Scope
from antq.units.models import AdministrativeUnit, UnitLink

# The name of the column by which records are grouped: a unit, or a value of a field.
GROUP = "grouped_by"
MISSING = Quantity(None)


@dataclass(frozen=True)
class Cell:
    """A number, and the address of the records behind it ('' where there are none); or a text."""

    quantity: Quantity
    url: str = ""
    text: str = ""

    @property
    def is_prose(self) -> bool:
        """A text that begins at the left; a short one stands in the middle like a number."""
        return len(self.text) > 12

    @property
    def value(self) -> Quantity | str:
        return self.text or self.quantity


@dataclass(frozen=True)
class Row:
    """A line of a table of units, or of anything else that has a `label`.

    unit: None for a line of something else, and for records that stand above the rows' units.
    has_data: the unit keeps the book. is_heading: the line sums those that follow it.
    """

    unit: AdministrativeUnit | None
    cells: Sequence[Cell]
    has_data: bool = True
    label: str = ""
    is_heading: bool = False


@dataclass(frozen=True)
class Table:
    """rows in the order asked for; rest: records of the whole that stand under none of them.

    first, count: of a table of which one page is shown, the number of its first row (from 1) and
    of all rows.
    """

    measures: Sequence[Measure | None]
    rows: Sequence[Row]
    total: Row
    rest: Row | None = None
    first: int = 1
    count: int = 0

    @property
    def missing(self) -> list[AdministrativeUnit]:
        return [row.unit for row in self.rows if not row.has_data]

    @property
    def covered(self) -> int:
        return len(self.rows) - len(self.missing)


def tabulate(
    measures: Sequence[Measure | None],
    *,
    units: Sequence[AdministrativeUnit],
    scope: Scope,
    user,
) -> Table:
    """One row for each of `units`, which lie under scope.unit on the map of the day.

    A measure may be None: a column whose data comes later, "–" everywhere. The total is counted
    at scope.unit itself: a distinct count is not a sum, and a record may stand above all rows.
    Queries: one for each set of records (two with a distinct count) and of kept books; as many
    again where there is a rest.
    """
    ids = {unit.pk for unit in units} | {scope.unit.pk}
    figures = _figures(measures, scope, user, lambda *asked: _by_unit(*asked, ids, scope.map_day))
    books = _books(measures, ids, scope, user)
    pages = _pages(measures)

    def row(unit: AdministrativeUnit) -> Row:
        has_data = any(book.get(unit.pk) for book in books)
        found = figures.get(unit.pk, {})
        cells = _cells(measures, found, has_data=has_data, pages=pages, query=scope.query(unit))
        return Row(unit, cells, has_data)

    rows = [row(unit) for unit in units]
    rest = None
    if scope.unit.pk not in {unit.pk for unit in units} and _more_than_rows(books, units, scope):
        rest = _rest(measures, units=units, scope=scope, user=user)
    return Table(measures, rows, row(scope.unit), rest)


def within(records: QuerySet, scope: Scope, user) -> QuerySet:
    """The records that the user may see and that count under scope.unit, once each."""
    links = UnitLink.objects.valid_on(scope.map_day).filter(ancestor=scope.unit)
    records = records.filter(unit__in=links.values("descendant"))
    # What counts under a unit of the user's own is visible to him: no need to ask each record.
    if scope.unit.pk in user.unit_ids(Permission.RECORD_VIEW):
        return records
    return records.visible_to(user)


def breakdown(measures: Sequence[Measure], *, by: str, scope: Scope, user) -> dict:
    """{value of the field `by`: cells} for the records under scope.unit."""

    def split(found: QuerySet, aggregates: dict) -> Iterable[dict]:
        return found.values(**{GROUP: F(by)}).annotate(**aggregates).order_by()

    figures = _figures(measures, scope, user, split)
    more = {"has_data": True, "pages": _pages(measures), "query": scope.query()}
    return {group: _cells(measures, found, **more) for group, found in figures.items()}


def _figures(measures, scope: Scope, user, split) -> dict[int, dict[str, Quantity]]:
    """{group: {measure code: quantity}}; measures over the same records share a query.

    split(records, aggregates) → a dict for each group, with the group under GROUP.
    """
    asked = [measure for measure in measures if measure]
    figures: dict[int, dict[str, Quantity]] = defaultdict(dict)
    for key in dict.fromkeys(measure.query_key for measure in asked):
        sharing = [measure for measure in asked if measure.query_key == key]
        aggregates = {
            f"{name}{number}": aggregate
            for number, measure in enumerate(sharing)
            for name, aggregate in measure.aggregates().items()
        }
        records = within(sharing[0].records(scope.window), scope, user)
        for found in split(records, aggregates):
            for number, measure in enumerate(sharing):
                read = _text if measure.shown else _quantity
                figures[found[GROUP]][measure.code] = read(measure, number, found)
    return figures


# How an aggregate over the records of a place becomes one over those of a unit above it.
_FOLDS = {Sum: "sum", Count: "sum", BitOr: "bit_or"}


def _by_unit(records: QuerySet, aggregates: dict, ids: Iterable[int], day) -> Iterable[dict]:
    """A dict for each unit of `ids` under which records count that day.

    A record counts under several of them. What adds up is counted once for each place, and then
    folded along the links: one reading of the records, however many units are above.
    """
    counted, *_ = aggregates.values()
    if isinstance(counted, Count) and counted.distinct:
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
    return _folded(places, columns, ids, day)


def _distinct_by_unit(records: QuerySet, counted: Count, ids, day) -> Iterable[dict]:
    """Different values are found for each place, and counted once for each unit above."""
    (source,) = (each for each in counted.get_source_expressions() if isinstance(each, F))
    if counted.filter is not None:
        records = records.filter(counted.filter)
    places = records.values(place=F("unit_id"), named=source).order_by().distinct()
    return _folded(places, "count(distinct named) as value0, count(*) as number0", ids, day)


def _folded(places: QuerySet, columns: str, ids: Iterable[int], day) -> Iterable[dict]:
    sql, values = places.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"select link.ancestor_id as {GROUP}, {columns} from ({sql}) as counted"
            " join units_unitlink link on link.descendant_id = counted.place"
            " where link.ancestor_id = any(%s) and link.valid_from <= %s and link.valid_to >= %s"
            " group by link.ancestor_id",
            [*values, list(ids), day, day],
        )
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]


def _text(measure: Measure, number: int, found: dict) -> str:
    value = found[f"value{number}"]
    return measure.shown(value) if value else ""


def _quantity(measure: Measure, number: int, found: dict) -> Quantity:
    value, unknown = found[f"value{number}"], found.get(f"unknown{number}") or 0
    if value is None and not found[f"number{number}"] and measure.kind is not Kind.RATIO:
        value = 0  # no record of this kind; where there are some without the figure, it is "–"
    qualifier = weakest(Qualifier.from_bits(found.get(f"qualifiers{number}")))
    return Quantity(_plain(value), qualifier if value is not None else "", unknown)


def _plain(value):
    """Sums of JSON numbers come as decimals with six places; whole ones are shown as integers."""
    if value is not None and value == int(value):
        return int(value)
    return value


def _books(measures, ids, scope: Scope, user) -> list[dict[int, int]]:
    """For each book that the measures are taken from: {unit id: number of its records}."""
    asked = [measure for measure in measures if measure]
    books = []
    for kept in dict.fromkeys(measure.kept or measure.records for measure in asked):
        records = within(kept(scope.window), scope, user)
        found = _by_unit(records, {"number": Count("pk")}, ids, scope.map_day)
        books.append({line[GROUP]: line["number"] for line in found})
    return books


def _more_than_rows(books, units, scope: Scope) -> bool:
    return any(
        book.get(scope.unit.pk, 0) != sum(book.get(unit.pk, 0) for unit in units) for book in books
    )


def _pages(measures) -> dict[str, str]:
    return {measure.code: measure.list_page for measure in measures if measure}


def _cells(measures, found: dict[str, Quantity], *, has_data, pages, query: str) -> list[Cell]:
    cells = []
    for measure in measures:
        quantity = measure and found.get(measure.code)
        if measure is None or (quantity is None and not has_data):
            cells.append(Cell(MISSING))
        elif measure.shown:
            cells.append(Cell(MISSING, text=quantity or ""))
        elif quantity is None:
            cells.append(Cell(MISSING if measure.kind is Kind.RATIO else Quantity(0)))
        else:
            page = pages[measure.code] if quantity.value or quantity.unknown else ""
            cells.append(Cell(quantity, f"{page}{query}" if page else ""))
    return cells


def _rest(measures, *, units, scope: Scope, user) -> Row:
    """What counts under scope.unit and under none of its rows: recorded at a higher place."""
    below = UnitLink.objects.valid_on(scope.map_day).filter(
        ancestor__in=[unit.pk for unit in units]
    )

    def split(found: QuerySet, aggregates: dict) -> Iterable[dict]:
        above = found.exclude(unit__in=below.values("descendant"))
        return _by_unit(above, aggregates, {scope.unit.pk}, scope.map_day)

    figures = _figures(measures, scope, user, split).get(scope.unit.pk, {})
    # There is no list of just these records, so their numbers lead nowhere.
    pages = dict.fromkeys(_pages(measures), "")
    return Row(None, _cells(measures, figures, has_data=True, pages=pages, query=""))
