"""A recurrent forecaster, in Keras."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from dlbook.models.arguments import check_sizes
from dlbook.models.keras.configured import ConfiguredModel
from dlbook.models.keras.recurrence import recurrent
from dlbook.models.keras.seeding import glorot, seed_source
from dlbook.models.recurrence import check_recurrence

__all__ = ["Forecaster"]


@keras.saving.register_keras_serializable("dlbook")
class Forecaster(ConfiguredModel):
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
    **options
        What Keras adds, such as ``name``.

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
        **options: Any,
    ) -> None:
        sizes = {"hidden_size": hidden_size, "horizon": horizon, "in_features": in_features}
        check_sizes("Forecaster", **sizes)
        check_recurrence("Forecaster", cell, forget_bias)
        seeds = seed_source(rng)
        inputs = keras.Input((None, in_features))
        hidden = recurrent(cell, hidden_size, forget_bias, seeds)(inputs)
        outputs = layers.Dense(horizon, kernel_initializer=glorot(seeds))(hidden)
        settings = {**sizes, "cell": cell, "forget_bias": forget_bias}
        super().__init__(inputs, outputs, settings, **options)
