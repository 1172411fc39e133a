"""States of a record, and the legal steps between them, as data."""

from dataclasses import dataclass

from django.db.models import TextChoices

from antq.core.permissions import Permission


class Status(TextChoices):
    """States of a record of the register, the commune's own book."""

    WAITING = "waiting", "Chờ duyệt"
    CONFIRMED = "confirmed", "Đã duyệt"
    RETURNED = "returned", "Trả lại để bổ sung"
    VOIDED = "voided", "Hủy do nhập nhầm"


class ReturnStatus(TextChoices):
    """States of a return: what a unit signs and sends to those above it."""

    DRAFT = "draft", "Đang soạn"
    # Not "confirmed", which in the trail is the word of the register.
    CONFIRMED = "signed", "Đã ký, chưa gửi"
    SUBMITTED = "submitted", "Chờ duyệt"
    ACCEPTED = "accepted", "Đã duyệt"
    RETURNED = "returned", "Trả lại để bổ sung"
    REOPENED = "reopened", "Mở lại để đính chính"
    VOIDED = "voided", "Hủy do nhập nhầm"


OPEN = (ReturnStatus.DRAFT, ReturnStatus.RETURNED, ReturnStatus.REOPENED)  # may be written in
SAYS_WHY = (ReturnStatus.RETURNED, ReturnStatus.REOPENED, ReturnStatus.VOIDED)
TRAIL_STATUSES = list(dict([*Status.choices, *ReturnStatus.choices]).items())


class ReturnKind(TextChoices):
    """Kinds of returns: each has routes of its own."""

    UNIT_REPORT = "unit_report", "báo cáo định kỳ"
    FESTIVAL_RESULT = "festival_result", "kết quả Ngày hội"
    AWARD_PROPOSAL = "award_proposal", "đề nghị khen thưởng"


class Duty(TextChoices):
    """What is done at a step of a route."""

    PREPARE = "prepare", "lập, nhập số liệu"
    SIGN = "sign", "ký duyệt, gửi"
    REVIEW = "review", "xem xét, duyệt"


class ReturnStep(TextChoices):
    """What can be done with a return: the word of the trail, and of a button."""

    OFFER = "offer", "Trình lãnh đạo"
    HAND_BACK = "hand_back", "Chuyển lại cán bộ"
    SIGN = "sign", "Ký duyệt"
    UNSIGN = "unsign", "Bỏ ký duyệt để sửa"
    SEND = "send", "Gửi cấp trên"
    PASS_ON = "pass_on", "Chuyển cấp tiếp theo"
    ACCEPT = "accept", "Duyệt"
    RETURN = "return", "Trả lại để bổ sung"
    REOPEN = "reopen", "Mở lại để đính chính"
    VOID = "void", "Hủy do nhập nhầm"


@dataclass(frozen=True)
class Move:
    """A legal step of a return: from, to ('' for the state it is in), whose duty, needs a reason.

    is_last: for the last step of the route alone; the others of that duty may not make it.
    """

    step: str
    old: str
    new: str
    duty: str
    needs_reason: bool = False
    is_last: bool = False


MOVES = (
    *(Move(ReturnStep.OFFER, old, "", Duty.PREPARE) for old in OPEN),
    *(Move(ReturnStep.HAND_BACK, old, "", Duty.SIGN, needs_reason=True) for old in OPEN),
    *(Move(ReturnStep.SIGN, old, ReturnStatus.CONFIRMED, Duty.SIGN) for old in OPEN),
    # Back to the state in which it was signed, which the trail knows.
    Move(ReturnStep.UNSIGN, ReturnStatus.CONFIRMED, "", Duty.SIGN),
    Move(ReturnStep.SEND, ReturnStatus.CONFIRMED, ReturnStatus.SUBMITTED, Duty.SIGN),
    Move(ReturnStep.PASS_ON, ReturnStatus.SUBMITTED, "", Duty.REVIEW),
    Move(
        ReturnStep.ACCEPT,
        ReturnStatus.SUBMITTED,
        ReturnStatus.ACCEPTED,
        Duty.REVIEW,
        is_last=True,
    ),
    Move(
        ReturnStep.RETURN,
        ReturnStatus.SUBMITTED,
        ReturnStatus.RETURNED,
        Duty.REVIEW,
        needs_reason=True,
    ),
    Move(
        ReturnStep.REOPEN,
        ReturnStatus.ACCEPTED,
        ReturnStatus.REOPENED,
        Duty.REVIEW,
        needs_reason=True,
        is_last=True,
    ),
    Move(ReturnStep.VOID, ReturnStatus.DRAFT, ReturnStatus.VOIDED, Duty.PREPARE, needs_reason=True),
    # What was sent once is voided by who signed it.
    Move(ReturnStep.VOID, ReturnStatus.RETURNED, ReturnStatus.VOIDED, Duty.SIGN, needs_reason=True),
    Move(ReturnStep.VOID, ReturnStatus.REOPENED, ReturnStatus.VOIDED, Duty.SIGN, needs_reason=True),
)

# What a step of a route can ask for: permissions, by their names in code.
ROUTE_PERMISSIONS = [
    (Permission.RECORD_EDIT.name, "nhập hồ sơ"),
    (Permission.RECORD_CONFIRM.name, "lãnh đạo ký duyệt"),
    (Permission.RETURN_REVIEW.name, "tiếp nhận, duyệt (PV05)"),
    (Permission.COMMITTEE_REVIEW.name, "Ban Chỉ đạo xem xét"),
]


@dataclass(frozen=True)
class Step:
    """A change of state that may happen: from, to, who may make it, whether a reason is needed."""

    old: str
    new: str
    permission: Permission
    needs_reason: bool = False


REGISTER_STEPS = (
    Step(Status.WAITING, Status.CONFIRMED, Permission.RECORD_CONFIRM),
    Step(Status.WAITING, Status.RETURNED, Permission.RECORD_CONFIRM, needs_reason=True),
    Step(Status.RETURNED, Status.WAITING, Permission.RECORD_EDIT),
    Step(Status.WAITING, Status.VOIDED, Permission.RECORD_EDIT, needs_reason=True),
    Step(Status.RETURNED, Status.VOIDED, Permission.RECORD_EDIT, needs_reason=True),
    Step(Status.CONFIRMED, Status.VOIDED, Permission.RECORD_CONFIRM, needs_reason=True),
    # What was being prepared is launched: it is a new one, and waits again.
    Step(Status.CONFIRMED, Status.WAITING, Permission.RECORD_EDIT),
)
