"""Pooling on plain arrays, one axis after the other.

The largest number of a rectangle is the largest of its rows' largest numbers, and likewise for
sums. Pooling columns first and rows second therefore costs k + k instead of k·k comparisons, and
each pass works on strided slices without copying a window.
"""

from __future__ import annotations

import numpy as np

from dlbook.engine.autograd import Array
from dlbook.engine.functional.window import Window

__all__ = ["max_axis", "max_axis_gradient", "spread_axis", "sum_axis"]


def max_axis(x: Array, window: Window, axis: int, count: int) -> Array:
    """Take the largest number of each window along one spatial axis.

    Parameters
    ----------
    x : ndarray of shape (batch, channels, …), padded
    window : Window
    axis : int
        Spatial axis, counted from 0.
    count : int
        How many windows there are along it.

    Returns
    -------
    ndarray
        `count` long along the axis.
    """
    parts = [x[place] for place in _places(x, window, axis, count)]
    if len(parts) == 1:
        return parts[0].copy(order="K")
    result = np.maximum(parts[0], parts[1])
    for part in parts[2:]:
        np.maximum(result, part, out=result)
    return result


def max_axis_gradient(grad: Array, x: Array, largest: Array, window: Window, axis: int) -> Array:
    """Send each gradient to the first of its window's numbers that equals the largest.

    Parameters
    ----------
    grad, largest : ndarray
        Gradient with respect to the result of `max_axis`, and that result.
    x : ndarray
        What `max_axis` was given.
    window : Window
    axis : int

    Returns
    -------
    ndarray of the shape of `x`
    """
    count, length = grad.shape[axis + 2], x.shape[axis + 2]
    *places, last = _places(x, window, axis, count)
    if window.size[axis] == window.stride[axis] and window.size[axis] * count == length:
        dx = np.empty_like(x)  # the windows tile the axis: each element is written once
        for place in places:
            share = np.multiply(grad, x[place] == largest, out=dx[place])
            grad = grad - share
        dx[last] = grad
        return dx
    dx = np.zeros_like(x)
    for place in places:
        share = grad * (x[place] == largest)
        dx[place] += share
        grad = grad - share
    dx[last] += grad
    return dx


def sum_axis(x: Array, window: Window, axis: int, count: int) -> Array:
    """Add up the numbers of each window along one spatial axis.

    Parameters
    ----------
    x, window, axis, count
        As in `max_axis`.

    Returns
    -------
    ndarray
        `count` long along the axis.
    """
    first, *others = _places(x, window, axis, count)
    result = x[first].copy(order="K")
    for place in others:
        result += x[place]
    return result


def spread_axis(grad: Array, length: int, window: Window, axis: int) -> Array:
    """Undo `sum_axis`: every number of a window receives the gradient of the sum.

    Parameters
    ----------
    grad : ndarray
        Gradient with respect to the result of `sum_axis`.
    length : int
        How long the padded input was along the axis.
    window : Window
    axis : int

    Returns
    -------
    ndarray
        `length` long along the axis.
    """
    shape = list(grad.shape)
    shape[axis + 2] = length
    dx = np.zeros(shape, grad.dtype)
    for place in _places(dx, window, axis, grad.shape[axis + 2]):
        dx[place] += grad
    return dx


def _places(x: Array, window: Window, axis: int, count: int) -> list[tuple[slice, ...]]:
    """For each position in the window: the elements of `x` that the windows have there."""
    before = (slice(None),) * (axis + 2)
    return [(*before, window.positions(axis, offset, count)) for offset in range(window.size[axis])]
