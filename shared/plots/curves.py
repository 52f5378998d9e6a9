"""Curves and measurements: lines, learning curves, dots, bars and histograms."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from ._pieces import get_axes, halo, label_ends
from .style import COLORS, FAINT, ROLES, Look, role_of, series_looks


def lines(x, series, *, ax=None, xlabel="", ylabel="", title="", log="", markers=False):
    """Draw named curves over the same x.

    A name that begins with a role, such as "training" or "L2", gives a curve the role's look.

    Parameters
    ----------
    x : array (n,)
    series : dict of str to array (n,)
        A curve named "" gets no label.
    ax : Axes, optional
        Where to draw. By default, in a new figure.
    xlabel, ylabel, title : str
    log : "", "x", "y" or "xy"
        The axes with a logarithmic scale.
    markers : bool
        Whether to mark the individual points.

    Returns
    -------
    Axes
    """
    ax = get_axes(ax, (7, 4))
    named = []
    for (name, y), look in zip(series.items(), series_looks(series), strict=True):
        if np.shape(y) != np.shape(x):
            raise ValueError(
                "Each series needs as many numbers as x. "
                f"Received: x {np.shape(x)}, {name!r} {np.shape(y)}."
            )
        marker = look.marker if markers else ""
        (line,) = ax.plot(x, y, color=look.color, ls=look.dash, marker=marker, markersize=5)
        named.append((name, line))
    ax.set(xlabel=xlabel, ylabel=ylabel, title=title)
    ax.set(xscale="log" if "x" in log else "linear", yscale="log" if "y" in log else "linear")
    ax.margins(x=0.01)
    label_ends(ax, named)
    return ax


def learning_curves(history, *, title=""):
    """Draw loss and metrics over the epochs, for training and validation data.

    Parameters
    ----------
    history : dict of str to list, or dict of str to such dicts
        One run: "loss", "accuracy" and whatever else was measured, with one number per epoch.
        The same keys with "val_" in front hold what was measured on the validation data.
        Or several runs by their names.
    title : str

    Returns
    -------
    Figure
        One panel for each measure. The validation lines are solid, the training lines dashed.
        Several runs differ in color and marker.
    """
    if not history:
        raise ValueError("learning_curves needs at least one epoch. Received: an empty history.")
    several = isinstance(next(iter(history.values())), dict)
    runs = history if several else {"": history}
    measures = list(dict.fromkeys(key.removeprefix("val_") for run in runs.values() for key in run))
    figure, panels = plt.subplots(
        1, len(measures), figsize=(4.6 * len(measures), 3.6), layout="constrained", squeeze=False
    )
    roles = set()
    for ax, measure in zip(panels[0], measures, strict=True):
        named = []
        for (name, run), look in zip(runs.items(), series_looks(runs), strict=True):
            drawn = _draw_run(ax, run, measure, look if several else None)
            # The two lines of a run share its name.
            named += [(name, line) for line in drawn.values()][:1] if several else drawn.items()
            roles.update(drawn)
        ax.set(xlabel="epoch", title=measure)
        ax.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
        ax.margins(x=0.02)
        label_ends(ax, named)
    if several:
        keys = [Line2D([], [], color=FAINT, linestyle=ROLES[role].dash) for role in sorted(roles)]
        figure.legend(keys, sorted(roles), loc="outside upper right", ncols=2)
    if title:
        figure.suptitle(title, fontsize=11, x=0.01, ha="left")
    return figure


def _draw_run(ax, run, measure, look):
    """Draw the validation and the training line of a run; return them by role."""
    drawn = {}
    for role, key in [("validation", f"val_{measure}"), ("training", measure)]:
        if key not in run:
            continue
        (line,) = ax.plot(
            range(1, len(run[key]) + 1),
            run[key],
            color=look.color if look else ROLES[role].color,
            linestyle=ROLES[role].dash,
            # The first line stands out: most comparisons are about the validation data.
            linewidth=1.4 if drawn else 2,
            marker=look.marker if look and not drawn else "",
            markersize=4,
        )
        drawn[role] = line
    return drawn


def _measured(ax, names, *, xlabel, reference):
    """Set up a row for each name, from top to bottom, for dots or bars."""
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


def _row_looks(names):
    """Return the look of each row: that of its role, and one for all rows without a role."""
    roles = [role_of(name) for name in names]
    plain = Look(FAINT if any(roles) else COLORS[0], "-", "o")
    return [ROLES[role] if role else plain for role in roles]


def comparison_dots(
    names, values, spread=None, *, xlabel="", form="{:.3g}", reference=None, ax=None
):
    """Draw a measured table as one dot per row, with its spread.

    For measurements whose differences matter, such as accuracies: the axis needn't start at zero.
    For times and counts, see `bars`. A name that begins with a role has the role's look.

    Parameters
    ----------
    names : sequence of str
        From top to bottom.
    values : sequence of numbers, or of sequences of numbers
        If a row has several numbers, such as one for each seed, each is drawn, with their mean.
    spread : sequence of numbers, optional
        Half the length of the bar around each value. Say in the caption what it is.
    xlabel : str
    form : str
        The format of the value beside each row.
    reference : (str, number), optional
        The name and place of a line to compare with.
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
    for row, (value, look) in enumerate(zip(values, _row_looks(names), strict=True)):
        color = look.color
        runs = np.atleast_1d(np.asarray(value, dtype=float))
        mean = float(runs.mean())
        reach = [runs.min(), runs.max()]
        if spread is not None:
            reach = [mean - spread[row], mean + spread[row]]
        ax.plot(reach, [row, row], "-", color=color, linewidth=1.6)
        if runs.size > 1:
            ax.plot(runs, np.full(runs.size, row), "|", color=color, markersize=9)
        ax.plot(mean, row, look.marker, color=color, markersize=7)
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

    A name that begins with a role gives its bar the role's color.

    Parameters
    ----------
    names : sequence of str
        From top to bottom.
    values : sequence of numbers
    xlabel : str
    form : str
        The format of the value at the end of each bar.
    reference : (str, number), optional
        The name and place of a line to compare with.
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
    colors = [look.color for look in _row_looks(names)]
    ax.barh(range(len(names)), values, height=0.62, color=colors)
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
        How many, over the range of all arrays together.
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
        ax.set_ylabel("percent")
    figure.supxlabel(xlabel, fontsize=10)
    return figure
