from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from antq.review.choices import TRAIL_STATUSES


class EventQuerySet(models.QuerySet):
    def about(self, record):
        """The trail of one record, from its first line."""
        return self.filter(target=record._meta.label, target_id=record.pk)


class ReviewEvent(models.Model):
    """One step of a record: the trail. It names its target by label and id, and outlives it."""

    target = models.CharField("loại hồ sơ", max_length=60)
    target_id = models.BigIntegerField("số hồ sơ")
    action = models.CharField("việc", max_length=60)
    old_status = models.CharField(
        "từ trạng thái", max_length=10, choices=TRAIL_STATUSES, blank=True
    )
    new_status = models.CharField(
        "sang trạng thái", max_length=10, choices=TRAIL_STATUSES, blank=True
    )
    reason = models.CharField("lý do", max_length=500, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name="người thực hiện",
    )
    is_on_behalf = models.BooleanField("cấp trên làm thay", default=False)
    # {key: [label, text, value]} of every line when a return was sent: what was signed, as it was.
    sent_lines = models.JSONField(
        "nội dung khi gửi", null=True, blank=True, editable=False, encoder=DjangoJSONEncoder
    )
    at = models.DateTimeField("lúc", auto_now_add=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "nhật ký duyệt"
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["target", "target_id"], name="event_by_target")]

    def __str__(self):
        return f"{self.action} – {self.by}"
