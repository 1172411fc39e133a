"""Tables of measures: one row per unit, and a total that the database computes by itself."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, F, QuerySet

from antq.core.numbers import Qualifier, Quantity, weakest
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
    figures = _figures(measures, scope, user, lambda found: _by_unit(found, ids, scope.map_day))
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
    return _under(records.visible_to(user), {scope.unit.pk}, scope.map_day)


def breakdown(measures: Sequence[Measure], *, by: str, scope: Scope, user) -> dict:
    """{value of the field `by`: cells} for the records under scope.unit."""

    def split(found: QuerySet) -> QuerySet:
        return _under(found, {scope.unit.pk}, scope.map_day).values(**{GROUP: F(by)})

    figures = _figures(measures, scope, user, split)
    more = {"has_data": True, "pages": _pages(measures), "query": scope.query()}
    return {group: _cells(measures, found, **more) for group, found in figures.items()}


def _under(records: QuerySet, ids: Iterable[int], day) -> QuerySet:
    """Records joined to the units of `ids` under which they count that day, once to each."""
    return records.filter(
        unit__uplinks__ancestor__in=ids,
        unit__uplinks__valid_from__lte=day,
        unit__uplinks__valid_to__gte=day,
    )


def _by_unit(records: QuerySet, ids: Iterable[int], day) -> QuerySet:
    return _under(records, ids, day).values(**{GROUP: F("unit__uplinks__ancestor")})


def _figures(measures, scope: Scope, user, split) -> dict[int, dict[str, Quantity]]:
    """{group: {measure code: quantity}}; measures over the same records share a query."""
    asked = [measure for measure in measures if measure]
    figures: dict[int, dict[str, Quantity]] = defaultdict(dict)
    for key in dict.fromkeys(measure.query_key for measure in asked):
        sharing = [measure for measure in asked if measure.query_key == key]
        aggregates = {
            f"{name}{number}": aggregate
            for number, measure in enumerate(sharing)
            for name, aggregate in measure.aggregates().items()
        }
        records = sharing[0].records(scope.window).visible_to(user)
        for found in split(records).annotate(**aggregates).order_by():
            for number, measure in enumerate(sharing):
                read = _text if measure.shown else _quantity
                figures[found[GROUP]][measure.code] = read(measure, number, found)
    return figures


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
    books = []
    asked = [measure for measure in measures if measure]
    for kept in dict.fromkeys(measure.kept or measure.records for measure in asked):
        records = _by_unit(kept(scope.window).visible_to(user), ids, scope.map_day)
        books.append(
            dict(records.annotate(number=Count("pk")).order_by().values_list(GROUP, "number"))
        )
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

    def split(found: QuerySet) -> QuerySet:
        above = found.exclude(unit__in=below.values("descendant"))
        return _by_unit(above, {scope.unit.pk}, scope.map_day)

    figures = _figures(measures, scope, user, split).get(scope.unit.pk, {})
    # There is no list of just these records, so their numbers lead nowhere.
    pages = dict.fromkeys(_pages(measures), "")
    return Row(None, _cells(measures, figures, has_data=True, pages=pages, query=""))
