"""Activations: functions applied to the output of a layer.

All of them keep shape and dtype and have no parameters. They are layers, and go into a model like
any other.
"""

import numpy as np

from .arguments import finite, floats
from .layers import Layer


def sigmoid(z):
    r"""Return :math:`1 / (1 + e^{-z})`, without overflow at either end.

    For negative :math:`z` the same number is computed as :math:`e^z / (1 + e^z)`, so that the
    exponential is never larger than 1. Raises TypeError if ``z`` doesn't hold floats.
    """
    floats("z", z)
    exp = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, exp) / (1 + exp)


def softmax(z):
    r"""Return :math:`e^{z_j} / \sum_k e^{z_k}` for each row (along the last axis).

    The largest number of the row is subtracted first. That doesn't change the result and keeps the
    exponentials at 1 or below. Raises TypeError if ``z`` doesn't hold floats.
    """
    floats("z", z)
    exp = np.exp(z - z.max(axis=-1, keepdims=True))
    exp /= exp.sum(axis=-1, keepdims=True)
    return exp


class Linear(Layer):
    """Return the input, :math:`y = x`: the activation of a regression's output."""

    def forward(self, x, training=False, out=None):
        """Return ``x`` itself."""
        return x

    def backward(self, grad, out=None):
        """Return ``grad`` itself."""
        return grad


class ReLU(Layer):
    r"""Rectified linear unit, :math:`y = \max(0, x)`.

    The derivative is 1 where :math:`x > 0` and 0 elsewhere (at 0 it doesn't exist, and 0 is used).
    Minus infinity becomes NaN, not 0: such a network has diverged, and should say so.

    References
    ----------
    V. Nair, G. Hinton (2010), Rectified linear units improve restricted Boltzmann machines, ICML.
    """

    def forward(self, x, training=False, out=None):
        """Return ``max(0, x)``."""
        self._mask = x > 0
        return np.multiply(x, self._mask, out=out)

    def backward(self, grad, out=None):
        """Return ``grad`` where the input was positive, else 0."""
        return np.multiply(grad, self._mask, out=out)


class LeakyReLU(Layer):
    r"""A ReLU with a small slope for negative inputs.

    :math:`y = x` where :math:`x > 0`, and :math:`\text{slope} \cdot x` elsewhere.

    Parameters
    ----------
    slope : float
        The slope for negative inputs.

    References
    ----------
    A. Maas, A. Hannun, A. Ng (2013), Rectifier nonlinearities improve neural network acoustic
    models, ICML workshop.
    """

    def __init__(self, slope=0.01):
        self.slope = finite("slope", slope)

    def forward(self, x, training=False, out=None):
        """Return ``x`` where positive, else ``slope * x``; TypeError if ``x`` isn't floats."""
        floats("the input of LeakyReLU", x)
        self._slopes = np.where(x > 0, x.dtype.type(1), x.dtype.type(self.slope))
        return np.multiply(x, self._slopes, out=out)

    def backward(self, grad, out=None):
        """Return ``grad`` where the input was positive, else ``slope * grad``."""
        return np.multiply(grad, self._slopes, out=out)

    def config(self):
        """Return the constructor's arguments that describe the layer, in a dict."""
        return {"slope": self.slope}


class Sigmoid(Layer):
    r"""The logistic function, :math:`y = 1 / (1 + e^{-x})`; derivative :math:`y (1 - y)`."""

    def forward(self, x, training=False, out=None):
        """Return numbers between 0 and 1."""
        self._y = sigmoid(x)
        return self._y

    def backward(self, grad, out=None):
        """Return ``grad * y * (1 - y)``."""
        return np.multiply(grad, self._y * (1 - self._y), out=out)


class Tanh(Layer):
    r"""The hyperbolic tangent, between -1 and 1; derivative :math:`1 - y^2`."""

    def forward(self, x, training=False, out=None):
        """Return numbers between -1 and 1; TypeError if ``x`` isn't floats."""
        floats("the input of Tanh", x)
        self._y = np.tanh(x)
        return self._y

    def backward(self, grad, out=None):
        """Return ``grad * (1 - y**2)``."""
        return np.multiply(grad, 1 - self._y**2, out=out)


class Softmax(Layer):
    r"""Turn each row of logits into probabilities that sum to 1.

    The derivative is a matrix for each row, :math:`\partial y_j / \partial x_k =
    y_j (\delta_{jk} - y_k)`; multiplied by a gradient :math:`g` it becomes
    :math:`dx = y \odot (g - \sum_k g_k y_k)`.

    For training, use :class:`shared.losses.SoftmaxCrossEntropy` on the logits instead: it's faster,
    and exact where a probability is close to 0.
    """

    def forward(self, x, training=False, out=None):
        """Return probabilities, one row per sample."""
        self._y = softmax(x)
        return self._y

    def backward(self, grad, out=None):
        """Return ``y * (grad - sum(grad * y))``, the sum over each row."""
        dot = (grad * self._y).sum(axis=-1, keepdims=True)
        return np.multiply(self._y, grad - dot, out=out)
