from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from antq.site.backup import BackupError
from antq.site.backup.dump import write_backup


class Command(BaseCommand):
    help = "Write database and media folder into one file, while the site runs or not."

    def add_arguments(self, parser):
        parser.add_argument("folder", nargs="?", help="default: backups/ in the data folder")

    def handle(self, *, folder, **options):
        target = Path(folder) if folder else Path(settings.DATA_DIR) / "backups"
        try:
            path, manifest = write_backup(target)
        except (BackupError, DatabaseError, OSError) as error:
            raise CommandError(f"No backup was written: {_said(error)}") from None
        rows = sum(table["rows"] for table in manifest["tables"].values())
        size = path.stat().st_size / 1e6
        self.stdout.write(
            f"{path}: {len(manifest['tables'])} tables, {rows} rows, {manifest['files']} files, "
            f"{size:.1f} MB, verified."
        )


def _said(error: Exception) -> str:
    return " ".join(str(error).split())
