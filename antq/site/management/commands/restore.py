from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from antq.site.backup import BackupError
from antq.site.backup.restoring import restore_backup


class Command(BaseCommand):
    help = "Put a backup into an empty database and media folder: all of it, or nothing."

    def add_arguments(self, parser):
        parser.add_argument("file", help="what `backup` wrote")
        parser.add_argument(
            "--replace", action="store_true", help="delete everything that is there now"
        )

    def handle(self, *, file, replace, **options):
        try:
            archive = restore_backup(Path(file), replace=replace)
        except (BackupError, DatabaseError, OSError) as error:
            text = " ".join(str(error).split())
            raise CommandError(f"Nothing was restored: {text}") from None
        made = archive.manifest
        rows = sum(table["rows"] for table in made["tables"].values())
        self.stdout.write(
            f"Restored {made['made_at']}, version {made['version']}: "
            f"{len(made['tables'])} tables, {rows} rows, {made['files']} files."
        )
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.stdout.write("It is of an older version: run migrate (`make run` does).")
