"""How a window slides over an image: the geometry that convolution and pooling share."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from dlbook.engine.tensor import Tensor, as_tensor
from dlbook.errors import DTypeError, RangeError, ShapeError, require

__all__ = ["Window", "image_batch", "per_axis", "resolve_padding"]

AXES = {1: "length", 2: "height, width", 3: "depth, height, width"}


@dataclass(frozen=True)
class Window:
    """A window that slides over one, two or three spatial axes; one entry per axis.

    Attributes
    ----------
    size : tuple of int
        Positions that the window sees along each axis.
    stride : tuple of int
        Steps from one window to the next.
    dilation : tuple of int
        Steps from one position to the next inside the window.
    padding : tuple of (int, int)
        Positions added before and after the input.
    ceil_mode : bool
        Whether a last window that reaches over the padding's end counts.
    """

    size: tuple[int, ...]
    stride: tuple[int, ...]
    dilation: tuple[int, ...]
    padding: tuple[tuple[int, int], ...]
    ceil_mode: bool = False

    @property
    def extent(self) -> tuple[int, ...]:
        """Positions from the first to the last seen, gaps included."""
        return tuple(d * (k - 1) + 1 for k, d in zip(self.size, self.dilation, strict=True))

    def padded(self, lengths: tuple[int, ...]) -> tuple[int, ...]:
        """Lengths of the input with its padding."""
        return tuple(
            before + n + after for n, (before, after) in zip(lengths, self.padding, strict=True)
        )

    def output(self, lengths: tuple[int, ...]) -> tuple[int, ...]:
        r"""Count the windows along each axis, :math:`\lfloor (n + p - e) / s \rfloor + 1`.

        Here n is the length, p the padding of both sides, e the window's extent and s the stride.
        With `ceil_mode` the quotient is rounded up, but no window may start beyond the input
        and the padding in front of it.

        Parameters
        ----------
        lengths : tuple of int

        Returns
        -------
        tuple of int
        """
        counts = []
        for axis, (n, total) in enumerate(zip(lengths, self.padded(lengths), strict=True)):
            room, step = total - self.extent[axis], self.stride[axis]
            count = room // step + 1
            if self.ceil_mode and room % step and count * step < n + self.padding[axis][0]:
                count += 1
            counts.append(count)
        return tuple(counts)

    def positions(self, axis: int, offset: int, count: int) -> slice:
        """Where the `count` windows along `axis` have their position number `offset`."""
        start = offset * self.dilation[axis]
        return slice(start, start + self.stride[axis] * (count - 1) + 1, self.stride[axis])

    def require_fit(self, name: str, shape: tuple[int, ...]) -> None:
        """Raise unless the window fits into the padded input.

        Parameters
        ----------
        name : str
            The operation, for the message.
        shape : tuple of int
            Shape of the input, (batch, channels, …).

        Raises
        ------
        ShapeError
        """
        padded = self.padded(shape[2:])
        fits = all(e <= n for e, n in zip(self.extent, padded, strict=True))
        spread = "" if self.extent == self.size else f" (dilated: {self.extent})"
        require(
            fits,
            ShapeError,
            f"{name}: input",
            f"at least as many positions as the kernel {self.size}{spread} sees",
            f"{padded} with padding (input is {shape})",
        )


def per_axis(argument: str, value: Any, rank: int, minimum: int) -> tuple[int, ...]:
    """Read a setting given once for all axes, or once per axis.

    Parameters
    ----------
    argument : str
        For the message: ``"conv2d: stride"``.
    value : int or sequence of int
    rank : int
        Number of spatial axes.
    minimum : int
        Smallest value allowed.

    Returns
    -------
    tuple of `rank` ints

    Raises
    ------
    DTypeError
        If it is neither an integer nor a sequence of integers.
    RangeError
        If there are too few or too many, or one is too small.
    """
    values = tuple(value) if isinstance(value, tuple | list) else (value,) * rank
    whole = all(isinstance(v, int | np.integer) and not isinstance(v, bool) for v in values)
    require(whole, DTypeError, argument, f"an integer or {rank} of them", value)
    right = len(values) == rank and all(v >= minimum for v in values)
    require(right, RangeError, argument, f"{minimum} or more, once or {rank} times", value)
    return tuple(int(v) for v in values)


def resolve_padding(
    name: str,
    padding: Any,
    size: tuple[int, ...],
    stride: tuple[int, ...],
    dilation: tuple[int, ...],
) -> tuple[tuple[int, int], ...]:
    """Turn "same", "valid" or numbers into what is added before and after each axis.

    Parameters
    ----------
    name : str
        The operation, for the message.
    padding : int, sequence of int, "same" or "valid"
    size, stride, dilation : tuple of int
        The window.

    Returns
    -------
    tuple of (int, int)
        For "same" with an even extent the extra position comes after, as in PyTorch and Keras.

    Raises
    ------
    DTypeError, RangeError
        If `padding` is neither, or "same" meets a stride above 1.
    """
    if not isinstance(padding, str):
        return tuple((p, p) for p in per_axis(f"{name}: padding", padding, len(size), 0))
    require(
        padding in ("same", "valid"),
        RangeError,
        f"{name}: padding",
        'numbers, "same" or "valid"',
        padding,
    )
    if padding == "valid":
        return ((0, 0),) * len(size)
    require(
        max(stride) == 1,
        RangeError,
        f"{name}: stride",
        '1 together with padding="same" (Keras allows more, PyTorch does not)',
        str(stride),
    )
    totals = [d * (k - 1) for k, d in zip(size, dilation, strict=True)]
    return tuple((total // 2, total - total // 2) for total in totals)


def image_batch(name: str, input: Any, rank: int) -> Tensor:
    """Check a batch of images (or sequences, or volumes) of floating-point numbers.

    Parameters
    ----------
    name : str
        The operation, for the message.
    input : Tensor of shape (batch, channels, …)
    rank : int
        Number of spatial axes.

    Returns
    -------
    Tensor

    Raises
    ------
    ShapeError
        If there are not `rank` + 2 axes, or one is empty.
    DTypeError
        If the numbers are not floating-point.
    """
    tensor = as_tensor(input)
    argument = f"{name}: input"
    expected = f"shape (batch, channels, {AXES[rank]}), not empty"
    right = tensor.ndim == rank + 2 and math.prod(tensor.shape) > 0
    require(right, ShapeError, argument, expected, tensor)
    require(tensor.dtype.kind == "f", DTypeError, argument, "floating-point numbers", tensor)
    return tensor
