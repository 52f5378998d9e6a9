"""Checking a backward pass against slopes measured on the forward pass.

The slope of a function at a point is measured by moving each number up and down a little:
``(f(x + h) - f(x - h)) / (2 h)``. That is slow, but it doesn't need a derivation, so it can judge
one. Everything here needs float64: in float32, the default step leaves three digits of the slope.
"""

import copy

import numpy as np


def numerical_gradient(f, x, h=1e-5):
    r"""Measure the gradient of a function that returns a single number, by central differences.

    .. math:: \frac{\partial f}{\partial x_i} \approx
        \frac{f(x + h e_i) - f(x - h e_i)}{2h}

    Here :math:`e_i` is 1 at index :math:`i` and 0 elsewhere: one number is moved at a time.
    The error is of the order :math:`h^2` (truncation) plus :math:`10^{-16} / h` (round-off); it is
    smallest near :math:`h = 10^{-5}`.

    Parameters
    ----------
    f : callable
        Takes no arguments and returns a float that depends on ``x``.
    x : ndarray
        float64 numbers that ``f`` looks at. They are moved one at a time and put back.
    h : float
        The step.

    Returns
    -------
    ndarray
        Of the shape of ``x``. NaN where the slopes to the left and to the right differ: ``f`` has
        a kink there (as ReLU does at 0), or bends too sharply to be measured with this step. The
        test tolerates 1e-6 of the slope, or 1e-6 where the slope is below 1, and round-off. So it
        misses a kink in a tiny ``f``, or in one with a huge constant.

    Raises
    ------
    TypeError
        If ``x`` is not float64.
    ValueError
        If ``f`` returns NaN or infinity at ``x`` or within a step of it.
    """
    if x.dtype != np.float64:
        raise TypeError(f"gradients are measured in float64. Received: {x.dtype}")
    grad = np.empty_like(x)
    middle = f()
    for index in np.ndindex(x.shape):
        below, above = _either_side(f, x, index, h)
        near_below, near_above = _either_side(f, x, index, h / 2)
        values = np.array([below, near_below, middle, near_above, above])
        if not np.isfinite(values).all():
            raise ValueError(
                f"f must return finite numbers near x{list(index)} = {x[index]}. "
                f"Received: {values}. Move x to where f is defined, or take a smaller h"
            )
        slope = (above - below) / (2 * h)
        # The bend: how much the slope changes. On a smooth curve, half the step makes it half.
        bend = (above - 2 * middle + below) / h
        near_bend = (near_above - 2 * middle + near_below) / (h / 2)
        # bend - 2 * near_bend adds up 16 values of f; each may be off by about 6 eps of its size.
        round_off = 100 * np.finfo(np.float64).eps * abs(middle) / h
        kink = abs(bend - 2 * near_bend) > 1e-6 * max(1, abs(slope)) + round_off
        grad[index] = np.nan if kink else slope
    return grad


def _either_side(f, x, index, h):
    """Return ``f`` with one number of ``x`` moved down by ``h``, and moved up."""
    kept = x[index]
    try:
        x[index] = kept - h
        below = f()
        x[index] = kept + h
        above = f()
    finally:
        x[index] = kept  # even if f has failed
    return below, above


def relative_error(a, b):
    r"""Return :math:`\max |a - b| \,/\, \max(|a|, |b|)`, each maximum taken over the whole array.

    Correct gradients usually give less than 1e-7. A mistake gives as much as its share of the
    largest entry: often about 1, but little for a small term, or in a small entry. Unlike the
    errors of the measurement, it stays the same if the step ``h`` changes.

    Entries that are NaN in ``b`` (see :func:`numerical_gradient`) are left out; NaN in ``a`` is an
    error of infinity. Where all entries are below 1e-4, the difference is divided by 1e-4 instead:
    the measured slope of a flat function is nothing but round-off.

    Raises
    ------
    ValueError
        If the shapes differ, or all of ``b`` is NaN.
    """
    if a.shape != b.shape:
        raise ValueError(
            f"a gradient has the shape of what it belongs to. Received: {a.shape} and {b.shape}"
        )
    comparable = ~np.isnan(b)
    if not comparable.any():
        raise ValueError("no entry can be compared: all are NaN (kinks, or bends too sharp for h)")
    a, b = a[comparable], b[comparable]
    scale = max(np.abs(a).max(), np.abs(b).max(), 1e-4)
    error = float(np.abs(a - b).max() / scale)
    return np.inf if np.isnan(error) else error  # NaN > limit is False: it would pass


def check_layer(layer, x, training=False):
    """Compare a layer's backward pass with measured slopes.

    The output is multiplied by fixed random numbers and summed. The result is one number, which
    depends on each output differently.

    Parameters
    ----------
    layer : Layer
        Its parameters must be float64. A layer that draws random numbers draws the same ones
        for each measurement; the layer handed in is not changed.
    x : ndarray
        A batch, float64.
    training : bool
        Check the behavior in training.

    Returns
    -------
    dict
        Relative error by name: ``"input"`` and each parameter, named as in ``state_dict``. For a
        parameter, it's the larger error of ``backward`` and ``backward_parameters``; infinity if
        these leave a gradient as it was, or add to it.

    Raises
    ------
    ValueError
        If a pass of the layer writes into the array it is given, which belongs to somebody else.
    """
    # An unusual seed: if these numbers equaled the caller's x, some errors would stay hidden.
    rng = np.random.default_rng(887)
    layer, x = _without_gradients(layer), np.array(x)
    dZ = _read_only(rng.standard_normal(_output(layer, x, training).shape))

    def f():
        return float((dZ * _output(layer, x, training)).sum()) + layer.penalty()

    used = copy.deepcopy(layer)
    used.forward(_read_only(x), training=training)
    first = copy.deepcopy(used)  # used as the first layer, whose input gradient isn't needed
    first.backward_parameters(dZ)
    errors = {"input": relative_error(used.backward(dZ), numerical_gradient(f, x))}
    for name, parameter in _named_parameters(layer).items():
        measured = numerical_gradient(f, parameter.value)
        derived = [_named_parameters(after)[name].grad for after in (used, first)]
        errors[name] = max(relative_error(grad, measured) for grad in derived)
    return errors


def check_loss(loss, y_pred, y_true):
    """Compare a loss's backward pass with measured slopes; return the relative error."""
    y_pred = np.array(y_pred)
    loss.forward(y_pred, y_true)
    grad = loss.backward().copy()  # The loss may use that array again.
    return relative_error(grad, numerical_gradient(lambda: loss.forward(y_pred, y_true), y_pred))


def check_model(model, loss, x, y, training=False):
    """Compare the gradients of all parameters of a model with measured slopes.

    Parameters
    ----------
    model : Model
        In float64. It isn't changed. Its penalties are added to the loss, as in training.
    loss : Loss
        The loss that the gradients belong to.
    x, y : ndarray
        A batch and its targets; a few samples are enough.
    training : bool
        Check the behavior in training. Random layers draw the same numbers each time.

    Returns
    -------
    dict
        Relative error by the parameter's name, as in ``"0.weight"``.
    """
    model = copy.deepcopy(model)

    def f():
        outputs = copy.deepcopy(model).forward(x, training)
        return loss.forward(outputs, y) + model.penalty()

    used = copy.deepcopy(model)
    loss.forward(used.forward(x, training), y)
    used.backward(loss.backward())
    derived = _named_parameters(used)
    return {
        name: relative_error(derived[name].grad, numerical_gradient(f, parameter.value))
        for name, parameter in _named_parameters(model).items()
    }


def _output(layer, x, training):
    """Return what a copy of a layer makes of a batch.

    A layer that draws random numbers draws the same ones each time, since each is a fresh copy.
    """
    return copy.deepcopy(layer).forward(_read_only(x), training=training)


def _read_only(array):
    """Return a view of an array through which nothing can be written."""
    view = array.view()
    view.setflags(write=False)
    return view


def _without_gradients(layer):
    """Return a copy of a layer whose gradients are NaN until ``backward`` sets them."""
    layer = copy.deepcopy(layer)
    for parameter in layer.parameters():
        parameter.grad.fill(np.nan)
    return layer


def _named_parameters(owner):
    """Return the parameters of a layer or a model by their names in its ``state_dict``."""
    names = {id(array): name for name, array in owner.state_dict().items()}
    return {names[id(parameter.value)]: parameter for parameter in owner.parameters()}
