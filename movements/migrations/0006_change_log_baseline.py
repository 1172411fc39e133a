"""Rows that are older than their log get its first line."""

from django.db import migrations

from antq.core.history import write_baseline


class Migration(migrations.Migration):
    dependencies = [("movements", "0005_log_of_a_point")]
    operations = [write_baseline("movements")]
