"""Adagrad: the more a parameter has moved, the slower it moves."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from dlbook.engine.autograd import Array
from dlbook.engine.optim.optimizer import Optimizer
from dlbook.engine.tensor import Tensor

__all__ = ["Adagrad"]


class Adagrad(Optimizer):
    r"""Divide each step by the root of all squared gradients so far.

    .. math:: s \leftarrow s + g^2, \quad w \leftarrow w - \eta\, \frac{g}{\sqrt{s} + \varepsilon}

    Rare features keep a large rate, which suits words; a rate never grows again.

    Parameters
    ----------
    params : iterable of Parameter (or Tensor)
    lr : float
        Learning rate η.
    lr_decay : float
        In step t the rate is η / (1 + (t − 1)·lr_decay).
    weight_decay : float
        Pull towards 0, added to the gradient.
    initial_accumulator_value : float
        Where s starts. Keras starts at 0.1 and adds its ε (1e-7) inside the root: its steps are
        ours with ``initial_accumulator_value=0.1 + 1e-7, eps=0``.
    eps : float
        ε, added after the root.

    Raises
    ------
    RangeError
        If a number lies outside its range.

    References
    ----------
    Duchi, Hazan & Singer (2011); chapter 8.
    """

    def __init__(
        self,
        params: Iterable[Tensor],
        lr: float = 1e-2,
        lr_decay: float = 0.0,
        weight_decay: float = 0.0,
        initial_accumulator_value: float = 0.0,
        eps: float = 1e-10,
    ) -> None:
        super().__init__(params, lr)
        self._require_between(0, lr_decay, math.inf, "lr_decay")
        self._require_between(0, weight_decay, math.inf, "weight_decay")
        self._require_between(0, initial_accumulator_value, math.inf, "initial_accumulator_value")
        self._require_between(0, eps, math.inf, "eps")
        self.lr_decay, self.weight_decay, self.eps = lr_decay, weight_decay, eps
        self.initial_accumulator_value = initial_accumulator_value

    def _start(self, weights: Array) -> dict[str, Array]:
        return {"sum": np.full_like(weights, self.initial_accumulator_value)}

    def _rows_suffice(self) -> bool:
        return not self.weight_decay

    def _update(self, weights: Array, grad: Array, memory: dict[str, Array], age: int) -> None:
        total, step = memory["sum"], self._workspace(weights)
        grad = self._with_decay(weights, grad, self.weight_decay)
        total += np.multiply(grad, grad, out=step)
        np.sqrt(total, out=step)
        step += self.eps
        np.divide(grad, step, out=step)
        step *= self.lr / (1 + (age - 1) * self.lr_decay)
        weights -= step
