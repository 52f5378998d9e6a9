"""Every figure that more than one chapter draws, in one style.

The functions draw what they are handed (arrays, dictionaries, callables) with matplotlib alone
and return the Axes, or the Figure where there are several. Nothing is remembered between calls;
`use_style` alone changes matplotlib's settings, once for a chapter. Series are told apart by
colour and by a second cue, a dash or a marker, and named where they end rather than in a legend.
`sliders` hands a drawing function to the reader, with knobs to turn.
"""

import textwrap
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
from matplotlib import patheffects
from matplotlib.artist import Artist
from matplotlib.colors import LinearSegmentedColormap, ListedColormap, PowerNorm, to_hex, to_rgb
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch, Rectangle
from matplotlib.text import Text
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import Bbox, IdentityTransform

# Okabe and Ito's colour-blind-safe palette (2008), a little darker, so that each colour has a
# contrast of at least 3 : 1 with white. The first four differ for everybody.
COLORS = (
    "#005A96",  # blue
    "#CC4F00",  # vermilion
    "#00967A",  # green
    "#222222",  # black
    "#C76BA3",  # purple
    "#BE8C00",  # gold
    "#4799D2",  # sky blue
)
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
DASHES = ("-", (0, (5, 1.5)), (0, (1, 1)), (0, (6, 1.5, 1, 1.5)), (0, (2.5, 1)), (0, (9, 2)), "-.")
INK = "#222222"
FAINT = "#6B6B6B"
LIGHT = "#D5D5D5"

# What goes forward through a network, and what comes back.
FORWARD, BACKWARD = COLORS[0], COLORS[1]


def use_style():
    """Set matplotlib's defaults to the style of the series. Call it once, in the first cell."""
    plt.rcParams.update(
        {
            "figure.dpi": 100,
            "savefig.dpi": 100,
            "figure.figsize": (7, 4),
            "figure.constrained_layout.use": True,
            # Opaque and light, so that the labels can be read on a dark page as well.
            "figure.facecolor": "white",
            "savefig.facecolor": "white",
            "axes.facecolor": "white",
            "axes.prop_cycle": plt.cycler(color=COLORS) + plt.cycler(linestyle=DASHES),
            "axes.edgecolor": FAINT,
            "axes.labelcolor": INK,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.titlelocation": "left",
            "axes.titlesize": 11,
            "axes.labelsize": 10,
            "axes.grid": True,
            "axes.axisbelow": True,
            "grid.color": "#E6E6E6",
            "grid.linewidth": 0.8,
            "font.size": 10,
            "text.color": INK,
            "xtick.color": FAINT,
            "ytick.color": FAINT,
            "xtick.labelcolor": INK,
            "ytick.labelcolor": INK,
            "xtick.labelsize": 9,
            "ytick.labelsize": 9,
            "lines.linewidth": 2,
            "image.interpolation": "nearest",
            "legend.frameon": False,
        }
    )


# ---------------------------------------------------------------- pieces of figures


def _luminance(color):
    """Return the relative luminance of a colour as WCAG 2 defines it, 0 black to 1 white."""
    channels = np.array(to_rgb(color))
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def _for_text(color):
    """Darken a colour until text in it has a contrast of 4.5 : 1 with white."""
    rgb = np.array(to_rgb(color))
    while 1.05 / (_luminance(rgb) + 0.05) < 4.5:
        rgb *= 0.95
    return to_hex(rgb)


def _tint(color, strength=0.25):
    """Mix a colour with white."""
    return to_hex(1 - strength * (1 - np.array(to_rgb(color))))


def _ink_on(color):
    """Return black or white, whichever is easier to read on a colour."""
    return "white" if _luminance(color) < 0.18 else INK


def _write(value):
    """Return a number with at most four digits, and a text as it is."""
    return value if isinstance(value, str) else f"{value:.4g}".replace("-", "−")


def _halo(width=3):
    """Return a white outline that keeps text readable on top of lines."""
    return [patheffects.withStroke(linewidth=width, foreground="white")]


def _axes(ax, figsize):
    if ax is None:
        _, ax = plt.subplots(figsize=figsize, layout="constrained")
    return ax


def _canvas(width, height):
    """Return Axes that fill a new figure and are measured in inches from the lower left."""
    figure = plt.figure(figsize=(width, height), layout="none")
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, width), ylim=(0, height))
    ax.axis("off")
    return ax


def _put(ax, x, y, text, **options):
    return ax.text(x, y, text, **{"ha": "center", "va": "center", **options})


def _arrow(ax, start, end, color=FAINT):
    look = {"arrowstyle": "-|>", "mutation_scale": 11, "linewidth": 1.4, "shrinkA": 0, "shrinkB": 0}
    ax.add_patch(FancyArrowPatch(start, end, color=color, **look))


def _box(ax, x, y, width, height, **options):
    """Draw a box with round corners, centred at (x, y)."""
    style = "round,pad=0,rounding_size=0.08"
    corner = (x - width / 2, y - height / 2)
    ax.add_patch(FancyBboxPatch(corner, width, height, boxstyle=style, **options))


def _spread(positions, gap, low, high):
    """Move positions apart to at least ``gap``, as little as possible, within [low, high].

    With the gaps taken out of the sorted positions it is a least-squares fit by a sequence that
    never falls: neighbours in the wrong order are merged into their mean until none are left.
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


class _EndLabels(Artist):
    """The names of lines, right of the Axes and level with their ends, none on another.

    They are placed when the figure is drawn, since only then the size of the Axes is known.
    """

    def __init__(self, ends):
        super().__init__()
        self.set_clip_on(False)
        self.ends = [end for end, _, _, _ in ends]
        self.before = [point for _, point, _, _ in ends]
        self.texts = [
            Text(0, 0, name, color=_for_text(color), va="center", fontsize=9.5, clip_on=False)
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
        # Lines that end together keep the order in which they came: less than a pixel of it.
        levels = np.clip(ends[:, 1] + 0.002 * (before - ends)[:, 1], box.y0, box.y1)
        gap = max(text.get_window_extent(renderer).height for text in self.texts) + point
        places = _spread(levels, gap, box.y0, box.y1)
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


def _label_ends(ax, named_lines):
    """Name lines, given as (name, Line2D), where they end."""
    ends = []
    for name, line in named_lines:
        x, y = np.asarray(line.get_xdata(), float), np.asarray(line.get_ydata(), float)
        known = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
        if known.size and name:
            last, earlier = known[-1], known[int(0.85 * (known.size - 1))]
            ends.append(((x[last], y[last]), (x[earlier], y[earlier]), name, line.get_color()))
    if ends:
        ax.add_artist(_EndLabels(ends))


def _style(position):
    """Return colour, dash and marker of the series at a position."""
    return {
        "color": COLORS[position % len(COLORS)],
        "linestyle": DASHES[position % len(DASHES)],
        "marker": MARKERS[position % len(MARKERS)],
    }


# ---------------------------------------------------------------- curves and measurements


def lines(x, series, *, ax=None, xlabel="", ylabel="", title="", log="", markers=False):
    """Draw named curves over the same x.

    Parameters
    ----------
    x : array (n,)
    series : dict of str to array (n,)
        A curve with the name "" is not labelled.
    ax : Axes, optional
        Where to draw; a new figure without it.
    xlabel, ylabel, title : str
    log : "", "x", "y" or "xy"
        The axes with a logarithmic scale.
    markers : bool
        Whether the single points matter and are to be seen.

    Returns
    -------
    Axes
    """
    ax = _axes(ax, (7, 4))
    named = []
    for position, (name, y) in enumerate(series.items()):
        if np.shape(y) != np.shape(x):
            raise ValueError(
                f"Each series needs as many numbers as x. Received: x {np.shape(x)}, "
                f"{name!r} {np.shape(y)}."
            )
        style = _style(position)
        if not markers:
            del style["marker"]
        (line,) = ax.plot(x, y, markersize=5, **style)
        named.append((name, line))
    ax.set(xlabel=xlabel, ylabel=ylabel, title=title)
    ax.set(xscale="log" if "x" in log else "linear", yscale="log" if "y" in log else "linear")
    ax.margins(x=0.01)
    _label_ends(ax, named)
    return ax


def learning_curves(history, *, title=""):
    """Draw loss and metrics over the epochs, training dashed and validation solid.

    Parameters
    ----------
    history : dict of str to list, or dict of str to such dicts
        One run: "loss", "accuracy" and whatever else was measured, one number per epoch,
        and each with "val_" before it for the validation data. Several runs by their names.
    title : str

    Returns
    -------
    Figure
        One panel for each measure.
    """
    if not history:
        raise ValueError("learning_curves needs at least one epoch. Received: an empty history.")
    several = isinstance(next(iter(history.values())), dict)
    runs = history if several else {"": history}
    measures = list(dict.fromkeys(key.removeprefix("val_") for run in runs.values() for key in run))
    figure, panels = plt.subplots(
        1, len(measures), figsize=(4.6 * len(measures), 3.6), layout="constrained", squeeze=False
    )
    for ax, measure in zip(panels[0], measures, strict=True):
        named = []
        for position, (run_name, run) in enumerate(runs.items()):
            found = {"validation": run.get(f"val_{measure}"), "training": run.get(measure)}
            found = {kind: values for kind, values in found.items() if values is not None}
            for order, (kind, values) in enumerate(found.items()):
                style = _style(position if several else order)
                style["marker"] = style["marker"] if several and order == 0 else ""
                style |= {"linestyle": "-", "linewidth": 2, "markersize": 4}
                if order:
                    style |= {"linestyle": (0, (3, 1.5)), "linewidth": 1.4}
                (line,) = ax.plot(range(1, len(values) + 1), values, **style)
                if not several or order == 0:  # the two lines of a run share its name
                    named.append((run_name or kind, line))
        ax.set(xlabel="epoch", title=measure)
        ax.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
        ax.margins(x=0.02)
        _label_ends(ax, named)
    if several and any(key.startswith("val_") for run in runs.values() for key in run):
        title = f"{title}  (solid: validation, dashed: training)".strip()
    if title:
        figure.suptitle(title, fontsize=11, x=0.01, ha="left")
    return figure


def _measured(ax, names, *, xlabel, reference):
    """Set up horizontal rows, one for each name from the top, for dots or bars."""
    ax = _axes(ax, (7, 0.9 + 0.34 * len(names)))
    ax.set_yticks(range(len(names)), names)
    ax.set_ylim(len(names) - 0.4, -0.6)
    ax.tick_params(axis="y", length=0)
    ax.set_xlabel(xlabel)
    if reference is not None:
        name, value = reference
        ax.axvline(value, color=FAINT, linewidth=1.2, linestyle=(0, (4, 2)), zorder=1)
        ax.annotate(
            name,
            (value, 1),
            (0, 3),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            ha="center",
            va="bottom",
            fontsize=9,
            color=FAINT,
        )
    return ax


def comparison_dots(
    names, values, spread=None, *, xlabel="", form="{:.3g}", reference=None, ax=None
):
    """Draw a measured table as one dot per row, with its spread.

    For measurements whose differences matter, such as accuracies: the axis need not begin at
    zero. For times and counts see `bars`.

    Parameters
    ----------
    names : sequence of str
        From top to bottom.
    values : sequence of numbers, or of sequences of numbers
        Several numbers in a row, one for each seed, are drawn one by one with their mean.
    spread : sequence of numbers, optional
        Half the length of a bar about each value: say in the caption what it is.
    xlabel : str
    form : str
        How a value is written beside its row.
    reference : (str, number), optional
        A line to compare with, and its name.
    ax : Axes, optional

    Returns
    -------
    Axes
    """
    if len(names) != len(values) or (spread is not None and len(spread) != len(names)):
        spreads = "" if spread is None else f", {len(spread)} spreads"
        raise ValueError(
            "Each name needs one value (and one spread). "
            f"Received: {len(names)} names, {len(values)} values{spreads}."
        )
    ax = _measured(ax, names, xlabel=xlabel, reference=reference)
    ax.grid(axis="x", visible=False)
    for row, value in enumerate(values):
        runs = np.atleast_1d(np.asarray(value, dtype=float))
        mean = float(runs.mean())
        reach = [runs.min(), runs.max()]
        if spread is not None:
            reach = [mean - spread[row], mean + spread[row]]
        ax.plot(reach, [row, row], "-", color=COLORS[0], linewidth=1.6)
        if runs.size > 1:
            ax.plot(runs, np.full(runs.size, row), "|", color=COLORS[0], markersize=9)
        ax.plot(mean, row, "o", color=COLORS[0], markersize=7)
        ax.annotate(
            form.format(mean).replace("-", "−"),
            (1, row),
            (8, 0),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            va="center",
            fontsize=9.5,
        )
    return ax


def bars(names, values, *, xlabel="", form="{:.3g}", reference=None, ax=None):
    """Draw a measured table as horizontal bars from zero: times, counts, sizes.

    Parameters
    ----------
    names : sequence of str
        From top to bottom.
    values : sequence of numbers
    xlabel : str
    form : str
        How a value is written at the end of its bar.
    reference : (str, number), optional
        A line to compare with, and its name.
    ax : Axes, optional

    Returns
    -------
    Axes
    """
    if len(names) != len(values):
        raise ValueError(
            f"Each name needs one value. Received: {len(names)} names, {len(values)} values."
        )
    ax = _measured(ax, names, xlabel=xlabel, reference=reference)
    ax.grid(axis="y", visible=False)
    ax.barh(range(len(names)), values, height=0.62, color=COLORS[0])
    ax.margins(x=0.12)
    for row, value in enumerate(values):
        ax.annotate(
            form.format(value).replace("-", "−"),
            (value, row),
            (4 if value >= 0 else -4, 0),
            textcoords="offset points",
            ha="left" if value >= 0 else "right",
            va="center",
            fontsize=9.5,
            path_effects=_halo(),
        )
    return ax


def histograms(series, *, bins=50, xlabel="", columns=4):
    """Draw the distributions of several arrays, one panel each, on common axes.

    Parameters
    ----------
    series : dict of str to array of any shape
    bins : int
        Their number, over the range of all arrays together.
    xlabel : str
    columns : int
        Panels in a row.

    Returns
    -------
    Figure
    """
    values = {name: np.ravel(array) for name, array in series.items()}
    edges = np.histogram_bin_edges(np.concatenate(list(values.values())), bins)
    columns = min(columns, len(values))
    rows = -(-len(values) // columns)
    figure, panels = plt.subplots(
        rows,
        columns,
        figsize=(max(min(2.3 * columns, 9.5), 4.6), 1.7 * rows + 0.4),
        sharex=True,
        sharey=True,
        layout="constrained",
        squeeze=False,
    )
    for ax in panels.flat[len(values) :]:
        ax.axis("off")
    for ax, (name, array) in zip(panels.flat, values.items(), strict=False):
        ax.hist(array, edges, weights=np.full(array.size, 100 / array.size), color=COLORS[0])
        ax.set_title(name, fontsize=10)
    for ax in panels[:, 0]:
        ax.set_ylabel("per cent")
    figure.supxlabel(xlabel, fontsize=10)
    return figure


# ---------------------------------------------------------------- planes and surfaces


def decision_regions(predict, x, y, *, ax=None, class_names=None, resolution=200):
    """Colour the plane by what a classifier says of it, and draw the samples on top.

    Parameters
    ----------
    predict : callable
        From points (m, 2) to labels (m,), to one score per class (m, classes), or to the
        probability of class 1 (m, 1). Probabilities are drawn in shades, with the line at 0.5.
    x : array (n, 2)
    y : array (n,) or (n, 1) of int
        The true labels: a colour and a marker for each.
    ax : Axes, optional
    class_names : sequence of str, optional
        Names to write above, beside their markers.
    resolution : int
        Points along each side at which ``predict`` is asked.

    Returns
    -------
    Axes
    """
    x, y = np.asarray(x), np.asarray(y)
    if x.ndim != 2 or x.shape[1] != 2 or y.shape not in [(len(x),), (len(x), 1)]:
        raise ValueError(
            "decision_regions needs points (n, 2) and one label for each. "
            f"Received: x {x.shape}, y {y.shape}."
        )
    y = y.ravel().astype(int)
    ax = _axes(ax, (5, 4.6))
    margin = 0.08 * np.ptp(x, axis=0)
    (left, bottom), (right, top) = x.min(axis=0) - margin, x.max(axis=0) + margin
    u, v = np.meshgrid(np.linspace(left, right, resolution), np.linspace(bottom, top, resolution))
    points = np.column_stack([u.ravel(), v.ravel()])
    answer = np.asarray(predict(points.astype(np.result_type(x, np.float32))))
    extent = (left, right, bottom, top)
    if answer.shape == (len(points), 1):
        shades = LinearSegmentedColormap.from_list(
            "probability", [_tint(COLORS[0], 0.45), "white", _tint(COLORS[1], 0.45)]
        )
        plane = answer.reshape(u.shape)
        ax.imshow(plane, extent=extent, origin="lower", aspect="auto", cmap=shades, vmin=0, vmax=1)
        if plane.min() < 0.5 < plane.max():
            ax.contour(u, v, plane, levels=[0.5], colors=INK, linewidths=1.5)
        classes = 2
    else:
        labels = answer.argmax(axis=1) if answer.ndim == 2 else answer
        plane = labels.reshape(u.shape).astype(int)
        classes = int(max(plane.max(), y.max())) + 1
        tints = ListedColormap([_tint(_style(k)["color"], 0.3) for k in range(classes)])
        ax.imshow(
            plane,
            extent=extent,
            origin="lower",
            aspect="auto",
            cmap=tints,
            vmin=0,
            vmax=classes - 1,
        )
        for k in np.unique(plane)[1:]:
            ax.contour(u, v, plane >= k, levels=[0.5], colors=INK, linewidths=1)
    for k in range(classes):
        ax.scatter(
            *x[y == k].T,
            s=26,
            marker=_style(k)["marker"],
            color=_style(k)["color"],
            edgecolors="white",
            linewidths=0.6,
            label=class_names[k] if class_names else None,
        )
    ax.set(xlim=(left, right), ylim=(bottom, top), xlabel="$x_1$", ylabel="$x_2$")
    ax.grid(visible=False)
    if class_names:
        ax.legend(
            loc="lower left",
            bbox_to_anchor=(0, 1),
            ncols=min(classes, 4),
            borderaxespad=0.2,
            handletextpad=0.1,
            columnspacing=1.2,
        )
    return ax


def surface_paths(f, x_range, y_range, paths, *, ax=None, xlabel="", ylabel="", title=""):
    """Draw a function of two numbers as a contour map, with the paths that descend it.

    Parameters
    ----------
    f : callable
        Called once with two arrays of the same shape, returns a third.
    x_range, y_range : (low, high)
    paths : dict of str to array (steps, 2)
        Each is drawn from an empty circle to a filled one and named beside it. What leaves the
        ranges is cut off.
    ax : Axes, optional
    xlabel, ylabel, title : str

    Returns
    -------
    Axes
    """
    ax = _axes(ax, (7.2, 5))
    u, v = np.meshgrid(np.linspace(*x_range, 200), np.linspace(*y_range, 200))
    height = np.asarray(f(u, v), dtype=float)
    # Each band takes the same share of the area: narrow valleys and cliffs both get their lines.
    levels = np.unique(np.quantile(height, np.linspace(0, 1, 19)))
    ranks = np.interp(height, levels, np.linspace(0, 1, len(levels)))
    valley = LinearSegmentedColormap.from_list("valley", ["#C9CED6", "white"])
    ax.imshow(ranks, extent=(*x_range, *y_range), origin="lower", aspect="auto", cmap=valley)
    ax.contour(u, v, height, levels=levels[1:-1], colors="#9AA3AF", linewidths=0.7)
    for position, path in enumerate(paths.values()):
        path, style = np.asarray(path, dtype=float), _style(position)
        style["markersize"] = 4
        ax.plot(*path.T, **style, linewidth=1.8, markevery=max(1, len(path) // 12))
        ax.plot(*path[0], "o", color=style["color"], markerfacecolor="white", markersize=8)
        ax.plot(*path[-1], style["marker"], color=style["color"], markersize=9)
    ax.set(xlim=x_range, ylim=y_range, xlabel=xlabel, ylabel=ylabel, title=title)
    ax.grid(visible=False)
    _label_paths(ax, paths)
    return ax


def _label_paths(ax, paths):
    """Name each path at one of its points, as far from other paths and names as there is room."""
    labels = {}
    for position, name in enumerate(paths):
        look = {"color": _for_text(_style(position)["color"]), "path_effects": _halo()}
        labels[name] = _put(ax, 0, 0, name, size=9.5, weight="bold", in_layout=False, **look)
    ax.figure.draw_without_rendering()  # only now the Axes have their size
    scale = 72 / ax.figure.dpi  # all that follows is measured in points
    low, high = ax.bbox.get_points() * scale
    traces = {}
    for name, path in paths.items():
        trace = _walk(ax.transData.transform(np.asarray(path, dtype=float)) * scale)
        inside = np.all((trace >= low) & (trace <= high), axis=1)
        traces[name] = trace[inside] if inside.any() else trace[:1]
    sides = [(1, 1), (1, -1), (-1, 1), (-1, -1), (0, 1), (0, -1), (1, 0), (-1, 0)]
    # Points of the rectangle that a name fills, for half its width and height of 1.
    grid = np.stack(np.meshgrid(np.linspace(-1, 1, 9), [-1, 0, 1]), axis=-1).reshape(-1, 2)
    names = np.empty((0, 2))
    for name, trace in traces.items():
        half = labels[name].get_window_extent().size / 2 * scale
        others = [other for key, other in traces.items() if key != name]
        others = np.concatenate([*others, names])
        best, most = np.clip(trace[0], low + half, high - half), -np.inf
        # Not at the beginning, which paths are likely to share.
        for point in trace[len(trace) // 8 :: max(1, len(trace) // 25)]:
            apart = _nearest(point[np.newaxis], others, 30)
            for side in sides:
                centre = point + np.array(side) * (half + 5)
                if np.any(centre - half < low) or np.any(centre + half > high):
                    continue
                spots = centre + half * grid
                room = apart + _nearest(spots, others, 30) + _nearest(spots, trace, 4)
                if room > most:
                    best, most = centre, room
        names = np.concatenate([names, best + half * grid])
        labels[name].set_position(ax.transData.inverted().transform(best / scale))


def _walk(path, step=5):
    """Return points on a path of straight pieces, at least one in each ``step`` of the way."""
    pieces = [path[:1]]
    for start, end in pairwise(path):
        count = int(np.clip(np.hypot(*(end - start)) / step, 1, 200)) + 1
        pieces.append(start + np.linspace(0, 1, count)[1:, np.newaxis] * (end - start))
    return np.concatenate(pieces)


def _nearest(these, those, most):
    """Return the distance between the nearest of some points and of others, ``most`` at most."""
    dx = these[:, :1] - those[:, 0]
    dy = these[:, 1:] - those[:, 1]
    return min(float(np.sqrt(np.min(dx * dx + dy * dy, initial=np.inf))), most)


# ---------------------------------------------------------------- images and matrices


def _mosaic(images, columns, size, titles, row_names, cmap, limits):
    """Draw images in rows on one canvas; return its Axes and the last image drawn."""
    images = np.asarray(images)
    columns = min(columns, len(images))
    rows = -(-len(images) // columns)
    title_lines = max((title.count("\n") + 1 for title in titles or []), default=0)
    pitch = (size * 1.05, size * 1.05 + 0.16 * title_lines + 0.05 * bool(title_lines))
    left = max((0.085 * len(name) + 0.1 for name in row_names or []), default=0.05)
    ax = _canvas(left + pitch[0] * columns + 0.05, pitch[1] * rows + 0.1)
    top = ax.get_ylim()[1] - 0.05
    for place, image in enumerate(images):
        row, column = divmod(place, columns)
        x, y = left + column * pitch[0], top - (row + 1) * pitch[1] + 0.05 * size
        extent = (x, x + size, y, y + size)
        drawn = ax.imshow(image, extent=extent, aspect="auto", cmap=cmap, clim=limits)
        ax.add_patch(Rectangle((x, y), size, size, fill=False, edgecolor=LIGHT, linewidth=0.6))
        if titles:
            ax.text(x + size / 2, y + size + 0.04, titles[place], ha="center", va="bottom", size=9)
        if row_names and column == 0:
            ax.text(x - 0.08, y + size / 2, row_names[row], ha="right", va="center", size=9.5)
    ax.set(xlim=(0, ax.figure.get_figwidth()), ylim=(0, ax.figure.get_figheight()))
    return ax, drawn


def image_grid(images, titles=None, *, columns=10, size=0.85, row_names=None):
    """Draw grey images in rows, dark on white, all on the same scale.

    Parameters
    ----------
    images : array (n, height, width)
    titles : sequence of str, optional
        One above each image; may have several lines.
    columns : int
        Images in a row.
    size : float
        Side of an image in inches; long titles need a larger one.
    row_names : sequence of str, optional
        One left of each row.

    Returns
    -------
    Figure
    """
    images = np.asarray(images)
    if images.ndim != 3 or (titles is not None and len(titles) != len(images)):
        raise ValueError(
            "image_grid needs images (n, height, width) and one title for each, or none. "
            f"Received: images {images.shape}, {0 if titles is None else len(titles)} titles."
        )
    limits = (min(0, images.min()), images.max())
    ax, _ = _mosaic(images, columns, size, titles, row_names, "gray_r", limits)
    return ax.figure


def weight_images(weights, *, shape=(28, 28), columns=16, size=0.55, titles=None):
    """Draw what each unit of a first layer looks for: its weights, laid out as an image.

    Parameters
    ----------
    weights : array (features, units)
        One image for each column.
    shape : (height, width)
        Of an image; height times width is ``features``.
    columns : int
        Images in a row.
    size : float
        Side of an image in inches.
    titles : sequence of str, optional

    Returns
    -------
    Figure
        Red is positive, blue negative, white zero, on one scale for all.
    """
    weights = np.asarray(weights)
    if weights.ndim != 2 or len(weights) != shape[0] * shape[1]:
        raise ValueError(
            f"Images of shape {shape} need weights ({shape[0] * shape[1]}, units). "
            f"Received: weights {weights.shape}."
        )
    limit = float(np.abs(weights).max())
    images = weights.T.reshape(-1, *shape)
    ax, drawn = _mosaic(images, columns, size, titles, None, "RdBu_r", (-limit, limit))
    # The scale gets a strip of its own below the images.
    figure = ax.figure
    width, height = figure.get_size_inches() + np.array([0, 0.55])
    figure.set_size_inches(width, height)
    ax.set_position((0, 0.55 / height, 1, 1 - 0.55 / height))
    length = min(2.6, width - 0.6)
    strip = figure.add_axes(
        ((width - length) / 2 / width, 0.36 / height, length / width, 0.1 / height)
    )
    bar = figure.colorbar(drawn, cax=strip, orientation="horizontal")
    bar.set_ticks([-limit, 0, limit], labels=[f"−{limit:.2g}", "0", f"{limit:.2g}"])
    strip.tick_params(labelsize=9, length=3)
    return figure


def heatmap(matrix, *, row_names=None, column_names=None, form="{:.3g}", ax=None):
    """Draw a small matrix with its numbers in the cells.

    Parameters
    ----------
    matrix : array (rows, columns)
        If it has negative numbers, red is positive, blue negative and white zero.
    row_names, column_names : sequence of str, optional
    form : str
        How a number is written.
    ax : Axes, optional

    Returns
    -------
    Axes
    """
    matrix = np.asarray(matrix)
    if matrix.ndim != 2:
        raise ValueError(f"heatmap needs a matrix (rows, columns). Received: {matrix.shape}.")
    limit = float(np.abs(matrix).max()) or 1.0
    signed = matrix.min() < 0
    return _cells(
        matrix,
        [[form.format(value).replace("-", "−") for value in row] for row in matrix],
        {"cmap": "RdBu_r" if signed else "Blues", "vmin": -limit if signed else 0, "vmax": limit},
        row_names,
        column_names,
        _axes(ax, (0.75 * matrix.shape[1] + 1, 0.5 * matrix.shape[0] + 0.6)),
    )


def _cells(shades, texts, scale, row_names, column_names, ax):
    """Draw a matrix as coloured cells with texts that can be read on them."""
    image = ax.imshow(shades, aspect="auto", **scale)
    for row, line in enumerate(texts):
        for column, text in enumerate(line):
            ink = _ink_on(image.to_rgba(shades[row, column]))
            _put(ax, column, row, text, color=ink, fontsize=9)
    ax.set_xticks(range(shades.shape[1]), column_names or [""] * shades.shape[1])
    ax.set_yticks(range(shades.shape[0]), row_names or [""] * shades.shape[0])
    ax.tick_params(length=0)
    ax.grid(visible=False)
    for edge in ax.spines.values():
        edge.set_visible(False)
    # White lines between the cells.
    ax.set_xticks(np.arange(shades.shape[1] - 1) + 0.5, minor=True)
    ax.set_yticks(np.arange(shades.shape[0] - 1) + 0.5, minor=True)
    ax.grid(visible=True, which="minor", color="white", linewidth=1.5)
    ax.tick_params(which="minor", length=0)
    return ax


def confusion_matrix(matrix, class_names, *, ax=None):
    """Draw which class was taken for which, with the counts in the cells.

    Parameters
    ----------
    matrix : array (classes, classes) of int
        Rows are true classes, as `shared.metrics.confusion_matrix` returns it.
    class_names : sequence of str
    ax : Axes, optional

    Returns
    -------
    Axes
        The shade of a cell is its share of its row, by the square root, so that rare mistakes
        are seen as well; empty cells have no number; the right ones have a frame.
    """
    matrix = np.asarray(matrix)
    classes = len(class_names)
    if matrix.shape != (classes, classes):
        raise ValueError(
            "confusion_matrix needs one name for each row and column. "
            f"Received: matrix {matrix.shape}, {classes} names."
        )
    shares = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    texts = [[str(count) if count else "" for count in row] for row in matrix.tolist()]
    ax = _axes(ax, (0.62 * classes + 1.4, 0.46 * classes + 1.2))
    scale = {"cmap": "Blues", "norm": PowerNorm(0.5, vmin=0, vmax=1)}
    _cells(shares, texts, scale, class_names, class_names, ax)
    for k in range(classes):
        ax.add_patch(Rectangle((k - 0.5, k - 0.5), 1, 1, fill=False, edgecolor=INK, linewidth=1.2))
    if max(len(name) for name in class_names) > 11:
        plt.setp(ax.get_xticklabels(), rotation=40, ha="right", rotation_mode="anchor")
    ax.set(xlabel="predicted class", ylabel="true class")
    return ax


def confidence_bars(image, probabilities, class_names, true_label=None):
    """Draw an image beside what a classifier makes of it.

    Parameters
    ----------
    image : array (height, width)
    probabilities : array (classes,)
    class_names : sequence of str
    true_label : int, optional

    Returns
    -------
    Figure
        The predicted class has the solid bar and a name in bold, the true class the word
        "true" and, if it is another one, a hatched bar.
    """
    probabilities = np.asarray(probabilities, dtype=float)
    classes = len(class_names)
    if probabilities.shape != (classes,):
        raise ValueError(
            "confidence_bars needs one probability for each class. "
            f"Received: probabilities {probabilities.shape}, {classes} names."
        )
    predicted = int(probabilities.argmax())
    figure, (left, right) = plt.subplots(
        1,
        2,
        figsize=(7.4, 0.27 * classes + 0.7),
        width_ratios=[1, 1.7],
        layout="constrained",
    )
    left.imshow(image, cmap="gray_r")
    left.set(xticks=[], yticks=[])
    left.grid(visible=False)
    for edge in left.spines.values():
        edge.set(visible=True, color=LIGHT)
    verdict = f"{class_names[predicted]}, {probabilities[predicted]:.0%} sure"
    if true_label is not None:
        right_or_wrong = "right" if predicted == true_label else "wrong"
        verdict += f": {right_or_wrong}"
    right.set_title(verdict)
    drawn = right.barh(range(classes), probabilities, height=0.7, color=LIGHT)
    drawn[predicted].set_color(COLORS[0])
    if true_label is not None and predicted != true_label:
        drawn[true_label].set(facecolor="white", edgecolor=COLORS[1], hatch="////")
    for k, probability in enumerate(probabilities):
        is_true = true_label is not None and k == int(true_label)
        right.annotate(
            f"{probability:.1%}" + "  true" * is_true,
            (probability, k),
            (4, 0),
            textcoords="offset points",
            va="center",
            fontsize=9,
            weight="bold" if is_true or k == predicted else "normal",
            color=_for_text(COLORS[1]) if is_true and k != predicted else INK,
        )
    right.set_yticks(range(classes), class_names)
    right.get_yticklabels()[predicted].set_weight("bold")
    # Room for the longest label, so that nothing moves from one image to the next.
    right.set(xlim=(0, 1.4), xticks=[], ylim=(classes - 0.4, -0.6))
    right.tick_params(axis="y", length=0)
    right.grid(visible=False)
    right.spines["bottom"].set_visible(False)
    return figure


# ---------------------------------------------------------------- diagrams


def neuron_diagram(inputs, weights, bias, *, activation=None, z="z", output="ŷ"):
    """Draw one neuron: inputs times weights, summed with the bias, through an activation.

    Parameters
    ----------
    inputs, weights : sequences of str or number, of the same length
    bias : str or number
    activation : str, optional
        Its name. Without one the sum is the output.
    z : str or number
        The weighted sum, written behind the sum if there is an activation.
    output : str or number

    Returns
    -------
    Figure
    """
    if len(inputs) != len(weights):
        raise ValueError(
            f"Each input needs one weight. Received: {len(inputs)} inputs, {len(weights)} weights."
        )
    height = max(2.2, 0.75 * len(inputs) + 0.3)
    ax = _canvas(7.4 if activation else 5.8, height)
    middle, centre = height / 2, 3.3
    for place, (value, weight) in enumerate(zip(inputs, weights, strict=True)):
        y = middle + 0.75 * ((len(inputs) - 1) / 2 - place)
        ax.add_patch(Circle((0.55, y), 0.29, facecolor=_tint(COLORS[0]), edgecolor=COLORS[0]))
        _put(ax, 0.55, y, _write(value), size=11)
        toward = np.array([centre - 0.55, middle - y])
        toward /= np.hypot(*toward)
        start, end = np.array([0.55, y]) + 0.31 * toward, np.array([centre, middle]) - 0.44 * toward
        _arrow(ax, start, end, COLORS[0])
        at = start + 0.38 * (end - start)
        text = _put(ax, *at, f"× {_write(weight)}", size=11)
        text.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 1.5})
    ax.add_patch(Circle((centre, middle), 0.42, facecolor="white", edgecolor=INK, linewidth=1.5))
    _put(ax, centre, middle, "Σ", size=17)
    _arrow(ax, (centre, middle - 0.98), (centre, middle - 0.44), COLORS[2])
    sign = "+" if isinstance(bias, str) or bias >= 0 else "−"
    size = bias if isinstance(bias, str) else abs(bias)
    _put(ax, centre + 0.12, middle - 0.78, f"{sign} {_write(size)}", ha="left", size=11)
    end = centre + 0.42
    if activation:
        _arrow(ax, (end, middle), (end + 0.95, middle))
        ax.text(end + 0.42, middle + 0.1, _write(z), ha="center", va="bottom", size=11)
        _box(ax, end + 1.5, middle, 1.1, 0.6, facecolor=_tint(COLORS[5]), edgecolor=COLORS[5])
        _put(ax, end + 1.5, middle, activation, size=11)
        end += 2.05
    _arrow(ax, (end, middle), (end + 0.7, middle))
    ax.text(end + 0.8, middle, _write(output), va="center", size=12)
    return ax.figure


def network_diagram(sizes, *, names=None, most=8):
    """Draw a dense network: a column of units for each layer, a line for each weight.

    Parameters
    ----------
    sizes : sequence of int
        Units per layer, the inputs first.
    names : sequence of str, optional
        What to write above each layer.
    most : int
        Layers with more units than this are drawn with dots in their middle.

    Returns
    -------
    Figure
        Below each layer stands its size, between two layers the shape of the weights.
    """
    if names is not None and len(names) != len(sizes):
        raise ValueError(
            f"Each layer needs one name. Received: {len(sizes)} sizes, {len(names)} names."
        )
    pitch, step = 1.7, 0.36
    tallest = min(max(sizes), most + 1) * step
    ax = _canvas(pitch * (len(sizes) - 1) + 1.6, tallest + (1.1 if names else 0.75))
    middle = 0.62 + tallest / 2
    columns = []
    for layer, size in enumerate(sizes):
        x, slots = 0.8 + pitch * layer, min(size, most + 1)
        heights = [middle + step * ((slots - 1) / 2 - slot) for slot in range(slots)]
        if size > most:  # the middle slot is for the dots
            gap = heights.pop(slots // 2)
            _put(ax, x, gap, "⋮", size=13)
        columns.append([(x, y) for y in heights])
        _put(ax, x, 0.42, f"{size}", size=11, weight="bold")
        if names:
            _put(ax, x, tallest + 0.82, names[layer], size=10)
    gaps = zip(pairwise(columns), pairwise(sizes), strict=True)
    for layer, ((left, right), (rows, units)) in enumerate(gaps, 1):
        for start in left:
            for end in right:
                ax.plot(*zip(start, end, strict=True), "-", color=FAINT, linewidth=0.5, alpha=0.6)
        x = (left[0][0] + right[0][0]) / 2
        weights = "W" if len(sizes) == 2 else f"$W_{{{layer}}}$"
        _put(ax, x, 0.14, f"{weights} ({rows}, {units})", size=9, color=FAINT)
    for layer, column in enumerate(columns):
        color = COLORS[0] if layer == 0 else COLORS[1] if layer == len(sizes) - 1 else COLORS[2]
        for place in column:
            ax.add_patch(
                Circle(place, 0.13, facecolor=_tint(color, 0.4), edgecolor=color, zorder=3)
            )
    return ax.figure


def shape_diagram(terms):
    """Draw an expression of arrays as boxes with their shapes, such as ``x @ W + b = z``.

    Parameters
    ----------
    terms : sequence
        Arrays as (name, shape) and what stands between them as str. The entries of a shape are
        numbers or names such as "n". Small numbers are drawn as cells.

    Returns
    -------
    Figure
        Equal lengths have the same colour and the same letters, so that the ones that must
        fit can be seen.
    """
    cell = 0.26
    shapes = [term[1] for term in terms if not isinstance(term, str)]
    sizes = list(dict.fromkeys(size for shape in shapes for size in shape))
    colors = {size: _style(i)["color"] for i, size in enumerate(sizes)}
    in_cells = all(not isinstance(size, str) and size <= 8 for size in sizes)

    def length(size):
        if in_cells or size == 1:
            return cell * size
        return 0.9 if isinstance(size, str) else 0.3 + 0.16 * np.log2(size)

    # From left to right: an operator, or room for the number of rows and a box.
    boxes, x = [], 0.1
    for term in terms:
        if isinstance(term, str):
            boxes.append((x + 0.2, 0.0, 0.0))
            x += 0.4
        else:
            rows, columns = (1, 1, *term[1])[-2:]
            margin = 0.1 + (0.05 + 0.1 * len(str(rows))) * (len(term[1]) == 2)
            wide = max(length(columns), 0.5)  # the shape below needs it
            boxes.append((x + margin + wide / 2, length(columns), length(rows)))
            x += margin + wide + 0.12
    tallest = max(height for _, _, height in boxes)
    ax, middle = _canvas(x + 0.1, tallest + 0.9), 0.45 + tallest / 2
    for term, (centre, width, height) in zip(terms, boxes, strict=True):
        if isinstance(term, str):
            _put(ax, centre, middle, term, size=15)
            continue
        name, shape = term
        left, bottom = centre - width / 2, middle - height / 2
        box = {"facecolor": "#EEF2F6", "edgecolor": INK, "linewidth": 1.2}
        ax.add_patch(Rectangle((left, bottom), width, height, **box))
        if in_cells:
            grid = {"color": "#AEB8C2", "linewidth": 0.7, "linestyles": "-"}
            ax.vlines(
                np.arange(left + cell, left + width - 0.01, cell), bottom, bottom + height, **grid
            )
            ax.hlines(
                np.arange(bottom + cell, bottom + height - 0.01, cell), left, left + width, **grid
            )
        _put(ax, centre, middle, name, size=13, weight="bold", path_effects=_halo(4))
        if len(shape) == 2:
            color = _for_text(colors[shape[0]])
            _put(ax, left - 0.06, middle, str(shape[0]), ha="right", color=color, size=11)
        if shape:
            color, top = _for_text(colors[shape[-1]]), bottom + height + 0.05
            _put(ax, centre, top, str(shape[-1]), va="bottom", color=color, size=11)
        written = ", ".join(map(str, shape)) + "," * (len(shape) == 1)
        _put(ax, centre, 0.22, f"({written})", size=10)
    return ax.figure


def computational_graph(nodes, edges):
    """Draw a computation as a graph, values forward above the edges, gradients below.

    Parameters
    ----------
    nodes : dict of str to (column, row) or (column, row, label)
        Where each stands, rows counted from the top; fractions are fine. Without a label the
        key is written. What nothing leads to is drawn as a box (an input or a parameter), all
        else as a circle (an operation).
    edges : sequence of (source, target), (…, value) or (…, value, gradient)
        Keys of the nodes, and the str or number that flows along. None writes nothing.

    Returns
    -------
    Figure
    """
    edges = [(*edge, None, None)[:4] for edge in edges]
    places = {key: np.array([1.8 * at[0] + 0.6, -1.3 * at[1]]) for key, at in nodes.items()}
    notes = [
        ("→ value, forward (above)", any(edge[2] is not None for edge in edges), FORWARD),
        ("← gradient, backward (below)", any(edge[3] is not None for edge in edges), BACKWARD),
    ]
    floor = 0.8 if notes[0][1] or notes[1][1] else 0.4
    lift = floor - min(place[1] for place in places.values())
    places = {key: place + np.array([0, lift]) for key, place in places.items()}
    width, height = np.max(list(places.values()), axis=0)
    ax = _canvas(max(width + 0.5, 4.6), height + 0.4)
    targets = {edge[1] for edge in edges}
    for source, target, value, gradient in edges:
        toward = places[target] - places[source]
        toward /= np.hypot(*toward)
        start = places[source] + toward * (0.32 if source in targets else 0.42)
        end = places[target] - toward * 0.32
        _arrow(ax, start, end)
        # Across the edge, upwards; to the left of one that runs straight up or down.
        across = np.array([-toward[1], toward[0]])
        across *= -1 if across[1] < 0 or (across[1] == 0 and across[0] > 0) else 1
        for text, side, color, slant in [
            (value, 0.16, FORWARD, "normal"),
            (gradient, -0.16, BACKWARD, "italic"),
        ]:
            if text is not None:
                look = {"color": _for_text(color), "style": slant, "path_effects": _halo()}
                _put(ax, *((start + end) / 2 + side * across), _write(text), size=10, **look)
    for key, at in nodes.items():
        centre, look = places[key], {"zorder": 3, "edgecolor": INK, "linewidth": 1.4}
        if key in targets:
            ax.add_patch(Circle(centre, 0.3, facecolor="white", **look))
        else:
            _box(ax, *centre, 0.76, 0.46, facecolor=_tint(INK, 0.1), **look)
        _put(ax, *centre, at[2] if len(at) == 3 else key, size=11, zorder=4)
    for position, (note, needed, color) in enumerate(notes):
        if needed:
            look = {"color": _for_text(color), "style": ["normal", "italic"][position]}
            _put(ax, 0.3 + 2.1 * position, 0.2, note, ha="left", size=9.5, **look)
    return ax.figure


def chapter_map(parts, *, columns=5):
    """Draw the chapters of a course as boxes in reading order, grouped in parts.

    Parameters
    ----------
    parts : dict of str to list of (number, title)
        The parts in order, each with its chapters.
    columns : int
        Boxes in a row; a longer part takes several rows.

    Returns
    -------
    Figure
    """
    wide, high, pitch, head = 1.5, 0.72, (1.78, 0.92), 0.34
    rows = [-(-len(chapters) // columns) for chapters in parts.values()]
    widest = min(columns, max(len(chapters) for chapters in parts.values()))
    ax = _canvas(pitch[0] * widest + 0.25, pitch[1] * sum(rows) + head * len(parts) + 0.1)
    y = ax.get_ylim()[1] - 0.05
    previous = None
    for position, (part, chapters) in enumerate(parts.items()):
        color = COLORS[position % len(COLORS)]
        ax.text(0.2, y - head / 2 - 0.04, part, va="center", weight="bold", color=_for_text(color))
        y -= head
        for place, (number, title) in enumerate(chapters):
            row, column = divmod(place, columns)
            centre = (0.2 + wide / 2 + column * pitch[0], y - pitch[1] * row - pitch[1] / 2)
            _box(
                ax,
                *centre,
                wide,
                high,
                facecolor=_tint(color, 0.14),
                edgecolor=color,
                linewidth=1.2,
            )
            text = f"{number}\n" + textwrap.fill(title, 19)
            _put(ax, *centre, text, size=9, linespacing=1.15)
            if previous is not None and previous[1] == centre[1]:
                start = (previous[0] + wide / 2, previous[1])
                _arrow(ax, start, (centre[0] - wide / 2, centre[1]))
            previous = centre
        y -= pitch[1] * -(-len(chapters) // columns)
    return ax.figure


def neuron_plane(w, b, x=None, y=None, *, ax=None, limits=(-3, 3), arrow=1.0):
    """Draw how a neuron with two inputs cuts the plane: its line, its sides and its weights.

    Parameters
    ----------
    w : array (2,)
        Its weights, drawn as an arrow that starts on the line, nearest to the middle.
    b : number
        Its bias.
    x : array (n, 2), optional
        Samples to draw on top.
    y : array (n,) of 0 and 1, optional
        Their labels: a colour and a marker for each.
    ax : Axes, optional
    limits : (low, high)
        Of both axes, which have the same unit, so that right angles are right angles.
    arrow : number
        How long the arrow is, as a multiple of the length of ``w``; 0 leaves it out.

    Returns
    -------
    Axes
        The side where the weighted sum plus bias, z, is positive has the colour of class 1.
    """
    w, b, (low, high) = np.asarray(w, dtype=float), float(b), limits
    if w.shape != (2,):
        raise ValueError(f"neuron_plane needs two weights. Received: w {w.shape}.")
    ax = _axes(ax, (4.2, 4.2))
    # The sum changes evenly, so four corners say all about the plane.
    corners = np.array([[low, low], [high, low], [low, high], [high, high]])
    u, v = np.meshgrid(limits, limits)
    z = (corners @ w + b).reshape(2, 2)
    yes, no = z.max() > 0, z.min() <= 0
    tints = [_tint(_style(label)["color"], 0.22) for label in (0, 1)]
    levels = [min(z.min(), 0) - 1, 0, max(z.max(), 0) + 1]
    ax.contourf(u, v, z, levels=levels, colors=tints)
    if yes and no:
        ax.contour(u, v, z, levels=[0], colors=INK, linewidths=1.8)
        if arrow:
            middle = np.full(2, (low + high) / 2)
            start, reach = middle - (middle @ w + b) / (w @ w) * w, arrow * w
            look = {"arrowstyle": "-|>", "color": INK, "linewidth": 1.6, "shrinkA": 0, "shrinkB": 0}
            ax.annotate("", start + reach, start, arrowprops=look, zorder=4)  # above the samples
            # Beside the arrow, where neither it nor the line runs.
            beside = 0.055 * (high - low) * np.array([-w[1], w[0]]) / np.hypot(*w)
            at = start + 0.62 * reach + beside
            _put(ax, *at, "$w$", size=12, path_effects=_halo(), zorder=5)
    if x is not None:
        x = np.asarray(x)
        y = np.zeros(len(x), int) if y is None else np.asarray(y).ravel().astype(int)
        for label in np.unique(y):
            look = {"marker": _style(label)["marker"], "color": _style(label)["color"]}
            ax.scatter(*x[y == label].T, s=30, edgecolors="white", linewidths=0.6, **look, zorder=3)
    for text, label, corner, there in [
        ("$z > 0$", 1, corners[z.argmax()], yes),
        ("$z \\leq 0$", 0, corners[z.argmin()], no),
    ]:
        if there:
            side = corner > (low + high) / 2
            inset = np.where(side, -1, 1) * 0.03 * (high - low)
            ax.text(
                *(corner + inset),
                text,
                ha="right" if side[0] else "left",
                va="top" if side[1] else "bottom",
                color=_for_text(_style(label)["color"]),
                path_effects=_halo(),
                zorder=5,
            )
    ax.set(xlim=limits, ylim=limits, aspect="equal", xlabel="$x_1$", ylabel="$x_2$")
    ax.grid(visible=False)
    return ax


def plane_maps(maps, *, points=None, labels=None, reach=2, columns=3, size=3.0):
    """Draw what functions of the plane do to it: where a grid of lines goes, one panel each.

    Parameters
    ----------
    maps : dict of str to callable
        Title and function of each panel, from points (m, 2) to points (m, 2).
    points : array (n, 2), optional
        Samples that are carried along. Without them three corners of the unit square are: (0, 0)
        as a ring, (1, 0) as a dot and (0, 1) as a little square.
    labels : array (n,) of int, optional
        The samples' classes: a colour and a marker for each.
    reach : int
        The grid has a line at every whole number from -reach to reach.
    columns : int
        Panels in a row.
    size : float
        Side of a panel in inches.

    Returns
    -------
    Figure
        All panels on the same scale. Lines along the first axis are solid and blue, lines along
        the second dashed and orange; the unit square is shaded.
    """
    if labels is not None and (points is None or len(labels) != len(points)):
        raise ValueError(
            "plane_maps needs one label for each point. "
            f"Received: {0 if points is None else len(points)} points, {len(labels)} labels."
        )
    along, ticks = np.linspace(-reach, reach, 40 * reach + 1), np.arange(-reach, reach + 1)
    families = [
        [np.column_stack([along, np.full(along.size, tick)]) for tick in ticks],
        [np.column_stack([np.full(along.size, tick), along]) for tick in ticks],
    ]
    edge, zero, one = np.linspace(0, 1, 21), np.zeros(21), np.ones(21)
    sides = [(edge, zero), (one, edge), (edge[::-1], one), (zero, edge[::-1])]
    square = np.concatenate([np.column_stack(side) for side in sides])
    corners = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    columns = min(columns, len(maps))
    rows = -(-len(maps) // columns)
    figure, panels = plt.subplots(
        rows,
        columns,
        figsize=(size * columns, (size + 0.2) * rows),
        layout="constrained",
        squeeze=False,
    )
    for ax in panels.flat[len(maps) :]:
        ax.axis("off")
    # The grids' common middle and half width, so that the same length is the same everywhere.
    ends = [f(np.concatenate(lines)) for f in maps.values() for lines in families]
    ends = np.concatenate(ends)
    middle, half = (ends.min(axis=0) + ends.max(axis=0)) / 2, 0.53 * np.ptp(ends, axis=0).max()
    for ax, (name, f) in zip(panels.flat, maps.items(), strict=False):
        ax.fill(*f(square).T, facecolor=_tint(COLORS[5], 0.45), edgecolor=COLORS[5], zorder=1)
        for position, lines in enumerate(families):
            for line in lines:
                color, dash = COLORS[position], ["-", (0, (4, 2))][position]
                ax.plot(*f(line).T, color=color, linestyle=dash, linewidth=1.2, zorder=2)
        if points is None:
            looks = [("o", INK, "white"), ("o", COLORS[0], COLORS[0]), ("s", COLORS[1], COLORS[1])]
            for at, (marker, color, face) in zip(f(corners), looks, strict=True):
                ax.plot(*at, marker, color=color, markerfacecolor=face, markersize=7, zorder=3)
        else:
            kinds = np.zeros(len(points), dtype=int) if labels is None else np.asarray(labels)
            for k in np.unique(kinds):
                style = {**_style(k), "linestyle": "", "markeredgecolor": "white"}
                ax.plot(*f(np.asarray(points)[kinds == k]).T, markersize=9, zorder=3, **style)
        ax.set(title=name, aspect="equal")
        ax.set(xlim=(middle[0] - half, middle[0] + half), ylim=(middle[1] - half, middle[1] + half))
        ax.xaxis.set_major_locator(MaxNLocator(7, integer=True))
        ax.yaxis.set_major_locator(MaxNLocator(7, integer=True))
        ax.grid(visible=False)
    return figure


def sliders(draw, **knobs):
    """Show a figure with knobs to turn: a slider or a menu for each parameter.

    Without a running notebook there is the figure as it is drawn first and, below it, a line that
    says what could be turned. So a still figure that shows the same belongs beside it.

    Parameters
    ----------
    draw : callable
        Draws the figure from its parameters and shows it. Their defaults are where the knobs
        stand at first.
    **knobs
        For each parameter (from, to, step), a list to choose from, or a widget of ipywidgets.
    """
    from IPython.display import display  # here, since drawing alone needs neither of the two
    from ipywidgets import interactive

    class Knobs(interactive):
        def __repr__(self):  # what a page without a kernel shows in place of the widget
            *others, last = [child.description for child in self.children[:-1]]
            names = f"{', '.join(others)} and {last}" if others else last
            return f"Run the notebook to turn: {names}."

    display(Knobs(draw, **knobs))
