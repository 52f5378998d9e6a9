"""The drafts of chapter 3, compared with the activations of the package and with PyTorch."""

import math

import numpy as np
import pytest
from helpers_drafts import drafts

from shared import activations


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
        found = drafts("03_activations", name)
        assert found
        for draft in found:
            np.testing.assert_allclose(draft(self.z), layer.forward(self.z), rtol=1e-12)

    @pytest.mark.parametrize("name", ["sigmoid", "softmax"])
    @pytest.mark.parametrize("scale", [1e3, -1e3, 1e300])
    def test_the_last_draft_is_as_stable_as_the_package(self, name, scale):
        *_, final = drafts("03_activations", name)
        with np.errstate(over="raise", invalid="raise", divide="raise"):
            received = final(scale * self.z[-1:])
        np.testing.assert_array_equal(received, getattr(activations, name)(scale * self.z[-1:]))

    @pytest.mark.parametrize("name", ["silu", "gelu"])
    def test_agrees_with_pytorch(self, name):
        torch = pytest.importorskip("torch")
        (draft,) = drafts("03_activations", name)
        sigmoid = drafts("03_activations", "sigmoid")[-1]
        draft.__globals__.update(math=math, sigmoid=sigmoid)
        z = self.z.ravel()
        expected = getattr(torch.nn.functional, name)(torch.from_numpy(z)).numpy()
        np.testing.assert_allclose(draft(z), expected, rtol=1e-12, atol=1e-15)

    def test_the_package_keeps_the_slope(self):
        (draft,) = drafts("03_activations", "leaky_relu")
        expected = activations.LeakyReLU(0.2).forward(self.z)
        np.testing.assert_array_equal(draft(self.z, slope=0.2), expected)
