"""Gradients of tables of which a step touches only a few rows."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from dlbook.engine.autograd import Array

__all__ = ["SparseRows"]

_BLOCK = 50_000  # places written at a time by `SparseRows.add_to`


class SparseRows:
    """The gradient of an embedding table: the rows that were looked up, and nothing else.

    A table of 10,000 words and 100 dimensions has a million numbers, a batch looks up a few
    thousand of its rows. An optimiser that leaves a weight alone while its gradient is zero
    (plain SGD, Adagrad) needs only ``coalesce().indices`` and ``.values``, or `add_to`; others
    (Adam, momentum) ask for `to_dense`.

    Parameters
    ----------
    indices : ndarray of int, shape (k,)
        Row numbers; one may occur several times, its values then add up.
    values : ndarray of shape (k, *row)
        Gradient of each row looked up.
    shape : tuple of int
        Shape (rows, *row) of the whole table.

    Examples
    --------
    >>> grad = SparseRows(np.array([2, 0, 2]), np.array([[1.0], [5.0], [3.0]]), (4, 1))
    >>> grad.coalesce().indices, grad.to_dense().ravel()
    (array([0, 2]), array([5., 0., 4., 0.]))
    """

    __array_ufunc__ = None  # ndarray + SparseRows asks SparseRows

    def __init__(self, indices: Array, values: Array, shape: tuple[int, ...]) -> None:
        self.indices, self.values, self.shape = indices, values, shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the numbers."""
        return self.values.dtype

    def copy(self) -> SparseRows:
        """Return a gradient that shares no memory with this one."""
        return SparseRows(self.indices.copy(), self.values.copy(), self.shape)

    def coalesce(self) -> SparseRows:
        """Add up the values of equal indices.

        Returns
        -------
        SparseRows
            With indices sorted and each one once.
        """
        if len(self.indices) == 0:
            return self
        order = np.argsort(self.indices, kind="stable")
        indices = self.indices[order]
        first = np.flatnonzero(np.append(True, indices[1:] != indices[:-1]))
        values = np.add.reduceat(self.values[order], first, axis=0)
        return SparseRows(indices[first], values, self.shape)

    def add_to(self, table: Array, scale: float = 1.0) -> None:
        """Add the gradient, times `scale`, to a table in place.

        Parameters
        ----------
        table : ndarray of shape `shape`
        scale : float
        """
        width = int(np.prod(self.shape[1:], dtype=np.int64))
        if not table.flags.c_contiguous:
            np.add.at(table, self.indices, self.values * table.dtype.type(scale))
            return
        # with flat positions `add.at` is several times as fast, and faster still when it adds
        # pairs of numbers, which is what adding complex numbers does
        paired = width % 2 == 0
        kind = np.result_type(table.dtype, np.complex64) if paired else table.dtype
        steps = max(1, width // 2 if paired else width)
        flat, columns = table.reshape(-1).view(kind), np.arange(steps)
        block = max(1, _BLOCK // steps)  # what a block needs stays in the cache
        for start in range(0, len(self.indices), block):
            indices = self.indices[start : start + block]
            addends = np.multiply(self.values[start : start + block], scale, dtype=table.dtype)
            positions = indices[:, None] * steps + columns
            np.add.at(flat, positions.reshape(-1), addends.reshape(-1).view(kind))

    def to_dense(self) -> Array:
        """Write the gradient out as an array of the whole table's shape.

        Returns
        -------
        ndarray of shape `shape`
        """
        table = np.zeros(self.shape, self.dtype)
        self.add_to(table)
        return table

    def __add__(self, other: Any) -> Any:
        if isinstance(other, SparseRows):
            indices = np.concatenate([self.indices, other.indices])
            return SparseRows(indices, np.concatenate([self.values, other.values]), self.shape)
        return self.to_dense() + other

    __radd__ = __add__

    def __mul__(self, factor: float) -> SparseRows:
        return SparseRows(self.indices, self.values * self.dtype.type(factor), self.shape)

    __rmul__ = __mul__

    def astype(self, dtype: DTypeLike) -> SparseRows:
        """Convert the values to another type.

        Parameters
        ----------
        dtype : dtype
        """
        return SparseRows(self.indices, self.values.astype(dtype), self.shape)

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> Array:
        return np.asarray(self.to_dense(), dtype=dtype)

    def __repr__(self) -> str:
        return f"SparseRows({len(self.indices)} of {self.shape[0]} rows, dtype={self.dtype})"
