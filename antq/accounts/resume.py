"""What was typed when the session had ended: carried through the sign-in, saved on a click.

It travels in the pages themselves, signed, so that nothing is stored for strangers and every tab
has its own. Only this program can sign it, and nothing is sent on without a click of the user.
"""

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.utils.http import url_has_allowed_host_and_scheme

from antq.accounts.models import User

SALT = "accounts.resume"
HOURS = 12
LONGEST = 2_000_000  # what the sign-in form can carry: DATA_UPLOAD_MAX_MEMORY_SIZE is 2.5 MB
LAST_USER = "antq_last_user"
FILES_LOST = "files_lost"  # a field of a kept form: files were chosen, and cannot be carried


@dataclass(frozen=True)
class Kept:
    """A form that was not saved: where it was going, its fields, and who had been signed in."""

    path: str
    fields: list[tuple[str, list[str]]]
    typed_by: User | None

    @property
    def has_lost_files(self) -> bool:
        return any(name == FILES_LOST for name, _ in self.fields)


def keep(request) -> str:
    """The posted form as one signed text; '' when it is too long to be carried."""
    fields = [item for item in request.POST.lists() if not is_secret(item[0])]
    if request.FILES:
        fields.append((FILES_LOST, ["1"]))
    content = [request.get_full_path(), fields, _last_user(request)]
    text = signing.dumps(content, salt=SALT, compress=True)
    return text if len(text) <= LONGEST else ""


def restore(text: str) -> Kept | None:
    """None when the text is not ours, or too old."""
    try:
        path, fields, user_id = signing.loads(text, salt=SALT, max_age=HOURS * 60 * 60)
    except signing.BadSignature:
        return None
    if not url_has_allowed_host_and_scheme(path, allowed_hosts=None):
        return None
    return Kept(path, fields, User.objects.filter(pk=user_id).first() if user_id else None)


def remember_user(response, user) -> None:
    """So that a later page can warn when somebody else goes on with what this user typed."""
    response.set_signed_cookie(
        LAST_USER,
        user.pk,
        salt=SALT,
        max_age=30 * 24 * 60 * 60,
        path=settings.SESSION_COOKIE_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _last_user(request) -> int | None:
    found = request.get_signed_cookie(LAST_USER, default="", salt=SALT)
    return int(found) if found.isdigit() else None


def is_secret(name: str) -> bool:
    return name == "csrfmiddlewaretoken" or "password" in name.lower()
