"""What lies inside a unit, or acts in it."""

from django.db import models
from django.db.models import Q

from antq.core.db import VnKey, VnSort
from antq.core.history import logged
from antq.units.choices import OrganizationKind
from antq.units.models.units import (
    AdministrativeUnit,
    DatedModel,
    ends_after_it_begins,
    until,
)
from antq.units.querysets import DatedQuerySet, ScopedQuerySet


class ScopedDatedQuerySet(ScopedQuerySet, DatedQuerySet):
    pass


def search_field(*fields: str) -> models.GeneratedField:
    return models.GeneratedField(
        expression=VnKey(*fields), output_field=models.TextField(db_collation="C"), db_persist=True
    )


def sort_field(field: str) -> models.GeneratedField:
    return models.GeneratedField(
        expression=VnSort(field),
        output_field=models.CharField(max_length=900, db_collation="C"),
        db_persist=True,
    )


@logged()
class ResidentialArea(DatedModel):
    """Thôn, buôn, làng, tổ dân phố, khu phố: a part of a commune, dated like it."""

    unit = models.ForeignKey(
        AdministrativeUnit, models.PROTECT, related_name="areas", verbose_name="xã, phường, đặc khu"
    )
    name = models.CharField("tên", max_length=150, help_text="Cả loại: “Buôn H'Mung”.")
    aliases = models.TextField("tên gọi khác", blank=True, help_text="Mỗi dòng một tên.")
    valid_from = models.DateField("từ ngày", null=True, blank=True)
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)
    successors = models.ManyToManyField(
        "self", symmetrical=False, blank=True, related_name="predecessors", verbose_name="nay là"
    )
    is_demo = models.BooleanField("dữ liệu minh họa", default=False, editable=False)
    search_key = search_field("name", "aliases")
    sort_key = sort_field("name")

    objects = ScopedDatedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "thôn, buôn, tổ dân phố"
        constraints = [
            ends_after_it_begins("area_ends_after_it_begins"),
            models.UniqueConstraint(
                "unit",
                VnKey("name"),
                condition=Q(valid_to=None),
                name="area_name_once",
                violation_error_message="Địa bàn này đã có trong danh sách của xã.",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def until(self) -> str:
        """' (đến 30/6/2026)' for one of the past, '' for one of today."""
        return until(self.valid_to)


@logged()
class AreaSuccession(ResidentialArea.successors.through):
    """Which area followed which, for the change log."""

    class Meta:
        proxy = True
        verbose_name = verbose_name_plural = "thôn, tổ dân phố mới của thôn cũ"


@logged()
class Organization(DatedModel):
    """A body that acts: a department, a committee, a school, a parish. One row, many names."""

    name = models.CharField("tên đầy đủ", max_length=250)
    kind = models.CharField("loại", max_length=12, choices=OrganizationKind)
    unit = models.ForeignKey(
        AdministrativeUnit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="organizations",
        verbose_name="địa bàn",
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, verbose_name="cơ quan cấp trên"
    )
    aliases = models.TextField(
        "tên gọi khác", blank=True, help_text="Mỗi dòng một tên, ví dụ “BCĐ 138”."
    )
    valid_from = models.DateField("từ ngày", null=True, blank=True)
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)
    is_demo = models.BooleanField("dữ liệu minh họa", default=False, editable=False)
    search_key = search_field("name", "aliases")
    sort_key = sort_field("name")

    objects = ScopedDatedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "tổ chức"
        constraints = [
            ends_after_it_begins("organization_ends_after_it_begins"),
            models.UniqueConstraint(
                "unit",
                VnKey("name"),
                condition=Q(valid_to=None),
                name="organization_name_once",
                nulls_distinct=False,
                violation_error_message="Tổ chức này đã có.",
            ),
        ]

    def __str__(self):
        return self.name


@logged()
class UnitProfile(models.Model):
    """A unit's size in a year: what coverage is measured against."""

    unit = models.ForeignKey(
        AdministrativeUnit, models.CASCADE, related_name="profiles", verbose_name="đơn vị"
    )
    year = models.PositiveSmallIntegerField("năm")
    residential_areas = models.PositiveIntegerField("số thôn, tổ dân phố", null=True, blank=True)
    households = models.PositiveIntegerField("số hộ", null=True, blank=True)
    population = models.PositiveIntegerField("dân số", null=True, blank=True)
    is_demo = models.BooleanField("dữ liệu minh họa", default=False, editable=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "quy mô đơn vị"
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "year"],
                name="profile_once_a_year",
                violation_error_message="Đơn vị đã có số liệu của năm này.",
            )
        ]

    def __str__(self):
        return f"{self.unit} – {self.year}"
