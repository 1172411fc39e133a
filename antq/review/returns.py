"""The one way in which a return changes its state, or what is written in it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction
from django.utils.timezone import now

from antq.accounts.models import User
from antq.review.choices import MOVES, OPEN, Duty, Move, ReturnStatus, ReturnStep
from antq.review.lines import answer_lines, return_lines, sent_lines, shortened
from antq.review.models import ReturnRecord, ReviewEvent
from antq.review.routes import Place, Way
from antq.review.services import TransitionError, check_version

SAVED = [
    "status",
    "status_reason",
    "is_offered",
    "is_wholly_open",
    "waits_for",
    "first_sent_at",
    "version",
    "updated_by",
    "updated_at",
]
NOT_YOURS = "Tài khoản không có quyền thực hiện bước này, hoặc hồ sơ chưa đến lượt cấp này xem xét."


@transaction.atomic
def move_to(
    record: ReturnRecord,
    step: ReturnStep,
    *,
    by: User,
    version: int | None,
    reason: str = "",
    lines: dict[str, str] | None = None,
) -> ReviewEvent:
    """Make one step of a return and write the trail: both, or neither.

    lines: {key of a line: why it comes back}, of a RETURN or REOPEN: these lines alone are open
    then. Without them all are, and a reason is needed. The row lock makes a second reviewer wait
    and then fail cleanly. Raises TransitionError when the step is not legal from the state in
    which the record is now, when it is not the turn of `by`, when a reason is missing, when the
    record is locked, or no longer at `version`, the one that `by` has seen.
    """
    fresh = _locked(record)
    move = _legal_move(fresh, step)
    check_version(fresh, version)
    _check_unlocked(fresh)
    way = Way(fresh)
    place = _place(way, move, by)
    reasons = _reasons(fresh, move, lines)
    if move.needs_reason and not (reason.strip() or reasons):
        raise TransitionError("Ghi lý do để người nhập biết cần sửa gì.", "reason")
    if step == ReturnStep.SIGN and (unready := fresh.unready_text()):
        raise TransitionError(unready)
    old, fresh.status = fresh.status, move.new or fresh.status
    said = shortened("; ".join([reason.strip()] * bool(reason.strip()) + _in_words(fresh, reasons)))
    _apply(fresh, step, way, place, said)
    if move.new in (ReturnStatus.RETURNED, ReturnStatus.REOPENED):
        fresh.is_wholly_open = not reasons
    _save(fresh, by)
    sent = sent_lines(fresh) if step == ReturnStep.SEND else None
    event = _note(fresh, step.label, by, place, reason=said, old=old, sent_lines=sent)
    if step == ReturnStep.SEND:
        answer_lines(fresh, event)
    elif reasons:
        return_lines(fresh, event, reasons)
    record.refresh_from_db()
    return event


@transaction.atomic
def sign_and_send(record: ReturnRecord, *, by: User, version: int | None) -> None:
    """The one button of a leader: both steps, or neither."""
    move_to(record, ReturnStep.SIGN, by=by, version=version)
    move_to(record, ReturnStep.SEND, by=by, version=record.version)


@dataclass(frozen=True)
class Result:
    """What became of one of many. error: why nothing, for people; '' when it was done."""

    pk: int
    record: ReturnRecord | None
    error: str = ""


def move_many(
    model: type[ReturnRecord], step: ReturnStep, seen: dict[int, int], *, by: User, reason: str = ""
) -> list[Result]:
    """Make one step of many records, each at the version that was seen: each by itself."""
    found = model.objects.visible_to(by).select_related("unit").in_bulk(list(seen))
    results = []
    for pk, version in seen.items():
        record, error = found.get(pk), ""
        try:
            if record is None:
                error = "Không tìm thấy hồ sơ này."
            else:
                move_to(record, step, by=by, version=version, reason=reason)
        except TransitionError as refusal:
            error = str(refusal)
        results.append(Result(pk, record, error))
    return results


def steps_for(record: ReturnRecord, by: User) -> list[ReturnStep]:
    """The steps that `by` may make now, for the buttons of a page; the service asks again."""
    if record.locked_text():
        return []
    way = Way(record)
    moves = [move for move in MOVES if move.old == record.status]
    return [
        ReturnStep(move.step)
        for move in moves
        if _is_possible(record, move) and way.place_of(by, _steps(way, move))
    ]


@contextmanager
def writing(
    record: ReturnRecord,
    *,
    by: User,
    version: int | None,
    keys: Iterable[str] = (),
    action: str = "Nhập số liệu",
) -> Iterator[ReturnRecord]:
    """Write in a return: the row as it is now, held; afterwards its version, and the trail.

    keys: the lines that are written. All is undone when the block raises. Raises TransitionError
    when the record, or one of the lines, is not open, or not for `by`. Saved as typed, a return
    is written many times: the trail says once that somebody wrote, the change log each time.
    """
    with transaction.atomic():
        fresh = _locked(record)
        if fresh.status not in OPEN:
            raise TransitionError(
                f"Hồ sơ đang ở trạng thái “{fresh.get_status_display()}”: không sửa được."
            )
        check_version(fresh, version)
        _check_unlocked(fresh)
        way = Way(fresh)
        place = way.place_of(by, way.turn(Duty.PREPARE))
        if place is None:
            raise TransitionError("Tài khoản không có quyền nhập hồ sơ này.")
        opened = fresh.open_lines()
        if opened is not None and (shut := set(keys) - opened):
            line = fresh.review_lines().get(min(shut))
            raise TransitionError(
                f"Chỉ sửa được các dòng đã trả lại: “{line.label if line else min(shut)}” không mở."
            )
        yield fresh
        _save(fresh, by)
        last = ReviewEvent.objects.about(fresh).last()
        if not last or (last.action, last.by_id) != (action, by.pk):
            _note(fresh, action, by, place)
        record.refresh_from_db()


def _locked(record: ReturnRecord) -> ReturnRecord:
    known = type(record).objects.select_related("unit", "waits_for__route")
    return known.select_for_update(of=("self",)).get(pk=record.pk)


def _legal_move(record: ReturnRecord, step: ReturnStep) -> Move:
    for move in MOVES:
        if (move.step, move.old) == (step, record.status) and _is_possible(record, move):
            return move
    raise TransitionError(
        f"Hồ sơ đang ở trạng thái “{record.get_status_display()}”, không thực hiện được bước "
        f"“{step.label}”. Tải lại trang để xem tình trạng mới nhất."
    )


def _is_possible(record: ReturnRecord, move: Move) -> bool:
    """Offered once, and handed back only when offered."""
    if move.step == ReturnStep.OFFER:
        return not record.is_offered
    return move.step != ReturnStep.HAND_BACK or record.is_offered


def _check_unlocked(record: ReturnRecord) -> None:
    if locked := record.locked_text():
        raise TransitionError(locked)


def _steps(way: Way, move: Move) -> list:
    """The steps of the route at which a move is made now."""
    steps = way.turn(move.duty, only_last=move.is_last)
    return [step for step in steps if way.after(step)] if move.step == ReturnStep.PASS_ON else steps


def _place(way: Way, move: Move, by: User) -> Place:
    if not way.reviews:
        raise TransitionError(
            "Chưa có tuyến duyệt cho loại hồ sơ này. Đề nghị quản trị hệ thống khai báo."
        )
    place = way.place_of(by, _steps(way, move))
    if place is None:
        raise TransitionError(NOT_YOURS)
    return place


def _reasons(record: ReturnRecord, move: Move, lines: dict[str, str] | None) -> dict[str, str]:
    """{key: why} of the lines that come back."""
    reasons = {key: text.strip() for key, text in (lines or {}).items()}
    if not reasons:
        return {}
    if move.step not in (ReturnStep.RETURN, ReturnStep.REOPEN):
        raise TransitionError("Bước này không trả lại từng dòng.")
    if unknown := set(reasons) - set(record.review_lines()):
        raise TransitionError(f"Không có dòng “{min(unknown)}”. Tải lại trang.")
    if "" in reasons.values():
        raise TransitionError("Ghi lý do ở mỗi dòng trả lại.", "lines")
    return reasons


def _in_words(record: ReturnRecord, reasons: dict[str, str]) -> list[str]:
    if not reasons:
        return []
    lines = record.review_lines()
    return [f"{lines[key].label}: {reason}" for key, reason in reasons.items()]


def _apply(record: ReturnRecord, step: ReturnStep, way: Way, place: Place, said: str) -> None:
    record.is_offered = step == ReturnStep.OFFER
    if step == ReturnStep.SEND:
        record.waits_for = way.reviews[0]
        record.first_sent_at = record.first_sent_at or now()
        record.status_reason = ""
    elif step == ReturnStep.PASS_ON:
        record.waits_for = way.after(place.step)
    elif step == ReturnStep.UNSIGN:
        record.status = _status_before_signing(record)
    elif step == ReturnStep.OFFER and record.status == ReturnStatus.DRAFT:
        record.status_reason = ""
    elif step == ReturnStep.HAND_BACK:
        record.status_reason = record.status_reason or said
    elif step in (ReturnStep.RETURN, ReturnStep.REOPEN, ReturnStep.VOID):
        record.status_reason = said
    if record.status != ReturnStatus.SUBMITTED:
        record.waits_for = None


def _status_before_signing(record: ReturnRecord) -> str:
    signed = ReviewEvent.objects.about(record).filter(action=ReturnStep.SIGN.label).last()
    return signed.old_status if signed else ReturnStatus.DRAFT


def _save(record: ReturnRecord, by: User) -> None:
    record.version += 1
    record.updated_by = by
    record.save(update_fields=SAVED)


def _note(
    record: ReturnRecord, action: str, by: User, place: Place, *, old: str = "", **values
) -> ReviewEvent:
    return ReviewEvent.objects.create(
        target=record._meta.label,
        target_id=record.pk,
        action=action,
        old_status=old or record.status,
        new_status=record.status,
        is_on_behalf=place.is_on_behalf,
        by=by,
        **values,
    )
