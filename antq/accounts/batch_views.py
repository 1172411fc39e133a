"""The page on which an administrator makes the accounts of a province, and the slips to print."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import render, resolve_url
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables

from antq.accounts.batch import ROLES, make_accounts, read_lines, take_turns
from antq.accounts.forms import BatchForm
from antq.core.clashes import once_more
from antq.core.permissions import Permission

SLIPS_PER_PAGE = 8


@never_cache
@once_more  # an account was made in the admin meanwhile
@sensitive_variables("slips")
def batch(request):
    """A pasted list, looked at before anything is made; passwords are shown this once."""
    if not request.user.holds_everywhere(Permission.ADMINISTER):
        raise PermissionDenied("Chỉ người quản trị hệ thống cấp tài khoản.")
    form, lines, slips = BatchForm(request.POST or None), None, None
    if form.is_valid():
        with transaction.atomic():
            take_turns()
            lines = read_lines(form.cleaned_data["lines"], form.cleaned_data["province"])
            if request.POST.get("step") == "make" and is_right(lines):
                slips = make_accounts(lines)
    if slips:
        return slips_page(request, slips)
    context = {
        "form": form,
        "lines": lines,
        "wrong": sum(bool(line.errors) for line in lines or ()),
        "roles": [(role.label, names.split("|")[0]) for role, names in ROLES.items()],
    }
    return render(request, "accounts/batch.html", context)


def is_right(lines) -> bool:
    return bool(lines) and not any(line.errors for line in lines)


@sensitive_variables("slips")
def slips_page(request, slips):
    """Eight to a sheet of A4, to be cut; also what the admin shows after new passwords."""
    starts = range(0, len(slips), SLIPS_PER_PAGE)
    context = {
        "count": len(slips),
        "sheets": [slips[start : start + SLIPS_PER_PAGE] for start in starts],
        "address": request.build_absolute_uri(resolve_url(settings.LOGIN_REDIRECT_URL)),
    }
    response = render(request, "accounts/slips.html", context)
    response["Cache-Control"] = "no-store, private"
    return response
