"""Every exercise of every chapter: its stub, right answers, wrong ones, and what notebooks show.

The answers to chapter N stand in ``answers_NN.py``: a dict ``EXERCISES``, for each exercise its
stub as the chapter shows it, right answers in several spellings (the first is the solution of the
chapter), and typical wrong ones with what they must be told, a regular expression.
"""

import importlib
import re
import textwrap
import warnings

import numpy as np
import pytest

from shared import exercises
from shared.exercises import check
from tools import notebooks
from tools.chapters import CHAPTERS

WRITTEN = [chapter for chapter in CHAPTERS if chapter.written]


def answers(chapter):
    return importlib.import_module(f"answers_{chapter.name.split('_')[0]}").EXERCISES


EXERCISES = {number: texts for c in WRITTEN for number, texts in answers(c).items()}


def cases(kind):
    return [
        pytest.param(number, case, id=f"{number}-{position}")
        for number, texts in EXERCISES.items()
        for position, case in enumerate(texts[kind])
    ]


def in_one_line(result):
    return " ".join(str(result).split())


def test_every_exercise_has_answers():
    assert exercises.numbers() == list(EXERCISES)


@pytest.mark.parametrize("number", EXERCISES)
def test_every_exercise_has_two_wrong_answers_and_other_spellings(number):
    assert len(EXERCISES[number]["right"]) >= 2
    assert len(EXERCISES[number]["wrong"]) >= 2


@pytest.mark.parametrize("number", EXERCISES)
def test_a_stub_left_alone_is_not_tried(number):
    scope = {"np": np}
    exec(textwrap.dedent(EXERCISES[number]["stub"]), scope)
    result = check(number, list(scope.values())[-1])
    assert not result.passed
    assert in_one_line(result) == (
        f"Exercise {number}: not tried yet. Replace the `...` in the cell above, run it, and "
        "run this cell again."
    )


@pytest.mark.parametrize(("number", "answer"), cases("right"))
def test_right_answers_pass_in_any_spelling(number, answer):
    result = check(number, answer)
    assert result.passed, result
    assert str(result).startswith(f"Exercise {number}: right. ")
    assert len(result.message) > 20


@pytest.mark.parametrize(("number", "case"), cases("wrong"))
def test_wrong_answers_are_told_what_is_wrong(number, case):
    answer, message = case
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        result = check(number, answer)
    assert not heard  # a check writes nothing beside its result
    assert not result.passed
    # Without the line of the answer that raised: here that line holds the message as well.
    told = re.sub("in the line `.*`", "in the line", in_one_line(result))
    assert re.search(message, told), result


ACCIDENTS = [
    *[None, ..., (..., ...), (..., 1.0), 3.0, "text", ("a", "b", "c"), [[1, 2], [3]], int],
    *[(0, 0), ((1, 2), (3, 4), (5, 6)), ([[1, 2], [3]], 0), (None, 1, 2)],
    *[np.zeros((3, 0)), (np.zeros((3, 0)), np.zeros(0), 1, 2), (np.zeros(3), np.nan, np.inf)],
    *[(np.array([1.0, ...]), 0.0), (np.array([np.nan, 1]), 0), (np.array(["a", "b"]), 0)],
    *[lambda *arguments: 1 / 0, lambda: 1.0, lambda *arguments: arguments],
    *[lambda *arguments: "text", lambda *arguments: ("a", "b"), lambda *arguments: ([], "b")],
    *[lambda *arguments: ("a", "b", "c"), lambda *arguments: ("a", "b", "c", "d")],
    *[lambda *arguments: {"a": 1}, lambda *arguments: [[1, 2], [3]]],
    *[lambda *arguments: 0, lambda *arguments: np.inf, lambda *arguments: -1e300],
    *[lambda *arguments: (..., 0), lambda *arguments: (np.nan, np.nan)],
    *[lambda *arguments: (np.inf, 0, 0), lambda *arguments: ([np.inf, 1], 0)],
    *[lambda *arguments: np.array([1j]), lambda *arguments: np.zeros((0, 3))],
    *[lambda *arguments: np.full((2, 3), np.nan)],
    *[lambda *arguments: (np.zeros(3), np.zeros(1)), lambda *a: (np.zeros(3), np.zeros(4))],
    *[lambda *arguments: (np.zeros((2, 3)), np.zeros(3)), lambda *a: (np.zeros((2, 3)),) * 4],
]


@pytest.mark.parametrize("number", EXERCISES)
def test_no_answer_raises_or_passes_by_accident(number):
    for place, answer in enumerate(ACCIDENTS):
        result = check(number, answer)
        assert not result.passed, place
        # What is wrong is a matter of words, not an exception inside the check.
        if not callable(answer):
            assert "Your code raised" not in result.message, place


@pytest.mark.parametrize("number", EXERCISES)
def test_same_answer_same_words(number):
    for answer in [EXERCISES[number]["right"][0], EXERCISES[number]["wrong"][0][0]]:
        assert str(check(number, answer)) == str(check(number, answer))


@pytest.mark.parametrize(
    ("folder", "status"), [("chapters", "not tried yet"), ("chapters/solutions", "right")]
)
@pytest.mark.parametrize("chapter", WRITTEN, ids=lambda chapter: chapter.name)
def test_stubs_and_solutions_stand_in_the_notebooks(chapter, folder, status):
    told = {}
    for cell in notebooks.read(notebooks.ROOT / folder / f"{chapter.name}.ipynb").cells:
        found = re.match(r'exercises\.check\("([^"]+)"', cell.source)
        if found:
            (output,) = cell.outputs
            told[found[1]] = output.data["text/plain"].split(". ")[0]
    assert told == {number: f"Exercise {number}: {status}" for number in answers(chapter)}
