"""What the tests of the figures share: what is in a figure and where, not its pixels."""

import itertools
from unittest import mock

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from shared.plots import use_style

matplotlib.use("Agg")

CLASSES = [
    *["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt"],
    *["Sneaker", "Bag", "Ankle boot"],
]
SEVEN = ["SGD", "momentum", "Nesterov", "AdaGrad", "RMSProp", "Adam", "AdamW"]


class FigureTest:
    """Tests that draw in the style of the series; their figures are closed afterwards."""

    @pytest.fixture(autouse=True)
    def style(self):
        with plt.rc_context():
            use_style()
            yield
        plt.close("all")

    @pytest.fixture
    def rng(self):
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


def linear(color):
    channels = np.array(to_rgb(color))
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def contrast(color):
    return 1.05 / (linear(color) @ [0.2126, 0.7152, 0.0722] + 0.05)
