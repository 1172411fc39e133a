"""Tables of measures: one row per unit, and a total that the database computes by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from antq.core.numbers import Quantity
from antq.reports import counting
from antq.reports.measures import Kind, Measure
from antq.reports.windows import Scope
from antq.units.models import AdministrativeUnit

MISSING = Quantity(None)
SHORT = 12  # characters of a text that stands in the middle of its cell, like a number


@dataclass(frozen=True, slots=True)  # a list of a province has half a million
class Cell:
    """A number, and the address of the records behind it ('' where there are none); or a text."""

    quantity: Quantity
    url: str = ""
    text: str = ""

    @property
    def is_prose(self) -> bool:
        """A text that begins at the left; a short one does not."""
        return len(self.text) > SHORT

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
    of all rows. breakdowns: {field: {value of it: cells}}.
    """

    measures: Sequence[Measure | None]
    rows: Sequence[Row]
    total: Row
    rest: Row | None = None
    first: int = 1
    count: int = 0
    breakdowns: Mapping[str, Mapping[object, Sequence[Cell]]] = field(default_factory=dict)

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
    breakdowns: Mapping[str, Sequence[Measure]] = MappingProxyType({}),
) -> Table:
    """One row for each of `units`, which lie under scope.unit on the map of the day.

    breakdowns: {field: measures} to count in the same reading by the values of a field, too.

    A measure may be None: a column whose data comes later, "–" everywhere. The total is counted
    at scope.unit itself: a distinct count is not a sum, and a record may stand above all rows.
    Queries: one for each set of records, one more for narrow measures and for qualifiers; one for
    each kept book where a unit has no number.
    """
    asked = [measure for measure in measures if measure]
    below = [unit for unit in units if unit != scope.unit]
    found = counting.figures(asked, scope, user, below, breakdowns)
    numbers = {unit.pk: found.rows.get(unit.pk, {}) for unit in below}
    numbers[scope.unit.pk] = found.total
    without = {pk for pk, of_unit in numbers.items() if not _has_numbers(asked, of_unit)}
    for kept in {each.kept or each.records for each in asked} if without else ():
        without -= counting.units_with(kept(scope.window), without, scope, user)
    pages = _pages(measures)

    def row(unit: AdministrativeUnit) -> Row:
        has_data, query = unit.pk not in without, scope.query(unit)
        cells = _cells(measures, numbers[unit.pk], has_data=has_data, pages=pages, query=query)
        return Row(unit, cells, has_data)

    rest = None
    if below and _has_numbers(asked, found.rest):
        # There is no list of just these records, so their numbers lead nowhere.
        nowhere = dict.fromkeys(pages, "")
        rest = Row(None, _cells(measures, found.rest, has_data=True, pages=nowhere, query=""))
    return Table(
        measures,
        [row(unit) for unit in units],
        row(scope.unit),
        rest,
        breakdowns={name: _lines(of, found.fields[name], scope) for name, of in breakdowns.items()},
    )


def breakdown(measures: Sequence[Measure], *, by: str, scope: Scope, user) -> dict:
    """{value of the field `by`: cells} for the records under scope.unit."""
    asked = [measure for measure in measures if measure]
    found = counting.figures([], scope, user, fields={by: asked})
    return _lines(measures, found.fields[by], scope)


def _lines(measures, found: dict, scope: Scope) -> dict[object, list[Cell]]:
    more = {"has_data": True, "pages": _pages(measures), "query": scope.query()}
    return {group: _cells(measures, figures, **more) for group, figures in found.items()}


def _has_numbers(measures, numbers: dict) -> bool:
    found = (numbers.get(each.code) for each in measures if each.is_of_book and not each.shown)
    return any(quantity and (quantity.value or quantity.unknown) for quantity in found)


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
