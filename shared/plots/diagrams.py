"""Diagrams: neurons, networks, arrays, computational graphs, sweeps, the map of the chapters."""

import textwrap
from itertools import pairwise

import numpy as np
from matplotlib.patches import Circle, Rectangle

from ._pieces import canvas, draw_arrow, draw_box, format_value, get_axes, halo, put_text
from .style import COLORS, FAINT, INK, LIGHT, ROLES, for_text, series_look, tint


def neuron_diagram(inputs, weights, bias, *, activation=None, z="z", output="ŷ"):
    """Draw one neuron: inputs times weights, summed with the bias, through an activation.

    Parameters
    ----------
    inputs, weights : sequences of str or number, of the same length
    bias : str or number
    activation : str, optional
        Its name. Without one, the sum is the output.
    z : str or number
        The weighted sum, written after the Σ if there is an activation.
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
    ax = canvas(7.4 if activation else 5.8, height)
    middle, center = height / 2, 3.3
    for place, (value, weight) in enumerate(zip(inputs, weights, strict=True)):
        y = middle + 0.75 * ((len(inputs) - 1) / 2 - place)
        ax.add_patch(Circle((0.55, y), 0.29, facecolor=tint(COLORS[0]), edgecolor=COLORS[0]))
        put_text(ax, 0.55, y, format_value(value), size=11)
        toward = np.array([center - 0.55, middle - y])
        toward /= np.hypot(*toward)
        start, end = np.array([0.55, y]) + 0.31 * toward, np.array([center, middle]) - 0.44 * toward
        draw_arrow(ax, start, end, COLORS[0])
        at = start + 0.38 * (end - start)
        text = put_text(ax, *at, f"× {format_value(weight)}", size=11)
        text.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 1.5})
    ax.add_patch(Circle((center, middle), 0.42, facecolor="white", edgecolor=INK, linewidth=1.5))
    put_text(ax, center, middle, "Σ", size=17)
    draw_arrow(ax, (center, middle - 0.98), (center, middle - 0.44), COLORS[2])
    sign = "+" if isinstance(bias, str) or bias >= 0 else "−"
    size = bias if isinstance(bias, str) else abs(bias)
    put_text(ax, center + 0.12, middle - 0.78, f"{sign} {format_value(size)}", ha="left", size=11)
    end = center + 0.42
    if activation:
        draw_arrow(ax, (end, middle), (end + 0.95, middle))
        ax.text(end + 0.42, middle + 0.1, format_value(z), ha="center", va="bottom", size=11)
        draw_box(ax, end + 1.5, middle, 1.1, 0.6, facecolor=tint(COLORS[5]), edgecolor=COLORS[5])
        put_text(ax, end + 1.5, middle, activation, size=11)
        end += 2.05
    draw_arrow(ax, (end, middle), (end + 0.7, middle))
    ax.text(end + 0.8, middle, format_value(output), va="center", size=12)
    return ax.figure


def network_diagram(sizes, *, names=None):
    """Draw a dense network: a column of units for each layer, a line for each weight.

    Parameters
    ----------
    sizes : sequence of int
        Units per layer, the inputs first.
    names : sequence of str, optional
        What to write above each layer.

    Returns
    -------
    Figure
        The size of each layer is below it, the shape of the weights between two layers. A layer
        with more than eight units has dots in the middle. The colors are those of the lengths in
        `shape_diagram`: the inputs have the second one, layer 1 the third, and so on.
    """
    if names is not None and len(names) != len(sizes):
        raise ValueError(
            f"Each layer needs one name. Received: {len(sizes)} sizes, {len(names)} names."
        )
    pitch, step, most = 1.7, 0.36, 8
    tallest = min(max(sizes), most + 1) * step
    ax = canvas(pitch * (len(sizes) - 1) + 1.6, tallest + (1.1 if names else 0.75))
    middle = 0.62 + tallest / 2
    columns = []
    for layer, size in enumerate(sizes):
        x, slots = 0.8 + pitch * layer, min(size, most + 1)
        heights = [middle + step * ((slots - 1) / 2 - slot) for slot in range(slots)]
        if size > most:  # the middle slot is for the dots
            gap = heights.pop(slots // 2)
            put_text(ax, x, gap, "⋮", size=13)
        columns.append([(x, y) for y in heights])
        put_text(ax, x, 0.42, f"{size}", size=11, weight="bold")
        if names:
            put_text(ax, x, tallest + 0.82, names[layer], size=10)
    gaps = zip(pairwise(columns), pairwise(sizes), strict=True)
    for layer, ((left, right), (rows, units)) in enumerate(gaps, 1):
        for start in left:
            for end in right:
                ax.plot(*zip(start, end, strict=True), "-", color=FAINT, linewidth=0.5, alpha=0.6)
        x = (left[0][0] + right[0][0]) / 2
        weights = "W" if len(sizes) == 2 else f"$W_{{{layer}}}$"
        put_text(ax, x, 0.14, f"{weights} ({rows}, {units})", size=9, color=FAINT)
    for layer, column in enumerate(columns):
        color = series_look(layer + 1).color  # in `shape_diagram`, the first one is the batch's
        for place in column:
            ax.add_patch(
                Circle(place, 0.13, facecolor=tint(color, 0.4), edgecolor=color, zorder=3)
            )
    return ax.figure


def shape_diagram(terms, *, lengths=()):
    """Draw an expression of arrays as boxes with their shapes, such as ``x @ W + b = z``.

    Parameters
    ----------
    terms : sequence
        Arrays as (name, shape), and the operators between them as str. The entries of a shape
        are numbers or names such as "n". Small arrays are drawn as cells.
    lengths : sequence
        Entries of shapes in the order of their colors, so that they keep them from one figure to
        the next. Others follow in the order in which they appear.

    Returns
    -------
    Figure
        Equal lengths have the same color, to show which ones must match.
    """
    cell = 0.26
    shapes = [term[1] for term in terms if not isinstance(term, str)]
    sizes = list(dict.fromkeys([*lengths, *(size for shape in shapes for size in shape)]))
    colors = {size: series_look(i).color for i, size in enumerate(sizes)}
    in_cells = all(not isinstance(size, str) and size <= 8 for size in sizes)

    def length(size):
        if in_cells:
            return cell * size
        if size == 1:
            return 0.42  # room for a short name
        return 0.9 if isinstance(size, str) else 0.3 + 0.16 * np.log2(size)

    # From left to right: an operator, or a box with room for the number of rows.
    boxes, x = [], 0.1
    for term in terms:
        if isinstance(term, str):
            boxes.append((x + 0.2, 0.0, 0.0))
            x += 0.4
        else:
            rows, columns = (1, 1, *term[1])[-2:]
            margin = 0.1 + (0.05 + 0.1 * len(str(rows))) * (len(term[1]) == 2)
            wide = max(length(columns), 0.5)  # the shape below the box needs it
            boxes.append((x + margin + wide / 2, length(columns), length(rows)))
            x += margin + wide + 0.12
    tallest = max(height for _, _, height in boxes)
    ax, middle = canvas(x + 0.1, tallest + 0.9), 0.45 + tallest / 2
    for term, (center, width, height) in zip(terms, boxes, strict=True):
        if isinstance(term, str):
            put_text(ax, center, middle, term, size=15)
            continue
        name, shape = term
        left, bottom = center - width / 2, middle - height / 2
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
        put_text(ax, center, middle, name, size=13, weight="bold", path_effects=halo(4))
        if len(shape) == 2:
            color = for_text(colors[shape[0]])
            put_text(ax, left - 0.06, middle, str(shape[0]), ha="right", color=color, size=11)
        if shape:
            color, top = for_text(colors[shape[-1]]), bottom + height + 0.05
            put_text(ax, center, top, str(shape[-1]), va="bottom", color=color, size=11)
        written = ", ".join(map(str, shape)) + "," * (len(shape) == 1)
        put_text(ax, center, 0.22, f"({written})", size=10)
    return ax.figure


def array_canvas(width, height):
    """Return Axes for `array_boxes`: one unit is one box, and (0, 0) is the upper left corner.

    Parameters
    ----------
    width, height : float
        In boxes of half an inch.

    Returns
    -------
    Axes
    """
    ax = canvas(0.5 * width, 0.5 * height)
    ax.set(xlim=(0, width), ylim=(height, 0))
    return ax


def array_boxes(ax, values, left, top, name="", *, colors=0, shape=None):
    """Draw an array as boxes, with its entries in them.

    Parameters
    ----------
    ax : Axes
        From `array_canvas`.
    values : array or nested list
        With one or two axes; a vector is drawn as a row. NaN is written as "?".
    left, top : float
        The upper left corner.
    name : str, optional
        Written above the boxes.
    colors : int or array of int
        For each entry a position in COLORS, from 0 to 2. The second color is bold, too, and the
        third slanted.
    shape : tuple of int, optional
        What the array is broadcast to. Repeated entries are dashed.
    """
    values = np.atleast_2d(np.asarray(values, dtype=float))
    rows, columns = values.shape
    colors = np.broadcast_to(colors, values.shape)
    height, width = shape or values.shape
    stretched = np.broadcast_to(values, (height, width))
    for i, j in np.ndindex(height, width):
        text = "?" if np.isnan(stretched[i, j]) else f"{stretched[i, j]:.2g}".replace("-", "−")
        if i < rows and j < columns:
            color = int(colors[i, j])
            face, ink, line = tint(COLORS[color]), INK, "-"
            font = {"weight": "bold" if color == 1 else "normal"}
            font["style"] = "italic" if color == 2 else "normal"
        else:
            face, ink, line, font = "white", FAINT, "--", {}
        box = {"facecolor": face, "edgecolor": ink, "linestyle": line}
        ax.add_patch(Rectangle((left + j, top + i), 1, 1, **box))
        put_text(ax, left + j + 0.5, top + i + 0.5, text, color=ink, **font)
    put_text(ax, left + width / 2, top - 0.2, name, va="bottom")


def computational_graph(nodes, edges):
    """Draw a computation as a graph, values forward above the edges, gradients below.

    Parameters
    ----------
    nodes : dict of str to (column, row) or (column, row, label)
        The place of each node, with rows counted from the top; fractions are fine. A node's
        label is its key by default. A node that no edge leads to is drawn as a box (an input or a
        parameter), any other as a circle (an operation, or the result).
    edges : sequence of (source, target), (…, value) or (…, value, gradient)
        Keys of two nodes, and the str or number that flows between them; None writes nothing.

    Returns
    -------
    Figure
    """
    edges = [(*edge, None, None)[:4] for edge in edges]
    forward, backward = (for_text(ROLES[role].color) for role in ("forward", "backward"))
    places = {key: np.array([1.8 * at[0] + 0.6, -1.3 * at[1]]) for key, at in nodes.items()}
    notes = [
        ("→ forward", any(edge[2] is not None for edge in edges), forward),
        ("← backward", any(edge[3] is not None for edge in edges), backward),
    ]
    floor = 0.8 if notes[0][1] or notes[1][1] else 0.4
    lift = floor - min(place[1] for place in places.values())
    places = {key: place + np.array([0, lift]) for key, place in places.items()}
    width, height = np.max(list(places.values()), axis=0)
    ax = canvas(max(width + 0.5, 4.6), height + 0.4)
    targets, box = {edge[1] for edge in edges}, np.array([0.76, 0.46])
    for source, target, value, gradient in edges:
        toward = places[target] - places[source]
        toward /= np.hypot(*toward)
        # A line from its center leaves a box through whichever side comes first.
        reach = np.min(box / 2 / np.maximum(np.abs(toward), 1e-9)) + 0.04
        start = places[source] + toward * (0.32 if source in targets else reach)
        end = places[target] - toward * 0.32
        draw_arrow(ax, start, end)
        # Perpendicular to the edge: upward, or to the left if the edge is vertical.
        across = np.array([-toward[1], toward[0]])
        across *= -1 if across[1] < 0 or (across[1] == 0 and across[0] > 0) else 1
        for text, side, color, slant in [
            (value, 0.16, forward, "normal"),
            (gradient, -0.16, backward, "italic"),
        ]:
            if text is not None:
                look = {"color": color, "style": slant, "path_effects": halo()}
                # Beside a steep edge, a long text that starts or ends there stays off it.
                lean = side * across[0] / 0.16
                look["ha"] = "left" if lean > 0.5 else "right" if lean < -0.5 else "center"
                at = (start + end) / 2 + side * across
                put_text(ax, *at, format_value(text), size=10, **look)
    for key, at in nodes.items():
        center, look = places[key], {"zorder": 3, "edgecolor": INK, "linewidth": 1.4}
        if key in targets:
            ax.add_patch(Circle(center, 0.3, facecolor="white", **look))
        else:
            draw_box(ax, *center, *box, facecolor=tint(INK, 0.1), **look)
        put_text(ax, *center, at[2] if len(at) == 3 else key, size=11, zorder=4)
    for position, (note, needed, color) in enumerate(notes):
        if needed:
            look = {"color": color, "style": ["normal", "italic"][position]}
            put_text(ax, 0.3 + 1.2 * position, 0.2, note, ha="left", size=9.5, **look)
    return ax.figure


def block_diagram(blocks, arrows):
    """Draw boxes with text in them, and arrows between them.

    Parameters
    ----------
    blocks : dict of str to (x, y, width, height) or (…, color)
        For each text the center and the size of its box in inches, and a position in COLORS.
        A box without a color is a frame around others, with its text at the top.
    arrows : sequence of (start, end), (…, text) or (…, text, role)
        Two points, what to write beside the middle, and a name in ROLES that says how it looks.

    Returns
    -------
    Figure
    """
    corners = [(x + width / 2, y + height / 2) for x, y, width, height, *_ in blocks.values()]
    ax = canvas(*(np.max(corners, axis=0) + 0.1))
    for text, (x, y, width, height, *color) in blocks.items():
        if color:
            look = {"facecolor": tint(COLORS[color[0]]), "edgecolor": COLORS[color[0]], "zorder": 2}
            put_text(ax, x, y, text, size=10, zorder=3)
        else:
            look = {"facecolor": "none", "edgecolor": INK, "linewidth": 1.4}
            put_text(ax, x, y + height / 2 - 0.22, text, size=10, weight="bold")
        draw_box(ax, x, y, width, height, **look)
    for start, end, *rest in arrows:
        text, role = (*rest, *["", None][len(rest) :])
        look = {"linestyle": ROLES[role].dash, "color": ROLES[role].color} if role else {}
        draw_arrow(ax, start, end, zorder=4, **look)
        middle = (np.array(start) + end) / 2
        level = abs(end[0] - start[0]) > abs(end[1] - start[1])
        place = {"ha": "center", "va": "bottom"} if level else {"ha": "left", "va": "center"}
        put_text(ax, *(middle + ([0, 0.06] if level else [0.1, 0])), text, size=9.5, **place)
    return ax.figure


def slope_sweep(inputs, chain, slopes, *, reverse=False, title="", ax=None):
    """Draw the slopes that one sweep finds, from several inputs through a chain or back.

    Parameters
    ----------
    inputs : sequence of str
        Names, from top to bottom.
    chain : sequence of str
        Names of what is computed from all inputs, from the first to the last.
    slopes : dict of str to number
        One for each name. Those that are 0 are gray.
    reverse : bool
        Whether the sweep goes from the end of the chain to the inputs.
    title : str
    ax : Axes, optional

    Returns
    -------
    Axes
    """
    ax = get_axes(ax, (4.2, 0.6 * len(inputs)))
    color = ROLES["backward" if reverse else "forward"].color
    last = len(inputs) - 1
    places = {name: (0, last - row) for row, name in enumerate(inputs)}
    places |= {name: (1 + 0.7 * step, last / 2) for step, name in enumerate(chain)}
    for edge in [*((name, chain[0]) for name in inputs), *pairwise(chain)]:
        begin, end = reversed(edge) if reverse else edge
        look = {"arrowstyle": "-|>", "linewidth": 1.4, "shrinkA": 15, "shrinkB": 15}
        look["color"] = color if slopes[edge[0]] else LIGHT
        ax.annotate("", places[end], places[begin], arrowprops=look)
    for name, (x, y) in places.items():
        ink = for_text(color) if slopes[name] else FAINT
        put_text(ax, x, y, format_value(slopes[name]), color=ink)
        put_text(ax, *((x - 0.35, y) if name in inputs else (x, y + 0.75)), name)
    ax.set(title=title, xlim=(-0.5, 0.5 + 0.7 * len(chain)), ylim=(-0.5, last + 0.5))
    ax.axis("off")
    return ax


def chapter_map(parts):
    """Draw the chapters of a course as boxes in reading order, grouped by part.

    Parameters
    ----------
    parts : dict of str to list of (number, title)
        The parts in order, each with its chapters. Five chapters fit into a row.

    Returns
    -------
    Figure
    """
    columns, wide, high, pitch, head = 5, 1.5, 0.72, (1.78, 0.92), 0.34
    rows = [-(-len(chapters) // columns) for chapters in parts.values()]
    widest = min(columns, max(len(chapters) for chapters in parts.values()))
    ax = canvas(pitch[0] * widest + 0.25, pitch[1] * sum(rows) + head * len(parts) + 0.1)
    y = ax.get_ylim()[1] - 0.05
    previous = None
    for position, (part, chapters) in enumerate(parts.items()):
        color = COLORS[position % len(COLORS)]
        ax.text(0.2, y - head / 2 - 0.04, part, va="center", weight="bold", color=for_text(color))
        y -= head
        for place, (number, title) in enumerate(chapters):
            row, column = divmod(place, columns)
            center = (0.2 + wide / 2 + column * pitch[0], y - pitch[1] * row - pitch[1] / 2)
            draw_box(
                ax,
                *center,
                wide,
                high,
                facecolor=tint(color, 0.14),
                edgecolor=color,
                linewidth=1.2,
            )
            text = f"{number}\n" + textwrap.fill(title, 19)
            put_text(ax, *center, text, size=9, linespacing=1.15)
            if previous is not None and previous[1] == center[1]:
                start = (previous[0] + wide / 2, previous[1])
                draw_arrow(ax, start, (center[0] - wide / 2, center[1]))
            previous = center
        y -= pitch[1] * -(-len(chapters) // columns)
    return ax.figure
