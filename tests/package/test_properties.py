"""What holds for every layer and every loss, whatever the batch looks like."""

import numpy as np
import pytest
from helpers_cases import LAYERS, LOSSES, WITHOUT_GRADIENT, rng
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.activations import ReLU, Sigmoid, Softmax, Tanh, softmax
from shared.layers import Dense, Dropout
from shared.losses import (
    BinaryCrossEntropy,
    CategoricalCrossEntropy,
    MeanAbsoluteError,
    MeanSquaredError,
    SigmoidCrossEntropy,
    SoftmaxCrossEntropy,
)
from shared.model import Model
from shared.regularizers import L2

DTYPES = st.sampled_from([np.float32, np.float64])
SEEDS = st.integers(0, 2**32 - 1)
LAYOUTS = {
    "plain": lambda x: x,
    "Fortran": np.asfortranarray,
    "strided": lambda x: np.repeat(x, 2, axis=0)[::2],
    "strided columns": lambda x: np.repeat(x, 2, axis=-1)[..., ::2],
    "reversed": lambda x: np.flip(np.flip(x).copy()),
    "swapped axes": lambda x: x.swapaxes(0, -1).copy().swapaxes(0, -1),
    "broadcast": lambda x: np.broadcast_to(x[:1], x.shape),
}
FEW = settings(max_examples=25, deadline=None)


def laid_out(x, layout):
    """Return the batch in another memory layout, read-only, and a copy of its numbers."""
    x = LAYOUTS[layout](x)
    x.setflags(write=False)
    return x, x.copy()


@pytest.mark.parametrize("name", LAYERS)
@FEW
@given(
    n=st.integers(0, 6), dtype=DTYPES, seed=SEEDS, layout=st.sampled_from(list(LAYOUTS)),
    training=st.booleans(),
)  # fmt: skip
def test_layers_keep_dtype_and_shape_and_leave_their_input_alone(
    name, n, dtype, seed, layout, training
):
    case = LAYERS[name]
    layer, plain = case.make(dtype), case.make(dtype)
    training = training and (n > 1 or name != "BatchNorm")
    x, x_before = laid_out(rng(seed).standard_normal((n, *case.shape[1:])).astype(dtype), layout)
    y = layer.forward(x, training=training)
    assert (y.dtype, len(y)) == (dtype, n)
    expected = plain.forward(x_before, training=training)
    np.testing.assert_allclose(y, expected, rtol=1e-4, atol=1e-5)
    if not isinstance(layer, WITHOUT_GRADIENT):
        grad = rng(seed + 1).standard_normal(y.shape).astype(dtype)
        grad, grad_before = laid_out(grad, layout)
        grad_x = layer.backward(grad)
        assert (grad_x.dtype, grad_x.shape) == (dtype, x.shape)
        expected = plain.backward(grad_before)
        np.testing.assert_allclose(grad_x, expected, rtol=1e-3, atol=1e-4)
        np.testing.assert_array_equal(grad, grad_before)
        for ours, theirs in zip(layer.parameters(), plain.parameters(), strict=True):
            assert ours.grad.dtype == dtype
            np.testing.assert_allclose(ours.grad, theirs.grad, rtol=1e-3, atol=1e-4)
    np.testing.assert_array_equal(x, x_before)


@pytest.mark.parametrize("name", LOSSES)
@FEW
@given(dtype=DTYPES, layout=st.sampled_from(list(LAYOUTS)), n=st.integers(1, 5))
def test_losses_keep_dtype_and_shape_and_leave_their_input_alone(name, dtype, layout, n):
    cls, y_pred, y_true = LOSSES[name]
    y_pred, before = laid_out(y_pred[:n].astype(dtype), layout)
    y_true, truth = laid_out(y_true[:n].copy(), layout)
    loss, plain = cls(), cls()
    assert loss.forward(y_pred, y_true) == pytest.approx(plain.forward(before, truth), rel=1e-4)
    grad = loss.backward()
    assert (grad.dtype, grad.shape) == (dtype, y_pred.shape)
    np.testing.assert_allclose(grad, plain.backward(), rtol=1e-3, atol=1e-5)
    np.testing.assert_array_equal(y_pred, before)
    np.testing.assert_array_equal(y_true, truth)


@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_of_no_sample_is_refused(name):
    cls, y_pred, y_true = LOSSES[name]
    with pytest.raises(ValueError, match=r"at least one sample. Received: y_pred"):
        cls().forward(y_pred[:0], y_true[:0])


def one_hot(labels, classes):
    return np.eye(classes)[labels]


CRITERIA = {
    "MSE": (MeanSquaredError, [], lambda g, n: g.standard_normal((n, 3))),
    "MAE": (MeanAbsoluteError, [Tanh], lambda g, n: g.standard_normal((n, 3))),
    "BCE": (BinaryCrossEntropy, [Sigmoid], lambda g, n: g.integers(0, 2, (n, 3))),
    "CCE": (CategoricalCrossEntropy, [Softmax], lambda g, n: g.integers(0, 3, n)),
    "softmax": (SoftmaxCrossEntropy, [], lambda g, n: g.integers(0, 3, n)),
    "softmax, one-hot": (SoftmaxCrossEntropy, [], lambda g, n: one_hot(g.integers(0, 3, n), 3)),
    "sigmoid": (SigmoidCrossEntropy, [ReLU], lambda g, n: g.integers(0, 2, (n, 3))),
}


@pytest.mark.parametrize("name", CRITERIA)
@FEW
@given(n=st.integers(1, 9), seed=SEEDS, strength=st.sampled_from([0.0, 0.1]))
def test_the_gradient_of_a_batch_is_the_mean_over_its_samples(name, n, seed, strength):
    criterion, last, draw = CRITERIA[name]
    g = rng(seed)
    model = Model([
        Dense(4, 5, g, regularizer=L2(strength)), Tanh(), Dropout(0.3, g), Dense(5, 3, g),
        *(cls() for cls in last),
    ])  # fmt: skip
    x, y = g.standard_normal((n, 4)), draw(g, n)
    loss = criterion()

    def gradients(x, y):
        value = loss.forward(model.forward(x), y)
        model.backward(loss.backward())
        return [value, *(p.grad.copy() for p in model.parameters())]

    each = [gradients(x[i : i + 1], y[i : i + 1]) for i in range(n)]
    for whole, parts in zip(gradients(x, y), zip(*each, strict=True), strict=True):
        np.testing.assert_allclose(whole, np.mean(parts, axis=0), rtol=1e-9, atol=1e-12)


@FEW
@given(data=st.data(), dtype=DTYPES, n=st.integers(1, 4))
def test_logits_up_to_ten_thousand_give_finite_numbers(data, dtype, n):
    numbers = st.one_of(st.sampled_from([-1e4, -104.0, 0.0, 89.0, 1e4]), st.floats(-1e4, 1e4))
    rows = st.lists(st.lists(numbers, min_size=3, max_size=3), min_size=n, max_size=n)
    z = np.array(data.draw(rows), dtype)
    labels = np.array(data.draw(st.lists(st.integers(0, 2), min_size=n, max_size=n)))
    p = softmax(z)
    assert p.dtype == dtype
    assert np.isfinite(p).all()
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-6)
    sigmoid_of = Sigmoid().forward(z)
    for loss, y_pred, y_true in [
        (SoftmaxCrossEntropy(), z, labels),
        (SigmoidCrossEntropy(), z, one_hot(labels, 3)),
        (CategoricalCrossEntropy(), p, labels),
        (BinaryCrossEntropy(), sigmoid_of, one_hot(labels, 3)),
        (MeanSquaredError(), z, one_hot(labels, 3)),
        (MeanAbsoluteError(), z, one_hot(labels, 3)),
    ]:
        value = loss.forward(y_pred, y_true)
        assert np.isfinite(value), loss
        assert value >= 0, loss
        grad = loss.backward()
        assert grad.dtype == dtype
        assert np.isfinite(grad).all(), loss


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_where_a_probability_was_clipped_the_gradient_is_zero(dtype):
    """There the loss doesn't change with the probability, so the measured slope is 0."""
    p = np.array([[0.0, 1.0], [1e-9, 1 - 1e-9], [0.5, 0.5]], dtype)
    binary, categorical = BinaryCrossEntropy(), CategoricalCrossEntropy()
    truth = np.array([[1, 0], [1, 0], [1, 0]])
    binary.forward(p, truth)
    grad = binary.backward()
    assert (grad[:2] == 0).all()
    np.testing.assert_allclose(grad[2], [-1 / 3, 1 / 3], rtol=1e-6)
    categorical.forward(p, np.array([0, 0, 0]))
    np.testing.assert_allclose(categorical.backward(), [[0, 0], [0, 0], [-2 / 3, 0]], rtol=1e-6)
