"""Checks of chapter 1: a single neuron."""

from functools import cache

import numpy as np

from shared.datasets import load_fashion_mnist, xor
from shared.exercises import exercise
from shared.exercises.compare import NotTried, Wrong, call, expect, finite, is_blank, parts


@exercise("1.1")
def weighted_sum(answer):
    """The output of one neuron for one sample, from lists."""
    for x, w, b in [
        ([2.0, 1.0, -3.0], [1.5, -1.0, 0.5], 2.5),
        ([1.5], [4.0], -1.25),
        ([1.0, 2.0, 0.5, -3.0, 4.0], [0.25, -1.0, 2.0, 1.5, 0.75], 0.3),
    ]:
        products = [a * c for a, c in zip(x, w, strict=True)]
        total, n = sum(products), len(x)
        mistakes = [
            (total, "This is the sum of the products. The bias is still to be added."),
            (
                total + n * b,
                "The bias was added once for each input. It is added once in all: outside of the "
                "loop.",
            ),
            (
                products[-1] + b,
                "Only the last product is in it. Add each product to what is there (`+=`).",
            ),
            (
                products[0] + b,
                "Only the first product is in it. Is the `return` inside of the loop?",
            ),
            (products, "These are the single products. Add them up, and add the bias."),
            (total - b, "The bias was subtracted. It is added, whatever its sign."),
            (
                sum(x) * sum(w) + b,
                "This is the sum of all inputs times the sum of all weights. Multiply each input "
                "by its own weight, then add up.",
            ),
        ]
        name = f"`weighted_sum({x}, {w}, {b})`"
        expect(call(answer, x, w, b), total + b, name, mistakes=mistakes)
    return "Each input times its own weight, added up, plus the bias: once."


@exercise("1.2")
def count_right(answer):
    """How many answers of a neuron agree with the labels."""
    x = np.array([[1, 0.5], [2, -1], [-1, 1], [0, 2], [3, 3], [-2, 0], [1, 1], [0.5, -0.5], [2, 0]])
    for w, b, y_true in [
        (np.array([-1.0, 1.0]), 0.5, np.array([1, 0, 1, 0, 0, 0, 0, 1, 1])),
        (np.array([2.0, -1.0]), -1.0, np.array([0, 1, 1, 1, 0, 0, 1, 1, 0])),
    ]:
        z = x @ w + b
        right = (z > 0) == y_true
        count = np.sum(right)
        mistakes = [
            (right, "This is the mask: True where the answer is right. Its sum is how many."),
            (np.mean(right), "This is the share of the right answers. Asked for is how many."),
            (np.sum(~right), "This is how many are wrong."),
            (np.sum(z > 0), "This is how often the answer is yes, right or wrong."),
            (
                np.sum((z >= 0) == y_true),
                "A sample with z = 0 got a yes. The answer is yes only if z is above 0.",
            ),
            (
                np.sum((x @ w > 0) == y_true),
                "This is what comes out without the bias: `x @ w` instead of `x @ w + b`.",
            ),
            (
                np.sum(z == y_true),
                "z itself was compared with the labels. Decide first: yes (1) where z is above 0.",
            ),
            (
                np.sum(np.sign(z) == y_true),
                "np.sign says -1 where z is below 0, but the label for no is 0. Those answers are "
                "missing.",
            ),
        ]
        name = f"`count_right(x, w, b, y_true)` for {len(x)} samples"
        expect(call(answer, x, w, b, y_true), count, name, mistakes=mistakes)
    return "The sum of the mask counts where answer and label agree."


@exercise("1.3")
def distance(answer):
    """The distance of each sample from the line, with its sign."""
    rng = np.random.default_rng(13)
    for w, b in [(np.array([3.0, 4.0]), -5.0), (np.array([1.0, -2.0, 2.0]), 1.5)]:
        x = rng.normal(scale=3, size=(5, len(w)))
        z, squared = x @ w + b, w @ w
        right = z / np.sqrt(squared)
        mistakes = [
            (z, "This is z. Divide it by the length of w."),
            (
                np.abs(right),
                "The signs are lost: on the no side, where z is negative, the distance is to be "
                "negative.",
            ),
            (
                z / squared,
                "This is divided by the sum of the squared weights. Take the square root of it.",
            ),
            (
                z / len(w),
                "This is divided by how many weights there are. Divide by the length of w.",
            ),
            (z * np.sqrt(squared), "z was multiplied by the length of w. Divide by it."),
            (
                (z - 2 * b) / np.sqrt(squared),
                "The bias was subtracted. In z it is added, whatever its sign.",
            ),
            (
                z / np.abs(w).sum(),
                "This is divided by the sum of the weights without their signs. The length takes "
                "squares and a root (Pythagoras).",
            ),
            (z / w.sum(), "This is divided by the sum of the weights. The length takes squares."),
            (
                x @ w / np.sqrt(squared),
                "The bias is not in it: this is the distance from a parallel line through the "
                "origin.",
            ),
            (
                x @ w / np.sqrt(squared) + b,
                "Only `x @ w` was divided by the length. Divide all of z, with the bias.",
            ),
            (
                z / np.sqrt(squared + b**2),
                "The bias got into the length. The length is that of w alone.",
            ),
        ]
        name = f"`distance(x, w, b)` for x {x.shape}, w {w.shape}"
        expect(call(answer, x, w, b), right, name, mistakes=mistakes)
    return "z over the length of w: it stays the same when w and b are scaled together."


@exercise("1.4")
def neuron_through(answer):
    """A neuron whose line goes through two points, with a third on its yes side."""
    for points in [
        ([1.0, 2.0], [3.0, 1.0], [4.0, 4.0]),
        ([1.0, 2.0], [3.0, 1.0], [0.0, 0.0]),
        ([2.0, -1.0], [2.0, 3.0], [-1.0, 0.5]),  # a vertical line
        ([-1.0, 0.5], [4.0, 0.5], [0.0, 1.0]),  # a horizontal one
    ]:
        start, end, yes = map(np.array, points)
        w, b = parts(call(answer, start, end, yes), ["w", "b"])
        w, b = finite(w, "w", (2,)), float(finite(b, "b", ()))
        where = f"for start {_at(start)}, end {_at(end)} and yes {_at(yes)}"
        if not w.any():
            raise Wrong(f"Both weights are 0 {where}, so there is no line.")
        along, size = end - start, np.linalg.norm(w)
        tolerance = 1e-3 * size * np.linalg.norm(along)
        if abs(w @ along) > tolerance:
            if abs(w[0] * along[1] - w[1] * along[0]) < tolerance:
                raise Wrong(
                    f"w {where} runs along the line from start to end. It must be perpendicular "
                    "to it: turn it by a right angle."
                )
            raise Wrong(
                f"w is {_at(w)} {where}. Its dot product with `end - start` is {w @ along:.4g}. "
                "It must be 0, or w is not perpendicular to the line."
            )
        tolerance = 1e-3 * size * (1 + np.abs(points).max())
        z = start @ w + b
        if abs(z) > tolerance:
            if abs(start @ w - b) <= tolerance:
                raise Wrong(
                    f"w is right, but b has the wrong sign {where}: z is {z:.4g} at start. "
                    "Choose b so that it is 0."
                )
            raise Wrong(
                f"w is right, but the line does not go through start and end {where}: z is "
                f"{z:.4g} at start. Choose b so that it is 0."
            )
        if yes @ w + b < 0:
            raise Wrong(
                f"The line is right, but the neuron says no to the point yes {where}. Exchange "
                "the sides: change the sign of w and of b."
            )
    return "w is perpendicular to the line, b makes z vanish on it, the sign chooses the side."


@cache
def _boots_and_bags():
    fashion = load_fashion_mnist()
    chosen = (fashion.y_train == 9) | (fashion.y_train == 8)
    images = fashion.x_train[chosen]
    left, right = (part.mean(axis=(1, 2)) / 255 for part in (images[:, :, :7], images[:, :, 21:]))
    return np.column_stack([left, right]), fashion.y_train[chosen] == 9


@exercise("1.5")
def boot_or_bag(answer):
    """Weights and bias that tell ankle boots from bags by the ink at two edges."""
    w, b = _neuron("boot_w and boot_b", answer, names=("boot_w", "boot_b"))
    x, boots = _boots_and_bags()
    answers = x @ w + b > 0
    right = answers == boots
    count = int(right.sum())
    found = (
        f"{count:,} of 12,000 are right: {int(right[boots].sum()):,} of 6,000 boots and "
        f"{int(right[~boots].sum()):,} of 6,000 bags."
    )
    if count >= 11_400:
        return f"{found} The boots have far more ink at the right than at the left."
    if not w.any() or answers.all() or not answers.any():
        everywhere = "yes" if answers[0] else "no"
        raise Wrong(f"{found} The neuron says {everywhere} to every image: no line divides them.")
    if count < 12_000 - count:
        raise Wrong(f"{found} Most answers are wrong: exchange the sides by changing all signs.")
    if not w.all():
        raise Wrong(
            f"{found} One weight is 0, so the neuron uses one feature alone, and its line is "
            "horizontal or vertical. It has to be slanted."
        )
    if abs(right[boots].mean() - right[~boots].mean()) > 0.1:
        more = "Lower" if right[boots].mean() > right[~boots].mean() else "Raise"
        kind = "bags" if more == "Lower" else "boots"
        raise Wrong(f"{found} Too many {kind} are on the wrong side. {more} the bias first.")
    raise Wrong(
        f"{found} Neither kind is much worse than the other, so shifting the line won't help much. "
        "Turn it: change the ratio of the two weights, then adjust the bias."
    )


@exercise("1.6")
def xor_of_three(answer):
    """Three neurons, the third fed with the answers of the first two, that compute XOR."""
    corners, y_xor = xor()
    names = ("first", "second", "third")
    if isinstance(answer, (tuple, list)) and any(map(is_blank, answer)):
        raise NotTried
    neurons = parts(answer, names)
    (w1, b1), (w2, b2), (w3, b3) = (
        _neuron(f"`{name}`", neuron) for name, neuron in zip(names, neurons, strict=True)
    )
    inside = np.column_stack([corners @ w1 + b1 > 0, corners @ w2 + b2 > 0]).astype(int)
    outside = (inside @ w3 + b3 > 0).astype(int)
    if np.array_equal(outside, y_xor):
        return "The first two move the corners to places where a single line can part them."
    told = (
        f"For the corners 00, 01, 10, 11 the first neuron says {_list(inside[:, 0])}, the second "
        f"{_list(inside[:, 1])}."
    )
    for i in (1, 2):
        for j in (0, 3):
            if np.array_equal(inside[i], inside[j]):
                raise Wrong(
                    f"{told} The corners {_corner(i)} and {_corner(j)} get the same two answers, "
                    "but XOR differs. Whatever the third neuron does, it can't tell them apart."
                )
    told += f" The third makes {_list(outside)} of that; XOR is {_list(y_xor)}."
    if np.array_equal(outside, 1 - y_xor):
        raise Wrong(f"{told} All answers are turned around: change all signs of the third.")
    raise Wrong(f"{told} The first two are fine. Look at the weights of the third.")


def _neuron(name, answer, names=("weights", "bias")):
    """Return two weights and the bias of an answer (w, b)."""
    if is_blank(answer):
        raise NotTried
    if not isinstance(answer, (tuple, list)) or len(answer) != 2:
        raise Wrong(f"{name} must be a pair: two weights in an array, and a bias after it.")
    w, b = parts(answer, list(names))
    weights = finite(w, f"The array of weights of {name}", (2,))
    return weights, float(finite(b, f"The bias of {name}", ()))


def _at(point):
    return f"({', '.join(f'{value:.4g}' for value in point)})"


def _list(answers):
    return f"{', '.join(str(int(value)) for value in answers)}"


def _corner(place):
    return ["00", "01", "10", "11"][place]
