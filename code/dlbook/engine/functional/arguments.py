"""Checks that activations and losses share."""

from __future__ import annotations

from typing import Any

from dlbook.engine.settings import is_number, is_whole
from dlbook.engine.tensor import Tensor, as_tensor
from dlbook.errors import DTypeError, GradientError, RangeError, require

__all__ = ["check_axis", "fixed", "floating", "positive"]


def floating(value: Any, name: str, argument: str = "input") -> Tensor:
    """Return a tensor of floating-point numbers.

    Parameters
    ----------
    value : Tensor or array_like
    name, argument : str
        The function and its argument, for the message.

    Returns
    -------
    Tensor

    Raises
    ------
    DTypeError
        If these are integers or no numbers.
    """
    tensor = as_tensor(value)
    require(
        tensor.dtype.kind == "f",
        DTypeError,
        f"{name}: {argument}",
        "floating-point numbers",
        tensor,
    )
    return tensor


def check_axis(tensor: Tensor, dim: Any, name: str) -> None:
    """Raise unless a tensor has an axis `dim`, and elements on it.

    Parameters
    ----------
    tensor : Tensor
    dim : int
    name : str
        The function, for the message.

    Raises
    ------
    RangeError
    """
    require(
        is_whole(dim) and -tensor.ndim <= dim < tensor.ndim and tensor.numel() > 0,
        RangeError,
        f"{name}: dim",
        f"an axis of a non-empty tensor (input is {tensor.shape})",
        dim,
    )


def fixed(value: Any, argument: str) -> Tensor:
    """Return a tensor through which no gradient is expected to flow.

    Parameters
    ----------
    value : Tensor or array_like
    argument : str
        The function and its argument, for the message.

    Returns
    -------
    Tensor

    Raises
    ------
    GradientError
        If it requires a gradient, which it would silently not get.
    """
    tensor = as_tensor(value)
    require(
        not tensor.requires_grad,
        GradientError,
        argument,
        "a tensor without gradient (this loss differentiates its input only); write y.detach()",
        "one that requires it",
    )
    return tensor


def positive(value: Any, argument: str, zero_allowed: bool = False) -> float:
    """Return a finite number greater than 0.

    Parameters
    ----------
    value : float
    argument : str
        The function and its argument, for the message.
    zero_allowed : bool
        Whether 0 is fine too.

    Returns
    -------
    float

    Raises
    ------
    RangeError
        If it is anything else.
    """
    enough = is_number(value) and (0 < value < float("inf") or (zero_allowed and value == 0))
    wanted = "a number of 0 or more" if zero_allowed else "a positive number"
    require(enough, RangeError, argument, wanted, value)
    return float(value)
