"""Layers without parameters that turn raw images into what a network takes in.

They come first in a model, so that training, evaluation, and prediction all start from the same raw
images, and a saved model carries its preprocessing with it. Layers before the first parameter don't
need a gradient.
"""

import math

import numpy as np

from .arguments import finite, generator, whole_number
from .layers import Layer


class Flatten(Layer):
    """Lay each sample out as one row: ``(batch, 28, 28)`` becomes ``(batch, 784)``."""

    def forward(self, x, training=False, out=None):
        """Return ``x`` as a matrix with one row per sample, without copying where possible."""
        self._shape = x.shape
        return x.reshape(len(x), math.prod(x.shape[1:]))

    def backward(self, grad, out=None):
        """Return ``grad`` in the shape of the input."""
        return grad.reshape(self._shape)


class Rescaling(Layer):
    r"""Multiply by one number and add another: :math:`y = \text{scale} \cdot x + \text{offset}`.

    ``Rescaling(1 / 255, dtype=np.float32)`` turns bytes into numbers from 0 to 1.

    Parameters
    ----------
    scale, offset : float
        The factor, and the number that is added.
    dtype : dtype
        float64 or float32, that of the output whatever the dtype of the input.

    Raises
    ------
    TypeError, ValueError
        If ``scale`` or ``offset`` is not a finite number, or ``dtype`` not one of the two.
    """

    def __init__(self, scale, offset=0.0, dtype=np.float64):
        self.scale = finite("scale", scale)
        self.offset = finite("offset", offset)
        self.dtype = np.dtype(dtype)
        if self.dtype not in (np.float32, np.float64):
            raise TypeError(f"dtype must be float32 or float64. Received: dtype={self.dtype}")

    def forward(self, x, training=False, out=None):
        """Return ``scale * x + offset``."""
        y = np.multiply(x, self.scale, out=out, dtype=self.dtype)
        if self.offset:
            y += self.offset
        return y

    def backward(self, grad, out=None):
        """Return ``scale * grad``."""
        return np.multiply(grad, self.scale, out=out)

    def config(self):
        """Return the constructor's arguments that describe the layer, in a dict."""
        return {"scale": self.scale, "offset": self.offset, "dtype": self.dtype.name}


class RandomFlip(Layer):
    """Mirror each image left to right with probability 1/2, in training only.

    A mirrored shirt is a shirt: the network sees twice as many images, and learns that the side
    doesn't matter.

    Parameters
    ----------
    rng : numpy.random.Generator
        Decides which images are mirrored.

    Raises
    ------
    TypeError
        If ``rng`` is not a generator.
    """

    def __init__(self, rng):
        self.rng = generator("rng", rng)

    def forward(self, x, training=False, out=None):
        """Return images of the shape ``(batch, height, width)``, some of them mirrored."""
        _check_images(self, x)
        if not training:
            return x
        mirrored = self.rng.random(len(x)) < 0.5
        y = x.copy()
        y[mirrored] = x[mirrored, :, ::-1]
        return y


class RandomShift(Layer):
    """Move each image by up to a few pixels in both directions, in training only.

    Pixels that move in from outside are zero (black); pixels that move out are lost.

    Parameters
    ----------
    pixels : int
        The furthest move, in each direction.
    rng : numpy.random.Generator
        Decides how far each image moves.

    Raises
    ------
    TypeError, ValueError
        If ``pixels`` is not a whole number, 0 or more, or ``rng`` not a generator.
    """

    def __init__(self, pixels, rng):
        self.pixels = whole_number("pixels", pixels, least=0)
        self.rng = generator("rng", rng)

    def forward(self, x, training=False, out=None):
        """Return images of the shape ``(batch, height, width)``, each moved by its own amount."""
        _check_images(self, x)
        if not training:
            return x
        n, height, width = x.shape
        p = self.pixels
        padded = np.pad(x, ((0, 0), (p, p), (p, p)))
        down, right = self.rng.integers(0, 2 * p + 1, size=(2, n, 1))
        rows = down + np.arange(height)
        columns = right + np.arange(width)
        return padded[np.arange(n)[:, None, None], rows[:, :, None], columns[:, None, :]]

    def config(self):
        """Return the constructor's arguments that describe the layer, in a dict."""
        return {"pixels": self.pixels}


def _check_images(layer, x):
    if x.ndim != 3:
        raise ValueError(
            f"{layer!r} takes images of shape (batch, height, width), before they are flattened. "
            f"Received: shape {x.shape}"
        )
