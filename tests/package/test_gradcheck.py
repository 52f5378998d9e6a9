"""The gradient checker judged on its own, and then every backward pass judged by it."""

import copy

import numpy as np
import pytest
from helpers_cases import LAYERS, LOSSES, WITHOUT_GRADIENT, batch, rng

from shared.activations import LeakyReLU, Linear, ReLU, Sigmoid, Softmax, Tanh
from shared.gradcheck import (
    check_layer,
    check_loss,
    check_model,
    numerical_gradient,
    relative_error,
)
from shared.layers import BatchNorm, Dense, Dropout, Parameter
from shared.losses import (
    BinaryCrossEntropy,
    CategoricalCrossEntropy,
    MeanAbsoluteError,
    MeanSquaredError,
    SigmoidCrossEntropy,
    SoftmaxCrossEntropy,
)
from shared.model import Model
from shared.optimizers import Adam
from shared.preprocessing import Flatten, RandomFlip, RandomShift, Rescaling
from shared.regularizers import L1, L2

LIMIT = 1e-6  # what a right gradient stays below
WRONG = 1e-2  # what a wrong one must exceed
MODES = pytest.mark.parametrize("training", [True, False], ids=["training", "inference"])


# --- Every backward pass ------------------------------------------------------------------------


@MODES
@pytest.mark.parametrize(
    # All classes but those for images, which stand before the first parameter and have no
    # backward pass. (That none is missing is test_layers.test_every_class_has_a_case.)
    "name",
    [n for n, c in LAYERS.items() if not isinstance(c.make(np.float64), WITHOUT_GRADIENT)],
)
def test_every_layer(name, training):
    case = LAYERS[name]
    layer = case.make(np.float64)
    errors = check_layer(layer, batch(case.shape), training)
    parameters = {n for n, v in vars(layer).items() if isinstance(v, Parameter)}
    assert errors.keys() == {"input"} | parameters
    assert max(errors.values()) < LIMIT, errors


@pytest.mark.parametrize("layer", [Dense(3, 2, rng()), Softmax(), BatchNorm(3), ReLU()], ids=repr)
def test_a_batch_of_one(layer):
    assert max(check_layer(layer, batch((1, 3))).values()) < LIMIT


@pytest.mark.parametrize("momentum", [0.1, 1.0])
@pytest.mark.parametrize("n", [2, 3, 20])
def test_batch_norm_on_batches_of_other_sizes(n, momentum):
    errors = check_layer(BatchNorm(3, momentum=momentum), batch((n, 3)), training=True)
    assert max(errors.values()) < LIMIT, errors


@pytest.mark.parametrize("scale", [1e-3, 10.0])
@pytest.mark.parametrize("layer", [Sigmoid(), Tanh(), Softmax(), LeakyReLU(-0.5)], ids=repr)
def test_small_and_large_inputs(layer, scale):
    assert check_layer(layer, scale * batch((3, 4)))["input"] < LIMIT


@pytest.mark.parametrize("name", LOSSES)
def test_every_loss(name):
    case = LOSSES[name]
    assert check_loss(case.loss(), case.y_pred, case.y_true) < LIMIT


def network(loss, generator):
    return Model(
        [
            RandomFlip(generator),
            RandomShift(1, generator),
            Flatten(),
            Rescaling(1 / 100, -0.5),
            Dense(12, 6, generator, regularizer=L2(0.01)),
            BatchNorm(6),
            ReLU(),
            Dropout(0.3, generator),
            Dense(6, 5, generator, regularizer=L1(0.01)),
            Tanh(),
            Dense(5, 5, generator),
            LeakyReLU(),
            Dense(5, 3, generator),
            *([Softmax()] if isinstance(loss, CategoricalCrossEntropy) else []),
            *([Sigmoid()] if isinstance(loss, BinaryCrossEntropy) else []),
        ]
    )


@MODES
@pytest.mark.parametrize(
    ("loss", "y"),
    [
        (SoftmaxCrossEntropy(), np.array([0, 2, 1, 1, 0, 2, 2])),
        (CategoricalCrossEntropy(), np.array([0, 2, 1, 1, 0, 2, 2])),
        (SigmoidCrossEntropy(), rng().integers(0, 2, (7, 3))),
        (BinaryCrossEntropy(), rng().integers(0, 2, (7, 3))),
        (MeanSquaredError(), batch((7, 3))),
        (MeanAbsoluteError(), batch((7, 3))),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_whole_model_on_raw_images(loss, y, training):
    images = rng(4).integers(0, 256, (7, 3, 4), dtype=np.uint8)
    model = network(loss, rng(31))
    for p in model.parameters():
        if p.value.ndim == 1:  # biases of zero would hide a gradient that forgets them
            p.value = p.value + batch(p.value.shape, seed=p.value.size)
    model.forward(images, training=True)  # running statistics of their own
    errors = check_model(model, loss, images, y, training)
    assert list(errors) == [
        "4.weight", "4.bias", "5.gamma", "5.beta",
        "8.weight", "8.bias", "10.weight", "10.bias", "12.weight", "12.bias",
    ]  # fmt: skip
    assert max(errors.values()) < LIMIT, errors


# --- What is broken is found --------------------------------------------------------------------


class MaskFromOutput(ReLU):
    def forward(self, x, training=False, out=None):
        y = super().forward(x)
        self._mask = y >= 0
        return y


class TransposedWeight(Dense):
    def backward(self, grad, out=None):
        self.backward_parameters(grad)
        return grad @ self.weight.value


class MeanForBias(Dense):
    def backward_parameters(self, grad):
        super().backward_parameters(grad)
        self.bias.grad = grad.mean(axis=0)


class HalfPenalty(Dense):
    def backward_parameters(self, grad):
        super().backward_parameters(grad)
        self.weight.grad -= 0.1 * self.weight.value  # half of 2 λ w


class DropoutWithoutScale(Dropout):
    def backward(self, grad, out=None):
        return grad * (self._mask > 0)


class DropoutWithoutMask(Dropout):
    def backward(self, grad, out=None):
        return grad


class StatisticsTakenAsFixed(BatchNorm):
    def backward(self, grad, out=None):
        self.backward_parameters(grad)
        return grad * self.gamma.value * self._inv_std


class WrongSign(Tanh):
    def backward(self, grad, out=None):
        return -super().backward(grad)


class DerivativeOfInput(Sigmoid):
    def forward(self, x, training=False, out=None):
        y = super().forward(x)
        self._y = x
        return y


class SoftmaxDiagonalOnly(Softmax):
    def backward(self, grad, out=None):
        return grad * self._y * (1 - self._y)


@pytest.mark.parametrize(
    ("layer", "wrong"),
    [
        (MaskFromOutput(), {"input"}),
        (TransposedWeight(4, 4, rng()), {"input"}),
        (MeanForBias(4, 3, rng()), {"bias"}),
        (HalfPenalty(4, 3, rng(), regularizer=L2(0.1)), {"weight"}),
        (DropoutWithoutScale(0.4, rng()), {"input"}),
        (DropoutWithoutMask(0.4, rng()), {"input"}),
        (StatisticsTakenAsFixed(4), {"input"}),
        (WrongSign(), {"input"}),
        (DerivativeOfInput(), {"input"}),
        (SoftmaxDiagonalOnly(), {"input"}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_broken_layers_are_caught(layer, wrong):
    errors = check_layer(layer, batch((6, 4)), training=True)
    assert {name for name, error in errors.items() if error > WRONG} == wrong, errors
    assert all(error < LIMIT for name, error in errors.items() if name not in wrong), errors


class ForgottenMean(SoftmaxCrossEntropy):
    def backward(self):
        return super().backward() * len(self._labels)


class MeanOverRowsOnly(MeanSquaredError):
    def backward(self):
        return 2 * self._difference / len(self._difference)


class ForgottenTwo(MeanSquaredError):
    def backward(self):
        return super().backward() / 2


class TruthMinusPrediction(SigmoidCrossEntropy):
    def backward(self):
        return -super().backward()


@pytest.mark.parametrize(
    ("loss", "y_true"),
    [
        (ForgottenMean(), [0, 2, 1, 1]),
        (MeanOverRowsOnly(), batch((4, 3), seed=9)),
        (ForgottenTwo(), batch((4, 3), seed=9)),
        (TruthMinusPrediction(), rng().integers(0, 2, (4, 3))),
    ],
    ids=lambda value: type(value).__name__,
)
def test_broken_losses_are_caught(loss, y_true):
    assert check_loss(loss, batch((4, 3)), y_true) > 0.1


def test_a_broken_layer_inside_a_model_shows_in_all_that_lies_before_it():
    model = Model([Dense(4, 5, rng()), Tanh(), TransposedWeight(5, 5, rng(1)), Dense(5, 3, rng(2))])
    errors = check_model(model, SoftmaxCrossEntropy(), batch((6, 4)), np.array([0, 1, 2, 0, 1, 2]))
    assert {name for name, error in errors.items() if error > WRONG} == {"0.weight", "0.bias"}
    assert max(errors[name] for name in errors if name[0] != "0") < LIMIT


def test_a_gradient_of_another_shape_or_of_nan_is_caught():
    class Column(Tanh):
        def backward(self, grad, out=None):
            return super().backward(grad)[:, :1]

    class NotANumber(Tanh):
        def backward(self, grad, out=None):
            return np.full_like(grad, np.nan)

    with pytest.raises(ValueError, match=r"Received: \(3, 1\) and \(3, 2\)"):
        check_layer(Column(), batch((3, 2)))
    assert check_layer(NotANumber(), batch((3, 2)))["input"] == np.inf


# --- The checker itself -------------------------------------------------------------------------


def test_slopes_of_known_functions():
    x = np.array([[0.5, -1.0], [2.0, 0.0]])
    measured = numerical_gradient(lambda: float((x**3).sum() + x[0, 0] * x[1, 0]), x)
    np.testing.assert_allclose(measured, [[2.75, 3.0], [12.5, 0.0]], rtol=1e-8, atol=1e-9)


def test_differences_are_central():
    # On a cubic they are wrong by h² exactly; one-sided ones would be by 3 x h.
    x = np.array([2.0])
    assert numerical_gradient(lambda: float(x[0] ** 3), x, h=0.25) == pytest.approx(12.0625)


@pytest.mark.parametrize(
    "f",
    [np.exp, np.sin, np.tanh, lambda x: 1e6 * x**2, lambda x: 1e6 + x**4, lambda x: np.sin(30 * x)],
)
def test_smooth_curves_have_no_kink(f):
    x = np.linspace(-3, 3, 41)
    measured = numerical_gradient(lambda: float(f(x).sum()), x)
    assert not np.isnan(measured).any()


@pytest.mark.parametrize("off", [0.0, 2e-6, -2e-6, 8e-6, -8e-6])
def test_kinks_are_found_at_and_near_them(off):
    x = np.array([1.0, off, -1.0, 4.0])
    measured = numerical_gradient(lambda: float((np.arange(1, 5) * np.abs(x)).sum()), x)
    np.testing.assert_allclose(measured, [1.0, np.nan, -3.0, 4.0], rtol=1e-9)


@pytest.mark.parametrize("off", [2e-5, -2e-5])
def test_beyond_its_step_a_kink_does_not_disturb(off):
    x = np.array([off])
    assert numerical_gradient(lambda: float(np.abs(x).sum()), x) == pytest.approx(np.sign(off))


@pytest.mark.parametrize("layer", [ReLU(), LeakyReLU(0.3)], ids=repr)
def test_an_input_of_exactly_zero_is_left_out(layer):
    x = batch((3, 4))
    x[1, 2] = 0.0
    assert check_layer(layer, x)["input"] < LIMIT
    with pytest.raises(ValueError, match=r"all are NaN \(kinks, or bends"):
        check_layer(layer, np.zeros((2, 2)))


def test_equal_prediction_and_truth_of_the_absolute_error():
    y = batch((3, 2))
    other = y + 1.0
    other[0, 0] = y[0, 0]
    assert check_loss(MeanAbsoluteError(), y, other) < LIMIT


def test_a_function_that_is_not_finite_is_not_taken_for_a_kink():
    """The derived slope of the first number could be anything if the measured one were NaN."""
    x = np.array([[2.0, 1e-6]])

    def logs():
        with np.errstate(invalid="ignore"):
            return float(np.log(x).sum())

    found = r"near x\[0, 1\] = 1e-06\. Received: \[ +nan +nan .* Move x .* smaller h"
    with pytest.raises(ValueError, match=found):
        numerical_gradient(logs, x)
    np.testing.assert_array_equal(x, [[2.0, 1e-6]])
    np.testing.assert_allclose(numerical_gradient(logs, x, h=1e-9), [[0.5, 1e6]], rtol=1e-5)


@pytest.mark.parametrize("place", [-1e-5, -5e-6, 0.0, 5e-6, 1e-5])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_one_value_that_is_not_finite_is_enough(place, value):
    x = np.array([1.0, 0.0])
    with pytest.raises(ValueError, match=rf"{value}.*Move x"):
        numerical_gradient(lambda: value if x[1] == place else 3.0, x)
    assert x.tolist() == [1.0, 0.0]


def test_relative_error_by_hand():
    a, b = np.array([1.0, -4.0, 0.0]), np.array([1.0, -5.0, 0.5])
    assert relative_error(a, b) == pytest.approx(1.0 / 5.0)
    assert relative_error(b, a) == pytest.approx(1.0 / 5.0)
    assert relative_error(a, np.array([2.0, np.nan, np.nan])) == pytest.approx(0.5)
    assert relative_error(a, a) == 0.0
    assert type(relative_error(a, b)) is float
    # Next to nothing on both sides is no error.
    assert relative_error(np.array([0.0]), np.array([1e-11])) == pytest.approx(1e-7)


def test_relative_error_refuses_what_it_cannot_compare():
    with pytest.raises(ValueError, match=r"Received: \(2,\) and \(2, 1\)"):
        relative_error(np.ones(2), np.ones((2, 1)))
    with pytest.raises(ValueError, match=r"no entry can be compared: .* bends too sharp for h"):
        relative_error(np.ones(2), np.full(2, np.nan))


def test_single_precision_is_refused_everywhere():
    single = batch((3, 4), np.float32)
    with pytest.raises(TypeError, match=r"measured in float64\. Received: float32"):
        numerical_gradient(lambda: float(single.sum()), single)
    with pytest.raises(TypeError, match="Received: float32"):
        check_layer(Tanh(), single)
    with pytest.raises(TypeError, match="Received: float32"):
        check_layer(Dense(4, 2, rng(), dtype=np.float32), single)
    with pytest.raises(TypeError, match="Received: float32"):
        check_loss(MeanSquaredError(), single, single + 1)
    model = Model([Dense(4, 2, rng(), dtype=np.float32)])
    with pytest.raises(TypeError, match="Received: float32"):
        check_model(model, SoftmaxCrossEntropy(), single, np.array([0, 1, 0]))


def state_of(thing):
    """All arrays and generators in an object, to be compared before and after."""
    if isinstance(thing, np.ndarray):
        return thing.tolist()
    if isinstance(thing, np.random.Generator):
        return thing.bit_generator.state
    if isinstance(thing, list):
        return [state_of(item) for item in thing]
    return {n: state_of(v) for n, v in vars(thing).items()} if hasattr(thing, "__dict__") else thing


@MODES
def test_what_is_checked_is_not_changed(training):
    loss, x, y = SoftmaxCrossEntropy(), batch((6, 3, 4)), np.array([0, 1, 2, 0, 1, 2])
    model = network(loss, rng(3))
    model.compile(Adam(model.parameters()), loss)
    model.fit(x, y, epochs=2, batch_size=3, rng=rng(), verbose=0)
    outputs = model.predict(x)
    before = copy.deepcopy(state_of(model.layers)), x.copy(), outputs.copy()
    check_model(model, loss, x, y, training)
    check_layer(model.layers[5], batch((4, 6)), training)
    check_layer(model.layers[7], batch((4, 6)), training)
    check_loss(loss, outputs, y)
    assert state_of(model.layers) == before[0]
    np.testing.assert_array_equal(x, before[1])
    np.testing.assert_array_equal(outputs, before[2])


class Fragile(Dense):
    """Fails at one of its calls; counted for all of its copies together."""

    calls, fuse = 0, None

    def forward(self, x, training=False, out=None):
        Fragile.calls += 1
        if Fragile.calls == Fragile.fuse:
            raise ZeroDivisionError
        return super().forward(x)


@pytest.mark.parametrize(
    ("check", "fuses"),
    [
        (check_layer, (10, 40, 60)),  # while it moves the input, the weights, the bias
        (lambda layer, x: check_model(Model([layer]), MeanSquaredError(), x, x[:, :2]), (10, 30)),
    ],
    ids=["layer", "model"],
)
def test_an_error_on_the_way_leaves_no_number_moved(check, fuses, monkeypatch):
    x = batch((2, 3))
    x.flags.writeable = False  # it is a copy that is moved
    layer = Fragile(3, 2, rng())
    for fuse in fuses:
        monkeypatch.setattr(Fragile, "calls", 0)
        monkeypatch.setattr(Fragile, "fuse", fuse)
        with pytest.raises(ZeroDivisionError):
            check(layer, x)
        np.testing.assert_array_equal(layer.weight.value, Dense(3, 2, rng()).weight.value)
        assert not layer.bias.value.any()
    monkeypatch.setattr(Fragile, "fuse", None)
    assert max(check(layer, x).values()) < LIMIT


def test_numbers_are_put_back():
    x = batch((3, 4))
    kept = x.copy()
    numerical_gradient(lambda: float((x**2).sum()), x)
    np.testing.assert_array_equal(x, kept)


@pytest.mark.parametrize("call", range(1, 10))
def test_numbers_are_put_back_after_an_error(call):
    x = batch((2,))
    kept, calls = x.copy(), []

    def f():
        calls.append(None)
        if len(calls) == call:
            raise ZeroDivisionError
        return float((x**2).sum())

    with pytest.raises(ZeroDivisionError):
        numerical_gradient(f, x)
    np.testing.assert_array_equal(x, kept)


def test_inference_is_checked_if_nothing_is_said():
    """The masks of dropout and the statistics of the batch don't matter then."""
    x, y = batch((5, 3)), np.array([0, 1, 1, 0, 1])

    class Refuses(ReLU):
        def forward(self, x, training=False, out=None):
            assert not training
            return super().forward(x, training, out)

    model = Model([Dense(3, 4, rng()), Refuses(), Dense(4, 2, rng(1))])
    assert max(check_model(model, SoftmaxCrossEntropy(), x, y).values()) < 1e-6
    assert check_layer(Refuses(), x)["input"] < 1e-6
    for check in (lambda: check_layer(Refuses(), x, training=True),
                  lambda: check_model(model, SoftmaxCrossEntropy(), x, y, True)):  # fmt: skip
        with pytest.raises(AssertionError):
            check()


class ScaledInPlace(Linear):
    """Its backward pass is wrong, but writes into the numbers that it's compared on."""

    def forward(self, x, training=False, out=None):
        return x + 1

    def backward(self, grad, out=None):
        grad *= -3
        return grad


class MovesItsInput(Linear):
    def forward(self, x, training=False, out=None):
        x += 1
        return x


class OptionsInAnotherOrder(Linear):
    """Doubles its input in training."""

    def forward(self, x, out=None, training=False):
        return 2 * x if training else x


@pytest.mark.parametrize("layer", [ScaledInPlace(), MovesItsInput()])
def test_a_layer_that_writes_into_what_it_is_given_is_caught(layer):
    with pytest.raises(ValueError, match="read-only"):
        check_layer(layer, rng(1).standard_normal((4, 3)))


def test_training_is_named_when_a_layer_is_called():
    x = rng(1).standard_normal((4, 3))
    assert check_layer(OptionsInAnotherOrder(), x)["input"] < 1e-9
    assert check_layer(OptionsInAnotherOrder(), x, training=True)["input"] > 0.4


class OneRoom(MeanSquaredError):
    """Keeps one array for its gradients, which is right, or three times as large."""

    def __init__(self, factor):
        self.factor = factor

    def forward(self, y_pred, y_true):
        value = super().forward(y_pred, y_true)
        self.room = super().backward() if not hasattr(self, "room") else self.room
        self.room[...] = super().backward() * self.factor
        return value

    def backward(self):
        return self.room


@pytest.mark.parametrize(("factor", "right"), [(1, True), (3, False)])
def test_a_loss_that_uses_its_array_again_is_judged_by_its_gradient(factor, right):
    y_pred, y_true = rng(1).standard_normal((2, 4, 3))
    assert (check_loss(OneRoom(factor), y_pred, y_true) < LIMIT) is right
