"""Callbacks: what happens at certain moments of ``Model.fit``."""

import math
import os
import tempfile
from pathlib import Path

from .arguments import whole_number


class Callback:
    """Does nothing at any moment. A callback of your own overrides what it needs."""

    def check(self, model, names):
        """Raise an error if this callback can't work. Called before everything else.

        Parameters
        ----------
        model : Model
            The model that is about to be trained.
        names : list of str
            The names that the history will have.
        """

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
        """Called once at the end, even if training was interrupted or failed.

        The callbacks end in reverse order, each of those whose ``on_fit_begin`` was completed.
        """


class EarlyStopping(Callback):
    """Stop when a number has not improved for some epochs.

    Parameters
    ----------
    patience : int
        Epochs without improvement after which training stops.
    monitor : str
        A name in the history.
    restore_best_weights : bool
        When training ends, for whatever reason, go back to the weights of the best epoch.
    mode : {"min", "max"}, optional
        Whether a smaller or a larger number is better. Only names that end in ``loss`` or
        ``accuracy`` do without it.

    Attributes
    ----------
    best : float
        The best value seen.
    best_epoch : int
        Its epoch, from 1.

    Raises
    ------
    ValueError
        If ``patience`` is below 1, if ``mode`` is missing or unknown, or, when training begins, if
        the history won't have a number of that name.
    TypeError
        If ``patience`` is not a whole number.
    """

    def __init__(self, patience, monitor="val_loss", restore_best_weights=True, mode=None):
        self.patience = whole_number("patience", patience)
        self.monitor = monitor
        self.restore_best_weights = restore_best_weights
        self.mode = _mode(monitor, mode)

    def check(self, model, names):
        """Check that the history will have the number."""
        _check_monitor(self.monitor, names)

    def on_fit_begin(self, model):
        """Forget what was seen in an earlier run."""
        self.best = _worst(self.mode)
        self.best_epoch = 0
        self._best_arrays = None

    def on_epoch_end(self, model, epoch, history):
        """Remember a new best epoch, or stop if the last one was too long ago."""
        value = history[self.monitor][-1]
        if _better(self.mode, value, self.best):
            self.best, self.best_epoch = value, epoch
            if self.restore_best_weights:
                self._best_arrays = {n: a.copy() for n, a in model.state_dict().items()}
        elif epoch - self.best_epoch >= self.patience:
            model.stop_training = True

    def on_fit_end(self, model):
        """Restore the best weights, unless told not to."""
        if self._best_arrays is not None:
            model.load_state_dict(self._best_arrays)


class Checkpoint(Callback):
    """Save the whole model after each epoch, so that training can continue after a crash.

    The file is replaced as a whole: at any moment it holds a complete model, the latest or the
    one before.

    Parameters
    ----------
    path : str or Path
        The file to write, in a folder that exists.
    monitor : str, optional
        A name in the history. With it, an epoch is saved only if it's better than all earlier ones,
        including those of earlier calls of ``fit`` with the same optimizer. A file that was there
        before isn't compared with: it is overwritten.
    mode : {"min", "max"}, optional
        As for :class:`EarlyStopping`.

    Raises
    ------
    ValueError
        If ``mode`` is missing or unknown, or, when training begins, if the history won't have a
        number of that name.
        Also if the model can't be saved, because it holds a class of your own.
    FileNotFoundError, IsADirectoryError
        When training begins, if there is no such folder, or the path is one.
    """

    def __init__(self, path, monitor=None, mode=None):
        self.path = path
        self.monitor = monitor
        self.mode = _mode(monitor or "loss", mode)
        self._optimizer = None

    def check(self, model, names):
        """Check that the model can be saved, and that the history will have the number."""
        if self.monitor is not None:
            _check_monitor(self.monitor, names)
        folder = Path(self.path).parent
        if not folder.is_dir():
            raise FileNotFoundError(
                f"the folder for the checkpoint {self.path} doesn't exist. Make it with "
                f"Path({str(folder)!r}).mkdir(parents=True)"
            )
        if Path(self.path).is_dir():
            raise IsADirectoryError(f"the checkpoint needs a file name. Received: {self.path}")
        with tempfile.TemporaryDirectory() as trial:
            model.save(Path(trial) / "model.npz")

    def on_fit_begin(self, model):
        """Forget what was seen before the model was compiled, or if its file is gone."""
        if model.optimizer is not self._optimizer or not Path(self.path).exists():
            self._optimizer, self.best = model.optimizer, _worst(self.mode)

    def on_epoch_end(self, model, epoch, history):
        """Save the model, unless this epoch is no improvement on the monitored number."""
        if self.monitor is not None:
            value = history[self.monitor][-1]
            if not _better(self.mode, value, self.best):
                return
            self.best = value
        model.save(self.path)


class ProgressBar(Callback):
    """Show how far training has come, in a terminal or in a notebook.

    Silent where a test runner checks a notebook's output, which a bar would change every time.

    Parameters
    ----------
    updates : int
        Number of updates in the whole run.
    """

    def __init__(self, updates):
        self.updates = updates

    def on_fit_begin(self, model):
        """Draw the empty bar."""
        from tqdm.auto import tqdm  # here, so that only those who use it wait for it

        # pytest sets the first name, and a notebook's kernel inherits it from nbval. The second is
        # tqdm's own, which its bar for notebooks draws once before it looks at it.
        silent = "PYTEST_CURRENT_TEST" in os.environ or os.environ.get("TQDM_DISABLE", "") != ""
        # Short, without tqdm's rate, so that four numbers leave room for the bar.
        form = "{l_bar}{bar}| {n_fmt}/{total_fmt} [{elapsed}<{remaining}{postfix}]"
        self._bar = tqdm(total=self.updates, bar_format=form, disable=silent)

    def on_batch_end(self, model):
        """Move on by one."""
        self._bar.update()

    def on_epoch_end(self, model, epoch, history):
        """Show the epoch and its numbers beside the bar."""
        self._bar.set_description(f"epoch {epoch}", refresh=False)
        # As a dict: tqdm would sort keyword arguments by name.
        self._bar.set_postfix({name: f"{values[-1]:.3f}" for name, values in history.items()})

    def on_fit_end(self, model):
        """Leave the bar as it is."""
        self._bar.close()


def _mode(monitor, mode):
    """Return the mode, after checking it, or the one that goes without saying."""
    if mode is None:
        last_word = monitor.split("_")[-1]
        if last_word in ("loss", "accuracy"):
            return "min" if last_word == "loss" else "max"
    if mode not in ("min", "max"):
        raise ValueError(
            f'is a smaller or a larger {monitor} better? Say mode="min" or mode="max". '
            f"Received: mode={mode!r}"
        )
    return mode


def _worst(mode):
    return math.inf if mode == "min" else -math.inf


def _better(mode, value, best):
    return value < best if mode == "min" else value > best


def _check_monitor(monitor, names):
    if monitor not in names:
        raise ValueError(
            f"the history won't have {monitor!r}, only {names}. Names that begin with val_ need "
            "validation_data in fit; accuracy needs metrics=[accuracy] in compile."
        )
