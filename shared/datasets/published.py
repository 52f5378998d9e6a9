"""The image files as their authors published them: their names, and the proof that a file is one.

A file is what the authors published if its uncompressed content has the SHA-256 that is written
here. It doesn't matter where the file came from.
"""

from typing import NamedTuple

from .idx import read_with_sha256

NAMES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)


class Files(NamedTuple):
    """The four files of one data set.

    Attributes
    ----------
    title : str
        What messages call the data set.
    folder : str
        Where the files are, below ``data/`` and below the cache.
    handle : str
        The data set's address at Kaggle, with the version pinned.
    class_names : tuple of str
        What the labels 0 to 9 stand for.
    sha256 : tuple of str
        Digests of the uncompressed files, in the order of `NAMES`.
    """

    title: str
    folder: str
    handle: str
    class_names: tuple[str, ...]
    sha256: tuple[str, str, str, str]


_CLOTHES = "T-shirt/top, Trouser, Pullover, Dress, Coat, Sandal, Shirt, Sneaker, Bag, Ankle boot"

FASHION_MNIST = Files(
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

MNIST = Files(
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


def read_folder(folder, files, suffix=""):
    """Return the four arrays in `folder`, in the order of `NAMES`.

    Raises
    ------
    ValueError, OSError
        If a file is not the one that its authors published, or can't be read.
    """
    return [
        read_verified(folder / f"{name}{suffix}", digest)
        for name, digest in zip(NAMES, files.sha256, strict=True)
    ]


def read_verified(path, expected):
    """Return the array in `path`; ValueError unless `expected` is the SHA-256 of its content."""
    array, actual = read_with_sha256(path)
    if actual != expected:
        raise ValueError(
            f"{path}: not the file that its authors published. The SHA-256 of the uncompressed "
            f"content is {actual}, expected {expected}"
        )
    return array
