"""A network in the manner of LeNet-5, in Keras."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from dlbook.models.arguments import check_sizes, lenet_side
from dlbook.models.keras.configured import ConfiguredModel
from dlbook.models.keras.flatten import flatten_channels_first
from dlbook.models.keras.seeding import glorot, seed_source

__all__ = ["LeNet"]


@keras.saving.register_keras_serializable("dlbook")
class LeNet(ConfiguredModel):
    """Two rounds of convolution and pooling, then three dense layers.

    Sizes are those of LeNet-5; ReLU and max pooling stand where the original had squashing
    functions and averages, which train far more slowly. Images are channels-last.

    Parameters
    ----------
    num_classes : int
        Number of logits.
    in_channels : int
        Channels of the images: 1 for grey, 3 for colour.
    image_size : int
        Height and width in pixels, 12 or more.
    rng : numpy.random.Generator, optional
        Seeds the first weights.
    **options
        What Keras adds, such as ``name``.

    Raises
    ------
    RangeError
        If a size is not positive, or the images are too small for two rounds.

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
        rng: Any = None,
        **options: Any,
    ) -> None:
        check_sizes("LeNet", num_classes=num_classes, in_channels=in_channels)
        lenet_side(image_size)
        seeds = seed_source(rng)
        inputs = keras.Input((image_size, image_size, in_channels))
        x = layers.Conv2D(6, 5, padding="same", kernel_initializer=glorot(seeds))(inputs)
        x = layers.Activation("relu")(x)
        x = layers.MaxPooling2D(2)(x)
        x = layers.Conv2D(16, 5, kernel_initializer=glorot(seeds))(x)
        x = layers.Activation("relu")(x)
        x = layers.MaxPooling2D(2)(x)
        x = flatten_channels_first(x)
        x = layers.Dense(120, activation="relu", kernel_initializer=glorot(seeds))(x)
        x = layers.Dense(84, activation="relu", kernel_initializer=glorot(seeds))(x)
        outputs = layers.Dense(num_classes, kernel_initializer=glorot(seeds))(x)
        settings = {
            "num_classes": num_classes,
            "in_channels": in_channels,
            "image_size": image_size,
        }
        super().__init__(inputs, outputs, settings, **options)
