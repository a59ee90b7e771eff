"""A classifier that averages word vectors, in Keras."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers, ops

from dlbook.models.arguments import check_sizes
from dlbook.models.keras.configured import ConfiguredModel
from dlbook.models.keras.seeding import embedding, glorot, seed_source

__all__ = ["BagOfEmbeddings"]


@keras.saving.register_keras_serializable("dlbook")
class BagOfEmbeddings(ConfiguredModel):
    """Look up a vector for each word, average them, and classify the average.

    Words may come in any order: the average is the same. With `flatten`, the vectors are laid
    end to end instead, and every position of a text has weights of its own.

    Number 0 is padding; it takes no part in the average. Laid end to end, it is a word like any
    other.

    Parameters
    ----------
    vocabulary_size : int
        Entries of the vocabulary, padding and unknown included.
    num_classes : int
        Number of logits.
    embedding_dim : int
        Length of the word vectors.
    flatten : int, optional
        Length of all texts, to lay vectors end to end. None averages.
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
    Iyyer et al. (2015); chapter 16.
    """

    def __init__(
        self,
        vocabulary_size: int,
        num_classes: int,
        embedding_dim: int = 32,
        flatten: int | None = None,
        *,
        rng: Any = None,
        **options: Any,
    ) -> None:
        sizes = {"vocabulary_size": vocabulary_size, "num_classes": num_classes}
        check_sizes("BagOfEmbeddings", **sizes, embedding_dim=embedding_dim, flatten=flatten or 1)
        seeds = seed_source(rng)
        inputs = keras.Input((flatten,), dtype="int32")
        x = embedding(vocabulary_size, embedding_dim, seeds)(inputs)
        if flatten is None:
            real = ops.expand_dims(ops.cast(inputs != 0, x.dtype), 2)
            count = ops.maximum(ops.sum(real, axis=1), 1)  # a text without words averages to zero
            x = ops.sum(x * real, axis=1) / count
        else:
            x = layers.Flatten()(x)
        outputs = layers.Dense(num_classes, kernel_initializer=glorot(seeds))(x)
        settings = {**sizes, "embedding_dim": embedding_dim, "flatten": flatten}
        super().__init__(inputs, outputs, settings, **options)
