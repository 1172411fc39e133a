"""Near names by an index; points follow a merged scheme; a used attribute is fixed."""

from pathlib import Path

import django.contrib.postgres.indexes
from django.db import migrations, models

import movements.expressions

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("movements", "0003_checked_and_looked")]

    operations = [
        migrations.RunSQL(
            (SQL / "scheme_key.sql").read_text(encoding="utf-8"), "drop function scheme_key(text)"
        ),
        migrations.AddField(
            model_name="scheme",
            name="names_key",
            field=models.GeneratedField(
                db_persist=True,
                expression=movements.expressions.SchemeKey("name", "aliases"),
                output_field=models.TextField(db_collation="C"),
            ),
        ),
        migrations.AddIndex(
            model_name="scheme",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass("names_key", "gin_trgm_ops"),
                name="scheme_names",
            ),
        ),
        migrations.RunSQL(
            (SQL / "catalogue_triggers.sql").read_text(encoding="utf-8"),
            """
            drop trigger attribute_fixed_once_used on movements_schemeattribute;
            drop trigger follow_merged_scheme on movements_recognition;
            drop trigger follow_merged_scheme_later on movements_schemepoint;
            drop trigger follow_merged_scheme on movements_schemepoint;
            drop function attribute_fixed_once_used();
            drop function follow_merged_scheme();
            """,
        ),
    ]
