"""How much of a unit is reached: residential areas with a scheme, of all that there are."""

from django.db.models import Count, Exists, OuterRef, Subquery, Sum

from antq.reports.measures import Measure
from antq.reports.windows import Window
from antq.units.models import ResidentialArea, UnitProfile
from movements.measures.stocks import SCHEMES, active, kept
from movements.models import SchemePoint


def covered(window: Window):
    """Areas of that day in which a point of a scheme runs."""
    links = SchemePoint.areas.through.objects.filter(residentialarea=OuterRef("pk"))
    running = active(window).filter(SCHEMES).values("pk")
    areas = ResidentialArea.objects.valid_on(window.end)
    return areas.filter(Exists(links.filter(schemepoint__in=running)))


def profiles(window: Window):
    """Of each unit the profile of the window's year, or the latest one before it."""
    known = UnitProfile.objects.filter(year__lte=window.end.year, residential_areas__isnull=False)
    latest = known.filter(unit=OuterRef("unit")).order_by("-year").values("year")[:1]
    return known.filter(year=Subquery(latest))


areas_covered = Measure(
    code="areas.covered",
    label="Số thôn, tổ dân phố có mô hình",
    unit="thôn, tổ dân phố",
    records=covered,
    value=Count("pk"),
    kept=kept,
    explanation=(
        "Thôn, tổ dân phố có mô hình: có ít nhất một điểm đang hoạt động ghi rõ địa bàn đó, "
        "trên tổng số thôn, tổ dân phố mà đơn vị đã khai trong năm."
    ),
)
areas_declared = Measure(
    code="areas.declared",
    label="Tổng số thôn, tổ dân phố",
    unit="thôn, tổ dân phố",
    records=profiles,
    value=Sum("residential_areas"),
    kept=kept,
)
