"""Callbacks: what is to happen at certain moments of ``Model.fit``."""

import math
import os


class Callback:
    """Does nothing at any moment. A callback of your own overrides what it needs."""

    def on_fit_begin(self, model):
        """Called once, before the first epoch."""

    def on_batch_end(self, model):
        """Called after each update of the parameters."""

    def on_epoch_end(self, model, epoch, history):
        """Called after each epoch and its validation.

        Parameters
        ----------
        model : Model
            The model. Setting ``model.stop_training = True`` makes this epoch the last.
        epoch : int
            The number of the epoch, from 1.
        history : History
            All epochs so far, this one included.
        """

    def on_fit_end(self, model):
        """Called once at the end, also where training was interrupted or failed."""


class EarlyStopping(Callback):
    """Stop when a number has not improved for some epochs.

    Parameters
    ----------
    patience : int
        Epochs without improvement after which training stops.
    monitor : str
        A name in the history. Smaller is better if it ends in ``loss``, else larger is.
    restore_best_weights : bool
        At the end of training, however it comes, go back to the weights of the best epoch.

    Attributes
    ----------
    best : float
        The best value seen.
    best_epoch : int
        Its epoch, from 1.

    Raises
    ------
    ValueError
        If ``patience`` is below 1.
    KeyError
        In training, if the history has no number of that name.
    """

    def __init__(self, patience, monitor="val_loss", restore_best_weights=True):
        if patience < 1:
            raise ValueError(f"patience is a number of epochs, 1 or more. Received: {patience}")
        self.patience = patience
        self.monitor = monitor
        self.restore_best_weights = restore_best_weights

    def on_fit_begin(self, model):
        """Forget what was seen in an earlier training."""
        self.best = _worst(self.monitor)
        self.best_epoch = 0
        self._best_arrays = None

    def on_epoch_end(self, model, epoch, history):
        """Remember a new best epoch; ask to stop when the last one is too long ago."""
        value = _latest(history, self.monitor)
        if _better(self.monitor, value, self.best):
            self.best, self.best_epoch = value, epoch
            if self.restore_best_weights:
                self._best_arrays = {n: a.copy() for n, a in model.state_dict().items()}
        elif epoch - self.best_epoch >= self.patience:
            model.stop_training = True

    def on_fit_end(self, model):
        """Put the best weights back, if asked to."""
        if self._best_arrays is not None:
            model.load_state_dict(self._best_arrays)


class Checkpoint(Callback):
    """Save the whole model after each epoch, so that training can go on after a crash.

    The file is replaced as a whole: at any moment it holds a complete model, the latest or the
    one before.

    Parameters
    ----------
    path : str or Path
        The file to write.
    monitor : str, optional
        A name in the history. With it only an epoch that improves on all before it is saved.
        Smaller is better if it ends in ``loss``, else larger is.
    """

    def __init__(self, path, monitor=None):
        self.path = path
        self.monitor = monitor

    def on_fit_begin(self, model):
        """Forget what was seen in an earlier training."""
        self.best = _worst(self.monitor or "loss")

    def on_epoch_end(self, model, epoch, history):
        """Save the model, if it is to be saved."""
        if self.monitor is not None:
            value = _latest(history, self.monitor)
            if not _better(self.monitor, value, self.best):
                return
            self.best = value
        model.save(self.path)


class ProgressBar(Callback):
    """Show how far training has come, in a terminal or in a notebook.

    Silent where a test runner checks a notebook's output, which a bar would change every time.

    Parameters
    ----------
    updates : int
        Number of updates in the whole training.
    """

    def __init__(self, updates):
        self.updates = updates

    def on_fit_begin(self, model):
        """Draw the empty bar."""
        from tqdm.auto import tqdm  # here, so that nobody waits for it who doesn't use it

        # pytest sets the first name, and a notebook's kernel inherits it from nbval. The second is
        # tqdm's own, which its bar for notebooks draws once before it looks at it.
        silent = "PYTEST_CURRENT_TEST" in os.environ or os.environ.get("TQDM_DISABLE", "") != ""
        self._bar = tqdm(total=self.updates, unit="batch", disable=silent)

    def on_batch_end(self, model):
        """Move on by one."""
        self._bar.update()

    def on_epoch_end(self, model, epoch, history):
        """Show the epoch's numbers behind the bar."""
        numbers = {name: f"{values[-1]:.4f}" for name, values in history.items()}
        self._bar.set_postfix(epoch=epoch, **numbers)

    def on_fit_end(self, model):
        """Leave the bar as it stands."""
        self._bar.close()


def _worst(monitor):
    return math.inf if monitor.endswith("loss") else -math.inf


def _better(monitor, value, best):
    return value < best if monitor.endswith("loss") else value > best


def _latest(history, monitor):
    if monitor not in history:
        raise KeyError(
            f"the history has no {monitor!r}, only {sorted(history)}. Names that begin with val_ "
            "need validation_data; accuracy needs metrics=[accuracy] in compile"
        )
    return history[monitor][-1]
