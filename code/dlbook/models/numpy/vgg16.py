"""VGG16, from scratch."""

from __future__ import annotations

import numpy as np

from dlbook.engine import Tensor, nn
from dlbook.models.arguments import VGG16_STAGES, check_sizes, vgg16_side

__all__ = ["VGG16"]


class VGG16(nn.Module):
    """Thirteen 3×3 convolutions in five stages, then three dense layers.

    Parameters
    ----------
    num_classes : int
        Number of logits.
    include_top : bool
        With the dense layers; without them the result is the last feature map.
    image_size : int
        Height and width in pixels, 32 or more; 224 in the paper. Only the dense layers depend
        on it.
    width : int
        Channels of the first stage, 64 in the paper; everything else scales with it.
    rng : numpy.random.Generator, optional
        Draws the first weights and the dropout masks.

    Raises
    ------
    RangeError
        If a size is not positive, or the images are too small for five halvings.

    Examples
    --------
    >>> VGG16().count_params(), VGG16(include_top=False).count_params()
    (138357544, 14714688)

    References
    ----------
    Simonyan & Zisserman (2015); chapter 12.
    """

    def __init__(
        self,
        num_classes: int = 1000,
        include_top: bool = True,
        image_size: int = 224,
        width: int = 64,
        *,
        rng: np.random.Generator | None = None,
    ) -> None:
        check_sizes("VGG16", num_classes=num_classes, width=width)
        side = vgg16_side(image_size)
        rng = rng or np.random.default_rng()
        layers: list[nn.Module] = []
        channels = 3
        for convolutions, factor in VGG16_STAGES:
            for _ in range(convolutions):
                layers += [nn.Conv2d(channels, factor * width, 3, padding=1, rng=rng), nn.ReLU()]
                channels = factor * width
            layers.append(nn.MaxPool2d(2))
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Sequential()
        if include_top:
            units = 64 * width
            self.classifier = nn.Sequential(
                nn.Flatten(),
                nn.Linear(channels * side * side, units, rng=rng),
                nn.ReLU(),
                nn.Dropout(0.5, rng=rng),
                nn.Linear(units, units, rng=rng),
                nn.ReLU(),
                nn.Dropout(0.5, rng=rng),
                nn.Linear(units, num_classes, rng=rng),
            )

    def forward(self, x: Tensor) -> Tensor:
        """Map (batch, 3, height, width) to logits, or to the last feature map."""
        return self.classifier(self.features(x))
