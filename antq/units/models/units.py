"""Administrative units through time: a unit that changes is closed, and a new one is opened."""

from datetime import date

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.timezone import localdate

from antq.core.dates import vn_date
from antq.core.db import DaySpan, VnKey, VnSort
from antq.core.history import logged
from antq.units.choices import Kind, Level
from antq.units.querysets import MemberQuerySet, SuccessionQuerySet, UnitQuerySet

ENDS_BEFORE_IT_BEGINS = "Ngày hết hiệu lực không được trước ngày có hiệu lực."
KIND_NAMES = "Tỉnh|Thành phố|Huyện|Quận|Thị xã|Xã|Phường|Thị trấn|Đặc khu|Cụm|Khu vực"


def ends_after_it_begins(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(valid_to__gte=F("valid_from")),  # passes while either is empty
        name=name,
        violation_error_message=ENDS_BEFORE_IT_BEGINS,
    )


def until(day: date | None) -> str:
    """What is written behind the name of something that ended on that day."""
    if day is None or day >= localdate():
        return ""
    return f" (đến {day.day}/{day.month}/{day.year})"


class DatedModel(models.Model):
    """Valid between two days, both included; an empty one is open.

    Says that the days are the wrong way round before a constraint makes a range of them.
    """

    class Meta:
        abstract = True

    def clean(self):
        super().clean()
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValidationError({"valid_to": ENDS_BEFORE_IT_BEGINS})

    def is_valid_on(self, day) -> bool:
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_to is None or day <= self.valid_to)


@logged()
class AdministrativeUnit(DatedModel):
    """A unit as it was between two days. Code and name are used again for others: no identity."""

    key = models.CharField(
        "khóa", max_length=60, unique=True, help_text="Không đổi; dùng trong địa chỉ và tệp."
    )
    code = models.CharField("mã", max_length=5, blank=True)
    name = models.CharField("tên", max_length=200, help_text="Cả loại: “Xã Ia Dreh”.")
    level = models.CharField("cấp", max_length=10, choices=Level)
    kind = models.CharField("loại", max_length=20, choices=Kind)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name="thuộc",
    )
    valid_from = models.DateField("có hiệu lực từ", null=True, blank=True)
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)
    aliases = models.TextField("tên gọi khác", blank=True, help_text="Mỗi dòng một tên.")
    latitude = models.FloatField("vĩ độ", null=True, blank=True)
    longitude = models.FloatField("kinh độ", null=True, blank=True)
    area_km2 = models.FloatField("diện tích (km²)", null=True, blank=True)

    name_key = models.GeneratedField(
        expression=VnKey("name"), output_field=models.TextField(db_collation="C"), db_persist=True
    )
    bare_key = models.GeneratedField(
        expression=VnKey(
            Func(F("name"), Value(f"^({KIND_NAMES}) "), Value(""), function="regexp_replace")
        ),
        output_field=models.TextField(db_collation="C"),
        db_persist=True,
    )
    search_key = models.GeneratedField(
        expression=VnKey("name", "aliases"),
        output_field=models.TextField(db_collation="C"),
        db_persist=True,
    )
    sort_key = models.GeneratedField(
        expression=VnSort("name"),
        output_field=models.CharField(max_length=600, db_collation="C"),
        db_persist=True,
    )

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "đơn vị hành chính"
        constraints = [
            ends_after_it_begins("unit_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(level=Level.COUNTRY, parent=None)
                | ~Q(level=Level.COUNTRY) & Q(parent__isnull=False),
                name="unit_has_parent_unless_root",
                violation_error_message="Mỗi đơn vị phải thuộc một đơn vị cấp trên.",
            ),
            models.UniqueConstraint(
                fields=["level"],
                condition=Q(level=Level.COUNTRY),
                name="unit_one_root",
                violation_error_message="Cả nước chỉ có một, và đã có.",
            ),
            ExclusionConstraint(
                name="unit_code_once_a_day",
                expressions=[
                    ("level", RangeOperators.EQUAL),
                    ("code", RangeOperators.EQUAL),
                    (DaySpan("valid_from", "valid_to"), RangeOperators.OVERLAPS),
                ],
                condition=~Q(code=""),
                violation_error_message="Cùng cấp và cùng mã chỉ một đơn vị có hiệu lực mỗi ngày.",
            ),
        ]
        indexes = [
            GinIndex(OpClass("search_key", "gin_trgm_ops"), name="unit_search"),
            models.Index(fields=["level", "sort_key"], name="unit_by_level_and_name"),
        ]

    def __str__(self):
        return self.name

    @property
    def full_name(self) -> str:
        """With every unit above and, for one of the past, its last day.

        Needs `with_place()` where many are shown.
        """
        names = [self.name, *(unit.name for unit in reversed(self.above))]
        return ", ".join(names) + self.until

    @property
    def above(self) -> list["AdministrativeUnit"]:
        """The units that it belongs to, from the province down."""
        found, unit = [], self
        while unit.level not in (Level.PROVINCE, Level.COUNTRY) and len(found) < len(Level):
            unit = unit.parent
            if unit.level != Level.COUNTRY:
                found.insert(0, unit)
        return found

    @property
    def until(self) -> str:
        """' (đến 30/6/2025)' for a unit of the past, '' for one of today."""
        return until(self.valid_to)

    @property
    def nearest_day(self) -> date:
        """Today, or the day of the unit's life that is nearest to it."""
        day = max(localdate(), self.valid_from or date.min)
        return min(day, self.valid_to or date.max)

    def clean(self):
        """A parent is of a higher level and outlives its children."""
        super().clean()
        if self.parent is None:
            return
        if RANK.get(self.parent.level, 9) <= RANK.get(self.level, 0):
            raise ValidationError({"parent": "Đơn vị cấp trên phải ở cấp cao hơn."})
        if self.parent.valid_to and (not self.valid_to or self.valid_to > self.parent.valid_to):
            raise ValidationError(
                {
                    "valid_to": f"{self.parent} hết hiệu lực ngày {vn_date(self.parent.valid_to)}: "
                    "đơn vị thuộc nó không thể dài hơn."
                }
            )


# Which level stands above which; `unit_rank` in the database says the same.
RANK = {
    Level.PART: 1,
    Level.COMMUNE: 2,
    Level.DISTRICT: 3,
    Level.GROUP: 4,
    Level.PROVINCE: 5,
    Level.COUNTRY: 6,
}


@logged()
class GroupMember(DatedModel):
    """A unit that belongs to a group (cụm, khu vực) between two days."""

    group = models.ForeignKey(
        AdministrativeUnit,
        models.CASCADE,
        related_name="members",
        limit_choices_to={"level": Level.GROUP},
        verbose_name="cụm, khu vực",
    )
    unit = models.ForeignKey(
        AdministrativeUnit, models.PROTECT, related_name="memberships", verbose_name="đơn vị"
    )
    valid_from = models.DateField("từ ngày", null=True, blank=True)
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "đơn vị của cụm"
        constraints = [
            ends_after_it_begins("member_ends_after_it_begins"),
            ExclusionConstraint(
                name="member_once_a_day",
                expressions=[
                    ("group", RangeOperators.EQUAL),
                    ("unit", RangeOperators.EQUAL),
                    (DaySpan("valid_from", "valid_to"), RangeOperators.OVERLAPS),
                ],
                violation_error_message="Đơn vị này đã thuộc cụm trong khoảng thời gian đó.",
            ),
        ]

    def __str__(self):
        return f"{self.unit} – {self.group}"


@logged()
class UnitSuccession(models.Model):
    """Which unit followed which. Many to many; records follow the one primary successor."""

    predecessor = models.ForeignKey(
        AdministrativeUnit, models.PROTECT, related_name="successions", verbose_name="đơn vị cũ"
    )
    successor = models.ForeignKey(
        AdministrativeUnit, models.PROTECT, related_name="precessions", verbose_name="đơn vị mới"
    )
    effective_on = models.DateField("có hiệu lực từ")
    is_primary = models.BooleanField(
        "hồ sơ chuyển về đây", default=True, help_text="Mỗi đơn vị cũ chỉ một nơi nhận hồ sơ."
    )

    objects = SuccessionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "sáp nhập, chia tách"
        constraints = [
            models.UniqueConstraint(
                fields=["predecessor", "successor"],
                name="succession_once",
                violation_error_message="Quan hệ này đã có.",
            ),
            models.UniqueConstraint(
                fields=["predecessor"],
                condition=Q(is_primary=True),
                name="succession_one_primary",
                violation_error_message="Đơn vị cũ đã có nơi nhận hồ sơ.",
            ),
            models.CheckConstraint(
                condition=~Q(predecessor=F("successor")),
                name="succession_of_another",
                violation_error_message="Đơn vị mới phải khác đơn vị cũ.",
            ),
        ]

    def __str__(self):
        return f"{self.predecessor} → {self.successor}"
