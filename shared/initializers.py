"""Initial weights: how large the random numbers are that a layer starts from.

Every function here returns a matrix of shape ``(in_features, out_features)`` in float64. A layer
rounds it to its own dtype, so one seed gives the same network in float32 and in float64.
"""

import numpy as np


def zeros(in_features, out_features, rng):
    """All weights zero: right for a linear model, fatal if two layers in a row start like this.

    The neurons between them would have the same outputs and the same gradients, forever. A hidden
    layer with ReLU can't start at zero at all, because the slope of ReLU at 0 is 0.
    ``rng`` isn't used; it's there so that all initializers can be called the same way.
    """
    return np.zeros((in_features, out_features))


def scaled_normal(in_features, out_features, rng, scale=0.01):
    """Normally distributed numbers of one fixed standard deviation, whatever the layer's width."""
    return scale * rng.standard_normal((in_features, out_features))


def glorot_normal(in_features, out_features, rng):
    r"""Normally distributed numbers, variance :math:`2 / (n_\text{in} + n_\text{out})`.

    It lies between :math:`1 / n_\text{in}`, which keeps the size of a linear layer's outputs, and
    :math:`1 / n_\text{out}`, which keeps that of its gradients. It suits tanh, too, because tanh is
    nearly linear near 0.

    References
    ----------
    X. Glorot, Y. Bengio (2010), Understanding the difficulty of training deep feedforward neural
    networks, AISTATS, equation 12.
    """
    return np.sqrt(2 / (in_features + out_features)) * rng.standard_normal(
        (in_features, out_features)
    )


def he_normal(in_features, out_features, rng):
    r"""Normally distributed numbers, variance :math:`2 / n_\text{in}`.

    ReLU sets half of its inputs to zero; the 2 makes up for it.

    References
    ----------
    K. He, X. Zhang, S. Ren, J. Sun (2015), Delving deep into rectifiers, ICCV, equation 10.
    """
    return np.sqrt(2 / in_features) * rng.standard_normal((in_features, out_features))
