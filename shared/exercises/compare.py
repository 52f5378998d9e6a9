"""Compare an answer with the right one and say, in the terms of the field, how they differ.

An answer is accepted by its numbers, not by its spelling: a list passes for an array, a NumPy
scalar for a float, any dtype for any other unless the exercise is about the dtype.
"""

import copy
import dis
import inspect

import numpy as np

# How far apart two numbers may be, as a share of the largest expected one.
_TOLERANCES = {"float16": 1e-2, "float32": 1e-4}
_TOLERANCE = 1e-6


class NotTried(Exception):
    """The stub was left as it is."""


class Wrong(Exception):
    """The answer is wrong; the message says how."""


def is_blank(answer):
    """Return whether an answer is a stub's: ``None``, ``...``, or a tuple of nothing else."""
    if isinstance(answer, (tuple, list)):
        return len(answer) > 0 and all(is_blank(part) for part in answer)
    if isinstance(answer, np.ndarray) and answer.dtype == object:
        return answer.size > 0 and all(is_blank(part) for part in answer.ravel())
    return answer is None or answer is ...


def call(function, *arguments):
    """Call the reader's function and return its result.

    Parameters
    ----------
    function : callable
        The answer.
    *arguments
        Arrays and lists are handed over as copies.

    Returns
    -------
    object
        Whatever the function returned.

    Raises
    ------
    NotTried
        If the function is a stub left alone: it returns ``...``, does nothing at all, raises
        NotImplementedError, or stumbles over a ``...`` that is still in it.
    Wrong
        If it is no function, returns None, or changes what it was given.
    """
    mutable = (np.ndarray, list)
    given = [copy.deepcopy(a) if isinstance(a, mutable) else a for a in arguments]
    result = attempt(function, *given)
    if is_blank(result):
        if result is None and not does_nothing(function):
            raise Wrong("The function returns None. Does it end with a `return` line?")
        raise NotTried
    for position, (before, after) in enumerate(zip(arguments, given, strict=True)):
        if isinstance(before, mutable) and not _equal(before, after):
            raise Wrong(
                f"The function changes its argument {_argument_name(function, position)} in "
                "place, so what the caller handed over is no longer what it was. Make a new one."
            )
    return result


def attempt(function, *arguments):
    """Call the reader's function with these very arguments, which it may change; see `call`.

    Raises
    ------
    NotTried
        If it raises NotImplementedError, or stumbles over a ``...`` that is still in it.
    Wrong
        If it is no function.
    """
    if not callable(function):
        raise Wrong(f"A function is asked for. Received: {_kind(function)}.")
    try:
        return function(*arguments)
    except NotImplementedError as error:
        raise NotTried from error
    except TypeError as error:
        if "ellipsis" in str(error):
            raise NotTried from error
        raise


def parts(result, names):
    """Return the parts of a result that must be a tuple with one part for each name."""
    if not isinstance(result, (tuple, list)) or len(result) != len(names):
        came = _kind(result)
        if isinstance(result, (tuple, list)):
            came += f" of {len(result)}"
        raise Wrong(f"The function must return {' and '.join(names)}. Received: {came}.")
    for part, name in zip(result, names, strict=True):
        if is_blank(part):
            raise Wrong(f"{name} is still missing: it is {part!r}.".replace("Ellipsis", "`...`"))
    return result


def expect(received, expected, name, *, mistakes=(), batch=None, dtype=None, tolerance=None):
    """Do nothing if an answer is right, raise `Wrong` with a diagnosis if it is not.

    Parameters
    ----------
    received : array, list or number
        The answer, or what it returned.
    expected : array or number
        The right one.
    name : str
        What to call it in the message, such as "`row_means(x)`".
    mistakes : iterable of (wrong value, explanation)
        What typical mistakes lead to here. They go before the general diagnoses.
    batch : int, optional
        The number of samples. An answer off by this factor has forgotten the mean over the
        batch, or took it twice.
    dtype : dtype, optional
        Given only where the exercise is about it.
    tolerance : float, optional
        Largest difference as a share of the largest expected number; by default 1e-6, and
        more for float32 and float16.
    """
    received, expected = _as_numbers(received, name), np.asarray(expected)
    if tolerance is None:
        tolerance = _TOLERANCES.get(received.dtype.name, _TOLERANCE)

    def same(a, b):
        a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
        scale = np.max(np.abs(b), initial=0.0) or 1.0
        return a.shape == b.shape and np.allclose(a, b, rtol=0, atol=tolerance * scale)

    if same(received, expected):
        if dtype is not None and received.dtype != dtype:
            raise Wrong(
                f"{name} has the right numbers but dtype {received.dtype} instead of "
                f"{np.dtype(dtype)}. A float64 that enters a calculation, for example as a NumPy "
                "scalar or by np.zeros without a dtype, turns all that follows into float64."
            )
        return
    for wrong, explanation in mistakes:
        if same(received, wrong):
            raise Wrong(explanation)
    if received.shape != expected.shape:
        raise Wrong(f"{name} {_shape_diagnosis(received, expected, same, batch)}")
    raise Wrong(f"{name} {_value_diagnosis(received, expected, same, batch)}")


def _as_numbers(received, name):
    if is_blank(received):
        raise NotTried
    try:
        array = np.asarray(received)
    except ValueError:  # a list with rows of different lengths
        raise Wrong(f"{name} is no array: its rows are not equally long.") from None
    if array.dtype.kind not in "biuf":
        raise Wrong(f"{name} must be made of numbers. Received: {_kind(received)}.")
    return array


def _shape_diagnosis(received, expected, same, batch):
    came = f"has shape {received.shape}, expected {expected.shape}"
    if expected.shape == ():
        if batch is not None and received.size == batch:
            for reduce, word in [(np.mean, "mean"), (np.sum, "sum")]:
                if same(reduce(received), expected):
                    return f"has one number for each sample; their {word} is still to be taken."
        if same(received.reshape(-1)[:1], expected.reshape(1)) and received.size == 1:
            return f"is the right number, but in an array of shape {received.shape}."
        return f"must be a single number, but has shape {received.shape}."
    if same(received.T, expected):
        return f"is transposed: it {came}."
    if received.size == expected.size and same(received.reshape(expected.shape), expected):
        keep = " keepdims=True keeps an axis of length 1." if 1 in expected.shape else ""
        return f"has the right numbers in the wrong shape: it {came}.{keep}"
    if received.shape == expected.shape[::-1]:
        return f"{came}. Is it transposed?"
    n = max(expected.shape)
    if expected.size == n > 1 and received.shape == (n, n):
        return f"{came}. Somewhere ({n},) met ({n}, 1), which NumPy broadcasts to ({n}, {n})."
    return f"{came}."


def _value_diagnosis(received, expected, same, batch):
    bad = ~np.isfinite(received) & np.isfinite(expected)
    if bad.any():
        what = "NaN" if np.isnan(received[bad]).any() else "infinity"
        return (
            f"contains {what}{_where(bad)}. It comes from dividing by zero, from the logarithm "
            "of zero or from an overflow."
        )
    received, expected = received.astype(float), expected.astype(float)
    if received.ndim and not received.any():
        return "is zero everywhere. Was the result ever filled in?"
    if same(received, -expected):
        return "has the right size but the wrong sign."
    if received.ndim == 2 and same(received.T, expected):
        return "is transposed: rows and columns are exchanged."
    if expected.any():
        factor = float(np.sum(received * expected) / np.sum(expected * expected))
        if same(received, factor * expected):
            return _factor_diagnosis(factor, batch, expected)
    if expected.size > 1:
        offset = float(np.mean(received - expected))
        if same(received, expected + offset):
            side = "large" if offset > 0 else "small"
            return f"is too {side} by {_number(abs(offset))} everywhere."
        if same(np.sort(received, axis=None), np.sort(expected, axis=None)):
            return "has the right numbers in the wrong order."
    differs = ~np.isclose(received, expected, rtol=1e-4)
    if not differs.any():
        return "is nearly right, but not to the precision of its numbers."
    first = tuple(np.argwhere(differs)[0])
    share = f" ({np.sum(differs)} of {expected.size} numbers differ)" if expected.size > 1 else ""
    there = _number(expected[first])
    return f"is {_number(received[first])}{_where(differs)}, expected {there}{share}."


def _factor_diagnosis(factor, batch, expected):
    if batch is not None and np.isclose(factor, batch):
        return (
            f"is {batch} times too large, the number of samples in the batch: the mean over the "
            "batch is forgotten."
        )
    if batch is not None and np.isclose(factor, 1 / batch):
        return (
            f"is {batch} times too small, the number of samples in the batch: it is divided by "
            "the batch once too often."
        )
    if np.isclose(factor, 2):
        return "is twice as large as it should be: a factor 2 too many."
    if np.isclose(factor, 0.5):
        return "is half as large as it should be: a factor 2 is missing."
    if expected.size > 1:
        return f"is {factor:.4g} times what it should be, everywhere."
    return f"is {_number(factor * expected.item())}, expected {_number(expected.item())}."


def _number(value):
    return f"{value:.4g}" if value % 1 else f"{value:.0f}"


def _where(mask):
    """Return " at [i, j]" for the first True, and nothing for a single number."""
    if mask.ndim == 0:
        return ""
    return f" at [{', '.join(str(i) for i in np.argwhere(mask)[0])}]"


def _kind(value):
    if isinstance(value, np.ndarray):
        return f"an array of {value.dtype} with shape {value.shape}"
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def does_nothing(function):
    """Return whether a function's body is empty, as a stub's: ``...``, ``pass`` or a docstring."""

    def empty(): ...

    return _operations(function) == _operations(empty)


def _operations(function):
    code = getattr(function, "__code__", None)
    return code and [instruction.opname for instruction in dis.get_instructions(code)]


def _equal(these, those):
    """Compare arrays, and lists of arrays that may differ in shape."""
    if isinstance(these, list):
        return len(these) == len(those) and all(map(_equal, these, those))
    return np.array_equal(these, those)


def _argument_name(function, position):
    parameters = list(inspect.signature(function).parameters.values())
    if position < len(parameters) and parameters[position].kind != inspect.Parameter.VAR_POSITIONAL:
        return parameters[position].name
    return f"number {position + 1}"
