"""Curves and measurements: lines, learning curves, dots, bars and histograms."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import MaxNLocator

from ._pieces import get_axes, halo, label_ends
from .style import COLORS, FAINT, series_style


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
    ax = get_axes(ax, (7, 4))
    named = []
    for position, (name, y) in enumerate(series.items()):
        if np.shape(y) != np.shape(x):
            raise ValueError(
                f"Each series needs as many numbers as x. Received: x {np.shape(x)}, "
                f"{name!r} {np.shape(y)}."
            )
        style = series_style(position)
        if not markers:
            del style["marker"]
        (line,) = ax.plot(x, y, markersize=5, **style)
        named.append((name, line))
    ax.set(xlabel=xlabel, ylabel=ylabel, title=title)
    ax.set(xscale="log" if "x" in log else "linear", yscale="log" if "y" in log else "linear")
    ax.margins(x=0.01)
    label_ends(ax, named)
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
                style = series_style(position if several else order)
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
        label_ends(ax, named)
    if several and any(key.startswith("val_") for run in runs.values() for key in run):
        title = f"{title}  (solid: validation, dashed: training)".strip()
    if title:
        figure.suptitle(title, fontsize=11, x=0.01, ha="left")
    return figure


def _measured(ax, names, *, xlabel, reference):
    """Set up horizontal rows, one for each name from the top, for dots or bars."""
    ax = get_axes(ax, (7, 0.9 + 0.34 * len(names)))
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
            path_effects=halo(),
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
