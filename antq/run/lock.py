"""File locks: they end with the process that holds them, however it ends."""

import fcntl
import os
from pathlib import Path

from antq.run.processes import pause


class Lock:
    """An exclusive lock on a file (made if missing) or on an existing folder."""

    def __init__(self, path: Path):
        self.path = path
        self._handle: int | None = None

    def take(self, *, patience: float = 0) -> bool:
        """Take the lock, trying for `patience` seconds; False if somebody else keeps it."""
        flags = os.O_RDONLY if self.path.is_dir() else os.O_RDWR | os.O_CREAT
        handle = os.open(self.path, flags, 0o644)
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if patience <= 0:
                    os.close(handle)
                    return False
                pause(0.2)
                patience -= 0.2
            except BaseException:
                os.close(handle)
                raise
            else:
                self._handle = handle
                return True

    def release(self) -> None:
        """Let go; harmless if the lock was never taken."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def __exit__(self, *_):
        self.release()

    def __enter__(self):
        return self
