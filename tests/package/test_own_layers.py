"""Layers that a reader writes: two methods, and training, saving, and checking work."""

import itertools
from collections import deque
from functools import partial
from types import MappingProxyType

import numpy as np
import pytest
from helpers_cases import batch
from helpers_models import Do, assert_same_numbers, numbers_of, points, rng

from shared.activations import ReLU
from shared.callbacks import EarlyStopping
from shared.gradcheck import check_layer, check_model
from shared.layers import BatchNorm, Dense, Layer, Parameter
from shared.losses import SoftmaxCrossEntropy
from shared.model import Model
from shared.optimizers import SGD, Adam
from shared.regularizers import L2


class Scale(Layer):
    """Multiplies each feature by a number that it learns."""

    def __init__(self, features):
        self.gain = Parameter(np.ones(features))

    def forward(self, x, training=False, out=None):
        self._x = x
        return x * self.gain.value

    def backward(self, grad, out=None):
        self.gain.grad = (grad * self._x).sum(axis=0)
        return grad * self.gain.value


class Residual(Layer):
    """Adds what two inner layers make of the input; one stands alone, the other in a list."""

    def __init__(self, features, regularizer=None):
        self.norm = BatchNorm(features)
        self.hidden = [Dense(features, features, rng(3), regularizer=regularizer), ReLU()]
        self.more = {"scale": (Scale(features),)}

    def inner(self):
        return [self.norm, *self.hidden, *self.more["scale"]]

    def forward(self, x, training=False, out=None):
        y = x
        for layer in self.inner():
            y = layer.forward(y, training)
        return x + y

    def backward(self, grad, out=None):
        inner = grad
        for layer in reversed(self.inner()):
            inner = layer.backward(inner)
        return grad + inner


def compiled(*layers):
    model = Model(layers)
    model.compile(Adam(model.parameters(), lr=0.05), SoftmaxCrossEntropy())
    return model


@pytest.mark.parametrize("make", [Scale, Residual])
@pytest.mark.parametrize("place", ["first", "middle"])
def test_every_parameter_of_an_own_layer_is_trained_wherever_it_stands(make, place):
    x, y = points()
    dense = [Dense(2, 3, rng())] if place == "first" else [Dense(2, 2, rng()), Dense(2, 3, rng())]
    layers = [make(2), *dense] if place == "first" else [dense[0], make(2), dense[1]]
    model = compiled(*layers)
    before = numbers_of(model)
    model.fit(x, y, epochs=3, batch_size=10, rng=rng(), verbose=0)
    after = model.state_dict()
    assert len(after) > len(dense) * 2
    for name in after:
        assert (after[name] != before[name]).any(), name


def test_names_of_inner_arrays_are_paths():
    layer = Residual(2)
    assert list(layer.state_dict()) == [
        "norm.gamma",
        "norm.beta",
        "norm.running_mean",
        "norm.running_var",
        "hidden.0.weight",
        "hidden.0.bias",
        "more.scale.0.gain",
    ]
    (dense, _), norm = layer.hidden, layer.norm
    gain = layer.more["scale"][0].gain
    assert layer.parameters() == [norm.gamma, norm.beta, dense.weight, dense.bias, gain]


def test_penalties_of_inner_layers_count():
    layer = Residual(2, L2(0.5))
    assert layer.penalty() == layer.hidden[0].penalty() > 0
    assert type(Residual(2).penalty()) is float


def test_a_model_inside_a_layer_is_found():
    class Wrapped(Layer):
        def __init__(self):
            self.network = Model([Dense(2, 4, rng()), ReLU(), Dense(4, 2, rng(1))])

        def forward(self, x, training=False, out=None):
            return self.network.forward(x, training)

        def backward(self, grad, out=None):
            self.network.backward(grad)

    x, y = points()
    model = compiled(Wrapped(), Dense(2, 3, rng()))
    assert len(model.parameters()) == 6
    before = numbers_of(model)
    model.fit(x, y, verbose=0)
    assert all((a != before[n]).any() for n, a in model.state_dict().items())


@pytest.mark.parametrize("training", [False, True])
def test_gradients_of_own_layers_are_checked(training):
    x = batch((6, 3))
    errors = check_layer(Residual(3, L2(0.1)), x, training)
    assert list(errors) == [
        "input", "norm.gamma", "norm.beta", "hidden.0.weight", "hidden.0.bias", "more.scale.0.gain"
    ]  # fmt: skip
    assert max(errors.values()) < 1e-6
    model = Model([Residual(3), Dense(3, 3, rng())])
    errors = check_model(model, SoftmaxCrossEntropy(), x, rng().integers(0, 3, 6), training)
    assert len(errors) == 7
    assert max(errors.values()) < 1e-6


def test_the_checker_looks_at_the_gradients_in_first_place_too():
    class Forgetful(Scale):
        def backward_parameters(self, grad):
            self.gain.grad = 0 * self.gain.value

    errors = check_layer(Forgetful(3), batch((4, 3)))
    assert errors["input"] < 1e-6
    assert errors["gain"] > 0.9


def test_weights_of_inner_layers_are_saved_and_restored(tmp_path):
    x, y = points()
    model = compiled(Residual(2), Dense(2, 3, rng()))
    model.fit(x, y, epochs=2, verbose=0)
    kept = numbers_of(model)
    model.save_weights(tmp_path / "w.npz")
    other = compiled(Residual(2), Dense(2, 3, rng(8)))
    other.load_weights(tmp_path / "w.npz")
    assert_same_numbers(other.state_dict(), kept)
    np.testing.assert_array_equal(other.predict(x), model.predict(x))
    with pytest.raises(ValueError, match="another network"):
        compiled(Scale(2), Dense(2, 3, rng())).load_weights(tmp_path / "w.npz")

    stopping = EarlyStopping(1, monitor="loss")
    model.compile(SGD(model.parameters(), lr=1e3), model.loss)
    with np.errstate(all="ignore"):
        model.fit(x, y, epochs=9, batch_size=30, verbose=0, callbacks=[stopping])
    assert stopping.best_epoch == 1
    assert np.isfinite(model.predict(x)).all()


class Hidden(Scale):
    """Keeps a parameter where nobody finds it, and names it."""

    def __init__(self, features):
        super().__init__(features)
        secret = Parameter(np.ones(features))
        self.secret = lambda: secret

    def parameters(self):
        return [*super().parameters(), self.secret()]


class HalfSaved(Scale):
    def __init__(self, features):
        super().__init__(features)
        self.other = Parameter(np.ones(features))

    def state_dict(self):
        return {"gain": self.gain.value}


@pytest.mark.parametrize("make", [Hidden, HalfSaved])
def test_a_parameter_that_would_not_be_saved_is_refused(make):
    with pytest.raises(ValueError, match=r"trains a parameter of shape \(2,\) that .* state_dict"):
        Model([make(2)])


def test_a_layer_may_freeze_a_parameter():
    class Frozen(Scale):
        def parameters(self):
            return []

    x, y = points()
    model = compiled(Frozen(2), Dense(2, 3, rng()))
    model.fit(x, y, epochs=2, verbose=0)
    assert (model.layers[0].gain.value == 1).all()
    assert "0.gain" in model.state_dict()


def test_an_inner_layer_in_two_places_is_refused():
    activation = ReLU()
    first, second = Residual(2), Residual(2)
    first.hidden.append(activation)
    second.hidden.append(activation)
    with pytest.raises(ValueError, match=r"ReLU\(\) is in this model already"):
        Model([first, second])


def test_a_parameter_in_two_places_is_refused():
    tied, other, inner = Scale(2), Scale(2), Residual(2)
    other.gain = inner.more["scale"][0].gain = tied.gain
    for second in (other, inner):
        with pytest.raises(ValueError, match=r"a parameter of .* is in this model already"):
            Model([tied, second])
    model = Model([tied, Scale(2)])
    model.layers[1].gain = tied.gain
    unique = SGD([tied.gain], lr=0.1)
    with pytest.raises(ValueError, match="is in this model already"):
        model.compile(unique, SoftmaxCrossEntropy())
    with pytest.raises(ValueError, match="in the list twice"):
        SGD(model.parameters(), lr=0.1)


@pytest.mark.parametrize(
    "parts",
    [
        {1: Parameter(np.ones(2)), "1": Parameter(np.ones(3))},
        {"a.b": Parameter(np.ones(2)), "a": {"b": Parameter(np.ones(3))}},
    ],
    ids=["keys", "path"],
)
def test_two_parts_of_one_name_are_refused(parts):
    layer = Scale(2)
    layer.parts = parts
    with pytest.raises(ValueError, match=r"would both be saved as 'parts\.(1|a\.b)'"):
        Model([layer])


class Anything:
    def __init__(self, part):
        self.part = part


Elsewhere = type("Elsewhere", (), {"__module__": "ipykernel.iostream"})


class Slot:
    __slots__ = ("part",)

    def __init__(self, part):
        self.part = part


HIDING_PLACES = {
    "object": Anything,
    "object in an object": lambda part: Anything(Anything(part)),
    "list of objects": lambda part: [Anything(3), Anything(part)],
    "object between arrays": lambda part: [np.ones(2), Anything(part), np.ones(2)],
    "slot": Slot,
    "set": lambda part: {part},
    "frozenset": lambda part: frozenset([part]),
    "deque": lambda part: deque([part]),
    "array of objects": lambda part: np.array([None, part], dtype=object),
    "partial": lambda part: partial(print, part),
    "read-only dict": lambda part: MappingProxyType({"part": part}),
}


@pytest.mark.parametrize("hide", HIDING_PLACES.values(), ids=HIDING_PLACES.keys())
@pytest.mark.parametrize("part", [Parameter(np.ones(2)), ReLU()], ids=["parameter", "layer"])
@pytest.mark.parametrize("place", ["outer", "inner"])
def test_a_part_where_no_layer_looks_is_refused(hide, part, place):
    layer = Residual(2)
    (layer if place == "outer" else layer.hidden[1]).hidden_part = hide(part)
    with pytest.raises(ValueError, match=r"hidden_part of .* neither trained nor saved"):
        Model([layer])


def test_a_class_of_the_notebook_is_looked_into_on_a_layer_of_the_package():
    layer = Dense(2, 3, rng())
    layer.box = type("Box", (), {"__module__": "__main__"})()
    layer.box.part = Parameter(np.ones(2))
    with pytest.raises(ValueError, match=r"box of .* neither trained nor saved"):
        Model([layer])


def test_another_layer_of_the_model_may_be_kept_anywhere():
    model = Model([Scale(2), Scale(2)])
    model.layers[1].first = Anything(model.layers[0])
    model.compile(SGD(model.parameters(), lr=0.1), SoftmaxCrossEntropy())
    assert len(model.optimizer.parameters) == 2


def test_a_parameter_of_the_class_is_refused():
    class Shared(Scale):
        common = Parameter(np.ones(2))

    with pytest.raises(ValueError, match=r"common of .* neither trained nor saved"):
        Model([Shared(2)])


@pytest.mark.parametrize("names", ["bias", ("_empty", "bias")])
def test_a_parameter_in_a_slot_of_the_layer_is_refused(names):
    class Slotted(Scale):
        __slots__ = names

        def __init__(self, features):
            super().__init__(features)
            self.bias = Parameter(np.zeros(features))

    with pytest.raises(ValueError, match=r"bias of .* neither trained nor saved"):
        Model([Slotted(2)])


def test_a_parameter_has_an_array_of_its_own():
    start = np.ones((3, 2))
    first, second = Scale(2), Scale(2)
    first.gain, second.gain = Parameter(start[0]), Parameter(start[0])
    model = Model([first, second])
    model.load_state_dict({"0.gain": np.zeros(2), "1.gain": np.full(2, 5.0)})
    assert [layer.gain.value.tolist() for layer in (first, second)] == [[0, 0], [5, 5]]
    assert (start == 1).all()


def test_an_object_without_parameters_is_an_attribute_like_any_other():
    layer = Scale(2)
    layer.setting, layer.function, layer.names = Anything(3), compiled, {"a", "b"}
    layer.module, layer.numbers = np, (i for i in range(3))
    layer.circle = Anything(Anything(None))
    layer.circle.part.part = layer.circle
    layer.teacher = Dense(2, 3, rng()).forward
    layer.file = Elsewhere()
    layer.file.everything = [Parameter(np.ones(2))]
    layer.words = dict.fromkeys(map(str, range(1000)), 1.0)
    x, y = points()
    compiled(layer, Dense(2, 3, rng())).fit(x, y, verbose=0)
    assert (layer.gain.value != 1).all()


def test_a_buffer_that_is_made_anew_each_time_is_refused():
    class Counting(Scale):
        seen = 0

        def state_dict(self):
            return super().state_dict() | {"seen": np.array(float(self.seen))}

    with pytest.raises(ValueError, match="makes a new array for 'seen' each time"):
        Model([Counting(2)])


class Sometimes(Layer):
    """Adds what an inner layer makes of the input, in every other batch."""

    def __init__(self):
        self.inner = Scale(2)
        self.count = 0

    def forward(self, x, training=False, out=None):
        self.count += training
        self.on = self.count % 2 == 1
        return x + self.inner.forward(x) if self.on else x

    def backward(self, grad, out=None):
        return grad + self.inner.backward(grad) if self.on else grad


class Adding(Scale):
    """Adds to its gradient instead of overwriting it."""

    def backward(self, grad, out=None):
        self.gain.grad += (grad * self._x).sum(axis=0)
        return grad * self.gain.value


def test_a_gradient_is_never_used_in_a_second_step():
    """What a layer leaves alone counts as 0, and what it adds to begins at 0."""
    x, y = points()
    moved = []
    layer = Sometimes()
    model = Model([layer, Dense(2, 3, rng())])
    model.compile(SGD(model.parameters(), 0.1), SoftmaxCrossEntropy())
    look = Do(on_batch_end=lambda model: moved.append(layer.inner.gain.value.copy()))
    model.fit(x, y, epochs=1, batch_size=5, rng=rng(), verbose=0, callbacks=[look])
    changed = [bool((a != b).any()) for a, b in itertools.pairwise(moved)]
    assert changed == [False, True, False, True, False]

    finals = []
    for make in (Scale, Adding):
        model = Model([make(2), Dense(2, 3, rng())])
        model.compile(SGD(model.parameters(), 0.1), SoftmaxCrossEntropy())
        model.fit(x, y, epochs=2, batch_size=5, rng=rng(), verbose=0)
        finals.append(numbers_of(model))
        loss = model.loss
        for _ in range(3):
            loss.forward(model.forward(x, training=True), y)
            model.backward(loss.backward())
            model.optimizer.step()
        finals.append(numbers_of(model))
    assert_same_numbers(finals[0], finals[2])
    assert_same_numbers(finals[1], finals[3])


@pytest.mark.parametrize("make", [Sometimes, lambda: Adding(2)], ids=["leaves alone", "adds"])
def test_the_check_of_a_layer_finds_a_gradient_that_is_not_overwritten(make):
    layer = make()
    errors = check_layer(layer, batch((3, 2)), training=False)
    assert errors.pop("input") < 1e-6
    assert list(errors.values()) == [np.inf]
    assert (layer.parameters()[0].grad == 0).all()


def test_a_layer_that_holds_itself_is_refused():
    layer = Residual(2)
    layer.hidden.append(layer)
    with pytest.raises(ValueError, match="a Residual holds itself"):
        Model([layer])
    inner = Scale(2)
    inner.model = Model()
    inner.model.layers.append(inner)
    with pytest.raises(ValueError, match="a Scale holds itself"):
        Model([inner])


class Clipping(Dense):
    """Overrides one of two methods that belong together."""

    def backward(self, grad, out=None):
        dx = super().backward(grad, out)
        self.weight.grad = np.clip(self.weight.grad, -1e-9, 1e-9)
        return dx


class ClippingRight(Dense):
    """Overrides the one that `backward` of Dense calls, too."""

    def backward_parameters(self, grad):
        super().backward_parameters(grad)
        self.weight.grad = np.clip(self.weight.grad, -1e-9, 1e-9)


class Clips:
    """Does the same to the class that it is mixed into."""

    def backward(self, grad, out=None):
        dx = super().backward(grad, out)
        self.weight.grad = np.clip(self.weight.grad, -1e-9, 1e-9)
        return dx


class ClippingMixed(Clips, Dense):
    pass


def clipping_hook(*args):
    layer = Dense(*args)

    def backward(grad, out=None):
        dx = Dense.backward(layer, grad, out)
        layer.weight.grad = np.clip(layer.weight.grad, -1e-9, 1e-9)
        return dx

    layer.backward = backward
    return layer


@pytest.mark.parametrize("make", [Clipping, ClippingRight, ClippingMixed, clipping_hook])
@pytest.mark.parametrize("place", [0, 1])
def test_a_backward_of_ones_own_counts_in_every_place(make, place):
    x, y = points()
    layers = [make(2, 2, rng()), Dense(2, 3, rng())] if place == 0 else [make(2, 3, rng())]
    model = compiled(*([ReLU()] * place), *layers)
    before = numbers_of(model)
    model.compile(SGD(model.parameters(), 1.0), SoftmaxCrossEntropy())
    model.fit(x, y, verbose=0)
    name = f"{place}.weight"
    assert 0 < np.abs(model.state_dict()[name] - before[name]).max() < 1e-8
    model.backward(model.forward(x))
    assert 0 < np.abs(model.layers[place].weight.grad).max() < 1e-8


def test_a_forward_without_the_parameter_training_is_refused():
    class Forgetful(ReLU):
        def forward(self, x):
            return super().forward(x)

    with pytest.raises(TypeError, match=r"forward of Forgetful needs the parameter training"):
        Model([Forgetful()])

    class Generous(ReLU):
        def forward(self, x, **options):
            return super().forward(x, **options)

    assert Model([Generous()]).predict(np.array([[-1.0, 2.0]])).tolist() == [[0.0, 2.0]]


class Lazy(Layer):
    """Makes its parameters when it sees the first batch."""

    scale = None

    def forward(self, x, training=False, out=None):
        if self.scale is None:
            self.scale = Scale(x.shape[1])
        return self.scale.forward(x, training)

    def backward(self, grad, out=None):
        return self.scale.backward(grad)


def test_a_parameter_made_in_the_first_batch_is_noticed_in_that_batch():
    x, y = points()
    model = compiled(Lazy(), Dense(2, 3, rng()))
    with pytest.raises(ValueError, match="the model has 3"):
        model.fit(x, y, batch_size=10, verbose=0)
    assert model.optimizer.steps == 1
    model.compile(Adam(model.parameters()), SoftmaxCrossEntropy())
    model.fit(x, y, verbose=0)
    assert (model.layers[0].scale.gain.value != 1).all()


def test_a_parameter_that_is_replaced_during_training_is_noticed():
    def replace(model, *rest):
        model.layers[0].gain = Parameter(np.ones(2))

    x, y = points()
    for moment in ("on_batch_end", "on_epoch_end"):
        model = compiled(Scale(2), Dense(2, 3, rng()))
        with pytest.raises(ValueError, match="layers added or replaced later count"):
            model.fit(x, y, epochs=2, verbose=0, callbacks=[Do(**{moment: replace})])


class InPlace(Layer):
    """Works in its input's array, against the rules."""

    def forward(self, x, training=False, out=None):
        x *= 2
        return x

    def backward(self, grad, out=None):
        return 2 * grad


class OneRoom(Scale):
    """Writes every output into the same array."""

    room = np.empty((1000, 2))

    def forward(self, x, training=False, out=None):
        return np.multiply(super().forward(x), 1, out=self.room[: len(x)])


def test_an_output_that_is_overwritten_by_the_next_is_copied():
    x = batch((2500, 2))
    np.testing.assert_array_equal(Model([OneRoom(2)]).predict(x), x)


@pytest.mark.parametrize("method", ["predict", "evaluate"])
def test_a_layer_that_works_in_place_does_not_change_the_readers_data(method):
    model = compiled(InPlace(), Dense(2, 3, rng()))
    x, y = points()
    before = x.copy()
    with pytest.raises(ValueError, match="read-only"):
        getattr(model, method)(x, *[y] * (method == "evaluate"))
    np.testing.assert_array_equal(x, before)
    x *= 2  # The reader still may.


class OneColumn(SoftmaxCrossEntropy):
    def backward(self):
        return super().backward()[:, :1]


def test_a_gradient_of_the_loss_that_would_be_broadcast_is_refused():
    model = Model([Scale(2), Dense(2, 3, rng())])
    model.compile(SGD(model.parameters(), lr=0.1), OneColumn())
    before = numbers_of(model)
    message = r"backward of OneColumn .* shape \(30, 3\)\. Received: shape \(30, 1\)"
    with pytest.raises(ValueError, match=message):
        model.fit(*points(), verbose=0)
    assert_same_numbers(numbers_of(model), before)


class SignsInPlace(SoftmaxCrossEntropy):
    """Turns the labels around where it finds them."""

    def forward(self, y_pred, y_true):
        value = super().forward(y_pred, y_true.copy())
        y_true[...] = 2 - y_true
        return value


def test_a_loss_of_ones_own_changes_no_labels_of_others():
    def share_of_twos(y_pred, y_true):
        return float(np.mean(y_true == 2))

    x, y = points()
    y[:7], y[7:] = 2, 1
    model = Model([Dense(2, 3, rng())])
    model.compile(SGD(model.parameters(), lr=0.1), SignsInPlace(), [share_of_twos])
    assert model.fit(x, y, verbose=0)["share_of_twos"] == [pytest.approx(7 / 30)]
    assert (y > 0).all()


def test_a_callback_may_keep_what_it_finds_in_a_loss():
    x, y = points()
    model = Model([Dense(2, 3, rng())])
    model.compile(SGD(model.parameters(), lr=0.1), SoftmaxCrossEntropy())
    labels = []
    note = Do(on_batch_end=lambda model: labels.append(model.loss._labels))
    model.fit(x, y, batch_size=10, verbose=0, callbacks=[note])
    assert np.concatenate(labels).sum() == y.sum()
    assert not any(np.shares_memory(a, b) for a, b in itertools.combinations(labels, 2))


class GradientInPredictions(SoftmaxCrossEntropy):
    """Makes the gradient in the array in which it keeps the probabilities."""

    def backward(self):
        grad = self.predictions
        grad[np.arange(len(grad)), self._labels] -= 1
        grad /= len(grad)
        return grad


def test_metrics_see_the_predictions_whatever_a_loss_makes_of_them():
    def share_of_rows_that_sum_to_one(y_pred, y_true):
        return float(np.mean(np.abs(y_pred.sum(axis=1) - 1) < 1e-9))

    x, y = points()
    model = Model([Dense(2, 3, rng())])
    metrics = [share_of_rows_that_sum_to_one]
    model.compile(SGD(model.parameters(), lr=0.1), GradientInPredictions(), metrics)
    assert model.fit(x, y, verbose=0)["share_of_rows_that_sum_to_one"] == [1]
