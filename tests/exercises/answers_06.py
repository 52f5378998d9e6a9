"""Answers to the exercises of chapter 6, right ones and wrong ones."""

import numpy as np

from shared.activations import ReLU, Softmax, Tanh
from shared.gradcheck import numerical_gradient
from shared.layers import Dense
from shared.losses import SoftmaxCrossEntropy


def softmax(z):
    return Softmax().forward(z)


def neuron_gradients(x, w, b, y_true):
    a = np.tanh(x @ w + b)
    dz = 2 * (a - y_true) * (1 - a**2)
    return dz * x, dz


def neuron_gradients_by_loop(x, w, b, y_true):
    z = b
    for k in range(len(x)):
        z += x[k] * w[k]
    a = float(np.tanh(z))
    dz = 2 * (a - y_true) * (1 - a) * (1 + a)
    return [dz * number for number in x.tolist()], dz


def neuron_gradients_measured(x, w, b, y_true):
    w, b = w.copy(), np.array([b])

    def loss():
        return float((np.tanh(x @ w + b[0]) - y_true) ** 2)

    return numerical_gradient(loss, w), numerical_gradient(loss, b).item()


def neuron_gradients_nudged(x, w, b, y_true, h=1e-5):
    def loss(w, b):
        return (np.tanh(x @ w + b) - y_true) ** 2

    dw = [(loss(w + h * e, b) - loss(w - h * e, b)) / (2 * h) for e in np.eye(len(w))]
    return np.array(dw), (loss(w, b + h) - loss(w, b - h)) / (2 * h)


def neuron_gradients_by_complex_step(x, w, b, y_true, h=1e-30):
    def slope(w, b):
        return ((np.tanh(x @ w + b) - y_true) ** 2).imag / h

    dw = [slope(w + 1j * h * e, b) for e in np.eye(len(w))]
    return np.array(dw), slope(w, b + 1j * h)


def neuron_gradients_by_angle(x, w, b, y_true, h=1e-30):
    def slope(w, b):
        loss = (np.tanh(x @ w + b) - y_true) ** 2
        return np.angle(loss) * abs(loss) / h

    return np.array([slope(w + 1j * h * e, b) for e in np.eye(len(w))]), slope(w, b + 1j * h)


def neuron_gradients_one_by_one(x, w, b, y_true):
    dz = 2 * (np.tanh(np.dot(x, w) + b) - y_true) / np.cosh(np.dot(x, w) + b) ** 2
    return tuple(dz * number for number in x), np.float64(dz)


def neuron_gradients_in_float32(x, w, b, y_true):
    dw, db = neuron_gradients(x.astype(np.float32), w.astype(np.float32), b, y_true)
    return np.float32(dw), np.float32(db)


def neuron(change):
    """Return the gradients made with another slope: change(z, a, y_true) gives dz."""

    def answer(x, w, b, y_true):
        z = x @ w + b
        dz = change(z, np.tanh(z), y_true)
        return dz * x, dz

    return answer


def other_neuron(activation):
    """Return the gradients of a forward pass with another activation, but with tanh's slope."""

    def answer(x, w, b, y_true):
        a = activation(x @ w + b)
        dz = 2 * (a - y_true) * (1 - a**2)
        return dz * x, dz

    return answer


def neuron_gradients_of_the_first_case(x, w, b, y_true):
    return neuron_gradients(x, w, 0.3, 1.5)


def neuron_gradients_through_float32(x, w, b, y_true):
    a = np.tanh(np.float32(x @ w + b))
    dz = 2 * (float(a) - y_true) * (1 - float(a) ** 2)
    return dz * x, dz


def capped_backward(dA, z):
    return dA * ((z > 0) & (z < 1))


def capped_backward_nudged(h):
    """Return the measured slopes, with a nudge of h, times dA."""

    def answer(dA, z):
        return dA * (np.clip(z + h, 0, 1) - np.clip(z - h, 0, 1)) / (2 * h)

    return answer


def capped_backward_by_loop(dA, z):
    result = np.zeros(dA.size, np.float32)
    for place, (gradient, number) in enumerate(zip(dA.ravel(), z.ravel(), strict=True)):
        if 0 < number < 1:
            result[place] = gradient
    return result.reshape(dA.shape)


def columns_backward(dZ, X, W):
    return W.T @ dZ, dZ @ X.T, dZ.sum(axis=1, keepdims=True)


def columns_backward_through_rows(dZ, X, W):
    layer = Dense(*W.T.shape, np.random.default_rng(0))
    layer.weight.value = W.T
    layer.forward(X.T)
    dX = layer.backward(dZ.T)
    return dX.T, layer.weight.grad.T.tolist(), layer.bias.grad.reshape(-1, 1)


def columns_backward_by_loops(dZ, X, W):
    dX, dW, db = np.zeros_like(X), np.zeros_like(W), np.zeros((len(W), 1))
    for j in range(W.shape[0]):
        for i in range(X.shape[1]):
            db[j, 0] += dZ[j, i]
            for k in range(W.shape[1]):
                dW[j, k] += dZ[j, i] * X[k, i]
                dX[k, i] += dZ[j, i] * W[j, k]
    return dX, dW, db


def columns_measured(dZ, X, W):
    arrays = [X.copy(), W.copy(), np.zeros((len(W), 1))]

    def loss():
        X, W, b = arrays
        return float((dZ * (W @ X + b)).sum())

    return [numerical_gradient(loss, array) for array in arrays]


def nudged(loss, arrays, h):
    """Return the measured slopes of a function of several arrays."""
    grads = [np.zeros_like(array) for array in arrays]
    for grad, array in zip(grads, arrays, strict=True):
        for place in np.ndindex(array.shape):
            kept = array[place]
            array[place] = kept + h
            above = loss(*arrays)
            array[place] = kept - h
            grad[place] = (above - loss(*arrays)) / (2 * h)
            array[place] = kept
    return grads


def columns_nudged(h):
    def answer(dZ, X, W):
        arrays = [X.copy(), W.copy(), np.zeros((len(W), 1))]
        return nudged(lambda X, W, b: (dZ * (W @ X + b)).sum(), arrays, h)

    return answer


def columns(dX=None, dW=None, db=None):
    """Return the right gradients with some of them replaced."""

    def answer(dZ, X, W):
        right = columns_backward(dZ, X, W)
        return [
            change(dZ, X, W) if change else part
            for change, part in zip([dX, dW, db], right, strict=True)
        ]

    return answer


def tempered_gradient(logits, y_true, temperature):
    loss = SoftmaxCrossEntropy()
    loss.forward(logits / temperature, y_true)
    return loss.backward() / temperature


def tempered_gradient_by_loops(logits, y_true, temperature):
    n, classes = logits.shape
    p = softmax(np.float32(logits / temperature))
    grad = np.zeros((n, classes), np.float32)
    for i in range(n):
        for j in range(classes):
            grad[i, j] = (p[i, j] - (j == y_true[i])) / (n * temperature)
    return grad


def tempered_gradient_unshifted(logits, y_true, temperature):
    exp = np.exp(logits / temperature)
    p = exp / exp.sum(axis=1, keepdims=True)
    return (p - one_hot(logits, y_true)) / (len(logits) * temperature)


def tempered_gradient_measured(logits, y_true, temperature):
    logits = logits.copy()
    return numerical_gradient(
        lambda: SoftmaxCrossEntropy().forward(logits / temperature, y_true), logits
    )


def tempered_gradient_by(softmax):
    """Return the right formula with another softmax."""
    return lambda z, y, T: (softmax(z / T) - one_hot(z, y)) / (len(z) * T)


def tempered_gradient_long(lowest):
    """Return the long route, with probabilities that are kept at or above a limit."""

    def answer(logits, y_true, temperature):
        p = softmax(logits / temperature)
        dP = -one_hot(logits, y_true) / np.maximum(p, lowest) / len(p)
        return p * (dP - (dP * p).sum(axis=1, keepdims=True)) / temperature

    return answer


def tempered_gradient_clipped(lowest):
    """Return the long route with clipped probabilities everywhere."""

    def answer(logits, y_true, temperature):
        p = np.clip(softmax(logits / temperature), lowest, 1 - lowest)
        dP = -one_hot(logits, y_true) / p / len(p)
        return p * (dP - (dP * p).sum(axis=1, keepdims=True)) / temperature

    return answer


def tempered_gradient_nudged(logits, y_true, temperature, h=1e-3):
    loss = SoftmaxCrossEntropy()
    return nudged(lambda z: loss.forward(z / temperature, y_true), [logits.copy()], h)[0]


def tempered_gradient_in_logs(logits, y_true, temperature):
    u = logits / temperature
    u = u - u.max(axis=-1)[:, None]
    p = np.exp(u - np.log(np.exp(u).sum(-1))[:, None])
    return np.divide(np.subtract(p, one_hot(logits, y_true)), temperature * u.shape[0])


def tempered_gradient_in_whole_columns(logits, y_true, temperature):
    p = softmax(logits / temperature)
    p[:, y_true] -= 1
    return p / (len(logits) * temperature)


def tempered_gradient_rooted(logits, y_true, temperature):
    exp = np.exp(logits - logits.max(axis=1, keepdims=True)) ** (1 / temperature)
    p = exp / exp.sum(axis=1, keepdims=True)
    return (p - one_hot(logits, y_true)) / (len(logits) * temperature)


def one_hot(logits, y_true):
    return np.eye(logits.shape[1])[y_true]


def around_backward(dA, x, W, b):
    dZ = dA * (x @ W + b > 0)
    return dZ @ W.T + dA, x.T @ dZ, dZ.sum(axis=0)


def around_backward_with_classes(dA, x, W, b):
    layer, relu = Dense(*W.shape, np.random.default_rng(0)), ReLU()
    layer.weight.value, layer.bias.value = W, b
    relu.forward(layer.forward(x))
    dX = layer.backward(relu.backward(dA))
    return (dX + dA).astype(np.float32), layer.weight.grad.tolist(), layer.bias.grad


def around_backward_measured(dA, x, W, b):
    arrays = [x.copy(), W.copy(), b.copy()]

    def loss():
        x, W, b = arrays
        return float((dA * (np.maximum(0, x @ W + b) + x)).sum())

    return [numerical_gradient(loss, array) for array in arrays]


def around_backward_nudged(dA, x, W, b, h=1e-3):
    def loss(x, W, b):
        return (dA * (np.maximum(0, x @ W + b) + x)).sum()

    return nudged(loss, [x.copy(), W.copy(), b.copy()], h)


def around_backward_by_samples(dA, x, W, b):
    dX, dW, db = dA.copy(), np.zeros_like(W), np.zeros_like(b)
    for i in range(len(x)):
        dz = np.where(x[i] @ W + b > 0, dA[i], 0)
        dX[i] += W @ dz
        dW += np.outer(x[i], dz)
        db += dz
    return dX, dW, db


def around(mask=None, dX=None, dW=None, db=None):
    """Return the right gradients, made with another mask, or with one of them replaced."""

    def answer(dA, x, W, b):
        z = x @ W + b
        dZ = dA * (mask(z, x) if mask else z > 0)
        right = [dZ @ W.T + dA, x.T @ dZ, dZ.sum(axis=0)]
        return [
            change(dA, dZ, x, W) if change else part
            for change, part in zip([dX, dW, db], right, strict=True)
        ]

    return answer


def network_gradients(x, y_true, W1, b1, W2, b2, slope=None, scale=None, back=None):
    n = len(x)
    z1 = x @ W1 + b1
    a1 = np.tanh(z1)
    p = softmax(a1 @ W2 + b2)
    dZ2 = (p - np.eye(len(b2))[y_true]) / (n if scale is None else scale(n))
    dA1 = dZ2 @ (W2.T if back is None else back(W2))
    dZ1 = dA1 * (1 - a1**2 if slope is None else slope(a1))
    return x.T @ dZ1, dZ1.sum(axis=0), a1.T @ dZ2, dZ2.sum(axis=0)


def network_gradients_with_classes(x, y_true, W1, b1, W2, b2):
    rng, loss = np.random.default_rng(0), SoftmaxCrossEntropy()
    layers = [Dense(*W1.shape, rng), Tanh(), Dense(*W2.shape, rng)]
    for layer, W, b in [(layers[0], W1, b1), (layers[2], W2, b2)]:
        layer.weight.value, layer.bias.value = W, b
    for layer in layers:
        x = layer.forward(x)
    loss.forward(x, y_true)
    grad = loss.backward()
    for layer in reversed(layers):
        grad = layer.backward(grad)
    return [p.grad.astype(np.float32) for layer in layers for p in layer.parameters()]


def network_gradients_sample_by_sample(x, y_true, W1, b1, W2, b2):
    n = len(x)
    total = [np.zeros_like(array) for array in [W1, b1, W2, b2]]
    for row, label in zip(x, y_true, strict=True):
        one = network_gradients(row[np.newaxis], np.array([label]), W1, b1, W2, b2)
        total = [so_far + grad / n for so_far, grad in zip(total, one, strict=True)]
    return [grad.tolist() for grad in total]


def network_gradients_measured(x, y_true, W1, b1, W2, b2):
    arrays = [array.copy() for array in (W1, b1, W2, b2)]

    def loss():
        W1, b1, W2, b2 = arrays
        return SoftmaxCrossEntropy().forward(np.tanh(x @ W1 + b1) @ W2 + b2, y_true)

    return [numerical_gradient(loss, array) for array in arrays]


def network(change=None, **options):
    """Return a network with other options, or with its gradients changed."""

    def answer(x, y_true, W1, b1, W2, b2):
        grads = network_gradients(x, y_true, W1, b1, W2, b2, **options)
        return change(grads) if change else grads

    return answer


def another_network(activation=np.tanh, slope=None, softmax=softmax, hot=None):
    """Return a network with other functions in it; slope is one of z1 and a1."""

    def answer(x, y_true, W1, b1, W2, b2):
        z1 = x @ W1 + b1
        a1 = activation(z1)
        Y = hot(y_true) if hot else np.eye(len(b2))[y_true]
        dZ2 = (softmax(a1 @ W2 + b2) - Y) / len(x)
        dZ1 = dZ2 @ W2.T * (slope(z1, a1) if slope else 1 - a1**2)
        return x.T @ dZ1, dZ1.sum(axis=0), a1.T @ dZ2, dZ2.sum(axis=0)

    return answer


def network_that_starts(start):
    """Return a network whose backward pass starts with another dZ2, made of p and one-hot rows."""

    def answer(x, y_true, W1, b1, W2, b2):
        a1 = np.tanh(x @ W1 + b1)
        p = softmax(a1 @ W2 + b2)
        dZ2 = start(p, np.eye(len(b2))[y_true])
        dZ1 = dZ2 @ W2.T * (1 - a1**2)
        return x.T @ dZ1, dZ1.sum(axis=0), a1.T @ dZ2, dZ2.sum(axis=0)

    return answer


def columns_subtracted(p, y):
    grad = p.copy()
    grad[:, y.argmax(axis=1)] -= 1
    return grad / len(p)


def through_softmax(dP, p):
    return p * (dP - (dP * p).sum(axis=1, keepdims=True))


def network_by_matrices(dW1=None, db1=None, dW2=None, db2=None):
    """Return the right gradients with some of them made of x, a1, dZ1, dZ2 in another way."""

    def answer(x, y_true, W1, b1, W2, b2):
        a1 = np.tanh(x @ W1 + b1)
        dZ2 = tempered_gradient(a1 @ W2 + b2, y_true, 1.0)
        dZ1 = dZ2 @ W2.T * (1 - a1**2)
        right = [x.T @ dZ1, dZ1.sum(axis=0), a1.T @ dZ2, dZ2.sum(axis=0)]
        return [
            change(x, a1, dZ1, dZ2) if change else part
            for change, part in zip([dW1, db1, dW2, db2], right, strict=True)
        ]

    return answer


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def network_by_long_route(x, y_true, W1, b1, W2, b2):
    e = np.exp(2 * (x @ W1 + b1))
    a1 = (e - 1) / (e + 1)
    exp = np.exp(a1 @ W2 + b2)
    p = exp / exp.sum(axis=1)[:, np.newaxis]
    dP = np.zeros(p.shape)
    for i, label in enumerate(y_true):
        dP[i, label] = -1 / len(x) / p[i, label]
    dZ2 = p * dP - p * (p * dP).sum(axis=1, keepdims=True)
    dZ1 = np.einsum("ik,jk->ij", dZ2, W2) * 4 * e / (e + 1) ** 2
    ones = np.ones(len(x))
    return np.einsum("ij,ik->jk", x, dZ1), ones @ dZ1, np.einsum("ij,ik->jk", a1, dZ2), ones @ dZ2


def network_updated_early(lr):
    """Return a network that updates a copy of W2 before it goes on to layer 1."""

    def answer(x, y_true, W1, b1, W2, b2):
        a1 = np.tanh(x @ W1 + b1)
        dZ2 = tempered_gradient(a1 @ W2 + b2, y_true, 1.0)
        dW2 = a1.T @ dZ2
        W2 = W2 - lr * dW2
        dZ1 = dZ2 @ W2.T * (1 - a1**2)
        return x.T @ dZ1, dZ1.sum(axis=0), dW2, dZ2.sum(axis=0)

    return answer


def network_with_z1(x, y_true, W1, b1, W2, b2):
    dW1, db1, _, db2 = network_gradients(x, y_true, W1, b1, W2, b2)
    logits = np.tanh(x @ W1 + b1) @ W2 + b2
    dZ2 = (softmax(logits) - np.eye(len(b2))[y_true]) / len(x)
    return dW1, db1, (x @ W1 + b1).T @ dZ2, db2


def network_with_db_of_dA(x, y_true, W1, b1, W2, b2):
    right = network_gradients(x, y_true, W1, b1, W2, b2)
    without = network_gradients(x, y_true, W1, b1, W2, b2, slope=np.ones_like)
    return right[0], without[1], *right[2:]


def biases_not_summed(x, y_true, W1, b1, W2, b2):
    a1 = np.tanh(x @ W1 + b1)
    dZ2 = tempered_gradient(a1 @ W2 + b2, y_true, 1.0)
    dZ1 = dZ2 @ W2.T * (1 - a1**2)
    return x.T @ dZ1, dZ1, a1.T @ dZ2, dZ2


EXERCISES = {
    "6.1": {
        "stub": """
def neuron_gradients(x, w, b, y_true):
    dw = ...
    db = ...
    return dw, db
""",
        "right": [
            neuron_gradients,
            neuron_gradients_by_loop,
            neuron_gradients_in_float32,
            neuron_gradients_one_by_one,
        ],
        "wrong": [
            (neuron(lambda z, a, y: 2 * (a - y)), "dw lacks the slope of tanh"),
            (neuron(lambda z, a, y: 2 * (z - y)), "dw is computed without tanh"),
            (neuron(lambda z, a, y: 2 * (z - y) * (1 - a**2)), "dw starts with z in place of a"),
            (
                neuron(lambda z, a, y: 2 * (a - y) * (1 - a * a) * (z > 0)),
                "dw is 0 for a negative z. Is ReLU's mask left",
            ),
            (
                neuron(lambda z, a, y: 2 * (max(z, 0) - y) * (z > 0)),
                "dw is computed without tanh, as with ReLU in Section 2",
            ),
            (other_neuron(lambda z: np.tanh(max(0, z))), "dw is wrong for a negative z"),
            (other_neuron(lambda z: max(0, np.tanh(z))), "dw is wrong for a negative z"),
            (other_neuron(lambda z: np.tanh(abs(z))), "dw is .* times what it should be"),
            (
                neuron(lambda z, a, y: 2 * (sigmoid(z) - y) * sigmoid(z) * (1 - sigmoid(z))),
                "dw is that of a neuron with sigmoid",
            ),
            (lambda x, w, b, y: (neuron_gradients(x, w, b, y)[0], 0.0), "db is 0. The bias"),
            (lambda x, w, b, y: (neuron_gradients(x, w, b, y)[0], 1), "db is 1, the slope of z"),
            (neuron_gradients_by_angle, "measures the slope, with an imaginary nudge"),
            (neuron(lambda z, a, y: (a - y) ** 2 * (1 - a**2)), "starts with the loss itself"),
            (neuron_gradients_of_the_first_case, "dw is .* times what it should be"),
            (neuron_gradients_through_float32, "or rounds on the way, as float32 does"),
            (neuron(lambda z, a, y: 2 * (a - y) * (1 - a)), "1 - a², with the square"),
            (neuron(lambda z, a, y: 2 * (a - y) * a * (1 - a)), "dw uses sigmoid's slope"),
            (neuron(lambda z, a, y: 2 * (a - y) * (1 - z**2)), "dw uses 1 - z²"),
            (neuron(lambda z, a, y: (a - y) * (1 - a**2)), "half as large.*with a factor 2"),
            (neuron_gradients_measured, "measures the slope.*`numerical_gradient`"),
            (neuron_gradients_nudged, "measures the slope.*right to"),
            (neuron_gradients_by_complex_step, "measures the slope, with an imaginary nudge"),
            (neuron(lambda z, a, y: 2 * (a - y) * (1 - np.tanh(a) ** 2)), "applies tanh twice"),
            (neuron(lambda z, a, y: 2 * (a - y) * a**2), "multiplied by a²"),
            (neuron(lambda z, a, y: 1 - a**2), "dw starts at tanh"),
            (lambda x, w, b, y: neuron_gradients(x, w, 0, y), "without the bias"),
            (lambda x, w, b, y: neuron_gradients(x, w, b, y)[::-1], "You returned .db, dw."),
            (neuron(lambda z, a, y: 2 * (y - a) * (1 - a**2)), "wrong sign"),
            (
                lambda x, w, b, y: (neuron_gradients(x, w, b, y)[1] * w, 0.0),
                "times the weights.*the gradient of the inputs.*factor's slope is the other factor",
            ),
            (lambda x, w, b, y: (neuron_gradients(x, w, b, y)[1],) * 2, "dw is a single number"),
            (lambda x, w, b, y: (neuron_gradients(x, w, b, y)[0],) * 2, "db is a vector"),
            (lambda x, w, b, y: neuron_gradients(x, w, b, y)[0], "must return dw and db"),
            (lambda x, w, b, y: (neuron_gradients(x, w, b, y)[0], ...), "db is still missing"),
        ],
    },
    "6.2": {
        "stub": "def capped_backward(dA, z):\n    ...",
        "right": [
            capped_backward,
            capped_backward_by_loop,
            lambda dA, z: np.where((0 < z) * (z < 1), dA, 0).tolist(),
            lambda dA, z: dA * (z > 0) - dA * (z > 1),
            lambda dA, z: dA * (np.clip(z, 0, 1) == z),
            lambda dA, z: dA * (abs(2 * z - 1) < 1),
            lambda dA, z: np.where(z <= 0, 0, np.where(z >= 1, 0, dA)),
        ],
        "wrong": [
            (lambda dA, z: dA * (np.clip(z, 0, 1) >= 0), "everywhere.*never below 0"),
            (lambda dA, z: dA * (z > 0), "the backward pass of ReLU.*flat above 1"),
            (lambda dA, z: dA * (z < 1), "flat below 0"),
            (lambda dA, z: dA * ((z < 0) | (z > 1)), "mask is inverted"),
            (lambda dA, z: dA * (z % 2 < 1), "numbers differ"),
            (lambda dA, z: dA * ((z > 0) & (z < 1) | (z > 2) | (z < -1)), "numbers differ"),
            (lambda dA, z: dA * ((z > 0) & (z < 2)), "the cap is 2"),
            (lambda dA, z: dA * ((z > 0) & (z < 6)), "the cap is 6"),
            (lambda dA, z: dA * (abs(z) < 1), "between -1 and 0, too"),
            (lambda dA, z: dA * (z > 1), "above 1 only"),
            (lambda dA, z: dA * ((z > 0) | (z < 1)), "goes through everywhere"),
            (lambda dA, z: dA * (z > 0) - (z > 1), "numbers differ"),
            (lambda dA, z: dA * z * ((z > 0) & (z < 1)), "multiplied by z"),
            (lambda dA, z: dA * ((dA > 0) & (dA < 1)), "mask was made from dA.*depends on z"),
            (lambda dA, z: dA * np.where((z > 0) & (z < 1), 1, 0.01), "numbers differ"),
            (lambda dA, z: dA * ((z > 0.1) & (z < 0.9)), "At z = 0.000001, all of dA should"),
            (lambda dA, z: dA * ((z > 0) & (z < 0.99)), "At z = 0.999999, all of dA should"),
            (lambda dA, z: dA * ((z > -0.01) & (z < 1)), "At z = -0.000001, nothing of dA should"),
            (lambda dA, z: dA * ((z > 0) & (z < 1.01)), "At z = 1.000001, nothing of dA should"),
            (lambda dA, z: capped_backward(dA, z.round(1)), "compare z itself with 0 and 1"),
            (lambda dA, z: dA * (z.astype(int) == 0), "between -1 and 0, too"),
            (lambda dA, z: np.clip(dA * z, 0, 1), "numbers differ"),
            (lambda dA, z: -capped_backward(dA, z), "the wrong sign"),
            (capped_backward_nudged(1e-6), "measures the slope.*right to"),
            (capped_backward_nudged(1e-4), "only a part of dA.*Does your code nudge z"),
            (lambda dA, z: ((z > 0) & (z < 1)).astype(float), "the slope alone. Multiply it"),
            (lambda dA, z: dA * np.clip(z, 0, 1), "multiplied by the output"),
            (lambda dA, z: np.clip(dA, 0, 1), "What goes through depends on z"),
            (lambda dA, z: np.clip(z, 0, 1), "This is the forward pass"),
        ],
    },
    "6.3": {
        "stub": """
def columns_backward(dZ, X, W):
    dX = ...
    dW = ...
    db = ...
    return dX, dW, db
""",
        "right": [columns_backward, columns_backward_through_rows, columns_backward_by_loops],
        "wrong": [
            (
                columns(dX=lambda dZ, X, W: dZ @ W.T),
                "dX in the convention of the chapter, with samples as rows",
            ),
            (
                columns(dW=lambda dZ, X, W: X.T @ dZ),
                "dW in the convention of the chapter, with samples as rows",
            ),
            (columns(dX=lambda dZ, X, W: W @ dZ), "lacks the transpose of W"),
            (columns(dX=lambda dZ, X, W: dZ @ W), "factors in the wrong order"),
            (columns(dW=lambda dZ, X, W: dZ @ X), "lacks the transpose of X"),
            (columns(dX=lambda dZ, X, W: dZ.T @ W), "dX.*is transposed"),
            (columns(dX=lambda dZ, X, W: dZ), "dX.*numbers differ"),
            (lambda dZ, X, W: columns_backward(-dZ, X, W), "dX.*wrong sign"),
            (columns_nudged(1e-5), "measures the slope.*right to"),
            (columns_nudged(0.01), "measures the slope.*right to"),
            (columns_nudged(1.0), "measures the slope.*right to"),
            (columns(dW=lambda dZ, X, W: X @ dZ.T), "dW is transposed"),
            (columns(dW=lambda dZ, X, W: dZ @ X.T / X.shape[1]), "The mean belongs to the loss"),
            (
                columns(db=lambda dZ, X, W: dZ.mean(axis=1, keepdims=True)),
                "db is the mean over the samples",
            ),
            (columns(db=lambda dZ, X, W: dZ.sum(axis=1)), "gradient is a column, too"),
            (columns(db=lambda dZ, X, W: dZ.sum(axis=0)), "summed over the neurons"),
            (
                columns(db=lambda dZ, X, W: dZ.sum(axis=0, keepdims=True)),
                "summed over the neurons",
            ),
            (
                columns(db=lambda dZ, X, W: dZ.sum(axis=0).reshape(-1, 1)),
                "summed over the neurons",
            ),
            (columns(db=lambda dZ, X, W: dZ.mean(axis=1)), "and not a column"),
            (columns(dW=lambda dZ, X, W: dZ.T @ X), "dW has the transpose on dZ"),
            (columns(db=lambda dZ, X, W: dZ.sum()), "the sum of everything"),
            (columns(db=lambda dZ, X, W: dZ), "db is dZ itself"),
            (lambda dZ, X, W: columns_backward(dZ, X, W)[1:], "must return dX, dW, and db"),
            (lambda dZ, X, W: columns_backward(dZ, X, W)[::-1], "You returned .db, dW, dX."),
            (columns_measured, "measures the slope"),
        ],
    },
    "6.4": {
        "stub": "def tempered_gradient(logits, y_true, temperature):\n    ...",
        "right": [
            tempered_gradient,
            tempered_gradient_by_loops,
            lambda z, y, T: ((softmax(z / T) - one_hot(z, y)) / len(z) / T).tolist(),
            tempered_gradient_in_logs,
            tempered_gradient_by(lambda u: np.exp(u - np.logaddexp.reduce(u, axis=1)[:, None])),
        ],
        "wrong": [
            (lambda z, y, T: (softmax(z / T) - one_hot(z, y)) / len(z), "The last step is missing"),
            (
                lambda z, y, T: (
                    (np.exp(z / T) / np.exp(z / T).sum() - one_hot(z, y)) / (T * len(z))
                ),
                "over the whole batch",
            ),
            (lambda z, y, T: (z / T - one_hot(z, y)) / (T * len(z)), "Softmax is missing"),
            (
                lambda z, y, T: (softmax(z / T) - one_hot(z, y)) * T / len(z),
                "multiplied by the temperature",
            ),
            (
                lambda z, y, T: (softmax(z) - one_hot(z, y)) / len(z),
                "You didn't use the temperature",
            ),
            (
                lambda z, y, T: (softmax(z) - one_hot(z, y)) / len(z) / T,
                r"those of T = 1\. Softmax must get",
            ),
            (lambda z, y, T: (softmax(z / T) - one_hot(z, y)) / T, "forgot to divide by n. The"),
            (lambda z, y, T: softmax(z / T) - one_hot(z, y), "forgot to divide by n, and by T"),
            (lambda z, y, T: -tempered_gradient(z, y, T), "wrong sign: predicted minus true"),
            (lambda z, y, T: softmax(z / T), "These are the probabilities"),
            (lambda z, y, T: softmax(z / T) / len(z) / T, "Y is missing"),
            (lambda z, y, T: (softmax(z) / T - one_hot(z, y)) / len(z), "were divided by T"),
            (lambda z, y, T: (softmax(z) / T - one_hot(z, y)) / len(z) / T, "were divided by T"),
            (tempered_gradient_unshifted, "exp overflows"),
            (tempered_gradient_measured, "measures the slope"),
            (tempered_gradient_nudged, "measures the slope.*right to"),
            (lambda z, y, T: tempered_gradient(z, y, T) / T, "divided by the temperature twice"),
            (lambda z, y, T: tempered_gradient(T * z, y, 1) / T, "multiplied by T before softmax"),
            (lambda z, y, T: tempered_gradient(T * z, y, 1) * T, "multiplied by T before softmax"),
            (lambda z, y, T: tempered_gradient(T * z, y, 1), "multiplied by T before softmax"),
            (
                lambda z, y, T: (softmax(z / T) / T - one_hot(z, y)) / len(z),
                "Only a part of P - Y was divided by T",
            ),
            (
                lambda z, y, T: (softmax(z / T) - one_hot(z, y) / T) / len(z),
                "Only a part of P - Y was divided by T",
            ),
            (tempered_gradient_in_whole_columns, "subtracted in whole columns"),
            (
                lambda z, y, T: -np.log(softmax(z / T)[np.arange(len(z)), y]).mean(),
                "This is the loss itself",
            ),
            (
                lambda z, y, T: (softmax(z / T) - np.eye(y.max() + 1)[y]) / (len(z) * T),
                "could not be broadcast",
            ),
            (tempered_gradient_rooted, "exp came first, and T after it"),
            (
                tempered_gradient_by(lambda u: np.exp(u) / np.exp(u).sum(axis=0)),
                "Softmax was taken over the columns",
            ),
            (tempered_gradient_by(lambda u: softmax(u.T).T), "Softmax was taken over the columns"),
            (
                tempered_gradient_by(
                    lambda u: np.exp(u - u.max()) / np.exp(u - u.max()).sum(1, keepdims=True)
                ),
                "largest number of the whole batch",
            ),
            (tempered_gradient_by(lambda u: softmax(np.clip(u, -700, 700))), "were clipped"),
            (tempered_gradient_long(0), "Did you divide by that probability"),
            (tempered_gradient_long(1e-7), "kept above a limit"),
            (tempered_gradient_by(lambda u: np.clip(softmax(u), 1e-7, 1 - 1e-7)), "above a limit"),
            (tempered_gradient_by(lambda u: np.clip(softmax(u), 1e-5, 1)), "above a limit"),
            (tempered_gradient_by(lambda u: np.clip(softmax(u), 1e-12, 1)), "above a limit"),
            (tempered_gradient_by(lambda u: np.maximum(softmax(u), 1e-3)), "above a limit"),
            (tempered_gradient_clipped(1e-7), "above a limit"),
            (lambda z, y, T: tempered_gradient(z, y, T) / z.shape[1], "number of columns"),
            (
                lambda z, y, T: (softmax(z / T) - np.eye(3)[y % 3]) / (len(z) * T),
                "could not be broadcast",
            ),
            (lambda z, y, T: tempered_gradient(z, y, T) / len(z), "divide by it once too often"),
        ],
    },
    "6.5": {
        "stub": """
def around_backward(dA, x, W, b):
    dX = ...
    dW = ...
    db = ...
    return dX, dW, db
""",
        "right": [around_backward, around_backward_with_classes, around_backward_by_samples],
        "wrong": [
            (around_backward_measured, "measures the slope"),
            (around_backward_nudged, "measures the slope.*right to"),
            (around(dX=lambda dA, dZ, x, W: W @ dZ.T + dA.T), "dX.*transposed"),
            (around(dW=lambda dA, dZ, x, W: dZ.T @ x), "dW.*is transposed"),
            (around(dX=lambda dA, dZ, x, W: dZ @ W.T - dA), "dA was subtracted"),
            (around(dX=lambda dA, dZ, x, W: dZ @ W.T * dA), "two paths were multiplied"),
            (around(dX=lambda dA, dZ, x, W: (dZ @ W.T + dA) / 2), "mean of the two paths"),
            (around(dX=lambda dA, dZ, x, W: dZ + dA), "isn't multiplied by W"),
            (around(mask=lambda z, x: x > 0), "The mask was made from x"),
            (lambda dA, x, W, b: around_backward(2 * dA, x, W, b), "add the same gradient twice"),
            (around(dX=lambda dA, dZ, x, W: dZ @ W.T + 2 * dA), "has dA in it twice"),
            (lambda *args: [around_backward(*args)[i] for i in (1, 2, 0)], "You returned"),
            (around(dX=lambda dA, dZ, x, W: dZ @ W.T), "only the path through.*used twice"),
            (around(dX=lambda dA, dZ, x, W: dA), "contains only the direct path"),
            (around(dX=lambda dA, dZ, x, W: dZ @ W.T + dZ), "no ReLU on the direct path"),
            (around(dX=lambda dA, dZ, x, W: dZ @ W.T + 1), "On the direct path 1 was added"),
            (around(dX=lambda dA, dZ, x, W: dZ @ W.T + x), "On the direct path x itself was added"),
            (lambda dA, x, W, b: around_backward(dA, x, W, 0 * b), "made without the bias"),
            (around(dX=lambda dA, dZ, x, W: dZ @ W + dA), "lacks the transpose of W"),
            (around(dX=lambda dA, dZ, x, W: dA @ W.T), "direct path is missing as well"),
            (around(mask=lambda z, x: np.maximum(0, z) >= 0), "dX lacks ReLU's mask.*always true"),
            (around(mask=lambda z, x: np.maximum(0, z) + x > 0), "dX uses a mask made from A"),
            (around(dW=lambda dA, dZ, x, W: x.T @ dA), "dW lacks ReLU's mask"),
            (around(dW=lambda dA, dZ, x, W: x.T @ dZ / len(x)), "dW is divided by the number"),
            (around(dW=lambda dA, dZ, x, W: x.T @ (dZ + dA)), "doesn't go through W"),
            (around(db=lambda dA, dZ, x, W: dA.sum(axis=0)), "db lacks ReLU's mask"),
            (around(db=lambda dA, dZ, x, W: dZ.mean(axis=0)), "db is the mean over the samples"),
            (around(db=lambda dA, dZ, x, W: dZ.sum(axis=1)), "db is summed over the neurons"),
        ],
    },
    "6.6": {
        "stub": """
def network_gradients(x, y_true, W1, b1, W2, b2):
    dW1, db1, dW2, db2 = ..., ..., ..., ...
    return dW1, db1, dW2, db2
""",
        "right": [
            network_gradients,
            network_gradients_with_classes,
            network_gradients_sample_by_sample,
            network_by_long_route,
        ],
        "wrong": [
            (network_gradients_measured, "measures the slope"),
            (network(change=lambda grads: [grads[i] for i in (2, 3, 0, 1)]), "You returned"),
            (network(slope=np.ones_like), "dW1 lacks the slope of tanh"),
            (biases_not_summed, "db2 has a row for each sample"),
            (network(slope=lambda a1: 1 - a1), "dW1 uses the wrong slope for tanh"),
            (network(slope=lambda a1: a1 * (1 - a1)), "dW1 uses sigmoid's slope"),
            (network(slope=lambda a1: a1 > 0), "dW1 uses ReLU's mask"),
            (network(slope=lambda a1: 1 - np.tanh(a1) ** 2), "dW1 applies tanh twice"),
            (network(scale=lambda n: 1), "dW2 is n times too large.*forgot to divide"),
            (network(scale=lambda n: n * n), "dW2 is n times too small"),
            (network_that_starts(lambda p, y: (p - y) / p.size), "dW2.*the number of classes"),
            (network_that_starts(lambda p, y: 2 * (p - y) / len(p)), "there is no factor 2"),
            (network_that_starts(lambda p, y: -y / p / len(p)), "starts at the probabilities"),
            (network_that_starts(columns_subtracted), "subtracts 1 from whole columns"),
            (
                network_that_starts(lambda p, y: through_softmax((p - y) / len(p), p)),
                "goes back through softmax twice",
            ),
            (another_network(softmax=lambda z: softmax(np.tanh(z))), "applies tanh to the logits"),
            (another_network(hot=lambda y: np.eye(y.max() + 1)[y]), "could not be broadcast"),
            (network(change=lambda grads: [-g for g in grads]), "dW2 has the wrong sign"),
            (network(change=lambda grads: [g.T for g in grads]), "dW2 is transposed"),
            (network_with_z1, "dW2 is computed from z1"),
            (network_with_db_of_dA, "db1 lacks the slope of tanh"),
            (network(back=lambda W2: W2), "without the transpose of W2"),
            (another_network(lambda z: np.maximum(0, z), lambda z, a: z > 0), "dW2.*with ReLU"),
            (another_network(sigmoid, lambda z, a: a * (1 - a)), "dW2.*with sigmoid"),
            (another_network(lambda z: z, lambda z, a: 1), "dW2.*without an activation"),
            (another_network(slope=lambda z, a: 1 - z**2), "dW1 uses 1 - z1²"),
            (another_network(hot=lambda y: 0), "dW2 lacks Y"),
            (another_network(softmax=lambda z: z), "dZ2 without softmax"),
            (another_network(softmax=lambda z: softmax(z.T).T), "over the columns"),
            (another_network(softmax=lambda z: np.exp(z) / np.exp(z).sum()), "the whole batch"),
            (another_network(hot=lambda y: np.eye(3)[y]), "out of bounds"),
            (another_network(hot=lambda y: np.eye(4)[y]), "could not be broadcast"),
            (
                lambda x, y, W1, b1, W2, b2: network_gradients(x, y, W1, 0 * b1, W2, b2),
                "forward pass without b1",
            ),
            (
                lambda x, y, W1, b1, W2, b2: network_gradients(x, y, W1, b1, W2, 0 * b2),
                "forward pass without b2",
            ),
            (
                lambda x, y, W1, b1, W2, b2: network_gradients(x, y, W1, 0 * b1, W2, 0 * b2),
                "forward pass without the biases",
            ),
            (another_network(softmax=sigmoid), "dW2 applies sigmoid to the logits"),
            (network_updated_early(1), "dW1 comes from a W2 that was updated too early"),
            (network_updated_early(0.1), "dW1 comes from a W2 that was updated too early"),
            (network_updated_early(0.01), "dW1 comes from a W2 that was updated too early"),
            (network_by_matrices(dW1=lambda x, a1, dZ1, dZ2: x @ dZ1), "last axis of a must"),
            (network_by_matrices(dW2=lambda x, a1, dZ1, dZ2: a1 @ dZ2), "last axis of a must"),
            (
                network_by_matrices(dW1=lambda x, a1, dZ1, dZ2: a1.T @ dZ1),
                "dW1 uses the input of the other layer",
            ),
            (
                network_by_matrices(db1=lambda x, a1, dZ1, dZ2: dZ1.sum(axis=1)),
                "db1 is summed over the neurons",
            ),
            (
                network_by_matrices(db2=lambda x, a1, dZ1, dZ2: dZ2.mean(axis=0)),
                "db2 is n times too small",
            ),
            (network(change=lambda grads: grads[:3]), "must return dW1, db1, dW2, and db2"),
            (network(change=lambda grads: [*grads[:3], ...]), "db2 is still missing"),
        ],
    },
}
