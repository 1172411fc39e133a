import sys
from time import monotonic

from django.core.management.base import BaseCommand

from antq.units.loading import load_units


class Command(BaseCommand):
    help = "Load the administrative units of Viet Nam and which followed which. May be run again."

    def handle(self, **options):
        start = monotonic()
        units, successions = load_units(progress=self._bar)
        seconds = f"{monotonic() - start:.1f}"
        self.stdout.write(f"\r{units} units, {successions} successions: {seconds} s\033[K")

    def _bar(self, done: int, total: int) -> None:
        if sys.stdout.isatty():
            filled = 40 * done // total
            bar = "█" * filled + "·" * (40 - filled)
            self.stdout.write(f"\r[{bar}] {100 * done // total:3}%", ending="")
            self.stdout.flush()
