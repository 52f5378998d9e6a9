"""Decision regions, neurons and layers in the plane."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from helpers_figures import FigureTest, assert_readable, words
from matplotlib.colors import to_hex, to_rgb

from shared import plots
from shared.datasets import xor
from shared.plots import ROLES, style


class TestDecisionRegions(FigureTest):
    x = np.array([[-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0], [1.0, 1.0], [0.5, 0.0]])
    y = np.array([0, 1, 2, 1, 1])

    def scores(self, points):
        assert points.shape[1] == 2
        return np.column_stack([-points[:, 0] - points[:, 1], points[:, 0], points[:, 1]])

    def test_scores_and_labels_agree(self):
        by_scores = plots.decision_regions(self.scores, self.x, self.y)
        by_labels = plots.decision_regions(lambda p: self.scores(p).argmax(axis=1), self.x, self.y)
        planes = [ax.get_images()[0].get_array() for ax in (by_scores, by_labels)]
        np.testing.assert_array_equal(*planes)
        assert set(np.unique(planes[0])) == {0, 1, 2}

    def test_the_plane_is_the_right_way_up(self):
        ax = plots.decision_regions(self.scores, self.x, self.y, resolution=50)
        (image,) = ax.get_images()
        assert image.origin == "lower"
        assert image.get_extent() == pytest.approx((*ax.get_xlim(), *ax.get_ylim()))
        plane = np.asarray(image.get_array())
        assert (plane[0, 0], plane[0, -1], plane[-1, 0]) == (0, 1, 2)
        shown = [to_hex(image.to_rgba(image.get_array())[at]) for at in [(0, 0), (0, -1), (-1, 0)]]
        assert shown == [style.tint(color, 0.3) for color in plots.COLORS[:3]]

    def test_a_marker_and_a_color_for_each_class(self):
        names = ["left below", "right", "above"]
        ax = plots.decision_regions(self.scores, self.x, self.y, class_names=names)
        groups = ax.collections[-3:]
        assert [len(group.get_offsets()) for group in groups] == [1, 3, 1]
        np.testing.assert_array_equal(groups[2].get_offsets(), [[-1, 1]])
        assert len({group.get_paths()[0].vertices.tobytes() for group in groups}) == 3
        colors = [to_hex(group.get_facecolor()[0]) for group in groups]
        assert colors == [color.lower() for color in plots.COLORS[:3]]
        assert set(names) <= set(words(ax))
        assert_readable(ax)

    def test_probabilities_are_shaded(self):
        ax = plots.decision_regions(
            lambda p: 1 / (1 + np.exp(-4 * p[:, :1])), self.x, self.y[:, np.newaxis] > 0
        )
        (image,) = ax.get_images()
        assert image.get_clim() == (0, 1)
        plane = np.asarray(image.get_array())
        assert plane[0, 0] < 0.1 < 0.9 < plane[0, -1]
        assert image.origin == "lower"
        sure = [to_hex(image.to_rgba(np.array([p]))[0]) for p in (0.0, 1.0)]
        assert sure == [style.tint(color, 0.45) for color in plots.COLORS[:2]]
        line = np.concatenate([p.vertices for p in ax.collections[0].get_paths()])
        np.testing.assert_allclose(line[:, 0], 0, atol=0.01)  # p = 0.5 where x1 = 0

    def test_boundaries_look_like_their_role(self):
        soft = plots.decision_regions(lambda p: p[:, :1] > 0, self.x, self.y > 0)
        hard = plots.decision_regions(self.scores, self.x, self.y)
        line = plots.neuron_plane((1, 2), 0)
        colors = {to_hex(c) for ax in (soft, hard) for c in ax.collections[0].get_edgecolor()}
        colors |= {to_hex(c) for c in line.collections[1].get_edgecolor()}
        assert colors == {ROLES["decision boundary"].color.lower()}

    @pytest.mark.parametrize("labels", [[-1, 1, 1, -1, 1], [0, 1, 3, 1, 0.5]])
    def test_labels_that_count_no_classes_are_refused(self, labels):
        with pytest.raises(ValueError, match=r"whole numbers from 0 to [23]\. Received: a label"):
            plots.decision_regions(self.scores, self.x, np.array(labels))

    @pytest.mark.parametrize(
        ("answer", "said"),
        [
            (lambda p: np.full((len(p), 3), np.nan), "NaN, which is no prediction"),
            (lambda p: np.full((len(p), 1), np.nan), "NaN, which is no prediction"),
            (lambda p: np.full(len(p), 0.5), "numbers that aren't labels"),
            (lambda p: np.full(len(p), -1), "numbers that aren't labels"),
            (lambda p: 8 * p[:, :1], r"numbers from .* \(m, 1\).* pass model.predict_proba"),
            (lambda p: p[:1], r"shape \(1, 2\)"),
            (lambda p: 0.5, r"shape \(\)"),
            (lambda p: np.full(len(p), "cat"), "dtype <U3"),
        ],
    )
    def test_an_answer_that_cant_be_drawn_is_refused(self, answer, said):
        with pytest.raises(ValueError, match=rf"^predict must return .* it returned .*{said}"):
            plots.decision_regions(answer, self.x, self.y)

    def test_one_class_everywhere(self):
        ax = plots.decision_regions(lambda p: np.full((len(p), 1), 0.9), self.x, self.y > 0)
        assert len(ax.collections) == 2
        plots.decision_regions(lambda p: np.ones(len(p), int), self.x, self.y)

    def test_hands_over_the_dtype_of_the_samples(self):
        seen = []

        def predict(points):
            seen.append(points.dtype)
            return np.zeros(len(points), int)

        plots.decision_regions(predict, self.x.astype(np.float32), self.y)
        plots.decision_regions(predict, self.x, self.y)
        assert seen == [np.float32, np.float64]

    def test_several_panels(self):
        _, panels = plt.subplots(1, 2, layout="constrained")
        for ax in panels:
            assert plots.decision_regions(self.scores, self.x, self.y, ax=ax) is ax
        assert len(plt.get_fignums()) == 1

    @pytest.mark.parametrize(
        ("x", "y"), [((5, 3), (5,)), ((5,), (5,)), ((5, 2), (4,)), ((5, 2), (5, 3))]
    )
    def test_shapes_must_fit(self, x, y):
        with pytest.raises(ValueError) as caught:
            plots.decision_regions(self.scores, np.zeros(x), np.zeros(y))
        assert f"x {x}, y {y}." in str(caught.value)


def pixel_at(ax, point):
    """The color of the figure at a point of the plane."""
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


def words_of(ax):
    return [text.get_text() for text in ax.texts if text.get_text()]


class TestNeuronPlane(FigureTest):
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
        assert words_of(ax) == ["$w$", "$z > 0$", "$z \\leq 0$"]

    def test_without_the_arrow(self):
        ax = plots.neuron_plane((1, 2), 0, arrow=0)
        assert not arrows(ax)
        assert words_of(ax) == ["$z > 0$", "$z \\leq 0$"]

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
        assert words_of(ax) == [word]
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


W, b = np.array([[1.0, 0.5], [-1.0, 1.0]]), np.array([0.5, -1.0])
MAPS = {"before": lambda x: x, "after": lambda x: x @ W + b}


def drawn(ax, marker):
    """Where the points with a marker are, as rows."""
    lines = [line for line in ax.lines if line.get_marker() == marker]
    return np.concatenate([np.column_stack(line.get_data()) for line in lines])


class TestPlaneMaps(FigureTest):
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

    def test_axes_are_the_inputs_first_and_then_the_neurons(self):
        def names(maps):
            return [(ax.get_xlabel(), ax.get_ylabel()) for ax in plots.plane_maps(maps).axes]

        inputs, outputs = ("input 0", "input 1"), ("neuron 0", "neuron 1")
        assert names({**MAPS, "once more": MAPS["after"]}) == [inputs, outputs, outputs]
        assert names({"after": MAPS["after"]}) == [outputs]

    def test_the_two_families_differ_in_color_and_dash(self):
        (ax, _) = plots.plane_maps(MAPS).axes
        looks = [(line.get_color(), line.get_linestyle()) for line in ax.lines[:10]]
        assert len(set(looks[:5])) == len(set(looks[5:])) == 1
        assert looks[0][0] != looks[5][0] and looks[0][1] != looks[5][1]

    def test_unit_square_and_its_corners(self):
        _, ax = plots.plane_maps(MAPS).axes
        assert np.allclose(drawn(ax, "o"), [b])
        square, *arrows = ax.patches
        for arrow, tip in zip(arrows, W + b, strict=True):
            vertices = arrow.get_path().vertices
            assert np.allclose(vertices[0], b)
            assert np.isclose(vertices, tip, atol=0.1).all(axis=1).any()
        # In the colors of the two families of lines, and with different heads.
        colors = [to_rgb(ax.lines[first].get_color()) for first in (0, 5)]
        assert [arrow.get_edgecolor()[:3] for arrow in arrows] == colors
        assert len({type(arrow.get_arrowstyle()) for arrow in arrows}) == 2
        corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) @ W + b
        for corner in corners:
            assert np.isclose(square.get_xy(), corner).all(axis=1).any()

    def test_samples_are_carried_along_with_their_classes(self):
        x, y = xor()
        _, ax = plots.plane_maps(MAPS, points=x, labels=y).axes
        assert np.allclose(drawn(ax, "o"), x[y == 0] @ W + b)
        assert np.allclose(drawn(ax, "s"), x[y == 1] @ W + b)
        # The grid doesn't look like a class.
        grid = [line for line in ax.lines if line.get_marker() == "None"]
        assert {line.get_color() for line in grid} == {plots.FAINT}
        assert len({line.get_linestyle() for line in grid}) == 2

    def test_samples_without_labels_look_alike(self):
        x, _ = xor()
        ax = plots.plane_maps(MAPS, points=x).axes[1]
        assert np.allclose(drawn(ax, "o"), x @ W + b)

    def test_everything_is_inside_on_one_scale(self):
        def wavy(x):  # far out between the grid's horizontal lines only
            return np.column_stack([x[:, 0] + 9 * np.sin(np.pi * x[:, 1]), x[:, 1]])

        maps = {**MAPS, "large": lambda x: 5 * x + 3, "wavy": wavy, "still": lambda x: x}
        figure = plots.plane_maps(maps)
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
