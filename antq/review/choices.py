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
