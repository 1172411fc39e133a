from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpResponse

from antq.accounts.views import session_ended


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Every page needs a sign-in unless it says otherwise; a form sent without one is kept."""

    def get_login_url(self, view_func):
        return settings.LOGIN_URL  # the admin's pages would name a sign-in page of their own

    def handle_no_permission(self, request, view_func):
        if request.headers.get("HX-Request") == "true":
            # A part of a page: the page stays, with what is typed in it, and says so (site.js).
            return HttpResponse(status=401, headers={"X-Session-Ended": "true"})
        if request.method == "POST":
            return session_ended(request)
        return super().handle_no_permission(request, view_func)
