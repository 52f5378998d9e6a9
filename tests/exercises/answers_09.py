"""Answers to the exercises of chapter 9: generalization."""

import math

import numpy as np


def standardize(x, source):
    return (x - source.mean(axis=0)) / source.std(axis=0)


def scale(x_train, x_val):
    return standardize(x_train, x_train), standardize(x_val, x_train)


def scale_by_loop(x_train, x_val):
    scaled = []
    for x in (x_train, x_val):
        columns = []
        for j in range(x.shape[1]):
            column = x_train[:, j].tolist()
            mean = sum(column) / len(column)
            std = math.sqrt(sum((value - mean) ** 2 for value in column) / len(column))
            columns.append([(value - mean) / std for value in x[:, j]])
        scaled.append([list(row) for row in zip(*columns, strict=True)])
    return scaled


def scale_both(x_train, x_val, source):
    return standardize(x_train, source), standardize(x_val, source)


def fold_indices(n, k):
    folds = np.array_split(np.arange(n), k)
    return [(np.setdiff1d(np.arange(n), fold), fold) for fold in folds]


def fold_indices_by_loop(n, k):
    pairs, start = [], 0
    for i in range(k):
        size = n // k + (i < n % k)
        fold = range(start, start + size)
        pairs.append(([j for j in range(n) if j not in fold], list(fold)))
        start += size
    return tuple(pairs)


def smaller_first(n, k):
    folds = [n - 1 - fold[::-1] for fold in np.array_split(np.arange(n), k)][::-1]
    return [(np.setdiff1d(np.arange(n), fold), fold) for fold in folds]


def left_over(n, k):
    folds = [np.arange(i * (n // k), (i + 1) * (n // k)) for i in range(k)]
    return [(np.setdiff1d(np.arange(n), fold), fold) for fold in folds]


def every_kth(n, k):
    folds = [np.arange(i, n, k) for i in range(k)]
    return [(np.setdiff1d(np.arange(n), fold), fold) for fold in folds]


def stop(losses, patience, start=1, better=lambda value, best: value < best):
    best, best_epoch = math.inf, start - 1
    for epoch, value in enumerate(losses, start):
        if better(value, best):
            best, best_epoch = value, epoch
        elif epoch - best_epoch >= patience:
            break
    return best_epoch, epoch


def stop_by_slices(losses, patience):
    for epoch in range(1, len(losses) + 1):
        best_epoch = losses.index(min(losses[:epoch])) + 1
        if epoch - best_epoch >= patience:
            return [best_epoch, epoch]
    return [best_epoch, epoch]


def stop_at_rises(losses, patience):
    rises = 0
    for j in range(1, len(losses)):
        rises = rises + 1 if losses[j] >= losses[j - 1] else 0
        if rises == patience:
            return losses.index(min(losses[: j + 1])) + 1, j + 1
    return losses.index(min(losses)) + 1, len(losses)


def samples(p, s):
    return math.ceil(p * (1 - p) / s**2)


def overwritten(x_train, x_val):
    x_train = standardize(x_train, x_train)
    return x_train, standardize(x_val, x_train)


def stop_by_previous(losses, patience):
    best_epoch, before = 0, math.inf
    for epoch, value in enumerate(losses, 1):
        if value < before:
            best_epoch = epoch
        if epoch - best_epoch >= patience:
            break
        before = value
    return best_epoch, epoch


def stop_without_reset(losses, patience):
    best, best_epoch, worse = math.inf, 0, 0
    for epoch, value in enumerate(losses, 1):
        if value < best:
            best, best_epoch = value, epoch
        else:
            worse += 1
        if worse == patience:
            break
    return best_epoch, epoch


def stop_from_one(losses, patience):
    best, best_epoch = 1.0, 0
    for epoch, value in enumerate(losses, 1):
        if value < best:
            best, best_epoch = value, epoch
        elif epoch - best_epoch >= patience:
            break
    return best_epoch, epoch


def differences(right_a, right_b):
    return right_a.astype(int) - right_b.astype(int)


def paired(right_a, right_b):
    d = differences(right_a, right_b)
    return d.mean(), d.std(ddof=1) / np.sqrt(len(d))


def paired_by_counting(right_a, right_b):
    n = len(right_a)
    only_a = sum(a and not b for a, b in zip(right_a, right_b, strict=True))
    only_b = sum(b and not a for a, b in zip(right_a, right_b, strict=True))
    mean = (only_a - only_b) / n
    return [mean, math.sqrt((only_a + only_b - n * mean**2) / (n - 1) / n)]


def with_error(error):
    """Return an answer to 9.6 with the right difference and another error."""
    return lambda a, b: (a.mean() - b.mean(), error(a, b))


def with_difference(difference):
    """Return an answer to 9.6 with the right error and another difference."""
    return lambda a, b: (difference(a, b), paired(a, b)[1])


def of_accuracy(right):
    return np.sqrt(right.mean() * (1 - right.mean()) / len(right))


def not_paired(a, b):
    return np.sqrt(of_accuracy(a) ** 2 + of_accuracy(b) ** 2)


EXERCISES = {
    "9.1": {
        "stub": "def scale(x_train, x_val):\n    return ..., ...",
        "right": [
            scale,
            scale_by_loop,
            lambda a, b: tuple(np.float32(x) for x in scale(a, b)),
        ],
        "wrong": [
            (lambda a, b: (standardize(a, a), standardize(b, b)), "with its own mean"),
            (lambda a, b: scale_both(a, b, np.concatenate([a, b])), "both parts together"),
            (lambda a, b: ((a - a.mean()) / a.std(), (b - a.mean()) / a.std()), "axis=0"),
            (lambda a, b: (standardize(a.T, a.T).T, b), r"Each \*sample\* has been"),
            (lambda a, b: (a - a.mean(axis=0), b - a.mean(axis=0)), "deviation is missing"),
            (lambda a, b: (a / a.std(axis=0), b / a.std(axis=0)), "without subtracting the mean"),
            (lambda a, b: (a - a.mean(axis=0) / a.std(axis=0), b), "Parentheses"),
            (lambda a, b: ((a - a.mean(axis=0)) / a.var(axis=0), b), "the variance"),
            (lambda a, b: (standardize(a, a), b), "comes back unscaled"),
            (overwritten, "overwrite x_train with its scaled version first"),
            (lambda a, b: (a, standardize(b, a)), "x_train comes back unscaled"),
            (lambda a, b: scale(a, b)[::-1], "The exercise asks for"),
            (
                lambda a, b: (scale(a, b)[0], (b - a.mean(0)) / b.std(0)),
                "divided by its own standard deviation",
            ),
            (lambda a, b: (scale(a, b)[0], (b - b.mean(0)) / a.std(0)), "shifted by its own mean"),
            (lambda a, b: (standardize(a, b), standardize(b, b)), "The scaled|the scaled x_train"),
            (lambda a, b: (-scale(a, b)[0], -scale(a, b)[1]), "The sign is flipped"),
            (lambda a, b: (scale(a, b)[0], b - a.mean(0)), "division by the standard deviation"),
            (lambda a, b: (scale(a, b)[0], (b - a.mean()) / a.std()), "axis=0"),
            (
                lambda a, b: ((a - np.median(a, 0)) / a.std(0), (b - np.median(a, 0)) / a.std(0)),
                "subtracted the median",
            ),
            (lambda a, b: (standardize(a, a).T, standardize(b, a).T), "transpose"),
            (lambda a, b: ((a - a.mean(0)) / a.std(0, ddof=1), b), "divided by n - 1"),
            (lambda a, b: ((a - a.min(0)) / (a.max(0) - a.min(0)), b), "range from 0 to 1"),
            (lambda a, b: standardize(a, a), "must return"),
        ],
    },
    "9.2": {
        "stub": "def fold_indices(n, k):\n    ...",
        "right": [
            fold_indices,
            fold_indices_by_loop,
            lambda n, k: [[a.astype(np.int32), b.tolist()] for a, b in fold_indices(n, k)],
        ],
        "wrong": [
            (lambda n, k: [(b, a) for a, b in fold_indices(n, k)], "swapped"),
            (lambda n, k: [(np.arange(n), b) for _, b in fold_indices(n, k)], "among those for"),
            (lambda n, k: [(b, b) for _, b in fold_indices(n, k)], "same indices in both"),
            (lambda n, k: [(a + 1, b + 1) for a, b in fold_indices(n, k)], "Indices begin at 0"),
            (lambda n, k: fold_indices(n, k)[:1], "has 1 entries, expected 3"),
            (smaller_first, "the larger ones come first"),
            (left_over, "no index is left out"),
            (every_kth, "A fold consists of neighbors"),
            (lambda n, k: [b for _, b in fold_indices(n, k)], "must return train_indices"),
            (lambda n, k: fold_indices(n, k)[::-1], r"validates on fold 2, \[4, 5\]. Pair 0"),
            (lambda n, k: fold_indices(n, k)[1:] + fold_indices(n, k)[:1], "validates on fold 1"),
            (
                lambda n, k: [(np.roll(a, -b[0]), b) for a, b in fold_indices(n, k)],
                "not in increasing order",
            ),
            (
                lambda n, k: [(a[a < b[0]], b) for a, b in fold_indices(n, k)],
                "lacks the training indices after",
            ),
            (
                lambda n, k: [(a[a > b[-1]], b) for a, b in fold_indices(n, k)],
                "lacks the training indices before",
            ),
            (
                lambda n, k: [
                    tuple(np.isin(np.arange(n), part) for part in pair)
                    for pair in fold_indices(n, k)
                ],
                "holds a mask",
            ),
            (
                lambda n, k: [
                    (a, np.random.default_rng(0).permutation(n)[b]) for a, b in fold_indices(n, k)
                ],
                "without shuffling",
            ),
            (lambda n, k: [(a, b[::-1]) for a, b in fold_indices(n, k)], "in increasing order"),
            (lambda n, k: [fold_indices(n, k)], "has 1 entries"),
            (lambda n, k: [(a, [b[0], b[-1] + 1]) for a, b in fold_indices(n, k)], "neighbors"),
        ],
    },
    "9.3": {
        "stub": "def stop_early(losses, patience):\n"
        "    best_epoch, last_epoch = ..., ...\n    return best_epoch, last_epoch",
        "right": [stop, stop_by_slices, lambda a, n: np.array(stop(a, n))],
        "wrong": [
            (lambda a, n: stop(a, n, start=0), "counted from 1, yours from 0"),
            (lambda a, n: (stop(a, n)[0] - 1, stop(a, n)[1]), "best_epoch is counted from 0"),
            (lambda a, n: (stop(a, n)[0], stop(a, n)[1] - 1), "last_epoch is one too small"),
            (lambda a, n: stop(a, n)[::-1], "swapped"),
            (lambda a, n: (min(a[: stop(a, n)[1]]), stop(a, n)[1]), "best_epoch is a loss here"),
            (lambda a, n: (min(a), len(a)), "may also stop before the end"),
            (lambda a, n: (stop(a, n)[1], stop(a, n)[1]), "is the last epoch here"),
            (lambda a, n: (a.index(min(a)) + 1, stop(a, n)[1]), "looks into the future"),
            (lambda a, n: (a.index(min(a)) + 1, len(a)), "at the whole list"),
            (lambda a, n: stop(a, n, better=lambda value, best: value <= best), "isn't better"),
            (lambda a, n: stop(a, n + 1), "one epoch too long"),
            (stop_at_rises, r"compare each epoch with the one \*before\*"),
            (stop_by_previous, r"compare each epoch with the one \*before\*"),
            (stop_without_reset, "The count starts over"),
            (stop_from_one, "Start from infinity"),
            (lambda a, n: stop(a, n - 1), "one epoch too early"),
            (lambda a, n: (stop(a, n)[0], len(a)), "doesn't run to the end"),
            (lambda a, n: (stop(a, n)[0], stop(a, n)[0] + n), "after the end of the list"),
            (lambda a, n: (stop(a, n)[0], stop(a, n)[1] - stop(a, n)[0]), "Count from the start"),
            (lambda a, n: (len(a), len(a)), "the length of the list here"),
            (lambda a, n: (stop(a, n)[0], stop(a, n)[1] + 1), "one too large"),
            (lambda a, n: [epoch + 1 for epoch in stop(a, n)], r"is \(6, 9\), expected \(5, 8\)"),
            (lambda a, n: (min(a[: stop(a, n)[1]]), len(a)), "may also stop before the end"),
            (lambda a, n: stop(a, n)[0], "must return best_epoch and last_epoch"),
        ],
    },
    "9.4": {
        "stub": "def samples_needed(p, s):\n    ...",
        "right": [
            samples,
            lambda p, s: np.ceil(p * (1 - p) / s**2),
            lambda p, s: -int(-p * (1 - p) // s**2),
        ],
        "wrong": [
            (lambda p, s: p * (1 - p) / s**2, "right before rounding"),
            (lambda p, s: int(p * (1 - p) / s**2), "Round up"),
            (lambda p, s: round(p * (1 - p) / s**2), "or to the nearest"),
            (lambda p, s: int(p * (1 - p) / s**2) + 1, "4 samples give exactly s"),
            (lambda p, s: p * (1 - p) // s**2 + 1, "4 samples give exactly s"),
            (lambda p, s: math.ceil(math.sqrt(p * (1 - p)) / s**2), "no root left"),
            (lambda p, s: p * (1 - p) * s**2, "multiplied by s²"),
            (lambda p, s: s**2 / (p * (1 - p)), "Take the reciprocal"),
            (lambda p, s: math.sqrt(p * (1 - p) / s), "in the place of n"),
            (lambda p, s: math.ceil(4 * p * (1 - p) / s**2), r"\*twice\* the standard error"),
            (lambda p, s: math.ceil(0.25 / s**2), "assumes p = 0.5"),
            (lambda p, s: math.ceil(100 * p * (1 - p) / s**2), "17778, expected 178"),
            (lambda p, s: np.array([samples(p, s)]), "shape"),
            (lambda p, s: math.ceil(p * (1 - p) / s), "divide by s²"),
            (lambda p, s: math.ceil(math.sqrt(p * (1 - p)) / s), "square it before"),
            (lambda p, s: p * (1 - p) / s, "divide by s²"),
            (lambda p, s: math.ceil(p / s**2), "1 - p is missing"),
            (lambda p, s: math.ceil((1 - p) / s**2), "The factor p is missing"),
            (lambda p, s: math.ceil((p * (1 - p) / s) ** 2), "don't square it"),
        ],
    },
    "9.5": {
        "stub": "leaks = ...",
        "right": [[3, 4, 10], (10, 3, 4), {3, 4, 10}, np.array([4, 3, 10])],
        "wrong": [
            ([2, 3, 4, 10], "comes from the format"),
            ([1, 3], "Nothing is computed"),
            ([3, 4, 5], "What comes before it"),
            ([3, 4, 6, 10], "from the rest, which is right"),
            ([7], "random weights"),
            ([8], "the loop over the candidates"),
            ([3, 4, 9], "as it should"),
            ([3, 4, 11], "That's what it is for"),
            ([4, 10], "one takes a mean"),
            ([3, 10], "its mirrored copy end up"),
            ([3, 4], "by which part is a network chosen"),
            ([3, 4, 12], "the numbers 1 to 11"),
            (3, "a list of line numbers"),
            (["line 3"], "a list of line numbers"),
            ([], "one takes a mean"),
            ([3.0, 4.0, 10.0], "a list of line numbers"),
            ("3, 4, 10", "a list of line numbers"),
            ([0, 3, 4], "the numbers 1 to 11"),
            ([3, 4, 9, 10], "stops by the validation part"),
            ([3, 4, 10, 11], "was it opened before"),
            ([3, 4, 7, 10], "random weights"),
            ([2, 4, 10], "comes from the format"),
        ],
    },
    "9.6": {
        "stub": "def paired(right_a, right_b):\n    return ..., ...",
        "right": [
            paired,
            paired_by_counting,
            lambda a, b: np.array(paired(a, b)),
            lambda a, b: (a.mean() - b.mean(), paired(b, a)[1]),
        ],
        "wrong": [
            (with_error(not_paired), r"on \*different\* samples"),
            (with_error(lambda a, b: of_accuracy(a) + of_accuracy(b)), r"on \*different\* samples"),
            (
                with_error(lambda a, b: np.sqrt((a.var(ddof=1) + b.var(ddof=1)) / len(a))),
                r"on \*different\* samples",
            ),
            (with_error(lambda a, b: differences(a, b).std(ddof=1)), "divide by √n"),
            (with_error(lambda a, b: differences(a, b).std()), "Use ddof=1, and divide"),
            (with_error(lambda a, b: differences(a, b).std() / np.sqrt(len(a))), "Use ddof=1"),
            (with_error(lambda a, b: differences(a, b).std(ddof=1) / len(a)), "Divide by its root"),
            (with_error(lambda a, b: differences(a, b).var(ddof=1) / len(a)), "Take the root"),
            (with_error(lambda a, b: differences(a, b).var(ddof=1)), "variance of d"),
            (
                with_error(lambda a, b: differences(a, b).std(ddof=1) / np.sqrt(len(a) - 1)),
                "subtracted 1 twice",
            ),
            (
                with_error(lambda a, b: (a ^ b).std(ddof=1) / np.sqrt(len(a))),
                "Don't take absolute values",
            ),
            (
                with_error(
                    lambda a, b: differences(a, b)[a != b].std(ddof=1) / np.sqrt((a != b).sum())
                ),
                "left out the samples on which the two agree",
            ),
            (
                with_error(
                    lambda a, b: of_accuracy(np.full(len(a), abs(differences(a, b).mean())))
                ),
                "A difference isn't one",
            ),
            (with_error(lambda a, b: of_accuracy(a)), "error of one accuracy"),
            (with_error(lambda a, b: b.std(ddof=1) / np.sqrt(len(b))), "error of one accuracy"),
            (with_difference(lambda a, b: b.mean() - a.mean()), "sign is flipped"),
            (with_difference(lambda a, b: differences(a, b).sum()), "divide by n"),
            (with_difference(lambda a, b: (a != b).mean()), "how often the two disagree"),
            (with_difference(lambda a, b: 100 * (a.mean() - b.mean())), "not in percent"),
            (with_difference(lambda a, b: a.mean()), "of `a` alone"),
            (lambda a, b: paired(a, b)[::-1], "The exercise asks for"),
            (lambda a, b: paired(b, a), "sign is flipped"),
            (lambda a, b: paired(a, b)[0], "must return"),
            (lambda a, b: (a - b).mean(), "boolean"),
        ],
    },
}
