"""What a province looks at: changes of its communes' points since it last looked.

A commune's edit of a confirmed point saves at once (design: the register is its own book). It
lies in the province's queue until somebody there has looked, or has asked for lines of it to be
looked at again, each with its reason.
"""

from django.db import transaction
from django.utils.text import Truncator
from django.utils.timezone import now

from antq.accounts.models import User
from antq.core.changes import Change, Names, fields_of, value_text
from antq.core.log_lines import Line
from antq.core.permissions import Permission
from antq.review.choices import Status
from antq.review.models import ReviewEvent
from antq.review.services import TransitionError, check_version, note
from antq.units.models import ResidentialArea
from movements.differences import HIDDEN, area_ids, areas_text, differences, queue
from movements.history import QUERYSETS, Attributes, figure_texts
from movements.models import ReturnedLine, SchemePoint

LONGEST, MANY = 500, 200
WHOLE = "Cả điểm"


@transaction.atomic
def mark_looked(seen: dict[int, int], *, by: User) -> int:
    """The province has seen these points at these versions; returns how many were left to see.

    What was changed since stays in the queue. Two who look at once: the second finds it done.
    """
    points = queue(by).filter(pk__in=seen).select_for_update(of=("self",)).order_by("pk")
    looked = []
    for point in points:
        version = min(seen[point.pk], point.version)
        if version > point.looked_version:
            # Looking is no edit: neither its version nor who changed it last moves.
            SchemePoint.objects.filter(pk=point.pk).update(looked_version=version)
            looked.append(point)
    _note_all(looked, "Tỉnh đã xem", by)
    return len(looked)


def _note_all(points: list[SchemePoint], action: str, by: User) -> None:
    ReviewEvent.objects.bulk_create(
        ReviewEvent(
            target=SchemePoint._meta.label,
            target_id=point.pk,
            action=action,
            new_status=point.status,
            by=by,
        )
        for point in points
    )


@transaction.atomic
def return_lines(
    point: SchemePoint, reasons: dict[str, str], *, by: User, version: int | None
) -> list[ReturnedLine]:
    """Ask the commune to look at some lines again; the rest is taken as it is.

    reasons: {key of a line, '' for the point as a whole: why}.
    """
    fresh = queue(by).filter(pk=point.pk).select_for_update(of=("self",)).first()
    if fresh is None:
        raise TransitionError("Điểm này không còn thay đổi nào cần xem, hoặc đã có người xem.")
    check_version(fresh, version)
    if fresh.status == Status.VOIDED:
        raise TransitionError("Điểm đã hủy do nhập nhầm: không còn dòng nào để trả lại.")
    reasons = {key: text.strip() for key, text in reasons.items() if text.strip()}
    if not reasons:
        raise TransitionError("Ghi lý do ở ít nhất một dòng cần trả lại.")
    (difference,) = differences([fresh])
    lines = {line.key: line for line in difference.lines} | {"": Change("", WHOLE, "", "")}
    if unknown := set(reasons) - set(lines):
        raise TransitionError(f"Không có dòng “{sorted(unknown)[0]}”. Tải lại trang.")
    if asked := {line.field for line in difference.open} & set(reasons):
        label = lines[sorted(asked)[0]].label
        raise TransitionError(f"“{label}” đã trả lại trước đó và xã chưa trả lời.")
    made = [_returned(fresh, lines[key], reason, by) for key, reason in reasons.items()]
    SchemePoint.objects.filter(pk=fresh.pk).update(looked_version=fresh.version)
    words = "; ".join(f"{line.label}: {line.reason}" for line in made)
    note(fresh, action="Tỉnh trả lại dòng", by=by, reason=_short(words))
    return made


def _short(text: str) -> str:
    return Truncator(text).chars(LONGEST)


def _returned(point: SchemePoint, line: Change, reason: str, by: User) -> ReturnedLine:
    return ReturnedLine.objects.create(
        point=point,
        field=line.key,
        label=_short(line.label)[:150],
        old_text=_short(line.old),
        new_text=_short(line.new),
        reason=_short(reason),
        returned_by=by,
    )


@transaction.atomic
def answer_line(line: ReturnedLine, text: str, *, by: User) -> None:
    """The commune keeps what it wrote, and says why; the province finds that in its queue."""
    mine = SchemePoint.objects.allowing(by, Permission.RECORD_EDIT)
    point = mine.filter(pk=line.point_id).select_for_update(of=("self",)).first()
    if point is None:
        raise TransitionError("Tài khoản không có quyền trả lời dòng này.")
    fresh = ReturnedLine.objects.select_for_update().get(pk=line.pk)
    if fresh.answered_at:
        raise TransitionError("Dòng này đã được trả lời.")
    if not text.strip():
        raise TransitionError("Ghi câu trả lời.", "answer")
    _close(fresh, text.strip(), by)
    point.version += 1
    point.updated_by = by
    point.save(update_fields=["version", "updated_by", "updated_at"])
    said = _short(f"{fresh.label}: {text.strip()}")
    note(point, action="Trả lời dòng trả lại", by=by, reason=said)


def _close(line: ReturnedLine, answer: str, by: User) -> None:
    line.answer, line.answered_by, line.answered_at = _short(answer), by, now()
    line.save(update_fields=["answer", "answered_by", "answered_at"])


def close_mended(point: SchemePoint, *, by: User) -> list[ReturnedLine]:
    """After an edit of a point: lines whose value is another now are answered by that."""
    closed = []
    lines = ReturnedLine.objects.filter(point=point, answered_at=None).exclude(field="")
    lines = list(lines.select_for_update())
    if lines:
        texts = _texts_now(SchemePoint.objects.for_lists().get(pk=point.pk))
        for line in lines:
            text = _short(texts.get(line.field, "–"))
            if text != line.new_text:
                _close(line, f"Đã sửa: {line.new_text} → {text}", by)
                closed.append(line)
    return closed


def _texts_now(point: SchemePoint) -> dict[str, str]:
    """{key: text} of every line that can be returned, as it is now."""
    fields = fields_of(Line(SchemePoint, None, point), HIDDEN)
    names = Names(QUERYSETS, known=[point.scheme, point.unit])
    for each in fields:
        if each.is_relation:
            names.want(each.related_model, {getattr(point, each.attname)})
    names.want(ResidentialArea, area_ids(point))
    names.read()
    texts = {each.name: value_text(each, point, names) for each in fields}
    texts["areas"] = areas_text(point, names)
    states = list(point.states.all())
    keys = {key for state in states for key in state.attributes}
    attributes = Attributes({point.scheme.type_id}, keys)
    for state in states:
        for key, (_, text) in figure_texts(state, attributes).items():
            texts[f"{key}@{state.as_of.isoformat()}"] = text
    for key, (_, text) in figure_texts(point, attributes).items():
        texts[key] = text
    return texts
