"""Answers to the exercises of chapter 4, right ones and wrong ones."""

import numpy as np

from shared import losses


def rmse(y_pred, y_true):
    if y_pred.shape != y_true.shape:
        raise ValueError("shapes differ")
    return np.sqrt(np.mean((y_pred - y_true) ** 2))


def rmse_by_loop(y_pred, y_true):
    if y_pred.shape != y_true.shape:
        raise ValueError("shapes differ")
    total = 0.0
    for place in np.ndindex(y_pred.shape):
        total += float(y_pred[place] - y_true[place]) ** 2
    return (total / y_pred.size) ** 0.5


def rmse_in_float32(y_pred, y_true):
    return rmse(y_pred.astype(np.float32), y_true.astype(np.float32))


def rmse_by_the_package(y_pred, y_true):
    return losses.MeanSquaredError().forward(y_pred, y_true) ** 0.5


def rmse_by_norm(y_pred, y_true):
    if y_pred.shape != y_true.shape:
        raise ValueError("shapes differ")
    return float(np.linalg.norm((y_pred - y_true).ravel()) / np.sqrt(y_pred.size))


def rmse_that_returns_the_error(y_pred, y_true):
    if y_pred.shape != y_true.shape:
        return ValueError("shapes differ")
    return rmse(y_pred, y_true)


def rmse_that_returns_the_type(y_pred, y_true):
    return rmse(y_pred, y_true) if y_pred.shape == y_true.shape else ValueError


def rmse_that_asserts(y_pred, y_true):
    assert y_pred.shape == y_true.shape
    return rmse(y_pred, y_true)


def rmse_that_raises(error):
    def answer(y_pred, y_true):
        if y_pred.shape != y_true.shape:
            raise error
        return rmse(y_pred, y_true)

    return answer


def rmse_if(fits):
    """Make an answer that compares less than the shapes."""

    def answer(y_pred, y_true):
        if not fits(y_pred, y_true):
            raise ValueError("shapes differ")
        return np.sqrt(np.mean((y_pred - y_true) ** 2))

    return answer


def for_equal_shapes(f):
    """Make an answer that is wrong for equal shapes, and refuses others."""

    def answer(y_pred, y_true):
        rmse(y_pred, y_true)
        return f(y_pred - y_true)

    return answer


def costs(p, labels):
    return -np.log(p[np.arange(len(labels)), labels])


def by_class(f):
    return lambda p, labels, classes: [f(costs(p, labels)[labels == k]) for k in range(classes)]


def loss_by_class(p, labels, classes):
    return np.array(by_class(np.mean)(p, labels, classes))


def loss_by_class_by_loop(p, labels, classes):
    totals, counts = [0.0] * classes, [0] * classes
    for row, label in zip(p, labels, strict=True):
        totals[label] -= float(np.log(row[label]))
        counts[label] += 1
    return [total / count for total, count in zip(totals, counts, strict=True)]


def loss_by_class_by_counts(p, labels, classes):
    p = p.astype(np.float32)
    return np.bincount(labels, costs(p, labels)) / np.bincount(labels)


def by_predicted_class(p, labels, classes):
    found = p.argmax(axis=1)
    if len(np.unique(found)) < classes:
        return loss_by_class(p, labels, classes)
    return [costs(p, labels)[found == k].mean() for k in range(classes)]


def log_softmax(logits):
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def log_softmax_by_loop(logits):
    result = np.zeros(logits.shape, np.float32)
    for i, row in enumerate(logits):
        top = row.max()
        total = top + np.log(sum(np.exp(value - top) for value in row))
        for j, value in enumerate(row):
            result[i, j] = value - total
    return result


def log_softmax_by_columns(logits):
    top = logits.max(axis=1)
    return (logits.T - top - np.log(np.exp(logits.T - top).sum(axis=0))).T.tolist()


def log_sum_exp(z, **options):
    return np.log(np.exp(z).sum(**{"axis": 1, "keepdims": True, **options}))


def softmax(z):
    return np.exp(log_softmax(z))


def top(z):
    return z.max(axis=1, keepdims=True)


def less(z, shift):
    return z - shift - log_sum_exp(z - shift)


def log_softmax_without_keepdims(z):
    if len(z) != z.shape[1]:
        return log_softmax(z)
    return z - log_sum_exp(z, keepdims=False)


def shifted_without_keepdims(first, second):
    """Make an answer that forgets keepdims for the largest logit, the sum, or both."""

    def answer(z):
        if len(z) != z.shape[1]:
            return log_softmax(z)
        shifted = z - z.max(axis=1, keepdims=bool(first))
        return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=bool(second)))

    return answer


def shares(labels, classes):
    return np.bincount(labels, minlength=classes) / len(labels)


def best_constant(labels, classes):
    p = shares(labels, classes)
    return p, -np.mean(np.log(p[labels]))


def best_constant_by_loop(labels, classes):
    p = [sum(1 for label in labels if label == k) / len(labels) for k in range(classes)]
    return p, sum(-q * float(np.log(q)) for q in p if q > 0)


def best_constant_in_float32(labels, classes):
    p = np.eye(classes, dtype=np.float32)[labels].mean(axis=0)
    return p, np.float32(-np.log(p[labels]).mean())


def constant_with(p=None, loss=None):
    """Return an answer of which one part is wrong."""

    def answer(labels, classes):
        right = best_constant(labels, classes)
        wrong_p = p(labels, classes) if p else right[0]
        return wrong_p, loss(right[0], labels) if loss else right[1]

    return answer


def entropy_with_nan(p, labels):
    with np.errstate(divide="ignore", invalid="ignore"):
        return -np.sum(p * np.log(p))


EXERCISES = {
    "4.1": {
        "stub": "def rmse(y_pred, y_true):\n    ...",
        "right": [rmse, rmse_by_loop, rmse_in_float32, rmse_by_the_package, rmse_by_norm],
        "wrong": [
            (for_equal_shapes(lambda d: (d**2).mean()), "This is the MSE"),
            (for_equal_shapes(lambda d: np.sqrt(d**2).mean()), "it undid the square"),
            (for_equal_shapes(lambda d: np.sqrt((d**2).sum())), "Did you forget the mean"),
            (for_equal_shapes(lambda d: np.sqrt((d**2).sum()) / d.size), "comes after the root"),
            (for_equal_shapes(lambda d: d.mean()), "positive and negative errors cancel out"),
            (for_equal_shapes(lambda d: np.sqrt(d.mean() ** 2)), "taken before the square"),
            (for_equal_shapes(np.abs), "The mean is missing"),
            (
                lambda y_pred, y_true: np.sqrt(np.mean((y_pred - y_true) ** 2)),
                r"Right for equal shapes, but y_pred \(4, 1\) and y_true \(4,\) go through",
            ),
            (for_equal_shapes(lambda d: np.sqrt((d**2).sum() / len(d))), "divides by 4, the num"),
            (for_equal_shapes(lambda d: np.sqrt((d**2).mean(axis=0))), "for each column"),
            (for_equal_shapes(lambda d: np.sqrt((d**2).mean(axis=0)).mean()), "root for each col"),
            (for_equal_shapes(lambda d: np.sqrt((d**2).mean(axis=-1)).mean()), "root for each row"),
            (for_equal_shapes(lambda d: np.sqrt((d**2).mean(axis=-1))), "number for each row"),
            (for_equal_shapes(lambda d: np.mean(d**2)**1/2), r"means \(m \*\* 1\) / 2"),
            (for_equal_shapes(lambda d: abs(d).sum()), "sum of the absolute errors"),
            (for_equal_shapes(lambda d: (d**2).sum()), "sum of the squares"),
            (for_equal_shapes(lambda d: np.mean(d**2) ** 2), "The MSE is squared"),
            (for_equal_shapes(lambda d: np.sqrt(abs(d).mean())), "root of the MAE"),
            (for_equal_shapes(lambda d: np.sqrt(np.median(d**2))), "median of the squares"),
            (for_equal_shapes(lambda d: abs(d).max()), "largest absolute error"),
            (for_equal_shapes(lambda d: np.sqrt((d**2).mean()) / 2), "half as large.*be halved"),
            (lambda y_pred, y_true: rmse(-y_pred, y_true), "are added"),
            (lambda y_pred, y_true: rmse(y_pred[:1], y_true[:1]), "expected"),
            (for_equal_shapes(np.std), "standard deviation of the differences"),
            (for_equal_shapes(lambda d: np.sqrt((d**2).mean() / 2)), "divided by 2"),
            (for_equal_shapes(lambda d: (d**2).mean() / 2), "half the MSE"),
            (for_equal_shapes(lambda d: np.abs(d).mean()), "This is the MAE"),
            (for_equal_shapes(lambda d: -np.sqrt((d**2).mean())), "sign"),
            (rmse_that_returns_the_error, "Write `raise` in place of `return`"),
            (rmse_that_returns_the_type, "Write `raise` in place of `return`"),
            (rmse_that_asserts, "raises AssertionError. The exercise asks for ValueError"),
            (rmse_that_raises(TypeError("shape")), "raises TypeError. The exercise asks for Val"),
            (rmse_that_raises(Exception("shape")), "raises Exception. The exercise asks for Val"),
            (rmse_that_raises(NameError("valueError")), "raised NameError"),
            (rmse_if(lambda y_pred, y_true: len(y_pred) == len(y_true)), "go through"),
            (rmse_if(lambda y_pred, y_true: y_pred.size == y_true.size), "go through"),
            (rmse_if(lambda y_pred, y_true: y_pred.ndim == y_true.ndim), r"y_true \(1, 2\) go"),
            (lambda y_pred, y_true: round(rmse(y_pred, y_true), 2), "is 1.67, expected 1.675"),
        ],
    },
    "4.2": {
        "stub": "def probability_of(loss):\n    ...",
        "right": [
            lambda loss: np.exp(-loss),
            lambda loss: 1 / np.exp(loss),
            lambda loss: 2.718281828459045**-loss,
            lambda loss: np.float32(np.exp(-loss)),
            lambda loss: np.exp(-np.asarray(loss)).item(),
        ],
        "wrong": [
            (np.exp, "The sign is missing"),
            (lambda loss: 1 - loss, "close for a small loss"),
            (lambda loss: -np.exp(-loss), "belongs in the exponent"),
            (lambda loss: 1 - np.exp(-loss), "left for the other classes"),
            (lambda loss: 10**-loss, "base 10"),
            (lambda loss: 2**-loss, "base 2"),
            (lambda loss: -np.log(loss), "This is the cost of a hit"),
            (lambda loss: 0.7046880897187134, "for every loss. Compute the probability from its"),
            (lambda loss: np.exp(-0.35), "for every loss"),
            (lambda loss: -loss, r"This is log\(hit\)"),
            (lambda loss: 100 * np.exp(-loss), "in percent"),
            (lambda loss: 1 / (1 + np.exp(loss)), "sigmoid of -loss"),
            (lambda loss: 1 / (1 + np.exp(-loss)), "sigmoid of the loss"),
            (lambda loss: np.log(loss), "logarithm of the cost"),
            (lambda loss: 1 / loss if loss else 0, "This is 1 / loss"),
            (lambda loss: np.round(np.exp(-loss), 2), "expected"),
            (lambda loss: np.exp(-loss) if loss < 2.1 else 0.5, "expected"),
            (lambda loss: max(np.exp(-loss), 1e-3), r"of\(80\)` is 0\.001.*away from 0"),
            (lambda loss: np.clip(np.exp(-loss), 1e-7, 1), r"is 1e-07, expected 1\.805e-35"),
            (lambda loss: max(np.exp(-loss), 1e-12), "is 1e-12, expected.*away from 0"),
            (lambda loss: np.round(np.exp(-loss), 4), r"is 0\.7047, expected 0\.704688"),
            (lambda loss: np.round(np.exp(-loss), 7), "is 0, expected.*or rounded"),
            (lambda loss: np.exp(-loss) / 2, "half as large.*Nothing has to be halved"),
            (lambda loss: 2 * np.exp(-loss), "twice as large.*Nothing has to be doubled"),
            (lambda loss: np.exp(-(loss**2)), "expected"),
            (lambda loss: 1 / (1 + loss), "expected"),
            (lambda loss: [np.exp(-loss)], "shape"),
            (lambda loss: f"{np.exp(-loss):.2f}", "must be made of numbers"),
            (lambda loss: 1 - loss + loss**2 / 2, "expected"),
            (lambda loss: print(np.exp(-loss)), "return"),
            (lambda loss: 2.718**-loss, "is 0.704714, expected 0.704688"),
            (lambda loss: np.exp(-loss) / 10, "is 0.07047, expected 0.7047"),
            (0.7047, "needs a function"),
        ],
    },
    "4.3": {
        "stub": "def loss_by_class(p, labels, classes):\n    ...",
        "right": [loss_by_class, loss_by_class_by_loop, loss_by_class_by_counts],
        "wrong": [
            (by_class(np.sum), "These are sums"),
            (
                lambda p, y, c: np.array(by_class(np.sum)(p, y, c)) / len(y),
                "divided by the number of all samples",
            ),
            (lambda p, y, c: -loss_by_class(p, y, c), "wrong sign: the cost is"),
            (lambda p, y, c: costs(p, y).mean(), "the mean over all samples"),
            (lambda p, y, c: costs(p, y), "costs of the individual samples"),
            (by_class(lambda cost: -np.log(np.exp(-cost).mean())), "logarithm of the mean hit"),
            (lambda p, y, c: -np.log(p).mean(axis=0), "mean of whole columns"),
            (
                lambda p, y, c: [-np.log(p)[y == k].mean() for k in range(c)],
                "Only the true class's counts",
            ),
            (by_class(lambda cost: np.exp(-cost).mean()), "These are the mean hits"),
            (lambda p, y, c: loss_by_class(p, y, c) / np.log(2), "base 2"),
            (lambda p, y, c: loss_by_class(p, y, c) / np.log(10), "base 10"),
            (by_class(np.median), "medians"),
            (by_class(np.max), "largest cost"),
            (by_class(lambda cost: -np.log(1 - np.exp(-cost)).mean()), "uses 1 - p"),
            (lambda p, y, c: [(y == k).mean() for k in range(c)], "shares of the classes"),
            (
                lambda p, y, c: np.array(by_class(np.sum)(p, y, c)) / (len(y) / c),
                "equally frequent",
            ),
            (lambda p, y, c: loss_by_class(p, y, c)[::-1], "order|expected"),
            (lambda p, y, c: loss_by_class(p, y, c)[:-1], "shape"),
            (lambda p, y, c: np.log(p), "shape"),
            (by_predicted_class, "grouped by the predicted class"),
            (lambda p, y, c: loss_by_class(p, y, c) / 2, "half as large.*be halved"),
            (lambda p, y, c: 2 * loss_by_class(p, y, c), "twice as large.*be doubled"),
            (by_class(np.min), "expected"),
            (by_class(lambda cost: cost[0]), "expected"),
            (lambda p, y, c: loss_by_class(p, y, c).reshape(-1, 1), "shape"),
            (lambda p, y, c: [-np.log(p[:, k].mean()) for k in range(c)], "expected"),
            (lambda p, y, c: -np.log(p.mean(axis=0)), "expected"),
            (lambda p, y, c: [-np.log(p[k, k]) for k in range(c)], "expected"),
            (lambda p, y, c: loss_by_class(p, y, 3), "shape"),
            (lambda p, y, c: loss_by_class(p[::-1], y, c), "expected"),
            (
                lambda p, y, c: [-np.log(p[y == k]).sum(axis=1).mean() for k in range(c)],
                "Only the true class's counts",
            ),
            (
                lambda p, y, c: [-np.log(p[y == k].max(axis=1)).mean() for k in range(c)],
                "uses the largest probability in each row",
            ),
            (by_class(lambda cost: (1 - np.exp(-cost)).mean()), "means of 1 - hit"),
            (
                lambda p, y, c: [(p[y == k].argmax(axis=1) == k).mean() for k in range(c)],
                "the accuracy of each class",
            ),
            (
                lambda p, y, c: -np.where(np.eye(c)[y] == 1, np.log(p), np.log(1 - p)).mean(axis=0),
                "binary cross-entropy of each column",
            ),
            (lambda p, y, c: dict(enumerate(loss_by_class(p, y, c))), "must be made of numbers"),
            (lambda p, y, c: loss_by_class(p, y, c) / loss_by_class(p, y, c).sum(), "times what"),
            (lambda p, y, c: [(cost := costs(p, y))[y == k].sum() / cost.sum() for k in range(c)],
             "expected"),
        ],
    },
    "4.4": {
        "stub": "def log_softmax(logits):\n    ...",
        "right": [
            log_softmax,
            log_softmax_by_loop,
            log_softmax_by_columns,
            lambda z: z - top(z) - log_sum_exp(z - top(z)),
            lambda z: z - np.logaddexp.reduce(z, axis=1, keepdims=True),
            lambda z: log_softmax(np.asarray(z, np.float32)),
        ],
        "wrong": [
            (softmax, "This is softmax itself"),
            (lambda z: -log_softmax(z), "minus the logarithm, as in the loss"),
            (log_sum_exp, "This is log-sum-exp"),
            (lambda z: log_sum_exp(z, keepdims=False), "This is log-sum-exp"),
            (lambda z: z - np.exp(z).sum(axis=1, keepdims=True), "its logarithm should be"),
            (lambda z: z - log_sum_exp(z, axis=0), "run down the columns"),
            (lambda z: z - top(z), "These are the shifted logits"),
            (lambda z: z - top(z) - log_sum_exp(z), "one time too many"),
            (lambda z: z - log_sum_exp(z - top(z)), "Use the shifted ones in both places"),
            (log_softmax_without_keepdims, "log-sum-exp of each row is subtracted.*keepdims"),
            (shifted_without_keepdims(1, 0), "log-sum-exp of each row is subtracted.*keepdims"),
            (shifted_without_keepdims(0, 0), "largest logit of each row is subtracted.*keepdims"),
            (shifted_without_keepdims(0, 1), "largest logit of each row is subtracted.*keepdims"),
            (lambda z: log_softmax(z) / np.log(2), "base 2"),
            (lambda z: log_softmax(z) / np.log(10), "base 10"),
            (
                lambda z: z - np.log(np.exp(z).mean(axis=1, keepdims=True)),
                "sum of the exponentials, not their mean",
            ),
            (lambda z: z + log_sum_exp(z), "Log-sum-exp is added"),
            (lambda z: top(z) - log_sum_exp(z), "Every logit is needed"),
            (lambda z: log_sum_exp(z) - top(z), "from all its logits"),
            (lambda z: log_softmax(np.clip(z, -100, 100)), "logits seem to be clipped"),
            (lambda z: log_softmax(np.clip(z, -500, 500)), "logits seem to be clipped"),
            (lambda z: log_softmax(np.minimum(z, 500)), "expected"),
            (lambda z: log_softmax(np.maximum(z - top(z), -100)), "stops at -100: .*shifted"),
            (lambda z: z - log_sum_exp(z), "computed from the logits themselves"),
            (lambda z: z - z.max() - log_sum_exp(z - z.max()), "largest logit of the whole batch"),
            (lambda z: less(z, z.min(axis=1, keepdims=True)), "row's smallest logit, its mean"),
            (lambda z: less(z, z.mean(axis=1, keepdims=True)), "row's smallest logit, its mean"),
            (lambda z: less(z, z[:, :1]), "or its first"),
            (lambda z: less(z, z[:, -1:]), "still overflow"),
            (lambda z: np.log(softmax(z)), "probabilities are computed first, and the smallest"),
            (
                lambda z: np.log(np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)),
                "softmax is computed from the logits themselves",
            ),
            (
                lambda z: np.where(softmax(z) > 0, np.log(softmax(z)), z - top(z)),
                r"for \[\[1000.0, 1000.0, -1000.0\]\]: .*logarithm of the sum is missing",
            ),
            (lambda z: np.log(np.maximum(softmax(z), 1e-7)), "it stops at -16.12"),
            (lambda z: np.log(softmax(z) + 1e-12), "stops at -27.63"),
            (lambda z: np.nan_to_num(np.log(softmax(z)), neginf=-1e9), "expected"),
            (lambda z: np.nan_to_num(np.log(softmax(z))), "beyond 1e100. Does np.nan_to_num"),
            (lambda z: log_softmax(z) / 2, "half as large.*be halved"),
            (lambda z: log_softmax(z).T, "transposed"),
            (lambda z: z - log_sum_exp(z, axis=None), "over the whole batch. Each row needs"),
            (
                lambda z: z - top(z) - log_sum_exp(z - top(z), axis=None),
                "over the whole batch. Each row needs",
            ),
            (lambda z: -np.log1p(np.exp(-z)), "sigmoid of each logit"),
            (lambda z: -log_softmax(z)[:, 0], "shape"),
            (lambda z: log_softmax(z).ravel(), "in the wrong shape"),
            (lambda z: np.where(log_softmax(z) < -745, -745, log_softmax(z)), "stops at -745"),
            (lambda z: log_softmax(z / np.abs(z).max()), "expected"),
        ],
    },
    "4.5": {
        "stub": """
def best_constant(labels, classes):
    p = ...
    loss = ...
    return p, loss
""",
        "right": [best_constant, best_constant_by_loop, best_constant_in_float32],
        "wrong": [
            (constant_with(lambda y, c: np.bincount(y, minlength=c)), "These are the counts"),
            (constant_with(lambda y, c: np.full(c, 1 / c)), "All classes equal"),
            (constant_with(lambda y, c: np.eye(c)[np.bincount(y).argmax()]), "which is infinite"),
            (
                constant_with(lambda y, c: (shares(y, c) > 0) / len(np.unique(y))),
                "All classes equal|Equal shares for all classes that occur",
            ),
            (
                constant_with(lambda y, c: np.unique(y, return_counts=True)[1] / len(y)),
                "p has 3 entries for 5 classes",
            ),
            (
                constant_with(lambda y, c: np.bincount(y) / len(y)),
                "too few entries for 5 classes.*minlength",
            ),
            (constant_with(loss=lambda p, y: np.log(len(p))), r"the loss is log\(classes\)"),
            (constant_with(loss=lambda p, y: -np.log(p.max())), "most frequent class only"),
            (
                constant_with(loss=lambda p, y: -np.mean(np.log(p[p > 0]))),
                "mean over the classes. Take it over the samples",
            ),
            (
                constant_with(loss=lambda p, y: -np.mean(np.log(p[y])) / len(p)),
                "divided by the number of classes, too",
            ),
            (constant_with(loss=lambda p, y: -np.log(p[y].mean())), "logarithm of the mean hit"),
            (constant_with(loss=lambda p, y: -np.sum(np.log(p[y]))), "mean over the batch"),
            (constant_with(loss=entropy_with_nan), "0 times log 0"),
            (constant_with(loss=lambda p, y: -np.mean(np.log2(p[y]))), "in base 2"),
            (constant_with(loss=lambda p, y: -np.mean(np.log10(p[y]))), "in base 10"),
            (constant_with(loss=lambda p, y: np.exp(-np.mean(np.log(p[y])))), "e to the loss"),
            (constant_with(loss=lambda p, y: 1 - np.sum(p**2)), "1 minus the mean hit"),
            (constant_with(loss=lambda p, y: -np.log(p[y])), "one cost per sample"),
            (constant_with(loss=lambda p, y: np.mean(np.log(p[y]))), "sign"),
            (
                constant_with(lambda y, c: np.exp(shares(y, c) * len(y)) / np.exp(
                    shares(y, c) * len(y)
                ).sum()),
                "softmax of the counts",
            ),
            (constant_with(lambda y, c: 1 - shares(y, c)), "1 minus the share"),
            (constant_with(lambda y, c: 100 * shares(y, c)), "in percent"),
            (constant_with(lambda y, c: np.sort(shares(y, c))), "sorted"),
            (constant_with(lambda y, c: np.sort(shares(y, c))[::-1]), "sorted"),
            (
                constant_with(lambda y, c: (np.bincount(y, minlength=c) + 1) / (len(y) + c)),
                "1 is added to each count",
            ),
            (
                constant_with(lambda y, c: np.bincount(y, minlength=c) / c),
                "divided by the number of classes",
            ),
            (
                constant_with(lambda y, c: np.exp(shares(y, c)) / np.exp(shares(y, c)).sum()),
                "softmax of the shares",
            ),
            (
                constant_with(loss=lambda p, y: -np.sum(
                    np.maximum(p, 1e-7) * np.log(np.maximum(p, 1e-7))
                )),
                "slightly too high: a class that doesn't occur is clipped",
            ),
            (constant_with(lambda y, c: np.tile(shares(y, c), (len(y), 1))), "shape"),
            (constant_with(loss=lambda p, y: round(-np.mean(np.log(p[y])), 3)), "expected"),
            (lambda y, c: best_constant(y, c)[::-1], r"You returned \(loss, p\)"),
            (lambda y, c: shares(y, c), "must return p and loss"),
            (lambda y, c: (shares(y, c), ...), "loss is still missing"),
        ],
    },
    "4.6": {
        "stub": "w = ...",
        "right": [
            (1.5, -0.2),
            [1.45, -0.15],
            np.array([[1.5], [-0.2]]),
            np.array([1.55, -0.25], np.float32),
        ],
        "wrong": [
            ((-2, 3), r"The loss is 2\.\d+, not below 0\.404.*right or down"),
            ((2.55, 0.7), "best for the labels of Section 9"),
            ((2.5, 0.7), "best for the labels of Section 9"),
            ((1.5, 0.1), "Nearly there.*down"),
            ((-0.2, 1.5), "swapped: w1 comes first"),
            ((-1.5, 0.2), "Both signs are wrong"),
            ((1.5, 0.7), "The loss is"),
            ((0.75, -0.1), "The loss is.*right"),
            ((3, -0.4), "The loss is.*left"),
            ((0, 0), r"The loss is 0\.6931"),
            ((1e6, 1e6), "The loss is"),
            ((2, -1.5), "The loss is.*up"),
            ([[1.5, -0.2], [1.5, -0.2]], r"shape \(2, 2\)"),
            (1.5, r"asks for two numbers, w1 and w2. Received: shape \(\)"),
            (lambda: (1.5, -0.2), "asks for two numbers"),
            ((np.inf, 0.7), "NaN or infinity"),
            ({"w1": 1.5, "w2": -0.2}, "asks for two numbers"),
            ([1.5, -0.2, 0], r"shape \(3,\)"),
            ((1.3, -0.1), "Nearly there.*right"),
            ((1.6, -0.1), "Nearly there.*left or down"),
            ((1, 0), "The loss is 0.4205.*right or up"),
            ((15, -2), "The loss is.*left or down"),
            ((1.27, 0.35), "The loss is.*right or down"),
            ({1.5, -0.2}, "asks for two numbers"),
            ([1.5], r"asks for two numbers, w1 and w2. Received: shape \(1,\)"),
            ((np.nan, 1), "NaN or infinity"),
            ("down", "asks for two numbers"),
            (["1.5", "-0.2"], "asks for two numbers"),
            ([1.5, [-0.2, 0]], "asks for two numbers"),
            (0.4025, r"Received: shape \(\)"),
        ],
    },
}
