"""Parameters: the arrays of a network that training changes."""

import numpy as np


class Parameter:
    """An array that training changes, with the gradient of the loss beside it.

    Assigning to ``value`` or ``grad`` copies the numbers into the existing array, so an optimizer
    can hold on to it. When an optimizer is built, it moves the numbers into arrays of its own: read
    ``value`` anew in each pass instead of keeping the array.

    Parameters
    ----------
    value : ndarray
        The initial numbers, float32 or float64; they are copied. ``grad`` has the same shape and
        dtype, and starts with zeros.

    Raises
    ------
    TypeError
        If ``value`` is not an array of float32 or float64.
    ValueError
        On assigning an array of another shape.
    """

    def __init__(self, value):
        if not isinstance(value, np.ndarray) or value.dtype not in (np.float32, np.float64):
            raise TypeError(
                "a parameter is an array of float32 or float64. "
                f"Received: {getattr(value, 'dtype', type(value).__name__)}"
            )
        self._value = value.copy()
        self._grad = np.zeros_like(self._value)

    @property
    def value(self):
        """The numbers themselves."""
        return self._value

    @value.setter
    def value(self, new):
        self._write(self._value, new, "value")

    @property
    def grad(self):
        """The gradient of the loss with respect to ``value``, set by the last ``backward``."""
        return self._grad

    @grad.setter
    def grad(self, new):
        self._write(self._grad, new, "gradient")

    def move(self, value, grad):
        """Copy the numbers into the arrays given and use these from now on.

        An optimizer calls this once, to lay all parameters of a network side by side in one
        vector. Both arrays have the shape and dtype of ``value``.
        """
        value[...] = self._value
        grad[...] = self._grad
        self._value, self._grad = value, grad

    @staticmethod
    def _write(array, new, name):
        # `p.grad += x` has already written into the array, and then passes the same array here.
        if new is array:
            return
        if np.shape(new) != array.shape:
            raise ValueError(
                f"the {name} of a parameter of shape {array.shape} needs that shape. "
                f"Received: shape {np.shape(new)}"
            )
        array[...] = new


def _parts(container, kind, name=""):
    """Return what is a parameter or a layer in a layer's attributes, or in lists of these, by name.

    ``kind`` is the class of parameters. Anything with a ``state_dict`` counts as a layer: an inner
    Model does, too. ValueError if two parts have the same name.
    """
    items = container.items() if isinstance(container, dict) else enumerate(container)
    found = {}
    for key, part in items:
        path = f"{name}.{key}" if name else str(key)
        if isinstance(part, kind) or hasattr(part, "state_dict"):
            inner = {path: part}
        elif isinstance(part, (list, tuple, dict)):
            inner = _parts(part, kind, path)
        else:
            continue
        if twice := found.keys() & inner.keys():
            raise ValueError(
                f"two parts of a layer would both be saved as {min(twice)!r}. Give the keys of its "
                "dicts different names, without dots."
            )
        found |= inner
    return found
