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
    row = np.array([-3.0, -0.5, 0.0, 0.25, 0.8, 1.0, 1.5, 6.0])
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
        ]
        expect(call(answer, z), np.clip(z, 0, 1), f"`capped(z)` for z {z.shape}", mistakes=mistakes)
    return "It's the ramp of section 7: one hinge at 0, minus one at 1."


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
            (odds, "This is e^z. The logarithm is still to be taken."),
            (1 / odds, "This is e^(-z). Turn it around and take the logarithm."),
            (
                np.log(p),
                "This is log(p). It is never positive, but a p above one half needs a positive z. "
                "Where has 1 - p gone?",
            ),
            (-np.log(p), "This is -log(p). It is never negative. Where has 1 - p gone?"),
            (np.log(1 - p), "This is log(1 - p). Where has p itself gone?"),
            (
                np.log10(odds),
                "This is the logarithm to base 10. e^z needs the natural one, np.log.",
            ),
            (
                1 / (1 + np.exp(-p)),
                "This is the sigmoid of p. Here p is what the sigmoid gave, and z is asked for.",
            ),
        ]
        expect(call(answer, p), np.log(odds), f"`score(p)` for p {p.shape}", mistakes=mistakes)
    return "z = log(p / (1 - p)). A p of 0.9 came from a z of about 2.2."


def _network(answer, names=("W1", "b1", "W2", "b2")):
    """Return the four arrays of a network with two layers, as float64; their shapes must fit."""
    W1, b1, W2, b2 = map(finite, parts(answer, names), names)
    if W1.ndim != 2:
        raise Wrong(f"W1 must have two axes, (in_features, out_features). Received: {W1.shape}.")
    hidden = W1.shape[1]
    for name, array, shape, why in [
        ("b1", b1, (hidden,), f"one bias for each of the {hidden} hidden neurons"),
        ("W2", W2, (hidden, 1), "a row for each hidden neuron, a column for the one output"),
        ("b2", b2, (1,), "one bias for the one output"),
    ]:
        if array.shape != shape and not (name == "b2" and array.shape == ()):
            raise Wrong(f"{name} must have the shape {shape}, {why}. Received: {array.shape}.")
    return W1, b1, W2, b2


@exercise("3.3")
def odd(answer):
    """A network with three ReLUs that tells whether an odd number of inputs is 1."""
    if not isinstance(answer, (tuple, list)):
        raise Wrong("`odd` must be four arrays, `W1, b1, W2, b2`, as in the stub.")
    W1, b1, W2, b2 = _network(answer)
    if W1.shape != (3, 3):
        raise Wrong(
            f"W1 must have the shape (3, 3): three inputs, three hidden neurons. "
            f"Received: {W1.shape}."
        )
    x = np.array(list(itertools.product([0.0, 1.0], repeat=3)))
    wanted = x.sum(axis=1) % 2 == 1
    z1 = x @ W1 + b1
    z2 = (_relu(z1) @ W2 + b2)[:, 0]
    told = z2 > 1e-9  # a rounding error above 0 is not a yes
    if np.array_equal(told, wanted):
        return "Three hinges along the sum of the inputs make a zigzag: low, high, low, high."
    if np.array_equal(told, ~wanted) or np.array_equal(z2 < -1e-9, wanted):
        raise Wrong("All eight answers are turned around: change the signs in W2 and b2.")
    hint = ""
    if not (z1 < 0).any():
        hint = (
            " No hidden neuron is ever silent, so this is still one straight cut. Give them "
            "different biases, so that they bend at different sums."
        )
    first = int(np.flatnonzero(told != wanted)[0])
    inputs = ", ".join(f"{value:.0f}" for value in x[first])
    raise Wrong(
        f"{np.sum(told == wanted)} of 8 are right. For the inputs {inputs} the output is "
        f"{z2[first]:.4g}, but it should {'' if wanted[first] else 'not '}be above 0.{hint}"
    )


@exercise("3.4")
def zigzag(answer):
    """A network with ReLU that goes through given points in straight lines."""
    for places, heights in [
        (np.array([0.0, 2.0, 3.0, 3.5]), np.array([2.0, 4.0, 1.0, 1.5])),
        (np.array([-2.0, -1.5, 1.0, 2.0, 6.0]), np.array([-1.0, 0.5, 0.5, 3.0, -2.0])),
        (np.array([1.0, 3.0]), np.array([0.5, 2.5])),
    ]:
        W1, b1, W2, b2 = _network(call(answer, places, heights))
        if len(W1) != 1:
            raise Wrong(f"W1 must have one row, for the one input. Received: {W1.shape}.")
        corners = f"{len(places)} points from x = {places[0]:g} to {places[-1]:g}"
        x = np.sort(np.concatenate([places, (places[1:] + places[:-1]) / 2]))
        column = x[:, np.newaxis]
        received = (_relu(column @ W1 + b1) @ W2 + b2)[:, 0]
        slopes = np.diff(heights) / np.diff(places)
        changes = np.diff(slopes, prepend=0)

        def output(weights, sign=-1, start=heights[0], places=places, column=column):
            return _relu(column + sign * places[:-1]) @ weights + start

        mistakes = [
            (
                output(slopes),
                "W2 holds the slopes. A hinge adds its weight to all that came before, so its "
                "weight is the *change* of slope.",
            ),
            (
                output(changes, start=0),
                "The shape is right, but the curve starts at 0. Before any hinge has risen only "
                "b2 is there: it is the first height.",
            ),
            (
                output(changes, sign=1),
                "The hinges bend on the wrong side of 0: the bias of layer 1 is minus the place.",
            ),
            (
                output(changes, sign=1, start=0),
                "The hinges bend on the wrong side of 0: the bias of layer 1 is minus the place.",
            ),
            (
                _relu(column - places[1:]) @ changes + heights[0],
                "Each hinge stands one place too far to the right. The first bends at the first "
                "place, and the last place needs none.",
            ),
            (
                output(np.diff(np.diff(heights), prepend=0)),
                "The slopes aren't divided by the distances of the places, which differ.",
            ),
            (
                output(np.diff(np.diff(heights) / (places[1] - places[0]), prepend=0)),
                "All slopes are divided by the first distance, but the places are not evenly "
                "spaced. Each piece has its own: np.diff(places).",
            ),
            (
                output(np.diff(slopes, prepend=slopes[0])),
                "The first hinge has the weight 0, so the first piece is level. Before the first "
                "hinge the slope is 0, and it has to change that to the first slope.",
            ),
        ]
        name = f"The network's output for {corners}"
        expected = np.interp(x, places, heights)
        expect(received, expected, name, mistakes=mistakes, tolerance=1e-4)
    return "The biases say where it bends, the weights of layer 2 by how much, b2 where it starts."


@exercise("3.5")
def softmax_at(answer):
    """Softmax of logits divided by a temperature, without overflow."""
    rng = np.random.default_rng(35)
    for n, temperature in [(3, 2.0), (4, 0.5), (1, 1.0), (2, 10)]:
        logits = 2 * rng.standard_normal((n, 3))
        expected = _softmax(logits / temperature)
        exp = np.exp(logits / temperature)
        mistakes = [
            (_softmax(logits), "The temperature isn't used: this is plain softmax."),
            (
                _softmax(logits * temperature),
                "The logits are multiplied by the temperature. Divide by it: high means undecided.",
            ),
            (
                _softmax(logits) / temperature,
                "The probabilities are divided by the temperature, so they don't add up to 1. "
                "Divide the logits, before the exponential.",
            ),
            (
                _softmax(logits / temperature, axis=0),
                "The columns add up to 1. A sample is a row: take maximum and sum along axis=1.",
            ),
            (exp / exp.sum(), "All rows together add up to 1. Each row has a sum of its own."),
            (exp, "These are the exponentials. Divide each row by its sum."),
            (
                exp / np.exp(logits).sum(axis=1, keepdims=True),
                "The rows don't add up to 1: the sum is taken without the temperature. Divide the "
                "logits by it once, before all else.",
            ),
            (
                np.exp((logits - logits.max(axis=1, keepdims=True)) / temperature),
                "These are the shifted exponentials. Divide each row by its sum.",
            ),
        ]
        if n == 3:  # as many rows as columns: only then does it go through
            z = logits / temperature
            column = (
                "Each column is divided by the sum of a row: without keepdims=True the sums are a "
                "vector, which NumPy lays along the columns. The same goes for the maximum."
            )
            tilted = np.exp(z - z.max(axis=1))
            shifted = np.exp(z - z.max(axis=1, keepdims=True))
            mistakes += [(e / e.sum(axis=1), column) for e in (exp, tilted, shifted)]
            mistakes.append((tilted / tilted.sum(axis=1, keepdims=True), column))
        name = f"`softmax_at(logits, {temperature})` for logits {logits.shape}"
        expect(call(answer, logits, temperature), expected, name, mistakes=mistakes)
    for logits, what in [
        (np.array([[3000.0, 3001.0, 3003.0]]), "around 3000"),
        (np.array([[-3000.0, -3001.0, -3003.0]]), "around -3000"),
        (
            np.array([[5000.0, 5001.0], [-5000.0, -5002.0]]),
            "around 5000 in one row, -5000 in the next",
        ),
    ]:
        with np.errstate(all="ignore"):  # an overflow is reported below, in words
            received = np.asarray(call(answer, logits, 2.0), dtype=float)
        if not np.isfinite(received).all():
            raise Wrong(
                f"Right for small logits, but with logits {what} there's a NaN: the exponentials "
                "overflow, or all of a row are 0. Subtract the largest number of each row first."
            )
        expected = _softmax(logits / 2)
        expect(received, expected, f"`softmax_at` for logits {what}", tolerance=1e-4)
    return "Divided first, then shifted by each row's largest: right, and safe for any logits."


@exercise("3.6")
def half_sure(answer):
    """The temperature at which the largest probability is one half."""
    try:
        temperature = np.asarray(answer, dtype=float)
    except (TypeError, ValueError):
        raise Wrong("A number is asked for.") from None
    if temperature.size != 1:
        raise Wrong(f"A single number is asked for. Received: shape {temperature.shape}.")
    temperature = temperature.item()
    if not 0 < temperature < np.inf:
        raise Wrong(f"A temperature is above 0, and finite. Received: {temperature:g}.")
    logits = np.array([[4.0, 2.0, 1.0]])

    def largest(at):
        with np.errstate(over="ignore"):
            return _softmax(logits / at).max()

    right = 3.5562  # -1 / log(u), where u**2 + u**3 = 1
    if abs(temperature - right) < 0.006:
        return f"At T = {temperature:.2f} the largest probability is {largest(temperature):.3f}."
    if abs(1 / temperature - right) < 0.06:
        raise Wrong("This is 1 / T. The logits are divided by the temperature, not multiplied.")
    found = largest(temperature)
    if abs(found - 0.5) < 0.005:
        raise Wrong(
            f"Close: the largest probability is {found:.4f} there. Find the temperature to two "
            "decimal places."
        )
    side = "too cold: make it hotter" if found > 0.5 else "too hot: make it colder"
    raise Wrong(f"At T = {temperature:.4g} the largest probability is {found:.3f}. It is {side}.")
