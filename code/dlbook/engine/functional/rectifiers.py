"""Relatives of ReLU: they let some signal, and some gradient, through below zero."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from dlbook.engine.autograd import Array, Function, unbroadcast
from dlbook.engine.functional.arguments import floating, positive
from dlbook.engine.settings import is_number, is_one_of
from dlbook.engine.tensor import Tensor
from dlbook.errors import RangeError, ShapeError, require

__all__ = ["elu", "gelu", "leaky_relu", "prelu", "selu", "softplus"]


def leaky_relu(input: Any, negative_slope: float = 0.01) -> Tensor:
    """X above zero, negative_slope · x below.

    Parameters
    ----------
    input : Tensor of any shape
    negative_slope : float
        0.01 as in PyTorch; the Keras layer starts from 0.3.

    Returns
    -------
    Tensor of the same shape
        At 0 the derivative is `negative_slope`.

    Raises
    ------
    RangeError
        If the slope is not a finite number.

    References
    ----------
    Maas, Hannun & Ng (2013); chapter 6.
    """
    slope = _number(negative_slope, "leaky_relu: negative_slope")
    return _LeakyReLU.apply(floating(input, "leaky_relu"), slope=slope)


class _LeakyReLU(Function):
    def forward(self, x: Array, slope: float) -> Array:
        self.positive, self.slope = x > 0, slope
        return np.where(self.positive, x, slope * x)

    def backward(self, grad: Array) -> Array:
        return np.where(self.positive, grad, self.slope * grad)


def prelu(input: Any, weight: Any) -> Tensor:
    """X above zero, weight · x below, with a slope that is learned.

    Parameters
    ----------
    input : Tensor of shape (batch, channels, …), or any shape for a single slope
    weight : Tensor of shape (1,), () or (channels,)
        One slope for all, or one for each channel (axis 1).

    Returns
    -------
    Tensor of the shape of `input`

    Raises
    ------
    ShapeError
        If there are neither one slope nor as many as channels.

    References
    ----------
    He et al. (2015); chapter 6.
    """
    input, weight = floating(input, "prelu"), floating(weight, "prelu", "weight")
    channels = input.shape[1] if input.ndim > 1 else 1
    require(
        weight.ndim <= 1 and weight.numel() in (1, channels),
        ShapeError,
        "prelu: weight",
        f"one slope or {channels}, one per channel (input is {input.shape})",
        weight,
    )
    return _PReLU.apply(input, weight)


class _PReLU(Function):
    def forward(self, x: Array, weight: Array) -> Array:
        self.x, self.positive, self.shape = x, x > 0, weight.shape
        along_channels = (-1, *[1] * (x.ndim - 2)) if weight.size > 1 else (1,) * x.ndim
        self.slope = weight.reshape(along_channels)
        return np.where(self.positive, x, self.slope * x)

    def backward(self, grad: Array) -> tuple[Array, Array]:
        below = np.where(self.positive, 0, grad * self.x).astype(grad.dtype, copy=False)
        return (
            np.where(self.positive, grad, self.slope * grad),
            unbroadcast(below, self.slope.shape).reshape(self.shape),
        )


def elu(input: Any, alpha: float = 1.0) -> Tensor:
    r"""Exponential linear unit: x above zero, :math:`\alpha (e^x - 1)` below.

    Parameters
    ----------
    input : Tensor of any shape
    alpha : float
        The value it approaches far below zero is −alpha.

    Returns
    -------
    Tensor of the same shape

    Raises
    ------
    RangeError
        If `alpha` is not a finite number.

    References
    ----------
    Clevert, Unterthiner & Hochreiter (2016); chapter 6.
    """
    alpha = _number(alpha, "elu: alpha")
    return _ELU.apply(floating(input, "elu"), alpha=alpha, scale=1.0)


_SELU_ALPHA = 1.6732632423543772
_SELU_SCALE = 1.0507009873554805


def selu(input: Any) -> Tensor:
    """Self-normalising ELU: scaled so that mean 0 and variance 1 are kept from layer to layer.

    Parameters
    ----------
    input : Tensor of any shape

    Returns
    -------
    Tensor of the same shape
        scale · elu(x, alpha) with alpha = 1.6733 and scale = 1.0507.

    References
    ----------
    Klambauer et al. (2017); chapter 6.
    """
    return _ELU.apply(floating(input, "selu"), alpha=_SELU_ALPHA, scale=_SELU_SCALE)


class _ELU(Function):
    def forward(self, x: Array, alpha: float, scale: float) -> Array:
        self.x, self.alpha, self.scale = x, alpha, scale
        below = alpha * np.expm1(np.minimum(x, 0))
        return scale * np.where(x > 0, x, below)

    def backward(self, grad: Array) -> Array:
        slope = np.where(self.x > 0, 1, self.alpha * np.exp(np.minimum(self.x, 0)))
        return grad * (self.scale * slope).astype(grad.dtype, copy=False)


def softplus(input: Any, beta: float = 1.0, threshold: float = 20.0) -> Tensor:
    r"""Smooth ReLU, :math:`\log(1 + e^{\beta x}) / \beta`; its derivative is a sigmoid.

    Parameters
    ----------
    input : Tensor of any shape
    beta : float
        Sharpness of the bend, positive.
    threshold : float
        Where βx exceeds it, x itself is returned, as in PyTorch; the difference is below 2e-9.

    Returns
    -------
    Tensor of the same shape

    Raises
    ------
    RangeError
        If `beta` is not positive, or `threshold` not a finite number.

    References
    ----------
    Dugas et al. (2001); chapter 6.
    """
    beta = positive(beta, "softplus: beta")
    threshold = _number(threshold, "softplus: threshold")
    return _Softplus.apply(floating(input, "softplus"), beta=beta, threshold=threshold)


class _Softplus(Function):
    def forward(self, x: Array, beta: float, threshold: float) -> Array:
        scaled = beta * x
        self.linear = scaled > threshold
        self.scaled = scaled
        return np.where(self.linear, x, np.logaddexp(0, scaled) / beta)

    def backward(self, grad: Array) -> Array:
        # e^−x = inf gives slope 0, which is right
        slope = 1 / (1 + np.exp(-self.scaled))
        return np.where(self.linear, grad, grad * slope)


def gelu(input: Any, approximate: str = "none") -> Tensor:
    r"""Gaussian error linear unit, :math:`x\,\Phi(x)`.

    Φ is the distribution function of the standard normal: x is weighted by the probability that
    noise lies below it.

    Parameters
    ----------
    input : Tensor of any shape
    approximate : {"none", "tanh"}
        "tanh" takes :math:`\tfrac12 x (1 + \tanh(\sqrt{2/\pi}\,(x + 0.044715 x^3)))`, which differs
        by at most 0.0005. PyTorch starts from "none", the Keras activation as well.

    Returns
    -------
    Tensor of the same shape

    Raises
    ------
    RangeError
        If `approximate` is neither.

    References
    ----------
    Hendrycks & Gimpel (2016); chapter 6.
    """
    known = is_one_of(approximate, ("none", "tanh"))
    require(known, RangeError, "gelu: approximate", '"none" or "tanh"', approximate)
    function = _GELU if approximate == "none" else _GELUTanh
    return function.apply(floating(input, "gelu"))


class _GELU(Function):
    def forward(self, x: Array) -> Array:
        self.x = x
        # NumPy has no error function; the standard library's takes one number at a time
        erfc = map(math.erfc, (-x / math.sqrt(2)).ravel().tolist())
        self.below = 0.5 * np.fromiter(erfc, x.dtype, x.size).reshape(x.shape)
        return x * self.below

    def backward(self, grad: Array) -> Array:
        density = np.exp(-0.5 * self.x**2) / math.sqrt(2 * math.pi)
        return grad * (self.below + self.x * density)


class _GELUTanh(Function):
    factor, cubic = math.sqrt(2 / math.pi), 0.044715

    def forward(self, x: Array) -> Array:
        self.x = x
        self.tanh = np.tanh(self.factor * (x + self.cubic * x**3))
        return 0.5 * x * (1 + self.tanh)

    def backward(self, grad: Array) -> Array:
        slope = self.factor * (1 + 3 * self.cubic * self.x**2)
        return grad * 0.5 * (1 + self.tanh + self.x * (1 - self.tanh**2) * slope)


def _number(value: Any, argument: str) -> float:
    finite = is_number(value) and abs(value) < math.inf
    require(finite, RangeError, argument, "a finite number", value)
    return float(value)
