"""Child processes that end when we end, and signals that end us in good order.

A signal only leaves a note; `pause` is where the note is read. So nothing is interrupted half way,
and a second Ctrl-C cannot interrupt the clearing up after the first.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

try:
    import ctypes
except ImportError:  # a Python built without libffi
    ctypes = None

PR_SET_PDEATHSIG = 1
FORGOTTEN = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "ANTQ_ARGS")


class Stopped(BaseException):
    """Somebody asked us to stop: Ctrl-C, SIGTERM, or a closed terminal."""


class Account(NamedTuple):
    """The user as whom a child runs when we are root."""

    uid: int
    gid: int


_noted: list[int] = []


def heed_signals() -> None:
    """From now on signals that ask us to stop are noted; SIGHUP under nohup stays ignored."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, lambda number, frame: _noted.append(number))


def pause(seconds: float, *, ignoring: int | None = None) -> None:
    """Sleep; raise Stopped if a signal came that is not the one we are `ignoring`."""
    until = time.monotonic() + seconds
    while True:
        if any(number != ignoring for number in _noted):
            raise Stopped
        left = until - time.monotonic()
        if left <= 0:
            return
        time.sleep(min(left, 0.1))


def child_env(extra: dict[str, str] | None = None) -> dict[str, str]:
    """Our environment without what make told us, plus `extra`."""
    kept = {name: value for name, value in os.environ.items() if name not in FORGOTTEN}
    return kept | (extra or {})


def spawn(
    command: Sequence[str | Path],
    *,
    account: Account | None = None,
    apart: bool = True,
    farewell: int = signal.SIGTERM,
    **options,
) -> subprocess.Popen:
    """Start a child that receives `farewell` if we die (Linux; elsewhere it may stay behind).

    `apart`: in a session of its own, so that Ctrl-C reaches us alone and we decide the order.
    Raises OSError if the program cannot be started.
    """
    if account:
        options |= {"user": account.uid, "group": account.gid, "extra_groups": []}
    if apart:
        options.setdefault("stdin", subprocess.DEVNULL)
    return subprocess.Popen(
        [str(part) for part in command],
        start_new_session=apart,
        preexec_fn=_end_with(os.getpid(), farewell),
        **options,
    )


def _end_with(parent: int, farewell: int) -> Callable[[], None] | None:
    """What the child does before its program begins; runs after the change of user."""
    if ctypes is None or not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl

    def prepare():
        prctl(PR_SET_PDEATHSIG, farewell)
        if os.getppid() != parent:
            os._exit(1)

    return prepare


def run(command: Sequence[str | Path], *, interactive: bool = False, **options) -> int:
    """Run to the end and return the exit status; on Stopped the child is ended first.

    `interactive`: the child owns the terminal, and Ctrl-C is its business.
    """
    child = spawn(command, apart=not interactive, **options)
    try:
        while child.poll() is None:
            pause(0.05, ignoring=signal.SIGINT if interactive else None)
    finally:
        end(child)
    return child.returncode


def end(child: subprocess.Popen, *steps: tuple[int, float]) -> None:
    """Send the signals of `steps` (signal, seconds to wait) in turn until the child has ended."""
    for number, patience in (*(steps or [(signal.SIGTERM, 15)]), (signal.SIGKILL, 10)):
        if child.poll() is not None:
            return
        child.send_signal(number)
        with suppress(subprocess.TimeoutExpired):
            child.wait(patience)


def is_alive(pid: int) -> bool:
    """Whether a process with this number runs, whoever owns it; a zombie does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return True


def command_of(pid: int) -> str:
    """The command line of a process; empty if it is gone or is not ours to see."""
    with suppress(OSError):
        return (
            Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        )
    with suppress(OSError):
        shown = subprocess.run(
            ["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True
        )
        return shown.stdout.strip()
    return ""
