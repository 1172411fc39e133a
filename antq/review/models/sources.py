from django.db import models

from antq.core.dates import Precision, vn_date
from antq.core.history import logged


class SourceKind(models.TextChoices):
    DOCUMENT = "document", "văn bản"
    REPORT = "report", "báo cáo"
    NEWSPAPER = "newspaper", "báo, trang tin"
    OTHER = "other", "nguồn khác"


@logged()
class Source(models.Model):
    """Where a record or a figure was taken from."""

    kind = models.CharField("loại", max_length=10, choices=SourceKind)
    title = models.CharField("tên, trích yếu", max_length=300)
    publisher = models.CharField("cơ quan ban hành, nơi đăng", max_length=200, blank=True)
    author = models.CharField("người viết", max_length=150, blank=True)
    number = models.CharField("số, ký hiệu", max_length=60, blank=True)
    issued_on = models.DateField("ngày", null=True, blank=True)
    issued_precision = models.CharField(
        "biết đến", max_length=5, choices=Precision, default=Precision.DAY
    )
    is_demo = models.BooleanField("dữ liệu minh họa", default=False, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "nguồn số liệu"
        constraints = [
            models.UniqueConstraint(
                fields=["title", "publisher", "issued_on"],
                nulls_distinct=False,
                name="source_once",
                violation_error_message="Nguồn này đã có.",
            )
        ]

    def __str__(self):
        parts = [self.title, self.publisher, self.number]
        if self.issued_on:
            parts.append(vn_date(self.issued_on, self.issued_precision))
        return ", ".join(part for part in parts if part)
