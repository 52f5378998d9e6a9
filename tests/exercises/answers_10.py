"""Answers to the exercises of chapter 10: regularization."""

import math

import numpy as np


def elastic(weight, strength_1, strength_2):
    return strength_1 * np.sign(weight) + 2 * strength_2 * weight


def elastic_by_loop(weight, strength_1, strength_2):
    slopes = []
    for w in weight.ravel().tolist():
        side = 0 if w == 0 else math.copysign(1, w)
        slopes.append(strength_1 * side + 2 * strength_2 * w)
    return np.reshape(slopes, weight.shape).tolist()


def strength(source, value, n):
    if source == "keras":
        return value
    if source == "pytorch":
        return value / 2
    return value / (2 * n)


def strength_from_gradient(source, value, n):
    added = {"keras": 2 * value, "pytorch": value, "mlp": value / n}
    return np.float64(added[source] / 2)


def other_strength(keras=1.0, pytorch=0.5, mlp=lambda n: 0.5 / n):
    def answer(source, value, n):
        return value * {"keras": keras, "pytorch": pytorch, "mlp": mlp(n)}[source]

    return answer


def soft(weight, amount):
    return np.sign(weight) * np.maximum(np.abs(weight) - amount, 0)


def soft_by_loop(weight, amount):
    moved = []
    for w in weight.ravel().tolist():
        if w > amount:
            moved.append(w - amount)
        elif w < -amount:
            moved.append(w + amount)
        else:
            moved.append(0)
    return np.reshape(moved, weight.shape).tolist()


def joined(weights):
    return np.concatenate([W.ravel() for W in weights])


def share(weights, threshold):
    return np.mean(np.abs(joined(weights)) < threshold)


def share_by_loop(weights, threshold):
    small = total = 0
    for W in weights:
        for row in W.tolist():
            for w in row:
                small += abs(w) < threshold
                total += 1
    return small / total


def shares(weights, threshold):
    return [np.mean(np.abs(W) < threshold) for W in weights]


def shrink_and_step(weight, grad, lr, strength):
    return (1 - 2 * lr * strength) * weight - lr * grad


def shrink_and_step_by_lines(weight, grad, lr, strength):
    weight = weight.copy()
    weight *= 1 - 2 * lr * strength
    weight -= lr * grad
    return weight.tolist()


def shrink_in_place(weight, grad, lr, strength):
    weight *= 1 - 2 * lr * strength
    weight -= lr * grad
    return weight


EXERCISES = {
    "10.1": {
        "stub": "answer = (..., ...)",
        "right": [(0.7, 1.05), [0.2 * 3.5, 0.2 * 5.25], (np.float32(0.7), np.array(1.05))],
        "wrong": [
            ((1.7, 1.05), "The bias goes free"),
            ((0.7, 4.45), "The bias goes free"),
            ((-0.1, 1.05), "−2 costs as much as 2"),
            ((3.5, 5.25), "Multiply it with the strength"),
            ((0.7, 5.25), "Multiply it with the strength"),
            ((1.05, 0.7), "The L1 price comes first"),
            ((0.175, 1.05), "the mean times the strength"),
            ((0.7, -0.55), "never negative"),
            ((0.7, 0.525), "no ½ in front"),
            ((0.7, 0.2 * 5.25**0.5), "no root"),
            ((0.7, 0.2625), "This is a mean"),
            ((0.7, 0.7), "L2 takes squares"),
            ((0.7, ...), "l2_price is still missing"),
            (0.7, "must return l1_price and l2_price"),
        ],
    },
    "10.2": {
        "stub": "def elastic_gradient(weight, strength_1, strength_2):\n    ...",
        "right": [
            elastic,
            elastic_by_loop,
            lambda w, a, b: np.float32(elastic(w, a, b)),
        ],
        "wrong": [
            (lambda w, a, b: a * np.abs(w).sum() + b * (w**2).sum(), "a single number"),
            (lambda w, a, b: a * np.abs(w) + b * w**2, "prices of the single weights"),
            (lambda w, a, b: a * np.sign(w) + b * w, "lacks its factor 2"),
            (lambda w, a, b: elastic(w, 2 * a, b), "the L2 part alone"),
            (lambda w, a, b: a * np.sign(w), "The L2 part is missing"),
            (lambda w, a, b: 2 * b * w, "The L1 part is missing"),
            (lambda w, a, b: elastic(w, b, a), "exchanged"),
            (lambda w, a, b: a + 2 * b * w, "−1 where w is negative"),
            (lambda w, a, b: a * np.where(w >= 0, 1, -1) + 2 * b * w, "exactly 0 has a kink"),
            (lambda w, a, b: a * np.where(w > 0, 1, -1) + 2 * b * w, "exactly 0 has a kink"),
            (lambda w, a, b: a * np.abs(w) + 2 * b * w, "the sign of the weight"),
            (lambda w, a, b: elastic(w, a, b).sum(), "the sum of the slopes"),
            (lambda w, a, b: elastic(w, a, -b), "wrong sign"),
        ],
    },
    "10.3": {
        "stub": "def our_strength(source, value, n):\n    ...",
        "right": [strength, strength_from_gradient],
        "wrong": [
            (other_strength(keras=0.5), "Keras writes"),
            (other_strength(keras=2), "Keras writes"),
            (lambda source, value, n: value / n, "Keras doesn't divide"),
            (lambda source, value, n: value, "So λ is half"),
            (other_strength(pytorch=2), "2 λ must equal PyTorch's"),
            (lambda s, v, n: v if s == "keras" else v / (2 * n), "PyTorch doesn't divide"),
            (other_strength(mlp=lambda n: 0.5), "also divides by n"),
            (other_strength(mlp=lambda n: 1 / n), "The half is missing"),
            (other_strength(mlp=lambda n: 1), "a half in front and is divided"),
            (other_strength(mlp=lambda n: 2 / n), "The other way round with the 2"),
            (other_strength(mlp=lambda n: n / 2), "The other way round with n"),
        ],
    },
    "10.4": {
        "stub": "def towards_zero(weight, amount):\n    ...",
        "right": [
            soft,
            soft_by_loop,
            lambda w, a: w - np.clip(w, -a, a),
            lambda w, a: np.float32(soft(w, a)),
        ],
        "wrong": [
            (lambda w, a: w - a * np.sign(w), "jump over zero"),
            (lambda w, a: np.where(w > 0, w - a, w + a), "what is 0 already"),
            (lambda w, a: np.clip(w, -a, a), "cuts the large weights off"),
            (lambda w, a: np.where(np.abs(w) > a, w, 0), "the large ones have to move"),
            (lambda w, a: np.maximum(np.abs(w) - a, 0), "lost their sign"),
            (lambda w, a: np.maximum(w - a, 0), "All negative weights became zero"),
            (lambda w, a: w - a, "Everything moved down"),
            (lambda w, a: w * (1 - a), "takes a share"),
            (lambda w, a: soft(w, a / 2), "Half of the amount"),
            (lambda w, a: np.sign(w) * np.maximum(np.abs(w), a), "Subtract the amount first"),
        ],
    },
    "10.5": {
        "stub": "def sparsity(weights, threshold):\n    ...",
        "right": [
            share,
            share_by_loop,
            lambda Ws, t: sum((abs(W) < t).sum() for W in Ws) / sum(W.size for W in Ws),
        ],
        "wrong": [
            (lambda Ws, t: np.mean(shares(Ws, t)), "the mean of the layers' shares"),
            (lambda Ws, t: np.mean(joined(Ws) < t), "Take absolute values"),
            (lambda Ws, t: np.sum(np.abs(joined(Ws)) < t), "how many they are"),
            (lambda Ws, t: np.sum(np.abs(joined(Ws)) < t) / len(Ws), "the number of matrices"),
            (lambda Ws, t: 1 - share(Ws, t), r"\*not\* small"),
            (lambda Ws, t: np.mean(joined(Ws) == 0), "exact zeros"),
            (lambda Ws, t: 100 * share(Ws, t), "in per cent"),
            (lambda Ws, t: shares(Ws, t), "the single layers"),
        ],
    },
    "10.6": {
        "stub": "def decay_step(weight, grad, lr, strength):\n    ...",
        "right": [
            shrink_and_step,
            shrink_and_step_by_lines,
            lambda w, g, lr, s: w - lr * (g + 2 * s * w),
        ],
        "wrong": [
            (lambda w, g, lr, s: shrink_and_step(w, g, lr, s / 2), "The factor 2 is missing"),
            (lambda w, g, lr, s: (1 - 2 * s) * w - lr * g, "needs the learning rate"),
            (lambda w, g, lr, s: w - lr * g - 2 * s * w, "needs the learning rate"),
            (lambda w, g, lr, s: (1 - 2 * lr * s) * (w - lr * g), "step first and shrink then"),
            (lambda w, g, lr, s: shrink_and_step(w, g + 2 * s * w, lr, s), "shrink twice"),
            (lambda w, g, lr, s: (1 - s) * w - lr * g, "and the learning rate"),
            (lambda w, g, lr, s: (1 - 2 * lr * s) * w, "the step along grad is missing"),
            (lambda w, g, lr, s: w - lr * g, "plain SGD"),
            (lambda w, g, lr, s: shrink_and_step(w, -g, lr, s), "uphill"),
            (lambda w, g, lr, s: (1 - 2 * lr * s) * w - g, "lacks the learning rate"),
            (lambda w, g, lr, s: shrink_and_step(w, g, lr, -s), "The weights grow"),
            (lambda w, g, lr, s: 2 * lr * s * w - lr * g, "what should be taken away"),
            (lambda w, g, lr, s: (w, g), "the new weights alone"),
            (shrink_in_place, "changes its argument weight"),
        ],
    },
}
