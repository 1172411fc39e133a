from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from antq.accounts.demo import make_demo_accounts
from antq.site.demo import load_records


class Command(BaseCommand):
    help = "Demo accounts and records, for trial only (ANTQ_DEMO=1). May be run again."

    def handle(self, *, verbosity, **options):
        if not settings.DEMO:
            raise CommandError("Demo data is loaded only with ANTQ_DEMO=1.")
        with transaction.atomic():
            make_demo_accounts()
            load_records(self.stdout.write if verbosity else lambda line: None)
