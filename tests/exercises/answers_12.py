"""Answers to the exercises of chapter 12: right ones in several spellings, and typical mistakes."""

import numpy as np


def normal(x, eps):
    return (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + eps)


def normal_by_loop(x, eps):
    result = np.zeros(x.shape)
    for j in range(x.shape[1]):
        column = x[:, j].tolist()
        mean = sum(column) / len(column)
        var = sum((value - mean) ** 2 for value in column) / len(column)
        for i, value in enumerate(column):
            result[i, j] = (value - mean) / (var + eps) ** 0.5
    return result.tolist()


def alone(samples, sizes):
    return [size for size in sizes if (samples - 1) % size == 0]


def alone_by_counting(samples, sizes):
    found = []
    for size in sizes:
        left = samples
        while left > size:
            left -= size
        if left == 1:
            found.append(size)
    return found


def running(mean, var, x, momentum, ddof=1):
    return (
        (1 - momentum) * mean + momentum * x.mean(axis=0),
        (1 - momentum) * var + momentum * x.var(axis=0, ddof=ddof),
    )


def running_by_difference(mean, var, x, momentum):
    n = len(x)
    return [
        mean + momentum * (x.mean(axis=0) - mean),
        var + momentum * (x.var(axis=0) * n / (n - 1) - var),
    ]


def running_in_place(mean, var, x, momentum):
    mean += momentum * (x.mean(axis=0) - mean)
    var += momentum * (x.var(axis=0, ddof=1) - var)
    return mean, var


def scale_back(dZ, x_hat, gamma):
    return gamma * dZ, (dZ * x_hat).sum(axis=0), dZ.sum(axis=0)


def scale_back_by_loop(dZ, x_hat, gamma):
    dx_hat, dgamma, dbeta = np.zeros(dZ.shape), np.zeros(len(gamma)), np.zeros(len(gamma))
    for i in range(dZ.shape[0]):
        for j in range(dZ.shape[1]):
            dx_hat[i, j] = gamma[j] * dZ[i, j]
            dgamma[j] += dZ[i, j] * x_hat[i, j]
            dbeta[j] += dZ[i, j]
    return dx_hat, dgamma, dbeta


def folded(W, b, gamma, beta, mean, var, eps):
    scale = gamma / np.sqrt(var + eps)
    return W * scale, (b - mean) * scale + beta


def folded_by_matrix(W, b, gamma, beta, mean, var, eps):
    scale = np.diag(gamma / np.sqrt(var + eps))
    return W @ scale, b @ scale - mean @ scale + beta


def folded_with(weights=None, bias=None):
    """The right answer with one of its parts exchanged."""

    def answer(W, b, gamma, beta, mean, var, eps):
        right = folded(W, b, gamma, beta, mean, var, eps)
        scale = gamma / np.sqrt(var + eps)
        return (
            weights(W, gamma, var, eps) if weights else right[0],
            bias(b, scale, mean, beta) if bias else right[1],
        )

    return answer


def by_row(x, gamma, beta, eps):
    mean, var = x.mean(axis=1, keepdims=True), x.var(axis=1, keepdims=True)
    return gamma * (x - mean) / np.sqrt(var + eps) + beta


def by_row_with_loop(x, gamma, beta, eps):
    return [gamma * (row - row.mean()) / (row.var() + eps) ** 0.5 + beta for row in x]


def single(function):
    """The same answer in float32."""
    return lambda *arguments: function(*(np.float32(a) for a in arguments))


EXERCISES = {
    "12.1": {
        "stub": "def normalise(x, eps):\n    ...",
        "right": [normal, normal_by_loop, single(normal)],
        "wrong": [
            (lambda x, eps: normal(x.T, eps).T, "normalised each row"),
            (lambda x, eps: (x - x.mean()) / np.sqrt(x.var() + eps), "of the whole array"),
            (
                lambda x, eps: (x - x.mean(axis=0)) / (x.var(axis=0) + eps),
                "divided by the variance",
            ),
            (lambda x, eps: (x - x.mean(axis=0)) / (x.std(axis=0) + eps), "outside of the root"),
            (
                lambda x, eps: (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0, ddof=1) + eps),
                "belongs to the running variance",
            ),
            (lambda x, eps: (x - x.mean(axis=0)) / x.std(axis=0), "eps is missing"),
            (lambda x, eps: x / np.sqrt(x.var(axis=0) + eps), "mean is still in it"),
            (lambda x, eps: x - x.mean(axis=0), "still to be divided"),
            (lambda x, eps: (x - x.mean(axis=0)) / x.std(axis=0) + eps, "eps is added at the end"),
            (lambda x, eps: (x - x.min(0)) / (x.max(0) - x.min(0)), "between 0 and 1"),
            (lambda x, eps: normal(x, eps).T, "transposed"),
        ],
    },
    "12.2": {
        "stub": "def leaves_one(samples, sizes):\n    ...",
        "right": [
            alone,
            alone_by_counting,
            lambda samples, sizes: np.array(sizes)[(samples - 1) % np.array(sizes) == 0],
            lambda samples, sizes: [k for k in sizes if k == 1 or samples % k == 1],
            lambda samples, sizes: tuple(alone(samples, sizes)),
        ],
        "wrong": [
            (lambda samples, sizes: [k for k in sizes if samples % k], r"leave \*something\* over"),
            (lambda samples, sizes: [k for k in sizes if samples % k == 0], "their last batch is"),
            (lambda samples, sizes: [k for k in sizes if samples % k == 1], "is forgotten: 1"),
            (lambda samples, sizes: [samples % k == 1 for k in sizes], "True or False"),
            (lambda samples, sizes: len(alone(samples, sizes)), "how many there are"),
            (lambda samples, sizes: set(alone(samples, sizes)), "must be made of numbers"),
            (lambda samples, sizes: alone(samples, sizes)[::-1], "wrong order"),
            (lambda samples, sizes: [], "37 is missing"),
            (lambda samples, sizes: sizes, "32 does not belong. With it the last batch has 8"),
        ],
    },
    "12.3": {
        "stub": "def update_running(running_mean, running_var, x, momentum):\n    return ..., ...",
        "right": [running, running_by_difference, single(running)],
        "wrong": [
            (lambda m, v, x, k: running(m, v, x, k, ddof=0), "divisor n - 1"),
            (lambda m, v, x, k: running(m, v, x, 1 - k), r"momentum to the \*old\*"),
            (lambda m, v, x, k: running(m, v, x, 1.0), "the batch's own number"),
            (lambda m, v, x, k: (m + k * x.mean(axis=0), v), "by 1 - momentum"),
            (lambda m, v, x, k: (k * x.mean(axis=0), v), "old number is missing"),
            (
                lambda m, v, x, k: (running(m, v, x, k)[0], (1 - k) * v + k * x.std(axis=0)),
                "the standard deviation",
            ),
            (lambda m, v, x, k: running(m, v, x, k)[0], "must return"),
            (running_in_place, "changes its argument"),
        ],
    },
    "12.4": {
        "stub": "def scale_backward(dZ, x_hat, gamma):\n    return ..., ..., ...",
        "right": [scale_back, scale_back_by_loop, single(scale_back)],
        "wrong": [
            (lambda d, x, g: (d, *scale_back(d, x, g)[1:]), "multiplied by gamma"),
            (lambda d, x, g: (d / g, *scale_back(d, x, g)[1:]), "not divided by it"),
            (lambda d, x, g: (g * d, d * x, d), "shared by all samples"),
            (lambda d, x, g: (g * d, d.sum(axis=0), d.sum(axis=0)), "before you sum"),
            (lambda d, x, g: (g * d, (d * x).mean(axis=0), d.mean(axis=0)), "You took the mean"),
            (lambda d, x, g: (g * d, (d * x).sum(axis=0), d), "shared by all samples"),
            (
                lambda d, x, g: (g * d, (d * x).sum(axis=0), (g * d).sum(axis=0)),
                "added after gamma",
            ),
            (lambda d, x, g: (g * d, (d * x).sum(axis=1), d.sum(axis=1)), "over the features"),
            (lambda d, x, g: (g * d, (d * x).sum(axis=0)), "must return"),
        ],
    },
    "12.5": {
        "stub": (
            "def fold(W, b, gamma, beta, running_mean, running_var, eps):\n    return ..., ..."
        ),
        "right": [folded, folded_by_matrix, single(folded)],
        "wrong": [
            (folded_with(lambda W, g, v, e: W), "W' is W itself"),
            (folded_with(lambda W, g, v, e: W * g), "division by the standard deviation"),
            (folded_with(lambda W, g, v, e: W / np.sqrt(v + e)), "gamma is missing in W'"),
            (folded_with(lambda W, g, v, e: W * g / (v + e)), "divided by the variance"),
            (folded_with(bias=lambda b, s, m, beta: b * s + beta), "running mean is missing in b'"),
            (folded_with(bias=lambda b, s, m, beta: beta - m * s), "old bias is missing"),
            (folded_with(bias=lambda b, s, m, beta: (b - m) * s), "beta is missing in b'"),
            (folded_with(bias=lambda b, s, m, beta: b - m * s + beta), "is scaled as well"),
            (folded_with(bias=lambda b, s, m, beta: (b - m + beta) * s), "it isn't scaled"),
        ],
    },
    "12.6": {
        "stub": "def layer_norm(x, gamma, beta, eps):\n    ...",
        "right": [by_row, by_row_with_loop, single(by_row)],
        "wrong": [
            (lambda x, g, b, e: g * normal(x, e) + b, "This is batch normalization"),
            (lambda x, g, b, e: by_row(x, 1, 0, e), "gamma and beta are missing"),
            (lambda x, g, b, e: by_row(x, g, 0, e), "beta is missing"),
            (lambda x, g, b, e: by_row(x, 1, b, e), "gamma is missing"),
            (lambda x, g, b, e: g * by_row(x, 1, b, e), "isn't multiplied by gamma"),
            (lambda x, g, b, e: by_row(x, g, b, 0.0), "eps is missing"),
            (lambda x, g, b, e: g * (x - x.mean()) / np.sqrt(x.var() + e) + b, "whole array"),
            (
                lambda x, g, b, e: (
                    by_row(x, g, b, e)
                    if len(x) != x.shape[1]
                    else g * (x - x.mean(axis=1)) / np.sqrt(x.var(axis=1) + e) + b
                ),
                "keepdims=True makes a column",
            ),
        ],
    },
}
