"""A small network in the manner of VGG, in Keras."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import layers

from dlbook.models.arguments import check_sizes, stage_convolutions
from dlbook.models.keras.blocks import conv_block
from dlbook.models.keras.configured import ConfiguredModel
from dlbook.models.keras.seeding import glorot, seed_source

__all__ = ["SmallVGG"]


@keras.saving.register_keras_serializable("dlbook")
class SmallVGG(ConfiguredModel):
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
    **options
        What Keras adds, such as ``name``.

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
        **options: Any,
    ) -> None:
        check_sizes("SmallVGG", num_classes=num_classes, in_channels=in_channels, channels=channels)
        seeds = seed_source(rng)
        inputs = x = keras.Input((None, None, in_channels))
        for stage, convolutions in enumerate(stage_convolutions(channels, last=1)):
            if stage:
                x = layers.MaxPooling2D(2)(x)
            for _ in range(convolutions):
                x = conv_block(x, channels[stage], seeds)
        pooled = layers.GlobalAveragePooling2D()(x)
        outputs = layers.Dense(num_classes, kernel_initializer=glorot(seeds))(pooled)
        settings = {
            "num_classes": num_classes,
            "in_channels": in_channels,
            "channels": list(channels),
        }
        super().__init__(inputs, outputs, settings, **options)
