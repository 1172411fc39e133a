"""A PostgreSQL of our own: a cluster in a folder, a server that is our child.

The server is a direct child, not started by `pg_ctl`, which would detach it: so we notice its end
at once, and on Linux it is told to stop when we are killed. It listens on a free port of 127.0.0.1
only.
"""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from antq.run.console import Failure, last_line, say
from antq.run.places import Place
from antq.run.processes import Account, command_of, end, is_alive, pause, spawn

USER = DATABASE = "antq"
LOG_LIMIT = 5_000_000
ATTEMPTS = 6
FAST = (signal.SIGINT, 60.0)
IMMEDIATE = (signal.SIGQUIT, 10.0)
INITDB = ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "-E", "UTF8")
# Sums over a whole country sort in memory; compiling them takes longer than running them.
TUNED = ("shared_buffers=256MB", "work_mem=32MB", "jit=off")
FORGETFUL = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")


class Cluster:
    """A cluster and its server. The caller holds a lock: nobody else starts or stops it.

    `durable=False`: faster, and worthless after a power cut (for tests).
    """

    def __init__(self, place: Place, *, durable: bool = True):
        self.folder, self.programs, self.account = place
        self.data = self.folder / "data"
        self.log = self.folder / "server.log"
        self.durable = durable
        self.port: int | None = None
        self._child: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        """The address for DATABASE_URL; the server has been started, by us or by somebody else."""
        password = (self.folder / "password").read_text()
        return f"postgres://{USER}:{password}@127.0.0.1:{self.port}/{DATABASE}"

    def start(self) -> None:
        """Make the cluster if need be, and start its server on a free port (again: on the same).

        Raises Failure, naming the server's log, if it does not start.
        """
        self._make_whole()
        for attempt in range(ATTEMPTS):
            self._stop_leftover()
            self.port = self.port if self.port and attempt < 2 else free_port()
            self._launch()
            if self._became_ready():
                return
            pause(min(attempt, 2))  # servers of a killed one may need a moment to go
        reason = last_line(self._log_text(), "FATAL")
        raise Failure(f"PostgreSQL does not start: {reason} (its log: {self.log})")

    def attach(self, *, patience: float = 30) -> bool:
        """Use the server that somebody else started; False if it does not get ready in time."""
        until = time.monotonic() + patience
        while time.monotonic() < until:
            lines = self._pid_file()
            if _says_ready(lines) and is_alive(int(lines[0])):
                self.port = int(lines[3])
                return True
            pause(0.2)
        return False

    def is_running(self) -> bool:
        """Whether the server that we started still runs."""
        return self._child is not None and self._child.poll() is None

    def stop(self) -> None:
        """End the server that we started, clients or not; wait until it has written its data."""
        if self._child:
            end(self._child, FAST, IMMEDIATE)

    # Making

    def _make_whole(self) -> None:
        """A complete cluster in `folder`: what an interrupted start left half made is made anew."""
        making = self.folder.with_name(f"{self.folder.name}.new")
        shutil.rmtree(making, ignore_errors=True)
        if self._is_whole():
            return
        if self.folder.exists():
            aside = self.folder.with_name(f"{self.folder.name}.broken-{int(time.time())}")
            self.folder.rename(aside)
            say(f"The database folder was incomplete; moved it to {aside}.")
        say("Making a database cluster …")
        making.mkdir(parents=True, mode=0o700)
        password = making / "password"
        password.touch(mode=0o600)
        password.write_text(secrets.token_urlsafe(24))
        for path in (making, password):
            give(path, self.account)
        sync = () if self.durable else ("--no-sync",)
        self._program(
            "initdb", "-D", making / "data", "-U", USER, "-A", "scram-sha-256",
            f"--pwfile={password}", *INITDB, *sync,
        )  # fmt: skip
        single = ("--single", "-D", making / "data", "postgres")
        self._program("postgres", *single, text_in=f"CREATE DATABASE {DATABASE}\n")
        making.rename(self.folder)

    def _is_whole(self) -> bool:
        """Raises Failure if the cluster is whole, but made by another major version."""
        try:
            made_by = (self.data / "PG_VERSION").read_text().strip()
            whole = (self.data / "global/pg_control").is_file()
            whole = whole and bool((self.folder / "password").read_text())
        except FileNotFoundError:
            return False
        ours = self._program("postgres", "--version").split()[2].split(".")[0]
        if whole and made_by != ours:
            raise Failure(
                f"{self.folder} was made by PostgreSQL {made_by}, and this is {ours}: "
                "dump it with the old programs, or move the folder away."
            )
        return whole

    def _program(self, name: str, *arguments: str | Path, text_in: str = "") -> str:
        """Run one of PostgreSQL's programs to its end and return its output."""
        command = [str(self.programs / name), *map(str, arguments)]
        options = {"cwd": "/", "env": _environment(), "capture_output": True, "text": True}
        options["start_new_session"] = True  # a Ctrl-C is for us
        if self.account:
            identity = {"user": self.account.uid, "group": self.account.gid, "extra_groups": []}
            options |= identity
        done = subprocess.run(command, input=text_in, **options)
        if done.returncode:
            raise Failure(f"{name} failed: {last_line(done.stderr, 'error')}")
        return done.stdout

    # Starting

    def _launch(self) -> None:
        settings = [f"port={self.port}", "listen_addresses=127.0.0.1", "unix_socket_directories="]
        settings += TUNED
        if not self.durable:
            settings += FORGETFUL
        flags = [part for setting in settings for part in ("-c", setting)]
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as output:
            self._child = spawn(
                [self.programs / "postgres", "-D", self.data, *flags],
                account=self.account,
                farewell=FAST[0],
                cwd="/",
                env=_environment(),
                stdout=output,
                stderr=output,
            )

    def _became_ready(self) -> bool:
        """Wait as long as it lives: after a power cut it first replays what it had noted down."""
        while self.is_running():
            lines = self._pid_file()
            if _says_ready(lines) and lines[0] == str(self._child.pid):
                return True
            pause(0.05)
        return False

    def _stop_leftover(self) -> None:
        """End a server that an earlier launcher left behind; forget a pid that is not a server's.

        A pid of a process that is gone is PostgreSQL's to judge. But after a power cut the same
        number may belong to anybody, and PostgreSQL would refuse to start.
        """
        lines = self._pid_file()
        if not lines or not lines[0].isdigit() or not is_alive(int(lines[0])):
            return
        pid = int(lines[0])
        if str(self.data) not in command_of(pid):
            (self.data / "postmaster.pid").unlink(missing_ok=True)
            return
        say("Stopping the database server that an earlier start left behind …")
        for number, patience in (FAST, IMMEDIATE):
            with suppress(ProcessLookupError):
                os.kill(pid, number)
            until = time.monotonic() + patience
            while is_alive(pid) and time.monotonic() < until:
                pause(0.05)
        if is_alive(pid):
            raise Failure(f"A database server left behind (process {pid}) does not stop.")

    def _pid_file(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _log_text(self) -> str:
        return self.log.read_text(errors="replace")[-20_000:] if self.log.exists() else ""


def _says_ready(lines: list[str]) -> bool:
    """The eighth line of postmaster.pid is where pg_ctl, too, looks."""
    return len(lines) > 7 and lines[7].strip() == "ready"


def _environment() -> dict[str, str]:
    """For PostgreSQL's programs: no PG* settings of the caller, English messages."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {"LC_ALL": "C"}


def give(path: Path, account: Account | None) -> None:
    """Make `account` the owner; nothing to do if we run everything as ourselves."""
    if account:
        os.chown(path, account.uid, account.gid)


def free_port() -> int:
    """A port of 127.0.0.1 that is free now; who needs it tries again if it was snatched away."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
