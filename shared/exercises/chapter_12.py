"""Checks of chapter 12: batch normalization."""

import numpy as np

from shared.exercises import exercise, rules
from shared.exercises.compare import Wrong, call, expect, expect_parts, is_blank

_OUTSIDE = (
    "Here eps is added outside the root: √σ² + eps. In the formula it's inside, next to the "
    "variance: √(σ² + eps)."
)
_VARIANCE = "You divided by the variance. Divide by its root, the standard deviation."
_MISSING = "eps is missing: it's added to the variance, inside the root."
_UNBIASED = (
    "You divided by n - 1 in the variance. That belongs to the running variance; the batch itself "
    "is normalized with the divisor n."
)


@exercise("12.1")
def normalize(answer):
    """Each column with mean 0 and variance 1."""
    for n, in_features, eps in [(5, 4, 0.5), (6, 3, 1e-5)]:
        rng = np.random.default_rng(120)
        x = rng.normal([2, -1, 5, 0][:in_features], [1, 4, 0.5, 3][:in_features], (n, in_features))
        u, var = x - x.mean(axis=0), x.var(axis=0)
        std = np.sqrt(var + eps)
        across = x - x.mean(axis=1, keepdims=True)
        mistakes = [
            (
                across / np.sqrt(x.var(axis=1, keepdims=True) + eps),
                "You normalized each row. A feature is a column, and it's compared with itself in "
                "the other samples: axis=0.",
            ),
            (
                (x - x.mean()) / np.sqrt(x.var() + eps),
                "You took one mean and one variance of the whole array. Each column has its own: "
                "axis=0.",
            ),
            (
                u / np.sqrt(x.var() + eps),
                "The mean is right, but the variance is that of the whole array. Each column has "
                "its own: axis=0.",
            ),
            (
                (x - x.mean()) / std,
                "The variance is right, but the mean is that of the whole array. Each column has "
                "its own: axis=0.",
            ),
            (u / (var + eps), _VARIANCE),
            (u / (np.sqrt(var) + eps), _OUTSIDE),
            (u / np.sqrt(x.var(axis=0, ddof=1) + eps), _UNBIASED),
            (u / np.sqrt(var), _MISSING),
            (
                u / np.sqrt(var - eps) if (var > eps).all() else np.zeros(1),
                "You subtracted eps. Add it to the variance, so that the divisor can't be 0.",
            ),
            (
                u / np.sqrt(var) + eps,
                "eps is added at the end. It belongs inside the root, next to the variance.",
            ),
            (
                u / np.sqrt(np.sqrt(var) + eps),
                "You took the root twice: x.std() is already the root of the variance.",
            ),
            (
                u / np.sqrt(n * var + eps),
                "The variance is the *mean* of the squared distances, and you took their sum.",
            ),
            (
                u / (np.abs(u).mean(axis=0) + eps),
                "You divided by the mean distance. The standard deviation is the root of the mean "
                "*squared* distance.",
            ),
            (
                u / np.sqrt((x**2).mean(axis=0) + eps),
                "You divided by the root mean square of x itself. The variance is the mean square "
                "of the distances from the mean.",
            ),
            (
                (x - np.median(x, axis=0)) / std,
                "You subtracted the median. Subtract the mean.",
            ),
            (
                x - x.mean(axis=0) / std,
                "A pair of parentheses is missing: subtract the mean first, then divide.",
            ),
            (
                (x - x.min(axis=0)) / np.ptp(x, axis=0),
                "This brings each column between 0 and 1. The exercise asks for mean 0 and "
                "variance 1.",
            ),
            (x / std, "The mean is still in it. Subtract it before you divide."),
            (u * std, "You multiplied by the standard deviation. Divide by it."),
            (-u / std, "The sign is wrong: x minus the mean, not the mean minus x."),
            (u, "This is the distance from the mean. Divide it by the standard deviation."),
        ]
        name = f"`normalize(x, {eps})` for x {x.shape}"
        expect(call(answer, x, eps), u / std, name, mistakes=mistakes)
    constant = np.array([[1.0, 4.0], [3.0, 4.0]])
    received = call(answer, constant, 1e-5)
    name = "`normalize(x, 1e-05)` for a batch whose second column is constant"
    expect(received, (constant - [2, 4]) / np.sqrt([1 + 1e-5, 1e-5]), name)
    return "Each column has mean 0 and, up to eps, variance 1."


@exercise("12.2")
def leaves_one(answer):
    """The batch sizes whose last batch is a single sample."""
    for samples, sizes in [
        (1000, [32, 37, 50, 64, 27, 111, 13, 9, 600]),
        (101, [10, 1, 50, 100, 101, 25, 3]),
        (64, [16, 32, 64, 128]),
        (1, [1, 2, 64]),
    ]:
        _check_sizes(answer, samples, sizes)
    return "These are the batch sizes to avoid with batch normalization."


def _check_sizes(answer, samples, sizes):
    name = f"`leaves_one({samples}, {sizes})`"
    right = [size for size in sizes if (samples - 1) % size == 0]
    mistakes = [
        (
            [size for size in sizes if size == 1 or (size < samples and samples % size == 1)],
            f"{name}: a data set with a single sample has one batch of one, whatever the size.",
        ),
        (
            [size for size in sizes if samples % size],
            "These leave *something* over. The exercise asks for those that leave exactly one "
            "sample.",
        ),
        (
            [size for size in sizes if samples % size == 0],
            "These leave nothing over: their last batch is full.",
        ),
        (
            [size for size in sizes if samples % size <= 1],
            "Some of these leave nothing over: their last batch is full.",
        ),
        (
            [size for size in sizes if (samples + 1) % size == 0],
            "Their last batch is one sample *short*. The exercise asks for those whose last batch "
            "has only one.",
        ),
        (
            [size for size in sizes if samples // size == 1],
            "`//` counts the full batches, and these have one. What's left over is `%`.",
        ),
        ([size in right for size in sizes], "This says True or False. List the batch sizes."),
        (len(right), "This is how many there are. List the batch sizes themselves."),
        (
            [k for k, size in enumerate(sizes) if size in right],
            "These are positions in the list. List the batch sizes themselves.",
        ),
        (
            [size for size in sizes if samples % size == 1],
            "Batch size 1 is missing. It leaves nothing over, and yet its last batch has a single "
            "sample, like all its batches.",
        ),
        (
            [size for size in sizes if size > 1 and (samples - 1) % size == 0],
            "Batch size 1 is missing. Its last batch has a single sample, like all its batches.",
        ),
    ]
    mistakes = [
        (wrong, words)
        for wrong, words in mistakes
        if np.size(wrong) and not _same_list(wrong, right)
    ]
    result = call(answer, samples, sizes)
    if isinstance(result, (list, tuple)):
        _name_a_size(list(result), right, sizes, samples, name, mistakes)
    if not right and isinstance(result, (list, tuple)) and not len(result):
        return
    expect(result, np.array(right, dtype=float), name, mistakes=mistakes)


def _name_a_size(result, right, sizes, samples, name, mistakes):
    """Raise `Wrong` about the first batch size that is there or missing without a known cause."""
    if not all(type(size) is int and size in sizes for size in result):
        return
    if any(_same_list(result, wrong) for wrong, _ in mistakes):
        return
    for size in sizes:
        if (size in result) != (size in right):
            last = (samples - 1) % size + 1
            raise Wrong(
                f"{name}: {size} {'does not belong' if size in result else 'is missing'}. With "
                f"it, the last batch has {last} sample{'s' if last > 1 else ''}."
            )


def _same_list(a, b):
    return np.shape(a) == np.shape(b) and np.array_equal(a, b)


@exercise("12.3")
def update_running(answer):
    """The moving averages of mean and variance."""
    names = ["the new running mean", "the new running variance"]
    for n, momentum in [(5, 0.1), (4, 0.3)]:
        rng = np.random.default_rng(121)
        x = rng.normal([3, -2, 7], [2, 1, 3], size=(n, 3))
        old_mean, old_var = rng.standard_normal(3), rng.uniform(1, 2, size=3)
        mean, var, unbiased = x.mean(axis=0), x.var(axis=0), x.var(axis=0, ddof=1)
        new = [_mix(old_mean, mean, momentum), _mix(old_var, unbiased, momentum)]
        turned = (
            "You gave momentum to the *old* number, as SGD and Keras do. Here it's the weight of "
            "the newest batch."
        )
        alone = "This is the batch's own number. Mix it with the old one: momentum says how much."
        unchanged = "This is the old number, unchanged. Mix in the one of the batch."
        no_share = "The old number must be multiplied by 1 - momentum."
        old_lost = "The old number is missing: (1 - momentum) times it."
        new_whole = "The batch's number must be multiplied by momentum."
        whole = "Each feature has its own: take it along axis=0."
        deviation = "This mixes in the standard deviation. The variance is its square."
        cubed = "You multiplied the old and the new number by the same share."
        mistakes = [
            [
                (_mix(mean, old_mean, momentum), turned),
                (mean, alone),
                (old_mean, unchanged),
                (old_mean + momentum * mean, no_share),
                (momentum * mean, old_lost),
                ((1 - momentum) * old_mean + mean, new_whole),
                (momentum * (old_mean + mean), cubed),
                (_mix(old_mean, x.mean(), momentum), whole),
                ((old_mean + mean) / 2, "This is halfway. `momentum` says how far to go."),
                (
                    old_mean - momentum * (mean - old_mean),
                    "The running mean moves away from the batch's mean. It should move toward it.",
                ),
                (
                    _mix(old_mean, x.sum(axis=0) / (n - 1), momentum),
                    "The mean is divided by n. The n - 1 belongs to the variance.",
                ),
                (
                    _mix(old_mean, mean * n / (n - 1), momentum),
                    "The mean is divided by n. The n - 1 belongs to the variance.",
                ),
            ],
            [
                (
                    _mix(old_var, var, momentum),
                    "The running variance takes the divisor n - 1: ddof=1, or the variance times "
                    "n / (n - 1).",
                ),
                (_mix(unbiased, old_var, momentum), turned),
                (_mix(var, old_var, momentum), turned),
                (var, alone),
                (unbiased, alone),
                (old_var, unchanged),
                (old_var + momentum * unbiased, no_share),
                (momentum * unbiased, old_lost),
                ((1 - momentum) * old_var + unbiased, new_whole),
                (momentum * (old_var + unbiased), cubed),
                (_mix(old_var, x.var(ddof=1), momentum), whole),
                (_mix(old_var, x.std(axis=0, ddof=1), momentum), deviation),
                (_mix(old_var, x.std(axis=0), momentum), deviation),
                (
                    _mix(old_var, var * (n - 1) / n, momentum),
                    "The factor is upside down: n / (n - 1) makes the variance larger.",
                ),
                (
                    _mix(old_var, unbiased * n / (n - 1), momentum),
                    "The correction is in it twice: ddof=1 *and* n / (n - 1). One is enough.",
                ),
                (
                    _mix(old_var, var * 3 / 2, momentum),
                    "n is the number of samples, len(x), not the number of features.",
                ),
                (
                    _mix(old_var, ((x - new[0]) ** 2).sum(axis=0) / (n - 1), momentum),
                    "The distances are measured from the running mean. The variance of the batch "
                    "is about the mean of the batch.",
                ),
                (
                    _mix(old_var, var, momentum) * n / (n - 1),
                    "n / (n - 1) belongs to the variance of the batch only, not to the sum.",
                ),
            ],
        ]
        expect_parts(
            call(answer, old_mean, old_var, x, momentum),
            dict(zip(names, new, strict=True)),
            mistakes=dict(zip(names, mistakes, strict=True)),
            about=f"(momentum {momentum}, {n} samples)",
            batch=n,
        )
    return "A tenth of the new, nine tenths of the old, and n - 1 in the variance."


def _mix(old, new, momentum):
    return (1 - momentum) * old + momentum * new


# --- The two backward passes --------------------------------------------------------------------

_SHARED = "All samples share it, so its gradient is a sum over the samples: axis=0."
_BY_MEAN = (
    "You took the mean over the samples. Sum over all paths; if the loss is a mean, its 1/n is "
    "already in dZ."
)
_CALLED = {
    *("backward_by_graph", "backward_short", "BatchNorm", "BatchNormDraft", "Careless"),
    *("LayerNorm", "BatchNorm1d", "autograd", "torch", "jax", "tensorflow"),
}


def _own_code(answer, arguments):
    """Return what the answer gives, once it's clear that it didn't use the chapter's code."""
    received = call(answer, *arguments)
    used = sorted(_CALLED & rules.code_of(answer).names)
    if used:
        raise Wrong(
            f"Your code uses `{used[0]}`. The exercise asks you to write the backward pass "
            "yourself."
        )
    return received


def _parameter_mistakes(dZ, x_hat, variants, gamma, others):
    """Return what goes wrong with the gradients of gamma and beta.

    `variants` are wrong arrays in place of x_hat, each with its cause.
    """
    of_gamma = [
        *(((dZ * wrong).sum(axis=0), cause) for wrong, cause in variants),
        (dZ * x_hat, _SHARED),
        (
            (gamma * dZ * x_hat).sum(axis=0),
            "gamma has no part in its own slope: its gradient is the sum of dZ · x_hat.",
        ),
        ((dZ * x_hat).mean(axis=0), _BY_MEAN),
        (
            (dZ * x_hat).sum(axis=1),
            "You summed over the features. gamma has one entry per feature: sum over the samples.",
        ),
        ((dZ * x_hat).sum(axis=1, keepdims=True), "You summed over the features, axis=1."),
        ((dZ * x_hat).sum(), "gamma has one entry per feature: sum over axis=0 only."),
        (x_hat.sum(axis=0), "dZ is missing: the slope times what arrives."),
        ((dZ * x_hat).sum(axis=0) / gamma, "The gradient of gamma isn't divided by gamma."),
        *others,
    ]
    of_beta = [
        (dZ, _SHARED),
        (
            (gamma * dZ).sum(axis=0),
            "beta is added after the multiplication by gamma, so gamma has no part in its slope.",
        ),
        (dZ.mean(axis=0), _BY_MEAN),
        (
            dZ.sum(axis=1),
            "You summed over the features. beta has one entry per feature: sum over the samples.",
        ),
        (dZ.sum(axis=1, keepdims=True), "You summed over the features, axis=1."),
        (dZ.sum(), "beta has one entry per feature: sum over axis=0 only."),
        (
            np.full(dZ.shape[1], float(len(dZ))),
            "dZ is missing: beta has slope 1, times what arrives, summed over the samples.",
        ),
    ]
    return of_gamma, of_beta


_NAMES = ("dX", "dgamma", "dbeta")


@exercise("12.4")
def backward(answer):
    """The gradients of batch normalization."""
    for n, in_features, eps in [(6, 4, 0.5), (3, 2, 0.02), (5, 5, 0.1)]:
        rng = np.random.default_rng(122)
        dZ = rng.standard_normal((n, in_features))
        x = rng.normal(2, 3, size=(n, in_features))
        gamma = rng.uniform(1.5, 3, size=in_features)
        u, var = x - x.mean(axis=0), x.var(axis=0)
        q = 1 / np.sqrt(var + eps)
        x_hat = u * q
        right = [_two_sums(dZ, x_hat, gamma * q), (dZ * x_hat).sum(axis=0), dZ.sum(axis=0)]
        right = dict(zip(_NAMES, right, strict=True))

        received = _own_code(answer, (dZ, x, gamma, eps))
        if isinstance(received, (tuple, list)) and len(received) == 3 and not any(
            is_blank(part) for part in received
        ):
            rules.not_measured(answer, _arrays(received), list(right.values()))
        outside = 1 / (np.sqrt(var) + eps)
        across = x - x.mean(axis=1, keepdims=True)
        across = across / np.sqrt(x.var(axis=1, keepdims=True) + eps)
        unbiased = 1 / np.sqrt(x.var(axis=0, ddof=1) + eps)
        variants = [
            (u * outside, _OUTSIDE),
            (u / np.sqrt(var), _MISSING),
            (u / (var + eps), _VARIANCE),
            (u * unbiased, _UNBIASED),
            (across, "You normalized each row. The mean and the variance are those of a column."),
            (
                (x - x.mean()) / np.sqrt(x.var() + eps),
                "You took one mean and one variance of the whole array. Each column has its own.",
            ),
            (x * q, "x_hat is (x - mean) / std. The mean is still in yours."),
            (u, "Times the other factor: for gamma that's x_hat, not the distance from the mean."),
            (x, "Times the other factor: for gamma that's x_hat, not x."),
        ]
        of_gamma, of_beta = _parameter_mistakes(
            dZ, x_hat, variants, gamma,
            [(dZ.sum(axis=0), "Times the other factor, before you sum: for gamma that's x_hat.")],
        )  # fmt: skip
        expect_parts(
            received,
            right,
            mistakes={
                "dX": _mistakes_in_dX(dZ, x, gamma, eps),
                "dgamma": of_gamma,
                "dbeta": of_beta,
            },
            about=f"for x {x.shape}, eps {eps}",
            order=["dbeta", "dgamma", "dX"],
            batch=n,
        )
    return "All three paths are in it: straight, through the mean, and through the variance."


def _arrays(received):
    """Return the parts of an answer as arrays, where they are numbers."""
    found = []
    for part in received:
        try:
            array = np.asarray(part)
        except ValueError:
            array = np.empty(0, dtype=object)
        found.append(array if array.dtype.kind in "biuf" else np.empty(0, dtype=object))
    return found


def _two_sums(dZ, x_hat, scale, mean=1.0, var=1.0):
    """Return dX, with the paths through the mean and through the variance weighted."""
    through_mean = dZ.mean(axis=0)
    through_var = x_hat * (dZ * x_hat).mean(axis=0)
    return scale * (dZ - mean * through_mean - var * through_var)


def _mistakes_in_dX(dZ, x, gamma, eps):
    """Return wrong gradients of the input, where those of gamma and beta are right."""
    n = len(x)
    u, var = x - x.mean(axis=0), x.var(axis=0)
    q = 1 / np.sqrt(var + eps)
    x_hat, scale = u * q, gamma * q
    dgamma, dbeta = (dZ * x_hat).sum(axis=0), dZ.sum(axis=0)
    detour = scale * x_hat * (dZ * x_hat).mean(axis=0)  # what the variance's path takes away
    straight = scale * (dZ - dZ.mean(axis=0))
    outside = 1 / (np.sqrt(var) + eps)
    constants = (
        "You treated the mean and the variance as constants, as at inference. In training they "
        "depend on x: two more paths lead through them."
    )
    no_mean = "The path through the mean is missing: μ depends on every x, with slope 1/n."
    no_var = "The path through the variance is missing: x reaches the loss through q as well."
    slope = "Look at the slope of q = v^(-1/2): it's -1/2 · q³, with v = σ² + eps."
    square = "Look at the square: u² has the slope 2u."
    each = "The backward pass of a mean gives 1/n to each. One of yours gives everything to each."
    return [
        (scale * dZ, constants),
        (gamma * dZ, "This is the gradient of x_hat. It still has to go back through x_hat."),
        (dZ, "This is what arrives. It has to go back through the whole layer."),
        (_two_sums(dZ, x_hat, scale, mean=0), no_mean),
        (_two_sums(dZ, x_hat, scale, var=0), no_var),
        (-(straight - detour - scale * dZ), "The straight path is missing, and the sign is wrong."),
        (straight - detour - scale * dZ, "The straight path is missing: dZ times gamma times q."),
        (_two_sums(dZ, x_hat, scale, mean=-1), "The path through the mean has a minus: x - μ."),
        (straight + detour, f"The path through the variance has the wrong sign. {slope}"),
        (straight + 2 * detour, f"The factor -1/2 is missing. {slope}"),
        (straight - 2 * detour, f"The path through the variance counts twice. {slope}"),
        (straight - detour / 2, f"A factor of 2 is missing. {square}"),
        (
            straight - detour / q,
            "A factor of q is missing in the path through the variance. Did you take the distance "
            f"from the mean for x_hat there? {slope}",
        ),
        (straight - detour * q, f"There is a factor of q too many. {slope}"),
        (
            straight - detour / q**2,
            "A factor of q² is missing in the path through the variance. Did you take the distance "
            f"from the mean for x_hat there, twice? {slope}",
        ),
        (straight - detour * q**2, f"There is a factor of q² too many. {slope}"),
        (straight - n * detour, each),
        (scale * (dZ - dbeta) - detour, each),
        (scale * (dZ - dbeta - x_hat * dgamma), each),
        (
            scale * (dZ - dgamma / n - x_hat * dbeta / n),
            "dgamma and dbeta are swapped inside dX: the mean's path has dbeta, and x_hat goes "
            "with dgamma.",
        ),
        (
            _two_sums(dZ, x_hat, gamma * outside),
            f"In the last factor of dX: {_OUTSIDE[0].lower()}{_OUTSIDE[1:]}",
        ),
        (_two_sums(dZ, x_hat, gamma / np.sqrt(var)), f"In the last factor of dX: {_MISSING}"),
        (_two_sums(dZ, x_hat, q), "gamma is missing in dX: what arrives at x_hat is gamma · dZ."),
        (
            _two_sums(dZ, x_hat, gamma**2 * q),
            "gamma is in dX twice. What arrives at x_hat is gamma · dZ, once.",
        ),
        (
            q * (dZ - gamma * dZ.mean(axis=0) - gamma * x_hat * (dZ * x_hat).mean(axis=0)),
            "gamma is missing in one path: everything that arrives at x_hat is gamma · dZ.",
        ),
        (
            scale * dZ - q * (dZ.mean(axis=0) + x_hat * (dZ * x_hat).mean(axis=0)),
            "gamma is missing in two of the paths: everything that arrives at x_hat is gamma · dZ.",
        ),
        (
            scale * (dZ - gamma * dZ.mean(axis=0) - gamma * x_hat * (dZ * x_hat).mean(axis=0)),
            "gamma is in two of the paths twice. What arrives at x_hat is gamma · dZ, once.",
        ),
        (_two_sums(dZ, x_hat, gamma), "q is missing in dX: x_hat = q · u, so u gets q times it."),
        (_two_sums(dZ, x_hat, gamma * q**2), "q is in dX twice: divide by the root, once."),
        (_two_sums(dZ, x_hat, gamma / q), "You multiplied by the root. Divide by it."),
        (
            scale * (dZ - dZ.mean(axis=0) - x * (dZ * x_hat).mean(axis=0)),
            "You took x for x_hat in the last term.",
        ),
        (
            scale * (dZ - dZ.mean(axis=0) - (dZ * x_hat).mean(axis=0)),
            "x_hat is missing in the last term: each sample moves the variance by its own x_hat.",
        ),
        (
            scale * (dZ - dZ.mean(axis=0) - dZ * x_hat * (dZ * x_hat).mean(axis=0)),
            "dZ is in the last term once too often. It's inside the mean.",
        ),
        (
            scale * (dZ - dZ.mean(axis=0) - dZ * x_hat**2 / n),
            "The sum is missing in the last term: x reaches the loss through *every* x_hat.",
        ),
        (
            scale * (dZ - dbeta / (n - 1) - x_hat * dgamma / (n - 1)),
            "You divided by n - 1. Mean and variance of the batch have the divisor n.",
        ),
        (
            straight - detour * n / (n - 1),
            "You divided by n - 1 in the variance's path. The batch's variance has the divisor n.",
        ),
        (
            scale * (dZ - dbeta / x.shape[1] - x_hat * dgamma / x.shape[1]),
            "You divided by the number of features. Mean and variance are taken over the samples.",
        ),
        (
            scale * (dZ - dZ.mean() - x_hat * (dZ * x_hat).mean()),
            "You took the means over the whole array. Each column has its own: axis=0.",
        ),
        (
            scale * (
                dZ - dZ.mean(axis=1, keepdims=True)
                - x_hat * (dZ * x_hat).mean(axis=1, keepdims=True)
            ),
            "You took the means along the rows. They run over the samples: axis=0.",
        ),
        (
            (straight - detour) / n,
            "You divided by the number of samples once too often: dZ has it in it already.",
        ),
    ]  # fmt: skip


@exercise("12.5")
def fold(answer):
    """Dense and batch normalization at inference as one Dense."""
    for in_features, out_features, eps in [(4, 4, 0.5), (3, 4, 1e-5)]:
        rng = np.random.default_rng(123)
        W, b = rng.standard_normal((in_features, out_features)), rng.standard_normal(out_features)
        gamma, beta = rng.uniform(1.5, 3, size=out_features), rng.standard_normal(out_features)
        mean, var = rng.standard_normal(out_features), rng.uniform(2, 5, size=out_features)
        std = np.sqrt(var + eps)
        scale = gamma / std
        weights = [
            (W, "W' is W itself. Batch normalization also multiplies what comes from x."),
            (W * gamma, "The division by the standard deviation is missing in W'."),
            (W / std, "gamma is missing in W'."),
            (W * gamma / (var + eps), "W' is divided by the variance. Divide by its root."),
            (W * gamma / np.sqrt(var), "In W', eps is missing: it's added to the variance."),
            (W * gamma / (np.sqrt(var) + eps), f"In W': {_OUTSIDE[0].lower()}{_OUTSIDE[1:]}"),
            (W * gamma * std, "W' is multiplied by the standard deviation. Divide by it."),
            (W / scale, "W' is divided by the scale. It's multiplied by gamma / std."),
            (W * scale + beta, "beta is in W'. It doesn't depend on x, so it belongs to b'."),
            (
                (W - mean) * scale,
                "The mean is subtracted from W. It doesn't depend on x, so it belongs to b'.",
            ),
            (
                (W - mean) * scale + beta,
                "You normalized W like a batch. Only its scale belongs to W'; mean and beta don't "
                "depend on x, so they belong to b'.",
            ),
            (
                (W - W.mean(axis=0)) / np.sqrt(W.var(axis=0) + eps) * gamma,
                "You normalized W with its own mean and variance. The running ones are those of "
                "x @ W + b.",
            ),
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
            (
                b * scale - mean + beta,
                "The running mean is scaled as well: it's subtracted before the division.",
            ),
            ((b - mean + beta) * scale, "beta is added at the very end; it isn't scaled."),
            ((b + mean) * scale + beta, "The running mean is subtracted, not added."),
            ((mean - b) * scale + beta, "b minus the running mean, not the other way around."),
            ((b - mean) * scale - beta, "beta is added, not subtracted."),
            ((b - mean) * gamma + beta, "The division by the standard deviation is missing in b'."),
            ((b - mean) / std + beta, "gamma is missing in b'."),
            (
                (b - mean) * gamma / (var + eps) + beta,
                "b' is divided by the variance. Divide by its root.",
            ),
            (
                (b - mean) * gamma / np.sqrt(var) + beta,
                "In b', eps is missing: it's added to the variance.",
            ),
            (
                (b - mean) * gamma / (np.sqrt(var) + eps) + beta,
                f"In b': {_OUTSIDE[0].lower()}{_OUTSIDE[1:]}",
            ),
            (beta, "b' is more than beta. What remains of the formula when x is 0?"),
            (b - mean + beta, "b minus the running mean goes through the scale as well."),
            (b, "b' is b itself. What remains of the formula when x is 0?"),
        ]
        expect_parts(
            call(answer, W, b, gamma, beta, mean, var, eps),
            {"W'": W * scale, "b'": (b - mean) * scale + beta},
            mistakes={"W'": weights, "b'": biases},
            about=f"for W {W.shape} and eps {eps}",
        )
    return "One layer fewer, and the same outputs: at inference, batch normalization costs nothing."


@exercise("12.6")
def layer_norm_backward(answer):
    """The gradients of layer normalization."""
    for n, in_features, eps in [(5, 4, 0.5), (1, 6, 0.02), (4, 4, 0.1)]:
        rng = np.random.default_rng(124)
        dZ = rng.standard_normal((n, in_features))
        x = rng.normal(2, 3, size=(n, in_features))
        gamma = rng.uniform(1.5, 3, size=in_features)
        u, var = x - x.mean(axis=1, keepdims=True), x.var(axis=1, keepdims=True)
        q = 1 / np.sqrt(var + eps)
        x_hat = u * q
        right = [_rows(gamma * dZ, x_hat, q), (dZ * x_hat).sum(axis=0), dZ.sum(axis=0)]
        right = dict(zip(_NAMES, right, strict=True))

        received = call(answer, dZ, x, gamma, eps)
        if isinstance(received, (tuple, list)) and len(received) == 3 and not any(
            is_blank(part) for part in received
        ):
            rules.not_measured(answer, _arrays(received), list(right.values()))
        unbiased = x.var(axis=1, keepdims=True, ddof=1)
        columns = (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + eps)
        variants = [
            (u / (np.sqrt(var) + eps), _OUTSIDE),
            (u / np.sqrt(var), _MISSING),
            (u / (var + eps), _VARIANCE),
            (
                u / np.sqrt(unbiased + eps),
                "You divided by the number of features less 1 in the variance. Take the plain "
                "mean of the squares.",
            ),
            (
                columns,
                "You normalized each column, as batch normalization does. Here each row is "
                "normalized: axis=1.",
            ),
            (
                (x - x.mean()) / np.sqrt(x.var() + eps),
                "You took one mean and one variance of the whole array. Each row has its own.",
            ),
            (x * q, "x_hat is (x - mean) / std. The mean is still in yours."),
            (u, "Times the other factor: for gamma that's x_hat, not the distance from the mean."),
            (x, "Times the other factor: for gamma that's x_hat, not x."),
        ]
        if n == in_features:
            variants.append(
                (
                    (x - x.mean(axis=1)) / np.sqrt(x.var(axis=1) + eps),
                    "The means of the rows have shape (n,), and NumPy subtracted them along the "
                    "features. keepdims=True makes them a column.",
                )
            )
        # With one sample, its columns have no variance, and a sum over the samples is no sum.
        variants = [
            (wrong, cause) for wrong, cause in variants if n > 1 or wrong is not columns
        ]
        of_gamma, of_beta = _parameter_mistakes(
            dZ, x_hat, variants, gamma,
            [(dZ.sum(axis=0), "Times the other factor, before you sum: for gamma that's x_hat.")],
        )  # fmt: skip
        expect_parts(
            received,
            right,
            mistakes={
                "dX": _mistakes_in_rows(dZ, x, gamma, eps),
                "dgamma": of_gamma,
                "dbeta": of_beta,
            },
            about=f"for x {x.shape}, eps {eps}",
            order=["dbeta", "dgamma", "dX"],
            batch=n if n > 1 else None,
        )
    return (
        "The parameters' sums run over the samples, those of dX over the features. No sample needs "
        "the others."
    )


def _rows(g, x_hat, q, mean=1.0, var=1.0):
    """Return dX from what arrives at x_hat, with two of the three paths weighted."""
    through_var = x_hat * (g * x_hat).mean(axis=1, keepdims=True)
    return q * (g - mean * g.mean(axis=1, keepdims=True) - var * through_var)


def _mistakes_in_rows(dZ, x, gamma, eps):
    """Return wrong gradients of the input, where those of gamma and beta are right."""
    n = len(x)
    u, var = x - x.mean(axis=1, keepdims=True), x.var(axis=1, keepdims=True)
    q = 1 / np.sqrt(var + eps)
    x_hat, g = u * q, gamma * dZ
    over_samples = q * (g - g.mean(axis=0) - x_hat * (g * x_hat).mean(axis=0))
    inside = (
        "Here gamma can't be taken out of the sums: along a row, every feature has its own. What "
        "arrives at x_hat is gamma · dZ, and the sums are over that."
    )
    columns = (
        "The sums in dX run over the samples, as in batch normalization. Mean and variance of a "
        "row depend on the features of that row: axis=1."
    )
    return [
        (gamma * _rows(dZ, x_hat, q), inside),
        (
            q * (g - dZ.mean(axis=1, keepdims=True)
                 - x_hat * (dZ * x_hat).mean(axis=1, keepdims=True)),
            inside,
        ),
        (over_samples, columns),
        (gamma * q * (dZ - dZ.mean(axis=0) - x_hat * (dZ * x_hat).mean(axis=0)), columns),
        (
            q * (g - (g.sum(axis=1, keepdims=True)
                      + x_hat * (g * x_hat).sum(axis=1, keepdims=True)) / n),
            "You divided by the number of samples. The mean of a row is over its features.",
        ),
        (
            q * (g - g.sum(axis=1, keepdims=True)
                 - x_hat * (g * x_hat).sum(axis=1, keepdims=True)),
            "The backward pass of a mean over the features gives each of them one share: divide "
            "by the number of features.",
        ),
        (
            q * (g - g.mean() - x_hat * (g * x_hat).mean()),
            "You took the means over the whole array. Each row has its own: axis=1.",
        ),
        (
            q * g,
            "You treated the mean and the variance as constants. They depend on the features of "
            "the row: two more paths lead through them.",
        ),
        (g, "This is the gradient of x_hat. It still has to go back through x_hat."),
        (dZ, "This is what arrives. It has to go back through the whole layer."),
        (_rows(g, x_hat, q, mean=0), "The path through the mean is missing."),
        (_rows(g, x_hat, q, var=0), "The path through the variance is missing."),
        (_rows(g, x_hat, q, mean=-1), "The path through the mean has a minus: x - μ."),
        (_rows(g, x_hat, q, var=-1), "The path through the variance has the wrong sign."),
        (_rows(g, x_hat, q, var=2), "The path through the variance counts twice."),
        (_rows(g, x_hat, q, var=0.5), "A factor of 2 is missing: u² has the slope 2u."),
        (_rows(dZ, x_hat, q), "gamma is missing in dX: what arrives at x_hat is gamma · dZ."),
        (
            _rows(gamma * g, x_hat, q),
            "gamma is in dX twice. What arrives at x_hat is gamma · dZ, once.",
        ),
        (_rows(g, x_hat, 1), "One over the standard deviation is missing in dX."),
        (_rows(g, x_hat, q**2), "dX is divided by the variance. Divide by its root."),
        (
            _rows(g, x_hat, 1 / (np.sqrt(var) + eps)),
            f"In the last factor of dX: {_OUTSIDE[0].lower()}{_OUTSIDE[1:]}",
        ),
        (_rows(g, x_hat, 1 / np.sqrt(var)), f"In the last factor of dX: {_MISSING}"),
        (
            _rows(g, u, q),
            "You took the distance from the mean for x_hat: divide it by the standard deviation.",
        ),
        (
            q * (g - g.mean(axis=1, keepdims=True)
                 - u * (g * x_hat).mean(axis=1, keepdims=True)),
            "You took the distance from the mean for x_hat in the last term.",
        ),
        (
            q * (g - g.mean(axis=1, keepdims=True) - (g * x_hat).mean(axis=1, keepdims=True)),
            "x_hat is missing in the last term.",
        ),
        (
            _rows(g, x_hat, q) / n if n > 1 else np.zeros(1),
            "You divided by the number of samples once too often: dZ has it in it already.",
        ),
    ]  # fmt: skip
