"""The province's work on names of schemes: taking them in, changing them."""

from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.text import Truncator

from antq.accounts.models import User
from antq.review import services as review
from antq.review.services import TransitionError
from antq.units.choices import OrganizationKind
from antq.units.models import Organization
from movements.choices import CatalogueStatus
from movements.models import Scheme, SchemePoint
from movements.services.places import found_or_made

LONGEST_REASON = 500


def locked(scheme: Scheme, *, by: User) -> Scheme:
    """The row as it is now, held until the end of the step."""
    mine = Scheme.objects.configurable_by(by).select_for_update(of=("self",))
    fresh = mine.filter(pk=scheme.pk).first()
    if fresh is None:
        raise TransitionError("Tài khoản không có quyền sửa tên mô hình này.")
    if fresh.merged_into_id:
        raise TransitionError(f"“{fresh}” đã gộp vào “{fresh.merged_into}”.")
    return fresh


@transaction.atomic
def accept(scheme: Scheme, *, by: User, reason: str = "") -> None:
    """Take a new name into the catalogue."""
    fresh = locked(scheme, by=by)
    if fresh.status == CatalogueStatus.ACCEPTED:
        raise TransitionError(f"“{fresh}” đã có trong danh mục.")
    fresh.status = CatalogueStatus.ACCEPTED
    fresh.save(update_fields=["status"])
    review.note(fresh, action="Đưa vào danh mục", by=by, reason=reason.strip())


@transaction.atomic
def change_scheme(
    scheme: Scheme, *, leaders: list[str], old_name: str, words: str, reason: str, by: User
) -> None:
    """Write an edit of a name that the caller has locked; the old name stays as an alias."""
    if scheme.name != old_name:
        scheme.aliases = with_old_name(scheme.aliases, old=old_name, new=scheme.name)
    scheme.save()
    known, home = leaders_of(scheme), scheme.owner
    bodies = [
        found_or_made(known, name, unit=home, kind=OrganizationKind.AGENCY) for name in leaders
    ]
    scheme.lead_organizations.set(bodies)
    action = "Sửa tên" if scheme.name != old_name else "Sửa"
    noted(scheme, action=action, words=words, reason=reason, by=by)


def leaders_of(scheme: Scheme) -> QuerySet[Organization]:
    """Bodies that may lead it: those of the country, and of the province that owns it."""
    of_owner = Q(unit=None) | Q(unit=scheme.owner_id) if scheme.owner_id else Q(unit=None)
    return Organization.objects.filter(
        of_owner | Q(pk__in=scheme.lead_organizations.values("pk")), valid_to=None
    )


def waiting_names(user: User) -> QuerySet[Scheme]:
    """New names that wait for this user, the oldest first; `first_point`: where it came from."""
    points = SchemePoint.objects.filter(scheme=OuterRef("pk")).order_by("created_at", "pk")
    waiting = Scheme.objects.configurable_by(user).filter(
        status=CatalogueStatus.PROPOSED, merged_into=None
    )
    return waiting.annotate(first_point=Subquery(points.values("pk")[:1])).order_by("pk")


def noted(scheme: Scheme, *, action: str, words: str, reason: str, by: User) -> None:
    """A line of the trail: what was done, in words, and why."""
    text = f"{words}. {reason}" if reason.strip() else words
    cut = Truncator(text.strip()).chars(LONGEST_REASON)
    review.note(scheme, action=action, by=by, reason=cut)


def all_names(*groups: list[str]) -> list[str]:
    """Each name once, in order, however it is capitalised."""
    names = {}
    for name in (name.strip() for group in groups for name in group):
        if name:
            names.setdefault(name.casefold(), name)
    return list(names.values())


def with_old_name(aliases: str, *, old: str, new: str) -> str:
    """The aliases of a name that changes: the old name is one of them, the new one is not."""
    names = all_names([old], aliases.splitlines())
    return "\n".join(name for name in names if name.casefold() != new.casefold())
