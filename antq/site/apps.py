from django.apps import AppConfig


class SiteConfig(AppConfig):
    """What needs every app: home by role, dashboards, demo data."""

    name = "antq.site"
    label = "site"
    verbose_name = "Tổng quan"
