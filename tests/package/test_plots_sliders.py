"""Figures with sliders."""

import pytest
from ipywidgets import Dropdown, FloatSlider

from shared import plots

STEPS = (0, 4, 1)


@pytest.mark.parametrize(
    ("draw", "controls", "names"),
    [
        (lambda b=1: None, {"b": STEPS}, "b"),
        (lambda b: None, {"b": FloatSlider(1, description="bias")}, "bias"),
        (lambda b=1, w=2: None, {"b": STEPS, "w": STEPS}, "b and w"),
        (
            lambda kind, b=1, w=2: None,
            {"b": STEPS, "w": STEPS, "kind": Dropdown(options=["line", "dots"])},
            "kind, b, and w",
        ),
    ],
)
def test_without_a_kernel_a_line_says_what_can_be_changed(draw, controls, names, capsys):
    plots.sliders(draw, **controls)
    assert capsys.readouterr().out.endswith(f"Run the notebook to change {names}.\n")


def test_draws_once_from_the_defaults():
    drawn = []
    plots.sliders(lambda b=1.5, w=2: drawn.append((b, w)), b=(-4, 4, 0.25), w=(0, 9, 1))
    assert drawn == [(1.5, 2)]


def test_draws_again_when_a_slider_is_moved():
    drawn = []
    slider = FloatSlider(1, min=0, max=5)
    plots.sliders(lambda b: drawn.append(b), b=slider)
    slider.value = 3
    assert drawn == [1, 3]
