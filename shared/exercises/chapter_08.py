"""Checks of chapter 8: initialization."""

from itertools import pairwise

import numpy as np

from shared.exercises import exercise, rules
from shared.exercises.compare import NotTried, Wrong, call, expect, is_blank


@exercise("8.1")
def size_after(answer):
    """What the formula predicts for the root mean square after several ReLU layers."""
    cases = [(10, 100, 0.01), (4, 8, 0.7), (3, 200, 0.05), (1, 50, 0.1), (25, 7, 0.4)]
    for layers, in_features, scale in cases:
        factor = scale * np.sqrt(in_features / 2)
        mistakes = [
            (
                factor ** (2 * layers),
                "This is the mean *square* after the layers. The exercise asks for its root.",
            ),
            (
                (scale * np.sqrt(in_features)) ** layers,
                "ReLU is missing: it halves the mean square at each layer.",
            ),
            (
                (scale * np.sqrt(in_features) / 2) ** layers,
                "ReLU halves the mean *square*, so the root mean square is divided by the root of "
                "2, not by 2.",
            ),
            (
                layers * factor,
                "You multiplied by the number of layers. Each layer multiplies the output of the "
                "one before: take the power.",
            ),
            (
                factor,
                "This is what a single layer does. It happens once for each layer.",
            ),
            (
                np.sqrt(scale * in_features / 2) ** layers,
                "The scale is a standard deviation. The variance of the weights is its square.",
            ),
            (
                (scale * in_features / 2) ** layers,
                "The root of n_in is missing: the root mean square grows like the root of the "
                "number of inputs.",
            ),
            (
                (scale / np.sqrt(2)) ** layers,
                "The number of inputs is missing. Each sum has in_features terms.",
            ),
            (
                factor ** (layers - 1),
                "One layer is missing: the last layer multiplies, too.",
            ),
            (
                factor ** (layers + 1),
                "This is one layer too many.",
            ),
            *(
                (
                    (scale * np.sqrt(in_features)) ** layers / half,
                    "ReLU halves the mean square in *every* layer, not once.",
                )
                for half in (np.sqrt(2), 2)
            ),
            (
                factor ** (layers - 1) * scale * np.sqrt(in_features),
                "The last layer is followed by ReLU as well.",
            ),
            (
                scale * np.sqrt(in_features / 2) ** layers,
                "Parentheses are missing: `**` comes before `*`, so the scale isn't in the power.",
            ),
            (
                scale**layers * np.sqrt(in_features / 2),
                "Only the scale is in the power. The root of n_in / 2 belongs there, too.",
            ),
            (
                np.sqrt(factor**layers),
                "You took the root twice. `scale * np.sqrt(in_features / 2)` is already the factor "
                "of the root mean square.",
            ),
            (
                (scale * np.sqrt(2 / in_features)) ** layers,
                "2 / in_features is upside down: more inputs make the sum larger.",
            ),
            (
                (scale * np.sqrt(2 * in_features)) ** layers,
                "ReLU halves the mean square: divide in_features by 2.",
            ),
            (
                (scale * np.sqrt(in_features // 2)) ** layers,
                "`in_features // 2` drops the remainder of an odd number. Divide with `/`.",
            ),
            *(
                (
                    factor**ten,
                    "This is the size after ten layers. The number of layers is an argument.",
                )
                for ten in (10, min(layers, 10))
            ),
        ]
        name = f"`size_after({layers}, {in_features}, {scale})`"
        received = call(answer, layers, in_features, scale)
        if rules.code_of(answer).names & {"default_rng", "standard_normal", "normal", "randn"}:
            raise Wrong(
                f"{name}: you measured the size on a network with random weights. The exercise "
                "asks for the number that the formula predicts."
            )
        expect(received, factor**layers, name, mistakes=mistakes)
    return "Each layer multiplies by the same scale · √(in_features / 2): the product is a power."


_CONSTANT = (
    "Neuron 0 outputs 2 for every sample. That is constant, not dead. Dead means exactly 0 for "
    "every sample."
)


_RARE = (
    "Neuron 0 outputs 2 for one of the 200 samples, so it's alive. Dead means exactly 0 for every "
    "sample."
)


@exercise("8.2")
def dead_neurons(answer):
    """The columns that are zero in every row."""
    rng = np.random.default_rng(80)
    for n, out_features, places in [(6, 6, [1, 4]), (4, 7, [0, 5, 6]), (5, 3, [])]:
        a = np.maximum(0, rng.standard_normal((n, out_features)))
        a[:, places] = 0
        for j in set(range(out_features)) - set(places):
            a[j % n, j], a[(j + 1) % n, j] = 1.5, 0  # active for one sample, silent for another
        a[2 % n] = 0  # a sample for which all are silent...
        for j in set(range(out_features)) - set(places):
            a[3, j] = 0.25  # ...and one for which all others are active
        faint = min(set(range(out_features)) - set(places))
        a[:, faint] = 0
        a[0, faint] = 1e-9  # hardly active, but alive
        if n == 6:
            a[-1, 2] = 0  # the last sample isn't special
        is_faint = (
            np.sort([*places, faint]),
            f"Neuron {faint} is only faint: for one sample its output is 1e-9. Dead means "
            "exactly 0 for every sample, so compare with 0, not with a small number.",
        )
        _check_dead(answer, a, places, is_faint)
    constant = np.array([[2.0, 0.0, 1.0], [2.0, 0.0, 3.0]])
    _check_dead(answer, constant, [1], ([0, 1], _CONSTANT))
    rare = np.zeros((200, 3))
    rare[7, 0], rare[::2, 2] = 2.0, 1.0
    _check_dead(answer, rare, [1], ([0, 1], _RARE))
    return "Zero for every sample: no gradient reaches these weights anymore."


def _check_dead(answer, a, places, trap):
    """Check one case; `trap` is a wrong result that this case was made for, and its cause."""
    silent = a == 0
    mistakes = [
        (
            np.flatnonzero(silent.any(axis=0)),
            "You list every neuron that is silent for *some* sample. Dead means silent for "
            "all of them.",
        ),
        trap,
        (
            np.flatnonzero(silent.all(axis=1)),
            "These are the samples (rows) for which all neurons are silent. Neurons are "
            "columns: use axis=0.",
        ),
        (
            np.flatnonzero(~silent.all(axis=0)),
            "These are the neurons that are alive. The exercise asks for the dead ones.",
        ),
        (
            silent.all(axis=0),
            "This is the mask, True or False for each neuron. The exercise asks for the "
            "indices where it's True: np.flatnonzero.",
        ),
        *(
            (
                np.flatnonzero(silent[sample]),
                "You looked at one sample only. Dead means silent for all of them.",
            )
            for sample in (0, -1)
        ),
        (
            np.flatnonzero(np.median(a, axis=0) == 0),
            "You list every neuron that is silent for at least half of the samples. Dead means "
            "silent for all of them.",
        ),
        (len(places), "This is how many are dead. The exercise asks for their indices."),
        (
            len(places) / a.shape[1],
            "This is their share. The exercise asks for their indices.",
        ),
        (
            np.array(places) + 1,
            "You counted from 1. The index of the first neuron is 0.",
        ),
        (
            [places],
            "The shape is (1, k). np.nonzero and np.where return a tuple; take its first part.",
        ),
        (
            [[j] for j in places],
            "The shape is (k, 1), as from np.argwhere. The exercise asks for (k,).",
        ),
    ]
    result = call(answer, a)
    name = f"`dead_neurons(a)` for `a` of shape {a.shape}"
    expect(result, np.array(places, dtype=int), name, mistakes=mistakes)
    dtype = np.asarray(result).dtype
    if places and dtype.kind not in "iu":
        raise Wrong(
            f"{name} has the right numbers, but as {dtype}. NumPy accepts only integers as "
            "indices."
        )
    if isinstance(result, np.ndarray) and dtype.kind not in "iu":
        raise Wrong(
            f"{name}, where no neuron is dead, is an empty array of {dtype}, and `a[:, ...]` "
            "fails with it. Give np.array the argument dtype=int, or use np.flatnonzero."
        )


@exercise("8.3")
def sizes_inside(answer):
    """The root mean square after each ReLU layer."""
    for n, widths in [(6, (4, 4, 4)), (5, (4, 6, 3, 3)), (7, (3, 8)), (8, (3, 5, 4, 6, 7, 6))]:
        rng = np.random.default_rng(86)
        x = rng.standard_normal((n, widths[0]))
        weights = tuple(rng.standard_normal(shape) for shape in pairwise(widths))
        outputs, sums, linear = [x], [], [x]
        for W in weights:
            sums.append(outputs[-1] @ W)
            outputs.append(np.maximum(0, sums[-1]))
            linear.append(linear[-1] @ W)
        relu_first = [np.maximum(0, x)]
        for W in weights:
            relu_first.append(np.maximum(0, relu_first[-1] @ W))
        from_x = [_size(np.maximum(0, x @ W)) for W in weights if len(W) == widths[0]]
        sizes = [_size(a) for a in outputs[1:]]
        mistakes = [
            (
                [_size(z) for z in sums],
                "These are the sizes *before* ReLU. The exercise asks for those after it.",
            ),
            (
                [_size(z) for z in linear[1:]],
                "ReLU is missing: each layer is followed by np.maximum(0, ...).",
            ),
            (
                [_size(np.maximum(0, z)) for z in linear[1:]],
                "You measured after ReLU, but passed on the sums before it. The next layer's input "
                "is what ReLU returns.",
            ),
            (
                [np.mean(a**2) for a in outputs[1:]],
                "These are the mean squares. The exercise asks for their roots.",
            ),
            (
                [a.std() for a in outputs[1:]],
                "These are the standard deviations. After ReLU the mean isn't 0, so they differ "
                "from the root mean square: don't subtract the mean.",
            ),
            (
                [np.sqrt(np.sum(a**2)) for a in outputs[1:]],
                "These are roots of *sums* of squares. Take the mean of the squares.",
            ),
            (
                [np.sqrt(np.sum(a**2) / len(a)) for a in outputs[1:]],
                "You divided the sum of squares by the number of samples only. The mean is over "
                "all entries, samples times neurons.",
            ),
            (
                [np.sqrt(np.sum(a**2) / a.shape[1]) for a in outputs[1:]],
                "You divided the sum of squares by the number of neurons only. The mean is over "
                "all entries, samples times neurons.",
            ),
            (
                [_size(a[a > 0]) for a in outputs[1:]],
                "You left out the zeros that ReLU made. They count in the mean.",
            ),
            (
                [_size(a) for a in relu_first[1:]],
                "You applied ReLU to x as well. Only the layers' sums go through ReLU.",
            ),
            (
                [a.mean() for a in outputs[1:]],
                "These are the means of the outputs. Square first, then the mean, then the root.",
            ),
            (
                [_size(a) for a in outputs],
                "The first number belongs to the input x. The list has one number for each layer.",
            ),
            (
                [np.mean(np.abs(a)) for a in outputs[1:]],
                "These are means of absolute values. Square instead.",
            ),
            (
                [np.max(a) for a in outputs[1:]],
                "These are the largest outputs. The exercise asks for the root mean square.",
            ),
            (
                [np.mean(np.sqrt(np.mean(a**2, axis=0))) for a in outputs[1:]],
                "You averaged the sizes of the neurons. Take the mean of all squares first, and "
                "the root last.",
            ),
            (
                [np.mean(np.sqrt(np.mean(a**2, axis=1))) for a in outputs[1:]],
                "You averaged the sizes of the samples. Take the mean of all squares first, and "
                "the root last.",
            ),
            (
                [_size(a) for a in (*outputs[1:-1], sums[-1])],
                "The last layer is followed by ReLU as well.",
            ),
            (
                [_size(a) for a in outputs[:-1]],
                "These are the sizes of the layers' *inputs*. Compute a layer's output first, then "
                "measure it.",
            ),
            *(
                (
                    transposed,
                    "You multiplied by `W.T`. The forward pass is `x @ W`: rows of W belong to "
                    "inputs, columns to neurons.",
                )
                for transposed in _transposed(x, weights)
            ),
            (
                sizes[-1:],
                "This is the last layer only. Keep one number for each layer in a list.",
            ),
            (sizes[-1], "This is the last layer only. Keep one number for each layer in a list."),
            (
                np.array(sizes) / _size(x),
                "You divided by the size of x. The exercise asks for the sizes themselves.",
            ),
            (
                sizes[:1],
                "Only the first layer's size is there. Is `return` inside the loop?",
            ),
            (
                from_x,
                "Your layers all get the first x. Each layer's input is the output of the one "
                "before.",
            ),
        ]
        name = f"`sizes_inside(x, weights)` for widths {widths}"
        received = call(answer, x, weights)
        if isinstance(received, (list, tuple)) and any(np.ndim(size) for size in received):
            raise Wrong(
                f"{name}: an entry is an array of shape {_shape_of_first_array(received)}, not a "
                "number. Take the mean over all entries of an output, over samples and neurons: "
                "np.mean without an axis."
            )
        expect(received, sizes, name, mistakes=mistakes)
    return "One pass shows what each layer does to the size of the numbers."


def _transposed(x, weights):
    """Return the sizes with every W transposed, in a list; an empty one if the shapes don't fit."""
    if any(len(W) != W.shape[1] for W in weights):
        return []
    sizes = []
    for W in weights:
        x = np.maximum(0, x @ W.T)
        sizes.append(_size(x))
    return [sizes]


def _shape_of_first_array(received):
    return next(np.shape(size) for size in received if np.ndim(size))


def _size(values):
    return float(np.sqrt(np.mean(values**2)))


@exercise("8.4")
def he_uniform(answer):
    """Uniform weights whose variance is 2 / in_features."""
    for in_features, out_features in [(300, 200), (100, 600)]:
        name = f"`he_uniform({in_features}, {out_features}, rng)`"
        result = call(answer, in_features, out_features, np.random.default_rng(82))
        if is_blank(result):
            raise NotTried
        shape = (in_features, out_features)
        W = np.asarray(result)
        if W.dtype.kind not in "biuf" or W.shape != shape:
            expect(result, np.zeros(shape), name)
        W = W.astype(float)
        if np.isfinite(W).all():
            _check_uniform(W, in_features, out_features, name)
        else:
            expect(W, np.zeros(shape), name)
    rules.draws_from_rng(lambda rng: call(answer, 30, 20, rng))
    return "Uniform or normal makes no difference to the mean square: the variance decides."


def _check_uniform(W, in_features, out_features, name):
    limit, largest = np.sqrt(6 / in_features), float(np.abs(W).max())
    if np.ptp(W) == 0:
        raise Wrong(f"{name}: all weights are equal. Neurons that start equal stay equal.")
    if abs(W.mean()) > 0.2 * W.std():
        raise Wrong(
            f"{name}: the mean of the weights is {W.mean():.3g}, not 0. The numbers must lie "
            "between -limit and limit. (rng.random() draws between 0 and 1, and so does "
            "rng.uniform without its limits.)"
        )
    # A uniform distribution's largest number is √3 times its standard deviation.
    if not 1.5 < largest / W.std() < 2:
        raise Wrong(
            f"{name}: these numbers don't look uniform. The largest is {largest / W.std():.1f} "
            "standard deviations; with uniform numbers it would be 1.7. Use rng.uniform."
        )
    for wrong, explanation in [
        (
            np.sqrt(2 / in_features),
            "The root of 2 / n_in is the standard deviation. The limit is √3 times as large.",
        ),
        (
            6 / in_features,
            "6 / n_in is the limit's square. Take the root.",
        ),
        (
            np.sqrt(6 / out_features),
            "You divided by out_features. The sum of a neuron runs over its inputs.",
        ),
        (
            np.sqrt(6 / (in_features + out_features)),
            "This is Glorot's variance, with the mean of both widths. The exercise asks for He's.",
        ),
        (
            np.sqrt(3 / in_features),
            "This has the variance 1 / n_in. ReLU halves the mean square: 2 / n_in.",
        ),
        (
            2 / in_features,
            "2 / n_in is the variance. Solve limit² / 3 = 2 / n_in for the limit.",
        ),
        (
            np.sqrt(6) / in_features,
            "n_in belongs under the root as well: √(6 / n_in).",
        ),
        (
            np.sqrt(24 / in_features),
            "The limit is twice as large as it should be. It reaches from 0 to one end of the "
            "interval, not from end to end.",
        ),
        (
            np.sqrt(1.5 / in_features),
            "The limit is half as large as it should be. Draw from -limit to limit, an interval of "
            "width 2 · limit.",
        ),
        (
            np.sqrt(2 / (3 * in_features)),
            "You divided by 3. The variance is limit² / 3, so the limit is √(3 · variance).",
        ),
        (
            np.sqrt(12 / in_features),
            "The limit is √2 times as large as it should be. A variance of (high − low)² / 12 is "
            "limit² / 3.",
        ),
        (
            1 / np.sqrt(in_features),
            "1 / √n_in is PyTorch's default, with the variance 1 / (3 n_in).",
        ),
    ]:
        if abs(largest / wrong - 1) < 0.01:
            bound = f"{largest:.3g}"
            raise Wrong(f"{name}: the weights lie between -{bound} and {bound}. {explanation}")
    if abs(largest / limit - 1) > 0.01 or abs(W.var() * in_features / 2 - 1) > 0.05:
        raise Wrong(
            f"{name}: the variance of the weights is {W.var():.3g}, expected "
            f"{2 / in_features:.3g}, which is 2 / in_features."
        )
    _check_independent(W, name)


def _check_independent(W, name):
    if np.ptp(np.diff(np.sort(W, axis=None))) < 1e-3 * np.ptp(W) / W.size:
        raise Wrong(
            f"{name}: the weights are evenly spaced numbers in another order, not independent "
            "ones. Draw each of them from `rng`."
        )
    if abs(W.var() * len(W) / 2 - 1) < 1e-9:
        raise Wrong(
            f"{name}: the variance of this draw is exactly 2 / in_features. Did you divide by the "
            "measured W.std()? Then each weight depends on all the others. Compute the limit "
            "instead."
        )
    if (W == W[:, :1]).all():
        raise Wrong(
            f"{name}: all columns are equal, so all neurons start with the same weights, and "
            "neurons that start equal stay equal. Draw a number for each neuron and input."
        )
    if (W == W[:1]).all():
        raise Wrong(
            f"{name}: all rows are equal, so a neuron has the same weight for every input. Draw "
            "a number for each neuron and input."
        )
    different = len(np.unique(np.abs(W)))
    if different < 0.98 * W.size:  # in float32, a few of the numbers drawn are equal
        raise Wrong(
            f"{name}: only {different:,} of the {W.size:,} weights are different numbers, apart "
            "from their signs. Draw each of them independently."
        )
    for neighbors, after, where in [(W[:-1], W[1:], "column"), (W[:, :-1], W[:, 1:], "row")]:
        similar = np.mean(neighbors * after) / W.var()
        if abs(similar) > 0.1:
            raise Wrong(
                f"{name}: neighbors in a {where} depend on each other (their correlation is "
                f"{similar:.2f}). The weights must be independent. Did you sort them?"
            )


@exercise("8.5")
def leaky_variance(answer):
    """The variance that keeps the mean square through a leaky ReLU."""
    for in_features, slope in [(40, 0.2), (50, 0.5), (64, 0.0), (30, 1.0)]:
        expected = 2 / ((1 + slope**2) * in_features)
        mistakes = [
            (
                2 / ((1 + slope) * in_features),
                "You added the slope itself. We follow the mean *square*, and there the slope is "
                "squared, too.",
            ),
            (
                2 / in_features,
                "This is He's variance, for a ReLU that lets nothing through on the negative side.",
            ),
            (
                1 / ((1 + slope**2) * in_features),
                "A factor 2 is missing. At slope 0 the formula must give He's 2 / in_features.",
            ),
            (
                np.sqrt(expected),
                "This is the standard deviation, the scale. The exercise asks for the variance, "
                "its square.",
            ),
            (
                2 * (1 + slope**2) / in_features,
                "The more a neuron passes on, the *smaller* its weights must be: 1 + slope² "
                "belongs in the denominator.",
            ),
            (
                2 / ((1 + slope) ** 2 * in_features),
                "You squared the sum, (1 + slope)². The two halves contribute separately: 1² from "
                "the positive numbers and slope² from the negative ones.",
            ),
            (
                1 / ((1 + slope) ** 2 * in_features),
                "You squared the sum, (1 + slope)², and a factor 2 is missing.",
            ),
            (
                2 / ((1 - slope**2) * in_features) if slope != 1 else np.nan,
                "The negative half adds to the mean square, so it's 1 + slope², not minus.",
            ),
            (
                1 / in_features,
                "This is the variance for a layer without an activation: slope 1 only.",
            ),
            (
                2 / (slope**2 * in_features) if slope else np.nan,
                "The positive half is missing: 1 + slope².",
            ),
            *(
                (
                    2 / ((1 + slope**2 * twice) * in_features),
                    "Each half counts as much as the other: ½ · 1 + ½ · slope².",
                )
                for twice in (0.5, 2)
            ),
            (
                2 / (1 + slope**2),
                "The number of inputs is missing. Each sum has in_features terms.",
            ),
            (
                2 / (slope**2 + in_features),
                "Parentheses are missing: 1 + slope² multiplies in_features.",
            ),
            (
                (1 + slope**2) / (2 * in_features),
                "1 + slope² belongs in the denominator, and the 2 in the numerator: solve for the "
                "variance.",
            ),
            (
                2 * (1 - slope / 2) / in_features,
                "At slope 0 and 1 this is right, but not between them: the slope enters squared, "
                "in the denominator.",
            ),
            (
                2 * (1 - slope**2 / 2) / in_features,
                "At slope 0 and 1 this is right, but not between them: 1 + slope² belongs in the "
                "denominator.",
            ),
            (
                2 / np.sqrt((1 + slope**2) * in_features),
                "The root is one step too far: the exercise asks for the variance.",
            ),
            (
                (1 + slope**2) * in_features / 2,
                "It's upside down. This times the variance is the factor of a layer, which should "
                "be 1: divide.",
            ),
        ]
        name = f"`leaky_variance({in_features}, {slope})`"
        halved = {2: "Did you halve twice? There's a single ½ in E(A²) = ½ (1 + slope²) E(Z²)."}
        received = call(answer, in_features, slope)
        expect(received, expected, name, mistakes=mistakes, factors=halved)
    return "At slope 0 it's He's variance; at slope 1 nothing bends, and it's 1 / in_features."


@exercise("8.6")
def first_ratios(answer):
    """The update ratio of each layer, from one forward and one backward pass."""
    for n, widths, lr in [(5, (3, 3, 3, 3), 0.5), (6, (4, 5, 3), 0.1), (7, (2, 6, 4, 3, 5), 0.02)]:
        rng = np.random.default_rng(88)
        x = rng.standard_normal((n, widths[0]))
        weights = tuple(rng.standard_normal(shape) for shape in pairwise(widths))
        grad = rng.standard_normal((n, widths[-1]))
        outputs, linear = [x], [x]
        for W in weights:
            outputs.append(np.maximum(0, outputs[-1] @ W))
            linear.append(linear[-1] @ W)
        steps = _weight_gradients(outputs, weights, grad)
        ratios = _ratios(steps, weights, lr)
        inner = range(len(weights) - 1)
        variants = [
            (
                {"masked": lambda k: False},
                "The masks are missing: ReLU passes a gradient back only where its output is "
                "positive.",
            ),
            (
                {"masked": lambda k, inner=inner: k in inner},
                "The mask of the last layer is missing. `grad` belongs to its output *after* ReLU.",
            ),
            (
                {"passed_on": lambda grad, dZ, W: grad @ W.T},
                "Your dW are masked, but what you send back to the layer before isn't: "
                "dX = dZ · Wᵀ, not grad · Wᵀ.",
            ),
            (
                {"used": lambda grad, dZ: grad},
                "What you send back is masked, but your dW aren't: dW = Xᵀ dZ, not Xᵀ grad.",
            ),
            (
                {"entering": linear[:-1], "masks": linear[1:]},
                "ReLU is missing on the way forward: each layer is followed by np.maximum(0, ...).",
            ),
            (
                {"entering": linear[:-1], "masked": lambda k: False},
                "ReLU is missing, forward and backward.",
            ),
            (
                {"entering": [x] * len(weights)},
                "You built every dW from the first x. dW = Xᵀ dZ takes the layer's own input.",
            ),
            (
                {"passed_on": lambda grad, dZ, W: grad},
                "All your layers use the same `grad`. The gradient for the one before is dZ · Wᵀ.",
            ),
            (
                {"entering": outputs[1:]},
                "You built dW from the layer's own output. dW = Xᵀ dZ takes its *input*.",
            ),
            (
                {"masks": outputs[:-1]},
                "The mask of a layer comes from its output, not from its input.",
            ),
            (
                {"passed_on": lambda grad, dZ, W: dZ @ W},
                "You sent dZ · W back. The gradient for the layer before it is dZ · Wᵀ.",
            ),
            (
                {"passed_on": lambda grad, dZ, W: dZ},
                "You sent dZ back as it is. The gradient for the layer before it is dZ · Wᵀ.",
            ),
        ]
        # Most of these slips fit only if all layers are equally wide.
        variants = variants if len(set(widths)) == 1 else variants[:6]
        mistakes = [
            (np.array(ratios)[::-1], "The order is reversed: the first layer comes first."),
            (np.array(ratios) / lr, "The learning rate is missing: a step is lr · dW."),
            (np.array(ratios) * lr, "You multiplied by the learning rate twice."),
            (1 / np.array(ratios), "It's upside down: the step, divided by the weights."),
            (
                [lr * _size(dW) for dW in steps],
                "These are the sizes of the steps. Divide each by the size of its W.",
            ),
            (
                np.array(ratios) ** 2 / lr,
                "These are ratios of mean squares. The exercise asks for root mean squares.",
            ),
            (
                np.array(ratios) ** 2,
                "These are ratios of mean squares. The exercise asks for root mean squares.",
            ),
            (
                [lr * np.std(dW) / np.std(W) for dW, W in zip(steps, weights, strict=True)],
                "These are ratios of standard deviations. Don't subtract the mean.",
            ),
            (
                [
                    lr * np.abs(dW).mean() / np.abs(W).mean()
                    for dW, W in zip(steps, weights, strict=True)
                ],
                "These are ratios of mean absolute values. Square instead.",
            ),
            (
                [
                    lr * np.abs(dW).max() / np.abs(W).max()
                    for dW, W in zip(steps, weights, strict=True)
                ],
                "These are ratios of the largest numbers. The exercise asks for root mean squares.",
            ),
            (
                [_size(lr * dW / W) for dW, W in zip(steps, weights, strict=True)],
                "You divided weight by weight. Take the two root mean squares first, then divide.",
            ),
            (
                [
                    lr * _size(dW) / _size(W - lr * dW)
                    for dW, W in zip(steps, weights, strict=True)
                ],
                "You divided by the weights after the step. Divide by those before it.",
            ),
            (
                np.array(ratios) / n,
                "`grad` is the gradient of the loss as it is: don't divide by the number of "
                "samples again.",
            ),
            *(
                (
                    _ratios(_weight_gradients(outputs, weights, grad, **options), weights, lr),
                    explanation,
                )
                for options, explanation in variants
            ),
            (ratios[-1], "This is the last layer only. Keep one number for each layer in a list."),
            (ratios[-1:], "This is the last layer only. Is `return` inside the loop?"),
            (ratios[0], "This is the first layer only. Keep one number for each layer in a list."),
        ]
        name = f"`first_ratios(x, weights, grad, {lr})` for widths {widths}"
        received = call(answer, x, weights, grad, lr)
        if isinstance(received, (list, tuple)) and any(np.ndim(ratio) for ratio in received):
            raise Wrong(
                f"{name}: an entry is an array of shape {_shape_of_first_array(received)}, not a "
                "number. Take the root mean square over all entries of dW, and over all of W."
            )
        expect(received, ratios, name, mistakes=mistakes)
    return "One forward and one backward pass, and you know which layers will move."


def _weight_gradients(
    outputs,
    weights,
    grad,
    masked=lambda k: True,
    passed_on=lambda grad, dZ, W: dZ @ W.T,
    used=lambda grad, dZ: dZ,
    entering=None,
    masks=None,
):
    """Return dW of each layer. The options say what an answer may do wrongly on the way back."""
    entering = outputs[:-1] if entering is None else entering
    masks = outputs[1:] if masks is None else masks
    found = []
    for k in reversed(range(len(weights))):
        dZ = grad * (masks[k] > 0) if masked(k) else grad
        found.append(entering[k].T @ used(grad, dZ))
        grad = passed_on(grad, dZ, weights[k])
    return found[::-1]


def _ratios(steps, weights, lr):
    return [lr * _size(dW) / _size(W) for dW, W in zip(steps, weights, strict=True)]
