"""A folder for data, and a tiny project for the launcher: real processes, real servers."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import pytest

from antq.run import environment
from antq.run.places import PROJECT, find_place, outside_folder
from antq.run.postgres import Cluster, free_port
from antq.run.processes import is_alive

TINY_SETTINGS = """
import os
from urllib.parse import urlsplit
url = urlsplit(os.environ["DATABASE_URL"])
SECRET_KEY = os.environ["ANTQ_SECRET_KEY"]
ALLOWED_HOSTS = os.environ["ANTQ_HOSTS"].split(",")
INSTALLED_APPS = ["antq.core", "django.contrib.contenttypes", "django.contrib.staticfiles"]
DATABASES = {"default": {
    "ENGINE": "django.db.backends.postgresql", "NAME": url.path[1:], "USER": url.username,
    "PASSWORD": url.password, "HOST": url.hostname, "PORT": url.port,
}}
ROOT_URLCONF = "antq.urls"
STATIC_URL = "static/"
STATIC_ROOT = os.environ["ANTQ_DATA"] + "/static"
"""
TINY_URLS = """
from django.contrib.contenttypes.models import ContentType
from django.http import HttpResponse
from django.urls import path
urlpatterns = [path("healthz", lambda request: HttpResponse(ContentType.objects.count()))]
"""
TINY_WSGI = """
from django.core.wsgi import get_wsgi_application
application = get_wsgi_application()
"""
TINY_COMMAND = """
from django.contrib.contenttypes.models import ContentType
from django.core.management import BaseCommand
class Command(BaseCommand):
    def handle(self, **options):
        ContentType.objects.create(app_label="start", model=str(ContentType.objects.count()))
"""
EMPTY_COMMAND = TINY_COMMAND.replace("ContentType.objects.create(", "dict(")


@pytest.fixture
def data(tmp_path, monkeypatch):
    """A fresh data folder; nothing of the caller's settings."""
    for name in [*os.environ]:
        if name.startswith("ANTQ_") or name in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE"):
            monkeypatch.delenv(name)
    folder = tmp_path / "data"
    monkeypatch.setenv("ANTQ_DATA", str(folder))
    yield folder
    shutil.rmtree(outside_folder(folder.resolve()), ignore_errors=True)


@pytest.fixture
def new_cluster(data):
    """Makes `Cluster` objects of one and the same folder; their servers are stopped at the end."""
    made = []
    place = find_place("postgres", Path(sys.executable))

    def make() -> Cluster:
        made.append(Cluster(place, durable=False))
        return made[-1]

    yield make
    for cluster in made:
        cluster.stop()


@pytest.fixture(scope="session")
def template():
    """A cluster to copy, which is faster than making one each time."""
    folder = Path(tempfile.mkdtemp(prefix="antq-"))
    folder.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANTQ_DATA", str(folder))
        made = Cluster(find_place("template", Path(sys.executable)), durable=False)
        made.start()
        made.stop()
    yield folder / "template"
    shutil.rmtree(folder)


@pytest.fixture
def cluster(template, new_cluster):
    started = new_cluster()
    started.folder.parent.mkdir(exist_ok=True)
    subprocess.run(["cp", "-a", template, started.folder], check=True)
    started.start()
    return started


@pytest.fixture
def project(tmp_path, data):
    """A copy of antq/run in a project of a few lines, with this very virtual environment."""
    root = tmp_path / "project"
    commands = root / "antq/core/management/commands"
    commands.mkdir(parents=True)
    shutil.copytree(PROJECT / "antq/run", root / "antq/run")
    shutil.copy(PROJECT / "manage.py", root)
    shutil.copy(PROJECT / "antq/core/history.py", root / "antq/core")  # manage.py names commands
    files = {"settings": TINY_SETTINGS, "urls": TINY_URLS, "wsgi": TINY_WSGI}
    for name, text in files.items():
        (root / f"antq/{name}.py").write_text(text)
    for name in ("load_units", "load_reference"):
        (commands / f"{name}.py").write_text(EMPTY_COMMAND)
    (commands / "load_demo.py").write_text(TINY_COMMAND)
    _borrow_environment(root)
    return root


def _borrow_environment(root: Path) -> None:
    (root / ".venv").mkdir()
    for name in ("bin", "lib", "pyvenv.cfg"):
        (root / ".venv" / name).symlink_to(Path(sys.prefix) / name)
    (root / "requirements.txt").touch()
    note = environment.fingerprints(root, "requirements.txt")
    (root / ".venv/antq-installed.json").write_text(json.dumps(note))


class Launcher:
    """`python -m antq.run VERB` in a project, with what it prints in a file."""

    def __init__(self, project: Path):
        self.project = project
        self.port = free_port()
        self.printed = project / "printed"
        self.process: subprocess.Popen | None = None

    def run(self, *words: str, **env: str) -> subprocess.CompletedProcess:
        """Run to the end."""
        command = [sys.executable, "-m", "antq.run", *words]
        options = {"cwd": self.project, "capture_output": True, "text": True, "timeout": 60}
        return subprocess.run(command, env=os.environ | env, stdin=subprocess.DEVNULL, **options)

    def start(self) -> None:
        """Start the site and wait until it answers."""
        command = [sys.executable, "-m", "antq.run", "run", "--port", str(self.port)]
        with self.printed.open("wb") as output:
            options = {"cwd": self.project, "stdout": output, "stderr": output}
            self.process = subprocess.Popen(command, start_new_session=True, **options)
        wait_for(lambda: "Ctrl-C stops" in self.printed.read_text(), self.printed.read_text)

    def get(self) -> str:
        """What /healthz answers; raises OSError if it does not."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5) as answer:
            return answer.read().decode()

    def children(self) -> list[int]:
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(number) for number in path.read_text().split()]

    def child(self, name: str) -> int:
        """The child with this word in its command line."""
        lines = {pid: Path(f"/proc/{pid}/cmdline").read_text() for pid in self.children()}
        return next(pid for pid, line in lines.items() if name in line.replace("\0", " "))


@pytest.fixture
def launcher(project):
    started = Launcher(project)
    yield started
    if started.process and started.process.poll() is None:
        started.process.terminate()
        started.process.wait(60)


def wait_for(true, explain=lambda: "", seconds: float = 40) -> None:
    """Wait until `true()`; fails with `explain()`."""
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, explain()
        time.sleep(0.1)


def all_gone(pids: list[int]) -> bool:
    return not any(is_alive(pid) for pid in pids)
