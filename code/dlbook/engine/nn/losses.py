"""Losses for numbers as modules; formulas and conventions stand at `functional`.

Every module takes its settings when it is made and predictions and targets when it is called,
``loss(input, target)``, as in PyTorch. Losses that PyTorch lacks have the names of Keras.
"""

from __future__ import annotations

from typing import Any

from dlbook.engine import functional as F
from dlbook.engine.functional.reduction import check_reduction
from dlbook.engine.nn.module import Module
from dlbook.engine.tensor import Tensor

__all__ = [
    "CosineEmbeddingLoss",
    "HuberLoss",
    "KLDivLoss",
    "L1Loss",
    "LogCosh",
    "Loss",
    "MSELoss",
    "MeanAbsolutePercentageError",
    "MeanSquaredLogarithmicError",
    "PoissonNLLLoss",
    "SmoothL1Loss",
]


class Loss(Module):
    """What losses share: a reduction, checked at once.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
        What becomes of the losses of all elements.

    Raises
    ------
    RangeError
        If `reduction` is unknown.
    """

    reductions: tuple[str, ...] = ("mean", "sum", "none")

    def __init__(self, reduction: str = "mean") -> None:
        check_reduction(type(self).__name__, reduction, self.reductions)
        self.reduction = reduction

    def extra_repr(self) -> str:
        """Return the reduction."""
        return f"reduction={self.reduction!r}"


class MSELoss(Loss):
    """Mean squared error; see `functional.mse_loss`.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
        What becomes of the losses of all elements.
    """

    def forward(self, input: Any, target: Any) -> Tensor:
        """Compare predictions with targets."""
        return F.mse_loss(input, target, reduction=self.reduction)


class L1Loss(Loss):
    """Mean absolute error; see `functional.l1_loss`.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
        What becomes of the losses of all elements.
    """

    def forward(self, input: Any, target: Any) -> Tensor:
        """Compare predictions with targets."""
        return F.l1_loss(input, target, reduction=self.reduction)


class HuberLoss(Loss):
    """Squared near zero, absolute far away; see `functional.huber_loss`.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
        What becomes of the losses of all elements.
    delta : float
        The error at which the square turns into a straight line.
    """

    def __init__(self, reduction: str = "mean", delta: float = 1.0) -> None:
        super().__init__(reduction)
        self.delta = delta

    def forward(self, input: Any, target: Any) -> Tensor:
        """Compare predictions with targets."""
        return F.huber_loss(input, target, delta=self.delta, reduction=self.reduction)


class SmoothL1Loss(Loss):
    """Huber loss with slope 1 far away; see `functional.smooth_l1_loss`.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
        What becomes of the losses of all elements.
    beta : float
        The error at which the square turns into a straight line.
    """

    def __init__(self, reduction: str = "mean", beta: float = 1.0) -> None:
        super().__init__(reduction)
        self.beta = beta

    def forward(self, input: Any, target: Any) -> Tensor:
        """Compare predictions with targets."""
        return F.smooth_l1_loss(input, target, beta=self.beta, reduction=self.reduction)


class LogCosh(Loss):
    """Logarithm of the hyperbolic cosine of the error; see `functional.log_cosh`.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
        What becomes of the losses of all elements.
    """

    def forward(self, input: Any, target: Any) -> Tensor:
        """Compare predictions with targets."""
        return F.log_cosh(input, target, reduction=self.reduction)


class MeanSquaredLogarithmicError(Loss):
    """Squared difference of logarithms; see `functional.mean_squared_logarithmic_error`.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
        What becomes of the losses of all elements.
    """

    def forward(self, input: Any, target: Any) -> Tensor:
        """Compare predictions with targets."""
        return F.mean_squared_logarithmic_error(input, target, reduction=self.reduction)


class MeanAbsolutePercentageError(Loss):
    """Absolute error in per cent of the target; see `functional.mean_absolute_percentage_error`.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
        What becomes of the losses of all elements.
    """

    def forward(self, input: Any, target: Any) -> Tensor:
        """Compare predictions with targets."""
        return F.mean_absolute_percentage_error(input, target, reduction=self.reduction)


class KLDivLoss(Loss):
    """Kullback–Leibler divergence from log-probabilities; see `functional.kl_div`.

    Parameters
    ----------
    reduction : {"mean", "batchmean", "sum", "none"}
        "batchmean" is the divergence per sample.
    log_target : bool
        Whether targets are logarithms too.
    """

    reductions = ("mean", "batchmean", "sum", "none")

    def __init__(self, reduction: str = "mean", log_target: bool = False) -> None:
        super().__init__(reduction)
        self.log_target = log_target

    def forward(self, input: Any, target: Any) -> Tensor:
        """Compare predictions with targets."""
        return F.kl_div(input, target, log_target=self.log_target, reduction=self.reduction)


class PoissonNLLLoss(Loss):
    """Negative log-likelihood of counts; see `functional.poisson_nll_loss`.

    Parameters
    ----------
    log_input : bool
        Whether predictions are logarithms of the expected count.
    full : bool
        Add Stirling's approximation of log y!.
    eps : float
        Added before the logarithm.
    reduction : {"mean", "sum", "none"}
        What becomes of the losses of all elements.
    """

    def __init__(
        self, log_input: bool = True, full: bool = False, eps: float = 1e-8, reduction: str = "mean"
    ) -> None:
        super().__init__(reduction)
        self.log_input, self.full, self.eps = log_input, full, eps

    def forward(self, input: Any, target: Any) -> Tensor:
        """Compare predictions with targets."""
        return F.poisson_nll_loss(
            input,
            target,
            log_input=self.log_input,
            full=self.full,
            eps=self.eps,
            reduction=self.reduction,
        )


class CosineEmbeddingLoss(Loss):
    """Pull like pairs together, push unlike ones apart; see `functional.cosine_embedding_loss`.

    Parameters
    ----------
    margin : float
        Cosine up to which unlike pairs cost nothing.
    reduction : {"mean", "sum", "none"}
        What becomes of the losses of all elements.
    """

    def __init__(self, margin: float = 0.0, reduction: str = "mean") -> None:
        super().__init__(reduction)
        self.margin = margin

    def forward(self, input1: Any, input2: Any, target: Any) -> Tensor:
        """Compare pairs of vectors."""
        return F.cosine_embedding_loss(
            input1, input2, target, margin=self.margin, reduction=self.reduction
        )
