import sys
from time import monotonic

from django.core.management.base import BaseCommand

from antq.units.loading import load_units


class Command(BaseCommand):
    help = "Load the administrative units of Viet Nam and which followed which. May be run again."

    def add_arguments(self, parser):
        parser.add_argument(
            "--update", action="store_true", help="bring units that differ back to the files"
        )

    def handle(self, *, update, **options):
        start = monotonic()
        units, successions = load_units(update=update, progress=self._bar)
        clear = "\r\033[K" if sys.stdout.isatty() else ""
        seconds = f"{monotonic() - start:.1f}"
        self.stdout.write(f"{clear}{units} units, {successions} successions: {seconds} s")

    def _bar(self, done: int, total: int) -> None:
        if sys.stdout.isatty():
            filled = 40 * done // total
            bar = "█" * filled + "·" * (40 - filled)
            self.stdout.write(f"\r[{bar}] {100 * done // total:3}%", ending="")
            self.stdout.flush()
