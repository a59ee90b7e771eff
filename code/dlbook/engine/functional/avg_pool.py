"""Average pooling."""

from __future__ import annotations

import numpy as np

from dlbook.engine.autograd import Array, Function
from dlbook.engine.functional import pool_kernels
from dlbook.engine.functional.pool_window import fitting, frame, pool_window
from dlbook.engine.functional.window import Window
from dlbook.engine.settings import check_switches
from dlbook.engine.tensor import Tensor

__all__ = ["avg_pool1d", "avg_pool2d", "avg_pool3d"]

Sizes = int | tuple[int, ...]


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
    check_switches("avg_pool1d", count_include_pad=count_include_pad)
    window = pool_window("avg_pool1d", 1, kernel_size, stride, padding, 1, ceil_mode)
    images = fitting("avg_pool1d", input, window)
    return _AvgPool.apply(images, window=window, count_include_pad=count_include_pad)


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
    check_switches("avg_pool2d", count_include_pad=count_include_pad)
    window = pool_window("avg_pool2d", 2, kernel_size, stride, padding, 1, ceil_mode)
    images = fitting("avg_pool2d", input, window)
    return _AvgPool.apply(images, window=window, count_include_pad=count_include_pad)


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
    check_switches("avg_pool3d", count_include_pad=count_include_pad)
    window = pool_window("avg_pool3d", 3, kernel_size, stride, padding, 1, ceil_mode)
    images = fitting("avg_pool3d", input, window)
    return _AvgPool.apply(images, window=window, count_include_pad=count_include_pad)


class _AvgPool(Function):
    def forward(self, x: Array, window: Window, count_include_pad: bool) -> Array:
        counts = window.output(x.shape[2:])
        self.window, self.sizes = window, _window_sizes(x, window, counts, count_include_pad)
        x, self.inside = frame(x, window, counts, 0)
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
