"""Losses for classes and label sequences as modules.

Formulas and conventions stand at the functions of the same purpose in `functional`.
"""

from __future__ import annotations

from typing import Any

from dlbook.engine import functional as F
from dlbook.engine.nn.losses import Loss
from dlbook.engine.tensor import Tensor

__all__ = [
    "BCELoss",
    "BCEWithLogitsLoss",
    "CTCLoss",
    "CategoricalHinge",
    "CrossEntropyLoss",
    "Hinge",
    "NLLLoss",
    "SquaredHinge",
]


class BCELoss(Loss):
    """Binary cross-entropy of probabilities; see `functional.binary_cross_entropy`.

    Parameters
    ----------
    weight : array_like, optional
        Factor on each loss.
    reduction : {"mean", "sum", "none"}
        What becomes of the losses of all elements.
    """

    def __init__(self, weight: Any = None, reduction: str = "mean") -> None:
        super().__init__(reduction)
        self.weight = weight

    def forward(self, input: Any, target: Any) -> Tensor:
        """Compare predictions with targets."""
        return F.binary_cross_entropy(input, target, weight=self.weight, reduction=self.reduction)


class BCEWithLogitsLoss(Loss):
    """Binary cross-entropy of logits; see `functional.binary_cross_entropy_with_logits`.

    Parameters
    ----------
    weight : array_like, optional
        Factor on each loss.
    reduction : {"mean", "sum", "none"}
        What becomes of the losses of all elements.
    pos_weight : array_like, optional
        Factor on the losses of positives.
    """

    def __init__(self, weight: Any = None, reduction: str = "mean", pos_weight: Any = None) -> None:
        super().__init__(reduction)
        self.weight, self.pos_weight = weight, pos_weight

    def forward(self, input: Any, target: Any) -> Tensor:
        """Compare predictions with targets."""
        return F.binary_cross_entropy_with_logits(
            input, target, weight=self.weight, pos_weight=self.pos_weight, reduction=self.reduction
        )


class CrossEntropyLoss(Loss):
    """Cross-entropy of logits; see `functional.cross_entropy`.

    Parameters
    ----------
    weight : array_like of shape (classes,), optional
        Weight of each class.
    ignore_index : int
        Samples with this class number count for nothing.
    reduction : {"mean", "sum", "none"}
        What becomes of the losses of all elements.
    label_smoothing : float in [0, 1]
        Share of the target spread evenly over all classes.
    """

    def __init__(
        self,
        weight: Any = None,
        ignore_index: int = -100,
        reduction: str = "mean",
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(reduction)
        self.weight, self.ignore_index, self.label_smoothing = weight, ignore_index, label_smoothing

    def forward(self, input: Any, target: Any) -> Tensor:
        """Compare predictions with targets."""
        return F.cross_entropy(
            input,
            target,
            weight=self.weight,
            ignore_index=self.ignore_index,
            label_smoothing=self.label_smoothing,
            reduction=self.reduction,
        )


class NLLLoss(Loss):
    """Negative log-likelihood of class numbers, from log-probabilities; see `functional.nll_loss`.

    Parameters
    ----------
    weight : array_like of shape (classes,), optional
        Weight of each class.
    ignore_index : int
        Samples with this class number count for nothing.
    reduction : {"mean", "sum", "none"}
        What becomes of the losses of all elements.
    """

    def __init__(
        self, weight: Any = None, ignore_index: int = -100, reduction: str = "mean"
    ) -> None:
        super().__init__(reduction)
        self.weight, self.ignore_index = weight, ignore_index

    def forward(self, input: Any, target: Any) -> Tensor:
        """Compare predictions with targets."""
        return F.nll_loss(
            input,
            target,
            weight=self.weight,
            ignore_index=self.ignore_index,
            reduction=self.reduction,
        )


class Hinge(Loss):
    """Hinge loss; see `functional.hinge`.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
        What becomes of the losses of all elements.
    """

    def forward(self, input: Any, target: Any) -> Tensor:
        """Compare predictions with targets."""
        return F.hinge(input, target, reduction=self.reduction)


class SquaredHinge(Loss):
    """Square of the hinge loss; see `functional.squared_hinge`.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
        What becomes of the losses of all elements.
    """

    def forward(self, input: Any, target: Any) -> Tensor:
        """Compare predictions with targets."""
        return F.squared_hinge(input, target, reduction=self.reduction)


class CategoricalHinge(Loss):
    """Hinge loss for several classes; see `functional.categorical_hinge`.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
        What becomes of the losses of all elements.
    """

    def forward(self, input: Any, target: Any) -> Tensor:
        """Compare predictions with targets."""
        return F.categorical_hinge(input, target, reduction=self.reduction)


class CTCLoss(Loss):
    """Connectionist temporal classification; see `functional.ctc_loss`.

    Parameters
    ----------
    blank : int
        The class that stands for no label.
    reduction : {"mean", "sum", "none"}
        What becomes of the losses of all elements.
    zero_infinity : bool
        Replace infinite losses by 0.
    """

    def __init__(
        self, blank: int = 0, reduction: str = "mean", zero_infinity: bool = False
    ) -> None:
        super().__init__(reduction)
        self.blank, self.zero_infinity = blank, zero_infinity

    def forward(
        self, log_probs: Any, targets: Any, input_lengths: Any, target_lengths: Any
    ) -> Tensor:
        """Compare log-probabilities over time with label sequences."""
        return F.ctc_loss(
            log_probs,
            targets,
            input_lengths,
            target_lengths,
            blank=self.blank,
            zero_infinity=self.zero_infinity,
            reduction=self.reduction,
        )
