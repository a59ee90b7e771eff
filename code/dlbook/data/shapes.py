"""Synthetic: coloured shapes drawn on real photographs, with the box that each lies in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dlbook.data.arguments import check_count, check_number, check_rng
from dlbook.data.dataset import Array, Dataset
from dlbook.data.packages import require_package
from dlbook.errors import RangeError, require

__all__ = ["SHAPES", "shape_mask", "shapes"]

#: The shapes that can be drawn.
SHAPES = ("disc", "square", "triangle", "cross", "ring", "star")


def shapes(
    samples: int,
    *,
    kinds: Sequence[str] = SHAPES,
    size: int = 32,
    sides: tuple[int, int] = (11, 17),
    contrast: float = 0.3,
    noise: float = 0.03,
    rng: np.random.Generator,
) -> tuple[Dataset, Array]:
    """One shape on each crop of a photograph, its colour, size, angle and place at random.

    The class is in the outline alone: colour, place and background say nothing. The box is what
    a method that claims to see *where* the shape is can be held to.

    Parameters
    ----------
    samples : int
        How many images.
    kinds : sequence of str
        Which of `SHAPES`; their order gives the class numbers. Transfer learning, for instance,
        learns from four of them and then has to tell ``("ring", "star")`` apart.
    size : int
        Side of an image in pixels.
    sides : (int, int)
        Smallest and largest side of a shape, in pixels.
    contrast : float from 0 to 0.4
        Least mean difference between the shape's colour and what lies behind it.
    noise : float
        Standard deviation of normal noise on each value.
    rng : numpy.random.Generator

    Returns
    -------
    dataset : Dataset
        x of shape (samples, size, size, 3), float32 from 0 to 1; y of shape (samples,), int64.
    boxes : ndarray of int, shape (samples, 4)
        Top, left, bottom and right of each shape in pixels; bottom and right are just outside.

    Raises
    ------
    MissingPackageError
        If scikit-learn is not installed.
    RangeError, DTypeError
        If an argument does not fit.

    References
    ----------
    The photographs china.jpg (Flickr, danielbuechele) and flower.jpg (Flickr, vultilion), both
    CC BY 2.0, shipped with scikit-learn.
    """
    check_count("shapes: samples", samples)
    known = not isinstance(kinds, str) and len(kinds) > 0 and all(kind in SHAPES for kind in kinds)
    require(known, RangeError, "shapes: kinds", f"names among {SHAPES}", repr(kinds))
    check_count("shapes: size", size, 8, 128)
    smallest = check_count("shapes: sides[0]", sides[0], 5, size)
    largest = check_count("shapes: sides[1]", sides[1], smallest, size)
    check_number("shapes: contrast", contrast, 0, 0.4)
    check_number("shapes: noise", noise)
    check_rng("shapes: rng", rng)
    photographs = _photographs()
    x = np.empty((samples, size, size, 3), dtype=np.float32)
    y = rng.permutation(np.arange(samples) % len(kinds)).astype(np.int64)
    boxes = np.empty((samples, 4), dtype=np.int64)
    for i in range(samples):
        image = _crop(photographs[rng.integers(len(photographs))], size, rng)
        side = int(rng.integers(smallest, largest + 1))
        mask = shape_mask(kinds[y[i]], side, rng.uniform(-0.4, 0.4))[..., None]
        top, left = rng.integers(0, size - side + 1, 2)
        behind = image[top : top + side, left : left + side]
        colour = _colour(behind.mean(axis=(0, 1)), contrast, rng)
        image[top : top + side, left : left + side] = (1 - mask) * behind + mask * colour
        rows, columns = (np.flatnonzero(mask[..., 0].any(axis=axis)) for axis in (1, 0))
        boxes[i] = [top + rows[0], left + columns[0], top + rows[-1] + 1, left + columns[-1] + 1]
        x[i] = image
    x = np.clip(x + noise * rng.standard_normal(x.shape), 0, 1).astype(np.float32)
    return Dataset(x, y, "shapes (synthetic)", tuple(kinds)), boxes


def shape_mask(kind: str, side: int, angle: float = 0.0) -> Array:
    """Draw one shape.

    Parameters
    ----------
    kind : str
        One of `SHAPES`.
    side : int
        Height and width in pixels.
    angle : float
        Turned by so many radians.

    Returns
    -------
    ndarray of shape (side, side)
        How much of each pixel the shape covers, from 0 to 1.

    Raises
    ------
    RangeError
        If the kind is unknown or the side not positive.
    """
    require(kind in SHAPES, RangeError, "shape_mask: kind", f"one of {SHAPES}", kind)
    check_count("shape_mask: side", side)
    fine = 4  # points per pixel and axis
    points = (np.arange(side * fine) + 0.5) / (side * fine) * 2 - 1
    v, u = np.meshgrid(points, points, indexing="ij")
    u, v = np.cos(angle) * u - np.sin(angle) * v, np.sin(angle) * u + np.cos(angle) * v
    radius = np.hypot(u, v)
    if kind == "disc":
        inside = radius < 0.8
    elif kind == "square":
        inside = np.maximum(np.abs(u), np.abs(v)) < 0.62
    elif kind == "triangle":
        inside = (v < 0.45) & (v > 1.8 * np.abs(u) - 0.85)
    elif kind == "cross":
        inside = (np.minimum(np.abs(u), np.abs(v)) < 0.24) & (
            np.maximum(np.abs(u), np.abs(v)) < 0.85
        )
    elif kind == "ring":
        inside = (radius > 0.5) & (radius < 0.85)
    else:
        turn = np.arctan2(v, u) / (2 * np.pi) * 5 % 1  # from one of five points to the next
        inside = radius < 0.38 + 0.9 * np.abs(turn - 0.5)
    return inside.reshape(side, fine, side, fine).mean(axis=(1, 3))


def _photographs() -> list[Array]:
    require_package("sklearn", extra="data")
    from sklearn.datasets import load_sample_images

    return [np.asarray(image, np.float32) / 255 for image in load_sample_images().images]


def _crop(photograph: Array, size: int, rng: np.random.Generator) -> Array:
    """Cut a square out, keeping every pixel, every second or every third."""
    step = int(rng.integers(1, 4))
    height, width = photograph.shape[:2]
    top, left = rng.integers(0, height - size * step), rng.integers(0, width - size * step)
    return photograph[top : top + size * step : step, left : left + size * step : step].copy()


def _colour(background: Array, contrast: float, rng: np.random.Generator) -> Array:
    while True:
        colour = rng.random(3)
        if np.abs(colour - background).mean() >= contrast:
            return colour
