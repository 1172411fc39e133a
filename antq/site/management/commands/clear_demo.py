from django.core.management.base import BaseCommand, CommandError

from antq.site.clearing import RealRowsError, clear_demo

SHOWN = 30


class Command(BaseCommand):
    help = "Delete the demo (records, accounts, files), and nothing else: all of it, or nothing."

    def add_arguments(self, parser):
        parser.add_argument(
            "--entered", action="store_true", help="also what the demo accounts typed themselves"
        )
        parser.add_argument(
            "--keep-used",
            action="store_true",
            help="keep the demo rows on which real rows stand, delete the others",
        )

    def handle(self, *, entered, keep_used, **options):
        try:
            cleared = clear_demo(entered=entered, keep_used=keep_used)
        except RealRowsError as error:
            raise CommandError(_refusal(error)) from None
        for name, count in sorted(cleared.counts.items()):
            self.stdout.write(f"{name}: {count}")
        self.stdout.write(f"Deleted {sum(cleared.counts.values())} rows, {cleared.files} files.")
        for hold in cleared.kept:
            self.stdout.write(f"Kept: {hold}")


def _refusal(error: RealRowsError) -> str:
    lines = [f"  {hold}" for hold in error.holds[:SHOWN]]
    if len(error.holds) > SHOWN:
        lines.append(f"  … and {len(error.holds) - SHOWN} more")
    return "\n".join(
        [
            "Nothing was deleted: real rows (right) stand on demo rows (left).",
            *lines,
            "--entered deletes what demo accounts typed too; --keep-used keeps these demo rows.",
        ]
    )
