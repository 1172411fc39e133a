"""Tables of measures: one row per unit, and a total that the database computes by itself."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, F, QuerySet

from antq.core.numbers import Quantity, weakest
from antq.reports.measures import Measure, qualifiers_in
from antq.reports.windows import Scope
from antq.units.models import AdministrativeUnit, UnitLink

# The name of the column by which records are grouped: a unit, or a value of a field.
GROUP = "grouped_by"
MISSING = Quantity(None)


@dataclass(frozen=True)
class Cell:
    """A number, and the address of the records behind it ('' where there are none)."""

    quantity: Quantity
    url: str = ""


@dataclass(frozen=True)
class Row:
    """unit: None for the records that stand above the rows' units. has_data: it keeps the book."""

    unit: AdministrativeUnit | None
    cells: Sequence[Cell]
    has_data: bool = True


@dataclass(frozen=True)
class Table:
    """rows in the order asked for; rest: records of the whole that stand under none of them."""

    measures: Sequence[Measure | None]
    rows: Sequence[Row]
    total: Row
    rest: Row | None

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
    asked = [measure for measure in measures if measure]
    figures = _grouped(asked, scope, user, lambda records: _by_unit(records, ids, scope.map_day))
    kept = _kept(asked, ids, scope, user)

    def row(unit: AdministrativeUnit) -> Row:
        has_data = any(books.get(unit.pk) for books in kept)
        cells = [
            _cell(measure, figures, unit.pk, has_data, scope, unit) if measure else Cell(MISSING)
            for measure in measures
        ]
        return Row(unit, cells, has_data)

    rows, total = [row(unit) for unit in units], row(scope.unit)
    own_row = [unit.pk for unit in units] == [scope.unit.pk]
    inside = [sum(books.get(unit.pk, 0) for unit in units) for books in kept]
    whole = [books.get(scope.unit.pk, 0) for books in kept]
    rest = None
    if not own_row and inside != whole:
        rest = _rest(measures, units=units, scope=scope, user=user)
    return Table(measures, rows, total, rest)


def breakdown(measures: Sequence[Measure], *, by: str, scope: Scope, user) -> dict:
    """{value of the field `by`: cells} for the records under scope.unit."""
    ids = {scope.unit.pk}

    def split(records: QuerySet) -> QuerySet:
        return _under(records, ids, scope.map_day).values(**{GROUP: F(by)})

    figures = _grouped(measures, scope, user, split)
    groups = {group for found in figures.values() for group in found}
    return {
        group: [_cell(measure, figures, group, True, scope, scope.unit) for measure in measures]
        for group in groups
    }


def _under(records: QuerySet, ids: Iterable[int], day) -> QuerySet:
    """Records joined to the units of `ids` under which they count that day, once to each."""
    return records.filter(
        unit__uplinks__ancestor__in=ids,
        unit__uplinks__valid_from__lte=day,
        unit__uplinks__valid_to__gte=day,
    )


def _by_unit(records: QuerySet, ids: Iterable[int], day) -> QuerySet:
    return _under(records, ids, day).values(**{GROUP: F("unit__uplinks__ancestor")})


def _grouped(measures, scope: Scope, user, split) -> dict[str, dict]:
    """{measure code: {group: aggregated row}}; measures over the same records share a query."""
    figures: dict[str, dict] = {}
    for key in dict.fromkeys(measure.query_key for measure in measures):
        sharing = [measure for measure in measures if measure.query_key == key]
        records = sharing[0].records
        aggregates = {
            f"{name}{number}": aggregate
            for number, measure in enumerate(sharing)
            for name, aggregate in measure.aggregates().items()
        }
        grouped = split(records(scope.window).visible_to(user)).annotate(**aggregates).order_by()
        rows = {found[GROUP]: found for found in grouped}
        for number, measure in enumerate(sharing):
            figures[measure.code] = {
                group: _quantity(number, found) for group, found in rows.items()
            }
    return figures


def _quantity(number: int, found: dict) -> Quantity:
    value, unknown = found[f"value{number}"], found.get(f"unknown{number}") or 0
    if value is None and not unknown:
        value = 0  # there are records, and none of them was expected to have this figure
    qualifier = weakest(qualifiers_in(found.get(f"qualifiers{number}")))
    return Quantity(_plain(value), qualifier if value is not None else "", unknown)


def _plain(value):
    """Sums of JSON numbers come as decimals with six places; whole ones are shown as integers."""
    if value is not None and value == int(value):
        return int(value)
    return value


def _kept(measures, ids, scope: Scope, user) -> list[dict[int, int]]:
    """For each book that the measures are taken from: {unit id: number of its records}."""
    books = []
    for kept in dict.fromkeys(measure.kept or measure.records for measure in measures):
        records = _by_unit(kept(scope.window).visible_to(user), ids, scope.map_day)
        books.append(
            dict(records.annotate(number=Count("pk")).order_by().values_list(GROUP, "number"))
        )
    return books


def _cell(measure, figures, group, has_data: bool, scope: Scope, unit) -> Cell:
    quantity = figures[measure.code].get(group)
    if quantity is None:
        return Cell(Quantity(0) if has_data else MISSING)
    nothing = not quantity.value and not quantity.unknown
    return Cell(quantity, "" if nothing else measure.list_url(scope, unit))


def _rest(measures, *, units, scope: Scope, user) -> Row | None:
    """What counts under scope.unit and under none of its rows: recorded at a higher place."""
    below = UnitLink.objects.valid_on(scope.map_day).filter(
        ancestor__in=[unit.pk for unit in units]
    )

    def split(records: QuerySet) -> QuerySet:
        above = records.exclude(unit__in=below.values("descendant"))
        return _by_unit(above, {scope.unit.pk}, scope.map_day)

    figures = _grouped([measure for measure in measures if measure], scope, user, split)
    cells = []
    for measure in measures:
        found = figures[measure.code].get(scope.unit.pk) if measure else MISSING
        cells.append(Cell(found or Quantity(0) if measure else MISSING))
    return Row(None, cells)
