"""A recipe gives the network and the training that it names."""

from dataclasses import replace

import numpy as np
import pytest

from experiments.recipe import SCHEDULES, Recipe, build, compile_model, train, train_model
from shared.layers import Dense
from shared.optimizers import SGD, Adam, AdamW

PLAIN = Recipe(hidden=(8, 4), lr=0.1, epochs=3, batch_size=4, samples=10)


def names(recipe, x, classes=3):
    model = build(recipe, x, classes, np.random.default_rng(0))
    return [type(layer).__name__ for layer in model.layers]


@pytest.fixture
def images():
    return np.random.default_rng(0).integers(0, 256, (10, 6, 5), np.uint8)


@pytest.fixture
def rows():
    rng = np.random.default_rng(1)
    return rng.standard_normal((10, 2)), rng.integers(0, 3, 10)


def test_a_plain_recipe_is_layers_and_activations(rows):
    recipe = replace(PLAIN, dtype="float64")
    assert names(recipe, rows[0]) == ["Dense", "ReLU", "Dense", "ReLU", "Dense"]
    model = build(recipe, rows[0], 3, np.random.default_rng(0))
    dense = [layer for layer in model.layers if isinstance(layer, Dense)]
    assert [layer.weight.value.shape for layer in dense] == [(2, 8), (8, 4), (4, 3)]
    assert model.forward(rows[0]).dtype == np.float64


def test_every_part_of_a_recipe_has_its_place(images):
    recipe = replace(PLAIN, batch_norm=True, dropout=0.5, activation="tanh", mirror=True, shift=2)
    hidden = ["Dense", "BatchNorm", "Tanh", "Dropout"]
    before = ["RandomFlip", "RandomShift", "Flatten", "Rescaling"]
    assert names(recipe, images) == [*before, *hidden, *hidden, "Dense"]
    model = build(recipe, images, 3, np.random.default_rng(0))
    assert model.layers[1].pixels == 2
    assert model.layers[7].rate == 0.5


def test_images_are_standardized_inside_the_network(images):
    model = build(PLAIN, images, 3, np.random.default_rng(0))
    x = images
    for layer in model.layers[:2]:
        x = layer.forward(x)
    assert (x.shape, x.dtype) == ((10, 30), np.float32)
    assert abs(x.mean()) < 1e-6 and abs(x.std() - 1) < 1e-6


def test_images_are_divided_by_255_on_request(images):
    model = build(replace(PLAIN, standardize=False), images, 3, np.random.default_rng(0))
    x = model.layers[1].forward(model.layers[0].forward(images))
    np.testing.assert_allclose(x, images.reshape(10, 30) / 255, rtol=1e-6)


def test_the_penalty_is_on_the_hidden_layers(rows):
    model = build(replace(PLAIN, l2=0.25), rows[0], 3, np.random.default_rng(0))
    dense = [layer for layer in model.layers if isinstance(layer, Dense)]
    penalties = [layer.regularizer for layer in dense]
    assert [penalty and penalty.strength for penalty in penalties] == [0.25, 0.25, None]


@pytest.mark.parametrize(("name", "variance"), [("He", 2 / 200), ("Glorot", 2 / 300)])
def test_initializers(name, variance):
    recipe = replace(PLAIN, hidden=(100,), initializer=name)
    model = build(recipe, np.zeros((1, 200)), 3, np.random.default_rng(0))
    assert model.layers[0].weight.value.var() == pytest.approx(variance, rel=0.05)


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({}, SGD),
        ({"optimizer": "Adam"}, Adam),
        ({"optimizer": "AdamW", "weight_decay": 0.2}, AdamW),
    ],
)
def test_optimizers(rows, changes, kind):
    recipe = replace(PLAIN, **changes)
    model = build(recipe, rows[0], 3, np.random.default_rng(0))
    compile_model(model, recipe, steps=9)
    assert type(model.optimizer) is kind
    assert model.optimizer.learning_rate() == 0.1
    assert getattr(model.optimizer, "weight_decay", 0.0) == recipe.weight_decay


@pytest.mark.parametrize(
    ("name", "middle", "end"),
    [
        ("constant", 1, 1),
        ("inverse time", 1 / 5.5, 0.1),
        ("step", 0.1, 0.01),
        ("exponential", 0.1, 0.01),
        ("cosine", 0.5, 0),
    ],
)
def test_schedules_fall_over_the_whole_run(name, middle, end):
    schedule = SCHEDULES[name](0.2, 1000)
    values = [schedule(step) if callable(schedule) else schedule for step in (0, 500, 999)]
    assert values == pytest.approx([0.2, 0.2 * middle, 0.2 * end], abs=5e-4)


def test_the_slow_decay_doesnt_depend_on_the_length_of_the_run():
    for steps in (10, 10_000):
        assert SCHEDULES["slow decay"](0.2, steps)(10_000) == pytest.approx(0.1)


def test_the_schedule_knows_the_number_of_steps(rows, monkeypatch):
    seen = []
    monkeypatch.setitem(SCHEDULES, "constant", lambda lr, steps: seen.append(steps) or lr)
    train(replace(PLAIN, dtype="float64"), 0, 3, {"train": rows})
    assert seen == [9]  # three epochs, each with batches of 4, 4, and 2 samples


def test_what_is_measured(rows):
    recipe = replace(PLAIN, dtype="float64", epochs=5)
    parts = {"train": rows, "validation": rows}
    every = train(recipe, 7, 3, parts)
    assert set(every) == {"train loss", "train accuracy", "validation loss", "validation accuracy"}
    assert every["train loss"] == every["validation loss"]
    assert len(every["train loss"]) == 6
    assert every["train loss"][-1] < every["train loss"][0]
    some = train(recipe, 7, 3, parts, every=2)
    assert some["train loss"] == [every["train loss"][epoch] for epoch in (0, 2, 4, 5)]
    assert train(recipe, 8, 3, parts)["train loss"] != every["train loss"]


def test_the_trained_network_is_the_one_that_was_measured(rows):
    model, curves = train_model(replace(PLAIN, dtype="float64"), 7, 3, {"train": rows})
    assert model.evaluate(*rows)["loss"] == curves["train loss"][-1] < curves["train loss"][0]


def test_training_samples_are_measured_without_dropout(rows):
    recipe = replace(PLAIN, hidden=(50,), dtype="float64", lr=1e-12, dropout=0.9)
    curve = train(recipe, 7, 3, {"train": rows})["train loss"]
    assert max(curve) - min(curve) < 1e-6


def test_a_run_that_blows_up_ends_in_nan(rows):
    recipe = replace(PLAIN, dtype="float64", lr=1e200, epochs=6)
    curve = train(recipe, 0, 3, {"train": rows}, every=4)["train loss"]
    assert len(curve) == 3
    assert np.isfinite(curve[0]) and np.isnan(curve[-1])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"activation": "relu"}, "activation must be one of ReLU, tanh. Received: 'relu'"),
        ({"initializer": "Xavier"}, "initializer must be one of .*Glorot.* Received: 'Xavier'"),
        ({"optimizer": "adam"}, "optimizer must be one of SGD, .* Received: 'adam'"),
        ({"schedule": "linear"}, "schedule must be one of constant, .* Received: 'linear'"),
        ({"weight_decay": 0.1}, "only AdamW takes a weight decay. Received: weight_decay=0.1"),
    ],
)
def test_a_recipe_nobody_can_follow_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        replace(PLAIN, **changes)
