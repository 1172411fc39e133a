from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules

from antq.reports import registry


class ReportsConfig(AppConfig):
    """The engine: measures, tables, report definitions, writers. It knows no domain app."""

    name = "antq.reports"
    label = "reports"
    verbose_name = "Biểu mẫu"

    def ready(self):
        autodiscover_modules("measures")
        autodiscover_modules("reports")
        registry.collect()
