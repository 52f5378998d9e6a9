"""What the toy problems and the ways to divide samples require of their arguments."""

import numbers

import numpy as np


def checked_count(name, value, at_least=1):
    """Return a whole number as an int; ValueError unless it is at least `at_least`.

    An int, because a small integer of NumPy's would overflow in calculations.
    """
    if not isinstance(value, numbers.Integral) or value < at_least:
        raise ValueError(
            f"{name} must be a whole number of at least {at_least}. Received: {value!r}"
        )
    return int(value)


def check_random(rng, noise=0.0):
    """Raise TypeError if `rng` is no generator, ValueError if `noise` is no deviation."""
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            f"rng must be a random generator such as numpy.random.default_rng(0). Received: {rng!r}"
        )
    if not noise >= 0:
        raise ValueError(f"noise is a standard deviation, 0 or more. Received: {noise!r}")
