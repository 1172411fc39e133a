"""Types of schemes, what their points have, and which papers they need."""

from datetime import date

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

from antq.core.dates import vn_date
from antq.core.db import VnKey
from antq.core.history import logged
from antq.units.models import AdministrativeUnit
from antq.units.models.places import search_field, sort_field
from antq.units.models.units import ends_after_it_begins
from movements.choices import AddsUp, Block, DataType, Programme
from movements.querysets import AttributeQuerySet, CatalogueQuerySet


@logged()
class DocumentKind(models.Model):
    """Loại giấy tờ: a kind of paper of a point's dossier, in the order of its making."""

    code = models.SlugField("mã", unique=True)
    name = models.CharField("tên", max_length=150)
    in_every_checklist = models.BooleanField(
        "có trong danh mục chung",
        default=False,
        help_text="Danh mục hồ sơ của các loại hình không có danh mục riêng.",
    )
    order = models.PositiveSmallIntegerField("thứ tự", default=100)

    class Meta:
        verbose_name = verbose_name_plural = "loại giấy tờ"
        ordering = ["order", "pk"]

    def __str__(self):
        return self.name


@logged()
class SchemeType(models.Model):
    """Loại hình: what kind of scheme it is, and which attributes its points have."""

    code = models.SlugField("mã", unique=True, help_text="Không đổi; dùng trong địa chỉ và tệp.")
    name = models.CharField("tên", max_length=150)
    aliases = models.TextField("tên gọi khác", blank=True, help_text="Mỗi dòng một tên.")
    programme = models.CharField(
        "chương trình", max_length=20, choices=Programme, default=Programme.MOVEMENT
    )
    counts_as_scheme = models.BooleanField(
        "tính là mô hình",
        default=True,
        help_text="Lực lượng theo luật định (đội dân phòng …) không tính là mô hình.",
    )
    # A blank figure is unknown where one is expected, and simply absent where none is: a camera
    # point has no teams, a self-management team whose members nobody wrote down has some.
    expects_teams = models.BooleanField("phải có số tổ", default=False)
    expects_members = models.BooleanField("phải có số thành viên", default=False)
    expects_households = models.BooleanField("phải có số hộ", default=False)
    block = models.CharField(
        "khối thường gặp",
        max_length=12,
        choices=Block,
        default=Block.RESIDENTIAL,
        help_text="Biểu nhập điểm mới đề xuất khối này.",
    )
    owner = models.ForeignKey(
        AdministrativeUnit,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name="của tỉnh",
        help_text="Để trống: dùng chung cả nước.",
    )
    checklist = models.ManyToManyField(
        DocumentKind,
        blank=True,
        related_name="types",
        verbose_name="danh mục hồ sơ",
        help_text="Để trống: danh mục chung.",
    )
    # A statutory force exists by a law: its points lie between these days.
    legal_basis = models.CharField("căn cứ pháp lý", max_length=250, blank=True)
    valid_from = models.DateField("có hiệu lực từ", null=True, blank=True)
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)
    order = models.PositiveSmallIntegerField("thứ tự", default=100)
    is_active = models.BooleanField("còn dùng", default=True)
    name_key = search_field("name")
    alias_key = search_field("aliases")
    sort_key = sort_field("name")

    objects = CatalogueQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "loại hình"
        ordering = ["order", "sort_key"]
        constraints = [
            models.UniqueConstraint(
                VnKey("name"),
                "owner",
                nulls_distinct=False,
                name="type_name_once",
                violation_error_message="Loại hình này đã có.",
            ),
            ends_after_it_begins("type_ends_after_it_begins"),
        ]

    def __str__(self):
        return self.name

    def outside(self, first: date, last: date) -> str:
        """Why a point of it cannot have begun between these days; '' where it can."""
        basis = f" theo {self.legal_basis}" if self.legal_basis else ""
        if self.valid_from and last < self.valid_from:
            return f"Loại hình “{self}” chỉ có từ ngày {vn_date(self.valid_from)}{basis}."
        if self.valid_to and first > self.valid_to:
            return f"Loại hình “{self}” chỉ có đến hết ngày {vn_date(self.valid_to)}{basis}."
        return ""


@logged()
class SchemeAttribute(models.Model):
    """What a point of a type has (camera eyes), as a row: forms, lists and reports follow it."""

    type = models.ForeignKey(
        SchemeType, models.CASCADE, related_name="attributes", verbose_name="loại hình"
    )
    key = models.CharField(
        "khóa",
        max_length=40,
        validators=[
            RegexValidator(
                r"^[a-z][a-z0-9_]*\Z",
                "Chỉ chữ thường không dấu, số và gạch dưới, bắt đầu bằng chữ.",
            )
        ],
        help_text="Không đổi sau khi đã dùng. Cùng khóa ở nhiều loại hình được cộng chung.",
    )
    label = models.CharField("tên", max_length=120)
    short_label = models.CharField(
        "tên ngắn (đầu cột)", max_length=40, blank=True, help_text="Để trống: dùng tên."
    )
    data_type = models.CharField("kiểu", max_length=10, choices=DataType, default=DataType.INTEGER)
    unit = models.CharField("đơn vị tính", max_length=30, blank=True)
    is_required = models.BooleanField("bắt buộc", default=False)
    is_expected = models.BooleanField(
        "thiếu thì là chưa rõ",
        default=False,
        help_text="Điểm để trống được đếm là “chưa rõ” trong bảng tổng hợp.",
    )
    minimum = models.DecimalField(
        "nhỏ nhất", max_digits=15, decimal_places=2, null=True, blank=True
    )
    maximum = models.DecimalField(
        "lớn nhất", max_digits=15, decimal_places=2, null=True, blank=True
    )
    choices = models.TextField("các lựa chọn", blank=True, help_text="Mỗi dòng một lựa chọn.")
    adds_up = models.CharField("tổng hợp", max_length=5, choices=AddsUp, default=AddsUp.NONE)
    part_of = models.CharField(
        "là một phần của",
        max_length=40,
        blank=True,
        help_text="Khóa của số lớn hơn (hoặc teams, members, households): không được vượt số đó.",
    )
    order = models.PositiveSmallIntegerField("thứ tự", default=10)

    objects = AttributeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "thông tin riêng"
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["type", "key"],
                name="attribute_once",
                violation_error_message="Loại hình đã có thông tin này.",
            ),
            models.CheckConstraint(
                condition=Q(maximum__gte=F("minimum")),
                name="attribute_range",
                violation_error_message="Giá trị lớn nhất phải không nhỏ hơn giá trị nhỏ nhất.",
            ),
            models.CheckConstraint(
                condition=~Q(adds_up__in=[AddsUp.SUM, AddsUp.MAX])
                | Q(data_type__in=[DataType.INTEGER, DataType.DECIMAL]),
                name="attribute_numbers_add_up",
                violation_error_message="Chỉ số mới cộng dồn hoặc lấy lớn nhất được.",
            ),
        ]

    def __str__(self):
        return self.label

    @property
    def is_number(self) -> bool:
        return self.data_type in (DataType.INTEGER, DataType.DECIMAL)

    @property
    def heading(self) -> str:
        return self.short_label or self.label

    @property
    def choice_list(self) -> list[str]:
        return [line.strip() for line in self.choices.splitlines() if line.strip()]


@logged()
class TypeChecklist(SchemeType.checklist.through):
    """Which papers a type asks for, for the change log."""

    class Meta:
        proxy = True
        verbose_name = verbose_name_plural = "giấy tờ trong danh mục hồ sơ"
