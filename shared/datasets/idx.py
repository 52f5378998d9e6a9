"""The reader of IDX files, the format in which MNIST is published."""

import gzip
import hashlib
import math
import zlib
from pathlib import Path

import numpy as np

LONGEST_EMPTY = 10_000  # samples, in a file without a single value


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
    return read_with_sha256(Path(path))[0]


def read_with_sha256(path):
    """Return the array in `path`, a Path, and the SHA-256 of the file's uncompressed content."""
    sha256 = hashlib.sha256()

    def take(count):
        taken = file.read(count)
        if len(taken) < count:
            raise ValueError(f"{path}: the file ends inside its header")
        sha256.update(taken)
        return taken

    try:
        with open_binary(path) as file:
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
            most = path.stat().st_size * (1032 if path.suffix == ".gz" else 1)
            # An empty array needs no bytes, but NumPy can't make one of any shape.
            if size > most or (size == 0 and max(shape) > LONGEST_EMPTY):
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


def open_binary(path):
    """Open `path`, a Path, for reading bytes; a ``.gz`` file gives its uncompressed content."""
    return gzip.open(path, "rb") if path.suffix == ".gz" else open(path, "rb")
