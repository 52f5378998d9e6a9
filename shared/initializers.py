"""Initial weights: how large the random numbers are that a layer starts from.

Every function here returns a matrix of shape ``(in_features, out_features)`` in float64. A layer
rounds it to its own dtype, so one seed gives the same network in float32 and in float64.
"""

import numpy as np


def zeros(in_features, out_features, rng):
    """All weights zero: right for the weights of a linear model, fatal for hidden layers.

    Every neuron of a hidden layer would compute the same and get the same gradient, forever.
    ``rng`` is not used; it is there so that all initializers are called alike.
    """
    return np.zeros((in_features, out_features))


def scaled_normal(in_features, out_features, rng, scale=0.01):
    """Normal numbers of one fixed standard deviation, whatever the width of the layer."""
    return scale * rng.standard_normal((in_features, out_features))


def glorot_normal(in_features, out_features, rng):
    r"""Normal numbers with variance :math:`2 / (n_\text{in} + n_\text{out})`.

    Keeps the size of outputs and of gradients about level through layers with tanh, whose slope
    near 0 is 1.

    References
    ----------
    X. Glorot, Y. Bengio (2010), Understanding the difficulty of training deep feedforward neural
    networks, AISTATS, equation 12.
    """
    return np.sqrt(2 / (in_features + out_features)) * rng.standard_normal(
        (in_features, out_features)
    )


def he_normal(in_features, out_features, rng):
    r"""Normal numbers with variance :math:`2 / n_\text{in}`.

    ReLU sets half of its inputs to zero; the 2 makes up for it.

    References
    ----------
    K. He, X. Zhang, S. Ren, J. Sun (2015), Delving deep into rectifiers, ICCV, equation 10.
    """
    return np.sqrt(2 / in_features) * rng.standard_normal((in_features, out_features))
