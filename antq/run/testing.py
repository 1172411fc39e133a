"""`test` and `check`: everything that judges the code, on a real PostgreSQL of its own."""

from pathlib import Path

from antq.run import browser, environment
from antq.run.console import Failure, say
from antq.run.database import claim, database, given_url
from antq.run.places import PROJECT
from antq.run.processes import child_env, run
from antq.run.settings import test_env

CLUSTER = "postgres-test"
PYTEST = ("-m", "pytest", "-p", "antq.run.pytest_plugin")
DRY = ("manage.py", "makemigrations", "--check", "--dry-run")


def test(arguments: list[str]) -> int:
    """Run pytest with these arguments (none: all tests) and return its exit status.

    Raises Failure if the machine does not allow it.
    """
    lock = None if given_url() else claim(CLUSTER)
    python = environment.ready("requirements-dev.txt")
    chromium = browser.ready()
    with database(python, name=CLUSTER, durable=False, lock=lock) as db:
        env = test_env(db.url, chromium=chromium)
        if run([python, "-m", "antq.run.prepare", "check"], cwd=PROJECT, env=env):
            raise Failure
        return run([python, *PYTEST, *arguments], interactive=True, cwd=PROJECT, env=env)


def check() -> None:
    """Linter, formatter, and whether a migration is missing; raises Failure at the first."""
    python = environment.ready("requirements-dev.txt")
    ruff = [python, "-m", "ruff"]
    _expect("ruff check", [*ruff, "check", "."], child_env())
    _expect("ruff format --check", [*ruff, "format", "--check", "."], child_env())
    with database(python, name=CLUSTER, durable=False) as db:
        _expect("makemigrations --check", [python, *DRY], test_env(db.url))


def _expect(title: str, command: list[str | Path], env: dict[str, str]) -> None:
    say(f"--- {title}")
    if run(command, cwd=PROJECT, env=env):
        raise Failure(f"{title} found something.")
