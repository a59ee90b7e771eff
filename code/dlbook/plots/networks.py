"""Networks as units and connections."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from dlbook.errors import RangeError, ShapeError, require
from dlbook.plots.style import COLORS, new_axes, styled

__all__ = ["network_diagram"]


@styled
def network_diagram(
    layer_sizes: Sequence[int],
    *,
    labels: Sequence[str] | None = None,
    max_units: int = 8,
    weights: Sequence[ArrayLike] | None = None,
    ax: Axes | None = None,
) -> Figure:
    """Draw a fully connected network: a column of units per layer, a line per weight.

    Parameters
    ----------
    layer_sizes : sequence of int
        Units of the input, the hidden layers and the output, such as ``[4, 5, 1]``.
    labels : sequence of str, optional
        What stands below each layer; by default "input", "hidden 1" …, "output".
    max_units : int
        Larger layers are drawn with dots in place of the units between.
    weights : sequence of array_like, each of shape (units_in, units_out), optional
        Their signs are shown by colour (blue positive, orange negative) and line style, their
        magnitudes by line width. No layer may then be abbreviated.
    ax : matplotlib.axes.Axes, optional
        Where to draw.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    RangeError
        If there are fewer than two layers, a layer has no unit, or `max_units` is less than 3.
    ShapeError
        If the labels or weights do not fit the layers.
    """
    sizes = [int(size) for size in layer_sizes]
    require(
        len(sizes) > 1 and min(sizes) > 0,
        RangeError,
        "network_diagram: layer_sizes",
        "at least two layers of at least one unit",
        sizes,
    )
    require(max_units > 2, RangeError, "network_diagram: max_units", "at least 3", max_units)
    if labels is None:
        hidden = [f"hidden {k}" if len(sizes) > 3 else "hidden" for k in range(1, len(sizes) - 1)]
        labels = ["input", *hidden, "output"]
    fits = len(labels) == len(sizes)
    require(fits, ShapeError, "network_diagram: labels", f"{len(sizes)} of them", list(labels))
    matrices = _check_weights(weights, sizes, max_units)

    columns = [_heights(size, max_units) for size in sizes]
    tallest = max(len(column) for column in columns)
    ax = new_axes(ax, (1.7 * len(sizes), 0.42 * tallest + 1.0))
    for layer in range(len(sizes) - 1):
        lines = [[(layer, a), (layer + 1, b)] for a in columns[layer] for b in columns[layer + 1]]
        ax.add_collection(_connections(lines, None if matrices is None else matrices[layer]))
    bottom = min(column.min() for column in columns)
    for layer, (column, size, label) in enumerate(zip(columns, sizes, labels, strict=True)):
        ax.scatter(
            np.full(len(column), layer),
            column,
            s=190,
            facecolor="white",
            edgecolor=COLORS.black,
            linewidths=1.3,
            zorder=3,
            label=label,
        )
        if size > max_units:
            ax.text(layer, 0, "⋮", ha="center", va="center", fontsize=16, zorder=4)
        ax.text(layer, bottom - 0.85, f"{label}\n{size}", ha="center", va="top")
    ax.set(xlim=(-0.5, len(sizes) - 0.5), ylim=(bottom - 2.3, max(c.max() for c in columns) + 0.6))
    ax.set_axis_off()
    return ax.get_figure(root=True)  # type: ignore[return-value]


def _heights(size: int, max_units: int) -> np.ndarray:
    """Return the heights of the units that are drawn, centred on 0, with a gap if some are not."""
    if size <= max_units:
        return (size - 1) / 2 - np.arange(size, dtype=np.float64)
    half = max_units // 2
    upper = np.arange(half, 0, -1, dtype=np.float64) - 0.1
    return np.concatenate([upper, -upper[::-1]])


def _connections(lines: list, weight: np.ndarray | None) -> LineCollection:
    if weight is None:
        return LineCollection(lines, colors=COLORS.black, linewidths=0.5, alpha=0.6, zorder=1)
    flat = weight.ravel()
    scale = np.abs(flat).max() or 1.0
    return LineCollection(
        lines,
        colors=[COLORS.blue if w >= 0 else COLORS.vermillion for w in flat],
        linestyles=["-" if w >= 0 else "--" for w in flat],
        linewidths=0.3 + 3 * np.abs(flat) / scale,
        zorder=1,
    )


def _check_weights(
    weights: Sequence[ArrayLike] | None, sizes: list[int], max_units: int
) -> list[np.ndarray] | None:
    if weights is None:
        return None
    matrices = [np.asarray(weight, dtype=np.float64) for weight in weights]
    wanted = list(pairwise(sizes))
    came = [matrix.shape for matrix in matrices]
    require(came == wanted, ShapeError, "network_diagram: weights", f"shapes {wanted}", f"{came}")
    fits = max(sizes) <= max_units
    require(fits, RangeError, "network_diagram: max_units", f"at least {max(sizes)}", max_units)
    return matrices
