"""Word vectors from counts of neighbours, GloVe, in PyTorch."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from dlbook.errors import ShapeError, require
from dlbook.models.arguments import check_sizes
from dlbook.models.pytorch.recurrence import token_numbers
from dlbook.models.pytorch.seeding import seeded

__all__ = ["GloVe", "weighted_squares"]


class GloVe(nn.Module):
    r"""Learn vectors whose inner products tell how often words stand together.

    .. math:: L = \frac{1}{n} \sum_{ij} f(X_{ij})
        \left(v_i \cdot u_j + b_i + c_j - \ln X_{ij}\right)^2

    Only pairs that occur count. A row of the input is a pair (i, j), a row of the target the
    logarithm and the weight f; `dlbook.text.cooccurrences` and `dlbook.text.glove_targets` make
    them. Trained with AdaGrad and `weighted_squares` as the loss.

    Parameters
    ----------
    vocabulary_size : int
        Entries of the vocabulary.
    embedding_dim : int
        Length d of the vectors.
    rng : numpy.random.Generator, optional
        Seeds the first weights. Vectors start evenly in ±1/(2d), biases at zero.

    Raises
    ------
    RangeError
        If a size is not positive.

    References
    ----------
    Pennington, Socher & Manning (2014); chapter 16.
    """

    def __init__(self, vocabulary_size: int, embedding_dim: int = 40, *, rng: Any = None) -> None:
        super().__init__()
        check_sizes("GloVe", vocabulary_size=vocabulary_size, embedding_dim=embedding_dim)
        self.centres = nn.Embedding(vocabulary_size, embedding_dim)
        self.neighbours = nn.Embedding(vocabulary_size, embedding_dim)
        self.centre_biases = nn.Embedding(vocabulary_size, 1)
        self.neighbour_biases = nn.Embedding(vocabulary_size, 1)
        with seeded(rng), torch.no_grad():
            for table in (self.centres, self.neighbours):
                table.weight.uniform_(-0.5 / embedding_dim, 0.5 / embedding_dim)
            for table in (self.centre_biases, self.neighbour_biases):
                table.weight.zero_()

    def forward(self, x: Tensor) -> Tensor:
        """Map pairs of words (batch, 2) to what should be ln X, (batch,)."""
        pairs = token_numbers("GloVe", x, len(self.centres.weight), least=2)
        require(pairs.shape[1] == 2, ShapeError, "GloVe: x", "pairs, shape (batch, 2)", pairs)
        i, j = pairs[:, 0], pairs[:, 1]
        products = (self.centres(i) * self.neighbours(j)).sum(dim=1)
        biases = self.centre_biases(i) + self.neighbour_biases(j)
        return products + biases.squeeze(1)

    def vectors(self) -> Any:
        """Return the sum of both vectors of each word, (vocabulary_size, embedding_dim)."""
        return (self.centres.weight + self.neighbours.weight).detach().numpy()


def weighted_squares(outputs: Tensor, y: Tensor) -> Tensor:
    """Return the mean of f·(output − ln X)².

    Parameters
    ----------
    outputs : Tensor of shape (batch,)
    y : Tensor of shape (batch, 2)
        ln X and the weight f, from `dlbook.text.glove_targets`.

    Returns
    -------
    Tensor
        A scalar.
    """
    error = outputs - y[:, 0]
    return (error * error * y[:, 1]).mean()
