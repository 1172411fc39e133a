"""Which routes hold, which returns wait for whom, which of their lines are open."""

from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.timezone import localdate

from antq.accounts.roles import PERMITS
from antq.core.permissions import Permission
from antq.review.choices import OPEN, Duty, ReturnStatus
from antq.units.choices import Level
from antq.units.models.units import RANK
from antq.units.querysets import DatedQuerySet, ScopedQuerySet


class RouteQuerySet(DatedQuerySet):
    def of(self, kind, level, *, province_ids, day):
        """Those that hold on a day, a province's own before the one of all."""
        own = Q(owner=None) | Q(owner__in=province_ids)
        routes = self.valid_on(day).filter(own, kind=kind, level=level)
        return routes.order_by("owner", "-valid_from")  # NULL comes last


REVIEWING = (Permission.RETURN_REVIEW, Permission.COMMITTEE_REVIEW)


class ReturnQuerySet(ScopedQuerySet):
    """Every list of returns starts with `visible_to`, `allowing` or `waiting_for`."""

    def waiting_for(self, user):
        """What was sent and may be reviewed by `user` now; `routes.Way` says the same of one."""
        mine = [
            self._counts_in(held.unit) & Q(Exists(self._turn(held.unit, permission)))
            for held in user.current_assignments
            for permission in REVIEWING
            if permission in PERMITS[held.role]
        ]
        if not mine:
            return self.none()
        return self.filter(reduce(or_, mine), status=ReturnStatus.SUBMITTED)

    def _counts_in(self, unit):
        if unit.level == Level.COUNTRY:
            return Q()
        return Q(Exists(self._links_today(OuterRef("unit_id"), ancestor=unit.pk)))

    def _turn(self, unit, permission):
        """The steps whose turn it is, and that one who holds a permission in a unit may make."""
        below = [level for level, rank in RANK.items() if rank <= RANK[unit.level]]
        first = self._reviews(
            3,
            route=OuterRef("route"),
            order__lt=OuterRef("order"),
            order__gte=OuterRef(OuterRef("waits_for__order")),
            is_required=True,
        )
        turn = self._reviews(
            2, route=OuterRef("waits_for__route"), order__gte=OuterRef("waits_for__order")
        )
        return turn.filter(~Exists(first), permission=permission.name, level__in=below)

    def _reviews(self, depth, **which):
        """Steps that review: switched on, and at a level that the unit of the row has above it.

        depth: how many queries further out the row is, seen from the links.
        """
        steps = self.model._meta.get_field("waits_for").related_model.objects
        unit = "unit_id"
        for _ in range(depth):
            unit = OuterRef(unit)
        here = Q(level=Level.COUNTRY) | Q(
            Exists(self._links_today(unit, ancestor__level=OuterRef("level")))
        )
        return steps.filter(here, duty=Duty.REVIEW, is_on=True, **which)

    def _links_today(self, unit, **which):
        today = localdate()
        return self._links().filter(
            descendant=unit, valid_from__lte=today, valid_to__gte=today, **which
        )

    def recorded(self):
        return self.exclude(status=ReturnStatus.VOIDED)

    def sent(self):
        return self.filter(status__in=[ReturnStatus.SUBMITTED, ReturnStatus.ACCEPTED])

    def accepted(self):
        return self.filter(status=ReturnStatus.ACCEPTED)

    def open(self):
        return self.filter(status__in=OPEN)


class ReturnedItemQuerySet(QuerySet):
    def about(self, record):
        return self.filter(event__target=record._meta.label, event__target_id=record.pk)

    def open_of(self, record):
        """The lines that came back and were not sent again yet."""
        return self.about(record).filter(answered=None)
