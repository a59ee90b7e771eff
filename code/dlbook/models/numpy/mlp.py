"""Multi-layer perceptron, from scratch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dlbook.engine import Tensor, nn
from dlbook.models.arguments import check_choice, check_sizes, dropout_rates

__all__ = ["MLP"]

ACTIVATIONS = {"relu": nn.ReLU, "sigmoid": nn.Sigmoid, "tanh": nn.Tanh}


class MLP(nn.Module):
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
        Draws the first weights and the dropout masks.

    Raises
    ------
    RangeError, ShapeError
        If a size is not positive, the activation is unknown, or a rate lies outside [0, 1).

    Examples
    --------
    >>> MLP(784, [256, 128], 10).count_params()
    235146

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
        rng: np.random.Generator | None = None,
    ) -> None:
        check_sizes("MLP", in_features=in_features, hidden=hidden, out_features=out_features)
        check_choice("MLP", "activation", activation, list(ACTIVATIONS))
        rng = rng or np.random.default_rng()
        layers: list[nn.Module] = []
        for units, rate in zip(hidden, dropout_rates("MLP", dropout, len(hidden)), strict=True):
            layers += [nn.Linear(in_features, units, rng=rng), ACTIVATIONS[activation]()]
            if rate:
                layers.append(nn.Dropout(rate, rng=rng))
            in_features = units
        self.layers = nn.Sequential(*layers, nn.Linear(in_features, out_features, rng=rng))

    def forward(self, x: Tensor) -> Tensor:
        """Map (batch, in_features) to (batch, out_features)."""
        return self.layers(x)
