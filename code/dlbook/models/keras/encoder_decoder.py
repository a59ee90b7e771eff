"""From one sequence to another, in Keras."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers, ops

from dlbook.models.arguments import check_sizes
from dlbook.models.keras.configured import ConfiguredModel
from dlbook.models.keras.recurrence import recurrent
from dlbook.models.keras.seeding import embedding, glorot, seed_source
from dlbook.models.recurrence import check_recurrence, check_start

__all__ = ["EncoderDecoder"]


@keras.saving.register_keras_serializable("dlbook")
class EncoderDecoder(ConfiguredModel):
    """One recurrence reads the source; another starts from its final state and writes the target.

    While training, the decoder's input is the target itself, one step late: it learns to go on
    from what is right (teacher forcing). A row of the input holds both, source first, so that a
    data set can hold it; `dlbook.text.teacher_forcing` lays it out.

    Of a plain cell and an LSTM, the second bias that PyTorch would keep is frozen at zero, so
    that there are as many weights to train as in Keras.

    Parameters
    ----------
    source_size, target_size : int
        Entries of the two vocabularies.
    source_length : int
        Columns of the input that belong to the source.
    cell : {"rnn", "lstm", "gru"}
        Kind of recurrence.
    embedding_dim : int
        Length of the tokens' vectors.
    hidden_size : int
        Length of the state: all that the decoder learns of the source.
    mask_zero : bool
        Whether number 0 is padding, at the end of a source, and is not to be read.
    rng : numpy.random.Generator, optional
        Seeds the first weights.
    **options
        What Keras adds, such as ``name``.

    Raises
    ------
    RangeError
        If a size is not positive, or the cell is unknown.

    References
    ----------
    Cho et al. (2014); Sutskever, Vinyals & Le (2014); chapters 17 and 19.
    """

    def __init__(
        self,
        source_size: int,
        target_size: int,
        source_length: int,
        cell: str = "gru",
        embedding_dim: int = 32,
        hidden_size: int = 64,
        mask_zero: bool = True,
        *,
        rng: Any = None,
        **options: Any,
    ) -> None:
        sizes = {"source_size": source_size, "target_size": target_size}
        sizes |= {"source_length": source_length, "embedding_dim": embedding_dim}
        sizes |= {"hidden_size": hidden_size}
        check_sizes("EncoderDecoder", **sizes)
        check_recurrence("EncoderDecoder", cell)
        seeds = seed_source(rng)
        inputs = keras.Input((None,), dtype="int32")
        source, target = inputs[:, :source_length], inputs[:, source_length:]
        table = embedding(source_size, embedding_dim, seeds, mask_zero=mask_zero, name="source")
        encoder = recurrent(cell, hidden_size, None, seeds, return_state=True, name="encoder")
        _, *state = encoder(table(source))
        table = embedding(target_size, embedding_dim, seeds, name="target")
        both = {"return_sequences": True, "return_state": True}
        decoder = recurrent(cell, hidden_size, None, seeds, name="decoder", **both)
        hidden, *_ = decoder(table(target), initial_state=state)
        kernel = glorot(seeds)
        outputs = layers.Dense(target_size, kernel_initializer=kernel, name="output")(hidden)
        settings = {**sizes, "cell": cell, "mask_zero": mask_zero}
        super().__init__(inputs, outputs, settings, **options)

    def encode(self, source: Any) -> Any:
        """Map a source (batch, source_length) to the state after its last token."""
        _, *state = self.get_layer("encoder")(self.get_layer("source")(source))
        return state

    def step(self, target: Any, state: Any) -> tuple[Any, Any]:
        """Map inputs (batch, steps) and a state to logits (batch, steps, target_size) and state."""
        vectors = self.get_layer("target")(target)
        hidden, *state = self.get_layer("decoder")(vectors, initial_state=state)
        return self.get_layer("output")(hidden), state

    def decode(self, source: Any, start: int, length: int) -> Any:
        """Write the target by oneself: each token chosen is the next input.

        At every step the likeliest token is taken, and never taken back (greedy decoding).

        Parameters
        ----------
        source : ndarray of int, shape (batch, source_length)
        start : int
            The token that every target begins with.
        length : int
            How many tokens to write.

        Returns
        -------
        ndarray of int64, shape (batch, length)

        Raises
        ------
        ShapeError, DTypeError, RangeError
            If an argument does not fit.
        """
        check_start("EncoderDecoder", start, length, self.settings["target_size"])
        state = self.encode(ops.convert_to_tensor(source))
        token = ops.full((len(source), 1), start, dtype="int32")
        written = []
        for _ in range(length):
            logits, state = self.step(token, state)
            token = ops.argmax(logits, axis=2)
            written.append(token)
        return ops.convert_to_numpy(ops.cast(ops.concatenate(written, axis=1), "int64"))
