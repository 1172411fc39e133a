"""Which indicators, periods, reports and figures: of whom, and in which state."""

from django.db.models import Case, DateField, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, TruncDate

from antq.core.permissions import Permission
from antq.review.choices import ReturnStatus
from antq.review.querysets import ReturnQuerySet
from antq.units.choices import Level
from antq.units.models import UnitLink
from antq.units.querysets import DatedQuerySet, ScopedQuerySet


class OwnedQuerySet(QuerySet):
    """Reference rows, national ones and those of a province: readable by all signed in."""

    def usable_in(self, province):
        """The national ones, and those that the province added."""
        return self.filter(Q(owner=None) | Q(owner=province))

    def configurable_by(self, user):
        """Those of the user's own province; national ones too for who configures the country."""
        if user.holds_everywhere(Permission.CONFIGURE):
            return self.all()
        return self.filter(owner__in=user.unit_ids(Permission.CONFIGURE))


class IndicatorQuerySet(OwnedQuerySet):
    def in_use(self):
        return self.filter(is_active=True)

    def entered(self):
        return self.filter(source="entered")


class FormQuerySet(DatedQuerySet, OwnedQuerySet):
    def with_rows(self):
        return self.prefetch_related("rows__indicator__part_of")


class PeriodQuerySet(QuerySet):
    def visible_to(self, user):
        """National ones, and those of provinces in which the user is, or which are in theirs."""
        if user.holds_everywhere(Permission.RECORD_VIEW):
            return self.all()
        mine = user.unit_ids(Permission.RECORD_VIEW)
        links = UnitLink.objects.filter(
            Q(ancestor=OuterRef("owner"), descendant__in=mine)
            | Q(descendant=OuterRef("owner"), ancestor__in=mine)
        )
        return self.filter(Q(owner=None) | Exists(links)) if mine else self.none()

    def configurable_by(self, user):
        """Those that the user may open and lock: of the own province; all for the country."""
        if user.holds_everywhere(Permission.CONFIGURE):
            return self.all()
        return self.filter(owner__in=user.unit_ids(Permission.CONFIGURE))

    def asked_of(self, unit):
        """Those in which a unit reports: on the map of each one's last day."""
        links = unit.uplinks.filter(
            ancestor=OuterRef("owner"),
            valid_from__lte=OuterRef("last"),
            valid_to__gte=OuterRef("last"),
        )
        chosen = self.model.units.through.objects.filter(period=OuterRef("pk"))
        return self.filter(
            Q(owner=None) | Exists(links),
            ~Exists(chosen) | Exists(chosen.filter(administrativeunit=unit)),
        )

    def of_slot(self, slot):
        return self.filter(kind=slot.kind, year=slot.year, number=slot.number)

    def holding(self, day):
        return self.filter(first__lte=day, last__gte=day)

    def unlocked(self):
        return self.filter(locked_at=None)


class UnitReportQuerySet(ReturnQuerySet):
    def with_places(self):
        return self.select_related("unit__parent__parent__parent", "period__form")

    def with_due(self):
        """`due_on`: by when a unit of its level sends."""
        communes = F("period__due")
        due = Case(
            When(unit__level=Level.DISTRICT, then=Coalesce("period__due_district", communes)),
            When(unit__level=Level.PROVINCE, then=Coalesce("period__due_province", communes)),
            default=communes,
        )
        return self.annotate(due_on=due)

    def late(self, day):
        """Sent after it was due, or due before that day and not sent yet."""
        sent = Coalesce(TruncDate("first_sent_at"), Value(day, DateField()))
        return self.recorded().with_due().alias(sent=sent).filter(sent__gt=F("due_on"))


class FigureQuerySet(ScopedQuerySet):
    unit_field = "report__unit"

    def recorded(self):
        return self.exclude(report__status=ReturnStatus.VOIDED)

    def accepted(self):
        return self.filter(report__status=ReturnStatus.ACCEPTED)

    def known(self):
        return self.filter(value__isnull=False)
