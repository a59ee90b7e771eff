"""Pooling to a size that is asked for, whatever the size of the image."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlbook.engine.autograd import Array, Function
from dlbook.engine.functional.window import image_batch, per_axis
from dlbook.engine.tensor import Tensor, as_tensor
from dlbook.errors import ShapeError, require

__all__ = [
    "adaptive_avg_pool1d",
    "adaptive_avg_pool2d",
    "adaptive_avg_pool3d",
    "global_avg_pool",
]

OutputSize = int | tuple[int | None, ...]


def adaptive_avg_pool1d(input: Tensor, output_size: OutputSize) -> Tensor:
    """Average a sequence down (or up) to a given length.

    Parameters
    ----------
    input : Tensor of shape (batch, channels, length)
    output_size : int

    Returns
    -------
    Tensor of shape (batch, channels, output_size)

    Raises
    ------
    ShapeError, RangeError, DTypeError
        As in `adaptive_avg_pool2d`.

    References
    ----------
    Chapter 12.
    """
    return _adaptive("adaptive_avg_pool1d", input, output_size, 1)


def adaptive_avg_pool2d(input: Tensor, output_size: OutputSize) -> Tensor:
    r"""Average an image over a grid of given size.

    Cell i of m covers the pixels from :math:`\lfloor i n / m \rfloor` up to, but not including,
    :math:`\lceil (i + 1) n / m \rceil`, as in PyTorch; neighbouring cells overlap when m does not
    divide n.

    Parameters
    ----------
    input : Tensor of shape (batch, channels, height, width)
    output_size : int or (int or None, int or None)
        Cells along each axis; None keeps the image's own size.

    Returns
    -------
    Tensor of shape (batch, channels, *output_size)

    Raises
    ------
    ShapeError
        If the rank is wrong or the input empty.
    RangeError
        If a size is not positive, or there are too few or too many.
    DTypeError
        If sizes are not integers, or the numbers not floating-point.

    References
    ----------
    Lin, Chen & Yan (2014); chapter 12.
    """
    return _adaptive("adaptive_avg_pool2d", input, output_size, 2)


def adaptive_avg_pool3d(input: Tensor, output_size: OutputSize) -> Tensor:
    """Average a volume over a grid of given size.

    Parameters
    ----------
    input : Tensor of shape (batch, channels, depth, height, width)
    output_size : int or (int or None, int or None, int or None)

    Returns
    -------
    Tensor of shape (batch, channels, *output_size)

    Raises
    ------
    ShapeError, RangeError, DTypeError
        As in `adaptive_avg_pool2d`.

    References
    ----------
    Chapter 12.
    """
    return _adaptive("adaptive_avg_pool3d", input, output_size, 3)


def global_avg_pool(input: Tensor) -> Tensor:
    """Average each channel over all its positions: one number per feature map.

    Keras' `GlobalAveragePooling1D` … `3D`; in PyTorch ``adaptive_avg_pool2d(x, 1).flatten(1)``.

    Parameters
    ----------
    input : Tensor of shape (batch, channels, …), one to three further axes

    Returns
    -------
    Tensor of shape (batch, channels)

    Raises
    ------
    ShapeError
        If there is no further axis, or the input is empty.
    DTypeError
        If the numbers are not floating-point.

    References
    ----------
    Lin, Chen & Yan (2014); chapter 12.
    """
    input = as_tensor(input)
    require(
        3 <= input.ndim <= 5 and input.numel() > 0,
        ShapeError,
        "global_avg_pool: input",
        "shape (batch, channels, …) with one to three further axes, not empty",
        input,
    )
    return input.mean(dim=tuple(range(2, input.ndim)))


def _adaptive(name: str, input: Any, output_size: Any, rank: int) -> Tensor:
    input = image_batch(name, input, rank)
    argument = f"{name}: output_size"
    if isinstance(output_size, tuple | list) and len(output_size) == rank:
        pairs = zip(output_size, input.shape[2:], strict=True)
        output_size = tuple(length if size is None else size for size, length in pairs)
    sizes = per_axis(argument, output_size, rank, minimum=1)
    return _AdaptiveAvgPool.apply(input, sizes=sizes)


class _AdaptiveAvgPool(Function):
    """Averaging along an axis is linear: one small matrix per axis does it."""

    def forward(self, x: Array, sizes: tuple[int, ...]) -> Array:
        lengths = x.shape[2:]
        pairs = zip(lengths, sizes, strict=True)
        self.averages = [_averages(length, size, x.dtype) for length, size in pairs]
        return _along_axes(x, self.averages)

    def backward(self, grad: Array) -> Array:
        return _along_axes(grad, [matrix.T for matrix in self.averages])


def _averages(length: int, size: int, dtype: Any) -> Array:
    """Matrix of shape (size, length) whose row i averages the positions of cell i."""
    cells, positions = np.arange(size)[:, None], np.arange(length)
    starts, ends = cells * length // size, -(-(cells + 1) * length // size)
    covered = (positions >= starts) & (positions < ends)
    return (covered / (ends - starts)).astype(dtype)


def _along_axes(x: Array, matrices: list[Array]) -> Array:
    for axis, matrix in enumerate(matrices, start=2):
        x = np.moveaxis(np.moveaxis(x, axis, -1) @ matrix.T, -1, axis)
    return x
