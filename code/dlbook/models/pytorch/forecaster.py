"""A recurrent forecaster, in PyTorch."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn

from dlbook.errors import ShapeError, require
from dlbook.models.arguments import check_sizes
from dlbook.models.pytorch.recurrence import final_state, recurrent
from dlbook.models.pytorch.seeding import seeded
from dlbook.models.recurrence import check_recurrence

__all__ = ["Forecaster"]


class Forecaster(nn.Module):
    """Read the past of a series and predict the values that come next, all at once.

    Of a plain cell and an LSTM, the second bias that PyTorch would keep is frozen at zero, so
    that there are as many weights to train as in Keras.

    Parameters
    ----------
    cell : {"rnn", "lstm", "gru"}
        Kind of recurrence.
    hidden_size : int
        Length of the state.
    horizon : int
        How many values are predicted.
    in_features : int
        Numbers measured at each step.
    forget_bias : float, optional
        Where the bias starts that keeps the memory: of an LSTM's forget gate, or a GRU's update
        gate. None leaves it to the library: Keras starts an LSTM's at 1, PyTorch near 0.
    rng : numpy.random.Generator, optional
        Seeds the first weights.

    Raises
    ------
    RangeError
        If a size is not positive, the cell is unknown, or `forget_bias` does not fit it.

    References
    ----------
    Hochreiter & Schmidhuber (1997); Cho et al. (2014); chapters 18 and 19.
    """

    def __init__(
        self,
        cell: str = "gru",
        hidden_size: int = 16,
        horizon: int = 1,
        in_features: int = 1,
        forget_bias: float | None = None,
        *,
        rng: Any = None,
    ) -> None:
        super().__init__()
        sizes = {"hidden_size": hidden_size, "horizon": horizon, "in_features": in_features}
        check_sizes("Forecaster", **sizes)
        check_recurrence("Forecaster", cell, forget_bias)
        with seeded(rng):
            self.recurrent = recurrent(cell, in_features, hidden_size, forget_bias)
            self.output = nn.Linear(hidden_size, horizon)

    def forward(self, x: Tensor) -> Tensor:
        """Map (batch, time, in_features) to predictions (batch, horizon)."""
        features = self.recurrent.input_size
        fits = x.ndim == 3 and x.shape[2] == features  # of 2 axes PyTorch would make one series
        require(fits, ShapeError, "Forecaster: x", f"shape (batch, time, {features})", x)
        state = final_state(self.recurrent, x)
        hidden = state[0] if isinstance(state, tuple) else state  # an LSTM's is a pair (h, c)
        return self.output(hidden[0])
