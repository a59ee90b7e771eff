"""The embedding layer: a table of trained vectors."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlbook.engine import functional as F
from dlbook.engine import init
from dlbook.engine.functional.embedding import check_padding
from dlbook.engine.functional.window import per_axis
from dlbook.engine.nn.module import Module, Parameter
from dlbook.engine.settings import generator
from dlbook.engine.tensor import Tensor

__all__ = ["Embedding"]


class Embedding(Module):
    """A vector for every word of a vocabulary.

    Its gradient names only the rows that were looked up (`dlbook.engine.sparse.SparseRows`).

    Parameters
    ----------
    num_embeddings : int
        Rows of the table, the size of the vocabulary.
    embedding_dim : int
        Length of the vectors.
    padding_idx : int, optional
        A row that starts at zero and is not trained, for the filler of short sequences.
    rng : numpy.random.Generator, optional
        Draws the first vectors from the standard normal distribution, as PyTorch does.

    Attributes
    ----------
    weight : Parameter of shape (num_embeddings, embedding_dim)

    Raises
    ------
    RangeError, DTypeError
        If a size is not a positive integer, or there is no row `padding_idx`.
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        *,
        rng: np.random.Generator | None = None,
    ) -> None:
        (rows,) = per_axis("Embedding: num_embeddings", num_embeddings, 1, minimum=1)
        (features,) = per_axis("Embedding: embedding_dim", embedding_dim, 1, minimum=1)
        self.padding_idx = check_padding(padding_idx, rows)
        table = init.normal((rows, features), generator("Embedding", rng))
        if self.padding_idx is not None:
            table[self.padding_idx] = 0
        self.weight = Parameter(table)

    def forward(self, input: Any) -> Tensor:
        """Map integers of any shape to ``(*shape, embedding_dim)``."""
        return F.embedding(input, self.weight, self.padding_idx)

    def extra_repr(self) -> str:
        """Return the table's size and the padding row."""
        rows, features = self.weight.shape
        padding = "" if self.padding_idx is None else f", padding_idx={self.padding_idx}"
        return f"{rows}, {features}{padding}"
