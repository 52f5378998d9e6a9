"""Checks of chapter 10: regularization."""

import numpy as np

from shared.exercises import exercise
from shared.exercises.compare import Wrong, call, expect, parts


@exercise("10.1")
def penalties_by_hand(answer):
    """The L1 and the L2 penalty of four weights, without the biases."""
    W, b, strength = np.array([1, -2, 0, 0.5]), np.array([4, -1]), 0.2
    l1, l2 = parts(answer, ("l1_price", "l2_price"))
    everything = np.concatenate([W, b])
    with_bias = "The bias goes free: only the four weights in W are paid for."
    mistakes = [
        (np.abs(everything).sum() * strength, with_bias),
        (W.sum() * strength, "L1 takes absolute values: −2 costs as much as 2."),
        (np.abs(W).sum(), "This is the sum. Multiply it with the strength, 0.2."),
        ((W**2).sum() * strength, "This is the L2 price. The L1 price comes first."),
        (
            np.abs(W).mean() * strength,
            "This is the mean times the strength. A penalty is a sum over the weights.",
        ),
    ]
    expect(l1, np.abs(W).sum() * strength, "l1_price", mistakes=mistakes)
    mistakes = [
        ((everything**2).sum() * strength, with_bias),
        ((W**2).sum(), "This is the sum of the squares. Multiply it with the strength, 0.2."),
        (
            (W * np.abs(W)).sum() * strength,
            "A square is never negative: (−2)² is 4, not −4.",
        ),
        (
            (W**2).sum() * strength / 2,
            "Half of it: our convention has no ½ in front of the sum.",
        ),
        (
            np.sqrt((W**2).sum()) * strength,
            "There's no root: L2 is the sum of the squares itself.",
        ),
        ((strength * W**2).mean(), "This is a mean. A penalty is a sum over the weights."),
        (np.abs(W).sum() * strength, "This is the L1 price. L2 takes squares."),
    ]
    expect(l2, (W**2).sum() * strength, "l2_price", mistakes=mistakes)
    return "The −2 alone makes up four fifths of the L2 price, and four sevenths of the L1 price."


@exercise("10.2")
def elastic_gradient(answer):
    """The gradient of L1 and L2 together."""
    rng = np.random.default_rng(101)
    for shape, one, two in [((3, 2), 0.3, 0.1), ((4,), 0.02, 0.5)]:
        weight = rng.standard_normal(shape)
        weight.flat[1] = 0.0
        sign = np.sign(weight)
        mistakes = [
            (
                one * np.abs(weight).sum() + two * (weight**2).sum(),
                "This is the penalty, a single number. A gradient has one number for each weight.",
            ),
            (
                one * np.abs(weight) + two * weight**2,
                "These are the prices of the single weights. Asked for are their slopes.",
            ),
            (
                one * sign + two * weight,
                "The L2 part lacks its factor 2: the slope of w² is 2w.",
            ),
            (
                2 * one * sign + 2 * two * weight,
                "The factor 2 belongs to the L2 part alone: the slope of |w| is 1 or −1.",
            ),
            (one * sign, "This is the L1 part. The L2 part is missing."),
            (2 * two * weight, "This is the L2 part. The L1 part is missing."),
            (
                two * sign + 2 * one * weight,
                "The strengths are exchanged: strength_1 is for L1, strength_2 for L2.",
            ),
            (
                one + 2 * two * weight,
                "The slope of |w| is −1 where w is negative, and 0 where w is 0.",
            ),
            (
                one * np.where(weight >= 0, 1, -1) + 2 * two * weight,
                "A weight that is exactly 0 has a kink. We choose slope 0 there, as np.sign does.",
            ),
            (
                one * np.where(weight > 0, 1, -1) + 2 * two * weight,
                "A weight that is exactly 0 has a kink. We choose slope 0 there, as np.sign does.",
            ),
            (
                (one * sign + 2 * two * weight).sum(),
                "This is the sum of the slopes. A gradient keeps one number for each weight.",
            ),
            (
                one * sign - 2 * two * weight,
                "The L2 part has the wrong sign: the price rises with w, so its slope is +2 λ w.",
            ),
            (
                one * np.abs(weight) + 2 * two * weight,
                "The L1 part is its price. Its slope is the sign of the weight.",
            ),
        ]
        received = call(answer, weight, one, two)
        expect(
            received,
            one * sign + 2 * two * weight,
            f"`elastic_gradient(weight, {one}, {two})`",
            mistakes=mistakes,
        )
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
            ],
            "pytorch": [
                (
                    value,
                    "PyTorch adds weight_decay · w to the gradient, we add 2 λ w. So λ is half.",
                ),
                (2 * value, "The other way round: 2 λ must equal PyTorch's number."),
                (value / (2 * n), "PyTorch doesn't divide it by the number of samples."),
            ],
            "mlp": [
                (value / 2, "MLPClassifier also divides by n, the samples in the batch."),
                (value / n, "The half is missing: 2 λ must equal alpha / n."),
                (value, "MLPClassifier's penalty has a half in front and is divided by n."),
                (2 * value / n, "The other way round with the 2: 2 λ must equal alpha / n."),
                (value * n / 2, "The other way round with n: its penalty is divided by n."),
            ],
        }[source]
        name = f'`our_strength("{source}", {value}, {n})`'
        expect(call(answer, source, value, n), expected, name, mistakes=mistakes)
    return "The same pull on each weight, under three names."


@exercise("10.4")
def towards_zero(answer):
    """Soft thresholding."""
    rng = np.random.default_rng(104)
    for weight, amount in [
        (np.array([0.9, -0.7, 0.05, -0.1, 0.0, 0.3]), 0.2),
        (rng.standard_normal((3, 4)), 0.5),
    ]:
        size, sign = np.abs(weight), np.sign(weight)
        mistakes = [
            (
                weight - amount * sign,
                "Small weights jump over zero to the other side. They must stop *at* zero.",
            ),
            (
                np.where(weight > 0, weight - amount, weight + amount),
                "Small weights jump over zero to the other side. They must stop *at* zero, and "
                "what is 0 already must stay there.",
            ),
            (
                np.clip(weight, -amount, amount),
                "This cuts the large weights off at `amount`. They have to *lose* that much, and "
                "only the small ones become zero.",
            ),
            (
                np.where(size > amount, weight, 0),
                "The small ones are zero, which is right. But the large ones have to move, too.",
            ),
            (
                np.maximum(size - amount, 0),
                "The sizes are right. Negative weights have lost their sign.",
            ),
            (
                np.maximum(weight - amount, 0),
                "All negative weights became zero. They move up, towards zero: take absolute "
                "values first and give the sign back.",
            ),
            (
                weight - amount,
                "Everything moved down. Negative weights must move up, towards zero.",
            ),
            (
                weight * (1 - amount),
                "This takes a share, as L2 does. The same *amount* is asked for.",
            ),
            (
                sign * np.maximum(size - amount / 2, 0),
                "Half of the amount is taken. `amount` stands in place of the whole λ / 2.",
            ),
            (
                sign * np.maximum(size, amount),
                "np.maximum(size, amount) makes small weights larger. Subtract the amount first.",
            ),
        ]
        expect(
            call(answer, weight, amount),
            sign * np.maximum(size - amount, 0),
            f"`towards_zero(weight, {amount})`",
            mistakes=mistakes,
        )
    return "No hopping: with this step L1 makes weights that are exactly zero."


@exercise("10.5")
def sparsity(answer):
    """The share of small weights in a list of matrices."""
    rng = np.random.default_rng(105)
    for shapes, threshold in [([(2, 3), (3, 8), (8, 1)], 0.5), ([(4, 4), (4, 2)], 0.1)]:
        weights = [rng.standard_normal(shape) for shape in shapes]
        weights[0][0, 0] = 0.0
        joined = np.concatenate([W.ravel() for W in weights])
        small = np.abs(joined) < threshold
        received = call(answer, tuple(weights), threshold)
        mistakes = [
            (
                np.mean([(np.abs(W) < threshold).mean() for W in weights]),
                "This is the mean of the layers' shares. A small matrix would count as much as a "
                "large one: count all weights together.",
            ),
            (
                np.mean(joined < threshold),
                "Every negative weight is below the threshold, large ones too. Take absolute "
                "values.",
            ),
            (
                small.sum() / len(weights),
                "You divided by the number of matrices. Divide by the number of all weights.",
            ),
            (small.sum(), "This is how many they are. Asked for is their share."),
            ((~small).mean(), "This is the share of the weights that are *not* small."),
            (np.mean(joined == 0), "You count exact zeros. Count what is below the threshold."),
            (100 * small.mean(), "This is in per cent. Asked for is the share, from 0 to 1."),
            (
                np.array([(np.abs(W) < threshold).mean() for W in weights]),
                "These are the shares of the single layers. One number for all is asked for.",
            ),
        ]
        expect(received, small.mean(), f"`sparsity(weights, {threshold})`", mistakes=mistakes)
    return "Count first, divide once."


@exercise("10.6")
def decay_step(answer):
    """Shrink, then step: the same as SGD with an L2 penalty."""
    rng = np.random.default_rng(106)
    for shape, lr, strength in [((3, 2), 0.1, 0.3), ((5,), 0.05, 2.0)]:
        weight, grad = rng.standard_normal(shape), rng.standard_normal(shape)
        factor = 1 - 2 * lr * strength
        mistakes = [
            (
                (1 - lr * strength) * weight - lr * grad,
                "The factor 2 is missing: the gradient of our penalty is 2 λ w.",
            ),
            (
                factor * weight - lr * (grad + 2 * strength * weight),
                "The weights shrink twice: by the factor, and again by the gradient of the "
                "penalty. One of the two is enough, and here it's the factor.",
            ),
            (
                (1 - strength) * weight - lr * grad,
                "The shrink factor needs the 2 of the gradient and the learning rate: 1 − 2 η λ.",
            ),
            (
                (1 - 2 * strength) * weight - lr * grad,
                "The shrink factor needs the learning rate: 1 − 2 η λ.",
            ),
            (
                factor * (weight - lr * grad),
                "You step first and shrink then, so that the step is shrunk as well. Only the "
                "old weight is multiplied.",
            ),
            (factor * weight, "The weights shrink, but the step along grad is missing."),
            (weight - lr * grad, "This is plain SGD. The weights don't shrink."),
            (
                factor * weight + lr * grad,
                "The step goes uphill: subtract lr * grad.",
            ),
            (factor * weight - grad, "The step lacks the learning rate."),
            (
                (1 + 2 * lr * strength) * weight - lr * grad,
                "The weights grow. The factor is 1 *minus* 2 η λ.",
            ),
            (
                weight - lr * grad - 2 * strength * weight,
                "The shrink factor needs the learning rate: 1 − 2 η λ.",
            ),
            (
                2 * lr * strength * weight - lr * grad,
                "This keeps only what should be taken away. The factor is 1 − 2 η λ.",
            ),
        ]
        received = call(answer, weight, grad, lr, strength)
        if isinstance(received, (tuple, list)) and len(received) == 2 and len(weight) != 2:
            raise Wrong("Return the new weights alone, one array.")
        expect(
            received,
            factor * weight - lr * grad,
            f"`decay_step(weight, grad, {lr}, {strength})`",
            mistakes=mistakes,
        )
    return "Under plain SGD weight decay of 2 λ and an L2 penalty of λ are one and the same."
