"""Answers to the exercises of chapter 8, right ones and wrong ones."""

import numpy as np


def size(layers, n, scale):
    return (scale * np.sqrt(n / 2)) ** layers


def size_by_loop(layers, n, scale):
    mean_square = 1.0
    for _ in range(layers):
        mean_square *= n * scale**2 / 2
    return mean_square**0.5


def dead(a):
    return np.flatnonzero(np.all(a == 0, axis=0))


def dead_by_loop(a):
    return [j for j in range(a.shape[1]) if not any(a[i, j] > 0 for i in range(len(a)))]


def inside(x, weights, size=lambda a: np.sqrt(np.mean(a**2))):
    sizes = []
    for W in weights:
        x = np.maximum(0, x @ W)
        sizes.append(size(x))
    return sizes


def inside_by_loop(x, weights):
    rows, sizes = x.tolist(), []
    for W in weights:
        rows = [
            [max(0.0, sum(a * w for a, w in zip(row, column, strict=True))) for column in W.T]
            for row in rows
        ]
        numbers = [a for row in rows for a in row]
        sizes.append((sum(a * a for a in numbers) / len(numbers)) ** 0.5)
    return sizes


def inside_before_relu(x, weights):
    sizes = []
    for W in weights:
        z = x @ W
        sizes.append(np.sqrt(np.mean(z**2)))
        x = np.maximum(0, z)
    return sizes


def inside_without_relu(x, weights):
    sizes = []
    for W in weights:
        x = x @ W
        sizes.append(np.sqrt(np.mean(x**2)))
    return sizes


def uniform(limit):
    return lambda m, n, rng: rng.uniform(-limit(m, n), limit(m, n), size=(m, n))


def he(m, n):
    return (6 / m) ** 0.5


def leaky(n, slope):
    return 2 / ((1 + slope**2) * n)


EXERCISES = {
    "8.1": {
        "stub": "def size_after(layers, in_features, scale):\n    ...",
        "right": [size, size_by_loop, lambda *a: np.float32(size(*a))],
        "wrong": [
            (lambda k, n, s: size(k, n, s) ** 2, r"mean \*square\* after"),
            (lambda k, n, s: (s * np.sqrt(n)) ** k, "ReLU is missing"),
            (lambda k, n, s: (s * np.sqrt(n) / 2) ** k, "by the root of 2, not by 2"),
            (lambda k, n, s: k * size(1, n, s) if k > 1 else size(1, n, s), "take the power"),
            (lambda k, n, s: size(1, n, s), "a single layer"),
            (lambda k, n, s: np.sqrt(s * n / 2) ** k, "The variance of the weights is its square"),
        ],
    },
    "8.2": {
        "stub": "def dead_neurons(a):\n    ...",
        "right": [
            dead,
            dead_by_loop,
            lambda a: np.where(a.max(axis=0) <= 0)[0],
            lambda a: np.flatnonzero(a.sum(axis=0) == 0).astype(np.int32),
        ],
        "wrong": [
            (lambda a: np.flatnonzero(np.any(a == 0, axis=0)), r"silent for \*some\* sample"),
            (lambda a: np.flatnonzero(np.all(a == 0, axis=1)), "the samples"),
            (lambda a: np.flatnonzero(np.any(a > 0, axis=0)), "that are alive"),
            (lambda a: np.all(a == 0, axis=0), "the mask"),
            (lambda a: len(dead(a)), "how many are dead"),
            (lambda a: np.mean(np.all(a == 0, axis=0)), "their share"),
            (lambda a: dead(a)[::-1], "wrong order"),
        ],
    },
    "8.3": {
        "stub": "def sizes_inside(x, weights):\n    ...",
        "right": [
            inside,
            inside_by_loop,
            lambda x, weights: np.array(inside(x, weights)),
            lambda x, weights: inside(np.float32(x), [np.float32(W) for W in weights]),
        ],
        "wrong": [
            (inside_before_relu, r"\*before\* ReLU"),
            (inside_without_relu, "ReLU is missing"),
            (lambda x, w: inside(x, w, lambda a: np.mean(a**2)), "Their roots are asked for"),
            (lambda x, w: inside(x, w, np.std), "don't subtract the mean"),
            (lambda x, w: inside(x, w, np.linalg.norm), r"\*sums\* of squares"),
            (lambda x, w: inside(x, w, np.mean), "Square first"),
            (lambda x, w: [np.sqrt(np.mean(x**2)), *inside(x, w)], "belongs to the input x"),
            (lambda x, w: inside(x, w)[-1], "the last layer only"),
        ],
    },
    "8.4": {
        "stub": "def he_uniform(in_features, out_features, rng):\n    ...",
        "right": [
            uniform(he),
            lambda m, n, rng: he(m, n) * (2 * rng.random((m, n)) - 1),
            lambda m, n, rng: uniform(he)(m, n, rng).astype(np.float32),
            lambda m, n, rng: [
                [rng.uniform(-he(m, n), he(m, n)) for _ in range(n)] for _ in range(m)
            ],
        ],
        "wrong": [
            (uniform(lambda m, n: (2 / m) ** 0.5), "is the standard deviation"),
            (uniform(lambda m, n: 6 / m), "Take the root"),
            (uniform(lambda m, n: (6 / n) ** 0.5), "You divided by out_features"),
            (uniform(lambda m, n: (6 / (m + n)) ** 0.5), "This is Glorot's variance"),
            (uniform(lambda m, n: (3 / m) ** 0.5), "This has the variance 1 / n_in"),
            (uniform(lambda m, n: 0.5), r"variance of the weights is 0\.08"),
            (lambda m, n, rng: (2 / m) ** 0.5 * rng.standard_normal((m, n)), "don't look uniform"),
            (lambda m, n, rng: he(m, n) * rng.random((m, n)), "not 0"),
            (lambda m, n, rng: uniform(he)(m, n, rng).T, r"\(200, 300\)"),
            (lambda m, n, rng: np.full((m, n), 0.1), "all weights are equal"),
            (lambda m, n, rng: np.zeros((m, n)), "all weights are equal"),
            (lambda m, n, rng: uniform(he)(m, n, np.random.default_rng()), "`rng` that is handed"),
            (lambda m, n, rng: uniform(he)(m, n, np.random.default_rng(0)), "`rng` that is handed"),
            (lambda m, n, rng: np.full((m, n), np.nan), "contains NaN"),
        ],
    },
    "8.5": {
        "stub": "def leaky_variance(in_features, slope):\n    ...",
        "right": [
            leaky,
            lambda n, slope: 1 / (0.5 * n + 0.5 * n * slope * slope),
            lambda n, slope: np.float32(leaky(n, slope)),
        ],
        "wrong": [
            (lambda n, slope: 2 / ((1 + slope) * n), "the slope is squared"),
            (lambda n, slope: 2 / n, "This is He's variance"),
            (lambda n, slope: leaky(n, slope) / 2, "A factor 2 is missing"),
            (lambda n, slope: leaky(n, slope) ** 0.5, "the standard deviation"),
            (lambda n, slope: 2 * (1 + slope**2) / n, "in the denominator"),
            (lambda n, slope: 1 / leaky(n, slope), "upside down"),
        ],
    },
}
