"""Checks of chapter 5: gradients."""

import numpy as np

from shared.exercises import exercise
from shared.exercises.compare import Wrong, call, expect, parts


@exercise("5.1")
def slope(answer):
    """The central difference of a function of one number."""
    for name, f, x, h in [
        ("x³", lambda x: x**3, 2.0, 0.1),
        ("x⁴ - x²", lambda x: x**4 - x**2, -1.0, 0.5),
        ("1 / x", lambda x: 1 / x, 0.5, 0.01),
    ]:
        above, middle, below = f(x + h), f(x), f(x - h)
        expected = (above - below) / (2 * h)
        mistakes = [
            (
                (above - middle) / h,
                "This is the one-sided difference: it looks to the right only. Central means one "
                "step to each side.",
            ),
            (
                (middle - below) / h,
                "This is a one-sided difference: it looks to the left only. Central means one step "
                "to each side.",
            ),
            (
                (above - below) / h,
                "It's twice as large as it should be. From x - h to x + h the way is 2h long, "
                "not h.",
            ),
            (
                (above - below) / 2 * h,
                "Here `/ 2 * h` divides by 2 and multiplies by h. Dividing by both takes brackets: "
                "`/ (2 * h)`.",
            ),
            (
                (below - above) / (2 * h),
                "It has the wrong sign: the left value is subtracted from the right one.",
            ),
            (above - below, "This is the rise. Divide it by the way, to get the slope."),
        ]
        message = f"`slope(f, {x:g}, {h:g})` for f(x) = {name}"
        expect(call(answer, f, x, h), expected, message, mistakes=mistakes)
    return "One step to each side, divided by the whole way between them."


@exercise("5.2")
def by_hand(answer):
    """Three slopes of (w x + b - y)² by the chain rule."""
    names = ("dL_dw", "dL_db", "dL_dx")
    if not isinstance(answer, (tuple, list)) or len(answer) != len(names):
        raise Wrong("`by_hand` must be three numbers, `dL_dw, dL_db, dL_dx`, as in the stub.")
    x, w, b, y = 3.0, -2.0, 5.0, 3.0
    difference = w * x + b - y
    last = 2 * difference
    factors = {"dL_dw": (x, "x"), "dL_db": (1.0, "1"), "dL_dx": (w, "w")}
    for value, name in zip(parts(answer, names), names, strict=True):
        factor, called = factors[name]
        other, other_called = factors["dL_dx" if name == "dL_dw" else "dL_dw"]
        mistakes = [
            (
                difference * factor,
                f"{name} is half as large as it should be. The slope of a square is *twice* what "
                "is squared.",
            ),
            (
                -last * factor,
                f"{name} has the wrong sign. The slope of the square is 2 (z - y) = {last:g}, and "
                f"the last factor is {called if factor == 1 else f'{called} = {factor:g}'}.",
            ),
            (
                2 * (w * x + b) * factor,
                f"{name}: the square is of z - y, so its slope is 2 (z - y), not 2 z.",
            ),
            (
                difference**2 * factor,
                f"{name}: the slope of the square is 2 (z - y). You multiplied by the square "
                "itself.",
            ),
        ]
        if factor != 1:
            mistakes += [
                (
                    last,
                    f"{name} lacks its last factor: the slope of w x when {name[-1]} moves is "
                    f"{called}.",
                ),
                (
                    last * other,
                    f"{name}: the slope of w x when {name[-1]} moves is the *other* factor, "
                    f"{called}; you took {other_called}.",
                ),
            ]
        expect(value, last * factor, name, mistakes=mistakes)
    return "2 (z - y) = -8 is needed three times and computed once; the last factors are x, 1, w."


@exercise("5.3")
def slope_along(answer):
    """A gradient's slope in the direction of an arrow of any length."""
    for grad, direction in [
        ([6.0, 8.0], [0.0, 2.0]),
        ([6.0, 8.0], [3.0, 4.0]),
        ([6.0, 8.0], [-4.0, 3.0]),
        ([1.0, -2.0, 0.5], [-0.5, 2.0, 1.0]),
    ]:
        grad, direction = np.array(grad), np.array(direction)
        size, steepness = np.sqrt(direction @ direction), np.sqrt(grad @ grad)
        expected = grad @ direction / size
        mistakes = [
            (
                grad @ direction,
                "The longer the arrow, the larger your slope. Only its direction should count: "
                "divide by its length.",
            ),
            (
                grad @ direction / size**2,
                "You divided by the square of the arrow's length. The length is the square root "
                "of the sum of squares.",
            ),
            (
                grad @ direction / np.abs(direction).sum(),
                "You divided by the sum of the arrow's numbers without their signs. Its length is "
                "the square root of the sum of squares.",
            ),
            (
                grad @ direction / (size * steepness),
                "This is the cosine of the angle between the two. Divide by the length of the "
                "arrow only: a longer gradient means steeper ground.",
            ),
            (
                grad @ direction / steepness,
                "You divided by the length of the gradient. It's the arrow that should have the "
                "length 1.",
            ),
            (
                grad * direction / size,
                "These are the products. Their sum is still to be taken: a slope is one number.",
            ),
        ]
        name = f"`slope_along(grad, direction)` for {grad} and {direction}"
        expect(call(answer, grad, direction), expected, name, mistakes=mistakes)
    return "A dot product with an arrow of length 1. At right angles to the gradient it's 0."


def _walk(gradient, value, lr, limit, length=np.linalg.norm):
    """Return all places that gradient descent comes through until it's flat."""
    path = [value]
    while length(gradient(path[-1])) > limit:
        path.append(path[-1] - lr * gradient(path[-1]))
    return path


class _Limit(np.float64):
    """A limit that ends a loop which would compare with it for ever."""

    comparisons = 0

    def _count(self):
        self.comparisons += 1
        if self.comparisons > 3000:
            raise Wrong(
                "It doesn't come to an end: the loop has asked 3000 times whether it's flat. Does "
                "the loop make a step, and compute the gradient anew after it?"
            )
        return np.float64(self)

    def __lt__(self, other):
        return self._count() < other

    def __le__(self, other):
        return self._count() <= other

    def __gt__(self, other):
        return self._count() > other

    def __ge__(self, other):
        return self._count() >= other


@exercise("5.4")
def descend_until_flat(answer):
    """Gradient descent that stops when the gradient is short."""
    for curvatures, start, lr, limit in [
        ([2.0, 8.0], [3.0, 1.0], 0.1, 0.5),
        ([1.0, 4.0], [0.01, 0.02], 0.1, 0.1),
        ([1.0, 1.0, 3.0], [-2.0, 0.5, 1.0], 0.3, 1e-3),
        ([1.0, 1.0], [1.0, 1.0], 0.5, 0.6),  # the largest number is below the limit sooner...
        ([1.0, 1.0], [1.0, 1.0], 0.5, 0.45),  # ...and the sum of the numbers later
    ]:
        curvatures, start = np.array(curvatures), np.array(start)
        calls = 0

        def bowl(value, curvatures=curvatures):
            return curvatures * value

        def gradient(value, bowl=bowl, start=start):
            nonlocal calls
            calls += 1
            if calls > 2000 or not np.isfinite(value).all() or np.linalg.norm(value) > 1e6:
                raise Wrong(
                    "It doesn't come to rest: after many steps it is still going, or far away. "
                    "Does each step *subtract* lr times the gradient *of the current place*?"
                )
            return bowl(np.asarray(value))

        path = _walk(bowl, start, lr, limit)
        result = call(answer, gradient, start, lr, _Limit(limit))
        value, steps = parts(result, ("the last place", "the number of steps"))
        where = f"from {start} with lr {lr:g} and limit {limit:g}"
        before = path[max(0, len(path) - 2)]
        by_largest = _walk(bowl, start, lr, limit, lambda grad: np.abs(grad).max())
        by_sum = _walk(bowl, start, lr, limit, lambda grad: np.abs(grad).sum())
        mistakes = []
        if len(by_largest) != len(path) or len(by_sum) != len(path):
            explanation = (
                "It doesn't ask for the *length* of the gradient: that's the root of the sum of "
                "its squares, not its largest number, and not the sum of its numbers."
            )
            mistakes = [
                (other[-1], explanation)
                for other in (by_largest, by_sum)
                if len(other) != len(path)
            ]
        mistakes += [
            (
                before,
                "It stops one step too early: the place it returns is still steeper than the "
                "limit.",
            ),
            (
                path[-1] - lr * bowl(path[-1]),
                "It makes one step too many. At the place before, the gradient was short enough.",
            ),
            (bowl(path[-1]), "The gradient is returned. The place is asked for."),
            (start, "This is the start. Is the new place kept?"),
        ]
        if len(path) == 1:
            mistakes = [
                (
                    start - lr * bowl(start),
                    "Where the ground is flat at the start, it makes a step all the same. Ask "
                    "before the first step.",
                )
            ]
        expect(value, path[-1], f"The last place {where}", mistakes=mistakes)
        mistakes = [
            (
                len(path),
                f"{len(path)} places were visited, and one of them is the start. The number of "
                f"steps between them is {len(path) - 1}.",
            )
        ]
        expect(steps, len(path) - 1, f"The number of steps {where}", mistakes=mistakes)
    return "It goes on while the ground is steep, and makes no step where it's flat."


@exercise("5.5")
def largest_lr(answer):
    """The limit of the learning rate for several valleys at once."""
    for curvatures in [[2.0, 8.0], [20.0], [0.5, 3.0, 1.0, 2.5]]:
        curvatures = np.array(curvatures)
        largest = curvatures.max()
        mistakes = [
            (
                2 / curvatures.min(),
                "This is the limit of the flattest valley. The steepest one diverges long before.",
            ),
            (
                1 / largest,
                "This is half of the limit: with it the steepest number gets to the bottom in one "
                "step. It diverges from 2 / curvature on.",
            ),
            (
                2 / curvatures,
                "These are the limits of the single valleys. There's one learning rate for all of "
                "them.",
            ),
            (2 / curvatures.mean(), "The mean doesn't help the steepest valley. It diverges."),
            (2 / curvatures.sum(), "The valleys don't add up: each number moves on its own."),
            (largest / 2, "This is upside down. The steeper, the smaller the steps must be."),
        ]
        name = f"`largest_lr({curvatures.tolist()})`"
        expect(call(answer, curvatures), 2 / largest, name, mistakes=mistakes)
    return "The steepest direction sets the limit for all of them: 2 / the largest curvature."


@exercise("5.6")
def weight_gradient(answer):
    """The gradient of a neuron's mean squared error by its weights."""
    rng = np.random.default_rng(56)
    for n, in_features in [(5, 3), (4, 1), (3, 3)]:
        x, w = rng.standard_normal((n, in_features)), rng.standard_normal(in_features)
        y_true = rng.standard_normal(n)
        difference = x @ w - y_true
        expected = 2 / n * x.T @ difference
        mistakes = [
            (
                2 / n * x.T @ (x @ w),
                "The truth isn't used. The slope of the square is 2 (z - y).",
            ),
            (
                2 * difference[:, np.newaxis] * x,
                "This is the gradient for each sample on its own. The mean over the samples is "
                "still to be taken, along axis 0.",
            ),
            (
                (2 * difference[:, np.newaxis] * x).mean(axis=1),
                "The mean is taken over the weights. Take it over the samples, along axis 0.",
            ),
            (
                2 / n * difference,
                "This is the slope by each output z. The last factor of the chain, X, is missing.",
            ),
            (
                2 * difference.mean() * x.mean(axis=0),
                "A mean of products is not the product of the means. Multiply sample by sample, "
                "then take the mean.",
            ),
            (
                2 / in_features * x.T @ difference if n != in_features else expected + 1,
                "It is divided by the number of weights. The mean runs over the samples.",
            ),
            (
                1 / n * x.T @ difference,
                "It is half as large as it should be. The slope of a square is *twice* what is "
                "squared.",
            ),
            (
                2 / n * x @ difference if n == in_features else expected + 1,
                "x has to be transposed: weight k needs the sum over the samples of column k.",
            ),
        ]
        name = f"`weight_gradient(x, w, y_true)` for x {x.shape}"
        received = call(answer, x, w, y_true)
        expect(received, expected, name, mistakes=mistakes, batch=n)
    return "2/n times x.T @ (x @ w - y_true): you've derived a gradient that trains a neuron."
