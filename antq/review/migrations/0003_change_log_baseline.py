"""Rows that are older than their log get its first line."""

from django.db import migrations

from antq.core.history import write_baseline


class Migration(migrations.Migration):
    dependencies = [("review", "0002_change_log")]
    operations = [write_baseline("review")]
