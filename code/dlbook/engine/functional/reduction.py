"""What losses share: inputs of one shape, and the way from one loss per element to one."""

from __future__ import annotations

from typing import Any

from dlbook.engine.settings import is_one_of
from dlbook.engine.tensor import Tensor, as_tensor
from dlbook.errors import DTypeError, RangeError, ShapeError, require

__all__ = ["check_reduction", "matching", "reduce_loss"]


def check_reduction(
    name: str, reduction: str, known: tuple[str, ...] = ("mean", "sum", "none")
) -> None:
    """Raise unless `reduction` is one of the known ways.

    Parameters
    ----------
    name : str
        The loss, for the message.
    reduction : str
        What the caller asked for.
    known : tuple of str
        What there is.

    Raises
    ------
    RangeError
    """
    expected = f"one of {', '.join(known)}"
    require(is_one_of(reduction, known), RangeError, f"{name}: reduction", expected, reduction)


def reduce_loss(name: str, losses: Tensor, reduction: str) -> Tensor:
    """Average the losses, add them up, or leave them as they are.

    Parameters
    ----------
    name : str
        The loss, for the message.
    losses : Tensor of any shape
        One value per element.
    reduction : {"mean", "sum", "none"}
        "mean" divides by the number of elements, as PyTorch does. Keras averages over the last
        axis first and then over samples, which is the same number unless samples are weighted.

    Returns
    -------
    Tensor
        A scalar, or `losses` itself.

    Raises
    ------
    RangeError
        If `reduction` is unknown.
    """
    check_reduction(name, reduction)
    if reduction == "none":
        return losses
    return losses.mean() if reduction == "mean" else losses.sum()


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
