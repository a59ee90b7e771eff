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

__all__ = ["Layout", "layout_of"]

Array = np.ndarray[Any, Any]
Change = Callable[[Sequence[Array]], list[Array]]


@dataclass(frozen=True)
class Layout:
    """Functions between the arrays of a Keras layer and those of PyTorch's.

    Attributes
    ----------
    to_torch, to_keras : callable
        Change a list of weights.
    gradients_to_torch : callable
        Change a list of gradients. It differs from `to_torch` for recurrent layers: PyTorch
        keeps two biases where Keras keeps their sum, and both receive its gradient.
    """

    to_torch: Change
    to_keras: Change
    gradients_to_torch: Change


def _same(arrays: Sequence[Array]) -> list[Array]:
    return list(arrays)


def _kernel_axes_first(arrays: Sequence[Array]) -> list[Array]:
    """(kernel…, in, out) to (out, in, kernel…); a bias stays as it is."""
    return [
        array.transpose(array.ndim - 1, array.ndim - 2, *range(array.ndim - 2))
        if array.ndim > 1
        else array
        for array in arrays
    ]


def _kernel_axes_last(arrays: Sequence[Array]) -> list[Array]:
    """(out, in, kernel…) to (kernel…, in, out); a bias stays as it is."""
    return [
        array.transpose(*range(2, array.ndim), 1, 0) if array.ndim > 1 else array
        for array in arrays
    ]


def _gates(array: Array, order: Sequence[int]) -> Array:
    """Put the blocks of a recurrent layer's gates, along the first axis, in another order."""
    blocks = np.split(array, len(order))
    return np.concatenate([blocks[position] for position in order])


def _recurrent(order: Sequence[int], both_biases: bool = False) -> Layout:
    """Layout of a recurrent layer whose gates PyTorch lists in `order`.

    Keras keeps both biases only in a GRU that resets after the product.
    """
    back = [order.index(position) for position in range(len(order))]

    def to_torch(arrays: Sequence[Array], second_bias: Change) -> list[Array]:
        kernel, recurrent_kernel, *bias = arrays
        biases = second_bias(bias)
        return [_gates(a, order) for a in (kernel.T, recurrent_kernel.T, *biases)]

    def weights(bias: Sequence[Array]) -> list[Array]:
        if not bias or both_biases:
            return list(bias[0]) if bias else []
        return [bias[0], np.zeros_like(bias[0])]

    def gradients(bias: Sequence[Array]) -> list[Array]:
        if not bias or both_biases:
            return list(bias[0]) if bias else []
        return [bias[0], bias[0]]

    def to_keras(arrays: Sequence[Array]) -> list[Array]:
        kernel, recurrent_kernel, *biases = (_gates(array, back) for array in arrays)
        if not biases:
            return [kernel.T, recurrent_kernel.T]
        both = np.stack(biases) if both_biases else biases[0] + biases[1]
        return [kernel.T, recurrent_kernel.T, both]

    return Layout(
        lambda arrays: to_torch(arrays, weights),
        to_keras,
        lambda arrays: to_torch(arrays, gradients),
    )


_AFFINE = Layout(_kernel_axes_first, _kernel_axes_last, _kernel_axes_first)
_EQUAL = Layout(_same, _same, _same)

_LAYOUTS = {
    "Dense": _AFFINE,
    "Conv1D": _AFFINE,
    "Conv2D": _AFFINE,
    "Conv3D": _AFFINE,
    "BatchNormalization": _EQUAL,
    "LayerNormalization": _EQUAL,
    "Embedding": _EQUAL,
    "PReLU": _EQUAL,  # after a dense layer: one slope in all, or one per unit
    "SimpleRNN": _recurrent([0]),
    "LSTM": _recurrent([0, 1, 2, 3]),  # input, forget, candidate, output in both
    "GRU": _recurrent([1, 0, 2], both_biases=True),  # Keras: update first; PyTorch: reset first
}
_GRU_RESETTING_BEFORE = _recurrent([1, 0, 2])


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

    Notes
    -----
    A GRU with ``reset_after=False`` computes what the engine's does with that argument. PyTorch
    has no such GRU: the weights fit into `torch.nn.GRU`, the outputs differ.
    """
    name = type(layer).__name__
    if name == "GRU" and not layer.reset_after:
        return _GRU_RESETTING_BEFORE
    if name not in _LAYOUTS:
        raise DTypeError(f"layer: expected one of {sorted(_LAYOUTS)}, got {name}")
    return _LAYOUTS[name]
