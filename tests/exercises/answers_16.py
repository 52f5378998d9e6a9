"""Answers to the exercises of chapter 16: MNIST, with one sample per column."""

import math

import numpy as np


def updates(m, epochs, batch_size):
    return epochs * math.ceil(m / batch_size)


def updates_by_counting(m, epochs, batch_size):
    return sum(1 for _ in range(epochs) for _ in range(0, m, batch_size))


def squares(M, X):
    return np.stack([((X - M[:, i : i + 1]) ** 2).sum(axis=0) for i in range(M.shape[1])])


def nearest(M, X):
    return squares(M, X).argmin(axis=0)


def nearest_by_loop(M, X):
    labels = []
    for j in range(X.shape[1]):
        distances = [math.dist(M[:, i], X[:, j]) for i in range(M.shape[1])]
        labels.append(distances.index(min(distances)))
    return labels


def nearest_by_product(M, X):
    return (M.T @ X - (M**2).sum(axis=0)[:, np.newaxis] / 2).argmax(axis=0)


def nearest_by_absolute(M, X):
    return np.abs(X[:, np.newaxis] - M[:, :, np.newaxis]).sum(axis=0).argmin(axis=0)


def nearest_by_power(M, X, power):
    return (np.abs(X[:, None] - M[:, :, None]) ** power).sum(axis=0).argmin(axis=0)


def nearest_of_ten(M, X):
    return np.argmin([((X - M[:, i : i + 1]) ** 2).sum(axis=0) for i in range(10)], axis=0)


def per_digit(y_pred, y, classes=10):
    return np.array(
        [np.mean(y_pred[y == k] == k) if (y == k).any() else np.nan for k in range(classes)]
    )


def per_class(classes, empty=np.nan):
    """Return an answer that loops over `classes(y, count)`, with a number for empty classes."""

    def answer(y_pred, y, count=10):
        return np.array(
            [np.mean(y_pred[y == k] == k) if (y == k).any() else empty for k in classes(y, count)]
        )

    return answer


def per_digit_with_warning(y_pred, y, classes=10):
    return [np.mean(y_pred[y == k] == k) for k in range(classes)]


def per_digit_or_nan(y_pred, y, classes=10):
    shares = per_digit(y_pred, y, classes)
    return np.where(shares == 0, np.nan, shares)


def per_digit_by_matrix(y_pred, y, classes=10):
    matrix = np.zeros((classes, classes))
    for true, predicted in zip(y, y_pred, strict=True):
        matrix[true, predicted] += 1
    with np.errstate(invalid="ignore"):
        return (np.diagonal(matrix) / matrix.sum(axis=1)).tolist()


def per_predicted(y_pred, y, classes=10):
    return np.array([np.mean(y[y_pred == k] == k) for k in range(classes)])


def relu(Z):
    return np.maximum(0, Z)


def softmax(Z, axis=0):
    e = np.exp(Z - Z.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def back_prop(derivative, divide=True):
    def answer(params, X, y, Z1, A1, A2):
        dZ2 = A2 - np.eye(len(A2))[:, y]
        if divide:
            dZ2 = dZ2 / len(y)
        dZ1 = (params[2].T @ dZ2) * derivative(Z1, A1)
        db1, db2 = dZ1.sum(axis=1, keepdims=True), dZ2.sum(axis=1, keepdims=True)
        return dZ1 @ X.T, db1, dZ2 @ A1.T, db2

    return answer


def tanh_prime(Z1, A1):
    return 1 - A1**2


def back_prop_by_loop(params, X, y, Z1, A1, A2):
    grads = [np.zeros_like(array) for array in params]
    m = X.shape[1]
    for j in range(m):
        dz2 = A2[:, j] / m
        dz2[y[j]] -= 1 / m
        dz1 = params[2].T @ dz2 / np.cosh(Z1[:, j]) ** 2
        for grad, part in zip(
            grads,
            [np.outer(dz1, X[:, j]), dz1[:, None], np.outer(dz2, A1[:, j]), dz2[:, None]],
            strict=True,
        ):
            grad += part
    return grads


def back_prop_in_rows(params, X, y, Z1, A1, A2):
    dW1, db1, dW2, db2 = back_prop(tanh_prime)(params, X, y, Z1, A1, A2)
    return dW1.T, db1, dW2.T, db2


def back_prop_without_keepdims(params, X, y, Z1, A1, A2):
    dW1, db1, dW2, db2 = back_prop(tanh_prime)(params, X, y, Z1, A1, A2)
    return dW1, db1[:, 0], dW2, db2[:, 0]


def softmax_unshifted(Z):
    e = np.exp(Z)
    return e / e.sum(axis=0)


def softmax_shifted_by_all(Z):
    e = np.exp(Z - Z.max())
    return e / e.sum(axis=0)


def forward(between=relu, after=softmax):
    def answer(layers, X):
        A = X
        for W, b in layers[:-1]:
            A = between(W @ A + b)
        W, b = layers[-1]
        return after(W @ A + b)

    return answer


def forward_by_recursion(layers, X):
    (W, b), *rest = layers
    Z = W @ X + b
    return forward_by_recursion(rest, relu(Z)) if rest else softmax(Z)


def forward_in_float32(layers, X):
    layers = [(W.astype(np.float32), b.astype(np.float32)) for W, b in layers]
    return forward()(layers, X.astype(np.float32))


EXERCISES = {
    "16.1": {
        "stub": "def count_updates(m, epochs, batch_size):\n    ...",
        "right": [updates, updates_by_counting, lambda m, e, b: np.int64(-(-m // b) * e)],
        "wrong": [
            (lambda m, e, b: -(-m // b), "updates of one epoch"),
            (lambda m, e, b: e * (m // b), "The last batch of each epoch is missing"),
            (lambda m, e, b: e * m / b, "isn't a whole number"),
            (lambda m, e, b: math.ceil(e * m / b), "You rounded once"),
            (lambda m, e, b: e * (m // b + 1), "Round up instead of adding 1"),
            (lambda m, e, b: e * m, "counts images"),
            (lambda m, e, b: e * round(m / b), "The last batch of each epoch is missing"),
            (lambda m, e, b: -(-m // b) + e, "expected"),
        ],
    },
    "16.2": {
        "stub": "def nearest_mean(M, X):\n    ...",
        "right": [nearest, nearest_by_loop, nearest_by_product],
        "wrong": [
            (squares, "These are the squared distances"),
            (lambda M, X: squares(M, X).min(axis=0), "how far away"),
            (lambda M, X: squares(M, X).argmin(axis=1), "closest image for each mean"),
            (lambda M, X: squares(M, X).argmax(axis=0), "furthest away"),
            (lambda M, X: (M.T @ X).argmax(axis=0), "largest dot product"),
            (nearest_by_absolute, "absolute differences"),
            (lambda M, X: nearest_by_power(M, X, 4), "squared twice"),
            (lambda M, X: squares(M.T, X.T), "."),
            (lambda M, X: squares(M[:, :3], X).argmin(axis=0), "expected|order"),
            (lambda M, X: nearest(M, X).reshape(-1, 1), "right numbers in the wrong shape"),
            (lambda M, X: nearest(M, X) + 1, "too large by 1"),
            (nearest_of_ten, "."),
        ],
    },
    "16.3": {
        "stub": "def accuracy_per_digit(y_pred, y, classes=10):\n    ...",
        "right": [
            per_digit,
            per_digit_by_matrix,
            per_digit_with_warning,
            lambda *a: per_digit(*a).astype(np.float32),
        ],
        "wrong": [
            (lambda p, y, c: np.mean(p == y), "accuracy over all images"),
            (lambda p, y, c: np.bincount(y[p == y], minlength=c), "These are the counts"),
            (per_predicted, "the precision"),
            (lambda p, y, c: np.bincount(y[p == y], minlength=c) / len(y), "number of all images"),
            (lambda p, y, c: np.bincount(y, minlength=c) / len(y), "share that each class has"),
            (
                lambda p, y, c: [np.mean((p == k) == (y == k)) for k in range(c)],
                "counts the images of other classes",
            ),
            (per_class(lambda y, count: range(4)), "Is the number of classes fixed"),
            (per_class(lambda y, count: np.unique(y)), "Does your loop run over the classes"),
            (per_class(lambda y, count: sorted(set(y.tolist()))), "Does your loop run over"),
            (per_class(lambda y, count: range(10)), r"shape \(10,\), expected \(4,\)"),
            (per_class(lambda y, count: range(count), empty=0), "must be np.nan"),
            (per_class(lambda y, count: range(count), empty=1), "must be np.nan"),
            (per_class(lambda y, count: range(y.max() + 1)[:count][::-1]), "wrong order"),
            (per_digit_or_nan, "so the share is 0"),
            (lambda p, y, c: 1 - per_digit(p, y, c), "shares that are wrong"),
            (lambda p, y, c: 100 * per_digit(p, y, c), "100 times"),
        ],
    },
    "16.4": {
        "stub": "def back_prop_tanh(params, X, y, Z1, A1, A2):\n    ...",
        "right": [
            back_prop(tanh_prime),
            back_prop_by_loop,
            back_prop(lambda Z1, A1: (1 - A1) * (1 + A1)),
        ],
        "wrong": [
            (back_prop(lambda Z1, A1: Z1 > 0), "mask of ReLU is still there"),
            (back_prop(lambda Z1, A1: 1.0), "derivative of tanh is missing"),
            (back_prop(lambda Z1, A1: 1 - A1), r"1 minus its \*square\*"),
            (back_prop(lambda Z1, A1: 1 - Z1**2), "the square of Z1"),
            (back_prop(lambda Z1, A1: 1 - np.tanh(A1) ** 2), "tanh was taken twice"),
            (back_prop(lambda Z1, A1: A1 * (1 - A1)), "derivative of the sigmoid"),
            (back_prop(tanh_prime, divide=False), "is the mean over the batch missing"),
            (back_prop_in_rows, "is transposed"),
            (back_prop_without_keepdims, "keepdims=True keeps an axis"),
            (lambda *a: back_prop(tanh_prime)(*a)[::-1], "You returned"),
            (back_prop(lambda Z1, A1: 1 + A1**2), "expected"),
            (back_prop(lambda Z1, A1: A1**2 - 1), "wrong sign"),
            (back_prop(lambda Z1, A1: 1 - np.tanh(Z1)), "1 minus its"),
            (lambda *a: back_prop(tanh_prime)(*a)[:2], "must return dW1, db1, dW2, and db2"),
        ],
    },
    "16.5": {
        "stub": "def forward_deep(layers, X):\n    ...",
        "right": [forward(), forward_by_recursion, forward_in_float32],
        "wrong": [
            (forward(after=lambda Z: Z), "These are the logits"),
            (forward(after=relu), "You used ReLU after the last layer. Use softmax"),
            (forward(after=lambda Z: softmax(relu(Z))), "before the softmax"),
            (forward(between=lambda Z: Z), "no ReLU between the layers"),
            (forward(between=softmax), "You used softmax between the layers"),
            (forward(after=lambda Z: softmax(Z, axis=1)), "runs along the rows"),
            (forward(after=lambda Z: softmax(Z, axis=None)), "Each column has its own sum"),
            (forward(after=softmax_unshifted), "Subtract the maximum of each column before exp"),
            (forward(after=softmax_shifted_by_all), "maximum of \\*all\\* logits"),
            (forward(after=lambda Z: softmax(np.clip(Z, -30, 30))), "for logits of 1,000"),
            (forward(between=np.tanh), "expected"),
            (forward(between=np.abs), "expected"),
            (lambda layers, X: forward()(layers[::-1], X), "."),
            (lambda layers, X: forward()([(W, 0) for W, _ in layers], X), "expected"),
            (lambda layers, X: forward()(layers, X).T, "transposed"),
            (lambda layers, X: forward()(layers, X).argmax(axis=0), "shape"),
        ],
    },
}
