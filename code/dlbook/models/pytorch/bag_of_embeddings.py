"""A classifier that averages word vectors, in PyTorch."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn

from dlbook.errors import ShapeError, require
from dlbook.models.arguments import check_sizes
from dlbook.models.pytorch.recurrence import token_numbers
from dlbook.models.pytorch.seeding import seeded

__all__ = ["BagOfEmbeddings"]


class BagOfEmbeddings(nn.Module):
    """Look up a vector for each word, average them, and classify the average.

    Words may come in any order: the average is the same. With `flatten`, the vectors are laid
    end to end instead, and every position of a text has weights of its own.

    Number 0 is padding; it takes no part in the average. Laid end to end, it is a word like any
    other.

    Parameters
    ----------
    vocabulary_size : int
        Entries of the vocabulary, padding and unknown included.
    num_classes : int
        Number of logits.
    embedding_dim : int
        Length of the word vectors.
    flatten : int, optional
        Length of all texts, to lay vectors end to end. None averages.
    rng : numpy.random.Generator, optional
        Seeds the first weights.

    Raises
    ------
    RangeError
        If a size is not positive.

    References
    ----------
    Iyyer et al. (2015); chapter 16.
    """

    def __init__(
        self,
        vocabulary_size: int,
        num_classes: int,
        embedding_dim: int = 32,
        flatten: int | None = None,
        *,
        rng: Any = None,
    ) -> None:
        super().__init__()
        sizes = {"vocabulary_size": vocabulary_size, "num_classes": num_classes}
        check_sizes("BagOfEmbeddings", **sizes, embedding_dim=embedding_dim, flatten=flatten or 1)
        self.flatten = flatten
        with seeded(rng):
            self.embedding = nn.Embedding(vocabulary_size, embedding_dim)
            self.output = nn.Linear(embedding_dim * (flatten or 1), num_classes)

    def forward(self, x: Tensor) -> Tensor:
        """Map token numbers (batch, length) to logits (batch, num_classes)."""
        tokens = token_numbers("BagOfEmbeddings", x, len(self.embedding.weight))
        vectors = self.embedding(tokens)
        if self.flatten is not None:
            fits = tokens.shape[1] == self.flatten
            expected = f"texts of length {self.flatten}"
            require(fits, ShapeError, "BagOfEmbeddings: x", expected, tokens)
            return self.output(vectors.flatten(start_dim=1))
        real = (tokens != 0).to(vectors.dtype)[:, :, None]
        count = real.sum(dim=1).clamp(min=1)  # a text without words averages to zero
        return self.output((vectors * real).sum(dim=1) / count)
