"""What `fit` does, step by step, and what it reports."""


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

from shared.activations import LeakyReLU, Linear, ReLU, Sigmoid, Softmax, Tanh
from shared.datasets import batches, xor
from shared.layers import BatchNorm, Dense, Dropout
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
    x.setflags(write=False)
    y.setflags(write=False)
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


# --- Callbacks ----------------------------------------------------------------------------------


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
