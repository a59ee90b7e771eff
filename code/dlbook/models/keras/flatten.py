"""From a feature map to a vector, in PyTorch's order."""

from __future__ import annotations

from typing import Any

from keras import layers

__all__ = ["flatten_channels_first"]


def flatten_channels_first(x: Any) -> Any:
    """Flatten (batch, height, width, channels) channel by channel.

    Keras keeps channels last, so `Flatten` alone would list a pixel's channels side by side and
    the dense layer behind it would expect its inputs in another order than PyTorch's.

    Parameters
    ----------
    x : keras tensor of shape (batch, height, width, channels)

    Returns
    -------
    keras tensor of shape (batch, channels · height · width)
    """
    return layers.Flatten()(layers.Permute((3, 1, 2))(x))
