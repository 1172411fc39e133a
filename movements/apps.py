from django.apps import AppConfig


class MovementsConfig(AppConfig):
    name = "movements"
    label = "movements"
    verbose_name = "Mô hình"
