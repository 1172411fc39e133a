"""What happened to a point, or to a named scheme: the change log as a clerk reads it."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render

from antq.core.changes import Names, tell
from antq.core.permissions import Permission
from movements.history import QUERYSETS, point_history, put_in_words, scheme_history
from movements.models import Scheme
from movements.views.detail import visible_point

PAGE = 30


class PageForm(forms.Form):
    page = forms.IntegerField(required=False, min_value=1, max_value=10**6)


def page_of(request, rows, size: int):
    """A page of a list; what is no page number is the first page."""
    form = PageForm(request.GET)
    number = form.cleaned_data.get("page") if form.is_valid() else 1
    return Paginator(rows, size).get_page(number or 1)


def history(request, pk):
    point = visible_point(request.user, pk)
    whole = point_history(point)
    page = page_of(request, whole, PAGE)
    put_in_words(page.object_list, point, whole)
    context = {"point": point, "page_obj": page}
    return render(request, "movements/point_history.html", context)


def of_scheme(request, pk):
    """For those who look after the catalogue: its changes name accounts of all provinces."""
    if not request.user.may(Permission.CONFIGURE):
        raise PermissionDenied("Lịch sử của tên mô hình chỉ dành cho cấp tỉnh.")
    scheme = get_object_or_404(Scheme.objects.select_related("type"), pk=pk)
    page = page_of(request, scheme_history(scheme), PAGE)
    tell(page.object_list, scheme, Names(QUERYSETS, known=[scheme]))
    return render(request, "movements/scheme_history.html", {"scheme": scheme, "page_obj": page})
