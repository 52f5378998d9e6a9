"""Compare an answer with the right one and say, in the terms of the field, how they differ.

An answer is accepted by its numbers, not by its spelling: a list passes for an array, a NumPy
scalar for a float, and any dtype for any other, unless the exercise asks for one of them.
"""

import copy
import dis
import functools
import inspect
import itertools
from types import MappingProxyType

import numpy as np

# How far apart two numbers may be, as a share of the largest expected one.
# Read-only, so that no answer can change how the next one is judged.
_TOLERANCES = MappingProxyType({"float16": 1e-2, "float32": 1e-4})
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
        Arrays, lists, and tuples of them are handed over as copies.

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
    mutable = (np.ndarray, list, tuple)
    given = [copy.deepcopy(a) if isinstance(a, mutable) else a for a in arguments]
    result = attempt(function, *given)
    if is_blank(result):
        if result is None and not does_nothing(function):
            raise Wrong("The function returns None. Does it end with a `return` line?")
        raise NotTried
    for position, (before, after) in enumerate(zip(arguments, given, strict=True)):
        if isinstance(before, mutable) and not same_values(before, after):
            kind = "list" if isinstance(before, list) else "array"  # perhaps one in a tuple
            raise Wrong(
                f"The function changes its argument {_argument_name(function, position)} in "
                f"place, so the caller's {kind} changes too. Work on a copy."
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
        raise Wrong(f"This check needs a function. Received: {_kind(function)}.")
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
        listed = " and ".join(names)
        if len(names) > 2:
            listed = f"{', '.join(names[:-1])}, and {names[-1]}"
        raise Wrong(f"The function must return {listed}. Received: {came}.")
    for part, name in zip(result, names, strict=True):
        if is_blank(part):
            raise Wrong(f"{name} is still missing: it is {part!r}.".replace("Ellipsis", "`...`"))
    return result


def expect_parts(result, expected, *, mistakes=None, about="", order=None, **options):
    """Check a result that must be a tuple, such as ``(dW, db)``, part by part.

    Parameters
    ----------
    result : object
        What the answer returned.
    expected : dict
        The right parts by name, in the order in which the exercise asks for them.
    mistakes : dict, optional
        By name, what typical mistakes lead to, as in `expect`.
    about : str, optional
        Follows the name of a part in a message, such as "for x (4, 3)".
    order : sequence of str, optional
        In which order to look at the parts: first the one that the others are made from.
    **options
        Handed to `expect`: ``batch``, ``dtype``, ``factors``, ``tolerance``.

    Raises
    ------
    Wrong
        If a part is missing or wrong, or if the parts are right but in another order.
    """
    received = dict(zip(expected, parts(result, list(expected)), strict=True))
    swapped(result, expected)
    for name in order or expected:
        told = f"{name} {about}" if about else name
        wrong = (mistakes or {}).get(name, ())
        expect(received[name], expected[name], told, mistakes=wrong, **options)


def swapped(result, expected):
    """Raise `Wrong` if the parts of a result are right but in another order.

    Parameters
    ----------
    result : tuple or list
        As many parts as ``expected`` has.
    expected : dict
        The right parts by name, in the right order.
    """
    names, found = list(expected), []
    for part in result:
        fits = [name for name in names if _fits(part, expected[name])]
        found += [name for name in fits if name not in found][:1]
    rightly = (_fits(part, value) for part, value in zip(result, expected.values(), strict=True))
    if len(found) == len(names) and not all(rightly):
        raise Wrong(
            f"You returned ({', '.join(found)}). The exercise asks for ({', '.join(names)})."
        )


def items(result, most, name):
    """Return the items of a list, a tuple, or a generator, which may be endless.

    Parameters
    ----------
    result : iterable
        What the answer returned.
    most : int
        More items than this are wrong.
    name : str
        What to call the result in a message.

    Returns
    -------
    list
    """
    if is_blank(result):
        raise NotTried
    if isinstance(result, (str, dict)) or not hasattr(result, "__iter__"):
        raise Wrong(f"{name} must be a list. Received: {_kind(result)}.")
    found = list(itertools.islice(result, most + 1))
    if len(found) > most:
        raise Wrong(f"{name} has more than {most} items. Does it ever end?")
    return found


def finite(value, name, shape=None):
    """Return an answer as a float64 array of finite numbers.

    Parameters
    ----------
    value : array, list or number
        The answer.
    name : str
        What to call it in a message.
    shape : tuple of int, optional
        The shape it must have; ``()`` for a single number.
    """
    array = _as_numbers(value, name)
    if not np.isfinite(array).all():
        raise Wrong(f"{name} must be finite. Received: {array.tolist()}.")
    if shape == () and array.shape != ():
        raise Wrong(f"{name} must be a single number. Received: shape {array.shape}.")
    if shape is not None and array.shape != shape:
        raise Wrong(f"{name} must have shape {shape}. Received: shape {array.shape}.")
    return array.astype(float)


def predictions(predict, x, shape, form, hints=None):
    """Return what a trained network's ``predict`` says about some points.

    It is asked again for a few of them: the answers must be the same.

    Parameters
    ----------
    predict : object
        What the exercise's function returned, which must be a function of the points.
    x : array
        The points, at least 12.
    shape : tuple of int
        The shape that the predictions must have.
    form : str
        What they are, such as "one label for each point".
    hints : dict, optional
        What a prediction of another shape is, by shape.
    """
    if not callable(predict):
        raise Wrong(f"It must return a function, predict(x). Received: {_kind(predict)}.")
    result = call(predict, x)
    if is_blank(result):
        raise NotTried
    y_pred = np.asarray(result)
    if y_pred.shape in (hints or {}):
        raise Wrong(hints[y_pred.shape])
    if y_pred.shape != shape or y_pred.dtype.kind not in "biuf":
        raise Wrong(f"predict must return {form}, shape {shape}. Received: {_kind(y_pred)}.")
    if not np.isfinite(y_pred).all():
        raise Wrong("predict returns NaN or infinity. Did the training diverge?")
    few = np.asarray(call(predict, x[5:12]))
    if few.shape != (7, *shape[1:]) or not np.allclose(few, y_pred[5:12], rtol=1e-4, atol=1e-5):
        raise Wrong(
            "predict must answer for any points it is given, even for seven of them. Does it use "
            "the training points instead of its argument?"
        )
    return y_pred


def same_values(these, those):
    """Return whether two values are equal: arrays, numbers, or lists and tuples of them."""
    if isinstance(these, (list, tuple)) and isinstance(those, (list, tuple)):
        return len(these) == len(those) and all(map(same_values, these, those))
    return np.array_equal(these, those)


def expect(
    received, expected, name, *, mistakes=(), batch=None, dtype=None, factors=None, tolerance=None
):
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
    factors : dict, optional
        Where an answer that is off by a certain factor comes from: a sentence by factor, such as
        ``{2: "The loss has a factor 1/2 in front."}``. It follows the general diagnosis.
    tolerance : float, optional
        Largest difference as a share of the largest expected number; by default 1e-6, and
        more for float32 and float16.
    """
    received, expected = _as_numbers(received, name), np.asarray(expected)
    if tolerance is None:
        tolerance = _TOLERANCES.get(received.dtype.name, _TOLERANCE)
    same = functools.partial(_same, tolerance=tolerance)
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
    raise Wrong(f"{name} {_value_diagnosis(received, expected, same, batch, factors or {})}")


def _same(a, b, tolerance):
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    scale = np.max(np.abs(b), initial=0.0) or 1.0
    return a.shape == b.shape and np.allclose(a, b, rtol=0, atol=tolerance * scale)


def _fits(part, expected):
    """Return whether a part has the right numbers; anything may come as a part."""
    try:
        array = np.asarray(part)
    except ValueError:
        return False
    tolerance = _TOLERANCES.get(array.dtype.name, _TOLERANCE)
    return array.dtype.kind in "biuf" and _same(array, expected, tolerance)


def _as_numbers(received, name):
    if is_blank(received):
        raise NotTried
    try:
        array = np.asarray(received)
    except ValueError:  # a list with rows of different lengths
        raise Wrong(f"{name} is no array: its rows are not equally long.") from None
    if array.dtype == object and any(entry is ... for entry in array.ravel()):
        raise NotTried
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


def _value_diagnosis(received, expected, same, batch, factors):
    bad = ~np.isfinite(received) & np.isfinite(expected)
    if bad.any():
        what = "NaN" if np.isnan(received[bad]).any() else "infinity"
        return (
            f"contains {what}{_where(bad)}. It comes from dividing by zero, from the root or "
            "logarithm of a number that isn't positive, or from an overflow."
        )
    received, expected = received.astype(float), expected.astype(float)
    if received.ndim and not received.any():
        return "is zero everywhere. Was the result ever filled in?"
    if same(received, -expected):
        return "has the wrong sign, and is right otherwise."
    if received.ndim == 2 and same(received.T, expected):
        return "is transposed: rows and columns are exchanged."
    if expected.any():
        factor = float(np.sum(received * expected) / np.sum(expected * expected))
        scaled = expected.size == 1 or f"{factor:.4g}" != "1"
        if scaled and same(received, factor * expected):
            return _factor_diagnosis(factor, expected, batch, factors)
    if expected.size > 1:
        offset = float(np.mean(received - expected))
        if same(received, expected + offset):
            side = "large" if offset > 0 else "small"
            return f"is too {side} by {_number(abs(offset))} everywhere."
        if same(np.sort(received, axis=None), np.sort(expected, axis=None)):
            return "has the right numbers in the wrong order."
    differs = ~np.isclose(received, expected, rtol=1e-4)
    if not differs.any():
        return "is nearly right, but off by more than rounding error."
    first = tuple(np.argwhere(differs)[0])
    share = f" ({np.sum(differs)} of {expected.size} numbers differ)" if expected.size > 1 else ""
    here, there = _apart(received[first], expected[first])
    return f"is {here}{_where(differs)}, expected {there}{share}."


def _factor_diagnosis(factor, expected, batch, factors):
    causes = list(factors.items())
    if batch is not None:
        count = f"{batch} is the number of samples:"
        causes.append((batch, f"{count} is the mean over the batch missing?"))
        causes.append((1 / batch, f"{count} did you divide by it once too often?"))
    if expected.ndim == 2 and expected.shape[1] > 2:
        count = f"{expected.shape[1]} is the number of columns:"
        causes.append(
            (1 / expected.shape[1], f"{count} did you take the mean over every element?")
        )
    causes.append((2, "Did you add the same term twice?"))
    causes.append((0.5, "Is a factor of 2 missing?"))
    cause = next((f" {text}" for key, text in causes if np.isclose(factor, key)), "")
    if np.isclose(factor, 2):
        return f"is twice as large as it should be.{cause}"
    if np.isclose(factor, 0.5):
        return f"is half as large as it should be.{cause}"
    if cause and factor > 1:
        return f"is {factor:.4g} times as large as it should be.{cause}"
    if cause and 0 < factor < 1:
        return f"should be {1 / factor:.4g} times as large.{cause}"
    if cause or expected.size > 1:
        return f"is {factor:.4g} times what it should be, everywhere.{cause}"
    return "is {}, expected {}.".format(*_apart(factor * expected.item(), expected.item()))


def _number(value, digits=4):
    return f"{value:.{digits}g}" if value % 1 else f"{value + 0.0:.0f}"  # 0 for -0, too


def _apart(received, expected):
    """Return two numbers as text, with as many digits as it takes to see a difference."""
    for digits in (4, 6, 8, 17):
        texts = [_number(value, digits) for value in (received, expected)]
        if texts[0] != texts[1]:
            break
    return texts


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


def _argument_name(function, position):
    parameters = list(inspect.signature(function).parameters.values())
    if position < len(parameters) and parameters[position].kind != inspect.Parameter.VAR_POSITIONAL:
        return parameters[position].name
    return f"number {position + 1}"
