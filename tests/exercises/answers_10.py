"""Answers to the exercises of chapter 10, right ones and wrong ones."""

import math

import numpy as np

from shared.gradcheck import numerical_gradient
from shared.metrics import accuracy
from shared.regularizers import L1, L2


def elastic(weight, strength_1, strength_2):
    return strength_1 * np.sign(weight) + 2 * strength_2 * weight


def elastic_by_loop(weight, strength_1, strength_2):
    slopes = []
    for w in weight.ravel().tolist():
        side = 0 if w == 0 else math.copysign(1, w)
        slopes.append(strength_1 * side + 2 * strength_2 * w)
    return np.reshape(slopes, weight.shape).tolist()


def elastic_measured(weight, strength_1, strength_2):
    slopes = np.empty_like(weight)
    for index, w in np.ndenumerate(weight):
        up, down = (
            strength_1 * abs(v) + strength_2 * v**2 for v in (w + 1e-6, w - 1e-6)
        )
        slopes[index] = (up - down) / 2e-6
    return slopes


def elastic_by_judge(weight, strength_1, strength_2):
    w = weight.copy()
    return numerical_gradient(
        lambda: strength_1 * np.abs(w).sum() + strength_2 * np.sum(w**2), w
    )


def elastic_in_place(weight, strength_1, strength_2):
    sign = np.sign(weight)
    weight *= 2 * strength_2
    weight += strength_1 * sign
    return weight


def strength(source, value, n):
    if source == "keras":
        return value
    if source == "pytorch":
        return value / 2
    return value / (2 * n)


def strength_from_gradient(source, value, n):
    added = {"keras": 2 * value, "pytorch": value, "mlp": value / n}
    return np.float64(added[source] / 2)


def other_strength(keras=1.0, pytorch=0.5, mlp=lambda n: 0.5 / n):
    def answer(source, value, n):
        return value * {"keras": keras, "pytorch": pytorch, "mlp": mlp(n)}[source]

    return answer


def lowest(a, one, two):
    return np.sign(a) * np.maximum(np.abs(a) - one / 2, 0) / (1 + two)


def lowest_by_cases(a, one, two):
    found = np.zeros(a.shape)
    found[a > one / 2] = (a[a > one / 2] - one / 2) / (1 + two)
    found[a < -one / 2] = (a[a < -one / 2] + one / 2) / (1 + two)
    return found


def lowest_by_clip(a, one, two):
    return ((a - np.clip(a, -one / 2, one / 2)) / (1 + two)).tolist()


def lowest_by_halving(a, one, two):
    """Ternary search for each weight: slow, and right."""
    low, high = np.full(a.shape, -4.0), np.full(a.shape, 4.0)

    def total(w):
        return (w - a) ** 2 + one * np.abs(w) + two * w**2

    for _ in range(200):
        left, right = low + (high - low) / 3, high - (high - low) / 3
        go_left = total(left) < total(right)
        high, low = np.where(go_left, right, high), np.where(go_left, low, left)
    return (low + high) / 2


def lowest_on_a_grid(a, one, two):
    grid = np.linspace(-3, 3, 601)[:, np.newaxis]
    flat = a.ravel()
    totals = (grid - flat) ** 2 + one * np.abs(grid) + two * grid**2
    return grid[totals.argmin(axis=0), 0].reshape(a.shape)


def joined(weights):
    return np.concatenate([W.ravel() for W in weights])


def share(weights, threshold):
    return np.mean(np.abs(joined(weights)) < threshold)


def share_by_loop(weights, threshold):
    small = total = 0
    for W in weights:
        for row in W.tolist():
            for w in row:
                small += abs(w) < threshold
                total += 1
    return small / total


def shares(weights, threshold):
    return [np.mean(np.abs(W) < threshold) for W in weights]


def scores(fit, strengths, data_sets, train_on=0, measure_on=1):
    """Return accuracies, shape (strengths, data sets)."""
    return np.array(
        [
            [
                np.mean(fit(*pair[train_on], s)(pair[measure_on][0]) == pair[measure_on][1])
                for pair in data_sets
            ]
            for s in strengths
        ]
    )


def find(fit, strengths, data_sets):
    means = scores(fit, strengths, data_sets).mean(axis=1)
    return max(s for s, mean in zip(strengths, means, strict=True) if mean == means.max())


def find_by_loop(fit, strengths, data_sets):
    best, best_score = None, -1
    for s in sorted(strengths):
        total = 0
        for (x_train, y_train), (x_val, y_val) in data_sets:
            predict = fit(x_train, y_train, s)
            total += np.mean(predict(x_val) == y_val)
        if total >= best_score:
            best, best_score = s, total
    return best


def find_by_tuples(fit, strengths, data_sets):
    return max(
        (sum(accuracy_of(fit(*train, s), *val) for train, val in data_sets), s) for s in strengths
    )[1]


def accuracy_of(predict, x, y_true):
    return accuracy(np.eye(2)[predict(x)], y_true)


def chosen(choose, **options):
    """An answer that makes something else of the table of accuracies."""

    def answer(fit, strengths, data_sets):
        return choose(scores(fit, strengths, data_sets, **options), np.array(strengths))

    return answer


def find_on_both(fit, strengths, data_sets):
    together = [
        (tuple(np.concatenate([a, b]) for a, b in zip(*pair, strict=True)), pair[1])
        for pair in data_sets
    ]
    return find(fit, strengths, together)


def find_on_all(fit, strengths, data_sets):
    x = np.concatenate([train[0] for train, _ in data_sets])
    y_true = np.concatenate([train[1] for train, _ in data_sets])
    return find(fit, strengths, [((x, y_true), val) for _, val in data_sets])


def find_with_the_wrong_labels(fit, strengths, data_sets):
    return find(fit, strengths, [((x, val[1]), val) for (x, _), val in data_sets])


def find_twice(fit, strengths, data_sets):
    find(fit, strengths, data_sets)
    return find(fit, strengths, data_sets)


def find_with_half(fit, strengths, data_sets):
    return find(fit, strengths, [((x[:8], y[:8]), val) for (x, y), val in data_sets])


def find_with_other_strengths(fit, strengths, data_sets):
    return find(fit, [10 * s for s in strengths], data_sets)


def find_from_scaled_points(fit, strengths, data_sets):
    return find(fit, strengths, [((x / 2, y), val) for (x, y), val in data_sets])


EXERCISES = {
    "10.1": {
        "stub": "answer = (..., ...)",
        "right": [
            (0.7, 1.05),
            [0.2 * 3.5, 0.2 * 5.25],
            np.array([0.7, 1.05]),
            (np.float32(0.7), np.array(1.05)),
            (7 / 10, 21 / 20),
            (
                L1(0.2).penalty(np.array([[1, -2], [0, 0.5]])),
                L2(0.2).penalty(np.array([[1, -2], [0, 0.5]])),
            ),
        ],
        "wrong": [
            ((1.7, 1.05), "The bias is exempt"),
            ((1.0, 1.05), "price of the bias"),
            ((0.7, 4.45), "The bias is exempt"),
            ((0.7, 3.4), "price of the bias"),
            ((-0.1, 1.05), "−2 costs as much as 2"),
            ((3.5, 5.25), "Multiply it by the strength"),
            ((0.7, 5.25), "Multiply it by the strength"),
            ((1.05, 0.7), "The L1 price comes first"),
            ((0.175, 1.05), "the mean times the strength"),
            ((0.35, 1.05), "no ½ in front"),
            ((0.4, 1.05), "the largest weight only"),
            ((0.14, 1.05), "the strength twice"),
            ((17.5, 26.25), "You divided by the strength"),
            ((3.7, 5.45), "You added the strength"),
            ((0.7, -0.55), "never negative"),
            ((0.7, 0.525), "no ½ in front"),
            ((0.7, 0.2 * 5.25**0.5), "no root"),
            ((0.7, 0.2 * 0.25), "the square of the sum"),
            ((0.7, 0.2 * 3.5**2), "the square of the sum of absolute values"),
            ((0.7, 0.2625), "This is a mean"),
            ((0.7, 0.21), "You squared the strength"),
            ((0.7, 1.4), "the sizes of the slopes"),
            ((0.7, 1.1), "0.5² is 0.25"),
            ((0.7, 0.7), "L2 takes squares"),
            ((0.7, ...), "l2_price is still missing"),
            (0.7, "must return l1_price and l2_price"),
        ],
    },
    "10.2": {
        "stub": "def elastic_gradient(weight, strength_1, strength_2):\n    ...",
        "right": [
            elastic,
            elastic_by_loop,
            lambda w, a, b: np.float32(elastic(w, a, b)),
            lambda w, a, b: L1(a).gradient(w) + L2(b).gradient(w),
            lambda w, a, b: a * ((w > 0) * 1.0 - (w < 0)) + b * w + b * w,
        ],
        "wrong": [
            (lambda w, a, b: a * np.abs(w).sum() + b * (w**2).sum(), "a single number"),
            (lambda w, a, b: a * np.abs(w) + b * w**2, "prices of the single weights"),
            (lambda w, a, b: a * np.sign(w) + b * w, "lacks a factor of 2"),
            (lambda w, a, b: elastic(w, 2 * a, b), "the L2 part only"),
            (lambda w, a, b: a * np.sign(w), "The L2 part is missing"),
            (lambda w, a, b: 2 * b * w, "The L1 part is missing"),
            (lambda w, a, b: elastic(w, b, a), "swapped"),
            (lambda w, a, b: a + 2 * b * w, "−1 where w is negative"),
            (lambda w, a, b: a * np.where(w >= 0, 1, -1) + 2 * b * w, "exactly 0 has a kink"),
            (lambda w, a, b: a * np.where(w > 0, 1, -1) + 2 * b * w, "exactly 0 has a kink"),
            (lambda w, a, b: a * np.abs(w) + 2 * b * w, "the sign of the weight"),
            (lambda w, a, b: a * np.sign(w) + b * w**2, "The L2 part is its price"),
            (lambda w, a, b: a * np.sign(w) + 2 * b * np.abs(w), "lost the sign"),
            (lambda w, a, b: elastic(w, 1, 1), "The strengths are missing"),
            (lambda w, a, b: elastic(w, a * b, a * b), "not the product"),
            (lambda w, a, b: elastic(w, a + b, a + b), "not by their sum"),
            (lambda w, a, b: w - elastic(w, a, b), "a step with learning rate 1"),
            (lambda w, a, b: elastic(w, a, b).sum(), "the sum of the slopes"),
            (lambda w, a, b: elastic(w, a, b) / w.size, "the number of weights"),
            (lambda w, a, b: elastic(w, a, -b), "The L2 part has the wrong sign"),
            (lambda w, a, b: elastic(w, -a, b), "The L1 part has the wrong sign"),
            (lambda w, a, b: -elastic(w, a, b), "has the wrong sign"),
            (elastic_measured, "measures the slope"),
            (elastic_by_judge, "measures the slope"),
            (elastic_in_place, "changes its argument weight"),
        ],
    },
    "10.3": {
        "stub": "def our_strength(source, value, n):\n    ...",
        "right": [
            strength,
            strength_from_gradient,
            lambda source, value, n: value / {"keras": 1, "pytorch": 2, "mlp": 2 * n}[source],
        ],
        "wrong": [
            (other_strength(keras=0.5), "Keras writes"),
            (other_strength(keras=2), "Keras writes"),
            (lambda source, value, n: value / n, "Keras doesn't divide"),
            (lambda source, value, n: value / (2 * n), "Keras doesn't divide"),
            (lambda source, value, n: value * n, "Keras doesn't divide"),
            (lambda source, value, n: value, "So λ is half"),
            (other_strength(pytorch=2), "2 λ must equal PyTorch's"),
            (other_strength(pytorch=0.25), "halved it twice"),
            (lambda s, v, n: v if s == "keras" else v / (2 * n), "PyTorch doesn't divide"),
            (lambda s, v, n: v if s == "keras" else v / n, "PyTorch doesn't divide"),
            (other_strength(mlp=lambda n: 0.5), "also divides by n"),
            (other_strength(mlp=lambda n: 1 / n), "The half is missing"),
            (other_strength(mlp=lambda n: 1), "a half in front and is divided"),
            (other_strength(mlp=lambda n: 2), "Both are the other way around"),
            (other_strength(mlp=lambda n: 2 / n), "The 2 is the other way around"),
            (other_strength(mlp=lambda n: n / 2), "The n is the other way around"),
            (other_strength(mlp=lambda n: n), "The n is the other way around"),
            (other_strength(mlp=lambda n: 2 * n), "upside down"),
            (other_strength(mlp=lambda n: 1 / (4 * n)), "halved it twice"),
            (other_strength(mlp=lambda n: 1 / (2 * n * n)), "divided by n twice"),
            (other_strength(mlp=lambda n: 1 / (2 + n)), r"2 \*times\* n"),
        ],
    },
    "10.4": {
        "stub": "def elastic_weight(a, strength_1, strength_2):\n    ...",
        "right": [
            lowest,
            lowest_by_cases,
            lowest_by_clip,
            lowest_by_halving,
            lambda a, one, two: np.float32(lowest(a, one, two)),
        ],
        "wrong": [
            (lambda a, one, two: lowest(a, one, 0), "The L2 part is missing"),
            (lambda a, one, two: a / (1 + two), "The L1 part is missing"),
            (lambda a, one, two: lowest(a, 2 * one, two), "You subtracted λ₁"),
            (lambda a, one, two: lowest(a, 2 * one, 2 * two), "slope of the loss is 2"),
            (lambda a, one, two: lowest(a, one, 2 * two), "each 2 cancels"),
            (lambda a, one, two: lowest(a, one, two / 2), "the 2 cancels"),
            (lambda a, one, two: lowest(a, one, two - 1), r"You divided by λ₂\."),
            (lambda a, one, two: lowest(a, one, 0) * (1 + two), "You multiplied by 1 \\+ λ₂"),
            (lambda a, one, two: lowest(a, one, 0) * (1 - two), "You multiplied by 1 − λ₂"),
            (lambda a, one, two: lowest(a / (1 + two), one, 0), "before you subtracted"),
            (lambda a, one, two: lowest(a, one, 0) + a / (1 + two), "added the two solutions"),
            (
                lambda a, one, two: (lowest(a, one, 0) + a / (1 + two)) / 2,
                "averaged the two solutions",
            ),
            (lambda a, one, two: (a - one / 2 * np.sign(a)) / (1 + two), "jump over zero"),
            (lambda a, one, two: (a - one / 2) / (1 + two), "the solution for w > 0"),
            (lambda a, one, two: np.maximum(a - one / 2, 0) / (1 + two), "Every negative a"),
            (lambda a, one, two: np.abs(lowest(a, one, two)), "lost their sign"),
            (lambda a, one, two: np.where(np.abs(a) > one / 2, a, 0) / (1 + two), "also lose"),
            (lambda a, one, two: np.clip(a, -one / 2, one / 2) / (1 + two), "np.clip keeps"),
            (lambda a, one, two: lowest(a, two, one), "swapped"),
            (lambda a, one, two: a, "a itself"),
            (lambda a, one, two: -lowest(a, one, two), "wrong sign"),
            (lowest_on_a_grid, "elastic_weight"),
            (lambda a, one, two: lowest(a[0], one, two), "expected"),
        ],
    },
    "10.5": {
        "stub": "def sparsity(weights, threshold):\n    ...",
        "right": [
            share,
            share_by_loop,
            lambda Ws, t: sum((abs(W) < t).sum() for W in Ws) / sum(W.size for W in Ws),
            lambda Ws, t: 1 - np.mean(np.abs(joined(Ws)) >= t),
        ],
        "wrong": [
            (lambda Ws, t: np.mean(shares(Ws, t)), "the mean of the layers' shares"),
            (lambda Ws, t: np.mean(np.abs(joined(Ws)) <= t), "equals the threshold"),
            (lambda Ws, t: np.mean(joined(Ws) < t), "Take absolute values"),
            (lambda Ws, t: np.mean(joined(Ws) ** 2 < t), "You compared the squares"),
            (lambda Ws, t: np.sum(np.abs(joined(Ws)) < t), "how many they are"),
            (lambda Ws, t: np.sum(np.abs(joined(Ws)) < t) / len(Ws), "the number of matrices"),
            (
                lambda Ws, t: np.sum(np.abs(joined(Ws)) < t) / sum(len(W) for W in Ws),
                "the number of rows",
            ),
            (lambda Ws, t: 1 - share(Ws, t), r"\*not\* small"),
            (lambda Ws, t: np.mean(np.abs(joined(Ws)) > t), r"\*above\* the threshold"),
            (lambda Ws, t: np.mean(joined(Ws) == 0), "exact zeros"),
            (
                lambda Ws, t: np.mean((np.abs(joined(Ws)) < t) & (joined(Ws) != 0)),
                "left out the weights that are exactly 0",
            ),
            (lambda Ws, t: 100 * share(Ws, t), "in percent"),
            (lambda Ws, t: shares(Ws, t), "the single layers"),
            (lambda Ws, t: share(Ws[:1], t), "the first matrix only"),
            (lambda Ws, t: share(Ws[-1:], t), "the last matrix only"),
            (lambda Ws, t: np.abs(joined(Ws)) < t, "single number"),
        ],
    },
    "10.6": {
        "stub": "def find_strength(fit, strengths, data_sets):\n    ...",
        "right": [
            find,
            find_by_loop,
            find_by_tuples,
            chosen(lambda s, values: values[s.mean(axis=1) == s.mean(axis=1).max()].max()),
        ],
        "wrong": [
            (chosen(lambda s, v: v[s.mean(axis=1).argmax()], measure_on=0), r"\*training\* sampl"),
            (chosen(lambda s, v: v[s.mean(axis=1).argmin()]), "lowest validation accuracy"),
            (chosen(lambda s, v: v[(1 - s).mean(axis=1).argmax()]), "lowest validation accuracy"),
            (
                chosen(lambda s, v: v[s.mean(axis=1) == s.mean(axis=1).max()].min()),
                "equally well",
            ),
            (
                chosen(lambda s, v: v[len(v) - 1 - s.mean(axis=1)[::-1].argmax()]),
                "equally well",
            ),
            (chosen(lambda s, v: v[s.max(axis=1).argmax()]), "in one of the data sets"),
            (chosen(lambda s, v: v[s[:, 0].argmax()]), "in one of the data sets"),
            (chosen(lambda s, v: v[s[:, -1].argmax()]), "in one of the data sets"),
            (
                chosen(lambda s, v: v[np.bincount(s.argmax(axis=0)).argmax()]),
                "in one of the data sets",
            ),
            (chosen(lambda s, v: s.mean(axis=1).argmax()), "the index"),
            (chosen(lambda s, v: s.mean(axis=1).max()), "the best validation accuracy"),
            (chosen(lambda s, v: v[s.argmax(axis=0)].mean()), "mean of each data set's best"),
            (chosen(lambda s, v: v.max()), "whatever its accuracy"),
            (chosen(lambda s, v: v[s.mean(axis=1).argmax()], train_on=1), "on validation samples"),
            (find_on_both, "training and validation samples together"),
            (find_on_all, "several data sets together"),
            (find_twice, "36 networks. 18 are enough"),
            (find_with_half, "all samples of a training part"),
            (find_with_the_wrong_labels, "with the labels of that part"),
            (find_with_other_strengths, "isn't one of `strengths`"),
            (find_from_scaled_points, "aren't in the data sets"),
            (lambda fit, strengths, data_sets: find(fit, strengths, data_sets[:1]), "6 of the 18"),
            (lambda fit, strengths, data_sets: find(fit, strengths[:2], data_sets), "6 of the 18"),
            (lambda fit, strengths, data_sets: 0.1, "0 of the 18"),
        ],
    },
}
