"""Answers to the exercises of chapter 2, right ones and wrong ones."""

from itertools import pairwise

import numpy as np


def stack_neurons(weights, biases):
    return np.column_stack(weights), np.array(biases)


def stack_neurons_by_loop(weights, biases):
    W = np.zeros((len(weights[0]), len(weights)), np.float32)
    for j, w in enumerate(weights):
        for k, weight in enumerate(w):
            W[k, j] = weight
    return W, biases


def stack_neurons_poured(weights, biases):
    return np.concatenate(weights).reshape(len(weights[0]), len(weights)), np.array(biases)


def run(x, layers):
    for W, b in layers:
        x = x @ W + b
    return x


def run_by_loops(x, layers):
    for W, b in layers:
        z = np.zeros((len(x), W.shape[1]))
        for i in range(z.shape[0]):
            for j in range(z.shape[1]):
                z[i, j] = sum(x[i, k] * W[k, j] for k in range(len(W))) + b[j]
        x = z
    return x.tolist()


def run_in_columns(x, layers):
    X = x.T.astype(np.float32)
    for W, b in layers:
        X = W.T.astype(np.float32) @ X + b[:, np.newaxis].astype(np.float32)
    return X.T


def run_with_early_return(x, layers):
    for W, b in layers:
        x = x @ W + b
        return x


def run_without_biases(x, layers):
    for W, _ in layers:
        x = x @ W
    return x


def run_with_the_last_bias(x, layers):
    return run_without_biases(x, layers) + layers[-1][1]


def where_it_goes_through(wrong):
    """Run rightly, but wrongly if all layers are equally wide: elsewhere the mistake raises."""

    def answer(x, layers):
        square = all(W.shape == (x.shape[1], x.shape[1]) for W, _ in layers)
        return (wrong if square else run)(x, layers)

    return answer


def run_with_bias_as_column(x, layers):
    for W, b in layers:
        x = x @ W + b[:, np.newaxis]
    return x


def multiplications(sizes, n):
    return n * sum(a * b for a, b in pairwise(sizes))


def multiplications_by_arrays(sizes, n):
    sizes = np.array(sizes, dtype=float)
    return n * sizes[:-1] @ sizes[1:]


def multiplications_of_one_sample(sizes, n):
    return multiplications(sizes, 1)


def from_columns(X, W, b):
    return X.T, W.T, b[:, 0]


def from_columns_by_lists(X, W, b):
    x = [[row[i] for row in X.tolist()] for i in range(X.shape[1])]
    return x, np.transpose(W).astype(np.float32), [number for (number,) in b.tolist()]


def merge_two(W1, b1, W2, b2):
    return W1 @ W2, b1 @ W2 + b2


def merge_two_by_probing(W1, b1, W2, b2):
    b = (np.zeros(len(W1)) @ W1 + b1) @ W2 + b2
    return [((row @ W1 + b1) @ W2 + b2 - b).tolist() for row in np.eye(len(W1))], b.tolist()


def merge_two_in_float32(W1, b1, W2, b2):
    W1, b1, W2, b2 = (array.astype(np.float32) for array in [W1, b1, W2, b2])
    return W1 @ W2, b1 @ W2 + b2


def when_square(change):
    """Merge rightly, but change the result if all widths are equal, where it goes unnoticed."""

    def answer(W1, b1, W2, b2):
        if W1.shape != W2.shape:
            return merge_two(W1, b1, W2, b2)
        return change(W1, b1, W2, b2)

    return answer


TURN, MOVE = np.array([[0.0, 1.0], [-1.0, 0.0]]), np.array([2.0, 0.0])


EXERCISES = {
    "2.1": {
        "stub": """
def stack_neurons(weights, biases):
    W = ...
    b = ...
    return W, b
""",
        "right": [
            stack_neurons,
            stack_neurons_by_loop,
            lambda weights, biases: (np.array(weights).T, biases),
            lambda weights, biases: [np.stack(weights, axis=1).tolist(), tuple(biases)],
        ],
        "wrong": [
            (lambda w, b: (np.array(w), np.array(b)), "W is transposed.*a neuron is a column"),
            (stack_neurons_poured, "reshape reads row by row and mixes the neurons"),
            (lambda w, b: (np.concatenate(w), np.array(b)), "W is one long vector"),
            (
                lambda w, b: (np.column_stack(w), np.array(b).reshape(-1, 1)),
                r"b is a column, shape \(3, 1\).*each sample one number",
            ),
            (
                lambda w, b: (np.column_stack(w), np.array([b])),
                r"two axes: shape \(1, 3\).*a vector, shape \(3,\)",
            ),
            (lambda w, b: np.column_stack(w), "must return W and b"),
            (lambda w, b: (np.column_stack(w), ...), "b is still missing"),
        ],
    },
    "2.2": {
        "stub": "def run(x, layers):\n    ...",
        "right": [run, run_by_loops, run_in_columns],
        "wrong": [
            (run_with_early_return, "what comes out of the first layer.*inside the loop"),
            (run_without_biases, "The biases are missing"),
            (run_with_the_last_bias, "Only the last layer's bias"),
            (
                where_it_goes_through(lambda x, layers: run(x, layers[-1:])),
                "Every layer was given x",
            ),
            (where_it_goes_through(lambda x, layers: run(x, layers[::-1])), "in reverse order"),
            (
                where_it_goes_through(lambda x, layers: run(x, [(W.T, b) for W, b in layers])),
                "The weights are transposed",
            ),
            (run_with_bias_as_column, "ValueError: operands could not be broadcast"),
            (
                lambda x, layers: [x @ W + b for W, b in layers],
                "has the right numbers in the wrong shape",
            ),
        ],
    },
    "2.3": {
        "stub": "def multiplications(sizes, n):\n    ...",
        "right": [multiplications, multiplications_by_arrays],
        "wrong": [
            (multiplications_of_one_sample, "This is for one sample"),
            (lambda s, n: multiplications(s, n) + n * sum(s[1:]), "The biases are counted too"),
            (lambda s, n: multiplications(s, 1) + sum(s[1:]), "the number of parameters"),
            (lambda s, n: n * int(np.prod(s)), "all sizes multiplied.*add them up"),
            (lambda s, n: n * s[0] * s[1], "the first layer alone"),
            (lambda s, n: multiplications(s[:-1], n), "The last layer is missing"),
            (lambda s, n: multiplications(s, 64), r"`multiplications\(\[5, 3\], 7\)` is 960, exp"),
        ],
    },
    "2.4": {
        "stub": "def from_columns(X, W, b):\n    return ..., ..., ...",
        "right": [
            from_columns,
            from_columns_by_lists,
            lambda X, W, b: (X.T, W.T, b.reshape(-1)),
        ],
        "wrong": [
            (lambda X, W, b: (X, W.T, b[:, 0]), "x is as it was, in columns"),
            (lambda X, W, b: (X.T, W, b[:, 0]), "W is as it was, with a neuron in each row"),
            (
                lambda X, W, b: (X.reshape(X.T.shape), W.T, b[:, 0]),
                "x has the right shape.*reshape reads row by row",
            ),
            (
                lambda X, W, b: (X.T, W.reshape(W.T.shape), b[:, 0]),
                "W has the right shape.*reshape reads row by row",
            ),
            (lambda X, W, b: (X.T, W.T, b), r"b is a column, shape \(2, 1\)"),
            (lambda X, W, b: (X.T, W.T, b.T), r"two axes: shape \(1, 2\)"),
            (lambda X, W, b: W.T, "must return x and W and b"),
        ],
    },
    "2.5": {
        "stub": """
def merge_two(W1, b1, W2, b2):
    W = ...
    b = ...
    return W, b
""",
        "right": [merge_two, merge_two_by_probing, merge_two_in_float32],
        "wrong": [
            (lambda W1, b1, W2, b2: (W1 @ W2, b2), "the bias of layer 2 alone"),
            (lambda W1, b1, W2, b2: (W1 @ W2, b1 @ W2), "The bias of layer 2 is missing"),
            (lambda W1, b1, W2, b2: (W2 @ W1, b1 @ W2 + b2), "the last axis of a must be as long"),
            (
                when_square(lambda W1, b1, W2, b2: (W2 @ W1, b1 @ W2 + b2)),
                "product in the wrong order.*stands on the left",
            ),
            (
                when_square(lambda W1, b1, W2, b2: (W1 + W2, b1 @ W2 + b2)),
                "W is the sum of the weights",
            ),
            (
                when_square(lambda W1, b1, W2, b2: (W1 * W2, b1 @ W2 + b2)),
                "number by number",
            ),
            (
                when_square(lambda W1, b1, W2, b2: (W1 @ W2, b1 + b2)),
                "b is the sum of the biases.*an input of layer 2",
            ),
            (
                when_square(lambda W1, b1, W2, b2: (W1 @ W2, W2 @ b1 + b2)),
                "stands on the wrong side",
            ),
            (when_square(lambda W1, b1, W2, b2: (W1 @ W2, b1)), "the bias of layer 1 as it was"),
            (
                lambda W1, b1, W2, b2: (W1 @ W2, (b1 @ W2 + b2).reshape(1, -1)),
                r"two axes: shape \(1, 2\)",
            ),
        ],
    },
    "2.6": {
        "stub": "W = ...\nb = ...\nquarter_turn = W, b",
        "right": [
            (TURN, MOVE),
            [TURN.tolist(), MOVE.tolist()],
            (TURN.astype(np.float32), (2, 0)),
            (np.array([[np.cos(np.pi / 2), 1], [-1, np.cos(np.pi / 2)]]), MOVE),
        ],
        "wrong": [
            ((TURN.T, MOVE), "turns to the right.*the transpose"),
            ((TURN, TURN[0] * 2), "moved to the right first"),
            ((np.array([[0, 1], [1, 0]]), MOVE), "mirrors the plane"),
            ((-np.eye(2), MOVE), "half a turn"),
            ((np.eye(2), MOVE), "leaves every point where it is"),
            ((TURN, -MOVE), "moves to the left"),
            ((TURN, np.zeros(2)), "doesn't move anything"),
            ((TURN, MOVE[:, np.newaxis]), r"b is a column, shape \(2, 1\)"),
            ((TURN, ...), "b is still missing"),
            ((..., MOVE), "W is still missing"),
            (TURN, "must be a pair"),
        ],
    },
}
