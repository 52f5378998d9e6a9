"""Samples divided into parts, folds and mini-batches."""

import tracemalloc

import numpy as np
import pytest
from helpers_cases import rng

from shared.datasets import batches, k_folds, load_fashion_mnist, noisy_sine, spiral, split

# --- split --------------------------------------------------------------------------------------


def test_split_of_fashion_mnist_is_exact():
    fashion = load_fashion_mnist()
    images = fashion.x_train[:, 14, 14]  # one pixel each, so that the test stays small
    rows = np.arange(60_000)
    (x_train, y_train), (x_val, y_val) = split(rows, fashion.y_train, 5_000, rng())
    assert len(x_train) == len(y_train) == 55_000
    assert np.bincount(y_val).tolist() == [500] * 10
    assert np.bincount(y_train).tolist() == [5_500] * 10
    assert np.array_equal(np.sort(np.concatenate([x_train, x_val])), rows)
    assert np.array_equal(fashion.y_train[x_val], y_val)
    assert np.array_equal(fashion.y_train[x_train], y_train)
    (_, _), (pixels, labels) = split(images, fashion.y_train, 5_000, rng())
    assert np.array_equal(pixels, images[x_val])
    assert np.array_equal(labels, y_val)


def test_split_takes_a_fraction_or_a_count():
    x, y = spiral(100, 3, rng())
    by_count = split(x, y, 60, rng(5))
    by_fraction = split(x, y, 0.2, rng(5))
    assert len(by_count[1][0]) == 60
    assert np.array_equal(by_count[1][0], by_fraction[1][0])
    assert len(split(x, y, np.int64(60), rng())[1][0]) == 60


def test_split_keeps_proportions_as_nearly_as_it_can():
    y = np.repeat([0, 1, 2], [10, 33, 57])
    (_, y_first), (_, y_second) = split(np.arange(100), y, 25, rng())
    # shares 2.5, 8.25 and 14.25: the place that rounding down leaves goes to the first class
    assert np.bincount(y_second).tolist() == [3, 8, 14]
    assert np.bincount(y_first).tolist() == [7, 25, 43]


def test_split_draws_members_at_random_and_mixes_both_parts():
    x, y = np.arange(400), np.repeat([0, 1], 200)
    (a, y_a), (b, y_b) = split(x, y, 0.5, rng(1))
    (_, _), (other, _) = split(x, y, 0.5, rng(2))
    assert set(b) != set(other)
    for part, labels in ((a, y_a), (b, y_b)):
        assert (np.diff(part) < 0).any()
        assert not np.array_equal(labels, np.sort(labels))
    # neither the head nor the tail of a class is favored
    assert 60 < b[y_b == 0].mean() < 140


def test_split_leaves_both_parts_in_random_order():
    y = np.repeat([0, 1], [300, 100])
    mean_places = []
    for seed in range(200):
        (x_a, y_a), (x_b, y_b) = split(np.arange(400), y, 0.5, rng(seed))
        assert np.array_equal(y[x_a], y_a)
        for part in (y_a, y_b):
            mean_places.append(np.flatnonzero(part).mean())
    # 50 of 200 places at random: mean 99.5, standard deviation 200 √(1/12/50 · 150/199) = 7.1
    first, second = np.array(mean_places).reshape(200, 2).T
    for places in (first, second):
        assert abs(places.mean() - 99.5) < 4 * 7.1 / np.sqrt(200)
        assert 6 < places.std() < 8.2
    # The samples come in no order of their own, either.
    assert abs(np.corrcoef(np.arange(200), x_b)[0, 1]) < 0.3


def test_split_of_float_targets_is_random():
    x, y = noisy_sine(100, rng())
    (x_a, y_a), (x_b, y_b) = split(x, y, 0.25, rng())
    assert x_a.shape == y_a.shape == (75, 1)
    assert x_b.shape == y_b.shape == (25, 1)
    assert np.array_equal(np.sort(np.concatenate([y_a, y_b]), axis=0), np.sort(y, axis=0))
    assert np.allclose(np.sin(2 * np.pi * x_b), y_b, atol=0.6)


def test_split_takes_float_targets_for_numbers_not_for_labels():
    x = np.arange(100)
    (_, y_a), (_, y_b) = split(x, 0.5 * x, 10, rng())  # as classes, each would be too small
    assert len(y_a) == 90
    assert len(y_b) == 10


def test_split_takes_booleans_for_labels():
    y = np.repeat([False, True], [60, 40])
    (_, _), (_, y_b) = split(np.arange(100), y, 10, rng())
    assert y_b.sum() == 4


def test_split_of_one_hot_rows_is_random():
    y = np.eye(4, dtype=np.int64)[np.repeat(np.arange(4), 25)]
    (_, y_a), (_, y_b) = split(np.arange(100), y, 10, rng())
    assert y_a.shape == (90, 4)
    assert y_b.shape == (10, 4)
    assert (y_b.sum(axis=1) == 1).all()


def test_split_copies():
    x, y = np.zeros((10, 2)), np.zeros(10)
    (x_a, y_a), (x_b, y_b) = split(x, y, 5, rng())
    for part in (x_a, y_a, x_b, y_b):
        part += 1
    assert not x.any()
    assert not y.any()


@pytest.mark.parametrize(
    ("size", "received"),
    [(0, "0"), (10, "10"), (-3, "-3"), (1.0, "1.0"), (0.0, "0.0"), (1e-9, "1e-09"), (2.5, "2.5")],
)
def test_split_says_which_sizes_are_possible(size, received):
    with pytest.raises(ValueError, match=f"from 1 to 9, .* Received: {received}"):
        split(np.arange(10), np.zeros(10), size, rng())


@pytest.mark.parametrize(
    ("counts", "size", "message"),
    [
        ([50, 1], 10, "Of the 1 with label 1, 0 would go to the second part and 1 stay"),
        ([50, 1], 49, "Of the 1 with label 1, 1 would go to the second part and 0 stay"),
        ([97, 3], 0.1, "Of the 3 with label 1, 0 would go"),
        ([5] * 10, 4, "label"),
    ],
)
def test_split_says_which_class_is_too_small(counts, size, message):
    y = np.repeat(np.arange(len(counts)), counts)
    with pytest.raises(ValueError, match=message):
        split(np.arange(len(y)), y, size, rng())


def test_split_names_both_shapes_when_lengths_differ():
    with pytest.raises(ValueError, match=r"x of shape \(3, 2\), y of shape \(4,\)"):
        split(np.zeros((3, 2)), np.zeros(4), 1, rng())
    with pytest.raises(ValueError, match=r"y of shape \(\)"):
        split(np.zeros(3), np.float64(1), 1, rng())
    with pytest.raises(TypeError, match="rng must be"):
        split(np.zeros(3), np.zeros(3), 1, None)


# --- k_folds ------------------------------------------------------------------------------------


def test_k_folds_validate_each_sample_once():
    folds = list(k_folds(103, 5, rng()))
    assert len(folds) == 5
    for train, validation in folds:
        assert len(validation) in (20, 21)
        assert np.array_equal(np.sort(np.concatenate([train, validation])), np.arange(103))
    everyone = np.concatenate([validation for _, validation in folds])
    assert np.array_equal(np.sort(everyone), np.arange(103))
    assert not np.array_equal(everyone, np.arange(103))


def test_k_folds_depend_on_rng():
    first, same, other = (next(iter(k_folds(50, 5, rng(s))))[1] for s in (1, 1, 2))
    assert np.array_equal(first, same)
    assert set(first) != set(other)


@pytest.mark.parametrize(
    ("n", "k", "message"),
    [
        (10, 1, "k must be a whole number of at least 2. Received: 1"),
        (10, 11, "Received: n=10, k=11"),
        (1, 2, "n must be"),
        (10, 2.0, "k must be .* Received: 2.0"),
    ],
)
def test_k_folds_say_what_is_wrong_at_once(n, k, message):
    with pytest.raises(ValueError, match=message):
        k_folds(n, k, rng())


# --- batches ------------------------------------------------------------------------------------


def samples(n=10):
    """Images and labels that can be told from each other: image i is full of i, label i is 10i."""
    x = np.empty((n, 2, 3), dtype=np.uint8)
    x[:] = np.arange(n)[:, None, None]
    return x, 10 * np.arange(n)


def test_batches_in_order():
    x, y = samples()
    got = list(batches(x, y, 4))
    assert [len(b) for b, _ in got] == [4, 4, 2]
    assert np.array_equal(np.concatenate([b for b, _ in got]), x)
    assert np.array_equal(np.concatenate([b for _, b in got]), y)


def test_batches_serve_each_sample_once_with_its_target():
    x, y = samples(103)
    got = list(batches(x, y, 10, rng()))
    assert [len(b) for b, _ in got] == [10] * 10 + [3]
    x_all, y_all = (np.concatenate(parts) for parts in zip(*got, strict=True))
    assert np.array_equal(np.sort(y_all), y)
    assert np.array_equal(x_all[:, 0, 0].astype(int) * 10, y_all)


def test_members_of_batches_change_from_epoch_to_epoch():
    x, y = samples(100)
    generator = rng()
    epochs = [[frozenset(b) for _, b in batches(x, y, 10, generator)] for _ in range(3)]
    assert len(set().union(*epochs)) == 30
    again = rng()
    assert [[frozenset(b) for _, b in batches(x, y, 10, again)] for _ in range(3)] == epochs


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
@pytest.mark.parametrize("shape", [(), (1,), (5,), (2, 3)])
def test_batches_keep_dtype_and_shape(dtype, shape):
    x = np.zeros((7, *shape), dtype=dtype)
    for x_batch, y_batch in batches(x, x, 7, rng()):
        assert x_batch.dtype == y_batch.dtype == dtype
        assert x_batch.shape == y_batch.shape == (7, *shape)


@pytest.mark.parametrize("generator", [None, rng()])
def test_batches_are_fresh_arrays(generator):
    x, y = samples()
    kept = list(batches(x, y, 4, generator))
    arrays = [array for pair in kept for array in pair]
    for i, array in enumerate(arrays):
        assert not any(np.shares_memory(array, other) for other in [x, y, *arrays[:i]])


def test_batches_into_buffers_are_the_same_batches():
    x, y = samples(11)
    expected = list(batches(x, y, 4, rng(3)))
    x_buffer, y_buffer = np.full((4, 2, 3), 99, np.uint8), np.full(4, -1)
    count = 0
    for (x_batch, y_batch), (x_new, y_new) in zip(
        batches(x, y, 4, rng(3), out=(x_buffer, y_buffer)), expected, strict=True
    ):
        assert np.array_equal(x_batch, x_new)
        assert np.array_equal(y_batch, y_new)
        assert x_batch.base is x_buffer
        assert y_batch.base is y_buffer
        assert np.shares_memory(x_batch[0], x_buffer[0])
        count += 1
    assert count == 3
    assert (y_buffer[:3] == expected[2][1]).all()
    assert y_buffer[3] == expected[1][1][3]  # the last, smaller batch left the rest alone


def test_batches_into_buffers_allocate_nothing_large():
    x = np.zeros((1_000, 28, 28), dtype=np.uint8)
    y = np.zeros(1_000, dtype=np.int64)
    buffers = np.empty((100, 28, 28), np.uint8), np.empty(100, np.int64)
    epoch = batches(x, y, 100, rng(), out=buffers)
    next(epoch)
    tracemalloc.start()
    try:
        for _ in epoch:
            pass
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 5_000  # one batch of images takes 78,400 bytes


def test_batches_take_lists():
    [(x_batch, y_batch)] = batches([[1.0], [2.0]], [0, 1], 5)
    assert x_batch.tolist() == [[1.0], [2.0]]
    assert y_batch.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda x, y: batches(x, y[1:], 4), ValueError, r"x of shape \(10, 2, 3\), y .* \(9,\)"),
        (lambda x, y: batches(x, y, 0), ValueError, "batch_size .* at least 1. Received: 0"),
        (lambda x, y: batches(x, y, 2.0), ValueError, "batch_size .* Received: 2.0"),
        (lambda x, y: batches(x, y, 4, 7), TypeError, "rng must be .* Received: 7"),
        (
            lambda x, y: batches(x, y, 4, out=(np.empty((3, 2, 3), np.uint8), np.empty(4, int))),
            ValueError,
            r"buffer for x must have shape \(4, 2, 3\) and dtype uint8. Received: .* \(3, 2, 3\)",
        ),
        (
            lambda x, y: batches(x, y, 4, out=(np.empty((4, 2, 3), np.uint8), np.empty(4))),
            ValueError,
            r"buffer for y must have shape \(4,\) and dtype int64. Received: .* float64",
        ),
    ],
)
def test_batches_say_what_is_wrong_at_once(call, error, message):
    x, y = samples()
    with pytest.raises(error, match=message):
        call(x, y.astype(np.int64))


@pytest.mark.parametrize(
    "take", [lambda x, y: split(x, y, 2, rng()), lambda x, y: batches(x, y, 2)]
)
def test_a_mask_is_not_lost(take):
    x, y = np.arange(12.0).reshape(6, 2), np.arange(6) % 2
    with pytest.raises(TypeError, match=r"^x can't be a masked array.* x.filled\(0\)"):
        take(np.ma.masked_array(x, x > 5), y)
    with pytest.raises(TypeError, match=r"^y can't be a masked array"):
        take(x, np.ma.masked_array(y, y > 0))


def test_a_small_integer_for_the_size_of_a_batch_loses_no_sample():
    x = np.arange(250)
    sizes = [len(part) for part, _ in batches(x, x, np.uint8(100))]
    assert sizes == [100, 100, 50]
