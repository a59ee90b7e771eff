"""Losses between distributions: Kullback–Leibler divergence and the Poisson likelihood."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from dlbook.engine.autograd import Array, Function
from dlbook.engine.functional.arguments import fixed, positive
from dlbook.engine.functional.reduction import check_reduction, matching, reduce_loss
from dlbook.engine.joining import where
from dlbook.engine.settings import check_switches, is_one_of
from dlbook.engine.tensor import Tensor
from dlbook.errors import RangeError, ShapeError, require

__all__ = ["kl_div", "poisson_nll_loss"]


def kl_div(input: Any, target: Any, reduction: str = "mean", log_target: bool = False) -> Tensor:
    r"""Kullback–Leibler divergence of a predicted distribution from the true one.

    .. math:: L = y\,(\log y - x), \qquad x = \log \hat y

    Parameters
    ----------
    input : Tensor of any shape
        Predicted *log*-probabilities, as `log_softmax` gives them.
    target : array_like of the same shape
        True probabilities (logarithms of them with `log_target`); where one is 0 so is the loss.
    reduction : {"mean", "batchmean", "sum", "none"}
        "mean" divides by the number of elements, classes included, which is not the divergence
        of the formula; "batchmean" divides by the number of samples, is, and agrees with Keras
        (which takes probabilities, not logarithms).
    log_target : bool
        Whether `target` holds logarithms.

    Returns
    -------
    Tensor
        A scalar, or one value per element for ``reduction="none"``.

    Raises
    ------
    ShapeError
        If the shapes differ, or "batchmean" finds no batch axis.
    DTypeError
        If the predictions are not floats.
    RangeError
        If a probability is negative, or `reduction` unknown.
    GradientError
        If the target requires a gradient.

    References
    ----------
    Kullback & Leibler (1951); chapter 7.
    """
    check_switches("kl_div", log_target=log_target)
    target = fixed(target, "kl_div: target")
    input, target = matching("kl_div", input, target)
    if log_target:
        true, log_true = np.exp(target.data), target.data
    else:
        true = target.data
        negative = (true < 0).any()
        require(not negative, RangeError, "kl_div: target", "probabilities, 0 or more", target)
        log_true = np.log(np.where(true == 0, 1, true)).astype(true.dtype, copy=False)
    losses = _KLDiv.apply(input, true=true, log_true=log_true)
    if not is_one_of(reduction, ("batchmean",)):
        return reduce_loss("kl_div", losses, reduction)
    require(input.ndim > 0, ShapeError, "kl_div: input", "a batch axis for batchmean", input)
    return losses.sum() / input.shape[0]


class _KLDiv(Function):
    def forward(self, log_predicted: Array, true: Array, log_true: Array) -> Array:
        self.true = true
        # 0 · (0 − −inf), which counts as 0
        return np.where(true == 0, 0, true * (log_true - log_predicted))

    def backward(self, grad: Array) -> Array:
        return -grad * self.true


def poisson_nll_loss(
    input: Any,
    target: Any,
    log_input: bool = True,
    full: bool = False,
    eps: float = 1e-8,
    reduction: str = "mean",
) -> Tensor:
    r"""Negative log-likelihood of counts under a Poisson distribution.

    .. math:: L = \lambda - y \log \lambda \;(+ \log y!)

    Parameters
    ----------
    input : Tensor of any shape
        Logarithm of the expected count λ; λ itself with ``log_input=False``. With that and
        ``eps=1e-7`` this is the Keras loss ``poisson``.
    target : array_like of the same shape
        Counts, 0 or more.
    log_input : bool
        Whether `input` is a logarithm.
    full : bool
        Add Stirling's approximation of log y! for counts above 1. It changes no gradient.
    eps : float
        Added to λ before its logarithm is taken (``log_input=False`` only).
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
    RangeError
        If a count is negative, or λ is (``log_input=False``).
    GradientError
        If the target requires a gradient.

    References
    ----------
    Chapter 7.
    """
    name = "poisson_nll_loss"
    check_reduction(name, reduction)
    check_switches(name, log_input=log_input, full=full)
    eps = positive(eps, f"{name}: eps", zero_allowed=True)
    target = fixed(target, f"{name}: target")
    input, target = matching(name, input, target)
    require(not (target.data < 0).any(), RangeError, f"{name}: target", "counts, 0 or more", target)
    if log_input:
        losses = input.exp() - target * input
    else:
        rates = f"{name}: input (log_input=False)"
        require(not (input.data < 0).any(), RangeError, rates, "rates, 0 or more", input)
        losses = input - target * (input + eps).log()
    if full:
        several = target.clip(min=1.0)
        stirling = several * several.log() - several + 0.5 * (2 * math.pi * several).log()
        losses = losses + where(target > 1, stirling, 0.0)
    return reduce_loss(name, losses, reduction)
