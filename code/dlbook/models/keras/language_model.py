"""A recurrent model of text, in Keras."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import layers, ops

from dlbook.models.arguments import check_sizes
from dlbook.models.keras.configured import ConfiguredModel
from dlbook.models.keras.recurrence import recurrent
from dlbook.models.keras.seeding import embedding, glorot, seed_source
from dlbook.models.recurrence import check_prompt, check_recurrence, sample

__all__ = ["CharacterModel"]


@keras.saving.register_keras_serializable("dlbook")
class CharacterModel(ConfiguredModel):
    """Predict at every step which symbol comes next.

    The symbols may be characters or words.

    Of a plain cell and an LSTM, the second bias that PyTorch would keep is frozen at zero, so
    that there are as many weights to train as in Keras.

    Parameters
    ----------
    vocabulary_size : int
        How many symbols there are.
    cell : {"rnn", "lstm", "gru"}
        Kind of recurrence.
    embedding_dim : int
        Length of the symbols' vectors.
    hidden_size : int
        Length of the state.
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
    Mikolov et al. (2010); chapter 19.
    """

    def __init__(
        self,
        vocabulary_size: int,
        cell: str = "gru",
        embedding_dim: int = 32,
        hidden_size: int = 128,
        *,
        rng: Any = None,
        **options: Any,
    ) -> None:
        sizes = {"vocabulary_size": vocabulary_size}
        sizes |= {"embedding_dim": embedding_dim, "hidden_size": hidden_size}
        check_sizes("CharacterModel", **sizes)
        check_recurrence("CharacterModel", cell)
        seeds = seed_source(rng)
        inputs = keras.Input((None,), dtype="int32")
        x = embedding(vocabulary_size, embedding_dim, seeds, name="embedding")(inputs)
        both = {"return_sequences": True, "return_state": True}
        hidden, *_ = recurrent(cell, hidden_size, None, seeds, name="recurrent", **both)(x)
        kernel = glorot(seeds)
        outputs = layers.Dense(vocabulary_size, kernel_initializer=kernel, name="output")(hidden)
        super().__init__(inputs, outputs, {**sizes, "cell": cell}, **options)

    def step(self, x: Any, state: Any = None) -> tuple[Any, Any]:
        """Read on from a state, and return the state as well.

        Parameters
        ----------
        x : tensor of int, shape (batch, time)
        state : optional
            What an earlier call returned; None begins a text.

        Returns
        -------
        logits : tensor of shape (batch, time, vocabulary_size)
        state : whatever the cell remembers
        """
        vectors = self.get_layer("embedding")(x)
        hidden, *state = self.get_layer("recurrent")(vectors, initial_state=state)
        return self.get_layer("output")(hidden), state

    def generate(
        self, prompt: Sequence[int], length: int, temperature: float = 1.0, *, rng: Any
    ) -> list[int]:
        """Continue a text, one token at a time.

        Each token drawn is the next input; the state remembers everything before it.

        Parameters
        ----------
        prompt : sequence of int
            Token numbers that the text begins with, at least one.
        length : int
            How many tokens to add.
        temperature : float
            See `dlbook.models.recurrence.sample`; 0 always takes the likeliest.
        rng : numpy.random.Generator
            Draws the tokens.

        Returns
        -------
        list of int
            The tokens added.

        Raises
        ------
        DTypeError, ShapeError, RangeError
            If an argument does not fit.
        """
        vocabulary_size = self.settings["vocabulary_size"]
        tokens = check_prompt("CharacterModel", prompt, length, vocabulary_size, rng)
        added: list[int] = []
        state = None
        for _ in range(length):
            logits, state = self.step(ops.convert_to_tensor([tokens]), state)
            tokens = [sample(ops.convert_to_numpy(logits[0, -1]), temperature, rng=rng)]
            added += tokens
        return added
