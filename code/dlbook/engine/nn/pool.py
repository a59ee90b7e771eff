"""Pooling layers: functions with settings, without parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from dlbook.engine import functional as F
from dlbook.engine.functional.window import per_axis
from dlbook.engine.nn.module import Module
from dlbook.engine.settings import check_switches
from dlbook.engine.tensor import Tensor

__all__ = [
    "AdaptiveAvgPool1d",
    "AdaptiveAvgPool2d",
    "AdaptiveAvgPool3d",
    "AvgPool1d",
    "AvgPool2d",
    "AvgPool3d",
    "GlobalAvgPool",
    "MaxPool1d",
    "MaxPool2d",
    "MaxPool3d",
    "MinPool2d",
]

Sizes = int | tuple[int, ...]


class _Pool(Module):
    rank: ClassVar[int]
    function: ClassVar[Callable[..., Tensor]]

    def __init__(
        self,
        kernel_size: Sizes,
        stride: Sizes | None = None,
        padding: Sizes = 0,
        ceil_mode: bool = False,
    ) -> None:
        name = type(self).__name__
        per_axis(f"{name}: kernel_size", kernel_size, self.rank, minimum=1)
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        per_axis(f"{name}: stride", self.stride, self.rank, minimum=1)
        per_axis(f"{name}: padding", padding, self.rank, minimum=0)
        check_switches(name, ceil_mode=ceil_mode)
        self.padding, self.ceil_mode = padding, ceil_mode

    def forward(self, x: Tensor) -> Tensor:
        """Pool each channel of (batch, channels, …)."""
        return type(self).function(
            x, self.kernel_size, self.stride, self.padding, ceil_mode=self.ceil_mode
        )

    def extra_repr(self) -> str:
        """Return the window's size, stride and padding."""
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class MaxPool1d(_Pool):
    """Largest number of each window of a sequence; `MaxPool2d` describes the arguments."""

    rank = 1
    function = staticmethod(F.max_pool1d)


class MaxPool2d(_Pool):
    """Largest number of each window of an image.

    Parameters
    ----------
    kernel_size : int or (int, int), in pixels
    stride : int or (int, int), optional
        Pixels from one window to the next; `kernel_size` if left out.
    padding : int or (int, int)
        Pixels added on each side, at most half the kernel.
    ceil_mode : bool
        Count a last window that reaches over the edge.

    Raises
    ------
    RangeError, DTypeError
        If a setting is not allowed.
    """

    rank = 2
    function = staticmethod(F.max_pool2d)


class MaxPool3d(_Pool):
    """Largest number of each window of a volume; `MaxPool2d` describes the arguments."""

    rank = 3
    function = staticmethod(F.max_pool3d)


class MinPool2d(_Pool):
    """Smallest number of each window of an image; `MaxPool2d` describes the arguments."""

    rank = 2
    function = staticmethod(F.min_pool2d)


class AvgPool1d(_Pool):
    """Average of each window of a sequence; `MaxPool2d` describes the arguments."""

    rank = 1
    function = staticmethod(F.avg_pool1d)


class AvgPool2d(_Pool):
    """Average of each window of an image, padding counted; `MaxPool2d` describes the arguments."""

    rank = 2
    function = staticmethod(F.avg_pool2d)


class AvgPool3d(_Pool):
    """Average of each window of a volume; `MaxPool2d` describes the arguments."""

    rank = 3
    function = staticmethod(F.avg_pool3d)


class _AdaptiveAvgPool(Module):
    function: ClassVar[Callable[..., Tensor]]

    def __init__(self, output_size: int | tuple[int | None, ...]) -> None:
        self.output_size = output_size

    def forward(self, x: Tensor) -> Tensor:
        """Average each channel of (batch, channels, …) over a grid."""
        return type(self).function(x, self.output_size)

    def extra_repr(self) -> str:
        """Return the grid's size."""
        return f"output_size={self.output_size}"


class AdaptiveAvgPool1d(_AdaptiveAvgPool):
    """Average a sequence to a given length; `AdaptiveAvgPool2d` describes the argument."""

    function = staticmethod(F.adaptive_avg_pool1d)


class AdaptiveAvgPool2d(_AdaptiveAvgPool):
    """Average an image over a grid of given size, whatever the image's size.

    Parameters
    ----------
    output_size : int or tuple of (int or None)
        Cells along each axis; None keeps the image's own size.
    """

    function = staticmethod(F.adaptive_avg_pool2d)


class AdaptiveAvgPool3d(_AdaptiveAvgPool):
    """Average a volume over a grid; `AdaptiveAvgPool2d` describes the argument."""

    function = staticmethod(F.adaptive_avg_pool3d)


class GlobalAvgPool(Module):
    """One number per feature map: its average. Keras' `GlobalAveragePooling2D`."""

    def forward(self, x: Tensor) -> Tensor:
        """Map (batch, channels, …) to (batch, channels)."""
        return F.global_avg_pool(x)
