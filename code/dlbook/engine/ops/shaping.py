"""Operations that move elements without changing them."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlbook.engine.autograd import Array, Function, unbroadcast
from dlbook.errors import RangeError, ShapeError, require

__all__ = ["BroadcastTo", "Concatenate", "Index", "Pad", "Reshape", "Stack", "Transpose"]


class Reshape(Function):
    """The same elements in the same memory order under another shape."""

    def forward(self, x: Array, shape: tuple[int, ...]) -> Array:
        self.shape = x.shape
        try:
            return x.reshape(shape)
        except ValueError:
            expected = f"a shape that holds {x.size} elements"
            raise ShapeError(
                f"reshape: shape: expected {expected}, got {shape} for {x.shape}"
            ) from None

    def backward(self, grad: Array) -> Array:
        return grad.reshape(self.shape)


class Transpose(Function):
    """Axes in another order; the way back applies the inverse order."""

    def forward(self, x: Array, order: tuple[int, ...]) -> Array:
        require(
            sorted(axis % x.ndim if -x.ndim <= axis < x.ndim else -1 for axis in order)
            == list(range(x.ndim)),
            ShapeError,
            "permute: dims",
            f"each of the {x.ndim} axes of {x.shape} once",
            str(order),
        )
        self.order = tuple(axis % x.ndim for axis in order)
        return x.transpose(self.order)

    def backward(self, grad: Array) -> Array:
        return grad.transpose(np.argsort(self.order))


class BroadcastTo(Function):
    """x stretched to a larger shape; the gradient is summed where it was stretched."""

    def forward(self, x: Array, shape: tuple[int, ...]) -> Array:
        self.shape = x.shape
        extra = len(shape) - x.ndim
        kept = [
            x.shape[i - extra] if i >= extra and length == -1 else length
            for i, length in enumerate(shape)
        ]
        try:
            return np.broadcast_to(x, kept)
        except ValueError:
            raise ShapeError(
                f"expand: shape: expected one that {x.shape} broadcasts to, got {shape}"
            ) from None

    def backward(self, grad: Array) -> Array:
        return unbroadcast(grad, self.shape)


class Index(Function):
    """x[index] for anything NumPy accepts: integers, slices, arrays, masks."""

    def forward(self, x: Array, index: Any) -> Array:
        self.shape, self.index = x.shape, index
        try:
            return x[index]
        except (IndexError, TypeError, ValueError) as error:
            raise RangeError(
                f"index: expected one that fits the shape {x.shape}, got {index!r} ({error})"
            ) from None

    def backward(self, grad: Array) -> Array:
        full = np.zeros(self.shape, dtype=grad.dtype)
        if _is_basic(self.index):
            full[self.index] = grad  # a slice names each element at most once
        else:
            np.add.at(full, self.index, grad)  # an array may name one several times
        return full


def _is_basic(index: Any) -> bool:
    parts = index if isinstance(index, tuple) else (index,)
    return all(
        part is None or part is ... or isinstance(part, int | np.integer | slice) for part in parts
    )


class Concatenate(Function):
    """Arrays end to end along an axis that exists."""

    def forward(self, *arrays: Array, dim: int) -> Array:
        self.dim = dim
        self.ends = np.cumsum([array.shape[dim] for array in arrays])[:-1]
        return np.concatenate(arrays, axis=dim)

    def backward(self, grad: Array) -> tuple[Array, ...]:
        return tuple(np.split(grad, self.ends, axis=self.dim))


class Stack(Function):
    """Arrays of equal shape side by side along a new axis."""

    def forward(self, *arrays: Array, dim: int) -> Array:
        self.dim = dim
        return np.stack(arrays, axis=dim)

    def backward(self, grad: Array) -> tuple[Array, ...]:
        return tuple(np.moveaxis(grad, self.dim, 0))


class Pad(Function):
    """x framed by a constant; the gradient of the frame is dropped."""

    def forward(self, x: Array, widths: tuple[tuple[int, int], ...], value: float) -> Array:
        self.inside = tuple(
            slice(before, before + length)
            for (before, _), length in zip(widths, x.shape, strict=True)
        )
        return np.pad(x, widths, constant_values=value)

    def backward(self, grad: Array) -> Array:
        return grad[self.inside]
