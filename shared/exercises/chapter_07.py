"""The checks of chapter 7's exercises: mini-batches, steps of optimizers, a training loop."""

import numpy as np

from shared.datasets import spiral
from shared.exercises import exercise, rules
from shared.exercises.compare import Wrong, call, expect, expect_parts, items, parts, predictions


@exercise("7.1")
def mini_batches(answer):
    """The indices of the samples, shuffled and cut."""
    for n, batch_size in [(10, 4), (12, 3), (5, 8)]:
        case = f"for n = {n}, batch_size = {batch_size}"
        rng = np.random.default_rng(71)
        received = [_cut(call(answer, n, batch_size, rng), case) for _ in range(4)]
        for batches in received:
            sizes = [batch.size for batch in batches]
            places = np.concatenate(batches)
            wanted = [min(batch_size, n - start) for start in range(0, n, batch_size)]
            if sorted(places.tolist()) == list(range(1, n + 1)):
                raise Wrong(f"The indices start at 1. Python counts from 0: 0 to {n - 1}.")
            if sizes == wanted[:-1] and n % batch_size:
                raise Wrong(
                    f"The samples left over are missing {case}: the last batch may be smaller."
                )
            if sorted(places.tolist()) != list(range(n)):
                raise Wrong(
                    f"Each index from 0 to {n - 1} must occur once in an epoch. Received {case}: "
                    f"{sorted(places.tolist())}. Draw the order once with rng.permutation, "
                    "then cut it."
                )
            if sorted(sizes) != sorted(wanted):
                message = f"The batches have the sizes {sizes} {case}, expected {wanted}."
                if len(sizes) == batch_size:
                    message += " batch_size is the number of samples in a batch, not the number "
                    message += "of batches."
                raise Wrong(message)
        orders = [np.concatenate(batches).tolist() for batches in received]
        members = [{frozenset(batch.tolist()) for batch in batches} for batches in received]
        in_order = all(list(batch) == sorted(batch) for batches in received for batch in batches)
        if all(order == list(range(n)) for order in orders) and n > batch_size:
            raise Wrong("The samples come in their original order: nothing is shuffled.")
        if all(order == orders[0] for order in orders):
            raise Wrong(
                "Each call gives the same batches. Draw the order from the `rng` that is passed "
                "in, not from one that is made anew in each call."
            )
        if n > batch_size and all(these == members[0] for these in members):
            raise Wrong(
                "The order of the batches changes, but not their members: the same samples are "
                "always together. Shuffle first, then cut."
            )
        if in_order and batch_size > 2:
            raise Wrong(
                "Each batch is sorted inside. The samples of a batch should stay in the order in "
                "which they were drawn. Did you sort after shuffling?"
            )
        if any([batch.size for batch in batches] != wanted for batches in received):
            raise Wrong(f"The batches must have the sizes {wanted} {case}: the rest comes last.")
    rules.draws_from_rng(lambda rng: _joined(call(answer, 10, 4, rng)))
    return "Every sample once in an epoch, in different batches each time."


@exercise("7.2")
def momentum_step(answer):
    """One step of momentum with the learning rate inside the velocity."""
    rng = np.random.default_rng(72)
    for shape in [(3,), (2, 4)]:
        value, velocity, grad = rng.normal(size=(3, *shape))
        lr, momentum = 0.3, 0.8
        new = momentum * velocity - lr * grad
        right = {"value": value + new, "velocity": new}
        ours = momentum * velocity + grad
        plus = momentum * velocity + lr * grad
        mistakes = {
            "velocity": [
                (
                    ours,
                    "velocity is the chapter's. In this form it includes the learning rate and the "
                    "sign: momentum * velocity - lr * grad.",
                ),
                (plus, "velocity has the wrong sign before the gradient. Downhill is - lr * grad."),
                (
                    momentum * velocity + (1 - momentum) * grad,
                    "velocity is a moving average, as in Adam. Here the gradient is multiplied by "
                    "-lr, not by 1 - momentum.",
                ),
                (
                    momentum * velocity - lr * (1 - momentum) * grad,
                    "velocity has an extra factor 1 - momentum on the gradient. This form is a "
                    "sum, not a moving average.",
                ),
                (
                    (1 - momentum) * velocity - lr * grad,
                    "velocity keeps 1 - momentum of the old velocity. It should keep momentum.",
                ),
                (
                    momentum * velocity - (1 - momentum) * grad,
                    "velocity is a moving average. Here the gradient is multiplied by lr, not by "
                    "1 - momentum.",
                ),
                (
                    velocity - lr * grad,
                    "velocity keeps all of the old velocity. It should keep the fraction momentum.",
                ),
                (
                    momentum * (velocity - lr * grad),
                    "velocity multiplies the gradient by momentum, too. Only the old velocity "
                    "fades.",
                ),
                (velocity, "velocity is the old one. Return it after its update."),
            ],
            "value": [
                (
                    value + velocity,
                    "value is moved by the old velocity. The velocity is updated first.",
                ),
                (
                    value - new,
                    "value goes uphill. The velocity already includes the minus sign, so add it.",
                ),
                (
                    value + lr * new,
                    "value has the learning rate twice. The velocity already includes it.",
                ),
                (
                    value - lr * new,
                    "value is moved by - lr * velocity, as in the chapter. In this form it is "
                    "+ velocity.",
                ),
                (
                    value - lr * grad,
                    "value takes a step of plain SGD. It should be moved by the new velocity.",
                ),
            ],
        }
        received = call(answer, value, velocity, grad, lr, momentum)
        expect_parts(received, right, mistakes=mistakes, order=["velocity", "value"])
    return "With a constant learning rate, it takes the same path as the chapter's form."


@exercise("7.3")
def straight(answer):
    """A learning rate that falls in a straight line."""
    for lr, steps in [(0.8, 100), (0.3, 7)]:
        for step in [0, 1, steps // 2, steps - 1, steps, steps + 1, 3 * steps]:
            right = lr * max(0.0, 1 - step / steps)
            mistakes = []
            if step > steps:
                mistakes += [
                    (
                        lr * (1 - step / steps),
                        f"After step {steps} the learning rate is negative: the network would "
                        "climb. It must stay at 0.",
                    ),
                    (
                        lr,
                        f"After step {steps} the learning rate is lr again. It must stay at 0.",
                    ),
                    (
                        lr * (step / steps - 1),
                        f"After step {steps} the learning rate rises again. It must stay at 0.",
                    ),
                ]
            elif step == steps:
                mistakes += [(lr, f"At step {steps} it's lr. It should have reached 0 there.")]
            elif 0 < step:
                mistakes += [
                    (
                        lr,
                        "The learning rate doesn't fall. Did you use `step // steps`, which is "
                        "rounded down?",
                    ),
                    (
                        lr * (1 - step / (steps - 1)),
                        "It falls a little too fast, to 0 at step `steps - 1`. It should get there "
                        "at step `steps`.",
                    ),
                    (
                        lr * step / steps,
                        "It rises. At step 0 it must be lr, and 0 at step `steps`.",
                    ),
                    (
                        lr * 0.5 * (1 + np.cos(np.pi * step / steps)),
                        "This is the cosine. The exercise asks for a straight line.",
                    ),
                    (1 - step / steps, "This is the fraction that is left. Multiply it by lr."),
                    (
                        lr * (1 - (step + 1) / steps),
                        "It's one step ahead: at step 0 it must be lr itself.",
                    ),
                    (lr - step / steps, "lr belongs to the whole line: lr * (1 - step / steps)."),
                ]
            else:
                mistakes += [
                    (0, "It starts at 0. At step 0 it must be lr."),
                    (1, "It starts at 1. At step 0 it must be lr."),
                ]
            received = call(answer, step, lr, steps)
            name = f"`straight({step}, {lr}, {steps})`"
            expect(received, right, name, mistakes=mistakes)
    return "Down in a straight line, and flat from there."


@exercise("7.4")
def adamax_step(answer):
    """One step of AdaMax."""
    rng = np.random.default_rng(74)
    betas, lr = (0.8, 0.95), 0.1
    for step, size in [(3, 6), (1, 4)]:
        value, mean, grad = rng.normal(size=(3, size))
        grad[0] = -2.5
        largest = np.abs(rng.normal(size=size))
        largest[-1] = 4.0
        if step == 1:
            mean, largest = np.zeros(size), np.zeros(size)
        new_mean = betas[0] * mean + (1 - betas[0]) * grad
        new_largest = np.maximum(betas[1] * largest, np.abs(grad))
        c1, c2 = 1 - betas[0] ** step, 1 - betas[1] ** step
        right = {
            "value": value - lr * new_mean / c1 / new_largest,
            "mean": new_mean,
            "largest": new_largest,
        }
        signed = np.maximum(betas[1] * largest, grad)
        squares = betas[1] * largest + (1 - betas[1]) * grad * grad
        mistakes = {
            "mean": [
                (
                    betas[0] * mean + grad,
                    "mean is a sum. The gradient enters with the factor 1 - β1.",
                ),
                (
                    new_mean / c1,
                    "mean is corrected in place. Correct it only in the step, and return it "
                    "uncorrected.",
                ),
                (
                    betas[1] * mean + (1 - betas[1]) * grad,
                    "mean uses β2. The first of betas is β1, and mean uses that one.",
                ),
            ],
            "largest": [
                (signed, "largest lacks the absolute value: negative gradients count as well."),
                (
                    np.maximum(largest, np.abs(grad)),
                    "largest never forgets. Multiply the old one by β2 first.",
                ),
                (
                    np.maximum(largest, grad),
                    "largest lacks the absolute value of the gradient, and the old one should be "
                    "multiplied by β2 first.",
                ),
                (squares, "largest is Adam's moving average of squares. Here it's a maximum."),
                (
                    new_largest.max(),
                    "largest is a single number. Take the maximum elementwise: np.maximum, not "
                    "np.max.",
                ),
            ],
            "value": [
                (
                    value - lr * new_mean / new_largest,
                    "value lacks the bias correction: divide mean by 1 - β1ᵗ.",
                ),
                (
                    value - lr * new_mean / c1 / (new_largest / c2),
                    "value corrects largest, too. Only mean needs it.",
                ),
                (
                    value - lr * new_mean / c1 / np.sqrt(new_largest),
                    "value takes a root of largest. There are no squares here, so there's no root.",
                ),
                (
                    value + lr * new_mean / c1 / new_largest,
                    "value goes uphill. Subtract the step.",
                ),
                (
                    value - lr * grad / new_largest,
                    "value is moved by the gradient. Use the corrected mean instead.",
                ),
            ],
        }
        if step > 1:
            constant = value - lr * new_mean / (1 - betas[0]) / new_largest
            mistakes["value"].append(
                (constant, "value is corrected by 1 - β1 at every step. Where is t? 1 - β1ᵗ.")
            )
            swapped = value - lr * new_mean / c2 / new_largest
            mistakes["value"].append((swapped, "value is corrected with β2. mean belongs to β1."))
            before = value - lr * new_mean / (1 - betas[0] ** (step + 1)) / new_largest
            mistakes["value"].append(
                (before, "value is corrected for one step too many. t is 1 in the first step.")
            )
        expect_parts(
            call(answer, value, mean, largest, grad, step, lr, betas),
            right,
            mistakes=mistakes,
            about=f"at step {step}",
            order=["mean", "largest", "value"],
        )
    return "That's AdaMax: Adam with a maximum instead of a mean of squares."


@exercise("7.5")
def clip(answer):
    """All gradients shortened together."""
    rng = np.random.default_rng(75)
    for limit, scale in [(1.5, 2.0), (4.0, 0.1), (0.5, 1.0)]:
        grads = tuple(scale * rng.normal(size=shape) for shape in [(3, 4), (4,), (4, 2)])
        kept = [grad.copy() for grad in grads]
        length = float(np.sqrt(sum((g * g).sum() for g in grads)))
        right = [g * min(1.0, limit / length) for g in grads]
        own = [g * min(1.0, limit / np.linalg.norm(g)) for g in grads]
        received = call(answer, grads, limit)
        if any(not np.array_equal(a, b) for a, b in zip(kept, grads, strict=True)):
            raise Wrong("The function changes the arrays it was given. Make new ones.")
        names = [f"gradient {place}" for place in range(3)]
        received = parts(received, names)
        for place, name in enumerate(names):
            g = grads[place]
            mistakes = [
                (
                    np.clip(g, -limit, limit),
                    "Each number is clipped by itself, which changes the direction. Multiply all "
                    "numbers by the same factor.",
                ),
                (
                    own[place],
                    "Each array is shortened by itself, which changes the direction. Use one "
                    "length for all of them together.",
                ),
                (
                    g * min(1.0, limit / length**2),
                    "The root is missing: the length is the root of the sum of squares.",
                ),
                (g / length, "The length has become 1. It should be `limit`."),
                (
                    g * min(1.0, limit / max(np.abs(a).max() for a in grads)),
                    "The largest number has become `limit`. What counts is the length of all of "
                    "them together, the root of the sum of squares.",
                ),
                (
                    g * min(1.0, limit / sum(np.abs(a).sum() for a in grads)),
                    "The length is the sum of absolute values. It should be the root of the sum of "
                    "squares.",
                ),
            ]
            if length <= limit:
                mistakes.insert(
                    0,
                    (
                        g * limit / length,
                        "Gradients shorter than the limit are made longer. Leave them as they are.",
                    ),
                )
            else:
                mistakes.append((g, "The gradients are too long, but nothing is shortened."))
            expect(received[place], right[place], name, mistakes=mistakes)
    _clip_zeros(answer)
    return "One factor for all: a shorter step in the same direction."


def _clip_zeros(answer):
    """Gradients that are all zero stay zero."""
    names = ["gradient 0", "gradient 1"]
    with np.errstate(divide="ignore", invalid="ignore"):
        received = parts(call(answer, (np.zeros(2), np.zeros((1, 3))), 1.5), names)
    for name, result in zip(names, received, strict=True):
        if np.isnan(np.asarray(result, dtype=float)).any():
            raise Wrong(
                f"{name} becomes NaN if all gradients are zero: 0 / 0. Divide by the length only "
                "if it's above the limit."
            )


@exercise("7.6", seconds=120)
def train_network(answer):
    """A network that learns the spiral, written from an empty file."""
    x, y_true = spiral(100, 3, np.random.default_rng(76))
    rng = np.random.default_rng(0)
    predict = call(answer, x, y_true, rng)
    scores = (
        "predict returns a score for each class, (m, 3). It should return labels (m,): the "
        "class with the highest score, argmax(axis=1)."
    )
    hints = {(len(x), 3): scores}
    labels = predictions(predict, x, y_true.shape, "one label for each point", hints)
    right = float(np.mean(labels == y_true))
    share = f"{100 * right:.0f}% of the points are right"
    if len(np.unique(labels)) == 1:
        raise Wrong(f"{share}: every point gets the same label. Did the network learn at all?")
    if right < 0.45:
        raise Wrong(
            f"{share}, about as many as by guessing. Are the gradients subtracted, and is backward "
            "called before step?"
        )
    if right < 0.65:
        raise Wrong(
            f"{share}, as many as with straight boundaries. Is there a ReLU between the two "
            "layers? Does it train long enough?"
        )
    if right < 0.95:
        raise Wrong(
            f"{share}: it learns, but not far enough. Try more epochs, smaller batches, or another "
            "learning rate."
        )
    if rng.bit_generator.state == np.random.default_rng(0).bit_generator.state:
        raise Wrong(
            f"{share}, but nothing was drawn from `rng`. Draw the first weights and the order of "
            "the samples from it."
        )
    points = np.random.default_rng(761).uniform(-1, 1, (2000, 2))
    networks = [predict, call(answer, x, y_true, np.random.default_rng(0))]
    first, second = (
        predictions(each, points, (2000,), "one label for each point") for each in networks
    )
    if not np.array_equal(first, second):
        raise Wrong(
            f"{share}, but a second run with the same `rng` gives a different network. Draw "
            "everything random from `rng`: the weights and the order of the samples."
        )
    noise = np.random.default_rng(762).integers(0, 3, len(y_true))
    looked_up = call(answer, x, noise, np.random.default_rng(0))
    labels = predictions(looked_up, x, noise.shape, "one label for each point")
    if np.mean(labels == noise) > 0.97:
        raise Wrong(
            "With random labels, it still gets the training points right, which a small network "
            "can't do. Does it look up the nearest point instead of learning boundaries?"
        )
    return f"{share}. That's a network that learns, and you wrote the loop."


def _joined(result):
    """Return a reader's batches joined to one array."""
    return np.concatenate(_cut(result, "for n = 10, batch_size = 4"))


def _cut(result, case):
    """Return a reader's batches as a list of arrays."""
    if isinstance(result, np.ndarray) and result.ndim != 2:
        raise Wrong(
            f"The exercise asks for a list of arrays, one for each batch. Received {case}: an "
            f"array of shape {result.shape}."
        )
    batches = [np.asarray(batch) for batch in items(result, 100, f"The list of batches {case}")]
    if not batches or any(b.ndim != 1 or b.dtype.kind not in "iu" for b in batches):
        raise Wrong(f"Each batch must be an array of whole numbers along one axis {case}.")
    return batches
