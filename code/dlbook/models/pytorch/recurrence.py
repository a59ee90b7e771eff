"""Recurrent layers as the sequence models use them, in PyTorch."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence

from dlbook.errors import DTypeError, RangeError, require
from dlbook.models.recurrence import check_tokens

__all__ = ["final_state", "recurrent", "token_numbers"]

CELLS = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}


def recurrent(cell: str, in_features: int, hidden_size: int, forget_bias: float | None) -> Any:
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

    Returns
    -------
    RNN, LSTM or GRU of torch.nn
        Reading (batch, time, features).
    """
    layer = CELLS[cell](in_features, hidden_size, batch_first=True)
    first, second = layer.bias_ih_l0, layer.bias_hh_l0
    with torch.no_grad():
        if cell != "gru":
            second.zero_()
            second.requires_grad = False
        if forget_bias is not None:  # the second block of rows in both: i, f, g, o and r, z, n
            first[hidden_size : 2 * hidden_size] = forget_bias
            second[hidden_size : 2 * hidden_size] = 0
    return layer


def final_state(layer: Any, x: Tensor, tokens: Tensor | None = None) -> Any:
    """Run over a batch and return the state after the last token of each text.

    Parameters
    ----------
    layer : RNN, LSTM or GRU
    x : Tensor of shape (batch, time, features)
    tokens : Tensor of int, shape (batch, time), optional
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
    lengths = (tokens != 0).sum(dim=1)
    behind = bool(((tokens[:, :-1] == 0) & (tokens[:, 1:] != 0)).any())
    require(not behind, RangeError, "x", "padding (0) at the end of a text", "some before a token")
    packed = pack_padded_sequence(
        x, lengths.clamp(min=1).cpu(), batch_first=True, enforce_sorted=False
    )
    state = layer(packed)[1]
    if bool((lengths > 0).all()):
        return state
    some = (lengths > 0)[:, None]
    return tuple(s * some for s in state) if isinstance(state, tuple) else state * some


def token_numbers(model: str, x: Any, size: int, least: int = 1) -> Tensor:
    """Return a batch of tokens, or raise if it is none.

    Parameters
    ----------
    model : str
        Name of the model, for the message.
    x : Tensor of int, shape (batch, length)
    size : int
        Entries of the vocabulary.
    least : int
        Shortest length allowed.

    Returns
    -------
    Tensor of int

    Raises
    ------
    DTypeError, ShapeError, RangeError
    """
    require(isinstance(x, Tensor), DTypeError, f"{model}: x", "a torch.Tensor", x)
    integers = not (x.is_floating_point() or x.is_complex() or x.dtype == torch.bool)
    check_tokens(model, x, size, integers=integers, least=least)
    return x
