"""Penalties on large weights, to be added to the loss.

Convention, here and in every chapter: the L2 penalty is ``strength * sum(W**2)`` and its gradient
``2 * strength * W``, as in Keras. Texts that write ``strength / 2 * sum(W**2)`` have the gradient
``strength * W``: their strength is twice ours for the same effect. PyTorch's ``weight_decay``
is of that second kind.
"""

import numpy as np


class L1:
    r"""The penalty :math:`\lambda \sum |w|`, which drives weights to exactly zero.

    Parameters
    ----------
    strength : float
        :math:`\lambda`, not negative.

    Raises
    ------
    ValueError
        If ``strength`` is negative.
    """

    def __init__(self, strength):
        self.strength = _checked(strength)

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
    r"""The penalty :math:`\lambda \sum w^2`, which pulls every weight towards zero.

    Parameters
    ----------
    strength : float
        :math:`\lambda`, not negative.

    Raises
    ------
    ValueError
        If ``strength`` is negative.

    References
    ----------
    A. Krogh, J. Hertz (1991), A simple weight decay can improve generalization, NIPS.
    """

    def __init__(self, strength):
        self.strength = _checked(strength)

    def penalty(self, weight):
        """Return what is added to the loss, a float."""
        return self.strength * float(np.vdot(weight, weight))

    def gradient(self, weight):
        r"""Return :math:`2 \lambda w`, of the shape and dtype of ``weight``."""
        return (2 * self.strength) * weight

    def config(self):
        """Return the arguments that build this object again."""
        return {"strength": self.strength}


def _checked(strength):
    if not strength >= 0:
        raise ValueError(f"a penalty's strength is 0 or more. Received: {strength}")
    return float(strength)
