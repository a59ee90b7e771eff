"""Padding: a frame around an array."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dlbook.engine.arguments import lengths
from dlbook.engine.autograd import Array
from dlbook.engine.ops.shaping import Pad
from dlbook.engine.settings import is_number, is_one_of
from dlbook.engine.tensor import Tensor, as_tensor
from dlbook.errors import RangeError, ShapeError, require

__all__ = ["pad"]

_NUMPY_MODE = {"reflect": "reflect", "replicate": "edge", "circular": "wrap"}


def pad(input: Tensor, pad: Sequence[int], mode: str = "constant", value: float = 0.0) -> Tensor:
    """Frame a tensor with a constant, or with elements of its own.

    Parameters
    ----------
    input : Tensor of any shape
    pad : sequence of int
        Numbers of elements to add, in pairs (before, after) that start at the *last* axis:
        ``(left, right, top, bottom)`` for images. Axes that are not named stay as they are.
        With ``mode="constant"`` a negative number crops.
    mode : {"constant", "reflect", "replicate", "circular"}
        What the frame is made of: `value`; the elements next to the edge, mirrored at it; the
        edge itself, repeated; the elements from the other end.
    value : float
        The constant.

    Returns
    -------
    Tensor
        Each named axis longer by before + after.

    Raises
    ------
    ShapeError
        If `pad` does not consist of pairs, at most one for each axis.
    RangeError
        If the mode is unknown, or cropping or the elements at hand do not suffice.
    DTypeError
        If `pad` holds something else than integers.
    """
    input = as_tensor(input)
    widths = _widths(pad, input.ndim)
    known = is_one_of(mode, ("constant", *_NUMPY_MODE))
    require(known, RangeError, "pad: mode", f"constant or one of {list(_NUMPY_MODE)}", mode)
    require(is_number(value), RangeError, "pad: value", "a number", value)
    if mode != "constant":
        for axis, width in enumerate(widths):
            if width != (0, 0):
                input = input[(slice(None),) * axis + (_sources(width, input.shape[axis], mode),)]
        return input
    cropped = tuple(
        slice(max(0, -before), length - max(0, -after))
        for (before, after), length in zip(widths, input.shape, strict=True)
    )
    left = [length + sum(width) for width, length in zip(widths, input.shape, strict=True)]
    reachable = all(s.start <= s.stop for s in cropped)
    require(
        reachable and min(left, default=0) >= 0,
        RangeError,
        "pad: pad",
        f"numbers that leave something of the shape {input.shape}",
        str(tuple(pad)),
    )
    if any(min(width) < 0 for width in widths):
        input = input[cropped]
    grown = tuple((max(0, before), max(0, after)) for before, after in widths)
    if not pad:
        return input
    return Pad.apply(input, widths=grown, value=value)


def _widths(pad: Sequence[int], rank: int) -> tuple[tuple[int, int], ...]:
    """Turn PyTorch's order, last axis first, into one pair for each axis."""
    numbers = lengths("pad", (pad,))
    require(
        not isinstance(pad, int) and len(numbers) % 2 == 0 and len(numbers) <= 2 * rank,
        ShapeError,
        "pad: pad",
        f"up to {rank} pairs (before, after)",
        str(pad),
    )
    pairs = list(zip(numbers[::2], numbers[1::2], strict=True))
    return ((0, 0),) * (rank - len(pairs)) + tuple(reversed(pairs))


def _sources(width: tuple[int, int], length: int, mode: str) -> Array:
    """List, for each position of the padded axis, the position its element comes from."""
    limit, described = {
        "reflect": (length - 1, "less than the length"),
        "replicate": (max(width) if length else -1, "any number for an axis that is not empty;"),
        "circular": (length, "at most the length"),
    }[mode]
    require(
        min(width) >= 0 and max(width) <= limit,
        RangeError,
        f"pad: pad (mode {mode})",
        f"0 or more and {described} {length}",
        str(width),
    )
    return np.pad(np.arange(length), width, mode=_NUMPY_MODE[mode])  # type: ignore[call-overload]
