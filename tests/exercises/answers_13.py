"""Answers to the exercises of chapter 13: right ones and wrong ones."""

import math

import numpy as np

from shared.activations import Linear, Tanh, sigmoid
from shared.layers import Dense
from shared.losses import SigmoidCrossEntropy
from shared.optimizers import Adam


def counts(p, y_true, threshold):
    called, is_yes = p[:, 0] >= threshold, y_true == 1
    tp, fp = np.sum(called & is_yes), np.sum(called & ~is_yes)
    return tp, fp, np.sum(~called & is_yes), np.sum(~called & ~is_yes)


def counts_by_loop(p, y_true, threshold):
    cases = {"tp": 0, "fp": 0, "fn": 0, "tn": 0}
    for (p_i,), y_i in zip(p.tolist(), y_true.tolist(), strict=True):
        right = (p_i >= threshold) == y_i
        cases[("t" if right else "f") + ("p" if p_i >= threshold else "n")] += 1
    return tuple(cases.values())


def counts_of(called, is_yes):
    return [
        np.sum(called & is_yes),
        np.sum(called & ~is_yes),
        np.sum(~called & is_yes),
        np.sum(~called & ~is_yes),
    ]


def on_neither_side(p, y_true, threshold):
    tp, fp, _, _ = counts_of(p[:, 0] > threshold, y_true == 1)
    _, _, fn, tn = counts_of(p[:, 0] >= threshold, y_true == 1)
    return tp, fp, fn, tn


def reordered(*order):
    return lambda *arguments: tuple(counts(*arguments)[k] for k in order)


def for_recall(p, y_true, wanted):
    for threshold in np.sort(p[y_true == 1, 0])[::-1]:
        if np.mean(p[y_true == 1, 0] >= threshold) >= wanted:
            return threshold


def for_recall_by_counts(p, y_true, wanted):
    good = []
    for threshold in p[:, 0]:
        tp, _, fn, _ = counts(p, y_true, threshold)
        if tp / (tp + fn) >= wanted:
            good.append(threshold)
    return max(good)


def for_recall_by_rank(p, y_true, wanted):
    yes = np.sort(p[y_true == 1].ravel())
    return float(yes[len(yes) - math.ceil(wanted * len(yes) - 1e-9)])


def for_precision(p, y_true, wanted):
    good = [t for t in p[:, 0] if np.mean(y_true[p[:, 0] >= t]) >= wanted]
    return min(good, default=1.0)


def pairs(scores, y_true):
    yes, no = scores[y_true == 1].reshape(-1, 1), scores[y_true == 0]
    return np.mean(yes > no) + np.mean(yes == no) / 2


def pairs_by_loop(scores, y_true, tie=0.5, count=lambda up, down, n: up * down):
    wins, up, down = 0.0, 0, 0
    for positive, label in zip(scores, y_true, strict=True):
        up, down = up + (label == 1), down + (label == 0)
        for negative, other in zip(scores, y_true, strict=True):
            if label == 1 and other == 0:
                wins += (positive > negative) + tie * (positive == negative)
    return wins / count(up, down, len(scores))


def weighted(logits, y_true, weight):
    y = y_true.reshape(-1, 1)
    return np.where(y == 1, weight, 1) * (sigmoid(logits) - y) / len(y)


def weighted_by_loop(logits, y_true, weight):
    rows = []
    for (z,), y in zip(logits.tolist(), y_true.tolist(), strict=True):
        p = 1 / (1 + math.exp(-z)) if z >= 0 else math.exp(z) / (1 + math.exp(z))
        rows.append([(weight if y else 1) * (p - y) / len(logits)])
    return rows


def weighted_overflowing(logits, y_true, weight):
    y = y_true.reshape(-1, 1)
    with np.errstate(over="ignore", invalid="ignore"):
        p = np.exp(logits) / (1 + np.exp(logits))
    return np.where(y == 1, weight, 1) * (p - y) / len(y)


def column(y_true):
    return y_true.reshape(-1, 1)


def yes_no(x, y_true, rng, lr=0.02, steps=300, hidden=Tanh, output=sigmoid, dtype=np.float64):
    layers = [Dense(2, 8, rng, dtype=dtype), hidden(), Dense(8, 1, rng, dtype=dtype)]
    optimizer = Adam([p for layer in layers for p in layer.parameters()], lr=lr)
    loss = SigmoidCrossEntropy()

    def forward(points):
        a = points.astype(dtype)
        for layer in layers:
            a = layer.forward(a)
        return a

    for _ in range(steps):
        loss.forward(forward(x), y_true)
        grad = loss.backward()
        for layer in reversed(layers):
            grad = layer.backward(grad)
        optimizer.step()
    return lambda points: output(forward(points))


def yes_no_by_hand(x, y_true, rng):
    y, W1, W2 = y_true.reshape(-1, 1), rng.normal(size=(2, 8)), rng.normal(size=(8, 1))
    b1, b2 = np.zeros(8), np.zeros(1)
    for _ in range(2000):
        a = np.tanh(x @ W1 + b1)
        dZ = (1 / (1 + np.exp(-(a @ W2 + b2))) - y) / len(x)
        dA = dZ @ W2.T * (1 - a**2)
        W2, b2 = W2 - a.T @ dZ, b2 - dZ.sum(axis=0)
        W1, b1 = W1 - x.T @ dA, b1 - dA.sum(axis=0)
    return lambda points: 1 / (1 + np.exp(-(np.tanh(points @ W1 + b1) @ W2 + b2)))


EXERCISES = {
    "13.1": {
        "stub": "def logit_threshold(threshold):\n    ...",
        "right": [
            lambda threshold: np.log(threshold / (1 - threshold)),
            lambda threshold: -math.log(1 / threshold - 1),
            lambda threshold: np.float32(math.log(threshold) - math.log1p(-threshold)),
        ],
        "wrong": [
            (sigmoid, "Asked for is the way back"),
            (lambda t: t / (1 - t), "logarithm of it is still"),
            (np.log, "Where does 1 - p come in"),
            (lambda t: np.log((1 - t) / t), "The sign is wrong"),
            (lambda t: 1 / t - 1, "Now solve for z"),
            (lambda t: np.log10(t / (1 - t)), "to base 10"),
            (lambda t: t - 0.5, "isn't a straight line"),
        ],
    },
    "13.2": {
        "stub": "def four_counts(p, y_true, threshold):\n    ...",
        "right": [
            counts,
            counts_by_loop,
            lambda p, y_true, threshold: counts(np.float32(p), y_true.astype(bool), threshold),
            lambda p, y_true, threshold: list(counts(p, y_true, threshold)),
        ],
        "wrong": [
            (lambda p, y, t: counts_of(p >= t, y == 1), "NumPy made all pairs"),
            (lambda p, y, t: counts_of(p[:, 0] > t, y == 1), "equals the threshold"),
            (lambda p, y, t: counts_of(p[:, 0] < t, y == 1), r"from the threshold \*on\*"),
            (on_neither_side, "is counted nowhere"),
            (lambda p, y, t: counts_of(p[:, 0] >= 0.5, y == 1), "always use 0.5"),
            (reordered(3, 1, 2, 0), "order of the confusion matrix"),
            (reordered(0, 2, 1, 3), "fp and fn are exchanged"),
            (reordered(3, 2, 1, 0), "label 0 as the positive class"),
            (reordered(0, 3, 1, 2), "in another order"),
            (reordered(0, 1), "tp, fp, fn, and tn"),
        ],
    },
    "13.3": {
        "stub": "def threshold_for_recall(p, y_true, wanted):\n    ...",
        "right": [for_recall, for_recall_by_counts, for_recall_by_rank],
        "wrong": [
            (lambda p, y, wanted: p.min(), "all are called yes"),
            (lambda p, y, wanted: for_recall(p, np.ones(len(p)), wanted), r"of \*all\* samples"),
            (lambda p, y, wanted: np.quantile(p[y == 1], wanted), "the share 1 - wanted"),
            (lambda p, y, wanted: math.ceil(wanted * np.sum(y)), "how many must be found"),
            (lambda p, y, wanted: p[y == 1].min(), "Too low"),
            (lambda p, y, wanted: for_recall(p, y, wanted - 0.09), "is still below"),
            (for_precision, r"the \*precision\*"),
            (lambda p, y, wanted: wanted, "Too high: at 0.9 the recall is 0.36"),
            (lambda p, y, wanted: for_recall(p, y, wanted) - 1e-3, "Too low"),
        ],
    },
    "13.4": {
        "stub": "def auc_by_pairs(scores, y_true):\n    ...",
        "right": [
            pairs,
            pairs_by_loop,
            lambda scores, y_true: pairs(np.float32(scores), y_true.astype(bool)),
        ],
        "wrong": [
            (lambda s, y: pairs_by_loop(s, y, tie=0), "Ties don't count at all"),
            (lambda s, y: pairs_by_loop(s, y, tie=1), "A tie counts as a win"),
            (lambda s, y: pairs(-s, y), r"the \*negative\* scores higher"),
            (lambda s, y: pairs_by_loop(s, y, count=lambda *_: 1), "the number of pairs"),
            (lambda s, y: pairs_by_loop(s, y, count=lambda up, down, n: n * n), "all pairs"),
            (lambda s, y: pairs_by_loop(s, y, count=lambda up, down, n: n), "How many pairs"),
        ],
    },
    "13.5": {
        "stub": "def weighted_grad(logits, y_true, weight):\n    ...",
        "right": [
            weighted,
            weighted_by_loop,
            lambda z, y, weight: weighted(np.float32(z), y, weight).astype(np.float32),
            lambda z, y, weight: (1 + (weight - 1) * column(y)) * (sigmoid(z) - column(y)) / len(z),
        ],
        "wrong": [
            (lambda z, y, weight: weighted(z, y, 1), "The weight is missing"),
            (lambda z, y, weight: weight * weighted(z, y, 1), "You weighted all samples"),
            (lambda z, y, weight: -weighted(-z, 1 - y, weight), "weighted the no samples"),
            (
                lambda z, y, w: weighted(z, y, w) * len(y) / np.where(y == 1, w, 1).sum(),
                "sum of the weights",
            ),
            (
                lambda z, y, weight: (sigmoid(z) - weight * column(y)) / len(y),
                r"\(p - weight · y\) / n",
            ),
            (lambda z, y, weight: weighted(z, y, weight) * len(y), "mean over the batch"),
            (lambda z, y, weight: weighted(z, y, weight)[:, 0], "wrong shape"),
            (weighted_overflowing, "contains NaN"),
            (lambda z, y, weight: (sigmoid(z) - y) / len(y), "NumPy broadcasts"),
        ],
    },
    "13.6": {
        "stub": "def train_yes_no(x, y_true, rng):\n    ...",
        "right": [
            yes_no,
            yes_no_by_hand,
            lambda x, y, rng: yes_no(x, y, rng, dtype=np.float32),
        ],
        "wrong": [
            (lambda x, y, rng: yes_no(x, y, rng, output=lambda z: z), "the sigmoid still missing"),
            (lambda x, y, rng: yes_no(x, y, rng, hidden=Linear), "by guessing"),
            (lambda x, y, rng: yes_no(x, y, rng, lr=-0.02), "must be greater than 0"),
            (lambda x, y, rng: yes_no(x, 1 - y, rng), "yes and no exchanged"),
            (lambda x, y, rng: yes_no(x, y, rng, output=lambda z: 1 * (z >= 0)), "0 or 1"),
            (lambda x, y, rng: yes_no(x, y, rng, output=lambda z: sigmoid(z)[:, 0]), "column"),
            (lambda x, y, rng: lambda points: np.full((200, 1), 0.5), "for any points|could not"),
            (lambda x, y, rng: lambda points: np.full((len(points), 1), np.nan), "returns NaN"),
            (lambda x, y, rng: y, "must return a function"),
        ],
    },
}
