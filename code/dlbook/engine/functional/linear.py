"""The affine map, the workhorse of every network."""

from __future__ import annotations

import numpy as np

from dlbook.engine.autograd import Array, Function
from dlbook.engine.tensor import Tensor, as_tensor
from dlbook.errors import ShapeError, require

__all__ = ["linear"]


def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    r"""Apply the affine map :math:`y = x W^\top + b` to the last axis.

    Parameters
    ----------
    input : Tensor of shape (…, features_in)
        A batch of vectors, with any number of axes in front.
    weight : Tensor of shape (features_out, features_in)
        One row per output, PyTorch's layout; Keras stores the transpose.
    bias : Tensor of shape (features_out,), optional
        Added to each output.

    Returns
    -------
    Tensor of shape (…, features_out)

    Raises
    ------
    ShapeError
        If the last axis of `input` is not as long as a row of `weight`, or `bias` not as long
        as a column.

    References
    ----------
    Chapter 2, "affine maps", and chapter 5.
    """
    input, weight = as_tensor(input), as_tensor(weight)
    require(
        weight.ndim == 2,
        ShapeError,
        "linear: weight",
        "a matrix (features_out, features_in)",
        weight,
    )
    outputs, features = weight.shape
    if input.ndim == 0 or input.shape[-1] != features:
        expected = f"{features} features on the last axis (weight is {weight.shape})"
        require(False, ShapeError, "linear: input", expected, input)
    if bias is None:
        return _Linear.apply(input, weight)
    bias = as_tensor(bias)
    if bias.shape != (outputs,):
        require(False, ShapeError, "linear: bias", f"shape ({outputs},)", bias)
    return _Linear.apply(input, weight, bias)


class _Linear(Function):
    """The result is stored with the batch as its last axis: W xᵀ multiplies faster than x Wᵀ."""

    def forward(self, x: Array, weight: Array, bias: Array | None = None) -> Array:
        self.x, self.weight = x, weight
        y = weight @ x.reshape(-1, x.shape[-1]).T
        if bias is not None:
            y = np.add(y, bias[:, None], out=y if y.dtype == bias.dtype else None)
        return y.T.reshape(*x.shape[:-1], len(weight))

    def backward(self, grad: Array) -> tuple[Array | None, ...]:
        rows = grad.reshape(-1, grad.shape[-1])
        grad_x = grad_weight = grad_bias = None
        if self.needs_grad[0]:
            grad_x = (self.weight.T @ rows.T).T.reshape(self.x.shape)
        if self.needs_grad[1]:
            grad_weight = rows.T @ self.x.reshape(-1, self.x.shape[-1])
        if len(self.inputs) == 2:
            return grad_x, grad_weight
        if self.needs_grad[2]:  # a sum over the batch; as a product it is three times as fast
            grad_bias = np.ones(len(rows), rows.dtype) @ rows
        return grad_x, grad_weight, grad_bias
