"""Rows that are older than their log get its first line."""

from django.db import migrations

from antq.core.history import write_baseline


class Migration(migrations.Migration):
    dependencies = [("units", "0005_profile_is_demo")]
    operations = [write_baseline("units")]
