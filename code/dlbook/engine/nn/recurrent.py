"""Recurrent layers over whole sequences, named and laid out as in `torch.nn`."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlbook.engine import functional as F
from dlbook.engine.nn.module import Parameter
from dlbook.engine.nn.recurrent_base import Recurrent
from dlbook.engine.settings import check_switches, is_one_of
from dlbook.engine.tensor import Tensor
from dlbook.errors import RangeError, ShapeError, require

__all__ = ["GRU", "LSTM", "RNN"]


class RNN(Recurrent):
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
        known = is_one_of(nonlinearity, ("tanh", "relu"))
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


class LSTM(Recurrent):
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


class GRU(Recurrent):
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
        check_switches("GRU", reset_after=reset_after)
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
