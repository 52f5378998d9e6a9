"""Contours of a surface, and paths across it."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from helpers_figures import SEVEN, FigureTest, assert_readable, label_height, texts_of, words

from shared import plots
from shared.plots import ROLES, style


class TestSurfacePaths(FigureTest):
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

    def test_a_path_named_after_a_role_looks_like_it(self, rng):
        paths = {name: rng.uniform(-1, 1, (9, 2)) for name in ["Keras", "other", "ours"]}
        ax = plots.surface_paths(self.bowl, (-1, 1), (-1, 1), paths)
        drawn, looks = ax.get_lines(), style.series_looks(paths)
        assert (looks[0], looks[2]) == (ROLES["Keras"], ROLES["ours"])
        names = [text for text in ax.texts if text.get_text() in paths]
        for line, end, text, look in zip(drawn[::3], drawn[2::3], names, looks, strict=True):
            assert line.get_color() == end.get_color() == look.color
            assert line.get_marker() == end.get_marker() == look.marker
            assert text.get_color() == style.for_text(look.color)

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

    def test_contours_are_close_where_it_is_steep(self):
        ax = plots.surface_paths(lambda u, v: np.exp(3 * u) + 0 * v, (0, 1), (0, 1), {})
        places = [path.vertices[:, 0].mean() for path in ax.collections[0].get_paths()]
        np.testing.assert_allclose(np.exp(3 * np.array(places)), np.arange(2, 21, 2), atol=0.01)
        assert "contours every 2" in words(ax)

    @pytest.mark.parametrize("size", [1e-3, 1, 1e4])
    def test_contours_have_their_values(self, size):
        ax = plots.surface_paths(lambda u, v: size * self.bowl(u, v), (-2, 1), (-1.5, 1.5), {})
        labels = [text for text in ax.texts if not text.get_text().startswith("contours")]
        assert len(labels) >= 7
        for text in labels:
            at = size * self.bowl(*text.get_position())
            np.testing.assert_allclose(at, float(text.get_text()), atol=0.3 * size)
        assert_readable(ax)

    def test_contours_around_a_second_valley_have_values_of_their_own(self):
        def two(u, v):  # no row of values from (-2, 0) to an edge or corner meets the second one
            return np.minimum((u + 2) ** 2 + v**2, 1 + 60 * (u - 2) ** 2 + 60 * (v - 1) ** 2)

        ax = plots.surface_paths(two, (-4, 4), (-3, 3), {})
        places = np.array([text.get_position() for text in ax.texts[1:]])
        assert np.sum(np.hypot(*(places - [2, 1]).T) < 0.5) >= 1
        assert_readable(ax)

    def test_a_contour_that_finds_no_room_in_the_row_has_its_value_elsewhere(self):
        def cliff(u, v):  # steep in the middle, gentle above and below
            return 10 / (1 + np.exp(-4 * u / (0.1 + np.abs(v))))

        _, ax = plt.subplots(figsize=(4.6, 4.2))
        plots.surface_paths(cliff, (-2, 2), (-2, 2), {}, ax=ax)
        assert sorted(text.get_text() for text in ax.texts[1:]) == list("123456789")
        assert_readable(ax)

    def test_values_do_not_cover_what_is_drawn_already(self):
        def nearest(marked):
            _, ax = plt.subplots()
            if marked is not None:
                ax.plot(*marked, "o")
            plots.surface_paths(self.bowl, (-2, 1), (-1.5, 1.5), {}, ax=ax)
            places = [text.get_position() for text in ax.texts[1:]]
            return places, ax

        places, _ = nearest(None)
        for place in places[:3]:
            moved, ax = nearest(place)
            apart = ax.transData.transform(moved) - ax.transData.transform(place)
            assert np.hypot(*apart.T).min() > 8

    def test_values_of_a_straight_valley(self):
        ax = plots.surface_paths(lambda u, v: (u + v - 1) ** 2, (-2, 4), (-3, 3), {})
        assert len([text for text in ax.texts if text.get_text()]) >= 6

    def test_values_go_where_no_path_is(self):
        sides = [(1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, 0)]  # not (1, -1)
        path = np.concatenate([np.linspace((0, 0), side, 50) for side in sides])
        ax = plots.surface_paths(self.bowl, (-1, 1), (-1, 1), {"": path})
        values = [text for text in ax.texts if text.get_text().isdigit()]
        assert len(values) >= 4
        trace = ax.transData.transform(path) * 72 / ax.figure.dpi
        row = 0
        for text in values:
            x, y = text.get_position()
            apart = np.hypot(*(trace - ax.transData.transform((x, y)) * 72 / ax.figure.dpi).T)
            row += abs(x + y) < 0.02 and x > 0
            assert apart.min() > 10
        assert row >= 4

    def test_low_is_dark(self):
        ax = plots.surface_paths(self.bowl, (-1, 1), (-1, 1), {})
        (image,) = ax.get_images()
        middle, corner = image.to_rgba(image.get_array())[[100, 0], [100, 0], 0]
        assert middle < corner
        assert image.origin == "lower"


class TestValleyPaths(FigureTest):
    H = np.array([[21.0, -19.0], [-19.0, 21.0]])  # curvatures 2 and 40, turned by 45 degrees
    near = np.array([[-3.0, -2.0], [1.0, 2.0], [0.5, 0.25]])
    away = np.array([[-3.0, -2.0], [-50.0, 60.0], [700.0, 0.0], [1e30, -1e30]])

    def test_each_path_has_a_panel_with_its_start_and_end(self):
        figure = plots.valley_paths(self.H, {"one": self.near, "two": -self.near}, [5, 10, 15])
        assert [ax.get_title("left") for ax in figure.axes] == ["one", "two"]
        for ax, path in zip(figure.axes, [self.near, -self.near], strict=True):
            line, start, end = ax.get_lines()
            np.testing.assert_array_equal(line.get_xydata(), path)
            np.testing.assert_array_equal(start.get_xydata(), path[:1])
            np.testing.assert_array_equal(end.get_xydata(), path[-1:])
            assert ax.get_xlim() == ax.get_ylim() == (-4, 4)

    def test_the_contours_have_the_values_of_the_valley(self):
        (ax,) = plots.valley_paths(self.H, {"one": self.near}, [5, 10, 15]).axes
        (contours,) = ax.collections
        for level, (line,) in zip([5, 10, 15], contours.allsegs, strict=True):
            np.testing.assert_allclose(0.5 * (line @ self.H * line).sum(axis=1), level, rtol=0.01)
        assert [text.get_text() for text in contours.labelTexts] == ["5", "15"]
        for text, level in zip(contours.labelTexts, [5, 15], strict=True):
            spot = np.array(text.get_position())
            assert spot @ [1, 1] / 2**0.5 == pytest.approx((level / 2) ** 0.5, abs=0.1)
            assert spot @ [-1, 1] / 2**0.5 == pytest.approx((level / 40) ** 0.5, abs=0.1)

    def test_a_path_that_diverges_has_no_end(self):
        figure = plots.valley_paths(self.H, {"one": self.near, "two": self.away}, [5, 10])
        first, second = ([text.get_text() for text in ax.texts] for ax in figure.axes)
        assert "diverges" not in first
        assert "diverges" in second
        line, start = figure.axes[1].get_lines()
        np.testing.assert_array_equal(line.get_xydata(), self.away[:3])
        np.testing.assert_array_equal(start.get_xydata(), self.away[:1])
        assert figure.axes[1].get_xlim() == (-4, 4)

    @pytest.mark.parametrize(("farthest", "reach"), [(6.0, 6.6), (50.0, 8.0)])
    def test_the_axes_hold_the_paths_within_reason(self, farthest, reach):
        path = np.array([[-1.0, 1.0], [farthest, 0.0], [0.0, 0.0]])
        figure = plots.valley_paths(self.H, {name: path for name in "abcd"}, [5])
        assert len(figure.axes) == 4
        assert figure.axes[3].get_ylim() == pytest.approx((-reach, reach))
