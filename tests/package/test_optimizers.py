"""The optimizers against their textbook formulas, written out here a second time.

test_against_pytorch.py compares the same trajectories with PyTorch's.
"""

import copy
import json

import numpy as np
import pytest
from helpers_cases import OPTIMIZER_CLASSES, OPTIMIZERS, rng
from helpers_trajectories import gradient, start, trajectory

from shared import optimizers
from shared.layers import Parameter
from shared.optimizers import SGD, AdaGrad, Adam, AdamW, Optimizer, RMSProp
from shared.schedules import Cosine

ALL = pytest.mark.parametrize("name", OPTIMIZERS)


def test_every_class_has_a_case():
    assert {type(make(start())) for make in OPTIMIZERS.values()} == OPTIMIZER_CLASSES


# --- The rules ----------------------------------------------------------------------------------


def sgd(theta, g, memory, t, lr):
    return theta - lr * g


def momentum(theta, g, memory, t, lr):
    memory["v"] = 0.8 * memory.get("v", 0) + g
    return theta - lr * memory["v"]


def nesterov(theta, g, memory, t, lr):
    memory["v"] = 0.8 * memory.get("v", 0) + g
    return theta - lr * g - lr * 0.8 * memory["v"]


def adagrad(theta, g, memory, t, lr):
    memory["s"] = memory.get("s", 0) + g**2
    return theta - lr / (memory["s"] ** 0.5 + 1e-6) * g


def rmsprop(theta, g, memory, t, lr):
    memory["s"] = 0.95 * memory.get("s", 0) + 0.05 * g**2
    return theta - lr / (memory["s"] ** 0.5 + 1e-6) * g


def adam(theta, g, memory, t, lr):
    memory["m"] = 0.8 * memory.get("m", 0) + 0.2 * g
    memory["v"] = 0.99 * memory.get("v", 0) + 0.01 * g**2
    m_hat = memory["m"] / (1 - 0.8**t)
    v_hat = memory["v"] / (1 - 0.99**t)
    return theta - lr * m_hat / (v_hat**0.5 + 1e-6)


def adamw(theta, g, memory, t, lr):
    return adam(theta - lr * 0.1 * theta, g, memory, t, lr)


RULES = {
    "SGD": sgd,
    "momentum": momentum,
    "Nesterov": nesterov,
    "AdaGrad": adagrad,
    "RMSProp": rmsprop,
    "Adam": adam,
    "AdamW": adamw,
}


def by_the_rule(rule, lr, steps=200):
    """Train the problem of helpers_trajectories, each number of each parameter on its own."""
    thetas = [p.value.copy() for p in start()]
    memories = [{} for _ in thetas]
    path = []
    for t in range(1, steps + 1):
        grads = gradient(thetas, t - 1)
        rate = lr(t - 1) if callable(lr) else lr
        thetas = [
            rule(theta, g, memory, t, rate)
            for theta, g, memory in zip(thetas, grads, memories, strict=True)
        ]
        path.append(np.concatenate([theta.ravel() for theta in thetas]))
    return np.array(path)


@ALL
@pytest.mark.parametrize("schedule", [(), (Cosine(0.05, 150),)], ids=["constant", "cosine"])
def test_200_steps_of_the_textbook(name, schedule):
    parameters = start()
    optimizer = OPTIMIZERS[name](parameters, *schedule)
    ours = trajectory(optimizer, parameters)
    theirs = by_the_rule(RULES[name], optimizer.lr)
    assert np.abs(ours[-1] - ours[0]).max() > 0.1  # it has come a long way
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("make", "first", "second"),
    [
        # The gradients are 2 and then -1, the learning rate is 0.1, the parameter starts at 1.
        (lambda p: SGD(p, 0.1), 0.8, 0.9),
        (lambda p: SGD(p, 0.1, momentum=0.5), 0.8, 0.8),
        (lambda p: SGD(p, 0.1, momentum=0.5, nesterov=True), 0.7, 0.8),
        (lambda p: AdaGrad(p, 0.1, eps=0.5), 1 - 0.2 / 2.5, 0.92 + 0.1 / (5**0.5 + 0.5)),
        (lambda p: RMSProp(p, 0.1, rho=0.75, eps=0.5), 1 - 0.2 / 1.5, 1 - 0.2 / 1.5 + 0.1 / 1.5),
        (lambda p: Adam(p, 0.1, betas=(0.5, 0.75), eps=0.5), 1 - 0.2 / 2.5, 0.92),
        (lambda p: AdamW(p, 0.1, betas=(0.5, 0.75), eps=0.5, weight_decay=1.0), 0.82, 0.738),
    ],
    ids=list(OPTIMIZERS),
)
def test_two_steps_by_hand(make, first, second):
    # RMSProp: s = 4 / 4 = 1, then 3/4 + 1/4 = 1. Adam: m = 1 and then 0, so the second step is 0.
    parameter = Parameter(np.array([1.0]))
    optimizer = make([parameter])
    parameter.grad = [2.0]
    optimizer.step()
    np.testing.assert_allclose(parameter.value, [first], rtol=1e-14)
    parameter.grad = [-1.0]
    optimizer.step()
    np.testing.assert_allclose(parameter.value, [second], rtol=1e-14)


@pytest.mark.parametrize("g", [1e-3, 1.0, -50.0])
def test_adams_first_step_is_the_learning_rate_whatever_the_gradient(g):
    # What the two bias corrections are for: without them it would be 3.2 times as long.
    parameter = Parameter(np.zeros(2))
    optimizer = Adam([parameter], lr=0.1)
    parameter.grad = [g, g]
    optimizer.step()
    np.testing.assert_allclose(parameter.value, -0.1 * np.sign(g), rtol=1e-4)


def test_defaults():
    p = start()
    assert SGD(p, 0.1).config() == {"lr": 0.1, "momentum": 0.0, "nesterov": False}
    assert AdaGrad(p).config() == {"lr": 0.01, "eps": 1e-10}
    assert RMSProp(p).config() == {"lr": 0.01, "rho": 0.99, "eps": 1e-8}
    assert Adam(p).config() == {"lr": 1e-3, "betas": [0.9, 0.999], "eps": 1e-8}
    assert AdamW(p).config() == {**Adam(p).config(), "weight_decay": 0.01}


# --- One vector, cut into blocks ----------------------------------------------------------------


@ALL
@pytest.mark.parametrize("block", [1, 7, 25, 26, 27])
def test_blocks_do_not_change_a_bit(name, block, monkeypatch):
    parameters = start()
    whole = trajectory(OPTIMIZERS[name](parameters), parameters, steps=20)
    size = whole.shape[1]
    monkeypatch.setattr(optimizers, "BLOCK", block)
    seen = []
    parameters = start()
    optimizer = OPTIMIZERS[name](parameters)
    update = optimizer.update
    optimizer.update = lambda lr, value, *rest: (seen.append(value.size), update(lr, value, *rest))
    np.testing.assert_array_equal(trajectory(optimizer, parameters, steps=20), whole)
    assert max(seen) <= block
    assert sum(seen) == 20 * size  # each number once in each step


class Remembering(Optimizer):
    """Momentum that is kept in the wrong place, with a gradient clipped to length 1."""

    velocity = 0.0

    def update(self, lr, value, grad):
        self.velocity = 0.9 * self.velocity + grad / max(1, np.linalg.norm(grad))
        value -= lr * self.velocity


def test_a_rule_of_ones_own_gets_whole_vectors(monkeypatch):
    parameters = start()
    whole = trajectory(Remembering(parameters, 0.1), parameters, steps=20)
    monkeypatch.setattr(optimizers, "BLOCK", 7)
    parameters = start()
    np.testing.assert_array_equal(
        trajectory(Remembering(parameters, 0.1), parameters, steps=20), whole
    )


@pytest.mark.parametrize("update", [Adam.update, lambda self, *rest: Adam.update(self, *rest)])
def test_a_class_that_inherits_adam_has_room_for_its_blocks(update, monkeypatch):
    monkeypatch.setattr(optimizers, "BLOCK", 7)
    ours, theirs = start(), start()
    own = type("Own", (Adam,), {"update": update})
    np.testing.assert_array_equal(
        trajectory(own(ours), ours, steps=20), trajectory(Adam(theirs), theirs, steps=20)
    )


@ALL
def test_how_numbers_are_spread_over_parameters_does_not_matter(name):
    value, grad = rng(1).standard_normal(12), rng(2).standard_normal((10, 12))
    one = [Parameter(value.copy())]
    several = [Parameter(v.copy()) for v in (value[:6].reshape(2, 3), value[6:7], value[7:])]
    first, second = OPTIMIZERS[name](one), OPTIMIZERS[name](several)
    for g in grad:
        one[0].grad = g
        for p, part in zip(several, (g[:6].reshape(2, 3), g[6:7], g[7:]), strict=True):
            p.grad = part
        first.step()
        second.step()
    np.testing.assert_array_equal(one[0].value, np.concatenate([p.value.ravel() for p in several]))


# --- Parameters belong to one optimizer ---------------------------------------------------------


@ALL
def test_building_an_optimizer_changes_no_number(name):
    parameters = start()
    for p in parameters:
        p.grad = rng().standard_normal(p.value.shape)
    values, grads = [p.value.copy() for p in parameters], [p.grad.copy() for p in parameters]
    OPTIMIZERS[name](parameters)
    for p, value, grad in zip(parameters, values, grads, strict=True):
        np.testing.assert_array_equal(p.value, value)
        np.testing.assert_array_equal(p.grad, grad)


@ALL
def test_step_leaves_gradients_alone_and_arrays_in_place(name):
    parameters = start()
    optimizer = OPTIMIZERS[name](parameters)
    arrays = [(p.value, p.grad) for p in parameters]
    for p in parameters:
        p.grad = np.full(p.value.shape, 0.5)
    for _ in range(3):
        optimizer.step()
    for p, (value, grad) in zip(parameters, arrays, strict=True):
        assert p.value is value
        assert p.grad is grad
        assert (grad == 0.5).all()


def test_assigned_values_and_gradients_are_those_of_the_next_step():
    parameter = Parameter(np.ones((2, 2)))
    optimizer = SGD([parameter], lr=0.5)
    parameter.value = np.zeros((2, 2))
    parameter.grad = np.ones((2, 2))
    optimizer.step()
    np.testing.assert_array_equal(parameter.value, np.full((2, 2), -0.5))


def test_two_optimizers_on_the_same_parameters():
    parameters = start()
    first = Adam(parameters)
    second = SGD(parameters, lr=0.1)
    before = [p.value.copy() for p in parameters]
    with pytest.raises(RuntimeError, match=r"Build a new optimizer on the list of parameters"):
        first.step()
    assert first.steps == 0
    for p, value in zip(parameters, before, strict=True):
        np.testing.assert_array_equal(p.value, value)
        p.grad = np.ones(p.value.shape)
    second.step()
    np.testing.assert_allclose(parameters[0].value, before[0] - 0.1, rtol=1e-15)


def test_one_parameter_handed_on_is_enough():
    parameters = start()
    first = SGD(parameters, lr=0.1)
    SGD(parameters[-1:], lr=0.1)
    with pytest.raises(RuntimeError, match="handed to another optimizer"):
        first.step()


def test_a_copied_optimizer_knows_that_it_has_lost_its_parameters():
    parameters = start()
    optimizer, others = copy.deepcopy((Adam(parameters), parameters))
    with pytest.raises(RuntimeError, match=r"\(or copied\)"):
        optimizer.step()
    Adam(others).step()


@pytest.mark.parametrize(
    ("parameters", "received"),
    [
        ([], r"0 parameters, dtypes \[\]"),
        (
            [Parameter(np.ones(2)), Parameter(np.ones(2, np.float32))],
            r"2 parameters, dtypes \['float32', 'float64'\]",
        ),
    ],
)
def test_no_parameters_or_of_two_dtypes(parameters, received):
    with pytest.raises(ValueError, match=f"at least one parameter, .* Received: {received}"):
        SGD(parameters, lr=0.1)


def test_nesterov_needs_momentum():
    with pytest.raises(ValueError, match="nesterov=True needs a momentum"):
        SGD(start(), lr=0.1, nesterov=True)


def test_an_optimizer_of_your_own_is_told_what_it_lacks():
    class Lazy(Optimizer):
        pass

    with pytest.raises(NotImplementedError, match="Lazy has no update rule"):
        Lazy(start(), lr=0.1).step()
    assert Lazy(start(), lr=0.1).config() == {"lr": 0.1}


# --- Learning rate ------------------------------------------------------------------------------


def test_schedule_is_asked_with_the_number_of_updates_so_far():
    asked = []

    def lr(step):
        asked.append(step)
        return 2.0**-step

    parameter = Parameter(np.zeros(1))
    optimizer = SGD([parameter], lr=lr)
    path = []
    for _ in range(4):
        parameter.grad = [-1.0]
        optimizer.step()
        path.append(float(parameter.value[0]))
    assert asked == [0, 1, 2, 3]
    assert path == [1.0, 1.5, 1.75, 1.875]
    assert optimizer.steps == 4
    assert optimizer.learning_rate() == 2.0**-4


def test_learning_rate_is_a_python_float_and_may_be_changed_on_the_way():
    optimizer = SGD([Parameter(np.zeros(1))], lr=np.float64(0.5))
    assert type(optimizer.learning_rate()) is float
    optimizer.lr = 0.25
    assert optimizer.learning_rate() == 0.25
    optimizer.lr = lambda step: np.float32(1)
    assert type(optimizer.learning_rate()) is float


# --- State --------------------------------------------------------------------------------------


@ALL
def test_state_is_zero_at_first_and_like_the_parameters(name):
    parameters = start()
    optimizer = OPTIMIZERS[name](parameters)
    for array in optimizer.state.values():
        assert array.shape == (sum(p.value.size for p in parameters),)
        assert not array.any()
    trajectory(optimizer, parameters, steps=2)
    assert all(array.any() for array in optimizer.state.values())


def test_what_is_remembered():
    states = {name: list(make(start()).state) for name, make in OPTIMIZERS.items()}
    assert states == {
        "SGD": [],
        "momentum": ["velocity"],
        "Nesterov": ["velocity"],
        "AdaGrad": ["square_sum"],
        "RMSProp": ["square_mean"],
        "Adam": ["grad_sum", "square_sum"],
        "AdamW": ["grad_sum", "square_sum"],
    }


@ALL
def test_going_on_from_a_state(name):
    through = start()
    whole = trajectory(OPTIMIZERS[name](through), through, steps=20)

    first = start()
    optimizer = OPTIMIZERS[name](first)
    trajectory(optimizer, first, steps=8)
    second = [Parameter(p.value.copy()) for p in first]
    resumed = OPTIMIZERS[name](second)
    resumed.load_state(optimizer.steps, optimizer.state)
    for array in optimizer.state.values():
        array[...] = np.nan  # the numbers were copied
    np.testing.assert_array_equal(trajectory(resumed, second, steps=12), whole[8:])
    assert resumed.steps == 20


@pytest.mark.parametrize(
    "change",
    [
        lambda state: state.pop("grad_sum"),
        lambda state: state.update(velocity=state["grad_sum"]),
        lambda state: state.update(grad_sum=state["grad_sum"][:-1]),
        lambda state: state.update(grad_sum=state["grad_sum"].astype(np.float32)),
    ],
    ids=["missing", "too much", "shape", "dtype"],
)
def test_state_of_another_optimizer(change):
    parameters = start()
    optimizer = Adam(parameters)
    trajectory(optimizer, parameters, steps=3)
    before = copy.deepcopy(optimizer.state)
    state = {n: a + 1 for n, a in optimizer.state.items()}
    change(state)
    with pytest.raises(ValueError, match=r"the state of Adam on these parameters is .*Received"):
        optimizer.load_state(7, state)
    assert optimizer.steps == 3
    for n, array in optimizer.state.items():
        np.testing.assert_array_equal(array, before[n])


@ALL
def test_config_builds_it_again(name):
    optimizer = OPTIMIZERS[name](start())
    config = json.loads(json.dumps(optimizer.config()))
    parameters, others = start(), start()
    again = type(optimizer)(others, **config)
    np.testing.assert_array_equal(
        trajectory(again, others, steps=5),
        trajectory(OPTIMIZERS[name](parameters), parameters, steps=5),
    )


@ALL
def test_finds_the_bottom_of_a_bowl(name):
    parameter = Parameter(np.array([3.0, -2.0]))
    optimizer = OPTIMIZERS[name]([parameter], 0.1)
    for _ in range(500):
        parameter.grad = parameter.value * [1.0, 4.0]
        optimizer.step()
    assert np.abs(parameter.value).max() < 0.3


@pytest.mark.parametrize("size", [1, 4, 5, 8, 9, 23])
def test_blocks_cover_each_number_once(size, monkeypatch):
    monkeypatch.setattr(optimizers, "BLOCK", 4)
    first, second = np.arange(size), 10 * np.arange(size)
    blocks = optimizers._blocks(SGD.update, first, second)
    assert [max(1, min(4, size)) >= len(a) > 0 for a, _ in blocks] == [True] * -(-size // 4)
    for vector, parts in zip((first, second), zip(*blocks, strict=True), strict=True):
        np.testing.assert_array_equal(np.concatenate(parts), vector)
        assert all(np.shares_memory(part, vector) for part in parts)
