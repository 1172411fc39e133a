"""Residential areas that change, and the points in them that follow (docs/adr/0010)."""

from collections import defaultdict
from collections.abc import Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.text import Truncator
from django.utils.timezone import localdate

from antq.accounts.models import User
from antq.core.dates import vn_date
from antq.core.db import vn_keys
from antq.core.permissions import Permission
from antq.core.text import clean_text
from antq.review.services import note
from antq.units.areas import LONGEST_NAME, compared
from antq.units.models import AdministrativeUnit, ResidentialArea
from movements.models import SchemePoint, Team
from movements.models.points import area_key
from movements.services.places import areas_of

ALL = "all"


class AreaError(Exception):
    """The change cannot be made; the message tells the user what to do. field: which mends it."""

    def __init__(self, message: str, field: str = ""):
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Arrangement:
    """From the day `on`, the residential areas `olds` of `unit` are those with the new names."""

    unit: AdministrativeUnit
    olds: list[ResidentialArea]
    names: list[str]
    on: date
    basis: str = ""

    @property
    def words(self) -> str:
        olds, names = ", ".join(map(str, self.olds)), ", ".join(self.names)
        basis = f". {self.basis}" if self.basis else ""
        return f"{olds} → {names} từ ngày {vn_date(self.on)}{basis}"


@dataclass
class Move:
    """A point that follows. into: numbers of the new areas; None: not chosen yet."""

    point: SchemePoint
    into: list[int] | None
    location: str
    was: list[ResidentialArea] = field(default_factory=list)
    clash: list[SchemePoint] = field(default_factory=list)

    @property
    def suggested(self) -> str:
        """A location that tells this point from its twin: the name of the place it comes from."""
        came = ", ".join(f"{area} (cũ)" for area in self.was)
        return ", ".join(part for part in (self.location, came) if part)[:250]


def following(areas: Iterable[ResidentialArea], on: date) -> QuerySet[SchemePoint]:
    """The points in these areas that have not ended before that day."""
    places = SchemePoint.areas.through.objects.filter(
        schemepoint=OuterRef("pk"), residentialarea__in=list(areas)
    )
    return SchemePoint.objects.recorded().exclude(ended_on__lt=on).filter(Exists(places))


def points_in(area: ResidentialArea) -> QuerySet[SchemePoint]:
    """The points that are, or were, in it, by name of their scheme."""
    return SchemePoint.objects.recorded().filter(areas=area).order_by("scheme__sort_key", "pk")


def check(plan: Arrangement) -> None:
    """Raises AreaError when these areas cannot become those on that day."""
    today = localdate()
    if not plan.olds or not plan.names:
        raise AreaError("Chọn địa bàn cũ và ghi tên địa bàn mới.", "names")
    if plan.on > today:
        raise AreaError("Ngày này chưa đến. Ghi khi việc sắp xếp đã có hiệu lực.", "on")
    if plan.unit.valid_from and plan.on < plan.unit.valid_from:
        begun = vn_date(plan.unit.valid_from)
        raise AreaError(f"{plan.unit} có từ ngày {begun}. Ghi từ ngày đó trở đi.", "on")
    for old in plan.olds:
        if old.valid_from and old.valid_from >= plan.on:
            begun = vn_date(old.valid_from)
            raise AreaError(f"{old} có từ ngày {begun}. Ngày sắp xếp phải sau ngày đó.", "on")
    others = areas_of(plan.unit).exclude(pk__in=[old.pk for old in plan.olds])
    for row in compared(plan.names, others):
        _check_name(row)


def _check_name(row) -> None:
    if row.state == "wrong":
        raise AreaError(f"Tên dài quá {LONGEST_NAME} ký tự: “{row.name[:40]}…”.", "names")
    if row.state == "repeated":
        raise AreaError(f"“{row.name}” ghi hai lần.", "names")
    if row.state == "there":
        raise AreaError(
            f"“{row.name}” đang có trong danh sách (địa bàn {row.known}). Nếu địa bàn đó cũng được "
            "sắp xếp thì quay lại đánh dấu cả địa bàn đó; nếu không, ghi tên khác.",
            "names",
        )


def moves(plan: Arrangement, goes: dict[int, str], locations: dict[int, str]) -> list[Move]:
    """What becomes of each point. goes: point → number of a new area, or ALL, where it was asked.

    Two points of one scheme that would be in one place have each other as their `clash`.
    """
    every = list(range(len(plan.names)))
    keys = vn_keys([*plan.names, *(old.name for old in plan.olds)])
    namesakes = {keys[name]: number for number, name in enumerate(plan.names)}
    found = []
    for point in following(plan.olds, plan.on).for_lists().order_by("scheme__sort_key", "pk"):
        was = [area for area in point.areas.all() if area in plan.olds]
        kept = {namesakes[keys[area.name]] for area in was if keys[area.name] in namesakes}
        into = sorted(kept) if len(kept) == len(was) else None
        if len(every) == 1 or goes.get(point.pk) == ALL:
            into = every
        elif goes.get(point.pk, "").isdecimal() and int(goes[point.pk]) < len(every):
            into = [int(goes[point.pk])]
        found.append(Move(point, into, locations.get(point.pk, point.location), was))
    _find_clashes(plan, found)
    return found


def _find_clashes(plan: Arrangement, found: list[Move]) -> None:
    keys, groups = vn_keys(move.location for move in found), defaultdict(list)
    for move in found:
        point = move.point
        if point.ended_on or move.into is None:
            continue
        stay = _staying(point, plan)
        place = (tuple(move.into), tuple(sorted(area.pk for area in stay)), keys[move.location])
        groups[(point.scheme_id, point.unit_id, point.host_id, place)].append(move)
    for group in groups.values():
        for move in group:
            move.clash = [other.point for other in group if other is not move]


def _staying(point: SchemePoint, plan: Arrangement) -> list[ResidentialArea]:
    today = localdate()
    return [a for a in point.areas.all() if a not in plan.olds and a.is_valid_on(today)]


@transaction.atomic
def rearrange(
    plan: Arrangement,
    *,
    by: User,
    goes: dict[int, str] | None = None,
    locations: dict[int, str] | None = None,
) -> list[ResidentialArea]:
    """Close the old areas, open the new ones, and take the points along: all, or nothing.

    A point keeps its old areas, which say where it was before that day. Raises AreaError when
    something changed meanwhile, when a point has no new area, or when two would be in one place.
    """
    _check_may(plan.unit, by)
    ids = [old.pk for old in plan.olds]
    # Without its key: who has locked a point may put it in one of them, and is not waited for.
    held = areas_of(plan.unit).select_for_update(of=("self",), no_key=True)
    olds = list(held.filter(pk__in=ids).order_by("pk"))
    if len(olds) != len(ids):
        raise AreaError("Có địa bàn vừa được sắp xếp hoặc đóng. Xem lại danh sách.")
    check(plan)
    list(following(olds, plan.on).order_by("pk").select_for_update(of=("self",)))
    found = moves(plan, goes or {}, locations or {})
    for move in found:
        if move.into is None:
            raise AreaError(f"Chọn địa bàn mới của điểm {move.point}.", "goes")
        if move.clash:
            raise AreaError(f"Hai điểm sẽ trùng nhau: {move.point}; {move.clash[0]}.", "goes")
    ResidentialArea.objects.filter(pk__in=ids).update(valid_to=plan.on - timedelta(days=1))
    with _refusals():
        news = ResidentialArea.objects.bulk_create(
            ResidentialArea(unit=plan.unit, name=name, valid_from=plan.on) for name in plan.names
        )
        for old in olds:
            old.successors.add(*news)
        for move in found:
            _take_along(move, news, plan, by)
    return news


def _take_along(move: Move, news: list[ResidentialArea], plan: Arrangement, by: User) -> None:
    point, into = move.point, [news[number] for number in move.into]
    point.location = move.location
    point.area_key = area_key([*_staying(point, plan), *into])
    _touch(point, by, "Sắp xếp địa bàn", plan.words)
    point.areas.add(*into)
    if len(into) == 1:
        mine = Team.objects.filter(point=point, area__in=plan.olds, ended_on=None)
        for team in mine:
            team.area = into[0]
            team.save(update_fields=["area"])


def _touch(point: SchemePoint, by: User, action: str, reason: str) -> None:
    point.version += 1
    point.updated_by = by
    point.save(update_fields=["location", "area_key", "version", "updated_by", "updated_at"])
    note(point, action=action, by=by, reason=Truncator(reason).chars(500))


@transaction.atomic
def rename(area: ResidentialArea, *, name: str, by: User, known_as: str) -> None:
    """Give an area another name; the old one stays known. known_as: the name that `by` saw."""
    _check_may(area.unit, by)
    fresh = _locked(area)
    name = clean_text(name).strip(" .,;")
    if fresh.name != known_as:
        raise AreaError(f"Địa bàn vừa được đổi tên thành “{fresh.name}”. Xem lại.", "name")
    if not name or name == fresh.name:
        raise AreaError("Ghi tên mới, khác tên đang dùng.", "name")
    others = areas_of(area.unit).exclude(pk=area.pk)
    _check_name(compared([name], others)[0])
    keys = vn_keys([name, fresh.name, *fresh.aliases.splitlines()])
    aliases = [line for line in [*fresh.aliases.splitlines(), fresh.name] if line]
    fresh.aliases = "\n".join(dict.fromkeys(a for a in aliases if keys[a] != keys[name]))
    old, fresh.name = fresh.name, name
    with _refusals():
        fresh.save(update_fields=["name", "aliases"])
    for point in following([fresh], localdate()).select_for_update(of=("self",)).order_by("pk"):
        _touch(point, by, "Đổi tên địa bàn", f"{old} → {name}")


@transaction.atomic
def close(area: ResidentialArea, *, last_day: date, by: User) -> None:
    """End an area that nothing follows; none of its points may go on after that day."""
    _check_may(area.unit, by)
    fresh = _locked(area)
    if last_day > localdate():
        raise AreaError("Ngày này chưa đến. Ghi hôm nay hoặc một ngày đã qua.", "last_day")
    if fresh.valid_from and last_day < fresh.valid_from:
        raise AreaError(f"Không được trước ngày có ({vn_date(fresh.valid_from)}).", "last_day")
    if number := following([fresh], last_day + timedelta(days=1)).count():
        raise AreaError(
            f"Còn {number} điểm ở địa bàn này sau ngày {vn_date(last_day)}. Kết thúc các điểm đó, "
            "hoặc dùng “Sắp xếp” để chuyển sang địa bàn khác.",
            "last_day",
        )
    fresh.valid_to = last_day
    fresh.save(update_fields=["valid_to"])


def _locked(area: ResidentialArea) -> ResidentialArea:
    open_areas = ResidentialArea.objects.valid_on(localdate()).select_for_update(no_key=True)
    fresh = open_areas.filter(pk=area.pk).first()
    if fresh is None:
        raise AreaError("Địa bàn này đã được sắp xếp hoặc đóng. Xem lại danh sách.")
    return fresh


def _check_may(unit: AdministrativeUnit, by: User) -> None:
    mine = AdministrativeUnit.objects.allowing(by, Permission.RECORD_EDIT)
    if not mine.filter(pk=unit.pk).exists():
        raise AreaError("Tài khoản không có quyền sửa danh sách địa bàn của đơn vị này.")


@contextmanager
def _refusals():
    """What the database still refuses: somebody wrote the same at this moment."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise AreaError(
            "Chưa lưu được vì có người vừa ghi trùng. Xem lại danh sách rồi lưu lần nữa."
        ) from error
