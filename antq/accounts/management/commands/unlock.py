from django.core.management.base import BaseCommand

from antq.accounts.lockout import unlock


class Command(BaseCommand):
    help = "Let a username, or a network address, try to sign in again at once."

    def add_arguments(self, parser):
        parser.add_argument("who", metavar="USERNAME|ADDRESS")

    def handle(self, *, who, **options):
        self.stdout.write(f"{who}: {unlock(who)} failures forgotten")
