import os
import signal
import socket

import pytest

from antq.run.console import Failure
from antq.run.postgres import free_port
from antq.run.site import check_port

from .conftest import all_gone, wait_for


def one_sentence(done):
    lines = done.stderr.splitlines()
    return done.returncode == 1 and len(lines) == 1 and lines[0].startswith("antq: ")


@pytest.mark.parametrize(
    ("host", "port", "words"),
    [("no.such.host.invalid", 8000, "not an address"), ("127.0.0.1", 70000, "not a port")],
)
def test_impossible_address_is_refused(host, port, words):
    with pytest.raises(Failure, match=words):
        check_port(host, port)


def test_taken_port_is_refused_before_any_work(launcher, data):
    with socket.create_server(("127.0.0.1", launcher.port)):
        done = launcher.run("run", "--port", str(launcher.port))

    assert one_sentence(done)
    assert f"Port {launcher.port} of 127.0.0.1 is taken" in done.stderr
    assert not data.exists()


def test_database_that_refuses_ends_in_one_sentence(launcher, data):
    url = "postgres://a:b@127.0.0.1:1/antq"

    done = launcher.run("run", "--port", str(launcher.port), DATABASE_URL=url)

    assert one_sentence(done)
    assert "127.0.0.1:1/antq refuses" in done.stderr
    assert not (data / "postgres").exists()


def test_site_lives_and_stops_with_everything_it_started(launcher):
    launcher.start()
    assert launcher.get() == "2"
    assert "xa.truong" in launcher.printed.read_text()
    assert one_sentence(launcher.run("run", "--port", str(free_port())))
    assert launcher.run("manage", "check").returncode == 0

    os.kill(launcher.child("postgres -D"), signal.SIGKILL)
    wait_for(lambda: "starting it again" in launcher.printed.read_text())
    wait_for(lambda: _answers(launcher))

    children = launcher.children()
    launcher.process.send_signal(signal.SIGINT)
    assert launcher.process.wait(30) == 0
    assert all_gone(children)
    check_port("127.0.0.1", launcher.port)


def test_site_starts_again_after_a_kill_and_keeps_its_data(launcher):
    launcher.start()
    children = launcher.children()
    launcher.process.kill()
    launcher.process.wait()
    wait_for(lambda: all_gone(children))

    launcher.start()

    assert launcher.get() == "3"
    launcher.process.send_signal(signal.SIGHUP)
    assert launcher.process.wait(30) == 0


def test_remove_data_deletes_temporary_folders_only(launcher, data):
    data.mkdir()
    refused = launcher.run("remove-data", ANTQ_DATA=str(launcher.project / "var"), TMPDIR=str(data))
    assert one_sentence(refused)

    done = launcher.run("remove-data", TMPDIR=str(data.parent))
    assert done.returncode == 0
    assert not data.exists()


def _answers(launcher):
    try:
        return launcher.get() == "2"
    except OSError:
        return False
