"""The drafts of chapter 11, compared with the package and with what the chapter says of them."""

import ast

import numpy as np
import pytest

from shared.gradcheck import check_layer
from shared.layers import Dropout, Layer
from tools import notebooks


def definitions():
    """Return the functions and layers that the chapter defines outside the tagged cells."""
    scope = {"np": np, "Layer": Layer}
    for cell in notebooks.read(notebooks.ROOT / "chapters/11_dropout.ipynb").cells:
        if cell.cell_type != "code" or "shared" in cell.metadata.get("tags", ()):
            continue
        for node in ast.parse(cell.source).body:
            if getattr(node, "name", "") in {"dropout", "DropoutDraft", "GaussianNoise"}:
                exec(ast.unparse(node), scope)
    return scope


@pytest.mark.parametrize("name", ["DropoutDraft", "GaussianNoise"])
@pytest.mark.parametrize("rate", [0.2, 0.5, 0.75])
def test_both_kinds_of_noise_have_the_mean_and_variance_of_the_package_layer(name, rate):
    x = np.full((500, 400), 3.0)
    expected = Dropout(rate, np.random.default_rng(0)).forward(x, training=True)
    z = definitions()[name](rate, np.random.default_rng(1)).forward(x, training=True)
    assert z.mean() == pytest.approx(expected.mean(), abs=0.06)
    assert z.var() == pytest.approx(expected.var(), rel=0.02)


@pytest.mark.parametrize("name", ["DropoutDraft", "GaussianNoise"])
@pytest.mark.parametrize("training", [False, True])
def test_their_backward_passes_are_right(name, training):
    layer = definitions()[name](0.4, np.random.default_rng(2))
    x = np.random.default_rng(3).standard_normal((4, 5))
    assert check_layer(layer, x, training=training)["input"] < 1e-7
    assert training or layer.forward(x) is x


def test_only_the_gaussian_factors_never_remove_a_number():
    x = np.ones((100, 100))
    kinds = definitions()
    zeros = [
        np.mean(kinds[name](0.5, np.random.default_rng(4)).forward(x, training=True) == 0)
        for name in ("DropoutDraft", "GaussianNoise")
    ]
    assert zeros[0] == pytest.approx(0.5, abs=0.02)
    assert zeros[1] == 0
