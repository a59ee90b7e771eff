"""A recurrent model of text, in PyTorch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from dlbook.models.arguments import check_sizes
from dlbook.models.pytorch.recurrence import recurrent, token_numbers
from dlbook.models.pytorch.seeding import seeded
from dlbook.models.recurrence import check_prompt, check_recurrence, sample

__all__ = ["CharacterModel"]


class CharacterModel(nn.Module):
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
    ) -> None:
        super().__init__()
        sizes = {"vocabulary_size": vocabulary_size}
        sizes |= {"embedding_dim": embedding_dim, "hidden_size": hidden_size}
        check_sizes("CharacterModel", **sizes)
        check_recurrence("CharacterModel", cell)
        with seeded(rng):
            self.embedding = nn.Embedding(vocabulary_size, embedding_dim)
            self.recurrent = recurrent(cell, embedding_dim, hidden_size, None)
            self.output = nn.Linear(hidden_size, vocabulary_size)

    def forward(self, x: Tensor) -> Tensor:
        """Map token numbers (batch, time) to logits (batch, time, vocabulary_size)."""
        return self.step(x)[0]

    def step(self, x: Tensor, state: Any = None) -> tuple[Tensor, Any]:
        """Read on from a state, and return the state as well.

        Parameters
        ----------
        x : Tensor of int, shape (batch, time)
        state : optional
            What an earlier call returned; None begins a text.

        Returns
        -------
        logits : Tensor of shape (batch, time, vocabulary_size)
        state : whatever the cell remembers
        """
        tokens = token_numbers("CharacterModel", x, len(self.embedding.weight))
        hidden, state = self.recurrent(self.embedding(tokens), state)
        return self.output(hidden), state

    @torch.no_grad()
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
        vocabulary_size = len(self.embedding.weight)
        tokens = check_prompt("CharacterModel", prompt, length, vocabulary_size, rng)
        added: list[int] = []
        state = None
        for _ in range(length):
            logits, state = self.step(torch.tensor([tokens]), state)
            tokens = [sample(logits[0, -1], temperature, rng=rng)]
            added += tokens
        return added
