"""The catalogue: the named schemes."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q

from antq.core.db import VnKey
from antq.core.history import logged
from antq.review.models import Source
from antq.units.models import AdministrativeUnit, Organization
from antq.units.models.places import search_field, sort_field
from movements.choices import CatalogueStatus
from movements.expressions import SchemeKey
from movements.models.types import SchemeType
from movements.querysets import SchemeQuerySet


@logged()
class Scheme(models.Model):
    """Mô hình: the named scheme, as decisions call it. Points all over the country run it."""

    name = models.CharField(
        "tên mô hình", max_length=250, help_text="Như trong quyết định, không ghi dấu ngoặc kép."
    )
    type = models.ForeignKey(
        SchemeType, models.PROTECT, related_name="schemes", verbose_name="loại hình"
    )
    aliases = models.TextField("tên gọi khác", blank=True, help_text="Mỗi dòng một tên.")
    lead_organizations = models.ManyToManyField(
        Organization, blank=True, related_name="led_schemes", verbose_name="cơ quan chủ trì"
    )
    origin_unit = models.ForeignKey(
        AdministrativeUnit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="nơi xây dựng đầu tiên",
    )
    owner = models.ForeignKey(
        AdministrativeUnit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="của tỉnh",
        help_text="Tỉnh đưa tên này vào danh mục; để trống: dùng chung cả nước.",
    )
    status = models.CharField(
        "tình trạng", max_length=10, choices=CatalogueStatus, default=CatalogueStatus.ACCEPTED
    )
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="merged",
        verbose_name="đã gộp vào",
    )
    source = models.ForeignKey(
        Source, models.PROTECT, null=True, blank=True, verbose_name="nguồn số liệu"
    )
    is_demo = models.BooleanField("dữ liệu minh họa", default=False, editable=False)
    name_key = search_field("name")
    alias_key = search_field("aliases")
    search_key = search_field("name", "aliases")
    names_key = models.GeneratedField(
        expression=SchemeKey("name", "aliases"),
        output_field=models.TextField(db_collation="C"),
        db_persist=True,
    )
    sort_key = sort_field("name")

    objects = SchemeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "mô hình"
        ordering = ["sort_key"]
        indexes = [GinIndex(OpClass("names_key", "gin_trgm_ops"), name="scheme_names")]
        constraints = [
            models.UniqueConstraint(
                "type",
                VnKey("name"),
                condition=Q(merged_into=None),
                name="scheme_name_once",
                violation_error_message="Tên mô hình này đã có trong danh mục.",
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("pk")),
                name="scheme_not_merged_into_itself",
                violation_error_message="Không gộp một mô hình vào chính nó.",
            ),
        ]

    def __str__(self):
        return self.name


@logged()
class LeadOrganization(Scheme.lead_organizations.through):
    """Who leads a scheme, for the change log."""

    class Meta:
        proxy = True
        verbose_name = verbose_name_plural = "cơ quan chủ trì"
