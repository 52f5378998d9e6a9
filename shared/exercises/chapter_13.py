"""Checks of chapter 13: binary classification."""

import numpy as np

from shared.datasets import xor
from shared.exercises import exercise
from shared.exercises.compare import Wrong, call, expect, parts, predictions


@exercise("13.1")
def logit_threshold(answer):
    """The logit at which the sigmoid reaches a threshold."""
    for threshold in (0.9, 0.2, 0.5, 0.01):
        odds = threshold / (1 - threshold)
        mistakes = [
            (
                1 / (1 + np.exp(-threshold)),
                "This is the sigmoid of the threshold. Asked for is the way back: the z whose "
                "sigmoid is the threshold.",
            ),
            (odds, "This is p / (1 - p). The logarithm of it is still to be taken."),
            (1 / odds, "This is (1 - p) / p, which is e to the power of -z. Now solve for z."),
            (np.log(threshold), "This is log p. Where does 1 - p come in?"),
            (
                -np.log(odds),
                "The sign is wrong: a threshold above 0.5 must lead to a positive logit.",
            ),
            (
                np.log10(odds),
                "This is the logarithm to base 10. The sigmoid is made of e: take np.log.",
            ),
            (
                threshold - 0.5,
                "0.5 goes to 0, that's right. But the sigmoid isn't a straight line.",
            ),
        ]
        name = f"`logit_threshold({threshold})`"
        expect(call(answer, threshold), np.log(odds), name, mistakes=mistakes)
    return "The sigmoid only ever rises, so a threshold for p is a threshold for z."


@exercise("13.2")
def four_counts(answer):
    """TP, FP, FN and TN at a threshold."""
    names = ["tp", "fp", "fn", "tn"]
    rng = np.random.default_rng(132)
    for n, threshold in [(15, 0.5), (20, 0.25), (11, 0.75), (4, 1.0)]:
        p = rng.choice([0.05, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9], size=(n, 1))
        p[:3, 0] = threshold  # on the threshold itself, with both labels
        y_true = (rng.random(n) < p[:, 0]).astype(int)
        y_true[:4] = [1, 0, 1, 0]
        right = _counts(p[:, 0] >= threshold, y_true == 1)
        tp, fp, fn, tn = right
        grid = _counts(p >= threshold, y_true == 1)
        mistakes = [
            (
                grid,
                f"These counts add up to {sum(grid)}, but there are {n} samples: p with shape "
                f"({n}, 1) met y_true with shape ({n},), and NumPy made all pairs. Take the "
                "column out: p[:, 0].",
            ),
            (
                _counts(p[:, 0] > threshold, y_true == 1),
                "A probability that equals the threshold is a yes: >=, not >.",
            ),
            (
                _counts(p[:, 0] < threshold, y_true == 1),
                "You exchanged yes and no in the answers: from the threshold *on* it is a yes.",
            ),
            (
                [
                    int(np.sum((p[:, 0] > threshold) & (y_true == 1))),
                    int(np.sum((p[:, 0] > threshold) & (y_true == 0))),
                    int(np.sum((p[:, 0] < threshold) & (y_true == 1))),
                    int(np.sum((p[:, 0] < threshold) & (y_true == 0))),
                ],
                "A probability that equals the threshold is counted nowhere. It's a yes: >=.",
            ),
            (
                (tn, fp, fn, tp),
                "This is the order of the confusion matrix. Asked for is tp, fp, fn, tn.",
            ),
            (
                (tp, fn, fp, tn),
                "fp and fn are exchanged. A false positive is a no that was called yes.",
            ),
            (
                (tn, fn, fp, tp),
                "You counted label 0 as the positive class. Yes is label 1.",
            ),
            ((tp, tn, fp, fn), "Right counts in another order. Asked for is tp, fp, fn, tn."),
        ]
        if threshold != 0.5:
            mistakes.append(
                (
                    _counts(p[:, 0] >= 0.5, y_true == 1),
                    "You always use 0.5. The threshold is an argument.",
                )
            )
        result = parts(call(answer, p, y_true, threshold), names)
        name = f"`four_counts(p, y_true, {threshold})` for {n} samples, (tp, fp, fn, tn),"
        expect(list(result), right, name, mistakes=mistakes)
    return "All that follows, from precision to ROC, is made of these four."


def _counts(called, is_yes):
    return [
        int(np.sum(called & is_yes)),
        int(np.sum(called & ~is_yes)),
        int(np.sum(~called & is_yes)),
        int(np.sum(~called & ~is_yes)),
    ]


@exercise("13.3")
def threshold_for_recall(answer):
    """The largest threshold that still finds enough."""
    rng = np.random.default_rng(133)
    for n, wanted in [(40, 0.9), (30, 0.5), (25, 1.0), (60, 0.8)]:
        y_true = (rng.permutation(n) % 3 == 0).astype(int)
        p = (rng.permutation(n) + 1) / (n + 2)
        p[y_true == 1] = np.sqrt(p[y_true == 1])
        p[np.argmax(y_true)] = 0.995  # the surest is a yes, so that some threshold is precise
        p = p.round(4).reshape(-1, 1)

        yes = np.sort(p[y_true == 1, 0])[::-1]
        needed = int(np.ceil(wanted * len(yes) - 1e-9))
        everybody = np.sort(p[:, 0])[::-1]
        precise = [t for t in everybody if np.mean(y_true[p[:, 0] >= t]) >= wanted]
        mistakes = [
            (
                everybody[-1],
                "With the smallest probability all are called yes, and the recall is 1. Asked for "
                "is the *largest* threshold that reaches what is wanted.",
            ),
            (
                everybody[int(np.ceil(wanted * n - 1e-9)) - 1],
                f"You called the share {wanted} of *all* samples yes. Recall looks at those that "
                "are yes: y_true == 1.",
            ),
            (
                precise[-1],
                "At this threshold the *precision* is at least what is wanted. The recall is "
                "asked for: TP / (TP + FN).",
            ),
            (
                np.quantile(yes, wanted),
                "This finds the share 1 - wanted. The yes samples *above* the threshold are found.",
            ),
            (needed, "This is how many must be found. Asked for is the threshold."),
            (
                yes[needed - 2],
                "The recall at this threshold is still below what is wanted. One step further.",
            ),
        ]
        name = f"`threshold_for_recall(p, y_true, {wanted})` for {n} samples"
        result = call(answer, p, y_true, wanted)
        if (
            np.ndim(result) == 0
            and isinstance(result, (int, float, np.number))
            and np.isfinite(result)
        ):
            found = np.mean(yes >= result)
            if found >= wanted - 1e-9:
                words = "Too low: a larger threshold already reaches what is wanted."
            else:
                words = f"Too high: at {result:.4g} the recall is {found:.2f}, wanted is {wanted}."
            mistakes.append((result, words))
        expect(result, yes[needed - 1], name, mistakes=mistakes)
    return "The recall decides, and precision gets what is left over."


@exercise("13.4")
def auc_by_pairs(answer):
    """The share of pairs that are in the right order."""
    rng = np.random.default_rng(134)
    for n, positives in [(9, 4), (30, 6), (12, 11)]:
        y_true = np.zeros(n, dtype=int)
        y_true[rng.choice(n, positives, replace=False)] = 1
        scores = np.round(rng.normal(y_true, 1.0), 1)
        up, down = np.flatnonzero(y_true == 1), np.flatnonzero(y_true == 0)
        scores[up[0]] = scores[down[0]]  # at least one tie
        yes, no = scores[up].reshape(-1, 1), scores[down]
        above, tie = np.sum(yes > no), np.sum(yes == no)
        expected = (above + tie / 2) / (positives * (n - positives))
        mistakes = [
            (
                above / (positives * (n - positives)),
                "Ties don't count at all in your answer. A tie counts half.",
            ),
            (
                (above + tie) / (positives * (n - positives)),
                "A tie counts as a win in your answer. It counts half.",
            ),
            (
                1 - expected,
                "You counted the pairs in which the *negative* scores higher.",
            ),
            (
                above + tie / 2,
                "This is the number of pairs. Divide it by how many pairs there are.",
            ),
            (
                (above + tie / 2) / n**2,
                "You divided by all pairs of samples. Only pairs of a positive and a negative "
                "are compared.",
            ),
            (
                (above + tie / 2) / n,
                "You divided by the number of samples. How many pairs are there?",
            ),
        ]
        name = f"`auc_by_pairs(scores, y_true)` for {positives} positives of {n}"
        expect(call(answer, scores, y_true), expected, name, mistakes=mistakes)
    return "The area under the ROC curve, without any curve."


@exercise("13.5")
def weighted_grad(answer):
    """The gradient of a cross-entropy in which yes counts more."""
    rng = np.random.default_rng(135)
    for n, weight, scale in [(6, 5.0, 1.0), (8, 19.0, 1.0), (5, 1.0, 1.0), (4, 3.0, 1000.0)]:
        z = scale * rng.choice([-1.0, 1.0], size=(n, 1)) * rng.uniform(0.3, 1.5, size=(n, 1))
        y_true = np.arange(n) % 2
        y = y_true.reshape(-1, 1)
        exp = np.exp(-np.abs(z))
        difference = np.where(z >= 0, 1, exp) / (1 + exp) - y
        c = np.where(y == 1, weight, 1.0)
        expected = c * difference / n
        mistakes = []
        if weight != 1:
            mistakes = [
                (
                    difference / n,
                    "The weight is missing: this is the gradient of the plain loss.",
                ),
                (
                    weight * difference / n,
                    "You weighted all samples. Only those with label 1 count more.",
                ),
                (
                    np.where(y == 0, weight, 1.0) * difference / n,
                    "You weighted the no samples. Yes is label 1.",
                ),
                (
                    c * difference / c.sum(),
                    "You divided by the sum of the weights. The loss divides by n.",
                ),
                (
                    (difference + y - weight * y) / n,
                    "This is (p - weight · y) / n. The weight belongs to the whole cost of a yes "
                    "sample, so it multiplies p - y.",
                ),
            ]
        name = f"`weighted_grad(logits, y_true, {weight:g})` for {n} samples"
        if scale > 1:
            name += " with logits of about ±1000"
        result = call(answer, z, y_true, weight)
        expect(result, expected, name, mistakes=mistakes, batch=n)
    return "A factor in the loss is a factor in the gradient."


@exercise("13.6", seconds=120)
def train_yes_no(answer):
    """A yes/no network for noisy XOR, written from an empty file."""
    x, y_true = xor(25, np.random.default_rng(136), noise=0.15)
    x_new, y_new = xor(50, np.random.default_rng(137), noise=0.15)
    predict = call(answer, x, y_true, np.random.default_rng(0))
    p = predictions(predict, x_new, (200, 1), "a column of probabilities")
    if p.min() < 0 or p.max() > 1:
        raise Wrong(
            f"predict returns numbers from {p.min():.3g} to {p.max():.3g}. Probabilities lie "
            "between 0 and 1: are these logits, with the sigmoid still missing?"
        )
    right = float(np.mean((p[:, 0] >= 0.5) == y_new))
    share = f"{100 * right:.0f}% of new points are right"
    if right < 0.2:
        raise Wrong(f"{share}, so nearly all are wrong: are yes and no exchanged?")
    if right < 0.6:
        raise Wrong(
            f"{share}, about as many as by guessing. Is there a hidden layer with an activation? "
            "Are the gradients used, and subtracted?"
        )
    if right < 0.95:
        raise Wrong(
            f"{share}: it has learnt something, but not XOR. More hidden neurons, more steps or "
            "another learning rate?"
        )
    if not np.any((p > 0) & (p < 1)):
        raise Wrong("predict returns answers, 0 or 1. Asked for are the probabilities.")
    return f"{share}. What chapter 1 could not do, you have built from an empty cell."
