"""Figures of a past day with a "hơn", "gần", "khoảng": few among many."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("movements", "0008_point_counted")]

    operations = [
        migrations.AddIndex(
            "pointstate",
            models.Index(
                fields=["point"], condition=~Q(qualifiers={}), name="state_with_qualifiers"
            ),
        ),
    ]
