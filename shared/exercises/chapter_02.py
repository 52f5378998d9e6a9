"""Checks of chapter 2: layers, and batches through them."""

from itertools import pairwise

import numpy as np

from shared.exercises import exercise
from shared.exercises.compare import Wrong, call, expect, is_blank, parts


def _layer(rng, in_features, out_features):
    return rng.normal(size=(in_features, out_features)), rng.normal(size=out_features)


def _bias_mistakes(b):
    """What a bias in the wrong shape is told; the numbers in it are right."""
    return [
        (
            b[:, np.newaxis],
            f"b is a column, shape {b[:, np.newaxis].shape}. In `x @ W + b` it would give each "
            f"sample one number instead of each neuron. b is a vector, shape {b.shape}.",
        ),
        (
            b[np.newaxis],
            f"b has the right numbers, but two axes: shape {b[np.newaxis].shape}. In this series "
            f"it is a vector, shape {b.shape}, one number for each neuron.",
        ),
    ]


@exercise("2.1")
def stack_neurons(answer):
    """W and b from the weights and biases of single neurons."""
    rng = np.random.default_rng(21)
    for in_features, out_features in [(2, 3), (4, 4), (3, 1)]:
        W, b = _layer(rng, in_features, out_features)
        received = call(answer, [column.copy() for column in W.T], b.tolist())
        W_received, b_received = parts(received, ["W", "b"])
        case = f"{out_features} neuron{'s' * (out_features > 1)} with {in_features} inputs"
        as_rows = (
            f"W is transposed: for {case} each neuron's weights are a row of it. In W a neuron is "
            f"a column, so that its shape is (in_features, out_features), here {W.shape}."
        )
        poured = (
            "W has the right shape, but the weights of a neuron are spread over several columns: "
            "reshape reads row by row and mixes the neurons. Transpose instead, or use "
            "np.column_stack."
        )
        mistakes = [
            (W.T, as_rows),
            (W.T.reshape(W.shape), poured),
            (W.T.ravel(), "W is one long vector. Each neuron needs a column of its own."),
        ]
        expect(W_received, W, f"W for {case}", mistakes=mistakes)
        expect(b_received, b, f"b for {case}", mistakes=_bias_mistakes(b))
    return "One column for each neuron, one row for each input: `x @ W + b` asks all of them."


@exercise("2.2")
def run(answer):
    """The output of several layers, one after the other."""
    rng = np.random.default_rng(22)
    for n, sizes in [(4, [2, 3]), (5, [2, 3, 4]), (4, [3, 3, 3, 3])]:
        # Tuples, since NumPy can't compare lists of arrays that differ in shape.
        layers = tuple(_layer(rng, *pair) for pair in pairwise(sizes))
        x = rng.normal(size=(n, sizes[0]))
        expected = _through(x, layers)
        first, last = _through(x, layers[:1]), layers[-1]
        mistakes = [
            (
                first,
                "This is what comes out of the first layer. Is the `return` inside the loop?",
            ),
            (
                _through(x, [(W, 0 * b) for W, b in layers]),
                "The biases are missing: this is the product of x with all the weights.",
            ),
            (
                _through(x, [(W, 0 * b) for W, b in layers[:-1]]) @ last[0] + last[1],
                "Only the last layer's bias is added. Each layer adds its own.",
            ),
        ]
        if len(set(sizes)) == 1:  # only then do these go through
            wrong_input = (
                "Every layer was given x, so this is the last layer alone. A layer takes what the "
                "one before it gives."
            )
            transposed = (
                "The weights are transposed: rows are samples here, so it is `x @ W`, not `W @ x` "
                "or `x @ W.T`."
            )
            mistakes += [
                (_through(x, [last]), wrong_input),
                (_through(x, layers[::-1]), "The layers are in reverse order: the first is first."),
                (_through(x, [(W.T, b) for W, b in layers]), transposed),
            ]
        many = f"{len(layers)} layer{'s' * (len(layers) > 1)}"
        name = f"`run(x, layers)` for x {x.shape} and {many} of sizes {sizes}"
        expect(call(answer, x, layers), expected, name, mistakes=mistakes)
    return "What one layer gives is what the next one takes, however many there are."


def _through(x, layers):
    for W, b in layers:
        x = x @ W + b
    return x


@exercise("2.3")
def multiplications(answer):
    """How many multiplications a batch takes in a network."""
    for sizes, n in [([784, 128, 64, 10], 64), ([5, 3], 7), ([2, 3, 4, 5, 6], 1)]:
        one = sum(a * b for a, b in pairwise(sizes))
        parameters = one + sum(sizes[1:])
        mistakes = [
            (one, "This is for one sample. Each of the n samples takes as many."),
            (
                n * parameters,
                "The biases are counted too. They are added: only the weights are multiplied.",
            ),
            (parameters, "This is the number of parameters, weights and biases."),
            (
                n * int(np.prod(sizes)),
                "These are all sizes multiplied. Each layer takes in_features · out_features per "
                "sample, and the layers come one after the other: add them up.",
            ),
            (
                n * sizes[0] * sizes[1],
                "This is the first layer alone. The other layers multiply as well.",
            ),
            (
                n * (one - sizes[-2] * sizes[-1]),
                "The last layer is missing: between k sizes there are k - 1 layers.",
            ),
        ]
        name = f"`multiplications({sizes}, {n})`"
        expect(call(answer, sizes, n), n * one, name, mistakes=mistakes)
    return "Each weight is used once for each sample."


@exercise("2.4")
def from_columns(answer):
    """A layer in columns, translated into rows."""
    rng = np.random.default_rng(24)
    for m, in_features, out_features in [(4, 3, 2), (3, 3, 3)]:
        W, b = _layer(rng, in_features, out_features)
        x = rng.normal(size=(m, in_features))
        X, W_columns, b_column = x.T.copy(), W.T.copy(), b[:, np.newaxis]
        case = f"X {X.shape}, W {W_columns.shape}, b {b_column.shape}"
        received = call(answer, X, W_columns, b_column)
        received = parts(received, ["x", "W", "b"])
        for name, part, right in zip("xW", received, [x, W], strict=False):
            as_it_was = f"{name} is as it was, in columns. Transpose it."
            if name == "W":
                as_it_was = "W is as it was, with a neuron in each row. Transpose it."
            reshaped = (
                f"{name} has the right shape, but its numbers are in the wrong places: reshape "
                "reads row by row and mixes the samples or neurons. Transpose it instead."
            )
            mistakes = [(right.T, as_it_was), (right.T.reshape(right.shape), reshaped)]
            expect(part, right, f"{name} for {case}", mistakes=mistakes)
        expect(received[2], b, f"b for {case}", mistakes=_bias_mistakes(b))
    return "Now `x @ W + b` gives the transpose of their `W @ X + b`."


@exercise("2.5")
def merge_two(answer):
    """The one layer that does what two layers do."""
    rng = np.random.default_rng(25)
    for sizes in [(4, 3, 2), (3, 3, 3), (2, 5, 1)]:
        (W1, b1), (W2, b2) = _layer(rng, *sizes[:2]), _layer(rng, *sizes[1:])
        W, b = W1 @ W2, b1 @ W2 + b2
        W_received, b_received = parts(call(answer, W1, b1, W2, b2), ["W", "b"])
        case = f"for layers from {sizes[0]} to {sizes[1]} to {sizes[2]}"
        unchanged = (
            "b is the bias of layer 2 alone. What layer 1 adds goes through the weights of layer 2 "
            "and arrives as well."
        )
        W_mistakes, b_mistakes = [], [(b2, unchanged), *_bias_mistakes(b)]
        b_mistakes += [
            (b1 @ W2, "The bias of layer 2 is missing: it is added at the end, as it is."),
            (b1, "b is the bias of layer 1 as it was. It goes through layer 2."),
        ]
        if len(set(sizes)) == 1:
            W_mistakes = [
                (
                    W2 @ W1,
                    "W is the product in the wrong order: this does layer 2 first. With rows as "
                    "samples the layer that comes first stands on the left.",
                ),
                (W1 + W2, "W is the sum of the weights. Layers one after the other multiply."),
                (W1 * W2, "W is multiplied number by number: `*`. The matrix product is `@`."),
            ]
            b_mistakes += [
                (
                    b1 + b2,
                    "b is the sum of the biases. But what layer 1 adds is not added to the end "
                    "result: it is an input of layer 2, and is multiplied by its weights.",
                ),
                (
                    W2 @ b1 + b2,
                    "In b, the bias of layer 1 stands on the wrong side. It is a row among the "
                    "rows that enter layer 2, so the weights come after it.",
                ),
            ]
        expect(W_received, W, f"W {case}", mistakes=W_mistakes)
        expect(b_received, b, f"b {case}", mistakes=b_mistakes)
    return "One matrix and one vector do all that the two layers did."


@exercise("2.6")
def quarter_turn(answer):
    """W and b of a layer that turns the plane to the left, then moves it to the right."""
    if not isinstance(answer, (tuple, list)) or len(answer) != 2:
        raise Wrong("`quarter_turn` must be a pair, `W, b`, as in the stub.")
    for part, name in zip(answer, "Wb", strict=True):
        if is_blank(part):
            raise Wrong(f"{name} is still missing.")
    W, b = np.array([[0.0, 1.0], [-1.0, 0.0]]), np.array([2.0, 0.0])
    mistakes = [
        (
            W.T,
            "This turns to the right: (1, 0) lands on (0, −1). It is the transpose of what is "
            "asked for, as in texts with columns. Here the rows of W say where the unit steps "
            "land.",
        ),
        (
            abs(W),
            "This exchanges the two axes, which mirrors the plane: (0, 1) lands on (1, 0). A turn "
            "to the left takes it to (−1, 0).",
        ),
        (-np.eye(2), "This is half a turn: (1, 0) lands on (−1, 0)."),
        (np.eye(2), "This W leaves every point where it is."),
    ]
    expect(answer[0], W, "W", mistakes=mistakes)
    mistakes = [
        (
            b @ W,
            "This moves up. It is what comes out if the plane is moved to the right first and "
            "turned afterwards, but the bias is added after the turn.",
        ),
        (-b, "This moves to the left."),
        (0 * b, "The layer turns, but b doesn't move anything yet."),
        *_bias_mistakes(b),
    ]
    expect(answer[1], b, "b", mistakes=mistakes)
    return "(1, 0) goes up to (0, 1), (0, 1) goes to (−1, 0), and then all of it goes right by 2."
