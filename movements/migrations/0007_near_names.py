"""The names nearest to a key, by the index."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("movements", "0006_change_log_baseline")]

    operations = [
        migrations.RunSQL(
            (SQL / "near_names.sql").read_text(encoding="utf-8"),
            "drop function near_names(text, integer)",
        )
    ]
