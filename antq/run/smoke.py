"""`smoke`: start the site as a person would, look at it, press Ctrl-C, look at what is left."""

import http.client
import os
import re
import signal
import subprocess
import time
from pathlib import Path

from antq.run.console import Failure, say
from antq.run.places import PROJECT
from antq.run.postgres import free_port
from antq.run.processes import child_env, end, is_alive, pause, spawn
from antq.run.site import check_port

PATIENCE = 900
PAGES = {"/healthz": "", "/accounts/sign-in/": "Đăng nhập"}


def smoke() -> None:
    """Raises Failure at the first thing that is not as it should be. Needs Linux (/proc)."""
    port = free_port()
    say(f"--- make run PORT={port}")
    command = ["make", "--no-print-directory", "run", f"PORT={port}"]
    started = spawn([*command, f"PYTHON={_python()}"], cwd=PROJECT, env=child_env())
    try:
        _wait_until_healthy(started, port)
        for path, expected in PAGES.items():
            _look_at(port, path, expected)
        family = _descendants(started.pid)
        _expect_servers(family)
        os.killpg(started.pid, signal.SIGINT)  # what Ctrl-C in a terminal does
        _expect_end(started, family, port)
    finally:
        end(started, (signal.SIGTERM, 60))
    say("Smoke test passed.")


def _python() -> str:
    return os.environ.get("PYTHON", "python3")


def _get(port: int, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def _wait_until_healthy(started: subprocess.Popen, port: int) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if started.poll() is not None:
            raise Failure(f"`make run` ended with exit status {started.returncode}.")
        try:
            _get(port, "/healthz")
        except OSError:
            pause(0.5)
        else:
            return
    raise Failure(f"`make run` did not answer within {PATIENCE} seconds.")


def _look_at(port: int, path: str, expected: str) -> None:
    status, text = _get(port, path)
    if status != 200 or expected not in text:
        raise Failure(f"{path} answered {status}{f' without “{expected}”' if expected else ''}.")
    say(f"{path} answers 200")


def _descendants(pid: int) -> dict[int, str]:
    """Number and name of all processes below `pid`."""
    parents, names = {}, {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            number, name, parent = re.match(
                r"(\d+) \((.*)\) \S+ (\d+)", status.read_text()
            ).groups()
        except (OSError, AttributeError):
            continue
        parents[int(number)], names[int(number)] = int(parent), name
    found, grown = {pid}, True
    while grown:
        below = {number for number, parent in parents.items() if parent in found} - found
        found, grown = found | below, bool(below)
    return {number: names.get(number, "?") for number in found - {pid}}


def _expect_servers(family: dict[int, str]) -> None:
    postgres = [name for name in family.values() if name.startswith("postgres")]
    if len(family) < 4 or bool(postgres) == bool(os.environ.get("DATABASE_URL")):
        raise Failure(f"Unexpected processes: {sorted(family.values())}.")


def _expect_end(started: subprocess.Popen, family: dict[int, str], port: int) -> None:
    try:
        started.wait(60)
    except subprocess.TimeoutExpired:
        raise Failure("`make run` did not stop within a minute after Ctrl-C.") from None
    left = {number: name for number, name in family.items() if is_alive(number)}
    if left:
        raise Failure(f"Processes are left after Ctrl-C: {left}.")
    check_port("127.0.0.1", port)
    say("Ctrl-C stopped all of it")
