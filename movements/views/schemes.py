"""The catalogue: which schemes there are, and how many points of each the user may see."""

from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render

from movements.filters import SchemeFilter
from movements.models import Scheme

PAGE = 50


def scheme_list(request):
    form = SchemeFilter(request.GET)
    if not form.is_valid():
        raise BadRequest(" ".join(error for errors in form.errors.values() for error in errors))
    page = Paginator(form.schemes(request.user), PAGE).get_page(form.cleaned_data["page"] or 1)
    return render(request, "movements/scheme_list.html", {"form": form, "page_obj": page})


def scheme_detail(request, pk):
    schemes = Scheme.objects.with_points_of(request.user)
    with_all = schemes.select_related("type", "origin_unit", "owner", "merged_into", "source")
    scheme = get_object_or_404(with_all, pk=pk)
    return render(request, "movements/scheme_detail.html", {"scheme": scheme})
