"""The convolutional part of a network by name, in PyTorch."""

from __future__ import annotations

from typing import Any

from torch import nn

from dlbook.errors import DTypeError, require
from dlbook.models.feature_names import name_layers

__all__ = ["feature_layers", "input_channels"]


def feature_layers(model: nn.Module) -> dict[str, nn.Module]:
    """Name the layers of a network up to its last feature map.

    Parameters
    ----------
    model : torch.nn.Module
        With a `Sequential` called ``features``, as the image models of this book and of
        torchvision; or that `Sequential` itself.

    Returns
    -------
    dict of str to torch.nn.Module
        ``"conv1_1"`` and so on, in order; see `dlbook.models.feature_names`.

    Raises
    ------
    DTypeError
        If the model has no such part, or other layers are in it.
    """
    features: Any = getattr(model, "features", model)
    expected = "a model with a Sequential called features"
    require(
        isinstance(features, nn.Sequential), DTypeError, "model", expected, type(model).__name__
    )
    named = name_layers(features)
    require("conv1_1" in named, DTypeError, "model", "at least one convolution", "none")
    return named


def input_channels(model: nn.Module) -> int:
    """Tell how many channels the images of a network have.

    Parameters
    ----------
    model : torch.nn.Module

    Returns
    -------
    int
    """
    first: Any = feature_layers(model)["conv1_1"]
    return int(first.weight.shape[1])
