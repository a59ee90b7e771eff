"""The block that modern convolutional networks repeat, in Keras."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from keras import layers

from dlbook.models.keras.seeding import glorot

__all__ = ["conv_block"]


def conv_block(x: Any, out_channels: int, seeds: Iterator[int]) -> Any:
    """Convolution of 3×3 that keeps the size, batch norm, ReLU.

    The convolution has no bias: batch norm would subtract it again. Batch norm's ε and momentum
    are PyTorch's, 1e-5 and 0.1 (Keras counts the share that is kept, 0.9), not Keras' own 1e-3
    and 0.99.

    Parameters
    ----------
    x : keras tensor of shape (batch, height, width, channels)
    out_channels : int
    seeds : iterator of int
        From `dlbook.models.keras.seeding.seed_source`.

    Returns
    -------
    keras tensor of shape (batch, height, width, out_channels)
    """
    kernel = glorot(seeds)
    x = layers.Conv2D(out_channels, 3, padding="same", use_bias=False, kernel_initializer=kernel)(x)
    x = layers.BatchNormalization(epsilon=1e-5, momentum=0.9)(x)
    return layers.Activation("relu")(x)
