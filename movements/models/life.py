"""What happens to a point in its life, who runs it, and the papers of its dossier."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from antq.core.dates import Precision, vn_date
from antq.core.db import DaySpan
from antq.core.history import logged
from antq.files.models import StoredFile
from antq.review.choices import Status
from antq.review.models import Record
from antq.units.models import ResidentialArea
from antq.units.querysets import ScopedQuerySet
from movements.choices import EventKind
from movements.models.points import SchemePoint
from movements.models.types import DocumentKind


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
