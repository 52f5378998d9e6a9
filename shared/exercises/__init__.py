"""The checks behind the exercises.

A chapter's exercise is a stub for the reader to fill in; the next cell hands the answer over:

    exercises.check("0.1", row_means)

The result says in words what is right, what is wrong and why. It never raises because of an
answer: a stub left alone is "not tried yet", code that fails has its exception named.

The checks of chapter N stand in ``chapter_NN.py``. Each is a function of the answer that is
registered with `exercise`, raises `Wrong` with the diagnosis (most often through
`compare.expect`) and returns what to say to a right answer.
"""

import importlib
import pkgutil
import textwrap
import traceback
from dataclasses import dataclass
from pathlib import Path

from shared.exercises.compare import NotTried, Wrong, is_blank

_checks = {}
_PACKAGE = Path(__file__).parents[1]

# What NumPy's and Python's most common complaints mean, by a part of their message.
_IN_OTHER_WORDS = {
    "could not be broadcast": "NumPy lines two shapes up from their last axis; each pair of "
    "lengths must be equal, or one of them 1.",
    "matmul": "In `a @ b` the last axis of a must be as long as the first axis of b.",
    "positional argument": "The arguments of the function must stay as they are in the stub.",
    "is not defined": "Is the name spelled right, and did the cell that defines it run?",
    "out of bounds": "An index is as large as the axis is long, or larger.",
}


@dataclass(frozen=True, repr=False)
class Result:
    """What a check found. Its text is what a notebook shows.

    Attributes
    ----------
    number : str
        The exercise, such as "0.1".
    status : str
        "right", "not yet" or "not tried yet".
    message : str
        What is right or wrong about the answer, and why.
    """

    number: str
    status: str
    message: str

    @property
    def passed(self):
        """Whether the answer is right."""
        return self.status == "right"

    def __bool__(self):
        return self.passed

    def __repr__(self):
        text = f"Exercise {self.number}: {self.status}. {self.message}"
        return textwrap.fill(text, 88, break_long_words=False, break_on_hyphens=False)


def exercise(number):
    """Register the decorated function as the check of exercise ``number``."""

    def register(function):
        if number in _checks:
            raise ValueError(f"Exercise {number} has two checks.")
        _checks[number] = function
        return function

    return register


def numbers():
    """Return the numbers of all exercises that have a check, chapter by chapter.

    Returns
    -------
    list of str
    """
    for module in pkgutil.iter_modules(__path__):
        if module.name.startswith("chapter_"):
            importlib.import_module(f"{__name__}.{module.name}")
    # 2.1 before 10.1, and the appendices A and B after both.
    return sorted(
        _checks, key=lambda number: [(part.isalpha(), part.rjust(2)) for part in number.split(".")]
    )


def check(number, answer):
    """Check an answer and say in words what is right or wrong about it.

    Parameters
    ----------
    number : str
        The exercise, such as "0.1".
    answer : object
        What the exercise asks for: a function or a value.

    Returns
    -------
    Result
        A notebook shows its text when the call is the last line of a cell; in a script,
        print it. It is true if the answer is right.

    Raises
    ------
    ValueError
        If there is no such exercise. Nothing about the answer raises.
    """
    if number not in _checks and number not in numbers():
        raise ValueError(
            f"There is no check for exercise {number!r}. There are: {', '.join(numbers())}."
        )
    try:
        if is_blank(answer):
            raise NotTried
        return Result(number, "right", _checks[number](answer))
    except NotTried:
        advice = "Replace the `...` in the cell above, run it, and run this cell again."
        return Result(number, "not tried yet", advice)
    except Wrong as wrong:
        return Result(number, "not yet", str(wrong))
    except Exception as error:  # Anything the reader's code raised; see the docstring.
        return Result(number, "not yet", _in_words(error))


def _in_words(error):
    """Name an exception, the line of the reader's code it came from, and what it means."""
    text = str(error).rstrip(".")
    words = [f"Your code raised {type(error).__name__}{': ' * bool(text)}{text}."]
    line = None
    for frame in traceback.extract_tb(error.__traceback__):
        ours = _PACKAGE in Path(frame.filename).parents
        if not ours and "-packages" not in frame.filename:  # nor NumPy's: the reader's
            line = frame.line
    if line:
        words.append(f"It happened in the line `{line}`.")
    words += [meaning for part, meaning in _IN_OTHER_WORDS.items() if part in text]
    return " ".join(words)
