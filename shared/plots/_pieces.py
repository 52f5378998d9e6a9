"""Pieces that several figures are drawn from: text, arrows, boxes, and the names of lines."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib import patheffects
from matplotlib.artist import Artist
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.text import Text
from matplotlib.transforms import Bbox, IdentityTransform

from .style import FAINT, for_text


def format_value(value):
    """Format a number with at most four digits; return text unchanged."""
    return value if isinstance(value, str) else f"{value:.4g}".replace("-", "−")


def halo(width=3):
    """Return a white outline that keeps text readable on top of lines."""
    return [patheffects.withStroke(linewidth=width, foreground="white")]


def get_axes(ax, figsize):
    """Return the given Axes, or those of a new figure."""
    if ax is None:
        _, ax = plt.subplots(figsize=figsize, layout="constrained")
    return ax


def canvas(width, height):
    """Return Axes that fill a new figure, with coordinates in inches from the lower left."""
    figure = plt.figure(figsize=(width, height), layout="none")
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, width), ylim=(0, height))
    ax.axis("off")
    return ax


def put_text(ax, x, y, text, **options):
    return ax.text(x, y, text, **{"ha": "center", "va": "center", **options})


def draw_arrow(ax, start, end, color=FAINT, **options):
    look = {"arrowstyle": "-|>", "mutation_scale": 11, "linewidth": 1.4, "shrinkA": 0, "shrinkB": 0}
    ax.add_patch(FancyArrowPatch(start, end, color=color, **(look | options)))


def draw_box(ax, x, y, width, height, **options):
    """Draw a box with rounded corners, centered at (x, y)."""
    style = "round,pad=0,rounding_size=0.08"
    corner = (x - width / 2, y - height / 2)
    ax.add_patch(FancyBboxPatch(corner, width, height, boxstyle=style, **options))


def spread(positions, gap, low, high):
    """Move positions as little as possible, so that they are ``gap`` apart, within [low, high].

    Subtracting the gaps from the sorted positions leaves a least-squares fit by a sequence that
    never decreases: neighbors in the wrong order are merged into their mean until none are left.
    """
    order = np.argsort(positions, kind="stable")
    blocks = []  # (mean, how many)
    for place, index in enumerate(order):
        mean, count = positions[index] - gap * place, 1
        while blocks and blocks[-1][0] > mean:
            other, others = blocks.pop()
            mean, count = (mean * count + other * others) / (count + others), count + others
        blocks.append((mean, count))
    fitted = np.repeat(*zip(*blocks, strict=True))
    last = gap * (len(positions) - 1)
    fitted = np.clip(fitted, low, max(low, high - last))
    result = np.empty(len(positions))
    result[order] = fitted + gap * np.arange(len(positions))
    return result


class EndLabels(Artist):
    """The names of lines, to the right of the Axes, each level with the end of its line.

    They are placed when the figure is drawn, because the size of the Axes isn't known earlier.
    """

    def __init__(self, ends):
        super().__init__()
        self.set_clip_on(False)
        self.ends = [end for end, _, _, _ in ends]
        self.before = [point for _, point, _, _ in ends]
        self.texts = [
            Text(0, 0, name, color=for_text(color), va="center", fontsize=9.5, clip_on=False)
            for _, _, name, color in ends
        ]
        self.leaders = [
            Line2D([], [], color=color, linewidth=0.8, alpha=0.7, clip_on=False)
            for _, _, _, color in ends
        ]

    def get_children(self):
        return [*self.texts, *self.leaders]

    def _arrange(self, renderer):
        for child in self.get_children():
            child.set_figure(self.axes.get_figure())
            child.set_transform(IdentityTransform())
        box, point = self.axes.bbox, self.axes.get_figure().dpi / 72
        ends, before = (self.axes.transData.transform(at) for at in (self.ends, self.before))
        # Lines that meet at their ends are ordered by where they came from: the shift is invisible.
        levels = np.clip(ends[:, 1] + 0.002 * (before - ends)[:, 1], box.y0, box.y1)
        gap = max(text.get_window_extent(renderer).height for text in self.texts) + point
        places = spread(levels, gap, box.y0, box.y1)
        for i, (text, leader) in enumerate(zip(self.texts, self.leaders, strict=True)):
            text.set_position((box.x1 + 8 * point, places[i]))
            leader.set_data([ends[i, 0] + 2 * point, box.x1 + 6 * point], [levels[i], places[i]])

    def get_window_extent(self, renderer=None):
        self._arrange(renderer)
        return Bbox.union([text.get_window_extent(renderer) for text in self.texts])

    def draw(self, renderer):
        self._arrange(renderer)
        for child in self.get_children():
            child.draw(renderer)


def label_ends(ax, named_lines):
    """Write the names of lines, given as (name, Line2D), where the lines end."""
    ends = []
    for name, line in named_lines:
        x, y = np.asarray(line.get_xdata(), float), np.asarray(line.get_ydata(), float)
        known = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
        if known.size and name:
            last, earlier = known[-1], known[int(0.85 * (known.size - 1))]
            ends.append(((x[last], y[last]), (x[earlier], y[earlier]), name, line.get_color()))
    if ends:
        ax.add_artist(EndLabels(ends))
