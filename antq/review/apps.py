from django.apps import AppConfig


class ReviewConfig(AppConfig):
    name = "antq.review"
    label = "review"
    verbose_name = "Duyệt hồ sơ"
