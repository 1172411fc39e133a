"""The way of a return on a day: who may do what with it now."""

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.timezone import localdate

from antq.accounts.models import User
from antq.core.permissions import Permission
from antq.review.choices import Duty
from antq.review.models import ReturnRecord, Route, RouteStep
from antq.units.choices import Level
from antq.units.models import AdministrativeUnit, UnitLink
from antq.units.models.units import RANK

ROUTES = settings.BASE_DIR / "data" / "routes.toml"


def route_for(kind: str, unit: AdministrativeUnit, day: date) -> Route | None:
    """The route of a unit's returns on a day: its province's own, else the one of all."""
    level = Level.COMMUNE if unit.level == Level.PART else unit.level
    above = UnitLink.objects.valid_on(day).filter(descendant=unit, ancestor__level=Level.PROVINCE)
    routes = Route.objects.of(kind, level, province_ids=above.values("ancestor"), day=day)
    return routes.prefetch_related("steps").first()


@dataclass(frozen=True)
class Place:
    """Where somebody stands on the way of a record: at a step, or in place of who stands there."""

    step: RouteStep
    is_on_behalf: bool


class Way:
    """The way of one record today. Three queries for the record, one for each user asked about."""

    def __init__(self, record: ReturnRecord):
        self.record = record
        self.day = localdate()
        waited = record.waits_for
        # What is on its way goes on by the route by which it was sent.
        self.route = (
            waited.route if waited else route_for(record.return_kind, record.unit, self.day)
        )
        links = UnitLink.objects.valid_on(self.day).filter(descendant=record.unit_id)
        self.above = dict(links.values_list("ancestor", "ancestor__level"))
        self.steps = [step for step in self._all_steps() if self._applies(step)]
        self.reviews = [step for step in self.steps if step.duty == Duty.REVIEW]

    def _all_steps(self) -> list[RouteStep]:
        return list(self.route.steps.all()) if self.route else []

    def _applies(self, step: RouteStep) -> bool:
        """Nobody waits for a level that the unit does not have above it (any more)."""
        here = step.level == Level.COUNTRY or step.level in self.above.values()
        return step.duty != Duty.REVIEW or (step.is_on and here)

    def turn(self, duty: str, *, only_last: bool = False) -> list[RouteStep]:
        """The steps of that duty that may be made now, in order."""
        if duty != Duty.REVIEW:
            return [step for step in self.steps if step.duty == duty]
        if (waited := self.record.waits_for) is None:  # accepted: who accepts also opens again
            return self.reviews[-1:] if only_last else []
        turn = []
        for step in self.reviews:
            if step.order >= waited.order:
                turn.append(step)
                if step.is_required:
                    break
        return [step for step in turn if step == self.reviews[-1]] if only_last else turn

    def after(self, step: RouteStep) -> RouteStep | None:
        return next((each for each in self.reviews if each.order > step.order), None)

    def place_of(self, user: User, steps: list[RouteStep]) -> Place | None:
        """At which of some steps a user may act: at one of their own rather than on behalf."""
        found = None
        for step in steps:
            permission = Permission[step.permission]
            levels = {self.above[pk] for pk in user.unit_ids(permission) if pk in self.above}
            if user.holds_everywhere(permission):
                levels.add(Level.COUNTRY)
            if step.level in levels:
                return Place(step, is_on_behalf=False)
            if any(RANK[level] > RANK[step.level] for level in levels):
                found = found or Place(step, is_on_behalf=True)
        return found


@transaction.atomic
def load_routes(path: Path = ROUTES, *, update: bool = False) -> int:
    """Add the routes of all provinces that are not there yet; returns how many the file has.

    A kind and level that has any stays as it is; with `update` it gets the file's again, and no
    other. A route or a step at which a return waits is not taken away: ProtectedError.
    """
    rows = tomllib.loads(path.read_text(encoding="utf-8"))["routes"]
    ways = {(kind, row["level"]) for row in rows for kind in row["kinds"]}
    known = set(Route.objects.filter(owner=None).values_list("kind", "level"))
    for kind, level in sorted(ways if update else ways - known):
        of_level = [row for row in rows if kind in row["kinds"] and row["level"] == level]
        kept = {row.get("valid_from") for row in of_level}
        for route in Route.objects.filter(kind=kind, level=level, owner=None):
            if route.valid_from not in kept:  # its days would overlap those of the file
                route.delete()
        for row in of_level:
            _write(kind, row)
    return len(rows)


def _write(kind: str, row: dict) -> None:
    same = {"kind": kind, "level": row["level"], "owner": None, "valid_from": row.get("valid_from")}
    values = {"valid_to": row.get("valid_to"), "basis": row.get("basis", "")}
    route, _ = Route.objects.update_or_create(**same, defaults=values)
    steps = dict(enumerate(row["steps"], start=1))
    for step in route.steps.all():
        if step.duty != steps.get(step.order, {}).get("duty"):
            step.delete()
    for order, step in steps.items():
        usual = {"is_required": True, "is_on": True}
        route.steps.update_or_create(order=order, defaults=usual | step)
