"""What periodic reports ask for, as rows: indicators, forms, and by when."""

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q

from antq.core.history import logged
from antq.reports import registry
from antq.units.choices import Level
from antq.units.models import AdministrativeUnit
from antq.units.models.places import search_field
from antq.units.models.units import DatedModel, ends_after_it_begins
from movements.choices import IndicatorKind, IndicatorSource
from movements.figures import FormQuerySet, IndicatorQuerySet
from movements.windows import PeriodKind, WindowRule


def owner_field() -> models.ForeignKey:
    return models.ForeignKey(
        AdministrativeUnit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="của tỉnh",
        help_text="Để trống: dùng chung cả nước.",
    )


def refuse_other_levels(owner: AdministrativeUnit | None) -> None:
    if owner and owner.level != Level.PROVINCE:
        raise ValidationError({"owner": "Chọn một tỉnh, thành phố; dùng chung thì để trống."})


@logged()
class Indicator(models.Model):
    """Chỉ tiêu: a number that units report. What it means is fixed once there are figures of it."""

    code = models.CharField(
        "mã",
        max_length=40,
        unique=True,
        validators=[
            RegexValidator(
                r"^[A-Z][A-Z0-9_]*\Z",
                "Chỉ chữ hoa không dấu, số và gạch dưới, bắt đầu bằng chữ.",
            )
        ],
        help_text="Không đổi sau khi đã có số liệu.",
    )
    label = models.CharField("tên chỉ tiêu", max_length=200)
    unit = models.CharField("đơn vị tính", max_length=30)
    kind = models.CharField("loại số liệu", max_length=5, choices=IndicatorKind)
    places = models.PositiveSmallIntegerField(
        "số chữ số thập phân", default=0, validators=[MaxValueValidator(2)]
    )
    denominator_label = models.CharField("mẫu số là", max_length=120, blank=True)
    source = models.CharField(
        "lấy từ", max_length=10, choices=IndicatorSource, default=IndicatorSource.ENTERED
    )
    measure = models.CharField(
        "số đếm được",
        max_length=60,
        blank=True,
        help_text="Mã của số được đếm từ sổ theo dõi; số đếm đứng cạnh số nhập để đối chiếu.",
    )
    part_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="parts",
        verbose_name="là một phần của",
        help_text="Không được lớn hơn chỉ tiêu đó.",
    )
    explanation = models.CharField("cách tính", max_length=500, blank=True)
    group = models.CharField("nhóm", max_length=120, blank=True)
    order = models.PositiveSmallIntegerField("thứ tự", default=1000)
    owner = owner_field()
    is_active = models.BooleanField("còn dùng", default=True)
    name_key = search_field("label")

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "chỉ tiêu"
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(source=IndicatorSource.ENTERED)
                | (Q(source=IndicatorSource.COMPUTED) & ~Q(measure="")),
                name="indicator_computed_from_a_measure",
                violation_error_message="Chỉ tiêu đếm từ sổ theo dõi cần có mã số đếm được.",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=IndicatorKind.values), name="indicator_known_kind"
            ),
            models.CheckConstraint(
                condition=Q(kind=IndicatorKind.RATIO) | Q(denominator_label=""),
                name="indicator_ratio_has_denominator",
                violation_error_message="Chỉ tỷ lệ mới có mẫu số.",
            ),
            models.CheckConstraint(
                condition=Q(places__lte=2),
                name="indicator_places",
                violation_error_message="Nhiều nhất hai chữ số thập phân.",
            ),
        ]

    def __str__(self):
        return self.label

    def clean(self):
        super().clean()
        refuse_other_levels(self.owner)
        if self.measure and registry.measure(self.measure) is None:
            raise ValidationError({"measure": f"Không có số đếm nào mang mã “{self.measure}”."})
        if self.part_of and self.part_of == self:
            raise ValidationError({"part_of": "Chọn một chỉ tiêu khác."})

    @property
    def is_computed(self) -> bool:
        return self.source == IndicatorSource.COMPUTED

    @property
    def is_ratio(self) -> bool:
        return self.kind == IndicatorKind.RATIO


class Timing(models.Model):
    """By which windows a form is reported, and how many days after the last one it is due."""

    window_rule = models.CharField(
        "kỳ số liệu", max_length=12, choices=WindowRule, default=WindowRule.GOVERNMENT
    )
    due_days = models.PositiveSmallIntegerField(
        "hạn của cấp xã", default=2, help_text="Số ngày sau ngày chốt số liệu."
    )
    due_days_district = models.PositiveSmallIntegerField(
        "hạn của cấp huyện (đến 30/6/2025)", default=4, help_text="Số ngày sau ngày chốt số liệu."
    )
    due_days_province = models.PositiveSmallIntegerField(
        "hạn của cấp tỉnh", default=6, help_text="Số ngày sau ngày chốt số liệu."
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    due_days_district__gte=F("due_days"), due_days_province__gte=F("due_days")
                ),
                name="%(class)s_due_upwards",
                violation_error_message="Hạn của cấp trên không được trước hạn của cấp xã.",
            )
        ]


@logged()
class ReportForm(Timing, DatedModel):
    """Biểu báo cáo: which indicators are reported together, for which periods."""

    code = models.SlugField("mã", unique=True, help_text="Không đổi; dùng trong địa chỉ và tệp.")
    title = models.CharField("tên báo cáo", max_length=200)
    kinds = ArrayField(
        models.CharField(max_length=12, choices=PeriodKind), verbose_name="các kỳ báo cáo"
    )
    recipient = models.CharField("nơi nhận", max_length=200, blank=True)
    basis = models.CharField("căn cứ", max_length=250, blank=True)
    is_confirmed = models.BooleanField(
        "đã đối chiếu văn bản",
        default=False,
        help_text="Chưa đối chiếu thì hạn gửi chỉ dùng để nhắc.",
    )
    owner = owner_field()
    valid_from = models.DateField("từ ngày", null=True, blank=True)
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)
    order = models.PositiveSmallIntegerField("thứ tự", default=100)

    objects = FormQuerySet.as_manager()

    class Meta(Timing.Meta):
        verbose_name = verbose_name_plural = "biểu báo cáo"
        ordering = ["order", "pk"]
        constraints = [
            *Timing.Meta.constraints,
            ends_after_it_begins("form_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(kinds__len__gt=0, kinds__contained_by=PeriodKind.values),
                name="form_has_kinds",
                violation_error_message="Chọn ít nhất một kỳ báo cáo.",
            ),
        ]

    def __str__(self):
        return self.title

    def clean(self):
        super().clean()
        refuse_other_levels(self.owner)

    def timing_for(self, province: AdministrativeUnit | None) -> Timing:
        """The province's own days where it has set some; they hold for periods not opened yet."""
        return self.province_timings.filter(province=province).first() or self


@logged(of="form")
class FormRow(models.Model):
    """Dòng của biểu: an indicator in its place."""

    form = models.ForeignKey(
        ReportForm, models.CASCADE, related_name="rows", verbose_name="biểu báo cáo"
    )
    indicator = models.ForeignKey(
        Indicator, models.PROTECT, related_name="rows", verbose_name="chỉ tiêu"
    )
    group = models.CharField("nhóm", max_length=120, blank=True)
    order = models.PositiveSmallIntegerField("thứ tự", default=1000)
    is_asked = models.BooleanField(
        "cấp xã nhập", default=True, help_text="Không: chỉ cấp trên công bố cho địa bàn của mình."
    )

    class Meta:
        verbose_name = verbose_name_plural = "dòng của biểu báo cáo"
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["form", "indicator"],
                name="form_row_once",
                violation_error_message="Biểu đã có chỉ tiêu này.",
            )
        ]

    def __str__(self):
        return str(self.indicator)


@logged(of="form")
class ProvinceTiming(Timing):
    """Quy định riêng của tỉnh: instead of a form's own windows and days."""

    form = models.ForeignKey(
        ReportForm, models.CASCADE, related_name="province_timings", verbose_name="biểu báo cáo"
    )
    province = models.ForeignKey(
        AdministrativeUnit, models.PROTECT, related_name="+", verbose_name="tỉnh"
    )

    class Meta(Timing.Meta):
        verbose_name = verbose_name_plural = "kỳ số liệu, hạn gửi riêng của tỉnh"
        constraints = [
            *Timing.Meta.constraints,
            models.UniqueConstraint(
                fields=["form", "province"],
                name="province_timing_once",
                violation_error_message="Tỉnh đã có quy định riêng cho biểu này.",
            ),
        ]

    def __str__(self):
        return f"{self.form}: {self.province}"

    def clean(self):
        super().clean()
        if self.province_id and self.province.level != Level.PROVINCE:
            raise ValidationError({"province": "Chọn một tỉnh, thành phố."})
