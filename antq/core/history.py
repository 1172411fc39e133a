"""The change log: every insert, update and delete of a logged table, kept by the database.

Triggers write it, so bulk writes and raw SQL are in it too, and nobody changes or deletes a line
of it (docs/adr/0008). A line is the whole row after the change (of a delete: before it), with the
account and the address of the request; without them it was the program itself, or the database.
"""

from contextlib import ExitStack, contextmanager, suppress

import pghistory
import pgtrigger
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, migrations, models
from pghistory import runtime
from pghistory.core import event_models


def logged(*, of: str = "", exclude: tuple[str, ...] = ()):
    """Decorator of a model: its changes go to `<Model>Event`.

    of: the foreign key to the row whose history shows these lines too.
    exclude: fields whose value is a secret, or follows from others; a change of those alone
    leaves no line. Generated columns are left out by themselves.
    """

    def track(model: type[models.Model]) -> type[models.Model]:
        generated = [field.name for field in model._meta.local_fields if field.generated]
        name = f"lịch sử: {model._meta.verbose_name}"
        short = model._meta.model_name
        indexes = [models.Index(fields=["pgh_obj", "pgh_id"], name=f"{short}_log")]
        if of:
            indexes.append(models.Index(fields=[of, "pgh_id"], name=f"{short}_log_of"))
        return pghistory.track(
            pghistory.InsertEvent(),
            pghistory.UpdateEvent(),
            pghistory.DeleteEvent(),
            exclude=[*generated, *exclude],
            append_only=True,
            # One statement of a bulk write is one statement of the log.
            level=pgtrigger.Statement,
            meta={"verbose_name": name, "verbose_name_plural": name, "indexes": indexes},
        )(model)

    return track


@contextmanager
def by_command(argv: list[str]):
    """Lines of the log name the command of manage.py that wrote them.

    Not those that make tables: a context adds parameters to statements, in whose bodies a "%" is
    then no longer itself.
    """
    with ExitStack() as stack:
        if len(argv) > 1 and argv[1] not in ("migrate", "restore"):
            with suppress(ImproperlyConfigured):  # the command itself says what is missing
                stack.enter_context(pghistory.context(command=argv[1]))
        yield


@contextmanager
def by_user(pk: int):
    """Lines written inside are one moment of this user's, inside a command too."""
    outer = vars(runtime._tracker).pop("value", None)  # else the two are one
    try:
        with pghistory.context(user=pk):
            yield
    finally:
        if outer is not None:
            runtime._tracker.value = outer
        with connection.cursor() as cursor:  # the database forgets it at the end of a transaction
            cursor.execute("SELECT set_config('pghistory.context_id', '', true)")


def write_baseline(app_label: str) -> migrations.RunPython:
    """Operation of a migration: rows older than their log get a first line, as they are now.

    Without it the first change of such a row would say what it became, and not what it was.
    """

    def write(apps, schema_editor):
        for event in apps.get_app_config(app_label).get_models():
            names = [field.name for field in event._meta.local_fields]
            if "pgh_obj" not in names:
                continue
            columns = [
                f'"{field.column}"'
                for field in event._meta.local_fields
                if not field.name.startswith("pgh_")
            ]
            log = event._meta.db_table
            schema_editor.execute(
                f'INSERT INTO "{log}" ({", ".join(columns)}, pgh_created_at, pgh_label, pgh_obj_id)'
                f" SELECT {', '.join(columns)}, NOW(), 'baseline', id"
                f' FROM "{event._meta.get_field("pgh_obj").related_model._meta.db_table}" AS kept'
                f' WHERE NOT EXISTS (SELECT 1 FROM "{log}" WHERE pgh_obj_id = kept.id)'
                " ORDER BY id"
            )

    return migrations.RunPython(write, migrations.RunPython.noop)


# TRUNCATE fires no row of a log. A database that is made to be emptied, as tests do, says so:
# ALTER DATABASE … SET antq.may_truncate = 'on'.
_GUARDS = """
CREATE OR REPLACE FUNCTION log_refuses_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('antq.may_truncate', true) = 'on' THEN RETURN NULL; END IF;
    RAISE EXCEPTION 'TRUNCATE would leave no line in the change log: %', TG_TABLE_NAME;
END $$;
-- Who and where of a line are in its context: it may say more later, never something else.
CREATE OR REPLACE FUNCTION log_keeps_context() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'Lines of the change log are not deleted'; END IF;
    NEW.id := OLD.id;
    NEW.created_at := OLD.created_at;
    NEW.metadata := NEW.metadata || jsonb_strip_nulls(OLD.metadata);
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER log_keeps_context BEFORE UPDATE OR DELETE ON pghistory_context
    FOR EACH ROW EXECUTE FUNCTION log_keeps_context();
"""


def guard_log(**_kwargs) -> None:
    """After migrations, those of a restore too: the log is whole, and stays quick."""
    with connection.cursor() as cursor:
        _refuse_truncate(cursor)
        _plan_for_many_rows(cursor)


def _refuse_truncate(cursor) -> None:
    """No logged table, and no table of the log, can be truncated."""
    tables = {"pghistory_context"}
    for event in event_models():
        tables |= {event._meta.db_table, event.pgh_tracked_model._meta.db_table}
    cursor.execute(
        "SELECT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
        " WHERE tgname = 'no_truncate'"
    )
    guarded = {name for (name,) in cursor.fetchall()}
    missing = tables.intersection(connection.introspection.table_names(cursor)) - guarded
    if not missing:
        return
    cursor.execute(_GUARDS)
    for table in sorted(missing):
        cursor.execute(
            f'CREATE TRIGGER no_truncate BEFORE TRUNCATE ON "{table}" '
            "FOR EACH STATEMENT EXECUTE FUNCTION log_refuses_truncate()"
        )


def _plan_for_many_rows(cursor) -> None:
    """An update of one row must not decide how the update of ten thousand is logged.

    The trigger of an update joins the rows before with the rows after. A connection keeps the
    plan of its first update; made for one row it is a nested loop, and for n rows n × n steps.
    Without nested loops both are hashed. A migration that makes such a function again takes the
    setting away, and this brings it back.
    """
    cursor.execute(
        "SELECT DISTINCT tgfoid::regprocedure::text FROM pg_trigger"
        " JOIN pg_proc ON pg_proc.oid = tgfoid"
        r" WHERE tgname LIKE 'pgtrigger\_%' AND tgoldtable IS NOT NULL AND tgnewtable IS NOT NULL"
        " AND 'enable_nestloop=off' <> ALL (COALESCE(proconfig, '{}'))"
    )
    for (function,) in cursor.fetchall():
        cursor.execute(f"ALTER FUNCTION {function} SET enable_nestloop = off")
