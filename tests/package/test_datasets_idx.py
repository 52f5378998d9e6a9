"""The reader of IDX files: what it returns, and what it says about everything else."""

import gzip
import math
import re
import struct
import tracemalloc
import zlib

import numpy as np
import pytest
from helpers_cases import rng
from helpers_images import idx
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from shared.datasets import read_idx

IMAGES = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)


@pytest.fixture(params=["plain", "plain.gz"])
def write(request, tmp_path):
    """Write the content of an IDX file, plain and compressed, and return the path."""

    def write_content(content):
        path = tmp_path / request.param
        path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
        return path

    return write_content


@pytest.mark.parametrize("array", [IMAGES, IMAGES[0, 0], IMAGES[:0], IMAGES[0, 0, :0]])
def test_read_idx_returns_what_was_written(write, array):
    path = write(idx(array))
    for given_path in (path, str(path)):
        result = read_idx(given_path)
        assert result.dtype == np.uint8
        assert result.shape == array.shape
        assert result.flags.writeable
        assert np.array_equal(result, array)


def test_read_idx_longer_than_one_piece(write):
    array = rng().integers(0, 256, (3, 1000, 1000), dtype=np.uint8)
    assert np.array_equal(read_idx(write(idx(array))), array)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "ends inside its header"),
        (idx(IMAGES)[:3], "ends inside its header"),
        (idx(IMAGES)[:10], "ends inside its header"),
        (b"\1" + idx(IMAGES)[1:], "wrong magic number.*Received: 01 00"),
        (b"\0\7" + idx(IMAGES)[2:], "wrong magic number.*Received: 00 07"),
        (b"\0\0\x0d" + idx(IMAGES)[3:], "type code 0x08.*Received: 0x0d"),
        (b"\0\0\x08\0", "1 dimension .* or 3 .*Received: 0"),
        (idx(IMAGES[0]), "1 dimension .* or 3 .*Received: 2"),
        (idx(IMAGES)[:-1], r"needs 24 bytes of values, the file ends after 23"),
        (idx(IMAGES)[:16], "too short for|needs 24 bytes of values, the file ends after 0"),
        (idx(IMAGES) + b"\0", "trailing bytes"),
        (b"\0\0\x08\3" + b"\xff" * 12 + b"\0" * 24, "too short for the shape"),
        (b"\0\0\x08\3" + b"\0" * 4 + b"\xff" * 8, "too short for the shape"),
    ],
)
def test_read_idx_names_file_and_fault(write, content, fault):
    path = write(content)
    with pytest.raises(ValueError, match=fault) as caught:
        read_idx(path)
    assert str(caught.value).startswith(f"{path}: ")


def test_read_idx_truncated_at_any_place(tmp_path):
    whole = gzip.compress(idx(IMAGES), mtime=0)
    path = tmp_path / "file.gz"
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(ValueError, match=re.escape(str(path))):
            read_idx(path)
    path.write_bytes(whole[:-3])
    with pytest.raises(ValueError, match="truncated gzip file"):
        read_idx(path)


def test_read_idx_not_a_gzip_file(tmp_path):
    path = tmp_path / "images.gz"
    path.write_bytes(idx(IMAGES))
    with pytest.raises(ValueError, match=r"images\.gz: not a gzip file"):
        read_idx(path)


def test_read_idx_damaged_checksum_inside_gzip(tmp_path):
    content = bytearray(gzip.compress(idx(IMAGES)))
    content[-8] ^= 1  # the CRC-32 of the content
    path = tmp_path / "images.gz"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="damaged"):
        read_idx(path)


def well_formed(content):
    """The array that the bytes of an IDX file hold, or None if they are no such file."""
    if content[:3] != b"\0\0\x08" or content[3:4] not in (b"\1", b"\3"):
        return None
    dimensions = content[3]
    header, values = content[: 4 + 4 * dimensions], content[4 + 4 * dimensions :]
    if len(header) < 4 + 4 * dimensions:
        return None
    shape = struct.unpack(f">{dimensions}I", header[4:])
    if math.prod(shape) != len(values) or max(shape) > 10_000:  # an empty array may claim a lot
        return None
    return np.frombuffer(values, np.uint8).reshape(shape)


def uncompressed(content):
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error):
        return b""


def assert_takes_only_well_formed(path, stored):
    """Write the file and read it: the reader and `well_formed` must agree."""
    path.write_bytes(stored)
    expected = well_formed(uncompressed(stored) if path.suffix == ".gz" else stored)
    if expected is None:
        with pytest.raises(ValueError, match=re.escape(f"{path}: ")):
            read_idx(path)
    else:
        np.testing.assert_array_equal(read_idx(path), expected, strict=True)


def edited(content, edits):
    """Cut out, overwrite and insert bytes: each edit puts `new` in the place of `length` bytes."""
    for place, length, new in edits:
        start = place % (len(content) + 1)
        content = content[:start] + new + content[start + length :]
    return content


shapes = st.one_of(st.tuples(st.integers(0, 40)), st.tuples(*3 * [st.integers(0, 4)]))
edits = st.lists(
    st.tuples(st.integers(0, 200), st.integers(0, 8), st.binary(max_size=8)), max_size=3
)


@settings(max_examples=500, deadline=None)
@given(
    values=shapes.flatmap(lambda shape: arrays(np.uint8, shape)),
    inside=edits,
    outside=edits,
    compressed=st.booleans(),
)
def test_read_idx_takes_what_is_well_formed_and_nothing_else(
    tmp_path_factory, values, inside, outside, compressed
):
    content = edited(idx(values), inside)
    path = tmp_path_factory.getbasetemp() / ("fuzzed.gz" if compressed else "fuzzed")
    stored = edited(gzip.compress(content, mtime=0) if compressed else content, outside)
    assert_takes_only_well_formed(path, stored)


@pytest.mark.parametrize("suffix", ["", ".gz"])
@pytest.mark.parametrize(
    ("shape", "fine"),
    [((256, 0, 0), True), ((0, 10_000, 3), True), ((0, 10_001, 3), False), ((2**32 - 1, 0, 1), 0)],
)
def test_read_idx_of_no_values(tmp_path, suffix, shape, fine):
    content = b"\0\0\x08\3" + struct.pack(">3I", *shape)
    path = tmp_path / f"empty{suffix}"
    path.write_bytes(gzip.compress(content) if suffix else content)
    if fine:
        assert read_idx(path).shape == shape
    else:
        with pytest.raises(ValueError, match="too short for the shape"):
            read_idx(path)


@settings(max_examples=200, deadline=None)
@given(place=st.integers(0, 10_000), bit=st.integers(0, 7), compressed=st.booleans())
def test_read_idx_after_a_flipped_bit(tmp_path_factory, place, bit, compressed):
    content = bytearray(gzip.compress(idx(IMAGES), mtime=0) if compressed else idx(IMAGES))
    content[place % len(content)] ^= 1 << bit
    path = tmp_path_factory.getbasetemp() / f"flipped{'.gz' if compressed else ''}"
    assert_takes_only_well_formed(path, bytes(content))


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_read_idx_believes_no_header_that_claims_more_than_the_file_can_hold(tmp_path, suffix):
    header = b"\0\0\x08\3" + struct.pack(">3I", 1_000, 1_000, 1_000)
    content = header + b"\0" * (2_000_000 if suffix else 999_999_999 // 1032)
    path = tmp_path / f"claims{suffix}"
    path.write_bytes(gzip.compress(content) if suffix else content)
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match=r"too short for the shape \(1000, 1000, 1000\)"):
            read_idx(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 1e6


def test_read_idx_leaves_other_errors_alone(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_idx(tmp_path / "absent.gz")
