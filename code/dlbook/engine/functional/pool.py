"""Pooling: the largest, the smallest or the average number in each window."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlbook.engine.autograd import Array, Function
from dlbook.engine.functional import pool_kernels
from dlbook.engine.functional.window import Window, image_batch, per_axis
from dlbook.engine.tensor import Tensor
from dlbook.errors import RangeError, require

__all__ = [
    "avg_pool1d",
    "avg_pool2d",
    "avg_pool3d",
    "max_pool1d",
    "max_pool2d",
    "max_pool3d",
    "min_pool2d",
]

Sizes = int | tuple[int, ...]


def max_pool1d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
) -> Tensor:
    """Keep the largest number of each window of a sequence.

    Parameters
    ----------
    input : Tensor of shape (batch, channels, length)
    kernel_size, stride, padding, dilation, ceil_mode
        As in `max_pool2d`.

    Returns
    -------
    Tensor of shape (batch, channels, length_out)

    Raises
    ------
    ShapeError, RangeError, DTypeError
        As in `max_pool2d`.

    References
    ----------
    Chapter 15.
    """
    window = _window("max_pool1d", 1, kernel_size, stride, padding, dilation, ceil_mode)
    return _MaxPool.apply(_fitting("max_pool1d", input, window), window=window)


def max_pool2d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
) -> Tensor:
    r"""Keep the largest number of each window of an image.

    .. math:: y_{n,c,i,j} = \max_{u,v}\, x_{n,c,\,si+du-p,\,sj+dv-p}

    Of equal numbers the first in reading order receives the gradient, as in PyTorch.

    Parameters
    ----------
    input : Tensor of shape (batch, channels, height, width)
    kernel_size : int or (int, int), in pixels
    stride : int or (int, int), optional
        Pixels from one window to the next; by default the windows touch without overlap.
    padding : int or (int, int)
        Pixels added on each side, at most half the kernel; they are never the largest.
    dilation : int or (int, int)
        Pixels from one position to the next within the window.
    ceil_mode : bool
        Count a last window that reaches over the edge.

    Returns
    -------
    Tensor of shape (batch, channels, height_out, width_out)

    Raises
    ------
    ShapeError
        If the rank is wrong or a window exceeds the padded input.
    RangeError
        If a setting is not allowed.
    DTypeError
        If the numbers are not floating-point.

    References
    ----------
    Chapter 11.
    """
    window = _window("max_pool2d", 2, kernel_size, stride, padding, dilation, ceil_mode)
    return _MaxPool.apply(_fitting("max_pool2d", input, window), window=window)


def max_pool3d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
) -> Tensor:
    """Keep the largest number of each window of a volume.

    Parameters
    ----------
    input : Tensor of shape (batch, channels, depth, height, width)
    kernel_size, stride, padding, dilation, ceil_mode
        As in `max_pool2d`, with three numbers where it takes two.

    Returns
    -------
    Tensor of shape (batch, channels, depth_out, height_out, width_out)

    Raises
    ------
    ShapeError, RangeError, DTypeError
        As in `max_pool2d`.

    References
    ----------
    Chapter 11.
    """
    window = _window("max_pool3d", 3, kernel_size, stride, padding, dilation, ceil_mode)
    return _MaxPool.apply(_fitting("max_pool3d", input, window), window=window)


def min_pool2d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
) -> Tensor:
    """Keep the smallest number of each window: `max_pool2d` of −x, turned again.

    Neither PyTorch nor Keras has it; it finds dark lines where max pooling finds bright ones.

    Parameters
    ----------
    input : Tensor of shape (batch, channels, height, width)
    kernel_size, stride, padding, dilation, ceil_mode
        As in `max_pool2d`.

    Returns
    -------
    Tensor of shape (batch, channels, height_out, width_out)

    Raises
    ------
    ShapeError, RangeError, DTypeError
        As in `max_pool2d`.

    References
    ----------
    Chapter 11.
    """
    window = _window("min_pool2d", 2, kernel_size, stride, padding, dilation, ceil_mode)
    return -_MaxPool.apply(-_fitting("min_pool2d", input, window), window=window)


class _MaxPool(Function):
    """Along the last axis first: then the first of equal numbers is the first in reading order."""

    def forward(self, x: Array, window: Window) -> Array:
        self.window, counts = window, window.output(x.shape[2:])
        x, self.inside = _pad(x, window, counts, -np.inf)
        self.passes = [x]
        for axis in reversed(range(len(counts))):
            self.passes.append(
                pool_kernels.max_axis(self.passes[-1], window, axis, counts[axis])
            )
        return self.passes[-1]

    def backward(self, grad: Array) -> Array:
        pairs = zip(self.passes[-2::-1], self.passes[:0:-1], strict=True)
        for axis, (x, largest) in enumerate(pairs):
            grad = pool_kernels.max_axis_gradient(grad, x, largest, self.window, axis)
        return grad[self.inside]


def avg_pool1d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Tensor:
    """Average each window of a sequence.

    Parameters
    ----------
    input : Tensor of shape (batch, channels, length)
    kernel_size, stride, padding, ceil_mode, count_include_pad
        As in `avg_pool2d`.

    Returns
    -------
    Tensor of shape (batch, channels, length_out)

    Raises
    ------
    ShapeError, RangeError, DTypeError
        As in `avg_pool2d`.

    References
    ----------
    Chapter 15.
    """
    window = _window("avg_pool1d", 1, kernel_size, stride, padding, 1, ceil_mode)
    fitting = _fitting("avg_pool1d", input, window)
    return _AvgPool.apply(fitting, window=window, count_include_pad=count_include_pad)


def avg_pool2d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Tensor:
    r"""Average each window of an image.

    .. math:: y_{n,c,i,j} = \frac{1}{|W_{ij}|} \sum_{(a,b) \in W_{ij}} x_{n,c,a,b}

    Parameters
    ----------
    input : Tensor of shape (batch, channels, height, width)
    kernel_size : int or (int, int), in pixels
    stride : int or (int, int), optional
        Pixels from one window to the next; by default the windows touch without overlap.
    padding : int or (int, int)
        Pixels of zeros added on each side, at most half the kernel.
    ceil_mode : bool
        Count a last window that reaches over the edge. What lies beyond the padding is not
        counted in its size.
    count_include_pad : bool
        Whether padding counts in the size of a window; PyTorch says yes, Keras no.

    Returns
    -------
    Tensor of shape (batch, channels, height_out, width_out)

    Raises
    ------
    ShapeError
        If the rank is wrong or a window exceeds the padded input.
    RangeError
        If a setting is not allowed.
    DTypeError
        If the numbers are not floating-point.

    References
    ----------
    Chapter 11.
    """
    window = _window("avg_pool2d", 2, kernel_size, stride, padding, 1, ceil_mode)
    fitting = _fitting("avg_pool2d", input, window)
    return _AvgPool.apply(fitting, window=window, count_include_pad=count_include_pad)


def avg_pool3d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Tensor:
    """Average each window of a volume.

    Parameters
    ----------
    input : Tensor of shape (batch, channels, depth, height, width)
    kernel_size, stride, padding, ceil_mode, count_include_pad
        As in `avg_pool2d`, with three numbers where it takes two.

    Returns
    -------
    Tensor of shape (batch, channels, depth_out, height_out, width_out)

    Raises
    ------
    ShapeError, RangeError, DTypeError
        As in `avg_pool2d`.

    References
    ----------
    Chapter 11.
    """
    window = _window("avg_pool3d", 3, kernel_size, stride, padding, 1, ceil_mode)
    fitting = _fitting("avg_pool3d", input, window)
    return _AvgPool.apply(fitting, window=window, count_include_pad=count_include_pad)


class _AvgPool(Function):
    def forward(self, x: Array, window: Window, count_include_pad: bool) -> Array:
        counts = window.output(x.shape[2:])
        self.window, self.sizes = window, _window_sizes(x, window, counts, count_include_pad)
        x, self.inside = _pad(x, window, counts, 0)
        self.lengths = x.shape[2:]
        for axis in reversed(range(len(counts))):
            x = pool_kernels.sum_axis(x, window, axis, counts[axis])
        return x / self.sizes

    def backward(self, grad: Array) -> Array:
        grad = grad / self.sizes
        for axis, length in enumerate(self.lengths):
            grad = pool_kernels.spread_axis(grad, length, self.window, axis)
        return grad[self.inside]


def _window_sizes(
    x: Array, window: Window, counts: tuple[int, ...], count_include_pad: bool
) -> Array:
    """How many numbers each window averages, shape (*counts); the product of its sides."""
    sizes = np.ones((), dtype=x.dtype)
    for axis, (length, count) in enumerate(zip(x.shape[2:], counts, strict=True)):
        before, after = window.padding[axis]
        starts = np.arange(count) * window.stride[axis]
        ends = np.minimum(starts + window.size[axis], before + length + after)
        if not count_include_pad:
            starts = np.maximum(starts, before)
            ends = np.minimum(ends, before + length)
        sizes = sizes[..., None] * (ends - starts).astype(x.dtype)
    return sizes


def _window(
    name: str,
    rank: int,
    kernel_size: Any,
    stride: Any,
    padding: Any,
    dilation: Any,
    ceil_mode: bool,
) -> Window:
    size = per_axis(f"{name}: kernel_size", kernel_size, rank, minimum=1)
    steps = size if stride is None else per_axis(f"{name}: stride", stride, rank, minimum=1)
    pads = per_axis(f"{name}: padding", padding, rank, minimum=0)
    gaps = per_axis(f"{name}: dilation", dilation, rank, minimum=1)
    small = all(2 * pad <= k for pad, k in zip(pads, size, strict=True))
    expected = f"at most half the kernel size {size}"
    require(small, RangeError, f"{name}: padding", expected, padding)
    return Window(size, steps, gaps, tuple((pad, pad) for pad in pads), bool(ceil_mode))


def _fitting(name: str, input: Any, window: Window) -> Tensor:
    tensor = image_batch(name, input, len(window.size))
    window.require_fit(name, tensor.shape)
    return tensor


def _pad(
    x: Array, window: Window, counts: tuple[int, ...], value: float
) -> tuple[Array, tuple[slice, ...]]:
    """Frame the images so that every window is complete; also say where they lie within."""
    widths, inside = [(0, 0), (0, 0)], [slice(None), slice(None)]
    for axis, (length, count) in enumerate(zip(x.shape[2:], counts, strict=True)):
        before, after = window.padding[axis]
        reach = (count - 1) * window.stride[axis] + window.extent[axis]
        widths.append((before, max(after, reach - before - length)))
        inside.append(slice(before, before + length))
    if not any(map(any, widths)):
        return x, tuple(inside)
    return np.pad(x, widths, constant_values=value), tuple(inside)
