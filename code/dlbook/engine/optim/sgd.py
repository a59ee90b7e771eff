"""Stochastic gradient descent."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from dlbook.engine.autograd import Array
from dlbook.engine.nn.module import Parameter
from dlbook.engine.optim.optimizer import Optimizer
from dlbook.errors import RangeError, require

__all__ = ["SGD"]


class SGD(Optimizer):
    r"""Step against the gradient, optionally with momentum.

    .. math:: g \leftarrow g + \lambda w, \quad
        v \leftarrow \mu v + g, \quad w \leftarrow w - \eta v

    and with Nesterov's variant :math:`w \leftarrow w - \eta (g + \mu v)`.

    Parameters
    ----------
    params : iterable of Parameter
    lr : float
        Learning rate η.
    momentum : float in [0, 1)
        μ, how much of the last velocity is kept. The effective rate is about η/(1 − μ).
    nesterov : bool
        Look ahead along the velocity; needs momentum.
    weight_decay : float
        λ, how strongly weights are pulled towards 0.

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
        params: Iterable[Parameter],
        lr: float = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(params, lr)
        require(0 <= momentum < 1, RangeError, "SGD: momentum", "a number in [0, 1)", momentum)
        require(
            momentum > 0 or not nesterov, RangeError, "SGD: nesterov", "momentum above 0", momentum
        )
        require(
            weight_decay >= 0,
            RangeError,
            "SGD: weight_decay",
            "a number of 0 or more",
            weight_decay,
        )
        self.momentum, self.nesterov, self.weight_decay = momentum, nesterov, weight_decay
        self.velocity: dict[int, Array] = {}

    def _update(self, position: int, parameter: Parameter) -> None:
        grad = parameter.grad
        if self.weight_decay:
            grad = grad + self.weight_decay * parameter.data
        if self.momentum:
            if position not in self.velocity:
                self.velocity[position] = np.array(grad)
            else:
                velocity = self.velocity[position]
                velocity *= self.momentum
                velocity += grad
            velocity = self.velocity[position]
            grad = grad + self.momentum * velocity if self.nesterov else velocity
        parameter.data -= self.lr * grad
