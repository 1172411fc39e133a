"""What is to be done with points, for whom: one queryset for the number, its list and its file."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Count, QuerySet, Value
from django.utils.timezone import localdate

from antq.core.permissions import Permission
from antq.reports.counting import GROUP, kinds_by_unit
from movements.models import SchemePoint


@dataclass(frozen=True)
class Todo:
    """label: the head of the list. find(points, day): which of them. unless: who has another
    word for the same points (a leader confirms what for the officer is waiting)."""

    label: str
    find: Callable
    permission: Permission = Permission.RECORD_EDIT
    unless: Permission | None = None


TODOS = {
    "confirm": Todo(
        "Chờ lãnh đạo duyệt", lambda points, day: points.waiting(), Permission.RECORD_CONFIRM
    ),
    "waiting": Todo(
        "Đã trình, chờ lãnh đạo duyệt",
        lambda points, day: points.waiting(),
        unless=Permission.RECORD_CONFIRM,
    ),
    "returned": Todo("Trả lại để bổ sung", lambda points, day: points.returned()),
    "lines": Todo("Có dòng tỉnh trả lại", lambda points, day: points.with_open_lines()),
    "old-unit": Todo("Ghi ở đơn vị cũ, chưa rà soát", lambda points, day: points.of_old_units(day)),
    "dormant": Todo("Sáu tháng không có thông tin", lambda points, day: points.dormant(day)),
    "incomplete": Todo("Còn số liệu chưa rõ", lambda points, day: points.without_figures(day)),
    "dossier": Todo("Hồ sơ thiếu giấy tờ", lambda points, day: points.running(day).incomplete()),
    "no-area": Todo("Chưa ghi thôn, tổ dân phố", lambda points, day: points.without_area(day)),
}


def points_to_do(code: str, user):
    """The points behind a line of "Việc cần làm" of this user, as it stands today.

    Who edits sees what he may edit; who only reads (a committee), what counts in his units today.
    """
    todo = TODOS[code]
    edits = user.may(Permission.RECORD_EDIT)
    points = SchemePoint.objects.allowing(
        user, todo.permission if edits else Permission.RECORD_VIEW
    )
    if edits and todo.unless:
        more = SchemePoint.objects.allowing(user, todo.unless)
        points = points.exclude(pk__in=more.values("pk"))
    return todo.find(points, localdate())


def counts(codes: Iterable[str], user, more: dict[str, QuerySet] | None = None) -> dict[str, int]:
    """{code: how many points}, in one query; with those of `more`, whatever rows they are."""
    asked = {code: points_to_do(code, user) for code in codes} | (more or {})
    queries = [
        rows.order_by().values(code=Value(code)).annotate(number=Count("pk"))
        for code, rows in asked.items()
    ]
    found = queries[0].union(*queries[1:], all=True).values_list("code", "number")
    return defaultdict(int, {code: number for code, number in found if number})


def counts_by_unit(codes: Iterable[str], user, units) -> dict[int, dict[str, int]]:
    """{pk of a unit: {code: how many points count in it today}}, in one query."""
    asked = {code: points_to_do(code, user) for code in codes}
    found = defaultdict(lambda: defaultdict(int))
    for line in kinds_by_unit(asked, [unit.pk for unit in units], localdate()):
        found[line[GROUP]][line["kind"]] = int(line["number"])
    return found
