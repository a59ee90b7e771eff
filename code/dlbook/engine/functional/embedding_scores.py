"""Scalar products of a vector with a few rows of a table."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlbook.engine.autograd import Array, Function
from dlbook.engine.functional.arguments import floating
from dlbook.engine.functional.embedding import look_up
from dlbook.engine.sparse import OuterRows
from dlbook.engine.tensor import Tensor
from dlbook.errors import ShapeError, require

__all__ = ["embedding_scores"]


def embedding_scores(input: Any, weight: Tensor, vectors: Tensor) -> Tensor:
    r"""Compare each vector of a batch with the rows of a table that are named for it.

    .. math:: s_{n,k} = w_{i_{n,k}} \cdot v_n

    The same as ``(embedding(input, weight) @ vectors.unsqueeze(2)).squeeze(2)``. Written as one
    operation, because the gradient for a row of the table is a multiple of v, and keeping the
    multiples instead of the rows saves most of the work (`dlbook.engine.sparse.OuterRows`). Losses
    that look at a few words of a large vocabulary are made of it.

    Parameters
    ----------
    input : array_like of int, shape (batch, k)
        Row numbers from 0.
    weight : Tensor of shape (rows, features)
        The table.
    vectors : Tensor of shape (batch, features)

    Returns
    -------
    Tensor of shape (batch, k)

    Raises
    ------
    ShapeError
        If the table is not a matrix, or shapes do not match.
    DTypeError
        If the row numbers are not integers, or other numbers not floating-point.
    RangeError
        If a row number lies outside the table.

    References
    ----------
    Mikolov et al. (2013b); chapter 16.
    """
    weight, ids = look_up("embedding_scores", input, weight)
    vectors = floating(vectors, "embedding_scores: vectors")
    require(ids.ndim == 2, ShapeError, "embedding_scores: input", "shape (batch, k)", ids)
    expected = f"shape ({len(ids)}, {weight.shape[1]}), a vector for each row of input"
    fits = vectors.shape == (len(ids), weight.shape[1])
    require(fits, ShapeError, "embedding_scores: vectors", expected, vectors)
    return _EmbeddingScores.apply(weight, vectors, ids=ids)


class _EmbeddingScores(Function):
    def forward(self, weight: Array, vectors: Array, ids: Array) -> Array:
        self.shape, self.ids, self.vectors = weight.shape, ids, vectors
        self.rows = weight.take(ids, axis=0)
        return np.matmul(self.rows, vectors[:, :, None])[:, :, 0]

    def backward(self, grad: Array) -> tuple[Any, Array]:
        batch, each = grad.shape
        grad_vectors = np.matmul(grad[:, None, :], self.rows)[:, 0]
        # an optimiser that moves the vectors first must not change what the table receives
        vectors = self.vectors.copy() if self.inputs[1].is_leaf else self.vectors
        sources = np.repeat(np.arange(batch), each)
        indices = self.ids.reshape(-1).astype(np.intp, copy=False)
        rows = OuterRows(indices, grad.reshape(-1).copy(), vectors, sources, self.shape)
        return (rows if self.inputs[0].is_leaf else rows.to_dense()), grad_vectors
