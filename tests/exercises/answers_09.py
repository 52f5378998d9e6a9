"""Answers to the exercises of chapter 9: generalization."""

import math

import numpy as np


def standardise(x, source):
    return (x - source.mean(axis=0)) / source.std(axis=0)


def scale(x_train, x_val):
    return standardise(x_train, x_train), standardise(x_val, x_train)


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
    return standardise(x_train, source), standardise(x_val, source)


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


def seen(x_train, x_val):
    known = {tuple(row) for row in x_train.tolist()}
    return sum(tuple(row) in known for row in x_val.tolist())


def same(x_train, x_val):
    return (x_val[:, None] == x_train).all(axis=2)


EXERCISES = {
    "9.1": {
        "stub": "def scale(x_train, x_val):\n    return ..., ...",
        "right": [
            scale,
            scale_by_loop,
            lambda a, b: tuple(np.float32(x) for x in scale(a, b)),
        ],
        "wrong": [
            (lambda a, b: (standardise(a, a), standardise(b, b)), "with its own mean"),
            (lambda a, b: scale_both(a, b, np.concatenate([a, b])), "both parts together: a leak"),
            (lambda a, b: ((a - a.mean()) / a.std(), (b - a.mean()) / a.std()), "axis=0"),
            (lambda a, b: (standardise(a.T, a.T).T, b), r"Each \*sample\* has been"),
            (lambda a, b: (a - a.mean(axis=0), b - a.mean(axis=0)), "division by std is missing"),
            (lambda a, b: (a / a.std(axis=0), b / a.std(axis=0)), "mean isn't subtracted"),
            (lambda a, b: (a - a.mean(axis=0) / a.std(axis=0), b), "Brackets"),
            (lambda a, b: ((a - a.mean(axis=0)) / a.var(axis=0), b), "the variance"),
            (lambda a, b: (standardise(a, a), b), "still unscaled"),
            (lambda a, b: ((a - a.mean(0)) / a.std(0, ddof=1), b), "divided by n - 1"),
            (lambda a, b: ((a - a.min(0)) / (a.max(0) - a.min(0)), b), "between 0 and 1"),
            (lambda a, b: standardise(a, a), "must return"),
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
            (lambda n, k: [(b, a) for a, b in fold_indices(n, k)], "exchanged"),
            (lambda n, k: [(np.arange(n), b) for _, b in fold_indices(n, k)], "among those for"),
            (lambda n, k: [(b, b) for _, b in fold_indices(n, k)], "same indices in both"),
            (lambda n, k: [(a + 1, b + 1) for a, b in fold_indices(n, k)], "Indices begin at 0"),
            (lambda n, k: fold_indices(n, k)[:1], "has 1 entries, expected 3"),
            (smaller_first, "the larger ones first"),
            (left_over, "no index is left out"),
            (every_kth, "made of neighbours"),
            (lambda n, k: [b for _, b in fold_indices(n, k)], "must return train_indices"),
            (lambda n, k: fold_indices(n, k)[::-1], "pair 0"),
        ],
    },
    "9.3": {
        "stub": "def stop_early(losses, patience):\n"
        "    best_epoch, last_epoch = ..., ...\n    return best_epoch, last_epoch",
        "right": [stop, stop_by_slices],
        "wrong": [
            (lambda a, n: stop(a, n, start=0), "counted from 1, yours from 0"),
            (lambda a, n: (stop(a, n)[0] - 1, stop(a, n)[1]), "best_epoch is counted from 0"),
            (lambda a, n: (stop(a, n)[0], stop(a, n)[1] - 1), "last_epoch is one too few"),
            (lambda a, n: stop(a, n)[::-1], "exchanged"),
            (lambda a, n: (min(a[: stop(a, n)[1]]), stop(a, n)[1]), "best_epoch is a loss here"),
            (lambda a, n: (min(a), len(a)), "may stop before the end"),
            (lambda a, n: (stop(a, n)[1], stop(a, n)[1]), "is the last epoch here"),
            (lambda a, n: (a.index(min(a)) + 1, stop(a, n)[1]), "looks into the future"),
            (lambda a, n: (a.index(min(a)) + 1, len(a)), "at the whole list"),
            (lambda a, n: stop(a, n, better=lambda value, best: value <= best), "isn't better"),
            (lambda a, n: stop(a, n + 1), "one epoch too long"),
            (stop_at_rises, r"worse than the one \*before\*"),
            (lambda a, n: stop(a, n)[0], "must return best_epoch and last_epoch"),
        ],
    },
    "9.4": {
        "stub": "def samples_needed(p, s):\n    ...",
        "right": [
            samples,
            lambda p, s: np.ceil(p * (1 - p) / s**2),
            lambda p, s: int(p * (1 - p) / s / s) + 1,
        ],
        "wrong": [
            (lambda p, s: p * (1 - p) / s**2, "right before rounding"),
            (lambda p, s: int(p * (1 - p) / s**2), "Round up"),
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
            ([3, 4, 5], "Ask what came before it"),
            ([3, 4, 6, 10], "from the rest, which is right"),
            ([7], "random weights"),
            ([8], "the loop over the candidates"),
            ([3, 4, 9], "as it should"),
            ([3, 4, 11], "That's what it is for"),
            ([4, 10], "a line takes a mean"),
            ([3, 10], "its mirrored copy"),
            ([3, 4], "by which part is a network chosen"),
            ([3, 4, 12], "the numbers 1 to 11"),
            (3, "a list of the numbers"),
            (["line 3"], "a list of the numbers"),
        ],
    },
    "9.6": {
        "stub": "def seen_before(x_train, x_val):\n    ...",
        "right": [
            seen,
            lambda a, b: same(a, b).any(axis=1).sum(),
            lambda a, b: float(seen(a, b)),
        ],
        "wrong": [
            (lambda a, b: same(a, b).sum(), "count pairs"),
            (lambda a, b: np.isin(b, a).all(axis=1).sum(), "each number on its own"),
            (lambda a, b: seen(b, a), "the rows of x_train that stand"),
            (lambda a, b: np.isin(b, a).sum(), "count single numbers"),
            (lambda a, b: len(set(map(tuple, a)) & set(map(tuple, b))), "twice counts twice"),
            (lambda a, b: seen(a, b) / len(b), "their share"),
            (lambda a, b: same(a, b).any(axis=1), "This is the mask"),
            (lambda a, b: len(b) - seen(a, b), "the rows that are new"),
        ],
    },
}
