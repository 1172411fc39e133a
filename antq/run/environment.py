"""The virtual environment in .venv, with exactly the pinned requirements."""

import hashlib
import importlib.util
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from antq.run.console import Failure, last_line, say
from antq.run.lock import Lock
from antq.run.places import PROJECT
from antq.run.processes import child_env, run
from antq.run.version import noted

HEALTHY = "import sys, pip; sys.exit(sys.version_info < (3, 11))"


def ready(requirements: str, *, project: Path = PROJECT) -> Path:
    """The Python of .venv, with `requirements` (a file of the project) installed.

    Makes the environment if it is missing or broken; installs only if the requirements changed.
    Raises Failure if either does not work.
    """
    folder = project / ".venv"
    python = folder / "bin" / "python"
    with Lock(project) as lock:
        if not lock.take(patience=0):
            say("Waiting for another start to finish .venv …")
            if not lock.take(patience=1800):
                raise Failure("Another start has been working on .venv for half an hour.")
        if not _is_healthy(python):
            _make(folder)
        _install(python, requirements, project)
    return python


def _is_healthy(python: Path) -> bool:
    try:
        return subprocess.run([python, "-c", HEALTHY], capture_output=True).returncode == 0
    except OSError:
        return False


def _make(folder: Path) -> None:
    missing = [name for name in ("venv", "ensurepip") if not importlib.util.find_spec(name)]
    if missing:
        raise Failure(
            f"This Python lacks its module {missing[0]}; install it "
            "(Debian and Ubuntu: apt-get install python3-venv) and start again."
        )
    say(f"Making a virtual environment in {folder} …")
    error = _silently([sys.executable, "-m", "venv", "--clear", folder])
    if error:
        raise Failure(f"The virtual environment could not be made: {error}")


def _install(python: Path, requirements: str, project: Path) -> None:
    """Run pip unless the note beside it says that these very requirements are installed."""
    note = project / ".venv" / "antq-installed.json"
    wanted = fingerprints(project, requirements)
    installed = _read(note)
    if installed | wanted == installed:
        return
    wheels = project / "wheels"
    _check_tag()
    source = ["--no-index", "--find-links", wheels] if wheels.is_dir() else []
    say(f"Installing {requirements} from {'wheels/' if source else 'the package index'} …")
    pip = [python, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", *source]
    log = project / ".venv" / "pip.log"
    error = _silently([*pip, "-r", project / requirements], log)
    if error:
        raise Failure(f"{requirements} could not be installed: {error} (all of it: {log})")
    note.write_text(json.dumps(installed | wanted))


def _check_tag() -> None:
    """Wheels are made for one version of Python; raises Failure if this is another."""
    made_for, ours = noted("python"), "cp{}{}".format(*sys.version_info)
    if made_for and made_for != ours:
        hint = f"PYTHON=python3.{made_for.removeprefix('cp3')}"
        raise Failure(f"This bundle is for {made_for}, and Python is {ours}; start with {hint}.")


def fingerprints(project: Path, requirements: str) -> dict[str, str]:
    """A digest of the file and of each file that it names by `-r`."""
    try:
        text = (project / requirements).read_text()
    except FileNotFoundError:
        raise Failure(f"{requirements} is missing in {project}.") from None
    digests = {requirements: hashlib.sha256(text.encode()).hexdigest()}
    for line in text.splitlines():
        if line.startswith("-r "):
            digests |= fingerprints(project, line.removeprefix("-r ").strip())
    return digests


def _read(note: Path) -> dict[str, str]:
    try:
        return dict(json.loads(note.read_text()))
    except (OSError, ValueError, TypeError):
        return {}


def _silently(command: Sequence[str | Path], log: Path | None = None) -> str:
    """Run; empty if it went well, else the line that says why not, with all its output in `log`."""
    with tempfile.TemporaryFile() as output:
        status = run(command, stdout=output, stderr=output, env=child_env())
        output.seek(0)
        text = output.read().decode(errors="replace")
    if status == 0:
        return ""
    if log:
        log.write_text(text)
    return last_line(text, "ERROR") or f"exit status {status}"
