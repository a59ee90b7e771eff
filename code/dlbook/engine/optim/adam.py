"""Adam: a step size of its own for every parameter."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from dlbook.engine.autograd import Array
from dlbook.engine.nn.module import Parameter
from dlbook.engine.optim.optimizer import Optimizer
from dlbook.errors import RangeError, require

__all__ = ["Adam"]


class Adam(Optimizer):
    r"""Momentum and a running mean of squared gradients, both corrected for their start at 0.

    .. math:: m \leftarrow \beta_1 m + (1-\beta_1) g, \quad
        v \leftarrow \beta_2 v + (1-\beta_2) g^2, \quad
        w \leftarrow w - \eta\, \frac{m / (1-\beta_1^t)}{\sqrt{v / (1-\beta_2^t)} + \varepsilon}

    Parameters
    ----------
    params : iterable of Parameter
    lr : float
        Learning rate η, close to the size of the first steps whatever the gradient's scale.
    betas : (float, float)
        β₁ and β₂, how slowly both averages forget.
    eps : float
        ε, added *after* the bias correction of the root, as PyTorch does; Keras adds its ε
        (1e-7) before, which matters for tiny gradients (chapter 8).
    weight_decay : float
        Pull towards 0, added to the gradient (not decoupled; see AdamW).

    Raises
    ------
    RangeError
        If a number lies outside its range.

    References
    ----------
    Kingma & Ba (2015); chapter 8.
    """

    def __init__(
        self,
        params: Iterable[Parameter],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(params, lr)
        for position, beta in enumerate(betas):
            require(0 <= beta < 1, RangeError, f"Adam: betas[{position}]", "in [0, 1)", beta)
        require(eps >= 0, RangeError, "Adam: eps", "a number of 0 or more", eps)
        require(
            weight_decay >= 0,
            RangeError,
            "Adam: weight_decay",
            "a number of 0 or more",
            weight_decay,
        )
        self.betas, self.eps, self.weight_decay = betas, eps, weight_decay
        self.mean: dict[int, Array] = {}
        self.square: dict[int, Array] = {}
        self.age: dict[int, int] = {}

    def _update(self, position: int, parameter: Parameter) -> None:
        grad = parameter.grad
        if self.weight_decay:
            grad = grad + self.weight_decay * parameter.data
        if position not in self.mean:
            self.mean[position] = np.zeros_like(parameter.data)
            self.square[position] = np.zeros_like(parameter.data)
            self.age[position] = 0
        self.age[position] += 1
        (beta1, beta2), age = self.betas, self.age[position]
        mean, square = self.mean[position], self.square[position]
        mean *= beta1
        mean += (1 - beta1) * grad
        square *= beta2
        square += (1 - beta2) * grad * grad
        scale = np.sqrt(square)
        scale /= np.sqrt(1 - beta2**age)
        scale += self.eps
        parameter.data -= (self.lr / (1 - beta1**age)) * mean / scale
