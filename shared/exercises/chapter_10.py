"""Checks of chapter 10: regularization."""

import numpy as np

from shared.exercises import exercise, rules
from shared.exercises.compare import Wrong, call, expect, parts


@exercise("10.1")
def penalties_by_hand(answer):
    """The L1 and the L2 penalty of four weights, without the biases."""
    W, b, strength = np.array([1, -2, 0, 0.5]), np.array([4, -1]), 0.2
    if isinstance(answer, np.ndarray) and answer.shape == (2,):
        answer = tuple(answer)
    l1, l2 = parts(answer, ("l1_price", "l2_price"))
    everything = np.concatenate([W, b])
    right_l1, right_l2 = np.abs(W).sum() * strength, (W**2).sum() * strength
    exempt = "The bias is exempt: only the four weights in W count."
    mistakes = [
        (np.abs(everything).sum() * strength, exempt),
        (np.abs(b).sum() * strength, "This is the price of the bias, which is exempt."),
        (W.sum() * strength, "L1 takes absolute values: −2 costs as much as 2."),
        (np.abs(W).sum(), "This is the sum. Multiply it by the strength, 0.2."),
        (right_l2, "This is the L2 price. The L1 price comes first."),
        (right_l1 / 4, "This is the mean times the strength. A penalty is a sum over the weights."),
        (right_l1 / 2, "Half of it: our convention has no ½ in front of the sum."),
        (np.abs(W).max() * strength, "This is the price of the largest weight only."),
        (right_l1 * strength, "You multiplied by the strength twice."),
        (np.abs(W).sum() / strength, "You divided by the strength. Multiply by 0.2."),
        (np.abs(W).sum() + strength, "You added the strength. Multiply by 0.2."),
    ]
    expect(l1, right_l1, "l1_price", mistakes=mistakes)
    mistakes = [
        ((everything**2).sum() * strength, exempt),
        ((b**2).sum() * strength, "This is the price of the bias, which is exempt."),
        ((W**2).sum(), "This is the sum of the squares. Multiply it by the strength, 0.2."),
        ((W * np.abs(W)).sum() * strength, "A square is never negative: (−2)² is 4, not −4."),
        (right_l2 / 2, "Half of it: our convention has no ½ in front of the sum."),
        (
            np.sqrt((W**2).sum()) * strength,
            "There's no root: L2 is the sum of the squares itself.",
        ),
        (W.sum() ** 2 * strength, "This is the square of the sum. Square each weight first."),
        (
            np.abs(W).sum() ** 2 * strength,
            "This is the square of the sum of absolute values. Square each weight first.",
        ),
        (right_l2 / 4, "This is a mean. A penalty is a sum over the weights."),
        (right_l1, "This is the L1 price. L2 takes squares."),
        (
            ((strength * W) ** 2).sum(),
            "You squared the strength, too. It multiplies the sum of the squares.",
        ),
        (
            2 * strength * np.abs(W).sum(),
            "These are the sizes of the slopes, 2 λ |w|, added up. The price is λ w².",
        ),
        (1.1, "0.5² is 0.25, so the squares add up to 5.25."),
    ]
    expect(l2, right_l2, "l2_price", mistakes=mistakes)
    return "The −2 alone makes up about 3/4 of the L2 price, and 4/7 of the L1 price."


@exercise("10.2")
def elastic_gradient(answer):
    """The gradient of L1 and L2 together."""
    rng = np.random.default_rng(101)
    for shape, one, two in [((3, 2), 0.3, 0.1), ((4,), 0.02, 0.5), ((2, 3), 0.0, 0.7)]:
        weight = rng.standard_normal(shape)
        weight.flat[1] = 0.0
        sign = np.sign(weight)
        right = one * sign + 2 * two * weight
        kink = "A weight that is exactly 0 has a kink. We choose slope 0 there, as np.sign does."
        mistakes = [
            (
                one * np.abs(weight).sum() + two * (weight**2).sum(),
                "This is the penalty, a single number. A gradient has one number for each weight.",
            ),
            (
                one * np.abs(weight) + two * weight**2,
                "These are the prices of the single weights. The exercise asks for their slopes.",
            ),
            (one * sign + two * weight, "The L2 part lacks a factor of 2: the slope of w² is 2w."),
            (
                2 * one * sign + 2 * two * weight,
                "The factor of 2 is for the L2 part only: the slope of |w| is 1 or −1.",
            ),
            (one * sign, "This is the L1 part. The L2 part is missing."),
            (2 * two * weight, "This is the L2 part. The L1 part is missing."),
            (
                two * sign + 2 * one * weight,
                "The strengths are swapped: strength_1 is for L1, strength_2 for L2.",
            ),
            (
                one + 2 * two * weight,
                "The slope of |w| is −1 where w is negative, and 0 where w is 0.",
            ),
            (one * np.where(weight >= 0, 1, -1) + 2 * two * weight, kink),
            (one * np.where(weight > 0, 1, -1) + 2 * two * weight, kink),
            (right.sum(), "This is the sum of the slopes. Keep one number for each weight."),
            (right / weight.size, "You divided by the number of weights. A penalty is a sum."),
            (
                one * sign - 2 * two * weight,
                "The L2 part has the wrong sign: the price rises with |w|, so its slope is +2 λ w.",
            ),
            (
                2 * two * weight - one * sign,
                "The L1 part has the wrong sign: the price rises with |w|, so its slope is "
                "+λ sign(w).",
            ),
            (
                one * np.abs(weight) + 2 * two * weight,
                "The L1 part is its price. Its slope is the sign of the weight.",
            ),
            (
                one * sign + two * weight**2,
                "The L2 part is its price. The slope of w² is 2w.",
            ),
            (
                one * sign + 2 * two * np.abs(weight),
                "The L2 part lost the sign of w: the slope of w² is 2w, negative for negative w.",
            ),
            (
                sign + 2 * weight,
                "The strengths are missing: each part is multiplied by its own.",
            ),
            (
                one * two * sign + 2 * one * two * weight,
                "Each part has one strength only, not the product of the two.",
            ),
            (
                (one + two) * (sign + 2 * weight),
                "Each part is multiplied by its own strength, not by their sum.",
            ),
            (
                weight - right,
                "This is the weight after a step with learning rate 1. The exercise asks for the "
                "gradient.",
            ),
        ]
        name = f"`elastic_gradient(weight, {one}, {two})`"
        received = call(answer, weight, one, two)
        rules.not_measured(answer, [received], [right])
        expect(received, right, name, mistakes=mistakes)
    return "Two prices, two slopes: their sum."


@exercise("10.3")
def our_strength(answer):
    """The strength of our L2 for a number from another library."""
    for source, value, n in [
        ("keras", 0.003, 20),
        ("pytorch", 0.05, 20),
        ("mlp", 0.8, 40),
        ("keras", 0.7, 8),
        ("pytorch", 0.0004, 128),
        ("mlp", 0.0001, 200),
    ]:
        expected = {"keras": value, "pytorch": value / 2, "mlp": value / (2 * n)}[source]
        mistakes = {
            "keras": [
                (value / 2, "Keras writes λ Σ w² without a half, as we do: the same number."),
                (2 * value, "Keras writes λ Σ w² without a half, as we do: the same number."),
                (value / n, "Keras doesn't divide the penalty by the number of samples."),
                (value / (2 * n), "Keras doesn't divide the penalty by the number of samples."),
                (value * n, "Keras doesn't divide the penalty by the number of samples."),
            ],
            "pytorch": [
                (
                    value,
                    "PyTorch adds weight_decay · w to the gradient, we add 2 λ w. So λ is half.",
                ),
                (2 * value, "It's the other way around: 2 λ must equal PyTorch's number."),
                (value / (2 * n), "PyTorch doesn't divide it by the number of samples."),
                (value / n, "PyTorch doesn't divide it by the number of samples."),
                (value / 4, "You halved it twice: 2 λ must equal PyTorch's number."),
            ],
            "mlp": [
                (value / 2, "MLPClassifier also divides by n, the samples in the batch."),
                (value / n, "The half is missing: 2 λ must equal alpha / n."),
                (value, "MLPClassifier's penalty has a half in front and is divided by n."),
                (2 * value / n, "The 2 is the other way around: 2 λ must equal alpha / n."),
                (2 * value, "Both are the other way around: divide by 2 and by n."),
                (value * n / 2, "The n is the other way around: its penalty is divided by n."),
                (value * n, "The n is the other way around: its penalty is divided by n."),
                (2 * n * value, "It's upside down: 2 λ must equal alpha / n."),
                (value / (4 * n), "You halved it twice: 2 λ must equal alpha / n."),
                (value / 2 * n, "The n is the other way around: its penalty is divided by n."),
                (value / n**2 / 2, "You divided by n twice."),
                (value / (2 + n), "Divide by 2 *times* n."),
            ],
        }[source]
        name = f'`our_strength("{source}", {value}, {n})`'
        expect(call(answer, source, value, n), expected, name, mistakes=mistakes)
    return "The same pull on each weight, under three names."


@exercise("10.4")
def elastic_weight(answer):
    """The weight with the lowest total of a squared distance and both penalties."""
    spread = np.array([2.0, -1.5, 0.3, -0.2, 0.0, 0.9])
    cases = [
        (spread, 1.0, 0.6),
        (spread, 0.4, 3.0),
        (np.random.default_rng(104).standard_normal((3, 4)), 0.8, 0.25),
        (spread, 0.0, 2.0),
        (spread, 1.2, 0.0),
    ]
    for a, one, two in cases:
        size, sign = np.abs(a), np.sign(a)
        left = np.maximum(size - one / 2, 0)
        mistakes = [
            (sign * left, "The L2 part is missing: what is left is also divided by 1 + λ₂."),
            (a / (1 + two), "The L1 part is missing: first, λ₁ / 2 is subtracted."),
            (
                sign * np.maximum(size - one, 0) / (1 + two),
                "You subtracted λ₁. The slope of (w − a)² is 2 (w − a), so it's λ₁ / 2.",
            ),
            (
                sign * np.maximum(size - one, 0) / (1 + 2 * two),
                "The 2 in front of (w − a) is missing: the slope of the loss is 2 (w − a).",
            ),
            (
                sign * left / (1 + 2 * two),
                "You divided by 1 + 2 λ₂. In 2 (w − a) + λ₁ + 2 λ₂ w = 0, each 2 cancels.",
            ),
            (
                sign * left / (1 + two / 2),
                "You divided by 1 + λ₂ / 2. The slope of λ₂ w² is 2 λ₂ w, and the 2 cancels.",
            ),
            (sign * left / two if two else np.nan, "You divided by λ₂. It's 1 + λ₂."),
            (
                sign * left * (1 + two),
                "You multiplied by 1 + λ₂. It's on the other side of the equation: divide.",
            ),
            (
                sign * left * (1 - two),
                "You multiplied by 1 − λ₂. Solve (1 + λ₂) w = a − λ₁ / 2 for w.",
            ),
            (
                sign * np.maximum(size / (1 + two) - one / 2, 0),
                "You divided before you subtracted. In (1 + λ₂) w = a − λ₁ / 2, the λ₁ / 2 is "
                "divided, too.",
            ),
            (
                sign * np.maximum(size - one / 2, 0) + a / (1 + two),
                "You added the two solutions. Add the two penalties, and solve once.",
            ),
            (
                (sign * left + a / (1 + two)) / 2,
                "You averaged the two solutions. Add the two penalties, and solve once.",
            ),
            (
                (a - one / 2 * sign) / (1 + two),
                "Small weights jump over zero to the other side. Where |a| is below λ₁ / 2, the "
                "lowest total is at w = 0.",
            ),
            (
                (a - one / 2) / (1 + two),
                "This is the solution for w > 0. Negative a is mirrored, and small a gives 0.",
            ),
            (
                np.maximum(a - one / 2, 0) / (1 + two),
                "Every negative a gives 0. For them the solution is mirrored: use |a|, and give "
                "the sign back.",
            ),
            (left / (1 + two), "The sizes are right. Negative weights have lost their sign."),
            (
                np.where(size > one / 2, a, 0) / (1 + two),
                "The small ones are 0, as they should be. But the large ones also lose λ₁ / 2.",
            ),
            (
                np.clip(a, -one / 2, one / 2) / (1 + two),
                "np.clip keeps what should be taken away: subtract it from a.",
            ),
            (
                sign * np.maximum(size - two / 2, 0) / (1 + one),
                "The strengths are swapped: strength_1 is for L1, strength_2 for L2.",
            ),
            (a, "This is a itself, the lowest point without a penalty."),
        ]
        name = f"`elastic_weight(a, {one}, {two})`"
        expect(call(answer, a, one, two), sign * left / (1 + two), name, mistakes=mistakes)
    return "Subtract as L1 does, then divide as L2 does: zeros *and* smaller weights."


@exercise("10.5")
def sparsity(answer):
    """The share of small weights in several matrices of different sizes."""
    rng = np.random.default_rng(114)
    for shapes, threshold in [([(2, 3), (3, 8), (8, 1)], 0.5), ([(4, 4), (4, 2)], 0.25)]:
        weights = [rng.standard_normal(shape) for shape in shapes]
        weights[0][0, 0], weights[0][1, 1] = 0.0, threshold
        weights[1][0, 1], weights[1][2, 0] = -threshold, -threshold / 2
        joined = np.concatenate([W.ravel() for W in weights])
        small = np.abs(joined) < threshold
        received = call(answer, tuple(weights), threshold)
        mistakes = [
            (
                np.mean([(np.abs(W) < threshold).mean() for W in weights]),
                "This is the mean of the layers' shares. A small matrix counts as much as a large "
                "one there: count all weights together.",
            ),
            (
                np.mean(np.abs(joined) <= threshold),
                "You also count weights whose absolute value equals the threshold. The exercise "
                "asks for those below it.",
            ),
            (
                np.mean(joined < threshold),
                "Every negative weight is below the threshold, large ones too. Take absolute "
                "values.",
            ),
            (
                np.mean(joined**2 < threshold),
                "You compared the squares with the threshold. Compare the absolute values.",
            ),
            (
                small.sum() / len(weights),
                "You divided by the number of matrices. Divide by the number of all weights.",
            ),
            (
                small.sum() / sum(len(W) for W in weights),
                "len(W) is the number of rows. W.size is the number of weights.",
            ),
            (small.sum(), "This is how many they are. The exercise asks for their share."),
            ((~small).mean(), "This is the share of the weights that are *not* small."),
            (
                np.mean(np.abs(joined) > threshold),
                "This is the share of the weights *above* the threshold.",
            ),
            (np.mean(joined == 0), "You count exact zeros. Count what is below the threshold."),
            (
                np.mean(small & (joined != 0)),
                "You left out the weights that are exactly 0. They are below the threshold, too.",
            ),
            (100 * small.mean(), "This is in percent. The exercise asks for a share from 0 to 1."),
            (
                np.array([(np.abs(W) < threshold).mean() for W in weights]),
                "These are the shares of the single layers. The exercise asks for one number.",
            ),
            *(
                (
                    (np.abs(weights[k]) < threshold).mean(),
                    f"This is the share in the {which} matrix only. Count all of them.",
                )
                for k, which in [(0, "first"), (-1, "last")]
            ),
        ]
        expect(received, small.mean(), f"`sparsity(weights, {threshold})`", mistakes=mistakes)
    return "Count first, divide once."


@exercise("10.6")
def find_strength(answer):
    """The strength with the best mean validation accuracy."""
    # How many of 16 training and 16 validation samples each network gets right, by data set.
    train = {
        0.03: (14, 15, 13),
        0.0: (16, 16, 16),
        0.3: (12, 11, 12),
        0.003: (13, 14, 13),
        2.0: (9, 8, 8),
        0.01: (15, 13, 14),
    }
    validation = {
        0.03: (8, 8, 16),
        0.0: (9, 10, 9),
        0.3: (14, 14, 3),
        0.003: (12, 12, 12),
        2.0: (9, 8, 9),
        0.01: (7, 7, 6),
    }
    _judge(answer, train, validation, "three data sets")
    train = {0.03: (14, 13), 0.3: (12, 12), 3.0: (6, 16), 0.003: (16, 15)}
    validation = {0.03: (12, 12), 0.3: (13, 11), 3.0: (5, 5), 0.003: (9, 10)}
    _judge(answer, train, validation, "two data sets, in which two strengths tie")
    train = {0.2: (16,), 0.02: (14,)}
    validation = {0.2: (12,), 0.02: (12,)}
    _judge(answer, train, validation, "one data set, in which two strengths tie")
    return "Chosen by samples that no network was trained on, and by more than one data set."


def _judge(answer, train, validation, about):
    """Check one choice. The networks are played by tables of right answers."""
    strengths, count = list(train), len(next(iter(train.values())))
    rng, fits = np.random.default_rng(106), []
    labels = rng.integers(0, 2, 32 * count)
    points = rng.standard_normal((32 * count, 2))
    place = {point: k for k, point in enumerate(points[:, 0].tolist())}

    def right(strength):
        """Return which of all samples the network with this strength gets right."""
        ranks = np.arange(16)
        return np.concatenate(
            [
                ranks < table[strength][k]
                for k in range(count)
                for table in (train, validation)
            ]
        )

    def fit(x, y_true, strength):
        where = [place.get(value) for value in np.asarray(x)[:, 0].tolist()]
        fits.append((where, np.asarray(y_true).tolist(), strength))
        if strength not in train:
            raise Wrong(
                f"`fit` was called with the strength {strength!r}, which isn't one of `strengths`."
            )
        answers = np.where(right(strength), labels, 1 - labels)
        return lambda x_new: answers[[place[value] for value in np.asarray(x_new)[:, 0].tolist()]]

    pieces = [slice(16 * k, 16 * k + 16) for k in range(2 * count)]
    both = [(points[piece], labels[piece]) for piece in pieces]
    data_sets = list(zip(both[::2], both[1::2], strict=True))
    received = call(answer, fit, tuple(strengths), data_sets)
    _check_fits(fits, labels, len(strengths) * count)

    means = {s: np.mean(validation[s]) / 16 for s in strengths}
    best = max(strengths, key=lambda s: (means[s], s))
    winners = [max(strengths, key=lambda s, k=k: (validation[s][k], s)) for k in range(count)]
    single = "It's the best in one of the data sets. Take the mean over all of them first."
    others = [
        (
            max(strengths, key=lambda s: (np.mean(train[s]), s)),
            "It has the highest accuracy on the *training* samples. Choose by the validation "
            "samples.",
        ),
        (
            min(strengths, key=lambda s: (means[s], -s)),
            "It has the lowest validation accuracy. The exercise asks for the highest.",
        ),
        (
            max(strengths, key=lambda s: (means[s], -s)),
            "Another strength does equally well. Of several, return the largest.",
        ),
        (
            next(s for s in strengths if means[s] == means[best]),
            "Another strength does equally well. Of several, return the largest.",
        ),
        *((winner, single) for winner in winners),
        (max(strengths, key=lambda s: max(validation[s])), single),
        (strengths.index(best), "This is the index of the best strength. Return the strength."),
        (means[best], "This is the best validation accuracy. Return the strength that reaches it."),
        (
            np.mean(winners),
            "This is the mean of each data set's best strength. Average the accuracies instead.",
        ),
        (max(strengths), "This is the largest strength, whatever its accuracy."),
    ]
    mistakes = [(value, f"{text} ({about.capitalize()}.)") for value, text in others]
    expect(received, best, f"`find_strength` with {about}", mistakes=mistakes)


def _check_fits(fits, labels, expected):
    """Check what the networks were trained on, and how many there were."""
    for where, y_true, _ in fits:
        if None in where:
            raise Wrong("`fit` received samples that aren't in the data sets.")
        kinds = {place // 16 % 2 for place in where}
        if kinds == {1}:
            raise Wrong(
                "A network was trained on validation samples. Train on the first part of each "
                "pair; the second part only measures."
            )
        if 1 in kinds:
            raise Wrong(
                "A network was trained on training and validation samples together. Then the "
                "validation samples can't tell how it does on new ones."
            )
        if len({place // 32 for place in where}) > 1:
            raise Wrong(
                "A network was trained on several data sets together. Train one for each data set."
            )
        if len(where) != 16 or y_true != labels[where].tolist():
            raise Wrong("`fit` needs all samples of a training part, with the labels of that part.")
    done = {(where[0] // 32, strength) for where, _, strength in fits}
    if len(done) < expected:
        raise Wrong(
            f"You trained {len(done)} of the {expected} networks that are needed: one for each "
            "strength and each data set."
        )
    if len(fits) > expected:
        raise Wrong(
            f"You trained {len(fits)} networks. {expected} are enough: one for each strength and "
            "each data set. Keep `predict`, or its accuracy."
        )
