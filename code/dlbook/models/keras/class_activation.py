"""Where in an image a network saw what it decided on, in Keras."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from dlbook.errors import DTypeError, RangeError, require
from dlbook.models.feature_names import Array, check_images, find_layer, one_for_each
from dlbook.models.keras.feature_layers import feature_layers, input_channels

__all__ = ["class_activation_map", "grad_cam"]


def class_activation_map(model: keras.Model, x: Array, classes: Any = None) -> Array:
    r"""Show which places speak for a class, in a network with global average pooling.

    .. math:: M_c(i, j) = \sum_k w_{ck} A_k(i, j)

    with the last feature maps A and the weights w of the class. The mean of M over all places,
    plus the bias, is the logit: the map shares the decision out among places.

    Parameters
    ----------
    model : keras.Model
        That begins with convolutions, and has logits as outputs. One linear layer
        is fed with the average of each channel.
    x : ndarray of shape (n, height, width, channels)
        Images.
    classes : int or array_like of int, optional
        One for all images, or one for each; by default what the network decides on.

    Returns
    -------
    ndarray of shape (n, map height, map width)
        Negative where a place speaks against the class.

    Raises
    ------
    RangeError
        If the network is of another kind, or there is no such class.
    ShapeError, DTypeError, DataError
        If `x` is not what the network takes.

    References
    ----------
    Zhou et al. (2016); chapter 14.
    """
    images = tf.constant(check_images("class_activation_map", x, input_channels(model), 3))
    layer = list(feature_layers(model).values())[-1]
    both = keras.Model(model.inputs, [layer.output, model.outputs[0]])
    maps, logits = both(images, training=False)
    weight = _last_dense(model, maps.shape[3]).kernel.numpy().T
    chosen = _chosen("class_activation_map", classes, logits.numpy())
    return np.einsum("nhwk,nk->nhw", maps.numpy(), weight[chosen])


def grad_cam(model: keras.Model, x: Array, classes: Any = None, layer: str | int = -1) -> Array:
    r"""Show which places of any feature map raise the logit of a class.

    .. math:: M_c = \max\Bigl(0, \sum_k \alpha_k A_k\Bigr), \qquad
        \alpha_k = \frac{1}{H W} \sum_{i, j} \frac{\partial z_c}{\partial A_k(i, j)}

    Here z is the logit. The gradient of the probability behind the softmax would fade where the
    network is sure, and mix in the other classes. What speaks against the class is dropped.

    Parameters
    ----------
    model : keras.Model
        That begins with convolutions, and has logits as outputs.
    x : ndarray of shape (n, height, width, channels)
        Images.
    classes : int or array_like of int, optional
        One for all images, or one for each; by default what the network decides on.
    layer : str or int
        Name such as ``"relu2_1"``, or position among the feature layers; the last by default.

    Returns
    -------
    ndarray of shape (n, map height, map width)
        As coarse as the maps of the layer; `dlbook.models.heat_maps.upsample` enlarges it.

    Raises
    ------
    RangeError
        If there is no such class or layer.
    ShapeError, DTypeError, DataError
        If `x` is not what the network takes, or it ends in a softmax.

    References
    ----------
    Selvaraju et al. (2017); chapter 14.
    """
    images = tf.constant(check_images("grad_cam", x, input_channels(model), 3))
    named = feature_layers(model)
    watched_layer = named[find_layer("grad_cam", named, layer)]
    _refuse_softmax(model)
    both = keras.Model(model.inputs, [watched_layer.output, model.outputs[0]])
    with tf.GradientTape() as tape:
        tape.watch(images)  # the maps may come from frozen layers, which no tape records
        maps, logits = both(images, training=False)
        chosen = _chosen("grad_cam", classes, logits.numpy())
        score = tf.reduce_sum(tf.gather(logits, chosen, axis=1, batch_dims=1))
    weights = tf.reduce_mean(tape.gradient(score, maps), axis=(1, 2))
    return tf.nn.relu(tf.einsum("nhwk,nk->nhw", maps, weights)).numpy()


def _chosen(function: str, classes: Any, logits: Array) -> Array:
    numbers = logits.argmax(axis=1) if classes is None else classes
    return one_for_each(f"{function}: classes", numbers, *logits.shape)


def _innermost(model: keras.Model) -> Iterator[Any]:
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from _innermost(layer)
        else:
            yield layer


def _last_dense(model: keras.Model, channels: int) -> keras.layers.Dense:
    _refuse_softmax(model)
    found = [one for one in _innermost(model) if isinstance(one, keras.layers.Dense)]
    fits = len(found) == 1 and found[0].kernel.shape[0] == channels
    expected = "one dense layer on the average of each channel, and nothing else, after the maps"
    came = f"dense layers {[tuple(layer.kernel.shape) for layer in found]}"
    require(fits, RangeError, "class_activation_map: model", expected, came)
    return found[0]


def _refuse_softmax(model: keras.Model) -> None:
    for layer in _innermost(model):
        ends = getattr(layer, "activation", None) is keras.activations.softmax
        ends = ends or isinstance(layer, keras.layers.Softmax)
        expected, came = "logits as outputs", "a model with a softmax"
        require(not ends, DTypeError, "model", expected, came)
