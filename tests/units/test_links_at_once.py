"""Two sessions that change units at the same time: the second waits, and the links end true."""

import threading
from contextlib import closing

import psycopg2
import pytest
from django.db import connection

from antq.units.models import AdministrativeUnit
from tests.units.histories import full_links

IA_DREH, GIA_LAI, KRONG_PA = "W24100@2025-07-01", "P52@2025-07-01", "D637@2025-06-30"


@pytest.fixture
def committed(django_db_setup, django_db_blocker):
    """Real commits; what was written is taken back by hand, so that the units stay loaded."""
    with django_db_blocker.unblock():
        yield
        with connection.cursor() as cursor:
            cursor.execute("delete from units_unitsuccession where effective_on = '2031-01-01'")
            cursor.execute(
                "update units_administrativeunit set valid_to = null where key = %s", [GIA_LAI]
            )
            cursor.execute("delete from units_administrativeunit where key like 'AT-ONCE-%'")
        connection.close()


def second_session():
    return psycopg2.connect(**connection.get_connection_params() | {"cursor_factory": None})


def insert(cursor, key, level, parent):
    cursor.execute(
        "insert into units_administrativeunit (key, code, name, level, kind, aliases, parent_id)"
        " select %s, '', %s, %s, 'xa', '', id from units_administrativeunit where key = %s",
        [key, key, level, parent],
    )


def is_waiting(pid):
    with connection.cursor() as cursor:
        cursor.execute(
            "select wait_event_type = 'Lock' from pg_stat_activity where pid = %s", [pid]
        )
        return cursor.fetchone()[0]


def test_links_are_true_after_two_sessions_changed_units_at_once(committed):
    """The first moves a province's records; the second, meanwhile, adds a commune to it."""
    connection.ensure_connection()
    with closing(second_session()) as first, closing(second_session()) as second:
        with first.cursor() as cursor:
            insert(cursor, "AT-ONCE-P", "province", "VN")
            cursor.execute(
                "insert into units_unitsuccession"
                " (predecessor_id, successor_id, effective_on, is_primary)"
                " select old.id, new.id, '2031-01-01', true"
                " from units_administrativeunit old, units_administrativeunit new"
                " where old.key = %s and new.key = 'AT-ONCE-P'",
                [GIA_LAI],
            )
            cursor.execute(
                "update units_administrativeunit set valid_to = '2030-12-31' where key = %s",
                [GIA_LAI],
            )

        def add_commune():
            with second.cursor() as cursor:
                insert(cursor, "AT-ONCE-W", "commune", GIA_LAI)
            second.commit()

        other = threading.Thread(target=add_commune)
        other.start()
        while other.is_alive() and not is_waiting(second.info.backend_pid):
            other.join(0.01)
        assert other.is_alive()  # it waits for the first
        first.commit()
        other.join(30)
        assert not other.is_alive()

    made = AdministrativeUnit.objects.get(key="AT-ONCE-W")
    links = made.uplinks.filter(valid_from__lte="2031-01-01", valid_to__gte="2031-01-01")
    assert set(links.values_list("ancestor__key", flat=True)) == {"AT-ONCE-W", "AT-ONCE-P", "VN"}
    computed, kept = full_links()
    assert kept == computed
