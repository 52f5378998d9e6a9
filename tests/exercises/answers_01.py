"""Answers to the exercises of chapter 1, right ones and wrong ones."""

import math

import numpy as np


def weighted_sum(x, w, b):
    z = b
    for k in range(len(x)):
        z += x[k] * w[k]
    return z


def weighted_sum_with_bias_in_the_loop(x, w, b):
    z = 0
    for k in range(len(x)):
        z += x[k] * w[k] + b
    return z


def weighted_sum_that_overwrites(x, w, b):
    for k in range(len(x)):
        z = x[k] * w[k]
    return z + b


def weighted_sum_that_returns_early(x, w, b):
    z = b
    for k in range(len(x)):
        z += x[k] * w[k]
        return z


def weighted_sum_without_sum(x, w, b):
    for k in range(len(x)):
        z = x[k] * w[k]
    return z


def weighted_sum_of_three(x, w, b):
    z = b
    for k in range(3):
        z += x[k] * w[k]
    return z


def weighted_sum_that_stores_nothing(x, w, b):
    z = b
    for k in range(len(x)):
        z + x[k] * w[k]
    return z


def weighted_sum_of_all_pairs(x, w, b):
    return sum(value * weight for value in x for weight in w) + b


def weighted_sum_in_place(x, w, b):
    z = b
    while x:
        z += x.pop() * w.pop()
    return z


def weighted_sum_printed(x, w, b):
    z = b
    for value, weight in zip(x, w, strict=True):
        z += value * weight
    print(z)


def weighted_sum_from_both_ends(x, w, b):
    return sum(map(lambda value, weight: value * weight, reversed(x), reversed(w)), b)


def weighted_sum_with_two_biases(x, w, b):
    return weighted_sum(x, w, b) + b


def count_right(x, w, b, y_true):
    return ((x @ w + b > 0) == y_true).sum()


def count_right_by_loop(x, w, b, y_true):
    count = 0
    for row, label in zip(x.tolist(), y_true.tolist(), strict=True):
        answer = 1 if weighted_sum(row, w.tolist(), b) > 0 else 0
        if answer == label:
            count += 1
    return count


def count_right_in_words(x, w, b, y_true):
    answers = ["yes" if z > 0 else "no" for z in x @ w + b]
    return sum(answer == label for answer, label in zip(answers, y_true.tolist(), strict=True))


def count_right_without_counting(x, w, b, y_true):
    count = 0
    for z, label in zip(x @ w + b, y_true, strict=True):
        if (z > 0) == label:
            count + 1
    return count


def count_right_without_zeros(x, w, b, y_true):
    count = 0
    for z, label in zip(x @ w + b, y_true, strict=True):
        if z > 0 and label == 1:
            count += 1
        elif z < 0 and label == 0:
            count += 1
    return count


def count_right_with_products(x, w, b, y_true):
    yes = np.heaviside(x @ w + b, 0)
    return np.sum(yes * y_true + (1 - yes) * (1 - y_true))


def count_right_by_mistakes(x, w, b, y_true):
    return len(x) - np.count_nonzero((w @ x.T > -b) ^ y_true.astype(bool))


def distance(x, w, b):
    return (x @ w + b) / np.sqrt(w @ w)


def distance_by_loop(x, w, b):
    length = sum(weight**2 for weight in w.tolist()) ** 0.5
    return [weighted_sum(row, w.tolist(), b) / length for row in x.tolist()]


@np.errstate(invalid="ignore")
def distance_by_single_roots(x, w, b):
    return (x @ w + b) / np.sqrt(w).sum()


@np.errstate(invalid="ignore")
def distance_by_root_of_z(x, w, b):
    return np.sqrt(x @ w + b)


def neuron_through(start, end, yes):
    along = end - start
    w = np.array([-along[1], along[0]])
    b = -(start @ w)
    if yes @ w + b < 0:
        w, b = -w, -b
    return w, b


def neuron_through_turned_the_other_way(start, end, yes):
    (x1, y1), (x2, y2) = start.tolist(), end.tolist()
    w = [y2 - y1, x1 - x2]
    b = -(x1 * w[0] + y1 * w[1])
    sign = np.sign(yes[0] * w[0] + yes[1] * w[1] + b)
    return [0.01 * sign * w[0], 0.01 * sign * w[1]], 0.01 * sign * b


def neuron_through_in_float32(start, end, yes):
    w, b = neuron_through(start, end, yes)
    return (w / np.sqrt(w @ w)).astype(np.float32), np.float32(b / np.sqrt(w @ w))


def neuron_through_by_matrix(start, end, yes):
    w = np.array([[0.0, 1.0], [-1.0, 0.0]]) @ (end - start)
    side = 1 if (yes - end) @ w > 0 else -1
    return side * w, side * -(end @ w)


def neuron_by_slope(start, end, yes):
    with np.errstate(divide="ignore"):
        slope = (end[1] - start[1]) / (end[0] - start[0])
    w, b = [-slope, 1.0], slope * start[0] - start[1]
    return (w, b) if yes @ w + b > 0 else ([slope, -1.0], -b)


def neuron_by_slope_of_floats(start, end, yes):
    return neuron_by_slope(*(np.array(point.tolist(), dtype=object) for point in (start, end, yes)))


def neuron_with_w_swapped_alone(start, end, yes):
    along = end - start
    w = np.array([-along[1], along[0]])
    b = -(start @ w)
    return (-w, b) if yes @ w + b < 0 else (w, b)


def neuron_with_the_sides_exchanged(start, end, yes):
    w, b = neuron_through(start, end, yes)
    return -w, -b


def neuron_through_yes(start, end, yes):
    w, _ = neuron_through(start, end, yes)
    return w, -(yes @ w)


def neuron_along(start, end, yes):
    w = end - start
    return w, -(start @ w)


def neuron_with_one_side(start, end, yes):
    along = end - start
    w = np.array([-along[1], along[0]])
    return w, -(start @ w)


def neuron_with_wrong_sign_of_b(start, end, yes):
    w, b = neuron_through(start, end, yes)
    return w, -b


OR, AND = (np.array([1.0, 1.0]), -0.5), (np.array([1.0, 1.0]), -1.5)


NAND = (np.array([-1.0, -1.0]), 1.5)


FIRST, SECOND = (np.array([1.0, 0.0]), -0.5), (np.array([0.0, 1.0]), -0.5)  # copies of the inputs


ONE, OTHER = ([1, -1], -0.5), ([-1, 1], -0.5)  # only the second input, only the first


BOOT = np.array([-2.0, 1.0])


EXERCISES = {
    "1.1": {
        "stub": """
            def answer(x, w, b):
                ...
        """,
        "right": [
            weighted_sum,
            lambda x, w, b: sum(a * c for a, c in zip(x, w, strict=True)) + b,
            lambda x, w, b: np.sum(np.multiply(np.float32(x), np.float32(w))) + np.float32(b),
            weighted_sum_from_both_ends,
            lambda x, w, b: math.fsum([*(a * c for a, c in zip(x, w, strict=True)), b]),
        ],
        "wrong": [
            (lambda x, w, b: weighted_sum(x, w, 0), "The bias has to be added to it"),
            (weighted_sum_with_bias_in_the_loop, "added once for each input"),
            (weighted_sum_that_overwrites, "Only the last product is in it. Add"),
            (weighted_sum_without_sum, "Only the last product is in it, without the bias"),
            (weighted_sum_that_returns_early, r"Is the `return` inside the loop"),
            (lambda x, w, b: weighted_sum(x[:-1], w, b), "The last product is missing"),
            (lambda x, w, b: weighted_sum(x[1:], w[1:], b), "The first product is missing"),
            (weighted_sum_of_three, r"Only the first three products.*`len\(x\)`"),
            (lambda x, w, b: weighted_sum(x, w, -b), "The bias was subtracted"),
            (weighted_sum_with_two_biases, "The bias was added twice"),
            (lambda x, w, b: weighted_sum(x, x, b), "was multiplied by itself"),
            (lambda x, w, b: weighted_sum(x, w, b) > 0, "is 1, expected 4.5|is True, expected"),
            (lambda x, w, b: abs(weighted_sum(x, w, b)), "wrong sign"),
            (lambda x, w, b: weighted_sum(x, w, 0) * b, "multiplied by the bias"),
            (lambda x, w, b: np.multiply(x, w), "single products"),
            (lambda x, w, b: np.multiply(x, w) + b, "The bias was added to each product"),
            (lambda x, w, b: sum(x) * sum(w) + b, "by its own weight"),
            (lambda x, w, b: sum(x) + sum(w) + b, "were added. Multiply"),
            (lambda x, w, b: np.prod(x + w) + b, "multiplied together"),
            (lambda x, w, b: weighted_sum(x, w[::-1], b), "in reverse order"),
            (lambda x, w, b: np.mean(np.multiply(x, w)) + b, "the mean of the products"),
            (lambda x, w, b: [weighted_sum(x, w, b)], r"in an array of shape \(1,\)"),
            (weighted_sum_in_place, "changes its argument"),
            (weighted_sum_printed, "returns None"),
            (lambda x, w, b: x @ w + b, "TypeError: unsupported operand"),
            (lambda x, w, b: np.array(x) @ w + b, "yourself, without `@`"),
            (lambda x, w, b: np.dot(x, w) + b, "yourself, without `dot`"),
            (lambda x, w, b: math.sumprod(x, w) + b, "AttributeError|without `sumprod`"),
            (lambda x, w, b: np.convolve(x, w[::-1], "valid")[0] + b, "without `convolve`"),
            (lambda x, w, b: (np.matrix(x) * np.matrix(w).T).item() + b, "without `matrix`"),
            (lambda x, w, b: b, "This is the bias alone.*`z \\+= …`"),
            (weighted_sum_that_stores_nothing, "This is the bias alone"),
            (lambda x, w, b: 0, "Nothing was added up"),
            (lambda x, w, b: sum(x) + b, "the inputs and the bias, without the weights"),
            (lambda x, w, b: sum(w) + b, "the weights and the bias, without the inputs"),
            (lambda x, w, b: sum(weight * x[0] for weight in w) + b, "by the first input"),
            (lambda x, w, b: sum(value * w[0] for value in x) + b, "by the first weight"),
            (weighted_sum_of_all_pairs, "sum of all inputs times the sum of all weights"),
            (lambda x, w, b: [a * c for a, c in zip(x, w, strict=True)], "single products"),
            (lambda x, w, b: str(weighted_sum(x, w, b)), "Received: str|must be made of numbers"),
        ],
    },
    "1.2": {
        "stub": """
            def answer(x, w, b, y_true):
                ...
        """,
        "right": [
            count_right,
            count_right_by_loop,
            lambda x, w, b, y: float(np.sum(np.where(x.astype(np.float32) @ w + b > 0, 1, 0) == y)),
            count_right_with_products,
            count_right_by_mistakes,
        ],
        "wrong": [
            (lambda x, w, b, y: (x @ w + b > 0) == y, "This is the mask"),
            (lambda x, w, b, y: ((x @ w + b > 0) == y).mean(), "share of right answers"),
            (lambda x, w, b, y: ((x @ w + b > 0) != y).sum(), "how many answers are wrong"),
            (lambda x, w, b, y: (x @ w + b > 0).sum(), "how often the answer is yes"),
            (lambda x, w, b, y: ((x @ w + b > 0) * y).sum(), "Only samples with the answer yes"),
            (
                lambda x, w, b, y: (np.where(x @ w + b > 0, 1, -1) == y).sum(),
                "Only samples with the answer yes.* -1 instead of 0",
            ),
            (lambda x, w, b, y: ((x @ w + b >= 0) == y).sum(), r"z = 0 got a yes"),
            (lambda x, w, b, y: ((x @ w + b < 0) == y).sum(), "Yes and no are swapped"),
            (lambda x, w, b, y: ((x @ w > 0) == y).sum(), "without the bias"),
            (lambda x, w, b, y: ((x @ w - b > 0) == y).sum(), "bias has the wrong sign"),
            (lambda x, w, b, y: ((x @ w > b) == y).sum(), "bias has the wrong sign"),
            (lambda x, w, b, y: ((x @ w + b > 0.5) == y).sum(), r"compared with 0\.5"),
            (lambda x, w, b, y: ((x @ w + b > 1) == y).sum(), r"compared with 1\."),
            (lambda x, w, b, y: (x @ w + b == y).sum(), "z itself was compared"),
            (lambda x, w, b, y: (np.sign(x @ w + b) == y).sum(), "np.sign gives -1"),
            (
                lambda x, w, b, y: ((x @ w.reshape(-1, 1) + b > 0) == y).sum(),
                r"a column \(n, 1\) met a vector",
            ),
            (
                lambda x, w, b, y: max(
                    ((x @ w + b > 0) == y).sum(), ((x @ w + b > 0) != y).sum()
                ),
                "how many answers are wrong",
            ),
            (lambda x, w, b, y: ((x @ w + b > 1e-3) == y).sum(), "a z barely above 0 got a no"),
            (lambda x, w, b, y: count_right(x[:-1], w, b, y[:-1]), "One sample is missing"),
            (lambda x, w, b, y: count_right(x[1:], w, b, y[1:]), "One sample is missing"),
            (lambda x, w, b, y: 100 * ((x @ w + b > 0) == y).mean(), "percentage of right answers"),
            (lambda x, w, b, y: y.sum(), "how many labels are 1"),
            (lambda x, w, b, y: 2 * count_right(x, w, b, y) - len(x), "minus the wrong ones"),
            (
                lambda x, w, b, y: ((x @ w + b <= 0) & (y == 0)).sum(),
                "the answer no and the label 0",
            ),
            (lambda x, w, b, y: count_right(x[:, :2], w[:2], b, y), "Only the first two inputs"),
            (lambda x, w, b, y: ((x @ w + b > 0) == y).all(), "is False, one True or False"),
            (lambda x, w, b, y: ((x @ w + b > 0) == y).any(), "is True, one True or False"),
            (lambda x, w, b, y: all(y), "is False, one True or False"),
            (lambda x, w, b, y: 0, "Not one answer was counted"),
            (count_right_in_words, "Not one answer was counted.*as the labels are"),
            (count_right_without_counting, "Not one answer was counted"),
            (count_right_without_zeros, "Samples with z = 0 were left out"),
            (
                lambda x, w, b, y: ((x @ w + b) * (2 * y - 1) > 0).sum(),
                "Samples with z = 0 were left out",
            ),
            (lambda x, w, b, y: ((x @ w + b >= 0) == y).sum(), "A sample with z = 0 got a yes"),
            (lambda x, w, b, y: (((x @ w + b).round() > 0) == y).sum(), r"compared with 0\.5"),
            (lambda x, w, b, y: len((x @ w + b > 0) == y), "the number of all samples"),
            (lambda x, w, b, y: (x @ w + b > 0 == y).sum(), "first comparison in parentheses"),
            (lambda x, w, b, y: ((w @ x + b > 0) == y).sum(), "as long as the first axis of b"),
        ],
    },
    "1.3": {
        "stub": """
            def answer(x, w, b):
                ...
        """,
        "right": [
            distance,
            distance_by_loop,
            lambda x, w, b: ((x @ w + b) / np.linalg.norm(w)).astype(np.float32),
            lambda x, w, b: x @ (w / np.hypot.reduce(w)) + b / np.hypot.reduce(w),
        ],
        "wrong": [
            (lambda x, w, b: x @ w + b, "This is z"),
            (lambda x, w, b: np.abs(distance(x, w, b)), "The signs are lost"),
            (lambda x, w, b: (x @ w + b) / (w @ w), "Take its square root"),
            (lambda x, w, b: (x @ w + b) / np.abs(w).sum(), "sum of the absolute weights"),
            (lambda x, w, b: (x @ w + b) / w.sum(), "divided by the sum of the weights"),
            (lambda x, w, b: (x @ w + b) / abs(w.sum()), "divided by the sum of the weights"),
            (lambda x, w, b: (x @ w + b) / w.max(), "divided by the largest weight"),
            (lambda x, w, b: (x @ w + b) / np.abs(w).max(), "divided by the largest weight"),
            (lambda x, w, b: (x @ w + b) / len(w), "divided by the number of weights"),
            (lambda x, w, b: (x @ w + b) / len(w) ** 0.5, "root of the number of weights"),
            (lambda x, w, b: (x @ w + b) / np.sqrt(np.mean(w**2)), r"root of the \*mean\* square"),
            (lambda x, w, b: (x @ w + b) * np.sqrt(w @ w), "was multiplied by the length"),
            (lambda x, w, b: (x @ w - b) / np.sqrt(w @ w), "The bias was subtracted"),
            (lambda x, w, b: x @ w / np.sqrt(w @ w), "The bias is missing"),
            (lambda x, w, b: x @ w / np.sqrt(w @ w) + b, "Only `x @ w` was divided"),
            (lambda x, w, b: x @ w + b / np.sqrt(w @ w), "Only the bias was divided"),
            (lambda x, w, b: (x @ w + b) / np.sqrt(w @ w + b * b), "The bias is in the length"),
            (
                lambda x, w, b: (x @ w + b) / np.linalg.norm(x, axis=1),
                "length of each sample",
            ),
            (lambda x, w, b: b / np.sqrt(w @ w), "distance of the origin"),
            (
                lambda x, w, b: (x @ w + b) / np.sqrt(w[0] ** 2 + w[1] ** 2),
                "Only the first two weights",
            ),
            (lambda x, w, b: -distance(x, w, b), "All signs are wrong"),
            (lambda x, w, b: distance(x, w, b)[:, np.newaxis], r"has shape \(8, 1\)"),
            (lambda x, w, b: distance(x[0], w, b), "distance of the first sample"),
            (lambda x, w, b: distance(x, w, b).mean(), "mean distance"),
            (lambda x, w, b: (x @ w + b) / w[0], "divided by a single weight"),
            (lambda x, w, b: (x @ w + b) / w[-1], "divided by a single weight"),
            (lambda x, w, b: (x @ w + b) / len(x), "divided by the number of samples"),
            (lambda x, w, b: np.full(len(x), b / np.sqrt(w @ w)), "distance of the origin"),
            (lambda x, w, b: distance(x, w, b).round(1), r"at \[0\], expected"),
            (lambda x, w, b: (x @ w + b) / 5, "length of w in Section 7's example"),
            (lambda x, w, b: (x @ w + b) / np.sqrt(3**2 + 4**2), "in Section 7's example"),
            (distance_by_single_roots, "contains NaN"),
            (distance_by_root_of_z, "contains NaN"),
            (lambda x, w, b: (x @ w + b) / np.sqrt(w.sum()), "root of the sum of the weights"),
            (
                lambda x, w, b: (x @ w + b) / np.sqrt(np.abs(w).sum()),
                "root of the sum of the absolute weights",
            ),
            (lambda x, w, b: (x @ w + b) / np.linalg.norm(x), "length of x"),
            (lambda x, w, b: (x @ w + b) / np.linalg.norm(w, axis=0) ** 2, "Take its square root"),
            (lambda x, w, b: (w @ x + b) / np.sqrt(w @ w), "ValueError|matmul"),
        ],
    },
    "1.4": {
        "stub": """
            def answer(start, end, yes):
                w = ...
                b = ...
                return w, b
        """,
        "right": [
            neuron_through,
            neuron_through_turned_the_other_way,
            neuron_through_in_float32,
            neuron_through_by_matrix,
        ],
        "wrong": [
            (neuron_along, "runs along the line from start to end"),
            (neuron_with_one_side, "says no to the point `yes`"),
            (neuron_with_the_sides_exchanged, "says no to the point `yes`.*sign of w and of b"),
            (neuron_with_wrong_sign_of_b, "b has the wrong sign"),
            (neuron_with_w_swapped_alone, "b has the wrong sign.*both w and b"),
            (neuron_through_yes, "the line goes through `yes`"),
            (neuron_by_slope, "the line is vertical"),
            (neuron_by_slope_of_floats, "the line is vertical"),
            (lambda s, e, y: neuron_through(s, e, y)[::-1], r"You returned \(b, w\)"),
            (lambda s, e, y: (neuron_through(s, e, y)[0], 0), "doesn't go through start and end"),
            (lambda s, e, y: ((e - s)[::-1], 0), r"w is \(-1, 2\): the two numbers"),
            (lambda s, e, y: (y - s, -(s @ (y - s))), "dot product with `end - start` is 4"),
            (lambda s, e, y: (neuron_through(s, e, y)[0] + 1e-3, 0), "must be 0 for w to be perp"),
            (
                lambda s, e, y: (neuron_through(s, e, y)[0], neuron_through(s, e, y)[1] + 1e-3),
                "w is right, but the line doesn't go through start and end",
            ),
            (lambda s, e, y: ((e - s)[::-1], 0), "have changed places.*also change its sign"),
            (lambda s, e, y: ((e - s) * [1, -1], 0), "must also change places"),
            (lambda s, e, y: (-(e - s), 0), "runs along the line"),
            (lambda s, e, y: neuron_through(e, e + y - s, s), r"dot product with `end - start`"),
            (lambda s, e, y: (*neuron_through(s, e, y), 0), "The function must return w and b"),
            (lambda s, e, y: neuron_through(s, y, e), r"dot product with `end - start` is 7\."),
            (lambda s, e, y: (np.zeros(2), 0), "both weights are 0"),
            (lambda s, e, y: (np.full(2, np.nan), 0), r"w must be finite"),
            (lambda s, e, y: neuron_through(s, e, y)[0], r"b must be a single number|must return"),
            (lambda s, e, y: (neuron_through(s, e, y)[0], s), r"b must be a single number"),
            (lambda s, e, y: (np.array([s, e]), 0), r"w must have shape \(2,\)"),
        ],
    },
    "1.5": {
        "stub": """
            answer = np.array([..., ...]), ...
        """,
        "right": [
            (BOOT, 0.0),
            ([-3, 2], -0.1),
            (np.array([-1.1, 1.0]), -0.12),
            (np.float32([-200, 100]), np.float32(0)),
        ],
        "wrong": [
            (
                (np.array([-1.0, 1.0]), -0.16),
                r"11,355 of 12,000 are right.*the best bias gets 11,360 right.*steeper: move the f",
            ),
            ((-BOOT, 0.0), "boots have less ink at the left.*or their signs"),
            ((BOOT[::-1], 0.0), "Did you swap the two weights"),
            ((np.array([1.0, 1.0]), -0.5), "The first weight is positive"),
            ((np.array([2.0, 1.0]), 9.0), "The first weight is positive"),
            ((np.array([-1.0, -1.0]), 0.5), "6,490 of.*The second weight is negative"),
            ((np.array([-1.0, -0.1]), 0.2), "The second weight is negative"),
            ((np.array([-1.0, 2.0]), -0.4), "with these weights, the best bias gets.*steeper"),
            ((np.array([-0.5, 1.0]), -0.04), "Make the line steeper"),
            ((np.array([-5.0, 1.0]), 0.1), "Make the line flatter: move the second weight"),
            ((np.array([-1.6, 1.0]), 3.0), "6,000 of.*All images are on the yes side.*Lower"),
            ((BOOT, -5.0), "All images are on the no side of the line. Raise the bias"),
            ((np.zeros(2), 0.0), "Both weights are 0, so there is no line"),
            ((np.zeros(2), 1.0), "Both weights are 0, so there is no line"),
            ((np.array([-1.0, 0.0]), 0.15), "One weight is 0"),
            ((np.array([0.0, 1.0]), -0.35), "One weight is 0"),
            ((BOOT, 0.2), "Too many bags are on the yes side of the line. Lower the bias"),
            ((BOOT, -0.2), "Too many boots are on the no side of the line. Raise the bias"),
            ((BOOT, 0.04), "Too many bags are on the yes side"),
            ((BOOT, None), "boot_b is still missing: it is None"),
            (BOOT, "boot_w and boot_b must be a pair"),
            ((BOOT, BOOT), r"boot_b must be a single number"),
            ((BOOT * np.inf, 0.0), "must be finite"),
            ((-0.04, BOOT), "weights first and the bias second"),
            ((np.ones(3), 0.0), r"boot_w must have shape \(2,\)\. Received: shape \(3,\)"),
            ((BOOT, ...), r"boot_b is still missing: it is `\.\.\.`"),
        ],
    },
    "1.6": {
        "stub": """
            answer = tuple((np.array([..., ...]), ...) for _ in range(3))
        """,
        "right": [
            (OR, AND, (np.array([1.0, -1.0]), -0.5)),
            (OR, NAND, AND),
            (ONE, OTHER, OR),
            [([2, 2], -1), (np.float32([-2, -2]), 3), ([3, 2], -4)],
            (ONE, ([-1, 1], -0.25), ([1.0, 1.0], -0.75)),
            (([1, -1], 0.5), ([-1, 1], 0.5), NAND),
        ],
        "wrong": [
            ((OR, OR, OR), "first neuron says 0, 1, 1, 1.*The corners 01 and 11 get the same two"),
            ((AND, AND, OR), "The corners 01 and 00 get the same two answers"),
            ((OR, ONE, AND), "The corners 01 and 11 get the same two answers"),
            ((FIRST, SECOND, OR), "four different pairs.*01 and 10, or 00 and 11, get the same"),
            ((FIRST, SECOND, AND), "four different pairs.*still XOR"),
            ((OR, AND, (np.array([-1, 1]), 1)), "Change all signs of the third. Then raise its"),
            ((NAND, OR, NAND), r"inverted\. Change all signs of the third\.$"),
            ((OR, AND, None), "`third` is still missing"),
            ((OR, (..., ...), AND), "`second` is still missing"),
            ((OR, FIRST, (np.array([1, -1]), -0.5)), "have to|has to tell them apart"),
            ((AND, OR, OR), r"the third makes 0, 1, 1, 1"),
            ((ONE, OTHER, AND), r"the third makes 0, 0, 0, 0"),
            ((OR, AND, OR), r"the third makes 0, 1, 1, 1; XOR is 0, 1, 1, 0"),
            ((OR, AND, (np.array([1.0, 1.0]), -0.5)), "weights and the bias of the third"),
            ((OR, AND, (np.array([1.0, -1.0]), -1.5)), "weights and the bias of the third"),
            ((OR, ([1, 1], ...), AND), r"The bias of `second` is still missing: it is `\.\.\.`"),
            ((OR, (-1.5, [1, 1]), AND), "`second` must have the weights first and the bias second"),
            (lambda corner: 1, "Hand three neurons to the check"),
            ((OR, AND, AND), r"the third makes 0, 0, 0, 1"),
            ((AND, OR, (np.array([1.0, -1.0]), -0.5)), r"the third makes 0, 0, 0, 0"),
            ((OR, NAND, NAND), "inverted. Change all signs of the third"),
            ((OR, AND, (np.array([1.0, -1.0]), 0.5)), r"the third makes 1, 1, 1, 1"),
            ((ONE, OTHER, (np.zeros(2), 0)), r"the third makes 0, 0, 0, 0"),
            ((OR, NAND, (np.array([..., ...]), ...)), "`third` is still missing. Set its weights"),
            ((OR, AND), r"three neurons to the check, as a tuple: `\(first, second, third\)`"),
            ((OR, AND, (np.ones(2), np.ones(2))), "must be a single number"),
            ((OR, (np.ones(3), -1.5), OR), r"weights of `second` must have shape \(2,\)"),
            ((OR, [1, 1, -1.5], OR), "`second` must be a pair: two weights in an array"),
        ],
    },
}
