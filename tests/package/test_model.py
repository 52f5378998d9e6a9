import copy
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from helpers_cases import OPTIMIZERS, batch
from helpers_models import (
    Do,
    Spy,
    assert_same_numbers,
    large,
    numbers_of,
    photos,
    points,
    rng,
    small,
)

from shared import model as model_module
from shared.activations import LeakyReLU, Linear, ReLU, Sigmoid, Softmax, Tanh, sigmoid, softmax
from shared.datasets import batches, xor
from shared.layers import BatchNorm, Dense, Dropout, Layer
from shared.losses import (
    BinaryCrossEntropy,
    CategoricalCrossEntropy,
    MeanAbsoluteError,
    MeanSquaredError,
    SigmoidCrossEntropy,
    SoftmaxCrossEntropy,
)
from shared.metrics import accuracy
from shared.model import History, Model
from shared.optimizers import SGD, Adam, RMSProp
from shared.preprocessing import Flatten, Rescaling
from shared.regularizers import L1, L2

ROOT = Path(__file__).resolve().parents[2]


def frozen(step):
    """A schedule at which nothing moves."""
    return 0.0


# --- It learns ----------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_learns_the_spiral(dtype):
    x, y = points(100)
    x = x.astype(dtype)
    generator = rng()
    model = Model(
        [Dense(2, 32, generator, dtype=dtype), ReLU(), Dense(32, 3, generator, dtype=dtype)]
    )
    model.compile(Adam(model.parameters(), lr=0.02), SoftmaxCrossEntropy(), metrics=[accuracy])
    assert model.evaluate(x, y)["accuracy"] < 0.6
    model.fit(x, y, epochs=40, rng=rng(), verbose=0)
    assert model.evaluate(x, y)["accuracy"] > 0.95


@pytest.mark.parametrize(
    ("loss", "last"), [(SigmoidCrossEntropy(), []), (BinaryCrossEntropy(), [Sigmoid()])]
)
def test_learns_xor(loss, last):
    x, y = xor(1)
    generator = rng(1)
    model = Model([Dense(2, 8, generator), Tanh(), Dense(8, 1, generator), *last])
    model.compile(RMSProp(model.parameters(), lr=0.02), loss, metrics=[accuracy])
    history = model.fit(x, y, epochs=150, rng=rng(), verbose=0)  # a batch of 32 from four samples
    assert model.evaluate(x, y)["accuracy"] == 1.0
    assert ((model.predict_proba(x)[:, 0] > 0.5) == y).all()
    assert history["loss"][-1] < 0.2 * history["loss"][0]


@pytest.mark.parametrize("loss", [MeanSquaredError(), MeanAbsoluteError()])
def test_learns_a_straight_line(loss):
    x = batch((60, 2))
    y = x @ [[3.0], [-2.0]] + 1.0
    model = Model([Dense(2, 1, rng()), Linear()])
    model.compile(SGD(model.parameters(), lr=0.02, momentum=0.9), loss)
    model.fit(x, y, epochs=60, batch_size=10, rng=rng(), verbose=0)
    np.testing.assert_allclose(model.layers[0].weight.value, [[3.0], [-2.0]], atol=0.1)
    np.testing.assert_allclose(model.layers[0].bias.value, [1.0], atol=0.1)


# --- What a step is -----------------------------------------------------------------------------


def everything(seed=0):
    """A network in which each kind of layer stands behind each other kind."""
    g = rng(seed)
    model = Model(
        [
            Flatten(),
            Rescaling(2.0, -0.1),
            Dense(6, 8, g, regularizer=L2(0.01)),
            BatchNorm(8),
            ReLU(),
            Dropout(0.2, g),
            Dense(8, 8, g, regularizer=L1(0.001)),
            LeakyReLU(),
            Dropout(0.1, g),
            BatchNorm(8),
            Linear(),
            Dense(8, 8, g),
            Sigmoid(),
            Dense(8, 8, g),
            Tanh(),
            Flatten(),
            Dropout(0.1, g),
            Dense(8, 3, g),
            Softmax(),
            Linear(),
        ]
    )
    model.compile(OPTIMIZERS["AdamW"](model.parameters()), CategoricalCrossEntropy(), [accuracy])
    return model


def test_fit_is_the_loop_that_one_would_write_bit_for_bit():
    x, y = batch((23, 2, 3)), rng(1).integers(0, 3, 23)
    fitted, by_hand = everything(), everything()
    history = fitted.fit(x, y, epochs=4, batch_size=5, rng=rng(9), verbose=0)

    generator, losses = rng(9), []
    for _ in range(4):
        total = 0.0
        for x_batch, y_batch in batches(x, y, 5, generator):
            outputs = by_hand.forward(x_batch, training=True)
            total += by_hand.loss.forward(outputs, y_batch) * len(x_batch)
            by_hand.backward(by_hand.loss.backward())
            by_hand.optimizer.step()
        losses.append(total / len(x))
    assert_same_numbers(fitted.state_dict(), by_hand.state_dict())
    assert history["loss"] == losses
    np.testing.assert_array_equal(fitted.predict(x), by_hand.predict(x))


def test_fit_equals_the_formulas_written_out():
    """Two layers, cross-entropy with an L2 penalty, plain descent; nothing of the package."""
    x, y = points(8)
    model = Model([Dense(2, 5, rng(), regularizer=L2(0.01)), Tanh(), Dense(5, 3, rng(1))])
    (w1, b1, w2, b2) = (p.value.copy() for p in model.parameters())
    model.compile(SGD(model.parameters(), lr=0.3), SoftmaxCrossEntropy())
    history = model.fit(x, y, epochs=30, batch_size=len(x), rng=rng(), verbose=0)

    truth = np.eye(3)[y]
    for epoch in range(30):
        h = np.tanh(x @ w1 + b1)
        p = np.exp(h @ w2 + b2)
        p /= p.sum(axis=1, keepdims=True)
        loss = -np.log(p[truth == 1]).mean()
        assert history["loss"][epoch] == pytest.approx(loss, rel=1e-10)
        dz = (p - truth) / len(x)
        dh = (dz @ w2.T) * (1 - h**2)
        w2, b2 = w2 - 0.3 * h.T @ dz, b2 - 0.3 * dz.sum(axis=0)
        w1, b1 = w1 - 0.3 * (x.T @ dh + 2 * 0.01 * w1), b1 - 0.3 * dh.sum(axis=0)
    for parameter, expected in zip(model.parameters(), (w1, b1, w2, b2), strict=True):
        np.testing.assert_allclose(parameter.value, expected, rtol=1e-9, atol=1e-12)


def test_every_sample_once_an_epoch_in_batches_that_change():
    x = np.arange(10.0)[:, None] * [1.0, 0.0]
    y = np.arange(10) % 3
    spy = Spy()
    generator = rng()
    model = Model([spy, Dense(2, 3, generator)])
    model.compile(SGD(model.parameters(), 0.01), SoftmaxCrossEntropy())
    model.fit(x, y, epochs=3, batch_size=4, rng=generator, verbose=0)
    sizes = [len(rows) for rows, _ in spy.seen]
    assert sizes == [4, 4, 2] * 3
    orders = [np.concatenate([r[:, 0] for r, _ in spy.seen[i : i + 3]]).tolist() for i in (0, 3, 6)]
    assert all(sorted(order) == list(range(10)) for order in orders)
    assert len({tuple(order) for order in orders}) == 3
    members = [{frozenset(o[:4]), frozenset(o[4:8]), frozenset(o[8:])} for o in orders]
    assert members[0] != members[1] != members[2] != members[0]
    assert sorted(orders[0]) != orders[0]


def test_a_batch_size_beyond_the_data_takes_no_memory():
    x, y = points()
    model, other = small(), small()
    model.fit(x, y, batch_size=10**12, rng=rng(), verbose=0)
    other.fit(x, y, batch_size=30, rng=rng(), verbose=0)
    assert_same_numbers(model.state_dict(), other.state_dict())


def test_labels_stay_with_their_samples():
    x = np.arange(12.0)[:, None] * [1.0, 0.0]
    pairs = []

    def note(y_pred, y_true):
        pairs.extend(zip(y_pred[:, 0].tolist(), y_true[:, 0].tolist(), strict=True))
        return 0.0

    model = Model([Spy(), Dense(2, 1, rng())])
    model.layers[1].weight.value = [[1.0], [0.0]]
    model.compile(SGD(model.parameters(), lr=frozen), MeanSquaredError(), metrics=[note])
    model.fit(x, 7.0 * x[:, :1], epochs=2, batch_size=5, rng=rng(), verbose=0)
    assert len(pairs) == 24
    assert all(true == 7.0 * predicted for predicted, true in pairs)


def test_same_generator_same_bits():
    runs = []
    for seed in (3, 3, 4):
        model = large(rng(1))
        x, y = photos()
        history = model.fit(x, y, epochs=3, batch_size=6, rng=rng(seed), verbose=0)
        runs.append((numbers_of(model), history))
    assert_same_numbers(runs[0][0], runs[1][0])
    assert runs[0][1] == runs[1][1]
    assert runs[0][1]["loss"] != runs[2][1]["loss"]


def test_without_a_generator_the_last_one_goes_on():
    x, y = points()
    once, twice = small(), small()
    once.fit(x, y, epochs=4, rng=rng(5), verbose=0)
    generator = rng(5)
    twice.fit(x, y, epochs=2, rng=generator, verbose=0)
    twice.fit(x, y, epochs=2, verbose=0)
    assert twice.rng is generator
    assert_same_numbers(once.state_dict(), twice.state_dict())


def test_without_any_generator_each_model_goes_its_own_way():
    x, y = points()
    first, second = small(), small()
    for model in (first, second):
        model.fit(x, y, epochs=1, batch_size=4, verbose=0)
    assert (first.layers[0].weight.value != second.layers[0].weight.value).any()


def test_data_is_not_written_to():
    x, y = photos()
    x.flags.writeable = y.flags.writeable = False
    model = large()
    model.fit(x, y, epochs=2, batch_size=6, validation_data=(x, y), verbose=0)
    model.predict(x)
    np.testing.assert_array_equal(x, photos()[0])
    np.testing.assert_array_equal(y, photos()[1])


def test_lists_will_do():
    x, y = points()
    model, other = small(), small()
    validation = (x[:9].tolist(), y[:9].tolist())
    model.fit(x.tolist(), y.tolist(), rng=rng(), verbose=0, validation_data=validation)
    other.fit(x, y, rng=rng(), verbose=0)
    assert_same_numbers(model.state_dict(), other.state_dict())
    assert model.evaluate(x.tolist(), y.tolist()) == other.evaluate(x, y)
    np.testing.assert_array_equal(model.predict_proba(x.tolist()), other.predict_proba(x))


# --- Arrays that were returned stay as they were -------------------------------------------------


def test_what_was_predicted_is_never_overwritten():
    x, y = batch((23, 2, 3)), rng(1).integers(0, 3, 23)
    model = everything()
    kept = []

    def look(model):
        model.evaluate(x, y)
        for result in (
            model.predict(x),
            model.predict_proba(x[:7]),
            model.forward(x[:5]),
            model.forward(x[:5], training=True),
            model.loss.backward(),
        ):
            kept.append((result, result.copy()))

    look(model)
    watch = [Do(on_batch_end=look)]
    model.fit(x, y, epochs=2, batch_size=5, rng=rng(), verbose=0, callbacks=watch)
    look(model)
    model.fit(x[::-1], y, epochs=1, batch_size=4, verbose=0)
    assert len(kept) == 5 * 12
    for result, copied in kept:
        np.testing.assert_array_equal(result, copied)
    assert (kept[0][0] != kept[-5][0]).any()


class Fickle(Linear):
    """Returns now its input, now a view of it, now an array of its own; in the end uses `out`."""

    def __init__(self):
        self.calls = {"forward": 0, "backward": 0}

    def hand_on(self, way, x, out):
        assert out is None or not np.shares_memory(out, x), "this array is somebody else's"
        self.calls[way] += 1
        call = self.calls[way]
        # The first array of its own is one for a smaller batch.
        return x if call < 3 else x[:] if call == 3 else np.multiply(x, 1.0, out=out)

    def forward(self, x, training=False, out=None):
        return self.hand_on("forward", x, out)

    def backward(self, grad, out=None):
        return self.hand_on("backward", grad, out)


def test_a_layer_is_only_handed_arrays_that_it_made():
    x, y = points()
    layers = [Dense(2, 8, rng()), Dense(8, 3, rng(1))]
    fickle = [Fickle() for _ in range(4)]
    model = Model([fickle[0], layers[0], fickle[1], ReLU(), fickle[2], layers[1], fickle[3]])
    model.compile(SGD(model.parameters(), lr=0.1), SoftmaxCrossEntropy())
    model.fit(x, y, epochs=3, batch_size=8, rng=rng(), verbose=0)
    plain = Model([Dense(2, 8, rng()), ReLU(), Dense(8, 3, rng(1))])
    plain.compile(SGD(plain.parameters(), lr=0.1), SoftmaxCrossEntropy())
    plain.fit(x, y, epochs=3, batch_size=8, rng=rng(), verbose=0)
    for ours, theirs in zip(model.parameters(), plain.parameters(), strict=True):
        np.testing.assert_array_equal(ours.value, theirs.value)
    assert fickle[2].calls == {"forward": 12, "backward": 12}


def test_looking_at_the_model_does_not_change_its_training():
    x, y = batch((23, 2, 3)), rng(1).integers(0, 3, 23)
    undisturbed, watched = everything(), everything()
    undisturbed.fit(x, y, epochs=3, batch_size=5, rng=rng(), verbose=0)
    look = Do(on_batch_end=lambda model: (model.predict(x), model.evaluate(x[:3], y[:3])))
    watched.fit(x, y, epochs=3, batch_size=5, rng=rng(), verbose=0, callbacks=[look])
    assert_same_numbers(undisturbed.state_dict(), watched.state_dict())


# --- History ------------------------------------------------------------------------------------


def share_of_zeros(y_pred, y_true):
    return float(np.mean(y_true == 0))


@pytest.mark.parametrize("metrics", [[], [accuracy], [accuracy, share_of_zeros]])
@pytest.mark.parametrize("validated", [False, True])
def test_names_and_lengths(metrics, validated):
    x, y = points()
    model = small()
    model.compile(model.optimizer, model.loss, metrics)
    history = model.fit(
        x, y, epochs=3, verbose=0, validation_data=(x[:7], y[:7]) if validated else None
    )
    names = ["loss", *(metric.__name__ for metric in metrics)]
    assert list(history) == names + [f"val_{name}" for name in names] * validated
    assert {len(values) for values in history.values()} == {3}
    assert {type(v) for values in history.values() for v in values} == {float}
    assert history.epochs == 3
    assert isinstance(history, dict)
    assert History().epochs == 0


def test_training_figures_are_means_over_samples_not_over_batches():
    # With a learning rate of 0 the network stays the same, so the epoch's mean over batches of
    # 8, 8, 8 and 6 must be the mean over all at once.
    x, y = points()
    model = small()
    model.compile(
        SGD(model.parameters(), lr=frozen), SoftmaxCrossEntropy(), [accuracy, share_of_zeros]
    )
    history = model.fit(x, y, epochs=2, batch_size=8, verbose=0)
    expected = model.evaluate(x, y)
    for name, values in history.items():
        assert values == pytest.approx([expected[name]] * 2, rel=1e-12)
    assert len(history) == 3


def test_figures_are_taken_before_the_update():
    x, y = points()
    model = small(lr=0.5)
    before = model.evaluate(x, y)
    history = model.fit(x, y, epochs=1, batch_size=len(x), verbose=0)
    assert history["loss"] == pytest.approx([before["loss"]], rel=1e-12)
    assert history["accuracy"] == [before["accuracy"]]


def test_validation_figures_are_taken_after_the_epoch_without_learning():
    x, y = points()
    x_val, y_val = points(seed=1)
    model, other = small(), small()
    history = model.fit(x, y, epochs=1, rng=rng(), verbose=0, validation_data=(x_val, y_val))
    other.fit(x, y, epochs=1, rng=rng(), verbose=0)
    assert_same_numbers(model.state_dict(), other.state_dict())
    measured = other.evaluate(x_val, y_val)
    assert history["val_loss"] == [measured["loss"]]
    assert history["val_accuracy"] == [measured["accuracy"]]


@pytest.mark.parametrize("batch_size", [1, 7, 10, 29, 30, 31, 1000])
def test_validation_runs_after_every_epoch_however_the_batches_divide(batch_size):
    x, y = points()
    evaluated = []
    model = small()
    measure = model.evaluate
    model.evaluate = lambda *data: (evaluated.append(model.optimizer.steps), measure(*data))[1]
    history = model.fit(
        x, y, epochs=3, batch_size=batch_size, rng=rng(), verbose=0, validation_data=(x, y)
    )
    updates = -(-30 // batch_size)
    assert evaluated == [updates, 2 * updates, 3 * updates]
    assert len(history["val_loss"]) == len(set(history["val_loss"])) == 3


def test_penalties_are_learnt_from_but_not_reported():
    x, y = points()
    models = [Model([Dense(2, 3, rng(), regularizer=r)]) for r in (None, L2(10.0))]
    losses = []
    for model in models:
        model.compile(SGD(model.parameters(), lr=0.01), SoftmaxCrossEntropy())
        losses.append(model.evaluate(x, y)["loss"])
        history = model.fit(x, y, epochs=1, batch_size=len(x), verbose=0)
        assert history["loss"] == pytest.approx(losses[-1:], rel=1e-12)
    assert losses[0] == losses[1]
    plain, shrunk = (np.abs(model.layers[0].weight.value).sum() for model in models)
    assert shrunk < 0.9 * plain
    assert (models[0].penalty(), models[1].penalty() > 0) == (0.0, True)


def test_training_mode_belongs_to_fit_alone():
    x, y = points()
    spy = Spy()
    model = Model([spy, Dense(2, 3, rng())])
    model.compile(SGD(model.parameters(), 0.01), SoftmaxCrossEntropy())
    model.fit(x, y, epochs=2, batch_size=20, verbose=0, validation_data=(x[:3], y[:3]))
    model.evaluate(x[:4], y[:4])
    model.predict(x[:5])
    model.predict_proba(x[:6])
    model.forward(x[:7])
    modes = [(len(rows), training) for rows, training in spy.seen]
    epoch = [(20, True), (10, True), (3, False)]
    tried = (1, False)  # one validation sample, before the first epoch
    assert modes == [tried, *epoch, *epoch, (4, False), (5, False), (6, False), (7, False)]


def test_dropout_is_off_where_accuracy_is_measured():
    x, y = points()
    generator = rng()
    dense = [Dense(2, 50, generator), Dense(50, 3, generator)]
    wet = Model([dense[0], ReLU(), Dropout(0.8, rng()), dense[1]])
    dry = Model([dense[0], ReLU(), dense[1]])
    for model in (wet, dry):
        model.compile(SGD(model.parameters(), lr=frozen), SoftmaxCrossEntropy(), [accuracy])
    assert wet.evaluate(x, y) == wet.evaluate(x, y) == dry.evaluate(x, y)
    np.testing.assert_array_equal(wet.predict(x), dry.predict(x))
    wet.compile(SGD(wet.parameters(), lr=frozen), SoftmaxCrossEntropy(), [accuracy])
    history = wet.fit(x, y, epochs=1, verbose=0, validation_data=(x, y))
    assert history["val_loss"] == [dry.evaluate(x, y)["loss"]]
    assert history["loss"] != history["val_loss"]


# --- Predictions --------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 3, 4, 5, 11])
def test_large_data_goes_through_in_parts(n, monkeypatch):
    monkeypatch.setattr(model_module, "PREDICTION_BATCH", 4)
    x, y = points(n, classes=1)
    model = small()
    model.layers.insert(0, spy := Spy())
    outputs, numbers = model.predict(x), model.evaluate(x, y)
    assert max(len(rows) for rows, _ in spy.seen) == min(n, 4)
    whole = model.forward(x)
    assert outputs.shape == (n, 3)
    np.testing.assert_allclose(outputs, whole, rtol=1e-12)
    assert numbers["loss"] == pytest.approx(SoftmaxCrossEntropy().forward(whole, y), rel=1e-12)
    assert numbers["accuracy"] == accuracy(whole, y)


def test_more_rows_than_one_part_holds():
    x = batch((2 * model_module.PREDICTION_BATCH + 345, 2))
    model = small()
    np.testing.assert_allclose(model.predict(x), model.forward(x), rtol=1e-10)


@pytest.mark.parametrize(
    ("loss", "last", "activation", "y"),
    [
        (SoftmaxCrossEntropy(), [], softmax, [0, 1, 2, 1]),
        (CategoricalCrossEntropy(), [Softmax()], lambda p: p, [0, 1, 2, 1]),
        (SigmoidCrossEntropy(), [], sigmoid, np.eye(4)[:, :3]),
        (BinaryCrossEntropy(), [Sigmoid()], lambda p: p, np.eye(4)[:, :3]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_probabilities_and_what_metrics_are_handed(loss, last, activation, y):
    x = batch((4, 2))
    handed = []

    def note(y_pred, y_true):
        handed.append((y_pred.copy(), np.array(y_true)))
        return 0.0

    model = Model([Dense(2, 3, rng()), *last])
    model.compile(SGD(model.parameters(), lr=frozen), loss, metrics=[note])
    probabilities = activation(model.forward(x))
    np.testing.assert_allclose(model.predict_proba(x), probabilities, rtol=1e-14)
    np.testing.assert_allclose(model.predict(x), model.forward(x), rtol=1e-14)
    assert ((probabilities >= 0) & (probabilities <= 1)).all()
    model.evaluate(x, np.array(y))
    model.fit(x, np.array(y), batch_size=4, rng=(generator := rng(2)), verbose=0)
    assert generator is model.rng
    order = rng(2).permutation(4)
    for (predicted, true), rows in zip(handed, (slice(None), order), strict=True):
        np.testing.assert_allclose(predicted, probabilities[rows], rtol=1e-14)
        np.testing.assert_array_equal(true, np.array(y)[rows])


@pytest.mark.parametrize("loss", [MeanSquaredError(), MeanAbsoluteError()])
def test_no_probabilities_from_a_regression(loss):
    model = Model([Dense(2, 3, rng())])
    model.compile(SGD(model.parameters(), lr=0.1), loss)
    with pytest.raises(
        TypeError, match=f"with {type(loss).__name__} predicts numbers.* use predict"
    ):
        model.predict_proba(np.ones((1, 2)))


def test_raw_images_in_bytes():
    x, y = photos(40)
    model = large()
    history = model.fit(x, y, epochs=30, batch_size=8, rng=rng(), verbose=0, validation_data=(x, y))
    assert history["val_loss"][-1] < history["val_loss"][0]
    assert model.predict(x).shape == (40, 3)
    np.testing.assert_allclose(model.predict_proba(x).sum(axis=1), 1.0, rtol=1e-5)


# --- Ends of a training -------------------------------------------------------------------------


def fit(model, *data, **options):
    """Train; an interrupt that gets through is a failure of the test, not the end of pytest."""
    try:
        return model.fit(*data, verbose=0, **options)
    except KeyboardInterrupt:
        pytest.fail("fit let the interrupt through")


@pytest.mark.parametrize("moment", ["on_batch_end", "on_epoch_end"])
def test_interrupt_returns_the_history_so_far(moment):
    x, y = points()  # 30 samples, 3 batches of 10
    calls = []

    def interrupt(*arguments):
        calls.append(arguments)
        if len(calls) == (8 if moment == "on_batch_end" else 2):
            raise KeyboardInterrupt

    ended = []
    callbacks = [Do(**{moment: interrupt}), Do(on_fit_end=ended.append)]
    model = small()
    history = fit(model, x, y, epochs=10, batch_size=10, rng=rng(), callbacks=callbacks)
    assert history.epochs == 2  # the second batch of the third epoch, or the end of the second
    assert {len(values) for values in history.values()} == {2}
    assert model.optimizer.steps == (8 if moment == "on_batch_end" else 6)
    assert ended == [model]

    reference = small()  # nothing of what was learnt is lost, and training can go on
    reference.fit(x, y, epochs=2, batch_size=10, rng=rng(), verbose=0)
    if moment == "on_epoch_end":
        assert_same_numbers(model.state_dict(), reference.state_dict())
    assert np.isfinite(model.predict(x)).all()
    assert model.fit(x, y, epochs=1, verbose=0).epochs == 1


def test_interrupt_in_the_middle_of_a_pass():
    class Impatient(Linear):
        def backward(self, grad, out=None):
            if model.optimizer.steps == 4:
                raise KeyboardInterrupt
            return grad

    x, y = points()
    model = Model([Dense(2, 8, rng()), Impatient(), Dense(8, 3, rng())])
    model.compile(Adam(model.parameters()), SoftmaxCrossEntropy())
    assert fit(model, x, y, epochs=9, batch_size=10).epochs == 1
    assert np.isfinite(model.predict(x)).all()


INTERRUPTED = """
import signal
import numpy as np
from shared.callbacks import Callback
from shared.layers import Dense
from shared.losses import SoftmaxCrossEntropy
from shared.model import Model
from shared.optimizers import Adam

class Tell(Callback):
    def on_epoch_end(self, model, epoch, history):
        print("epoch", epoch, flush=True)

rng = np.random.default_rng(0)
model = Model([Dense(2, 8, rng), Dense(8, 3, rng)])
model.compile(Adam(model.parameters()), SoftmaxCrossEntropy())
x, y = rng.standard_normal((50, 2)), rng.integers(0, 3, 50)
# A shell starts what runs in the background deaf to Ctrl-C, and its children inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
history = model.fit(x, y, epochs=10**9, batch_size=5, callbacks=[Tell()], verbose=0)
assert 1 <= history.epochs == len(history["loss"])
assert np.isfinite(model.predict(x)).all()
print("kept", model.optimizer.steps >= 10 * history.epochs)
"""


def program(code, **environment):
    """Start Python on a program of its own, without what silences the progress bar in tests."""
    silencers = {"PYTEST_CURRENT_TEST", "TQDM_DISABLE"}
    env = {n: v for n, v in os.environ.items() if n not in silencers}
    env |= {"PYTHONPATH": str(ROOT), **environment}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen([sys.executable, "-c", code], env=env, **pipes)


@pytest.mark.skipif(os.name == "nt", reason="Windows can't send Ctrl-C to one process")
def test_a_real_interrupt():
    with program(INTERRUPTED) as process:
        try:
            assert process.stdout.readline() == "epoch 1\n"
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=60)
        finally:
            process.kill()  # it would run for ever
    assert (process.returncode, err) == (0, "")
    assert out.endswith("kept True\n")


def test_nan_in_the_data_stops_with_epoch_and_batch():
    x, y = points()
    x[17] = np.nan
    number = 1 + rng(3).permutation(30).tolist().index(17) // 4
    note = Do(on_fit_end=(ended := []).append)
    model = small(lr=0.01)
    with pytest.raises(FloatingPointError) as error:
        model.fit(x, y, batch_size=4, rng=rng(3), verbose=0, callbacks=[note])
    assert f"became nan in epoch 1, batch {number}, at a learning rate of 0.01." in str(error.value)
    assert "try a tenth" in str(error.value)
    assert ended == [model]


def test_nan_in_a_later_epoch():
    def spoil(model, epoch, history):
        if epoch == 2:
            model.layers[0].weight.value[0, 0] = np.nan

    x, y = points()
    with pytest.raises(FloatingPointError, match="became nan in epoch 3, batch 1,"):
        small().fit(x, y, epochs=5, verbose=0, callbacks=[Do(on_epoch_end=spoil)])


def test_learning_rate_that_is_too_large():
    x, y = points()
    model = Model([Dense(2, 1, rng())])
    model.compile(SGD(model.parameters(), lr=1e6), MeanSquaredError())
    said = r"became (inf|nan) in epoch \d+, batch 1, at a learning rate of 1e\+06"
    with np.errstate(all="ignore"), pytest.raises(FloatingPointError, match=said):
        model.fit(x, y.reshape(-1, 1).astype(float), epochs=100, verbose=0)


def test_loss_that_overflows():
    model = Model([Dense(2, 1, rng())])
    model.compile(SGD(model.parameters(), lr=0.1), MeanSquaredError())
    said = "became inf in epoch 1, batch 1"
    with np.errstate(over="ignore"), pytest.raises(FloatingPointError, match=said):
        model.fit(np.ones((4, 2)), np.full((4, 1), 1e200), verbose=0)


def test_an_error_in_a_callback_is_the_one_that_is_seen():
    class OurError(Exception):
        pass

    def fail(*arguments):
        raise OurError

    x, y = points()
    for moment in ("on_fit_begin", "on_batch_end", "on_epoch_end"):
        with pytest.raises(OurError):
            small().fit(x, y, callbacks=[Do(**{moment: fail})])


def test_order_of_the_callbacks():
    calls = []
    names = ["on_fit_begin", "on_batch_end", "on_epoch_end", "on_fit_end"]
    moments = {name: lambda *args, name=name: calls.append((name, *args)) for name in names}
    x, y = points()
    model = small()
    history = model.fit(
        x, y, epochs=2, batch_size=20, verbose=0, callbacks=(c for c in [Do(**moments)])
    )
    epoch = [("on_batch_end", model)] * 2
    assert calls == [
        ("on_fit_begin", model),
        *epoch, ("on_epoch_end", model, 1, history),
        *epoch, ("on_epoch_end", model, 2, history),
        ("on_fit_end", model),
    ]  # fmt: skip


def test_stop_training_makes_the_epoch_the_last_and_is_forgotten_by_the_next_fit():
    def stop(model, epoch, history):
        model.stop_training = epoch == 3

    x, y = points()
    model = small()
    assert model.fit(x, y, epochs=9, verbose=0, callbacks=[Do(on_epoch_end=stop)]).epochs == 3
    assert model.fit(x, y, epochs=2, verbose=0).epochs == 2


# --- The progress bar ---------------------------------------------------------------------------


TRAINING = """
import numpy as np
from shared.layers import Dense
from shared.losses import SoftmaxCrossEntropy
from shared.model import Model
from shared.optimizers import Adam
rng = np.random.default_rng(0)
model = Model([Dense(2, 3, rng)])
model.compile(Adam(model.parameters()), SoftmaxCrossEntropy())
model.fit(rng.standard_normal((50, 2)), rng.integers(0, 3, 50), epochs=2, batch_size=20, VERBOSE)
"""


@pytest.mark.parametrize(
    ("verbose", "options", "shown"),
    [
        ("", {}, True),
        ("verbose=1", {}, True),
        ("verbose=0", {}, False),
        ("", {"PYTEST_CURRENT_TEST": "chapters/17.ipynb::Cell 3 (call)"}, False),
        ("", {"TQDM_DISABLE": "1"}, False),
    ],
    ids=["default", "verbose=1", "verbose=0", "in a checked notebook", "TQDM_DISABLE"],
)
def test_progress_bar(verbose, options, shown):
    process = program(TRAINING.replace("VERBOSE", verbose), **options)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (0, "")
    if not shown:
        assert err == ""
        return
    last = err.splitlines()[-1]
    assert "6/6" in last  # two epochs of three batches
    assert re.search(r"epoch 2: .*, loss=\d\.\d{3}\]$", last)


def test_progress_bar_is_silent_under_pytest(capsys, monkeypatch):
    monkeypatch.delenv("TQDM_DISABLE", raising=False)
    x, y = points()
    small().fit(x, y, epochs=2)
    assert capsys.readouterr() == ("", "")


# --- Summary ------------------------------------------------------------------------------------


def test_summary(capsys):
    large().summary()
    assert (
        capsys.readouterr().out
        == """\
Layer                                                              Output      Parameters
-----------------------------------------------------------------------------------------
RandomFlip()                                                                            0
RandomShift(pixels=1)                                                                   0
Flatten()                                                                               0
Rescaling(scale=0.00392156862745098, offset=0.0, dtype='float32')                       0
Dense(20, 8)                                                       (batch, 8)         168
BatchNorm(8)                                                       (batch, 8)          16
ReLU()                                                             (batch, 8)           0
Dropout(rate=0.2)                                                  (batch, 8)           0
Dense(8, 6)                                                        (batch, 6)          54
LeakyReLU(slope=0.1)                                               (batch, 6)           0
Dense(6, 3)                                                        (batch, 3)          21
-----------------------------------------------------------------------------------------
Total                                                                                 259
"""
    )


def test_summary_of_round_numbers(capsys):
    generator = rng()
    Model(
        [Dense(784, 128, generator), ReLU(), Dropout(0.5, generator), Dense(128, 10, generator)]
    ).summary()
    assert (
        capsys.readouterr().out
        == """\
Layer              Output        Parameters
-------------------------------------------
Dense(784, 128)    (batch, 128)     100,480
ReLU()             (batch, 128)           0
Dropout(rate=0.5)  (batch, 128)           0
Dense(128, 10)     (batch, 10)        1,290
-------------------------------------------
Total                               101,770
"""
    )


# --- Putting a model together -------------------------------------------------------------------


def test_add_is_the_same_as_a_list():
    first, second = Dense(2, 4, rng()), Dense(4, 1, rng())
    model = Model()
    for layer in (first, ReLU(), second):
        model.add(layer)
    assert model.parameters() == [first.weight, first.bias, second.weight, second.bias]
    assert list(model.state_dict()) == ["0.weight", "0.bias", "2.weight", "2.bias"]
    x = batch((3, 2))
    np.testing.assert_array_equal(model.forward(x), second.forward(np.maximum(first.forward(x), 0)))
    assert len(Model(layer for layer in (first, second)).layers) == 2


@pytest.mark.parametrize(
    ("bad", "said"), [(ReLU, "class.*ReLU"), ("relu", "'relu'"), (None, "None"), (np.tanh, "tanh")]
)
def test_what_is_no_layer(bad, said):
    with pytest.raises(TypeError, match=rf"such as ReLU\(\) with parentheses. Received: .*{said}"):
        Model([Dense(2, 3, rng()), bad])


def test_the_same_layer_twice():
    layer = ReLU()
    with pytest.raises(ValueError, match=r"ReLU\(\) is in this model already.*make a second one"):
        Model([layer, Dense(2, 2, rng()), layer])


def test_widths_that_do_not_fit():
    layers = [Dense(2, 8, rng()), ReLU(), Dropout(0.5, rng()), Dense(9, 3, rng())]
    with pytest.raises(ValueError, match=r"Dense\(9, 3\) takes rows of 9 .* give rows of 8"):
        Model(layers)
    with pytest.raises(ValueError, match=r"BatchNorm\(9\) takes rows of 9 .* give rows of 8"):
        Model([Dense(2, 8, rng()), BatchNorm(9)])
    model = Model(layers[:3])
    with pytest.raises(ValueError, match="give rows of 8"):
        model.add(layers[3])
    assert model.layers == layers[:3]


@pytest.mark.parametrize("method", ["fit", "evaluate", "predict_proba"])
def test_not_compiled(method):
    model = Model([Dense(2, 3, rng())])
    x, y = points()
    with pytest.raises(
        RuntimeError, match=rf"{method} needs a loss and an optimizer. Call\s+model.compile\(Adam"
    ):
        getattr(model, method)(*((x,) if method == "predict_proba" else (x, y)))
    assert model.predict(x).shape == (30, 3)


def test_optimizer_of_other_parameters():
    model, other = small(), small()
    with pytest.raises(
        ValueError, match=r"this model's parameters, all of them.*Received: 2 .* has 4"
    ):
        model.compile(SGD(model.parameters()[:2], lr=0.1), SoftmaxCrossEntropy())
    with pytest.raises(ValueError, match="this model's parameters"):
        model.compile(other.optimizer, SoftmaxCrossEntropy())


def test_a_layer_that_is_added_later_is_not_left_out_of_training():
    x, y = points()
    model = small()
    model.add(Dense(3, 3, rng()))
    with pytest.raises(RuntimeError, match=r"Call\s+model.compile"):
        model.fit(x, y, verbose=0)
    old = Adam(model.parameters()[:4])
    with pytest.raises(ValueError, match=r"4 of them .* has 6 \(layers added or replaced"):
        model.compile(old, SoftmaxCrossEntropy())


def test_a_copy_of_a_model_needs_an_optimizer_of_its_own():
    x, y = points()
    model = copy.deepcopy(small())
    with pytest.raises(RuntimeError, match=r"\(or copied\)"):
        model.fit(x, y, verbose=0)
    model.compile(Adam(model.parameters()), SoftmaxCrossEntropy())
    model.fit(x, y, verbose=0)


# --- Arguments that don't fit --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"epochs": 0}, ValueError, "epochs must be 1 or more. Received: epochs=0"),
        ({"epochs": -1}, ValueError, "Received: epochs=-1"),
        ({"batch_size": 0}, ValueError, "batch_size must be 1 or more. Received: batch_size=0"),
        ({"rng": 0}, TypeError, "Received: rng=0"),
        ({"rng": 42}, TypeError, "Received: rng=42"),
    ],
)
def test_arguments_of_fit(options, error, said):
    x, y = points()
    with pytest.raises(error, match=said):
        small().fit(x, y, verbose=0, **options)


@pytest.mark.parametrize(
    ("x", "y", "error", "said"),
    [
        (np.ones((3, 2)), [0, 1], ValueError, "Received: 3 samples, 2 targets"),
        (
            np.ones((0, 2)),
            [],
            ValueError,
            r"no sample to learn from. Received: x of shape \(0, 2\)",
        ),
        (np.ones((2, 3)), [0, 1], ValueError, r"Dense\(2, 8\) takes .*Received: shape \(2, 3\)"),
        (np.ones((2, 2), np.float32), [0, 1], TypeError, "Received: input in float32"),
        (np.ones((2, 2)), [0, 3], ValueError, "labels 0 to 2. Received: label 3"),
        (np.ones((2, 2)), [0.0, 1.0], ValueError, "Received: labels in float64"),
    ],
)
def test_data_that_does_not_fit(x, y, error, said):
    with pytest.raises(error, match=said):
        small().fit(x, np.array(y), verbose=0)


def test_data_to_evaluate_that_does_not_fit():
    x, y = points()
    with pytest.raises(ValueError, match=r"one target\. Received: 30 samples, 29 targets"):
        small().evaluate(x, y[1:])
    with pytest.raises(ValueError, match=r"no sample to predict. Received: x of shape \(0, 2\)"):
        small().predict(x[:0])


def test_a_model_without_parameters_has_nothing_to_learn():
    model = Model([ReLU()])
    model.forward(np.ones((1, 2)))
    with pytest.raises(ValueError, match="no layer with parameters"):
        model.backward(np.ones((1, 2)))


# --- The backward pass --------------------------------------------------------------------------


def test_nothing_is_computed_before_the_first_parameter():
    class Raw(Linear):
        def backward(self, grad, out=None):
            raise AssertionError("nobody asked for this gradient")

    model = Model([Raw(), Dense(2, 3, rng()), ReLU(), Dense(3, 1, rng())])
    model.layers[1].backward = Raw().backward  # nor for that of the data
    model.forward(batch((4, 2)))
    model.backward(batch((4, 1)))
    assert all(p.grad.any() for p in model.parameters())


# --- Numbers in and out -------------------------------------------------------------------------


def test_state_dict_holds_the_arrays_themselves():
    model = large()
    state = model.state_dict()
    assert state["4.weight"] is model.layers[4].weight.value
    assert [name for name in state if "running" in name] == ["5.running_mean", "5.running_var"]


def test_load_state_dict_copies():
    x, y = photos()
    source, target = large(rng(1)), large(rng(2))
    source.fit(x, y, epochs=2, verbose=0)
    kept = numbers_of(source)
    target.load_state_dict(source.state_dict())
    target.fit(x, y, epochs=1, verbose=0)
    assert_same_numbers(source.state_dict(), kept)
    target.load_state_dict(kept)
    np.testing.assert_array_equal(target.predict(x), source.predict(x))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda s: s.pop("2.bias"), r"2.bias: \(3,\) float64. Received: no such array"),
        (lambda s: s.update(extra=np.ones(1)), r"extra: no such array. Received: \(1,\) float64"),
        (lambda s: s.update({"2.bias": np.ones(4)}), r"\(3,\) float64. Received: \(4,\) float64"),
        (lambda s: s.update({"2.bias": np.ones((3, 1))}), r"Received: \(3, 1\) float64"),
        (lambda s: s.update({"2.bias": np.ones(3, "f4")}), r"Received: \(3,\) float32"),
        (lambda s: s.update({"2.bias": [1.0, 2.0]}), r"Received: \(2,\) float64"),
    ],
)
def test_numbers_of_another_network(change, said):
    model = small()
    kept = numbers_of(model)
    state = {name: array + 1 for name, array in kept.items()}
    change(state)
    with pytest.raises(ValueError, match=f"those of another network. This one has .*{said}"):
        model.load_state_dict(state)
    assert_same_numbers(model.state_dict(), kept)


class PlainReLU(Layer):
    """A reader's own layer, without ``out``."""

    def forward(self, x, training=False):
        self.mask = x > 0
        return x * self.mask

    def backward(self, grad):
        return grad * self.mask


def test_a_layer_of_the_readers_own_needs_no_out():
    x, y = points()
    losses = []
    for activation in [PlainReLU(), ReLU()]:
        generator = rng(4)
        model = Model([Dense(2, 8, generator), activation, Dense(8, 3, generator)])
        model.compile(SGD(model.parameters(), 0.1), SoftmaxCrossEntropy())
        losses.append(model.fit(x, y, epochs=3, batch_size=4, rng=generator, verbose=0)["loss"])
    assert losses[0] == losses[1]


def test_nan_is_noticed_before_the_weights_are_spoilt():
    x, y = points()
    x[17] = np.nan
    model = small(lr=0.01)
    with pytest.raises(FloatingPointError):
        model.fit(x, y, batch_size=4, rng=rng(3), verbose=0)
    assert all(np.isfinite(array).all() for array in model.state_dict().values())


@pytest.mark.parametrize(
    ("optimizer", "loss", "received"),
    [
        ("adam", SoftmaxCrossEntropy(), "optimizer .* Received: 'adam'"),
        (None, SoftmaxCrossEntropy, "loss .* Received: <class"),
        (None, ReLU(), r"loss .* Received: ReLU\(\)"),
    ],
)
def test_compile_takes_objects(optimizer, loss, received):
    model = small()
    with pytest.raises(TypeError, match=received):
        model.compile(optimizer or SGD(model.parameters(), 0.1), loss)


def test_validation_data_of_two_lengths_is_refused_at_once():
    x, y = points()
    model = small()
    before = model.optimizer.steps
    with pytest.raises(ValueError, match=f"{len(x)} samples, {len(y) - 1} targets"):
        model.fit(x, y, validation_data=(x, y[1:]), verbose=0)
    assert model.optimizer.steps == before
