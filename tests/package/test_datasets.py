"""The data sets on disk, the toy problems, and ways to divide and serve samples.

Downloading is tested in test_datasets_kaggle.py.
"""

import gzip
import hashlib
import re
import shutil
import struct
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared import datasets
from shared.datasets import (
    batches,
    k_folds,
    load_fashion_mnist,
    load_mnist,
    moons,
    noisy_sine,
    read_idx,
    spiral,
    split,
    xor,
)

ROOT = Path(__file__).resolve().parents[2]


def rng(seed=0):
    return np.random.default_rng(seed)


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory):
    """Nothing here may reach for the network or for the user's own cache."""
    folder = tmp_path_factory.mktemp("user") / "cache"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NN_FROM_SCRATCH_CACHE", str(folder))
        patch.setattr(datasets, "_KAGGLEHUB_PROCESS", "raise SystemExit('no download in tests')")
        yield folder


@pytest.fixture(scope="module")
def fashion(cache):
    return load_fashion_mnist()


# --- Files --------------------------------------------------------------------------------------


def test_fashion_mnist_is_complete(fashion):
    assert fashion.x_train.shape == (60_000, 28, 28)
    assert fashion.x_test.shape == (10_000, 28, 28)
    assert fashion.x_train.dtype == fashion.x_test.dtype == np.uint8
    assert fashion.y_train.dtype == fashion.y_test.dtype == np.int64
    assert np.bincount(fashion.y_train).tolist() == [6_000] * 10
    assert np.bincount(fashion.y_test).tolist() == [1_000] * 10
    assert [fashion.class_names[label] for label in fashion.y_train[:3]] == [
        "Ankle boot",
        "T-shirt/top",
        "T-shirt/top",
    ]
    assert len(fashion.class_names) == 10
    assert fashion.x_train.mean() / 255 == pytest.approx(0.2860, abs=5e-5)
    assert all(array.flags.writeable for array in fashion[:4])


def test_mnist_is_complete():
    mnist = load_mnist()
    assert mnist.x_train.shape == (60_000, 28, 28)
    assert mnist.x_test.shape == (10_000, 28, 28)
    assert mnist.y_train.shape == (60_000,)
    assert np.bincount(mnist.y_test).tolist() == [
        980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009,
    ]  # fmt: skip
    assert mnist.y_train[:5].tolist() == [5, 0, 4, 1, 9]
    assert mnist.class_names == ("0", "1", "2", "3", "4", "5", "6", "7", "8", "9")
    assert mnist.x_train.mean() / 255 == pytest.approx(0.1307, abs=5e-5)


def test_labels_index_the_class_names(fashion):
    names = np.array(fashion.class_names)
    assert names[fashion.y_test[:2]].tolist() == ["Ankle boot", "Pullover"]
    assert np.take(names, fashion.y_test[:2]).tolist() == ["Ankle boot", "Pullover"]


def test_loading_needs_little_more_memory_than_the_arrays():
    tracemalloc.start()
    try:
        data = load_fashion_mnist()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < sum(array.nbytes for array in data[:4]) + 4e6


def test_data_folder_holds_the_authors_files_and_readme_says_which():
    readme = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\S+\.gz)` \| ([\d,]+) \| `(\w{64})` \| `(\w{64})` \|$", readme, re.M)
    described = [
        (files, name, digest)
        for files in (datasets._FASHION_MNIST, datasets._MNIST)
        for name, digest in zip(datasets._NAMES, files.sha256, strict=True)
    ]
    assert len(rows) == len(described) == 8
    for (files, name, digest), row in zip(described, rows, strict=True):
        content = (ROOT / "data" / files.folder / f"{name}.gz").read_bytes()
        assert row == (
            f"{name}.gz",
            f"{len(content):,}",
            hashlib.sha256(content).hexdigest(),
            digest,
        )
    for words in ("MIT", "CC BY-SA 3.0", "Xiao", "Rasul", "Vollgraf", "LeCun", "Cortes", "Burges"):
        assert words in readme


def test_import_needs_only_numpy():
    script = (
        "import sys; before = set(sys.modules); import numpy, shared.datasets; "
        "print(*{name.partition('.')[0] for name in set(sys.modules) - before"
        " if getattr(sys.modules[name], '__file__', None)})"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(run.stdout.split()) - set(sys.stdlib_module_names)
    assert loaded == {"numpy", "shared"}
    assert "sqlite3" not in run.stdout.split()


def test_unknown_source_names_the_choices():
    with pytest.raises(ValueError, match=r"'auto' or 'kaggle'\. Received: 'web'"):
        load_mnist(source="web")


def test_a_copy_of_the_repository_reads_its_own_data_folder(tmp_path):
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "__init__.py").touch()
    shutil.copy(datasets.__file__, tmp_path / "shared" / "datasets.py")
    folder = tmp_path / "data" / "mnist"
    folder.mkdir(parents=True)
    write_files(folder, suffix=".gz")
    run = subprocess.run(
        [sys.executable, "-c", "from shared.datasets import load_mnist; load_mnist()"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert f"{folder / 'train-images-idx3-ubyte.gz'}: not the file that its authors" in run.stderr


def idx(array):
    """The bytes of an IDX file."""
    array = np.asarray(array, dtype=np.uint8)
    shape = struct.pack(f">{array.ndim}I", *array.shape)
    return bytes([0, 0, 8, array.ndim]) + shape + array.tobytes()


def write_files(folder, suffix=""):
    """Four small files of the right names; returns their digests."""
    digests = []
    for seed, name in enumerate(datasets._NAMES):
        shape = (20, 28, 28) if "images" in name else (20,)
        content = idx(rng(seed).integers(0, 10, shape))
        digests.append(hashlib.sha256(content).hexdigest())
        (folder / f"{name}{suffix}").write_bytes(gzip.compress(content) if suffix else content)
    return tuple(digests)


@pytest.fixture
def repository(monkeypatch, tmp_path):
    """A repository whose data folder holds four small files instead of the large ones."""
    folder = tmp_path / "data" / "mnist"
    folder.mkdir(parents=True)
    digests = write_files(folder, suffix=".gz")
    monkeypatch.setattr(datasets, "_REPOSITORY_DATA", tmp_path / "data")
    monkeypatch.setattr(datasets, "_MNIST", datasets._MNIST._replace(sha256=digests))
    return folder


def test_small_repository_is_read(repository):
    data = load_mnist()
    assert data.x_train.shape == (20, 28, 28)
    assert np.array_equal(data.x_train, rng(0).integers(0, 10, (20, 28, 28)))
    assert np.array_equal(data.y_train, rng(1).integers(0, 10, 20))
    assert np.array_equal(data.x_test, rng(2).integers(0, 10, (20, 28, 28)))
    assert np.array_equal(data.y_test, rng(3).integers(0, 10, 20))


@pytest.mark.parametrize("name", datasets._NAMES)
def test_changed_file_in_the_repository_is_reported_and_stays(repository, cache, name):
    path = repository / f"{name}.gz"
    content = bytearray(gzip.decompress(path.read_bytes()))
    content[-1] ^= 1
    path.write_bytes(gzip.compress(content))
    changed = path.read_bytes()
    with pytest.raises(ValueError) as caught:
        load_mnist()
    message = str(caught.value)
    assert message.startswith(f"{path}: not the file that its authors published")
    assert hashlib.sha256(content).hexdigest() in message
    assert dict(zip(datasets._NAMES, datasets._MNIST.sha256, strict=True))[name] in message
    assert "git checkout -- data/mnist" in message
    assert path.read_bytes() == changed
    assert not cache.exists()  # and no other source was tried


def test_header_is_part_of_what_is_checked(repository):
    # 20 images of 28x28 and 40 of 14x28 hold the same bytes; only the header tells them apart.
    path = repository / "train-images-idx3-ubyte.gz"
    path.write_bytes(gzip.compress(idx(rng(0).integers(0, 10, (40, 14, 28)))))
    with pytest.raises(ValueError, match="SHA-256"):
        load_mnist()


def test_damaged_file_in_the_repository_is_reported_with_what_to_do(repository):
    path = repository / "t10k-labels-idx1-ubyte.gz"
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(ValueError, match=r"truncated gzip file.*git checkout -- data/mnist"):
        load_mnist()


def test_missing_file_in_the_repository_is_reported(repository):
    (repository / "train-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(FileNotFoundError, match=r"train-labels.*git checkout -- data/mnist"):
        load_mnist()


# --- IDX ----------------------------------------------------------------------------------------

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
        (idx(IMAGES)[:16], r"needs 24 bytes of values, the file ends after 0"),
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


@settings(max_examples=200, deadline=None)
@given(place=st.integers(0, 10_000), bit=st.integers(0, 7), compressed=st.booleans())
def test_read_idx_survives_any_flipped_bit(tmp_path_factory, place, bit, compressed):
    content = bytearray(gzip.compress(idx(IMAGES), mtime=0) if compressed else idx(IMAGES))
    content[place % len(content)] ^= 1 << bit
    path = tmp_path_factory.getbasetemp() / f"flipped{'.gz' if compressed else ''}"
    path.write_bytes(content)
    try:
        result = read_idx(path)
    except ValueError as error:
        assert str(path) in str(error)
    else:
        assert result.size == IMAGES.size


def test_read_idx_leaves_other_errors_alone(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_idx(tmp_path / "absent.gz")


# --- Toy problems -------------------------------------------------------------------------------


def linear_accuracy(x, y):
    """Share that the best least-squares line (one per class) gets right."""
    inputs = np.column_stack([x, np.ones(len(x))])
    weights = np.linalg.lstsq(inputs, np.eye(y.max() + 1)[y], rcond=None)[0]
    return np.mean(np.argmax(inputs @ weights, axis=1) == y)


def neighbour_accuracy(x, y):
    """Share of points whose nearest other point has the same label."""
    distance = np.linalg.norm(x[:, None] - x[None], axis=2)
    np.fill_diagonal(distance, np.inf)
    return np.mean(y[distance.argmin(axis=1)] == y)


@pytest.mark.parametrize(
    "make",
    [
        lambda r: spiral(50, 3, r),
        lambda r: xor(20, r, 0.1),
        lambda r: moons(101, r),
        lambda r: noisy_sine(100, r),
    ],
)
def test_generators_depend_on_rng_alone(make):
    first, same, other = make(rng(1)), make(rng(1)), make(rng(2))
    for a, b in zip(first, same, strict=True):
        assert np.array_equal(a, b)
    assert not np.array_equal(first[0], other[0])
    assert first[0].dtype == np.float64


def test_spiral_is_three_arms_that_no_line_separates():
    x, y = spiral(100, 3, rng())
    assert x.shape == (300, 2)
    assert y.dtype == np.int64
    assert y.tolist() == [0] * 100 + [1] * 100 + [2] * 100
    assert linear_accuracy(x, y) < 0.65
    assert neighbour_accuracy(x, y) > 0.95


def test_spiral_without_noise_is_the_formula():
    x, y = spiral(50, 3, rng(), noise=0.0)
    radius = np.linalg.norm(x, axis=1)
    assert np.allclose(radius.reshape(3, 50), np.linspace(0, 1, 50))
    turn = 2 * np.pi / 3
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    assert np.allclose(x[y == 0] @ rotation.T, x[y == 1])
    assert np.allclose(x[y == 1] @ rotation.T, x[y == 2])
    assert np.allclose(x[49], [np.cos(4), np.sin(4)])  # an arm turns by 4 radians


def test_spiral_noise_is_the_deviation_of_the_angle():
    clean, _ = spiral(5_000, 1, rng(), noise=0.0)
    noisy, _ = spiral(5_000, 1, rng(), noise=0.3)
    angle = np.angle((noisy[1:] @ [1, 1j]) / (clean[1:] @ [1, 1j]))
    assert np.std(angle) == pytest.approx(0.3, rel=0.05)


def test_xor_is_the_four_points():
    x, y = xor()
    assert x.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert y.tolist() == [0, 1, 1, 0]
    assert x.dtype == np.float64
    assert y.dtype == np.int64


def test_xor_clouds_lie_around_the_corners():
    x, y = xor(500, rng(), noise=0.1)
    assert x.shape == (2_000, 2)
    corners = x.reshape(4, 500, 2)
    assert np.allclose(corners.mean(axis=1), [[0, 0], [0, 1], [1, 0], [1, 1]], atol=0.03)
    assert np.std(corners, axis=1) == pytest.approx(np.full((4, 2), 0.1), rel=0.15)
    assert np.array_equal(y, np.logical_xor(x[:, 0] > 0.5, x[:, 1] > 0.5))


def test_moons_are_two_half_circles():
    x, y = moons(201, rng(), noise=0.0)
    assert np.bincount(y).tolist() == [101, 100]
    assert np.allclose(np.linalg.norm(x[y == 0], axis=1), 1)
    assert np.allclose(np.linalg.norm(x[y == 1] - [1, 0.5], axis=1), 1)
    assert x[y == 0][:, 1].min() > -1e-9
    assert x[y == 1][:, 1].max() < 0.5 + 1e-9
    noisy, labels = moons(400, rng(), noise=0.1)
    assert linear_accuracy(noisy, labels) < 0.95
    assert neighbour_accuracy(noisy, labels) > 0.97


def test_moons_noise_is_its_deviation():
    clean, _ = moons(4_000, rng(), noise=0.0)
    noisy, _ = moons(4_000, rng(), noise=0.2)
    assert np.std(noisy - clean) == pytest.approx(0.2, rel=0.05)


def test_noisy_sine_is_one_period_plus_noise():
    x, y = noisy_sine(5_000, rng(), noise=0.2)
    assert x.shape == y.shape == (5_000, 1)
    assert y.dtype == np.float64
    assert (np.diff(x[:, 0]) >= 0).all()
    assert 0 <= x.min() < 0.01
    assert 0.99 < x.max() < 1
    assert np.std(y - np.sin(2 * np.pi * x)) == pytest.approx(0.2, rel=0.05)
    x, y = noisy_sine(10, rng(), noise=0.0)
    assert np.allclose(y, np.sin(2 * np.pi * x))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: spiral(0, 3, rng()), ValueError, "n_per_class .* at least 1. Received: 0"),
        (lambda: spiral(5, 2.5, rng()), ValueError, "classes must be a whole number"),
        (lambda: spiral(5, 3, 42), TypeError, r"default_rng\(0\)\. Received: 42"),
        (lambda: spiral(5, 3, rng(), noise=-1), ValueError, "noise .* Received: -1"),
        (lambda: xor(0), ValueError, "n_per_corner"),
        (lambda: xor(5, noise=0.1), TypeError, "rng must be .* Received: None"),
        (lambda: moons(0, rng()), ValueError, "n must be"),
        (lambda: moons(5, None), TypeError, "rng must be"),
        (lambda: noisy_sine(-1, rng()), ValueError, "n must be .* Received: -1"),
        (lambda: noisy_sine(5, rng(), float("nan")), ValueError, "noise .* Received: nan"),
    ],
)
def test_generators_say_what_is_wrong(call, error, message):
    with pytest.raises(error, match=message):
        call()


# --- split --------------------------------------------------------------------------------------


def test_split_of_fashion_mnist_is_exact(fashion):
    images = fashion.x_train[:, 14, 14]  # one pixel each, so that the test stays small
    rows = np.arange(60_000)
    (x_train, y_train), (x_val, y_val) = split(rows, fashion.y_train, 5_000, rng())
    assert len(x_train) == len(y_train) == 55_000
    assert np.bincount(y_val).tolist() == [500] * 10
    assert np.bincount(y_train).tolist() == [5_500] * 10
    assert np.array_equal(np.sort(np.concatenate([x_train, x_val])), rows)
    assert np.array_equal(fashion.y_train[x_val], y_val)
    assert np.array_equal(fashion.y_train[x_train], y_train)
    (_, _), (pixels, labels) = split(images, fashion.y_train, 5_000, rng())
    assert np.array_equal(pixels, images[x_val])
    assert np.array_equal(labels, y_val)


def test_split_takes_a_fraction_or_a_count():
    x, y = spiral(100, 3, rng())
    by_count = split(x, y, 60, rng(5))
    by_fraction = split(x, y, 0.2, rng(5))
    assert len(by_count[1][0]) == 60
    assert np.array_equal(by_count[1][0], by_fraction[1][0])
    assert len(split(x, y, np.int64(60), rng())[1][0]) == 60


def test_split_keeps_proportions_as_nearly_as_it_can():
    y = np.repeat([0, 1, 2], [10, 33, 57])
    (_, y_first), (_, y_second) = split(np.arange(100), y, 25, rng())
    # shares 2.5, 8.25 and 14.25: the place that rounding down leaves goes to the first class
    assert np.bincount(y_second).tolist() == [3, 8, 14]
    assert np.bincount(y_first).tolist() == [7, 25, 43]


def test_split_draws_members_at_random_and_mixes_both_parts():
    x, y = np.arange(400), np.repeat([0, 1], 200)
    (a, y_a), (b, y_b) = split(x, y, 0.5, rng(1))
    (_, _), (other, _) = split(x, y, 0.5, rng(2))
    assert set(b) != set(other)
    for part, labels in ((a, y_a), (b, y_b)):
        assert (np.diff(part) < 0).any()
        assert not np.array_equal(labels, np.sort(labels))
    # neither the head nor the tail of a class is favoured
    assert 60 < b[y_b == 0].mean() < 140


def test_split_of_float_targets_is_random():
    x, y = noisy_sine(100, rng())
    (x_a, y_a), (x_b, y_b) = split(x, y, 0.25, rng())
    assert x_a.shape == y_a.shape == (75, 1)
    assert x_b.shape == y_b.shape == (25, 1)
    assert np.array_equal(np.sort(np.concatenate([y_a, y_b]), axis=0), np.sort(y, axis=0))
    assert np.allclose(np.sin(2 * np.pi * x_b), y_b, atol=0.6)


def test_split_takes_float_targets_for_numbers_not_for_labels():
    x = np.arange(100)
    (_, y_a), (_, y_b) = split(x, 0.5 * x, 10, rng())  # as classes, each would be too small
    assert len(y_a) == 90
    assert len(y_b) == 10


def test_split_takes_booleans_for_labels():
    y = np.repeat([False, True], [60, 40])
    (_, _), (_, y_b) = split(np.arange(100), y, 10, rng())
    assert y_b.sum() == 4


def test_split_of_one_hot_rows_is_random():
    y = np.eye(4, dtype=np.int64)[np.repeat(np.arange(4), 25)]
    (_, y_a), (_, y_b) = split(np.arange(100), y, 10, rng())
    assert y_a.shape == (90, 4)
    assert y_b.shape == (10, 4)
    assert (y_b.sum(axis=1) == 1).all()


def test_split_copies():
    x, y = np.zeros((10, 2)), np.zeros(10)
    (x_a, y_a), (x_b, y_b) = split(x, y, 5, rng())
    for part in (x_a, y_a, x_b, y_b):
        part += 1
    assert not x.any()
    assert not y.any()


@pytest.mark.parametrize(
    ("size", "received"),
    [(0, "0"), (10, "10"), (-3, "-3"), (1.0, "1.0"), (0.0, "0.0"), (1e-9, "1e-09"), (2.5, "2.5")],
)
def test_split_says_which_sizes_are_possible(size, received):
    with pytest.raises(ValueError, match=f"from 1 to 9, .* Received: {received}"):
        split(np.arange(10), np.zeros(10), size, rng())


@pytest.mark.parametrize(
    ("counts", "size", "message"),
    [
        ([50, 1], 10, "of the 1 with label 1 0 would go to the second part and 1 stay"),
        ([50, 1], 49, "of the 1 with label 1 1 would go to the second part and 0 stay"),
        ([97, 3], 0.1, "of the 3 with label 1 0 would go"),
        ([5] * 10, 4, "label"),
    ],
)
def test_split_says_which_class_is_too_small(counts, size, message):
    y = np.repeat(np.arange(len(counts)), counts)
    with pytest.raises(ValueError, match=message):
        split(np.arange(len(y)), y, size, rng())


def test_split_names_both_shapes_when_lengths_differ():
    with pytest.raises(ValueError, match=r"x of shape \(3, 2\), y of shape \(4,\)"):
        split(np.zeros((3, 2)), np.zeros(4), 1, rng())
    with pytest.raises(ValueError, match=r"y of shape \(\)"):
        split(np.zeros(3), np.float64(1), 1, rng())
    with pytest.raises(TypeError, match="rng must be"):
        split(np.zeros(3), np.zeros(3), 1, None)


# --- k_folds ------------------------------------------------------------------------------------


def test_k_folds_validate_each_sample_once():
    folds = list(k_folds(103, 5, rng()))
    assert len(folds) == 5
    for train, validation in folds:
        assert len(validation) in (20, 21)
        assert np.array_equal(np.sort(np.concatenate([train, validation])), np.arange(103))
    everyone = np.concatenate([validation for _, validation in folds])
    assert np.array_equal(np.sort(everyone), np.arange(103))
    assert not np.array_equal(everyone, np.arange(103))


def test_k_folds_depend_on_rng():
    first, same, other = (next(iter(k_folds(50, 5, rng(s))))[1] for s in (1, 1, 2))
    assert np.array_equal(first, same)
    assert set(first) != set(other)


@pytest.mark.parametrize(
    ("n", "k", "message"),
    [
        (10, 1, "k must be a whole number of at least 2. Received: 1"),
        (10, 11, "Received: n=10, k=11"),
        (1, 2, "n must be"),
        (10, 2.0, "k must be .* Received: 2.0"),
    ],
)
def test_k_folds_say_what_is_wrong_at_once(n, k, message):
    with pytest.raises(ValueError, match=message):
        k_folds(n, k, rng())


# --- batches ------------------------------------------------------------------------------------


def samples(n=10):
    """Images and labels that can be told from each other: image i is full of i, label i is 10i."""
    x = np.empty((n, 2, 3), dtype=np.uint8)
    x[:] = np.arange(n)[:, None, None]
    return x, 10 * np.arange(n)


def test_batches_in_order():
    x, y = samples()
    got = list(batches(x, y, 4))
    assert [len(b) for b, _ in got] == [4, 4, 2]
    assert np.array_equal(np.concatenate([b for b, _ in got]), x)
    assert np.array_equal(np.concatenate([b for _, b in got]), y)


def test_batches_serve_each_sample_once_with_its_target():
    x, y = samples(103)
    got = list(batches(x, y, 10, rng()))
    assert [len(b) for b, _ in got] == [10] * 10 + [3]
    x_all, y_all = (np.concatenate(parts) for parts in zip(*got, strict=True))
    assert np.array_equal(np.sort(y_all), y)
    assert np.array_equal(x_all[:, 0, 0].astype(int) * 10, y_all)


def test_members_of_batches_change_from_epoch_to_epoch():
    x, y = samples(100)
    generator = rng()
    epochs = [[frozenset(b) for _, b in batches(x, y, 10, generator)] for _ in range(3)]
    assert len(set().union(*epochs)) == 30
    again = rng()
    assert [[frozenset(b) for _, b in batches(x, y, 10, again)] for _ in range(3)] == epochs


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
@pytest.mark.parametrize("shape", [(), (1,), (5,), (2, 3)])
def test_batches_keep_dtype_and_shape(dtype, shape):
    x = np.zeros((7, *shape), dtype=dtype)
    for x_batch, y_batch in batches(x, x, 7, rng()):
        assert x_batch.dtype == y_batch.dtype == dtype
        assert x_batch.shape == y_batch.shape == (7, *shape)


@pytest.mark.parametrize("generator", [None, rng()])
def test_batches_are_fresh_arrays(generator):
    x, y = samples()
    kept = list(batches(x, y, 4, generator))
    arrays = [array for pair in kept for array in pair]
    for i, array in enumerate(arrays):
        assert not any(np.shares_memory(array, other) for other in [x, y, *arrays[:i]])


def test_batches_into_buffers_are_the_same_batches():
    x, y = samples(11)
    expected = list(batches(x, y, 4, rng(3)))
    x_buffer, y_buffer = np.full((4, 2, 3), 99, np.uint8), np.full(4, -1)
    count = 0
    for (x_batch, y_batch), (x_new, y_new) in zip(
        batches(x, y, 4, rng(3), out=(x_buffer, y_buffer)), expected, strict=True
    ):
        assert np.array_equal(x_batch, x_new)
        assert np.array_equal(y_batch, y_new)
        assert x_batch.base is x_buffer
        assert y_batch.base is y_buffer
        assert np.shares_memory(x_batch[0], x_buffer[0])
        count += 1
    assert count == 3
    assert (y_buffer[:3] == expected[2][1]).all()
    assert y_buffer[3] == expected[1][1][3]  # the last, smaller batch left the rest alone


def test_batches_into_buffers_allocate_nothing_large():
    x = np.zeros((1_000, 28, 28), dtype=np.uint8)
    y = np.zeros(1_000, dtype=np.int64)
    buffers = np.empty((100, 28, 28), np.uint8), np.empty(100, np.int64)
    epoch = batches(x, y, 100, rng(), out=buffers)
    next(epoch)
    tracemalloc.start()
    try:
        for _ in epoch:
            pass
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 5_000  # one batch of images takes 78,400 bytes


def test_batches_take_lists():
    [(x_batch, y_batch)] = batches([[1.0], [2.0]], [0, 1], 5)
    assert x_batch.tolist() == [[1.0], [2.0]]
    assert y_batch.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda x, y: batches(x, y[1:], 4), ValueError, r"x of shape \(10, 2, 3\), y .* \(9,\)"),
        (lambda x, y: batches(x, y, 0), ValueError, "batch_size .* at least 1. Received: 0"),
        (lambda x, y: batches(x, y, 2.0), ValueError, "batch_size .* Received: 2.0"),
        (lambda x, y: batches(x, y, 4, 7), TypeError, "rng must be .* Received: 7"),
        (
            lambda x, y: batches(x, y, 4, out=(np.empty((3, 2, 3), np.uint8), np.empty(4, int))),
            ValueError,
            r"buffer for x must have shape \(4, 2, 3\) and dtype uint8. Received: .* \(3, 2, 3\)",
        ),
        (
            lambda x, y: batches(x, y, 4, out=(np.empty((4, 2, 3), np.uint8), np.empty(4))),
            ValueError,
            r"buffer for y must have shape \(4,\) and dtype int64. Received: .* float64",
        ),
    ],
)
def test_batches_say_what_is_wrong_at_once(call, error, message):
    x, y = samples()
    with pytest.raises(error, match=message):
        call(x, y.astype(np.int64))
