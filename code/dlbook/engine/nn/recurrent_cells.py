"""One step of a recurrence, for loops written by hand: named as in `torch.nn`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from dlbook.engine import functional as F
from dlbook.engine import init
from dlbook.engine.nn.module import Module, Parameter
from dlbook.engine.settings import check_switches, generator, is_one_of, is_whole
from dlbook.engine.tensor import Tensor, as_tensor
from dlbook.errors import RangeError, ShapeError, require

__all__ = ["GRUCell", "LSTMCell", "RNNCell"]


class _Cell(Module):
    """The weights of one step; see `RNNCell` for the arguments."""

    gates = 1

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        *,
        rng: np.random.Generator | None = None,
    ) -> None:
        name = type(self).__name__
        for argument, value in (("input_size", input_size), ("hidden_size", hidden_size)):
            valid = is_whole(value) and value >= 1
            require(valid, RangeError, f"{name}: {argument}", "a positive integer", value)
        check_switches(name, bias=bias)
        rng = generator(name, rng)
        self.input_size, self.hidden_size = input_size, hidden_size
        bound, rows = 1 / math.sqrt(hidden_size), self.gates * hidden_size
        self.weight_ih = Parameter(init.uniform((rows, input_size), rng, -bound, bound))
        self.weight_hh = Parameter(init.uniform((rows, hidden_size), rng, -bound, bound))
        self.bias_ih = Parameter(init.uniform((rows,), rng, -bound, bound)) if bias else None
        self.bias_hh = Parameter(init.uniform((rows,), rng, -bound, bound)) if bias else None

    def _sequence_of_one(self, input: Any) -> Tensor:
        x, name = as_tensor(input), f"{type(self).__name__}: input"
        fits = x.ndim == 2 and x.shape[1] == self.input_size
        require(fits, ShapeError, name, f"shape (batch, {self.input_size})", x)
        return x.unsqueeze(0)

    def _weights(self) -> tuple[Any, ...]:
        return self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh

    def extra_repr(self) -> str:
        """Return both sizes."""
        return f"{self.input_size}, {self.hidden_size}, bias={self.bias_ih is not None}"


class RNNCell(_Cell):
    """One step of a plain recurrence; the equation stands at `functional.rnn`.

    Parameters
    ----------
    input_size : int
        Features of the input.
    hidden_size : int
        Length of the state.
    bias : bool
        Whether to add numbers.
    nonlinearity : {"tanh", "relu"}
    rng : numpy.random.Generator, optional
        Draws the first weights, evenly from ±1/√hidden_size.

    Attributes
    ----------
    weight_ih, weight_hh, bias_ih, bias_hh : Parameter

    Raises
    ------
    RangeError
        If a size is not positive, or the nonlinearity is unknown.

    References
    ----------
    Elman (1990); chapter 17.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: str = "tanh",
        *,
        rng: np.random.Generator | None = None,
    ) -> None:
        expected = '"tanh" or "relu"'
        known = is_one_of(nonlinearity, ("tanh", "relu"))
        require(known, RangeError, "RNNCell: nonlinearity", expected, nonlinearity)
        self.nonlinearity = nonlinearity
        super().__init__(input_size, hidden_size, bias, rng=rng)

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        """Map (batch, input_size) and the state (batch, hidden_size) to the next state."""
        x = self._sequence_of_one(input)
        return F.rnn(x, hx, *self._weights(), nonlinearity=self.nonlinearity)[1]


class LSTMCell(_Cell):
    """One step of a long short-term memory; the equations stand at `functional.lstm`.

    Parameters
    ----------
    input_size, hidden_size, bias, rng
        As for `RNNCell`.

    Attributes
    ----------
    weight_ih, weight_hh, bias_ih, bias_hh : Parameter
        Rows in the order of the gates i, f, g, o.

    Raises
    ------
    RangeError
        If a size is not positive.

    References
    ----------
    Hochreiter & Schmidhuber (1997); chapter 18.
    """

    gates = 4

    def forward(
        self, input: Tensor, hx: tuple[Tensor, Tensor] | None = None
    ) -> tuple[Tensor, Tensor]:
        """Map (batch, input_size) and (h, c), each (batch, hidden_size), to the next (h, c)."""
        return F.lstm(self._sequence_of_one(input), hx, *self._weights())[1]


class GRUCell(_Cell):
    """One step of a gated recurrent unit; the equations stand at `functional.gru`.

    Parameters
    ----------
    input_size, hidden_size, bias, rng
        As for `RNNCell`.
    reset_after : bool
        As for `GRU`.

    Attributes
    ----------
    weight_ih, weight_hh, bias_ih, bias_hh : Parameter
        Rows in the order of the gates r, z, n.

    Raises
    ------
    RangeError
        If a size is not positive.

    References
    ----------
    Cho et al. (2014); chapter 18.
    """

    gates = 3

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        *,
        reset_after: bool = True,
        rng: np.random.Generator | None = None,
    ) -> None:
        check_switches("GRUCell", reset_after=reset_after)
        self.reset_after = reset_after
        super().__init__(input_size, hidden_size, bias, rng=rng)

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        """Map (batch, input_size) and the state (batch, hidden_size) to the next state."""
        x = self._sequence_of_one(input)
        return F.gru(x, hx, *self._weights(), reset_after=self.reset_after)[1]
