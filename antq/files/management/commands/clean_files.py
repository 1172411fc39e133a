from django.core.management.base import BaseCommand
from django.db.models import ProtectedError

from antq.files import rubbish
from antq.files.services import drop, remove


class Command(BaseCommand):
    help = "List files that no record has, older than a day; with --delete, remove them."

    def add_arguments(self, parser):
        parser.add_argument("--delete", action="store_true", help="remove what is listed")

    def handle(self, *, delete, **options):
        number = 0
        for stored in rubbish.rows_without_record():
            self.stdout.write(f"no record: {stored.file.name} ({stored.name})")
            number += 1
            if delete:
                self._drop(stored)
        for name in rubbish.contents_without_row():
            self.stdout.write(f"no row: {name}")
            number += 1
            if delete:
                remove([name])
        done = "removed" if delete else "found; nothing is removed without --delete"
        self.stdout.write(f"{number} files {done}")

    def _drop(self, stored):
        try:
            drop(stored)
        except ProtectedError:
            self.stderr.write(f"kept, something refers to it: {stored.file.name}")
