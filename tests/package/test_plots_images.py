"""Images, and matrices with their numbers in the cells."""

import numpy as np
import pytest
from helpers_figures import (
    CLASSES,
    FigureTest,
    assert_readable,
    contrast,
    label_height,
    texts_of,
    words,
)
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from shared import plots


class TestImages(FigureTest):
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

    @pytest.mark.parametrize(("shape", "titles"), [((28, 28), None), ((3, 5, 5), ["a", "b"])])
    def test_grid_needs_images(self, shape, titles):
        with pytest.raises(ValueError) as caught:
            plots.image_grid(np.zeros(shape), titles)
        assert f"Received: images {shape}, {len(titles or [])} titles." in str(caught.value)

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

    def test_scale_of_positive_weights_starts_at_zero(self):
        figure = plots.weight_images(np.linspace(0, 4, 24).reshape(12, 2), shape=(3, 4))
        drawn, strip = figure.axes[0].get_images()[0], figure.axes[1]
        assert drawn.get_clim() == (-4, 4)  # zero is white here, too
        assert strip.get_xlim() == (0, 4)
        assert [label.get_text() for label in strip.get_xticklabels()] == ["0", "4"]

    def test_weights_must_fill_images(self):
        with pytest.raises(
            ValueError, match=r"need weights \(784, units\). Received: .* \(700, 3\)"
        ):
            plots.weight_images(np.zeros((700, 3)))


class TestMatrices(FigureTest):
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

    def test_heatmaps_to_be_compared_have_the_same_colors(self):
        images = [plots.heatmap([[0.5, top]], limit=2).get_images()[0] for top in (0.75, 2)]
        assert [image.get_clim() for image in images] == [(0, 2), (0, 2)]
        assert plots.heatmap([[1, -1]], limit=3).get_images()[0].get_clim() == (-3, 3)

    def test_heatmap_needs_a_matrix(self):
        with pytest.raises(ValueError, match=r"Received: \(3,\)"):
            plots.heatmap(np.zeros(3))


class TestConfidenceBars(FigureTest):
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

    def test_predicted_bar_has_its_own_color(self):
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

    def test_takes_a_label_as_numpy_gives_it(self):
        figure = plots.confidence_bars(
            np.zeros((28, 28)), np.array([0.25, 0.75]), ["bag", "boot"], true_label=np.int64(0)
        )
        texts = [text.get_text() for text in figure.axes[1].texts]
        assert texts == ["25.0%  true", "75.0%"]
