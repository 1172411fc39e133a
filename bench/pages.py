"""Server time and queries of the pages that people open most, on a province of real size.

    python bench/pages.py [--points 33000] [--elsewhere 91000] [--months 24] [--rounds 25] [--fresh]

Makes the database <name of DATABASE_URL>_bench on the same server, once; `--fresh` makes it anew.
Prints p50, p95 (milliseconds, of the whole request inside the program, without the network), the
number of queries and the size over the wire (kB, compressed), beside the budgets; then files, with
the time and the memory that they take. Ends with 1 when a budget is not kept. Two things are
compared only within one run: the machine may be shared.
"""

import argparse
import gzip
import os
import resource
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
# kB over the wire: a first page, a dashboard; without what the browser keeps (styles, scripts).
PAGE_SIZE, DASHBOARD_SIZE = 150, 400
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
    ("Dòng trả lại, xã", "do.xa", "/movements/returned-lines/", LIST),
    ("Điểm của đơn vị cũ, tỉnh", "do.tinh", "/movements/points/old-units/", LIST),
    ("Còn số liệu chưa rõ, tỉnh", "do.tinh", "/movements/points/?todo=incomplete", LIST),
    ("Xếp loại, xã", "do.xa", "/movements/evaluations/", LIST),
    ("Thôn, tổ dân phố, xã", "do.xa", "/movements/areas/of/DO0/", LIST),
    ("Thôn, tổ dân phố, tỉnh", "do.tinh", "/movements/areas/", LIST),
    ("Tên mô hình chờ duyệt", "do.tinh", "/movements/schemes/waiting/", LIST),
    ("Loại hình", "do.tinh", "/movements/types/", LIST),
    ("Điển hình tiên tiến, tỉnh", "do.tinh", "/movements/recognitions/", LIST),
    ("Thêm giấy tờ", "do.xa", "/movements/points/{point}/documents/new/", LIST),
    ("Lịch sử của điểm", "do.xa", "/movements/points/{point}/history/", LIST),
    ("Đơn vị hành chính", "do.tinh", "/units/", LIST),
]
# (name, account, address, seconds, MB of memory on top of the program's own)
# 50,000 rows in 3 s is the rule for a list; so many of the 124,000 points had begun that day.
FILES = [
    ("Sổ mô hình, 50.000 dòng", "do.tw", "/movements/points/?on=2025-09-11&format=xlsx", 3, 100),
    ("Sổ mô hình, tỉnh", "do.tinh", "/movements/points/?format=xlsx", 2, 100),
    ("Sổ mô hình, cả nước", "do.tw", "/movements/points/?format=xlsx", 7.5, 100),
    ("T01, tỉnh", "do.tinh", "/reports/T01/?format=xlsx", 5, 100),
    ("T03, tỉnh", "do.tinh", "/reports/T03/?format=xlsx", 3, 100),
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
    import antq.wsgi  # noqa: F401 – as it is served: with all views loaded

    print(f"Load of the machine: {os.getloadavg()[0]:.1f}; yardstick: {_yardstick():.2f} s")
    return 1 if _pages(asked) + _files(asked) else 0


def _yardstick() -> float:
    """How fast a core is: seconds of ten million additions, the best of three. Machines differ by
    more than two: of two runs, compare the times divided by it."""
    best = 10.0
    for _ in range(3):
        begun, total = time.process_time(), 0
        for number in range(10_000_000):
            total += number
        best = min(best, time.process_time() - begun)
    return best


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


def _pages(asked) -> int:
    """Prints a line for each page; returns how many are above a budget."""
    from django.conf import settings

    from antq.accounts.models import User
    from movements.models import SchemePoint

    settings.STORAGES["staticfiles"]["BACKEND"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )
    officer = User.objects.get(username="do.xa")
    point = SchemePoint.objects.visible_to(officer).order_by("pk").first()
    print(f"{SchemePoint.objects.count()} points in the country")
    print(f"{'':32}{'p50':>8}{'p95':>8}{'budget':>8}{'queries':>9}{'kB':>7}")
    broken = 0
    for name, account, address, budget in PAGES:
        if asked.only in name:
            broken += _page(name, account, address.format(point=point.pk), budget, asked.rounds)
    return broken


def _page(name: str, account: str, address: str, budget: int, rounds: int) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = _client(account)
    client.get(address)  # the first page after signing in also writes the session
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address)
    queries = len(captured)  # now: the next request empties the log
    if response.status_code != 200:
        print(f"{name:32}{response.status_code:>8}")
        return 1
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        client.get(address)
        times.append(1000 * (time.perf_counter() - begun))
    p95 = statistics.quantiles(times, n=20)[-1]
    size = len(gzip.compress(response.content, 6)) / 1000
    is_board = "Tổng quan" in name
    kept = p95 <= budget and size <= (DASHBOARD_SIZE if is_board else PAGE_SIZE)
    kept = kept and (is_board or queries <= MOST_QUERIES)
    print(
        f"{name:32}{statistics.median(times):>8.0f}{p95:>8.0f}{budget:>8}{queries:>9}"
        f"{size:>7.0f}{'' if kept else '  above'}"
    )
    return not kept


def _files(asked) -> int:
    """Prints a line for each file, made in a process of its own; returns how many are above."""
    print(f"{'':32}{'s':>8}{'budget':>8}{'MB':>8}{'budget':>8}{'kB':>8}")
    broken = 0
    for name, account, address, seconds, memory in FILES:
        if asked.only not in name:
            continue
        reading, writing = os.pipe()
        if not (child := os.fork()):
            os.write(writing, repr(_file(account, address)).encode())
            os._exit(0)
        os.waitpid(child, 0)
        took, used, size = (float(each) for each in os.read(reading, 200).decode()[1:-1].split(","))
        kept = took <= seconds and used <= memory
        broken += not kept
        print(
            f"{name:32}{took:>8.1f}{seconds:>8}{used:>8.0f}{memory:>8}{size / 1000:>8.0f}"
            f"{'' if kept else '  above'}"
        )
    return broken


def _file(account: str, address: str) -> tuple[float, float, int]:
    """(seconds, MB on top of what the program took before, bytes)"""
    from django.db import connections

    connections.close_all()
    client = _client(account)
    client.get("/movements/points/")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.perf_counter()
    response = client.get(address)
    size = sum(len(part) for part in response)
    took = time.perf_counter() - begun
    return took, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1000, size


def _client(account: str):
    from django.test import Client

    from antq.accounts.models import User

    client = Client(HTTP_HOST="localhost")
    client.force_login(User.objects.get(username=account))
    return client


if __name__ == "__main__":
    sys.exit(main())
