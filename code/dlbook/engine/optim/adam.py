"""Adam: a step size of its own for every parameter."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from dlbook.engine.autograd import Array
from dlbook.engine.optim.optimizer import Optimizer
from dlbook.engine.settings import check_switches
from dlbook.engine.tensor import Tensor
from dlbook.errors import RangeError, require

__all__ = ["Adam", "AdamW"]


class Adam(Optimizer):
    r"""Momentum and a running mean of squared gradients, both corrected for their start at 0.

    .. math:: m \leftarrow \beta_1 m + (1-\beta_1) g, \quad
        v \leftarrow \beta_2 v + (1-\beta_2) g^2, \quad
        w \leftarrow w - \eta\, \frac{m / (1-\beta_1^t)}{\sqrt{v / (1-\beta_2^t)} + \varepsilon}

    Parameters
    ----------
    params : iterable of Parameter (or Tensor)
    lr : float
        Learning rate η, close to the size of the first steps whatever the gradient's scale.
    betas : (float, float)
        β₁ and β₂, how slowly both averages forget.
    eps : float
        ε, added *after* the bias correction of the root, as PyTorch does. Keras adds its ε
        (1e-7) before: its step t is ours with :math:`\varepsilon = \varepsilon_{Keras} /
        \sqrt{1-\beta_2^t}`, which matters for tiny gradients (chapter 8).
    weight_decay : float
        Pull towards 0, added to the gradient (not decoupled; see `AdamW`).
    amsgrad : bool
        Divide by the largest v so far, so that steps never grow.

    Raises
    ------
    RangeError
        If a number lies outside its range.

    References
    ----------
    Kingma & Ba (2015); Reddi, Kale & Kumar (2018) for `amsgrad`; chapter 8.
    """

    def __init__(
        self,
        params: Iterable[Tensor],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        amsgrad: bool = False,
    ) -> None:
        super().__init__(params, lr)
        name = type(self).__name__
        pair = isinstance(betas, tuple | list) and len(betas) == 2
        require(pair, RangeError, f"{name}: betas", "two numbers", betas)
        check_switches(name, amsgrad=amsgrad)
        for position, beta in enumerate(betas):
            self._require_between(0, beta, 1, f"betas[{position}]")
        self._require_between(0, eps, math.inf, "eps")
        self._require_between(0, weight_decay, math.inf, "weight_decay")
        self.betas, self.eps, self.weight_decay = betas, eps, weight_decay
        self.amsgrad = amsgrad

    def _start(self, weights: Array) -> dict[str, Array]:
        kinds = ("mean", "square", "largest_square")[: 3 if self.amsgrad else 2]
        return {kind: np.zeros_like(weights) for kind in kinds}

    def _decay(self, weights: Array, grad: Array) -> Array:
        """Pull weights towards 0, through the gradient that is returned or directly."""
        return self._with_decay(weights, grad, self.weight_decay)

    def _update(self, weights: Array, grad: Array, memory: dict[str, Array], age: int) -> None:
        beta1, beta2 = self.betas
        mean, square, step = memory["mean"], memory["square"], self._workspace(weights)
        grad = self._decay(weights, grad)
        mean *= beta1
        mean += np.multiply(grad, 1 - beta1, out=step)
        np.multiply(grad, grad, out=step)
        step *= 1 - beta2
        square *= beta2
        square += step
        if self.amsgrad:
            square = np.maximum(memory["largest_square"], square, out=memory["largest_square"])
        np.sqrt(square, out=step)
        step /= math.sqrt(1 - beta2**age)
        step += self.eps
        np.divide(mean, step, out=step)
        step *= self.lr / (1 - beta1**age)
        weights -= step


class AdamW(Adam):
    r"""Adam with *decoupled* decay: before each step, :math:`w \leftarrow (1 - \eta\lambda) w`.

    Decay that goes through the gradient, as in `Adam`, is divided by the root of v like
    everything else, so that weights with large gradients hardly decay. Here all decay alike.

    Parameters
    ----------
    params, lr, betas, eps, amsgrad
        As for `Adam`.
    weight_decay : float
        λ; the pull per step is η·λ. PyTorch's default is 0.01, Keras' 0.004.

    Raises
    ------
    RangeError
        If a number lies outside its range.

    References
    ----------
    Loshchilov & Hutter (2019); chapter 8.
    """

    def __init__(
        self,
        params: Iterable[Tensor],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
    ) -> None:
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad)

    def _decay(self, weights: Array, grad: Array) -> Array:
        weights *= 1 - self.lr * self.weight_decay
        return grad
