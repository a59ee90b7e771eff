"""The convolutional part of a network by name, in Keras."""

from __future__ import annotations

from itertools import takewhile
from typing import Any

import keras

from dlbook.errors import DTypeError, require
from dlbook.models.feature_names import kind_of, name_layers

__all__ = ["feature_layers", "input_channels"]


def feature_layers(model: keras.Model) -> dict[str, Any]:
    """Name the layers of a network up to its last feature map.

    Parameters
    ----------
    model : keras.Model
        Whose layers follow one another: the image models of this book, or
        `keras.applications.VGG16`. The first layer that is none of a convolutional stage, such
        as global pooling, ends the part.

    Returns
    -------
    dict of str to keras.layers.Layer
        ``"conv1_1"`` and so on, in order; see `dlbook.models.feature_names`.

    Raises
    ------
    DTypeError
        If the model does not begin with convolutions.
    """
    require(isinstance(model, keras.Model), DTypeError, "model", "a keras.Model", model)
    inner = [layer for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]
    named = name_layers(takewhile(lambda layer: kind_of(layer) is not None, inner))
    expected, came = "a model that begins with convolutions", type(model).__name__
    require("conv1_1" in named, DTypeError, "model", expected, came)
    return named


def input_channels(model: keras.Model) -> int:
    """Tell how many channels the images of a network have.

    Parameters
    ----------
    model : keras.Model

    Returns
    -------
    int
    """
    return int(feature_layers(model)["conv1_1"].kernel.shape[2])
