"""Functions and extensions that generated columns, constraints and sums of every app stand on."""

from pathlib import Path

from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension
from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = []

    operations = [
        BtreeGistExtension(),
        TrigramExtension(),
        migrations.RunSQL(
            (SQL / "vietnamese_text.sql").read_text(encoding="utf-8"),
            "drop function vn_sort(text); drop function vn_key(text);",
        ),
        migrations.RunSQL(
            (SQL / "json_number.sql").read_text(encoding="utf-8"),
            "drop function json_number(jsonb, text); drop function qualifier_bit(jsonb, text);",
        ),
    ]
