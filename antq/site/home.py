"""Home ("Việc cần làm") by role: each thing with its number and its one action.

Every number is counted by the queryset whose list its link opens (`movements.todo`). What is due on
a day (periodic reports) comes first in `build` once there is any.
"""

from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.timezone import localdate, localtime

from antq.accounts.models import Draft
from antq.accounts.roles import PERMITS, Role
from antq.core.dates import vn_date
from antq.core.numbers import vn_number
from antq.core.permissions import Permission
from antq.reports.tables import tabulate
from antq.reports.windows import Map, resolve
from antq.site.attention import neglected
from antq.units.models import AdministrativeUnit
from movements import measures, todo
from movements.models import ReturnedLine
from movements.services.catalogue import waiting_names
from movements.services.differences import queue

SHOWN = 4
COMMUNE_POLICE = (Role.COMMUNE_OFFICER, Role.COMMUNE_LEADER)
BOOK = [
    measures.distinct_schemes,
    measures.active_points,
    measures.teams,
    measures.members,
    measures.households,
]


@dataclass(frozen=True)
class Line:
    """tag: how much, in the colour `tone`; title, hint: plain words; action: what the link does."""

    tag: str
    title: str
    hint: str
    action: str
    url: str
    tone: str = "none"


@dataclass(frozen=True)
class Words:
    """How a line of `movements.todo` is told: to whom it is to be done, and to who looks on."""

    title: str
    hint: str
    action: str
    tone: str = "none"
    unit: str = "điểm"


FIRST = {
    "confirm": Words(
        "Duyệt hồ sơ cán bộ trình", "Điểm mới, đề nghị kết thúc, gộp điểm", "Duyệt", "wait", "hồ sơ"
    ),
    "returned": Words(
        "Trả lại để bổ sung", "Lý do ghi ở từng điểm; bổ sung rồi trình lại", "Bổ sung", "late"
    ),
    "waiting": Words(
        "Đã trình, chờ lãnh đạo duyệt", "Chưa tính vào số liệu đã duyệt", "Xem", "wait", "hồ sơ"
    ),
    "old-unit": Words(
        "Rà soát điểm của đơn vị cũ", "Giữ nguyên, gộp vào điểm khác, hoặc kết thúc", "Rà soát"
    ),
}
THEN = {
    "dormant": Words(
        "Sáu tháng không có thông tin",
        "Vẫn hoạt động thì xác nhận; nếu không, cập nhật hoặc ghi kết thúc",
        "Xác nhận",
    ),
    "incomplete": Words(
        "Còn số liệu chưa rõ", "Số tổ, thành viên, hộ, thông tin riêng của loại hình", "Bổ sung"
    ),
    "dossier": Words(
        "Hồ sơ thiếu giấy tờ", "Theo danh mục hồ sơ của loại hình", "Bổ sung", unit="hồ sơ"
    ),
    "no-area": Words(
        "Chưa ghi thôn, tổ dân phố", "Thiếu thì chưa tính được độ phủ địa bàn", "Bổ sung"
    ),
}
# The province looks on: what its communes have to do, and its own part of it.
OF_COMMUNES = {
    "confirm": Words("Chờ lãnh đạo xã duyệt", "Điểm mới, đề nghị kết thúc", "Xem", "wait", "hồ sơ"),
    "returned": Words("Lãnh đạo xã trả lại cán bộ", "Chưa bổ sung", "Xem"),
    "lines": Words("Dòng trả lại xã chưa trả lời", "Theo từng điểm", "Xem", "wait"),
    "old-unit": FIRST["old-unit"],
    **{code: replace(words, action="Xem") for code, words in THEN.items()},
}
# Which papers are missing is for the commune that has them; of a province it would be all.
del OF_COMMUNES["dossier"]
# Of rows that are no points: a commune answers, a province looks.
TO_ANSWER = {
    "returned-lines": Words(
        "Dòng tỉnh trả lại", "Sửa hoặc trả lời từng dòng", "Trả lời", "late", "dòng"
    )
}
OF_PROVINCE = {
    "differences": Words(
        "Thay đổi xã ghi, tỉnh chưa xem", "Xem, hoặc trả lại từng dòng kèm lý do", "Xem", "wait"
    ),
    "name-queue": Words(
        "Tên mô hình mới", "Đưa vào danh mục, hoặc gộp vào tên đã có", "Xem", "wait", "tên"
    ),
}
# Lines that have a page of their own; the others open the list of their points.
PAGES = {
    "old-unit": "succession-worklist",
    **{code: code for code in (*TO_ANSWER, *OF_PROVINCE)},
}
DRAFTS = {
    "point-create": "Thêm điểm mô hình",
    "point-many": "Thêm nhiều điểm",
    "point-edit": "Sửa điểm mô hình",
}


def works_in_a_commune(user) -> bool:
    """Those who look after the book of a commune."""
    return any(held.role in COMMUNE_POLICE for held in user.current_assignments)


def works_for_a_province(user) -> bool:
    return any(held.role == Role.PROVINCE_STAFF for held in user.current_assignments)


def of_commune(user) -> dict:
    """What waits for this user, what was returned to him, what is incomplete; and his book."""
    lines = ReturnedLine.objects.allowing(user, Permission.RECORD_EDIT).unanswered()
    counts = todo.counts([*FIRST, *THEN], user, more={"returned-lines": lines})
    units = _units(user)
    return {
        "first": [*_lines(TO_ANSWER, counts), *_lines(FIRST, counts), *_drafts(user)],
        "then": _lines(THEN, counts),
        "books": [_book(unit, user) for unit in units],
        "units": units,
        "today": localdate(),
    }


def of_province(user) -> dict:
    """What waits for the province itself; what its communes have to do; who needs a reminder."""
    own = {"differences": queue(user), "name-queue": waiting_names(user)}
    counts, units = todo.counts(OF_COMMUNES, user, more=own), _units(user)
    return {
        "first": [*_lines(OF_PROVINCE, counts), *_drafts(user)],
        "then": _lines(OF_COMMUNES, counts),
        "neglected": neglected(units[0], user),
        "books": [_book(unit, user) for unit in units],
        "units": units,
        "today": localdate(),
    }


def _lines(words: dict[str, Words], counts: dict[str, int]) -> list[Line]:
    return [_line(counts[code], each, _url(code)) for code, each in words.items() if counts[code]]


def _url(code: str) -> str:
    if code in PAGES:
        return reverse(f"movements:{PAGES[code]}")
    return f"{reverse('movements:point-list')}?todo={code}"


def _drafts(user) -> list[Line]:
    """Forms that were begun and not saved: each goes on where it was left."""
    lines = []
    for draft in Draft.objects.filter(user=user).defer("fields").order_by("-updated_at"):
        name, _, pk = draft.form.partition(":")
        if name in DRAFTS and pk.isdecimal() == (name == "point-edit"):
            url = reverse(f"movements:{name}", args=[pk] if pk else [])
            at = localtime(draft.updated_at)
            hint = f"Chưa lưu; gõ lần cuối lúc {at:%H:%M} ngày {vn_date(at.date())}"
            lines.append(
                Line("Đang soạn", DRAFTS[name], hint, "Soạn tiếp", f"{url}?draft=1", "gold")
            )
    return lines[:SHOWN]


def _line(number: int, words: Words, url: str) -> Line:
    tag = f"{vn_number(number)} {words.unit}"
    return Line(tag, words.title, words.hint, words.action, url, words.tone)


def _units(user) -> list[AdministrativeUnit]:
    """The units in which the user enters: two communes may share one police."""
    held = user.current_assignments
    entering = (each.unit for each in held if Permission.RECORD_EDIT in PERMITS[each.role])
    return list(dict.fromkeys(entering))


def _book(unit: AdministrativeUnit, user) -> tuple:
    """(unit, [(measure, cell)]) of today."""
    scope = resolve(unit, on=None, map=Map.TODAY, today=localdate())
    table = tabulate(BOOK, units=[unit], scope=scope, user=user)
    return unit, list(zip(BOOK, table.total.cells, strict=True))
