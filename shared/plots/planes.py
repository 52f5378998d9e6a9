"""Figures of a plane: a classifier's regions, and what a neuron or a layer does to it."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LinearSegmentedColormap, ListedColormap
from matplotlib.ticker import MaxNLocator

from ._pieces import draw_arrow, get_axes, halo, put_text
from .style import COLORS, FAINT, INK, ROLES, for_text, series_look, tint

BOUNDARY = ROLES["decision boundary"].color


def decision_regions(predict, x, y, *, ax=None, class_names=None, resolution=200):
    """Color the plane by what a classifier predicts there, and draw the samples on top.

    Parameters
    ----------
    predict : callable
        From points (m, 2) to labels (m,), to one score per class (m, classes), or to the
        probability of class 1 (m, 1). Probabilities are drawn as shades, with a line at 0.5.
    x : array (n, 2)
    y : array (n,) or (n, 1) of int
        The true labels. Each class has its own color and marker.
    ax : Axes, optional
    class_names : sequence of str, optional
        Names for a legend above the Axes.
    resolution : int
        How many points along each side ``predict`` is called with.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If ``x`` isn't points of the plane, ``y`` isn't one label for each, from 0 up, or
        ``predict`` returns something else, such as NaN, or logits in place of probabilities.
    """
    x, y = np.asarray(x), np.asarray(y)
    if x.ndim != 2 or x.shape[1] != 2 or y.shape not in [(len(x),), (len(x), 1)]:
        raise ValueError(
            "decision_regions needs points (n, 2) and one label for each. "
            f"Received: x {x.shape}, y {y.shape}."
        )
    y = y.ravel()
    ax = get_axes(ax, (5, 4.6))
    margin = 0.08 * np.ptp(x, axis=0)
    (left, bottom), (right, top) = x.min(axis=0) - margin, x.max(axis=0) + margin
    u, v = np.meshgrid(np.linspace(left, right, resolution), np.linspace(bottom, top, resolution))
    points = np.column_stack([u.ravel(), v.ravel()])
    answer = _checked_answer(predict(points.astype(np.result_type(x, np.float32))), len(points))
    extent = (left, right, bottom, top)
    if answer.shape[1:] == (1,):
        shades = LinearSegmentedColormap.from_list(
            "probability", [tint(COLORS[0], 0.45), "white", tint(COLORS[1], 0.45)]
        )
        plane = answer.reshape(u.shape)
        ax.imshow(plane, extent=extent, origin="lower", aspect="auto", cmap=shades, vmin=0, vmax=1)
        if plane.min() < 0.5 < plane.max():
            ax.contour(u, v, plane, levels=[0.5], colors=BOUNDARY, linewidths=1.5)
        classes = 2
    else:
        labels = answer.argmax(axis=1) if answer.ndim == 2 else answer
        plane = labels.reshape(u.shape).astype(int)
        classes = int(max(plane.max(), y.max())) + 1
        tints = ListedColormap([tint(series_look(k).color, 0.3) for k in range(classes)])
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
            ax.contour(u, v, plane >= k, levels=[0.5], colors=BOUNDARY, linewidths=1)
    known = np.isin(y, range(classes))
    if not known.all():
        raise ValueError(
            f"the labels of {classes} classes are the whole numbers from 0 to {classes - 1}. "
            f"Received: a label {y[~known][0]}"
        )
    for k in range(classes):
        ax.scatter(
            *x[y == k].T,
            s=26,
            marker=series_look(k).marker,
            color=series_look(k).color,
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


def _checked_answer(answer, n):
    """Return what a classifier says of n points as an array; ValueError if it isn't an answer."""
    answer = np.asarray(answer)
    if answer.shape != (n,) and (answer.ndim != 2 or len(answer) != n or answer.shape[1] == 0):
        received = f"an array of shape {answer.shape}"
    elif answer.dtype.kind not in "biuf":
        received = f"an array of dtype {answer.dtype}"
    elif np.isnan(answer).any():
        received = "NaN, which is no prediction"
    elif answer.ndim == 1 and (np.any(answer % 1) or answer.min() < 0):
        received = "an array (m,) of numbers that aren't labels"
    elif answer.shape[1:] == (1,) and not (0 <= answer.min() and answer.max() <= 1):
        received = (
            f"numbers from {answer.min():.3g} to {answer.max():.3g} in an array (m, 1). "
            "For a network that returns logits, pass model.predict_proba"
        )
    else:
        return answer
    raise ValueError(
        "predict must return labels (m,), one score per class (m, classes), or probabilities "
        f"(m, 1). For {n} points, it returned {received}."
    )


def neuron_plane(w, b, x=None, y=None, *, ax=None, limits=(-3, 3), arrow=1.0):
    """Draw how a neuron with two inputs divides the plane: its line, its sides and its weights.

    Parameters
    ----------
    w : array (2,)
        The weights, drawn as an arrow that starts where the line is nearest to the middle.
    b : number
        The bias.
    x : array (n, 2), optional
        Samples to draw on top.
    y : array (n,) of 0 and 1, optional
        Their labels. Each class has its own color and marker.
    ax : Axes, optional
    limits : (low, high)
        The range of both axes. They have the same scale, so that right angles look right.
    arrow : number
        The length of the arrow as a multiple of the length of ``w``; 0 leaves it out.

    Returns
    -------
    Axes
        The side where z, the weighted sum plus bias, is positive has the color of class 1.
    """
    w, b, (low, high) = np.asarray(w, dtype=float), float(b), limits
    if w.shape != (2,):
        raise ValueError(f"neuron_plane needs two weights. Received: w {w.shape}.")
    ax = get_axes(ax, (4.2, 4.2))
    # z is linear, so its values at the four corners determine the whole plane.
    corners = np.array([[low, low], [high, low], [low, high], [high, high]])
    u, v = np.meshgrid(limits, limits)
    z = (corners @ w + b).reshape(2, 2)
    yes, no = z.max() > 0, z.min() <= 0
    tints = [tint(series_look(label).color, 0.22) for label in (0, 1)]
    levels = [min(z.min(), 0) - 1, 0, max(z.max(), 0) + 1]
    ax.contourf(u, v, z, levels=levels, colors=tints)
    if yes and no:
        ax.contour(u, v, z, levels=[0], colors=BOUNDARY, linewidths=1.8)
        if arrow:
            middle = np.full(2, (low + high) / 2)
            start, reach = middle - (middle @ w + b) / (w @ w) * w, arrow * w
            look = {"arrowstyle": "-|>", "color": INK, "linewidth": 1.6, "shrinkA": 0, "shrinkB": 0}
            ax.annotate("", start + reach, start, arrowprops=look, zorder=4)  # above the samples
            # Beside the arrow, away from the line.
            beside = 0.055 * (high - low) * np.array([-w[1], w[0]]) / np.hypot(*w)
            at = start + 0.62 * reach + beside
            put_text(ax, *at, "$w$", size=12, path_effects=halo(), zorder=5)
    if x is not None:
        x = np.asarray(x)
        y = np.zeros(len(x), int) if y is None else np.asarray(y).ravel().astype(int)
        for label in np.unique(y):
            look = {"marker": series_look(label).marker, "color": series_look(label).color}
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
                color=for_text(series_look(label).color),
                path_effects=halo(),
                zorder=5,
            )
    ax.set(xlim=limits, ylim=limits, aspect="equal", xlabel="$x_1$", ylabel="$x_2$")
    ax.grid(visible=False)
    return ax


def plane_maps(maps, *, points=None, labels=None, reach=2):
    """Draw what functions do to the plane: a panel for each, with a grid after the function.

    Parameters
    ----------
    maps : dict of str to callable
        The title and the function of each panel, from points (m, 2) to points (m, 2). If there
        are several, the first shows the inputs as they are, and the others what neurons output.
    points : array (n, 2), optional
        Samples to map along with the grid. By default, the origin as a ring, with one arrow to
        (1, 0) and another, with an open head, to (0, 1).
    labels : array (n,) of int, optional
        The classes of the samples. Each has its own color and marker.
    reach : int
        The grid has a line at every integer from -reach to reach.

    Returns
    -------
    Figure
        Three panels in a row, all on the same scale, with the axes named after the inputs or the
        neurons. Lines along the first axis are solid and
        blue, lines along the second are dashed and orange; with samples, both are gray. The unit
        square is shaded.
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
    columns = min(3, len(maps))
    rows = -(-len(maps) // columns)
    figure, panels = plt.subplots(
        rows,
        columns,
        figsize=(3 * columns, 3.2 * rows),
        layout="constrained",
        squeeze=False,
    )
    for ax in panels.flat[len(maps) :]:
        ax.axis("off")
    # The middle and half the width of all grids together, so that panels can be compared.
    everything = [f(np.concatenate(lines)) for f in maps.values() for lines in families]
    everything = np.concatenate(everything)
    middle = (everything.min(axis=0) + everything.max(axis=0)) / 2
    half = 0.53 * np.ptp(everything, axis=0).max()
    for ax, (name, f) in zip(panels.flat, maps.items(), strict=False):
        ax.fill(*f(square).T, facecolor=tint(COLORS[5], 0.45), edgecolor=COLORS[5], zorder=1)
        for position, lines in enumerate(families):
            for line in lines:
                color, dash = COLORS[position], ["-", (0, (4, 2))][position]
                color = color if points is None else FAINT  # the samples need the colors
                ax.plot(*f(line).T, color=color, linestyle=dash, linewidth=1.2, zorder=2)
        if points is None:
            origin, *ends = f(corners)
            for end, color, head in zip(ends, COLORS[:2], ["-|>", "->"], strict=True):
                look = {"arrowstyle": head, "mutation_scale": 14, "linewidth": 2.2, "zorder": 3}
                draw_arrow(ax, origin, end, color, **look)
            ax.plot(*origin, "o", color=INK, markerfacecolor="white", markersize=6, zorder=4)
        else:
            kinds = np.zeros(len(points), dtype=int) if labels is None else np.asarray(labels)
            for k in np.unique(kinds):
                color, _, marker = series_look(k)
                style = {"color": color, "markeredgecolor": "white", "markersize": 9, "zorder": 3}
                ax.plot(*f(np.asarray(points)[kinds == k]).T, marker, **style)
        number = "input" if len(maps) > 1 and ax is panels[0, 0] else "neuron"
        ax.set(title=name, aspect="equal", xlabel=f"{number} 0", ylabel=f"{number} 1")
        ax.set(xlim=(middle[0] - half, middle[0] + half), ylim=(middle[1] - half, middle[1] + half))
        ax.xaxis.set_major_locator(MaxNLocator(7, integer=True))
        ax.yaxis.set_major_locator(MaxNLocator(7, integer=True))
        ax.grid(visible=False)
    return figure
