"""Make the environment in .venv, or do nothing if it is there and whole.

Run by whatever Python the machine has, before anything is installed: standard library only, and
nothing that an old Python can't read, not even Python 2, so that it can say in one line what is
wrong.
"""

# What ruff would have newer, Python 2 couldn't read.
# ruff: noqa: UP010, UP024, UP032

from __future__ import print_function

import errno
import hashlib
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
UNFINISHED = "unfinished"


def main():
    """Set up if needed and return the exit code."""
    with open(os.path.join(ROOT, "pyproject.toml"), "rb") as file:
        project = file.read()
        # Scripts and the install in place hold the folder's path: a moved folder is set up again.
        wanted = hashlib.sha256(project + ROOT.encode("utf-8")).hexdigest()
        if is_whole(wanted):
            return 0
        wait_for_others(file)
        return 0 if is_whole(wanted) else set_up(project, wanted)


def is_whole(wanted):
    """Tell whether the environment is there, for this folder and these packages."""
    return read(stamp()) == wanted and os.path.exists(python_inside())


def set_up(project, wanted):
    """Make the environment, or bring it up to date, and return the exit code."""
    environment, python = os.path.join(ROOT, ".venv"), python_inside()
    if os.path.lexists(environment) and not os.path.isdir(environment):
        kind = "a link that leads nowhere" if os.path.islink(environment) else "a file"
        told = ".venv is {}, but it must be a folder. Delete it (rm .venv) and call make again."
        return fail(told.format(kind))
    # After an interruption, packages may be half there, which pip wouldn't notice.
    afresh = read(stamp()) == UNFINISHED or not works([python, "-c", ""])
    problem, needed = unfit(project), oldest(project)
    old = "import sys; sys.exit(sys.version_info < {})".format(needed)
    if not afresh and not works([python, "-c", old]):
        return fail(
            ".venv holds a Python older than {}.{}, which this project needs. "
            "Delete the folder (rm -r .venv) and call make again.".format(*needed)
        )
    if afresh or not works([python, "-m", "pip", "--version"]):
        if problem:
            return fail(problem)
        print("Setting up .venv, once. This takes a few minutes.")
        sys.stdout.flush()
        create = [sys.executable, "-m", "venv", environment] + ["--clear"] * afresh
        if subprocess.call(create) != 0:
            return fail("The virtual environment could not be made in " + environment)
    else:
        print("Bringing .venv up to date.")
        sys.stdout.flush()

    write(stamp(), UNFINISHED)
    status = subprocess.call(
        [python, "-m", "pip", "install", "--disable-pip-version-check", "-e", ".[lab,test]"],
        cwd=ROOT,
    )
    if status > 0:
        # pip gave up in good order and left the environment as it was. Where it was killed
        # (a negative status), the mark stays.
        os.remove(stamp())
    if status != 0:
        return fail("The packages could not be installed: what pip printed above says why.")
    write(stamp(), wanted)
    return 0


def python_inside():
    """Return the path of the environment's Python."""
    return os.path.join(ROOT, ".venv", "bin", "python")


def stamp():
    """Return the path of the file that says what the environment was made for."""
    return os.path.join(ROOT, ".venv", "set-up")


def wait_for_others(file):
    """Wait until no other setup of this folder is running; the lock ends with its process."""
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (IOError, OSError) as error:
        if error.errno not in (errno.EAGAIN, errno.EACCES):
            return  # a file system without locks
        print("Another setup of .venv is running. Waiting for it to end.")
        sys.stdout.flush()
        fcntl.flock(file, fcntl.LOCK_EX)


def oldest(project):
    """Return the oldest Python that the project supports, such as (3, 10)."""
    found = re.search(r'requires-python = ">=(\d+)\.(\d+)"', project.decode("utf-8"))
    return tuple(int(part) for part in found.groups())


def unfit(project):
    """Return what keeps this Python from making the environment, or "" if nothing does."""
    advice = " Choose another Python with PYTHON=, as in: make lab PYTHON=python3.12"
    needed = oldest(project)
    if sys.version_info[:2] < needed:
        told = "Python {}.{} is too old: this project needs Python {}.{} or newer."
        return told.format(*(sys.version_info[:2] + needed)) + advice
    import importlib.util  # not in Python 2

    if not all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")):
        return (
            "This Python lacks the modules venv and ensurepip "
            "(Debian and Ubuntu have them in the package python3-venv)." + advice
        )
    return ""


def read(path):
    """Return the text of a file, or "" if there is none."""
    try:
        with open(path) as file:
            return file.read()
    except (IOError, OSError):
        return ""


def write(path, text):
    """Write a file."""
    with open(path, "w") as file:
        file.write(text)


def works(command):
    """Tell whether a command can be run and ends well."""
    with open(os.devnull, "w") as nowhere:
        try:
            return subprocess.call(command, stdout=nowhere, stderr=nowhere) == 0
        except OSError:
            return False


def fail(message):
    """Say what is wrong and return the exit code of a failure."""
    print(message, file=sys.stderr)
    return 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("Setup interrupted; the next call starts from the beginning.")
