"""Four toy problems, small enough to draw: spiral, XOR, moons and a noisy sine."""

import numpy as np

from ._checks import check_random, checked_count


def spiral(n_per_class, classes, rng, noise=0.2):
    """Return points on interleaved spiral arms, one arm per class: no line separates them.

    With r from 0 to 1 along arm k, the angle is ``2πk/classes + 4r + noise·ε``, ε standard
    normal, and the point is ``(r cos angle, r sin angle)``.

    Parameters
    ----------
    n_per_class, classes : int
        Points on each arm, and number of arms.
    rng : numpy.random.Generator
    noise : float
        Standard deviation of the angle, in radians.

    Returns
    -------
    x : numpy.ndarray
        Points, float64 of shape (classes * n_per_class, 2), arm after arm.
    y : numpy.ndarray
        Labels, int64 of shape (classes * n_per_class,).
    """
    n_per_class = checked_count("n_per_class", n_per_class)
    classes = checked_count("classes", classes)
    check_random(rng, noise)
    y = np.repeat(np.arange(classes, dtype=np.int64), n_per_class)
    r = np.tile(np.linspace(0.0, 1.0, n_per_class), classes)
    angle = 2 * np.pi * y / classes + 4 * r + noise * rng.standard_normal(len(y))
    return np.column_stack([r * np.cos(angle), r * np.sin(angle)]), y


def xor(n_per_corner=1, rng=None, noise=0.0):
    """Return the corners of the unit square, labeled 1 where exactly one coordinate is 1.

    ``xor()`` gives the four points themselves; ``xor(50, rng, 0.1)`` a cloud around each.

    Parameters
    ----------
    n_per_corner : int
    rng : numpy.random.Generator, optional
        Needed for noise only.
    noise : float
        Standard deviation of the normal noise on each coordinate.

    Returns
    -------
    x : numpy.ndarray
        Points, float64 of shape (4 * n_per_corner, 2), in the order 00, 01, 10, 11.
    y : numpy.ndarray
        Labels 0, 1, 1, 0, int64 of shape (4 * n_per_corner,).
    """
    n_per_corner = checked_count("n_per_corner", n_per_corner)
    corners = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    x = np.repeat(corners, n_per_corner, axis=0)
    y = np.repeat(np.array([0, 1, 1, 0], dtype=np.int64), n_per_corner)
    if noise != 0 or rng is not None:
        check_random(rng, noise)
        x += noise * rng.standard_normal(x.shape)
    return x, y


def moons(n, rng, noise=0.1):
    """Return two interlocking half circles of radius 1, one per class.

    With t from 0 to π: class 0 is ``(cos t, sin t)``, class 1 is ``(1 - cos t, 1/2 - sin t)``.

    Parameters
    ----------
    n : int
        Points in all; class 0 gets the odd one.
    rng : numpy.random.Generator
    noise : float
        Standard deviation of the normal noise on each coordinate.

    Returns
    -------
    x : numpy.ndarray
        Points, float64 of shape (n, 2), class after class.
    y : numpy.ndarray
        Labels, int64 of shape (n,).
    """
    n = checked_count("n", n)
    check_random(rng, noise)
    t_0 = np.linspace(0.0, np.pi, n - n // 2)
    t_1 = np.linspace(0.0, np.pi, n // 2)
    x_0 = np.column_stack([np.cos(t_0), np.sin(t_0)])
    x_1 = np.column_stack([1 - np.cos(t_1), 0.5 - np.sin(t_1)])
    x = np.concatenate([x_0, x_1])
    y = np.repeat(np.array([0, 1], dtype=np.int64), [len(x_0), len(x_1)])
    return x + noise * rng.standard_normal(x.shape), y


def noisy_sine(n, rng, noise=0.1):
    """Return one period of a sine, measured with noise: ``y = sin(2πx) + noise·ε``.

    Parameters
    ----------
    n : int
    rng : numpy.random.Generator
    noise : float
        Standard deviation of the normal noise on y.

    Returns
    -------
    x : numpy.ndarray
        Uniformly drawn from [0, 1) and sorted, float64 of shape (n, 1).
    y : numpy.ndarray
        Targets, float64 of shape (n, 1).
    """
    n = checked_count("n", n)
    check_random(rng, noise)
    x = np.sort(rng.random((n, 1)), axis=0)
    return x, np.sin(2 * np.pi * x) + noise * rng.standard_normal((n, 1))
