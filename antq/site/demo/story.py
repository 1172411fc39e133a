"""Who acts in the demo, when, and on which points."""

from dataclasses import dataclass
from datetime import date, timedelta

from antq.accounts.demo import IA_DREH
from antq.accounts.models import User
from antq.review.choices import Status
from antq.review.models import Source
from antq.site.demo.plausible import SOURCE
from antq.units.models import AdministrativeUnit
from movements.models import SchemePoint


@dataclass
class Story:
    """mine: the points of Ia Dreh that were drawn, the oldest first."""

    source: Source
    officer: User
    leader: User
    staff: User
    today: date

    def __post_init__(self):
        self.home = AdministrativeUnit.objects.get(key=IA_DREH)
        self.mine = list(running(self.home))

    def ago(self, days: int) -> date:
        return self.today - timedelta(days=days)

    def of_type(self, *codes: str) -> list[SchemePoint]:
        return [point for point in self.mine if point.scheme.type.code in codes]


def running(unit: AdministrativeUnit):
    """Its confirmed points that nobody wants to end, the oldest first."""
    points = SchemePoint.objects.filter(
        unit=unit, source__title=SOURCE, status=Status.CONFIRMED, ended_on=None, end_asked_on=None
    )
    return points.select_related("scheme__type", "unit", "host").order_by("launched_on", "pk")
