"""Writing a backup: what one transaction sees, and the media folder; safe while the site runs."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from antq.site.backup import BackupError, database
from antq.site.backup.archive import Writer, writing


def write_backup(folder: Path) -> tuple[Path, dict]:
    """A new file in `folder`, verified, and its manifest; raises BackupError or OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"antq-{timezone.localtime():%Y%m%d-%H%M%S}.zip"
    if path.exists():
        raise BackupError(f"{path} exists already; wait a second.")
    with writing(path) as archive, transaction.atomic(durable=True):
        # The snapshot is taken by the first query; files are read after it, so that every file
        # that a row names is there.
        database.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        database.execute(database.SPELLING)
        manifest = _describe() | {"tables": _write_tables(archive)}
        manifest["files"] = _write_files(archive)
        manifest["sequences"] = database.sequences()
        archive.finish(manifest)
    return path, manifest


def _describe() -> dict:
    return {
        "program": "antq",
        "version": settings.VERSION,
        "made_at": timezone.localtime().isoformat(timespec="seconds"),
        "postgresql": connection.pg_version // 10000,
        "migrations": database.applied_migrations(),
    }


def _write_tables(archive: Writer) -> dict[str, dict]:
    written = {}
    for table in database.tables():
        with archive.member(f"tables/{table.name}") as member:
            rows = database.copy_out(table, member)
        written[table.name] = {"columns": table.columns, "rows": rows}
    return written


def _write_files(archive: Writer) -> int:
    count = 0
    root = Path(settings.MEDIA_ROOT)
    for path in media_files(root):
        try:
            source = path.open("rb")
        except FileNotFoundError:  # deleted since: a row that is gone named it
            continue
        name = path.relative_to(root).as_posix()
        with source, archive.member(f"media/{name}", compress=False) as member:
            while data := source.read(1 << 20):
                member.write(data)
        count += 1
    return count


def media_files(root: Path) -> Iterator[Path]:
    """What lies in the media folder, in a steady order; not what a restore left half written."""
    if root.is_dir():
        yield from sorted(
            path for path in root.rglob("*") if path.is_file() and not path.name.endswith(".new")
        )
