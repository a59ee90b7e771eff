"""Samples with their targets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from dlbook.errors import DataError, RangeError, ShapeError, require

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

    Raises
    ------
    ShapeError
        If `x` and `y` differ in length.
    DataError
        If there are no samples, or some are not numbers.
    """

    x: Array
    y: Array
    name: str = "data"
    classes: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        for name in ("x", "y"):
            array = getattr(self, name)
            ok = isinstance(array, np.ndarray) and array.ndim > 0
            require(ok, ShapeError, f"Dataset: {name}", "an array with a sample axis", array)
        require(
            len(self.x) == len(self.y),
            ShapeError,
            "Dataset: y",
            f"as many targets as samples in x ({len(self.x)})",
            self.y,
        )
        require(len(self.x) > 0, DataError, "Dataset: x", "at least one sample", self.x)
        if self.x.dtype.kind == "f":
            bad = int((~np.isfinite(self.x)).sum())
            require(bad == 0, DataError, "Dataset: x", "finite numbers", f"{bad} that are not")

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
        """Give grey images a channel axis: (n, 1, height, width), for PyTorch and the engine."""
        return replace(self, x=self._grey()[:, None])

    def channels_last(self) -> Dataset:
        """Give grey images a channel axis: (n, height, width, 1), for Keras."""
        return replace(self, x=self._grey()[..., None])

    def _grey(self) -> Array:
        ok = self.x.ndim == 3
        require(ok, ShapeError, "Dataset: x", "grey images (n, height, width)", self.x)
        return self.x
