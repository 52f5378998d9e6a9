"""Files: what goes in comes out to the bit, and what is damaged or strange is refused."""

import inspect
import json
import os

import numpy as np
import pytest
from helpers_cases import (
    LAYER_CLASSES,
    LAYERS,
    LOSS_CLASSES,
    OPTIMIZER_CLASSES,
    OPTIMIZERS,
    REGULARIZER_CLASSES,
    REGULARIZERS,
    SCHEDULE_CLASSES,
    SCHEDULES,
    batch,
)
from helpers_files import rewrite
from helpers_models import assert_same_numbers, large, numbers_of, photos, points, rng, small

from shared.activations import ReLU, Softmax
from shared.descriptions import ARGUMENTS, CLASSES, Plan, describe
from shared.layers import BatchNorm, Dense, Dropout
from shared.losses import BinaryCrossEntropy, CategoricalCrossEntropy, SoftmaxCrossEntropy
from shared.metrics import accuracy
from shared.model import Model
from shared.optimizers import SGD, Adam
from shared.preprocessing import RandomShift, Rescaling
from shared.regularizers import L2
from shared.schedules import Cosine


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.npz"


def trained(epochs=2, **options):
    model = large(**options)
    x, y = photos()
    model.fit(x, y, epochs=epochs, batch_size=6, rng=rng(4), verbose=0)
    return model


# --- What goes in comes out ---------------------------------------------------------------------


def test_every_class_can_be_saved():
    everything = (
        LAYER_CLASSES | LOSS_CLASSES | OPTIMIZER_CLASSES | SCHEDULE_CLASSES | REGULARIZER_CLASSES
    )
    known = {name: cls for kind in CLASSES.values() for name, cls in kind.items()}
    assert set(known.values()) == everything
    assert all(name == cls.__name__ for name, cls in known.items())


def test_every_argument_is_known():
    """One that is missing from the table is taken for a number."""
    numbers = {"rate", "momentum", "eps", "scale", "offset", "slope", "strength", "rho", "decay"}
    numbers |= {"weight_decay", "factor", "every", "steps", "final"}
    not_saved = {"parameters", "initializer", "rng of Dense"}
    arguments = {
        "rng of Dense" if (cls, name) == (Dense, "rng") else name
        for kind in CLASSES.values()
        for cls in kind.values()
        for name in inspect.signature(cls).parameters
    }
    assert arguments - not_saved == ARGUMENTS.keys() | numbers


@pytest.mark.parametrize("name", LAYERS)
def test_the_arrays_of_a_layer_are_known_before_it_is_built(name):
    layer = LAYERS[name].make(np.float32)
    described = describe(Model([layer]), include_optimizer=False)
    arrays = {f"layers.0.{name}": a for name, a in layer.state_dict().items()}
    layout = {name: (a.shape, a.dtype) for name, a in arrays.items()}
    Plan(described).compare(layout)
    for missing in layout:
        with pytest.raises(ValueError, match=f"{missing} is .* Received: not there"):
            Plan(described).compare({n: entry for n, entry in layout.items() if n != missing})


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", LAYERS)
def test_layers(name, dtype, path):
    layer = LAYERS[name].make(dtype)
    x = batch(LAYERS[name].shape, dtype)
    layer.forward(x, training=True)
    Model([layer]).save(path)
    (again,) = Model.load(path).layers
    assert type(again) is type(layer)
    assert repr(again) == repr(layer)
    assert_same_numbers(again.state_dict(), layer.state_dict())
    assert again.penalty() == layer.penalty()
    for training in (False, True):
        np.testing.assert_array_equal(again.forward(x, training), layer.forward(x, training))
    assert again.config().keys() == layer.config().keys()


@pytest.mark.parametrize("cls", sorted(LOSS_CLASSES, key=lambda cls: cls.__name__))
def test_losses(cls, path):
    last = [Softmax()] if cls in (BinaryCrossEntropy, CategoricalCrossEntropy) else []
    model = Model([Dense(2, 3, rng()), *last])
    model.compile(SGD(model.parameters(), 0.1), cls())
    model.save(path)
    assert type(Model.load(path).loss) is cls


@pytest.mark.parametrize("schedule", [None, *SCHEDULES])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizers_and_schedules(name, schedule, path):
    x, y = points()
    model = small()
    lr = SCHEDULES[schedule] if schedule else 0.01
    model.compile(OPTIMIZERS[name](model.parameters(), lr), SoftmaxCrossEntropy(), [accuracy])
    model.fit(x, y, epochs=1, batch_size=10, rng=rng(), verbose=0)
    model.save(path)
    again = Model.load(path)
    assert type(again.optimizer) is type(model.optimizer)
    assert again.optimizer.steps == 3
    assert_same_numbers(again.optimizer.state, model.optimizer.state)
    for either in (again, model):
        either.fit(x, y, epochs=2, batch_size=10, verbose=0)
    assert_same_numbers(again.state_dict(), model.state_dict())
    assert again.optimizer.learning_rate() == model.optimizer.learning_rate()


@pytest.mark.parametrize("name", REGULARIZERS)
def test_regularizers(name, path):
    model = Model([Dense(2, 3, rng(), regularizer=REGULARIZERS[name])])
    model.save(path)
    assert Model.load(path).penalty() == model.penalty() > 0


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_whole_model(dtype, path):
    model = trained(dtype=dtype)
    model.save(path)
    again = Model.load(path, metrics=[accuracy])
    x, y = photos(50, seed=8)
    assert_same_numbers(again.state_dict(), model.state_dict())
    np.testing.assert_array_equal(again.predict(x), model.predict(x))
    np.testing.assert_array_equal(again.predict_proba(x), model.predict_proba(x))
    assert again.evaluate(x, y) == model.evaluate(x, y)
    assert [repr(layer) for layer in again.layers] == [repr(layer) for layer in model.layers]
    again.save(path)
    assert_same_numbers(Model.load(path).state_dict(), model.state_dict())


@pytest.mark.parametrize("shared", [True, False], ids=["one generator", "three generators"])
def test_training_goes_on_to_the_same_bits(shared, path):
    """Adam, a schedule, dropout, batch normalization, random images, shuffling; 3 + 3 epochs."""

    def build():
        generator = rng(1)
        model = large(generator)
        if not shared:
            model.layers[0].rng, model.layers[7].rng = rng(2), rng(3)
        return model, generator if shared else rng(5)

    x, y = photos()
    whole, generator = build()
    history = whole.fit(x, y, epochs=6, batch_size=6, rng=generator, verbose=0)
    half, generator = build()
    half.fit(x, y, epochs=3, batch_size=6, rng=generator, verbose=0)
    half.save(path)
    del half
    resumed = Model.load(path, metrics=[accuracy])
    rest = resumed.fit(x, y, epochs=3, batch_size=6, verbose=0)

    assert rest == {name: values[3:] for name, values in history.items()}
    assert_same_numbers(resumed.state_dict(), whole.state_dict())
    assert_same_numbers(resumed.optimizer.state, whole.optimizer.state)
    assert resumed.optimizer.steps == whole.optimizer.steps == 24
    assert resumed.rng.bit_generator.state == whole.rng.bit_generator.state
    generators = [layer.rng for layer in resumed.layers if hasattr(layer, "rng")] + [resumed.rng]
    assert len({id(generator) for generator in generators}) == (1 if shared else 4)


def test_saving_and_loading_draw_no_random_number(path):
    model = trained()
    state = model.rng.bit_generator.state
    model.save(path)
    Model.load(path)
    assert model.rng.bit_generator.state == state


def test_two_generators_on_one_source_of_bits(path):
    """Each draws from where the other stopped; so they do after loading."""

    def build():
        bits = np.random.PCG64(5)
        first, second = np.random.Generator(bits), np.random.Generator(bits)
        model = Model([Dense(2, 8, rng()), Dropout(0.5, first), Dense(8, 3, rng(1))])
        model.compile(SGD(model.parameters(), 0.1), SoftmaxCrossEntropy())
        return model, second

    x, y = points()
    whole, generator = build()
    whole.fit(x, y, epochs=4, batch_size=7, rng=generator, verbose=0)
    half, generator = build()
    half.fit(x, y, epochs=2, batch_size=7, rng=generator, verbose=0)
    half.save(path)
    resumed = Model.load(path)
    resumed.fit(x, y, epochs=2, batch_size=7, verbose=0)
    assert_same_numbers(resumed.state_dict(), whole.state_dict())


def test_generators_of_the_other_permuted_kind(path):
    generator = np.random.Generator(np.random.PCG64DXSM(3))
    generator.standard_normal(3, dtype=np.float32)  # leaves half a number behind, in the state
    Model([Dropout(0.5, generator)]).save(path)
    again = Model.load(path).layers[0].rng
    assert again.bit_generator.state == generator.bit_generator.state
    np.testing.assert_array_equal(again.random(5), generator.random(5))


def test_a_model_that_was_not_compiled(path):
    model = Model([Dense(2, 3, rng()), ReLU()])
    model.save(path)
    again = Model.load(path)
    assert (again.loss, again.optimizer, again.rng, again.metrics) == (None, None, None, ())
    np.testing.assert_array_equal(again.predict(batch((4, 2))), model.predict(batch((4, 2))))


def test_without_the_optimizer(path):
    model = trained()
    model.save(path)
    size = path.stat().st_size
    model.save(path, include_optimizer=False)
    assert path.stat().st_size < size
    with np.load(path) as archive:
        assert not [name for name in archive.files if name.startswith("optimizer.")]
    again = Model.load(path)
    x, y = photos()
    assert again.optimizer is None
    np.testing.assert_array_equal(again.predict_proba(x), model.predict_proba(x))
    with pytest.raises(RuntimeError, match="fit needs a loss and an optimizer"):
        again.fit(x, y, verbose=0)


def test_hyperparameters_in_numpy_numbers(path):
    i, f = np.int64, np.float32
    parts = [RandomShift(i(1), rng()), Rescaling(f(0.5), dtype="float64"), Dense(i(2), i(3), rng())]
    parts += [BatchNorm(i(3), f(0.5)), Dropout(f(0.25), rng())]
    model = Model([*parts, Dense(3, 2, rng(), regularizer=L2(f(0.5)))])
    model.compile(
        Adam(model.parameters(), Cosine(f(0.1), i(5)), (f(0.5), f(0.75))), SoftmaxCrossEntropy()
    )
    model.save(path)
    again = Model.load(path)
    assert again.optimizer.config()["betas"] == [0.5, 0.75]
    assert again.optimizer.learning_rate() == model.optimizer.learning_rate()
    for ours, theirs in zip(model.layers[:-1], again.layers[:-1], strict=True):
        assert ours.config() == theirs.config()


def test_weights_alone(path):
    source, target = trained(), large(rng(77))
    source.save_weights(path)
    optimizer = target.optimizer
    target.load_weights(path)
    assert_same_numbers(target.state_dict(), source.state_dict())
    assert "5.running_var" in source.state_dict()
    assert target.optimizer is optimizer
    x, y = photos()
    np.testing.assert_array_equal(target.predict(x), source.predict(x))
    target.fit(x, y, epochs=1, verbose=0)  # the optimizer still holds the arrays
    assert (target.layers[4].weight.value != source.layers[4].weight.value).any()


def test_weights_out_of_a_whole_model(path):
    source, target = trained(), large(rng(77))
    source.save(path)
    target.load_weights(path)
    assert_same_numbers(target.state_dict(), source.state_dict())


def test_a_layer_of_your_own_can_save_its_weights(path):
    class Wide(Dense):
        pass

    model = Model([Wide(2, 3, rng())])
    model.save_weights(path)
    other = Model([Wide(2, 3, rng(1))])
    other.load_weights(path)
    assert_same_numbers(other.state_dict(), model.state_dict())


@pytest.mark.parametrize("name", ["model", "my model.v2.npz", "Modell ü"])
def test_the_name_is_taken_as_it_is(name, tmp_path):
    for path in (tmp_path / name, str(tmp_path / name)):
        small().save(path)
        assert os.listdir(tmp_path) == [name]
        assert Model.load(path).layers


def test_what_is_in_a_file(path):
    """The format: later versions of the package have to go on reading it."""
    model = Model([Dense(2, 3, rng(), regularizer=L2(0.5)), Dropout(0.25, rng(1))])
    model.compile(SGD(model.parameters(), 0.1, momentum=0.9), SoftmaxCrossEntropy())
    model.save(path)
    with np.load(path, allow_pickle=False) as archive:
        names = sorted(archive.files)
        description = json.loads(str(archive["description"]))
    assert names == ["description", "layers.0.bias", "layers.0.weight", "optimizer.velocity"]
    (generator,) = description.pop("generators")
    assert generator["bit_generator"] == "PCG64"
    assert description == {
        "format": "neural-network-from-scratch",
        "version": 1,
        "kind": "model",
        "layers": [
            {
                "class": "Dense",
                "arguments": {
                    "in_features": 2,
                    "out_features": 3,
                    "regularizer": {"class": "L2", "arguments": {"strength": 0.5}},
                    "dtype": "float64",
                },
            },
            {"class": "Dropout", "arguments": {"rate": 0.25, "rng": {"generator": 0}}},
        ],
        "loss": {"class": "SoftmaxCrossEntropy", "arguments": {}},
        "optimizer": {
            "class": "SGD",
            "arguments": {"lr": 0.1, "momentum": 0.9, "nesterov": False},
        },
        "steps": 0,
        "rng": None,
    }


# --- What can't be saved ------------------------------------------------------------------------


class Custom(ReLU):
    pass


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda m: m.add(Custom()), "Received: Custom"),
        (lambda m: m.add(type("ReLU", (ReLU,), {})()), "Received: ReLU"),
        (lambda m: m.compile(SGD(m.parameters(), lambda t: 0.1), m.loss), "Received: function"),
        (
            lambda m: setattr(m, "rng", np.random.Generator(np.random.MT19937(1))),
            "Received: MT19937",
        ),
        (lambda m: setattr(m, "rng", 42), "rng must be a random generator. Received: 42"),
        (lambda m: setattr(m.optimizer, "steps", -1), "whole number of steps.*steps -1"),
        (lambda m: setattr(m.optimizer, "eps", np.nan), "eps must be a finite number"),
        (lambda m: m.layers.pop(), "optimizer must be built on .* 2 of them .* the model has 2"),
        (lambda m: m.layers.append(Dense(3, 3, rng())), "4 of them this model's; .* has 6"),
        (lambda m: m.optimizer.state.pop("grad_sum"), "Received: not there"),
        (lambda m: setattr(m.layers[1], "backward", len), "^backward of ReLU has been replaced"),
        (lambda m: setattr(m.loss, "backward", len), "^backward of SoftmaxCross.* been replaced"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_strangers_are_refused_before_anything_is_written(spoil, said, path):
    model = small()
    spoil(model)
    with pytest.raises(ValueError, match=said):
        model.save(path)
    assert not list(path.parent.iterdir())


# --- Descriptions of what is not a model ---------------------------------------------------------


def layer(**changes):
    return lambda d, a: d["layers"][0].update(changes)


def setting(**changes):
    return lambda d, a: d["optimizer"]["arguments"].update(changes)


def argument(**changes):
    return lambda d, a: d["layers"][0]["arguments"].update(changes)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (layer(**{"class": "os.system"}), "this package has no layer 'os.system'"),
        (layer(**{"class": "Model"}), "this package has no layer 'Model'"),
        (layer(**{"class": "__class__"}), "this package has no layer"),
        (layer(**{"class": ["Dense"]}), "this package has no layer"),
        (layer(**{"class": None}), "this package has no layer None"),
        (layer(**{"class": "Adam", "arguments": {}}), "this package has no layer 'Adam'"),
        (layer(**{"class": "L2", "arguments": {"strength": 1}}), "this package has no layer 'L2'"),
        (layer(arguments=None), "layer 0 is not described by a class and its arguments"),
        (lambda d, a: d["layers"][0].pop("arguments"), "a class and its arguments"),
        (lambda d, a: d["layers"][0].pop("class"), "this package has no layer None"),
        (argument(out_features=4), r"layers.0.bias is \(4,\) float64. Received: \(8,\) float64"),
        (lambda d, a: d["layers"][0]["arguments"].pop("out_features"), "argument: 'out_features'"),
        (argument(out_features=-1), "layer 0, Dense: out_features must be a whole number, 0 or"),
        (argument(out_features="8"), "out_features must be a whole number"),
        (argument(out_features=8.0), "out_features must be a whole number"),
        (argument(out_features=True), "out_features must be a whole number"),
        (argument(out_features=10**15), "layers.0.bias is \\(1000000000000000,\\)"),
        (argument(out_features=10**400), "out_features must be a whole number"),
        (argument(dtype="float32"), "float64"),
        (argument(dtype="object"), "dtype must be 'float32' or 'float64'. Received: 'object'"),
        (argument(dtype=["float32"]), "dtype must be"),
        (argument(initializer="he_normal"), "initializer"),
        (argument(color=1), "color"),
        (argument(rng={"generator": 0}), "rng"),
        (argument(regularizer={"class": "Bomb", "arguments": {}}), "has no regularizer 'Bomb'"),
        (argument(regularizer={"class": "L2", "arguments": {"strength": -1}}), "strength"),
        (argument(regularizer={"class": "L2", "arguments": {"strength": "x"}}), "must be a finite"),
        (argument(regularizer=5), "regularizer must be a regularizer or null. Received: 5"),
        (argument(regularizer={"class": "Cosine", "arguments": {}}), "no regularizer 'Cosine'"),
        (lambda d, a: d.pop("layers"), "layers"),
        (lambda d, a: d.update(layers=3), "layers must be a list. Received: 3"),
        (lambda d, a: d.update(layers={}), "layers must be a list"),
        (lambda d, a: d.update(layers=[3]), "layer 0 is not described by a class"),
        (lambda d, a: d["layers"].pop(), "layers.2.bias is not there"),
        (lambda d, a: d.pop("loss"), "loss"),
        (lambda d, a: d.update(loss={"class": "Loss", "arguments": {}}), "has no loss 'Loss'"),
        (lambda d, a: d.pop("optimizer"), "optimizer"),
        (lambda d, a: d.update(loss=5), "the loss is not described by a class"),
        (lambda d, a: d.update(loss=None), "an optimizer needs a loss"),
        (lambda d, a: d["optimizer"].update({"class": "SGD"}), "the optimizer, SGD: .*betas"),
        (lambda d, a: d["optimizer"].update({"class": "ReLU"}), "package has no optimizer 'ReLU'"),
        (setting(betas=3), "the optimizer, Adam: betas must be two finite numbers. Received: 3"),
        (setting(betas=[0.9]), "betas must be two finite numbers"),
        (setting(betas=[0.9, "x"]), "betas must be two finite numbers"),
        (setting(eps=None), "eps must be a finite number. Received: None"),
        (setting(eps=float("nan")), "eps must be a finite number. Received: nan"),
        (setting(eps=10**400), "eps must be a finite number"),
        (setting(eps=True), "eps must be a finite number. Received: True"),
        (setting(lr="0.1"), "lr must be a finite number or a schedule. Received: '0.1'"),
        (setting(lr={"class": "L2", "arguments": {"strength": 1}}), "lr: this package has no"),
        (setting(lr={"class": "Cosine", "arguments": {"lr": 1}}), "lr, Cosine: .*'steps'"),
        (setting(lr={"class": "WarmUp", "arguments": {"schedule": 5, "steps": 2}}), "schedule"),
        (setting(parameters=[]), "parameters"),
        (lambda d, a: d.pop("steps"), "steps"),
        (lambda d, a: d.update(steps="many"), "many"),
        (lambda d, a: d.update(steps=None), "whole number of steps.*steps None"),
        (lambda d, a: d.update(steps=-5), "whole number of steps.*steps -5"),
        (lambda d, a: d.update(steps=2.0), "whole number of steps.*steps 2.0"),
        (lambda d, a: d.update(rng="x"), "rng must be a random generator. Received: 'x'"),
        (lambda d, a: d.update(rng={"generator": 7}), "rng must be a random generator"),
        (lambda d, a: d.update(rng={"generator": -1}), "rng must be a random generator"),
        (lambda d, a: d.update(rng={"generator": "x"}), "rng must be a random generator"),
        (lambda d, a: d.update(color="red"), "model files hold nothing of the name 'color'"),
        (lambda d, a: d["generators"][0].update(bit_generator="MT19937"), "name 'MT19937'"),
        (lambda d, a: d["generators"][0].update(bit_generator="eval"), "of the name 'eval'"),
        (lambda d, a: d.update(generators=[5]), "no random generator of the name 5"),
        (lambda d, a: d["generators"][0].update(state={}), "state of a random"),
        (lambda d, a: d["generators"][0]["state"].update(state="x"), "state of a random"),
        (lambda d, a: d["generators"][0]["state"].update(inc=1 << 300), "state of a random"),
        (lambda d, a: d["generators"][0]["state"].update(state=0, inc=0), "state of a random"),
        (lambda d, a: d["generators"][0].update(has_uint32=1.0), "state of a random"),
        (lambda d, a: d["generators"][0].update(has_uint32=True), "state of a random"),
        (lambda d, a: d["generators"][0].update(more=1), "state of a random"),
        (lambda d, a: d.update(generators=None), "generators must be a list"),
        (lambda d, a: a.pop("layers.0.weight"), "0.weight"),
        (lambda d, a: a.update({"layers.9.weight": np.ones(2)}), "9.weight"),
        (lambda d, a: a.update({"layers.0.weight": np.ones((8, 2))}), r"\(8, 2\)"),
        (lambda d, a: a.update({"layers.0.weight": np.ones((2, 8), "f4")}), "float32"),
        (lambda d, a: a.update({"layers.0.weight": np.ones((2, 8), "i8")}), "int64"),
        (lambda d, a: a.pop("optimizer.grad_sum"), "optimizer."),
        (lambda d, a: a.update({"optimizer.grad_sum": np.ones(3)}), "optimizer."),
        (lambda d, a: a.update({"optimizer.extra": np.ones(3)}), "optimizer.extra is not there"),
        (lambda d, a: a.update({"more": np.ones(3)}), "files hold nothing of the name 'more'"),
    ],
)
def test_descriptions_and_arrays_that_do_not_belong_together(change, said, path):
    model = small()
    x, y = points()
    model.fit(x, y, rng=rng(), verbose=0)
    rewrite(path, change, model)
    with pytest.raises(ValueError, match=said) as error:
        Model.load(path)
    assert str(path) in str(error.value)
    assert "Take another copy of the file, or save the model again" in str(error.value)
    # Found by a check, not by tripping over it.
    assert type(error.value.__cause__) is ValueError


def test_schedules_nested_without_end(path):
    nested = 1_500 * '{"class": "WarmUp", "arguments": {"steps": 1, "schedule": '
    nested += "1" + 1_500 * "}}"
    rewrite(path, setting(lr="here"), text=lambda text: text.replace('"here"', nested))
    with pytest.raises(ValueError, match="maximum recursion depth"):
        Model.load(path)


def test_weights_without_an_architecture(path):
    small().save_weights(path)
    with pytest.raises(ValueError, match=r"without an architecture.*model.load_weights") as error:
        Model.load(path)
    assert str(path) in str(error.value)


def test_weights_of_another_network(path):
    trained().save_weights(path)
    model = small()
    kept = numbers_of(model)
    with pytest.raises(ValueError, match="those of another network") as error:
        model.load_weights(path)
    assert str(path) in str(error.value)
    assert_same_numbers(model.state_dict(), kept)


def test_a_class_that_makes_layers_of_its_own_can_not_be_filled(tmp_path):
    class Net(Model):
        def __init__(self):
            super().__init__([Rescaling(0.5)])

    path = tmp_path / "net.npz"
    Net().save(path)
    with pytest.raises(TypeError, match=r"Net makes layers of its own\. Use Model\.load"):
        Net.load(path)
    assert len(Model.load(path).layers) == 1
