"""Answers to the exercises of chapter 13: right ones and wrong ones."""

import math

import numpy as np

from shared.activations import Linear, Sigmoid, Tanh, sigmoid
from shared.datasets import batches
from shared.layers import Dense
from shared.losses import BinaryCrossEntropy, SigmoidCrossEntropy
from shared.optimizers import Adam


def expected(p, threshold):
    called = p >= threshold
    tp, fn = p[called].sum(), p[~called].sum()
    return tp, called.sum() - tp, fn, (~called).sum() - fn


def expected_by_loop(p, threshold):
    tp = fp = fn = tn = 0.0
    for p_i in p[:, 0].tolist():
        if p_i >= threshold:
            tp, fp = tp + p_i, fp + 1 - p_i
        else:
            fn, tn = fn + p_i, tn + 1 - p_i
    return [tp, fp, fn, tn]


def reordered(*order):
    return lambda *arguments: tuple(expected(*arguments)[k] for k in order)


def changed(change):
    return lambda p, threshold: tuple(change(float(count), p) for count in expected(p, threshold))


def of_called(p, called, own=lambda p: p):
    p = own(p)
    return tuple(np.sum(part * mask) for mask in (called, ~called) for part in (p, 1 - p))


def for_recall(p, y_true, wanted):
    for threshold in np.sort(p[y_true == 1, 0])[::-1]:
        if np.mean(p[y_true == 1, 0] >= threshold) >= wanted:
            return threshold


def for_recall_by_counts(p, y_true, wanted):
    good = []
    for threshold in p[:, 0]:
        tp = np.sum((p[:, 0] >= threshold) & (y_true == 1))
        if tp / np.sum(y_true) >= wanted:
            good.append(threshold)
    return max(good)


def for_recall_by_rank(p, y_true, wanted):
    yes = np.sort(p[y_true == 1].ravel())
    return float(yes[len(yes) - math.ceil(wanted * len(yes) - 1e-9)])


def for_nearest_recall(p, y_true, wanted):
    yes = p[y_true == 1, 0]
    return min(yes, key=lambda t: (abs(np.mean(yes >= t) - wanted), -t))


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


def weighted_through_sigmoid(logits, y_true, weight):
    layer, loss = Sigmoid(), BinaryCrossEntropy()
    loss.forward(layer.forward(logits), y_true)
    return np.where(y_true == 1, weight, 1).reshape(-1, 1) * layer.backward(loss.backward())


def weighted_clipped(logits, y_true, weight, smallest):
    y = y_true.reshape(-1, 1)
    p = np.clip(sigmoid(logits), smallest, 1 - smallest)
    return np.where(y == 1, weight, 1) * (p - y) / len(y)


def weighted_measured(logits, y_true, weight, h=1e-5):
    y = y_true.reshape(-1, 1)

    def costs(z):
        return np.where(y == 1, weight, 1) * (np.maximum(z, 0) - z * y + np.log1p(np.exp(-abs(z))))

    return (costs(logits + h) - costs(logits - h)) / (2 * h * len(y))


def column(y_true):
    return y_true.reshape(-1, 1)


def ranks(scores, y_true):
    low = np.searchsorted(np.sort(scores), scores, "left")
    high = np.searchsorted(np.sort(scores), scores, "right")
    order = (low + high + 1) / 2  # the mean rank of equals
    m = np.sum(y_true == 1)
    return (order[y_true == 1].sum() - m * (m + 1) / 2) / (m * (len(scores) - m))


def decider(
    x,
    y_true,
    miss,
    alarm,
    rng,
    hidden=Tanh,
    threshold=lambda miss, alarm: alarm / (alarm + miss),
    output=lambda p, cut: (p[:, 0] >= cut).astype(int),
    activation=sigmoid,
    epochs=60,
    lr=0.03,
    generator=lambda rng: rng,
    shuffler=lambda rng: rng,
    weight=lambda miss: 1,
):
    rng = generator(rng)
    layers = [Dense(2, 16, rng), hidden(), Dense(16, 1, rng)]
    optimizer = Adam([p for layer in layers for p in layer.parameters()], lr=lr)
    loss = SigmoidCrossEntropy()

    def forward(points):
        for layer in layers:
            points = layer.forward(points)
        return points

    shuffle = shuffler(rng)
    for _ in range(epochs):
        for x_batch, y_batch in batches(x, y_true, 32, shuffle):
            loss.forward(forward(x_batch), y_batch)
            grad = loss.backward() * np.where(y_batch == 1, weight(miss), 1).reshape(-1, 1)
            for layer in reversed(layers):
                grad = layer.backward(grad)
            optimizer.step()
    return lambda points: output(activation(forward(points)), threshold(miss, alarm))


def decider_by_validation(x, y_true, miss, alarm, rng):
    """Hold out a third, and measure which threshold is cheapest there."""
    decide = decider(x[:400], y_true[:400], miss, alarm, rng, output=lambda p, cut: p[:, 0])
    p_val, y_val = decide(x[400:]), y_true[400:]
    totals = []
    for cut in np.arange(1, 100) / 100:
        misses = np.sum((p_val < cut) & (y_val == 1))
        totals.append(miss * misses + alarm * np.sum((p_val >= cut) & (y_val == 0)))
    cut = (1 + np.argmin(totals)) / 100
    return lambda points: decide(points) >= cut


def decider_by_logit(x, y_true, miss, alarm, rng):
    """Compare logits with the log-odds of the threshold, at full batch, by hand."""
    y, W1, W2 = y_true.reshape(-1, 1), rng.normal(size=(2, 16)), rng.normal(size=(16, 1)) / 4
    b1, b2 = np.zeros(16), np.zeros(1)
    for _ in range(4000):
        a = np.tanh(x @ W1 + b1)
        dZ = (1 / (1 + np.exp(-(a @ W2 + b2))) - y) / len(x)
        dA = dZ @ W2.T * (1 - a**2)
        W2, b2 = W2 - 0.5 * a.T @ dZ, b2 - 0.5 * dZ.sum(axis=0)
        W1, b1 = W1 - 0.5 * x.T @ dA, b1 - 0.5 * dA.sum(axis=0)
    cut = np.log(alarm / miss)
    return lambda points: ((np.tanh(points @ W1 + b1) @ W2 + b2)[:, 0] >= cut) * 1.0


def with_options(**options):
    return lambda x, y_true, miss, alarm, rng: decider(x, y_true, miss, alarm, rng, **options)


EXERCISES = {
    "13.1": {
        "stub": "def logit_threshold(threshold):\n    ...",
        "right": [
            lambda threshold: np.log(threshold / (1 - threshold)),
            lambda threshold: -math.log(1 / threshold - 1),
            lambda threshold: np.float32(math.log(threshold) - math.log1p(-threshold)),
            lambda threshold: 2 * math.atanh(2 * threshold - 1),
        ],
        "wrong": [
            (sigmoid, "whose sigmoid is the threshold"),
            (lambda t: t / (1 - t), "logarithm is still missing"),
            (np.log, "Where is 1 - p"),
            (lambda t: -np.log(t), "Where is 1 - p"),
            (lambda t: np.log(1 - t), "Where is p"),
            (lambda t: np.log((1 - t) / t), "The sign is wrong"),
            (lambda t: 1 / t - 1, "e to the power of -z"),
            (lambda t: np.log10(t / (1 - t)), "to base 10"),
            (lambda t: np.log2(t / (1 - t)), "to base 2"),
            (lambda t: np.log1p(t / (1 - t)), "odds themselves"),
            (lambda t: t - 0.5, "isn't a straight line"),
            (lambda t: 4 * t - 2, "touches the sigmoid"),
            (lambda t: np.arctanh(2 * t - 1), "half of the logit"),
            (lambda t: t, "returned the threshold itself"),
            (lambda t: 0.0, "right for 0.5 only"),
            (lambda t: np.array([np.log(t / (1 - t))]), "right number, but in an array"),
        ],
    },
    "13.2": {
        "stub": "def expected_counts(p, threshold):\n    ...",
        "right": [
            expected,
            expected_by_loop,
            lambda p, threshold: of_called(p, p >= threshold),
            lambda p, threshold: np.array(of_called(p, p >= threshold)),
            lambda p, threshold: expected(np.float32(p), np.float32(threshold)),
        ],
        "wrong": [
            (lambda p, t: of_called(p, p > t), "equal to the threshold"),
            (lambda p, t: of_called(p, p < t), "swapped yes and no"),
            (lambda p, t: of_called(p, p >= 0.5), "always compare with 0.5"),
            (lambda p, t: of_called(p, p >= 1 - t), "1 - threshold"),
            (lambda p, t: of_called(p, p >= t, lambda p: p.mean()), "mean of all probabilities"),
            (lambda p, t: of_called(p, p >= t, lambda p: p >= 0.5), "to a label first"),
            (
                lambda p, t: (np.sum(p >= t), 0, 0, np.sum(p < t)),
                "took every call for a right one",
            ),
            (
                lambda p, t: (p[p >= t].sum(), np.sum(p >= t), p[p < t].sum(), np.sum(p < t)),
                "add up 1 - p",
            ),
            (
                lambda p, t: (p[p >= t].mean(), (1 - p)[p >= t].mean(), p[p < t].mean(),
                              (1 - p)[p < t].mean()),
                "take sums",
            ),
            (lambda p, t: of_called(1 - p, p >= t), "p is the probability of yes"),
            (reordered(3, 1, 2, 0), "order of the confusion matrix"),
            (reordered(0, 2, 1, 3), "fp and fn are swapped"),
            (reordered(0, 1, 3, 2), "fn and tn are swapped"),
            (reordered(3, 2, 1, 0), "no as the positive class"),
            (reordered(0, 3, 1, 2), r"returned \(tp, tn, fp, fn\)"),
            (reordered(0, 1), "tp, fp, fn, and tn"),
            (changed(lambda count, p: count / len(p)), "shares of all samples"),
            (changed(lambda count, p: round(count)), "You rounded"),
            (changed(lambda count, p: int(count)), "cut off the decimals"),
            (lambda p, t: (p * (p >= t), p * (p < t), p, 1 - p), "one number for each sample"),
            (
                lambda p, t: tuple((part * mask).sum(axis=0) for mask in (p >= t, p < t)
                                   for part in (p, 1 - p)),
                "without an axis",
            ),
        ],
    },
    "13.3": {
        "stub": "def threshold_for_recall(p, y_true, wanted):\n    ...",
        "right": [
            for_recall,
            for_recall_by_counts,
            for_recall_by_rank,
            lambda p, y, wanted: np.sort(p[y == 1, 0])[-math.ceil(wanted * y.sum() - 1e-9)],
        ],
        "wrong": [
            (lambda p, y, wanted: p.min(), "everything is called yes"),
            (lambda p, y, wanted: for_recall(p, np.ones(len(p)), wanted), r"of \*all\* samples"),
            (lambda p, y, wanted: for_recall(p, 1 - y, wanted), "with label 0"),
            (lambda p, y, wanted: np.quantile(p[y == 1], wanted), "This is the quantile 0.9"),
            (lambda p, y, wanted: math.ceil(wanted * np.sum(y)), "how many must be found"),
            (lambda p, y, wanted: math.ceil(wanted * np.sum(y)) - 1, "This is an index"),
            (lambda p, y, wanted: p[y == 1].min(), "Too low"),
            (lambda p, y, wanted: p[y == 1].max(), "Too high"),
            (lambda p, y, wanted: np.sort(p[y == 1, 0])[::-1][round(wanted * y.sum()) - 1],
             "is still below"),
            (for_nearest_recall, "Too high|is still below"),
            (lambda p, y, wanted: for_recall(p, y, 0.9), "for a recall of 0.9"),
            (
                lambda p, y, wanted: max(
                    t for t in p[:, 0] if np.mean((p >= t) & (y == 1)) >= wanted * np.mean(y)
                ),
                r"a column \(n, 1\) meet labels",
            ),
            (
                lambda p, y, wanted: max(
                    t for t in p[:, 0] if np.sum((p >= t) & (y == 1)) >= wanted * np.sum(y)
                ),
                r"a column \(n, 1\) meet labels",
            ),
            (lambda p, y, wanted: for_recall(p, y, wanted - 0.09), "is still below"),
            (for_precision, r"the \*precision\*"),
            (lambda p, y, wanted: wanted, "This is the recall that is wanted"),
            (lambda p, y, wanted: 1 - wanted, "This is 1 - wanted"),
            (lambda p, y, wanted: for_recall(p, y, wanted) - 1e-3, "Too low"),
            (lambda p, y, wanted: for_recall(p, y, wanted) + 1e-3, "Too high"),
            (lambda p, y, wanted: 0.5, "Too (low|high)"),
            (lambda p, y, wanted: np.nan, "must be finite"),
            (
                lambda p, y, wanted: np.mean(p[y == 1] >= for_recall(p, y, wanted)),
                "This is a recall",
            ),
            (lambda p, y, wanted: np.array([for_recall(p, y, wanted)]), "right number, but in an"),
        ],
    },
    "13.4": {
        "stub": "def auc_by_pairs(scores, y_true):\n    ...",
        "right": [
            pairs,
            ranks,
            lambda scores, y_true: pairs(np.float32(scores), y_true.astype(bool)),
            lambda s, y: (np.sign(column(s[y == 1]) - s[y == 0]).mean() + 1) / 2,
        ],
        "wrong": [
            (lambda s, y: np.mean(column(s[y == 1]) > s[y == 0]), "Ties don't count at all"),
            (lambda s, y: np.mean(column(s[y == 1]) >= s[y == 0]), "A tie counts as a win"),
            (lambda s, y: pairs(-s, y), r"the \*negative\* scores higher"),
            (lambda s, y: pairs(s, 1 - y), r"the \*negative\* scores higher"),
            (lambda s, y: np.mean(column(s[y == 1]) < s[y == 0]), r"the \*negative\* scores"),
            (lambda s, y: pairs(s, y) * y.sum() * (1 - y).sum(), "number of pairs in the right"),
            (lambda s, y: pairs(s, y) * y.sum() * (1 - y).sum() / len(y) ** 2, "all n² pairs"),
            (
                lambda s, y: pairs(s, y) * y.sum() * (1 - y).sum() / (len(y) * (len(y) - 1) / 2),
                "all pairs of samples",
            ),
            (lambda s, y: pairs(s, y) * y.sum() * (1 - y).sum() / len(y), "number of samples"),
            (lambda s, y: pairs(s, y) * (1 - y).sum(), "number of positives"),
            (
                lambda s, y: np.mean(column(s) > s) + np.mean(column(s) == s) / 2,
                "every sample with every other",
            ),
            (lambda s, y: 2 * pairs(s, y) - 1, "wrongly ordered pairs"),
            (lambda s, y: s[y == 1].mean() - s[y == 0].mean(), "compares the means"),
            (lambda s, y: np.mean((s >= 0.5) == y), "This is an accuracy"),
            (
                lambda s, y: 0.5 + 0.5 * np.sign(column(s[y == 1]) - s[y == 0]),
                "one number for each pair",
            ),
            (pairs_by_loop, "There is a loop in your code"),
            (
                lambda s, y: sum(np.mean(a > s[y == 0]) + np.mean(a == s[y == 0]) / 2
                                 for a in s[y == 1]) / y.sum(),
                "There is a loop in your code",
            ),
        ],
    },
    "13.5": {
        "stub": "def weighted_grad(logits, y_true, weight):\n    ...",
        "right": [
            weighted,
            weighted_by_loop,
            lambda z, y, weight: weighted(np.float32(z), y, weight).astype(np.float32),
            lambda z, y, weight: (1 + (weight - 1) * column(y)) * (sigmoid(z) - column(y)) / len(z),
            lambda z, y, w: (column(1 - y) * sigmoid(z) - w * column(y) * sigmoid(-z)) / len(z),
        ],
        "wrong": [
            (lambda z, y, weight: weighted(z, y, 1), "The weight is missing"),
            (lambda z, y, weight: weight * weighted(z, y, 1), "You weighted all samples"),
            (lambda z, y, weight: -weighted(-z, 1 - y, weight), "weighted the negatives"),
            (
                lambda z, y, w: weighted(z, y, w) * len(y) / np.where(y == 1, w, 1).sum(),
                "sum of the weights",
            ),
            (
                lambda z, y, weight: (sigmoid(z) - weight * column(y)) / len(y),
                r"\(p - weight · y\) / n",
            ),
            (
                lambda z, y, weight: (weight * sigmoid(z) - column(y)) / len(y),
                r"\(weight · p - y\) / n",
            ),
            (
                lambda z, y, weight: weight * column(y) * weighted(z, y, 1),
                "negatives have no gradient",
            ),
            (lambda z, y, weight: weighted(z, y, weight + 1), "weight \\+ 1"),
            (lambda z, y, weight: weighted(z, y, 1 / weight), "divided by the weight"),
            (lambda z, y, weight: weighted(z, y, weight**2), "weight twice"),
            (
                lambda z, y, w: weighted(z, y, w) * sigmoid(z) * sigmoid(-z),
                "factor p \\(1 - p\\) too many",
            ),
            (
                lambda z, y, w: np.where(column(y) == 1, w, 1) * (z - column(y)) / len(y),
                "took the logits for probabilities",
            ),
            (lambda z, y, weight: -weighted(z, y, weight), "wrong sign"),
            (lambda z, y, weight: weighted(z, y, weight) * len(y), "mean over the batch"),
            (lambda z, y, weight: weighted(z, y, weight)[:, 0], "make y_true a column"),
            (weighted_overflowing, "NaN|nan"),
            (weighted_through_sigmoid, "sure and wrong"),
            (lambda z, y, weight: weighted_clipped(z, y, weight, 1e-7), "Did you clip"),
            (lambda z, y, weight: weighted_clipped(z, y, weight, 1e-12), "Did you clip"),
            (lambda z, y, weight: (sigmoid(z) - y) / len(y), "NumPy broadcasts"),
            (weighted_measured, "measures the slope"),
        ],
    },
    "13.6": {
        "stub": "def make_decider(x, y_true, miss, alarm, rng):\n    ...",
        "right": [
            decider,
            decider_by_validation,
            decider_by_logit,
            with_options(output=lambda p, cut: (p[:, 0] >= cut).tolist()),
        ],
        "wrong": [
            (with_options(threshold=lambda miss, alarm: 0.5), "must be below 0.5"),
            (with_options(threshold=lambda miss, alarm: 1 / 21), "depend on `miss` and on"),
            (
                with_options(threshold=lambda miss, alarm: miss / (alarm + miss)),
                "upside down",
            ),
            (with_options(threshold=lambda miss, alarm: miss / alarm), "No point is called yes"),
            (with_options(threshold=lambda miss, alarm: 0.0), "Every point is called yes"),
            (with_options(threshold=lambda miss, alarm: alarm / miss), "Those are odds"),
            (with_options(threshold=lambda miss, alarm: 1 / (1 + miss)), "depend on `miss` and on"),
            (
                with_options(threshold=lambda miss, alarm: 1 / (alarm + miss)),
                "depend on `miss` and on",
            ),
            (with_options(weight=lambda miss: miss), "costs count twice"),
            (with_options(hidden=Linear), "below 0.5|long enough"),
            (with_options(output=lambda p, cut: p[:, 0]), "Compare them with a threshold"),
            (with_options(output=lambda p, cut: (p >= cut).astype(int)), "take the column out"),
            (with_options(output=lambda p, cut: (p[:, 0] < cut) * 1), "swapped|upside down"),
            (with_options(activation=lambda z: z), "logits"),
            (with_options(epochs=0), "did the network not learn"),
            (with_options(lr=-0.03), "must be greater than 0"),
            (
                with_options(shuffler=lambda rng: np.random.default_rng()),
                "other decisions the second time",
            ),
            (with_options(generator=lambda rng: np.random.default_rng(0)), "Nothing is drawn"),
            (
                lambda x, y, miss, alarm, rng: decider(x, 1 - y, miss, alarm, rng),
                "swapped|upside down",
            ),
            (lambda x, y, miss, alarm, rng: y, "must return a function"),
            (
                lambda x, y, miss, alarm, rng: lambda points: np.ones(10_000, dtype=int),
                "for any points|could not",
            ),
        ],
    },
}
