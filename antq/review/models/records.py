"""What every record carries, whatever it is about."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q

from antq.review.choices import Status
from antq.review.models.sources import Source


class Record(models.Model):
    """A client-made uuid, a version, where it comes from, who wrote it and when."""

    client_uuid = models.UUIDField(
        "mã của biểu nhập",
        default=uuid4,
        unique=True,
        editable=False,
        # Made when a form is opened: a double click or a dropped line makes one record.
    )
    version = models.PositiveIntegerField("phiên bản", default=1, editable=False)
    source = models.ForeignKey(
        Source, models.PROTECT, null=True, blank=True, verbose_name="nguồn số liệu"
    )
    is_demo = models.BooleanField("dữ liệu minh họa", default=False, editable=False)
    created_at = models.DateTimeField("nhập lúc", auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="người nhập",
    )
    updated_at = models.DateTimeField("sửa lúc", auto_now=True)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="người sửa",
    )

    class Meta:
        abstract = True


class RegisterRecord(Record):
    """A record of the commune's own book: new ones and their end wait for its leader."""

    status = models.CharField(
        "trạng thái", max_length=10, choices=Status, default=Status.WAITING, editable=False
    )
    status_reason = models.CharField("lý do", max_length=500, blank=True, editable=False)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=~Q(status__in=[Status.VOIDED, Status.RETURNED]) | ~Q(status_reason=""),
                name="%(class)s_says_why",
                violation_error_message="Ghi lý do trả lại hoặc hủy.",
            )
        ]
