"""Checks of chapter 11: dropout."""

from itertools import product

import numpy as np

from shared.exercises import exercise
from shared.exercises.compare import Wrong, call, expect, expect_parts


@exercise("11.1")
def share_of_zeros(answer):
    """The share of zeros behind a ReLU and a dropout."""
    for off, rate in [(0.6, 0.3), (0.4, 0.5), (0.3, 0.0), (0.0, 0.1)]:
        right = 1 - (1 - off) * (1 - rate)
        mistakes = [
            (
                off + rate,
                "You added the two shares. Some numbers are zero for both reasons; these are "
                "counted twice.",
            ),
            ((1 - off) * (1 - rate), "This is the share of numbers that are *not* zero."),
            (
                off * (1 - rate),
                "These are only the zeros of ReLU that dropout left alone. What dropout sets to "
                "zero counts as well.",
            ),
            (off * rate, "This is the share that is zero for both reasons. One is enough."),
            (max(off, rate), "Dropout also hits numbers that ReLU has left alone."),
            (
                off + rate - 2 * off * rate,
                "This is the share that is zero for exactly one of the two reasons. Both is fine, "
                "too.",
            ),
            (off, "Dropout adds zeros of its own."),
            (rate, "The zeros of ReLU are still there behind the dropout."),
        ]
        mistakes = [(wrong, words) for wrong, words in mistakes if not np.isclose(wrong, right)]
        name = f"`share_of_zeros({off}, {rate})`"
        expect(call(answer, off, rate), right, name, mistakes=mistakes)
    return "Not zero is what passed ReLU *and* was kept: the shares multiply."


@exercise("11.2")
def plain_dropout(answer):
    """Dropout that isn't inverted, in training and in inference."""
    names = ["the output in training", "the output in inference"]
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
                (x * (1 - keep), "You kept what is to be dropped: keep is 1 where a number stays."),
                (x * keep * (1 - rate), "Plain dropout scales in inference, not in training."),
                (x, "In training nothing was dropped."),
            ],
            [
                (
                    x,
                    "In inference the output must be scaled. In training only a share of 1 - rate "
                    "was on, so without scaling the next layer now gets too much.",
                ),
                (x * rate, "You scaled with the share that is dropped. Take the share kept."),
                (x / (1 - rate), "You divided. All are on now, which is too much, so multiply."),
                (
                    x * keep * (1 - rate),
                    "In inference nothing is dropped: the mask must not occur in it.",
                ),
                (x * keep, "In inference nothing is dropped: the mask must not occur in it."),
                (
                    x * keep.mean(),
                    "You scaled with the share that this one mask keeps. The expected share is "
                    "1 - rate.",
                ),
            ],
        ]
        right = dict(zip(names, [x * keep, x * (1 - rate)], strict=True))
        mistakes = dict(zip(names, mistakes, strict=True))
        received = call(answer, x, keep, rate)
        expect_parts(received, right, mistakes=mistakes, about=f"at rate {rate}")
    return "In inference each number is what it was on average in training."


@exercise("11.3")
def dropout_backward(answer):
    """The gradient goes through the same mask, zeros and scale."""
    for shape, rate in [((4, 5), 0.2), ((3, 6), 0.7)]:
        rng = np.random.default_rng(112)
        dZ = rng.standard_normal(shape)
        keep = (rng.random(shape) < 0.6).astype(int)
        mistakes = [
            (dZ, "The mask is forgotten: a dropped number gets no gradient."),
            (
                dZ * keep,
                "The scale is forgotten. Forward multiplied what was kept with 1 / (1 - rate), so "
                "that is the slope.",
            ),
            (dZ / (1 - rate), "The scale is right. But a dropped number gets no gradient."),
            (
                dZ * keep * (1 - rate),
                "The scale is upside down: backward multiplies with the same number as forward.",
            ),
            (
                dZ * keep * rate,
                "You multiplied with the share that is dropped. The scale is 1 / (1 - rate).",
            ),
            (dZ * keep / rate, "You divided by the share that is dropped. Take the share kept."),
            (
                dZ * (1 - keep) / (1 - rate),
                "The gradient flows where it should stop: keep is 1 where a number stays.",
            ),
            (
                dZ * keep / max(keep.mean(), 1e-9),
                "You divided by the share that this one mask keeps. Forward divided by 1 - rate.",
            ),
        ]
        name = f"dX at rate {rate}"
        expect(call(answer, dZ, keep, rate), dZ * keep / (1 - rate), name, mistakes=mistakes)
    return "The same mask as forward: its zeros and its scale."


@exercise("11.4")
def noise(answer):
    """The standard deviation of a weighted sum of dropped numbers."""
    for in_features, b, rate in [(5, 0.7, 0.2), (3, -2.0, 0.6)]:
        rng = np.random.default_rng(113)
        x, w = rng.uniform(1, 3, size=in_features), rng.standard_normal(in_features)
        factor, squares = rate / (1 - rate), np.sum((w * x) ** 2)
        right = np.sqrt(factor * squares)
        mistakes = [
            (factor * squares, "This is the variance. The standard deviation is its root."),
            (right + b, "The bias is a constant: it shifts z and doesn't make it scatter."),
            (np.sqrt(factor * squares + b**2), "The bias is a constant and doesn't scatter."),
            (np.sqrt(squares), "The rate is missing: the factor r / (1 - r)."),
            (
                np.sqrt(rate * (1 - rate) * squares),
                "This is the noise of plain dropout. Ours divides by 1 - rate, which makes it "
                "larger.",
            ),
            (np.sqrt(squares / factor), "The factor is upside down: r / (1 - r)."),
            (
                np.sqrt(factor) * abs(x @ w),
                "You squared the sum. The draws are independent: add up the squares.",
            ),
            (
                np.sqrt(factor) * abs(x @ w + b),
                "You squared z itself. The draws are independent: add up the squares, without b.",
            ),
            (
                np.sqrt(factor) * np.abs(w * x).sum(),
                "You added up standard deviations. It's the variances that add up.",
            ),
            (np.sqrt(factor * np.sum(x**2)), "The weights are missing."),
            (np.sqrt(factor * np.sum(w**2)), "The inputs are missing: each draw goes times x."),
            (np.sqrt(factor) * np.abs(w * x), "This is the noise of each input. Add up variances."),
            (factor * np.sqrt(squares), "The root goes over the factor as well."),
        ]
        name = f"`noise(x, w, {b}, {rate})`"
        expect(call(answer, x, w, b, rate), right, name, mistakes=mistakes)
    return "The variances of the inputs add up, and the bias has none."


@exercise("11.5")
def drop_features(answer):
    """Whole columns are dropped, by the generator that is handed in."""
    rate = 0.3
    x = np.random.default_rng(114).uniform(1, 2, size=(4, 3000))
    first, again, other = (_draw(answer, x, rate, seed) for seed in (0, 0, 1))
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
        raise Wrong("All columns are zero. Draw for each column by itself.")
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
            "else the expected value isn't kept.",
        ),
    ]
    expect(first, kept / (1 - rate), "`drop_features(x, 0.3, rng)`", mistakes=mistakes)
    if not np.array_equal(first, again):
        raise Wrong(
            "Two generators with the same seed led to different columns. Take all random numbers "
            "from the rng that is handed in."
        )
    if np.array_equal(first, other):
        raise Wrong(
            "Two generators with different seeds led to the same columns. Take the random numbers "
            "from the rng that is handed in."
        )
    return "One draw for each column; broadcasting hands it to all samples."


def _draw(answer, x, rate, seed):
    result = call(answer, x, rate, np.random.default_rng(seed))
    try:
        array = np.asarray(result, dtype=float)
    except (TypeError, ValueError):
        raise Wrong("`drop_features(x, rate, rng)` must return an array of numbers.") from None
    if array.shape != x.shape or not np.isfinite(array).all():
        expect(array, x, "`drop_features(x, rate, rng)`")
    return array


@exercise("11.6")
def mean_over_masks(answer):
    """The expected value of ReLU behind a dropout, by all masks."""
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
            (chance @ np.maximum(z, 0), "The scale is missing: what is kept goes times 1/(1 - r)."),
            (
                turned @ np.maximum(z, 0) / (1 - rate),
                "The probabilities are exchanged: rate is the share *dropped*.",
            ),
            (
                max(0.0, x @ w),
                "This is the single pass with all inputs on. The mean goes over ReLU's outputs, "
                "one for each mask.",
            ),
            (x @ w, "ReLU is missing: this is the mean of z itself."),
            (
                np.maximum(z, 0).sum() / (1 - rate),
                "You summed over the masks. Each goes times its probability.",
            ),
            (
                np.maximum(z, 0).mean(),
                "You gave all masks the same weight, and the scale 1 / (1 - r) is missing.",
            ),
        ]
        mistakes = [(wrong, words) for wrong, words in mistakes if not np.isclose(wrong, right)]
        name = f"`mean_over_masks(x, w, {rate})` for {in_features} inputs"
        expect(call(answer, x, w, rate), right, name, mistakes=mistakes)
    return "Exact, and never smaller than the single pass: ReLU bends upwards."
