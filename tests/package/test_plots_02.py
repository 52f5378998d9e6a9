"""The figures that came with chapter 2."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

from shared import plots
from shared.datasets import xor

W, b = np.array([[1.0, 0.5], [-1.0, 1.0]]), np.array([0.5, -1.0])
MAPS = {"before": lambda x: x, "after": lambda x: x @ W + b}


@pytest.fixture(autouse=True)
def style():
    with plt.rc_context():
        plots.use_style()
        yield
    plt.close("all")


def drawn(ax, marker):
    """Where the points with a marker are, as rows."""
    lines = [line for line in ax.lines if line.get_marker() == marker]
    return np.concatenate([np.column_stack(line.get_data()) for line in lines])


class TestPlaneMaps:
    def test_lines_are_where_the_function_sends_them(self):
        figure = plots.plane_maps(MAPS, reach=3)
        assert [ax.get_title(loc="left") for ax in figure.axes] == list(MAPS)
        for ax, f in zip(figure.axes, MAPS.values(), strict=True):
            grid = [line for line in ax.lines if line.get_marker() == "None"]
            assert len(grid) == 14
            for position, line in enumerate(grid):
                tick, along = position % 7 - 3, np.linspace(-3, 3, 121)
                other = np.full(121, tick)
                before = (along, other) if position < 7 else (other, along)
                assert np.allclose(np.column_stack(line.get_data()), f(np.column_stack(before)))

    def test_the_two_families_differ_in_colour_and_dash(self):
        (ax, _) = plots.plane_maps(MAPS).axes
        looks = [(line.get_color(), line.get_linestyle()) for line in ax.lines[:10]]
        assert len(set(looks[:5])) == len(set(looks[5:])) == 1
        assert looks[0][0] != looks[5][0] and looks[0][1] != looks[5][1]

    def test_unit_square_and_its_corners(self):
        _, ax = plots.plane_maps(MAPS).axes
        assert np.allclose(drawn(ax, "o"), [b, W[0] + b])
        assert np.allclose(drawn(ax, "s"), [W[1] + b])
        corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) @ W + b
        (square,) = ax.patches
        for corner in corners:
            assert np.isclose(square.get_xy(), corner).all(axis=1).any()

    def test_samples_are_carried_along_with_their_classes(self):
        x, y = xor()
        _, ax = plots.plane_maps(MAPS, points=x, labels=y).axes
        assert np.allclose(drawn(ax, "o"), x[y == 0] @ W + b)
        assert np.allclose(drawn(ax, "s"), x[y == 1] @ W + b)

    def test_samples_without_labels_look_alike(self):
        x, _ = xor()
        ax = plots.plane_maps(MAPS, points=x).axes[1]
        assert np.allclose(drawn(ax, "o"), x @ W + b)

    def test_everything_is_inside_on_one_scale(self):
        def wavy(x):  # far out between the grid's horizontal lines only
            return np.column_stack([x[:, 0] + 9 * np.sin(np.pi * x[:, 1]), x[:, 1]])

        maps = {**MAPS, "large": lambda x: 5 * x + 3, "wavy": wavy, "still": lambda x: x}
        figure = plots.plane_maps(maps, columns=3)
        panels = figure.axes[:5]
        assert not figure.axes[5].axison
        assert len({(ax.get_xlim(), ax.get_ylim()) for ax in panels}) == 1
        for ax in panels:
            assert ax.get_aspect() == 1
            (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
            assert np.isclose(right - left, top - bottom)
            for line in ax.lines:
                x, y = line.get_data()
                assert left < min(x) and max(x) < right and bottom < min(y) and max(y) < top

    def test_a_function_that_bends_is_drawn_bent(self):
        (ax,) = plots.plane_maps({"bent": lambda x: np.maximum(x, 0)}).axes
        x, y = ax.lines[0].get_data()
        assert min(x) == 0 and max(x) == 2 and not y.any()

    @pytest.mark.parametrize(
        ("points", "message"), [(None, "0 points, 4 labels"), (np.zeros((3, 2)), "3 points, 4")]
    )
    def test_each_point_needs_a_label(self, points, message):
        with pytest.raises(ValueError, match=f"Received: {message}"):
            plots.plane_maps(MAPS, points=points, labels=[0, 1, 1, 0])
