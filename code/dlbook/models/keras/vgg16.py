"""VGG16, in Keras."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from dlbook.models.arguments import VGG16_STAGES, check_sizes, vgg16_side
from dlbook.models.keras.configured import ConfiguredModel
from dlbook.models.keras.flatten import flatten_channels_first
from dlbook.models.keras.seeding import glorot, seed_source

__all__ = ["VGG16"]


@keras.saving.register_keras_serializable("dlbook")
class VGG16(ConfiguredModel):
    """Thirteen 3×3 convolutions in five stages, then three dense layers.

    `keras.applications.VGG16` is the same network with another order of flattening and
    probabilities for outputs. Images are channels-last.

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
        Seeds the first weights and the dropout masks.
    **options
        What Keras adds, such as ``name``.

    Raises
    ------
    RangeError
        If a size is not positive, or the images are too small for five halvings.

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
        rng: Any = None,
        **options: Any,
    ) -> None:
        check_sizes("VGG16", num_classes=num_classes, width=width)
        vgg16_side(image_size)
        seeds = seed_source(rng)
        inputs = x = keras.Input((image_size, image_size, 3))
        for convolutions, factor in VGG16_STAGES:
            for _ in range(convolutions):
                kernel = glorot(seeds)
                conv = layers.Conv2D(factor * width, 3, padding="same", kernel_initializer=kernel)
                x = layers.Activation("relu")(conv(x))
            x = layers.MaxPooling2D(2)(x)
        if include_top:
            x = flatten_channels_first(x)
            for _ in range(2):
                x = layers.Dense(64 * width, "relu", kernel_initializer=glorot(seeds))(x)
                x = layers.Dropout(0.5, seed=next(seeds))(x)
            x = layers.Dense(num_classes, kernel_initializer=glorot(seeds))(x)
        settings = {
            "num_classes": num_classes,
            "include_top": include_top,
            "image_size": image_size,
            "width": width,
        }
        super().__init__(inputs, x, settings, **options)
