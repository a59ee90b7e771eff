"""What every pooling operation asks of its settings and its input."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlbook.engine.autograd import Array
from dlbook.engine.functional.window import Window, image_batch, per_axis
from dlbook.engine.settings import check_switches
from dlbook.engine.tensor import Tensor
from dlbook.errors import RangeError, require

__all__ = ["fitting", "frame", "pool_window"]


def pool_window(
    name: str,
    rank: int,
    kernel_size: Any,
    stride: Any,
    padding: Any,
    dilation: Any,
    ceil_mode: bool,
) -> Window:
    """Check a pooling operation's settings.

    Parameters
    ----------
    name : str
        The operation, for the message.
    rank : int
        Number of spatial axes.
    kernel_size, stride, padding, dilation, ceil_mode
        As the caller gave them.

    Returns
    -------
    Window

    Raises
    ------
    DTypeError, RangeError
        If a setting is not allowed.
    """
    check_switches(name, ceil_mode=ceil_mode)
    size = per_axis(f"{name}: kernel_size", kernel_size, rank, minimum=1)
    steps = size if stride is None else per_axis(f"{name}: stride", stride, rank, minimum=1)
    pads = per_axis(f"{name}: padding", padding, rank, minimum=0)
    gaps = per_axis(f"{name}: dilation", dilation, rank, minimum=1)
    small = all(2 * pad <= k for pad, k in zip(pads, size, strict=True))
    expected = f"at most half the kernel size {size}"
    require(small, RangeError, f"{name}: padding", expected, padding)
    return Window(size, steps, gaps, tuple((pad, pad) for pad in pads), bool(ceil_mode))


def fitting(name: str, input: Any, window: Window) -> Tensor:
    """Return the input as a tensor if the window fits into it.

    Parameters
    ----------
    name : str
        The operation, for the message.
    input : Tensor of shape (batch, channels, …)
    window : Window

    Returns
    -------
    Tensor

    Raises
    ------
    ShapeError, DTypeError
    """
    tensor = image_batch(name, input, len(window.size))
    window.require_fit(name, tensor.shape)
    return tensor


def frame(
    x: Array, window: Window, counts: tuple[int, ...], value: float
) -> tuple[Array, tuple[slice, ...]]:
    """Frame images so that every window is complete.

    Parameters
    ----------
    x : ndarray of shape (batch, channels, …)
    window : Window
    counts : tuple of int
        Windows along each axis.
    value : float
        What the frame is filled with.

    Returns
    -------
    framed : ndarray
        `x` itself where no frame is needed.
    inside : tuple of slice
        Where `x` lies within.
    """
    widths, inside = [(0, 0), (0, 0)], [slice(None), slice(None)]
    for axis, (length, count) in enumerate(zip(x.shape[2:], counts, strict=True)):
        before, after = window.padding[axis]
        reach = (count - 1) * window.stride[axis] + window.extent[axis]
        widths.append((before, max(after, reach - before - length)))
        inside.append(slice(before, before + length))
    if not any(map(any, widths)):
        return x, tuple(inside)
    return np.pad(x, widths, constant_values=value), tuple(inside)
