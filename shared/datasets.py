"""Data to learn from: two sets of images, four toy problems, and ways to divide and serve them.

- `load_fashion_mnist` and `load_mnist` read the files in the repository's folder ``data/``; where
  the package was installed without it, they fetch the files from Kaggle once, into a cache.
- `spiral`, `xor`, `moons` and `noisy_sine` draw small problems from a random generator.
- `split`, `k_folds` and `batches` divide samples into parts, folds and mini-batches.

Rows are samples. Whatever is random takes ``rng``, a `numpy.random.Generator`: the same generator
state gives the same data.
"""

import contextlib
import gzip
import hashlib
import math
import numbers
import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
import time
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np

# --- Images -------------------------------------------------------------------------------------


class Dataset(NamedTuple):
    """Images and labels for training and testing, as their authors divided them.

    Attributes
    ----------
    x_train, x_test : numpy.ndarray
        Images, uint8 of shape (n, 28, 28): 0 is the background, 255 the brightest ink.
    y_train, y_test : numpy.ndarray
        Labels, int64 of shape (n,), from 0 to 9. (The files hold uint8; int64 takes half a
        megabyte more, indexes without conversion and doesn't overflow in arithmetic.)
    class_names : tuple of str
        What each label stands for: ``class_names[label]``.
    """

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    class_names: tuple[str, ...]


def load_fashion_mnist(source="auto"):
    """Return Fashion-MNIST: 60,000 + 10,000 grey images of clothing in ten balanced classes.

    Parameters
    ----------
    source : {"auto", "kaggle"}
        "auto" reads ``data/fashion-mnist`` of the repository and, only where that folder doesn't
        exist, does what "kaggle" does. "kaggle" takes the files of an earlier download from the
        user's cache, or downloads them through kagglehub into it. The cache is the system's
        usual folder, or the one that the environment variable NN_FROM_SCRATCH_CACHE names.

    Returns
    -------
    Dataset

    Raises
    ------
    ValueError
        If a file is not what the authors published (SHA-256 of its uncompressed content), or
        `source` is unknown. A damaged file in ``data/`` is reported, never passed over.
    FileNotFoundError
        If ``data/fashion-mnist`` exists and lacks a file.
    ConnectionError, TimeoutError
        If the download fails, or takes longer than ten minutes.

    References
    ----------
    H. Xiao, K. Rasul and R. Vollgraf, "Fashion-MNIST: a Novel Image Dataset for Benchmarking
    Machine Learning Algorithms", arXiv:1708.07747, 2017. MIT licence.
    """
    return _load(_FASHION_MNIST, source)


def load_mnist(source="auto"):
    """Return MNIST: 60,000 + 10,000 grey images of handwritten digits.

    Parameters, result and errors are those of `load_fashion_mnist`; the folder is ``data/mnist``.

    References
    ----------
    Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, "Gradient-based learning applied to document
    recognition", Proceedings of the IEEE 86(11), 1998. Data by Y. LeCun, C. Cortes and
    C. Burges, CC BY-SA 3.0.
    """
    return _load(_MNIST, source)


def read_idx(path):
    """Return the array in an IDX file, the format in which MNIST is published.

    An IDX file is a header (two zero bytes, a type code, the number of dimensions, then each
    dimension as a big-endian 32-bit integer) followed by the values, last index fastest.

    Parameters
    ----------
    path : str or os.PathLike
        The file; one whose name ends in ``.gz`` is decompressed while it is read.

    Returns
    -------
    numpy.ndarray
        Writable uint8 array: (n,) for labels, (n, rows, columns) for images.

    Raises
    ------
    ValueError
        If the file is not exactly one such array of bytes; the message names file and fault.
    """
    return _read_idx(Path(path))[0]


def _read_idx(path):
    """Return the array in `path` and the SHA-256 of the file's uncompressed content."""
    sha256 = hashlib.sha256()

    def take(count):
        taken = file.read(count)
        if len(taken) < count:
            raise ValueError(f"{path}: the file ends inside its header")
        sha256.update(taken)
        return taken

    try:
        with _open(path) as file:
            zeros, type_code, dimensions = take(2), *take(2)
            if zeros != b"\0\0":
                raise ValueError(
                    f"{path}: wrong magic number, an IDX file begins with the bytes 00 00. "
                    f"Received: {zeros.hex(' ')}"
                )
            if type_code != 0x08:
                raise ValueError(
                    f"{path}: type code 0x08 (unsigned bytes) expected. Received: 0x{type_code:02x}"
                )
            if dimensions not in (1, 3):
                raise ValueError(
                    f"{path}: 1 dimension (labels) or 3 (images) expected. Received: {dimensions}"
                )
            shape = tuple(int.from_bytes(take(4), "big") for _ in range(dimensions))
            size = math.prod(shape)
            # gzip packs at most 1032 bytes into one, so no file can hold more than this.
            if max(size, *shape) > 1032 * path.stat().st_size:
                raise ValueError(f"{path}: too short for the shape {shape} in its header")

            # Straight into the final array, a megabyte at a time: no second copy of the images.
            array = np.empty(shape, dtype=np.uint8)
            values = memoryview(array.reshape(-1))
            filled = 0
            while filled < size:
                count = file.readinto(values[filled : filled + 2**20])
                if count == 0:
                    raise ValueError(
                        f"{path}: the shape {shape} in the header needs {size} bytes of values, "
                        f"the file ends after {filled}"
                    )
                sha256.update(values[filled : filled + count])
                filled += count
            if file.read(1):
                raise ValueError(f"{path}: trailing bytes after the values of shape {shape}")
    except EOFError as error:
        raise ValueError(f"{path}: truncated gzip file") from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise ValueError(f"{path}: not a gzip file, or a damaged one ({error})") from error
    return array, sha256.hexdigest()


def _open(path):
    return gzip.open(path, "rb") if path.suffix == ".gz" else open(path, "rb")


# --- Toy problems -------------------------------------------------------------------------------


def spiral(n_per_class, classes, rng, noise=0.2):
    """Return points on interleaved spiral arms, one arm per class: no line separates them.

    With r from 0 to 1 along arm k, the angle is ``2πk/classes + 4r + noise·ε``, ε standard
    normal, and the point is ``(r cos angle, r sin angle)``.

    Parameters
    ----------
    n_per_class, classes : int
        Points on each arm, and number of arms.
    rng : numpy.random.Generator
    noise : float
        Standard deviation of the angle, in radians.

    Returns
    -------
    x : numpy.ndarray
        Points, float64 of shape (classes * n_per_class, 2), arm after arm.
    y : numpy.ndarray
        Labels, int64 of shape (classes * n_per_class,).
    """
    _check("n_per_class", n_per_class)
    _check("classes", classes)
    _check_random(rng, noise)
    y = np.repeat(np.arange(classes, dtype=np.int64), n_per_class)
    r = np.tile(np.linspace(0.0, 1.0, n_per_class), classes)
    angle = 2 * np.pi * y / classes + 4 * r + noise * rng.standard_normal(len(y))
    return np.column_stack([r * np.cos(angle), r * np.sin(angle)]), y


def xor(n_per_corner=1, rng=None, noise=0.0):
    """Return the corners of the unit square, labelled 1 where exactly one coordinate is 1.

    ``xor()`` gives the four points themselves; ``xor(50, rng, 0.1)`` a cloud around each.

    Parameters
    ----------
    n_per_corner : int
    rng : numpy.random.Generator, optional
        Needed for noise only.
    noise : float
        Standard deviation of the normal noise on each coordinate.

    Returns
    -------
    x : numpy.ndarray
        Points, float64 of shape (4 * n_per_corner, 2), in the order 00, 01, 10, 11.
    y : numpy.ndarray
        Labels 0, 1, 1, 0, int64 of shape (4 * n_per_corner,).
    """
    _check("n_per_corner", n_per_corner)
    corners = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    x = np.repeat(corners, n_per_corner, axis=0)
    y = np.repeat(np.array([0, 1, 1, 0], dtype=np.int64), n_per_corner)
    if noise != 0 or rng is not None:
        _check_random(rng, noise)
        x += noise * rng.standard_normal(x.shape)
    return x, y


def moons(n, rng, noise=0.1):
    """Return two interlocking half circles of radius 1, one per class.

    With t from 0 to π: class 0 is ``(cos t, sin t)``, class 1 is ``(1 - cos t, 1/2 - sin t)``.

    Parameters
    ----------
    n : int
        Points in all; class 0 gets the odd one.
    rng : numpy.random.Generator
    noise : float
        Standard deviation of the normal noise on each coordinate.

    Returns
    -------
    x : numpy.ndarray
        Points, float64 of shape (n, 2), class after class.
    y : numpy.ndarray
        Labels, int64 of shape (n,).
    """
    _check("n", n)
    _check_random(rng, noise)
    t_0 = np.linspace(0.0, np.pi, n - n // 2)
    t_1 = np.linspace(0.0, np.pi, n // 2)
    x_0 = np.column_stack([np.cos(t_0), np.sin(t_0)])
    x_1 = np.column_stack([1 - np.cos(t_1), 0.5 - np.sin(t_1)])
    x = np.concatenate([x_0, x_1])
    y = np.repeat(np.array([0, 1], dtype=np.int64), [len(x_0), len(x_1)])
    return x + noise * rng.standard_normal(x.shape), y


def noisy_sine(n, rng, noise=0.1):
    """Return one period of a sine, measured with noise: ``y = sin(2πx) + noise·ε``.

    Parameters
    ----------
    n : int
    rng : numpy.random.Generator
    noise : float
        Standard deviation of the normal noise on y.

    Returns
    -------
    x : numpy.ndarray
        Uniformly drawn from [0, 1) and sorted, float64 of shape (n, 1).
    y : numpy.ndarray
        Targets, float64 of shape (n, 1).
    """
    _check("n", n)
    _check_random(rng, noise)
    x = np.sort(rng.random((n, 1)), axis=0)
    return x, np.sin(2 * np.pi * x) + noise * rng.standard_normal((n, 1))


# --- Parts, folds, batches ----------------------------------------------------------------------


def split(x, y, size, rng):
    """Return ``(x_first, y_first), (x_second, y_second)``: the samples in two random parts.

    The pairs are what `fit` takes::

        (x_train, y_train), validation = split(x, y, 5_000, rng)
        model.fit(x_train, y_train, validation_data=validation)

    Labels, an integer y of shape (n,), are divided in proportion (stratified): each class makes
    up the same share of both parts, as nearly as whole samples allow. Anything else in y (float
    targets, one-hot rows) is divided at random.

    Parameters
    ----------
    x, y : array_like
        Same number of rows; copied, never changed.
    size : int or float
        Of the second part: an int is a number of samples, a float between 0 and 1 a fraction.
    rng : numpy.random.Generator
        Draws the members. Their order is not random where labels are divided in proportion: the
        classes that are complete first are missing from the end of the second part and from the
        beginning of the first. To take a part of a part, call `split` again.

    Raises
    ------
    ValueError
        If the lengths differ, `size` leaves a part empty, or a class is too small for both parts.
    """
    x, y = _same_rows(x, y)
    _check_random(rng)
    n = len(x)
    count = int(size) if isinstance(size, numbers.Integral) else round(size * n)
    if not 0 < count < n:
        raise ValueError(
            f"size must leave at least one of the {n} samples in each part: a whole number from "
            f"1 to {n - 1}, or a fraction between 0 and 1. Received: {size!r}"
        )
    order = rng.permutation(n)
    in_second = np.zeros(n, dtype=bool)
    if y.ndim == 1 and y.dtype.kind in "biu":
        labels, members = np.unique(y, return_counts=True)
        share = members * count / n
        taken = np.floor(share).astype(np.int64)
        # Rounding down leaves some places free: they go to the classes that lost most by it.
        most_lost = np.argsort(taken - share, kind="stable")
        taken[most_lost[: count - taken.sum()]] += 1
        for label, has, gives in zip(labels, members, taken, strict=True):
            if not 0 < gives < has:
                raise ValueError(
                    f"each class needs a sample in both parts, but of the {has} with label {label} "
                    f"{gives} would go to the second part and {has - gives} stay in the first. "
                    f"Choose another size or leave the class out. Received: size={size!r}"
                )
            in_second[order[y[order] == label][:gives]] = True
    else:
        in_second[order[:count]] = True
    first, second = order[~in_second[order]], order[in_second[order]]
    return (x[first], y[first]), (x[second], y[second])


def k_folds(n, k, rng):
    """Yield k pairs ``(train_indices, validation_indices)`` that divide n samples at random.

    Each sample is in exactly one of the k validation parts, whose sizes differ by at most one.

    Parameters
    ----------
    n, k : int
        Number of samples and of folds, 2 <= k <= n.
    rng : numpy.random.Generator
    """
    _check("n", n, at_least=2)
    _check("k", k, at_least=2)
    _check_random(rng)
    if k > n:
        raise ValueError(f"k folds need at least k samples. Received: n={n}, k={k}")
    folds = np.array_split(rng.permutation(n), k)
    return ((np.concatenate(folds[:i] + folds[i + 1 :]), folds[i]) for i in range(k))


def batches(x, y, batch_size, rng=None, out=None):
    """Yield the mini-batches ``(x_batch, y_batch)`` of one epoch, each sample once.

    Call it anew for each epoch: with a generator the samples come in a fresh order every time,
    so that the members of the batches change. The last batch holds what is left over.

    Parameters
    ----------
    x, y : array_like
        Samples and their targets, same number of rows, any further shape. Images stay uint8:
        only a batch at a time is ever copied.
    batch_size : int
    rng : numpy.random.Generator, optional
        Draws the order; without it the samples come in the order they have.
    out : tuple of numpy.ndarray, optional
        Buffers ``(x_buffer, y_buffer)`` of batch_size rows. Each batch is then written there,
        over the one before, and what is yielded are views of the buffers. Without it each batch
        is a new pair of arrays.

    Raises
    ------
    ValueError
        If the lengths differ, batch_size is below 1, or a buffer has another shape or dtype.
    """
    x, y = _same_rows(x, y)
    _check("batch_size", batch_size)
    if rng is not None:
        _check_random(rng)
    if out is not None:
        for name, array, buffer in zip(("x", "y"), (x, y), out, strict=True):
            expected = (batch_size, *array.shape[1:])
            if buffer.shape != expected or buffer.dtype != array.dtype:
                raise ValueError(
                    f"the buffer for {name} must have shape {expected} and dtype {array.dtype}. "
                    f"Received: shape {buffer.shape}, dtype {buffer.dtype}"
                )
    order = np.arange(len(x)) if rng is None else rng.permutation(len(x))
    return _batches(x, y, batch_size, order, out)


def _batches(x, y, batch_size, order, out):
    # Apart from `batches`, so that a mistake is reported where that is called, not at the first
    # batch: the body of a generator runs only when somebody asks for its values.
    x_out = y_out = None
    for start in range(0, len(order), batch_size):
        rows = order[start : start + batch_size]
        if out is not None:
            x_out, y_out = out[0][: len(rows)], out[1][: len(rows)]
        # The indices are known to be in range; mode="clip" spares NumPy a copy to check them.
        yield (
            np.take(x, rows, axis=0, out=x_out, mode="clip"),
            np.take(y, rows, axis=0, out=y_out, mode="clip"),
        )


def _check(name, value, at_least=1):
    if not isinstance(value, numbers.Integral) or value < at_least:
        raise ValueError(
            f"{name} must be a whole number of at least {at_least}. Received: {value!r}"
        )


def _check_random(rng, noise=0.0):
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            f"rng must be a random generator such as numpy.random.default_rng(0). Received: {rng!r}"
        )
    if not noise >= 0:
        raise ValueError(f"noise is a standard deviation, 0 or more. Received: {noise!r}")


def _same_rows(x, y):
    x, y = np.asarray(x), np.asarray(y)
    if x.ndim == 0 or y.ndim == 0 or len(x) != len(y):
        raise ValueError(
            "x and y must have the same number of rows, one per sample. "
            f"Received: x of shape {x.shape}, y of shape {y.shape}"
        )
    return x, y


# --- Where the image files come from ------------------------------------------------------------


class _Files(NamedTuple):
    title: str
    folder: str  # below data/ and below the cache
    handle: str  # at Kaggle, with the version pinned
    class_names: tuple[str, ...]
    sha256: tuple[str, str, str, str]  # of the uncompressed content, in the order of _NAMES


_NAMES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)

_CLOTHES = "T-shirt/top, Trouser, Pullover, Dress, Coat, Sandal, Shirt, Sneaker, Bag, Ankle boot"

_FASHION_MNIST = _Files(
    title="Fashion-MNIST",
    folder="fashion-mnist",
    handle="zalando-research/fashionmnist/versions/4",
    class_names=tuple(_CLOTHES.split(", ")),
    sha256=(
        "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
        "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
        "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    ),
)

_MNIST = _Files(
    title="MNIST",
    folder="mnist",
    handle="hojjatk/mnist-dataset/versions/1",
    class_names=tuple("0123456789"),
    sha256=(
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ),
)

_REPOSITORY_DATA = Path(__file__).resolve().parent.parent / "data"

_SILENCE_LIMIT = 15.0  # seconds that the server may take to answer, or between two pieces of data
_TIME_LIMIT = 600.0  # seconds for the whole download

# kagglehub sets itself no limit, so it runs in a process of its own that can be ended: started
# from this text, which works from a notebook and on every system. It writes to the file `result`
# where it put the data; a failure is the last line of its error output.
_KAGGLEHUB_PROCESS = """
import faulthandler, sys

handle, result, silence_limit, time_limit = sys.argv[1:]
faulthandler.dump_traceback_later(float(time_limit), exit=True)  # should nobody be left to end it
try:
    import kagglehub, requests

    send = requests.Session.send

    def send_with_limit(self, request, **options):
        options["timeout"] = options.get("timeout") or float(silence_limit)
        return send(self, request, **options)

    requests.Session.send = send_with_limit
    path = kagglehub.dataset_download(handle)
except Exception as error:
    sys.exit(" ".join(f"{type(error).__name__}: {error}".split()))
with open(result, "w", encoding="utf-8") as file:
    file.write(path)
"""


def _load(files, source):
    if source not in ("auto", "kaggle"):
        raise ValueError(f"source must be 'auto' or 'kaggle'. Received: {source!r}")
    folder = _REPOSITORY_DATA / files.folder
    if source == "kaggle" or not folder.is_dir():
        return _load_cached(files)
    try:
        return _read_folder(folder, files, ".gz")
    except (ValueError, FileNotFoundError) as error:
        raise type(error)(
            f"{error}. Restore the file with `git checkout -- data/{files.folder}`, "
            "or download the repository anew."
        ) from error


def _read_folder(folder, files, suffix=""):
    """Return the Dataset in `folder`; ValueError if a file is not the authors'."""
    x_train, y_train, x_test, y_test = (
        _read_verified(folder / f"{name}{suffix}", digest)
        for name, digest in zip(_NAMES, files.sha256, strict=True)
    )
    y_train, y_test = y_train.astype(np.int64), y_test.astype(np.int64)
    return Dataset(x_train, y_train, x_test, y_test, files.class_names)


def _read_verified(path, expected):
    array, actual = _read_idx(path)
    if actual != expected:
        raise ValueError(
            f"{path}: not the file that its authors published. The SHA-256 of the uncompressed "
            f"content is {actual}, expected {expected}"
        )
    return array


def _load_cached(files):
    """Return the Dataset in the user's cache, downloaded first if it isn't there whole."""
    folder = _cache_folder() / files.folder
    folder.mkdir(parents=True, exist_ok=True)
    with _one_process_at_a_time(folder / "lock"):
        for leftover in folder.glob("partial-*"):  # by a process that was killed
            shutil.rmtree(leftover, ignore_errors=True)
        try:
            return _read_folder(folder, files)
        except (ValueError, FileNotFoundError):
            for name in _NAMES:
                (folder / name).unlink(missing_ok=True)
        _download(files, folder)
        return _read_folder(folder, files)


def _cache_folder():
    if chosen := os.environ.get("NN_FROM_SCRATCH_CACHE"):
        return Path(chosen).expanduser()
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "neural-network-from-scratch"


@contextlib.contextmanager
def _one_process_at_a_time(path):
    """Hold the lock at `path`, waiting for as long as a download may take.

    An exclusive SQLite transaction is a lock that works alike on Linux, macOS and Windows and
    that the system gives back when its process dies, however it dies.
    """
    import sqlite3  # here, since reading data/ doesn't need it

    deadline = time.monotonic() + _TIME_LIMIT
    with contextlib.closing(sqlite3.connect(path, timeout=0.2, isolation_level=None)) as lock:
        while True:
            try:
                lock.execute("PRAGMA journal_mode = MEMORY")  # no second file beside the lock
                lock.execute("BEGIN EXCLUSIVE")
                break
            except sqlite3.OperationalError as error:
                if "locked" not in str(error):
                    raise
                if time.monotonic() > deadline:
                    raise TimeoutError(
                        f"Another process has been filling {path.parent} for more than "
                        f"{_TIME_LIMIT:g} seconds. End it, then try again."
                    ) from error
        yield


def _download(files, folder):
    """Put the verified files of one data set into `folder`, all of them or none."""
    advice = (
        "Try again with a network connection, or clone the project's repository: "
        f"its folder data/{files.folder} holds the files."
    )
    print(f"Downloading {files.title} from Kaggle into {folder} ...", file=sys.stderr)
    # A folder beside the files' final places: from there each moves in one indivisible step.
    with tempfile.TemporaryDirectory(
        prefix="partial-", dir=folder, ignore_cleanup_errors=True
    ) as partial:
        try:
            unpacked = _run_kagglehub(files.handle, Path(partial))
            for name, digest in zip(_NAMES, files.sha256, strict=True):
                found = _find(unpacked, name)
                _read_verified(found, digest)
                with _open(found) as content, open(Path(partial) / name, "wb") as plain:
                    shutil.copyfileobj(content, plain)
        except (ValueError, ConnectionError, TimeoutError) as error:
            raise type(error)(
                f"{files.title} could not be downloaded from Kaggle: {error}. "
                f"Nothing was kept. {advice}"
            ) from error
        for name in _NAMES:
            os.replace(Path(partial) / name, folder / name)


def _run_kagglehub(handle, partial):
    """Download `handle` in a child process and return the folder that holds its files."""
    result, errors = partial / "result", partial / "errors"
    limits = str(_SILENCE_LIMIT), str(_TIME_LIMIT)
    with (
        open(errors, "wb") as stderr,
        subprocess.Popen(
            [sys.executable, "-X", "utf8", "-c", _KAGGLEHUB_PROCESS, handle, str(result), *limits],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            cwd=partial,
            env={**os.environ, "KAGGLEHUB_CACHE": str(partial / "kagglehub")},
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
