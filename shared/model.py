"""The model: layers in a row, with the loop that trains them."""

import copy
from contextlib import ExitStack

import numpy as np

from . import checks, serialization
from .fitting import Run, first_trained, forget_gradients, parameters_only
from .losses import _probabilities

# Prediction and evaluation go through the data in batches of this size, to bound the memory.
PREDICTION_BATCH = 1000


class History(dict):
    """What happened in training: the name of each number -> a list with one entry per epoch.

    The names are ``loss`` and those of the metrics and, if there was validation data, the same with
    ``val_`` in front. The training figures are averages over the batches of the epoch, taken while
    the network was learning and with dropout on; the validation figures are taken at the end of
    the epoch. ``loss`` is the loss of the predictions alone, without penalties on the weights.
    """

    def add(self, numbers):
        """Append one epoch's numbers, given as a dict."""
        for name, number in numbers.items():
            self.setdefault(name, []).append(number)

    @property
    def epochs(self):
        """Number of epochs recorded."""
        return len(self.get("loss", ()))


class Model:
    """A network: layers, each of which takes the output of the one before, trained together.

    A model isn't thread-safe: its layers remember their last batch. Give each thread a copy, made
    with ``copy.deepcopy``.

    Parameters
    ----------
    layers : iterable of Layer
        In the order in which the data passes through them.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> model = Model([Dense(2, 16, rng), ReLU(), Dense(16, 3, rng)])
    >>> model.compile(Adam(model.parameters()), SoftmaxCrossEntropy(), metrics=[accuracy])
    >>> history = model.fit(x, y, epochs=10, rng=rng)
    """

    def __init__(self, layers=()):
        self.layers = list(layers)
        checks.check_layers(self.layers)
        self.optimizer = None
        self.loss = None
        self.metrics = ()
        self.rng = None
        self.stop_training = False

    def add(self, layer):
        """Add a layer at the end. A model compiled before has to be compiled again.

        Raises
        ------
        TypeError
            If ``layer`` is not a layer (a class instead of an object, say).
        ValueError
            If its width doesn't fit the layer before it, or it is in the model already.
        """
        checks.check_layers([*self.layers, layer])
        self.layers.append(layer)
        self.optimizer = self.loss = None  # They were chosen for the network as it was.

    def compile(self, optimizer, loss, metrics=()):
        """Choose how the model will be trained.

        Parameters
        ----------
        optimizer : Optimizer
            Built on this model's ``parameters()``.
        loss : Loss
            What training minimizes.
        metrics : iterable of callables
            Functions ``(y_pred, y_true) -> float``, reported beside the loss under their own
            names. They get the network's output after the activation that belongs to the loss, if
            it has one: probabilities, for a loss on logits. They may keep or change these arrays.

        Raises
        ------
        TypeError
            If optimizer, loss, or a metric is something else (a name or a class, say), or if the
            model has a ``forward``, ``backward``, or ``predict`` of its own.
        ValueError
            If the optimizer was built on other parameters, if the loss doesn't fit the last layer
            (a loss on logits after Softmax), or if metrics share a name.
        RuntimeError
            If another optimizer was built on these parameters since.
        """
        checks.check_passes(self, Model)
        checks.check_parts(self.layers, optimizer, loss)
        self.metrics = checks.checked_metrics(metrics)
        self.optimizer = optimizer
        self.loss = loss

    def parameters(self):
        """Return the parameters of all layers, first layer first, in one list."""
        return [p for layer in self.layers for p in layer.parameters()]

    def forward(self, x, training=False):
        """Return the network's output for one batch (logits, if the loss takes logits)."""
        for layer in self.layers:
            x = layer.forward(x, training=training)
        return x

    def backward(self, grad):
        """Set the gradients of all parameters, from the gradient with respect to the output.

        What no layer sets is 0.
        """
        forget_gradients(self.layers)
        first = first_trained(self.layers)
        for layer in reversed(self.layers[first + 1 :]):
            grad = layer.backward(grad)
        parameters_only(self.layers[first])(grad)

    def penalty(self):
        """Return the sum of the penalties on the weights, a float."""
        return sum(layer.penalty() for layer in self.layers)

    def state_dict(self):
        """Return the arrays that make up the trained network, by name, as in ``"0.weight"``.

        They are the arrays themselves, not copies: further training changes them. (An optimizer
        makes new ones when it is built.)
        """
        return {
            f"{i}.{name}": array
            for i, layer in enumerate(self.layers)
            for name, array in layer.state_dict().items()
        }

    def load_state_dict(self, arrays):
        """Copy numbers into the network's arrays.

        Parameters
        ----------
        arrays : dict of ndarray
            With the names, shapes and dtypes of :meth:`state_dict`.

        Raises
        ------
        ValueError
            If a name, shape, or dtype differs. Nothing is changed then.
        """
        own = self.state_dict()
        arrays = checks.checked_arrays(own, arrays)
        for name, array in own.items():
            array[...] = arrays[name]

    def fit(
        self, x, y, epochs=1, batch_size=32, validation_data=None, callbacks=(), rng=None, verbose=1
    ):
        """Train on the data, batch by batch, in an order shuffled anew for each epoch.

        Ctrl-C (or *interrupt the kernel*) ends training after the current batch and keeps what has
        been learned. Pressed twice, it ends training at once, even halfway through an update.

        Parameters
        ----------
        x : ndarray
            One sample along the first axis. Images stay in bytes until a batch is taken.
        y : ndarray
            Labels or targets, as the loss takes them.
        epochs, batch_size : int
            Passes over the data, and samples in one update. The last batch of an epoch is
            smaller if the samples don't divide evenly.
        validation_data : tuple of ndarray, optional
            ``(x, y)``, measured after each epoch and never learned from. Of the same dtype and
            shape of a sample as ``x``.
        callbacks : iterable of Callback
            See :mod:`shared.callbacks`.
        rng : numpy.random.Generator, optional
            Shuffles the data. By default, the generator of the last ``fit`` continues, or the one
            in the file the model was loaded from; otherwise, a fresh one is made.
        verbose : int
            0 shows no progress bar.

        Returns
        -------
        History
            The numbers of each completed epoch of this call.

        Raises
        ------
        RuntimeError
            If the model has not been compiled, its parameters were given to another optimizer, or
            a callback calls ``add``, ``compile``, or ``fit``.
        TypeError, ValueError
            If an argument doesn't fit, or layers were changed since the model was compiled. As far
            as possible this is found before the first epoch.
        FloatingPointError
            If the loss becomes NaN or infinite: the learning rate is too large, or the data holds
            such a number. The model is as it was before that batch. Also if, at the end of an
            epoch, a weight or a running statistic is NaN or infinite.
        """
        run = Run(self, x, y, epochs, batch_size, validation_data, callbacks, rng, verbose)
        history = History()
        with run, ExitStack() as ends:
            for callback in run.callbacks:
                callback.on_fit_begin(self)
                ends.callback(callback.on_fit_end, self)
            for epoch in range(1, run.epochs + 1):
                numbers = self._fit_epoch(run)
                if run.validation_data is not None:
                    validation = self.evaluate(*run.validation_data)
                    numbers |= {f"val_{name}": number for name, number in validation.items()}
                history.add(numbers)
                for callback in run.callbacks:
                    callback.on_epoch_end(self, epoch, history)
                if self.stop_training:
                    break
        return history

    def _fit_epoch(self, run):
        """Go through the data once; return loss and metrics, as means over the samples."""
        totals = {}
        for x_batch, y_batch in run.batches():
            with run.buffers:
                loss = self.loss.forward(run.forward(x_batch), y_batch.copy())
                run.check_loss(loss)
                y_pred = copy.copy(getattr(self.loss, "predictions", None))
                run.backward(self.loss.backward())
                self.optimizer.step()
            # Not earlier: a metric may call the model, which would forget this batch.
            numbers = {"loss": loss, **self._measure(y_pred, y_batch)}
            for name, number in numbers.items():
                totals[name] = totals.get(name, 0.0) + number * len(x_batch)
            for callback in run.callbacks:
                callback.on_batch_end(self)
        return {name: total / len(run.x) for name, total in totals.items()}

    def evaluate(self, x, y):
        """Measure loss and metrics on data, without learning from it.

        Returns
        -------
        dict
            ``loss`` and each metric by name, floats. The loss is that of the predictions alone,
            without penalties on the weights.
        """
        checks.check_compiled("evaluate", self.loss)
        x, y = checks.pairs(x, y)
        loss = self.loss.forward(self.predict(x), y)
        y_pred = getattr(self.loss, "predictions", None)
        return {"loss": loss, **self._measure(y_pred, y)}

    def _measure(self, y_pred, y):
        """Return the metrics by name. Each gets arrays of its own, which it may keep or change."""
        checks.check_predictions(self, y_pred)
        return {m.__name__: float(m(y_pred.copy(), y.copy())) for m in self.metrics}

    def predict(self, x):
        """Return the network's outputs, one row per sample (logits, if the loss takes logits)."""
        x = checks.inputs(x)
        starts = range(0, len(x), PREDICTION_BATCH)
        # Copies: a layer of a reader's own may write into the same array each time.
        return np.concatenate([self.forward(x[i : i + PREDICTION_BATCH]).copy() for i in starts])

    def predict_proba(self, x):
        """Return the predicted probabilities, one row per sample.

        Raises
        ------
        RuntimeError
            If the model has not been compiled: the loss knows whether the network's outputs are
            logits or probabilities.
        TypeError
            If the loss is one for regression.
        ValueError
            If the loss takes probabilities and the network's outputs aren't any.
        """
        checks.check_compiled("predict_proba", self.loss)
        checks.check_classifies(self.loss)
        return _probabilities(self.loss.output_activation(self.predict(x)))

    def summary(self):
        """Print a table of the layers, their outputs' shapes, and their numbers of parameters."""
        rows = [("Layer", "Output", "Parameters")]
        width = None
        for layer in self.layers:
            width = layer.out_features or width
            count = sum(p.value.size for p in layer.parameters())
            rows.append((repr(layer), f"(batch, {width})" if width else "", f"{count:,}"))
        total = sum(p.value.size for p in self.parameters())
        rows.append(("Total", "", f"{total:,}"))
        left, middle, right = (max(map(len, column)) for column in zip(*rows, strict=True))
        lines = [f"{a:<{left}}  {b:<{middle}}  {c:>{right}}" for a, b, c in rows]
        rule = "-" * len(lines[0])
        print("\n".join([lines[0], rule, *lines[1:-1], rule, lines[-1]]))

    def save(self, path, include_optimizer=True):
        """Write the whole model into one file, from which :meth:`load` rebuilds it.

        The file holds the layers, weights, loss, optimizer with its state, and random generators,
        so that training continues as if it had never stopped. It doesn't hold the metrics, which
        are functions.

        Parameters
        ----------
        path : str or Path
            The file, ``.npz`` by custom. It is replaced as a whole or not at all.
        include_optimizer : bool
            False leaves out the optimizer, whose state may be twice as large as the weights. Use it
            for a model that will only predict.

        Raises
        ------
        TypeError, ValueError
            If layers were changed since the model was compiled, so that the parts of the model no
            longer fit together, or if the model holds a class of your own.
        """
        checks.check_passes(self, Model)
        checks.check_layers(self.layers)
        if include_optimizer and self.optimizer is not None:
            checks.check_optimizer(self.optimizer, self.layers)
        serialization.save_model(self, path, include_optimizer)

    @classmethod
    def load(cls, path, metrics=()):
        """Rebuild a model from a file written by :meth:`save`.

        Parameters
        ----------
        path : str or Path
            The file.
        metrics : iterable of callables
            As for :meth:`compile`.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If it is not a whole, intact file of this kind.
        """
        return serialization.load_model(cls(), path, checks.checked_metrics(metrics))

    def save_weights(self, path):
        """Write the parameters and running statistics into one file, without the architecture."""
        serialization.save_weights(self, path)

    def load_weights(self, path):
        """Read the parameters and running statistics written by :meth:`save_weights`.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If names, shapes, or dtypes differ from this model's. Nothing is changed then.
        """
        serialization.load_weights(self, path)
