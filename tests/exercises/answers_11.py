"""Answers to the exercises of chapter 11: right ones in several spellings, and typical mistakes."""

from itertools import product

import numpy as np


def zeros(off, rate):
    return 1 - (1 - off) * (1 - rate)


def plain(x, keep, rate):
    return x * keep, x * (1 - rate)


def plain_by_where(x, keep, rate):
    return [np.where(keep, x, 0.0).tolist(), (x - rate * x).tolist()]


def back(dZ, keep, rate):
    return dZ * keep / (1 - rate)


def back_by_loop(dZ, keep, rate):
    dX = np.zeros(dZ.shape)
    for i in range(dZ.shape[0]):
        for j in range(dZ.shape[1]):
            if keep[i, j]:
                dX[i, j] = dZ[i, j] / (1 - rate)
    return dX


def loss(x, y, w, b, r, factor=None, squares=None):
    """The mean loss, with one slip: in the factor, or in the squares of each sample."""
    factor = r / (1 - r) if factor is None else factor
    squares = np.sum((x * w) ** 2, axis=1) if squares is None else squares
    return np.mean((x @ w + b - y) ** 2 + factor * squares)


def loss_as_penalty(x, y_true, w, b, rate):
    strengths = rate / (1 - rate) * np.mean(x**2, axis=0)
    return float(np.mean((x @ w + b - y_true) ** 2) + strengths @ w**2)


def loss_by_square_of_outputs(x, y_true, w, b, rate):
    z = np.sum(x * w, axis=1, keepdims=True) + b
    error = np.square(z - y_true[:, None]).sum() + np.einsum("ik,k->", x**2, w**2) * rate / (
        1 - rate
    )
    return error / len(x)


def loss_in_float32(x, y, w, b, rate):
    return np.float32(loss(x, y, w, b, rate))


def loss_by_masks(x, y, w, b, rate):
    total = 0.0
    for keep in product([0, 1], repeat=len(w)):
        chance = np.prod(np.where(keep, 1 - rate, rate))
        total += chance * np.mean(((x * keep / (1 - rate)) @ w + b - y) ** 2)
        if len(w) > 20:
            break
    return total


def loss_by_draws(x, y, w, b, rate):
    mask = (np.random.default_rng(0).random((20_000, *x.shape)) >= rate) / (1 - rate)
    return np.mean(((x * mask) @ w + b - y) ** 2)


def loss_by_features(x, y, w, b, rate):
    return loss(x, y, w, b, rate, squares=sum((x[:, k] * w[k]) ** 2 for k in range(len(w))))


def columns(x, rate, rng):
    keep = rng.random(x.shape[1]) >= rate
    return x * keep / (1 - rate)


def columns_by_binomial(x, rate, rng):
    return x * rng.binomial(1, 1 - rate, size=(1, x.shape[1])) / (1 - rate)


def columns_by_loop(x, rate, rng):
    result = x / (1 - rate)
    for j in range(x.shape[1]):
        if rng.random() < rate:
            result[:, j] = 0
    return result.tolist()


def columns_of(keep):
    """Drop by another rule, with the right scale."""
    return lambda x, rate, rng: x * keep(x, rate, rng) / (1 - rate)


def fixed_number(x, rate, rng):
    keep = np.ones(x.shape[1])
    keep[rng.permutation(x.shape[1])[: round(rate * x.shape[1])]] = 0
    return keep


def fixed_by_choice(x, rate, rng):
    n = x.shape[1]
    return ~np.isin(np.arange(n), rng.choice(n, int(rate * n), replace=False))


def fixed_by_rank(x, rate, rng):
    u = rng.random(x.shape[1])
    return u >= np.quantile(u, rate)


def first_columns(x, rate, rng):
    return np.arange(x.shape[1]) >= rng.binomial(x.shape[1], rate)


def a_block(x, rate, rng):
    n = x.shape[1]
    return np.roll(np.arange(n) >= rng.binomial(n, rate), rng.integers(n))


def in_pairs(x, rate, rng):
    n = x.shape[1]
    return np.repeat(rng.random((n + 1) // 2) >= rate, 2)[:n]


def half_mirrored(x, rate, rng):
    n = x.shape[1]
    u = rng.random((n + 1) // 2)
    return np.concatenate([u >= rate, u[::-1] < 1 - rate])[:n]


def never_the_last(x, rate, rng):
    return np.append(rng.random(x.shape[1] - 1) >= rate, True)


def all_masks(x, w, rate):
    total = 0.0
    for keep in product([0, 1], repeat=len(x)):
        kept = sum(keep)
        chance = (1 - rate) ** kept * rate ** (len(x) - kept)
        total += chance * max(0.0, np.sum(np.array(keep) * x * w) / (1 - rate))
    return total


def all_masks_at_once(x, w, rate):
    keep = np.array(list(product([0, 1], repeat=len(x))))
    chance = np.where(keep, 1 - rate, rate).prod(axis=1)
    return chance @ np.maximum(0, (keep / (1 - rate)) @ (x * w))


def all_masks_step_by_step(x, w, rate):
    def expected(place, z):
        if place == len(x):
            return max(z, 0.0)
        on = z + x[place] * w[place] / (1 - rate)
        return rate * expected(place + 1, z) + (1 - rate) * expected(place + 1, on)

    return expected(0, 0.0)


def relu_sums(x, w):
    keep = np.array(list(product([0, 1], repeat=len(x))))
    return np.maximum(0, keep @ (x * w))


def sampled(x, w, rate):
    mask = (np.random.default_rng(0).random((20_000, len(x))) >= rate) / (1 - rate)
    return np.maximum(0, mask @ (x * w)).mean()


def single(function):
    """The same answer in float32."""

    def answer(*arguments):
        return function(*(np.float32(a) if isinstance(a, np.ndarray) else a for a in arguments))

    return answer


EXERCISES = {
    "11.1": {
        "stub": "def share_of_zeros(off, rate):\n    ...",
        "right": [
            zeros,
            lambda off, rate: off + rate - off * rate,
            lambda off, rate: np.float32(off + (1 - off) * rate),
        ],
        "wrong": [
            (lambda off, rate: off + rate, "counted twice"),
            (lambda off, rate: (1 - off) * (1 - rate), r"are \*not\* zero"),
            (lambda off, rate: off * rate, "One is enough"),
            (lambda off, rate: off * (1 - rate), "that dropout left alone"),
            (lambda off, rate: max(off, rate), "that ReLU has left alone"),
            (lambda off, rate: off + rate - 2 * off * rate, "exactly one of the two"),
            (lambda off, rate: rate, "zeros of ReLU are still there"),
            (lambda off, rate: min(1, off + rate), "counted twice"),
            (lambda off, rate: rate * (1 - off), "zeros of ReLU count"),
            (lambda off, rate: 1 - off * rate, "Zero for one reason is enough"),
            (lambda off, rate: (off + rate) / 2, "dropout only adds zeros"),
            (lambda off, rate: off + rate * off, r"ReLU has \*left\*"),
            (lambda off, rate: 1 - (1 - off) * rate, "kept with probability 1 - rate"),
            (lambda off, rate: off, "Dropout also hits"),
            (lambda off, rate: 100 * zeros(off, rate), "is 72, expected 0.72"),
            (lambda off, rate: -zeros(off, rate), "wrong sign"),
            (lambda off, rate: [zeros(off, rate)], "shape"),
        ],
    },
    "11.2": {
        "stub": "def plain_dropout(x, keep, rate):\n    return ..., ...",
        "right": [plain, plain_by_where, single(plain)],
        "wrong": [
            (lambda x, k, r: (x * k / (1 - r), x), "That is inverted dropout"),
            (lambda x, k, r: (x * k, x), "the next layer now gets too much"),
            (lambda x, k, r: (x * k, x * r), "share that is dropped"),
            (lambda x, k, r: (x * k, x / (1 - r)), "so multiply"),
            (lambda x, k, r: (x * k, x * k * (1 - r)), "leave the mask out"),
            (lambda x, k, r: (x * k, x * k.mean()), "this one mask keeps"),
            (lambda x, k, r: (x * (1 - k), x * (1 - r)), "kept what should be dropped"),
            (lambda x, k, r: (x * k * (1 - r), x), "scales at inference, not in training"),
            (lambda x, k, r: (x * k / r, x * (1 - r)), "divided by the share that is dropped"),
            (lambda x, k, r: (x, x * (1 - r)), "nothing was dropped"),
            (lambda x, k, r: x * k, "must return the output in training and"),
            (lambda x, k, r: plain(x, k, r)[::-1], "You returned .the output at inference, the"),
            (lambda x, k, r: (x * k * r, x), "leaves what is kept as it is"),
            (lambda x, k, r: (x * r, x * (1 - r)), "only scaled"),
            (lambda x, k, r: (k, x * (1 - r)), "This is the mask"),
            (lambda x, k, r: (x * k, x / r), "Multiply by the share kept"),
            (lambda x, k, r: (x * k, x * k), "leave the mask out"),
            (lambda x, k, r: (x * k, x * k * r), "leave the mask out"),
            (lambda x, k, r: (x * k, x * k.mean(axis=0)), "in each column"),
            (lambda x, k, r: (x * (k == 0), x * (1 - r)), "kept what should be dropped"),
            (lambda x, k, r: (x[k == 1], x * (1 - r)), "shape"),
            (lambda x, k, r: (x * k, (x * (1 - r)).mean()), "shape|single number"),
            (lambda x, k, r: (x * k, 1 - r), "shape|single number"),
        ],
    },
    "11.3": {
        "stub": "def dropout_backward(dZ, keep, rate):\n    ...",
        "right": [back, back_by_loop, single(back)],
        "wrong": [
            (lambda dZ, k, r: dZ, "The mask is missing"),
            (lambda dZ, k, r: dZ * k, "The scale is missing"),
            (lambda dZ, k, r: dZ / (1 - r), "a dropped number gets no gradient"),
            (lambda dZ, k, r: dZ * k * (1 - r), "upside down"),
            (lambda dZ, k, r: dZ * k * r, "multiplied by the share"),
            (lambda dZ, k, r: dZ * k / r, "share that is dropped"),
            (lambda dZ, k, r: dZ * (1 - k) / (1 - r), "flows where it should stop"),
            (lambda dZ, k, r: dZ * k / k.mean(), "this one mask keeps"),
            (lambda dZ, k, r: dZ * k / (1 - r) ** 2, "The scale is there twice"),
            (lambda dZ, k, r: dZ * (k == 0), "And the scale is missing"),
            (lambda dZ, k, r: k / (1 - r), "the mask M itself"),
            (lambda dZ, k, r: back(dZ, k, r) / len(dZ), "number of samples"),
            (lambda dZ, k, r: -back(dZ, k, r), "wrong sign"),
            (lambda dZ, k, r: back(dZ, k, r).T, "transposed"),
            (lambda dZ, k, r: back(dZ, k, r).sum(axis=0), "shape"),
            (lambda dZ, k, r: (dZ / (1 - r))[k == 1], "shape"),
            (lambda dZ, k, r: back(dZ, k, 0.2), "."),
            (lambda dZ, k, r: np.round(back(dZ, k, r), 3), "differ"),
            (lambda dZ, k, r: back(dZ, np.random.default_rng(0).random(k.shape) > r, r), "differ"),
        ],
    },
    "11.4": {
        "stub": "def mean_loss(x, y_true, w, b, rate):\n    ...",
        "right": [loss, loss_as_penalty, loss_by_square_of_outputs, loss_in_float32],
        "wrong": [
            (lambda x, y, w, b, r: loss(x, y, w, b, r, factor=0), "variance of the output is miss"),
            (lambda x, y, w, b, r: loss(x, x @ w + b, w, b, r), "squared error is missing"),
            (lambda x, y, w, b, r: loss(x, y, w, b, r, factor=1), "lacks its factor"),
            (lambda x, y, w, b, r: loss(x, y, w, b, r, (1 - r) / r), "upside down"),
            (lambda x, y, w, b, r: loss(x, y, w, b, r, r * (1 - r)), "variance of plain dropout"),
            (lambda x, y, w, b, r: loss(x, y, w, b, r, r), "not r"),
            (lambda x, y, w, b, r: loss(x, y, w, b, r, 1 / (1 - r)), "not 1 / .1 - r"),
            (
                lambda x, y, w, b, r: loss(x, y, w, b, r) + r / (1 - r) * b**2,
                "bias isn't dropped",
            ),
            (lambda x, y, w, b, r: loss(x, y, w, 0, r), "bias is missing"),
            (lambda x, y, w, b, r: loss(x, y, w, b, r, squares=(x @ w) ** 2), "squared the sum"),
            (lambda x, y, w, b, r: loss(x, y, w, b, r, None, (x @ w + b) ** 2), "squared the sum"),
            (
                lambda x, y, w, b, r: loss(
                    x, y, w, b, r, None, np.mean(np.abs(x * w).sum(axis=1)) ** 2
                ),
                "variances that add up",
            ),
            (lambda x, y, w, b, r: loss(x, y, w, b, r, squares=w @ w), "ignores the inputs"),
            (
                lambda x, y, w, b, r: loss(x, y, w, b, r, None, np.sum((x.mean(axis=0) * w) ** 2)),
                "mean of its squares",
            ),
            (lambda x, y, w, b, r: loss(x, y, w, b, r, None, x**2 @ np.abs(w)), "is quadratic"),
            (
                lambda x, y, w, b, r: loss(x, y, w, b, r, None, np.mean((x * w) ** 2)),
                "sum over the features",
            ),
            (
                lambda x, y, w, b, r: loss(x, y, w, b, r, None, np.sum((x * w) ** 2)),
                "averaged over the samples",
            ),
            (lambda x, y, w, b, r: len(x) * loss(x, y, w, b, r), "asks for the mean"),
            (
                lambda x, y, w, b, r: loss(
                    x, y, w, b, r, 1, np.sqrt(r / (1 - r) * np.sum((x * w) ** 2, axis=1))
                ),
                "added the standard deviation",
            ),
            (
                lambda x, y, w, b, r: loss(x * (1 - r), y, w, b, r),
                "mean loss of plain dropout",
            ),
            (lambda x, y, w, b, r: loss(x, y, w, b, r) / 2, "no 1/2 in this loss"),
            (
                lambda x, y, w, b, r: (
                    (x @ w + b - y) ** 2 + r / (1 - r) * np.sum((x * w) ** 2, axis=1)
                ),
                "one number for each sample",
            ),
            (loss_by_masks, "There is a loop"),
            (loss_by_features, "There is a loop"),
            (loss_by_draws, "drew masks at random"),
        ],
    },
    "11.5": {
        "stub": "def drop_features(x, rate, rng):\n    ...",
        "right": [
            columns,
            columns_by_binomial,
            columns_by_loop,
            lambda x, rate, rng: np.float32(columns(x, rate, rng)),
        ],
        "wrong": [
            (columns_of(lambda x, r, g: g.random(x.shape) >= r), "dropped as a whole"),
            (columns_of(lambda x, r, g: g.random((4, 1)) >= r), "dropped as a whole|All columns"),
            (columns_of(lambda x, r, g: g.random(x.shape[1]) < r), "rate were the share kept"),
            (columns_of(lambda x, r, g: g.random(x.shape[1]) >= r / 2), "1[3-7]% of the columns"),
            (lambda x, r, g: columns(x, r, g) * (1 - r), "must be divided by 1 - rate"),
            (lambda x, r, g: columns(x, r, g) * (1 - r) ** 2, "not multiplied"),
            (lambda x, r, g: columns(x, r, g) * (1 - r) / r, "share that is dropped"),
            (lambda x, r, g: x / (1 - r), "Nothing is drawn"),
            (lambda x, r, g: x * (1 + g.random()), "Nothing is dropped"),
            (lambda x, r, g: x * 0, "Nothing is drawn"),
            (lambda x, r, g: columns(x, r, np.random.default_rng(0)), "Nothing is drawn"),
            (lambda x, r, g: columns(x, r, np.random.default_rng()), "Nothing is drawn"),
            (lambda x, r, g: columns(x, r, np.random), "global generator"),
            (columns_of(fixed_number), "fixed number of columns"),
            (columns_of(fixed_by_choice), "fixed number of columns"),
            (columns_of(fixed_by_rank), "fixed number of columns"),
            (columns_of(first_columns), "the same probability"),
            (columns_of(never_the_last), "column 19 of 20"),
            (columns_of(a_block), "depends on the others"),
            (columns_of(in_pairs), "depends on the others"),
            (columns_of(half_mirrored), "depends on the others"),
            (columns_of(lambda x, r, g: g.random() >= r), "All columns are zero|no zero"),
            (lambda x, r, g: columns(x, r, g) / (1 - r), "twice"),
            (lambda x, r, g: columns(x, r, g)[:, columns(x, r, g)[0] > 0], "shape"),
            (lambda x, r, g: columns(x, 0.3, g), "At rate 0,"),
            (lambda x, r, g: columns(x.T, r, g).T, "dropped as a whole"),
            (lambda x, r, g: np.where(columns(x, r, g), x / (1 - r), np.nan), "NaN|finite"),
            (lambda x, r, g: columns(x, r, g).T, "transposed"),
            (
                lambda x, r, g: x * (keep := g.random(x.shape[1]) >= r) / keep.mean(),
                "happened to be kept",
            ),
        ],
    },
    "11.6": {
        "stub": "def mean_over_masks(x, w, rate):\n    ...",
        "right": [all_masks, all_masks_at_once, all_masks_step_by_step, single(all_masks)],
        "wrong": [
            (lambda x, w, r: relu_sums(x, w).mean() / (1 - r), "the same weight. At a rate"),
            (lambda x, w, r: all_masks(x, w, r) * (1 - r), "The scale is missing"),
            (lambda x, w, r: all_masks(x, w, 1 - r) * r / (1 - r), "probabilities are swapped"),
            (lambda x, w, r: max(0.0, x @ w), "the single pass with all inputs"),
            (lambda x, w, r: relu_sums(x, w).sum() / (1 - r), "You summed over the masks"),
            (lambda x, w, r: relu_sums(x, w).mean(), "the scale 1 / .1 - r. is missing"),
            (lambda x, w, r: all_masks(x, w, 1 - r), "share kept, in the probabilities and"),
            (lambda x, w, r: x @ w, "ReLU is missing|single pass"),
            (lambda x, w, r: all_masks(x, w, r) / (1 - r), "there twice"),
            (lambda x, w, r: all_masks(x, w, r) / (1 - r ** len(x)), "drops everything"),
            (lambda x, w, r: all_masks(x, w, r) + all_masks(x, -w, r), "absolute values"),
            (lambda x, w, r: np.maximum(x * w, 0).sum(), "after the sum"),
            (lambda x, w, r: (1 - r) * max(0.0, x @ w), "ReLU of a mean"),
            (lambda x, w, r: all_masks(x, w, 0.5), "expected"),
            (lambda x, w, r: -all_masks(x, -w, r), "expected|wrong sign"),
            (lambda x, w, r: sampled(x, w, r), "expected|nearly right"),
            (lambda x, w, r: np.maximum(x * w, 0), "shape"),
        ],
    },
}
