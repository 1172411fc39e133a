"""The first pages: home by role, the dashboard, and the page that says that the site lives."""

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import redirect, render

from antq.reports.forms import ScopeForm
from antq.reports.views import scope_error
from antq.site import home as home_page
from antq.site.attention import COLUMNS, table
from antq.site.dashboard import build


def home(request):
    """What is to be done, for the police of a commune and of a province; else the dashboard."""
    if home_page.works_in_a_commune(request.user):
        return render(request, "site/home.html", home_page.of_commune(request.user))
    if home_page.works_for_a_province(request.user):
        return render(request, "site/home.html", home_page.of_province(request.user))
    return redirect("site:dashboard")


def attention(request):
    """`?unit=`: which units below it neglect their book, and in what."""
    form = ScopeForm(request.GET, user=request.user)
    if not form.is_valid():
        return scope_error(request, form, "Việc cần lưu ý")
    context = {
        "unit": form.chosen_unit,
        "rows": table(form.chosen_unit, request.user),
        "columns": COLUMNS.values(),
    }
    return render(request, "site/home_attention.html", context)


def dashboard(request):
    """`?unit=&on=&map=`: how things stand in a unit on a day, on the map of a day."""
    form = ScopeForm(request.GET, user=request.user)
    if not form.is_valid():
        return scope_error(request, form, "Tổng quan phong trào")
    board = build(form.scope, request.user)
    return render(
        request, "site/dashboard.html", {"board": board, "scope": form.scope, "form": form}
    )


@login_not_required
def healthz(request):
    """200 "ok" when the database answers; for a load balancer or a script."""
    with connection.cursor() as cursor:
        cursor.execute("select 1")
    return HttpResponse("ok", content_type="text/plain")
