"""Lines, learning curves, dots, bars and histograms."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from helpers_figures import SEVEN, FigureTest, assert_readable, label_height, texts_of, words
from matplotlib.colors import to_hex

from shared import plots
from shared.plots import ROLES, _pieces, style


def plain_history(epochs=10, gap=0.05):
    falling = 1 / np.arange(1, epochs + 1)
    return {
        "loss": list(0.2 + falling),
        "accuracy": list(0.9 - falling / 3),
        "val_loss": list(0.2 + gap + falling),
        "val_accuracy": list(0.9 - gap - falling / 3),
    }


class TestLines(FigureTest):
    def test_named_at_their_ends_in_their_colors(self):
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

    def test_color_and_dash_differ(self):
        ax = plots.lines([0, 1], {name: [0, i] for i, name in enumerate(SEVEN)}, markers=True)
        drawn = ax.get_lines()
        assert len({line.get_color() for line in drawn}) == 7
        assert len({str(line._dash_pattern) for line in drawn}) == 7
        assert len({line.get_marker() for line in drawn}) == 7

    def test_markers_only_if_asked(self):
        (line,) = plots.lines([0, 1], {"a": [0, 1]}).get_lines()
        assert line.get_marker() == ""

    def test_a_series_named_after_a_role_looks_like_it(self):
        names = ["no price", "L2: $w^2$", "L1"]
        ax = plots.lines([0, 1], {name: [0, 1] for name in names}, markers=True)
        drawn = [(line.get_color(), line.get_marker()) for line in ax.get_lines()]
        for role, look in zip(["L2", "L1"], drawn[1:], strict=True):
            assert look == (ROLES[role].color, ROLES[role].marker)
        assert drawn[0] == (plots.COLORS[0], plots.MARKERS[0])

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


class TestLearningCurves(FigureTest):
    def test_one_run(self):
        figure = plots.learning_curves(plain_history())
        assert [ax.get_title(loc="left") for ax in figure.axes] == ["loss", "accuracy"]
        for ax in figure.axes:
            validation, training = ax.get_lines()
            assert (validation.get_linestyle(), training.get_linestyle()) == ("-", "--")
            assert validation.get_color() == ROLES["validation"].color
            assert training.get_color() == ROLES["training"].color
            assert validation.get_marker() == training.get_marker() == ""
            assert validation.get_xdata()[[0, -1]].tolist() == [1, 10]
            assert ax.get_xlabel() == "epoch"
        assert words(figure).count("training") == words(figure).count("validation") == 2
        assert not figure.legends  # each line has its name
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
            # The validation lines stand out.
            assert {line.get_marker() for line in drawn[1::2]} == {""}
            assert drawn[0].get_linewidth() > drawn[1].get_linewidth()
        assert sorted(word for word in words(figure) if word in names) == sorted(2 * names)
        assert words(figure).count("Four runs") == 1
        (legend,) = figure.legends
        key = zip(legend.texts, legend.get_lines(), strict=True)
        dashes = {text.get_text(): line.get_linestyle() for text, line in key}
        assert dashes == {"training": "--", "validation": "-"}
        assert_readable(figure)

    @pytest.mark.parametrize(
        ("key", "role", "dash"), [("loss", "training", "--"), ("val_loss", "validation", "-")]
    )
    def test_a_part_alone_looks_like_itself(self, key, role, dash):
        figure = plots.learning_curves({key: [3.0, 2.0, 1.0]})
        (line,) = figure.axes[0].get_lines()
        assert (line.get_color(), line.get_linestyle()) == (ROLES[role].color, dash)
        several = plots.learning_curves({"a": {key: [2.0, 1.0]}, "b": {key: [3.0, 1.0]}})
        assert {line.get_linestyle() for line in several.axes[0].get_lines()} == {dash}
        for drawn, names in [(figure, [role]), (several, ["a", "b", role])]:
            assert sorted(word for word in words(drawn) if word.isalpha()) == sorted(
                ["epoch", "loss", *names]
            )

    def test_runs_named_after_a_role_look_like_it(self):
        runs = {"Keras": plain_history(), "ours": plain_history()}
        (_, ax) = plots.learning_curves(runs).axes
        colors = [line.get_color() for line in ax.get_lines()]
        assert colors == [ROLES[name].color for name in ["Keras", "Keras", "ours", "ours"]]

    def test_epochs_are_whole_numbers(self):
        ticks = plots.learning_curves({"loss": [3.0, 2.0, 1.5]}).axes[0].get_xticks()
        assert all(tick == int(tick) for tick in ticks)

    def test_more_runs_than_colors(self):
        plots.learning_curves({f"run {i}": {"loss": [1.0, i]} for i in range(9)})

    def test_nothing_to_draw(self):
        with pytest.raises(ValueError, match="empty history"):
            plots.learning_curves({})


class TestComparisons(FigureTest):
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

    def test_rows_named_after_a_role_look_like_it(self):
        names = ["training", "the truth", "test, 200 samples"]
        looks = [ROLES["training"], style.Look(plots.FAINT, "-", "o"), ROLES["test"]]
        ax = plots.comparison_dots(names, [[1, 2, 6], [4, 4], [5]])
        for row, look in enumerate(looks):
            drawn = [line for line in ax.get_lines() if set(line.get_ydata()) == {row}]
            assert {line.get_color() for line in drawn} == {look.color}
            assert drawn[-1].get_marker() == look.marker
        for bar, look in zip(plots.bars(names, [1, 2, 3]).patches, looks, strict=True):
            assert to_hex(bar.get_facecolor()) == look.color.lower()

    @pytest.mark.parametrize("function", [plots.bars, plots.comparison_dots])
    def test_rows_without_roles_look_alike(self, function):
        ax = function(self.names, [1, 2, 3])
        colors = [bar.get_facecolor() for bar in ax.patches]
        colors += [line.get_color() for line in ax.get_lines()]
        assert {to_hex(color) for color in colors} == {plots.COLORS[0].lower()}

    @pytest.mark.parametrize("function", [plots.bars, plots.comparison_dots])
    def test_reference(self, function):
        ax = function(self.names, [1.0, 2.0, 3.0], reference=("floor", 1.5))
        (line,) = [x for x in ax.get_lines() if x.get_linestyle() == "--"]
        assert line.get_xdata() == [1.5, 1.5]
        assert "floor" in words(ax)
        assert_readable(ax)

    @pytest.mark.parametrize(
        ("function", "numbers", "received"),
        [
            (plots.bars, [[1, 2]], "3 names, 2 values"),
            (plots.comparison_dots, [[1, 2]], "3 names, 2 values"),
            (plots.comparison_dots, [[1, 2, 3], [1]], "3 names, 3 values, 1 spreads"),
        ],
    )
    def test_lengths_must_fit(self, function, numbers, received):
        with pytest.raises(ValueError, match=f"Received: {received}\\."):
            function(self.names, *numbers)

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
