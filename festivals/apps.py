from django.apps import AppConfig


class FestivalsConfig(AppConfig):
    """Room for festival days and conferences: not built yet."""

    name = "festivals"
    label = "festivals"
    verbose_name = "Ngày hội"
