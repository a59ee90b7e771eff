"""Long short-term memory: a conveyor belt beside the state, and gates that guard it."""

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
from dlbook.engine.settings import check_switches
from dlbook.engine.tensor import Tensor
from dlbook.errors import ShapeError, require

__all__ = ["lstm"]


def lstm(
    input: Tensor,
    hx: tuple[Tensor, Tensor] | None,
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias_ih: Tensor | None = None,
    bias_hh: Tensor | None = None,
    *,
    reverse: bool = False,
    lengths: Any = None,
) -> tuple[Tensor, tuple[Tensor, Tensor]]:
    r"""Run a long short-term memory over a batch of sequences.

    .. math::
        i, f, o &= \sigma(W x_t + b + U h_{t-1} + b') \quad\text{(each with rows of its own)} \\
        g &= \tanh(W_g x_t + b_g + U_g h_{t-1} + b'_g) \\
        c_t &= f \odot c_{t-1} + i \odot g, \qquad h_t = o \odot \tanh c_t

    Parameters
    ----------
    input : Tensor of shape (time, batch, features)
    hx : (h_0, c_0), each a Tensor of shape (batch, hidden), optional
        State and cell before the first step; zeros if None.
    weight_ih : Tensor of shape (4·hidden, features)
        Blocks of rows in the order i, f, g, o, which PyTorch and Keras share.
    weight_hh : Tensor of shape (4·hidden, hidden)
    bias_ih, bias_hh : Tensor of shape (4·hidden,), optional
        Both or neither; only their sum matters.
    reverse : bool
        Walk from the last step to the first; outputs stay at the positions of their inputs.
    lengths : array_like of int, shape (batch,), optional
        Real steps of each sequence. Outputs of padding are 0 and it changes no state.

    Returns
    -------
    output : Tensor of shape (time, batch, hidden)
        h after each step.
    (h_n, c_n) : tuple of Tensor of shape (batch, hidden)
        State and cell after the last (real) step.

    Raises
    ------
    ShapeError, DTypeError, RangeError
        If shapes do not fit, something is not a float, or a length is not in 1 … time.

    References
    ----------
    Hochreiter & Schmidhuber (1997); Gers et al. (2000); chapter 18.
    """
    if hx is not None:
        pair = isinstance(hx, tuple | list) and len(hx) == 2
        require(pair, ShapeError, "lstm: hx", "a pair (h_0, c_0)", hx)
    check_switches("lstm", reverse=reverse)
    states = None if hx is None else (hx[0], hx[1])
    biases = (bias_ih, bias_hh)
    tensors = sequence_inputs(_LSTM, "lstm", input, (weight_ih, weight_hh), states, biases)
    steps, batch, _ = tensors[0].shape
    active = active_steps("lstm", lengths, steps, batch)
    result = _LSTM.apply(*tensors, reverse=reverse, active=active)
    return result[:steps], (result[steps], result[steps + 1])


class _LSTM(Recurrence):
    """Gates stand in the order i, f, o, g inside, so that one sweep serves the three sigmoids.

    One tanh serves all four, through σ(a) = 1/2 + 1/2·tanh(a/2), with the inner 1/2 multiplied
    into the weights once instead of into every step.
    """

    states = 2
    gates = 4

    def prepare(self, biases: tuple[Array, ...], **_: Any) -> None:
        hidden = self.weight_hh.shape[1]
        rows = np.arange(4 * hidden).reshape(4, hidden)
        self.order = rows[[0, 1, 3, 2]].ravel()  # exchanges g and o; its own inverse
        half = np.ones((4 * hidden, 1), self.x.dtype)
        half[: 3 * hidden] = 0.5
        self.weight_ih, self.weight_hh = self.weight_ih[self.order], self.weight_hh[self.order]
        self.recurrent = self.weight_hh * half
        self.activated = np.matmul(self.weight_ih * half, self.x.transpose(0, 2, 1))
        self.biased = bool(biases)
        if biases:
            self.activated += (biases[0] + biases[1])[self.order, None] * half
        self.tanh_c = np.empty_like(self.sequences[1][1:])
        self.from_state = np.empty_like(self.activated[0])
        self.written = np.empty_like(self.tanh_c[0])

    def step(self, t: int) -> None:
        (h, c), a = self.sequences, self.activated[t]
        np.matmul(self.recurrent, h[t], out=self.from_state)
        a += self.from_state
        np.tanh(a, out=a)
        sigmoids = a[: 3 * len(h[t])]
        sigmoids *= 0.5
        sigmoids += 0.5
        i, f, o, g = a.reshape(4, *h[t].shape)
        np.multiply(f, c[t], out=c[t + 1])
        np.multiply(i, g, out=self.written)
        c[t + 1] += self.written
        np.tanh(c[t + 1], out=self.tanh_c[t])
        np.multiply(o, self.tanh_c[t], out=h[t + 1])

    def prepare_back(self) -> None:
        self.blocks = np.empty_like(self.activated)
        self.recurrent_t = np.ascontiguousarray(self.weight_hh.T)
        self.slopes = np.empty_like(self.activated[0, : 3 * self.weight_hh.shape[1]])
        self.scratch = np.empty_like(self.tanh_c[0])

    def step_back(self, t: int, arriving: list[Array]) -> None:
        (_, c), a, tanh_c, (dh, dc) = self.sequences, self.activated[t], self.tanh_c[t], arriving
        block, slopes, scratch = self.blocks[t], self.slopes, self.scratch
        i, f, o, g = a.reshape(4, *dh.shape)
        d_i, d_f, d_o, d_g = block.reshape(4, *dh.shape)
        np.multiply(tanh_c, tanh_c, out=scratch)  # h = o · tanh(c)
        np.subtract(1, scratch, out=scratch)
        scratch *= o
        scratch *= dh
        dc += scratch
        sigmoids = a[: len(slopes)]  # their slope is σ(1 − σ)
        np.subtract(1, sigmoids, out=slopes)
        slopes *= sigmoids
        np.multiply(dc, g, out=d_i)
        np.multiply(dc, c[t], out=d_f)
        np.multiply(dh, tanh_c, out=d_o)
        block[: len(slopes)] *= slopes
        np.multiply(g, g, out=scratch)
        np.subtract(1, scratch, out=scratch)
        scratch *= i
        np.multiply(scratch, dc, out=d_g)
        np.matmul(self.recurrent_t, block, out=dh)
        dc *= f

    def finish_back(self, x_rows: Array) -> tuple[Array, tuple[Array, ...]]:
        per_step = over_time(self.blocks)
        summed = [per_step @ x_rows, per_step @ self.before(self.sequences[0])]
        if self.biased:
            summed += [per_step.sum(axis=1)] * 2
        return per_step, tuple(gradient[self.order] for gradient in summed)
