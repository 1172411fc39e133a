"""Many points at once: a table of new ones, all or none; a step for many, each by itself."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date

from django.db import transaction
from django.db.models import F
from django.utils.text import capfirst
from django.utils.timezone import localdate

from antq.accounts.models import User
from antq.core.dates import vn_date
from antq.core.db import VnKey, vn_keys
from antq.core.permissions import Permission
from antq.review.choices import Status
from antq.review.services import TransitionError, move_to, note
from antq.units.models import AdministrativeUnit, ResidentialArea
from movements.models import Scheme, SchemePoint
from movements.services.differences import close_mended
from movements.services.entry import Entry, EntryError, enter_point
from movements.services.places import areas_of, hosts_of, named
from movements.services.points import locked

MOST_AT_ONCE = 200


@dataclass
class Line:
    """A row of a table: a point that is not written yet. number: as it is shown."""

    number: int
    point: SchemePoint
    entry: Entry


class LineError(Exception):
    """A row cannot be written, and so nothing was; the message tells the user what to do."""

    def __init__(self, line: Line, message: str):
        super().__init__(message)
        self.line = line


def enter_points(lines: list[Line], *, by: User) -> list[Line]:
    """Write all of a table, or nothing of it; returns what was written.

    A row that an earlier sending of the same table has written is passed over.
    """
    try:
        with transaction.atomic():
            written = _unknown(lines)
            for line in written:
                _enter(line, by, written[0].point)
            return written
    except LineError:
        if not _unknown(lines):  # sent twice at once: the other one wrote it all
            return []
        raise


def _enter(line: Line, by: User, first: SchemePoint) -> None:
    # A new name is in the catalogue since the first row.
    entry = replace(line.entry, scheme=first.scheme) if first.pk else line.entry
    try:
        enter_point(line.point, entry, by=by)
    except EntryError as error:
        raise LineError(line, str(error)) from error


def _unknown(lines: list[Line]) -> list[Line]:
    uuids = [line.point.client_uuid for line in lines]
    known = SchemePoint.objects.filter(client_uuid__in=uuids)
    known = set(known.values_list("client_uuid", flat=True))
    return [line for line in lines if line.point.client_uuid not in known]


@dataclass(frozen=True)
class Spot:
    """Where a row says that its point is, as it was typed."""

    areas: tuple[str, ...]
    location: str
    host: str


class Places:
    """Which of many spots are one place, and where a point stands already.

    A few queries for the whole table: names are compared as the database does, aliases included.
    """

    def __init__(self, home: AdministrativeUnit, spots: Iterable[Spot]):
        spots = list(spots)
        hosts = {spot.host for spot in spots if spot.host}
        names = {name for spot in spots for name in spot.areas}
        self._keys = vn_keys(names | hosts | {spot.location for spot in spots} | {""})
        self._areas = _by_key(areas_of(home)) if names else {}
        self._hosts = {name: _first_host(home, name) for name in hosts}
        new = sorted(name for name in names if self._keys[name] not in self._areas)
        # A name that only an area of the past has: what it is now must be said.
        past = ResidentialArea.objects.filter(unit=home, valid_to__lt=localdate())
        ids = _by_key(past, "-valid_to", "-pk") if new else {}
        found = past.in_bulk({ids[self._keys[name]] for name in new if self._keys[name] in ids})
        self.gone = {name: found[ids[key]] for name in new if (key := self._keys[name]) in ids}
        self.new_areas = [name for name in new if name not in self.gone]
        self.new_hosts = sorted(name for name in hosts if self._hosts[name] is None)

    def key(self, spot: Spot) -> tuple:
        areas = (self._areas.get(self._keys[name], self._keys[name]) for name in spot.areas)
        host = self._hosts.get(spot.host) or self._keys[spot.host]
        return frozenset(map(str, areas)), self._keys[spot.location], str(host)

    def taken(self, scheme: Scheme, unit: AdministrativeUnit, *, but: Iterable) -> dict:
        """{key: id of the point that stands there}; `but`: uuids of those that do not matter."""
        points = SchemePoint.objects.recorded().filter(scheme=scheme, unit=unit, ended_on=None)
        found = points.exclude(client_uuid__in=list(but)).annotate(where=VnKey("location"))
        return {
            (frozenset(filter(None, areas.split(","))), where, str(host or "")): pk
            for pk, areas, where, host in found.values_list("pk", "area_key", "where", "host")
        }


def _by_key(rows, *order: str) -> dict[str, int]:
    """{each name and alias, as it is compared: id}; the first row of a name is meant."""
    found = {}
    for pk, own, aliases in rows.order_by(*order or ["pk"]).values_list(
        "pk", VnKey("name"), VnKey("aliases")
    ):
        for key in [own, *filter(None, aliases.split("\n"))]:
            found.setdefault(key, pk)
    return found


def _first_host(home: AdministrativeUnit, name: str) -> int | None:
    """As `take_host` finds it."""
    found = named(hosts_of(home), name).order_by(F("unit").desc(nulls_last=True))
    return found.values_list("pk", flat=True).first()


@dataclass(frozen=True)
class Result:
    """What came of a step for one of many points. fault: why it was not taken."""

    point: SchemePoint
    fault: str = ""


def one_by_one(points: Iterable[SchemePoint], step: Callable) -> list[Result]:
    """Take `step(point)` for each by itself: one that is refused does not hold up the others."""
    results = []
    for point in points:
        try:
            with transaction.atomic():
                step(point)
        except TransitionError as error:
            results.append(Result(point, str(error)))
        else:
            results.append(Result(point))
    return results


@transaction.atomic
def set_fields(point: SchemePoint, values: dict, *, by: User, version: int | None = None) -> None:
    """Give some fields of a point another value; what was changed from what is in the trail.

    A point that was returned waits again, as after any edit. Raises TransitionError.
    """
    fresh = locked(point, by, Permission.RECORD_EDIT, version)
    old = {name: getattr(fresh, name) for name in values}
    if old == values:
        raise TransitionError("Nội dung đã đúng như vậy, không có gì để sửa.")
    words = [
        f"{_label(name)}: {_shown(name, old[name])} → {_shown(name, new)}"
        for name, new in values.items()
        if new != old[name]
    ]
    for name, new in values.items():
        setattr(fresh, name, new)
    fresh.version += 1
    fresh.updated_by = by
    fresh.save(update_fields=[*values, "version", "updated_by", "updated_at"])
    note(fresh, action="Sửa", by=by, reason="; ".join(words)[:500])
    close_mended(fresh, by=by)
    if fresh.status == Status.RETURNED:
        move_to(Status.WAITING, record=fresh, by=by)


def _label(name: str) -> str:
    return capfirst(SchemePoint._meta.get_field(name).verbose_name)


def _shown(name: str, value) -> str:
    if isinstance(value, date):
        return vn_date(value)
    return dict(SchemePoint._meta.get_field(name).choices or ()).get(value, value) or "–"
