"""Neurons, networks, arrays, computational graphs, the map of the chapters."""

import numpy as np
import pytest
from helpers_figures import FigureTest, assert_readable, texts_of, words
from matplotlib.colors import to_hex, to_rgb
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch, Rectangle

from shared import plots
from shared.plots import ROLES, style


def shapes_of(figure, kind):
    return [patch for patch in figure.axes[0].patches if isinstance(patch, kind)]


# Forward through a neuron with two inputs, and back.
NODES = {
    "x": (0, 0),
    "w": (0, 1),
    "b": (1, 1.7),
    "mul": (1, 0.5, "×"),
    "add": (2, 0.9, "+"),
    "relu": (3, 0.9, "ReLU"),
}


EDGES = [
    ("x", "mul", 1.0, -3.0),
    ("w", "mul", -3.5, 1.25),
    ("mul", "add", -3.5, 1),
    ("b", "add", 7, "dL/db"),
    ("add", "relu"),
]


class TestDiagrams(FigureTest):
    def test_neuron_in_letters(self):
        figure = plots.neuron_diagram(
            ["x₁", "x₂", "x₃"], ["w₁", "w₂", "w₃"], "b", activation="ReLU"
        )
        assert {"x₁", "× w₂", "Σ", "+ b", "z", "ReLU", "ŷ"} <= set(words(figure))
        assert len(shapes_of(figure, Circle)) == 4
        assert len(shapes_of(figure, FancyArrowPatch)) == 3 + 1 + 2
        assert_readable(figure)

    def test_neuron_in_numbers(self):
        figure = plots.neuron_diagram([1.0, -2, 3, 2.5], [0.2, 0.8, -0.5, 1.0], -2.0, output=4.8)
        assert {"1", "−2", "× 0.2", "× −0.5", "− 2", "4.8"} <= set(words(figure))
        assert "z" not in words(figure)
        assert not shapes_of(figure, FancyBboxPatch)
        assert "+ 3" in words(plots.neuron_diagram([1], [1], 3))
        assert_readable(figure)

    @pytest.mark.parametrize(
        ("draw", "received"),
        [
            (lambda: plots.neuron_diagram([1, 2], [1], 0), "2 inputs, 1 weights"),
            (lambda: plots.network_diagram([2, 3, 1], names=["in"]), "3 sizes, 1 names"),
        ],
    )
    def test_lengths_must_fit(self, draw, received):
        with pytest.raises(ValueError, match=f"Received: {received}\\."):
            draw()

    def test_network(self):
        figure = plots.network_diagram([2, 3, 1], names=["in", "hidden", "out"])
        assert len(shapes_of(figure, Circle)) == 6
        assert len(figure.axes[0].get_lines()) == 2 * 3 + 3 * 1
        weights = {"$W_{1}$ (2, 3)", "$W_{2}$ (3, 1)"}
        assert {"in", "hidden", "out", "2", "3", "1"} | weights == set(words(figure))
        assert "W (2, 3)" in words(plots.network_diagram([2, 3]))
        assert_readable(figure)

    def test_layers_have_the_colors_of_their_lengths(self):
        circles = shapes_of(plots.network_diagram([2, 3]), Circle)
        colors = [style.for_text(to_hex(circle.get_edgecolor())) for circle in circles]
        figure = plots.shape_diagram([("x", (4, 2)), "@", ("W", (2, 3)), "=", ("z", (4, 3))])
        lengths = {text.get_text(): text.get_color() for text in figure.axes[0].texts}
        assert colors == 2 * [lengths["2"]] + 3 * [lengths["3"]]
        assert len({*colors, lengths["4"]}) == 3

    def test_large_layers_are_shortened(self):
        figure = plots.network_diagram([784, 128, 9, 8])
        assert len(shapes_of(figure, Circle)) == 8 * 4
        assert words(figure).count("⋮") == 3
        assert {"784", "128", "$W_{1}$ (784, 128)"} <= set(words(figure))
        assert_readable(figure)

    def test_shapes(self):
        terms = [("x", (4, 3)), "@", ("W", (3, 5)), "+", ("b", (5,)), "=", ("z", (4, 5))]
        figure = plots.shape_diagram(terms)
        assert {"x", "@", "(4, 3)", "(3, 5)", "(5,)", "(4, 5)"} <= set(words(figure))
        boxes = shapes_of(figure, Rectangle)
        assert len(boxes) == 4
        sizes = [(box.get_width(), box.get_height()) for box in boxes]
        cell = sizes[0][0] / 3
        expected = [(3, 4), (5, 3), (5, 1), (5, 4)]
        assert sizes == [pytest.approx((w * cell, h * cell)) for w, h in expected]
        # All the inner lines of the cells.
        lines = sum(len(group.get_segments()) for group in figure.axes[0].collections)
        assert lines == sum(w - 1 + h - 1 for w, h in expected)
        assert_readable(figure)

    def test_equal_lengths_have_equal_colors(self):
        figure = plots.shape_diagram(
            [("x", ("n", 784)), "@", ("W", (784, 10)), "=", ("z", ("n", 10))]
        )
        colors = {}
        for text in figure.axes[0].texts:
            colors.setdefault(text.get_text(), []).append(text.get_color())
        for length in ["n", "784", "10"]:
            assert len(colors[length]) == 2
            assert len(set(colors[length])) == 1
        assert len({colors[length][0] for length in ["n", "784", "10"]}) == 3
        widths = [box.get_width() for box in shapes_of(figure, Rectangle)]
        assert widths[0] > widths[1] == widths[2]
        assert not figure.axes[0].collections  # no cells for large numbers
        assert_readable(figure)

    def test_lengths_keep_their_colors_in_another_order(self):
        def colors(figure):
            return {text.get_text(): text.get_color() for text in figure.axes[0].texts}

        rows = colors(plots.shape_diagram([("x", (4, 2)), "@", ("W", (2, 3)), "=", ("z", (4, 3))]))
        terms = [("W", (3, 2)), "@", ("X", (2, 4)), "+", ("b", (3, 1)), "=", ("Z", (3, 4))]
        columns = colors(plots.shape_diagram(terms, lengths=(4, 2, 3)))
        assert [columns[length] for length in "423"] == [rows[length] for length in "423"]
        assert len({columns[length] for length in "4231"}) == 4
        assert colors(plots.shape_diagram(terms))["3"] != rows["3"]

    def test_shape_of_a_number(self):
        figure = plots.shape_diagram([("L", ()), "=", ("s", (1,))])
        assert {"()", "(1,)"} <= set(words(figure))
        assert_readable(figure)

    def test_blocks(self):
        blocks = {
            "all": (2.0, 1.5, 3.6, 2.0),
            "one": (1.0, 1.2, 0.8, 0.5, 1),
            "two": (3.0, 1.2, 0.8, 0.5, 2),
            "below": (1.0, 0.3, 0.8, 0.3, 0),
        }
        arrows = [
            ((1.4, 1.3), (2.6, 1.3), "there", "forward"),
            ((2.6, 1.1), (1.4, 1.1), "", "backward"),
            ((1.0, 0.95), (1.0, 0.45), "down"),
            ((3.0, 1.45), (3.0, 1.7)),
        ]
        figure = plots.block_diagram(blocks, arrows)
        assert_readable(figure)
        assert words(figure)[:4] == ["all", "one", "two", "below"]
        assert {"there", "down"} <= {*words(figure)}
        boxes = shapes_of(figure, FancyBboxPatch)
        assert [to_hex(box.get_edgecolor()) for box in boxes[1:]] == [
            to_hex(style.COLORS[k]) for k in (1, 2, 0)
        ]
        assert [box.get_facecolor()[3] for box in boxes] == [0, 1, 1, 1]
        forth, back, down, up = shapes_of(figure, FancyArrowPatch)
        for arrow, role in [(forth, "forward"), (back, "backward")]:
            assert to_hex(arrow.get_edgecolor()) == to_hex(ROLES[role].color)
            assert arrow.get_linestyle() == ROLES[role].dash
        assert to_hex(down.get_edgecolor()) == to_hex(up.get_edgecolor()) == to_hex(style.FAINT)
        places = {text.get_text(): text.get_position() for text in figure.axes[0].texts}
        assert places["all"] == (2.0, pytest.approx(2.28))
        assert places["there"] == pytest.approx((2.0, 1.36))
        assert places["down"] == pytest.approx((1.1, 0.7))
        assert figure.get_size_inches() == pytest.approx([3.9, 2.6])

    def test_graph(self):
        figure = plots.computational_graph(NODES, EDGES)
        assert len(shapes_of(figure, FancyArrowPatch)) == 5
        assert len(shapes_of(figure, Circle)) == 3  # operations
        assert len(shapes_of(figure, FancyBboxPatch)) == 3  # inputs
        assert {"x", "w", "b", "×", "+", "ReLU", "−3.5", "1.25", "dL/db"} <= set(words(figure))
        assert_readable(figure)

    def test_values_above_and_gradients_below_in_their_colors(self):
        figure = plots.computational_graph(NODES, EDGES)
        texts = {t.get_text(): t for t in figure.axes[0].texts}
        forward, backward = (style.for_text(ROLES[r].color) for r in ("forward", "backward"))
        assert forward != backward
        value, gradient = texts["7"], texts["dL/db"]
        assert value.get_position()[1] > gradient.get_position()[1]
        assert (value.get_color(), gradient.get_color()) == (forward, backward)
        assert (value.get_style(), gradient.get_style()) == ("normal", "italic")

    def test_values_stand_beside_their_edge(self):
        for column in [1, -1]:  # to the right and to the left
            nodes = {"a": (0, 0), "b": (column, 0)}
            figure = plots.computational_graph(nodes, [("a", "b", 17, 18)])
            boxes = dict(texts_of(figure))
            edge = (boxes["a"].y0 + boxes["a"].y1) / 2
            assert boxes["17"].y0 > edge + 2
            assert boxes["18"].y1 < edge - 2

    def test_key_names_what_is_there(self):
        both = " ".join(words(plots.computational_graph(NODES, EDGES)))
        values = " ".join(
            words(plots.computational_graph({"a": (0, 0), "b": (1, 0)}, [("a", "b", 1)]))
        )
        neither = " ".join(
            words(plots.computational_graph({"a": (0, 0), "b": (1, 0)}, [("a", "b")]))
        )
        assert "forward" in both and "backward" in both
        assert "forward" in values and "backward" not in values
        assert "forward" not in neither and "backward" not in neither

    def test_upright_edges(self):
        figure = plots.computational_graph({"a": (0, 0), "b": (0, 1), "c": (0, 2)}, [
            ("a", "b", 11, 12), ("c", "b", 13, 14)
        ])  # fmt: skip
        at = {t.get_text(): t.get_position()[0] for t in figure.axes[0].texts}
        assert len(shapes_of(figure, Circle)) == 1  # b, to which the two others lead
        assert at["11"] < at["12"]
        assert at["13"] < at["14"]
        assert_readable(figure)

    @pytest.mark.parametrize("place", [(1, 0), (0, 1), (0, -1), (1, 1), (1, 0.3), (-1, 0)])
    def test_arrows_begin_at_the_side_of_a_box(self, place):
        figure = plots.computational_graph({"a": (0, 0), "b": place}, [("a", "b")])
        [arrow], [box] = shapes_of(figure, FancyArrowPatch), shapes_of(figure, FancyBboxPatch)
        x, y = arrow.get_path().vertices[0]
        sides = box.get_bbox()
        gap = max(sides.x0 - x, x - sides.x1, sides.y0 - y, y - sides.y1)
        assert 0.01 < gap < 0.05  # inches

    def test_slope_sweep(self):
        slopes = {"x": 0, "w": 1.0, "b": 0, "z": 2.5, "L": -6}
        for reverse, role in [(False, "forward"), (True, "backward")]:
            ax = plots.slope_sweep(["x", "w", "b"], ["z", "L"], slopes, reverse=reverse, title="t")
            assert_readable(ax)
            inks = {text.get_text(): text.get_color() for text in ax.texts if text.get_text()}
            color = style.for_text(ROLES[role].color)
            assert {"x", "w", "b", "z", "L", "0", "1", "2.5", "−6"} == set(inks)
            assert [inks[text] for text in ["0", "1", "2.5", "−6"]] == [style.FAINT, *[color] * 3]
            arrows = [text for text in ax.texts if not text.get_text()]
            rows = [(text.get_position(), text.xy) for text in arrows]
            sides = [(1, 1), *[(0, row) for row in (2, 1, 0)]]
            assert len(rows) == 4
            for row in rows:
                start, end = reversed(row) if reverse else row
                # From left to right, unless the sweep is reversed.
                assert start[0] < end[0]
                assert start in sides
            drawn = [text.arrow_patch.get_edgecolor()[:3] for text in arrows]
            gray = [to_rgb(style.LIGHT) == color for color in drawn]
            assert gray == [True, False, True, False]

    def test_chapter_map(self):
        parts = {
            "Training": [(k, "Binary classification") for k in range(3, 10)],
            "Foundations": [(0, "Start here"), (1, "A single neuron"), (2, "Layers and batches")],
        }
        figure = plots.chapter_map(parts)
        boxes = shapes_of(figure, FancyBboxPatch)
        assert len(boxes) == 10
        assert len(shapes_of(figure, FancyArrowPatch)) == 2 + 3 + 2
        assert {"Foundations", "Training", "0\nStart here", "3\nBinary\nclassification"} <= set(
            words(figure)
        )
        assert_readable(figure)
        # Every text of a box is inside a box.
        extents = [box.get_window_extent() for box in boxes]
        for text, inner in texts_of(figure):
            if "\n" in text:
                assert any(
                    box.x0 <= inner.x0
                    and inner.x1 <= box.x1
                    and box.y0 <= inner.y0
                    and inner.y1 <= box.y1
                    for box in extents
                ), text


class TestArrayBoxes:
    def boxes(self, *arguments, **options):
        """Return what is drawn: for each box its corner, text, line, color, weight, and slant."""
        ax = plots.array_canvas(8, 6)
        plots.array_boxes(ax, *arguments, **options)
        texts = {tuple(np.round(text.get_position(), 6)): text for text in ax.texts}
        drawn = {}
        for patch in ax.patches:
            left, top = patch.get_xy()
            text = texts[left + 0.5, top + 0.5]
            look = patch.get_facecolor()[:3], text.get_weight(), text.get_style()
            drawn[left, top] = text.get_text(), patch.get_linestyle(), look
        return ax, drawn

    def test_entries_are_in_rows_and_columns_below_the_name(self):
        ax, drawn = self.boxes([[1, -2.5], [np.nan, 1 / 3]], 2, 1, "W")
        texts = {corner: text for corner, (text, _, _) in drawn.items()}
        assert texts == {(2, 1): "1", (3, 1): "−2.5", (2, 2): "?", (3, 2): "0.33"}
        name = next(text for text in ax.texts if text.get_text() == "W")
        assert name.get_position() == (3, 0.8)
        assert ax.yaxis_inverted()

    def test_a_vector_is_a_row(self):
        assert list(self.boxes([5, 7, 9], 0, 0)[1]) == [(0, 0), (1, 0), (2, 0)]

    def test_a_box_is_a_square_of_half_an_inch(self):
        ax, _ = self.boxes([1], 0, 0)
        (x0, y0), (x1, y1) = ax.transData.transform([(0, 0), (1, 1)]) / ax.figure.dpi
        assert np.allclose([x1 - x0, y0 - y1], 0.5)

    def test_colors_have_a_second_cue(self):
        looks = [look for _, _, look in self.boxes([1, 2, 3], 0, 0, colors=[0, 1, 2])[1].values()]
        assert len({color for color, _, _ in looks}) == 3
        assert [look[1:] for look in looks] == [
            ("normal", "normal"),
            ("bold", "normal"),
            ("normal", "italic"),
        ]

    def test_colors_of_rows_are_broadcast(self):
        drawn = self.boxes([[1, 2], [3, 4]], 0, 0, colors=[[0], [1]])[1]
        assert [look[1] for _, _, look in drawn.values()] == ["normal", "normal", "bold", "bold"]

    @pytest.mark.parametrize(("values", "shape"), [([1, 2], (2, 2)), ([[1], [2]], (2, 2))])
    def test_repeated_entries_are_dashed(self, values, shape):
        drawn = self.boxes(values, 0, 0, shape=shape)[1]
        stretched = np.broadcast_to(values, shape)
        for (left, top), (text, line, _) in drawn.items():
            assert text == str(stretched[int(top), int(left)])
            exists = top == 0 if np.ndim(values) == 1 else left == 0
            assert line == ("-" if exists else "--")
