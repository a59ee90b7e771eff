"""Softmax regression, in PyTorch."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn

from dlbook.models.arguments import check_sizes
from dlbook.models.pytorch.seeding import seeded

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
        Seeds the first weights.

    Raises
    ------
    RangeError
        If a size is not positive.

    References
    ----------
    Chapters 1 and 10, where it is called multinomial logistic regression.
    """

    def __init__(self, in_features: int, num_classes: int, *, rng: Any = None) -> None:
        super().__init__()
        check_sizes("SoftmaxRegression", in_features=in_features, num_classes=num_classes)
        with seeded(rng):
            self.linear = nn.Linear(in_features, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        """Map (batch, in_features) to logits (batch, num_classes)."""
        return self.linear(x)
