"""Make the environment in .venv, or do nothing if it is there and whole.

Run by whatever Python 3 the machine has, before anything is installed: standard library only, and
nothing that an old Python can't read, so that it can say in one line what is wrong.
"""

import hashlib
import importlib.util
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
UNFINISHED = "unfinished"


def main():
    """Set up if needed and return the exit code."""
    environment = os.path.join(ROOT, ".venv")
    python = os.path.join(environment, "bin", "python")
    stamp = os.path.join(environment, "set-up")
    with open(os.path.join(ROOT, "pyproject.toml"), "rb") as file:
        project = file.read()
    # Scripts and the install in place hold the folder's path: a moved folder is set up again.
    wanted = hashlib.sha256(project + ROOT.encode()).hexdigest()
    found = read(stamp)
    if found == wanted and os.path.exists(python):
        return 0

    # After an interruption, packages may be half there, which pip wouldn't notice.
    afresh = found == UNFINISHED or not works([python, "-c", ""])
    if afresh or not works([python, "-m", "pip", "--version"]):
        problem = unfit(project)
        if problem:
            return fail(
                problem + " Choose another Python with PYTHON=, as in: make lab PYTHON=python3.12"
            )
        print("Setting up .venv, once. This takes a few minutes.", flush=True)
        create = [sys.executable, "-m", "venv", environment] + ["--clear"] * afresh
        if subprocess.call(create) != 0:
            return fail("The virtual environment could not be made in " + environment)
    else:
        print("Bringing .venv up to date.", flush=True)

    write(stamp, UNFINISHED)
    status = subprocess.call(
        [python, "-m", "pip", "install", "--disable-pip-version-check", "-e", ".[lab,test]"],
        cwd=ROOT,
    )
    if status > 0:
        # pip gave up in good order and left the environment as it was. Where it was killed
        # (a negative status), the mark stays.
        os.remove(stamp)
    if status != 0:
        return fail("The packages could not be installed: what pip printed above says why.")
    write(stamp, wanted)
    return 0


def unfit(project):
    """Return what keeps this Python from making the environment, or "" if nothing does."""
    oldest = re.search(rb'requires-python = ">=(\d+)\.(\d+)"', project)
    oldest = tuple(int(part) for part in oldest.groups())
    if sys.version_info[:2] < oldest:
        return "Python {}.{} is too old: this project needs Python {}.{} or newer.".format(
            *(sys.version_info[:2] + oldest)
        )
    if not all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")):
        return (
            "This Python lacks the modules venv and ensurepip "
            "(Debian and Ubuntu have them in the package python3-venv)."
        )
    return ""


def read(path):
    """Return the text of a file, or "" if there is none."""
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""


def write(path, text):
    """Write a file."""
    with open(path, "w") as file:
        file.write(text)


def works(command):
    """Tell whether a command can be run and ends well."""
    try:
        return subprocess.call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
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
