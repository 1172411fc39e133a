"""Which rows of the register: of whom, on which day, in which state."""

from datetime import date

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

from antq.accounts.roles import PERMITS
from antq.core.db import VnKey
from antq.core.permissions import Permission
from antq.core.text import search_words
from antq.review.choices import Status
from antq.units.choices import Level
from antq.units.querysets import ScopedQuerySet
from movements.choices import PREPARING
from movements.papers import DossierQuerySet
from movements.seeking import SoughtQuerySet


class CatalogueQuerySet(QuerySet):
    """Types and names of schemes: readable by everyone who is signed in."""

    def in_name_order(self):
        return self.order_by("sort_key")

    def configurable_by(self, user):
        """Those of the user's own province; national ones too for who configures the country."""
        if user.holds_everywhere(Permission.CONFIGURE):
            return self
        return self.filter(owner__in=user.unit_ids(Permission.CONFIGURE))


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

    def counted_for(self, user):
        """The rows of a page, with the same `seen_points`, in one reading of the user's points."""
        rows = list(self)
        points = self.model.points.rel.related_model.objects
        mine = points.recorded().visible_to(user).filter(scheme__in=rows)
        counted = mine.order_by().values_list("scheme").annotate(number=Count("pk"))
        numbers = dict(counted)
        for row in rows:
            row.seen_points = numbers.get(row.pk, 0)
        return rows


# What a state holds, and a point has a copy of.
FIGURE_FIELDS = ("teams", "members", "households", "attributes", "qualifiers")


class AttributeQuerySet(QuerySet):
    def additive(self):
        """Attributes of which a sum over many points means something."""
        return self.filter(adds_up="sum")


class RecognitionQuerySet(ScopedQuerySet):
    def with_places(self):
        return self.select_related(
            "unit__parent__parent__parent", "scheme", "point__scheme", "point__unit"
        )

    def under_today(self, unit):
        return self.under([unit], day=localdate())

    def narrowed(self, *, scheme=None, level="", kind="", year=None, q=""):
        """Those of a scheme (itself or its points), a level, a kind, a year, with these words."""
        rows = self
        if scheme:
            rows = rows.filter(Q(scheme=scheme) | Q(point__scheme=scheme))
        asked = {"level": level, "kind": kind, "on__year": year}
        rows = rows.filter(**{name: value for name, value in asked.items() if value})
        for word in search_words(q):
            part = VnKey(Value(word))
            rows = rows.filter(
                Q(scheme__search_key__contains=part)
                | Q(point__scheme__search_key__contains=part)
                | Q(unit__search_key__contains=part)
            )
        return rows.order_by(F("on").desc(nulls_last=True), "pk")


def watched_units(user) -> list[int]:
    """Provinces, or the country, in which a role held today confirms: communes look at nothing."""
    above = (Level.PROVINCE, Level.COUNTRY)
    held = (each for each in user.current_assignments if each.unit.level in above)
    return [each.unit_id for each in held if Permission.RECORD_CONFIRM in PERMITS[each.role]]


def in_old_unit(day) -> Q:
    """Of points in a closed unit, of which nobody has said what becomes of them."""
    return Q(unit__valid_to__lt=day, kept_on=None)


class PointQuerySet(DossierQuerySet, SoughtQuerySet, ScopedQuerySet):
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
        # As a list that is read once: asked of each point, it would take as long as all the rest.
        suspended = self._suspensions(day).values("point")
        return self.begun_by(day).exclude(ended_on__lt=day).exclude(pk__in=suspended)

    def with_suspension(self, day):
        """`suspended`: whether each row is suspended on that day, for its state in a list."""
        return self.annotate(suspended=Exists(self._suspensions(day).filter(point=OuterRef("pk"))))

    def with_permissions(self, user):
        """`may_edit`, `may_confirm`: whether this user may, for the page of one point."""
        asked = {"may_edit": Permission.RECORD_EDIT, "may_confirm": Permission.RECORD_CONFIRM}
        mine = {name: self.model.objects.allowing(user, each) for name, each in asked.items()}
        return self.annotate(
            **{name: Exists(rows.filter(pk=OuterRef("pk"))) for name, rows in mine.items()}
        )

    def preparing(self):
        """Points that are not launched yet: they count nowhere."""
        return self.recorded().filter(stage__in=PREPARING)

    def suspended_on(self, day):
        return self.filter(pk__in=self._suspensions(day).values("point"))

    def _suspensions(self, day):
        events = self.model.life_events.rel.related_model.objects
        return events.filter(Q(until=None) | Q(until__gte=day), kind="suspension", on__lte=day)

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

    def graded_in(self, year):
        """Schemes that ran in a year, whose points are graded for it; in the order of names."""
        ran = self.confirmed().of_schemes().begun_by(date(year, 12, 31))
        return ran.exclude(ended_on__lt=date(year, 1, 1)).order_by("scheme__sort_key", "pk")

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

    def running(self, day):
        """Confirmed, active, and nobody has asked for their end: what the book must say right."""
        return self.confirmed().active_on(day).filter(end_asked_on=None)

    def of_old_units(self, day):
        """Running points in a closed unit, of which nobody has said what becomes of them."""
        return self.running(day).filter(in_old_unit(day))

    def with_open_lines(self):
        """Points of which the province asks the commune to look at a line again."""
        lines = self.model.returned_lines.rel.related_model.objects
        return self.recorded().filter(Exists(lines.filter(point=OuterRef("pk"), answered_at=None)))

    def watched_by(self, user):
        """Points of the provinces for which the user looks at what their communes change."""
        today = localdate()
        spans = {"valid_from__lte": today, "valid_to__gte": today}
        return self._below(watched_units(user), spans)

    def for_lists(self):
        return self.select_related(
            "scheme__type", "unit__parent__parent__parent", "host"
        ).prefetch_related("areas")

    def in_order(self, keys):
        """The rows of a page with these keys, as `for_lists`: cut out before they are read."""
        found = self.for_lists().in_bulk(list(keys))
        return [found[key] for key in keys]
