"""Gradients of tables of which a step touches only a few rows."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from dlbook.engine.autograd import Array

__all__ = ["OuterRows", "SparseRows"]

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


class OuterRows(SparseRows):
    """Rows which are multiples of a few vectors, kept as factors and vectors.

    Row j of `values` is ``factors[j] * vectors[sources[j]]``: the gradient of many scalar products
    with the same vector. Where SciPy is installed, `add_to` never writes these rows out.

    Parameters
    ----------
    indices : ndarray of int, shape (k,)
        Row numbers of the table.
    factors : ndarray of shape (k,)
    vectors : ndarray of shape (n, width)
    sources : ndarray of int, shape (k,)
        Which vector each row is a multiple of.
    shape : tuple of int
        Shape (rows, width) of the whole table.

    Examples
    --------
    >>> two = np.array([[1.0, 10.0], [2.0, 20.0]])
    >>> OuterRows(np.array([0, 3]), np.array([5.0, 1.0]), two, np.array([0, 1]), (4, 2)).values
    array([[ 5., 50.],
           [ 2., 20.]])
    """

    def __init__(
        self,
        indices: Array,
        factors: Array,
        vectors: Array,
        sources: Array,
        shape: tuple[int, ...],
    ) -> None:
        self.indices, self.shape = indices, shape
        self.factors, self.vectors, self.sources = factors, vectors, sources

    @property
    def values(self) -> Array:  # type: ignore[override]
        """The rows, written out: shape (k, width)."""
        return self.factors[:, None] * self.vectors[self.sources]

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the numbers."""
        return np.result_type(self.factors, self.vectors)

    def add_to(self, table: Array, scale: float = 1.0) -> None:
        """Add the gradient, times `scale`, to a table in place.

        Parameters
        ----------
        table : ndarray of shape `shape`
        scale : float
        """
        try:
            from scipy.sparse import csr_array
        except ImportError:
            super().add_to(table, scale)
            return
        if len(self.indices) == 0:
            return
        # rows of the table that are hit, as a matrix of factors times the vectors
        small = self.indices.astype(np.uint16) if self.shape[0] <= 2**16 else self.indices
        order = np.argsort(small, kind="stable")  # 16 bits are sorted many times as fast
        indices = self.indices[order]
        first = np.flatnonzero(np.append(True, indices[1:] != indices[:-1]))
        bounds = np.append(first, len(indices))
        factors = self.factors[order] * table.dtype.type(scale)
        shape = (len(first), len(self.vectors))
        table[indices[first]] += (
            csr_array((factors, self.sources[order], bounds), shape) @ self.vectors
        )
