"""Checks of chapter 18: PyTorch and Keras. They need neither of the two."""

from itertools import pairwise

import numpy as np

from shared.exercises import exercise
from shared.exercises.compare import Wrong, call, expect, parts


@exercise("18.1")
def weight_decay(answer):
    """PyTorch's weight_decay that does what our L2 strength does."""
    for strength in [5e-4, 0.3]:
        mistakes = [
            (
                strength,
                "That is the strength itself. Our gradient is 2λW, PyTorch's weight_decay · W: "
                "with this number the penalty would be half as strong.",
            ),
            (
                strength / 2,
                "You divided. PyTorch has no factor 2 in its gradient, so its number must be "
                "larger than ours, not smaller.",
            ),
            (strength**2, "This is the square of the strength; a factor is asked for."),
        ]
        expect(
            call(answer, strength), 2 * strength, f"`weight_decay({strength})`", mistakes=mistakes
        )
    return "weight_decay = 2λ: both gradients are 2λW."


@exercise("18.2")
def running_mean(answer):
    """The running mean of batch normalization in Keras's convention."""
    means = np.array([4.0, -2.0, 7.0, 1.0])
    for momentum in [0.9, 0.6]:
        mistakes = [
            (
                _running(means, 1 - momentum),
                "You took momentum for the share of the new batch, as in ours and PyTorch's. In "
                "Keras it is the share of the old average.",
            ),
            (
                _running(means[:1], momentum),
                "Only the first batch counted. Does the return line stand inside the loop?",
            ),
            (
                _running(means[1:], momentum, start=means[0]),
                "You started with the first batch's mean. The running mean starts with 0.",
            ),
            (means.mean(), "This is the plain mean, in which all batches have the same weight."),
            (
                _running(means[::-1], momentum),
                "You went through the batches from the last to the first.",
            ),
        ]
        name = f"`running_mean({means.tolist()}, {momentum})`"
        expect(call(answer, means, momentum), _running(means, momentum), name, mistakes=mistakes)
    return "The old average counts momentum, the new batch 1 − momentum."


def _running(means, momentum, start=0.0):
    for mean in means:
        start = momentum * start + (1 - momentum) * mean
    return start


@exercise("18.3")
def loss_alone(answer):
    """The loss without the L2 penalty that Keras adds to it."""
    rng = np.random.default_rng(3)
    for sizes, strength in [([(4, 3), (3, 2)], 0.02), ([(5, 2)], 0.1)]:
        weights = [rng.normal(size=size) for size in sizes]
        squares = [float(np.sum(W**2)) for W in weights]
        reported = 0.75 + strength * sum(squares)
        mistakes = [
            (reported + strength * sum(squares), "You added the penalty once more: take it away."),
            (
                reported - 2 * strength * sum(squares),
                "You took away twice too much. The 2 belongs to the gradient; the penalty is "
                "λ Σ w².",
            ),
            (
                reported - strength / 2 * sum(squares),
                "You took away half of it. Our penalty and Keras's is λ Σ w², without ½.",
            ),
            (
                reported - sum(squares),
                "The strength is missing: the penalty is λ times the sum of the squares.",
            ),
            (
                reported - strength * sum(float(np.sum(np.abs(W))) for W in weights),
                "These are the absolute values, which is the penalty of L1. L2 takes squares.",
            ),
            (
                reported - strength * sum(float(np.sum(W)) for W in weights),
                "You added the weights themselves. L2 takes their squares.",
            ),
            (
                reported - strength * sum(np.sqrt(squares)),
                "You took the roots of the sums (the norms). L2 takes the sums of squares.",
            ),
        ]
        if len(weights) > 1:
            mistakes.append(
                (reported - strength * squares[0], "Only the first array counted. Take them all.")
            )
            mistakes.append(
                (reported - strength * squares[-1], "Only the last array counted. Take them all.")
            )
        name = f"`loss_alone({reported:.4f}, weights, {strength})`"
        received = call(answer, reported, weights, strength)
        expect(received, 0.75, name, mistakes=mistakes)
    return "What is left is the loss of the predictions alone, and now it can be compared."


@exercise("18.4")
def linear(answer):
    """PyTorch's Linear, with its weight of shape (out, in)."""
    rng = np.random.default_rng(4)
    for n, n_in, n_out in [(5, 3, 2), (2, 3, 3)]:
        x, bias = rng.normal(size=(n, n_in)), rng.normal(size=n_out)
        weight = rng.normal(size=(n_out, n_in))
        product = x @ weight.T
        mistakes = [
            (product, "The bias is missing."),
            (product - bias, "The bias is subtracted."),
            (
                (product + bias).T,
                "The result is transposed: it has a column for each sample, and the series has a "
                "row for each.",
            ),
            (
                x @ weight.reshape(n_in, n_out) + bias,
                "You used reshape. It brings the array into the right shape, but puts the numbers "
                "in other places. `.T` exchanges rows and columns.",
            ),
        ]
        if n_in == n_out:
            mistakes.insert(
                0,
                (
                    x @ weight + bias,
                    "The weight isn't transposed. Here it is square, so NumPy can't notice.",
                ),
            )
        name = f"`linear(x, weight, bias)` for a weight of shape {weight.shape}"
        expect(call(answer, x, weight, bias), product + bias, name, mistakes=mistakes, batch=n)
    return "x @ weight.T + bias, also where the weight is square and nothing would warn you."


@exercise("18.5")
def first_step(answer):
    """The length of Adam's first step, with either place for ε."""
    grad = np.array([1e-6, -3e-7, 2e-3, -1e-8])
    lr, eps, beta2 = 0.01, 1e-7, 0.999
    size = np.abs(grad)
    ours = lr * size / (size + eps)
    theirs = lr * size / (size + eps / np.sqrt(1 - beta2))
    for keras, expected, other in [(False, ours, theirs), (True, theirs, ours)]:
        mistakes = [
            (
                np.sign(grad) * expected,
                "A length has no sign: take the absolute value of the gradients.",
            ),
            (
                lr * grad / (grad + eps / (np.sqrt(1 - beta2) if keras else 1)),
                "The divisor has the root of the *square* of the gradient, which is its absolute "
                "value: for a negative gradient yours is wrong.",
            ),
            (
                lr * size / np.sqrt(size**2 + eps),
                "ε stands under the root. It is added to the root.",
            ),
            (expected / lr, "The learning rate is missing."),
            (np.full(len(grad), lr), "ε is missing: without it every first step has length lr."),
            (
                other,
                "You have the two the wrong way round, or `keras` isn't used: in Keras ε is "
                "divided by the root of 1 − β2, in ours and PyTorch's it stands alone.",
            ),
            (
                lr * size / (size + eps / (1 - beta2)),
                "The root is missing: ε is divided by √(1 − β2).",
            ),
            (
                lr * size / (size + eps * np.sqrt(1 - beta2)),
                "You multiplied ε by √(1 − β2). Divide.",
            ),
        ]
        name = f"`first_step(grad, {lr}, {eps}, keras={keras})`"
        received = call(answer, grad, lr, eps, keras)
        expect(received, expected, name, mistakes=mistakes)
    return "Small gradients make a much shorter first step in Keras; large ones the same."


@exercise("18.6")
def dense_pairs(answer):
    """The dense layers of a PyTorch network, in our layout and in order."""
    rng = np.random.default_rng(6)
    places, sizes = [0, 2, 5, 10, 11], [4, 3, 3, 2, 5, 3]
    expected = [(rng.normal(size=(a, b)), rng.normal(size=b)) for a, b in pairwise(sizes)]
    state = {}
    for place in [5, 10, 0, 11, 2]:
        W, b = expected[places.index(place)]
        state[f"{place}.bias"], state[f"{place}.weight"] = b, W.T.copy()
    before = {name: array.copy() for name, array in state.items()}
    received = call(answer, state)
    if not isinstance(received, (list, tuple)):
        raise Wrong(
            f"`dense_pairs(state)` must be a list of pairs. Received: {type(received).__name__}."
        )
    if len(received) != len(expected):
        raise Wrong(
            f"`dense_pairs(state)` has {len(received)} entries, expected {len(expected)}: one "
            "pair (W, b) for each dense layer, so one for every two entries of the dictionary."
        )
    pairs = [parts(pair, ["W", "b"]) for pair in received]
    orders = {
        "The layers stand in the order of the dictionary. Sort them by their place, as numbers.": [
            5,
            10,
            0,
            11,
            2,
        ],
        "The places are sorted as texts, where '10' comes before '2'. Turn them into numbers with "
        "`int`.": sorted(places, key=str),
        "The layers stand in reverse order.": places[::-1],
    }
    for message, order in orders.items():
        biases = [expected[places.index(place)][1] for place in order]
        if all(_equal(b, right) for (_, b), right in zip(pairs, biases, strict=True)):
            raise Wrong(message)
    for place, (W, b), (right_W, right_b) in zip(places, pairs, expected, strict=True):
        mistakes = [
            (
                right_W.T,
                "The weights still have PyTorch's layout, (out, in). Ours is (in, out): "
                "transpose them.",
            ),
            (
                right_W.T.reshape(right_W.shape),
                "You used reshape, which puts the numbers in other places. `.T` transposes.",
            ),
            (right_b, "The pair begins with the bias. The weight comes first."),
        ]
        expect(W, right_W, f"`W` of layer {place}", mistakes=mistakes)
        expect(b, right_b, f"`b` of layer {place}")
    if state.keys() != before.keys() or any(
        not np.array_equal(state[name], array) for name, array in before.items()
    ):
        raise Wrong("The function changes the dictionary it was given. Leave it as it is.")
    return "Weights transposed, layers in order: a file from PyTorch can be read."


def _equal(received, expected):
    return np.shape(received) == expected.shape and np.allclose(received, expected)
