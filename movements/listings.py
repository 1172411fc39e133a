"""Tables whose rows are no units: schemes of a commune (T01), types with schemes (T02), points."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from django.db.models import DateField, F, QuerySet, Value

from antq.core.dates import vn_date
from antq.core.numbers import Quantity, added
from antq.reports.counting import within
from antq.reports.definitions import Column, Report
from antq.reports.readings import rows_around
from antq.reports.tables import MISSING, Cell, Row, Table, breakdown, tabulate
from antq.reports.windows import Scope
from antq.units.choices import Level
from movements.columns import figure_value
from movements.measures.of_types import CAMERA, least_to_most
from movements.measures.stocks import SCHEMES, active
from movements.models import Scheme, SchemeEvaluation, SchemePoint
from movements.reading import PointRow, in_turn

BUILT_BY = {
    Level.PART: "cấp xã",
    Level.COMMUNE: "cấp xã",
    Level.DISTRICT: "cấp huyện",
    Level.PROVINCE: "cấp tỉnh",
    Level.COUNTRY: "cấp Bộ",
}
# What the columns below show of a point, besides what every file reads.
IN_FILES = ("shown_on", "decision_number", "decision_on", "note")
IN_FILES += ("funding_state", "funding_social", "funding_other")


@dataclass(frozen=True)
class PointsColumn(Column):
    """of(points) → the cell of a row that stands for these points; its measure makes the total."""

    of: Callable[[list[SchemePoint]], Cell] = None


def types_and_schemes(report: Report, scope: Scope, user, first: int, size: int | None) -> Table:
    """A line for each type with points, then one for each of its schemes.

    Every point has one scheme, so lines and total are sums of the schemes' numbers.
    """
    measures = [column.measure for column in report.leaves()]
    asked = [measure for measure in measures if measure]
    found = breakdown(asked, by="scheme_id", scope=scope, user=user)
    named = Scheme.objects.filter(pk__in=found, type__counts_as_scheme=True)
    named = named.select_related("type").order_by("type__order", "type__sort_key", "sort_key")
    lines = [
        (scheme, _spread(measures, found[scheme.pk], f"&scheme={scheme.pk}"))
        for scheme in named
        if any(cell.quantity.value or cell.quantity.unknown for cell in found[scheme.pk])
    ]
    rows = []
    for kind, group in groupby(lines, key=lambda line: line[0].type):
        group = list(group)
        summed = _summed(cells for _, cells in group)
        rows.append(Row(None, summed, label=kind.name, is_heading=True))
        rows += [Row(None, cells, label=scheme.name) for scheme, cells in group]
    total = _summed(cells for _, cells in lines) if lines else [Cell(MISSING)] * len(measures)
    return Table(measures, rows, Row(None, total))


def _spread(measures, cells: list[Cell], narrower: str) -> list[Cell]:
    """The cells in the places of their measures, each leading to the records of this line."""
    cells = iter(cells)
    found = [next(cells) if measure else Cell(MISSING) for measure in measures]
    return [Cell(cell.quantity, cell.url and f"{cell.url}{narrower}") for cell in found]


def _summed(lines: Iterable[list[Cell]]) -> list[Cell]:
    columns = zip(*lines, strict=True)
    return [Cell(added(cell.quantity for cell in column)) for column in columns]


def schemes_of_communes(report: Report, scope: Scope, user, first: int, size: int | None) -> Table:
    """A row for each scheme in each commune."""
    points = active(scope.window).filter(SCHEMES)
    order = ["unit__sort_key", "unit_id", "scheme__sort_key", "scheme_id"]
    return _listing(report, scope, user, (first, size), points=points, order=order)


def cameras(report: Report, scope: Scope, user, first: int, size: int | None) -> Table:
    """A row for each point of cameras."""
    points = active(scope.window).filter(scheme__type__code=CAMERA)
    order = ["unit__sort_key", "unit_id", "scheme__sort_key", "pk"]
    return _listing(report, scope, user, (first, size), points=points, order=order)


def _listing(report: Report, scope: Scope, user, page, *, points: QuerySet, order) -> Table:
    """Points in this order; those that are equal in its last field are one row."""
    first, size = page
    seen = within(points, scope, user)
    row_key = [order[1], order[-1]]
    wanted, count = _page_of(seen, row_key, first, size) if size else ((), 0)
    if size:
        of_page = {f"{name}__in": {key[at] for key in wanted} for at, name in enumerate(row_key)}
        seen = seen.filter(**of_page)
    rows = []
    columns = list(report.leaves())
    loaded = _with_texts(seen, scope, order)
    for _, group in groupby(loaded, key=lambda point: _key(point, row_key)):
        group = list(group)
        if not size or _key(group[0], row_key) in wanted:
            rows.append(Row(None, [column.of(group) for column in columns], label=_name(group[0])))
    measures = [column.measure for column in columns]
    total = tabulate(measures, units=[scope.unit], scope=scope, user=user).total
    return Table(measures, rows, total, first=first + 1, count=count)


def _page_of(seen: QuerySet, row_key: list[str], first: int, size: int) -> tuple[set, int]:
    """The keys of the rows of a page, and how many rows there are on all pages.

    Different keys are found before anything is joined to put them in order: thirty thousand
    points have six thousand, and an index has them all.
    """
    unit, last = row_key
    keys = seen.order_by().values(place=F(unit), named=F("scheme_id"), last=F(last)).distinct()
    found = rows_around(
        keys,
        "select place, last, count(*) over () as every from ({parts}) as part"
        " join units_administrativeunit unit on unit.id = place"
        " join movements_scheme scheme on scheme.id = named"
        " order by unit.sort_key, place, scheme.sort_key, last limit %s offset %s",
        after=[size, first],
    )
    if first and not found:  # a page after the last one
        return set(), keys.count()
    return {(row["place"], row["last"]) for row in found}, found[0]["every"] if found else 0


def _key(point: SchemePoint, names: list[str]) -> tuple:
    return tuple(getattr(point, name) for name in names)


def _name(point: SchemePoint) -> str:
    return point.scheme.name


def _with_texts(points: QuerySet, scope: Scope, order) -> Iterable[PointRow]:
    judged = SchemeEvaluation.objects.filter(year=scope.window.end.year).select_related("grade")
    day = Value(scope.window.end, DateField())
    points = points.annotate(shown_on=day).order_by(*order, "pk")
    return in_turn(points, *IN_FILES, judged=judged)


def _text(get: Callable[[SchemePoint], str]) -> Callable[[list[SchemePoint]], Cell]:
    """What the points say, each different text once."""

    def of(points: list[SchemePoint]) -> Cell:
        texts = dict.fromkeys(text for point in points if (text := get(point)))
        return Cell(MISSING, text="; ".join(texts))

    return of


def _where(point: SchemePoint) -> str:
    parts = [point.spot_on(point.shown_on), point.unit.name]
    return ", ".join(part for part in parts if part) + point.unit.until


def _decision(point: SchemePoint) -> str:
    parts = [point.decision_number]
    if point.decision_on:
        parts.append(f"ngày {vn_date(point.decision_on)}")
    return ", ".join(part for part in parts if part)


def _judged(get: Callable[[SchemeEvaluation], str]) -> Callable[[SchemePoint], str]:
    return lambda point: "; ".join(filter(None, (get(found) for found in point.of_year)))


def _figure(name: str) -> Callable[[list[SchemePoint]], Cell]:
    def of(points: list[SchemePoint]) -> Cell:
        return Cell(
            added(
                figure_value(
                    point.scheme.type,
                    name,
                    getattr(point, f"shown_{name}"),
                    (point.shown_qualifiers or {}).get(name, ""),
                )
                for point in points
            )
        )

    return of


def _count(points: list[SchemePoint]) -> Cell:
    return Cell(added(Quantity(point.count, unknown=int(point.count is None)) for point in points))


def _millions(get: Callable[[SchemePoint], int | None]) -> Callable[[list[SchemePoint]], Cell]:
    def of(points: list[SchemePoint]) -> Cell:
        known = [value for point in points if (value := get(point)) is not None]
        return Cell(Quantity(round(sum(known) / 1_000_000, 6) if known else None))

    return of


def _attribute(key: str, *, is_expected: bool = False) -> Callable[[list[SchemePoint]], Cell]:
    def of(points: list[SchemePoint]) -> Cell:
        parts = []
        for point in points:
            value = (point.shown_attributes or {}).get(key)
            is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
            value = value if is_number else None
            qualifier = (point.shown_qualifiers or {}).get(key, "")
            parts.append(Quantity(value, qualifier, int(value is None and is_expected)))
        return Cell(added(parts))

    return of


def _days(points: list[SchemePoint]) -> Cell:
    days = [(point.shown_attributes or {}).get("retention_days") for point in points]
    days = [day for day in days if isinstance(day, (int, float)) and not isinstance(day, bool)]
    return Cell(MISSING, text=least_to_most(days) if days else "")


def _social_share(points: list[SchemePoint]) -> Cell:
    total = sum(point.funding_total or 0 for point in points)
    social = sum(point.funding_social or 0 for point in points)
    return Cell(Quantity(round(100 * social / total, 1) if total else None))


where = partial(PointsColumn, of=_text(_where))
built_by = partial(PointsColumn, of=_text(lambda point: BUILT_BY.get(point.unit.level, "")))
kind = partial(PointsColumn, of=_text(lambda point: point.scheme.type.name))
decision = partial(PointsColumn, of=_text(_decision))
launched = partial(PointsColumn, of=_text(lambda point: point.launched_text))
achievement = partial(PointsColumn, of=_text(_judged(lambda found: found.note)))
grade = partial(PointsColumn, of=_text(_judged(lambda found: found.grade.name)))
note = partial(PointsColumn, of=_text(lambda point: point.note))
monitoring = partial(
    PointsColumn,
    of=_text(lambda point: str((point.shown_attributes or {}).get("monitoring_place") or "")),
)
count = partial(PointsColumn, of=_count)
state_funding = partial(PointsColumn, of=_millions(lambda point: point.funding_state))
social_funding = partial(PointsColumn, of=_millions(lambda point: point.funding_social))
all_funding = partial(PointsColumn, of=_millions(lambda point: point.funding_total))
social_share = partial(PointsColumn, of=_social_share)
days = partial(PointsColumn, of=_days)


def figure(label: str, name: str, measure) -> PointsColumn:
    return PointsColumn(label, measure, of=_figure(name))


def attribute(label: str, key: str, measure, *, is_expected: bool = False) -> PointsColumn:
    return PointsColumn(label, measure, of=_attribute(key, is_expected=is_expected))
