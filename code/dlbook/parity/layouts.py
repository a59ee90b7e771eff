"""How Keras' layers store what the engine and PyTorch store, and the way there and back.

A layout turns the weights of one Keras layer into the arrays of the same layer in PyTorch, in
PyTorch's order, and back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dlbook.errors import DTypeError

__all__ = ["LAYOUTS", "Layout", "layout_of"]

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Layout:
    """Two functions between the weights of a Keras layer and those of PyTorch's.

    Attributes
    ----------
    to_torch, to_keras : callable
        From a list of arrays to a list of arrays.
    """

    to_torch: Callable[[Sequence[Array]], list[Array]]
    to_keras: Callable[[Sequence[Array]], list[Array]]


def _transposed(arrays: Sequence[Array]) -> list[Array]:
    """Turn (in, out) into (out, in), or back; a bias stays as it is."""
    return [array.T if array.ndim == 2 else array for array in arrays]


LAYOUTS = {"Dense": Layout(_transposed, _transposed)}


def layout_of(layer: Any) -> Layout:
    """Return the layout of a Keras layer.

    Parameters
    ----------
    layer : keras.layers.Layer
        A layer with weights.

    Returns
    -------
    Layout

    Raises
    ------
    DTypeError
        If no counterpart of this kind of layer is known.
    """
    name = type(layer).__name__
    if name not in LAYOUTS:
        raise DTypeError(f"layer: expected one of {sorted(LAYOUTS)}, got {name}")
    return LAYOUTS[name]
