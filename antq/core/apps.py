from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate

from antq.core.history import guard_log


class CoreConfig(AppConfig):
    """What every app stands on and that knows nothing of the domain. It has no tables."""

    name = "antq.core"
    label = "core"

    def ready(self):
        # The log's own app comes last: all tables are there by then.
        post_migrate.connect(guard_log, sender=apps.get_app_config("pghistory"))
