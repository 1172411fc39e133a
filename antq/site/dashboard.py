"""What the dashboard of a unit shows: made of measures only, always live."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.utils.timezone import localdate

from antq.core.numbers import Quantity, vn_number
from antq.core.permissions import Permission
from antq.core.text import lower_first
from antq.reports import registry
from antq.reports.counting import figures_of
from antq.reports.sheets import coverage
from antq.reports.tables import Cell, Row, Table, tabulate
from antq.reports.windows import Map, Scope
from antq.site import charts
from antq.units.choices import Level
from antq.units.models import AdministrativeUnit
from antq.units.models.units import RANK
from movements import measures
from movements.models import SchemeType
from movements.trend import points_on

ON_PAPER = 9


@dataclass(frozen=True)
class Key:
    """One number of the strip at the top."""

    label: str
    cell: Cell
    explanation: str = ""
    note: str = ""
    note_url: str = ""


@dataclass(frozen=True)
class TypeLine:
    type: SchemeType
    cells: list[Cell]


@dataclass(frozen=True)
class Dashboard:
    scope: Scope
    crumbs: list[AdministrativeUnit]  # the way back to the user's own unit
    keys: list[Key]
    by_unit: Table
    most: int  # the largest number of points in a row: the full width of a bar
    by_type: list[TypeLine]
    forces: list[TypeLine]
    most_by_type: int
    coverage: str
    trend: charts.Trend | None
    map: charts.Map | None
    has_units: bool  # False for a unit with nothing below it

    @property
    def on_paper(self) -> int:
        """How many units the one page of a print has room for."""
        return ON_PAPER

    @property
    def not_on_paper(self) -> int:
        return len(self.by_unit.rows) - ON_PAPER

    @property
    def whole(self) -> str:
        """The label of the total: 'Toàn Cụm Krông Pa', 'Cả nước'."""
        unit = self.scope.unit
        return "Cả nước" if unit.level == Level.COUNTRY else f"Toàn {lower_first(unit.name)}"


# In the order of the strip; the first six are the columns of the table by unit.
COLUMNS = [
    measures.distinct_schemes,
    measures.active_points,
    measures.teams,
    measures.members,
    measures.households,
]
OF_TYPES = [
    measures.distinct_schemes,
    measures.active_points,
    measures.teams,
    measures.force_points,
]
CAMERA = "attribute.camera_eyes"
POINTS = 1  # the place of the number of points among them
MONTHS = 12


def build(scope: Scope, user) -> Dashboard:
    """Key numbers, the units below with drill-down, and the types, for a scope."""
    camera = registry.measure(CAMERA)
    columns = [*COLUMNS, *([camera] if camera else [])]
    units = list(AdministrativeUnit.objects.children_of(scope.unit, day=scope.map_day))
    table = tabulate(
        [
            *columns,
            measures.waiting_points,
            measures.force_teams,
            measures.areas_covered,
            measures.areas_declared,
        ],
        units=units or [scope.unit],
        scope=scope,
        user=user,
        breakdowns={"scheme__type_id": OF_TYPES},
    )
    table = replace(table, rows=_ranked(table.rows))
    *cells, waiting, force_teams, covered, declared = table.total.cells
    notes = {
        measures.active_points.code: _waiting(waiting, scope),
        measures.teams.code: _forces(force_teams),
    }
    lines = _by_type(table.breakdowns["scheme__type_id"])
    schemes = [line for line in lines if line.type.counts_as_scheme]
    forces = [line for line in lines if not line.type.counts_as_scheme]
    return Dashboard(
        scope=scope,
        crumbs=_crumbs(scope.unit, user),
        keys=[
            Key(measure.label, cell, measure.explanation, *notes.get(measure.code, ()))
            for measure, cell in zip(columns, cells, strict=True)
        ]
        + [_reach(covered, declared)],
        by_unit=table,
        most=_most(row.cells[1] for row in table.rows),
        by_type=schemes,
        forces=forces,
        most_by_type=_most(line.cells[1] for line in schemes),
        coverage=coverage(table),
        trend=_trend(scope, user),
        map=charts.point_map(_places(table, scope, user)) if units else None,
        has_units=bool(units),
    )


def _crumbs(unit: AdministrativeUnit, user) -> list[AdministrativeUnit]:
    """From the user's own unit down to the one above `unit`; what is higher is not his to open."""
    own = user.unit_ids(Permission.RECORD_VIEW)
    if unit.pk in own:
        return []
    over = AdministrativeUnit.objects.filter(downlinks__descendant=unit, pk__in=own).distinct()
    home = max(over, key=lambda found: RANK[found.level])
    between, above = [], unit.parent
    while above is not None and RANK[above.level] < RANK[home.level]:
        between.insert(0, above)
        above = above.parent
    return [home, *between]


def _ranked(rows) -> list[Row]:
    """Most points first; equals stay in the order of their names."""
    return sorted(rows, key=lambda row: -(row.cells[POINTS].quantity.value or 0))


def _trend(scope: Scope, user) -> charts.Trend | None:
    """The last twelve months; on its own map, a unit has no days before it was opened."""
    days = month_ends(scope.window.end, MONTHS)
    opened = scope.unit.valid_from
    if opened and scope.map == Map.THEN and not scope.notice:
        days = [day for day in days if day >= opened]
    if len(days) < 2:
        return None
    return charts.trend(days, points_on(days, scope, user))


def month_ends(last: date, months: int) -> list[date]:
    """The last days of so many months before that of `last`, and `last` itself."""
    days, first = [last], last.replace(day=1)
    for _ in range(months):
        before = first - timedelta(days=1)
        days.insert(0, before)
        first = before.replace(day=1)
    return days


def _places(table: Table, scope: Scope, user) -> list[tuple[AdministrativeUnit, Quantity]]:
    """Units with their points; Hoàng Sa and Trường Sa too among the provinces of the country."""
    places = [(row.unit, row.cells[POINTS].quantity) for row in table.rows]
    if scope.unit.level == Level.COUNTRY:
        found = AdministrativeUnit.objects.filter(name__in=charts.ISLANDS).valid_on(scope.map_day)
        islands = list(found)
        numbers = figures_of(measures.active_points, islands, scope, user)
        places += [(unit, numbers.get(unit.pk, Quantity(0))) for unit in islands]
    return places


def _waiting(cell: Cell, scope: Scope) -> tuple[str, str] | tuple[()]:
    """What waits, waits today: a past day does not speak of it."""
    if not cell.quantity.value or scope.window.end < localdate():
        return ()
    return f"Chờ duyệt: {cell.quantity} hồ sơ", cell.url


def _forces(cell: Cell) -> tuple[str, str] | tuple[()]:
    if not cell.quantity.value:
        return ()
    return f"gồm {cell.quantity} của lực lượng nòng cốt", cell.url


def _reach(covered: Cell, declared: Cell) -> Key:
    measure, of = measures.areas_covered, declared.quantity.value
    note = "chưa khai tổng số thôn, tổ dân phố"
    if of:
        share = vn_number(round(100 * (covered.quantity.value or 0) / of))
        note = f"trên {vn_number(of)} thôn, tổ dân phố đã khai ({share}%)"
    return Key(measure.label, covered, measure.explanation, note)


def _most(cells) -> int:
    return max((cell.quantity.value or 0 for cell in cells), default=0)


def _by_type(found) -> list[TypeLine]:
    """A line for each type with records, most points first; types of forces among them."""
    types = {kind.pk: kind for kind in SchemeType.objects.filter(pk__in=found)}
    lines = []
    for pk, (schemes, points, teams, forces) in found.items():
        kind = types[pk]
        cells = [schemes, points, teams] if kind.counts_as_scheme else [None, forces, teams]
        lines.append(TypeLine(kind, [_narrowed(cell, kind) for cell in cells]))
    return sorted(
        lines, key=lambda line: (-(line.cells[1].quantity.value or 0), line.type.sort_key)
    )


def _narrowed(cell: Cell | None, kind: SchemeType) -> Cell:
    """The same number, whose list shows this type alone."""
    if cell is None:
        return Cell(Quantity(None))
    return Cell(cell.quantity, f"{cell.url}&type={kind.code}" if cell.url else "")
