import numpy as np
import pytest
from helpers_cases import rng
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from shared.activations import LeakyReLU, Linear, ReLU, Sigmoid, Softmax, Tanh, sigmoid, softmax
from shared.layers import Layer

numbers = st.floats(-1e3, 1e3)
rows = arrays(float, array_shapes(min_dims=2, max_dims=2, max_side=6), elements=numbers)
x = np.array([[-2.0, -0.5, 0.0, 0.5, 3.0]])
ones = np.ones_like(x)


@pytest.mark.parametrize(
    ("layer", "y", "slope"),
    [
        (Linear(), x, ones),
        (ReLU(), [[0, 0, 0, 0.5, 3]], [[0, 0, 0, 1, 1]]),
        (LeakyReLU(0.25), [[-0.5, -0.125, 0, 0.5, 3]], [[0.25, 0.25, 0.25, 1, 1]]),
        (LeakyReLU(), [[-0.02, -0.005, 0, 0.5, 3]], [[0.01, 0.01, 0.01, 1, 1]]),
    ],
    ids=lambda value: repr(value) if isinstance(value, Layer) else "",
)
def test_straight_lines_by_hand(layer, y, slope):
    np.testing.assert_array_equal(layer.forward(x), y)
    np.testing.assert_array_equal(layer.backward(2 * ones), 2 * np.array(slope))


def test_relu_mask_is_that_of_the_input():
    # The mask taken from the output with >= would let every gradient through.
    layer = ReLU()
    layer.forward(np.array([[-1.0, 0.0, 1e-300]]))
    np.testing.assert_array_equal(layer.backward(np.array([[5.0, 6.0, 7.0]])), [[0.0, 0.0, 7.0]])


def test_sigmoid_by_hand():
    layer = Sigmoid()
    y = layer.forward(np.log([[1.0, 3.0, 1 / 3]]))
    np.testing.assert_allclose(y, [[1 / 2, 3 / 4, 1 / 4]], rtol=1e-15)
    np.testing.assert_allclose(layer.backward(np.ones((1, 3))), [[1 / 4, 3 / 16, 3 / 16]])


def test_tanh_by_hand():
    layer = Tanh()
    y = layer.forward(np.log([[1.0, 2.0]]))
    np.testing.assert_allclose(y, [[0.0, 3 / 5]], rtol=1e-15)
    np.testing.assert_allclose(layer.backward(np.ones((1, 2))), [[1.0, 16 / 25]])


def test_softmax_by_hand():
    layer = Softmax()
    y = layer.forward(np.log([[1.0, 2.0, 5.0], [4.0, 4.0, 8.0]]))
    np.testing.assert_allclose(y, [[1 / 8, 2 / 8, 5 / 8], [1 / 4, 1 / 4, 1 / 2]], rtol=1e-14)


def test_softmax_goes_along_the_last_axis():
    z = rng(8).standard_normal((2, 4, 3))
    layer = Softmax()
    grad = rng(9).standard_normal(z.shape)
    for axes in [(0,), (0, 1)]:
        rows = softmax(z[axes])
        np.testing.assert_allclose(rows.sum(axis=-1), 1, rtol=1e-14)
        np.testing.assert_array_equal(rows, softmax(z)[axes])
    layer.forward(z)
    whole = layer.backward(grad)
    layer.forward(z[1])
    np.testing.assert_array_equal(whole[1], layer.backward(grad[1]))


def test_minus_infinity_shows():
    with np.errstate(invalid="ignore"):
        assert np.isnan(ReLU().forward(np.array([[-np.inf]])))


def test_softmax_backward_is_the_product_with_the_jacobian():
    layer = Softmax()
    y = layer.forward(rng().standard_normal((4, 3)))
    grad = rng(1).standard_normal((4, 3))
    jacobians = [np.diag(p) - np.outer(p, p) for p in y]
    expected = [jacobian @ g for jacobian, g in zip(jacobians, grad, strict=True)]
    np.testing.assert_allclose(layer.backward(grad), expected, rtol=1e-13, atol=1e-16)


class TestExtremes:
    """Large inputs give the exact limit, without overflow (a warning would be an error)."""

    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    def test_sigmoid(self, dtype):
        y = sigmoid(np.array([-1000.0, 0.0, 1000.0], dtype))
        assert y.tolist() == [0.0, 0.5, 1.0]

    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    def test_softmax(self, dtype):
        y = softmax(np.array([[1000.0, -1000.0], [-1000.0, -1000.0], [1000.0, 1000.0]], dtype))
        assert y.tolist() == [[1.0, 0.0], [0.5, 0.5], [0.5, 0.5]]

    def test_small_probabilities_are_not_lost(self):
        assert sigmoid(np.array([-700.0]))[0] == pytest.approx(np.exp(-700.0), rel=1e-15)

    def test_tanh(self):
        assert Tanh().forward(np.array([[-1000.0, 1000.0]])).tolist() == [[-1.0, 1.0]]


class TestProperties:
    @given(rows)
    def test_softmax_gives_probabilities(self, z):
        p = softmax(z)
        assert (p >= 0).all()
        np.testing.assert_allclose(p.sum(axis=1), 1.0, rtol=1e-14)

    @given(rows, st.floats(-100, 100))
    def test_softmax_ignores_a_shift_of_the_row(self, z, shift):
        np.testing.assert_allclose(softmax(z + shift), softmax(z), rtol=1e-10, atol=1e-300)

    @given(rows)
    def test_softmax_keeps_the_order(self, z):
        p = softmax(z)
        assert (np.diff(np.take_along_axis(p, z.argsort(axis=1), axis=1), axis=1) >= 0).all()

    @given(rows)
    def test_softmax_treats_each_row_on_its_own(self, z):
        np.testing.assert_allclose(softmax(z[:1]), softmax(z)[:1], rtol=1e-14)

    @given(rows)
    def test_sigmoid_is_symmetric(self, z):
        np.testing.assert_allclose(sigmoid(-z), 1 - sigmoid(z), rtol=1e-12, atol=1e-15)
        assert ((sigmoid(z) >= 0) & (sigmoid(z) <= 1)).all()

    @given(rows)
    def test_softmax_of_two_is_a_sigmoid(self, z):
        pair = np.stack([z[:, 0], np.zeros(len(z))], axis=1)
        np.testing.assert_allclose(softmax(pair)[:, 0], sigmoid(z[:, 0]), rtol=1e-13, atol=1e-300)

    @given(rows)
    def test_tanh_is_a_stretched_sigmoid(self, z):
        np.testing.assert_allclose(Tanh().forward(z), 2 * sigmoid(2 * z) - 1, atol=1e-15)

    @given(rows)
    def test_relu_splits_a_number_into_two_parts(self, z):
        relu = ReLU()
        np.testing.assert_array_equal(relu.forward(z) - relu.forward(-z), z)
        assert (relu.forward(z) >= 0).all()
