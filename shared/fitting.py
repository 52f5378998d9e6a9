"""What ``Model.fit`` needs around its loops.

Checks before the first epoch, arrays that are kept from step to step, and what keeps a model whole
while it is trained: Ctrl-C, errors, and callbacks that meddle.
"""

import math
import signal
import sys
import threading
from contextlib import ExitStack
from typing import ClassVar

import numpy as np

from . import checks
from .arguments import generator, whole_number
from .callbacks import Callback, ProgressBar
from .datasets import batches


class Run:
    """One call of ``Model.fit``: its arguments, checked, and the passes through the layers.

    Use it as a context manager around the training. What is noted on the way in, such as Ctrl-C, is
    ended on the way out.

    Parameters
    ----------
    model, x, y, epochs, batch_size, validation_data, callbacks, rng, verbose
        As for ``Model.fit``, which lists the exceptions, too.

    Attributes
    ----------
    x, y, validation_data, epochs, batch_size
        As they were given, but arrays are read-only, and a batch is no larger than the data.
    callbacks : list of Callback
        Those given, and the progress bar. Inside the context, also what watches over the model.
    buffers : Buffers
        A context manager around each batch.
    """

    def __init__(self, model, x, y, epochs, batch_size, validation_data, callbacks, rng, verbose):
        checks.check_compiled("fit", model.optimizer)
        self._model, self._alone, self._ctrl_c = model, Alone(model), CtrlC()
        checks.check_parts(model.layers, model.optimizer, model.loss)
        self.x, self.y, self.validation_data = checks.checked_data(model, x, y, validation_data)
        self.epochs = whole_number("epochs", epochs)
        self.batch_size = min(whole_number("batch_size", batch_size), len(self.x))
        checks.check_batches(model.layers, len(self.x), self.batch_size)
        model.rng = generator("rng", (model.rng or np.random.default_rng()) if rng is None else rng)
        self.callbacks = checks.checked_callbacks(callbacks)
        if verbose:
            updates = self.epochs * math.ceil(len(self.x) / self.batch_size)
            self.callbacks.append(ProgressBar(updates))
        names = ["loss", *(metric.__name__ for metric in model.metrics)]
        names += [f"val_{name}" for name in names if validation_data is not None]
        for callback in self.callbacks:
            callback.check(model, list(names))
        model.stop_training = False
        self._workspace = Workspace([*model.layers, model.loss], self.x, self.y, self.batch_size)
        self._epoch = self._batch = 0

    def __enter__(self):
        with ExitStack() as ends:
            ends.enter_context(self._alone)
            self.callbacks += [Unchanged(self._model), ends.enter_context(self._ctrl_c)]
            self._ends = ends.pop_all()
        return self

    def __exit__(self, kind, error, traceback):
        return self._ends.__exit__(kind, error, traceback)

    def batches(self):
        """Yield the batches of an epoch; FloatingPointError if it ends with a NaN or infinity."""
        model = self._model
        self._epoch += 1
        self.buffers, self._first = Buffers(model.layers), first_trained(model.layers)
        pairs = batches(self.x, self.y, self.batch_size, model.rng, out=self._workspace.batch)
        for self._batch, pair in enumerate(pairs, 1):
            yield pair
        # The next batch would find out, but there might be none.
        for name, array in model.state_dict().items():
            if not np.isfinite(array).all():
                what = f"a number in {name} became NaN or infinite in epoch {self._epoch}"
                raise self._diverged(what)

    def forward(self, x):
        """Return the network's output for one batch.

        The same as ``Model.forward`` in training, but each layer writes into the array it made for
        the batch before.
        """
        for layer in self._model.layers:
            x = self._workspace.call(layer.forward, x, training=True)
        self._outputs = x.shape
        # A copy, which a callback may find in the loss: the next batch overwrites this array.
        return x.copy()

    def check_loss(self, loss):
        """Check that the loss is finite. The weights are still those of the batch before."""
        if not math.isfinite(loss):
            place = f"epoch {self._epoch}, batch {self._batch}"
            raise self._diverged(f"the loss became {loss} in {place}")

    def backward(self, grad):
        """Set the gradients of all parameters; the same as ``Model.backward``, in kept arrays."""
        layers = self._model.layers
        if not self._workspace.reuse:
            forget_gradients(layers)
        checks.check_gradient(self._model.loss, grad, self._outputs)
        for layer in reversed(layers[self._first + 1 :]):
            grad = self._workspace.call(layer.backward, grad)
        parameters_only(layers[self._first])(grad)

    def _diverged(self, what):
        return FloatingPointError(
            f"{what}, at a learning rate of {self._model.optimizer.learning_rate():g}. Usual "
            "causes: a learning rate that is too large (try a tenth), inputs that are not scaled, "
            "or NaN in the data."
        )


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


def forget_gradients(layers):
    """Set all gradients to 0.

    For layers of a reader's own, which may leave a gradient alone, or add to it.
    """
    for layer in layers:
        for parameter in layer.parameters():
            parameter.grad.fill(0)


def first_trained(layers):
    """Return the index of the first layer with parameters: none before it needs a gradient."""
    for i, layer in enumerate(layers):
        if layer.parameters():
            return i
    raise ValueError("the model has no layer with parameters, so there is nothing to train")


def parameters_only(layer):
    """Return the method that sets the gradients of a layer's parameters.

    It is ``backward`` itself if that was changed, and the other inherited.
    """
    order = (layer, *type(layer).__mro__)  # in which Python looks for a method
    names = ("backward", "backward_parameters")
    whole, part = (next(i for i, c in enumerate(order) if name in vars(c)) for name in names)
    return layer.backward if whole < part else layer.backward_parameters


class Workspace:
    """The arrays of a training step, kept so that the next step can write into them.

    Some systems return the memory of an array to the operating system at once. Making a new array
    then costs more than filling it. But a layer of a reader's own might need an array of the step
    before, or have outputs of another width each time: then nothing is kept.

    Attributes
    ----------
    reuse : bool
        Whether all parts, the layers and the loss, are this package's.
    batch : tuple of numpy.ndarray, or None
        Where the samples and the targets of a batch go, if arrays are kept.
    """

    def __init__(self, parts, x, y, batch_size):
        self.reuse = checks.are_of_the_package(parts)
        self._arrays = {}
        self.batch = None
        if self.reuse:
            rooms = (np.empty((batch_size, *data.shape[1:]), data.dtype) for data in (x, y))
            self.batch = tuple(rooms)

    def call(self, method, x, **options):
        """Call a layer's ``forward`` or ``backward``, with ``out`` from the step before."""
        kept = self._arrays.get(method)
        if kept is not None and len(kept) >= len(x):
            return method(x, out=kept[: len(x)], **options)
        result = method(x, **options)
        # A layer may return its input or a view of it, which it must not overwrite.
        if self.reuse and result is not x and result.base is None:
            self._arrays[method] = result
        return result
