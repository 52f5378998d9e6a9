"""The drafts of chapter 3, compared with the activations of the package."""

import ast

import numpy as np
import pytest

from shared import activations
from tools import notebooks


def definitions(name):
    """Return all functions of that name in the chapter, from top to bottom."""
    found = []
    for cell in notebooks.read(notebooks.ROOT / "chapters/03_activations.ipynb").cells:
        if cell.cell_type != "code":
            continue
        for node in ast.parse(cell.source).body:
            if isinstance(node, ast.FunctionDef) and node.name == name:
                scope = {"np": np}
                exec(ast.unparse(node), scope)
                found.append(scope[name])
    return found


class TestDrafts:
    """Chapter 6 replaces the drafts by the package's activations; the numbers stay the same."""

    z = np.concatenate(
        [np.random.default_rng(3).normal(0, 3, (50, 4)), np.array([[0, 0, 0, 0], [-1, 0, 1, 2]])]
    )

    @pytest.mark.parametrize(
        ("name", "layer"),
        [
            ("linear", activations.Linear()),
            ("relu", activations.ReLU()),
            ("leaky_relu", activations.LeakyReLU()),
            ("tanh", activations.Tanh()),
            ("sigmoid", activations.Sigmoid()),
            ("softmax", activations.Softmax()),
            ("softmax_draft", activations.Softmax()),
        ],
        ids=str,
    )
    def test_agree_with_the_package(self, name, layer):
        drafts = definitions(name)
        assert drafts
        for draft in drafts:
            np.testing.assert_allclose(draft(self.z), layer.forward(self.z), rtol=1e-12)

    @pytest.mark.parametrize("name", ["sigmoid", "softmax"])
    @pytest.mark.parametrize("scale", [1e3, -1e3, 1e300])
    def test_the_last_draft_is_as_stable_as_the_package(self, name, scale):
        _, final = definitions(name)
        with np.errstate(over="raise", invalid="raise", divide="raise"):
            received = final(scale * self.z[-1:])
        np.testing.assert_array_equal(received, getattr(activations, name)(scale * self.z[-1:]))

    def test_the_package_keeps_the_slope(self):
        (draft,) = definitions("leaky_relu")
        expected = activations.LeakyReLU(0.2).forward(self.z)
        np.testing.assert_array_equal(draft(self.z, slope=0.2), expected)
