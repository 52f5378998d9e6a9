"""Answers to the exercises of chapter 15: right in several spellings, and typically wrong."""

import copy
from itertools import pairwise

import numpy as np

from shared.callbacks import Callback
from shared.datasets import batches
from shared.model import Model


def count(sizes):
    return sum((a + 1) * b for a, b in pairwise(sizes))


def count_by_loop(sizes):
    total = 0
    for i in range(len(sizes) - 1):
        total += sizes[i] * sizes[i + 1] + sizes[i + 1]
    return total


def weights_only(sizes):
    return sum(a * b for a, b in pairwise(sizes))


def top_2(y_pred, y_true):
    return np.mean((y_pred.argsort(axis=1)[:, -2:] == y_true[:, np.newaxis]).any(axis=1))


def top_2_by_loop(y_pred, y_true):
    right = 0
    for row, label in zip(y_pred, y_true, strict=True):
        right += sum(score > row[label] for score in row) < 2
    return float(right / len(y_true))


def hits(y_pred, y_true, places):
    return y_pred.argsort(axis=1)[:, places] == y_true[:, np.newaxis]


def hits_down(y_pred, y_true):
    return y_pred.argsort(axis=0)[:, -2:] == y_true[:, np.newaxis]


def stopping(decide):
    """Return the class whose on_epoch_end stops where decide(self, epoch, values) says so."""

    class StopAt(Callback):
        def __init__(self, monitor, target):
            self.monitor = monitor
            self.target = target

        def on_epoch_end(self, model, epoch, history):
            if decide(self, epoch, history[self.monitor]):
                model.stop_training = True

    return StopAt


def reached(callback, value):
    if callback.monitor.endswith("loss"):
        return value <= callback.target
    return value >= callback.target


class StopBySign(Callback):
    def __init__(self, monitor, target):
        self.monitor, self.target = monitor, target
        self.sign = -1 if monitor.endswith("loss") else 1

    def on_epoch_end(self, model, epoch, history):
        newest = history[self.monitor][-1]
        if self.sign * newest >= self.sign * self.target:
            model.stop_training = True


class StopByOr(StopBySign):
    def on_epoch_end(self, model, epoch, history):
        model.stop_training |= bool(reached(self, history[self.monitor][-1]))


class StopByCondition(StopBySign):
    def on_epoch_end(self, model, epoch, history):
        model.stop_training = reached(self, history[self.monitor][-1])


class StopOrGoOn(StopBySign):
    def on_epoch_end(self, model, epoch, history):
        if reached(self, history[self.monitor][-1]):
            model.stop_training = True
        else:
            model.stop_training = False


class StopByName(StopBySign):
    def on_epoch_end(self, model, epoch, history):
        newest = history[self.monitor][-1]
        if "loss" in self.monitor and newest <= self.target:
            model.stop_training = True
        if "loss" not in self.monitor and newest >= self.target:
            model.stop_training = True


class StopAlwaysByAccuracy(StopBySign):
    def on_epoch_end(self, model, epoch, history):
        if history["val_accuracy"][-1] >= self.target:
            model.stop_training = True


class StopByLoss(StopBySign):
    def on_epoch_end(self, model, epoch, history):
        if history["loss"][-1] <= self.target:
            model.stop_training = True


class StopAtBegin(StopBySign):
    def on_fit_begin(self, model):
        model.stop_training = True

    def on_epoch_end(self, model, epoch, history):
        self.seen = history[self.monitor][-1]


class StopByString(StopBySign):
    def on_epoch_end(self, model, epoch, history):
        if reached(self, history[self.monitor][-1]):
            model.stop = True


class StopOnBatch(StopBySign):
    on_epoch_end = Callback.on_epoch_end

    def on_batch_end(self, model):
        model.stop_training = True


class StopByWholeList(StopBySign):
    def on_epoch_end(self, model, epoch, history):
        if reached(self, history[self.monitor]):
            model.stop_training = True


class StopItself(StopBySign):
    def on_epoch_end(self, model, epoch, history):
        if reached(self, history[self.monitor][-1]):
            self.stop_training = True


class StopReturns(StopBySign):
    def on_epoch_end(self, model, epoch, history):
        return reached(self, history[self.monitor][-1])


class StopInterrupts(StopBySign):
    def on_epoch_end(self, model, epoch, history):
        if reached(self, history[self.monitor][-1]):
            raise KeyboardInterrupt


class Misspelt(Callback):
    def __init__(self, monitor, target):
        self.monitor, self.target = monitor, target

    def on_epoch_ends(self, model, epoch, history):
        model.stop_training = True


class NoCallback:
    def on_epoch_end(self, model, epoch, history):
        model.stop_training = True


def read(path, shapes):
    with np.load(path, allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files}
    if {name: array.shape for name, array in arrays.items()} != shapes:
        raise ValueError("the weights of another network")
    return arrays


def read_one_by_one(path, shapes):
    stored = np.load(path)
    if sorted(stored.files) != sorted(shapes):
        raise ValueError(f"Received: {stored.files}")
    arrays = {}
    for name, shape in shapes.items():
        arrays[name] = stored[name]
        if arrays[name].shape != shape:
            raise ValueError(name)
    stored.close()
    return arrays


def read_anything(path, shapes):
    with np.load(path, allow_pickle=False) as stored:
        return {name: stored[name] for name in stored.files}


def read_with_pickle(path, shapes):
    with np.load(path, allow_pickle=True) as stored:
        arrays = {name: stored[name] for name in stored.files}
    if {name: array.shape for name, array in arrays.items()} != shapes:
        raise ValueError("the weights of another network")
    return arrays


def read_what_is_known(path, shapes):
    arrays = read_anything(path, shapes)
    if any(name not in arrays or arrays[name].shape != shapes[name] for name in shapes):
        raise ValueError("the weights of another network")
    return {name: arrays[name] for name in shapes}


def read_names_only(path, shapes):
    arrays = read_anything(path, shapes)
    if arrays.keys() != shapes.keys():
        raise ValueError("the weights of another network")
    return arrays


def read_by_assert(path, shapes):
    arrays = read_anything(path, shapes)
    assert {name: array.shape for name, array in arrays.items()} == shapes
    return arrays


def read_if(same):
    """Return the reader that accepts arrays whose shapes are the same in some sense."""

    def read(path, shapes):
        arrays = read_anything(path, shapes)
        found = {name: array.shape for name, array in arrays.items()}
        if not same(found, shapes):
            raise ValueError(f"Received: {found}")
        return arrays

    return read


def sizes_of(shapes):
    return {name: int(np.prod(shape)) for name, shape in shapes.items()}


read_sizes = read_if(lambda found, shapes: sizes_of(found) == sizes_of(shapes))
read_sorted_shapes = read_if(
    lambda found, shapes: (
        {n: sorted(s) for n, s in found.items()} == {n: sorted(s) for n, s in shapes.items()}
    )
)
read_shapes_without_names = read_if(
    lambda found, shapes: sorted(found.values()) == sorted(shapes.values())
)
read_bias_by_length = read_if(
    lambda found, shapes: (
        found.keys() == shapes.keys() and all(found[n][-1:] == shapes[n][-1:] for n in shapes)
        and found["0.weight"] == shapes["0.weight"]
    )
)
read_missing_only = read_if(lambda found, shapes: shapes.items() <= found.items())


def read_quietly(path, shapes):
    try:
        return read(path, shapes)
    except ValueError:
        return {}


def read_squeezed(path, shapes):
    with np.load(path, allow_pickle=False) as stored:
        arrays = {name: stored[name].squeeze() for name in stored.files}
    if {name: array.shape for name, array in arrays.items()} != shapes:
        raise ValueError("the weights of another network")
    return arrays


def read_flat(path, shapes):
    return {name: array.ravel() for name, array in read(path, shapes).items()}


def read_key_error(path, shapes):
    try:
        return read(path, shapes)
    except ValueError as error:
        raise KeyError(str(error)) from error


def read_names_as_paths(path, shapes):
    return {f"{name}.npy": array for name, array in read(path, shapes).items()}


def read_none(path, shapes):
    arrays = read_anything(path, shapes)
    if {name: array.shape for name, array in arrays.items()} == shapes:
        return arrays


def step(model, x, y, training=True):
    value = model.loss.forward(model.forward(x, training=training), y)
    model.backward(model.loss.backward())
    model.optimizer.step()
    return value


def fit(model, x, y_true, epochs, batch_size, rng):
    losses = []
    for _ in range(epochs):
        total = 0.0
        for x_batch, y_batch in batches(x, y_true, batch_size, rng):
            total += step(model, x_batch, y_batch) * len(x_batch)
        losses.append(total / len(x))
    return losses


def fit_by_hand(model, x, y_true, epochs, batch_size, rng):
    losses = np.zeros(epochs)
    for epoch in range(epochs):
        order = rng.permutation(len(x))
        for start in range(0, len(x), batch_size):
            rows = order[start : start + batch_size]
            losses[epoch] += step(model, x[rows], y_true[rows]) * len(rows) / len(x)
    return losses


def fit_with(summarize, training=True, shuffle=True, steps="batch"):
    """Return the loop with something changed."""

    def train(model, x, y_true, epochs, batch_size, rng):
        found = []
        for _ in range(epochs):
            losses = [
                (step(model, *batch, training=training), len(batch[0]))
                for batch in batches(x, y_true, batch_size, rng if shuffle else None)
            ]
            found.append(summarize(losses))
        return found

    return train


def over_samples(losses):
    return sum(value * size for value, size in losses) / sum(size for _, size in losses)


def fit_shuffled_once(model, x, y_true, epochs, batch_size, rng):
    once = list(batches(x, y_true, batch_size, rng))
    return [np.mean([step(model, *batch) for batch in once]) for _ in range(epochs)]


def fit_without_step(model, x, y_true, epochs, batch_size, rng):
    losses = []
    for _ in range(epochs):
        for x_batch, y_batch in batches(x, y_true, batch_size, rng):
            losses.append(model.loss.forward(model.forward(x_batch, training=True), y_batch))
            model.backward(model.loss.backward())
    return losses


def fit_returns_early(model, x, y_true, epochs, batch_size, rng):
    losses = []
    for _ in range(epochs):
        for x_batch, y_batch in batches(x, y_true, batch_size, rng):
            losses.append(step(model, x_batch, y_batch))
        return losses


def fit_at_once(model, x, y_true, epochs, batch_size, rng):
    return [step(model, x, y_true) for _ in range(epochs)]


def fit_step_late(model, x, y_true, epochs, batch_size, rng):
    losses = []
    for _ in range(epochs):
        for x_batch, y_batch in batches(x, y_true, batch_size, rng):
            losses.append(model.loss.forward(model.forward(x_batch, training=True), y_batch))
            model.backward(model.loss.backward())
        model.optimizer.step()
    return losses


def fit_counting_full_batches(model, x, y_true, epochs, batch_size, rng):
    losses = []
    for _ in range(epochs):
        values = [step(model, *batch) for batch in batches(x, y_true, batch_size, rng)]
        losses.append(sum(values) * batch_size / len(x))
    return losses


def fit_measured_after(model, x, y_true, epochs, batch_size, rng):
    losses = []
    for _ in range(epochs):
        for batch in batches(x, y_true, batch_size, rng):
            step(model, *batch)
        losses.append(model.evaluate(x, y_true)["loss"])
    return losses


def fit_step_first(model, x, y_true, epochs, batch_size, rng):
    losses = []
    for _ in range(epochs):
        for x_batch, y_batch in batches(x, y_true, batch_size, rng):
            model.optimizer.step()
            losses.append(model.loss.forward(model.forward(x_batch, training=True), y_batch))
            model.backward(model.loss.backward())
    return losses


def fit_with_penalty(model, x, y_true, epochs, batch_size, rng):
    losses = []
    for _ in range(epochs):
        total = 0.0
        for x_batch, y_batch in batches(x, y_true, batch_size, rng):
            penalty = model.penalty()
            total += (step(model, x_batch, y_batch) + penalty) * len(x_batch)
        losses.append(total / len(x))
    return losses


def fit_two_steps(model, x, y_true, epochs, batch_size, rng):
    losses = []
    for _ in range(epochs):
        pairs = []
        for batch in batches(x, y_true, batch_size, rng):
            pairs.append((step(model, *batch), len(batch[0])))
            model.optimizer.step()
        losses.append(over_samples(pairs))
    return losses


def fit_without_last(model, x, y_true, epochs, batch_size, rng):
    losses = []
    for _ in range(epochs):
        full = [b for b in batches(x, y_true, batch_size, rng) if len(b[0]) == batch_size]
        losses.append(over_samples([(step(model, *batch), batch_size) for batch in full]))
    return losses


def fit_with_own_rng(model, x, y_true, epochs, batch_size, rng):
    return fit(model, x, y_true, epochs, batch_size, np.random.default_rng(0))


def fit_loss_only(model, x, y_true, epochs, batch_size, rng):
    return [model.evaluate(x, y_true)["loss"] for _ in range(epochs)]


def fit_on_copy(model, x, y_true, epochs, batch_size, rng):
    return fit(copy.deepcopy(model), x, y_true, epochs, batch_size, rng)


def fit_by_evaluate(model, x, y_true, epochs, batch_size, rng):
    losses = []
    for _ in range(epochs):
        total = 0.0
        for x_batch, y_batch in batches(x, y_true, batch_size, rng):
            step(model, x_batch, y_batch)
            total += model.evaluate(x_batch, y_batch)["loss"] * len(x_batch)
        losses.append(total / len(x))
    return losses


STOP_STUB = """from shared.callbacks import Callback


class StopAt(Callback):
    def __init__(self, monitor, target):
        self.monitor = monitor
        self.target = target

    def on_epoch_end(self, model, epoch, history):
        ...
"""

EXERCISES = {
    "15.1": {
        "stub": "def count_parameters(sizes):\n    ...",
        "right": [count, count_by_loop, lambda sizes: np.int64(count(sizes))],
        "wrong": [
            (weights_only, "a bias as well"),
            (lambda s: weights_only(s) + len(s) - 1, "one bias for each layer"),
            (lambda s: weights_only(s) + sum(s[1:-1]), "biases of the last layer are missing"),
            (lambda s: weights_only(s) + sum(s), "gave each input a bias"),
            (lambda s: weights_only(s) + sum(s[:-1]), "its second width"),
            (sum, "a weight for each pair"),
            (np.prod, "added, not multiplied"),
            (lambda s: count([s[0], s[-1]]), "the layers in between"),
            (lambda s: count(s[:-1]), "last layer missing"),
            (lambda s: count(s[1:]), "first layer missing"),
            (lambda s: [(a + 1) * b for a, b in pairwise(s)], "shape"),
            (lambda s: 2 * count(s), "twice as large"),
            (lambda s: count(s) - 1, "1"),
            (lambda s: str(count(s)), "str|text|number"),
            (lambda s: sum(a * b + a + b for a, b in pairwise(s)), r"count_parameters\(\[3, 5,"),
            (lambda s: sum((a + 1) * (b + 1) for a, b in pairwise(s)), r"count_parameters"),
            (lambda s: sum((a + 1) * b for a in s for b in s), r"count_parameters"),
            (lambda s: count([s[0] + 1, *s[1:]]), r"count_parameters"),
        ],
    },
    "15.2": {
        "stub": "def top_2(y_pred, y_true):\n    ...",
        "right": [
            top_2,
            top_2_by_loop,
            lambda y_pred, y_true: np.float32(top_2(y_pred, y_true)),
            lambda y_pred, y_true: hits(-y_pred, y_true, slice(2)).sum() / len(y_true),
        ],
        "wrong": [
            (lambda p, y: np.mean(p.argmax(axis=1) == y), "This is the accuracy"),
            (lambda p, y: hits(p, y, [-2]).mean(), "Only the second highest"),
            (lambda p, y: hits(p, y, [0, 1]).any(axis=1).mean(), r"begins with the \*lowest\*"),
            (lambda p, y: hits(p, y, [-1, -2, -3]).any(axis=1).mean(), "the three highest"),
            (lambda p, y: hits(p, y, [-1, -2]).mean(), "any\\(axis=1\\), then the mean"),
            (lambda p, y: hits(p, y, [-1, -2]).sum(), "how many are right"),
            (lambda p, y: hits_down(p, y).any(axis=1).mean(), r"argsort\(axis=1\)"),
            (lambda p, y: 1 - top_2(p, y), "share that is wrong"),
            (lambda p, y: hits(p, y, [-1, -2]).any(axis=1), "for each sample"),
            (lambda p, y: 100 * top_2(p, y), "a percentage"),
            (lambda p, y: hits(p, y, [-1, -2]).any(axis=1).sum(), "how many are right"),
            (lambda p, y: hits(p, y, [-1, -2]).any(axis=0).mean(), "`top_2` for scores"),
            (lambda p, y: hits(p, y, [-1, -2]).all(axis=1).mean(), "`top_2` for scores"),
            (lambda p, y: np.mean(p.argsort(axis=1)[:, -2:] == y), "raised|broadcast|scores"),
            (lambda p, y: np.mean(p[np.arange(len(y)), y] > 0.5), "`top_2` for scores"),
            (lambda p, y: np.mean(np.isin(y, p.argsort(axis=1)[:, -2:])), "`top_2` for scores"),
            (lambda p, y: np.mean([y_i in np.sort(r)[-2:] for r, y_i in zip(p, y, strict=True)]),
             "`top_2` for scores"),
            (lambda p, y: np.mean(hits(p, y, [-1, -2]).any(axis=1)[:-1]), "`top_2` for scores"),
        ],
    },
    "15.3": {
        "stub": STOP_STUB,
        "right": [
            stopping(lambda self, epoch, values: reached(self, values[-1])),
            StopBySign,
            StopByOr,
        ],
        "wrong": [
            (stopping(lambda self, epoch, values: values[-1] >= self.target), "A small loss is"),
            (stopping(lambda self, epoch, values: values[-1] <= self.target), "wrong way round"),
            (
                stopping(lambda self, epoch, values: not reached(self, values[-1])),
                "must stop after epoch 3, but stops after epoch 1",
            ),
            (
                stopping(
                    lambda self, epoch, values: (
                        reached(self, values[-1]) and values[-1] != self.target
                    )
                ),
                "Reached includes equal",
            ),
            (
                stopping(
                    lambda self, epoch, values: (
                        "loss" not in self.monitor and values[-1] >= self.target
                    )
                ),
                "Did you check the name",
            ),
            (
                stopping(lambda self, epoch, values: epoch > 1 and reached(self, values[-2])),
                "the newest number",
            ),
            (stopping(lambda self, epoch, values: reached(self, values[0])), r"newest number, \["),
            (StopItself, "You set self.stop_training"),
            (StopReturns, "model.stop_training = True"),
            (StopInterrupts, "You raised KeyboardInterrupt"),
            (
                stopping(
                    lambda self, epoch, values: (
                        values[-1] <= self.target
                        if self.monitor == "loss"
                        else values[-1] >= self.target
                    )
                ),
                "each name that ends in `loss`",
            ),
            (Misspelt, "on_epoch_end is missing"),
            (StopByCondition, "Another callback had set"),
            (StopOrGoOn, "Another callback had set"),
            (StopByName, r"names that \*end\* in `loss`"),
            (StopAlwaysByAccuracy, "must stop after epoch"),
            (StopByLoss, "must stop after epoch"),
            (StopAtBegin, "must stop after epoch 3, but stops after epoch 1"),
            (StopByString, r"Did you set `model\.stop_training = True`"),
            (StopOnBatch, "on_epoch_end is missing"),
            (StopByWholeList, "TypeError|list"),
            (stopping(lambda self, epoch, values: epoch >= self.target), "must stop after epoch 3"),
            (stopping(lambda self, epoch, values: sum(values) >= self.target), "wrong way round"),
            (NoCallback, r"class StopAt\(Callback\)"),
            (stopping(reached), "raised TypeError"),
        ],
    },
    "15.4": {
        "stub": "def read_weights(path, shapes):\n    ...",
        "right": [read, read_one_by_one],
        "wrong": [
            (read_anything, "another shape, .* it accepted the file"),
            (read_with_pickle, "Code from the file has run"),
            (read_sizes, r"another shape, \(3, 2\)"),
            (read_sorted_shapes, r"another shape, \(3, 2\)"),
            (read_shapes_without_names, "another name, 0.offset"),
            (read_bias_by_length, r"another shape, \(1, 3\)"),
            (read_missing_only, "one array more"),
            (read_quietly, "it accepted the file|returned None"),
            (read_squeezed, r"another shape, \(1, 3\)|`shape|shape"),
            (read_flat, "shape"),
            (read_key_error, "it raised KeyError"),
            (read_names_as_paths, "The names must be"),
            (read_what_is_known, "one array more"),
            (read_names_only, r"another shape, \(3, 2\)"),
            (read_by_assert, "it raised AssertionError. It must raise ValueError"),
            (read_none, "it returned None"),
            (lambda path, shapes: np.load(path), "an open file"),
            (lambda path, shapes: list(read(path, shapes).values()), "Return a dictionary"),
            (lambda path, shapes: {"0.weight": read(path, shapes)["0.weight"]}, "The names must"),
            (
                lambda path, shapes: {n: 2 * a for n, a in read(path, shapes).items()},
                "twice as large",
            ),
        ],
    },
    "15.5": {
        "stub": "def train_model(model, x, y_true, epochs, batch_size, rng):\n    ...",
        "right": [
            fit,
            fit_by_hand,
            fit_with(over_samples),
        ],
        "wrong": [
            (fit_with(over_samples, training=False), "dropout off"),
            (fit_with_penalty, r"You added `model\.penalty\(\)`"),
            (lambda m, *a: Model.fit(m, *a[:4], rng=a[4], verbose=0)["loss"], "You called fit"),
            (lambda m, *a: copy.deepcopy(m).fit(*a[:4], rng=a[4])["loss"], "You called fit"),
            (fit_two_steps, "same bits"),
            (fit_without_last, "same bits"),
            (fit_with_own_rng, "same bits|aren't shuffled"),
            (fit_loss_only, "haven't changed"),
            (fit_on_copy, "another optimizer"),
            (lambda *a: np.array([fit(*a)]), "list of losses"),
            (lambda *a: [round(value, 2) for value in fit(*a)], "list of losses"),
            (lambda *a: fit(*a)[::-1], "order|list of losses"),
            (lambda *a: fit(*a) and None, "None|return"),
            (fit_by_evaluate, "again after its update"),
            (fit_with(over_samples, shuffle=False), "aren't shuffled"),
            (fit_shuffled_once, "the same in each epoch"),
            (fit_without_step, r"model\.optimizer\.step\(\)"),
            (fit_returns_early, "ends after one epoch"),
            (fit_at_once, "all samples as one batch"),
            (fit_step_late, "one step per epoch"),
            (fit_step_first, "in this order"),
            (fit_with(lambda losses: np.mean([v for v, _ in losses])), "weight each batch"),
            (fit_with(lambda losses: sum(v for v, _ in losses)), "sums over the batches"),
            (fit_with(lambda losses: sum(v * n for v, n in losses)), "sums over the samples"),
            (fit_with(lambda losses: losses[-1][0]), "the last batch of each epoch"),
            (lambda *a: fit(*a)[-1], "the loss of the last epoch"),
            (fit_counting_full_batches, "as if it were full"),
            (fit_measured_after, "at the end of each epoch"),
            (lambda m, x, y, e, b, r: m.fit(x, y, e, b, rng=r)["loss"], "You called fit"),
        ],
    },
}
