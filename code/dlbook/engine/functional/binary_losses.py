"""Losses for yes-or-no questions, from probabilities or from logits."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlbook.engine.autograd import Array, Function
from dlbook.engine.functional.arguments import fixed
from dlbook.engine.functional.reduction import matching, reduce_loss
from dlbook.engine.tensor import Tensor, as_tensor
from dlbook.errors import RangeError, ShapeError, require

__all__ = ["binary_cross_entropy", "binary_cross_entropy_with_logits"]


def binary_cross_entropy(
    input: Any, target: Any, weight: Any = None, reduction: str = "mean"
) -> Tensor:
    r"""Cross-entropy of probabilities for two classes.

    .. math:: L = -w\,[\,y \log p + (1 - y) \log (1 - p)\,]

    Parameters
    ----------
    input : Tensor of any shape
        Probabilities of class 1, from 0 to 1. Each logarithm is kept at −100 or above, as in
        PyTorch, so that a wrong and certain answer costs 100; Keras clips probabilities to
        [1e-7, 1 − 1e-7], where it costs 16.1.
    target : array_like of the same shape
        0 or 1, or a probability.
    weight : array_like, optional
        Factor on each loss; of a shape that broadcasts to that of `input`.
    reduction : {"mean", "sum", "none"}
        "mean" divides by the number of elements, not by the sum of weights.

    Returns
    -------
    Tensor
        A scalar, or one value per element for ``reduction="none"``.

    Raises
    ------
    ShapeError
        If the shapes do not match.
    DTypeError
        If the probabilities are not floats.
    RangeError
        If something is not between 0 and 1.
    GradientError
        If the target requires a gradient.

    References
    ----------
    Chapter 7.
    """
    name = "binary_cross_entropy"
    input, target = _operands(name, input, target)
    outside = bool(((input.data < 0) | (input.data > 1)).any())
    require(not outside, RangeError, f"{name}: input", "probabilities from 0 to 1", input)
    losses = _BCE.apply(input, target=target.data) * _factor(name, "weight", weight, input)
    return reduce_loss(name, losses, reduction)


class _BCE(Function):
    def forward(self, p: Array, target: Array) -> Array:
        self.p, self.target = p, target
        log_p, log_q = np.maximum(np.log(p), -100), np.maximum(np.log1p(-p), -100)
        return -(target * log_p + (1 - target) * log_q)

    def backward(self, grad: Array) -> Array:
        # at p = 0 and p = 1 the slope is infinite; the floor is PyTorch's
        return grad * (self.p - self.target) / np.maximum(self.p * (1 - self.p), 1e-12)


def binary_cross_entropy_with_logits(
    input: Any,
    target: Any,
    weight: Any = None,
    reduction: str = "mean",
    pos_weight: Any = None,
) -> Tensor:
    r"""Cross-entropy of logits for two classes: sigmoid and logarithm in one, which is exact.

    .. math:: L = w\,[\,(1 - y)\,x + (1 + (w_+ - 1)\,y) \log(1 + e^{-x})\,]

    Parameters
    ----------
    input : Tensor of any shape
        Logits: scores before the sigmoid.
    target : array_like of the same shape
        0 or 1, or a probability of class 1.
    weight : array_like, optional
        Factor on each loss; of a shape that broadcasts to that of `input`.
    reduction : {"mean", "sum", "none"}
    pos_weight : array_like, optional
        Factor on the losses of positives, for rare classes; broadcasts as well.

    Returns
    -------
    Tensor
        A scalar, or one value per element for ``reduction="none"``.

    Raises
    ------
    ShapeError
        If the shapes do not match.
    DTypeError
        If the logits are not floats.
    RangeError
        If a target is not between 0 and 1.
    GradientError
        If the target requires a gradient.

    References
    ----------
    Chapter 7; for ``pos_weight`` 1 the gradient is σ(x) − y.
    """
    name = "binary_cross_entropy_with_logits"
    input, target = _operands(name, input, target)
    positive_weight = _factor(name, "pos_weight", pos_weight, input).data
    losses = _BCEWithLogits.apply(input, target=target.data, positive_weight=positive_weight)
    return reduce_loss(name, losses * _factor(name, "weight", weight, input), reduction)


class _BCEWithLogits(Function):
    def forward(self, x: Array, target: Array, positive_weight: Array) -> Array:
        self.x, self.target = x, target
        self.factor = 1 + (positive_weight - 1) * target
        return (1 - target) * x + self.factor * np.logaddexp(0, -x)

    def backward(self, grad: Array) -> Array:
        # e^x = inf gives 0, which is right
        sigmoid_of_minus_x = 1 / (1 + np.exp(self.x))
        return grad * ((1 - self.target) - self.factor * sigmoid_of_minus_x)


def _operands(name: str, input: Any, target: Any) -> tuple[Tensor, Tensor]:
    target = fixed(target, f"{name}: target")
    input, target = matching(name, input, target)
    outside = bool(((target.data < 0) | (target.data > 1)).any())
    require(not outside, RangeError, f"{name}: target", "labels from 0 to 1", target)
    return input, target


def _factor(name: str, argument: str, value: Any, input: Tensor) -> Tensor:
    if value is None:
        return Tensor(np.ones((), dtype=input.dtype))
    factor = Tensor(as_tensor(value).data.astype(input.dtype))
    try:
        fits = np.broadcast_shapes(factor.shape, input.shape) == input.shape
    except ValueError:
        fits = False
    require(
        fits, ShapeError, f"{name}: {argument}", f"a shape that broadcasts to {input.shape}", factor
    )
    return factor
