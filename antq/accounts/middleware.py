from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpResponse
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

from antq.accounts.views import session_ended


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Every page needs a sign-in unless it says otherwise; a form sent without one is kept."""

    def get_login_url(self, view_func):
        return settings.LOGIN_URL  # the admin's pages would name a sign-in page of their own

    def handle_no_permission(self, request, view_func):
        if request.headers.get("HX-Request") == "true":
            return self._whole_page(request, view_func)
        if request.method == "POST":
            return session_ended(request)
        return super().handle_no_permission(request, view_func)

    def _whole_page(self, request, view_func):
        """A part of a page cannot show the sign-in: the page goes there and comes back."""
        address = resolve_url(self.get_login_url(view_func))
        page = request.headers.get("HX-Current-URL", "")
        if url_has_allowed_host_and_scheme(page, {request.get_host()}):
            parts = urlsplit(page)
            path = f"{parts.path}?{parts.query}" if parts.query else parts.path
            address = f"{address}?{urlencode({'next': path})}"
        return HttpResponse(status=401, headers={"HX-Redirect": address})
