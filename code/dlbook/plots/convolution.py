"""A kernel on its way over an image, one output cell after the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from numpy.typing import ArrayLike

from dlbook.errors import DTypeError, RangeError, ShapeError, require
from dlbook.plots.explore import Explorer, step_explorer
from dlbook.plots.style import COLORS

__all__ = ["convolution_stepper"]

MAX_SIDE, MAX_STEPS = 8, 36
GAP = 1.3  # cells between two grids
_WINDOW, _DONE, _PADDED = "#BFE0F5", "#FBE3B5", "#EDEDED"

Grid = np.ndarray[Any, Any]


def convolution_stepper(
    image: ArrayLike,
    kernel: ArrayLike,
    *,
    stride: int = 1,
    padding: int = 0,
    title: str = "",
) -> Explorer:
    """Step through a two-dimensional convolution without flip, one output cell a step.

    The window is marked in the input, each of its cells carries its weight, and the caption is
    the sum: product by product, and its result.

    Parameters
    ----------
    image : array_like of shape (height, width)
        Numbers of at most two digits are read best; 8 rows and columns at most, with padding.
    kernel : array_like of shape (kernel_height, kernel_width)
    stride : int
        Pixels from one window to the next, in both directions.
    padding : int
        Pixels of zeros on each side.
    title : str
        Short title above the figure; by default the sizes.

    Returns
    -------
    Explorer

    Raises
    ------
    ShapeError
        If an array is no matrix, or the kernel exceeds the padded image.
    RangeError
        If a setting is not allowed, or the figure would get too large or have one step only.
    DTypeError
        If `stride` or `padding` is not a whole number.
    """
    image, kernel = _matrix("image", image), _matrix("kernel", kernel)
    for name, value, least in (("stride", stride, 1), ("padding", padding, 0)):
        whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
        require(whole, DTypeError, f"convolution_stepper: {name}", "a whole number", value)
        require(value >= least, RangeError, f"convolution_stepper: {name}", f">= {least}", value)
    padded = np.pad(image, padding)
    fits = all(k <= n for k, n in zip(kernel.shape, padded.shape, strict=True))
    expected = f"at most {padded.shape}, the padded image"
    require(fits, ShapeError, "convolution_stepper: kernel", expected, kernel)
    rows, columns = ((n - k) // stride + 1 for n, k in zip(padded.shape, kernel.shape, strict=True))
    drawable = max(padded.shape) <= MAX_SIDE and 1 < rows * columns <= MAX_STEPS
    expected = f"at most {MAX_SIDE} rows and columns with padding, and 2 to {MAX_STEPS} steps"
    found = f"{padded.shape} and {rows * columns} steps"
    require(drawable, RangeError, "convolution_stepper: image", expected, found)

    windows = np.lib.stride_tricks.sliding_window_view(padded, kernel.shape)[::stride, ::stride]
    output = (windows * kernel).sum(axis=(2, 3))
    places = [(row, column) for row in range(rows) for column in range(columns)]
    left = [0.0, padded.shape[1] + GAP, padded.shape[1] + kernel.shape[1] + 2 * GAP]
    heights = (padded.shape[0], kernel.shape[0], rows)

    def base(ax: Axes) -> None:
        ax.set(xlim=(-0.2, left[2] + columns + 0.2), ylim=(max(heights) + 0.2, -1.1))
        ax.set_aspect("equal")
        ax.set_axis_off()
        ring = np.pad(np.zeros(image.shape, bool), padding, constant_values=True)
        names = (_size("input", image.shape), _size("kernel", kernel.shape), "output")
        for start, grid, name in zip(left, (padded, kernel, output), names, strict=True):
            marked = ring if grid is padded else np.zeros(grid.shape, bool)
            _cells(ax, start, marked, _PADDED)
            _cells(ax, start, ~marked, "white")
            ax.text(start + grid.shape[1] / 2, -0.35, name, ha="center", fontsize=9)
        _numbers(ax, left[0], padded, np.ones(padded.shape, bool), lift=0.12)
        _numbers(ax, left[1], kernel, np.ones(kernel.shape, bool), colour=COLORS.blue)

    def draw(ax: Axes, place: tuple[int, int]) -> str:
        row, column = place
        window = np.zeros(padded.shape, bool)
        top, start = row * stride, column * stride
        window[top : top + kernel.shape[0], start : start + kernel.shape[1]] = True
        _cells(ax, left[0], window, _WINDOW)
        for (i, j), weight in np.ndenumerate(kernel):
            text = f"× {_text(weight)}"
            x, y = start + j + 0.93, top + i + 0.88
            ax.text(x, y, text, ha="right", color=COLORS.blue, fontsize=6.5)
        done = np.zeros(output.shape, bool)
        done.flat[: row * columns + column + 1] = True
        here = np.zeros(output.shape, bool)
        here[row, column] = True
        _cells(ax, left[2], here, _DONE)
        _numbers(ax, left[2], output, done)
        return f"Output ({row}, {column}): {_sum(windows[row, column], kernel)}"

    shapes = f"input {_cross(image.shape)}, kernel {_cross(kernel.shape)}"
    geometry = f"stride {stride}, padding {padding}"
    width = left[2] + columns + 0.4
    return step_explorer(
        draw,
        places,
        base=base,
        title=title or f"{geometry}: output {rows}×{columns}",
        names=[f"{k} of {len(places)}" for k in range(1, len(places) + 1)],
        alt=f"Three grids of numbers: {shapes}, and the output, {rows}×{columns}, which fills cell "
        f"by cell while the window moves over the input with {geometry}. The caption of each "
        "step writes out the sum of products.",
        figsize=(5.2, round(5.2 * (max(heights) + 1.3) / width, 2)),
    )


def _matrix(name: str, values: ArrayLike) -> Grid:
    array = np.asarray(values)
    is_matrix = array.ndim == 2 and array.size > 0
    expected = "shape (height, width), not empty"
    require(is_matrix, ShapeError, f"convolution_stepper: {name}", expected, array)
    numeric = array.dtype.kind in "iuf"
    require(numeric, DTypeError, f"convolution_stepper: {name}", "real numbers", array)
    return array.astype(np.float64)


def _cells(ax: Axes, left: float, which: Grid, colour: str) -> None:
    """Draw the cells of a grid that are marked."""
    square = np.array([(0, 0), (1, 0), (1, 1), (0, 1)])
    corners = [np.add(square, (left + column, row)) for row, column in np.argwhere(which)]
    if corners:
        ax.add_collection(
            PolyCollection(corners, facecolors=colour, edgecolors=COLORS.black, linewidths=0.7)
        )


def _numbers(
    ax: Axes, left: float, grid: Grid, which: Grid, colour: str = COLORS.black, lift: float = 0.0
) -> None:
    for row, column in np.argwhere(which):
        place = left + column + 0.5, row + 0.5 - lift
        text = _text(grid[row, column])
        ax.text(*place, text, ha="center", va="center", color=colour, fontsize=9.5)


def _sum(window: Grid, kernel: Grid) -> str:
    """Write the sum of products out: "3·1 + 0·(−2) = 3"."""
    products = [
        f"{_text(value)}·{f'({_text(weight)})' if weight < 0 else _text(weight)}"
        for value, weight in zip(window.flat, kernel.flat, strict=True)
    ]
    return f"{' + '.join(products)} = {_text((window * kernel).sum())}"


def _text(number: float) -> str:
    return f"{number:.3g}".replace("-", "−")


def _cross(shape: Sequence[int]) -> str:
    return "×".join(map(str, shape))


def _size(name: str, shape: Sequence[int]) -> str:
    return f"{name}, {_cross(shape)}"
