"""Which rows of the register: of whom, on which day, in which state."""

from django.db.models import F, FilteredRelation, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Concat

from antq.core.db import VnKey
from antq.review.choices import Status
from antq.units.querysets import ScopedQuerySet


class CatalogueQuerySet(QuerySet):
    """Types and names of schemes: readable by everyone who is signed in."""

    def in_name_order(self):
        return self.order_by("sort_key")

    def named(self, name: str):
        """Rows that carry this name, or have it among their aliases, however it is written."""
        line = Value("\n")
        return self.alias(
            needle=VnKey(Value(name)),
            lines=Concat(line, "alias_key", line),
        ).filter(Q(name_key=F("needle")) | Q(lines__contains=Concat(line, F("needle"), line)))


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

    def active_on(self, day):
        """Points that had begun, as far as anyone knows, and had not ended on that day."""
        begun = Coalesce("launched_on", "seen_on")
        return self.alias(begun=begun).filter(begun__lte=day).exclude(ended_on__lt=day)

    def with_state(self, day):
        """Joins, as `state`, the figures of that day: at most one row a point."""
        return self.annotate(
            state=FilteredRelation(
                "states",
                condition=Q(states__valid_from__lte=day, states__valid_to__gte=day),
            )
        )

    def for_lists(self):
        return self.select_related(
            "scheme__type", "unit__parent__parent__parent", "host"
        ).prefetch_related("areas")

    def search(self, text: str):
        """Points of which every word stands in the scheme's name, the place or the unit's name."""
        points = self
        for word in text.replace(",", " ").split():
            part = VnKey(Value(word))
            points = points.filter(
                Q(scheme__search_key__contains=part)
                | Q(search_key__contains=part)
                | Q(unit__search_key__contains=part)
            )
        return points
