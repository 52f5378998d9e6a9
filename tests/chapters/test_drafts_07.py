"""The drafts of chapter 7, compared with the optimizers of the package."""

import ast

import numpy as np
import pytest

from shared import optimizers
from shared.layers import Parameter
from tools import notebooks


def draft(name):
    """Return a class that the chapter defines outside the cells tagged shared."""
    for cell in notebooks.read(notebooks.ROOT / "chapters/07_optimizers.ipynb").cells:
        if cell.cell_type != "code" or "shared" in cell.metadata.get("tags", ()):
            continue
        for node in ast.parse(cell.source).body:
            if isinstance(node, ast.ClassDef) and node.name == name:
                scope = {"np": np, "Optimizer": optimizers.Optimizer}
                exec(ast.unparse(node), scope)
                return scope[name]
    raise AssertionError(f"the chapter has no class {name}")


def fifty_steps(kind, *options):
    """Return 50 values of a parameter with noisy gradients."""
    rng = np.random.default_rng(7)
    p = Parameter(rng.standard_normal((3, 4)))
    optimizer = kind([p], 0.02, *options)
    path = []
    for _ in range(50):
        p.grad = p.value * np.geomspace(0.01, 100, 4) + 0.1 * rng.standard_normal((3, 4))
        optimizer.step()
        path.append(p.value.copy())
    return np.array(path)


@pytest.mark.parametrize(
    ("name", "final", "options"),
    [
        ("PlainSGD", optimizers.SGD, ()),
        ("PlainMomentum", optimizers.SGD, (0.9,)),
        ("PlainAdam", optimizers.Adam, ()),
    ],
)
def test_a_draft_takes_the_steps_of_the_package(name, final, options):
    expected = fifty_steps(final, *options)
    assert np.isfinite(expected).all()
    np.testing.assert_allclose(fifty_steps(draft(name)), expected, rtol=1e-10)
