"""Recurrent layers over whole sequences, named and laid out as in `torch.nn`."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from dlbook.engine import functional as F
from dlbook.engine import init
from dlbook.engine.nn.module import Module, Parameter
from dlbook.engine.tensor import Tensor, as_tensor, cat, stack
from dlbook.errors import RangeError, ShapeError, require

__all__ = ["GRU", "LSTM", "RNN"]


class _Recurrent(Module):
    """Layers on top of each other, each in one direction or in both; see `RNN` for the arguments."""

    gates = 1

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        *,
        rng: np.random.Generator | None = None,
    ) -> None:
        name = type(self).__name__
        for argument, value in (
            ("input_size", input_size),
            ("hidden_size", hidden_size),
            ("num_layers", num_layers),
        ):
            valid = isinstance(value, int | np.integer) and value >= 1
            require(valid, RangeError, f"{name}: {argument}", "a positive integer", value)
        require(0 <= dropout < 1, RangeError, f"{name}: dropout", "a share in [0, 1)", dropout)
        self.input_size, self.hidden_size, self.num_layers = input_size, hidden_size, num_layers
        self.bias, self.batch_first = bias, batch_first
        self.dropout, self.bidirectional = dropout, bidirectional
        self.rng = rng or np.random.default_rng()
        bound, rows = 1 / math.sqrt(hidden_size), self.gates * hidden_size
        for layer, suffix in self._runs():
            columns = input_size if layer == 0 else hidden_size * (1 + bidirectional)
            shapes = {"weight_ih": (rows, columns), "weight_hh": (rows, hidden_size)}
            if bias:
                shapes |= {"bias_ih": (rows,), "bias_hh": (rows,)}
            for kind, shape in shapes.items():
                drawn = init.uniform(shape, self.rng, -bound, bound)
                setattr(self, f"{kind}{suffix}", Parameter(drawn))

    def _runs(self) -> Iterator[tuple[int, str]]:
        """Yield (layer, ending of its parameters' names) in PyTorch's order."""
        for layer in range(self.num_layers):
            for direction in ("", "_reverse")[: 1 + self.bidirectional]:
                yield layer, f"_l{layer}{direction}"

    def _weights(self, suffix: str) -> list[Parameter]:
        kinds = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")[: 4 if self.bias else 2]
        return [vars(self)[kind + suffix] for kind in kinds]

    def _run(self, x: Tensor, states: Any, weights: list[Parameter], **options: Any) -> Any:
        """Apply one layer in one direction; returns outputs and a tuple of final states."""
        raise TypeError(f"{type(self).__name__} defines no _run")

    def _forward(
        self, input: Any, states: tuple[Any, ...] | None, lengths: Any
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Apply all layers; `states` and the final states are stacked over layers."""
        x = self._time_first(input)
        if states is not None:
            states = tuple(as_tensor(state) for state in states)
            shape = (self.num_layers * (1 + self.bidirectional), x.shape[1], self.hidden_size)
            for state in states:
                name, form = f"{type(self).__name__}: hx", "(layers · directions, batch, hidden)"
                require(state.shape == shape, ShapeError, name, f"shape {shape} {form}", state)
        outputs: list[Tensor] = []
        finals: list[tuple[Tensor, ...]] = []
        for position, (layer, suffix) in enumerate(self._runs()):
            if layer and not suffix.endswith("_reverse"):
                x, outputs = self._join(outputs), []
                x = F.dropout(x, self.dropout, self.training, rng=self.rng)
            output, final = self._run(
                x,
                None if states is None else tuple(state[position] for state in states),
                self._weights(suffix),
                reverse=suffix.endswith("_reverse"),
                lengths=lengths,
            )
            outputs.append(output)
            finals.append(final)
        result = self._join(outputs)
        if self.batch_first:
            result = result.transpose(0, 1)
        return result, tuple(stack(state) for state in zip(*finals, strict=True))

    def _time_first(self, input: Any) -> Tensor:
        x = as_tensor(input)
        axes = "(batch, time, features)" if self.batch_first else "(time, batch, features)"
        require(
            x.ndim == 3 and x.shape[2] == self.input_size,
            ShapeError,
            f"{type(self).__name__}: input",
            f"3 axes {axes}, the last of length {self.input_size}",
            x,
        )
        return x.transpose(0, 1) if self.batch_first else x

    @staticmethod
    def _join(outputs: list[Tensor]) -> Tensor:
        return outputs[0] if len(outputs) == 1 else cat(outputs, dim=2)

    def extra_repr(self) -> str:
        """Return the sizes, and whatever differs from its default."""
        defaults = {
            "num_layers": 1,
            "bias": True,
            "batch_first": False,
            "dropout": 0.0,
            "bidirectional": False,
        }
        special = [f"{k}={vars(self)[k]}" for k, v in defaults.items() if vars(self)[k] != v]
        return ", ".join([str(self.input_size), str(self.hidden_size), *special])


class RNN(_Recurrent):
    """Plain (Elman) recurrent layers; the equation stands at `functional.rnn`.

    Parameters
    ----------
    input_size : int
        Features of the input at each step.
    hidden_size : int
        Length of the state ("units" in Keras; it has nothing to do with the number of steps).
    num_layers : int
        Each layer reads the outputs of the one below.
    nonlinearity : {"tanh", "relu"}
    bias : bool
        Whether to add numbers; two vectors per layer and direction, as PyTorch keeps them.
    batch_first : bool
        Whether input and output are (batch, time, features) instead of (time, batch, features).
        States are (layers · directions, batch, hidden) either way.
    dropout : float in [0, 1)
        Share of outputs dropped between layers while training; without effect on one layer.
    bidirectional : bool
        Add a second recurrence from the last step to the first; outputs are joined.
    rng : numpy.random.Generator, optional
        Draws the first weights, evenly from ±1/√hidden_size as PyTorch does, and the dropout.

    Attributes
    ----------
    weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0 : Parameter
        Of layer 0; those of layer 1 end in ``_l1``, those of the way back in ``_l0_reverse``.

    Raises
    ------
    RangeError
        If a size is not positive, `dropout` lies outside [0, 1), or the nonlinearity is unknown.

    References
    ----------
    Elman (1990); chapter 17.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        *,
        rng: np.random.Generator | None = None,
    ) -> None:
        expected = '"tanh" or "relu"'
        known = nonlinearity in ("tanh", "relu")
        require(known, RangeError, "RNN: nonlinearity", expected, nonlinearity)
        self.nonlinearity = nonlinearity
        super().__init__(
            input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, rng=rng
        )

    def _run(self, x: Tensor, states: Any, weights: list[Parameter], **options: Any) -> Any:
        h_0 = None if states is None else states[0]
        output, h_n = F.rnn(x, h_0, *weights, nonlinearity=self.nonlinearity, **options)
        return output, (h_n,)

    def forward(self, input: Tensor, hx: Tensor | None = None, *, lengths: Any = None) -> Any:
        """Run over a batch of sequences.

        Parameters
        ----------
        input : Tensor of shape (time, batch, input_size), or (batch, time, …) if `batch_first`
        hx : Tensor of shape (layers · directions, batch, hidden_size), optional
            States before the first step; zeros if None.
        lengths : array_like of int, shape (batch,), optional
            Real steps of each sequence, the rest being padding at the end. Outputs there are 0,
            and the final state is that after the last real step: what PyTorch computes from a
            packed sequence, in the order of the batch.

        Returns
        -------
        output : Tensor of shape (time, batch, directions · hidden_size), or batch first
            States of the last layer after each step.
        h_n : Tensor of shape (layers · directions, batch, hidden_size)
            Final states.

        Raises
        ------
        ShapeError, DTypeError, RangeError
            If shapes do not fit, something is not a float, or a length is not in 1 … time.
        """
        output, (h_n,) = self._forward(input, None if hx is None else (hx,), lengths)
        return output, h_n


class LSTM(_Recurrent):
    """Layers of long short-term memory; the equations stand at `functional.lstm`.

    Parameters
    ----------
    input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, rng
        As for `RNN`.

    Attributes
    ----------
    weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0 : Parameter
        Rows in the order of the gates i, f, g, o; names as in `RNN`. PyTorch and this class draw
        the forget gate's bias like all others, Keras starts it at 1.

    Raises
    ------
    RangeError
        If a size is not positive, or `dropout` lies outside [0, 1).

    References
    ----------
    Hochreiter & Schmidhuber (1997); Gers et al. (2000); chapter 18.
    """

    gates = 4

    def _run(self, x: Tensor, states: Any, weights: list[Parameter], **options: Any) -> Any:
        return F.lstm(x, states, *weights, **options)

    def forward(
        self, input: Tensor, hx: tuple[Tensor, Tensor] | None = None, *, lengths: Any = None
    ) -> Any:
        """Run over a batch of sequences.

        Parameters
        ----------
        input : Tensor of shape (time, batch, input_size), or (batch, time, …) if `batch_first`
        hx : (h_0, c_0), each a Tensor of shape (layers · directions, batch, hidden_size), optional
            States and cells before the first step; zeros if None.
        lengths : array_like of int, shape (batch,), optional
            Real steps of each sequence; see `RNN.forward`.

        Returns
        -------
        output : Tensor of shape (time, batch, directions · hidden_size), or batch first
            States of the last layer after each step.
        (h_n, c_n) : tuple of Tensor of shape (layers · directions, batch, hidden_size)
            Final states and cells.

        Raises
        ------
        ShapeError, DTypeError, RangeError
            If shapes do not fit, something is not a float, or a length is not in 1 … time.
        """
        if hx is not None:
            pair = isinstance(hx, tuple | list) and len(hx) == 2
            require(pair, ShapeError, "LSTM: hx", "a pair (h_0, c_0)", hx)
        return self._forward(input, hx, lengths)


class GRU(_Recurrent):
    """Layers of gated recurrent units; the equations stand at `functional.gru`.

    Parameters
    ----------
    input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, rng
        As for `RNN`.
    reset_after : bool
        True, the form of PyTorch and Keras' default, resets after the matrix; False is the form
        of the first paper.

    Attributes
    ----------
    weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0 : Parameter
        Rows in the order of the gates r, z, n (Keras: z, r, n); names as in `RNN`.

    Raises
    ------
    RangeError
        If a size is not positive, or `dropout` lies outside [0, 1).

    References
    ----------
    Cho et al. (2014); Chung et al. (2014); chapter 18.
    """

    gates = 3

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        *,
        reset_after: bool = True,
        rng: np.random.Generator | None = None,
    ) -> None:
        self.reset_after = reset_after
        super().__init__(
            input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, rng=rng
        )

    def _run(self, x: Tensor, states: Any, weights: list[Parameter], **options: Any) -> Any:
        h_0 = None if states is None else states[0]
        output, h_n = F.gru(x, h_0, *weights, reset_after=self.reset_after, **options)
        return output, (h_n,)

    def forward(self, input: Tensor, hx: Tensor | None = None, *, lengths: Any = None) -> Any:
        """Run over a batch of sequences.

        Parameters
        ----------
        input : Tensor of shape (time, batch, input_size), or (batch, time, …) if `batch_first`
        hx : Tensor of shape (layers · directions, batch, hidden_size), optional
            States before the first step; zeros if None.
        lengths : array_like of int, shape (batch,), optional
            Real steps of each sequence; see `RNN.forward`.

        Returns
        -------
        output : Tensor of shape (time, batch, directions · hidden_size), or batch first
            States of the last layer after each step.
        h_n : Tensor of shape (layers · directions, batch, hidden_size)
            Final states.

        Raises
        ------
        ShapeError, DTypeError, RangeError
            If shapes do not fit, something is not a float, or a length is not in 1 … time.
        """
        output, (h_n,) = self._forward(input, None if hx is None else (hx,), lengths)
        return output, h_n
