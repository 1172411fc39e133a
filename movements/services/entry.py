"""Entering and changing points: the record, its place, its figures and its trail in one go."""

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.timezone import localdate

from antq.accounts.models import User
from antq.core.dates import vn_date
from antq.core.permissions import Permission
from antq.review import services as review
from antq.review.choices import Status
from antq.review.models import Source
from antq.review.models.sources import SourceKind
from antq.units.models import AdministrativeUnit, ResidentialArea
from movements.choices import CatalogueStatus
from movements.models import Scheme, SchemePoint, SchemeType
from movements.models.points import area_key
from movements.services.differences import close_mended
from movements.services.places import found_or_made, home_of, province_of, take_areas, take_host
from movements.services.points import COPIED, follow_launch, follow_unit, record_state


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
        point.checked_on = localdate()  # whoever changes it has seen what the form shows of it
        _write(point, entry, by)
        if differs:
            record_state(point, as_of=entry.as_of, by=by, **entry.figures)
        reason = changed or f"Số liệu tính đến ngày {vn_date(entry.as_of)}"
        review.note(point, action="Sửa", by=by, reason=reason[:500])
        close_mended(point, by=by)
        if point.status == Status.RETURNED:
            review.move_to(Status.WAITING, record=point, by=by)


def _write(point: SchemePoint, entry: Entry, by: User) -> None:
    point.scheme = entry.scheme or _take_scheme(entry)
    held = point.areas_on(localdate()) if point.pk else []
    near = [area for area in held if home_of(area.unit) == entry.home]
    areas = take_areas(entry.home, entry.areas, near)
    point.area_key = area_key(areas)
    point.host = take_host(entry.home, entry.host, point.block)
    point.source = _take_source(entry.source, point.source, by)
    point.updated_by = by
    is_known = point.pk is not None
    point.save()
    if is_known:
        follow_unit(point)
        follow_launch(point)
    if set(areas) != set(held):
        # Where it is now was wrong: so are the areas of the past that do not lead there.
        point.areas.set([*areas, *point.areas.filter(pk__in=_led_to(areas))])


def _led_to(areas: list[ResidentialArea]) -> set[int]:
    """The areas of which these are made, and those of which they were made in their turn."""
    found, step = set(), {area.pk for area in areas}
    while step:
        before = ResidentialArea.objects.filter(successors__in=step).values_list("pk", flat=True)
        step = set(before) - found
        found |= step
    return found


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
