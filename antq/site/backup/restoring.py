"""Putting a backup back: everything is checked first, then one transaction does it, or nothing.

Files are laid beside what is there before the transaction ends, and what no row names any more is
deleted after it: killed at any moment, the database is the old one or the new one, whole, and has
all its files.
"""

import hashlib
import os
from contextlib import suppress
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from antq.site.backup import BackupError, database
from antq.site.backup.archive import Archive
from antq.site.backup.database import Table, quoted
from antq.site.backup.dump import media_files

PATIENCE = "20s"


def restore_backup(path: Path, *, replace: bool = False) -> Archive:
    """Raises BackupError, OSError or DatabaseError, and then nothing has changed."""
    archive = Archive(path)
    check_version(archive)
    archive.verify()
    root = Path(settings.MEDIA_ROOT)
    if not replace:
        refuse_unless_empty(root, archive)
    laid = []
    try:
        _lay_files(archive, root, laid)
        with transaction.atomic(durable=True):
            _restore_database(archive, replace=replace)
    except BaseException:
        for file in laid:
            file.unlink(missing_ok=True)
        raise
    with suppress(OSError):  # it is restored; a file that no row names does no harm
        for file in _strangers(root, archive):
            file.unlink()
    return archive


# Checks


def check_version(archive: Archive) -> None:
    """This program must know every migration that made the tables."""
    known = MigrationLoader(None).disk_migrations
    unknown = [key for key in map(tuple, archive.manifest["migrations"]) if key not in known]
    if unknown:
        raise BackupError(
            f"{archive.path} was written by version {archive.manifest['version']}, which this "
            f"program does not know ({'.'.join(unknown[-1])}): install that version or a newer one."
        )


def refuse_unless_empty(root: Path, archive: Archive) -> None:
    names = [table.name for table in database.tables()]
    if names:
        raise BackupError(
            "The database is not empty ({NAME}: {0} tables). With --replace all that is in it is "
            "deleted and replaced by the backup.".format(len(names), **connection.settings_dict)
        )
    strangers = _strangers(root, archive)
    if strangers:
        raise BackupError(
            f"{root} is not empty: {strangers[0].relative_to(root)}, {len(strangers)} files that "
            "are not in the backup. Move the folder away, or use --replace."
        )


def _strangers(root: Path, archive: Archive) -> list[Path]:
    ours = archive.files("media")
    return [path for path in media_files(root) if path.relative_to(root).as_posix() not in ours]


# Files


def _lay_files(archive: Archive, root: Path, laid: list[Path]) -> None:
    """Put the files of the backup in the media folder; those that were not there, into `laid`."""
    for name, seal in archive.files("media").items():
        path = root / name
        if path.exists():
            if _digest(path) != seal["sha256"]:
                raise BackupError(f"{path} is there already, and another file; move it away.")
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        making = path.with_name(f"{path.name}.new")
        laid += [making, path]
        making.touch(settings.FILE_UPLOAD_PERMISSIONS or 0o644)
        with making.open("wb") as target, archive.member(f"media/{name}") as member:
            for data in member.chunks():
                target.write(data)
            target.flush()
            os.fsync(target.fileno())
        making.replace(path)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# Database


def _restore_database(archive: Archive, *, replace: bool) -> None:
    manifest = archive.manifest
    database.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'")
    database.execute(database.SPELLING)
    if replace:
        _drop_everything()
    elif database.tables():
        raise BackupError("The database is not empty any more.")
    _make_tables(manifest["migrations"])
    wanted = [Table(name, tuple(it["columns"])) for name, it in manifest["tables"].items()]
    made = {table.name: table for table in database.tables()}
    if {table.name: set(table.columns) for table in wanted} != {
        name: set(table.columns) for name, table in made.items()
    }:
        raise BackupError(f"{archive.path} has other tables than its migrations make.")
    names = ", ".join(quoted(table.name) for table in wanted)
    database.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    database.execute("SET LOCAL antq.may_truncate = 'on'")  # see antq.core.history
    database.execute(f"TRUNCATE {names}")  # what migrations wrote themselves
    for table in wanted:
        _load(table, archive)
    database.execute("SET CONSTRAINTS ALL IMMEDIATE")  # every reference has its row
    for table in wanted:
        database.execute(f"ALTER TABLE {quoted(table.name)} ENABLE TRIGGER USER")
    for name, (last, is_called) in manifest["sequences"].items():
        database.execute("SELECT setval(%s::regclass, %s, %s)", [quoted(name), last, is_called])
    emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias)
    database.execute("ANALYZE")


def _load(table: Table, archive: Archive) -> None:
    """Without our triggers: the log and the links are in the backup. References are checked."""
    database.execute(f"ALTER TABLE {quoted(table.name)} DISABLE TRIGGER USER")
    with archive.member(f"tables/{table.name}") as member:
        rows = database.copy_in(table, member)
    if rows != archive.manifest["tables"][table.name]["rows"]:
        raise BackupError(f"{table.name} has {rows} rows, which is not what was written.")


def _make_tables(applied: list[list[str]]) -> None:
    """The tables as they were: migrated exactly as far as the backup was."""
    executor = MigrationExecutor(connection)
    done = {tuple(key) for key in applied}
    graph = executor.loader.graph
    last = [
        key
        for key in sorted(done & set(graph.nodes))
        if not any(child.key[0] == key[0] and child.key in done for child in _after(graph, key))
    ]
    executor.migrate(last)


def _after(graph, key):
    return graph.node_map[key].children


def _drop_everything() -> None:
    """Our tables and functions; refused where the database holds somebody else's too."""
    ours = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    ours.add(MigrationRecorder.Migration._meta.db_table)
    names = [table.name for table in database.tables()]
    others = sorted(set(names) - ours)
    if others:
        raise BackupError(f"The database holds tables of another program: {', '.join(others)}.")
    if names:
        database.execute(f"DROP TABLE {', '.join(map(quoted, names))} CASCADE")
    for function in database.functions():
        database.execute(f"DROP FUNCTION IF EXISTS {function} CASCADE")
