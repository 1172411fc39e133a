"""What a unit signs and sends: reports, results, proposals; and the lines that came back."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from antq.core.history import logged
from antq.review.choices import OPEN, SAYS_WHY, ReturnKind, ReturnStatus
from antq.review.models.events import ReviewEvent
from antq.review.models.records import Record
from antq.review.models.routes import RouteStep
from antq.review.querysets import ReturnedItemQuerySet, ReturnQuerySet
from antq.units.models import AdministrativeUnit


@dataclass(frozen=True)
class ReviewLine:
    """A line of a return that can be sent back: its value as people read it, and as JSON."""

    label: str
    text: str
    value: Any = None


class ReturnRecord(Record):
    """A record that goes up: prepared, signed, sent, then accepted or sent back.

    A concrete one says its `return_kind`, and answers the three questions at the end.
    """

    return_kind: ClassVar[ReturnKind]

    unit = models.ForeignKey(
        AdministrativeUnit, models.PROTECT, related_name="%(class)ss", verbose_name="đơn vị"
    )
    status = models.CharField(
        "trạng thái",
        max_length=10,
        choices=ReturnStatus,
        default=ReturnStatus.DRAFT,
        editable=False,
    )
    status_reason = models.CharField("lý do", max_length=500, blank=True, editable=False)
    is_offered = models.BooleanField("đã trình lãnh đạo", default=False, editable=False)
    is_wholly_open = models.BooleanField("mở mọi dòng", default=True, editable=False)
    waits_for = models.ForeignKey(
        RouteStep,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="chờ bước duyệt",
    )
    first_sent_at = models.DateTimeField("gửi lần đầu lúc", null=True, blank=True, editable=False)

    objects = ReturnQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=ReturnStatus.values), name="%(class)s_known_status"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=SAYS_WHY) | ~Q(status_reason=""),
                name="%(class)s_says_why",
                violation_error_message="Ghi lý do trả lại, mở lại hoặc hủy.",
            ),
            models.CheckConstraint(
                condition=Q(status=ReturnStatus.SUBMITTED, waits_for__isnull=False)
                | (~Q(status=ReturnStatus.SUBMITTED) & Q(waits_for=None)),
                name="%(class)s_sent_waits_for_a_step",
            ),
            models.CheckConstraint(
                condition=Q(is_offered=False) | Q(status__in=OPEN),
                name="%(class)s_offered_while_open",
            ),
        ]

    def review_lines(self) -> dict[str, ReviewLine]:
        """Every line that can be sent back, by a key that stays: as it is now."""
        return {}

    def locked_text(self) -> str:
        """Why no step may be made now (its period is locked), for people; '' when it may.

        Asked under the lock of the row; it must lock what it reads where that can change.
        """
        return ""

    def unready_text(self) -> str:
        """What must be mended before it is signed, for people; '' when nothing."""
        return ""

    def open_lines(self) -> frozenset[str] | None:
        """The keys of the lines that may be written now; None: all of them."""
        if self.status not in OPEN:
            return frozenset()
        if self.is_wholly_open:
            return None
        return frozenset(ReturnedItem.objects.open_of(self).values_list("key", flat=True))


@logged(of="event")
class ReturnedItem(models.Model):
    """Dòng trả lại: a line of a return that was sent back, why, and what became of it."""

    event = models.ForeignKey(
        ReviewEvent, models.CASCADE, related_name="items", verbose_name="lần trả lại"
    )
    key = models.CharField("mã dòng", max_length=100)
    label = models.CharField("dòng", max_length=250)
    reason = models.CharField("lý do", max_length=500)
    old_text = models.CharField("trước", max_length=500, blank=True)
    old_value = models.JSONField("giá trị trước", null=True, blank=True, encoder=DjangoJSONEncoder)
    answered = models.ForeignKey(
        ReviewEvent,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="lần gửi lại",
    )
    new_text = models.CharField("sau", max_length=500, blank=True)
    new_value = models.JSONField("giá trị sau", null=True, blank=True, encoder=DjangoJSONEncoder)

    objects = ReturnedItemQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "dòng trả lại để bổ sung"
        ordering = ["event", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["event", "key"], name="returned_item_once"),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="returned_item_says_why",
                violation_error_message="Ghi lý do trả lại dòng này.",
            ),
        ]

    def __str__(self):
        return f"{self.label}: {self.reason}"

    @property
    def is_changed(self) -> bool:
        """Whether the line was sent again with another value."""
        return self.answered_id is not None and (
            (self.old_text, self.old_value) != (self.new_text, self.new_value)
        )
