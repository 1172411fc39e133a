from django.apps import AppConfig


class CoreConfig(AppConfig):
    """What every app stands on and that knows nothing of the domain. It has no tables."""

    name = "antq.core"
    label = "core"
