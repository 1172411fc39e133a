"""Which residential areas have a scheme on which day: what coverage is counted from.

Rows of `ResidentialArea`, narrowed to a unit by scope as every record is: `.under([unit],
day=map_day)`, `.visible_to(user)`.
"""

from datetime import date

from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from antq.units.models import ResidentialArea
from movements.models import SchemePoint


def areas_on(day: date):
    """The residential areas that there were on that day."""
    return ResidentialArea.objects.valid_on(day)


def areas_with_scheme_on(day: date):
    """Those of them in which a confirmed point of a scheme was active that day."""
    points = SchemePoint.objects.confirmed().of_schemes().active_on(day)
    # The first one that is found; as EXISTS, all points would be read for it.
    first = points.order_by().filter(areas=OuterRef("pk")).values("pk")[:1]
    return areas_on(day).alias(first_point=Subquery(first)).filter(first_point__isnull=False)


def with_point_count(areas, day: date):
    """`point_count`: the records of points, forces too, that are active in each area that day."""
    points = SchemePoint.objects.confirmed().active_on(day).filter(areas=OuterRef("pk"))
    counted = points.order_by().values("areas").annotate(number=Count("pk")).values("number")
    number = Subquery(counted, output_field=IntegerField())
    return areas.annotate(point_count=Coalesce(number, 0))


def with_unit_coverage(units, day: date) -> list:
    """Of each commune that day: `area_count`; `covered_count` with a scheme, `uncovered_count`."""
    found = {"area_count": areas_on(day), "covered_count": areas_with_scheme_on(day)}
    for name, areas in found.items():
        there = areas.filter(
            unit__uplinks__ancestor=OuterRef("pk"),
            unit__uplinks__valid_from__lte=day,
            unit__uplinks__valid_to__gte=day,
        )
        counted = there.order_by().values("unit__uplinks__ancestor").annotate(number=Count("pk"))
        number = Subquery(counted.values("number"), output_field=IntegerField())
        units = units.annotate(**{name: Coalesce(number, 0)})
    found = list(units)
    for unit in found:  # a difference in SQL would count both a second time
        unit.uncovered_count = unit.area_count - unit.covered_count
    return found
