"""Every kind of figure the book draws, on matplotlib alone.

Each function applies the book's style by itself, draws into the axes it is given or into a
new figure, and returns the figure. Assign it, ``fig = plots.learning_curves(history)``: a
notebook shows open figures at the end of a cell, and would show a returned one twice.
"""

from dlbook.plots.compact import Picture, compact
from dlbook.plots.convolution import convolution_stepper
from dlbook.plots.explore import Explorer, explore, step_explorer
from dlbook.plots.graphs import computation_graph
from dlbook.plots.images import image_grid
from dlbook.plots.networks import network_diagram
from dlbook.plots.planes import (
    affine_picture,
    decision_regions,
    layers_2d,
    scatter_classes,
    vectors_2d,
)
from dlbook.plots.selection import select
from dlbook.plots.style import CMAP, COLORS, CYCLE, DIVERGING, style, use
from dlbook.plots.tensors import tensor_shapes
from dlbook.plots.training import learning_curves, loss_curve_1d

__all__ = [
    "CMAP",
    "COLORS",
    "CYCLE",
    "DIVERGING",
    "Explorer",
    "Picture",
    "affine_picture",
    "compact",
    "computation_graph",
    "convolution_stepper",
    "decision_regions",
    "explore",
    "image_grid",
    "layers_2d",
    "learning_curves",
    "loss_curve_1d",
    "network_diagram",
    "scatter_classes",
    "select",
    "step_explorer",
    "style",
    "tensor_shapes",
    "use",
    "vectors_2d",
]
