"""Losses: one number for how wrong a batch of predictions is, and its gradient.

``forward(y_pred, y_true)`` returns the mean over the batch as a float; ``backward()`` returns the
gradient of that number with respect to ``y_pred``, of the same shape, for the last ``forward``.

For classes, ``y_true`` holds integer labels ``(batch,)`` or one-hot rows ``(batch, classes)``.
For the two binary losses it holds zeros and ones, ``(batch,)`` or of the shape of ``y_pred``. For
regression it has the shape of ``y_pred``. Any other pair of shapes is an error: NumPy would
silently broadcast ``(n,)`` against ``(n, 1)`` to ``(n, n)``. Names of classes as strings aren't
labels, and text, dates, and complex numbers aren't targets: both are refused. Masked arrays aren't
supported.
"""

import numpy as np

from .activations import sigmoid, softmax
from .arguments import floats

# Probabilities are kept this far from 0 before a logarithm is taken, so that a confident mistake
# costs 16 and not infinity. There the loss is flat, and its gradient 0.
SMALLEST_PROBABILITY = 1e-7


class Loss:
    """What every loss can do.

    Attributes
    ----------
    classifies : bool
        Whether predictions are probabilities of classes (or logits that stand for them).
    predictions : ndarray
        What the last ``forward`` compared with the truth: ``output_activation(y_pred)``.
    """

    classifies = False

    def forward(self, y_pred, y_true):
        """Return the mean loss over the batch, a float.

        Raises
        ------
        ValueError
            If the shapes don't fit, the batch is empty, or a label or probability is out of range.
        TypeError
            If predictions or targets hold something other than numbers.
        """
        raise NotImplementedError(f"{type(self).__name__} has no forward pass")

    def backward(self):
        """Return the gradient of the last ``forward`` with respect to ``y_pred``."""
        raise NotImplementedError(f"{type(self).__name__} has no backward pass")

    def output_activation(self, outputs):
        """Apply the activation that the loss takes over from the network's last layer.

        A softmax or sigmoid that belongs to the loss is missing from the network; predictions and
        metrics need it. Other losses take over none, and return ``outputs`` itself.
        """
        return outputs


class MeanSquaredError(Loss):
    r""":math:`L = \frac1N \sum (\hat y - y)^2` over all :math:`N` numbers of the batch.

    Gradient: :math:`\frac2N (\hat y - y)`.
    """

    def forward(self, y_pred, y_true):
        """Return the mean of the squared differences; both of one shape."""
        self.predictions = y_pred
        self._difference = y_pred - _targets(y_pred, y_true)
        return float(np.mean(self._difference**2))

    def backward(self):
        """Return the gradient, of the shape of ``y_pred``."""
        return self._difference * (2 / self._difference.size)


class MeanAbsoluteError(Loss):
    r""":math:`L = \frac1N \sum |\hat y - y|` over all :math:`N` numbers of the batch.

    Gradient: :math:`\frac1N \mathrm{sign}(\hat y - y)`, and 0 where they are equal.
    """

    def forward(self, y_pred, y_true):
        """Return the mean of the absolute differences; both of one shape."""
        self.predictions = y_pred
        self._difference = y_pred - _targets(y_pred, y_true)
        return float(np.mean(np.abs(self._difference)))

    def backward(self):
        """Return the gradient, of the shape of ``y_pred``."""
        return np.sign(self._difference) * (1 / self._difference.size)


class BinaryCrossEntropy(Loss):
    r"""Cross-entropy of yes/no predictions given as probabilities.

    .. math:: L = -\frac1N \sum \left(y \log p + (1 - y) \log (1 - p)\right)

    over all :math:`N` numbers of the batch. Gradient: :math:`\frac1N \frac{p - y}{p (1 - p)}`.
    Needs a sigmoid before it. Prefer :class:`SigmoidCrossEntropy`, which takes logits:
    probabilities are kept 1e-7 away from 0 and 1 here, and where that changes one, the gradient
    is 0.
    """

    classifies = True

    def forward(self, y_pred, y_true):
        """Return the mean cross-entropy; ``y_pred`` are probabilities, usually ``(batch, 1)``."""
        self.predictions = _probabilities(y_pred)
        self._y = y = _binary_targets(y_pred, y_true)
        self._p = p = np.clip(y_pred, SMALLEST_PROBABILITY, 1 - SMALLEST_PROBABILITY)
        return float(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))

    def backward(self):
        """Return the gradient, of the shape of ``y_pred``."""
        p = self._p
        return (p == self.predictions) * (p - self._y) / (p * (1 - p) * p.size)


class CategoricalCrossEntropy(Loss):
    r"""Cross-entropy of probabilities over classes: minus the log of what the truth was given.

    .. math:: L = -\frac1n \sum_i \log p_{i, y_i}

    over the :math:`n` rows. Gradient: :math:`-\frac{1}{n\, p_{i, y_i}}` at the true class and 0
    elsewhere. Needs a softmax before it. Prefer :class:`SoftmaxCrossEntropy`, which takes logits:
    probabilities are kept at 1e-7 or more here, and where that changes one, the gradient is 0.
    """

    classifies = True

    def forward(self, y_pred, y_true):
        """Return the mean cross-entropy; ``y_pred`` are probabilities, ``(batch, classes)``."""
        self.predictions = _probabilities(y_pred)
        self._labels = _labels(y_pred, y_true)
        p_true = y_pred[np.arange(len(y_pred)), self._labels]
        self._p_true = np.maximum(p_true, SMALLEST_PROBABILITY)
        return float(-np.mean(np.log(self._p_true)))

    def backward(self):
        """Return the gradient, of the shape of ``y_pred``."""
        n, p = len(self._labels), self._p_true
        grad = np.zeros_like(self.predictions)
        grad[np.arange(n), self._labels] = (p > SMALLEST_PROBABILITY) / (-n * p)
        return grad


class SoftmaxCrossEntropy(Loss):
    r"""Softmax and cross-entropy in one, taken on logits :math:`z`.

    .. math:: L = \frac1n \sum_i \left(\log \sum_k e^{z_{ik}} - z_{i, y_i}\right)

    over the :math:`n` rows. Gradient: :math:`\frac1n (\hat y - y)` with
    :math:`\hat y = \mathrm{softmax}(z)` and :math:`y` one-hot. No logits are too large for it.
    """

    classifies = True

    def forward(self, y_pred, y_true):
        """Return the mean cross-entropy; ``y_pred`` are logits, ``(batch, classes)``."""
        floats("y_pred", y_pred)
        self._labels = _labels(y_pred, y_true)
        rows = np.arange(len(y_pred))
        shifted = y_pred - y_pred.max(axis=1, keepdims=True)
        exp = np.exp(shifted)
        total = exp.sum(axis=1, keepdims=True)
        exp /= total
        self.predictions = exp
        return float(np.mean(np.log(total[:, 0]) - shifted[rows, self._labels]))

    def backward(self):
        """Return the gradient, of the shape of ``y_pred``."""
        n = len(self._labels)
        grad = self.predictions * (1 / n)
        grad[np.arange(n), self._labels] -= 1 / n
        return grad

    def output_activation(self, outputs):
        """Return ``softmax(outputs)``."""
        return softmax(outputs)


class SigmoidCrossEntropy(Loss):
    r"""Sigmoid and binary cross-entropy in one, taken on logits :math:`z`.

    .. math:: L = \frac1N \sum \left(\max(z, 0) - z y + \log(1 + e^{-|z|})\right)

    over all :math:`N` numbers of the batch. Gradient: :math:`\frac1N (\sigma(z) - y)`. Exact for
    logits of any size.
    """

    classifies = True

    def forward(self, y_pred, y_true):
        """Return the mean cross-entropy; ``y_pred`` are logits, usually ``(batch, 1)``."""
        z = floats("y_pred", y_pred)
        self.predictions = sigmoid(z)
        self._y = y = _binary_targets(y_pred, y_true)
        return float(np.mean(np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z)))))

    def backward(self):
        """Return the gradient, of the shape of ``y_pred``."""
        return (self.predictions - self._y) * (1 / self.predictions.size)

    def output_activation(self, outputs):
        """Return ``sigmoid(outputs)``."""
        return sigmoid(outputs)


def _targets(y_pred, y_true):
    """Return ``y_true`` in the dtype of ``y_pred``, after checking that the shapes are equal.

    (They are floats even if predictions are whole numbers: targets must not be rounded to those.)
    """
    y_true = np.asarray(y_true)
    if y_true.dtype.kind not in "biuf":
        raise TypeError(f"targets are real numbers. Received: targets in {y_true.dtype}")
    if y_true.shape != y_pred.shape:
        raise ValueError(
            "predictions and targets must have the same shape. "
            f"Received: y_pred {y_pred.shape}, y_true {y_true.shape}. "
            "A column of targets is y.reshape(-1, 1)."
        )
    _check_not_empty(y_pred)
    return np.asarray(y_true, dtype=np.result_type(y_pred, np.float32))


def _binary_targets(y_pred, y_true):
    """Return zeros and ones of the shape of ``y_pred``; labels ``(n,)`` become a column."""
    y_true = np.asarray(y_true)
    if y_pred.ndim == 2 and y_pred.shape[1] == 1 and y_true.ndim == 1:
        y_true = y_true.reshape(-1, 1)
    targets = _targets(y_pred, y_true)
    wrong = (targets != 0) & (targets != 1)
    if wrong.any():
        raise ValueError(f"binary targets are 0 or 1. Received: {targets[wrong][0]:g}")
    return targets


def _labels(y_pred, y_true):
    """Return integer labels ``(n,)`` from labels or one-hot rows, after checking both."""
    y_true = np.asarray(y_true)
    _check_not_empty(y_pred)
    if y_pred.ndim == 2 and y_true.shape == y_pred.shape:
        if not ((y_true == 1).sum(axis=1) == 1).all() or np.count_nonzero(y_true) != len(y_true):
            raise ValueError("each one-hot row holds a single 1 and zeros. Received: other rows")
        return y_true.argmax(axis=1)
    if y_pred.ndim != 2 or y_true.shape != (len(y_pred),):
        raise ValueError(
            "predictions (batch, classes) need integer labels (batch,) or one-hot rows of their "
            f"own shape. Received: y_pred {y_pred.shape}, y_true {y_true.shape}"
        )
    if y_true.dtype.kind not in "iu":
        raise ValueError(
            f"labels are integers. Received: labels in {y_true.dtype}. Convert floats with "
            "y.astype(int), and names with np.unique(y, return_inverse=True)[1]."
        )
    classes = y_pred.shape[1]
    if y_true.max() >= classes or y_true.min() < 0:
        wrong = y_true[(y_true >= classes) | (y_true < 0)][0]
        raise ValueError(
            f"{classes} classes have the labels 0 to {classes - 1}. Received: label {wrong}"
        )
    return y_true


def _probabilities(y_pred):
    """Return ``y_pred``, after checking that it may be probabilities, up to rounding.

    NaN passes: the loss will be NaN, too, which ``fit`` reports.
    """
    floats("y_pred", y_pred)
    _check_not_empty(y_pred)
    low, high = y_pred.min(), y_pred.max()
    if low < -1e-6 or high > 1 + 1e-6:
        raise ValueError(
            f"probabilities are between 0 and 1. Received: numbers from {low:.6g} to {high:.6g}. "
            "If these are logits, use SoftmaxCrossEntropy or SigmoidCrossEntropy, or end the "
            "network with Softmax() or Sigmoid()."
        )
    return y_pred


def _check_not_empty(y_pred):
    if y_pred.size == 0:
        raise ValueError(f"a loss needs at least one sample. Received: y_pred {y_pred.shape}")
