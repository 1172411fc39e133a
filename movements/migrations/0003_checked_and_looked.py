"""What was there before: checked on the day of its latest figures, looked at by its province."""

from django.db import migrations
from django.db.models import F, Max, OuterRef, Subquery


def fill(apps, schema_editor):
    point = apps.get_model("movements", "SchemePoint")
    state = apps.get_model("movements", "PointState")
    latest = state.objects.filter(point=OuterRef("pk")).order_by().values("point")
    day = Subquery(latest.annotate(day=Max("as_of")).values("day"))
    point.objects.update(checked_on=day, looked_version=F("version"))


class Migration(migrations.Migration):
    dependencies = [("movements", "0002_life_and_change_log")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
