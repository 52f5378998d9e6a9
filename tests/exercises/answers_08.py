"""Answers to the exercises of chapter 8, right ones and wrong ones."""

import numpy as np

from shared.activations import ReLU
from shared.layers import Dense


def size(layers, n, scale):
    return (scale * np.sqrt(n / 2)) ** layers


def size_by_loop(layers, n, scale):
    mean_square = 1.0
    for _ in range(layers):
        mean_square *= n * scale**2 / 2
    return mean_square**0.5


def simulated(layers, n, scale):
    rng = np.random.default_rng(0)
    x = rng.standard_normal((200, n))
    for _ in range(layers):
        x = np.maximum(0, x @ (scale * rng.standard_normal((n, n))))
    return np.sqrt(np.mean(x**2))


def dead(a):
    return np.flatnonzero(np.all(a == 0, axis=0))


def dead_by_loop(a):
    return [j for j in range(a.shape[1]) if not any(a[i, j] > 0 for i in range(len(a)))]


def inside(x, weights, size=lambda a: np.sqrt(np.mean(a**2))):
    sizes = []
    for W in weights:
        x = np.maximum(0, x @ W)
        sizes.append(size(x))
    return sizes


def inside_by_loop(x, weights):
    rows, sizes = x.tolist(), []
    for W in weights:
        rows = [
            [max(0.0, sum(a * w for a, w in zip(row, column, strict=True))) for column in W.T]
            for row in rows
        ]
        numbers = [a for row in rows for a in row]
        sizes.append((sum(a * a for a in numbers) / len(numbers)) ** 0.5)
    return sizes


def inside_before_relu(x, weights):
    sizes = []
    for W in weights:
        z = x @ W
        sizes.append(np.sqrt(np.mean(z**2)))
        x = np.maximum(0, z)
    return sizes


def inside_without_relu(x, weights):
    sizes = []
    for W in weights:
        x = x @ W
        sizes.append(np.sqrt(np.mean(x**2)))
    return sizes


def inside_relu_only_measured(x, weights):
    sizes = []
    for W in weights:
        x = x @ W
        sizes.append(np.sqrt(np.mean(np.maximum(0, x) ** 2)))
    return sizes


def inside_last_linear(x, weights):
    sizes = []
    for layer, W in enumerate(weights, 1):
        x = x @ W if layer == len(weights) else np.maximum(0, x @ W)
        sizes.append(np.sqrt(np.mean(x**2)))
    return sizes


def inside_from_x(x, weights):
    return [np.sqrt(np.mean(np.maximum(0, x @ W) ** 2)) for W in weights if len(W) == x.shape[1]]


def uniform(limit):
    return lambda m, n, rng: rng.uniform(-limit(m, n), limit(m, n), size=(m, n))


def he(m, n):
    return (6 / m) ** 0.5


def leaky(n, slope):
    return 2 / ((1 + slope**2) * n)


def ratios(x, weights, grad, lr, size=lambda a: np.sqrt(np.mean(a**2)), mask=True, last=True):
    outputs = [x]
    for W in weights:
        outputs.append(np.maximum(0, outputs[-1] @ W))
    found = []
    for k in range(len(weights) - 1, -1, -1):
        use = mask and (last or k < len(weights) - 1)
        dZ = grad * (outputs[k + 1] > 0) if use else grad
        found.insert(0, size(lr * (outputs[k].T @ dZ)) / size(weights[k]))
        grad = dZ @ weights[k].T
    return found


def ratios_with_layers(x, weights, grad, lr):
    layers = []
    for W in weights:
        layers += [Dense(*W.shape, np.random.default_rng(0), dtype="float64"), ReLU()]
        layers[-2].weight.value[:] = W
    for layer in layers:
        x = layer.forward(x, training=True)
    for layer in reversed(layers):
        grad = layer.backward(grad)
    pairs = [(layer.weight.grad, layer.weight.value) for layer in layers[::2]]
    return [lr * np.linalg.norm(dW) / np.linalg.norm(W) for dW, W in pairs]


def ratios_recursive(x, weights, grad, lr):
    def pass_through(x, depth):
        if depth == len(weights):
            return grad, ()
        z = x @ weights[depth]
        back, later = pass_through(np.where(z > 0, z, 0), depth + 1)
        dZ = np.where(z > 0, back, 0)
        share = lr * np.sqrt(np.sum((x.T @ dZ) ** 2) / np.sum(weights[depth] ** 2))
        return dZ @ weights[depth].T, (share, *later)

    return pass_through(x, 0)[1]


def ratios_from(x, weights, grad, lr, share=None, masks=None, entering=None, back=None):
    """The ratios with one slip: in the share, the masks, the layers' inputs, or what goes back."""
    outputs = [x]
    for W in weights:
        outputs.append(np.maximum(0, outputs[-1] @ W))
    found = []
    for k in reversed(range(len(weights))):
        dZ = grad * ((masks or (lambda o, k: o[k + 1]))(outputs, k) > 0)
        dW = (entering or (lambda o, k: o[k]))(outputs, k).T @ dZ
        found.append((share or (lambda dW, W: lr * rms(dW) / rms(W)))(dW, weights[k]))
        grad = back(grad, dZ, weights[k]) if back else dZ @ weights[k].T
    return found[::-1]


def ratios_unmasked_steps(x, weights, grad, lr):
    outputs = [x]
    for W in weights:
        outputs.append(np.maximum(0, outputs[-1] @ W))
    found = []
    for k in reversed(range(len(weights))):
        found.append(lr * rms(outputs[k].T @ grad) / rms(weights[k]))
        grad = (grad * (outputs[k + 1] > 0)) @ weights[k].T
    return found[::-1]


def ratios_linear(x, weights, grad, lr, mask):
    """The ratios without ReLU on the way forward, with its masks or without."""
    sums = [x]
    for W in weights:
        sums.append(sums[-1] @ W)
    found = []
    for k in reversed(range(len(weights))):
        dZ = grad * (sums[k + 1] > 0) if mask else grad
        found.append(lr * rms(sums[k].T @ dZ) / rms(weights[k]))
        grad = dZ @ weights[k].T
    return found[::-1]


def rms(values):
    return np.sqrt(np.mean(values**2))


def inside_transposed(x, weights):
    sizes = []
    for W in weights:
        x = np.maximum(0, x @ W.T if W.shape[0] == W.shape[1] else x @ W)
        sizes.append(rms(x))
    return sizes


def inside_inputs(x, weights):
    sizes = []
    for W in weights:
        sizes.append(rms(x))
        x = np.maximum(0, x @ W)
    return sizes


def from_the_global_generator(m, n, rng):
    return np.random.uniform(-he(m, n), he(m, n), (m, n))  # noqa: NPY002


EXERCISES = {
    "8.1": {
        "stub": "def size_after(layers, in_features, scale):\n    ...",
        "right": [
            size,
            size_by_loop,
            lambda *a: np.float32(size(*a)),
            lambda k, n, s: np.prod([s * n**0.5 / 2**0.5] * k),
        ],
        "wrong": [
            (lambda k, n, s: size(k, n, s) ** 2, r"mean \*square\* after"),
            (lambda k, n, s: (s * np.sqrt(n)) ** k, "ReLU is missing"),
            (lambda k, n, s: (s * np.sqrt(n) / 2) ** k, "by the root of 2, not by 2"),
            (lambda k, n, s: k * size(1, n, s) if k > 1 else size(1, n, s), "take the power"),
            (lambda k, n, s: size(1, n, s), "a single layer"),
            (lambda k, n, s: np.sqrt(s * n / 2) ** k, "The variance of the weights is its square"),
            (lambda k, n, s: (s * n / 2) ** k, "The root of n_in is missing"),
            (lambda k, n, s: (s / np.sqrt(2)) ** k, "The number of inputs is missing"),
            (lambda k, n, s: size(k - 1, n, s), "One layer is missing"),
            (lambda k, n, s: size(k + 1, n, s), "one layer too many"),
            (lambda k, n, s: (s * np.sqrt(n)) ** k / 2**0.5, "ReLU is missing|not once"),
            (simulated, "asks for the number that the formula predicts"),
            (lambda k, n, s: [size(j, n, s) for j in range(1, k + 1)], "shape"),
            (lambda k, n, s: -size(k, n, s), "sign"),
            (lambda k, n, s: f"{size(k, n, s)}", "str"),
            (lambda k, n, s: (s * np.sqrt(n // 2)) ** k, "drops the remainder"),
            (lambda k, n, s: size(min(k, 10), n, s), "after ten layers"),
            (lambda k, n, s: size(k, n, 0.01), "expected 3.842"),
            (lambda k, n, s: size(10, n, s), "after ten layers"),
            (lambda k, n, s: round(size(k, n, s), 12), "expected"),
            (lambda k, n, s: np.array([size(k, n, s)]), r"array of shape \(1,\)"),
            (lambda k, n, s: 1.0, "expected"),
            (lambda k, n, s: (s * np.sqrt(n)) ** k / 2, "not once"),
            (lambda k, n, s: size(k, n, s) * 2**0.5, "last layer is followed by ReLU"),
            (lambda k, n, s: (s * np.sqrt(2 * n)) ** k, "divide in_features by 2"),
            (lambda k, n, s: s * np.sqrt(n / 2) ** k, "Parentheses are missing"),
            (lambda k, n, s: s**k * np.sqrt(n / 2), "Only the scale is in the power"),
            (lambda k, n, s: size(k, n, s) ** 0.5, "You took the root twice"),
            (lambda k, n, s: (s * np.sqrt(2 / n)) ** k, "upside down"),
            (lambda k, n, s: k * np.log(size(1, n, s)), "expected"),
        ],
    },
    "8.2": {
        "stub": "def dead_neurons(a):\n    ...",
        "right": [
            dead,
            dead_by_loop,
            lambda a: np.where(a.max(axis=0) <= 0)[0],
            lambda a: np.flatnonzero(a.sum(axis=0) == 0).astype(np.int32),
            lambda a: np.setdiff1d(np.arange(a.shape[1]), np.nonzero(a)[1]),
        ],
        "wrong": [
            (lambda a: np.flatnonzero(np.any(a == 0, axis=0)), r"silent for \*some\* sample"),
            (lambda a: np.flatnonzero(np.all(a == 0, axis=1)), "the samples"),
            (lambda a: np.flatnonzero(np.any(a > 0, axis=0)), "that are alive"),
            (lambda a: np.all(a == 0, axis=0), "the mask"),
            (lambda a: len(dead(a)), "how many are dead"),
            (lambda a: np.mean(np.all(a == 0, axis=0)), "their share"),
            (lambda a: dead(a)[::-1], "wrong order"),
            (lambda a: np.array(dead_by_loop(a)), "where no neuron is dead, .* float64"),
            (lambda a: np.array(dead_by_loop(a), dtype=bool if dead(a).size == 0 else int), "bool"),
            (lambda a: np.flatnonzero(np.all(a < 0.1, axis=0)), "only faint"),
            (lambda a: np.flatnonzero(a.mean(axis=0) < 1e-3), "only faint"),
            (lambda a: np.flatnonzero(np.allclose(a, 0)), r"shape|\(0,\)"),
            (lambda a: dead(a).astype(float), "only integers as indices"),
            (lambda a: [float(j) for j in dead(a)], "only integers as indices"),
            (lambda a: dead(a) + 1, "counted from 1"),
            (lambda a: np.where(np.all(a == 0, axis=0)), "take its first part"),
            (lambda a: np.argwhere(np.all(a == 0, axis=0)), "as from np.argwhere"),
            (lambda a: np.flatnonzero(a == 0), r"shape"),
            (lambda a: a[:, dead(a)], r"shape"),
            (lambda a: np.all(a == 0, axis=0).astype(int), "the mask"),
            (lambda a: np.flatnonzero(a[0] == 0), "one sample only"),
            (lambda a: np.flatnonzero(a[-1] == 0), "one sample only"),
            (lambda a: np.flatnonzero(a.std(axis=0) == 0), "constant, not dead"),
            (lambda a: np.flatnonzero(np.ptp(a, axis=0) == 0), "constant, not dead"),
            (lambda a: np.flatnonzero(np.all(a == a[0], axis=0)), "constant, not dead"),
            (
                lambda a: [j for j in range(a.shape[1]) if len(np.unique(a[:, j])) == 1],
                "constant, not dead",
            ),
            (lambda a: np.flatnonzero(np.median(a, axis=0) == 0), "at least half"),
            (lambda a: np.flatnonzero(np.isclose(a, 0).all(axis=0)), "only faint"),
            (lambda a: np.flatnonzero((a == 0).mean(axis=0) > 0.9), "one of the 200 samples"),
            (lambda a: np.flatnonzero((a == 0).mean(axis=0) > 0.99), "one of the 200 samples"),
            (lambda a: np.flatnonzero(a[:6].sum(axis=0) == 0), "one of the 200 samples"),
            (lambda a: np.flatnonzero(np.percentile(a, 95, axis=0) == 0), "one of the 200|faint"),
        ],
    },
    "8.3": {
        "stub": "def sizes_inside(x, weights):\n    ...",
        "right": [
            inside,
            inside_by_loop,
            lambda x, weights: np.array(inside(x, weights)),
            lambda x, weights: inside(np.float32(x), [np.float32(W) for W in weights]),
        ],
        "wrong": [
            (inside_before_relu, r"\*before\* ReLU"),
            (inside_without_relu, "ReLU is missing"),
            (lambda x, w: inside(x, w, lambda a: np.mean(a**2)), "asks for their roots"),
            (lambda x, w: inside(x, w, np.std), "don't subtract the mean"),
            (lambda x, w: inside(x, w, np.linalg.norm), r"\*sums\* of squares"),
            (lambda x, w: inside(x, w, np.mean), "Square first"),
            (lambda x, w: [np.sqrt(np.mean(x**2)), *inside(x, w)], "belongs to the input x"),
            (lambda x, w: inside(x, w)[-1], "the last layer only"),
            (lambda x, w: inside(x, w)[-1:], "the last layer only"),
            (inside_inputs, r"layers' \*inputs\*"),
            (inside_transposed, "multiplied by `W.T`"),
            (lambda x, w: inside(x, w, lambda a: np.mean(a**2, axis=0) ** 0.5), "without an axis"),
            (lambda x, w: inside(x, w, lambda a: np.mean(a**2, axis=1) ** 0.5), "without an axis"),
            (lambda x, w: inside(x, w, lambda a: np.mean(np.abs(a))), "Square|absolute"),
            (lambda x, w: inside(x, w, np.max), "the largest outputs"),
            (
                lambda x, w: inside(x, w, lambda a: np.sqrt(np.mean(a**2, axis=0)).mean()),
                "sizes of the neurons",
            ),
            (
                lambda x, w: inside(x, w, lambda a: np.sqrt(np.mean(a**2, axis=1)).mean()),
                "sizes of the samples",
            ),
            (inside_last_linear, "The last layer is followed by ReLU as well"),
            (inside_from_x, "all get the first x"),
            (lambda x, w: inside(x, w)[::-1], "order"),
            (lambda x, w: sum(inside(x, w)), "shape"),
            (inside_relu_only_measured, "passed on the sums before it"),
            (lambda x, w: inside(x, w)[:1], "Is `return` inside the loop"),
            (lambda x, w: dict(enumerate(inside(x, w))), "dict"),
            (lambda x, w: inside(x, w)[:3], "shape|numbers"),
            (
                lambda x, w: inside(x, w, lambda a: np.linalg.norm(a) / len(a) ** 0.5),
                "number of samples only",
            ),
            (
                lambda x, w: inside(x, w, lambda a: np.linalg.norm(a) / a.shape[1] ** 0.5),
                "number of neurons only",
            ),
            (
                lambda x, w: inside(x, w, lambda a: np.sqrt(np.mean(a[a > 0] ** 2))),
                "left out the zeros",
            ),
            (lambda x, w: inside(np.maximum(0, x), w), "ReLU to x as well"),
            (lambda x, w: [size / rms(x) for size in inside(x, w)], "divided by the size of x"),
            (lambda x, w: np.cumsum(inside(x, w)), "expected"),
        ],
    },
    "8.4": {
        "stub": "def he_uniform(in_features, out_features, rng):\n    ...",
        "right": [
            uniform(he),
            lambda m, n, rng: he(m, n) * (2 * rng.random((m, n)) - 1),
            lambda m, n, rng: uniform(he)(m, n, rng).astype(np.float32),
            lambda m, n, rng: uniform(he)(m, n, rng).ravel().reshape(n, m).T,
            lambda m, n, rng: rng.choice([-1, 1], (m, n)) * rng.uniform(0, he(m, n), (m, n)),
            lambda m, n, rng: [
                [rng.uniform(-he(m, n), he(m, n)) for _ in range(n)] for _ in range(m)
            ],
        ],
        "wrong": [
            (uniform(lambda m, n: (2 / m) ** 0.5), "is the standard deviation"),
            (uniform(lambda m, n: 6 / m), "Take the root"),
            (uniform(lambda m, n: (6 / n) ** 0.5), "You divided by out_features"),
            (uniform(lambda m, n: (6 / (m + n)) ** 0.5), "This is Glorot's variance"),
            (uniform(lambda m, n: (3 / m) ** 0.5), "This has the variance 1 / n_in"),
            (uniform(lambda m, n: 0.5), r"variance of the weights is 0\.08"),
            (lambda m, n, rng: (2 / m) ** 0.5 * rng.standard_normal((m, n)), "don't look uniform"),
            (lambda m, n, rng: he(m, n) * rng.random((m, n)), "not 0"),
            (lambda m, n, rng: uniform(he)(m, n, rng).T, r"\(200, 300\)"),
            (lambda m, n, rng: np.full((m, n), 0.1), "all weights are equal"),
            (lambda m, n, rng: np.zeros((m, n)), "all weights are equal"),
            (lambda m, n, rng: uniform(he)(m, n, np.random.default_rng()), "`rng` that is handed"),
            (lambda m, n, rng: uniform(he)(m, n, np.random.default_rng(0)), "`rng` that is handed"),
            (lambda m, n, rng: np.full((m, n), np.nan), "contains NaN"),
            (uniform(lambda m, n: 2 / m), "2 / n_in is the variance"),
            (uniform(lambda m, n: (2 / (3 * m)) ** 0.5), "You divided by 3"),
            (uniform(lambda m, n: (12 / m) ** 0.5), "√2 times as large"),
            (uniform(lambda m, n: m**-0.5), "PyTorch's default"),
            (from_the_global_generator, "global generator"),
            (uniform(lambda m, n: 6**0.5 / m), "n_in belongs under the root"),
            (uniform(lambda m, n: 2 * he(m, n)), "not from end to end"),
            (uniform(lambda m, n: he(m, n) / 2), "an interval of width 2"),
            (lambda m, n, rng: he(m, n) * rng.choice([-1.0, 1.0], (m, n)), "don't look uniform"),
            (lambda m, n, rng: (2 / m) ** 0.5 * rng.choice([-1, 1], (m, n)), "don't look uniform"),
            (lambda m, n, rng: rng.uniform(0, 2 * he(m, n), (m, n)), "not 0"),
            (lambda m, n, rng: uniform(he)(m, n, rng)[0], "shape"),
            (lambda m, n, rng: uniform(he)(m, n, rng) * (1 + 0j), "complex|real"),
            (lambda m, n, rng: he(m, n), "shape|number"),
            (
                lambda m, n, rng: np.repeat(uniform(he)(m, n, rng)[:, :1], n, axis=1),
                "all columns are equal",
            ),
            (
                lambda m, n, rng: np.repeat(uniform(he)(m, n, rng)[:1], m, axis=0),
                "all rows are equal",
            ),
            (
                lambda m, n, rng: np.tile(uniform(he)(m, n, rng)[: m // 2], (2, 1)),
                "different numbers",
            ),
            (
                lambda m, n, rng: np.outer(np.ones(m), [1, -1] * (n // 2))
                * uniform(he)(m, n, rng)[:, :1],
                "different numbers",
            ),
            (
                lambda m, n, rng: rng.permutation(np.linspace(-he(m, n), he(m, n), m * n)).reshape(
                    m, n
                ),
                "evenly spaced",
            ),
            (
                lambda m, n, rng: (W := uniform(he)(m, n, rng)) / W.std() * (2 / m) ** 0.5,
                "variance of this draw is exactly",
            ),
            (lambda m, n, rng: np.sort(uniform(he)(m, n, rng), axis=0), "in a column depend"),
            (lambda m, n, rng: np.sort(uniform(he)(m, n, rng), axis=1), "depend on each other"),
        ],
    },
    "8.5": {
        "stub": "def leaky_variance(in_features, slope):\n    ...",
        "right": [
            leaky,
            lambda n, slope: 1 / (0.5 * n + 0.5 * n * slope * slope),
            lambda n, slope: np.float32(leaky(n, slope)),
        ],
        "wrong": [
            (lambda n, slope: 2 / ((1 + slope) * n), "the slope is squared"),
            (lambda n, slope: 2 / n, "This is He's variance"),
            (lambda n, slope: 2 * leaky(n, slope), "Did you halve twice"),
            (lambda n, slope: leaky(n, slope) / 2, "A factor 2 is missing"),
            (lambda n, slope: leaky(n, slope) ** 0.5, "the standard deviation"),
            (lambda n, slope: 2 * (1 + slope**2) / n, "in the denominator"),
            (lambda n, slope: 1 / leaky(n, slope), "upside down"),
            (lambda n, slope: 2 / ((1 + slope) ** 2 * n), "You squared the sum"),
            (lambda n, slope: 1 / ((1 + slope) ** 2 * n), "and a factor 2 is missing"),
            (lambda n, slope: 2 / ((1 - slope**2) * n) if slope < 1 else 1.0, "not minus"),
            (lambda n, slope: 1 / n, "slope 1 only"),
            (lambda n, slope: 2 / (slope**2 * n) if slope else 1.0, "The positive half is missing"),
            (lambda n, slope: 2 / (1 + slope**2), "The number of inputs is missing"),
            (lambda n, slope: 2 / (slope**2 + n), "Parentheses are missing"),
            (lambda n, slope: 2 / 1 + slope**2 * n, "expected"),
            (lambda n, slope: -leaky(n, slope), "sign"),
            (lambda n, slope: [leaky(n, slope)] * 2, "shape"),
            (lambda n, slope: (1 + slope**2) / (2 * n), "the 2 in the numerator"),
            (lambda n, slope: (2 - slope) / n, "not between them"),
            (lambda n, slope: (2 - slope**2) / n, "not between them"),
            (lambda n, slope: 2 / (n * (1 + slope**2)) ** 0.5, "asks for the variance"),
            (lambda n, slope: 2 / (n * (1 + slope**3)), "expected 0.04808"),
            (lambda n, slope: 2 / (n * (1 + np.sqrt(slope))), "expected 0.04808"),
            (lambda n, slope: 2 / (n * (1 + slope**4)), "expected 0.04808"),
            (lambda n, slope: 1 / (n * (0.5 + slope**2)), "½ · slope²"),
            (lambda n, slope: 2 / (n * (1 + slope**2 / 2)), "½ · slope²"),
        ],
    },
    "8.6": {
        "stub": "def first_ratios(x, weights, grad, lr):\n    ...",
        "right": [
            ratios,
            ratios_with_layers,
            ratios_recursive,
            lambda *a: np.array(ratios(*a)),
            lambda *a: ratios_from(
                *a, share=lambda dW, W: rms(W - (W - a[3] * dW)) / np.sqrt(np.mean(np.square(W)))
            ),
        ],
        "wrong": [
            (lambda *a: ratios(*a)[::-1], "order is reversed"),
            (lambda x, w, g, lr: ratios(x, w, g, 1), "learning rate is missing"),
            (lambda x, w, g, lr: ratios(x, w, g, lr**2), "the learning rate twice"),
            (ratios_unmasked_steps, "but your dW aren't"),
            (lambda *a: ratios_linear(*a, mask=True), "missing on the way forward"),
            (lambda *a: ratios_linear(*a, mask=False), "forward and backward"),
            (lambda *a: ratios_from(*a, entering=lambda o, k: o[0]), "every dW from the first x"),
            (lambda *a: ratios_from(*a, back=lambda g, dZ, W: g), "use the same `grad`"),
            (lambda *a: ratios(*a, size=lambda v: np.median(np.abs(v))), "expected"),
            (lambda *a: 1 / np.array(ratios(*a)), "upside down"),
            (lambda *a: ratios(*a, mask=False), "The masks are missing"),
            (lambda *a: ratios(*a, last=False), "mask of the last layer is missing"),
            (lambda *a: ratios_from(*a, back=lambda g, dZ, W: g @ W.T), "dX = dZ"),
            (lambda *a: ratios_from(*a, share=lambda dW, W: a[3] * rms(dW)), "sizes of the steps"),
            (lambda *a: ratios(*a, size=lambda v: np.mean(v**2)), "ratios of mean squares"),
            (
                lambda *a: ratios_from(*a, share=lambda dW, W: a[3] * (rms(dW) / rms(W)) ** 2),
                "ratios of mean squares",
            ),
            (lambda *a: ratios(*a, size=np.std), "Don't subtract the mean"),
            (lambda *a: ratios(*a, size=lambda v: np.abs(v).mean()), "mean absolute values"),
            (lambda *a: ratios(*a, size=lambda v: np.abs(v).max()), "largest numbers"),
            (
                lambda *a: ratios_from(*a, share=lambda dW, W: rms(a[3] * dW / W)),
                "weight by weight",
            ),
            (
                lambda *a: ratios_from(*a, share=lambda dW, W: a[3] * rms(dW) / rms(W - a[3] * dW)),
                "weights after the step",
            ),
            (lambda *a: np.array(ratios(*a)) / len(a[0]), "number of samples again"),
            (lambda *a: ratios(*a)[-1], "last layer only"),
            (lambda *a: ratios(*a)[-1:], "last layer only"),
            (lambda *a: ratios(*a)[0], "first layer only"),
            (lambda *a: ratios_from(*a, share=lambda dW, W: a[3] * dW), "an entry is an array"),
            (
                lambda *a: ratios_from(
                    *a, share=lambda dW, W: a[3] * np.sqrt(np.mean(dW**2, axis=0))
                ),
                "an entry is an array",
            ),
            (lambda *a: ratios_from(*a, entering=lambda o, k: o[k + 1]), "takes its"),
            (lambda *a: ratios_from(*a, masks=lambda o, k: o[k]), "not from its input"),
            (lambda *a: ratios_from(*a, back=lambda g, dZ, W: dZ @ W), "You sent dZ · W back"),
            (lambda *a: ratios_from(*a, back=lambda g, dZ, W: dZ), "You sent dZ back as it is"),
            (lambda *a: -np.array(ratios(*a)), "sign"),
            (lambda *a: [1e-3] * len(a[1]), "expected"),
            (lambda *a: sum(ratios(*a)), "shape"),
            (lambda *a: dict(enumerate(ratios(*a))), "dict"),
        ],
    },
}
