"""A small network in the manner of VGG, in PyTorch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor, nn

from dlbook.models.arguments import check_sizes, stage_convolutions
from dlbook.models.pytorch.blocks import conv_block
from dlbook.models.pytorch.seeding import seeded

__all__ = ["SmallVGG"]


class SmallVGG(nn.Module):
    """Stages of 3×3 convolutions, halved in between, then one average per channel.

    Each stage has two convolutions, the last one has one. Batch norm and global average pooling
    are later than VGG; they make it small enough to train in seconds.

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
    Simonyan & Zisserman (2015); Ioffe & Szegedy (2015); Lin, Chen & Yan (2014); chapter 12.
    """

    def __init__(
        self,
        num_classes: int = 10,
        in_channels: int = 1,
        channels: Sequence[int] = (12, 24, 48),
        *,
        rng: Any = None,
    ) -> None:
        super().__init__()
        check_sizes("SmallVGG", num_classes=num_classes, in_channels=in_channels, channels=channels)
        layers: list[nn.Module] = []
        with seeded(rng):
            for stage, convolutions in enumerate(stage_convolutions(channels, last=1)):
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
