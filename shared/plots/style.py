"""The look of the series: colors, markers, dashes, the roles they stand for, and `use_style`."""

import re
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import to_hex, to_rgb

# Okabe and Ito's palette for color-blind readers (2008), slightly darker, so that every color has
# a contrast of at least 3 : 1 with white. Anyone can tell the first four apart.
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


class Look(NamedTuple):
    """How a series is drawn. The dash and the marker tell it apart where the color can't."""

    color: str
    dash: str | tuple
    marker: str


def series_look(position):
    """Return the look of the series at a position. No two of the first 49 are alike."""
    # When the colors start over, the dashes and markers move on by one.
    cue = (position + position // len(COLORS)) % len(COLORS)
    return Look(COLORS[position % len(COLORS)], DASHES[cue], MARKERS[cue])


# What means the same looks the same in every figure.
ROLES = {
    "validation": series_look(0),
    "training": series_look(1),
    "test": series_look(2),
    "L2": series_look(2),
    "L1": series_look(5),
    "ours": series_look(0),
    "PyTorch": series_look(1),
    "Keras": series_look(2),
    "JAX": series_look(3),
    "TensorFlow": series_look(4),
    "scikit-learn": series_look(5),
    "teaching style": series_look(6),
    "forward": series_look(0),  # values on their way through the network
    "backward": series_look(1),  # gradients on their way back
    "decision boundary": Look(INK, "-", ""),
    **{f"class {k}": series_look(k) for k in range(10)},
}
_LOOKS = [series_look(position) for position in range(len(COLORS) * len(DASHES))]
_ROLE = re.compile(f"({'|'.join(map(re.escape, ROLES))})(?!\\w)")


def role_of(name):
    """Return the role that a name such as "PyTorch" or "L2, λ = 0.01" begins with, or None."""
    found = _ROLE.match(name)
    return found and found[1]


def series_looks(names):
    """Return a look for each name, no two alike: that of its role, or the next free one.

    Names with the same role share its color and differ in dash and marker.
    """
    roles = [role_of(name) for name in names]
    reserved = {ROLES[role] for role in roles if role}
    looks = []
    for role in roles:
        look = ROLES.get(role)
        if look is None or look in looks:
            same_color = [other for other in _LOOKS if look is None or other.color == look.color]
            look = _freest(same_color, reserved.union(looks))
        looks.append(look)
    return looks


def _freest(looks, taken):
    """Return the first look that isn't taken, if possible with a color and a dash of its own."""
    colors, dashes = ({look[cue] for look in taken} for cue in (0, 1))
    return min(looks, key=lambda look: (look in taken, look.color in colors, look.dash in dashes))


def use_style():
    """Set matplotlib's defaults to the style of the series. Call it once, in the first cell."""
    plt.rcParams.update(
        {
            "figure.dpi": 100,
            "savefig.dpi": 100,
            "figure.figsize": (7, 4),
            "figure.constrained_layout.use": True,
            # Opaque and light, so that labels stay readable on a dark page.
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


def _luminance(color):
    """Return the relative luminance of a color as WCAG 2 defines it, from 0, black, to 1."""
    channels = np.array(to_rgb(color))
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def for_text(color):
    """Darken a color until text in it has a contrast of 4.5 : 1 with white."""
    rgb = np.array(to_rgb(color))
    while 1.05 / (_luminance(rgb) + 0.05) < 4.5:
        rgb *= 0.95
    return to_hex(rgb)


def tint(color, strength=0.25):
    """Mix a color with white."""
    return to_hex(1 - strength * (1 - np.array(to_rgb(color))))


def ink_on(color):
    """Return black or white, whichever is easier to read on a color."""
    return "white" if _luminance(color) < 0.18 else INK
