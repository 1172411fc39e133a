"""The list of a point's teams. The point's own figures may say more than the list does."""

from django.db import transaction
from django.utils.timezone import localdate

from antq.accounts.models import User
from antq.core.numbers import Quantity
from antq.core.permissions import Permission
from antq.review.services import note
from movements.models import SchemePoint, Team
from movements.models.points import FIGURES
from movements.services.differences import close_mended
from movements.services.points import COPIED, locked, record_state

FIRE_TEAM = "to-lien-gia-pccc"
FEWEST, MOST = 5, 15


@transaction.atomic
def save_team(team: Team, *, by: User, version: int | None = None, changed: str = "") -> None:
    """Write a new team of `team.point`, or a changed one."""
    point = locked(team.point, by, Permission.RECORD_EDIT, version)
    action = "Sửa tổ" if team.pk else "Thêm tổ"
    team.save()
    touch(point, by)
    said = f"{team.name}: {changed}" if changed else team.name
    note(point, action=action, by=by, reason=said[:500])


@transaction.atomic
def remove_team(team: Team, *, reason: str, by: User, version: int | None = None) -> None:
    """Of a team written by mistake; one that is no more gets its last day instead."""
    point = locked(team.point, by, Permission.RECORD_EDIT, version)
    said = f"{team.name}: {reason.strip()}"
    team.delete()
    touch(point, by)
    note(point, action="Xóa tổ do nhập nhầm", by=by, reason=said[:500])


@transaction.atomic
def take_from_list(point: SchemePoint, *, by: User, version: int | None = None) -> None:
    """The point's figures of today become what its list of teams says.

    Members and households only where every team says them: an unknown one would make too little.
    """
    fresh = locked(point, by, Permission.RECORD_EDIT, version)
    told = {
        name: quantity.value
        for name, quantity in listed(fresh.team_rows.all()).items()
        if quantity.value is not None and not quantity.unknown
    }
    figures = {name: getattr(fresh, name) for name in COPIED} | told
    kept = {name: value for name, value in fresh.qualifiers.items() if name not in told}
    record_state(fresh, as_of=localdate(), by=by, **figures | {"qualifiers": kept})
    touch(fresh, by)
    close_mended(fresh, by=by)
    said = ", ".join(f"{_LABELS[name]} {value}" for name, value in told.items())
    note(fresh, action="Lấy số liệu theo danh sách tổ", by=by, reason=said)


_LABELS = {name: SchemePoint._meta.get_field(name).verbose_name for name in FIGURES}


def listed(teams) -> dict[str, Quantity]:
    """What the teams of today add up to: how many they are, their members, their households.

    A figure that no team has is unknown altogether; else it says of how many it is unknown.
    """
    today = localdate()
    running = [team for team in teams if team.ended_on is None or team.ended_on >= today]
    found = {"teams": Quantity(len(running))}
    for name in ("members", "households"):
        known = [value for team in running if (value := getattr(team, name)) is not None]
        blank = len(running) - len(known)
        found[name] = Quantity(sum(known) if known else None, unknown=blank)
    return found


def size_warning(team: Team) -> str:
    """A fire-safety team has some neighbours: fewer or more is worth a second look, no more."""
    size = team.households
    if team.point.scheme.type.code != FIRE_TEAM or size is None or FEWEST <= size <= MOST:
        return ""
    return f"Tổ liên gia thường có từ {FEWEST} đến {MOST} hộ; tổ này ghi {size} hộ. Xem lại."


def touch(point: SchemePoint, by: User) -> None:
    """What hangs on the point has changed: the province sees a difference to look at."""
    point.version += 1
    point.updated_by = by
    point.checked_on = localdate()
    point.save(update_fields=["version", "updated_by", "checked_on", "updated_at"])
