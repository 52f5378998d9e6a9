"""Checks of chapter 3: activations."""

import itertools

import numpy as np

from shared.exercises import exercise
from shared.exercises.compare import Wrong, call, expect, finite, parts


def _relu(z):
    return np.maximum(0, z)


def _softmax(z, axis=1):
    exp = np.exp(z - z.max(axis=axis, keepdims=True))
    return exp / exp.sum(axis=axis, keepdims=True)


@exercise("3.1")
def capped(answer):
    """ReLU cut off at 1, for arrays of any shape."""
    row = np.array([-3.0, -0.5, 0.0, 0.25, 0.8, 1.0, 1.5, 8.0])
    for z in [row, row.reshape(4, 2)]:
        mistakes = [
            (
                _relu(z),
                "This is ReLU. Numbers above 1 go through as they are; they should become 1.",
            ),
            (
                np.minimum(1, z),
                "The cap at 1 is there, but negative numbers go through. They should become 0.",
            ),
            (
                np.maximum(1, z),
                "Everything below 1 has become 1. np.maximum(1, z) takes the larger of the two; "
                "to cut off above you need the smaller.",
            ),
            (
                np.ones(z.shape),
                "Everything has become 1. Are np.minimum and np.maximum swapped? np.maximum(0, z) "
                "cuts off below, and np.minimum(1, z) cuts off above.",
            ),
            (
                np.zeros(z.shape),
                "Everything has become 0. Are np.minimum and np.maximum swapped? np.maximum(0, z) "
                "cuts off below, and np.minimum(1, z) cuts off above.",
            ),
            (np.minimum(0, z), "This keeps the negative numbers and drops the positive ones."),
            (
                np.where(z > 0, 1.0, 0.0),
                "This is the step. Numbers between 0 and 1 should stay as they are.",
            ),
            (
                _relu(z) + _relu(z - 1),
                "From 1 on it rises twice as fast. The second hinge has to be subtracted, so that "
                "it stops the rise.",
            ),
            (
                np.where(z > 1, 0, _relu(z)),
                "Numbers above 1 have become 0. They should become 1.",
            ),
            (
                np.where(z < 1, _relu(z), 0),
                "Numbers from 1 up have become 0. They should be 1.",
            ),
            (
                np.clip(z, 0, 6),
                "The cap is at 6, as in a function known as ReLU6. It should be at 1.",
            ),
            (
                _relu(z) - _relu(z + 1),
                "The second hinge is at -1. To stop the rise at 1, it has to be ReLU(z - 1).",
            ),
            (
                np.where(z >= 1, 1.0, 0.0),
                "Numbers between 0 and 1 have become 0. They should stay as they are. Did you "
                "convert them to integers?",
            ),
            (
                np.clip(z, -1, 1),
                "Numbers between -1 and 0 go through. All negative numbers should become 0.",
            ),
            (
                np.minimum(1, np.abs(z)),
                "Negative numbers have lost their sign. They should become 0.",
            ),
            (
                _relu(z) - 1,
                "The 1 is subtracted everywhere. It's a limit: subtract a second hinge that starts "
                "at 1, or use np.minimum.",
            ),
            (
                _relu(z) / z.max(),
                "All numbers are divided by the largest one. Leave those between 0 and 1 as they "
                "are, and turn those above 1 into 1.",
            ),
            (1 / (1 + np.exp(-z)), "This is the sigmoid. The capped ReLU has straight pieces."),
            (
                np.clip(1 - z, 0, 1),
                "It's mirrored: it falls from 1 to 0. Numbers above 1 should become 1.",
            ),
        ]
        expect(call(answer, z), np.clip(z, 0, 1), f"`capped(z)` for z {z.shape}", mistakes=mistakes)
    return "It's the ramp of Section 7: one hinge at 0, minus one at 1."


@exercise("3.2")
def score(answer):
    """The inverse of the sigmoid."""
    for p in [np.array([0.1, 0.25, 0.5, 0.9]), np.array([[0.6, 0.02], [0.7, 0.995]])]:
        odds = p / (1 - p)
        mistakes = [
            (
                -np.log(odds),
                "It has the wrong sign: the fraction is upside down. A probability above one half "
                "belongs to a positive z.",
            ),
            (odds, "This is e^z. Take its logarithm."),
            (
                np.abs(np.log(odds)),
                "The sign is lost. A probability below one half belongs to a negative z.",
            ),
            (1 / odds, "This is e^(-z). Flip the fraction, and take the logarithm."),
            (
                np.log(p),
                "This is log(p). It's never positive, but a p above one half needs a positive z. "
                "Did you leave out 1 - p?",
            ),
            (-np.log(p), "This is -log(p). It's never negative. Did you leave out 1 - p?"),
            (np.log(1 - p), "This is log(1 - p). Did you leave out p itself?"),
            (
                -np.log(1 - p),
                "This is -log(1 - p). It's never negative. Did you leave out p itself?",
            ),
            (
                np.log(p) + np.log(1 - p),
                "This is log(p) + log(1 - p). The logarithm of a quotient is a difference.",
            ),
            (
                np.log(p) / np.log(1 - p),
                "The logarithms are divided. Divide first, and take the logarithm of the quotient.",
            ),
            (
                np.log(1 / p) - 1,
                "The 1 is subtracted after the logarithm. Since 1/p - 1 is e^(-z), it belongs "
                "inside: log(1/p - 1), which is -z.",
            ),
            (
                np.log(p / (1 + p)),
                "This is log(p / (1 + p)). The probability of no is 1 - p.",
            ),
            (
                np.log(p) / (1 - p),
                "Only p is inside the logarithm. Put the whole quotient p / (1 - p) inside.",
            ),
            (
                np.log2(odds),
                "This is the logarithm to base 2. e^z needs the natural one, np.log.",
            ),
            (
                odds - 1,
                "This is the quotient minus 1. What undoes the exponential?",
            ),
            (
                p * (1 - p),
                "This is p (1 - p). Divide the two, then undo the exponential.",
            ),
            (
                np.arctanh(2 * p - 1),
                "This is half of z. Tanh is 2 σ(2z) - 1, so its inverse gives z / 2.",
            ),
            (
                np.log10(odds),
                "This is the logarithm to base 10. e^z needs the natural one, np.log.",
            ),
            (
                1 / (1 + np.exp(-p)),
                "This is the sigmoid of p. Here p is what the sigmoid gave; find the z it came "
                "from.",
            ),
            *(
                (np.log(odds).round(digits), "The results are rounded. Return them unrounded.")
                for digits in range(6)
            ),
        ]
        received = call(answer, p)
        if np.array_equal(received, np.full(p.shape, -np.inf)):
            raise Wrong(
                "All results are minus infinity, the logarithm of 0. Did you write p / 1 - p? "
                "Division comes before subtraction; put 1 - p in parentheses."
            )
        expect(received, np.log(odds), f"`score(p)` for p {p.shape}", mistakes=mistakes)
    return "z = log(p / (1 - p)). A p of 0.9 came from a z of about 2.2."


def _network(answer, inputs, hidden=None):
    """Return the four arrays of a network with two layers, as float64; their shapes must fit."""
    names = ("W1", "b1", "W2", "b2")
    W1, b1, W2, b2 = map(finite, parts(answer, names), names)
    if W1.ndim != 2 or len(W1) != inputs:
        rows = "one row, for the one input" if inputs == 1 else f"{inputs} rows, one for each input"
        raise Wrong(
            f"W1 must have {rows}, and a column for each hidden neuron. Received: shape {W1.shape}."
        )
    if W1.shape[1] != (hidden or W1.shape[1]):
        raise Wrong(
            f"W1 must have {hidden} columns, one for each hidden neuron that the exercise asks "
            f"for. Received: shape {W1.shape}."
        )
    hidden = W1.shape[1]
    for name, array, shape, why in [
        ("b1", b1, (hidden,), "one bias for each column of W1"),
        ("W2", W2, (hidden, 1), "a row for each column of W1, and one column"),
        ("b2", b2, (1,), "one bias for the one output"),
    ]:
        if array.shape != shape and not (name == "b2" and array.shape == ()):
            told = f"{name} must have the shape {shape}, {why}. Received: {array.shape}."
            if inputs == 1 and name == "W2" and array.shape == (hidden - 1, 1):
                told += (
                    " np.diff returns one number fewer than it gets. Did you leave out prepend=0, "
                    "the slope before the first hinge?"
                )
            raise Wrong(told)
    return W1, b1, W2, b2


@exercise("3.3")
def odd(answer):
    """A network with three ReLUs that tells whether an odd number of inputs is 1."""
    if not isinstance(answer, (tuple, list)) or len(answer) != 4:
        raise Wrong("`odd` must be four arrays, `odd = W1, b1, W2, b2`, as in the stub.")
    W1, b1, W2, b2 = _network(answer, inputs=3, hidden=3)
    x = np.array(list(itertools.product([0.0, 1.0], repeat=3)))
    wanted = x.sum(axis=1) % 2 == 1
    z1 = x @ W1 + b1
    z2 = (_relu(z1) @ W2 + b2)[:, 0]
    told = z2 > 1e-9  # a rounding error above 0 is not a yes
    if np.array_equal(told, wanted):
        return "As the sum of the inputs goes from 0 to 3, the output is low, high, low, high."
    if np.array_equal(told, ~wanted) or np.array_equal(z2 < -1e-9, wanted):
        raise Wrong("All eight answers are flipped. Change the signs in W2 and b2.")
    right = int(np.sum(told == wanted))
    first = int(np.flatnonzero(told != wanted)[0])
    inputs = ", ".join(f"{value:.0f}" for value in x[first])
    least = "above 0, by more than a rounding error of 1e-9" if z2[first] > 0 else "above 0"
    raise Wrong(
        f"{right} of 8 {'is' if right == 1 else 'are'} right. For the inputs {inputs} the output "
        f"is {z2[first]:.4g}, but it should be {least if wanted[first] else 'at most 0'}."
        f"{_about_bends(W1, b1, W2, z1, z2)}"
    )


def _about_bends(W1, b1, W2, z1, z2):
    """Say where the hidden neurons of a wrong answer to 3.3 bend, and what that means."""
    straight = not (z1 < 0).any()
    hint = ""
    if (W1 == 1).all():
        *others, last = (f"{place:g}" for place in 0 - b1)
        hint = (
            f" Your hinges bend at the sums {', '.join(others)}, and {last} (each at minus its "
            "bias)."
        )
        if np.array_equal(b1, [0, -1, -2]):
            hint += _about_slopes(W2[:, 0], z2[[0, 1, 3, 7]])  # inputs with the sums 0, 1, 2, 3
    if straight and (b1 == b1[0]).all():
        hint += " Give the neurons different biases, so that they bend at different sums."
    if straight:
        hint += (
            " No hidden neuron has a negative z for any of the inputs, so ReLU changes nothing, "
            "and this is still one straight cut."
        )
        if (W1 == 1).all() and (b1 > 0).any():
            hint += " For a bend at the sum 1, the bias must be -1."
    return hint


def _about_slopes(weights, outputs):
    """Say what is wrong with W2 or b2 in an answer to 3.3 whose hinges bend in the right places."""
    if weights[0] > 0 and np.allclose(weights, weights[0] * np.array([1, -1, 1])):
        return " That's good, but W2 holds the slopes. Its entries are the changes of slope."
    *others, last = (f"{output:.4g}" for output in outputs)
    return (
        f" That's good. From the sum 0 to the sum 3, the outputs are {', '.join(others)}, and "
        f"{last}. Check the changes of slope in W2, and b2."
    )


@exercise("3.4")
def zigzag(answer):
    """A network with ReLU that goes through given points in straight lines."""
    for places, heights in [
        (np.array([0.0, 2.0, 3.0, 3.5]), np.array([2.0, 4.0, 1.0, 1.5])),
        (np.array([-2.0, -1.5, 1.0, 2.0, 6.0]), np.array([-1.0, 0.5, 0.5, 3.0, -2.0])),
        (np.array([1.0, 4.0]), np.array([0.5, 2.5])),
    ]:
        W1, b1, W2, b2 = _network(call(answer, places, heights), inputs=1)
        coarse = np.sort(np.concatenate([places, (places[1:] + places[:-1]) / 2]))
        fine = np.linspace(places[:-1], places[1:], 101).T.ravel()  # no room for an extra spike
        x = np.concatenate([coarse, fine])
        received = (_relu(x[:, np.newaxis] @ W1 + b1) @ W2 + b2)[:, 0]
        expected = np.interp(x, places, heights)
        if _close(received, expected):
            continue
        if (W1 == -1).all() and np.array_equal(b1, -places[:-1]):
            raise Wrong(
                "The weights in W1 are -1, so the hinges rise to the left, and bend at minus the "
                "place. With weights of 1 they rise to the right."
            )
        with np.errstate(all="ignore"):
            mistakes = _zigzag_mistakes(x, places, heights)
        for wrong, explanation in mistakes:
            if np.isfinite(wrong).all() and _close(received, wrong):
                raise Wrong(explanation)
        off = ~np.isclose(received, expected, rtol=0, atol=1e-4 * np.abs(expected).max())
        first = int(np.flatnonzero(off)[0])
        where = "one of the places"
        if x[first] not in places:
            where = "halfway between two places" if first < len(coarse) else "between two places"
        raise Wrong(
            f"For places {places.tolist()} and heights {heights.tolist()}, the network's output at "
            f"x = {x[first]:g}, {where}, is {received[first]:.4g}, but it should be "
            f"{expected[first]:.4g}."
        )
    return "It goes through every point, in straight lines, however the places are spaced."


def _close(received, expected):
    return np.allclose(received, expected, rtol=0, atol=1e-4 * np.abs(expected).max())


def _zigzag_mistakes(x, places, heights):
    """Return what wrong networks output at x, and what is wrong with each."""
    column = x[:, np.newaxis]
    rises, widths = np.diff(heights), np.diff(places)
    slopes = rises / widths
    changes = np.diff(slopes, prepend=0)

    def sum_of_hinges(weights, at=places[:-1]):
        return _relu(column - at) @ weights

    height = (
        "Before the first hinge rises, the output is b2, so b2 must be the first height, whatever "
        "that is."
    )
    shape = sum_of_hinges(changes)
    starts = [
        (0, "the curve starts at 0."),
        (-heights[0], "b2 has the wrong sign."),
        (heights.mean(), "b2 is the mean of the heights."),
        (heights[-1], "b2 is the last height."),
    ]
    mistakes = [(shape + b2, f"The shape is right, but {told} {height}") for b2, told in starts]
    even = np.linspace(places[0], places[-1], len(places))
    shapes = [
        (
            sum_of_hinges(slopes),
            "W2 holds the slopes. Each hinge adds its weight to the slope before it, so its "
            "weight is the *change* of slope.",
        ),
        (
            sum_of_hinges(changes, -places[:-1]),
            "The hinges bend on the wrong side of 0: the bias of layer 1 is minus the place.",
        ),
        (
            sum_of_hinges(changes, 0 * places[:-1]),
            "All hinges bend at 0. For a hinge at a place, the bias of layer 1 is minus the place.",
        ),
        (
            sum_of_hinges(changes, places[1:]),
            "Each hinge bends one place too far to the right. The first hinge bends at the "
            "first place, and the last place needs none.",
        ),
        (
            sum_of_hinges(np.diff(rises, prepend=0)),
            "The differences of the heights aren't divided by the distances between the places, "
            "which differ.",
        ),
        (
            sum_of_hinges(np.diff(rises / widths[0], prepend=0)),
            "Everything is divided by the first distance, but the places aren't evenly spaced. "
            "Each piece has its own distance: np.diff(places).",
        ),
        (
            sum_of_hinges(np.diff(1 / slopes, prepend=0)),
            "The slopes are upside down. A slope is a difference of heights, divided by a "
            "difference of places.",
        ),
        (
            sum_of_hinges(changes[1:], places[1:-1]),
            "The first piece is level, because the first change of slope is missing. Before the "
            "first hinge the slope is 0, so the first weight is the whole first slope: prepend=0.",
        ),
        (
            sum_of_hinges(np.diff(slopes, append=0)),
            "Each change of slope is one place too early. The slope is 0 *before* the first "
            "hinge: use prepend=0, not append=0.",
        ),
        (
            sum_of_hinges(changes[1:], places[:-2]),
            "Each change of slope is one place too early, because the first one is missing. The "
            "slope is 0 before the first hinge: prepend=0.",
        ),
        (-shape, "It's upside down: the signs in W2 are flipped."),
        (
            sum_of_hinges(np.diff(slopes, prepend=heights[0])),
            "The first weight is the first slope minus the first height. Before the first "
            "hinge the slope is 0, so prepend a 0; the height belongs in b2.",
        ),
        (
            sum_of_hinges(np.cumsum(slopes)),
            "W2 holds the running sums of the slopes. It's the reverse: the slopes are the "
            "running sums of W2.",
        ),
        (
            sum_of_hinges(rises),
            "W2 holds the differences of the heights. It needs the differences of the "
            "*slopes*, and each slope is such a difference divided by the distance it takes.",
        ),
        (
            sum_of_hinges(heights[:-1]),
            "W2 holds the heights. Each weight is a *change of slope*.",
        ),
        (
            sum_of_hinges(changes, even[:-1]),
            "The hinges are evenly spaced. They must be at `places`, which aren't.",
        ),
        (
            sum_of_hinges(np.diff(rises / np.diff(even), prepend=0), even[:-1]),
            "This is right for evenly spaced places only. Use `places` as they are.",
        ),
        (
            sum_of_hinges(changes[::-1]),
            "The hinges and their weights are in opposite orders. Hinge j is at places[j], and its "
            "weight is the change of slope there.",
        ),
    ]
    for curve, told in shapes:
        mistakes += [(curve + heights[0], told), (curve, f"{told} That's not all. {height}")]
    for digits in range(4):
        for weights in [changes.round(digits), np.diff(slopes.round(digits), prepend=0)]:
            told = "The slopes or their changes are rounded. Keep all their digits."
            mistakes.append((sum_of_hinges(weights) + heights[0], told))
    for wave, name in [(np.sin, "sine"), (np.cos, "cosine")]:
        weights = np.diff(np.diff(wave(places)) / widths, prepend=0)
        told = f"This follows the {name}, whatever the heights are. Use `heights` in its place."
        mistakes += [(sum_of_hinges(weights) + start, told) for start in [0, heights[0]]]
    weights = np.diff(widths / rises, prepend=0)
    mistakes.append(
        (
            sum_of_hinges(weights, heights[:-1]) + places[0],
            "Places and heights are swapped. The hinges are at the places.",
        )
    )
    return mistakes


# What an answer may subtract from each row of z = logits / temperature instead of its largest. (The
# largest of each column isn't here: it already goes wrong for small logits.)
_SHIFTS = {
    "the mean of each row": lambda z, temperature: z.mean(axis=1, keepdims=True),
    "the median of each row": lambda z, temperature: np.median(z, axis=1, keepdims=True),
    "the smallest number of each row": lambda z, temperature: z.min(axis=1, keepdims=True),
    "the first number of each row": lambda z, temperature: z[:, :1],
    "the last number of each row": lambda z, temperature: z[:, -1:],
    "the largest number of the whole batch": lambda z, temperature: z.max(),
    "the largest absolute value of each row": lambda z, temperature: (
        np.abs(z).max(axis=1, keepdims=True)
    ),
    "the largest logit before it was divided by the temperature": lambda z, temperature: (
        temperature * z.max(axis=1, keepdims=True)
    ),
}

# Every exponent that isn't harmless would overflow even a long double.
_FAR = [
    np.array([[1e6, 1e6 + 1, 1e6 + 3]]),
    np.array([[-1e6, -1e6 - 1, -1e6 - 3]]),
    np.array([[1e6, 0.0, -2e6]]),
    np.array([[-1e6, 0.0, 2e6]]),
    np.array([[-1e6, 2e6, 0.0]]),
    np.array([[1e6, 1e6 + 1, 1e6], [-1e6, -1e6 - 2, -1e6]]),
    np.array([[1e7, 1e7 - 1, 1e7 - 3]]),
    np.array([[1e7, 1e7 - 0.001, 1e7 - 0.003]]),
    np.array([[-1e7, 0.0, 1e7]]),
]


def _shifted_softmax(logits, temperature, shift):
    z = logits / temperature
    with np.errstate(all="ignore"):
        exp = np.exp(z - shift(z, temperature))
        return exp / exp.sum(axis=1, keepdims=True)


def _check_far_logits(answer, temperature):
    """Logits that are large, very negative, or far apart."""
    with np.errstate(all="ignore"):  # an overflow is reported below, in words
        received = [np.asarray(call(answer, logits, temperature), dtype=float) for logits in _FAR]
    where = [f"for logits {logits.tolist()} at a temperature of {temperature:g}" for logits in _FAR]
    for told, result in zip(where, received, strict=True):
        if np.isfinite(result).all():
            continue
        told = f"Right for small logits, but {told} it returns NaN or inf. "
        questions = {f"Do you subtract {what}? ": shift for what, shift in _SHIFTS.items()}
        questions["Is nothing subtracted? "] = lambda z, temperature: 0
        for question, shift in questions.items():
            as_theirs = [_shifted_softmax(far, temperature, shift) for far in _FAR]
            if all(
                np.allclose(a, b, equal_nan=True) for a, b in zip(as_theirs, received, strict=True)
            ):
                told += question
                break
        raise Wrong(
            f"{told}Subtract the largest number of each row: then no exponent is above 0, and one "
            "of them is 0."
        )
    for logits, result, told in zip(_FAR, received, where, strict=True):
        equal = np.full(logits.shape, 1 / logits.shape[1])
        mistakes = [
            (
                equal,
                f"Right for small logits, but {told} all probabilities are "
                "equal. Did you clip the logits, or convert them to float32, which rounds large "
                "ones to the same number? Only their differences count, so subtract the largest "
                "number of each row, in float64.",
            ),
            (
                np.zeros(logits.shape),
                f"Right for small logits, but {told} all probabilities are "
                "0. A NaN or a small number added to the sum was hidden, not avoided. Subtract the "
                "largest number of each row.",
            ),
        ]
        largest = logits.max(axis=1, keepdims=True)
        expected = _softmax((logits - largest) / temperature)
        expect(result, expected, f"`softmax_at` {told}", mistakes=mistakes, tolerance=1e-4)


def _check_small_probabilities(answer):
    """Probabilities that a limit or an added number would hide."""
    logits = np.array([[30.0, 0.0, -30.0]])
    result = call(answer, logits, 1.0)
    received = finite(result, f"`softmax_at` for {logits.tolist()}", (1, 3))
    off = abs(received.sum() - 1)
    if np.asarray(result).dtype == float and off > 1e-13:
        raise Wrong(
            f"For the logits 30, 0, and -30 at a temperature of 1, the probabilities add up to 1 "
            f"only to within {off:.0e}. Is a small number added to the sum, or is something "
            "rounded?"
        )
    expected = _softmax(logits)
    if not np.allclose(received, expected, rtol=1e-3, atol=0):
        raise Wrong(
            f"For the logits 30, 0, and -30 at a temperature of 1, the smallest probability should "
            f"be {expected.min():.3g}. Received: {received.min():.3g}. Are the exponents or the "
            "probabilities limited, or is a small number added to them?"
        )


@exercise("3.5")
def softmax_at(answer):
    """Softmax of logits divided by a temperature, without overflow."""
    rng = np.random.default_rng(35)
    for n, classes, temperature in [(3, 3, 2.0), (4, 2, 0.4), (1, 5, 1.0), (2, 3, 10), (2, 7, 3.0)]:
        logits = 2 * rng.standard_normal((n, classes))
        z = logits / temperature
        exp, expected = np.exp(z), _softmax(z)
        shifted, by_column = np.exp(z - z.max(axis=1, keepdims=True)), np.exp(z - z.max(axis=0))
        mistakes = [
            (
                _softmax(logits),
                f"At a temperature of {temperature}, this is plain softmax: the temperature has no "
                "effect. Divide the logits by it.",
            ),
            (
                _softmax(logits * temperature),
                "The logits are multiplied by the temperature. Divide by it: a high temperature "
                "evens out the probabilities.",
            ),
            (
                _softmax(logits) / temperature,
                "The probabilities are divided by the temperature, so they don't add up to 1. "
                "Divide the logits, before the exponential.",
            ),
            (
                _softmax(logits / 2),
                f"At a temperature of {temperature}, the logits are still divided by 2. Use the "
                "temperature that the function receives.",
            ),
            (
                _softmax(z, axis=0),
                "The columns add up to 1. A sample is a row: take the maximum and the sum along "
                "axis=1.",
            ),
            (
                exp / exp.sum(),
                "All numbers together add up to 1. Each row should, so it needs a sum of its own.",
            ),
            (
                shifted / shifted.sum(),
                "All numbers together add up to 1. Each row should, so it needs a sum of its own.",
            ),
            (
                by_column / by_column.sum(axis=1, keepdims=True),
                "The largest number of each column is subtracted, which changes the differences "
                "within a row. Subtract the largest number of each row: axis=1 and keepdims=True.",
            ),
            (
                _softmax(-z),
                "The order is reversed: the largest logit has the smallest probability. Is there "
                "an extra minus sign?",
            ),
            (1 - expected, "These are 1 minus the probabilities."),
            (exp, "These are the exponentials. Divide each row by its sum."),
            (
                exp / np.exp(logits).sum(axis=1, keepdims=True),
                "The rows don't add up to 1: the sum is taken without the temperature. Divide the "
                "logits by it first, and use the result in both places.",
            ),
            (
                shifted,
                "These are the shifted exponentials. Divide each row by its sum.",
            ),
            (
                _softmax(logits) ** (1 / temperature),
                "The rows don't add up to 1. Taking the power 1/T comes before the division by the "
                "sum. It's safer to divide the logits by T first.",
            ),
            (np.log(expected), "These are the logarithms of the probabilities."),
            (
                1 / (1 + np.exp(-z)),
                "This is the sigmoid of each number. Softmax divides by the sum of a row.",
            ),
            (z, "These are the logits divided by the temperature. Softmax comes after that."),
            (
                z / z.sum(axis=1, keepdims=True),
                "The exponential is missing: these are the logits divided by their sum.",
            ),
            (
                np.eye(classes)[logits.argmax(axis=1)],
                "The largest has everything, as if the temperature were near 0.",
            ),
            (
                exp / exp.mean(axis=1, keepdims=True),
                "Each row is divided by its mean. Divide it by its sum, so that it adds up to 1.",
            ),
        ]
        if n == classes:  # as many rows as columns: only then does it go through
            column = (
                "Each column is divided by the sum of a row: without keepdims=True the sums are a "
                "vector, which NumPy lays along the columns. The same goes for the maximum."
            )
            tilted = np.exp(z - z.max(axis=1))
            mistakes += [(e / e.sum(axis=1), column) for e in (exp, tilted, shifted)]
            mistakes.append((tilted / tilted.sum(axis=1, keepdims=True), column))
        name = f"`softmax_at(logits, {temperature})` for logits {logits.shape}"
        expect(call(answer, logits, temperature), expected, name, mistakes=mistakes)
    _check_far_logits(answer, 2.0)
    for temperature in [0.01, 0.001, 1e5, 1e6]:
        _check_temperature(answer, temperature)
    _check_far_logits(answer, 0.003)
    _check_small_probabilities(answer)
    return (
        "It works for logits from -1e7 to 1e7, however far apart, and at temperatures from 0.001 "
        "to 1,000,000."
    )


def _check_temperature(answer, temperature):
    """A very low or a very high temperature, with logits on the same scale."""
    logits = temperature * np.array([[1.0, 0.0, -1.0]])
    expected = _softmax(np.array([[1.0, 0.0, -1.0]]))
    with np.errstate(all="ignore"):
        received = call(answer, logits, temperature)
    same = (
        f"At a temperature of {temperature:g}, the logits {temperature:g}, 0, and {-temperature:g} "
        "should give the same as 1, 0, and -1 at a temperature of 1"
    )
    late = (
        f"{same}, but the largest has everything. Do you take the exponential before T? Divide the "
        "logits by T first."
    )
    name = f"`softmax_at` for logits {logits.tolist()} at a temperature of {temperature:g}"
    numbers = finite(received, name, (1, 3))
    limited = f"{same}, but they don't. Is the temperature limited, or is a number added to it?"
    expect(received, expected, name, mistakes=[([[1, 0, 0]], late), (numbers, limited)])


@exercise("3.6")
def half_sure(answer):
    """The temperature at which the largest probability is one half."""
    if isinstance(answer, (str, bytes, bool)):  # NumPy would read these as numbers
        raise Wrong(f"The answer must be a number. Received: {answer!r}.")
    try:
        temperature = np.asarray(answer, dtype=float)
    except (TypeError, ValueError):
        raise Wrong("The answer must be a number.") from None
    if temperature.size != 1:
        raise Wrong(f"The answer must be one number. Received: shape {temperature.shape}.")
    temperature = temperature.item()
    if not 0 < temperature < np.inf:
        raise Wrong(f"A temperature is above 0, and finite. Received: {temperature:g}.")
    logits = np.array([[4.0, 2.0, 1.0]])

    def largest(at):
        with np.errstate(over="ignore"):
            return _softmax(logits / at).max()

    right = 3.5562  # -1 / log(u), where u**2 + u**3 = 1
    if 3.555 <= temperature < 3.565:  # 3.56 to two decimal places
        return f"At T = {temperature:.2f} the largest probability is {largest(temperature):.3f}."
    if abs(1 / temperature - right) < 0.06:
        raise Wrong("This is 1 / T. The logits are divided by the temperature, not multiplied.")
    found = largest(temperature)
    side = "too low" if found > 0.5 else "too high"
    if abs(found - 0.5) < 0.005:
        raise Wrong(
            f"Close: the largest probability is {found:.4f}, so T is still slightly {side}. Find "
            "it to two decimal places."
        )
    raise Wrong(
        f"At T = {temperature:.4g} the largest probability is {found:.3f}, so T is still {side}."
    )
