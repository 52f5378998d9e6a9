"""Figures of a surface seen from above: contours, and paths across it."""

from itertools import pairwise, product

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.ticker import MaxNLocator

from ._pieces import format_value, get_axes, halo, put_text
from .style import COLORS, FAINT, for_text, series_looks


def surface_paths(f, x_range, y_range, paths, *, ax=None, xlabel="", ylabel="", title=""):
    """Draw a function of two numbers as a contour map, with the paths that descend it.

    The contours are evenly spaced in the values of ``f``, so they are close where it is steep. A
    note beside the map says how far apart they are. Darker is lower.

    Parameters
    ----------
    f : callable
        Called once with two arrays of the same shape; returns a third.
    x_range, y_range : (low, high)
    paths : dict of str to array (steps, 2)
        Each starts at an empty circle, ends at a filled marker, and has its name beside it.
        Anything outside the ranges is cut off.
    ax : Axes, optional
        What is drawn there already isn't covered by the values of contours. For axes of equal
        scale, set its aspect before: the names find their places on the map as it is.
    xlabel, ylabel, title : str

    Returns
    -------
    Axes
    """
    ax = get_axes(ax, (7.2, 5))
    marks = [mark.get_xydata() for mark in ax.get_lines()]
    u, v = np.meshgrid(np.linspace(*x_range, 200), np.linspace(*y_range, 200))
    height = np.asarray(f(u, v), dtype=float)
    levels = MaxNLocator(14, steps=[1, 2, 5, 10]).tick_values(height.min(), height.max())
    levels = levels[(levels > height.min()) & (levels < height.max())]
    valley = LinearSegmentedColormap.from_list("valley", ["#C9CED6", "white"])
    extent = (*x_range, *y_range)
    ax.imshow(height, extent=extent, origin="lower", aspect=ax.get_aspect(), cmap=valley)
    contours = ax.contour(u, v, height, levels=levels, colors="#9AA3AF", linewidths=0.7)
    for path, (color, dash, marker) in zip(paths.values(), series_looks(paths), strict=True):
        path = np.asarray(path, dtype=float)
        dots = {"marker": marker, "markersize": 4, "markevery": max(1, len(path) // 12)}
        ax.plot(*path.T, color=color, linestyle=dash, linewidth=1.8, **dots)
        ax.plot(*path[0], "o", color=color, markerfacecolor="white", markersize=8)
        ax.plot(*path[-1], marker, color=color, markersize=9)
    ax.set(xlim=x_range, ylim=y_range, xlabel=xlabel, ylabel=ylabel, title=title)
    ax.grid(visible=False)
    note = f"contours every {levels[1] - levels[0]:.4g}"
    look = {"size": 8.5, "color": FAINT, "rotation": 270, "ha": "left", "va": "center"}
    ax.text(1.01, 0.5, note, transform=ax.transAxes, **look)
    taken = _label_paths(ax, paths)
    marks = [ax.transData.transform(mark) * 72 / ax.figure.dpi for mark in marks]
    taken = np.concatenate([taken, *marks])
    # In a long valley, the point of its floor that is nearest to the middle of the map.
    floor = height <= height.min() + 0.1 * (levels[0] - height.min())
    across = (u - np.mean(x_range)) / np.ptp(x_range)
    away = np.hypot(across, (v - np.mean(y_range)) / np.ptp(y_range))
    lowest = np.unravel_index(np.where(floor, away, np.inf).argmin(), away.shape)
    _label_contours(ax, contours, (u[lowest], v[lowest]), taken)
    return ax


def valley_paths(H, paths, levels):
    """Draw descents of the valley ``θᵀHθ / 2`` side by side, with the same contours.

    Parameters
    ----------
    H : array (2, 2)
        Its curvatures, both greater than 0.
    paths : dict of str to array (steps, 2)
        One panel each, with the name as its title, a dot for each step, an empty circle at the
        start and a square at the end. A path that ends more than 100 away has no square but
        the word "diverges".
    levels : sequence of float
        The values of the contours. Every other one is written on its contour.

    Returns
    -------
    Figure
        All panels have the same axes, which hold the paths that don't diverge, but reach
        to 4 at least and to 8 at most.
    """
    columns = min(3, len(paths))
    rows = -(-len(paths) // columns)
    figure, panels = plt.subplots(
        rows, columns, figsize=(3 * columns, 3.2 * rows), sharex=True, sharey=True, squeeze=False
    )
    paths = {name: np.asarray(path, dtype=float) for name, path in paths.items()}
    far = {name: np.abs(path).max(axis=1) > 100 for name, path in paths.items()}
    arriving = [np.abs(path).max() for name, path in paths.items() if not far[name][-1]]
    reach = np.clip(1.1 * max(arriving, default=0), 4, 8)
    u, v = np.meshgrid(*[np.linspace(-reach, reach, 241)] * 2)
    height = 0.5 * (H[0, 0] * u * u + (H[0, 1] + H[1, 0]) * u * v + H[1, 1] * v * v)
    # A contour's value is written halfway between the long and the short half-axis.
    curvature, axes = np.linalg.eigh(H)
    axes = axes * np.where(axes[[0, 1], [0, 1]] < 0, -1, 1)
    spots = [axes @ np.sqrt(level / curvature) for level in levels[::2]]
    for ax, (name, path) in zip(panels.flat, paths.items(), strict=False):
        contours = ax.contour(u, v, height, levels, colors="#9AA3AF", linewidths=0.8)
        ax.clabel(contours, levels[::2], fontsize=8, manual=spots)
        if far[name][-1]:
            path = path[: far[name].argmax() + 1]
            put_text(ax, 0.96, 0.92, "diverges", ha="right", transform=ax.transAxes)
        ax.plot(*path.T, "o-", color=COLORS[0], markersize=3, linewidth=1)
        ax.plot(*path[0], "o", color=COLORS[0], markerfacecolor="white", markersize=8)
        if not far[name][-1]:
            ax.plot(*path[-1], "s", color=COLORS[1], markersize=7)
        ax.set(title=name, aspect="equal", xlim=(-reach, reach), ylim=(-reach, reach))
        ax.set(xlabel="$θ_1$", ylabel="$θ_2$")
        ax.label_outer()
        ax.grid(visible=False)
    for ax in panels.flat[len(paths) :]:
        ax.remove()
    return figure


def _label_contours(ax, contours, lowest, taken):
    """Write the values of contours in a row from the lowest point to the emptiest edge.

    A contour that the row doesn't meet, such as one around another valley, gets its own label, and
    so does one that the row has no room for, if there is plenty elsewhere.
    """
    scale = 72 / ax.figure.dpi  # points per pixel
    low, high = ax.bbox.get_points() * scale
    pieces = [
        (level, ax.transData.transform(piece) * scale)
        for level, lines in zip(contours.levels, contours.allsegs, strict=True)
        for piece in lines
    ]
    grid = np.stack(np.meshgrid(np.linspace(-1, 1, 9), [-1, 0, 1]), axis=-1).reshape(-1, 2)

    def spots_around(center, level):
        """Return points of a label's rectangle, or None if it leaves the map."""
        half = np.array([2.6 * len(f"{level:.4g}") + 1, 5.5])
        inside = np.all(center - half > low) and np.all(center + half < high)
        return center + half * grid if inside else None

    rows = []
    # The corners and the middles of the edges.
    for side in np.array([side for side in product((-1, 0, 1), repeat=2) if any(side)]):
        start, end = ax.transData.transform(lowest) * scale, low + high + side * (high - low)
        spine, row, left, full = _walk(np.array([start, end / 2]), step=2), [], [], taken
        for level, line in pieces:
            apart = np.array([_nearest(point[np.newaxis], spine, 3) for point in line])
            if apart.min(initial=3) == 3:
                left.append((level, line, 6))
                continue
            spots = spots_around(line[apart.argmin()], level)
            if spots is not None and _nearest(spots, full, 6) == 6:
                row.append((line[apart.argmin()], level))
                full = np.concatenate([full, spots])
            else:
                left.append((level, line, 45))
        rows.append((row, left, full))
    row, left, full = max(rows, key=lambda found: len(found[0]))
    for level, line, room_needed in left:
        best, most = None, room_needed
        for center in line[:: max(1, len(line) // 25)]:
            spots = spots_around(center, level)
            room = 0 if spots is None else _nearest(spots, full, 60)
            if room > most:
                best, most = center, room
        if best is not None:
            row.append((best, level))
            full = np.concatenate([full, spots_around(best, level)])
    for center, level in row:
        at = ax.transData.inverted().transform(center / scale)
        ink = {"color": FAINT, "path_effects": halo(2)}
        put_text(ax, *at, format_value(float(level)), size=8.5, in_layout=False, **ink)


def _label_paths(ax, paths):
    """Write each name next to its path, as far as possible from other paths and names.

    Returns points (m, 2) on the paths and names, in points from the lower left of the figure.
    """
    labels = {}
    for name, look in zip(paths, series_looks(paths), strict=True):
        ink = {"color": for_text(look.color), "path_effects": halo()}
        labels[name] = put_text(ax, 0, 0, name, size=9.5, weight="bold", in_layout=False, **ink)
    ax.figure.draw_without_rendering()  # before this, the size of the Axes isn't known
    scale = 72 / ax.figure.dpi  # everything below is measured in points
    low, high = ax.bbox.get_points() * scale
    traces = {}
    for name, path in paths.items():
        trace = _walk(ax.transData.transform(np.asarray(path, dtype=float)) * scale)
        inside = np.all((trace >= low) & (trace <= high), axis=1)
        traces[name] = trace[inside] if inside.any() else trace[:1]
    sides = [(1, 1), (1, -1), (-1, 1), (-1, -1), (0, 1), (0, -1), (1, 0), (-1, 0)]
    # Points of the rectangle that a name fills, if half its width and height are 1.
    grid = np.stack(np.meshgrid(np.linspace(-1, 1, 9), [-1, 0, 1]), axis=-1).reshape(-1, 2)
    names = np.empty((0, 2))
    for name, trace in traces.items():
        half = labels[name].get_window_extent().size / 2 * scale
        others = [other for key, other in traces.items() if key != name]
        others = np.concatenate([*others, names])
        best, most = np.clip(trace[0], low + half, high - half), -np.inf
        # Not at the start, which paths often share.
        for point in trace[len(trace) // 8 :: max(1, len(trace) // 25)]:
            apart = _nearest(point[np.newaxis], others, 30)
            for side in sides:
                center = point + np.array(side) * (half + 5)
                if np.any(center - half < low) or np.any(center + half > high):
                    continue
                spots = center + half * grid
                clear = _nearest(spots, others, 30)
                # A name that touches another path is worse than one at a crowded part of its own.
                room = 10 * min(clear, 8) + apart + clear + _nearest(spots, trace, 4)
                if room > most:
                    best, most = center, room
        names = np.concatenate([names, best + half * grid])
        labels[name].set_position(ax.transData.inverted().transform(best / scale))
    return np.concatenate([*traces.values(), names])


def _walk(path, step=5):
    """Return points on a path of straight pieces, at most ``step`` apart."""
    pieces = [path[:1]]
    for start, end in pairwise(path):
        count = int(np.clip(np.hypot(*(end - start)) / step, 1, 200)) + 1
        pieces.append(start + np.linspace(0, 1, count)[1:, np.newaxis] * (end - start))
    return np.concatenate(pieces)


def _nearest(these, those, most):
    """Return the smallest distance between two sets of points, or ``most`` if it's larger."""
    dx = these[:, :1] - those[:, 0]
    dy = these[:, 1:] - those[:, 1]
    return min(float(np.sqrt(np.min(dx * dx + dy * dy, initial=np.inf))), most)
