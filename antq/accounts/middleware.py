from time import time

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpResponse
from django.urls import reverse

from antq.accounts import drafts
from antq.accounts.views import password_due, session_ended

CHANGE = "accounts:password-change"


class ProlongSessionMiddleware:
    """A session ends some hours after the last request; it is written once a minute at most."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        now, session = int(time()), request.session
        rarely = min(60, settings.SESSION_COOKIE_AGE // 10)
        # Of a stranger nothing is stored, whatever cookie he brings: ended long ago, or made up.
        is_known = session.session_key and SESSION_KEY in session
        if is_known and abs(now - session.get("seen", 0)) >= rarely:
            session["seen"] = now
        return self.get_response(request)


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Every page needs a sign-in unless it says otherwise; a form sent without one is kept.

    Who signed in with a password that somebody else gave changes it before anything else.
    """

    def process_view(self, request, view_func, view_args, view_kwargs):
        refusal = super().process_view(request, view_func, view_args, view_kwargs)
        if refusal is not None or not getattr(view_func, "login_required", True):
            return refusal
        if not request.user.must_change_password or request.resolver_match.view_name == CHANGE:
            return None
        if request.headers.get("HX-Request") == "true":
            return HttpResponse(status=403, headers={"HX-Redirect": reverse(CHANGE)})
        return password_due(request)

    def get_login_url(self, view_func):
        return settings.LOGIN_URL  # the admin's pages would name a sign-in page of their own

    def handle_no_permission(self, request, view_func):
        if request.headers.get("HX-Request") == "true":
            # A part of a page: the page stays, with what is typed in it, and says so (site.js).
            return HttpResponse(status=401, headers={"X-Session-Ended": "true"})
        if request.method == "POST":
            return session_ended(request)
        return super().handle_no_permission(request, view_func)


class DraftMiddleware:
    """A form that was sent and answered with another page is saved: its draft is not needed.

    What is wrong in a form is said on its own page, and the draft stays.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.method == "POST" and response.status_code == 302:
            form, user = request.POST.get(drafts.FIELD), request.user
            if form and user.is_authenticated and not user.must_change_password:
                drafts.saved(request, form)
        return response
