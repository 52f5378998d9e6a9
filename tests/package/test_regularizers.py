import numpy as np
import pytest
from helpers_cases import REGULARIZER_CLASSES, REGULARIZERS, batch

from shared.gradcheck import numerical_gradient, relative_error
from shared.regularizers import L1, L2

weight = np.array([[1.0, -2.0], [0.0, 3.0]])
ALL = pytest.mark.parametrize("regularizer", REGULARIZERS.values(), ids=REGULARIZERS)


def test_every_class_has_a_case():
    assert {type(regularizer) for regularizer in REGULARIZERS.values()} == REGULARIZER_CLASSES


def test_l1_by_hand():
    assert L1(0.5).penalty(weight) == 3.0
    np.testing.assert_array_equal(L1(0.5).gradient(weight), [[0.5, -0.5], [0.0, 0.5]])


def test_l2_by_hand():
    # The convention: strength times the sum of squares, without a half; gradient 2 λ w.
    assert L2(0.5).penalty(weight) == 7.0
    np.testing.assert_array_equal(L2(0.5).gradient(weight), [[1.0, -2.0], [0.0, 3.0]])


@ALL
def test_gradient_is_the_slope_of_the_penalty(regularizer):
    w = batch((4, 3))
    measured = numerical_gradient(lambda: regularizer.penalty(w), w)
    assert not np.isnan(measured).any()
    assert relative_error(regularizer.gradient(w), measured) < 1e-8


@ALL
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_types(regularizer, dtype):
    w = batch((4, 3), dtype)
    w.flags.writeable = False
    assert type(regularizer.penalty(w)) is float
    assert regularizer.gradient(w).dtype == dtype


@ALL
def test_config_builds_it_again(regularizer):
    assert type(regularizer)(**regularizer.config()).strength == 0.25


@pytest.mark.parametrize("cls", [L1, L2])
@pytest.mark.parametrize("strength", [-1e-4, float("nan")])
def test_strength_must_not_be_negative(cls, strength):
    with pytest.raises(ValueError, match=f"must not be negative. Received: strength={strength}"):
        cls(strength)


@pytest.mark.parametrize("cls", [L1, L2])
def test_no_strength_no_penalty(cls):
    assert cls(0).penalty(weight) == 0.0
    assert not cls(0).gradient(weight).any()
