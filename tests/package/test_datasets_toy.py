"""The toy problems: spiral, XOR, moons and a noisy sine."""

import numpy as np
import pytest
from helpers_cases import rng

from shared.datasets import moons, noisy_sine, spiral, xor


def linear_accuracy(x, y):
    """Share that the best least-squares line (one per class) gets right."""
    inputs = np.column_stack([x, np.ones(len(x))])
    weights = np.linalg.lstsq(inputs, np.eye(y.max() + 1)[y], rcond=None)[0]
    return np.mean(np.argmax(inputs @ weights, axis=1) == y)


def neighbor_accuracy(x, y):
    """Share of points whose nearest other point has the same label."""
    distance = np.linalg.norm(x[:, None] - x[None], axis=2)
    np.fill_diagonal(distance, np.inf)
    return np.mean(y[distance.argmin(axis=1)] == y)


@pytest.mark.parametrize(
    "make",
    [
        lambda r: spiral(50, 3, r),
        lambda r: xor(20, r, 0.1),
        lambda r: moons(101, r),
        lambda r: noisy_sine(100, r),
    ],
)
def test_generators_depend_on_rng_alone(make):
    first, same, other = make(rng(1)), make(rng(1)), make(rng(2))
    for a, b in zip(first, same, strict=True):
        assert np.array_equal(a, b)
    assert not np.array_equal(first[0], other[0])
    assert first[0].dtype == np.float64


def test_spiral_is_three_arms_that_no_line_separates():
    x, y = spiral(100, 3, rng())
    assert x.shape == (300, 2)
    assert y.dtype == np.int64
    assert y.tolist() == [0] * 100 + [1] * 100 + [2] * 100
    assert linear_accuracy(x, y) < 0.65
    assert neighbor_accuracy(x, y) > 0.95


def test_spiral_without_noise_is_the_formula():
    x, y = spiral(50, 3, rng(), noise=0.0)
    radius = np.linalg.norm(x, axis=1)
    assert np.allclose(radius.reshape(3, 50), np.linspace(0, 1, 50))
    turn = 2 * np.pi / 3
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    assert np.allclose(x[y == 0] @ rotation.T, x[y == 1])
    assert np.allclose(x[y == 1] @ rotation.T, x[y == 2])
    assert np.allclose(x[49], [np.cos(4), np.sin(4)])  # an arm turns by 4 radians


def test_spiral_noise_is_the_deviation_of_the_angle():
    clean, _ = spiral(5_000, 1, rng(), noise=0.0)
    noisy, _ = spiral(5_000, 1, rng(), noise=0.3)
    angle = np.angle((noisy[1:] @ [1, 1j]) / (clean[1:] @ [1, 1j]))
    assert np.std(angle) == pytest.approx(0.3, rel=0.05)


def test_xor_is_the_four_points():
    x, y = xor()
    assert x.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert y.tolist() == [0, 1, 1, 0]
    assert x.dtype == np.float64
    assert y.dtype == np.int64


def test_xor_clouds_lie_around_the_corners():
    x, y = xor(500, rng(), noise=0.1)
    assert x.shape == (2_000, 2)
    corners = x.reshape(4, 500, 2)
    assert np.allclose(corners.mean(axis=1), [[0, 0], [0, 1], [1, 0], [1, 1]], atol=0.03)
    assert np.std(corners, axis=1) == pytest.approx(np.full((4, 2), 0.1), rel=0.15)
    assert np.array_equal(y, np.logical_xor(x[:, 0] > 0.5, x[:, 1] > 0.5))


def test_moons_are_two_half_circles():
    x, y = moons(201, rng(), noise=0.0)
    assert np.bincount(y).tolist() == [101, 100]
    assert np.allclose(np.linalg.norm(x[y == 0], axis=1), 1)
    assert np.allclose(np.linalg.norm(x[y == 1] - [1, 0.5], axis=1), 1)
    assert x[y == 0][:, 1].min() > -1e-9
    assert x[y == 1][:, 1].max() < 0.5 + 1e-9
    noisy, labels = moons(400, rng(), noise=0.1)
    assert linear_accuracy(noisy, labels) < 0.95
    assert neighbor_accuracy(noisy, labels) > 0.97


def test_moons_noise_is_its_deviation():
    clean, _ = moons(4_000, rng(), noise=0.0)
    noisy, _ = moons(4_000, rng(), noise=0.2)
    assert np.std(noisy - clean) == pytest.approx(0.2, rel=0.05)


def test_noisy_sine_is_one_period_plus_noise():
    x, y = noisy_sine(5_000, rng(), noise=0.2)
    assert x.shape == y.shape == (5_000, 1)
    assert y.dtype == np.float64
    assert (np.diff(x[:, 0]) >= 0).all()
    assert 0 <= x.min() < 0.01
    assert 0.99 < x.max() < 1
    assert np.std(y - np.sin(2 * np.pi * x)) == pytest.approx(0.2, rel=0.05)
    x, y = noisy_sine(10, rng(), noise=0.0)
    assert np.allclose(y, np.sin(2 * np.pi * x))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: spiral(0, 3, rng()), ValueError, "n_per_class .* at least 1. Received: 0"),
        (lambda: spiral(5, 2.5, rng()), ValueError, "classes must be a whole number"),
        (lambda: spiral(5, 3, 42), TypeError, r"default_rng\(0\)\. Received: 42"),
        (lambda: spiral(5, 3, rng(), noise=-1), ValueError, "noise .* Received: -1"),
        (lambda: xor(0), ValueError, "n_per_corner"),
        (lambda: xor(5, noise=0.1), TypeError, "rng must be .* Received: None"),
        (lambda: moons(0, rng()), ValueError, "n must be"),
        (lambda: moons(5, None), TypeError, "rng must be"),
        (lambda: noisy_sine(-1, rng()), ValueError, "n must be .* Received: -1"),
        (lambda: noisy_sine(5, rng(), float("nan")), ValueError, "noise .* Received: nan"),
    ],
)
def test_generators_say_what_is_wrong(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_small_integers_do_not_overflow():
    x, y = spiral(np.uint8(100), np.uint8(3), np.random.default_rng(0))
    assert x.shape == (300, 2)
    np.testing.assert_array_equal(np.bincount(y), [100] * 3)
