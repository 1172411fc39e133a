import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import psycopg2
import pytest

from antq.run import prepare
from antq.run.console import Failure
from antq.run.database import OwnDatabase, claim, database, shared_database
from antq.run.postgres import free_port

PYTHON = Path(sys.executable)


def check(project, url):
    command = [sys.executable, "-m", "antq.run.prepare", "check"]
    env = {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "antq.settings", "ANTQ_SECRET_KEY": "x"}
    env |= {"ANTQ_HOSTS": "localhost", "ANTQ_DATA": "/nowhere"}
    return subprocess.run(command, cwd=project, env=env, capture_output=True, text=True)


def test_given_database_is_used_and_none_is_started(data, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://somebody@db.example/antq")

    with database(PYTHON) as db:
        assert db.url == "postgres://somebody@db.example/antq"

    assert not data.exists()


def test_own_database_stops_with_the_block(data):
    with database(PYTHON, durable=False) as db:
        psycopg2.connect(db.url).close()

    with pytest.raises(psycopg2.OperationalError):
        psycopg2.connect(db.url)


def test_second_claim_is_refused_until_the_first_ends(data):
    with claim():
        with pytest.raises(Failure, match="already running in this folder"):
            claim()
        claim("postgres-test").release()
    claim().release()


def test_shared_database_is_the_running_one(data):
    with database(PYTHON, durable=False) as running:
        with shared_database(PYTHON) as shared:
            assert shared.url == running.url
        psycopg2.connect(running.url).close()


def test_crashes_are_mended_but_not_for_ever(cluster, monkeypatch, capsys):
    db = OwnDatabase(cluster)
    cluster.stop()

    db.look_after()
    psycopg2.connect(db.url).close()

    monkeypatch.setattr("antq.run.database.CRASHES_ALLOWED", 1)
    cluster.stop()
    with pytest.raises(Failure, match="keeps crashing"):
        db.look_after()


def test_database_that_is_not_there_is_one_sentence(project):
    done = check(project, f"postgres://a:b@127.0.0.1:{free_port()}/antq")

    assert done.returncode == 1
    assert "refuses" in done.stderr and "Connection refused" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_database_with_another_password_is_one_sentence(project, cluster):
    done = check(project, f"postgres://antq:wrong@127.0.0.1:{cluster.port}/antq")

    assert done.returncode == 1
    assert "password authentication failed" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_database_that_is_too_old_is_one_sentence(monkeypatch):
    old = SimpleNamespace(server_version=160004)
    monkeypatch.setattr(psycopg2, "connect", lambda **_: old)

    with pytest.raises(Failure, match="is PostgreSQL 16, older than 17"):
        prepare.check_database()


def test_database_without_extensions_is_one_sentence(project, cluster):
    connection = psycopg2.connect(cluster.url)
    connection.autocommit = True
    connection.cursor().execute("CREATE ROLE guest LOGIN PASSWORD 'guest'")
    connection.close()

    done = check(project, f"postgres://guest:guest@127.0.0.1:{cluster.port}/antq")

    assert done.returncode == 1
    assert "lacks btree_gist and pg_trgm" in done.stderr
    assert check(project, cluster.url).returncode == 0
