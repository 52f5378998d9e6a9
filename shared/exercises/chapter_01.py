"""Checks of chapter 1: a single neuron."""

from functools import cache

import numpy as np

from shared.datasets import load_fashion_mnist, xor
from shared.exercises import exercise, rules
from shared.exercises.compare import NotTried, Wrong, call, expect, finite, is_blank, parts


@exercise("1.1")
def weighted_sum(answer):
    """The output of one neuron for one sample, from lists."""
    for x, w, b in [
        ([-0.5, -1.0, 3.0], [-0.5, 2.0, 1.25], 2.5),
        ([1.0, 2.0, 0.5, -3.0, 4.0], [0.25, -1.0, 2.0, 1.5, 0.75], 0.3),
        ([1.5], [4.0], -1.25),
    ]:
        products = [value * weight for value, weight in zip(x, w, strict=True)]
        total, n = sum(products), len(x)
        crossed = sum(value * weight for value, weight in zip(x, w[::-1], strict=True))
        mistakes = [
            (total, "This is the sum of the products. The bias has to be added to it."),
            (
                total + n * b,
                "The bias was added once for each input. Add it only once, outside the loop.",
            ),
            (
                products[-1] + b,
                "Only the last product is in it. Add each product to the sum so far (`+=`).",
            ),
            (
                products[-1],
                "Only the last product is in it, without the bias. Add each product to the sum so "
                "far (`+=`).",
            ),
            (
                products[0] + b,
                "Only the first product is in it. Is the `return` inside the loop?",
            ),
            (
                total - products[-1] + b,
                "The last product is missing. `range(n)` already stops before n.",
            ),
            (
                total - products[0] + b,
                "The first product is missing. The first input is `x[0]`.",
            ),
            (
                sum(products[:3]) + b,
                "Only the first three products are in it. There are `len(x)` inputs.",
            ),
            (products, "These are the single products. Add them up, and add the bias."),
            (
                [product + b for product in products],
                "The bias was added to each product. Add up the products, then add the bias once.",
            ),
            (
                total + 2 * b,
                "The bias was added twice. Start from the bias, or add it at the end, not both.",
            ),
            (
                b,
                "This is the bias alone. Does the loop store each product (`z += …`)?",
            ),
            (
                0.0,
                "Nothing was added up. Does the loop store each product (`z += …`)? And where does "
                "the bias come in?",
            ),
            (total - b, "The bias was subtracted. Add it, whatever its sign."),
            (total * b, "The sum was multiplied by the bias. Add the bias."),
            (
                sum(x) * sum(w) + b,
                "This is the sum of all inputs times the sum of all weights. Multiply each input "
                "by its own weight, then add up.",
            ),
            (
                x[0] * sum(w) + b,
                "Every weight was multiplied by the first input. Input k belongs to weight k.",
            ),
            (
                sum(x) * w[0] + b,
                "Every input was multiplied by the first weight. Input k belongs to weight k.",
            ),
            (
                sum(x) + b,
                "These are the inputs and the bias, without the weights. Multiply each input by "
                "its weight.",
            ),
            (
                sum(w) + b,
                "These are the weights and the bias, without the inputs. Multiply each input by "
                "its weight.",
            ),
            (
                sum(x) + sum(w) + b,
                "The inputs and weights were added. Multiply each input by its weight.",
            ),
            (
                float(np.prod(products)) + b,
                "The products were multiplied together. Add them up.",
            ),
            (crossed + b, "The weights were taken in reverse order: input k belongs to weight k."),
            (
                sum(value * value for value in x) + b,
                "Each input was multiplied by itself. Multiply it by its weight.",
            ),
            (total / n + b, "This is the mean of the products plus the bias. Take their sum."),
        ]
        name = f"`weighted_sum({x}, {w}, {b})`"
        received = call(answer, x, w, b)
        rules.without_matmul(answer)
        expect(received, total + b, name, mistakes=mistakes)
    return "Each input times its own weight, added up, plus the bias once."


@exercise("1.2")
def count_right(answer):
    """How many answers of a neuron agree with the labels."""
    # The seeds make all mistakes below give different counts. In the third case, most answers are
    # wrong, and some z are barely above 0.
    for w, b, seed, wrong in [
        (np.array([1.0, -1.0, 2.0]), -1.0, 939, 0.3),
        (np.array([-1.0, 1.0]), -1.5, 22, 0.3),
        (np.array([2.0, -1.0]), 1e-6, 3, 0.7),
    ]:
        rng = np.random.default_rng(seed)
        x = rng.integers(-4, 5, size=(60, len(w))) / 2
        z = x @ w + b
        yes = z > 0
        y_true = np.where(yes ^ (rng.random(60) < wrong), 1, 0)
        right = yes == y_true
        mistakes = [
            (right, "This is the mask: True where the answer is right. Its sum is the count."),
            (
                np.mean(right),
                "This is the share of right answers. The exercise asks for their number.",
            ),
            (
                100 * np.mean(right),
                "This is the percentage of right answers. The exercise asks for their number.",
            ),
            (np.sum(~right), "This is how many answers are wrong."),
            (
                np.sum(right) - np.sum(~right),
                "This is the right answers minus the wrong ones. Count the right ones only.",
            ),
            (
                np.sum(~yes & (y_true == 0)),
                "Only samples with the answer no and the label 0 were counted. If the answer is "
                "yes and the label is 1, that's right, too.",
            ),
            (np.sum(right) - 1, "One sample is missing. Did you leave out the first or the last?"),
            (np.sum(y_true), "This is how many labels are 1, whatever the neuron says."),
            (np.sum(yes), "This is how often the answer is yes, right or wrong."),
            (
                np.sum(yes * y_true),
                "Only samples with the answer yes and the label 1 were counted. If the answer is "
                "no and the label is 0, that's right, too. Did you multiply the two, or call a no "
                "-1 instead of 0?",
            ),
            (
                np.sum((z >= 0) == y_true),
                "A sample with z = 0 got a yes. The answer is yes only if z is above 0.",
            ),
            (
                np.sum(right & (z != 0)),
                "Samples with z = 0 were left out. Their answer is no, which is right if the label "
                "is 0.",
            ),
            (
                np.sum((z > 0.02) == y_true),
                "A sample with a z barely above 0 got a no. The answer is yes wherever z is above "
                "0.",
            ),
            (np.sum((z < 0) == y_true), "Yes and no are swapped: yes is where z is above 0."),
            (
                np.sum((x @ w > 0) == y_true),
                "This is the count without the bias: `x @ w` instead of `x @ w + b`.",
            ),
            (
                np.sum((x @ w > b) == y_true),
                "The bias has the wrong sign. `x @ w + b > 0` is the same as `x @ w > -b`.",
            ),
            (
                np.sum((z > 0.5) == y_true),
                "z was compared with 0.5. The answer is yes where z is above 0.",
            ),
            (
                np.sum((z > 1) == y_true),
                "z was compared with 1. The answer is yes where z is above 0.",
            ),
            (
                np.sum(z == y_true),
                "z itself was compared with the labels. Decide first: yes (1) where z is above 0.",
            ),
            (
                np.sum(np.sign(z) == y_true),
                "np.sign gives -1 where z is below 0, but the label for no is 0. Those answers are "
                "missing.",
            ),
            (
                np.sum(yes[:, np.newaxis] == y_true),
                "Every answer was compared with every label: a column (n, 1) met a vector (n,), "
                "and NumPy broadcast them to (n, n).",
            ),
            (
                0,
                "Not one answer was counted. Does the loop store each right answer (`count += 1`)? "
                "And are the answers 1 and 0, as the labels are?",
            ),
            (
                np.sum((x[:, :2] @ w[:2] + b > 0) == y_true),
                "Only the first two inputs are in it. There are `x.shape[1]` of them.",
            ),
            (
                len(x),
                "This is the number of all samples. Count only those where the mask is True: "
                "`len` counts every entry, `sum` only the True ones.",
            ),
        ]
        name = f"`count_right(x, w, b, y_true)` for {len(x)} samples"
        try:
            received = call(answer, x, w, b, y_true)
        except ValueError as error:
            if "truth value" not in str(error):
                raise
            raise Wrong(
                "Python had to decide whether a whole array is true. Did you write "
                "`z > 0 == y_true`? Python reads that as `z > 0 and 0 == y_true`. Put the first "
                "comparison in parentheses. Or did you use `if` or `and` on a whole batch?"
            ) from error
        if isinstance(received, (bool, np.bool_)):
            raise Wrong(
                f"{name} is {received}, one True or False for the whole batch. Count the right "
                "answers: sum()."
            )
        expect(received, np.sum(right), name, mistakes=mistakes)
    return "The sum of the mask counts the samples whose answer equals the label."


@exercise("1.3")
def distance(answer):
    """The signed distance of each sample from the line."""
    rng = np.random.default_rng(13)
    for w, b in [(np.array([6.0, 9.0, -2.0]), -5.0), (np.array([5.0, -12.0]), 1.5)]:
        x = rng.normal(scale=3, size=(8, len(w)))
        z, squared = x @ w + b, w @ w
        length = np.sqrt(squared)
        right = z / length
        mistakes = [
            (z, "This is z. Divide it by the length of w."),
            (-right, "All signs are wrong. z is `x @ w + b`, positive on the yes side."),
            (
                np.abs(right),
                "The signs are lost: on the no side, where z is negative, the distance is "
                "negative, too.",
            ),
            (
                z / squared,
                "This is divided by the sum of the squared weights. Take its square root.",
            ),
            (
                z / len(w),
                "This is divided by the number of weights, `len(w)`. Divide by the length of the "
                "arrow w.",
            ),
            (
                z / np.sqrt(len(w)),
                "This is divided by the root of the number of weights. Add up their squares.",
            ),
            (
                z / np.sqrt(squared / len(w)),
                "This is divided by the root of the *mean* square. The length is the root of the "
                "sum of squares.",
            ),
            (z * length, "z was multiplied by the length of w. Divide by it."),
            (
                (x @ w - b) / length,
                "The bias was subtracted. Add it, whatever its sign.",
            ),
            (
                z / np.abs(w).sum(),
                "This is divided by the sum of the absolute weights. The length takes squares and "
                "a root (the Pythagorean theorem).",
            ),
            *(
                (
                    z / weight,
                    "This is divided by a single weight. The length takes all of them: the root of "
                    "the sum of squares.",
                )
                for weight in (w[0], w[-1])
            ),
            (
                z / 5,
                "This is divided by 5, the length of w in Section 7's example. Compute the length "
                "of the w that the function receives.",
            ),
            (
                z / np.sqrt(np.abs(w.sum())),
                "This is divided by the root of the sum of the weights. Square each weight before "
                "you add them up.",
            ),
            (
                z / np.sqrt(np.abs(w).sum()),
                "This is divided by the root of the sum of the absolute weights. Square each "
                "weight instead.",
            ),
            (
                z / np.sqrt((x**2).sum()),
                "This is divided by the length of x. Divide by the length of w.",
            ),
            (z / len(x), "This is divided by the number of samples. Divide by the length of w."),
            (np.mean(right), "This is the mean distance. Return one distance for each sample."),
            (right[0], "This is the distance of the first sample. Return one for each sample."),
            *(
                (z / total, "This is divided by the sum of the weights. The length takes squares.")
                for total in (w.sum(), abs(w.sum()))
            ),
            *(
                (
                    z / largest,
                    "This is divided by the largest weight. The length takes all of them: the root "
                    "of the sum of squares.",
                )
                for largest in (w.max(), np.abs(w).max())
            ),
            (
                x @ w / length,
                "The bias is missing: this is the distance from a parallel line through the "
                "origin.",
            ),
            (
                x @ w / length + b,
                "Only `x @ w` was divided by the length. Divide all of z, including the bias.",
            ),
            (
                x @ w + b / length,
                "Only the bias was divided by the length. Put z in parentheses: `(x @ w + b) / …`.",
            ),
            (
                z / np.sqrt(squared + b**2),
                "The bias is in the length, too. Take the length of w alone.",
            ),
            (
                z / np.sqrt((x**2).sum(axis=1)),
                "This is divided by the length of each sample. Divide by the length of w.",
            ),
            (b / length, "This is the distance of the origin. Use each sample's z."),
            (np.full(8, b / length), "This is the distance of the origin. Use each sample's z."),
            (
                z / np.sqrt(w[0] ** 2 + w[1] ** 2),
                "Only the first two weights are in the length. There may be any number of them.",
            ),
        ]
        name = f"`distance(x, w, b)` for x {x.shape}, w {w.shape}"
        expect(call(answer, x, w, b), right, name, mistakes=mistakes)
    return "z divided by the length of w: it stays the same when w and b are scaled together."


@exercise("1.4")
def neuron_through(answer):
    """A neuron whose line goes through two points, with a third on its yes side."""
    for points in [
        ([1.0, 2.0], [3.0, 1.0], [4.0, 4.0]),
        ([1.0, 2.0], [3.0, 1.0], [0.0, 0.0]),
        ([2.0, -1.0], [2.0, 3.0], [-1.0, 0.5]),  # a vertical line
        ([-1.0, 0.5], [4.0, 0.5], [0.0, 1.0]),  # a horizontal one
        ([-1.0, -1.0], [2.0, 2.0], [3.0, 1.0]),  # one through the origin
    ]:
        start, end, yes = map(np.array, points)
        where = f"For start {_at(start)}, end {_at(end)}, and yes {_at(yes)},"
        w, b = _weights_and_bias(answer, start, end, yes, where)
        if not w.any():
            raise Wrong(f"{where} both weights are 0, so there is no line.")
        along, size = end - start, np.linalg.norm(w)
        tolerance = 1e-5 * size * np.linalg.norm(along)
        if abs(w @ along) > tolerance:
            if abs(w[0] * along[1] - w[1] * along[0]) < tolerance:
                raise Wrong(
                    f"{where} w runs along the line from start to end. It must be perpendicular to "
                    "it: turn it by a right angle."
                )
            if abs(w[0] * along[0] - w[1] * along[1]) < tolerance:
                raise Wrong(
                    f"{where} w is {_at(w)}: the two numbers of `end - start` have changed places. "
                    "For w to be perpendicular to the line, one of them must also change its sign."
                )
            if abs(w[0] * along[1] + w[1] * along[0]) < tolerance:
                raise Wrong(
                    f"{where} w is {_at(w)}: one number of `end - start` has changed its sign. For "
                    "w to be perpendicular to the line, the two must also change places."
                )
            raise Wrong(
                f"{where} w is {_at(w)}, and its dot product with `end - start` is "
                f"{w @ along:.4g}. It must be 0 for w to be perpendicular to the line."
            )
        tolerance = 1e-5 * size * (1 + np.abs(points).max())
        z, z_yes = start @ w + b, yes @ w + b
        if abs(z) > tolerance:
            if abs(start @ w - b) <= tolerance:
                raise Wrong(
                    f"{where} w is right, but b has the wrong sign: z is {z:.4g} at start. Choose "
                    "b so that it is 0. If you swapped the sides, change the signs of both w and b."
                )
            if abs(z_yes) <= tolerance:
                raise Wrong(
                    f"{where} the line goes through `yes`, but it should go through start and end. "
                    "Choose b so that z is 0 at start."
                )
            raise Wrong(
                f"{where} w is right, but the line doesn't go through start and end: z is "
                f"{z:.4g} at start. Choose b so that it is 0."
            )
        if z_yes < 0:
            raise Wrong(
                f"{where} the line is right, but the neuron says no to the point `yes`. Swap the "
                "sides: change the sign of w and of b."
            )
    return "w is perpendicular to the line, b makes z 0 on it, and the sign chooses the side."


def _weights_and_bias(answer, start, end, yes, where):
    """Return what an answer to Exercise 1.4 makes of three points."""
    try:
        w, b = parts(call(answer, start, end, yes), ["w", "b"])
        w, b = finite(w, "w"), finite(b, "b")
        if w.shape == () and b.shape == (2,):
            raise Wrong("You returned (b, w). The exercise asks for (w, b).")
        return finite(w, "w", (2,)), float(finite(b, "b", ()))
    except (Wrong, ZeroDivisionError) as error:
        divided = isinstance(error, ZeroDivisionError) or "must be finite" in str(error)
        if divided and start[0] == end[0]:
            raise Wrong(
                f"{where} the line is vertical. It has no slope: `end[0] - start[0]` is 0, and you "
                "divided by it. Turn `end - start` by a right angle instead; that needs no "
                "division."
            ) from error
        raise


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
    if not w.all():
        raise Wrong(f"{found} {_why_not_slanted(w)}")
    if w[0] > 0 or w[1] < 0:
        raise Wrong(f"{found} {_which_sign_is_wrong(w)}")
    count_at_best, best_bias = _best_bias(x @ w, boots)
    if count_at_best >= 11_400:
        more, side = ("Lower", "yes") if b > best_bias else ("Raise", "no")
        kind = "bags" if more == "Lower" else "boots"
        many = f"Too many {kind}" if answers.any() and not answers.all() else "All images"
        raise Wrong(f"{found} {many} are on the {side} side of the line. {more} the bias.")
    turn = "steeper: move the first" if -w[0] / w[1] < 1.5 else "flatter: move the second"
    raise Wrong(
        f"{found} Shifting the line isn't enough: with these weights, the best bias gets "
        f"{count_at_best:,} right. Make the line {turn} weight farther from 0, then adjust the "
        "bias."
    )


def _why_not_slanted(w):
    if not w.any():
        return "Both weights are 0, so there is no line, and all images get the same answer."
    return (
        "One weight is 0, so the neuron uses one feature alone, and its line is horizontal or "
        "vertical. It has to be slanted."
    )


def _which_sign_is_wrong(w):
    if w[0] > 0 and w[1] < 0:
        return (
            "The first weight is positive, although boots have less ink at the left than bags, and "
            "the second is negative, although they have more at the right. Did you swap the two "
            "weights, or their signs?"
        )
    if w[0] > 0:
        return (
            "The first weight is positive, so ink at the left counts toward boots. But bags have "
            "more of it there. Change the sign."
        )
    return (
        "The second weight is negative, so ink at the right counts toward bags. But boots have "
        "more of it there. Change the sign."
    )


def _best_bias(sums, yes):
    """Return the most right answers that any bias can give to these weighted sums, and the bias."""
    order = np.argsort(sums)
    right = yes.sum() + np.append(0, np.cumsum(np.where(yes[order], -1, 1)))
    k = right.argmax()  # so many samples get a no
    ends = np.concatenate([sums[order][:1] - 1, sums[order], sums[order][-1:] + 1])
    return int(right[k]), -(ends[k] + ends[k + 1]) / 2


@exercise("1.6")
def xor_of_three(answer):
    """Three neurons, the third fed with the answers of the first two, that compute XOR."""
    corners, y_xor = xor()
    names = ("first", "second", "third")
    if is_blank(answer):
        raise NotTried
    if not isinstance(answer, (tuple, list)) or len(answer) != 3:
        raise Wrong("Hand three neurons to the check, as a tuple: `(first, second, third)`.")
    for name, neuron in zip(names, answer, strict=True):
        if is_blank(neuron):
            raise Wrong(f"`{name}` is still missing. Set its weights and its bias.")
    (w1, b1), (w2, b2), (w3, b3) = (
        _neuron(f"`{name}`", neuron) for name, neuron in zip(names, answer, strict=True)
    )
    inside = np.column_stack([corners @ w1 + b1 > 0, corners @ w2 + b2 > 0]).astype(int)
    outside = (inside @ w3 + b3 > 0).astype(int)
    if np.array_equal(outside, y_xor):
        return "The first two move the corners to places that a single line can separate."
    told = (
        f"For the corners 00, 01, 10, 11 the first neuron says {_list(inside[:, 0])}, the second "
        f"{_list(inside[:, 1])}."
    )
    for i in (1, 2):
        for j in (0, 3):
            if np.array_equal(inside[i], inside[j]):
                raise Wrong(
                    f"{told} The corners {_corner(i)} and {_corner(j)} get the same two answers, "
                    "but XOR has to tell them apart. No third neuron can do that."
                )
    if len(np.unique(inside, axis=0)) == len(corners):
        raise Wrong(
            f"{told} These are four different pairs, and the two that should get a yes are at "
            "opposite corners of a square again. That's still XOR, so no third neuron can do it. "
            "Choose the first two so that 01 and 10, or 00 and 11, get the same pair."
        )
    told += f" From these, the third makes {_list(outside)}; XOR is {_list(y_xor)}."
    if np.array_equal(outside, 1 - y_xor):
        advice = "Change all signs of the third."
        if not (inside @ w3 + b3).all():
            advice += " Then raise its bias a little: where z is 0, it stays 0, which is a no."
        raise Wrong(f"{told} All answers are inverted. {advice}")
    raise Wrong(f"{told} The first two are fine. Look at the weights and the bias of the third.")


def _neuron(name, answer, names=None):
    """Return two weights and the bias of an answer (w, b)."""
    of_weights, of_bias = names or (f"The array of weights of {name}", f"The bias of {name}")
    if is_blank(answer):
        raise NotTried
    if not isinstance(answer, (tuple, list)) or len(answer) != 2:
        raise Wrong(f"{name} must be a pair: two weights in an array, and a bias after it.")
    w, b = parts(answer, [of_weights, of_bias])
    w, b = finite(w, of_weights), finite(b, of_bias)
    if w.shape == () and b.shape == (2,):
        raise Wrong(f"{name} must have the weights first and the bias second. Swap the two.")
    return finite(w, of_weights, (2,)), float(finite(b, of_bias, ()))


def _at(point):
    return f"({', '.join(f'{value:.4g}' for value in point)})"


def _list(answers):
    return f"{', '.join(str(int(value)) for value in answers)}"


def _corner(place):
    return ["00", "01", "10", "11"][place]
