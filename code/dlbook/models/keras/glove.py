"""Word vectors from counts of neighbours, GloVe, in Keras."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from dlbook.models.arguments import check_sizes
from dlbook.models.keras.configured import ConfiguredModel
from dlbook.models.keras.seeding import embedding, seed_source

__all__ = ["GloVe", "weighted_squares"]


@keras.saving.register_keras_serializable("dlbook")
class GloVe(ConfiguredModel):
    r"""Learn vectors whose inner products tell how often words stand together.

    .. math:: L = \frac{1}{n} \sum_{ij} f(X_{ij})
        \left(v_i \cdot u_j + b_i + c_j - \ln X_{ij}\right)^2

    Only pairs that occur count. A row of the input is a pair (i, j), a row of the target the
    logarithm and the weight f; `dlbook.text.cooccurrences` and `dlbook.text.glove_targets` make
    them. Trained with AdaGrad and `weighted_squares` as the loss.

    Parameters
    ----------
    vocabulary_size : int
        Entries of the vocabulary.
    embedding_dim : int
        Length d of the vectors.
    rng : numpy.random.Generator, optional
        Seeds the first weights. Vectors start evenly in ±1/(2d), biases at zero.
    **options
        What Keras adds, such as ``name``.

    Raises
    ------
    RangeError
        If a size is not positive.

    References
    ----------
    Pennington, Socher & Manning (2014); chapter 16.
    """

    def __init__(
        self, vocabulary_size: int, embedding_dim: int = 40, *, rng: Any = None, **options: Any
    ) -> None:
        sizes = {"vocabulary_size": vocabulary_size, "embedding_dim": embedding_dim}
        check_sizes("GloVe", **sizes)
        seeds = seed_source(rng)
        bound = 0.5 / embedding_dim
        inputs = keras.Input((2,), dtype="int32")
        i, j = inputs[:, 0], inputs[:, 1]
        centre = embedding(vocabulary_size, embedding_dim, seeds, bound, name="centres")(i)
        other = embedding(vocabulary_size, embedding_dim, seeds, bound, name="neighbours")(j)
        products = ops.sum(centre * other, axis=1)
        biases = embedding(vocabulary_size, 1, seeds, 0, name="centre_biases")(i)
        biases = biases + embedding(vocabulary_size, 1, seeds, 0, name="neighbour_biases")(j)
        super().__init__(inputs, products + ops.squeeze(biases, 1), sizes, **options)

    def vectors(self) -> Any:
        """Return the sum of both vectors of each word, (vocabulary_size, embedding_dim)."""
        return sum(self.get_layer(name).get_weights()[0] for name in ("centres", "neighbours"))


def weighted_squares(y: Any, outputs: Any) -> Any:
    """Return the mean of f·(output − ln X)²; Keras hands the targets over first.

    Parameters
    ----------
    y : tensor of shape (batch, 2)
        ln X and the weight f, from `dlbook.text.glove_targets`.
    outputs : tensor of shape (batch,)

    Returns
    -------
    tensor
        A scalar.
    """
    error = outputs - y[:, 0]
    return ops.mean(error * error * y[:, 1])
