"""Which rows: those of a unit, of a day, of a user. Every list, count and export starts here."""

import operator
import re
from functools import reduce

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Concat
from django.utils.timezone import localdate

from antq.core.db import VnKey
from antq.core.permissions import Permission
from antq.core.text import clean_text
from antq.units.choices import Level

# How people shorten kinds of units: "TT. Rừng Thông", "P.Diên Hồng", "H Krông Pa", "Q1".
_SHORT = {
    "tt": "thị trấn",
    "tp": "thành phố",
    "tx": "thị xã",
    "p": "phường",
    "x": "xã",
    "h": "huyện",
    "q": "quận",
    "t": "tỉnh",
}
_SHORT_KIND = re.compile(r"(?<![^\s,])(tt|tp|tx|p|x|h|q|t)(?:\.\s*|\s+|(?=\d))", re.IGNORECASE)
# The longest full name has some twenty words; each costs a comparison with every unit.
MOST_WORDS = 25
_UNTIL = re.compile(r"\(đến [^)]*\)", re.IGNORECASE)  # what `full_name` adds to a unit of the past


def spelled_out(text: str) -> str:
    """What is looked for: NFC, kinds in full, without the "(đến …)" of a name that was copied."""
    text = _UNTIL.sub(" ", clean_text(text)).replace(",", " ")
    return " ".join(_SHORT_KIND.sub(lambda kind: f"{_SHORT[kind[1].lower()]} ", text).split())


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


class MemberQuerySet(DatedQuerySet):
    def with_places(self):
        """The members of groups with the full names of both, in name order."""
        both = self.select_related("unit__parent__parent", "group__parent")
        return both.order_by("unit__sort_key", "group__sort_key", "valid_from")


class SuccessionQuerySet(QuerySet):
    def with_places(self):
        """With the full names of both; the one that takes the records first, then by name."""
        both = self.select_related(
            "successor__parent__parent__parent", "predecessor__parent__parent__parent"
        )
        return both.order_by(
            "effective_on", "-is_primary", "successor__sort_key", "predecessor__sort_key"
        )


class ScopedQuerySet(QuerySet):
    """For every table whose rows belong to an administrative unit.

    unit_field: the way from a row to its unit, e.g. "unit" or "point__unit".
    """

    unit_field = "unit"

    def visible_to(self, user):
        """Rows whose records count, on any day, under a unit in which `user` holds a role."""
        return self._in_scope(user, Permission.RECORD_VIEW, {})

    def allowing(self, user, permission: Permission):
        """Rows on which `user` may act today: the link must be valid now."""
        today = localdate()
        return self._in_scope(user, permission, {"valid_from__lte": today, "valid_to__gte": today})

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
        # The model of the links is found through the foreign keys: it stands above this file.
        unit_model = self.model
        if self.unit_field != "pk":
            for name in self.unit_field.split("__"):
                unit_model = unit_model._meta.get_field(name).related_model
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

        One word at least is in the unit's own name. Diacritics, case and NFC/NFD make no
        difference. Exact names come first, then names that begin with the text; of equals,
        those of today before those of the past.
        """
        text = spelled_out(text)
        words = [VnKey(Value(word)) for word in list(dict.fromkeys(text.split()))[:MOST_WORDS]]
        if not words:
            return self.none()
        units = self.filter(reduce(operator.or_, (Q(search_key__contains=w) for w in words)))
        for word in words:
            units = units.filter(
                Q(search_key__contains=word)
                | Q(parent__search_key__contains=word)
                | Q(parent__parent__search_key__contains=word)
                | Q(parent__parent__parent__search_key__contains=word)
            )
        return units._nearest_first(VnKey(Value(text)))

    def _nearest_first(self, needle):
        rank = Case(
            When(name_key=F("needle"), then=0),
            When(bare_key=F("needle"), then=1),
            # "ia rmok gia lai": the name, then the place
            When(needle__startswith=Concat("name_key", Value(" ")), then=2),
            When(needle__startswith=Concat("bare_key", Value(" ")), then=3),
            When(bare_key__startswith=Concat("needle", Value(" ")), then=4),
            When(bare_key__startswith=F("needle"), then=5),
            When(search_key__contains=F("needle"), then=6),
            default=7,
            output_field=IntegerField(),
        )
        past = Case(When(valid_to=None, then=0), default=1, output_field=IntegerField())
        units = self.alias(needle=needle).alias(rank=rank, past=past)
        return units.order_by("rank", "past", "sort_key", "key")

    def with_commune_count(self, *, day):
        """`commune_count`: the communes of that day that count under each unit."""
        links = self._links().filter(
            ancestor=OuterRef("pk"), valid_from__lte=day, valid_to__gte=day
        )
        communes = links.filter(
            Q(descendant__valid_from=None) | Q(descendant__valid_from__lte=day),
            Q(descendant__valid_to=None) | Q(descendant__valid_to__gte=day),
            descendant__level=Level.COMMUNE,
        )
        number = communes.values("ancestor").annotate(number=Count("pk")).values("number")
        return self.annotate(commune_count=Coalesce(Subquery(number), 0))

    def children_of(self, unit, *, day):
        """The units into which a table on `unit` is divided on the map of `day`."""
        if unit.level == Level.GROUP:
            memberships = unit.members.valid_on(day)
            return self.filter(pk__in=memberships.values("unit")).valid_on(day).in_name_order()
        below = self.filter(parent=unit).exclude(level__in=[Level.PART, Level.GROUP])
        return below.valid_on(day).in_name_order()
