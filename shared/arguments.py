"""Checks of the arguments that constructors and functions take.

Each function returns the argument if it's acceptable. If not, the error says what was expected
and what arrived.
"""

import math
import numbers
import operator

import numpy as np


def finite(name, value):
    """Return a finite number as a float; TypeError or ValueError for anything else."""
    value = _number(name, value)
    if not math.isfinite(value):
        raise ValueError(f"{name} must be finite. Received: {name}={value}")
    return value


def positive(name, value):
    """Return a finite number above 0 as a float; TypeError or ValueError for anything else."""
    if not _number(name, value) > 0:
        raise ValueError(f"{name} must be greater than 0. Received: {name}={value}")
    return finite(name, value)


def not_negative(name, value):
    """Return a finite number, 0 or more, as a float; TypeError or ValueError for anything else."""
    if not _number(name, value) >= 0:
        raise ValueError(f"{name} must not be negative. Received: {name}={value}")
    return finite(name, value)


def below_one(name, value):
    """Return a number that is at least 0 and below 1 as a float; TypeError or ValueError else."""
    if not 0 <= _number(name, value) < 1:
        raise ValueError(f"{name} must be at least 0 and below 1. Received: {name}={value}")
    return float(value)


def fraction(name, value):
    """Return a number from 0 to 1 as a float; TypeError or ValueError for anything else."""
    if not 0 <= _number(name, value) <= 1:
        raise ValueError(f"{name} must be between 0 and 1. Received: {name}={value}")
    return float(value)


def whole_number(name, value, least=1):
    """Return a whole number that is ``least`` or more as an int."""
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} must be a whole number. Received: {name}={value!r}") from None
    if number < least:
        raise ValueError(f"{name} must be {least} or more. Received: {name}={value}")
    return number


def generator(name, rng):
    """Return a random generator; TypeError for anything else, such as a seed."""
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            f"{name} must be a random generator, such as np.random.default_rng(42). "
            f"Received: {name}={rng!r}"
        )
    return rng


def floats(name, array):
    """Return an array of floats, or a float; TypeError for anything else, such as bytes."""
    if isinstance(array, float) or getattr(array, "dtype", np.dtype(object)).kind == "f":
        return array
    received = getattr(array, "dtype", type(array).__name__)
    raise TypeError(
        f"{name} must be an array of floats. Received: {received}. Convert it with "
        "x.astype(np.float64); a model of images does that with Rescaling(1 / 255)."
    )


def _number(name, value):
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError(f"{name} must be a number. Received: {name}={value!r}")
    return float(value)
