"""The picture that other sites show beside a link to a page of the book."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from pathlib import Path

BOOK = "Deep Learning, Verified"
SIZE = (1200, 630)  # pixels, what the large sites ask for
INK, QUIET, PAPER, GREEN = "#1b222c", "#48566b", "#ffffff", "#21867a"
LIBRARIES = (("NumPy", "#3b82c4", 30), ("PyTorch", "#e0672f", 18), ("Keras", "#c9404f", 7))


def draw_card(path: Path, title: str, text: str) -> None:
    """Draw a card and write it as PNG.

    Parameters
    ----------
    path : Path
        The file; its folder is made.
    title : str
        Of the page.
    text : str
        A sentence or two about it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    figure_of(title, text).savefig(path, metadata={"Software": None})


def figure_of(title: str, text: str) -> Figure:
    """Return the card as a figure, its axes measured in pixels."""
    figure = Figure(figsize=(SIZE[0] / 100, SIZE[1] / 100), dpi=100, facecolor=PAPER)
    FigureCanvasAgg(figure)
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, SIZE[0]), ylim=(0, SIZE[1]))
    ax.set_axis_off()
    x = np.linspace(-20, SIZE[0] + 20, 200)
    for _name, colour, width in LIBRARIES:  # three courses, one on top of the other
        ax.plot(x, 26 + 130 * np.exp(-x / 260), color=colour, linewidth=width)

    bold = {"va": "top", "weight": "bold"}
    width, size = (30, 46) if len(title) > 44 else (24, 58)
    lines = textwrap.wrap(title, width)
    ax.text(72, 560, BOOK if title != BOOK else "", fontsize=24, color=GREEN, **bold)
    ax.text(72, 500, "\n".join(lines), fontsize=size, color=INK, linespacing=1.15, **bold)
    below = 500 - len(lines) * size * 1.15 * 100 / 72 - 28
    wrapped = textwrap.wrap(text, 62, max_lines=3, placeholder=" …")
    ax.text(74, below, "\n".join(wrapped), fontsize=24, color=QUIET, va="top", linespacing=1.4)
    names = " · ".join(name for name, _colour, _width in LIBRARIES)
    ax.text(SIZE[0] - 72, 92, names, fontsize=20, color=QUIET, ha="right", weight="bold")
    return figure
