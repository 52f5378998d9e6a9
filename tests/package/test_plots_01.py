"""The figures of chapter 1."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from shared import plots
from shared.plots import style


@pytest.fixture(autouse=True)
def with_style():
    with plt.rc_context():
        plots.use_style()
        yield
    plt.close("all")


def pixel_at(ax, point):
    """The colour of the figure at a point of the plane."""
    ax.figure.canvas.draw()
    column, row = ax.transData.transform(point)
    pixels = np.asarray(ax.figure.canvas.buffer_rgba())[::-1]
    return pixels[round(row), round(column), :3] / 255


def line_of(ax):
    """The points of the line z = 0 as it is drawn, or none."""
    found = [
        path.vertices
        for collection in ax.collections
        for path in collection.get_paths()
        if len(path.vertices) == 2
    ]
    return found[0] if found else np.empty((0, 2))


def arrows(ax):
    return [text for text in ax.texts if getattr(text, "arrow_patch", None)]


def words(ax):
    return [text.get_text() for text in ax.texts if text.get_text()]


class TestNeuronPlane:
    @pytest.mark.parametrize(
        ("w", "b"), [((1, 2), -2), ((1, 0), -1), ((0, -0.5), 1), ((-3, 4), 5), ((1e-3, 1e-3), 0)]
    )
    def test_line_and_sides(self, w, b):
        ax = plots.neuron_plane(w, b, arrow=0)
        line = line_of(ax)
        assert len(line) == 2
        assert np.allclose(line @ np.array(w) + b, 0, atol=1e-6 * np.abs(w).max())
        assert np.allclose(np.abs(line).max(axis=1), 3)  # it runs from edge to edge
        for point in [(-2.5, 0.4), (2.5, -0.3), (0.3, 2.1), (-0.4, -2.1)]:
            side = style.tint(plots.COLORS[int(np.dot(point, w) + b > 0)], 0.22)
            assert np.allclose(pixel_at(ax, point), to_rgb(side), atol=0.01)

    @pytest.mark.parametrize("arrow", [1.0, 0.25])
    def test_the_arrow_is_the_weights(self, arrow):
        w, b = np.array([1.0, -2.0]), 0.5
        ax = plots.neuron_plane(w, b, limits=(-1, 3), arrow=arrow)
        (drawn,) = arrows(ax)
        start, end = np.array(drawn.xyann), np.array(drawn.xy)
        assert np.isclose(start @ w + b, 0)
        assert np.allclose(end - start, arrow * w)
        # It starts where the line is nearest to the middle (1, 1).
        assert np.isclose((start - 1) @ [w[1], -w[0]], 0)
        assert words(ax) == ["$w$", "$z > 0$", "$z \\leq 0$"]

    def test_without_the_arrow(self):
        ax = plots.neuron_plane((1, 2), 0, arrow=0)
        assert not arrows(ax)
        assert words(ax) == ["$z > 0$", "$z \\leq 0$"]

    @pytest.mark.parametrize(
        ("w", "b", "word"),
        [
            ((1, 1), 100, "$z > 0$"),
            ((1, 1), -100, "$z \\leq 0$"),
            ((0, 0), 1, "$z > 0$"),
            ((0, 0), 0, "$z \\leq 0$"),
        ],
    )
    def test_no_line_in_sight(self, w, b, word):
        ax = plots.neuron_plane(w, b)
        assert len(line_of(ax)) == 0 and not arrows(ax)
        assert words(ax) == [word]
        side = style.tint(plots.COLORS[int(b > 0)], 0.22)
        assert np.allclose(pixel_at(ax, (1, -1.5)), to_rgb(side), atol=0.01)

    def test_the_sides_are_named_in_their_corners(self):
        ax = plots.neuron_plane((-1, 2), 0)
        yes, no = (text for text in ax.texts if text.get_text().startswith("$z"))
        assert yes.get_position()[0] < -2.5 and yes.get_position()[1] > 2.5
        assert no.get_position()[0] > 2.5 and no.get_position()[1] < -2.5

    @pytest.mark.parametrize("shape", [(4,), (4, 1)])
    def test_samples(self, shape):
        x = np.array([[0, 0], [1, 0], [0, 1], [2, 1]])
        ax = plots.neuron_plane((1, 1), -1, x, np.array([0, 1, 1, 0]).reshape(shape))
        dots, squares = ax.collections[-2:]
        assert np.array_equal(dots.get_offsets(), x[[0, 3]])
        assert np.array_equal(squares.get_offsets(), x[[1, 2]])
        assert np.allclose(dots.get_facecolor()[0, :3], to_rgb(plots.COLORS[0]))
        assert np.allclose(squares.get_facecolor()[0, :3], to_rgb(plots.COLORS[1]))
        assert len(dots.get_paths()[0].vertices) != len(squares.get_paths()[0].vertices)

    def test_samples_without_labels(self):
        ax = plots.neuron_plane((1, 1), -1, [[0, 0], [1, 2]])
        assert np.array_equal(ax.collections[-1].get_offsets(), [[0, 0], [1, 2]])

    def test_right_angles_are_right_angles(self):
        ax = plots.neuron_plane((1, 1), 0, [[5, 2]], limits=(0, 1))  # a sample out of sight
        assert ax.get_aspect() == 1
        assert ax.get_xlim() == ax.get_ylim() == (0, 1)

    def test_on_given_axes(self):
        _, ax = plt.subplots()
        assert plots.neuron_plane((1, 1), 0, ax=ax) is ax

    def test_two_weights(self):
        with pytest.raises(ValueError, match=r"needs two weights\. Received: w \(3,\)"):
            plots.neuron_plane((1, 2, 3), 0)
