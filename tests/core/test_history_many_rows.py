"""Logging the change of many rows costs as much per row as that of one, whatever came before."""

import json

import pytest
from django.db import DatabaseError, connection, transaction
from pghistory.core import event_models

from antq.core.history import guard_log
from antq.units.models import Organization
from tests.core.logged_rows import build

pytestmark = pytest.mark.django_db

LOGGED = sorted(log.pgh_tracked_model._meta.db_table for log in event_models())
SETTINGS = """
    SELECT tgrelid::regclass::text, proconfig FROM pg_trigger
    JOIN pg_proc ON pg_proc.oid = tgfoid
    WHERE tgname LIKE 'pgtrigger\\_update\\_%' AND tgoldtable IS NOT NULL ORDER BY 1
"""


def asked(statement: str) -> list:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def test_every_update_is_logged_with_a_plan_for_many_rows():
    assert asked(SETTINGS) == [(table, ["enable_nestloop=off"]) for table in LOGGED]


def test_a_trigger_that_a_migration_makes_again_gets_its_plan_afterwards():
    (trigger,) = [each for each in Organization._meta.triggers if each.name == "update_update"]
    with connection.schema_editor() as editor:
        editor.execute(trigger.compile(Organization).install_sql, params=None)
    table = Organization._meta.db_table
    assert (table, None) in asked(SETTINGS)

    guard_log()

    assert (table, ["enable_nestloop=off"]) in asked(SETTINGS)
    assert (table, None) not in asked(SETTINGS)


@pytest.fixture
def plans():
    """The plans that ran since the last call, of statements inside triggers too."""
    try:
        with transaction.atomic():
            asked("LOAD 'auto_explain'")
    except DatabaseError as error:
        pytest.skip(f"this server does not show its plans: {error}")
    for name, value in {
        "auto_explain.log_nested_statements": "on",
        "auto_explain.log_analyze": "on",
        "auto_explain.log_timing": "off",
        "auto_explain.log_format": "json",
        "auto_explain.log_level": "notice",
        "auto_explain.log_min_duration": "0",
    }.items():
        asked(f"SET LOCAL {name} = '{value}'")

    def since():
        notices = [text for text in connection.connection.notices if "plan:" in text]
        connection.connection.notices.clear()
        return [json.loads(text.partition("plan:")[2]) for text in notices]

    return since


def steps(node: dict) -> float:
    """How many rows a plan looked at: those it handed on and those it threw away."""
    kept = node["Actual Rows"] + node.get("Rows Removed by Join Filter", 0)
    return kept * node["Actual Loops"] + sum(map(steps, node.get("Plans", [])))


def test_small_updates_first_leave_a_large_one_linear(plans):
    rows = Organization.objects.bulk_create(build(Organization) for _ in range(400))
    asked("DISCARD PLANS")  # as on a connection that has just been opened
    for row in rows[:8]:
        Organization.objects.filter(pk=row.pk).update(aliases="Một")
    plans()

    work = {}
    for number in (100, 200, 400):
        Organization.objects.filter(pk__in=[row.pk for row in rows[:number]]).update(
            aliases=f"Tên {number}"
        )
        logging = [p for p in plans() if "old_values" in p["Query Text"]]
        (work[number],) = [steps(plan["Plan"]) for plan in logging]

    assert work[100] >= 100
    assert work[400] - work[200] == 2 * (work[200] - work[100])
