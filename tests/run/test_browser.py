import pytest

from antq.run import browser
from antq.run.console import Failure


@pytest.fixture
def bare_machine(data, monkeypatch, tmp_path):
    """Nothing on the PATH: no Chromium, no apt-get."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def test_missing_chromium_is_told_in_one_line(bare_machine, capsys):
    assert browser.ready() is None
    assert capsys.readouterr().out.startswith("Browser tests are skipped: ")


def test_missing_chromium_fails_where_it_is_required(bare_machine, monkeypatch):
    monkeypatch.setenv("ANTQ_BROWSER", "required")
    with pytest.raises(Failure, match="required"):
        browser.ready()


def test_chromium_that_does_not_start_is_none(bare_machine):
    _program(bare_machine / "chromium-browser", "exit 1")
    assert browser.ready() is None

    _program(bare_machine / "chromium", "exit 0")
    assert browser.ready() == str(bare_machine / "chromium")


def test_chromium_is_installed_with_apt_get_by_root(bare_machine, monkeypatch):
    monkeypatch.setattr("os.geteuid", lambda: 0)
    made = bare_machine / "chromium"
    script = f'case "$*" in *install*) printf "#!/bin/sh\\n" > {made}; /bin/chmod +x {made};; esac'
    _program(bare_machine / "apt-get", script)

    assert browser.ready() == str(made)


def _program(path, line):
    path.write_text(f"#!/bin/sh\n{line}\n")
    path.chmod(0o755)
