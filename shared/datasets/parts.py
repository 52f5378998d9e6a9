"""Divide samples into two parts, into folds, or into the mini-batches of an epoch."""

import numbers

import numpy as np

from ._checks import check_random, checked_count


def split(x, y, size, rng):
    """Return ``(x_first, y_first), (x_second, y_second)``: the samples in two random parts.

    The pairs are what `fit` takes::

        (x_train, y_train), validation = split(x, y, 5_000, rng)
        model.fit(x_train, y_train, validation_data=validation)

    Labels, an integer y of shape (n,), are divided in proportion (stratified): each class makes
    up the same share of both parts, as nearly as whole samples allow. Anything else in y (float
    targets, one-hot rows) is divided at random.

    Parameters
    ----------
    x, y : array_like
        Same number of rows; copied, never changed.
    size : int or float
        Of the second part: an int is a number of samples, a float between 0 and 1 a fraction.
    rng : numpy.random.Generator
        Chooses the members of each part, and their order.

    Raises
    ------
    ValueError
        If the lengths differ, `size` leaves a part empty, or a class is too small for both parts.
    TypeError
        If an array is masked: its mask would be lost.
    """
    x, y = _same_rows(x, y)
    check_random(rng)
    n = len(x)
    count = int(size) if isinstance(size, numbers.Integral) else round(size * n)
    if not 0 < count < n:
        raise ValueError(
            f"size must leave at least one of the {n} samples in each part: a whole number from "
            f"1 to {n - 1}, or a fraction between 0 and 1. Received: {size!r}"
        )
    order = rng.permutation(n)
    in_second = np.zeros(n, dtype=bool)
    if y.ndim == 1 and y.dtype.kind in "biu":
        labels, members = np.unique(y, return_counts=True)
        share = members * count / n
        taken = np.floor(share).astype(np.int64)
        # Rounding down leaves some places free: they go to the classes that lost most by it.
        most_lost = np.argsort(taken - share, kind="stable")
        taken[most_lost[: count - taken.sum()]] += 1
        for label, has, gives in zip(labels, members, taken, strict=True):
            if not 0 < gives < has:
                raise ValueError(
                    f"each class needs a sample in both parts. Of the {has} with label {label}, "
                    f"{gives} would go to the second part and {has - gives} stay in the first. "
                    f"Choose another size, or leave the class out. Received: size={size!r}"
                )
            in_second[order[y[order] == label][:gives]] = True
    else:
        in_second[order[:count]] = True
    # A class that filled its places early would be missing at the end of the second part.
    first = rng.permutation(np.flatnonzero(~in_second))
    second = rng.permutation(np.flatnonzero(in_second))
    return (x[first], y[first]), (x[second], y[second])


def k_folds(n, k, rng):
    """Yield k pairs ``(train_indices, validation_indices)`` that divide n samples at random.

    Each sample is in exactly one of the k validation parts, whose sizes differ by at most one.

    Parameters
    ----------
    n, k : int
        Number of samples and of folds, 2 <= k <= n.
    rng : numpy.random.Generator
    """
    n = checked_count("n", n, at_least=2)
    k = checked_count("k", k, at_least=2)
    check_random(rng)
    if k > n:
        raise ValueError(f"k folds need at least k samples. Received: n={n}, k={k}")
    folds = np.array_split(rng.permutation(n), k)
    return ((np.concatenate(folds[:i] + folds[i + 1 :]), folds[i]) for i in range(k))


def batches(x, y, batch_size, rng=None, out=None):
    """Yield the mini-batches ``(x_batch, y_batch)`` of one epoch, each sample once.

    Call it again for each epoch: given a generator, it shuffles the samples each time, so every
    epoch has different batches. The last batch holds the samples that are left over.

    Parameters
    ----------
    x, y : array_like
        Samples and their targets, same number of rows, any further shape. Images stay uint8:
        only a batch at a time is ever copied.
    batch_size : int
    rng : numpy.random.Generator, optional
        Shuffles the samples; without it they keep their order.
    out : tuple of numpy.ndarray, optional
        Buffers ``(x_buffer, y_buffer)`` of batch_size rows. Each batch then overwrites the one
        before, and the function yields views of the buffers. Without it, each batch is a new
        pair of arrays.

    Raises
    ------
    ValueError
        If the lengths differ, batch_size is below 1, or a buffer has another shape or dtype.
    TypeError
        If an array is masked: its mask would be lost.
    """
    x, y = _same_rows(x, y)
    batch_size = checked_count("batch_size", batch_size)
    if rng is not None:
        check_random(rng)
    if out is not None:
        for name, array, buffer in zip(("x", "y"), (x, y), out, strict=True):
            expected = (batch_size, *array.shape[1:])
            if buffer.shape != expected or buffer.dtype != array.dtype:
                raise ValueError(
                    f"the buffer for {name} must have shape {expected} and dtype {array.dtype}. "
                    f"Received: shape {buffer.shape}, dtype {buffer.dtype}"
                )
    order = np.arange(len(x)) if rng is None else rng.permutation(len(x))
    return _batches(x, y, batch_size, order, out)


def _batches(x, y, batch_size, order, out):
    # Apart from `batches`, so that a mistake is reported where that is called, not at the first
    # batch: the body of a generator runs only when somebody asks for its values.
    x_out = y_out = None
    for start in range(0, len(order), batch_size):
        rows = order[start : start + batch_size]
        if out is not None:
            x_out, y_out = out[0][: len(rows)], out[1][: len(rows)]
        # The indices are known to be in range; mode="clip" spares NumPy a copy to check them.
        yield (
            np.take(x, rows, axis=0, out=x_out, mode="clip"),
            np.take(y, rows, axis=0, out=y_out, mode="clip"),
        )


def _same_rows(x, y):
    for name, array in (("x", x), ("y", y)):
        if isinstance(array, np.ma.MaskedArray):
            raise TypeError(
                f"{name} can't be a masked array: the mask would be lost. Leave the masked samples "
                f"out first, or fill them with {name}.filled(0)."
            )
    x, y = np.asarray(x), np.asarray(y)
    if x.ndim == 0 or y.ndim == 0 or len(x) != len(y):
        raise ValueError(
            "x and y must have the same number of rows, one per sample. "
            f"Received: x of shape {x.shape}, y of shape {y.shape}"
        )
    return x, y
