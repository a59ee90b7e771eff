"""Convolution layers."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from dlbook.engine import functional as F
from dlbook.engine import init
from dlbook.engine.functional.window import per_axis, resolve_padding
from dlbook.engine.nn.module import Module, Parameter
from dlbook.engine.settings import check_switches, generator
from dlbook.engine.tensor import Tensor
from dlbook.errors import RangeError, require

__all__ = ["Conv1d", "Conv2d", "Conv3d"]

Sizes = int | tuple[int, ...]


class _Conv(Module):
    rank: ClassVar[int]
    function: ClassVar[Callable[..., Tensor]]

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: Sizes | str = 0,
        dilation: Sizes = 1,
        groups: int = 1,
        bias: bool = True,
        *,
        rng: np.random.Generator | None = None,
    ) -> None:
        name = type(self).__name__
        check_switches(name, bias=bias)
        counts = {"in_channels": in_channels, "out_channels": out_channels, "groups": groups}
        in_channels, out_channels, groups = (
            per_axis(f"{name}: {argument}", value, 1, minimum=1)[0]
            for argument, value in counts.items()
        )
        divides = in_channels % groups == 0 and out_channels % groups == 0
        expected = f"a divisor of {in_channels} and {out_channels} channels"
        require(divides, RangeError, f"{name}: groups", expected, groups)
        size = per_axis(f"{name}: kernel_size", kernel_size, self.rank, minimum=1)
        self.stride = per_axis(f"{name}: stride", stride, self.rank, minimum=1)
        self.dilation = per_axis(f"{name}: dilation", dilation, self.rank, minimum=1)
        resolve_padding(name, padding, size, self.stride, self.dilation)
        self.padding = padding
        if not isinstance(padding, str):
            self.padding = per_axis(f"{name}: padding", padding, self.rank, minimum=0)
        self.groups = groups
        rng = generator(name, rng)
        shape = (out_channels, in_channels // groups, *size)
        bound = 1 / math.sqrt(math.prod(shape[1:]))
        self.weight = Parameter(init.uniform(shape, rng, -bound, bound))
        self.bias = Parameter(init.uniform((out_channels,), rng, -bound, bound)) if bias else None

    def forward(self, x: Tensor) -> Tensor:
        """Map (batch, in_channels, …) to (batch, out_channels, …)."""
        settings: dict[str, Any] = {"stride": self.stride, "padding": self.padding}
        settings |= {"dilation": self.dilation, "groups": self.groups}
        return type(self).function(x, self.weight, self.bias, **settings)

    def extra_repr(self) -> str:
        """Return channels, kernel size and whatever is not the default."""
        channels_out, channels_in, *size = self.weight.shape
        parts = [str(channels_in * self.groups), str(channels_out), f"kernel_size={tuple(size)}"]
        parts.append(f"stride={self.stride}")
        if self.padding not in ((0,) * self.rank, "valid"):
            parts.append(f"padding={self.padding!r}")
        if max(self.dilation) > 1:
            parts.append(f"dilation={self.dilation}")
        if self.groups > 1:
            parts.append(f"groups={self.groups}")
        if self.bias is None:
            parts.append("bias=False")
        return ", ".join(parts)


class Conv1d(_Conv):
    """Kernels that slide along sequences; `Conv2d` describes the arguments.

    Attributes
    ----------
    weight : Parameter of shape (out_channels, in_channels / groups, kernel_length)
    bias : Parameter of shape (out_channels,) or None
    """

    rank = 1
    function = staticmethod(F.conv1d)


class Conv2d(_Conv):
    """Kernels that slide over images: the same few weights are used at every place.

    Parameters
    ----------
    in_channels, out_channels : int
        Channels of the input, and kernels, each of which makes one channel of the output.
    kernel_size : int or (int, int), in pixels
    stride : int or (int, int)
        Pixels from one window to the next.
    padding : int, (int, int), "same" or "valid"
        Pixels of zeros around the image.
    dilation : int or (int, int)
        Pixels from one weight to the next.
    groups : int
        Groups of channels that do not see each other.
    bias : bool
        Whether to add a number to each channel.
    rng : numpy.random.Generator, optional
        Draws the first weights, evenly from ±1/√fan_in as PyTorch does.

    Attributes
    ----------
    weight : Parameter of shape (out_channels, in_channels / groups, *kernel_size)
    bias : Parameter of shape (out_channels,) or None

    Raises
    ------
    RangeError, DTypeError
        If a number is not allowed, or `groups` does not divide the channels.
    """

    rank = 2
    function = staticmethod(F.conv2d)


class Conv3d(_Conv):
    """Kernels that slide through volumes; `Conv2d` describes the arguments.

    Attributes
    ----------
    weight : Parameter of shape (out_channels, in_channels / groups, *kernel_size)
    bias : Parameter of shape (out_channels,) or None
    """

    rank = 3
    function = staticmethod(F.conv3d)
