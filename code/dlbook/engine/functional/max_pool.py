"""Max pooling: the largest number in each window; and the smallest."""

from __future__ import annotations

import numpy as np

from dlbook.engine.autograd import Array, Function
from dlbook.engine.functional import pool_kernels
from dlbook.engine.functional.pool_window import fitting, frame, pool_window
from dlbook.engine.functional.window import Window
from dlbook.engine.tensor import Tensor

__all__ = ["max_pool1d", "max_pool2d", "max_pool3d", "min_pool2d"]

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
    window = pool_window("max_pool1d", 1, kernel_size, stride, padding, dilation, ceil_mode)
    return _MaxPool.apply(fitting("max_pool1d", input, window), window=window)


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
    window = pool_window("max_pool2d", 2, kernel_size, stride, padding, dilation, ceil_mode)
    return _MaxPool.apply(fitting("max_pool2d", input, window), window=window)


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
    window = pool_window("max_pool3d", 3, kernel_size, stride, padding, dilation, ceil_mode)
    return _MaxPool.apply(fitting("max_pool3d", input, window), window=window)


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
    window = pool_window("min_pool2d", 2, kernel_size, stride, padding, dilation, ceil_mode)
    return -_MaxPool.apply(-fitting("min_pool2d", input, window), window=window)


class _MaxPool(Function):
    """Along the last axis first: then the first of equal numbers is the first in reading order."""

    def forward(self, x: Array, window: Window) -> Array:
        self.window, counts = window, window.output(x.shape[2:])
        x, self.inside = frame(x, window, counts, -np.inf)
        self.passes = [x]
        for axis in reversed(range(len(counts))):
            self.passes.append(pool_kernels.max_axis(self.passes[-1], window, axis, counts[axis]))
        return self.passes[-1]

    def backward(self, grad: Array) -> Array:
        like = np.empty_like(self.passes[-1])  # in the images' memory order, which is faster
        like[...] = grad
        grad = like
        pairs = zip(self.passes[-2::-1], self.passes[:0:-1], strict=True)
        for axis, (x, largest) in enumerate(pairs):
            grad = pool_kernels.max_axis_gradient(grad, x, largest, self.window, axis)
        return grad[self.inside]
