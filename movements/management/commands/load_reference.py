from django.core.management.base import BaseCommand

from antq.review.routes import load_routes
from movements.reference import load_documents, load_grading, load_types
from movements.reference_figures import load_indicators


class Command(BaseCommand):
    help = "Add types of schemes, papers, indicators, routes. May be run again; keeps later edits."

    def add_arguments(self, parser):
        parser.add_argument(
            "--update",
            action="store_true",
            help="also bring what is there back to the files",
        )

    def handle(self, *, update, verbosity, **options):
        types = load_types(update=update)
        documents = load_documents(update=update)
        load_grading(update=update)
        indicators = load_indicators(update=update)
        load_routes(update=update)
        if verbosity:
            self.stdout.write(
                f"{types} types of schemes, {documents} kinds of documents, {indicators} indicators"
            )
