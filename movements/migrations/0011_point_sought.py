"""Points are sought, and counted for each name, from an index alone (docs/adr/0016)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("movements", "0010_points_to_do")]

    operations = [
        migrations.AddIndex(
            "schemepoint",
            models.Index(
                fields=["unit", "scheme"],
                include=["id", "status", "host", "search_key"],
                name="point_sought",
            ),
        ),
    ]
