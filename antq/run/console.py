"""What the person at the terminal reads."""

import sys


class Failure(Exception):
    """One clear sentence; the program prints it and ends with exit status 1.

    Without a sentence: a child has already said it.
    """


def say(text: str) -> None:
    """Print one line at once, also into a pipe or a file."""
    print(text, flush=True)


def complain(text: object) -> None:
    """Print one line where errors go."""
    print(f"antq: {text}", file=sys.stderr, flush=True)


def be_tolerant() -> None:
    """Let a terminal that lacks Vietnamese letters show question marks instead of ending us."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def last_line(text: str, marker: str = "") -> str:
    """The last line that contains `marker`, else the last line, of the messages of a program."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    marked = [line for line in lines if marker in line]
    return (marked or lines or [""])[-1]
