"""The tables of the database, as PostgreSQL itself describes them; copied out and in."""

from dataclasses import dataclass

from django.db import connection

# Tables of the schema in use; not those that an extension brought along.
TABLES = """
    SELECT c.relname,
           array(SELECT a.attname::text FROM pg_attribute a
                 WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                   AND a.attgenerated = '' ORDER BY a.attnum)
    FROM pg_class c
    WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
    ORDER BY c.relname
"""
FUNCTIONS = """
    SELECT p.oid::regprocedure::text FROM pg_proc p
    WHERE p.pronamespace = current_schema()::regnamespace
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
"""
SEQUENCES = """
    SELECT relname FROM pg_class
    WHERE relkind = 'S' AND relnamespace = current_schema()::regnamespace ORDER BY relname
"""
# How values are written must not depend on the settings of a server or a role.
SPELLING = "SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL IntervalStyle = 'postgres'"


@dataclass(frozen=True)
class Table:
    """A table and its columns, without the generated ones, which compute themselves."""

    name: str
    columns: tuple[str, ...]

    @property
    def copied(self) -> str:
        columns = ", ".join(map(quoted, self.columns))
        return f"COPY {quoted(self.name)} ({columns})"


def quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def tables() -> list[Table]:
    return [Table(name, tuple(columns)) for name, columns in _rows(TABLES)]


def functions() -> list[str]:
    return [name for (name,) in _rows(FUNCTIONS)]


def sequences() -> dict[str, list]:
    """{name: [last value, whether it was given out]}; never behind what the tables hold."""
    names = [name for (name,) in _rows(SEQUENCES)]
    return {
        name: list(_rows(f"SELECT last_value, is_called FROM {quoted(name)}")[0]) for name in names
    }


def applied_migrations() -> list[list[str]]:
    return [list(row) for row in _rows("SELECT app, name FROM django_migrations ORDER BY id")]


def copy_out(table: Table, stream) -> int:
    """Stream the rows into `stream`; returns how many."""
    with connection.cursor() as cursor:
        cursor.copy_expert(f"{table.copied} TO STDOUT (ENCODING 'UTF8')", stream)
        return cursor.rowcount


def copy_in(table: Table, stream) -> int:
    with connection.cursor() as cursor:
        cursor.copy_expert(f"{table.copied} FROM STDIN (ENCODING 'UTF8')", stream)
        return cursor.rowcount


def execute(statement: str, parameters=None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def _rows(query: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()
