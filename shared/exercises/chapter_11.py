"""Checks of chapter 11: dropout."""

from itertools import product

import numpy as np

from shared.exercises import exercise, rules
from shared.exercises.compare import Wrong, call, expect, expect_parts, finite


@exercise("11.1")
def share_of_zeros(answer):
    """The share of zeros after a ReLU and a dropout."""
    for off, rate in [(0.6, 0.3), (0.4, 0.5), (0.3, 0.0), (0.0, 0.1), (1.0, 0.4)]:
        right = 1 - (1 - off) * (1 - rate)
        mistakes = [
            (
                off + rate,
                "You added the two shares. Some numbers are zero for both reasons, and these are "
                "counted twice.",
            ),
            (
                min(1, off + rate),
                "You added the two shares and cut the sum at 1. Some numbers are zero for both "
                "reasons, and these are counted twice.",
            ),
            ((1 - off) * (1 - rate), "This is the share of numbers that are *not* zero."),
            (
                off * (1 - rate),
                "These are only the zeros of ReLU that dropout left alone. What dropout sets to "
                "zero counts as well.",
            ),
            (
                rate * (1 - off),
                "These are only the numbers that dropout sets to zero and ReLU didn't. The zeros "
                "of ReLU count as well.",
            ),
            (off * rate, "This is the share that is zero for both reasons. One is enough."),
            (
                1 - off * rate,
                "Zero for one reason is enough. This counts all but those that are zero for both.",
            ),
            (max(off, rate), "Dropout also hits numbers that ReLU has left alone."),
            (
                off + rate - 2 * off * rate,
                "This is the share that is zero for exactly one of the two reasons. Both is fine, "
                "too.",
            ),
            (off, "Dropout adds zeros of its own."),
            (rate, "The zeros of ReLU are still there after the dropout."),
            ((off + rate) / 2, "A mean of the two shares is too low: dropout only adds zeros."),
            (
                off + rate * off,
                "Dropout adds zeros among the numbers that ReLU has *left*, a share of 1 - off.",
            ),
            (
                1 - (1 - off) * rate,
                "`rate` is the share dropped, so a number is kept with probability 1 - rate.",
            ),
        ]
        mistakes = [(wrong, words) for wrong, words in mistakes if not np.isclose(wrong, right)]
        name = f"`share_of_zeros({off}, {rate})`"
        expect(call(answer, off, rate), right, name, mistakes=mistakes)
    return "A number isn't zero if it passed ReLU *and* was kept: these two shares multiply."


@exercise("11.2")
def plain_dropout(answer):
    """Dropout that isn't inverted, in training and at inference."""
    names = ["the output in training", "the output at inference"]
    for shape, rate in [((4, 5), 0.2), ((3, 6), 0.7)]:
        rng = np.random.default_rng(111)
        x = rng.uniform(1, 5, size=shape)
        keep = (rng.random(shape) < 0.6).astype(int)
        mistakes = [
            [
                (
                    x * keep / (1 - rate),
                    "In training you scaled what is kept. That is inverted dropout; plain dropout "
                    "leaves it as it is.",
                ),
                (
                    x * keep / rate,
                    "You divided by the share that is dropped. Plain dropout leaves what is kept "
                    "as it is.",
                ),
                (
                    x * (1 - keep),
                    "You kept what should be dropped: keep is 1 where a number stays.",
                ),
                (x * keep * (1 - rate), "Plain dropout scales at inference, not in training."),
                (x * keep * rate, "In training, plain dropout leaves what is kept as it is."),
                (x, "In training nothing was dropped."),
                (x * rate, "In training nothing was dropped, only scaled."),
                (keep, "This is the mask. The output is x where a number is kept."),
            ],
            [
                (
                    x,
                    "At inference the output must be scaled. In training only a share of 1 - rate "
                    "was on, so without scaling the next layer now gets too much.",
                ),
                (x * rate, "You scaled by the share that is dropped. Take the share kept."),
                (x / (1 - rate), "You divided. All are on now, which is too much, so multiply."),
                (x / rate, "You divided by the share dropped. Multiply by the share kept."),
                *(
                    (x * keep * scale, "At inference nothing is dropped: leave the mask out.")
                    for scale in (1 - rate, 1, rate)
                ),
                (
                    x * keep.mean(),
                    "You scaled by the share that this one mask keeps. The expected share is "
                    "1 - rate.",
                ),
                (
                    x * keep.mean(axis=0),
                    "You scaled by the share that this one mask keeps in each column. The expected "
                    "share is 1 - rate.",
                ),
            ],
        ]
        right = dict(zip(names, [x * keep, x * (1 - rate)], strict=True))
        mistakes = dict(zip(names, mistakes, strict=True))
        received = call(answer, x, keep, rate)
        expect_parts(received, right, mistakes=mistakes, about=f"at rate {rate}")
    return "At inference, each number is what it was on average in training."


@exercise("11.3")
def dropout_backward(answer):
    """The gradient goes through the same mask, zeros and scale."""
    for shape, rate in [((4, 5), 0.2), ((3, 6), 0.7)]:
        rng = np.random.default_rng(112)
        dZ = rng.standard_normal(shape)
        keep = (rng.random(shape) < 0.6).astype(int)
        mistakes = [
            (dZ, "The mask is missing: a dropped number gets no gradient."),
            (
                dZ * keep,
                "The scale is missing. The forward pass multiplied what was kept by "
                "1 / (1 - rate), so that is the slope.",
            ),
            (dZ / (1 - rate), "The scale is right. But a dropped number gets no gradient."),
            (
                dZ * keep * (1 - rate),
                "The scale is upside down: the backward pass multiplies by the same number as "
                "the forward pass.",
            ),
            (
                dZ * keep / (1 - rate) ** 2,
                "The scale is there twice. `keep` holds ones and zeros, so divide by 1 - rate "
                "once.",
            ),
            (
                dZ * keep * rate,
                "You multiplied by the share that is dropped. The scale is 1 / (1 - rate).",
            ),
            (dZ * keep / rate, "You divided by the share that is dropped. Take the share kept."),
            (
                dZ * (1 - keep) / (1 - rate),
                "The gradient flows where it should stop: keep is 1 where a number stays.",
            ),
            (
                dZ * (1 - keep),
                "The gradient flows where it should stop: keep is 1 where a number stays. And the "
                "scale is missing.",
            ),
            (
                dZ * keep / keep.mean(),
                "You divided by the share that this one mask keeps. The forward pass divided by "
                "1 - rate.",
            ),
            (keep / (1 - rate), "This is the mask M itself. Multiply dZ by it."),
            (
                dZ * keep / (1 - rate) / len(dZ),
                "You divided by the number of samples. The loss has done that already.",
            ),
        ]
        name = f"dX at rate {rate}"
        expect(call(answer, dZ, keep, rate), dZ * keep / (1 - rate), name, mistakes=mistakes)
    return "The same mask as in the forward pass: its zeros and its scale."


@exercise("11.4")
def mean_loss(answer):
    """The mean squared error of a linear neuron after dropout, over all masks."""
    for n, in_features, b, rate in [(6, 4, 0.7, 0.2), (5, 3, -2.0, 0.6), (4, 60, 0.3, 0.5)]:
        rng = np.random.default_rng(113)
        x, w = rng.uniform(1, 3, size=(n, in_features)), rng.standard_normal(in_features)
        y_true = rng.standard_normal(n)
        z = (x * w).sum(axis=1)
        factor, squares = rate / (1 - rate), np.sum((x * w) ** 2, axis=1)
        plain = np.mean((z + b - y_true) ** 2)
        right = plain + factor * squares.mean()
        mistakes = [
            (plain, "This is the loss without dropout. The variance of the output is missing."),
            (factor * squares.mean(), "This is only the variance. The squared error is missing."),
            (
                plain + squares.mean(),
                "The variance lacks its factor, r / (1 - r). It's 1 only at rate 0.5.",
            ),
            (plain + squares.mean() / factor, "The factor is upside down: r / (1 - r)."),
            (
                plain + rate * (1 - rate) * squares.mean(),
                "r (1 - r) is the variance of plain dropout. Inverted dropout divides by 1 - rate, "
                "which makes it larger.",
            ),
            (plain + rate * squares.mean(), "The factor of the variance is r / (1 - r), not r."),
            (
                plain + squares.mean() / (1 - rate),
                "The factor of the variance is r / (1 - r), not 1 / (1 - r).",
            ),
            (
                plain + factor * (squares + b**2).mean(),
                "The bias isn't dropped, so it adds nothing to the variance.",
            ),
            (
                np.mean((z - y_true) ** 2) + factor * squares.mean(),
                "The bias is missing from the output.",
            ),
            *(
                (
                    plain + factor * np.mean(total**2),
                    "You squared the sum. The draws are independent, so add up the squares.",
                )
                for total in (z, z + b)
            ),
            (
                plain + factor * np.mean(np.abs(x * w).sum(axis=1)) ** 2,
                "You added up standard deviations. It's the variances that add up.",
            ),
            (
                plain + factor * np.sum(w**2),
                "This penalty ignores the inputs. Each weight's strength has the mean of x_k² in "
                "it.",
            ),
            (
                plain + factor * np.sum((x.mean(axis=0) * w) ** 2),
                "You squared the mean of each feature. Take the mean of its squares.",
            ),
            (
                plain + factor * np.sum(np.mean(x**2, axis=0) * np.abs(w)),
                "The penalty is quadratic: w_k² instead of |w_k|.",
            ),
            (
                plain + factor * np.mean(x**2 * w**2),
                "You took the mean over the features. Their variances add up: take the sum over "
                "the features and the mean over the samples.",
            ),
            (
                plain + factor * squares.sum(),
                "The variance must be averaged over the samples, like the squared error.",
            ),
            (
                np.sum((z + b - y_true) ** 2) + factor * squares.sum(),
                "You took sums over the samples. The exercise asks for the mean.",
            ),
            (
                plain + np.sqrt(factor * squares).mean(),
                "You added the standard deviation. It's the variance that adds to the squared "
                "error.",
            ),
            (
                np.mean(((1 - rate) * z + b - y_true) ** 2) + rate * (1 - rate) * squares.mean(),
                "This is the mean loss of plain dropout. Inverted dropout divides by 1 - rate, so "
                "the mean of the output stays what it is.",
            ),
            (
                (plain + factor * squares.mean()) / 2,
                "This is half of the mean squared error. There is no 1/2 in this loss.",
            ),
        ]
        mistakes = [(wrong, words) for wrong, words in mistakes if not np.isclose(wrong, right)]
        name = f"`mean_loss` at rate {rate} for x {x.shape}"
        received = call(answer, x, y_true, w, b, rate)
        rules.without_loops(answer)
        if rules.code_of(answer).names & {"default_rng", "random", "integers", "binomial"}:
            raise Wrong("You drew masks at random. The exercise asks for the exact mean.")
        expect(received, right, name, mistakes=mistakes, batch=n)
    return "The squared error plus the variance, which is a sum of squared weights: an L2 penalty."


@exercise("11.5")
def drop_features(answer):
    """Whole columns are dropped, each by a draw of its own."""
    rate = 0.3
    x = np.random.default_rng(114).uniform(1, 2, size=(4, 3000))
    first = rules.draws_from_rng(lambda rng: _draw(answer, x, rate, rng))
    zeros = first == 0
    if not zeros.any():
        raise Wrong("Nothing is dropped: there's no zero in the result.")
    if not np.array_equal(zeros, np.broadcast_to(zeros[0], zeros.shape)):
        raise Wrong(
            "A column must be dropped as a whole, and here some of its numbers are zero and "
            "others aren't. Draw one number for each column, not one for each entry or each row."
        )
    dropped = zeros[0].mean()
    if dropped == 1:
        raise Wrong("All columns are zero. Draw for each column separately.")
    if abs(dropped - rate) > 0.05:
        more = ""
        if abs(dropped - (1 - rate)) < 0.05:
            more = " It looks as if rate were the share kept."
        raise Wrong(f"At rate {rate}, {dropped:.0%} of the columns are dropped.{more}")
    kept = x * ~zeros
    mistakes = [
        (kept, "The right share of columns is dropped. What is kept must be divided by 1 - rate."),
        (kept * (1 - rate), "What is kept must be divided by 1 - rate, not multiplied."),
        (kept / rate, "You divided by the share that is dropped. Take the share kept."),
        (
            kept / (1 - dropped),
            "You divided by the share that happened to be kept in this draw. Divide by 1 - rate, "
            "or the expected value changes.",
        ),
        (
            kept / (1 - rate) ** 2,
            "What is kept is divided by 1 - rate twice.",
        ),
    ]
    expect(first, kept / (1 - rate), "`drop_features(x, 0.3, rng)`", mistakes=mistakes)
    _check_draws(answer, rate)
    if not np.allclose(_draw(answer, x, 0.0, np.random.default_rng(3)), x):
        raise Wrong("At rate 0, nothing may be dropped or scaled.")
    return "One draw for each column; broadcasting applies it to all samples."


def _check_draws(answer, rate, columns=20, times=600):
    """Check that columns are dropped equally often, and independently of each other."""
    x, rng = np.ones((2, columns)), np.random.default_rng(115)
    off = np.array([_draw(answer, x, rate, rng)[0] == 0 for _ in range(times)])
    counts = off.sum(axis=1)
    if np.ptp(counts) == 0:
        raise Wrong(
            f"In {times} draws, exactly {counts[0]} of {columns} columns are dropped every time. "
            "If each column has a draw of its own, that number varies. Did you choose a fixed "
            "number of columns?"
        )
    often = off.mean(axis=0)
    if np.abs(often - rate).max() > 5.5 * np.sqrt(rate * (1 - rate) / times):
        j = int(np.abs(often - rate).argmax())
        raise Wrong(
            f"At rate {rate}, column {j} of {columns} is dropped in {often[j]:.0%} of {times} "
            "draws. Every column must be dropped with the same probability, `rate`."
        )
    # Independent columns: the variance of the count is the sum of theirs, and no two agree more
    # often than chance allows.
    share = counts.var() / (columns * rate * (1 - rate))
    # The standard error of a correlation is about 1 / √times.
    both = np.corrcoef(off.T)[np.triu_indices(columns, 1)]
    if not 0.7 < share < 1.4 or np.abs(both).max() > 5.5 / np.sqrt(times):
        raise Wrong(
            "Whether one column is dropped depends on the others: over many draws, some columns "
            "are dropped together more often, or less often, than by chance. Draw for each column "
            "separately."
        )


def _draw(answer, x, rate, rng):
    result = call(answer, x, rate, rng)
    name = "`drop_features(x, rate, rng)`"
    try:
        array = np.asarray(result, dtype=float)
    except (TypeError, ValueError):
        raise Wrong(f"{name} must return an array of numbers.") from None
    if array.shape != x.shape:
        expect(array, x, name)
    return finite(array, name, x.shape)


@exercise("11.6")
def mean_over_masks(answer):
    """The expected value of ReLU after a dropout, over all masks."""
    for in_features, rate in [(4, 0.3), (6, 0.6), (3, 0.5)]:
        rng = np.random.default_rng(115 + in_features)
        x, w = rng.uniform(1, 3, size=in_features), rng.standard_normal(in_features)
        w[:2] = [1.0, -1.2]  # both signs, so that ReLU matters
        keep = np.array(list(product([0, 1], repeat=in_features)))
        z, kept = (keep * x) @ w, keep.sum(axis=1)
        chance = (1 - rate) ** kept * rate ** (in_features - kept)
        turned = rate**kept * (1 - rate) ** (in_features - kept)
        right = chance @ np.maximum(z, 0) / (1 - rate)
        mistakes = [
            (
                np.maximum(z, 0).mean() / (1 - rate),
                "You gave all masks the same weight. At a rate other than 0.5 each has its own "
                "probability.",
            ),
            (chance @ np.maximum(z, 0), "The scale is missing: what is kept is divided by 1 - r."),
            (
                turned @ np.maximum(z, 0) / (1 - rate),
                "The probabilities are swapped: rate is the share *dropped*.",
            ),
            (
                turned @ np.maximum(z, 0) / rate,
                "You took rate for the share kept, in the probabilities and in the scale. It's the "
                "share *dropped*.",
            ),
            (
                max(0.0, x @ w),
                "This is the single pass with all inputs on. The mean goes over ReLU's outputs, "
                "one for each mask.",
            ),
            (x @ w, "ReLU is missing: this is the mean of the sum itself."),
            (
                max(0.0, x @ w) * (1 - rate),
                "This is ReLU of a mean. ReLU comes first, for each mask; the mean comes after.",
            ),
            (
                np.maximum(z, 0).sum() / (1 - rate),
                "You summed over the masks without their probabilities.",
            ),
            (
                np.maximum(z, 0).mean(),
                "You gave all masks the same weight, and the scale 1 / (1 - r) is missing.",
            ),
            (
                chance[1:] @ np.maximum(z[1:], 0) / (1 - rate) / chance[1:].sum(),
                "You left out the mask that drops everything. It counts, too, with the output 0.",
            ),
            (
                chance @ np.maximum(z, 0) / (1 - rate) ** 2,
                "The scale 1 / (1 - r) is there twice.",
            ),
            (
                chance @ np.abs(z) / (1 - rate),
                "That's the mean of the absolute values. ReLU turns a negative sum into 0.",
            ),
            (
                chance @ (keep @ np.maximum(x * w, 0)) / (1 - rate),
                "You applied ReLU to each product. It comes after the sum.",
            ),
        ]
        mistakes = [(wrong, words) for wrong, words in mistakes if not np.isclose(wrong, right)]
        name = f"`mean_over_masks(x, w, {rate})` for {in_features} inputs"
        expect(call(answer, x, w, rate), right, name, mistakes=mistakes)
    return "Exact, and never smaller than the single pass: ReLU bends upward."
