"""The plain recurrence: the state is a function of the input and of the state before."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlbook.engine.autograd import Array
from dlbook.engine.functional.recurrent import (
    Recurrence,
    active_steps,
    over_time,
    sequence_inputs,
)
from dlbook.engine.settings import check_switches, is_one_of
from dlbook.engine.tensor import Tensor
from dlbook.errors import RangeError, require

__all__ = ["rnn"]


def rnn(
    input: Tensor,
    hx: Tensor | None,
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias_ih: Tensor | None = None,
    bias_hh: Tensor | None = None,
    *,
    nonlinearity: str = "tanh",
    reverse: bool = False,
    lengths: Any = None,
) -> tuple[Tensor, Tensor]:
    r"""Run a plain (Elman) recurrence over a batch of sequences.

    .. math:: h_t = \tanh(W_{ih} x_t + b_{ih} + W_{hh} h_{t-1} + b_{hh})

    Parameters
    ----------
    input : Tensor of shape (time, batch, features)
    hx : Tensor of shape (batch, hidden), optional
        State before the first step; zeros if None.
    weight_ih : Tensor of shape (hidden, features)
    weight_hh : Tensor of shape (hidden, hidden)
    bias_ih, bias_hh : Tensor of shape (hidden,), optional
        Both or neither. Their sum is all that matters; PyTorch keeps two, Keras one.
    nonlinearity : {"tanh", "relu"}
    reverse : bool
        Walk from the last step to the first; outputs stay at the positions of their inputs.
    lengths : array_like of int, shape (batch,), optional
        Real steps of each sequence. Outputs of padding are 0 and it changes no state.

    Returns
    -------
    output : Tensor of shape (time, batch, hidden)
        The state after each step.
    h_n : Tensor of shape (batch, hidden)
        The state after the last (real) step.

    Raises
    ------
    ShapeError, DTypeError, RangeError
        If shapes do not fit, something is not a float, a length is not in 1 … time, or the
        nonlinearity is unknown.

    References
    ----------
    Elman (1990); chapter 17.
    """
    require(
        is_one_of(nonlinearity, ("tanh", "relu")),
        RangeError,
        "rnn: nonlinearity",
        '"tanh" or "relu"',
        nonlinearity,
    )
    check_switches("rnn", reverse=reverse)
    states = None if hx is None else (hx,)
    biases = (bias_ih, bias_hh)
    tensors = sequence_inputs(_RNN, "rnn", input, (weight_ih, weight_hh), states, biases)
    steps, batch, _ = tensors[0].shape
    active = active_steps("rnn", lengths, steps, batch)
    result = _RNN.apply(*tensors, reverse=reverse, active=active, nonlinearity=nonlinearity)
    return result[:steps], result[steps]


class _RNN(Recurrence):
    def prepare(self, biases: tuple[Array, ...], nonlinearity: str = "tanh", **_: Any) -> None:
        self.biased, self.nonlinearity = bool(biases), nonlinearity
        self.inputs_share = np.matmul(self.weight_ih, self.x.transpose(0, 2, 1))
        if biases:
            self.inputs_share += (biases[0] + biases[1])[:, None]

    def step(self, t: int) -> None:
        h = self.sequences[0]
        np.matmul(self.weight_hh, h[t], out=h[t + 1])
        h[t + 1] += self.inputs_share[t]
        if self.nonlinearity == "tanh":
            np.tanh(h[t + 1], out=h[t + 1])
        else:
            np.maximum(h[t + 1], 0, out=h[t + 1])

    def prepare_back(self) -> None:
        self.blocks = np.empty_like(self.inputs_share)
        self.weight_hh_t = np.ascontiguousarray(self.weight_hh.T)

    def step_back(self, t: int, arriving: list[Array]) -> None:
        after, block = self.sequences[0][t + 1], self.blocks[t]
        if self.nonlinearity == "tanh":
            np.multiply(after, after, out=block)
            np.subtract(1, block, out=block)
        else:
            np.greater(after, 0, out=block)
        block *= arriving[0]
        np.matmul(self.weight_hh_t, block, out=arriving[0])

    def finish_back(self, x_rows: Array) -> tuple[Array, tuple[Array, ...]]:
        per_step = over_time(self.blocks)
        weights = per_step @ x_rows, per_step @ self.before(self.sequences[0])
        if not self.biased:
            return per_step, weights
        bias = per_step.sum(axis=1)
        return per_step, (*weights, bias, bias.copy())
