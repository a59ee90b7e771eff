"""Stochastic gradient descent."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from dlbook.engine.autograd import Array
from dlbook.engine.optim.optimizer import Optimizer
from dlbook.engine.settings import check_switches
from dlbook.engine.sparse import SparseRows
from dlbook.engine.tensor import Tensor
from dlbook.errors import RangeError, require

__all__ = ["SGD"]


class SGD(Optimizer):
    r"""Step against the gradient, optionally with momentum.

    .. math:: g \leftarrow g + \lambda w, \quad
        v \leftarrow \mu v + (1 - \tau) g, \quad w \leftarrow w - \eta v

    and with Nesterov's variant :math:`w \leftarrow w - \eta (g + \mu v)`. In the first step
    :math:`v = g`.

    Parameters
    ----------
    params : iterable of Parameter (or Tensor)
    lr : float
        Learning rate η.
    momentum : float in [0, 1)
        μ, how much of the last velocity is kept. The effective rate is about η/(1 − μ). Keras
        multiplies η into the velocity, which is the same as long as η does not change.
    dampening : float
        τ, how much of each new gradient is held back.
    weight_decay : float
        λ, how strongly weights are pulled towards 0.
    nesterov : bool
        Look ahead along the velocity; needs momentum and no dampening.

    Raises
    ------
    RangeError
        If a number lies outside its range.

    References
    ----------
    Robbins & Monro (1951); Polyak (1964); chapters 3 and 8.
    """

    def __init__(
        self,
        params: Iterable[Tensor],
        lr: float = 1e-3,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
    ) -> None:
        super().__init__(params, lr)
        self._require_between(0, momentum, 1, "momentum")
        self._require_between(0, dampening, math.inf, "dampening")
        self._require_between(0, weight_decay, math.inf, "weight_decay")
        check_switches("SGD", nesterov=nesterov)
        if nesterov:
            expected = "momentum above 0 and no dampening"
            fits = momentum > 0 and dampening == 0
            require(fits, RangeError, "SGD: nesterov", expected, f"{momentum} and {dampening}")
        self.momentum, self.dampening = momentum, dampening
        self.weight_decay, self.nesterov = weight_decay, nesterov

    def _start(self, weights: Array) -> dict[str, Array]:
        return {"velocity": np.zeros_like(weights)} if self.momentum else {}

    def _rows_suffice(self) -> bool:
        return not self.momentum and not self.weight_decay

    def _update_rows(
        self, weights: Array, grad: SparseRows, memory: dict[str, Array], age: int
    ) -> None:
        grad.add_to(weights, -self.lr)

    def _update(self, weights: Array, grad: Array, memory: dict[str, Array], age: int) -> None:
        step = self._workspace(weights)
        grad = self._with_decay(weights, grad, self.weight_decay)
        if self.momentum:
            velocity = memory["velocity"]
            velocity *= self.momentum
            velocity += np.multiply(grad, 1 - self.dampening if age > 1 else 1, out=step)
            if self.nesterov:
                np.multiply(velocity, self.momentum, out=step)
                step += grad
                grad = step
            else:
                grad = velocity
        np.multiply(grad, self.lr, out=step)
        weights -= step
