"""The losses' values and what they refuse; the gradients are checked in test_gradcheck.py."""

import numpy as np
import pytest
from helpers_cases import LOSS_CLASSES, LOSSES, rng
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from shared.activations import Sigmoid, Softmax, sigmoid, softmax
from shared.losses import (
    BinaryCrossEntropy,
    CategoricalCrossEntropy,
    Loss,
    MeanAbsoluteError,
    MeanSquaredError,
    SigmoidCrossEntropy,
    SoftmaxCrossEntropy,
)

ALL_LOSSES = pytest.mark.parametrize("name", LOSSES)
log = np.log


def test_every_class_has_a_case():
    assert {case.loss for case in LOSSES.values()} == LOSS_CLASSES


@pytest.mark.parametrize(
    ("loss", "y_pred", "y_true", "value", "gradient"),
    [
        (MeanSquaredError(), [[1, 2], [3, 4]], [[1, 4], [0, 4]], 13 / 4, [[0, -1], [1.5, 0]]),
        (MeanAbsoluteError(), [[1, 2], [3, 4]], [[1, 4], [0, 4]], 5 / 4, [[0, -0.25], [0.25, 0]]),
        (BinaryCrossEntropy(), [[0.75], [0.5]], [1, 0], -log(0.375) / 2, [[-2 / 3], [1]]),
        (
            CategoricalCrossEntropy(),
            [[0.25, 0.75], [0.5, 0.5]],
            [1, 0],
            -log(0.375) / 2,
            [[0, -2 / 3], [-1, 0]],
        ),
        (
            SoftmaxCrossEntropy(),
            log([[1, 3], [2, 2]]),
            [1, 0],
            -log(0.375) / 2,
            [[1 / 8, -1 / 8], [-1 / 4, 1 / 4]],
        ),
        (SigmoidCrossEntropy(), log([[3], [1]]), [1, 0], -log(0.375) / 2, [[-1 / 8], [1 / 4]]),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Loss) else "",
)
def test_by_hand(loss, y_pred, y_true, value, gradient):
    measured = loss.forward(np.array(y_pred, float), np.array(y_true))
    assert measured == pytest.approx(value, rel=1e-14)
    np.testing.assert_allclose(loss.backward(), gradient, rtol=1e-14)


@ALL_LOSSES
def test_promises(name):
    """A Python float, a gradient of the right shape, and nothing that was handed in is changed."""
    cls, y_pred, y_true = LOSSES[name]
    loss, y_pred, y_true = cls(), y_pred.copy(), y_true.copy()
    y_pred.flags.writeable = y_true.flags.writeable = False
    value = loss.forward(y_pred, y_true)
    assert type(value) is float
    grad = loss.backward()
    kept = grad.copy()
    assert grad.shape == y_pred.shape
    assert not np.shares_memory(grad, y_pred)
    loss.backward()[...] = 9.0  # the caller may do with a gradient as it likes
    np.testing.assert_array_equal(loss.backward(), kept)
    loss.forward(y_pred[:2] * 0.5, y_true[:2])
    np.testing.assert_array_equal(grad, kept)
    assert loss.forward(y_pred, y_true) == value
    np.testing.assert_array_equal(loss.backward(), kept)


@ALL_LOSSES
def test_mean_over_the_batch(name):
    # Twice the same batch, one below the other: the same loss, each gradient half as large.
    loss, y_pred, y_true = LOSSES[name].loss(), LOSSES[name].y_pred, LOSSES[name].y_true
    value, grad = loss.forward(y_pred, y_true), loss.backward()
    twice = loss.forward(np.concatenate([y_pred, y_pred]), np.concatenate([y_true, y_true]))
    assert twice == pytest.approx(value, rel=1e-14)
    np.testing.assert_allclose(loss.backward(), np.concatenate([grad, grad]) / 2, rtol=1e-14)


@ALL_LOSSES
def test_targets_in_lists(name):
    loss, y_pred, y_true = LOSSES[name].loss(), LOSSES[name].y_pred, LOSSES[name].y_true
    assert loss.forward(y_pred, y_true.tolist()) == loss.forward(y_pred, y_true)


@pytest.mark.parametrize(
    ("loss", "value", "gradient"),
    [(MeanSquaredError(), 0.25, [0.5, -0.5]), (MeanAbsoluteError(), 0.5, [0.5, -0.5])],
)
def test_predictions_in_whole_numbers(loss, value, gradient):
    # The targets must not be cut down to whole numbers with them.
    assert loss.forward(np.array([1, 2]), np.array([0.5, 2.5])) == value
    assert loss.backward().tolist() == gradient


@pytest.mark.parametrize("loss", [CategoricalCrossEntropy(), SoftmaxCrossEntropy()])
def test_one_hot_rows_and_labels_are_the_same(loss):
    p, labels = softmax(rng().standard_normal((6, 4))), np.array([3, 0, 1, 1, 2, 3])
    value, grad = loss.forward(p, labels), loss.backward()
    for dtype in (float, np.uint8, bool):
        assert loss.forward(p, np.eye(4, dtype=dtype)[labels]) == value
        np.testing.assert_array_equal(loss.backward(), grad)


def test_fused_losses_equal_their_two_halves():
    z, labels = 3 * rng().standard_normal((8, 5)), rng(1).integers(0, 5, 8)
    softmax_layer, fused, half = Softmax(), SoftmaxCrossEntropy(), CategoricalCrossEntropy()
    value = half.forward(softmax_layer.forward(z), labels)
    assert fused.forward(z, labels) == pytest.approx(value, rel=1e-13)
    np.testing.assert_allclose(
        fused.backward(), softmax_layer.backward(half.backward()), rtol=1e-12, atol=1e-17
    )
    z, y = z[:, :1], labels % 2
    sigmoid_layer, fused, half = Sigmoid(), SigmoidCrossEntropy(), BinaryCrossEntropy()
    value = half.forward(sigmoid_layer.forward(z), y)
    assert fused.forward(z, y) == pytest.approx(value, rel=1e-13)
    np.testing.assert_allclose(
        fused.backward(), sigmoid_layer.backward(half.backward()), rtol=1e-12
    )


def test_untrained_network_of_ten_classes():
    assert SoftmaxCrossEntropy().forward(np.zeros((3, 10)), [0, 5, 9]) == pytest.approx(log(10))


def test_output_activation():
    z = rng().standard_normal((3, 4))
    np.testing.assert_array_equal(SoftmaxCrossEntropy().output_activation(z), softmax(z))
    np.testing.assert_array_equal(SigmoidCrossEntropy().output_activation(z), sigmoid(z))
    for cls in LOSS_CLASSES - {SoftmaxCrossEntropy, SigmoidCrossEntropy}:
        assert cls().output_activation(z) is z


@ALL_LOSSES
def test_predictions_are_what_forward_compared(name):
    loss, y_pred, y_true = LOSSES[name].loss(), LOSSES[name].y_pred, LOSSES[name].y_true
    loss.forward(y_pred, y_true)
    np.testing.assert_allclose(loss.predictions, loss.output_activation(y_pred), rtol=1e-15)


def test_which_losses_are_for_classes():
    regression = {cls for cls in LOSS_CLASSES if not cls.classifies}
    assert regression == {MeanSquaredError, MeanAbsoluteError}


def test_a_loss_of_your_own_is_told_what_it_lacks():
    class Lazy(Loss):
        pass

    with pytest.raises(NotImplementedError, match="Lazy has no forward pass"):
        Lazy().forward(np.ones(1), np.ones(1))
    with pytest.raises(NotImplementedError, match="Lazy has no backward pass"):
        Lazy().backward()


class TestExtremes:
    """No overflow, no log(0): a warning would be an error here."""

    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    def test_large_logits(self, dtype):
        loss = SoftmaxCrossEntropy()
        z = np.array([[1000, -1000, 0]], dtype)
        assert [loss.forward(z, [label]) for label in (0, 1, 2)] == [0.0, 2000.0, 1000.0]
        assert loss.backward().tolist() == [[1.0, 0.0, -1.0]]

    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    def test_large_logits_of_one_class(self, dtype):
        loss = SigmoidCrossEntropy()
        z = np.array([[1000], [-1000], [1000], [-1000]], dtype)
        assert loss.forward(z, [1, 0, 0, 1]) == 500.0
        assert loss.backward().ravel().tolist() == [0.0, 0.0, 0.25, -0.25]

    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    def test_probabilities_of_zero_and_one(self, dtype):
        loss = BinaryCrossEntropy()
        p = np.array([[0.0], [1.0]], dtype)
        assert loss.forward(p, [1, 0]) == pytest.approx(-log(1e-7), rel=0.02)
        assert loss.forward(p, [0, 1]) == pytest.approx(0.0, abs=2e-7)
        assert np.isfinite(loss.backward()).all()
        loss = CategoricalCrossEntropy()
        p = np.array([[0.0, 1.0]], dtype)
        assert loss.forward(p, [0]) == pytest.approx(-log(1e-7), rel=1e-6)
        assert np.isfinite(loss.backward()).all()
        assert loss.forward(p, [1]) == 0.0
        assert loss.backward().tolist() == [[0.0, -1.0]]


class TestErrors:
    @pytest.mark.parametrize("loss", [MeanSquaredError(), MeanAbsoluteError()])
    @pytest.mark.parametrize(
        ("predicted", "true"),
        [((4, 1), (4,)), ((4,), (4, 1)), ((4, 2), (4,)), ((4, 2), (2, 4)), ((4, 1), (3, 1))],
    )
    def test_regression_never_broadcasts(self, loss, predicted, true):
        with pytest.raises(ValueError, match="must have the same shape") as error:
            loss.forward(np.ones(predicted), np.ones(true))
        assert f"Received: y_pred {predicted}, y_true {true}" in str(error.value)
        assert "y.reshape(-1, 1)" in str(error.value)

    @pytest.mark.parametrize("loss", [BinaryCrossEntropy(), SigmoidCrossEntropy()])
    @pytest.mark.parametrize(
        ("predicted", "true"),
        [((4,), (4, 1)), ((4, 2), (4,)), ((4, 1), (3,)), ((4, 1), (1, 4)), ((4, 1), (4, 2))],
    )
    def test_binary_shapes(self, loss, predicted, true):
        with pytest.raises(ValueError, match="must have the same shape"):
            loss.forward(np.full(predicted, 0.5), np.ones(true))

    @pytest.mark.parametrize("loss", [BinaryCrossEntropy(), SigmoidCrossEntropy()])
    @pytest.mark.parametrize("label", [2, -1, 0.5, np.nan])
    def test_binary_labels(self, loss, label):
        with pytest.raises(ValueError, match=f"binary targets are 0 or 1. Received: {label}"):
            loss.forward(np.full((3, 1), 0.5), [0, 1, label])

    @pytest.mark.parametrize("loss", [CategoricalCrossEntropy(), SoftmaxCrossEntropy()])
    @pytest.mark.parametrize(
        ("predicted", "true"),
        [
            ((4, 3), (3,)),
            ((4, 3), (4, 1)),
            ((4, 3), (4, 2)),
            ((4,), (4,)),
            ((4, 3, 1), (4,)),
            ((4, 3), ()),
        ],
    )
    def test_shapes_of_classes(self, loss, predicted, true):
        with pytest.raises(ValueError, match=r"integer labels \(batch,\) or one-hot rows") as error:
            loss.forward(np.ones(predicted), np.zeros(true, int))
        assert f"Received: y_pred {predicted}, y_true {true}" in str(error.value)

    @pytest.mark.parametrize("loss", [CategoricalCrossEntropy(), SoftmaxCrossEntropy()])
    @pytest.mark.parametrize("label", [3, -1, 255])
    def test_label_outside_of_the_classes(self, loss, label):
        with pytest.raises(ValueError, match=f"the labels 0 to 2. Received: label {label}$"):
            loss.forward(np.ones((3, 3)), np.array([0, label, 2]))

    @pytest.mark.parametrize("loss", [CategoricalCrossEntropy(), SoftmaxCrossEntropy()])
    @pytest.mark.parametrize("dtype", ["float64", "bool"])
    def test_labels_that_are_not_integers(self, loss, dtype):
        with pytest.raises(ValueError, match=rf"Received: labels in {dtype}. .*y.astype\(int\)"):
            loss.forward(np.ones((3, 3)), np.array([0, 1, 1], dtype))

    @pytest.mark.parametrize("loss", [CategoricalCrossEntropy(), SoftmaxCrossEntropy()])
    @pytest.mark.parametrize(
        "row", [[1, 1, 0], [0, 0, 0], [0.5, 0.5, 0], [2, 0, 0], [1, 0.5, 0], [1, -1, 1]]
    )
    def test_rows_that_are_not_one_hot(self, loss, row):
        with pytest.raises(ValueError, match="each one-hot row holds a single 1"):
            loss.forward(np.ones((2, 3)), np.array([[0, 1, 0], row]))


class TestProperties:
    logits = arrays(float, (4, 3), elements=st.floats(-1e4, 1e4))
    labels = arrays(np.int64, 4, elements=st.integers(0, 2))

    @given(logits, labels)
    def test_cross_entropy_is_not_negative(self, z, y):
        for loss, predicted, true in (
            (SoftmaxCrossEntropy(), z, y),
            (SigmoidCrossEntropy(), z[:, :1], y // 2),
            (CategoricalCrossEntropy(), softmax(z), y),
            (BinaryCrossEntropy(), sigmoid(z[:, :1]), y // 2),
        ):
            assert 0 <= loss.forward(predicted, true) < np.inf
            assert np.isfinite(loss.backward()).all()

    @given(logits, labels)
    def test_gradient_of_each_row_of_logits_sums_to_zero(self, z, y):
        loss = SoftmaxCrossEntropy()
        loss.forward(z, y)
        np.testing.assert_allclose(loss.backward().sum(axis=1), 0.0, atol=1e-15)

    @given(logits, logits)
    def test_regression_is_symmetric_and_zero_on_the_truth(self, a, b):
        for loss in (MeanSquaredError(), MeanAbsoluteError()):
            assert loss.forward(a, a) == 0.0
            assert not loss.backward().any()
            assert loss.forward(a, b) == loss.forward(b, a) >= 0.0
