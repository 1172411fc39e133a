from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import render


def home(request):
    return render(request, "site/home.html")


def dashboard(request):
    return render(request, "site/dashboard.html")


@login_not_required
def healthz(request):
    """200 "ok" when the database answers; for a load balancer or a script."""
    with connection.cursor() as cursor:
        cursor.execute("select 1")
    return HttpResponse("ok", content_type="text/plain")
