"""The files that models are kept in: written whole or not at all, and read with suspicion.

An archive is a NumPy ``.npz`` file: named arrays of numbers, and one text (JSON) that describes
them. It can come from a stranger or a failing disk. So nothing in it is ever unpickled, and no more
is read into memory than the file holds on the disk: a few bytes that claim to be gigabytes are
refused, compressed or not.
"""

import contextlib
import errno
import io
import json
import math
import os
import re
import secrets
import stat
import zipfile
from pathlib import Path

import numpy as np

try:
    import fcntl
except ModuleNotFoundError:  # Windows, where a file that is open can't be deleted anyway
    fcntl = None

FORMAT = "neural-network-from-scratch"
VERSION = 1
DESCRIPTION = "description"

# No model comes near these limits. A file made to fill the memory would.
LONGEST_DESCRIPTION = 2**17  # characters, of four bytes in the file
LARGEST_READ = 2**19  # bytes at once: a table of contents, or the description
MOST_ARRAYS = 4_000

_ADVICE = "Take another copy of the file, or save the model again."


class Refusal(ValueError):
    """A complete reason to refuse a file, to be read after the file's name."""


# --- Writing ------------------------------------------------------------------------------------


def write(path, description, arrays):
    """Replace a file by an archive, as a whole or not at all.

    The new file has the permissions of the old one. Where ``path`` is a symbolic link, the file
    that it points to is replaced. What earlier calls left behind for the same file because they
    were killed is removed.

    Parameters
    ----------
    path : str or Path
        The file.
    description : dict
        What JSON can hold; format and version are added.
    arrays : dict of ndarray
        Arrays of numbers by name.

    Raises
    ------
    ValueError
        If the archive couldn't be read back: an array is not one of numbers, say.
    FileNotFoundError
        If there is no such folder.
    OSError
        If the file can't be written; what it held before is still there.
    """
    text = json.dumps({"format": FORMAT, "version": VERSION, **description})
    if len(text) > LONGEST_DESCRIPTION or len(arrays) > MOST_ARRAYS:
        raise ValueError(
            f"a file holds at most {MOST_ARRAYS:,} arrays and a description of "
            f"{LONGEST_DESCRIPTION:,} characters. Received: {len(arrays):,} and {len(text):,}"
        )
    for name, array in arrays.items():
        if array.dtype.kind not in "biufc":
            raise ValueError(
                f"only arrays of numbers can be saved. Received: {name} in {array.dtype}"
            )
    target = Path(os.path.realpath(path))
    if not target.parent.is_dir():
        raise FileNotFoundError(
            f"there is no folder {target.parent} to save {target.name} in. Make it first."
        )
    mode = _mode(target)
    _remove_leftovers(target)
    try:
        with _temporary(target, mode) as file:
            np.savez(file, **{DESCRIPTION: np.array(text)}, **arrays)
            file.flush()
            os.fsync(file.fileno())
            if fcntl is None:
                file.close()  # Windows moves only files that are closed.
            os.replace(file.name, target)
    except OSError as error:
        raise OSError(
            error.errno,
            f"the model could not be saved ({error.strerror or error}). What the file held before "
            "is still there. Free some space, or save to a place where you may write",
            str(path),
        ) from error


def _mode(path):
    """Return the permissions of the file to be replaced, or None where there is none yet."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(mode):
        raise ValueError(f"{path} is {_kind(mode)}. Choose another name for the model's file.")
    if not os.access(path, os.W_OK):
        raise PermissionError(
            errno.EACCES, "the file is write-protected. Choose another name", str(path)
        )
    return stat.S_IMODE(mode)


@contextlib.contextmanager
def _temporary(path, mode):
    """Open a file beside ``path`` to write into; delete it at the end, if it is still there.

    It is locked for as long as it is open, so that no other process takes it for a leftover.
    """
    at_first = 0o666 if mode is None else 0o600
    while True:
        name = f"{path}.{secrets.token_hex(8)}.part"
        # Not from tempfile, whose files nobody else may read.
        file = open(name, "xb", opener=lambda path, flags: os.open(path, flags, at_first))
        if _lock(file) is not False and os.path.exists(name):
            break
        file.close()  # Another process saw it before it was locked.
    try:
        with file:
            if mode is not None:
                os.chmod(name, mode)
            yield file
    finally:
        with contextlib.suppress(OSError):
            os.unlink(name)


def _remove_leftovers(path):
    """Delete what saves of this file that were killed have left, but not those still running."""
    ours = re.compile(re.escape(path.name) + r"\.[0-9a-f]{16}\.part")
    with contextlib.suppress(OSError), os.scandir(path.parent) as entries:
        for entry in entries:
            if not ours.fullmatch(entry.name) or not entry.is_file(follow_symlinks=False):
                continue
            with contextlib.suppress(OSError):
                if fcntl is None:
                    os.unlink(entry.path)
                    continue
                with open(entry.path, "r+b") as file:
                    if _lock(file):
                        os.unlink(entry.path)


def _lock(file):
    """Return True for a lock until the file is closed, False if another has it, None if neither."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except (AttributeError, OSError):  # Windows, or a file system without locks
        return None
    return True


# --- Reading ------------------------------------------------------------------------------------


@contextlib.contextmanager
def opened(path):
    """Open an archive; whatever goes wrong with it, say which file it is and what to do.

    Yields
    ------
    Archive

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    OSError
        If it can't be read.
    ValueError
        If it is not an archive of this format and version, is damaged, or the caller finds fault
        with it.
    """
    path = Path(path)
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            raise Refusal(f"is not a model file but {_kind(mode)}. Name the file itself.")
        with _Reader(io.FileIO(path)) as file, zipfile.ZipFile(file) as zipped:
            # Of the file that was opened: another may have taken its place by now.
            yield Archive(zipped, os.fstat(file.fileno()).st_size)
    except MemoryError:
        raise
    except FileNotFoundError as error:
        raise FileNotFoundError(f"there is no file {path}. Check its name and folder.") from error
    except Refusal as error:
        raise ValueError(f"{path} {error}") from error
    except Exception as error:  # whatever a damaged archive makes zipfile, NumPy or json raise
        if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
            raise OSError(
                error.errno,
                f"the model file can't be read ({error.strerror}). Check its permissions and disk",
                str(path),
            ) from error
        raise ValueError(
            f"{path} is not a model file, or is damaged: {error}. {_ADVICE}"
        ) from error


class Archive:
    """An archive that is open for reading, with all that can be checked without its arrays.

    Attributes
    ----------
    description : dict
        The text, as :func:`write` was given it.
    layout : dict
        Shape and dtype of each array, by name.
    """

    def __init__(self, zipped, size):
        self._zipped = zipped
        self.layout = self._checked_layout(size)
        shape, dtype = self.layout.pop(DESCRIPTION)
        if shape != () or dtype.kind != "U" or dtype.itemsize > 4 * LONGEST_DESCRIPTION:
            raise ValueError(f"its description is an array {shape} of {dtype}, not a text")
        self.description = json.loads(str(self._array(DESCRIPTION)))
        self._check_format()
        for name, (_, dtype) in self.layout.items():
            if dtype.kind not in "biufc":
                raise ValueError(f"{name} holds {dtype} instead of numbers")

    def arrays(self, prefix):
        """Read the arrays whose names begin with a prefix; return them by the rest of the name."""
        names = [name for name in self.layout if name.startswith(prefix)]
        return {name.removeprefix(prefix): self._array(name) for name in names}

    def _array(self, name):
        with self._zipped.open(f"{name}.npy") as member:
            return np.lib.format.read_array(member, allow_pickle=False)

    def _checked_layout(self, size):
        """Return shapes and dtypes, after checking that every array is there in full length."""
        members = self._zipped.infolist()
        # Members that lie over one another could be read to many times the file's size.
        if len(members) > MOST_ARRAYS + 1 or sum(member.file_size for member in members) > size:
            raise ValueError("it claims to hold more than it does")
        layout = {}
        for member in members:
            name = member.filename.removesuffix(".npy")
            if name == member.filename or name in layout:
                raise ValueError(f"{member.filename!r:.60} is no array's name, or is there twice")
            if member.compress_type != zipfile.ZIP_STORED:
                raise ValueError(f"{name!r:.60} is compressed, as no model file is")
            with self._zipped.open(member) as file:
                if np.lib.format.read_magic(file) != (1, 0):
                    raise ValueError(f"{name!r:.60} is an array in another version of the format")
                try:
                    shape, _, dtype = np.lib.format.read_array_header_1_0(file)
                except MemoryError as error:  # how Python's parser may refuse deep nesting
                    raise ValueError(f"the header of {name!r:.60} is damaged") from error
                if dtype.hasobject:
                    raise ValueError(f"{name!r:.60} holds pickled objects, which are never opened")
                length = math.prod(shape) * dtype.itemsize
                if min(shape, default=0) < 0 or length != member.file_size - file.tell():
                    raise ValueError(f"{name!r:.60} is not as long as its shape {shape!r:.60} says")
            layout[name] = shape, dtype
        if DESCRIPTION not in layout:
            raise ValueError("it has no description")
        return layout

    def _check_format(self):
        if not isinstance(self.description, dict) or "format" not in self.description:
            raise ValueError("its description names no format")
        found = self.description.pop("format"), self.description.pop("version", None)
        if found != (FORMAT, VERSION):
            raise Refusal(
                f"has format {found[0]!r:.60}, version {found[1]!r:.60}; this package reads "
                f"{FORMAT!r}, version {VERSION}. Read it with the package that wrote it."
            )


class _Reader(io.BufferedReader):
    """A file whose table of contents can't fill the memory: zipfile reads all of it at once."""

    def read(self, size=-1):
        if size is not None and size > LARGEST_READ:
            raise ValueError(f"it makes {size:,} bytes be read at once")
        return super().read(size)


def _kind(mode):
    """Return what a file is that is no ordinary one, in words."""
    if stat.S_ISDIR(mode):
        return "a folder"
    return "a pipe" if stat.S_ISFIFO(mode) else "a device or socket"
