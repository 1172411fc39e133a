import os
import signal
import socket
import stat

import psycopg2
import pytest

from antq.run.console import Failure
from antq.run.places import Place
from antq.run.postgres import Cluster
from antq.run.processes import is_alive

from .conftest import wait_for


def ask(url, query):
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(query)
        rows = cursor.fetchall() if cursor.description else []
    connection.close()
    return rows


def server_pid(cluster):
    return int((cluster.data / "postmaster.pid").read_text().splitlines()[0])


def test_cluster_starts_stops_and_keeps_its_data(cluster):
    ask(cluster.url, "CREATE TABLE kept AS SELECT upper('đặng') AS name")
    pid = server_pid(cluster)

    cluster.stop()
    assert not is_alive(pid)
    cluster.start()

    assert ask(cluster.url, "SELECT name FROM kept") == [("ĐẶNG",)]
    assert ask(cluster.url, "SHOW server_encoding") == [("UTF8",)]


def test_cluster_knows_the_extensions(cluster):
    ask(cluster.url, "CREATE EXTENSION pg_trgm; CREATE EXTENSION btree_gist")


def test_cluster_listens_on_this_machine_only_and_wants_its_password(cluster):
    assert ask(cluster.url, "SHOW listen_addresses") == [("127.0.0.1",)]
    assert ask(cluster.url, "SHOW unix_socket_directories") == [("",)]
    password = (cluster.folder / "password").read_text()
    assert stat.S_IMODE((cluster.folder / "password").stat().st_mode) == 0o600

    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(cluster.url.replace(password, "guess"))


def test_start_after_kill_of_the_server_takes_the_same_port(cluster):
    port = cluster.port
    os.kill(server_pid(cluster), signal.SIGKILL)
    wait_for(lambda: not cluster.is_running())
    assert (cluster.data / "postmaster.pid").exists()

    cluster.start()

    assert cluster.port == port
    assert ask(cluster.url, "SELECT 1") == [(1,)]


def test_start_stops_a_server_left_behind(cluster, new_cluster, capsys):
    left = server_pid(cluster)
    another = new_cluster()

    another.start()

    assert not cluster.is_running() and server_pid(another) != left
    assert "left behind" in capsys.readouterr().out
    assert ask(another.url, "SELECT 1") == [(1,)]


def test_start_forgets_the_number_of_a_process_that_is_no_server(cluster):
    """After a power cut the number in postmaster.pid may be anybody's, here our own."""
    pid_file = cluster.data / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    cluster.stop()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")

    cluster.start()

    assert ask(cluster.url, "SELECT 1") == [(1,)]


def test_start_survives_an_interrupted_making(new_cluster):
    cluster = new_cluster()
    half = cluster.folder.with_name("postgres.new") / "data"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")

    cluster.start()

    assert ask(cluster.url, "SELECT 1") == [(1,)]
    assert not half.exists()


def test_start_moves_an_incomplete_cluster_aside(cluster, capsys):
    cluster.stop()
    (cluster.data / "global/pg_control").unlink()

    cluster.start()

    assert ask(cluster.url, "SELECT 1") == [(1,)]
    assert "moved it to" in capsys.readouterr().out
    assert [path.name for path in cluster.folder.parent.glob("postgres.broken-*/data")] == ["data"]


def test_start_refuses_a_cluster_of_another_version(cluster):
    cluster.stop()
    (cluster.data / "PG_VERSION").write_text("16\n")

    with pytest.raises(Failure, match="made by PostgreSQL 16, and this is 18"):
        cluster.start()


def test_start_names_the_log_if_the_server_refuses(cluster, monkeypatch):
    monkeypatch.setattr("antq.run.postgres.ATTEMPTS", 1)
    cluster.stop()
    (cluster.data / "postgresql.conf").write_text("nonsense = 1\n")

    with pytest.raises(Failure, match=r"does not start: .*FATAL.*its log: .*server\.log"):
        cluster.start()


def test_start_takes_another_port_if_its_own_is_taken(cluster):
    cluster.stop()
    with socket.socket() as thief:
        thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        thief.bind(("127.0.0.1", cluster.port))
        thief.listen()
        taken = cluster.port
        cluster.start()

    assert cluster.port != taken


def test_attach_finds_the_running_server(cluster, new_cluster):
    guest = new_cluster()

    assert guest.attach(patience=5)
    assert guest.url == cluster.url
    guest.stop()
    assert cluster.is_running()


def test_attach_gives_up_without_a_server(tmp_path):
    nowhere = Cluster(Place(tmp_path / "postgres", tmp_path, None))
    assert not nowhere.attach(patience=0.1)
