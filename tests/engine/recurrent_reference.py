"""Recurrences as a textbook writes them: a loop over steps, one sequence position at a time.

Slow and plain on purpose. Chapters 17 and 18 show these loops; the engine's one-operation forms
are tested against them, gradients included, because they are made of the engine's basic
operations only.
"""

from __future__ import annotations

from typing import Any

from dlbook.engine import Tensor, stack
from dlbook.engine import functional as F


def rnn_loop(
    x: Tensor, h: Tensor, W: Tensor, U: Tensor, b: Tensor, b2: Tensor, nonlinearity: str = "tanh"
) -> tuple[Tensor, Tensor]:
    """h = tanh(W x + b + U h + b')."""
    outputs = []
    for t in range(len(x)):
        h = getattr(F, nonlinearity)(F.linear(x[t], W, b) + F.linear(h, U, b2))
        outputs.append(h)
    return stack(outputs), h


def lstm_loop(
    x: Tensor, h: Tensor, c: Tensor, W: Tensor, U: Tensor, b: Tensor, b2: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """c = f c + i g; h = o tanh(c)."""
    size = h.shape[1]
    outputs = []
    for t in range(len(x)):
        a = F.linear(x[t], W, b) + F.linear(h, U, b2)
        i = F.sigmoid(a[:, :size])
        f = F.sigmoid(a[:, size : 2 * size])
        g = F.tanh(a[:, 2 * size : 3 * size])
        o = F.sigmoid(a[:, 3 * size :])
        c = f * c + i * g
        h = o * F.tanh(c)
        outputs.append(h)
    return stack(outputs), h, c


def gru_loop(
    x: Tensor,
    h: Tensor,
    W: Tensor,
    U: Tensor,
    b: Tensor,
    b2: Tensor,
    reset_after: bool = True,
) -> tuple[Tensor, Tensor]:
    """h = (1 − z) n + z h, with the reset gate before or after the matrix U."""
    size = h.shape[1]
    gates, new = slice(0, 2 * size), slice(2 * size, 3 * size)
    outputs = []
    for t in range(len(x)):
        from_x = F.linear(x[t], W, b)
        rz = F.sigmoid(from_x[:, gates] + F.linear(h, U[gates], b2[gates]))
        r, z = rz[:, :size], rz[:, size:]
        if reset_after:
            n = F.tanh(from_x[:, new] + r * F.linear(h, U[new], b2[new]))
        else:
            n = F.tanh(from_x[:, new] + F.linear(r * h, U[new], b2[new]))
        h = (1 - z) * n + z * h
        outputs.append(h)
    return stack(outputs), h


LOOPS: dict[str, Any] = {"rnn": rnn_loop, "lstm": lstm_loop, "gru": gru_loop}
