"""Answers to the exercises of chapter 18: PyTorch and Keras. They need neither of the two."""

import numpy as np


def running(means, momentum, start=0.0):
    for mean in means:
        start = momentum * start + (1 - momentum) * mean
    return start


def running_by_sum(means, momentum):
    age = np.arange(len(means))[::-1]
    return np.sum((1 - momentum) * momentum**age * np.asarray(means))


def running_by_recursion(means, momentum):
    if not len(means):
        return 0.0
    return momentum * running_by_recursion(means[:-1], momentum) + (1 - momentum) * means[-1]


def loss_alone(factor=1.0, measure=np.square, which=slice(None)):
    def answer(reported, weights, strength):
        return reported - factor * strength * sum(measure(W).sum() for W in weights[which])

    return answer


def loss_by_dot(reported, weights, strength):
    return reported - strength * sum(W.ravel() @ W.ravel() for W in weights)


def loss_by_loop(reported, weights, strength):
    for W in weights:
        for row in W:
            for w in row:
                reported -= strength * w**2
    return reported


def linear(x, weight, bias):
    return x @ weight.T + bias


def linear_by_loop(x, weight, bias):
    return [
        [
            sum(w * a for w, a in zip(unit, row, strict=True)) + b
            for unit, b in zip(weight, bias, strict=True)
        ]
        for row in x
    ]


def linear_untransposed(x, weight, bias):
    return x @ (weight if weight.shape[0] == weight.shape[1] else weight.T) + bias


def step(ours=lambda eps, beta2: eps, theirs=lambda eps, beta2: eps / np.sqrt(1 - beta2)):
    def answer(grad, lr, eps, keras=False, beta2=0.999):
        return lr * abs(grad) / (abs(grad) + (theirs if keras else ours)(eps, beta2))

    return answer


def step_by_running_adam(grad, lr, eps, keras=False, beta2=0.999):
    m, v = 0.1 * grad, (1 - beta2) * grad**2
    if keras:
        return np.abs(lr * np.sqrt(1 - beta2) / 0.1 * m / (np.sqrt(v) + eps))
    return np.abs(lr * (m / 0.1) / (np.sqrt(v / (1 - beta2)) + eps))


def pairs(state, key=int, transpose=np.transpose, reverse=False):
    places = {name.split(".")[0] for name in state}
    return [
        (transpose(state[f"{place}.weight"]), state[f"{place}.bias"])
        for place in sorted(places, key=key, reverse=reverse)
    ]


def pairs_by_loop(state):
    result = []
    for place in range(1000):
        if f"{place}.weight" in state:
            result += [[state[f"{place}.weight"].T, state[f"{place}.bias"]]]
    return result


def pairs_in_place(state):
    for name in state:
        state[name] = state[name].T
    return pairs(state, transpose=lambda W: W)


def in_the_dictionary(state):
    names = [name for name in state if name.endswith("weight")]
    return [(state[name].T, state[name.replace("weight", "bias")]) for name in names]


EXERCISES = {
    "18.1": {
        "stub": "def weight_decay(strength):\n    ...",
        "right": [
            lambda strength: 2 * strength,
            lambda strength: strength + strength,
            lambda strength: np.float32(2 * strength),
        ],
        "wrong": [
            (lambda strength: strength, "half as strong"),
            (lambda strength: strength / 2, "You divided"),
            (lambda strength: strength**2, "square of the strength"),
            (lambda strength: 1e-3, "expected 0.6"),
        ],
    },
    "18.2": {
        "stub": "def running_mean(batch_means, momentum):\n    ...",
        "right": [running, running_by_sum, running_by_recursion],
        "wrong": [
            (lambda means, momentum: running(means, 1 - momentum), "share of the new batch"),
            (lambda means, momentum: running(means[:1], momentum), "Only the first batch"),
            (lambda means, momentum: running(means[1:], momentum, means[0]), "starts with 0"),
            (lambda means, momentum: np.mean(means), "plain mean"),
            (lambda means, momentum: running(means[::-1], momentum), "from the last to the first"),
        ],
    },
    "18.3": {
        "stub": "def loss_alone(reported, weights, strength):\n    ...",
        "right": [loss_alone(), loss_by_dot, loss_by_loop],
        "wrong": [
            (loss_alone(-1.0), "once more"),
            (loss_alone(2.0), "twice too much"),
            (loss_alone(0.5), "half of it"),
            (lambda r, W, s: loss_alone()(r, W, 1.0), "strength is missing"),
            (loss_alone(measure=np.abs), "penalty of L1"),
            (loss_alone(measure=np.copy), "weights themselves"),
            (lambda r, W, s: r - s * sum(np.linalg.norm(A) for A in W), "roots of the sums"),
            (loss_alone(which=slice(1)), "Only the first array"),
            (loss_alone(which=slice(-1, None)), "Only the last array"),
        ],
    },
    "18.4": {
        "stub": "def linear(x, weight, bias):\n    ...",
        "right": [
            linear,
            linear_by_loop,
            lambda x, weight, bias: np.einsum("ni,oi->no", x, weight) + bias,
            lambda x, weight, bias: linear(x, weight, bias).astype(np.float32),
        ],
        "wrong": [
            (lambda x, weight, bias: x @ weight.T, "bias is missing"),
            (lambda x, weight, bias: x @ weight.T - bias, "subtracted"),
            (lambda x, weight, bias: linear(x, weight, bias).T, "a column for each sample"),
            (
                lambda x, weight, bias: x @ weight.reshape(weight.shape[::-1]) + bias,
                "You used reshape",
            ),
            (linear_untransposed, "isn't transposed"),
            (lambda x, weight, bias: x @ weight + bias, "first axis of b"),
        ],
    },
    "18.5": {
        "stub": "def first_step(grad, lr, eps, keras=False, beta2=0.999):\n    ...",
        "right": [step(), step_by_running_adam],
        "wrong": [
            (lambda grad, *rest: np.sign(grad) * step()(grad, *rest), "A length has no sign"),
            (lambda grad, lr, eps, keras=False: lr * grad / (grad + eps), "absolute"),
            (
                lambda grad, lr, eps, keras=False: lr * abs(grad) / np.sqrt(grad**2 + eps),
                "under the root",
            ),
            (lambda grad, lr, *rest: step()(grad, 1.0, *rest), "learning rate is missing"),
            (lambda grad, lr, *rest: np.full(grad.shape, lr), "ε is missing"),
            (lambda grad, lr, eps, keras=False: step()(grad, lr, eps, not keras), "wrong way"),
            (lambda grad, lr, eps, keras=False: step()(grad, lr, eps), "isn't used"),
            (step(theirs=lambda eps, beta2: eps / (1 - beta2)), "The root is missing"),
            (step(theirs=lambda eps, beta2: eps * np.sqrt(1 - beta2)), "Divide"),
        ],
    },
    "18.6": {
        "stub": "def dense_pairs(state):\n    ...",
        "right": [pairs, pairs_by_loop],
        "wrong": [
            (lambda state: pairs(state, key=str), "'10' comes before '2'"),
            (lambda state: pairs(state, reverse=True), "reverse order"),
            (in_the_dictionary, "in the order of the dictionary"),
            (lambda state: pairs(state, transpose=lambda W: W), "transpose them"),
            (
                lambda state: pairs(state, transpose=lambda W: W.reshape(W.shape[::-1])),
                "You used reshape",
            ),
            (lambda state: [(b, W) for W, b in pairs(state)], "The weight comes first"),
            (lambda state: pairs(state)[:-1], "one pair"),
            (lambda state: [W for W, _ in pairs(state)], "W and b"),
            (dict, "list of pairs"),
            (pairs_in_place, "changes the dictionary"),
        ],
    },
}
