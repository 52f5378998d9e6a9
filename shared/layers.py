"""Layers: the parts of a network, each with a forward and a backward pass.

Rows are samples: a layer turns a batch of shape ``(batch, in_features)`` into one of shape
``(batch, out_features)``. ``forward`` returns the output. ``backward`` takes the gradient of the
loss with respect to that output, returns the gradient with respect to the input, and writes the
gradients of the layer's parameters into them.

Layers compute with floats. One that would get integers wrong refuses them with a TypeError.
"""

import numpy as np

from .arguments import below_one, floats, fraction, generator, not_negative, whole_number
from .initializers import glorot_normal, he_normal, scaled_normal
from .parameter import Parameter, _parts


class Layer:
    """What every layer can do. A layer of your own inherits from this class.

    It needs two methods, ``forward`` and ``backward``, and keeps what it learns in attributes: a
    :class:`Parameter`, another layer, or a list, tuple, or dict of these. All other methods have
    defaults that follow from that. A layer that saves further arrays, as :class:`BatchNorm` saves
    its running statistics, extends ``state_dict`` by arrays that it keeps and changes in place.

    A layer writes only into arrays that it made itself or received as ``out``; the input and the
    gradient it receives belong to the caller. It remembers its last batch for ``backward``, so two
    threads can't use one layer at the same time, and neither its input nor its output may be
    changed between ``forward`` and ``backward``. A ``backward`` belongs to the ``forward`` before
    it: a layer that needs another one twice makes two.

    Attributes
    ----------
    in_features, out_features : int or None
        Width of an input row and of an output row. None means that the layer takes rows of any
        width, or that the output is as wide as the input.
    """

    in_features = None
    out_features = None

    def forward(self, x, training=False, out=None):
        """Compute the output for a batch.

        Parameters
        ----------
        x : ndarray
            The input, one sample a row.
        training : bool
            True while the network learns. Some layers behave differently then.
        out : ndarray, optional
            An array of the output's shape and dtype, other than ``x``. The layer may write its
            output there instead of making a new array. The old contents are lost.

        Returns
        -------
        ndarray
            The output; the same array as ``out`` if the layer used it.
        """
        raise NotImplementedError(f"{type(self).__name__} has no forward pass")

    def backward(self, grad, out=None):
        """Turn the gradient of the output into the gradient of the input.

        Belongs to the last ``forward``. Also sets ``grad`` of the layer's parameters, overwriting
        the old gradients (never adding to them).

        Parameters
        ----------
        grad : ndarray
            Gradient of the loss with respect to the output, of the output's shape.
        out : ndarray, optional
            As for ``forward``, of the input's shape, other than ``grad``.

        Returns
        -------
        ndarray
            Gradient with respect to the input, of the input's shape.
        """
        raise NotImplementedError(f"{type(self).__name__} has no backward pass")

    def backward_parameters(self, grad):
        """Set the gradients of the parameters only.

        Enough for the first layer of a network: its input is the data, which doesn't change. A
        layer that can skip the gradient of its input overrides this method to save time.
        """
        self.backward(grad)

    def parameters(self):
        """Return the parameters that training changes, in a list, those of inner layers too."""
        found = []
        for part in _parts(vars(self), Parameter).values():
            found += [part] if isinstance(part, Parameter) else part.parameters()
        return found

    def penalty(self):
        """Return what the regularizers of inner layers add to the loss, a float."""
        parts = _parts(vars(self), Parameter).values()
        return sum((p.penalty() for p in parts if not isinstance(p, Parameter)), 0.0)

    def state_dict(self):
        """Return the arrays that make up the trained layer, by name: parameters and buffers.

        *Buffers* are arrays that are saved with a layer but not trained. The name of an array is
        that of its attribute; with inner layers it's a path, such as ``"hidden.0.weight"``.
        """
        arrays = {}
        for name, part in _parts(vars(self), Parameter).items():
            if isinstance(part, Parameter):
                arrays[name] = part.value
            else:
                arrays |= {f"{name}.{inner}": array for inner, array in part.state_dict().items()}
        return arrays

    def config(self):
        """Return the constructor's arguments that describe the layer, in a dict."""
        return {}

    def __repr__(self):
        arguments = ", ".join(f"{name}={value!r}" for name, value in self.config().items())
        return f"{type(self).__name__}({arguments})"


class Dense(Layer):
    r"""A fully connected layer: :math:`Z = X W + b`.

    Backward, from the gradient :math:`dZ` of the loss with respect to :math:`Z`:
    :math:`dW = X^\top dZ`, :math:`db = \sum_i dZ_i` over the rows, :math:`dX = dZ\, W^\top`.

    Parameters
    ----------
    in_features, out_features : int
        Width of a row of the input and of the output.
    rng : numpy.random.Generator
        Source of the initial weights. The bias starts at zero.
    initializer : callable
        One of :mod:`shared.initializers`.
    regularizer : L1 or L2, optional
        A penalty on the weights (not on the bias). Its gradient is added to that of the weights.
    dtype : dtype
        float64 (the default) or float32, which is about twice as fast.

    Attributes
    ----------
    weight : Parameter
        :math:`W`, shape ``(in_features, out_features)``.
    bias : Parameter
        :math:`b`, shape ``(out_features,)``.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong type or is out of range.
    """

    def __init__(
        self,
        in_features,
        out_features,
        rng,
        initializer=he_normal,
        regularizer=None,
        dtype=np.float64,
    ):
        self.in_features = whole_number("in_features", in_features)
        self.out_features = whole_number("out_features", out_features)
        _check_recipe(rng, initializer, regularizer)
        weight = _first_weight(initializer, self.in_features, self.out_features, rng)
        self.weight = Parameter(weight.astype(dtype, copy=False))
        self.bias = Parameter(np.zeros(out_features, dtype))
        self.regularizer = regularizer

    def forward(self, x, training=False, out=None):
        """Return ``x @ weight + bias``, of shape ``(batch, out_features)``.

        Raises
        ------
        ValueError
            If a row of ``x`` is not ``in_features`` wide.
        TypeError
            If ``x`` has another dtype than the weights.
        """
        _check_input(self, x, self.weight.value.dtype)
        self._x = x
        z = np.matmul(x, self.weight.value, out=out)
        z += self.bias.value
        return z

    def backward(self, grad, out=None):
        """Set the gradients of weight and bias; return ``grad @ weight.T``."""
        self.backward_parameters(grad)
        return np.matmul(grad, self.weight.value.T, out=out)

    def backward_parameters(self, grad):
        """Set the gradients of weight and bias."""
        np.matmul(self._x.T, grad, out=self.weight.grad)
        grad.sum(axis=0, out=self.bias.grad)
        if self.regularizer is not None:
            self.weight.grad += self.regularizer.gradient(self.weight.value)

    def penalty(self):
        """Return what the regularizer adds to the loss, a float."""
        return self.regularizer.penalty(self.weight.value) if self.regularizer else 0.0

    def config(self):
        """Return the constructor's arguments that describe the layer, in a dict."""
        return {
            "in_features": self.in_features,
            "out_features": self.out_features,
            "regularizer": self.regularizer,
            "dtype": self.weight.value.dtype.name,
        }

    def __repr__(self):
        return f"Dense({self.in_features}, {self.out_features})"


class Dropout(Layer):
    r"""Set random inputs to zero in training, so that no unit can rely on any other.

    *Inverted* dropout: the inputs that are kept are divided by the share that is kept,
    :math:`y = M \odot x` with :math:`M_{ij} = 0` with probability :math:`r` and
    :math:`1 / (1 - r)` otherwise. The expected value stays :math:`x`, so nothing needs to be
    scaled later: outside training, the layer returns its input.

    Parameters
    ----------
    rate : float
        :math:`r`, the share that is dropped, ``0 <= rate < 1``, rounded down to a multiple of
        1/65,536.
    rng : numpy.random.Generator
        Source of the masks.

    Raises
    ------
    ValueError
        If ``rate`` is outside that range.
    TypeError
        If ``rate`` is not a number, or ``rng`` not a generator.

    References
    ----------
    N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever, R. Salakhutdinov (2014), Dropout: a
    simple way to prevent neural networks from overfitting, JMLR 15.
    """

    def __init__(self, rate, rng):
        self.rate = below_one("rate", rate)
        self.rng = generator("rng", rng)
        self._mask = None

    def forward(self, x, training=False, out=None):
        """Return ``x`` times a fresh mask in training, else ``x`` itself.

        Raises
        ------
        TypeError
            If ``x`` doesn't hold floats.
        """
        floats("the input of Dropout", x)
        if not training:
            self._mask = None
            return x
        # 16 random bits for each number: faster than a float, and the same units are dropped in
        # float32 and float64.
        dropped = int(self.rate * 2**16)
        keep = self.rng.integers(2**16, size=x.shape, dtype=np.uint16) >= dropped
        self._mask = mask = _like(x, self._mask)
        np.multiply(keep, x.dtype.type(2**16 / (2**16 - dropped)), out=mask)
        return np.multiply(x, mask, out=out)

    def backward(self, grad, out=None):
        """Return ``grad`` times the mask of the last forward pass."""
        if self._mask is None:
            return grad
        return np.multiply(grad, self._mask, out=out)

    def config(self):
        """Return the constructor's arguments that describe the layer, in a dict."""
        return {"rate": self.rate}


class BatchNorm(Layer):
    r"""Give each feature mean 0 and variance 1 over the batch, then a learned scale and shift.

    .. math:: \hat x = \frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}}, \qquad
        y = \gamma \hat x + \beta

    In training, :math:`\mu` and :math:`\sigma^2` are those of the batch (with the divisor
    :math:`n`), and running averages of them are kept (of the variance with the divisor
    :math:`n - 1`, as in PyTorch). Outside training, the running averages are used, so the output
    for one sample doesn't depend on the others.

    Parameters
    ----------
    features : int
        Width of a row.
    momentum : float
        Weight of the newest batch in the running averages, from 0 to 1 (PyTorch's convention;
        Keras's ``momentum`` is one minus this).
    eps : float
        :math:`\varepsilon`, not negative, keeps the division away from zero.
    dtype : dtype
        float64 or float32.

    Attributes
    ----------
    gamma, beta : Parameter
        Scale and shift, shape ``(features,)``; they start at 1 and 0.
    running_mean, running_var : ndarray
        Shape ``(features,)``; they start at 0 and 1.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong type or is out of range.

    References
    ----------
    S. Ioffe, C. Szegedy (2015), Batch normalization: accelerating deep network training by
    reducing internal covariate shift, ICML.
    """

    def __init__(self, features, momentum=0.1, eps=1e-5, dtype=np.float64):
        self.in_features = self.out_features = whole_number("features", features)
        self.gamma = Parameter(np.ones(features, dtype))
        self.beta = Parameter(np.zeros(features, dtype))
        self.running_mean = np.zeros(features, dtype)
        self.running_var = np.ones(features, dtype)
        self.momentum = fraction("momentum", momentum)
        self.eps = not_negative("eps", eps)
        self._x_hat = None

    def forward(self, x, training=False, out=None):
        """Return the normalized, scaled and shifted batch, of the shape of ``x``.

        Raises
        ------
        ValueError
            If a row of ``x`` is not ``features`` wide, or in training if ``x`` is a batch of one,
            which has no variance.
        TypeError
            If ``x`` has another dtype than the parameters.
        """
        _check_input(self, x, self.gamma.value.dtype)
        mean, var = self._statistics(x) if training else (self.running_mean, self.running_var)
        self._training = training
        self._inv_std = 1 / np.sqrt(var + self.eps)
        self._x_hat = x_hat = _like(x, self._x_hat)
        np.subtract(x, mean, out=x_hat)
        x_hat *= self._inv_std
        y = np.multiply(x_hat, self.gamma.value, out=out)
        y += self.beta.value
        return y

    def _statistics(self, x):
        n = len(x)
        if n < 2:
            raise ValueError(
                "BatchNorm can't train on a batch of one sample, which has no variance. "
                f"Received: input of shape {x.shape}. Choose a batch size that doesn't leave a "
                "single sample for the last batch."
            )
        mean, var = x.mean(axis=0), x.var(axis=0)
        self.running_mean += self.momentum * (mean - self.running_mean)
        self.running_var += self.momentum * (var * (n / (n - 1)) - self.running_var)
        return mean, var

    def backward(self, grad, out=None):
        r"""Set the gradients of gamma and beta; return the gradient of the input.

        In training, where :math:`\mu` and :math:`\sigma^2` depend on :math:`x` as well,

        .. math:: dx = \frac{\gamma}{\sqrt{\sigma^2 + \varepsilon}}
            \left(g - \tfrac1n \sum g - \hat x\, \tfrac1n \sum g \hat x\right),

        with the sums over the batch, which are also the gradients of beta and gamma.
        """
        self.backward_parameters(grad)
        scale = self.gamma.value * self._inv_std
        if not self._training:
            return np.multiply(grad, scale, out=out)
        n = len(grad)
        grad_x = np.multiply(self._x_hat, self.gamma.grad / -n, out=out)
        grad_x += grad
        grad_x -= self.beta.grad / n
        grad_x *= scale
        return grad_x

    def backward_parameters(self, grad):
        """Set the gradients of gamma and beta."""
        np.einsum("ij,ij->j", grad, self._x_hat, out=self.gamma.grad)
        np.sum(grad, axis=0, out=self.beta.grad)

    def state_dict(self):
        """Return gamma, beta and the running statistics, by name."""
        running = {"running_mean": self.running_mean, "running_var": self.running_var}
        return super().state_dict() | running

    def config(self):
        """Return the constructor's arguments that describe the layer, in a dict."""
        return {
            "features": self.in_features,
            "momentum": self.momentum,
            "eps": self.eps,
            "dtype": self.gamma.value.dtype.name,
        }

    def __repr__(self):
        return f"BatchNorm({self.in_features})"


def _check_recipe(rng, initializer, regularizer):
    """Check what a Dense layer is made with."""
    if not callable(initializer):
        raise TypeError(
            "initializer must be a function such as he_normal, without quotes. "
            f"Received: initializer={initializer!r}"
        )
    # An initializer that draws nothing can do without a generator.
    if rng is not None or initializer in (scaled_normal, glorot_normal, he_normal):
        generator("rng", rng)
    a_class = isinstance(regularizer, type)
    if regularizer is not None and (a_class or not hasattr(regularizer, "gradient")):
        raise TypeError(
            f"regularizer must be an object such as L2(0.01). Received: regularizer={regularizer!r}"
        )


def _first_weight(initializer, in_features, out_features, rng):
    weight = initializer(in_features, out_features, rng)
    if np.shape(weight) != (in_features, out_features):
        raise ValueError(
            f"the initializer must return an array of shape {(in_features, out_features)}. "
            f"Received: shape {np.shape(weight)}"
        )
    return weight


def _check_input(layer, x, dtype):
    if x.ndim != 2 or x.shape[1] != layer.in_features:
        raise ValueError(
            f"{layer!r} takes a batch of shape (batch, {layer.in_features}), one sample a row. "
            f"Received: shape {x.shape}"
        )
    if x.dtype != dtype:
        raise TypeError(
            f"{layer!r} keeps its parameters in {dtype}. Received: input in {x.dtype}. "
            f"Convert it with x.astype(np.{dtype}), or build the layer with another dtype."
        )


def _like(x, array):
    """Return ``array`` if it can hold numbers like ``x``, else a new array that can."""
    if array is not None and array.shape == x.shape and array.dtype == x.dtype:
        return array
    return np.empty(x.shape, x.dtype)
