"""Word vectors by skip-gram with negative sampling, in PyTorch."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from dlbook.models.arguments import check_sizes
from dlbook.models.pytorch.recurrence import token_numbers
from dlbook.models.pytorch.seeding import seeded

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
        Seeds the first weights. Centres start evenly in ±1/(2d), neighbours at zero.

    Raises
    ------
    RangeError
        If a size is not positive.

    References
    ----------
    Mikolov et al. (2013b); chapter 16.
    """

    def __init__(self, vocabulary_size: int, embedding_dim: int = 100, *, rng: Any = None) -> None:
        super().__init__()
        check_sizes("SkipGram", vocabulary_size=vocabulary_size, embedding_dim=embedding_dim)
        self.centres = nn.Embedding(vocabulary_size, embedding_dim)
        self.neighbours = nn.Embedding(vocabulary_size, embedding_dim)
        with seeded(rng), torch.no_grad():
            self.centres.weight.uniform_(-0.5 / embedding_dim, 0.5 / embedding_dim)
            self.neighbours.weight.zero_()

    def forward(self, x: Tensor) -> Tensor:
        """Map rows of a centre and k other words, (batch, 1 + k), to logits (batch, k)."""
        words = token_numbers("SkipGram", x, len(self.centres.weight), least=2)
        centre = self.centres(words[:, 0]).unsqueeze(2)  # (batch, embedding_dim, 1)
        return (self.neighbours(words[:, 1:]) @ centre).squeeze(2)

    def batch_loss(self, x: Tensor) -> Tensor:
        """Return the mean of L over a batch whose rows have the true neighbour in column 1."""
        logits = self(x)
        signs = torch.ones(logits.shape[1])
        signs[0] = -1
        return nn.functional.softplus(logits * signs).sum() / len(logits)

    def vectors(self) -> Any:
        """Return a copy of the words' vectors as centres, (vocabulary_size, embedding_dim)."""
        return self.centres.weight.detach().numpy().copy()
