"""The published files in the user's cache, downloaded from Kaggle where they are missing."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

from .idx import open_binary
from .published import NAMES, read_folder, read_verified

_FETCH = "shared.datasets.fetch"  # the module that a process of its own runs
_PROJECT = Path(__file__).resolve().parents[2]  # the folder that `shared` is imported from

_SILENCE_LIMIT = 15.0  # seconds that the server may take to answer, or between two pieces of data
_TIME_LIMIT = 600.0  # seconds for the whole download


def read_cached(files):
    """Return the four arrays in the user's cache, downloaded first if they aren't there whole.

    A complete cache is only read: it may be read-only. Otherwise the files that are missing or
    damaged are replaced, and only once all of them have arrived; a failed download changes nothing.

    Raises
    ------
    ValueError, ConnectionError, TimeoutError
        If the download fails.
    OSError
        If files are missing and the cache can't be written.
    """
    folder = cache_folder() / files.folder
    with contextlib.suppress(ValueError, OSError):
        arrays = read_folder(folder, files)
        _remove_leftovers(folder)
        return arrays
    with _one_process_at_a_time(folder):
        with contextlib.suppress(ValueError, OSError):  # another process has just filled it
            return read_folder(folder, files)
        _remove_leftovers(folder)
        _download(files, folder)
        return read_folder(folder, files)


def cache_folder():
    """Return the folder for downloads: NN_FROM_SCRATCH_CACHE, or the system's usual place."""
    if chosen := os.environ.get("NN_FROM_SCRATCH_CACHE"):
        return Path(chosen).expanduser()
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "neural-network-from-scratch"


def _remove_leftovers(folder):
    """Remove what killed processes have left. In a complete cache nobody else needs it."""
    for leftover in folder.glob("partial-*"):
        shutil.rmtree(leftover, ignore_errors=True)


@contextlib.contextmanager
def _one_process_at_a_time(folder):
    """Make `folder` and hold its lock, waiting for as long as a download may take.

    The system gives the lock back when its process dies, however it dies.
    """
    from filelock import FileLock, Timeout  # here, since reading doesn't need it

    path = folder / "lock"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path)
        lock.acquire(timeout=_TIME_LIMIT)
    except Timeout as error:
        raise TimeoutError(
            f"Another process has been filling {folder} for more than {_TIME_LIMIT:g} seconds. "
            "End it, then try again."
        ) from error
    except OSError as error:
        raise type(error)(
            f"{folder} doesn't hold the whole data set, and can't be written: {error}. Let the "
            "environment variable NN_FROM_SCRATCH_CACHE name a folder of your own, then try again."
        ) from error
    try:
        yield
    finally:
        # While it is held: a process that waits for the file notices that it is gone and makes
        # another. Windows doesn't remove open files; there, filelock does it on release.
        with contextlib.suppress(OSError):
            path.unlink()
        lock.release()


def _download(files, folder):
    """Put those of the four files into `folder` that it lacks, verified, all of them or none."""
    print(f"Downloading {files.title} from Kaggle into {folder} ...", file=sys.stderr)
    # A folder beside the files' final places: from there each moves in one indivisible step.
    with tempfile.TemporaryDirectory(
        prefix="partial-", dir=folder, ignore_cleanup_errors=True
    ) as partial:
        try:
            unpacked = _run_kagglehub(files.handle, Path(partial))
            for name, digest in zip(NAMES, files.sha256, strict=True):
                found = _find(unpacked, name)
                read_verified(found, digest)
                with open_binary(found) as content, open(Path(partial) / name, "wb") as plain:
                    shutil.copyfileobj(content, plain)
        except (ValueError, ConnectionError, TimeoutError) as error:
            raise type(error)(
                f"{files.title} could not be downloaded from Kaggle: {error}. Nothing was kept. "
                "Try again with a network connection, or clone the project's repository: "
                f"its folder data/{files.folder} holds the files."
            ) from error
        for name, digest in zip(NAMES, files.sha256, strict=True):
            try:
                read_verified(folder / name, digest)  # another process may be reading it, too
            except (ValueError, OSError):
                os.replace(Path(partial) / name, folder / name)


def _run_kagglehub(handle, partial):
    """Download `handle` in a process of its own and return the folder that holds its files."""
    result, errors = partial / "result", partial / "errors"
    limits = str(_SILENCE_LIMIT), str(_TIME_LIMIT)
    # In a notebook the project may be on sys.path alone, which a new process doesn't inherit.
    paths = [str(_PROJECT), os.environ.get("PYTHONPATH")]
    environment = {
        "KAGGLEHUB_CACHE": str(partial / "kagglehub"),
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
    }
    with (
        open(errors, "wb") as stderr,
        subprocess.Popen(
            [sys.executable, "-X", "utf8", "-m", _FETCH, handle, str(result), *limits],
            stdin=subprocess.PIPE,  # it ends when this process does, and the pipe with it
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            cwd=partial,
            env={**os.environ, **environment},
        ) as child,
    ):
        try:
            child.wait(_TIME_LIMIT)
        except subprocess.TimeoutExpired as error:
            raise TimeoutError(f"not finished after {_TIME_LIMIT:g} seconds") from error
        finally:
            child.kill()  # does nothing to a process that has ended
    if child.returncode != 0:
        lines = errors.read_text(encoding="utf-8", errors="replace").split("\n")
        reason = next((line for line in reversed(lines) if line.strip()), "no reason given")
        raise ConnectionError(textwrap.shorten(reason, 160))
    return Path(result.read_text(encoding="utf-8"))


def _find(unpacked, name):
    """Return the file that is `name` however the archive spells it and wherever it lies."""
    present = sorted(path for path in unpacked.rglob("*") if path.is_file())
    for path in present:
        if path.name.removesuffix(".gz").replace(".", "-") == name:
            return path
    names = ", ".join(path.name for path in present)
    raise ValueError(f"the archive holds no file {name}, only: {names}")
