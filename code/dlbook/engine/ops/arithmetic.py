"""Addition, subtraction, multiplication, division and powers, with broadcasting."""

from __future__ import annotations

import numpy as np

from dlbook.engine.autograd import Array, Function, check_broadcast, unbroadcast
from dlbook.errors import DTypeError, RangeError, require

__all__ = ["Add", "Divide", "Multiply", "Negative", "Power", "Subtract"]


class Add(Function):
    """a + b; the gradient reaches both unchanged."""

    def forward(self, a: Array, b: Array) -> Array:
        check_broadcast("a + b", a, b)
        self.shapes = a.shape, b.shape
        return a + b

    def backward(self, grad: Array) -> tuple[Array, Array]:
        return unbroadcast(grad, self.shapes[0]), unbroadcast(grad, self.shapes[1])


class Subtract(Function):
    """a − b; the gradient reaches b with its sign turned."""

    def forward(self, a: Array, b: Array) -> Array:
        check_broadcast("a - b", a, b)
        both_bool = a.dtype.kind == "b" and b.dtype.kind == "b"
        require(not both_bool, DTypeError, "a - b", "numbers", "truth values")
        self.shapes = a.shape, b.shape
        return a - b

    def backward(self, grad: Array) -> tuple[Array, Array]:
        return unbroadcast(grad, self.shapes[0]), unbroadcast(-grad, self.shapes[1])


class Multiply(Function):
    """a · b, element by element; each is the other's local derivative."""

    def forward(self, a: Array, b: Array) -> Array:
        check_broadcast("a * b", a, b)
        self.a, self.b = a, b
        return a * b

    def backward(self, grad: Array) -> tuple[Array | None, Array | None]:
        return (
            unbroadcast(grad * self.b, self.a.shape) if self.needs_grad[0] else None,
            unbroadcast(grad * self.a, self.b.shape) if self.needs_grad[1] else None,
        )


class Divide(Function):
    """a / b; d/da = 1/b and d/db = −a/b²."""

    def forward(self, a: Array, b: Array) -> Array:
        check_broadcast("a / b", a, b)
        self.a, self.b = a, b
        return a / b

    def backward(self, grad: Array) -> tuple[Array | None, Array | None]:
        a, b = self.a, self.b
        return (
            unbroadcast(grad / b, a.shape) if self.needs_grad[0] else None,
            unbroadcast(-grad * a / (b * b), b.shape) if self.needs_grad[1] else None,
        )


class Negative(Function):
    """−x."""

    def forward(self, x: Array) -> Array:
        require(x.dtype.kind != "b", DTypeError, "-x", "numbers", x)
        return -x

    def backward(self, grad: Array) -> Array:
        return -grad


class Power(Function):
    """a ** b; d/da = b·a^(b−1) and d/db = a^b·ln a."""

    def forward(self, a: Array, b: Array) -> Array:
        check_broadcast("a ** b", a, b)
        require(
            a.dtype.kind == "f" or not (b < 0).any(),
            RangeError,
            "a ** b",
            "exponents of 0 or more for integers, whose powers are integers",
            b,
        )
        self.a, self.b = a, b
        self.result = np.asarray(a**b)
        return self.result

    def backward(self, grad: Array) -> tuple[Array | None, Array | None]:
        a, b = self.a, self.b
        grad_a = grad_b = None
        if self.needs_grad[0]:  # where b is 0 the power is constant, even at a = 0
            local = np.where(b == 0, 0, b * a ** np.where(b == 0, 1, b - 1))
            grad_a = unbroadcast((grad * local).astype(grad.dtype, copy=False), a.shape)
        if self.needs_grad[1]:  # 0 ** b is constantly 0 for b > 0
            local = np.where((a == 0) & (b >= 0), 0, self.result * np.log(a))
            grad_b = unbroadcast((grad * local).astype(grad.dtype, copy=False), b.shape)
        return grad_a, grad_b
