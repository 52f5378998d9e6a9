"""The checks of chapter 7's exercises: mini-batches, steps of optimizers, a training loop."""

import numpy as np

from shared.datasets import spiral
from shared.exercises import exercise, rules
from shared.exercises.compare import (
    Wrong,
    call,
    expect,
    expect_parts,
    finite,
    items,
    parts,
    predictions,
)


@exercise("7.1")
def mini_batches(answer):
    """The indices of the samples, shuffled and cut."""
    for n, batch_size in [(10, 4), (9, 4), (12, 3), (5, 8)]:
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
                    f"{sorted(places.tolist())}. {_cut_badly(places, n)}"
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
                "in: a fixed order, or a generator made anew in each call, starts over every time."
            )
        if all(order in (list(range(n)), list(range(n))[::-1]) for order in orders):
            raise Wrong(
                "The samples come in their original order or backward, and in no other order. "
                "rng.permutation makes every order equally likely."
            )
        if n > batch_size and all(these == members[0] for these in members):
            raise Wrong(
                "The same samples are always together in a batch. Shuffle all of them first, then "
                "cut."
            )
        if in_order and batch_size > 2:
            raise Wrong(
                "Each batch is sorted inside. The samples of a batch should stay in the order in "
                "which they were drawn. Did you sort after shuffling?"
            )
        if any([batch.size for batch in batches] != wanted for batches in received):
            raise Wrong(
                f"The batches must have the sizes {wanted} {case}: the smaller batch comes last."
            )
    rules.draws_from_rng(lambda rng: _joined(call(answer, 10, 4, rng)))
    _random_order(answer)
    return "Every sample once in an epoch, in different batches each time."


def _cut_badly(places, n):
    """Return the likely cause of indices that aren't 0 to n - 1, each once."""
    if len(set(places.tolist())) < len(places):
        return (
            "Some occur more than once. Draw the order once with rng.permutation, then cut it so "
            "that each batch begins where the one before it ends."
        )
    if places.max(initial=0) < n:
        return "Some are missing. Check where each batch begins and where it ends."
    return "Some are too large. rng.permutation(n) gives each index from 0 to n - 1 once."


def _random_order(answer):
    """Every sample is equally often in every place, and equally often follows every other."""
    n, calls = 6, 200
    rng = np.random.default_rng(711)
    places, followers = np.zeros((2, n, n), int)
    rotations = 0
    for _ in range(calls):
        order = np.concatenate(_cut(call(answer, n, 4, rng), "for n = 6, batch_size = 4"))
        places[order, np.arange(n)] += 1
        followers[order[:-1], order[1:]] += 1
        rotations += len(set(np.diff(order, append=order[0]) % n)) == 1
    # With random orders, a count has a mean of 33 and a standard deviation of 5.
    mean, far = calls / n, 27
    compare = f"in a random order it would be about {mean:.0f}"
    fix = "rng.permutation makes every order equally likely."
    if rotations == calls:
        raise Wrong(f"The order isn't random enough: the samples are only rotated. {fix}")
    if followers.max() > mean + far:
        first, second = np.unravel_index(followers.argmax(), followers.shape)
        raise Wrong(
            f"The order isn't random enough. In {calls} calls, sample {second} came right after "
            f"sample {first} in {followers[first, second]}; {compare}. {fix}"
        )
    if abs(places - mean).max() > far:
        sample, place = np.unravel_index(abs(places - mean).argmax(), places.shape)
        raise Wrong(
            f"The order isn't random enough. In {calls} calls, sample {sample} was at index "
            f"{place} in {places[sample, place]}; {compare}. {fix}"
        )


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
                    "velocity is in the chapter's form. Here it includes the learning rate and the "
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
                (
                    momentum * velocity - grad,
                    "velocity lacks the learning rate: the gradient is multiplied by lr.",
                ),
                (
                    lr * (momentum * velocity - grad),
                    "velocity multiplies the old velocity by lr, too. Only the gradient gets lr.",
                ),
                (
                    lr * velocity - momentum * grad,
                    "velocity has lr and momentum swapped: momentum * velocity - lr * grad.",
                ),
                (
                    0.9 * velocity - lr * grad,
                    "velocity always keeps 0.9 of the old velocity. Use the argument momentum.",
                ),
                (-lr * grad, "velocity drops the old velocity. Add momentum * velocity."),
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
                    value + momentum * new - lr * grad,
                    "value looks ahead, as in Nesterov's variant. The exercise asks for momentum.",
                ),
                (new, "value is only the step. Add the new velocity to the old value."),
                (value, "value is the old one. Add the new velocity to it."),
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
        asked = [0, 1, steps // 2, steps - 1, steps, steps + 1, 3 * steps]
        received = [
            finite(call(answer, step, lr, steps), f"`straight({step}, {lr}, {steps})`", ())
            for step in asked
        ]
        t = np.array(asked)
        left = 1 - t / steps
        right = lr * np.maximum(0, left)
        if np.allclose(received, right, rtol=0, atol=1e-6):
            for step, one in zip(asked, received, strict=True):
                if step >= steps and abs(one) > 1e-12:
                    raise Wrong(
                        f"At step {step} of {steps}, the learning rate is {one:.2g}. It must be 0, "
                        "not nearly 0."
                    )
            continue
        for wrong, explanation in _lines_of_another_kind(t, lr, steps):
            for line in [wrong, np.maximum(0, wrong)]:
                if np.allclose(received, line, rtol=0, atol=1e-6):
                    raise Wrong(explanation)
        for step, one, expected in zip(asked, received, right, strict=True):
            name = f"`straight({step}, {lr}, {steps})`"
            expect(one, expected, name, mistakes=_single_rates(step, lr, steps))
    return "Down in a straight line, and flat from there."


def _lines_of_another_kind(t, lr, steps):
    """Return what typical mistakes lead to at the steps ``t``, and what to say about it."""
    left = 1 - t / steps
    right = lr * np.maximum(0, left)
    return [
        (
            np.full(len(t), lr),
            "It's lr at every step: the learning rate never falls. `max` keeps the larger of two "
            "numbers. Is lr one of them?",
        ),
        (
            lr * (1 - np.minimum(t // steps, 1)),
            "The learning rate stays at lr and drops at the end. Did you use `step // steps`, "
            "which is rounded down?",
        ),
        *(
            (np.round(right, digits), "The learning rate is rounded. Return all its digits.")
            for digits in (1, 2, 3)
        ),
        (
            lr * left,
            f"After step {steps} the learning rate is negative: the network would go uphill. It "
            "must stay at 0.",
        ),
        (lr * abs(left), f"After step {steps} the learning rate rises again. It must stay at 0."),
        (
            np.where(t > steps, lr, right),
            f"After step {steps} the learning rate is lr again. It must stay at 0.",
        ),
        (
            np.where(t >= steps, lr, right),
            f"At step {steps} it's lr. It should have reached 0 there.",
        ),
        (
            lr * t / steps,
            "It rises. At step 0 it must be lr, and 0 at step `steps`.",
        ),
        (
            lr * np.minimum(t / steps, 1),
            "It rises. At step 0 it must be lr, and 0 at step `steps`.",
        ),
        (left, "This is the fraction that is left. Multiply it by lr."),
        (
            lr * 0.5 * (1 + np.cos(np.pi * np.minimum(t / steps, 1))),
            "This is the cosine. The exercise asks for a straight line.",
        ),
        (
            lr * (1 - t / (steps - 1)),
            "It falls a little too fast, to 0 at step `steps - 1`. It should get there at step "
            "`steps`.",
        ),
        (
            lr * (1 - (t + 1) / steps),
            "It's one step ahead: at step 0 it must be lr itself.",
        ),
        (
            lr * (1 - t / (steps + 1)),
            "It falls a little too slowly, to 0 at step `steps + 1`. It should get there at step "
            "`steps`.",
        ),
        (
            right * np.maximum(0, left),
            "It falls along a parabola: the fraction that's left is squared. The exercise asks for "
            "a straight line.",
        ),
        (
            lr * (1 - np.minimum(t / steps, 1) ** 2),
            "It falls along a parabola: the fraction that's done is squared. The exercise asks for "
            "a straight line.",
        ),
        (
            lr * np.sqrt(np.maximum(0, left)),
            "It falls like a square root. The exercise asks for a straight line.",
        ),
        (
            lr - t / steps,
            "lr belongs to the whole line: lr * (1 - step / steps).",
        ),
    ]


def _single_rates(step, lr, steps):
    """Return what single learning rates say about an answer that fits no other line."""
    if step == 0:
        return [
            (0, "It starts at 0. At step 0 it must be lr."),
            (1, "It starts at 1. At step 0 it must be lr."),
        ]
    if step == steps:
        return [(lr, f"At step {steps} it's lr. It should have reached 0 there.")]
    return []


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
                    "mean is the corrected one. The next step goes on from the uncorrected mean: "
                    "return that, and use the corrected one only to move value.",
                ),
                (
                    betas[1] * mean + (1 - betas[1]) * grad,
                    "mean uses β2. The first of betas is β1, and mean uses that one.",
                ),
                (
                    (1 - betas[0]) * mean + betas[0] * grad,
                    "mean has its weights swapped. It keeps β1 of the old mean and adds 1 - β1 "
                    "times the gradient.",
                ),
                (
                    betas[0] * mean + (1 - betas[0]) * np.abs(grad),
                    "mean uses the size of the gradient. Only largest ignores the sign.",
                ),
                (
                    betas[0] * mean - (1 - betas[0]) * grad,
                    "mean has the wrong sign before the gradient. The minus sign belongs to the "
                    "step of value.",
                ),
                (grad, "mean is the gradient itself. Average it with the old mean."),
                (
                    0.9 * mean + 0.1 * grad,
                    "mean always keeps 0.9 of the old mean. Use the first of betas.",
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
                    betas[1] * largest + (1 - betas[1]) * np.abs(grad),
                    "largest is a moving average of the sizes. Here it's a maximum.",
                ),
                (
                    betas[1] * largest + np.abs(grad),
                    "largest is a sum. Take the larger of the two numbers: np.maximum.",
                ),
                (
                    np.maximum(0.999 * largest, np.abs(grad)),
                    "largest always keeps 0.999 of the old one. Use the second of betas.",
                ),
                (
                    np.maximum(betas[1] * largest, grad * grad),
                    "largest uses the square of the gradient. Use its absolute value.",
                ),
                (
                    np.maximum(largest, betas[1] * np.abs(grad)),
                    "largest multiplies the gradient by β2. Multiply the old largest instead.",
                ),
                (
                    betas[1] * np.maximum(largest, np.abs(grad)),
                    "largest multiplies the gradient by β2, too. Multiply only the old largest.",
                ),
                (
                    np.maximum(betas[1] * largest, (1 - betas[1]) * np.abs(grad)),
                    "largest has an extra factor 1 - β2 on the gradient. This is a maximum, not an "
                    "average.",
                ),
                (
                    np.maximum(betas[1] * largest, np.abs(new_mean)),
                    "largest is compared with mean. Compare it with the size of the gradient.",
                ),
                (
                    np.maximum(betas[1] * largest, new_mean),
                    "largest is compared with mean. Compare it with the size of the gradient.",
                ),
                (
                    np.minimum(betas[1] * largest, np.abs(grad)),
                    "largest is a minimum. Take the larger of the two: np.maximum.",
                ),
                (
                    np.maximum(betas[0] * largest, np.abs(grad)),
                    "largest uses β1. The second of betas is β2, and largest uses that one.",
                ),
                (
                    np.abs(grad),
                    "largest ignores the old one. Take the larger of β2 times that and the size of "
                    "the gradient.",
                ),
                (
                    np.full(size, new_largest.max()),
                    "largest is the same everywhere. Take the maximum elementwise, for each number "
                    "by itself.",
                ),
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
                    value - lr * new_mean / c1 * new_largest,
                    "value multiplies by largest. Divide by it. In a / b * c, Python multiplies by "
                    "c: write a / (b * c) or a / b / c.",
                ),
                (
                    value - lr * new_mean * c1 / new_largest,
                    "value multiplies by 1 - β1ᵗ. Divide by it.",
                ),
                (
                    value - (lr * new_mean / 1 - betas[0] ** step / new_largest),
                    "value lacks parentheses: in mean / 1 - β1ᵗ, Python divides before it "
                    "subtracts. Write mean / (1 - β1ᵗ).",
                ),
                (
                    value - (lr * new_mean / 1 - betas[0] ** step) / new_largest,
                    "value lacks parentheses: in mean / 1 - β1ᵗ, Python divides before it "
                    "subtracts. Write mean / (1 - β1ᵗ).",
                ),
                (
                    value - lr * (new_mean / 1 - betas[0] ** step) / new_largest,
                    "value lacks parentheses: in mean / 1 - β1ᵗ, Python divides before it "
                    "subtracts. Write mean / (1 - β1ᵗ).",
                ),
                (
                    value - lr * (new_mean / 1 - betas[0] ** step / new_largest),
                    "value lacks parentheses: in mean / 1 - β1ᵗ, Python divides before it "
                    "subtracts. Write mean / (1 - β1ᵗ).",
                ),
                (
                    value - new_mean / c1 / new_largest,
                    "value lacks the learning rate. Multiply the step by lr.",
                ),
                (
                    value - lr * np.sign(new_mean),
                    "value moves by lr everywhere. Divide the corrected mean by largest.",
                ),
                (
                    value - lr * new_mean / c1,
                    "value isn't divided by largest.",
                ),
                (
                    lr * new_mean / c1 / new_largest,
                    "value is only the step. Subtract it from the old value.",
                ),
                (value, "value is the old one. Subtract the step from it."),
                (
                    value - lr * grad / new_largest,
                    "value is moved by the gradient. Use the corrected mean instead.",
                ),
                (
                    value - lr * grad / c1 / new_largest,
                    "value is moved by the gradient. Use the mean instead.",
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
                (before, "value is corrected for one step too many. `step` is 1 in the first step.")
            )
            after = value - lr * new_mean / (1 - betas[0] ** (step - 1)) / new_largest
            mistakes["value"].append(
                (after, "value is corrected for one step too few. `step` is 1 in the first step.")
            )
            times = value - lr * new_mean / (1 - betas[0] * step) / new_largest
            mistakes["value"].append(
                (times, "value is corrected by 1 - β1 * t. It's a power: 1 - β1ᵗ.")
            )
            old = value - lr * mean / c1 / new_largest
            mistakes["value"].append((old, "value is moved by the old mean. Update mean first."))
            undivided = value - lr * new_mean / c1 / largest
            mistakes["value"].append(
                (undivided, "value is divided by the old largest. Update largest first.")
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
    # Limits, and lengths as multiples of them; the last two are close to 1 on either side.
    cases = [(1.5, 6.0), (4.0, 0.1), (0.5, 9.0), (4.0, 0.7), (3.0, 1.001), (3.0, 0.999)]
    for limit, share in cases:
        grads = [rng.normal(size=shape) for shape in [(3, 4), (4,), (4, 2)]]
        grads[1] *= 4  # the longest array is neither the first nor the last
        factor = share * limit / np.sqrt(sum((g * g).sum() for g in grads))
        grads = tuple(factor * g for g in grads)
        length = float(np.sqrt(sum((g * g).sum() for g in grads)))
        right = [g * min(1.0, limit / length) for g in grads]
        own = [g * min(1.0, limit / np.linalg.norm(g)) for g in grads]
        received = call(answer, grads, limit)
        _compare_clipped(_clipped(received, 3), grads, limit, right, own, length)
    _clip_zeros(answer)
    return "One factor for all: a shorter step in the same direction."


def _clipped(received, count):
    """Return a reader's gradients, which must be a list of arrays."""
    received = parts(received, [f"gradient {place}" for place in range(count)])
    _refuse_other_types(received, "gradient", "")
    return received


def _compare_clipped(received, grads, limit, right, own, length):
    """Compare all gradients with what one mistake would make of all of them."""
    largest = max(np.abs(g).max() for g in grads)
    total = sum(np.abs(g).sum() for g in grads)
    lengths = [np.linalg.norm(g) for g in grads]
    mean_root = length / np.sqrt(sum(g.size for g in grads))
    mistakes = [
        (
            [np.clip(g, -limit, limit) for g in grads],
            "Each number is clipped by itself, which changes the direction. Multiply all numbers "
            "by the same factor.",
        ),
        (
            own,
            "Each array is shortened by itself, which changes the direction. Use one length for "
            "all of them together.",
        ),
        (
            [g * min(1.0, limit / lengths[0]) for g in grads],
            "The length is that of the first array only. All arrays together are one long vector.",
        ),
        (
            [g * min(1.0, limit / lengths[-1]) for g in grads],
            "The length is that of the last array only. All arrays together are one long vector.",
        ),
        (
            [g * min(1.0, limit / max(lengths)) for g in grads],
            "The length is that of the longest array only. All arrays together are one long "
            "vector.",
        ),
        (
            [g * min(1.0, limit / np.mean(lengths)) for g in grads],
            "The length is the mean of the arrays' lengths. Add up the squares of all numbers "
            "first, then take one root.",
        ),
        (
            [g * min(1.0, limit / sum(lengths)) for g in grads],
            "The length is the sum of the arrays' lengths. Add up the squares of all numbers "
            "first, then take one root.",
        ),
        (
            [g * min(1.0, limit / length**2) for g in grads],
            "The root is missing: the length is the root of the sum of squares.",
        ),
        ([g / length for g in grads], "The length has become 1. It should be `limit`."),
        (
            [g * min(1.0, limit / largest) for g in grads],
            "The largest number has become `limit`. What counts is the length of all of them "
            "together, the root of the sum of squares.",
        ),
        (
            [g * min(1.0, limit / total) for g in grads],
            "The length is the sum of absolute values. It should be the root of the sum of "
            "squares.",
        ),
        (
            [g * (length / limit) for g in grads],
            "The factor is upside down. It should be limit / length, which is below 1.",
        ),
        (
            [g * min(1.0, limit / mean_root) for g in grads],
            "The length uses the mean of the squares. It should be the root of their sum.",
        ),
        (
            [g * limit for g in grads],
            "Every gradient is multiplied by `limit`. The factor is limit / length, and only if "
            "the length is above the limit.",
        ),
    ]
    scaled = [g * limit / length for g in grads]
    side = "above" if length > limit else "below"
    close = f"The length {length:.4f} is {side} the limit {limit}, but the gradients are "
    ask = " Is the length compared with `limit` itself?"
    if abs(length / limit - 1) < 0.01 and length > limit:
        mistakes.insert(0, (grads, f"{close}not shortened.{ask}"))
    elif abs(length / limit - 1) < 0.01:
        mistakes.insert(0, (scaled, f"{close}made longer.{ask}"))
    elif length > limit:
        mistakes.append((grads, "The gradients are too long, but nothing is shortened."))
    else:
        longer = "Gradients shorter than the limit are made longer. Leave them as they are."
        if length**2 > limit:
            longer += " Did you compare the sum of the squares with the limit, without its root?"
        mistakes.insert(0, (scaled, longer))
    if not _all_close(received, right):
        for wrong, explanation in mistakes:
            if _all_close(received, wrong):
                raise Wrong(explanation)
    for place, expected in enumerate(right):
        expect(received[place], expected, f"gradient {place}")


def _all_close(received, expected):
    return all(
        a.shape == b.shape and a.dtype.kind in "biuf" and np.allclose(a, b, rtol=1e-5, atol=1e-7)
        for a, b in zip(received, expected, strict=True)
    )


def _clip_zeros(answer):
    """Gradients that are all zero stay zero."""
    with np.errstate(divide="ignore", invalid="ignore"):
        received = _clipped(call(answer, (np.zeros(2), np.zeros((1, 3))), 1.5), 2)
    for place, result in enumerate(received):
        name = f"gradient {place}"
        if np.isnan(result.astype(float)).any():
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
    if not np.isin(labels, [0, 1, 2]).all():
        raise Wrong(
            "predict must return the labels 0, 1, and 2. Received numbers from "
            f"{labels.min():.4g} to {labels.max():.4g}. Does it return the highest score instead "
            "of its index? argmax(axis=1) gives the index, counted from 0."
        )
    right = float(np.mean(labels == y_true))
    share = f"{100 * right:.0f}% of the points are right"
    if len(np.unique(labels)) == 1:
        raise Wrong(
            f"{share}: every point gets the same label. Is the learning rate too large? Then the "
            "scores can become NaN, and the label is always 0. Or did it not learn at all?"
        )
    if right < 0.15:
        raise Wrong(
            f"{share}, fewer than by guessing. Does predict take the highest score, or the lowest? "
            "Are the gradients subtracted, not added?"
        )
    if right < 0.45:
        raise Wrong(
            f"{share}, about as many as by guessing. Are the gradients subtracted, is backward "
            "called before step, and is the learning rate neither too large nor too small?"
        )
    if right < 0.65:
        raise Wrong(
            f"{share}, about as many as with straight boundaries. Is the learning rate too large "
            "or too small? Does it train long enough? Is there a ReLU between the two layers, and "
            "are there enough neurons?"
        )
    if right < 0.95:
        raise Wrong(
            f"{share}: it learns, but not far enough. Try more epochs, smaller batches, another "
            "learning rate, or more hidden neurons."
        )
    noise = np.random.default_rng(762).integers(0, 3, len(y_true))
    noisy = call(answer, x, noise, np.random.default_rng(0))
    labels = predictions(noisy, x, noise.shape, "one label for each point")
    if np.mean(labels == noise) > 0.97:
        raise Wrong(
            "With random labels, it still gets the training points right, which a small network "
            "can't do. Does it look the labels up instead of learning boundaries?"
        )
    if np.mean(labels == y_true) > 0.9:
        raise Wrong(
            "With random labels, it still finds the arms of the spiral, so it doesn't use "
            "`y_true`. A network learns from the labels it is given."
        )
    if rng.bit_generator.state == np.random.default_rng(0).bit_generator.state:
        raise Wrong(
            f"{share}, but nothing was drawn from `rng`. A network starts with random weights: "
            "draw them, and the order of the samples, from it."
        )
    points = np.random.default_rng(761).uniform(-1, 1, (2000, 2))
    networks = [predict, call(answer, x, y_true, np.random.default_rng(0))]
    first, second = (
        predictions(each, points, (2000,), "one label for each point") for each in networks
    )
    if not np.array_equal(first, second):
        raise Wrong(
            f"{share}, but a second run with the same `rng` gives a different network. Draw "
            "all random numbers from `rng`: the weights and the order of the samples."
        )
    return (
        f"{share}, and the same `rng` gives the same answer again. If you wrote forward, loss, "
        "backward, and update from memory, you can train a network."
    )


def _joined(result):
    """Return a reader's batches joined to one array."""
    return np.concatenate(_cut(result, "for n = 10, batch_size = 4"))


def _cut(result, case):
    """Return a reader's batches as a list of arrays."""
    if isinstance(result, np.ndarray):
        raise Wrong(
            f"The exercise asks for a list of arrays, one for each batch. Received {case}: an "
            f"array of shape {result.shape}."
        )
    batches = items(result, 100, f"The list of batches {case}")
    if not isinstance(result, list):
        raise Wrong(
            f"The exercise asks for a list of arrays. Received {case}: a {type(result).__name__}."
        )
    _refuse_other_types(batches, "batch", f" {case}")
    if not batches:
        raise Wrong(f"There must be at least one batch {case}. Received: an empty list.")
    for place, batch in enumerate(batches):
        if batch.ndim != 1 or batch.dtype.kind not in "iu":
            raise Wrong(
                "Each batch must be a one-dimensional array of whole numbers. Received "
                f"{case} as batch {place}: an array of {batch.dtype} with shape {batch.shape}."
            )
    return batches


def _refuse_other_types(received, name, case):
    """Raise `Wrong` if one of a reader's arrays isn't an array."""
    for place, one in enumerate(received):
        if not isinstance(one, np.ndarray):
            raise Wrong(
                f"The exercise asks for arrays. Received{case} as {name} {place}: a "
                f"{type(one).__name__}."
            )
