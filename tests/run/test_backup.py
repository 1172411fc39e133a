"""Backup, destroy, restore into an empty server: real commands, every row and every file."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from pathlib import Path

import psycopg2
import pytest
from psycopg2 import sql

from antq.run.places import PROJECT, find_place
from antq.run.postgres import Cluster

from .conftest import wait_for

SEARCH = """
import json
from antq.accounts.models import User
from antq.units.models import AdministrativeUnit
from movements.models import SchemePoint
admin = User.objects.get(username="admin")
units = [unit.full_name for unit in AdministrativeUnit.objects.search("ia dreh gia lai")]
found = SchemePoint.objects.visible_to(admin).search("camera")
points = list(found.order_by("pk").values_list("pk"))
print(json.dumps([units, len(points), points]))
"""
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
TRIGGERS = """
    SELECT tgrelid::regclass::text, tgname, tgenabled, proconfig FROM pg_trigger
    JOIN pg_proc ON pg_proc.oid = tgfoid WHERE NOT tgisinternal
    ORDER BY 1, 2
"""
SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences ORDER BY 1"


class Installation:
    """A database and a media folder, and manage.py on them."""

    def __init__(self, url: str, data: Path):
        self.url, self.data = url, data
        self.env = {n: v for n, v in os.environ.items() if not n.startswith("ANTQ_")}
        self.env |= {"DATABASE_URL": url, "ANTQ_DATA": str(data), "ANTQ_SECRET_KEY": "x"}
        self.env |= {"ANTQ_DEMO": "1", "PYTHONUTF8": "1"}

    def manage(self, *words, **options) -> subprocess.CompletedProcess:
        command = [sys.executable, "manage.py", *map(str, words)]
        options = {"capture_output": True, "text": True, **options}
        return subprocess.run(command, cwd=PROJECT, env=self.env, **options)

    def expect(self, *words, **options) -> str:
        done = self.manage(*words, **options)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def ask(self, query, *values):
        connection = psycopg2.connect(self.url)
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(query, values or None)
            rows = cursor.fetchall() if cursor.description else []
        connection.close()
        return rows

    def backup(self) -> Path:
        return Path(self.expect("backup", self.data / "backups").split(": ")[0])

    def content(self) -> dict:
        """Every row of every table, the triggers, the sequences, every file, two searches."""
        found = {}
        for (name,) in self.ask(TABLES):
            digest = sql.SQL(
                "SELECT count(*), md5(string_agg(t::text, '\n' ORDER BY t::text COLLATE \"C\"))"
                " FROM {} t"
            ).format(sql.Identifier(name))
            found[name] = self.ask(digest)
        found["triggers"], found["sequences"] = self.ask(TRIGGERS), self.ask(SEQUENCES)
        found["files"] = {
            path.relative_to(self.data / "media").as_posix(): path.read_bytes()
            for path in (self.data / "media").rglob("*")
            if path.is_file()
        }
        found["searches"] = json.loads(self.expect("shell", "-c", SEARCH).splitlines()[-1])
        return found

    def tables(self) -> int:
        return len(self.ask(TABLES))


@pytest.fixture(scope="module")
def servers(template):
    """Makes installations: in a cluster of our own, as its owner, and as an ordinary role."""
    folder = Path(tempfile.mkdtemp(prefix="antq-"))
    folder.chmod(0o755)
    started = start_cluster(template, folder)
    numbers = iter(range(100))

    def make(*, ordinary: bool) -> Installation:
        name = f"place{next(numbers)}"
        admin = Installation(started.url, folder)
        if ordinary and not admin.ask("SELECT 1 FROM pg_roles WHERE rolname = 'clerk'"):
            admin.ask("CREATE ROLE clerk LOGIN PASSWORD 'clerk'")
        owner = "clerk" if ordinary else "antq"
        admin.ask(f"CREATE DATABASE {name} OWNER {owner} TEMPLATE template0")
        url = f"postgres://clerk:clerk@127.0.0.1:{started.port}/{name}"
        return Installation(
            url if ordinary else f"{started.url.rpartition('/')[0]}/{name}", folder / name
        )

    yield make
    started.stop()
    shutil.rmtree(folder)


def start_cluster(template, folder):
    """A copy of the template, as `cluster` makes one, for a whole module."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANTQ_DATA", str(folder))
        place = find_place("postgres", Path(sys.executable))
        started = Cluster(place, durable=False)
        started.folder.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["cp", "-a", template, started.folder], check=True)
        started.start()
    return started


@pytest.fixture(scope="module")
def site(servers):
    """A site with the demo, a file, and rows whose numbers have gaps."""
    made = servers(ordinary=False)
    made.expect("migrate", "--verbosity", "0")
    for command in ("load_units", "load_reference", "load_demo"):
        made.expect(command)
    for name, content in {
        "files/ab/ảnh.jpg": b"\xff\xd8" * 99_999,
        "thumbnails/trống": b"",
    }.items():
        path = made.data / "media" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    made.ask("DELETE FROM movements_team")
    text = "tab\t gạch \\ chéo, xuống\ndòng, \\N, “ngoặc”, Đặng"
    made.ask("UPDATE movements_schemepoint SET note = %s WHERE id %% 7 = 0", text)
    return made


@pytest.fixture(scope="module")
def saved(site):
    return site.backup()


@pytest.fixture(scope="module")
def before(site, saved):
    return site.content()


@pytest.fixture(scope="module")
def given(saved, servers):
    """The site's backup on a server of DATABASE_URL, of an ordinary role."""
    made = servers(ordinary=True)
    assert made.expect("restore", saved).startswith("Restored ")
    return made


def test_everything_comes_back_in_an_empty_server(before, given, servers):
    """From our own PostgreSQL to that of DATABASE_URL, and from there to one of our own."""
    assert before["movements_schemepoint"][0][0] > 600 and before["searches"][1] > 10
    assert given.content() == before

    again = servers(ordinary=False)
    again.expect("restore", given.backup())
    assert again.content() == before
    # The first new row does not collide, and our triggers are awake.
    again.ask(
        "INSERT INTO review_source (kind, title, publisher, author, number, issued_precision,"
        " is_demo) VALUES ('other', 'mới', '', '', '', 'day', false)"
    )
    assert again.ask("SELECT count(*) FROM review_sourceevent WHERE title = 'mới'") == [(1,)]
    assert again.expect("migrate", "--check") is not None


def test_a_restore_replaces_only_when_told_to(before, saved, given):
    place = given
    place.ask("DELETE FROM movements_schemepoint_areas")
    extra = place.data / "media/files/ab/thừa.pdf"
    extra.write_bytes(b"%PDF")
    changed = place.content()

    refused = place.manage("restore", saved)
    assert refused.returncode == 1
    assert "Nothing was restored: The database is not empty" in refused.stderr
    assert place.content() == changed

    place.expect("restore", saved, "--replace")
    assert place.content() == before
    assert not extra.exists()


def test_a_folder_with_other_files_is_not_empty(saved, servers):
    place = servers(ordinary=True)
    other = place.data / "media/files/khác.pdf"
    other.parent.mkdir(parents=True)
    other.write_bytes(b"%PDF")

    refused = place.manage("restore", saved)

    assert refused.returncode == 1 and "khác.pdf" in refused.stderr
    assert place.tables() == 0 and other.read_bytes() == b"%PDF"


def damaged(saved, path, how):
    content = bytearray(saved.read_bytes())
    if how == "cut off":
        del content[len(content) // 2 :]
    elif how == "one bit":
        content[len(content) // 3] ^= 4
    elif how == "no backup":
        content = bytearray(b"PK nonsense")
    path.write_bytes(content)


def rewritten(saved, path, change):
    """The same archive with another manifest, as an attacker or a newer version would write it."""
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "MANIFEST.json":
                manifest = json.loads(content)
                change(manifest)
                content = json.dumps(manifest)
            new.writestr(name, content)


CHANGES = {
    "another checksum": lambda it: it["members"]["tables/accounts_user"].update(sha256="0" * 64),
    "another number of rows": lambda it: it["tables"]["accounts_user"].update(rows=3),
    "a newer version": lambda it: it["migrations"].append(["movements", "9999_later"]),
    "a newer format": lambda it: it.update(format=99),
    "a missing table": lambda it: it["tables"].pop("accounts_user"),
}


@pytest.mark.parametrize("how", ["cut off", "one bit", "no backup", "missing", *CHANGES])
def test_what_is_wrong_with_a_file_is_said_and_nothing_changes(saved, servers, tmp_path, how):
    place, path = servers(ordinary=True), tmp_path / "wrong.zip"
    if how in CHANGES:
        rewritten(saved, path, CHANGES[how])
    elif how != "missing":
        damaged(saved, path, how)

    done = place.manage("restore", path)

    assert done.returncode == 1, done.stdout
    assert done.stderr.startswith("CommandError: Nothing was restored: ")
    assert "Traceback" not in done.stderr
    if "newer" in how:
        assert "version" in done.stderr
    assert place.tables() == 0
    assert not [file for file in (place.data / "media").rglob("*") if file.is_file()]


def test_a_killed_restore_leaves_an_empty_database(saved, servers):
    place = servers(ordinary=True)
    command = [sys.executable, "manage.py", "restore", str(saved)]
    running = subprocess.Popen(command, cwd=PROJECT, env=place.env)
    busy = "SELECT pid FROM pg_stat_activity WHERE usename = 'clerk' AND query LIKE 'COPY%%'"
    wait_for(lambda: place.ask(busy), seconds=120)

    running.send_signal(signal.SIGKILL)
    running.wait()

    wait_for(lambda: not place.ask(busy))
    assert place.tables() == 0


def on_a_full_disk(place, *words):
    """No file may grow past 100 kB, which is as good as a disk of that size."""
    limited = """
import resource, signal, sys
from django.core.management import execute_from_command_line
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
execute_from_command_line(sys.argv)
"""
    env = place.env | {"DJANGO_SETTINGS_MODULE": "antq.settings"}
    command = [sys.executable, "-c", limited, *map(str, words)]
    return subprocess.run(command, cwd=PROJECT, env=env, capture_output=True, text=True)


def test_a_full_disk_leaves_no_backup(site, tmp_path):
    done = on_a_full_disk(site, "backup", tmp_path)

    assert done.returncode == 1
    assert "No backup was written: " in done.stderr and "File too large" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_the_target_empty(saved, servers):
    place = servers(ordinary=True)
    done = on_a_full_disk(place, "restore", saved)

    assert done.returncode == 1 and "File too large" in done.stderr
    assert place.tables() == 0
    assert not [file for file in (place.data / "media").rglob("*") if file.is_file()]


def rows_of(file, table):
    """How many rows of a pair a backup holds."""
    with zipfile.ZipFile(file) as archive:
        return archive.read(f"tables/{table}").count("đôi ".encode())


def test_a_backup_sees_one_moment_while_the_site_writes(site):
    """Two rows and their lines in the log are written together: a backup has all four, or none."""
    stop = threading.Event()
    write = """
        INSERT INTO review_source (kind, title, publisher, author, number, issued_precision,
                                   is_demo)
        SELECT 'other', %s || part, '', '', '', 'day', false FROM (VALUES ('a'), ('b')) p (part)
    """

    def keep_writing():
        number = 0
        while not stop.is_set():
            number += 1
            site.ask(write, f"đôi {number} ")
            time.sleep(0.01)

    writer = threading.Thread(target=keep_writing)
    writer.start()
    try:
        file = site.backup()
    finally:
        stop.set()
        writer.join()

    assert rows_of(file, "review_source") == rows_of(file, "review_sourceevent") > 0
    assert rows_of(file, "review_source") % 2 == 0
    site.ask("DELETE FROM review_source WHERE title LIKE 'đôi%%'")
    file.unlink()


def test_backups_are_for_their_owner_only(saved):
    assert saved.stat().st_mode & 0o777 == 0o600
