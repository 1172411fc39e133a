"""Changes of many units at once."""

from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def links_later():
    """Write units, successions and members in bulk; the links are computed once, at the end.

    All of it is one transaction.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local antq.links_later = 'on'")
        yield
        cursor.execute("set local antq.links_later = 'off'")
        cursor.execute("select refresh_unit_links()")
