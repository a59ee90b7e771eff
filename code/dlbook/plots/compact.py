"""Figures with photographs, a quarter of their usual size."""

from __future__ import annotations

import io
from dataclasses import dataclass, field

import matplotlib.pyplot as plt
from matplotlib.figure import Figure
from PIL import Image

from dlbook.errors import DTypeError, RangeError, require

__all__ = ["Picture", "compact"]


@dataclass(frozen=True)
class Picture:
    """A drawn figure; as the last expression of a cell, it shows itself.

    Parameters
    ----------
    png : bytes
        The file.
    text : str
        What stands for it where there are no images.
    """

    png: bytes = field(repr=False)
    text: str

    def __repr__(self) -> str:
        return self.text

    def _repr_png_(self) -> bytes:
        return self.png


def compact(figure: Figure, *, colors: int = 128) -> Picture:
    """Draw a figure with few colours, chosen for it, and close it.

    A photograph, or a map of one, hardly compresses: every pixel differs a little from the next.
    As indices into a palette it takes a quarter of the space, and a notebook with several of them
    stays small enough to be kept and read.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Closed afterwards, so that the notebook does not show it a second time.
    colors : int from 2 to 256
        Size of the palette; transparency is kept.

    Returns
    -------
    Picture

    Raises
    ------
    DTypeError
        If `figure` is no figure.
    RangeError
        If the palette cannot have that size.
    """
    require(isinstance(figure, Figure), DTypeError, "compact: figure", "a Figure", figure)
    whole = isinstance(colors, int) and not isinstance(colors, bool)
    fits = whole and 2 <= colors <= 256
    require(fits, RangeError, "compact: colors", "a whole number from 2 to 256", colors)
    drawn, reduced = io.BytesIO(), io.BytesIO()
    figure.savefig(drawn, format="png", bbox_inches="tight")
    plt.close(figure)
    image = Image.open(drawn).convert("RGBA")
    palette = image.quantize(colors, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    palette.save(reduced, format="PNG", optimize=True)
    count = len(figure.axes)
    return Picture(reduced.getvalue(), f"<Picture with {count} axes>")
