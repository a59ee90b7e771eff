"""What the layers of a convolutional network make of an image, in PyTorch."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn

from dlbook.models.feature_names import Array, check_images, find_layer
from dlbook.models.pytorch.feature_layers import feature_layers, input_channels

__all__ = ["activation_maps"]


def activation_maps(
    model: nn.Module, x: Array, layers: Sequence[str | int] | None = None
) -> dict[str, Array]:
    """Compute intermediate results of a network, in evaluation mode.

    Parameters
    ----------
    model : torch.nn.Module
        With a part called ``features``. It is left in evaluation mode.
    x : ndarray of shape (n, channels, height, width)
        Images.
    layers : sequence of str or int, optional
        Names such as ``"relu1_1"``, or positions among the feature layers; all by default.

    Returns
    -------
    dict of str to ndarray of shape (n, channels, height, width)
        One entry for each layer asked for, in the network's order.

    Raises
    ------
    RangeError
        If there is no such layer.
    ShapeError, DTypeError, DataError
        If `x` is not what the network takes.

    References
    ----------
    Zeiler & Fergus (2014); chapter 14.
    """
    named = feature_layers(model)
    wanted = named if layers is None else {find_layer("activation_maps", named, n) for n in layers}
    result = torch.tensor(check_images("activation_maps", x, input_channels(model), 1))
    model.eval()
    maps = {}
    with torch.no_grad():
        for name, layer in named.items():
            result = layer(result)
            if name in wanted:
                maps[name] = result.numpy().copy()  # a later ReLU may work in place
    return maps
