"""The matrix product, for vectors, matrices and batches of matrices."""

from __future__ import annotations

import numpy as np

from dlbook.engine.autograd import Array, Function, unbroadcast
from dlbook.errors import ShapeError, require

__all__ = ["MatMul"]


class MatMul(Function):
    r"""a @ b with the rules of `numpy.matmul`.

    .. math:: y_{ij} = \sum_k a_{ik}\, b_{kj}, \qquad
        \frac{\partial L}{\partial a} = g\, b^\top, \quad
        \frac{\partial L}{\partial b} = a^\top g

    A vector on the left counts as a row, on the right as a column; further axes in front are
    batch axes and broadcast.
    """

    def forward(self, a: Array, b: Array) -> Array:
        require(
            a.ndim > 0 and b.ndim > 0, ShapeError, "a @ b", "arrays of rank 1 or more", _pair(a, b)
        )
        inner = b.shape[0] if b.ndim == 1 else b.shape[-2]
        require(
            a.shape[-1] == inner,
            ShapeError,
            "a @ b",
            "as many columns in a as rows in b",
            _pair(a, b),
        )
        self.a, self.b = a, b
        try:
            return np.matmul(a, b)
        except ValueError:
            raise ShapeError(
                f"a @ b: expected batch axes that broadcast, got {_pair(a, b)}"
            ) from None

    def backward(self, grad: Array) -> tuple[Array | None, Array | None]:
        a, b = self.a, self.b
        rows = a[None, :] if a.ndim == 1 else a
        columns = b[:, None] if b.ndim == 1 else b
        if b.ndim == 1:
            grad = np.expand_dims(grad, -1)
        if a.ndim == 1:
            grad = np.expand_dims(grad, -2)
        grad_a = grad_b = None
        if self.needs_grad[0]:
            full = _product(grad, np.swapaxes(columns, -1, -2))
            grad_a = unbroadcast(full, rows.shape).reshape(a.shape)
        if self.needs_grad[1]:
            turned = _product(np.swapaxes(grad, -1, -2), rows)
            full = np.swapaxes(turned, -1, -2)
            grad_b = unbroadcast(full, columns.shape).reshape(b.shape)
        return grad_a, grad_b


def _product(a: Array, b: Array) -> Array:
    """Multiply; column times row is a plain multiplication, several times as fast in batches."""
    return a * b if a.shape[-1] == 1 else np.matmul(a, b)


def _pair(a: Array, b: Array) -> str:
    return f"{a.shape} @ {b.shape}"
