"""The checks of chapter 13's exercises: thresholds, counts, rankings, gradients, decisions."""

import numpy as np

from shared.datasets import moons
from shared.exercises import exercise, rules
from shared.exercises.compare import Wrong, call, expect, finite, parts, predictions, swapped


@exercise("13.1")
def logit_threshold(answer):
    """The logit at which the sigmoid reaches a threshold."""
    for threshold in (0.9, 0.2, 0.5, 0.01):
        odds = threshold / (1 - threshold)
        mistakes = [
            (
                1 / (1 + np.exp(-threshold)),
                "This is the sigmoid of the threshold. The exercise asks for the opposite: the "
                "logit whose sigmoid is the threshold.",
            ),
            (odds, "These are the odds, p / (1 - p). The logarithm is still missing."),
            (
                1 / odds,
                "This is (1 - p) / p, which is e to the power of -z. Take the logarithm, and mind "
                "the sign.",
            ),
            (np.log(threshold), "This is log p. Where is 1 - p?"),
            (-np.log(threshold), "This is -log p. Where is 1 - p?"),
            (np.log(1 - threshold), "This is log(1 - p). Where is p?"),
            (
                -np.log(odds),
                "The sign is wrong: a threshold above 0.5 belongs to a positive logit. (At 0.5 you "
                "can't see it.)",
            ),
            (
                np.log10(odds),
                "This is the logarithm to base 10. The sigmoid contains e, so use np.log.",
            ),
            (
                np.log2(odds),
                "This is the logarithm to base 2. The sigmoid contains e, so use np.log.",
            ),
            (
                np.log1p(odds),
                "This is log(1 + odds). The logit is the logarithm of the odds themselves.",
            ),
            (
                threshold - 0.5,
                "0.5 does belong to the logit 0. But the sigmoid isn't a straight line.",
            ),
            (
                4 * (threshold - 0.5),
                "This is the straight line that touches the sigmoid at 0.5. Solve the equation of "
                "the curve itself.",
            ),
            (
                np.arctanh(2 * threshold - 1),
                "This is half of the logit, as for tanh. The sigmoid is (1 + tanh(z / 2)) / 2.",
            ),
            (threshold, "You returned the threshold itself. It's a probability, not a logit."),
            (
                0.0,
                "You returned 0 for a threshold of "
                f"{threshold}. That's right for 0.5 only; the threshold is an argument.",
            ),
        ]
        name = f"`logit_threshold({threshold})`"
        expect(call(answer, threshold), np.log(odds), name, mistakes=mistakes)
    return "That's the log-odds. The sigmoid always rises, so a threshold for p is one for z."


_COUNTS = ["tp", "fp", "fn", "tn"]


@exercise("13.2")
def expected_counts(answer):
    """The four counts to expect if the probabilities are right."""
    rng = np.random.default_rng(132)
    for n, threshold in [(15, 0.25), (8, 0.5), (11, 0.75), (9, 0.1)]:
        p = rng.choice([0.02, 0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9], size=(n, 1))
        p[:5, 0] = threshold, 0.95, 0.05, 0.4, 0.6  # one on the threshold, some on either side
        right = _expected(p, p >= threshold)
        tp, fp, fn, tn = right
        called = p >= threshold
        m, mean = called.sum(), p.mean()
        shares = np.array(right)
        mistakes = [
            (
                _expected(p, p > threshold),
                "A probability equal to the threshold is called yes: >=, not >.",
            ),
            (
                _expected(p, p < threshold),
                "You swapped yes and no: a sample is called yes at or above the threshold.",
            ),
            (
                (m, 0, 0, n - m),
                "You took every call for a right one. A sample that is called yes with p = 0.7 is "
                "a false alarm in 3 of 10 cases.",
            ),
            (
                (m * mean, m * (1 - mean), (n - m) * mean, (n - m) * (1 - mean)),
                "You used the mean of all probabilities. The samples that are called yes have "
                "larger ones than the others: add up their own.",
            ),
            (
                (tp, m, fn, n - m),
                "fp and tn should add up 1 - p. You counted all samples that are called yes, and "
                "all that are called no.",
            ),
            (
                (m - tp, tp, n - m - fn, fn),
                "p is the probability of yes, so it adds to tp and fn; 1 - p adds to fp and tn.",
            ),
            (
                (tp, fp, tn, fn),
                "fn and tn are swapped. A false negative is a yes that is called no, so it adds p.",
            ),
            (
                (tp, fn, fp, tn),
                "fp and fn are swapped. A false positive is a no that is called yes.",
            ),
            (
                (tn, fp, fn, tp),
                "This is the order of the confusion matrix. The exercise asks for "
                "(tp, fp, fn, tn).",
            ),
            (
                (tn, fn, fp, tp),
                "You counted no as the positive class. Yes is positive, and p is its probability.",
            ),
            (
                shares / n,
                "These are shares of all samples. The exercise asks for how many: don't divide "
                f"by n = {n}.",
            ),
            (
                (tp / m, fp / m, fn / (n - m), tn / (n - m)),
                "These are means over the samples that are called alike. The exercise asks for "
                "how many: take sums.",
            ),
            (
                np.round(shares),
                "You rounded. The expected counts needn't be whole.",
            ),
            (
                np.floor(shares),
                "You cut off the decimals. The expected counts needn't be whole.",
            ),
            (
                _expected(p, p >= 1 - threshold),
                "You compared p with 1 - threshold. A sample is called yes if p >= threshold.",
            ),
        ]
        drawn = (p >= 0.5) * 1.0
        mistakes.append(
            (
                (
                    np.sum(drawn * called),
                    np.sum((1 - drawn) * called),
                    np.sum(drawn * ~called),
                    np.sum((1 - drawn) * ~called),
                ),
                "You rounded each probability to a label first. A sample with p = 0.7 isn't a "
                "yes: it adds 0.7 to the expected yes samples, and 0.3 to the others.",
            )
        )
        if threshold != 0.5:
            mistakes.append(
                (
                    _expected(p, p >= 0.5),
                    "You always compare with 0.5. The threshold is an argument.",
                )
            )
        result = call(answer, p, threshold)
        if isinstance(result, np.ndarray) and result.shape == (4,):
            result = tuple(result)
        received = parts(result, _COUNTS)
        for count, name in zip(received, _COUNTS, strict=True):
            if np.shape(count) == (n, 1) or np.shape(count) == (n,):
                raise Wrong(f"{name} has one number for each sample. Add them up.")
            if np.shape(count) == (1,):
                raise Wrong(
                    f"{name} is an array of shape (1,). Sum over all samples, without an axis, "
                    "to get a number."
                )
            finite(count, name, ())
        name = f"`expected_counts(p, {threshold})` for {n} samples, as (tp, fp, fn, tn),"
        mistakes = [pair for pair in mistakes if not np.allclose(pair[0], right)]
        received = np.array([float(count) for count in received])
        if not any(np.allclose(received, wrong) for wrong, _ in mistakes):
            swapped(tuple(received), dict(zip(_COUNTS, right, strict=True)))
        expect(received, right, name, mistakes=mistakes)
    return (
        "If the probabilities are calibrated, you know the precision and the recall to "
        "expect before a single label arrives."
    )


def _expected(p, called):
    return (
        float(np.sum(p * called)),
        float(np.sum((1 - p) * called)),
        float(np.sum(p * ~called)),
        float(np.sum((1 - p) * ~called)),
    )


@exercise("13.3")
def threshold_for_recall(answer):
    """The largest threshold that still finds enough."""
    rng = np.random.default_rng(133)
    for n, wanted in [(40, 0.9), (30, 0.5), (25, 1.0), (60, 0.8), (40, 0.8)]:
        y_true = (rng.permutation(n) % 3 == 0).astype(int)
        p = (rng.permutation(n) + 1) / (n + 2)
        p[y_true == 1] = np.sqrt(p[y_true == 1])
        p[np.argmax(y_true)] = 0.995  # the surest is a yes, so that some threshold is precise
        p = p.round(4).reshape(-1, 1)

        yes = np.sort(p[y_true == 1, 0])[::-1]
        no = np.sort(p[y_true == 0, 0])[::-1]
        needed = int(np.ceil(wanted * len(yes) - 1e-9))
        everybody = np.sort(p[:, 0])[::-1]
        precise = [t for t in everybody if np.mean(y_true[p[:, 0] >= t]) >= wanted]
        right = yes[needed - 1]
        mistakes = [
            (
                yes[int(np.ceil(0.9 * len(yes) - 1e-9)) - 1],
                "This is the threshold for a recall of 0.9. The recall to reach is an argument, "
                f"`wanted`, here {wanted}.",
            ),
            (
                everybody[-1],
                "With the smallest probability as threshold, everything is called yes, and the "
                "recall is 1. The exercise asks for the *largest* threshold that is good enough.",
            ),
            (
                everybody[int(np.ceil(wanted * n - 1e-9)) - 1],
                f"At this threshold, the share {wanted} of *all* samples is called yes. The "
                "recall is about those that are yes: y_true == 1. If your code does count those, "
                "did a column (n, 1) meet labels (n,)? Take the column out first: p[:, 0].",
            ),
            (
                everybody[0],
                "Too high: only the surest sample is called yes at this threshold. Did a column "
                "(n, 1) meet labels (n,)? Then every sample is compared with every label.",
            ),
            (
                no[int(np.ceil(wanted * len(no) - 1e-9)) - 1],
                "You looked at the samples with label 0. The recall is about those that are yes.",
            ),
            (
                precise[-1],
                "At this threshold the *precision* is at least what is wanted. The exercise asks "
                "for the recall, TP / (TP + FN).",
            ),
            (
                np.quantile(yes, wanted),
                f"This is the quantile {wanted}: only the share 1 - {wanted} of the yes samples is "
                "above it. The samples *above* the threshold are the ones that are found.",
            ),
            (
                needed,
                "This is how many must be found. The exercise asks for the threshold.",
            ),
            (needed - 1, "This is an index. The exercise asks for the probability at it."),
            (
                np.mean(yes >= right),
                "This is a recall. The exercise asks for the threshold at which it's reached.",
            ),
            (
                wanted,
                "This is the recall that is wanted. The exercise asks for the threshold.",
            ),
            (
                1 - wanted,
                "This is 1 - wanted. The threshold depends on the probabilities in p.",
            ),
        ]
        if needed > 1:
            mistakes.append(
                (
                    yes[needed - 2],
                    "The recall at this threshold is still below what is wanted. Go one step "
                    "further.",
                )
            )
        name = f"`threshold_for_recall(p, y_true, {wanted})` for {n} samples"
        result = call(answer, p, y_true, wanted)
        mistakes = [pair for pair in mistakes if not np.isclose(pair[0], right)]
        if np.shape(result) == () and isinstance(result, (int, float, np.number)):
            threshold = float(finite(result, name, ()))
            mistakes.append((threshold, _off_target(threshold, yes, wanted)))
        expect(result, right, name, mistakes=mistakes)
    return "The recall fixes the threshold, and the precision has to follow."


def _off_target(result, yes, wanted):
    found = np.mean(yes >= result)
    if found >= wanted - 1e-9:
        return f"Too low: a threshold larger than {result:.4g} still finds enough."
    return f"Too high: at {result:.4g} the recall is {found:.2f}, but {wanted} is wanted."


@exercise("13.4")
def auc_by_pairs(answer):
    """The share of pairs that are in the right order."""
    rng = np.random.default_rng(1347)
    for n, positives in [(9, 4), (30, 6), (12, 11)]:
        y_true = np.zeros(n, dtype=int)
        y_true[rng.choice(n, positives, replace=False)] = 1
        scores = np.round(rng.normal(y_true, 1.0), 1)
        up, down = np.flatnonzero(y_true == 1), np.flatnonzero(y_true == 0)
        scores[up[0]] = scores[down[0]]  # at least one tie
        yes, no = scores[up].reshape(-1, 1), scores[down]
        above, tie = np.sum(yes > no), np.sum(yes == no)
        pairs = positives * (n - positives)
        expected = (above + tie / 2) / pairs
        grid = scores.reshape(-1, 1)
        mistakes = [
            (above / pairs, "Ties don't count at all in your answer. A tie counts half."),
            ((above + tie) / pairs, "A tie counts as a win in your answer. It counts half."),
            (
                (above + tie / 2) / (pairs - tie),
                "You left the ties out of the pairs that you divide by. They are pairs, too.",
            ),
            (
                above / (pairs - tie),
                "You left the ties out. They are pairs, too, and a tie counts half.",
            ),
            (1 - expected, "You counted the pairs in which the *negative* scores higher."),
            (
                np.sum(yes < no) / pairs,
                "You counted the pairs in which the *negative* scores higher.",
            ),
            (
                (above - np.sum(yes < no)) / pairs,
                "You subtracted the share of wrongly ordered pairs. Count only those in the right "
                "order, plus half of the ties.",
            ),
            (
                above + tie / 2,
                "This is the number of pairs in the right order. Divide it by how many pairs "
                "there are.",
            ),
            (
                (above + tie / 2) / n**2,
                "You divided by all n² pairs of samples. Only pairs of a positive and a negative "
                "are compared.",
            ),
            (
                (above + tie / 2) / (n * (n - 1) / 2),
                "You divided by all pairs of samples. Only pairs of a positive and a negative "
                "are compared.",
            ),
            (
                np.mean(grid > scores) + np.mean(grid == scores) / 2,
                "You compared every sample with every other. Only pairs of a positive and a "
                "negative count.",
            ),
            (
                (above + tie / 2) / n,
                "You divided by the number of samples. How many pairs are there?",
            ),
            (
                (above + tie / 2) / positives,
                "You divided by the number of positives. How many pairs are there?",
            ),
            (
                np.mean(yes) - np.mean(no),
                "This compares the means of the two classes. The AUC compares pairs.",
            ),
            (
                np.mean((scores >= np.median(scores)) == y_true),
                "This is an accuracy. The AUC needs no threshold.",
            ),
            (
                np.mean((scores >= 0.5) == y_true),
                "This is an accuracy. The AUC needs no threshold.",
            ),
        ]
        mistakes = [pair for pair in mistakes if not np.isclose(pair[0], expected)]
        name = f"`auc_by_pairs(scores, y_true)` for {positives} positives of {n}"
        received = call(answer, scores, y_true)
        rules.without_loops(answer)
        if np.shape(received) == (positives, n - positives):
            raise Wrong(f"{name} has one number for each pair. The mean over all pairs is missing.")
        expect(received, expected, name, mistakes=mistakes)
    return "That's the area under the ROC curve, without drawing the curve."


@exercise("13.5")
def weighted_grad(answer):
    """The gradient of a cross-entropy in which yes counts more."""
    rng = np.random.default_rng(135)
    for n, weight, scale in [(6, 5.0, 1.0), (8, 19.0, 1.0), (5, 1.0, 1.0), (4, 3.0, 1000.0)]:
        z = scale * rng.choice([-1.0, 1.0], size=(n, 1)) * rng.uniform(0.3, 1.5, size=(n, 1))
        y_true = np.arange(n) % 2
        y = y_true.reshape(-1, 1)
        exp = np.exp(-np.abs(z))
        p = np.where(z >= 0, 1, exp) / (1 + exp)
        difference = p - y
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
                    "You weighted the negatives. Yes is label 1.",
                ),
                (
                    c * difference / c.sum(),
                    "You divided by the sum of the weights. The loss divides by n.",
                ),
                (
                    (p - weight * y) / n,
                    "This is (p - weight · y) / n. The weight belongs to the whole cost of a yes "
                    "sample, so it multiplies p - y.",
                ),
                (
                    (weight * p - y) / n,
                    "This is (weight · p - y) / n. The weight multiplies the whole p - y, and for "
                    "yes samples only.",
                ),
                (
                    weight * y * difference / n,
                    "The negatives have no gradient in your answer. Their factor is 1, not 0.",
                ),
                (
                    (weight + 1) ** y * difference / n,
                    "Your factor for yes samples is weight + 1. It should be weight.",
                ),
                (
                    difference / c / n,
                    "You divided by the weight. It multiplies the cost, so it multiplies the "
                    "gradient.",
                ),
                (
                    c**2 * difference / n,
                    "You multiplied by the weight twice.",
                ),
                (
                    c * difference * p * (1 - p) / n,
                    "There's a factor p (1 - p) too many. The slope of the sigmoid has already "
                    "canceled.",
                ),
                (
                    c * (z - y) / n,
                    "You took the logits for probabilities: it's p - y, with p = sigmoid(z).",
                ),
            ]
        mistakes = [pair for pair in mistakes if not np.allclose(pair[0], expected)]
        name = f"`weighted_grad(logits, y_true, {weight:g})` for {n} samples"
        if scale > 1:
            name += " with logits of about ±1000"
        result = call(answer, z, y_true, weight)
        if np.shape(result) == (n,):
            raise Wrong(
                f"{name} has the shape ({n},). The gradient has the shape of the logits, "
                f"({n}, 1): make y_true a column, y_true.reshape(-1, 1), and keep the logits as "
                "they are."
            )
        if scale > 1:
            mistakes.insert(
                0,
                (
                    np.zeros((n, 1)),
                    "The gradient is 0 even where the network is sure and wrong. Was the "
                    "probability clipped, as `BinaryCrossEntropy` does? Use the logit: p - y, "
                    "with p = sigmoid(z).",
                ),
            )
            _refuse_clipping(result, difference, name)
        rules.not_measured(answer, [result], [expected])
        expect(result, expected, name, mistakes=mistakes, batch=n)
    return (
        "A factor in the loss is a factor in the gradient. Such a network predicts odds "
        "that are too large by the factor `weight`, so its probabilities aren't calibrated."
    )


def _refuse_clipping(result, difference, name):
    """Raise Wrong if the gradient isn't 0 where the network is sure and right."""
    right = np.abs(difference) < 1e-20
    rest = np.abs(finite(result, name, difference.shape)[right])
    if rest.size and np.all((rest > 1e-17) & (rest < 1e-2)):
        raise Wrong(
            f"{name} should be 0 where the network is sure and right, but it is about "
            f"{rest.max():.1g}. Did you clip the probabilities? p - y takes no logarithm, so leave "
            "them as they are."
        )


@exercise("13.6", seconds=120)
def make_decider(answer):
    """A network and a threshold that keep the cost of its decisions low."""
    (x, y_true), (x_new, y_new) = (_rare(n, seed) for n, seed in ((600, 136), (10_000, 137)))

    def decisions(miss, alarm, rng):
        decide = call(answer, x, y_true, miss, alarm, rng)
        form = "an array with 1 (yes) or 0 (no) for each point"
        column = (
            "decide returns a column, (m, 1). The exercise asks for (m,): take the column out, "
            "p[:, 0], before you compare."
        )
        hints = {(len(x_new), 1): column}
        labels = predictions(decide, x_new, y_new.shape, form, hints)
        if not np.isin(labels, [0, 1]).all():
            raise Wrong(
                f"decide must return the decisions 0 and 1. Received numbers from "
                f"{labels.min():.3g} to {labels.max():.3g}. Compare them with a threshold."
            )
        misses, alarms = np.sum((labels == 0) & (y_new == 1)), np.sum((labels == 1) & (y_new == 0))
        return labels, misses, alarms, (miss * misses + alarm * alarms) / len(y_new)

    rng = np.random.default_rng(0)
    labels, misses, alarms, cost = decisions(20, 1, rng)
    told = (
        f"With miss=20 and alarm=1, the mean cost is {cost:.3f}: of 10,000 new points, {misses} "
        f"are misses and {alarms} false alarms."
    )
    _judge_expensive_misses(told, labels, cost)
    if rng.bit_generator.state == np.random.default_rng(0).bit_generator.state:
        raise Wrong("Nothing is drawn from the `rng` that is handed in. Hand it to Dense.")
    equal, misses, alarms, equal_cost = decisions(20, 20, np.random.default_rng(0))
    if equal_cost > 2:
        cause = (
            "Does the threshold depend on `miss` and on `alarm`? With equal costs it is 0.5. Does "
            "the network train long enough, with a hidden layer?"
        )
        if not equal.any():
            cause = (
                "No point is called yes. Is your threshold alarm / miss? Those are odds, and p is "
                "a probability: alarm / (alarm + miss)."
            )
        elif misses > alarms:
            cause = "Does it train long enough, with a hidden layer?"
        raise Wrong(
            f"With equal costs of 20, the mean cost is {equal_cost:.3f}, but it should be at most "
            f"2: {misses} misses and {alarms} false alarms among 10,000 new points. {cause}"
        )
    again = decisions(20, 1, np.random.default_rng(0))[0]
    if not np.array_equal(again, labels):
        raise Wrong(
            "The same seed gives other decisions the second time. Draw all random numbers from "
            "the `rng` that is handed in, those of `batches` too."
        )
    return (
        f"The mean cost is {cost:.2f} if a miss costs 20 and a false alarm 1, and "
        f"{equal_cost:.2f} if both cost 20. From samples to decisions, with nothing but your "
        "own code."
    )


def _judge_expensive_misses(told, labels, cost):
    """Raise Wrong if decisions cost more than they should when a miss costs 20."""
    if cost <= 0.5:
        return
    if labels.all():
        raise Wrong(
            f"{told} Every point is called yes. Is the threshold 0, or did the network not learn?"
        )
    if not labels.any():
        raise Wrong(
            f"{told} No point is called yes. Is the threshold too high, or is alarm / (alarm + "
            "miss) upside down? Or did the network not learn?"
        )
    yes = labels.mean()
    if yes > 0.6:
        raise Wrong(
            f"{told} {yes:.0%} of the points are called yes, but only 20% are. Are yes and no "
            "swapped, or do you compare logits with a threshold for probabilities? Or do the "
            "costs count twice, as weights in the loss and again in the threshold?"
        )
    if cost > 1.8:
        raise Wrong(
            f"{told} Is the threshold alarm / (alarm + miss), or upside down? And are the "
            "gradients used?"
        )
    raise Wrong(
        f"{told} It should be at most 0.5. If a miss costs more than a false alarm, the threshold "
        "must be below 0.5. Is yours, and is it a threshold for probabilities, not for logits? If "
        "so, train longer, with more hidden neurons."
    )


def _rare(n, seed):
    """Return noisy moons of which one in five is a yes, in random order."""
    rng = np.random.default_rng(seed)
    x, y = moons(8 * n // 5, rng, noise=0.3)
    yes = rng.choice(np.flatnonzero(y == 1), n // 5, replace=False)
    kept = rng.permutation(np.append(np.flatnonzero(y == 0), yes))
    return x[kept], y[kept]
