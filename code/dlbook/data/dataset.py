"""Samples with their targets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from dlbook.errors import DataError, DTypeError, RangeError, ShapeError, require

__all__ = ["Dataset"]

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class Dataset:
    """Samples `x`, targets `y`, and what they are.

    It unpacks: ``x, y = dataset``.

    Parameters
    ----------
    x : ndarray of shape (n, …)
        Samples; the first axis counts them.
    y : ndarray of shape (n, …)
        Targets: class numbers, or the numbers to predict.
    name : str
        What the samples are, for tables and figures.
    classes : tuple of str
        Names of the classes; empty for regression.
    features : tuple of str
        Names of the columns of a table; empty otherwise.

    Raises
    ------
    ShapeError
        If `x` and `y` differ in length, or the names of columns are not as many as the columns.
    DTypeError
        If something else than numbers, yes/no values or text is given.
    DataError
        If there are no samples, or some are not numbers.
    """

    x: Array
    y: Array
    name: str = "data"
    classes: tuple[str, ...] = field(default=())
    features: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        for name in ("x", "y"):
            array = getattr(self, name)
            ok = isinstance(array, np.ndarray) and array.ndim > 0
            require(ok, ShapeError, f"Dataset: {name}", "an array with a sample axis", array)
            ok = array.dtype.kind in "fiubU"
            require(ok, DTypeError, f"Dataset: {name}", "an array of numbers or of text", array)
        require(
            len(self.x) == len(self.y),
            ShapeError,
            "Dataset: y",
            f"as many targets as samples in x ({len(self.x)})",
            self.y,
        )
        require(len(self.x) > 0, DataError, "Dataset: x", "at least one sample", self.x)
        for name, array in (("x", self.x), ("y", self.y)):
            bad = int((~np.isfinite(array)).sum()) if array.dtype.kind == "f" else 0
            require(
                bad == 0, DataError, f"Dataset: {name}", "finite numbers", f"{bad} that are not"
            )
        columns, named = self.x.shape[-1], len(self.features)
        expected = f"a name for each of {columns} columns"
        require(named in (0, columns), ShapeError, "Dataset: features", expected, self.features)

    def __len__(self) -> int:
        return len(self.x)

    def __iter__(self) -> Iterator[Array]:
        return iter((self.x, self.y))

    def __repr__(self) -> str:
        kinds = f", {len(self.classes)} classes" if self.classes else ""
        return f"Dataset({self.name!r}, x {self.x.shape} {self.x.dtype}, y {self.y.shape}{kinds})"

    def take(self, which: Any) -> Dataset:
        """Return some of the samples.

        Parameters
        ----------
        which : slice, array of int or array of bool
            As in NumPy indexing of the sample axis.

        Returns
        -------
        Dataset
        """
        return replace(self, x=self.x[which], y=self.y[which])

    def split(self, share: float, rng: np.random.Generator) -> tuple[Dataset, Dataset]:
        """Deal the samples at random into two sets.

        Parameters
        ----------
        share : float between 0 and 1
            How many go to the first set; each set gets at least one.
        rng : numpy.random.Generator

        Returns
        -------
        first, second : Dataset

        Raises
        ------
        RangeError
            If `share` leaves one of the sets empty.
        """
        size = round(share * len(self)) if 0 < share < 1 else 0
        enough = 0 < size < len(self)
        require(enough, RangeError, "split: share", "a share that leaves both sets samples", share)
        order = rng.permutation(len(self))
        return self.take(order[:size]), self.take(order[size:])

    def flat(self) -> Dataset:
        """Write each sample as a vector: x becomes (n, features), for dense layers."""
        return replace(self, x=self.x.reshape(len(self), -1))

    def channels_first(self) -> Dataset:
        """Lay images out for PyTorch and the engine: (n, channels, height, width).

        Raises
        ------
        ShapeError
            If these are neither grey images (n, height, width) nor colour images
            (n, height, width, channels).
        """
        images = self._images()
        return replace(self, x=np.ascontiguousarray(np.moveaxis(images, -1, 1)))

    def channels_last(self) -> Dataset:
        """Lay images out for Keras: (n, height, width, channels).

        Raises
        ------
        ShapeError
            If these are neither grey images (n, height, width) nor colour images
            (n, height, width, channels).
        """
        return replace(self, x=self._images())

    def _images(self) -> Array:
        """Return images with a channel axis at the end; colour images have one already."""
        expected = "grey images (n, height, width) or colour images (n, height, width, channels)"
        require(self.x.ndim in (3, 4), ShapeError, "Dataset: x", expected, self.x)
        return self.x[..., None] if self.x.ndim == 3 else self.x
