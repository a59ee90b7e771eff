"""Softmax regression, in Keras."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from dlbook.models.arguments import check_sizes
from dlbook.models.keras.configured import ConfiguredModel
from dlbook.models.keras.seeding import glorot, seed_source

__all__ = ["SoftmaxRegression"]


@keras.saving.register_keras_serializable("dlbook")
class SoftmaxRegression(ConfiguredModel):
    """One affine map to a score per class: the linear classifier every network has to beat.

    Parameters
    ----------
    in_features : int
        Length of an input vector.
    num_classes : int
        Number of logits.
    rng : numpy.random.Generator, optional
        Seeds the first weights.
    **options
        What Keras adds, such as ``name``.

    Raises
    ------
    RangeError
        If a size is not positive.

    References
    ----------
    Chapters 1 and 10, where it is called multinomial logistic regression.
    """

    def __init__(
        self, in_features: int, num_classes: int, *, rng: Any = None, **options: Any
    ) -> None:
        settings = {"in_features": in_features, "num_classes": num_classes}
        check_sizes("SoftmaxRegression", **settings)
        x = keras.Input((in_features,))
        linear = layers.Dense(num_classes, kernel_initializer=glorot(seed_source(rng)))
        super().__init__(x, linear(x), settings, **options)
