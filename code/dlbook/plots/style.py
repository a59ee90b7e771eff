"""The look of the book's figures.

Backgrounds are transparent and lines nearly black, since the site lays a light card under
figures in dark mode: black reads well on both, mid-grey does not. The colours are those of
Okabe and Ito (2008), which people with any common colour blindness can tell apart; where
classes meet in one picture, a marker or line style says the same once more.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, ParamSpec, TypeVar

import matplotlib as mpl
import matplotlib.pyplot as plt
from cycler import cycler
from matplotlib.axes import Axes

__all__ = ["CMAP", "COLORS", "CYCLE", "DIVERGING", "MARKERS", "new_axes", "style", "styled", "use"]

#: The book's colours by name, such as ``COLORS.blue``: those of Okabe and Ito, and black.
COLORS = SimpleNamespace(
    black="#111111",
    orange="#E69F00",
    sky="#56B4E9",
    green="#009E73",
    yellow="#F0E442",
    blue="#0072B2",
    vermillion="#D55E00",
    purple="#CC79A7",
)
#: The colours in the order in which lines and classes take them.
CYCLE = [
    COLORS.blue,
    COLORS.vermillion,
    COLORS.green,
    COLORS.purple,
    COLORS.orange,
    COLORS.sky,
    COLORS.black,
    COLORS.yellow,
]
MARKERS = ["o", "s", "^", "D", "v", "P", "X", "*", "<", ">"]
#: Colour map for amounts, from little to much.
CMAP = "cividis"
#: Colour map for numbers on both sides of zero, which is white.
DIVERGING = "RdBu_r"

_RC: dict[str, Any] = {
    "axes.axisbelow": True,
    "axes.edgecolor": COLORS.black,
    "axes.facecolor": "none",
    "axes.grid": False,
    "axes.labelcolor": COLORS.black,
    "axes.prop_cycle": cycler(color=CYCLE),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": "medium",
    "figure.constrained_layout.use": True,
    "figure.dpi": 120,
    "figure.facecolor": "none",
    "figure.figsize": (5.5, 3.5),
    "font.family": ["sans-serif"],
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 11,
    "grid.color": "#00000030",
    "image.cmap": CMAP,
    "legend.frameon": False,
    "lines.linewidth": 2,
    "lines.markersize": 5,
    "savefig.facecolor": "none",
    "svg.hashsalt": "dlbook",
    "text.color": COLORS.black,
    "xtick.color": COLORS.black,
    "ytick.color": COLORS.black,
}

P = ParamSpec("P")
R = TypeVar("R")


def use() -> None:
    """Make the book's style the default of every figure drawn from now on."""
    mpl.rcParams.update(_RC)


@contextmanager
def style(**changes: Any) -> Iterator[None]:
    """Draw in the book's style within a ``with`` block.

    Parameters
    ----------
    **changes : object
        Settings of matplotlib that shall differ, dots written as underscores:
        ``style(font_size=9)``.
    """
    # Loads the backend. Loaded within rc_context, a notebook's would have its own settings undone
    # at the end, "interactive" among them, and later figures would not be shown by themselves.
    plt.draw_if_interactive()
    names = {name.replace(".", "_"): name for name in mpl.rcParams}
    extra = {names.get(name, name): value for name, value in changes.items()}
    with mpl.rc_context({**_RC, **extra}):
        yield


def styled(function: Callable[P, R]) -> Callable[P, R]:
    """Make a drawing function draw in the book's style.

    Parameters
    ----------
    function : callable
        Any; its arguments and its result stay as they are.
    """

    @functools.wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        with style():
            return function(*args, **kwargs)

    return wrapper


def new_axes(ax: Axes | None, figsize: tuple[float, float] | None = None) -> Axes:
    """Return `ax`, or the axes of a new figure if there is none.

    Parameters
    ----------
    ax : matplotlib Axes or None
    figsize : (float, float), optional
        Width and height of the new figure in inches.
    """
    return plt.subplots(figsize=figsize)[1] if ax is None else ax
