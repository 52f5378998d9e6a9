"""What keeps a model whole while it is trained: Ctrl-C, errors, and callbacks that meddle."""

import signal
import sys
import threading
from typing import ClassVar

from . import checks
from .callbacks import Callback


class Alone:
    """Refuse to train a model that is being trained: by a callback, or in another thread.

    Make it before anything of the model is changed, and use it as a context manager around the
    training.

    Parameters
    ----------
    model : Model
        A copy of it counts as another model.

    Raises
    ------
    RuntimeError
        If another one has been entered for the model.
    """

    _busy: ClassVar[dict] = {}

    def __init__(self, model):
        self._model = id(model)
        if self._model in self._busy:
            self._refuse()

    def __enter__(self):
        # In one step, so that of two threads one comes first.
        if self._busy.setdefault(self._model, self) is not self:
            self._refuse()

    def __exit__(self, kind, error, traceback):
        del self._busy[self._model]

    def _refuse(self):
        raise RuntimeError(
            "fit was called on a model that is being trained. A callback or another thread can "
            "train a copy of it: copy.deepcopy(model)."
        )


class CtrlC(Callback):
    """Make Ctrl-C (or *interrupt the kernel*) wait until the current batch is finished.

    Use it as a context manager, and as the last callback inside it. The first Ctrl-C is noted, and
    raises KeyboardInterrupt at the next moment of the callback, when parameters, optimizer, and
    layers have all taken the same number of steps. The second one isn't held back. On exit, a
    KeyboardInterrupt has served its purpose and goes no further.

    Python delivers Ctrl-C to the main thread only. In other threads this class does nothing.
    """

    def __enter__(self):
        self._noted = False
        self._context = sys.exc_info()[1]
        # A program that handles Ctrl-C in a way of its own is left alone.
        self._installed = (
            signal.getsignal(signal.SIGINT) is signal.default_int_handler
            and threading.current_thread() is threading.main_thread()
        )
        if self._installed:
            signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(self, kind, error, traceback):
        if self._installed:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        # An error that the interrupt came on top of must not be lost with it.
        return isinstance(error, KeyboardInterrupt) and error.__context__ is self._context

    def _note(self, number, frame):
        if self._noted:
            signal.default_int_handler(number, frame)
        self._noted = True

    def _stop_if_noted(self):
        if self._noted:
            raise KeyboardInterrupt

    def on_fit_begin(self, model):
        """Stop here if Ctrl-C was pressed."""
        self._stop_if_noted()

    def on_batch_end(self, model):
        """Stop here if Ctrl-C was pressed."""
        self._stop_if_noted()

    def on_epoch_end(self, model, epoch, history):
        """Stop here if Ctrl-C was pressed."""
        self._stop_if_noted()


class Unchanged(Callback):
    """Stop training as soon as the model is no longer what `fit` was called on.

    A callback could compile the model anew or add a layer, and a layer could make a parameter only
    when it sees the first batch. The optimizer wouldn't move it.

    Parameters
    ----------
    model : Model
        Compiled, as it is when training begins.
    """

    def __init__(self, model):
        self._parts = model.optimizer, model.loss, model.metrics
        self._seen_a_batch = False

    def on_fit_begin(self, model):
        """Check that the callbacks before this one have left the model as it was."""
        self._check(model)

    def on_batch_end(self, model):
        """Check the same after each batch, and the parameters after the first."""
        self._check(model)
        if not self._seen_a_batch:
            checks.check_optimizer(model.optimizer, model.layers)
            self._seen_a_batch = True

    def on_epoch_end(self, model, epoch, history):
        """Check all of it."""
        self._check(model)
        checks.check_optimizer(model.optimizer, model.layers)

    def _check(self, model):
        parts = model.optimizer, model.loss, model.metrics
        if any(now is not then for now, then in zip(parts, self._parts, strict=True)):
            raise RuntimeError(
                "the model was changed while fit was training it: a callback called add or "
                "compile. Do that between two calls of fit."
            )


class Buffers:
    """The buffers of layers (batch normalization's running statistics) around one batch.

    Use it as a context manager: if the batch fails, the buffers are put back to what they were.
    """

    def __init__(self, layers):
        self._layers = [layer for layer in layers if _buffers(layer)]

    def __enter__(self):
        self._kept = [
            {name: array.copy() for name, array in _buffers(layer).items()}
            for layer in self._layers
        ]

    def __exit__(self, kind, error, traceback):
        if error is not None:
            for layer, kept in zip(self._layers, self._kept, strict=True):
                for name, array in _buffers(layer).items():
                    array[...] = kept[name]


def _buffers(layer):
    """Return the arrays of a layer that are saved but not trained, by name."""
    trained = {id(parameter.value) for parameter in layer.parameters()}
    return {n: array for n, array in layer.state_dict().items() if id(array) not in trained}


def parameters_only(layer):
    """Return the method that sets the gradients of a layer's parameters.

    It is ``backward`` itself if that was changed, and the other inherited.
    """
    order = (layer, *type(layer).__mro__)  # in which Python looks for a method
    names = ("backward", "backward_parameters")
    whole, part = (next(i for i, c in enumerate(order) if name in vars(c)) for name in names)
    return layer.backward if whole < part else layer.backward_parameters
