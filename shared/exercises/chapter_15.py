"""The checks of chapter 15's exercises: parameters, a metric, a callback, a file, the loop."""

import tempfile
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import numpy as np

from shared.activations import ReLU
from shared.callbacks import Callback
from shared.datasets import batches, spiral
from shared.exercises import exercise
from shared.exercises.compare import NotTried, Wrong, call, does_nothing, expect, is_blank
from shared.layers import Dense, Dropout
from shared.losses import SoftmaxCrossEntropy
from shared.model import History, Model
from shared.optimizers import Adam
from shared.regularizers import L2


@exercise("15.1")
def count_parameters(answer):
    """The parameters of a network of dense layers."""
    for sizes in [[3, 5, 4], [784, 128, 10], [5, 1], [4, 6, 6, 2, 3]]:
        pairs = list(pairwise(sizes))
        weights = sum(a * b for a, b in pairs)
        mistakes = [
            (weights, "You counted the weights. Each neuron has a bias as well."),
            (
                weights + sum(sizes[1:-1]),
                "The biases of the last layer are missing. Each of its neurons has one, too.",
            ),
            (_parameters(sizes[:-1]), "Is the last layer missing?"),
            (_parameters(sizes[1:]), "Is the first layer missing?"),
            (
                weights + len(pairs),
                "You counted one bias for each layer. Each *neuron* has one.",
            ),
            (
                weights + sum(sizes),
                "You gave each input a bias as well. Only neurons have one.",
            ),
            (
                weights + sum(sizes[:-1]),
                "A layer has as many biases as neurons (its second width), not as many as inputs.",
            ),
            (sum(sizes), "You counted inputs and neurons. A layer has a weight for each pair."),
            (np.prod(sizes), "The numbers of the layers are added, not multiplied."),
            (
                (sizes[0] + 1) * sizes[-1],
                "Did you leave out the layers in between? Each pair of neighboring widths is a "
                "layer.",
            ),
        ]
        name = f"`count_parameters({sizes})`"
        expect(call(answer, sizes), weights + sum(sizes[1:]), name, mistakes=mistakes)
    return "Compare it with the last line of `model.summary()` when you build a network."


def _parameters(sizes):
    return sum((a + 1) * b for a, b in pairwise(sizes))


@exercise("15.2")
def top_2(answer):
    """The share of samples whose class is among the two highest scores."""
    rng = np.random.default_rng(152)
    by_hand = np.array([[0.5, 0.3, 0.2], [0.1, 0.2, 0.7], [0.6, 0.1, 0.3], [0.2, 0.5, 0.3]])
    for y_pred, y_true in [
        (3 * rng.normal(size=(40, 6)), rng.integers(0, 6, 40)),
        (by_hand, np.array([0, 1, 1, 2])),  # first, second, third, second
        (rng.normal(size=(7, 10)), rng.integers(0, 10, 7)),
    ]:
        order = y_pred.argsort(axis=1)
        hit = order == y_true[:, np.newaxis]
        right = hit[:, -2:].any(axis=1)
        mistakes = [
            (hit[:, -1].mean(), "This is the accuracy, where only the highest score counts. The "
             "second highest counts as well."),
            (hit[:, -2].mean(), "Only the second highest score counts here. The highest counts as "
             "well."),
            (hit[:, :2].any(axis=1).mean(), "argsort begins with the *lowest* score. You took the "
             "two classes that the network finds least likely."),
            (hit[:, -3:].any(axis=1).mean(), "You let the three highest scores count."),
            (hit[:, -2:].mean(), "You divided by two guesses per sample. A sample is right if "
             "*either* of its guesses is: any(axis=1), then the mean."),
            ((y_pred.argsort(axis=0)[:, -2:] == y_true[:, np.newaxis]).any(axis=1).mean(), "Did "
             "you sort down the columns? That compares samples. A sample is a row: "
             "argsort(axis=1)."),
            (right.sum(), "This is how many are right. Divide by the number of samples."),
            (100 * right.mean(), "This is a percentage. The share is a number from 0 to 1."),
            (1 - right.mean(), "This is the share that is wrong."),
            (right, "These are the answers for each sample; the share of them is one number."),
        ]  # fmt: skip
        name = f"`top_2` for scores {y_pred.shape}"
        expect(call(answer, y_pred, y_true), right.mean(), name, mistakes=mistakes)
    return "If top-2 is far above the accuracy, the network hesitates between similar classes."


@exercise("15.3")
def stop_at(answer):
    """A callback that ends training when a number has reached its target."""
    if not (isinstance(answer, type) and issubclass(answer, Callback)):
        raise Wrong("Write a class that inherits from Callback: class StopAt(Callback).")
    if does_nothing(answer.on_epoch_end):
        if answer.on_epoch_end is Callback.on_epoch_end:
            raise Wrong("The method on_epoch_end is missing, or its name is spelled differently.")
        raise NotTried
    for monitor, target, values, last in [
        ("val_accuracy", 0.9, [0.5, 0.85, 0.92, 0.95, 0.97], 3),
        ("val_loss", 0.3, [1.0, 0.6, 0.45, 0.28, 0.2], 4),
        ("accuracy", 0.75, [0.5, 0.75, 0.9, 0.95, 0.97], 2),
        ("loss", 0.5, [0.9, 0.5, 0.4, 0.3, 0.2], 2),
        ("val_accuracy", 0.99, [0.5, 0.6, 0.7, 0.7, 0.8], None),
        ("loss_free_days", 3.0, [1.0, 2.0, 3.0, 4.0, 5.0], 3),
    ]:
        stopped = _epoch_of_stop(answer(monitor, target), monitor, values)
        if stopped != last:
            raise Wrong(_stop_diagnosis(monitor, target, values, last, stopped))
    _leaves_other_decisions(answer)
    return "A target saves epochs that nobody needs. If you don't know one, use EarlyStopping."


def _leaves_other_decisions(answer):
    callback, model = answer("accuracy", 0.9), SimpleNamespace(stop_training=True)
    callback.on_fit_begin(model)
    callback.on_epoch_end(model, 1, History(accuracy=[0.5]))
    if model.stop_training is not True:
        raise Wrong(
            "Another callback had set `model.stop_training = True`. Yours hadn't reached its "
            f"target, and set it to {model.stop_training!r}: training goes on, and the other's "
            "decision is lost. Set it to True if the target is reached, and do nothing otherwise."
        )


def _epoch_of_stop(callback, monitor, values):
    """Return after which epoch the callback stops a run with these numbers."""
    model, history = SimpleNamespace(stop_training=False), History()
    callback.on_fit_begin(model)
    for epoch, value in enumerate(values, 1):
        # Numbers of other names that would lead elsewhere.
        others = {"loss": np.inf, "val_loss": np.inf, "accuracy": -np.inf, "val_accuracy": -np.inf}
        history.add(others | {monitor: value})
        try:
            received = callback.on_epoch_end(model, epoch, history)
        except KeyboardInterrupt:
            raise Wrong(
                "You raised KeyboardInterrupt, which means that the user pressed Ctrl-C. Set "
                "`model.stop_training = True` instead, so that other callbacks see the epoch, too."
            ) from None
        if is_blank(received) and received is not None:
            raise NotTried
        if model.stop_training:
            return epoch
    if hasattr(callback, "stop_training"):
        raise Wrong(
            "You set self.stop_training, an attribute of the callback, which nobody reads. Set the "
            "model's: `model.stop_training = True`."
        )
    return None


def _stop_diagnosis(monitor, target, values, last, stopped):
    case = f"`StopAt({monitor!r}, {target})`, with the values {values} after epochs 1 to 5,"
    expected = "must never stop" if last is None else f"must stop after epoch {last}"
    came = "never does" if stopped is None else f"stops after epoch {stopped}"
    words = f"{case} {expected}, but {came}."
    if "loss" in monitor and not monitor.endswith("loss"):
        words += " Smaller is better only for names that *end* in `loss`."
    elif stopped is not None and monitor.endswith("loss") and values[stopped - 1] > target:
        words += (
            " A small loss is a good one: is the comparison the other way round for each name "
            "that ends in `loss`?"
        )
    elif stopped is None and monitor.endswith("loss"):
        words += " A loss has reached its target if it's at most that. Did you check the name?"
    elif last is not None and values[last - 1] == target:
        words += " Reached includes equal: >= and <=."
    elif stopped is None:
        words += " Did you set `model.stop_training = True`, and compare the newest number, [-1]?"
    elif not monitor.endswith("loss") and values[stopped - 1] < target:
        words += " The target isn't reached there. Is the comparison the wrong way round?"
    elif last is not None and stopped > last:
        words += " Did you compare the newest number of the history, [-1]?"
    return words


_ran = []


def _run(text):
    """Note that a file has run code; what the check's harmless pickle calls."""
    _ran.append(text)
    return np.zeros(2)


class _Parcel:
    def __reduce__(self):
        return _run, ("code in the file",)


@exercise("15.4")
def read_weights(answer):
    """Arrays from an .npz file, if they are those expected, without running any code."""
    rng = np.random.default_rng(154)
    good = {"0.weight": rng.normal(size=(2, 3)), "0.bias": rng.normal(size=3)}
    shapes = {name: array.shape for name, array in good.items()}
    _ran.clear()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "weights.npz")
        np.savez(path, **good)
        _check_arrays(call(answer, path, dict(shapes)), good)
        for what, arrays in [
            ("an array of another shape, (3, 2) instead of (2, 3)",
             good | {"0.weight": np.zeros((3, 2))}),
            ("no array 0.bias", {"0.weight": good["0.weight"]}),
            ("one array more, 1.weight", good | {"1.weight": np.zeros(2)}),
            ("0.bias under another name, 0.offset",
             {"0.weight": good["0.weight"], "0.offset": good["0.bias"]}),
            ("an array of another shape, (1, 3) instead of (3,)",
             good | {"0.bias": np.zeros((1, 3))}),
        ]:  # fmt: skip
            np.savez(path, **arrays)
            _refused(answer, path, shapes, what)
        parcel = np.empty(3, dtype=object)
        parcel[:] = [_Parcel() for _ in range(3)]
        np.savez(path, **{"0.weight": good["0.weight"], "0.bias": parcel})
        _refused(answer, path, shapes, "a pickle, which NumPy won't read with allow_pickle=False,")
    return "You decide what a stranger's file may hold, before you use a number from it."


def _check_arrays(received, good):
    if hasattr(received, "files"):
        raise Wrong(
            "You returned the result of np.load, an open file that reads an array when you ask "
            "for it. Return a dictionary of arrays, and close the file (`with`)."
        )
    if not isinstance(received, dict):
        raise Wrong(f"Return a dictionary. Received: {type(received).__name__}.")
    if set(received) != set(good):
        raise Wrong(f"The names must be {sorted(good)}. Received: {sorted(map(str, received))}.")
    for name, array in good.items():
        expect(received[name], array, f"The array {name!r}")


def _refused(answer, path, shapes, what):
    try:
        call(answer, path, dict(shapes))
    except ValueError:
        problem = None
    except Wrong:
        problem = "it returned None. It must raise ValueError."
    except (NotTried, NotImplementedError):
        raise
    except Exception as error:
        problem = f"it raised {type(error).__name__}. It must raise ValueError."
    else:
        problem = "it accepted the file. It must raise ValueError."
    if _ran:
        raise Wrong(
            "Code from the file has run. It was a harmless line of this check; a stranger's might "
            "not be. Read with allow_pickle=False."
        )
    if problem:
        raise Wrong(f"Your function received a file with {what}: {problem}")


@exercise("15.5")
def train_model(answer):
    """The loop of fit: the same bits, and the history's losses."""
    for n, epochs, batch_size in [(10, 3, 8), (8, 2, 6)]:
        x, y_true = spiral(n, 3, np.random.default_rng(155))
        model, rng = _model()
        start = [p.value.copy() for p in model.parameters()]
        with (
            mock.patch.object(Model, "fit", _not_this_way),
            mock.patch.object(Model, "_fit_epoch", _not_this_way),
        ):
            received = call(answer, model, x, y_true, epochs, batch_size, rng)
        values = [p.value for p in model.parameters()]
        if not _same(values, _weights(x, y_true, epochs, batch_size, _reference)):
            raise Wrong(_weights_diagnosis(values, start, x, y_true, epochs, batch_size))
        reference, rng = _model()
        losses = _reference(reference, x, y_true, epochs, batch_size, rng)
        expect(
            received,
            [_over_samples(epoch) for epoch in losses],
            "The list of losses",
            mistakes=[
                (
                    [np.mean([value for value, _ in epoch]) for epoch in losses],
                    "The weights are right. The loss is the plain mean over the batches, in which "
                    "each sample of the smaller last batch counts more: weight each batch by its "
                    "number of samples.",
                ),
                (
                    [sum(value for value, _ in epoch) for epoch in losses],
                    "The weights are right. The losses are sums over the batches. Return the mean "
                    "over the samples.",
                ),
                (
                    [sum(value * size for value, size in epoch) for epoch in losses],
                    "The weights are right. The losses are sums over the samples: divide by how "
                    "many there are.",
                ),
                (
                    [epoch[-1][0] for epoch in losses],
                    "The weights are right. The losses are those of the last batch of each epoch.",
                ),
                (
                    [value for epoch in losses for value, _ in epoch],
                    "The weights are right. You returned a loss for each batch. Return one for "
                    "each epoch.",
                ),
                (
                    _with_penalty(x, y_true, epochs, batch_size),
                    "The weights are right. You added `model.penalty()`. The history has the loss "
                    "of the predictions alone; the layers add the penalty's gradient themselves.",
                ),
                (
                    [sum(value * batch_size for value, _ in epoch) / len(x) for epoch in losses],
                    "The weights are right. You counted the last batch as if it were full: "
                    "multiply each loss by len(x_batch).",
                ),
                (
                    _after_the_update(x, y_true, epochs, batch_size),
                    "The weights are right. You measured each batch again after its update. Use "
                    "the loss that was there before it.",
                ),
                (
                    _evaluated(x, y_true, epochs, batch_size),
                    "The weights are right. You measured at the end of each epoch. Return the mean "
                    "of the losses that the batches had while the network was learning.",
                ),
                (
                    _over_samples(losses[-1]),
                    "The weights are right. You returned the loss of the last epoch. Return a list "
                    "with those of all epochs.",
                ),
            ],
        )
    return "The same bits as `model.fit`."


def _model():
    rng = np.random.default_rng(15)
    hidden = Dense(2, 8, rng, regularizer=L2(0.01))
    model = Model([hidden, ReLU(), Dropout(0.25, rng), Dense(8, 3, rng)])
    model.compile(Adam(model.parameters(), lr=0.05), SoftmaxCrossEntropy())
    return model, rng


def _not_this_way(*arguments, **options):
    raise Wrong("You called fit. Write its loop yourself this time: two loops, four lines.")


def _step(model, x, y, training=True, steps=1):
    value = model.loss.forward(model.forward(x, training=training), y)
    model.backward(model.loss.backward())
    for _ in range(steps):
        model.optimizer.step()
    return value, len(x)


def _reference(model, x, y, epochs, size, rng):
    return [[_step(model, *b) for b in batches(x, y, size, rng)] for _ in range(epochs)]


def _evaluated(x, y, epochs, size):
    """Return the loss on all samples after each epoch."""
    model, rng = _model()
    losses = []
    for _ in range(epochs):
        _reference(model, x, y, 1, size, rng)
        losses.append(model.evaluate(x, y)["loss"])
    return losses


def _with_penalty(x, y, epochs, size):
    """Return the losses with the penalty added to each batch's."""
    model, rng = _model()
    losses = []
    for _ in range(epochs):
        pairs = []
        for x_batch, y_batch in batches(x, y, size, rng):
            penalty = model.penalty()
            value, n = _step(model, x_batch, y_batch)
            pairs.append((value + penalty, n))
        losses.append(_over_samples(pairs))
    return losses


def _after_the_update(x, y, epochs, size):
    """Return the losses of the batches, measured again after each update."""
    model, rng = _model()
    losses = []
    for _ in range(epochs):
        pairs = []
        for batch in batches(x, y, size, rng):
            _step(model, *batch)
            pairs.append((model.evaluate(*batch)["loss"], len(batch[0])))
        losses.append(_over_samples(pairs))
    return losses


def _without_training(model, x, y, epochs, size, rng):
    for _ in range(epochs):
        for batch in batches(x, y, size, rng):
            _step(model, *batch, training=False)


def _shuffled_once(model, x, y, epochs, size, rng):
    once = list(batches(x, y, size, rng))
    for _ in range(epochs):
        for batch in once:
            _step(model, *batch)


def _not_shuffled(model, x, y, epochs, size, rng):
    for _ in range(epochs):
        for batch in batches(x, y, size):
            _step(model, *batch)


def _one_epoch(model, x, y, epochs, size, rng):
    _reference(model, x, y, 1, size, rng)


def _full_batch(model, x, y, epochs, size, rng):
    for _ in range(epochs):
        _step(model, x, y)


def _step_after_epoch(model, x, y, epochs, size, rng):
    for _ in range(epochs):
        for batch in batches(x, y, size, rng):
            _step(model, *batch, steps=0)
        model.optimizer.step()


def _weights(x, y_true, epochs, batch_size, train):
    model, rng = _model()
    train(model, x, y_true, epochs, batch_size, rng)
    return [p.value for p in model.parameters()]


def _same(values, others):
    return all(np.array_equal(a, b) for a, b in zip(values, others, strict=True))


def _over_samples(epoch):
    return sum(value * size for value, size in epoch) / sum(size for _, size in epoch)


def _weights_diagnosis(values, start, *arguments):
    if _same(values, start):
        return (
            "The weights haven't changed. Gradients alone change nothing: does the loop call "
            "model.optimizer.step()?"
        )
    for train, explanation in [
        (
            _without_training,
            "The network was trained with dropout off. Call model.forward(…, training=True).",
        ),
        (
            _shuffled_once,
            "The batches are the same in each epoch. Call batches(…) again in each epoch.",
        ),
        (_not_shuffled, "The samples aren't shuffled. Pass `rng` to batches(…)."),
        (_one_epoch, "Training ends after one epoch. Is `return` inside the loop?"),
        (_full_batch, "You used all samples as one batch. Cut them with batches(…)."),
        (
            _step_after_epoch,
            "You took one step per epoch. The step belongs in the inner loop: one per batch.",
        ),
    ]:
        if _same(values, _weights(*arguments, train)):
            return explanation
    return (
        "The weights aren't the same bits as those of model.fit. Are the four lines in this order: "
        "forward, loss, backward, step? And is `rng` used for nothing but the batches?"
    )
