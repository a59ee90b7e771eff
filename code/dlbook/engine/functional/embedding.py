"""Looking up rows of a table: from word numbers to vectors."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlbook.engine.autograd import Array, Function
from dlbook.engine.sparse import SparseRows
from dlbook.engine.tensor import Tensor, as_tensor
from dlbook.errors import DTypeError, RangeError, ShapeError, require

__all__ = ["embedding"]


def embedding(input: Any, weight: Tensor, padding_idx: int | None = None) -> Tensor:
    """Replace every number by that row of a table.

    It is what multiplying one-hot vectors by the table would give, without the multiplications.
    The gradient names only the rows that were looked up (`dlbook.engine.sparse.SparseRows`);
    its size does not depend on the vocabulary's.

    Parameters
    ----------
    input : array_like of int, any shape
        Row numbers from 0.
    weight : Tensor of shape (rows, features)
        The table.
    padding_idx : int, optional
        A row that receives no gradient, for the filler at the end of short sequences; negative
        numbers count from the end.

    Returns
    -------
    Tensor of shape (*input.shape, features)

    Raises
    ------
    DTypeError
        If the row numbers are not integers, or the table's numbers not floating-point.
    RangeError
        If a row number or `padding_idx` lies outside the table.
    ShapeError
        If the table is not a matrix.

    References
    ----------
    Chapter 14.
    """
    weight, ids = look_up("embedding", input, weight)
    return _Embedding.apply(weight, ids=ids, padding_idx=check_padding(padding_idx, len(weight)))


def look_up(name: str, input: Any, weight: Any) -> tuple[Tensor, Array]:
    """Check a table and the numbers of its rows.

    Parameters
    ----------
    name : str
        The function, for the message.
    input : array_like of int
    weight : Tensor or array_like

    Returns
    -------
    tuple of Tensor of shape (rows, features) and ndarray of int

    Raises
    ------
    DTypeError, RangeError, ShapeError
        As `embedding` says.
    """
    weight, ids = as_tensor(weight), as_tensor(input).data
    table = weight.ndim == 2 and weight.numel() > 0
    require(table, ShapeError, f"{name}: weight", "a table (rows, features), not empty", weight)
    require(
        weight.dtype.kind == "f", DTypeError, f"{name}: weight", "floating-point numbers", weight
    )
    require(ids.dtype.kind in "iu", DTypeError, f"{name}: input", "integer row numbers", ids)
    rows = len(weight)
    if ids.size and not (ids.min() >= 0 and ids.max() < rows):
        wrong = np.unique(ids[(ids < 0) | (ids >= rows)])[:5]
        found = ", ".join(str(number) for number in wrong)
        raise RangeError(f"{name}: input: expected row numbers from 0 to {rows - 1}, got {found}")
    return weight, ids


def check_padding(padding_idx: int | None, rows: int) -> int | None:
    """Turn the number of the padding row into one that is not negative.

    Parameters
    ----------
    padding_idx : int, optional
    rows : int
        Rows of the table.

    Returns
    -------
    int or None

    Raises
    ------
    RangeError
        If there is no such row.
    """
    if padding_idx is None:
        return None
    inside = isinstance(padding_idx, int | np.integer) and -rows <= padding_idx < rows
    expected = f"a row from {-rows} to {rows - 1}"
    require(inside, RangeError, "embedding: padding_idx", expected, padding_idx)
    return int(padding_idx) % rows


class _Embedding(Function):
    def forward(self, weight: Array, ids: Array, padding_idx: int | None) -> Array:
        self.shape, self.ids, self.padding_idx = weight.shape, ids, padding_idx
        return weight.take(ids, axis=0)

    def backward(self, grad: Array) -> Any:
        indices, values = self.ids.reshape(-1), grad.reshape(-1, grad.shape[-1])
        if self.padding_idx is not None:
            kept = indices != self.padding_idx
            indices, values = indices[kept], values[kept]
        rows = SparseRows(indices.astype(np.intp, copy=False), values, self.shape)
        # only a parameter takes sparse rows; an operation that made the table wants an array
        return rows if self.inputs[0].is_leaf else rows.to_dense()
