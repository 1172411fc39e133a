"""`run`: the whole site from nothing, looked after until somebody stops it."""

import errno
import http.client
import os
import signal
import socket
import subprocess
from contextlib import suppress
from pathlib import Path

from antq.run import environment
from antq.run.console import Failure, say
from antq.run.database import Database, claim, database, given_url
from antq.run.places import PROJECT
from antq.run.processes import end, pause, run, spawn
from antq.run.settings import site_env

DEMO_PASSWORD = "antq-demo-2026"
DEMO_ACCOUNTS = {
    "xa": "cán bộ Công an xã Ia Dreh",
    "xa.truong": "lãnh đạo Công an xã Ia Dreh",
    "xa.ubnd": "BCĐ xã Ia Dreh",
    "huyen": "Cụm Krông Pa",
    "tinh": "PV05 Gia Lai",
    "tinh.thanhhoa": "PV05 Thanh Hóa",
    "tinh.tuyenquang": "PV05 Tuyên Quang",
    "tinh.daklak": "PV05 Đắk Lắk",
    "trunguong": "cả nước, chỉ xem",
    "admin": "quản trị",
}
GUNICORN = (
    "-m", "gunicorn", "antq.wsgi", "--workers", "2", "--threads", "4", "--timeout", "120",
    "--graceful-timeout", "10", "--log-level", "warning", "--no-control-socket",
)  # fmt: skip


def serve(host: str, port: int) -> None:
    """Prepare everything, serve, and stop everything again; returns only by an exception.

    Raises Failure for what is wrong with the machine, Stopped when somebody ended it.
    """
    check_port(host, port, patience=2)
    lock = None if given_url() else claim()
    python = environment.ready("requirements.txt")
    with database(python, lock=lock) as db:
        env = site_env(db.url, host=host)
        if run([python, "-m", "antq.run.prepare"], cwd=PROJECT, env=env):
            raise Failure
        site = _start_site(python, host, port, env)
        try:
            _wait_for_answer(site, host, port)
            _announce(host, port, env)
            _look_after(site, db)
        finally:
            say("Stopping …")
            end(site, (signal.SIGTERM, 20))


def check_port(host: str, port: int, *, patience: float = 0) -> None:
    """Raise Failure unless `port` of `host` can be listened on, now or within `patience` seconds.

    After a kill, what was started before may need a moment to go.
    """
    if not 0 < port < 65536:
        raise Failure(f"{port} is not a port; try `make run PORT=8000`.")
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except socket.gaierror:
        raise Failure(f"{host} is not an address.") from None
    except PermissionError:
        raise Failure(f"Only root may use port {port}; try `make run PORT=8000`.") from None
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise Failure(f"{host}:{port} cannot be used: {error.strerror}.") from None
        if patience <= 0:
            hint = f"`make run PORT={port + 1}`"
            raise Failure(f"Port {port} of {host} is taken; try {hint}.") from None
        pause(0.5)
        check_port(host, port, patience=patience - 0.5)


def _start_site(python: Path, host: str, port: int, env: dict[str, str]) -> subprocess.Popen:
    return spawn([python, *GUNICORN, "--bind", _address(host, port)], cwd=PROJECT, env=env)


def _wait_for_answer(site: subprocess.Popen, host: str, port: int) -> None:
    """Any answer will do: which one is the site's business. Raises Failure if it ends instead."""
    local = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    while site.poll() is None:
        pause(0.1)
        with suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection(local, port, timeout=10)
            connection.request("GET", "/healthz")
            connection.getresponse()
            connection.close()
            return
    raise Failure(f"The web server did not start (exit status {site.returncode}).")


def _look_after(site: subprocess.Popen, db: Database) -> None:
    while site.poll() is None:
        db.look_after()
        pause(0.5)
    raise Failure(f"The web server has ended by itself (exit status {site.returncode}).")


def _announce(host: str, port: int, env: dict[str, str]) -> None:
    shown = "localhost" if host in ("127.0.0.1", "0.0.0.0", "::", "::1") else host
    base = os.environ.get("ANTQ_BASE_PATH", "").strip("/")
    say(f"\n  http://{_address(shown, port)}/{base}{'/' if base else ''}\n")
    if env["ANTQ_DEMO"] == "1":
        say(f"  Demo accounts, password {DEMO_PASSWORD}:")
        for name, meaning in DEMO_ACCOUNTS.items():
            say(f"    {name:<16} {meaning}")
        say("")
    say("Ctrl-C stops everything.")


def _address(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
