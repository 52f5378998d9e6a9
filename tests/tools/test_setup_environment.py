"""Making .venv: once, whole or not at all, and with one line where it can't be."""

import ast
import importlib.util
import os
import shutil
import subprocess
import sys

import pytest

from tools import setup_environment

pytestmark = pytest.mark.skipif(os.name != "posix", reason="make and its set-up are for POSIX")

PROJECT = '[project]\nrequires-python = ">=3.10"\n'


class Machine:
    """Stands in for the programs that are run, and keeps a list of them."""

    def __init__(self, root):
        self.python = root / ".venv" / "bin" / "python"
        self.commands = []
        self.pip_status = 0

    def call(self, command, **options):
        short = [os.path.basename(command[0]), *command[1:]]
        if short[1:3] == ["-m", "venv"]:
            self.commands.append("create afresh" if "--clear" in command else "create")
            if "--clear" in command:
                shutil.rmtree(self.python.parent.parent, ignore_errors=True)
            self.make()
            return 0
        if short[1:4] == ["-m", "pip", "install"]:
            assert command[0] == str(self.python)
            assert command[-2:] == ["-e", ".[lab,test]"]
            self.commands.append("install")
            if isinstance(self.pip_status, BaseException):
                raise self.pip_status
            return self.pip_status
        if not self.python.exists():
            raise FileNotFoundError(command[0])
        if short[1:] == ["-m", "pip", "--version"]:
            return 0 if self.python.with_name("pip").exists() else 1
        assert short[1:] == ["-c", ""]
        return 0

    def make(self, pip=True):
        """Make an environment, as somebody would by hand."""
        self.python.parent.mkdir(parents=True, exist_ok=True)
        self.python.touch()
        if pip:
            self.python.with_name("pip").touch()


@pytest.fixture
def root(tmp_path, monkeypatch):
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    monkeypatch.setattr(setup_environment, "ROOT", str(tmp_path))
    return tmp_path


@pytest.fixture
def machine(root, monkeypatch):
    machine = Machine(root)
    monkeypatch.setattr(subprocess, "call", machine.call)
    return machine


def test_the_first_call_makes_the_environment_and_the_second_does_nothing(machine):
    assert setup_environment.main() == 0
    assert machine.commands == ["create afresh", "install"]
    assert setup_environment.main() == 0
    assert machine.commands == ["create afresh", "install"]


def test_changed_dependencies_are_installed_into_the_same_environment(machine, root):
    setup_environment.main()
    (root / "pyproject.toml").write_text(PROJECT + "# more\n")
    machine.commands.clear()
    assert setup_environment.main() == 0
    assert machine.commands == ["install"]


def test_a_moved_folder_is_installed_again(machine, root, tmp_path_factory, monkeypatch):
    setup_environment.main()
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "project"
    shutil.move(root, elsewhere)
    monkeypatch.setattr(setup_environment, "ROOT", str(elsewhere))
    machine.python = elsewhere / ".venv" / "bin" / "python"
    machine.commands.clear()
    assert setup_environment.main() == 0
    assert machine.commands == ["install"]


def test_an_environment_made_by_hand_is_kept_and_completed(machine):
    machine.make()
    assert setup_environment.main() == 0
    assert machine.commands == ["install"]
    assert setup_environment.main() == 0
    assert machine.commands == ["install"]


def test_an_environment_without_pip_is_kept_and_given_pip(machine):
    machine.make(pip=False)
    assert setup_environment.main() == 0
    assert machine.commands == ["create", "install"]


def test_a_deleted_environment_is_made_again(machine, root):
    setup_environment.main()
    machine.python.unlink()
    machine.commands.clear()
    assert setup_environment.main() == 0
    assert machine.commands == ["create afresh", "install"]


def test_a_failed_install_is_tried_again_in_the_same_environment(machine, capsys):
    machine.pip_status = 1
    assert setup_environment.main() == 1
    assert "could not be installed" in capsys.readouterr().err
    machine.pip_status = 0
    machine.commands.clear()
    assert setup_environment.main() == 0
    assert machine.commands == ["install"]


def test_an_install_that_was_killed_is_started_afresh(machine):
    machine.pip_status = -9
    assert setup_environment.main() == 1
    machine.pip_status = 0
    machine.commands.clear()
    assert setup_environment.main() == 0
    assert machine.commands == ["create afresh", "install"]


def test_an_interrupted_set_up_is_started_afresh(machine):
    machine.pip_status = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        setup_environment.main()
    machine.pip_status = 0
    machine.commands.clear()
    assert setup_environment.main() == 0
    assert machine.commands == ["create afresh", "install"]


def test_a_python_that_is_too_old_is_named_in_one_line(machine, monkeypatch, capsys):
    monkeypatch.setattr(sys, "version_info", (3, 9, 18))
    assert setup_environment.main() == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "Python 3.9 is too old: this project needs Python 3.10 or newer." in said.err
    assert "PYTHON=" in said.err
    assert machine.commands == []


def test_an_old_python_does_no_harm_where_the_environment_is_there(machine, monkeypatch):
    setup_environment.main()
    monkeypatch.setattr(sys, "version_info", (3, 9, 18))
    assert setup_environment.main() == 0


@pytest.mark.parametrize("missing", ["venv", "ensurepip"])
def test_missing_modules_are_named_in_one_line(machine, monkeypatch, capsys, missing):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == missing else find(name)
    )
    assert setup_environment.main() == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "python3-venv" in said.err
    assert machine.commands == []


def test_old_pythons_can_read_the_script():
    with open(setup_environment.__file__, encoding="utf-8") as file:
        ast.parse(file.read(), feature_version=(3, 6))


def make(*arguments):
    """Return what make prints, called as from a terminal, even if make runs the tests."""
    environment = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MAKELEVEL")}
    root = os.path.dirname(os.path.dirname(setup_environment.__file__))
    command = ["make", *arguments]
    return subprocess.run(
        command, cwd=root, env=environment, capture_output=True, text=True, check=True
    ).stdout


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
def test_make_hands_on_its_variables_and_allows_root_to_root_only():
    printed = make("--dry-run", "lab", "PORT=9123", "PYTHON=some-python")
    assert "some-python tools/setup_environment.py" in printed
    assert "--port=9123" in printed
    assert ("--allow-root" in printed) == (os.getuid() == 0)


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
def test_make_by_itself_lists_the_commands():
    listed = {tuple(line.split()[:2]) for line in make().splitlines()}
    assert listed >= {("make", name) for name in ("help", "lab", "test", "run", "check")}
