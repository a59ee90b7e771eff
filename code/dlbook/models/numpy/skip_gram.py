"""Word vectors by skip-gram with negative sampling, from scratch."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlbook.engine import Tensor, functional, nn
from dlbook.models.arguments import check_sizes
from dlbook.models.numpy.recurrence import token_numbers

__all__ = ["SkipGram"]


class SkipGram(nn.Module):
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
        Draws the first weights. Centres start evenly in ±1/(2d), neighbours at zero.

    Raises
    ------
    RangeError
        If a size is not positive.

    Examples
    --------
    >>> SkipGram(261, 24)(np.array([[3, 17, 120, 44]])).shape
    (1, 3)

    References
    ----------
    Mikolov et al. (2013b); chapter 16.
    """

    def __init__(
        self,
        vocabulary_size: int,
        embedding_dim: int = 100,
        *,
        rng: np.random.Generator | None = None,
    ) -> None:
        check_sizes("SkipGram", vocabulary_size=vocabulary_size, embedding_dim=embedding_dim)
        rng = rng or np.random.default_rng()
        self.centres = nn.Embedding(vocabulary_size, embedding_dim, rng=rng)
        self.neighbours = nn.Embedding(vocabulary_size, embedding_dim, rng=rng)
        size = self.centres.weight.shape
        self.centres.weight.data[:] = (rng.random(size, np.float32) - 0.5) / embedding_dim
        self.neighbours.weight.data[:] = 0

    def forward(self, x: Any) -> Tensor:
        """Map rows of a centre and k other words, (batch, 1 + k), to logits (batch, k)."""
        words = token_numbers("SkipGram", x, len(self.centres.weight), least=2)
        centres = self.centres(words[:, 0])  # (batch, embedding_dim)
        return functional.embedding_scores(words[:, 1:], self.neighbours.weight, centres)

    def batch_loss(self, x: Any) -> Tensor:
        """Return the mean of L over a batch whose rows have the true neighbour in column 1."""
        logits = self(x)
        signs = np.ones(logits.shape[1], logits.dtype)
        signs[0] = -1
        return functional.softplus(logits * signs).sum() / len(logits)

    def vectors(self) -> np.ndarray[Any, Any]:
        """Return a copy of the words' vectors as centres, (vocabulary_size, embedding_dim)."""
        return self.centres.weight.data.copy()
