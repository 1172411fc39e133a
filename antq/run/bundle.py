"""`bundle`: the project and the wheels that it needs as one archive, for a machine without a
network. `make run` installs from wheels/ where there is such a folder (`environment`)."""

import hashlib
import os
import re
import subprocess
import sysconfig
import tarfile
import tempfile
import time
from pathlib import Path

from antq.run import environment
from antq.run.console import Failure, last_line, say
from antq.run.places import PROJECT, data_folder
from antq.run.processes import child_env
from antq.run.version import commit, git

NEVER = {".git", ".venv", "var", "wheels", "BUNDLE.txt", "__pycache__", "node_modules"}
TAG = "import sys; print('cp%d%d' % sys.version_info[:2])"


def bundle(folder: Path | None = None) -> Path:
    """Make the archive in `folder` (default: the data folder); raises Failure if it cannot be."""
    folder = folder or data_folder()
    folder.mkdir(parents=True, exist_ok=True)
    python = environment.ready("requirements.txt")
    tag = subprocess.run([python, "-c", TAG], capture_output=True, text=True, check=True)
    platform = re.sub(r"[^a-z0-9]+", "_", sysconfig.get_platform().lower())
    about = {
        "version": _version(),
        "commit": commit() or "unknown",
        "made": time.strftime("%Y-%m-%d"),
        "python": tag.stdout.strip(),
        "platform": platform,
    }
    name = f"antq-{about['version']}-{about['commit']}-{about['python']}-{platform}"
    with tempfile.TemporaryDirectory(dir=folder, prefix=".bundle-") as making:
        wheels = Path(making, "wheels")
        _download(python, wheels)
        files = {path: PROJECT / path for path in project_files()}
        files |= {f"wheels/{path.name}": path for path in sorted(wheels.iterdir())}
        note = Path(making, "BUNDLE.txt")
        note.write_text(_note(about, files), encoding="utf-8")
        archive = _pack(Path(making, "archive"), name, files | {"BUNDLE.txt": note})
        path = folder / f"{name}.tar.gz"
        archive.replace(path)
    say(f"{path} ({path.stat().st_size / 1e6:.0f} MB, SHA-256 {_digest(path)})")
    say(f"For Python {about['python']} on {platform}: unpack it there, then `make run`.")
    return path


def project_files() -> list[str]:
    """What git tracks; without git, everything but what a start makes."""
    listed = git("ls-files", "-z").split("\0")
    if any(listed):
        return sorted(name for name in listed if name and (PROJECT / name).is_file())
    found = []
    for place, folders, names in os.walk(PROJECT):
        folders[:] = [name for name in folders if name not in NEVER and "_cache" not in name]
        names = [name for name in names if name not in NEVER and not name.endswith(".pyc")]
        found += [Path(place, name).relative_to(PROJECT).as_posix() for name in names]
    return sorted(found)


def _version() -> str:
    text = (PROJECT / "antq/__init__.py").read_text(encoding="utf-8")
    return re.search(r'__version__ = "(.+)"', text)[1]


def _download(python: Path, wheels: Path) -> None:
    """The wheels of requirements.txt for this Python and this kind of machine."""
    have = PROJECT / "wheels"
    source = ["--no-index", "--find-links", have] if have.is_dir() else []
    say(f"Getting the wheels from {'wheels/' if source else 'the package index'} …")
    command = [
        python, "-m", "pip", "download", "--disable-pip-version-check", "--no-input", "--quiet",
        "--only-binary=:all:", "--no-deps", "--dest", wheels, *source,
        "-r", PROJECT / "requirements.txt",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, env=child_env())
    if done.returncode:
        raise Failure(f"The wheels could not be had: {last_line(done.stderr, 'ERROR')}")


def _note(about: dict[str, str], files: dict[str, Path]) -> str:
    """What is in the bundle; `sha256sum -c` reads its last part (lines of two columns)."""
    lines = [f"{name}: {value}" for name, value in about.items()]
    lines += ["", "SHA-256 of each file:", ""]
    lines += [f"{_digest(path)}  {name}" for name, path in files.items()]
    return "\n".join(lines) + "\n"


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _pack(path: Path, name: str, files: dict[str, Path]) -> Path:
    """Everything below one folder, owned by whoever unpacks it."""
    with tarfile.open(path, "w:gz", compresslevel=6) as archive:
        for inner, file in files.items():
            info = archive.gettarinfo(file, f"{name}/{inner}")
            info.uid = info.gid = 0
            info.uname = info.gname = "root"
            info.mode = 0o755 if info.mode & 0o100 else 0o644
            with file.open("rb") as content:
                archive.addfile(info, content)
    return path
