"""Checks of chapter 19: speed."""

import copy
import tracemalloc
from itertools import pairwise

import numpy as np

from shared.exercises import exercise
from shared.exercises.compare import Wrong, attempt, call, expect, is_blank, parts

# Large enough that an array of this many numbers stands out from Python's own small objects.
SIZE = 100_000


@exercise("19.1")
def count_operations(answer):
    """The operations in the matrix products of a training step."""
    for sizes, n in [([784, 128, 64, 10], 128), ([3, 2], 5), ([4, 6, 5], 2)]:
        products = [2 * n * a * b for a, b in pairwise(sizes)]
        right = 3 * sum(products) - products[0]
        mistakes = [
            (
                3 * sum(products),
                "These are all three products of every layer. Nobody needs the gradient of the "
                "first layer's input: leave that one out.",
            ),
            (sum(products), "This is the forward pass alone. The way back has products too."),
            (
                right / 2,
                "Only the multiplications are counted. Each term of a sum is also added: 2 "
                "operations a term.",
            ),
            (
                right / n,
                "This is for a single sample. Every sample of the batch costs as much.",
            ),
            (
                3 * sum(products) - products[-1],
                "The last layer's input gradient was left out. It is needed: it goes on into the "
                "layer before. The first layer's is the one that isn't.",
            ),
            (
                3 * sum(products[1:]),
                "The first layer is left out altogether. It lacks one product of its three.",
            ),
            (
                2 * sum(products),
                "Two products for every layer: from the second layer on there are three.",
            ),
        ]
        name = f"`count_operations({sizes}, {n})`"
        expect(call(answer, sizes, n), right, name, mistakes=mistakes)
    return "Two products for the first layer, three for each of the others."


@exercise("19.2")
def lines_that_make_arrays(answer):
    """The letters of the lines that make a new array."""
    explanations = {
        "a": "`x *= 2` writes the products into x itself.",
        "b": "In `x *= y + 1` the product goes into x, but `y + 1` is an array of its own first.",
        "c": "`x * 2` makes a new array, and the name x is given to it.",
        "d": "`np.add(x, y, out=x)` writes into x.",
        "e": "`x * y` is computed into a new array first; then its numbers are copied into x.",
        "f": "`x[1:]` is a view: it looks at the numbers of x.",
    }
    if isinstance(answer, (list, tuple, set)) and all(isinstance(part, str) for part in answer):
        answer = "".join(answer)
    if not isinstance(answer, str):
        raise Wrong('The answer is a string of letters, such as "ab".')
    chosen = {letter for letter in answer.lower() if letter not in " ,;"}
    unknown = sorted(chosen - explanations.keys())
    if unknown or not chosen:
        raise Wrong("The answer is a string made of the letters a to f, those of the lines.")
    for letter, explanation in explanations.items():
        if letter in chosen and letter not in "bce":
            raise Wrong(f"Line {letter} makes no new array. {explanation}")
        if letter not in chosen and letter in "bce":
            raise Wrong(f"A line is missing: look at line {letter} again. {explanation}")
    return "b and e make an array that nobody sees by name; c gives its new array the name x."


@exercise("19.3")
def relu_in_place(answer):
    """ReLU that writes into its input and makes no array."""
    before = np.random.default_rng(3).standard_normal(SIZE).reshape(250, -1)
    x = before.copy()
    result, peak = _call_in_place(answer, x)
    expected = np.maximum(before, 0)
    mistakes = [
        (before, "The array comes back as it was."),
        (np.abs(before), "Negative numbers lost their sign. They should become 0."),
        (np.minimum(before, 0), "The positive numbers are set to zero: it is the other way round."),
    ]
    expect(result, expected, "`relu_in_place(x)`", mistakes=mistakes)
    if not np.array_equal(x, expected):
        raise Wrong("The numbers are right, but `x` itself is as it was: they are in a new array.")
    _expect_same_array(result, x, "x")
    _expect_no_array(peak, x)
    return "One pass, in place, and no array is made: np.maximum with out=x does it."


@exercise("19.4")
def finish_update(answer):
    """The end of Adam's update, in place."""
    rng = np.random.default_rng(4)
    value, mean = rng.standard_normal((2, SIZE))
    square_mean = rng.random(SIZE)
    lr, eps = 0.03, 0.1
    step = lr * mean / (np.sqrt(square_mean) + eps)
    mistakes = [
        (value + step, "The step goes uphill: it must be subtracted."),
        (value, "`value` comes back as it was."),
        (step, "This is the step. It has still to be subtracted from `value`."),
        (
            value - lr * mean / np.sqrt(square_mean + eps),
            "`eps` is added before the root is taken; it belongs outside of it.",
        ),
        (value - mean / (np.sqrt(square_mean) + eps), "The learning rate `lr` is missing."),
        (value - lr * mean / np.sqrt(square_mean), "`eps` is missing from the denominator."),
        (
            value - lr * mean / (square_mean + eps),
            "The square root of `square_mean` is missing.",
        ),
    ]
    arrays = value.copy(), mean.copy(), square_mean.copy()
    scratch = np.full(SIZE, np.nan)
    result, peak = _call_in_place(answer, *arrays, lr, eps, scratch)
    for name, after, original in zip(
        ["mean", "square_mean"], arrays[1:], [mean, square_mean], strict=True
    ):
        if not np.array_equal(after, original):
            raise Wrong(f"`{name}` was changed. It is needed in the next step: use `scratch`.")
    expect(result, value - step, "`finish_update(…)`", mistakes=mistakes)
    if not np.array_equal(arrays[0], result):
        raise Wrong("The numbers are right, but `value` itself hasn't got them.")
    _expect_same_array(result, arrays[0], "value")
    _expect_no_array(peak, value)
    return "The same update in five passes, and no array is made."


@exercise("19.5")
def overhead_and_slope(answer):
    """The line through times of steps, by least squares."""
    n = np.array([2.0, 8.0, 32.0, 64.0, 100.0])
    for seconds in [300 + 5 * n, np.array([350.0, 310.0, 500.0, 580.0, 850.0])]:
        slope, overhead = np.polyfit(n, seconds, 1)
        names = ["the overhead", "the time per sample"]
        received = call(answer, n, seconds)
        if isinstance(received, np.ndarray) and received.shape == (2,):
            received = received.tolist()  # as np.polyfit returns them
        received = parts(received, names)
        for name, value in zip(names, received, strict=True):
            expect(np.shape(value), (), f"the shape of {name}")
        a, b = (float(value) for value in received)
        if np.allclose([b, a], [overhead, slope]):
            raise Wrong("The two are in the wrong order: the overhead comes first.")
        through_zero = float(n @ seconds / (n @ n))
        last = float((seconds[-1] - seconds[0]) / (n[-1] - n[0]))
        mistakes = [
            (through_zero, "This is the slope of a line through zero, without an overhead."),
            (
                last,
                "This is the slope of the line through the first and the last point. Least "
                "squares takes all points into account.",
            ),
            (
                float(np.mean(seconds / n)),
                "This is the mean time per sample. It has the overhead in it.",
            ),
        ]
        expect(b, slope, names[1], mistakes=mistakes)
        mistakes = [
            (seconds.min(), "This is the shortest time. It has some samples in it already."),
            (seconds.mean(), "This is the mean time. Take the samples' part off first."),
        ]
        expect(a, overhead, names[0], mistakes=mistakes)
    return "A line through all points: its height at n = 0, and what each sample adds."


@exercise("19.6")
def overall_speedup(answer):
    """Amdahl's law."""
    for share, speedup in [(0.5, 2.0), (0.2, 4.0), (0.3, float("inf")), (1.0, 3.0), (0.0, 5.0)]:
        left = (1 - share) + share / speedup
        mistakes = [
            (left, "This is the time that is left. How many times as fast is one over that."),
            (
                share * min(speedup, 1e9) + 1 - share,
                "Speed-ups can't be averaged: add up the times, then divide.",
            ),
            (
                1 / (share + (1 - share) / speedup),
                "The two parts are exchanged: `share` is the part that becomes faster.",
            ),
        ]
        if share < 1:
            mistakes += [
                (
                    1 / (1 - share),
                    "This is for a part that takes no time at all any more. It takes its share "
                    "divided by the speed-up.",
                ),
                (
                    1 / (1 - share) + share / speedup,
                    "Parentheses are missing: it is one over the *whole* sum of the two times.",
                ),
            ]
        name = f"`overall_speedup({share:g}, {speedup:g})`"
        received = call(answer, share, speedup)
        # A factor between two speed-ups says nothing to a learner: the general diagnosis is last.
        expect(received, 1 / left, name, mistakes=mistakes)
    return "Add the times of both parts, and take one over the sum."


def _call_in_place(function, *arguments):
    """Call a function that may change its arguments; return its result and the peak of memory."""
    # Once on copies, so that a stub is recognised and what Python keeps from a first call is made.
    trial = copy.deepcopy(arguments)
    result = attempt(function, *trial)
    if is_blank(result):
        if any(not _same(a, b) for a, b in zip(trial, arguments, strict=True)):
            raise Wrong("The function returns None. Does it end with a `return` line?")
        call(function, *arguments)
    running = tracemalloc.is_tracing()
    if not running:
        tracemalloc.start()
    tracemalloc.reset_peak()
    start = tracemalloc.get_traced_memory()[0]
    try:
        result = function(*arguments)
        peak = tracemalloc.get_traced_memory()[1] - start
    finally:
        if not running:
            tracemalloc.stop()
    return result, peak


def _same(a, b):
    return np.array_equal(a, b, equal_nan=True)


def _expect_same_array(result, array, name):
    if not isinstance(result, np.ndarray) or not np.shares_memory(result, array):
        raise Wrong(f"The result is a new array. Return `{name}` itself.")


def _expect_no_array(peak, array):
    # A mask of True and False takes an eighth of the bytes of the float64 it belongs to. NumPy
    # converts between dtypes in pieces of a few thousand numbers, which are allowed.
    if peak > array.size // 2:
        raise Wrong(
            f"The result is right and in its place, but on the way arrays of {peak:,} bytes were "
            f"made; the array itself has {array.nbytes:,}. Every operation without `out=` or an "
            "assignment such as `+=` makes a new one, and so does a comparison."
        )
