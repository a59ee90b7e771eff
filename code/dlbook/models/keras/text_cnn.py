"""A convolutional network for text, in Keras."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from dlbook.models.arguments import check_sizes
from dlbook.models.keras.configured import ConfiguredModel
from dlbook.models.keras.seeding import embedding, glorot, seed_source

__all__ = ["TextCNN"]


@keras.saving.register_keras_serializable("dlbook")
class TextCNN(ConfiguredModel):
    """Slide filters over word vectors and keep how strongly each one ever answered.

    A filter of 5 words is a detector of phrases; the maximum over all positions says that its
    phrase occurs, not where. Texts may differ in length. Number 0, padding, is a word like any
    other here.

    Parameters
    ----------
    vocabulary_size : int
        Entries of the vocabulary, padding and unknown included.
    num_classes : int
        Number of logits.
    embedding_dim : int
        Length of the word vectors.
    filters : int
        How many detectors.
    kernel_size : int
        Words that a filter sees at once; no text may be shorter.
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
    Kim (2014); chapter 19.
    """

    def __init__(
        self,
        vocabulary_size: int,
        num_classes: int,
        embedding_dim: int = 32,
        filters: int = 64,
        kernel_size: int = 5,
        *,
        rng: Any = None,
        **options: Any,
    ) -> None:
        sizes = {"vocabulary_size": vocabulary_size, "num_classes": num_classes}
        sizes |= {"embedding_dim": embedding_dim, "filters": filters, "kernel_size": kernel_size}
        check_sizes("TextCNN", **sizes)
        seeds = seed_source(rng)
        inputs = keras.Input((None,), dtype="int32")
        x = embedding(vocabulary_size, embedding_dim, seeds)(inputs)
        kernel = glorot(seeds)
        x = layers.Conv1D(filters, kernel_size, activation="relu", kernel_initializer=kernel)(x)
        x = layers.GlobalMaxPooling1D()(x)
        outputs = layers.Dense(num_classes, kernel_initializer=glorot(seeds))(x)
        super().__init__(inputs, outputs, sizes, **options)
