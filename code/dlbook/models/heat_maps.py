"""Heat maps over images: enlarge them, and measure whether they point at the object."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlbook.errors import DataError, DTypeError, RangeError, ShapeError, require

__all__ = [
    "centre_accuracy",
    "chance_accuracy",
    "pointing_accuracy",
    "rank_correlation",
    "upsample",
]

Array = np.ndarray[Any, Any]


def upsample(maps: Array, size: int | tuple[int, int]) -> Array:
    """Enlarge maps by bilinear interpolation between pixel centres.

    As `torch.nn.functional.interpolate` with ``mode="bilinear"`` and ``align_corners=False``:
    beyond the outermost centres a map goes on as it is.

    Parameters
    ----------
    maps : ndarray of shape (n, height, width)
    size : int or (int, int)
        New height and width in pixels.

    Returns
    -------
    ndarray of shape (n, *size)

    Raises
    ------
    ShapeError, DTypeError, DataError
        If these are not finite maps.
    RangeError
        If a side is not positive.
    """
    maps = _check_maps("upsample: maps", maps)
    sides = (size, size) if isinstance(size, int | np.integer) else tuple(size)
    right = len(sides) == 2 and all(isinstance(s, int | np.integer) and s > 0 for s in sides)
    require(right, RangeError, "upsample: size", "one or two positive numbers of pixels", size)
    for axis, side in zip((1, 2), sides, strict=True):
        length = maps.shape[axis]
        place = np.clip((np.arange(side) + 0.5) * length / side - 0.5, 0, length - 1)
        before = np.floor(place).astype(int)
        after = np.minimum(before + 1, length - 1)
        shape = [1, 1, 1]
        shape[axis] = side
        share = (place - before).astype(maps.dtype).reshape(shape)
        maps = maps.take(before, axis) * (1 - share) + maps.take(after, axis) * share
    return maps


def pointing_accuracy(maps: Array, boxes: Array) -> float:
    """Share of maps whose maximum lies in the box around the object.

    Parameters
    ----------
    maps : ndarray of shape (n, height, width)
        As large as the images, see `upsample`. Of equal maxima the first one counts.
    boxes : ndarray of int, shape (n, 4)
        Top, left, bottom and right in pixels; bottom and right are just outside.

    Returns
    -------
    float

    Raises
    ------
    ShapeError, DTypeError, DataError, RangeError
        If these are no maps and boxes inside them, one for each.

    References
    ----------
    Zhang et al. (2018), the pointing game; chapter 14.
    """
    maps = _check_maps("pointing_accuracy: maps", maps)
    boxes = _check_boxes("pointing_accuracy: boxes", boxes, maps.shape[1:], len(maps))
    rows, columns = np.divmod(maps.reshape(len(maps), -1).argmax(axis=1), maps.shape[2])
    return _share_inside(rows, columns, boxes)


def chance_accuracy(boxes: Array, size: int | tuple[int, int]) -> float:
    """Share of boxes that a pixel drawn at random would hit, in expectation.

    Parameters
    ----------
    boxes : ndarray of int, shape (n, 4)
        As in `pointing_accuracy`.
    size : int or (int, int)
        Height and width of the images in pixels.

    Returns
    -------
    float
        Mean area of a box over the area of an image.

    Raises
    ------
    ShapeError, DTypeError, RangeError
        If these are no boxes inside an image.
    """
    height, width = (size, size) if isinstance(size, int | np.integer) else size
    boxes = _check_boxes("chance_accuracy: boxes", boxes, (height, width))
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    return float(areas.mean() / (height * width))


def centre_accuracy(boxes: Array, size: int | tuple[int, int]) -> float:
    """Share of boxes hit by always pointing at the centre of the image.

    Photographers put things there; a map has to do better than that.

    Parameters
    ----------
    boxes, size
        As in `chance_accuracy`.

    Returns
    -------
    float

    Raises
    ------
    ShapeError, DTypeError, RangeError
        If these are no boxes inside an image.
    """
    height, width = (size, size) if isinstance(size, int | np.integer) else size
    boxes = _check_boxes("centre_accuracy: boxes", boxes, (height, width))
    return _share_inside(height // 2, width // 2, boxes)


def rank_correlation(first: Array, second: Array) -> Array:
    """Spearman's rank correlation between two maps of each image.

    Parameters
    ----------
    first, second : ndarray of shape (n, height, width)

    Returns
    -------
    ndarray of shape (n,)
        1 where both order the pixels alike, 0 where they have nothing in common or one is
        the same everywhere.

    Raises
    ------
    ShapeError, DTypeError, DataError
        If these are not maps of equal shape.

    References
    ----------
    Adebayo et al. (2018); chapter 14.
    """
    first = _check_maps("rank_correlation: first", first)
    second = _check_maps("rank_correlation: second", second)
    equal = first.shape == second.shape
    require(equal, ShapeError, "rank_correlation: second", f"shape {first.shape}", second)
    result = np.zeros(len(first))
    for number, (one, two) in enumerate(zip(first, second, strict=True)):
        a, b = _ranks(one), _ranks(two)
        spread = np.sqrt((a @ a) * (b @ b))
        result[number] = a @ b / spread if spread else 0.0
    return result


def _ranks(values: Array) -> Array:
    """Place of each value in the order of all, minus the mean place; equal values share one."""
    _, where, counts = np.unique(values.ravel(), return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    places = (last - (counts - 1) / 2)[where.ravel()]
    return places - (values.size + 1) / 2


def _share_inside(row: Any, column: Any, boxes: Array) -> float:
    top, left, bottom, right = boxes.T
    return float(((top <= row) & (row < bottom) & (left <= column) & (column < right)).mean())


def _check_maps(argument: str, maps: Any) -> Array:
    array = np.asarray(maps)
    require(array.dtype.kind == "f", DTypeError, argument, "maps of floats", array)
    require(array.ndim == 3, ShapeError, argument, "maps (n, height, width)", array)
    require(array.size > 0, DataError, argument, "at least one map", array)
    bad = int((~np.isfinite(array)).sum())
    require(bad == 0, DataError, argument, "finite numbers", f"{bad} that are not")
    return array


def _check_boxes(
    argument: str, boxes: Any, size: tuple[int, ...], samples: int | None = None
) -> Array:
    array = np.asarray(boxes)
    require(array.dtype.kind in "iu", DTypeError, argument, "whole numbers of pixels", array)
    count = "n" if samples is None else samples
    right = array.ndim == 2 and array.shape[1] == 4 and samples in (None, len(array))
    require(
        right and len(array) > 0, ShapeError, argument, f"an array of shape ({count}, 4)", array
    )
    top, left, bottom, end = array.T
    inside = (top >= 0) & (top < bottom) & (bottom <= size[0])
    inside &= (left >= 0) & (left < end) & (end <= size[1])
    expected = f"top < bottom and left < right, inside {size[0]} × {size[1]} pixels"
    require(bool(inside.all()), RangeError, argument, expected, str(array[~inside][:2].tolist()))
    return array
