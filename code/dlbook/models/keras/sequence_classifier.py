"""A recurrent classifier of texts, in Keras."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from dlbook.models.arguments import check_sizes
from dlbook.models.keras.configured import ConfiguredModel
from dlbook.models.keras.recurrence import recurrent
from dlbook.models.keras.seeding import embedding, glorot, seed_source
from dlbook.models.recurrence import check_recurrence

__all__ = ["SequenceClassifier"]


@keras.saving.register_keras_serializable("dlbook")
class SequenceClassifier(ConfiguredModel):
    """Read a text word by word and classify the state after the last one.

    Of a plain cell and an LSTM, the second bias that PyTorch would keep is frozen at zero, so
    that there are as many weights to train as in Keras.

    Parameters
    ----------
    vocabulary_size : int
        Entries of the vocabulary, padding and unknown included.
    num_classes : int
        Number of logits.
    cell : {"rnn", "lstm", "gru"}
        Kind of recurrence.
    embedding_dim : int
        Length of the word vectors.
    hidden_size : int
        Length of the state.
    forget_bias : float, optional
        Where the bias starts that keeps the memory: of an LSTM's forget gate, or a GRU's update
        gate. None leaves it to the library: Keras starts an LSTM's at 1, PyTorch near 0.
    mask_zero : bool
        Whether number 0 is padding, at the end of a text, and is not to be read. A text of
        nothing but padding leaves the state at zero.
    rng : numpy.random.Generator, optional
        Seeds the first weights.
    **options
        What Keras adds, such as ``name``.

    Raises
    ------
    RangeError
        If a size is not positive, the cell is unknown, or `forget_bias` does not fit it.

    References
    ----------
    Elman (1990); Hochreiter & Schmidhuber (1997); Cho et al. (2014); chapters 17 to 19.
    """

    def __init__(
        self,
        vocabulary_size: int,
        num_classes: int,
        cell: str = "lstm",
        embedding_dim: int = 32,
        hidden_size: int = 64,
        forget_bias: float | None = None,
        mask_zero: bool = True,
        *,
        rng: Any = None,
        **options: Any,
    ) -> None:
        sizes = {"vocabulary_size": vocabulary_size, "num_classes": num_classes}
        sizes |= {"embedding_dim": embedding_dim, "hidden_size": hidden_size}
        check_sizes("SequenceClassifier", **sizes)
        check_recurrence("SequenceClassifier", cell, forget_bias)
        seeds = seed_source(rng)
        inputs = keras.Input((None,), dtype="int32")
        x = embedding(vocabulary_size, embedding_dim, seeds, mask_zero=mask_zero)(inputs)
        hidden = recurrent(cell, hidden_size, forget_bias, seeds)(x)
        outputs = layers.Dense(num_classes, kernel_initializer=glorot(seeds))(hidden)
        settings = {**sizes, "cell": cell, "forget_bias": forget_bias, "mask_zero": mask_zero}
        super().__init__(inputs, outputs, settings, **options)
