"""SQL of the catalogue, as Django expressions. The functions are in `movements/sql`."""

from django.db.models import Func, TextField


class SchemeKey(Func):
    """By what names of schemes are compared; several texts are lines, and give several keys."""

    function = "scheme_key"
    arg_joiner = " || chr(10) || "
    output_field = TextField(db_collation="C")
