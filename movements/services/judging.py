"""How points are judged: their yearly grade; what they, a scheme or a unit were honoured for."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils.timezone import localdate

from antq.accounts.models import User
from antq.core.numbers import vn_number
from antq.core.permissions import Permission
from antq.review.models import ReviewEvent
from antq.review.services import TransitionError, note
from antq.units.models import AdministrativeUnit
from movements.models import Grade, GradingScale, Recognition, SchemeEvaluation, SchemePoint
from movements.services.places import province_of
from movements.services.points import locked
from movements.services.teams import touch

_ALREADY = "Điểm đã được xếp loại năm {}. Sửa ở dòng của năm đó."
CHANGED_SINCE = (
    "Nội dung này vừa được người khác ghi sau khi trang này mở, nên chưa lưu. Mở lại để xem."
)


def scale_for(unit: AdministrativeUnit, year: int) -> GradingScale | None:
    """The scale of a year: that of the province where it has its own, else the common one."""
    usable = Q(owner=None) | Q(owner=province_of(unit))
    scales = GradingScale.objects.valid_on(date(year, 12, 31)).filter(usable)
    own_first = scales.order_by(F("owner").asc(nulls_last=True), "pk")
    return own_first.prefetch_related("grades").first()


def proposed(scale: GradingScale | None, score: Decimal | None) -> Grade | None:
    """The grade with the highest threshold that the score reaches."""
    if scale is None or score is None:
        return None
    reached = [
        grade
        for grade in scale.grades.all()
        if grade.minimum is not None and grade.minimum <= score
    ]
    return max(reached, key=lambda grade: grade.minimum, default=None)


def contradiction(scale: GradingScale | None, score, grade: Grade) -> str:
    """Where the score says another grade than was given; '' where they agree."""
    expected = proposed(scale, score)
    if expected is None or expected == grade or grade.slot == Grade.Slot.UNGRADED:
        return ""
    doubt = "" if scale.is_confirmed else " (ngưỡng tham khảo, chưa đối chiếu văn bản)"
    return (
        f"{vn_number(score)} điểm ứng với mức “{expected}”{doubt}, đang ghi “{grade}”. "
        "Xem lại nếu nhầm."
    )


@transaction.atomic
def evaluate(
    point: SchemePoint,
    *,
    year: int,
    score: Decimal | None,
    grade: Grade,
    by: User,
    version: int | None = None,
    client_uuid: UUID | None = None,
    **paper,
) -> SchemeEvaluation:
    """Write the grade of a year: a new one, or the one at `version` anew.

    paper: decision_number, decision_on, decision_by, note. The same form sent twice writes once.
    """
    fresh = locked(point, by, Permission.RECORD_EDIT)
    _check_year(fresh, year)
    known = SchemeEvaluation.objects.filter(point=fresh, year=year).first()
    if known and client_uuid and known.client_uuid == client_uuid and not version:
        return known
    if (known.version if known else 0) != (version or 0):
        raise TransitionError(CHANGED_SINCE if version else _ALREADY.format(year), "year")
    row = known or SchemeEvaluation(point=fresh, year=year, created_by=by, version=0)
    old = f" (trước đó: {known.grade})" if known else ""
    taken = SchemeEvaluation.objects.filter(client_uuid=client_uuid)
    if client_uuid and not known and not taken.exists():
        row.client_uuid = client_uuid
    for name, value in {"score": score, "grade": grade, **paper}.items():
        setattr(row, name, value)
    row.version += 1
    row.updated_by = by
    row.save()
    touch(fresh, by)
    note(fresh, action=f"Xếp loại năm {year}", by=by, reason=f"{grade}{old}{_points(score)}")
    return row


def _points(score) -> str:
    return "" if score is None else f", {vn_number(score)} điểm"


def _check_year(point: SchemePoint, year: int) -> None:
    if year > localdate().year:
        raise TransitionError("Năm này chưa đến.", "year")
    if point.begun_on is None or point.begun_on.year > year:
        raise TransitionError(f"Năm {year} điểm chưa hoạt động ({point.launched_text}).", "year")
    if point.ended_on and point.ended_on.year < year:
        raise TransitionError(f"Điểm đã kết thúc trước năm {year}.", "year")


@transaction.atomic
def remove_evaluation(row: SchemeEvaluation, *, reason: str, by: User) -> None:
    point = locked(row.point, by, Permission.RECORD_EDIT)
    said = f"{row}. {reason.strip()}"
    row.delete()
    touch(point, by)
    note(point, action="Xóa xếp loại", by=by, reason=said[:500])


@transaction.atomic
def save_recognition(row: Recognition, *, by: User, version: int | None = None) -> None:
    """Write a new one, or a changed one that is still at `version`."""
    _check_scope(row, by)
    if row.point:  # before its recognitions, as whoever merges two schemes locks them
        locked(row.point, by, Permission.RECORD_EDIT)
    known = Recognition.objects.select_for_update(of=("self",)).filter(pk=row.pk).first()
    if known and version is not None and known.version != version:
        raise TransitionError(CHANGED_SINCE)
    row.version = known.version + 1 if known else 1
    row.created_by = row.created_by or by
    row.updated_by = by
    row.save()
    _note(row, "Sửa công nhận" if known else "Ghi công nhận", by, f"{row} {row.number}".strip())


@transaction.atomic
def remove_recognition(row: Recognition, *, reason: str, by: User) -> None:
    _check_scope(row, by)
    _note(row, "Xóa công nhận", by, f"{row}. {reason.strip()}")
    row.delete()


def _check_scope(row: Recognition, by: User) -> None:
    units = AdministrativeUnit.objects.allowing(by, Permission.RECORD_EDIT)
    if not units.filter(pk=row.unit_id).exists():
        raise TransitionError("Tài khoản không có quyền ghi cho đơn vị này.")


def _note(row: Recognition, action: str, by: User, reason: str) -> None:
    """In the trail of the point; a recognition of a unit or a scheme has its own."""
    if row.point:
        point = locked(row.point, by, Permission.RECORD_EDIT)
        touch(point, by)
        note(point, action=action, by=by, reason=reason[:500])
        return
    ReviewEvent.objects.create(
        target=row._meta.label, target_id=row.pk, action=action, reason=reason[:500], by=by
    )
