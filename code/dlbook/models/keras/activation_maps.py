"""What the layers of a convolutional network make of an image, in Keras."""

from __future__ import annotations

from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf

from dlbook.models.feature_names import Array, check_images, find_layer
from dlbook.models.keras.feature_layers import feature_layers, input_channels

__all__ = ["activation_maps"]


def activation_maps(
    model: keras.Model, x: Array, layers: Sequence[str | int] | None = None
) -> dict[str, Array]:
    """Compute intermediate results of a network, in evaluation mode.

    Parameters
    ----------
    model : keras.Model
        That begins with convolutions.
    x : ndarray of shape (n, height, width, channels)
        Images.
    layers : sequence of str or int, optional
        Names such as ``"relu1_1"``, or positions among the feature layers; all by default.

    Returns
    -------
    dict of str to ndarray of shape (n, height, width, channels)
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
    images = tf.constant(check_images("activation_maps", x, input_channels(model), 3))
    # a second model on the same layers: one input, as many outputs as maps
    outputs = {name: layer.output for name, layer in named.items() if name in wanted}
    maps = keras.Model(model.inputs, outputs)(images, training=False)
    return {name: np.array(maps[name]) for name in outputs}
