from django.apps import AppConfig


class AwardsConfig(AppConfig):
    """Room for proposals, decisions, recipients, presentations: not built yet."""

    name = "awards"
    label = "awards"
    verbose_name = "Khen thưởng"
