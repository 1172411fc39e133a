"""Tables of measures: one row per unit, and a total that the database computes by itself."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from antq.core.numbers import Quantity
from antq.reports import counting
from antq.reports.counting import GROUP, by_field, by_unit, within
from antq.reports.measures import Kind, Measure
from antq.reports.windows import Scope
from antq.units.models import AdministrativeUnit, UnitLink

MISSING = Quantity(None)


@dataclass(frozen=True, slots=True)  # a list of a province has half a million
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
    of all rows. aside: rows that stand beside the table, under some of its rows.
    """

    measures: Sequence[Measure | None]
    rows: Sequence[Row]
    total: Row
    rest: Row | None = None
    first: int = 1
    count: int = 0
    aside: Sequence[Row] = ()

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
    aside: Sequence[AdministrativeUnit] = (),
) -> Table:
    """One row for each of `units`, which lie under scope.unit on the map of the day.

    aside: units of which the numbers are asked too, but which are no rows of the table.

    A measure may be None: a column whose data comes later, "–" everywhere. The total is counted
    at scope.unit itself: a distinct count is not a sum, and a record may stand above all rows.
    Queries: one for each set of records (one more for a distinct count, for narrow measures and
    for qualifiers) and of kept books; as many again where there is a rest.
    """
    ids = {unit.pk for unit in (*units, *aside, scope.unit)}
    figures = _figures(measures, scope, user, lambda *asked: by_unit(*asked, ids, scope.map_day))
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
    return Table(measures, rows, row(scope.unit), rest, aside=[row(unit) for unit in aside])


def breakdown(measures: Sequence[Measure], *, by: str, scope: Scope, user) -> dict:
    """{value of the field `by`: cells} for the records under scope.unit."""

    figures = counting.figures(
        [measure for measure in measures if measure],
        scope,
        user,
        lambda records, aggregates: by_field(records, aggregates, by),
        key=Measure.reading,
    )
    more = {"has_data": True, "pages": _pages(measures), "query": scope.query()}
    return {group: _cells(measures, found, **more) for group, found in figures.items()}


def _figures(measures, scope: Scope, user, split) -> dict[int, dict[str, Quantity]]:
    """The numbers of units. A distinct count goes alone: it is folded in another way."""
    asked = [measure for measure in measures if measure]

    def key(measure: Measure) -> tuple:
        return measure.reading(), measure.code if counting.is_distinct(measure) else ""

    return counting.figures(asked, scope, user, split, key=key)


def _books(measures, ids, scope: Scope, user) -> list[dict[int, int]]:
    """For each book that the measures are taken from: {unit id: number of its records}."""
    asked = [measure for measure in measures if measure]
    books = []
    for kept in dict.fromkeys(measure.kept or measure.records for measure in asked):
        records = within(kept(scope.window), scope, user)
        found = by_unit(records, {"number": Count("pk")}, ids, scope.map_day)
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
        return by_unit(above, aggregates, {scope.unit.pk}, scope.map_day)

    figures = _figures(measures, scope, user, split).get(scope.unit.pk, {})
    # There is no list of just these records, so their numbers lead nowhere.
    pages = dict.fromkeys(_pages(measures), "")
    return Row(None, _cells(measures, figures, has_data=True, pages=pages, query=""))
