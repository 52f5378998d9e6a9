"""What chapter 10 says about its experiment, and its drafts next to the package."""

import ast

import numpy as np
import pytest

from experiments import analysis, regularization
from shared.regularizers import L1, L2
from tools import notebooks


def definition(name):
    """Return a function that the chapter defines."""
    for cell in notebooks.read(notebooks.ROOT / "chapters/10_regularization.ipynb").cells:
        if cell.cell_type == "code":
            for node in ast.parse(cell.source).body:
                if isinstance(node, ast.FunctionDef) and node.name == name:
                    scope = {"np": np, "analysis": analysis, "a": A, "c": C}
                    scope["results"] = analysis.load("regularization")
                    exec(ast.unparse(node), scope)
                    return scope[name]
    raise AssertionError(f"the chapter has no function {name}")


A, C = np.array([2.0, -0.5]), np.array([1.0, 2.0])


@pytest.mark.parametrize(("draft", "final"), [("l1", L1(0.3)), ("l2", L2(0.3))])
def test_a_draft_is_the_regularizer_of_the_package(draft, final):
    W = np.random.default_rng(0).standard_normal((3, 4))
    assert definition(f"{draft}_penalty")(W, 0.3) == pytest.approx(final.penalty(W))
    np.testing.assert_allclose(definition(f"{draft}_gradient")(W, 0.3), final.gradient(W))


@pytest.mark.parametrize("penalty", ["L1", "L2"])
def test_the_solution_for_two_weights_has_the_lowest_total(penalty):
    w = definition("best_pair")(penalty, 1.5)
    grid = np.linspace(-3, 3, 60_001)
    prices = np.abs(grid) if penalty == "L1" else grid**2
    for k in range(2):
        total = C[k] * (grid - A[k]) ** 2 + 1.5 * prices
        assert w[k] == pytest.approx(grid[total.argmin()], abs=1e-4)


@pytest.mark.parametrize("samples", [100, *regularization.MORE_SAMPLES])
@pytest.mark.parametrize("metric", ["validation loss", "validation accuracy"])
def test_the_best_strength_of_l2_is_inside_the_grid(samples, metric):
    row = definition("best_row")(f"{samples} samples, L2", metric)
    strength = regularization.ROWS[row].strength
    strengths = regularization.STRENGTHS["L2"]
    inside = strengths[1:-1] if metric == "validation loss" else strengths[:-1]
    assert strength in inside


@pytest.mark.parametrize("penalty", ["L1", "AdamW"])
def test_the_best_strength_of_the_others_is_inside_the_grid(penalty):
    row = definition("best_row")(f"100 samples, {penalty}")
    assert regularization.ROWS[row].strength in regularization.STRENGTHS[penalty][1:-1]


def test_the_chosen_row_has_the_best_mean():
    results = analysis.load("regularization")
    row = definition("best_row")("100 samples, L2 0.01, ", "validation loss")
    rates = [f"100 samples, L2 0.01, lr {lr:g}" for lr in regularization.RATES]
    assert row == analysis.best(results, rates, "validation loss")
