import numpy as np
import pytest
from helpers_cases import rng
from helpers_models import points, small

from shared import arguments
from shared.activations import LeakyReLU, Sigmoid, Softmax, Tanh, sigmoid, softmax
from shared.layers import BatchNorm, Dense, Dropout, Parameter
from shared.optimizers import SGD, AdaGrad, Adam, AdamW, RMSProp
from shared.preprocessing import Flatten, RandomFlip, RandomShift, Rescaling
from shared.regularizers import L1, L2
from shared.schedules import Cosine, Exponential, InverseTime, StepDecay, WarmUp

NAN, INF = float("nan"), float("inf")


def parameters():
    return [Parameter(np.ones(3))]


NUMBERS = {
    arguments.finite: ([-2.5, 0, 3, np.float32(0.5)], [NAN, INF, -INF]),
    arguments.positive: ([1e-300, 7, np.int64(2)], [0, -1, NAN, INF]),
    arguments.not_negative: ([0, 0.0, 5.5], [-1e-300, NAN, INF]),
    arguments.below_one: ([0, 0.5, 1 - 1e-16], [-1e-9, 1, 2, NAN]),
    arguments.fraction: ([0, 0.5, 1], [-1e-9, 1 + 1e-9, NAN]),
}


@pytest.mark.parametrize("check", NUMBERS, ids=lambda check: check.__name__)
def test_numbers(check):
    good, bad = NUMBERS[check]
    for value in good:
        assert (check("a", value), type(check("a", value))) == (float(value), float)
    for value in bad:
        with pytest.raises(ValueError, match=r"^a must .* Received: a="):
            check("a", value)
    for value in ("0.1", None, True, [0.1], np.array([0.1]), 1j):
        with pytest.raises(TypeError, match=r"^a must be a number. Received: a="):
            check("a", value)


def test_whole_numbers():
    for value, least in [(1, 1), (0, 0), (np.int64(5), 1)]:
        result = arguments.whole_number("a", value, least)
        assert (result, type(result)) == (value, int)
    for value, least in [(0, 1), (-1, 0)]:
        with pytest.raises(ValueError, match=f"a must be {least} or more. Received: a={value}"):
            arguments.whole_number("a", value, least)
    for value in (2.0, "2", None, np.float64(2)):
        with pytest.raises(TypeError, match=r"a must be a whole number. Received: a="):
            arguments.whole_number("a", value)


BAD_SETTINGS = {
    "Dense, width": lambda: Dense(0, 3, rng()),
    "Dense, float": lambda: Dense(2, 3.0, rng()),
    "Dense, seed": lambda: Dense(2, 3, 0),
    "Dense, no generator": lambda: Dense(2, 3, None),
    "Dense, old generator": lambda: Dense(2, 3, np.random.RandomState(0)),
    "Dense, regularizer": lambda: Dense(2, 3, rng(), regularizer=0.01),
    "Dense, initializer": lambda: Dense(2, 3, rng(), initializer="he_normal"),
    "Dense, dtype": lambda: Dense(2, 3, rng(), dtype=int),
    "Dropout, rate": lambda: Dropout(1.0, rng()),
    "Dropout, text": lambda: Dropout("0.5", rng()),
    "Dropout, seed": lambda: Dropout(0.5, 0),
    "BatchNorm, features": lambda: BatchNorm(-3),
    "BatchNorm, momentum": lambda: BatchNorm(3, momentum=1.5),
    "BatchNorm, eps": lambda: BatchNorm(3, eps=-1e-5),
    "LeakyReLU": lambda: LeakyReLU(NAN),
    "Rescaling": lambda: Rescaling(INF),
    "Rescaling, offset": lambda: Rescaling(1.0, "0"),
    "Rescaling, dtype": lambda: Rescaling(1.0, dtype=np.uint8),
    "RandomFlip": lambda: RandomFlip(0),
    "RandomShift, pixels": lambda: RandomShift(-1, rng()),
    "RandomShift, float": lambda: RandomShift(1.5, rng()),
    "RandomShift, seed": lambda: RandomShift(1, 0),
    "L1": lambda: L1(-1),
    "L2": lambda: L2(INF),
    "InverseTime": lambda: InverseTime("0.1", 0),
    "StepDecay": lambda: StepDecay(0.1, 0.5, 2.5),
    "Exponential": lambda: Exponential(0.1, INF),
    "Cosine": lambda: Cosine(0.1, 0),
    "WarmUp": lambda: WarmUp(Cosine(0.1, 5), 0),
    "SGD, lr -1": lambda: SGD(parameters(), -1),
    "SGD, lr 0": lambda: SGD(parameters(), 0),
    "SGD, lr nan": lambda: SGD(parameters(), NAN),
    "SGD, lr inf": lambda: SGD(parameters(), INF),
    "SGD, lr text": lambda: SGD(parameters(), "0.1"),
    "SGD, momentum 1.5": lambda: SGD(parameters(), 0.1, momentum=1.5),
    "SGD, momentum -0.1": lambda: SGD(parameters(), 0.1, momentum=-0.1),
    "AdaGrad": lambda: AdaGrad(parameters(), eps=-1),
    "RMSProp, rho": lambda: RMSProp(parameters(), rho=1),
    "RMSProp, eps": lambda: RMSProp(parameters(), eps=-1),
    "Adam, beta1": lambda: Adam(parameters(), betas=(3, 0.999)),
    "Adam, beta2": lambda: Adam(parameters(), betas=(0.9, 1)),
    "Adam, eps": lambda: Adam(parameters(), eps=-1),
    "AdamW": lambda: AdamW(parameters(), weight_decay=-1),
}


@pytest.mark.parametrize("make", BAD_SETTINGS.values(), ids=BAD_SETTINGS)
def test_settings_out_of_range_are_refused(make):
    with pytest.raises((TypeError, ValueError), match="Received: "):
        make()


@pytest.mark.parametrize("bad", [0.001, small(), small().parameters, [np.ones(3)], "ab", []])
def test_an_optimizer_takes_a_list_of_parameters(bad):
    with pytest.raises((TypeError, ValueError), match="Received: "):
        Adam(bad)


@pytest.mark.parametrize(
    "make",
    [
        lambda p: SGD(p, 0.1, momentum=2),
        lambda p: AdaGrad(p, eps=-1),
        lambda p: RMSProp(p, rho=2),
        lambda p: Adam(p, eps=-1),
        lambda p: AdamW(p, weight_decay=-1),
        lambda p: AdamW(p, lr=0),
    ],
)
def test_an_optimizer_that_is_refused_leaves_the_old_one_working(make):
    x, y = points()
    model = small()
    with pytest.raises(ValueError, match="Received"):
        make(model.parameters())
    assert model.fit(x, y, verbose=0).epochs == 1


@pytest.mark.parametrize("rate", [NAN, INF, -0.1])
def test_a_learning_rate_that_turns_bad_moves_nothing(rate):
    x, y = points()
    for change in ("schedule", "attribute"):
        model = small()
        model.compile(SGD(model.parameters(), lambda step: 0.1 if step < 3 else rate), model.loss)
        if change == "attribute":
            model.optimizer.lr = rate
        with pytest.raises(ValueError, match=rf"learning rate is .* Received: {rate} for step"):
            model.fit(x, y, epochs=2, batch_size=5, rng=rng(), verbose=0)
        assert model.optimizer.steps == (3 if change == "schedule" else 0)
        assert all(np.isfinite(p.value).all() for p in model.parameters())


BYTES = np.array([[0, 100, 200], [255, 7, 1]], np.uint8)


@pytest.mark.parametrize("kind", [np.uint8, np.int64, bool])
@pytest.mark.parametrize(
    "compute",
    [
        softmax,
        sigmoid,
        Softmax().forward,
        Sigmoid().forward,
        Tanh().forward,
        LeakyReLU().forward,
        lambda x: Dropout(0.5, rng()).forward(x, training=True),
        lambda x: Dropout(0.5, rng()).forward(x),
        Dense(3, 2, rng()).forward,
        BatchNorm(3).forward,
    ],
)
def test_integers_where_floats_are_needed_are_refused(compute, kind):
    with pytest.raises(TypeError, match=r"Received: (input in )?(uint8|int64|bool)"):
        compute(BYTES.astype(kind))


@pytest.mark.parametrize("layer", [RandomFlip(rng()), RandomShift(1, rng())])
@pytest.mark.parametrize("training", [False, True])
def test_rows_are_no_images(layer, training):
    with pytest.raises(ValueError, match=r"images of shape \(batch, height, width\).*\(5, 20\)"):
        layer.forward(np.ones((5, 20)), training)


def test_the_lowest_and_the_highest_shift():
    """Each shift from -pixels to pixels in both directions, and none beyond."""
    image = np.zeros((1, 5, 5))
    image[0, 2, 2] = 1.0
    moved = RandomShift(2, rng()).forward(np.repeat(image, 2000, axis=0), training=True)
    rows, columns = np.nonzero(moved)[1:]
    assert len(rows) == 2000
    assert {*zip(rows.tolist(), columns.tolist(), strict=True)} == {
        (row, column) for row in range(5) for column in range(5)
    }


def test_flatten_of_no_sample():
    assert Flatten().forward(np.ones((0, 4, 5))).shape == (0, 20)
