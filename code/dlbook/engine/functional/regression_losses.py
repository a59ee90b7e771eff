"""Losses for predicting numbers."""

from __future__ import annotations

from typing import Any

from dlbook.engine.functional.reduction import reduce_loss
from dlbook.engine.tensor import Tensor, as_tensor
from dlbook.errors import DTypeError, ShapeError, require

__all__ = ["mse_loss"]


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


def matching(name: str, prediction: Any, target: Any) -> tuple[Tensor, Tensor]:
    """Check that predictions and targets are floats of one and the same shape.

    Parameters
    ----------
    name : str
        The loss, for the message.
    prediction, target : Tensor or array_like

    Returns
    -------
    tuple of Tensor
        Both, the target in the dtype of the prediction.

    Raises
    ------
    ShapeError, DTypeError
    """
    prediction, target = as_tensor(prediction), as_tensor(target)
    require(
        prediction.dtype.kind == "f", DTypeError, f"{name}: input", "float predictions", prediction
    )
    require(
        prediction.shape == target.shape,
        ShapeError,
        f"{name}: target",
        f"the shape of input, {prediction.shape} (broadcasting would mix up samples)",
        target,
    )
    require(
        prediction.numel() > 0, ShapeError, f"{name}: input", "at least one element", prediction
    )
    if target.dtype != prediction.dtype:
        target = target.to(prediction.dtype)
    return prediction, target
