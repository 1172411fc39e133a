"""Entering and changing points: the record, its place, its figures and its trail in one go."""

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from antq.accounts.models import User
from antq.core.dates import vn_date
from antq.core.permissions import Permission
from antq.review import services as review
from antq.review.choices import Status
from antq.review.models import Source
from antq.review.models.sources import SourceKind
from antq.units.models import AdministrativeUnit
from movements.choices import CatalogueStatus
from movements.models import Scheme, SchemePoint, SchemeType
from movements.services.places import found_or_made, province_of, take_areas, take_host
from movements.services.points import COPIED, record_state


class EntryError(Exception):
    """The point cannot be written; the message tells the user what to do."""


@dataclass(frozen=True)
class Entry:
    """What a form says of a point beside the fields of its row.

    home: the unit of today in which it is; its row stands in the unit of its first day.
    scheme_name: a name that is not in the catalogue yet, of `type`.
    """

    home: AdministrativeUnit
    type: SchemeType
    as_of: date
    scheme: Scheme | None = None
    scheme_name: str = ""
    areas: list[str] = field(default_factory=list)
    host: str = ""
    source: str = ""
    figures: dict = field(default_factory=dict)


def enter_point(point: SchemePoint, entry: Entry, *, by: User) -> None:
    """Write a new point. It waits for the leader, unless `by` may confirm: then it is confirmed."""
    with _refusals(), transaction.atomic():
        point.created_by = by
        _write(point, entry, by)
        record_state(point, as_of=entry.as_of, by=by, **entry.figures)
        review.note(point, action=_entered(entry.home, by), by=by)
        mine = SchemePoint.objects.allowing(by, Permission.RECORD_CONFIRM)
        if mine.filter(pk=point.pk).exists():
            review.move_to(Status.CONFIRMED, record=point, by=by)


def change_point(point: SchemePoint, entry: Entry, *, by: User, changed: str) -> None:
    """Write an edit of a point that the caller has locked; a returned one waits again.

    changed: what was changed, in words, for the trail. Figures become a state of their day only
    when they differ from what is known of that day.
    """
    differs = _differs(point, entry)
    if not changed and not differs and point.status != Status.RETURNED:
        return
    with _refusals(), transaction.atomic():
        point.version += 1
        _write(point, entry, by)
        if differs:
            record_state(point, as_of=entry.as_of, by=by, **entry.figures)
        reason = changed or f"Số liệu tính đến ngày {vn_date(entry.as_of)}"
        review.note(point, action="Sửa", by=by, reason=reason[:500])
        if point.status == Status.RETURNED:
            review.move_to(Status.WAITING, record=point, by=by)


def _write(point: SchemePoint, entry: Entry, by: User) -> None:
    point.scheme = entry.scheme or _take_scheme(entry)
    areas = take_areas(entry.home, entry.areas)
    point.area_key = ",".join(str(pk) for pk in sorted(area.pk for area in areas))
    point.host = take_host(entry.home, entry.host, point.block)
    point.source = _take_source(entry.source, point.source, by)
    point.updated_by = by
    point.save()
    point.areas.set(areas)


def sources_of(user: User) -> QuerySet[Source]:
    """The sources of the records that the user may see: titles may say more than a name does."""
    seen = SchemePoint.objects.visible_to(user).exclude(source=None)
    return Source.objects.filter(pk__in=seen.values("source"))


def _take_source(title: str, now: Source | None, by: User) -> Source | None:
    """The source with this title: that of the point, one that the user may see, or a new one."""
    if not title or (now is not None and now.title == title):
        return now if title else None
    if found := sources_of(by).filter(title=title).order_by("pk").first():
        return found
    made = {"title": title, "publisher": "", "issued_on": None}
    return Source.objects.get_or_create(**made, defaults={"kind": SourceKind.DOCUMENT})[0]


def _take_scheme(entry: Entry) -> Scheme:
    """The scheme of that name; a new name waits for the province to take it in."""
    return found_or_made(
        Scheme.objects.filter(type=entry.type, merged_into=None),
        entry.scheme_name,
        type=entry.type,
        status=CatalogueStatus.PROPOSED,
        owner=province_of(entry.home),
    )


def _differs(point: SchemePoint, entry: Entry) -> bool:
    day = entry.as_of
    state = point.states.filter(valid_from__lte=day, valid_to__gte=day).first()
    return state is None or any(getattr(state, name) != entry.figures[name] for name in COPIED)


def _entered(home: AdministrativeUnit, by: User) -> str:
    if home.pk in by.unit_ids(Permission.RECORD_EDIT):
        return "Nhập mới"
    return f"Nhập thay cho {home.name}"[:60]


@contextmanager
def _refusals():
    """Turns what the database refuses into its message for people."""
    try:
        yield
    except IntegrityError as error:
        broken = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")
        for constraint in SchemePoint._meta.constraints:
            if constraint.name == broken:
                raise EntryError(constraint.violation_error_message) from error
        raise EntryError(
            "Chưa lưu được vì có người vừa ghi trùng. Bấm lưu lần nữa; nội dung đã nhập vẫn còn."
        ) from error
