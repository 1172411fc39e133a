from django.db import models

from antq.units.models.units import AdministrativeUnit
from antq.units.querysets import LinkQuerySet


class UnitLink(models.Model):
    """On these days the records of `descendant` count under `ancestor`.

    Written and deleted by the database alone, after every change of a unit, a succession or a
    member: see `sql/unit_links.sql`. Days are never empty: an open side is 1/1/0001
    or 31/12/9999, so that a join compares plain dates. Spans of one pair never overlap.
    """

    descendant = models.ForeignKey(
        AdministrativeUnit, models.DO_NOTHING, related_name="uplinks", verbose_name="đơn vị"
    )
    ancestor = models.ForeignKey(
        AdministrativeUnit,
        models.DO_NOTHING,
        related_name="downlinks",
        verbose_name="tính vào",
        db_index=False,
    )
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày")

    objects = LinkQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "nơi tính hồ sơ"
        constraints = [
            models.UniqueConstraint(
                fields=["descendant", "ancestor", "valid_from"], name="link_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["ancestor", "descendant"],
                include=["valid_from", "valid_to"],
                name="link_downwards",
            )
        ]

    def __str__(self):
        return f"{self.descendant} → {self.ancestor}"
