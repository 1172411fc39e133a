from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LogoutView, PasswordChangeView
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse, reverse_lazy
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from antq.accounts import drafts, resume
from antq.accounts.demo import PASSWORD
from antq.accounts.forms import ChangePasswordForm, SignInForm
from antq.accounts.models import User
from antq.core import errors

TOO_OLD = (
    f"Nội dung đã nhập không còn giữ được (quá {resume.HOURS} giờ, hoặc trang không nguyên vẹn). "
    "Mở lại trang và nhập lại."
)


@login_not_required
@sensitive_post_parameters()
@never_cache
def sign_in(request):
    if request.user.is_authenticated:
        return HttpResponseRedirect(_next(request))
    if request.method != "POST":
        form = SignInForm(request, initial={"username": request.GET.get("username", "")})
        return _sign_in_page(request, form)
    form = SignInForm(request, data=request.POST)
    kept = request.POST.get("kept", "")
    if not form.is_valid():
        return _sign_in_page(request, form, kept=kept)
    login(request, form.get_user())
    drafts.forget_old()
    response = _go_on(request, kept)
    resume.remember_user(response, request.user)
    return response


sign_out = login_not_required(LogoutView.as_view())


class ChangePassword(PasswordChangeView):
    form_class = ChangePasswordForm
    template_name = "accounts/password_change.html"
    success_url = reverse_lazy("site:home")

    def get_context_data(self, **kwargs):
        asked = {"next": _next(self.request), "kept": self.request.POST.get("kept", "")}
        return super().get_context_data(**asked, **kwargs)

    def form_valid(self, form):
        super().form_valid(form)
        messages.success(self.request, "Đã đổi mật khẩu.")
        return _go_on(self.request, self.request.POST.get("kept", ""))


@never_cache
def password_due(request):
    """The answer to anybody who must change the password first; a form that was sent is kept."""
    if request.method != "POST":
        query = urlencode({"next": request.get_full_path()})
        return redirect(f"{reverse('accounts:password-change')}?{query}")
    context = {
        "form": ChangePasswordForm(request.user),
        "next": _own(request, request.headers.get("Referer")),
        "kept": resume.keep(request),
    }
    return render(request, "accounts/password_change.html", context, status=403)


@never_cache
def session_ended(request):
    """The answer to a form sent without a sign-in: sign in again, and what was typed is kept."""
    return _sign_in_page(
        request, SignInForm(request), kept=resume.keep(request), has_ended=True, status=401
    )


@never_cache
def csrf_failure(request, reason=""):
    """A form from before the last sign-in: another tab of this browser signed in meanwhile.

    Its token is old, and Django refuses it. Where the browser says that the form stands on a page
    of ours (no other site can make it say so), what was typed is kept, as after a session's end.
    """
    own = f"{request.scheme}://{request.get_host()}"
    is_ours = request.headers.get("Origin") == own and settings.CSRF_COOKIE_NAME in request.COOKIES
    if not is_ours or request.headers.get("HX-Request"):
        return errors.csrf_failure(request, reason)
    if request.path == reverse("accounts:sign-out"):
        logout(request)
        return redirect("accounts:sign-in")
    if request.path == reverse("accounts:sign-in"):
        kept = request.POST.get("kept", "")
        if not request.user.is_authenticated:
            return _sign_in_page(request, SignInForm(request), kept=kept, status=401)
        return _go_on(request, kept)
    if not request.user.is_authenticated:
        return session_ended(request)
    kept = resume.keep(request)
    return _go_on(request, kept) if kept else errors.csrf_failure(request, reason)


def _sign_in_page(request, form, *, kept="", has_ended=False, status=200):
    demo = User.objects.filter(is_demo=True, is_active=True).order_by("pk") if settings.DEMO else []
    context = {
        "form": form,
        # A form that was kept comes back by itself; else its page is the one to come back to.
        "next": _own(request, request.headers.get("Referer")) if has_ended else _next(request),
        "kept": kept,
        "has_ended": has_ended,
        "demo_accounts": demo,
        "demo_password": PASSWORD,
    }
    return render(request, "accounts/sign_in.html", context, status=status)


def _go_on(request, text):
    """Where a signed-in user continues: the form that was kept, or the page asked for."""
    if not text:
        return HttpResponseRedirect(_next(request))
    kept = resume.restore(text)
    if kept is None:
        messages.error(request, TOO_OLD)
        return HttpResponseRedirect(_next(request))
    is_other = kept.typed_by is not None and kept.typed_by != request.user
    return render(request, "accounts/resume.html", {"kept": kept, "is_other": is_other})


def _next(request):
    return _own(request, request.POST.get("next", request.GET.get("next")))


def _own(request, url):
    """The page asked for, when it is one of ours; else the first page of this user."""
    is_own = url_has_allowed_host_and_scheme(
        url, {request.get_host()}, require_https=request.is_secure()
    )
    ends_here = (reverse("accounts:sign-in"), reverse("accounts:sign-out"))
    path = urlsplit(url).path if is_own else ""
    # "abc" is an address of ours to Django, and would lead to a page below the sign-in page.
    if path.startswith("/") and path not in ends_here:
        return url
    return resolve_url(settings.LOGIN_REDIRECT_URL)
