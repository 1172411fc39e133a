"""Server time and queries of the pages that people open most, on a province of real size.

    python bench/pages.py [--points 33000] [--elsewhere 91000] [--months 24] [--rounds 25] [--fresh]

Makes the database <name of DATABASE_URL>_bench on the same server, once; `--fresh` makes it anew.
Prints p50, p95 (milliseconds, of the whole request inside the program, without the network) and the
number of queries, beside the budget. Ends with 1 when a budget is not kept. Two things are compared
only within one run: the machine may be shared.
"""

import argparse
import os
import statistics
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

# (name, account, address, milliseconds of p95, queries)
LIST, PROVINCE, COUNTRY, SEARCH = 100, 100, 300, 50
MOST_QUERIES = 15
PAGES = [
    ("Việc cần làm, xã", "do.xa", "/", LIST),
    ("Việc cần làm, lãnh đạo", "do.truong", "/", LIST),
    ("Việc cần làm, tỉnh", "do.tinh", "/", LIST),
    ("Việc cần lưu ý, cả nước", "do.tw", "/attention/", COUNTRY),
    ("Sổ mô hình, xã", "do.xa", "/movements/points/", LIST),
    ("Sổ mô hình, tỉnh", "do.tinh", "/movements/points/", LIST),
    ("Sổ mô hình, tỉnh, trang 200", "do.tinh", "/movements/points/?page=200", LIST),
    ("Sau một số: mắt camera", "do.tinh", "/movements/points/?measure=attribute.camera_eyes", LIST),
    ("Tìm trong sổ, tỉnh", "do.tinh", "/movements/points/?q=nguoi+phu+trach+17", SEARCH),
    ("Tìm đơn vị", "do.tinh", "/units/search.json?q=ia+dreh", SEARCH),
    ("Biểu nhập điểm", "do.xa", "/movements/points/new/", LIST),
    ("Một điểm", "do.xa", "/movements/points/{point}/", LIST),
    ("Thêm nhiều điểm", "do.xa", "/movements/points/many/", LIST),
    ("Thay đổi cần xem, tỉnh", "do.tinh", "/movements/differences/", LIST),
    ("Danh mục mô hình", "do.tinh", "/movements/schemes/", LIST),
    ("Tổng quan, xã", "do.xa", "/dashboard/", PROVINCE),
    ("Tổng quan, tỉnh", "do.tinh", "/dashboard/", PROVINCE),
    ("Tổng quan, tỉnh, ngày đã qua", "do.tinh", "/dashboard/?on=2026-03-31", PROVINCE),
    ("Tổng quan, cả nước", "do.tw", "/dashboard/", COUNTRY),
    ("T01, tỉnh", "do.tinh", "/reports/T01/", LIST),
    ("T02, tỉnh", "do.tinh", "/reports/T02/", LIST),
    ("T03, tỉnh", "do.tinh", "/reports/T03/", LIST),
    ("T04, tỉnh", "do.tinh", "/reports/T04/", LIST),
    ("T05, tỉnh", "do.tinh", "/reports/T05/", LIST),
]


def main() -> int:
    asked = _arguments()
    os.environ.setdefault("ANTQ_SECRET_KEY", "only-for-measuring")
    os.environ.pop("ANTQ_DEBUG", None)  # Django would keep every query
    is_new = _database(fresh=asked.fresh)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "antq.settings")
    # Imported here, because the settings read the environment that is set above.
    import django

    django.setup()
    if is_new:
        _fill(asked)
    return _measure(asked)


def _arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=33_000)
    parser.add_argument("--elsewhere", type=int, default=91_000)
    parser.add_argument("--months", type=int, default=24)
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--only", default="", help="part of a page's name")
    return parser.parse_args()


def _database(*, fresh: bool) -> bool:
    """Point DATABASE_URL at the database for measuring; whether it was made just now."""
    url = urlsplit(os.environ["DATABASE_URL"])
    name = f"{url.path.lstrip('/')}_bench"
    connection = psycopg2.connect(os.environ["DATABASE_URL"])
    connection.autocommit = True
    with connection.cursor() as cursor:
        if fresh:
            cursor.execute(f'drop database if exists "{name}"')
        cursor.execute("select 1 from pg_database where datname = %s", [name])
        is_new = cursor.fetchone() is None
        if is_new:
            cursor.execute(f'create database "{name}"')
    connection.close()
    os.environ["DATABASE_URL"] = urlunsplit(url._replace(path=f"/{name}"))
    return is_new


def _fill(asked) -> None:
    from django.core.management import call_command
    from django.db import connection

    from bench import province

    begun = time.monotonic()
    call_command("migrate", verbosity=0)
    call_command("load_units", verbosity=0)
    call_command("load_reference", verbosity=0)
    province.make(points=asked.points, elsewhere=asked.elsewhere, months=asked.months)
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")
    print(f"Made in {time.monotonic() - begun:.0f} s")


def _measure(asked) -> int:
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from antq.accounts.models import User
    from movements.models import SchemePoint

    settings.STORAGES["staticfiles"]["BACKEND"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )
    users = {name: User.objects.get(username=name) for name in {page[1] for page in PAGES}}
    point = SchemePoint.objects.visible_to(users["do.xa"]).order_by("pk").first()
    print(f"{SchemePoint.objects.count()} points in the country")
    print(f"{'':32}{'p50':>8}{'p95':>8}{'budget':>8}{'queries':>9}{'kB':>7}")
    broken = 0
    for name, account, address, budget in PAGES:
        if asked.only not in name:
            continue
        client = Client(HTTP_HOST="localhost")
        client.force_login(users[account])
        address = address.format(point=point.pk)
        with CaptureQueriesContext(connection) as queries:
            response = client.get(address)
        if response.status_code != 200:
            print(f"{name:32}{response.status_code:>8}")
            broken += 1
            continue
        times = []
        for _ in range(asked.rounds):
            begun = time.perf_counter()
            client.get(address)
            times.append(1000 * (time.perf_counter() - begun))
        p95 = statistics.quantiles(times, n=20)[-1]
        kept = p95 <= budget and len(queries) <= MOST_QUERIES
        broken += not kept
        print(
            f"{name:32}{statistics.median(times):>8.0f}{p95:>8.0f}{budget:>8}{len(queries):>9}"
            f"{len(response.content) / 1000:>7.0f}{'' if kept else '  above'}"
        )
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
