"""The checks behind the exercises.

A chapter's exercise is a stub for the reader to fill in; the next cell hands the answer over:

    exercises.check("0.1", row_means)

The result says in words what is right, what is wrong, and why. No answer makes `check` raise an
exception or run forever, and none affects a later verdict: a stub left alone is "not tried yet",
code that fails has its exception named, and code that doesn't end is stopped.

The checks of chapter N are in ``chapter_NN.py``. Each is a function of the answer that is
registered with `exercise`, raises `Wrong` with the diagnosis (most often through
`compare.expect`), and returns what to say to a right answer. `compare` compares values, `rules`
looks at how an answer computes them, and `guard` keeps an answer from doing harm.
"""

import ast
import importlib
import pkgutil
import re
import sys
import textwrap
import traceback
from dataclasses import dataclass

from shared.exercises import guard
from shared.exercises.compare import NotTried, Wrong, is_blank

_checks = {}
_LONGEST = 300  # characters of an exception's message that are shown

# What the most common exceptions mean, by a part of their name and message.
_IN_OTHER_WORDS = {
    "SystemExit": "A function hands back its result with `return`; exit() ends the program.",
    "RecursionError": "The function calls itself again and again. When does that end?",
    "could not be broadcast": "NumPy lines two shapes up from their last axis; each pair of "
    "lengths must be equal, or one of them 1.",
    "matmul": "In `a @ b` the last axis of a must be as long as the first axis of b.",
    "positional argument": "The arguments of the function must stay as they are in the stub.",
    "is not defined": "Is the name spelled right, and did the cell that defines it run?",
    "out of bounds": "An index is too large: on an axis of length n, the last one is n - 1.",
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


def exercise(number, seconds=20):
    """Register the decorated function as the check of exercise ``number``.

    Parameters
    ----------
    number : str
        The exercise, such as "0.1".
    seconds : float, optional
        When an answer is stopped. Give more where the answer trains a network.
    """

    def register(function):
        if number in _checks:
            raise ValueError(f"Exercise {number} has two checks.")
        _checks[number] = function, seconds
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
    function, seconds = _checks[number]
    guard.remember()
    watch = guard.Watch(seconds)
    with guard.usual_surroundings():
        try:
            status, message = watch.run(lambda: _judge(function, answer, watch))
        except guard.TimeUp as error:
            status, message = "not yet", _out_of_time(error, seconds)
    return Result(number, status, message.encode("utf-8", "replace").decode("utf-8"))


def _judge(function, answer, watch):
    """Return the status of an answer and what to say about it."""
    try:
        not_run = _cell_not_run()
        if not_run:
            raise Wrong(not_run)
        if is_blank(answer):
            raise NotTried
        return "right", function(answer)
    except NotTried:
        advice = "Replace the `...` in the cell above, run it, and run this cell again."
        return "not tried yet", advice
    except Wrong as wrong:
        return "not yet", str(wrong)
    except guard.TimeUp:
        raise
    except BaseException as error:  # anything the reader's code raised; see the docstring
        if watch.interrupted and isinstance(error, KeyboardInterrupt):
            raise
        return "not yet", _in_words(error)


def _cell_not_run():
    """Say so if the answer is older than the reader's newest cell, which has a syntax error.

    Python runs no line of such a cell, so names keep their old values. Outside IPython nothing is
    known about cells.
    """
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    cells = shell.user_ns.get("In", []) if shell else []
    names = "|".join(_names_given(cells[-1])) if cells else ""
    # As text: a cell with a syntax error has no syntax tree.
    gives_a_value = rf"^[ \t]*((async )?def |class )?({names})[ \t]*([(:]|=(?!=))"
    cells = [cell for cell in cells[:-1] if names and re.search(gives_a_value, cell, re.MULTILINE)]
    if not cells:
        return ""
    try:
        compile(cells[-1], "cell", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except SyntaxError as error:
        return (
            f"The newest version of your cell has a syntax error in line {error.lineno}, so Python "
            "ran none of it and still has your answer from before. Correct the line and run the "
            "cell again."
        )
    return ""


def _names_given(cell):
    """Return the names of the answers that a cell passes to `check`."""
    try:
        calls = [node for node in ast.walk(ast.parse(cell)) if isinstance(node, ast.Call)]
    except SyntaxError:  # magic commands of IPython
        return []
    answers = [
        answer
        for call in calls
        if getattr(call.func, "attr", getattr(call.func, "id", "")) == "check"
        for answer in call.args[1:]
    ]
    return [node.id for tree in answers for node in ast.walk(tree) if isinstance(node, ast.Name)]


def _out_of_time(error, seconds):
    """Say that an answer was stopped, and in which line."""
    line = ""
    while isinstance(error, guard.TimeUp):  # Of several, the first knows best.
        line = _readers_line(error) or line
        error = error.__context__
    where = f" It was in the line `{line}`." if line else ""
    return (
        f"Your code was stopped after {seconds:g} seconds.{where} Is there a loop that never ends, "
        "or that does far more than it has to?"
    )


def _in_words(error):
    """Name an exception, the line of the reader's code it came from, and what it means."""
    name, text = _name_and_text(error)
    words = [f"Your code raised {name}{': ' * bool(text)}{text}."]
    line = _readers_line(error)
    if line:
        words.append(f"It happened in the line `{line}`.")
    words += [meaning for part, meaning in _IN_OTHER_WORDS.items() if part in f"{name}: {text}"]
    return " ".join(words)


def _name_and_text(error):
    """Return an exception's name and message, each of which may raise one itself."""
    name, text = "an exception", ""
    try:
        name = f"{type(error).__name__}"
        text = f"{error}".rstrip(".")
    except guard.TimeUp:
        raise
    except BaseException:
        return name, text
    return name, text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _readers_line(error):
    """Return the innermost line that is neither Python's, NumPy's, nor this package's, or ""."""
    line = ""
    for frame in traceback.extract_tb(error.__traceback__):
        if not guard.is_ours(frame.filename) and not guard.is_library(frame.filename):
            line = frame.line
    return line


guard.remember()
