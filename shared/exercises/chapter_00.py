"""Checks of chapter 0: the NumPy that every later chapter uses."""

import numpy as np

from shared.exercises import exercise, rules
from shared.exercises.compare import Wrong, call, expect, finite, parts


@exercise("0.1")
def row_means(answer):
    """The mean of each row, as a column (n, 1)."""
    for rows, columns in [(5, 3), (1, 4)]:
        x = np.random.default_rng(0).normal(scale=10, size=(rows, columns))
        x[-1, 0] = 0  # a mean counts zeros, too
        means = x.mean(axis=1, keepdims=True)
        down = (
            "These are the means of the columns: axis=0 makes the rows disappear. For one mean per "
            "row, make the columns disappear with axis=1."
        )
        of_all = "This is the mean of all entries. Name an axis to get one mean per row."
        repeated = (
            "Each mean is repeated across its row. One column is enough: broadcasting repeats it "
            "where it's needed."
        )
        mistakes = [
            (x.mean(axis=0), down),
            (x.mean(axis=0, keepdims=True), down),
            (x.mean(axis=0)[:, np.newaxis], down),
            (x.mean(), of_all),
            (np.full((rows, 1), x.mean()), of_all),
            (means * columns, "These are the sums of the rows. Divide by the number of columns."),
            (
                means * columns / rows,
                "These are the sums of the rows divided by the number of rows. A row has as many "
                "entries as there are columns.",
            ),
            (
                means / rows,
                "These are the sums of the rows divided by the number of all entries. A row has "
                "as many entries as there are columns.",
            ),
            (
                np.median(x, axis=1, keepdims=True),
                "These are the medians of the rows. The exercise asks for the means.",
            ),
            (means.astype(int), "The fractions are cut off. Was the result converted to integers?"),
            (x - means, "This is x minus the means. The exercise asks for the means themselves."),
            (np.repeat(means, columns, axis=1), repeated),
        ]
        if columns == 3:  # with 4, it could be a 3 that was written down
            one_less = (
                "These are the sums of the rows divided by the number of columns minus 1. For a "
                "mean, divide by the number of columns."
            )
            mistakes.append((means * columns / (columns - 1), one_less))
        expect(call(answer, x), means, f"`row_means(x)` for x {x.shape}", mistakes=mistakes)
    return (
        "There's one mean per row, and thanks to the shape (n, 1), `x - row_means(x)` subtracts "
        "each from its own row."
    )


@exercise("0.2")
def add_bias(answer):
    """The sum z + b, one entry of b for each column."""
    for rows, columns in [(3, 3), (5, 2), (1, 4)]:
        rng = np.random.default_rng(1)
        z, b = rng.normal(size=(rows, columns)), rng.normal(size=columns)
        mistakes = [
            (z, "This is z unchanged: b isn't added."),
            (z - b, "b is subtracted instead of added."),
            (z * b, "Each column is multiplied by its entry of b instead of added to it."),
            (b + np.zeros_like(z), "This is b, repeated in each row. z is missing."),
            (z + b.sum(), "Every column got the sum of b. Column j gets entry j only."),
            (z + b.mean(), "Every column got the mean of b. Column j gets entry j only."),
            (z + b[0], "Every column got the first entry of b. Column j gets entry j."),
            (z + b[::-1], "b is added in reverse order. Column j gets entry j."),
        ]
        if rows > 1:
            top = np.vstack([z[:1] + b, z[1:]])
            mistakes.append((top, "b is added to the first row only. Every row gets it."))
        if rows == columns:  # only then does the wrong direction go through
            by_row = (
                "Each row got one entry of b. b has one entry for each column: entry j is added "
                "to column j of every row."
            )
            mistakes.append((z + b[:, np.newaxis], by_row))
        name = f"`add_bias(z, b)` for z {z.shape}, b {b.shape}"
        expect(call(answer, z, b), z + b, name, mistakes=mistakes)
    return "b has the shape (out_features,), so it's stretched over the n rows of z."


@exercise("0.3")
def share_right(answer):
    """The share of the labels that agree."""
    cases = [
        # 7 of 17, one of them 0
        (
            [5, 4, 1, 5, 3, 2, 8, 5, 8, 0, 4, 7, 7, 2, 3, 9, 8],
            [5, 8, 9, 5, 6, 1, 8, 9, 8, 0, 0, 6, 1, 1, 3, 9, 9],
        ),
        ([2, 0, 5], [0, 2, 1]),  # none
        # 5 of 12, one of them 0; the others reordered
        ([1, 4, 7, 6, 8, 3, 3, 5, 9, 2, 0, 1], [3, 4, 5, 1, 8, 9, 7, 6, 3, 2, 0, 1]),
    ]
    for y_true, y_pred in cases:
        y_true, y_pred = np.array(y_true), np.array(y_pred)
        right = y_pred == y_true
        share = right.mean()
        difference = np.abs(y_pred - y_true).mean()
        pairs = y_pred[:, np.newaxis] == y_true
        every_pair = (
            "Each prediction is compared with every true label. Compare it only with the label at "
            "its own position."
        )
        far = "The size of a difference between labels means nothing; count where they agree."
        rounded = "This is the share, rounded. Return all of its digits."
        mistakes = [
            (right, "This is the mask: True or False for each label. Its mean is the share."),
            (right.sum(), "This is how many are right. Divide by the number of labels."),
            (1 - share, "This is the share of wrong labels."),
            (100 * share, "This is in percent. A share is between 0 and 1."),
            (difference, f"This is the mean difference between the labels. {far}"),
            (1 - difference, f"This is 1 minus the mean difference between the labels. {far}"),
            (np.mean(np.sort(y_pred) == np.sort(y_true)), "Were the labels sorted? Order matters."),
            (pairs.mean(), every_pair),
            (pairs.any(axis=1).mean(), every_pair),
            (pairs.sum() / len(y_true), every_pair),
            (round(share, 1), rounded),
            (round(share, 2), rounded),
            (
                0.0,
                "The result is 0, although some labels agree. Did you ask whether *all* of them "
                "agree, or divide with `//`?",
            ),
            (
                1.0,
                "The result is 1, although some labels differ. Were the labels sorted, or counted "
                "without regard to their order?",
            ),
        ]
        name = f"`share_right(y_pred, y_true)` for {len(y_true)} labels"
        expect(call(answer, y_pred, y_true), share, name, mistakes=mistakes)
    return "True counts as 1 and False as 0, so the mean of the mask is the share of True."


@exercise("0.4")
def one_hot(answer):
    """One-hot rows (n, classes) from integer labels."""
    for labels, classes in [([4, 0, 1, 4, 0, 1], 7), ([1], 3), ([0, 2, 1, 1], 3)]:
        labels, rows = np.array(labels), len(labels)
        expected = np.eye(classes)[labels]
        whole_rows, whole_columns, turned, first_row = np.zeros((4, rows, classes))
        whole_rows[labels[labels < rows]] = 1
        whole_columns[:, labels] = 1
        first_row[0, labels] = 1
        fits = (labels < rows) & (np.arange(rows) < classes)
        turned[labels[fits], np.arange(rows)[fits]] = 1
        mistakes = [
            (
                expected[:, : labels.max() + 1],
                "There are columns only up to the largest label that occurs. Make `classes` "
                "columns, whichever labels there are.",
            ),
            (
                labels[:, np.newaxis] == np.unique(labels),
                "There are columns only for the labels that occur. Make `classes` columns, "
                "whichever labels there are.",
            ),
            (
                whole_columns,
                "Whole columns are 1. A colon in the brackets, as in `result[:, labels] = 1`, "
                "selects every row. Pair each row number with the label of that row.",
            ),
            (
                np.eye(rows, classes),
                "The ones are on the diagonal, where the labels play no part.",
            ),
            (np.eye(classes)[labels - 1], "Each 1 is one column too far left. Labels start at 0."),
            (
                np.eye(classes)[(labels + 1) % classes],
                "Each 1 is one column too far right. Labels start at 0.",
            ),
            (first_row, "The ones are all in the first row. Each row gets one of them."),
            (1 - expected, "Zeros and ones are swapped."),
            (np.ones_like(expected), "Every entry is 1. Start from zeros."),
            (
                expected * labels[:, np.newaxis],
                "The entries are the labels themselves. One-hot rows hold a 1, whatever the label.",
            ),
        ]
        if whole_rows.any():
            told = (
                "Whole rows are 1. A single list in the brackets, as in `result[labels] = 1`, "
                "selects rows. Pair each row number with the label of that row."
            )
            mistakes.append((whole_rows, told))
        if turned.any():
            told = (
                "Rows and columns are swapped in the brackets. The row number comes first, and "
                "the label second."
            )
            mistakes.append((turned, told))
        name = f"`one_hot(labels, {classes})` for {rows} label{'s' * (rows > 1)}"
        expect(call(answer, labels, classes), expected, name, mistakes=mistakes)
    return "Each row holds a single 1, in the column of its label."


@exercise("0.5")
def shuffle_together(answer):
    """Shuffled x and y, in one new order, drawn from the generator that is passed in."""
    n, rng = 12, np.random.default_rng(0)
    x = rng.permutation(3 * n).reshape(n, 3) / 2  # every number occurs once
    y = 100 + rng.permutation(n)
    orders = [_order(call(answer, x, y, np.random.default_rng(seed)), x, y) for seed in (1, 2)]
    rules.draws_from_rng(lambda rng: call(answer, x, y, rng))
    kept = min(np.sum(np.abs(np.diff(order)) == 1) for order in orders)
    if kept > n / 2:
        raise Wrong(
            f"Of {n - 1} pairs of neighbors, {kept} are still next to each other. In a shuffled "
            "order any sample may follow any other: `rng.permutation(n)` gives such an order."
        )
    generators = map(np.random.default_rng, range(3, 43))
    many = np.array([_order(call(answer, x, y, rng), x, y) for rng in generators])
    if np.any(np.all(many == np.arange(n), axis=1)):
        raise Wrong(
            f"Of {len(many)} orders, from as many seeds, some are the old order. Draw a new one "
            "in every call: `rng.permutation(n)` gives such an order."
        )
    places = [len(np.unique(np.nonzero(many == sample)[1])) for sample in range(n)]
    if min(places) <= n / 2:
        raise Wrong(
            f"In {len(many)} orders, from as many seeds, sample {np.argmin(places)} came to only "
            f"{min(places)} of the {n} positions. Any sample may end up anywhere: "
            "`rng.permutation(n)` gives such an order."
        )
    return "Every sample kept its label, and the same seed gives the same order again."


def _order(result, x, y):
    """Return the order in which an answer returned the samples, if it returned all of them."""
    x_new, y_new = parts(result, ["x", "y"])
    if np.shape(y_new) == x.shape and np.shape(x_new) == y.shape:
        raise Wrong("You returned (y, x). The exercise asks for (x, y).")
    x_new, y_new = finite(x_new, "x", x.shape), finite(y_new, "y", y.shape)
    is_row = np.all(x_new[:, np.newaxis] == x, axis=2)
    if not np.all(is_row.any(axis=1)):
        if np.array_equal(np.sort(x_new), np.sort(x)):
            raise Wrong("The columns of x moved. Each sample is a row: shuffle the rows.")
        if np.array_equal(np.sort(x_new, axis=None), np.sort(x, axis=None)):
            raise Wrong("The rows of x are torn apart. A row moves as a whole, in one piece.")
        raise Wrong("The numbers in x have changed. The rows only move to other positions.")
    order = is_row.argmax(axis=1)
    if len(np.unique(order)) < len(x):
        raise Wrong(
            "Some rows of x appear twice and others are gone, as in drawing with replacement. A "
            "permutation has every row exactly once."
        )
    if not np.array_equal(y_new, y[order]):
        raise Wrong(
            "x and y are in two different orders, so the samples have lost their labels. Draw one "
            "order, and index both with it."
        )
    return order


@exercise("0.6")
def as_rows(answer):
    """Images as rows of float32, every pixel divided by 255."""
    for shape in [(3, 4, 5), (1, 2, 3)]:
        n = shape[0]
        images = np.random.default_rng(3).integers(10, 250, shape, dtype=np.uint8)
        rows = images.reshape(n, -1)
        turned = "Each image is read column by column. Read it line by line."
        mixed = (
            "The pixels of different images are mixed. Each row must hold one image, read line by "
            "line: keep the first axis and merge the other two."
        )
        mistakes = [
            (
                rows // 255,
                "The fractions are cut off. Was the result converted to integers, or divided with "
                "`//`?",
            ),
            (rows / 256, "You divided by 256. The largest pixel is 255, and it should become 1."),
            (
                rows / images.max(),
                "You divided by the largest pixel that occurs. Divide by 255, so that the same "
                "brightness gives the same number in every batch.",
            ),
            (
                rows / rows.max(axis=1, keepdims=True),
                "You divided each image by its own largest pixel. Divide by 255, so that the same "
                "brightness gives the same number in every image.",
            ),
            (1 - rows / 255, "Bright and dark are swapped. Divide by 255, and leave it at that."),
            (images.reshape(-1, n).T / 255, mixed),
            (images.T.reshape(n, -1) / 255, mixed),
            (images.transpose(0, 2, 1).reshape(n, -1) / 255, turned),
        ]
        name = f"`as_rows(images)` for images {shape}"
        scale = {255: "Is the division by 255 missing?", 1 / 255: "Did you divide by 255 twice?"}
        received = call(answer, images)
        expect(received, rows / 255, name, mistakes=mistakes, factors=scale)
        if not isinstance(received, np.ndarray):
            raise Wrong(
                "The numbers are right, but not in an array, so they have no dtype. Return an "
                "array of float32."
            )
        if received.dtype != np.float32:
            cause = "Convert with `astype(np.float32)`."
            if received.dtype == np.float64:
                cause = (
                    "Bytes divided by a number become float64, and so does float32 divided by a "
                    "float64. Convert with `astype(np.float32)`, then divide by a Python number."
                )
            raise Wrong(
                f"The numbers are right, but their dtype is {received.dtype} instead of float32. "
                f"{cause}"
            )
    return "Each row is one image, in half the memory that float64 would take."
