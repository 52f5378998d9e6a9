"""Checks of chapter 12: batch normalization."""

import numpy as np

from shared.exercises import exercise
from shared.exercises.compare import Wrong, call, expect, expect_parts


@exercise("12.1")
def normalise(answer):
    """Each column with mean 0 and variance 1."""
    for n, in_features, eps in [(5, 4, 0.5), (6, 3, 1e-5)]:
        rng = np.random.default_rng(120)
        x = rng.normal([2, -1, 5, 0][:in_features], [1, 4, 0.5, 3][:in_features], (n, in_features))
        u, var = x - x.mean(axis=0), x.var(axis=0)
        across = x - x.mean(axis=1, keepdims=True)
        mistakes = [
            (
                across / np.sqrt(x.var(axis=1, keepdims=True) + eps),
                "You normalised each row. A feature is a column, and it is compared with itself in "
                "the other samples: axis 0.",
            ),
            (
                (x - x.mean()) / np.sqrt(x.var() + eps),
                "You took one mean and one variance of the whole array. Each column has its own: "
                "axis=0.",
            ),
            (
                u / (var + eps),
                "You divided by the variance. Divide by its root, the standard deviation.",
            ),
            (
                u / (np.sqrt(var) + eps),
                "Here eps is added outside of the root. In the formula it stands inside, beside "
                "the variance.",
            ),
            (
                u / np.sqrt(x.var(axis=0, ddof=1) + eps),
                "You divided by n - 1 in the variance. That belongs to the running variance; the "
                "batch itself is normalised with the divisor n.",
            ),
            (u / np.sqrt(var), "eps is missing: it's added to the variance, inside the root."),
            (
                u / np.sqrt(var) + eps,
                "eps is added at the end. It belongs inside the root, beside the variance.",
            ),
            (
                (x - x.min(axis=0)) / np.ptp(x, axis=0),
                "This brings each column between 0 and 1. Asked for are mean 0 and variance 1.",
            ),
            (
                x / np.sqrt(var + eps),
                "The mean is still in it. Subtract it before you divide.",
            ),
            (u, "This is the distance from the mean. It's still to be divided."),
        ]
        name = f"`normalise(x, {eps})` for x {x.shape}"
        expect(call(answer, x, eps), u / np.sqrt(var + eps), name, mistakes=mistakes)
    return "Each column has mean 0 and, up to eps, variance 1."


@exercise("12.2")
def leaves_one(answer):
    """The batch sizes whose last batch is a single sample."""
    for samples, sizes in [
        (1000, [32, 37, 50, 64, 27, 111, 9]),
        (101, [10, 1, 50, 100, 101, 25, 3]),
        (64, [16, 32, 64, 128]),
        (1, [1, 2, 64]),
    ]:
        right = [size for size in sizes if (samples - 1) % size == 0]
        by_rest = [size for size in sizes if samples % size == 1]
        mistakes = [
            (
                [size for size in sizes if samples % size],
                "These leave *something* over. Asked for are those that leave exactly one sample.",
            ),
            (
                [size for size in sizes if samples % size == 0],
                "These leave nothing over: their last batch is full.",
            ),
            ([size in right for size in sizes], "This says True or False. List the batch sizes."),
            (len(right), "This is how many there are. List the batch sizes themselves."),
            ([k for k, size in enumerate(sizes) if size in right], "These are places in the list."),
        ]
        if by_rest != right:
            mistakes.append(
                (
                    by_rest,
                    "One batch size is forgotten: 1. It leaves nothing over, and yet its last "
                    "batch has a single sample, like all its batches.",
                )
            )
        mistakes = [(wrong, words) for wrong, words in mistakes if not _same_list(wrong, right)]
        name = f"`leaves_one({samples}, {sizes})`"
        result = call(answer, samples, sizes)
        for size in sizes if isinstance(result, list) and set(result) <= set(sizes) else []:
            if (size in result) != (size in right) and not any(result == m for m, _ in mistakes):
                last = (samples - 1) % size + 1
                raise Wrong(
                    f"{name}: {size} {'does not belong' if size in result else 'is missing'}. With "
                    f"it the last batch has {last} sample{'s' if last > 1 else ''}."
                )
        expect(result, np.array(right, dtype=float), name, mistakes=mistakes)
    return "These are the batch sizes to avoid with batch normalization."


def _same_list(a, b):
    return np.shape(a) == np.shape(b) and np.array_equal(a, b)


@exercise("12.3")
def update_running(answer):
    """The fading means of mean and variance."""
    names = ["the new running mean", "the new running variance"]
    for n, momentum in [(5, 0.1), (4, 0.3)]:
        rng = np.random.default_rng(121)
        x = rng.normal([3, -2, 7], [2, 1, 3], size=(n, 3))
        old_mean, old_var = rng.standard_normal(3), rng.uniform(1, 2, size=3)
        mean, var = x.mean(axis=0), x.var(axis=0)
        new = [_mix(old_mean, mean, momentum), _mix(old_var, x.var(axis=0, ddof=1), momentum)]
        turned = (
            "You gave momentum to the *old* number, as SGD and Keras do. Here it's the weight of "
            "the newest batch."
        )
        alone = "This is the batch's own number. Mix it with the old one: momentum says how much."
        mistakes = [
            [
                (_mix(mean, old_mean, momentum), turned),
                (mean, alone),
                (old_mean + momentum * mean, "The old number must be multiplied by 1 - momentum."),
                (momentum * mean, "The old number is missing: (1 - momentum) times it."),
                (
                    _mix(old_mean, x.mean(), momentum),
                    "Each feature has a mean of its own: take it along axis 0.",
                ),
            ],
            [
                (
                    _mix(old_var, var, momentum),
                    "The running variance takes the divisor n - 1: ddof=1, or the variance times "
                    "n / (n - 1).",
                ),
                (_mix(x.var(axis=0, ddof=1), old_var, momentum), turned),
                (_mix(var, old_var, momentum), turned),
                (var, alone),
                (x.var(axis=0, ddof=1), alone),
                (
                    _mix(old_var, x.std(axis=0, ddof=1), momentum),
                    "This mixes in the standard deviation. The variance is its square.",
                ),
                (
                    _mix(old_var, x.std(axis=0), momentum),
                    "This mixes in the standard deviation. The variance is its square.",
                ),
                (
                    _mix(old_var, var * (n - 1) / n, momentum),
                    "The factor is upside down: n / (n - 1) makes the variance larger.",
                ),
            ],
        ]
        expect_parts(
            call(answer, old_mean, old_var, x, momentum),
            dict(zip(names, new, strict=True)),
            mistakes=dict(zip(names, mistakes, strict=True)),
            about=f"(momentum {momentum})",
            batch=n,
        )
    return "A tenth of the new, nine tenths of the old, and n - 1 in the variance."


def _mix(old, new, momentum):
    return (1 - momentum) * old + momentum * new


@exercise("12.4")
def scale_backward(answer):
    """Gradients of Z = gamma * x_hat + beta."""
    names = ["the gradient of x_hat", "the gradient of gamma", "the gradient of beta"]
    for n, in_features in [(6, 4), (3, 2)]:
        rng = np.random.default_rng(122)
        dZ, x_hat = rng.standard_normal((2, n, in_features))
        gamma = rng.uniform(1.5, 3, size=in_features)
        shared = "It is shared by all samples: sum over them, axis 0."
        mean = "You took the mean over the samples. Sum over all ways; dZ has the mean in it."
        mistakes = [
            [
                (dZ, "Times the other: dZ is multiplied by gamma."),
                (dZ * x_hat, "Times the *other*: for x_hat that's gamma."),
                (dZ / gamma, "Backward through a × is times the other number, not divided by it."),
                (
                    gamma * dZ * x_hat,
                    "x_hat is no part of its own slope: gamma · dZ is all.",
                ),
            ],
            [
                (dZ * x_hat, shared),
                (dZ.sum(axis=0), "Times the other, before you sum: for gamma that's x_hat."),
                ((gamma * dZ * x_hat).sum(axis=0), "gamma is no part of its own slope."),
                ((dZ * x_hat).mean(axis=0), mean),
                ((dZ * x_hat).sum(axis=1), "You summed over the features. Sum over the samples."),
                ((dZ * x_hat).sum(), "gamma has one number for each feature: sum along axis 0."),
                (x_hat.sum(axis=0), "dZ is missing: the slope times what arrives."),
            ],
            [
                (dZ, shared),
                ((gamma * dZ).sum(axis=0), "beta is added after gamma, so gamma doesn't touch it."),
                (dZ.mean(axis=0), mean),
                (dZ.sum(axis=1), "You summed over the features. Sum over the samples, axis 0."),
                (dZ.sum(), "beta has one number for each feature: sum along axis 0."),
                (np.full(in_features, n), "This is the sum of the slopes. Each goes times dZ."),
            ],
        ]
        right = [gamma * dZ, (dZ * x_hat).sum(axis=0), dZ.sum(axis=0)]
        right = dict(zip(names, right, strict=True))
        mistakes = dict(zip(names, mistakes, strict=True))
        expect_parts(call(answer, dZ, x_hat, gamma), right, mistakes=mistakes, batch=n)
    return "Times the other, and the sum over all samples for what they share."


@exercise("12.5")
def fold(answer):
    """Dense and batch normalization in inference as one Dense."""
    for in_features, out_features, eps in [(3, 4, 1e-5), (4, 4, 0.5)]:
        rng = np.random.default_rng(123)
        W, b = rng.standard_normal((in_features, out_features)), rng.standard_normal(out_features)
        gamma, beta = rng.uniform(1.5, 3, size=out_features), rng.standard_normal(out_features)
        mean, var = rng.standard_normal(out_features), rng.uniform(2, 5, size=out_features)
        scale = gamma / np.sqrt(var + eps)
        weights = [
            (W, "W' is W itself. Batch normalization also multiplies what comes from x."),
            (W * gamma, "The division by the standard deviation is missing in W'."),
            (W / np.sqrt(var + eps), "gamma is missing in W'."),
            (W * gamma / (var + eps), "W' is divided by the variance. Divide by its root."),
            (W * gamma / np.sqrt(var), "eps is missing: it's added to the variance."),
        ]
        if in_features == out_features:
            weights.append(
                (
                    W * scale[:, None],
                    "You multiplied the rows of W. A neuron is a *column*, and each has its own "
                    "scale.",
                )
            )
        biases = [
            (b * scale + beta, "The running mean is missing in b': it's subtracted from b."),
            (beta - mean * scale, "The old bias is missing in b'."),
            ((b - mean) * scale, "beta is missing in b'."),
            (b + beta, "b goes through the normalization as well: (b - running_mean) · scale."),
            (
                b - mean * scale + beta,
                "The old bias b is scaled as well: it's added *before* the normalization.",
            ),
            ((b - mean + beta) * scale, "beta is added at the very end; it isn't scaled."),
            ((b + mean) * scale + beta, "The running mean is subtracted, not added."),
            (b, "b' is b itself. What is left of the formula when x is 0?"),
        ]
        expect_parts(
            call(answer, W, b, gamma, beta, mean, var, eps),
            {"W'": W * scale, "b'": (b - mean) * scale + beta},
            mistakes={"W'": weights, "b'": biases},
            about=f"for W {W.shape} and eps {eps}",
        )
    return "One layer fewer, and the same outputs: in use, batch normalization costs nothing."


@exercise("12.6")
def layer_norm(answer):
    """Each row with mean 0 and variance 1, then scale and shift of the features."""
    for n, in_features, eps in [(5, 4, 1e-5), (1, 6, 1e-5), (4, 4, 0.5)]:
        rng = np.random.default_rng(124)
        x = rng.normal(2, 3, size=(n, in_features))
        gamma, beta = rng.uniform(1.5, 3, size=in_features), rng.standard_normal(in_features)
        u, var = x - x.mean(axis=1, keepdims=True), x.var(axis=1, keepdims=True)
        x_hat = u / np.sqrt(var + eps)
        columns = (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + eps)
        unbiased = x.var(axis=1, keepdims=True, ddof=1)
        whole = (x - x.mean()) / np.sqrt(x.var() + eps)
        mistakes = [
            (
                gamma * columns + beta,
                "This is batch normalization: each column over the samples. Turn it by a quarter: "
                "each row over its features.",
            ),
            (x_hat, "gamma and beta are missing: scale and shift each feature."),
            (gamma * x_hat, "beta is missing."),
            (x_hat + beta, "gamma is missing."),
            (gamma * (x_hat + beta), "beta is added at the end; it isn't multiplied by gamma."),
            (gamma * u / (var + eps) + beta, "You divided by the variance. Divide by its root."),
            (
                gamma * u / (np.sqrt(var) + eps) + beta,
                "Here eps is added outside of the root. It stands inside, beside the variance.",
            ),
            (gamma * u / np.sqrt(var) + beta, "eps is missing: it's added to the variance."),
            (
                gamma * u / np.sqrt(unbiased + eps) + beta,
                "You divided by the number of features less 1. Take the plain mean of the squares.",
            ),
        ]
        if n > 1:
            mistakes.append(
                (
                    gamma * whole + beta,
                    "You took one mean of the whole array; each row has its own.",
                )
            )
        if n == in_features:
            mistakes.append(
                (
                    (x - x.mean(axis=1)) / np.sqrt(x.var(axis=1) + eps) * gamma + beta,
                    "The means of the rows have shape (n,), and NumPy subtracted them along the "
                    "features. keepdims=True makes a column of them.",
                )
            )
        name = f"`layer_norm(x, gamma, beta, {eps})` for x {x.shape}"
        expect(call(answer, x, gamma, beta, eps), gamma * x_hat + beta, name, mistakes=mistakes)
    return "No sample needs the others: a batch of one is fine, and inference is like training."
