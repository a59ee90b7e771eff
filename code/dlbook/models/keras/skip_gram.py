"""Word vectors by skip-gram with negative sampling, in Keras."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from dlbook.models.arguments import check_sizes
from dlbook.models.keras.configured import ConfiguredModel
from dlbook.models.keras.seeding import embedding, seed_source

__all__ = ["SkipGram"]


@keras.saving.register_keras_serializable("dlbook")
class SkipGram(ConfiguredModel):
    r"""Learn vectors of words by telling true neighbours from words drawn at random.

    .. math:: L = \log(1 + e^{-v_c \cdot u_o}) + \sum_k \log(1 + e^{v_c \cdot u_k})

    A word has a vector v for when it stands in the centre, and another, u, for when it stands
    beside one. A row of the input is a centre, a true neighbour and some drawn words;
    `dlbook.text.with_negatives` makes rows and labels 1, 0, 0, …, for which
    ``fit(…, loss="binary_cross_entropy")`` minimises L over the number of columns.

    Parameters
    ----------
    vocabulary_size : int
        Entries of the vocabulary.
    embedding_dim : int
        Length d of the vectors.
    rng : numpy.random.Generator, optional
        Seeds the first weights. Centres start evenly in ±1/(2d), neighbours at zero.
    **options
        What Keras adds, such as ``name``.

    Raises
    ------
    RangeError
        If a size is not positive.

    References
    ----------
    Mikolov et al. (2013b); chapter 16.
    """

    def __init__(
        self, vocabulary_size: int, embedding_dim: int = 100, *, rng: Any = None, **options: Any
    ) -> None:
        sizes = {"vocabulary_size": vocabulary_size, "embedding_dim": embedding_dim}
        check_sizes("SkipGram", **sizes)
        seeds = seed_source(rng)
        bound = 0.5 / embedding_dim
        inputs = keras.Input((None,), dtype="int32")
        centre = embedding(vocabulary_size, embedding_dim, seeds, bound, name="centres")(
            inputs[:, :1]
        )
        others = embedding(vocabulary_size, embedding_dim, seeds, 0, name="neighbours")(
            inputs[:, 1:]
        )
        super().__init__(inputs, ops.sum(centre * others, axis=2), sizes, **options)

    def batch_loss(self, x: Any) -> Any:
        """Return the mean of L over a batch whose rows have the true neighbour in column 1."""
        logits = self(x)
        true, drawn = ops.softplus(-logits[:, :1]), ops.softplus(logits[:, 1:])
        return ops.mean(ops.sum(true, axis=1) + ops.sum(drawn, axis=1))

    def vectors(self) -> Any:
        """Return a copy of the words' vectors as centres, (vocabulary_size, embedding_dim)."""
        return self.get_layer("centres").get_weights()[0]
