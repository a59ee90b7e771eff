"""Losses for numbers whose size varies widely: relative error counts, not absolute error."""

from __future__ import annotations

from typing import Any

from dlbook.engine.functional.reduction import matching, reduce_loss
from dlbook.engine.tensor import Tensor

__all__ = ["mean_absolute_percentage_error", "mean_squared_logarithmic_error"]

_EPSILON = 1e-7  # what Keras puts in place of zero


def mean_squared_logarithmic_error(input: Any, target: Any, reduction: str = "mean") -> Tensor:
    r"""Squared difference of logarithms, :math:`(\log(1+x) - \log(1+y))^2` (MSLE).

    For quantities that are not negative and span several powers of ten. PyTorch has no such
    function; name and conventions are those of Keras.

    Parameters
    ----------
    input : Tensor of any shape
        Predictions; those below 1e-7 count as 1e-7 and receive no gradient.
    target : array_like of the same shape
        What was observed; likewise.
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
    name = "mean_squared_logarithmic_error"
    input, target = matching(name, input, target)
    ratio = (input.clip(min=_EPSILON) + 1).log() - (target.clip(min=_EPSILON) + 1).log()
    return reduce_loss(name, ratio * ratio, reduction)


def mean_absolute_percentage_error(input: Any, target: Any, reduction: str = "mean") -> Tensor:
    r"""Absolute error in per cent of the target, :math:`100\,|x - y| / |y|` (MAPE).

    PyTorch has no such function; name and conventions are those of Keras.

    Parameters
    ----------
    input : Tensor of any shape
        Predictions.
    target : array_like of the same shape
        What was observed. A target of 0 counts as 1e-7 in the denominator, which makes its loss
        enormous: MAPE is of no use where targets may vanish.
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
    name = "mean_absolute_percentage_error"
    input, target = matching(name, input, target)
    share = ((input - target) / target.abs().clip(min=_EPSILON)).abs()
    return reduce_loss(name, 100 * share, reduction)
