"""Losses for predicting numbers: squared, absolute, and what lies between."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from dlbook.engine.autograd import Array, Function
from dlbook.engine.functional.arguments import positive
from dlbook.engine.functional.reduction import matching, reduce_loss
from dlbook.engine.joining import where
from dlbook.engine.tensor import Tensor

__all__ = ["huber_loss", "l1_loss", "log_cosh", "mse_loss", "smooth_l1_loss"]


def mse_loss(input: Any, target: Any, reduction: str = "mean") -> Tensor:
    r"""Mean squared error, :math:`(x - y)^2`.

    Parameters
    ----------
    input : Tensor of any shape
        Predictions.
    target : array_like of the same shape
        What was observed. A shape that merely broadcasts is refused: (n, 1) against (n,) would
        silently compare every prediction with every target (chapter 2).
    reduction : {"mean", "sum", "none"}

    Returns
    -------
    Tensor
        A scalar, or one value per element for ``reduction="none"``.

    Raises
    ------
    ShapeError
        If the shapes differ.
    DTypeError
        If the predictions are not floats.

    References
    ----------
    Chapter 7.
    """
    input, target = matching("mse_loss", input, target)
    difference = input - target
    return reduce_loss("mse_loss", difference * difference, reduction)


def l1_loss(input: Any, target: Any, reduction: str = "mean") -> Tensor:
    """Mean absolute error, :math:`|x - y|` (MAE).

    Parameters
    ----------
    input : Tensor of any shape
        Predictions.
    target : array_like of the same shape
        What was observed.
    reduction : {"mean", "sum", "none"}

    Returns
    -------
    Tensor
        A scalar, or one value per element for ``reduction="none"``.
        Its gradient has the same size for every error, however small.

    Raises
    ------
    ShapeError
        If the shapes differ.
    DTypeError
        If the predictions are not floats.

    References
    ----------
    Chapter 7.
    """
    input, target = matching("l1_loss", input, target)
    return reduce_loss("l1_loss", (input - target).abs(), reduction)


def huber_loss(input: Any, target: Any, reduction: str = "mean", delta: float = 1.0) -> Tensor:
    r"""Squared error for small errors, absolute error for large ones.

    .. math:: \begin{cases} \tfrac12 (x-y)^2 & |x-y| < \delta \\
        \delta\,(|x-y| - \tfrac12 \delta) & \text{otherwise} \end{cases}

    Parameters
    ----------
    input : Tensor of any shape
        Predictions.
    target : array_like of the same shape
        What was observed.
    reduction : {"mean", "sum", "none"}
    delta : float
        The error at which the square turns into a straight line, positive.

    Returns
    -------
    Tensor
        A scalar, or one value per element for ``reduction="none"``.

    Raises
    ------
    ShapeError
        If the shapes differ.
    DTypeError
        If the predictions are not floats.
    RangeError
        If `delta` is not positive.

    References
    ----------
    Huber (1964); chapter 7.
    """
    delta = positive(delta, "huber_loss: delta")
    input, target = matching("huber_loss", input, target)
    size = (input - target).abs()
    losses = where(size < delta, 0.5 * size * size, delta * (size - 0.5 * delta))
    return reduce_loss("huber_loss", losses, reduction)


def smooth_l1_loss(input: Any, target: Any, reduction: str = "mean", beta: float = 1.0) -> Tensor:
    """Huber loss divided by `beta`: far away its slope is 1, whatever `beta`.

    Parameters
    ----------
    input : Tensor of any shape
        Predictions.
    target : array_like of the same shape
        What was observed.
    reduction : {"mean", "sum", "none"}
    beta : float
        The error at which the square turns into a straight line; 0 makes this `l1_loss`.

    Returns
    -------
    Tensor
        A scalar, or one value per element for ``reduction="none"``.

    Raises
    ------
    ShapeError
        If the shapes differ.
    DTypeError
        If the predictions are not floats.
    RangeError
        If `beta` is negative.

    References
    ----------
    Girshick (2015), Fast R-CNN; chapter 7.
    """
    beta = positive(beta, "smooth_l1_loss: beta", zero_allowed=True)
    if beta == 0:
        return l1_loss(input, target, reduction)
    return huber_loss(input, target, reduction, delta=beta) / beta


def log_cosh(input: Any, target: Any, reduction: str = "mean") -> Tensor:
    r"""Logarithm of the hyperbolic cosine of the error, :math:`\log \cosh (x - y)`.

    About half the squared error near zero and the absolute error minus log 2 far away; unlike
    the Huber loss smooth everywhere. PyTorch has no such function; the name is that of Keras.

    Parameters
    ----------
    input : Tensor of any shape
        Predictions.
    target : array_like of the same shape
        What was observed.
    reduction : {"mean", "sum", "none"}

    Returns
    -------
    Tensor
        A scalar, or one value per element for ``reduction="none"``.
        Its gradient is tanh(x − y).

    Raises
    ------
    ShapeError
        If the shapes differ.
    DTypeError
        If the predictions are not floats.

    References
    ----------
    Chapter 7.
    """
    input, target = matching("log_cosh", input, target)
    return reduce_loss("log_cosh", _LogCosh.apply(input - target), reduction)


class _LogCosh(Function):
    def forward(self, error: Array) -> Array:
        self.error = error
        size = np.abs(error)  # cosh itself would overflow beyond 89 in float32
        return size + np.log1p(np.exp(-2 * size)) - math.log(2)

    def backward(self, grad: Array) -> Array:
        return grad * np.tanh(self.error)
