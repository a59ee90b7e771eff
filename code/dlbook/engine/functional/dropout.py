"""Dropout: noise that keeps units from leaning on one another."""

from __future__ import annotations

import numpy as np

from dlbook.engine.autograd import Array, Function
from dlbook.engine.settings import check_switches, is_number
from dlbook.engine.tensor import Tensor, as_tensor
from dlbook.errors import RangeError, require

__all__ = ["dropout"]


def dropout(
    input: Tensor,
    p: float = 0.5,
    training: bool = True,
    *,
    rng: np.random.Generator | None = None,
) -> Tensor:
    """Set each element to zero with probability `p` and scale the others up by 1/(1 − p).

    The scaling ("inverted dropout") keeps the expected value, so that nothing needs to change
    when dropout is switched off. A new mask is drawn at every forward pass.

    Parameters
    ----------
    input : Tensor of any shape
    p : float in [0, 1)
        Share of elements dropped (not kept).
    training : bool
        Without it the input comes back unchanged.
    rng : numpy.random.Generator, optional
        Where the mask is drawn from; needed while training.

    Returns
    -------
    Tensor of the same shape

    Raises
    ------
    RangeError
        If `p` lies outside [0, 1), or `rng` is missing while training.

    References
    ----------
    Srivastava et al. (2014); chapter 9.
    """
    require(is_number(p) and 0 <= p < 1, RangeError, "dropout: p", "a probability in [0, 1)", p)
    check_switches("dropout", training=training)
    input = as_tensor(input)
    if not training or p == 0:
        return input
    given = isinstance(rng, np.random.Generator)
    require(given, RangeError, "dropout: rng", "a numpy.random.Generator", rng)
    assert rng is not None
    kept = rng.random(input.shape, dtype=np.float32) >= p
    return _Scale.apply(input, factors=(kept / (1 - p)).astype(input.dtype))


class _Scale(Function):
    def forward(self, x: Array, factors: Array) -> Array:
        self.factors = factors
        return x * factors

    def backward(self, grad: Array) -> Array:
        return grad * self.factors
