"""Checks of chapter 16: MNIST, with one sample per column."""

import warnings
from itertools import pairwise

import numpy as np

from shared.exercises import exercise
from shared.exercises.compare import Wrong, call, expect, finite, parts, swapped


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
                "The last batch of each epoch is missing. It's smaller than the others, but it "
                "makes an update like them: round up.",
            ),
            (
                m * epochs / batch_size,
                "This isn't a whole number. The last batch of an epoch is smaller, but it makes "
                "one update like the others: round up.",
            ),
            (
                -(-m * epochs // batch_size),
                "You rounded once, at the end. Every epoch starts with a new batch, so every epoch "
                "may end with a smaller one: round up first, then multiply.",
            ),
            (
                (full + 1) * epochs,
                "One batch too many if the images fill all batches exactly. Round up instead of "
                "adding 1.",
            ),
            (m * epochs, "This counts images. There is one update for each batch."),
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
            (squares, "These are the squared distances. Which class is closest: argmin?"),
            (squares.min(axis=0), "This is how far away the closest mean is, not which one it is."),
            (
                ((X[:, np.newaxis] - M[:, :, np.newaxis]) ** 4).sum(axis=0).argmin(axis=0),
                "You squared twice. The closest mean has the smallest sum of squares.",
            ),
            (
                squares.argmin(axis=1),
                "This is the closest image for each mean. The exercise asks for the closest mean "
                "for each image: one answer for each column of X.",
            ),
            (squares.argmax(axis=0), "These are the means that are furthest away."),
            (
                (M.T @ X).argmax(axis=0),
                "The largest dot product isn't the smallest distance: a mean with a lot of ink "
                "wins too often. Square the differences and add them up.",
            ),
            (
                np.abs(X[:, np.newaxis] - M[:, :, np.newaxis]).sum(axis=0).argmin(axis=0),
                "You added up absolute differences. The closest mean has the smallest sum of "
                "*squared* differences.",
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
        (
            right / len(y),
            "You divided by the number of all images. Divide each count by the number of images of "
            "its own class.",
        ),
        (1 - right / in_class, "These are the shares that are wrong."),
        (in_class / len(y), "This is the share that each class has in the data."),
        (
            [np.mean((y_pred == k) == (y == k)) for k in range(4)],
            "This also counts the images of other classes that weren't taken for this one. Use "
            "only the images with `y == k`.",
        ),
    ]
    name = "`accuracy_per_digit(y_pred, y, 4)`"
    expect(call(answer, y_pred, y, 4), right / in_class, name, mistakes=mistakes)

    # Six classes: 2 is in the predictions alone, 5 in the labels alone.
    y, y_pred = np.array([0, 0, 1, 3, 3, 3, 4, 5]), np.array([0, 2, 1, 3, 3, 1, 4, 4])
    expected = np.array([0.5, 1, np.nan, 2 / 3, 1, 0])
    name = "`accuracy_per_digit(y_pred, y, 6)`"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of the mean of an empty array
        received = call(answer, y_pred, y, 6)
    # NaN is right here, so it gets a number that no share can have.
    shares = finite(_without_nan(received), name)
    if shares.shape == (5,):
        raise Wrong(
            "There are 6 classes, but `y` has no image of class 2, and you returned 5 numbers. "
            "Does your loop run over the classes in `y`? Use `range(classes)`."
        )
    if shares.shape == (4,):
        raise Wrong(
            f"{name} has 4 numbers instead of 6. Is the number of classes fixed in your code? Use "
            "`range(classes)`."
        )
    expect(shares.shape, (6,), f"The shape of {name}")
    if shares[2] != _NAN:
        raise Wrong(
            f"`y` has no image of class 2, so entry 2 of {name} must be np.nan. "
            f"Received: {shares[2]:g}. A class without images has no accuracy, not even 0."
        )
    if shares[5] == _NAN:
        raise Wrong(
            f"Entry 5 of {name} is nan, but `y` has one image of class 5. It was never predicted, "
            "so the share is 0."
        )
    expect(np.delete(shares, 2), np.delete(expected, 2), f"{name}, without entry 2,")
    return "This is the recall of each class, computed without a confusion matrix."


_NAN = -1.0


def _without_nan(received):
    """Return an answer with another number for NaN, or as it is if it isn't made of numbers."""
    if isinstance(received, (list, tuple)):
        return [_without_nan(entry) for entry in received]
    if isinstance(received, (float, np.floating)):
        return _NAN if np.isnan(received) else received
    if isinstance(received, np.ndarray) and received.dtype.kind == "f":
        return np.where(np.isnan(received), _NAN, received)
    return received


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
    swapped(result, dict(zip(names, expected, strict=True)))
    wrong_derivatives = [
        (Z1 > 0, "the mask of ReLU is still there: tanh has a different derivative."),
        (A1 > 0, "the mask of ReLU is still there: tanh has a different derivative."),
        (1.0, "the derivative of tanh is missing between dA1 and dZ1."),
        (1 - A1, "the derivative of tanh is 1 minus its *square*."),
        (1 - Z1**2, "the square of Z1 was taken. It belongs to tanh(Z1), which is A1."),
        (
            1 - np.tanh(A1) ** 2,
            "tanh was taken twice: A1 is tanh(Z1) already, so the derivative is 1 - A1².",
        ),
        (A1 * (1 - A1), "this is the derivative of the sigmoid. For tanh it is 1 - A1²."),
    ]
    for part, name, right in zip(result, names, expected, strict=True):
        mistakes = []
        for derivative, words in wrong_derivatives:
            wrong = dA1 * derivative
            mistakes.append((wrong @ X.T, f"In `dW1`, {words}"))
            mistakes.append((wrong.sum(axis=1, keepdims=True), f"In `db1`, {words}"))
        expect(part, right, f"`{name}`", mistakes=mistakes, batch=m)
    return "Only the step from dA1 to dZ1 depends on the activation."


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
            (forward(_relu, lambda Z: Z), "These are the logits. Apply softmax to them."),
            (
                forward(_relu, _relu),
                "You used ReLU after the last layer. Use softmax there.",
            ),
            (
                forward(_relu, lambda Z: _softmax(_relu(Z))),
                "You used ReLU after the last layer, before the softmax: it sets all negative "
                "logits to 0.",
            ),
            (
                forward(lambda Z: Z, _softmax),
                "There is no ReLU between the layers. Without it, they amount to one layer.",
            ),
            (
                forward(_softmax, _softmax),
                "You used softmax between the layers. Use ReLU there.",
            ),
            (
                forward(_relu, lambda Z: _softmax(Z, axis=None)),
                "You divided by the sum over all samples. Each column has its own sum: axis=0, "
                "with keepdims=True.",
            ),
            (
                forward(_relu, lambda Z: _softmax(Z, axis=1)),
                "Your softmax runs along the rows. Here a sample is a column, and each column must "
                "add up to 1: axis=0.",
            ),
        ]
        name = f"`forward_deep(layers, X)` for the sizes {'-'.join(map(str, sizes))}"
        expect(call(answer, layers, X), right, name, mistakes=mistakes)

    # The logits in the columns: (1000, 1000, 0), (0, 1, -2000), and (2000, 2001, -2000).
    W = np.array([[1000.0, 0], [1000, 1], [0, -2000]])
    layers = ((np.eye(2), np.zeros((2, 1))), (W, np.zeros((3, 1))))
    X = np.array([[1.0, 0, 2], [0, 1, 1]])
    with np.errstate(all="ignore"):
        received = call(answer, layers, X)
    if not np.isfinite(received).all():
        if np.isnan(np.asarray(received)[:, 1]).any():
            raise Wrong(
                "With a logit of 2,001 in one column, others become NaN. Did you subtract the "
                "maximum of *all* logits? Use the maximum of each column: axis=0, with "
                "keepdims=True."
            )
        raise Wrong(
            "With logits of 1,000 the probabilities become NaN, because exp(1000) overflows. "
            "Subtract the maximum of each column before exp, as in Chapter 3."
        )
    expect(received, _softmax(W @ X), "`forward_deep(layers, X)` for logits of 1,000")
    return "The same loop works for one layer and for a hundred."


def _relu(Z):
    return np.maximum(0, Z)


def _softmax(Z, axis=0):
    e = np.exp(Z - Z.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)
