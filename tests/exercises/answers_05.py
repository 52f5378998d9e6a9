"""Answers to the exercises of chapter 5, right ones and wrong ones."""

import numpy as np

from shared import gradcheck


def slope(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * h)


def along(grad, direction):
    return grad @ direction / np.sqrt(direction @ direction)


def along_by_loop(grad, direction):
    length = sum(number**2 for number in direction.tolist()) ** 0.5
    return sum(g * d / length for g, d in zip(grad.tolist(), direction.tolist(), strict=True))


def flat(gradient, value, lr, limit):
    steps = 0
    while np.linalg.norm(gradient(value)) > limit:
        value = value - lr * gradient(value)
        steps += 1
    return value, steps


def flat_from_a_path(gradient, value, lr, limit):
    path = [value.copy()]
    for _ in range(1000):
        grad = np.asarray(gradient(path[-1]))
        if (grad**2).sum() <= limit**2:
            break
        path.append(path[-1] - lr * grad)
    return path[-1].tolist(), np.int64(len(path) - 1)


def flat_in_place(gradient, value, lr, limit):
    steps = 0
    while np.linalg.norm(gradient(value)) > limit:
        value -= lr * gradient(value)
        steps += 1
    return value, steps


def flat_after_the_step(gradient, value, lr, limit):
    steps, grad = 0, np.inf
    while np.linalg.norm(grad) > limit:
        grad = gradient(value)
        value = value - lr * grad
        steps += 1
    return value, steps


def flat_one_early(gradient, value, lr, limit):
    before, steps = value, 0
    while np.linalg.norm(gradient(value)) > limit:
        before, value, steps = value, value - lr * gradient(value), steps + 1
    return before, steps


def uphill(gradient, value, lr, limit):
    while np.linalg.norm(gradient(value)) > limit:
        value = value + lr * gradient(value)
    return value, 0


def never_asks_again(gradient, value, lr, limit):
    grad, steps = gradient(value), 0
    while np.linalg.norm(grad) > limit:
        value, steps = value - lr * grad, steps + 1
        gradient(value)
    return value, steps


def never_measures_again(gradient, value, lr, limit):
    grad, steps = gradient(value), 0
    while np.linalg.norm(grad) > limit:
        value, steps = value - lr * grad, steps + 1
    return value, steps


def flat_by_largest(gradient, value, lr, limit, length=lambda grad: np.abs(grad).max()):
    steps = 0
    while length(gradient(value)) > limit:
        value, steps = value - lr * gradient(value), steps + 1
    return value, steps


def flat_by_sum(*arguments):
    return flat_by_largest(*arguments, length=lambda grad: np.abs(grad).sum())


def weights(x, w, y_true):
    return 2 / len(x) * x.T @ (x @ w - y_true)


def weights_by_loop(x, w, y_true):
    grad = [0.0] * len(w)
    for i in range(len(x)):
        z = sum(x[i, k] * w[k] for k in range(len(w)))
        for k in range(len(w)):
            grad[k] += 2 * (z - y_true[i]) * x[i, k] / len(x)
    return grad


def weights_measured(x, w, y_true):
    return gradcheck.numerical_gradient(lambda: np.mean((x @ w - y_true) ** 2), w)


def weights_in_float32(x, w, y_true):
    return weights(*(array.astype(np.float32) for array in (x, w, y_true)))


EXERCISES = {
    "5.1": {
        "stub": "def slope(f, x, h):\n    ...",
        "right": [
            slope,
            lambda f, x, h: f(x + h) / (2 * h) - f(x - h) / (2 * h),
            lambda f, x, h: np.array([f(x - h), f(x + h)]) @ np.array([-1, 1]) / 2 / h,
            lambda f, x, h: np.float32(slope(f, x, h)),
        ],
        "wrong": [
            (lambda f, x, h: (f(x + h) - f(x)) / h, "looks to the right only"),
            (lambda f, x, h: (f(x) - f(x - h)) / h, "looks to the left only"),
            (lambda f, x, h: (f(x + h) - f(x - h)) / h, "the way is 2h long"),
            (lambda f, x, h: (f(x + h) - f(x - h)) / 2 * h, "takes brackets"),
            (lambda f, x, h: -slope(f, x, h), "wrong sign"),
            (lambda f, x, h: f(x + h) - f(x - h), "Divide it by the way"),
        ],
    },
    "5.2": {
        "stub": "dL_dw = ...\ndL_db = ...\ndL_dx = ...\nby_hand = dL_dw, dL_db, dL_dx",
        "right": [(-24, -8, 16), [-24.0, -8.0, 16.0], tuple(np.float32([-24, -8, 16]))],
        "wrong": [
            ((-12, -4, 8), r"dL_dw is half .* \*twice\*"),
            ((24, 8, -16), "dL_dw has the wrong sign"),
            ((-6, -2, 4), "dL_dw: the square is of z - y"),
            ((48, 16, -32), "You multiplied by the square itself"),
            ((16, -8, -24), r"dL_dw: .* the \*other\* factor, x; you took w"),
            ((-24, -8, -24), r"dL_dx: .* the \*other\* factor, w; you took x"),
            ((-8, -8, -8), "dL_dw lacks its last factor"),
            ((-24, -8, -8), "dL_dx lacks its last factor"),
            ((-24, -4, 16), "dL_db is half"),
            ((-24, ..., 16), "dL_db is still missing"),
            ((-24, -8), "must be three numbers"),
            ((-24, -8, -16), "dL_dx has the wrong sign.*the last factor is w = -2"),
            (-24, "must be three numbers"),
            ((-24, "eight", 16), "dL_db must be made of numbers"),
        ],
    },
    "5.3": {
        "stub": "def slope_along(grad, direction):\n    ...",
        "right": [
            along,
            along_by_loop,
            lambda grad, direction: np.sum(grad * direction / np.linalg.norm(direction)),
            lambda grad, direction: along(grad.astype(np.float32), direction.astype(np.float32)),
        ],
        "wrong": [
            (lambda grad, direction: grad @ direction, "divide by its length"),
            (lambda grad, direction: -along(grad, direction), "wrong sign"),
            (lambda grad, direction: grad @ direction / (direction @ direction), "by the square"),
            (lambda grad, direction: grad @ direction / np.abs(direction).sum(), "without their"),
            (lambda grad, direction: along(grad, direction) / np.linalg.norm(grad), "the cosine"),
            (lambda grad, direction: along(direction, grad), "the length of the gradient"),
            (lambda grad, direction: grad * direction / np.linalg.norm(direction), "Their sum"),
        ],
    },
    "5.4": {
        "stub": "def descend_until_flat(gradient, value, lr, limit):\n    ...\n    return ..., ...",
        "right": [flat, flat_from_a_path],
        "wrong": [
            (flat_in_place, "changes its argument value in place"),
            (flat_after_the_step, "one step too many"),
            (flat_one_early, "one step too early"),
            (uphill, r"\*subtract\* lr"),
            (never_asks_again, r"\*of the current place\*"),
            (never_measures_again, "compute the gradient anew"),
            (flat_by_largest, r"the \*length\* of the gradient"),
            (flat_by_sum, r"the \*length\* of the gradient"),
            (lambda g, value, lr, limit: (value, 0), "This is the start"),
            (lambda *a: (flat(*a)[0], flat(*a)[1] + 1), "one of them is the start"),
            (lambda g, *a: (g(flat(g, *a)[0]), flat(g, *a)[1]), "The place is asked for"),
            (lambda *a: flat(*a)[0], "must return the last place and the number of steps"),
            (
                lambda g, v, lr, s: flat(g, v, lr, s) if s > 0.1 else (v - lr * g(v), 1),
                "Ask before",
            ),
        ],
    },
    "5.5": {
        "stub": "def largest_lr(curvatures):\n    ...",
        "right": [
            lambda curvatures: 2 / np.max(curvatures),
            lambda curvatures: min(2 / c for c in curvatures.tolist()),
            lambda curvatures: np.float32(2 / max(curvatures)),
        ],
        "wrong": [
            (lambda curvatures: 2 / np.min(curvatures), "the flattest valley"),
            (lambda curvatures: 1 / np.max(curvatures), "half of the limit"),
            (lambda curvatures: 2 / curvatures, "one learning rate for all"),
            (lambda curvatures: 2 / np.mean(curvatures), "The mean doesn't help"),
            (lambda curvatures: 2 / np.sum(curvatures), "don't add up"),
            (lambda curvatures: np.max(curvatures) / 2, "upside down"),
        ],
    },
    "5.6": {
        "stub": "def weight_gradient(x, w, y_true):\n    ...",
        "right": [
            weights,
            weights_by_loop,
            weights_measured,
            weights_in_float32,
            lambda x, w, y: np.mean(2 * (x @ w - y)[:, np.newaxis] * x, axis=0),
        ],
        "wrong": [
            (lambda x, w, y: 2 * x.T @ (x @ w - y), "is the mean over the batch missing"),
            (lambda x, w, y: weights(x, w, y) / len(x), "divide by it once too often"),
            (lambda x, w, y: weights(x, w, y) / 2, r"\*twice\* what is squared"),
            (lambda x, w, y: -weights(x, w, y), "wrong sign"),
            (lambda x, w, y: 2 / len(x) * x.T @ (x @ w), "The truth isn't used"),
            (lambda x, w, y: 2 * (x @ w - y)[:, np.newaxis] * x, "each sample on its own"),
            (lambda x, w, y: np.mean(2 * (x @ w - y)[:, np.newaxis] * x, axis=1), "along axis 0"),
            (lambda x, w, y: 2 / len(x) * (x @ w - y), "The last factor of the chain"),
            (lambda x, w, y: 2 * np.mean(x @ w - y) * x.mean(axis=0), "the product of the means"),
            (lambda x, w, y: 2 / len(w) * x.T @ (x @ w - y), "by the number of weights"),
            (lambda x, w, y: weights(x, w, y)[:, np.newaxis], r"wrong shape.*\(3, 1\)"),
            (
                lambda x, w, y: (
                    weights(x if x.shape != (3, 3) else x.T, w, y)
                    if x.shape != (3, 3)
                    else 2 / 3 * x @ (x @ w - y)
                ),
                "x has to be transposed",
            ),
        ],
    },
}
