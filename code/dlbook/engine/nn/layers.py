"""The layers of a multi-layer perceptron."""

from __future__ import annotations

import math

import numpy as np

from dlbook.engine import functional as F
from dlbook.engine import init
from dlbook.engine.nn.module import Module, Parameter
from dlbook.engine.settings import check_switches, generator, is_number, is_whole
from dlbook.engine.tensor import Tensor, as_tensor
from dlbook.errors import RangeError, ShapeError, require

__all__ = ["Dropout", "Flatten", "Linear"]


class Linear(Module):
    """Fully connected ("dense") layer: every output sees every input.

    Parameters
    ----------
    in_features, out_features : int
        Lengths of the input and output vectors.
    bias : bool
        Whether to add a number to each output.
    rng : numpy.random.Generator, optional
        Draws the first weights, evenly from ±1/√in_features as PyTorch does.

    Attributes
    ----------
    weight : Parameter of shape (out_features, in_features)
    bias : Parameter of shape (out_features,) or None

    Raises
    ------
    RangeError
        If a length is not positive.
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        *,
        rng: np.random.Generator | None = None,
    ) -> None:
        for name, value in (("in_features", in_features), ("out_features", out_features)):
            whole = is_whole(value) and value >= 1
            require(whole, RangeError, f"Linear: {name}", "a positive number", value)
        check_switches("Linear", bias=bias)
        rng = generator("Linear", rng)
        bound = 1 / math.sqrt(in_features)
        self.weight = Parameter(init.uniform((out_features, in_features), rng, -bound, bound))
        self.bias = Parameter(init.uniform((out_features,), rng, -bound, bound)) if bias else None

    def forward(self, x: Tensor) -> Tensor:
        """Map (…, in_features) to (…, out_features)."""
        return F.linear(x, self.weight, self.bias)

    def extra_repr(self) -> str:
        """Return both lengths."""
        rows, columns = self.weight.shape
        return f"{columns}, {rows}, bias={self.bias is not None}"


class Flatten(Module):
    """Merge all axes but the first: a batch of images becomes a batch of vectors."""

    def forward(self, x: Tensor) -> Tensor:
        """Map (batch, …) to (batch, everything)."""
        x = as_tensor(x)
        require(x.ndim >= 1, ShapeError, "Flatten: x", "a batch axis", x)
        return x.reshape(x.shape[0], math.prod(x.shape[1:]))


class Dropout(Module):
    """Drop each unit with probability `p` while training; do nothing otherwise.

    Parameters
    ----------
    p : float in [0, 1)
        Share of units dropped.
    rng : numpy.random.Generator, optional
        Draws a new mask at every forward pass.

    Raises
    ------
    RangeError
        If `p` lies outside [0, 1).
    """

    def __init__(self, p: float = 0.5, *, rng: np.random.Generator | None = None) -> None:
        require(is_number(p) and 0 <= p < 1, RangeError, "Dropout: p", "a probability in [0, 1)", p)
        self.p = p
        self.rng = generator("Dropout", rng)

    def forward(self, x: Tensor) -> Tensor:
        """Apply to a tensor of any shape."""
        return F.dropout(x, self.p, self.training, rng=self.rng)

    def extra_repr(self) -> str:
        """Return the share dropped."""
        return f"p={self.p}"
