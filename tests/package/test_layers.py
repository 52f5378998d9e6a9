"""Parameter, Dense, Dropout, BatchNorm, and what every layer of the package promises.

The gradients are checked against measured slopes in test_gradcheck.py.
"""

import copy

import numpy as np
import pytest
from helpers_cases import LAYER_CLASSES, LAYERS, WITHOUT_GRADIENT, batch, rng

from shared.initializers import glorot_normal, zeros
from shared.layers import BatchNorm, Dense, Dropout, Layer, Parameter
from shared.regularizers import L1, L2

DTYPES = (np.float32, np.float64)
MODES = pytest.mark.parametrize("training", [True, False], ids=["training", "inference"])
ALL_LAYERS = pytest.mark.parametrize("name", LAYERS)
WITH_GRADIENT = pytest.mark.parametrize(
    "name",
    [n for n, case in LAYERS.items() if not isinstance(case.make("float64"), WITHOUT_GRADIENT)],
)


def test_every_class_has_a_case():
    assert {type(case.make(np.float64)) for case in LAYERS.values()} == LAYER_CLASSES


# --- Parameter ----------------------------------------------------------------------------------


class TestParameter:
    @pytest.mark.parametrize("dtype", DTYPES)
    def test_gradient_is_like_the_value_and_starts_at_zero(self, dtype):
        parameter = Parameter(np.ones((2, 3), dtype))
        assert parameter.grad.dtype == parameter.value.dtype == dtype
        np.testing.assert_array_equal(parameter.grad, np.zeros((2, 3)))

    @pytest.mark.parametrize(
        ("value", "received"),
        [
            ([1.0, 2.0], "list"),
            (3.0, "float"),
            (np.arange(3), "int64"),
            (np.ones(2, "f2"), "float16"),
        ],
    )
    def test_other_than_floats_in_an_array(self, value, received):
        with pytest.raises(TypeError, match=f"float32 or float64. Received: {received}"):
            Parameter(value)

    @pytest.mark.parametrize("name", ["value", "grad"])
    def test_assignment_writes_into_the_array_that_is_there(self, name):
        parameter = Parameter(np.ones((2, 2)))
        array = getattr(parameter, name)
        new = np.array([[1.0, 2.0], [3.0, 4.0]])
        setattr(parameter, name, new)
        new[0, 0] = 99.0
        assert getattr(parameter, name) is array
        np.testing.assert_array_equal(array, [[1.0, 2.0], [3.0, 4.0]])

    @pytest.mark.parametrize("name", ["value", "grad"])
    def test_arithmetic_in_place(self, name):
        parameter = Parameter(np.ones(3))
        parameter.grad = np.ones(3)
        array = getattr(parameter, name)
        if name == "value":
            parameter.value -= 0.5
        else:
            parameter.grad *= 0.5
        assert getattr(parameter, name) is array
        np.testing.assert_array_equal(array, [0.5, 0.5, 0.5])

    @pytest.mark.parametrize(("name", "said"), [("value", "value"), ("grad", "gradient")])
    @pytest.mark.parametrize("new", [np.ones(3), np.ones((3, 1)), np.ones((1, 3, 2)), 1.0])
    def test_assignment_of_another_shape(self, name, said, new):
        parameter = Parameter(np.zeros((3, 2)))
        with pytest.raises(ValueError, match=rf"the {said} of a .* shape \(3, 2\)") as error:
            setattr(parameter, name, new)
        assert f"Received: shape {np.shape(new)}" in str(error.value)
        np.testing.assert_array_equal(getattr(parameter, name), np.zeros((3, 2)))

    def test_move_keeps_the_numbers_and_uses_the_new_arrays(self):
        parameter = Parameter(np.array([1.0, 2.0]))
        parameter.grad = [3.0, 4.0]
        vector = np.full(8, np.nan)
        parameter.move(vector[:2], vector[4:6])
        parameter.value = [5.0, 6.0]
        np.testing.assert_array_equal(vector[[0, 1, 4, 5]], [5.0, 6.0, 3.0, 4.0])
        assert parameter.grad.base is vector


# --- What every layer promises ------------------------------------------------------------------


def frozen(array):
    """A copy that raises if anybody writes into it."""
    array = array.copy()
    array.flags.writeable = False
    return array


@MODES
@ALL_LAYERS
@pytest.mark.parametrize("dtype", DTYPES)
def test_input_and_gradient_are_never_written_to(name, dtype, training):
    case = LAYERS[name]
    layer = case.make(dtype)
    x = frozen(batch(case.shape, dtype))
    for _ in range(2):  # the second time the layer may have arrays of its own to reuse
        y = layer.forward(x, training=training)
        layer.forward(x, training=training, out=np.empty_like(y))
    np.testing.assert_array_equal(x, batch(case.shape, dtype))
    if isinstance(layer, WITHOUT_GRADIENT):
        return
    grad = frozen(batch(y.shape, dtype, seed=6))
    layer.backward(grad)
    layer.backward(grad, out=np.empty_like(x))
    layer.backward_parameters(grad)
    np.testing.assert_array_equal(grad, batch(y.shape, dtype, seed=6))
    np.testing.assert_array_equal(x, batch(case.shape, dtype))


@MODES
@ALL_LAYERS
@pytest.mark.parametrize("dtype", DTYPES)
def test_out_gives_the_same_bits(name, dtype, training):
    case = LAYERS[name]
    plain, other = case.make(dtype), case.make(dtype)
    x = batch(case.shape, dtype)
    y = plain.forward(x, training=training)
    # A part of a larger array, as for the smaller batch at the end of an epoch.
    room = np.full((len(y) + 2, *y.shape[1:]), np.nan, y.dtype)[: len(y)]
    np.testing.assert_array_equal(y, other.forward(x, training=training, out=room))
    if isinstance(plain, WITHOUT_GRADIENT):
        return
    grad = batch(y.shape, dtype, seed=6)
    room = np.full_like(x, np.nan)
    np.testing.assert_array_equal(plain.backward(grad), other.backward(grad, out=room))
    for ours, theirs in zip(plain.parameters(), other.parameters(), strict=True):
        np.testing.assert_array_equal(ours.grad, theirs.grad)


# The others hand their input on, or keep their output, and need no array for it.
WRITE_FORWARD = ["Dense", "Dropout", "BatchNorm", "ReLU", "LeakyReLU", "Rescaling"]


@MODES
@pytest.mark.parametrize("name", [*WRITE_FORWARD, "Sigmoid", "Tanh", "Softmax"])
def test_out_is_what_comes_back(name, training):
    layer, x = LAYERS[name].make(np.float64), batch(LAYERS[name].shape)
    room, room_for_grad = np.empty_like(layer.forward(x)), np.empty_like(x)
    y = layer.forward(x, training=training, out=room)
    passes_on = name == "Dropout" and not training
    assert (y is room) == (name in WRITE_FORWARD and not passes_on)
    assert (layer.backward(np.ones_like(y), out=room_for_grad) is room_for_grad) != passes_on


@MODES
@ALL_LAYERS
def test_what_a_layer_returned_stays_as_it_was(name, training):
    case = LAYERS[name]
    layer = case.make(np.float64)
    x = batch(case.shape)
    y = layer.forward(x, training=training)
    kept = y.copy()
    with_gradient = not isinstance(layer, WITHOUT_GRADIENT)
    if with_gradient:
        dx = layer.backward(batch(y.shape, seed=6))
        kept_dx = dx.copy()
    for seed in (21, 22):
        y_later = layer.forward(batch(case.shape, seed=seed), training=training)
        if with_gradient:
            layer.backward(batch(y_later.shape, seed=seed))
    np.testing.assert_array_equal(y, kept)
    if with_gradient:
        np.testing.assert_array_equal(dx, kept_dx)


@MODES
@WITH_GRADIENT
def test_backward_overwrites_the_gradients_and_never_adds_up(name, training):
    case = LAYERS[name]
    layer = case.make(np.float64)
    y = layer.forward(batch(case.shape), training=training)
    grad = batch(y.shape, seed=6)
    dx = layer.backward(grad)
    assert dx.shape == case.shape
    first = [p.grad.copy() for p in layer.parameters()]
    layer.backward(2 * grad)
    np.testing.assert_array_equal(layer.backward(grad), dx)
    for parameter, once in zip(layer.parameters(), first, strict=True):
        assert np.abs(once).max() > 0
        np.testing.assert_array_equal(parameter.grad, once)


@MODES
@WITH_GRADIENT
def test_backward_parameters_does_that_part_of_backward(name, training):
    case = LAYERS[name]
    whole, part = case.make(np.float64), case.make(np.float64)
    y = whole.forward(batch(case.shape), training=training)
    part.forward(batch(case.shape), training=training)
    grad = batch(y.shape, seed=6)
    whole.backward(grad)
    assert part.backward_parameters(grad) is None
    for ours, theirs in zip(whole.parameters(), part.parameters(), strict=True):
        np.testing.assert_array_equal(ours.grad, theirs.grad)


@ALL_LAYERS
def test_batches_of_other_sizes_in_turn(name):
    # A layer that keeps an array from one batch to the next must not mix up their sizes.
    case = LAYERS[name]
    reused, fresh = case.make(np.float64), case.make(np.float64)
    for n in (5, 3, 7, 2):
        x = batch((n, *case.shape[1:]), seed=n)
        y = reused.forward(x)
        np.testing.assert_array_equal(y, copy.deepcopy(fresh).forward(x))
        assert len(y) == n


def test_a_layer_of_your_own_is_told_what_it_lacks():
    class Lazy(Layer):
        pass

    with pytest.raises(NotImplementedError, match="Lazy has no forward pass"):
        Lazy().forward(np.ones((1, 1)))
    with pytest.raises(NotImplementedError, match="Lazy has no backward pass"):
        Lazy().backward(np.ones((1, 1)))
    assert (Lazy().parameters(), Lazy().penalty(), Lazy().state_dict()) == ([], 0.0, {})
    assert repr(Lazy()) == "Lazy()"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Dense", "Dense(4, 3)"),
        ("Dropout", "Dropout(rate=0.4)"),
        ("BatchNorm", "BatchNorm(4)"),
        ("ReLU", "ReLU()"),
        ("LeakyReLU", "LeakyReLU(slope=0.1)"),
        ("RandomShift", "RandomShift(pixels=2)"),
    ],
)
def test_repr(name, text):
    assert repr(LAYERS[name].make(np.float64)) == text


# --- Dense --------------------------------------------------------------------------------------


class TestDense:
    def layer(self, **options):
        layer = Dense(2, 3, rng(), **options)
        layer.weight.value = [[1.0, -1.0, 2.0], [0.0, 3.0, 1.0]]
        layer.bias.value = [0.5, 0.0, -1.0]
        return layer

    def test_by_hand(self):
        layer = self.layer()
        x = np.array([[1.0, 2.0], [-1.0, 0.5]])
        np.testing.assert_array_equal(layer.forward(x), [[1.5, 5.0, 3.0], [-0.5, 2.5, -2.5]])
        dx = layer.backward(np.array([[1.0, 0.0, 2.0], [0.0, -1.0, 1.0]]))
        np.testing.assert_array_equal(dx, [[5.0, 2.0], [3.0, -2.0]])
        np.testing.assert_array_equal(layer.weight.grad, [[1.0, 1.0, 1.0], [2.0, -0.5, 4.5]])
        np.testing.assert_array_equal(layer.bias.grad, [1.0, -1.0, 3.0])

    def test_starts_with_the_initializer_and_a_bias_of_zero(self):
        layer = Dense(4, 3, rng(8), initializer=glorot_normal)
        np.testing.assert_array_equal(layer.weight.value, glorot_normal(4, 3, rng(8)))
        np.testing.assert_array_equal(layer.bias.value, np.zeros(3))
        assert (layer.in_features, layer.out_features) == (4, 3)
        assert not Dense(4, 3, None, initializer=zeros).weight.value.any()

    def test_one_seed_gives_the_same_weights_in_both_precisions(self):
        single, double = (Dense(4, 3, rng(8), dtype=dtype).weight.value for dtype in DTYPES)
        np.testing.assert_array_equal(single, double.astype(np.float32))

    def test_order_of_the_parameters(self):
        layer = self.layer()
        assert layer.parameters() == [layer.weight, layer.bias]
        assert list(layer.state_dict()) == ["weight", "bias"]
        assert layer.state_dict()["weight"] is layer.weight.value

    @pytest.mark.parametrize(
        ("regularizer", "penalty", "extra"),
        [
            (L2(0.5), 0.5 * 16.0, [[1.0, -1.0, 2.0], [0.0, 3.0, 1.0]]),
            (L1(0.5), 0.5 * 8.0, [[0.5, -0.5, 0.5], [0.0, 0.5, 0.5]]),
        ],
    )
    def test_penalty_on_the_weights_alone(self, regularizer, penalty, extra):
        x, grad = batch((4, 2)), batch((4, 3))
        plain, layer = self.layer(), self.layer(regularizer=regularizer)
        assert (plain.penalty(), layer.penalty()) == (0.0, penalty)
        np.testing.assert_array_equal(layer.forward(x), plain.forward(x))
        np.testing.assert_array_equal(layer.backward(grad), plain.backward(grad))
        np.testing.assert_allclose(layer.weight.grad, plain.weight.grad + extra, rtol=1e-14)
        np.testing.assert_array_equal(layer.bias.grad, plain.bias.grad)

    @pytest.mark.parametrize("shape", [(4, 3), (2,), (3, 4), (4, 2, 1), ()])
    def test_input_of_another_width(self, shape):
        with pytest.raises(ValueError, match=r"Dense\(2, 3\) takes .* \(batch, 2\)") as error:
            self.layer().forward(np.ones(shape))
        assert f"Received: shape {shape}" in str(error.value)

    @pytest.mark.parametrize("dtype", [np.float32, np.uint8, np.int64])
    def test_input_of_another_dtype(self, dtype):
        with pytest.raises(
            TypeError, match=r"Dense\(2, 3\) keeps its parameters in float64"
        ) as error:
            self.layer().forward(np.ones((1, 2), dtype))
        assert f"Received: input in {np.dtype(dtype)}. Convert it with x.astype(np.float64)" in str(
            error.value
        )


# --- Dropout ------------------------------------------------------------------------------------


class TestDropout:
    @pytest.mark.parametrize("rate", [-0.1, 1, 1.5, float("nan")])
    def test_rates_outside_of_the_range(self, rate):
        with pytest.raises(ValueError, match=f"at least 0 and below 1. Received: rate={rate}"):
            Dropout(rate, rng())

    @pytest.mark.parametrize("dtype", DTYPES)
    @pytest.mark.parametrize("rate", [0.1, 0.5, 0.75])
    def test_numbers_are_zero_or_scaled_up(self, rate, dtype):
        x = np.full((200, 100), 3.0, dtype)
        y = Dropout(rate, rng()).forward(x, training=True)
        kept = y != 0
        # 16 bits decide, so the share that is dropped is a multiple of 1 / 65536.
        dropped = int(rate * 65536)
        np.testing.assert_allclose(y[kept], 3.0 * 65536 / (65536 - dropped), rtol=1e-6)
        np.testing.assert_allclose(y[kept], 3.0 / (1 - rate), rtol=1e-4)
        # 20,000 draws: the standard deviation of the share is at most 0.0036.
        assert np.mean(~kept) == pytest.approx(rate, abs=0.015)

    def test_backward_has_mask_and_scale_of_the_forward_pass(self):
        layer = Dropout(0.75, rng())
        y = layer.forward(np.ones((20, 10)), training=True)
        assert set(np.unique(y)) == {0.0, 4.0}
        np.testing.assert_array_equal(layer.backward(np.full((20, 10), 0.5)), 0.5 * y)

    def test_expected_value_is_kept(self):
        layer = Dropout(0.3, rng())
        x = np.array([[1.0, -2.0, 0.5, 10.0]])
        mean = np.mean([layer.forward(x, training=True) for _ in range(4000)], axis=0)
        # One draw varies by sqrt(0.3 / 0.7) = 0.65 times x, the mean of 4000 by 0.01 times x.
        np.testing.assert_allclose(mean, x, rtol=0.05)

    def test_every_forward_pass_draws_a_new_mask(self):
        layer = Dropout(0.5, rng())
        x = np.ones((10, 10))
        first, second = (layer.forward(x, training=True) for _ in range(2))
        assert (first != second).any()

    def test_units_are_dropped_apart_from_each_other_in_every_sample(self):
        y = Dropout(0.5, rng()).forward(np.ones((400, 50)), training=True)
        assert np.abs(np.corrcoef(y.T) - np.eye(50)).max() < 0.3  # 6 standard deviations
        assert np.abs(y.mean(axis=1) - 1).max() < 1

    def test_same_generator_same_masks_in_both_precisions(self):
        masks = [
            Dropout(0.4, rng(9)).forward(np.ones((30, 20), dtype), training=True) > 0
            for dtype in (*DTYPES, np.float64)
        ]
        np.testing.assert_array_equal(masks[0], masks[1])
        np.testing.assert_array_equal(masks[1], masks[2])

    def test_outside_of_training_it_hands_on_and_draws_nothing(self):
        generator = rng()
        state = generator.bit_generator.state
        layer = Dropout(0.5, generator)
        x, grad = batch((4, 3)), batch((4, 3))
        assert layer.forward(x) is x
        assert layer.backward(grad) is grad
        assert generator.bit_generator.state == state

    def test_a_training_pass_leaves_no_mask_behind_for_inference(self):
        layer = Dropout(0.5, rng())
        x = np.ones((8, 8))
        layer.forward(x, training=True)
        layer.forward(x)
        np.testing.assert_array_equal(layer.backward(x), x)

    def test_rate_zero_changes_nothing(self):
        x = batch((30, 30))
        np.testing.assert_array_equal(Dropout(0.0, rng()).forward(x, training=True), x)


# --- BatchNorm ----------------------------------------------------------------------------------


class TestBatchNorm:
    x = np.array([[1.0, 10.0], [3.0, 20.0], [5.0, 60.0]])  # means 3, 30; variances 8/3, 1400/3

    def test_by_hand(self):
        layer = BatchNorm(2, momentum=0.25, eps=0.0)
        layer.gamma.value, layer.beta.value = [2.0, 1.0], [0.0, -1.0]
        y = layer.forward(self.x, training=True)
        expected = (self.x - [3.0, 30.0]) / np.sqrt([8 / 3, 1400 / 3]) * [2.0, 1.0] + [0.0, -1.0]
        np.testing.assert_allclose(y, expected, rtol=1e-14)
        # A quarter of the way from 0 to the mean, and from 1 to the variance (divisor 2, not 3).
        np.testing.assert_allclose(layer.running_mean, [0.75, 7.5], rtol=1e-15)
        np.testing.assert_allclose(layer.running_var, [0.75 + 1.0, 0.75 + 175.0], rtol=1e-15)

    def test_output_in_training_has_mean_0_and_variance_1(self):
        y = BatchNorm(5).forward(rng().normal(4.0, 9.0, (300, 5)), training=True)
        np.testing.assert_allclose(y.mean(axis=0), 0.0, atol=1e-12)
        np.testing.assert_allclose(y.var(axis=0), 1.0, rtol=1e-5)

    def test_running_statistics_over_several_batches(self):
        layer = BatchNorm(3, momentum=0.1)
        mean, var = np.zeros(3), np.ones(3)
        for seed in range(5):
            x = rng(seed).normal(seed, 2.0, (7, 3))
            layer.forward(x, training=True)
            mean = 0.9 * mean + 0.1 * x.mean(axis=0)
            var = 0.9 * var + 0.1 * x.var(axis=0, ddof=1)
        np.testing.assert_allclose(layer.running_mean, mean, rtol=1e-14)
        np.testing.assert_allclose(layer.running_var, var, rtol=1e-14)

    def test_inference_uses_the_running_statistics_and_leaves_them(self):
        layer = BatchNorm(2, eps=1e-3)
        layer.forward(self.x, training=True)
        mean, var = layer.running_mean.copy(), layer.running_var.copy()
        x = batch((4, 2))
        np.testing.assert_allclose(layer.forward(x), (x - mean) / np.sqrt(var + 1e-3), rtol=1e-14)
        np.testing.assert_array_equal(layer.running_mean, mean)
        np.testing.assert_array_equal(layer.running_var, var)

    def test_in_inference_a_sample_does_not_depend_on_the_others(self):
        layer = LAYERS["BatchNorm"].make(np.float64)
        x = batch((6, 4))
        together = layer.forward(x)
        alone = np.concatenate([layer.forward(row[None]) for row in x])
        np.testing.assert_array_equal(together, alone)

    def test_training_then_inference_then_backward(self):
        # The gradient belongs to the last forward pass, in its mode.
        layer = BatchNorm(2, eps=0.0)
        layer.forward(self.x, training=True)
        layer.running_var[:] = [4.0, 25.0]
        layer.forward(self.x)
        grad = layer.backward(np.ones((3, 2)))
        np.testing.assert_allclose(grad, np.tile([0.5, 0.2], (3, 1)), rtol=1e-15)

    def test_feature_that_never_changes(self):
        layer = BatchNorm(1)
        assert not layer.forward(np.full((4, 1), 7.0), training=True).any()
        assert np.isfinite(layer.backward(np.arange(4.0)[:, None])).all()

    @pytest.mark.parametrize("n", [0, 1])
    def test_training_on_less_than_two_samples(self, n):
        layer = BatchNorm(2)
        with pytest.raises(ValueError, match="batch size that doesn't leave a single") as error:
            layer.forward(np.ones((n, 2)), training=True)
        assert f"Received: input of shape ({n}, 2)" in str(error.value)
        assert not layer.running_mean.any()  # nothing was learnt from it
        assert layer.forward(np.ones((1, 2))).shape == (1, 2)

    def test_input_of_another_width_or_dtype(self):
        layer = BatchNorm(3)
        with pytest.raises(ValueError, match=r"BatchNorm\(3\) takes .*Received: shape \(4, 2\)"):
            layer.forward(np.ones((4, 2)), training=True)
        with pytest.raises(TypeError, match=r"BatchNorm\(3\) .*Received: input in float32"):
            layer.forward(np.ones((4, 3), np.float32))

    def test_running_statistics_are_part_of_the_state_but_not_trained(self):
        layer = BatchNorm(3)
        assert list(layer.state_dict()) == ["gamma", "beta", "running_mean", "running_var"]
        assert layer.state_dict()["running_var"] is layer.running_var
        assert layer.parameters() == [layer.gamma, layer.beta]


@pytest.mark.parametrize("make", [lambda: Dropout(0.5, rng()), lambda: _FreeNorm(4)])
def test_kept_arrays_have_the_dtype_of_the_batch(make):
    """A layer that has seen one dtype doesn't push the next batch through an array of the other."""
    layer, fresh = make(), make()
    layer.forward(np.ones((3, 4), np.float32), training=True)
    if isinstance(layer, Dropout):
        layer.rng = rng()
    x = 1 + 1e-12 * batch((3, 4))
    y = layer.forward(x, training=True)
    assert y.dtype == np.float64
    np.testing.assert_array_equal(y, fresh.forward(x, training=True))


class _FreeNorm(BatchNorm):
    """Takes both dtypes: what `_like` is for."""

    def forward(self, x, training=False, out=None):
        for parameter in (self.gamma, self.beta):
            parameter._value = parameter.value.astype(x.dtype)
        return super().forward(x, training, out)


def test_small_integers_do_not_overflow():
    # labels.max() + 1, say
    layer = Dense(250, np.uint8(10), np.random.default_rng(0))
    same = Dense(250, 10, np.random.default_rng(0))
    np.testing.assert_array_equal(layer.weight.value, same.weight.value)
    layer = Dense(np.uint8(250), np.uint8(10), np.random.default_rng(0), glorot_normal)
    assert 0.07 < layer.weight.value.std() < 0.11
