"""Each schedule against its definition; those that PyTorch has, also in test_against_pytorch.py."""

import json
import math

import pytest
from helpers_cases import SCHEDULE_CLASSES, SCHEDULES
from hypothesis import given
from hypothesis import strategies as st

from shared.schedules import Cosine, Exponential, InverseTime, StepDecay, WarmUp

ALL = pytest.mark.parametrize("schedule", SCHEDULES.values(), ids=SCHEDULES)


def test_every_class_has_a_case():
    assert {type(schedule) for schedule in SCHEDULES.values()} == SCHEDULE_CLASSES


@pytest.mark.parametrize(
    ("schedule", "rates"),
    [
        (InverseTime(0.3, 0.5), {0: 0.3, 1: 0.2, 2: 0.15, 4: 0.1, 18: 0.03}),
        (InverseTime(0.3, 0.0), {0: 0.3, 1000: 0.3}),
        (StepDecay(0.8, 0.5, 3), {0: 0.8, 2: 0.8, 3: 0.4, 5: 0.4, 6: 0.2, 9: 0.1}),
        (Exponential(0.8, 0.5), {0: 0.8, 1: 0.4, 2: 0.2, 3: 0.1}),
        (Cosine(0.8, 12), {0: 0.8, 4: 0.6, 6: 0.4, 8: 0.2, 12: 0.0, 13: 0.0, 24: 0.0}),
        (Cosine(1.0, 4, final=0.2), {0: 1.0, 2: 0.6, 4: 0.2, 5: 0.2, 8: 0.2}),
        (WarmUp(Exponential(0.8, 0.5), 4), {0: 0.2, 1: 0.4, 2: 0.6, 3: 0.8, 4: 0.8, 5: 0.4}),
        (WarmUp(Cosine(0.8, 12), 2), {0: 0.4, 1: 0.8, 2: 0.8, 6: 0.6, 14: 0.0, 15: 0.0}),
        (WarmUp(Exponential(0.8, 0.5), 1), {0: 0.8, 1: 0.8, 2: 0.4}),
    ],
)
def test_by_hand(schedule, rates):
    for step, rate in rates.items():
        assert schedule(step) == pytest.approx(rate, rel=1e-14, abs=1e-16), step


@ALL
def test_formulas_over_200_steps(schedule):
    formulas = {
        "InverseTime": lambda t: 0.02 / (1 + 0.05 * t),
        "StepDecay": lambda t: 0.02 * 0.5 ** math.floor(t / 10),
        "Exponential": lambda t: 0.02 * math.exp(t * math.log(0.97)),
        # cos² of half the angle is the same as (1 + cos) / 2.
        "Cosine": lambda t: 0.002 + 0.018 * math.cos(math.pi * min(t, 40) / 80) ** 2,
        "WarmUp": lambda t: (
            0.02 * (t + 1) / 5 if t < 5 else 0.02 * math.cos(math.pi * min(t - 5, 40) / 80) ** 2
        ),
    }
    formula = formulas[type(schedule).__name__]
    for step in range(200):
        assert schedule(step) == pytest.approx(formula(step), rel=1e-12, abs=1e-16)
        assert type(schedule(step)) is float


@ALL
def test_config_builds_it_again(schedule):
    again = type(schedule)(**schedule.config())
    assert [again(step) for step in range(60)] == [schedule(step) for step in range(60)]


def test_config_of_numbers_is_text():
    for schedule in (SCHEDULES["Cosine"], SCHEDULES["StepDecay"], SCHEDULES["InverseTime"]):
        assert json.loads(json.dumps(schedule.config())) == schedule.config()


@given(st.integers(0, 10_000), st.integers(1, 500), st.floats(1e-6, 10.0))
def test_never_below_zero_and_never_rising_after_the_warm_up(step, length, lr):
    for schedule in (
        InverseTime(lr, 1 / length),
        StepDecay(lr, 0.5, length),
        Exponential(lr, 0.999),
        Cosine(lr, length, final=lr / 10),
    ):
        assert 0 <= schedule(step + 1) <= schedule(step) <= schedule(0) == pytest.approx(lr)
        assert WarmUp(schedule, length)(step + length) == schedule(step)
        assert 0 < WarmUp(schedule, length)(min(step, length - 1)) <= lr * (1 + 1e-12)


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda bad: InverseTime(bad, 0.1), "lr"),
        (lambda bad: StepDecay(bad, 0.5, 10), "lr"),
        (lambda bad: StepDecay(0.1, bad, 10), "factor"),
        (lambda bad: Exponential(bad, 0.9), "lr"),
        (lambda bad: Exponential(0.1, bad), "factor"),
        (lambda bad: Cosine(bad, 10), "lr"),
    ],
)
@pytest.mark.parametrize("bad", [0, -1, float("nan")])
def test_what_must_be_positive(make, name, bad):
    with pytest.raises(ValueError, match=f"{name} must be greater than 0. Received: {name}={bad}"):
        make(bad)


WHOLE = [
    (lambda bad: StepDecay(0.1, 0.5, bad), "every"),
    (lambda bad: Cosine(0.1, bad), "steps"),
    (lambda bad: WarmUp(Cosine(0.1, 10), bad), "steps"),
]


@pytest.mark.parametrize(("make", "name"), WHOLE)
def test_what_must_be_whole_and_positive(make, name):
    for bad in (0, -1):
        with pytest.raises(ValueError, match=f"{name} must be 1 or more. Received: {name}={bad}"):
            make(bad)
    for bad in (2.5, float("nan"), "3", None):
        with pytest.raises(TypeError, match=f"{name} must be a whole number. Received: {name}="):
            make(bad)


def test_a_warm_up_needs_a_schedule():
    with pytest.raises(TypeError, match=r"schedule must be one of .*Received: schedule=0.1"):
        WarmUp(0.1, 5)


@pytest.mark.parametrize(
    ("make", "name"),
    [(lambda bad: InverseTime(0.1, bad), "decay"), (lambda bad: Cosine(0.1, 10, bad), "final")],
)
@pytest.mark.parametrize("bad", [-0.1, float("nan")])
def test_what_must_not_be_negative(make, name, bad):
    with pytest.raises(ValueError, match=f"{name} must not be negative. Received: {name}={bad}"):
        make(bad)
