"""Answers to the exercises of chapter 7, right ones and wrong ones."""

import numpy as np

from shared.activations import ReLU
from shared.datasets import batches
from shared.layers import Dense, Parameter
from shared.losses import SoftmaxCrossEntropy
from shared.optimizers import SGD, Adam


def mini_batches(n, batch_size, rng):
    order = rng.permutation(n)
    return [order[start : start + batch_size] for start in range(0, n, batch_size)]


def mini_batches_by_loop(n, batch_size, rng):
    left, found = list(range(n)), []
    while left:
        batch = []
        while left and len(batch) < batch_size:
            batch.append(left.pop(rng.integers(len(left))))
        found.append(np.array(batch))
    return found


def mini_batches_by_shuffle(n, batch_size, rng):
    order = np.arange(n, dtype=np.int32)
    rng.shuffle(order)
    return np.split(order, range(batch_size, n, batch_size))


def slices(n, rng, edges, stop, step):
    """Cut a random order at the edges that follow from each start."""
    order = rng.permutation(n)
    return [order[slice(*edges(start))] for start in range(0, stop, step)]


def same_members(n, batch_size, rng):
    cut = [np.arange(n)[start : start + batch_size] for start in range(0, n, batch_size)]
    return [cut[place] for place in rng.permutation(len(cut))]


def without_the_rest(n, batch_size, rng):
    return [b for b in mini_batches(n, batch_size, rng) if n < batch_size or len(b) == batch_size]


def mini_batches_by_keys(n, batch_size, rng):
    """Sort by random keys, and cut where batches begin."""
    order = rng.random(n).argsort()
    return list(np.array_split(order, np.arange(batch_size, n, batch_size)))


def mini_batches_one_by_one(n, batch_size, rng):
    order = rng.choice(n, n, replace=False)
    count = (n + batch_size - 1) // batch_size
    return [order[np.arange(n) // batch_size == k].astype(np.uint8) for k in range(count)]


def rotated(n, batch_size, rng):
    order = np.roll(np.arange(n), rng.integers(n))
    return [order[start : start + batch_size] for start in range(0, n, batch_size)]


def rotated_backward(n, batch_size, rng):
    return [n - 1 - batch for batch in rotated(n, batch_size, rng)]


def two_swapped(n, batch_size, rng):
    order = np.arange(n)
    i, j = rng.integers(0, n, 2)
    order[[i, j]] = order[[j, i]]
    return [order[start : start + batch_size] for start in range(0, n, batch_size)]


def forward_or_backward(n, batch_size, rng):
    order = np.arange(n)[:: rng.choice([1, -1])]
    return [order[start : start + batch_size] for start in range(0, n, batch_size)]


def last_one_fixed(n, batch_size, rng):
    order = np.append(rng.permutation(n - 1), n - 1)
    return [order[start : start + batch_size] for start in range(0, n, batch_size)]


def never_its_own_place(n, batch_size, rng):
    """Shuffle so that no sample stays where it was."""
    order = np.arange(n)
    for i in range(n - 1, 0, -1):
        j = rng.integers(0, i)
        order[[i, j]] = order[[j, i]]
    return [order[start : start + batch_size] for start in range(0, n, batch_size)]


def momentum_step(value, velocity, grad, lr, momentum):
    new = momentum * velocity - lr * grad
    return value + new, new


def momentum_step_by_loop(value, velocity, grad, lr, momentum):
    value, velocity = value.astype(np.float32), velocity.astype(np.float32)
    for place in np.ndindex(value.shape):
        velocity[place] = momentum * velocity[place] - lr * grad[place]
        value[place] += velocity[place]
    return value, velocity


def momentum_step_with_the_class(value, velocity, grad, lr, momentum):
    p = Parameter(value.copy())
    optimizer = SGD([p], lr, momentum)
    optimizer.state["velocity"][...] = -velocity.ravel() / lr
    p.grad = grad
    optimizer.step()
    return [p.value.tolist(), (p.value - value).tolist()]


def moved(velocity, value):
    """Return an answer made of another rule for each of the two."""

    def answer(theta, v, g, lr, rho):
        new = velocity(v, g, lr, rho)
        return value(theta, v, new, lr), new

    return answer


def forward_v(v, g, lr, rho):
    return rho * v - lr * g


def changing(value, velocity, grad, lr, momentum):
    velocity *= momentum
    velocity -= lr * grad
    return value + velocity, velocity


def straight(step, lr, steps):
    return lr * max(0.0, 1 - step / steps)


def straight_with_if(step, lr, steps):
    if step >= steps:
        return 0
    return np.float64(lr * (steps - step) / steps)


def adamax_step(value, mean, largest, grad, step, lr, betas):
    mean = betas[0] * mean + (1 - betas[0]) * grad
    largest = np.maximum(betas[1] * largest, np.abs(grad))
    return value - lr * mean / (1 - betas[0] ** step) / largest, mean, largest


def adamax_step_by_loop(value, mean, largest, grad, step, lr, betas):
    rows = []
    for v, m, s, g in zip(value, mean, largest, grad, strict=True):
        m = betas[0] * m + (1 - betas[0]) * g
        s = max(betas[1] * s, abs(g))
        rows.append((v - lr / (1 - betas[0] ** step) * m / s, m, s))
    return [list(column) for column in zip(*rows, strict=True)]


def adamax_in_float32(value, mean, largest, grad, *rest):
    return adamax_step(*(np.float32(a) for a in (value, mean, largest, grad)), *rest)


def adamax(mean=None, largest=None, value=None):
    """Return the right step with one part of it made in another way."""

    def answer(theta, m, s, g, t, lr, betas):
        m = mean(m, g, t, betas) if mean else betas[0] * m + (1 - betas[0]) * g
        s = largest(s, g, betas) if largest else np.maximum(betas[1] * s, np.abs(g))
        if value:
            return value(theta, m, s, g, t, lr, betas), m, s
        return theta - lr * m / (1 - betas[0] ** t) / s, m, s

    return answer


def clip(grads, limit):
    length = np.sqrt(sum((g * g).sum() for g in grads))
    return [g * min(1.0, limit / length) for g in grads]


def clip_by_one_vector(grads, limit):
    vector = np.concatenate([g.ravel() for g in grads])
    length = np.linalg.norm(vector)
    if length > limit:
        vector = vector * (limit / length)
    cuts = np.cumsum([g.size for g in grads])[:-1]
    parts = np.split(vector, cuts)
    return tuple(part.reshape(g.shape) for part, g in zip(parts, grads, strict=True))


def clip_by_loop(grads, limit):
    total = 0.0
    for g in grads:
        for number in g.ravel():
            total += number**2
    factor = limit / total**0.5 if total**0.5 > limit else 1
    return [np.float32(factor * g) for g in grads]


def clip_step_by_step(grads, limit):
    """Sum with += and divide by the larger of length and limit."""
    total = 0.0
    for g in grads:
        total += np.vdot(g, g)
    return tuple(g / max(total**0.5, limit) * limit for g in grads)


def clip_by_norm_of_norms(grads, limit):
    length = np.linalg.norm([np.linalg.norm(g) for g in grads])
    return [g * (limit / length) if length > limit else g for g in grads]


def clip_beyond(share):
    """Return a function that clips gradients longer than ``share`` times the limit."""
    return lambda grads, c: [
        g * c / length(grads) if length(grads) > share * c else g for g in grads
    ]


def clip_in_place(grads, limit):
    length = np.sqrt(sum((g * g).sum() for g in grads))
    for g in grads:
        g *= min(1.0, limit / length)
    return list(grads)


def length(grads):
    return np.sqrt(sum((g * g).sum() for g in grads))


def train_network(x, y_true, rng, epochs=60, relu=True, lr=0.03, dtype=np.float64, hidden=64):
    layers = [Dense(2, hidden, rng, dtype=dtype), *[ReLU()] * relu]
    layers.append(Dense(hidden, 3, rng, dtype=dtype))
    loss = SoftmaxCrossEntropy()
    optimizer = Adam([p for layer in layers for p in layer.parameters()], lr)

    def forward(points):
        points = points.astype(dtype)
        for layer in layers:
            points = layer.forward(points)
        return points

    for _ in range(epochs):
        for x_batch, y_batch in batches(x, y_true, 32, rng):
            loss.forward(forward(x_batch), y_batch)
            grad = loss.backward()
            for layer in reversed(layers):
                grad = layer.backward(grad)
            optimizer.step()
    train_network.forward = forward
    return lambda points: forward(points).argmax(axis=1)


def train_network_by_hand(x, y_true, rng, lr=1.0):
    """Full batch, tanh, no class at all."""
    W1, b1 = 3 * rng.standard_normal((2, 64)), rng.standard_normal(64)
    W2, b2 = 0.1 * rng.standard_normal((64, 3)), np.zeros(3)
    for _ in range(1500):
        a1 = np.tanh(x @ W1 + b1)
        p = np.exp(a1 @ W2 + b2)
        p /= p.sum(axis=1, keepdims=True)
        dZ2 = (p - np.eye(3)[y_true]) / len(x)
        dZ1 = dZ2 @ W2.T * (1 - a1 * a1)
        W2 -= lr * a1.T @ dZ2
        b2 -= lr * dZ2.sum(axis=0)
        W1 -= lr * x.T @ dZ1
        b1 -= lr * dZ1.sum(axis=0)
    return lambda points: (np.tanh(points @ W1 + b1) @ W2 + b2).argmax(axis=1).tolist()


def diverging(x, y_true, rng):
    """Plain gradient descent with a learning rate at which all scores become NaN."""
    with np.errstate(all="ignore"):
        return train_network_by_hand(x, y_true, rng, lr=1e4)


def nearest(x, y_true, rng):
    return lambda points: y_true[((points[:, None] - x) ** 2).sum(axis=2).argmin(axis=1)]


def neighbors(k):
    """Return an answer that looks up the most frequent label of the k nearest points."""

    def answer(x, y_true, rng):
        def predict(points):
            near = ((points[:, None] - x) ** 2).sum(axis=2).argsort(axis=1)[:, :k]
            return np.array([np.bincount(row, minlength=3).argmax() for row in y_true[near]])

        return predict

    return answer


def dictionary(x, y_true, rng):
    table = dict(zip(map(tuple, x.tolist()), y_true.tolist(), strict=True))
    return lambda points: np.array([table[tuple(point)] for point in points.tolist()])


def by_angle(x, y_true, rng):
    """Use the formula of the arms, without a look at the labels."""
    rng.random()

    def predict(points):
        angle = np.arctan2(points[:, 1], points[:, 0]) - 4 * np.hypot(*points.T)
        return np.round(3 * angle / (2 * np.pi)).astype(int) % 3

    return predict


class Network:
    """An answer of the reader's own classes, whose loop is in a method."""

    def __init__(self, rng):
        self.layers = [Dense(2, 48, rng), ReLU(), Dense(48, 3, rng)]
        self.rng = rng

    def forward(self, points):
        for layer in self.layers:
            points = layer.forward(points)
        return points

    def fit(self, x, y_true):
        loss = SoftmaxCrossEntropy()
        parameters = [p for layer in self.layers for p in layer.parameters()]
        optimizer = SGD(parameters, 0.2, momentum=0.9, nesterov=True)
        for _ in range(100):
            for x_batch, y_batch in batches(x, y_true, 20, self.rng):
                loss.forward(self.forward(x_batch), y_batch)
                grad = loss.backward()
                for layer in self.layers[::-1]:
                    grad = layer.backward(grad)
                optimizer.step()

    def predict(self, points):
        return np.argmax(self.forward(points), axis=-1)


def train_network_as_object(x, y_true, rng):
    found = Network(rng)
    found.fit(x, y_true)
    return found.predict


def drawing_elsewhere(x, y_true, rng):
    rng.random()
    return train_network(x, y_true, np.random.default_rng())


def scores(x, y_true, rng):
    train_network(x, y_true, rng, epochs=1)
    return train_network.forward


def lowest(x, y_true, rng):
    train_network(x, y_true, rng)
    forward = train_network.forward
    return lambda points: forward(points).argmin(axis=1)


def highest(x, y_true, rng):
    train_network(x, y_true, rng)
    forward = train_network.forward
    return lambda points: forward(points).max(axis=1)


def from_one(x, y_true, rng):
    predict = train_network(x, y_true, rng)
    return lambda points: predict(points) + 1


EXERCISES = {
    "7.1": {
        "stub": "def mini_batches(n, batch_size, rng):\n    ...",
        "right": [
            mini_batches,
            mini_batches_by_loop,
            mini_batches_by_shuffle,
            mini_batches_by_keys,
            mini_batches_one_by_one,
        ],
        "wrong": [
            (
                lambda n, b, rng: mini_batches_by_shuffle(n, b, np.random.default_rng(0)),
                "made anew",
            ),
            (
                lambda n, b, rng: np.split(np.arange(n), range(b, n, b)),
                "in their original order: nothing is shuffled",
            ),
            (same_members, "always together in a batch. Shuffle all of them first"),
            (
                lambda n, b, rng: [
                    rng.permutation(i) for i in np.split(np.arange(n), range(b, n, b))
                ],
                "always together in a batch",
            ),
            (
                lambda n, b, rng: np.split(np.arange(n)[::-1], range(b, n, b)),
                "same batches.*a fixed order",
            ),
            (lambda n, b, rng: [], "at least one batch .* Received: an empty list"),
            (
                lambda n, b, rng: [i[:, None] for i in mini_batches(n, b, rng)],
                r"one-dimensional .* as batch 0: an array of int64 with shape \(4, 1\)",
            ),
            (lambda n, b, rng: np.array_split(rng.permutation(n), b), "not the number of batches"),
            (without_the_rest, "The samples left over are missing"),
            (lambda n, b, rng: [i + 1 for i in mini_batches(n, b, rng)], "Python counts from 0"),
            (
                lambda n, b, rng: [rng.integers(0, n, len(i)) for i in mini_batches(n, b, rng)],
                "must occur once in an epoch",
            ),
            (
                lambda n, b, rng: mini_batches(n, b + 1, rng),
                r"sizes \[5, 5\].*expected \[4, 4, 2\]",
            ),
            (lambda n, b, rng: rng.permutation(n), "asks for a list of arrays"),
            (lambda n, b, rng: [np.sort(i) for i in mini_batches(n, b, rng)], "sorted inside"),
            (lambda n, b, rng: mini_batches(n, b, np.random.default_rng()), "Nothing is drawn"),
            (lambda n, b, rng: mini_batches(n, b, np.random), "global generator"),
            (lambda n, b, rng: mini_batches(n, b, rng)[:-1], "left over|must occur once"),
            (lambda n, b, rng: mini_batches(n, b, rng)[0], "asks for a list of arrays"),
            (lambda n, b, rng: mini_batches(n - 1, b, rng), "must occur once.*Some are missing"),
            (lambda n, b, rng: mini_batches(n + 1, b, rng), "must occur once.*are too large"),
            (
                lambda n, b, rng: slices(n, rng, lambda start: (start, start + b), n - 1, b),
                "left over are missing for n = 9",
            ),
            (
                lambda n, b, rng: slices(n, rng, lambda start: (start, b), n, b),
                "Some are missing. Check where each batch begins and where it ends",
            ),
            (
                lambda n, b, rng: slices(n, rng, lambda start: (start, start + b - 1), n, b),
                "Some are missing",
            ),
            (
                lambda n, b, rng: slices(n, rng, lambda start: (start, start + b + 1), n, b),
                "Some occur more than once.*begins where the one before it ends",
            ),
            (
                lambda n, b, rng: slices(n, rng, lambda start: (0, start + b), n, b),
                "Some occur more than once",
            ),
            (lambda n, b, rng: mini_batches(b, n, rng), "Some are missing"),
            (lambda n, b, rng: [rng.permutation(n)[:b]], "Some are missing"),
            (
                lambda n, b, rng: [rng.permutation(n)[i : i + b] for i in range(0, n, b)],
                "Some occur more than once. Draw the order once",
            ),
            (lambda n, b, rng: mini_batches(n, 1, rng), r"expected \[4, 4, 2\]"),
            (lambda n, b, rng: [rng.choice(n, b) for _ in range(-(-n // b))], "must occur once"),
            (lambda n, b, rng: mini_batches(n, b, rng)[::-1], "the smaller batch comes last"),
            (rotated, "isn't random enough: the samples are only rotated"),
            (rotated_backward, "isn't random enough: the samples are only rotated"),
            (
                two_swapped,
                r"In 200 calls, sample \d came right after sample \d in \d+; in a random order it "
                "would be about 33",
            ),
            (forward_or_backward, "original order or backward"),
            (last_one_fixed, "sample 5 was at index 5 in 200; in a random order"),
            (never_its_own_place, r"sample (\d) was at index \1 in 0; in a random order"),
            (
                lambda n, b, rng: [i.tolist() for i in mini_batches(n, b, rng)],
                "asks for arrays. Received .* as batch 0: a list",
            ),
            (
                lambda n, b, rng: tuple(mini_batches(n, b, rng)),
                "asks for a list of arrays. Received .*: a tuple",
            ),
            (lambda n, b, rng: iter(mini_batches(n, b, rng)), "asks for a list of arrays"),
            (
                lambda n, b, rng: [1.0 * i for i in mini_batches(n, b, rng)],
                r"whole numbers.* as batch 0: an array of float64 with shape \(4,\)",
            ),
        ],
    },
    "7.2": {
        "stub": """
def momentum_step(value, velocity, grad, lr, momentum):
    velocity = ...
    value = ...
    return value, velocity
""",
        "right": [
            momentum_step,
            momentum_step_by_loop,
            momentum_step_with_the_class,
            lambda t, v, g, lr, rho: (t - (lr * g - rho * v), -(lr * g - rho * v)),
            lambda t, v, g, lr, rho: (t + rho * v - lr * g, np.subtract(rho * v, lr * g)),
        ],
        "wrong": [
            (lambda *a: momentum_step(*a)[::-1], r"You returned \(velocity, value\)"),
            (
                moved(lambda v, g, lr, rho: rho * v + g, lambda t, v, new, lr: t - lr * new),
                "velocity is in the chapter's form",
            ),
            (
                moved(lambda v, g, lr, rho: rho * v + lr * g, lambda t, v, new, lr: t - new),
                "velocity has the wrong sign before",
            ),
            (
                moved(lambda v, g, lr, rho: v - lr * g, lambda t, v, new, lr: t + new),
                "velocity keeps all",
            ),
            (
                moved(lambda v, g, lr, rho: rho * (v - lr * g), lambda t, v, new, lr: t + new),
                "Only the old velocity fades",
            ),
            (
                moved(lambda v, g, lr, rho: rho * v - (1 - rho) * g, lambda t, v, new, lr: t + new),
                "velocity is a moving average",
            ),
            (lambda t, v, g, lr, rho: (t + rho * v - lr * g, v), "velocity is the old one"),
            (moved(forward_v, lambda t, v, new, lr: t + v), "moved by the old velocity"),
            (moved(forward_v, lambda t, v, new, lr: t - new), "value goes uphill"),
            (moved(forward_v, lambda t, v, new, lr: t + lr * new), "the learning rate twice"),
            (moved(forward_v, lambda t, v, new, lr: t - lr * new), "as in the chapter"),
            (
                lambda t, v, g, lr, rho: (t - lr * g, rho * v - lr * g),
                "a step of plain SGD",
            ),
            (changing, "changes its argument velocity in place"),
            (lambda t, v, g, lr, rho: t, "must return value and velocity"),
            (
                moved(lambda v, g, lr, rho: rho * v + (1 - rho) * g, lambda t, v, new, lr: t - new),
                "as in Adam",
            ),
            (
                moved(
                    lambda v, g, lr, rho: rho * v - lr * (1 - rho) * g,
                    lambda t, v, new, lr: t + new,
                ),
                "an extra factor 1 - momentum",
            ),
            (
                moved(lambda v, g, lr, rho: (1 - rho) * v - lr * g, lambda t, v, new, lr: t + new),
                "keeps 1 - momentum",
            ),
            (moved(forward_v, lambda t, v, new, lr: new), "value is only the step"),
            (moved(forward_v, lambda t, v, new, lr: t), "value is the old one"),
            (
                moved(lambda v, g, lr, rho: 0.9 * v - lr * g, lambda t, v, new, lr: t + new),
                "always keeps 0.9 of the old velocity",
            ),
            (moved(lambda v, g, lr, rho: -lr * g, lambda t, v, new, lr: t + new), "drops the old"),
            (
                moved(lambda v, g, lr, rho: lr * v - rho * g, lambda t, v, new, lr: t + new),
                "lr and momentum swapped",
            ),
            (
                moved(lambda v, g, lr, rho: rho * v - g, lambda t, v, new, lr: t + new),
                "velocity lacks the learning rate",
            ),
            (
                moved(lambda v, g, lr, rho: lr * (rho * v - g), lambda t, v, new, lr: t + new),
                "Only the gradient gets lr",
            ),
            (lambda t, v, g, lr, rho: (t + rho * v, rho * v - lr * g), "value"),
            (lambda t, v, g, lr, rho: (t.sum(), v), "velocity|value"),
            (lambda t, v, g, lr, rho: (v, t), "velocity|value"),
            # Nesterov in this form
            (
                lambda t, v, g, lr, rho: (t + rho * (rho * v - lr * g) - lr * g, rho * v - lr * g),
                "looks ahead, as in Nesterov",
            ),
        ],
    },
    "7.3": {
        "stub": "def straight(step, lr, steps):\n    ...",
        "right": [
            straight,
            straight_with_if,
            lambda t, lr, n: lr - lr * min(t, n) / n,
            lambda t, lr, n: np.linspace(lr, 0, n + 1)[min(t, n)],
            lambda t, lr, n: np.interp(t, [0, n], [lr, 0]),
            lambda t, lr, n: np.float32(lr * max(n - t, 0) / n),
        ],
        "wrong": [
            (lambda t, lr, n: lr * (1 - t / n), "the learning rate is negative"),
            (lambda t, lr, n: np.linspace(lr, 0, n)[min(t, n - 1)], "a little too fast"),
            (lambda t, lr, n: lr * (1 - t / n) if t <= n else lr, "the learning rate is lr again"),
            (lambda t, lr, n: lr * (1 - t / n if t else 0), "It starts at 0"),
            (lambda t, lr, n: lr * min(t / n, 1), "It rises"),
            (lambda t, lr, n: 1 - min(t / n, 1), "the fraction that is left"),
            (lambda t, lr, n: lr * t / n, "It rises"),
            (lambda t, lr, n: lr**t, "It starts at 1"),
            (lambda t, lr, n: lr * 0.5 * (1 + np.cos(np.pi * min(t / n, 1))), "the cosine"),
            (lambda t, lr, n: lr * (1 - min(t // n, 1)), "rounded down"),
            (lambda t, lr, n: 1 - t / n, "the fraction that is left"),
            (lambda t, lr, n: lr * (1 - (t + 1) / n), "one step ahead"),
            (lambda t, lr, n: max(0, lr - t / n), "lr belongs to the whole line"),
            (lambda t, lr, n: lr * (1 - t / n) if t < n else lr, "At step 100 it's lr"),
            (lambda t, lr, n: lr * abs(1 - t / n), "rises again"),
            (lambda t, lr, n: lr, "never falls"),
            (lambda t, lr, n: np.linspace(lr, 0, n + 1), "shape|number"),
            (lambda t, lr, n: lr * max(0, 1 - t / n) ** 2, "that's left is squared"),
            (lambda t, lr, n: lr * (1 - min(t / n, 1) ** 2), "that's done is squared"),
            (lambda t, lr, n: lr * max(0, 1 - t / n) ** 0.5, "like a square root"),
            (lambda t, lr, n: lr * max(0, 1 - t / (n + 1)), "a little too slowly"),
            (lambda t, lr, n: lr * (1 - t / (n + 1)), "a little too slowly"),
            (lambda t, lr, n: lr * max(1e-6, 1 - t / n), "must be 0, not nearly 0"),
            (lambda t, lr, n: max(lr * (1 - t / n), 1e-8), "At step 100 of 100.*not nearly 0"),
            (lambda t, lr, n: lr * 0.5 ** (t / n), "straight"),
            (lambda t, lr, n: lr / (1 + t / n), "straight"),
            (lambda t, lr, n: lr * max(0.1, 1 - t / n), "straight"),
            (lambda t, lr, n: lr * (1 - min(t, n - 1) / n), "straight"),
            (lambda t, lr, n: lr * (1 - t / (2 * n)), "straight"),
            (lambda t, lr, n: max(lr * (1 - t / n), lr), "never falls. `max` keeps the larger"),
            (lambda t, lr, n: round(lr * max(0, 1 - t / n), 2), "learning rate is rounded"),
            (lambda t, lr, n: round(lr * max(0, 1 - t / n), 1), "learning rate is rounded"),
            (lambda t, lr, n: max(0, lr - lr * (t + 1) / n), "one step ahead"),
            (lambda t, lr, n: lr if t < n else 0, "`step // steps`, which is rounded down"),
            (lambda t, lr, n: np.array([lr * max(0, 1 - t / n)]), "a single number"),
            (lambda t, lr, n: lr - t * n, "straight"),
            (lambda t, lr, n: lr * (1 - t / n) if t <= n else float("nan"), "must be finite"),
        ],
    },
    "7.4": {
        "stub": """
def adamax_step(value, mean, largest, grad, step, lr, betas):
    mean = ...
    largest = ...
    value = ...
    return value, mean, largest
""",
        "right": [
            adamax_step,
            adamax_step_by_loop,
            adamax_in_float32,
            adamax(largest=lambda s, g, b: np.where(b[1] * s > abs(g), b[1] * s, abs(g))),
            adamax(mean=lambda m, g, t, b: m + (1 - b[0]) * (g - m)),
        ],
        "wrong": [
            (adamax(mean=lambda m, g, t, b: b[0] * m + g), "mean is a sum"),
            (
                adamax(mean=lambda m, g, t, b: (b[0] * m + (1 - b[0]) * g) / (1 - b[0] ** t)),
                "mean is the corrected one",
            ),
            (adamax(mean=lambda m, g, t, b: b[1] * m + (1 - b[1]) * g), "mean uses β2"),
            (adamax(largest=lambda s, g, b: np.maximum(b[1] * s, g)), "lacks the absolute value"),
            (adamax(largest=lambda s, g, b: np.maximum(s, np.abs(g))), "never forgets"),
            (adamax(largest=lambda s, g, b: np.maximum(s, g)), "and the old one should be"),
            (
                adamax(largest=lambda s, g, b: b[1] * s + (1 - b[1]) * g * g),
                "Adam's moving average of squares",
            ),
            (
                adamax(largest=lambda s, g, b: np.maximum(b[1] * s, np.abs(g)).max()),
                "largest is a single number",
            ),
            (
                adamax(value=lambda v, m, s, g, t, lr, b: v - lr * m / s),
                "lacks the bias correction",
            ),
            (
                adamax(
                    value=lambda v, m, s, g, t, lr, b: (
                        v - lr * m / (1 - b[0] ** t) / (s / (1 - b[1] ** t))
                    )
                ),
                "corrects largest, too",
            ),
            (
                adamax(
                    value=lambda v, m, s, g, t, lr, b: v - lr * m / (1 - b[0] ** t) / np.sqrt(s)
                ),
                "takes a root of largest",
            ),
            (
                adamax(value=lambda v, m, s, g, t, lr, b: v + lr * m / (1 - b[0] ** t) / s),
                "value goes uphill",
            ),
            (
                adamax(
                    value=lambda v, m, s, g, t, lr, b: (
                        v - lr * (m / (1 - b[0] ** t) if t == 1 else g) / s
                    )
                ),
                "moved by the gradient",
            ),
            (
                adamax(
                    value=lambda v, m, s, g, t, lr, b: v - lr * m / (1 - b[0] ** (t + (t > 1))) / s
                ),
                "one step too many",
            ),
            (adamax(value=lambda v, m, s, g, t, lr, b: v - lr * m / (1 - b[0]) / s), "Where is t"),
            (
                adamax(value=lambda v, m, s, g, t, lr, b: v - lr * m / (1 - b[1] ** t) / s),
                "corrected with β2",
            ),
            (lambda *a: adamax_step(*a)[::-1], "returned"),
            (lambda *a: adamax_step(*a)[0], "must return"),
            (adamax(mean=lambda m, g, t, b: (1 - b[0]) * m + b[0] * g), "its weights swapped"),
            (adamax(mean=lambda m, g, t, b: g), "mean is the gradient itself"),
            (
                adamax(mean=lambda m, g, t, b: b[0] * m + (1 - b[0]) * abs(g)),
                "mean uses the size of the gradient",
            ),
            (
                adamax(mean=lambda m, g, t, b: b[0] * m - (1 - b[0]) * g),
                "mean has the wrong sign before the gradient",
            ),
            (adamax(mean=lambda m, g, t, b: 0.9 * m + 0.1 * g), "mean always keeps 0.9"),
            (
                adamax(largest=lambda s, g, b: np.maximum(0.999 * s, abs(g))),
                "largest always keeps 0.999",
            ),
            (
                lambda v, m, s, g, t, lr, b: (
                    v,
                    b[0] * m + (1 - b[0]) * g,
                    np.maximum(b[1] * s, b[0] * m + (1 - b[0]) * g),
                ),
                "largest is compared with mean",
            ),
            (
                adamax(value=lambda v, m, s, g, t, lr, b: v - lr * g / (1 - b[0] ** t) / s),
                "value is moved by the gradient",
            ),
            (adamax(largest=lambda s, g, b: np.abs(g)), "ignores the old one"),
            (adamax(largest=lambda s, g, b: np.maximum(b[0] * s, np.abs(g))), "largest uses β1"),
            (adamax(largest=lambda s, g, b: np.minimum(b[1] * s, np.abs(g))), "is a minimum"),
            (adamax(largest=lambda s, g, b: b[1] * np.maximum(s, np.abs(g))), "by β2, too"),
            (adamax(largest=lambda s, g, b: np.maximum(s, b[1] * np.abs(g))), "largest instead"),
            (adamax(largest=lambda s, g, b: np.maximum(b[1] * s, g * g)), "uses the square"),
            (
                adamax(largest=lambda s, g, b: np.maximum(b[1] * s, (1 - b[1]) * np.abs(g))),
                "an extra factor 1 - β2",
            ),
            (
                adamax(largest=lambda s, g, b: 0 * s + np.maximum(b[1] * s, np.abs(g)).max()),
                "the same everywhere",
            ),
            (
                lambda v, m, s, g, t, lr, b: (
                    v,
                    b[0] * m + (1 - b[0]) * g,
                    np.maximum(b[1] * s, np.abs(b[0] * m + (1 - b[0]) * g)),
                ),
                "largest is compared with mean",
            ),
            (
                adamax(
                    value=lambda v, m, s, g, t, lr, b: v - lr * m / (1 - b[0] ** max(t - 1, 1)) / s
                ),
                "one step too few",
            ),
            (
                adamax(value=lambda v, m, s, g, t, lr, b: v - lr * m / (1 - b[0] * t) / s),
                "It's a power",
            ),
            (
                adamax(
                    value=lambda v, m, s, g, t, lr, b: (
                        v - lr * (m - (1 - b[0]) * g) / b[0] / (1 - b[0] ** t) / s
                    )
                ),
                "moved by the old mean",
            ),
            (
                lambda v, m, s, g, t, lr, b: (
                    v - lr * (b[0] * m + (1 - b[0]) * g) / (1 - b[0] ** t) / (s if t > 1 else 1),
                    *adamax_step(v, m, s, g, t, lr, b)[1:],
                ),
                "divided by the old largest",
            ),
            (
                adamax(value=lambda v, m, s, g, t, lr, b: v - m / (1 - b[0] ** t) / s),
                "value lacks the learning rate",
            ),
            (
                adamax(largest=lambda s, g, b: b[1] * s + (1 - b[1]) * abs(g)),
                "largest is a moving average of the sizes",
            ),
            (adamax(largest=lambda s, g, b: b[1] * s + abs(g)), "largest is a sum"),
            (
                adamax(value=lambda v, m, s, g, t, lr, b: v - lr * m / (1 - b[0] ** t) * s),
                "value multiplies by largest",
            ),
            (
                adamax(value=lambda v, m, s, g, t, lr, b: v - lr * m * (1 - b[0] ** t) / s),
                "value multiplies by 1 - β1ᵗ",
            ),
            (
                adamax(value=lambda v, m, s, g, t, lr, b: v - (lr * m / 1 - b[0] ** t / s)),
                "lacks parentheses",
            ),
            (
                adamax(value=lambda v, m, s, g, t, lr, b: v - (lr * m / 1 - b[0] ** t) / s),
                "lacks parentheses",
            ),
            (
                adamax(value=lambda v, m, s, g, t, lr, b: v - lr * (m / 1 - b[0] ** t) / s),
                "lacks parentheses",
            ),
            (
                adamax(value=lambda v, m, s, g, t, lr, b: v - lr * (m / 1 - b[0] ** t / s)),
                "lacks parentheses",
            ),
            (
                adamax(value=lambda v, m, s, g, t, lr, b: v - lr * np.sign(m)),
                "value moves by lr everywhere",
            ),
            (
                adamax(value=lambda v, m, s, g, t, lr, b: v - lr * m / (1 - b[0] ** t)),
                "isn't divided by largest",
            ),
            (
                adamax(value=lambda v, m, s, g, t, lr, b: lr * m / (1 - b[0] ** t) / s),
                "value is only the step",
            ),
            (adamax(value=lambda v, m, s, g, t, lr, b: v), "value is the old one"),
        ],
    },
    "7.5": {
        "stub": "def clip(grads, limit):\n    ...",
        "right": [
            clip,
            clip_by_one_vector,
            clip_by_loop,
            clip_step_by_step,
            clip_by_norm_of_norms,
        ],
        "wrong": [
            (lambda grads, c: [np.clip(g, -c, c) for g in grads], "Each number is clipped"),
            (
                lambda grads, c: [
                    g * min(1, c / max(np.abs(a).max() for a in grads)) for g in grads
                ],
                "The largest number has become `limit`",
            ),
            (
                lambda grads, c: [g * min(1, c / np.linalg.norm(g)) for g in grads],
                "Each array is shortened by itself",
            ),
            (lambda grads, c: [g * min(1, c / length(grads) ** 2) for g in grads], "The root is"),
            (lambda grads, c: [g / length(grads) for g in grads], "The length has become 1"),
            (
                lambda grads, c: [g * min(1, c / sum(abs(a).sum() for a in grads)) for g in grads],
                "the sum of absolute values",
            ),
            (lambda grads, c: [g * c / length(grads) for g in grads], "are made longer"),
            *(
                (clip_beyond(share), "above the limit 3.0, but .* not shortened. Is the length")
                for share in (1.1, 1.5, 2, 3)
            ),
            (clip_beyond(0.9), "below the limit 3.0, but .* made longer. Is the length compared"),
            (
                lambda grads, c: [g * c / length(grads) if length(grads) > 1 else g for g in grads],
                "are made longer",
            ),
            (lambda grads, c: list(grads), "nothing is shortened"),
            (clip_in_place, "changes its argument grads in place"),
            (lambda grads, c: clip(grads, c)[:2], "Received: a list of 2|gradient"),
            (lambda grads, c: [g / length(grads) * min(length(grads), c) for g in grads], "NaN"),
            (lambda grads, c: np.concatenate([g.ravel() for g in clip(grads, c)]), "grad"),
            (lambda grads, c: [g * max(1, c / length(grads)) for g in grads], "longer|nothing"),
            (lambda grads, c: [-g for g in clip(grads, c)], "gradient 0"),
            (lambda grads, c: clip(grads, c * c), "gradient 0|NaN"),
            (lambda grads, c: clip(grads, 2 * c), "twice|shortened|gradient 0"),
            (lambda grads, c: [g.T for g in clip(grads, c)], "gradient"),
            (lambda grads, c: [0 * g if length(grads) > c else g for g in grads], "gradient 0"),
            (lambda grads, c: [np.round(g) for g in clip(grads, c)], "gradient 0"),
            (lambda grads, c: [g + 1 for g in clip(grads, c)], "gradient 0"),
            (
                lambda grads, c: [g * min(1, c / np.linalg.norm(grads[0])) for g in grads],
                "that of the first array only",
            ),
            (
                lambda grads, c: [g * min(1, c / np.linalg.norm(grads[-1])) for g in grads],
                "that of the last array only",
            ),
            (
                lambda grads, c: [
                    g * min(1, c / sum(np.linalg.norm(a) for a in grads)) for g in grads
                ],
                "the sum of the arrays' lengths",
            ),
            (
                lambda grads, c: [
                    g * min(1, c / max(np.linalg.norm(a) for a in grads)) for g in grads
                ],
                "that of the longest array only",
            ),
            (
                lambda grads, c: [
                    g * min(1, c / np.mean([np.linalg.norm(a) for a in grads])) for g in grads
                ],
                "the mean of the arrays' lengths",
            ),
            (lambda grads, c: [c * g for g in grads], "multiplied by `limit`"),
            (
                lambda grads, c: [
                    g * c / length(grads) if length(grads) ** 2 > c else g for g in grads
                ],
                "made longer.*compare the sum of the squares with the limit, without its root",
            ),
            (
                lambda grads, c: [
                    g * length(grads) / c if length(grads) > c else g for g in grads
                ],
                "upside down",
            ),
            (
                lambda grads, c: [
                    g * min(1, c / length(grads) * np.sqrt(sum(a.size for a in grads)))
                    for g in grads
                ],
                "the mean of the squares",
            ),
            (
                lambda grads, c: (
                    clip(grads, c) if length(grads) > c else [g / length(grads) for g in grads]
                ),
                "The length has become 1",
            ),
            (
                lambda grads, c: [g.tolist() for g in clip(grads, c)],
                "asks for arrays. Received as gradient 0: a list",
            ),
        ],
    },
    "7.6": {
        "stub": "def train_network(x, y_true, rng):\n    ...",
        "right": [
            train_network,
            train_network_by_hand,
            lambda x, y, rng: train_network(x, y, rng, dtype=np.float32),
            train_network_as_object,
        ],
        "wrong": [
            (lambda x, y, rng: train_network(x, y, rng, lr=3), "learning rate too large"),
            (lambda x, y, rng: train_network(x, y, rng, lr=30), "learning rate too large"),
            (lambda x, y, rng: train_network(x, y, rng, lr=1e-3, epochs=5), "too small|too large"),
            (lambda x, y, rng: train_network(x, y, rng, epochs=1), "Does it train long enough"),
            (diverging, "every point gets the same label. Is the learning rate too large"),
            (scores, "a score for each class.*argmax"),
            (lambda x, y, rng: train_network(x, y, rng, epochs=60, relu=False), "straight bound"),
            (lambda x, y, rng: train_network(x, y, rng, epochs=3), "not far enough"),
            (lambda x, y, rng: train_network(x, y, rng, lr=-0.03), "must be greater than 0"),
            (lambda x, y, rng: train_network(x, -y % 3, rng), "by guessing|straight"),
            (lambda x, y, rng: lambda points: np.zeros(len(points), int), "gets the same label"),
            (lambda x, y, rng: lambda points: y, "for any points it is given"),
            (lambda x, y, rng: y, "must return a function"),
            (lambda x, y, rng: lambda points: y[:, None], "one label for each point"),
            (nearest, "look the labels up"),
            (neighbors(1), "look the labels up"),
            (dictionary, "look the labels up"),
            (neighbors(7), "nothing was drawn from `rng`. A network starts with random weights"),
            (by_angle, "doesn't use `y_true`"),
            (lambda x, y, rng: [rng.random(), nearest(x, y, rng)][1], "look the labels up"),
            (lambda x, y, rng: train_network(x, y, np.random.default_rng(1)), "nothing was drawn"),
            (drawing_elsewhere, "a second run"),
            (lambda x, y, rng: train_network(x, y, rng)(x), "must return a function"),
            (lambda x, y, rng: lambda points: rng.integers(0, 3, len(points)), "for any points"),
            (lambda x, y, rng: train_network(x, y, rng, lr=1e-5), "nor too small"),
            (lambda x, y, rng: train_network(x, (y + 1) % 3, rng), "fewer than by guessing"),
            (lowest, "fewer than by guessing. Does predict take the highest score, or the lowest"),
            (highest, "Does it return the highest score instead of its index"),
            (from_one, "the labels 0, 1, and 2. Received numbers from 1 to 3"),
            (lambda x, y, rng: train_network(x, y, rng, hidden=2), "enough neurons"),
            (lambda x, y, rng: train_network(x, y, rng, hidden=4), "or more hidden neurons"),
            (lambda x, y, rng: lambda points: train_network(x, y, rng)(points)[:-1], "label"),
        ],
    },
}
