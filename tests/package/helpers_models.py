"""Small networks, data and callbacks for the tests of Model, callbacks and files."""

import numpy as np

from shared.activations import LeakyReLU, ReLU
from shared.callbacks import Callback
from shared.datasets import spiral
from shared.layers import BatchNorm, Dense, Dropout, Layer
from shared.losses import SoftmaxCrossEntropy
from shared.metrics import accuracy
from shared.model import Model
from shared.optimizers import Adam
from shared.preprocessing import Flatten, RandomFlip, RandomShift, Rescaling
from shared.regularizers import L2
from shared.schedules import Cosine, WarmUp


def rng(seed=0):
    return np.random.default_rng(seed)


def points(n_per_class=10, classes=3, seed=0):
    return spiral(n_per_class, classes, rng(seed))


def small(seed=0, lr=0.01, dtype=np.float64):
    """A network for points in the plane and three classes, compiled."""
    generator = rng(seed)
    model = Model(
        [Dense(2, 8, generator, dtype=dtype), ReLU(), Dense(8, 3, generator, dtype=dtype)]
    )
    model.compile(Adam(model.parameters(), lr=lr), SoftmaxCrossEntropy(), metrics=[accuracy])
    return model


def photos(n=23, seed=0):
    """Bytes like those of a data set of images, and labels."""
    return rng(seed).integers(0, 256, (n, 4, 5), dtype=np.uint8), rng(seed + 1).integers(0, 3, n)


def large(generator=None, dtype=np.float32, steps=40):
    """A network of every kind of layer that a classifier of images has, compiled."""
    generator = generator or rng()
    model = Model(
        [
            RandomFlip(generator),
            RandomShift(1, generator),
            Flatten(),
            Rescaling(1 / 255, dtype=dtype),
            Dense(20, 8, generator, regularizer=L2(1e-3), dtype=dtype),
            BatchNorm(8, dtype=dtype),
            ReLU(),
            Dropout(0.2, generator),
            Dense(8, 6, generator, dtype=dtype),
            LeakyReLU(0.1),
            Dense(6, 3, generator, dtype=dtype),
        ]
    )
    schedule = WarmUp(Cosine(0.02, steps), 3)
    model.compile(Adam(model.parameters(), lr=schedule), SoftmaxCrossEntropy(), metrics=[accuracy])
    return model


def numbers_of(model):
    """Copies of all arrays of a model."""
    return {name: array.copy() for name, array in model.state_dict().items()}


def assert_same_numbers(first, second):
    assert list(first) == list(second)
    for name in first:
        assert first[name].dtype == second[name].dtype
        np.testing.assert_array_equal(first[name], second[name], err_msg=name)


class Spy(Layer):
    """Hands its input on and remembers it, with the mode."""

    def __init__(self):
        self.seen = []

    def forward(self, x, training=False, out=None):
        self.seen.append((x.copy(), training))
        return x

    def backward(self, grad, out=None):
        return grad


class Do(Callback):
    """Calls a function at one of the moments: ``Do(on_batch_end=lambda model: ...)``."""

    def __init__(self, **moments):
        for name, function in moments.items():
            setattr(self, name, function)
