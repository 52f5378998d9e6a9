"""Answers to the exercises of chapter 5, right ones and wrong ones."""

import numpy as np

from shared import gradcheck


def slope(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * h)


def along(grad, direction):
    return grad @ direction / np.sqrt(direction @ direction)


def angle_between(grad, direction):
    return np.arccos(along(grad, direction) / np.linalg.norm(grad))


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
    while True:
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


def flat_by(length):
    def flat_by_length(gradient, value, lr, limit):
        steps = 0
        while length(gradient(value)) > limit:
            value, steps = value - lr * gradient(value), steps + 1
        return value, steps

    return flat_by_length


def flat_after_at_most(most):
    def flat_after_at_most_that(gradient, value, lr, limit):
        steps = 0
        while steps < most and np.linalg.norm(gradient(value)) > limit:
            value, steps = value - lr * gradient(value), steps + 1
        return value, steps

    return flat_after_at_most_that


def flat_with_the_first_gradient(gradient, value, lr, limit):
    grad, steps = gradient(value), 0
    while steps < 50 and np.linalg.norm(gradient(value)) > limit:
        value, steps = value - lr * grad, steps + 1
    return value, steps


def flat_by_steps_of_length_lr(gradient, value, lr, limit):
    steps = 0
    while steps < 1000 and np.linalg.norm(gradient(value)) > limit:
        grad = gradient(value)
        value, steps = value - lr * grad / np.linalg.norm(grad), steps + 1
    return value, steps


def flat_path(gradient, value, lr, limit):
    path = [value]
    while np.linalg.norm(gradient(path[-1])) > limit:
        path.append(path[-1] - lr * gradient(path[-1]))
    return np.array(path), len(path) - 1


def flat_by_the_step(gradient, value, lr, limit):
    steps = 0
    while np.linalg.norm(lr * gradient(value)) > limit:
        value, steps = value - lr * gradient(value), steps + 1
    return value, steps


def flat_by_the_value(gradient, value, lr, limit):
    steps = 0
    while np.linalg.norm(value) > limit:
        value, steps = value - lr * gradient(value), steps + 1
    return value, steps


def flat_upside_down(gradient, value, lr, limit):
    steps = 0
    while np.linalg.norm(gradient(value)) < limit:
        value, steps = value - lr * gradient(value), steps + 1
    return value, steps


def flat_with_an_old_gradient(gradient, value, lr, limit):
    grad, steps = gradient(value), 0
    while np.linalg.norm(grad) > limit:
        value, grad, steps = value - lr * grad, gradient(value), steps + 1
    return value, steps


def flat_or_equal(gradient, value, lr, limit):
    steps = 0
    while np.linalg.norm(gradient(value)) >= limit:
        value, steps = value - lr * gradient(value), steps + 1
    return value, steps


def flat_recursively(gradient, value, lr, limit):
    grad = gradient(value)
    if np.hypot.reduce(grad) <= limit:
        return value, 0
    value, steps = flat_recursively(gradient, value - lr * grad, lr, limit)
    return value, steps + 1


def one_step(gradient, value, lr, limit):
    if np.linalg.norm(gradient(value)) > limit:
        return value - lr * gradient(value), 1
    return value, 0


def flat_and_forgets_lr(gradient, value, lr, limit):
    steps = 0
    while np.linalg.norm(gradient(value)) > limit:
        value, steps = value - gradient(value), steps + 1
    return value, steps


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


def weights_nudged(x, w, y_true):
    grad, h = np.zeros_like(w), 1e-4
    for k in range(len(w)):
        up, down = w.copy(), w.copy()
        up[k], down[k] = w[k] + h, w[k] - h
        grad[k] = (np.mean((x @ up - y_true) ** 2) - np.mean((x @ down - y_true) ** 2)) / (2 * h)
    return grad


def weights_nudged_by(h):
    def weights_nudged_by_that(x, w, y_true):
        def loss(moved):
            return np.mean((x @ moved - y_true) ** 2)

        steps = h * np.eye(len(w))
        return np.array([(loss(w + step) - loss(w - step)) / (2 * h) for step in steps])

    return weights_nudged_by_that


def weights_nudged_without_a_constant(x, w, y_true):
    def loss(moved):
        return np.mean((x @ moved) ** 2 - 2 * (x @ moved) * y_true)

    return np.array([(loss(w + step) - loss(w - step)) / 2 for step in np.eye(len(w))])


def weights_by_complex_step(x, w, y_true):
    def loss(moved):
        return np.mean((x @ moved - y_true) ** 2)

    return np.array([loss(w + 1e-30j * step).imag / 1e-30 for step in np.eye(len(w))])


def weights_one_sided(x, w, y_true):
    steps = w + 1e-7 * np.eye(len(w))
    losses = np.mean((x @ steps.T - y_true[:, np.newaxis]) ** 2, axis=0)
    return (losses - np.mean((x @ w - y_true) ** 2)) / 1e-7


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
            (lambda f, x, h: (f(x + h) - f(x - h)) / h, "The distance from .* is 2h"),
            (lambda f, x, h: (f(x + h) - f(x - h)) / 2 * h, "To divide by both"),
            (lambda f, x, h: -slope(f, x, h), "wrong sign"),
            (lambda f, x, h: f(x + h) - f(x - h), "Divide it by the distance"),
            (lambda f, x, h: (f(x + h / 2) - f(x - h / 2)) / h, "with the step h / 2"),
            (lambda f, x, h: (f(x + h / 2) - f(x - h / 2)) / 2 / h, "but divided by 2h"),
            (lambda f, x, h: (f(x + h) + f(x - h)) / (2 * h), "You added the two values"),
            (lambda f, x, h: (f(x + h) - 2 * f(x) + f(x - h)) / h, "the bend of Section 10"),
            (lambda f, x, h: (f(x + h) - 2 * f(x) + f(x - h)) / h**2, "the curvature"),
            (lambda f, x, h: f(x + h) - f(x - h) / (2 * h), "in parentheses"),
            (lambda f, x, h: slope(f, x, 1e-6), "use the `h` that is passed in"),
            (lambda f, x, h: abs(slope(f, x, h)), "its slope is negative. Keep the sign"),
            (lambda f, x, h: round(slope(f, x, h), 4), "is -2.0412, expected -2.04123"),
            (lambda f, x, h: (f(x + h) - f(x - h)) / 2, "You divided by 2. The distance is 2h"),
            (lambda f, x, h: (f(x + h) - f(x - h)) / (2 * x), "You divided by 2x"),
            (lambda f, x, h: slope(f, x, 2 * h), "with the step 2h"),
            (lambda f, x, h: (f(x + h) - f(h - x)) / (2 * h), r"You took f\(h - x\)"),
            (lambda f, x, h: (f(x + h) - f(x - h)) * (2 * h), "You multiplied by 2h"),
            (lambda f, x, h: (f(x + h) - f(x)) / (2 * h), "the right only, but divides by 2h"),
            (lambda f, x, h: (f(x) - f(x - h)) / (2 * h), "the left only, but divides by 2h"),
            (lambda f, x, h: f(x + h) - f(x - h) / 2 * h, "Only the second value .* by 2 only"),
            (lambda f, x, h: (f(x + h) - f(x - h)) / h**2, "divided by the square of h"),
            (lambda f, x, h: (f(x + h) - f(x - h)) / (4 * h), "You divided by 4h"),
            (lambda f, x, h: f(x + h - (x - h)) / (2 * h), "expected 9.76"),
            (lambda f, x, h: (f(x + h) - f(x - h)) / x, "expected 9.76"),
            (lambda f, x, h: (4 * slope(f, x, h / 2) - slope(f, x, h)) / 3, "is passed in"),
            (lambda f, x, h: (f(x + h) - f(x - h)) / (2 + h), "expected"),
            (lambda f, x, h: [slope(f, x, h)], r"the right number, but in an array"),
            (lambda f, x, h: (f(x + 2 * h) - f(x)) / (2 * h), "It looks 2h to the right"),
            (lambda f, x, h: slope(f, x + h, h), "It looks 2h to the right"),
        ],
    },
    "5.2": {
        "stub": "dL_dw = ...\ndL_db = ...\ndL_dx = ...\nby_hand = dL_dw, dL_db, dL_dx",
        "right": [
            (20, -10, -30),
            [20.0, -10.0, -30.0],
            tuple(np.float32([20, -10, -30])),
            np.array([20.0, -10.0, -30.0]),
            (np.array(20.0), -10, -30.0),
        ],
        "wrong": [
            ((10, -5, -15), r"dL_dw is half .* \*twice\*"),
            ((-20, 10, 30), "dL_dw has the wrong sign"),
            ((8, -4, -12), "dL_dw: the square is of z - y"),
            ((-50, 25, 75), "You multiplied by the square itself"),
            ((-30, -10, 20), r"returned \(dL_dx, dL_db, dL_dw\)"),
            ((20, -30, -10), r"returned \(dL_dw, dL_dx, dL_db\). .* \(dL_dw, dL_db, dL_dx\)"),
            ((-30, -10, -30), r"dL_dw: .* the \*other\* factor, x; you took w"),
            ((20, -10, 20), r"dL_dx: .* the \*other\* factor, w; you took x"),
            ((-10, -10, -10), "dL_dw lacks its last factor"),
            ((20, -10, -10), "dL_dx lacks its last factor"),
            ((20, -5, -30), "dL_db is half"),
            ((20, -40, -30), "dL_db: b is added, so its slope is 1"),
            ((20, 0, -30), "dL_db isn't 0"),
            ((20, 1, -30), "dL_db is the last factor alone"),
            ((20, ..., -30), "dL_db is still missing"),
            ((20, -10), "must be three numbers"),
            ((20, -10, 30), "dL_dx has the wrong sign.*the last factor is w = 3"),
            ((36, -18, -54), "dL_dw: the bias is missing in z"),
            ((-4, 2, 6), "dL_dw: you added y"),
            ((-12, -10, -7), "dL_dw: along a chain the slopes are multiplied"),
            ((-2, 1, 3), "dL_dw is the last factor alone"),
            ((-28, 14, 42), "dL_dw: w x is -6"),
            ((28, 14, 42), "dL_dw: x is -2, a negative number. You took 2"),
            ((20, -10, 42), "dL_dx: w x is -6"),
            ((40, -20, -60), "dL_dw is twice .* has one factor of 2"),
            ((20, 10, -30), "dL_db has the wrong sign.*the last factor is 1"),
            ((25, 25, 25), "dL_dw is the loss"),
            (20, "must be three numbers"),
            (np.array(20.0), "must be three numbers"),
            (np.array([20.0, -10.0]), "must be three numbers"),
            ((20, "ten", -30), "dL_db must be made of numbers"),
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
            (lambda grad, direction: grad @ direction / np.abs(direction).sum(), "absolute values"),
            (lambda grad, direction: grad @ direction / direction.sum(), "of the arrow's numbers"),
            (lambda grad, direction: max(0, along(grad, direction)), "expected -"),
            (lambda grad, direction: along(grad[:2], direction[:2]), "the first two numbers only"),
            (lambda grad, direction: grad @ direction / len(grad), "by the number of entries"),
            (lambda grad, direction: along(grad, direction) / np.linalg.norm(grad), "the cosine"),
            (lambda grad, direction: along(direction, grad), "the length of the gradient"),
            (lambda grad, direction: grad * direction / np.linalg.norm(direction), "Add them up"),
            (lambda grad, direction: grad @ direction * np.hypot.reduce(direction), "multiplied"),
            (lambda grad, direction: grad @ direction / np.abs(direction).max(), "largest number"),
            (
                lambda grad, direction: np.mean(grad * direction) / np.linalg.norm(direction),
                "the mean of the products",
            ),
            (lambda grad, direction: np.linalg.norm(grad), "in the steepest direction"),
            (lambda grad, direction: direction / np.linalg.norm(direction), "scaled to length 1"),
            (lambda grad, direction: abs(along(grad, direction)), "The sign is lost"),
            (
                lambda grad, direction: grad @ direction * direction / (direction @ direction),
                "an arrow along the direction",
            ),
            (lambda grad, direction: [along(grad, direction)], "in an array of shape"),
            (
                lambda grad, direction: grad @ direction / np.sqrt(np.abs(direction).sum()),
                "expected 2.809",
            ),
            (
                lambda grad, arrow: np.linalg.norm(grad * arrow) / np.linalg.norm(arrow),
                "the length of the products",
            ),
            (lambda grad, direction: grad @ direction / 5, "You divided by 5"),
            (angle_between, "This is the angle"),
            (lambda grad, direction: np.rad2deg(angle_between(grad, direction)), "is the angle"),
            (lambda grad, direction: along(grad, direction) * grad, "single number.* shape"),
            (lambda grad, direction: np.linalg.norm(grad - direction), "expected 2.809"),
            (lambda grad, direction: grad @ direction / np.linalg.norm(direction[:2]), "expected"),
        ],
    },
    "5.4": {
        "stub": "def descend_until_flat(gradient, value, lr, limit):\n    ...\n    return ..., ...",
        "right": [
            flat,
            flat_from_a_path,
            lambda *arguments: [flat(*arguments)[0].tolist(), float(flat(*arguments)[1])],
        ],
        "wrong": [
            (flat_in_place, "changes its argument value in place"),
            (flat_after_the_step, "one step too many"),
            (flat_one_early, "one step too early"),
            (uphill, r"\*subtract\* lr"),
            (never_asks_again, r"\*of the current place\*"),
            (never_measures_again, "compute the gradient again"),
            (flat_by(lambda grad: np.abs(grad).max()), "the gradient's largest number"),
            (flat_by(lambda grad: np.abs(grad).sum()), "the sum of the gradient's absolute values"),
            (flat_by(lambda grad: grad @ grad), r"It compares the \*square\* of the length"),
            (flat_by(np.sum), "negative ones cancel"),
            (flat_by(lambda grad: np.abs(grad).mean()), "the mean of the gradient's numbers"),
            (flat_by(lambda grad: np.sqrt(np.mean(grad**2))), r"root of the \*mean\*"),
            (flat_by(lambda grad: np.abs(grad).min()), r"when \*one\* of the gradient's"),
            (flat_by(lambda grad: np.hypot(*grad[:2])), "first two numbers"),
            (flat_by_the_step, r"the length of the \*step\*"),
            (flat_by_the_value, "It compares the length of `value`"),
            (flat_upside_down, r"This is the start.* \*longer\*"),
            (flat_with_an_old_gradient, "The last place|one step too"),
            (flat_after_at_most(100), "It stops after 100 steps"),
            (flat_after_at_most(300), "It stops after 300 steps"),
            (flat_after_at_most(1000), "It stops after 1000 steps"),
            (flat_after_at_most(10_000), "It stops after 10000 steps"),
            (flat_recursively, "RecursionError"),
            (flat_with_the_first_gradient, "Each step uses the gradient of the start"),
            (flat_by_steps_of_length_lr, "Each step has the length lr"),
            (flat_path, "This is the whole path"),
            (flat_by(np.max), "It forgets that a gradient has negative numbers"),
            (flat_or_equal, r"\*longer than\*"),
            (lambda *a: flat(*a)[::-1], "You returned .the number of steps, the last place."),
            (one_step, "It takes a single step"),
            (flat_and_forgets_lr, "It never settles"),
            (lambda g, v, lr, s: (g(v), 0), "This is the gradient"),
            (lambda *a: (flat(*a)[0], 0), "The number of steps .* is 0, expected 42"),
            (lambda g, value, lr, limit: (value, 0), "This is the start"),
            (lambda *a: (flat(*a)[0], flat(*a)[1] + 1), "one of them is the start"),
            (lambda g, *a: (g(flat(g, *a)[0]), flat(g, *a)[1]), "asks for the place"),
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
            (lambda curvatures: 2 / curvatures, "share one learning rate"),
            (lambda curvatures: 2 / np.mean(curvatures), "by the mean.*still diverges"),
            (lambda curvatures: 2 / np.sum(curvatures), "don't add up"),
            (lambda curvatures: np.max(curvatures) / 2, "upside down"),
            (lambda curvatures: 2 * np.max(curvatures), "divide by the curvature"),
            (lambda curvatures: 2 / curvatures[0], "the first curvature only"),
            (lambda curvatures: 2 / curvatures[-1], "the last curvature only"),
            (lambda curvatures: 2 / np.median(curvatures), "by the median.*still diverges"),
            (lambda curvatures: 2 / np.linalg.norm(curvatures), "the root of the sum of squares"),
            (lambda curvatures: 2 / np.prod(curvatures), "divided by the product"),
            (lambda curvatures: np.mean(2 / curvatures), "the mean of the limits"),
            (lambda curvatures: np.sum(2 / curvatures), "the sum of the limits"),
            (lambda curvatures: 4 / np.max(curvatures), "twice the limit"),
            (lambda curvatures: 2 / np.max(curvatures) ** 2, "the square of the curvature"),
            (lambda curvatures: np.sqrt(2 / np.max(curvatures)), "There is no root"),
            (lambda curvatures: 0.25, "the limit in Section 6"),
            (lambda curvatures: 2 / np.sort(curvatures)[-2], "by the second-largest curvature"),
            (lambda curvatures: 1.98 / np.max(curvatures), "is 0.3736, expected 0.3774"),
            (lambda curvatures: 1 / np.min(curvatures), "half of the limit of the flattest"),
            (lambda curvatures: 2 / len(curvatures), "by the number of curvatures"),
            (lambda curvatures: 2 / (np.max(curvatures) + 1), "plus 1"),
            (lambda curvatures: 2 / curvatures[len(curvatures) // 2], "the middle of the array"),
            (
                lambda curvatures: 2 / (curvatures[2] if len(curvatures) > 2 else curvatures[-1]),
                "expected 0.3125",
            ),
            (lambda curvatures: 2 / (np.max(curvatures) - np.min(curvatures)), "expected"),
            (lambda curvatures: 3 / np.max(curvatures), "expected"),
            (lambda curvatures: 2 / (np.max(curvatures) + np.min(curvatures)), "equally fast"),
            (lambda curvatures: 2 / np.argmax(curvatures), "by the index of the largest"),
            (lambda curvatures: 2 / max(curvatures[:2]), "is 0.6452, expected 0.3774"),
        ],
    },
    "5.6": {
        "stub": "def weight_gradient(x, w, y_true):\n    ...",
        "right": [
            weights,
            weights_by_loop,
            weights_in_float32,
            lambda x, w, y: np.einsum("ik,i->k", x, x @ w - y) * 2 / len(x),
            lambda x, w, y: np.mean(2 * (x @ w - y)[:, np.newaxis] * x, axis=0),
        ],
        "wrong": [
            (lambda x, w, y: 2 * x.T @ (x @ w - y), "is the mean over the batch missing"),
            (lambda x, w, y: weights(x, w, y) / len(x), "divide by it once too often"),
            (lambda x, w, y: weights(x, w, y) / 2, r"\*twice\* what is squared"),
            (lambda x, w, y: -weights(x, w, y), "wrong sign"),
            (lambda x, w, y: 2 / len(x) * x.T @ (x @ w), "`y_true` isn't used"),
            (lambda x, w, y: 2 * (x @ w - y)[:, np.newaxis] * x, "each sample on its own"),
            (lambda x, w, y: np.mean(2 * (x @ w - y)[:, np.newaxis] * x, axis=1), "along axis 0"),
            (lambda x, w, y: 2 / len(x) * (x @ w - y), "The last factor of the chain"),
            (lambda x, w, y: 2 * np.mean(x @ w - y) * x.mean(axis=0), "the product of the means"),
            (lambda x, w, y: 2 / len(w) * x.T @ (x @ w - y), "by the number of weights"),
            (lambda x, w, y: weights(x, w, y)[:, np.newaxis], r"wrong shape.*\(3, 1\)"),
            (weights_measured, "measures the slope .* without `numerical_gradient`"),
            (weights_nudged, "measures the slope .* right to"),
            (weights_nudged_by(1), "measures the slope .* right to"),
            (weights_nudged_by(0.01), "measures the slope .* right to"),
            (lambda x, w, y: weights(x, w, y)[::-1], "the wrong order"),
            (lambda x, w, y: weights(x, w, y) * len(x) / (len(x) - 1), "not by n - 1"),
            (weights_by_complex_step, "with an imaginary nudge"),
            (lambda x, w, y: 2 / len(x) * (x @ w - y)[:, np.newaxis] * x, "the terms of the sum"),
            (
                lambda x, w, y: np.sum(2 / len(x) * (x @ w - y)[:, np.newaxis] * x, axis=1),
                "You added over the weights",
            ),
            (
                lambda x, w, y: np.mean(2 * (x @ w - y)[:, np.newaxis] * x),
                "over the samples and the weights",
            ),
            (lambda x, w, y: 2 / x.size * x.T @ (x @ w - y), "the number of entries in x"),
            (
                lambda x, w, y: np.mean(2 * (x * w - y[:, np.newaxis]) * x, axis=0),
                "Each weight has its own z",
            ),
            (lambda x, w, y: weights(x, w, y) / 4, "You divided by 2"),
            (lambda x, w, y: weights(x, w, y) * 2, "has one factor of 2"),
            (lambda x, w, y: np.mean(np.sign(x @ w - y) * x.T, axis=1), "mean absolute error"),
            (lambda x, w, y: weights(np.abs(x), w, y), "numbers differ"),
            (weights_one_sided, "measures the slope .* right to"),
            (lambda x, w, y: 2 / len(x) * x.T @ (x @ w - y) ** 2, "by the squared difference"),
            (lambda x, w, y: 2 / len(x) * x.T @ np.abs(x @ w - y), "The sign of z - y is lost"),
            (lambda x, w, y: 2 / len(x) * x.T @ np.sign(x @ w - y), "of an absolute error"),
            (lambda x, w, y: 2 / len(x) * x.T @ (x @ w + y), "You added y"),
            (lambda x, w, y: np.mean((x @ w - y) ** 2), "This is the loss"),
            (lambda x, w, y: weights(x, w, y) * w, "multiplied by the weights"),
            (lambda x, w, y: 2 * (x[0] @ w - y[0]) * x[0], "the first sample only"),
            (lambda x, w, y: 2 / len(x) * (x[-1] @ w - y[-1]) * x[-1], "the last sample only"),
            (lambda x, w, y: 2 // len(x) * x.T @ (x @ w - y), "zero everywhere"),
            (lambda x, w, y: 2 * np.mean(x @ w - y) * w, "numbers differ"),
            (lambda x, w, y: w - weights(x, w, y), "These are new weights.* rate of 1"),
            (lambda x, w, y: w - 0.1 * weights(x, w, y), "These are new weights.* rate of 0.1"),
            (weights_nudged_without_a_constant, "measures the slope .* right to"),
            (
                lambda x, w, y: 2 / len(x) * np.sum(x @ w - y) * x.sum(axis=0),
                "the product of the sums",
            ),
            (lambda x, w, y: weights(x, w, y).sum(), "the sum over the weights"),
            (
                lambda x, w, y: 2 / len(x) * x.T @ np.full(len(x), np.mean(x @ w - y)),
                "the product of the means|the mean of the differences first",
            ),
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
