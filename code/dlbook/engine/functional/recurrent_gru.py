"""Gated recurrent unit: two gates, no separate cell."""

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

__all__ = ["gru"]


def gru(
    input: Tensor,
    hx: Tensor | None,
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias_ih: Tensor | None = None,
    bias_hh: Tensor | None = None,
    *,
    reset_after: bool = True,
    reverse: bool = False,
    lengths: Any = None,
) -> tuple[Tensor, Tensor]:
    r"""Run a gated recurrent unit over a batch of sequences.

    .. math::
        r, z &= \sigma(W x_t + b + U h_{t-1} + b') \quad\text{(each with rows of its own)} \\
        n &= \tanh(W_n x_t + b_n + r \odot (U_n h_{t-1} + b'_n)) \\
        h_t &= (1 - z) \odot n + z \odot h_{t-1}

    That is ``reset_after=True``, the form of PyTorch and Keras' default. The form of the first
    paper, ``reset_after=False``, resets the state *before* the matrix:
    :math:`n = \tanh(W_n x_t + b_n + U_n (r \odot h_{t-1}) + b'_n)`. The two are different
    functions: weights of one do not serve the other.

    Parameters
    ----------
    input : Tensor of shape (time, batch, features)
    hx : Tensor of shape (batch, hidden), optional
        State before the first step; zeros if None.
    weight_ih : Tensor of shape (3·hidden, features)
        Blocks of rows in PyTorch's order r, z, n; Keras has z, r, n.
    weight_hh : Tensor of shape (3·hidden, hidden)
    bias_ih, bias_hh : Tensor of shape (3·hidden,), optional
        Both or neither. Only with ``reset_after=True`` is the second more than a repetition.
    reset_after : bool
        Which of the two forms.
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
        If shapes do not fit, something is not a float, or a length is not in 1 … time.

    References
    ----------
    Cho et al. (2014); Chung et al. (2014); chapter 18.
    """
    check_switches("gru", reverse=reverse, reset_after=reset_after)
    states = None if hx is None else (hx,)
    biases = (bias_ih, bias_hh)
    tensors = sequence_inputs(_GRU, "gru", input, (weight_ih, weight_hh), states, biases)
    steps, batch, _ = tensors[0].shape
    active = active_steps("gru", lengths, steps, batch)
    result = _GRU.apply(*tensors, reverse=reverse, active=active, reset_after=reset_after)
    return result[:steps], result[steps]


class _GRU(Recurrence):
    """The way back keeps one more block than there are gates, for U_n h + b'_n on its own."""

    gates = 3

    def prepare(self, biases: tuple[Array, ...], reset_after: bool = True, **_: Any) -> None:
        self.hidden, self.biased, self.reset_after = (
            self.weight_hh.shape[1],
            bool(biases),
            reset_after,
        )
        n_rows = slice(2 * self.hidden, None)
        half = np.full((3 * self.hidden, 1), 0.5, self.x.dtype)  # σ(a) = 1/2 + 1/2·tanh(a/2)
        half[n_rows] = 1
        self.recurrent = self.weight_hh * half
        self.activated = np.matmul(self.weight_ih * half, self.x.transpose(0, 2, 1))
        self.bias_n = self.x.dtype.type(0)
        if biases:
            outside = biases[0] + biases[1]
            if reset_after:
                self.bias_n = biases[1][n_rows, None]
                outside[n_rows] = biases[0][n_rows]
            self.activated += outside[:, None] * half
        # what the reset gate lets through: U_n h + b'_n before the gate, or r ⊙ h after it
        self.candidate = np.empty_like(self.sequences[0][1:])
        self.from_state = np.empty_like(self.activated[0])

    def step(self, t: int) -> None:
        h, a, size, candidate = self.sequences[0], self.activated[t], self.hidden, self.candidate[t]
        gates, n, from_state = a[: 2 * size], a[2 * size :], self.from_state
        np.matmul(self.recurrent[: 2 * size], h[t], out=from_state[: 2 * size])
        gates += from_state[: 2 * size]
        np.tanh(gates, out=gates)
        gates *= 0.5
        gates += 0.5
        r, z, share = gates[:size], gates[size:], from_state[2 * size :]
        if self.reset_after:
            np.matmul(self.recurrent[2 * size :], h[t], out=candidate)
            candidate += self.bias_n
            np.multiply(r, candidate, out=share)
        else:
            np.multiply(r, h[t], out=candidate)
            np.matmul(self.recurrent[2 * size :], candidate, out=share)
        n += share
        np.tanh(n, out=n)
        np.subtract(h[t], n, out=h[t + 1])  # (1 − z)·n + z·h = n + z·(h − n)
        h[t + 1] *= z
        h[t + 1] += n

    def prepare_back(self) -> None:
        steps, rows, batch = self.activated.shape
        self.blocks = np.empty((steps, rows + self.hidden, batch), self.activated.dtype)
        self.recurrent_t = np.ascontiguousarray(self.weight_hh.T)

    def step_back(self, t: int, arriving: list[Array]) -> None:
        size, h, dh = self.hidden, self.sequences[0][t], arriving[0]
        r, z, n = self.activated[t].reshape(3, *h.shape)
        d_r, d_z, d_n, d_candidate = self.blocks[t].reshape(4, *h.shape)
        to_gates, to_n = self.recurrent_t[:, : 2 * size], self.recurrent_t[:, 2 * size :]
        np.subtract(1, z, out=d_z)
        np.multiply(d_z, dh, out=d_n)
        d_n *= 1 - n * n
        d_z *= z
        d_z *= h - n
        d_z *= dh
        dh *= z
        if self.reset_after:
            np.multiply(d_n, r, out=d_candidate)
            np.multiply(d_n, self.candidate[t], out=d_r)
            dh += to_n @ d_candidate
        else:
            np.copyto(d_candidate, d_n)
            through = to_n @ d_n
            np.multiply(through, h, out=d_r)
            through *= r
            dh += through
        d_r *= r * (1 - r)
        dh += to_gates @ self.blocks[t, : 2 * size]

    def finish_back(self, x_rows: Array) -> tuple[Array, tuple[Array, ...]]:
        per_step = over_time(self.blocks)
        size, before = self.hidden, self.before(self.sequences[0])
        from_input, from_gates, from_candidate = (
            per_step[: 3 * size],
            per_step[: 2 * size],
            per_step[3 * size :],
        )
        multiplied = before if self.reset_after else over_time(self.candidate).T
        weights = (
            from_input @ x_rows,
            np.concatenate([from_gates @ before, from_candidate @ multiplied]),
        )
        if not self.biased:
            return from_input, weights
        bias = per_step.sum(axis=1)
        biases = bias[: 3 * size], np.concatenate([bias[: 2 * size], bias[3 * size :]])
        return from_input, (*weights, *biases)
