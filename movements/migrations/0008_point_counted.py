"""Numbers of points are counted from an index: all that is counted stands in it.

An index answers alone only where the table was vacuumed since its last change, so the table is
vacuumed after a fiftieth of it has changed and not after a fifth.
"""

from django.db import migrations, models
from django.db.models import Q

VACUUMED = "autovacuum_vacuum_scale_factor", "autovacuum_vacuum_insert_scale_factor"


class Migration(migrations.Migration):
    dependencies = [("movements", "0007_near_names")]

    operations = [
        migrations.RemoveIndex("schemepoint", "point_by_unit"),
        migrations.AddIndex(
            "schemepoint",
            models.Index(
                fields=["unit", "status"],
                include=[
                    *("id", "scheme", "block", "count", "teams", "members", "households"),
                    *("launched_on", "seen_on", "ended_on", "end_asked_on", "checked_on"),
                    *("created_at", "replicated_from"),
                ],
                name="point_counted",
            ),
        ),
        migrations.AddIndex(
            "schemepoint",
            models.Index(
                fields=["unit"], condition=~Q(qualifiers={}), name="point_with_qualifiers"
            ),
        ),
        migrations.RunSQL(
            f"""alter table movements_schemepoint
                set ({", ".join(f"{name} = 0.02" for name in VACUUMED)});
            -- How many points had begun by a day, for the planner.
            create statistics point_begun on (coalesce(launched_on, seen_on))
                from movements_schemepoint;
            """,
            f"""drop statistics point_begun;
            alter table movements_schemepoint reset ({", ".join(VACUUMED)});
            """,
        ),
    ]
