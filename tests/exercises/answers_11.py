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


def spread(x, w, b, rate):
    return np.sqrt(rate / (1 - rate) * np.sum((w * x) ** 2))


def spread_by_loop(x, w, b, rate):
    var = 0.0
    for one_x, one_w in zip(x.tolist(), w.tolist(), strict=True):
        var += rate * (one_w * one_x) ** 2 / (1 - rate)
    return var**0.5


def spread_by_masks(x, w, b, rate):
    mean, square = 0.0, 0.0
    for keep in product([0, 1], repeat=len(x)):
        chance = np.prod(np.where(keep, 1 - rate, rate))
        z = np.sum(x * w * keep) / (1 - rate) + b
        mean, square = mean + chance * z, square + chance * z**2
    return np.sqrt(square - mean**2)


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
            (lambda x, k, r: (x * k, x * k * (1 - r)), "the mask must not occur"),
            (lambda x, k, r: (x * k, x * k.mean()), "this one mask keeps"),
            (lambda x, k, r: (x * (1 - k), x * (1 - r)), "kept what is to be dropped"),
            (lambda x, k, r: (x * k * (1 - r), x), "scales in inference, not in training"),
            (lambda x, k, r: (x * k / r, x * (1 - r)), "divided by the share that is dropped"),
            (lambda x, k, r: (x, x * (1 - r)), "nothing was dropped"),
            (lambda x, k, r: x * k, "must return the output in training and"),
        ],
    },
    "11.3": {
        "stub": "def dropout_backward(dZ, keep, rate):\n    ...",
        "right": [back, back_by_loop, single(back)],
        "wrong": [
            (lambda dZ, k, r: dZ, "The mask is forgotten"),
            (lambda dZ, k, r: dZ * k, "The scale is forgotten"),
            (lambda dZ, k, r: dZ / (1 - r), "a dropped number gets no gradient"),
            (lambda dZ, k, r: dZ * k * (1 - r), "upside down"),
            (lambda dZ, k, r: dZ * k * r, "multiplied with the share"),
            (lambda dZ, k, r: dZ * k / r, "share that is dropped"),
            (lambda dZ, k, r: dZ * (1 - k) / (1 - r), "flows where it should stop"),
            (lambda dZ, k, r: dZ * k / k.mean(), "this one mask keeps"),
        ],
    },
    "11.4": {
        "stub": "def noise(x, w, b, rate):\n    ...",
        "right": [spread, spread_by_loop, spread_by_masks, single(spread)],
        "wrong": [
            (lambda x, w, b, r: spread(x, w, b, r) ** 2, "This is the variance"),
            (lambda x, w, b, r: spread(x, w, b, r) + b, "The bias is a constant"),
            (lambda x, w, b, r: np.sqrt(spread(x, w, b, r) ** 2 + b**2), "The bias is a constant"),
            (lambda x, w, b, r: np.sqrt(np.sum((w * x) ** 2)), "The rate is missing"),
            (lambda x, w, b, r: (1 - r) * spread(x, w, b, r), "noise of plain dropout"),
            (lambda x, w, b, r: spread(x, w, b, 1 - r), "upside down"),
            (lambda x, w, b, r: np.sqrt(r / (1 - r)) * abs(x @ w), "squared the sum"),
            (lambda x, w, b, r: np.sqrt(r / (1 - r)) * abs(x @ w + b), "squared z itself"),
            (lambda x, w, b, r: np.sqrt(r / (1 - r)) * np.abs(x * w).sum(), "variances that add"),
            (lambda x, w, b, r: spread(x, 1.0, b, r), "weights are missing"),
            (lambda x, w, b, r: spread(1.0, w, b, r), "inputs are missing"),
            (lambda x, w, b, r: r / (1 - r) * np.sqrt(np.sum((w * x) ** 2)), "root goes over"),
            (lambda x, w, b, r: np.sqrt(r / (1 - r)) * np.abs(x * w), "noise of each input"),
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
            (columns_of(lambda x, r, g: np.arange(len(x))[:, None] > 0), "dropped as a whole"),
            (columns_of(lambda x, r, g: g.random(x.shape[1]) < r), "rate were the share kept"),
            (columns_of(lambda x, r, g: g.random(x.shape[1]) >= r / 2), "1[3-7]% of the columns"),
            (lambda x, r, g: columns(x, r, g) * (1 - r), "must be divided by 1 - rate"),
            (lambda x, r, g: columns(x, r, g) * (1 - r) ** 2, "not multiplied"),
            (lambda x, r, g: columns(x, r, g) * (1 - r) / r, "share that is dropped"),
            (lambda x, r, g: x / (1 - r), "Nothing is dropped"),
            (lambda x, r, g: x * 0, "All columns are zero"),
            (lambda x, r, g: columns(x, r, np.random.default_rng(0)), "different seeds"),
            (lambda x, r, g: columns(x, r, np.random.default_rng()), "the same seed"),
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
            (lambda x, w, r: all_masks(x, w, 1 - r) * r / (1 - r), "probabilities are exchanged"),
            (lambda x, w, r: max(0.0, x @ w), "the single pass with all inputs"),
            (lambda x, w, r: relu_sums(x, w).sum() / (1 - r), "You summed over the masks"),
            (lambda x, w, r: relu_sums(x, w).mean(), "the scale 1 / .1 - r. is missing"),
        ],
    },
}
