"""Activation functions: ReLU, the S-shaped ones, and softmax.

Variants of ReLU stand in `rectifiers`.
"""

from __future__ import annotations

import numpy as np

from dlbook.engine.autograd import Array, Function
from dlbook.engine.functional.arguments import check_axis, floating
from dlbook.engine.tensor import Tensor

__all__ = ["log_softmax", "relu", "sigmoid", "softmax", "tanh"]


def relu(input: Tensor) -> Tensor:
    """Rectified linear unit, max(0, x).

    Parameters
    ----------
    input : Tensor of any shape

    Returns
    -------
    Tensor of the same shape
        At the kink x = 0 the derivative is taken to be 0, as in PyTorch and Keras.

    References
    ----------
    Nair & Hinton (2010); chapter 6.
    """
    return _ReLU.apply(floating(input, "relu"))


class _ReLU(Function):
    def forward(self, x: Array) -> Array:
        self.result = np.maximum(x, 0)
        return self.result

    def backward(self, grad: Array) -> Array:
        return grad * (self.result > 0)


def sigmoid(input: Tensor) -> Tensor:
    r"""Logistic function :math:`\sigma(x) = 1 / (1 + e^{-x})`, from 0 to 1.

    Parameters
    ----------
    input : Tensor of any shape

    Returns
    -------
    Tensor of the same shape
        Its derivative is σ(x)·(1 − σ(x)), at most 1/4.

    References
    ----------
    Chapters 4 and 6.
    """
    return _Sigmoid.apply(floating(input, "sigmoid"))


class _Sigmoid(Function):
    def forward(self, x: Array) -> Array:
        # e^−x = inf gives 0, which is right
        self.result = 1 / (1 + np.exp(-x))
        return self.result

    def backward(self, grad: Array) -> Array:
        return grad * self.result * (1 - self.result)


def tanh(input: Tensor) -> Tensor:
    """Hyperbolic tangent, from −1 to 1: a sigmoid rescaled, 2σ(2x) − 1.

    Parameters
    ----------
    input : Tensor of any shape

    Returns
    -------
    Tensor of the same shape
        Its derivative is 1 − tanh²(x), at most 1.

    References
    ----------
    Chapter 6.
    """
    return _Tanh.apply(floating(input, "tanh"))


class _Tanh(Function):
    def forward(self, x: Array) -> Array:
        self.result = np.tanh(x)
        return self.result

    def backward(self, grad: Array) -> Array:
        return grad * (1 - self.result**2)


def softmax(input: Tensor, dim: int) -> Tensor:
    r"""Turn scores into probabilities, :math:`p_i = e^{x_i} / \sum_j e^{x_j}`.

    Parameters
    ----------
    input : Tensor of any shape
        Scores, called logits.
    dim : int
        The axis along which the probabilities add up to 1.

    Returns
    -------
    Tensor of the same shape

    Raises
    ------
    RangeError
        If `input` has no axis `dim`.

    References
    ----------
    Chapter 6.
    """
    input = floating(input, "softmax")
    check_axis(input, dim, "softmax")
    return _Softmax.apply(input, dim=dim)


class _Softmax(Function):
    def forward(self, x: Array, dim: int) -> Array:
        self.dim = dim
        exponentials = np.exp(x - x.max(axis=dim, keepdims=True))  # the largest becomes e⁰
        self.result = exponentials / exponentials.sum(axis=dim, keepdims=True)
        return self.result

    def backward(self, grad: Array) -> Array:
        mean = (grad * self.result).sum(axis=self.dim, keepdims=True)
        return self.result * (grad - mean)


def log_softmax(input: Tensor, dim: int) -> Tensor:
    r"""Logarithm of `softmax`, computed without forming the tiny probabilities first.

    .. math:: \log p_i = x_i - \log \sum_j e^{x_j}

    Parameters
    ----------
    input : Tensor of any shape
        Logits.
    dim : int
        The axis along which the probabilities add up to 1.

    Returns
    -------
    Tensor of the same shape

    Raises
    ------
    RangeError
        If `input` has no axis `dim`.

    References
    ----------
    Chapters 6 and 7.
    """
    input = floating(input, "log_softmax")
    check_axis(input, dim, "log_softmax")
    return _LogSoftmax.apply(input, dim=dim)


class _LogSoftmax(Function):
    def forward(self, x: Array, dim: int) -> Array:
        self.dim = dim
        shifted = x - x.max(axis=dim, keepdims=True)
        self.result = shifted - np.log(np.exp(shifted).sum(axis=dim, keepdims=True))
        return self.result

    def backward(self, grad: Array) -> Array:
        return grad - np.exp(self.result) * grad.sum(axis=self.dim, keepdims=True)
