"""What the tensor's methods accept: arrays, axes and lengths, checked before NumPy sees them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from dlbook.engine.autograd import Array
from dlbook.engine.ops.reductions import Axes
from dlbook.errors import DTypeError, RangeError, require

__all__ = ["as_array", "lengths", "number_reduced", "one_axis", "reduced_axes", "require_float"]


def as_array(data: Any, dtype: DTypeLike | None) -> Array:
    """Return an array of real numbers, without a copy where possible.

    Parameters
    ----------
    data : array_like
        A NumPy array keeps its type; Python floats become float32, as in PyTorch.
    dtype : dtype, optional
        Convert to this type.

    Returns
    -------
    ndarray

    Raises
    ------
    DTypeError
        If these are not real numbers in a regular shape, or `dtype` cannot hold them.
    """
    is_numpy = isinstance(data, np.ndarray | np.generic)
    try:
        if dtype is None:
            array = np.asarray(data)
        else:
            with np.errstate(over="ignore"):  # beyond 3.4e38 is infinite in float32
                array = np.asarray(data, dtype=dtype)
    except (ValueError, TypeError, OverflowError) as error:
        raise DTypeError(
            f"Tensor: data: expected numbers in a regular shape, got {error}"
        ) from None
    if array.dtype.kind not in "fiub":
        raise DTypeError(
            f"Tensor: data: expected real numbers, got {type(data).__name__} of dtype {array.dtype}"
        )
    if dtype is None and not is_numpy and array.dtype == np.float64:
        with np.errstate(over="ignore"):
            array = array.astype(np.float32)  # Python numbers: float32 is PyTorch's default too
    return array


def require_float(array: Array, argument: str) -> None:
    """Raise unless an array holds floating-point numbers.

    Parameters
    ----------
    array : ndarray
    argument : str
        Whose array this is, for the message.

    Raises
    ------
    DTypeError
    """
    require(
        array.dtype.kind == "f",
        DTypeError,
        argument,
        "floating-point numbers, which can change by a little",
        array,
    )


def lengths(name: str, values: tuple[Any, ...]) -> tuple[int, ...]:
    """Read a shape or an order of axes written as f(2, 3) or f((2, 3)).

    Parameters
    ----------
    name : str
        The method, for the message.
    values : tuple
        Its arguments.

    Returns
    -------
    tuple of int

    Raises
    ------
    DTypeError
        If something in it is not an integer.
    """
    nested = len(values) == 1 and isinstance(values[0], Sequence)
    found = tuple(values[0]) if nested else values
    whole = all(isinstance(value, int | np.integer) for value in found)
    require(whole, DTypeError, f"{name}: shape or dims", "integers", repr(values))
    return tuple(int(value) for value in found)


def one_axis(name: str, dim: Any, shape: tuple[int, ...]) -> int:
    """Return the axis `dim`, counted from the front.

    Parameters
    ----------
    name : str
        The method, for the message.
    dim : int
        From −rank to rank − 1.
    shape : tuple of int
        Shape of the tensor.

    Returns
    -------
    int

    Raises
    ------
    RangeError
        If the tensor has no such axis.
    """
    rank = len(shape)
    valid = isinstance(dim, int | np.integer) and -rank <= int(dim) < rank
    require(valid, RangeError, f"{name}: dim", f"an axis of a tensor of shape {shape}", dim)
    return int(dim) % rank


def reduced_axes(name: str, dim: Any, shape: tuple[int, ...]) -> Axes:
    """Return the axes that a reduction removes, counted from the front; None means all.

    Parameters
    ----------
    name : str
        The reduction, for the message.
    dim : int or sequence of int, optional
        As the caller wrote it; an empty sequence means all axes, as in PyTorch.
    shape : tuple of int
        Shape of the tensor.

    Returns
    -------
    int, tuple of int or None

    Raises
    ------
    RangeError
        If the tensor has no such axis, or one is named twice.
    """
    if dim is None:
        return None
    if not isinstance(dim, tuple | list):
        return one_axis(name, dim, shape)
    axes = tuple(one_axis(name, one, shape) for one in dim)
    require(len(set(axes)) == len(axes), RangeError, f"{name}: dim", "each axis once", repr(dim))
    return axes or None


def number_reduced(axes: Axes, shape: tuple[int, ...]) -> int:
    """Count the elements that end up in one element of the result.

    Parameters
    ----------
    axes : int, tuple of int or None
        From `reduced_axes`.
    shape : tuple of int
        Shape of the tensor.

    Returns
    -------
    int
    """
    if axes is None:
        return math.prod(shape)
    return math.prod(shape[axis] for axis in ((axes,) if isinstance(axes, int) else axes))
