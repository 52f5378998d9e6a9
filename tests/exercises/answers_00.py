"""Answers to the exercises of chapter 0, right ones and wrong ones."""

import numpy as np


def row_means(x):
    return x.mean(axis=1, keepdims=True)


def row_means_by_loop(x):
    return [[sum(row) / len(row)] for row in x.tolist()]


def add_bias(z, b):
    return z + b


def add_bias_by_loop(z, b):
    result = np.empty(z.shape, np.float32)
    for i in range(z.shape[0]):
        for j in range(z.shape[1]):
            result[i, j] = z[i, j] + b[j]
    return result


def add_bias_in_place(z, b):
    z += b
    return z


def share_right(y_pred, y_true):
    return (y_pred == y_true).mean()


def share_right_by_loop(y_pred, y_true):
    return sum(p == t for p, t in zip(y_pred, y_true, strict=True)) / len(y_true)


def one_hot(labels, classes):
    result = np.zeros((len(labels), classes))
    result[np.arange(len(labels)), labels] = 1
    return result


def one_hot_with_too_few_columns(labels, classes):
    return one_hot(labels, labels.max() + 1)


def one_hot_whole_rows(labels, classes):
    result = np.zeros((len(labels), classes))
    result[labels] = 1
    return result


def one_hot_whole_columns(labels, classes):
    result = np.zeros((len(labels), classes))
    result[:, labels] = 1
    return result


def shuffle_together(x, y, rng):
    order = rng.permutation(len(x))
    return x[order], y[order]


def shuffle_as_lists(x, y, rng):
    pairs = list(zip(x.tolist(), y.tolist(), strict=True))
    rng.shuffle(pairs)
    return [x for x, _ in pairs], [y for _, y in pairs]


def shuffle_in_place(x, y, rng):
    rng.shuffle(x)
    rng.shuffle(y)
    return x, y


def shuffle_with_replacement(x, y, rng):
    order = rng.integers(len(x), size=len(x))
    return x[order], y[order]


def shuffle_with_own_generator(x, y, rng):
    return shuffle_together(x, y, np.random.default_rng())


def shuffle_with_own_seed(x, y, rng):
    return shuffle_together(x, y, np.random.default_rng(42))


EXERCISES = {
    "0.1": {
        "stub": """
            def row_means(x):
                ...
        """,
        "right": [
            row_means,
            row_means_by_loop,
            lambda x: x.mean(axis=1)[:, np.newaxis].astype(np.float32),
        ],
        "wrong": [
            (lambda x: x.mean(axis=1), r"has shape \(5,\), expected \(5, 1\)\. keepdims=True"),
            (lambda x: x.mean(axis=0, keepdims=True), "means of the columns"),
            (lambda x: x.mean(axis=0), "means of the columns"),
            (lambda x: x.mean(), "mean of all numbers"),
            (lambda x: x.sum(axis=1, keepdims=True), "the sums of the rows"),
            (lambda x: x.mean(axis=1).reshape(5, 1), "ValueError: cannot reshape"),
        ],
    },
    "0.2": {
        "stub": """
            def add_bias(z, b):
                ...
        """,
        "right": [add_bias, add_bias_by_loop, lambda z, b: (z + b).tolist()],
        "wrong": [
            (add_bias_in_place, "changes its argument z in place"),
            (lambda z, b: z + b[:, np.newaxis], "Every row got one number of b"),
            (lambda z, b: z, "b is not added"),
            (lambda z, b: z + np.tile(b, 3).reshape(3, 3), "ValueError: cannot reshape"),
            (lambda z, b: (z + b).T, "is transposed"),
        ],
    },
    "0.3": {
        "stub": """
            def share_right(y_pred, y_true):
                ...
        """,
        "right": [
            share_right,
            share_right_by_loop,
            lambda p, t: np.count_nonzero(p == t) / np.float32(len(t)),
        ],
        "wrong": [
            (lambda p, t: (p == t).sum(), "how many are right"),
            (lambda p, t: p == t, "This is the mask"),
            (lambda p, t: (p != t).mean(), "share of the wrong ones"),
            (lambda p, t: 100 * (p == t).mean(), "in per cent"),
        ],
    },
    "0.4": {
        "stub": """
            def one_hot(labels, classes):
                result = ...
                return result
        """,
        "right": [
            one_hot,
            lambda labels, classes: np.eye(classes, dtype=int)[labels],
            lambda labels, classes: labels[:, np.newaxis] == np.arange(classes),
            lambda labels, classes: [[int(k == label) for k in range(classes)] for label in labels],
        ],
        "wrong": [
            (one_hot_with_too_few_columns, "only up to the largest label"),
            (one_hot_whole_rows, "Whole rows or columns are 1"),
            (one_hot_whole_columns, "Whole rows or columns are 1"),
            (lambda labels, classes: one_hot(labels, classes).T, "is transposed"),
        ],
    },
    "0.5": {
        "stub": """
            def shuffle_together(x, y, rng):
                order = ...
                return ..., ...
        """,
        "right": [
            shuffle_together,
            shuffle_as_lists,
            lambda x, y, rng: (lambda order: [x[order], y[order]])(np.argsort(rng.random(len(x)))),
        ],
        "wrong": [
            (lambda x, y, rng: (rng.permutation(x), rng.permutation(y)), "lost their labels"),
            (shuffle_with_replacement, "drawing with replacement"),
            (shuffle_in_place, "changes its argument x in place"),
            (shuffle_with_own_generator, "same seed gave two different orders"),
            (shuffle_with_own_seed, "different seeds gave the same order"),
            (lambda x, y, rng: (x, y), "in the order in which they went in"),
            (lambda x, y, rng: (rng.permuted(x, axis=0), y), "torn apart"),
            (lambda x, y, rng: x[rng.permutation(len(x))], "must return x and y"),
            (lambda x, y, rng: (x[:6], y[:6]), r"y its shape \(12,\)\. Received: x \(6, 2\)"),
            (lambda x, y, rng: (x, ...), "y is still missing"),
        ],
    },
}
