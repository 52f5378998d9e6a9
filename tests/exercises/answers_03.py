"""Answers to the exercises of chapter 3, right ones and wrong ones."""

import numpy as np

from shared import activations


def relu(z):
    return np.maximum(0, z)


def capped(z):
    return np.minimum(1, relu(z))


def capped_by_loop(z):
    result = np.zeros(z.shape, np.float32)
    for place in np.ndindex(z.shape):
        result[place] = max(0.0, min(1.0, z[place]))
    return result


def capped_in_place(z):
    z[z < 0] = 0
    z[z > 1] = 1
    return z


def capped_without_return(z):
    np.clip(z, 0, 1)


def score_by_loop(p):
    result = np.zeros(p.shape)
    for place in np.ndindex(p.shape):
        result[place] = np.log(p[place]) - np.log(1 - p[place])
    return result.tolist()


def log_of_p_over_1_minus_p(p):
    with np.errstate(divide="ignore"):
        return np.log(p / 1 - p)


ODD = np.ones((3, 3)), np.array([0.0, -1, -2]), np.array([[1.0], [-2], [2]]), np.array([-0.5])


def odd_with(**changes):
    network = dict(zip(["W1", "b1", "W2", "b2"], ODD, strict=True))
    return tuple((network | changes).values())


def zigzag(places, heights):
    slopes = np.diff(heights) / np.diff(places)
    W2 = np.diff(slopes, prepend=0).reshape(-1, 1)
    return np.ones((1, len(slopes))), -places[:-1], W2, heights[:1]


def zigzag_by_loop(places, heights):
    W1, b1, W2, slope = [[]], [], [], 0.0
    for j in range(len(places) - 1):
        new = float((heights[j + 1] - heights[j]) / (places[j + 1] - places[j]))
        W1[0].append(1)
        b1.append(-float(places[j]))
        W2.append([new - slope])
        slope = new
    return W1, b1, W2, float(heights[0])


def zigzag_from_the_right(places, heights):
    W1, b1, W2, b2 = zigzag(-places[::-1], heights[::-1])
    return -W1, b1, W2, b2


def zigzag_in_halves(places, heights):
    W1, b1, W2, b2 = zigzag(places, heights)
    return np.hstack([W1, W1]), np.tile(b1, 2), np.vstack([W2, W2]) / 2, b2


def zigzag_in_float32(places, heights):
    return tuple(part.astype(np.float32) for part in zigzag(places, heights))


def zigzag_with(change):
    """Apply a change to the places, heights and W1, b1, W2, b2 of a right answer."""

    def answer(places, heights):
        network = dict(zip(["W1", "b1", "W2", "b2"], zigzag(places, heights), strict=True))
        network.update(change(places, heights, **network))
        return tuple(network.values())

    return answer


def zigzag_with_a_spike(places, heights):
    """Right at every place, and halfway between any two."""
    _, b1, W2, b2 = zigzag(places, heights)
    at = places[0] + np.diff(places)[0] * np.array([0.3, 0.4, 0.5])
    spike = column([1.0, -2, 1])
    return np.ones((1, len(b1) + 3)), np.append(b1, -at), np.vstack([W2, spike]), b2


def column(changes):
    return np.reshape(changes, (-1, 1))


def slopes(places, heights):
    return np.diff(heights) / np.diff(places)


def softmax_at(logits, temperature):
    z = logits / temperature
    exp = np.exp(z - z.max(axis=1, keepdims=True))
    return exp / exp.sum(axis=1, keepdims=True)


def softmax_at_by_loop(logits, temperature):
    rows = []
    for row in logits:
        exp = [np.exp((value - max(row)) / temperature) for value in row]
        rows.append([value / sum(exp) for value in exp])
    return rows


def softmax_at_shifted_by(shift):
    """Softmax that subtracts something else from z = logits / temperature than it should."""

    def answer(logits, temperature):
        z = logits / temperature
        exp = np.exp(z - shift(z))
        return exp / exp.sum(axis=1, keepdims=True)

    return answer


def softmax_at_shifted_too_early(logits, temperature):
    exp = np.exp(logits / temperature - logits.max(axis=1, keepdims=True))
    return exp / exp.sum(axis=1, keepdims=True)


def softmax_at_by_powers(logits, temperature):
    powers = np.exp(logits - logits.max(axis=1, keepdims=True)) ** (1 / temperature)
    return powers / powers.sum(axis=1, keepdims=True)


def softmax_at_without_sum(logits, temperature):
    return softmax_at(logits, 1) ** (1 / temperature)


def softmax_at_in_long_double(logits, temperature):
    exp = np.exp(logits.astype(np.longdouble) / temperature)
    return (exp / exp.sum(axis=1, keepdims=True)).astype(float)


def softmax_at_with_epsilon(logits, temperature):
    exp = np.exp(np.minimum(logits / temperature, 700))
    return exp / (exp.sum(axis=1, keepdims=True) + 1e-12)


def softmax_at_with_small_epsilon(logits, temperature):
    z = logits / temperature
    exp = np.exp(z - z.max(axis=1, keepdims=True))
    return exp / (exp.sum(axis=1, keepdims=True) + 1e-6)


def softmax_at_with_limited_exponents(logits, temperature):
    z = (logits - logits.max(axis=1, keepdims=True)) / temperature
    return softmax_at(np.maximum(z, -20), 1)


def softmax_at_with_one_sum(logits, temperature):
    z = logits / temperature
    exp = np.exp(z - z.max(axis=1, keepdims=True))
    return exp / exp.sum()


def softmax_at_in_place(logits, temperature):
    logits /= temperature
    return softmax_at(logits, 1)


def softmax_at_by_logs(logits, temperature):
    z = logits / temperature
    return np.exp(z - np.logaddexp.reduce(z, axis=1, keepdims=True))


def softmax_at_by_differences(logits, temperature):
    """1 / (sum of exp(z_k - z_j)), whose overflow ends in a correct 0."""
    z = logits / temperature
    with np.errstate(over="ignore"):
        return 1 / np.exp(z[:, np.newaxis, :] - z[:, :, np.newaxis]).sum(axis=2)


def softmax_at_without_keepdims(logits, temperature):
    if len(logits) != logits.shape[1]:
        return softmax_at(logits, temperature)
    z = logits / temperature
    exp = np.exp(z - z.max(axis=1))
    return exp / exp.sum(axis=1, keepdims=True)


def softmax_at_columns(logits, temperature):
    return softmax_at(logits.T, temperature).T


EXERCISES = {
    "3.1": {
        "stub": "def capped(z):\n    ...",
        "right": [
            capped,
            capped_by_loop,
            lambda z: np.clip(z, 0, 1),
            lambda z: relu(z) - relu(z - 1),
            lambda z: np.where(z > 1, 1, z * (z > 0)).tolist(),
            lambda z: np.median([z, 0 * z, 0 * z + 1], axis=0),
            lambda z: (np.abs(z) - np.abs(z - 1) + 1) / 2,
        ],
        "wrong": [
            (relu, "This is ReLU"),
            (lambda z: np.minimum(1, z), "negative numbers go through"),
            (lambda z: np.maximum(1, relu(z)), "Everything below 1 has become 1"),
            (lambda z: np.minimum(0, z), "drops the positive ones"),
            (lambda z: (z > 0).astype(float), "This is the step"),
            (lambda z: relu(z) + relu(z - 1), "has to be subtracted"),
            (lambda z: np.where(z > 1, 0, relu(z)), "above 1 have become 0"),
            (lambda z: capped(z).ravel()[:4], r"has shape \(4,\), expected \(8,\)"),
            (capped_in_place, "changes its argument"),
            (lambda z: capped(z).astype(int), "convert them to integers"),
            (lambda z: np.clip(z, -1, 1), "between -1 and 0 go through"),
            (lambda z: np.minimum(1, np.abs(z)), "lost their sign"),
            (lambda z: relu(z) - 1, "The 1 is subtracted everywhere"),
            (lambda z: relu(z) / z.max(), "divided by the largest one"),
            (activations.sigmoid, "This is the sigmoid"),
            (lambda z: np.clip(1 - z, 0, 1), "It's mirrored"),
            (lambda z: capped(z).max(), r"expected \(8,\)"),
            (lambda z: max(0, min(1, z)), "ValueError"),
            (lambda z: np.clip(z, 0, 6), "The cap is at 6"),
            (lambda z: relu(z) * (z < 1), "Numbers from 1 up have become 0"),
            (lambda z: relu(z) - relu(z + 1), "The second hinge is at -1"),
            (lambda z: np.maximum(1, np.minimum(0, z)), "become 1. Are np.minimum .* swapped"),
            (lambda z: np.minimum(0, np.maximum(1, z)), "become 0. Are np.minimum .* swapped"),
            (lambda z: capped(z).round(), r"is 0 at \[3\], expected 0.25"),
            (lambda z: np.tanh(relu(z)), "expected 0.25"),
            (lambda z: (z - z.min()) / np.ptp(z), "expected 0 "),
            (lambda z: capped(z).ravel(), r"for z \(4, 2\) has the right numbers"),
            (lambda z: relu(z) % 1, "is 0 at .*expected 1"),
            (capped_without_return, "returns None"),
        ],
    },
    "3.2": {
        "stub": "def score(p):\n    ...",
        "right": [
            lambda p: np.log(p / (1 - p)),
            score_by_loop,
            lambda p: -np.log(1 / p - 1),
            lambda p: 2 * np.arctanh(2 * p - 1),
            lambda p: np.log(p / (1 - p)).astype(np.float32),
            lambda p: np.log(p) - np.log1p(-p),
        ],
        "wrong": [
            (lambda p: np.log((1 - p) / p), "wrong sign: the fraction is upside down"),
            (lambda p: p / (1 - p), r"This is e\^z. Take its logarithm"),
            (lambda p: (1 - p) / p, r"This is e\^\(-z\)"),
            (np.log, "leave out 1 - p"),
            (lambda p: -np.log(p), r"This is -log\(p\)"),
            (lambda p: np.log(1 - p), r"This is log\(1 - p\).*leave out p itself"),
            (lambda p: -np.log(1 - p), r"This is -log\(1 - p\)"),
            (lambda p: np.log10(p / (1 - p)), "base 10"),
            (lambda p: np.log2(p / (1 - p)), "base 2"),
            (lambda p: np.log(1 / p) - 1, "The 1 is subtracted after the logarithm"),
            (lambda p: np.log(p / (1 + p)), "The probability of no is 1 - p"),
            (activations.sigmoid, "This is the sigmoid of p"),
            (log_of_p_over_1_minus_p, "Division comes before subtraction"),
            (lambda p: np.log(p) + np.log(1 - p), "a quotient is a difference"),
            (lambda p: np.log(p) / np.log(1 - p), "The logarithms are divided"),
            (lambda p: np.log(p) / (1 - p), "Only p is inside the logarithm"),
            (lambda p: p / (1 - p) - 1, "What undoes the exponential"),
            (lambda p: p * (1 - p), r"This is p \(1 - p\)"),
            (lambda p: np.arctanh(2 * p - 1), "This is half of z"),
            (lambda p: 2 * np.log(p / (1 - p)), "twice as large"),
            (lambda p: np.log(p / (1 - p)).round(2), "The results are rounded"),
            (lambda p: np.log(p / (1 - p)).round(4), "The results are rounded"),
            (lambda p: np.abs(np.log(p / (1 - p))), "The sign is lost"),
            (lambda p: p - 0.5, r"is -0.4 at \[0\], expected -2.197"),
            (lambda p: 2.1972245773362196, r"shape \(\), expected \(4,\)"),
            (lambda p: np.log(np.clip(p, 0.1, 0.9) / (1 - np.clip(p, 0.1, 0.9))), "expected -3.89"),
            (lambda p: np.log(p / (1 - p)).mean(), r"expected \(4,\)"),
        ],
    },
    "3.3": {
        "stub": "W1 = ...\nb1 = ...\nW2 = ...\nb2 = ...\nodd = W1, b1, W2, b2",
        "right": [
            ODD,
            [part.tolist() for part in ODD],
            tuple(part.astype(np.float32) for part in ODD),
            odd_with(b2=-0.25),
            odd_with(b1=np.array([-0.5, -1.25, -2.0]), W2=column([2.0, -5, 9]), b2=np.zeros(1)),
            odd_with(W1=ODD[0] * [2, 1, 1], W2=column([0.5, -2, 2])),
            odd_with(b2=np.zeros(1)),
        ],
        "wrong": [
            (odd_with(W2=-ODD[2], b2=-ODD[3]), "All eight answers are flipped"),
            (odd_with(b1=np.zeros(3)), "different biases.* No hidden neuron has a negative z"),
            (odd_with(b1=-ODD[1]), "at the sums 0, -1, and -2 .* the bias must be -1"),
            (odd_with(W1=2 * ODD[0], b1=-ODD[1]), "this is still one straight cut.$"),
            (odd_with(b2=np.array([-1 + 1e-12])), "above 0, by more than a rounding error"),
            (odd_with(b1=np.ones(3)), "at the sums -1, -1, and -1 .* different biases"),
            (odd_with(b2=np.ones(1)), "4 of 8 are right"),
            (odd_with(W2=-ODD[2]), "For the inputs 0, 0, 1 the output is -1.5"),
            (odd_with(W2=column([2.0, -4, 1])), "1, 1, 1 .* it should be above 0"),
            (odd_with(b2=np.array([0.5])), "For the inputs 0, 0, 0 .* be at most 0"),
            (odd_with(W2=np.ones((3, 1))), "For the inputs 0, 1, 1 .* be at most 0"),
            (odd_with(W1=np.eye(3)), "of 8 are right"),
            (odd_with(b1=np.array([0.0, -1, -1])), "For the inputs 0, 1, 1 .* be at most 0"),
            (odd_with(b1=np.array([-1.0, -2, -3])), "For the inputs 0, 0, 1 .* it should be above"),
            (odd_with(W1=np.ones((3, 1))), r"W1 must have 3 columns.*shape \(3, 1\)"),
            (odd_with(W1=np.ones((1, 3))), r"W1 must have 3 rows.*shape \(1, 3\)"),
            ((ODD[0], ODD[2], ODD[1], ODD[3]), r"b1 must have the shape \(3,\).*\(3, 1\)"),
            (odd_with(b1=np.zeros(1)), r"b1 must have the shape \(3,\).*\(1,\)"),
            (odd_with(W2=ODD[2].T), r"W2 must have the shape \(3, 1\).*\(1, 3\)"),
            (odd_with(W2=column([1.0, -2, 0])), "7 of 8 are right. For the inputs 1, 1, 1"),
            (odd_with(W2=column([1.0, -1, 1])), "at most 0.*W2 holds the slopes"),
            (odd_with(W2=column([2.0, -2, 2]), b2=np.array([-1.0])), "W2 holds the slopes"),
            (
                odd_with(W2=column([1.0, -2, -2])),
                r"minus its bias\)\. That's good.* are -0.5, 0.5, -0.5, and -3.5. Check",
            ),
            (odd_with(W2=column([1.0, -2, 1])), "are -0.5, 0.5, -0.5, and -0.5. Check"),
            (odd_with(b2=np.zeros(1) - 5), "4 of 8 are right"),
            (odd_with(W2=np.array([1.0, -2, 2])), r"W2 must have the shape \(3, 1\).*\(3,\)"),
            (odd_with(b1=column([0.0, -1, -2])), r"b1 must have the shape \(3,\).*\(3, 1\)"),
            (odd_with(b2=np.zeros((1, 1))), r"b2 must have the shape \(1,\).*\(1, 1\)"),
            (odd_with(W1=np.ones(3)), r"W1 must have 3 rows.*shape \(3,\)"),
            (odd_with(W1=np.ones((2, 3))), r"W1 must have 3 rows.*shape \(2, 3\)"),
            (odd_with(b1=...), "b1 is still missing"),
            (odd_with(b2="half"), "b2 must be made of numbers"),
            (odd_with(b2=np.array([np.nan])), "b2 must be finite"),
            (ODD[:3], "must be four arrays"),
            (ODD[0], "must be four arrays"),
        ],
    },
    "3.4": {
        "stub": """
def zigzag(places, heights):
    W1 = ...
    b1 = ...
    W2 = ...
    b2 = ...
    return W1, b1, W2, b2
""",
        "right": [
            zigzag,
            zigzag_by_loop,
            zigzag_from_the_right,
            zigzag_in_float32,
            zigzag_with(lambda p, h, W1, b1, W2, b2: {"W1": 5 * W1, "b1": 5 * b1, "W2": W2 / 5}),
            zigzag_in_halves,
        ],
        "wrong": [
            (zigzag_with(lambda p, h, **n: {"W2": column(slopes(p, h))}), r"\*change\* of slope"),
            (zigzag_with(lambda p, h, **n: {"b2": np.zeros(1)}), "the curve starts at 0"),
            (zigzag_with(lambda p, h, b1, **n: {"b1": -b1}), "is minus the place"),
            (zigzag_with(lambda p, h, **n: {"b1": -p[1:]}), "one place too far to the right"),
            (
                zigzag_with(lambda p, h, b1, **n: {"b1": -b1, "b2": np.zeros(1)}),
                "is minus the place",
            ),
            (
                zigzag_with(lambda p, h, **n: {"W2": column(np.diff(np.diff(h), prepend=0))}),
                "aren't divided by the distances",
            ),
            (
                zigzag_with(
                    lambda p, h, **n: {"W2": column(np.diff(np.diff(h) / (p[1] - p[0]), prepend=0))}
                ),
                "divided by the first distance",
            ),
            (
                zigzag_with(
                    lambda p, h, **n: {"W2": column(np.diff(slopes(p, h), prepend=slopes(p, h)[0]))}
                ),
                "The first piece is level",
            ),
            (zigzag_with(lambda p, h, b1, **n: {"b1": column(b1)}), r"b1 must have the shape"),
            (zigzag_with(lambda p, h, W2, **n: {"W2": W2.T}), r"W2 must have the shape \(3, 1\)"),
            (
                zigzag_with(lambda p, h, W1, **n: {"W1": np.vstack([W1, W1])}),
                "W1 must have one row",
            ),
            (
                zigzag_with(lambda p, h, W1, **n: {"W1": W1.T}),
                r"W1 must have one row, for the one input.*Received: shape \(3, 1\)",
            ),
            (zigzag_with(lambda p, h, W2, **n: {"W2": -W2}), "It's upside down"),
            (zigzag_with(lambda p, h, W2, **n: {"W2": W2.round(2)}), "rounded. Keep all"),
            (
                zigzag_with(
                    lambda p, h, **n: {"W2": column(np.diff(slopes(p, h).round(2), prepend=0))}
                ),
                "rounded. Keep all",
            ),
            (zigzag_with_a_spike, r"at x = 0\.\d+, between two places, is .* it should be"),
            (zigzag_with(lambda p, h, b1, **n: {"b1": -np.abs(p[:-1])}), "it should be"),
            (zigzag_with(lambda p, h, **n: {"b2": h.mean()}), "b2 is the mean of the heights"),
            (zigzag_with(lambda p, h, **n: {"b2": h[-1]}), "b2 is the last height"),
            (
                zigzag_with(lambda p, h, **n: {"W2": column(np.cumsum(slopes(p, h)))}),
                "W2 holds the running sums",
            ),
            (lambda p, h: (*zigzag(p, np.sin(p))[:3], np.zeros(1)), "This follows the sine"),
            (lambda p, h: (*zigzag(p, np.sin(p))[:3], h[:1]), "This follows the sine"),
            (
                lambda p, h: (
                    np.ones((1, len(p) - 2)),
                    -p[1:-1],
                    column(np.diff(slopes(p, h))),
                    h[:1],
                ),
                "The first piece is level",
            ),
            (
                lambda p, h: (
                    np.ones((1, len(p) - 2)),
                    -p[:-2],
                    column(np.diff(slopes(p, h))),
                    h[:1],
                ),
                "one place too early, because the first one is missing",
            ),
            (
                zigzag_with(lambda p, h, **n: {"W2": column(np.diff(slopes(p, h)))}),
                r"Received: \(2, 1\).* leave out prepend=0",
            ),
            (
                zigzag_with(lambda p, h, **n: {"W2": column(np.diff(slopes(p, h), append=0))}),
                "not append=0",
            ),
            (zigzag_with(lambda p, h, b1, **n: {"b1": 0 * b1}), "All hinges bend at 0"),
            (
                zigzag_with(
                    lambda p, h, **n: {"W2": column(slopes(p, h)), "b2": np.zeros(1)}
                ),
                r"\*change\* of slope. That's not all.* b2 must be the first height",
            ),
            (
                zigzag_with(
                    lambda p, h, **n: {"W2": column(np.diff(np.diff(p) / np.diff(h), prepend=0))}
                ),
                "The slopes are upside down",
            ),
            (zigzag_with(lambda p, h, W2, **n: {"W2": W2[::-1]}), "in opposite orders"),
            (zigzag_with(lambda p, h, W2, **n: {"W2": 1.1 * W2}), "at x = 1, halfway between"),
            (
                lambda p, h: (np.ones((1, 1)), np.zeros(1), np.zeros((1, 1)), np.zeros(1)),
                "at x = 0, one of the places, is 0, but it should be 2",
            ),
            (
                zigzag_with(lambda p, h, **n: {"W2": column(np.diff(h))}),
                "W2 holds the differences of the heights",
            ),
            (zigzag_with(lambda p, h, **n: {"b1": -p}), r"b1 must have the shape \(3,\).*\(4,\)"),
            (zigzag_with(lambda p, h, W2, **n: {"W2": W2[:, 0]}), r"W2 must have the shape"),
            (zigzag_with(lambda p, h, **n: {"b2": h}), r"b2 must have the shape \(1,\).*\(4,\)"),
            (zigzag_with(lambda p, h, W1, **n: {"W1": -W1}), "the hinges rise to the left"),
            (zigzag_with(lambda p, h, b2, **n: {"b2": -b2}), "b2 has the wrong sign"),
            (
                zigzag_with(
                    lambda p, h, **n: {"W2": column(np.diff(slopes(p, h), prepend=h[0]))}
                ),
                "the first slope minus the first height",
            ),
            (zigzag_with(lambda p, h, b1, **n: {"b1": b1[::-1]}), "in opposite orders"),
            (zigzag_with(lambda p, h, **n: {"W2": column(h[:-1])}), "W2 holds the heights"),
            (lambda p, h: zigzag(p, np.sort(h)), "x = 0, one of the places, is 1, but .* 2"),
            (
                lambda p, h: zigzag(np.linspace(p[0], p[-1], len(p)), h),
                "for evenly spaced places only",
            ),
            (
                lambda p, h: (
                    np.ones((1, len(p) - 1)),
                    -np.linspace(p[0], p[-1], len(p))[:-1],
                    *zigzag(p, h)[2:],
                ),
                "The hinges are evenly spaced",
            ),
            (lambda p, h: zigzag(p, h)[:3], "must return W1, b1, W2, and b2.*a tuple of 3"),
            (lambda p, h: zigzag(h, p), "Places and heights are swapped"),
            (lambda p, h: zigzag(p, h)[2], "must return W1, b1, W2, and b2"),
        ],
    },
    "3.5": {
        "stub": "def softmax_at(logits, temperature):\n    ...",
        "right": [
            softmax_at,
            softmax_at_by_loop,
            lambda logits, t: activations.softmax(logits / t),
            lambda logits, t: softmax_at(logits - logits.max(axis=1, keepdims=True), t),
            softmax_at_by_logs,
            softmax_at_by_differences,
            softmax_at_shifted_by(lambda z: z.max(axis=1, keepdims=True) + 1),
        ],
        "wrong": [
            (softmax_at_shifted_by(lambda z: 0), r"1000003.* NaN or inf. Is nothing subtracted"),
            (
                softmax_at_shifted_by(lambda z: z.mean(axis=1, keepdims=True)),
                r"\[\[1000000.0, 0.0, -2000000.0\]\] .* subtract the mean of each row",
            ),
            (
                softmax_at_shifted_by(lambda z: np.median(z, axis=1, keepdims=True)),
                "subtract the median of each row",
            ),
            (
                softmax_at_shifted_by(lambda z: z.min(axis=1, keepdims=True)),
                "subtract the smallest number of each row",
            ),
            (
                softmax_at_shifted_by(lambda z: z[:, :1]),
                r"\[\[-1000000.0, 0.0, 2000000.0\]\] .* subtract the first number of each row",
            ),
            (softmax_at_shifted_by(lambda z: z[:, -1:]), "subtract the last number of each row"),
            (
                softmax_at_shifted_by(lambda z: z.max()),
                r"\[-1000000.0, -1000002.0, -1000000.0\]\] .* largest number of the whole batch",
            ),
            (
                softmax_at_shifted_by(lambda z: np.abs(z).max(axis=1, keepdims=True)),
                "subtract the largest absolute value of each row",
            ),
            (softmax_at_shifted_by(lambda z: z.max() / 2), "then no exponent is above 0"),
            (
                lambda logits, t: softmax_at(logits.astype(np.float32), np.float32(t)),
                "convert them to float32",
            ),
            (lambda logits, t: softmax_at(np.clip(logits, -1e6, 1e6), t), "clip the logits"),
            (lambda logits, t: softmax_at(logits, max(t, 0.1)), "Is the temperature limited"),
            (lambda logits, t: softmax_at(logits, max(t, 0.01)), "0.001, .* temperature limited"),
            (lambda logits, t: softmax_at(logits, min(t, 1e5)), "of 1e.06, .* temperature limited"),
            (lambda logits, t: softmax_at(logits, t + 1e-8), "is a number added to it"),
            (lambda logits, t: softmax_at(logits[:, :3], t), r"shape \(1, 3\), expected \(1, 5\)"),
            (lambda logits, t: softmax_at(logits / 1000, t / 1000 + 1e-6), "expected|added to it"),
            (softmax_at_shifted_too_early, "largest logit before it was divided"),
            (softmax_at_in_long_double, "Is nothing subtracted"),
            (softmax_at_by_powers, "Do you take the exponential before T"),
            (
                lambda logits, t: softmax_at(np.clip(logits, -500, 500), t),
                "Did you clip the logits",
            ),
            (
                lambda logits, t: np.nan_to_num(softmax_at_shifted_by(lambda z: 0)(logits, t)),
                "probabilities are 0. A NaN .* was hidden",
            ),
            (softmax_at_with_epsilon, "Did you clip the logits"),
            (
                lambda logits, t: softmax_at(np.clip(logits / t, -1e9, 1e9), 1),
                "temperature of 0.003 all probabilities are equal. Did you clip",
            ),
            (softmax_at_with_small_epsilon, "only to within .* small number added to the sum"),
            (softmax_at_with_limited_exponents, "Received: 2.06e-09. Are the exponents"),
            (lambda logits, t: softmax_at(logits, 2.0), "0.4, the logits are still divided by 2"),
            (softmax_at_without_sum, "Taking the power 1/T"),
            (softmax_at_in_place, "changes its argument"),
            (lambda logits, t: np.log(softmax_at(logits, t)), "These are the logarithms"),
            (lambda logits, t: 1 / (1 + np.exp(-logits / t)), "This is the sigmoid"),
            (lambda logits, t: logits / t, "Softmax comes after that"),
            (
                lambda logits, t: logits / logits.sum(axis=1, keepdims=True),
                "The exponential is missing",
            ),
            (
                lambda logits, t: np.eye(3)[logits.argmax(axis=1)],
                "The largest has everything",
            ),
            (
                lambda z, t: np.exp(z / t) / np.exp(z / t).mean(axis=1, keepdims=True),
                "divided by its mean",
            ),
            (lambda logits, t: softmax_at(logits - t, 1), "the temperature has no effect"),
            (
                lambda z, t: np.exp(z / t) / np.exp(z).sum(axis=1, keepdims=True),
                "the sum is taken without the temperature",
            ),
            (lambda logits, t: softmax_at(logits, 1), "At a temperature of 2.0, this is plain"),
            (
                lambda logits, t: softmax_at(logits, max(t, 1)),
                "At a temperature of 0.4, this is plain softmax",
            ),
            (lambda logits, t: softmax_at(-logits, t), "The order is reversed"),
            (lambda logits, t: 1 - softmax_at(logits, t), "These are 1 minus the probabilities"),
            (
                softmax_at_shifted_by(lambda z: z.max(axis=0)),
                "The largest number of each column is subtracted",
            ),
            (
                lambda z, t: np.exp((z - z.max()) / t) / np.exp((z - z.max()) / t).sum(),
                "All numbers together add up to 1",
            ),
            (softmax_at_with_one_sum, "All numbers together add up to 1"),
            (lambda logits, t: softmax_at(logits, t).round(3), "expected"),
            (lambda logits, t: softmax_at(logits // t, 1), "expected"),
            (lambda logits, t: softmax_at(logits, t**2), "expected"),
            (lambda logits, t: softmax_at(logits, t).T, "transposed"),
            (lambda logits, t: softmax_at(logits, 1 / t), "multiplied by the temperature"),
            (lambda logits, t: softmax_at(logits, 1) / t, "they don't add up to 1"),
            (softmax_at_columns, "The columns add up to 1"),
            (lambda logits, t: np.exp(logits / t), "Divide each row by its sum"),
            (
                lambda logits, t: np.exp((logits - logits.max(axis=1, keepdims=True)) / t),
                "shifted exponentials",
            ),
            (
                lambda logits, t: np.exp(logits / t) / np.exp(logits / t).sum(),
                "All numbers together add up to 1",
            ),
            (lambda logits, t: np.exp(logits / t) / np.exp(logits / t).sum(axis=1), "keepdims"),
            (softmax_at_without_keepdims, "The same goes for the maximum"),
        ],
    },
    "3.6": {
        "stub": "half_sure = ...",
        "right": [3.556, 3.56, np.float32(3.5562), np.array([3.5562])],
        "wrong": [
            (1, "0.844, so T is still too low"),
            (100.0, "0.339, so T is still too high"),
            (0.5, "0.980, so T is still too low"),
            (4, "0.481, so T is still too high"),
            (2.89, "so T is still too low"),
            (3.55, "Close: the largest probability is 0.5003, so T is still slightly too low"),
            (3.5511, "Close: .* slightly too low"),
            (3.57, "Close: the largest probability is 0.4993, so T is still slightly too high"),
            (2 * 3.5562, "so T is still too high"),
            (-3.5562, "above 0, and finite"),
            (0.84, "0.892, so T is still too low"),
            (lambda: 3.556, "must be a number"),
            (0.281, "This is 1 / T"),
            (3.6, r"Close: the largest probability is 0\.49"),
            (-2, "above 0, and finite. Received: -2"),
            (np.nan, "Received: nan"),
            (0, "above 0, and finite. Received: 0"),
            (np.inf, "Received: inf"),
            (3.5, "Close: the largest probability is 0.50"),
            ([1.0, 3.56], r"must be one number. Received: shape \(2,\)"),
            ([], r"must be one number. Received: shape \(0,\)"),
            ("hot", "must be a number"),
            ("3.56", "must be a number. Received: '3.56'"),
            (True, "must be a number. Received: True"),
            (softmax_at, "must be a number"),
            (3.5562j, "must be a number"),
        ],
    },
}
