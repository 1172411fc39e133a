"""Which points a search finds: those of which every word stands in what is known of them."""

from functools import reduce
from operator import or_

from django.db.models import (
    BooleanField,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Value,
)

from antq.core.db import VnKey
from antq.core.text import search_words

MOST = 3000


class SoughtQuerySet(QuerySet):
    """Part of `PointQuerySet`."""

    def search(self, text: str, user=None):
        """Points of which every word stands in what is known of them.

        That is: the scheme's names, the place with its areas and host, the unit's name, the
        leader, the number of the decision. The tables of names are asked first: which of them have
        a word is little, beside comparing every name again for every point (docs/adr/0016).

        user: who will see the points; units of which that is none are not asked.
        """
        words = [VnKey(Value(word)) for word in search_words(text)]
        points = self
        if words:
            tables = self._tables_of_names(user)
            found = _named(tables, words)
            for number, word in enumerate(words):
                among = [
                    self._of(name, keys)
                    for name, rows in tables.items()
                    if (keys := _keys(rows, found[name], number, word)) is not None
                ]
                points = points.filter(reduce(or_, among, Q(search_key__contains=word)))
        return points

    def _tables_of_names(self, user) -> dict[str, QuerySet]:
        tables = {
            name: self.model._meta.get_field(name).related_model.objects.order_by()
            for name in ("scheme", "unit", "host", "areas")
        }
        if user:
            tables["unit"] = tables["unit"].visible_to(user)
        return tables

    def _of(self, name: str, keys) -> Q:
        """The points of these rows of a table of names."""
        if name != "areas":
            return Q(**{f"{name}__in": keys})
        links = self.model.areas.through.objects.filter(schemepoint=OuterRef("pk"))
        return Q(Exists(links.filter(residentialarea__in=keys)))


def _named(tables: dict[str, QuerySet], words: list) -> dict[str, list[tuple]]:
    """Of each table the rows in which a word stands, one more than `MOST` at most: (key, whether
    the first word stands there, whether the second, …)."""
    stands = [Q(search_key__contains=word) for word in words]
    flags = [ExpressionWrapper(each, BooleanField()) for each in stands]
    first, *others = (
        rows.filter(reduce(or_, stands)).values_list(Value(name, TextField()), "pk", *flags)[
            : MOST + 1
        ]
        for name, rows in tables.items()
    )
    found = {name: [] for name in tables}
    for name, *line in first.union(*others, all=True):
        found[name].append(line)
    return found


def _keys(rows: QuerySet, lines: list[tuple], number: int, word):
    """The rows in which a word stands: as keys, or where they are too many as a query; or None."""
    if len(lines) > MOST:
        return rows.filter(search_key__contains=word).values("pk")
    return [key for key, *flags in lines if flags[number]] or None
