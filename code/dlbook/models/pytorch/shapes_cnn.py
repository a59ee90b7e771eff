"""The network that finds coloured shapes on photographs, in PyTorch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor, nn

from dlbook.models.arguments import check_sizes, stage_convolutions
from dlbook.models.pytorch.blocks import conv_block
from dlbook.models.pytorch.seeding import seeded

__all__ = ["ShapesCNN"]


class ShapesCNN(nn.Module):
    """Stages of 3×3 convolutions, halved in between, then one average per channel.

    The first stage has one convolution, the others have two. What is averaged in the end is a
    map of where each channel saw something: a class activation map needs no more.

    Parameters
    ----------
    num_classes : int
        Number of logits.
    in_channels : int
        Channels of the images: 1 for grey, 3 for colour.
    channels : sequence of int
        Channels of each stage.
    rng : numpy.random.Generator, optional
        Seeds the first weights.

    Raises
    ------
    RangeError
        If a size is not positive.

    References
    ----------
    Zhou et al. (2016); chapters 13 and 14.
    """

    def __init__(
        self,
        num_classes: int = 6,
        in_channels: int = 3,
        channels: Sequence[int] = (16, 32, 64),
        *,
        rng: Any = None,
    ) -> None:
        super().__init__()
        check_sizes(
            "ShapesCNN", num_classes=num_classes, in_channels=in_channels, channels=channels
        )
        layers: list[nn.Module] = []
        with seeded(rng):
            for stage, convolutions in enumerate(stage_convolutions(channels, first=1)):
                if stage:
                    layers.append(nn.MaxPool2d(2))
                for _ in range(convolutions):
                    layers += conv_block(in_channels, channels[stage])
                    in_channels = channels[stage]
            self.features = nn.Sequential(*layers)
            self.classifier = nn.Linear(in_channels, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        """Map (batch, in_channels, height, width) to logits (batch, num_classes)."""
        return self.classifier(self.features(x).mean(dim=(2, 3)))
