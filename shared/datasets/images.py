"""Fashion-MNIST and MNIST as arrays, read from the repository or from the user's cache."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from . import published
from .download import read_cached

_REPOSITORY_DATA = Path(__file__).resolve().parents[2] / "data"


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
    """Return Fashion-MNIST: 60,000 + 10,000 gray images of clothing in ten balanced classes.

    Parameters
    ----------
    source : {"auto", "kaggle"}
        "auto" reads ``data/fashion-mnist`` of the repository and, only where that folder doesn't
        exist, does what "kaggle" does. "kaggle" takes the files of an earlier download from the
        user's cache, or downloads them through kagglehub into it. The cache is the system's
        usual folder, or the one that the environment variable NN_FROM_SCRATCH_CACHE names. A
        complete cache is only read, so it may be read-only.

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
    OSError
        If files have to be downloaded and the cache can't be written.

    References
    ----------
    H. Xiao, K. Rasul and R. Vollgraf, "Fashion-MNIST: a Novel Image Dataset for Benchmarking
    Machine Learning Algorithms", arXiv:1708.07747, 2017. MIT license.
    """
    return _load(published.FASHION_MNIST, source)


def load_mnist(source="auto"):
    """Return MNIST: 60,000 + 10,000 gray images of handwritten digits.

    Parameters, result and errors are those of `load_fashion_mnist`; the folder is ``data/mnist``.

    References
    ----------
    Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, "Gradient-based learning applied to document
    recognition", Proceedings of the IEEE 86(11), 1998. Data by Y. LeCun, C. Cortes and
    C. Burges, CC BY-SA 3.0.
    """
    return _load(published.MNIST, source)


def _load(files, source):
    if source not in ("auto", "kaggle"):
        raise ValueError(f"source must be 'auto' or 'kaggle'. Received: {source!r}")
    if source == "kaggle" or not (_REPOSITORY_DATA / files.folder).is_dir():
        arrays = read_cached(files)
    else:
        arrays = _read_repository(files)
    x_train, y_train, x_test, y_test = arrays
    y_train, y_test = y_train.astype(np.int64), y_test.astype(np.int64)
    return Dataset(x_train, y_train, x_test, y_test, files.class_names)


def _read_repository(files):
    try:
        return published.read_folder(_REPOSITORY_DATA / files.folder, files, ".gz")
    except (ValueError, FileNotFoundError) as error:
        raise type(error)(
            f"{error}. Restore the file with `git checkout -- data/{files.folder}`, "
            "or download the repository anew."
        ) from error
