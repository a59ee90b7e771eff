"""A convolutional network for text, from scratch."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlbook.engine import Tensor, functional, nn
from dlbook.models.arguments import check_sizes
from dlbook.models.numpy.recurrence import token_numbers

__all__ = ["TextCNN"]


class TextCNN(nn.Module):
    """Slide filters over word vectors and keep how strongly each one ever answered.

    A filter of 5 words is a detector of phrases; the maximum over all positions says that its
    phrase occurs, not where. Texts may differ in length. Number 0, padding, is a word like any
    other here.

    Parameters
    ----------
    vocabulary_size : int
        Entries of the vocabulary, padding and unknown included.
    num_classes : int
        Number of logits.
    embedding_dim : int
        Length of the word vectors.
    filters : int
        How many detectors.
    kernel_size : int
        Words that a filter sees at once; no text may be shorter.
    rng : numpy.random.Generator, optional
        Draws the first weights.

    Raises
    ------
    RangeError
        If a size is not positive.

    Examples
    --------
    >>> TextCNN(102, 2, embedding_dim=16, filters=32, kernel_size=5).count_params()
    4290

    References
    ----------
    Kim (2014); chapter 19.
    """

    def __init__(
        self,
        vocabulary_size: int,
        num_classes: int,
        embedding_dim: int = 32,
        filters: int = 64,
        kernel_size: int = 5,
        *,
        rng: np.random.Generator | None = None,
    ) -> None:
        sizes = {"vocabulary_size": vocabulary_size, "num_classes": num_classes}
        sizes |= {"embedding_dim": embedding_dim, "filters": filters, "kernel_size": kernel_size}
        check_sizes("TextCNN", **sizes)
        rng = rng or np.random.default_rng()
        self.kernel_size = kernel_size
        self.embedding = nn.Embedding(vocabulary_size, embedding_dim, rng=rng)
        self.conv = nn.Conv1d(embedding_dim, filters, kernel_size, rng=rng)
        self.output = nn.Linear(filters, num_classes, rng=rng)

    def forward(self, x: Any) -> Tensor:
        """Map token numbers (batch, length) to logits (batch, num_classes)."""
        tokens = token_numbers("TextCNN", x, len(self.embedding.weight), self.kernel_size)
        vectors = self.embedding(tokens).transpose(1, 2)  # (batch, embedding_dim, length)
        return self.output(functional.relu(self.conv(vectors)).max(dim=2))
