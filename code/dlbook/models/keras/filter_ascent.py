"""Images that a filter or a class responds to, found by gradient ascent, in Keras."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from dlbook.errors import ShapeError, require
from dlbook.models.ascent import Array, Ascent, climb, first_images
from dlbook.models.feature_names import find_layer, one_for_each
from dlbook.models.keras.feature_layers import feature_layers, input_channels

__all__ = ["class_ascent", "filter_ascent"]


def filter_ascent(
    model: keras.Model,
    layer: str | int,
    filters: Sequence[int],
    *,
    image_size: int = 32,
    steps: int = 60,
    learning_rate: float = 0.03,
    smoothness: float = 1.0,
    jitter: int = 2,
    rng: np.random.Generator,
) -> Ascent:
    """Find images that make filters of one layer respond.

    The network stays as it is; the images are trained instead. The score of an image is the mean of
    its filter's map.

    Parameters
    ----------
    model : keras.Model
        That begins with convolutions.
    layer : str or int
        Name such as ``"relu2_1"``, or position among the feature layers.
    filters : sequence of int
        Channels of that layer; one image is made for each.
    image_size : int
        Height and width in pixels; a network of fixed size wants its own.
    steps : int
        How many steps to take.
    learning_rate : float
        Length of a step, in units of brightness (root mean square over the pixels).
    smoothness, jitter : float and int
        The regularisers, see `dlbook.models.ascent.climb`; 0 switches them off.
    rng : numpy.random.Generator
        Draws the noise to start from and the moves: the same in all three libraries.

    Returns
    -------
    Ascent
        Images of shape (n, height, width, channels) and their scores.

    Raises
    ------
    RangeError
        If there is no such layer or filter, or a number lies outside its range.
    DTypeError
        If `rng` is no generator.

    References
    ----------
    Erhan et al. (2009); Olah, Mordvintsev & Schubert (2017); chapter 14.
    """
    numbers = _numbers("filter_ascent: filters", filters)
    named = feature_layers(model)
    last = find_layer("filter_ascent", named, layer)
    path = keras.Model(model.inputs, named[last].output)

    chosen = one_for_each("filter_ascent: filters", numbers, len(numbers), path.output_shape[3])

    def score(x: tf.Tensor) -> tf.Tensor:
        means = tf.reduce_mean(path(x, training=False), axis=(1, 2))
        return tf.gather(means, chosen, axis=1, batch_dims=1)

    options: dict[str, Any] = {
        "image_size": image_size,
        "steps": steps,
        "learning_rate": learning_rate,
        "smoothness": smoothness,
        "jitter": jitter,
    }
    return _ascend(model, score, len(numbers), rng, **options)


def class_ascent(
    model: keras.Model,
    classes: Sequence[int],
    *,
    image_size: int = 32,
    steps: int = 60,
    learning_rate: float = 0.03,
    smoothness: float = 1.0,
    jitter: int = 2,
    rng: np.random.Generator,
) -> Ascent:
    """Find images that a network is sure of.

    The network stays as it is; the images are trained instead. The score of an image is the logit
    of its class, before the softmax: a probability could also rise because other logits fall.

    Parameters
    ----------
    model : keras.Model
        With logits as outputs.
    classes : sequence of int
        One image is made for each.
    image_size : int
        Height and width in pixels; a network of fixed size wants its own.
    steps : int
        How many steps to take.
    learning_rate : float
        Length of a step, in units of brightness (root mean square over the pixels).
    smoothness, jitter : float and int
        The regularisers, see `dlbook.models.ascent.climb`; 0 switches them off.
    rng : numpy.random.Generator
        Draws the noise to start from and the moves: the same in all three libraries.

    Returns
    -------
    Ascent
        Images of shape (n, height, width, channels) and their scores.

    Raises
    ------
    RangeError
        If there is no such class, or a number lies outside its range.
    DTypeError
        If `rng` is no generator.

    References
    ----------
    Simonyan, Vedaldi & Zisserman (2014); Nguyen, Yosinski & Clune (2015); chapter 14.
    """
    numbers = _numbers("class_ascent: classes", classes)
    chosen = one_for_each("class_ascent: classes", numbers, len(numbers), model.output_shape[1])

    def score(x: tf.Tensor) -> tf.Tensor:
        return tf.gather(model(x, training=False), chosen, axis=1, batch_dims=1)

    options: dict[str, Any] = {
        "image_size": image_size,
        "steps": steps,
        "learning_rate": learning_rate,
        "smoothness": smoothness,
        "jitter": jitter,
    }
    return _ascend(model, score, len(numbers), rng, **options)


def _ascend(
    model: keras.Model,
    score: Callable[[tf.Tensor], tf.Tensor],
    count: int,
    rng: np.random.Generator,
    *,
    image_size: int,
    **options: Any,
) -> Ascent:
    @tf.function
    def compiled(x: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        with tf.GradientTape() as tape:
            tape.watch(x)
            scores = score(x)
        return scores, tape.gradient(scores, x)

    def score_and_gradient(array: Array) -> tuple[Array, Array]:
        scores, gradient = compiled(tf.constant(array))
        return scores.numpy(), gradient.numpy()

    start = first_images((count, input_channels(model), image_size, image_size), rng, 3)
    return climb(score_and_gradient, start, rng=rng, channel_axis=3, **options)


def _numbers(argument: str, values: Sequence[int]) -> Array:
    numbers = np.asarray(values)
    require(
        numbers.ndim == 1 and numbers.size > 0, ShapeError, argument, "a list of numbers", values
    )
    return numbers
