"""Convolution on plain arrays, as a few large matrix products.

Arrays are channels-last here: images (batch, …, width, channels), kernels (…, kernel_width,
channels_in, channels_out). The textbook turns every window into a row of a matrix ("im2col") and
multiplies once; for a 3×3 kernel that matrix is nine times as large as the image. Half of it will
do: unroll the window along the *last* axis only and store image lines outermost. Moving the
window down by one line is then a slice, not a copy, and the products of the kernel's lines are
added up. With few channels such rows are too short to multiply well, and the full form is used.

Images are taken in blocks whose columns stay in the processor's cache; they are unrolled a
second time on the way back, which is cheaper than fetching them from main memory.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.lib.stride_tricks import as_strided

from dlbook.engine.autograd import Array
from dlbook.engine.functional.window import Window

__all__ = ["correlate", "input_gradient", "kernel_gradient"]

BLOCK = 2**18  # numbers in the unrolled columns of a block: 1 MiB of float32
SHORT = 32  # rows with fewer numbers than this are unrolled along all axes


def correlate(x: Array, kernel: Array, window: Window, bias: Array | None = None) -> Array:
    """Slide a kernel over images and take the inner product at every place.

    Parameters
    ----------
    x : ndarray of shape (batch, *lengths, channels_in)
    kernel : ndarray of shape (*window.size, channels_in, channels_out)
    window : Window
    bias : ndarray of shape (channels_out,), optional

    Returns
    -------
    ndarray of shape (batch, *window.output(lengths), channels_out)
    """
    y = np.empty((len(x), *window.output(x.shape[1:-1]), kernel.shape[-1]), x.dtype)
    matrices = _matrices(kernel)
    for images in _blocks(x, window):
        pairs = zip(_columns(x[images], window), matrices, strict=True)
        columns, matrix = next(pairs)
        total = columns @ matrix
        product = np.empty_like(total)
        for columns, matrix in pairs:
            total += np.matmul(columns, matrix, out=product)
        lines = _lines_first(y[images])
        np.add(total.reshape(lines.shape), 0 if bias is None else bias, out=lines)
    return y


def kernel_gradient(x: Array, grad: Array, window: Window) -> Array:
    """Gradient with respect to the kernel: what each weight saw, times what came of it.

    Parameters
    ----------
    x : ndarray of shape (batch, *lengths, channels_in)
    grad : ndarray of shape (batch, *window.output(lengths), channels_out)
    window : Window

    Returns
    -------
    ndarray of shape (*window.size, channels_in, channels_out)
    """
    gradient = np.zeros((*window.size, x.shape[-1], grad.shape[-1]), x.dtype)
    matrices = _matrices(gradient)
    for images in _blocks(x, window):
        rows = _rows(grad[images])
        for place, columns in enumerate(_columns(x[images], window)):
            matrices[place] += columns.T @ rows
    return gradient


def input_gradient(grad: Array, kernel: Array, window: Window, lengths: tuple[int, ...]) -> Array:
    """Gradient with respect to the images: every output hands back its share to its window.

    Parameters
    ----------
    grad : ndarray of shape (batch, *window.output(lengths), channels_out)
    kernel : ndarray of shape (*window.size, channels_in, channels_out)
    window : Window
    lengths : tuple of int
        Spatial lengths of the images.

    Returns
    -------
    ndarray of shape (batch, *lengths, channels_in)
    """
    if max(window.stride) == 1 and grad.shape[1:-1] == lengths:
        # as many outputs as inputs: sliding the turned kernel over the gradient gathers them
        reach = [extent - 1 for extent in window.extent]
        padding = tuple((r - b, r - a) for r, (b, a) in zip(reach, window.padding, strict=True))
        turned = np.flip(kernel, axis=tuple(range(len(lengths)))).swapaxes(-1, -2)
        back = Window(window.size, window.stride, window.dilation, padding)
        return correlate(grad, np.ascontiguousarray(turned), back)
    return _scatter(grad, kernel, window, lengths)


def _scatter(grad: Array, kernel: Array, window: Window, lengths: tuple[int, ...]) -> Array:
    """Undo `_columns`: add each column's gradient to where its number came from."""
    *lines_out, width_out = grad.shape[1:-1]
    *lines, width = window.padded(lengths)
    channels = kernel.shape[-2]
    matrices = kernel.reshape(-1, window.size[-1] * channels, kernel.shape[-1])
    inside = tuple(slice(b, b + n) for n, (b, _) in zip(lengths, window.padding, strict=True))
    dx = np.empty((len(grad), *lengths, channels), grad.dtype)
    for images in _blocks(dx, window):
        rows = _rows(grad[images])
        count = len(grad[images])
        columns = np.zeros((*lines, count * width_out, matrices.shape[1]), grad.dtype)
        for place, matrix in zip(_shifts(window, lines_out), matrices, strict=True):
            target = columns[place]
            target += (rows @ matrix.T).reshape(target.shape)
        columns = columns.reshape(*lines, count, width_out, window.size[-1], channels)
        padded = np.zeros((*lines, count, width, channels), grad.dtype)
        for offset in range(window.size[-1]):
            padded[..., window.positions(-1, offset, width_out), :] += columns[..., offset, :]
        _lines_first(dx[images])[...] = padded[(*inside[:-1], slice(None), inside[-1])]
    return dx


def _columns(x: Array, window: Window) -> Iterator[Array]:
    """Yield what the windows see, as matrices with a row per output: one matrix per kernel line.

    Their rows are ordered (*lines_out, image, position along the last axis). In the full form
    there is one matrix only, which sees all kernel lines.
    """
    *lines_out, width_out = window.output(x.shape[1:-1])
    *lines, width = window.padded(x.shape[1:-1])
    count, channels = len(x), x.shape[-1]
    padded = np.zeros((*lines, count, width, channels), x.dtype)
    inside = [slice(b, b + n) for n, (b, _) in zip(x.shape[1:-1], window.padding, strict=True)]
    padded[(*inside[:-1], slice(None), inside[-1])] = _lines_first(x)
    *line_steps, image_step, step, item = padded.strides
    line_moves = [s * n for s, n in zip(window.stride, line_steps, strict=False)]
    if _is_full(window.size[-1], channels):
        # columns outermost: copied in long runs, and the product takes the transpose for free
        dilated = [d * n for d, n in zip(window.dilation, [*line_steps, step], strict=True)]
        shape = (*window.size, channels, *lines_out, count, width_out)
        strides = (*dilated, item, *line_moves, image_step, window.stride[-1] * step)
        seen = np.ascontiguousarray(as_strided(padded, shape, strides))
        yield seen.reshape(channels * int(np.prod(window.size)), -1).T
        return
    shape = (*lines, count, width_out, window.size[-1], channels)
    along = (window.stride[-1] * step, window.dilation[-1] * step, item)
    seen = np.ascontiguousarray(as_strided(padded, shape, (*line_steps, image_step, *along)))
    rows = seen.reshape(*lines, count * width_out, window.size[-1] * channels)
    for place in _shifts(window, lines_out):
        yield rows[place].reshape(-1, rows.shape[-1])


def _shifts(window: Window, lines_out: list[int]) -> Iterator[tuple[slice, ...]]:
    """Yield, for each line of the kernel, the input lines that it meets."""
    for offsets in np.ndindex(*window.size[:-1]):
        yield tuple(
            window.positions(axis, offset, lines_out[axis]) for axis, offset in enumerate(offsets)
        )


def _is_full(width: int, channels: int) -> bool:
    """Whether rows as wide as the kernel are too short, so that all axes are unrolled."""
    return width * channels < SHORT


def _matrices(kernel: Array) -> Array:
    """See a kernel as one matrix per matrix of `_columns`."""
    width, channels_in, channels_out = kernel.shape[-3:]
    if _is_full(width, channels_in):
        return kernel.reshape(1, -1, channels_out)
    return kernel.reshape(-1, width * channels_in, channels_out)


def _blocks(x: Array, window: Window) -> Iterator[slice]:
    """Cut a batch of images into blocks whose columns fill the cache."""
    lengths = x.shape[1:-1]
    columns = window.size if _is_full(window.size[-1], x.shape[-1]) else window.size[-1:]
    lines = (*window.padded(lengths)[:-1], window.output(lengths)[-1])
    per_image = int(np.prod(lines)) * int(np.prod(columns)) * x.shape[-1]
    step = max(1, BLOCK // per_image)
    for start in range(0, len(x), step):
        yield slice(start, start + step)


def _lines_first(x: Array) -> Array:
    """View (batch, *lines, width, channels) as (*lines, batch, width, channels)."""
    return np.moveaxis(x, 0, -3)


def _rows(grad: Array) -> Array:
    """Copy a block of gradients into the row order of `_columns`."""
    return np.ascontiguousarray(_lines_first(grad)).reshape(-1, grad.shape[-1])
