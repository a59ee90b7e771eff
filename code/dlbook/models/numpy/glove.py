"""Word vectors from counts of neighbours, GloVe, from scratch."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlbook.engine import Tensor, nn
from dlbook.errors import ShapeError, require
from dlbook.models.arguments import check_sizes
from dlbook.models.numpy.recurrence import token_numbers

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
        Draws the first weights. Vectors start evenly in ±1/(2d), biases at zero.

    Raises
    ------
    RangeError
        If a size is not positive.

    Examples
    --------
    >>> GloVe(261, 40)(np.array([[3, 17], [17, 3]])).shape
    (2,)

    References
    ----------
    Pennington, Socher & Manning (2014); chapter 16.
    """

    def __init__(
        self,
        vocabulary_size: int,
        embedding_dim: int = 40,
        *,
        rng: np.random.Generator | None = None,
    ) -> None:
        check_sizes("GloVe", vocabulary_size=vocabulary_size, embedding_dim=embedding_dim)
        rng = rng or np.random.default_rng()
        self.centres = nn.Embedding(vocabulary_size, embedding_dim, rng=rng)
        self.neighbours = nn.Embedding(vocabulary_size, embedding_dim, rng=rng)
        self.centre_biases = nn.Embedding(vocabulary_size, 1, rng=rng)
        self.neighbour_biases = nn.Embedding(vocabulary_size, 1, rng=rng)
        for table in (self.centres, self.neighbours):
            size = table.weight.shape
            table.weight.data[:] = (rng.random(size, np.float32) - 0.5) / embedding_dim
        for table in (self.centre_biases, self.neighbour_biases):
            table.weight.data[:] = 0

    def forward(self, x: Any) -> Tensor:
        """Map pairs of words (batch, 2) to what should be ln X, (batch,)."""
        pairs = token_numbers("GloVe", x, len(self.centres.weight), least=2)
        require(pairs.shape[1] == 2, ShapeError, "GloVe: x", "pairs, shape (batch, 2)", pairs)
        i, j = pairs[:, 0], pairs[:, 1]
        products = (self.centres(i) * self.neighbours(j)).sum(dim=1)
        biases = self.centre_biases(i) + self.neighbour_biases(j)
        return products + biases.squeeze(1)

    def vectors(self) -> np.ndarray[Any, Any]:
        """Return the sum of both vectors of each word, (vocabulary_size, embedding_dim)."""
        return self.centres.weight.data + self.neighbours.weight.data


def weighted_squares(outputs: Tensor, y: np.ndarray[Any, Any]) -> Tensor:
    """Return the mean of f·(output − ln X)².

    Parameters
    ----------
    outputs : Tensor of shape (batch,)
    y : ndarray of shape (batch, 2)
        ln X and the weight f, from `dlbook.text.glove_targets`.

    Returns
    -------
    Tensor
        A scalar.
    """
    error = outputs - y[:, 0]
    return (error * error * y[:, 1]).mean()
