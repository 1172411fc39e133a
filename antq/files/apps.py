from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "antq.files"
    label = "files"
    verbose_name = "Tệp"
