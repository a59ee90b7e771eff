"""Recurrent layers as the sequence models use them, from scratch."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlbook.engine import Tensor, nn
from dlbook.errors import RangeError, require
from dlbook.models.recurrence import check_tokens

__all__ = ["final_state", "recurrent", "token_numbers"]

CELLS = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}


def recurrent(
    cell: str,
    in_features: int,
    hidden_size: int,
    forget_bias: float | None,
    rng: np.random.Generator,
) -> Any:
    """Make a recurrent layer that trains as Keras' does.

    Of the two biases that a plain cell and an LSTM have in PyTorch, only the sum counts: the
    second stays at zero, frozen. A GRU needs both.

    Parameters
    ----------
    cell : {"rnn", "lstm", "gru"}
    in_features, hidden_size : int
    forget_bias : float or None
        Where the bias starts that keeps the memory: of an LSTM's forget gate, or a GRU's update
        gate. None draws it like all others.
    rng : numpy.random.Generator
        Draws the first weights.

    Returns
    -------
    RNN, LSTM or GRU of dlbook.engine.nn
        Reading (batch, time, features).
    """
    layer = CELLS[cell](in_features, hidden_size, batch_first=True, rng=rng)
    first, second = layer.bias_ih_l0, layer.bias_hh_l0
    if cell != "gru":
        second.data[:] = 0
        second.requires_grad = False
    if forget_bias is not None:  # the second block of rows in both: i, f, g, o and r, z, n
        first.data[hidden_size : 2 * hidden_size] = forget_bias
        second.data[hidden_size : 2 * hidden_size] = 0
    return layer


def final_state(layer: Any, x: Tensor, tokens: np.ndarray[Any, Any] | None = None) -> Any:
    """Run over a batch and return the state after the last token of each text.

    Parameters
    ----------
    layer : RNN, LSTM or GRU
    x : Tensor of shape (batch, time, features)
    tokens : ndarray of int, shape (batch, time), optional
        Where it is 0, from some step to the end, there is padding. A text without any token
        leaves the state at zero.

    Returns
    -------
    Tensor of shape (1, batch, hidden), or a pair (h, c) of such

    Raises
    ------
    RangeError
        If padding stands before a token.
    """
    if tokens is None:
        return layer(x)[1]
    lengths = (tokens != 0).sum(axis=1)
    behind = bool(((tokens[:, :-1] == 0) & (tokens[:, 1:] != 0)).any())
    require(not behind, RangeError, "x", "padding (0) at the end of a text", "some before a token")
    state = layer(x, lengths=np.maximum(lengths, 1))[1]
    if lengths.all():
        return state
    some = (lengths > 0)[:, None]
    return tuple(s * some for s in state) if isinstance(state, tuple) else state * some


def token_numbers(model: str, x: Any, size: int, least: int = 1) -> np.ndarray[Any, Any]:
    """Return a batch of tokens as an array, or raise if it is none.

    Parameters
    ----------
    model : str
        Name of the model, for the message.
    x : Tensor or array_like of int, shape (batch, length)
    size : int
        Entries of the vocabulary.
    least : int
        Shortest length allowed.

    Returns
    -------
    ndarray of int

    Raises
    ------
    DTypeError, ShapeError, RangeError
    """
    tokens = x.data if isinstance(x, Tensor) else np.asarray(x)
    check_tokens(model, tokens, size, integers=tokens.dtype.kind in "iu", least=least)
    return tokens
