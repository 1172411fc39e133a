"""The rule of where records count, and the triggers that keep `UnitLink` true."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"

BACK = """
drop function unit_links_follow_units() cascade;
drop function unit_links_follow_rows() cascade;
drop function unit_links_later();
drop function refresh_unit_links(bigint[]);
drop function computed_unit_links(bigint[]);
drop function units_below(bigint[]);
drop function unit_rank(text);
"""


class Migration(migrations.Migration):
    dependencies = [("units", "0002_units")]

    operations = [
        migrations.RunSQL((SQL / "unit_links.sql").read_text(encoding="utf-8"), BACK),
    ]
