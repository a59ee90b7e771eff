"""Whole photographs, to look at what an operation does to a picture."""

from __future__ import annotations

import numpy as np

from dlbook.data.arguments import check_count
from dlbook.data.dataset import Array
from dlbook.data.packages import skimage_photograph
from dlbook.errors import RangeError, require

__all__ = ["PHOTOGRAPHS", "photograph"]

#: The names that `photograph` knows.
PHOTOGRAPHS = ("camera", "coffee")


def photograph(name: str = "camera", *, shrink: int = 1) -> Array:
    """Return one real photograph with values from 0 (black) to 1.

    Parameters
    ----------
    name : str
        ``"camera"`` is grey, 512×512: a man with a camera on a tripod, in front of a city.
        ``"coffee"`` is in colour, 400×600: a cup on a wooden table.
    shrink : int
        Replace each square of this side, in pixels, by its mean; rows and columns that are left
        over at the end are dropped.

    Returns
    -------
    ndarray of shape (height, width) or (height, width, 3), float32

    Raises
    ------
    MissingPackageError
        If scikit-image is not installed.
    RangeError
        If there is no such photograph, or `shrink` leaves nothing of it.

    References
    ----------
    Photographs by Lav Varshney ("camera") and Rachel Michetti ("coffee"), both CC0, shipped with
    scikit-image.
    """
    known = isinstance(name, str) and name in PHOTOGRAPHS
    require(known, RangeError, "photograph: name", f"one of {', '.join(PHOTOGRAPHS)}", repr(name))
    image = skimage_photograph(name)
    side = check_count("photograph: shrink", shrink, 1, min(image.shape[:2]))
    height, width = (length // side for length in image.shape[:2])
    squares = image[: height * side, : width * side].astype(np.float32)
    squares = squares.reshape(height, side, width, side, *image.shape[2:])
    return np.asarray(squares.mean(axis=(1, 3)) / 255, np.float32)
