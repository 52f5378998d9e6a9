"""Every figure that more than one chapter draws, in one style.

- `style`: colors, markers and dashes; ROLES, the look of what means the same in every figure, such
  as "training" or "L2"; and `use_style`, which sets matplotlib's defaults
- `curves`: named lines, learning curves, and measurements as dots, bars or histograms
- `planes`: decision regions, and what a neuron or a layer does to a plane
- `surfaces`: contours of a surface, and paths across it
- `images`: images, weights drawn as images, and matrices with their numbers in the cells
- `diagrams`: neurons, networks, arrays, computational graphs, sweeps, the map of the chapters
- `sliders`: figures that the reader can change

The functions draw the arrays, dictionaries and callables they are given and return the Axes, or
the Figure if it has several. Nothing is remembered between calls. Import all of them from here:
``from shared import plots``, then ``plots.lines(...)``.
"""

from .curves import bars, comparison_dots, histograms, learning_curves, lines
from .diagrams import (
    array_boxes,
    array_canvas,
    block_diagram,
    chapter_map,
    computational_graph,
    network_diagram,
    neuron_diagram,
    shape_diagram,
    slope_sweep,
)
from .images import confidence_bars, confusion_matrix, heatmap, image_grid, weight_images
from .planes import decision_regions, neuron_plane, plane_maps
from .sliders import sliders
from .style import COLORS, DASHES, FAINT, INK, LIGHT, MARKERS, ROLES, use_style
from .surfaces import surface_paths, valley_paths

__all__ = [
    "COLORS",
    "DASHES",
    "FAINT",
    "INK",
    "LIGHT",
    "MARKERS",
    "ROLES",
    "array_boxes",
    "array_canvas",
    "bars",
    "block_diagram",
    "chapter_map",
    "comparison_dots",
    "computational_graph",
    "confidence_bars",
    "confusion_matrix",
    "decision_regions",
    "heatmap",
    "histograms",
    "image_grid",
    "learning_curves",
    "lines",
    "network_diagram",
    "neuron_diagram",
    "neuron_plane",
    "plane_maps",
    "shape_diagram",
    "sliders",
    "slope_sweep",
    "surface_paths",
    "use_style",
    "valley_paths",
    "weight_images",
]
