"""Multi-layer perceptron, in Keras."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import layers

from dlbook.models.arguments import check_choice, check_sizes, dropout_rates
from dlbook.models.keras.configured import ConfiguredModel
from dlbook.models.keras.seeding import glorot, seed_source

__all__ = ["MLP"]

ACTIVATIONS = ("relu", "sigmoid", "tanh")


@keras.saving.register_keras_serializable("dlbook")
class MLP(ConfiguredModel):
    """Affine layers with a non-linearity after each but the last.

    Parameters
    ----------
    in_features : int
        Length of an input vector.
    hidden : sequence of int
        Units of each hidden layer; empty for a linear model.
    out_features : int
        Number of outputs: classes (as logits) or predicted numbers.
    activation : {"relu", "sigmoid", "tanh"}
        What bends the hidden layers.
    dropout : float or sequence of float
        Share of units dropped after each hidden layer while training.
    rng : numpy.random.Generator, optional
        Seeds the first weights and the dropout masks.
    **options
        What Keras adds, such as ``name``.

    Raises
    ------
    RangeError, ShapeError
        If a size is not positive, the activation is unknown, or a rate lies outside [0, 1).

    References
    ----------
    Rumelhart, Hinton & Williams (1986); chapters 1 and 5.
    """

    def __init__(
        self,
        in_features: int,
        hidden: Sequence[int],
        out_features: int,
        activation: str = "relu",
        dropout: float | Sequence[float] = 0.0,
        *,
        rng: Any = None,
        **options: Any,
    ) -> None:
        check_sizes("MLP", in_features=in_features, hidden=hidden, out_features=out_features)
        check_choice("MLP", "activation", activation, ACTIVATIONS)
        seeds = seed_source(rng)
        inputs = x = keras.Input((in_features,))
        for units, rate in zip(hidden, dropout_rates("MLP", dropout, len(hidden)), strict=True):
            x = layers.Dense(units, kernel_initializer=glorot(seeds))(x)
            x = layers.Activation(activation)(x)
            if rate:
                x = layers.Dropout(rate, seed=next(seeds))(x)
        outputs = layers.Dense(out_features, kernel_initializer=glorot(seeds))(x)
        settings = {
            "in_features": inputs.shape[1],
            "hidden": list(hidden),
            "out_features": out_features,
            "activation": activation,
            "dropout": dropout,
        }
        super().__init__(inputs, outputs, settings, **options)
