"""Several tensors made into one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from dlbook.engine.arguments import one_axis
from dlbook.engine.ops import elementwise, shaping
from dlbook.engine.tensor import Tensor, as_tensor, operands
from dlbook.errors import DTypeError, ShapeError, require

__all__ = ["cat", "stack", "where"]


def cat(tensors: Sequence[Any], dim: int = 0) -> Tensor:
    """Join tensors end to end along an axis they have.

    Parameters
    ----------
    tensors : sequence of Tensor
        Equal in shape except along `dim`.
    dim : int
        The axis that grows.

    Returns
    -------
    Tensor

    Raises
    ------
    ShapeError
        If there are none, or their other axes differ.
    """
    parts = _sequence(tensors, "cat")
    axis = one_axis("cat", dim, parts[0].shape)
    shapes = [part.shape for part in parts]
    alike = {(len(shape), shape[:axis] + shape[axis + 1 :]) for shape in shapes}
    require(
        len(alike) == 1,
        ShapeError,
        "cat: tensors",
        f"equal shapes except along dim {dim}",
        str(shapes),
    )
    return shaping.Concatenate.apply(*parts, dim=axis)


def stack(tensors: Sequence[Any], dim: int = 0) -> Tensor:
    """Put tensors of one shape side by side along a new axis.

    Parameters
    ----------
    tensors : sequence of Tensor
        All of the same shape.
    dim : int
        Where the new axis goes.

    Returns
    -------
    Tensor

    Raises
    ------
    ShapeError
        If there are none, or their shapes differ.
    """
    parts = _sequence(tensors, "stack")
    shapes = [part.shape for part in parts]
    require(len(set(shapes)) == 1, ShapeError, "stack: tensors", "equal shapes", str(shapes))
    axis = one_axis("stack", dim, (*parts[0].shape, 1))
    return shaping.Stack.apply(*parts, dim=axis)


def where(condition: Any, a: Any, b: Any) -> Tensor:
    """Choose from `a` where the condition holds and from `b` elsewhere.

    Parameters
    ----------
    condition : array_like of bool
        What decides; no gradient flows through it.
    a, b : Tensor or array_like
        The alternatives; the three broadcast.

    Returns
    -------
    Tensor
    """
    choice = as_tensor(condition).data.astype(bool)
    return elementwise.Where.apply(*operands(a, b), condition=choice)


def _sequence(tensors: Iterable[Any], name: str) -> list[Tensor]:
    listed = isinstance(tensors, Iterable) and not isinstance(tensors, str)
    require(listed, DTypeError, f"{name}: tensors", "a sequence of tensors", tensors)
    parts = [as_tensor(tensor) for tensor in tensors]
    require(len(parts) > 0, ShapeError, f"{name}: tensors", "at least one tensor", "none")
    floats = [part.dtype for part in parts if part.dtype.kind == "f"]
    if floats and len(floats) < len(parts):  # as in arithmetic, integers join the floats
        common = np.result_type(*floats)
        parts = [part if part.dtype.kind == "f" else part.to(common) for part in parts]
    return parts
