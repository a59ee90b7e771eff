"""From one sequence to another, from scratch."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlbook.engine import Tensor, nn, no_grad
from dlbook.models.arguments import check_sizes
from dlbook.models.numpy.recurrence import final_state, recurrent, token_numbers
from dlbook.models.recurrence import check_recurrence, check_start

__all__ = ["EncoderDecoder"]


class EncoderDecoder(nn.Module):
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
        Draws the first weights.

    Raises
    ------
    RangeError
        If a size is not positive, or the cell is unknown.

    Examples
    --------
    >>> model = EncoderDecoder(12, 12, source_length=4, embedding_dim=8, hidden_size=16)
    >>> model(np.array([[5, 6, 7, 0, 1, 7, 6]])).shape
    (1, 3, 12)
    >>> model.decode(np.array([[5, 6, 7, 0]]), start=1, length=3).shape
    (1, 3)

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
        rng: np.random.Generator | None = None,
    ) -> None:
        sizes = {"source_size": source_size, "target_size": target_size}
        sizes |= {"source_length": source_length, "embedding_dim": embedding_dim}
        sizes |= {"hidden_size": hidden_size}
        check_sizes("EncoderDecoder", **sizes)
        check_recurrence("EncoderDecoder", cell)
        rng = rng or np.random.default_rng()
        self.source_length, self.mask_zero = source_length, mask_zero
        self.source_embedding = nn.Embedding(source_size, embedding_dim, rng=rng)
        self.target_embedding = nn.Embedding(target_size, embedding_dim, rng=rng)
        self.encoder = recurrent(cell, embedding_dim, hidden_size, None, rng)
        self.decoder = recurrent(cell, embedding_dim, hidden_size, None, rng)
        self.output = nn.Linear(hidden_size, target_size, rng=rng)

    def forward(self, x: Any) -> Tensor:
        """Map (batch, source_length + steps) to logits (batch, steps, target_size)."""
        size = max(len(self.source_embedding.weight), len(self.target_embedding.weight))
        tokens = token_numbers("EncoderDecoder", x, size, self.source_length + 1)
        state = self.encode(tokens[:, : self.source_length])
        return self.step(tokens[:, self.source_length :], state)[0]

    def encode(self, source: Any) -> Any:
        """Map a source (batch, source_length) to the state after its last token."""
        tokens = token_numbers("EncoderDecoder", source, len(self.source_embedding.weight))
        mask = tokens if self.mask_zero else None
        return final_state(self.encoder, self.source_embedding(tokens), mask)

    def step(self, target: Any, state: Any) -> tuple[Tensor, Any]:
        """Map inputs (batch, steps) and a state to logits (batch, steps, target_size) and state."""
        hidden, state = self.decoder(self.target_embedding(target), state)
        return self.output(hidden), state

    def decode(self, source: Any, start: int, length: int) -> np.ndarray[Any, Any]:
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
        check_start("EncoderDecoder", start, length, len(self.target_embedding.weight))
        with no_grad():
            state = self.encode(source)
            token = np.full((len(source), 1), start)
            written = []
            for _ in range(length):
                logits, state = self.step(token, state)
                token = logits.data.argmax(axis=2)
                written.append(token)
        return np.concatenate(written, axis=1)
