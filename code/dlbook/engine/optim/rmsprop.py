"""RMSprop: Adagrad that forgets."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from dlbook.engine.autograd import Array
from dlbook.engine.optim.optimizer import Optimizer
from dlbook.engine.settings import check_switches
from dlbook.engine.tensor import Tensor

__all__ = ["RMSprop"]


class RMSprop(Optimizer):
    r"""Divide each step by the root of a running mean of squared gradients.

    .. math:: v \leftarrow \alpha v + (1-\alpha) g^2, \quad
        w \leftarrow w - \eta\, \frac{g}{\sqrt{v} + \varepsilon}

    Parameters
    ----------
    params : iterable of Parameter (or Tensor)
    lr : float
        Learning rate η; Keras' default is 0.001.
    alpha : float in [0, 1)
        How slowly the mean forgets. Keras calls it rho and starts from 0.9, so that its first
        step is √(0.01/0.1) times ours.
    eps : float
        ε, added after the root. Keras adds its ε (1e-7) inside the root; the two agree only with
        ε = 0, or where v is far larger.
    weight_decay : float
        Pull towards 0, added to the gradient.
    momentum : float in [0, 1)
        How much of the last velocity of these scaled steps is kept.
    centered : bool
        Subtract the square of the mean gradient from v, which makes it a variance.

    Raises
    ------
    RangeError
        If a number lies outside its range.

    References
    ----------
    Tieleman & Hinton (2012), lecture 6.5; chapter 8.
    """

    def __init__(
        self,
        params: Iterable[Tensor],
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
        centered: bool = False,
    ) -> None:
        super().__init__(params, lr)
        self._require_between(0, alpha, 1, "alpha")
        self._require_between(0, eps, math.inf, "eps")
        self._require_between(0, weight_decay, math.inf, "weight_decay")
        self._require_between(0, momentum, 1, "momentum")
        check_switches("RMSprop", centered=centered)
        self.alpha, self.eps, self.weight_decay = alpha, eps, weight_decay
        self.momentum, self.centered = momentum, centered

    def _start(self, weights: Array) -> dict[str, Array]:
        wanted = {"square": True, "mean": self.centered, "velocity": self.momentum > 0}
        return {kind: np.zeros_like(weights) for kind, want in wanted.items() if want}

    def _update(self, weights: Array, grad: Array, memory: dict[str, Array], age: int) -> None:
        square, step = memory["square"], self._workspace(weights)
        grad = self._with_decay(weights, grad, self.weight_decay)
        np.multiply(grad, grad, out=step)
        step *= 1 - self.alpha
        square *= self.alpha
        square += step
        if self.centered:
            mean = memory["mean"]
            mean *= self.alpha
            mean += np.multiply(grad, 1 - self.alpha, out=step)
            np.multiply(mean, mean, out=step)
            np.subtract(square, step, out=step)
            np.sqrt(step, out=step)
        else:
            np.sqrt(square, out=step)
        step += self.eps
        np.divide(grad, step, out=step)
        if self.momentum:
            velocity = memory["velocity"]
            velocity *= self.momentum
            velocity += step
            np.copyto(step, velocity)
        step *= self.lr
        weights -= step
