"""What the change log costs: rows written in bulk and changed in one statement, with and without.

    python bench/change_log.py [rows …]

Everything is rolled back. A few rows are changed one by one first, on the same connection: what
they leave behind (plans kept by PostgreSQL) must not slow the many. Time per row stays the same
when the rows double: it grows linearly.
"""

import os
import sys
from datetime import date
from pathlib import Path
from time import perf_counter

import django

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "antq.settings")
django.setup()

import pghistory  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from antq.units.models import AdministrativeUnit  # noqa: E402
from movements.models import Scheme, SchemePoint, SchemeType  # noqa: E402

BATCH = 5000
SMALL = 20  # more than PostgreSQL needs to settle on a plan
LOG = SchemePoint._meta.db_table + "event"


def points(number: int) -> list[SchemePoint]:
    unit = AdministrativeUnit.objects.filter(level="commune", valid_to=None).first()
    scheme = Scheme.objects.create(name="Đo lịch sử", type=SchemeType.objects.first())
    return [
        SchemePoint(
            scheme=scheme,
            unit=unit,
            location=f"Ngõ {each}",
            leader="Nguyễn Văn A",
            launched_on=date(2025, 8, 1),
            attributes={"camera_eyes": each},
        )
        for each in range(number)
    ]


def measure(number: int, *, logged: bool) -> tuple[list[float], int]:
    """Seconds of bulk_create, of one UPDATE and of one DELETE; lines that were written."""
    with transaction.atomic(), pghistory.context(command="bench"):
        rows, table = points(number), SchemePoint._meta.db_table
        mine = SchemePoint.objects.filter(scheme=rows[0].scheme_id)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # references are checked in both
            if not logged:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(f"SELECT COALESCE(MAX(pgh_id), 0) FROM {LOG}")
            (last,) = cursor.fetchone()
            seconds = [clocked(lambda: SchemePoint.objects.bulk_create(rows, batch_size=BATCH))]
            for row in rows[:SMALL]:
                SchemePoint.objects.filter(pk=row.pk).update(leader="Lê Văn C")
            seconds.append(clocked(lambda: mine.update(leader="Trần Thị B")))
            seconds.append(clocked(lambda: mine._raw_delete(mine.db)))
            cursor.execute(f"SELECT COUNT(*) FROM {LOG} WHERE pgh_id > %s", [last])
            (lines,) = cursor.fetchone()
        transaction.set_rollback(True)
    return seconds, lines


def clocked(step) -> float:
    begun = perf_counter()
    step()
    return perf_counter() - begun


def main() -> None:
    numbers = [int(each) for each in sys.argv[1:]] or [10_000, 20_000, 40_000, 80_000]
    measure(1000, logged=True)  # warm
    print("                  seconds (ms per row)")
    print("rows     log      bulk_create      update           delete           lines")
    for number in numbers:
        for logged in (False, True):
            seconds, lines = measure(number, logged=logged)
            cells = [f"{part:6.2f} ({1000 * part / number:.3f})" for part in seconds]
            word = "with" if logged else "without"
            print(f"{number:<8} {word:<8} {'  '.join(cells)}  {lines}")


if __name__ == "__main__":
    main()
