"""Which state of the program this is: of a bundle what it says, of a clone what git says."""

import subprocess

from antq.run.places import PROJECT

NOTE = PROJECT / "BUNDLE.txt"


def noted(name: str) -> str:
    """A line "name: value" of the note that lies in a bundle; empty where there is none."""
    try:
        lines = NOTE.read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    start = f"{name}: "
    return next((line.removeprefix(start) for line in lines if line.startswith(start)), "")


def commit() -> str:
    """Short, with "-dirty" if a file was changed since; empty where nobody knows."""
    return noted("commit") or git("describe", "--always", "--dirty", "--tags").strip()


def git(*arguments: str) -> str:
    """The output of git in this project; empty where it is no clone, or git is missing."""
    if not (PROJECT / ".git").exists():
        return ""
    # A clone that somebody else owns is read all the same.
    command = ["git", "-c", f"safe.directory={PROJECT}", "-C", str(PROJECT), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""
