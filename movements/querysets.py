"""Which rows of the register: of whom, on which day, in which state."""

from django.db.models import (
    Count,
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce
from django.utils.timezone import localdate

from antq.core.db import VnKey
from antq.core.text import search_words
from antq.review.choices import Status
from antq.units.querysets import ScopedQuerySet


class CatalogueQuerySet(QuerySet):
    """Types and names of schemes: readable by everyone who is signed in."""

    def in_name_order(self):
        return self.order_by("sort_key")


class SchemeQuerySet(CatalogueQuerySet):
    def search(self, text: str):
        """Schemes of which every word stands in the name or an alias."""
        schemes = self
        for word in search_words(text):
            schemes = schemes.filter(search_key__contains=VnKey(Value(word)))
        return schemes

    def with_points_of(self, user):
        """`seen_points`: how many records of points of it the user may see."""
        points = self.model.points.rel.related_model.objects
        mine = points.recorded().visible_to(user).filter(scheme=OuterRef("pk"))
        counted = mine.order_by().values("scheme").annotate(number=Count("pk")).values("number")
        return self.annotate(seen_points=Coalesce(Subquery(counted), 0))


# What a state holds, and a point has a copy of.
FIGURE_FIELDS = ("teams", "members", "households", "attributes", "qualifiers")


class AttributeQuerySet(QuerySet):
    def additive(self):
        """Attributes of which a sum over many points means something."""
        return self.filter(adds_up="sum")


class PointQuerySet(ScopedQuerySet):
    def recorded(self):
        """All that stand in the book: not those entered by mistake."""
        return self.exclude(status=Status.VOIDED)

    def confirmed(self):
        return self.filter(status=Status.CONFIRMED)

    def waiting(self):
        """New points, and points whose end was asked for, that wait for the commune's leader."""
        return self.filter(
            Q(status=Status.WAITING) | Q(status=Status.CONFIRMED, end_asked_on__isnull=False)
        )

    def of_schemes(self):
        """Without the statutory forces, which are no scheme."""
        return self.filter(scheme__type__counts_as_scheme=True)

    def begun_by(self, day):
        """Points that had begun by that day, as far as anyone knows; ended ones among them."""
        return self.alias(begun=Coalesce("launched_on", "seen_on")).filter(begun__lte=day)

    def active_on(self, day):
        """Points that had begun, had not ended and were not suspended; the last day counts."""
        return self.begun_by(day).exclude(ended_on__lt=day).exclude(self._suspended_on(day))

    def suspended_on(self, day):
        return self.filter(self._suspended_on(day))

    def _suspended_on(self, day):
        events = self.model.life_events.rel.related_model.objects
        spans = events.filter(Q(until=None) | Q(until__gte=day), kind="suspension", on__lte=day)
        return Exists(spans.filter(point=OuterRef("pk")))

    def with_figures(self, day):
        """`shown_teams` … `shown_qualifiers` of each row: its figures of that day.

        Those of today are copied on the point itself; a past day joins the state it had then, of
        which there is at most one.
        """
        if "shown_teams" in self.query.annotations:
            return self
        if day >= localdate():
            return self.annotate(**{f"shown_{name}": F(name) for name in FIGURE_FIELDS})
        state = FilteredRelation(
            "states", condition=Q(states__valid_from__lte=day, states__valid_to__gte=day)
        )
        return self.annotate(shown=state).annotate(
            **{f"shown_{name}": F(f"shown__{name}") for name in FIGURE_FIELDS}
        )

    def at_place_of(self, point):
        """What already stands where `point` would: the same scheme, unit, areas, host, location."""
        there = {"scheme": point.scheme_id, "unit": point.unit_id, "host": point.host_id}
        found = self.recorded().exclude(pk=point.pk).alias(where=VnKey("location"))
        return found.filter(
            **there, area_key=point.area_key, ended_on=None, where=VnKey(Value(point.location))
        )

    def returned(self):
        return self.filter(status=Status.RETURNED)

    def ended_by(self, day):
        return self.confirmed().filter(ended_on__lte=day)

    def for_lists(self):
        return self.select_related(
            "scheme__type", "unit__parent__parent__parent", "host"
        ).prefetch_related("areas")

    def search(self, text: str):
        """Points of which every word stands in what is known of them.

        That is: the scheme's names, the place with its areas and host, the unit's name, the
        leader, the number of the decision.
        """
        points = self
        areas = self.model.areas.through.objects.filter(schemepoint=OuterRef("pk"))
        for word in search_words(text):
            part = VnKey(Value(word))
            points = points.filter(
                Q(scheme__search_key__contains=part)
                | Q(search_key__contains=part)
                | Q(unit__search_key__contains=part)
                | Q(host__search_key__contains=part)
                | Exists(areas.filter(residentialarea__search_key__contains=part))
            )
        return points
