"""From one loss per element to one loss."""

from __future__ import annotations

from dlbook.engine.tensor import Tensor
from dlbook.errors import RangeError, require

__all__ = ["check_reduction", "reduce_loss"]


def check_reduction(name: str, reduction: str) -> None:
    """Raise unless `reduction` is one of the three known ways.

    Parameters
    ----------
    name : str
        The loss, for the message.
    reduction : str
        What the caller asked for.

    Raises
    ------
    RangeError
    """
    require(
        reduction in ("mean", "sum", "none"),
        RangeError,
        f"{name}: reduction",
        '"mean", "sum" or "none"',
        reduction,
    )


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
