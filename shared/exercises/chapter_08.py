"""Checks of chapter 8: initialization."""

from itertools import pairwise

import numpy as np

from shared.exercises import exercise
from shared.exercises.compare import NotTried, Wrong, call, expect, is_blank


@exercise("8.1")
def size_after(answer):
    """What the formula predicts for the root mean square after several ReLU layers."""
    for layers, in_features, scale in [(1, 50, 0.1), (10, 100, 0.01), (5, 8, 0.7), (3, 200, 0.1)]:
        factor = scale * np.sqrt(in_features / 2)
        mistakes = [
            (
                factor ** (2 * layers),
                "This is the mean *square* after the layers. Asked for is its root.",
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
                "You multiplied by the number of layers. Each layer multiplies what the one before "
                "has put out: take the power.",
            ),
            (
                factor,
                "This is what a single layer does. It happens once for each layer.",
            ),
            (
                np.sqrt(scale * in_features / 2) ** layers,
                "The scale is a standard deviation. The variance of the weights is its square.",
            ),
        ]
        name = f"`size_after({layers}, {in_features}, {scale})`"
        expect(call(answer, layers, in_features, scale), factor**layers, name, mistakes=mistakes)
    return "Each layer multiplies by scale · √(in_features / 2), and that many times over."


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
            a[3, j] = 0.25  # ...and one for which all others speak
        silent = a == 0
        mistakes = [
            (
                np.flatnonzero(silent.any(axis=0)),
                "You list every neuron that is silent for *some* sample. Dead means silent for "
                "all of them.",
            ),
            (
                np.flatnonzero(silent.all(axis=1)),
                "These are the samples (rows) for which all neurons are silent. Neurons are "
                "columns: ask along axis 0.",
            ),
            (
                np.flatnonzero(~silent.all(axis=0)),
                "These are the neurons that are alive. The others are asked for.",
            ),
            (
                silent.all(axis=0),
                "This is the mask, True or False for each neuron. Asked for are the places where "
                "it's True: np.flatnonzero.",
            ),
            (len(places), "This is how many are dead. Asked for are their places."),
            (len(places) / out_features, "This is their share. Asked for are their places."),
        ]
        result = call(answer, a)
        name = f"`dead_neurons(a)` for a {a.shape}"
        expect(result, np.array(places, dtype=int), name, mistakes=mistakes)
    return "Silent for every sample: no gradient reaches these weights any more."


@exercise("8.3")
def sizes_inside(answer):
    """The root mean square after each ReLU layer."""
    for n, widths in [(5, (4, 6, 3, 3)), (7, (3, 8))]:
        rng = np.random.default_rng(81)
        x = rng.standard_normal((n, widths[0]))
        weights = tuple(rng.standard_normal(shape) for shape in pairwise(widths))
        outputs, sums, linear = [x], [], [x]
        for W in weights:
            sums.append(outputs[-1] @ W)
            outputs.append(np.maximum(0, sums[-1]))
            linear.append(linear[-1] @ W)
        single = [_size(np.maximum(0, x @ W)) for W in weights if len(W) == widths[0]]
        sizes = [_size(a) for a in outputs[1:]]
        mistakes = [
            (
                [_size(z) for z in sums],
                "These are the sizes *before* ReLU. Asked for are those of the outputs, after it.",
            ),
            (
                [_size(z) for z in linear[1:]],
                "ReLU is missing: each layer is followed by np.maximum(0, ...).",
            ),
            (
                [np.mean(a**2) for a in outputs[1:]],
                "These are the mean squares. Their roots are asked for.",
            ),
            (
                [a.std() for a in outputs[1:]],
                "These are the standard deviations. After ReLU the mean isn't 0, and so they "
                "differ from the root mean square: don't subtract the mean.",
            ),
            (
                [np.sqrt(np.sum(a**2)) for a in outputs[1:]],
                "These are roots of *sums* of squares. Take the mean of the squares.",
            ),
            (
                [a.mean() for a in outputs[1:]],
                "These are the means of the outputs. Square first, then the mean, then the root.",
            ),
            (
                [_size(a) for a in outputs],
                "The first number belongs to the input x. The list has one number for each layer.",
            ),
            (sizes[-1], "This is the last layer only. Keep one number for each layer in a list."),
            (
                single,
                "Your layers all get the first x. Each layer's input is the output of the one "
                "before.",
            ),
        ]
        name = f"`sizes_inside(x, weights)` for widths {widths}"
        expect(call(answer, x, weights), sizes, name, mistakes=mistakes)
    return "One pass shows what each layer does to the size of the numbers."


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
        again = call(answer, in_features, out_features, np.random.default_rng(82))
        other = call(answer, in_features, out_features, np.random.default_rng(83))
        if not np.array_equal(result, again) or np.array_equal(result, other):
            raise Wrong(
                f"{name} doesn't depend on the generator alone. Draw from the `rng` that is handed "
                "in: the same seed must give the same weights, and another seed others."
            )
    return "Uniform or normal makes no difference to the mean square: the variance decides."


def _check_uniform(W, in_features, out_features, name):
    limit, largest = np.sqrt(6 / in_features), float(np.abs(W).max())
    if np.ptp(W) == 0:
        raise Wrong(f"{name}: all weights are equal. Then all neurons are, and stay so.")
    if abs(W.mean()) > 0.2 * W.std():
        raise Wrong(
            f"{name}: the mean of the weights is {W.mean():.3g}, not 0. The numbers must lie "
            "between -limit and limit. (rng.random() draws between 0 and 1, and so does "
            "rng.uniform without its limits.)"
        )
    # A uniform distribution's largest number is √3 times its standard deviation.
    if largest > 2 * W.std():
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
            "This is Glorot's variance, with the mean of both widths. He's is asked for.",
        ),
        (
            np.sqrt(3 / in_features),
            "This has the variance 1 / n_in. ReLU halves the mean square: 2 / n_in.",
        ),
    ]:
        if abs(largest / wrong - 1) < 0.01:
            raise Wrong(f"{name}: the weights lie between ±{largest:.3g}. {explanation}")
    if abs(largest / limit - 1) > 0.01 or abs(W.var() * in_features / 2 - 1) > 0.05:
        raise Wrong(
            f"{name}: the variance of the weights is {W.var():.3g}, expected "
            f"{2 / in_features:.3g}, which is 2 / in_features."
        )


@exercise("8.5")
def leaky_variance(answer):
    """The variance that keeps the mean square through a leaky ReLU."""
    for in_features, slope in [(100, 0.1), (50, 0.5), (64, 0.0), (30, 1.0)]:
        expected = 2 / ((1 + slope**2) * in_features)
        mistakes = [
            (
                2 / ((1 + slope) * in_features),
                "You added the slope itself. What is followed is the mean *square*, and in a "
                "square the slope is squared.",
            ),
            (
                2 / in_features,
                "This is He's variance, for a ReLU that lets nothing through on the negative side.",
            ),
            (
                1 / ((1 + slope**2) * in_features),
                "A factor 2 is missing. At slope 0 He's 2 / in_features must come out.",
            ),
            (
                np.sqrt(expected),
                "This is the standard deviation, the scale. Its square is asked for, the variance.",
            ),
            (
                2 * (1 + slope**2) / in_features,
                "The more a unit lets through, the *smaller* its weights must be: 1 + slope² "
                "belongs in the denominator.",
            ),
            (
                2 / (slope**2 + in_features),
                "Brackets: 1 + slope² multiplies in_features.",
            ),
            (
                (1 + slope**2) * in_features / 2,
                "It's upside down. This times the variance is the factor of a layer, which should "
                "be 1: divide.",
            ),
        ]
        name = f"`leaky_variance({in_features}, {slope})`"
        expect(call(answer, in_features, slope), expected, name, mistakes=mistakes)
    return "At slope 0 it's He's variance, at slope 1, where nothing bends, it's 1 / in_features."
