"""Data to learn from, and ways to divide and serve it.

- `images`: `load_fashion_mnist` and `load_mnist` read the files in the repository's folder
  ``data/``. Where the package was installed without it, they download the files once.
- `toy`: `spiral`, `xor`, `moons` and `noisy_sine` draw small problems from a random generator.
- `parts`: `split`, `k_folds` and `batches` divide samples into parts, folds and mini-batches.
- `idx`: `read_idx` reads the format in which MNIST is published.
- `published`: the names and digests of the authors' files.
- `download` gets those files from Kaggle into a cache; `fetch` is the program it starts to do so.

Rows are samples. Whatever is random takes ``rng``, a `numpy.random.Generator`: the same generator
state gives the same data.
"""

from .idx import read_idx
from .images import Dataset, load_fashion_mnist, load_mnist
from .parts import batches, k_folds, split
from .toy import moons, noisy_sine, spiral, xor

__all__ = [
    "Dataset",
    "batches",
    "k_folds",
    "load_fashion_mnist",
    "load_mnist",
    "moons",
    "noisy_sine",
    "read_idx",
    "spiral",
    "split",
    "xor",
]
