"""Tensors as blocks of cells."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from dlbook.errors import RangeError, ShapeError, require
from dlbook.plots.style import COLORS, styled

__all__ = ["tensor_shapes"]

MAX_RANK, MAX_LENGTH = 5, 8
SLANT = np.array([0.45, 0.45])  # how far a slice stands behind the one before it


@styled
def tensor_shapes(
    shapes: Sequence[Sequence[int]], *, titles: Sequence[str] | None = None, columns: int = 3
) -> Figure:
    """Draw tensors as blocks of cells, one panel each.

    The last axis runs to the right, the one before it down, the third-last into depth; a
    rank-4 tensor is a row of such blocks, a rank-5 tensor a table of them.

    Parameters
    ----------
    shapes : sequence of tuples of int
        Shapes of rank 0 to 5, no axis longer than 8.
    titles : sequence of str, optional
        By default "rank 3" and the shape.
    columns : int
        Panels per row.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    RangeError
        If a rank or a length is outside what can be drawn.
    ShapeError
        If the titles are not as many as the shapes.
    """
    sizes = [tuple(int(n) for n in shape) for shape in shapes]
    for shape in sizes:
        require(
            len(shape) <= MAX_RANK and all(1 <= n <= MAX_LENGTH for n in shape),
            RangeError,
            "tensor_shapes: shapes",
            f"rank up to {MAX_RANK}, lengths from 1 to {MAX_LENGTH}",
            f"{shape}",
        )
    if titles is None:
        titles = [f"rank {len(shape)}: {shape}" for shape in sizes]
    fits = len(titles) == len(sizes) > 0
    require(fits, ShapeError, "tensor_shapes: titles", f"{len(sizes)}, and one at least", titles)
    columns = min(columns, len(sizes))
    rows = -(-len(sizes) // columns)
    fig, axes = plt.subplots(rows, columns, figsize=(2.6 * columns, 2.3 * rows), squeeze=False)
    for ax in axes.flat:
        ax.set_axis_off()
    for ax, shape, title in zip(axes.flat, sizes, titles, strict=False):
        _draw(ax, shape)
        ax.set_title(title)
    return fig


def _draw(ax: Axes, shape: tuple[int, ...]) -> None:
    """Add one square per element; the furthest slices first, so that nearer ones cover them."""
    full = (1,) * (MAX_RANK - len(shape)) + shape
    blocks_down, blocks_right, depth, height, width = full
    block = np.array([width, height]) + (depth - 1) * SLANT + 0.8
    square = np.array([(0, 0), (1, 0), (1, -1), (0, -1)])
    corners = []
    for down in range(blocks_down):
        for right in range(blocks_right):
            origin = np.array([right * block[0], -down * block[1]])
            for slice_ in reversed(range(depth)):
                corner = origin + slice_ * SLANT
                corners += [
                    square + corner + (column, -row)
                    for row in range(height)
                    for column in range(width)
                ]
    cells = PolyCollection(
        corners, facecolors="#BFE0F5", edgecolors=COLORS.black, linewidths=0.8, label=str(shape)
    )
    ax.add_collection(cells)
    every = np.concatenate(corners)
    # One cell is drawn as large in every panel, down to what the largest block leaves.
    low, high = every.min(axis=0), every.max(axis=0)
    centre, half = (low + high) / 2, max((high - low).max() / 2, 2.5) + 0.3
    ax.set(
        xlim=(centre[0] - half, centre[0] + half),
        ylim=(centre[1] - half, centre[1] + half),
        aspect="equal",
    )
