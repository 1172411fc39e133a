"""How measures are counted: in few readings of the records, however many units are above them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from itertools import chain
from operator import or_
from types import MappingProxyType

from django.db.models import Count, QuerySet

from antq.core.numbers import Qualifier, Quantity, weakest
from antq.core.permissions import Permission
from antq.reports.measures import Kind, Measure
from antq.reports.readings import GROUP, adds_up, by_unit, lines
from antq.reports.windows import Scope
from antq.units.models import AdministrativeUnit, UnitLink


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
        for line in lines(records, aggregates, scope, rows, asked):
            for number, measure in enumerate(sharing):
                take(found.of(line), measure, number, line)

    for sharing in _sharing(every, lambda each: (each.reading(), adds_up(each.aggregates()))):
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
