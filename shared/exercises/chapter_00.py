"""Checks of chapter 0: the NumPy that every later chapter uses."""

import numpy as np

from shared.exercises import exercise
from shared.exercises.compare import Wrong, call, expect, parts


@exercise("0.1")
def row_means(answer):
    """The mean of each row, as a column (n, 1)."""
    for rows, columns in [(5, 3), (1, 4)]:
        x = np.random.default_rng(0).normal(size=(rows, columns))
        means = x.mean(axis=1, keepdims=True)
        down = (
            "These are the means of the columns: axis=0 runs down the rows. The mean of each "
            "row runs along the columns, axis=1."
        )
        mistakes = [
            (x.mean(axis=0), down),
            (x.mean(axis=0, keepdims=True), down),
            (x.mean(), "This is the mean of all numbers. Name the axis to keep one mean per row."),
            (means * columns, "These are the sums of the rows. Divide by the number of columns."),
        ]
        expect(call(answer, x), means, f"`row_means(x)` for x {x.shape}", mistakes=mistakes)
    return (
        "One mean for each row, and the shape (n, 1) lets `x - row_means(x)` subtract each from "
        "its own row."
    )


@exercise("0.2")
def add_bias(answer):
    """The sum z + b, one number of b for each column."""
    for rows, columns in [(3, 3), (5, 2), (1, 4)]:
        rng = np.random.default_rng(1)
        z, b = rng.normal(size=(rows, columns)), rng.normal(size=columns)
        mistakes = [(z, "This is z unchanged: b is not added.")]
        if rows == columns:  # only then does the wrong direction go through
            by_row = (
                "Every row got one number of b. b has one number for each column: its entry j "
                "is added to column j of every row."
            )
            mistakes.append((z + b[:, np.newaxis], by_row))
        name = f"`add_bias(z, b)` for z {z.shape}, b {b.shape}"
        expect(call(answer, z, b), z + b, name, mistakes=mistakes)
    return "b, of shape (m,), is stretched over the n rows of z without being copied."


@exercise("0.3")
def share_right(answer):
    """The share of the labels that agree."""
    y_true = np.array([0, 2, 1, 1, 0, 2, 2, 0, 1, 2])
    for wrong_places in [[1, 4, 5], [0, 1, 2, 3, 6, 7, 8, 9]]:
        y_pred = y_true.copy()
        y_pred[wrong_places] += 1
        right = y_pred == y_true
        mistakes = [
            (right, "This is the mask: True or False for each label. Its mean is the share."),
            (right.sum(), "This is how many are right. The share is that over their number."),
            (1 - right.mean(), "This is the share of the wrong ones."),
            (100 * right.mean(), "This is in per cent. A share is between 0 and 1."),
        ]
        name = "`share_right(y_pred, y_true)`"
        expect(call(answer, y_pred, y_true), right.mean(), name, mistakes=mistakes)
    return "True counts as 1 and False as 0, so the mean of the mask is the share of True."


@exercise("0.4")
def one_hot(answer):
    """One-hot rows (n, classes) from integer labels."""
    classes = 4  # and the last of them does not occur
    for labels in [np.array([2, 0, 1, 2, 0]), np.array([1])]:
        rows = len(labels)
        expected = np.zeros((rows, classes))
        expected[np.arange(rows), labels] = 1
        too_many = (
            "Whole rows or columns are 1: `result[labels] = 1` picks all of row 2, row 0 and so "
            "on. Index with a pair, the row number and the label of that row."
        )
        whole_rows, whole_columns = np.zeros((2, rows, classes))
        whole_rows[labels[labels < rows]] = 1
        whole_columns[:, labels] = 1
        mistakes = [
            (
                expected[:, : labels.max() + 1],
                "There are columns only up to the largest label that occurs. The number of "
                "columns is `classes`, whatever this batch holds.",
            ),
            (whole_columns, too_many),
        ]
        if whole_rows.any():
            mistakes.append((whole_rows, too_many))
        name = f"`one_hot(labels, {classes})` for {rows} label{'s' * (rows > 1)}"
        expect(call(answer, labels, classes), expected, name, mistakes=mistakes)
    return "Each row holds a single 1, in the column of its label."


@exercise("0.5")
def shuffle_together(answer):
    """Shuffled x and y, in one new order, drawn from the generator that is handed in."""
    n = 12
    x = np.column_stack([np.arange(n), 10 * np.arange(n)])  # row i is [i, 10 i], its label 100 + i
    y = 100 + np.arange(n)
    orders = []
    for seed in [0, 0, 1]:
        result = call(answer, x, y, np.random.default_rng(seed))
        x_new, y_new = (np.asarray(part) for part in parts(result, ["x", "y"]))
        if x_new.shape != x.shape or y_new.shape != y.shape:
            raise Wrong(
                f"x must keep its shape {x.shape} and y its shape {y.shape}. "
                f"Received: x {x_new.shape}, y {y_new.shape}."
            )
        order = x_new[:, 0]
        if not np.array_equal(x_new[:, 1], 10 * order):
            raise Wrong("The rows of x are torn apart. A whole row moves, with all its columns.")
        if not np.array_equal(np.sort(order), np.arange(n)):
            raise Wrong(
                "Some rows of x occur twice and others are gone, as when drawing with "
                "replacement. A permutation has every row exactly once."
            )
        if not np.array_equal(y_new, 100 + order):
            raise Wrong(
                "x and y are in two different orders, so the samples have lost their labels. "
                "Draw one order and index both with it."
            )
        orders.append(order.tolist())
    if orders[0] == list(range(n)):
        raise Wrong("x and y come back in the order in which they went in.")
    if orders[0] != orders[1]:
        raise Wrong(
            "Two generators with the same seed gave two different orders. Draw from the `rng` "
            "that the function is given, from no other."
        )
    if orders[0] == orders[2]:
        raise Wrong(
            "Two generators with different seeds gave the same order. Draw from the `rng` that "
            "the function is given, not from one with a seed of your own."
        )
    return "Every sample kept its label, and the same seed gives the same order again."
