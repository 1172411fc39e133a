"""What is to be done with points is counted from indexes alone."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("movements", "0009_state_with_qualifiers")]

    operations = [
        migrations.RemoveIndex("schemepoint", "point_counted"),
        migrations.AddIndex(
            "schemepoint",
            models.Index(
                fields=["unit", "status"],
                include=[
                    *("id", "scheme", "block", "count", "teams", "members", "households"),
                    *("launched_on", "seen_on", "ended_on", "end_asked_on", "checked_on"),
                    *("kept_on", "created_at", "replicated_from"),
                ],
                name="point_counted",
            ),
        ),
        migrations.AddIndex(
            "schemepoint",
            models.Index(
                fields=["unit"],
                condition=Q(status__in=["waiting", "returned"]) | Q(end_asked_on__isnull=False),
                name="point_to_decide",
            ),
        ),
    ]
