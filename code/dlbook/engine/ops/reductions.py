"""Sums, means, variances and extremes over one axis, several, or all."""

from __future__ import annotations

import numpy as np

from dlbook.engine.autograd import Array, Function

__all__ = ["Axes", "Extreme", "Mean", "Sum", "Variance"]

Axes = int | tuple[int, ...] | None


def _restore(array: Array, shape: tuple[int, ...], axes: Axes) -> Array:
    """Put back, with length 1, the axes that a reduction removed."""
    if axes is None:
        return array.reshape((1,) * len(shape))
    gone = {axis % len(shape) for axis in ((axes,) if isinstance(axes, int) else axes)}
    return array.reshape(tuple(1 if i in gone else length for i, length in enumerate(shape)))


class Sum(Function):
    """Σ x; every element receives the gradient of its sum."""

    def forward(self, x: Array, dim: Axes, keepdim: bool) -> Array:
        self.shape, self.dim = x.shape, dim
        return x.sum(axis=dim, keepdims=keepdim)

    def backward(self, grad: Array) -> Array:
        return np.broadcast_to(_restore(grad, self.shape, self.dim), self.shape)


class Mean(Function):
    """Average; every element receives 1/n of the gradient."""

    def forward(self, x: Array, dim: Axes, keepdim: bool) -> Array:
        self.shape, self.dim = x.shape, dim
        result = np.asarray(x.mean(axis=dim, keepdims=keepdim))
        self.count = x.size // max(result.size, 1)
        return result

    def backward(self, grad: Array) -> Array:
        return np.broadcast_to(_restore(grad / self.count, self.shape, self.dim), self.shape)


class Variance(Function):
    """Mean squared distance from the mean; n − correction in the denominator."""

    def forward(self, x: Array, dim: Axes, keepdim: bool, correction: int) -> Array:
        self.shape, self.dim = x.shape, dim
        self.centred = x - x.mean(axis=dim, keepdims=True)
        total = np.asarray((self.centred**2).sum(axis=dim, keepdims=keepdim))
        self.divisor = x.size // max(total.size, 1) - correction
        return total / self.divisor

    def backward(self, grad: Array) -> Array:
        return 2 * self.centred * _restore(grad / self.divisor, self.shape, self.dim)


class Extreme(Function):
    """Largest or smallest element; tied elements share the gradient evenly (`torch.amax`)."""

    def forward(self, x: Array, dim: Axes, keepdim: bool, largest: bool) -> Array:
        self.shape, self.dim = x.shape, dim
        result = np.asarray((np.max if largest else np.min)(x, axis=dim, keepdims=keepdim))
        self.chosen = x == _restore(result, x.shape, dim)
        return result

    def backward(self, grad: Array) -> Array:
        # nan is not even equal to itself: 0 chosen
        share = self.chosen / self.chosen.sum(axis=self.dim, keepdims=True)
        return _restore(grad, self.shape, self.dim) * share.astype(grad.dtype)
