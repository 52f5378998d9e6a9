"""The checks of chapter 6's exercises: backward passes."""

import functools

import numpy as np

from shared.exercises import exercise, rules
from shared.exercises.compare import Wrong, call, expect, expect_parts, finite, same_values

# Inputs of this size: the measured slope of a linear function is exact after a long enough nudge,
# unless the numbers around it are large.
_LARGE = 1e7


@exercise("6.1")
def neuron_gradients(answer):
    """The gradients of one neuron with tanh and a squared error."""
    rng = np.random.default_rng(61)
    # In the second case z is negative: there ReLU, or a mask that is left of it, shows.
    for in_features, b, y_true in [(3, 0.3, 1.5), (5, -1.4, -0.8)]:
        x, w = rng.normal(size=in_features), 0.5 * rng.normal(size=in_features)
        z = x @ w + b
        a, a_no_bias, sigmoid = np.tanh(z), np.tanh(z - b), 1 / (1 + np.exp(-z))
        da = 2 * (a - y_true)
        dz = da * (1 - a**2)
        right = {"dw": dz * x, "db": dz}
        slips = [
            (da, "lacks the slope of tanh: from a to z, the gradient is multiplied by 1 - a²."),
            (da * (1 - a), "uses the wrong slope for tanh: it is 1 - a², with the square."),
            (da * (1 - np.tanh(a) ** 2), "applies tanh twice: a is tanh(z), with slope 1 - a²."),
            (da * a**2, "is multiplied by a². The slope of tanh is 1 - a²."),
            (
                1 - a**2,
                "starts at tanh. The loss comes after it: its slope with respect to a is "
                "2 (a - y), and that is what arrives.",
            ),
            (da * a * (1 - a), "uses sigmoid's slope, a (1 - a). The slope of tanh is 1 - a²."),
            (da * (1 - z**2), "uses 1 - z². The slope of tanh is 1 - a²: use the output."),
            (
                2 * (z - y_true),
                "is computed without tanh, as with ReLU in Section 2. Here a is tanh(z), and the "
                "loss compares a with y.",
            ),
            (2 * (z - y_true) * (1 - a**2), "starts with z in place of a: start with 2 (a - y)."),
            (
                (a - y_true) ** 2 * (1 - a**2),
                "starts with the loss itself, (a - y)². Start with its slope, 2 (a - y).",
            ),
            (
                2 * (a_no_bias - y_true) * (1 - a_no_bias**2),
                "is computed without the bias: z is the sum of the products plus b.",
            ),
            (
                2 * (sigmoid - y_true) * sigmoid * (1 - sigmoid),
                "is that of a neuron with sigmoid. Here the activation is tanh.",
            ),
            (-dz, "has the wrong sign: the slope of (a - y)² is 2 (a - y), not 2 (y - a)."),
        ]
        if z < 0:
            slips += [
                (
                    0.0,
                    "is 0 for a negative z. Is ReLU's mask left in it, as in Section 2? The slope "
                    "of tanh is 1 - a² for every z.",
                ),
                (
                    -2 * y_true,
                    "is wrong for a negative z. Did you replace it with 0, as ReLU does? Here a "
                    "is tanh(z) for every z.",
                ),
            ]
        mistakes = {
            name: [(slip * local, f"{name} {words}") for slip, words in slips]
            for name, local in [("dw", x), ("db", 1.0)]
        }
        mistakes["dw"] += [
            (
                dz * w,
                "dw is dz times the weights, which is the gradient of the inputs. In a product, "
                "each factor's slope is the other factor, here x.",
            ),
            (dz, "dw is a single number, dz. Each weight gets dz times its own input."),
        ]
        mistakes["db"] += [
            (dz * x, "db is a vector. The bias is one number, added with slope 1: dz."),
            (0.0, "db is 0. The bias is added with slope 1, so its gradient is dz."),
            (1.0, "db is 1, the slope of z with respect to b. Multiply it by dz."),
        ]
        received = call(answer, x, w, b, y_true)
        _derived(answer, received, right)
        half = {0.5: "The slope of (a - y)² is 2 (a - y), with a factor 2."}
        expect_parts(received, right, mistakes=mistakes, factors=half)
    return "Slope after slope, from the loss back to the weights."


@exercise("6.2")
def capped_backward(answer):
    """The backward pass of a ReLU that is capped at 1."""
    rng = np.random.default_rng(622)
    wide = [-3, -1.6, -0.4, 0.2, 0.5, 0.8, 1.3, 1.7, 2.4, 3.5, 5.2, 8]
    for z, shape in [(wide, (4, 3)), ([-2.5, 0.3, 0.7, 1.1, 6.5], (5,))]:
        dA, z = rng.normal(0, 2, size=shape), rng.permutation(z).reshape(shape)
        inside = (z > 0) & (z < 1)
        expected = np.where(inside, dA, 0.0)  # dA * inside would hold -0
        a = np.clip(z, 0, 1)
        mistakes = [
            (
                dA,
                "The gradient goes through everywhere. Did you make the mask from the output? The "
                "output is never below 0 or above 1.",
            ),
            (
                dA * (z > 0),
                "This is the backward pass of ReLU. This function is flat above 1 as well.",
            ),
            *(
                (dA * ((z > 0) & (z < cap)), f"Here the cap is {cap}. It should be 1.")
                for cap in (2, 3, 6)
            ),
            (dA * (np.abs(z) < 1), "dA goes through between -1 and 0, too. Below 0 it's flat."),
            (dA * (z < 1), "Above 1 it is right. But the function is flat below 0 as well."),
            (dA * (z > 1), "The gradient goes through above 1 only, where the function is flat."),
            (dA * ~inside, "The mask is inverted. The function rises between 0 and 1 only."),
            (inside, "This is the slope alone. Multiply it by dA, the gradient that arrives."),
            (
                dA * a,
                "dA is multiplied by the output. Multiply it by the slope, which is 1 between 0 "
                "and 1 and 0 elsewhere.",
            ),
            (
                dA * z * inside,
                "Where the gradient goes through, it is multiplied by z. The slope there is 1.",
            ),
            (np.clip(dA, 0, 1), "The gradient itself was capped. What goes through depends on z."),
            (
                dA * ((dA > 0) & (dA < 1)),
                "The mask was made from dA. What goes through depends on z.",
            ),
            (a, "This is the forward pass: what the function gives for z."),
        ]
        name = f"`capped_backward(dA, z)` for shape {shape}"
        received = call(answer, dA, z)
        _derived(answer, [received], {"": expected})
        expect(received, expected, name, mistakes=mistakes)
    # A nudge that is large enough not to show in the digits steps over these corners.
    dA, z = np.array([2.0, 3.0, 4.0, 5.0]), np.array([-1e-6, 1e-6, 1 - 1e-6, 1 + 1e-6])
    expected = np.array([0.0, 3.0, 4.0, 0.0])
    received = finite(call(answer, dA, z), "`capped_backward(dA, z)` for shape (4,)", (4,))
    wrong = received != expected
    if np.any(received[wrong] * (received[wrong] - dA[wrong])):  # neither 0 nor dA
        raise Wrong(
            "Very close to 0 and 1, only a part of dA goes through. Does your code nudge z? The "
            "exercise asks for the formula."
        )
    if wrong.any():
        place = np.argmax(wrong)
        raise Wrong(
            f"At z = {z[place]:f}, {'all' if expected[place] else 'nothing'} of dA should go "
            f"through, but {'nothing' if expected[place] else 'all of it'} does. Does your mask "
            "compare z itself with 0 and 1?"
        )
    return "It lets the gradient through where the function rises, and nowhere else."


@exercise("6.3")
def columns_backward(answer):
    """The gradients of a layer whose samples are columns."""
    rng = np.random.default_rng(63)
    # With three equal widths first: there a forgotten transpose goes through, and gets its name.
    for in_features, out_features, m, scale in [(4, 4, 4, 1), (3, 2, 5, 1), (3, 2, 5, _LARGE)]:
        X = scale * rng.normal(size=(in_features, m))
        W = rng.normal(size=(out_features, in_features))
        dZ = rng.normal(size=(out_features, m))
        case = f"for dZ {dZ.shape}, X {X.shape}, W {W.shape}"
        right = {"dX": W.T @ dZ, "dW": dZ @ X.T, "db": dZ.sum(axis=1, keepdims=True)}
        mistakes = {
            "dX": [],
            "dW": [
                (
                    dZ @ X.T / m,
                    "dW is divided by the number of samples. The mean belongs to the loss, and is "
                    "in dZ already: here you sum over the samples.",
                ),
                (X @ dZ.T, "dW is transposed: this is the dW of the other convention."),
            ],
            "db": [
                (
                    dZ.mean(axis=1, keepdims=True),
                    "db is the mean over the samples. The mean belongs to the loss, and is in dZ "
                    "already: here you sum over the samples.",
                ),
                (
                    dZ.sum(axis=1),
                    "db has the right numbers in the wrong shape: b is a column, so its gradient "
                    "is a column, too. keepdims=True keeps the axis.",
                ),
                (
                    dZ.mean(axis=1),
                    "db is the mean over the samples, and not a column. The mean belongs to the "
                    "loss, and is in dZ already: sum here, with keepdims=True.",
                ),
                *(
                    (
                        dZ.sum(axis=0).reshape(shape),
                        "db is summed over the neurons: rows are neurons here, and columns are "
                        "samples. Sum along the other axis.",
                    )
                    for shape in [(m,), (1, m), (m, 1)]
                ),
                (dZ.sum(), "db is the sum of everything. Each neuron has a bias of its own."),
                (dZ, "db is dZ itself. The bias of a neuron is used for every sample: sum them."),
            ],
        }
        if in_features == out_features == m:  # only then do these go through
            rows = "This is {} in the convention of the chapter, with samples as rows: {}."
            mistakes["dX"] += [
                (dZ @ W.T, rows.format("dX", "dZ @ W.T")),
                (W @ dZ, "dX lacks the transpose of W: with three equal widths it fits by chance."),
                (dZ @ W, "dX has its factors in the wrong order, and W lacks its transpose."),
            ]
            mistakes["dW"] += [
                (X.T @ dZ, rows.format("dW", "X.T @ dZ")),
                (dZ @ X, "dW lacks the transpose of X: with three equal widths it fits by chance."),
                (dZ.T @ X, "dW has the transpose on dZ. It belongs on X: dZ @ X.T."),
            ]
        received = call(answer, dZ, X, W)
        _derived(answer, received, right)
        expect_parts(received, right, mistakes=mistakes, about=case, batch=m)
    return "The same three sums as with rows, with the factors in the opposite order."


@exercise("6.4")
def tempered_gradient(answer):
    """The gradient of cross-entropy through a softmax with a temperature."""
    rng = np.random.default_rng(64)
    for n, classes, temperature in [(4, 3, 2.5), (5, 4, 0.5)]:
        logits = 1.5 * temperature * rng.normal(size=(n, classes))
        y_true = rng.integers(0, classes, n)
        y_true[:2] = [0, classes - 1]
        one_hot = np.eye(classes)[y_true]
        p, plain = _softmax(logits / temperature), _softmax(logits)
        expected = (p - one_hot) / (n * temperature)
        columns = p.copy()
        columns[:, y_true] -= 1
        mistakes = [
            (
                (p - one_hot) / n,
                "The last step is missing: from U = Z / T back to Z the gradient is multiplied by "
                "the slope 1 / T.",
            ),
            (
                (p - one_hot) * temperature / n,
                "It is multiplied by the temperature. U = Z / T has the slope 1 / T: divide by it.",
            ),
            (
                (plain - one_hot) / n,
                "You didn't use the temperature: this is the gradient for T = 1.",
            ),
            (
                (plain - one_hot) / (n * temperature),
                "The probabilities are those of T = 1. Softmax must get the logits divided by T.",
            ),
            (
                (p - one_hot) / temperature,
                "It is n times too large: you forgot to divide by n. The loss is the mean.",
            ),
            (
                expected / temperature,
                "It is divided by the temperature twice. U = Z / T has the slope 1 / T, once.",
            ),
            *(
                (
                    (_softmax(logits * temperature) - one_hot) * scale / n,
                    "The logits were multiplied by T before softmax. They are divided by it.",
                )
                for scale in (1 / temperature, 1, temperature)
            ),
            *(
                (
                    difference / n,
                    "Only a part of P - Y was divided by T. Put parentheses around the difference.",
                )
                for difference in (p / temperature - one_hot, p - one_hot / temperature)
            ),
            (
                columns / (n * temperature),
                "1 was subtracted in whole columns. Each sample has one true class, so name the "
                "rows as well: P[np.arange(n), y_true].",
            ),
            (
                -np.mean(np.log(p[np.arange(n), y_true])),
                "This is the loss itself. The exercise asks for its gradient.",
            ),
            *(
                (
                    (plain / temperature - one_hot) / scale,
                    "The probabilities were divided by T. T divides the logits, before softmax.",
                )
                for scale in (n, n * temperature)
            ),
            (
                p - one_hot,
                "You forgot to divide by n, and by T: the loss is the mean, and the step from "
                "U = Z / T back to Z has the slope 1 / T.",
            ),
            (-expected, "It has the wrong sign: predicted minus true, not true minus predicted."),
            (
                (_softmax(logits / temperature, axis=None) - one_hot) / (n * temperature),
                "Softmax was taken over the whole batch. Each row has its own: sum along "
                "axis 1, with keepdims=True.",
            ),
            (
                (_softmax(logits / temperature, axis=0) - one_hot) / (n * temperature),
                "Softmax was taken over the columns. A sample is a row: sum along axis 1, with "
                "keepdims=True.",
            ),
            (
                (logits / temperature - one_hot) / (n * temperature),
                "Softmax is missing: predicted minus true takes the probabilities, not the logits.",
            ),
            (p, "These are the probabilities. Subtract the one-hot rows from them."),
            (
                p / (n * temperature),
                "Y is missing: subtract the one-hot rows from the probabilities.",
            ),
        ]
        name = f"`tempered_gradient(logits, y_true, {temperature:g})`"
        received = call(answer, logits, y_true, temperature)
        _derived(answer, [received], {"": expected})
        expect(received, expected, name, mistakes=mistakes, batch=n)
    _for_a_small_probability(answer)
    _for_large_logits(answer)
    return "The shortcut first, then one more step of the chain rule: 1 / T."


def _for_a_small_probability(answer):
    """Raise `Wrong` if a very small probability doesn't reach the gradient."""
    logits, y_true = np.array([[0.0, 80.0]]), np.array([1])
    expected = _softmax(logits / 2)[0, 0] / 2
    name = "`tempered_gradient([[0, 80]], [1], 2)`"
    received = finite(call(answer, logits, y_true, 2.0), name, (1, 2))[0, 0]
    if not np.isclose(received, expected, rtol=1e-3, atol=0):
        raise Wrong(
            f"{name} is {received:.3g} at [0, 0], expected {expected:.3g}. Did you keep the "
            "probabilities above a limit? P - Y needs no limit: nothing is divided by P."
        )


def _for_large_logits(answer):
    """Raise `Wrong` if the gradient is lost for logits in the thousands."""
    logits, y_true = np.array([[0.0, 5000.0], [3000.0, 0.0], [4000.0, 4002.0]]), np.array([0, 1, 0])
    expected = (_softmax(logits / 2) - np.eye(2)[y_true]) / 6
    with np.errstate(all="ignore"):  # the messages say more than NumPy's warnings
        received = np.asarray(call(answer, logits, y_true, 2.0), dtype=float)
        clipped = (_softmax(np.clip(logits / 2, -500, 500)) - np.eye(2)[y_true]) / 6
    told = "The formula is right, but it fails for logits in the thousands: "
    zeros = expected * [[0], [0], [1]]  # where a probability is rounded to 0
    causes = [
        (
            [[0, 1], [1, 0], [1, 1]],
            "exp overflows, and the result is NaN. Subtract the largest number of each row first.",
        ),
        (
            [[0, 0], [1, 1], [0, 0]],
            "in the second row the result is NaN. Did you subtract the largest number of the whole "
            "batch? Then exp gives 0 for a row that is far below it. Subtract each row's own.",
        ),
        (
            [[1, 1], [1, 1], [0, 0]],
            "where the true class gets the probability 0, the result is NaN. Did you divide by "
            "that probability? Use (P - Y) / n, which doesn't divide by it.",
        ),
    ]
    for pattern, cause in causes:
        if same_values(np.isnan(received), np.array(pattern, dtype=bool)):
            raise Wrong(told + cause)
    mistakes = [
        (
            zeros,
            f"{told}where the true class gets the probability 0, the gradient is 0. Did you "
            "divide by a probability that is kept above a limit? Use (P - Y) / n.",
        ),
        (clipped, f"{told}they were clipped. Subtract the largest number of each row instead."),
    ]
    name = "`tempered_gradient` for logits in the thousands"
    expect(received, expected, name, mistakes=mistakes)

    # A batch without the last class, and a temperature that leaves all three probabilities visible.
    logits, y_true, hot = np.array([[5000.0, 3000.0, 4000.0]]), np.array([1]), 1000.0
    expected = (_softmax(logits / hot) - np.eye(3)[y_true]) / hot
    received = call(answer, logits, y_true, hot)
    told += "exp came first, and T after it. exp(-1000) is 0, and so is any root of it. "
    rooted = np.array([[1, -1, 0]]) / hot
    mistakes = [(rooted, f"{told}Divide the logits by T before exp.")]
    expect(received, expected, f"{name} and T = 1000", mistakes=mistakes)


@exercise("6.5")
def around_backward(answer):
    """The gradients of a layer with a skip connection."""
    rng = np.random.default_rng(65)
    for n, width, scale in [(5, 3, 1), (3, 3, 1), (5, 3, _LARGE)]:
        x, dA = scale * rng.normal(size=(n, width)), rng.normal(size=(n, width))
        W, b = rng.normal(size=(width, width)), rng.normal(size=width)
        z = x @ W + b
        dZ = dA * (z > 0)
        wrong_mask = dA * (np.maximum(0, z) + x > 0)
        no_bias = dA * (x @ W > 0)
        forgot_bias = "The mask was made without the bias. ReLU's input is z = x W + b."
        no_mask = (
            "{} lacks ReLU's mask: what arrives at ReLU goes on only where z was positive. (A mask "
            "made with `>= 0` from the output is always true.)"
        )
        right = {"dX": dZ @ W.T + dA, "dW": x.T @ dZ, "db": dZ.sum(axis=0)}
        mistakes = {
            "dX": [
                (
                    dZ @ W.T,
                    "dX contains only the path through the layer. X was used twice, so add the "
                    "gradient of the direct path: dA, unchanged.",
                ),
                (dA, "dX contains only the direct path. Add what comes through the layer."),
                (
                    dZ @ W.T + dZ,
                    "There is no ReLU on the direct path: dA comes back along it unchanged, "
                    "without the mask.",
                ),
                (dZ @ W.T + 2 * dA, "dX has dA in it twice. The direct path adds it once."),
                (dZ @ W.T - dA, "On the direct path dA was subtracted. Both gradients are added."),
                (
                    dZ @ W.T * dA,
                    "The gradients of the two paths were multiplied. Where a value forks on the "
                    "forward pass, they are added.",
                ),
                (
                    (dZ @ W.T + dA) / 2,
                    "dX is the mean of the two paths. Where a value forks on the forward pass, "
                    "the gradients are added.",
                ),
                (dZ + dA, "What comes through the layer isn't multiplied by W: it is dZ @ W.T."),
                (
                    dA * (x > 0) @ W.T + dA,
                    "The mask was made from x. ReLU's own input decides: z = x W + b.",
                ),
                (dA @ W.T + dA, no_mask.format("dX")),
                (dA @ W.T, no_mask.format("dX") + " The direct path is missing as well."),
                (
                    wrong_mask @ W.T + dA,
                    "dX uses a mask made from A, which includes x. ReLU's own input decides: "
                    "z = x W + b.",
                ),
                (dZ @ W + dA, "dX lacks the transpose of W, which is square and fits both ways."),
                (
                    dZ @ W.T + x,
                    "On the direct path x itself was added, as in the forward pass. What comes "
                    "back along it is the gradient, dA.",
                ),
                (no_bias @ W.T + dA, forgot_bias),
                (
                    dZ @ W.T + 1,
                    "On the direct path 1 was added. 1 is the slope; multiply it by dA.",
                ),
            ],
            "dW": [
                (x.T @ dA, no_mask.format("dW")),
                (
                    x.T @ dZ / n,
                    "dW is divided by the number of samples. The mean belongs to the loss, and is "
                    "in dA already.",
                ),
                (x.T @ (dZ + dA), "dW includes the direct path, which doesn't go through W."),
            ],
            "db": [
                (dA.sum(axis=0), no_mask.format("db")),
                (
                    dZ.mean(axis=0),
                    "db is the mean over the samples. The mean belongs to the loss, and is in dA "
                    "already: here you sum over the samples.",
                ),
                (
                    dZ.sum(axis=1),
                    "db is summed over the neurons. Sum over the samples, which are the rows.",
                ),
            ],
        }
        received, about = call(answer, dA, x, W, b), f"for x {x.shape}"
        _derived(answer, received, right)
        twice = {2: "Did you add the same gradient twice?"}
        expect_parts(received, right, mistakes=mistakes, about=about, batch=n, factors=twice)
    return "Two paths to X, two gradients that are added; the direct one is never blocked."


@exercise("6.6")
def network_gradients(answer):
    """All gradients of a network with two layers."""
    rng = np.random.default_rng(66)
    names = ["dW1", "db1", "dW2", "db2"]
    n = 5
    # With equal widths first: there a forgotten transpose goes through, and gets its name. The
    # second batch has no sample of the last class.
    for sizes, labels in [((4, 4, 4), [0, 2, 1, 3, 1]), ((2, 6, 3), [1, 0, 0, 1, 1])]:
        x, y_true = rng.normal(size=(n, sizes[0])), np.array(labels)
        W1, W2 = rng.normal(size=sizes[:2]), rng.normal(size=sizes[1:])
        b1, b2 = rng.normal(size=sizes[1]), rng.normal(size=sizes[2])
        one_hot = np.eye(sizes[2])[y_true]

        z1 = x @ W1 + b1
        a1 = np.tanh(z1)
        logits = a1 @ W2 + b2
        p = _softmax(logits)
        dZ2 = (p - one_hot) / n
        dA1 = dZ2 @ W2.T
        right = _layers(x, a1, dA1 * (1 - a1**2), dZ2)

        network = functools.partial(_network, x, W2=W2, b2=b2, one_hot=one_hot, softmax=_softmax)
        no_b1, sigmoid = np.tanh(x @ W1), 1 / (1 + np.exp(-z1))
        slope = 1 - a1**2
        dP, columns = -one_hot / (n * p), p.copy()
        columns[:, y_true] -= 1
        softmax_twice = p * (dZ2 - (dZ2 * p).sum(axis=1, keepdims=True))
        tanh_twice = (_softmax(np.tanh(logits)) - one_hot) / n
        starts = [
            (dP, "starts at the probabilities. Start at the logits: dZ2 = (p - Y) / n."),
            (
                columns / n,
                "subtracts 1 from whole columns of p. Each sample has one true class, so name the "
                "rows as well: p[np.arange(n), y_true].",
            ),
            (
                softmax_twice,
                "goes back through softmax twice. (p - Y) / n is the gradient with respect to the "
                "logits already.",
            ),
            (tanh_twice, "applies tanh to the logits. It comes between the two layers only."),
            (
                (1 / (1 + np.exp(-logits)) - one_hot) / n,
                "applies sigmoid to the logits. The probabilities of several classes are those of "
                "softmax.",
            ),
        ]
        slips = [
            (
                _layers(x, a1, dA1, dZ2),
                "lacks the slope of tanh: dA1 must be multiplied by 1 - a1² to become dZ1.",
            ),
            (
                _layers(x, a1, dA1 * (1 - a1), dZ2),
                "uses the wrong slope for tanh: it is 1 - a1², with the square.",
            ),
            (
                _layers(x, a1, dA1 * (1 - z1**2), dZ2),
                "uses 1 - z1². The slope of tanh is 1 - a1²: use the output.",
            ),
            (
                _layers(x, a1, dA1 * a1 * (1 - a1), dZ2),
                "uses sigmoid's slope, a1 (1 - a1). The slope of tanh is 1 - a1².",
            ),
            (
                _layers(x, a1, dA1 * (z1 > 0), dZ2),
                "uses ReLU's mask. Here the activation is tanh, with the slope 1 - a1².",
            ),
            (
                _layers(x, a1, dA1 * (1 - np.tanh(a1) ** 2), dZ2),
                "applies tanh twice: a1 is the output of tanh already, so the slope is 1 - a1².",
            ),
            (
                network(np.maximum(0, z1), z1 > 0),
                "is that of a network with ReLU, as in Section 9. Here the activation is tanh.",
            ),
            (
                network(sigmoid, sigmoid * (1 - sigmoid)),
                "is that of a network with sigmoid. Here the activation is tanh.",
            ),
            (
                network(z1, 1),
                "is that of a network without an activation. Tanh comes between the two layers.",
            ),
            (
                network(no_b1, 1 - no_b1**2),
                "comes from a forward pass without b1: z1 is x @ W1 + b1.",
            ),
            (
                network(a1, slope, b2=0),
                "comes from a forward pass without b2: the logits are a1 @ W2 + b2.",
            ),
            (
                network(no_b1, 1 - no_b1**2, b2=0),
                "comes from a forward pass without the biases: add b1 and b2.",
            ),
            (
                network(a1, slope, one_hot=0),
                "lacks Y: dZ2 is (p - Y) / n, the probabilities minus the one-hot rows.",
            ),
            (
                network(a1, slope, softmax=lambda logits: logits),
                "comes from a dZ2 without softmax: it is the probabilities minus the one-hot rows.",
            ),
            *(
                (
                    network(a1, slope, softmax=functools.partial(_softmax, axis=axis)),
                    f"comes from a softmax over {what}. Each row has its own: sum along axis 1, "
                    "with keepdims=True.",
                )
                for axis, what in [(0, "the columns"), (None, "the whole batch")]
            ),
            (
                [g * n for g in right],
                "is n times too large, by the number of samples: you forgot to divide dZ2 by n.",
            ),
            (
                [g / n for g in right],
                "is n times too small, by the number of samples: the mean over the batch is taken "
                "twice. It is in dZ2 once.",
            ),
            (
                [g / sizes[2] for g in right],
                "is too small by the number of classes: the loss is the mean over the samples, so "
                "dZ2 is divided by n.",
            ),
            *((_layers(x, a1, dZ2 @ W2.T * slope, dZ2), words) for dZ2, words in starts),
            ([-g for g in right], "has the wrong sign: dZ2 is predicted minus true."),
            (
                [g.T for g in right],
                "is transposed: a gradient has the shape of what it belongs to.",
            ),
            (
                _layers(x, z1, dA1 * slope, dZ2),
                "is computed from z1. What entered layer 2 is a1, after the activation.",
            ),
            *(
                (
                    _layers(x, a1, dZ2 @ (W2 - lr * (a1.T @ dZ2)).T * slope, dZ2),
                    "comes from a W2 that was updated too early. dA1 needs the W2 of the forward "
                    "pass.",
                )
                for lr in (1, 0.1, 0.01)
            ),
        ]
        if sizes[0] == sizes[1] == sizes[2]:  # only then do these go through
            slips += [
                (
                    _layers(x, a1, dZ2 @ W2 * slope, dZ2),
                    "comes from a dA1 without the transpose of W2. With equal widths it fits by "
                    "chance.",
                ),
                (
                    _layers(a1, x, dA1 * slope, dZ2),
                    "uses the input of the other layer: x entered layer 1, and a1 layer 2.",
                ),
            ]
        mistakes = {
            name: [(grads[place], f"{name} {words}") for grads, words in slips]
            for place, name in enumerate(names)
        }
        for name, dZ in [("db1", dA1 * (1 - a1**2)), ("db2", dZ2)]:
            one_each = f"{name} has a row for each sample. A bias is used for all: sum them."
            across = f"{name} is summed over the neurons. Sum over the samples, which are the rows."
            mistakes[name] += [(dZ, one_each), (dZ.sum(axis=1), across)]
        received = call(answer, x, y_true, W1, b1, W2, b2)
        expected = dict(zip(names, right, strict=True))
        _derived(answer, received, expected)
        expect_parts(
            received,
            expected,
            mistakes=mistakes,
            about=f"for x {x.shape} and {sizes[1]} hidden neurons",
            order=["dW2", "db2", "dW1", "db1"],  # in which the mistakes are made
            batch=n,
            factors={2: "In (p - Y) / n there is no factor 2."},
        )
    return "That's backpropagation through a whole network, written from memory."


def _derived(answer, received, right):
    """Raise `Wrong` if the gradients were measured."""
    complete = isinstance(received, (tuple, list)) and len(received) == len(right)
    rules.not_measured(answer, *([received, right.values()] if complete else []))


def _layers(x, a1, dZ1, dZ2):
    """Return the gradients of both layers' parameters."""
    return [x.T @ dZ1, dZ1.sum(axis=0), a1.T @ dZ2, dZ2.sum(axis=0)]


def _network(x, a1, slope, W2, b2, one_hot, softmax):
    """Return the gradients of a network with an activation's output and slope."""
    dZ2 = (softmax(a1 @ W2 + b2) - one_hot) / len(x)
    return _layers(x, a1, dZ2 @ W2.T * slope, dZ2)


def _softmax(z, axis=1):
    exp = np.exp(z - z.max(axis=axis, keepdims=True))
    return exp / exp.sum(axis=axis, keepdims=True)
