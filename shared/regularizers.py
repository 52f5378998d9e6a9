"""Penalties on large weights, added to the loss.

Convention, here and in every chapter: the L2 penalty is ``strength * sum(W**2)``, and its gradient
is ``2 * strength * W``, as in Keras. Texts that write ``strength / 2 * sum(W**2)`` get the gradient
``strength * W``, so their strength is twice ours for the same effect. PyTorch's ``weight_decay``
follows the second convention.
"""

import numpy as np

from .arguments import not_negative


class L1:
    r"""The penalty :math:`\lambda \sum |w|`, which drives weights to exactly zero.

    Parameters
    ----------
    strength : float
        :math:`\lambda`, not negative.

    Raises
    ------
    ValueError
        If ``strength`` is negative, infinite, or NaN.
    TypeError
        If it isn't a number.
    """

    def __init__(self, strength):
        self.strength = not_negative("strength", strength)

    def penalty(self, weight):
        """Return what is added to the loss, a float."""
        return self.strength * float(np.abs(weight).sum())

    def gradient(self, weight):
        r"""Return :math:`\lambda\,\mathrm{sign}(w)`, of the shape and dtype of ``weight``."""
        return self.strength * np.sign(weight)

    def config(self):
        """Return the arguments that build this object again."""
        return {"strength": self.strength}


class L2:
    r"""The penalty :math:`\lambda \sum w^2`, which pulls every weight toward zero.

    Parameters
    ----------
    strength : float
        :math:`\lambda`, not negative.

    Raises
    ------
    ValueError
        If ``strength`` is negative, infinite, or NaN.
    TypeError
        If it isn't a number.

    References
    ----------
    A. Krogh, J. Hertz (1991), A simple weight decay can improve generalization, NIPS.
    """

    def __init__(self, strength):
        self.strength = not_negative("strength", strength)

    def penalty(self, weight):
        """Return what is added to the loss, a float."""
        return self.strength * float(np.vdot(weight, weight))

    def gradient(self, weight):
        r"""Return :math:`2 \lambda w`, of the shape and dtype of ``weight``."""
        return (2 * self.strength) * weight

    def config(self):
        """Return the arguments that build this object again."""
        return {"strength": self.strength}

