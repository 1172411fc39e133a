"""Periods that were opened, and what units report in them."""

from typing import ClassVar
from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce

from antq.core.dates import vn_date
from antq.core.db import DaySpan
from antq.core.history import logged
from antq.files.models import StoredFile
from antq.review.choices import ReturnKind, ReturnStatus
from antq.review.models import ReturnRecord
from antq.review.models.returns import ReviewLine
from antq.units.choices import Level
from antq.units.models import AdministrativeUnit
from movements.figures import PeriodQuerySet, UnitReportQuerySet
from movements.models.indicators import ReportForm, owner_field, refuse_other_levels
from movements.windows import PeriodKind, Slot


@logged()
class Period(models.Model):
    """Kỳ báo cáo: a form opened for some days. Its days stay, whatever becomes of the rule.

    owner: the province that opened it; empty: for the whole country. units: of a collection for
    one occasion, those asked; none: every commune. due: of communes.
    """

    client_uuid = models.UUIDField("mã của biểu nhập", default=uuid4, unique=True, editable=False)
    form = models.ForeignKey(
        ReportForm, models.PROTECT, related_name="periods", verbose_name="biểu báo cáo"
    )
    owner = owner_field()
    kind = models.CharField("loại kỳ", max_length=12, choices=PeriodKind)
    year = models.PositiveSmallIntegerField("năm", null=True, blank=True)
    number = models.PositiveSmallIntegerField("kỳ thứ", null=True, blank=True)
    label = models.CharField("tên kỳ", max_length=150)
    first = models.DateField("số liệu từ ngày")
    last = models.DateField("số liệu đến hết ngày")
    due = models.DateField("hạn gửi của cấp xã")
    due_district = models.DateField("hạn gửi của cấp huyện (đến 30/6/2025)", null=True, blank=True)
    due_province = models.DateField("hạn gửi của cấp tỉnh", null=True, blank=True)
    units = models.ManyToManyField(
        AdministrativeUnit,
        blank=True,
        related_name="+",
        verbose_name="các đơn vị được yêu cầu",
        help_text="Để trống: mọi xã, phường, đặc khu.",
    )
    note = models.CharField("ghi chú", max_length=500, blank=True)
    is_demo = models.BooleanField("dữ liệu minh họa", default=False, editable=False)
    opened_at = models.DateTimeField("mở lúc", auto_now_add=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="người mở",
    )
    locked_at = models.DateTimeField("chốt số liệu lúc", null=True, blank=True, editable=False)
    locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="người chốt số liệu",
    )

    objects = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "kỳ báo cáo"
        ordering = ["-last", "first", "form", "pk"]
        indexes = [models.Index(fields=["form", "kind", "-last"], name="period_by_form")]
        constraints = [
            models.CheckConstraint(
                condition=Q(first__lte=F("last")),
                name="period_ends_after_it_begins",
                violation_error_message="Ngày cuối kỳ không được trước ngày đầu kỳ.",
            ),
            models.CheckConstraint(
                condition=Q(due__gte=F("last"))
                & (Q(due_district=None) | Q(due_district__gte=F("due")))
                & (Q(due_province=None) | Q(due_province__gte=F("due"))),
                name="period_due_after_it_ends",
                violation_error_message=(
                    "Hạn gửi không được trước ngày chốt số liệu; hạn của cấp trên không được "
                    "trước hạn của cấp xã."
                ),
            ),
            models.CheckConstraint(
                condition=Q(kind=PeriodKind.AD_HOC, year=None, number=None)
                | (
                    ~Q(kind=PeriodKind.AD_HOC)
                    & Q(year__isnull=False, number__isnull=False, number__gte=1, number__lte=12)
                ),
                name="period_says_which",
                violation_error_message="Kỳ thường xuyên cần có năm và số thứ tự của kỳ.",
            ),
            models.CheckConstraint(
                condition=Q(locked_at=None, locked_by=None)
                | Q(locked_at__isnull=False, locked_by__isnull=False),
                name="period_locked_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["form", "owner", "kind", "year", "number"],
                nulls_distinct=False,
                condition=~Q(kind=PeriodKind.AD_HOC),
                name="period_once",
                violation_error_message="Kỳ này đã mở.",
            ),
            ExclusionConstraint(
                name="periods_apart",
                expressions=[
                    ("form", RangeOperators.EQUAL),
                    (Coalesce("owner", Value(0)), RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    (DaySpan("first", "last"), RangeOperators.OVERLAPS),
                ],
                condition=~Q(kind=PeriodKind.AD_HOC),
                violation_error_message="Những ngày này đã thuộc một kỳ khác cùng loại.",
            ),
        ]

    def __str__(self):
        return self.label

    def clean(self):
        super().clean()
        refuse_other_levels(self.owner)
        if self.first and self.last and self.last < self.first:  # before a range is made of them
            raise ValidationError({"last": "Ngày cuối kỳ không được trước ngày đầu kỳ."})
        if self.form_id and self.kind and self.kind not in self.form.kinds:
            raise ValidationError({"kind": "Biểu này không báo cáo theo loại kỳ đã chọn."})

    @property
    def slot(self) -> Slot | None:
        """Which period of which year; None of a collection for one occasion."""
        return Slot(self.kind, self.year, self.number) if self.year else None

    @property
    def span_text(self) -> str:
        return f"từ {vn_date(self.first)} đến {vn_date(self.last)}"

    def due_for(self, level: str):
        """The day until which units of a level send."""
        later = {Level.DISTRICT: self.due_district, Level.PROVINCE: self.due_province}
        return later.get(level) or self.due

    def expected_units(self):
        """Who reports: the units that were asked, or the communes of the period's last day."""
        if self.units.exists():
            return self.units.all()
        units = AdministrativeUnit.objects.filter(level=Level.COMMUNE).valid_on(self.last)
        return units.under([self.owner], day=self.last) if self.owner else units


@logged(of="period")
class PeriodUnit(Period.units.through):
    """Who is asked in a period, for the change log."""

    class Meta:
        proxy = True
        verbose_name = verbose_name_plural = "đơn vị được yêu cầu báo cáo"


@logged()
class UnitReport(ReturnRecord):
    """Báo cáo: what a unit declares for a period; of a province or a district: declared totals."""

    return_kind: ClassVar[ReturnKind] = ReturnKind.UNIT_REPORT

    period = models.ForeignKey(
        Period, models.PROTECT, related_name="reports", verbose_name="kỳ báo cáo"
    )
    number = models.CharField("số, ký hiệu", max_length=60, blank=True)
    issued_on = models.DateField("ngày báo cáo", null=True, blank=True)
    signer = models.CharField("người ký", max_length=150, blank=True)
    signer_position = models.CharField("chức vụ người ký", max_length=150, blank=True)
    file = models.ForeignKey(
        StoredFile,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="unit_reports",
        verbose_name="bản ký (ảnh chụp, PDF)",
    )
    note = models.CharField("ghi chú", max_length=1000, blank=True)

    objects = UnitReportQuerySet.as_manager()

    class Meta(ReturnRecord.Meta):
        verbose_name = verbose_name_plural = "báo cáo của đơn vị"
        ordering = ["-period__last", "pk"]
        constraints = [
            *ReturnRecord.Meta.constraints,
            models.UniqueConstraint(
                fields=["period", "unit"],
                condition=~Q(status=ReturnStatus.VOIDED),
                include=["id", "status"],
                name="unit_report_once",
                violation_error_message="Đơn vị đã có báo cáo của kỳ này.",
            ),
        ]

    def __str__(self):
        return f"{self.period} – {self.unit}"

    def review_lines(self) -> dict[str, ReviewLine]:
        """Every row of the form, and what else was declared, by the code of its indicator."""
        figures = self.figures.select_related("indicator")
        found = {each.indicator.code: each for each in figures.order_by("indicator__order", "pk")}
        rows = self.period.form.rows.select_related("indicator")
        asked = {row.indicator.code: row.indicator.label for row in rows}
        labels = asked | {code: each.indicator.label for code, each in found.items()}
        return {
            code: ReviewLine(label, str(found[code].text), found[code].stored)
            if code in found
            else ReviewLine(label, "–")
            for code, label in labels.items()
        }

    def locked_text(self) -> str:
        """A shared lock: nobody locks the period while a step of one of its reports is made."""
        period = Period.objects.raw(
            "select * from movements_period where id = %s for share", [self.period_id]
        )[0]
        if period.locked_at is None:
            return ""
        return f"Kỳ “{period.label}” đã chốt số liệu, không thực hiện bước này được."
