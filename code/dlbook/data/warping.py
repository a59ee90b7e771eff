"""Move, turn and enlarge images, in NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlbook.data.arguments import check_count
from dlbook.errors import ShapeError, require

__all__ = ["affine_maps", "resize", "warp"]

Array = np.ndarray[Any, Any]


def resize(images: Array, size: int) -> Array:
    """Enlarge square images by cubic interpolation.

    Each new pixel is a weighted sum of its four old neighbours along each axis, with Keys' cubic
    weights (a = −0.75); at the border the last pixel is repeated.

    Parameters
    ----------
    images : ndarray of shape (n, side, side)
    size : int
        The new side.

    Returns
    -------
    ndarray of shape (n, size, size), float32
        It may overshoot the old range a little.

    Raises
    ------
    ShapeError, RangeError
        If the images are not square, or the size is not positive.

    References
    ----------
    Keys (1981).
    """
    check_count("resize: size", size)
    fits = images.ndim == 3 and images.shape[1] == images.shape[2]
    require(fits, ShapeError, "resize: images", "square images (n, side, side)", images)
    side = images.shape[1]
    centres = (np.arange(size) + 0.5) * side / size - 0.5
    first = np.floor(centres).astype(int) - 1
    weights = np.zeros((size, side))
    for step in range(4):
        distance = np.abs(centres - (first + step))
        np.add.at(weights, (np.arange(size), np.clip(first + step, 0, side - 1)), _keys(distance))
    return (weights @ images @ weights.T).astype(np.float32)


def _keys(distance: Array, a: float = -0.75) -> Array:
    d = distance
    near = (a + 2) * d**3 - (a + 3) * d**2 + 1
    far = a * (d**3 - 5 * d**2 + 8 * d - 4)
    return np.where(d <= 1, near, np.where(d < 2, far, 0))


def affine_maps(
    count: int,
    rng: np.random.Generator,
    *,
    rotation: float = 0.0,
    scale: float = 0.0,
    shift: float = 0.0,
    shear: float = 0.0,
) -> Array:
    """Draw maps from a new image's points to the old one's, for `warp`.

    Parameters
    ----------
    count : int
        How many.
    rng : numpy.random.Generator
    rotation : float
        Up to how many degrees an image is turned, either way.
    scale : float
        Up to which share it grows or shrinks.
    shift : float
        Up to which share of its side it moves.
    shear : float
        Up to how far its top slides against its middle, as a share of half its height.

    Returns
    -------
    ndarray of shape (count, 2, 3)
        Rows give x and y (from −1 to 1) in the old image from x, y and 1 in the new one.
    """
    angle = np.radians(rng.uniform(-rotation, rotation, count))
    size = 1 + rng.uniform(-scale, scale, count)
    slide = rng.uniform(-shear, shear, count)
    moves = 2 * rng.uniform(-shift, shift, (2, count))
    cosine, sine = np.cos(angle) / size, np.sin(angle) / size
    rows = [[cosine, slide - sine, moves[0]], [sine, cosine, moves[1]]]
    return np.array(rows).transpose(2, 0, 1)


def warp(images: Array, maps: Array, displacement: Array | None = None) -> Array:
    """Bend each image by a map of its own, with linear interpolation and black around it.

    Parameters
    ----------
    images : ndarray of shape (n, height, width)
    maps : ndarray of shape (n, 2, 3)
        From `affine_maps`.
    displacement : ndarray of shape (n, height, width, 2), optional
        Added to each point (x, y), in half sides.

    Returns
    -------
    ndarray of shape (n, height, width), float32
    """
    n, height, width = images.shape
    y, x = np.meshgrid(_centres(height), _centres(width), indexing="ij")
    points = np.stack([x, y, np.ones_like(x)]).reshape(3, -1)
    warped = np.empty((n, height, width), dtype=np.float32)
    for start in range(0, n, 64):  # few at a time stay in the processor's cache
        part = slice(start, start + 64)
        old = (maps[part] @ points).reshape(-1, 2, height, width)
        if displacement is not None:
            old += displacement[part].transpose(0, 3, 1, 2)
        warped[part] = _sampled(images[part], old[:, 0], old[:, 1])
    return warped


def _sampled(images: Array, x: Array, y: Array) -> Array:
    """Interpolate each image at points of its own, x and y from −1 to 1."""
    n, height, width = images.shape
    # a border of one black pixel catches everything that lies outside
    flat = np.pad(images, ((0, 0), (1, 1), (1, 1))).reshape(-1)
    column = np.clip((x + 1) * (width / 2) + 0.5, 0, width + 1 - 1e-6)
    row = np.clip((y + 1) * (height / 2) + 0.5, 0, height + 1 - 1e-6)
    left, top = column.astype(int), row.astype(int)
    right_share, low_share = column - left, row - top
    line = width + 2
    place = np.arange(n)[:, None, None] * (height + 2) * line + top * line + left
    upper = flat[place] + right_share * (flat[place + 1] - flat[place])
    place += line
    lower = flat[place] + right_share * (flat[place + 1] - flat[place])
    return upper + low_share * (lower - upper)


def _centres(length: int) -> Array:
    return (2 * np.arange(length) + 1) / length - 1
