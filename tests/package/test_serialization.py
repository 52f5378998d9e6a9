"""Files: what goes in comes out to the bit, and what is damaged or strange is refused."""

import json
import os
import pickle
import re
import stat
import zipfile

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
from helpers_models import assert_same_numbers, large, numbers_of, photos, points, rng, small

from shared import serialization
from shared.activations import ReLU
from shared.layers import BatchNorm, Dense, Dropout
from shared.losses import SoftmaxCrossEntropy
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
    assert set(serialization.CLASSES.values()) == everything
    assert all(name == cls.__name__ for name, cls in serialization.CLASSES.items())


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
    model = small()
    model.compile(model.optimizer, cls())
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
    ],
    ids=["subclass", "namesake", "function as schedule", "generator"],
)
def test_strangers_are_refused_before_anything_is_written(spoil, said, path):
    model = small()
    spoil(model)
    with pytest.raises(ValueError, match=said):
        model.save(path)
    assert not list(path.parent.iterdir())


# --- Saving is all or nothing -------------------------------------------------------------------


def disk_full(file, **arrays):
    file.write(b"PK half of a file")
    raise OSError(28, "No space left on device")


def fail(error):
    def function(*arguments, **options):
        raise error

    return function


@pytest.mark.parametrize("existing", [True, False], ids=["over an old file", "new file"])
@pytest.mark.parametrize(
    ("where", "name", "function", "error"),
    [
        (np, "savez", disk_full, OSError),
        (np, "savez", fail(KeyboardInterrupt()), KeyboardInterrupt),
        (os, "fsync", fail(OSError(5, "Input/output error")), OSError),
        (os, "replace", fail(PermissionError(13, "in use")), PermissionError),
    ],
    ids=["disk full", "interrupt", "fsync", "replace"],
)
@pytest.mark.parametrize("save", ["save", "save_weights"])
def test_a_failure_leaves_the_old_file_and_nothing_else(
    save, where, name, function, error, existing, path, monkeypatch
):
    if existing:
        getattr(small(seed=1), save)(path)
        before = path.read_bytes()
    monkeypatch.setattr(where, name, function)
    with pytest.raises(error):
        getattr(small(seed=2), save)(path)
    assert list(path.parent.iterdir()) == ([path] if existing else [])
    if existing:
        assert path.read_bytes() == before


def test_the_file_is_whole_before_it_takes_its_place(path, monkeypatch):
    order = []
    fsync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda handle: (order.append("fsync"), fsync(handle)))

    def watched(source, target):
        order.append("replace")
        assert Model.load(source).layers
        assert os.path.dirname(source) == os.path.dirname(target)  # else it would be a copy
        replace(source, target)

    monkeypatch.setattr(os, "replace", watched)
    small().save(path)
    assert order == ["fsync", "replace"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has other permissions")
@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o002, 0o664), (0o077, 0o600)])
def test_a_file_is_as_readable_as_any_other(umask, mode, path):
    before = os.umask(umask)
    try:
        small().save(path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == mode


def test_no_such_folder(tmp_path):
    path = tmp_path / "nowhere" / "model.npz"
    with pytest.raises(FileNotFoundError, match=f"no folder {re.escape(str(path.parent))}"):
        small().save(path)


def test_a_folder_in_the_way(tmp_path):
    path = tmp_path / "model.npz"
    path.mkdir()
    with pytest.raises(OSError):
        small().save(path)
    assert list(tmp_path.iterdir()) == [path]


# --- Damaged and strange files ------------------------------------------------------------------


def refused(path, said=None):
    """Both ways of reading refuse the file with its name, and change nothing."""
    model = small()
    kept = numbers_of(model)
    for read in (Model.load, model.load_weights):
        with pytest.raises(ValueError, match=said) as error:
            read(path)
        assert str(path) in str(error.value)
    assert_same_numbers(model.state_dict(), kept)


def rewrite(path, change, model=None):
    """Save a model, and let ``change`` do something to the description and arrays in the file."""
    (model or small()).save(path)
    with np.load(path) as archive:
        arrays = dict(archive)
    description = json.loads(str(arrays.pop("description")))
    change(description, arrays)
    with open(path, "wb") as file:
        np.savez(file, description=np.array(json.dumps(description)), **arrays)


@pytest.mark.parametrize("read", [Model.load, small().load_weights])
def test_no_such_file(read, path):
    with pytest.raises(FileNotFoundError, match=f"no file {re.escape(str(path))}"):
        read(path)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"P",
        b"PK\x03\x04",
        b"PK\x05\x06" + 18 * b"\0",
        b"not a model at all\n" * 50,
        b"\x93NUMPY",
        pickle.dumps({"format": "neural-network-from-scratch", "version": 1}),
    ],
    ids=["empty", "one byte", "zip magic", "empty zip", "text", "npy magic", "pickle"],
)
def test_files_of_another_kind(content, path):
    path.write_bytes(content)
    refused(path, "is not a model file, or is damaged")


def test_a_single_array(path):
    with open(path, "wb") as file:
        np.save(file, np.ones(3))
    refused(path, "is not a model file, or is damaged")


def test_an_archive_of_something_else(path):
    np.savez(path, weight=np.ones(3))
    refused(path, "is not a model file")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("description.npy", "no array")
        archive.writestr("readme.txt", "hello")
    refused(path, "is not a model file")


def test_a_folder(tmp_path):
    refused(tmp_path, "is not a model file")


def test_truncated_anywhere(path):
    small().save(path)
    whole = path.read_bytes()
    for length in [*range(0, len(whole), 97), *range(len(whole) - 30, len(whole))]:
        path.write_bytes(whole[:length])
        refused(path, "is not a model file, or is damaged")


def test_any_bit_flipped_is_found_or_does_not_matter(path):
    """A part of the zip format says nothing (dates, for one); all else must be found."""
    model = small()
    model.save(path)
    whole, kept = path.read_bytes(), numbers_of(model)
    generator = rng(2)
    found = 0
    for place in range(0, len(whole), 11):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << int(generator.integers(8))
        path.write_bytes(damaged)
        try:
            again = Model.load(path)
        except ValueError as error:
            found += 1
            assert str(path) in str(error)
        else:
            assert_same_numbers(again.state_dict(), kept)
            assert again.optimizer.config() == model.optimizer.config()
    assert found > 0.5 * len(range(0, len(whole), 11))


OPENED = []


def explode():
    OPENED.append("boom")


class Bomb:
    """What a stranger's file might hold: unpickling it calls a function."""

    def __reduce__(self):
        return explode, ()


@pytest.mark.parametrize("place", ["description", "layers.0.weight"])
def test_nothing_is_ever_unpickled(place, path):
    model = small()
    arrays = {f"layers.{name}": array for name, array in model.state_dict().items()}
    header = {"format": serialization.FORMAT, "version": serialization.VERSION, "kind": "weights"}
    arrays["description"] = np.array(json.dumps(header))
    bomb = np.empty(1, object)
    bomb[0] = Bomb()
    with open(path, "wb") as file:
        np.savez(file, **{**arrays, place: bomb})
    refused(path, "allow_pickle=False")
    with zipfile.ZipFile(path, "w") as archive:  # a bare pickle in the archive
        archive.writestr(f"{place}.npy", pickle.dumps(Bomb()))
    refused(path)
    path.write_bytes(pickle.dumps(Bomb()))
    refused(path)
    assert OPENED == []
    pickle.loads(path.read_bytes())
    assert OPENED == ["boom"]  # so the bomb was live
    OPENED.clear()


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("version", 2, "version 2; this package reads 'neural-network-from-scratch', version 1"),
        ("version", "1", "version '1'"),
        ("format", "keras", "has format 'keras'"),
    ],
)
def test_another_format_or_version(key, value, said, path):
    rewrite(path, lambda description, arrays: description.update({key: value}))
    refused(path, said)


@pytest.mark.parametrize(
    "description",
    ["", "{", "[" * 100_000, "\x00", "[]", '"text"', "3", "null", "{}", '{"version": 1}'],
    ids=lambda text: text[:12],
)
def test_description_that_is_none(description, path):
    with open(path, "wb") as file:
        np.savez(file, description=np.array(description))
    refused(path, "is not a model file")


def layer(**changes):
    return lambda d, a: d["layers"][0].update(changes)


def argument(**changes):
    return lambda d, a: d["layers"][0]["arguments"].update(changes)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (layer(**{"class": "os.system"}), "not of this package: 'os.system'"),
        (layer(**{"class": "Model"}), "not of this package: 'Model'"),
        (layer(**{"class": "__class__"}), "not of this package"),
        (layer(**{"class": ["Dense"]}), None),
        (layer(**{"class": None}), "not of this package: None"),
        (layer(**{"class": "SoftmaxCrossEntropy", "arguments": {}}), "made of layer objects"),
        (layer(**{"class": "L2", "arguments": {"strength": 1}}), "made of layer objects"),
        (layer(arguments=None), None),
        (argument(out_features=4), "takes rows of|those of another network"),
        (argument(out_features=-1), None),
        (argument(out_features="8"), None),
        (argument(out_features=10**15), None),
        (argument(dtype="float32"), "float64"),
        (argument(dtype="object"), None),
        (argument(dtype="no such type"), None),
        (argument(initializer="he_normal"), "initializer"),
        (argument(colour="red"), "colour"),
        (argument(regularizer={"class": "Bomb", "arguments": {}}), "not of this package: 'Bomb'"),
        (argument(regularizer={"class": "L2", "arguments": {"strength": -1}}), "strength"),
        (argument(regularizer={"class": "L2", "arguments": {"strength": "x"}}), None),
        (lambda d, a: d.pop("layers"), "layers"),
        (lambda d, a: d.update(layers=3), None),
        (lambda d, a: d.update(layers=[3]), "made of layer objects"),
        (lambda d, a: d["layers"].pop(), "those of another network"),
        (lambda d, a: d.pop("loss"), "loss"),
        (lambda d, a: d.update(loss={"class": "Loss", "arguments": {}}), "not of this package"),
        (lambda d, a: d.pop("optimizer"), "optimizer"),
        (lambda d, a: d["optimizer"].update({"class": "SGD"}), None),
        (lambda d, a: d["optimizer"].update({"class": "ReLU"}), None),
        (lambda d, a: d["optimizer"]["arguments"].update(betas=3), None),
        (lambda d, a: d["optimizer"]["arguments"].update(parameters=[]), "parameters"),
        (lambda d, a: d.pop("steps"), "steps"),
        (lambda d, a: d.update(steps="many"), "many"),
        (lambda d, a: d.update(steps=None), None),
        (lambda d, a: d.update(rng={"generator": 7}), None),
        (lambda d, a: d.update(rng={"generator": "x"}), None),
        (lambda d, a: d["generators"][0].update(bit_generator="MT19937"), "not known: 'MT19937'"),
        (lambda d, a: d["generators"][0].update(bit_generator="eval"), "not known: 'eval'"),
        (lambda d, a: d["generators"][0].update(state={}), None),
        (lambda d, a: d["generators"][0]["state"].update(state="x"), None),
        (lambda d, a: d["generators"][0]["state"].update(inc=1 << 300), None),
        (lambda d, a: d.update(generators=None), None),
        (lambda d, a: a.pop("layers.0.weight"), "0.weight"),
        (lambda d, a: a.update({"layers.9.weight": np.ones(2)}), "9.weight"),
        (lambda d, a: a.update({"layers.0.weight": np.ones((8, 2))}), r"\(8, 2\)"),
        (lambda d, a: a.update({"layers.0.weight": np.ones((2, 8), "f4")}), "float32"),
        (lambda d, a: a.update({"layers.0.weight": np.ones((2, 8), "i8")}), "int64"),
        (lambda d, a: a.pop("optimizer.grad_sum"), "the state of Adam"),
        (lambda d, a: a.update({"optimizer.grad_sum": np.ones(3)}), "the state of Adam"),
        (lambda d, a: a.update({"optimizer.extra": np.ones(3)}), "the state of Adam"),
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
