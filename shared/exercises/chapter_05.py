"""The checks of chapter 5's exercises: gradients."""

import numpy as np

from shared.exercises import exercise, rules
from shared.exercises.compare import Wrong, call, expect, parts, swapped


@exercise("5.1")
def slope(answer):
    """The central difference of a function of one number."""

    def central(f, x, h):
        return (f(x + h) - f(x - h)) / (2 * h)

    for name, f, x, h in [
        ("x³ + x²", lambda x: x**3 + x**2, 1.5, 0.1),
        ("x⁴ - x²", lambda x: x**4 - x**2, -1.0, 0.5),
        ("1 / x", lambda x: 1 / x, 0.7, 0.01),
    ]:
        above, middle, below = f(x + h), f(x), f(x - h)
        expected = central(f, x, h)
        lost = [(-expected, "The function falls here, so its slope is negative. Keep the sign.")]
        mistakes = [
            *(lost if expected < 0 else []),
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
                "It's twice as large as it should be. The distance from x - h to x + h is 2h.",
            ),
            (
                (above - below) / 2 * h,
                "`/ 2 * h` divides by 2 and multiplies by h. To divide by both, write `/ (2 * h)`.",
            ),
            (
                (below - above) / (2 * h),
                "It has the wrong sign. Subtract the value on the left from the one on the right.",
            ),
            (
                (above - middle) / (2 * h),
                "It looks to the right only, but divides by 2h. Take f(x - h), not f(x).",
            ),
            (
                (middle - below) / (2 * h),
                "It looks to the left only, but divides by 2h. Take f(x + h), not f(x).",
            ),
            (
                above - below / 2 * h,
                "Only the second value is divided, and by 2 only. Put the difference in "
                "parentheses, and the 2h, too.",
            ),
            (
                (above - below) * 2 * h,
                "You multiplied by 2h. The slope is the rise *divided* by the distance.",
            ),
            (above - below, "This is the rise. Divide it by the distance to get the slope."),
            ((above - below) / 2, "You divided by 2. The distance is 2h."),
            ((above - below) / (4 * h), "You divided by 4h. The distance is 2h."),
            ((above - below) / h**2, "You divided by the square of h. The distance is 2h."),
            (
                (above - below) / (2 * x),
                "You divided by 2x. The distance from x - h to x + h is 2h.",
            ),
            (central(f, x, 2 * h), "This is a central difference with the step 2h. Go h each way."),
            ((f(x + 2 * h) - middle) / (2 * h), "It looks 2h to the right. Go h to each side."),
            ((above - f(h - x)) / (2 * h), "You took f(h - x). The place on the left is x - h."),
            (
                central(f, x, 1e-5),
                "This is nearly the derivative itself. A central difference with the step `h` is a "
                "little off: use the `h` that is passed in.",
            ),
            (
                central(f, x, h / 2),
                "This is a central difference with the step h / 2. Go h to each side.",
            ),
            (
                central(f, x, h / 2) / 2,
                "You went h / 2 to each side, but divided by 2h. Go h to each side.",
            ),
            (
                (above + below) / (2 * h),
                "You added the two values. The rise is their difference.",
            ),
            (
                (above - 2 * middle + below) / h,
                "This is the bend of Section 10: how much the slope changes. The slope needs only "
                "the two outer values.",
            ),
            (
                (above - 2 * middle + below) / h**2,
                "This is the curvature, the slope of the slope. The slope needs only the two outer "
                "values.",
            ),
            (
                above - below / (2 * h),
                "Only the second value is divided by 2h. Put the difference in parentheses.",
            ),
        ]
        message = f"`slope(f, {x:g}, {h:g})` for f(x) = {name}"
        expect(call(answer, f, x, h), expected, message, mistakes=mistakes)
    return "One step to each side, and the rise divided by the distance between them."


@exercise("5.2")
def by_hand(answer):
    """Three slopes of (w x + b - y)² by the chain rule."""
    names = ("dL_dw", "dL_db", "dL_dx")
    answer = list(answer) if isinstance(answer, np.ndarray) and answer.ndim else answer
    if not isinstance(answer, (tuple, list)) or len(answer) != len(names):
        raise Wrong("`by_hand` must be three numbers, `dL_dw, dL_db, dL_dx`, as in the stub.")
    x, w, b, y = -2.0, 3.0, 4.0, 3.0
    difference = w * x + b - y
    last = 2 * difference
    factors = {"dL_dw": (x, "x"), "dL_db": (1.0, "1"), "dL_dx": (w, "w")}
    values = parts(answer, names)
    swapped(values, {name: last * factor for name, (factor, _) in factors.items()})
    for value, name in zip(values, names, strict=True):
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
                2 * (w * x - y) * factor,
                f"{name}: the bias is missing in z. It is z = w x + b = {w * x + b:g}.",
            ),
            (
                2 * (-w * x + b - y) * factor,
                f"{name}: w x is {w * x:g}, a negative number. You took {-w * x:g}.",
            ),
            (
                2 * (-w * x + b - y) * abs(factor),
                f"{name}: x is {x:g}, a negative number. You took {-x:g}.",
            ),
            (
                2 * (w * x + b + y) * factor,
                f"{name}: you added y. The square is of z - y = {difference:g}.",
            ),
            (
                difference**2 * factor,
                f"{name}: the slope of the square is 2 (z - y). You multiplied by the square "
                "itself.",
            ),
            (
                last + factor,
                f"{name}: along a chain the slopes are multiplied. You added them.",
            ),
            (
                factor,
                f"{name} is the last factor alone. Multiply it by the slope of the square, "
                "2 (z - y).",
            ),
            (
                difference**2,
                f"{name} is the loss, {difference**2:g}. The exercise asks for the slope.",
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
        else:
            mistakes += [
                (last * b, f"{name}: b is added, so its slope is 1. You multiplied by b itself."),
                (0, f"{name} isn't 0: a nudge of b moves z by as much."),
            ]
        factors_of = {2: "The slope of a square has one factor of 2."}
        expect(value, last * factor, name, mistakes=mistakes, factors=factors_of)
    return "2 (z - y) = -10 is used three times and computed once; the last factors are x, 1, w."


@exercise("5.3")
def slope_along(answer):
    """A gradient's slope in the direction of an arrow of any length."""
    for grad, direction in [
        ([6.0, 8.0], [4.0, -1.5]),
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
                "The longer the arrow, the larger your slope. Only its direction should matter: "
                "divide by its length.",
            ),
            (
                grad @ direction / size**2,
                "You divided by the square of the arrow's length. The length is the square root "
                "of the sum of squares.",
            ),
            (
                grad @ direction / np.abs(direction).sum(),
                "You divided by the sum of the arrow's absolute values. Its length is the square "
                "root of the sum of squares.",
            ),
            (
                grad @ direction / direction.sum() if direction.sum() else expected + 1,
                "You divided by the sum of the arrow's numbers. Its length is the square root of "
                "the sum of squares.",
            ),
            (
                grad @ direction / (size * steepness),
                "This is the cosine of the angle between the two. Divide by the length of the "
                "arrow only: a longer gradient means steeper ground.",
            ),
            (
                grad @ direction / steepness,
                "You divided by the length of the gradient. It's the arrow that should have "
                "length 1.",
            ),
            (
                grad * direction / size,
                "These are the products. Add them up: a slope is one number.",
            ),
            (
                grad @ direction * size,
                "You multiplied by the arrow's length. Divide by it, so that the arrow has "
                "length 1.",
            ),
            (
                grad @ direction / np.abs(direction).max(),
                "You divided by the arrow's largest number. Its length is the square root of the "
                "sum of squares.",
            ),
            (
                grad @ direction / len(grad),
                "You divided by the number of entries. Divide by the arrow's length, the "
                "square root of its sum of squares.",
            ),
            (
                grad @ direction / 5,
                "You divided by 5, the length of (3, 4). Compute the length of the arrow that is "
                "passed in.",
            )
            if size != 5
            else (expected + 1, ""),
            (
                grad[:2] @ direction[:2] / np.linalg.norm(direction[:2]),
                "You used the first two numbers only. All of them count.",
            )
            if len(grad) > 2
            else (expected + 1, ""),
            (
                np.mean(grad * direction) / size,
                "You took the mean of the products. A dot product is their sum.",
            ),
            (
                steepness,
                "This is the length of the gradient, the slope in the steepest direction. Use the "
                "direction that is passed in.",
            ),
            (
                direction / size,
                "This is the arrow, scaled to length 1. The slope is its dot product with the "
                "gradient.",
            ),
            *[
                (
                    turn * np.arccos(np.clip(grad @ direction / (size * steepness), -1, 1)),
                    "This is the angle between the two. The slope is the dot product of the "
                    "gradient with an arrow of length 1.",
                )
                for turn in (1, 180 / np.pi)
            ],
            (
                np.linalg.norm(grad * direction) / size,
                "This is the length of the products. A dot product is their sum.",
            ),
            (
                np.abs(grad @ direction) / size,
                "The sign is lost. Downhill, the slope is negative.",
            ),
            (
                grad @ direction / size * direction / size,
                "This is an arrow along the direction. The slope is one number.",
            ),
        ]
        name = f"`slope_along(grad, direction)` for {grad} and {direction}"
        expect(call(answer, grad, direction), expected, name, mistakes=mistakes)
    return "A dot product with an arrow of length 1. At right angles to the gradient it's 0."


def _steep(grad, limit):
    return np.linalg.norm(grad) > limit


def _walk(gradient, value, lr, limit, steep=_steep, length=lambda grad: 1, most=1000):
    """Return all places that gradient descent comes through until it's flat."""
    path = [value]
    while steep(grad := gradient(path[-1]), limit) and len(path) < most:
        path.append(path[-1] - lr * grad / length(grad))
    return path


# Other questions than "is the gradient longer than the limit?", and what is wrong with them.
_WRONG_QUESTIONS = [
    (
        lambda grad, limit: np.linalg.norm(grad) >= limit,
        "It takes a step where the gradient is exactly as long as the limit. The exercise says "
        "*longer than*: `>`, not `>=`.",
    ),
    (
        lambda grad, limit: grad @ grad > limit,
        "It compares the *square* of the length with the limit. Take the square root of "
        "`grad @ grad`.",
    ),
    (
        lambda grad, limit: np.abs(grad).max() > limit,
        "It compares the gradient's largest number with the limit. The length is the root of the "
        "sum of squares.",
    ),
    (
        lambda grad, limit: np.abs(grad).sum() > limit,
        "It compares the sum of the gradient's absolute values with the limit. The length is the "
        "root of the sum of squares.",
    ),
    (
        lambda grad, limit: grad.max() > limit,
        "It forgets that a gradient has negative numbers, too. The length is the root of the sum "
        "of squares.",
    ),
    (
        lambda grad, limit: grad.sum() > limit,
        "It compares the sum of the gradient's numbers with the limit, where negative ones cancel "
        "positive ones. The length is the root of the sum of squares.",
    ),
    (
        lambda grad, limit: np.abs(grad).mean() > limit,
        "It compares the mean of the gradient's numbers with the limit. The length is the root of "
        "the sum of squares.",
    ),
    (
        lambda grad, limit: np.sqrt(np.mean(grad**2)) > limit,
        "It takes the root of the *mean* of the squares. The length is the root of their sum.",
    ),
    (
        lambda grad, limit: np.abs(grad).min() > limit,
        "It stops when *one* of the gradient's numbers is small. The length is the root of the "
        "sum of squares.",
    ),
    (
        lambda grad, limit: np.linalg.norm(grad[:2]) > limit,
        "It takes the length of the gradient's first two numbers. All of them count.",
    ),
]


class _Limit(np.float64):
    """A limit that ends a loop which would compare with it forever."""

    comparisons, most = 0, 3000

    def _count(self):
        self.comparisons += 1
        if self.comparisons > self.most:
            raise Wrong(
                f"It never ends: the loop has asked {self.most} times whether it's flat. Does it "
                "take a step, and compute the gradient again after it?"
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
        ([2.5, 1.5, 1.0], [8.0, 6.0, -4.0], 0.05, 0.6),  # each wrong question stops elsewhere
        ([1.0, 4.0], [0.01, 0.02], 0.1, 0.1),
        ([1.0, 1.0, 3.0], [-2.0, 0.5, 1.0], 0.3, 1e-3),
        ([1.0, 1.0], [1.0, 1.0], 0.5, 0.6),  # the largest number is below the limit sooner...
        ([1.0, 1.0], [1.0, 1.0], 0.5, 0.45),  # ...and the sum of the numbers later
        ([1.0, 1.0], [6.0, 8.0], 0.5, 5.0),  # after a step exactly as long as the limit
        ([1.0, 1.5], [3.0, -2.0], 0.00075, 1e-3),  # 10,671 steps: their number has no limit
    ]:
        curvatures, start = np.array(curvatures), np.array(start)
        calls = 0

        def bowl(value, curvatures=curvatures):
            return curvatures * value

        path = _walk(bowl, start, lr, limit, most=20_000)
        most = 5 * len(path) + 2000  # an answer may compute it more than once at each place

        def gradient(value, bowl=bowl, most=most):
            nonlocal calls
            calls += 1
            if calls > most or not np.isfinite(value).all() or np.linalg.norm(value) > 1e6:
                raise Wrong(
                    "It never settles: after many steps it is still going, or far away. "
                    "Does each step *subtract* lr times the gradient *of the current place*?"
                )
            return bowl(np.asarray(value))

        counting = _Limit(limit)
        counting.most = most + 1000
        result = call(answer, gradient, start, lr, counting)
        value, steps = parts(result, ("the last place", "the number of steps"))
        swapped(result, {"the last place": path[-1], "the number of steps": len(path) - 1})
        where = f"from {start} with lr {lr:g} and limit {limit:g}"
        questions = [
            *_WRONG_QUESTIONS,
            (
                lambda grad, limit, lr=lr: np.linalg.norm(lr * grad) > limit,
                "It compares the length of the *step*, lr times the gradient, with the limit. "
                "Leave out lr.",
            ),
            (
                lambda grad, limit, c=curvatures: np.linalg.norm(grad / c) > limit,
                "It compares the length of `value` with the limit. Flat means that the *gradient* "
                "is short.",
            ),
        ]
        if len(path) > 1000:
            questions = []  # asked in the cases before, and here it would take seconds
        places = [
            (other[-1], explanation)
            for steep, explanation in questions
            if len(other := _walk(bowl, start, lr, limit, steep)) != len(path)
        ]
        extra = (path[-1] - lr * bowl(path[-1]),)
        if len(path) == 1:
            explanation = (
                "Where the ground is flat at the start, it takes a step all the same. Ask before "
                "the first step."
            )
            places.insert(0, (*extra, explanation))
        else:
            places += [
                (
                    path[-2],
                    "It stops one step too early: the gradient at the place it returns is still "
                    "longer than the limit.",
                ),
                (
                    *extra,
                    "It takes one step too many. At the place before, the gradient was short "
                    "enough.",
                ),
                (bowl(path[-1]), "This is the gradient. The exercise asks for the place."),
                (bowl(start), "This is the gradient. The exercise asks for the place."),
                (
                    start,
                    "This is the start. Is the new place kept, and does the loop go on while the "
                    "gradient is *longer* than the limit?",
                ),
                (start - lr * bowl(start), "It takes a single step. Go on until it's flat."),
                (np.array(path), "This is the whole path. The exercise asks for its last place."),
                (
                    _walk(bowl, start, lr, limit, length=np.linalg.norm)[-1],
                    "Each step has the length lr. It should be lr times the gradient, which isn't "
                    "divided by its length.",
                ),
            ]
        if isinstance(steps, (int, np.integer)) and 0 < steps:
            places += [
                (
                    path[min(steps, len(path) - 1)],
                    f"It stops after {steps} steps, but the gradient is still longer than the "
                    "limit. Go on, however many steps it takes.",
                ),
                (
                    start - steps * lr * bowl(start),
                    "Each step uses the gradient of the start. Compute it again after each step.",
                ),
            ]
        expect(value, path[-1], f"The last place {where}", mistakes=places)
        mistakes = [
            (
                len(path),
                f"{len(path)} places were visited, and one of them is the start. The number of "
                f"steps between them is {len(path) - 1}.",
            )
        ]
        expect(steps, len(path) - 1, f"The number of steps {where}", mistakes=mistakes)
    return "It goes on while the ground is steep, and takes no step where it's flat."


@exercise("5.5")
def largest_lr(answer):
    """The limit of the learning rate for several valleys at once."""
    for curvatures in [
        [1.6, 3.1, 5.3, 4.2, 3.6, 1.3, 2.7, 2.9, 2.3],
        [0.7, 1.9, 1.1, 2.6, 6.4, 3.7, 0.9],
        [2.0, 8.0],
        [20.0],
    ]:
        curvatures = np.array(curvatures)
        largest = curvatures.max()
        mistakes = [
            (
                2 / curvatures.min(),
                "This is the limit of the flattest valley. The steepest valley diverges at a much "
                "lower rate.",
            ),
            (
                1 / largest,
                "This is half of the limit: with it, one step reaches the bottom of the steepest "
                "valley. The descent diverges above 2 / curvature.",
            ),
            (
                2 / curvatures,
                "These are the limits of the valleys one by one. All of them share one learning "
                "rate.",
            ),
            (
                2 / curvatures.mean(),
                "You divided by the mean. At this rate the steepest valley still diverges.",
            ),
            (
                2 / curvatures.sum(),
                "You divided by the sum. Each number moves on its own, so the curvatures don't add "
                "up.",
            ),
            (largest / 2, "This is upside down. The steeper, the smaller the steps must be."),
            (2 * largest, "The steeper, the smaller the steps must be: divide by the curvature."),
            (2 / curvatures[0], "This uses the first curvature only. Which one diverges first?"),
            (2 / curvatures[-1], "This uses the last curvature only. Which one diverges first?"),
            (
                2 / np.median(curvatures),
                "You divided by the median. At this rate the steepest valley still diverges.",
            ),
            (
                2 / curvatures[len(curvatures) // 2],
                "You divided by the curvature in the middle of the array. Which one diverges "
                "first?",
            ),
            (
                2 / np.sort(curvatures)[-2:][0],
                "You divided by the second-largest curvature. The steepest valley still diverges.",
            ),
            (
                2 / len(curvatures),
                "You divided by the number of curvatures. Divide by one of them.",
            ),
            (
                2 / (largest + 1),
                "You divided by the largest curvature plus 1. Leave out the 1.",
            ),
            (
                1 / curvatures.min(),
                "This is half of the limit of the flattest valley. Which one diverges first, and "
                "above which rate?",
            ),
            (
                2 / np.linalg.norm(curvatures),
                "You divided by the root of the sum of squares. Each number moves on its own: the "
                "largest curvature alone sets the limit.",
            ),
            (
                2 / (largest + curvatures.min()),
                "With this rate the steepest and the flattest valley shrink equally fast. The "
                "limit is larger: the steepest valley alone decides.",
            ),
            (
                2 / curvatures.argmax() if curvatures.argmax() else 0,
                "You divided by the index of the largest curvature. Divide by the curvature.",
            ),
            (0.25, "That's the limit in Section 6. Compute it from the curvatures."),
            (
                2 / np.prod(curvatures),
                "You divided by the product. Each number moves on its own: the largest curvature "
                "alone sets the limit.",
            ),
            (
                np.mean(2 / curvatures),
                "This is the mean of the limits. The smallest of them decides.",
            ),
            (
                np.sum(2 / curvatures),
                "This is the sum of the limits. The smallest of them decides.",
            ),
            (
                4 / largest,
                "It's twice the limit. The factor 1/2 in L is canceled by the slope of the square, "
                "so the gradient is curvature · θ.",
            ),
            (
                2 / largest**2,
                "You divided by the square of the curvature. The factor of a step is "
                "1 - lr · curvature.",
            ),
            (
                np.sqrt(2 / largest),
                "There is no root: the factor of a step, 1 - lr · curvature, must be above -1.",
            ),
        ]
        name = f"`largest_lr({curvatures.tolist()})`"
        expect(call(answer, curvatures), 2 / largest, name, mistakes=mistakes)
    return "The largest curvature sets the limit: it's 2 divided by that curvature."


@exercise("5.6")
def weight_gradient(answer):
    """The gradient of a neuron's mean squared error with respect to its weights."""
    rng = np.random.default_rng(56)
    # In the last two, the targets or the weights are so large that a central difference has
    # round-off at any useful step, even though it makes no other error on a parabola.
    for n, in_features, size, weight in [
        (5, 3, 1, 1), (4, 1, 1, 1), (3, 3, 1, 1), (5, 2, 1e9, 1), (5, 2, 1, 1e7)
    ]:  # fmt: skip
        x, w = rng.standard_normal((n, in_features)), weight * rng.standard_normal(in_features)
        y_true = size * rng.standard_normal(n)
        difference = x @ w - y_true
        expected = 2 / n * x.T @ difference
        mistakes = [
            (
                2 / n * x.T @ (x @ w),
                "`y_true` isn't used. The slope of the square is 2 (z - y).",
            ),
            (
                2 * difference[:, np.newaxis] * x,
                "This is the gradient for each sample on its own. Take the mean over the samples, "
                "along axis 0.",
            ),
            (
                2 / n * difference[:, np.newaxis] * x,
                "These are the terms of the sum, one row for each sample. Add them up, along "
                "axis 0.",
            ),
            (
                (2 / n * difference[:, np.newaxis] * x).sum(axis=1),
                "You added over the weights. Add over the samples, along axis 0.",
            ),
            (
                np.mean(2 * difference[:, np.newaxis] * x),
                "The mean is taken over the samples and the weights. Each weight has a slope of "
                "its own: take it along axis 0.",
            ),
            (
                2 / x.size * x.T @ difference if in_features > 1 else expected + 1,
                "It is divided by the number of entries in x. The mean runs over the samples.",
            ),
            (
                2 / n * ((x * w - y_true[:, np.newaxis]) * x).sum(axis=0)
                if in_features > 1
                else expected + 1,
                "Each weight has its own z here. There is one z for each sample, `x @ w`.",
            ),
            (
                (2 * difference[:, np.newaxis] * x).mean(axis=1),
                "The mean is taken over the weights. Take it over the samples, along axis 0.",
            ),
            (
                2 / n * difference,
                "This is the slope with respect to each output z. The last factor of the chain, X, "
                "is missing.",
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
                1 / (2 * n) * x.T @ difference,
                "You divided by 2. The slope of a square is *twice* what is squared.",
            ),
            (2 / (n - 1) * x.T @ difference, "The mean divides by n, not by n - 1."),
            (
                2 / n * x @ difference if n == in_features else expected + 1,
                "x has to be transposed: weight k needs the sum over the samples of column k.",
            ),
            (
                2 / n * x.T @ (difference**2),
                "You multiplied by the squared difference. The slope of the square is 2 (z - y).",
            ),
            (
                2 / n * x.T @ np.abs(difference),
                "The sign of z - y is lost: the slope of the square is 2 (z - y), which can be "
                "negative.",
            ),
            (
                2 / n * x.T @ np.sign(difference),
                "This is the gradient of an absolute error, doubled. The slope of the square is "
                "2 (z - y).",
            ),
            (
                1 / n * x.T @ np.sign(difference),
                "This is the gradient of the mean absolute error. The slope of the square is "
                "2 (z - y).",
            ),
            (
                2 / n * x.T @ (x @ w + y_true),
                "You added y. The difference is z - y.",
            ),
            (
                np.mean(difference**2),
                "This is the loss. The exercise asks for its gradient.",
            ),
            *[
                (
                    scale * difference[i] * x[i],
                    f"This uses the {which} sample only. Take the mean over all of them.",
                )
                for i, which in ((0, "first"), (-1, "last"))
                for scale in (2, 2 / n)
            ],
            (
                2 / n * x.T @ difference * w,
                "The gradient is multiplied by the weights. The last factor of the chain is X, "
                "and w is only in z.",
            ),
            *[
                (
                    w - lr * expected,
                    f"These are new weights, after a step with a learning rate of {lr:g}. Return "
                    "the gradient.",
                )
                for lr in (1, 0.5, 0.1, 0.01)
            ],
            (
                2 / n * difference.sum() * x.sum(axis=0),
                "A sum of products is not the product of the sums. Multiply sample by sample, then "
                "add.",
            ),
            (
                2 / n * (x.T @ difference).sum(),
                "This is the sum over the weights. Each weight has a slope of its own.",
            ),
            (
                2 / n * x.T @ (x @ w - y_true).mean(keepdims=True).repeat(n),
                "You took the mean of the differences first. Multiply each by its own X, then take "
                "the mean.",
            ),
        ]
        name = f"`weight_gradient(x, w, y_true)` for x {x.shape}"
        received = call(answer, x, w, y_true)
        rules.not_measured(answer, received=[received], expected=[expected])
        factors = {2: "The slope of a square has one factor of 2."}
        expect(received, expected, name, mistakes=mistakes, batch=n, factors=factors)
    return "2/n times x.T @ (x @ w - y_true): you've derived a gradient that trains a neuron."
