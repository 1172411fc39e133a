"""What becomes of the points that closed units left: kept, merged, ended, or put in their part."""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from antq.accounts.models import User
from antq.core.permissions import Permission
from antq.review.services import TransitionError, check_version, note
from antq.units.choices import Level
from antq.units.models import AdministrativeUnit
from movements.models import SchemePoint
from movements.models.points import area_key
from movements.services import points as services
from movements.services.lifecycle import ask_merge
from movements.services.places import home_of, take_areas

GONE = "Điểm này đã được rà soát, hoặc tài khoản không có quyền ghi. Tải lại trang để xem."
MERGED = "Gộp do sắp xếp đơn vị hành chính"


@transaction.atomic
def keep(point: SchemePoint, *, by: User, version: int | None = None) -> None:
    """The point goes on as it is: it stays in its old unit, and counts in the one of today."""
    fresh = _left(point, by, version)
    # Nothing of what the record says changes: its version stays, for the province's queue too.
    fresh.kept_on = localdate()
    fresh.save(update_fields=["kept_on"])
    note(fresh, action="Giữ nguyên sau sắp xếp đơn vị", by=by)
    point.refresh_from_db()


@transaction.atomic
def merge(
    point: SchemePoint,
    *,
    into: SchemePoint,
    on: date,
    by: User,
    reason: str = "",
    version: int | None = None,
) -> None:
    """The point goes on as another one; who may confirm has confirmed it with that."""
    # `ask_merge` holds both rows, in one order: nothing is held before it.
    if not _all_left(by).filter(pk=point.pk).exists():
        raise TransitionError(GONE)
    ask_merge(point, into=into, on=on, reason=reason or MERGED, by=by, version=version)
    _confirm_own(point, by)


@transaction.atomic
def end(point: SchemePoint, *, on: date, reason: str, by: User, version: int | None = None) -> None:
    """The point ran until a day; who may confirm has confirmed it with that."""
    _left(point, by, version)
    services.ask_end(point, on=on, reason=reason, by=by)
    _confirm_own(point, by)


def move_to_part(
    point: SchemePoint, *, part: AdministrativeUnit, by: User, version: int | None = None
) -> None:
    """A point of a divided commune lies in this part of it.

    It stays where it was on past days, and counts today in the commune that got the part: both
    must be in the scope of `by`, so from one commune to another only the province moves it. Where
    it changes hands the new commune looks at it again; else it is kept with that.
    """
    try:
        with transaction.atomic():
            _move(point, part, by, version)
    except IntegrityError as error:
        raise TransitionError(
            f"{part.name} đã có điểm này: cùng mô hình, cùng địa bàn. Gộp vào điểm đó."
        ) from error
    point.refresh_from_db()


def _move(point, part: AdministrativeUnit, by: User, version: int | None) -> None:
    fresh = _left(point, by, version)
    divided = fresh.unit.parent if fresh.unit.level == Level.PART else fresh.unit
    parts = AdministrativeUnit.objects.allowing(by, Permission.RECORD_EDIT)
    if not parts.filter(pk=part.pk, level=Level.PART, parent=divided).exists():
        raise TransitionError(
            "Phần này không thuộc xã cũ của điểm, hoặc nay thuộc xã khác: PV05 chuyển giữa hai xã."
        )
    before, after = home_of(fresh.unit), home_of(part)
    fresh.unit = part
    fresh.kept_on = localdate() if before == after else None
    if before != after:
        _move_areas(fresh, before, after)
    _save(fresh, by, ["unit", "kept_on", "area_key"])
    services.follow_unit(fresh)
    note(fresh, action="Xác định thuộc phần của xã đã chia", by=by, reason=part.name)


def _move_areas(point: SchemePoint, before: AdministrativeUnit, after: AdministrativeUnit) -> None:
    """Its areas are in the list of the commune that had it; the other has them by their names."""
    now = point.areas_on(localdate())
    moved = [area for area in now if area.unit_id == before.pk]
    found = take_areas(after, [area.name for area in moved])
    for old, new in zip(moved, found, strict=True):
        point.team_rows.filter(area=old).update(area=new)
    point.areas.remove(*moved)
    point.areas.add(*found)
    point.area_key = area_key([*(area for area in now if area not in moved), *found])


def _all_left(by: User):
    return SchemePoint.objects.allowing(by, Permission.RECORD_EDIT).of_old_units(localdate())


def _left(point: SchemePoint, by: User, version: int | None) -> SchemePoint:
    """The row as it is now, held until the end of the step, while it is still to be looked at."""
    held = _all_left(by).select_for_update(of=("self",)).select_related("unit__parent")
    fresh = held.filter(pk=point.pk).first()
    if fresh is None:
        raise TransitionError(GONE)
    check_version(fresh, version)
    return fresh


def _confirm_own(point: SchemePoint, by: User) -> None:
    mine = SchemePoint.objects.allowing(by, Permission.RECORD_CONFIRM)
    if mine.filter(pk=point.pk).exists():
        services.confirm_end(point, by=by)


def _save(point: SchemePoint, by: User, fields: list[str]) -> None:
    point.version += 1
    point.updated_by = by
    point.save(update_fields=[*fields, "version", "updated_by", "updated_at"])
