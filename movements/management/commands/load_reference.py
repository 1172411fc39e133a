from django.core.management.base import BaseCommand

from movements.reference import load_types


class Command(BaseCommand):
    help = "Add the types of schemes and their attributes. May be run again; keeps later edits."

    def add_arguments(self, parser):
        parser.add_argument(
            "--update",
            action="store_true",
            help="also bring the types and attributes that are there back to the file",
        )

    def handle(self, *, update, verbosity, **options):
        types = load_types(update=update)
        if verbosity:
            self.stdout.write(f"{types} types of schemes")
