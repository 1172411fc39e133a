"""Home ("Việc cần làm") of the police of a commune: each thing with its one action."""

from django.db.models import Count, Q
from django.utils.timezone import localdate

from antq.accounts.roles import PERMITS, Role
from antq.core.permissions import Permission
from antq.reports.tables import tabulate
from antq.reports.windows import Map, resolve
from antq.review.choices import Status
from antq.units.models import AdministrativeUnit
from movements import measures
from movements.models import SchemePoint

SHOWN = 10
COMMUNE_POLICE = (Role.COMMUNE_OFFICER, Role.COMMUNE_LEADER)
BOOK = [
    measures.distinct_schemes,
    measures.active_points,
    measures.teams,
    measures.members,
    measures.households,
]


def works_in_a_commune(user) -> bool:
    """Those who look after the book of a commune come here; everybody else to the dashboard."""
    return any(held.role in COMMUNE_POLICE for held in user.current_assignments)


def build(user) -> dict:
    """What waits for this user's confirmation, what was returned to him, and his book."""
    editable = SchemePoint.objects.allowing(user, Permission.RECORD_EDIT)
    asked_to_end = Q(status=Status.CONFIRMED, end_asked_on__isnull=False)
    counts = editable.aggregate(
        waiting=Count("pk", filter=Q(status=Status.WAITING) | asked_to_end),
        returned=Count("pk", filter=Q(status=Status.RETURNED)),
    )
    return {
        "counts": counts,
        "waiting": editable.waiting().for_lists().order_by("created_at", "pk")[:SHOWN],
        "returned": editable.filter(status=Status.RETURNED)
        .for_lists()
        .order_by("updated_at", "pk")[:SHOWN],
        "books": [_book(unit, user) for unit in _units(user)],
        "may_confirm": user.may(Permission.RECORD_CONFIRM),
        "today": localdate(),
    }


def _units(user) -> list[AdministrativeUnit]:
    """The units in which the user enters: two communes may share one police."""
    held = user.current_assignments
    entering = (each.unit for each in held if Permission.RECORD_EDIT in PERMITS[each.role])
    return list(dict.fromkeys(entering))


def _book(unit: AdministrativeUnit, user) -> tuple:
    """(unit, [(measure, cell)]) of today."""
    scope = resolve(unit, on=None, map=Map.TODAY, today=localdate())
    table = tabulate(BOOK, units=[unit], scope=scope, user=user)
    return unit, list(zip(BOOK, table.total.cells, strict=True))
