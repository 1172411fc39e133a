"""How points are judged and what is recognised: scales are rows, because guidance changes."""

from datetime import date

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q

from antq.core.dates import Precision, vn_date
from antq.core.history import logged
from antq.review.models import Record
from antq.units.models import AdministrativeUnit
from antq.units.models.units import ends_after_it_begins
from antq.units.querysets import DatedQuerySet
from movements.choices import RecognitionKind, RecognitionLevel
from movements.models.catalogue import Scheme
from movements.models.life import OfPointQuerySet
from movements.models.points import SchemePoint
from movements.querysets import RecognitionQuerySet

LAST_DISTRICT_DAY = date(2025, 6, 30)


class ScaleQuerySet(DatedQuerySet):
    pass


@logged()
class GradingScale(models.Model):
    """Thang xếp loại: rows, because guidance changes and a province may have its own."""

    code = models.SlugField("mã", unique=True)
    name = models.CharField("tên", max_length=150)
    owner = models.ForeignKey(
        AdministrativeUnit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="của tỉnh",
        help_text="Để trống: dùng chung cả nước.",
    )
    basis = models.CharField("căn cứ", max_length=250, blank=True)
    is_confirmed = models.BooleanField(
        "đã đối chiếu văn bản",
        default=False,
        help_text="Chưa đối chiếu thì ngưỡng điểm chỉ dùng để nhắc.",
    )
    valid_from = models.DateField("từ ngày", null=True, blank=True)
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)

    objects = ScaleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "thang xếp loại"
        constraints = [ends_after_it_begins("scale_ends_after_it_begins")]

    def __str__(self):
        return self.name


@logged()
class Grade(models.Model):
    """Mức xếp loại: `slot` says in which column of a report it stands."""

    class Slot(models.TextChoices):
        GOOD = "good", "Tốt"
        FAIR = "fair", "Khá"
        AVERAGE = "average", "Trung bình"
        WEAK = "weak", "Yếu"
        UNGRADED = "ungraded", "Không phân loại"

    scale = models.ForeignKey(
        GradingScale, models.CASCADE, related_name="grades", verbose_name="thang xếp loại"
    )
    name = models.CharField("tên mức", max_length=60)
    slot = models.CharField("cột trong biểu", max_length=10, choices=Slot)
    minimum = models.DecimalField("từ điểm", max_digits=5, decimal_places=2, null=True, blank=True)
    order = models.PositiveSmallIntegerField("thứ tự", default=10)

    class Meta:
        verbose_name = verbose_name_plural = "mức xếp loại"
        ordering = ["scale", "order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["scale", "name"],
                name="grade_once",
                violation_error_message="Thang xếp loại đã có mức này.",
            )
        ]

    def __str__(self):
        return self.name


@logged(of="point")
class SchemeEvaluation(Record):
    """Đánh giá, xếp loại of a point for a year."""

    point = models.ForeignKey(
        SchemePoint, models.CASCADE, related_name="evaluations", verbose_name="điểm"
    )
    year = models.PositiveSmallIntegerField("năm")
    score = models.DecimalField(
        "điểm số",
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MaxValueValidator(100)],
    )
    grade = models.ForeignKey(
        Grade, models.PROTECT, related_name="evaluations", verbose_name="xếp loại"
    )
    decision_number = models.CharField("số văn bản", max_length=60, blank=True)
    decision_on = models.DateField("ngày văn bản", null=True, blank=True)
    decision_by = models.CharField("cơ quan xếp loại", max_length=150, blank=True)
    note = models.CharField("kết quả nổi bật", max_length=1000, blank=True)

    objects = OfPointQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "đánh giá, xếp loại"
        ordering = ["-year"]
        constraints = [
            models.UniqueConstraint(
                fields=["point", "year"],
                name="evaluation_once_a_year",
                violation_error_message="Điểm đã được xếp loại năm này.",
            ),
            models.CheckConstraint(
                condition=Q(score=None) | Q(score__gte=0, score__lte=100),
                name="evaluation_score_range",
                violation_error_message="Điểm số từ 0 đến 100.",
            ),
        ]

    def __str__(self):
        return f"{self.year}: {self.grade}"


@logged(of="point")
class Recognition(Record):
    """Công nhận, biểu dương of a unit, of a scheme in it, or of one of its points.

    unit: whose record it is. With neither scheme nor point it is the unit that was recognised.
    """

    unit = models.ForeignKey(
        AdministrativeUnit, models.PROTECT, related_name="recognitions", verbose_name="đơn vị"
    )
    scheme = models.ForeignKey(
        Scheme,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="recognitions",
        verbose_name="mô hình",
    )
    point = models.ForeignKey(
        SchemePoint,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="recognitions",
        verbose_name="điểm mô hình",
    )
    level = models.CharField("cấp công nhận", max_length=10, choices=RecognitionLevel)
    kind = models.CharField("hình thức", max_length=15, choices=RecognitionKind)
    on = models.DateField("ngày", null=True, blank=True)
    precision = models.CharField(
        "ngày biết đến", max_length=5, choices=Precision, default=Precision.DAY
    )
    number = models.CharField("số văn bản", max_length=60, blank=True)
    by = models.CharField("cơ quan công nhận", max_length=200, blank=True)
    note = models.CharField("nội dung", max_length=1000, blank=True)

    objects = RecognitionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "công nhận, biểu dương"
        ordering = ["-on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(scheme=None) | Q(point=None),
                name="recognition_of_one",
                violation_error_message="Công nhận mô hình hoặc điểm mô hình, không cả hai.",
            ),
            models.CheckConstraint(
                condition=~Q(level=RecognitionLevel.DISTRICT)
                | Q(on=None)
                | Q(on__lte="2025-06-30"),
                name="recognition_by_district_ended",
                violation_error_message="Từ 01/7/2025 không còn cấp huyện.",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} ({self.get_level_display()})"

    @property
    def on_text(self) -> str:
        return vn_date(self.on, self.precision)
