"""Softmax regression, from scratch."""

from __future__ import annotations

import numpy as np

from dlbook.engine import Tensor, nn
from dlbook.models.arguments import check_sizes

__all__ = ["SoftmaxRegression"]


class SoftmaxRegression(nn.Module):
    """One affine map to a score per class: the linear classifier every network has to beat.

    Parameters
    ----------
    in_features : int
        Length of an input vector.
    num_classes : int
        Number of logits.
    rng : numpy.random.Generator, optional
        Draws the first weights.

    Raises
    ------
    RangeError
        If a size is not positive.

    References
    ----------
    Chapters 1 and 10, where it is called multinomial logistic regression.
    """

    def __init__(
        self, in_features: int, num_classes: int, *, rng: np.random.Generator | None = None
    ) -> None:
        check_sizes("SoftmaxRegression", in_features=in_features, num_classes=num_classes)
        self.linear = nn.Linear(in_features, num_classes, rng=rng)

    def forward(self, x: Tensor) -> Tensor:
        """Map (batch, in_features) to logits (batch, num_classes)."""
        return self.linear(x)
