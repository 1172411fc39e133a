"""By which way a return goes: data, because the way has changed before and will again."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce

from antq.core.db import DaySpan
from antq.core.history import logged
from antq.review.choices import ROUTE_PERMISSIONS, Duty, ReturnKind
from antq.review.querysets import RouteQuerySet
from antq.units.choices import Level
from antq.units.models import AdministrativeUnit
from antq.units.models.units import DatedModel, ends_after_it_begins


@logged()
class Route(DatedModel):
    """Tuyến duyệt: the way of one kind of return of the units of one level, between two days."""

    kind = models.CharField("loại hồ sơ", max_length=20, choices=ReturnKind)
    level = models.CharField("của đơn vị", max_length=10, choices=Level)
    owner = models.ForeignKey(
        AdministrativeUnit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="của tỉnh",
        help_text="Để trống: dùng chung cả nước. Tuyến của tỉnh được dùng trước tuyến chung.",
    )
    basis = models.CharField("căn cứ", max_length=250, blank=True)
    valid_from = models.DateField("từ ngày", null=True, blank=True)
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)

    objects = RouteQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "tuyến duyệt"
        ordering = ["kind", "level", "valid_from", "pk"]
        constraints = [
            ends_after_it_begins("route_ends_after_it_begins"),
            ExclusionConstraint(
                name="route_once_a_day",
                expressions=[
                    ("kind", RangeOperators.EQUAL),
                    ("level", RangeOperators.EQUAL),
                    (Coalesce("owner", Value(0)), RangeOperators.EQUAL),
                    (DaySpan("valid_from", "valid_to"), RangeOperators.OVERLAPS),
                ],
                violation_error_message="Đã có tuyến duyệt của loại này trong khoảng thời gian đó.",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}, {self.get_level_display()}"


@logged(of="route")
class RouteStep(models.Model):
    """Bước của tuyến duyệt: who does what, in which order."""

    route = models.ForeignKey(
        Route, models.CASCADE, related_name="steps", verbose_name="tuyến duyệt"
    )
    order = models.PositiveSmallIntegerField("thứ tự")
    duty = models.CharField("việc", max_length=10, choices=Duty)
    permission = models.CharField("cần có quyền", max_length=30, choices=ROUTE_PERMISSIONS)
    level = models.CharField(
        "ở cấp", max_length=10, choices=Level, help_text="Cấp cao hơn có quyền ấy thì làm thay."
    )
    is_required = models.BooleanField(
        "bắt buộc",
        default=True,
        help_text="Bước không bắt buộc: bước sau được làm mà không phải chờ.",
    )
    is_on = models.BooleanField("đang áp dụng", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "bước của tuyến duyệt"
        ordering = ["route", "order"]
        constraints = [
            models.UniqueConstraint(
                fields=["route", "order"],
                name="route_step_order_once",
                violation_error_message="Tuyến duyệt đã có bước mang thứ tự này.",
            ),
            models.UniqueConstraint(
                fields=["route", "duty"],
                condition=~Q(duty=Duty.REVIEW),
                name="route_prepared_and_signed_once",
                violation_error_message="Mỗi tuyến có một bước lập và một bước ký.",
            ),
            models.CheckConstraint(
                condition=Q(duty=Duty.REVIEW) | Q(is_on=True, is_required=True),
                name="route_step_needed",
                violation_error_message="Bước lập và bước ký không bỏ được.",
            ),
        ]

    def __str__(self):
        return f"{self.order}. {self.get_duty_display()}, {self.get_level_display()}"
