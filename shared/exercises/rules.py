"""Look at how an answer comes to its result, where the exercise is about the way.

The code is judged after Python compiled it, together with the reader's own functions that it
calls. So it doesn't matter how the answer is written, or whether its source is at hand.
"""

import dis
import types
from dataclasses import dataclass

import numpy as np

from shared.exercises.compare import Wrong, same_values

_PRODUCTS = {
    *("dot", "einsum", "inner", "matmul", "matvec", "multi_dot", "tensordot", "vdot"),
    *("vecdot", "vecmat", "sumprod", "convolve", "correlate", "matrix", "asmatrix"),
}
_HIDDEN_LOOPS = {"apply_along_axis", "fromiter", "map", "reduce", "vectorize"}
_MEASURING = {"check_layer", "check_loss", "check_model", "numerical_gradient"}


@dataclass
class Code:
    """What a function's code is made of.

    Attributes
    ----------
    names : set of str
        Every global name and attribute it uses, such as "np" and "dot".
    matmul : bool
        Whether ``@`` is in it.
    loops : bool
        Whether a ``for``, a ``while`` or a comprehension is in it.
    """

    names: set
    matmul: bool = False
    loops: bool = False


def code_of(function):
    """Return what a function, and the reader's functions that it calls, are made of.

    Parameters
    ----------
    function : object
        The answer. Anything without Python code, such as ``np.dot``, has only its name.

    Returns
    -------
    Code
    """
    found, seen, waiting = Code(set()), set(), [function]
    while waiting:
        function = waiting.pop()
        function = getattr(function, "__func__", getattr(function, "func", function))
        if id(function) in seen:
            continue
        seen.add(id(function))
        if not isinstance(function, types.FunctionType):
            found.names.add(getattr(function, "__name__", ""))
            continue
        names = set()
        for code in _nested(function.__code__):
            names |= {*code.co_names, *code.co_freevars}
            _scan(code, found)
        found.names |= names
        reach = function.__globals__ | _closure(function)
        for name in names & reach.keys():
            if isinstance(reach[name], types.FunctionType) and _is_readers(reach[name]):
                waiting.append(reach[name])
    return found


def without_matmul(answer):
    """Raise `Wrong` if an answer uses ``@`` or a function that does the same."""
    code = code_of(answer)
    names = sorted(_PRODUCTS & code.names)
    if code.matmul or names:
        what = "`@`" if code.matmul else f"`{names[0]}`"
        raise Wrong(f"Write out the products and their sum yourself, without {what}.")


def without_loops(answer):
    """Raise `Wrong` if Python loops in an answer where NumPy can compute on whole arrays."""
    code = code_of(answer)
    hidden = sorted(_HIDDEN_LOOPS & code.names)
    if code.loops or hidden:
        what = "a loop in your code"
        if not code.loops:
            what = f"`{hidden[0]}` in your code, which is a loop, too"
        raise Wrong(
            f"There is {what}. The exercise asks for operations on whole arrays."
        )


def not_measured(answer, received=(), expected=()):
    """Raise `Wrong` if an answer nudges a number instead of deriving the gradient.

    Parameters
    ----------
    answer : callable
        Its code mustn't use the functions of `shared.gradcheck`, or imaginary parts.
    received, expected : sequence of arrays, optional
        Gradients in float64. A derived gradient agrees to about 15 digits, a measured one to
        between 4 and 11 of them.
    """
    used = code_of(answer).names
    if {"angle", "imag"} & used:  # an imaginary nudge is right to all digits, so they don't tell
        raise Wrong(
            "This measures the slope, with an imaginary nudge, instead of deriving it. The "
            "exercise asks for the formula."
        )
    names = sorted(_MEASURING & used)
    if names:
        raise Wrong(
            "This measures the slope instead of deriving it. The exercise asks for the formula, "
            f"without `{names[0]}`."
        )
    for array, right in zip(received, expected, strict=True):
        array, right = np.asarray(array), np.asarray(right, dtype=float)
        if array.dtype != np.float64 or array.shape != right.shape:
            continue
        error = np.max(np.abs(array - right), initial=0.0)
        share = error / (np.max(np.abs(right), initial=0.0) or 1.0)
        if 1e-12 < share < 1e-4:
            raise Wrong(
                "It looks as if this measures the slope instead of deriving it, or rounds on the "
                f"way, as float32 does. It's right to {int(-np.log10(share))} digits; the exercise "
                "asks for the formula, which is right to about 15."
            )


class Counted:
    """A function that counts how often it is called; hand it to an answer in place of another.

    Parameters
    ----------
    function : callable
        What is called.

    Attributes
    ----------
    calls : int
        How often that was.
    """

    def __init__(self, function):
        self._function = function
        self.calls = 0

    def __call__(self, *arguments, **options):
        """Count, and call the function."""
        self.calls += 1
        return self._function(*arguments, **options)


def draws_from_rng(draw):
    """Return what an answer drew, if the generator handed in decides all of it.

    Parameters
    ----------
    draw : callable
        A function of a `numpy.random.Generator` that calls the answer, such as
        ``lambda rng: call(answer, 4, 3, rng)``.

    Returns
    -------
    object
        What ``draw`` returned for the seed 1.

    Raises
    ------
    Wrong
        If the answer draws from NumPy's global generator, makes a generator of its own, or gives
        the same numbers for every seed.
    """
    rng = np.random.default_rng(1)
    before, global_before = rng.bit_generator.state, _global_state()
    first = draw(rng)
    if _global_state() != global_before:
        raise Wrong(
            "You drew from NumPy's global generator (`np.random.…`). Draw from the `rng` that is "
            "handed in, so that the same seed gives the same numbers again."
        )
    if rng.bit_generator.state == before:
        raise Wrong("Nothing is drawn from the `rng` that is handed in.")
    if not same_values(first, draw(np.random.default_rng(1))):
        raise Wrong(
            "The same seed gives other numbers the second time. Draw everything from the `rng` "
            "that is handed in."
        )
    if same_values(first, draw(np.random.default_rng(2))):
        raise Wrong(
            "Every seed gives the same numbers. Draw them from the `rng` that is handed in, not "
            "from one made inside the function."
        )
    return first


def _global_state():
    name, keys, *rest = np.random.get_state()  # noqa: NPY002
    return name, keys.tobytes(), *rest


def _nested(code):
    """Yield a code object and those of the functions and comprehensions inside it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _nested(constant)


def _scan(code, found):
    """Note operators and loops."""
    instructions = list(dis.get_instructions(code))
    for place, instruction in enumerate(instructions):
        name = instruction.opname
        if "MATRIX_MULTIPLY" in name or (name == "BINARY_OP" and "@" in instruction.argrepr):
            found.matmul = True
        jumps_back = "JUMP" in name and instruction.argval <= instruction.offset
        if name == "FOR_ITER" or (jumps_back and not _ends_an_except(instructions[:place])):
            found.loops = True


def _ends_an_except(instructions):
    """Return whether what follows is the way back from an ``except`` or ``with`` block."""
    for instruction in reversed(instructions):
        if instruction.opname == "POP_EXCEPT":
            return True
        if instruction.opname.startswith(("JUMP", "POP_JUMP", "RAISE", "RERAISE", "RETURN")):
            return False
    return False


def _closure(function):
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    return {name: cell.cell_contents for name, cell in cells if cell != types.CellType()}


def _is_readers(function):
    return (function.__module__ or "").partition(".")[0] not in ("numpy", "shared")
