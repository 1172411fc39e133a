"""Each number of a report: what is declared, what is not known, what was counted."""

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from antq.core.history import logged
from antq.core.numbers import Qualifier, Quantity, vn_number
from antq.review.models import Source
from movements.figures import FigureQuerySet
from movements.models.indicators import Indicator
from movements.models.periodic import UnitReport


@logged(of="report")
class Figure(models.Model):
    """Số liệu: one number of a report.

    value: what the unit declares; NULL is unknown, never zero. is_nothing: zero, said as
    "không phát sinh". as_of: another day than the period's last one. counted …: what the book
    held when the period was locked, beside what was declared; unknown NULL: not counted.
    """

    report = models.ForeignKey(
        UnitReport,
        models.CASCADE,
        related_name="figures",
        db_index=False,  # `figure_once` begins with it
        verbose_name="báo cáo",
    )
    indicator = models.ForeignKey(
        Indicator, models.PROTECT, related_name="figures", verbose_name="chỉ tiêu"
    )
    value = models.DecimalField(
        "số liệu",
        max_digits=15,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    qualifier = models.CharField(
        "hơn, gần, khoảng", max_length=5, choices=Qualifier, blank=True, default=Qualifier.EXACT
    )
    denominator = models.DecimalField(
        "mẫu số",
        max_digits=15,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    is_nothing = models.BooleanField("không phát sinh", default=False)
    as_of = models.DateField("tính đến ngày", null=True, blank=True)
    counted = models.DecimalField(
        "số đếm khi chốt", max_digits=15, decimal_places=2, null=True, blank=True, editable=False
    )
    counted_qualifier = models.CharField(
        "số đếm: hơn, gần, khoảng",
        max_length=5,
        choices=Qualifier,
        blank=True,
        default=Qualifier.EXACT,
        editable=False,
    )
    counted_unknown = models.PositiveIntegerField(
        "số đếm: bao nhiêu hồ sơ chưa rõ", null=True, blank=True, editable=False
    )
    source = models.ForeignKey(
        Source, models.PROTECT, null=True, blank=True, verbose_name="nguồn số liệu"
    )
    note = models.CharField("ghi chú", max_length=500, blank=True)

    objects = FigureQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "số liệu của báo cáo"
        ordering = ["report", "pk"]
        constraints = [
            # What tables add up is read from this index alone.
            models.UniqueConstraint(
                fields=["report", "indicator"],
                include=["value", "qualifier", "denominator"],
                name="figure_once",
                violation_error_message="Báo cáo đã có chỉ tiêu này.",
            ),
            models.CheckConstraint(
                condition=(Q(value=None) | Q(value__gte=0))
                & (Q(denominator=None) | Q(denominator__gte=0)),
                name="figure_not_negative",
                violation_error_message="Nhập số từ 0 trở lên.",
            ),
            models.CheckConstraint(
                condition=Q(value__lte=F("denominator")),  # passes while either is NULL
                name="figure_part_of_whole",
                violation_error_message="Tử số không được lớn hơn mẫu số.",
            ),
            models.CheckConstraint(
                condition=Q(qualifier__in=Qualifier.values)
                & (Q(qualifier="") | Q(value__isnull=False)),
                name="figure_qualifier_of_value",
                violation_error_message="“Hơn”, “gần”, “khoảng” phải đi cùng một số.",
            ),
            models.CheckConstraint(
                condition=Q(is_nothing=False) | Q(value__isnull=False, value=0, qualifier=""),
                name="figure_nothing_is_zero",
                violation_error_message="Không phát sinh thì số liệu là 0.",
            ),
            models.CheckConstraint(
                condition=Q(counted_unknown__isnull=False)
                | Q(counted=None, counted_qualifier="", counted_unknown=None),
                name="figure_counted_whole",
            ),
        ]

    def __str__(self):
        return f"{self.indicator}: {self.text}"

    def clean(self):
        super().clean()
        if not self.indicator_id:
            return
        if self.denominator is not None and not self.indicator.is_ratio:
            raise ValidationError({"denominator": "Chỉ tiêu này không có mẫu số."})
        if self.value is not None and round(self.value, self.indicator.places) != self.value:
            most = self.indicator.places
            text = f"Nhập không quá {most} chữ số sau dấu phẩy." if most else "Nhập số nguyên."
            raise ValidationError({"value": text})

    @property
    def quantity(self) -> Quantity:
        """What the unit declares; unknown counts as one unknown."""
        return Quantity(self.value, self.qualifier, unknown=int(self.value is None))

    @property
    def counted_quantity(self) -> Quantity | None:
        """What the book held when the period was locked; None before."""
        if self.counted_unknown is None:
            return None
        return Quantity(self.counted, self.counted_qualifier, self.counted_unknown)

    @property
    def text(self) -> str:
        """As people read it: "hơn 300", "9/17", "chưa rõ"."""
        if self.denominator is None:
            return str(self.quantity)
        return f"{self.quantity}/{vn_number(self.denominator)}"

    @property
    def stored(self) -> dict:
        """What is kept of it in the trail, to compare."""
        amounts = {"value": self.value, "denominator": self.denominator}
        kept = {name: None if each is None else vn_number(each) for name, each in amounts.items()}
        return kept | {"qualifier": str(self.qualifier), "is_nothing": self.is_nothing}
