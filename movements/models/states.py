"""How large a point was on which day."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.timezone import localdate

from antq.core.dates import vn_date
from antq.core.db import DaySpan
from antq.core.history import logged
from movements.attributes import faults
from movements.models.points import Figures, SchemePoint


# The spans follow from the days.
@logged(of="point", exclude=("valid_from", "valid_to"))
class PointState(Figures):
    """How large a point was between two days; spans of a point never overlap.

    `as_of` is the day for which the figures were given. The spans follow from it: each state
    holds from its day until the next one's; the first also for the days before it, because the
    earliest figures are the best that is known of them (docs/adr/0004).
    """

    point = models.ForeignKey(
        SchemePoint, models.CASCADE, related_name="states", verbose_name="điểm"
    )
    as_of = models.DateField("số liệu tính đến ngày")
    valid_from = models.DateField("dùng từ ngày", editable=False)
    valid_to = models.DateField("dùng đến hết ngày", editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "số liệu của điểm"
        ordering = ["as_of"]
        constraints = [
            models.UniqueConstraint(
                fields=["point", "as_of"],
                name="state_once_a_day",
                violation_error_message="Điểm đã có số liệu tính đến ngày này.",
            ),
            ExclusionConstraint(
                name="state_spans_apart",
                expressions=[
                    ("point", RangeOperators.EQUAL),
                    (DaySpan("valid_from", "valid_to"), RangeOperators.OVERLAPS),
                ],
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]
        indexes = [
            # What tables of a past day count, so that they read the index alone.
            models.Index(
                fields=["point", "valid_from"],
                include=["valid_to", "teams", "members", "households"],
                name="state_counted",
            ),
            models.Index(
                fields=["point"], condition=~Q(qualifiers={}), name="state_with_qualifiers"
            ),
        ]

    def __str__(self):
        return f"Số liệu ngày {vn_date(self.as_of)}"

    def clean(self):
        """What is written by hand fits the type's definitions, and is of a day that has come."""
        super().clean()
        if self.as_of and self.as_of > localdate():
            raise ValidationError({"as_of": "Ngày này chưa đến. Nhập hôm nay hoặc ngày đã qua."})
        if self.point.scheme_id is None:  # said at the point's own field
            return
        definitions = list(self.point.scheme.type.attributes.all())
        if found := faults(definitions, self.attributes, self.qualifiers):
            raise ValidationError({"attributes": found})
