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


def add_bias_row_by_row(z, b):
    return np.stack([row + b for row in z])


def add_bias_first_entry(z, b):
    return z + b[0]


def add_bias_to_the_first_row(z, b):
    return np.vstack([z[:1] + b, z[1:]])


def add_bias_changing_b(z, b):
    result = z + b
    b[:] = 0
    return result


def add_bias_without_return(z, b):
    z + b


def share_right(y_pred, y_true):
    return (y_pred == y_true).mean()


def share_right_by_loop(y_pred, y_true):
    return sum(p == t for p, t in zip(y_pred, y_true, strict=True)) / len(y_true)


def share_right_first_match(y_pred, y_true):
    for p, t in zip(y_pred, y_true, strict=True):
        if p == t:
            return 1 / len(y_true)
    return 0


def share_right_by_multiset(y_pred, y_true):
    return sum(min(list(y_pred).count(k), list(y_true).count(k)) for k in range(10)) / len(y_true)


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


def one_hot_of_the_label_itself(labels, classes):
    result = np.zeros((len(labels), classes))
    result[np.arange(len(labels)), labels] = labels
    return result


def one_hot_only_the_first(labels, classes):
    result = np.zeros((len(labels), classes))
    result[0, labels[0]] = 1
    return result


def one_hot_in_the_first_row(labels, classes):
    result = np.zeros((len(labels), classes))
    result[0, labels] = 1
    return result


def one_hot_from_ones(labels, classes):
    result = np.ones((len(labels), classes))
    result[np.arange(len(labels)), labels] = 1
    return result


def one_hot_every_pair(labels, classes):
    result = np.zeros((len(labels), classes))
    result[np.ix_(np.arange(len(labels)), labels)] = 1
    return result


def one_hot_changing_labels(labels, classes):
    result = np.eye(classes)[labels]
    labels[:] = 0
    return result


def one_hot_swapped_pair(labels, classes):
    result = np.zeros((len(labels), classes))
    result[labels, np.arange(len(labels))] = 1
    return result


def one_hot_put(labels, classes):
    result = np.zeros(len(labels) * classes, np.float32)
    np.put(result, np.arange(len(labels)) * classes + labels, 1)
    return result.reshape(-1, classes)


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


def shuffle_by_rotating(x, y, rng):
    start = rng.integers(1, len(x))
    return np.roll(x, start, axis=0), np.roll(y, start)


def shuffle_all_but_the_last(x, y, rng):
    order = np.append(rng.permutation(len(x) - 1), len(x) - 1)
    return x[order], y[order]


def shuffle_all_but_the_first(x, y, rng):
    order = np.append(0, 1 + rng.permutation(len(x) - 1))
    return x[order], y[order]


def shuffle_halves(x, y, rng):
    half = len(x) // 2
    order = np.append(rng.permutation(half), half + rng.permutation(len(x) - half))
    return x[order], y[order]


def shuffle_one_pair(x, y, rng):
    order = np.arange(len(x))
    i, j = rng.choice(len(x), 2, replace=False)
    order[[i, j]] = order[[j, i]]
    return x[order], y[order]


def shuffle_globally(x, y, rng):
    order = np.random.permutation(len(x))  # noqa: NPY002
    return x[order], y[order]


def shuffle_reversed(x, y, rng):
    rng.permutation(len(x))
    return x[::-1], y[::-1]


def shuffle_columns_joined(x, y, rng):
    both = rng.permutation(np.column_stack([x, y]))
    return both[:, :-1], both[:, -1]


def shuffle_twice_from_one_seed(x, y, rng):
    seed = rng.integers(2**31)
    return tuple(np.random.default_rng(seed).permutation(part) for part in (x, y))


def shuffle_half_of_the_time(x, y, rng):
    order = rng.permutation(len(x))
    return (x[order], y[order]) if rng.random() < 0.5 else (x, y)


def shuffle_columns(x, y, rng):
    return x[:, rng.permutation(x.shape[1])], y


def shuffle_and_sort_rows(x, y, rng):
    order = rng.permutation(len(x))
    return np.sort(x[order], axis=1), y[order]


def shuffle_as_integers(x, y, rng):
    order = rng.permutation(len(x))
    return x[order].astype(int), y[order]


def shuffle_sorting_labels_in_place(x, y, rng):
    order = rng.permutation(len(x))
    y.sort()
    return x[order], y[order]


def shuffle_back_labels(x, y, rng):
    order = rng.permutation(len(x))
    return x[order], y[np.argsort(order)]


def as_rows(images):
    return images.reshape(len(images), -1).astype(np.float32) / 255


def as_rows_by_loop(images):
    rows = np.empty((len(images), images[0].size), np.float32)
    for row, image in zip(rows, images, strict=True):
        row[:] = image.ravel() / 255
    return rows


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
            lambda x: x @ np.full((x.shape[1], 1), 1 / x.shape[1]),
            lambda x: np.average(x, axis=-1).reshape(-1, 1),
        ],
        "wrong": [
            (lambda x: x.mean(axis=1), r"has shape \(5,\), expected \(5, 1\)\. keepdims=True"),
            (lambda x: x.T.mean(axis=1, keepdims=True), "means of the columns"),
            (lambda x: x.sum(1, keepdims=True) / (x.shape[1] - 1), "number of columns minus 1"),
            (lambda x: np.median(x, axis=1, keepdims=True), "medians"),
            (lambda x: x.mean(axis=0, keepdims=True), "means of the columns"),
            (lambda x: x.mean(axis=0), "means of the columns"),
            (lambda x: x.mean(), "mean of all entries"),
            (lambda x: np.full((len(x), 1), x.mean()), "mean of all entries"),
            (lambda x: x.sum(1, keepdims=True) / (x != 0).sum(1, keepdims=True), "expected"),
            (lambda x: np.abs(x).mean(axis=1, keepdims=True), "expected"),
            (lambda x: x.mean(axis=1, keepdims=True).astype(int), "cut off"),
            (lambda x: x.mean(axis=1, keepdims=True)[::-1], "wrong order"),
            (lambda x: x[:, :1], "expected"),
            (lambda x: x.sum(axis=1, keepdims=True) / len(x), "divided by the number of rows"),
            (lambda x: x.sum(axis=1, keepdims=True) / x.size, "the number of all entries"),
            (lambda x: x - x.mean(axis=1, keepdims=True), "minus the means"),
            (lambda x: x.mean(axis=1, keepdims=True) + 0 * x, "repeated across its row"),
            (lambda x: x.mean(axis=1, keepdims=True).T, "is transposed"),
            (lambda x: -x.mean(axis=1, keepdims=True), "wrong sign"),
            (lambda x: x.max(axis=1, keepdims=True), "expected"),
            (lambda x: x.sum(axis=1, keepdims=True) / 3, "expected|times"),
            (lambda x: x.mean(axis=1, keepdims=True).round(2), r"at \[0, 0\], expected"),
            (lambda x: x.mean(axis=1).tolist(), "keepdims=True"),
            (lambda x: x.sum(axis=1, keepdims=True), "the sums of the rows"),
            (lambda x: x.mean(axis=1).reshape(5, 1), "ValueError: cannot reshape"),
        ],
    },
    "0.2": {
        "stub": """
            def add_bias(z, b):
                ...
        """,
        "right": [
            add_bias,
            add_bias_by_loop,
            add_bias_row_by_row,
            lambda z, b: (z + b).tolist(),
            lambda z, b: (z.T + b[:, np.newaxis]).T,
        ],
        "wrong": [
            (add_bias_in_place, "changes its argument z in place"),
            (lambda z, b: z + b[:, np.newaxis], "Each row got one entry of b"),
            (lambda z, b: z, "b isn't added"),
            (lambda z, b: z + np.tile(b, 3).reshape(3, 3), "ValueError: cannot reshape"),
            (lambda z, b: (z + b).T, "is transposed"),
            (lambda z, b: z.T + b, "expected"),
            (lambda z, b: z - b, "subtracted"),
            (lambda z, b: z * b, "multiplied by its entry"),
            (lambda z, b: np.tile(b, (len(z), 1)), "z is missing"),
            (lambda z, b: z + b.sum(), "the sum of b"),
            (lambda z, b: z + b.mean(), "the mean of b"),
            (lambda z, b: z + b[::-1], "in reverse order"),
            (lambda z, b: z @ b, r"has shape \(3,\), expected \(3, 3\)"),
            (lambda z, b: np.maximum(z + b, 0), "expected"),
            (add_bias_to_the_first_row, "to the first row only"),
            (add_bias_changing_b, "changes its argument b in place"),
            (lambda z, b: np.vstack([z, b]), r"has shape \(4, 3\), expected \(3, 3\)"),
            (lambda z, b: z.sum(axis=0) + b, r"has shape \(3,\), expected \(3, 3\)"),
            (lambda z, b: z + 2 * b, "expected"),
            (add_bias_first_entry, "the first entry of b"),
            (add_bias_without_return, "returns None"),
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
            lambda p, t: 1 - np.mean(p != t),
            lambda p, t: np.average(np.equal(p, t)),
        ],
        "wrong": [
            (lambda p, t: (p == t).sum(), "how many are right"),
            (lambda p, t: p == t, "This is the mask"),
            (lambda p, t: (p != t).mean(), "share of wrong labels"),
            (lambda p, t: 100 * (p == t).mean(), "in percent"),
            (lambda p, t: 1 - np.mean(np.abs(p - t)), "1 minus the mean difference"),
            (lambda p, t: np.mean(np.abs(p - t)), "the mean difference"),
            (lambda p, t: round((p == t).mean(), 1), "rounded"),
            (lambda p, t: round(float((p == t).mean()), 2), "rounded"),
            (lambda p, t: np.array_equal(p, t), "although some labels agree"),
            (lambda p, t: (p == t).sum() // len(t), "although some labels agree"),
            (lambda p, t: np.mean(np.sort(p) == np.sort(t)), "labels sorted"),
            (share_right_by_multiset, "expected"),
            (share_right_first_match, "expected"),
            (lambda p, t: len(set(p) & set(t)) / len(t), "expected"),
            (lambda p, t: (p == t).sum() / (len(t) + 1), "expected"),
            (lambda p, t: (p == t).mean(keepdims=True), "in an array of shape"),
            (lambda p, t: (p[:, np.newaxis] == t).mean(), "every true label"),
            (lambda p, t: (p[:, np.newaxis] == t).sum() / len(t), "every true label"),
            (lambda p, t: (p[1:] == t[1:]).mean(), "expected"),
            (lambda p, t: 7 / 17, r"is 0\.4118, expected 0"),
            (lambda p, t: (p == t).sum() / 10, "expected"),
            (lambda p, t: ((p == t) & (t > 0)).mean(), "expected"),
            (lambda p, t: (p == t)[t > 0].mean(), "expected"),
            (lambda p, t: np.isin(p, t).mean(), "every true label"),
            (lambda p, t: len(np.unique(p[p == t])) / len(t), "is 0.2941, expected 0.4118"),
            (lambda p, t: (p % 2 == t % 2).mean(), "is 0.7059, expected 0.4118"),
            (lambda p, t: np.isclose(p, t, atol=1).mean(), "expected"),
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
            one_hot_put,
            lambda labels, classes: [[int(k == label) for k in range(classes)] for label in labels],
        ],
        "wrong": [
            (one_hot_with_too_few_columns, "only up to the largest label"),
            (one_hot_whole_rows, "Whole rows are 1"),
            (one_hot_whole_columns, "Whole columns are 1"),
            (lambda labels, classes: one_hot(labels, classes).T, "is transposed"),
            (lambda labels, classes: np.eye(len(labels), classes), "on the diagonal"),
            (lambda labels, classes: np.eye(classes)[labels - 1], "too far left"),
            (lambda labels, classes: np.eye(classes)[labels + 1], "too far right"),
            (lambda labels, classes: np.eye(labels.max() + 1)[labels], "only up to the largest"),
            (lambda labels, classes: np.eye(3)[labels], "on an axis of length n"),
            (lambda labels, classes: np.eye(7)[labels], r"has shape \(1, 7\), expected \(1, 3\)"),
            (lambda labels, classes: np.eye(10)[labels], r"has shape \(6, 10\), expected \(6, 7\)"),
            (lambda labels, classes: np.eye(len(labels))[labels], r"has shape \(6, 6\)"),
            (lambda labels, classes: labels[:, None] == np.unique(labels), "labels that occur"),
            (lambda labels, classes: labels[:, None] > np.arange(classes), "expected"),
            (one_hot_in_the_first_row, "all in the first row"),
            (one_hot_from_ones, "Every entry is 1"),
            (one_hot_every_pair, "Whole columns are 1"),
            (one_hot_changing_labels, "changes its argument labels in place"),
            (lambda labels, classes: 1 - one_hot(labels, classes), "swapped"),
            (one_hot_of_the_label_itself, "The entries are the labels themselves"),
            (one_hot_only_the_first, "expected 1"),
            (one_hot_swapped_pair, "Rows and columns are swapped in the brackets"),
            (lambda labels, classes: np.zeros((len(labels), classes)), "zero everywhere"),
            (lambda labels, classes: np.eye(classes)[labels].ravel(), "in the wrong shape"),
            (lambda labels, classes: np.eye(classes)[labels[::-1]], "wrong order"),
            (lambda labels, classes: 2 * one_hot(labels, classes), "twice as large"),
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
            shuffle_columns_joined,
            shuffle_twice_from_one_seed,
            lambda x, y, rng: (lambda order: [x[order], y[order]])(np.argsort(rng.random(len(x)))),
        ],
        "wrong": [
            (lambda x, y, rng: (rng.permutation(x), rng.permutation(y)), "lost their labels"),
            (shuffle_with_replacement, "drawing with replacement"),
            (shuffle_in_place, "changes its argument x in place"),
            (shuffle_with_own_generator, "Nothing is drawn from the `rng`"),
            (shuffle_with_own_seed, "Nothing is drawn from the `rng`"),
            (shuffle_globally, "NumPy's global generator"),
            (shuffle_reversed, "Every seed gives the same"),
            (shuffle_by_rotating, "still next to each other"),
            (shuffle_one_pair, "still next to each other"),
            (lambda x, y, rng: (x[::-1], y[::-1]), "Nothing is drawn from the `rng`"),
            (lambda x, y, rng: (x, y), "Nothing is drawn from the `rng`"),
            (lambda x, y, rng: shuffle_together(x, y, rng)[::-1], r"You returned \(y, x\)"),
            (lambda x, y, rng: (rng.permutation(x), y), "lost their labels"),
            (lambda x, y, rng: (x, rng.permutation(y)), "lost their labels"),
            (lambda x, y, rng: np.column_stack([x, y])[rng.permutation(12)], "must return x and y"),
            (lambda x, y, rng: rng.permutation(12), "must return x and y"),
            (lambda x, y, rng: (rng.permutation(12), y), r"x must have shape \(12, 3\)"),
            (lambda x, y, rng: (rng.permuted(x, axis=0), y), "torn apart"),
            (lambda x, y, rng: x[rng.permutation(len(x))], "must return x and y"),
            (lambda x, y, rng: (x[:6], y[:6]), r"\(12, 3\)\. Received: shape \(6, 3\)"),
            (lambda x, y, rng: (x, ...), "y is still missing"),
            (shuffle_all_but_the_last, "sample 11 came to only 1 of the 12 positions"),
            (shuffle_all_but_the_first, "sample 0 came to only 1 of the 12 positions"),
            (shuffle_halves, "came to only 6 of the 12 positions"),
            (shuffle_half_of_the_time, "some are the old order"),
            (shuffle_columns, "columns of x moved"),
            (shuffle_and_sort_rows, "torn apart"),
            (shuffle_as_integers, "numbers in x have changed"),
            (shuffle_sorting_labels_in_place, "changes its argument y in place"),
            (shuffle_back_labels, "lost their labels"),
        ],
    },
    "0.6": {
        "stub": """
            def as_rows(images):
                ...
        """,
        "right": [
            as_rows,
            as_rows_by_loop,
            lambda images: (images / 255).reshape(len(images), -1).astype(np.float32),
            lambda images: np.stack([i.ravel() for i in images]).astype("f4") * (1 / 255),
            lambda images: np.float32(images.reshape(images.shape[0], -1)) / np.float32(255),
        ],
        "wrong": [
            (lambda images: images.reshape(len(images), -1) / 255, "dtype is float64"),
            (lambda images: as_rows(images).astype(np.float16), r"float32\. Convert with"),
            (lambda images: as_rows(images).tolist(), "not in an array, so they have no dtype"),
            (lambda images: as_rows(images) * 255, "255 times .* Is the division"),
            (lambda images: images.reshape(len(images), -1), "255 times .* Is the division"),
            (lambda images: as_rows(images) / 255, "255 times .* Did you divide by 255 twice"),
            (lambda images: (as_rows(images) * 255) // 255, "fractions are cut off"),
            (lambda images: (as_rows(images)).astype(np.uint8), "Was the result converted"),
            (lambda images: as_rows(images) * 255 / 256, "divided by 256"),
            (lambda images: as_rows(images) / as_rows(images).max(), "largest pixel that occurs"),
            (lambda images: images.astype(np.float32) / 255, "in the wrong shape"),
            (lambda images: as_rows(images).T, "is transposed"),
            (lambda images: as_rows(images).reshape(-1), "in the wrong shape"),
            (lambda images: np.float32(images.reshape(-1, len(images)).T / 255), "mixed"),
            (lambda images: np.float32(images.T.reshape(len(images), -1) / 255), "mixed"),
            (lambda images: as_rows(np.swapaxes(images, 1, 2)), "column by column"),
            (lambda images: images.reshape(len(images), 784) / 255, "cannot reshape"),
            (lambda images: as_rows(images[:1]), r"has shape \(1, 20\), expected \(3, 20\)"),
            (lambda images: as_rows(images - images.min()), "too small by"),
            (lambda images: 1 - as_rows(images), "Bright and dark are swapped"),
            (
                lambda images: as_rows(images) / as_rows(images).max(axis=1, keepdims=True),
                "by its own largest pixel",
            ),
            (lambda images: as_rows(images.astype(np.int8)), "expected"),
            (lambda images: as_rows(images).round(2), "expected"),
            (lambda images: as_rows(images[:, ::-1]), "wrong order"),
            (lambda images: as_rows(images) * 100, "100 times"),
            (lambda images: as_rows(images) - 0.5, "too small by 0.5"),
            (lambda images: as_rows(images).astype(float), "Python number"),
            (lambda images: images.mean(axis=(1, 2)) / 255, r"has shape \(3,\)"),
        ],
    },
}
