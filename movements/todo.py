"""What is to be done with points, for whom: one queryset for the number, its list and its file."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import DecimalField, Exists, F, Func, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Coalesce
from django.db.models.lookups import LessThan
from django.utils.timezone import localdate

from antq.core.dates import months_before
from antq.core.permissions import Permission
from antq.reports.kinds import GROUP, Reading, kinds, kinds_by_unit
from antq.units.choices import Level
from movements.attributes import NUMBERS
from movements.choices import Block
from movements.models import Scheme, SchemeAttribute, SchemePoint
from movements.querysets import in_old_unit

DORMANT_MONTHS = 6


def _dormant(day) -> Q:
    """Nobody has said anything of them in the six months up to `day`."""
    said_on = Coalesce("checked_on", "launched_on", "seen_on")
    return Q(LessThan(said_on, months_before(day, DORMANT_MONTHS)))


def _without_figures(day) -> Q:
    """With a blank where a figure is expected: what tables call "chưa rõ"."""
    # Which names expect a figure is a short list: points are joined with nothing for it.
    blank = Q(count=None)
    for name in ("teams", "members", "households"):
        expecting = Scheme.objects.filter(**{f"type__expects_{name}": True})
        blank |= Q(**{name: None, "scheme__in": expecting.order_by().values("pk")})
    expected = SchemeAttribute.objects.filter(is_expected=True)
    missing = expected.filter(type__schemes__points=OuterRef("pk")).alias(
        text=_attribute("jsonb_extract_path_text", TextField()),
        number=_attribute("json_number", DecimalField(max_digits=30, decimal_places=6)),
    )
    missing = missing.filter(Q(text=None) | Q(number=None, data_type__in=NUMBERS))
    # Attributes are not among what is counted of a point: only of few the whole point is read.
    expecting = Scheme.objects.filter(type__in=expected.values("type")).order_by()
    return blank | Q(scheme__in=expecting.values("pk")) & Exists(missing)


def _attribute(function: str, output_field) -> Func:
    """What stands in a point's `attributes` under the key of a definition."""
    given = F("type__schemes__points__attributes")
    return Func(given, F("key"), function=function, output_field=output_field)


def _without_area(day) -> Q:
    """Of residential areas of a commune, of which none is named."""
    named = SchemePoint.areas.through.objects.filter(schemepoint=OuterRef("pk"))
    communes = Q(unit__level__in=[Level.COMMUNE, Level.PART])
    return Q(block=Block.RESIDENTIAL) & communes & ~Exists(named)


def _running(points, day):
    return points.running(day)


@dataclass(frozen=True)
class Todo:
    """label: the head of the list. among(points, day): what is read, once for all that are looked
    for among it. where(day): which of them. unless: who has another word for the same points (a
    leader confirms what for the officer is waiting)."""

    label: str
    among: Callable
    where: Callable[[date], Q] = lambda day: Q()
    permission: Permission = Permission.RECORD_EDIT
    unless: Permission | None = None


TODOS = {
    "confirm": Todo(
        "Chờ lãnh đạo duyệt",
        lambda points, day: points.waiting(),
        permission=Permission.RECORD_CONFIRM,
    ),
    "waiting": Todo(
        "Đã trình, chờ lãnh đạo duyệt",
        lambda points, day: points.waiting(),
        unless=Permission.RECORD_CONFIRM,
    ),
    "returned": Todo("Trả lại để bổ sung", lambda points, day: points.returned()),
    "lines": Todo("Có dòng tỉnh trả lại", lambda points, day: points.with_open_lines()),
    "old-unit": Todo("Ghi ở đơn vị cũ, chưa rà soát", _running, in_old_unit),
    "dormant": Todo("Sáu tháng không có thông tin", _running, _dormant),
    "incomplete": Todo("Còn số liệu chưa rõ", _running, _without_figures),
    "dossier": Todo("Hồ sơ thiếu giấy tờ", lambda points, day: points.running(day).incomplete()),
    "no-area": Todo("Chưa ghi thôn, tổ dân phố", _running, _without_area),
}


def points_to_do(code: str, user):
    """The points behind a line of "Việc cần làm" of this user, as it stands today.

    Who edits sees what he may edit; who only reads (a committee), what counts in his units today.
    """
    todo = TODOS[code]
    return _among(todo, user).filter(todo.where(localdate()))


def _among(todo: Todo, user):
    edits = user.may(Permission.RECORD_EDIT)
    points = SchemePoint.objects.allowing(
        user, todo.permission if edits else Permission.RECORD_VIEW
    )
    if edits and todo.unless:
        more = SchemePoint.objects.allowing(user, todo.unless)
        points = points.exclude(pk__in=more.values("pk"))
    return todo.among(points, localdate())


def _readings(codes: Iterable[str], user) -> list[Reading]:
    """What is looked for among the same points is counted while they are read once."""
    sharing = defaultdict(dict)
    for code in codes:
        todo = TODOS[code]
        sharing[todo.among, todo.permission, todo.unless][code] = todo
    return [
        (
            _among(next(iter(todos.values())), user),
            {code: todo.where(localdate()) for code, todo in todos.items()},
        )
        for todos in sharing.values()
    ]


def counts(codes: Iterable[str], user, more: dict[str, QuerySet] | None = None) -> dict[str, int]:
    """{code: how many points}, in one query; with those of `more`, whatever rows they are."""
    others = [(rows, {code: Q()}) for code, rows in (more or {}).items()]
    found = defaultdict(int)
    for line in kinds([*_readings(codes, user), *others]):
        found.update({code: number for code, number in line.items() if number})
    return found


def counts_by_unit(codes: Iterable[str], user, units) -> dict[int, dict[str, int]]:
    """{pk of a unit: {code: how many points count in it today}}, in one query."""
    found = defaultdict(lambda: defaultdict(int))
    ids = [unit.pk for unit in units]
    for line in kinds_by_unit(_readings(codes, user), ids, localdate()):
        unit = line.pop(GROUP)
        found[unit].update({code: int(number) for code, number in line.items() if number})
    return found
