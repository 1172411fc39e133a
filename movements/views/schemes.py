"""The catalogue: which schemes there are, and how many points of each the user may see."""

from types import SimpleNamespace

from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.db.models import Count, Q, Sum
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.timezone import localdate

from antq.core.numbers import Quantity
from antq.core.permissions import Permission
from antq.review.models import ReviewEvent
from antq.units.models import AdministrativeUnit
from movements.filters import SchemeFilter
from movements.models import Recognition, Scheme, SchemePoint
from movements.services.catalogue import waiting_names
from movements.views.history import page_of

PAGE, UNITS = 50, 20


def scheme_list(request):
    form = SchemeFilter(request.GET, user=request.user)
    if not form.is_valid():
        raise BadRequest(" ".join(error for errors in form.errors.values() for error in errors))
    page = Paginator(form.schemes(), PAGE).get_page(form.cleaned_data["page"] or 1)
    page.object_list = page.object_list.counted_for(request.user)
    context = {"form": form, "page_obj": page}
    if request.user.may(Permission.CONFIGURE):
        context |= {"configures": True, "waiting": waiting_names(request.user).count()}
    return render(request, "movements/scheme_list.html", context)


def scheme_detail(request, pk):
    schemes = Scheme.objects.with_points_of(request.user)
    with_all = schemes.select_related("type", "origin_unit", "owner", "merged_into", "source")
    scheme = get_object_or_404(with_all, pk=pk)
    mine = Scheme.objects.configurable_by(request.user).filter(merged_into=None, pk=pk)
    context = {
        "scheme": scheme,
        "may_edit": mine.exists(),
        "merged": scheme.merged.in_name_order(),
        "page_obj": _by_unit(request, scheme),
        "recognitions": Recognition.objects.visible_to(request.user).filter(scheme=scheme),
        "may_enter": request.user.may(Permission.RECORD_EDIT),
    }
    # The trail names accounts of all provinces: it is for those who look after the catalogue.
    if request.user.may(Permission.CONFIGURE):
        context["events"] = ReviewEvent.objects.about(scheme).select_related("by")
    return render(request, "movements/scheme_detail.html", context)


def _by_unit(request, scheme: Scheme):
    """The points of it that run today, by the unit of each."""
    today = localdate()
    points = SchemePoint.objects.visible_to(request.user).confirmed().active_on(today)
    rows = (
        points.filter(scheme=scheme)
        .order_by("unit__sort_key", "unit")
        .values("unit", "unit__sort_key")
        .annotate(value=Sum("count"), unknown=Count("pk", filter=Q(count=None)))
    )
    page = page_of(request, rows, UNITS)
    units = AdministrativeUnit.objects.with_place().in_bulk([row["unit"] for row in page])
    page.object_list = [_unit_row(scheme, units[row["unit"]], row, today) for row in page]
    return page


def _unit_row(scheme: Scheme, unit: AdministrativeUnit, row: dict, today) -> SimpleNamespace:
    """With a link to the points, where the unit is one of today: the list knows only those."""
    number = Quantity(row["value"], unknown=row["unknown"])
    address = f"{reverse('movements:point-list')}?scheme={scheme.pk}&unit={unit.key}&status=active"
    return SimpleNamespace(unit=unit, number=number, url=address if unit.is_valid_on(today) else "")
