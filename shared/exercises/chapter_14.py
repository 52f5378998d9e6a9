"""Checks of chapter 14: regression."""

import numpy as np

from shared.datasets import noisy_sine
from shared.exercises import exercise
from shared.exercises.compare import Wrong, call, expect, parts, predictions


@exercise("14.1")
def r2(answer):
    """R² of four predictions, by hand."""
    mistakes = [
        (6, "6 is the sum of the squared residuals, above the bar. Divide it by that of the mean."),
        (20, "20 is what the mean leaves over, below the bar."),
        (0.3, "This is 6/20, the share that is left over. R² is 1 minus that."),
        (-0.7, "The sign is wrong: the model is better than the mean, so R² is positive."),
        (70, "This is R² in per cent. Give it as a share, at most 1."),
        (1 - 20 / 6, "The fraction is upside down: the model's squares stand above the bar."),
        (
            1 - 6 / 5,
            "You divided by the mean squared distance, 20/4, but didn't take the mean of the "
            "residuals' squares.",
        ),
        (
            1 - 6 / 5.25,
            "You divided by a mean. Both are sums (or both are means) of four squares.",
        ),
        (
            1 - 6 / 6.0,
            "Below the bar the squares are those of the *true* values around their mean.",
        ),
        (
            1 - 4 / 8,
            "You added up absolute differences, 4 and 8. R² takes squares.",
        ),
        (
            5 / 20,
            "You compared the spread of the predictions with that of the true values. Above the "
            "bar stand the residuals, true minus predicted.",
        ),
    ]
    expect(answer, 0.7, "`r2`", mistakes=mistakes)
    return "Of the squares that the mean leaves over, 20, the model leaves 6."


@exercise("14.2")
def best_constants(answer):
    """The constants that suit MSE, MAE and the largest error."""
    names = ["for_mse", "for_mae", "for_largest"]
    rng = np.random.default_rng(142)
    for n in (5, 9, 13):
        y = np.round(rng.exponential(10.0, n), 1) - 3
        mean, median, middle = np.mean(y), np.median(y), (y.min() + y.max()) / 2
        result = parts(call(answer, y), names)
        mode = "This is the third number as they stand. Sort them first: the median."
        for part, right, name, mistakes in [
            (
                result[0],
                mean,
                "for_mse",
                [(median, "This is the median. MSE looks for another number.")],
            ),
            (
                result[1],
                median,
                "for_mae",
                [
                    (mean, "This is the mean. MAE counts only how many are on either side."),
                    (y[n // 2], mode.replace("third number", "middle one of the numbers")),
                ],
            ),
            (
                result[2],
                middle,
                "for_largest",
                [
                    (mean, "This is the mean. The largest error depends on two numbers only."),
                    (median, "This is the median. The largest error depends on two numbers only."),
                    (
                        np.abs(y - mean).max(),
                        "This is how far the mean can be off, an error. Asked for is the constant "
                        "that makes this error as small as possible.",
                    ),
                    (y.max(), "This is the largest of the numbers. The smallest is far from it."),
                    (
                        (y.max() - y.min()) / 2,
                        "This is half the distance from the smallest to the largest: how large "
                        "the error will be. Asked for is where that happens.",
                    ),
                    (
                        (y[0] + y[-1]) / 2,
                        "This is halfway between the first and the last. Take the smallest and "
                        "the largest.",
                    ),
                ],
            ),
        ]:
            expect(part, right, f"`{name}` for {n} numbers", mistakes=mistakes)
    return "Each loss has a number of its own: mean, median, and halfway between the extremes."


@exercise("14.3")
def in_units(answer):
    """Scaled predictions, turned back into units."""
    rng = np.random.default_rng(143)
    for m, n, outputs in [(4, 9, 2), (7, 20, 3), (5, 12, 1)]:
        mean, std = 1000.0 * np.arange(1, outputs + 1), 50.0 * np.arange(1, outputs + 1)
        y_train = mean + std * rng.standard_normal((n, outputs))
        y_scaled = rng.standard_normal((m, outputs)) + 0.5
        mean, std = y_train.mean(axis=0), y_train.std(axis=0)
        own_mean, own_std = y_scaled.mean(axis=0), y_scaled.std(axis=0)
        mistakes = [
            (
                (y_scaled - mean) / std,
                "You scaled once more. Asked for is the way back.",
            ),
            ((y_scaled + mean) * std, "Wrong order: first times the std, then plus the mean."),
            (y_scaled * std, "The mean is missing: the predictions are around 0."),
            (y_scaled + mean, "The standard deviation is missing."),
            (y_scaled * std - mean, "The mean is *added* on the way back."),
            (y_scaled / std + mean, "On the way back, multiply by the std."),
            (y_scaled * y_train.var(axis=0) + mean, "This is the variance. Take its root, std."),
            (
                y_scaled * y_train.std(axis=0, ddof=1) + mean,
                "This standard deviation divides by n - 1. Ours divides by n: std without ddof.",
            ),
            (
                y_scaled * std + own_mean,
                "The std is right. The mean comes from the training targets, too.",
            ),
            (
                y_scaled * own_std + own_mean,
                "Mean and std come from the training targets, not from the predictions.",
            ),
        ]
        if outputs > 1:
            mistakes.append(
                (
                    y_scaled * y_train.std() + y_train.mean(),
                    "One mean and one std for all columns. Each column has its own: axis=0.",
                )
            )
        name = f"`in_units(y_scaled, y_train)` for {outputs} columns"
        expect(call(answer, y_scaled, y_train), mean + std * y_scaled, name, mistakes=mistakes)
    return "The scaling belongs to the model, on the way in and on the way out."


@exercise("14.4")
def huber(answer):
    """A loss between MSE and MAE, and its gradient."""
    rng = np.random.default_rng(144)
    for n, delta in [(6, 1.0), (8, 0.5), (5, 2.0)]:
        d = delta * np.resize([0.3, -2.5, 0.8, 4.0, -0.6, 1.7], (n, 1)) * rng.uniform(0.9, 1.1)
        y_true = rng.normal(size=(n, 1))
        size = np.abs(d)
        costs = np.where(size <= delta, d**2 / 2, delta * (size - delta / 2))
        slopes = np.clip(d, -delta, delta)
        loss, grad = parts(call(answer, y_true + d, y_true, delta), ["loss", "grad"])
        given = f" for {n} samples and delta = {delta:g}"
        wrong_losses = [
            (np.mean(d**2) / 2, "You took the square for all. Beyond delta the cost is straight."),
            (
                np.mean(delta * (size - delta / 2)),
                "You took the straight branch for all. Up to delta the cost is half the square.",
            ),
            (
                np.mean(np.where(size <= delta, d**2, delta * (size - delta / 2))),
                "The square needs its factor 1/2, otherwise the branches don't meet at delta.",
            ),
            (
                np.mean(np.where(size <= delta, d**2 / 2, delta * size)),
                "The straight branch lies too high: half of delta is subtracted from |d|. "
                "Otherwise the branches don't meet.",
            ),
            (
                np.mean(np.where(size <= delta, d**2 / 2, size - delta / 2)),
                "The straight branch has the slope delta, not 1.",
            ),
            (
                np.mean(np.where(d <= delta, d**2 / 2, delta * (size - delta / 2))),
                "Which branch it is depends on |d|: a d far *below* zero is an outlier, too.",
            ),
        ]
        wrong_grads = [
            (d / n, "You didn't limit the slope: beyond delta it's delta · sign(d)."),
            (
                np.minimum(d, delta) / n,
                "You limited the slope above only. For a d far below zero it's -delta.",
            ),
            (
                np.where(size <= delta, d, delta) / n,
                "Beyond delta the slope has the sign of d.",
            ),
            (
                np.where(size <= delta, d, np.sign(d)) / n,
                "Beyond delta the slope is delta · sign(d). The delta is missing.",
            ),
            (-slopes / n, "The sign is wrong: d is predicted minus true."),
            (
                np.where(size <= delta, 2 * d, delta * np.sign(d)) / n,
                "The slope of d²/2 is d, without a 2.",
            ),
        ]
        expect(loss, costs.mean(), f"`loss`{given}", mistakes=wrong_losses, batch=n)
        expect(grad, slopes / n, f"`grad`{given}", mistakes=wrong_grads, batch=n)
    return "Near the target it asks for the mean, far from it for the median."


@exercise("14.5")
def ridge(answer):
    """Least squares with a penalty on the weights, exactly."""
    rng = np.random.default_rng(145)
    for n, features, strength in [(12, 3, 0.5), (30, 2, 2.0), (9, 4, 0.1), (20, 3, 0.0)]:
        x = rng.normal(1.0, 1.0, size=(n, features))
        y = x @ rng.normal(size=(features, 1)) + 0.3 * rng.normal(size=(n, 1)) + 1
        eye, right_side = np.eye(features), x.T @ y

        def solution(penalty, square=x.T @ x, right_side=right_side):
            return np.linalg.solve(square + penalty, right_side)

        mistakes = []
        if strength:
            mistakes = [
                (solution(0), "This is plain least squares: the penalty is missing."),
                (
                    solution(strength * eye),
                    "The n is missing. The first part of L is a mean over n samples, the penalty "
                    "isn't: multiplying by n/2 leaves n·λ on the diagonal.",
                ),
                (
                    solution(2 * n * strength * eye),
                    "A factor 2 too many: the 2 of the square and the 2 of the penalty cancel.",
                ),
                (solution(n * strength / 2 * eye), "λ is half as large as it should be."),
                (solution(strength / n * eye), "λ is to be multiplied by n, not divided by it."),
                (
                    solution(n * strength * np.ones((features, features))),
                    "You added nλ to *all* entries of the matrix. It belongs on the diagonal.",
                ),
                (
                    solution(-n * strength * eye),
                    "The sign of the penalty is wrong: it is added on the left side.",
                ),
            ]
        name = f"`ridge(x, y, {strength:g})` for {n} samples"
        expect(call(answer, x, y, strength), solution(n * strength * eye), name, mistakes=mistakes)
    return "One term on the diagonal, and the weights are kept small."


@exercise("14.6", seconds=120)
def train_power(answer):
    """A network for a town's power, from readings with outliers."""
    rng = np.random.default_rng(146)
    x, y = noisy_sine(150, rng, noise=0.1)
    hours, kw = 24 * x, 5000 + 1000 * y
    kw[rng.choice(150, 15, replace=False)] += 4000
    new = np.linspace(0.5, 23.5, 93).reshape(-1, 1)
    true = 5000 + 1000 * np.sin(2 * np.pi * new / 24)

    predict = call(answer, hours, kw, np.random.default_rng(0))
    result = predictions(predict, new, new.shape, "a column of numbers")
    if np.abs(result).max() < 50:
        raise Wrong(
            f"predict returns numbers from {result.min():.2g} to {result.max():.2g}. Are these "
            "still scaled? Kilowatts are asked for."
        )
    if np.ptp(result) < 200:
        raise Wrong(
            "predict says nearly the same for every hour. Does a column meet a vector "
            "somewhere, or are the targets not scaled, or the hours?"
        )
    r2 = float(1 - np.sum((true - result) ** 2) / np.sum((true - true.mean()) ** 2))
    too_high = float(np.mean(result - true))
    if r2 < 0.95 and too_high > 200:
        raise Wrong(
            f"R² is {r2:.2f}, and the predictions are {too_high:.0f} kW too high on average. "
            "They follow the outliers: which loss doesn't?"
        )
    if r2 < 0.95:
        raise Wrong(
            f"R² is {r2:.2f}. More steps, another learning rate, or hidden neurons with an "
            "activation?"
        )
    return f"R² is {r2:.2f}, in spite of the outliers. Scaled, trained, and turned back."
