"""The database of a verb: the server of DATABASE_URL, or our own."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from antq.run.console import Failure, say
from antq.run.lock import Lock
from antq.run.places import data_folder, find_place
from antq.run.postgres import Cluster

CRASHES_ALLOWED = 5  # within …
CRASH_MEMORY = 600.0  # seconds


class Database(Protocol):
    """What a verb needs to know of its database."""

    url: str

    def look_after(self) -> None:
        """Start the server again if it crashed; raises Failure if it crashes all the time."""


class GivenDatabase:
    """DATABASE_URL: somebody else looks after it."""

    def __init__(self, url: str):
        self.url = url

    def look_after(self) -> None:
        pass


class OwnDatabase:
    """Our own server, started again after a crash."""

    def __init__(self, cluster: Cluster):
        self.cluster = cluster
        self.crashes: list[float] = []

    @property
    def url(self) -> str:
        return self.cluster.url

    def look_after(self) -> None:
        if self.cluster.is_running():
            return
        now = time.monotonic()
        self.crashes = [*(moment for moment in self.crashes if now - moment < CRASH_MEMORY), now]
        if len(self.crashes) > CRASHES_ALLOWED:
            raise Failure(f"PostgreSQL keeps crashing (its log: {self.cluster.log})")
        say(f"PostgreSQL has stopped; starting it again (its log: {self.cluster.log}).")
        self.cluster.start()


def lock_for(name: str) -> Lock:
    """Held by whoever runs the server of the cluster `name`."""
    return Lock(data_folder() / f"{name}.lock")


@contextmanager
def database(
    python: Path, *, name: str = "postgres", durable: bool = True, lock: Lock | None = None
) -> Iterator[Database]:
    """The given server, or our own for as long as the block runs.

    `lock`: already taken by the caller. Raises Failure if our own is in use or does not start.
    """
    if given_url():
        yield GivenDatabase(given_url())
        return
    with lock or claim(name):
        cluster = Cluster(find_place(name, python), durable=durable)
        try:
            cluster.start()
            yield OwnDatabase(cluster)
        finally:
            cluster.stop()


@contextmanager
def shared_database(python: Path) -> Iterator[Database]:
    """Like `database`, but if the site runs in this folder, then its server."""
    lock = lock_for("postgres")
    if given_url() or lock.take():
        with database(python, lock=lock) as own:
            yield own
        return
    cluster = Cluster(find_place("postgres", python))
    if not cluster.attach():
        raise Failure("Another start in this folder is not ready yet; try again in a minute.")
    yield OwnDatabase(cluster)


def claim(name: str = "postgres") -> Lock:
    """The lock of our own cluster, taken; raises Failure if somebody else has it."""
    lock = lock_for(name)
    if not lock.take():
        verbs = "`make test`" if name.endswith("test") else "`make run` or `make manage`"
        raise Failure(f"{verbs} is already running in this folder; stop it first (Ctrl-C).")
    return lock


def given_url() -> str:
    """DATABASE_URL, or an empty text."""
    return os.environ.get("DATABASE_URL", "")
