"""The one way in which a record changes its state."""

from django.db import transaction
from django.db.models import Model

from antq.accounts.models import User
from antq.review.choices import REGISTER_STEPS, Status, Step
from antq.review.models import RegisterRecord, ReviewEvent


class TransitionError(Exception):
    """The step is not legal now; the message tells the user why.

    field: the one of the step's fields that mends it; '' when none does.
    """

    def __init__(self, message: str, field: str = ""):
        super().__init__(message)
        self.field = field


def check_version(fresh: RegisterRecord, version: int | None) -> None:
    """Raises TransitionError when somebody changed the record after the page was opened."""
    if version is not None and version != fresh.version:
        raise TransitionError(
            "Hồ sơ vừa được sửa sau khi trang này mở, nên chưa thực hiện. Xem lại rồi bấm lần nữa."
        )


def line(record: Model, *, action: str, by: User, reason: str = "", old: str = "") -> ReviewEvent:
    """A line of the trail of a record, not written yet: for many at once."""
    return ReviewEvent(
        target=record._meta.label,
        target_id=record.pk,
        action=action,
        old_status=old,
        new_status=record.status if isinstance(record, RegisterRecord) else "",
        reason=reason,
        by=by,
    )


def note(record: Model, *, action: str, by: User, reason: str = "", old: str = "") -> None:
    """Add a line to the trail of a record, whether it is reviewed or not."""
    line(record, action=action, by=by, reason=reason, old=old).save()


@transaction.atomic
def move_to(
    status: Status,
    *,
    record: RegisterRecord,
    by: User,
    reason: str = "",
    version: int | None = None,
) -> None:
    """Change a record's state and write the trail: both, or neither.

    The row lock makes a second reviewer wait and then fail cleanly. Raises TransitionError when
    the step is not legal from the state in which the record is now, when `by` may not make it
    on this record, when a reason is missing, or when the record is no longer at `version`, the
    one that `by` has seen.
    """
    fresh = type(record).objects.select_for_update(of=("self",)).get(pk=record.pk)
    step = _legal_step(fresh, status)
    check_version(fresh, version)
    if not type(record).objects.allowing(by, step.permission).filter(pk=fresh.pk).exists():
        raise TransitionError("Tài khoản không có quyền thực hiện bước này.")
    if step.needs_reason and not reason.strip():
        raise TransitionError("Ghi lý do để người nhập biết cần sửa gì.", "reason")
    old, fresh.status = fresh.status, status
    fresh.status_reason = reason.strip() if step.needs_reason else ""
    fresh.version += 1
    fresh.updated_by = by
    fresh.save(update_fields=["status", "status_reason", "version", "updated_by", "updated_at"])
    note(fresh, action=status.label, by=by, reason=reason.strip(), old=old)
    record.refresh_from_db()


def _legal_step(record: RegisterRecord, status: Status) -> Step:
    for step in REGISTER_STEPS:
        if (step.old, step.new) == (record.status, status):
            return step
    raise TransitionError(
        f"Hồ sơ đang ở trạng thái “{record.get_status_display()}”, "
        f"không chuyển sang “{status.label}” được. Tải lại trang để xem tình trạng mới nhất."
    )
