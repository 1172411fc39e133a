"""What happens to a point in its life, who runs it, and how it was judged."""

from datetime import date

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q

from antq.core.dates import Precision, vn_date
from antq.core.db import DaySpan
from antq.core.history import logged
from antq.files.models import StoredFile
from antq.review.choices import Status
from antq.review.models import Record
from antq.units.models import AdministrativeUnit, ResidentialArea
from antq.units.models.units import ends_after_it_begins
from antq.units.querysets import DatedQuerySet, ScopedQuerySet
from movements.choices import EventKind, RecognitionKind, RecognitionLevel
from movements.models.catalogue import DocumentKind, Scheme
from movements.models.points import SchemePoint
from movements.querysets import RecognitionQuerySet

LAST_DISTRICT_DAY = date(2025, 6, 30)


class OfPointQuerySet(ScopedQuerySet):
    """Rows that belong to a point, and so to its unit."""

    unit_field = "point__unit"


@logged(of="point")
class Team(models.Model):
    """Tổ: one of the teams that run a point; rows are optional, the point's number may say more."""

    point = models.ForeignKey(
        SchemePoint, models.CASCADE, related_name="team_rows", verbose_name="điểm"
    )
    name = models.CharField("tên tổ", max_length=150)
    area = models.ForeignKey(
        ResidentialArea,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="teams",
        verbose_name="địa bàn",
    )
    leader = models.CharField("tổ trưởng", max_length=150, blank=True)
    members = models.PositiveIntegerField("số thành viên", null=True, blank=True)
    households = models.PositiveIntegerField("số hộ", null=True, blank=True)
    founded_on = models.DateField("ngày thành lập", null=True, blank=True)
    ended_on = models.DateField("ngày kết thúc", null=True, blank=True)
    note = models.CharField("ghi chú", max_length=500, blank=True)

    objects = OfPointQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "tổ của điểm"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_on__gte=F("founded_on")),
                name="team_ends_after_it_begins",
                violation_error_message="Ngày kết thúc không được trước ngày thành lập.",
            )
        ]

    def __str__(self):
        return self.name


@logged(of="point")
class LifecycleEvent(Record):
    """A step in the life of a point, with the paper that ordered it.

    until: of a suspension, its last day; empty while it lasts. On those days the point is not
    counted as running.
    """

    point = models.ForeignKey(
        SchemePoint, models.CASCADE, related_name="life_events", verbose_name="điểm"
    )
    kind = models.CharField("việc", max_length=15, choices=EventKind)
    on = models.DateField("ngày")
    precision = models.CharField(
        "ngày biết đến", max_length=5, choices=Precision, default=Precision.DAY
    )
    until = models.DateField("đến hết ngày", null=True, blank=True, editable=False)
    decision_number = models.CharField("số văn bản", max_length=60, blank=True)
    decision_on = models.DateField("ngày văn bản", null=True, blank=True)
    decision_by = models.CharField("cơ quan ban hành", max_length=150, blank=True)
    note = models.CharField("nội dung", max_length=1000, blank=True)

    objects = OfPointQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "việc trong vòng đời của điểm"
        ordering = ["on", "pk"]
        indexes = [
            # Every count of running points asks for these, and there are few of them.
            models.Index(
                fields=["point", "on"],
                condition=Q(kind=EventKind.SUSPENSION),
                name="suspension_by_point",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(kind=EventKind.SUSPENSION, until__gte=F("on")),
                name="life_event_span",
                violation_error_message="Ngày hoạt động trở lại phải sau ngày tạm dừng.",
            ),
            ExclusionConstraint(
                name="suspensions_apart",
                expressions=[
                    ("point", RangeOperators.EQUAL),
                    (DaySpan("on", "until"), RangeOperators.OVERLAPS),
                ],
                condition=Q(kind=EventKind.SUSPENSION),
                violation_error_message="Điểm đã tạm dừng trong khoảng thời gian này.",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}, {self.on_text}"

    @property
    def on_text(self) -> str:
        return vn_date(self.on, self.precision)


@logged(of="point")
class Document(Record):
    """Giấy tờ: one paper of a point's dossier, with its file where it was handed in."""

    point = models.ForeignKey(
        SchemePoint, models.CASCADE, related_name="documents", verbose_name="điểm"
    )
    event = models.ForeignKey(
        LifecycleEvent,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="documents",
        verbose_name="của việc",
    )
    kind = models.ForeignKey(
        DocumentKind, models.PROTECT, related_name="documents", verbose_name="loại giấy tờ"
    )
    title = models.CharField("trích yếu", max_length=250, blank=True)
    number = models.CharField("số, ký hiệu", max_length=60, blank=True)
    issued_on = models.DateField("ngày văn bản", null=True, blank=True)
    file = models.ForeignKey(
        StoredFile,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="documents",
        verbose_name="tệp",
    )

    objects = OfPointQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "giấy tờ trong hồ sơ"
        ordering = ["kind__order", "issued_on", "pk"]

    def __str__(self):
        return self.title or str(self.kind)


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


class ReturnedLineQuerySet(OfPointQuerySet):
    def unanswered(self):
        """Lines that still wait for the commune; of a point that was voided nobody asks more."""
        return self.filter(answered_at=None).exclude(point__status=Status.VOIDED)


@logged(of="point")
class ReturnedLine(models.Model):
    """A line of a point that the province asks the commune to look at again, with its reason.

    field: the name of the field, '' for the point as a whole. It is open until the commune
    answers: by mending the field, or in words.
    """

    point = models.ForeignKey(
        SchemePoint, models.CASCADE, related_name="returned_lines", verbose_name="điểm"
    )
    field = models.CharField("dòng", max_length=60, blank=True)
    label = models.CharField("tên dòng", max_length=150)
    old_text = models.CharField("trước khi sửa", max_length=500, blank=True)
    new_text = models.CharField("sau khi sửa", max_length=500, blank=True)
    reason = models.CharField("lý do trả lại", max_length=500)
    returned_at = models.DateTimeField("trả lại lúc", auto_now_add=True)
    returned_by = models.ForeignKey(
        "accounts.User", models.PROTECT, related_name="+", verbose_name="người trả lại"
    )
    answer = models.CharField("trả lời", max_length=500, blank=True)
    answered_at = models.DateTimeField("trả lời lúc", null=True, blank=True)
    answered_by = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="người trả lời",
    )

    objects = ReturnedLineQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "dòng tỉnh trả lại"
        ordering = ["returned_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None)
                | Q(answered_at__isnull=False, answered_by__isnull=False),
                name="returned_line_answer_paired",
            ),
            models.UniqueConstraint(
                fields=["point", "field"],
                condition=Q(answered_at=None),
                name="returned_line_open_once",
                violation_error_message="Dòng này đã trả lại và chưa được trả lời.",
            ),
        ]

    def __str__(self):
        return f"{self.point}: {self.label}"
