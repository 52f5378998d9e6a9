"""Layers without parameters that turn raw images into what a network takes in.

They stand at the front of a model, so that training, evaluation and prediction all start from the
same raw images, and a saved model carries its preprocessing with it. No gradient passes through
them: what lies before the first parameter needs none.
"""

import numpy as np

from .layers import Layer


class Flatten(Layer):
    """Lay each sample out as one row: ``(batch, 28, 28)`` becomes ``(batch, 784)``."""

    def forward(self, x, training=False, out=None):
        """Return ``x`` as a matrix with one row a sample, without copying where possible."""
        self._shape = x.shape
        return x.reshape(len(x), -1)

    def backward(self, grad, out=None):
        """Return ``grad`` in the shape of the input."""
        return grad.reshape(self._shape)


class Rescaling(Layer):
    r"""Multiply with a number and add one: :math:`y = \text{scale} \cdot x + \text{offset}`.

    ``Rescaling(1 / 255, dtype=np.float32)`` turns bytes into numbers from 0 to 1.

    Parameters
    ----------
    scale, offset : float
        What is multiplied with, and what is added.
    dtype : dtype
        float64 or float32, of the output whatever the input's.
    """

    def __init__(self, scale, offset=0.0, dtype=np.float64):
        self.scale = float(scale)
        self.offset = float(offset)
        self.dtype = np.dtype(dtype)

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
    """

    def __init__(self, rng):
        self.rng = rng

    def forward(self, x, training=False, out=None):
        """Return images of the shape ``(batch, height, width)``, some of them mirrored."""
        if not training:
            return x
        mirrored = self.rng.random(len(x)) < 0.5
        y = x.copy()
        y[mirrored] = x[mirrored, :, ::-1]
        return y


class RandomShift(Layer):
    """Move each image by up to a few pixels in both directions, in training only.

    What moves in from outside is zero (black); what moves out is lost.

    Parameters
    ----------
    pixels : int
        The furthest move, in each direction.
    rng : numpy.random.Generator
        Decides how far each image moves.
    """

    def __init__(self, pixels, rng):
        self.pixels = pixels
        self.rng = rng

    def forward(self, x, training=False, out=None):
        """Return images of the shape ``(batch, height, width)``, each moved by its own amount."""
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
