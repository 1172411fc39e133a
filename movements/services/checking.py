"""That a point still runs as the book says: said by its commune, for one or for many."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.timezone import localdate

from antq.accounts.models import User
from antq.core.permissions import Permission
from antq.review.models import ReviewEvent
from movements.models import SchemePoint

STILL_RUNS = "Vẫn hoạt động, số liệu không đổi"


@transaction.atomic
def mark_checked(points: Iterable[SchemePoint], *, by: User) -> list[SchemePoint]:
    """Write that these points still run with the figures in the book; returns those written.

    Left out are points that `by` may not edit, that do not run, and that were changed since they
    were in the version of `points`: nobody has seen what they say now. Nothing of the record
    changes, so its version stays: there is no difference for the province to look at.
    """
    today = localdate()
    seen = {point.pk: point.version for point in points}
    mine = SchemePoint.objects.allowing(by, Permission.RECORD_EDIT).running(today)
    held = mine.filter(pk__in=seen).order_by("pk").select_for_update(of=("self",))
    checked = [point for point in held if point.version == seen[point.pk]]
    SchemePoint.objects.filter(pk__in=[point.pk for point in checked]).update(checked_on=today)
    ReviewEvent.objects.bulk_create(
        ReviewEvent(
            target=point._meta.label,
            target_id=point.pk,
            action=STILL_RUNS,
            new_status=point.status,
            by=by,
        )
        for point in checked
    )
    return checked
