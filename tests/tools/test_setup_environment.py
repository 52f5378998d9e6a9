"""Making .venv: once, whole or not at all, and with one line where it can't be."""

import ast
import importlib.util
import os
import shutil
import subprocess
import sys
import time

import pytest

from tools import notebooks, setup_environment

pytestmark = pytest.mark.skipif(os.name != "posix", reason="make and its set-up are for POSIX")

PROJECT = '[project]\nrequires-python = ">=3.10"\n'


class Machine:
    """Stands in for the programs that are run, and keeps a list of them."""

    def __init__(self, root):
        self.python = root / ".venv" / "bin" / "python"
        self.commands = []
        self.pip_status = 0
        self.old = False

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
        if short[2]:
            assert short[1:] == ["-c", "import sys; sys.exit(sys.version_info < (3, 10))"]
            return int(self.old)
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


def test_an_environment_of_an_old_python_is_named_and_kept(machine, capsys):
    machine.make()
    machine.old = True
    assert setup_environment.main() == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert ".venv holds a Python older than 3.10" in said.err
    assert "rm -r .venv" in said.err
    assert machine.commands == []
    assert machine.python.exists()


@pytest.mark.parametrize(("link", "kind"), [(False, "a file"), (True, "a link that leads nowhere")])
def test_a_file_or_a_broken_link_in_its_place_is_named_and_kept(machine, root, capsys, link, kind):
    place = root / ".venv"
    if link:
        place.symlink_to(root / "nowhere")
    else:
        place.write_text("mine")
    assert setup_environment.main() == 1
    said = capsys.readouterr()
    assert said.err == (
        f".venv is {kind}, but it must be a folder. Delete it (rm .venv) and call make again.\n"
    )
    assert machine.commands == []
    assert place.is_symlink() == link and (link or place.read_text() == "mine")


def test_a_link_to_a_folder_is_as_good_as_a_folder(machine, root, tmp_path_factory):
    (root / ".venv").symlink_to(tmp_path_factory.mktemp("elsewhere"))
    machine.make()
    assert setup_environment.main() == 0
    assert machine.commands == ["install"]


# Two at once: each a process of its own, with commands that take a while and note what they do.
SLOW = """
import os, subprocess, sys, time
from tools import setup_environment

setup_environment.ROOT = {root!r}
python = os.path.join({root!r}, ".venv", "bin", "python")

def call(command, **options):
    if "venv" in command:
        os.makedirs(os.path.dirname(python))
        open(python, "w").close()
    elif "install" in command:
        with open(os.path.join({root!r}, "log"), "a") as log:
            log.write("install begins ")
            log.flush()
            time.sleep(1)
            log.write("install ends ")
    elif not os.path.exists(python):
        return 1
    return 0

subprocess.call = call
sys.exit(setup_environment.main())
"""


def test_of_two_at_once_the_second_waits_and_has_nothing_to_do(root):
    command = [sys.executable, "-c", SLOW.format(root=str(root))]
    options = {"stdout": subprocess.PIPE, "text": True, "cwd": notebooks.ROOT}
    first = subprocess.Popen(command, **options)
    deadline = time.monotonic() + 30
    while not (root / "log").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    second = subprocess.Popen(command, **options)
    said = [process.communicate(timeout=60)[0] for process in (first, second)]
    assert (first.returncode, second.returncode) == (0, 0)
    assert "Setting up .venv, once." in said[0]
    assert said[1] == "Another setup of .venv is running. Waiting for it to end.\n"
    assert (root / "log").read_text() == "install begins install ends "


def test_old_pythons_can_read_the_script():
    with open(setup_environment.__file__, encoding="ascii") as file:
        tree = ast.parse(file.read(), feature_version=(3, 4))
    # What Python 2 couldn't import. That it can read the rest, the next test shows.
    modules = {a.name for node in tree.body if isinstance(node, ast.Import) for a in node.names}
    assert modules == {"errno", "hashlib", "os", "re", "subprocess", "sys"}


OLD_PYTHON = shutil.which("python2.7")


@pytest.mark.skipif(
    OLD_PYTHON is None or subprocess.call([OLD_PYTHON, "-c", ""], stderr=subprocess.DEVNULL) != 0,
    reason="needs Python 2.7",
)
def test_python_2_says_that_it_is_too_old(tmp_path):
    (tmp_path / "tools").mkdir()
    shutil.copy(setup_environment.__file__, tmp_path / "tools")
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    done = subprocess.run(
        [OLD_PYTHON, "tools/setup_environment.py"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Python 2.7 is too old: this project needs Python 3.10 or newer.")
    assert done.stderr.count("\n") == 1


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
