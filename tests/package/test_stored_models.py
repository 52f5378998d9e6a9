"""The trained networks in data/models are what their README says."""

import re
from pathlib import Path

import numpy as np
import pytest

from shared.datasets import load_fashion_mnist
from shared.metrics import accuracy
from shared.model import Model
from tools.train_fashion_mnist import FILE, improved_network

FOLDER = Path(__file__).parents[2] / "data" / "models"


@pytest.fixture(scope="module")
def data():
    return load_fashion_mnist()


@pytest.fixture(scope="module")
def model():
    return Model.load(FILE, metrics=[accuracy])


def test_the_recipe_builds_this_network(model):
    fresh = improved_network(np.random.default_rng(0))
    assert [repr(layer) for layer in model.layers] == [repr(layer) for layer in fresh.layers]
    shapes = {name: array.shape for name, array in fresh.state_dict().items()}
    assert {name: array.shape for name, array in model.state_dict().items()} == shapes


def stated(rows):
    """The accuracy and the loss that the README states for a number of images."""
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    (numbers,) = re.findall(rf"\| {rows:,} \| ([\d.]+) % \| ([\d.]+) \|", text)
    return float(numbers[0]) / 100, float(numbers[1])


def test_accuracy_on_the_test_images(model, data):
    numbers = model.evaluate(data.x_test, data.y_test)
    assert numbers["accuracy"] >= 0.908
    assert (numbers["accuracy"], numbers["loss"]) == pytest.approx(stated(10_000), abs=6e-4)


def test_the_files_stay_small():
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) < 6_000_000
