"""SQL functions of ours, as Django expressions. Their bodies are in `antq/units/migrations`."""

from collections.abc import Iterable

from django.db import connection
from django.db.models import (
    CharField,
    DecimalField,
    Func,
    IntegerField,
    Q,
    TextField,
    Value,
)


class VnKey(Func):
    """What a search compares: lower case, without diacritics. Several texts are joined by a space.

    'Xã Ia RMok', 'xa ia rmok' and the same text in NFD give 'xa ia rmok'.
    """

    function = "vn_key"
    arg_joiner = " || ' ' || "
    output_field = TextField(db_collation="C")


def vn_keys(texts: Iterable[str]) -> dict[str, str]:
    """The `vn_key` of each of many texts, in one query."""
    with connection.cursor() as cursor:
        cursor.execute("select t, vn_key(t) from unnest(%s::text[]) t", [list(set(texts))])
        return dict(cursor.fetchall())


class VnSort(Func):
    """What a list sorts by: the Vietnamese alphabet, tones last, "Phường 2" before "Phường 10"."""

    function = "vn_sort"
    template = r"%(function)s(regexp_replace(%(expressions)s, '(?<!\d)(\d)(?!\d)', '0\1', 'g'))"
    output_field = CharField(max_length=600, db_collation="C")


class JsonNumber(Func):
    """The number under a key of a JSONB column; NULL when there is none or it is not a number."""

    function = "json_number"
    output_field = DecimalField(max_digits=30, decimal_places=6)

    def __init__(self, column: str, key: str, **extra):
        super().__init__(column, Value(key), **extra)


class QualifierBit(Func):
    """The qualifier under a key of a JSONB column as one bit; see `Qualifier.from_bits`.

    is_present: of the rows that have a qualifier, under whatever key.
    """

    function = "qualifier_bit"
    output_field = IntegerField()

    def __init__(self, column: str, key: str, **extra):
        super().__init__(column, Value(key), **extra)
        self.is_present = ~Q(**{column: {}}) & Q(**{f"{column}__isnull": False})


class DaySpan(Func):
    """Both days included; an empty day is open on that side."""

    function = "daterange"
    template = "%(function)s(%(expressions)s, '[]')"
