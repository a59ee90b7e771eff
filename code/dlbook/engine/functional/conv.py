"""Convolution over one, two and three axes (cross-correlation, strictly speaking)."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlbook.engine.autograd import Array, Function
from dlbook.engine.functional import conv_kernels
from dlbook.engine.functional.window import AXES, Window, image_batch, per_axis, resolve_padding
from dlbook.engine.tensor import Tensor, as_tensor
from dlbook.errors import DTypeError, RangeError, ShapeError, require

__all__ = ["conv1d", "conv2d", "conv3d"]

Sizes = int | tuple[int, ...]


def conv1d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Sizes = 1,
    padding: Sizes | str = 0,
    dilation: Sizes = 1,
    groups: int = 1,
) -> Tensor:
    r"""Slide kernels along sequences.

    .. math:: y_{n,o,i} = b_o + \sum_{c,u} w_{o,c,u}\, x_{n,c,\,si+du-p}

    Parameters
    ----------
    input : Tensor of shape (batch, channels_in, length)
    weight : Tensor of shape (channels_out, channels_in / groups, kernel_length)
    bias : Tensor of shape (channels_out,), optional
    stride, padding, dilation, groups
        As in `conv2d`.

    Returns
    -------
    Tensor of shape (batch, channels_out, length_out)

    Raises
    ------
    ShapeError, RangeError, DTypeError
        As in `conv2d`.

    References
    ----------
    Chapter 15, where it reads text.
    """
    return _conv("conv1d", 1, input, weight, bias, stride, padding, dilation, groups)


def conv2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Sizes = 1,
    padding: Sizes | str = 0,
    dilation: Sizes = 1,
    groups: int = 1,
) -> Tensor:
    r"""Slide kernels over images: two-dimensional cross-correlation.

    .. math:: y_{n,o,i,j} = b_o + \sum_{c,u,v} w_{o,c,u,v}\, x_{n,c,\,si+du-p,\,sj+dv-p}

    Deep learning calls this convolution; a mathematician's convolution would turn the kernel by
    180° first, which makes no difference to a kernel that is learned.

    Parameters
    ----------
    input : Tensor of shape (batch, channels_in, height, width)
        Keras' images are (batch, height, width, channels) instead.
    weight : Tensor of shape (channels_out, channels_in / groups, kernel_height, kernel_width)
    bias : Tensor of shape (channels_out,), optional
    stride : int or (int, int)
        s, pixels from one window to the next.
    padding : int, (int, int), "same" or "valid"
        p, pixels of zeros around the image; "same" keeps its size (at stride 1, with any extra
        row or column at the end), "valid" adds none.
    dilation : int or (int, int)
        d, pixels from one weight to the next.
    groups : int
        Cut the channels into this many groups which do not see each other.

    Returns
    -------
    Tensor of shape (batch, channels_out, height_out, width_out)
        height_out = (height + 2·padding − dilation·(kernel_height − 1) − 1) // stride + 1. Its
        memory is ordered with the channels last.

    Raises
    ------
    ShapeError
        If a rank is wrong, the channels of `input` and `weight` differ, or the kernel exceeds the
        padded input.
    RangeError
        If a stride, padding, dilation or the number of groups is not allowed.
    DTypeError
        If the numbers are not floating-point, or of different precision.

    References
    ----------
    LeCun et al. (1998) :cite:`lecun1998gradient`; chapter 11.
    """
    return _conv("conv2d", 2, input, weight, bias, stride, padding, dilation, groups)


def conv3d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Sizes = 1,
    padding: Sizes | str = 0,
    dilation: Sizes = 1,
    groups: int = 1,
) -> Tensor:
    """Slide kernels through volumes, or through the frames of films.

    Parameters
    ----------
    input : Tensor of shape (batch, channels_in, depth, height, width)
    weight : Tensor of shape (channels_out, channels_in / groups, *kernel)
    bias : Tensor of shape (channels_out,), optional
    stride, padding, dilation, groups
        As in `conv2d`, with three numbers where it takes two.

    Returns
    -------
    Tensor of shape (batch, channels_out, depth_out, height_out, width_out)

    Raises
    ------
    ShapeError, RangeError, DTypeError
        As in `conv2d`.

    References
    ----------
    Chapter 11.
    """
    return _conv("conv3d", 3, input, weight, bias, stride, padding, dilation, groups)


def _conv(
    name: str,
    rank: int,
    input: Any,
    weight: Any,
    bias: Any,
    stride: Sizes,
    padding: Sizes | str,
    dilation: Sizes,
    groups: int,
) -> Tensor:
    input, weight = image_batch(name, input, rank), as_tensor(weight)
    (groups,) = per_axis(f"{name}: groups", groups, 1, minimum=1)
    _check_weight(name, rank, input, weight, groups)
    size = weight.shape[2:]
    strides = per_axis(f"{name}: stride", stride, rank, minimum=1)
    dilations = per_axis(f"{name}: dilation", dilation, rank, minimum=1)
    pads = resolve_padding(name, padding, size, strides, dilations)
    window = Window(size, strides, dilations, pads)
    window.require_fit(name, input.shape)
    if bias is None:
        return _Conv.apply(input, weight, window=window, groups=groups)
    bias = as_tensor(bias)
    expected = f"shape ({weight.shape[0]},), one number per channel of the output"
    require(bias.shape == weight.shape[:1], ShapeError, f"{name}: bias", expected, bias)
    _check_precision(f"{name}: bias", bias, input)
    return _Conv.apply(input, weight, bias, window=window, groups=groups)


def _check_weight(name: str, rank: int, input: Tensor, weight: Tensor, groups: int) -> None:
    expected = f"shape (channels_out, channels_in, {AXES[rank]}), not empty"
    right = weight.ndim == rank + 2 and weight.numel() > 0
    require(right, ShapeError, f"{name}: weight", expected, weight)
    _check_precision(f"{name}: weight", weight, input)
    channels = weight.shape[1] * groups
    divided = "" if groups == 1 else f" in {groups} groups"
    require(
        input.shape[1] == channels,
        ShapeError,
        f"{name}: input",
        f"{channels} channels{divided} (weight is {weight.shape})",
        f"{input.shape[1]} (input is {input.shape})",
    )
    require(
        weight.shape[0] % groups == 0,
        RangeError,
        f"{name}: groups",
        f"a divisor of the {weight.shape[0]} channels of the output",
        groups,
    )


def _check_precision(argument: str, tensor: Tensor, input: Tensor) -> None:
    same = tensor.dtype == input.dtype
    require(same, DTypeError, argument, f"{input.dtype}, the type of the input", tensor)


class _Conv(Function):
    """Channels go last for the way through the kernels; groups are taken one by one."""

    def forward(
        self, x: Array, weight: Array, bias: Array | None = None, *, window: Window, groups: int
    ) -> Array:
        self.window, self.groups = window, groups
        self.images = np.split(np.moveaxis(x, 1, -1), groups, axis=-1)
        kernel = np.ascontiguousarray(np.moveaxis(weight, (0, 1), (-1, -2)))
        self.kernels = np.split(kernel, groups, axis=-1)
        biases = [None] * groups if bias is None else np.split(bias, groups)
        parts = [
            conv_kernels.correlate(images, kernel, window, bias)
            for images, kernel, bias in zip(self.images, self.kernels, biases, strict=True)
        ]
        return np.moveaxis(_join(parts), -1, 1)

    def backward(self, grad: Array) -> tuple[Array | None, ...]:
        grad = np.moveaxis(grad, 1, -1)
        grads = np.split(grad, self.groups, axis=-1)
        window, grad_x, grad_weight = self.window, None, None
        if self.needs_grad[0]:
            lengths = self.images[0].shape[1:-1]
            parts = [
                conv_kernels.input_gradient(g, kernel, window, lengths)
                for g, kernel in zip(grads, self.kernels, strict=True)
            ]
            grad_x = np.moveaxis(_join(parts), -1, 1)
        if self.needs_grad[1]:
            parts = [
                conv_kernels.kernel_gradient(images, g, window)
                for images, g in zip(self.images, grads, strict=True)
            ]
            grad_weight = np.moveaxis(_join(parts), (-1, -2), (0, 1))
        if len(self.inputs) == 2:
            return grad_x, grad_weight
        return grad_x, grad_weight, _sum_rows(grad) if self.needs_grad[2] else None


def _join(parts: list[Array]) -> Array:
    return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=-1)


def _sum_rows(grad: Array) -> Array:
    """Add up all but the last axis; as a product it is faster, and rounds less, than as a sum."""
    rows = grad.reshape(-1, grad.shape[-1])
    return np.ones(len(rows), grad.dtype) @ rows
