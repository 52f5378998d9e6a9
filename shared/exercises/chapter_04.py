"""Checks of chapter 4: losses."""

import numpy as np

from shared.exercises import exercise
from shared.exercises.compare import Wrong, call, expect, finite, parts, same_values, swapped

# Slopes, where factors of 2 come from, begin in Chapter 5.
FACTORS = {2: "Nothing has to be doubled here.", 0.5: "Nothing has to be halved here."}


@exercise("4.1")
def rmse(answer):
    """The root of the mean squared error, for equal shapes only."""
    rng = np.random.default_rng(41)
    for shape in [(4, 3), (5, 1), (7,)]:  # first one in which rows and columns have means
        y_true = rng.normal(0, 3, shape)
        y_pred = y_true + rng.normal(-1, 2, shape)
        squares, size = (y_pred - y_true) ** 2, y_pred.size
        mistakes = [
            (squares.mean(), "This is the MSE. Take its square root."),
            (
                np.sqrt(squares).mean(),
                "This is the MAE, the mean of the absolute errors. (If you took the root of each "
                "square, it undid the square.) Take the mean of the squares first, then one root.",
            ),
            (
                abs(y_pred - y_true).sum(),
                "This is the sum of the absolute errors. Take the mean of the squares, then its "
                "root.",
            ),
            (
                squares.sum(),
                "This is the sum of the squares. Take their mean, then its square root.",
            ),
            (
                squares.mean() ** 2,
                "The MSE is squared. Take its square root.",
            ),
            (
                np.sqrt(abs(y_pred - y_true).mean()),
                "This is the root of the MAE. Square the differences, then take the mean, then the "
                "root.",
            ),
            (
                np.sqrt(np.median(squares)),
                "This takes the median of the squares. The exercise asks for their mean.",
            ),
            (
                abs(y_pred - y_true).max(),
                "This is the largest absolute error. The exercise asks for the root of the MSE.",
            ),
            (
                np.sqrt(((y_pred + y_true) ** 2).mean()),
                "The predictions and the true values are added. Subtract one from the other.",
            ),
            (
                np.sqrt(squares.sum()),
                "This is the root of the sum. Did you forget the mean? Divide by how many numbers "
                "there are before you take the root.",
            ),
            (
                np.sqrt(squares.sum()) / size,
                "The division by N comes after the root. Take the mean first, then the root.",
            ),
            (
                (y_pred - y_true).mean(),
                "This is the mean of the differences, in which positive and negative errors cancel "
                "out. Square them first.",
            ),
            (
                abs((y_pred - y_true).mean()),
                "The mean is taken before the square, so positive and negative errors cancel out.",
            ),
            (
                np.sqrt(squares),
                "The mean is missing: there is still a number for each prediction.",
            ),
            (
                np.sqrt(squares.sum() / len(y_pred)),
                f"This divides by {len(y_pred)}, the number of samples. The mean is over all "
                f"{size} numbers: divide by `y_pred.size`, or use np.mean.",
            ),
            (
                np.sqrt(squares.mean(axis=0)),
                "There is a number for each column: the mean runs along axis=0 only. Take it "
                "over all numbers.",
            ),
            (
                (y_pred - y_true).std(),
                "This is the standard deviation of the differences. It subtracts their mean "
                "first, so a constant error would cost nothing.",
            ),
            (
                np.sqrt(squares.mean() / 2),
                "The mean is divided by 2. Some books put a factor 1/2 in front; the MSE here "
                "has none.",
            ),
            (
                squares.mean() / 2,
                "This is half the MSE. `m ** 1 / 2` means (m ** 1) / 2, because ** comes before /. "
                "Write `m ** 0.5` or `np.sqrt(m)`.",
            ),
        ]
        if len(shape) == 2:
            mistakes += [
                (
                    np.sqrt(squares.mean(axis=axis)).mean(),
                    f"This is the mean of one root for each {line}. Take the mean over all "
                    f"{size} numbers first, then one root.",
                )
                for axis, line in ((1, "row"), (0, "column"))
            ]
            mistakes.append(
                (
                    np.sqrt(squares.mean(axis=1)),
                    "There is a number for each row: the mean runs along axis=1 only. Take it over "
                    "all numbers.",
                )
            )
        name = f"`rmse(y_pred, y_true)` for shape {shape}"
        received = call(answer, y_pred, y_true)
        right = np.sqrt(squares.mean())
        expect(received, right, name, mistakes=mistakes, batch=size, factors=FACTORS)
    for pred_shape, true_shape in [((4, 1), (4,)), ((4,), (4, 1)), ((3, 2), (1, 2))]:
        try:
            received = call(answer, np.ones(pred_shape), np.zeros(true_shape))
        except ValueError:
            continue
        except Exception as error:
            if type(error) not in (AssertionError, Exception, TypeError):
                raise
            raise Wrong(
                f"For different shapes this raises {type(error).__name__}. The exercise asks for "
                "ValueError: `raise ValueError(...)`."
            ) from None
        if isinstance(received, Exception) or received is ValueError:
            raise Wrong("The function returns the error. Write `raise` in place of `return`.")
        raise Wrong(
            f"Right for equal shapes, but y_pred {pred_shape} and y_true {true_shape} go through: "
            "NumPy broadcasts the pair. Compare the shapes first, and raise a ValueError."
        )
    return "The root brings back the unit, and different shapes are refused."


@exercise("4.2")
def probability_of(answer):
    """The hit that has a given cross-entropy."""
    if same_values(call(answer, 0.35), call(answer, 2.0)):
        raise Wrong(
            "`probability_of` returns the same for every loss. Compute the probability from its "
            "argument, `loss`."
        )
    for loss in [0.35, np.log(10), 0.0, 2.0]:
        mistakes = [
            (
                np.exp(loss),
                "This is e^loss, which is 1 or more. The sign is missing: loss = -log(hit), so "
                "log(hit) = -loss.",
            ),
            (
                1 - loss,
                "1 - loss is close for a small loss, but not right, and a loss above 1 would make "
                "it negative. What undoes a logarithm?",
            ),
            (-np.exp(-loss), "The minus sign belongs in the exponent."),
            (
                1 - np.exp(-loss),
                "This is what's left for the other classes. The exercise asks for the probability "
                "of the true one.",
            ),
            (
                10**-loss,
                "This undoes the logarithm to base 10. Ours is the natural one, so use np.exp.",
            ),
            (2**-loss, "This undoes the logarithm to base 2. Ours is the natural one: np.exp."),
            (-loss, "This is log(hit). Which function undoes the logarithm?"),
            (100 * np.exp(-loss), "This is in percent. A probability lies between 0 and 1."),
            (
                1 / (1 + np.exp(loss)),
                "This is the sigmoid of -loss. A loss isn't a logit: solve loss = -log(hit).",
            ),
            (
                1 / (1 + np.exp(-loss)),
                "This is the sigmoid of the loss. A loss isn't a logit: solve loss = -log(hit).",
            ),
        ]
        if loss > 0:
            undo = "Here the cost is given, and the hit is unknown. Which function undoes log?"
            mistakes += [
                (-np.log(loss), f"This is the cost of a hit. {undo}"),
                (np.log(loss), f"This is the logarithm of the cost. {undo}"),
                (1 / loss, "This is 1 / loss, which is above 1 for a small loss."),
            ]
        name = f"`probability_of({loss:.4g})`"
        expect(call(answer, loss), np.exp(-loss), name, mistakes=mistakes, factors=FACTORS)
    tiny = finite(call(answer, 80.0), "`probability_of(80)`", ())
    if not np.isclose(tiny, np.exp(-80), rtol=1e-4, atol=0):
        raise Wrong(
            f"Right for losses up to {np.log(10):.3g}, but `probability_of(80)` is {tiny:.4g}, "
            f"expected {np.exp(-80):.4g}. Is the probability kept away from 0, or rounded? The "
            "exercise asks for any loss."
        )
    return "A loss of 0.35 is as good as giving the truth a probability of 0.70 every time."


@exercise("4.3")
def loss_by_class(answer):
    """The mean cross-entropy of the samples of each class."""
    rng = np.random.default_rng(43)
    for labels, classes in [([0, 2, 1, 1, 0, 2, 2, 0, 0], 3), ([1, 0, 3, 1, 2, 1], 4)]:
        labels = np.array(labels)
        n = len(labels)
        p = rng.random((n, classes)) + 0.05
        p /= p.sum(axis=1, keepdims=True)
        costs = -np.log(p[np.arange(n), labels])
        guess = p.argmax(axis=1)
        members = [labels == k for k in range(classes)]
        right = np.array([costs[rows].mean() for rows in members])
        every = -np.log(p)
        mistakes = [
            (
                [costs[rows].sum() for rows in members],
                "These are sums. Take the mean over the samples of each class, or a class looks "
                "expensive because it is frequent.",
            ),
            (
                [costs[rows].sum() / n for rows in members],
                "The sums are divided by the number of all samples. Divide each by the number of "
                "samples of its own class.",
            ),
            (-right, "It has the wrong sign: the cost is *minus* the logarithm."),
            (right / np.log(2), "This is the logarithm to base 2. Use the natural one, np.log."),
            (right / np.log(10), "This is the logarithm to base 10. Use the natural one, np.log."),
            (
                [np.median(costs[rows]) for rows in members],
                "These are medians. The exercise asks for the mean of each class.",
            ),
            (
                [costs[rows].max() for rows in members],
                "This is the largest cost of each class. The exercise asks for the mean.",
            ),
            (
                [-np.log(1 - np.exp(-costs[rows])).mean() for rows in members],
                "This uses 1 - p, the probability given to all the other classes.",
            ),
            (
                [rows.mean() for rows in members],
                "These are the shares of the classes. Pick the costs of their samples by the mask.",
            ),
            (
                right * np.array([rows.mean() for rows in members]) * classes,
                "The sums are divided by n / classes, as if all classes were equally frequent. "
                "Divide each by the number of samples of its own class.",
            ),
            (
                costs.mean(),
                "This is the mean over all samples. Each class needs a mean of its own.",
            ),
            (costs, "These are the costs of the individual samples. Take a mean for each class."),
            (
                [-np.log(np.exp(-costs[rows]).mean()) for rows in members],
                "This is the logarithm of the mean hit. Take the logarithm of each hit first, then "
                "the mean.",
            ),
            (
                every.mean(axis=0),
                "This is the mean of whole columns. Only samples that truly belong to a class "
                "count for it.",
            ),
            *(
                (
                    [mean(every[rows]) for rows in members],
                    "All the probabilities in each row are used. Only the true class's "
                    "counts.",
                )
                for mean in (np.mean, lambda costs: costs.sum(axis=1).mean())
            ),
            (
                [-np.log(p[rows].max(axis=1)).mean() for rows in members],
                "This uses the largest probability in each row. Use the true class's.",
            ),
            (
                [(1 - np.exp(-costs[rows])).mean() for rows in members],
                "These are the means of 1 - hit. The cost of a sample is -log(hit).",
            ),
            (
                [(guess[rows] == labels[rows]).mean() for rows in members],
                "This is the accuracy of each class. The exercise asks for the cross-entropy.",
            ),
            (
                [np.where(rows, every[:, k], -np.log(1 - p[:, k])).mean()
                 for k, rows in enumerate(members)],
                "This is the binary cross-entropy of each column, over all samples. Only samples "
                "that truly belong to a class count for it.",
            ),
            (
                [np.exp(-costs[rows]).mean() for rows in members],
                "These are the mean hits. The logarithm is missing.",
            ),
        ]
        if all((guess == k).any() for k in range(classes)):
            mistakes.append(
                (
                    [costs[guess == k].mean() for k in range(classes)],
                    "The samples are grouped by the predicted class. Group them by the true one.",
                )
            )
        name = f"`loss_by_class(p, labels, {classes})`"
        received = call(answer, p, labels, classes)
        expect(received, right, name, mistakes=mistakes, factors=FACTORS)
    return "One cost per sample, then a mean for each class: now you see which one costs most."


@exercise("4.4")
def log_softmax(answer):
    """The logarithms of all softmax probabilities, for logits of any size."""
    rng = np.random.default_rng(44)
    for shape in [(3, 3), (4, 2), (1, 5)]:
        z = 2 * rng.standard_normal(shape)
        exp = np.exp(z)
        total = exp.sum(axis=1, keepdims=True)
        right = z - np.log(total)
        mistakes = [
            (exp / total, "This is softmax itself. The exercise asks for its logarithm."),
            (
                -right,
                "This is minus the logarithm, as in the loss. The exercise asks for the logarithm.",
            ),
            (
                np.log(total),
                "This is log-sum-exp. Subtract it from the logits.",
            ),
            (np.log(total)[:, 0], "This is log-sum-exp. Subtract it from the logits."),
            (
                z - total,
                "The sum of the exponentials is subtracted; its logarithm should be.",
            ),
            *(
                (
                    wrong,
                    "The sum runs over the whole batch. Each row needs a sum of its own: axis=1.",
                )
                for wrong in (
                    z - np.log(exp.sum()),
                    z - z.max(axis=1, keepdims=True)
                    - np.log(np.exp(z - z.max(axis=1, keepdims=True)).sum()),
                )
            ),
            (
                -np.log1p(np.exp(-z)),
                "This is the logarithm of the sigmoid of each logit. Softmax divides by the sum "
                "over the row.",
            ),
            (
                z - np.log(exp.sum(axis=0, keepdims=True)),
                "The sums run down the columns. A sample is a row: sum along axis=1.",
            ),
            (right / np.log(2), "This is the logarithm to base 2. Use the natural one, np.log."),
            (right / np.log(10), "This is the logarithm to base 10. Use the natural one, np.log."),
            (
                z - np.log(exp.mean(axis=1, keepdims=True)),
                "Log-sum-exp needs the sum of the exponentials, not their mean.",
            ),
            (z + np.log(total), "Log-sum-exp is added. Subtract it from the logits."),
            (
                z.max(axis=1, keepdims=True) - np.log(total),
                "There is one number for each row, for its largest logit. Every logit is needed.",
            ),
            (
                np.log(total) - z.max(axis=1, keepdims=True),
                "There is one number for each row. Subtract log-sum-exp from all its logits.",
            ),
            (
                z - z.max(axis=1, keepdims=True),
                "These are the shifted logits. Subtract the logarithm of the sum, too.",
            ),
            (
                z - z.max(axis=1, keepdims=True) - np.log(total),
                "The largest logit is subtracted one time too many. Take log-sum-exp of the "
                "shifted logits, or add the largest back to it.",
            ),
            (
                z - np.log(np.exp(z - z.max(axis=1, keepdims=True)).sum(axis=1, keepdims=True)),
                "Log-sum-exp is taken of the shifted logits and subtracted from the unshifted "
                "ones. Use the shifted ones in both places.",
            ),
        ]
        if shape[0] == shape[1]:  # only then does it go through
            tops = z.max(axis=1)
            shifted, skewed = z - tops[:, np.newaxis], z - tops
            sums, skewed_sums = np.exp(shifted).sum(axis=1), np.exp(skewed).sum(axis=1)
            without = "without keepdims=True it's a vector, which NumPy lines up with the columns."
            mistakes += [
                (
                    wrong,
                    f"The log-sum-exp of each row is subtracted from a column: {without}",
                )
                for wrong in (z - np.log(total[:, 0]), shifted - np.log(sums))
            ]
            mistakes += [
                (
                    wrong,
                    f"The largest logit of each row is subtracted from a column: {without}",
                )
                for wrong in (
                    skewed - np.log(skewed_sums),
                    skewed - np.log(skewed_sums)[:, np.newaxis] + 0 * tops,
                    skewed - np.log(sums)[:, np.newaxis],
                )
                if not np.allclose(wrong, right)
            ]
        name = f"`log_softmax(logits)` for logits {shape}"
        expect(call(answer, z), right, name, mistakes=mistakes, factors=FACTORS)
    for rows in [
        [[-1000.0, -1001.0, -1003.0]],
        [[0.0, 1000.0, -1000.0]],
        [[1000.0, 1000.0, -1000.0]],
        [[1000.0, 1001.0], [-1000.0, -1002.0]],
    ]:
        z = np.array(rows)
        with np.errstate(all="ignore"):  # an overflow is reported below, in words
            received = np.asarray(call(answer, z), dtype=float)
            _explain_extremes(z, received)
            right = _shifted_log_softmax(z, z.max(axis=1, keepdims=True))
        expect(received, right, f"`log_softmax({rows})`", tolerance=1e-4, factors=FACTORS)
    return "The logits minus their log-sum-exp: accurate even for logits of ±1000."


def _shifted_log_softmax(z, shift):
    shifted = z - shift
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def _explain_extremes(z, received):
    """Raise `Wrong` if ``received`` is what a typical mistake makes of the large logits ``z``."""
    top = z.max(axis=1, keepdims=True)
    right = _shifted_log_softmax(z, top)
    exp = np.exp(z - top)
    p = exp / exp.sum(axis=1, keepdims=True)
    remedy = "Subtract each row's largest logit before you take the exponentials."
    mistakes = [
        (
            _shifted_log_softmax(z, z.min(axis=1, keepdims=True)),
            "the exponentials of large logits still overflow. Did you subtract each row's smallest "
            f"logit, its mean, or its first? {remedy}",
        ),
        (
            _shifted_log_softmax(z, z.max()),
            "the largest logit of the whole batch is subtracted, so in another row all "
            f"exponentials are rounded to 0. {remedy}",
        ),
        (
            _shifted_log_softmax(z, 0),
            "log-sum-exp is computed from the logits themselves, and their exponentials overflow "
            f"or are rounded to 0. {remedy}",
        ),
        (
            np.log(np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)),
            "softmax is computed from the logits themselves, which overflow or are rounded to 0. "
            "Don't compute softmax first: subtract log-sum-exp from the logits.",
        ),
        (
            np.log(p),
            "the probabilities are computed first, and the smallest are rounded to 0. Subtract "
            "log-sum-exp from the logits instead.",
        ),
        (
            np.where(p > 0, np.log(p), z - top),
            "where a probability is rounded to 0, only the largest logit is subtracted. The "
            "logarithm of the sum is missing there.",
        ),
    ]
    if np.allclose(received, right, atol=0.1):
        return
    for wrong, cause in mistakes:
        if np.allclose(received, wrong, atol=1e-3, equal_nan=True):
            raise Wrong(f"Right for small logits, but for {z.tolist()}: {cause}")
    if not np.isfinite(received).all():
        raise Wrong(
            f"Right for small logits, but for {z.tolist()} it isn't finite: an exponential "
            f"overflows, or is rounded to 0 before its logarithm is taken. {remedy}"
        )
    if np.abs(received).max(initial=0) > 1e100:
        raise Wrong(
            f"Right for small logits, but for {z.tolist()} it contains numbers beyond 1e100. Does "
            "np.nan_to_num replace an infinity? None arises if you shift the logits by each row's "
            "largest, and subtract log-sum-exp instead of taking the logarithm of probabilities."
        )
    limit = np.ptp(received) / 2
    clipped_logits = [_shifted_log_softmax(c, c.max()) for c in (np.clip(z, -limit, limit), 0 * z)]
    stopped = received.min() > right.min() + 1
    if stopped and any(np.allclose(received, wrong, atol=1e-3) for wrong in clipped_logits):
        raise Wrong(
            f"Right for small logits, but for {z.tolist()} the logits seem to be clipped: they "
            "count as closer together than they are. Nothing has to be clipped if you subtract "
            "each row's largest logit."
        )
    if stopped and np.allclose(received, np.maximum(right, received.min()), atol=1e-3):
        raise Wrong(
            f"For {z.tolist()} it stops at {received.min():.4g}: something is clipped, the "
            "probabilities or the shifted logits. Subtract log-sum-exp from the logits, then "
            "there's nothing to clip."
        )


@exercise("4.5")
def best_constant(answer):
    """The shares of the classes, and the entropy of the labels."""
    for labels, classes in [([0, 1, 1, 2, 1, 0, 1, 2, 1, 1], 3), ([3, 0, 0, 1, 3, 3, 3, 0], 5)]:
        labels = np.array(labels)
        result = call(answer, labels, classes)
        p, loss = parts(result, ("p", "loss"))
        counts = np.bincount(labels, minlength=classes)
        shares = counts / len(labels)
        present = counts > 0
        entropy = -np.sum(shares[present] * np.log(shares[present]))
        swapped(result, {"p": shares, "loss": entropy})
        mistakes = [
            (counts, "These are the counts. Divide by the number of samples to get probabilities."),
            (
                np.full(classes, 1 / classes),
                "All classes equal: that costs log(classes). A frequent class deserves more.",
            ),
            (
                np.eye(classes)[counts.argmax()],
                "All on the most frequent class: that's right most often, but every other sample "
                "costs -log 0, which is infinite.",
            ),
            (
                present / present.sum(),
                "Equal shares for all classes that occur. A frequent class deserves more.",
            ),
            (
                shares[present],
                f"p has {present.sum()} entries for {classes} classes: a class that doesn't occur "
                "has probability 0.",
            ),
            (
                counts[: labels.max() + 1] / len(labels),
                f"p has too few entries for {classes} classes: a class that doesn't occur has "
                "probability 0. np.bincount has minlength for that.",
            ),
        ]
        softmax = np.exp(counts) / np.exp(counts).sum()
        of_shares = np.exp(shares) / np.exp(shares).sum()
        mistakes += [
            (of_shares, "This is softmax of the shares, which are probabilities already."),
            (
                (counts + 1) / (len(labels) + classes),
                "It seems that 1 is added to each count. That keeps probabilities away from 0, but "
                "the shares themselves cost less.",
            ),
            (
                counts / classes,
                "The counts are divided by the number of classes. Divide by the number of samples.",
            ),
            (softmax, "This is softmax of the counts. Counts aren't logits: divide by their sum."),
            (1 - shares, "This is 1 minus the share of each class. It should be the share."),
            (100 * shares, "This is in percent. Probabilities add up to 1."),
            (np.sort(shares), "The shares are sorted. Keep the order of the classes."),
            (np.sort(shares)[::-1], "The shares are sorted. Keep the order of the classes."),
        ]
        expect(p, shares, f"p for {classes} classes", mistakes=mistakes, factors=FACTORS)
        if isinstance(loss, (float, np.ndarray)) and np.any(loss != loss):  # NaN alone differs
            raise Wrong(
                "p is right, but the loss is NaN: 0 times log 0 comes from a class that doesn't "
                "occur. Pick the hit of each sample by its label."
            )
        clipped = np.maximum(shares, 1e-7)
        mistakes = [
            (entropy / np.log(2), "The loss is in base 2. Use the natural logarithm, np.log."),
            (entropy / np.log(10), "The loss is in base 10. Use the natural logarithm, np.log."),
            (np.exp(entropy), "This is e to the loss. Leave out np.exp."),
            (
                -np.sum(clipped * np.log(clipped)),
                "The loss is slightly too high: a class that doesn't occur is clipped, and still "
                "costs something. Pick the hit of each sample by its label.",
            ),
            (
                1 - np.sum(shares**2),
                "This is 1 minus the mean hit. Cross-entropy is the mean of -log(hit).",
            ),
            (
                -np.log(shares[labels]),
                "The loss holds one cost per sample. Take their mean.",
            ),
            (np.log(classes), "p is right, but the loss is log(classes), that of equal shares."),
            (-np.log(shares.max()), "The loss counts the most frequent class only."),
            (
                -np.mean(np.log(shares[present])),
                "The loss is the mean over the classes. Take it over the samples, so that a "
                "frequent class counts more often.",
            ),
            (
                entropy / classes,
                "The loss is divided by the number of classes, too. Sum over the classes, mean "
                "over the samples.",
            ),
            (
                -np.log(np.mean(shares[labels])),
                "The loss is the logarithm of the mean hit. First the logarithm, then the mean.",
            ),
        ]
        expect(
            loss, entropy, "The loss", mistakes=mistakes, batch=len(labels), factors=FACTORS
        )
    return "The shares of the classes. No network that ignores its input can cost less."


def _neuron():
    """Return the points of section 9, their labels, and the partly wrong labels."""
    rng = np.random.default_rng(5)
    labels = np.repeat([0, 1], 20)
    side = np.where(labels == 1, 1.0, -1.0).reshape(-1, 1)
    flipped = labels.copy()
    flipped[[0, 1, 20, 21]] = 1 - flipped[[0, 1, 20, 21]]
    return rng.standard_normal((40, 2)) + side * np.array([0.9, 0.5]), labels, flipped


def _loss(w, wrong_labels=True):
    x, labels, flipped = _neuron()
    z, y = x @ w, flipped if wrong_labels else labels
    return float(np.mean(np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z)))))


@exercise("4.6")
def down_with_wrong_labels(answer):
    """Weights of the neuron of Figure 4.9 with nearly the lowest loss for partly wrong labels."""
    try:
        w = np.asarray(answer)
    except ValueError:  # rows of different lengths
        w = np.empty(0)
    if w.dtype.kind not in "iuf":
        raise Wrong("The exercise asks for two numbers, such as `w = [-2, 3]`.")
    if w.size != 2:
        raise Wrong(f"The exercise asks for two numbers, w1 and w2. Received: shape {w.shape}.")
    w = w.reshape(2).astype(float)
    if not np.isfinite(w).all():
        raise Wrong("The weights contain NaN or infinity.")
    loss = _loss(w)
    if loss < 0.404:
        return (
            f"The loss is {loss:.4f}, and it can't get much lower. The weights are closer to 0 "
            "than those of Section 9: with wrong labels around, being certain costs too much."
        )
    missed = f"The loss is {loss:.4g}, not below 0.404."
    if _loss(w, wrong_labels=False) < 0.212:
        raise Wrong(
            f"{missed} These weights are the best for the labels of Section 9, `y_points`. Use "
            "`losses_of(W, flipped)`."
        )
    if _loss(w[::-1]) < 0.404:
        raise Wrong(f"{missed} The two weights are swapped: w1 comes first.")
    if _loss(-w) < 0.404:
        raise Wrong(f"{missed} Both signs are wrong.")
    steps = {"right": (0.05, 0), "left": (-0.05, 0), "up": (0, 0.05), "down": (0, -0.05)}
    down = [name for name, by in steps.items() if _loss(w + np.array(by)) < loss]
    advice = f"On the map, the loss goes down if you step {' or '.join(down)}." if down else ""
    near = "Nearly there. " if loss < 0.412 else ""
    raise Wrong(f"{missed} {near}{advice}".strip())
