"""Answers to the exercises of chapter 12: right ones in several spellings, and typical mistakes."""

import numpy as np

from shared.gradcheck import numerical_gradient
from shared.layers import BatchNorm


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


def whole(dZ, x, gamma, eps):
    u = x - x.mean(axis=0)
    q = 1 / np.sqrt(u.var(axis=0) + eps)
    x_hat = u * q
    dgamma, dbeta = (dZ * x_hat).sum(axis=0), dZ.sum(axis=0)
    n = len(x)
    return gamma * q * (dZ - dbeta / n - x_hat * dgamma / n), dgamma, dbeta


def whole_by_graph(dZ, x, gamma, eps, slope=-0.5, power=3, square=2, share=True, mean=1):
    """The same, node by node; the options put mistakes into single nodes."""
    n = len(x)
    u = x - x.mean(axis=0)
    q = 1 / np.sqrt((u**2).mean(axis=0) + eps)
    x_hat = q * u
    dx_hat = gamma * dZ
    dvar = (dx_hat * u).sum(axis=0) * slope * q**power
    du = q * dx_hat + (dvar / n if share else dvar) * square * u
    dX = du - mean * du.sum(axis=0) / n
    return dX, (dZ * x_hat).sum(axis=0), dZ.sum(axis=0)


def whole_by_jacobian(dZ, x, gamma, eps):
    n, features = x.shape
    dX = np.zeros(x.shape)
    for j in range(features):
        q = 1 / np.sqrt(x[:, j].var() + eps)
        x_hat = (x[:, j] - x[:, j].mean()) * q
        J = q * (np.eye(n) - 1 / n - np.outer(x_hat, x_hat) / n)
        dX[:, j] = gamma[j] * dZ[:, j] @ J
    x_hat = normal(x, eps)
    return dX.tolist(), (dZ * x_hat).sum(axis=0).tolist(), dZ.sum(axis=0).tolist()


def whole_with(dX=None, x_hat=None, dgamma=None, dbeta=None):
    """The right answer with one of its parts replaced, each by a function."""

    def answer(dZ, x, gamma, eps):
        right = list(whole(dZ, x, gamma, eps))
        q = 1 / np.sqrt(x.var(axis=0) + eps)
        if x_hat:
            wrong = x_hat(x, eps)
            right[1] = (dZ * wrong).sum(axis=0)
            right[0] = gamma * q * (dZ - dZ.mean(axis=0) - wrong * (dZ * wrong).mean(axis=0))
        if dX:
            right[0] = dX(dZ, normal(x, eps), gamma, q)
        if dgamma:
            right[1] = dgamma(dZ, normal(x, eps), gamma)
        if dbeta:
            right[2] = dbeta(dZ, gamma)
        return tuple(right)

    return answer


def whole_dX(dZ, x_hat):
    return dZ - dZ.mean(axis=0) - x_hat * (dZ * x_hat).mean(axis=0)


def outside(dZ, x, gamma, eps):
    q = 1 / (x.std(axis=0) + eps)
    x_hat = centered(x) * q
    return gamma * q * whole_dX(dZ, x_hat), (dZ * x_hat).sum(axis=0), dZ.sum(axis=0)


def measured(forward):
    """Return an answer that measures the gradients of a forward pass."""

    def answer(dZ, x, gamma, eps):
        found = []
        beta = np.zeros(len(gamma))
        for array in (x, gamma, beta):
            grad = np.zeros(array.shape)
            for index in np.ndindex(array.shape):
                kept, values = array[index], []
                for h in (1e-5, -1e-5):
                    array[index] = kept + h
                    values.append(np.sum(dZ * forward(x, gamma, beta, eps)))
                array[index] = kept
                grad[index] = (values[0] - values[1]) / 2e-5
            found.append(grad)
        return tuple(found)

    return answer


def by_the_package(dZ, x, gamma, eps):
    layer = BatchNorm(x.shape[1], eps=eps)
    layer.gamma.value[:] = gamma
    layer.forward(x, training=True)
    return layer.backward(dZ), layer.gamma.grad, layer.beta.grad


def transposed_checker(dZ, x, gamma, eps):
    numerical_gradient(lambda: 0.0, np.zeros(1))
    return whole(dZ, x, gamma, eps)


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


def rows(dZ, x, gamma, eps):
    x_hat = by_row(x, 1, 0, eps)
    q = 1 / np.sqrt(x.var(axis=1, keepdims=True) + eps)
    g = gamma * dZ
    sums = g.mean(axis=1, keepdims=True), (g * x_hat).mean(axis=1, keepdims=True)
    return q * (g - sums[0] - x_hat * sums[1]), (dZ * x_hat).sum(axis=0), dZ.sum(axis=0)


def rows_as_columns(dZ, x, gamma, eps):
    g = (gamma * dZ).T
    dX, _, _ = whole_by_graph(g, x.T, 1.0, eps)
    x_hat = normal(x.T, eps).T
    return dX.T, np.einsum("ij,ij->j", dZ, x_hat), np.ones(len(x)) @ dZ


def rows_by_loop(dZ, x, gamma, eps):
    dX, dgamma, dbeta = [], 0, 0
    for d, row in zip(dZ, x, strict=True):
        q = (row.var() + eps) ** -0.5
        x_hat = (row - row.mean()) * q
        g = d * gamma
        dX.append(q * (g - g.mean() - x_hat * (g @ x_hat) / len(g)))
        dgamma, dbeta = dgamma + d * x_hat, dbeta + d
    return dX, dgamma, dbeta


def rows_with(dX=None, x_hat=None, dgamma=None, dbeta=None):
    """The right answer with one of its parts replaced, each by a function."""

    def answer(dZ, x, gamma, eps):
        right = list(rows(dZ, x, gamma, eps))
        hat = by_row(x, 1, 0, eps)
        q = 1 / np.sqrt(x.var(axis=1, keepdims=True) + eps)
        if x_hat:
            right[1] = (dZ * x_hat(x, eps)).sum(axis=0)
        if dX:
            right[0] = dX(gamma * dZ, hat, q, gamma)
        if dgamma:
            right[1] = dgamma(dZ, hat, gamma)
        if dbeta:
            right[2] = dbeta(dZ, gamma)
        return tuple(right)

    return answer


def along(g, axis=1):
    return g.mean(axis=axis, keepdims=True)


def single(function):
    """The same answer in float32."""
    return lambda *arguments: function(*(np.float32(a) for a in arguments))


def folded_outside(W, b, gamma, beta, mean, var, eps):
    scale = gamma / (np.sqrt(var) + eps)
    return W * scale, (b - mean) * scale + beta


def centered(x):
    return x - x.mean(axis=0)


EXERCISES = {
    "12.1": {
        "stub": "def normalize(x, eps):\n    ...",
        "right": [
            normal,
            normal_by_loop,
            single(normal),
            lambda x, eps: centered(x) * (x.std(axis=0) ** 2 + eps) ** -0.5,
            lambda x, eps: ((x.T - x.T.mean(axis=1, keepdims=True)) / np.sqrt(
                np.mean(centered(x) ** 2, axis=0)[:, None] + eps)).T,
        ],
        "wrong": [
            (lambda x, eps: normal(x.T, eps).T, "normalized each row"),
            (lambda x, eps: (x - x.mean()) / np.sqrt(x.var() + eps), "of the whole array"),
            (lambda x, eps: centered(x) / np.sqrt(x.var() + eps), "variance is that of the whole"),
            (
                lambda x, eps: (x - x.mean()) / np.sqrt(x.var(axis=0) + eps),
                "mean is that of the whole",
            ),
            (lambda x, eps: centered(x) / (x.var(axis=0) + eps), "divided by the variance"),
            (lambda x, eps: centered(x) / (x.std(axis=0) + eps), "outside the root"),
            (
                lambda x, eps: centered(x) / np.sqrt(x.var(axis=0, ddof=1) + eps),
                "belongs to the running variance",
            ),
            (lambda x, eps: centered(x) / x.std(axis=0), "eps is missing"),
            (
                lambda x, eps: centered(x) / np.sqrt(np.maximum(x.var(axis=0) - eps, 1e-9)),
                "(expected|is )",
            ),
            (lambda x, eps: x / np.sqrt(x.var(axis=0) + eps), "mean is still in it"),
            (lambda x, eps: centered(x), "Divide it by the standard deviation"),
            (lambda x, eps: centered(x) / x.std(axis=0) + eps, "eps is added at the end"),
            (lambda x, eps: (x - x.min(0)) / (x.max(0) - x.min(0)), "between 0 and 1"),
            (lambda x, eps: normal(x, eps).T, "transposed"),
            (lambda x, eps: centered(x) / np.sqrt(x.std(axis=0) + eps), "the root twice"),
            (
                lambda x, eps: centered(x) / np.sqrt((centered(x) ** 2).sum(axis=0) + eps),
                "you took their sum",
            ),
            (
                lambda x, eps: centered(x) / (np.abs(centered(x)).mean(axis=0) + eps),
                "mean distance",
            ),
            (
                lambda x, eps: centered(x) / np.sqrt((x**2).mean(axis=0) + eps),
                "root mean square of x itself",
            ),
            (
                lambda x, eps: (x - np.median(x, axis=0)) / np.sqrt(x.var(axis=0) + eps),
                "Subtract the mean",
            ),
            (
                lambda x, eps: x - x.mean(axis=0) / np.sqrt(x.var(axis=0) + eps),
                "pair of parentheses",
            ),
            (lambda x, eps: -normal(x, eps), "sign is wrong"),
            (
                lambda x, eps: centered(x) * np.sqrt(x.var(axis=0) + eps),
                "You multiplied by the standard deviation",
            ),
            (
                lambda x, eps: np.where(
                    x.std(axis=0) < 1e-8, x, centered(x) / np.sqrt(x.var(axis=0) + eps)
                ),
                "second column is constant",
            ),
            (lambda x, eps: normal(x, 1e-5), r"normalize\(x, 0\.5\)"),
        ],
    },
    "12.2": {
        "stub": "def leaves_one(samples, sizes):\n    ...",
        "right": [
            alone,
            alone_by_counting,
            lambda samples, sizes: np.array(sizes)[(samples - 1) % np.array(sizes) == 0],
            lambda samples, sizes: [k for k in sizes if samples % k == 1 % k or samples == 1],
            lambda samples, sizes: [k for k in sizes if k == 1 or samples % k == 1],
            lambda samples, sizes: tuple(alone(samples, sizes)),
            lambda samples, sizes: list(filter(lambda k: not (samples - 1) % k, sizes)),
            lambda samples, sizes: [
                k for k in sizes if samples - k * ((samples + k - 1) // k - 1) == 1
            ],
        ],
        "wrong": [
            (lambda samples, sizes: [k for k in sizes if samples % k], r"leave \*something\* over"),
            (lambda samples, sizes: [k for k in sizes if samples % k == 0], "their last batch is"),
            (lambda samples, sizes: [k for k in sizes if samples % k <= 1], "Some of these leave"),
            (
                lambda samples, sizes: [k for k in sizes if samples % k == 1],
                "Batch size 1 is missing",
            ),
            (
                lambda samples, sizes: [k for k in sizes if k > 1 and (samples - 1) % k == 0],
                "Batch size 1 is missing",
            ),
            (
                lambda samples, sizes: [
                    k for k in sizes if k == 1 or (k < samples and samples % k == 1)
                ],
                r"leaves_one\(1, ",
            ),
            (lambda samples, sizes: [k for k in sizes if (samples + 1) % k == 0], r"\*short\*"),
            (lambda samples, sizes: [k for k in sizes if samples // k == 1], "counts the full"),
            (lambda samples, sizes: [samples % k == 1 for k in sizes], "True or False"),
            (lambda samples, sizes: len(alone(samples, sizes)), "how many there are"),
            (
                lambda samples, sizes: [k for k, s in enumerate(sizes) if (samples - 1) % s == 0],
                "positions in the list",
            ),
            (lambda samples, sizes: set(alone(samples, sizes)), "must be made of numbers"),
            (lambda samples, sizes: alone(samples, sizes)[::-1], "wrong order"),
            (lambda samples, sizes: sorted(alone(samples, sizes)), "wrong order"),
            (lambda samples, sizes: alone(samples, sizes)[0], "(single|shape)"),
            (lambda samples, sizes: [], "37 is missing"),
            (lambda samples, sizes: sizes, "32 does not belong. With it, the last batch has 8"),
            (lambda samples, sizes: [samples % k for k in sizes], "shape"),
            (lambda samples, sizes: 37, "(single|shape)"),
            (lambda samples, sizes: [k for k in sizes if samples / k == 1], "is missing"),
        ],
    },
    "12.3": {
        "stub": "def update_running(running_mean, running_var, x, momentum):\n    return ..., ...",
        "right": [
            running,
            running_by_difference,
            single(running),
            lambda m, v, x, k: tuple(np.array(running(m, v, x, k))),
            lambda m, v, x, k: [part.tolist() for part in running(m, v, x, k)],
        ],
        "wrong": [
            (lambda m, v, x, k: running(m, v, x, k, ddof=0), "divisor n - 1"),
            (lambda m, v, x, k: running(m, v, x, 1 - k), r"momentum to the \*old\*"),
            (lambda m, v, x, k: running(m, v, x, 1.0), "the batch's own number"),
            (lambda m, v, x, k: running(m, v, x, 0.0), "the old number, unchanged"),
            (lambda m, v, x, k: running(m, v, x, 0.5), "halfway"),
            (lambda m, v, x, k: (m + k * x.mean(axis=0), v), "by 1 - momentum"),
            (lambda m, v, x, k: (k * x.mean(axis=0), v), "old number is missing"),
            (lambda m, v, x, k: ((1 - k) * m + x.mean(axis=0), v), "multiplied by momentum"),
            (lambda m, v, x, k: (k * (m + x.mean(axis=0)), v), "the same share"),
            (lambda m, v, x, k: ((1 - k) * m + k * x.mean(), v), "along axis=0"),
            (lambda m, v, x, k: (m - k * (x.mean(axis=0) - m), v), "moves away"),
            (
                lambda m, v, x, k: ((1 - k) * m + k * x.sum(axis=0) / (len(x) - 1), v),
                "The mean is divided by n",
            ),
            (
                lambda m, v, x, k: (running(m, v, x, k)[0], (1 - k) * v + k * x.std(axis=0)),
                "the standard deviation",
            ),
            (
                lambda m, v, x, k: (running(m, v, x, k)[0], running(m, v, x, 1 - k)[1]),
                r"momentum to the \*old\*",
            ),
            (
                lambda m, v, x, k: (
                    running(m, v, x, k)[0],
                    (1 - k) * v + k * x.var(axis=0, ddof=1) * len(x) / (len(x) - 1),
                ),
                "twice",
            ),
            (
                lambda m, v, x, k: (
                    running(m, v, x, k)[0],
                    (1 - k) * v + k * x.var(axis=0) * (len(x) - 1) / len(x),
                ),
                "upside down",
            ),
            (
                lambda m, v, x, k: (
                    running(m, v, x, k)[0],
                    (1 - k) * v + k * x.var(axis=0) * 3 / 2,
                ),
                "not the number of features",
            ),
            (
                lambda m, v, x, k: (
                    running(m, v, x, k)[0],
                    running(m, v, x, k, ddof=0)[1] * len(x) / (len(x) - 1),
                ),
                "not to the sum",
            ),
            (lambda m, v, x, k: running(m, v, x, k)[::-1], "You returned"),
            (lambda m, v, x, k: running(m, v, x, k)[0], "must return"),
            (running_in_place, "changes its argument"),
        ],
    },
    "12.4": {
        "stub": "def backward(dZ, x, gamma, eps):\n    return ..., ..., ...",
        "right": [
            whole_by_graph,
            whole,
            whole_by_jacobian,
            single(whole),
            lambda dZ, x, gamma, eps: list(whole(dZ, x, gamma, eps)),
        ],
        "wrong": [
            (lambda *a: (whole(*a)[0], whole(*a)[2], whole(*a)[1]), r"You returned \(dX, dbeta"),
            (lambda *a: whole(*a)[::-1], r"You returned \(dbeta, dgamma, dX\)"),
            (lambda *a: whole(*a)[0], "must return dX, dgamma, and dbeta"),
            (lambda *a: whole(*a)[:2], "must return"),
            (lambda *a: (whole(*a)[0], ..., ...), "dgamma is still missing"),
            (whole_with(dX=lambda d, h, g, q: g * q * d), "as constants"),
            (whole_with(dX=lambda d, h, g, q: g * d), "gradient of x_hat"),
            (whole_with(dX=lambda d, h, g, q: d), "what arrives"),
            (lambda *a: whole_by_graph(*a, mean=0), "path through the mean is missing"),
            (lambda *a: whole_by_graph(*a, slope=0), "path through the variance is missing"),
            (lambda *a: whole_by_graph(*a, slope=0.5), "wrong sign"),
            (lambda *a: whole_by_graph(*a, slope=1), "factor -1/2 is missing"),
            (lambda *a: whole_by_graph(*a, slope=-1), "counts twice"),
            (lambda *a: whole_by_graph(*a, square=1), "u² has the slope 2u"),
            (lambda *a: whole_by_graph(*a, power=2), "factor of q is missing"),
            (lambda *a: whole_by_graph(*a, power=4), "a factor of q too many"),
            (lambda *a: whole_by_graph(*a, power=1), "factor of q² is missing"),
            (lambda *a: whole_by_graph(*a, share=False), "everything to each"),
            (lambda *a: whole_by_graph(*a, mean=len(a[1])), "everything to each"),
            (lambda *a: whole_by_graph(*a, mean=-1), "has a minus"),
            (
                whole_with(
                    dX=lambda d, h, g, q: g * q * (
                        d - (d * h).mean(axis=0) - h * d.mean(axis=0))),
                "swapped inside dX",
            ),
            (
                whole_with(
                    dX=lambda d, h, g, q: g * q * (d - d.sum(axis=0) - h * (d * h).sum(axis=0))),
                "everything to each",
            ),
            (outside, "outside the root"),
            (lambda dZ, x, g, eps: whole(dZ, x, g, 0.0), "eps is missing"),
            (whole_with(x_hat=lambda x, e: normal(x.T, e).T), "normalized each row"),
            (whole_with(x_hat=lambda x, e: centered(x)), "not the distance from the mean"),
            (whole_with(x_hat=lambda x, e: x), "not x"),
            (
                whole_with(x_hat=lambda x, e: centered(x) / np.sqrt(x.var(axis=0, ddof=1) + e)),
                "divided by n - 1",
            ),
            (whole_with(x_hat=lambda x, e: centered(x) / (x.var(axis=0) + e)), "by the variance"),
            (
                whole_with(x_hat=lambda x, e: (x - x.mean()) / np.sqrt(x.var() + e)),
                "of the whole array",
            ),
            (whole_with(dgamma=lambda d, h, g: d * h), "share it"),
            (whole_with(dgamma=lambda d, h, g: d.sum(axis=0)), "before you sum"),
            (whole_with(dgamma=lambda d, h, g: (g * d * h).sum(axis=0)), "no part in its own"),
            (whole_with(dgamma=lambda d, h, g: (d * h).mean(axis=0)), "You took the mean"),
            (whole_with(dgamma=lambda d, h, g: (d * h).sum(axis=1)), "summed over the features"),
            (whole_with(dgamma=lambda d, h, g: (d * h).sum()), "one entry per feature"),
            (whole_with(dbeta=lambda d, g: d), "share it"),
            (whole_with(dbeta=lambda d, g: (g * d).sum(axis=0)), "no part in its slope"),
            (whole_with(dbeta=lambda d, g: d.mean(axis=0)), "You took the mean"),
            (whole_with(dbeta=lambda d, g: d.sum(axis=1)), "summed over the features"),
            (whole_with(dbeta=lambda d, g: np.ones(len(g)) * len(d)), "dZ is missing"),
            (lambda dZ, x, g, eps: whole(dZ, x, 1.0, eps), "gamma is missing in dX"),
            (whole_with(dX=lambda d, h, g, q: whole_dX(d, h) * g**2 * q), "gamma is in dX twice"),
            (whole_with(dX=lambda d, h, g, q: whole_dX(d, h) * g), "q is missing in dX"),
            (whole_with(dX=lambda d, h, g, q: whole_dX(d, h) * g * q**2), "q is in dX twice"),
            (whole_with(dX=lambda d, h, g, q: whole_dX(d, h) * g / q), "multiplied by the root"),
            (
                whole_with(dX=lambda d, h, g, q: g * q * (
                    d - d.mean(axis=0) - (d * h).mean(axis=0))),
                "x_hat is missing in the last term",
            ),
            (
                whole_with(dX=lambda d, h, g, q: g * q * (
                    d - d.mean(axis=0) - h / q * (d * h).mean(axis=0))),
                "Did you take the distance from the mean for x_hat there",
            ),
            (
                whole_with(dX=lambda d, h, g, q: g * q * (
                    d - d.mean() - h * (d * h).mean())),
                "over the whole array",
            ),
            (
                whole_with(dX=lambda d, h, g, q: g * q * (
                    d - d.mean(axis=1, keepdims=True)
                    - h * (d * h).mean(axis=1, keepdims=True))),
                "along the rows",
            ),
            (
                whole_with(dX=lambda d, h, g, q: g * q * (
                    d - d.mean(axis=0) - d * h**2 / len(d))),
                "sum is missing in the last term",
            ),
            (
                whole_with(dX=lambda d, h, g, q: g * q * whole_dX(d, h) / len(d)),
                "once too often",
            ),
            (measured(lambda x, g, b, e: g * normal(x, e) + b), "measures the slope"),
            (transposed_checker, "measures the slope"),
            (by_the_package, "Your code uses `BatchNorm`"),
            (lambda *a: tuple(part.T for part in whole(*a)), "transposed"),
        ],
    },
    "12.5": {
        "stub": (
            "def fold(W, b, gamma, beta, running_mean, running_var, eps):\n    return ..., ..."
        ),
        "right": [
            folded,
            folded_by_matrix,
            single(folded),
            lambda W, b, g, beta, m, v, e: (
                (W.T * (g / np.sqrt(v + e))[:, None]).T,
                beta - g * (m - b) / np.sqrt(v + e),
            ),
        ],
        "wrong": [
            (folded_outside, "outside the root"),
            (folded_with(lambda W, g, v, e: W), "W' is W itself"),
            (folded_with(lambda W, g, v, e: W * g), "division by the standard deviation"),
            (folded_with(lambda W, g, v, e: W / np.sqrt(v + e)), "gamma is missing in W'"),
            (folded_with(lambda W, g, v, e: W * g / (v + e)), "divided by the variance"),
            (folded_with(lambda W, g, v, e: W * g / np.sqrt(v)), "In W', eps is missing"),
            (folded_with(lambda W, g, v, e: W * g * np.sqrt(v + e)), "W' is multiplied by"),
            (folded_with(lambda W, g, v, e: W / g * np.sqrt(v + e)), "divided by the scale"),
            (
                folded_with(lambda W, g, v, e: W * (g / np.sqrt(v + e))[: len(W), None]),
                "multiplied the rows",
            ),
            (
                folded_with(
                    lambda W, g, v, e: (W - W.mean(axis=0)) / np.sqrt(W.var(axis=0) + e) * g
                ),
                "own mean and variance",
            ),
            (
                lambda W, b, g, beta, m, v, e: (
                    (W - m) / np.sqrt(v + e) * g + beta,
                    (b - m) / np.sqrt(v + e) * g + beta,
                ),
                "normalized W like a batch",
            ),
            (folded_with(bias=lambda b, s, m, beta: b * s + beta), "running mean is missing in b'"),
            (folded_with(bias=lambda b, s, m, beta: beta - m * s), "old bias is missing"),
            (folded_with(bias=lambda b, s, m, beta: (b - m) * s), "beta is missing in b'"),
            (folded_with(bias=lambda b, s, m, beta: b - m * s + beta), "is scaled as well"),
            (folded_with(bias=lambda b, s, m, beta: b * s - m + beta), "mean is scaled as well"),
            (folded_with(bias=lambda b, s, m, beta: (b - m + beta) * s), "it isn't scaled"),
            (folded_with(bias=lambda b, s, m, beta: (b + m) * s + beta), "not added"),
            (folded_with(bias=lambda b, s, m, beta: (m - b) * s + beta), "other way around"),
            (folded_with(bias=lambda b, s, m, beta: (b - m) * s - beta), "not subtracted"),
            (folded_with(bias=lambda b, s, m, beta: b - m + beta), "through the scale as well"),
            (folded_with(bias=lambda b, s, m, beta: beta), "more than beta"),
            (folded_with(bias=lambda b, s, m, beta: b), "b' is b itself"),
            (
                lambda W, b, g, beta, m, v, e: (
                    folded(W, b, g, beta, m, v, e)[0],
                    (b - m) / np.sqrt(v + e) + beta,
                ),
                "gamma is missing in b'",
            ),
            (lambda *a: folded(*a)[::-1], r"You returned \(b', W'\)"),
        ],
    },
    "12.6": {
        "stub": "def layer_norm_backward(dZ, x, gamma, eps):\n    return ..., ..., ...",
        "right": [rows, rows_as_columns, rows_by_loop, single(rows)],
        "wrong": [
            (whole, "normalized each column"),
            (lambda *a: (rows(*a)[0], rows(*a)[2], rows(*a)[1]), r"You returned \(dX, dbeta"),
            (lambda *a: rows(*a)[0], "must return dX, dgamma, and dbeta"),
            (
                rows_with(lambda g, h, q, gamma: gamma * q * (
                    g / gamma - along(g / gamma) - h * along(g / gamma * h))),
                "gamma can't be taken out",
            ),
            (
                rows_with(lambda g, h, q, gamma: q * (
                    g - along(g / gamma) - h * along(g / gamma * h))),
                "gamma can't be taken out",
            ),
            (
                rows_with(lambda g, h, q, gamma: q * (g - along(g, 0) - h * along(g * h, 0))),
                "run over the samples",
            ),
            (
                rows_with(lambda g, h, q, gamma: q * (
                    g - (along(g) + h * along(g * h)) * g.shape[1] / len(g))),
                "by the number of samples",
            ),
            (
                rows_with(lambda g, h, q, gamma: q * (
                    g - g.sum(axis=1, keepdims=True) - h * (g * h).sum(axis=1, keepdims=True))),
                "divide by the number of features",
            ),
            (
                rows_with(lambda g, h, q, gamma: q * (g - g.mean() - h * (g * h).mean())),
                "over the whole array",
            ),
            (rows_with(lambda g, h, q, gamma: q * g), "as constants"),
            (rows_with(lambda g, h, q, gamma: g), "gradient of x_hat"),
            (rows_with(lambda g, h, q, gamma: g / gamma), "what arrives"),
            (rows_with(lambda g, h, q, gamma: q * (g - h * along(g * h))), "through the mean is"),
            (rows_with(lambda g, h, q, gamma: q * (g - along(g))), "through the variance is miss"),
            (
                rows_with(lambda g, h, q, gamma: q * (g + along(g) - h * along(g * h))),
                "has a minus",
            ),
            (
                rows_with(lambda g, h, q, gamma: q * (g - along(g) + h * along(g * h))),
                "wrong sign",
            ),
            (
                rows_with(lambda g, h, q, gamma: q * (g - along(g) - 2 * h * along(g * h))),
                "counts twice",
            ),
            (
                rows_with(lambda g, h, q, gamma: q * (g - along(g) - h * along(g * h) / 2)),
                "slope 2u",
            ),
            (
                rows_with(lambda g, h, q, gamma: q * (
                    g / gamma - along(g / gamma) - h * along(g / gamma * h))),
                "gamma is missing in dX",
            ),
            (
                rows_with(lambda g, h, q, gamma: g - along(g) - h * along(g * h)),
                "standard deviation is missing",
            ),
            (
                rows_with(lambda g, h, q, gamma: q**2 * (g - along(g) - h * along(g * h))),
                "divided by the variance",
            ),
            (
                rows_with(lambda g, h, q, gamma: q * (g - along(g) - h / q * along(g * h))),
                "x_hat in the last term",
            ),
            (
                rows_with(lambda g, h, q, gamma: q * (g - along(g) - along(g * h))),
                "x_hat is missing in the last term",
            ),
            (
                rows_with(x_hat=lambda x, e: (x - along(x)) / (np.sqrt(x.var(
                    axis=1, keepdims=True)) + e)),
                "outside the root",
            ),
            (lambda dZ, x, g, e: rows(dZ, x, g, 0.0), "eps is missing"),
            (
                rows_with(x_hat=lambda x, e: (x - along(x)) / np.sqrt(x.var(
                    axis=1, keepdims=True, ddof=1) + e)),
                "number of features less 1",
            ),
            (rows_with(x_hat=lambda x, e: (x - x.mean()) / np.sqrt(x.var() + e)), "whole array"),
            (rows_with(dgamma=lambda d, h, g: (d * h).sum(axis=1)), "summed over the features"),
            (rows_with(dgamma=lambda d, h, g: (d * h).sum(axis=1, keepdims=True)), "over the feat"),
            (rows_with(dgamma=lambda d, h, g: d * h), "share it"),
            (rows_with(dgamma=lambda d, h, g: (g * d * h).sum(axis=0)), "no part in its own"),
            (rows_with(dgamma=lambda d, h, g: (d * h).mean(axis=0)), "You took the mean"),
            (rows_with(dbeta=lambda d, g: d.sum(axis=1)), "summed over the features"),
            (rows_with(dbeta=lambda d, g: (g * d).sum(axis=0)), "no part in its slope"),
            (rows_with(dbeta=lambda d, g: d.mean(axis=0)), "You took the mean"),
            (
                lambda dZ, x, g, e: (
                    rows(dZ, x, g, e) if len(x) != x.shape[1] else
                    (rows(dZ, x, g, e)[0], (dZ * (x - x.mean(axis=1)) / np.sqrt(
                        x.var(axis=1) + e)).sum(axis=0), dZ.sum(axis=0))
                ),
                "keepdims=True",
            ),
            (measured(by_row), "measures the slope"),
        ],
    },
}
