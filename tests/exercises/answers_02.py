"""Answers to the exercises of chapter 2, right ones and wrong ones."""

from functools import reduce
from itertools import pairwise

import numpy as np


def stack_neurons(weights, biases):
    return np.column_stack(weights), np.array(biases)


def stack_neurons_by_loop(weights, biases):
    W = np.zeros((len(weights[0]), len(weights)), np.float32)
    for j, w in enumerate(weights):
        for k, weight in enumerate(w):
            W[k, j] = weight
    return W, np.array(biases)


def stack_neurons_poured(weights, biases):
    return np.concatenate(weights).reshape(len(weights[0]), len(weights)), np.array(biases)


def stack_with(W=np.column_stack, b=np.array):
    """Stack neurons, but make W or b in another way."""
    return lambda weights, biases: (W(weights), b(biases))


def stack_neurons_overwritten(weights, biases):
    for w in weights:
        W = w
    return W, np.array(biases)


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


def run_recursively(x, layers):
    if not layers:
        return x
    (W, b), *rest = layers
    return run_recursively(np.add(np.dot(x, W), b), rest)


def run_merged(x, layers):
    """With the bias as the weight of one more input, which is always 1."""
    z = np.column_stack([x, np.ones(len(x))])
    for W, b in layers:
        z = np.column_stack([z @ np.vstack([W, b]), np.ones(len(x))])
    return z[:, :-1]


def run_step(step):
    """Run any number of layers, each by a step of its own."""

    def answer(x, layers):
        for W, b in layers:
            x = step(x, W, b)
        return x

    return answer


def run_with_early_return(x, layers):
    for W, b in layers:
        x = x @ W + b
        return x


def run_without_update(x, layers):
    for W, b in layers:
        z = x @ W + b
    return z


def run_two(x, layers):
    W1, b1 = layers[0]
    W2, b2 = layers[1]
    return (x @ W1 + b1) @ W2 + b2


def run_all_outputs(x, layers):
    outputs = []
    for W, b in layers:
        x = x @ W + b
        outputs.append(x)
    return outputs


def run_recursively_to_the_empty_list(x, layers):
    if layers == []:
        return x
    W, b = layers[0]
    return run_recursively_to_the_empty_list(x @ W + b, layers[1:])


def run_from_a_reversed_copy(x, layers):
    todo = layers[:]
    todo.reverse()
    while todo:
        W, b = todo.pop()
        x = x @ W + b
    return x


def run_from_a_copy(x, layers):
    todo = layers.copy()
    while todo:
        W, b = todo.pop(0)
        x = x @ W + b
    return x


def run_in_place(x, layers):
    for W, b in layers:
        x[:] = x @ W + b
    return x


def run_popping(x, layers):
    while layers:
        W, b = layers.pop(0)
        x = x @ W + b
    return x


def run_between(change):
    """Run the layers with something between them, but not after the last one."""

    def answer(x, layers):
        for W, b in layers[:-1]:
            x = change(x @ W + b)
        return x @ layers[-1][0] + layers[-1][1]

    return answer


def multiplications(sizes, n):
    return n * sum(a * b for a, b in pairwise(sizes))


def multiplications_by_arrays(sizes, n):
    sizes = np.array(sizes, dtype=float)
    return n * sizes[:-1] @ sizes[1:]


def multiplications_by_index(sizes, n):
    total = 0
    for k in range(1, len(sizes)):
        total += n * sizes[k - 1] * sizes[k]
    return total


def multiplications_wrapped(sizes, n):
    return n * sum(sizes[k - 1] * sizes[k] for k in range(len(sizes)))


def multiplications_overwritten(sizes, n):
    for a, b in pairwise(sizes):
        total = n * a * b
    return total


def multiplications_unpacked(sizes, n):
    a, b, c, d = sizes
    return n * (a * b + b * c + c * d)


def from_columns(X, W, b):
    return X.T, W.T, b[:, 0]


def from_columns_by_lists(X, W, b):
    x = [[row[i] for row in X.tolist()] for i in range(X.shape[1])]
    return np.array(x), np.float32(np.transpose(W)), np.array([number for (number,) in b.tolist()])


def merge_two(W1, b1, W2, b2):
    return W1 @ W2, b1 @ W2 + b2


def merge_two_by_probing(W1, b1, W2, b2):
    b = (np.zeros(len(W1)) @ W1 + b1) @ W2 + b2
    return [((row @ W1 + b1) @ W2 + b2 - b).tolist() for row in np.eye(len(W1))], b.tolist()


def merge_two_in_float32(W1, b1, W2, b2):
    W1, b1, W2, b2 = (array.astype(np.float32) for array in [W1, b1, W2, b2])
    return W1 @ W2, b1 @ W2 + b2


def merge_two_at_once(W1, b1, W2, b2):
    merged = np.vstack([W1, b1]) @ W2
    return merged[:-1], merged[-1] + b2


def merge_bias(change):
    """Merge the matrices rightly, but make b in another way."""
    return lambda W1, b1, W2, b2: (W1 @ W2, change(W1, b1, W2, b2))


def merge_matrix(change):
    """Merge the biases rightly, but make W in another way."""
    return lambda W1, b1, W2, b2: (change(W1, W2), b1 @ W2 + b2)


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
            lambda weights, biases: (np.array(weights).T, np.array(biases)),
            lambda weights, biases: [np.stack(weights, axis=1), np.float32(biases)],
            lambda weights, biases: (np.transpose(weights), np.hstack(biases)),
            lambda weights, biases: (np.array(list(zip(*weights, strict=True))), np.array(biases)),
        ],
        "wrong": [
            (stack_with(W=np.array), "W is transposed.*a neuron is a column"),
            (stack_with(W=np.vstack), "W is transposed"),
            (stack_neurons_poured, "reshape reads row by row, which mixes the neurons"),
            (stack_with(W=np.concatenate), "W is one long vector"),
            (stack_with(W=np.hstack), "W is one long vector"),
            (
                stack_with(b=lambda b: np.array(b).reshape(-1, 1)),
                r"b is a column, shape \(3, 1\).*one number to each sample",
            ),
            (stack_with(b=lambda b: np.array([b])), r"two axes: shape \(1, 3\).*a vector"),
            (lambda w, b: np.column_stack(w), "must return W and b"),
            (lambda w, b: (np.column_stack(w), ...), "b is still missing"),
            (lambda w, b: (np.array(b), np.column_stack(w)), r"You returned \(b, W\)"),
            (lambda w, b: stack_neurons(w[::-1], b), "The neurons are in reverse order"),
            (lambda w, b: stack_neurons(w[::-1], b[::-1]), "The neurons are in reverse order"),
            (
                stack_with(W=lambda w: np.column_stack([one[::-1] for one in w])),
                "weights of each neuron are in reverse order",
            ),
            (
                stack_with(W=lambda w: np.rot90(np.array(w))),
                "weights of each neuron are in reverse order",
            ),
            (stack_with(W=lambda w: w[0]), "only the first neuron"),
            (stack_with(W=lambda w: np.column_stack(w[:1])), "only the first neuron"),
            (stack_neurons_overwritten, "only the last neuron.*overwritten in a loop"),
            (
                stack_with(W=lambda w: np.column_stack([w[0]] * len(w))),
                "Every column is the first neuron",
            ),
            (
                stack_with(W=lambda w: np.column_stack([w[-1] for _ in w])),
                "Every column is the last neuron",
            ),
            (stack_with(W=sum), "The weights of all neurons are added up"),
            (
                lambda w, b: (np.vstack([np.column_stack(w), b]), np.array(b)),
                "one row too many: the biases",
            ),
            (
                lambda w, b: (np.column_stack(w) * np.array(b), np.array(b)),
                "multiplied by the biases",
            ),
            (
                lambda w, b: (np.column_stack(w) + np.array(b), np.array(b)),
                "The biases are added to the weights",
            ),
            (stack_with(b=lambda b: b[::-1]), "The biases are in reverse order"),
            (stack_with(b=sum), "b is the sum of the biases"),
            (stack_with(b=lambda b: b[0]), "b is the first bias alone"),
            (stack_with(b=lambda b: b[-1]), "b is the last bias alone"),
            (stack_with(b=lambda b: np.zeros(len(b))), "b is all zeros"),
            (stack_with(b=lambda b: b), "b has the right numbers.*an array. Received: a list"),
            (stack_with(b=tuple), "b has the right numbers.*an array. Received: a tuple"),
            (
                stack_with(W=lambda w: np.column_stack(w).tolist()),
                "W has the right numbers.*an array. Received: a list",
            ),
            (
                stack_with(W=lambda w: 2 * np.column_stack(w)),
                "twice as large as it should be. The numbers only change places",
            ),
        ],
    },
    "2.2": {
        "stub": "def run(x, layers):\n    ...",
        "right": [
            run,
            run_by_loops,
            run_in_columns,
            run_recursively,
            run_recursively_to_the_empty_list,
            run_from_a_reversed_copy,
            run_from_a_copy,
            run_merged,
            lambda x, layers: reduce(lambda z, layer: z @ layer[0] + layer[1], layers, x),
        ],
        "wrong": [
            (run_with_early_return, "the output of the first layer.*inside the loop"),
            (run_without_update, "Every layer was given x"),
            (run_two, "the output of layer 2 of 3.*loop over all of them"),
            (run_all_outputs, "the outputs of all layers. Return the last one"),
            (lambda x, layers: [x, *run_all_outputs(x, layers)], "These are x and the outputs"),
            (lambda x, layers: sum(run_all_outputs(x, layers)), "outputs of all layers are added"),
            (
                lambda x, layers: sum(x @ W + b for W, b in layers),
                "Every layer was given x, and their outputs are added up",
            ),
            (run_in_place, "changes its argument x in place"),
            (run_popping, "changes its argument layers in place"),
            (run_step(lambda x, W, b: W.T @ x + b), "transposed weights are on the left"),
            (
                run_step(lambda x, W, b: W.T @ x + b[:, np.newaxis]),
                "transposed weights are on the left",
            ),
            (run_step(lambda x, W, b: W.T @ x.T + b), "transposed weights are on the left"),
            (
                run_step(lambda x, W, b: W.T @ x.T + b[:, np.newaxis]),
                "transposed weights are on the left",
            ),
            (run_step(lambda x, W, b: (W.T @ x.T + b).T), "The bias is added as a column"),
            (
                run_between(lambda z: np.maximum(z, 0)),
                "Negative outputs of the hidden layers are set to 0",
            ),
            (run_between(lambda z: (z > 0).astype(int)), "There is a threshold"),
            (
                lambda x, layers: 0.5 * run(x, layers),
                r"is half as large as it should be\.",
            ),
            (run_step(lambda x, W, b: x @ W), "The biases are missing"),
            (
                lambda x, layers: run_step(lambda x, W, b: x @ W)(x, layers) + layers[-1][1],
                "Only the last layer's bias",
            ),
            (
                lambda x, layers: (
                    run_step(lambda x, W, b: x @ W)(x, layers) + sum(b for _, b in layers)
                ),
                "All biases are added at the end",
            ),
            (
                lambda x, layers: run(x, layers) - layers[-1][1],
                "The last layer's bias is missing",
            ),
            (
                lambda x, layers: run(x @ layers[0][0], layers[1:]),
                "The first layer's bias is missing",
            ),
            (lambda x, layers: run(x, layers) + layers[-1][1], "last layer's bias is added twice"),
            (run_step(lambda x, W, b: x @ W + b[0]), "only the first entry of its bias"),
            (run_step(lambda x, W, b: x @ (W + b)), "The bias is added to the weights"),
            (run_step(lambda x, W, b: np.maximum(x @ W + b, 0)), "Negative outputs are set to 0"),
            (run_step(lambda x, W, b: (x @ W + b > 0).astype(int)), "There is a threshold"),
            (lambda x, layers: run(x, layers[:3]), "the output of layer 3 of 6"),
            (lambda x, layers: run(x, layers[:5]), "the output of layer 5 of 6"),
            (run_step(lambda x, W, b: x @ W - b), "The biases are subtracted"),
            (run_step(lambda x, W, b: (x + b) @ W), "The bias is added before the product"),
            (run_step(lambda x, W, b: x @ W * b), "multiplied by the bias"),
            (run_step(lambda x, W, b: x @ W + b + b), "Each bias is added twice"),
            (run_step(lambda x, W, b: x * W + b), r"element by element, `\*`"),
            (run_step(lambda x, W, b: x @ W.T + b), "The weights are transposed"),
            (run_step(lambda x, W, b: W @ x + b), "the order for samples in columns"),
            (
                run_step(lambda x, W, b: W @ x + b[:, np.newaxis]),
                "the order for samples in columns",
            ),
            (
                run_step(lambda x, W, b: x @ W + b[:, np.newaxis]),
                "The bias is added as a column, one number to each sample",
            ),
            (run_step(lambda x, b, W: x @ W + b), "W and b are swapped"),
            (lambda x, layers: run(x, layers[::-1]), "in reverse order"),
            (lambda x, layers: run(x, layers[1:]), "The first layer is missing"),
            (lambda x, layers: run(x, layers[:-1]), "the output of layer 2 of 3"),
            (lambda x, layers: x, "This is x as it was"),
            (lambda x, layers: run(x, layers)[0], "for the first sample alone"),
            (lambda x, layers: run(x, layers)[-1], "for the last sample alone"),
            (lambda x, layers: run(x, layers).mean(axis=0), "the mean over the samples"),
            (lambda x, layers: run(x, layers).T, "transposed"),
            (lambda x, layers: run(x, layers).ravel(), "right numbers in the wrong shape"),
            (lambda x, layers: print(end=""), "returns None"),
        ],
    },
    "2.3": {
        "stub": "def multiplications(sizes, n):\n    ...",
        "right": [
            multiplications,
            multiplications_by_arrays,
            multiplications_by_index,
            lambda sizes, n: n * int(np.dot(sizes[:-1], sizes[1:])),
            lambda sizes, n: sum(np.zeros((a, b)).size for a, b in pairwise(sizes)) * n,
        ],
        "wrong": [
            (lambda s, n: multiplications(s, 1), "This is for one sample.*multiply by n"),
            (lambda s, n: np.array([multiplications(s, n)]), r"in an array of shape \(1,\)"),
            (lambda s, n: multiplications(s, n) + n * sum(s[1:]), "You counted the biases, too"),
            (lambda s, n: multiplications(s, n) + sum(s[1:]), "You counted the biases, too"),
            (lambda s, n: multiplications(s, 1) + sum(s[1:]), "the number of parameters"),
            (
                lambda s, n: n * sum(a * (b + 1) for a, b in pairwise(s)),
                "Each size is multiplied by the next plus 1",
            ),
            (lambda s, n: n * int(np.prod(s)), "All sizes are multiplied together.*add them up"),
            (lambda s, n: int(np.prod(s)), "All sizes are multiplied together.*add them up"),
            (lambda s, n: n * s[0] * s[1], "the first layer alone"),
            (lambda s, n: multiplications(s[:-1], n), "The last layer is missing"),
            (lambda s, n: multiplications(s[1:], n), "The first layer is missing"),
            (multiplications_overwritten, "the last layer alone.*overwritten"),
            (lambda s, n: n * s[0] * s[-1], "from the first size straight to the last"),
            (lambda s, n: n * sum(s), "The sizes are added up"),
            (lambda s, n: n * sum(s[1:]), "how many numbers the layers output"),
            (lambda s, n: n * sum(a + b for a, b in pairwise(s)), "Each size is added to the next"),
            (multiplications_wrapped, "from the last size back to the first"),
            (lambda s, n: multiplications(s, 1) + n, "The number of samples is added"),
            (lambda s, n: n * sum(a * a for a in s), "multiplied by itself"),
            (lambda s, n: n * multiplications(s, n), "multiplied by n twice"),
            (lambda s, n: 2 * multiplications(s, n), "twice the right number"),
            (lambda s, n: [n * a * b for a, b in pairwise(s)], "of each layer. Add them up"),
            (lambda s, n: [a * b for a, b in pairwise(s)], "for one sample. Add them up"),
            (lambda s, n: multiplications(s, 64), r"\[2, 3, 4, 5\], 7\)` is 2432, expected 266"),
            (lambda s, n: n * s[0] * s[1] + n * s[1] * s[2], "The last layer is missing"),
            (
                lambda s, n: n * s[0] * s[1] + multiplications(s[1:], 1),
                "Only the first layer is multiplied by n",
            ),
            (
                lambda s, n: multiplications(s[:-1], 1) + n * s[-2] * s[-1],
                "Only the last layer is multiplied by n",
            ),
            (lambda s, n: n * s[0] * sum(s[1:]), "Every layer is given the first size"),
            (lambda s, n: 1 + multiplications(s, n), "Does the total start at 1"),
            (
                lambda s, n: sum(n + a * b for a, b in pairwise(s)),
                "The number of samples is added",
            ),
            (
                lambda s, n: n * sum(a * s[s.index(a) + 1] for a in s[:-1]),
                "`index` finds only the first of several equal sizes",
            ),
            (lambda s, n: multiplications(sorted(s), n), "You sorted the sizes"),
            (lambda s, n: multiplications(sorted(s, reverse=True), n), "You sorted the sizes"),
            (
                lambda s, n: multiplications(sorted(set(s)), n),
                "sizes that occur twice, and sorted the rest",
            ),
            (
                lambda s, n: multiplications(list(dict.fromkeys(s)), n),
                r"sizes that occur twice\. Two layers may have the same size",
            ),
            (
                lambda s, n: n * sum(s[k] * s[k + 1] for k in range(3)),
                r"sizes = \[5, 3\]`, your code raised IndexError.*two or more numbers",
            ),
            (multiplications_unpacked, "your code raised ValueError.*two or more numbers"),
            (
                lambda s, n: n * sum(s[k] * s[k + 1] for k in range(len(s))),
                "Your code raised IndexError",
            ),
        ],
    },
    "2.4": {
        "stub": "def from_columns(X, W, b):\n    return ..., ..., ...",
        "right": [
            from_columns,
            from_columns_by_lists,
            lambda X, W, b: (X.T, W.T, b.reshape(-1)),
            lambda X, W, b: (X.T, W.T, b.ravel()),
            lambda X, W, b: [np.swapaxes(X, 0, 1), np.einsum("jk->kj", W), b.squeeze(axis=1)],
        ],
        "wrong": [
            (lambda X, W, b: (X, W.T, b[:, 0]), "x is as it was, with a sample in each column"),
            (lambda X, W, b: (X.T, W, b[:, 0]), "W is as it was, with a neuron in each row"),
            (lambda X, W, b: (X, W, b), "x is as it was"),
            (
                lambda X, W, b: (X.reshape(X.T.shape), W.T, b[:, 0]),
                "x has the right shape.*reshape reads row by row",
            ),
            (
                lambda X, W, b: (X.T, W.reshape(W.T.shape), b[:, 0]),
                "W has the right shape.*reshape reads row by row",
            ),
            (lambda X, W, b: (np.rot90(X), W.T, b[:, 0]), "rows of x are in reverse order"),
            (lambda X, W, b: (X.T, np.rot90(W), b[:, 0]), "rows of W are in reverse order"),
            (lambda X, W, b: (np.rot90(X, -1), W.T, b[:, 0]), "columns of x are in reverse"),
            (lambda X, W, b: (X.ravel(), W.T, b[:, 0]), "x is one long vector"),
            (lambda X, W, b: (X.T, W.T.ravel(), b[:, 0]), "W is one long vector"),
            (lambda X, W, b: (X.T, W.T, b), r"b is a column, shape \(2, 1\)"),
            (lambda X, W, b: (X.T, W.T, b.T), r"two axes: shape \(1, 2\)"),
            (lambda X, W, b: (X.T, W.T, b[0, 0]), "b is the first bias alone"),
            (lambda X, W, b: (X.T, W.T, b[0]), "b is the first bias alone"),
            (lambda X, W, b: (X.T, W.T, b.squeeze()), "np.squeeze remove both axes"),
            (lambda X, W, b: (X.T, W.T, b.sum()), "b is the sum of the biases"),
            (lambda X, W, b: (X.T, W.T, b[::-1, 0]), "The biases are in reverse order"),
            (lambda X, W, b: (W.T, X.T, b[:, 0]), r"You returned \(W, x, b\)"),
            (lambda X, W, b: (X.T @ W.T, W.T, b[:, 0]), "This is the product"),
            (lambda X, W, b: (X.T @ W.T + b[:, 0], W.T, b[:, 0]), "This is the output"),
            (
                lambda X, W, b: (2 * X.T, W.T / 2, b[:, 0]),
                "x .* is twice as large as it should be. The numbers only change places",
            ),
            (
                lambda X, W, b: (X.T, W.T / 2, b[:, 0]),
                "W .* is half as large as it should be. The numbers only change places",
            ),
            (lambda X, W, b: (X.T, W.T, b[:, 0].tolist()), "b has the right numbers.*an array"),
            (lambda X, W, b: (X.T.tolist(), W.T, b[:, 0]), "x has the right numbers.*an array"),
            (lambda X, W, b: W.T, "must return x, W, and b"),
            (lambda X, W, b: (X.T, W.T), "must return x, W, and b"),
        ],
    },
    "2.5": {
        "stub": """
def merge_two(W1, b1, W2, b2):
    W = ...
    b = ...
    return W, b
""",
        "right": [
            merge_two,
            merge_two_by_probing,
            merge_two_in_float32,
            merge_two_at_once,
            lambda W1, b1, W2, b2: (np.dot(W1, W2), (W2.T @ b1) + b2),
        ],
        "wrong": [
            (merge_bias(lambda W1, b1, W2, b2: b2), "the bias of layer 2 alone"),
            (merge_bias(lambda W1, b1, W2, b2: b1 @ W2), "The bias of layer 2 is missing"),
            (merge_bias(lambda W1, b1, W2, b2: b1), "the bias of layer 1 as it was"),
            (
                merge_bias(lambda W1, b1, W2, b2: b1 + b2),
                "b is the sum of the biases.*the input of layer 2",
            ),
            (merge_bias(lambda W1, b1, W2, b2: W2 @ b1 + b2), "on the wrong side, or transposed"),
            (merge_bias(lambda W1, b1, W2, b2: (b1 + b2) @ W2), "Your b2 goes through W2"),
            (merge_bias(lambda W1, b1, W2, b2: b1 @ W1 + b2), "You multiplied b1 by W1"),
            (merge_bias(lambda W1, b1, W2, b2: b1 @ W1 @ W2 + b2), "through both matrices"),
            (merge_bias(lambda W1, b1, W2, b2: b2 @ W1 + b1), "if layer 2 comes first"),
            (merge_bias(lambda W1, b1, W2, b2: b1 * b2), "The biases are multiplied"),
            (merge_bias(lambda W1, b1, W2, b2: np.outer(b1, b2)), "The biases are multiplied"),
            (merge_bias(lambda W1, b1, W2, b2: b1 * b2 + b2), "You multiplied b1 by b2"),
            (merge_bias(lambda W1, b1, W2, b2: b1 @ W2 + b1), "You added b1 at the end"),
            (merge_bias(lambda W1, b1, W2, b2: b1 @ W2.T + b2), "on the wrong side, or transposed"),
            (merge_bias(lambda W1, b1, W2, b2: b1 @ W2 - b2), "layer 2 is subtracted"),
            (merge_bias(lambda W1, b1, W2, b2: b2 - b1 @ W2), "layer 1 is subtracted"),
            (merge_bias(lambda W1, b1, W2, b2: b1 @ W2 + b2 + b2), "layer 2 is added twice"),
            (merge_bias(lambda W1, b1, W2, b2: b1 + b2 @ W2), "You swapped the biases"),
            (
                merge_bias(lambda W1, b1, W2, b2: b1 * W2 + b2),
                r"`\*` multiplies element by element",
            ),
            (
                merge_bias(lambda W1, b1, W2, b2: b1[:, np.newaxis] * W2 + b2),
                r"`\*` multiplies element by element",
            ),
            (merge_bias(lambda W1, b1, W2, b2: b1 * W2), r"`\*` multiplies element by element"),
            (
                merge_bias(lambda W1, b1, W2, b2: (b1 * W2).sum(axis=0) + b2),
                r"`\*` multiplies element by element",
            ),
            (
                merge_bias(lambda W1, b1, W2, b2: (b1 * W2).sum(axis=1) + b2),
                "on the wrong side, or transposed",
            ),
            (lambda W1, b1, W2, b2: ((W1 + b1) @ W2, b2), "layer 1 is added to the weights"),
            (lambda W1, b1, W2, b2: (W1 @ W2 + b1 @ W2, b2), "layer 1 is added to the weights"),
            (lambda W1, b1, W2, b2: (W1 @ W2 + b1 @ W2 + b2, b2), "The biases are added to W"),
            (merge_bias(lambda W1, b1, W2, b2: 2 * (b1 @ W2 + b2)), "b is twice"),
            (
                merge_bias(lambda W1, b1, W2, b2: (b1 @ W2 + b2).reshape(1, -1)),
                r"two axes: shape \(1, 3\)",
            ),
            (
                merge_bias(lambda W1, b1, W2, b2: (b1 @ W2 + b2).reshape(-1, 1)),
                r"b is a column, shape \(3, 1\)",
            ),
            (merge_matrix(lambda W1, W2: W2 @ W1), "product in the wrong order.*on the left"),
            (merge_matrix(lambda W1, W2: W1 + W2), "W is the sum of the matrices"),
            (merge_matrix(lambda W1, W2: (W1 + W2) / 2), "W is the mean of the matrices"),
            (merge_matrix(lambda W1, W2: W1 * W2), "element by element"),
            (merge_matrix(lambda W1, W2: W1), "the matrix of layer 1 alone"),
            (merge_matrix(lambda W1, W2: W2), "the matrix of layer 2 alone"),
            (merge_matrix(lambda W1, W2: (W1 @ W2).T), "W is transposed"),
            (merge_matrix(lambda W1, W2: W1.T @ W2), "W1 is transposed"),
            (merge_matrix(lambda W1, W2: W1 @ W2.T), "W2 is transposed"),
            (merge_matrix(lambda W1, W2: W1.T @ W2.T), "Both matrices are transposed"),
            (lambda *arrays: merge_two(*arrays)[::-1], r"You returned \(b, W\)"),
            (lambda W1, b1, W2, b2: W1 @ W2, "must return W and b"),
        ],
    },
    "2.6": {
        "stub": "W = ...\nb = ...\nquarter_turn = W, b",
        "right": [
            (TURN, MOVE),
            [TURN.tolist(), MOVE.tolist()],
            (TURN.astype(np.float32), (2, 0)),
            (np.array([[np.cos(np.pi / 2), 1], [-1, np.cos(np.pi / 2)]]), MOVE),
            (np.rot90(np.eye(2)) * [[1], [-1]], np.array([2, 0])),
        ],
        "wrong": [
            ((TURN.T, MOVE), "rotates to the right.*text with columns"),
            ((TURN + MOVE, MOVE), "after the shift.*before it"),
            ((TURN + MOVE, np.zeros(2)), "after the shift.*before it"),
            ((TURN, TURN[0] * 2), "two entries swapped.*shift the plane first"),
            (
                (np.sqrt(0.5) * np.array([[1, -1], [1, 1]]), MOVE),
                "an eighth of a turn to the right",
            ),
            ((TURN, (2.001, 0)), r"b is 2.001 at \[0\], expected 2"),
            ((TURN, (2.0001, 0)), "b is nearly right"),
            ((np.array([[0, 1], [1, 0]]), MOVE), r"mirrors the plane: \(0, 1\) lands on \(1, 0\)"),
            ((np.array([[0, -1], [-1, 0]]), MOVE), r"mirrors the plane: \(1, 0\) lands on \(0"),
            ((-np.eye(2), MOVE), "half a turn"),
            ((np.eye(2), MOVE), "leaves every point where it is"),
            ((np.diag([-1, 1]), MOVE), "left and right are swapped"),
            ((np.diag([1, -1]), MOVE), "up and down are swapped"),
            ((np.sqrt(0.5) * np.array([[1, 1], [-1, 1]]), MOVE), "an eighth of a turn"),
            ((2 * TURN, MOVE), "twice as far from the origin"),
            (
                (np.array([[np.cos(90), np.sin(90)], [-np.sin(90), np.cos(90)]]), MOVE),
                "take radians",
            ),
            (
                (np.array([[np.cos(90), -np.sin(90)], [np.sin(90), np.cos(90)]]), MOVE),
                "take radians",
            ),
            ((TURN, -MOVE), "moves to the left"),
            ((TURN, np.array([0, -2])), "moves down"),
            ((TURN, np.array([1, 0])), "moves by 1"),
            ((TURN, np.array([2, 2])), "to the right and up. The second entry"),
            ((TURN, 2), "As a single number, b.*It must be a vector"),
            ((TURN, np.zeros(2)), "doesn't move anything"),
            ((TURN, MOVE[:, np.newaxis]), r"b is a column, shape \(2, 1\)"),
            ((TURN, MOVE[np.newaxis]), r"two axes: shape \(1, 2\)"),
            ((TURN, ...), "b is still missing"),
            ((..., MOVE), "W is still missing"),
            ((MOVE, TURN), r"You returned \(b, W\)"),
            (TURN, "must be a pair"),
        ],
    },
}
