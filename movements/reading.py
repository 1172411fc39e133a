"""Many points, one after the other, for a file: what they have in common is read once."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.functional import cached_property

from antq.review.choices import Status
from antq.units.areas import areas_on
from antq.units.models import AdministrativeUnit, Organization, ResidentialArea
from movements.choices import Stage
from movements.models import Scheme, SchemePoint

CHUNK = 2000
READ = (
    *("pk", "scheme_id", "unit_id", "host_id", "location", "count"),
    *("launched_on", "launched_precision", "seen_on", "ended_on", "end_asked_on"),
    *("stage", "status", "merged_into_id", "shown_teams", "shown_members", "shown_households"),
)
JSON = ("attributes", "qualifiers")
_STAGES, _STATES = dict(Stage.choices), dict(Status.choices)


class PointRow:
    """What a file shows of a point, under the names that a `SchemePoint` has for it.

    A file has a hundred thousand of them, and to make the model's objects would take it longer
    than all the rest. Columns cannot tell the difference.
    """

    def __init__(self, found: dict):
        self.__dict__ = found

    spot_on = SchemePoint.spot_on
    launched_text = SchemePoint.launched_text
    funding_total = SchemePoint.funding_total

    def areas_on(self, day: date) -> list[ResidentialArea]:
        return areas_on(self.areas, day)

    def get_stage_display(self) -> str:
        return _STAGES[self.stage]

    def get_status_display(self) -> str:
        return _STATES[self.status]

    # Parsed when a column asks for it: most lists show no attributes, few points have a qualifier.
    @cached_property
    def shown_attributes(self) -> dict:
        return _parsed(self.attributes_text)

    @cached_property
    def shown_qualifiers(self) -> dict:
        return _parsed(self.qualifiers_text)


def _parsed(text: str | None) -> dict:
    return json.loads(text) if text and text != "{}" else {}


class _Known(dict):
    """{key: row}: each row of a table as one object, read when it is first asked for."""

    def __init__(self, rows: QuerySet):
        super().__init__({None: None})
        self._rows = rows

    def read(self, keys: Iterable) -> None:
        if missing := set(keys) - self.keys():
            self |= self._rows.in_bulk(missing)


def in_turn(points: QuerySet, *also: str, judged: QuerySet | None = None) -> Iterator[PointRow]:
    """The points of `for_lists`, with few of them in memory at a time.

    A point brings a scheme, its type, a unit and those above it: read with each point, they cost
    more than the point itself. also: what else is to be read of each; judged: evaluations, which
    a point then has as `of_year`.
    """
    schemes = _Known(Scheme.objects.select_related("type"))
    units = _Known(AdministrativeUnit.objects.with_place())
    hosts, areas = _Known(Organization.objects.all()), _Known(ResidentialArea.objects.all())
    for chunk in _chunks(points, also):
        schemes.read(point.scheme_id for point in chunk)
        units.read(point.unit_id for point in chunk)
        hosts.read(point.host_id for point in chunk)
        areas.read(area for point in chunk for area in point.area_ids)
        for point in chunk:
            point.scheme, point.unit = schemes[point.scheme_id], units[point.unit_id]
            point.host = hosts[point.host_id]
            point.areas = [areas[area] for area in point.area_ids]
        if judged is not None:
            _judge(chunk, judged)
        yield from chunk


def _chunks(points: QuerySet, also: Iterable[str]) -> Iterator[list[PointRow]]:
    links = SchemePoint.areas.through.objects.filter(schemepoint=OuterRef("pk"))
    texts = {f"{name}_text": Cast(f"shown_{name}", TextField()) for name in JSON}
    points = (
        points.select_related(None)
        .prefetch_related(None)
        .annotate(area_ids=ArraySubquery(links.values("residentialarea")), **texts)
    )
    names = (*READ, *also, *texts, "area_ids")
    found = points.values_list(*names).iterator(chunk_size=CHUNK)
    rows = (PointRow(dict(zip(names, row, strict=True))) for row in found)
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


def _judge(points: list[PointRow], judged: QuerySet) -> None:
    of_point = defaultdict(list)
    for found in judged.filter(point__in=[point.pk for point in points]):
        of_point[found.point_id].append(found)
    for point in points:
        point.of_year = of_point.get(point.pk, ())
