"""A network in the manner of LeNet-5, from scratch."""

from __future__ import annotations

import numpy as np

from dlbook.engine import Tensor, nn
from dlbook.models.arguments import check_sizes, lenet_side

__all__ = ["LeNet"]


class LeNet(nn.Module):
    """Two rounds of convolution and pooling, then three dense layers.

    Sizes are those of LeNet-5; ReLU and max pooling stand where the original had squashing
    functions and averages, which train far more slowly.

    Parameters
    ----------
    num_classes : int
        Number of logits.
    in_channels : int
        Channels of the images: 1 for grey, 3 for colour.
    image_size : int
        Height and width in pixels, 12 or more.
    rng : numpy.random.Generator, optional
        Draws the first weights.

    Raises
    ------
    RangeError
        If a size is not positive, or the images are too small for two rounds.

    Examples
    --------
    >>> LeNet(num_classes=10).count_params()
    61706

    References
    ----------
    LeCun et al. (1998); chapter 12.
    """

    def __init__(
        self,
        num_classes: int = 10,
        in_channels: int = 1,
        image_size: int = 28,
        *,
        rng: np.random.Generator | None = None,
    ) -> None:
        check_sizes("LeNet", num_classes=num_classes, in_channels=in_channels)
        side = lenet_side(image_size)
        rng = rng or np.random.default_rng()
        self.features = nn.Sequential(
            nn.Conv2d(in_channels, 6, 5, padding=2, rng=rng),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(6, 16, 5, rng=rng),
            nn.ReLU(),
            nn.MaxPool2d(2),
        )
        self.classifier = nn.Sequential(
            nn.Flatten(),
            nn.Linear(16 * side * side, 120, rng=rng),
            nn.ReLU(),
            nn.Linear(120, 84, rng=rng),
            nn.ReLU(),
            nn.Linear(84, num_classes, rng=rng),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Map (batch, in_channels, height, width) to logits (batch, num_classes)."""
        return self.classifier(self.features(x))
