"""Digits that do not sit still: placed on a larger canvas, moved, turned, in noise and clutter."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dlbook.data.arguments import check_count, check_number, check_rng
from dlbook.data.dataset import Array, Dataset
from dlbook.data.warping import affine_maps, resize, warp
from dlbook.errors import DTypeError, ShapeError, require

__all__ = ["shifted"]

_SIZE, _INNER = 28, 20  # MNIST's measures: a digit of 20 × 20 pixels on 28 × 28


def shifted(
    dataset: Dataset,
    shift: int = 0,
    *,
    rotation: float = 0.0,
    noise: float = 0.0,
    clutter: int = 0,
    rng: np.random.Generator,
) -> Dataset:
    """Enlarge small square images to 20×20 pixels and put them somewhere on 28×28.

    The digits stay real; their places and all that disturbs them are synthetic. Shift training
    and test set separately, so that no image of one gets into the other.

    Parameters
    ----------
    dataset : Dataset
        x of shape (n, side, side) with values from 0 to 1, such as `digits` returns.
    shift : int from 0 to 8
        Up to how many pixels an image lies off the centre, along each axis. Beyond 4 it may
        leave the canvas in part.
    rotation : float
        Up to how many degrees it is turned, either way; then it is also scaled and sheared by
        up to 10 %.
    noise : float
        Standard deviation of normal noise on each pixel.
    clutter : int
        How many fragments, 6×6 pixels of other images, lie around.
    rng : numpy.random.Generator

    Returns
    -------
    Dataset
        x of shape (n, 28, 28), float32 from 0 to 1; targets and classes as before.

    Raises
    ------
    DTypeError, ShapeError, RangeError
        If an argument does not fit.

    References
    ----------
    The measures are those of MNIST (LeCun et al., 1998); clutter as in Mnih et al. (2014).
    """
    require(isinstance(dataset, Dataset), DTypeError, "shifted: dataset", "a Dataset", dataset)
    fits = dataset.x.ndim == 3 and dataset.x.shape[1] == dataset.x.shape[2]
    require(fits, ShapeError, "shifted: dataset.x", "square images (n, side, side)", dataset.x)
    check_count("shifted: shift", shift, 0, 8)
    check_number("shifted: rotation", rotation, 0, 180)
    check_number("shifted: noise", noise)
    check_count("shifted: clutter", clutter, 0)
    check_rng("shifted: rng", rng)
    margin = (_SIZE - _INNER) // 2
    small = np.clip(resize(dataset.x, _INNER), 0, 1)
    images = np.pad(small, ((0, 0), (margin, margin), (margin, margin)))
    if rotation:
        maps = affine_maps(len(images), rng, rotation=rotation, scale=0.1, shear=0.1)
        images = warp(images, maps)
    images = _moved(images, rng.integers(-shift, shift + 1, (len(images), 2)))
    if clutter:
        images = _cluttered(images, small, clutter, rng)
    if noise:
        images = images + noise * rng.standard_normal(images.shape)
    x = np.clip(images, 0, 1).astype(np.float32)
    return replace(dataset, x=x, name=f"{dataset.name} on {_SIZE}×{_SIZE}")


def _moved(images: Array, offsets: Array) -> Array:
    """Move each image down and right by whole pixels, with black coming in."""
    room = 8
    padded = np.pad(images, ((0, 0), (room, room), (room, room)))
    rows = room - offsets[:, :1] + np.arange(_SIZE)
    columns = room - offsets[:, 1:] + np.arange(_SIZE)
    return padded[np.arange(len(images))[:, None, None], rows[:, :, None], columns[:, None, :]]


def _cluttered(images: Array, small: Array, count: int, rng: np.random.Generator) -> Array:
    """Lay fragments of other images over each; the brighter pixel wins."""
    n, side = len(images), 6
    images = images.copy()
    which, steps = np.arange(n)[:, None, None], np.arange(side)
    for _ in range(count):
        source = rng.permutation(n)
        top, left = rng.integers(0, _INNER - side + 1, (2, n))
        rows, columns = (start[:, None] + steps for start in (top, left))
        pieces = small[source[:, None, None], rows[:, :, None], columns[:, None, :]]
        top, left = rng.integers(0, _SIZE - side + 1, (2, n))
        rows, columns = (start[:, None] + steps for start in (top, left))
        place = (which, rows[:, :, None], columns[:, None, :])
        images[place] = np.maximum(images[place], pieces)
    return images
