"""Recurrent layers as the sequence models use them, in Keras."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import keras
from keras import layers, ops

from dlbook.models.keras.seeding import glorot

__all__ = ["recurrent"]


def recurrent(
    cell: str,
    hidden_size: int,
    forget_bias: float | None,
    seeds: Iterator[int],
    **options: Any,
) -> layers.Layer:
    """Make a recurrent layer with Keras' usual initialisers, seeded.

    Parameters
    ----------
    cell : {"rnn", "lstm", "gru"}
    hidden_size : int
    forget_bias : float or None
        Where the bias starts that keeps the memory: of an LSTM's forget gate, or a GRU's update
        gate. None leaves it to Keras: 1 and 0.
    seeds : iterator of int
        From `dlbook.models.keras.seeding.seed_source`.
    **options
        Handed on: ``return_sequences``, ``return_state``, ``name``.

    Returns
    -------
    keras.layers.SimpleRNN, LSTM or GRU
    """
    options["kernel_initializer"] = glorot(seeds)
    options["recurrent_initializer"] = keras.initializers.Orthogonal(seed=next(seeds))
    if forget_bias is not None:
        options["bias_initializer"] = _forget_bias(hidden_size, float(forget_bias))
    if cell == "rnn":
        return layers.SimpleRNN(hidden_size, **options)
    if cell == "gru":
        return layers.GRU(hidden_size, **options)
    return layers.LSTM(hidden_size, unit_forget_bias=forget_bias is None, **options)


def _forget_bias(hidden_size: int, value: float) -> Callable[..., Any]:
    """Start all at 0 but one gate of (4·hidden,) i, f, g, o or of (2, 3·hidden) z, r, n."""

    def make(shape: tuple[int, ...], dtype: Any = None) -> Any:
        start = hidden_size if len(shape) == 1 else 0
        places = ops.arange(shape[-1])
        chosen = ops.logical_and(places >= start, places < start + hidden_size)
        row = ops.where(chosen, ops.cast(value, dtype), ops.cast(0, dtype))
        return row if len(shape) == 1 else ops.stack([row, ops.zeros_like(row)])

    return make
