"""The proof that a bundle is enough: unpacked elsewhere, by an ordinary user, without a network."""

import hashlib
import json
import os
import pwd
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import pytest

from antq.run import bundle as bundling
from antq.run.places import PROJECT
from antq.run.postgres import free_port

HERE = Path(__file__).parent
IMPOSSIBLE = 77


@pytest.fixture(scope="module")
def place():
    """A folder that any user may enter."""
    folder = Path(tempfile.mkdtemp(prefix="antq-bundle-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def unpacked(place):
    """The bundle as it lies on the other machine."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("ANTQ_")}
    env.pop("DATABASE_URL", None)
    env["ANTQ_DATA"] = str(place / "builder")
    command = [sys.executable, "-m", "antq.run", "bundle", "--to", str(place)]
    done = subprocess.run(command, cwd=PROJECT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (archive,) = place.glob("antq-*.tar.gz")
    with tarfile.open(archive) as content:
        content.extractall(place, filter="data")
    archive.unlink()
    (folder,) = (path for path in place.glob("antq-*") if path.is_dir())
    return folder


def test_a_bundle_says_what_is_in_it(unpacked):
    note = (unpacked / "BUNDLE.txt").read_text()
    about, _, sums = note.partition("\nSHA-256 of each file:\n\n")
    about = dict(line.split(": ", 1) for line in about.splitlines())
    listed = dict(reversed(line.split("  ", 1)) for line in sums.splitlines())

    assert set(about) == {"version", "commit", "made", "python", "platform"}
    assert about["python"] == "cp{}{}".format(*sys.version_info)
    files = {p.relative_to(unpacked).as_posix() for p in unpacked.rglob("*") if p.is_file()}
    assert set(listed) == files - {"BUNDLE.txt"}
    for name in listed:
        assert hashlib.sha256((unpacked / name).read_bytes()).hexdigest() == listed[name], name
    assert set(bundling.project_files()) == {name for name in listed if "wheels/" not in name}
    wanted = {
        line.split("==")[0].lower().replace("-", "_")
        for line in (PROJECT / "requirements.txt").read_text().splitlines()
        if "==" in line
    }
    wheels = (path.name for path in (unpacked / "wheels").iterdir())
    assert {name.split("-")[0].lower() for name in wheels} == wanted


def test_the_bundle_installs_and_runs_without_a_network(unpacked):
    account, python = ordinary_user()
    owner = [] if account is None else ["--as", str(account.pw_uid), str(account.pw_gid)]
    if account:
        for path in [unpacked, *unpacked.rglob("*")]:
            os.chown(path, account.pw_uid, account.pw_gid)
    env = {"PATH": os.environ["PATH"], "HOME": str(unpacked), "ANTQ_BASE_PATH": "/antq"}
    env |= {"ANTQ_DEMO": "1", "LC_ALL": "C.UTF-8", "PIP_NO_CACHE_DIR": "1"}
    for script in ("offline.py", "walk.py"):
        shutil.copy(HERE / script, unpacked.parent)
    command = [python, unpacked.parent / "offline.py", *owner]
    command += [python, unpacked.parent / "walk.py", str(free_port()), "/antq"]

    done = subprocess.run(command, cwd=unpacked, env=env, capture_output=True, text=True)

    if done.returncode == IMPOSSIBLE:
        pytest.skip(done.stdout.strip())
    assert done.returncode == 0, done.stdout + done.stderr
    seen = json.loads(done.stdout.splitlines()[-1])
    assert seen["outside"] == "Network is unreachable"
    assert seen["uid"] == (account.pw_uid if account else os.getuid())
    assert "Installing requirements.txt from wheels/ …" in seen["printed"], done.stderr
    assert seen["stranger"] == [302, "/antq/accounts/sign-in/?next=/antq/"], seen["printed"]
    assert seen["sign_in"] == [200, ""]
    assert seen["signed_in"] == [302, "/antq/"]
    assert seen["home"] == [200, ""] and seen["home_is_ours"]
    assert seen["strays"] == []
    assert seen["form"] == [200, ""] and seen["saved"] == [302, "/antq/"] and seen["said"]
    assert len(seen["static"]) > 3 and set(seen["static"].values()) == {200}
    assert seen["cookies"] == ["/antq/"]
    assert seen["version"].startswith("ANTQ ")


def ordinary_user():
    """As root: somebody else, and a Python of the same version that he may start."""
    if os.geteuid() != 0:
        return None, sys._base_executable
    account = pwd.getpwnam("nobody")
    name = "python{}.{}".format(*sys.version_info)
    for python in (sys._base_executable, f"/usr/bin/{name}", f"/usr/local/bin/{name}"):
        options = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        try:
            found = subprocess.run([python, "-c", "import ensurepip"], cwd="/", **options)
        except OSError:
            continue
        if found.returncode == 0:
            return account, python
    return None, sys._base_executable  # nobody else may start any: as root, then
