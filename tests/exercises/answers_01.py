"""Answers to the exercises of chapter 1, right ones and wrong ones."""

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


def count_right(x, w, b, y_true):
    return ((x @ w + b > 0) == y_true).sum()


def count_right_by_loop(x, w, b, y_true):
    count = 0
    for row, label in zip(x.tolist(), y_true.tolist(), strict=True):
        answer = 1 if weighted_sum(row, w.tolist(), b) > 0 else 0
        if answer == label:
            count += 1
    return count


def distance(x, w, b):
    return (x @ w + b) / np.sqrt(w @ w)


def distance_by_loop(x, w, b):
    length = sum(weight**2 for weight in w.tolist()) ** 0.5
    return [weighted_sum(row, w.tolist(), b) / length for row in x.tolist()]


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
            lambda x, w, b: np.float32(x) @ np.float32(w) + np.float32(b),
        ],
        "wrong": [
            (lambda x, w, b: weighted_sum(x, w, 0), "The bias is still to be added"),
            (weighted_sum_with_bias_in_the_loop, "added once for each input"),
            (weighted_sum_that_overwrites, "Only the last product"),
            (weighted_sum_that_returns_early, r"Is the `return` inside of the loop"),
            (lambda x, w, b: weighted_sum(x, w, -b), "The bias was subtracted"),
            (lambda x, w, b: np.multiply(x, w), "single products"),
            (lambda x, w, b: sum(x) * sum(w) + b, "by its own weight"),
            (lambda x, w, b: x @ w + b, "TypeError: unsupported operand"),
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
        ],
        "wrong": [
            (lambda x, w, b, y: (x @ w + b > 0) == y, "This is the mask"),
            (lambda x, w, b, y: ((x @ w + b > 0) == y).mean(), "share of the right answers"),
            (lambda x, w, b, y: ((x @ w + b > 0) != y).sum(), "how many are wrong"),
            (lambda x, w, b, y: (x @ w + b > 0).sum(), "how often the answer is yes"),
            (lambda x, w, b, y: ((x @ w + b >= 0) == y).sum(), r"z = 0 got a yes"),
            (lambda x, w, b, y: ((x @ w > 0) == y).sum(), "without the bias"),
            (lambda x, w, b, y: (x @ w + b == y).sum(), "z itself was compared"),
            (lambda x, w, b, y: (np.sign(x @ w + b) == y).sum(), "np.sign says -1"),
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
        ],
        "wrong": [
            (lambda x, w, b: x @ w + b, "This is z"),
            (lambda x, w, b: np.abs(distance(x, w, b)), "The signs are lost"),
            (lambda x, w, b: (x @ w + b) / (w @ w), "Take the square root"),
            (lambda x, w, b: (x @ w + b) / np.abs(w).sum(), "squares and a root"),
            (lambda x, w, b: (x @ w + b) / w.sum(), "divided by the sum of the weights"),
            (lambda x, w, b: (x @ w + b) / len(w), "divided by how many weights"),
            (lambda x, w, b: (x @ w + b) * np.sqrt(w @ w), "was multiplied by the length"),
            (lambda x, w, b: (x @ w - b) / np.sqrt(w @ w), "The bias was subtracted"),
            (lambda x, w, b: x @ w / np.sqrt(w @ w), "The bias is not in it"),
            (lambda x, w, b: x @ w / np.sqrt(w @ w) + b, "Only `x @ w` was divided"),
            (lambda x, w, b: (x @ w + b) / np.sqrt(w @ w + b * b), "into the length"),
            (lambda x, w, b: -distance(x, w, b), "wrong sign"),
            (lambda x, w, b: distance(x, w, b)[:, np.newaxis], r"has shape \(5, 1\)"),
            (lambda x, w, b: distance(x[0], w, b), r"shape \(\), expected \(5,\)"),
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
        ],
        "wrong": [
            (neuron_along, "runs along the line from start to end"),
            (neuron_with_one_side, "says no to the point yes"),
            (neuron_with_wrong_sign_of_b, "b has the wrong sign"),
            (lambda s, e, y: (neuron_through(s, e, y)[0], 0), "does not go through start and end"),
            (lambda s, e, y: ((e - s)[::-1], 0), r"dot product with `end - start` is -4\. It must"),
            (lambda s, e, y: (np.zeros(2), 0), "Both weights are 0"),
            (lambda s, e, y: neuron_through(s, e, y)[0], r"must return w and b"),
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
            (np.float32([-200, 100]), np.float32(0)),
        ],
        "wrong": [
            ((np.array([-1.0, 1.0]), -0.16), r"11,355 of 12,000 are right.*Turn it"),
            ((-BOOT, 0.0), "Most answers are wrong: exchange the sides"),
            ((BOOT, 5.0), "says yes to every image"),
            ((BOOT, -5.0), "says no to every image"),
            ((np.zeros(2), 0.0), "says no to every image: no line"),
            ((np.array([-1.0, 0.0]), 0.15), "One weight is 0"),
            ((BOOT, 0.2), "Too many bags are on the wrong side. Lower the bias"),
            ((BOOT, -0.2), "Too many boots are on the wrong side. Raise the bias"),
            (BOOT, "boot_w and boot_b must be a pair"),
            ((np.ones(3), 0.0), r"must have shape \(2,\)\. Received: shape \(3,\)"),
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
        ],
        "wrong": [
            ((OR, OR, OR), "The corners 01 and 11 get the same two answers"),
            ((OR, AND, OR), r"The third makes 0, 1, 1, 1 of that; XOR is 0, 1, 1, 0"),
            ((OR, NAND, NAND), "turned around: change all signs of the third"),
            ((OR, NAND, (np.array([..., ...]), ...)), "not tried yet"),
            ((OR, AND), r"must return first and second and third"),
            ((OR, [1, 1, -1.5], OR), "`second` must be a pair: two weights in an array"),
        ],
    },
}
