"""Optimizers: how parameters move once their gradients are known.

An optimizer is built on the parameters of a network and lays them side by side in one vector, so
that an update is a few operations on long arrays however many layers there are. The formulas are
those of PyTorch's classes of the same name.

A setting that is out of range raises ValueError; one that is not a number, TypeError.
"""

import itertools
import math

import numpy as np

from .arguments import below_one, not_negative, positive
from .parameter import Parameter

# Vectors are updated in blocks of this many numbers at most, because the five arrays that Adam
# works on then stay in the processor's cache from one operation to the next. It pays for wide
# layers; at the size of chapter 17's baseline it makes no difference.
BLOCK = 65_536


class Optimizer:
    """What every optimizer does: keep the parameters, and take steps.

    Parameters
    ----------
    parameters : list of Parameter
        Usually ``model.parameters()``; all of one dtype. Their arrays are moved into one vector,
        so an optimizer that was built on the same parameters earlier can't go on.
    lr : float or callable
        The learning rate, greater than 0, or one of :mod:`shared.schedules`.

    Raises
    ------
    TypeError
        If ``parameters`` isn't a list of parameters.
    ValueError
        If the list is empty, a parameter is in it twice, or the dtypes differ.

    Attributes
    ----------
    steps : int
        Number of updates made so far.
    state : dict of ndarray
        What the optimizer remembers between steps, one number for each parameter, by name. Change
        the numbers in place, as ``load_state`` does; another array in the dict has no effect.
    """

    # What a subclass remembers for each parameter, besides the parameter itself.
    remembers = ()

    def __init__(self, parameters, lr):
        self.parameters = _checked(parameters)
        self.lr = lr if callable(lr) else positive("lr", lr)
        self.steps = 0
        self._value, self._grad = _flatten(self.parameters)
        self.state = {name: np.zeros_like(self._value) for name in self.remembers}
        self._blocks = _blocks(self.update, self._value, self._grad, *self.state.values())

    def learning_rate(self):
        """Return the learning rate of the next step, a float.

        Raises
        ------
        ValueError
            If a schedule returned a negative number, infinity, or NaN.
        """
        lr = float(self.lr(self.steps) if callable(self.lr) else self.lr)
        if not 0 <= lr < math.inf:
            raise ValueError(
                "a learning rate is a finite number and not negative. "
                f"Received: {lr} for step {self.steps}"
            )
        return lr

    def step(self):
        """Move all parameters once, by the gradients they hold now.

        Raises
        ------
        RuntimeError
            If another optimizer has taken over the parameters since.
        """
        self._check_in_place()
        lr = self.learning_rate()
        self.steps += 1
        for block in self._blocks:
            self.update(lr, *block)

    def update(self, lr, value, grad, *state):
        """Change ``value`` and ``state`` in place.

        A rule of your own gets the vectors of all parameters. This module's rules get them in
        blocks, one after another.
        """
        raise NotImplementedError(f"{type(self).__name__} has no update rule")

    def _check_in_place(self):
        if any(p.value.base is not self._value for p in self.parameters):
            raise RuntimeError(
                "the parameters have been handed to another optimizer (or copied) since this one "
                "was built. Build a new optimizer on the list of parameters."
            )

    def load_state(self, steps, state):
        """Continue from the state of another optimizer of the same kind.

        Parameters
        ----------
        steps : int
            Its ``steps``.
        state : dict of ndarray
            Its ``state``; the numbers are copied.

        Raises
        ------
        ValueError
            If a name, shape or dtype differs; nothing is changed then.
        """
        expected = {n: (a.shape, a.dtype) for n, a in self.state.items()}
        received = {n: (a.shape, a.dtype) for n, a in state.items()}
        if received != expected:
            raise ValueError(
                f"the state of {type(self).__name__} on these parameters is {expected}. "
                f"Received: {received}"
            )
        self.steps = int(steps)
        for name, array in state.items():
            self.state[name][...] = array

    def config(self):
        """Return the constructor's arguments apart from the parameters, in a dict."""
        return {"lr": self.lr}


class SGD(Optimizer):
    r"""Stochastic gradient descent, with or without momentum.

    .. math:: v \leftarrow \rho v + g, \qquad \theta \leftarrow \theta - \eta v

    With Nesterov's variant the step is :math:`\eta (g + \rho v)`: the gradient counts once more.

    Parameters
    ----------
    parameters, lr
        As for :class:`Optimizer`.
    momentum : float
        :math:`\rho`, at least 0 and below 1; 0 is plain gradient descent, 0.9 is usual. An
        optimizer built without momentum stays without.
    nesterov : bool
        Needs a momentum.

    Raises
    ------
    ValueError
        If ``nesterov`` is True without momentum.

    References
    ----------
    I. Sutskever, J. Martens, G. Dahl, G. Hinton (2013), On the importance of initialization and
    momentum in deep learning, ICML.
    """

    def __init__(self, parameters, lr, momentum=0.0, nesterov=False):
        self.momentum = below_one("momentum", momentum)
        if nesterov and not momentum:
            raise ValueError("nesterov=True needs a momentum, say 0.9. Received: momentum=0")
        self.remembers = ("velocity",) if momentum else ()
        super().__init__(parameters, lr)
        self.nesterov = nesterov

    def update(self, lr, value, grad, velocity=None):
        """Take one step on a block."""
        if velocity is None:
            value -= lr * grad
            return
        velocity *= self.momentum
        velocity += grad
        value -= lr * (grad + self.momentum * velocity if self.nesterov else velocity)

    def config(self):
        """Return the constructor's arguments apart from the parameters, in a dict."""
        return {"lr": self.lr, "momentum": self.momentum, "nesterov": self.nesterov}


class AdaGrad(Optimizer):
    r"""A learning rate for each parameter that shrinks with the gradients it has seen.

    .. math:: s \leftarrow s + g^2, \qquad
        \theta \leftarrow \theta - \frac{\eta\, g}{\sqrt s + \varepsilon}

    Parameters
    ----------
    parameters, lr
        As for :class:`Optimizer`.
    eps : float
        :math:`\varepsilon`.

    References
    ----------
    J. Duchi, E. Hazan, Y. Singer (2011), Adaptive subgradient methods, JMLR 12.
    """

    remembers = ("square_sum",)

    def __init__(self, parameters, lr=0.01, eps=1e-10):
        self.eps = not_negative("eps", eps)
        super().__init__(parameters, lr)

    def update(self, lr, value, grad, square_sum):
        """Take one step on a block."""
        square_sum += grad * grad
        value -= lr * grad / (np.sqrt(square_sum) + self.eps)

    def config(self):
        """Return the constructor's arguments apart from the parameters, in a dict."""
        return {"lr": self.lr, "eps": self.eps}


class RMSProp(Optimizer):
    r"""AdaGrad with a memory that fades: a moving average of the squares, not their sum.

    .. math:: s \leftarrow \rho s + (1 - \rho) g^2, \qquad
        \theta \leftarrow \theta - \frac{\eta\, g}{\sqrt s + \varepsilon}

    Parameters
    ----------
    parameters, lr
        As for :class:`Optimizer`.
    rho : float
        :math:`\rho`, how much of the average is kept at each step, at least 0 and below 1.
    eps : float
        :math:`\varepsilon`.

    References
    ----------
    T. Tieleman, G. Hinton (2012), Neural networks for machine learning, lecture 6.5.
    """

    remembers = ("square_mean",)

    def __init__(self, parameters, lr=0.01, rho=0.99, eps=1e-8):
        self.rho = below_one("rho", rho)
        self.eps = not_negative("eps", eps)
        super().__init__(parameters, lr)

    def update(self, lr, value, grad, square_mean):
        """Take one step on a block."""
        square_mean *= self.rho
        square_mean += (1 - self.rho) * grad * grad
        value -= lr * grad / (np.sqrt(square_mean) + self.eps)

    def config(self):
        """Return the constructor's arguments apart from the parameters, in a dict."""
        return {"lr": self.lr, "rho": self.rho, "eps": self.eps}


class Adam(Optimizer):
    r"""Momentum and RMSProp together, both corrected for starting at zero.

    .. math:: m \leftarrow \beta_1 m + (1 - \beta_1) g, \qquad
        s \leftarrow \beta_2 s + (1 - \beta_2) g^2

    .. math:: \theta \leftarrow \theta - \eta\,
        \frac{m / (1 - \beta_1^t)}{\sqrt{s / (1 - \beta_2^t)} + \varepsilon}

    The optimizer keeps :math:`m / (1 - \beta_1)` and :math:`s / (1 - \beta_2)`, sums that fade. The
    two factors join the two corrections: single numbers, which cost nothing.

    Parameters
    ----------
    parameters, lr
        As for :class:`Optimizer`.
    betas : tuple of float
        :math:`\beta_1` and :math:`\beta_2`, at least 0 and below 1.
    eps : float
        :math:`\varepsilon`.

    References
    ----------
    D. Kingma, J. Ba (2015), Adam: a method for stochastic optimization, ICLR, algorithm 1.
    """

    remembers = ("grad_sum", "square_sum")

    def __init__(self, parameters, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
        beta1, beta2 = betas
        self.betas = below_one("betas[0]", beta1), below_one("betas[1]", beta2)
        self.eps = not_negative("eps", eps)
        super().__init__(parameters, lr)
        self._scratch = np.empty_like(max((value for value, *_ in self._blocks), key=len))

    def update(self, lr, value, grad, grad_sum, square_sum):
        """Take one step on a block."""
        beta1, beta2 = self.betas
        step = self._scratch[: value.size]

        grad_sum *= beta1
        grad_sum += grad
        square_sum *= beta2
        square_sum += np.square(grad, out=step)

        # Each sum divided by its weights, 1 + beta + beta**2 + ..., is the corrected average.
        weights1 = (1 - beta1**self.steps) / (1 - beta1)
        weights2 = (1 - beta2**self.steps) / (1 - beta2)
        np.sqrt(square_sum, out=step)
        step += self.eps * weights2**0.5
        np.divide(grad_sum, step, out=step)
        step *= lr * weights2**0.5 / weights1
        value -= step

    def config(self):
        """Return the constructor's arguments apart from the parameters, in a dict."""
        return {"lr": self.lr, "betas": list(self.betas), "eps": self.eps}


class AdamW(Adam):
    r"""Adam with decoupled weight decay: the values shrink a little before each step.

    .. math:: \theta \leftarrow (1 - \eta \cdot \text{weight decay})\, \theta

    The decay doesn't pass through Adam's averages, so it shrinks all parameters alike, as an L2
    penalty does under plain gradient descent but not under Adam.

    Parameters
    ----------
    parameters, lr, betas, eps
        As for :class:`Adam`.
    weight_decay : float
        How fast the values shrink, 0 or more.

    References
    ----------
    I. Loshchilov, F. Hutter (2019), Decoupled weight decay regularization, ICLR.
    """

    def __init__(self, parameters, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
        self.weight_decay = not_negative("weight_decay", weight_decay)
        super().__init__(parameters, lr, betas, eps)

    def update(self, lr, value, grad, grad_sum, square_sum):
        """Take one step on a block."""
        value *= 1 - lr * self.weight_decay
        super().update(lr, value, grad, grad_sum, square_sum)

    def config(self):
        """Return the constructor's arguments apart from the parameters, in a dict."""
        return {**super().config(), "weight_decay": self.weight_decay}


def _checked(parameters):
    """Return the parameters in a list, after checking that each one is there once."""
    if not hasattr(parameters, "__iter__"):
        raise TypeError(
            "an optimizer is built on a list of parameters: Adam(model.parameters(), lr=0.001). "
            f"Received: {parameters!r}"
        )
    parameters = list(parameters)
    wrong = [p for p in parameters if not isinstance(p, Parameter)]
    if wrong:
        raise TypeError(f"an optimizer moves objects of class Parameter. Received: {wrong[0]!r}")
    if len({id(p) for p in parameters}) < len(parameters):
        raise ValueError(
            "a parameter is in the list twice. Each parameter belongs to one layer, and each layer "
            "to one place in the network: make a second one."
        )
    return parameters


def _flatten(parameters):
    """Move all parameters into one vector and their gradients into another; return both."""
    dtypes = {p.value.dtype.name for p in parameters}
    if len(dtypes) != 1:
        raise ValueError(
            "an optimizer needs at least one parameter, and all of one dtype. "
            f"Received: {len(parameters)} parameters, dtypes {sorted(dtypes)}"
        )
    size = sum(p.value.size for p in parameters)
    value = np.empty(size, dtypes.pop())
    grad = np.empty_like(value)
    start = 0
    for p in parameters:
        place = slice(start, start + p.value.size)
        p.move(value[place].reshape(p.value.shape), grad[place].reshape(p.value.shape))
        start = place.stop
    return value, grad


def _blocks(update, *vectors):
    """Cut vectors of one length into blocks of equal size; return the blocks' views in tuples."""
    size = len(vectors[0])
    # A reader's own rule gets the whole vectors: it may look at several numbers at a time.
    block = BLOCK if update.__module__ == __name__ else size
    count = -(-size // block)
    edges = [size * i // count for i in range(count + 1)]
    return [tuple(v[a:b] for v in vectors) for a, b in itertools.pairwise(edges)]
