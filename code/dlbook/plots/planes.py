"""Pictures in the plane: classes, decision regions, hidden representations, affine maps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Polygon
from numpy.typing import ArrayLike, NDArray

from dlbook.errors import RangeError, ShapeError, require
from dlbook.plots.style import COLORS, CYCLE, MARKERS, new_axes, styled

__all__ = ["affine_picture", "decision_regions", "layers_2d", "scatter_classes", "vectors_2d"]

# The letter F: a shape without any symmetry, so that turns and mirrorings show.
LETTER_F = np.array(
    [
        (0, 0),
        (0, 3),
        (2, 3),
        (2, 2.4),
        (0.6, 2.4),
        (0.6, 1.8),
        (1.6, 1.8),
        (1.6, 1.2),
        (0.6, 1.2),
        (0.6, 0),
    ]
)


@styled
def scatter_classes(
    x: ArrayLike, y: ArrayLike, *, names: Sequence[str] | None = None, ax: Axes | None = None
) -> Figure:
    """Draw points in the plane, a colour and a marker for each class.

    Parameters
    ----------
    x : array_like of shape (n, 2)
        The points.
    y : array_like of shape (n,)
        Their classes, integers from 0.
    names : sequence of str, optional
        Names of the classes for the legend.
    ax : matplotlib.axes.Axes, optional
        Where to draw.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ShapeError
        If `x` is not (n, 2) or `y` not (n,).
    RangeError
        If a class is negative, or has no name.
    """
    points, classes = _labelled_points("scatter_classes", x, y, names)
    ax = new_axes(ax, (4.2, 3.8))
    _scatter(ax, points, classes, names)
    ax.set(xlabel="$x_0$", ylabel="$x_1$")
    ax.legend()
    return ax.get_figure(root=True)  # type: ignore[return-value]


@styled
def decision_regions(
    predict: Callable[[NDArray[np.float64]], ArrayLike],
    x: ArrayLike,
    y: ArrayLike,
    *,
    names: Sequence[str] | None = None,
    steps: int = 120,
    margin: float = 0.5,
    ax: Axes | None = None,
) -> Figure:
    """Colour the plane by the class a model predicts, and draw the data on it.

    Parameters
    ----------
    predict : callable
        Takes points of shape (m, 2), returns their classes, integers of shape (m,).
    x : array_like of shape (n, 2)
    y : array_like of shape (n,)
        Classes, integers from 0.
    names : sequence of str, optional
        Names of the classes.
    steps : int
        Grid points per axis at which the model is asked.
    margin : float
        How far the picture reaches beyond the data.
    ax : matplotlib.axes.Axes, optional
        Where to draw.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ShapeError
        If `x`, `y` or the predictions have the wrong shape.
    """
    points, classes = _labelled_points("decision_regions", x, y, names)
    ax = new_axes(ax, (4.2, 3.8))
    low, high = points.min(axis=0) - margin, points.max(axis=0) + margin
    grid = np.stack(
        np.meshgrid(np.linspace(low[0], high[0], steps), np.linspace(low[1], high[1], steps)),
        axis=-1,
    ).reshape(-1, 2)
    predicted = np.asarray(predict(grid))
    require(
        predicted.shape == (len(grid),),
        ShapeError,
        "decision_regions: predict",
        f"one class per point, shape ({len(grid)},)",
        predicted,
    )
    count = int(max(classes.max(), predicted.max())) + 1
    ax.imshow(
        predicted.reshape(steps, steps),
        extent=(low[0], high[0], low[1], high[1]),
        origin="lower",
        aspect="auto",
        cmap=ListedColormap([CYCLE[k % len(CYCLE)] for k in range(count)]),
        vmin=-0.5,
        vmax=count - 0.5,
        alpha=0.3,
        interpolation="nearest",
    )
    _scatter(ax, points, classes, names)
    ax.set(xlabel="$x_0$", ylabel="$x_1$", xlim=(low[0], high[0]), ylim=(low[1], high[1]))
    ax.legend()
    return ax.get_figure(root=True)  # type: ignore[return-value]


@styled
def layers_2d(
    hidden: Sequence[ArrayLike],
    y: ArrayLike,
    *,
    names: Sequence[str] | None = None,
    titles: Sequence[str] | None = None,
) -> Figure:
    """Draw what successive layers make of the same points, one panel per layer.

    Parameters
    ----------
    hidden : sequence of array_like, each of shape (n, 2)
        The input, and the activations of each layer.
    y : array_like of shape (n,)
        Classes, integers from 0.
    names : sequence of str, optional
        Names of the classes.
    titles : sequence of str, optional
        One per panel; by default "input", "layer 1", "layer 2" …

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ShapeError
        If a layer is not (n, 2), `y` not (n,), or the titles are not as many as the layers.
    """
    if titles is None:
        titles = ["input", *(f"layer {k}" for k in range(1, len(hidden)))]
    fits = len(titles) == len(hidden) > 0
    require(fits, ShapeError, "layers_2d: titles", f"{len(hidden)}, one per layer", len(titles))
    columns = min(len(hidden), 4)
    rows = -(-len(hidden) // columns)
    fig, axes = plt.subplots(rows, columns, figsize=(2.5 * columns, 2.6 * rows), squeeze=False)
    for ax in axes.flat[len(hidden) :]:
        ax.set_axis_off()
    for ax, layer, title in zip(axes.flat, hidden, titles, strict=False):
        points, classes = _labelled_points(f"layers_2d: {title}", layer, y, names)
        _scatter(ax, points, classes, names, size=9)
        ax.set_title(title)
        ax.tick_params(labelsize="small")
    count = len(axes.flat[0].collections)
    fig.legend(*axes.flat[0].get_legend_handles_labels(), loc="outside lower center", ncols=count)
    return fig


@styled
def affine_picture(
    weight: ArrayLike,
    bias: ArrayLike = (0.0, 0.0),
    *,
    shape: ArrayLike | None = None,
    title: str | None = None,
    ax: Axes | None = None,
) -> Figure:
    """Draw a shape before (dashed) and after (filled) the map y = W x + b.

    Parameters
    ----------
    weight : array_like of shape (2, 2)
        W; its columns are where the unit vectors go.
    bias : array_like of shape (2,)
        b, the translation.
    shape : array_like of shape (n, 2), optional
        Corners of the shape; the letter F by default.
    title : str, optional
        What stands above.
    ax : matplotlib.axes.Axes, optional
        Where to draw.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ShapeError
        If an argument has the wrong shape.
    """
    matrix, offset = np.asarray(weight, dtype=np.float64), np.asarray(bias, dtype=np.float64)
    corners = LETTER_F if shape is None else np.asarray(shape, dtype=np.float64)
    require(matrix.shape == (2, 2), ShapeError, "affine_picture: weight", "shape (2, 2)", matrix)
    require(offset.shape == (2,), ShapeError, "affine_picture: bias", "shape (2,)", offset)
    is_shape = corners.ndim == 2 and corners.shape[1] == 2
    require(is_shape, ShapeError, "affine_picture: shape", "shape (n, 2)", corners)
    ax = new_axes(ax, (3.6, 3.6))
    after = corners @ matrix.T + offset
    ax.add_patch(
        Polygon(corners, fill=False, linestyle="--", edgecolor=COLORS.black, label="before")
    )
    ax.add_patch(
        Polygon(after, facecolor=COLORS.sky, edgecolor=COLORS.blue, alpha=0.75, label="after")
    )
    every = np.vstack([corners, after, [(0.0, 0.0)]])
    centre, half = (every.max(0) + every.min(0)) / 2, (every.max(0) - every.min(0)).max() / 2 + 0.5
    ax.set(
        xlim=(centre[0] - half, centre[0] + half),
        ylim=(centre[1] - half, centre[1] + half),
        aspect="equal",
    )
    _cross(ax)
    if title is not None:
        ax.set_title(title)
    return ax.get_figure(root=True)  # type: ignore[return-value]


@styled
def vectors_2d(
    vectors: ArrayLike, *, labels: Sequence[str] | None = None, ax: Axes | None = None
) -> Figure:
    """Draw vectors as arrows from the origin.

    Parameters
    ----------
    vectors : array_like of shape (n, 2)
    labels : sequence of str, optional
        What stands at each tip.
    ax : matplotlib.axes.Axes, optional
        Where to draw.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ShapeError
        If `vectors` is not (n, 2), or the labels are not n.
    """
    tips = np.asarray(vectors, dtype=np.float64)
    is_plane = tips.ndim == 2 and tips.shape[1] == 2 and len(tips) > 0
    require(is_plane, ShapeError, "vectors_2d: vectors", "shape (n, 2) with n > 0", tips)
    fits = labels is None or len(labels) == len(tips)
    require(fits, ShapeError, "vectors_2d: labels", f"{len(tips)} of them", labels)
    ax = new_axes(ax, (3.8, 3.8))
    half = 1.25 * np.abs(tips).max()
    ax.set(xlim=(-half, half), ylim=(-half, half), aspect="equal")
    _cross(ax)
    for index, tip in enumerate(tips):
        colour = CYCLE[index % len(CYCLE)]
        ax.annotate(
            "",
            xy=(tip[0], tip[1]),
            xytext=(0, 0),
            arrowprops={"arrowstyle": "-|>", "color": colour, "lw": 2, "shrinkA": 0, "shrinkB": 0},
        )
        if labels is not None:
            away = 8 * tip / (np.hypot(*tip) or 1.0)
            ax.annotate(
                labels[index],
                xy=(tip[0], tip[1]),
                xytext=(away[0], away[1]),
                textcoords="offset points",
                ha="center",
                va="center",
            )
    return ax.get_figure(root=True)  # type: ignore[return-value]


def _cross(ax: Axes) -> None:
    """Draw thin axes through the origin."""
    ax.axhline(0, color=COLORS.black, linewidth=0.6, zorder=0)
    ax.axvline(0, color=COLORS.black, linewidth=0.6, zorder=0)


def _scatter(
    ax: Axes,
    points: NDArray[np.float64],
    classes: NDArray[Any],
    names: Sequence[str] | None,
    size: float = 18,
) -> None:
    for label in np.unique(classes):
        chosen = points[classes == label]
        ax.scatter(
            chosen[:, 0],
            chosen[:, 1],
            s=size,
            color=CYCLE[label % len(CYCLE)],
            marker=MARKERS[label % len(MARKERS)],
            edgecolors=COLORS.black,
            linewidths=0.3,
            label=str(label) if names is None else names[label],
        )


def _labelled_points(
    who: str, x: ArrayLike, y: ArrayLike, names: Sequence[str] | None
) -> tuple[NDArray[np.float64], NDArray[Any]]:
    points, classes = np.asarray(x, dtype=np.float64), np.asarray(y)
    is_plane = points.ndim == 2 and points.shape[1] == 2 and len(points) > 0
    require(is_plane, ShapeError, f"{who}: x", "shape (n, 2) with n > 0", points)
    fits = classes.shape == (len(points),)
    require(fits, ShapeError, f"{who}: y", f"shape ({len(points)},)", classes)
    top = len(names) if names is not None else np.inf
    legal = bool(np.all((classes >= 0) & (classes < top) & (classes == np.round(classes))))
    require(legal, RangeError, f"{who}: y", f"integers from 0 up to less than {top}", classes)
    return points, classes.astype(int)
