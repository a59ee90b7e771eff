"""Functions applied to each element on its own: exp, log, sqrt, abs, clip and a choice."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlbook.engine.autograd import Array, Function, check_broadcast, unbroadcast

__all__ = ["Abs", "Cast", "Clip", "Exp", "Log", "Sqrt", "Where"]


class Exp(Function):
    """e^x, its own derivative."""

    def forward(self, x: Array) -> Array:
        self.result = np.exp(x)
        return self.result

    def backward(self, grad: Array) -> Array:
        return grad * self.result


class Log(Function):
    """Natural logarithm; −inf at 0 and nan below, as in NumPy and PyTorch."""

    def forward(self, x: Array) -> Array:
        self.x = x
        return np.log(x)

    def backward(self, grad: Array) -> Array:
        return grad / self.x


class Sqrt(Function):
    """Square root; its derivative 1/(2√x) is infinite at 0."""

    def forward(self, x: Array) -> Array:
        self.result = np.sqrt(x)
        return self.result

    def backward(self, grad: Array) -> Array:
        return grad / (2 * self.result)


class Abs(Function):
    """|x|; at the kink the derivative is taken to be 0, as in PyTorch."""

    def forward(self, x: Array) -> Array:
        self.x = x
        return np.abs(x)

    def backward(self, grad: Array) -> Array:
        return grad * np.sign(self.x)


class Clip(Function):
    """x kept within [minimum, maximum]; no gradient flows where it was cut off."""

    def forward(self, x: Array, minimum: float | None, maximum: float | None) -> Array:
        self.inside = np.ones(x.shape, dtype=bool)
        if minimum is not None:
            self.inside &= x >= minimum
        if maximum is not None:
            self.inside &= x <= maximum
        return np.clip(x, minimum, maximum)

    def backward(self, grad: Array) -> Array:
        return grad * self.inside


class Where(Function):
    """a where the condition holds, b elsewhere; the gradient follows the same choice."""

    def forward(self, a: Array, b: Array, condition: Array) -> Array:
        check_broadcast("where", condition, a, b)
        self.condition, self.shapes = condition, (a.shape, b.shape)
        return np.where(condition, a, b)

    def backward(self, grad: Array) -> tuple[Array, Array]:
        zero = grad.dtype.type(0)
        return (
            unbroadcast(np.where(self.condition, grad, zero), self.shapes[0]),
            unbroadcast(np.where(self.condition, zero, grad), self.shapes[1]),
        )


class Cast(Function):
    """The same numbers in another floating type; the gradient comes back in the old one."""

    def forward(self, x: Array, dtype: np.dtype[Any]) -> Array:
        self.dtype = x.dtype
        return x.astype(dtype)

    def backward(self, grad: Array) -> Array:
        return grad.astype(self.dtype)
