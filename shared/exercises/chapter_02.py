"""Checks of chapter 2: layers, and batches through them."""

from itertools import pairwise

import numpy as np

from shared.exercises import exercise
from shared.exercises.compare import Wrong, call, expect, expect_parts, parts


def _layer(rng, in_features, out_features):
    return rng.normal(size=(in_features, out_features)), rng.normal(size=out_features)


def _bias_mistakes(b):
    """What a bias in the wrong shape is told; the numbers in it are right."""
    return [
        (
            b[:, np.newaxis],
            f"b is a column, shape {b[:, np.newaxis].shape}. In `x @ W + b`, a column adds one "
            f"number to each sample instead of each neuron. Make b a vector, shape {b.shape}.",
        ),
        (
            b[np.newaxis],
            f"b has the right numbers, but two axes: shape {b[np.newaxis].shape}. In this series, "
            f"it's a vector, shape {b.shape}, with one number for each neuron.",
        ),
    ]


# Neither exercise changes a number, so a number that's twice too large isn't a term added twice.
_FACTORS = {
    2: "The numbers only change places. Leave each of them as it is.",
    0.5: "The numbers only change places. Leave each of them as it is.",
}


def _expect_arrays(received, names):
    """Refuse right numbers in a list: the layer's arrays need a shape."""
    for part, name in zip(received, names, strict=True):
        if not isinstance(part, np.ndarray):
            kind = type(part).__name__
            raise Wrong(
                f"{name} has the right numbers, but it must be an array. Received: a {kind}. "
                "Turn it into an array with `np.array`."
            )


@exercise("2.1")
def stack_neurons(answer):
    """W and b from the weights and biases of single neurons."""
    rng = np.random.default_rng(21)
    for in_features, out_features in [(2, 3), (4, 4), (3, 1)]:
        W, b = _layer(rng, in_features, out_features)
        case = f"{out_features} neuron{'s' * (out_features > 1)} with {in_features} inputs"
        W_mistakes = [
            (
                W.T,
                "W is transposed: each neuron's weights are a row. In W, a neuron is a column, and "
                f"the shape is (in_features, out_features), here {W.shape}.",
            ),
            (
                W.T.reshape(W.shape),
                "W has the right shape, but the weights of a neuron are spread over several "
                "columns: reshape reads row by row, which mixes the neurons. Transpose instead, or "
                "use np.column_stack.",
            ),
            (
                W[:, ::-1],
                "The neurons are in reverse order. Column j belongs to neuron j.",
            ),
            (
                W[::-1],
                "The weights of each neuron are in reverse order. Row k belongs to input k.",
            ),
            (W.T.ravel(), "W is one long vector. Each neuron needs a column of its own."),
            (W[:, :1], "W has only the first neuron. Each neuron needs a column of its own."),
            (W[:, 0], "W has only the first neuron. Each neuron needs a column of its own."),
            (W[:, -1], "W has only the last neuron. Is it overwritten in a loop?"),
            (0 * W + W[:, :1], "Every column is the first neuron. Each neuron needs its own."),
            (0 * W + W[:, -1:], "Every column is the last neuron. Each neuron needs its own."),
            (
                W.sum(axis=1),
                "The weights of all neurons are added up. Put them side by side instead.",
            ),
            (
                np.vstack([W, b]),
                "W has one row too many: the biases. They belong in b alone.",
            ),
            (
                np.vstack([b, W]),
                "W has one row too many: the biases. They belong in b alone.",
            ),
            (
                W * b,
                "The weights are multiplied by the biases. Leave them as they are.",
            ),
            (W + b, "The biases are added to the weights. They belong in b alone."),
        ]
        b_mistakes = [
            *_bias_mistakes(b),
            (b[::-1], "The biases are in reverse order. Entry j belongs to neuron j."),
            (b.sum(), "b is the sum of the biases. Each neuron keeps a bias of its own."),
            (b[0], "b is the first bias alone. Each neuron keeps a bias of its own."),
            (b[-1], "b is the last bias alone. Each neuron keeps a bias of its own."),
            (0 * b, "b is all zeros. It should hold the biases of the neurons."),
        ]
        received = call(answer, [column.copy() for column in W.T], b.tolist())
        mistakes = {"W": W_mistakes, "b": b_mistakes}
        expected, about = {"W": W, "b": b}, f"for {case}"
        expect_parts(received, expected, mistakes=mistakes, about=about, factors=_FACTORS)
        _expect_arrays(received, expected)
    return "One column for each neuron, one row for each input: `x @ W + b` runs them all."


@exercise("2.2")
def run(answer):
    """The output of several layers, one after the other."""
    rng = np.random.default_rng(22)
    # First a case in which every mistake goes through: all lengths are equal.
    for n, sizes in [(3, [3, 3, 3, 3]), (4, [2, 3]), (5, [2, 3, 4]), (2, [3, 1, 4, 2, 5, 3, 4])]:
        layers = [_layer(rng, *pair) for pair in pairwise(sizes)]
        x = rng.normal(size=(n, sizes[0]))
        many = f"{len(layers)} layer{'s' * (len(layers) > 1)}"
        name = f"`run(x, layers)` for x {x.shape} and {many} of sizes {sizes}"
        mistakes = _run_mistakes(x, layers)
        if len({n, *sizes}) == 1:
            mistakes += _square_run_mistakes(x, layers)
        expect(call(answer, x, layers), _through(x, layers), name, mistakes=mistakes)
    return "The output of each layer is the input of the next, however many there are."


def _through(x, layers):
    for W, b in layers:
        x = x @ W + b
    return x


def _run_mistakes(x, layers):
    """Wrong results that are possible for any sizes."""
    unbiased = [(W, 0 * b) for W, b in layers]
    (last_W, last_b), many = layers[-1], len(layers)
    right = _through(x, layers)
    until = [
        (
            _through(x, layers[:k]),
            f"This is the output of layer {k} of {many}. `layers` may hold any number of pairs: "
            "loop over all of them.",
        )
        for k in range(2, many)
    ]
    return [
        (
            _through(x, layers[:1]),
            "This is the output of the first layer. Is the `return` inside the loop?",
        ),
        *until,
        (
            _through(x, unbiased),
            "The biases are missing: this is the product of x with all the weights.",
        ),
        (
            _through(x, unbiased[:-1]) @ last_W + last_b,
            "Only the last layer's bias is added. Each layer adds its own.",
        ),
        (
            _through(x, layers[:-1]) @ last_W,
            "The last layer's bias is missing. Each layer adds its own.",
        ),
        (
            _through(x, [unbiased[0], *layers[1:]]),
            "The first layer's bias is missing. Each layer adds its own.",
        ),
        (
            right + last_b,
            "The last layer's bias is added twice. Each layer adds its own, once.",
        ),
        (
            _through(x, [(W, b[0]) for W, b in layers]),
            "Each layer adds only the first entry of its bias. Add the whole vector.",
        ),
        (
            _through(x, [(W + b, 0) for W, b in layers]),
            "The bias is added to the weights. Add it to the product: `x @ W + b`.",
        ),
        (
            _through(x, [(W, -b) for W, b in layers]),
            "The biases are subtracted. Each layer adds its own.",
        ),
        (x, "This is x as it was. Does the loop give the output of a layer the name `x`?"),
        (right[0], "This is the output for the first sample alone. Return all rows."),
        (right[-1], "This is the output for the last sample alone. Return all rows."),
        (
            right.mean(axis=0),
            "This is the mean over the samples. Return one row for each sample.",
        ),
    ]


def _square_run_mistakes(x, layers):
    """Wrong results that are possible because every length is the same."""
    outputs = [_through(x, layers[:k]) for k in range(1, len(layers) + 1)]
    unbiased = [(W, 0 * b) for W, b in layers]

    def repeat(step):
        z = x
        for W, b in layers:
            z = step(z, W, b)
        return z

    def between(change):
        z = x
        for W, b in layers[:-1]:
            z = change(z @ W + b)
        return z @ layers[-1][0] + layers[-1][1]

    return [
        (
            _through(x, layers[-1:]),
            "Every layer was given x, so this is the last layer alone. Its input should be the "
            "output of the layer before it.",
        ),
        (
            _through(x, layers[::-1]),
            "The layers are in reverse order. The first pair in the list comes first.",
        ),
        (
            repeat(lambda z, W, b: z @ W.T + b),
            "The weights are transposed. Rows are samples here, so a layer is `x @ W + b`.",
        ),
        (
            repeat(lambda z, W, b: W @ z + b),
            "This is `W @ x`, the order for samples in columns. Here a sample is a row: `x @ W`.",
        ),
        (
            repeat(lambda z, W, b: W @ z + b[:, np.newaxis]),
            "This is `W @ x`, the order for samples in columns. Here a sample is a row: `x @ W`.",
        ),
        *[
            (
                repeat(step),
                "The transposed weights are on the left, the order for samples in columns. Here a "
                "sample is a row, so a layer is `x @ W + b`.",
            )
            for step in [
                lambda z, W, b: W.T @ z + b,
                lambda z, W, b: W.T @ z + b[:, np.newaxis],
                lambda z, W, b: W.T @ z.T + b,
                lambda z, W, b: W.T @ z.T + b[:, np.newaxis],
            ]
        ],
        (
            repeat(lambda z, W, b: z @ W + b[:, np.newaxis]),
            "The bias is added as a column, one number to each sample. Add the vector b as it is.",
        ),
        (
            repeat(lambda z, W, b: (z + b) @ W),
            "The bias is added before the product, so it is multiplied by the weights. A layer is "
            "`x @ W + b`.",
        ),
        (
            repeat(lambda z, W, b: z * W + b),
            "The weights are multiplied element by element, `*`. The matrix product is `@`.",
        ),
        (
            repeat(lambda z, W, b: z @ b + W),
            "W and b are swapped. Each pair is `(W, b)`.",
        ),
        (
            repeat(lambda z, W, b: z @ W * b),
            "The output is multiplied by the bias. Add it.",
        ),
        (
            repeat(lambda z, W, b: z @ W + 2 * b),
            "Each bias is added twice.",
        ),
        (
            _through(x, unbiased) + sum(b for _, b in layers),
            "All biases are added at the end. The bias of a layer also goes through the layers "
            "after it, so add it in its own layer.",
        ),
        (
            repeat(lambda z, W, b: np.maximum(z @ W + b, 0)),
            "Negative outputs are set to 0. The layers of this chapter pass them on.",
        ),
        (
            repeat(lambda z, W, b: z @ W + b > 0),
            "There is a threshold between the layers. The layers of this chapter have none.",
        ),
        (
            between(lambda z: np.maximum(z, 0)),
            "Negative outputs of the hidden layers are set to 0. The layers of this chapter pass "
            "them on.",
        ),
        (
            between(lambda z: z > 0),
            "There is a threshold between the layers. The layers of this chapter have none.",
        ),
        (_through(x, layers[1:]), "The first layer is missing."),
        (
            sum(outputs),
            "The outputs of all layers are added up. Return the output of the last one.",
        ),
        (
            sum(x @ W + b for W, b in layers),
            "Every layer was given x, and their outputs are added up. The input of a layer is the "
            "output of the layer before it.",
        ),
        (outputs, "These are the outputs of all layers. Return the last one."),
        ([x, *outputs], "These are x and the outputs of all layers. Return the last one."),
    ]


@exercise("2.3")
def multiplications(answer):
    """How many multiplications a batch takes in a network."""
    cases = [
        *[([2, 3, 4, 5], 7), ([5, 3], 4), ([784, 128, 64, 10], 64), ([2, 3, 4, 5, 6], 1)],
        ([7, 3, 3, 2, 5], 6),  # not in order of size, and with two equal sizes
    ]
    for sizes, n in cases:
        layers = [a * b for a, b in pairwise(sizes)]
        one, outputs = sum(layers), sum(sizes[1:])
        product = (
            "All sizes are multiplied together. Each layer takes in_features · out_features per "
            "sample, and the layers come one after the other: add them up."
        )
        mistakes = [
            (one, "This is for one sample. The batch has n of them: multiply by n."),
            (
                n * (one + outputs),
                "You counted the biases, too. They're added, not multiplied.",
            ),
            (
                n * one + outputs,
                "You counted the biases, too. They're added, not multiplied.",
            ),
            (
                n * (one + sum(sizes[:-1])),
                "Each size is multiplied by the next plus 1. Multiply it by the next alone.",
            ),
            (one + outputs, "This is the number of parameters, weights and biases."),
            (n * int(np.prod(sizes)), product),
            (int(np.prod(sizes)), product),
            (
                n * layers[0],
                "This is the first layer alone. The other layers multiply as well.",
            ),
            (
                n * (one - layers[-1]),
                "The last layer is missing: between k sizes there are k - 1 layers.",
            ),
            (
                n * (one - layers[0]),
                "The first layer is missing. It goes from the first size to the second.",
            ),
            (
                n * layers[-1],
                "This is the last layer alone. Is the total overwritten in the loop?",
            ),
            (
                n * sizes[0] * sizes[-1],
                "This is one layer from the first size straight to the last. Add up the layers "
                "between neighbors in the list.",
            ),
            (
                n * sum(sizes),
                "The sizes are added up. A layer takes in_features · out_features multiplications "
                "per sample: multiply each size by the next.",
            ),
            (
                n * outputs,
                "This is how many numbers the layers output. Each of them takes in_features "
                "multiplications.",
            ),
            (
                n * sum(a + b for a, b in pairwise(sizes)),
                "Each size is added to the next. Multiply the two.",
            ),
            (
                n * (one + sizes[-1] * sizes[0]),
                "There is a layer from the last size back to the first. Does an index -1 wrap "
                "around?",
            ),
            (
                n * layers[0] + sum(layers[1:]),
                "Only the first layer is multiplied by n. All samples go through every layer.",
            ),
            (
                sum(layers[:-1]) + n * layers[-1],
                "Only the last layer is multiplied by n. All samples go through every layer.",
            ),
            (
                n * sizes[0] * outputs,
                "Every layer is given the first size. A layer takes the outputs of the one before "
                "it.",
            ),
            (n * one + 1, "This is 1 too many. Does the total start at 1? Start at 0."),
            (one + n, "The number of samples is added. Multiply by it."),
            (
                one + n * len(layers),
                "The number of samples is added. Multiply by it.",
            ),
            (
                n * sum(a * a for a in sizes),
                "Each size is multiplied by itself. Multiply it by the next one.",
            ),
            (
                n * n * one,
                "The result is multiplied by n twice. Once is enough.",
            ),
            (
                2 * n * one,
                "This is twice the right number. Are the additions counted, too, or is each layer "
                "counted twice?",
            ),
            (
                [n * layer for layer in layers],
                "These are the multiplications of each layer. Add them up.",
            ),
            (layers, "These are the multiplications of each layer for one sample. Add them up."),
            (
                n * _products(sorted(sizes)),
                "You sorted the sizes. Keep them in the order of the layers.",
            ),
            (
                n * _products(sorted(set(sizes))),
                "You left out sizes that occur twice, and sorted the rest. Keep all of them, in "
                "the order of the layers.",
            ),
            (
                n * _products(list(dict.fromkeys(sizes))),
                "You left out sizes that occur twice. Two layers may have the same size.",
            ),
            (
                n * sum(a * sizes[sizes.index(a) + 1] for a in sizes[:-1]),
                "One layer is counted with the next size of another: `index` finds only the first "
                "of several equal sizes. Loop over the positions, or use `pairwise`.",
            ),
        ]
        name = f"`multiplications({sizes}, {n})`"
        try:
            received = call(answer, sizes, n)
        except (IndexError, ValueError) as error:
            if len(sizes) == len(cases[0][0]):
                raise
            raise Wrong(
                f"For `sizes = {sizes}`, your code raised {type(error).__name__}: {error}. `sizes` "
                "may hold two or more numbers: use a loop."
            ) from error
        expect(received, n * one, name, mistakes=mistakes)
    return "Each weight is used once for each sample."


def _products(sizes):
    return sum(a * b for a, b in pairwise(sizes))


@exercise("2.4")
def from_columns(answer):
    """A layer in columns, translated into rows."""
    rng = np.random.default_rng(24)
    for m, in_features, out_features in [(4, 3, 2), (3, 3, 3), (5, 2, 1)]:
        W, b = _layer(rng, in_features, out_features)
        x = rng.normal(size=(m, in_features))
        X, W_columns, b_column = x.T.copy(), W.T.copy(), b[:, np.newaxis]
        case = f"for X {X.shape}, W {W_columns.shape}, and b {b_column.shape}"
        as_it_was = {
            "x": "x is as it was, with a sample in each column. Transpose it.",
            "W": "W is as it was, with a neuron in each row. Transpose it.",
        }
        mistakes = {}
        for name, right in [("x", x), ("W", W)]:
            mistakes[name] = [
                (right.T, as_it_was[name]),
                (
                    right.T.reshape(right.shape),
                    f"{name} has the right shape, but its numbers are in the wrong places: reshape "
                    "reads row by row, which mixes the samples or neurons. Transpose it instead.",
                ),
                (
                    right[::-1],
                    f"The rows of {name} are in reverse order. Did you rotate it? Transposing "
                    "keeps the order.",
                ),
                (
                    right[:, ::-1],
                    f"The columns of {name} are in reverse order. Did you rotate it? Transposing "
                    "keeps the order.",
                ),
                (right.ravel(), f"{name} is one long vector. It should be a matrix."),
                (right.T.ravel(), f"{name} is one long vector. It should be a matrix."),
            ]
        mistakes["x"] += [
            (x @ W, "This is the product. The exercise asks for the three arrays."),
            (x @ W + b, "This is the output. The exercise asks for the three arrays."),
        ]
        mistakes["b"] = [
            *_bias_mistakes(b),
            (
                b[0],
                "b is a single number. For one neuron, b is still a vector, shape (1,): did "
                "np.squeeze remove both axes?"
                if out_features == 1
                else "b is the first bias alone. Take a column of the array: `b[:, 0]`.",
            ),
            (b[:1], "b is the first bias alone. Take a column of the array: `b[:, 0]`."),
            (b.sum(), "b is the sum of the biases. Each neuron keeps a bias of its own."),
            (b[::-1], "The biases are in reverse order."),
        ]
        received = call(answer, X, W_columns, b_column)
        expected = {"x": x, "W": W, "b": b}
        expect_parts(received, expected, mistakes=mistakes, about=case, factors=_FACTORS)
        _expect_arrays(received, expected)
    return "Now `x @ W + b` gives the transpose of their `W @ X + b`."


@exercise("2.5")
def merge_two(answer):
    """The one layer that does what two layers do."""
    rng = np.random.default_rng(25)
    # First a case in which every mistake goes through: all lengths are equal.
    for sizes in [(3, 3, 3), (4, 3, 2), (2, 5, 1)]:
        (W1, b1), (W2, b2) = _layer(rng, *sizes[:2]), _layer(rng, *sizes[1:])
        W, b = W1 @ W2, b1 @ W2 + b2
        case = f"for layers from {sizes[0]} to {sizes[1]} to {sizes[2]}"
        W_mistakes = [
            (W1, "W is the matrix of layer 1 alone. Its outputs should go through W2 as well."),
            (W2, "W is the matrix of layer 2 alone. Its inputs come out of layer 1."),
            (W.T, "W is transposed. Multiply the matrices as they are, in the order W1, W2."),
            (
                (W1 + b1) @ W2,
                "The bias of layer 1 is added to the weights. Multiplied out, `b1 @ W2` doesn't "
                "depend on X, so it belongs in b.",
            ),
            (W + b, "The biases are added to W. They belong in b alone."),
        ]
        b_mistakes = [
            (
                b2,
                "b is the bias of layer 2 alone. The bias of layer 1 is missing: it should go "
                "through W2.",
            ),
            *_bias_mistakes(b),
            (b1 @ W2, "The bias of layer 2 is missing. Add it at the end."),
            (b1, "b is the bias of layer 1 as it was. It should go through layer 2."),
            (b1 @ W2 - b2, "The bias of layer 2 is subtracted. Add it."),
            (b2 - b1 @ W2, "The bias of layer 1 is subtracted. Add it."),
            (b1 @ W2 + 2 * b2, "The bias of layer 2 is added twice."),
            (2 * b, "b is twice what it should be. Is it added to itself?"),
        ]
        if len(set(sizes)) == 1:
            W_mistakes += [
                (
                    W2 @ W1,
                    "W is the product in the wrong order: this does layer 2 first. With rows as "
                    "samples, the layer that comes first is on the left.",
                ),
                (W1 + W2, "W is the sum of the matrices. Multiply them."),
                (W1 * W2, "W is multiplied element by element, `*`. The matrix product is `@`."),
                ((W1 + W2) / 2, "W is the mean of the matrices. Multiply them."),
                (W1.T @ W2, "W1 is transposed. Multiply the matrices as they are."),
                (W1 @ W2.T, "W2 is transposed. Multiply the matrices as they are."),
                (W1.T @ W2.T, "Both matrices are transposed. Multiply them as they are."),
            ]
            b_mistakes += [
                (
                    b1 + b2,
                    "b is the sum of the biases. But the bias of layer 1 isn't added at the end. "
                    "It's part of the input of layer 2, so it should be multiplied by W2.",
                ),
                (
                    W2 @ b1 + b2,
                    "In b, W2 is on the wrong side, or transposed. The bias of layer 1 is added to "
                    "rows that go into layer 2, so it should be on the left: `b1 @ W2`.",
                ),
                *[
                    (
                        wrong,
                        "In b, `*` multiplies element by element. The matrix product is `@`: "
                        "`b1 @ W2`.",
                    )
                    for wrong in [
                        b1 * W2 + b2,
                        b1[:, np.newaxis] * W2 + b2,
                        b1 * W2,
                        b1[:, np.newaxis] * W2,
                        (b1 * W2).sum(axis=0) + b2,
                        (b1 * W2).sum(axis=0),
                    ]
                ],
                (
                    (b1 + b2) @ W2,
                    "Your b2 goes through W2. It should be added after W2, as it is.",
                ),
                (
                    b1 + b2 @ W2,
                    "You swapped the biases. b1 should go through W2, and b2 should be added at "
                    "the end.",
                ),
                (
                    b1 @ W1 + b2,
                    "You multiplied b1 by W1. But b1 is added after W1, so it should go through "
                    "W2 instead.",
                ),
                (
                    b1 @ W + b2,
                    "Your b1 goes through both matrices. But b1 is added after W1, so it should go "
                    "through W2 only.",
                ),
                (
                    b2 @ W1 + b1,
                    "This is the bias if layer 2 comes first. But b1 should go through W2, not the "
                    "other way around.",
                ),
                (
                    np.outer(b1, b2),
                    "The biases are multiplied by each other. Multiply out (X W1 + b1) W2 + b2.",
                ),
                (
                    b1 * b2,
                    "The biases are multiplied by each other. Multiply out (X W1 + b1) W2 + b2.",
                ),
                (
                    b1 * b2 + b2,
                    "You multiplied b1 by b2. It should be multiplied by W2: `b1 @ W2`.",
                ),
                (b1 @ W2 + b1, "You added b1 at the end. That should be b2."),
            ]
        received = call(answer, W1, b1, W2, b2)
        mistakes = {"W": W_mistakes, "b": b_mistakes}
        expect_parts(received, {"W": W, "b": b}, mistakes=mistakes, about=case)
    return "One matrix and one vector do everything that the two layers did."


@exercise("2.6")
def quarter_turn(answer):
    """W and b of a layer that turns the plane to the left, then shifts it to the right."""
    if not isinstance(answer, (tuple, list)) or len(answer) != 2:
        raise Wrong("`quarter_turn` must be a pair, `W, b`, as in the stub.")
    received = parts(answer, ["W", "b"])
    W, b = np.array([[0.0, 1.0], [-1.0, 0.0]]), np.array([2.0, 0.0])
    diagonal = np.sqrt(0.5)
    W_mistakes = [
        (
            W + b,
            "The rows say where (1, 0) and (0, 1) are after the shift. The rows of W must say "
            "where they are before it, since b is added afterward.",
        ),
        (
            W.T,
            "This rotates to the right: (1, 0) lands on (0, −1). Is it from a text with columns? "
            "There, the matrix would be right. Here the *rows* of W say where (1, 0) and (0, 1) "
            "land.",
        ),
        (
            abs(W),
            "This swaps the two axes, which mirrors the plane: (0, 1) lands on (1, 0). A quarter "
            "turn to the left takes it to (−1, 0).",
        ),
        (
            -abs(W),
            "This mirrors the plane: (1, 0) lands on (0, −1). A quarter turn to the left takes it "
            "to (0, 1).",
        ),
        (-np.eye(2), "This is half a turn: (1, 0) lands on (−1, 0)."),
        (np.eye(2), "This W leaves every point where it is. It should rotate the plane."),
        (
            np.diag([-1.0, 1.0]),
            "This mirrors the plane: left and right are swapped. (1, 0) should land on (0, 1).",
        ),
        (
            np.diag([1.0, -1.0]),
            "This mirrors the plane: up and down are swapped. (1, 0) should land on (0, 1).",
        ),
        (
            diagonal * np.array([[1, 1], [-1, 1]]),
            "This is an eighth of a turn, 45°: (1, 0) lands on (0.71, 0.71).",
        ),
        (
            diagonal * np.array([[1, -1], [1, 1]]),
            "This is an eighth of a turn to the right, 45°: (1, 0) lands on (0.71, −0.71). A "
            "quarter turn to the left takes it to (0, 1).",
        ),
        (
            2 * W,
            "The direction is right, but everything is twice as far from the origin. A rotation "
            "keeps lengths: (1, 0) lands on (0, 1).",
        ),
        (
            np.array([[np.cos(90), np.sin(90)], [-np.sin(90), np.cos(90)]]),
            "np.cos and np.sin take radians. A quarter turn is π/2, `np.pi / 2`, not 90.",
        ),
        (
            np.array([[np.cos(90), -np.sin(90)], [np.sin(90), np.cos(90)]]),
            "np.cos and np.sin take radians. A quarter turn is π/2, `np.pi / 2`, not 90.",
        ),
    ]
    b_mistakes = [
        (
            b @ W,
            "This moves up. Are the two entries swapped? The first one moves to the right. Or did "
            "you shift the plane first and rotate it afterward? The bias is added last.",
        ),
        (-b @ W, "This moves down. The first entry of b moves to the right."),
        (-b, "This moves to the left. The exercise asks for the right."),
        (b / 2, "This moves by 1. The exercise asks for 2."),
        (0 * b, "The layer rotates, but b doesn't move anything yet."),
        (np.array([2.0, 2.0]), "This moves to the right and up. The second entry moves up."),
        (np.array(2.0), "As a single number, b moves to the right and up. It must be a vector."),
        *_bias_mistakes(b),
    ]
    mistakes = {"W": W_mistakes, "b": b_mistakes}
    expect_parts(received, {"W": W, "b": b}, mistakes=mistakes)
    return "(1, 0) goes to (0, 1), (0, 1) goes to (−1, 0), and then everything moves right by 2."
