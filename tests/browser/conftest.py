"""A real site with the demo in it, and Chromium. The data is a copy: tests may change it."""

import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import closing
from urllib.request import urlopen

import psycopg2
import pytest
from django.conf import settings
from django.db import connection

from antq.accounts.demo import PASSWORD

# Playwright keeps an event loop running in this thread, which makes Django refuse plain queries
# in every test after it. Nothing here is asynchronous.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

# `make test` finds or installs it, and skips what is marked `browser` where there is none.
CHROMIUM = os.environ.get("ANTQ_CHROMIUM") or shutil.which("chromium")
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]


def address(name: str) -> str:
    database = connection.settings_dict
    login = f"{database['USER']}:{database['PASSWORD']}".rstrip(":")
    return f"postgres://{login}@{database['HOST']}:{database['PORT']}/{name}"


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def database(django_db_setup, django_db_blocker):
    """A copy of the test database, made before any test of this session uses the site."""
    with django_db_blocker.unblock():
        original = connection.settings_dict["NAME"]
        copy = f"{original}_site"
        connection.close()  # a template may have no other session
        with closing(psycopg2.connect(address("postgres"))) as server:
            server.autocommit = True
            with server.cursor() as cursor:
                cursor.execute(f'drop database if exists "{copy}" with (force)')
                cursor.execute(f'create database "{copy}" template "{original}"')
        yield address(copy)
        with closing(psycopg2.connect(address("postgres"))) as server:
            server.autocommit = True
            with server.cursor() as cursor:
                cursor.execute(f'drop database if exists "{copy}" with (force)')


@pytest.fixture(scope="session")
def site(database, tmp_path_factory):
    """The address of a running site on the demo data."""
    data = tmp_path_factory.mktemp("site")
    port = free_port()
    env = os.environ | {
        "DATABASE_URL": database,
        "ANTQ_DATA": str(data),
        "ANTQ_DEMO": "1",
        "ANTQ_DEBUG": "0",
        "ANTQ_SECRET_KEY": "browser-tests",
        "DJANGO_SETTINGS_MODULE": "antq.settings",
    }

    def manage(*command):
        subprocess.run(
            [sys.executable, "manage.py", *command], env=env, cwd=settings.BASE_DIR, check=True
        )

    manage("load_demo")
    manage("collectstatic", "--noinput", "-v0")
    log = (data / "log").open("wb")
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "antq.wsgi", "-w", "2", "--threads", "4"]
        + ["-b", f"127.0.0.1:{port}"],
        env=env,
        cwd=settings.BASE_DIR,
        stdout=log,
        stderr=log,
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz", data / "log")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)
        log.close()


def wait_for(url: str, log) -> None:
    for _ in range(150):
        try:
            with urlopen(url, timeout=5) as answer:
                assert answer.read() == b"ok"
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"The site did not start:\n{log.read_text()}")


@pytest.fixture(scope="session")
def chromium():
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 – only where there is a browser

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


class Visitor:
    """Somebody at a browser: a profile of its own, everything suspicious written down."""

    def __init__(self, chromium, site, *, width=1366, height=768):
        self.site = site
        self.context = chromium.new_context(
            viewport={"width": width, "height": height}, locale="vi-VN", accept_downloads=True
        )
        self.page = self.context.new_page()
        self.violations: list[str] = []
        self.foreign: list[str] = []
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.violations.append(str(error)))
        self.page.on("request", self._request)

    def _console(self, message):
        if message.type == "error" and "status of 4" not in message.text:
            self.violations.append(message.text)

    def _request(self, request):
        if not request.url.startswith((self.site, "data:", "blob:")):
            self.foreign.append(request.url)

    def goto(self, path: str):
        return self.page.goto(self.site + path)

    def sign_in(self, username: str) -> "Visitor":
        self.goto("/accounts/sign-in/")
        self.page.fill("input[name=username]", username)
        self.page.fill("input[name=password]", PASSWORD)
        with self.page.expect_navigation():
            self.page.click("main button[type=submit]")
        assert "/sign-in/" not in self.page.url
        return self


@pytest.fixture
def visitor(site, chromium):
    """visitor('xa') → a signed-in Visitor; visitor() → a stranger."""
    opened = []

    def open_one(username: str = "", **size) -> Visitor:
        someone = Visitor(chromium, site, **size)
        opened.append(someone)
        return someone.sign_in(username) if username else someone

    yield open_one
    for someone in opened:
        someone.context.close()
    assert [line for someone in opened for line in someone.violations] == []
    assert [url for someone in opened for url in someone.foreign] == []
