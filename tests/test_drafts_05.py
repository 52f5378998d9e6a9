"""The drafts of chapter 5, compared with the gradient checker of the package."""

import ast

import numpy as np

from shared import gradcheck
from tools import notebooks


def drafts(name):
    """Return all functions of that name in the chapter, from top to bottom."""
    found = []
    for cell in notebooks.read(notebooks.ROOT / "chapters/05_gradients.ipynb").cells:
        if cell.cell_type != "code" or "shared" in cell.metadata.get("tags", ()):
            continue
        for node in ast.parse(cell.source).body:
            if isinstance(node, ast.FunctionDef) and node.name == name:
                scope = {"np": np}
                exec(ast.unparse(node), scope)
                found.append(scope[name])
    return found


class TestDrafts:
    """On smooth functions the drafts measure what the package measures."""

    value = np.random.default_rng(5).standard_normal((2, 3))

    @staticmethod
    def wave(value):
        return float(np.sin(value).sum() + (value**2).sum())

    def test_measured_gradient(self):
        first, second = drafts("measured_gradient")
        value = self.value.copy()
        expected = gradcheck.numerical_gradient(lambda: self.wave(value), value)
        np.testing.assert_array_equal(first(self.wave, value), expected)
        np.testing.assert_array_equal(second(lambda: self.wave(value), value), expected)
        np.testing.assert_array_equal(value, self.value)

    def test_relative_error(self):
        (draft,) = drafts("relative_error_draft")
        other = self.value * [1, 1.1, 0.7]
        assert draft(self.value, other) == gradcheck.relative_error(self.value, other)
