"""Fashion-MNIST and MNIST in the repository's folder ``data/``.

Downloading is tested in test_datasets_download.py.
"""

import gzip
import hashlib
import re
import shutil
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from helpers_cases import rng
from helpers_images import DIGESTS, FILES, idx, replace_published

from shared.datasets import download, images, load_fashion_mnist, load_mnist, published

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory):
    """Nothing here may reach for the network or for the user's own cache."""
    folder = tmp_path_factory.mktemp("user") / "cache"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NN_FROM_SCRATCH_CACHE", str(folder))
        patch.setattr(download, "_FETCH", "no_download_in_these_tests")
        yield folder


@pytest.fixture(scope="module")
def fashion(cache):
    return load_fashion_mnist()


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
        for files in (published.FASHION_MNIST, published.MNIST)
        for name, digest in zip(published.NAMES, files.sha256, strict=True)
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


def write_files(folder):
    """Write the four small files as the repository holds them and return their folder."""
    folder.mkdir(parents=True)
    for name, content in FILES.items():
        (folder / f"{name}.gz").write_bytes(gzip.compress(content))
    return folder


def test_unknown_source_names_the_choices():
    with pytest.raises(ValueError, match=r"'auto' or 'kaggle'\. Received: 'web'"):
        load_mnist(source="web")


def test_a_copy_of_the_repository_reads_its_own_data_folder(tmp_path):
    shutil.copytree(ROOT / "shared" / "datasets", tmp_path / "shared" / "datasets")
    folder = write_files(tmp_path / "data" / "mnist")
    run = subprocess.run(
        [sys.executable, "-c", "from shared.datasets import load_mnist; load_mnist()"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert f"{folder / 'train-images-idx3-ubyte.gz'}: not the file that its authors" in run.stderr


@pytest.fixture
def repository(monkeypatch, tmp_path):
    """A repository whose data folder holds four small files instead of the large ones."""
    monkeypatch.setattr(images, "_REPOSITORY_DATA", tmp_path / "data")
    replace_published(monkeypatch)
    return write_files(tmp_path / "data" / "mnist")


def test_small_repository_is_read(repository):
    data = load_mnist()
    assert data.x_train.shape == (20, 28, 28)
    assert np.array_equal(data.x_train, rng(0).integers(0, 10, (20, 28, 28)))
    assert np.array_equal(data.y_train, rng(1).integers(0, 10, 20))
    assert np.array_equal(data.x_test, rng(2).integers(0, 10, (20, 28, 28)))
    assert np.array_equal(data.y_test, rng(3).integers(0, 10, 20))


@pytest.mark.parametrize("name", published.NAMES)
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
    assert dict(zip(FILES, DIGESTS, strict=True))[name] in message
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
