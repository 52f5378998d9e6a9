import copy

import numpy as np
import pytest
from helpers_cases import batch
from helpers_models import (
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
from shared.activations import Linear, ReLU, Sigmoid, Softmax, sigmoid, softmax
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
from shared.model import Model
from shared.optimizers import SGD, Adam


def frozen(step):
    """A schedule at which nothing moves."""
    return 0.0


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

    class First(Dense):
        backward = Raw.backward  # nor for that of the data
        backward_parameters = Dense.backward_parameters

    model = Model([Raw(), First(2, 3, rng()), ReLU(), Dense(3, 1, rng())])
    model.forward(batch((4, 2)))
    model.backward(batch((4, 1)))
    assert all(p.grad.any() for p in model.parameters())


# --- Numbers in and out -------------------------------------------------------------------------


def test_state_dict_holds_the_arrays_themselves():
    model = large()
    state = model.state_dict()
    assert state["4.weight"] is model.layers[4].weight.value
    assert [name for name in state if "running" in name] == ["5.running_mean", "5.running_var"]


def test_load_state_dict_of_its_own_arrays_in_another_order():
    model = Model([Dense(2, 2, rng(1)), Dense(2, 2, rng(2))])
    state = model.state_dict()
    first, second = state["0.weight"].copy(), state["1.weight"].copy()
    state["0.weight"], state["1.weight"] = state["1.weight"], state["0.weight"]
    model.load_state_dict(state)
    np.testing.assert_array_equal(model.layers[0].weight.value, second)
    np.testing.assert_array_equal(model.layers[1].weight.value, first)
    state = {name: array[:] for name, array in model.state_dict().items()}  # views
    state["0.weight"], state["1.weight"] = state["1.weight"], state["0.weight"]
    model.load_state_dict(state)
    np.testing.assert_array_equal(model.layers[0].weight.value, first)
    np.testing.assert_array_equal(model.layers[1].weight.value, second)


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
