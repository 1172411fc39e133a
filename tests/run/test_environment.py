import os
import subprocess
import sys

import pytest

from antq.run import check_python, environment, version
from antq.run.console import Failure
from antq.run.places import PROJECT

# Hides a module from the launcher's Python, as Debian's python3 without python3-venv does.
HIDING = """
import importlib.util
found = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == "ensurepip" else found(name, *rest)
"""


@pytest.mark.parametrize("version", [(3, 8, 10), (3, 10, 0), (2, 7, 18)])
def test_old_python_is_refused_in_one_sentence(version):
    with pytest.raises(SystemExit) as refusal:
        check_python(version)

    text = str(refusal.value)
    assert text.startswith("antq: Python 3.11 or newer is needed, this is ")
    assert "\n" not in text


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 14, 1), (4, 0, 0)])
def test_new_python_is_welcome(version):
    check_python(version)


def test_python_without_venv_is_refused_in_one_sentence(project, launcher, tmp_path):
    (project / ".venv/bin").unlink()
    (tmp_path / "sitecustomize.py").write_text(HIDING)

    done = launcher.run("run", "--port", str(launcher.port), PYTHONPATH=str(tmp_path))

    assert done.returncode == 1
    assert "lacks its module ensurepip" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_environment_is_repaired_and_then_kept(tmp_path, capsys):
    """Half made by an interrupted start, or its Python was removed."""
    (tmp_path / "requirements.txt").write_text("# nothing yet\n")
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/python").symlink_to("/nowhere/python3")

    python = environment.ready("requirements.txt", project=tmp_path)
    assert subprocess.run([python, "-c", "import pip"]).returncode == 0
    assert "Installing" in capsys.readouterr().out

    environment.ready("requirements.txt", project=tmp_path)
    assert capsys.readouterr().out == ""


def test_requirements_that_cannot_be_had_end_in_one_sentence(project):
    (project / "requirements.txt").write_text("antq-no-such-thing==1\n")
    (project / "wheels").mkdir()

    with pytest.raises(
        Failure, match=r"requirements\.txt could not be installed: ERROR: .*pip\.log"
    ):
        environment.ready("requirements.txt", project=project)


def test_wheels_for_another_python_are_refused_in_one_sentence(project, monkeypatch, tmp_path):
    note = tmp_path / "BUNDLE.txt"
    note.write_text("version: 1.0\npython: cp310\n\nSHA-256 of each file:\n")
    monkeypatch.setattr(version, "NOTE", note)
    (project / "requirements.txt").write_text("one==1\n")

    with pytest.raises(Failure, match=r"bundle is for cp310, .* start with PYTHON=python3\.10"):
        environment.ready("requirements.txt", project=project)


def test_a_bundle_knows_its_commit_and_a_clone_asks_git(monkeypatch, tmp_path):
    monkeypatch.setattr(version, "NOTE", tmp_path / "BUNDLE.txt")
    monkeypatch.setattr(version, "git", lambda *words: "0.1.0-3-gabc1234\n")
    assert version.commit() == "0.1.0-3-gabc1234"

    version.NOTE.write_text("version: 0.1.0\ncommit: b0fbab4\n")
    assert version.commit() == "b0fbab4"


def test_fingerprints_cover_included_files(tmp_path):
    (tmp_path / "requirements.txt").write_text("one==1\n")
    (tmp_path / "dev.txt").write_text("-r requirements.txt\ntwo==2\n")
    before = environment.fingerprints(tmp_path, "dev.txt")

    (tmp_path / "requirements.txt").write_text("one==2\n")

    after = environment.fingerprints(tmp_path, "dev.txt")
    assert after["dev.txt"] == before["dev.txt"]
    assert after["requirements.txt"] != before["requirements.txt"]


def test_make_without_a_target_lists_the_targets():
    shown = subprocess.run(["make"], cwd=PROJECT, capture_output=True, text=True, env=os.environ)

    assert shown.returncode == 0
    for target in ("run", "test", "manage", "bundle"):
        assert f"make {target}" in shown.stdout


def test_launcher_needs_nothing_but_python():
    """The modules that run before the environment exists import the standard library only."""
    code = f"import sys; sys.path.insert(0, {str(PROJECT)!r}); import antq.run.__main__"
    assert subprocess.run([sys.executable, "-I", "-S", "-c", code]).returncode == 0
