"""Where schemes run, and how large they are."""

from collections.abc import Iterable

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.timezone import localdate

from antq.core.dates import Precision, vn_date
from antq.core.db import VnKey
from antq.core.history import logged
from antq.core.numbers import Quantity
from antq.review.choices import Status
from antq.review.models import RegisterRecord
from antq.units.areas import areas_on
from antq.units.models import AdministrativeUnit, Organization, ResidentialArea
from antq.units.models.places import search_field
from movements.choices import PREPARING, Block, Stage
from movements.models.catalogue import Scheme
from movements.querysets import PointQuerySet


def area_key(areas: Iterable[ResidentialArea]) -> str:
    """What `area_key` of a point is when it is in these areas today."""
    return ",".join(str(pk) for pk in sorted(area.pk for area in areas))


class Figures(models.Model):
    """How large a point is: unknown is NULL, a qualifier ("hơn") stands beside its number."""

    teams = models.PositiveIntegerField("số tổ", null=True, blank=True)
    members = models.PositiveIntegerField("số thành viên", null=True, blank=True)
    households = models.PositiveIntegerField("số hộ tham gia", null=True, blank=True)
    attributes = models.JSONField("thông tin riêng", default=dict, blank=True)
    qualifiers = models.JSONField(
        "hơn, gần, khoảng", default=dict, blank=True, help_text='{"members": "over"}'
    )

    class Meta:
        abstract = True

    def quantity(self, name: str) -> Quantity:
        """A column or an attribute, with its qualifier; unknown counts as one unknown."""
        value = getattr(self, name) if name in FIGURES else self.attributes.get(name)
        return Quantity(value, self.qualifiers.get(name, ""), unknown=int(value is None))


FIGURES = ("teams", "members", "households")


@logged()
class SchemePoint(RegisterRecord, Figures):
    """A place ("điểm") that runs a scheme ("mô hình"): what the ministry counts.

    The figures here are the latest of its states, copied for lists; see `PointState`.
    """

    scheme = models.ForeignKey(
        Scheme, models.PROTECT, related_name="points", verbose_name="tên mô hình"
    )
    unit = models.ForeignKey(
        AdministrativeUnit, models.PROTECT, related_name="points", verbose_name="đơn vị"
    )
    areas = models.ManyToManyField(
        ResidentialArea,
        blank=True,
        related_name="points",
        verbose_name="địa bàn (thôn, làng, buôn, tổ dân phố)",
    )
    area_key = models.CharField(
        "khóa địa bàn", max_length=2000, blank=True, default="", editable=False
    )
    location = models.CharField(
        "vị trí",
        max_length=250,
        blank=True,
        help_text="Tuyến đường, ngã ba, chợ … nếu cần phân biệt.",
    )
    host = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="hosted_points",
        verbose_name="cơ quan, đơn vị, cơ sở áp dụng",
    )
    block = models.CharField("khối", max_length=12, choices=Block, default=Block.RESIDENTIAL)
    count = models.PositiveIntegerField(
        "số điểm",
        null=True,
        blank=True,
        default=1,
        validators=[MinValueValidator(1)],
        help_text="Một dòng là một điểm; nguồn chỉ ghi tổng thì ghi tổng; chưa rõ thì để trống.",
    )
    launched_on = models.DateField("ngày ra mắt", null=True, blank=True)
    launched_precision = models.CharField(
        "ngày ra mắt biết đến", max_length=5, choices=Precision, default=Precision.DAY
    )
    seen_on = models.DateField(
        "ngày nguồn ghi nhận đang hoạt động",
        null=True,
        blank=True,
        help_text="Thay ngày ra mắt khi chưa rõ ngày ra mắt.",
    )
    ended_on = models.DateField("ngày kết thúc", null=True, blank=True, editable=False)
    end_asked_on = models.DateField(
        "đề nghị kết thúc từ ngày", null=True, blank=True, editable=False
    )
    end_reason = models.CharField("lý do kết thúc", max_length=500, blank=True, editable=False)
    stage = models.CharField(
        "giai đoạn", max_length=10, choices=Stage, default=Stage.RUNNING, editable=False
    )
    replicated_from = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="replicas",
        verbose_name="nhân rộng từ điểm",
    )
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="merged",
        verbose_name="gộp vào điểm",
    )
    kept_on = models.DateField(
        "ngày quyết định giữ nguyên sau sắp xếp đơn vị", null=True, blank=True, editable=False
    )
    checked_on = models.DateField("ngày rà soát gần nhất", null=True, blank=True, editable=False)
    # The version that the province has looked at; what is later is a difference to look at.
    looked_version = models.PositiveIntegerField("phiên bản tỉnh đã xem", default=0, editable=False)
    decision_number = models.CharField("số quyết định (thành lập)", max_length=60, blank=True)
    decision_on = models.DateField("ngày quyết định", null=True, blank=True)
    decision_by = models.CharField("cơ quan quyết định", max_length=150, blank=True)
    leader = models.CharField("người phụ trách", max_length=150, blank=True)
    funding_state = models.PositiveBigIntegerField(
        "ngân sách nhà nước (đồng)", null=True, blank=True
    )
    funding_social = models.PositiveBigIntegerField("xã hội hóa (đồng)", null=True, blank=True)
    funding_other = models.PositiveBigIntegerField("nguồn khác (đồng)", null=True, blank=True)
    note = models.TextField("ghi chú", max_length=2000, blank=True)
    search_key = search_field("location", "leader", "decision_number")

    objects = PointQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "điểm mô hình"
        constraints = [
            *RegisterRecord.Meta.constraints,
            models.CheckConstraint(
                condition=Q(launched_on__isnull=False)
                | Q(seen_on__isnull=False)
                | Q(stage__in=PREPARING),
                name="point_begins_some_day",
                violation_error_message="Ghi ngày ra mắt; chưa rõ thì ghi ngày nguồn ghi nhận.",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__gte=F("launched_on")),  # passes while either is NULL
                name="point_ends_after_launch",
                violation_error_message="Ngày kết thúc không được trước ngày ra mắt.",
            ),
            models.CheckConstraint(
                condition=Q(end_asked_on__gte=F("launched_on")),
                name="point_end_asked_after_launch",
                violation_error_message="Ngày kết thúc không được trước ngày ra mắt.",
            ),
            models.CheckConstraint(
                condition=Q(end_asked_on=None) | Q(ended_on=None),
                name="point_ends_once",
                violation_error_message="Điểm này đã kết thúc.",
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None)
                | ~Q(merged_into=F("pk"))
                & (Q(ended_on__isnull=False) | Q(end_asked_on__isnull=False)),
                name="point_merged_has_ended",
                violation_error_message="Điểm gộp vào điểm khác phải có ngày kết thúc.",
            ),
            models.CheckConstraint(
                condition=Q(count=None) | Q(count__gte=1),
                name="point_count_positive",
                violation_error_message="Số điểm từ 1 trở lên; chưa rõ thì để trống.",
            ),
            models.UniqueConstraint(
                F("scheme"),
                F("unit"),
                F("host"),
                F("area_key"),
                VnKey("location"),
                nulls_distinct=False,
                condition=Q(ended_on=None) & ~Q(status=Status.VOIDED),
                name="point_place_once",
                violation_error_message=(
                    "Điểm này đã có trong sổ: cùng mô hình, cùng địa bàn. Mở điểm đã có để "
                    "cập nhật; nếu là nơi khác, ghi rõ địa bàn hoặc vị trí."
                ),
            ),
        ]
        indexes = [
            # What is counted of a point, so that tables read the index and not its long rows.
            models.Index(
                fields=["unit", "status"],
                include=[
                    *("id", "scheme", "block", "count", "teams", "members", "households"),
                    *("launched_on", "seen_on", "ended_on", "end_asked_on", "checked_on"),
                    *("kept_on", "created_at", "replicated_from"),
                ],
                name="point_counted",
            ),
            # A "hơn", "gần", "khoảng" is rare.
            models.Index(
                fields=["unit"], condition=~Q(qualifiers={}), name="point_with_qualifiers"
            ),
            # What waits for the leader, or was returned: little, too.
            models.Index(
                fields=["unit"],
                condition=Q(status__in=[Status.WAITING, Status.RETURNED])
                | Q(end_asked_on__isnull=False),
                name="point_to_decide",
            ),
            # What the province has not looked at yet: most of the time, little.
            models.Index(
                fields=["unit"],
                condition=Q(version__gt=F("looked_version")),
                name="point_to_look_at",
            ),
            GinIndex(OpClass("search_key", "gin_trgm_ops"), name="point_search"),
            # What a list counts for each name, and what is sought in many points (docs/adr/0016).
            models.Index(
                fields=["unit", "scheme"],
                include=["id", "status", "host", "search_key"],
                name="point_sought",
            ),
        ]

    def __str__(self):
        return f"{self.scheme} – {self.place}"

    @property
    def place(self) -> str:
        """Where it is inside its unit, then the unit: 'Buôn H'Mung, Xã Ia Dreh'."""
        return ", ".join(part for part in (self.spot_on(localdate()), self.unit.name) if part)

    def spot_on(self, day) -> str:
        """Where it is inside its unit, with the names of the residential areas of that day."""
        parts = [self.location, str(self.host or ""), *map(str, self.areas_on(day))]
        return ", ".join(part for part in parts if part)

    def areas_on(self, day) -> list[ResidentialArea]:
        """Its residential areas of that day; `areas` are those of all times (docs/adr/0010)."""
        return areas_on(self.areas.all(), day) if self.pk else []

    @property
    def begun_on(self):
        """The first day on which it is known to run."""
        return self.launched_on or self.seen_on

    @property
    def launched_text(self) -> str:
        if self.launched_on:
            return vn_date(self.launched_on, self.launched_precision)
        if self.stage in PREPARING:
            return "chưa ra mắt"
        return f"chưa rõ (ghi nhận {vn_date(self.seen_on)})"

    @property
    def funding_total(self) -> int | None:
        known = [self.funding_state, self.funding_social, self.funding_other]
        known = [amount for amount in known if amount is not None]
        return sum(known) if known else None


@logged(of="schemepoint")
class PointArea(SchemePoint.areas.through):
    """In which residential areas a point is, for the change log."""

    class Meta:
        proxy = True
        verbose_name = verbose_name_plural = "địa bàn của điểm"
