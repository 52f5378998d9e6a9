"""Answers to the exercises of chapter 14: right ones and wrong ones."""

import statistics

import numpy as np

from shared.activations import Linear, Tanh
from shared.layers import Dense
from shared.losses import MeanAbsoluteError, MeanSquaredError
from shared.optimizers import Adam
from shared.schedules import Cosine


def constants(y):
    return np.mean(y), np.median(y), (y.min() + y.max()) / 2


def constants_by_sorting(y):
    ordered = sorted(y.tolist())
    return [sum(ordered) / len(y), ordered[len(y) // 2], (ordered[0] + ordered[-1]) / 2]


def constants_with(place, function):
    def answer(y):
        result = list(constants(y))
        result[place] = function(y)
        return tuple(result)

    return answer


def units(y_scaled, y_train):
    return y_scaled * y_train.std(axis=0) + y_train.mean(axis=0)


def units_by_column(y_scaled, y_train):
    columns = []
    for scaled, targets in zip(y_scaled.T, y_train.T, strict=True):
        mean, std = statistics.fmean(targets), statistics.pstdev(targets.tolist())
        columns.append([std * value + mean for value in scaled])
    return np.array(columns).T


def huber(y_pred, y_true, delta):
    d = y_pred - y_true
    small = np.abs(d) <= delta
    costs = np.where(small, d**2 / 2, delta * (np.abs(d) - delta / 2))
    return costs.mean(), np.clip(d, -delta, delta) / len(d)


def huber_by_loop(y_pred, y_true, delta):
    total, grad = 0.0, np.zeros(y_pred.shape)
    for i in range(len(y_pred)):
        d = float(y_pred[i, 0] - y_true[i, 0])
        if abs(d) <= delta:
            total, slope = total + d * d / 2, d
        else:
            total, slope = total + delta * (abs(d) - delta / 2), delta if d > 0 else -delta
        grad[i, 0] = slope / len(y_pred)
    return total / len(y_pred), grad


def huber_with(loss=None, grad=None):
    """Answer with a wrong cost or a wrong slope of each sample, as functions of d and delta."""

    def answer(y_pred, y_true, delta):
        d = y_pred - y_true
        right = huber(y_pred, y_true, delta)
        return (
            right[0] if loss is None else np.mean(loss(d, delta)),
            right[1] if grad is None else grad(d, delta) / len(d),
        )

    return answer


def straight(d, delta):
    return delta * (np.abs(d) - delta / 2)


def ridge(x, y, strength):
    n, features = x.shape
    return np.linalg.solve(x.T @ x + n * strength * np.eye(features), x.T @ y)


def ridge_by_more_rows(x, y, strength):
    n, features = x.shape
    x = np.vstack([x, np.sqrt(n * strength) * np.eye(features)])
    return np.linalg.lstsq(x, np.vstack([y, np.zeros((features, 1))]), rcond=None)[0]


def ridge_by_descent(x, y, strength):
    n, W = len(x), np.zeros((x.shape[1], 1))
    H = 2 * (x.T @ x / n + strength * np.eye(x.shape[1]))
    for _ in range(5000):
        W = W - (H @ W - 2 * x.T @ y / n) / np.linalg.eigvalsh(H).max()
    return W


def ridge_plus(penalty):
    return lambda x, y, strength: np.linalg.solve(
        x.T @ x + penalty(len(x), strength, np.eye(x.shape[1])), x.T @ y
    )


def power(
    hours,
    kw,
    rng,
    loss=MeanAbsoluteError,
    hidden=Tanh,
    lr=0.03,
    steps=600,
    scaled=True,
    back=True,
    dtype=np.float64,
):
    h_mean, h_std = hours.mean(), hours.std()
    mean, std = (np.median(kw), 1000.0) if scaled else (0.0, 1.0)
    layers = [Dense(1, 16, rng, dtype=dtype), hidden(), Dense(16, 16, rng, dtype=dtype)]
    layers += [hidden(), Dense(16, 1, rng, dtype=dtype)]
    optimizer = Adam([p for layer in layers for p in layer.parameters()], lr=Cosine(lr, steps))
    loss = loss()

    def forward(hours):
        a = ((hours - h_mean) / h_std).astype(dtype)
        for layer in layers:
            a = layer.forward(a)
        return a

    targets = ((kw - mean) / std).astype(dtype)
    for _ in range(steps):
        loss.forward(forward(hours), targets)
        grad = loss.backward()
        for layer in reversed(layers):
            grad = layer.backward(grad)
        optimizer.step()
    return lambda hours: forward(hours) * std + mean if back else forward(hours)


def power_by_cleaning(hours, kw, rng):
    """Throw out what is far from its neighbours, then a sine and a cosine by least squares."""
    near = [np.median(kw[np.abs(hours - h) < 1.5]) for h in hours[:, 0]]
    kept = np.abs(kw[:, 0] - near) < 1500

    def columns(hours):
        t = 2 * np.pi * hours / 24
        return np.hstack([np.ones_like(t), np.sin(t), np.cos(t)])

    W = np.linalg.lstsq(columns(hours[kept]), kw[kept], rcond=None)[0]
    return lambda hours: columns(hours) @ W


EXERCISES = {
    "14.1": {
        "stub": "r2 = ...",
        "right": [0.7, 1 - 6 / 20, np.float32(0.7), np.array(0.7)],
        "wrong": [
            (6, "above the bar"),
            (0.3, "1 minus that"),
            (70, "in per cent"),
            (1 - 20 / 6, "upside down"),
            (1 - 6 / 5, "mean squared distance"),
            (0.5, "absolute differences"),
            (0.25, "the spread of the predictions"),
            (0.9, "is 0.9, expected 0.7"),
        ],
    },
    "14.2": {
        "stub": (
            "def best_constants(y):\n"
            "    for_mse, for_mae, for_largest = ..., ..., ...\n"
            "    return for_mse, for_mae, for_largest"
        ),
        "right": [
            constants,
            constants_by_sorting,
            lambda y: tuple(map(np.float32, constants(y))),
        ],
        "wrong": [
            (lambda y: (np.median(y), np.mean(y), 0.0), "MSE looks for another number"),
            (constants_with(1, np.mean), "how many are on either side"),
            (constants_with(1, lambda y: y[len(y) // 2]), "Sort them first"),
            (constants_with(2, np.mean), "This is the mean. The largest error"),
            (constants_with(2, lambda y: np.abs(y - y.mean()).max()), "the mean can be off"),
            (constants_with(2, np.max), "the largest of the numbers"),
            (constants_with(2, lambda y: np.ptp(y) / 2), "how large the error will be"),
            (constants_with(2, lambda y: (y[0] + y[-1]) / 2), "the first and the last"),
            (lambda y: constants(y)[:2], "for_mse, for_mae, and for_largest"),
        ],
    },
    "14.3": {
        "stub": "def in_units(y_scaled, y_train):\n    ...",
        "right": [
            units,
            units_by_column,
            lambda y_scaled, y_train: units(np.float32(y_scaled), np.float32(y_train)),
            lambda y_scaled, y_train: units(y_scaled, y_train).tolist(),
        ],
        "wrong": [
            (lambda s, y: (s - y.mean(axis=0)) / y.std(axis=0), "You scaled once more"),
            (lambda s, y: (s + y.mean(axis=0)) * y.std(axis=0), "Wrong order"),
            (lambda s, y: s * y.std(axis=0), "The mean is missing"),
            (lambda s, y: s + y.mean(axis=0), "standard deviation is missing"),
            (lambda s, y: s * y.std() + y.mean(), "Each column has its own"),
            (lambda s, y: s * y.var(axis=0) + y.mean(axis=0), "This is the variance"),
            (lambda s, y: s * y.std(axis=0, ddof=1) + y.mean(axis=0), r"divides by n - 1"),
            (lambda s, y: s * y.std(axis=0) + s.mean(axis=0), "The std is right"),
            (lambda s, y: s * s.std(axis=0) + s.mean(axis=0), "not from the predictions"),
        ],
    },
    "14.4": {
        "stub": (
            "def huber(y_pred, y_true, delta):\n    loss, grad = ..., ...\n    return loss, grad"
        ),
        "right": [
            huber,
            huber_by_loop,
            lambda y_pred, y_true, delta: huber(np.float32(y_pred), np.float32(y_true), delta),
        ],
        "wrong": [
            (huber_with(loss=lambda d, delta: d**2 / 2), "the square for all"),
            (huber_with(loss=straight), "straight branch for all"),
            (
                huber_with(loss=lambda d, t: np.where(np.abs(d) <= t, d**2, straight(d, t))),
                "factor 1/2",
            ),
            (
                huber_with(loss=lambda d, t: np.where(np.abs(d) <= t, d**2 / 2, t * np.abs(d))),
                "lies too high",
            ),
            (
                huber_with(loss=lambda d, t: np.where(d <= t, d**2 / 2, straight(d, t))),
                r"depends on \|d\|",
            ),
            (huber_with(grad=lambda d, t: d), "didn't limit the slope"),
            (huber_with(grad=np.minimum), "above only"),
            (huber_with(grad=lambda d, t: np.where(np.abs(d) <= t, d, t)), "the sign of d"),
            (huber_with(grad=lambda d, t: -np.clip(d, -t, t)), "predicted minus true"),
            (huber_with(grad=lambda d, t: np.clip(d, -t, t) * len(d)), "mean over the batch"),
            (lambda *arguments: huber(*arguments)[0], "loss and grad"),
        ],
    },
    "14.5": {
        "stub": "def ridge(x, y, strength):\n    ...",
        "right": [
            ridge,
            ridge_by_more_rows,
            ridge_by_descent,
            lambda x, y, strength: ridge(np.float32(x), np.float32(y), strength),
        ],
        "wrong": [
            (ridge_plus(lambda n, strength, eye: 0 * eye), "the penalty is missing"),
            (ridge_plus(lambda n, strength, eye: strength * eye), "The n is missing"),
            (ridge_plus(lambda n, strength, eye: 2 * n * strength * eye), "factor 2 too many"),
            (ridge_plus(lambda n, strength, eye: n * strength), r"to \*all\* entries"),
            (ridge_plus(lambda n, strength, eye: -n * strength * eye), "sign of the penalty"),
            (ridge_plus(lambda n, strength, eye: strength / n * eye), "not divided by it"),
            (lambda x, y, strength: ridge(x, y, strength)[:, 0], "wrong shape"),
        ],
    },
    "14.6": {
        "stub": "def train_power(hours, kw, rng):\n    ...",
        "right": [
            power,
            power_by_cleaning,
            lambda hours, kw, rng: power(hours, kw, rng, dtype=np.float32),
        ],
        "wrong": [
            (lambda h, kw, rng: power(h, kw, rng, loss=MeanSquaredError), "follow the outliers"),
            (lambda h, kw, rng: power(h, kw, rng, hidden=Linear), "hidden neurons with an"),
            (lambda h, kw, rng: power(h, kw, rng, back=False), "still scaled"),
            (lambda h, kw, rng: power(h, kw, rng, scaled=False), "nearly the same|not scaled|R²"),
            (lambda h, kw, rng: lambda new: np.full(new.shape, 5000.0), "nearly the same"),
            (lambda h, kw, rng: lambda new: np.full(len(new), 5000.0), r"shape \(93, 1\)"),
            (lambda h, kw, rng: lambda new: np.full(new.shape, np.nan), "NaN or infinity"),
            (lambda h, kw, rng: lambda new: 5000 + new - new.mean(), "any points|nearly the same"),
            (lambda h, kw, rng: kw, "must return a function"),
        ],
    },
}
