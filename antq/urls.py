"""Every address of the site. Apps are named by string only."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import include, path


@login_not_required
def favicon(request):
    return redirect(static("img/icon.svg"))


urlpatterns = [
    path("", include("antq.site.urls")),
    path("accounts/", include("antq.accounts.urls")),
    path("units/", include("antq.units.urls")),
    path("movements/", include("movements.urls")),
    path("reports/", include("antq.reports.urls")),
    path("admin/", admin.site.urls),
    # What a browser asks for by itself, where a page names no icon (an Excel file, a bare error).
    path("favicon.ico", favicon, name="favicon"),
]

handler400 = "antq.core.errors.bad_request"
handler403 = "antq.core.errors.permission_denied"
handler404 = "antq.core.errors.not_found"
handler500 = "antq.core.errors.server_error"
