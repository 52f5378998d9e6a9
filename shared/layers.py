"""Layers: the parts of a network, each with a forward and a backward pass.

Rows are samples: a layer turns a batch of shape ``(batch, in_features)`` into one of shape
``(batch, out_features)``. ``forward`` returns the output. ``backward`` is handed the gradient of
the loss with respect to that output, returns the gradient with respect to the input, and writes
the gradients of the layer's parameters into them.
"""

import numpy as np

from .initializers import he_normal


class Parameter:
    """An array that training changes, with the gradient of the loss beside it.

    Assigning to ``value`` or ``grad`` writes the numbers into the array that is there. The array
    itself stays the same object, so that an optimizer can hold on to it.

    Parameters
    ----------
    value : ndarray
        The initial numbers, float32 or float64. ``grad`` has the same shape and dtype, and
        starts with zeros.

    Raises
    ------
    TypeError
        If ``value`` is not an array of float32 or float64.
    ValueError
        On assigning an array of another shape.
    """

    def __init__(self, value):
        if not isinstance(value, np.ndarray) or value.dtype not in (np.float32, np.float64):
            raise TypeError(
                "a parameter is an array of float32 or float64. "
                f"Received: {getattr(value, 'dtype', type(value).__name__)}"
            )
        self._value = value
        self._grad = np.zeros_like(value)

    @property
    def value(self):
        """The numbers themselves."""
        return self._value

    @value.setter
    def value(self, new):
        self._write(self._value, new, "value")

    @property
    def grad(self):
        """The gradient of the loss with respect to ``value``, set by the last ``backward``."""
        return self._grad

    @grad.setter
    def grad(self, new):
        self._write(self._grad, new, "gradient")

    def move(self, value, grad):
        """Copy the numbers into the arrays given and use these from now on.

        An optimizer calls this once, to lay all parameters of a network side by side in one
        vector. Both arrays have the shape and dtype of ``value``.
        """
        value[...] = self._value
        grad[...] = self._grad
        self._value, self._grad = value, grad

    @staticmethod
    def _write(array, new, name):
        # `p.grad += x` has already written into the array, and hands the array itself in here.
        if new is array:
            return
        if np.shape(new) != array.shape:
            raise ValueError(
                f"the {name} of a parameter of shape {array.shape} needs that shape. "
                f"Received: shape {np.shape(new)}"
            )
        array[...] = new


class Layer:
    """What every layer can do. A layer of your own inherits from this class.

    A layer writes only into arrays that it made itself or was handed as ``out``; the input and
    the gradient it receives belong to somebody else.

    Attributes
    ----------
    in_features, out_features : int or None
        Width of a row that the layer takes and gives; None where any width is taken, or where
        the output is as wide as the input.
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
            True while the network learns. Matters to layers that behave differently then.
        out : ndarray, optional
            An array of the output's shape and dtype that the layer may write its output into
            instead of making a new one, as NumPy's own functions do. Whoever passes it must not
            need its old contents any more.

        Returns
        -------
        ndarray
            The output; the same array as ``out`` if the layer made use of it.
        """
        raise NotImplementedError(f"{type(self).__name__} has no forward pass")

    def backward(self, grad, out=None):
        """Turn the gradient of the loss by the output into the gradient by the input.

        Belongs to the last ``forward``. Also sets ``grad`` of the layer's parameters
        (overwriting, never adding up).

        Parameters
        ----------
        grad : ndarray
            Gradient of the loss with respect to the output, of the output's shape.
        out : ndarray, optional
            As for ``forward``, of the input's shape.

        Returns
        -------
        ndarray
            Gradient with respect to the input, of the input's shape.
        """
        raise NotImplementedError(f"{type(self).__name__} has no backward pass")

    def backward_parameters(self, grad):
        """Set the gradients of the parameters only.

        Enough for the first layer of a network: its input is the data, and nobody asks how the
        data should change.
        """

    def parameters(self):
        """Return the parameters that training changes, in a list."""
        return []

    def penalty(self):
        """Return what the layer's regularizer adds to the loss, a float."""
        return 0.0

    def state_dict(self):
        """Return the arrays that make up the trained layer, by name: parameters and buffers.

        *Buffers* are arrays that are saved with a layer but not trained.
        """
        parameters = {n: v for n, v in vars(self).items() if isinstance(v, Parameter)}
        return {name: parameter.value for name, parameter in parameters.items()}

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
        Where the initial weights come from. The bias starts at zero.
    initializer : callable
        One of :mod:`shared.initializers`.
    regularizer : L1 or L2, optional
        A penalty on the weights (not on the bias); its gradient is added to the weights'.
    dtype : dtype
        float64 (the default) or float32, which is about twice as fast.

    Attributes
    ----------
    weight : Parameter
        :math:`W`, shape ``(in_features, out_features)``.
    bias : Parameter
        :math:`b`, shape ``(out_features,)``.
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
        weight = initializer(in_features, out_features, rng)
        self.in_features = in_features
        self.out_features = out_features
        self.weight = Parameter(weight.astype(dtype))
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

    def parameters(self):
        """Return weight and bias."""
        return [self.weight, self.bias]

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
    r"""Set random inputs to zero while training, so that no unit can rely on one other.

    *Inverted* dropout: what is kept is divided by the share that is kept,
    :math:`y = M \odot x` with :math:`M_{ij} = 0` with probability :math:`r` and
    :math:`1 / (1 - r)` otherwise. The expected value stays :math:`x`, and nothing needs to be
    scaled later: outside of training the layer hands its input on.

    Parameters
    ----------
    rate : float
        :math:`r`, the share that is dropped, ``0 <= rate < 1``.
    rng : numpy.random.Generator
        Where the masks come from.

    Raises
    ------
    ValueError
        If ``rate`` is outside of that range.

    References
    ----------
    N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever, R. Salakhutdinov (2014), Dropout: a
    simple way to prevent neural networks from overfitting, JMLR 15.
    """

    def __init__(self, rate, rng):
        if not 0 <= rate < 1:
            raise ValueError(
                f"rate is the share of inputs to drop, at least 0 and below 1. Received: {rate}"
            )
        self.rate = float(rate)
        self.rng = rng
        self._mask = None

    def forward(self, x, training=False, out=None):
        """Return ``x`` times a fresh mask in training, else ``x`` itself."""
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
    r"""Give each feature mean 0 and variance 1 over the batch, then a learnt scale and shift.

    .. math:: \hat x = \frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}}, \qquad
        y = \gamma \hat x + \beta

    In training :math:`\mu` and :math:`\sigma^2` are those of the batch (with the divisor
    :math:`n`), and running averages of them are kept (of the variance with the divisor
    :math:`n - 1`, as in PyTorch). Outside of training the running averages are used, so that the
    output for one sample doesn't depend on the others.

    Parameters
    ----------
    features : int
        Width of a row.
    momentum : float
        Weight of the newest batch in the running averages (PyTorch's convention; Keras's
        ``momentum`` is one minus this).
    eps : float
        :math:`\varepsilon`, keeps the division away from zero.
    dtype : dtype
        float64 or float32.

    Attributes
    ----------
    gamma, beta : Parameter
        Scale and shift, shape ``(features,)``; they start at 1 and 0.
    running_mean, running_var : ndarray
        Shape ``(features,)``; they start at 0 and 1.

    References
    ----------
    S. Ioffe, C. Szegedy (2015), Batch normalization: accelerating deep network training by
    reducing internal covariate shift, ICML.
    """

    def __init__(self, features, momentum=0.1, eps=1e-5, dtype=np.float64):
        self.in_features = self.out_features = features
        self.gamma = Parameter(np.ones(features, dtype))
        self.beta = Parameter(np.zeros(features, dtype))
        self.running_mean = np.zeros(features, dtype)
        self.running_var = np.ones(features, dtype)
        self.momentum = float(momentum)
        self.eps = float(eps)
        self._x_hat = None

    def forward(self, x, training=False, out=None):
        """Return the normalized, scaled and shifted batch, of the shape of ``x``.

        Raises
        ------
        ValueError
            If a row of ``x`` is not ``features`` wide, or if ``training`` with a batch of one:
            one sample has no variance.
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
                f"Received: input of shape {x.shape}. Choose a batch size that leaves no single "
                "sample over at the end of an epoch."
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

    def parameters(self):
        """Return gamma and beta."""
        return [self.gamma, self.beta]

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
