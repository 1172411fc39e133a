"""Every address of the site. Apps are named by string only."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("antq.site.urls")),
    path("accounts/", include("antq.accounts.urls")),
    path("units/", include("antq.units.urls")),
    path("movements/", include("movements.urls")),
    path("reports/", include("antq.reports.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "antq.core.errors.bad_request"
handler403 = "antq.core.errors.permission_denied"
handler404 = "antq.core.errors.not_found"
handler500 = "antq.core.errors.server_error"
