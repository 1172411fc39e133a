"""How much of a unit is reached: residential areas with a scheme, of all that there are."""

from django.db.models import Count, OuterRef, Subquery, Sum

from antq.reports.measures import Measure
from antq.reports.windows import Window
from antq.units.models import UnitProfile
from movements.coverage import areas_with_scheme_on
from movements.measures.stocks import kept


def covered(window: Window):
    return areas_with_scheme_on(window.end)


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
    is_of_book=False,
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
    is_of_book=False,
    kept=kept,
)
