"""The look of the series: its colors, markers and dashes, and matplotlib's settings."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import to_hex, to_rgb

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


def series_style(position):
    """Return colour, dash and marker of the series at a position."""
    return {
        "color": COLORS[position % len(COLORS)],
        "linestyle": DASHES[position % len(DASHES)],
        "marker": MARKERS[position % len(MARKERS)],
    }


def _luminance(color):
    """Return the relative luminance of a colour as WCAG 2 defines it, 0 black to 1 white."""
    channels = np.array(to_rgb(color))
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def for_text(color):
    """Darken a colour until text in it has a contrast of 4.5 : 1 with white."""
    rgb = np.array(to_rgb(color))
    while 1.05 / (_luminance(rgb) + 0.05) < 4.5:
        rgb *= 0.95
    return to_hex(rgb)


def tint(color, strength=0.25):
    """Mix a colour with white."""
    return to_hex(1 - strength * (1 - np.array(to_rgb(color))))


def ink_on(color):
    """Return black or white, whichever is easier to read on a colour."""
    return "white" if _luminance(color) < 0.18 else INK
