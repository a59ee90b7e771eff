"""Grids of images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from dlbook.errors import ShapeError, require
from dlbook.plots.style import COLORS, styled

__all__ = ["image_grid"]


@styled
def image_grid(
    images: ArrayLike,
    labels: Sequence[Any] | ArrayLike | None = None,
    *,
    predicted: Sequence[Any] | ArrayLike | None = None,
    columns: int = 8,
    size: float = 1.0,
    cmap: str = "gray",
) -> Figure:
    """Draw images in rows, each with its label.

    Parameters
    ----------
    images : array_like of shape (n, height, width) or (n, height, width, channels)
        Grey images on a common scale from their least to their greatest value, or colour images
        of 3 channels in [0, 1] or uint8.
    labels : sequence of n, optional
        What stands above each image.
    predicted : sequence of n, optional
        What a model says; a wrong prediction is written "3 → 8" in red.
    columns : int
        Images per row.
    size : float
        Side of an image in inches.
    cmap : str
        Colour map of grey images.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ShapeError
        If `images` is not a batch of images, or the labels are not as many.
    """
    pictures = np.asarray(images)
    if pictures.ndim == 4 and pictures.shape[-1] == 1:
        pictures = pictures[..., 0]
    is_grey = pictures.ndim == 3
    require(
        (is_grey or (pictures.ndim == 4 and pictures.shape[-1] == 3)) and len(pictures) > 0,
        ShapeError,
        "image_grid: images",
        "shape (n, height, width), (n, height, width, 1) or (n, height, width, 3) with n > 0",
        pictures,
    )
    for name, texts in (("labels", labels), ("predicted", predicted)):
        fits = texts is None or len(np.asarray(texts)) == len(pictures)
        require(fits, ShapeError, f"image_grid: {name}", f"{len(pictures)} of them", texts)
    columns = min(columns, len(pictures))
    rows = -(-len(pictures) // columns)
    height = size if labels is None and predicted is None else size + 0.3
    fig, axes = plt.subplots(rows, columns, figsize=(columns * size, rows * height), squeeze=False)
    scale: dict[str, Any] = {}
    if is_grey:
        scale = {"cmap": cmap, "vmin": pictures.min(), "vmax": pictures.max()}
    for index, ax in enumerate(axes.flat):
        ax.set_axis_off()
        if index < len(pictures):
            ax.imshow(pictures[index], interpolation="nearest", **scale)
            text, right = _caption(labels, predicted, index)
            ax.set_title(text, color=COLORS.black if right else "#B3213A", fontsize="medium", pad=3)
    return fig


def _caption(labels: Any, predicted: Any, index: int) -> tuple[str, bool]:
    """Return the text above an image and whether the prediction, if any, is right."""
    if predicted is None:
        return ("" if labels is None else str(labels[index])), True
    if labels is None or labels[index] == predicted[index]:
        return str(predicted[index]), True
    return f"{labels[index]} → {predicted[index]}", False
