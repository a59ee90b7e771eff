"""Pictures of training: metrics by epoch, and a path down a loss curve."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike, NDArray

from dlbook.errors import RangeError, require
from dlbook.plots.style import COLORS, CYCLE, new_axes, styled

__all__ = ["learning_curves", "loss_curve_1d"]


@styled
def learning_curves(history: Any, metrics: Sequence[str] | None = None) -> Figure:
    """Draw metrics by epoch: training solid, validation dashed.

    Parameters
    ----------
    history : History or mapping of str to History
        What `fit` returned (anything with a mapping `metrics` of lists, one value per epoch,
        validation under ``val_<name>``), or several of them by name.
    metrics : sequence of str, optional
        Which metrics, one panel each; by default all that are there.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    RangeError
        If a metric was not recorded, or there are none at all.
    """
    histories = history if isinstance(history, Mapping) else {"": history}
    recorded = [name for one in histories.values() for name in one.metrics]
    plain = [name for name in dict.fromkeys(recorded) if not name.startswith("val_")]
    chosen = list(metrics) if metrics is not None else plain
    require(
        bool(chosen) and set(chosen) <= set(plain),
        RangeError,
        "learning_curves: metrics",
        f"some of those recorded ({', '.join(plain) or 'none'})",
        repr(chosen),
    )
    fig, axes = plt.subplots(1, len(chosen), figsize=(4.2 * len(chosen), 3.2), squeeze=False)
    for ax, metric in zip(axes.flat, chosen, strict=True):
        for colour, (name, one) in zip(CYCLE * len(histories), histories.items(), strict=False):
            _curve(ax, one, metric, name or "training", color=colour)
            other = colour if name else COLORS.vermillion
            label = f"{name}, validation" if name else "validation"
            _curve(ax, one, f"val_{metric}", label, color=other, linestyle="--")
        ax.set(xlabel="epoch", ylabel=metric)
        ax.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
        ax.legend(fontsize="small")
    return fig


def _curve(ax: Axes, history: Any, metric: str, label: str, **options: Any) -> None:
    values = history.metrics.get(metric)
    if values:
        epochs = np.arange(1, len(values) + 1)
        # A run of one epoch is a point, which a line alone would not show.
        ax.plot(epochs, values, label=label, marker="o" if len(values) < 3 else None, **options)


@styled
def loss_curve_1d(
    loss: Callable[[NDArray[np.float64]], ArrayLike],
    low: float,
    high: float,
    *,
    path: ArrayLike | None = None,
    xlabel: str = "w",
    ylabel: str = "loss",
    ax: Axes | None = None,
) -> Figure:
    """Draw a loss of one parameter, and the points a descent visited.

    Parameters
    ----------
    loss : callable
        Takes an array of parameters of shape (n,), returns their losses of shape (n,).
    low, high : float
        Ends of the drawn range.
    path : array_like of shape (steps,), optional
        Visited parameters in order; the first is marked by a square, the last by a star.
    xlabel, ylabel : str
        Names of the axes.
    ax : matplotlib.axes.Axes, optional
        Where to draw.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    RangeError
        If `low` is not below `high`.
    """
    require(low < high, RangeError, "loss_curve_1d: low", f"less than high ({high})", low)
    ax = new_axes(ax)
    grid = np.linspace(low, high, 201)
    ax.plot(grid, loss(grid), color=COLORS.black)
    if path is not None:
        visited = np.asarray(path, dtype=np.float64)
        heights = np.asarray(loss(visited))
        ax.plot(visited, heights, "o-", color=COLORS.blue, linewidth=1.2)
        ax.plot(visited[:1], heights[:1], "s", color=COLORS.blue, markersize=8, label="start")
        ax.plot(
            visited[-1:], heights[-1:], "*", color=COLORS.vermillion, markersize=13, label="end"
        )
        ax.legend()
    ax.set(xlabel=xlabel, ylabel=ylabel)
    return ax.get_figure(root=True)  # type: ignore[return-value]
