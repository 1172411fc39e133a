"""Which rows: those of a unit, of a day, of a user. Every list, count and export starts here."""

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.utils.timezone import localdate

from antq.core.db import VnKey
from antq.core.permissions import Permission


class DatedQuerySet(QuerySet):
    """Rows with `valid_from` and `valid_to`, both included; an empty day is open on that side."""

    def valid_on(self, day):
        return self.filter(
            Q(valid_from=None) | Q(valid_from__lte=day),
            Q(valid_to=None) | Q(valid_to__gte=day),
        )


class LinkQuerySet(QuerySet):
    def valid_on(self, day):
        return self.filter(valid_from__lte=day, valid_to__gte=day)


class ScopedQuerySet(QuerySet):
    """For every table whose rows belong to an administrative unit."""

    unit_field = "unit"

    def visible_to(self, user):
        """Rows whose records count, on any day, under a unit in which `user` holds a role."""
        return self._in_scope(user, Permission.RECORD_VIEW, {})

    def allowing(self, user, permission: Permission):
        """Rows on which `user` may act today: the link must be valid now."""
        today = localdate()
        return self._in_scope(
            user, permission, {"valid_from__lte": today, "valid_to__gte": today}
        )

    def under(self, units, *, day):
        """Rows that count under any of `units` on the map of `day`."""
        return self._below(
            [unit.pk for unit in units], {"valid_from__lte": day, "valid_to__gte": day}
        )

    def _in_scope(self, user, permission, on_days):
        if user.holds_everywhere(permission):
            return self.all()
        return self._below(user.unit_ids(permission), on_days)

    def _below(self, unit_ids, on_days):
        if not unit_ids:
            return self.none()
        links = self._links().filter(
            descendant=OuterRef(f"{self.unit_field}_id" if self.unit_field != "pk" else "pk"),
            ancestor__in=list(unit_ids),
            **on_days,
        )
        return self.filter(Exists(links))

    def _links(self):
        # The model of the links is found through the foreign key: it stands above this file.
        unit_model = (
            self.model
            if self.unit_field == "pk"
            else self.model._meta.get_field(self.unit_field).related_model
        )
        return unit_model._meta.get_field("uplinks").related_model.objects.all()


class UnitQuerySet(ScopedQuerySet, DatedQuerySet):
    unit_field = "pk"

    def with_place(self):
        """With the units above, so that a full name costs no query."""
        return self.select_related("parent__parent__parent")

    def in_name_order(self):
        return self.order_by("sort_key", "valid_from")

    def search(self, text: str):
        """Units of which every word of `text` stands in the name, or in that of a unit above.

        Diacritics, case and NFC/NFD make no difference; exact names come first, then names that
        begin with the text; of equals, those of today before those of the past.
        """
        units = self.alias(needle=VnKey(Value(text)))
        for word in text.replace(",", " ").split():
            part = VnKey(Value(word))
            units = units.filter(
                Q(search_key__contains=part)
                | Q(parent__search_key__contains=part)
                | Q(parent__parent__search_key__contains=part)
            )
        rank = Case(
            When(name_key=F("needle"), then=0),
            When(bare_key=F("needle"), then=1),
            When(bare_key__startswith=F("needle"), then=2),
            When(search_key__contains=F("needle"), then=3),
            default=4,
            output_field=IntegerField(),
        )
        past = Case(When(valid_to=None, then=0), default=1, output_field=IntegerField())
        return units.alias(rank=rank, past=past).order_by("rank", "past", "sort_key", "key")

    def children_of(self, unit, *, day):
        """The units into which a table on `unit` is divided on the map of `day`."""
        if unit.level == "group":
            memberships = unit.members.valid_on(day)
            return self.filter(pk__in=memberships.values("unit")).valid_on(day).in_name_order()
        below = self.filter(parent=unit).exclude(level__in=["part", "group"])
        return below.valid_on(day).in_name_order()
