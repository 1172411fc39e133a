"""The environment that the site and its commands get: settings only read that."""

import os
import secrets
import socket
from pathlib import Path

from antq.run.places import data_folder
from antq.run.processes import child_env
from antq.run.version import commit

KEPT_IN_TESTS = ("ANTQ_BROWSER", "ANTQ_CHROMIUM")


def site_env(database_url: str, *, host: str = "127.0.0.1") -> dict[str, str]:
    """For `make run` and `make manage`; what the caller has set stays as it is."""
    names = ["localhost", "127.0.0.1"]
    if host in ("0.0.0.0", "::"):
        names += [socket.gethostname(), socket.getfqdn()]
    elif host not in names:
        names.append(f"[{host}]" if ":" in host else host)
    given = child_env()
    return _common(database_url) | {
        "ANTQ_SECRET_KEY": given.get("ANTQ_SECRET_KEY") or secret_key(),
        "ANTQ_DATA": str(data_folder()),
        "ANTQ_COMMIT": commit(),
        "ANTQ_DEMO": given.get("ANTQ_DEMO", "1"),
        "ANTQ_HOSTS": given.get("ANTQ_HOSTS") or ",".join(dict.fromkeys(names)),
    }


def test_env(database_url: str, *, chromium: str | None = None) -> dict[str, str]:
    """For the tests: nothing of the caller's settings, a data folder of their own.

    ANTQ_DEBUG=1 spares the tests a manifest of static files; Django's test set-up turns DEBUG off.
    """
    data = data_folder() / "test"
    data.mkdir(exist_ok=True)
    ours = [name for name in os.environ if name.startswith("ANTQ_") and name not in KEPT_IN_TESTS]
    env = {name: value for name, value in _common(database_url).items() if name not in ours}
    env |= {"ANTQ_DEBUG": "1", "ANTQ_SECRET_KEY": secrets.token_urlsafe(50), "ANTQ_DATA": str(data)}
    return env | ({"ANTQ_CHROMIUM": chromium} if chromium else {})


def secret_key() -> str:
    """Django's secret of this folder, made at the first start."""
    path = data_folder() / "secret-key"
    if not path.exists() or not path.read_text().strip():
        _write_privately(path, secrets.token_urlsafe(50))
    return path.read_text().strip()


def _common(database_url: str) -> dict[str, str]:
    return child_env() | {
        "DJANGO_SETTINGS_MODULE": "antq.settings",
        "DATABASE_URL": database_url,
        "PYTHONUTF8": "1",
        "PYTHONUNBUFFERED": "1",
    }


def _write_privately(path: Path, text: str) -> None:
    """All or nothing, readable by the owner only."""
    making = path.with_name(f"{path.name}.new")
    making.unlink(missing_ok=True)
    making.touch(mode=0o600)
    making.write_text(text)
    making.replace(path)
