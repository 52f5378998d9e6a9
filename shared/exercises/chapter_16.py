"""Checks of chapter 16: MNIST, with one sample per column."""

from itertools import pairwise

import numpy as np

from shared.exercises import exercise
from shared.exercises.compare import call, expect, parts


@exercise("16.1")
def count_updates(answer):
    """The number of steps in several epochs of mini-batches."""
    for m, epochs, batch_size in [(48_000, 10, 128), (300, 4, 128), (48_000, 10, 48_000)]:
        full, left_over = divmod(m, batch_size)
        each = full + (left_over > 0)
        mistakes = [
            (each, "These are the updates of one epoch. There are several."),
            (
                full * epochs,
                "The last batch of each epoch is missing. It is smaller than the others, and it "
                "makes an update as well: round up.",
            ),
            (
                m * epochs / batch_size,
                "This is no whole number. The last batch of an epoch is smaller, and it makes one "
                "update like the others: round up.",
            ),
            (
                -(-m * epochs // batch_size),
                "You rounded once, at the end. Each epoch begins with a fresh batch, so each of "
                "them has a smaller last one: round up first, then multiply.",
            ),
            (
                (full + 1) * epochs,
                "One batch too many where the images fill all batches: nothing is left over then. "
                "Round up instead of adding 1.",
            ),
            (m * epochs, "This counts the images. One update is made for a whole batch."),
        ]
        name = f"`count_updates({m}, {epochs}, {batch_size})`"
        expect(call(answer, m, epochs, batch_size), each * epochs, name, mistakes=mistakes)
    return "With batches of 128 that is 3,750 updates in ten epochs; with the full batch it is 10."


@exercise("16.2")
def nearest_mean(answer):
    """The class whose mean is closest, for images in columns."""
    rng = np.random.default_rng(162)
    cases = []
    for features, classes, m in [(6, 4, 9), (12, 5, 5)]:
        # Means of different lengths, so that the largest dot product isn't the smallest distance.
        M = rng.random((features, classes)) * np.linspace(0.3, 1.5, classes)
        labels = rng.permutation(np.arange(m) % classes)
        cases.append((M, M[:, labels] + 0.05 * rng.standard_normal((features, m))))
    # The first image is 8 from mean 0 and 9 from mean 1 in squares, but 4 and 3 in absolute values.
    cases.append(
        (np.array([[2.0, 3], [2, 0], [0, 0]]), np.array([[0.0, 3, 2], [0, 0, 1], [0, 1, 0]]))
    )
    # 12 and 11 in squares, but 48 and 83 in fourth powers.
    cases.append((np.array([[2.0, 3], [2, 1], [2, 1]]), np.zeros((3, 2))))
    for M, X in cases:
        squares = ((X[:, np.newaxis] - M[:, :, np.newaxis]) ** 2).sum(axis=0)  # (classes, m)
        mistakes = [
            (squares, "These are the squared distances. Which class is the closest: argmin?"),
            (squares.min(axis=0), "This is how far away the closest mean is, not which one it is."),
            (
                ((X[:, np.newaxis] - M[:, :, np.newaxis]) ** 4).sum(axis=0).argmin(axis=0),
                "You squared twice. The closest mean is the one with the smallest sum of squares.",
            ),
            (
                squares.argmin(axis=1),
                "This is the closest image for each mean. Asked for is the closest mean for each "
                "image: one answer for each column.",
            ),
            (squares.argmax(axis=0), "These are the means that are furthest away."),
            (
                (M.T @ X).argmax(axis=0),
                "The largest dot product isn't the smallest distance: a mean with much ink wins "
                "too often. Square the differences and add them up.",
            ),
            (
                np.abs(X[:, np.newaxis] - M[:, :, np.newaxis]).sum(axis=0).argmin(axis=0),
                "You added up absolute differences. The closest mean is the one with the smallest "
                "sum of *squared* differences.",
            ),
        ]
        name = f"`nearest_mean(M, X)` for M {M.shape} and X {X.shape}"
        expect(call(answer, M, X), squares.argmin(axis=0), name, mistakes=mistakes)
    return "One label for each column: the mean at the smallest squared distance."


@exercise("16.3")
def accuracy_per_digit(answer):
    """The share of each class that was predicted right."""
    y = np.array([0, 0, 0, 0, 1, 1, 2, 2, 2, 2, 2, 3])
    y_pred = np.array([0, 0, 0, 1, 1, 2, 2, 2, 0, 1, 2, 3])
    order = np.random.default_rng(163).permutation(len(y))
    y, y_pred = y[order], y_pred[order]
    right = np.bincount(y[y_pred == y], minlength=4)
    in_class, said = np.bincount(y, minlength=4), np.bincount(y_pred, minlength=4)
    mistakes = [
        (np.mean(y_pred == y), "This is the accuracy over all images, one number."),
        (right, "These are the counts. Divide each by the number of images of its class."),
        (
            right / said,
            "These are divided by how often a class was *predicted*, which gives the precision. "
            "Divide by how many images are *of* the class.",
        ),
        (right / len(y), "Divided by all images. Each class has its own number of them."),
        (in_class / len(y), "This is the share that each class has in the data."),
        (
            [np.mean((y_pred == k) == (y == k)) for k in range(4)],
            "This asks for each class whether all images were told apart from it, and counts the "
            "images of other classes as well. Take only those with `y == k`.",
        ),
    ]
    name = "`accuracy_per_digit(y_pred, y, 4)`"
    expect(call(answer, y_pred, y, 4), right / in_class, name, mistakes=mistakes)
    return "The recall of each class, without the way over the confusion matrix."


@exercise("16.4")
def back_prop_tanh(answer):
    """The four gradients of a two-layer network with tanh, in columns."""
    rng = np.random.default_rng(164)
    features, hidden, classes, m = 5, 4, 3, 7
    W1, b1 = rng.standard_normal((hidden, features)), rng.standard_normal((hidden, 1))
    W2, b2 = rng.standard_normal((classes, hidden)), rng.standard_normal((classes, 1))
    X, y = rng.standard_normal((features, m)), rng.integers(0, classes, size=m)
    Z1 = W1 @ X + b1
    A1 = np.tanh(Z1)
    e = np.exp(W2 @ A1 + b2)
    A2 = e / e.sum(axis=0)

    dZ2 = (A2 - np.eye(classes)[:, y]) / m
    dA1 = W2.T @ dZ2
    dZ1 = dA1 * (1 - A1**2)
    names = ("dW1", "db1", "dW2", "db2")
    expected = (
        dZ1 @ X.T,
        dZ1.sum(axis=1, keepdims=True),
        dZ2 @ A1.T,
        dZ2.sum(axis=1, keepdims=True),
    )

    result = parts(call(answer, (W1, b1, W2, b2), X, y, Z1, A1, A2), names)
    wrong_derivatives = [
        (Z1 > 0, "the mask of ReLU is still there: tanh has another derivative."),
        (A1 > 0, "the mask of ReLU is still there: tanh has another derivative."),
        (1.0, "the derivative of tanh is missing between dA1 and dZ1."),
        (1 - A1, "the derivative of tanh is 1 minus its *square*."),
        (1 - Z1**2, "the square of Z1 was taken. It belongs to tanh(Z1), which is A1."),
        (
            1 - np.tanh(A1) ** 2,
            "tanh was taken twice: A1 is tanh(Z1) already, so the derivative is 1 - A1².",
        ),
        (A1 * (1 - A1), "this is the derivative of the sigmoid. That of tanh is 1 - A1²."),
    ]
    for part, name, right in zip(result, names, expected, strict=True):
        mistakes = []
        for derivative, words in wrong_derivatives:
            wrong = dA1 * derivative
            mistakes.append((wrong @ X.T, f"In `dW1`, {words}"))
            mistakes.append((wrong.sum(axis=1, keepdims=True), f"In `db1`, {words}"))
        expect(part, right, f"`{name}`", mistakes=mistakes, batch=m)
    return "Only the step from dA1 to dZ1 knows which activation the layer has."


@exercise("16.5")
def forward_deep(answer):
    """The probabilities of a network with any number of layers, in columns."""
    rng = np.random.default_rng(165)
    for sizes in [(5, 4, 6, 3), (4, 3), (6, 5, 5, 4, 3)]:
        layers = tuple(
            (rng.standard_normal((out, width)), rng.standard_normal((out, 1)))
            for width, out in pairwise(sizes)
        )
        X = rng.standard_normal((sizes[0], 6))

        def forward(between, after, layers=layers, X=X):
            A = X
            for W, b in layers[:-1]:
                A = between(W @ A + b)
            W, b = layers[-1]
            return after(W @ A + b)

        right = forward(_relu, _softmax)
        mistakes = [
            (forward(_relu, lambda Z: Z), "These are the logits. Softmax is still to come."),
            (
                forward(_relu, _relu),
                "ReLU stands after the last layer as well. There it is softmax.",
            ),
            (
                forward(_relu, lambda Z: _softmax(_relu(Z))),
                "ReLU stands after the last layer too, before the softmax: it throws away all "
                "negative logits.",
            ),
            (
                forward(lambda Z: Z, _softmax),
                "There is no ReLU between the layers. Without it they are no more than one layer.",
            ),
            (
                forward(_softmax, _softmax),
                "Softmax stands between the layers as well. There it is ReLU.",
            ),
            (
                forward(_relu, lambda Z: _softmax(Z, axis=None)),
                "You divided by the sum over all samples. Each column has its own sum: axis=0, "
                "with keepdims=True.",
            ),
            (
                forward(_relu, lambda Z: _softmax(Z, axis=1)),
                "Softmax runs along the rows. A sample is a column here: each column must add up "
                "to 1, so it is axis=0.",
            ),
        ]
        name = f"`forward_deep(layers, X)` for the sizes {'-'.join(map(str, sizes))}"
        expect(call(answer, layers, X), right, name, mistakes=mistakes)
    return "The same loop serves one layer and a hundred."


def _relu(Z):
    return np.maximum(0, Z)


def _softmax(Z, axis=0):
    e = np.exp(Z - Z.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)
