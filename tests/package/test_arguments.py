import numpy as np
import pytest
from helpers_cases import rng
from helpers_models import points, small

from shared import arguments
from shared.activations import LeakyReLU, Sigmoid, Softmax, Tanh, sigmoid, softmax
from shared.callbacks import EarlyStopping
from shared.layers import BatchNorm, Dense, Dropout, Parameter
from shared.losses import CategoricalCrossEntropy, SigmoidCrossEntropy, SoftmaxCrossEntropy
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


# What is called, with arguments it takes, and for some of them values that it doesn't take.
SETTINGS = [
    (
        Dense,
        {"in_features": 2, "out_features": 3, "rng": rng()},
        {
            "in_features": [0, "2"],
            "out_features": [-1, 3.0],
            "rng": [0, None, np.random.RandomState(0)],
            "initializer": ["he_normal"],
            "regularizer": [0.01, L2],
        },
    ),
    (Dropout, {"rate": 0.5, "rng": rng()}, {"rate": [1.0, "0.5"], "rng": [0]}),
    (BatchNorm, {"features": 3}, {"features": [-3], "momentum": [1.5], "eps": [-1e-5]}),
    (LeakyReLU, {}, {"slope": [NAN, "0.1"]}),
    (Rescaling, {"scale": 1.0}, {"scale": [INF], "offset": [NAN, "0"], "dtype": [np.uint8]}),
    (RandomFlip, {"rng": rng()}, {"rng": [0]}),
    (RandomShift, {"pixels": 1, "rng": rng()}, {"pixels": [-1, 1.5], "rng": [0]}),
    (L1, {"strength": 0.1}, {"strength": [-1, NAN]}),
    (L2, {"strength": 0.1}, {"strength": [-1, INF]}),
    (InverseTime, {"lr": 0.1, "decay": 0.01}, {"lr": [0, "0.1"], "decay": [-1]}),
    (
        StepDecay,
        {"lr": 0.1, "factor": 0.5, "every": 2},
        {"lr": [0], "factor": [0], "every": [2.5, 0]},
    ),
    (Exponential, {"lr": 0.1, "factor": 0.9}, {"lr": [-1], "factor": [INF]}),
    (Cosine, {"lr": 0.1, "steps": 10}, {"lr": [0], "steps": [0], "final": [-0.1]}),
    (WarmUp, {"schedule": Cosine(0.1, 5), "steps": 2}, {"schedule": [0.1], "steps": [0]}),
    (
        SGD,
        {"parameters": parameters(), "lr": 0.1},
        {"lr": [-1, 0, NAN, INF, "0.1"], "momentum": [1.5, -0.1]},
    ),
    (AdaGrad, {"parameters": parameters()}, {"lr": [0], "eps": [-1]}),
    (RMSProp, {"parameters": parameters()}, {"lr": [0], "rho": [1], "eps": [-1]}),
    (Adam, {"parameters": parameters()}, {"lr": [0], "eps": [-1], "betas": [(3, 0.9), (0.9, 1)]}),
    (AdamW, {"parameters": parameters()}, {"lr": [0], "weight_decay": [-1]}),
    (EarlyStopping, {"patience": 2}, {"patience": [0, 1.5]}),
    (softmax, {"z": np.ones((2, 3))}, {"z": [np.ones((2, 3), int)]}),
    (sigmoid, {"z": np.ones(3)}, {"z": [np.ones(3, int)]}),
    (
        SoftmaxCrossEntropy().forward,
        {"y_pred": np.ones((2, 3)), "y_true": np.array([0, 1])},
        {"y_pred": [np.ones((2, 3), int)]},
    ),
    (
        SigmoidCrossEntropy().forward,
        {"y_pred": np.ones((2, 1)), "y_true": np.array([[0], [1]])},
        {"y_pred": [np.ones((2, 1), int)]},
    ),
    (
        CategoricalCrossEntropy().forward,
        {"y_pred": np.full((2, 2), 0.5), "y_true": np.array([0, 1])},
        {"y_pred": [np.ones((2, 2), int)]},
    ),
]


@pytest.mark.parametrize("call, good, bad", SETTINGS)
def test_an_argument_that_is_refused_is_named(call, good, bad):
    call(**good)
    for name, values in bad.items():
        for value in values:
            with pytest.raises((TypeError, ValueError), match=rf"^{name}\b.* must .*Received: "):
                call(**good | {name: value})


@pytest.mark.parametrize("shape", [(3, 2), (2, 2), (3,), ()])
def test_an_initializer_whose_weights_do_not_fit(shape):
    with pytest.raises(ValueError, match=r"initializer must .* shape \(2, 3\). Received: shape \("):
        Dense(2, 3, rng(), initializer=lambda n_in, n_out, generator: np.ones(shape))


def test_a_dtype_that_is_refused():
    with pytest.raises(TypeError, match=r"float32 or float64. Received: int64"):
        Dense(2, 3, rng(), dtype=int)


@pytest.mark.parametrize("index, betas", [(0, (3, 0.999)), (1, (0.9, 1))])
def test_the_beta_that_is_refused_is_named(index, betas):
    with pytest.raises(ValueError, match=rf"betas\[{index}\]=[13]$"):
        Adam(parameters(), betas=betas)


@pytest.mark.parametrize("layer", [LeakyReLU(), Tanh(), Dropout(0.5, rng())])
def test_a_layer_whose_input_is_refused_is_named(layer):
    message = f"^the input of {type(layer).__name__} must be an array of floats"
    with pytest.raises(TypeError, match=message):
        layer.forward(np.ones((2, 3), int))


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


@pytest.mark.parametrize(
    ("value", "received"),
    [([1.0], "list"), (2, "int"), (np.ones(2, int), "int64"), (np.ones(2, object), "object")],
)
def test_what_is_no_array_of_floats_is_named(value, received):
    with pytest.raises(TypeError, match=f"^a must be an array of floats. Received: {received}. "):
        arguments.floats("a", value)


@pytest.mark.parametrize("value", [1.5, np.float32(1.5), np.ones(3), np.ones(2, np.float16)])
def test_floats_are_handed_back(value):
    assert arguments.floats("a", value) is value


@pytest.mark.parametrize("layer", [RandomFlip(rng()), RandomShift(1, rng())])
@pytest.mark.parametrize("training", [False, True])
def test_rows_are_no_images(layer, training):
    said = rf"{type(layer).__name__}\(.*images of shape \(batch, height, width\).*\(5, 20\)"
    with pytest.raises(ValueError, match=said):
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
