"""The figures are tested by what is in them and where, not by their pixels."""

import itertools
from unittest import mock

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_hex, to_rgb
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch, Rectangle

from shared import plots
from shared.plots import _pieces, style

CLASSES = [
    *["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt"],
    *["Sneaker", "Bag", "Ankle boot"],
]
SEVEN = ["SGD", "momentum", "Nesterov", "AdaGrad", "RMSProp", "Adam", "AdamW"]


@pytest.fixture(autouse=True)
def with_style():
    with plt.rc_context():
        plots.use_style()
        yield
    plt.close("all")


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def figure_of(drawn):
    return drawn if isinstance(drawn, plt.Figure) else drawn.figure


def texts_of(drawn):
    """All texts that are really drawn, as (text, extent in pixels)."""
    texts, draw = [], plt.Text.draw

    def record(text, renderer):
        if text.get_visible() and text.get_text().strip():
            texts.append((text.get_text(), text.get_window_extent(renderer)))
        draw(text, renderer)

    with mock.patch.object(plt.Text, "draw", record):
        figure_of(drawn).canvas.draw()
    return texts


def words(drawn):
    return [text for text, _ in texts_of(drawn)]


def assert_readable(drawn):
    """No text covers another, and none is cut off by the edge of the figure."""
    texts, figure = texts_of(drawn), figure_of(drawn)
    assert texts
    for (one, a), (other, b) in itertools.combinations(texts, 2):
        width = min(a.x1, b.x1) - max(a.x0, b.x0)
        height = min(a.y1, b.y1) - max(a.y0, b.y0)
        assert width < 1 or height < 1, f"{one!r} and {other!r} overlap"
    for text, box in texts:
        inside = box.x0 >= -1 and box.y0 >= -1
        inside &= box.x1 <= figure.bbox.x1 + 1 and box.y1 <= figure.bbox.y1 + 1
        assert inside, f"{text!r} is cut off: {box} in {figure.bbox}"


def label_height(ax, text):
    """The height in pixels at which a text stands."""
    (box,) = [box for word, box in texts_of(ax) if word == text]
    return (box.y0 + box.y1) / 2


def plain_history(epochs=10, gap=0.05):
    falling = 1 / np.arange(1, epochs + 1)
    return {
        "loss": list(0.2 + falling),
        "accuracy": list(0.9 - falling / 3),
        "val_loss": list(0.2 + gap + falling),
        "val_accuracy": list(0.9 - gap - falling / 3),
    }


class TestStyle:
    def test_sets_what_the_contract_asks_for(self):
        assert 96 <= plt.rcParams["figure.dpi"] <= 110
        assert plt.rcParams["figure.constrained_layout.use"]
        for key in ["figure.facecolor", "savefig.facecolor", "axes.facecolor"]:
            assert to_hex(plt.rcParams[key], keep_alpha=True) == "#ffffffff"

    def test_is_the_only_thing_that_changes_settings(self, rng):
        before = dict(plt.rcParams)
        plots.lines([1, 2], {"a": [1, 2]})
        plots.image_grid(rng.random((2, 3, 3)))
        plots.network_diagram([2, 3])
        assert dict(plt.rcParams) == before

    def test_series_have_two_cues(self):
        cycle = list(plt.rcParams["axes.prop_cycle"])
        assert len({entry["color"] for entry in cycle}) == len(cycle) == 7
        assert len({str(entry["linestyle"]) for entry in cycle}) == 7
        assert len(set(plots.MARKERS)) == 7

    @pytest.mark.parametrize("color", plots.COLORS)
    def test_contrast_with_the_background(self, color):
        assert contrast(color) >= 3
        assert contrast(style.for_text(color)) >= 4.5

    @pytest.mark.parametrize("kind", ["normal", "deuteranopia", "protanopia", "tritanopia"])
    def test_the_first_four_colours_can_be_told_apart(self, kind):
        seen = [as_lab(color, kind) for color in plots.COLORS[:4]]
        for a, b in itertools.combinations(seen, 2):
            assert np.linalg.norm(a - b) > 20

    def test_ink_fits_the_colour_below(self):
        assert style.ink_on("#08306b") == "white"
        assert style.ink_on("#deebf7") == plots.INK


def linear(color):
    channels = np.array(to_rgb(color))
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def contrast(color):
    return 1.05 / (linear(color) @ [0.2126, 0.7152, 0.0722] + 0.05)


# Machado, Oliveira and Fernandes, A physiologically-based model for simulation of color vision
# deficiency, 2009: the matrices for full severity.
SIGHT = {
    "normal": np.eye(3),
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


def as_lab(color, kind):
    """CIE L*a*b* of a colour as seen with a colour vision deficiency."""
    seen = np.clip(np.array(SIGHT[kind]) @ linear(color), 0, 1)
    to_xyz = [[0.4125, 0.3576, 0.1804], [0.2127, 0.7152, 0.0722], [0.0193, 0.1192, 0.9503]]
    x, y, z = np.cbrt(np.array(to_xyz) @ seen / [0.9505, 1, 1.0888])
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


class TestSpread:
    @settings(deadline=None)
    @given(
        st.lists(st.floats(0, 100), min_size=1, max_size=8),
        st.floats(0.5, 12),
    )
    def test_apart_in_order_and_inside(self, positions, gap):
        result = _pieces.spread(np.array(positions), gap, 0, 100)
        order = np.argsort(positions, kind="stable")
        assert np.all(np.diff(result[order]) >= gap - 1e-6)
        assert result.min() >= -1e-6
        assert result.max() <= 100 + 1e-6

    def test_moves_nothing_that_has_room(self):
        result = _pieces.spread(np.array([50, 10, 90.0]), 8, 0, 100)
        np.testing.assert_allclose(result, [50, 10, 90])

    def test_shares_the_way_evenly(self):
        np.testing.assert_allclose(
            _pieces.spread(np.array([50.0, 50, 50]), 10, 0, 100), [40, 50, 60]
        )
        result = _pieces.spread(np.array([50.0, 51, 80]), 11, 0, 99)
        np.testing.assert_allclose(result, [45, 56, 80])

    def test_too_many_stay_readable(self):
        result = _pieces.spread(np.zeros(5), 30, 0, 100)
        np.testing.assert_allclose(np.diff(result), 30)


class TestLines:
    def test_named_at_their_ends_in_their_colours(self):
        ax = plots.lines([0, 1, 2], {"up": [0, 1, 2], "down": [2, 1, 0]}, xlabel="x", ylabel="y")
        assert ax.get_legend() is None
        assert (ax.get_xlabel(), ax.get_ylabel()) == ("x", "y")
        by_name = {t.get_text(): t for t in ax.findobj(plt.Text)}
        for line, name in zip(ax.get_lines(), ["up", "down"], strict=True):
            assert by_name[name].get_color() == style.for_text(line.get_color())
            height = label_height(ax, name)
            assert abs(height - ax.transData.transform(line.get_xydata()[-1])[1]) < 3
            assert by_name[name].get_window_extent().x0 > ax.bbox.x1
        assert_readable(ax)

    def test_colour_and_dash_differ(self):
        ax = plots.lines([0, 1], {name: [0, i] for i, name in enumerate(SEVEN)}, markers=True)
        drawn = ax.get_lines()
        assert len({line.get_color() for line in drawn}) == 7
        assert len({str(line._dash_pattern) for line in drawn}) == 7
        assert len({line.get_marker() for line in drawn}) == 7

    def test_markers_only_if_asked(self):
        (line,) = plots.lines([0, 1], {"a": [0, 1]}).get_lines()
        assert line.get_marker() == "None"

    @pytest.mark.parametrize("ends", [[1, 1, 1, 1, 1, 1, 1], [0, 0.01, 0.02, 0.5, 0.51, 1, 0.99]])
    def test_names_never_overlap(self, ends):
        series = {name: [0.3, end] for name, end in zip(SEVEN, ends, strict=True)}
        ax = plots.lines([0, 1], series, title="Seven")
        assert_readable(ax)
        # Nor after the figure has changed its size and its contents.
        ax.set_ylabel("much\ntaller\nlabel")
        ax.figure.set_size_inches(5, 2.6)
        ax.set_ylim(-3, 1.2)
        assert_readable(ax)

    def test_names_stand_in_the_order_of_the_ends(self):
        series = {name: [0, end] for name, end in zip("abc", [3.0, 1.0, 2.0], strict=True)}
        ax = plots.lines([0, 1], series)
        heights = [label_height(ax, name) for name in "bca"]
        assert heights == sorted(heights)

    def test_lines_that_meet_keep_the_order_in_which_they_came(self):
        x = np.linspace(0, 1, 50)
        for series in [{"high": x**0.2, "low": x}, {"low": x, "high": x**0.2}]:
            ax = plots.lines(x, series)
            assert label_height(ax, "high") > label_height(ax, "low") + 8

    def test_the_last_known_value_counts(self):
        ax = plots.lines([0, 1, 2, 3], {"a": [0, 1, 4, np.nan], "b": [0, 0, 0, 0]})
        height = label_height(ax, "a")
        assert abs(height - ax.transData.transform((2, 4))[1]) < 3

    def test_a_line_without_any_value_has_no_name(self):
        assert "gone" not in words(plots.lines([0, 1], {"gone": [np.nan] * 2, "b": [0, 1]}))

    def test_a_line_that_ends_outside_is_named_at_the_border(self):
        ax = plots.lines([0, 1], {"up": [0, 9], "down": [0, -9]})
        ax.set_ylim(-1, 1)
        heights = [label_height(ax, name) for name in ["up", "down"]]
        assert heights == pytest.approx([ax.bbox.y1, ax.bbox.y0], abs=2)
        (labels,) = ax.findobj(_pieces.EndLabels)
        for leader in labels.leaders:
            assert ax.bbox.y0 <= min(leader.get_ydata()) <= max(leader.get_ydata()) <= ax.bbox.y1

    def test_a_line_may_have_no_name(self):
        bare, named = (plots.lines([0, 1], {name: [0, 1]}) for name in ["", "a"])
        assert len(bare.get_lines()) == len(named.get_lines()) == 1
        assert len(bare.findobj(plt.Line2D)) == len(named.findobj(plt.Line2D)) - 1

    @pytest.mark.parametrize(
        ("log", "scales"), [("", "ll"), ("x", "gl"), ("y", "lg"), ("xy", "gg")]
    )
    def test_logarithmic_axes(self, log, scales):
        ax = plots.lines([1, 10], {"a": [1, 100]}, log=log)
        assert ax.get_xscale() == {"l": "linear", "g": "log"}[scales[0]]
        assert ax.get_yscale() == {"l": "linear", "g": "log"}[scales[1]]
        assert_readable(ax)

    def test_draws_where_it_is_told(self):
        _, given_ax = plt.subplots()
        assert plots.lines([0, 1], {"a": [0, 1]}, ax=given_ax) is given_ax
        assert len(plt.get_fignums()) == 1

    def test_lengths_must_fit(self):
        with pytest.raises(ValueError, match=r"x \(3,\), 'a' \(2,\)"):
            plots.lines([0, 1, 2], {"a": [0, 1]})


class TestLearningCurves:
    def test_one_run(self):
        figure = plots.learning_curves(plain_history())
        assert [ax.get_title(loc="left") for ax in figure.axes] == ["loss", "accuracy"]
        for ax in figure.axes:
            validation, training = ax.get_lines()
            assert (validation.get_linestyle(), training.get_linestyle()) == ("-", "--")
            assert validation.get_color() != training.get_color()
            assert validation.get_marker() == training.get_marker() == ""
            assert validation.get_xdata()[[0, -1]].tolist() == [1, 10]
            assert ax.get_xlabel() == "epoch"
        assert words(figure).count("training") == words(figure).count("validation") == 2
        assert "dashed" not in " ".join(words(figure))  # the lines are named themselves
        assert_readable(figure)

    def test_values_are_where_they_belong(self):
        history = plain_history()
        loss, accuracy = plots.learning_curves(history).axes
        assert loss.get_lines()[0].get_ydata().tolist() == history["val_loss"]
        assert loss.get_lines()[1].get_ydata().tolist() == history["loss"]
        assert accuracy.get_lines()[0].get_ydata().tolist() == history["val_accuracy"]
        assert accuracy.get_lines()[1].get_ydata().tolist() == history["accuracy"]

    def test_several_runs_of_different_length(self):
        names = ["baseline", "wider, 512-256", "with batch norm", "no dropout"]
        runs = {name: plain_history(10 - i) for i, name in enumerate(names)}
        figure = plots.learning_curves(runs, title="Four runs")
        for ax in figure.axes:
            drawn = ax.get_lines()
            assert len(drawn) == 8
            assert len({line.get_color() for line in drawn}) == 4
            assert len({line.get_marker() for line in drawn[::2]}) == 4
            assert {line.get_linestyle() for line in drawn[::2]} == {"-"}
            assert {line.get_linestyle() for line in drawn[1::2]} == {"--"}
        assert sorted(word for word in words(figure) if word in names) == sorted(2 * names)
        assert "Four runs  (solid: validation, dashed: training)" in words(figure)
        assert_readable(figure)

    def test_without_validation(self):
        figure = plots.learning_curves({"loss": [3.0, 2.0, 1.0]})
        (line,) = figure.axes[0].get_lines()
        assert line.get_linestyle() == "-"
        assert "training" in words(figure)
        assert "validation" not in " ".join(words(figure))
        several = plots.learning_curves({"a": {"loss": [2.0, 1.0]}, "b": {"loss": [3.0, 1.0]}})
        assert {"a", "b"} <= set(words(several))
        assert "dashed" not in " ".join(words(several))

    def test_epochs_are_whole_numbers(self):
        ticks = plots.learning_curves({"loss": [3.0, 2.0, 1.5]}).axes[0].get_xticks()
        assert all(tick == int(tick) for tick in ticks)

    def test_more_runs_than_colours(self):
        plots.learning_curves({f"run {i}": {"loss": [1.0, i]} for i in range(9)})

    def test_nothing_to_draw(self):
        with pytest.raises(ValueError, match="empty history"):
            plots.learning_curves({})


class TestComparisons:
    names = ("baseline 128-64", "wider 512-256", "batch normalization")

    def test_dots_of_single_values(self):
        ax = plots.comparison_dots(self.names, [0.87, 0.88, 0.91], xlabel="accuracy", form="{:.1%}")
        assert {"87.0%", "88.0%", "91.0%", *self.names} <= set(words(ax))
        dots = [line for line in ax.get_lines() if line.get_marker() == "o"]
        assert [dot.get_xydata()[0].tolist() for dot in dots] == [[0.87, 0], [0.88, 1], [0.91, 2]]
        assert label_height(ax, "87.0%") > label_height(ax, "91.0%")  # the first on top
        assert_readable(ax)

    def test_dots_of_several_seeds(self):
        ax = plots.comparison_dots(self.names, [[1, 2, 6], [4, 4, 4], [5]], form="{:.2f}")
        assert {"3.00", "4.00", "5.00"} <= set(words(ax))
        ticks = [line for line in ax.get_lines() if line.get_marker() == "|"]
        assert [tick.get_xdata().tolist() for tick in ticks] == [[1, 2, 6], [4, 4, 4]]
        bars = [line for line in ax.get_lines() if line.get_linestyle() == "-"]
        assert bars[0].get_xdata().tolist() == [1, 6]

    def test_dots_with_a_given_spread(self):
        ax = plots.comparison_dots(self.names, [3, 4, 5], [1, 0.5, 2])
        bars = [line for line in ax.get_lines() if line.get_linestyle() == "-"]
        assert [bar.get_xdata().tolist() for bar in bars] == [[2, 4], [3.5, 4.5], [3, 7]]

    def test_bars_begin_at_zero(self):
        ax = plots.bars(self.names, [3.0, 2.0, 0.25], xlabel="ms")
        assert [bar.get_x() for bar in ax.patches] == [0, 0, 0]
        assert [bar.get_width() for bar in ax.patches] == [3.0, 2.0, 0.25]
        assert ax.get_xlim()[0] == 0
        assert {"3", "2", "0.25", "ms"} <= set(words(ax))
        assert_readable(ax)

    def test_bars_below_zero(self):
        ax = plots.bars(["gain", "loss"], [2.0, -1.0])
        assert ax.get_xlim()[0] < -1
        boxes = dict(texts_of(ax))
        assert boxes["2"].x0 > ax.transData.transform((2, 0))[0]
        assert boxes["−1"].x1 < ax.transData.transform((-1, 1))[0]
        assert_readable(ax)

    @pytest.mark.parametrize("function", [plots.bars, plots.comparison_dots])
    def test_reference(self, function):
        ax = function(self.names, [1.0, 2.0, 3.0], reference=("floor", 1.5))
        (line,) = [x for x in ax.get_lines() if x.get_linestyle() == "--"]
        assert line.get_xdata() == [1.5, 1.5]
        assert "floor" in words(ax)
        assert_readable(ax)

    def test_lengths_must_fit(self):
        with pytest.raises(ValueError, match="3 names, 2 values"):
            plots.bars(self.names, [1, 2])
        with pytest.raises(ValueError, match="3 names, 2 values"):
            plots.comparison_dots(self.names, [1, 2])
        with pytest.raises(ValueError, match="3 names, 3 values, 1 spreads"):
            plots.comparison_dots(self.names, [1, 2, 3], [1])

    def test_histograms(self, rng):
        series = {f"layer {k}": rng.normal(size=(50, 8)) / k for k in range(1, 7)}
        figure = plots.histograms(series, bins=20, xlabel="activation", columns=4)
        everything = np.concatenate([values.ravel() for values in series.values()])
        used = [ax for ax in figure.axes if ax.axison]
        assert not any(label.get_visible() for label in used[0].get_xticklabels())  # those below do
        assert [ax.get_title(loc="left") for ax in used] == list(series)
        for ax, values in zip(used, series.values(), strict=True):
            heights = [bar.get_height() for bar in ax.patches]
            assert sum(heights) == pytest.approx(100)
            edges = [bar.get_x() for bar in ax.patches]
            edges.append(edges[-1] + ax.patches[-1].get_width())
            assert (edges[0], edges[-1]) == pytest.approx((everything.min(), everything.max()))
            assert heights == pytest.approx(np.histogram(values, edges)[0] / 4)
            assert ax.get_xlim() == used[0].get_xlim()
            assert ax.get_ylim() == used[0].get_ylim()
        assert "activation" in words(figure)
        assert_readable(figure)


class TestDecisionRegions:
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

    def test_a_marker_and_a_colour_for_each_class(self):
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


class TestSurfacePaths:
    @staticmethod
    def bowl(u, v):
        return u**2 + 10 * v**2

    def paths(self, rng):
        way = np.linspace(0, 1, 30)[:, np.newaxis]
        return {
            name: (1 - way) * [-1.8, 1.0] + 0.4 * np.sin(np.pi * way) * rng.normal(size=2)
            for name in SEVEN
        }

    def test_paths_start_and_end(self, rng):
        paths = self.paths(rng)
        ax = plots.surface_paths(self.bowl, (-2, 1), (-1.5, 1.5), paths, xlabel="w", title="Bowl")
        assert ax.get_xlim() == (-2, 1)
        assert ax.get_ylim() == (-1.5, 1.5)
        drawn = ax.get_lines()
        assert len(drawn) == 3 * 7
        for position, (name, path) in enumerate(paths.items()):
            line, start, end = drawn[3 * position : 3 * position + 3]
            np.testing.assert_array_equal(line.get_xydata(), path)
            np.testing.assert_array_equal(start.get_xydata(), path[:1])
            np.testing.assert_array_equal(end.get_xydata(), path[-1:])
            assert start.get_markerfacecolor() == "white"
            assert end.get_markerfacecolor() == line.get_color()
            assert words(ax).count(name) == 1
        assert len({str(line._dash_pattern) for line in drawn[::3]}) == 7

    def test_names_cover_neither_each_other_nor_the_border(self, rng):
        ax = plots.surface_paths(self.bowl, (-2, 1), (-1.5, 1.5), self.paths(rng))
        assert_readable(ax)
        for text, box in texts_of(ax):
            if text in SEVEN:
                assert ax.bbox.x0 <= box.x0 and box.x1 <= ax.bbox.x1

    def test_a_name_stands_where_its_path_is_alone(self):
        way = np.linspace(0, 1, 40)[:, np.newaxis]
        paths = {
            "above": np.hstack([way * 2 - 1, np.sin(np.pi * way)]),
            "below": np.hstack([way * 2 - 1, -np.sin(np.pi * way)]),
        }
        ax = plots.surface_paths(self.bowl, (-1.5, 1.5), (-1.5, 1.5), paths)
        heights = [label_height(ax, name) for name in paths]
        middle = ax.transData.transform((0, 0))[1]
        assert heights[0] > middle + 20
        assert heights[1] < middle - 20

    def test_a_path_that_leaves(self):
        away = np.array([[0.5, 0.5], [40.0, 40.0], [np.float64(1e6), -1e6]])
        ax = plots.surface_paths(self.bowl, (-1, 1), (-1, 1), {"diverges": away, "gone": away + 9})
        boxes = dict(texts_of(ax))
        for name in ["diverges", "gone"]:
            assert ax.bbox.x0 <= boxes[name].x0 and boxes[name].x1 <= ax.bbox.x1 + 1
            assert ax.bbox.y0 <= boxes[name].y0 and boxes[name].y1 <= ax.bbox.y1 + 1

    def test_what_is_outside_does_not_drive_a_name_onto_its_path(self):
        inside = np.column_stack([np.linspace(-0.9, 0.9, 20), np.zeros(20)])
        outside = np.array([[2.0, 500.0 * (-1) ** k] for k in range(60)])
        path = np.concatenate([inside, outside])
        ax = plots.surface_paths(self.bowl, (-1, 1), (-1, 1), {"leaves": path})
        height = label_height(ax, "leaves")
        assert abs(height - ax.transData.transform((0, 0))[1]) > 8

    def test_names_of_equal_paths(self):
        path = np.array([[-0.5, 0.5], [0.5, -0.5]])
        ax = plots.surface_paths(self.bowl, (-1, 1), (-1, 1), {"one": path, "two": path.copy()})
        assert_readable(ax)

    def test_names_fit_axes_that_the_layout_made_small(self):
        _, ax = plt.subplots(figsize=(3.4, 3), layout="constrained")
        ax.set_title("a title")
        path = np.array([[0.9, 0.9], [0.9, -0.9]])
        label = "tall\n" * 8
        plots.surface_paths(self.bowl, (-1, 1), (-1, 1), {"a long name": path}, ax=ax, ylabel=label)
        (box,) = [box for text, box in texts_of(ax) if text == "a long name"]
        assert ax.bbox.x0 <= box.x0 and box.x1 <= ax.bbox.x1

    def test_contours_share_the_area(self):
        ax = plots.surface_paths(lambda u, v: np.exp(5 * u) + 0 * v, (0, 1), (0, 1), {})
        places = [
            path.vertices[:, 0].mean()
            for path in ax.collections[0].get_paths()
            if len(path.vertices)
        ]
        np.testing.assert_allclose(np.diff(places), 1 / 18, atol=0.01)

    def test_low_is_dark(self):
        ax = plots.surface_paths(self.bowl, (-1, 1), (-1, 1), {})
        (image,) = ax.get_images()
        middle, corner = image.to_rgba(image.get_array())[[100, 0], [100, 0], 0]
        assert middle < corner
        assert image.origin == "lower"


class TestImages:
    def test_grid(self, rng):
        images = rng.integers(20, 200, (12, 28, 28), dtype=np.uint8)
        figure = plots.image_grid(images, (CLASSES * 2)[:12], columns=10)
        drawn = figure.axes[0].get_images()
        assert len(drawn) == 12
        for image, shown in zip(images, drawn, strict=True):
            np.testing.assert_array_equal(shown.get_array(), image)
            assert shown.get_clim() == (0, images.max())  # one scale for all
            left, right, bottom, top = shown.get_extent()
            assert right - left == pytest.approx(top - bottom)
        # In rows from the upper left.
        corners = [(shown.get_extent()[0], -shown.get_extent()[3]) for shown in drawn]
        assert corners == sorted(corners, key=lambda corner: (round(corner[1], 6), corner[0]))
        assert len({round(y, 6) for _, y in corners}) == 2
        assert_readable(figure)

    def test_images_do_not_overlap_their_titles(self, rng):
        figure = plots.image_grid(rng.random((6, 8, 8)), ["two\nlines"] * 6, columns=3)
        ax = figure.axes[0]
        boxes = [shown.get_window_extent() for shown in ax.get_images()]
        for _, text in texts_of(figure):
            assert not any(box.shrunk(0.98, 0.98).overlaps(text) for box in boxes)

    def test_row_names(self, rng):
        figure = plots.image_grid(rng.random((20, 5, 5)), columns=2, row_names=CLASSES)
        assert words(figure) == CLASSES
        assert_readable(figure)
        assert label_height(figure.axes[0], "T-shirt/top") > label_height(figure.axes[0], "Bag")

    def test_negative_images_keep_their_range(self):
        figure = plots.image_grid(np.array([[[-1.0, 0.5]], [[0.0, 0.25]]]))
        assert figure.axes[0].get_images()[1].get_clim() == (-1, 0.5)

    def test_grid_needs_images(self):
        with pytest.raises(ValueError, match=r"images \(28, 28\), 0 titles"):
            plots.image_grid(np.zeros((28, 28)))
        with pytest.raises(ValueError, match=r"images \(3, 5, 5\), 2 titles"):
            plots.image_grid(np.zeros((3, 5, 5)), ["a", "b"])

    def test_weights(self, rng):
        weights = rng.normal(size=(12, 5))
        weights[3, 2] = -7
        figure = plots.weight_images(weights, shape=(3, 4), columns=4)
        drawn = figure.axes[0].get_images()
        assert len(drawn) == 5
        for unit, shown in enumerate(drawn):
            np.testing.assert_array_equal(shown.get_array(), weights[:, unit].reshape(3, 4))
            assert shown.get_clim() == (-7, 7)  # zero is white
        assert to_hex(drawn[0].cmap(0.5)) == "#f7f6f6"
        assert {"−7", "0", "7"} <= set(words(figure))
        assert_readable(figure)

    def test_scale_of_weights_is_below_the_images(self, rng):
        figure = plots.weight_images(rng.normal(size=(784, 32)))
        figure.draw_without_rendering()
        strip = figure.axes[1].get_tightbbox()
        assert all(strip.y1 < shown.get_window_extent().y0 for shown in figure.axes[0].get_images())

    def test_weights_must_fill_images(self):
        with pytest.raises(
            ValueError, match=r"need weights \(784, units\). Received: .* \(700, 3\)"
        ):
            plots.weight_images(np.zeros((700, 3)))


class TestMatrices:
    matrix = np.array([[90, 10, 0], [0, 5, 0], [400, 0, 600]])

    def test_confusion(self):
        ax = plots.confusion_matrix(self.matrix, ["cat", "dog", "bird"])
        shades = np.asarray(ax.get_images()[0].get_array())
        np.testing.assert_allclose(shades, [[0.9, 0.1, 0], [0, 1, 0], [0.4, 0, 0.6]])
        numbers = {t.get_text(): t.get_position() for t in ax.texts if t.get_text()}
        assert numbers == {
            "90": (0, 0), "10": (1, 0), "5": (1, 1), "400": (0, 2), "600": (2, 2)
        }  # fmt: skip
        assert ax.get_xlabel() == "predicted class"
        assert ax.get_ylabel() == "true class"
        assert [t.get_text() for t in ax.get_yticklabels()] == ["cat", "dog", "bird"]
        frames = [p.get_xy() for p in ax.patches if isinstance(p, Rectangle)]
        assert frames == [(k - 0.5, k - 0.5) for k in range(3)]
        assert_readable(ax)

    def test_confusion_of_ten(self, rng):
        ax = plots.confusion_matrix(rng.integers(0, 1000, (10, 10)), CLASSES)
        assert_readable(ax)

    def test_long_names_are_turned(self, rng):
        names = [f"long class name {k}" for k in range(6)]
        for class_names, angle in [(names, 40), (CLASSES[:6], 0)]:
            ax = plots.confusion_matrix(rng.integers(0, 9, (6, 6)), class_names)
            assert {label.get_rotation() for label in ax.get_xticklabels()} == {angle}

    def test_class_without_samples(self):
        ax = plots.confusion_matrix([[0, 0], [1, 3]], ["no", "yes"])
        shades = np.ma.filled(ax.get_images()[0].get_array(), np.nan)
        np.testing.assert_allclose(shades, [[0, 0], [0.25, 0.75]])

    def test_rare_mistakes_are_seen(self):
        ax = plots.confusion_matrix([[99, 1], [0, 100]], ["no", "yes"])
        image = ax.get_images()[0]
        rare, never = image.to_rgba(np.array([0.01, 0.0]))[:, 0]
        assert never - rare > 0.04

    @pytest.mark.parametrize("draw", ["confusion", "heatmap"])
    def test_numbers_can_be_read_on_their_cells(self, draw, rng):
        if draw == "confusion":
            ax = plots.confusion_matrix(rng.integers(1, 1000, (10, 10)), CLASSES)
        else:
            ax = plots.heatmap(np.linspace(-1, 1, 60).reshape(6, 10))
        image = ax.get_images()[0]
        cells = image.to_rgba(image.get_array())
        assert len(ax.texts) == cells.shape[0] * cells.shape[1]
        for text in ax.texts:
            column, row = text.get_position()
            a, b = (contrast(color) for color in [cells[row, column, :3], text.get_color()])
            assert max(a, b) / min(a, b) > 3.5

    def test_confusion_needs_names(self):
        with pytest.raises(ValueError, match=r"matrix \(3, 3\), 2 names"):
            plots.confusion_matrix(self.matrix, ["a", "b"])

    def test_heatmap(self):
        ax = plots.heatmap([[1, -0.25], [0, 0.5]], row_names=["a", "b"], column_names=["c", "d"])
        assert ax.get_images()[0].get_clim() == (-1, 1)
        assert sorted(words(ax)) == sorted(["1", "−0.25", "0", "0.5", "a", "b", "c", "d"])
        assert_readable(ax)

    def test_heatmap_without_negative_numbers(self):
        image = plots.heatmap(np.array([[4.0, 0.0]]), form="{:.0f}").get_images()[0]
        assert image.get_clim() == (0, 4)
        assert image.cmap.name == "Blues"
        assert plots.heatmap(np.zeros((1, 2))).get_images()[0].get_clim() == (0, 1)

    def test_heatmap_needs_a_matrix(self):
        with pytest.raises(ValueError, match=r"Received: \(3,\)"):
            plots.heatmap(np.zeros(3))


class TestConfidenceBars:
    probabilities = np.array([0.22, 0, 0.02, 0.01, 0.03, 0, 0.7, 0.01, 0.01, 0])

    def draw(self, true_label=None):
        image = np.arange(784).reshape(28, 28)
        return plots.confidence_bars(image, self.probabilities, CLASSES, true_label)

    def bars(self, figure):
        return figure.axes[1].patches

    def test_wrong(self):
        figure = self.draw(0)
        assert "Shirt, 70% sure: wrong" in words(figure)
        assert "22.0%  true" in words(figure)
        assert [bar.get_width() for bar in self.bars(figure)] == self.probabilities.tolist()
        assert [k for k, bar in enumerate(self.bars(figure)) if bar.get_hatch()] == [0]
        bold = [t.get_text() for t in figure.axes[1].get_yticklabels() if t.get_weight() == "bold"]
        assert bold == ["Shirt"]
        assert_readable(figure)

    def test_right(self):
        figure = self.draw(6)
        assert "Shirt, 70% sure: right" in words(figure)
        assert "70.0%  true" in words(figure)
        assert not any(bar.get_hatch() for bar in self.bars(figure))
        assert_readable(figure)

    def test_truth_unknown(self):
        figure = self.draw()
        assert "Shirt, 70% sure" in words(figure)
        assert not any("true" in word for word in words(figure))

    def test_predicted_bar_has_its_own_colour(self):
        colors = [to_hex(bar.get_facecolor()) for bar in self.bars(self.draw())]
        assert colors[6] not in colors[:6] + colors[7:]
        assert len(set(colors)) == 2

    def test_certain(self):
        figure = plots.confidence_bars(np.zeros((28, 28)), np.eye(10)[9], CLASSES, 9)
        assert_readable(figure)

    def test_nothing_moves_from_one_image_to_the_next(self):
        certain = plots.confidence_bars(np.zeros((28, 28)), np.eye(10)[9], CLASSES, 9)
        places = []
        for figure in [self.draw(), self.draw(0), certain]:
            figure.canvas.draw()
            places.append([ax.get_position().bounds for ax in figure.axes])
        np.testing.assert_allclose(places[1:], places[:1] * 2, atol=0.01)

    def test_the_first_class_is_on_top(self):
        figure = self.draw()
        assert label_height(figure.axes[1], "T-shirt/top") > label_height(figure.axes[1], "Bag")

    def test_shapes_must_fit(self):
        with pytest.raises(ValueError, match=r"probabilities \(1, 10\), 10 names"):
            plots.confidence_bars(np.zeros((2, 2)), np.zeros((1, 10)), CLASSES)


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


class TestDiagrams:
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

    def test_neuron_needs_a_weight_for_each_input(self):
        with pytest.raises(ValueError, match="2 inputs, 1 weights"):
            plots.neuron_diagram([1, 2], [1], 0)

    def test_network(self):
        figure = plots.network_diagram([2, 3, 1], names=["in", "hidden", "out"])
        assert len(shapes_of(figure, Circle)) == 6
        assert len(figure.axes[0].get_lines()) == 2 * 3 + 3 * 1
        weights = {"$W_{1}$ (2, 3)", "$W_{2}$ (3, 1)"}
        assert {"in", "hidden", "out", "2", "3", "1"} | weights == set(words(figure))
        assert "W (2, 3)" in words(plots.network_diagram([2, 3]))
        assert_readable(figure)

    def test_large_layers_are_shortened(self):
        figure = plots.network_diagram([784, 128, 9, 8], most=8)
        assert len(shapes_of(figure, Circle)) == 8 * 4
        assert words(figure).count("⋮") == 3
        assert {"784", "128", "$W_{1}$ (784, 128)"} <= set(words(figure))
        assert_readable(figure)

    def test_network_needs_a_name_for_each_layer(self):
        with pytest.raises(ValueError, match="3 sizes, 1 names"):
            plots.network_diagram([2, 3, 1], names=["in"])

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

    def test_equal_lengths_have_equal_colours(self):
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

    def test_shape_of_a_number(self):
        figure = plots.shape_diagram([("L", ()), "=", ("s", (1,))])
        assert {"()", "(1,)"} <= set(words(figure))
        assert_readable(figure)

    def test_graph(self):
        figure = plots.computational_graph(NODES, EDGES)
        assert len(shapes_of(figure, FancyArrowPatch)) == 5
        assert len(shapes_of(figure, Circle)) == 3  # operations
        assert len(shapes_of(figure, FancyBboxPatch)) == 3  # inputs
        assert {"x", "w", "b", "×", "+", "ReLU", "−3.5", "1.25", "dL/db"} <= set(words(figure))
        assert_readable(figure)

    def test_values_above_and_gradients_below_in_their_colours(self):
        figure = plots.computational_graph(NODES, EDGES)
        texts = {t.get_text(): t for t in figure.axes[0].texts}
        forward, backward = (style.for_text(c) for c in (plots.FORWARD, plots.BACKWARD))
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

    def test_chapter_map(self):
        parts = {
            "Training": [(k, "Binary classification") for k in range(3, 10)],
            "Foundations": [(0, "Start here"), (1, "A single neuron"), (2, "Layers and batches")],
        }
        figure = plots.chapter_map(parts, columns=4)
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


def test_confidence_bars_take_a_label_as_numpy_gives_it():
    figure = plots.confidence_bars(
        np.zeros((28, 28)), np.array([0.25, 0.75]), ["bag", "boot"], true_label=np.int64(0)
    )
    texts = [text.get_text() for text in figure.axes[1].texts]
    assert texts == ["25.0%  true", "75.0%"]
