"""A recurrent classifier of texts, in PyTorch."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn

from dlbook.models.arguments import check_sizes
from dlbook.models.pytorch.recurrence import final_state, recurrent, token_numbers
from dlbook.models.pytorch.seeding import seeded
from dlbook.models.recurrence import check_recurrence

__all__ = ["SequenceClassifier"]


class SequenceClassifier(nn.Module):
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
    ) -> None:
        super().__init__()
        sizes = {"vocabulary_size": vocabulary_size, "num_classes": num_classes}
        sizes |= {"embedding_dim": embedding_dim, "hidden_size": hidden_size}
        check_sizes("SequenceClassifier", **sizes)
        check_recurrence("SequenceClassifier", cell, forget_bias)
        self.mask_zero = mask_zero
        with seeded(rng):
            self.embedding = nn.Embedding(vocabulary_size, embedding_dim)
            self.recurrent = recurrent(cell, embedding_dim, hidden_size, forget_bias)
            self.output = nn.Linear(hidden_size, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        """Map token numbers (batch, length) to logits (batch, num_classes)."""
        tokens = token_numbers("SequenceClassifier", x, len(self.embedding.weight))
        mask = tokens if self.mask_zero else None
        state = final_state(self.recurrent, self.embedding(tokens), mask)
        hidden = state[0] if isinstance(state, tuple) else state  # an LSTM's is a pair (h, c)
        return self.output(hidden[0])
