"""The system's Chromium, which the browser tests drive."""

import os
import shutil
import subprocess

from antq.run.console import Failure, say
from antq.run.places import data_folder
from antq.run.processes import child_env, run

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("chromium", "fonts-dejavu-core")
APT = ("apt-get", "-q", "-o", "DPkg::Lock::Timeout=120", "-o", "Acquire::Retries=2")


def ready() -> str | None:
    """The path of a Chromium that starts; installed with apt-get if we are root and there is none.

    ANTQ_CHROMIUM names another one; ANTQ_BROWSER=required makes its absence a Failure,
    ANTQ_BROWSER=skip does not even look. None, after a line that says so, if there is none.
    """
    wish = os.environ.get("ANTQ_BROWSER", "")
    if wish == "skip":
        say("Browser tests are skipped (ANTQ_BROWSER=skip).")
        return None
    found = _find() or (_install() and _find())
    if found:
        return found
    if wish == "required":
        raise Failure(
            "The browser tests are required, and there is no Chromium (package chromium)."
        )
    say("Browser tests are skipped: there is no Chromium (install the package chromium).")
    return None


def _find() -> str | None:
    names = [os.environ["ANTQ_CHROMIUM"]] if os.environ.get("ANTQ_CHROMIUM") else NAMES
    return next((path for name in names if (path := shutil.which(name)) and _starts(path)), None)


def _starts(path: str) -> bool:
    """Ubuntu's chromium-browser may be a mere pointer to a snap that is not there."""
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _install() -> bool:
    """Whether apt-get could install it."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    log = data_folder() / "apt-get.log"
    say(f"Installing Chromium with apt-get (its messages: {log}) …")
    env = child_env({"DEBIAN_FRONTEND": "noninteractive"})
    with log.open("wb") as output:
        options = {"stdout": output, "stderr": output, "env": env}
        run([*APT, "update"], **options)
        return run([*APT, "install", "-y", "--no-install-recommends", *PACKAGES], **options) == 0
