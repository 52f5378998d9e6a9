"""What can't work is refused in `compile`, or in `fit` before anything has changed."""

import copy
import functools
import tracemalloc
import warnings

import numpy as np
import pytest
from helpers_models import Do, assert_same_numbers, numbers_of, points, rng, small

from shared.activations import LeakyReLU, Linear, ReLU, Sigmoid, Softmax, Tanh
from shared.callbacks import Callback, Checkpoint, EarlyStopping
from shared.checks import check_loss
from shared.fitting import Alone
from shared.layers import BatchNorm, Dense, Dropout, Layer, Parameter
from shared.losses import (
    BinaryCrossEntropy,
    CategoricalCrossEntropy,
    MeanAbsoluteError,
    MeanSquaredError,
    SigmoidCrossEntropy,
    SoftmaxCrossEntropy,
)
from shared.metrics import accuracy
from shared.model import Model
from shared.optimizers import SGD, Adam
from shared.preprocessing import Flatten, RandomFlip, Rescaling
from shared.schedules import Cosine


def refuses(model, error, said, *data, **options):
    """Assert that `fit` raises, and that neither the model nor any callback has noticed."""
    calls = []
    watch = Do(**{name: lambda *a: calls.append(a) for name in ("on_fit_begin", "on_fit_end")})
    callbacks = options.pop("callbacks", [])
    callbacks = [watch, *callbacks] if isinstance(callbacks, list) else callbacks
    before, generator = numbers_of(model), model.rng
    steps = model.optimizer.steps if model.optimizer else None
    with pytest.raises(error, match=said):
        model.fit(*data, verbose=0, callbacks=callbacks, **options)
    assert calls == []
    assert_same_numbers(model.state_dict(), before)
    if model.optimizer:
        assert model.optimizer.steps == steps
    if "rng" in options:
        assert model.rng is generator


# --- Layers, optimizer, and loss belong together ------------------------------------------------


def replaced(model):
    model.layers[-1] = Dense(8, 3, rng(7))


def appended(model):
    model.layers.append(Dense(3, 3, rng(7)))


def removed(model):
    model.layers.pop()


def parameter_replaced(model):
    model.layers[0].weight = Parameter(np.ones((2, 8)))


@pytest.mark.parametrize("change", [replaced, appended, removed, parameter_replaced])
def test_layers_changed_after_compile(change, tmp_path):
    x, y = points()
    model = small()
    change(model)
    said = "built on this model's parameters.* Compile the model again"
    refuses(model, ValueError, said, x, y)
    with pytest.raises(ValueError, match=said):
        model.save(tmp_path / "m.npz")
    assert list(tmp_path.iterdir()) == []
    model.save(tmp_path / "without.npz", include_optimizer=False)
    assert_same_numbers(Model.load(tmp_path / "without.npz").state_dict(), model.state_dict())
    model.compile(Adam(model.parameters()), SoftmaxCrossEntropy())
    before = numbers_of(model)
    model.fit(x, y, verbose=0)
    assert all((a != before[n]).any() for n, a in model.state_dict().items())


def test_an_optimizer_of_the_same_parameters_in_another_order():
    # Its state is saved in the order of the model.
    model = small()
    with pytest.raises(ValueError, match=r"all of them in their order"):
        model.compile(Adam(model.parameters()[::-1]), SoftmaxCrossEntropy())


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        (lambda m: m.layers.append("relu"), TypeError, "Received: 'relu'"),
        (lambda m: m.layers.append(ReLU), TypeError, "with parentheses"),
        (lambda m: m.layers.append(m.layers[1]), ValueError, "in this model already"),
        (lambda m: m.layers.append(Dense(9, 3, rng())), ValueError, "takes rows of 9 .* of 3"),
    ],
)
def test_layers_that_add_would_have_refused(change, error, said, tmp_path):
    x, y = points()
    model = small()
    optimizer = model.optimizer
    change(model)
    with pytest.raises(error, match=said):
        model.fit(x, y, verbose=0)
    with pytest.raises(error, match=said):
        model.compile(optimizer, model.loss)
    with pytest.raises(error, match=said):
        model.save(tmp_path / "m.npz")
    assert list(tmp_path.iterdir()) == []


def test_parameters_taken_over_by_another_optimizer():
    x, y = points()
    model = small()
    old = model.optimizer
    Adam(model.parameters())
    refuses(model, RuntimeError, "handed to another optimizer", x, y)
    with pytest.raises(RuntimeError, match="handed to another optimizer"):
        model.compile(old, model.loss)


def network(*last):
    return Model([Dense(2, 3, rng()), *last])


@pytest.mark.parametrize("loss", [SoftmaxCrossEntropy(), SigmoidCrossEntropy()])
@pytest.mark.parametrize(
    "last",
    [
        [Softmax()],
        [Sigmoid()],
        [Softmax(), Linear()],
        [Softmax(), Dropout(0.1, rng()), Flatten(), Rescaling(2.0)],
    ],
)
def test_an_activation_twice(loss, last):
    model = network(*last)
    said = rf"^{type(loss).__name__} takes logits.* ends with S(oftmax|igmoid)\(\)\. Remove"
    with pytest.raises(ValueError, match=said):
        model.compile(SGD(model.parameters(), 0.1), loss)
    assert model.loss is None
    assert model.optimizer is None


@pytest.mark.parametrize(
    ("loss", "last", "said"),
    [
        (CategoricalCrossEntropy(), [Dense(2, 3, rng()), Sigmoid()], r"sum to 1.* ends with Sigm"),
        (BinaryCrossEntropy(), [Dense(2, 1, rng()), Softmax()], "one output and Binary"),
        (SoftmaxCrossEntropy(), [Dense(2, 1, rng())], "one output and SoftmaxCrossEntropy"),
        (SoftmaxCrossEntropy(), [Dense(2, 4, rng()), ReLU(), Dense(4, 1, rng())], "one output"),
    ],
)
def test_a_loss_that_could_teach_nothing(loss, last, said):
    model = Model(last)
    with pytest.raises(ValueError, match=said):
        model.compile(SGD(model.parameters(), 0.1), loss)


def test_a_loss_without_any_layer_has_nothing_to_object_to():
    for loss in (SoftmaxCrossEntropy(), BinaryCrossEntropy()):
        assert check_loss(loss, [Linear()]) is None


@pytest.mark.parametrize("loss", [CategoricalCrossEntropy(), BinaryCrossEntropy()])
@pytest.mark.parametrize("last", [[], [ReLU()], [Tanh()], [BatchNorm(3)], [Linear()]])
def test_an_activation_missing(loss, last):
    model = network(*last)
    said = rf"^{type(loss).__name__} takes probabilities.* ends with .* which take logits"
    with pytest.raises(ValueError, match=said):
        model.compile(SGD(model.parameters(), 0.1), loss)


@pytest.mark.parametrize(
    ("loss", "last"),
    [
        (SoftmaxCrossEntropy(), []),
        (SigmoidCrossEntropy(), [Linear()]),
        (SoftmaxCrossEntropy(), [ReLU()]),
        (CategoricalCrossEntropy(), [Softmax(), Linear()]),
        (BinaryCrossEntropy(), [Sigmoid()]),
        (MeanSquaredError(), [Softmax()]),
        (MeanAbsoluteError(), [Sigmoid()]),
    ],
)
def test_losses_that_fit_the_last_layer(loss, last):
    model = network(*last)
    model.compile(SGD(model.parameters(), 0.1), loss)
    assert model.loss is loss


@pytest.mark.parametrize("loss", [CategoricalCrossEntropy(), BinaryCrossEntropy()])
def test_outputs_that_are_no_probabilities_after_a_layer_nobody_knows(loss):
    x, y = points()
    y = y if isinstance(loss, CategoricalCrossEntropy) else np.eye(3)[y]
    model = network(LeakyReLU())
    model.layers[0].bias.value = [5.0, -4.0, 3.0]
    model.compile(SGD(model.parameters(), 0.1), loss)
    before = numbers_of(model)
    with pytest.raises(ValueError, match=r"probabilities are between 0 and 1. Received: numbers"):
        model.fit(x, y, verbose=0)
    with pytest.raises(ValueError, match="probabilities are between 0 and 1"):
        model.predict_proba(x)
    assert_same_numbers(model.state_dict(), before)


@pytest.mark.parametrize("p", [[[1 + 2e-6, 0.0]], [[1.0, -2e-6]], [[7.0, -9.0]]])
def test_losses_on_probabilities_refuse_other_numbers(p):
    for loss, y in ((CategoricalCrossEntropy(), [0]), (BinaryCrossEntropy(), [[1, 0]])):
        with pytest.raises(ValueError, match="If these are logits, use SoftmaxCrossEntropy"):
            loss.forward(np.array(p), np.array(y))
        assert np.isfinite(loss.forward(np.array([[1 + 1e-7, -1e-7]]), np.array(y)))


# --- Metrics ------------------------------------------------------------------------------------


def loss(y_pred, y_true):
    return 0.0


def val_accuracy(y_pred, y_true):
    return 0.0


@pytest.mark.parametrize(
    ("metrics", "error", "said"),
    [
        ([accuracy, accuracy], ValueError, "name of its own.* Received: 'accuracy'"),
        ([lambda p, y: 0.0, lambda p, y: 1.0], ValueError, "Received: '<lambda>'"),
        ([loss], ValueError, "Received: 'loss'"),
        ([val_accuracy], ValueError, "Received: 'val_accuracy'"),
        (["accuracy"], TypeError, "without quotes.* Received: 'accuracy'"),
        ([functools.partial(accuracy, threshold=0.3)], TypeError, "Received: functools.partial"),
        (accuracy, TypeError, "metrics is a list"),
        (None, TypeError, "metrics is a list"),
        ("accuracy", TypeError, "metrics is a list"),
    ],
)
def test_metrics_that_could_not_be_reported(metrics, error, said, tmp_path):
    model = small()
    with pytest.raises(error, match=said):
        model.compile(model.optimizer, model.loss, metrics)
    assert model.metrics == (accuracy,)
    model.save(tmp_path / "m.npz")
    with pytest.raises(error, match=said):
        Model.load(tmp_path / "m.npz", metrics)


def test_metrics_and_callbacks_may_keep_their_arrays():
    """One pass with a learning rate of 0: together the batches are the whole data, predicted."""
    x, y = points()
    for last, criterion in [
        ([], SoftmaxCrossEntropy()),
        ([Linear()], MeanSquaredError()),
        ([ReLU(), Flatten()], MeanSquaredError()),
        ([Dropout(0.0, rng())], MeanAbsoluteError()),
        ([Softmax()], CategoricalCrossEntropy()),
    ]:
        kept, seen = [], []

        def keep(y_pred, y_true, kept=kept):
            kept.append((y_pred, y_true))
            return 0.0

        model = network(*last)
        model.compile(SGD(model.parameters(), lambda step: 0.0), criterion, [keep])
        look = Do(on_batch_end=lambda m, seen=seen: seen.append(m.loss.predictions))
        targets = y if criterion.classifies else np.eye(3)[y]
        model.fit(x, targets, batch_size=7, rng=rng(4), verbose=0, callbacks=[look])
        order = rng(4).permutation(len(x))
        expected = criterion.output_activation(model.predict(x))[order]
        np.testing.assert_array_equal(np.concatenate([t for _, t in kept]), targets[order])
        for arrays in ([p for p, _ in kept], seen):
            np.testing.assert_allclose(np.concatenate(arrays), expected, rtol=1e-12)


def meddling(model, x, y):
    """Metrics that call the model, or write into what they get."""

    def predict(y_pred, y_true):
        return model.predict(x[:3]).sum()

    def measure(y_pred, y_true):
        other = copy.copy(model)  # with the same layers and loss
        other.metrics = ()
        return other.evaluate(x[:5], y[:5])["loss"]

    def overwrite(y_pred, y_true):
        y_pred[...], y_true[...] = 0, 0
        return 0.0

    def look(y_pred, y_true):
        return y_pred.sum() + y_true.sum()

    def learn(y_pred, y_true):
        model.backward(model.forward(x[:7]))
        return 0.0

    return [predict, measure, overwrite, learn, look]


@pytest.mark.parametrize(
    ("last", "criterion"),
    [
        ([], SoftmaxCrossEntropy()),
        ([], SigmoidCrossEntropy()),
        ([], MeanSquaredError()),
        ([], MeanAbsoluteError()),
        ([Softmax()], CategoricalCrossEntropy()),
        ([Sigmoid()], BinaryCrossEntropy()),
    ],
    ids=lambda part: type(part).__name__,
)
def test_no_metric_changes_training(last, criterion):
    x, labels = points()
    many = isinstance(criterion, (SoftmaxCrossEntropy, CategoricalCrossEntropy))
    y = labels if many else np.eye(3)[labels]
    finals, seen = [], []
    for meddle in (False, True):
        generator = rng(4)
        model = Model([Dense(2, 4, generator), BatchNorm(4), Tanh(), Dense(4, 3, generator), *last])
        metrics = meddling(model, x, y)
        optimizer = SGD(model.parameters(), 0.1, momentum=0.5)
        model.compile(optimizer, criterion, metrics if meddle else metrics[-1:])
        options = {"batch_size": 8, "epochs": 3, "verbose": 0, "validation_data": (x, y)}
        history = model.fit(x, y, rng=generator, **options)
        finals.append(numbers_of(model))
        seen.append((history["loss"], history["look"], history["val_look"]))
    assert_same_numbers(*finals)
    assert seen[0] == seen[1]
    assert (labels == points()[1]).all()


@pytest.mark.parametrize(
    "change",
    [
        lambda model: model.add(Dense(3, 3, rng())),
        lambda model: model.compile(model.optimizer, model.loss),
        lambda model: model.compile(Adam(model.parameters()), model.loss, model.metrics),
        lambda model: model.compile(model.optimizer, SoftmaxCrossEntropy(), model.metrics),
    ],
    ids=["add", "metrics", "optimizer", "loss"],
)
@pytest.mark.parametrize("moment", ["on_fit_begin", "on_batch_end", "on_epoch_end"])
def test_a_callback_that_changes_what_is_trained(moment, change):
    calls = []

    def count_and_change(model, *rest):
        calls.append(moment)
        change(model)

    model = small()
    with pytest.raises(RuntimeError, match="a callback called add or compile"):
        model.fit(*points(), epochs=2, verbose=0, callbacks=[Do(**{moment: count_and_change})])
    assert len(calls) == 1


@pytest.mark.parametrize("moment", ["on_fit_begin", "on_batch_end", "on_epoch_end", "on_fit_end"])
def test_a_model_that_is_being_trained_is_not_trained_again(moment):
    def again(model, *rest):
        model.fit(*points(), rng=rng(9), verbose=0)

    x, y = points()
    model, generator = small(), rng(5)
    with pytest.raises(RuntimeError, match=r"being trained.* copy.deepcopy\(model\)"):
        model.fit(x, y, epochs=2, rng=generator, verbose=0, callbacks=[Do(**{moment: again})])
    assert model.rng is generator
    assert model.fit(x, y, verbose=0).epochs == 1  # it isn't for good


def test_of_two_threads_that_start_together_one_is_refused():
    model = small()
    first, second = Alone(model), Alone(model)  # Neither has begun to train.
    with first:
        with pytest.raises(RuntimeError, match="being trained"):
            second.__enter__()
        with pytest.raises(RuntimeError, match="being trained"):
            Alone(model)
    with second:
        pass
    Alone(model)


def test_a_copy_of_a_model_that_is_being_trained_can_be_trained():
    losses = []

    def copied(model, *rest):
        other = copy.deepcopy(model)
        other.compile(Adam(other.parameters()), SoftmaxCrossEntropy())
        losses.append(other.fit(*points(), verbose=0)["loss"][0])

    x, y = points()
    finals = []
    for callbacks in ([], [Do(on_epoch_end=copied)]):
        model = small()
        model.fit(x, y, epochs=3, rng=rng(5), verbose=0, callbacks=callbacks)
        finals.append(numbers_of(model))
    assert_same_numbers(*finals)
    assert len(losses) == 3


class Skip(Model):
    def forward(self, x, training=False):
        return super().forward(x, training) + x[:, :1]


class Clipped(Model):
    def backward(self, grad):
        super().backward(np.clip(grad, -1, 1))


class Certain(Model):
    def predict(self, x):
        return super().predict(x).round()


class Named(Model):
    def name(self):
        return "a subclass may do more"


@pytest.mark.parametrize(
    ("cls", "name"), [(Skip, "forward"), (Clipped, "backward"), (Certain, "predict")]
)
def test_passes_of_ones_own_that_training_would_not_call(cls, name, tmp_path):
    model = cls([Dense(2, 3, rng())])
    said = f"^{name} of this {cls.__name__} isn't the one of Model"
    with pytest.raises(TypeError, match=said):
        model.compile(SGD(model.parameters(), 0.1), SoftmaxCrossEntropy())
    with pytest.raises(TypeError, match=said):
        model.save(tmp_path / "m.npz")
    model = Named([Dense(2, 3, rng())])
    model.compile(SGD(model.parameters(), 0.1), SoftmaxCrossEntropy())
    assert model.fit(*points(), verbose=0).epochs == 1
    model.forward = lambda x, training=False: x
    with pytest.raises(TypeError, match=r"^forward of this Named"):
        model.compile(model.optimizer, model.loss)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda y: np.where(np.arange(30) == 29, 3, y), "labels 0 to 2. Received: label 3"),
        (lambda y: np.where(np.arange(30) == 29, -1, y), "Received: label -1"),
        (lambda y: np.eye(4)[y], "own shape"),
    ],
)
def test_a_wrong_label_is_found_before_training(change, said):
    x, y = points()
    refuses(small(), ValueError, said, x, change(y), batch_size=5)


class Silent(SoftmaxCrossEntropy):
    """A loss that doesn't tell what it compared."""

    @property
    def predictions(self):
        raise AttributeError

    @predictions.setter
    def predictions(self, new):
        self._hidden = new

    def backward(self):
        grad = self._hidden.copy()
        grad[np.arange(len(grad)), self._labels] -= 1
        return grad / len(grad)


def test_a_loss_without_predictions_trains_but_cannot_be_measured():
    x, y = points()
    model = small()
    model.compile(model.optimizer, Silent())
    assert model.fit(x, y, verbose=0).epochs == 1
    model.compile(model.optimizer, Silent(), [accuracy])
    for call in (lambda: model.fit(x, y, verbose=0), lambda: model.evaluate(x, y)):
        with pytest.raises(TypeError, match=r"forward of Silent must set self.predictions"):
            call()


def test_a_loss_of_ones_own_sees_nothing_but_the_batches():
    class Noting(SoftmaxCrossEntropy):
        def forward(self, y_pred, y_true):
            sizes.append(len(y_true))
            return super().forward(y_pred, y_true)

    sizes, model = [], small()
    model.compile(model.optimizer, Noting())
    model.fit(*points(), batch_size=20, verbose=0)
    assert sizes == [20, 10]


def test_a_class_in_place_of_a_schedule():
    model = small()
    with pytest.raises(TypeError, match=r"^lr must be .* Received: the class Cosine$"):
        model.compile(SGD(model.parameters(), Cosine), model.loss)


def test_figures_of_metrics_are_floats():
    def count(y_pred, y_true):
        return np.float32(len(y_true))

    x, y = points()
    model = small()
    model.compile(model.optimizer, model.loss, [count])
    assert type(model.evaluate(x, y)["count"]) is float
    history = model.fit(x, y, batch_size=30, verbose=0, validation_data=(x[:4], y[:4]))
    assert (history["count"], history["val_count"]) == ([30.0], [4.0])


# --- Arguments of fit ---------------------------------------------------------------------------


@pytest.mark.parametrize("bad", [42, 0, "seed", np.random.RandomState(0)])
def test_a_generator_that_is_refused_is_forgotten(bad):
    x, y = points()
    model = small()
    refuses(model, TypeError, "rng must be a random generator.* Received: rng=", x, y, rng=bad)
    assert model.fit(x, y, verbose=0).epochs == 1


@pytest.mark.parametrize("options", [{"epochs": 2.0}, {"batch_size": 8.5}, {"epochs": "3"}])
def test_whole_numbers(options):
    refuses(small(), TypeError, "must be a whole number. Received", *points(), **options)


def test_what_holds_if_nothing_is_said():
    model = Model()
    assert (model.layers, model.optimizer, model.loss, model.metrics) == ([], None, None, ())
    assert (model.rng, model.stop_training) == (None, False)
    model = small()
    x, y = points(n_per_class=22)
    assert model.fit(x[:65], y[:65], verbose=0).epochs == 1
    assert model.optimizer.steps == 3  # of 32, 32, and 1 samples
    assert model.stop_training is False


@pytest.mark.parametrize("bad", [3.5, None])
def test_samples_that_cannot_be_predicted(bad):
    for call in (small().predict, small().predict_proba):
        with pytest.raises(TypeError, match=r"^x must be an array with one sample per row"):
            call(bad)


@pytest.mark.parametrize(
    ("bad", "received"),
    [(None, "NoneType"), ((row for row in [1, 2]), "generator"), (3.5, "float"), ("x", "str")],
)
def test_data_without_rows(bad, received):
    x, y = points()
    said = f"must be an array with one sample per row. Received: {received}"
    refuses(small(), TypeError, f"x {said}", bad, y)
    refuses(small(), TypeError, f"y {said}", x, bad)
    with pytest.raises(TypeError, match=said):
        small().predict(bad)
    with pytest.raises(TypeError, match=said):
        small().evaluate(x, bad)


def test_masked_arrays():
    x, y = points()
    masked = np.ma.masked_array(x, mask=x > 0)
    refuses(small(), TypeError, "x can't be a masked array", masked, y)
    with pytest.raises(TypeError, match="mask would be ignored"):
        small().predict(masked)


@pytest.mark.parametrize(
    ("callbacks", "said"),
    [
        (EarlyStopping(3, "loss"), "callbacks is a list"),
        ([EarlyStopping], "Received: <class"),
        ([print], "inherits from Callback"),
    ],
)
def test_callbacks_are_objects_in_a_list(callbacks, said):
    refuses(small(), TypeError, said, *points(), callbacks=callbacks)


@pytest.mark.parametrize(
    "targets",
    [
        np.array([["1"]] * 30),
        np.full((30, 1), "2020-01-01", "datetime64[D]"),
        np.full((30, 1), 1j),
        np.full((30, 1), None),
    ],
)
@pytest.mark.parametrize(
    "criterion", [MeanSquaredError(), MeanAbsoluteError(), SigmoidCrossEntropy()]
)
def test_targets_that_are_no_numbers(criterion, targets):
    x, _ = points()
    model = Model([Dense(2, 1, rng())])
    model.compile(SGD(model.parameters(), 0.1), criterion)
    before = numbers_of(model)
    with pytest.raises(TypeError, match=r"real numbers. Received: targets in "):
        model.fit(x, targets, verbose=0)
    assert_same_numbers(model.state_dict(), before)


class Stop(Callback):
    def on_fit_begin(self, model):
        raise RuntimeError("before the first epoch")


def test_looking_at_large_targets_warns_of_nothing():
    model = Model([Dense(2, 1, rng())])
    model.compile(SGD(model.parameters(), 0.1), MeanSquaredError())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(RuntimeError, match="first epoch"):
            model.fit(np.zeros((3, 2)), np.full((3, 1), 1e44), verbose=0, callbacks=[Stop()])


@pytest.mark.parametrize("validation", [False, True])
@pytest.mark.parametrize("last_label", [0, 2000])
def test_looking_at_the_targets_takes_little_memory_and_sees_all(validation, last_label):
    classes, n = 2000, 10_000
    model = Model([Dense(2, classes, rng(), dtype=np.float32)])
    model.compile(SGD(model.parameters(), 0.1), SoftmaxCrossEntropy())
    x, y = np.zeros((n, 2), np.float32), np.zeros(n, np.int64)
    y[-1] = last_label
    data = {"validation_data": (x, y)} if validation else {}
    training = (x[:1], y[:1]) if validation else (x, y)
    refusal = (ValueError, "Received: .*2000") if last_label == classes else (RuntimeError, "first")
    tracemalloc.start()
    try:
        with pytest.raises(refusal[0], match=refusal[1]):
            model.fit(*training, batch_size=10, verbose=0, callbacks=[Stop()], **data)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    # A thousand rows, several times, and not all 10,000 even once
    assert peak < 6 * 8 * 1000 * classes


def test_names_of_classes_are_no_labels():
    x, y = points()
    with pytest.raises(ValueError, match=r"names with np.unique\(y, return_inverse=True\)\[1\]"):
        small().fit(x, np.array(["a", "b", "c"])[y], verbose=0)


# --- Validation data ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        (lambda x, y: (x,), TypeError, r"a pair \(x_val, y_val\). Received: tuple of 1 parts"),
        (lambda x, y: (x, y, None), TypeError, "Received: tuple of 3 parts"),
        (lambda x, y: x, TypeError, "Received: ndarray of 30 parts"),
        (lambda x, y: 0.1, TypeError, "Received: float$"),
        (lambda x, y: (x, y[1:]), ValueError, "30 samples, 29 targets"),
        (lambda x, y: (x[:0], y[:0]), ValueError, "no sample"),
        (lambda x, y: (x, None), TypeError, "y must be an array"),
        (lambda x, y: (x.astype(np.float32), y), ValueError, "x is float64 .* Received: float32"),
        (lambda x, y: (x[:, :1], y), ValueError, r"of shape \(2,\). Received: .* of shape \(1,\)"),
        (lambda x, y: (x[:, None], y), ValueError, r"of shape \(1, 2\)"),
        (lambda x, y: (x, np.where(np.arange(30) == 29, 3, y)), ValueError, "label 3"),
        (lambda x, y: (x, y[:, None]), ValueError, r"y_true \(30, 1\)"),
        (lambda x, y: (x, y * 1.0), ValueError, "labels in float64"),
    ],
)
def test_validation_data_that_does_not_fit(change, error, said):
    x, y = points()
    options = {"validation_data": change(x, y), "epochs": 2}
    refuses(small(), error, "(?s)validation_data.*" + said, x, y, **options)


def test_trying_the_validation_data_changes_nothing():
    x, y = points()
    g = rng()
    model = Model([Dense(2, 4, g), BatchNorm(4), Dropout(0.5, g), Dense(4, 3, g)])
    model.compile(Adam(model.parameters()), SoftmaxCrossEntropy())
    other = copy.deepcopy(model)
    other.compile(Adam(other.parameters()), SoftmaxCrossEntropy())
    model.fit(x, y, batch_size=10, rng=rng(), verbose=0, validation_data=(x, y))
    other.fit(x, y, batch_size=10, rng=rng(), verbose=0)
    assert_same_numbers(model.state_dict(), other.state_dict())


# --- Callbacks and batches ----------------------------------------------------------------------


def test_a_folder_that_is_not_there(tmp_path):
    path = tmp_path / "models" / "m.npz"
    options = {"callbacks": [Checkpoint(path)], "epochs": 2}
    refuses(small(), FileNotFoundError, r"exist. Make it with .*mkdir", *points(), **options)
    path.parent.mkdir()
    small().fit(*points(), verbose=0, callbacks=[Checkpoint(path)])
    assert list(path.parent.iterdir()) == [path]


def test_a_model_that_cannot_be_saved(tmp_path):
    class Own(Layer):
        def forward(self, x, training=False, out=None):
            return x

        def backward(self, grad, out=None):
            return grad

    model = Model([Own(), Dense(2, 3, rng())])
    model.compile(SGD(model.parameters(), 0.1), SoftmaxCrossEntropy())
    options = {"callbacks": [Checkpoint(tmp_path / "m.npz")]}
    refuses(model, ValueError, "Own", *points(), **options)
    assert list(tmp_path.iterdir()) == []


def test_the_file_of_an_earlier_run_stays_until_an_epoch_is_complete(tmp_path):
    path = tmp_path / "m.npz"
    small(1).save(path)
    content = path.read_bytes()
    stop = Do(on_batch_end=lambda model: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        small().fit(*points(), verbose=0, callbacks=[Checkpoint(path), stop])
    assert path.read_bytes() == content


def test_a_callback_is_told_the_names():
    told = []

    class Ask(Callback):
        def check(self, model, names):
            told.append((model, names))

    x, y = points()
    model = small()
    model.fit(x, y, verbose=0, callbacks=[Ask()])
    history = model.fit(x, y, verbose=0, callbacks=[Ask()], validation_data=(x, y))
    assert [model for model, _ in told] == [model, model]
    assert told[0][1] == ["loss", "accuracy"]
    assert told[1][1] == list(history) == ["loss", "accuracy", "val_loss", "val_accuracy"]


class Block(Layer):
    def __init__(self):
        self.inner = [BatchNorm(2)]

    def forward(self, x, training=False, out=None):
        return self.inner[0].forward(x, training)

    def backward(self, grad, out=None):
        return self.inner[0].backward(grad)


@pytest.mark.parametrize("layer", [BatchNorm(2), Block()])
@pytest.mark.parametrize(
    ("n", "batch_size", "fine"),
    [
        (30, 29, False),
        (30, 1, False),
        (1, 32, False),
        (31, 10, False),
        (30, 28, True),
        (30, 15, True),
    ],
)
def test_a_batch_of_one_for_batch_normalization(layer, n, batch_size, fine):
    x, y = np.resize(points()[0], (n, 2)), np.resize(points()[1], n)
    model = Model([copy.deepcopy(layer), Dense(2, 3, rng())])
    model.compile(SGD(model.parameters(), 0.1), SoftmaxCrossEntropy())
    if fine:
        assert model.fit(x, y, batch_size=batch_size, verbose=0).epochs == 1
    else:
        said = f"{n} samples in batches of {min(n, batch_size)}, .* Choose another batch_size"
        refuses(model, ValueError, said, x, y, batch_size=batch_size)


def test_a_batch_of_one_without_batch_normalization():
    assert small().fit(*points(), batch_size=29, verbose=0).epochs == 1


# --- Which way is better ------------------------------------------------------------------------


def mae(y_pred, y_true):
    return MeanAbsoluteError().forward(y_pred, y_true)


@pytest.mark.parametrize("make", [lambda *a, **o: EarlyStopping(3, *a, **o),
                                  lambda *a, **o: Checkpoint("m.npz", *a, **o)])  # fmt: skip
def test_a_number_of_which_nobody_knows_whether_small_is_good(make):
    for monitor in ("val_mae", "r2_score", "losses", "lost"):
        with pytest.raises(ValueError, match=rf"larger {monitor} better\? Say mode=\"min\" or"):
            make(monitor)
    for monitor, mode in [("loss", "min"), ("val_loss", "min"), ("val_accuracy", "max"),
                          ("regression_accuracy", "max")]:  # fmt: skip
        assert make(monitor).mode == mode
    assert make("val_mae", mode="min").mode == "min"
    assert make("val_loss", mode="max").mode == "max"
    for mode in ("auto", "", True, 1):
        with pytest.raises(ValueError, match=f"Received: mode={mode!r}"):
            make("val_loss", mode=mode)


def test_training_goes_on_while_the_error_falls():
    x = np.linspace(-1, 1, 40)[:, None]
    y = 3 * x
    model = Model([Dense(1, 1, rng())])
    model.compile(SGD(model.parameters(), 0.1), MeanSquaredError(), [mae])
    stopping = EarlyStopping(3, "val_mae", mode="min")
    history = model.fit(
        x, y, epochs=25, rng=rng(), verbose=0, validation_data=(x, y), callbacks=[stopping]
    )
    assert history.epochs == stopping.best_epoch == 25
    assert stopping.best == min(history["val_mae"]) == model.evaluate(x, y)["mae"]


def test_images_into_a_network_without_rescaling():
    model = Model([RandomFlip(rng()), Flatten(), Dropout(0.5, rng()), Rescaling(1 / 255),
                   Dense(20, 3, rng())])  # fmt: skip
    model.compile(SGD(model.parameters(), 0.1), SoftmaxCrossEntropy())
    x = rng().integers(0, 256, (9, 4, 5), dtype=np.uint8)
    with pytest.raises(TypeError, match=r"the input of Dropout must be .* Received: uint8"):
        model.fit(x, np.zeros(9, int), verbose=0)


@pytest.mark.parametrize("method", ["evaluate", "predict_proba"])
def test_a_layer_that_is_added_calls_for_another_loss(method):
    # Softmax after a network that was trained on logits: the loss would apply it once more.
    x, y = points()
    model = small()
    model.add(Softmax())
    with pytest.raises(RuntimeError, match=rf"{method} needs a loss .* model\.compile"):
        getattr(model, method)(x, *[y] * (method == "evaluate"))
    np.testing.assert_allclose(model.predict(x).sum(axis=1), 1)
