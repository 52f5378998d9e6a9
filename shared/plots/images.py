"""Images, and matrices with their numbers in the cells."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import PowerNorm
from matplotlib.patches import Rectangle

from ._pieces import canvas, get_axes, put_text
from .style import COLORS, INK, LIGHT, for_text, ink_on


def _mosaic(images, columns, size, titles, row_names, cmap, limits):
    """Draw images in rows on one canvas; return the Axes and the last image."""
    images = np.asarray(images)
    columns = min(columns, len(images))
    rows = -(-len(images) // columns)
    title_lines = max((title.count("\n") + 1 for title in titles or []), default=0)
    pitch = (size * 1.05, size * 1.05 + 0.16 * title_lines + 0.05 * bool(title_lines))
    left = max((0.085 * len(name) + 0.1 for name in row_names or []), default=0.05)
    ax = canvas(left + pitch[0] * columns + 0.05, pitch[1] * rows + 0.1)
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
    """Draw gray images in rows, dark on white, all on the same scale.

    Parameters
    ----------
    images : array (n, height, width)
    titles : sequence of str, optional
        The text above each image. It may have several lines.
    columns : int
        Images in a row.
    size : float
        The side of an image in inches. Long titles need more.
    row_names : sequence of str, optional
        The text to the left of each row.

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
    """Draw what each unit of a first layer responds to: its weights, arranged as an image.

    Parameters
    ----------
    weights : array (features, units)
        Each column becomes an image.
    shape : (height, width)
        The size of an image; height times width is ``features``.
    columns : int
        Images in a row.
    size : float
        The side of an image in inches.
    titles : sequence of str, optional

    Returns
    -------
    Figure
        Red is positive, blue is negative, white is zero, on one scale for all images. If no
        weight is negative, the scale below the images shows the positive half only.
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
    # The color scale goes into a strip below the images.
    figure = ax.figure
    width, height = figure.get_size_inches() + np.array([0, 0.55])
    figure.set_size_inches(width, height)
    ax.set_position((0, 0.55 / height, 1, 1 - 0.55 / height))
    length = min(2.6, width - 0.6)
    strip = figure.add_axes(
        ((width - length) / 2 / width, 0.36 / height, length / width, 0.1 / height)
    )
    bar = figure.colorbar(drawn, cax=strip, orientation="horizontal")
    ends = ([-limit] if weights.min() < 0 else []) + [0, limit]
    bar.set_ticks(ends, labels=[f"{end:.2g}".replace("-", "−") for end in ends])
    strip.set_xlim(left=ends[0])
    strip.tick_params(labelsize=9, length=3)
    return figure


def heatmap(
    matrix, *, row_names=None, column_names=None, form="{:.3g}", limit=None, ax=None
):
    """Draw a small matrix as colored cells with its numbers in them.

    Parameters
    ----------
    matrix : array (rows, columns)
        If it has negative numbers, red is positive, blue is negative, and white is zero.
    row_names, column_names : sequence of str, optional
    form : str
        The format of the numbers.
    limit : float, optional
        The number that gets the darkest color; by default the largest in the matrix. Give the
        same number to heatmaps that the reader compares.
    ax : Axes, optional

    Returns
    -------
    Axes
    """
    matrix = np.asarray(matrix)
    if matrix.ndim != 2:
        raise ValueError(f"heatmap needs a matrix (rows, columns). Received: {matrix.shape}.")
    limit = limit or float(np.abs(matrix).max()) or 1.0
    signed = matrix.min() < 0
    return _cells(
        matrix,
        [[form.format(value).replace("-", "−") for value in row] for row in matrix],
        {"cmap": "RdBu_r" if signed else "Blues", "vmin": -limit if signed else 0, "vmax": limit},
        row_names,
        column_names,
        get_axes(ax, (0.75 * matrix.shape[1] + 1, 0.5 * matrix.shape[0] + 0.6)),
    )


def _cells(shades, texts, scale, row_names, column_names, ax):
    """Draw a matrix as colored cells with readable text on them."""
    image = ax.imshow(shades, aspect="auto", **scale)
    for row, line in enumerate(texts):
        for column, text in enumerate(line):
            ink = ink_on(image.to_rgba(shades[row, column]))
            put_text(ax, column, row, text, color=ink, fontsize=9)
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
    """Draw how often each class was predicted as each other class, with counts in the cells.

    Parameters
    ----------
    matrix : array (classes, classes) of int
        Rows are true classes, as in `shared.metrics.confusion_matrix`.
    class_names : sequence of str
    ax : Axes, optional

    Returns
    -------
    Axes
        The shade of a cell is the square root of its share of the row, so that rare mistakes
        are visible. Cells with a count of 0 are empty; correct predictions have a frame.
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
    ax = get_axes(ax, (0.62 * classes + 1.4, 0.46 * classes + 1.2))
    scale = {"cmap": "Blues", "norm": PowerNorm(0.5, vmin=0, vmax=1)}
    _cells(shares, texts, scale, class_names, class_names, ax)
    for k in range(classes):
        ax.add_patch(Rectangle((k - 0.5, k - 0.5), 1, 1, fill=False, edgecolor=INK, linewidth=1.2))
    if max(len(name) for name in class_names) > 11:
        plt.setp(ax.get_xticklabels(), rotation=40, ha="right", rotation_mode="anchor")
    ax.set(xlabel="predicted class", ylabel="true class")
    return ax


def confidence_bars(image, probabilities, class_names, true_label=None):
    """Draw an image next to a classifier's probabilities for it.

    Parameters
    ----------
    image : array (height, width)
    probabilities : array (classes,)
    class_names : sequence of str
    true_label : int, optional

    Returns
    -------
    Figure
        The predicted class has a solid bar and its name in bold. The true class is marked
        "true"; if it's a different one, its bar is hatched.
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
            color=for_text(COLORS[1]) if is_true and k != predicted else INK,
        )
    right.set_yticks(range(classes), class_names)
    right.get_yticklabels()[predicted].set_weight("bold")
    # Room for the longest label, so that nothing moves between one image and the next.
    right.set(xlim=(0, 1.4), xticks=[], ylim=(classes - 0.4, -0.6))
    right.tick_params(axis="y", length=0)
    right.grid(visible=False)
    right.spines["bottom"].set_visible(False)
    return figure
