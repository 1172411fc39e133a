"""Drafts ("bản đang soạn"): a form as it was typed, kept until it is saved.

The browser sends what is typed (static/js/draft.js) and keeps it itself only while the line is
down. A form sent after its session had ended travels another way (`resume`): that one needs no
line and no script; a draft is what is left when a form was never sent at all.

Drafts that nobody has touched for `KEPT` go when somebody, whoever it is, signs in.
"""

import json
from datetime import timedelta

from django import forms
from django.core.exceptions import BadRequest
from django.http import JsonResponse, QueryDict
from django.utils.timezone import localtime, now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from antq.accounts.models import Draft, User
from antq.accounts.resume import is_secret
from antq.core.dates import vn_date

LONGEST = 500_000  # some 200 rows of a table; a form of ours is far shorter
MOST = 50  # forms of one user; the oldest go
KEPT = timedelta(days=60)
SAVED = "saved_drafts"
FIELD = "_draft"  # of a form that is sent: the name of its draft


class DraftName(forms.Form):
    """point-create, point-edit:12: the form that a draft is of."""

    form = forms.RegexField(r"\A[a-z][a-z0-9:-]*\Z", max_length=100)


def keep(user: User, form: str, fields: list) -> Draft:
    """Write what is typed over what was; secrets are left out."""
    kept = [[name, values] for name, values in fields if not is_secret(name)]
    draft, _ = Draft.objects.update_or_create(user=user, form=form, defaults={"fields": kept})
    newest = Draft.objects.filter(user=user).order_by("-updated_at").values("pk")[:MOST]
    Draft.objects.filter(user=user).exclude(pk__in=newest).delete()
    return draft


def forget_old() -> None:
    """Of everybody: also of those who have left, and will not sign in again."""
    Draft.objects.filter(updated_at__lt=now() - KEPT).delete()


def typed(request, form: str) -> QueryDict | None:
    """What was typed in this form, where the address asks for it (`?draft=1`) and there is any."""
    if request.method != "GET" or "draft" not in request.GET:
        return None
    draft = Draft.objects.filter(user=request.user, form=form).first()
    if draft is None:
        return None
    found = QueryDict(mutable=True)
    for name, values in draft.fields:
        found.setlist(name, values)
    return found


def saved(request, form: str) -> None:
    """The posted form is saved: its draft goes, here and (with the next page) in the browser.

    A draft that carries another `client_uuid` is of another record, begun and not saved yet.
    """
    if not DraftName({"form": form}).is_valid():
        return
    uuid = request.POST.get("client_uuid")
    for draft in Draft.objects.filter(user=request.user, form=form):
        if dict(draft.fields).get("client_uuid", [uuid]) == [uuid]:
            draft.delete()
    request.session[SAVED] = [*request.session.get(SAVED, []), form]


def take_saved(request) -> str:
    """The forms saved since the last page: called by the frame of a page, once."""
    return " ".join(request.session.pop(SAVED, []))


@never_cache
@require_http_methods(["GET", "POST", "DELETE"])
def draft(request):
    """`?form=name`. GET: when it was typed, and what. POST: keep this. DELETE: drop it."""
    name = DraftName(request.GET)
    if not name.is_valid():
        raise BadRequest("Không có biểu này.")
    form = name.cleaned_data["form"]
    if request.method == "POST":
        return JsonResponse(_answer(keep(request.user, form, _sent(request))))
    found = Draft.objects.filter(user=request.user, form=form)
    if request.method == "DELETE":
        found.delete()
    kept = found.first()
    return JsonResponse(_answer(kept) | {"fields": kept.fields} if kept else {})


def _answer(kept: Draft) -> dict:
    at = localtime(kept.updated_at)
    return {"time": f"{at:%H:%M}", "day": vn_date(at.date())}


def _sent(request) -> list:
    """[[name, [values]]], or a refusal: this is text from a browser like any other."""
    if len(request.body) > LONGEST:
        raise BadRequest("Bản đang soạn quá dài.")
    try:
        fields = json.loads(request.body.decode())["fields"]
        return [[_storable(name), [_storable(each) for each in all_]] for name, all_ in fields]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise BadRequest("Bản đang soạn không đọc được.") from error


def _storable(text: str) -> str:
    """PostgreSQL holds neither NUL nor half a surrogate pair."""
    return text.encode("utf-8", "ignore").decode().replace("\0", "")
