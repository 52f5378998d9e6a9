import inspect

import numpy as np
import pytest
from helpers_cases import rng

from shared import initializers
from shared.activations import ReLU, Tanh
from shared.initializers import glorot_normal, he_normal, scaled_normal, zeros
from shared.layers import Dense

ALL = [function for _, function in inspect.getmembers(initializers, inspect.isfunction)]
RANDOM = [scaled_normal, glorot_normal, he_normal]


def test_every_function_is_walked_through():
    assert set(ALL) == {zeros, *RANDOM}


@pytest.mark.parametrize("initializer", ALL)
def test_shape_and_dtype(initializer):
    weight = initializer(5, 3, rng())
    assert weight.shape == (5, 3)
    assert weight.dtype == np.float64


@pytest.mark.parametrize("initializer", RANDOM)
def test_the_generator_decides(initializer):
    np.testing.assert_array_equal(initializer(4, 3, rng(1)), initializer(4, 3, rng(1)))
    assert (initializer(4, 3, rng(1)) != initializer(4, 3, rng(2))).all()


def test_zeros():
    assert not zeros(4, 3, None).any()


@pytest.mark.parametrize(
    ("initializer", "variance"),
    [(scaled_normal, 1e-4), (glorot_normal, 2 / (400 + 100)), (he_normal, 2 / 400)],
)
def test_variance(initializer, variance):
    weight = initializer(400, 100, rng())
    # The variance of 40,000 normal numbers varies by sqrt(2 / 40,000) = 0.7%.
    assert weight.var() == pytest.approx(variance, rel=0.03)
    assert abs(weight.mean()) < 4 * np.sqrt(variance / weight.size)
    # Normal: 4.6% are further out than two standard deviations, 0.27% than three.
    z = np.abs(weight) / np.sqrt(variance)
    assert np.mean(z > 2) == pytest.approx(0.0455, abs=0.006)
    assert np.mean(z > 3) == pytest.approx(0.0027, abs=0.0015)


def test_scale_of_scaled_normal():
    assert scaled_normal(200, 200, rng(), scale=0.5).std() == pytest.approx(0.5, rel=0.02)


@pytest.mark.parametrize(
    ("initializer", "activation", "low", "high"),
    [
        (he_normal, ReLU, 0.3, 3.0),
        (glorot_normal, Tanh, 0.1, 1.0),
        (scaled_normal, ReLU, 0.0, 1e-4),
    ],
)
def test_what_they_are_for(initializer, activation, low, high):
    """He keeps a signal alive through ten layers of ReLU, Glorot through tanh; 0.01 kills it."""
    generator = rng()
    x = generator.standard_normal((200, 100))
    for _ in range(10):
        x = activation().forward(Dense(100, 100, generator, initializer=initializer).forward(x))
    assert low < np.sqrt(np.mean(x**2)) < high
